//! The short of a model's card: five sentences, each with its finding first and a link to its reason. Here stand their
//! numbers and codes; the sentences are the matter of the template.

use serde::Serialize;

use super::super::Cards;
use super::super::claims::Claims;
use super::super::disagreement::{DisagreementView, Outcome};
use crate::id::Id;
use crate::merge::Reading;
use crate::resolve::Evaluator;
use crate::signal::Tally;
use crate::signal::completeness::Field;
use crate::signal::setup::Slot;

/// Most evaluators, conflicts and categories that a sentence names.
const MOST: usize = 4;

/// What the five sentences say.
#[derive(Debug, Serialize)]
pub struct Short<'a> {
    /// Who reports, those of most benchmarks first.
    pub reporters: Vec<Reporter<'a>>,
    /// How many more there are.
    pub more_reporters: usize,
    /// How many there are.
    pub n_reporters: usize,
    /// Who stands to the developer how, and what is proven.
    pub claims: Claims,
    /// Conflicts, the first ones.
    pub conflicts: Vec<Conflict<'a>>,
    /// How many more there are.
    pub more_conflicts: usize,
    /// How many conflicts there are.
    pub n_conflicts: usize,
    /// Cells with several scores that can be compared.
    pub compared: usize,
    /// Cells with several scores that cannot be, or have no threshold.
    pub not_compared: usize,
    /// Anchor of the first cell with several scores.
    pub several: Option<String>,
    /// Results whose set-up is documented, and those that need it.
    pub documented: (usize, usize),
    /// Codes of what no result reports and a repetition needs.
    pub lacks: Vec<&'static str>,
    /// Categories of the benchmarks.
    pub covers: Vec<String>,
    /// Benchmarks without a category.
    pub uncategorised: usize,
    /// True if none is on safety.
    pub lacks_safety: bool,
    /// Other categories of this site that no result is of, the first ones.
    pub others: Vec<String>,
    /// How many more there are.
    pub more_others: usize,
}

/// Who reports some of the results.
#[derive(Debug, Serialize)]
pub struct Reporter<'a> {
    /// Name.
    pub name: &'a str,
    /// Their first record on the card.
    pub record: String,
    /// Benchmarks.
    pub benchmarks: usize,
}

/// Scores that conflict.
#[derive(Debug, Serialize)]
pub struct Conflict<'a> {
    /// Where they are side by side.
    pub anchor: String,
    /// Benchmark and part.
    pub title: String,
    /// The greatest and the least, as they are shown.
    pub ends: [&'a str; 2],
    /// True if there are just these.
    pub is_two: bool,
}

impl<'a> Cards<'a> {
    /// Over the readings of a model.
    pub(super) fn short(
        &self,
        readings: &[Reading],
        tally: &Tally,
        disagreements: &[DisagreementView<'a>],
    ) -> Short<'a> {
        let reporters = self.reporters(readings);
        let of = |outcome: Outcome| disagreements.iter().filter(move |it| it.outcome == outcome);
        let n_conflicts = of(Outcome::Conflict).count();
        let compared = n_conflicts + of(Outcome::Within).count() + of(Outcome::Agree).count();
        let (covers, uncategorised) = self.covered(readings);
        let is_safety = |category: &String| category.to_lowercase().contains("safety");
        let mut others: Vec<String> = (self.dataset.categories.iter())
            .map(|category| category.replace('-', " "))
            .filter(|category| !covers.contains(category) && !is_safety(category))
            .collect();
        let more_others = others.len().saturating_sub(2);
        others.truncate(2);
        Short {
            n_reporters: reporters.len(),
            more_reporters: reporters.len().saturating_sub(MOST),
            reporters: reporters.into_iter().take(MOST).collect(),
            claims: self.claims(readings.iter()),
            conflicts: of(Outcome::Conflict)
                .filter_map(|it| {
                    let (anchor, title) = (it.anchor.clone(), it.title.clone());
                    Some(Conflict { anchor, title, ends: it.ends?, is_two: it.columns.len() == 2 })
                })
                .take(MOST)
                .collect(),
            more_conflicts: n_conflicts.saturating_sub(MOST),
            n_conflicts,
            compared,
            not_compared: disagreements.len() - compared,
            several: disagreements.first().map(|it| it.anchor.clone()),
            documented: (tally.documented, tally.documentable),
            lacks: lacks(tally),
            lacks_safety: !covers.iter().any(is_safety),
            covers,
            uncategorised,
            others,
            more_others,
        }
    }

    fn reporters(&self, readings: &[Reading]) -> Vec<Reporter<'a>> {
        let mut found: Vec<(Id<Evaluator>, Vec<_>, &Reading)> = Vec::new();
        for reading in readings {
            let (evaluator, benchmark) = (reading.resolved.evaluator, self.dataset.benchmark_of(reading));
            match found.iter_mut().find(|(known, ..)| *known == evaluator) {
                Some((_, benchmarks, _)) if !benchmarks.contains(&benchmark) => benchmarks.push(benchmark),
                Some(_) => {}
                None => found.push((evaluator, vec![benchmark], reading)),
            }
        }
        found.sort_by_key(|(_, benchmarks, _)| std::cmp::Reverse(benchmarks.len()));
        let reporters = found.into_iter().map(|(evaluator, benchmarks, first)| Reporter {
            name: match self.dataset.entities.evaluators[evaluator].is_reported() {
                true => self.evaluator_name(evaluator),
                false => self.words("evaluators.unnamed"),
            },
            record: self.dataset.loaded(first).origin.short_hash(),
            benchmarks: benchmarks.len(),
        });
        reporters.collect()
    }

    /// The categories of the benchmarks of `readings`, and how many benchmarks have none.
    fn covered(&self, readings: &[Reading]) -> (Vec<String>, usize) {
        let of_benchmarks = readings.chunk_by(|a, b| self.dataset.benchmark_of(a) == self.dataset.benchmark_of(b));
        let (mut covers, mut without) = (Vec::new(), 0);
        for readings in of_benchmarks {
            match self.category_of(&readings[0]) {
                Some(category) => covers.push(category),
                None => without += 1,
            }
        }
        covers.sort_unstable();
        covers.dedup();
        (covers, without)
    }
}

/// What a repetition needs, and no result reports.
fn lacks(tally: &Tally) -> Vec<&'static str> {
    let slot = |slot: Slot| matches!(tally.slots[slot as usize], (0, applying) if applying > 0);
    let field = |field: Field| tally.fields[field as usize] == 0;
    let all = [
        ("temperature", slot(Slot::Decoding)),
        ("token_limit", slot(Slot::Length)),
        ("harness", slot(Slot::Harness)),
        ("samples", field(Field::Samples)),
        ("uncertainty", field(Field::Uncertainty)),
        ("date", field(Field::Evaluated)),
    ];
    all.into_iter().filter(|(_, is_missing)| *is_missing).map(|(code, _)| code).collect()
}
