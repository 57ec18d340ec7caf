//! What the *parts* of a run say of its whole: a trial run of a benchmark with parts asks a few questions of each.
//!
//! Harnesses state how many samples each part has, and often not how many the whole has. The parts of one run are the
//! results of the same model, evaluator and metric in the same record, or with the same time of evaluation.

use super::n_samples;
use super::samples::is_stated_as_published;
use crate::merge::{Dataset, Reading, Scale};

/// How many questions of a test its parts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoveredByParts {
    /// So many: the score of the whole is the mean of the scores of these parts.
    Exactly(u64),
    /// Far fewer than the test, as far as there are parts.
    FarFewer,
}

/// Some parts say nothing of the others, unless there are [`SEVERAL`] and they have less than this share of the test
/// together: one in so many samples.
const FAR_FEWER: u64 = 10;
/// The fewest parts that say so.
const SEVERAL: usize = 3;
/// How near a mean comes to the score, as a proportion: rounded to one digit, too many are the same.
const NEAR: f64 = 0.0005;

/// What its parts say of `reading`, whose test has `size` questions; `None` if they do not say that it covers fewer.
pub fn covered(dataset: &Dataset, reading: &Reading, size: u64) -> Option<CoveredByParts> {
    let slices = &dataset.entities.slices;
    if slices[reading.resolved.slice].name.is_some() {
        return None;
    }
    let benchmark = dataset.benchmark_of(reading);
    let is_part = |other: &&Reading| {
        dataset.benchmark_of(other) == benchmark
            && slices[other.resolved.slice].name.is_some()
            && other.resolved.evaluator == reading.resolved.evaluator
            && other.resolved.variant == reading.resolved.variant
            && other.resolved.metric == reading.resolved.metric
            && other.scale == reading.scale
            && is_same_run(dataset, reading, other)
    };
    let mut parts: Vec<&Reading> = dataset.readings_of(reading.resolved.model).iter().filter(is_part).collect();
    // Readings are sorted by slice.
    parts.dedup_by_key(|part| part.resolved.slice);
    let counts: Option<Vec<u64>> = parts.iter().map(|part| n_samples(dataset, part)).collect();
    let counts = counts.filter(|counts| counts.len() > 1)?;
    let total = counts.iter().try_fold(0u64, |sum, n| sum.checked_add(*n)).filter(|total| *total < size)?;
    // Parts with one score have it for their mean, however many there are.
    let is_one = parts.windows(2).all(|pair| pair[0].position == pair[1].position);
    let scores = parts.iter().map(|part| dataset.result(part).score.value());
    let by_size = scores.clone().zip(&counts).map(|(score, n)| score * *n as f64).sum::<f64>() / total as f64;
    let plain = scores.sum::<f64>() / parts.len() as f64;
    let stated = &dataset.result(reading).score;
    let near = if reading.scale == Scale::Percent { NEAR * 100.0 } else { NEAR };
    let is_mean = |mean: f64| {
        let is_stated = is_stated_as_published(mean, parts.len() as u64, stated, reading.scale) == Some(true);
        is_stated && (mean - stated.value()).abs() <= near
    };
    if !is_one && (is_mean(by_size) || is_mean(plain)) {
        return Some(CoveredByParts::Exactly(total));
    }
    let is_far = parts.len() >= SEVERAL && total.saturating_mul(FAR_FEWER) < size;
    is_far.then_some(CoveredByParts::FarFewer)
}

fn is_same_run(dataset: &Dataset, a: &Reading, b: &Reading) -> bool {
    let time = |reading: &Reading| dataset.result(reading).evaluated.as_ref().map(|stamp| &stamp.text);
    a.resolved.record == b.resolved.record || (time(a).is_some() && time(a) == time(b))
}
