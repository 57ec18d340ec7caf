//! A *frontier*: the best score of models by the day of their release.

use serde::Serialize;

use super::{Range, Tick};

/// Height of the plot.
const HEIGHT: i32 = 96;
/// Room above it.
const TOP: i32 = 14;

/// One model.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierPoint {
    /// Day of release, as a number of days.
    pub day: f64,
    /// Score.
    pub score: f64,
}

/// Places of a drawing.
#[derive(Debug, Serialize)]
pub struct Frontier {
    /// In pixels.
    pub height: i32,
    /// The line below the plot.
    pub base: i32,
    /// Scores: places down in pixels.
    pub scores: Vec<Tick>,
    /// Models; one for each place.
    pub dots: Vec<Dot>,
    /// The best so far, as lines across and up.
    pub steps: Vec<FrontierStep>,
    /// Place down of the best score of a model without a day, if better than the line's end.
    pub beyond: Option<i32>,
    /// Places of the best models, in the order given.
    #[serde(skip)]
    pub best: Vec<usize>,
}

/// A model.
#[derive(Debug, PartialEq, Serialize)]
pub struct Dot {
    /// Place across.
    pub x: f64,
    /// Place down.
    pub y: i32,
    /// True if it was best at its release.
    pub is_best: bool,
}

/// A piece of the line.
#[derive(Debug, PartialEq, Serialize)]
pub struct FrontierStep {
    /// From.
    pub x1: f64,
    /// From.
    pub y1: i32,
    /// To.
    pub x2: f64,
    /// To.
    pub y2: i32,
}

impl Frontier {
    /// Of `points` by day; of those of one day the better comes first. `undated` is the best score of the models
    /// without a day. `higher` is true if more is better.
    pub fn new(range: Range, points: &[FrontierPoint], undated: Option<f64>, higher: bool) -> Option<Frontier> {
        let days = Range::around(points.iter().map(|point| point.day))?;
        let y = |score: f64| TOP + (f64::from(HEIGHT) * (1.0 - range.share(score))).round() as i32;
        let better = |a: f64, b: f64| if higher { a > b } else { a < b };
        let mut best: Vec<usize> = Vec::new();
        for (at, point) in points.iter().enumerate() {
            if best.last().is_none_or(|last| better(point.score, points[*last].score)) {
                best.push(at);
            }
        }
        let end = points[*best.last()?].score;
        let beyond = undated.filter(|score| better(*score, end)).map(y);
        let mut steps = Vec::new();
        for (at, &place) in best.iter().enumerate() {
            let here = &points[place];
            let (x1, y1) = (days.across(here.day), y(here.score));
            let next = best.get(at + 1).map(|next| &points[*next]);
            let x2 = next.map_or(99.0, |next| days.across(next.day));
            steps.push(FrontierStep { x1, y1, x2, y2: y1 });
            if let Some(next) = next {
                steps.push(FrontierStep { x1: x2, y1, x2, y2: y(next.score) });
            }
        }
        let mut dots: Vec<Dot> = (points.iter().enumerate())
            .map(|(at, point)| {
                let is_best = best.binary_search(&at).is_ok();
                let x = days.across(point.day);
                // A dot covers its neighbours: half a percent across tells no two of them apart.
                Dot { x: if is_best { x } else { (x * 2.0).round() / 2.0 }, y: y(point.score), is_best }
            })
            .collect();
        dots.sort_by(|a, b| a.is_best.cmp(&b.is_best).then(a.x.total_cmp(&b.x)).then(a.y.cmp(&b.y)));
        dots.dedup();
        let scores = range.ticks().into_iter().zip([range.min, (range.min + range.max) / 2.0, range.max]);
        Some(Frontier {
            height: TOP + HEIGHT + 18,
            base: TOP + HEIGHT,
            dots,
            steps,
            beyond,
            scores: scores.map(|(tick, score)| Tick { at: f64::from(y(score)), anchor: "start", ..tick }).collect(),
            best,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_up_only_where_a_model_is_better() {
        let points: Vec<FrontierPoint> =
            [(0.0, 0.5), (10.0, 0.4), (20.0, 0.5), (30.0, 0.8)].map(|(day, score)| FrontierPoint { day, score }).into();
        let range = Range { min: 0.0, max: 1.0 };
        let up = Frontier::new(range, &points, None, true).unwrap();
        assert_eq!(up.best, [0, 3], "an equal score is no new best");
        assert_eq!(up.steps.len(), 3);
        let crowd: Vec<FrontierPoint> =
            (0..900).map(|at| FrontierPoint { day: f64::from(at % 3), score: 0.3 }).collect();
        assert_eq!(Frontier::new(range, &crowd, None, true).unwrap().dots.len(), 4, "three places and the best");
        let down = Frontier::new(range, &points, None, false).unwrap();
        assert_eq!(down.best, [0, 1]);
        assert!(Frontier::new(range, &[], Some(0.9), true).is_none());
    }

    #[test]
    fn the_line_never_ends_below_a_score_without_saying_so() {
        let points: Vec<FrontierPoint> =
            [(0.0, 0.5), (10.0, 0.6)].map(|(day, score)| FrontierPoint { day, score }).into();
        let range = Range { min: 0.0, max: 1.0 };
        let beyond = |undated, higher| Frontier::new(range, &points, undated, higher).unwrap().beyond;
        assert_eq!(beyond(Some(0.9), true), Some(TOP + 10));
        assert_eq!([beyond(None, true), beyond(Some(0.6), true), beyond(Some(0.2), true)], [None; 3]);
        assert!(beyond(Some(0.2), false).is_some(), "less is better");
        assert_eq!(beyond(Some(0.9), false), None);
    }
}
