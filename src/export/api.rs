//! The *static JSON API*, version 1: what a page says, as data.
//!
//! These shapes are a promise: within `v1` members are added and never taken away or given another
//! meaning. They are types of their own, so that a page may change without them, and their JSON Schemas
//! are made from them. Addresses without scheme are relative to the top of the site.

use anyhow::{Context, Result};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::page_table::without_commas;
use crate::card::benchmark::RowView;
use crate::card::developer::{DeveloperCard, MadeModel};
use crate::card::evaluator::EvaluatorSummary;
use crate::card::markers::MarkersCard;
use crate::card::merged;
use crate::card::model::{CellView, ModelCard, RecordView};
use crate::card::not_shown::{LeftOut, NotShownCard};
use crate::card::{Fact, ReadingView};
use crate::emit::page::{PublishingCard, PublishingRow};
use crate::mark::evidence::Evidence;

/// The digits of a record, written as a JSON number.
#[derive(Debug)]
pub struct Digits<'a>(pub &'a str);

impl Serialize for Digits<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl JsonSchema for Digits<'_> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digits".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        f64::json_schema(generator)
    }

    fn inline_schema() -> bool {
        true
    }
}

/// `api/v1/index.json`: what there is, and where.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Index<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// The program that made this build.
    pub generator: &'static str,
    /// Name of the site.
    pub title: &'a str,
    /// Public address of the site, if it has one.
    pub base_url: Option<&'a str>,
    /// Day of the build, if it was told one.
    pub built: Option<String>,
    /// Hub dataset that holds the records, as the lock file or else `site.yaml` says.
    pub datastore: Option<&'a str>,
    /// Commit of it.
    pub revision: Option<&'a str>,
    /// The lists.
    pub lists: Vec<ListLink>,
    /// Pages that tell how the site came to say what it says, as data.
    pub audits: Vec<AuditLink>,
    /// Tables of the whole site, with their columns.
    pub data: Option<&'static str>,
    /// Results added, changed and withdrawn.
    pub feed: &'static str,
}

/// A list of the API.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListLink {
    /// `models`, `benchmarks`, `evaluators` or `developers`.
    pub name: &'static str,
    /// Where it stands.
    pub url: String,
    /// How many it has.
    pub entries: usize,
    /// The JSON Schema of what it links to.
    pub schema: String,
}

/// A page that tells how the site came to say what it says.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditLink {
    /// `markers`, `merged`, `not-shown` or `publishing`.
    pub name: &'static str,
    /// Where it stands.
    pub url: String,
    /// Its JSON Schema.
    pub schema: String,
}

/// A list of models, benchmarks, evaluators or developers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct List<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// One entry a page.
    pub entries: Vec<ListEntry<'a>>,
}

/// An entry of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListEntry<'a> {
    /// Id.
    pub id: &'a str,
    /// Display name.
    pub name: &'a str,
    /// Its page.
    pub page: String,
    /// The same as data; null if this site makes no such documents.
    pub api: Option<String>,
    /// How many results it has.
    pub results: usize,
}

/// A model's card.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ModelDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Canonical id.
    pub id: &'a str,
    /// Display name.
    pub name: &'a str,
    /// Its page.
    pub page: String,
    /// Metadata.
    pub facts: Vec<FactView<'a>>,
    /// Other ids that records use.
    pub spellings: Vec<&'a str>,
    /// A sentence with the counts.
    pub summary: &'a str,
    /// Results by cell.
    pub cells: Vec<Cell<'a>>,
    /// The records that the results stand in.
    pub records: Vec<Record<'a>>,
}

/// One fact; without a value it is not reported.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FactView<'a> {
    /// What.
    pub label: &'a str,
    /// Its value.
    pub value: Option<&'a str>,
    /// Where the value leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
    /// Where the value comes from, if not from metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'a str>,
}

