//! A *histogram*: how many models of a ranking have which scores.

use serde::Serialize;

use super::{Range, Tick, short, tenths};

/// Bins of a histogram.
const BINS: usize = 20;
/// Height of the highest bar.
const HEIGHT: i32 = 90;
/// Room above the bars, for the names of marks.
const TOP: i32 = 16;

/// Places of a drawing.
#[derive(Debug, Serialize)]
pub struct Histogram {
    /// In pixels.
    pub height: i32,
    /// The line below the bars.
    pub base: i32,
    /// Values below it.
    pub ticks: Vec<Tick>,
    /// One for each bin.
    pub bars: Vec<HistogramBin>,
    /// How many models the highest bar has.
    pub most: usize,
    /// Lines across the bars.
    pub marks: Vec<Mark>,
}

/// One bin.
#[derive(Debug, PartialEq, Serialize)]
pub struct HistogramBin {
    /// Left edge.
    pub x: f64,
    /// Width.
    pub width: f64,
    /// Upper edge.
    pub y: i32,
    /// Height.
    pub height: i32,
    /// How many.
    pub count: usize,
    /// `0.25 to 0.3`.
    pub range: String,
}

/// A line at one value.
#[derive(Debug, PartialEq, Serialize)]
pub struct Mark {
    /// Place.
    pub x: f64,
    /// Baseline of its name.
    pub text_y: i32,
    /// Name.
    pub label: String,
    /// How its name is anchored.
    pub anchor: &'static str,
}

impl Histogram {
    /// Of `values` in `range`, with lines at `marks`; `bin` says from where to where a bar reaches.
    pub fn new(
        range: Range,
        values: impl Iterator<Item = f64>,
        marks: &[(f64, String)],
        bin: impl Fn(&str, &str) -> String,
    ) -> Histogram {
        let mut counts = [0usize; BINS];
        for value in values {
            // The greatest value belongs to the last bin.
            counts[((range.share(value) * BINS as f64) as usize).min(BINS - 1)] += 1;
        }
        let most = counts.iter().copied().max().unwrap_or_default();
        let edge = |at: usize| range.min + (range.max - range.min) * at as f64 / BINS as f64;
        let bars = counts.iter().enumerate().map(|(at, &count)| {
            // What is there is seen.
            let height = (f64::from(HEIGHT) * count as f64 / most.max(1) as f64).round() as i32;
            let height = height.max(i32::from(count > 0));
            let (left, right) = (range.across(edge(at)), range.across(edge(at + 1)));
            HistogramBin {
                x: left,
                width: tenths(right - left - 0.4),
                y: TOP + HEIGHT - height,
                height,
                count,
                range: bin(&short(edge(at)), &short(edge(at + 1))),
            }
        });
        let marks = marks.iter().map(|(value, label)| {
            let x = range.across(*value);
            let anchor = if x > 60.0 { "end" } else { "start" };
            Mark { x, text_y: 11, label: label.clone(), anchor }
        });
        Histogram {
            height: TOP + HEIGHT + 18,
            base: TOP + HEIGHT,
            ticks: range.ticks(),
            bars: bars.collect(),
            most,
            marks: marks.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_one_bin_also_at_the_edges() {
        let histogram = Histogram::new(
            Range { min: 0.0, max: 1.0 },
            [0.0, 0.05, 0.5, 1.0, 1.0].into_iter(),
            &[(0.25, "chance".into())],
            |from, to| format!("{from} to {to}"),
        );
        assert_eq!(histogram.bars[1].range, "0.05 to 0.1");
        let counts: Vec<(usize, usize)> = histogram
            .bars
            .iter()
            .enumerate()
            .filter(|(_, bar)| bar.count > 0)
            .map(|(at, bar)| (at, bar.count))
            .collect();
        assert_eq!(counts, [(0, 1), (1, 1), (10, 1), (19, 2)]);
        assert_eq!((histogram.most, histogram.bars[19].height, histogram.bars[19].y), (2, HEIGHT, TOP));
        assert_eq!((histogram.marks[0].x, histogram.marks[0].anchor), (25.5, "start"));
    }

    #[test]
    fn no_values_make_no_bars() {
        let histogram = Histogram::new(Range { min: 0.0, max: 1.0 }, [].into_iter(), &[], |_, _| String::new());
        assert!(histogram.bars.iter().all(|bar| bar.height == 0));
    }
}
