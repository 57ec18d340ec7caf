//! *Mark* holds what records claim against what the build can prove: [`Marks`].
//!
//! A record can claim; only the build can mark. No field of a record raises a marker: markers come
//! from the hashes of bytes, from the lock and the facts that `fetch` wrote, and from attestations that
//! a person reviewed. What is known of one thing is an *axis*, and axes are never joined into one
//! truth value. When in doubt there is no marker.

pub mod evidence;
pub mod hub_run;
mod relationship;
mod source;
mod standing;
mod submitter;
mod trace;

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use foldhash::{HashMap, HashMapExt, HashSet};
use jiff::civil::Date;
use rayon::prelude::*;

use crate::diagnostic::Diagnostics;
use crate::hash::Sha256;
use crate::load::attestation::{Attestation, Statement};
use crate::load::content::Content;
use crate::load::quarantine::Quarantined;
use crate::load::{Inputs, Origin};
use crate::resolve::{Entities, Resolved};

pub use relationship::{Fit, Relationship};
pub use source::{DecidedBy, Decision};
pub use standing::Standing;
pub use submitter::{NotKnown, Submitter};
pub use trace::{Trace, Untraced};

/// How far a result is traced: the levels that readers see. Each needs all below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing but the record says so.
    Claimed,
    /// The bytes are those of a public record.
    Traced,
    /// The account that brought exactly these bytes is known.
    SubmitterKnown,
    /// That account acts for the organisation that the record names as its source.
    SubmittedBySource,
}

impl Level {
    /// All, lowest first.
    pub const ALL: [Level; 4] = [Level::Claimed, Level::Traced, Level::SubmitterKnown, Level::SubmittedBySource];

    /// Machine-readable.
    pub fn code(self) -> &'static str {
        match self {
            Level::Claimed => "claimed",
            Level::Traced => "traced",
            Level::SubmitterKnown => "submitter_known",
            Level::SubmittedBySource => "submitted_by_source",
        }
    }

    /// Its key among the words of the interface.
    pub fn key(self) -> &'static str {
        match self {
            Level::Claimed => "level.claimed",
            Level::Traced => "level.traced",
            Level::SubmitterKnown => "level.submitter_known",
            Level::SubmittedBySource => "level.submitted_by_source",
        }
    }
}

/// An attestation about a record, and which of its subjects the record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attested {
    /// Place in [`Content::attestations`].
    pub attestation: u32,
    subject: u32,
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

/// What is known of one record, axis by axis.
#[derive(Debug)]
pub struct Markers {
    /// Are these the bytes of a public record?
    pub trace: Trace,
    /// Who put it there?
    pub submitter: Submitter,
    /// Is that the organisation which the record names? The first that covers a result counts.
    pub decisions: Box<[Decision]>,
    /// Does the claimed relationship fit what metadata says?
    pub relationship: Relationship,
    /// What withdraws or disputes it or a part of it.
    pub objections: Box<[Attested]>,
    /// Places of the attestations about it that count no more, or were about other bytes.
    pub lapsed: Box<[u32]>,
    /// Place of its collision in [`Marks::collisions`].
    pub collision: Option<u32>,
}

impl Markers {
    /// The decision about the result at this place of `evaluation_results`.
    pub fn decision(&self, content: &Content, result: u16) -> Option<&Decision> {
        self.decisions.iter().find(|decision| decision.covers(content, result))
    }

    /// Whether the result at this place is still asserted.
    pub fn standing(&self, content: &Content, result: u16) -> Standing {
        let objections = self.objections.iter().filter(|it| it.covers(content, result));
        objections.map(|it| standing::of(*it, content)).max().unwrap_or(Standing::Current)
    }

    /// The day of the first declaration that takes the result at this place back, or disputes it.
    pub fn objected_since(&self, content: &Content, result: u16) -> Option<Date> {
        let standing = self.standing(content, result);
        let objections = self.objections.iter().filter(|it| it.covers(content, result));
        let same = objections.filter(|it| standing::of(**it, content) == standing);
        same.filter_map(|it| match &it.of(content).statement {
            Statement::Withdrawn(declaration) | Statement::Disputed(declaration) => Some(declaration.since),
            Statement::SubmittedBySource { .. } => None,
        })
        .min()
    }

    /// The level of that result.
    pub fn level(&self, content: &Content, result: u16) -> Level {
        match (&self.trace, &self.submitter) {
            (Trace::Local(_), _) => Level::Claimed,
            (_, Submitter::Unknown(_)) => Level::Traced,
            (_, Submitter::Account { .. }) => match self.decision(content, result) {
                Some(decision) if decision.is_match() => Level::SubmittedBySource,
                _ => Level::SubmitterKnown,
            },
        }
    }
}

