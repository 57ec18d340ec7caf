//! *Tables*: lists and rankings as columns, for filtering and sorting by the script.
//!
//! Repeated texts are stored once. A row may have several values in a column (the benchmarks of a model); most rows
//! share one of few such sets, so the sets are stored once as well.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use serde::{Serialize, Serializer};

use crate::card::{Paths, evaluator_name, flag, unit};
use crate::id::Id;
use crate::language::Language;
use crate::mark::{Counts, Level};
use crate::merge::{Dataset, RankedModel, Ranking, Reading, cells};
use crate::resolve::{Benchmark, Model};
use crate::signal::comparability::Difference;
use crate::signal::provenance::EvaluatorCount;
use crate::signal::samples::evidence;
use crate::signal::setup::{self, Setting};

/// The rows of one list, by column.
#[derive(Serialize)]
pub struct FilterTable {
    /// Text of the link.
    title: Vec<String>,
    /// A line below it; empty where there is none.
    #[serde(serialize_with = "column")]
    second: Vec<String>,
    /// Path of the page that a row leads to; empty if it is `models/<title>`.
    #[serde(serialize_with = "column")]
    path: Vec<String>,
    /// What rows can be chosen by, and some shown.
    facets: BTreeMap<&'static str, Facet>,
    /// What rows are ordered by, and some shown.
    #[serde(serialize_with = "columns")]
    numbers: BTreeMap<&'static str, Vec<Option<f64>>>,
    /// What is only shown, as it stands in the static table.
    #[serde(serialize_with = "columns")]
    texts: BTreeMap<&'static str, Vec<String>>,
}

/// Values by row; of one that is the same in all rows, only that.
struct FilterColumn<'c, T>(&'c [T]);

impl<T: PartialEq + Serialize> Serialize for FilterColumn<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [first, rest @ ..] if rest.iter().all(|value| value == first) => first.serialize(serializer),
            values => values.serialize(serializer),
        }
    }
}

fn column<T: PartialEq + Serialize, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    FilterColumn(values).serialize(serializer)
}

fn columns<T: PartialEq + Serialize, S: Serializer>(
    columns: &BTreeMap<&'static str, Vec<T>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(columns.iter().map(|(name, values)| (name, FilterColumn(values))))
}

/// A column of sets.
#[derive(Default, Serialize)]
pub struct Facet {
    values: Vec<String>,
    sets: Vec<Vec<u32>>,
    #[serde(serialize_with = "column")]
    rows: Vec<u32>,
    #[serde(skip)]
    places: HashMap<String, u32>,
    #[serde(skip)]
    known: HashMap<Vec<u32>, u32>,
}

impl Facet {
    fn push<'s>(&mut self, values: impl IntoIterator<Item = &'s str>) {
        let mut set: Vec<u32> = values.into_iter().map(|value| self.place(value)).collect();
        set.sort_unstable();
        set.dedup();
        let next = self.sets.len() as u32;
        let number = *self.known.entry(set).or_insert_with_key(|set| {
            self.sets.push(set.clone());
            next
        });
        self.rows.push(number);
    }

    fn place(&mut self, value: &str) -> u32 {
        if let Some(place) = self.places.get(value) {
            return *place;
        }
        let place = self.values.len() as u32;
        self.values.push(value.to_owned());
        self.places.insert(value.to_owned(), place);
        place
    }
}

impl FilterTable {
    fn new() -> FilterTable {
        FilterTable {
            title: Vec::new(),
            second: Vec::new(),
            path: Vec::new(),
            facets: BTreeMap::new(),
            numbers: BTreeMap::new(),
            texts: BTreeMap::new(),
        }
    }

    fn row(&mut self, title: &str, second: &str, path: &str) {
        self.title.push(title.to_owned());
        self.second.push(second.to_owned());
        self.path.push(path.to_owned());
    }

    fn facet<'s>(&mut self, name: &'static str, values: impl IntoIterator<Item = &'s str>) {
        self.facets.entry(name).or_default().push(values);
    }

    fn number(&mut self, name: &'static str, value: Option<f64>) {
        self.numbers.entry(name).or_default().push(value);
    }

    fn text(&mut self, name: &'static str, value: &str) {
        self.texts.entry(name).or_default().push(value.to_owned());
    }
}

/// What every model can be chosen by, made once for all tables.
pub struct ModelFacts<'a> {
    models: Vec<Facts<'a>>,
}

struct Facts<'a> {
    developer: Option<&'a str>,
    openness: Option<&'a str>,
    licence: Option<&'a str>,
    released: Option<&'a str>,
    /// Parameters in billions.
    size: Option<f64>,
    /// By how much the readings of any of its cells differ.
    differs: Difference,
}

