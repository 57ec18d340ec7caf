//! A *strip*: the readings of one cell on one axis, a line for each.

use serde::Serialize;

use super::{Range, Tick};

/// Height of one line, in pixels.
const LINE: usize = 34;

/// Most lines of a strip; a table shows more.
pub const MOST: usize = 12;

/// A value to draw.
pub struct Value {
    /// Its place on the axis.
    pub value: f64,
    /// Its stated interval.
    pub interval: Option<(f64, f64)>,
    /// What the line says before the value.
    pub label: String,
    /// What it adds where there is room.
    pub detail: String,
    /// The value in words.
    pub text: String,
}

/// Where everything stands.
#[derive(Debug, Serialize)]
pub struct Strip {
    /// In pixels.
    pub height: usize,
    /// The line below all, in pixels.
    pub base: usize,
    /// Values below it.
    pub ticks: Vec<Tick>,
    /// One for each reading.
    pub lines: Vec<Line>,
}

/// One reading.
#[derive(Debug, PartialEq, Serialize)]
pub struct Line {
    /// Baseline of its text, in pixels.
    pub text_y: usize,
    /// Middle of its mark, in pixels.
    pub y: usize,
    /// Place of its mark, in percent.
    pub x: f64,
    /// Ends of its interval, in percent.
    pub interval: Option<(f64, f64)>,
    /// Text.
    pub label: String,
    /// More text, where there is room.
    pub detail: String,
    /// Its value.
    pub text: String,
}

impl Strip {
    /// Draws the first [`MOST`] of `values`.
    pub fn new(range: Range, values: Vec<Value>) -> Strip {
        let lines: Vec<Line> = values
            .into_iter()
            .take(MOST)
            .enumerate()
            .map(|(at, value)| Line {
                text_y: at * LINE + 13,
                y: at * LINE + 24,
                x: range.across(value.value),
                interval: value.interval.map(|(low, high)| (range.across(low), range.across(high))),
                label: value.label,
                detail: value.detail,
                text: value.text,
            })
            .collect();
        let base = lines.len() * LINE + 2;
        Strip { height: base + 20, base, ticks: range.ticks(), lines }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_each_value_up_to_the_most() {
        let values = |n: usize| {
            let value = |_| Value {
                value: 0.25,
                interval: Some((0.0, 2.0)),
                label: "a".into(),
                detail: String::new(),
                text: "b".into(),
            };
            (0..n).map(value).collect::<Vec<_>>()
        };
        let strip = Strip::new(Range { min: 0.0, max: 1.0 }, values(2));
        assert_eq!((strip.lines.len(), strip.base, strip.lines[1].y), (2, 70, 58));
        assert_eq!((strip.lines[0].x, strip.lines[0].interval), (25.5, Some((1.0, 99.0))));
        assert_eq!(Strip::new(Range { min: 0.0, max: 1.0 }, values(100)).lines.len(), MOST);
    }
}
