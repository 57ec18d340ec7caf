//! A *chart* is data as marks with positions; a template writes them as SVG.
//!
//! Horizontal positions are percentages of the width and vertical ones are pixels, so that a chart fills its page
//! while its text keeps its size, on a phone as on paper. Colours are variables of the stylesheet, and colour alone
//! never carries meaning. (Libraries write pictures of fixed size and colours, without title, description and
//! table.)

pub mod curve;
pub mod frontier;
pub mod histogram;
pub mod position;

use serde::Serialize;

/// The values that an axis runs from and to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// At the left, or below.
    pub min: f64,
    /// At the right, or above.
    pub max: f64,
}

/// A value on an axis.
#[derive(Debug, PartialEq, Serialize)]
pub struct Tick {
    /// Place in percent, or in pixels.
    pub at: f64,
    /// Content.
    pub label: String,
    /// How its text is anchored: `start`, `middle` or `end`.
    pub anchor: &'static str,
}

impl Range {
    /// Around `values`, with a little room; `None` if there are none.
    pub fn around(values: impl Iterator<Item = f64>) -> Option<Range> {
        let (min, max) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), it| (min.min(it), max.max(it)));
        let room = ((max - min) * 0.05).max(f64::MIN_POSITIVE);
        let range = Range { min: min - room, max: max + room };
        (min <= max && (range.max - range.min).is_finite()).then_some(range)
    }

    /// The share of the range below `value`, held between 0 and 1.
    fn share(self, value: f64) -> f64 {
        let length = self.max - self.min;
        if length > 0.0 { ((value - self.min) / length).clamp(0.0, 1.0) } else { 0.5 }
    }

    /// Place across: percent of the width, with room for a mark at either end.
    fn across(self, value: f64) -> f64 {
        tenths(1.0 + 98.0 * self.share(value))
    }

    /// Both ends and the middle.
    pub fn ticks(self) -> Vec<Tick> {
        let tick = |share: f64, anchor| {
            let value = self.min + (self.max - self.min) * share;
            Tick { at: self.across(value), label: short(value), anchor }
        };
        vec![tick(0.0, "start"), tick(0.5, "middle"), tick(1.0, "end")]
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A number at an axis, with at most three digits after the point.
pub(crate) fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_a_range_leave_room_and_values_outside_are_held_in() {
        let range = Range { min: 0.0, max: 1.0 };
        assert_eq!([-1.0, 0.0, 0.5, 1.0, 7.0].map(|value| range.across(value)), [1.0, 1.0, 50.0, 99.0, 99.0]);
        assert_eq!(Range { min: 3.0, max: 3.0 }.across(3.0), 50.0);
        assert_eq!(Range::around([].into_iter()), None);
        assert_eq!(Range::around([f64::MAX, f64::MIN].into_iter()), None);
        // With its room, the axis would be longer than any number.
        assert_eq!(Range::around([f64::MAX, f64::MAX * 0.01].into_iter()), None);
        assert_eq!(Range::around([f64::MAX * 0.49, f64::MIN * 0.49].into_iter()), None);
    }

    #[test]
    fn numbers_at_an_axis_are_short() {
        assert_eq!([0.0, -0.0001, 0.25, 100.0, 33.333_33].map(short), ["0", "0", "0.25", "100", "33.333"]);
    }
}
