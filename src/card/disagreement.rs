//! Several readings of one cell: how much they differ, and which settings may explain it.

use std::borrow::Cow;

use bigdecimal::BigDecimal;
use serde::Serialize;

use super::{Cards, setting_name};
use crate::id::Id;
use crate::language::Language;
use crate::merge::{Reading, cells, ends};
use crate::number::{as_shown, shortened};
use crate::resolve::Model;
use crate::signal::agreement::{Agreement, side_by_side};
use crate::signal::comparability::{self, Comparison, ComparisonResult, NotComparable, Unit};
use crate::signal::setup;
use crate::signal::verdict::{Comparability as Readable, Conditions, verdict};
use crate::words::shorten;

/// The scores of a cell side by side.
#[derive(Debug, Serialize)]
pub struct DisagreementView<'a> {
    /// Number of the cell on the card, from 1.
    pub number: usize,
    /// Anchor on the card.
    pub anchor: String,
    /// `conflict`, `not_compared`, `within` or `agree`.
    pub outcome: Outcome,
    /// The highest and the lowest comparable score.
    pub ends: Option<[&'a str; 2]>,
    /// Benchmark, part and metric.
    pub title: String,
    /// The result in a sentence.
    pub finding: String,
    /// `comparable`, `different`, `not_enough_stated` or `conditions_apart`.
    pub verdict: &'static str,
    /// The verdict in a sentence.
    pub verdict_in_words: String,
    /// The differences, as arithmetic.
    pub arithmetic: Vec<String>,
    /// Known reasons.
    #[serde(skip)]
    pub why: String,
    /// Settings with different values, by name.
    pub different: String,
    /// One per score.
    pub columns: Vec<ReadingColumn<'a>>,
    /// One per reported setting.
    pub rows: Vec<SettingRow>,
    /// Settings that all scores report in the same words, as `name: value`.
    pub same: Vec<String>,
    /// True if the table has a row.
    pub has_table: bool,
    /// Settings that are not reported.
    pub nobody: String,
    /// Scores that are not in the table.
    pub n_more: usize,
}

/// What the comparison of a cell finds; conflicts come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Two scores lie further apart than the threshold.
    Conflict,
    /// Nothing can be compared, or there is no threshold.
    NotCompared,
    /// They differ by the threshold at most.
    Within,
    /// Nothing but the number of digits tells them apart.
    Agree,
}

impl Outcome {
    fn of(verdict: Option<ComparisonResult>) -> Outcome {
        match verdict {
            None | Some(ComparisonResult::NoThreshold) => Outcome::NotCompared,
            Some(ComparisonResult::Diverges) => Outcome::Conflict,
            Some(ComparisonResult::Within) => Outcome::Within,
            Some(ComparisonResult::Same | ComparisonResult::SameTo(_)) => Outcome::Agree,
        }
    }
}

/// A score in the head of the table.
#[derive(Debug, Serialize)]
pub struct ReadingColumn<'a> {
    /// `A`, `B` …
    pub letter: String,
    /// The record's digits.
    pub digits: &'a str,
    /// Its unit.
    pub unit: String,
    /// Who reports it.
    pub evaluator: &'a str,
    /// Title of the source.
    pub source: Option<&'a str>,
    /// Anchor of the score on the card.
    pub anchor: String,
    /// First digits of the record's SHA-256, unique on the site.
    pub record: String,
    /// JSON pointer of the result in its record.
    pub pointer: String,
    /// Settings that no other score reports.
    pub own: Vec<String>,
}

/// A setting, side by side.
#[derive(Debug, Serialize)]
pub struct SettingRow {
    /// Which.
    pub name: String,
    /// `different`, `same`, `reported once` …
    pub agreement: String,
    /// True if at least two report different values.
    pub differs: bool,
    /// How the card shows it.
    pub shown: SettingShown,
    /// What each reports.
    pub values: Vec<Option<String>>,
}

/// How a comparison shows a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingShown {
    /// Beside the only score that reports it.
    Score,
    /// In one line, as all report it in the same words.
    Line,
    /// In a row of the table.
    Row,
}

impl SettingShown {
    /// Of a setting that scores report as `values`.
    fn of(values: &[Option<Cow<str>>]) -> SettingShown {
        if values.iter().flatten().count() == 1 {
            SettingShown::Score
        } else if values.iter().all(|value| *value == values[0]) {
            SettingShown::Line
        } else {
            SettingShown::Row
        }
    }
}

/// Results with one name that are not compared.
#[derive(Debug, Serialize)]
pub struct ApartView {
    /// Benchmark and slice.
    pub title: String,
    /// `0.748 over 5 subjects, Exact match`.
    pub numbers: Vec<String>,
    /// How many more there are, in words.
    pub more: Option<String>,
    /// Why they are not compared.
    pub reason: String,
}

