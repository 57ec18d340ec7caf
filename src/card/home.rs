//! The *home page*: what is on the site and how far it can be trusted, entries to start from, and the largest
//! conflicts.

use std::cmp::Reverse;

use serde::Serialize;

use super::claims::Claims;
use super::disagreement::Outcome;
use super::documentation::Cells;
use super::list::{BenchmarkRow, EvaluatorRow, ModelRow};
use super::scope::SetupView;
use super::{Cards, settings};
use crate::chart::position::Position;
use crate::id::Id;
use crate::load::categories::is_safety;
use crate::merge::{RankedModel, Reading, Scale, ends};
use crate::number::as_shown;
use crate::resolve::{Benchmark, Evaluator, Model};
use crate::signal::SignalTally;
use crate::signal::comparability::{self, ComparisonResult};
use crate::signal::completeness::Field;

/// How many benchmarks, models and evaluators the home page shows.
const ON_HOME: usize = 10;

/// How many conflicts it shows.
const CONFLICTS: usize = 6;

/// The home page.
#[derive(Debug, Serialize)]
pub struct HomeCard<'a> {
    /// Counts, each with a link to its list.
    pub counts: Vec<CountLink>,
    /// Relationships to the developers, and evidence levels.
    pub claims: Claims,
    /// Cells by whether their scores agree.
    pub cells: Cells,
    /// Conflicts between evaluators.
    pub between: usize,
    /// Whether the set-up is documented.
    pub setup: SetupView,
    /// Results with an uncertainty.
    pub uncertain: usize,
    /// Categories of the benchmarks, largest first.
    pub categories: Vec<CategoryLink>,
    /// Benchmarks without a category.
    pub uncategorised: usize,
    /// True if no benchmark is on safety.
    pub lacks_safety: bool,
    /// The models with the most evaluators.
    pub models: Vec<ModelRow<'a>>,
    /// The benchmarks with the most results.
    pub benchmarks: Vec<ShownBenchmark<'a>>,
    /// The evaluators of the most benchmarks.
    pub evaluators: Vec<EvaluatorRow<'a>>,
    /// The largest conflicts.
    pub conflicts: Vec<ShownConflict<'a>>,
}

/// What benchmarks test.
#[derive(Debug, Serialize)]
pub struct CategoryLink {
    /// Category.
    pub name: String,
    /// Benchmarks of it.
    pub benchmarks: usize,
    /// The list, filtered by it.
    pub url: String,
}

/// How many of something there are.
#[derive(Debug, Serialize)]
pub struct CountLink {
    /// How many.
    pub count: usize,
    /// Of what: the last part of a key of the interface's words.
    pub label: &'static str,
    /// Their list.
    pub url: Option<String>,
}

/// A benchmark, and where its scores lie.
#[derive(Debug, Serialize)]
pub struct ShownBenchmark<'a> {
    /// See there.
    pub row: BenchmarkRow<'a>,
    /// The scores of its first ranking.
    pub position: Position,
}

/// A cell whose scores conflict.
#[derive(Debug, Serialize)]
pub struct ShownConflict<'a> {
    /// Model.
    pub model: &'a str,
    /// The scores side by side on its card.
    pub url: String,
    /// Benchmark.
    pub benchmark: &'a str,
    /// Part of it.
    pub slice: Option<&'a str>,
    /// How many scores it has.
    pub scores: usize,
    /// All scores of the ranking.
    pub position: Position,
    /// The scores of the cell, in percent.
    pub dots: Vec<f64>,
    /// The lowest and the highest, each with its own settings.
    pub ends: [ConflictEnd<'a>; 2],
}

/// The least or the greatest score of a cell.
#[derive(Debug, Serialize)]
pub struct ConflictEnd<'a> {
    /// As it is shown.
    pub shown: &'a str,
    /// True if it is cut.
    pub is_cut: bool,
    /// Unit, if needed.
    pub unit: String,
    /// Who reports it.
    pub evaluator: &'a str,
    /// Settings.
    pub settings: Vec<String>,
}

/// A value of a filter in an address, as the script reads it.
fn in_fragment(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string()
}

