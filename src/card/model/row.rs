//! The table of results on a model's card: one row for each cell with its scores; parts of a benchmark are grouped.

use serde::Serialize;

use super::super::disagreement::anchor;
use super::super::markers::MarkerView;
use super::super::plots::{axis_labels, chance};
use super::super::samples::SamplesView;
use super::super::uncertainty::SaidDigits;
use super::super::{Cards, direction_key, unit};
use crate::chart::position::Position;
use crate::chart::short;
use crate::id::Id;
use crate::mark::Level;
use crate::merge::{Direction, Family, Reading, Scale, ends};
use crate::number::as_shown;
use crate::resolve::Metric;

/// More parts than these stand together in one line.
const MOST_PARTS: usize = 4;

/// All results, and what is the same in most of them.
#[derive(Debug, Serialize)]
pub struct TableView<'a> {
    /// Metric of most cells; a row names only another one.
    pub metric: Option<String>,
    /// Key of the direction.
    pub direction: &'static str,
    /// Unit, if all share it.
    pub unit: Option<String>,
    /// Results without an uncertainty.
    pub without_uncertainty: usize,
    /// True if no result has an uncertainty.
    pub is_all_without: bool,
    /// True if a scale has no bounds: the score is drawn between the extremes of its ranking.
    pub has_open_scale: bool,
    /// True if chance is drawn.
    pub has_chance: bool,
    /// True if some share their rank.
    pub has_ties: bool,
    /// Labels of the axis: ends and middle; `None` if scales differ.
    pub axis: Option<[String; 3]>,
    /// Rows, by category and benchmark.
    pub entries: Vec<TableEntry<'a>>,
}

/// A row, or several in one line.
#[derive(Debug, Serialize)]
pub struct TableEntry<'a> {
    /// A cell.
    pub row: Option<Row<'a>>,
    /// Parts of one benchmark.
    pub parts: Option<Parts<'a>>,
}

/// Parts of one benchmark by one metric.
#[derive(Debug, Serialize)]
pub struct Parts<'a> {
    /// Benchmark.
    pub benchmark: &'a str,
    /// How many.
    pub n: usize,
    /// Metric, if not that of most cells.
    pub metric: Option<String>,
    /// The parts with the least and with the greatest score.
    pub ends: Option<[End<'a>; 2]>,
    /// Their evaluator, if it is one.
    pub evaluator: Option<&'a str>,
    /// Their record, if it is one.
    pub record: Option<String>,
    /// The score of guessing on the benchmark.
    pub chance: Option<String>,
    /// One a part.
    pub rows: Vec<Row<'a>>,
}

/// A score at the end of several.
#[derive(Debug, Serialize)]
pub struct End<'a> {
    /// Part.
    pub name: &'a str,
    /// Its score, cut if it is long.
    pub score: &'a str,
    /// True if it is cut.
    pub is_cut: bool,
}

/// A cell, with its scores.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    /// Benchmark.
    pub benchmark: &'a str,
    /// Its page.
    pub benchmark_url: String,
    /// What it tests.
    pub category: Option<String>,
    /// Part of the benchmark; `None` for the whole.
    pub slice: Option<&'a str>,
    /// Part of the test, if others of this slice cover another.
    pub part: Option<String>,
    /// Variant of the model, if any.
    pub variant: Option<&'a str>,
    /// Metric, if not that of most cells.
    pub metric: Option<String>,
    /// Key of its direction, if not that of most cells.
    pub direction: Option<&'static str>,
    /// True if scores depend on the other models.
    pub is_relative: bool,
    /// Anchor of its scores side by side, if several.
    pub anchor: Option<String>,
    /// True if they differ by more than the threshold.
    pub is_conflict: bool,
    /// The scores; the first one represents the cell.
    pub scores: Vec<ScoreView<'a>>,
}

