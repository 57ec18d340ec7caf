//! *Agreement* in short: how many cells conflict and which differ most, and who reports, most models first.

use serde::Serialize;

use super::disagreement::Outcome;
use super::documentation::Cells;
use super::{Cards, Labelled};
use crate::id::Id;
use crate::merge::{Reading, ends};
use crate::resolve::Evaluator;

/// Most evaluators and conflicts that a sentence names.
const MOST: usize = 4;

/// What the scores of some cells say of each other.
#[derive(Debug, Serialize)]
pub struct Agreed<'a> {
    /// Cells by whether their scores agree.
    pub cells: Cells,
    /// The largest conflicts.
    pub conflicts: Vec<Labelled<'a>>,
    /// How many more there are.
    pub more: usize,
}

/// Who reports some results.
#[derive(Debug, Serialize)]
pub struct Reporting<'a> {
    /// Those of most models first.
    pub reporters: Vec<ReporterOfModels<'a>>,
    /// How many more there are.
    pub more: usize,
    /// How many there are.
    pub n: usize,
}

/// Who reports some models.
#[derive(Debug, Serialize)]
pub struct ReporterOfModels<'a> {
    /// Name.
    pub name: &'a str,
    /// Their page.
    pub url: String,
    /// Models.
    pub models: usize,
}

impl<'a> Cards<'a> {
    /// Of `cells`, each with what its comparison finds.
    pub(super) fn agreed(&self, cells: Vec<(&[Reading], Option<Outcome>)>) -> Agreed<'a> {
        let mut conflicts: Vec<&[Reading]> =
            cells.iter().filter(|(_, outcome)| *outcome == Some(Outcome::Conflict)).map(|(cell, _)| *cell).collect();
        conflicts.sort_by(|a, b| span(b).total_cmp(&span(a)));
        Agreed {
            more: conflicts.len().saturating_sub(MOST),
            conflicts: (conflicts.into_iter().take(MOST))
                .map(|cell| Labelled {
                    text: &self.dataset.entities.models[cell[0].resolved.model].name,
                    url: Some(self.side_by_side_url(&cell[0])),
                })
                .collect(),
            cells: cells.into_iter().map(|(_, outcome)| outcome).collect(),
        }
    }

    /// Who reports `readings`.
    pub(super) fn reporting<'r>(&self, readings: impl Iterator<Item = &'r Reading>) -> Reporting<'a> {
        let mut pairs: Vec<(Id<Evaluator>, _)> =
            readings.map(|reading| (reading.resolved.evaluator, reading.resolved.model)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut reporters: Vec<ReporterOfModels> = (pairs.chunk_by(|a, b| a.0 == b.0))
            .map(|of| ReporterOfModels {
                name: match self.dataset.entities.evaluators[of[0].0].is_reported() {
                    true => self.evaluator_name(of[0].0),
                    false => self.words("evaluators.unnamed"),
                },
                url: self.evaluator_url(of[0].0),
                models: of.len(),
            })
            .collect();
        reporters.sort_by_key(|reporter| std::cmp::Reverse(reporter.models));
        let n = reporters.len();
        reporters.truncate(MOST);
        Reporting { reporters, more: n.saturating_sub(MOST), n }
    }
}

/// Greatest less least position of what counts.
fn span(cell: &[Reading]) -> f64 {
    ends(cell.iter()).map_or(0.0, |[least, greatest]| greatest.position - least.position)
}