/// The readings of one slice of one benchmark under one metric.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Cell<'a> {
    /// Benchmark.
    pub benchmark: &'a str,
    /// Its page.
    pub benchmark_page: &'a str,
    /// The part of it; null for the whole.
    pub slice: Option<&'a str>,
    /// The part of the test, where others of this slice are over another one.
    pub part: Option<&'a str>,
    /// The variant of the model; null for the model itself.
    pub variant: Option<&'a str>,
    /// Metric.
    pub metric: &'a str,
    /// `higher is better`.
    pub direction: &'a str,
    /// True if scores depend on which other models were evaluated.
    pub is_relative: bool,
    /// `rank 12 of 340`.
    pub rank: Option<&'a str>,
    /// By how much several readings differ.
    pub difference: Option<&'a str>,
    /// The readings; the first stands for the cell in rankings.
    pub readings: Vec<ReadingDocument<'a>>,
}

/// A score with everything that is needed to judge it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReadingDocument<'a> {
    /// The score, with the digits of its record.
    pub score: Digits<'a>,
    /// The unit that the record names, else its bounds; may be empty.
    pub unit: &'a str,
    /// Stated uncertainty, in words. (What is not reported is left out, here and below.)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<&'a str>,
    /// Why the score is not ranked, if it cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_ranked: Option<&'a str>,
    /// Who says so.
    pub evaluator: &'a str,
    /// Claimed relation of evaluator and developer.
    pub relationship: &'a str,
    /// What is proven of its origin.
    pub marker: Marker<'a>,
    /// Day of evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluated: Option<&'a str>,
    /// Day of retrieval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<&'a str>,
    /// Harness, then settings.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schemars(default)]
    pub settings: &'a [String],
    /// First digits of the record's SHA-256: as many as tell it from all others.
    pub record: &'a str,
    /// JSON pointer of the result in its record.
    pub pointer: &'a str,
}

/// What is proven of the origin of a result; no score is right because of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Marker<'a> {
    /// `claimed`, `traced`, `submitter_known` or `submitted_by_source`; each needs all before it.
    pub level: &'a str,
    /// What stands beside the level.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schemars(default)]
    pub beside: &'a [String],
    /// Whether the claimed relation fits metadata, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship_fit: Option<&'a str>,
    /// `disputed` or `withdrawn`, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<&'a str>,
}

/// What is known of a record in one respect.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Axis<'a> {
    /// `Trace`, `Submitter`, `Source match`, `Standing` or `Not carried over`.
    pub axis: &'a str,
    /// Its value.
    pub value: &'a str,
    /// Which facts it rests on.
    pub facts: Vec<&'a str>,
    /// Rule with its version, or person.
    pub decided_by: &'a str,
}

/// A record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Record<'a> {
    /// SHA-256 of its bytes.
    pub sha256: &'a str,
    /// Path in its datastore.
    pub path: &'a str,
    /// Where it can be read, if that is known.
    pub url: Option<&'a str>,
    /// Submission channel.
    pub collection: &'a str,
    /// Title of the source.
    pub source: Option<&'a str>,
    /// As the record has it.
    pub evaluation_id: &'a str,
    /// As the record has it.
    pub model_id: &'a str,
    /// Day of retrieval.
    pub retrieved: Option<&'a str>,
    /// What is proven of it, axis by axis.
    pub evidence: Vec<Axis<'a>>,
}

/// One whole ranking.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RankingDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Benchmark.
    pub benchmark: &'a str,
    /// The first page of the ranking.
    pub page: String,
    /// The part of the benchmark; null for the whole.
    pub slice: Option<&'a str>,
    /// The part of the test, where others of this slice are over another one.
    pub part: Option<&'a str>,
    /// Metric.
    pub metric: &'a str,
    /// `higher is better`.
    pub direction: &'a str,
    /// Other rankings of the benchmark; on its first only.
    pub rankings: Vec<String>,
    /// One row a model, best first.
    pub rows: Vec<RankingRow<'a>>,
}

