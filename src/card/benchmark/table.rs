//! The table of a ranking: what its rows share stands once above it, and a row has only what differs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::disagreement::Outcome;
use super::super::markers::MarkerView;
use super::super::model::commonest;
use super::super::plots::axis_labels;
use super::super::uncertainty::SaidDigits;
use super::super::{Cards, setting_in_words, setting_name};
use crate::chart::position::Position;
use crate::chart::{Range, short};
use crate::mark::{Fit, Level, Relationship};
use crate::merge::{RankedModel, Ranking, Reading};
use crate::number::as_shown;
use crate::signal::setup::{self, Setting};

/// One page of a ranking.
#[derive(Debug, Serialize)]
pub struct RankingTable<'a> {
    /// The unit of most scores, if it is needed to read them.
    pub unit: Option<String>,
    /// Who reports all rows.
    pub evaluator: &'a str,
    /// Their page.
    pub evaluator_url: String,
    /// Claimed relationship of most rows, and whether it fits.
    pub relation: Option<String>,
    /// Settings of most rows.
    pub settings: Vec<String>,
    /// Evidence level of most rows, if above the lowest.
    pub marker: Option<MarkerView>,
    /// True if no row has an uncertainty.
    pub is_without_uncertainty: bool,
    /// True if some rows share their rank.
    pub has_ties: bool,
    /// True if some row is not ranked.
    pub has_unranked: bool,
    /// Labels of the axis: ends and middle; `None` without a drawing.
    pub axis: Option<[String; 3]>,
    /// The scores of the whole ranking.
    pub spread: Position,
    /// Rows.
    pub rows: Vec<RankedRow<'a>>,
}

/// One model in a ranking.
#[derive(Debug, Serialize)]
pub struct RankedRow<'a> {
    /// Place in the ranking from 1, the row's anchor.
    pub place: usize,
    /// Its rank, with separators; `None` if it has none.
    pub rank: Option<String>,
    /// True if others share it.
    pub is_tied: bool,
    /// Display name.
    pub model: &'a str,
    /// The id before the name, if it ends with the name.
    pub owner: Option<&'a str>,
    /// Its id, if different.
    pub model_id: Option<&'a str>,
    /// Variant of the model, if any.
    pub variant: Option<&'a str>,
    /// Its card.
    pub url: String,
    /// Anchor of the result on the card.
    pub anchor: String,
    /// First digits of the record's SHA-256, unique on the site.
    pub record: String,
    /// The score as it is shown.
    pub shown: &'a str,
    /// The record's digits, if more.
    pub digits: Option<&'a str>,
    /// Unit, if not that of most rows.
    pub unit: Option<String>,
    /// Name of the level, if scores are levels.
    pub level: Option<String>,
    /// Stated uncertainty, in words.
    pub uncertainty: Option<String>,
    /// Why it is not ranked.
    pub flag: Option<&'a str>,
    /// How other scores of its source contradict it.
    pub remark: Option<&'a str>,
    /// Place in percent.
    pub dot: Option<f64>,
    /// Place of its interval.
    pub interval: Option<(f64, f64)>,
    /// Claimed relationship, and whether it fits, if not that of most rows.
    pub relation: Option<String>,
    /// Settings that most rows lack.
    pub settings: Vec<String>,
    /// Settings that most rows report and this one lacks.
    pub lacks: Vec<String>,
    /// Evidence, if not that of most rows.
    pub marker: Option<MarkerView>,
    /// The other scores of its cell, which its card has side by side.
    pub others: Option<OtherScores<'a>>,
}

/// The other scores of a cell: one is named, of several the number. Their card has them all.
#[derive(Debug, Serialize)]
pub struct OtherScores<'a> {
    /// How many.
    pub n: usize,
    /// The one.
    pub one: Option<OtherScore<'a>>,
    /// True if scores conflict.
    pub is_conflict: bool,
    /// Link to all side by side.
    pub url: String,
}

/// Another score of a row.
#[derive(Debug, Serialize)]
pub struct OtherScore<'a> {
    /// As it is shown.
    pub shown: &'a str,
    /// The record's digits, if more.
    pub digits: Option<&'a str>,
    /// Unit, if not that of the first.
    pub unit: Option<String>,
    /// Who reports it, if another evaluator.
    pub evaluator: Option<&'a str>,
}

/// What is the same in most rows of a page.
struct UsualOfPage<'a> {
    unit: Option<String>,
    relation: Option<String>,
    level: Level,
    settings: Vec<Setting<'a>>,
    range: Option<Range>,
}