/// One `evaluation_id` or UUID of several records that differ: no more than level 1 for any of them.
#[derive(Debug)]
pub struct Collision {
    /// `evaluation_id`, or `UUID`.
    pub of: &'static str,
    /// The id that they share.
    pub id: String,
    /// Places of the records.
    pub records: Vec<u32>,
}

/// Whether an attestation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It does.
    Active,
    /// Its last day has passed.
    Expired,
    /// It has a last day, and no day is known to hold against it.
    Undated,
    /// It was taken back.
    Revoked,
}

/// How many results have each level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; 4]);

impl Counts {
    /// Adds a result.
    pub fn add(&mut self, level: Level) {
        self.0[level as usize] += 1;
    }

    /// How many have exactly this level.
    pub fn of(&self, level: Level) -> usize {
        self.0[level as usize]
    }
}

/// All markers of a build.
#[derive(Debug, Default)]
pub struct Marks {
    /// By place of the record.
    pub records: Vec<Markers>,
    /// Ids that tell nothing apart.
    pub collisions: Vec<Collision>,
    /// The state of each attestation.
    pub states: Vec<State>,
    /// The day as of which that was judged; `None` if none is known.
    pub as_of: Option<Date>,
    /// How many records each attestation raises or objects to.
    pub used: Vec<u32>,
    /// How many results have each level.
    pub counts: Counts,
    /// The same by evaluator.
    pub by_evaluator: Vec<Counts>,
}

/// What all records are held against.
struct Evidence<'a> {
    inputs: &'a Inputs,
    entities: &'a Entities,
    states: &'a [State],
    /// Attestations about these bytes.
    attested: HashMap<Sha256, Vec<Attested>>,
    /// Attestations about other bytes under this path.
    attested_paths: HashMap<&'a str, Vec<u32>>,
    /// Who brought which bytes under which path into which repository.
    submissions: HashMap<(&'a str, &'a str, Sha256), u32>,
    accounts: HashMap<&'a str, u32>,
    /// Official accounts of organisations, each listed for one only.
    official: HashMap<&'a str, usize>,
    /// Paths for which an index names other bytes as well.
    doubtful_paths: HashSet<(u16, &'a str)>,
    /// The collision of each record.
    collisions: Vec<Option<u32>>,
}

/// Marks all records of `inputs`, whose attestations were checked. `day` is that of the build.
pub fn mark(inputs: &Inputs, entities: &Entities, resolved: &[Resolved], day: Option<Date>) -> Marks {
    let today = known_day(&inputs.content, day);
    let states: Vec<State> = inputs.content.attestations.iter().map(|it| state(it, today)).collect();
    let (collisions, of_records) = collisions(inputs);
    let evidence = Evidence::new(inputs, entities, &states, of_records);
    // All results of a record have one model and one source.
    let mut firsts: Vec<Option<&Resolved>> = vec![None; inputs.records.len()];
    for result in resolved {
        firsts[result.record as usize].get_or_insert(result);
    }
    let records: Vec<Markers> =
        (firsts.into_par_iter().enumerate()).map(|(record, first)| evidence.markers(record, first)).collect();
    let mut marks = Marks { collisions, by_evaluator: Vec::new(), records, ..Marks::default() };
    marks.by_evaluator.resize(entities.evaluators.len(), Counts::default());
    for result in resolved {
        let place = inputs.records[result.record as usize].record.results[usize::from(result.result)].index;
        let level = marks.records[result.record as usize].level(&inputs.content, place);
        marks.counts.add(level);
        marks.by_evaluator[result.evaluator.index()].add(level);
    }
    marks.used = vec![0; states.len()];
    for markers in &marks.records {
        let decided = markers.decisions.iter().filter_map(Decision::attestation);
        let used = decided.chain(markers.objections.iter().copied());
        let mut used: Vec<u32> = used.map(|it| it.attestation).collect();
        used.sort_unstable();
        used.dedup();
        used.into_iter().for_each(|place| marks.used[place as usize] += 1);
    }
    marks.states = states;
    marks.as_of = today;
    marks
}

/// The latest day that is known to have come: that of the build, or that of the newest fact, as a build has no clock.
pub fn known_day(content: &Content, day: Option<Date>) -> Option<Date> {
    day.max(content.hub.newest.map(|it| it.to_zoned(jiff::tz::TimeZone::UTC).date()))
}

