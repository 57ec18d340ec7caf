//! *Sentences to quote*: counts of what records claim and what is proven, without any judgement. Each sentence is a
//! code with numbers; the language has the words. The site's tables give the same counts, which a test verifies.
//!
//! Withdrawn results are in no sentence.

use serde::Serialize;

use super::Cards;
use super::disagreement::{DisagreementView, Outcome};
use crate::id::Id;
use crate::language::Language;
use crate::load::categories::is_safety;
use crate::mark::{Level, Standing};
use crate::merge::{Dataset, Reading};
use crate::resolve::{Benchmark, Model};
use crate::signal::provenance::Parties;

/// One sentence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quote {
    /// What it says: the last part of a key of the words.
    pub code: &'static str,
    /// What is counted, by name.
    pub values: Vec<(&'static str, usize)>,
}

/// The sentences of a page, of one model, benchmark or evaluator.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Quotes<'a> {
    /// Whom they are about.
    pub name: &'a str,
    /// None, if there are no results.
    pub quotes: Vec<Quote>,
}

impl Quotes<'_> {
    /// The sentences in a language.
    pub fn say(&self, language: &Language) -> Vec<String> {
        let sentence = |quote: &Quote| {
            let numbers: Vec<_> = quote.values.iter().map(|(name, n)| (*name, language.number(*n))).collect();
            let mut values: Vec<(&str, &str)> = numbers.iter().map(|(name, n)| (*name, n.as_str())).collect();
            values.push(("name", self.name));
            language.say(&format!("quote.{}", quote.code), &values)
        };
        self.quotes.iter().map(sentence).collect()
    }
}

impl<'a> Cards<'a> {
    /// About a model, whose cells with several scores are `disagreements`.
    pub fn model_quotes(&self, id: Id<Model>, disagreements: &[DisagreementView]) -> Quotes<'a> {
        let readings = || self.dataset.readings_of(id).iter().filter(|reading| is_current(reading));
        let mut benchmarks: Vec<_> = readings().map(|reading| self.dataset.benchmark_of(reading)).collect();
        benchmarks.sort_unstable();
        benchmarks.dedup();
        let mut quotes = claimed(self.dataset, readings());
        let of = |outcome: Outcome| disagreements.iter().filter(|it| it.outcome == outcome).count();
        let conflicts = of(Outcome::Conflict);
        let compared = conflicts + of(Outcome::Within) + of(Outcome::Agree);
        if compared > 0 {
            quotes.push(Quote { code: "conflicts", values: vec![("n", conflicts), ("all", compared)] });
        }
        quotes.extend(self.on_safety(&benchmarks));
        Quotes { name: &self.dataset.entities.models[id].name, quotes }
    }

    /// About a benchmark.
    pub fn benchmark_quotes(&self, id: Id<Benchmark>) -> Quotes<'a> {
        let readings: Vec<&Reading> = self.readings_of_benchmark(id).filter(|reading| is_current(reading)).collect();
        let models = different(readings.iter().map(|reading| reading.resolved.model));
        let named = |reading: &&&Reading| self.dataset.entities.evaluators[reading.resolved.evaluator].is_reported();
        let evaluators = different(readings.iter().filter(named).map(|reading| reading.resolved.evaluator));
        let mut quotes = claimed(self.dataset, readings.iter().copied());
        if !quotes.is_empty() {
            let values = vec![("n", readings.len()), ("models", models), ("evaluators", evaluators)];
            quotes.insert(0, Quote { code: "benchmark", values });
        }
        Quotes { name: &self.dataset.entities.benchmarks[id].name, quotes }
    }

    /// That no benchmark tests safety, as far as it is known what they test.
    fn on_safety(&self, benchmarks: &[Id<Benchmark>]) -> Option<Quote> {
        let known: Vec<String> = benchmarks.iter().filter_map(|id| self.category_of(*id)).collect();
        if known.is_empty() || known.iter().any(|category| is_safety(category)) {
            return None;
        }
        Some(match benchmarks.len() - known.len() {
            0 => Quote { code: "no_safety", values: vec![("all", known.len())] },
            rest => Quote { code: "no_known_safety", values: vec![("all", benchmarks.len()), ("n", rest)] },
        })
    }
}

/// About the evaluator of `readings`.
pub fn of_evaluator(dataset: &Dataset, readings: &[&Reading]) -> Vec<Quote> {
    let readings: Vec<&Reading> = readings.iter().copied().filter(|reading| is_current(reading)).collect();
    let mut quotes = claimed(dataset, readings.iter().copied());
    if !quotes.is_empty() {
        let models = different(readings.iter().map(|reading| reading.resolved.model));
        let benchmarks = different(readings.iter().map(|reading| dataset.benchmark_of(reading)));
        let values = vec![("n", readings.len()), ("models", models), ("benchmarks", benchmarks)];
        quotes.insert(0, Quote { code: "evaluator", values });
    }
    quotes
}

/// By whom results are, as their records claim, and for how many there is more than the claim.
fn claimed<'r>(dataset: &Dataset, readings: impl Iterator<Item = &'r Reading> + Clone) -> Vec<Quote> {
    let all = readings.clone().count();
    if all == 0 {
        return Vec::new();
    }
    let parties = Parties::of(dataset, readings.clone());
    let (n, developer) = (parties.third, parties.first);
    let traced = readings.filter(|reading| dataset.level_of(reading) != Level::Claimed).count();
    vec![
        Quote {
            code: "by_others",
            values: vec![("n", n), ("all", all), ("developer", developer), ("rest", all - n - developer)],
        },
        Quote { code: "traced", values: vec![("n", traced), ("all", all)] },
    ]
}

fn is_current(reading: &Reading) -> bool {
    reading.standing != Standing::Withdrawn
}

/// How many different ones there are.
fn different<T: Ord>(all: impl Iterator<Item = T>) -> usize {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}
