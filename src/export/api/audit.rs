//! The documents of *audits*: the pages that explain where the site's statements come from.

use schemars::JsonSchema;
use serde::Serialize;

use super::hub_entry::HubEntry;
use super::{Digits, VERSION};
use crate::card::hub_readings::HubReading;
use crate::card::markers::MarkersCard;
use crate::card::merged;
use crate::card::not_shown::{LeftOut, NotShownCard};
use crate::card::proposals::ProposalRow;
use crate::emit::page::{PublishingCard, PublishingRow};

/// The page of markers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MarkersDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// The page.
    pub page: String,
    /// The levels, lowest first.
    pub levels: Vec<MarkerLevel<'a>>,
    /// What the Hub says of the same values.
    pub hub: &'a str,
    /// What no marker means.
    pub does_not_mean: &'a str,
    /// Day as of which it was judged whether an attestation still counts.
    pub as_of: Option<&'a str>,
    /// Reviewed statements.
    pub attestations: Vec<AttestationDocument<'a>>,
    /// Records whose markers were not carried over; the first, if there are very many.
    pub dropped: Vec<Dropped<'a>>,
    /// How many there are.
    pub n_dropped: usize,
    /// Ids that several records share; the first, if there are very many.
    pub collisions: Vec<CollisionDocument<'a>>,
    /// How many there are.
    pub n_collisions: usize,
}

/// A level.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MarkerLevel<'a> {
    /// Its code.
    pub level: &'a str,
    /// In words.
    pub words: &'a str,
    /// What it means.
    pub means: &'a str,
    /// What it does not.
    pub does_not_mean: &'a str,
    /// Results with exactly this level.
    pub results: usize,
}

/// An attestation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AttestationDocument<'a> {
    /// Its file.
    pub file: &'a str,
    /// What it states.
    pub states: &'a str,
    /// Who reviewed it, and when.
    pub decided_by: &'a str,
    /// Whether it counts, and for how many records.
    pub outcome: &'a str,
}

/// A record whose marker was not carried over.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Dropped<'a> {
    /// Its path in its datastore.
    pub record: &'a str,
    /// First digits of its SHA-256: as many as tell it from all others.
    pub sha256: &'a str,
    /// Why.
    pub why: &'a str,
}

/// An id that several different records have.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CollisionDocument<'a> {
    /// `evaluation_id` or `UUID`.
    pub of: &'a str,
    /// The id.
    pub id: &'a str,
    /// Paths of the records.
    pub records: &'a [&'a str],
}

/// The page of names that were joined.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MergedDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// The page.
    pub page: String,
    /// The names, and near ones that were not joined.
    pub names: Vec<Joined<'a>>,
}

/// A name and what it was taken for.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Joined<'a> {
    /// As records have it.
    pub name: &'a str,
    /// `model`, `benchmark`, `evaluator`, `metric` or `developer`.
    pub kind: &'a str,
    /// False for a near name that was not joined.
    pub is_joined: bool,
    /// The entity's own name.
    pub taken_for: &'a str,
    /// By which step; of a near name, what tells the two apart.
    pub step: &'a str,
    /// Of the step, by convention; null where nothing was joined.
    pub confidence: Option<&'a str>,
}

/// The page of what is not shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotShownDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// The page.
    pub page: String,
    /// Reasons that occur.
    pub reasons: Vec<ReasonCount<'a>>,
    /// Records and results that are not shown.
    pub entries: Vec<NotShown<'a>>,
}

/// A reason, and how often it occurs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReasonCount<'a> {
    /// Its code.
    pub reason: &'a str,
    /// What it means.
    pub explanation: &'a str,
    /// How many.
    pub entries: usize,
}

