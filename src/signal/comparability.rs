//! *Comparability*: whether the readings of one cell agree.
//!
//! Differences are exact decimals from the records' own digits. A difference of exactly the
//! threshold is within it. Without bounds there is no threshold, and so no verdict.

use std::collections::BTreeMap;

use bigdecimal::BigDecimal;

use super::scale::ScoreCheck;
use super::verdict::{Conditions, Gulf, gulfs};
use crate::codes::codes;
use crate::id::Id;
use crate::mark::Standing;
use crate::merge::{Dataset, Ranking, Reading, Scale};
use crate::resolve::Evaluator;

/// One reading, as far as comparing goes.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedReading {
    /// Who says so, if somebody is named.
    pub evaluator: Option<Id<Evaluator>>,
    /// The score as the record has it.
    pub score: BigDecimal,
    /// Its scale.
    pub scale: Scale,
}

/// What the readings of a cell are compared in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    /// All are percentages.
    Percent,
    /// All are as they stand, on one scale.
    AsReported,
    /// Proportions and percentages; the latter divided by 100.
    Converted,
}

/// What a comparison finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonResult {
    /// Equal.
    Same,
    /// Equal to this many decimals, the fewest that any of them has, where a step of the last of them is no more
    /// than the threshold: 1 and 0.6 are not the same to no decimals.
    SameTo(u64),
    /// Apart by the threshold at most.
    Within,
    /// Apart by more than the threshold.
    Diverges,
    /// The scale has no bounds, so there is no threshold.
    NoThreshold,
}

impl ComparisonResult {
    /// True if nothing but the number of digits tells the values apart.
    pub fn agrees(self) -> bool {
        matches!(self, ComparisonResult::Same | ComparisonResult::SameTo(_))
    }
}

/// Whether the readings of a cell differ, as cards, lists and filters say it; the order is that of interest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// There is one reading.
    #[default]
    OneReading,
    /// No two can be compared.
    NotCompared,
    /// They lie apart by the threshold at most.
    Agree,
    /// They conflict.
    Differ,
}

impl Difference {
    /// Of the readings of one cell.
    pub fn of(dataset: &Dataset, readings: &[Reading]) -> Difference {
        match readings {
            [] | [_] => Difference::OneReading,
            _ => match compare(&points(dataset, readings)).map(|found| found.all.verdict) {
                None | Some(ComparisonResult::NoThreshold) => Difference::NotCompared,
                Some(ComparisonResult::Diverges) => Difference::Differ,
                Some(ComparisonResult::Same | ComparisonResult::SameTo(_) | ComparisonResult::Within) => {
                    Difference::Agree
                }
            },
        }
    }
}

/// Two or more values compared with each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How many.
    pub n: usize,
    /// Least value, in the unit.
    pub least: BigDecimal,
    /// Greatest.
    pub greatest: BigDecimal,
    /// Their difference.
    pub apart: BigDecimal,
    /// 5 percent of the scale; `None` if it has no bounds.
    pub threshold: Option<BigDecimal>,
    /// What is found.
    pub verdict: ComparisonResult,
}

/// The comparisons of one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellComparisons {
    /// What values are in.
    pub unit: Unit,
    /// Of all readings.
    pub all: Comparison,
    /// Of the medians of named evaluators, where there are several.
    pub parties: Option<Comparison>,
}

/// The readings of a cell that can be compared: still asserted, in range, and on a scale that is not
/// contradictory. None if they may be by different metrics, or under conditions that keep them apart.
pub fn points(dataset: &Dataset, readings: &[Reading]) -> Vec<ComparedReading> {
    if !is_one_metric(dataset, readings) || !gulfs_of(dataset, readings).is_empty() {
        return Vec::new();
    }
    let asserted = readings.iter().filter(|reading| reading.standing == Standing::Current);
    let points = asserted.filter_map(|reading| {
        let result = dataset.result(reading);
        let evaluator = reading.resolved.evaluator;
        let is_named = dataset.entities.evaluators[evaluator].is_reported();
        ScoreCheck::of(&result.metric, reading.scale, &result.score).is_compared().then(|| ComparedReading {
            evaluator: is_named.then_some(evaluator),
            score: result.score.decimal(),
            scale: reading.scale,
        })
    });
    points.collect()
}

