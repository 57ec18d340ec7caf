//! The lists of models, benchmarks and evaluators.

use serde::Serialize;

use super::Cards;
use crate::id::Id;
use crate::paths;
use crate::resolve::{Benchmark, Evaluator, Model};
use crate::signal::provenance::EvaluatorCount;

/// Rows of a list on one page: about 100 kB.
pub const ROWS: usize = 250;

/// The pages of a long list.
#[derive(Debug, Serialize)]
pub struct Pager {
    /// This page, from 1.
    pub number: usize,
    /// How many there are.
    pub pages: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// First row.
    pub from: usize,
    /// Last row.
    pub to: usize,
    /// All rows.
    pub total: usize,
}

impl Pager {
    /// Page `number` of a list of `n` rows that begins at `path`.
    pub fn new(cards: &Cards, path: &str, number: usize, n: usize, rows: usize) -> Pager {
        let pages = n_pages(n, rows);
        let url = |number: usize| cards.url(&page_path(path, number));
        let (from, to) = ((number - 1) * rows + 1, (number * rows).min(n));
        Pager {
            number,
            pages,
            previous: (number > 1).then(|| url(number - 1)),
            next: (number < pages).then(|| url(number + 1)),
            from,
            to,
            total: n,
        }
    }
}

/// How many pages a list of `n` rows has; an empty list has one.
pub fn n_pages(n: usize, rows: usize) -> usize {
    n.div_ceil(rows).max(1)
}

/// Where page `number` of a list stands. Folders that begin with `_` are never those of a name.
pub fn page_path(path: &str, number: usize) -> String {
    match number {
        1 => path.to_owned(),
        _ => format!("{path}/_page/{number}"),
    }
}

/// A model in a list.
#[derive(Debug, Serialize)]
pub struct ModelRow<'a> {
    /// Display name, where it is not the end of the id.
    pub name: Option<&'a str>,
    /// Canonical id.
    pub id: &'a str,
    /// Anchor for the letters.
    pub anchor: String,
    /// Its card.
    pub url: String,
    /// Results.
    pub results: usize,
    /// Different benchmarks.
    pub benchmarks: usize,
    /// Different evaluators.
    pub evaluators: usize,
    /// `open weights` or `closed weights`.
    pub openness: Option<String>,
    /// Day of release.
    pub released: Option<&'a str>,
}

/// A benchmark in a list.
#[derive(Debug, Serialize)]
pub struct BenchmarkRow<'a> {
    /// Display name.
    pub name: &'a str,
    /// Its page.
    pub url: String,
    /// For example `knowledge`.
    pub category: Option<String>,
    /// Rankings: the whole, its parts, and metrics apart.
    pub rankings: usize,
    /// Different models, in all of them.
    pub models: usize,
    /// Results.
    pub results: usize,
    /// Evaluators.
    pub evaluators: usize,
}

/// An evaluator in a list.
#[derive(Debug, Serialize)]
pub struct EvaluatorRow<'a> {
    /// Display name.
    pub name: &'a str,
    /// False for records that name no evaluator.
    pub is_reported: bool,
    /// Their page.
    pub url: String,
    /// Benchmarks.
    pub benchmarks: usize,
    /// Results.
    pub results: usize,
}

/// One page of a list.
#[derive(Debug, Serialize)]
pub struct ListCard<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Links to the first row of each letter; empty for short lists.
    pub letters: Vec<Letter>,
    /// The pages of the list.
    pub pager: Pager,
}

/// A way into a long list.
#[derive(Debug, Serialize)]
pub struct Letter {
    /// `a`, or `0–9`.
    pub letter: String,
    /// Page of its first row.
    pub url: String,
}

