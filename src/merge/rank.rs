//! A *ranking* puts the models of one measurement in order, as one evaluator reports them. Equal scores share a rank
//! and the next rank is skipped. A rank is a place among the results of one measurement by one evaluator: others may
//! measure under conditions of their own.

use std::ops::Range;

use foldhash::HashMap;
use rayon::prelude::*;

use super::measurement::{self, RankingKey, Weight};
use super::{Dataset, Direction, Measurement, Reading};
use crate::id::{EntityTable, Id};
use crate::load::content::Content;
use crate::load::test_part::TestPart;
use crate::names::normal_form;
use crate::resolve::{Benchmark, Evaluator, Metric, Slice};

/// The models that one evaluator reports of one measurement, in order.
#[derive(Debug)]
pub struct Ranking {
    /// Of what.
    pub slice: Id<Slice>,
    /// The part of the test that its results are over.
    pub part: Id<TestPart>,
    /// By what.
    pub metric: Id<Metric>,
    /// Which end is good.
    pub direction: Direction,
    /// What all its results measure.
    pub measurement: Id<Measurement>,
    /// Who reports them.
    pub evaluator: Id<Evaluator>,
    /// True for the longest list of its measurement.
    pub is_first_of_measurement: bool,
    /// Best first; rows without a rank last.
    pub rows: Vec<RankedModel>,
    /// How many readings its rows have together.
    pub n_readings: usize,
    /// How many readings the cells of its rows have together, whoever reports them.
    pub n_in_cells: usize,
    /// How many of its rows stand for a cell with several readings.
    pub n_several: usize,
    /// True if a record of it has samples or names some.
    pub has_samples: bool,
}

/// One model in a ranking: what its evaluator reports of one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedModel {
    /// First of its readings in [`Dataset::readings`]: the one that stands for it.
    pub start: u32,
    /// After its last reading.
    pub end: u32,
    /// Where the readings of the whole cell are, whoever reports them.
    pub cell: Range<u32>,
    /// From 1; `None` if the score is out of range or not asserted any more, or direction or scale are not known.
    pub rank: Option<u32>,
    /// Greatest less least position among the readings of the cell that are in range.
    pub spread: f64,
}

impl RankedModel {
    /// True for the first row of its cell: each cell has one, and one more for each further evaluator.
    pub fn is_first_of_cell(&self) -> bool {
        self.start == self.cell.start
    }
}

/// Ranks all cells of `dataset`, whose readings are sorted by cell and evaluator, and notes each reading's
/// measurement, ranking and rank.
pub(super) fn rank(
    dataset: &mut Dataset,
    weights: &HashMap<RankingKey, Weight>,
) -> (EntityTable<Measurement>, EntityTable<Ranking>) {
    let mut order = cells(dataset);
    // Within a ranking the cells stay in the order of their models.
    order.par_sort_by_key(|cell| key(&dataset.readings[cell.start]));
    let groups: Vec<&[Range<usize>]> =
        order.chunk_by(|a, b| key(&dataset.readings[a.start]) == key(&dataset.readings[b.start])).collect();
    let mut lists: Vec<(Measurement, Vec<Ranking>)> =
        groups.into_par_iter().map(|it| lists(dataset, it, weights)).collect();
    let places = LeadingPlaces::new(dataset);
    lists.sort_by_cached_key(|(measurement, lists)| places.of(measurement, lists));
    let (mut measurements, mut rankings) = (EntityTable::default(), EntityTable::default());
    for (measurement, lists) in lists {
        let measurement = measurements.push(measurement);
        for mut ranking in lists {
            ranking.measurement = measurement;
            let id = rankings.push(ranking);
            if rankings[id].is_first_of_measurement {
                measurements.get_mut(measurement).first_ranking = id;
            }
            let ranking: &Ranking = &rankings[id];
            for (place, row) in ranking.rows.iter().enumerate() {
                let readings = &mut dataset.readings[row.start as usize..row.end as usize];
                readings[0].rank = row.rank.unwrap_or(0);
                for reading in readings {
                    reading.measurement = measurement;
                    reading.ranking = id;
                    reading.place = place as u32;
                }
            }
        }
    }
    (measurements, rankings)
}