impl<'a> ModelFacts<'a> {
    /// Of all models of `dataset`.
    pub fn new(dataset: &'a Dataset) -> ModelFacts<'a> {
        let facts = dataset.entities.models.iter().map(|(id, model)| {
            let meta = dataset.model_meta(model);
            let stated = || dataset.claimed_parameters(id)?.parse().ok();
            Facts {
                developer: dataset.developer_of(id).map(|id| dataset.developers[id].name.as_str()),
                openness: meta.and_then(|meta| meta.openness.as_deref()),
                licence: dataset.license_of(model).map(|(license, _)| license),
                released: meta.and_then(|meta| meta.released.as_deref()),
                size: meta
                    .and_then(|meta| meta.params_b)
                    .filter(|size| size.is_finite() && *size > 0.0)
                    .or_else(stated),
                differs: cells(dataset.readings_of(id))
                    .map(|cell| Difference::of(dataset, cell))
                    .max()
                    .unwrap_or_default(),
            }
        });
        ModelFacts { models: facts.collect() }
    }

    fn add(&self, table: &mut FilterTable, id: Id<Model>) {
        let facts = &self.models[id.index()];
        table.facet("developer", facts.developer);
        table.facet("openness", facts.openness);
        table.facet("licence", facts.licence);
        table.facet("year", facts.released.and_then(|day| day.get(..4)));
        table.number("size", facts.size);
    }
}

/// All models.
pub fn of_models(dataset: &Dataset, paths: &Paths, language: &Language, facts: &ModelFacts) -> FilterTable {
    let entities = &dataset.entities;
    let outcomes = Outcomes::new(dataset, language, dataset.inputs.have_samples());
    let mut table = FilterTable::new();
    for (id, model) in entities.models.iter() {
        let readings = dataset.readings_of(id);
        let name = if model.id.ends_with(&model.name) { "" } else { &model.name };
        table.row(&model.id, name, short_path(paths.model(id), &model.id));
        facts.add(&mut table, id);
        table.text("released", facts.models[id.index()].released.unwrap_or_default());
        let mut benchmarks: Vec<_> = readings.iter().map(|reading| dataset.benchmark_of(reading)).collect();
        benchmarks.dedup();
        let mut evaluators: Vec<_> = readings.iter().map(|reading| reading.resolved.evaluator).collect();
        evaluators.sort_unstable();
        evaluators.dedup();
        table.number("results", Some(readings.len() as f64));
        table.number("benchmarks", Some(benchmarks.len() as f64));
        table.number("evaluators", Some(EvaluatorCount::of(dataset, evaluators.iter().copied()).named as f64));
        let tested = categories(dataset, language, benchmarks.iter().copied());
        table.facet("category", tested.iter().map(String::as_str));
        table.facet("benchmark", benchmarks.iter().map(|id| entities.benchmarks[*id].name.as_str()));
        table.facet("evaluator", evaluators.iter().map(|id| evaluator_name(dataset, language, *id)));
        table.facet("readings", [word(facts.models[id.index()].differs)]);
        table.facet("marker", levels(dataset, readings));
        outcomes.add(&mut table, readings);
    }
    table
}

/// What these benchmarks test.
fn categories(dataset: &Dataset, language: &Language, benchmarks: impl Iterator<Item = Id<Benchmark>>) -> Vec<String> {
    let found = benchmarks.filter_map(|id| dataset.category_of(&dataset.entities.benchmarks[id]));
    found.map(|(category, _)| language.category(category)).collect()
}

/// All benchmarks.
pub fn of_benchmarks(dataset: &Dataset, paths: &Paths, language: &Language) -> FilterTable {
    let outcomes = Outcomes::new(dataset, language, dataset.inputs.have_samples());
    let mut table = FilterTable::new();
    for (id, benchmark) in dataset.entities.benchmarks.iter() {
        let reported = || dataset.reported_of(id).iter();
        table.row(&benchmark.name, "", paths.benchmark(id));
        let meta = dataset.benchmark_meta(benchmark);
        let category = dataset.category_of(benchmark).map(|(category, _)| language.category(category));
        table.facet("category", category.as_deref());
        table.facet("year", meta.and_then(|meta| meta.released.as_deref()?.get(..4)));
        table.facet("evaluator", reported().map(|reported| evaluator_name(dataset, language, reported.evaluator)));
        let rows = || dataset.rankings_of(id).flat_map(|(_, ranking)| &ranking.rows);
        table.facet("marker", levels(dataset, rows().flat_map(|row| dataset.readings_in(row))));
        outcomes.add(&mut table, rows().flat_map(|row| dataset.readings_in(row)));
        let cells = dataset.cells_in(dataset.rankings_of(id));
        let differs = cells.map(|cell| Difference::of(dataset, cell)).max().unwrap_or_default();
        table.facet("readings", [word(differs)]);
        table.number("models", Some(dataset.n_models_on(id) as f64));
        table.number("results", Some(reported().map(|reported| f64::from(reported.results)).sum()));
        let reporters = EvaluatorCount::of(dataset, reported().map(|reported| reported.evaluator));
        table.number("evaluators", Some(reporters.named as f64));
        table.number("rankings", Some(dataset.rankings_of(id).len() as f64));
    }
    table
}

/// All evaluators.
pub fn of_evaluators(dataset: &Dataset, paths: &Paths, language: &Language) -> FilterTable {
    let outcomes = Outcomes::new(dataset, language, dataset.inputs.have_samples());
    let mut table = FilterTable::new();
    for (id, _) in dataset.entities.evaluators.iter() {
        let reported = || dataset.reported_by(id).iter();
        table.row(evaluator_name(dataset, language, id), "", paths.evaluator(id));
        let tested = categories(dataset, language, reported().map(|reported| reported.benchmark));
        table.facet("category", tested.iter().map(String::as_str));
        table.facet(
            "benchmark",
            reported().map(|reported| dataset.entities.benchmarks[reported.benchmark].name.as_str()),
        );
        table.facet("marker", known(dataset.marks.by_evaluator[id.index()]));
        outcomes.add(&mut table, dataset.readings.iter().filter(|reading| reading.resolved.evaluator == id));
        table.number("benchmarks", Some(reported().count() as f64));
        table.number("results", Some(reported().map(|reported| f64::from(reported.results)).sum()));
    }
    table
}

/// All developers: each is chosen by what any model of theirs has.
pub fn of_developers(dataset: &Dataset, paths: &Paths, language: &Language, facts: &ModelFacts) -> FilterTable {
    let outcomes = Outcomes::new(dataset, language, dataset.inputs.have_samples());
    let mut table = FilterTable::new();
    for (id, developer) in dataset.developers.iter() {
        let models = || developer.models.iter().map(|model| &facts.models[model.index()]);
        let readings = || developer.models.iter().flat_map(|model| dataset.readings_of(*model));
        table.row(&developer.name, "", paths.developer(id));
        table.facet("openness", models().filter_map(|model| model.openness));
        let benchmarks: BTreeSet<_> = readings().map(|reading| dataset.benchmark_of(reading)).collect();
        table.facet("benchmark", benchmarks.iter().map(|id| dataset.entities.benchmarks[*id].name.as_str()));
        table.facet("readings", [word(models().map(|model| model.differs).max().unwrap_or_default())]);
        table.facet("marker", levels(dataset, readings()));
        outcomes.add(&mut table, readings());
        table.number("models", Some(developer.models.len() as f64));
        table.number("results", Some(readings().count() as f64));
    }
    table
}

/// The models of one ranking, in its order.
pub fn of_ranking(
    dataset: &Dataset,
    paths: &Paths,
    language: &Language,
    facts: &ModelFacts,
    ranking: &Ranking,
) -> FilterTable {
    let mut table = FilterTable::new();
    let conditions = Told::of(dataset, language, ranking);
    let outcomes = Outcomes::new(dataset, language, ranking.has_samples);
    for (row, conditions) in ranking.rows.iter().zip(&conditions.rows) {
        let readings = dataset.cell_of(row);
        let first = &dataset.readings_in(row)[0];
        let model = &dataset.entities.models[first.resolved.model];
        let path = paths.model(first.resolved.model);
        table.row(
            &model.id,
            if model.id.ends_with(&model.name) { "" } else { &model.name },
            short_path(path, &model.id),
        );
        facts.add(&mut table, first.resolved.model);
        table.text("released", facts.models[first.resolved.model.index()].released.unwrap_or_default());
        table.text("variant", dataset.variant_of(first).unwrap_or_default());
        table.number("rank", row.rank.map(f64::from));
        table.text("score", dataset.result(first).score.digits());
        table.facet(
            "unit",
            [unit(language, &dataset.result(first).metric).as_str()].into_iter().filter(|unit| !unit.is_empty()),
        );
        table.facet("flag", flag(dataset, first).map(|key| language.phrase(key)));
        table.number("position", Some(first.position));
        let evaluators = readings.iter().map(|reading| evaluator_name(dataset, language, reading.resolved.evaluator));
        table.facet("evaluator", evaluators);
        table.facet("condition", conditions.iter().map(String::as_str));
        table.number("count", Some(readings.len() as f64));
        table.facet("marker", [dataset.level_of(first).code()]);
        outcomes.add(&mut table, [first]);
        table.facet("readings", [word(Difference::of(dataset, readings))]);
    }
    // The script takes the numbers of the digits where there are no others.
    let is_of_digits = |(digits, position): (&String, &Option<f64>)| digits.parse().ok() == *position;
    if table.texts["score"].iter().zip(&table.numbers["position"]).all(is_of_digits) {
        table.numbers.remove("position");
    }
    table
}

/// What came of computing scores again from their samples, in words.
struct Outcomes<'a> {
    dataset: &'a Dataset,
    language: &'a Language,
    /// True if the table has the column: no record has samples on most sites.
    is_there: bool,
}

