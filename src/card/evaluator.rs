//! The page of one evaluator: what they reported, and how much of the set-up they disclose.

use std::collections::BTreeMap;

use serde::Serialize;

use super::names::NameView;
use super::{Cards, Fact};
use crate::id::Id;
use crate::load::Loaded;
use crate::names::is_not_reported;
use crate::resolve::Evaluator;
use crate::words::{count, counted};

/// Everything that the page of an evaluator says.
#[derive(Debug, Serialize)]
pub struct EvaluatorCard<'a> {
    /// Display name.
    pub name: &'a str,
    /// False on the page of results whose records name nobody.
    pub is_reported: bool,
    /// Metadata.
    pub facts: Vec<Fact>,
    /// Names that records use.
    pub names: Vec<NameView<'a>>,
    /// A sentence with the counts.
    pub summary: String,
    /// What was reported.
    pub benchmarks: Vec<ReportedView<'a>>,
    /// Titles of the sources, with the number of records.
    pub sources: Vec<Counted<'a>>,
    /// Collections, with the number of records.
    pub collections: Vec<Counted<'a>>,
    /// Claimed relations to the developers, with the number of records.
    pub relationships: Vec<Counted<'a>>,
    /// What the results disclose.
    pub disclosed: Vec<Disclosed>,
}

/// Results of one benchmark.
#[derive(Debug, Serialize)]
pub struct ReportedView<'a> {
    /// Benchmark.
    pub name: &'a str,
    /// Its page.
    pub url: String,
    /// Results.
    pub results: String,
    /// Different models.
    pub models: String,
}

/// A text and how many records have it.
#[derive(Debug, Serialize)]
pub struct Counted<'a> {
    /// Text.
    pub text: &'a str,
    /// How many.
    pub records: String,
}

/// One thing that results may disclose.
#[derive(Debug, Serialize)]
pub struct Disclosed {
    /// What.
    pub label: &'static str,
    /// `12 of 340`.
    pub results: String,
}

/// Counts over the records of one evaluator.
#[derive(Debug, Default)]
pub struct Tally<'a> {
    records: usize,
    results: usize,
    dated: usize,
    with_temperature: usize,
    with_token_limit: usize,
    with_shots: usize,
    with_harness_version: usize,
    with_uncertainty: usize,
    sources: BTreeMap<&'a str, usize>,
    collections: BTreeMap<&'a str, usize>,
    relationships: BTreeMap<&'static str, usize>,
}

impl<'a> Tally<'a> {
    /// Counts one record.
    pub fn add(&mut self, loaded: &'a Loaded) {
        let record = &loaded.record;
        let version = record.library.as_ref().and_then(|library| library.version.as_deref());
        self.records += 1;
        self.results += record.results.len();
        self.dated += record
            .results
            .iter()
            .filter(|result| result.evaluated.as_ref().is_some_and(|stamp| stamp.day.is_some()))
            .count();
        self.with_temperature += n_with_setting(loaded, &["temperature"]);
        self.with_token_limit += n_with_setting(loaded, &["max_tokens", "token_limit", "max_output_tokens"]);
        self.with_shots += n_with_setting(loaded, &["num_fewshot", "n_shot", "fewshot", "prompt_style"]);
        self.with_uncertainty += record.results.iter().filter(|result| result.uncertainty.is_some()).count();
        if version.is_some_and(|version| !is_not_reported(version)) {
            self.with_harness_version += record.results.len();
        }
        *self.sources.entry(record.source.name.as_deref().unwrap_or("title not reported")).or_default() += 1;
        *self.collections.entry(&loaded.origin.collection).or_default() += 1;
        *self.relationships.entry(record.source.relationship.words()).or_default() += 1;
    }
}

impl<'a> Cards<'a> {
    /// The page of `id`, whose records are counted in `tally`.
    pub fn evaluator(&self, id: Id<Evaluator>, tally: &Tally<'a>) -> EvaluatorCard<'a> {
        let evaluator = &self.dataset.entities.evaluators[id];
        let meta = self.dataset.evaluator_meta(evaluator);
        let of_this = self.dataset.reported.iter().filter(|reported| reported.evaluator == id);
        let benchmarks: Vec<ReportedView> = of_this
            .map(|reported| ReportedView {
                name: &self.dataset.entities.benchmarks[reported.benchmark].name,
                url: self.benchmark_url(reported.benchmark),
                results: count(reported.results as usize),
                models: count(reported.models as usize),
            })
            .collect();
        let of_all = |n: usize| format!("{} of {}", count(n), count(tally.results));
        EvaluatorCard {
            name: &evaluator.name,
            is_reported: !is_not_reported(&evaluator.name),
            facts: meta.map_or(Vec::new(), |meta| {
                let hub = meta.hf.as_deref().filter(|account| crate::config::is_hub_id(&format!("{account}/x")));
                vec![
                    Fact::address("Website", meta.website.as_deref()),
                    Fact::linked(
                        "Hub account",
                        meta.hf.clone(),
                        hub.map(|account| format!("https://huggingface.co/{account}")),
                    ),
                ]
            }),
            names: self.names(&evaluator.spellings, &evaluator.name),
            summary: format!(
                "{} on {}, in {}.",
                counted(tally.results, "result", "results"),
                counted(benchmarks.len(), "benchmark", "benchmarks"),
                counted(tally.records, "record", "records")
            ),
            benchmarks,
            sources: most_first(&tally.sources),
            collections: most_first(&tally.collections),
            relationships: most_first(&tally.relationships),
            disclosed: vec![
                Disclosed { label: "Day of evaluation", results: of_all(tally.dated) },
                Disclosed { label: "Temperature", results: of_all(tally.with_temperature) },
                Disclosed { label: "Token limit", results: of_all(tally.with_token_limit) },
                Disclosed { label: "Number of examples, or style of prompt", results: of_all(tally.with_shots) },
                Disclosed { label: "Version of the harness", results: of_all(tally.with_harness_version) },
                Disclosed { label: "Uncertainty", results: of_all(tally.with_uncertainty) },
            ],
        }
    }
}

/// How many results of a record disclose one of the settings `keys`.
fn n_with_setting(loaded: &Loaded, keys: &[&str]) -> usize {
    let says = |settings: &[(String, String)]| settings.iter().any(|(key, _)| keys.contains(&key.as_str()));
    let results = loaded.record.results.iter();
    results
        .filter(|result| says(&result.data.settings) || result.generation.as_ref().is_some_and(|it| says(&it.settings)))
        .count()
}

fn most_first<'a>(counts: &BTreeMap<&'a str, usize>) -> Vec<Counted<'a>> {
    let mut sorted: Vec<(&str, usize)> = counts.iter().map(|(text, n)| (*text, *n)).collect();
    sorted.sort_by_key(|(text, n)| (std::cmp::Reverse(*n), *text));
    sorted.into_iter().map(|(text, n)| Counted { text, records: count(n) }).collect()
}
