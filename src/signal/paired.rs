//! *Paired* proportions: two models on the same samples, and whether one is right more often than the other.

use serde::Serialize;

/// Samples that two models answered correctly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Paired {
    /// Both.
    pub both: u64,
    /// The first only.
    pub only_first: u64,
    /// The second only.
    pub only_second: u64,
    /// None of them.
    pub neither: u64,
}

/// So many standard deviations of a normal distribution hold 95% of it.
const Z: f64 = 1.959_963_984_540_054;

impl Paired {
    /// Of samples with whether the first is right, and the second.
    pub fn of(samples: impl Iterator<Item = (bool, bool)>) -> Paired {
        let mut paired = Paired::default();
        for sample in samples {
            *match sample {
                (true, true) => &mut paired.both,
                (true, false) => &mut paired.only_first,
                (false, true) => &mut paired.only_second,
                (false, false) => &mut paired.neither,
            } += 1;
        }
        paired
    }

    /// How many samples there are.
    pub fn n(&self) -> u64 {
        self.both + self.only_first + self.only_second + self.neither
    }

    /// How much more often the first is right, as a share of all samples; `None` of none.
    pub fn difference(&self) -> Option<f64> {
        let n = self.n();
        (n > 0).then(|| (self.only_first as f64 - self.only_second as f64) / n as f64)
    }

    /// The interval of the difference, at 95%: method 10 of Newcombe (Statistics in Medicine 17, 1998, 2635–2650), which
    /// joins the score intervals of both shares and stays within −1 and 1, for few samples and for none that differ, too.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let difference = self.difference()?;
        let n = self.n() as f64;
        let [a, b, c, d] = [self.both, self.only_first, self.only_second, self.neither].map(|n| n as f64);
        let (first, second) = ((a + b) / n, (a + c) / n);
        let ((low_1, high_1), (low_2, high_2)) = (wilson(first, n), wilson(second, n));
        let margins = (a + b) * (c + d) * (a + c) * (b + d);
        let cross = a * d - b * c;
        // The correction holds for positive association only.
        let cross = if cross > 0.0 { (cross - n / 2.0).max(0.0) } else { cross };
        let phi = if margins > 0.0 { cross / margins.sqrt() } else { 0.0 };
        let width = |x: f64, y: f64| (x * x - 2.0 * phi * x * y + y * y).max(0.0).sqrt();
        Some((
            (difference - width(first - low_1, high_2 - second)).max(-1.0),
            (difference + width(high_1 - first, second - low_2)).min(1.0),
        ))
    }

    /// The p of McNemar's exact test, both sides (Psychometrika 12, 1947, 153–157): how likely samples that only one
    /// model answers right are shared out so unequally or more so, if either is as likely to be the one. 1 where there is
    /// no such sample.
    pub fn p_value(&self) -> f64 {
        let n = self.only_first + self.only_second;
        let least = self.only_first.min(self.only_second);
        // The binomial coefficient of n and `least`; halved as soon as it grows, n times in all.
        let (mut term, mut halvings) = (1.0, n);
        for k in 1..=least {
            term *= (n - least + k) as f64 / k as f64;
            while term > 1.0 && halvings > 0 {
                term *= 0.5;
                halvings -= 1;
            }
        }
        // Each further term of the tail is smaller than the one before.
        let mut tail = term;
        for k in (1..=least).rev() {
            term *= k as f64 / (n - k + 1) as f64;
            let sum = tail + term;
            if sum == tail {
                break;
            }
            tail = sum;
        }
        (2.0 * tail * (-(halvings as f64)).exp2()).min(1.0)
    }
}

/// The score interval of a share of `n` (Wilson, Journal of the American Statistical Association 22, 1927, 209–212).
fn wilson(share: f64, n: f64) -> (f64, f64) {
    let square = Z * Z;
    let middle = share + square / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    let below = 1.0 + square / n;
    (((middle - half) / below).max(0.0), ((middle + half) / below).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired([both, only_first, only_second, neither]: [u64; 4]) -> Paired {
        Paired { both, only_first, only_second, neither }
    }

    /// The p of `scipy.stats.binomtest(b, b + c)`, and the interval of the paper's first example.
    #[test]
    fn golden_values() {
        for (b, c, p) in [(0, 0, 1.0), (1, 0, 1.0), (6, 0, 0.03125), (12, 2, 0.012939453125), (7, 9, 0.803619384765625)]
        {
            assert!((paired([5, b, c, 3]).p_value() / p - 1.0).abs() < 1e-14, "{b} {c}");
            assert_eq!(paired([5, b, c, 3]).p_value(), paired([9, c, b, 0]).p_value());
        }
        let (low, high) = paired([36, 12, 2, 0]).interval().unwrap();
        assert_eq!((format!("{low:.4}"), format!("{high:.4}")), ("0.0569".to_owned(), "0.3404".to_owned()));
    }

    #[test]
    fn ends_are_ends() {
        assert_eq!(
            (paired([0; 4]).difference(), paired([0; 4]).interval(), paired([0; 4]).p_value()),
            (None, None, 1.0)
        );
        for counts in [
            [1, 0, 0, 0],
            [0, 1, 0, 0],
            [0, 0, 1, 0],
            [0, 0, 0, 1],
            [0, 9, 0, 0],
            [0, 0, 1 << 17, 0],
            [1 << 40, 0, 0, 1],
        ] {
            let it = paired(counts);
            let (low, high) = it.interval().unwrap();
            let difference = it.difference().unwrap();
            assert!(-1.0 <= low && low <= difference && difference <= high && high <= 1.0, "{counts:?} {low} {high}");
            assert!((0.0..=1.0).contains(&it.p_value()), "{counts:?}");
        }
        // Far below the least float, and still near the middle of very many.
        assert_eq!(paired([0, 1 << 17, 0, 0]).p_value(), 0.0);
        assert_eq!(paired([0, 65_536, 65_536, 0]).p_value(), 1.0);
    }
}