/// A score in the table.
#[derive(Debug, Serialize)]
pub struct ScoreView<'a> {
    /// First digits of the record's SHA-256, unique on the site.
    pub record: String,
    /// Place of the result in its record.
    pub index: u16,
    /// As they are shown.
    pub shown: &'a str,
    /// The record's digits, if more.
    pub digits: Option<&'a str>,
    /// Unit, if needed.
    pub unit: Option<String>,
    /// Name of the level, if scores are levels.
    pub level: Option<String>,
    /// Stated uncertainty, in words.
    pub uncertainty: Option<String>,
    /// Why it is not ranked.
    pub flag: Option<&'a str>,
    /// How other scores of its source contradict it.
    pub remark: Option<&'a str>,
    /// The score of guessing.
    pub chance: Option<String>,
    /// What its samples show.
    pub samples: Option<SamplesView<'a>>,
    /// Its place.
    pub position: Position,
    /// Rank with its evaluator; 0 for none.
    pub rank: u32,
    /// How many are ranked there.
    pub of: usize,
    /// True if others share it.
    pub is_tied: bool,
    /// Its row there.
    pub ranking_url: Option<String>,
    /// Who reports it.
    pub evaluator: &'a str,
    /// False if not reported.
    pub is_named: bool,
    /// Evidence, if not that of most results.
    pub marker: Option<MarkerView>,
}

/// A cell, with its place among those of the model.
type Placed<'r> = (usize, &'r [Reading]);

/// What parts share that stand in one line.
type FoldedBy = (Id<Metric>, Direction, Family);

/// What is the same in most cells of a card.
struct UsualOfCard {
    metric: Option<(Id<Metric>, Direction)>,
    unit: Option<String>,
    level: Level,
}

