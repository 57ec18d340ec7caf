//! *Neighbours*: a score that is about a hundredth, or a hundred times, of the other scores of its source, or whose
//! standard error is that of another scale. It is never converted.

use crate::codes::codes;
use foldhash::{HashMap, HashMapExt};

use super::{Dataset, Reading, Scale};

codes! {
    /// What the other scores of a source, or its own error, say against one.
    pub enum Contradiction in "remark" {
        /// It is below 1, and they are above 1: it may be a proportion.
        BelowOne = "below_one",
        /// It is above 1, and they are below 1: they may be proportions, or it a percentage twice over.
        AboveOne = "above_one",
        /// Its standard error is that of a proportion, and not that of a percentage.
        ErrorOfProportion = "error_of_proportion",
    }
}

/// The one of `scores`, all on a scale to 100, of one source and of one measurement, that all others contradict.
///
/// There must be at least two others. A score contradicts its neighbours in one of two ways:
///
/// - It lies between 0 and 1, all others are above 1, and the middle of the others is more than ten times as large, so
///   that its hundredfold is nearer to them than it is.
/// - It is above 1, all others lie between 0 and 1, and a hundredth of it lies among them: from half of the least of
///   them to twice the greatest.
///
/// A score of 0 is 0 as a proportion and as a percentage, so it says nothing of itself; but where one of the others is
/// 0, small scores do occur, and nothing is said.
pub fn contradicted(scores: &[f64]) -> Option<(usize, Contradiction)> {
    if scores.len() < 3 || scores.iter().any(|score| *score < 0.0) {
        return None;
    }
    let below: Vec<usize> = (0..scores.len()).filter(|at| scores[*at] < 1.0).collect();
    let above: Vec<usize> = (0..scores.len()).filter(|at| scores[*at] > 1.0).collect();
    let others = |of: &[usize]| {
        let mut others: Vec<f64> = of.iter().map(|at| scores[*at]).collect();
        others.sort_by(f64::total_cmp);
        others
    };
    // A score of exactly 1 is in neither, and then nothing is said.
    match (&below[..], &above[..]) {
        ([one], above) if above.len() + 1 == scores.len() && scores[*one] > 0.0 => {
            let others = others(above);
            let middle = (others[(others.len() - 1) / 2] + others[others.len() / 2]) / 2.0;
            (middle > 10.0 * scores[*one]).then_some((*one, Contradiction::BelowOne))
        }
        (below, [one]) if below.len() + 1 == scores.len() && below.iter().all(|at| scores[*at] > 0.0) => {
            let others = others(below);
            let hundredth = scores[*one] / 100.0;
            let is_among = hundredth >= others[0] / 2.0 && hundredth <= others[others.len() - 1] * 2.0;
            is_among.then_some((*one, Contradiction::AboveOne))
        }
        _ => None,
    }
}

/// Finds the readings that their neighbours contradict: those of one ranking, collection, evaluator and source title,
/// on a scale to 100, that may be ranked. Each model speaks with all its readings.
pub(super) fn find(dataset: &Dataset) -> Vec<(usize, Contradiction)> {
    let mut sources: HashMap<_, Vec<usize>> = HashMap::new();
    let of = |reading: &Reading| {
        let loaded = dataset.loaded(reading);
        (reading.ranking, &*loaded.origin.collection, reading.resolved.evaluator, loaded.record.source.name.as_deref())
    };
    for (at, reading) in dataset.readings.iter().enumerate() {
        if reading.scale == Scale::Percent && reading.counts() {
            sources.entry(of(reading)).or_default().push(at);
        }
    }
    let mut found: Vec<(usize, Contradiction)> = sources
        .into_values()
        .filter_map(|places| {
            let scores: Vec<f64> =
                places.iter().map(|at| dataset.result(&dataset.readings[*at]).score.value()).collect();
            contradicted(&scores).map(|(at, contradiction)| (places[at], contradiction))
        })
        .collect();
    let by_error = dataset.readings.iter().enumerate().filter(|(_, reading)| {
        let result = dataset.result(reading);
        let stated =
            result.uncertainty.as_ref().and_then(|it| Some((it.standard_error.as_ref()?, it.samples.as_ref()?)));
        reading.scale == Scale::Percent
            && stated.is_some_and(|(error, n)| has_error_of_proportion(result.score.value(), error.value(), n.value()))
    });
    found.extend(by_error.map(|(at, _)| (at, Contradiction::ErrorOfProportion)));
    found.sort_unstable_by_key(|(at, _)| *at);
    found.dedup_by_key(|(at, _)| *at);
    found
}

/// True if `error` fits a share of `n` answers that is `score`, and not one of `score` percent: within a tenth of √(p(1−p)/n).
fn has_error_of_proportion(score: f64, error: f64, n: f64) -> bool {
    if !(0.0 < score && score < 1.0 && error > 0.0 && n >= 2.0) {
        return false;
    }
    // The variance is taken with n or with n − 1.
    let of = |share: f64| (share * (1.0 - share) / n).sqrt();
    let is_near = |expected: f64| (error - expected).abs() <= expected / 10.0 + expected / (n - 1.0);
    is_near(of(score)) && !is_near(100.0 * of(score / 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_error_tells_a_proportion_from_a_percentage() {
        // 0.8468 of 1,319 has an error of 0.0099; 0.8468 percent of them has one of 0.25.
        assert!(has_error_of_proportion(0.8468, 0.00992, 1319.0));
        assert!(!has_error_of_proportion(0.8468, 0.2523, 1319.0));
        assert!(!has_error_of_proportion(84.68, 0.992, 1319.0));
        assert!(!has_error_of_proportion(0.5, 0.2, 1319.0), "the error of something else");
        assert!(!has_error_of_proportion(0.0, 0.0, 10.0) && !has_error_of_proportion(0.5, 0.5, 1.0));
    }

    #[test]
    fn one_score_is_contradicted_by_all_others_or_none_is() {
        use Contradiction::{AboveOne, BelowOne};
        for (scores, expected) in [
            (&[64.1, 71.9, 0.58][..], Some((2, BelowOne))),
            (&[0.58, 3.2, 45.0, 60.0], Some((0, BelowOne))),
            (&[0.58, 0.61, 63.7, 0.7], Some((2, AboveOne))),
            (&[0.58, 71.9], None),
            (&[0.58, 64.1, 71.9, 0.7], None),
            (&[0.58, 64.1, 71.9, 0.0], None),
            (&[0.58, 64.1, 71.9, 1.0], None),
            (&[0.0, 64.1, 71.9], None),
            // Error rates in percent.
            (&[0.58, 0.4, 1.2, 3.0], None),
            (&[0.58, 1.2, 2.4, 3.0], None),
            (&[0.1, 0.2, 0.3, 2.5], None),
            (&[-1.0, 64.1, 71.9, 0.58], None),
            (&[], None),
        ] {
            assert_eq!(contradicted(scores), expected, "{scores:?}");
        }
    }
}
