//! The document of a *source*.

use schemars::JsonSchema;
use serde::Serialize;

use super::evaluator::{CountedRecords, Disclosed};
use super::{FactView, VERSION, facts};
use crate::card::source::SourceCard;

/// A source's page: what came in through one collection of the datastore.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SourceDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Display name.
    pub name: &'a str,
    /// Name of the collection; null for the records in none.
    pub collection: Option<&'a str>,
    /// Its page.
    pub page: String,
    /// Metadata.
    pub facts: Vec<FactView<'a>>,
    /// A sentence with the counts.
    pub summary: &'a str,
    /// Newest day of retrieval; null if no record says when it was retrieved.
    pub captured: Option<&'a str>,
    /// Days between that and the newest record of the site; null if there is no such day.
    pub days_behind: Option<i32>,
    /// Newest day of an evaluation that a result states.
    pub evaluated: Option<&'a str>,
    /// Facts and settings that none of its results states.
    pub never: &'a [&'a str],
    /// What its results disclose, each as `12 of 340`.
    pub disclosed: Vec<Disclosed<'a>>,
    /// What the submitter held: `publication`, `run` or `not_reported`.
    pub taken_from: Vec<CountedResults<'a>>,
    /// Who measured, as records say: `source`, `developer`, `others`, `unclear` or `not_reported`.
    pub measured_by: Vec<CountedResults<'a>>,
    /// Who reports.
    pub evaluators: Vec<CountedResults<'a>>,
    /// What it holds.
    pub benchmarks: Vec<Held<'a>>,
    /// Days of retrieval; records that a newer capture of the same results stands for are an entry of their own.
    pub captures: Vec<CountedRecords<'a>>,
    /// What records say of who measured, as they say it.
    pub measurers: Vec<CountedRecords<'a>>,
    /// On which terms the numbers may be used, as records say.
    pub terms: Vec<CountedRecords<'a>>,
    /// Titles in the records.
    pub titles: Vec<CountedRecords<'a>>,
    /// Scheduled adapters that brought records.
    pub adapters: Vec<CountedRecords<'a>>,
    /// Records and results of it that are not shown.
    pub not_shown: usize,
}

/// A text, and how many results it is true of.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CountedResults<'a> {
    /// The text.
    pub name: &'a str,
    /// How many.
    pub results: usize,
}

/// Results of one benchmark.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Held<'a> {
    /// Benchmark.
    pub benchmark: &'a str,
    /// Its page.
    pub page: &'a str,
    /// Results.
    pub results: usize,
    /// Different models.
    pub models: usize,
}

impl<'a> SourceDocument<'a> {
    /// What `card`, at `page`, says.
    pub fn new(card: &'a SourceCard<'a>, page: String) -> SourceDocument<'a> {
        let coded = |counts: &[(&'static str, usize)]| {
            counts.iter().map(|(name, n)| CountedResults { name, results: *n }).collect()
        };
        let held = card.benchmarks.iter().map(|it| Held {
            benchmark: it.name,
            page: &it.url,
            results: it.results,
            models: it.models,
        });
        SourceDocument {
            version: VERSION,
            name: card.name,
            collection: card.is_collection.then_some(card.id),
            page,
            facts: facts(&card.facts),
            summary: &card.summary,
            captured: card.captured.as_ref().map(|it| it.day.as_str()),
            days_behind: card.captured.as_ref().map(|it| it.behind),
            evaluated: card.evaluated.as_deref(),
            never: &card.missing.never,
            disclosed: card.documented.iter().map(|it| Disclosed { label: it.label, results: &it.results }).collect(),
            taken_from: coded(&card.taken),
            measured_by: coded(&card.measured),
            evaluators: (card.evaluators.iter()).map(|it| CountedResults { name: &it.text, results: it.n }).collect(),
            benchmarks: held.collect(),
            captures: CountedRecords::all(&card.captures),
            measurers: CountedRecords::all(&card.measurers),
            terms: CountedRecords::all(&card.terms),
            titles: CountedRecords::all(&card.titles),
            adapters: CountedRecords::all(&card.adapters),
            not_shown: card.left_out,
        }
    }
}
