//! A *measurement*: all that must be the same for two scores to measure the same thing.

use foldhash::HashMap;
use rayon::prelude::*;

use super::scale::Family;
use super::{Dataset, Direction, Ranking, Reading};
use crate::hash::Sha256;
use crate::id::Id;
use crate::load::test_part::TestPart;
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
pub(super) type RankingKey = (Id<Slice>, Id<TestPart>, Id<Metric>, Direction, Family, Id<Evaluator>);

pub(super) fn list_of(reading: &Reading) -> RankingKey {
    let super::Resolved { slice, part, metric, evaluator, .. } = reading.resolved;
    (slice, part, metric, reading.direction, reading.scale.family(), evaluator)
}

/// How long a list is, and how early in the records it begins: the greatest of a measurement leads.
pub(super) type Weight = (usize, std::cmp::Reverse<(u32, u16)>);

/// The weight of each list; the readings need no order.
pub(super) fn weights_of_lists(readings: &[Reading]) -> HashMap<RankingKey, Weight> {
    let cell = |reading: &Reading| {
        let super::Resolved { model, variant, record, result, .. } = reading.resolved;
        (list_of(reading), (model, variant), (record, result))
    };
    let mut cells: Vec<_> = readings.par_iter().map(cell).collect();
    cells.par_sort_unstable();
    let lists = cells.chunk_by(|a, b| a.0 == b.0).map(|list| {
        let n_cells = list.chunk_by(|a, b| a.1 == b.1).count();
        let first = list.iter().map(|(.., place)| *place).min().unwrap_or_default();
        (list[0].0, (n_cells, std::cmp::Reverse(first)))
    });
    lists.collect()
}

/// How many models each list has with each harness; `None` for results that name none.
pub(super) fn harnesses_of_lists<'d>(
    dataset: &'d Dataset,
    readings: &[Reading],
) -> HashMap<(RankingKey, Option<&'d str>), usize> {
    let of = |reading: &Reading| ((list_of(reading), dataset.harness_of(reading)), reading.resolved.model);
    let mut models: Vec<_> = readings.par_iter().map(of).collect();
    models.par_sort_unstable();
    models.dedup();
    models.chunk_by(|a, b| a.0 == b.0).map(|chunk| (chunk[0].0, chunk.len())).collect()
}
