//! The *static JSON API*, version 1: the data of a page.
//!
//! These shapes are a promise: within `v1`, members are added but never removed or redefined. They have their own
//! types, so that pages can change without them, and their JSON Schemas are derived from these types. Addresses
//! without scheme are relative to the top of the site.

mod audit;
mod developer;
mod evaluator;
mod hub_entry;
mod model;
mod quote;
mod ranking;
mod runs;
mod source;

use anyhow::{Context, Result};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::card::Fact;
pub use audit::{MarkersDocument, MergedDocument, NotShownDocument, PublishingDocument};
pub use developer::DeveloperDocument;
pub use evaluator::EvaluatorDocument;
pub use hub_entry::HubEntry;
pub use model::{AlsoValues, ModelDocument};
pub use quote::Quotable;
pub use ranking::{Best, BestUndated, Bin, RankingDocument, RankingRow, SamplesPair, Source};
pub use runs::RunsOfResult;
pub use source::SourceDocument;

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
    /// `models`, `benchmarks`, `evaluators`, `developers` or `sources`.
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

/// A list of models, benchmarks, evaluators, developers or sources.
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

/// The version of these shapes.
pub const VERSION: u32 = 1;

/// The schemas, by the stem of their file.
pub const SCHEMAS: [&str; 11] = [
    "index",
    "list",
    "model",
    "ranking",
    "evaluator",
    "developer",
    "source",
    "markers",
    "merged",
    "not-shown",
    "publishing",
];

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
        "source" => generator.into_root_schema_for::<SourceDocument>(),
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

fn facts<'a>(facts: &'a [Fact]) -> Vec<FactView<'a>> {
    let view = |fact: &'a Fact| FactView {
        label: fact.label,
        value: fact.value.as_deref(),
        url: fact.url.as_deref(),
        note: fact.note,
    };
    facts.iter().map(view).collect()
}