/// What the results of one measurement share.
fn key(reading: &Reading) -> (Id<Slice>, Id<TestPart>, Id<Metric>, Direction, super::scale::Family) {
    (reading.resolved.slice, reading.resolved.part, reading.resolved.metric, reading.direction, reading.scale.family())
}

/// The runs of readings that share a cell.
fn cells(dataset: &Dataset) -> Vec<Range<usize>> {
    let runs = dataset.readings.chunk_by(|a, b| dataset.by_cell(a) == dataset.by_cell(b));
    let mut start = 0;
    let cells = runs.map(|run| {
        let cell = start..start + run.len();
        start = cell.end;
        cell
    });
    cells.collect()
}

/// The lists of one measurement, the longest first, then that of whom the records name first.
fn lists(
    dataset: &Dataset,
    cells: &[Range<usize>],
    weights: &HashMap<RankingKey, Weight>,
) -> (Measurement, Vec<Ranking>) {
    let mut by_evaluator: HashMap<Id<Evaluator>, Vec<RankedModel>> = HashMap::default();
    for cell in cells {
        let spread = spread(&dataset.readings[cell.clone()]);
        let mut start = cell.start as u32;
        for run in dataset.readings[cell.clone()].chunk_by(|a, b| a.resolved.evaluator == b.resolved.evaluator) {
            let end = start + run.len() as u32;
            let cell = cell.start as u32..cell.end as u32;
            by_evaluator.entry(run[0].resolved.evaluator).or_default().push(RankedModel {
                start,
                end,
                cell,
                rank: None,
                spread,
            });
            start = end;
        }
    }
    let mut lists: Vec<Ranking> =
        by_evaluator.into_iter().map(|(evaluator, rows)| ranking(dataset, evaluator, rows)).collect();
    lists.sort_by_key(|list| {
        let reading = &dataset.readings[list.rows[0].start as usize];
        std::cmp::Reverse(weights.get(&measurement::list_of(reading)))
    });
    lists[0].is_first_of_measurement = true;
    let first = &dataset.readings[cells[0].start];
    let met = cells.iter().flat_map(|cell| &dataset.readings[cell.clone()]);
    let first_met = met.map(|reading| (reading.resolved.record, reading.resolved.result)).min().unwrap_or_default();
    (Measurement::of(dataset, first, first_met), lists)
}

fn ranking(dataset: &Dataset, evaluator: Id<Evaluator>, mut rows: Vec<RankedModel>) -> Ranking {
    let headline = |row: &RankedModel| &dataset.readings[row.start as usize];
    let first = *headline(&rows[0]);
    let direction = first.direction;
    let can_rank = direction.has_better_end() && first.scale != super::Scale::Contradictory;
    rows.sort_by(|a, b| {
        let (a, b) = (headline(a), headline(b));
        let by_score = match direction {
            Direction::LowerIsBetter => a.position.total_cmp(&b.position),
            _ => b.position.total_cmp(&a.position),
        };
        b.counts().cmp(&a.counts()).then(by_score)
    });
    if can_rank {
        let mut rank = 0;
        for at in 0..rows.len() {
            let ties = at > 0 && same_score(headline(&rows[at - 1]), headline(&rows[at]));
            if !ties {
                rank = at as u32 + 1;
            }
            rows[at].rank = headline(&rows[at]).counts().then_some(rank);
        }
    }
    Ranking {
        slice: first.resolved.slice,
        part: first.resolved.part,
        metric: first.resolved.metric,
        direction,
        measurement: Id::new(0),
        evaluator,
        is_first_of_measurement: false,
        n_readings: rows.iter().map(|row| (row.end - row.start) as usize).sum(),
        n_in_cells: rows.iter().map(|row| row.cell.len()).sum(),
        n_several: rows.iter().filter(|row| row.cell.len() > 1).count(),
        has_samples: (rows.iter())
            .flat_map(|row| &dataset.readings[row.start as usize..row.end as usize])
            .any(|reading| dataset.loaded(reading).samples.is_some()),
        rows,
    }
}

