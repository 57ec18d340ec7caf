//! The short answer of a ranking: who reports it, whether its scores are comparable, whether they conflict, how
//! they spread and what is proven. On the page of a benchmark it is over all results of the benchmark.

use serde::Serialize;

use super::super::Cards;
use super::super::agreement::{Agreed, Reporting};
use super::super::claims::Claims;
use super::super::comparable::ComparableView;
use super::super::disagreement::Outcome;
use crate::chart::short;
use crate::merge::{Direction, RankedModel, Ranking, Reading, Scale};
use crate::number::as_shown;
use crate::signal::saturation;

/// What the sentences say.
#[derive(Debug, Serialize)]
pub struct RankingShort<'a> {
    /// Who reports.
    pub by: Reporting<'a>,
    /// Relationships to the developers, and evidence levels.
    pub claims: Claims,
    /// Whether scores are comparable.
    pub comparable: ComparableView<'a>,
    /// Whether scores of one model conflict.
    pub agreed: Agreed<'a>,
    /// Ends of the middle half of the scores; `None` for fewer than five.
    pub half: Option<[String; 2]>,
    /// The best score.
    pub best: Option<BestScore<'a>>,
    /// Whether the best models can be told apart.
    pub saturation: SaturationView,
}

/// How saturated a ranking is.
#[derive(Debug, Serialize)]
pub struct SaturationView {
    /// In words, with the index.
    pub value: String,
    /// Inputs, or why it is not computed.
    pub inputs: Vec<String>,
}

/// The best score of a ranking.
#[derive(Debug, Serialize)]
pub struct BestScore<'a> {
    /// As it is shown.
    pub shown: &'a str,
    /// True if it is cut.
    pub is_cut: bool,
    /// The result on the model's card.
    pub url: String,
}

impl<'a> Cards<'a> {
    /// Of `ranking`; `rows` are what is told of, all of the benchmark on its page. A cell has a row for each evaluator.
    pub(super) fn ranking_short<'r>(
        &'r self,
        ranking: &'r Ranking,
        rows: impl Iterator<Item = &'r RankedModel> + Clone,
        cells: Vec<(&'r [Reading], Option<Outcome>)>,
    ) -> RankingShort<'a> {
        let readings = || rows.clone().flat_map(|row| self.dataset.readings_in(row));
        let spread = self.spread_of(ranking);
        let first = ranking.rows.first().filter(|row| row.rank.is_some()).map(|row| &self.dataset.readings_in(row)[0]);
        let as_scored = |position: f64| match first.map(|reading| reading.scale) {
            Some(Scale::Percent) => short(100.0 * position),
            _ => short(position),
        };
        RankingShort {
            by: self.reporting(readings()),
            claims: self.claims(readings()),
            comparable: self.comparable(ranking),
            agreed: self.agreed(cells),
            half: spread.and_then(|it| it.middle).map(|(low, _, high)| [as_scored(low), as_scored(high)]),
            best: first.map(|reading| {
                let (shown, all) = as_shown(self.dataset.result(reading).score.digits());
                let model = reading.resolved.model;
                BestScore {
                    shown,
                    is_cut: all.is_some(),
                    url: format!("{}#{}", self.model_url(model), self.anchor(reading)),
                }
            }),
            saturation: self.saturation(ranking),
        }
    }

    fn saturation(&self, ranking: &Ranking) -> SaturationView {
        let language = self.language;
        let (value, inputs) = match saturation::of(self.dataset, ranking) {
            Err(unknown) => {
                (self.words("signal.saturation.unknown").to_owned(), vec![self.words(unknown.key()).to_owned()])
            }
            Ok(found) => (
                language.say(
                    "signal.saturation.value",
                    &[("band", self.words(found.band)), ("index", &format!("{:.2}", found.index))],
                ),
                vec![
                    language.say(
                        match ranking.direction {
                            Direction::LowerIsBetter => "signal.saturation.scores.lower",
                            _ => "signal.saturation.scores",
                        },
                        &[("first", &format!("{:.4}", found.scores.0)), ("fifth", &format!("{:.4}", found.scores.1))],
                    ),
                    language.say("signal.saturation.n", &[("n", &language.number(found.n as usize))]),
                    language.say("signal.saturation.error", &[("error", &format!("{:.4}", found.error))]),
                    match found.is_similar {
                        true => self.words("signal.saturation.similar").to_owned(),
                        false => self.words("signal.saturation.apart").to_owned(),
                    },
                ],
            ),
        };
        SaturationView { value, inputs }
    }
}
