//! The page of one evaluator: what it reported, how completely it documents that, and where its results differ from
//! those of others.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::Serialize;

use super::claims::Claims;
use super::documentation::{Cells, Documentation};
use super::names::NameView;
use super::quote::{self, Quotes};
use super::reported::DocumentedRow;
use super::scope::{Covered, SetupView};
use super::{Cards, Fact};
use crate::chart::position::Position;
use crate::id::Id;
use crate::load::Loaded;
use crate::load::source_metadata::ClaimedRelationship;
use crate::merge::{Collection, Dataset, RankedModel, Reading, ReportedCount};
use crate::resolve::Evaluator;
use crate::signal::comparability::{self, ComparedReading, Comparison, ComparisonResult};
use crate::signal::{SignalTally, Signals};

/// Everything that the page of an evaluator says.
#[derive(Debug, Serialize)]
pub struct EvaluatorCard<'a> {
    /// Display name.
    pub name: &'a str,
    /// False for results whose records name no evaluator.
    pub is_reported: bool,
    /// Known metadata.
    pub facts: Vec<Fact<'a>>,
    /// Missing metadata, as a list.
    pub gaps: String,
    /// Names that records use.
    pub names: Vec<NameView<'a>>,
    /// The counts in a sentence.
    pub summary: String,
    /// Relationships to the developers, and evidence levels.
    pub claims: Claims,
    /// Whether the set-up is documented.
    pub setup: SetupView,
    /// What the benchmarks test.
    pub covered: Covered<'a>,
    /// What was reported.
    pub benchmarks: Vec<ReportedView<'a>>,
    /// Their collections, with records.
    pub collections: Vec<Counted<'a>>,
    /// Claimed relationships, with records.
    pub relationships: Vec<Counted<'a>>,
    /// Documentation signals.
    pub documentation: Documentation<'a>,
    /// Share of results that report each fact and setting.
    pub documented: Vec<DocumentedRow<'a>>,
    /// Differences from other evaluators, largest first.
    pub differences: Vec<DifferenceRow<'a>>,
    /// Pairs of medians that agree, and all.
    pub differences_summary: String,
    /// How many conflict.
    pub conflicts: usize,
    /// Sentences to quote.
    pub quotes: Quotes<'a>,
}

/// A cell in which this evaluator and another report different scores.
#[derive(Debug, Serialize)]
pub struct DifferenceRow<'a> {
    /// Model.
    pub model: &'a str,
    /// The scores on its card.
    pub url: String,
    /// Benchmark and part.
    pub title: String,
    /// The other evaluator.
    pub other: &'a str,
    /// The difference of medians: `0.5229 − 0.452 = 0.0709`.
    pub arithmetic: String,
    /// True if this evaluator's is higher.
    pub is_greater: bool,
    /// In words.
    pub verdict: &'a str,
}

/// The medians of an evaluator, compared with those of each other one.
#[derive(Debug)]
struct Differences<'a> {
    /// Pairs that do not agree, greatest difference first: as many as a page lists.
    found: Vec<MedianConflict<'a>>,
    /// How many there are of these.
    differing: usize,
    /// How many pairs were compared.
    pairs: usize,
    /// How many of them diverge.
    diverge: usize,
}

/// A pair of medians that do not agree.
#[derive(Debug)]
struct MedianConflict<'a> {
    row: &'a RankedModel,
    other: Id<Evaluator>,
    comparison: Comparison,
    /// True if this evaluator's is higher.
    is_greater: bool,
    /// How many thresholds they are apart; 0 if there is none.
    share: f64,
}

fn share(found: &Comparison) -> f64 {
    let Some(threshold) = &found.threshold else { return 0.0 };
    (&found.apart / threshold).with_prec(12).to_string().parse().unwrap_or_default()
}

/// Most differences that a page lists.
const MOST: usize = 50;

/// Results of one benchmark.
#[derive(Debug, Serialize)]
pub struct ReportedView<'a> {
    /// Benchmark.
    pub name: &'a str,
    /// Its page.
    pub url: String,
    /// Results.
    pub results: usize,
    /// Different models.
    pub models: usize,
    /// Scores of the evaluator's first ranking.
    pub position: Position,
}

/// A text, and how many records (or results) have it.
#[derive(Debug, Serialize)]
pub struct Counted<'a> {
    /// Text.
    pub text: Cow<'a, str>,
    /// Link.
    pub url: Option<String>,
    /// Number.
    pub n: usize,
}