/// One model in a ranking.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RankingRow<'a> {
    /// `12`, or null if it is not ranked.
    pub rank: Option<u32>,
    /// Id of the model.
    pub model: &'a str,
    /// The variant of it; null for the model itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<&'a str>,
    /// The reading that stands for the model.
    pub reading: ReadingDocument<'a>,
    /// Scores of the others, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub others: Vec<Digits<'a>>,
}

/// An evaluator's page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvaluatorDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Display name.
    pub name: &'a str,
    /// Their page.
    pub page: String,
    /// Metadata.
    pub facts: Vec<FactView<'a>>,
    /// A sentence with the counts.
    pub summary: &'a str,
    /// What was reported.
    pub benchmarks: Vec<Reported<'a>>,
    /// What the results disclose, each as `12 of 340`.
    pub disclosed: Vec<Disclosed<'a>>,
}

/// Results of one benchmark.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reported<'a> {
    /// Benchmark.
    pub benchmark: &'a str,
    /// Its page.
    pub page: &'a str,
    /// Results, with a comma between thousands.
    pub results: &'a str,
    /// Different models, with a comma between thousands.
    pub models: &'a str,
}

/// One thing that results may disclose.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Disclosed<'a> {
    /// What.
    pub label: &'a str,
    /// `12 of 340`.
    pub results: &'a str,
}

/// A developer's page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeveloperDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Display name.
    pub name: &'a str,
    /// Their page.
    pub page: String,
    /// Metadata.
    pub facts: Vec<FactView<'a>>,
    /// A sentence with the counts.
    pub summary: &'a str,
    /// Where the connection of models and developer comes from.
    pub claim: &'a str,
    /// Their models.
    pub models: Vec<Made<'a>>,
}

/// A model of a developer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Made<'a> {
    /// Id.
    pub id: &'a str,
    /// Display name.
    pub name: &'a str,
    /// Its card.
    pub page: &'a str,
    /// Day of release.
    pub released: Option<&'a str>,
    /// Results.
    pub results: u64,
    /// Different benchmarks.
    pub benchmarks: u64,
    /// Benchmarks by who reports them.
    pub coverage: &'a str,
}

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
    pub attestations: Vec<Attested<'a>>,
    /// Records whose markers were not carried over; the first, if there are very many.
    pub dropped: Vec<Dropped<'a>>,
    /// How many there are.
    pub n_dropped: usize,
    /// Ids that several records share; the first, if there are very many.
    pub collisions: Vec<Collision<'a>>,
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
    pub results: u64,
}

/// An attestation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Attested<'a> {
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
pub struct Collision<'a> {
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
    pub entries: u64,
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
    pub detail: &'a str,
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
    pub blocked: &'a [String],
    /// Results of benchmarks that the Hub keeps no leaderboard for.
    pub unsupported: u64,
    /// One result each.
    pub results: Vec<Publishable<'a>>,
}

/// A result, and what became of it.
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

/// The version of these shapes.
pub const VERSION: u32 = 1;

/// The schemas, by the stem of their file.
pub const SCHEMAS: [&str; 10] =
    ["index", "list", "model", "ranking", "evaluator", "developer", "markers", "merged", "not-shown", "publishing"];

/// The JSON Schema of one kind of document.
pub fn schema(name: &str) -> Result<Vec<u8>> {
    // What is written is what the schema speaks of: a member that is left out is not required.
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = match name {
        "index" => generator.into_root_schema_for::<Index>(),
        "list" => generator.into_root_schema_for::<List>(),
        "model" => generator.into_root_schema_for::<ModelDocument>(),
        "ranking" => generator.into_root_schema_for::<RankingDocument>(),
        "evaluator" => generator.into_root_schema_for::<EvaluatorDocument>(),
        "developer" => generator.into_root_schema_for::<DeveloperDocument>(),
        "markers" => generator.into_root_schema_for::<MarkersDocument>(),
        "merged" => generator.into_root_schema_for::<MergedDocument>(),
        "not-shown" => generator.into_root_schema_for::<NotShownDocument>(),
        _ => generator.into_root_schema_for::<PublishingDocument>(),
    };
    pretty(&schema)
}

