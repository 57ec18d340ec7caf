//! The *home page*: what there is, and where readings differ most.

use std::cmp::Reverse;

use serde::Serialize;

use super::list::{BenchmarkRow, ModelRow};
use super::{Cards, ReadingView};
use crate::id::Id;
use crate::merge::{Reading, Row, Scale};
use crate::resolve::{Benchmark, Model};
use crate::signal::comparability;
use crate::words::count;

/// How many cells the home page shows, and how many benchmarks and models.
const ON_HOME: usize = 12;

/// The home page.
#[derive(Debug, Serialize)]
pub struct HomeCard<'a> {
    /// What there is, with the list of each.
    pub counts: Vec<CountLink>,
    /// How many results have which marker, in words.
    pub markers: String,
    /// Benchmarks with the most results.
    pub benchmarks: Vec<BenchmarkRow<'a>>,
    /// Cells whose readings lie farthest apart.
    pub differences: Vec<Difference<'a>>,
    /// The models with most readings.
    pub models: Vec<ModelRow<'a>>,
}

/// How many of something there are.
#[derive(Debug, Serialize)]
pub struct CountLink {
    /// How many.
    pub count: String,
    /// Of what: the last part of a key of the interface's words.
    pub label: &'static str,
    /// Their list.
    pub url: Option<String>,
}

/// A cell whose readings differ.
#[derive(Debug, Serialize)]
pub struct Difference<'a> {
    /// Model.
    pub model: &'a str,
    /// Its card.
    pub model_url: String,
    /// Benchmark.
    pub benchmark: &'a str,
    /// Part of it.
    pub slice: Option<&'a str>,
    /// How many readings it has.
    pub n_readings: String,
    /// Where to draw each reading, from 0 to 100.
    pub dots: Vec<f64>,
    /// The least and the greatest reading, each with the settings that the other does not have.
    pub readings: [ReadingView<'a>; 2],
}

impl<'a> Cards<'a> {
    /// The home page.
    pub fn home(&self) -> HomeCard<'a> {
        let entities = &self.dataset.entities;
        let linked = |n: usize, label: &'static str, path: Option<&str>| CountLink {
            count: count(n),
            label,
            url: path.map(|path| self.url(path)),
        };
        let mut benchmarks: Vec<Id<Benchmark>> = entities.benchmarks.iter().map(|(id, _)| id).collect();
        benchmarks.sort_by_cached_key(|id| Reverse(self.n_results(*id)));
        let mut models: Vec<Id<Model>> = entities.models.iter().map(|(id, _)| id).collect();
        models.sort_by_cached_key(|id| Reverse((self.n_evaluators(*id), self.dataset.readings_of(*id).len())));
        HomeCard {
            markers: super::markers::in_words(self.language, &self.dataset.marks.counts),
            counts: vec![
                linked(entities.models.len(), "models", Some("models")),
                linked(entities.benchmarks.len(), "benchmarks", Some("benchmarks")),
                linked(
                    entities.evaluators.iter().filter(|(_, it)| it.is_reported()).count(),
                    "evaluators",
                    Some("evaluators"),
                ),
                linked(self.dataset.readings.len(), "results", None),
                linked(self.dataset.inputs.records.len(), "records", None),
                linked(self.dataset.inputs.quarantined.len(), "not_shown", Some("not-shown")),
            ],
            benchmarks: benchmarks.into_iter().take(ON_HOME).map(|id| self.benchmark_row(id)).collect(),
            differences: self.differences(),
            models: models.into_iter().take(ON_HOME).map(|id| self.model_row(id)).collect(),
        }
    }

    /// The cells whose readings lie farthest apart, on scales from 0 to 1 or 0 to 100, and do not agree.
    fn differences(&self) -> Vec<Difference<'a>> {
        let on_unit_scale =
            |row: &Row| matches!(self.dataset.cell_of(row)[0].scale, Scale::Proportion | Scale::Percent);
        let mut rows: Vec<&Row> = (self.dataset.rankings.iter())
            .flat_map(|(_, ranking)| &ranking.rows)
            .filter(|row| row.is_first_of_cell() && row.spread > 0.0 && on_unit_scale(row))
            .collect();
        let is_of_one = |row: &&Row| {
            let mut evaluators = self.dataset.cell_of(row).iter().map(|reading| reading.resolved.evaluator);
            let first = evaluators.next();
            evaluators.all(|evaluator| Some(evaluator) == first)
        };
        rows.sort_by(|a, b| {
            (is_of_one(a).cmp(&is_of_one(b))).then(b.spread.total_cmp(&a.spread)).then(a.start.cmp(&b.start))
        });
        let differ = |row: &&Row| {
            comparability::Difference::of(self.dataset, self.dataset.cell_of(row)) == comparability::Difference::Differ
        };
        let differences = rows.into_iter().filter(differ).take(ON_HOME).filter_map(|row| {
            let readings = || self.dataset.cell_of(row).iter().filter(|reading| reading.counts());
            let by_position = |a: &&Reading, b: &&Reading| a.position.total_cmp(&b.position);
            let (least, greatest) = (readings().min_by(by_position)?, readings().max_by(by_position)?);
            let slice = &self.dataset.entities.slices[least.resolved.slice];
            let mut pair = [self.reading(least), self.reading(greatest)];
            let shared: Vec<String> =
                pair[0].settings.iter().filter(|setting| pair[1].settings.contains(setting)).cloned().collect();
            for reading in &mut pair {
                reading.settings.retain(|setting| !shared.contains(setting));
                reading.settings.truncate(2);
            }
            Some(Difference {
                model: &self.dataset.entities.models[least.resolved.model].name,
                model_url: self.model_url(least.resolved.model),
                benchmark: &self.dataset.entities.benchmarks[slice.benchmark].name,
                slice: slice.name.as_deref(),
                n_readings: count(row.cell.len()),
                dots: readings().map(|reading| (reading.position * 1000.0).round() / 10.0).collect(),
                readings: pair,
            })
        });
        differences.collect()
    }
}
