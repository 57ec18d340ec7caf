//! *Merge* turns every result into a reading of one cell, and ranks cells.
//!
//! A *measurement* is what a score measures: a benchmark or a part of it, the part of its test, the metric with its
//! parameters, kind of score and judges, the direction and the scale. Two results share a ranking or a cell only if
//! all of it is the same. A *cell* is where a model, or one variant of it, meets a measurement. Several readings of
//! a cell are all kept and never averaged. Everything else (harness, examples in the prompt, agent, tools, effort)
//! is a *condition* and is shown beside the score. [`crate::card`] decides what pages say about them.

mod collection;
mod described;
mod developer;
mod measurement;
mod neighbours;
mod rank;
mod scale;

use std::sync::Arc;

use foldhash::HashMap;
use rayon::prelude::*;

use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::id::{EntityTable, Id};
use crate::load::block::{MetricConfig, ScoreKind};
use crate::load::record::EvaluationResult;
use crate::load::test_part::TestPart;
use crate::load::{Inputs, Loaded};
use crate::mark::{Level, Marks, Standing};
use crate::names::is_not_reported;
use crate::number::Number;
use crate::resolve::{Benchmark, Entities, Evaluator, Metric, Model, Resolved, Slice, Variant};

pub use collection::Collection;
pub use developer::Developer;
pub use measurement::Measurement;
pub use neighbours::{Contradiction, contradicted};
pub use rank::{RankedModel, Ranking};
pub use scale::{Direction, Family, Scale};

/// Everything that is known, joined and sorted.
pub struct Dataset {
    /// As read.
    pub inputs: Inputs,
    /// Who is who.
    pub entities: Entities,
    /// What is proven of the records.
    pub marks: Marks,
    /// All readings, by model, then slice, metric and newest first.
    pub readings: Vec<Reading>,
    /// All measurements, by benchmark, the one that leads its page first.
    pub measurements: EntityTable<Measurement>,
    /// All rankings, by measurement, the longest list first.
    pub rankings: EntityTable<Ranking>,
    /// Where the readings of each model begin; one more entry than there are models.
    model_starts: Vec<u32>,
    /// Where the rankings of each benchmark begin; one more entry than there are benchmarks.
    benchmark_starts: Vec<u32>,
    /// What each evaluator reported, by evaluator and benchmark.
    reported: Vec<ReportedCount>,
    /// Where the entries of each evaluator begin.
    reported_starts: Vec<u32>,
    /// The same by benchmark and evaluator.
    reported_of: Vec<ReportedCount>,
    /// Where the entries of each benchmark begin.
    reported_of_starts: Vec<u32>,
    /// Who made the models, by name.
    pub developers: EntityTable<Developer>,
    /// The collections of the datastores, by name.
    pub collections: EntityTable<Collection>,
    /// The same by their own ids.
    collection_ids: HashMap<Arc<str>, Id<Collection>>,
    /// The developer of each model.
    developer_of: Vec<Option<Id<Developer>>>,
    /// The older captures: place of the record that counts, and place among its captures.
    pub captures: Vec<(u32, u32)>,
    /// For each slice: true if its results are over different parts of the test.
    differing_parts: Vec<bool>,
    /// What the benchmarks with results test; each once, in order.
    pub categories: Vec<String>,
}

/// The readings of one model, cell by cell: those of one measurement and one variant.
pub fn cells(readings: &[Reading]) -> impl Iterator<Item = &[Reading]> + Clone {
    readings.chunk_by(|a, b| (a.measurement, a.resolved.variant) == (b.measurement, b.resolved.variant))
}

/// The least and the greatest of those that count; `None` if none does.
pub fn ends<'r>(readings: impl Iterator<Item = &'r Reading> + Clone) -> Option<[&'r Reading; 2]> {
    let counted = readings.filter(|reading| reading.counts());
    let by_position = |a: &&Reading, b: &&Reading| a.position.total_cmp(&b.position);
    Some([counted.clone().min_by(by_position)?, counted.max_by(by_position)?])
}

/// One result with its identities and its place.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Who is who, and where it stands.
    pub resolved: Resolved,
    /// The scale of its score.
    pub scale: Scale,
    /// Which end of it is good: as the record states, else as the benchmark's metadata does.
    pub direction: Direction,
    /// The score for ordering: of a percentage a hundredth, else the score itself.
    pub position: f64,
    /// False if the score lies outside the bounds that the record declares, by number or by unit.
    pub in_range: bool,
    /// Whether it is still asserted.
    pub standing: Standing,
    /// What it measures.
    pub measurement: Id<Measurement>,
    /// The ranking of its evaluator.
    pub ranking: Id<Ranking>,
    /// The rank among the results of its evaluator, on the newest of its readings of the cell; 0 on others and where
    /// there is none.
    pub rank: u32,
    /// Place of its row in the ranking, from 0.
    pub place: u32,
    /// What the other scores of its source say against its scale.
    pub contradiction: Option<Contradiction>,
}