/// A record or result that is not shown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotShown<'a> {
    /// Path in its datastore.
    pub file: &'a str,
    /// JSON pointer or line; empty for the whole file.
    pub place: &'a str,
    /// SHA-256 of the file, if it was read.
    pub sha256: Option<&'a str>,
    /// Code of the reason.
    pub reason: &'a str,
    /// The reason in a sentence.
    pub detail: String,
    /// The model as the record names it.
    pub model: Option<&'a str>,
    /// Submission channel.
    pub collection: &'a str,
}

/// The page of what could be proposed to the Hub.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PublishingDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// The page.
    pub page: String,
    /// Why nothing of it may be published yet.
    pub blocked: &'a [&'a str],
    /// Results of benchmarks that the Hub keeps no leaderboard for.
    pub unsupported: usize,
    /// What became of the results of all others.
    pub outcomes: Vec<OutcomeDocument<'a>>,
    /// One result each.
    pub results: Vec<Publishable<'a>>,
    /// What became of results that were proposed to the Hub.
    pub proposals: Vec<Proposed<'a>>,
    /// What the Hub shows: entries that differ from a record first.
    pub on_the_hub: Vec<HubEntry<'a>>,
}

/// A result that was proposed to the Hub, as the Hub said when it was last asked.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Proposed<'a> {
    /// The model repository.
    pub model: &'a str,
    /// Number of the pull request there.
    pub pull_request: u64,
    /// Its page.
    pub url: Option<&'a str>,
    /// `open`, `draft`, `merged`, `closed` or `gone`.
    pub state: &'a str,
    /// Comments of others on it.
    pub comments: usize,
    /// Hub dataset.
    pub dataset: &'a str,
    /// Its task.
    pub task: &'a str,
    /// The value that was proposed.
    pub value: Digits<'a>,
    /// `as_proposed`, `hidden`, `changed` or `taken_out`; `null` if the pull request is closed or gone.
    pub now: Option<&'a str>,
    /// The other value that stands there.
    pub other: Option<Digits<'a>>,
    /// `current`, `withdrawn`, `disputed` or `gone`; `null` if the record is not known.
    pub record: Option<&'a str>,
    /// True if what stands there is not what was proposed, or its record was withdrawn or is disputed.
    pub needs_a_person: bool,
    /// The day when the Hub was asked.
    pub seen: &'a str,
}

/// What became of results of one benchmark of the Hub.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OutcomeDocument<'a> {
    /// Key of the benchmark.
    pub benchmark: &'a str,
    /// Status, or reason why they could not be proposed.
    pub outcome: &'a str,
    /// The same in words; `null` for a reason of the site's own.
    pub says: Option<&'a str>,
    /// How many.
    pub results: usize,
}

/// A result and its outcome.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Publishable<'a> {
    /// The model as the Hub or the record has it.
    pub model: &'a str,
    /// Its card.
    pub page: &'a str,
    /// Key of the benchmark.
    pub benchmark: &'a str,
    /// Status, or reason why it could not be proposed.
    pub outcome: &'a str,
    /// `sure` or `likely`: how sure the list of Hub benchmarks is of the leaderboard; `null` for what was skipped.
    pub certainty: Option<&'a str>,
    /// What would be posted.
    pub value: Option<Digits<'a>>,
    /// The score as it stands in the record.
    pub score: Digits<'a>,
    /// Submission channel.
    pub collection: &'a str,
    /// Path of the record in its datastore.
    pub path: &'a str,
    /// JSON pointer of the result in its record.
    pub pointer: &'a str,
    /// Where the record can be read, if that is known.
    pub url: Option<&'a str>,
}