/// A document for people and machines.
pub fn pretty(document: &impl Serialize) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(document).context("failed to write JSON")?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A document of which there are many.
pub fn compact(document: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(document).context("failed to write JSON")
}

impl<'a> ModelDocument<'a> {
    /// What `card`, at `page`, says.
    pub fn new(card: &'a ModelCard<'a>, page: String) -> ModelDocument<'a> {
        ModelDocument {
            version: VERSION,
            id: card.id,
            name: card.name,
            page,
            facts: facts(&card.facts),
            spellings: card.names.iter().map(|it| it.name).collect(),
            summary: &card.summary,
            cells: card.cells.iter().map(Cell::new).collect(),
            records: card.records.iter().map(Record::new).collect(),
        }
    }
}

impl<'a> Cell<'a> {
    fn new(cell: &'a CellView<'a>) -> Cell<'a> {
        Cell {
            benchmark: cell.benchmark,
            benchmark_page: &cell.benchmark_url,
            slice: cell.slice,
            part: cell.part.as_deref(),
            variant: cell.variant,
            metric: cell.metric,
            direction: cell.direction,
            is_relative: cell.is_relative,
            rank: cell.rank.as_deref(),
            difference: cell.difference.as_deref(),
            readings: cell.readings.iter().map(ReadingDocument::new).collect(),
        }
    }
}

impl<'a> ReadingDocument<'a> {
    fn new(reading: &'a ReadingView<'a>) -> ReadingDocument<'a> {
        ReadingDocument {
            score: Digits(reading.score.digits),
            unit: &reading.score.unit,
            uncertainty: reading.score.uncertainty.as_deref(),
            not_ranked: reading.score.flag,
            evaluator: reading.evaluator,
            relationship: reading.relationship,
            marker: Marker {
                level: reading.marker.code,
                beside: &reading.marker.beside,
                relationship_fit: reading.marker.fit.as_deref(),
                standing: reading.marker.standing,
            },
            evaluated: reading.evaluated.as_deref(),
            retrieved: reading.retrieved.as_deref(),
            settings: &reading.settings,
            record: &reading.record,
            pointer: &reading.pointer,
        }
    }
}

impl<'a> Record<'a> {
    fn new(record: &'a RecordView<'a>) -> Record<'a> {
        Record {
            sha256: &record.sha256,
            path: record.path,
            url: record.url.as_deref(),
            collection: record.collection,
            source: record.source,
            evaluation_id: record.evaluation_id,
            model_id: record.model_id,
            retrieved: record.retrieved.as_deref(),
            evidence: record.evidence.axes.iter().map(Axis::new).collect(),
        }
    }
}

impl<'a> Axis<'a> {
    fn new(evidence: &'a Evidence) -> Axis<'a> {
        Axis {
            axis: &evidence.axis,
            value: &evidence.value,
            facts: evidence.facts.iter().map(|said| said.says.as_str()).collect(),
            decided_by: &evidence.decided_by,
        }
    }
}

impl<'a> RankingRow<'a> {
    /// What `row` says; `rank` is its place.
    pub fn new(row: &'a RowView<'a>, rank: Option<u32>) -> RankingRow<'a> {
        RankingRow {
            rank,
            model: row.model_id,
            variant: row.variant,
            reading: ReadingDocument::new(&row.reading),
            others: row.others.iter().map(|other| Digits(other.digits)).collect(),
        }
    }
}