impl Reading {
    /// True if it may be ranked and compared: within its declared range, not the mark of an unknown level, and still
    /// asserted.
    pub fn counts(&self) -> bool {
        self.in_range && self.standing == Standing::Current
    }
}

/// How many results of one benchmark one evaluator reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReportedCount {
    /// Who.
    pub evaluator: Id<Evaluator>,
    /// Of what.
    pub benchmark: Id<Benchmark>,
    /// Results.
    pub results: u32,
    /// Different models.
    pub models: u32,
}

/// What the readings of one cell share.
type CellKey = (Id<Model>, Id<Slice>, Id<TestPart>, Id<Metric>, Direction, scale::Family, Id<Variant>);

/// Joins `inputs` with the identities of their results and the markers of their records.
pub fn merge(inputs: Inputs, entities: Entities, resolved: Vec<Resolved>, marks: Marks) -> Dataset {
    let captures = (0..)
        .zip(&inputs.records)
        .flat_map(|(record, loaded)| (0..loaded.captures.len()).map(move |place| (record, place as u32)));
    let captures = captures.collect();
    let mut dataset = Dataset {
        inputs,
        entities,
        marks,
        readings: Vec::new(),
        measurements: EntityTable::default(),
        rankings: EntityTable::default(),
        model_starts: Vec::new(),
        benchmark_starts: Vec::new(),
        reported: Vec::new(),
        reported_starts: Vec::new(),
        reported_of: Vec::new(),
        reported_of_starts: Vec::new(),
        developers: EntityTable::default(),
        collections: EntityTable::default(),
        collection_ids: HashMap::default(),
        developer_of: Vec::new(),
        captures,
        differing_parts: Vec::new(),
        categories: Vec::new(),
    };
    let mut readings: Vec<Reading> = resolved.into_par_iter().map(|resolved| dataset.reading(resolved)).collect();
    let weights = measurement::weights_of_lists(&readings);
    let harnesses = measurement::harnesses_of_lists(&dataset, &readings);
    readings.par_sort_unstable_by(|a, b| {
        let longest_list = |reading: &Reading| std::cmp::Reverse(weights.get(&measurement::list_of(reading)));
        (dataset.by_cell(a).cmp(&dataset.by_cell(b)))
            .then_with(|| longest_list(a).cmp(&longest_list(b)))
            .then_with(|| dataset.newest_first(a, b, &harnesses))
    });
    drop(harnesses);
    dataset.readings = readings;
    (dataset.measurements, dataset.rankings) = rank::rank(&mut dataset, &weights);
    for (at, contradiction) in neighbours::find(&dataset) {
        dataset.readings[at].contradiction = Some(contradiction);
    }
    dataset.model_starts =
        starts(dataset.entities.models.len(), dataset.readings.iter().map(|reading| reading.resolved.model.index()));
    let of_rankings =
        dataset.rankings.iter().map(|(_, ranking)| dataset.entities.slices[ranking.slice].benchmark.index());
    dataset.benchmark_starts = starts(dataset.entities.benchmarks.len(), of_rankings);
    dataset.reported = dataset.reported();
    dataset.reported_starts =
        starts(dataset.entities.evaluators.len(), dataset.reported.iter().map(|it| it.evaluator.index()));
    dataset.reported_of = dataset.reported.clone();
    dataset.reported_of.sort_by_key(|it| it.benchmark);
    dataset.reported_of_starts =
        starts(dataset.entities.benchmarks.len(), dataset.reported_of.iter().map(|it| it.benchmark.index()));
    (dataset.developers, dataset.developer_of) = developer::developers(&dataset);
    dataset.collections = collection::collections(&dataset.inputs, &dataset.readings);
    dataset.collection_ids = dataset.collections.iter().map(|(id, it)| (it.id.clone(), id)).collect();
    dataset.differing_parts = dataset.differing_parts();
    let of_benchmarks = dataset.entities.benchmarks.iter();
    dataset.categories = of_benchmarks.filter_map(|(_, it)| Some(dataset.category_of(it)?.0.to_owned())).collect();
    dataset.categories.sort_unstable();
    dataset.categories.dedup();
    dataset
}

