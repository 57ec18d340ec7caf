//! The charts of a ranking, each with its description and its data as a table.

use serde::Serialize;

use super::Cards;
use crate::chart::frontier::{Frontier, FrontierPoint};
use crate::chart::histogram::Histogram;
use crate::chart::position::{Position, Spread};
use crate::chart::{Range, short};
use crate::load::metadata::BenchmarkMeta;
use crate::merge::{Direction, Ranking, Reading, Scale};
use crate::signal::scale::Interval;

/// How the scores are distributed.
#[derive(Debug, Serialize)]
pub struct DistributionView {
    /// What it shows, in words.
    pub description: String,
    /// The drawing.
    pub chart: Histogram,
}

/// The best score over time.
#[derive(Debug, Serialize)]
pub struct OverTimeView<'a> {
    /// What it shows, in words.
    pub description: String,
    /// The drawing.
    pub chart: Frontier,
    /// First and last day of the axis.
    pub days: (&'a str, &'a str),
    /// Models that were best at their release.
    pub best: Vec<BestView<'a>>,
    /// Models without a release day.
    pub undated: Option<UndatedView<'a>>,
}

/// Models without a release day.
#[derive(Debug, Serialize)]
pub struct UndatedView<'a> {
    /// How many, and the best score among them, in words.
    pub description: String,
    /// The name of the best of them.
    pub model: &'a str,
    /// Its card.
    pub url: String,
    /// The record's digits and unit.
    pub score: String,
    /// True if it is better than the end of the line.
    pub is_better: bool,
}

/// A model that was best at its release.
#[derive(Debug, Serialize)]
pub struct BestView<'a> {
    /// Day of its release.
    pub day: &'a str,
    /// Its name.
    pub model: &'a str,
    /// Its card.
    pub url: String,
    /// The record's digits and unit.
    pub score: String,
}

