//! *Mark* compares what records claim with what the build can prove: [`Marks`].
//!
//! A record can claim anything; only the build assigns levels. No field of a record raises a level: levels come
//! from hashes, from the lock file and the facts that `fetch` wrote, and from attestations that a person reviewed.
//! Each question is an *axis*, and axes are never combined into one truth value. In doubt, the level is not given.

mod attested;
mod collision;
pub mod evidence;
pub mod hub_run;
mod level;
mod relationship;
mod source;
mod standing;
mod submitter;
mod trace;

use foldhash::{HashMap, HashMapExt, HashSet};
use jiff::civil::Date;
use rayon::prelude::*;

use crate::hash::Sha256;
use crate::load::attestation::{Attestation, Statement};
use crate::load::content::Content;
use crate::load::{Inputs, Origin};
use crate::resolve::{Entities, Resolved};

pub use attested::{AttestationState, Attested, check, known_day, warn_of_last_days};
pub use collision::Collision;
pub use level::{Counts, Level};
pub use relationship::{Fit, Relationship};
pub use source::{DecidedBy, Decision};
pub use standing::Standing;
pub use submitter::{NotKnown, Submitter};
pub use trace::{Trace, Untraced};

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

/// All markers of a build.
#[derive(Debug, Default)]
pub struct Marks {
    /// By place of the record.
    pub records: Vec<Markers>,
    /// Ids that tell nothing apart.
    pub collisions: Vec<Collision>,
    /// The state of each attestation.
    pub states: Vec<AttestationState>,
    /// The day as of which that was judged; `None` if none is known.
    pub as_of: Option<Date>,
    /// How many records each attestation raises or objects to.
    pub used: Vec<u32>,
    /// How many results have each level.
    pub counts: Counts,
    /// The same by evaluator, without results that are withdrawn.
    pub by_evaluator: Vec<Counts>,
}

/// The evidence that all records are compared with.
struct Proofs<'a> {
    inputs: &'a Inputs,
    entities: &'a Entities,
    states: &'a [AttestationState],
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
}

/// Marks all records of `inputs`, whose attestations were checked. `day` is that of the build.
pub fn mark(inputs: &Inputs, entities: &Entities, resolved: &[Resolved], day: Option<Date>) -> Marks {
    let today = known_day(&inputs.content, day);
    let states: Vec<AttestationState> =
        inputs.content.attestations.iter().map(|it| attested::state(it, today)).collect();
    let (collisions, of_records) = collision::collisions(inputs);
    let proofs = Proofs::new(inputs, entities, &states);
    let denied = proofs.denied(&collisions);
    // All results of a record have one model and one source.
    let mut firsts: Vec<Option<&Resolved>> = vec![None; inputs.records.len()];
    for result in resolved {
        firsts[result.record as usize].get_or_insert(result);
    }
    let records: Vec<Markers> = (firsts.into_par_iter().enumerate())
        .map(|(record, first)| proofs.markers(record, first, of_records[record], denied[record]))
        .collect();
    let mut marks = Marks { collisions, by_evaluator: Vec::new(), records, ..Marks::default() };
    marks.by_evaluator.resize(entities.evaluators.len(), Counts::default());
    for result in resolved {
        let place = inputs.records[result.record as usize].record.results[usize::from(result.result)].index;
        let markers = &marks.records[result.record as usize];
        let level = markers.level(&inputs.content, place);
        marks.counts.add(level);
        // Nobody's evidence is what they took back.
        if markers.standing(&inputs.content, place) != Standing::Withdrawn {
            marks.by_evaluator[result.evaluator.index()].add(level);
        }
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

impl<'a> Proofs<'a> {
    fn new(inputs: &'a Inputs, entities: &'a Entities, states: &'a [AttestationState]) -> Proofs<'a> {
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
        Proofs {
            inputs,
            entities,
            states,
            attested,
            attested_paths,
            submissions: submissions.map(|(place, it)| ((&*it.datastore, &*it.object, it.sha256), place)).collect(),
            accounts: (0..).zip(&content.hub.accounts).map(|(place, it)| (it.account.as_str(), place)).collect(),
            official: official.into_iter().filter_map(|(account, owner)| Some((account, owner?))).collect(),
            doubtful_paths: doubtful.map(|entry| (entry.datastore, &*entry.file)).collect(),
        }
    }

    fn markers(&self, record: usize, first: Option<&Resolved>, collision: Option<u32>, is_denied: bool) -> Markers {
        let origin = &self.inputs.records[record].origin;
        let trace = self.trace(origin);
        let submitter = self.submitter(origin, &trace, is_denied);
        Markers {
            decisions: self.decisions(origin, &submitter, first),
            relationship: self.relationship(record, first),
            objections: self.objections(&self.inputs.records[record]),
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
        let active =
            self.about(origin).iter().filter(|it| self.states[it.attestation as usize] == AttestationState::Active);
        active.map(|attested| (*attested, attested.of(&self.inputs.content)))
    }

    fn lapsed(&self, origin: &Origin) -> Box<[u32]> {
        let about_it = || self.about(origin).iter().map(|it| it.attestation);
        let lapsed = about_it().filter(|place| self.states[*place as usize] != AttestationState::Active);
        let of_path = self.attested_paths.get(&*origin.path).map_or(&[][..], Vec::as_slice).iter().copied();
        let changed = of_path.filter(|place| !about_it().any(|other| other == *place));
        let mut places: Vec<u32> = lapsed.chain(changed).collect();
        places.sort_unstable();
        places.dedup();
        places.into()
    }
}