fn state(attestation: &Attestation, today: Option<Date>) -> State {
    match (&attestation.revoked, attestation.valid_until) {
        (Some(_), _) => State::Revoked,
        (None, None) => State::Active,
        (None, Some(last)) => match today {
            None => State::Undated,
            Some(today) if today > last => State::Expired,
            Some(_) => State::Active,
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
                format!("whether {last} has passed is judged by the newest fact of the Hub, which is of {known}")
            }
            None => format!("whether {last} has passed cannot be judged, so it does not count"),
        };
        let help = "set SOURCE_DATE_EPOCH to the day of the build, such as `SOURCE_DATE_EPOCH=$(date +%s)`".to_owned();
        diagnostics.warn_with_help("unknown-day", &attestation.file, "valid_until", message, help);
    }
}

/// Holds the attestations of `content` against what they speak of. One that fits nothing is forged, or a slip of
/// the pen that nobody would notice: both stop the build.
pub fn check(content: &Content, inputs: &Inputs) -> Result<()> {
    if content.attestations.is_empty() {
        return Ok(());
    }
    let records: HashMap<Sha256, usize> =
        inputs.records.iter().enumerate().map(|(place, it)| (it.origin.sha256, place)).collect();
    let mut known: HashSet<Sha256> = records.keys().copied().collect();
    known.extend(inputs.quarantined.iter().filter_map(|it| it.sha256));
    let locks = || inputs.datastores.iter().filter_map(|datastore| datastore.lock.sound());
    known.extend(locks().flat_map(|lock| lock.objects.values().map(|pin| pin.sha256)));
    let paths: HashSet<&str> = inputs.records.iter().map(|it| &*it.origin.path).collect();
    for attestation in &content.attestations {
        let forged = |what: String| -> Result<()> {
            let help = "an attestation speaks of exact bytes, accounts and organisations: mend it, or take it out";
            bail!("{}: {what}\n  help: {help}", attestation.file)
        };
        if let Statement::SubmittedBySource { account, organization, .. } = &attestation.statement {
            let own = || content.organizations.iter().filter(|meta| !meta.is_built_in());
            if !own().any(|meta| meta.id == *organization) {
                forged(format!("there is no organisation with the id {organization:?} in organizations.yaml"))?;
            }
            let hub = &content.hub;
            let is_known = hub.accounts.iter().any(|it| it.account == *account && it.organizations.is_some())
                || hub
                    .submissions
                    .iter()
                    .filter_map(|it| it.introduced.as_ref()?.account.as_ref())
                    .any(|it| it == account)
                || own().any(|meta| meta.hf.as_ref() == Some(account));
            if !is_known {
                forged(format!("no fact of content/hub/ and no organisation knows the account {account:?}"))?;
            }
        }
        for subject in &attestation.subjects {
            let has_moved = subject.path.as_deref().is_some_and(|path| paths.contains(path));
            if !known.contains(&subject.sha256) && !has_moved {
                forged(format!("no record has the SHA-256 {}", subject.sha256))?;
            }
            let Some(&place) = records.get(&subject.sha256) else { continue };
            let loaded = &inputs.records[place];
            if subject.path.as_deref().is_some_and(|path| path != &*loaded.origin.path) {
                forged(format!("the record {} is {}, which is another path", subject.sha256, loaded.origin.path))?;
            }
            for result in subject.results.iter().flatten() {
                let pointer = format!("/evaluation_results/{result}");
                let is_left_out = |it: &Quarantined| it.sha256 == Some(subject.sha256) && it.place == pointer;
                if !loaded.record.results.iter().any(|it| it.index == *result)
                    && !inputs.quarantined.iter().any(is_left_out)
                {
                    forged(format!("the record {} has no result {pointer}", subject.sha256))?;
                }
            }
        }
    }
    Ok(())
}

