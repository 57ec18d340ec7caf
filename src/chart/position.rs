//! A *position*: one score among all that are ranked with it, on the scale of its metric.

use serde::Serialize;

use super::{Range, tenths};

/// The scores of a ranking in five numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Least and greatest.
    pub ends: (f64, f64),
    /// Where the middle half begins and ends, and its middle; `None` if there are fewer than five.
    pub middle: Option<(f64, f64, f64)>,
}

impl Spread {
    /// Of `scores`, in order from either end.
    pub fn of(n: usize, score: impl Fn(usize) -> f64) -> Option<Spread> {
        let in_order = |a: f64, b: f64| if a <= b { (a, b) } else { (b, a) };
        let last = n.checked_sub(1)?;
        let middle = (n >= 5).then(|| {
            let (low, high) = in_order(score(last / 4), score(last - last / 4));
            (low, score(last / 2), high)
        });
        Some(Spread { ends: in_order(score(0), score(last)), middle })
    }
}

/// Places in percent of the width.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Position {
    /// From the least to the greatest score that is ranked.
    pub all: Option<Bar>,
    /// The middle half of them.
    pub half: Option<Bar>,
    /// The middle one.
    pub median: Option<i32>,
    /// The score of guessing.
    pub chance: Option<i32>,
    /// Stated interval of the score.
    pub interval: Option<(f64, f64)>,
    /// The score.
    pub dot: Option<f64>,
}

/// A bar.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// Where it begins.
    pub at: i32,
    /// How long it is.
    pub width: i32,
}

impl Range {
    fn percent(self, value: f64) -> f64 {
        tenths(100.0 * self.share(value))
    }

    fn bar(self, (low, high): (f64, f64)) -> Bar {
        let (at, end) = (self.percent(low).floor() as i32, self.percent(high).ceil() as i32);
        // Scores that are all the same are a bar as well.
        let at = at.min(99);
        Bar { at, width: (end - at).max(1) }
    }

    /// Draws `score`; what is not known is not drawn.
    pub fn position(
        self,
        score: Option<f64>,
        interval: Option<(f64, f64)>,
        spread: Option<Spread>,
        chance: Option<f64>,
    ) -> Position {
        let place = |value: f64| self.percent(value).round() as i32;
        let middle = spread.and_then(|spread| spread.middle);
        Position {
            all: spread.map(|spread| self.bar(spread.ends)),
            half: middle.map(|(low, _, high)| self.bar((low, high))),
            median: middle.map(|(_, median, _)| place(median)),
            chance: chance.map(place),
            interval: interval.map(|(low, high)| (self.percent(low), self.percent(high))),
            dot: score.map(|score| self.percent(score)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_stands_among_all_and_in_the_middle_half() {
        let scores = [0.9, 0.8, 0.5, 0.4, 0.3, 0.2, 0.1];
        let spread = Spread::of(scores.len(), |at| scores[at]).unwrap();
        assert_eq!((spread.ends, spread.middle), ((0.1, 0.9), Some((0.2, 0.4, 0.8))));
        let range = Range { min: 0.0, max: 1.0 };
        let position = range.position(Some(0.456_78), Some((0.4, 2.0)), Some(spread), Some(0.25));
        assert_eq!(position.all, Some(Bar { at: 10, width: 80 }));
        assert_eq!(position.half, Some(Bar { at: 20, width: 60 }));
        assert_eq!((position.median, position.chance, position.dot), (Some(40), Some(25), Some(45.7)));
        assert_eq!(position.interval, Some((40.0, 100.0)));
        assert_eq!(range.position(None, None, None, None), Position::default());
    }

    #[test]
    fn a_few_scores_have_no_middle_half_and_equal_ones_still_a_bar() {
        let spread = Spread::of(4, |_| 1.0).unwrap();
        assert_eq!(spread.middle, None);
        let range = Range { min: 0.0, max: 1.0 };
        assert_eq!(range.position(None, None, Some(spread), None).all, Some(Bar { at: 99, width: 1 }));
        assert_eq!(Spread::of(0, |_| 1.0), None);
    }
}
