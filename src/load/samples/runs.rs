//! *Runs*: what each row used, and how it ended, for charts of agents and of varied budgets.
//!
//! Of a row a few numbers are kept, of so many rows that their room is bounded; no text but the words for its difficulty.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::row::{GradingFailure, SampleRow};
use crate::codes::codes;

/// So many runs are kept of one file.
const MOST_OF_FILE: usize = 1 << 14;

/// So many are kept of all files, in about 50 MB.
const MOST_OF_ALL: usize = 1 << 21;

/// How many runs may be kept of each of `n_files` files; of one with more, none is.
pub fn most_of_file(n_files: usize) -> usize {
    MOST_OF_FILE.min(MOST_OF_ALL / n_files.max(1))
}

/// More words for a difficulty than a person reads are none.
const MOST_DIFFICULTIES: usize = 12;

/// A longer one is no word for a difficulty.
const LONGEST_DIFFICULTY: usize = 40;

/// One run: an attempt at one sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgentRun {
    /// `total_tokens`.
    pub tokens: Option<u32>,
    /// `generation_time_ms`.
    pub milliseconds: Option<u32>,
    /// How it ended.
    pub end: RunEnd,
}

codes! {
    /// How a run ended, in the order of pages.
    pub enum RunEnd in "runs.end" {
        /// Its answer is right.
        Solved = "solved",
        /// Its answer is wrong, and nothing says that something failed.
        Unsolved = "unsolved",
        /// It was cut at a limit, and is not solved, as below.
        Truncated = "truncated",
        /// With an error.
        Error = "error",
        /// It was refused.
        Refused = "refused",
        /// Without an answer that could be read.
        Malformed = "malformed",
    }
}

impl RunEnd {
    /// Of `row`; `None` if it does not say whether it is solved.
    fn of(row: &SampleRow) -> Option<RunEnd> {
        let end = match (row.is_correct()?, row.failure()) {
            (true, _) => RunEnd::Solved,
            (_, None) => RunEnd::Unsolved,
            (_, Some(GradingFailure::Truncated)) => RunEnd::Truncated,
            (_, Some(GradingFailure::Error)) => RunEnd::Error,
            (_, Some(GradingFailure::Refused)) => RunEnd::Refused,
            (_, Some(GradingFailure::Malformed)) => RunEnd::Malformed,
        };
        Some(end)
    }
}

/// The runs of one result.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// In the order of the file.
    pub all: Arc<[AgentRun]>,
    /// How many rows say that they are of an agent, or of a conversation.
    pub of_agents: u64,
    /// By stated difficulty: all runs, and those that are solved.
    pub by_difficulty: Arc<BTreeMap<Box<str>, (u64, u64)>>,
}

/// The runs of one file while it is read.
pub struct Found {
    /// By place of the result.
    of_results: Vec<OfResult>,
    n: usize,
    most: usize,
}

#[derive(Clone, Default)]
struct OfResult {
    runs: Vec<AgentRun>,
    of_agents: u64,
    by_difficulty: BTreeMap<Box<str>, (u64, u64)>,
    has_many_difficulties: bool,
}

impl Found {
    /// For `n_results` results; at most `most` runs are kept.
    pub fn new(n_results: usize, most: usize) -> Found {
        Found { of_results: vec![OfResult::default(); n_results], n: 0, most }
    }

    /// Adds `row` to the runs of the result at `place`, if it says whether it is solved.
    pub fn add(&mut self, row: &SampleRow, place: u16) {
        let Some(end) = RunEnd::of(row) else { return };
        let of_result = &mut self.of_results[usize::from(place)];
        of_result.of_agents += u64::from(row.is_of_agent());
        of_result.count_difficulty(row, end);
        self.n += 1;
        match self.n <= self.most {
            true => of_result.runs.push(AgentRun {
                tokens: row.tokens().and_then(whole),
                milliseconds: row.generation_time().and_then(whole),
                end,
            }),
            false => self.of_results.iter_mut().for_each(|it| it.runs = Vec::new()),
        }
    }

    /// Those of the result at `place`.
    pub fn take(&mut self, place: u16) -> Runs {
        let OfResult { runs, of_agents, by_difficulty, has_many_difficulties } =
            std::mem::take(&mut self.of_results[usize::from(place)]);
        let by_difficulty = if has_many_difficulties { BTreeMap::new() } else { by_difficulty };
        Runs { all: runs.into(), of_agents, by_difficulty: by_difficulty.into() }
    }
}

impl OfResult {
    fn count_difficulty(&mut self, row: &SampleRow, end: RunEnd) {
        let Some(difficulty) = row.difficulty() else { return };
        self.has_many_difficulties |= difficulty.chars().count() > LONGEST_DIFFICULTY
            || (self.by_difficulty.len() == MOST_DIFFICULTIES && !self.by_difficulty.contains_key(&*difficulty));
        if !self.has_many_difficulties {
            let (all, solved) = self.by_difficulty.entry(difficulty.into()).or_default();
            *all += 1;
            *solved += u64::from(end == RunEnd::Solved);
        }
    }
}

/// A number of tokens or milliseconds; one that can be none says nothing.
fn whole(value: f64) -> Option<u32> {
    (value > 0.0 && value <= f64::from(u32::MAX)).then_some(value.round().max(1.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(lines: &[&str], most: usize) -> Runs {
        let mut found = Found::new(1, most);
        for line in lines {
            found.add(&SampleRow::read(line.as_bytes(), 1).ok().flatten().unwrap(), 0);
        }
        found.take(0)
    }

    #[test]
    fn a_run_says_only_what_its_row_states() {
        let all = runs(
            &[
                r#"{"interaction_type": "agentic", "evaluation": {"is_correct": true}, "token_usage": {"total_tokens": 900},
                    "performance": {"generation_time_ms": 12.5}, "metadata": {"difficulty": "hard", "stop_reason": "length"}}"#,
                r#"{"evaluation": {"is_correct": false}, "metadata": {"difficulty": "hard", "stop_reason": "max_tokens"}}"#,
                r#"{"evaluation": {"score": 1}, "token_usage": {"total_tokens": -5}, "metadata": {"difficulty": "hard"}}"#,
            ],
            9,
        );
        let run = |tokens, milliseconds, end| AgentRun { tokens, milliseconds, end };
        let expected = [run(Some(900), Some(13), RunEnd::Solved), run(None, None, RunEnd::Truncated)];
        assert_eq!((&*all.all, all.of_agents), (&expected[..], 1));
        assert_eq!(all.by_difficulty.iter().collect::<Vec<_>>(), [(&"hard".into(), &(2, 1))]);
    }

    #[test]
    fn memory_is_bounded() {
        let line = r#"{"evaluation": {"is_correct": true}}"#;
        assert_eq!((runs(&[line; 3], 3).all.len(), runs(&[line; 4], 3).all.len()), (3, 0));
        assert_eq!([0, 1, 1 << 20].map(most_of_file), [MOST_OF_FILE, MOST_OF_FILE, 2]);
        let many: Vec<String> = (0..20)
            .map(|n| format!(r#"{{"evaluation": {{"is_correct": true}}, "metadata": {{"difficulty": {n}}}}}"#))
            .collect();
        assert!(runs(&many.iter().map(String::as_str).collect::<Vec<_>>(), 99).by_difficulty.is_empty());
    }
}