impl<'a> EvaluatorDocument<'a> {
    /// What `card`, at `page`, says.
    pub fn new(card: &'a EvaluatorSummary<'a>, page: String) -> EvaluatorDocument<'a> {
        let reported = card.benchmarks.iter().map(|it| Reported {
            benchmark: it.name,
            page: &it.url,
            results: &it.results,
            models: &it.models,
        });
        EvaluatorDocument {
            version: VERSION,
            name: card.name,
            page,
            facts: facts(&card.facts),
            summary: &card.summary,
            benchmarks: reported.collect(),
            disclosed: card.documented.iter().map(|it| Disclosed { label: it.label, results: &it.results }).collect(),
        }
    }
}

impl<'a> DeveloperDocument<'a> {
    /// What `card`, at `page`, says, with all `models` of its list.
    pub fn new(card: &'a DeveloperCard<'a>, models: &'a [MadeModel<'a>], page: String) -> DeveloperDocument<'a> {
        let models = models.iter().map(|it| Made {
            id: it.id,
            name: it.name,
            page: &it.url,
            released: it.released,
            results: number(&it.results),
            benchmarks: number(&it.benchmarks),
            coverage: &it.coverage,
        });
        DeveloperDocument {
            version: VERSION,
            name: card.name,
            page,
            facts: facts(&card.facts),
            summary: &card.summary,
            claim: &card.claim,
            models: models.collect(),
        }
    }
}

impl<'a> MarkersDocument<'a> {
    /// What `card`, at `page`, says.
    pub fn new(card: &'a MarkersCard<'a>, page: String) -> MarkersDocument<'a> {
        let levels = card.levels.iter().map(|it| MarkerLevel {
            level: it.marker.code,
            words: &it.marker.words,
            means: &it.means,
            does_not_mean: &it.does_not_mean,
            results: it.results.as_deref().map_or(0, number),
        });
        let attestations = card.attestations.iter().map(|it| Attested {
            file: it.file,
            states: it.states,
            decided_by: &it.decided_by,
            outcome: &it.outcome,
        });
        let dropped = card.dropped.iter().map(|it| Dropped { record: it.record.text, sha256: &it.hash, why: &it.why });
        let collisions = card.collisions.iter().map(|it| Collision { of: it.of, id: it.id, records: &it.records });
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
    pub fn new(rows: &'a [merged::RowView<'a>], page: String) -> MergedDocument<'a> {
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
            entries: number(&it.entries),
        });
        let entries = rows.iter().map(|it| NotShown {
            file: it.file,
            place: &it.place,
            sha256: it.sha256.as_deref(),
            reason: it.reason,
            detail: it.detail,
            model: it.model,
            collection: it.collection,
        });
        NotShownDocument { version: VERSION, page, reasons: reasons.collect(), entries: entries.collect() }
    }
}

impl<'a> PublishingDocument<'a> {
    /// What `card`, at `page`, says, with all `rows` of its list.
    pub fn new(card: &'a PublishingCard<'a>, rows: &'a [PublishingRow<'a>], page: String) -> PublishingDocument<'a> {
        let results = rows.iter().map(|it| Publishable {
            model: it.model,
            page: &it.model_url,
            benchmark: it.benchmark,
            outcome: it.outcome,
            value: it.value.map(Digits),
            score: Digits(it.score),
            collection: it.collection,
            path: it.path,
            pointer: it.pointer,
            url: it.record_url.as_deref(),
        });
        PublishingDocument {
            version: VERSION,
            page,
            blocked: card.blocked,
            unsupported: card.unsupported.as_deref().map_or(0, number),
            results: results.collect(),
        }
    }
}

/// A count of the pages as a number.
fn number(count: &str) -> u64 {
    without_commas(count).parse().unwrap_or_default()
}

fn facts<'a>(facts: &'a [Fact]) -> Vec<FactView<'a>> {
    let view = |fact: &'a Fact| FactView {
        label: fact.label,
        value: fact.value.as_deref(),
        url: fact.url.as_deref(),
        note: fact.note,
    };
    facts.iter().map(view).collect()
}
