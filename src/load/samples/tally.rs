//! A *tally*: the sums over the rows of one result. Another row needs no memory but for its answer.

use super::answers::Answers;
use super::row::{GradingFailure, SampleRow};
use super::runs::Runs;

/// What the rows of one result add up to, and their answers.
#[derive(Clone, Debug, Default)]
pub struct SampleTally {
    /// Rows of it.
    pub rows: u64,
    /// The scores, of the rows that state one.
    pub scores: Average,
    /// Sum of the sizes of the scores, for what rounding can do to their sum.
    pub size: f64,
    /// The least score; infinite where there is none, as below.
    pub least: f64,
    /// The greatest score.
    pub greatest: f64,
    /// Rows that say whether the answer is right.
    pub judged: u64,
    /// Those that say that it is.
    pub correct: u64,
    /// True if the rows do not say of which of several results they are.
    pub is_shared: bool,
    /// Whether samples occur more than once.
    pub repeats: Repeats,
    /// Rows with an error.
    pub errors: u64,
    /// Rows whose answer was refused.
    pub refused: u64,
    /// Rows whose answer was cut at a limit.
    pub truncated: u64,
    /// Rows with no answer in the output.
    pub malformed: u64,
    /// `total_tokens`.
    pub tokens: Average,
    /// `num_turns`.
    pub turns: Average,
    /// `tool_calls_count`.
    pub tool_calls: Average,
    /// `latency_ms`.
    pub latency: Average,
    /// Which samples were answered right; none where the rows do not say of which result they are.
    pub answers: Answers,
    /// What each run used and how it ended; none where the rows do not say of which result they are.
    pub runs: Runs,
}

/// Whether samples occur more than once among the rows of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repeats {
    /// None does.
    #[default]
    None,
    /// A row has no id, or there are more than are remembered.
    Unknown,
    /// One does.
    Some,
}

impl SampleTally {
    /// Adds a row.
    pub(super) fn add(&mut self, row: &SampleRow) {
        if self.rows == 0 {
            (self.least, self.greatest) = (f64::INFINITY, f64::NEG_INFINITY);
        }
        self.rows += 1;
        if let Some(score) = row.score() {
            self.scores.add(score);
            self.size += score.abs();
            self.least = self.least.min(score);
            self.greatest = self.greatest.max(score);
        }
        if let Some(is_correct) = row.is_correct() {
            self.judged += 1;
            self.correct += u64::from(is_correct);
        }
        match row.failure() {
            None => {}
            Some(GradingFailure::Error) => self.errors += 1,
            Some(GradingFailure::Refused) => self.refused += 1,
            Some(GradingFailure::Truncated) => self.truncated += 1,
            Some(GradingFailure::Malformed) => self.malformed += 1,
        }
        for (average, value) in [
            (&mut self.tokens, row.tokens()),
            (&mut self.turns, row.turns()),
            (&mut self.tool_calls, row.tool_calls()),
            (&mut self.latency, row.latency()),
        ] {
            value.into_iter().for_each(|value| average.add(value));
        }
    }

    /// The share of right answers, if all rows say whether theirs is.
    pub fn share_correct(&self) -> Option<f64> {
        (self.judged == self.rows && self.rows > 0).then(|| self.correct as f64 / self.rows as f64)
    }
}

/// A mean and the spread around it, of any number of values.
///
/// The sum is compensated as by Neumaier (ZAMM 54, 1974), so that it is as good as exact whatever the order; the sum of
/// squares is updated as by Welford (Technometrics 4, 1962), which takes no difference of large numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Average {
    /// How many values.
    pub n: u64,
    sum: f64,
    lost: f64,
    mean: f64,
    squares: f64,
}

impl Average {
    fn add(&mut self, value: f64) {
        self.n += 1;
        let sum = self.sum + value;
        self.lost += match self.sum.abs() >= value.abs() {
            true => (self.sum - sum) + value,
            false => (value - sum) + self.sum,
        };
        self.sum = sum;
        let from_mean = value - self.mean;
        self.mean += from_mean / self.n as f64;
        self.squares += from_mean * (value - self.mean);
    }

    /// The mean; `None` of nothing, and where numbers are too large to be added.
    pub fn mean(&self) -> Option<f64> {
        let mean = (self.sum + self.lost) / self.n as f64;
        mean.is_finite().then_some(mean)
    }

    /// The standard error of the mean, by the sample's standard deviation with n − 1 below: as Inspect and lm-eval have it.
    pub fn standard_error(&self) -> Option<f64> {
        let n = self.n as f64;
        let error = (self.squares / (n - 1.0) / n).sqrt();
        (self.n > 1 && error.is_finite()).then_some(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn average(values: impl IntoIterator<Item = f64>) -> Average {
        let mut average = Average::default();
        values.into_iter().for_each(|value| average.add(value));
        average
    }

    #[test]
    fn mean_and_standard_error() {
        let three = average([1.0, 0.0, 0.0]);
        assert_eq!(three.mean(), Some(1.0 / 3.0));
        assert!((three.standard_error().unwrap() - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!((average([]).mean(), average([0.5]).standard_error()), (None, None));
        assert_eq!(average([7.0; 9]).standard_error(), Some(0.0));
        // A plain sum gives 0.
        assert_eq!(average([1.0, 1e100, 1.0, -1e100]).mean(), Some(0.5));
        assert_eq!(average((0..1_000_000).map(|_| 0.1)).mean(), Some(0.1));
        // A difference of sums of squares gives no digit of it.
        let far = average([1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0]);
        assert!((far.standard_error().unwrap() - 1.0 / 3f64.sqrt()).abs() < 1e-9);
        assert_eq!(average([1e308, 1e308]).mean(), None);
    }
}