impl<'a> Cards<'a> {
    /// The home page; `tally` counts all results.
    pub fn home(&self, tally: &SignalTally) -> HomeCard<'a> {
        let entities = &self.dataset.entities;
        let linked = |count: usize, label: &'static str, path: Option<&str>| CountLink {
            count,
            label,
            url: path.map(|path| self.url(path)),
        };
        let mut benchmarks: Vec<Id<Benchmark>> = entities.benchmarks.iter().map(|(id, _)| id).collect();
        benchmarks.sort_by_cached_key(|id| Reverse(self.n_results(*id)));
        let mut models: Vec<Id<Model>> = entities.models.iter().map(|(id, _)| id).collect();
        models.sort_by_cached_key(|id| Reverse((self.n_evaluators(*id), self.dataset.readings_of(*id).len())));
        let mut evaluators: Vec<Id<Evaluator>> =
            entities.evaluators.iter().filter(|(_, it)| it.is_reported()).map(|(id, _)| id).collect();
        let n_evaluators = evaluators.len();
        evaluators.sort_by_key(|id| Reverse(self.dataset.reported_by(*id).len()));
        let cells: Vec<(&RankedModel, Option<Outcome>)> = (self.dataset.rankings.iter())
            .flat_map(|(_, ranking)| &ranking.rows)
            .filter(|row| row.is_first_of_cell())
            .map(|row| (row, self.outcome(self.dataset.cell_of(row))))
            .collect();
        let (between, within): (Vec<_>, Vec<_>) = (cells.iter())
            .filter(|(_, outcome)| *outcome == Some(Outcome::Conflict))
            .map(|(row, _)| *row)
            .partition(|row| self.is_between(row));
        let (categories, uncategorised) = self.categories();
        HomeCard {
            categories,
            uncategorised,
            lacks_safety: !self.dataset.categories.iter().any(|category| is_safety(category)),
            claims: self.claims(self.dataset.readings.iter()),
            between: between.len(),
            conflicts: self.largest(between, within),
            cells: cells.into_iter().map(|(_, outcome)| outcome).collect(),
            setup: SetupView::of(tally),
            uncertain: tally.fields[Field::Uncertainty as usize],
            counts: vec![
                linked(self.dataset.readings.len(), "results", None),
                linked(entities.models.len(), "models", Some("models")),
                linked(entities.benchmarks.len(), "benchmarks", Some("benchmarks")),
                linked(n_evaluators, "evaluators", Some("evaluators")),
                linked(self.dataset.collections.len(), "sources", Some("sources")),
                linked(self.dataset.inputs.records.len(), "records", None),
                linked(self.dataset.inputs.quarantined.len(), "not_shown", Some("not-shown")),
            ],
            models: models.into_iter().take(ON_HOME).map(|id| self.model_row(id)).collect(),
            benchmarks: (benchmarks.into_iter().take(ON_HOME))
                .map(|id| {
                    let first = self.dataset.rankings_of(id).next();
                    let position = first.map(|(_, ranking)| self.position_of_all(ranking)).unwrap_or_default();
                    ShownBenchmark { row: self.benchmark_row(id), position }
                })
                .collect(),
            evaluators: evaluators.into_iter().take(ON_HOME).map(|id| self.evaluator_row(id)).collect(),
        }
    }

    /// What the benchmarks test, and how many have no category.
    fn categories(&self) -> (Vec<CategoryLink>, usize) {
        let benchmarks = self.dataset.entities.benchmarks.iter();
        let of: Vec<&str> = benchmarks.filter_map(|(_, it)| Some(self.dataset.category_of(it)?.0)).collect();
        let mut links: Vec<CategoryLink> = (self.dataset.categories.iter())
            .map(|category| {
                let name = self.language.category(category);
                CategoryLink {
                    benchmarks: of.iter().filter(|it| *it == category).count(),
                    url: format!("{}#category={}", self.url("benchmarks"), in_fragment(&name)),
                    name,
                }
            })
            .collect();
        links.sort_by_key(|link| Reverse(link.benchmarks));
        (links, self.dataset.entities.benchmarks.len() - of.len())
    }

    /// True if the scores of different evaluators conflict, not only those of one of them.
    fn is_between(&self, row: &RankedModel) -> bool {
        let found = comparability::compare(&comparability::points(self.dataset, self.dataset.cell_of(row)));
        let parties = found.and_then(|found| found.parties);
        parties.is_some_and(|parties| parties.verdict == ComparisonResult::Diverges)
    }

    /// The widest conflicts on scales from 0 to 1 or 0 to 100, those `between` evaluators before those `within` one.
    fn largest<'r>(
        &self,
        mut between: Vec<&'r RankedModel>,
        mut within: Vec<&'r RankedModel>,
    ) -> Vec<ShownConflict<'a>> {
        let scale = |row: &RankedModel| self.dataset.cell_of(row)[0].scale;
        for conflicts in [&mut between, &mut within] {
            conflicts.retain(|row| matches!(scale(row), Scale::Proportion | Scale::Percent));
            conflicts.sort_by(|a, b| b.spread.total_cmp(&a.spread).then(a.start.cmp(&b.start)));
        }
        let conflicts = between.into_iter().chain(within);
        conflicts.take(CONFLICTS).filter_map(|row| self.shown_conflict(row)).collect()
    }

    fn shown_conflict(&self, row: &RankedModel) -> Option<ShownConflict<'a>> {
        let readings = || self.dataset.cell_of(row).iter().filter(|reading| reading.counts());
        let [least, greatest] = ends(readings())?;
        let slice = &self.dataset.entities.slices[least.resolved.slice];
        let mut stated = [least, greatest]
            .map(|reading| settings(self.language, self.dataset.loaded(reading), self.dataset.result(reading)));
        let shared: Vec<String> = stated[0].iter().filter(|setting| stated[1].contains(setting)).cloned().collect();
        for settings in &mut stated {
            settings.retain(|setting| !shared.contains(setting));
            settings.truncate(2);
        }
        let end = |reading: &Reading, settings: Vec<String>| {
            let (shown, all) = as_shown(self.dataset.result(reading).score.digits());
            ConflictEnd {
                shown,
                is_cut: all.is_some(),
                unit: self.unit_of(reading),
                evaluator: self.evaluator_name(reading.resolved.evaluator),
                settings,
            }
        };
        let [of_least, of_greatest] = stated;
        Some(ShownConflict {
            model: &self.dataset.entities.models[least.resolved.model].name,
            url: self.side_by_side_url(least),
            benchmark: &self.dataset.entities.benchmarks[slice.benchmark].name,
            slice: slice.name.as_deref(),
            scores: row.cell.len(),
            position: self.position_in(&self.dataset.rankings[least.ranking], least),
            dots: readings().map(|reading| (reading.position * 1000.0).round() / 10.0).collect(),
            ends: [end(least, of_least), end(greatest, of_greatest)],
        })
    }
}
