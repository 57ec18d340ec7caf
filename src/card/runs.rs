//! The *runs* behind the results of a measurement, as the page of its ranking shows them: how many are solved within a
//! budget, by difficulty, and how they ended; each result by itself, and among all others of its measurement.

use serde::Serialize;

use super::{Cards, settings};
use crate::chart::curve::{CurveChart, budgets};
use crate::chart::position::{Position, Spread};
use crate::chart::short;
use crate::load::samples::RunEnd;
use crate::merge::Ranking;
use crate::number::as_shown;
use crate::signal::study::{Curve, Measure, Series, Study, study};
use crate::words::count;

/// So many settings tell a result from the others.
const MOST_SETTINGS: usize = 4;

/// The runs of several results.
#[derive(Debug, Serialize)]
pub struct RunsView<'a> {
    /// `tokens` or `time`; nothing if too few rows report one.
    pub by: Option<&'static str>,
    /// Budgets of the axis, in words.
    pub budgets: Vec<String>,
    /// The same in tokens or milliseconds.
    #[serde(skip)]
    pub limits: Vec<u32>,
    /// Results in the order of their rankings.
    pub rows: Vec<RunsRow<'a>>,
    /// How many more there are.
    pub more: usize,
}

/// The runs of one result.
#[derive(Debug, Serialize)]
pub struct RunsRow<'a> {
    /// Display name of the model.
    pub model: &'a str,
    /// Its id.
    pub model_id: &'a str,
    /// Variant of the model, if any.
    pub variant: Option<&'a str>,
    /// The result, on its card.
    pub url: String,
    /// Settings that other results lack, as `key: value`.
    pub settings: Vec<String>,
    /// Who reports it.
    pub evaluator: &'a str,
    /// The record's digits.
    #[serde(skip)]
    pub score: &'a str,
    /// As they are shown.
    pub shown: &'a str,
    /// True if these are cut.
    pub is_cut: bool,
    /// All scores of the measurement.
    pub position: Position,
    /// This score, in percent.
    pub dots: Vec<f64>,
    /// Other results that are better, if the direction is known.
    pub better: Option<usize>,
    /// How many others there are.
    pub others: usize,
    /// Runs.
    pub runs: usize,
    /// Runs that report what they used.
    pub told: usize,
    /// How runs ended: code, number.
    pub ends: Vec<(&'static str, usize)>,
    /// By stated difficulty: solved runs, and all.
    pub by_difficulty: Vec<(&'a str, u64, u64)>,
    /// For each budget: runs solved and unsolved within it.
    pub within: Vec<(usize, usize)>,
    /// The drawing, if enough rows report what they used.
    pub chart: Option<CurveChart>,
}

impl<'a> Cards<'a> {
    /// The runs behind the results of a measurement, on the longest list of it.
    pub fn runs_of(&self, ranking: &Ranking) -> Option<RunsView<'a>> {
        if !ranking.is_first_of_measurement {
            return None;
        }
        let study = study(self.dataset, ranking.measurement)?;
        let ends: Vec<(u32, u32)> = study.series.iter().filter_map(|series| series.curve.ends()).collect();
        let (least, most) = (ends.iter().map(|it| it.0).min(), ends.iter().map(|it| it.1).max());
        let axis = least.zip(most).map(|(least, most)| budgets(least, most)).unwrap_or_default();
        let labels: Vec<String> = axis.iter().map(|budget| self.budget(study.measure, *budget)).collect();
        let settings = self.distinct_settings(&study);
        let spread = Spread::of(study.scores.len(), |at| study.scores[at]);
        let rows = study.series.iter().zip(settings);
        Some(RunsView {
            by: study.measure.map(Measure::code),
            rows: rows.map(|(series, settings)| self.runs_row(series, settings, spread, (&axis, &labels))).collect(),
            budgets: labels,
            limits: axis,
            more: study.more,
        })
    }

    /// True if those runs say what they used, so that there is a table of budgets.
    pub fn has_runs_table(&self, ranking: &Ranking) -> bool {
        ranking.is_first_of_measurement
            && study(self.dataset, ranking.measurement).is_some_and(|study| study.measure.is_some())
    }

    fn runs_row(
        &self,
        series: &Series<'a>,
        settings: Vec<String>,
        spread: Option<Spread>,
        (axis, labels): (&[u32], &[String]),
    ) -> RunsRow<'a> {
        let reading = series.reading;
        let score = self.dataset.result(reading).score.digits();
        let (shown, whole) = as_shown(score);
        let model = &self.dataset.entities.models[reading.resolved.model];
        let range = self.axis_of(reading, spread);
        let Curve { solved, unsolved } = &series.curve;
        let is_drawn = series.curve.n() > 0;
        let difficulties = series.runs.by_difficulty.iter().map(|(label, (all, solved))| (&**label, *solved, *all));
        let mut by_difficulty: Vec<(&str, u64, u64)> = difficulties.collect();
        by_difficulty.sort_by(|a, b| rank_of(a.0).total_cmp(&rank_of(b.0)).then(a.0.cmp(b.0)));
        RunsRow {
            model: &model.name,
            model_id: &model.id,
            variant: self.dataset.variant_of(reading),
            url: format!("{}#{}", self.model_url(reading.resolved.model), self.anchor(reading)),
            settings,
            evaluator: self.evaluator_name(reading.resolved.evaluator),
            score,
            shown,
            is_cut: whole.is_some(),
            position: range.map(|range| range.position(None, None, spread, None)).unwrap_or_default(),
            dots: (range.and_then(|range| range.position(Some(reading.position), None, None, None).dot))
                .into_iter()
                .collect(),
            better: series.better,
            others: series.others,
            runs: series.runs.all.len(),
            told: series.curve.n(),
            ends: RunEnd::ALL
                .into_iter()
                .zip(series.ends)
                .filter(|(_, n)| *n > 0)
                .map(|(end, n)| (end.code(), n))
                .collect(),
            by_difficulty,
            within: axis.iter().filter(|_| is_drawn).map(|budget| series.curve.within(*budget)).collect(),
            chart: Some(())
                .filter(|()| is_drawn)
                .and_then(|()| CurveChart::new(solved, unsolved, axis, labels.to_vec())),
        }
    }

    /// A budget in words: tokens, or seconds of so many milliseconds.
    fn budget(&self, measure: Option<Measure>, budget: u32) -> String {
        match measure {
            Some(Measure::Time) if budget < 1000 => short(f64::from(budget) / 1000.0),
            Some(Measure::Time) => count(budget as usize / 1000),
            _ => self.language.number(budget as usize),
        }
    }

    /// The settings of each result that not all of them have, the first ones.
    fn distinct_settings(&self, study: &Study<'a>) -> Vec<Vec<String>> {
        let of = |series: &Series<'a>| {
            settings(self.language, self.dataset.loaded(series.reading), self.dataset.result(series.reading))
        };
        let mut all: Vec<Vec<String>> = study.series.iter().map(of).collect();
        let shared: Vec<String> = all[0].iter().filter(|it| all.iter().all(|of| of.contains(it))).cloned().collect();
        for of in &mut all {
            of.retain(|it| !shared.contains(it));
            of.truncate(MOST_SETTINGS);
        }
        all
    }
}

/// Where a word for a difficulty stands: numbers by their size, then the usual words in their order, then all others.
fn rank_of(label: &str) -> f64 {
    const WORDS: [&str; 7] = ["trivial", "very easy", "easy", "medium", "hard", "very hard", "expert"];
    let word = label.to_lowercase().replace(['_', '-'], " ");
    match label.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => number,
        _ => WORDS.iter().position(|it| *it == word).map_or(f64::INFINITY, |at| 1e300 * (at + 1) as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn difficulties_stand_in_their_order() {
        let mut labels = ["Hard", "other", "2", "easy", "10", "very_easy", "medium", "NaN"];
        labels.sort_by(|a, b| rank_of(a).total_cmp(&rank_of(b)).then(a.cmp(b)));
        assert_eq!(labels, ["2", "10", "very_easy", "easy", "medium", "Hard", "NaN", "other"]);
    }
}