/// Counts over the records of one evaluator.
#[derive(Debug, Default)]
pub struct Tally<'a> {
    records: usize,
    results: usize,
    /// Its results.
    readings: Vec<&'a Reading>,
    /// Their signals.
    signals: SignalTally,
    /// Cells that others report as well.
    shared: Vec<&'a RankedModel>,
    /// What they show, compared once for the page and for all files.
    differences: OnceLock<Differences<'a>>,
    collections: BTreeMap<Id<Collection>, usize>,
    relationships: BTreeMap<ClaimedRelationship, usize>,
}

impl<'a> Tally<'a> {
    /// Counts one record.
    fn add(&mut self, dataset: &Dataset, loaded: &Loaded) {
        let record = &loaded.record;
        self.records += 1;
        self.results += record.results.len();
        if let Some(collection) = dataset.collection(&loaded.origin.collection) {
            *self.collections.entry(collection).or_default() += 1;
        }
        *self.relationships.entry(record.source.relationship).or_default() += 1;
    }
}

/// The signals of all results, from those of every evaluator.
pub fn signals_of_all(tallies: &[Tally]) -> SignalTally {
    let mut signals = SignalTally::default();
    tallies.iter().for_each(|tally| signals.join(&tally.signals));
    signals
}

/// The counts of every evaluator, by id.
pub fn tallies<'a>(dataset: &'a Dataset, signals: &Signals) -> Vec<Tally<'a>> {
    let mut tallies: Vec<Tally> = (0..dataset.entities.evaluators.len()).map(|_| Tally::default()).collect();
    let mut by_record: Vec<_> =
        dataset.readings.iter().map(|reading| (reading.resolved.record, reading.resolved.evaluator)).collect();
    by_record.sort_unstable();
    by_record.dedup();
    for (record, evaluator) in by_record {
        tallies[evaluator.index()].add(dataset, &dataset.inputs.records[record as usize]);
    }
    let mut readings: Vec<Vec<&Reading>> = vec![Vec::new(); tallies.len()];
    for reading in &dataset.readings {
        readings[reading.resolved.evaluator.index()].push(reading);
    }
    tallies.par_iter_mut().zip(readings).for_each(|(tally, readings)| {
        tally.signals = SignalTally::of(signals, readings.iter().copied());
        tally.readings = readings;
    });
    let rows = dataset.rankings.iter().flat_map(|(_, ranking)| &ranking.rows);
    for row in rows.filter(|row| row.is_first_of_cell()) {
        let mut evaluators: Vec<_> = dataset.cell_of(row).iter().map(|reading| reading.resolved.evaluator).collect();
        evaluators.sort_unstable();
        evaluators.dedup();
        for evaluator in evaluators.iter().filter(|_| evaluators.len() > 1) {
            tallies[evaluator.index()].shared.push(row);
        }
    }
    tallies
}

