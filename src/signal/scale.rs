//! What the *scale* of a score allows: which values are compared as they stand, which are
//! converted and by which rule, and which are only shown.

use bigdecimal::BigDecimal;

use crate::codes::codes;
use crate::load::block::MetricConfig;
use crate::merge::{Scale, in_range, is_unknown_level};
use crate::number::Number;

codes! {
    /// What happens to a score before it is compared. A conversion is done only where unit or bounds call for it, never by size alone.
    pub enum ScoreCheck in "class" {
        /// Compared as it stands.
        Kept = "kept",
        /// A percentage: divided by 100, in exact decimals, when it meets proportions.
        Percent = "percent",
        /// No two finite bounds and no unit with a scale: shown, ranked by value, no threshold.
        NoBounds = "no_bounds",
        /// Unit and bounds contradict each other.
        Contradictory = "contradictory",
        /// -1 on a scale of levels that has a mark for "unknown": no score at all.
        UnknownLevel = "unknown_level",
        /// -1 on a scale that excludes it: by custom the mark of a run without result.
        Sentinel = "sentinel",
        /// Above 1 and at most 1.5 where 1 is the greatest: nothing tells what it means.
        Ambiguous = "ambiguous",
        /// Outside its bounds, where a hundredth of it would lie inside.
        LooksLikePercent = "looks_like_percent",
        /// Outside its bounds.
        OutOfRange = "out_of_range",
    }
}

impl ScoreCheck {
    /// Of a score with this metric and scale.
    pub fn of(metric: &MetricConfig, scale: Scale, score: &Number) -> ScoreCheck {
        if is_unknown_level(metric, score) {
            return ScoreCheck::UnknownLevel;
        }
        if scale == Scale::Contradictory {
            return ScoreCheck::Contradictory;
        }
        if !in_range(metric, scale, score) {
            let (min, max) = scale.bounds(metric);
            let (value, max) = (score.decimal(), max.map(|max| max.decimal()));
            let one = BigDecimal::from(1);
            let hundredth = &value / BigDecimal::from(100);
            let fits = min.is_none_or(|min| hundredth >= min.decimal());
            // The greatest score that a proportion may have without being a percentage.
            let slack = BigDecimal::new(15.into(), 1);
            return match max {
                _ if value == -&one => ScoreCheck::Sentinel,
                Some(max) if max <= slack && value > slack && hundredth <= max && fits => ScoreCheck::LooksLikePercent,
                Some(max) if max == one && value > max && value <= slack => ScoreCheck::Ambiguous,
                _ => ScoreCheck::OutOfRange,
            };
        }
        match scale {
            Scale::Percent => ScoreCheck::Percent,
            Scale::Open => ScoreCheck::NoBounds,
            _ => ScoreCheck::Kept,
        }
    }

    /// True if the score takes part in rankings and comparisons.
    pub fn is_compared(self) -> bool {
        matches!(self, ScoreCheck::Kept | ScoreCheck::Percent | ScoreCheck::NoBounds)
    }

    /// The key of a remark at the score; `None` for scores that are compared.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            ScoreCheck::Kept | ScoreCheck::Percent | ScoreCheck::NoBounds => None,
            ScoreCheck::Contradictory => Some("flag.contradictory"),
            ScoreCheck::UnknownLevel => Some("flag.unknown_level"),
            ScoreCheck::Sentinel => Some("flag.sentinel"),
            ScoreCheck::Ambiguous => Some("flag.ambiguous"),
            ScoreCheck::LooksLikePercent => Some("flag.looks_like_percent"),
            ScoreCheck::OutOfRange => Some("flag.out_of_range"),
        }
    }
}

/// What the two numbers of a stated interval are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// Least and greatest value, as the schema wants.
    Bounds,
    /// Distances from the score, as some sources give.
    Offsets,
    /// They could be either.
    Ambiguous,
    /// Neither: they do not enclose the score, or stand in the wrong order.
    Broken,
}

