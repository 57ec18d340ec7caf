//! The *evidence* of a marker: which fact, from where, seen when, and by which rule or person decided.

use serde::Serialize;

use super::{DecidedBy, Decision, Level, Markers, Marks, NotKnown, State, Submitter, Trace};
use crate::hash::Sha256;
use crate::load::attestation::{Attestation, Basis, Declaration, Statement};
use crate::load::content::Content;
use crate::load::{Inputs, Loaded};

/// One axis of a record: its value, and why.
#[derive(Debug, Serialize)]
pub struct Evidence {
    /// Short hash of subject, axis and value.
    pub id: String,
    /// `Trace`.
    pub axis: &'static str,
    /// `pinned and indexed`.
    pub value: &'static str,
    /// Which facts, from where, seen when.
    pub facts: Vec<Said>,
    /// Rule with its version, or person.
    pub decided_by: String,
}

/// A sentence of evidence, and where it can be looked up.
#[derive(Debug, Default, Serialize)]
pub struct Said {
    /// A sentence.
    pub says: String,
    /// Where people can look.
    pub url: Option<String>,
    /// Day on which it was seen.
    pub seen: Option<String>,
}

impl Said {
    fn new(says: impl Into<String>) -> Said {
        Said { says: says.into(), ..Said::default() }
    }
}

/// What no marker means, whichever it is.
pub const DOES_NOT_MEAN: &str = "A marker says who put a record where, not that a score is right, that the developer agrees, \
    or that anybody ran the evaluation again.";

/// All axes of the record at this place.
pub fn of_record(inputs: &Inputs, marks: &Marks, record: usize) -> Vec<Evidence> {
    let (loaded, markers) = (&inputs.records[record], &marks.records[record]);
    let content = &inputs.content;
    let mut found = vec![trace(inputs, loaded, markers)];
    if !matches!(markers.trace, Trace::Local(_)) {
        found.push(submitter(inputs, marks, loaded, markers));
    }
    found.extend(markers.decisions.iter().map(|it| source(content, loaded, it)));
    found.extend(markers.lapsed.iter().map(|place| lapsed(content, marks, loaded, *place)));
    found.extend(markers.objections.iter().map(|it| objection(it.of(content), loaded)));
    found
}

/// An identity that changes with the subject and with what is said of it.
fn id(sha256: Sha256, axis: &str, value: &str) -> String {
    let mut id = Sha256::of(format!("{sha256} {axis} {value}").as_bytes()).to_string();
    id.truncate(12);
    id
}

fn evidence(loaded: &Loaded, axis: &'static str, value: &'static str, facts: Vec<Said>, by: &str) -> Evidence {
    Evidence { id: id(loaded.origin.sha256, axis, value), axis, value, facts, decided_by: by.to_owned() }
}

fn trace(inputs: &Inputs, loaded: &Loaded, markers: &Markers) -> Evidence {
    let datastore = &inputs.datastores[usize::from(loaded.origin.datastore)];
    let value = match markers.trace {
        Trace::Local(why) => {
            return evidence(loaded, "Trace", "local", vec![Said::new(why.words())], "rule trace 1");
        }
        Trace::Pinned => "pinned",
        Trace::PinnedAndIndexed => "pinned and indexed",
    };
    let lock = datastore.lock.sound();
    let at = lock.map(|lock| format!("{} at commit {}", lock.repo, &lock.revision[..12])).unwrap_or_default();
    let also = if value == "pinned" { "" } else { ", and the collection's index has the same hash" };
    let says =
        format!("The lock file has these bytes under this path in {at}{also}; they were hashed again in this build.");
    let facts = vec![Said { url: datastore.public_url(&loaded.origin), ..Said::new(says) }];
    evidence(loaded, "Trace", value, facts, "rule trace 1")
}

fn submitter(inputs: &Inputs, marks: &Marks, loaded: &Loaded, markers: &Markers) -> Evidence {
    let hub = &inputs.content.hub;
    let (submission, memberships) = match markers.submitter {
        Submitter::Unknown(why) => {
            let mut said = Said::new(why.words());
            if let (NotKnown::Collision, Some(number)) = (why, markers.collision) {
                let collision = &marks.collisions[number as usize];
                said.says = format!("{} It is the {} {}.", why.words(), collision.of, collision.id);
            }
            return evidence(loaded, "Submitter", "unknown", vec![said], "rule submitter 1");
        }
        Submitter::Account { submission, memberships } => (&hub.submissions[submission as usize], memberships),
    };
    let Some(introduced) = &submission.introduced else {
        return evidence(loaded, "Submitter", "unknown", Vec::new(), "rule submitter 1");
    };
    let account = introduced.account.as_deref().unwrap_or_default();
    let number = introduced.pull_request.unwrap_or_default();
    let on = introduced.at.map(|at| format!(" on {}", day(at))).unwrap_or_default();
    let datastore = &inputs.datastores[usize::from(loaded.origin.datastore)];
    let url = datastore
        .lock
        .sound()
        .map(|lock| format!("https://huggingface.co/datasets/{}/discussions/{number}", lock.repo));
    let says =
        format!("The account {account} opened the merged pull request {number} that brought exactly these bytes{on}.");
    let mut facts = vec![Said { url, seen: Some(day(submission.seen)), ..Said::new(says) }];
    let known = memberships.map(|place| &hub.accounts[place as usize]);
    if let Some((fact, organizations)) = known.and_then(|fact| Some((fact, fact.organizations.as_ref()?))) {
        let list = if organizations.is_empty() { "none".to_owned() } else { organizations.join(", ") };
        let says = format!("Its public organisations: {list}. Membership alone decides nothing.");
        facts.push(Said { seen: Some(day(fact.seen)), ..Said::new(says) });
    }
    let value = if facts.len() > 1 { "account, with public organisations" } else { "account" };
    evidence(loaded, "Submitter", value, facts, "rule submitter 1")
}