impl<'a> Cards<'a> {
    /// The readings that stand for the ranked models, best first.
    fn ranked(&self, ranking: &'a Ranking) -> impl Iterator<Item = &'a Reading> {
        let dataset = self.dataset;
        ranking.rows.iter().filter(|row| row.rank.is_some()).map(|row| &dataset.readings_in(row)[0])
    }

    /// The axis of a ranking: its bounds, else what its scores span.
    fn range(&self, ranking: &'a Ranking) -> Option<Range> {
        match self.ranked(ranking).next()?.scale {
            Scale::Proportion | Scale::Percent => Some(Range { min: 0.0, max: 1.0 }),
            Scale::Range { min, max } => Some(Range { min, max }),
            Scale::Open | Scale::Contradictory => Range::around(self.ranked(ranking).map(|reading| reading.position)),
        }
    }

    /// The scores of a ranking in five numbers; one score is no distribution.
    pub(super) fn spread_of(&self, ranking: &Ranking) -> Option<Spread> {
        let n = ranking.rows.partition_point(|row| row.rank.is_some());
        let position = |at: usize| self.dataset.readings_in(&ranking.rows[at])[0].position;
        Some(n).filter(|n| *n > 1).and_then(|n| Spread::of(n, position))
    }

    /// Where the scores of `ranking` lie on the axis of its first row.
    pub(super) fn position_of_all(&self, ranking: &Ranking) -> Position {
        let first = ranking.rows.first().map(|row| &self.dataset.readings_in(row)[0]);
        first.map(|first| self.position_in(ranking, first)).unwrap_or_default()
    }

    /// Where the scores of `ranking` lie on the axis of `reading`, with the score of guessing.
    pub(super) fn position_in(&self, ranking: &Ranking, reading: &Reading) -> Position {
        let spread = self.spread_of(ranking);
        let Some(range) = self.axis_of(reading, spread) else { return Position::default() };
        range.position(None, None, spread, self.guessing(ranking, range))
    }

    /// The score of guessing, on the axis of a ranking.
    fn guessing(&self, ranking: &Ranking, range: Range) -> Option<f64> {
        let benchmark = self.dataset.entities.slices[ranking.slice].benchmark;
        let meta = self.dataset.benchmark_meta(&self.dataset.entities.benchmarks[benchmark])?;
        chance(meta, range)
    }

    /// What a score is drawn on: its scale; where that has no bounds, what its ranking spans.
    pub(super) fn axis_of(&self, reading: &Reading, spread: Option<Spread>) -> Option<Range> {
        match reading.scale {
            Scale::Proportion | Scale::Percent => Some(Range { min: 0.0, max: 1.0 }),
            Scale::Range { min, max } => Some(Range { min, max }),
            Scale::Open => {
                let (min, max) = spread?.ends;
                (min < max && (max - min).is_finite()).then_some(Range { min, max })
            }
            Scale::Contradictory => None,
        }
    }

    /// The interval that the record of a score states, on the axis of the score.
    pub(super) fn interval_of(&self, reading: &Reading) -> Option<(f64, f64)> {
        let result = self.dataset.result(reading);
        let (lower, upper) = result.uncertainty.as_ref()?.interval.as_ref()?;
        let ends = Interval::bounds(lower, upper, &result.score, (&result.metric, reading.scale))?;
        let place = |end: &bigdecimal::BigDecimal| end.to_string().parse::<f64>().ok();
        let hundredth = if reading.scale == Scale::Percent { 100.0 } else { 1.0 };
        Some((place(&ends.0)? / hundredth, place(&ends.1)? / hundredth))
    }

    /// Of a ranking with at least five models.
    pub fn distribution(&self, ranking: &'a Ranking, meta: Option<&BenchmarkMeta>) -> Option<DistributionView> {
        let range = self.range(ranking)?;
        let n = self.ranked(ranking).count();
        if n < 5 {
            return None;
        }
        let has_bounds = !matches!(self.ranked(ranking).next()?.scale, Scale::Open);
        let chance = meta.and_then(|meta| chance(meta, range));
        let mark = chance.map(|chance| (chance, self.language.say("chart.chance", &[("level", &chance.to_string())])));
        let at_chance = chance.map(|chance| {
            let n = self.ranked(ranking).filter(|reading| match ranking.direction {
                Direction::LowerIsBetter => reading.position >= chance,
                _ => reading.position <= chance,
            });
            self.language
                .say("chart.at_chance", &[("n", &self.language.number(n.count())), ("level", &chance.to_string())])
        });
        let about = match has_bounds {
            true => "chart.distribution.about",
            false => "chart.distribution.about.open",
        };
        let values = [
            ("models", &*self.language.counted("count.ranked", n)),
            ("min", &*range.min.to_string()),
            ("max", &*range.max.to_string()),
        ];
        let about = self.language.say(about, &values);
        let is_reported = meta.is_some_and(|meta| meta.chance_level.is_some());
        let at_chance = at_chance.or_else(|| (!is_reported).then(|| self.words("chart.no_chance").to_owned()));
        let description = [Some(about), at_chance].into_iter().flatten().collect::<Vec<_>>().join(self.words("space"));
        let bin = |min: &str, max: &str| self.language.say("fact.range", &[("min", min), ("max", max)]);
        let positions = self.ranked(ranking).map(|reading| reading.position);
        Some(DistributionView { description, chart: Histogram::new(range, positions, mark.as_slice(), bin) })
    }

    /// By the days of release that metadata gives, if at least two models have one.
    pub fn over_time(&self, ranking: &'a Ranking) -> Option<OverTimeView<'a>> {
        let range = self.range(ranking)?;
        let models = &self.dataset.entities.models;
        let day = |reading: &Reading| {
            let released = self.dataset.model_meta(&models[reading.resolved.model])?.released.as_deref()?;
            Some((released, crate::date::day_number(released)?))
        };
        let mut dated: Vec<(&str, i64, &Reading)> =
            self.ranked(ranking).filter_map(|reading| day(reading).map(|(text, day)| (text, day, reading))).collect();
        let undated: Vec<&Reading> = self.ranked(ranking).filter(|reading| day(reading).is_none()).collect();
        // The sort is stable: of one day, the better comes first.
        dated.sort_by_key(|(_, day, _)| *day);
        let ((first, first_day, _), (last, last_day, _)) = (dated.first()?, dated.last()?);
        if first_day == last_day {
            return None;
        }
        let days = (*first, *last);
        let points: Vec<FrontierPoint> =
            dated.iter().map(|(_, day, reading)| FrontierPoint { day: *day as f64, score: reading.position }).collect();
        // Rankings have the best first.
        let best_undated = undated.first().map(|reading| reading.position);
        let chart = Frontier::new(range, &points, best_undated, ranking.direction != Direction::LowerIsBetter)?;
        let score = |reading: &Reading| {
            let score = self.score(reading);
            format!("{} {}", score.digits, score.unit).trim_end().to_owned()
        };
        let undated = undated.first().map(|best| {
            let is_better = chart.beyond.is_some();
            let key = if is_better { "chart.over_time.undated.better" } else { "chart.over_time.undated.best" };
            let values = [("score", &*score(best)), ("n", &*self.language.number(undated.len()))];
            UndatedView {
                description: self.language.say(key, &values),
                model: &models[best.resolved.model].name,
                url: self.model_url(best.resolved.model),
                score: score(best),
                is_better,
            }
        });
        let best = chart.best.iter().map(|&at| {
            let (day, _, reading) = dated[at];
            let score = score(reading);
            BestView {
                day,
                model: &models[reading.resolved.model].name,
                url: self.model_url(reading.resolved.model),
                score,
            }
        });
        let models = self.language.counted("count.ranked", self.ranked(ranking).count());
        let values = [("dated", &*self.language.number(dated.len())), ("models", &*models)];
        let description = self.language.say("chart.over_time.about", &values);
        let best = best.collect();
        Some(OverTimeView { description, days, best, undated, chart })
    }
}

/// What an axis says at both ends and in the middle: of scales of one kind, the first stands for all.
pub(super) fn axis_labels(mut scales: impl Iterator<Item = Scale> + Clone) -> Option<[String; 3]> {
    let first = scales.clone().next()?;
    match first {
        Scale::Range { min, max } => Some([min, (min + max) / 2.0, max].map(short)),
        Scale::Proportion | Scale::Percent if scales.all(|scale| scale == Scale::Percent) => {
            Some(["0", "50", "100"].map(str::to_owned))
        }
        Scale::Proportion | Scale::Percent => Some(["0", "0.5", "1"].map(str::to_owned)),
        Scale::Open | Scale::Contradictory => None,
    }
}

/// The chance level on the axis of a ranking, where metadata gives it on the same scale or on one
/// that is a hundred times as long. Where the level is 0, nothing is guessed.
pub(super) fn chance(meta: &BenchmarkMeta, range: Range) -> Option<f64> {
    let level = meta.chance_level.filter(|level| *level != 0.0)?;
    let (min, max) = meta.scale?;
    if (min, max) == (range.min, range.max) {
        return Some(level);
    }
    ((min, max) == (0.0, 100.0) && (range.min, range.max) == (0.0, 1.0)).then_some(level / 100.0)
}
