//! Which *attestations* count, and for what: one that fits nothing stops the build.

use anyhow::{Result, bail};
use foldhash::{HashMap, HashSet};
use jiff::civil::Date;

use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::hash::Sha256;
use crate::load::Inputs;
use crate::load::attestation::{Attestation, AttestedBytes, Statement};
use crate::load::content::Content;

/// An attestation about a record, and which of its subjects the record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attested {
    /// Place in [`Content::attestations`].
    pub attestation: u32,
    pub(super) subject: u32,
}

impl Attested {
    /// The attestation.
    pub fn of(self, content: &Content) -> &Attestation {
        &content.attestations[self.attestation as usize]
    }

    /// True if it is about the result at this place of `evaluation_results`.
    pub fn covers(self, content: &Content, result: u16) -> bool {
        self.of(content).subjects[self.subject as usize].covers(result)
    }
}

/// Whether an attestation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttestationState {
    /// It does.
    Active,
    /// Its last day has passed.
    Expired,
    /// It has a last day, and no day is known to hold against it.
    Undated,
    /// It was taken back.
    Revoked,
}

/// The latest day that is known to have come: that of the build, or that of the newest fact, as a build has no clock.
pub fn known_day(content: &Content, day: Option<Date>) -> Option<Date> {
    day.max(content.hub.newest.map(|it| it.to_zoned(jiff::tz::TimeZone::UTC).date()))
}

pub(super) fn state(attestation: &Attestation, today: Option<Date>) -> AttestationState {
    match (&attestation.revoked, attestation.valid_until) {
        (Some(_), _) => AttestationState::Revoked,
        (None, None) => AttestationState::Active,
        (None, Some(last)) => match today {
            None => AttestationState::Undated,
            Some(today) if today > last => AttestationState::Expired,
            Some(_) => AttestationState::Active,
        },
    }
}

/// Tells of attestations with a last day where the day of the build is not said: the facts may be older than that.
pub fn warn_of_last_days(content: &Content, day: Option<Date>, diagnostics: &mut Diagnostics) {
    if day.is_some() {
        return;
    }
    for attestation in content.attestations.iter().filter(|it| it.revoked.is_none()) {
        let Some(last) = attestation.valid_until else { continue };
        let message = match known_day(content, None) {
            Some(known) if known > last => continue,
            Some(known) => {
                format!("whether {last} has passed is judged as of {known}, the date of the newest fact from the Hub")
            }
            None => format!("it cannot be judged whether {last} has passed, so it does not count"),
        };
        let help = "set SOURCE_DATE_EPOCH to the day of the build, such as `SOURCE_DATE_EPOCH=$(date +%s)`".to_owned();
        diagnostics.warn_with_help(DiagnosticCode::UnknownDay, &attestation.file, "valid_until", message, help);
    }
}

/// Holds the attestations of `content` against what they speak of. One that fits nothing is forged, or a slip of
/// the pen that nobody would notice: both stop the build.
pub fn check(content: &Content, inputs: &Inputs) -> Result<()> {
    if content.attestations.is_empty() {
        return Ok(());
    }
    let known = AttestableSubjects::new(content, inputs);
    for attestation in &content.attestations {
        let fault = known.fault_of_statement(&attestation.statement);
        let fault = fault.or_else(|| attestation.subjects.iter().find_map(|subject| known.fault_of_subject(subject)));
        if let Some(fault) = fault {
            let help = "an attestation is about exact bytes, accounts and organisations: fix or remove it";
            bail!("{}: {fault}\n  help: {help}", attestation.file);
        }
    }
    Ok(())
}

/// What attestations may speak of.
struct AttestableSubjects<'a> {
    content: &'a Content,
    inputs: &'a Inputs,
    /// Places of the records.
    records: HashMap<Sha256, usize>,
    /// Of records, of those that were left out, and of those that a lock names.
    hashes: HashSet<Sha256>,
    /// Of the records.
    paths: HashSet<&'a str>,
}

impl<'a> AttestableSubjects<'a> {
    fn new(content: &'a Content, inputs: &'a Inputs) -> AttestableSubjects<'a> {
        let records: HashMap<Sha256, usize> =
            inputs.records.iter().enumerate().map(|(place, it)| (it.origin.sha256, place)).collect();
        let locks = inputs.datastores.iter().filter_map(|datastore| datastore.lock.sound());
        let mut hashes: HashSet<Sha256> = records.keys().copied().collect();
        hashes.extend(inputs.quarantined.iter().filter_map(|it| it.sha256));
        hashes.extend(locks.flat_map(|lock| lock.objects.values().map(|pin| pin.sha256)));
        let paths = inputs.records.iter().map(|it| &*it.origin.path).collect();
        AttestableSubjects { content, inputs, records, hashes, paths }
    }

    fn fault_of_statement(&self, statement: &Statement) -> Option<String> {
        let Statement::SubmittedBySource { account, organization, .. } = statement else { return None };
        let own = || self.content.organizations.iter().filter(|meta| !meta.is_built_in());
        if !own().any(|meta| meta.id == *organization) {
            return Some(format!("there is no organisation with the id {organization:?} in organizations.yaml"));
        }
        let hub = &self.content.hub;
        let mut submitters = hub.submissions.iter().filter_map(|it| it.introduced.as_ref()?.account.as_ref());
        let is_known = hub.accounts.iter().any(|it| it.account == *account && it.organizations.is_some())
            || submitters.any(|it| it == account)
            || own().any(|meta| meta.hf.as_ref() == Some(account));
        let fault = || format!("the account {account:?} is neither in content/hub/ nor of an organisation");
        (!is_known).then(fault)
    }

    fn fault_of_subject(&self, subject: &AttestedBytes) -> Option<String> {
        let has_moved = subject.path.as_deref().is_some_and(|path| self.paths.contains(path));
        if !self.hashes.contains(&subject.sha256) && !has_moved {
            return Some(format!("no record has the SHA-256 {}", subject.sha256));
        }
        let loaded = &self.inputs.records[*self.records.get(&subject.sha256)?];
        if subject.path.as_deref().is_some_and(|path| path != &*loaded.origin.path) {
            return Some(format!("the record {} has another path: {}", subject.sha256, loaded.origin.path));
        }
        let is_there = |result: &&u16| {
            let pointer = format!("/evaluation_results/{result}");
            let mut left_out = self.inputs.quarantined.iter().filter(|it| it.sha256 == Some(subject.sha256));
            loaded.record.results.iter().any(|it| it.index == **result) || left_out.any(|it| it.place == pointer)
        };
        let missing = subject.results.iter().flatten().find(|result| !is_there(result))?;
        Some(format!("the record {} has no result /evaluation_results/{missing}", subject.sha256))
    }
}
