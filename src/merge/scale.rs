//! The *scale* of a score: its range, as far as the record states it.

use std::borrow::Cow;

use crate::load::block::MetricConfig;
use crate::number::Number;

/// What the digits of a score mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// 0 to 1.
    Proportion,
    /// 0 to 100.
    Percent,
    /// Two other finite bounds.
    Range {
        /// Least possible score.
        min: f64,
        /// Greatest possible score.
        max: f64,
    },
    /// No two finite bounds, and no unit that says more.
    Open,
    /// Unit and bounds contradict each other, so nothing is compared.
    Contradictory,
}

/// Which direction is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// As with accuracy.
    HigherIsBetter,
    /// As with an error rate.
    LowerIsBetter,
    /// The record says that no end is the good one, as of the length of answers. Nothing is ranked.
    Neither,
    /// Then nothing is ranked either.
    NotReported,
}

impl Direction {
    /// True if one end is the good one.
    pub fn has_better_end(self) -> bool {
        matches!(self, Direction::HigherIsBetter | Direction::LowerIsBetter)
    }
}

/// Scales whose scores can be put in one order. Bounds are compared by their bits.
pub type Family = (u8, u64, u64);

impl Scale {
    /// By the unit if it names a scale, else by the bounds; a unit that the bounds contradict is
    /// not believed, and neither are the bounds.
    pub fn of(metric: &MetricConfig) -> Scale {
        let bound = |bound: &Option<Number>| bound.as_ref().map(Number::value);
        let by_bounds = match (bound(&metric.min), bound(&metric.max)) {
            (Some(0.0), Some(1.0)) => Scale::Proportion,
            (Some(0.0), Some(100.0)) => Scale::Percent,
            // −0 and 0 are one bound. A scale too long for its length to be a number is none that could be drawn.
            (Some(min), Some(max)) if min < max && (max - min).is_finite() => {
                Scale::Range { min: min + 0.0, max: max + 0.0 }
            }
            _ => Scale::Open,
        };
        let by_unit = match metric.unit.as_deref().map(str::to_lowercase).as_deref() {
            Some("proportion" | "fraction") => Scale::Proportion,
            Some("percent" | "percentage" | "%") => Scale::Percent,
            _ => return by_bounds,
        };
        // A percentage that cannot pass 1, or a proportion that can, is one or the other.
        let contradicts = bound(&metric.max).is_some_and(|max| match by_unit {
            Scale::Percent => max <= 1.0,
            _ => max > 1.0,
        });
        if contradicts { Scale::Contradictory } else { by_unit }
    }

    /// Percentages and proportions are one family: one is a hundredth of the other.
    pub fn family(self) -> Family {
        match self {
            Scale::Proportion | Scale::Percent => (0, 0, 0),
            Scale::Range { min, max } => (1, min.to_bits(), max.to_bits()),
            Scale::Open => (2, 0, 0),
            Scale::Contradictory => (3, 0, 0),
        }
    }

    /// The least and the greatest score: as the record declares, else as its unit means.
    pub fn bounds(self, metric: &MetricConfig) -> (Option<Cow<'_, Number>>, Option<Cow<'_, Number>>) {
        let by_unit = match self {
            Scale::Proportion => Some((0, 1)),
            Scale::Percent => Some((0, 100)),
            Scale::Range { .. } | Scale::Open | Scale::Contradictory => None,
        };
        fn bound(declared: &Option<Number>, by_unit: Option<u8>) -> Option<Cow<'_, Number>> {
            declared.as_ref().map(Cow::Borrowed).or_else(|| by_unit.map(|bound| Cow::Owned(Number::from(bound))))
        }
        (bound(&metric.min, by_unit.map(|(min, _)| min)), bound(&metric.max, by_unit.map(|(_, max)| max)))
    }

    /// The share of the scale below `position`, from 0 to 1, for drawing.
    pub fn share(self, position: f64) -> Option<f64> {
        let share = match self {
            Scale::Proportion | Scale::Percent => position,
            Scale::Range { min, max } => (position - min) / (max - min),
            Scale::Open | Scale::Contradictory => return None,
        };
        (0.0..=1.0).contains(&share).then_some(share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;

    fn scale(unit: Option<&str>, min: Option<&str>, max: Option<&str>) -> Scale {
        let number = |text: &str| Number::from_json(&RawValue::from_string(text.to_owned()).unwrap()).unwrap();
        Scale::of(&MetricConfig {
            unit: unit.map(str::to_owned),
            min: min.map(number),
            max: max.map(number),
            ..MetricConfig::default()
        })
    }

    #[test]
    fn unit_and_bounds_must_agree() {
        assert_eq!(scale(None, Some("0"), Some("1.0")), Scale::Proportion);
        assert_eq!(scale(Some("proportion"), None, None), Scale::Proportion);
        assert_eq!(scale(Some("Percent"), Some("0.0"), Some("100")), Scale::Percent);
        assert_eq!(scale(Some("percent"), Some("0"), Some("1")), Scale::Contradictory);
        assert_eq!(scale(Some("percent"), None, Some("1")), Scale::Contradictory);
        assert_eq!(scale(Some("percent"), Some("-1"), Some("1")), Scale::Contradictory);
        assert_eq!(scale(Some("proportion"), None, Some("100")), Scale::Contradictory);
        assert_eq!(scale(Some("proportion"), Some("-1"), Some("1")), Scale::Proportion);
        assert_eq!(scale(Some("points"), Some("0"), Some("5")), Scale::Range { min: 0.0, max: 5.0 });
        assert_eq!(scale(Some("elo"), None, None), Scale::Open);
        assert_eq!(scale(None, Some("1"), Some("1")), Scale::Open);
        assert_eq!(scale(None, Some("-1e308"), Some("1.7e308")), Scale::Open);
        assert_eq!(scale(None, Some("-0.0"), Some("5")).family(), scale(None, Some("0"), Some("5")).family());
    }

    #[test]
    fn scores_outside_their_scale_are_not_drawn() {
        assert_eq!(Scale::Proportion.share(-1.0), None);
        assert_eq!(Scale::Range { min: 1.0, max: 5.0 }.share(2.0), Some(0.25));
    }
}
