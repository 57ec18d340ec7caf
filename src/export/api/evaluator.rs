//! The document of an *evaluator*.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FactView, Quotable, VERSION, facts};
use crate::card::evaluator::{Counted, DifferenceRow, EvaluatorCard};

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
    pub benchmarks: Vec<ReportedDocument<'a>>,
    /// What the results disclose, each as `12 of 340`.
    pub disclosed: Vec<Disclosed<'a>>,
    /// Claimed relations to the developers.
    pub relationships: Vec<CountedRecords<'a>>,
    /// The collections that hold them.
    pub collections: Vec<CountedRecords<'a>>,
    /// Where results differ from those of others, greatest first; the first, if there are very many. Sites with
    /// very many models leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differences: Option<Vec<DifferenceDocument<'a>>>,
    /// What one may quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotable: Option<Quotable>,
}

/// A text, and how many records have it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CountedRecords<'a> {
    /// The text.
    pub name: &'a str,
    /// How many.
    pub records: usize,
}

/// A cell in which an evaluator and another one report different scores.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DifferenceDocument<'a> {
    /// Display name of the model.
    pub model: &'a str,
    /// The readings on its card.
    pub page: &'a str,
    /// Benchmark and part.
    pub benchmark: &'a str,
    /// The other evaluator.
    pub other: &'a str,
    /// `0.5229 − 0.452 = 0.0709`: the greater less the lesser median.
    pub medians: &'a str,
    /// Whose is the greater.
    pub greater: &'a str,
    /// In words.
    pub verdict: &'a str,
}

/// Results of one benchmark.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportedDocument<'a> {
    /// Benchmark.
    pub benchmark: &'a str,
    /// Its page.
    pub page: &'a str,
    /// Results.
    pub results: usize,
    /// Different models.
    pub models: usize,
}

/// One thing that results may disclose.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Disclosed<'a> {
    /// What.
    pub label: &'a str,
    /// `12 of 340`.
    pub results: &'a str,
}

impl<'a> CountedRecords<'a> {
    pub(super) fn all(counts: &'a [Counted<'a>]) -> Vec<CountedRecords<'a>> {
        counts.iter().map(|it| CountedRecords { name: &it.text, records: it.n }).collect()
    }
}

impl<'a> EvaluatorDocument<'a> {
    /// What `card`, at `page`, says; of its differences, those that are given.
    pub fn new(
        card: &'a EvaluatorCard<'a>,
        differences: Option<&'a [DifferenceRow<'a>]>,
        quotable: Option<Quotable>,
        page: String,
    ) -> EvaluatorDocument<'a> {
        let reported = card.benchmarks.iter().map(|it| ReportedDocument {
            benchmark: it.name,
            page: &it.url,
            results: it.results,
            models: it.models,
        });
        let difference = |it: &'a DifferenceRow<'a>| DifferenceDocument {
            model: it.model,
            page: &it.url,
            benchmark: &it.title,
            other: it.other,
            medians: &it.arithmetic,
            greater: if it.is_greater { card.name } else { it.other },
            verdict: it.verdict,
        };
        EvaluatorDocument {
            version: VERSION,
            name: card.name,
            page,
            facts: facts(&card.facts),
            summary: &card.summary,
            benchmarks: reported.collect(),
            disclosed: card.documented.iter().map(|it| Disclosed { label: it.label, results: &it.results }).collect(),
            relationships: CountedRecords::all(&card.relationships),
            collections: CountedRecords::all(&card.collections),
            differences: differences.map(|rows| rows.iter().map(difference).collect()),
            quotable,
        }
    }
}