impl<'a> Cards<'a> {
    /// The `rows` of `ranking`, from `first` on.
    pub(super) fn ranking_table(&self, ranking: &Ranking, first: usize, rows: &[RankedModel]) -> RankingTable<'a> {
        let readings: Vec<&Reading> = rows.iter().map(|row| &self.dataset.readings_in(row)[0]).collect();
        let settings: Vec<Vec<Setting>> = (readings.iter())
            .map(|reading| setup::settings(self.dataset.loaded(reading), self.dataset.result(reading)))
            .collect();
        let units: Vec<String> = readings.iter().map(|reading| self.unit_of(reading)).collect();
        let relations: Vec<String> =
            readings.iter().map(|reading| self.relation_in_words(self.relation_of(reading))).collect();
        let spread = self.spread_of(ranking);
        let range = readings.first().and_then(|reading| self.axis_of(reading, spread));
        let usual = UsualOfPage {
            unit: commonest(units.iter().map(String::as_str)).map(str::to_owned),
            relation: commonest(relations.iter().map(String::as_str)).map(str::to_owned),
            level: commonest(readings.iter().map(|reading| self.dataset.level_of(reading))).unwrap_or(Level::Claimed),
            settings: usual_settings(&settings),
            range,
        };
        let of_usual = readings.iter().find(|reading| self.dataset.level_of(reading) == usual.level);
        let ranked: Vec<RankedRow> = (rows.iter().zip(&settings).zip(units).enumerate())
            .map(|(at, ((row, settings), unit))| {
                self.ranked_row(ranking, first + at + 1, row, (settings, unit), &usual)
            })
            .collect();
        RankingTable {
            axis: range.map(|range| {
                let labels = axis_labels(readings.iter().map(|reading| reading.scale));
                labels.unwrap_or_else(|| [short(range.min), String::new(), short(range.max)])
            }),
            spread: self.position_of_all(ranking),
            unit: usual.unit.filter(|unit| !unit.is_empty()),
            evaluator: self.evaluator_name(ranking.evaluator),
            evaluator_url: self.evaluator_url(ranking.evaluator),
            relation: usual.relation,
            settings: usual.settings.iter().map(|setting| setting_in_words(self.language, setting)).collect(),
            // What stands beside a level is of one result, and its row says it.
            marker: (of_usual.filter(|_| usual.level > Level::Claimed))
                .map(|reading| MarkerView { beside: Vec::new(), ..self.marker(reading) }),
            is_without_uncertainty: ranked.iter().all(|row| row.uncertainty.is_none()),
            has_ties: ranked.iter().any(|row| row.is_tied),
            has_unranked: ranked.iter().any(|row| row.rank.is_none()),
            rows: ranked,
        }
    }

    fn ranked_row(
        &self,
        ranking: &Ranking,
        place: usize,
        row: &RankedModel,
        (settings, unit): (&[Setting<'a>], String),
        usual: &UsualOfPage<'a>,
    ) -> RankedRow<'a> {
        let reading = &self.dataset.readings_in(row)[0];
        let model = &self.dataset.entities.models[reading.resolved.model];
        let score = self.score(reading);
        let (shown, digits) = as_shown(score.digits);
        let marker = self.marker(reading);
        let is_usual = self.dataset.level_of(reading) == usual.level && marker.beside.is_empty();
        let url = self.model_url(reading.resolved.model);
        let others = self.other_scores(self.dataset.cell_of(row), reading, &unit);
        let relation = self.relation_of(reading);
        let is_at_end = model.id.ends_with(&model.name) && model.id.len() > model.name.len();
        let owner = &model.id[..model.id.len() - if is_at_end { model.name.len() } else { 0 }];
        let owner = Some(owner).filter(|owner| is_at_end && owner.ends_with('/'));
        let is_drawn = reading.in_range && usual.range.is_some();
        let drawn = usual.range.filter(|_| is_drawn);
        let position = drawn.map(|range| range.position(Some(reading.position), self.interval_of(reading), None, None));
        RankedRow {
            place,
            rank: row.rank.map(|rank| self.language.number(rank as usize)),
            is_tied: row.rank.is_some_and(|rank| self.n_sharing(ranking, rank) > 1),
            model: &model.name,
            owner,
            model_id: (owner.is_none() && model.id != model.name).then_some(model.id.as_str()),
            variant: self.dataset.variant_of(reading),
            anchor: self.anchor(reading),
            record: self.dataset.loaded(reading).origin.short_hash(),
            shown,
            digits,
            level: score.level,
            uncertainty: self.uncertainty_in_words(reading, SaidDigits::Shown),
            flag: score.flag,
            remark: score.remark,
            dot: position.as_ref().and_then(|it| it.dot),
            interval: position.and_then(|it| it.interval),
            relation: Some(self.relation_in_words(relation))
                .filter(|relation| usual.relation.as_ref() != Some(relation)),
            settings: (settings.iter().filter(|it| !usual.settings.contains(it)))
                .map(|setting| setting_in_words(self.language, setting))
                .collect(),
            lacks: lacking(settings, &usual.settings)
                .map(|name| setting_name(self.language, name).to_owned())
                .collect(),
            marker: (!is_usual).then_some(marker),
            others,
            unit: Some(unit).filter(|unit| usual.unit.as_ref() != Some(unit) && !unit.is_empty()),
            url,
        }
    }

    /// The scores of `cell` but `ranked`, whose unit is `unit`.
    fn other_scores(&self, cell: &[Reading], ranked: &Reading, unit: &str) -> Option<OtherScores<'a>> {
        let n = cell.len() - 1;
        let other = cell.iter().find(|other| !std::ptr::eq(*other, ranked))?;
        let one = (n == 1).then(|| {
            let (shown, digits) = as_shown(self.dataset.result(other).score.digits());
            let evaluator = other.resolved.evaluator;
            OtherScore {
                shown,
                digits,
                unit: Some(self.unit_of(other)).filter(|other| other != unit),
                evaluator: (evaluator != ranked.resolved.evaluator).then(|| self.evaluator_name(evaluator)),
            }
        });
        let is_conflict = self.outcome(cell) == Some(Outcome::Conflict);
        Some(OtherScores { n, one, is_conflict, url: self.side_by_side_url(ranked) })
    }

    fn relation_of(&self, reading: &Reading) -> Relationship {
        self.dataset.marks.records[reading.resolved.record as usize].relationship
    }

    fn relation_in_words(&self, relation: Relationship) -> String {
        let claimed = self.words(relation.claimed.key());
        match relation.fit {
            Fit::Undetermined | Fit::Consistent => claimed.to_owned(),
            fit => format!(
                "{claimed}{}{}{}",
                self.words("bracket.open"),
                self.words(fit.key()),
                self.words("bracket.close")
            ),
        }
    }
}

