//! The short answer of a model's card: five sentences, each with its finding first and a link to its reason.
//! Numbers and codes only; the template has the sentences.

use serde::Serialize;

use super::super::Cards;
use super::super::claims::Claims;
use super::super::disagreement::{DisagreementView, Outcome};
use super::super::scope::{Covered, SetupView};
use crate::id::Id;
use crate::merge::Reading;
use crate::resolve::Evaluator;
use crate::signal::SignalTally;

/// Most evaluators and conflicts that a sentence names.
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
    /// Relationships to the developer, and evidence levels.
    pub claims: Claims,
    /// Conflicts, the first ones.
    pub conflicts: Vec<Conflict<'a>>,
    /// How many more there are.
    pub more_conflicts: usize,
    /// How many conflicts there are.
    pub n_conflicts: usize,
    /// Comparable cells with several scores.
    pub compared: usize,
    /// Cells with several scores that cannot be compared.
    pub not_compared: usize,
    /// Anchor of the first cell with several scores.
    pub several: Option<String>,
    /// Whether the set-up is documented.
    pub setup: SetupView,
    /// What the benchmarks test.
    pub covered: Covered<'a>,
}

/// Who reports results.
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
    /// Anchor of the scores side by side.
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
        tally: &SignalTally,
        disagreements: &[DisagreementView<'a>],
    ) -> Short<'a> {
        let reporters = self.reporters(readings);
        let of = |outcome: Outcome| disagreements.iter().filter(move |it| it.outcome == outcome);
        let n_conflicts = of(Outcome::Conflict).count();
        let compared = n_conflicts + of(Outcome::Within).count() + of(Outcome::Agree).count();
        let benchmarks = readings.chunk_by(|a, b| self.dataset.benchmark_of(a) == self.dataset.benchmark_of(b));
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
            setup: SetupView::of(tally),
            covered: self.covered(benchmarks.map(|readings| self.dataset.benchmark_of(&readings[0])), |slice| {
                let reading = readings.iter().find(|reading| reading.resolved.slice == slice)?;
                Some(format!("#{}", self.anchor(reading)))
            }),
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
}
