//! Two models on the *same samples*: which of them each answered right, for all pairs of one measurement that share some.
//!
//! Only results that were computed again from their samples ([`super::samples`]) are compared, so that the answers are
//! those of the score. What the same sample is, is the matter of [`crate::load::samples::Answers`].

use std::cmp::Reverse;

use super::paired::Paired;
use super::samples::{Recomputation, evidence};
use crate::id::Id;
use crate::load::samples::Answers;
use crate::merge::{Dataset, Measurement, Reading};

/// So many models of a measurement are compared with each other: the first in its rankings.
pub const MOST_MODELS: usize = 64;

/// Two results on the samples that both have.
pub struct Pair<'a> {
    /// The one that stands first in the rankings.
    pub first: &'a Reading,
    /// The other.
    pub second: &'a Reading,
    /// The samples.
    pub samples: Paired,
}

/// The pairs of `measurement`: those that share most samples first, then in the order of the rankings.
pub fn pairs(dataset: &Dataset, measurement: Id<Measurement>) -> Vec<Pair<'_>> {
    let benchmark = dataset.entities.slices[dataset.measurements[measurement].slice].benchmark;
    let rankings = dataset.rankings_of(benchmark).filter(|(_, ranking)| ranking.measurement == measurement);
    let rows = rankings.flat_map(|(_, ranking)| &ranking.rows);
    let first = |row| dataset.readings_in(row).iter().find_map(|reading| Some((reading, answers(dataset, reading)?)));
    let readings: Vec<(&Reading, &Answers)> = rows.filter_map(first).take(MOST_MODELS).collect();
    let model = |reading: &Reading| (reading.resolved.model, reading.resolved.variant);
    let mut pairs = Vec::new();
    for (at, (first, ours)) in readings.iter().enumerate() {
        for (second, theirs) in readings[at + 1..].iter().filter(|(second, _)| model(second) != model(first)) {
            let samples = Paired::of(ours.shared(theirs));
            if samples.n() > 0 {
                pairs.push(Pair { first, second, samples });
            }
        }
    }
    pairs.sort_by_key(|pair| Reverse(pair.samples.n()));
    pairs
}

/// The answers of `reading`, if its score was computed again from them.
fn answers<'a>(dataset: &'a Dataset, reading: &Reading) -> Option<&'a Answers> {
    let Recomputation::Recomputed(computed) = evidence(dataset, reading)?.outcome else { return None };
    Some(&computed.tally.answers).filter(|answers| !answers.is_empty())
}