impl Interval {
    /// Of `lower` and `upper` at `score`, whose metric has this scale.
    pub fn of(lower: &Number, upper: &Number, score: &Number, (metric, scale): (&MetricConfig, Scale)) -> Interval {
        let (min, max) = scale.bounds(metric);
        // What may be two values of the scale may be bounds, though they do not enclose the score.
        let fits = match (min, max) {
            (Some(min), Some(max)) => lower.compare(&min).is_ge() && upper.compare(&max).is_le(),
            _ => lower.value() == 0.0 || upper.value() == 0.0,
        };
        let (lower, upper, score) = (lower.decimal(), upper.decimal(), score.decimal());
        let zero = BigDecimal::default();
        let encloses_score = lower <= score && score <= upper;
        let encloses_zero = lower <= zero && zero <= upper;
        // An interval around the score can mirror itself at 0 only by accident.
        let mirrors_zero = lower < zero && lower == -&upper && score != zero;
        match (encloses_score, encloses_zero) {
            (true, _) if mirrors_zero => Interval::Ambiguous,
            (true, _) => Interval::Bounds,
            (false, true) if fits && !mirrors_zero => Interval::Ambiguous,
            (false, true) => Interval::Offsets,
            (false, false) => Interval::Broken,
        }
    }

    /// The bounds of the interval around `score`, where they are known.
    pub fn bounds(
        lower: &Number,
        upper: &Number,
        score: &Number,
        of: (&MetricConfig, Scale),
    ) -> Option<(BigDecimal, BigDecimal)> {
        match Interval::of(lower, upper, score, of) {
            Interval::Bounds => Some((lower.decimal(), upper.decimal())),
            Interval::Offsets => Some((score.decimal() + lower.decimal(), score.decimal() + upper.decimal())),
            Interval::Ambiguous | Interval::Broken => None,
        }
    }
}

/// Why a stated standard error can be none of the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is below 0.
    Negative,
    /// It is larger than the scale: often percent beside a proportion.
    LongerThanScale,
}

