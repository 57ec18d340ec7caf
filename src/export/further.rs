//! The *further tables* of pages: all but the main one, each with its own CSV.
//!
//! Tables of links (the first models and benchmarks on the home page) and the data of charts have no CSV: that of a
//! ranking has all of its scores.

use serde::Serialize;

use super::ROOT;
use super::csv::Csv;
use super::page_table::without_commas;
use crate::card::benchmark::SourceRow;
use crate::card::disagreement::{DisagreementView, ReadingColumn};
use crate::card::evaluator::{Counted, EvaluatorCard};
use crate::card::hub_readings::HubReading;
use crate::card::markers::MarkersCard;
use crate::card::pairs::PairsView;
use crate::card::reported::DocumentedRow;
use crate::card::runs::RunsView;
use crate::card::source::SourceCard;
use crate::emit::page::BenchmarkCount;
use crate::language::Language;
use crate::number::Number;

/// A table that stands beside the main one of its page.
#[derive(Clone, Copy, PartialEq)]
pub enum Further {
    /// The readings of a model's cells side by side.
    SideBySide,
    /// Who reports a benchmark.
    Sources,
    /// Two models of a ranking on the same samples.
    Pairs,
    /// What the runs behind results used.
    Runs,
    /// What the results of an evaluator or a source state, and where they come from.
    Documented,
    /// Where results of an evaluator differ from those of others.
    Differences,
    /// Reviewed statements.
    Attestations,
    /// Markers that were not carried over.
    Dropped,
    /// Ids that several records share.
    Collisions,
    /// What became of the results of each benchmark of the Hub.
    Outcomes,
    /// What the Hub itself shows for a model or benchmark.
    HubReadings,
}

impl Further {
    /// Where the table of `page` stands. Paths of pages have `~` before hex digits only, so that none is the same.
    pub fn path(self, page: &str) -> String {
        let name = match self {
            Further::SideBySide => "side-by-side",
            Further::Sources => "sources",
            Further::Pairs => "pairs",
            Further::Runs => "runs",
            Further::Documented => "documented",
            Further::Differences => "differences",
            Further::Attestations => "attestations",
            Further::Dropped => "dropped",
            Further::Collisions => "collisions",
            Further::Outcomes => "outcomes",
            Further::HubReadings => "on-the-hub",
        };
        format!("{ROOT}/{page}~{name}.csv")
    }
}

/// Addresses of a page's smaller tables.
#[derive(Debug, Default, Serialize)]
pub struct FurtherLinks {
    /// Scores side by side.
    pub side_by_side: Option<String>,
    /// Who reports the benchmark.
    pub sources: Option<String>,
    /// Two models on the same samples.
    pub pairs: Option<String>,
    /// What the runs behind results used.
    pub runs: Option<String>,
    /// What the results of the evaluator state, and where they come from.
    pub documented: Option<String>,
    /// Where they differ from those of others.
    pub differences: Option<String>,
    /// Reviewed statements.
    pub attestations: Option<String>,
    /// Markers that were not carried over.
    pub dropped: Option<String>,
    /// Ids that several records share.
    pub collisions: Option<String>,
    /// What became of the results of each benchmark of the Hub.
    pub outcomes: Option<String>,
    /// What the Hub shows.
    pub hub_readings: Option<String>,
}

impl FurtherLinks {
    /// To `tables` of `page`; `top` leads to the top of the site.
    pub fn new(tables: &[Further], top: &str, page: &str) -> FurtherLinks {
        let link = |table: Further| tables.contains(&table).then(|| format!("{top}{}", table.path(page)));
        FurtherLinks {
            side_by_side: link(Further::SideBySide),
            sources: link(Further::Sources),
            pairs: link(Further::Pairs),
            runs: link(Further::Runs),
            documented: link(Further::Documented),
            differences: link(Further::Differences),
            attestations: link(Further::Attestations),
            dropped: link(Further::Dropped),
            collisions: link(Further::Collisions),
            outcomes: link(Further::Outcomes),
            hub_readings: link(Further::HubReadings),
        }
    }
}

/// What the head of a column says of its reading.
type ColumnHead = for<'c> fn(&'c ReadingColumn<'c>) -> &'c str;

/// A line each, as columns have settings below them.
const HEADS: [(&str, ColumnHead); 6] = [
    ("score", |column| column.digits),
    ("unit", |column| &column.unit),
    ("evaluator", |column| column.evaluator),
    ("source", |column| column.source.unwrap_or_default()),
    ("record", |column| &column.record),
    ("pointer", |column| &column.pointer),
];