impl<'a> Cards<'a> {
    /// The benchmarks that `id` reported on.
    pub fn reported_by(&self, id: Id<Evaluator>) -> Vec<ReportedView<'a>> {
        let view = |reported: &ReportedCount| ReportedView {
            name: &self.dataset.entities.benchmarks[reported.benchmark].name,
            url: self.benchmark_url(reported.benchmark),
            results: reported.results as usize,
            models: reported.models as usize,
            position: (self.dataset.rankings_of(reported.benchmark))
                .find(|(_, ranking)| ranking.evaluator == id)
                .map(|(_, ranking)| self.position_of_all(ranking))
                .unwrap_or_default(),
        };
        self.dataset.reported_by(id).iter().map(view).collect()
    }

    /// The page of `id`, whose records are counted in `tally`.
    pub fn evaluator(&self, id: Id<Evaluator>, tally: &Tally<'a>) -> EvaluatorCard<'a> {
        let evaluator = &self.dataset.entities.evaluators[id];
        let meta = self.dataset.evaluator_meta(evaluator);
        let benchmarks = self.reported_by(id);
        let differences = tally.differences.get_or_init(|| self.differences_of(id, tally));
        let (facts, gaps) = self.known(meta.map_or(Vec::new(), |meta| self.organization_facts(meta)));
        EvaluatorCard {
            claims: self.claims(tally.readings.iter().copied()),
            setup: SetupView::of(&tally.signals),
            covered: self.covered(self.dataset.reported_by(id).iter().map(|reported| reported.benchmark), |slice| {
                self.page_of_slice(slice)
            }),
            name: self.evaluator_name(id),
            is_reported: evaluator.is_reported(),
            facts,
            gaps,
            names: self.names(&evaluator.spellings, &evaluator.name),
            summary: self.language.say(
                "evaluator.summary",
                &[
                    ("results", &self.language.counted("count.results", tally.results)),
                    ("benchmarks", &self.language.counted("count.benchmarks", benchmarks.len())),
                    ("records", &self.language.counted("count.records", tally.records)),
                ],
            ),
            documented: self.documented(&tally.signals),
            benchmarks,
            collections: self.most_first(
                (tally.collections.iter())
                    .map(|(id, n)| (self.collection_name(*id), Some(self.collection_url(*id)), *n)),
            ),
            relationships: self.most_first(tally.relationships.iter().map(|(it, n)| (self.words(it.key()), None, *n))),
            documentation: self.documentation(&tally.signals, None, Cells::default()),
            conflicts: differences.diverge,
            differences: differences.found.iter().map(|found| self.difference(found)).collect(),
            differences_summary: self.differences_summary(differences),
            quotes: Quotes {
                name: self.evaluator_name(id),
                // Nobody is no evaluator.
                quotes: match evaluator.is_reported() {
                    true => quote::of_evaluator(self.dataset, &tally.readings),
                    false => Vec::new(),
                },
            },
        }
    }

    fn differences_summary(&self, differences: &Differences) -> String {
        match differences.pairs {
            0 => self.words("differences.none").to_owned(),
            n => {
                let comparisons = self.language.counted("count.comparisons", n);
                let values = [("comparisons", &*comparisons), ("diverge", &*self.language.number(differences.diverge))];
                let mut summary = self.language.say("differences.summary", &values);
                let (shown, differing) = (differences.found.len(), differences.differing);
                if shown < differing {
                    let first = [("n", &*self.language.number(shown)), ("total", &*self.language.number(differing))];
                    summary.push_str(self.words("space"));
                    summary.push_str(&self.language.say("table.first", &first));
                }
                summary
            }
        }
    }

    /// The medians of this evaluator compared with those of each other one, cell by cell.
    fn differences_of(&self, id: Id<Evaluator>, tally: &Tally<'a>) -> Differences<'a> {
        let mut found = Vec::new();
        let (mut pairs, mut diverge) = (0, 0);
        for row in &tally.shared {
            let mut parties: BTreeMap<Id<Evaluator>, Vec<ComparedReading>> = BTreeMap::new();
            for point in comparability::points(self.dataset, self.dataset.cell_of(row)) {
                if let Some(evaluator) = point.evaluator {
                    parties.entry(evaluator).or_default().push(point);
                }
            }
            let Some(own) = parties.remove(&id) else { continue };
            for (other, theirs) in parties {
                let Some((comparison, is_greater)) = comparability::compare_parties(&own, &theirs) else { continue };
                pairs += 1;
                diverge += usize::from(comparison.verdict == ComparisonResult::Diverges);
                if !comparison.verdict.agrees() {
                    found.push(MedianConflict { row, other, share: share(&comparison), comparison, is_greater });
                }
            }
        }
        let differing = found.len();
        found.sort_by(|a, b| b.share.total_cmp(&a.share));
        // A cell of many evaluators has many pairs.
        found.truncate(MOST);
        found.shrink_to_fit();
        Differences { found, differing, pairs, diverge }
    }

    fn difference(
        &self,
        MedianConflict { row, other, comparison, is_greater, .. }: &MedianConflict,
    ) -> DifferenceRow<'a> {
        let reading = &self.dataset.cell_of(row)[0];
        let model = reading.resolved.model;
        let plain = |value: &bigdecimal::BigDecimal| value.normalized().to_plain_string();
        let Comparison { least, greatest, apart, .. } = comparison;
        DifferenceRow {
            model: &self.dataset.entities.models[model].name,
            url: self.reading_url(reading),
            title: self.cell_title(reading),
            other: self.evaluator_name(*other),
            arithmetic: format!("{} − {} = {}", plain(greatest), plain(least), plain(apart)),
            is_greater: *is_greater,
            verdict: self.words(match comparison.verdict {
                ComparisonResult::Diverges => "differences.diverge",
                ComparisonResult::NoThreshold => "differences.no_threshold",
                _ => "arithmetic.within",
            }),
        }
    }

    fn most_first<'b>(&self, counts: impl Iterator<Item = (&'b str, Option<String>, usize)>) -> Vec<Counted<'b>> {
        let mut sorted: Vec<(&str, Option<String>, usize)> = counts.collect();
        sorted.sort_by_key(|(text, _, n)| (std::cmp::Reverse(*n), *text));
        let counted = |(text, url, n): (&'b str, _, _)| Counted { text: text.into(), url, n };
        sorted.into_iter().map(counted).collect()
    }
}
