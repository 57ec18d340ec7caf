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

use crate::card::benchmark::RowView;
use crate::card::evaluator::EvaluatorSummary;
use crate::card::model::{CellView, ModelCard, RecordView};
use crate::card::{Fact, ReadingView};

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
    /// Tables of the whole site, with their columns.
    pub data: Option<&'static str>,
    /// Results added, changed and withdrawn.
    pub feed: &'static str,
}

/// A list of the API.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListLink {
    /// `models`, `benchmarks` or `evaluators`.
    pub name: &'static str,
    /// Where it stands.
    pub url: String,
    /// How many it has.
    pub entries: usize,
    /// The JSON Schema of what it links to.
    pub schema: String,
}

/// A list of models, benchmarks or evaluators.
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
    /// First eight digits of the record's SHA-256.
    pub record: &'a str,
    /// JSON pointer of the result in its record.
    pub pointer: &'a str,
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

/// The version of these shapes.
pub const VERSION: u32 = 1;

/// The schemas, by the stem of their file.
pub const SCHEMAS: [&str; 5] = ["index", "list", "model", "ranking", "evaluator"];

/// The JSON Schema of one kind of document.
pub fn schema(name: &str) -> Result<Vec<u8>> {
    // What is written is what the schema speaks of: a member that is left out is not required.
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = match name {
        "index" => generator.into_root_schema_for::<Index>(),
        "list" => generator.into_root_schema_for::<List>(),
        "model" => generator.into_root_schema_for::<ModelDocument>(),
        "ranking" => generator.into_root_schema_for::<RankingDocument>(),
        _ => generator.into_root_schema_for::<EvaluatorDocument>(),
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

fn facts<'a>(facts: &'a [Fact]) -> Vec<FactView<'a>> {
    let view = |fact: &'a Fact| FactView {
        label: fact.label,
        value: fact.value.as_deref(),
        url: fact.url.as_deref(),
        note: fact.note,
    };
    facts.iter().map(view).collect()
}