/// The ids that several different records share, and the collision of each record.
fn collisions(inputs: &Inputs) -> (Vec<Collision>, Vec<Option<u32>>) {
    let mut by_id: BTreeMap<(&'static str, String), Vec<u32>> = BTreeMap::new();
    let mut by_evaluation: HashMap<&str, Vec<u32>> = HashMap::with_capacity(inputs.records.len());
    let mut by_uuid: HashMap<String, Vec<u32>> = HashMap::with_capacity(inputs.records.len());
    for (place, loaded) in (0..).zip(&inputs.records) {
        let id = &*loaded.record.evaluation_id;
        if !id.is_empty() {
            by_evaluation.entry(id).or_default().push(place);
        }
        if let Some(uuid) = uuid(&loaded.origin) {
            by_uuid.entry(uuid).or_default().push(place);
        }
    }
    // Records of the same bytes are one: the others were left out when they were read.
    by_evaluation.retain(|_, places| places.len() > 1);
    by_uuid.retain(|_, places| places.len() > 1);
    by_id.extend(by_evaluation.into_iter().map(|(id, places)| (("evaluation_id", id.to_owned()), places)));
    by_id.extend(by_uuid.into_iter().map(|(id, places)| (("UUID", id), places)));
    let mut of_records = vec![None; inputs.records.len()];
    let collisions = by_id.into_iter().zip(0..).map(|(((of, id), records), number)| {
        records.iter().for_each(|place| of_records[*place as usize] = Some(number));
        Collision { of, id, records }
    });
    let collisions = collisions.collect();
    (collisions, of_records)
}

/// The UUID that a file is called by.
fn uuid(origin: &Origin) -> Option<String> {
    let name = origin.path.rsplit('/').next()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_uuid = stem.len() == 36
        && stem.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    is_uuid.then(|| stem.to_ascii_lowercase())
}

impl<'a> Evidence<'a> {
    fn new(
        inputs: &'a Inputs,
        entities: &'a Entities,
        states: &'a [State],
        collisions: Vec<Option<u32>>,
    ) -> Evidence<'a> {
        let content = &inputs.content;
        let mut attested: HashMap<Sha256, Vec<Attested>> = HashMap::new();
        let mut attested_paths: HashMap<&str, Vec<u32>> = HashMap::new();
        let locks = inputs.datastores.iter().filter_map(|datastore| datastore.lock.sound());
        let mut pinned: HashMap<Sha256, Vec<&str>> = HashMap::new();
        for (path, pin) in locks.filter(|_| !content.attestations.is_empty()).flat_map(|lock| &lock.objects) {
            pinned.entry(pin.sha256).or_default().push(path);
        }
        for (place, attestation) in (0..).zip(&content.attestations) {
            for (at, subject) in (0..).zip(&attestation.subjects) {
                attested.entry(subject.sha256).or_default().push(Attested { attestation: place, subject: at });
                // The path is that of the review, else where the lock has these bytes.
                let locked = pinned.get(&subject.sha256).into_iter().flatten().copied();
                let paths = subject.path.as_deref().into_iter().chain(locked);
                paths.for_each(|path| attested_paths.entry(path).or_default().push(place));
            }
        }
        let mut official: HashMap<&str, Option<usize>> = HashMap::new();
        for (place, meta) in content.organizations.iter().enumerate().filter(|(_, meta)| !meta.is_built_in()) {
            if let Some(account) = &meta.hf {
                official.entry(account).and_modify(|owner| *owner = None).or_insert(Some(place));
            }
        }
        let submissions = (0..).zip(&content.hub.submissions);
        let doubtful = inputs.quarantined.iter().filter(|entry| trace::is_wrong(entry.reason));
        Evidence {
            inputs,
            entities,
            states,
            attested,
            attested_paths,
            submissions: submissions.map(|(place, it)| ((&*it.datastore, &*it.object, it.sha256), place)).collect(),
            accounts: (0..).zip(&content.hub.accounts).map(|(place, it)| (it.account.as_str(), place)).collect(),
            official: official.into_iter().filter_map(|(account, owner)| Some((account, owner?))).collect(),
            doubtful_paths: doubtful.map(|entry| (entry.datastore, &*entry.file)).collect(),
            collisions,
        }
    }

    fn markers(&self, record: usize, first: Option<&Resolved>) -> Markers {
        let origin = &self.inputs.records[record].origin;
        let trace = self.trace(origin);
        let collision = self.collisions[record];
        let submitter = self.submitter(origin, &trace, collision.is_some());
        Markers {
            decisions: self.decisions(origin, &submitter, first),
            relationship: self.relationship(record, first),
            objections: self.objections(origin),
            lapsed: self.lapsed(origin),
            trace,
            submitter,
            collision,
        }
    }

    /// The attestations about exactly these bytes.
    fn about(&self, origin: &Origin) -> &[Attested] {
        self.attested.get(&origin.sha256).map_or(&[], Vec::as_slice)
    }

    /// Those of them that count.
    fn active(&self, origin: &Origin) -> impl Iterator<Item = (Attested, &'a Attestation)> {
        let active = self.about(origin).iter().filter(|it| self.states[it.attestation as usize] == State::Active);
        active.map(|attested| (*attested, attested.of(&self.inputs.content)))
    }

    fn lapsed(&self, origin: &Origin) -> Box<[u32]> {
        let about_it = || self.about(origin).iter().map(|it| it.attestation);
        let lapsed = about_it().filter(|place| self.states[*place as usize] != State::Active);
        let of_path = self.attested_paths.get(&*origin.path).map_or(&[][..], Vec::as_slice).iter().copied();
        let changed = of_path.filter(|place| !about_it().any(|other| other == *place));
        let mut places: Vec<u32> = lapsed.chain(changed).collect();
        places.sort_unstable();
        places.dedup();
        places.into()
    }
}