impl<'a> Outcomes<'a> {
    fn new(dataset: &'a Dataset, language: &'a Language, is_there: bool) -> Outcomes<'a> {
        Outcomes { dataset, language, is_there }
    }

    /// Adds what came of `readings` to the row.
    fn add<'r>(&self, table: &mut FilterTable, readings: impl IntoIterator<Item = &'r Reading>) {
        if self.is_there {
            let found =
                readings.into_iter().filter_map(|reading| Some(evidence(self.dataset, reading)?.outcome.code()));
            let codes: BTreeSet<&str> = found.collect();
            let words: Vec<String> =
                codes.iter().map(|code| self.language.say(&format!("filter.samples.{code}"), &[])).collect();
            table.facet("samples", words.iter().map(String::as_str));
        }
    }
}

/// The conditions that tell the rows of a ranking apart.
struct Told {
    /// By row: `agent: OpenHands`.
    rows: Vec<Vec<String>>,
}

impl Told {
    /// How many conditions a filter offers; the frequent ones come first.
    const MOST: usize = 100;
    /// Longer ones are no choice that somebody reads in a list.
    const LENGTH: usize = 80;

    fn of(dataset: &Dataset, language: &Language, ranking: &Ranking) -> Told {
        let of_row = |row: &RankedModel| {
            let reading = &dataset.readings_in(row)[0];
            let mut said = setup::settings(dataset.loaded(reading), dataset.result(reading));
            said.retain(|setting| setting.value.len() <= Told::LENGTH);
            said
        };
        let rows: Vec<Vec<Setting>> = ranking.rows.iter().map(of_row).collect();
        let mut numbers: HashMap<(&str, &str), usize> = HashMap::default();
        rows.iter().flatten().for_each(|setting| *numbers.entry((&*setting.name, setting.value)).or_default() += 1);
        // What all rows have in common chooses nothing.
        let mut choices: Vec<((&str, &str), usize)> = numbers.into_iter().filter(|(_, n)| *n < rows.len()).collect();
        choices.sort_unstable_by_key(|(said, n)| (std::cmp::Reverse(*n), *said));
        choices.truncate(Told::MOST);
        let words = |(name, value): (&str, &str)| {
            format!("{}: {value}", setup::name_key(name).map_or(name, |key| language.phrase(key)))
        };
        let choices: HashMap<_, String> = choices.into_iter().map(|(said, _)| (said, words(said))).collect();
        let chosen =
            |said: &Vec<Setting>| said.iter().filter_map(|it| choices.get(&(&*it.name, it.value)).cloned()).collect();
        Told { rows: rows.iter().map(chosen).collect() }
    }
}

fn short_path<'p>(path: &'p str, id: &str) -> &'p str {
    if path.strip_prefix("models/") == Some(id) { "" } else { path }
}

/// The markers that some of `readings` have.
fn levels<'r>(
    dataset: &Dataset,
    readings: impl IntoIterator<Item = &'r Reading>,
) -> impl Iterator<Item = &'static str> {
    let mut counts = Counts::default();
    readings.into_iter().for_each(|reading| counts.add(dataset.level_of(reading)));
    known(counts)
}

fn known(counts: Counts) -> impl Iterator<Item = &'static str> {
    Level::ALL.into_iter().filter(move |level| counts.of(*level) > 0).map(Level::code)
}

/// The value of the script's filter.
fn word(difference: Difference) -> &'static str {
    match difference {
        Difference::OneReading => "one",
        Difference::NotCompared => "not-compared",
        Difference::Agree => "agree",
        Difference::Differ => "differ",
    }
}
