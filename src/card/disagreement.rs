//! Several readings of one cell: how far they lie apart, and what is known of why.

use bigdecimal::BigDecimal;
use serde::Serialize;

use super::Cards;
use crate::chart::Range;
use crate::chart::strip::{MOST, Strip, Value};
use crate::mark::Standing;
use crate::merge::{Reading, Scale, cells};
use crate::signal::comparability::{self, Agreement, Apart, Comparison, Point, Unit, Verdict, in_unit, side_by_side};
use crate::signal::scale::{Class, Interval};
use crate::signal::setup;
use crate::words::{count, counted, shorten};

/// The readings of a cell side by side.
#[derive(Debug, Serialize)]
pub struct DisagreementView<'a> {
    /// Anchor on the card.
    pub anchor: String,
    /// True if no two readings are known to be further apart than the threshold.
    pub is_close: bool,
    /// Benchmark, part and metric.
    pub title: String,
    /// What is found, in a sentence.
    pub finding: String,
    /// The comparisons as arithmetic.
    pub arithmetic: Vec<String>,
    /// What is known of why.
    pub why: String,
    /// The readings on one axis; `None` if they have no common one.
    pub strip: Option<Strip>,
    /// One a reading.
    pub columns: Vec<Column<'a>>,
    /// One a setting that somebody reports.
    pub rows: Vec<SettingRow>,
    /// Settings that nobody reports, by name.
    pub nobody: String,
    /// How many readings are not in the table.
    pub n_more: usize,
}

/// A reading in the head of the table.
#[derive(Debug, Serialize)]
pub struct Column<'a> {
    /// `A`, `B` …
    pub letter: String,
    /// The record's digits.
    pub digits: &'a str,
    /// Its unit.
    pub unit: String,
    /// Who says so.
    pub evaluator: &'a str,
    /// Title of the source.
    pub source: Option<&'a str>,
    /// Where the reading stands on the card.
    pub anchor: String,
}

/// A setting, side by side.
#[derive(Debug, Serialize)]
pub struct SettingRow {
    /// Which.
    pub name: String,
    /// `different`, `same`, `only one reports it` …
    pub agreement: String,
    /// True if at least two report different values.
    pub differs: bool,
    /// What each reports.
    pub values: Vec<Option<String>>,
}

/// Results with one name that are not compared, and why.
#[derive(Debug, Serialize)]
pub struct ApartView {
    /// Benchmark and slice.
    pub title: String,
    /// `0.748 over 5 subjects, Exact match`.
    pub numbers: Vec<String>,
    /// How many more there are.
    pub n_more: usize,
    /// `they are over different parts of the test`.
    pub reason: &'static str,
}

/// Most numbers that a note on results kept apart names.
const MOST_APART: usize = 6;