fn source(content: &Content, loaded: &Loaded, decision: &Decision) -> Evidence {
    let organizations = &content.organizations;
    let rule = "rule official-account 1";
    match decision {
        Decision::Match(DecidedBy::OfficialAccount(place)) => {
            let name = &organizations[*place].name;
            let says = format!(
                "The submitter is the official account of {name} in {}, and the record names {name} as its source.",
                organizations[*place].file
            );
            evidence(loaded, "Source match", "match", vec![Said::new(says)], rule)
        }
        Decision::Mismatch(place) => {
            let says = format!(
                "The submitter is the official account of another organisation: {}.",
                organizations[*place].name
            );
            evidence(loaded, "Source match", "mismatch", vec![Said::new(says)], rule)
        }
        Decision::Match(DecidedBy::Attestation(attested)) => attested_match(attested.of(content), loaded, "match"),
        Decision::OnBehalf(attested) => attested_match(attested.of(content), loaded, "on behalf"),
    }
}

fn attested_match(attestation: &Attestation, loaded: &Loaded, value: &'static str) -> Evidence {
    let Statement::SubmittedBySource { account, organization, basis } = &attestation.statement else {
        return evidence(loaded, "Source match", "unreviewed", Vec::new(), "");
    };
    let (says, url) = match basis {
        Basis::AccountIsOrganization => {
            (format!("The account {account} is that of the organisation {organization}."), None)
        }
        Basis::PublicMember(on) => {
            (format!("The account {account} was a public member of {organization} on {on}."), None)
        }
        Basis::Statement(url) => (format!("{organization} states that {account} acts for it."), Some(url.clone())),
        Basis::OnBehalf(url) => {
            (format!("{organization} allowed {account} to submit on its behalf."), Some(url.clone()))
        }
    };
    let facts = vec![Said { url, ..Said::new(says + &scope(attestation, loaded)) }];
    evidence(loaded, "Source match", value, facts, &person(attestation))
}

fn objection(attestation: &Attestation, loaded: &Loaded) -> Evidence {
    let (value, declaration) = match &attestation.statement {
        Statement::Withdrawn(declaration) => ("withdrawn", declaration),
        Statement::Disputed(declaration) => ("disputed", declaration),
        Statement::SubmittedBySource { .. } => return evidence(loaded, "Standing", "current", Vec::new(), ""),
    };
    let Declaration { by, since, why, url } = declaration;
    let says = format!("{by} on {since}: {why}{}", scope(attestation, loaded));
    let facts = vec![Said { url: Some(url.clone()), ..Said::new(says) }];
    evidence(loaded, "Standing", value, facts, &person(attestation))
}

/// An attestation that counts no more.
fn lapsed(content: &Content, marks: &Marks, loaded: &Loaded, place: u32) -> Evidence {
    let attestation = &content.attestations[place as usize];
    let (value, says) = why_lapsed(attestation, marks.states[place as usize]);
    evidence(loaded, "Not carried over", value, vec![Said::new(says)], &person(attestation))
}

/// Why an attestation does not count for a record that it speaks of.
pub fn why_lapsed(attestation: &Attestation, state: State) -> (&'static str, String) {
    match (state, &attestation.revoked, attestation.valid_until) {
        (State::Revoked, Some(revoked), _) => {
            ("revoked", format!("The attestation was revoked on {}: {}", revoked.date, revoked.why))
        }
        (State::Expired, _, Some(last)) => ("expired", format!("The attestation was valid until {last}.")),
        _ => {
            ("changed", "Marker not carried over: the record changed. The attestation is about other bytes.".to_owned())
        }
    }
}

/// The results that are meant, if not all.
fn scope(attestation: &Attestation, loaded: &Loaded) -> String {
    let subject = attestation.subjects.iter().find(|it| it.sha256 == loaded.origin.sha256);
    match subject.and_then(|subject| subject.results.as_ref()) {
        None => String::new(),
        Some(results) => {
            let pointers: Vec<String> = results.iter().map(|it| format!("/evaluation_results/{it}")).collect();
            format!(" (only {})", pointers.join(", "))
        }
    }
}

fn person(attestation: &Attestation) -> String {
    format!("{} on {}, in {}", attestation.reviewer, attestation.date, file_name(&attestation.file))
}

/// The last part of a path: folders of this machine are nobody's business.
pub fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn day(at: jiff::Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// What a level means, and what it does not.
pub fn about(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Claimed => (
            "The record says so; nothing shows where the record comes from.",
            "It does not mean that the record is wrong.",
        ),
        Level::Traced => (
            "The bytes are those of a record in a named public datastore at a pinned commit, hashed again in this build.",
            "It does not say who put the record there.",
        ),
        Level::SubmitterKnown => (
            "The account is known that opened the merged pull request which brought exactly these bytes.",
            "It does not say whom the account acts for.",
        ),
        Level::SubmittedBySource => (
            "That account acts for the organisation which the record names as its source: by a reviewed attestation about these bytes, or as its official account.",
            "It does not say that the score is right, that the developer agrees, or that anybody ran it again.",
        ),
    }
}
