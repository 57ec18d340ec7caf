//! A *ranking* puts the models of one slice of a benchmark in order, under one metric, direction
//! and scale. Equal scores share a rank and the next rank is skipped.

use std::ops::Range;

use rayon::prelude::*;

use super::scale::Family;
use super::{Dataset, Direction, Reading};
use crate::id::{Id, Table};
use crate::load::block::TestPart;
use crate::resolve::{Metric, Slice};

/// The models of one slice, in order.
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
    /// Best first; rows without a rank last.
    pub rows: Vec<Row>,
    /// How many readings its rows have together.
    pub n_readings: usize,
}

/// One model in a ranking: the readings of one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// First reading of the cell in [`Dataset::readings`]: the one that stands for it.
    pub start: u32,
    /// After its last reading.
    pub end: u32,
    /// From 1; `None` if the score is out of range or not asserted any more, or direction or scale are not known.
    pub rank: Option<u32>,
    /// Greatest less least position among the readings that are in range.
    pub spread: f64,
}

/// Ranks all cells of `dataset`, whose readings are sorted by cell, and notes each reading's
/// ranking and rank.
pub fn rank(dataset: &mut Dataset) -> Table<Ranking> {
    let cells = cells(dataset);
    let key = |cell: &Range<usize>| key(&dataset.readings[cell.start]);
    let mut order: Vec<Range<usize>> = cells;
    // Within a ranking the cells stay in the order of their models.
    order.par_sort_by_key(key);
    let groups: Vec<&[Range<usize>]> = order.chunk_by(|a, b| key(a) == key(b)).collect();
    let mut rankings: Vec<Ranking> = groups.into_par_iter().map(|cells| ranking(dataset, cells)).collect();
    rankings.sort_by_key(|ranking| {
        let slice = &dataset.entities.slices[ranking.slice];
        let size = std::cmp::Reverse(ranking.n_readings);
        // The rankings of the whole, largest first, then of parts of it, then the slices by name.
        let is_part = !dataset.entities.parts[ranking.part].label.is_empty();
        (
            slice.benchmark,
            slice.name.is_some(),
            ranking.slice,
            is_part,
            size,
            ranking.part,
            ranking.metric,
            ranking.direction,
        )
    });
    let mut table = Table::default();
    for ranking in rankings {
        let id = table.push(ranking);
        for (place, row) in table[id].rows.iter().enumerate() {
            let readings = &mut dataset.readings[row.start as usize..row.end as usize];
            readings[0].rank = row.rank.unwrap_or(0);
            for reading in readings {
                reading.ranking = id;
                reading.place = place as u32;
            }
        }
    }
    table
}

fn key(reading: &Reading) -> (Id<Slice>, Id<TestPart>, Id<Metric>, Direction, Family) {
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

fn ranking(dataset: &Dataset, cells: &[Range<usize>]) -> Ranking {
    let first = &dataset.readings[cells[0].start];
    let direction = first.direction;
    let can_rank = direction != Direction::NotReported && first.scale != super::Scale::Contradictory;
    let mut rows: Vec<Row> = cells.iter().map(|cell| row(dataset, cell)).collect();
    let headline = |row: &Row| &dataset.readings[row.start as usize];
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
        n_readings: cells.iter().map(|cell| cell.len()).sum(),
        rows,
    }
}

/// Equal but for the rounding of binary floats: 52.29 % and 0.5229 tie.
fn same_score(a: &Reading, b: &Reading) -> bool {
    (a.position - b.position).abs() <= 1e-12 * a.position.abs().max(b.position.abs())
}

fn row(dataset: &Dataset, cell: &Range<usize>) -> Row {
    let positions =
        dataset.readings[cell.clone()].iter().filter(|reading| reading.counts()).map(|reading| reading.position);
    let least = positions.clone().min_by(f64::total_cmp);
    let greatest = positions.max_by(f64::total_cmp);
    let spread = greatest.zip(least).map_or(0.0, |(greatest, least)| greatest - least);
    Row { start: cell.start as u32, end: cell.end as u32, rank: None, spread }
}
