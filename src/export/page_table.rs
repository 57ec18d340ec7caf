//! The *tables of pages* as CSV: the rows of the page in its order, those of a list together, and its columns from
//! left to right. Several values in one cell of the page get a column each. Each row of a card's table is complete:
//! what the page states once for many results is repeated.

use super::csv::Csv;
use crate::card::benchmark::{OtherReading, RowView};
use crate::card::developer::MadeModel;
use crate::card::evaluator::ReportedView;
use crate::card::markers::{MarkerView, MarkersCard};
use crate::card::merged;
use crate::card::model::CellView;
use crate::card::source::HeldView;
use crate::emit::page::PublishingRow;

/// The results on a model's card, one row a reading.
pub fn model(cells: &[CellView]) -> Vec<u8> {
    let mut csv = Csv::new(&[
        "benchmark",
        "slice",
        "part",
        "variant",
        "metric",
        "metric_qualifier",
        "measurement",
        "direction",
        "is_relative",
        "rank",
        "ranked_models",
        "models_with_this_rank",
        "difference",
        "score",
        "unit",
        "level",
        "uncertainty",
        "not_ranked",
        "evaluator",
        "relationship",
        "relationship_fit",
        "marker",
        "evaluated",
        "evaluated_text",
        "retrieved",
        "settings",
        "evaluation_name",
        "record",
        "pointer",
        "result_id",
        "samples",
        "recomputed",
    ]);
    for cell in cells {
        for reading in &cell.readings {
            csv.row(&[
                cell.benchmark,
                cell.slice.unwrap_or_default(),
                cell.part.as_deref().unwrap_or_default(),
                cell.variant.unwrap_or_default(),
                cell.metric,
                cell.qualifier.as_deref().unwrap_or_default(),
                cell.measurement,
                cell.direction,
                flag(cell.is_relative),
                &cell.rank.map(|rank| rank.to_string()).unwrap_or_default(),
                &cell.ranked_models.to_string(),
                &cell.models_with_this_rank.to_string(),
                cell.difference.as_deref().unwrap_or_default(),
                reading.score.digits,
                &reading.score.unit,
                reading.score.level.as_deref().unwrap_or_default(),
                reading.uncertainty.as_deref().unwrap_or_default(),
                reading.score.flag.unwrap_or_default(),
                reading.evaluator,
                reading.relationship,
                reading.marker.fit.as_deref().unwrap_or_default(),
                &marker(&reading.marker),
                reading.evaluated.as_deref().unwrap_or_default(),
                reading.evaluated_text.unwrap_or_default(),
                reading.retrieved.as_deref().unwrap_or_default(),
                &reading.settings.join(" · "),
                reading.stated_name.unwrap_or_default(),
                &reading.record,
                &reading.pointer,
                reading.result_id.unwrap_or_default(),
                reading.samples.as_ref().map_or("", |samples| samples.code),
                &reading.samples.as_ref().and_then(|it| it.recomputed).map(|it| it.to_string()).unwrap_or_default(),
            ]);
        }
    }
    csv.into_bytes()
}

/// A ranking. The least marker is left out, as on the page: it would be most of the column.
pub fn ranking(rows: &[RowView]) -> Vec<u8> {
    let mut csv = Csv::new(&[
        "rank",
        "models_with_this_rank",
        "model",
        "variant",
        "model_id",
        "score",
        "unit",
        "level",
        "uncertainty",
        "not_ranked",
        "evaluator",
        "relationship",
        "marker",
        "others",
        "settings",
        "record",
    ]);
    for row in rows {
        let reading = &row.reading;
        let others: Vec<String> = row.others.iter().map(other).collect();
        csv.row(&[
            &row.rank.map(|rank| rank.to_string()).unwrap_or_default(),
            &row.shared.map(|n| n.to_string()).unwrap_or_default(),
            row.model,
            row.variant.unwrap_or_default(),
            row.model_id,
            reading.score.digits,
            &reading.score.unit,
            reading.score.level.as_deref().unwrap_or_default(),
            reading.uncertainty.as_deref().unwrap_or_default(),
            reading.score.flag.unwrap_or_default(),
            reading.evaluator,
            reading.relationship,
            &if reading.marker.says_more() { marker(&reading.marker) } else { String::new() },
            &others.join(" · "),
            &reading.settings.join(" · "),
            &reading.record,
        ]);
    }
    csv.into_bytes()
}

