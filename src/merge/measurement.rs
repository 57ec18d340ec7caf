//! A *measurement*: all that must be the same for two numbers to measure the same thing.

use foldhash::HashMap;
use rayon::prelude::*;

use super::scale::Family;
use super::{Dataset, Direction, Ranking, Reading};
use crate::hash::Sha256;
use crate::id::Id;
use crate::load::block::TestPart;
use crate::resolve::{Evaluator, Metric, Slice};

/// What results of one ranking measure.
#[derive(Debug)]
pub struct Measurement {
    /// The benchmark, or the part of it.
    pub slice: Id<Slice>,
    /// The part of its test: subjects, split, version.
    pub part: Id<TestPart>,
    /// The metric, with its parameters, kind of score and judges.
    pub metric: Id<Metric>,
    /// Which end is good.
    pub direction: Direction,
    /// Scales that can be put in one order.
    pub family: Family,
    /// 16 digits of a hash over all of it: equal exactly for results that may stand in one ranking, also in another
    /// build, as long as the names of benchmark and metric stay.
    pub id: String,
    /// The longest list of it.
    pub first_ranking: Id<Ranking>,
    /// Record and result of the first that is of it, in the order of records.
    pub first_met: (u32, u16),
}

impl Measurement {
    /// Of `reading`.
    pub(super) fn of(dataset: &Dataset, reading: &Reading, first_met: (u32, u16)) -> Measurement {
        let entities = &dataset.entities;
        let super::Resolved { slice, part, metric, .. } = reading.resolved;
        let (direction, family) = (reading.direction, reading.scale.family());
        let of = &entities.slices[slice];
        let name = of.name.as_deref().and_then(crate::names::normal_form).or_else(|| of.name.clone());
        let identity = [
            entities.benchmarks[of.benchmark].id.as_str(),
            name.as_deref().unwrap_or_default(),
            entities.parts[part].key.as_str(),
            entities.metrics[metric].key.as_str(),
            &format!("{direction:?} {family:?}"),
        ];
        let mut id = Sha256::of(identity.join("\u{1e}").as_bytes()).to_string();
        id.truncate(16);
        Measurement { slice, part, metric, direction, family, id, first_ranking: Id::new(0), first_met }
    }
}

/// What the results of one list share: a measurement, and who reports it.
pub(super) type List = (Id<Slice>, Id<TestPart>, Id<Metric>, Direction, Family, Id<Evaluator>);

pub(super) fn list_of(reading: &Reading) -> List {
    let super::Resolved { slice, part, metric, evaluator, .. } = reading.resolved;
    (slice, part, metric, reading.direction, reading.scale.family(), evaluator)
}

/// How many cells each list has; the readings need no order.
pub(super) fn lengths_of_lists(readings: &[Reading]) -> HashMap<List, usize> {
    let cell = |reading: &Reading| (list_of(reading), reading.resolved.model, reading.resolved.variant);
    let mut cells: Vec<_> = readings.par_iter().map(cell).collect();
    cells.par_sort_unstable();
    cells.dedup();
    cells.chunk_by(|a, b| a.0 == b.0).map(|list| (list[0].0, list.len())).collect()
}
