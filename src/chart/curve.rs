//! A *curve*: the share of runs that are solved within a budget, on a logarithmic axis, with a mark where an unsolved run ended.

use std::fmt::Write;

use serde::Serialize;

use super::{Range, Tick, tenths};

/// Height of the plot.
const HEIGHT: f64 = 72.0;
/// Room above it.
const TOP: f64 = 14.0;

/// Where everything stands. Paths are drawn on a plane of 100 across, which is stretched to the width of the chart.
#[derive(Debug, Serialize)]
pub struct CurveChart {
    /// In pixels.
    pub height: i32,
    /// The line below the plot.
    pub base: i32,
    /// The share, as a path.
    pub line: String,
    /// Ends of unsolved runs, as a path.
    pub censored: String,
    /// Shares: places down in pixels.
    pub shares: Vec<Tick>,
    /// Budgets: places across in percent.
    pub budgets: Vec<Tick>,
}

/// The powers of ten from the one that is not above `least` to the one that is not below `most`.
pub fn budgets(least: u32, most: u32) -> Vec<u32> {
    let powers = (0..10).map(|power| 10u32.pow(power));
    let first = powers.clone().rfind(|it| *it <= least).unwrap_or(1);
    let last = powers.clone().find(|it| *it >= most).unwrap_or(u32::MAX);
    powers.chain([u32::MAX]).filter(|it| (first..=last).contains(it)).collect()
}

impl CurveChart {
    /// Of runs that had used `solved` and `unsolved` when they ended, each from the least, on an axis over `budgets`, whose
    /// `labels` are given.
    pub fn new(solved: &[u32], unsolved: &[u32], budgets: &[u32], labels: Vec<String>) -> Option<CurveChart> {
        let log = |value: u32| f64::from(value).log10();
        let range = Range { min: log(*budgets.first()?), max: log(*budgets.last()?) };
        let across = |value: u32| range.across(log(value));
        let n = solved.len() + unsolved.len();
        let down = |k: usize| TOP + HEIGHT * (1.0 - k as f64 / n.max(1) as f64);
        let (mut line, mut censored) = (format!("M1 {}", tenths(down(0))), String::new());
        let mut before = None;
        for (k, used) in solved.iter().enumerate() {
            let x = across(*used);
            // Of several in one place the last one says how high the line goes.
            if solved.get(k + 1).is_none_or(|next| across(*next) > x) {
                // Writing to a String cannot fail.
                _ = write!(line, "H{x}V{}", tenths(down(k + 1)));
            }
        }
        line.push_str("H99");
        for used in unsolved {
            let x = across(*used);
            if before.replace(x) != Some(x) {
                let y = down(solved.partition_point(|it| it <= used));
                _ = write!(censored, "M{x} {}v6", tenths(y - 3.0));
            }
        }
        let share = |share: f64, label: &str| Tick {
            at: tenths(TOP + HEIGHT * (1.0 - share)),
            label: label.to_owned(),
            anchor: "start",
        };
        let last = budgets.len() - 1;
        let anchor = |at: usize| match at {
            0 => "start",
            at if at == last => "end",
            _ => "middle",
        };
        let budgets = budgets.iter().zip(labels).enumerate();
        Some(CurveChart {
            height: (TOP + HEIGHT) as i32 + 18,
            base: (TOP + HEIGHT) as i32,
            line,
            censored,
            shares: vec![share(0.5, "50%"), share(1.0, "100%")],
            budgets: budgets
                .map(|(at, (budget, label))| Tick { at: across(*budget), label, anchor: anchor(at) })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_ends_at_the_share_of_all_runs_and_unsolved_ones_are_marked_on_it() {
        let labels = |n: usize| vec![String::new(); n];
        let chart = CurveChart::new(&[10, 10, 100], &[100, 1000], &[10, 100, 1000], labels(3)).unwrap();
        // 2 of 5 at the left end, 3 of 5 in the middle.
        assert_eq!(chart.line, "M1 86H1V57.2H50V42.8H99");
        assert_eq!(chart.censored, "M50 39.8v6M99 39.8v6");
        assert!(CurveChart::new(&[], &[], &[], Vec::new()).is_none());
        let none = CurveChart::new(&[], &[5], &[1, 10], labels(2)).unwrap();
        assert_eq!(none.line, "M1 86H99");
    }

    #[test]
    fn budgets_are_powers_of_ten_around_all_runs() {
        assert_eq!(budgets(7, 2405), [1, 10, 100, 1000, 10_000]);
        assert_eq!(budgets(10, 1000), [10, 100, 1000]);
        assert_eq!(budgets(1, 1), [1]);
        assert_eq!(budgets(u32::MAX, u32::MAX), [1_000_000_000, u32::MAX]);
    }
}
