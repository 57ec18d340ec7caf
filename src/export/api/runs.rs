//! The *runs* behind a result, in the document of a ranking.

use schemars::JsonSchema;
use serde::Serialize;

use super::Digits;
use crate::card::runs::RunsView;

/// The runs behind one result.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunsOfResult<'a> {
    /// Id of the model.
    pub model: &'a str,
    /// The variant of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<&'a str>,
    /// Settings that the other results here do not share.
    pub settings: &'a [String],
    /// Who reports it.
    pub evaluator: &'a str,
    /// The result, on its card.
    pub page: &'a str,
    /// Its score.
    pub score: Digits<'a>,
    /// How many other results of this measurement are better; null where no end of the scale is known to be good.
    pub better: Option<usize>,
    /// How many others there are.
    pub others: usize,
    /// Runs.
    pub runs: usize,
    /// How they ended: `solved`, `unsolved`, `truncated`, `error`, `refused` or `malformed`.
    pub ended: Vec<Ended>,
    /// By the difficulty that the rows state.
    pub by_difficulty: Vec<OfDifficulty<'a>>,
    /// `tokens` or `time`, in milliseconds; null if too few rows say.
    pub by: Option<&'static str>,
    /// Runs that state what they used.
    pub told: usize,
    /// How many of these are solved within each budget.
    pub within: Vec<Within>,
}

/// Runs that ended in one way.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ended {
    /// How.
    pub how: &'static str,
    /// How many.
    pub runs: usize,
}

/// Runs of one difficulty.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OfDifficulty<'a> {
    /// As stated.
    pub difficulty: &'a str,
    /// Runs that are solved.
    pub solved: u64,
    /// All runs of it.
    pub runs: u64,
}

/// Runs that had ended within a budget.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Within {
    /// Tokens or milliseconds.
    pub budget: u32,
    /// Runs that are solved.
    pub solved: usize,
    /// Runs that ended unsolved: more might have solved them.
    pub ended_unsolved: usize,
}

impl<'a> RunsOfResult<'a> {
    /// All of `view`.
    pub fn all(view: &'a RunsView<'a>) -> Vec<RunsOfResult<'a>> {
        let of_row = |it: &'a crate::card::runs::RunsRow<'a>| RunsOfResult {
            model: it.model_id,
            variant: it.variant,
            settings: &it.settings,
            evaluator: it.evaluator,
            page: &it.url,
            score: Digits(it.score),
            better: it.better,
            others: it.others,
            runs: it.runs,
            ended: it.ends.iter().map(|(how, runs)| Ended { how, runs: *runs }).collect(),
            by_difficulty: (it.by_difficulty.iter())
                .map(|(difficulty, solved, runs)| OfDifficulty { difficulty, solved: *solved, runs: *runs })
                .collect(),
            by: view.by.filter(|_| !it.within.is_empty()),
            told: it.told,
            within: (it.within.iter().zip(&view.limits))
                .map(|((solved, unsolved), budget)| Within {
                    budget: *budget,
                    solved: *solved,
                    ended_unsolved: *unsolved,
                })
                .collect(),
        };
        view.rows.iter().map(of_row).collect()
    }
}