impl Doubt {
    /// Of `error`, stated of a score on this scale.
    pub fn of(error: &Number, metric: &MetricConfig, scale: Scale) -> Option<Doubt> {
        let is_longer = match scale.bounds(metric) {
            (Some(min), Some(max)) => error.decimal() > max.decimal() - min.decimal(),
            _ => false,
        };
        match error.value() < 0.0 {
            true => Some(Doubt::Negative),
            false => is_longer.then_some(Doubt::LongerThanScale),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;

    fn number(text: &str) -> Number {
        Number::from_json(&RawValue::from_string(text.to_owned()).unwrap()).unwrap()
    }

    fn class(unit: Option<&str>, bounds: Option<(&str, &str)>, score: &str) -> ScoreCheck {
        let metric = MetricConfig {
            unit: unit.map(str::to_owned),
            min: bounds.map(|(min, _)| number(min)),
            max: bounds.map(|(_, max)| number(max)),
            ..MetricConfig::default()
        };
        ScoreCheck::of(&metric, Scale::of(&metric), &number(score))
    }

    #[test]
    fn every_class_at_its_edges() {
        let unit = Some(("0", "1"));
        for (score, expected) in [
            ("0", ScoreCheck::Kept),
            ("1.0", ScoreCheck::Kept),
            ("1.0000000000000001", ScoreCheck::Ambiguous),
            ("1.5", ScoreCheck::Ambiguous),
            ("1.51", ScoreCheck::LooksLikePercent),
            ("100", ScoreCheck::LooksLikePercent),
            ("100.1", ScoreCheck::OutOfRange),
            ("-1", ScoreCheck::Sentinel),
            ("-1.0", ScoreCheck::Sentinel),
            ("-0.01", ScoreCheck::OutOfRange),
        ] {
            assert_eq!(class(None, unit, score), expected, "{score}");
        }
        // A bound of 1.5 is a scale of its own; up to it, scores are inside.
        assert_eq!(class(None, Some(("0", "1.5")), "1.5"), ScoreCheck::Kept);
        assert_eq!(class(None, Some(("0", "1.5")), "1.6"), ScoreCheck::LooksLikePercent);
        assert_eq!(class(None, Some(("0", "1.6")), "2"), ScoreCheck::OutOfRange);
        // -1 is a score where the scale has it.
        assert_eq!(class(None, Some(("-1", "1")), "-1"), ScoreCheck::Kept);
    }

    #[test]
    fn nothing_is_assumed_without_bounds() {
        assert_eq!(class(None, None, "0.5"), ScoreCheck::NoBounds);
        assert_eq!(class(Some("elo"), None, "1200"), ScoreCheck::NoBounds);
        assert_eq!(class(Some("percent"), None, "63.4"), ScoreCheck::Percent);
        // A unit is a declaration of bounds.
        for (unit, score, expected) in [
            ("proportion", "52.3", ScoreCheck::LooksLikePercent),
            ("proportion", "1.2", ScoreCheck::Ambiguous),
            ("proportion", "-1", ScoreCheck::Sentinel),
            ("proportion", "1.0", ScoreCheck::Kept),
            ("percent", "100.0", ScoreCheck::Percent),
            ("percent", "100.1", ScoreCheck::OutOfRange),
            ("percent", "-0.1", ScoreCheck::OutOfRange),
        ] {
            assert_eq!(class(Some(unit), None, score), expected, "{score} {unit}");
        }
        assert_eq!(class(Some("percent"), Some(("0", "1")), "0.5"), ScoreCheck::Contradictory);
    }

    #[test]
    fn offsets_are_told_from_bounds() {
        let bounded = MetricConfig { min: Some(number("0")), max: Some(number("1")), ..MetricConfig::default() };
        let of = (&bounded, Scale::Proportion);
        let interval = |lower, upper, score| Interval::of(&number(lower), &number(upper), &number(score), of);
        assert_eq!(interval("0.84", "0.92", "0.88"), Interval::Bounds);
        assert_eq!(interval("-0.0318", "0.0318", "0.88"), Interval::Offsets);
        assert_eq!(interval("-0.03", "0.05", "0.88"), Interval::Offsets);
        assert_eq!(interval("-0.0318", "0.0318", "0.01"), Interval::Ambiguous);
        assert_eq!(interval("-0.01", "0.05", "0.02"), Interval::Bounds);
        assert_eq!(interval("0", "0.5", "0.88"), Interval::Ambiguous, "broken bounds, or distances");
        let open = MetricConfig::default();
        let elo = |lower, upper| Interval::of(&number(lower), &number(upper), &number("1200"), (&open, Scale::Open));
        assert_eq!((elo("-7", "8"), elo("0", "8")), (Interval::Offsets, Interval::Ambiguous));
        let signed = MetricConfig { min: Some(number("-1")), max: Some(number("1")), ..MetricConfig::default() };
        let signed = |lower, upper| {
            Interval::of(
                &number(lower),
                &number(upper),
                &number("0.88"),
                (&signed, Scale::Range { min: -1.0, max: 1.0 }),
            )
        };
        assert_eq!((signed("-0.3", "0.5"), signed("-0.3", "0.3")), (Interval::Ambiguous, Interval::Offsets));
        assert_eq!(interval("0.9", "0.95", "0.88"), Interval::Broken);
        assert_eq!(interval("0.92", "0.84", "0.88"), Interval::Broken);
        assert_eq!(interval("0", "0", "0"), Interval::Bounds);
        let bounds = Interval::bounds(&number("-0.0318"), &number("0.0318"), &number("0.88"), of).unwrap();
        assert_eq!((bounds.0.to_string(), bounds.1.to_string()), ("0.8482".to_owned(), "0.9118".to_owned()));
    }
}
