//! The *badge* of a model, for READMEs: how many results it has and from how many evaluators. Never a rank or a
//! score, which would lack its provenance.

use super::table::ModelCoverage;
use crate::language::Language;
use crate::mark::{Counts, Level};
use crate::words::{count, counted};

/// The image of `results` results with this coverage, of which so many have each marker; `withdrawn` are no longer
/// asserted and not among them.
pub fn svg(results: usize, withdrawn: usize, coverage: &ModelCoverage, levels: &Counts) -> Vec<u8> {
    let counts = [
        counted(results, "result", "results"),
        counted(coverage.benchmarks, "benchmark", "benchmarks"),
        coverage.reporters.words(Language::english()),
    ];
    let found = Level::ALL.into_iter().rev().filter(|level| levels.of(*level) > 0);
    let evidence = found.map(|level| format!("{} {}", count(levels.of(level)), short(level)));
    let withdrawn = (withdrawn > 0).then(|| format!("{} withdrawn", count(withdrawn)));
    let message = counts.into_iter().chain(evidence).chain(withdrawn).collect::<Vec<_>>().join(" · ");
    // Fonts differ; `textLength` makes the text as wide as the box that was made for it.
    let (label, text) = (58, message.chars().count() * 6);
    let (middle, width) = (label + 8 + text / 2, label + text + 16);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"20\" role=\"img\" aria-label=\"Eval Card: {message}\">\
         <title>Eval Card: {message}</title>\
         <rect width=\"{width}\" height=\"20\" rx=\"3\" fill=\"#1b5e7b\"/><path d=\"M3 0h{label}v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3\" fill=\"#3a3f44\"/>\
         <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" text-anchor=\"middle\">\
         <text x=\"31\" y=\"14\" textLength=\"50\">Eval Card</text>\
         <text x=\"{middle}\" y=\"14\" textLength=\"{text}\">{message}</text></g></svg>\n"
    )
    .into_bytes()
}

/// A level in the least words that do not say more than it does.
fn short(level: Level) -> &'static str {
    match level {
        Level::Claimed => "claimed only",
        Level::Traced => "traced",
        Level::SubmitterKnown => "with known submitter",
        Level::SubmittedBySource => "submitted by the source",
    }
}