/// What keeps the readings of a cell apart, whatever their scores.
pub fn gulfs_of(dataset: &Dataset, readings: &[Reading]) -> Vec<Gulf> {
    match readings {
        [] | [_] => Vec::new(),
        _ => gulfs(&readings.iter().map(|reading| Conditions::of(dataset, reading)).collect::<Vec<_>>()),
    }
}

/// True if the readings of a cell are known to be by one metric: it is named, or they all stand in one source of
/// one evaluator.
pub fn is_one_metric(dataset: &Dataset, readings: &[Reading]) -> bool {
    let source = |reading: &Reading| {
        let is_named = dataset.entities.evaluators[reading.resolved.evaluator].is_reported();
        let title = dataset.loaded(reading).record.source.name.as_deref()?;
        is_named.then_some((reading.resolved.evaluator, title))
    };
    readings.first().is_none_or(|first| {
        dataset.entities.metrics[first.resolved.metric].is_reported()
            || source(first).is_some_and(|known| readings.iter().all(|reading| source(reading) == Some(known)))
    })
}

/// Compares `points` of one cell; `None` if there are fewer than two.
pub fn compare(points: &[ComparedReading]) -> Option<CellComparisons> {
    let unit = unit_of(points.iter());
    let threshold = threshold(unit, points.first()?.scale);
    let values: Vec<BigDecimal> = points.iter().map(|point| in_unit(point, unit)).collect();
    let mut by_party: BTreeMap<Id<Evaluator>, Vec<BigDecimal>> = BTreeMap::new();
    for (point, value) in points.iter().zip(&values) {
        if let Some(evaluator) = point.evaluator {
            by_party.entry(evaluator).or_default().push(value.clone());
        }
    }
    let medians: Vec<BigDecimal> = by_party.into_values().filter_map(median).collect();
    Some(CellComparisons {
        unit,
        all: comparison(&values, threshold.clone())?,
        parties: comparison(&medians, threshold),
    })
}

/// The medians of two parties compared with each other, and whether the first is the greater.
pub fn compare_parties(first: &[ComparedReading], second: &[ComparedReading]) -> Option<(Comparison, bool)> {
    let unit = unit_of(first.iter().chain(second));
    let median = |points: &[ComparedReading]| median(points.iter().map(|point| in_unit(point, unit)).collect());
    let medians = [median(first)?, median(second)?];
    let is_first_greater = medians[0] > medians[1];
    Some((comparison(&medians, threshold(unit, first.first()?.scale))?, is_first_greater))
}

fn unit_of<'p>(points: impl Iterator<Item = &'p ComparedReading>) -> Unit {
    let (n, n_percent) =
        points.fold((0, 0), |(n, n_percent), point| (n + 1, n_percent + usize::from(point.scale == Scale::Percent)));
    match n_percent {
        0 => Unit::AsReported,
        all if all == n => Unit::Percent,
        _ => Unit::Converted,
    }
}

/// A score in the unit of its cell.
pub fn in_unit(point: &ComparedReading, unit: Unit) -> BigDecimal {
    match (unit, point.scale) {
        (Unit::Converted, Scale::Percent) => &point.score / BigDecimal::from(100),
        _ => point.score.clone(),
    }
}