impl<'a> MarkersDocument<'a> {
    /// What `card`, at `page`, says.
    pub fn new(card: &'a MarkersCard<'a>, page: String) -> MarkersDocument<'a> {
        let levels = card.levels.iter().map(|it| MarkerLevel {
            level: it.marker.code,
            words: &it.marker.words,
            means: &it.means,
            does_not_mean: &it.does_not_mean,
            results: it.results,
        });
        let attestations = card.attestations.iter().map(|it| AttestationDocument {
            file: it.file,
            states: it.states,
            decided_by: &it.decided_by,
            outcome: &it.outcome,
        });
        let dropped = card.dropped.iter().map(|it| Dropped { record: it.record.text, sha256: &it.hash, why: &it.why });
        let collisions =
            card.collisions.iter().map(|it| CollisionDocument { of: it.of, id: it.id, records: &it.records });
        MarkersDocument {
            version: VERSION,
            page,
            levels: levels.collect(),
            hub: &card.hub,
            does_not_mean: card.does_not_mean,
            as_of: card.as_of.as_deref(),
            attestations: attestations.collect(),
            dropped: dropped.collect(),
            n_dropped: card.n_dropped,
            collisions: collisions.collect(),
            n_collisions: card.n_collisions,
        }
    }
}

impl<'a> MergedDocument<'a> {
    /// What the list of `rows` at `page` says.
    pub fn new(rows: &'a [merged::MergedName<'a>], page: String) -> MergedDocument<'a> {
        let names = rows.iter().map(|it| Joined {
            name: it.name,
            kind: it.kind,
            is_joined: it.is_merged,
            taken_for: it.entity,
            step: &it.step,
            confidence: Some(it.confidence).filter(|it| !it.is_empty()),
        });
        MergedDocument { version: VERSION, page, names: names.collect() }
    }
}

impl<'a> NotShownDocument<'a> {
    /// What `card`, at `page`, says, with all `rows` of its list.
    pub fn new(card: &'a NotShownCard<'a>, rows: &'a [LeftOut<'a>], page: String) -> NotShownDocument<'a> {
        let reasons = card.reasons.iter().map(|it| ReasonCount {
            reason: it.code,
            explanation: it.explanation,
            entries: it.entries,
        });
        let entries = rows.iter().map(|it| NotShown {
            file: it.file,
            place: &it.place,
            sha256: it.sha256.as_deref(),
            reason: it.reason,
            detail: it.detail.to_string(),
            model: it.model,
            collection: it.collection,
        });
        NotShownDocument { version: VERSION, page, reasons: reasons.collect(), entries: entries.collect() }
    }
}

impl<'a> PublishingDocument<'a> {
    /// What `card`, at `page`, says, with all `rows` of its list.
    pub fn new(
        card: &'a PublishingCard<'a>,
        rows: &'a [PublishingRow<'a>],
        proposals: &'a [ProposalRow<'a>],
        on_the_hub: &'a [HubReading<'a>],
        page: String,
    ) -> PublishingDocument<'a> {
        let proposals = proposals.iter().map(|it| Proposed {
            model: it.model,
            pull_request: it.number,
            url: it.url.as_deref(),
            state: it.state,
            comments: it.comments,
            dataset: it.dataset,
            task: it.task,
            value: Digits(it.value),
            now: it.now,
            other: it.other.map(Digits),
            record: it.record,
            needs_a_person: it.needs_a_person,
            seen: &it.seen,
        });
        let results = rows.iter().map(|it| Publishable {
            model: it.model,
            page: &it.model_url,
            benchmark: it.benchmark,
            outcome: it.outcome,
            certainty: it.certainty,
            value: it.value.map(Digits),
            score: Digits(it.score),
            collection: it.collection,
            path: it.path,
            pointer: it.pointer,
            url: it.record_url.as_deref(),
        });
        let outcomes = card.benchmarks.iter().map(|it| OutcomeDocument {
            benchmark: it.benchmark,
            outcome: it.outcome,
            says: it.says,
            results: it.results,
        });
        PublishingDocument {
            version: VERSION,
            page,
            blocked: &card.blocked,
            unsupported: card.unsupported.unwrap_or_default(),
            outcomes: outcomes.collect(),
            results: results.collect(),
            proposals: proposals.collect(),
            on_the_hub: on_the_hub.iter().map(HubEntry::new).collect(),
        }
    }
}