impl<'a> Cards<'a> {
    /// The readings of `cell`, if there are several.
    pub(super) fn disagreement(&self, cell: &[Reading], number: usize) -> Option<DisagreementView<'a>> {
        if cell.len() < 2 {
            return None;
        }
        let points = comparability::points(self.dataset, cell);
        let found = comparability::compare(&points);
        let shown = &cell[..cell.len().min(MOST)];
        let settings: Vec<_> = shown
            .iter()
            .map(|reading| setup::settings(self.dataset.loaded(reading), self.dataset.result(reading)))
            .collect();
        let rows = side_by_side(&settings);
        let named = |wanted: fn(Agreement) -> bool| {
            let names = rows.iter().filter(|row| wanted(row.agreement)).map(|row| &*row.name);
            names.collect::<Vec<_>>().join(", ")
        };
        let nobody = named(|it| it == Agreement::Nobody);
        let agrees = found.as_ref().is_some_and(|it| it.all.verdict.agrees());
        let why = if agrees {
            String::new()
        } else {
            why(
                &named(|it| it == Agreement::Different),
                &named(|it| matches!(it, Agreement::OnlyOne | Agreement::OnlySome(_))),
            )
        };
        let first_difference = rows.iter().position(|row| row.agreement == Agreement::Different);
        let label = |at: usize| {
            let value =
                first_difference.and_then(|row| Some(format!("{} {}", rows[row].name, rows[row].values[at].as_ref()?)));
            let detail = value.map(|value| format!(" · {}", shorten(&value, 26))).unwrap_or_default();
            (format!("{} · {}", letter(at), shorten(self.evaluator_of(&shown[at]), 18)), detail)
        };
        let unit = found.as_ref().map_or(Unit::AsReported, |found| found.unit);
        Some(DisagreementView {
            anchor: format!("d{number}"),
            is_close: found
                .as_ref()
                .is_some_and(|it| !matches!(it.all.verdict, Verdict::Diverges | Verdict::NoThreshold)),
            title: self.cell_title(&cell[0]),
            finding: self.finding(cell, points.len(), found.as_ref().map(|found| &found.all)),
            arithmetic: found.as_ref().map(arithmetic).unwrap_or_default(),
            why,
            strip: self.strip(shown, unit, label),
            columns: shown.iter().enumerate().map(|(at, reading)| self.column(at, reading)).collect(),
            nobody,
            n_more: cell.len() - shown.len(),
            rows: rows
                .into_iter()
                .filter(|row| row.agreement != Agreement::Nobody)
                .map(|row| SettingRow {
                    agreement: agreement_in_words(row.agreement, shown.len()),
                    differs: row.agreement == Agreement::Different,
                    values: row.values.iter().map(|value| value.as_ref().map(|value| shorten(value, 90))).collect(),
                    name: row.name.into_owned(),
                })
                .collect(),
        })
    }

    fn evaluator_of(&self, reading: &Reading) -> &'a str {
        &self.dataset.entities.evaluators[reading.resolved.evaluator].name
    }

    fn column(&self, at: usize, reading: &Reading) -> Column<'a> {
        let score = super::score(self.dataset, reading);
        Column {
            letter: letter(at),
            digits: score.digits,
            unit: score.unit,
            evaluator: self.evaluator_of(reading),
            source: self.dataset.loaded(reading).record.source.name.as_deref(),
            anchor: self.anchor(reading),
        }
    }

    /// Benchmark, part and metric of a cell.
    pub(super) fn cell_title(&self, reading: &Reading) -> String {
        let entities = &self.dataset.entities;
        let slice = &entities.slices[reading.resolved.slice];
        let part = self.dataset.part_of(&self.dataset.rankings[reading.ranking]);
        let names = [Some(entities.benchmarks[slice.benchmark].name.as_str()), slice.name.as_deref(), part];
        names.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn strip(&self, readings: &[Reading], unit: Unit, label: impl Fn(usize) -> (String, String)) -> Option<Strip> {
        let first = readings.first()?;
        let values: Vec<Value> = readings
            .iter()
            .enumerate()
            .filter(|(_, reading)| {
                let result = self.dataset.result(reading);
                reading.standing == Standing::Current
                    && Class::of(&result.metric, reading.scale, &result.score).is_compared()
            })
            .map(|(at, reading)| {
                let result = self.dataset.result(reading);
                let place = |value: &BigDecimal| {
                    let point = Point { evaluator: None, score: value.clone(), scale: reading.scale };
                    in_unit(&point, unit).to_string().parse().unwrap_or_default()
                };
                let interval = result.uncertainty.as_ref().and_then(|it| it.interval.as_ref());
                let interval = interval.and_then(|(lower, upper)| {
                    Interval::bounds(lower, upper, &result.score, (&result.metric, reading.scale))
                });
                let score = super::score(self.dataset, reading);
                let (label, detail) = label(at);
                Value {
                    value: place(&result.score.decimal()),
                    interval: interval.map(|(low, high)| (place(&low), place(&high))),
                    label,
                    detail,
                    text: format!("{} {}", score.digits, score.unit),
                }
            })
            .collect();
        let range = match (unit, first.scale) {
            (Unit::Percent, _) => Range { min: 0.0, max: 100.0 },
            (_, Scale::Proportion | Scale::Percent) => Range { min: 0.0, max: 1.0 },
            (_, Scale::Range { min, max }) => Range { min, max },
            _ => Range::around(values.iter().map(|value| value.value))?,
        };
        (values.len() > 1).then(|| Strip::new(range, values))
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
                let more = match cell.len() {
                    1 => String::new(),
                    n => format!(", and {}", counted(n - 1, "more reading", "more readings")),
                };
                let score = super::score(self.dataset, reading);
                let ranking = &self.dataset.rankings[reading.ranking];
                let part = match entities.parts[ranking.part].label.as_str() {
                    "" => "part of the test not reported".to_owned(),
                    label => format!("over {label}"),
                };
                let metric = &entities.metrics[ranking.metric].name;
                let unit = if score.unit.is_empty() { String::new() } else { format!(" {}", score.unit) };
                format!("{}{unit}, {part}, by {metric} ({}){more}", score.digits, self.evaluator_of(reading))
            });
            notes.push(ApartView {
                title: names.into_iter().flatten().collect::<Vec<_>>().join(", "),
                numbers: numbers.collect(),
                n_more: cells.len().saturating_sub(MOST_APART),
                reason: Apart::of(self.dataset, first, second).words(),
            });
        }
        notes
    }
}