/// Most readings side by side.
const MOST: usize = 12;

/// Most numbers that a note on results kept apart names.
const MOST_APART: usize = 6;

impl<'a> Cards<'a> {
    /// What the comparison of a cell finds; `None` if it has one reading.
    pub(super) fn outcome(&self, cell: &[Reading]) -> Option<Outcome> {
        let compare = || comparability::compare(&comparability::points(self.dataset, cell));
        (cell.len() > 1).then(|| Outcome::of(compare().map(|found| found.all.verdict)))
    }

    /// The cells of a model that have several readings: those that conflict, then the others.
    pub fn disagreements(&self, id: Id<Model>) -> Vec<DisagreementView<'a>> {
        let of_cells = cells(self.dataset.readings_of(id)).enumerate();
        let mut views: Vec<_> = of_cells.filter_map(|(at, cell)| self.disagreement(cell, at + 1)).collect();
        views.sort_by_key(|it| it.outcome);
        views
    }

    /// The readings of `cell`, if there are several.
    fn disagreement(&self, cell: &[Reading], number: usize) -> Option<DisagreementView<'a>> {
        if cell.len() < 2 {
            return None;
        }
        let language = self.language;
        let points = comparability::points(self.dataset, cell);
        let found = comparability::compare(&points);
        let shown = &cell[..cell.len().min(MOST)];
        let settings: Vec<_> = shown
            .iter()
            .map(|reading| setup::settings(self.dataset.loaded(reading), self.dataset.result(reading)))
            .collect();
        let rows = side_by_side(&settings);
        let named = |wanted: fn(Agreement) -> bool| {
            let names = rows.iter().filter(|row| wanted(row.agreement));
            language.list(&names.map(|row| setting_name(language, &row.name)).collect::<Vec<_>>())
        };
        let nobody = named(|it| it == Agreement::Nobody);
        let different = named(|it| it == Agreement::Different);
        let agrees = found.as_ref().is_some_and(|it| it.all.verdict.agrees());
        let why = if agrees {
            String::new()
        } else {
            why(language, &different, &named(|it| matches!(it, Agreement::OnlyOne | Agreement::OnlySome(_))))
        };
        let conditions: Vec<_> = cell.iter().map(|reading| Conditions::of(self.dataset, reading)).collect();
        let verdict = verdict(&conditions);
        let rows: Vec<SettingRow> = (rows.into_iter())
            .filter(|row| row.agreement != Agreement::Nobody)
            .map(|row| SettingRow {
                agreement: agreement_in_words(language, row.agreement, shown.len()),
                differs: row.agreement == Agreement::Different,
                shown: SettingShown::of(&row.values),
                values: row.values.iter().map(|value| value.as_ref().map(|value| shorten(value, 240))).collect(),
                name: setting_name(language, &row.name).to_owned(),
            })
            .collect();
        // What the reading at `at` reports of the settings that are shown so.
        let reported = |shown: SettingShown, at: usize| -> Vec<String> {
            let rows = rows.iter().filter(|row| row.shown == shown);
            rows.filter_map(|row| Some(format!("{}{}{}", row.name, self.words("colon"), row.values[at].as_deref()?)))
                .collect()
        };
        let columns = shown
            .iter()
            .enumerate()
            .map(|(at, reading)| ReadingColumn { own: reported(SettingShown::Score, at), ..self.column(at, reading) });
        Some(DisagreementView {
            number,
            anchor: anchor(number),
            outcome: Outcome::of(found.as_ref().map(|it| it.all.verdict)),
            ends: self.ends(cell),
            title: self.cell_title(&cell[0]),
            finding: self.finding(cell, points.len(), found.as_ref().map(|found| &found.all)),
            verdict: verdict.code(),
            verdict_in_words: self.verdict_in_words(&verdict),
            arithmetic: found.as_ref().map(|found| arithmetic(language, found)).unwrap_or_default(),
            why,
            different: if agrees { String::new() } else { different },
            columns: columns.collect(),
            nobody,
            n_more: cell.len() - shown.len(),
            same: reported(SettingShown::Line, 0),
            has_table: rows.iter().any(|row| row.shown == SettingShown::Row),
            rows,
        })
    }

    fn evaluator_of(&self, reading: &Reading) -> &'a str {
        self.evaluator_name(reading.resolved.evaluator)
    }

    fn column(&self, at: usize, reading: &Reading) -> ReadingColumn<'a> {
        let score = self.score(reading);
        ReadingColumn {
            letter: letter(at),
            digits: score.digits,
            unit: score.unit,
            evaluator: self.evaluator_of(reading),
            source: self.dataset.loaded(reading).record.source.name.as_deref(),
            anchor: self.anchor(reading),
            record: self.dataset.loaded(reading).origin.short_hash(),
            pointer: self.pointer(reading),
            own: Vec::new(),
        }
    }

    /// Benchmark, part and metric of a cell.
    pub(super) fn cell_title(&self, reading: &Reading) -> String {
        let entities = &self.dataset.entities;
        let slice = &entities.slices[reading.resolved.slice];
        let part = self.part_of(&self.dataset.rankings[reading.ranking]);
        let names = [Some(entities.benchmarks[slice.benchmark].name.as_str()), slice.name.as_deref(), part.as_deref()];
        names.into_iter().flatten().collect::<Vec<_>>().join(self.words("comma"))
    }

    /// The greatest and the least of what can be compared.
    fn ends(&self, cell: &[Reading]) -> Option<[&'a str; 2]> {
        let [least, greatest] = ends(cell.iter())?;
        Some([greatest, least].map(|reading| as_shown(self.dataset.result(reading).score.digits()).0))
    }

    /// Cells of one model with one name that are over different things.
    pub(super) fn kept_apart(&self, readings: &[Reading]) -> Vec<ApartView> {
        let mut notes = Vec::new();
        for slice in readings.chunk_by(|a, b| a.resolved.slice == b.resolved.slice) {
            let cells: Vec<&[Reading]> = cells(slice).collect();
            let [[first, ..], [second, ..], ..] = cells[..] else { continue };
            let entities = &self.dataset.entities;
            let of = &entities.slices[first.resolved.slice];
            let names = [Some(entities.benchmarks[of.benchmark].name.as_str()), of.name.as_deref()];
            let numbers = cells.iter().take(MOST_APART).map(|cell| {
                let reading = &cell[0];
                let score = self.score(reading);
                let ranking = &self.dataset.rankings[reading.ranking];
                let part = match entities.parts[ranking.part].in_words(self.language) {
                    part if part.is_empty() => self.words("apart.over.unknown").to_owned(),
                    part => self.language.say("apart.over", &[("part", &part)]),
                };
                let metric = self.metric_in_full(ranking.metric);
                let unit = if score.unit.is_empty() { String::new() } else { format!(" {}", score.unit) };
                let values = [
                    ("score", &*format!("{}{unit}", score.digits)),
                    ("part", &*part),
                    ("metric", &*metric),
                    ("evaluator", self.evaluator_of(reading)),
                ];
                let number = self.language.say("apart.number", &values);
                match cell.len() {
                    1 => number,
                    n => {
                        let more = self.language.counted("count.readings.more", n - 1);
                        self.language.say("apart.number.more", &[("number", &number), ("more", &more)])
                    }
                }
            });
            notes.push(ApartView {
                title: names.into_iter().flatten().collect::<Vec<_>>().join(self.words("comma")),
                numbers: numbers.collect(),
                more: (cells.len() > MOST_APART).then(|| self.language.counted("apart.more", cells.len() - MOST_APART)),
                reason: self
                    .language
                    .say("apart.lead", &[("reason", self.words(NotComparable::of(self.dataset, first, second).key()))]),
            });
        }
        notes
    }
}