/// Which ranking leads a benchmark's page: a metric that is no cost, error, time or count; of the whole; the metric
/// that metadata names; else the headline metric of the Hub's registry; else the one with the most models; else the
/// one that the records name first. The alphabet decides nothing.
struct LeadingPlaces<'a> {
    dataset: &'a Dataset,
    /// By benchmark, the metrics that the Hub's registry takes for its score.
    hub: Vec<&'a [String]>,
}

impl<'a> LeadingPlaces<'a> {
    fn new(dataset: &'a Dataset) -> Self {
        let hub = dataset.entities.benchmarks.iter().map(|(_, benchmark)| headline_metrics(dataset, benchmark));
        LeadingPlaces { dataset, hub: hub.collect() }
    }

    fn of(&self, measurement: &Measurement, lists: &[Ranking]) -> impl Ord + use<> {
        let entities = &self.dataset.entities;
        let slice = &entities.slices[measurement.slice];
        let metric = &entities.metrics[measurement.metric];
        let meta = self.dataset.benchmark_meta(&entities.benchmarks[slice.benchmark]);
        let of_metadata = meta.and_then(|meta| meta.metric.as_ref());
        let is_of_metadata = of_metadata.is_some_and(|named| named.id == metric.quantity);
        let is_told = self.is_told_to_lead(&entities.benchmarks[slice.benchmark], metric);
        let is_of_hub = self.hub[slice.benchmark.index()].contains(&metric.quantity);
        (
            slice.benchmark,
            !is_of_metadata && !is_told && never_leads(self.dataset, measurement),
            slice.name.is_some(),
            std::cmp::Reverse(entities.parts[measurement.part].breadth()),
            !is_of_metadata,
            !is_told,
            !is_of_hub,
            std::cmp::Reverse(lists[0].rows.len()),
            measurement.first_met,
        )
    }
}

impl LeadingPlaces<'_> {
    fn is_told_to_lead(&self, benchmark: &Benchmark, metric: &Metric) -> bool {
        let is_same = |told: &str, name: &str| normal_form(told) == normal_form(name);
        let mut leads = self.dataset.inputs.content.measurement.leads.iter();
        leads.any(|lead| is_same(&lead.benchmark, &benchmark.name) && is_same(&lead.metric, &metric.name))
    }
}

/// True for what a run costs, how long it takes, how wrong or how unsure it is, and how much was counted.
fn never_leads(dataset: &Dataset, measurement: &Measurement) -> bool {
    if measurement.direction == Direction::Neither {
        return true;
    }
    let metric = &dataset.entities.metrics[measurement.metric];
    let words = &dataset.inputs.content.measurement.never_lead;
    let result =
        &dataset.inputs.records[measurement.first_met.0 as usize].record.results[usize::from(measurement.first_met.1)];
    let said = [Some(metric.name.as_str()), result.metric.kind.as_deref(), result.metric.unit.as_deref()];
    said.into_iter()
        .flatten()
        .filter_map(normal_form)
        .any(|text| text.split([' ', '/']).any(|word| words.iter().any(|listed| listed == word)))
}

fn headline_metrics<'a>(dataset: &'a Dataset, benchmark: &Benchmark) -> &'a [String] {
    let content: &'a Content = &dataset.inputs.content;
    let name = normal_form(&benchmark.name);
    let data = dataset.benchmark_meta(benchmark).and_then(|meta| meta.dataset.id.as_deref());
    let registered = content.hub_benchmarks.iter().find(|known| {
        data.is_some_and(|data| known.dataset.eq_ignore_ascii_case(data))
            || normal_form(&known.key) == name
            || known.tasks.iter().any(|task| name.as_ref().is_some_and(|name| task.names.contains(name)))
    });
    registered.map_or(&[], |known| &known.metric_kinds)
}

/// Equal but for the rounding of binary floats: 52.29 % and 0.5229 tie.
fn same_score(a: &Reading, b: &Reading) -> bool {
    (a.position - b.position).abs() <= 1e-12 * a.position.abs().max(b.position.abs())
}

fn spread(cell: &[Reading]) -> f64 {
    let positions = cell.iter().filter(|reading| reading.counts()).map(|reading| reading.position);
    let least = positions.clone().min_by(f64::total_cmp);
    let greatest = positions.max_by(f64::total_cmp);
    greatest.zip(least).map_or(0.0, |(greatest, least)| greatest - least)
}
