//! Compares the benchmarks that the Hub marks as *official* with the built-in list: which are new, gone and
//! changed.

use std::collections::BTreeSet;

use anyhow::Result;
use serde::Serialize;

use super::asking::Run;
use super::benchmarks::BenchmarkOnHub;
use super::draft::Drafts;
use crate::address::is_hub_id;
use crate::diagnostic::{DiagnosticCode, Diagnostics};

pub use super::draft::{Draft, DraftState};

/// The folder of drafts, below that of the facts: a build reads nothing of it.
pub const DRAFTS: &str = "drafts";

/// The official benchmarks, and where our list is another.
#[derive(Clone, Debug, Serialize)]
pub struct Official {
    /// How many the Hub lists.
    pub listed: usize,
    /// Those that our list has not.
    pub new: Vec<New>,
    /// Datasets of our list that the Hub does not mark.
    pub gone: Vec<String>,
    /// Those of which the Hub says otherwise than our list.
    pub changed: Vec<Changed>,
}

/// An official benchmark that our list has not.
#[derive(Clone, Debug, Serialize)]
pub struct New {
    /// Hub dataset id.
    pub dataset: String,
    /// Its tasks; none without an `eval.yaml` that everybody may read.
    pub tasks: Vec<String>,
    /// What a person can make an entry of our list from.
    pub draft: Option<Draft>,
}

/// An official benchmark of which the Hub says otherwise than our list.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// Hub dataset id, as our list has it.
    pub dataset: String,
    /// Codes of the findings about it.
    pub differences: BTreeSet<DiagnosticCode>,
}

/// The listed ids that are some, each once.
pub fn sound(ids: Vec<String>, findings: &mut Diagnostics) -> Vec<String> {
    let (sound, others): (BTreeSet<String>, BTreeSet<String>) = ids.into_iter().partition(|id| is_hub_id(id));
    for id in others {
        let message =
            format!("the Hub lists `{}` as an official benchmark, which is not a dataset id", id.escape_debug());
        let help = "it is left out; report it to the Hub".to_owned();
        findings.warn_with_help(DiagnosticCode::NoDatasetId, "api/datasets", "", message, help);
    }
    sound.into_iter().collect()
}

impl New {
    /// What was found of a dataset that our list has not; with a draft, if its tasks are known.
    pub(super) fn of(
        dataset: String,
        found: &BenchmarkOnHub,
        run: &Run,
        drafts: &mut Drafts,
        findings: &mut Diagnostics,
    ) -> Result<New> {
        let (Some(head), Some((_, said))) = (&found.head, &found.file) else {
            return Ok(New { dataset, tasks: Vec::new(), draft: None });
        };
        let draft = match drafts.of(&dataset, said, &head.commit, run)? {
            Ok(draft) => Some(draft),
            Err(mistake) => {
                let help = "describe it in content/benchmarks/<name>.hub.yaml".to_owned();
                findings.warn_with_help(
                    DiagnosticCode::NoDraft,
                    &dataset,
                    "eval.yaml",
                    format!("no draft: {mistake}"),
                    help,
                );
                None
            }
        };
        Ok(New { dataset, tasks: said.tasks.iter().map(|task| task.id.clone()).collect(), draft })
    }
}
