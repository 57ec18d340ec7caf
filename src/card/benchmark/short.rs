//! The short of a ranking: who reports it, whether its scores are comparable, whether they conflict, how they spread and
//! what is proven. On the page of a benchmark it is over all results of the benchmark.

use serde::Serialize;

use super::super::claims::Claims;
use super::super::comparable::ComparableView;
use super::super::disagreement::Outcome;
use super::super::documentation::Cells;
use super::super::signals::SignalView;
use super::super::{Cards, Labelled};
use crate::chart::short;
use crate::id::Id;
use crate::merge::{Ranking, Reading, Row, Scale};
use crate::number::first_digits;
use crate::resolve::Evaluator;
use crate::signal::saturation;

/// Most evaluators and conflicts that a sentence names.
const MOST: usize = 4;

/// What the sentences say.
#[derive(Debug, Serialize)]
pub struct RankingShort<'a> {
    /// Who reports, those of most models first.
    pub reporters: Vec<RankingReporter<'a>>,
    /// How many more there are.
    pub more_reporters: usize,
    /// How many there are.
    pub n_reporters: usize,
    /// Who stands to the developers how, and what is proven.
    pub claims: Claims,
    /// Whether the scores of the ranking are comparable.
    pub comparable: ComparableView<'a>,
    /// Cells by what their scores say.
    pub cells: Cells,
    /// The models whose scores conflict most.
    pub conflicts: Vec<Labelled<'a>>,
    /// How many more there are.
    pub more_conflicts: usize,
    /// Between which scores the middle half of the ranked models stands; `None` if there are fewer than five.
    pub half: Option<[String; 2]>,
    /// The best score.
    pub best: Option<BestScore<'a>>,
    /// Whether the best models can be told apart.
    pub saturation: SignalView<'a>,
}

/// Who reports some results.
#[derive(Debug, Serialize)]
pub struct RankingReporter<'a> {
    /// Name.
    pub name: &'a str,
    /// Their page.
    pub url: String,
    /// Models.
    pub models: usize,
}

/// The best score of a ranking.
#[derive(Debug, Serialize)]
pub struct BestScore<'a> {
    /// As it is shown.
    pub shown: &'a str,
    /// True if it is cut.
    pub is_cut: bool,
    /// The result on the card of the model.
    pub url: String,
}

impl<'a> Cards<'a> {
    /// Of `ranking`; `rows` are what is told of, all of the benchmark on its page. A cell has a row for each evaluator.
    pub(super) fn ranking_short<'r>(
        &'r self,
        ranking: &'r Ranking,
        rows: impl Iterator<Item = &'r Row> + Clone,
        cells: Vec<(&'r [Reading], Option<Outcome>)>,
    ) -> RankingShort<'a> {
        let readings = || rows.clone().flat_map(|row| self.dataset.readings_in(row));
        let reporters = self.ranking_reporters(readings());
        let mut conflicts: Vec<&[Reading]> =
            cells.iter().filter(|(_, outcome)| *outcome == Some(Outcome::Conflict)).map(|(cell, _)| *cell).collect();
        // The widest first.
        conflicts.sort_by(|a, b| span(b).total_cmp(&span(a)));
        let spread = self.spread_of(ranking);
        let first = ranking.rows.first().filter(|row| row.rank.is_some()).map(|row| &self.dataset.readings_in(row)[0]);
        let as_scored = |position: f64| match first.map(|reading| reading.scale) {
            Some(Scale::Percent) => short(100.0 * position),
            _ => short(position),
        };
        RankingShort {
            n_reporters: reporters.len(),
            more_reporters: reporters.len().saturating_sub(MOST),
            reporters: reporters.into_iter().take(MOST).collect(),
            claims: self.claims(readings()),
            comparable: self.comparable(ranking),
            more_conflicts: conflicts.len().saturating_sub(MOST),
            conflicts: conflicts.into_iter().take(MOST).map(|cell| self.conflict_of(&cell[0])).collect(),
            cells: cells.into_iter().map(|(_, outcome)| outcome).collect(),
            half: spread.and_then(|it| it.middle).map(|(low, _, high)| [as_scored(low), as_scored(high)]),
            best: first.map(|reading| {
                let digits = self.dataset.result(reading).score.digits();
                let cut = first_digits(digits);
                let model = reading.resolved.model;
                BestScore {
                    shown: cut.unwrap_or(digits),
                    is_cut: cut.is_some(),
                    url: format!("{}#{}", self.model_url(model), self.anchor(reading)),
                }
            }),
            saturation: self.saturation(saturation::of(self.dataset, ranking), ranking.direction),
        }
    }

    fn conflict_of(&self, reading: &Reading) -> Labelled<'a> {
        Labelled {
            text: &self.dataset.entities.models[reading.resolved.model].name,
            url: Some(self.side_by_side_url(reading)),
        }
    }

    /// Those of most models first.
    fn ranking_reporters<'r>(&self, readings: impl Iterator<Item = &'r Reading>) -> Vec<RankingReporter<'a>> {
        let mut pairs: Vec<(Id<Evaluator>, _)> =
            readings.map(|reading| (reading.resolved.evaluator, reading.resolved.model)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut reporters: Vec<RankingReporter> = (pairs.chunk_by(|a, b| a.0 == b.0))
            .map(|of| RankingReporter {
                name: match self.dataset.entities.evaluators[of[0].0].is_reported() {
                    true => self.evaluator_name(of[0].0),
                    false => self.words("evaluators.unnamed"),
                },
                url: self.evaluator_url(of[0].0),
                models: of.len(),
            })
            .collect();
        reporters.sort_by_key(|reporter| std::cmp::Reverse(reporter.models));
        reporters
    }
}

/// Greatest less least position of what counts.
fn span(cell: &[Reading]) -> f64 {
    let positions = cell.iter().filter(|reading| reading.counts()).map(|reading| reading.position);
    let (low, high) = positions.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(it), high.max(it)));
    high - low
}