/// The benchmarks on an evaluator's page.
pub fn evaluator(rows: &[ReportedView]) -> Vec<u8> {
    let mut csv = Csv::new(&["benchmark", "models", "results"]);
    for it in rows {
        csv.row(&[it.name, &it.models.to_string(), &it.results.to_string()]);
    }
    csv.into_bytes()
}

/// The benchmarks on the page of a source.
pub fn source(rows: &[HeldView]) -> Vec<u8> {
    let mut csv = Csv::new(&["benchmark", "models", "results"]);
    for it in rows {
        csv.row(&[it.name, &it.models.to_string(), &it.results.to_string()]);
    }
    csv.into_bytes()
}

/// The models on a developer's page.
pub fn developer<'a>(rows: impl Iterator<Item = MadeModel<'a>>) -> Vec<u8> {
    let mut csv = Csv::new(&["model", "model_id", "released", "results", "benchmarks", "coverage"]);
    for row in rows {
        let released = row.released.unwrap_or_default();
        let (results, benchmarks) = (row.results.to_string(), row.benchmarks.to_string());
        csv.row(&[row.name, row.id, released, &results, &benchmarks, &row.coverage]);
    }
    csv.into_bytes()
}

/// The names that were joined, and the near ones that were not.
pub fn merged<'a>(rows: impl Iterator<Item = merged::MergedName<'a>>) -> Vec<u8> {
    let mut csv = Csv::new(&["name", "kind", "is_joined", "taken_for", "step", "confidence"]);
    for row in rows {
        csv.row(&[row.name, row.kind, flag(row.is_merged), row.entity, &row.step, row.confidence]);
    }
    csv.into_bytes()
}

/// What could be proposed to the Hub, and what not.
pub fn publishing<'a>(rows: impl Iterator<Item = PublishingRow<'a>>) -> Vec<u8> {
    let mut csv = Csv::new(&[
        "model",
        "benchmark",
        "outcome",
        "value",
        "score",
        "collection",
        "record_url",
        "pointer",
        "path",
        "certainty",
    ]);
    for row in rows {
        let value = row.value.unwrap_or_default();
        csv.row(&[
            row.model,
            row.benchmark,
            row.outcome,
            value,
            row.score,
            row.collection,
            row.record_url.as_deref().unwrap_or_default(),
            row.pointer,
            row.path,
            row.certainty.unwrap_or_default(),
        ]);
    }
    csv.into_bytes()
}

/// The levels of markers.
pub fn markers(card: &MarkersCard) -> Vec<u8> {
    let mut csv = Csv::new(&["marker", "means", "does_not_mean", "results", "level"]);
    for row in &card.levels {
        let results = row.results.to_string();
        csv.row(&[&row.marker.words, &row.means, &row.does_not_mean, &results, row.marker.code]);
    }
    csv.into_bytes()
}

/// The level in words, and what stands beside it.
fn marker(marker: &MarkerView) -> String {
    let parts: Vec<&str> =
        [marker.words.as_str()].into_iter().chain(marker.beside.iter().map(String::as_str)).collect();
    parts.join("; ")
}

fn other(other: &OtherReading) -> String {
    let parts = [Some(other.digits), other.unit.as_deref(), other.evaluator];
    parts.into_iter().flatten().collect::<Vec<&str>>().join(" ")
}

fn flag(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}

/// A number of the pages without its commas.
pub fn without_commas(count: &str) -> String {
    count.replace(',', "")
}