/// Where the items of each of `n` groups begin; `groups` is sorted.
fn starts(n: usize, groups: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut starts = vec![0; n + 1];
    for group in groups {
        starts[group + 1] += 1;
    }
    for at in 0..n {
        starts[at + 1] += starts[at];
    }
    starts
}

/// Where the items of a group are.
fn group(starts: &[u32], group: usize) -> std::ops::Range<usize> {
    starts[group] as usize..starts[group + 1] as usize
}

impl Dataset {
    /// The record of a reading, with its origin.
    pub fn loaded(&self, reading: &Reading) -> &Loaded {
        &self.inputs.records[reading.resolved.record as usize]
    }

    /// The result of a reading.
    pub fn result(&self, reading: &Reading) -> &EvaluationResult {
        &self.loaded(reading).record.results[usize::from(reading.resolved.result)]
    }

    /// How far a reading is traced.
    pub fn level_of(&self, reading: &Reading) -> Level {
        let markers = &self.marks.records[reading.resolved.record as usize];
        markers.level(&self.inputs.content, self.result(reading).index)
    }

    /// Who made a model, as far as metadata or records say.
    pub fn developer_of(&self, model: Id<Model>) -> Option<Id<Developer>> {
        self.developer_of[model.index()]
    }

    /// The place of a reading in [`Dataset::readings`].
    pub fn place_of(&self, reading: &Reading) -> u32 {
        let row = &self.rankings[reading.ranking].rows[reading.place as usize];
        let is_it = |other: &Reading| {
            (other.resolved.record, other.resolved.result) == (reading.resolved.record, reading.resolved.result)
        };
        row.start + self.readings_in(row).iter().position(is_it).unwrap_or_default() as u32
    }

    /// The benchmark of a reading.
    pub fn benchmark_of(&self, reading: &Reading) -> Id<Benchmark> {
        self.entities.slices[reading.resolved.slice].benchmark
    }

    /// Different models with a result on `benchmark`, in whichever ranking.
    pub fn n_models_on(&self, benchmark: Id<Benchmark>) -> usize {
        let rows = self.rankings_of(benchmark).flat_map(|(_, ranking)| &ranking.rows);
        let mut models: Vec<Id<Model>> = rows.map(|row| self.readings_in(row)[0].resolved.model).collect();
        models.sort_unstable();
        models.dedup();
        models.len()
    }

    /// The readings of `model`, by slice, metric and newest first.
    pub fn readings_of(&self, model: Id<Model>) -> &[Reading] {
        &self.readings[self.places_of(model)]
    }

    /// Where these stand among all.
    pub fn places_of(&self, model: Id<Model>) -> std::ops::Range<usize> {
        self.model_starts[model.index()] as usize..self.model_starts[model.index() + 1] as usize
    }

    /// The rankings of `benchmark`: that of the whole, or else the largest, comes first.
    pub fn rankings_of(
        &self,
        benchmark: Id<Benchmark>,
    ) -> impl ExactSizeIterator<Item = (Id<Ranking>, &Ranking)> + Clone {
        let range = self.benchmark_starts[benchmark.index()]..self.benchmark_starts[benchmark.index() + 1];
        range.map(|index| (Id::new(index as usize), &self.rankings[Id::new(index as usize)]))
    }

    /// The readings of one row of a ranking, all by its evaluator: the one that stands for it first, then the others.
    pub fn readings_in(&self, row: &RankedModel) -> &[Reading] {
        &self.readings[row.start as usize..row.end as usize]
    }

    /// The readings of the whole cell that a row is of, whoever reports them.
    pub fn cell_of(&self, row: &RankedModel) -> &[Reading] {
        &self.readings[row.cell.start as usize..row.cell.end as usize]
    }