impl<'a> Cards<'a> {
    /// Page `number` of all models, by id.
    pub fn models(&self, number: usize) -> ListCard<ModelRow<'a>> {
        let models = &self.dataset.entities.models;
        let rows = models.iter().skip((number - 1) * ROWS).take(ROWS).map(|(id, _)| self.model_row(id));
        ListCard {
            rows: rows.collect(),
            letters: self.letters("models", models.iter().map(|(_, model)| model.id.as_str())),
            pager: Pager::new(self, "models", number, models.len(), ROWS),
        }
    }

    /// Ways into the list at `path` of rows with these names.
    pub(super) fn letters<'n>(&self, path: &str, names: impl ExactSizeIterator<Item = &'n str>) -> Vec<Letter> {
        if names.len() <= ROWS {
            return Vec::new();
        }
        let mut letters: Vec<Letter> = Vec::new();
        let mut last = None;
        for (place, name) in names.enumerate() {
            let first = name.chars().next();
            if last.replace(first) == Some(first) {
                continue;
            }
            let letter = letter(name);
            if !letters.iter().any(|known| known.letter == letter) {
                let page = page_path(path, place / ROWS + 1);
                letters.push(Letter { letter, url: format!("{}#{}", self.url(&page), anchor(name)) });
            }
        }
        letters
    }

    pub(super) fn n_evaluators(&self, id: Id<Model>) -> usize {
        let readings = self.dataset.readings_of(id).iter();
        EvaluatorCount::of(self.dataset, readings.map(|reading| reading.resolved.evaluator)).named
    }

    pub(super) fn model_row(&self, id: Id<Model>) -> ModelRow<'a> {
        let model = &self.dataset.entities.models[id];
        let readings = self.dataset.readings_of(id);
        let benchmarks = readings.chunk_by(|a, b| self.dataset.benchmark_of(a) == self.dataset.benchmark_of(b)).count();
        let meta = self.dataset.model_meta(model);
        ModelRow {
            name: Some(model.name.as_str()).filter(|name| !model.id.ends_with(name)),
            id: &model.id,
            anchor: anchor(&model.id),
            url: self.model_url(id),
            results: readings.len(),
            benchmarks,
            evaluators: self.n_evaluators(id),
            openness: meta.and_then(|meta| meta.openness.as_deref()).map(|it| self.openness(it)),
            released: meta.and_then(|meta| meta.released.as_deref()),
        }
    }

    /// Page `number` of all benchmarks, by name.
    pub fn benchmarks(&self, number: usize) -> ListCard<BenchmarkRow<'a>> {
        let benchmarks = &self.dataset.entities.benchmarks;
        let pager = Pager::new(self, "benchmarks", number, benchmarks.len(), ROWS);
        let rows = benchmarks.iter().skip((number - 1) * ROWS).take(ROWS).map(|(id, _)| self.benchmark_row(id));
        ListCard { rows: rows.collect(), letters: Vec::new(), pager }
    }

    pub(super) fn benchmark_row(&self, id: Id<Benchmark>) -> BenchmarkRow<'a> {
        let benchmark = &self.dataset.entities.benchmarks[id];
        let evaluators = self.dataset.reported_of(id).iter().map(|reported| reported.evaluator);
        BenchmarkRow {
            name: &benchmark.name,
            url: self.benchmark_url(id),
            category: self.dataset.category_of(benchmark).map(|(category, _)| self.language.category(category)),
            rankings: self.dataset.rankings_of(id).len(),
            models: self.dataset.n_models_on(id),
            results: self.n_results(id),
            evaluators: EvaluatorCount::of(self.dataset, evaluators).named,
        }
    }

    pub(super) fn n_results(&self, id: Id<Benchmark>) -> usize {
        self.dataset.reported_of(id).iter().map(|reported| reported.results as usize).sum()
    }

    pub(super) fn evaluator_row(&self, id: Id<Evaluator>) -> EvaluatorRow<'a> {
        let reported = self.dataset.reported_by(id);
        EvaluatorRow {
            name: self.evaluator_name(id),
            is_reported: self.dataset.entities.evaluators[id].is_reported(),
            url: self.evaluator_url(id),
            benchmarks: reported.len(),
            results: reported.iter().map(|reported| reported.results as usize).sum(),
        }
    }

    /// Page `number` of all evaluators, by name.
    pub fn evaluators(&self, number: usize) -> ListCard<EvaluatorRow<'a>> {
        let evaluators = &self.dataset.entities.evaluators;
        let rows = evaluators.iter().skip((number - 1) * ROWS).take(ROWS).map(|(id, _)| self.evaluator_row(id));
        ListCard {
            rows: rows.collect(),
            letters: Vec::new(),
            pager: Pager::new(self, "evaluators", number, evaluators.len(), ROWS),
        }
    }
}

/// The letter under which a name stands: its first, or `0–9`, or `…` for all others.
fn letter(name: &str) -> String {
    match name.chars().next().unwrap_or(' ').to_ascii_lowercase() {
        first @ 'a'..='z' => first.to_string(),
        '0'..='9' => "0–9".to_owned(),
        _ => "…".to_owned(),
    }
}

/// The anchor of a row.
pub(super) fn anchor(id: &str) -> String {
    paths::part(id)
}