impl<'a> Cards<'a> {
    /// The table over `cells`; `several` tells, by place, those that have several readings, and whether these conflict.
    pub(super) fn table(&self, cells: &[&[Reading]], several: impl Fn(usize) -> Option<bool>) -> TableView<'a> {
        let metric = |cell: &&[Reading]| (cell[0].resolved.metric, cell[0].direction);
        // Measurements are in the order in which they lead, so that of several metrics no cost is taken for the usual one.
        let mut by_lead = cells.to_vec();
        by_lead.sort_by_key(|cell| cell[0].measurement);
        let readings = || cells.iter().copied().flatten();
        let scale = commonest(readings().map(|reading| reading.scale.family()));
        let is_of_one_scale = readings().all(|reading| Some(reading.scale.family()) == scale);
        let units: Vec<String> = readings().map(|reading| self.unit_of(reading)).collect();
        let usual = UsualOfCard {
            metric: commonest(by_lead.iter().map(metric)),
            unit: units.first().filter(|first| units.iter().all(|unit| unit == *first)).cloned(),
            level: commonest(readings().map(|reading| self.dataset.level_of(reading))).unwrap_or(Level::Claimed),
        };
        let without = readings().filter(|reading| self.dataset.result(reading).uncertainty.is_none()).count();
        let mut entries: Vec<(Option<String>, Vec<TableEntry>)> = Vec::new();
        let mut numbered: Vec<Placed> = cells.iter().copied().enumerate().collect();
        for of_benchmark in
            numbered.chunk_by_mut(|a, b| self.dataset.benchmark_of(&a.1[0]) == self.dataset.benchmark_of(&b.1[0]))
        {
            // Of the whole the leading metric first; parts stay in the order of their names.
            let is_part = |reading: &Reading| self.dataset.entities.slices[reading.resolved.slice].name.is_some();
            of_benchmark.sort_by_key(
                |(_, cell)| if is_part(&cell[0]) { (true, None) } else { (false, Some(cell[0].measurement)) },
            );
            let category = self.category_of(self.dataset.benchmark_of(&of_benchmark[0].1[0]));
            entries.push((category, self.entries(of_benchmark, &usual, &several)));
        }
        // Those without a category come last.
        entries.sort_by(|(a, _), (b, _)| (a.is_none(), a).cmp(&(b.is_none(), b)));
        let entries: Vec<TableEntry> = entries.into_iter().flat_map(|(_, entries)| entries).collect();
        let scores = || rows(&entries).flat_map(|row| &row.scores);
        let has_chance = scores().any(|score| score.position.chance.is_some());
        let has_ties = scores().any(|score| score.is_tied);
        TableView {
            metric: usual.metric.map(|(metric, _)| self.metric_in_full(metric)),
            direction: usual.metric.map_or("", |(_, direction)| direction_key(direction)),
            unit: usual.unit.filter(|unit| !unit.is_empty()),
            without_uncertainty: without,
            is_all_without: without == units.len(),
            has_open_scale: readings().any(|reading| reading.scale == Scale::Open),
            has_chance,
            has_ties,
            axis: axis_labels(readings().map(|reading| reading.scale)).filter(|_| is_of_one_scale),
            entries,
        }
    }

    /// The unit that a reader needs; what runs from 0 to 1 needs none.
    pub(in crate::card) fn unit_of(&self, reading: &Reading) -> String {
        match reading.scale {
            Scale::Proportion => String::new(),
            _ => unit(self.language, &self.dataset.result(reading).metric),
        }
    }

    /// The cells of one benchmark: the whole and what conflicts, then the parts, together if they are many.
    fn entries(
        &self,
        cells: &[Placed],
        usual: &UsualOfCard,
        several: &impl Fn(usize) -> Option<bool>,
    ) -> Vec<TableEntry<'a>> {
        let is_part = |reading: &Reading| self.dataset.entities.slices[reading.resolved.slice].name.is_some();
        let mut entries: Vec<TableEntry> = Vec::new();
        let mut folds: Vec<(FoldedBy, Vec<Placed>)> = Vec::new();
        for (number, cell) in cells {
            if !is_part(&cell[0]) || several(*number) == Some(true) {
                entries.push(TableEntry { row: Some(self.result_row(cell, *number, usual, several)), parts: None });
                continue;
            }
            let key: FoldedBy = (cell[0].resolved.metric, cell[0].direction, cell[0].scale.family());
            match folds.iter_mut().find(|(known, _)| *known == key) {
                Some((_, fold)) => fold.push((*number, cell)),
                None => folds.push((key, vec![(*number, cell)])),
            }
        }
        for (_, fold) in folds {
            let rows: Vec<Row> =
                fold.iter().map(|(number, cell)| self.result_row(cell, *number, usual, several)).collect();
            if rows.len() <= MOST_PARTS {
                entries.extend(rows.into_iter().map(|row| TableEntry { row: Some(row), parts: None }));
                continue;
            }
            entries.push(TableEntry { row: None, parts: Some(self.parts(&fold, rows)) });
        }
        entries
    }

    /// `Biology`, where the part is called `MMLU-Pro (Biology)`.
    fn part_name(&self, reading: &Reading) -> Option<&'a str> {
        let entities = &self.dataset.entities;
        let slice = &entities.slices[reading.resolved.slice];
        let name = slice.name.as_deref()?;
        let rest = name.strip_prefix(&*entities.benchmarks[slice.benchmark].name);
        let part = rest.and_then(|rest| match rest.strip_prefix(" (") {
            Some(rest) => rest.strip_suffix(')'),
            None => [": ", " - ", " – "].into_iter().find_map(|separator| rest.strip_prefix(separator)),
        });
        Some(part.map(str::trim).filter(|part| !part.is_empty()).unwrap_or(name))
    }

    fn parts(&self, fold: &[Placed], rows: Vec<Row<'a>>) -> Parts<'a> {
        let first = &fold[0].1[0];
        let readings = || fold.iter().flat_map(|(_, cell)| *cell);
        let heads = || fold.iter().map(|(_, cell)| &cell[0]);
        let end = |reading: &Reading| {
            let (score, all) = as_shown(self.dataset.result(reading).score.digits());
            End { name: self.part_name(reading).unwrap_or_default(), score, is_cut: all.is_some() }
        };
        let is_of_one = |of: fn(&Reading) -> u32| readings().all(|reading| of(reading) == of(first));
        Parts {
            benchmark: rows[0].benchmark,
            n: rows.len(),
            metric: rows[0].metric.clone(),
            ends: ends(heads()).map(|of| of.map(end)),
            evaluator: is_of_one(|reading| reading.resolved.evaluator.index() as u32)
                .then(|| self.evaluator_name(first.resolved.evaluator)),
            record: is_of_one(|reading| reading.resolved.record)
                .then(|| self.dataset.loaded(first).origin.short_hash()),
            chance: rows.iter().flat_map(|row| &row.scores).find_map(|score| score.chance.clone()),
            rows,
        }
    }

    fn result_row(
        &self,
        cell: &[Reading],
        number: usize,
        usual: &UsualOfCard,
        several: &impl Fn(usize) -> Option<bool>,
    ) -> Row<'a> {
        let entities = &self.dataset.entities;
        let first = &cell[0];
        let slice = &entities.slices[first.resolved.slice];
        let several = several(number);
        let is_usual = usual.metric == Some((first.resolved.metric, first.direction));
        Row {
            benchmark: &entities.benchmarks[slice.benchmark].name,
            benchmark_url: self.benchmark_url(slice.benchmark),
            category: self.category_of(slice.benchmark).map(|category| self.language.category(&category)),
            slice: self.part_name(first),
            part: self.part_of(&self.dataset.rankings[first.ranking]),
            variant: self.dataset.variant_of(first),
            metric: (!is_usual).then(|| self.metric_in_full(first.resolved.metric)),
            direction: usual.metric.filter(|usual| usual.1 != first.direction).map(|_| direction_key(first.direction)),
            is_relative: entities.metrics[first.resolved.metric].is_relative,
            anchor: several.map(|_| anchor(number + 1)),
            is_conflict: several == Some(true),
            scores: cell.iter().map(|reading| self.score_view(reading, usual)).collect(),
        }
    }

    fn score_view(&self, reading: &Reading, usual: &UsualOfCard) -> ScoreView<'a> {
        let result = self.dataset.result(reading);
        let ranking = &self.dataset.rankings[reading.ranking];
        let score = self.score(reading);
        let (shown, digits) = as_shown(score.digits);
        let of = ranking.rows.partition_point(|row| row.rank.is_some());
        let spread = self.spread_of(ranking);
        let range = self.axis_of(reading, spread);
        let benchmark = &self.dataset.entities.benchmarks[self.dataset.benchmark_of(reading)];
        let meta = self.dataset.benchmark_meta(benchmark);
        // Nothing is guessed where the level is 0.
        let meta = meta.filter(|meta| meta.chance_level.is_some_and(|level| level != 0.0));
        let by_guessing = range.and_then(|range| chance(meta?, range));
        let interval = self.interval_of(reading);
        let marker = self.marker(reading);
        let level = self.dataset.level_of(reading);
        let is_usual = level == usual.level && level < Level::SubmitterKnown && marker.beside.is_empty();
        let is_drawn = reading.in_range && reading.scale != Scale::Contradictory;
        ScoreView {
            record: self.dataset.loaded(reading).origin.short_hash(),
            index: result.index,
            shown,
            digits,
            unit: Some(self.unit_of(reading)).filter(|unit| !unit.is_empty() && usual.unit.as_ref() != Some(unit)),
            level: score.level,
            uncertainty: self.uncertainty_in_words(reading, SaidDigits::Shown),
            flag: score.flag,
            remark: score.remark,
            chance: match (by_guessing, reading.scale) {
                (Some(level), Scale::Percent) => Some(short(level * 100.0)),
                (Some(level), _) => Some(short(level)),
                (None, _) => meta.and_then(|meta| meta.chance_level).map(|level| level.to_string()),
            },
            samples: self.samples(reading),
            position: range.map_or_else(Position::default, |range| {
                range.position(Some(reading.position).filter(|_| is_drawn), interval, spread, by_guessing)
            }),
            rank: reading.rank,
            of,
            is_tied: reading.rank > 0 && self.n_sharing(ranking, reading.rank) > 1,
            ranking_url: self.row_url(reading),
            evaluator: self.evaluator_name(reading.resolved.evaluator),
            is_named: self.dataset.entities.evaluators[reading.resolved.evaluator].is_reported(),
            marker: (!is_usual).then_some(marker),
        }
    }
}

fn rows<'t, 'a>(entries: &'t [TableEntry<'a>]) -> impl Iterator<Item = &'t Row<'a>> {
    entries.iter().flat_map(|entry| entry.row.iter().chain(entry.parts.iter().flat_map(|parts| &parts.rows)))
}

/// What occurs most often; of several, the one that comes first.
pub(in crate::card) fn commonest<T: PartialEq + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: Vec<(T, usize)> = Vec::new();
    for value in values {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, n)) => *n += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.into_iter().rev().max_by_key(|(_, n)| *n).map(|(value, _)| value)
}