impl Cards<'_> {
    /// What the comparison of a cell finds, in a sentence.
    pub(super) fn finding(&self, cell: &[Reading], n_comparable: usize, found: Option<&Comparison>) -> String {
        let gulfs = comparability::gulfs_of(self.dataset, cell);
        if !gulfs.is_empty() {
            let readings = self.language.counted("count.readings", cell.len());
            let verdict = self.verdict_in_words(&Readable::Apart(gulfs));
            return self.language.say("finding.apart", &[("readings", &readings), ("verdict", &verdict)]);
        }
        if comparability::is_one_metric(self.dataset, cell) {
            return finding(self.language, cell.len(), n_comparable, found);
        }
        let readings = self.language.counted("count.readings", cell.len());
        self.language.say("finding.no_metric", &[("readings", &readings)])
    }
}

/// Where a cell with several readings stands on the card of its model.
pub(super) fn anchor(number: usize) -> String {
    format!("d{number}")
}

/// `A` to `Z`, then numbers.
fn letter(at: usize) -> String {
    match u8::try_from(at) {
        Ok(small) if small < 26 => char::from(b'A' + small).to_string(),
        _ => (at + 1).to_string(),
    }
}

fn finding(language: &Language, n: usize, n_comparable: usize, found: Option<&Comparison>) -> String {
    let readings = language.counted("count.readings", n);
    let Some(found) = found else {
        return language.say("finding.none", &[("readings", &readings)]);
    };
    let apart = plain(&found.apart);
    let (key, value) = match found.verdict {
        ComparisonResult::Same => ("finding.same", ("apart", apart)),
        ComparisonResult::SameTo(0) => ("finding.rounded", ("apart", apart)),
        ComparisonResult::SameTo(digits) => {
            ("finding.same_to", ("decimals", language.counted("count.decimals", digits as usize)))
        }
        ComparisonResult::Within => ("finding.within", ("apart", apart)),
        ComparisonResult::Diverges => ("finding.diverges", ("apart", apart)),
        ComparisonResult::NoThreshold => ("finding.no_threshold", ("apart", apart)),
    };
    let finding = language.say(key, &[(value.0, &value.1)]);
    let left_out = n - n_comparable;
    let key = if left_out == 0 { "finding" } else { "finding.some" };
    language.say(key, &[("readings", &readings), ("left_out", &language.number(left_out)), ("finding", &finding)])
}

