//! *Saturation*: whether the best models of a ranking can still be told apart.
//!
//! With the scores s₁ … s₅ of the first five models as proportions and n samples in the test:
//! SE(s) = √(s(1−s)/√n), SEΔ = √(SE(s₁)² + SE(s₅)²), R = |s₁ − s₅| / SEΔ and S = exp(−R²). The root
//! of n in place of n is a choice of the published definition; it makes the errors larger.

use std::collections::BTreeMap;

use super::scale::ScoreCheck;
use crate::codes::codes;
use crate::merge::{Dataset, Direction, Ranking, Reading, Scale};

/// How saturated a ranking is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saturation {
    /// First and fifth score, as proportions.
    pub scores: (f64, f64),
    /// Samples in the test.
    pub n: u64,
    /// The error of their difference.
    pub error: f64,
    /// S, from 0 to 1.
    pub index: f64,
    /// The word for it.
    pub band: &'static str,
    /// True if the difference is at most 1.96 of its errors.
    pub is_similar: bool,
}

codes! {
    /// Why saturation is not computed.
    pub enum NoSaturation in "saturation" {
        /// The ranking has fewer than five models.
        FewerThanFive = "fewer_than_five",
        /// The scores are no shares of right answers.
        NoShare = "no_share",
        /// No record of the five says how large the test was.
        NoSamples = "no_samples",
        /// Scores of exactly 0 and 1 have no error, though they differ.
        NoError = "no_error",
    }
}

/// Of a ranking, by the readings that stand for its first five models.
pub fn of(dataset: &Dataset, ranking: &Ranking) -> Result<Saturation, NoSaturation> {
    let best: Vec<&Reading> =
        ranking.rows.iter().filter(|row| row.rank.is_some()).take(5).map(|row| &dataset.readings_in(row)[0]).collect();
    let [first, .., fifth] = best[..] else { return Err(NoSaturation::FewerThanFive) };
    if best.len() < 5 {
        return Err(NoSaturation::FewerThanFive);
    }
    let is_share = matches!(first.scale, Scale::Proportion | Scale::Percent)
        && ranking.direction.has_better_end()
        && !dataset.entities.metrics[ranking.metric].is_relative
        && best.iter().all(|reading| {
            let result = dataset.result(reading);
            (0.0..=1.0).contains(&reading.position)
                && ScoreCheck::of(&result.metric, reading.scale, &result.score).is_compared()
        });
    if !is_share {
        return Err(NoSaturation::NoShare);
    }
    let share = |reading: &Reading| match ranking.direction {
        Direction::LowerIsBetter => 1.0 - reading.position,
        _ => reading.position,
    };
    let n = most_frequent(best.iter().filter_map(|reading| super::n_samples(dataset, reading)))
        .ok_or(NoSaturation::NoSamples)?;
    compute(share(first), share(fifth), n)
}

/// The most frequent number; of several, the smallest, which claims least.
fn most_frequent(numbers: impl Iterator<Item = u64>) -> Option<u64> {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for number in numbers {
        *counts.entry(number).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(number, count)| (*count, std::cmp::Reverse(*number))).map(|(number, _)| number)
}

/// From the first and fifth score as proportions, higher being better.
pub fn compute(first: f64, fifth: f64, n: u64) -> Result<Saturation, NoSaturation> {
    if n == 0 {
        return Err(NoSaturation::NoSamples);
    }
    let variance = |score: f64| score * (1.0 - score) / (n as f64).sqrt();
    let error = (variance(first) + variance(fifth)).sqrt();
    let apart = (first - fifth).abs();
    let ratio = match (apart == 0.0, error == 0.0) {
        (true, _) => 0.0,
        (false, true) => return Err(NoSaturation::NoError),
        (false, false) => apart / error,
    };
    let index = (-ratio * ratio).exp();
    let band = match index {
        ..0.01 => "saturation.very_low",
        ..0.3 => "saturation.low",
        ..0.7 => "saturation.moderate",
        ..0.9 => "saturation.high",
        _ => "saturation.very_high",
    };
    Ok(Saturation { scores: (first, fifth), n, error, index, band, is_similar: apart <= 1.96 * error })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: √10000 = 100; SE² = 0.9·0.1/100 = 0.0009 and 0.8·0.2/100 = 0.0016; SEΔ = 0.05;
    /// R = 0.1/0.05 = 2; S = e⁻⁴ = 0.018316.
    #[test]
    fn a_case_by_hand() {
        let found = compute(0.9, 0.8, 10_000).unwrap();
        assert!((found.error - 0.05).abs() < 1e-12);
        assert!((found.index - 0.018_315_638_888_734_18).abs() < 1e-9);
        assert_eq!((found.band, found.is_similar), ("saturation.low", false));
    }

    #[test]
    fn equal_scores_are_saturated_even_without_error() {
        for score in [0.0, 0.5, 1.0] {
            let found = compute(score, score, 100).unwrap();
            assert_eq!((found.index, found.band, found.is_similar), (1.0, "saturation.very_high", true));
        }
    }

    #[test]
    fn no_error_and_no_samples_are_no_verdict() {
        assert_eq!(compute(1.0, 0.0, 100), Err(NoSaturation::NoError));
        assert_eq!(compute(0.9, 0.8, 0), Err(NoSaturation::NoSamples));
    }

    #[test]
    fn bands_begin_at_their_bounds() {
        // S = 0.3 at R² = −ln 0.3; a little less and a little more apart.
        let at = |index: f64| {
            let error = 0.05;
            let apart = (-index.ln()).sqrt() * error;
            // Scores around 0.5 with n so that the error is about 0.05.
            compute(0.5 + apart / 2.0, 0.5 - apart / 2.0, 40_000).unwrap().band
        };
        assert_eq!(
            [at(0.000_001), at(0.1), at(0.5), at(0.8), at(0.99)],
            ["very_low", "low", "moderate", "high", "very_high"].map(|band| format!("saturation.{band}"))
        );
    }

    #[test]
    fn the_most_frequent_number_of_samples_counts_and_of_equals_the_smallest() {
        assert_eq!(most_frequent([500, 1000, 500, 200].into_iter()), Some(500));
        assert_eq!(most_frequent([1000, 500].into_iter()), Some(500));
        assert_eq!(most_frequent([].into_iter()), None);
    }
}