/// The readings of a model's cells side by side. A cell begins with the heads of its columns, a line each.
pub fn side_by_side(cells: &[DisagreementView]) -> Vec<u8> {
    let widest = cells.iter().max_by_key(|cell| cell.columns.len());
    let letters = widest.into_iter().flat_map(|cell| cell.columns.iter().map(|column| column.letter.as_str()));
    let header: Vec<&str> = ["benchmark", "set_up", "agreement"].into_iter().chain(letters).collect();
    let mut csv = Csv::new(&header);
    for cell in cells {
        let mut row = |name: &str, agreement: &str, values: Vec<&str>| {
            let mut row = vec![cell.title.as_str(), name, agreement];
            row.extend(values);
            // Every row has all columns.
            row.resize(header.len(), "");
            csv.row(&row);
        };
        for (name, value) in HEADS {
            row(name, "", cell.columns.iter().map(value).collect());
        }
        for setting in &cell.rows {
            let values = setting.values.iter().map(|value| value.as_deref().unwrap_or_default());
            row(&setting.name, &setting.agreement, values.collect());
        }
        if !cell.nobody.is_empty() {
            row(&cell.nobody, Language::english().phrase("agreement.nobody"), Vec::new());
        }
    }
    csv.into_bytes()
}

/// Who reports a benchmark.
pub fn sources(rows: &[SourceRow]) -> Vec<u8> {
    let mut csv = Csv::new(&["evaluator", "results", "models", "relation", "slots", "uncertainty"]);
    for it in rows {
        let [results, models] = [it.results, it.models].map(|n| n.to_string());
        let [slots, uncertainty] = [&it.slots, &it.uncertainty].map(|share| without_commas(share));
        csv.row(&[it.name, &results, &models, &it.relation, &slots, &uncertainty]);
    }
    csv.into_bytes()
}

/// Two models on the same samples.
pub fn pairs(view: Option<&PairsView>) -> Vec<u8> {
    let mut csv = Csv::new(&[
        "first",
        "first_variant",
        "second",
        "second_variant",
        "shared",
        "both_right",
        "only_first_right",
        "only_second_right",
        "both_wrong",
        "difference",
        "lower",
        "upper",
        "p",
    ]);
    for it in view.into_iter().flat_map(|view| &view.rows) {
        let samples = &it.samples;
        let counts = [samples.n(), samples.both, samples.only_first, samples.only_second, samples.neither]
            .map(|n| n.to_string());
        let (lower, upper) = samples.interval().unwrap_or_default();
        let computed = [samples.difference().unwrap_or_default(), lower, upper, samples.p_value()]
            .map(|it| Number::computed(it).map(|it| it.digits().to_owned()).unwrap_or_default());
        let mut row = Vec::new();
        for model in [&it.first, &it.second] {
            row.extend([model.id, model.variant.unwrap_or_default()]);
        }
        row.extend(counts.iter().chain(&computed).map(String::as_str));
        csv.row(&row);
    }
    csv.into_bytes()
}

/// What the runs behind results used: a line for each result and budget.
pub fn runs(view: Option<&RunsView>) -> Vec<u8> {
    let mut csv =
        Csv::new(&["model", "variant", "settings", "evaluator", "by", "budget", "solved", "ended_unsolved", "runs"]);
    let Some(view) = view else { return csv.into_bytes() };
    for it in &view.rows {
        for ((solved, unsolved), budget) in it.within.iter().zip(&view.limits) {
            let [budget, solved, unsolved, told] =
                [*budget as usize, *solved, *unsolved, it.told].map(|n| n.to_string());
            let settings = it.settings.join(" · ");
            let (variant, by) = (it.variant.unwrap_or_default(), view.by.unwrap_or_default());
            csv.row(&[it.model_id, variant, &settings, it.evaluator, by, &budget, &solved, &unsolved, &told]);
        }
    }
    csv.into_bytes()
}

/// What the results of an evaluator state, and where they come from: three tables of the page.
pub fn documented(card: &EvaluatorCard) -> Vec<u8> {
    disclosed(&card.documented, &[("relation", &card.relationships), ("collection", &card.collections)])
}

/// What the results of a source state, and what its records say: the tables of the page.
pub fn documented_source(card: &SourceCard) -> Vec<u8> {
    let counted: [(&str, &[Counted]); 4] = [
        ("retrieved", &card.captures),
        ("measured_by", &card.measurers),
        ("title", &card.titles),
        ("adapter", &card.adapters),
    ];
    disclosed(&card.documented, &counted)
}