/// The comparisons of a cell, printed as what they are.
fn arithmetic(language: &Language, cell: &comparability::CellComparisons) -> Vec<String> {
    let note = match cell.unit {
        Unit::Percent => language.phrase("arithmetic.percent"),
        Unit::AsReported => "",
        Unit::Converted => language.phrase("arithmetic.converted"),
    };
    let all = |what| line(language, &(language.phrase(what).to_owned() + note), &cell.all);
    match &cell.parties {
        None => vec![all("arithmetic.all")],
        // Then the readings are the medians.
        Some(parties) if *parties == cell.all => vec![all("arithmetic.one_each")],
        Some(parties) => {
            let medians = language.counted("arithmetic.medians", parties.n) + note;
            vec![all("arithmetic.all"), line(language, &medians, parties)]
        }
    }
}

fn line(language: &Language, what: &str, found: &Comparison) -> String {
    // As the scores are shown; links lead to their digits.
    let said = |value| shortened(&plain(value)).into_owned();
    let [greatest, least, apart] = [&found.greatest, &found.least, &found.apart].map(said);
    let difference = format!("{greatest} − {least} = {apart}");
    let Some(threshold) = &found.threshold else {
        return language.say("arithmetic.line.open", &[("what", what), ("difference", &difference)]);
    };
    let verdict = match found.verdict {
        ComparisonResult::Diverges => "arithmetic.diverge",
        verdict if verdict.agrees() => "arithmetic.agree",
        _ => "arithmetic.within",
    };
    let sign = if found.apart > *threshold { ">" } else { "≤" };
    let values = [
        ("what", what),
        ("difference", &*difference),
        ("sign", sign),
        ("threshold", &*plain(threshold)),
        ("verdict", language.phrase(verdict)),
    ];
    language.say("arithmetic.line", &values)
}

fn plain(value: &BigDecimal) -> String {
    value.normalized().to_plain_string()
}

/// What is known of why readings differ, by the names of settings.
fn why(language: &Language, different: &str, partly: &str) -> String {
    let key = match (different.is_empty(), partly.is_empty()) {
        (false, true) => "why.differ",
        (false, false) => "why.differ.partly",
        (true, true) => "why.same",
        (true, false) => "why.same.partly",
    };
    language.say(key, &[("names", different), ("partly", partly)])
}

/// The words of an agreement.
fn agreement_in_words(language: &Language, agreement: Agreement, n: usize) -> String {
    let (key, some) = match agreement {
        Agreement::Different => ("agreement.different", 0),
        Agreement::Same => ("agreement.same", 0),
        Agreement::OnlyOne => ("agreement.only_one", 0),
        Agreement::OnlySome(some) => ("agreement.only_some", some),
        Agreement::Nobody => ("agreement.nobody", 0),
    };
    language.say(key, &[("some", &language.number(some)), ("all", &language.number(n))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_all_report_in_the_same_words_is_said_once() {
        let shown = |values: &[Option<&'static str>]| {
            SettingShown::of(&values.iter().map(|value| value.map(Cow::Borrowed)).collect::<Vec<_>>())
        };
        assert_eq!(shown(&[Some("bfloat16"), Some("bfloat16")]), SettingShown::Line);
        // One value in two spellings: each record keeps its own.
        assert_eq!(shown(&[Some("bfloat16"), Some("bf16")]), SettingShown::Row);
        assert_eq!(shown(&[Some("5"), Some("5"), None]), SettingShown::Row);
        assert_eq!(shown(&[Some("5"), None]), SettingShown::Score);
    }
}