impl Cards<'_> {
    /// What the comparison of a cell finds, in a sentence.
    pub(super) fn finding(&self, cell: &[Reading], n_comparable: usize, found: Option<&Comparison>) -> String {
        match comparability::is_one_metric(self.dataset, cell) {
            true => finding(cell.len(), n_comparable, found),
            false => format!(
                "{}, which are not compared: the metric is not reported, and may be another one in each.",
                counted(cell.len(), "reading", "readings")
            ),
        }
    }
}

/// `A` to `Z`, then numbers.
fn letter(at: usize) -> String {
    match u8::try_from(at) {
        Ok(small) if small < 26 => char::from(b'A' + small).to_string(),
        _ => (at + 1).to_string(),
    }
}

fn finding(n: usize, n_comparable: usize, found: Option<&Comparison>) -> String {
    let readings = counted(n, "reading", "readings");
    let Some(found) = found else {
        return format!("{readings}, of which no two can be compared.");
    };
    let apart = plain(&found.apart);
    let finding = match found.verdict {
        Verdict::Same => "have the same score".to_owned(),
        Verdict::SameTo(0) => "are the same, rounded to whole numbers".to_owned(),
        Verdict::SameTo(digits) => {
            format!("are the same to {}", counted(digits as usize, "decimal", "decimals"))
        }
        Verdict::Within => format!("lie {apart} apart, which is within the threshold"),
        Verdict::Diverges => format!("lie {apart} apart, which is more than the threshold"),
        Verdict::NoThreshold => format!("lie {apart} apart; without bounds there is no threshold to hold that against"),
    };
    match n - n_comparable {
        0 => format!("{readings} {finding}."),
        left_out => format!("{readings}; {} cannot be compared, the others {finding}.", count(left_out)),
    }
}

/// The comparisons of a cell, printed as what they are.
fn arithmetic(cell: &comparability::Cell) -> Vec<String> {
    let note = match cell.unit {
        Unit::Percent => " (in percent)",
        Unit::AsReported => "",
        Unit::Converted => " (percentages divided by 100)",
    };
    let all = line("All readings", &cell.all) + note;
    let parties = cell
        .parties
        .as_ref()
        .map(|parties| line(&format!("Medians of {}", counted(parties.n, "evaluator", "evaluators")), parties) + note);
    [Some(all), parties].into_iter().flatten().collect()
}

fn line(what: &str, found: &Comparison) -> String {
    let difference = format!("{} − {} = {}", plain(&found.greatest), plain(&found.least), plain(&found.apart));
    match &found.threshold {
        None => format!("{what}: {difference}; no threshold"),
        Some(threshold) => {
            let sign = if found.apart > *threshold { ">" } else { "≤" };
            let verdict = match found.verdict {
                Verdict::Diverges => "they diverge",
                verdict if verdict.agrees() => "they agree",
                _ => "within the threshold",
            };
            format!("{what}: {difference} {sign} {}: {verdict}", plain(threshold))
        }
    }
}

fn plain(value: &BigDecimal) -> String {
    value.normalized().to_plain_string()
}

fn why(different: &str, partly: &str) -> String {
    let mut why = match different {
        "" => "No setting that two of them report differs".to_owned(),
        names => format!("They differ in: {names}"),
    };
    if !partly.is_empty() {
        why += &format!("; not all report: {partly}");
    }
    why + ". The records do not say whether that explains the difference."
}

/// The words of an agreement.
pub(super) fn agreement_in_words(agreement: Agreement, n: usize) -> String {
    match agreement {
        Agreement::Different => "different".to_owned(),
        Agreement::Same => "same".to_owned(),
        Agreement::OnlyOne => "only one reports it".to_owned(),
        Agreement::OnlySome(some) => format!("only {} of {} report it", count(some), count(n)),
        Agreement::Nobody => "nobody reports it".to_owned(),
    }
}