    /// The cells of `rankings`, each once.
    pub fn cells_in<'r>(
        &'r self,
        rankings: impl Iterator<Item = (Id<Ranking>, &'r Ranking)>,
    ) -> impl Iterator<Item = &'r [Reading]> {
        rankings
            .flat_map(|(_, ranking)| &ranking.rows)
            .filter(|row| row.is_first_of_cell())
            .map(|row| self.cell_of(row))
    }

    /// The part of the test that a ranking is over, in words, where the results of its slice are
    /// over different ones.
    pub fn part_of(&self, ranking: &Ranking) -> Option<&str> {
        self.named_part(ranking).map(|part| part.label.as_str())
    }

    /// The same, to be said in some language.
    pub fn named_part(&self, ranking: &Ranking) -> Option<&TestPart> {
        let part = &self.entities.parts[ranking.part];
        (self.differing_parts[ranking.slice.index()] && !part.label.is_empty()).then_some(part)
    }

    fn differing_parts(&self) -> Vec<bool> {
        let mut first: Vec<Option<Id<TestPart>>> = vec![None; self.entities.slices.len()];
        let mut differ = vec![false; first.len()];
        for (_, ranking) in self.rankings.iter() {
            let slice = ranking.slice.index();
            differ[slice] |= *first[slice].get_or_insert(ranking.part) != ranking.part;
        }
        differ
    }

    /// Tells of the scores that the others of their source contradict.
    pub fn warn_of_contradictions(&self, diagnostics: &mut Diagnostics) {
        for reading in &self.readings {
            let Some(contradiction) = reading.contradiction else { continue };
            let origin = &self.loaded(reading).origin;
            let file = self.inputs.datastores[usize::from(origin.datastore)].root.join(&*origin.path);
            let result = self.result(reading);
            let place = format!("/evaluation_results/{}", result.index);
            let score = result.score.digits();
            let message = match contradiction {
                Contradiction::ErrorOfProportion => {
                    format!("{score} is on a scale to 100, but its standard error is that of a proportion")
                }
                Contradiction::BelowOne => {
                    format!("{score} is below 1 on a scale to 100, while the other scores of this source are above 1")
                }
                Contradiction::AboveOne => {
                    format!("{score} is above 1 on a scale to 100, while the other scores of this source are below 1")
                }
            };
            let help = "it is shown as reported and not proposed to the Hub; check the source and have the record corrected, or choose it in `publish.decide` of site.yaml".to_owned();
            diagnostics.warn_with_help(
                DiagnosticCode::ScaleContradicted,
                &file.display().to_string(),
                &place,
                message,
                help,
            );
        }
    }

    /// Tells of scores outside the range that their record declares: the first of each record.
    pub fn warn_of_scores_out_of_range(&self, diagnostics: &mut Diagnostics) {
        let is_level = |reading: &Reading| is_unknown_level(&self.result(reading).metric, &self.result(reading).score);
        let mut outside: Vec<&Reading> =
            self.readings.iter().filter(|reading| !reading.in_range && !is_level(reading)).collect();
        outside.sort_by_key(|reading| (reading.resolved.record, reading.resolved.result));
        for of_record in outside.chunk_by(|a, b| a.resolved.record == b.resolved.record) {
            let (first, result) = (of_record[0], self.result(of_record[0]));
            let bound = |bound: &Option<Number>| bound.as_ref().map_or("…".to_owned(), |it| it.digits().to_owned());
            let more = match of_record.len() {
                1 => String::new(),
                n => format!(" (and {} more of this record)", n - 1),
            };
            let message = format!(
                "{} is outside the declared range of {} to {}{more}: it is shown as written and not ranked",
                result.score.digits(),
                bound(&result.metric.min),
                bound(&result.metric.max)
            );
            let help = "correct the score, or `min_score` and `max_score`; a percentage has a `max_score` of 100";
            diagnostics.warn_with_help(
                DiagnosticCode::OutOfRange,
                &self.inputs.file(self.loaded(first)),
                &format!("/evaluation_results/{}", result.index),
                message,
                help.to_owned(),
            );
        }
    }

    fn reading(&self, resolved: Resolved) -> Reading {
        let result = &self.inputs.records[resolved.record as usize].record.results[usize::from(resolved.result)];
        let scale = Scale::of(&result.metric);
        let value = result.score.value();
        Reading {
            resolved,
            scale,
            direction: self.direction(&result.metric, resolved.slice),
            position: if scale == Scale::Percent { value / 100.0 } else { value },
            in_range: in_range(&result.metric, scale, &result.score),
            standing: self.marks.records[resolved.record as usize].standing(&self.inputs.content, result.index),
            measurement: Id::new(0),
            ranking: Id::new(0),
            rank: 0,
            place: 0,
            contradiction: None,
        }
    }

    /// What two readings must share to be compared: model, slice, part of the test, metric, direction,
    /// scale, and variant of the model.
    fn by_cell(&self, reading: &Reading) -> CellKey {
        let Resolved { model, variant, slice, part, metric, .. } = reading.resolved;
        (model, slice, part, metric, reading.direction, reading.scale.family(), variant)
    }

    /// The variant of its model that a reading is of, if it is not the model itself.
    pub fn variant_of(&self, reading: &Reading) -> Option<&str> {
        let label = self.entities.variants[reading.resolved.variant].label.as_str();
        (!label.is_empty()).then_some(label)
    }

    fn direction(&self, metric: &MetricConfig, slice: Id<Slice>) -> Direction {
        let benchmark = &self.entities.benchmarks[self.entities.slices[slice].benchmark];
        let by_metadata =
            || self.benchmark_meta(benchmark).and_then(|meta| meta.higher_is_better).map(|higher| !higher);
        if metric.is_descriptive {
            return Direction::Neither;
        }
        match metric.lower_is_better.or_else(by_metadata) {
            Some(true) => Direction::LowerIsBetter,
            Some(false) => Direction::HigherIsBetter,
            None => Direction::NotReported,
        }
    }

    /// The rule by which one reading stands for its cell: within its declared range and still asserted, then newest
    /// day of evaluation, newest retrieval, the harness with which its list has most models (of several, the first by name), and path of the record.
    fn newest_first(
        &self,
        a: &Reading,
        b: &Reading,
        harnesses: &HashMap<(measurement::RankingKey, Option<&str>), usize>,
    ) -> std::cmp::Ordering {
        let key =
            |reading: &Reading| (reading.counts(), self.result(reading).evaluated.as_ref().and_then(|stamp| stamp.day));
        let retrieved = |reading: &Reading| {
            self.loaded(reading).record.retrieved.as_ref().map(|stamp| (stamp.day, stamp.text.clone()))
        };
        let models =
            |reading: &Reading| harnesses.get(&(measurement::list_of(reading), self.harness_of(reading))).copied();
        let named = |reading: &Reading| {
            let harness = self.harness_of(reading);
            (harness.is_none(), harness)
        };
        let path = |reading: &Reading| {
            let origin = &self.loaded(reading).origin;
            (origin.path.clone(), origin.datastore, reading.resolved.result)
        };
        (key(b).cmp(&key(a)))
            .then_with(|| retrieved(b).cmp(&retrieved(a)))
            .then_with(|| models(b).cmp(&models(a)))
            // Of harnesses with as many models, all rows take one, and a named one before none.
            .then_with(|| named(a).cmp(&named(b)))
            .then_with(|| path(a).cmp(&path(b)))
    }

    /// The harness that the record of `reading` names.
    fn harness_of(&self, reading: &Reading) -> Option<&str> {
        let library = self.loaded(reading).record.library.as_ref()?;
        library.name.as_deref().filter(|name| !is_not_reported(name))
    }

    fn reported(&self) -> Vec<ReportedCount> {
        let mut triples: Vec<(Id<Evaluator>, Id<Benchmark>, Id<Model>)> = (self.readings.par_iter())
            .map(|reading| (reading.resolved.evaluator, self.benchmark_of(reading), reading.resolved.model))
            .collect();
        triples.par_sort_unstable();
        let chunks = triples.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let reported = chunks.map(|chunk| ReportedCount {
            evaluator: chunk[0].0,
            benchmark: chunk[0].1,
            results: chunk.len() as u32,
            models: chunk.chunk_by(|a, b| a.2 == b.2).count() as u32,
        });
        reported.collect()
    }

    /// What `evaluator` reported, by benchmark.
    pub fn reported_by(&self, evaluator: Id<Evaluator>) -> &[ReportedCount] {
        &self.reported[group(&self.reported_starts, evaluator.index())]
    }

    /// What was reported of `benchmark`, by evaluator.
    pub fn reported_of(&self, benchmark: Id<Benchmark>) -> &[ReportedCount] {
        &self.reported_of[group(&self.reported_of_starts, benchmark.index())]
    }
}

/// True for the −1 with which a scale of levels says that no level is known.
pub fn is_unknown_level(metric: &MetricConfig, score: &Number) -> bool {
    matches!(metric.kind_of_score, ScoreKind::Levels { has_unknown: true, .. }) && score.value() == -1.0
}

/// True if the score lies within the bounds that its record declares; a unit declares them where no number does. A
/// level is one that has a name; the mark of an unknown level is none.
pub fn in_range(metric: &MetricConfig, scale: Scale, score: &Number) -> bool {
    if let ScoreKind::Levels { names, .. } = &metric.kind_of_score {
        let level = score.value();
        let is_level = level >= 0.0 && level.fract() == 0.0 && (names.is_empty() || (level as usize) < names.len());
        return is_level;
    }
    let (min, max) = scale.bounds(metric);
    min.is_none_or(|min| score.compare(&min).is_ge()) && max.is_none_or(|max| score.compare(&max).is_le())
}