/// 0.05 of a proportion, 5 of a percentage, a twentieth of any other scale with bounds.
fn threshold(unit: Unit, scale: Scale) -> Option<BigDecimal> {
    let twentieth = BigDecimal::new(5.into(), 2);
    match (unit, scale) {
        (Unit::Percent, _) => Some(BigDecimal::from(5)),
        (_, Scale::Proportion | Scale::Percent) => Some(twentieth),
        // The shortest decimal of a float is what the record wrote.
        (_, Scale::Range { min, max }) => {
            let bound = |bound: f64| bound.to_string().parse::<BigDecimal>().ok();
            Some(twentieth * (bound(max)? - bound(min)?))
        }
        (_, Scale::Open | Scale::Contradictory) => None,
    }
}

fn comparison(values: &[BigDecimal], threshold: Option<BigDecimal>) -> Option<Comparison> {
    if values.len() < 2 {
        return None;
    }
    let (least, greatest) = (values.iter().min()?.clone(), values.iter().max()?.clone());
    let apart = &greatest - &least;
    let verdict = match &threshold {
        _ if least == greatest => ComparisonResult::Same,
        None => ComparisonResult::NoThreshold,
        Some(threshold) if apart > *threshold => ComparisonResult::Diverges,
        Some(threshold) => match digits_shared(values, threshold) {
            Some(digits) if least.round(digits) == greatest.round(digits) => ComparisonResult::SameTo(digits as u64),
            _ => ComparisonResult::Within,
        },
    };
    Some(Comparison { n: values.len(), least, greatest, apart, threshold, verdict })
}

/// The fewest decimals that any of `values` has: 0.0423 is 0.04225352112676056 with fewer digits, and no other
/// finding. `None` if a step of the last of them is more than `threshold`, so that rounding would hide a difference.
fn digits_shared(values: &[BigDecimal], threshold: &BigDecimal) -> Option<i64> {
    let digits = values.iter().map(BigDecimal::fractional_digit_count).min().filter(|digits| *digits >= 0)?;
    (BigDecimal::new(1.into(), digits) <= *threshold).then_some(digits)
}

/// The middle value, or half of the sum of the two middle ones.
fn median(mut values: Vec<BigDecimal>) -> Option<BigDecimal> {
    values.sort();
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => values.into_iter().nth(middle),
        _ => Some((&values[middle - 1] + &values[middle]) / BigDecimal::from(2)),
    }
}

codes! {
    /// Why the cells of two rankings of one slice are kept apart.
    pub enum NotComparable in "apart" {
        /// They are over different parts of the test.
        Part = "part",
        /// One names the part of the test that it is over, and the other names none.
        PartUnknown = "part_unknown",
        /// They are by different metrics.
        Metric = "metric",
        /// They are by one metric with different parameters: a filter of answers, `k`, a judge.
        MetricParameters = "metric_parameters",
        /// A record names no metric, so that nothing says that they are by one.
        MetricUnknown = "metric_unknown",
        /// One direction is not that of the other, or not reported.
        Direction = "direction",
        /// They are of different variants of the model.
        Variant = "variant",
        /// Their scales are different, or contradictory.
        Scale = "scale",
    }
}