/// What more than half of the rows state.
fn usual_settings<'a>(rows: &[Vec<Setting<'a>>]) -> Vec<Setting<'a>> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for setting in rows.iter().flatten() {
        *counts.entry((&setting.name, setting.value)).or_default() += 1;
    }
    let is_usual = |setting: &&Setting| counts[&(&*setting.name, setting.value)] * 2 > rows.len();
    // In the order of the first row that states them.
    let mut usual: Vec<Setting> = Vec::new();
    for setting in rows.iter().flatten().filter(is_usual) {
        if !usual.contains(setting) {
            usual.push(setting.clone());
        }
    }
    usual
}

/// The names of usual settings that a row does not state at all.
fn lacking<'s>(own: &'s [Setting], usual: &'s [Setting]) -> impl Iterator<Item = &'s str> {
    let states = |name: &str| own.iter().any(|setting| setting.name == name);
    usual.iter().map(|setting| &*setting.name).filter(move |name| !states(name))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn stated<'a>(settings: &[(&'static str, &'a str)]) -> Vec<Setting<'a>> {
        settings.iter().map(|(name, value)| Setting { name: Cow::Borrowed(*name), value }).collect()
    }

    #[test]
    fn what_more_than_half_of_the_rows_state_is_said_once() {
        let [harness, bf16, fp16] = [("harness", "x"), ("precision", "bf16"), ("precision", "fp16")];
        let rows = [stated(&[harness, bf16]), stated(&[harness, bf16]), stated(&[fp16])];
        assert_eq!(usual_settings(&rows), stated(&[harness, bf16]));
        assert_eq!(
            lacking(&rows[2], &stated(&[harness, bf16])).collect::<Vec<_>>(),
            ["harness"],
            "fp16 is a precision"
        );
        let halves = [stated(&[bf16]), stated(&[fp16])];
        assert_eq!(usual_settings(&halves), [], "half is not most");
        assert_eq!(usual_settings(&[]), []);
    }
}