fn disclosed(documented: &[DocumentedRow], counted: &[(&str, &[Counted])]) -> Vec<u8> {
    let mut csv = Csv::new(&["table", "name", "results", "records"]);
    for it in documented {
        csv.row(&["documented", it.label, &without_commas(&it.results), ""]);
    }
    for (table, rows) in counted {
        for it in *rows {
            csv.row(&[*table, &*it.text, "", &*it.n.to_string()]);
        }
    }
    csv.into_bytes()
}

/// What the Hub itself shows; a line for each record beside an entry, and one for an entry without any.
pub fn hub_readings(rows: &[HubReading]) -> Vec<u8> {
    let mut csv = Csv::new(&[
        "model",
        "dataset",
        "task",
        "value",
        "badge",
        "url",
        "pull_request",
        "submitter",
        "date",
        "notes",
        "source",
        "source_url",
        "has_token",
        "is_echo",
        "seen",
        "evaluator",
        "record_value",
        "agrees",
        "reading",
    ]);
    for it in rows {
        let number = it.pull_request.map(|number| number.to_string()).unwrap_or_default();
        let text = Option::unwrap_or_default;
        let (url, source_url) = (text(it.url.as_deref()), text(it.source_url.as_deref()));
        let (token, echo) = (it.has_token.to_string(), it.is_echo.to_string());
        let mut row = |beside: [&str; 4]| {
            let entry = [
                it.model,
                it.dataset,
                it.task,
                &it.value,
                it.badge,
                url,
                &number,
                text(it.submitter),
                text(it.date),
                text(it.notes),
                text(it.source),
                source_url,
                &token,
                &echo,
                &it.seen,
            ];
            csv.row(&entry.into_iter().chain(beside).collect::<Vec<_>>());
        };
        for beside in &it.beside {
            row([beside.evaluator, beside.value, if beside.agrees { "true" } else { "false" }, &beside.url]);
        }
        if it.beside.is_empty() {
            row([""; 4]);
        }
    }
    csv.into_bytes()
}

/// Where results of an evaluator differ from those of others.
pub fn differences(card: &EvaluatorCard) -> Vec<u8> {
    let mut csv = Csv::new(&["model", "benchmark", "other", "medians", "greater", "verdict", "readings"]);
    for it in &card.differences {
        let greater = if it.is_greater { card.name } else { it.other };
        csv.row(&[it.model, &it.title, it.other, &it.arithmetic, greater, it.verdict, &it.url]);
    }
    csv.into_bytes()
}

/// Reviewed statements.
pub fn attestations(card: &MarkersCard) -> Vec<u8> {
    let mut csv = Csv::new(&["file", "states", "reviewed", "outcome"]);
    for it in &card.attestations {
        csv.row(&[it.file, it.states, &it.decided_by, &it.outcome]);
    }
    csv.into_bytes()
}

/// Markers that were not carried over; the first, if there are very many.
pub fn dropped(card: &MarkersCard) -> Vec<u8> {
    let mut csv = Csv::new(&["record", "sha256", "why"]);
    for it in &card.dropped {
        csv.row(&[it.record.text, &it.hash, &it.why]);
    }
    csv.into_bytes()
}

/// Ids that several records share; the first, if there are very many.
pub fn collisions(card: &MarkersCard) -> Vec<u8> {
    let mut csv = Csv::new(&["id", "of", "records"]);
    for it in &card.collisions {
        csv.row(&[it.id, it.of, &it.records.join(" · ")]);
    }
    csv.into_bytes()
}

/// What became of the results of each benchmark of the Hub, and of all others.
pub fn outcomes(counts: &[BenchmarkCount], unsupported: usize) -> Vec<u8> {
    let english = Language::english();
    let mut csv = Csv::new(&["benchmark", "outcome", "says", "results"]);
    for it in counts {
        csv.row(&[it.benchmark, it.outcome, it.says.unwrap_or_default(), &it.results.to_string()]);
    }
    let (name, why) = (english.phrase("publishing.others"), english.phrase("publishing.others.why"));
    csv.row(&[name, why, "", &unsupported.to_string()]);
    csv.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_of_any_name_stands_where_a_further_table_does() {
        use Further::*;
        for table in [
            SideBySide,
            Sources,
            Pairs,
            Runs,
            Documented,
            Differences,
            Attestations,
            Dropped,
            Collisions,
            Outcomes,
            HubReadings,
        ] {
            let path = table.path("x");
            let part = path.rsplit('/').next().and_then(|file| file.strip_suffix(".csv")).unwrap();
            assert!(part.starts_with("x~") && crate::paths::decode(part).is_none(), "{path}");
        }
    }
}