impl NotComparable {
    /// The first reason that holds for the cells of two readings.
    pub fn of(dataset: &Dataset, a: &Reading, b: &Reading) -> NotComparable {
        let is_other_variant = a.resolved.variant != b.resolved.variant;
        let (a, b) = (&dataset.rankings[a.ranking], &dataset.rankings[b.ranking]);
        let is_named = |ranking: &Ranking| !dataset.entities.parts[ranking.part].label.is_empty();
        if a.part != b.part {
            if is_named(a) && is_named(b) { NotComparable::Part } else { NotComparable::PartUnknown }
        } else if a.metric != b.metric {
            let is_named = |ranking: &Ranking| dataset.entities.metrics[ranking.metric].is_reported();
            let name = |ranking: &Ranking| &dataset.entities.metrics[ranking.metric].name;
            match is_named(a) && is_named(b) {
                true if name(a) == name(b) => NotComparable::MetricParameters,
                true => NotComparable::Metric,
                false => NotComparable::MetricUnknown,
            }
        } else if a.direction != b.direction {
            NotComparable::Direction
        } else if is_other_variant {
            NotComparable::Variant
        } else {
            NotComparable::Scale
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::hash::Sha256;
    use crate::load::block::Blocks;
    use crate::load::{Loaded, Origin, Subset, record};

    /// A record with one result; further members of the result and of the record as JSON.
    pub fn record(of_result: &str, of_record: &str) -> Loaded {
        let json = format!(
            r#"{{"model_info": {{"id": "a/b"}}{of_record}, "evaluation_results": [{{"evaluation_name": "X", "score_details": {{"score": 0.5}}{of_result}}}]}}"#
        );
        let (record, _) = record::parse(json.as_bytes(), &Blocks::default()).unwrap();
        let origin = Origin {
            datastore: 0,
            path: "x".into(),
            collection: "c".into(),
            sha256: Sha256::of(b""),
            other_collections: Box::default(),
            subset: Subset::Unsaid,
            short: 8,
            size: 0,
            is_pinned: false,
            is_indexed: false,
            names_another_model: false,
        };
        Loaded { record, origin, captures: Box::default(), samples: None }
    }

    fn points(scale: Scale, scores: &[(usize, &str)]) -> Vec<ComparedReading> {
        let point = |(evaluator, score): &(usize, &str)| ComparedReading {
            evaluator: (*evaluator > 0).then(|| Id::new(*evaluator)),
            score: score.parse().unwrap(),
            scale,
        };
        scores.iter().map(point).collect()
    }

    fn verdict(scale: Scale, scores: &[&str]) -> ComparisonResult {
        let scores: Vec<(usize, &str)> = scores.iter().map(|score| (1, *score)).collect();
        compare(&points(scale, &scores)).unwrap().all.verdict
    }

    #[test]
    fn exactly_the_threshold_is_within_it() {
        // In binary floats, 0.35 − 0.30 is more than 0.05.
        assert_eq!(verdict(Scale::Proportion, &["0.30", "0.35"]), ComparisonResult::Within);
        assert_eq!(verdict(Scale::Proportion, &["0.30", "0.3500000000000000001"]), ComparisonResult::Diverges);
        assert_eq!(verdict(Scale::Percent, &["63.7", "58.7"]), ComparisonResult::Within);
        assert_eq!(verdict(Scale::Percent, &["63.7", "58.69"]), ComparisonResult::Diverges);
    }

    #[test]
    fn the_threshold_is_a_twentieth_of_the_scale() {
        let five = Scale::Range { min: 0.0, max: 5.0 };
        assert_eq!(verdict(five, &["4.10", "4.35"]), ComparisonResult::Within);
        assert_eq!(verdict(five, &["4.10", "4.36"]), ComparisonResult::Diverges);
        let odd = Scale::Range { min: -1.0, max: 0.5 };
        assert_eq!(compare(&points(odd, &[(1, "0.1"), (1, "0.2")])).unwrap().all.threshold, "0.075".parse().ok());
        // A bound of 1.5 is a bound like any other.
        let one_and_a_half = Scale::Range { min: 0.0, max: 1.5 };
        assert_eq!(verdict(one_and_a_half, &["0.100", "0.175"]), ComparisonResult::Within);
        assert_eq!(verdict(one_and_a_half, &["0.100", "0.1751"]), ComparisonResult::Diverges);
    }

    #[test]
    fn no_bounds_no_verdict() {
        let found = compare(&points(Scale::Open, &[(1, "1200"), (1, "1300")])).unwrap().all;
        assert_eq!((found.verdict, found.threshold, found.apart), (ComparisonResult::NoThreshold, None, 100.into()));
    }

    #[test]
    fn equal_and_rounded_values_agree() {
        assert_eq!(verdict(Scale::Proportion, &["0.50", "0.5", "0.500"]), ComparisonResult::Same);
        assert_eq!(verdict(Scale::Proportion, &["0.0423", "0.04225352112676056"]), ComparisonResult::SameTo(4));
        assert_eq!(verdict(Scale::Open, &["7", "7.0"]), ComparisonResult::Same);
        assert_eq!(verdict(Scale::Percent, &["64", "63.7"]), ComparisonResult::SameTo(0));
        assert_eq!(compare(&points(Scale::Proportion, &[(1, "0.5")])), None);
        assert_eq!(compare(&[]), None);
    }

    #[test]
    fn rounding_hides_no_difference() {
        // Digits as records write them: a zero has decimals too, and 1e2 has none.
        let read = |digits: &str| {
            let raw = serde_json::value::RawValue::from_string(digits.to_owned()).unwrap();
            crate::number::Number::from_json(&raw).unwrap().decimal()
        };
        for (scale, a, b, expected) in [
            (Scale::Proportion, "0.0", "0.4237", ComparisonResult::Diverges),
            (Scale::Proportion, "0", "0.4999", ComparisonResult::Diverges),
            (Scale::Proportion, "1", "0.6", ComparisonResult::Diverges),
            (Scale::Proportion, "1", "0.96", ComparisonResult::Within),
            (Scale::Proportion, "0.4", "0.4237", ComparisonResult::Within),
            (Scale::Proportion, "0.0", "0.04", ComparisonResult::Within),
            (Scale::Proportion, "0.00", "0.004", ComparisonResult::SameTo(2)),
            (Scale::Percent, "1e2", "63.7", ComparisonResult::Diverges),
            (Scale::Percent, "1e2", "98", ComparisonResult::Within),
            (Scale::Range { min: 0.0, max: 5.0 }, "4", "4.2", ComparisonResult::Within),
            (Scale::Open, "1200", "1200.3", ComparisonResult::NoThreshold),
        ] {
            let points = [a, b].map(|digits| ComparedReading { evaluator: None, score: read(digits), scale });
            assert_eq!(compare(&points).unwrap().all.verdict, expected, "{a} and {b}");
        }
    }

    #[test]
    fn proportions_and_percentages_meet_in_proportions() {
        let mut mixed = points(Scale::Proportion, &[(1, "0.637")]);
        mixed.extend(points(Scale::Percent, &[(2, "58.7")]));
        let found = compare(&mixed).unwrap();
        assert_eq!((found.unit, found.all.apart), (Unit::Converted, "0.050".parse().unwrap()));
        assert_eq!(found.all.verdict, ComparisonResult::Within);
    }

    #[test]
    fn each_named_party_counts_by_its_median() {
        // Medians: 0.45 of the first, 0.6 of the second; the unnamed reading is of no party.
        let scores = [(1, "0.4"), (1, "0.5"), (2, "0.6"), (2, "0.1"), (2, "0.9"), (0, "0.0")];
        let parties = compare(&points(Scale::Proportion, &scores)).unwrap().parties.unwrap();
        assert_eq!(
            (parties.n, parties.apart, parties.verdict),
            (2, "0.15".parse().unwrap(), ComparisonResult::Diverges)
        );
        assert_eq!(compare(&points(Scale::Proportion, &[(1, "0.4"), (0, "0.9")])).unwrap().parties, None);
    }

    #[test]
    fn two_parties_are_held_against_each_other_as_in_their_cell() {
        let (first, second) =
            (points(Scale::Percent, &[(1, "40"), (1, "50")]), points(Scale::Proportion, &[(2, "0.6")]));
        let cell = compare(&[&first[..], &second[..]].concat()).unwrap().parties.unwrap();
        assert_eq!(compare_parties(&first, &second), Some((cell.clone(), false)));
        assert_eq!(compare_parties(&second, &first), Some((cell, true)));
        assert_eq!(compare_parties(&first, &[]), None);
    }
}
