//! The *matching* of rows to results: by `evaluation_result_id`, else by name.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use foldhash::{HashMap, HashSet};

use super::answers;
use super::excerpt::{Excerpt, Excerpts};
use super::question::QuestionHashes;
use super::row::SampleRow;
use super::runs;
use super::tally::{Repeats, SampleTally};
use super::{KeptRows, Stranger, Tallies};
use crate::load::record::Record;

/// So many ids of samples are remembered of one file, in about 20 MB; no real benchmark has as many samples.
const MOST_IDS: usize = 1 << 20;

/// The results of a record, and the rows that were found for them.
pub struct Matching<'r> {
    record: &'r Record,
    results: Results<'r>,
    /// By place of the result.
    tallies: Vec<Option<Box<SampleTally>>>,
    ids: Ids,
    answers: answers::AnswerCollector,
    runs: runs::Found,
    hashes: QuestionHashes,
    excerpts: Excerpts,
    unmatched: u64,
    stranger: Option<Stranger>,
}

/// What the rows of a file say.
pub struct Matched {
    /// That they are of something else.
    pub stranger: Option<Stranger>,
    /// How many are of no result.
    pub unmatched: u64,
    /// What the hashes of their samples are of.
    pub hashes: QuestionHashes,
    /// The first of them.
    pub excerpts: Box<[Excerpt]>,
    /// What those of each result add up to.
    pub tallies: Tallies,
}

/// How rows name results.
#[derive(Default)]
struct Results<'r> {
    by_id: HashMap<&'r str, MatchedResults>,
    by_name: HashMap<&'r str, MatchedResults>,
    by_task: HashMap<&'r str, TaskResults<'r>>,
    /// The only result.
    sole: Option<MatchedResults>,
}

/// The results that a row may be of.
#[derive(Default)]
struct MatchedResults {
    places: Vec<u16>,
    /// True if nothing says which of them is meant.
    is_shared: bool,
}

/// The results of one task.
#[derive(Default)]
struct TaskResults<'r> {
    found: MatchedResults,
    scorer: &'r str,
}

impl MatchedResults {
    fn add(&mut self, place: u16) {
        self.is_shared = !self.places.is_empty();
        self.places.push(place);
    }
}

impl<'r> Results<'r> {
    fn new(record: &'r Record, has_lost_results: bool) -> Results<'r> {
        let mut results = Results::default();
        for (place, result) in (0..).zip(&record.results) {
            if let Some(id) = result.id.as_deref() {
                results.by_id.entry(id).or_default().add(place);
            }
            results.by_name.entry(&result.name).or_default().add(place);
            if let Some((task, scorer)) = task_of(&result.name) {
                let task = results.by_task.entry(task).or_default();
                // Several metrics over the scores of one scorer are all of the same rows.
                task.found.is_shared |= !task.found.places.is_empty() && task.scorer != scorer;
                task.found.places.push(place);
                task.scorer = scorer;
            }
        }
        if record.results.len() == 1 && !has_lost_results {
            results.sole = Some(MatchedResults { places: vec![0], is_shared: false });
        }
        results
    }

    /// The results of `row`. The schema prefers the id; a row without one is of the result of its name. The names of
    /// Inspect's results are longer than those of its rows, and the only result of a record needs no name.
    fn find(&self, row: &SampleRow) -> Option<&MatchedResults> {
        let id = row.result_id();
        if !id.is_empty() && !self.by_id.is_empty() {
            return self.by_id.get(id);
        }
        let by_task = || self.by_task.get(row.name()).map(|task| &task.found);
        self.by_name.get(row.name()).or_else(by_task).or(self.sole.as_ref())
    }
}

/// The samples that were met.
#[derive(Default)]
struct Ids {
    met: HashSet<u64>,
    hasher: RandomState,
}

impl Ids {
    /// Whether the sample of `row` was met before among those of the result at `place`.
    fn add(&mut self, row: &SampleRow, place: u16) -> Repeats {
        let id = row.sample_id();
        if id.is_empty() {
            return Repeats::Unknown;
        }
        let id = self.hasher.hash_one((place, id));
        match self.met.len() < MOST_IDS {
            true if self.met.insert(id) => Repeats::None,
            false if !self.met.contains(&id) => Repeats::Unknown,
            _ => Repeats::Some,
        }
    }
}

impl<'r> Matching<'r> {
    /// For the results of `record`, which has others that could not be read if `has_lost_results`.
    pub fn new(record: &'r Record, has_lost_results: bool, kept: KeptRows) -> Matching<'r> {
        Matching {
            record,
            results: Results::new(record, has_lost_results),
            tallies: vec![None; record.results.len()],
            ids: Ids::default(),
            answers: answers::AnswerCollector::new(record, kept.answers),
            runs: runs::Found::new(record.results.len(), kept.runs),
            hashes: QuestionHashes::default(),
            excerpts: Excerpts::new(kept.excerpts),
            unmatched: 0,
            stranger: None,
        }
    }

    /// Adds the row in line `line`.
    pub fn add(&mut self, row: &SampleRow, line: u64) {
        if self.stranger.is_none() {
            self.stranger = stranger(self.record, row, line);
        }
        let hashes = &mut self.hashes;
        let is_its = row.sample_hash().is_none_or(|digits| hashes.check(digits, row.question().as_ref(), line));
        let found = self.results.find(row);
        self.excerpts.add(row, line, found.map(|found| found.places[0]));
        let Some(MatchedResults { places, is_shared }) = found else {
            self.unmatched += 1;
            return;
        };
        let repeats = self.ids.add(row, places[0]);
        for place in places {
            let tally = self.tallies[usize::from(*place)].get_or_insert_default();
            tally.add(row);
            tally.is_shared |= is_shared;
            tally.repeats = tally.repeats.max(repeats);
            if !is_shared {
                self.runs.add(row, *place);
                if is_its {
                    self.answers.add(row, *place);
                }
            }
        }
    }

    /// All that the rows say.
    pub fn finish(mut self) -> Matched {
        let tallies = (0..).zip(self.tallies).filter_map(|(place, tally)| {
            let mut tally = *tally?;
            if !tally.is_shared {
                tally.answers = self.answers.take(place);
                tally.runs = self.runs.take(place);
            }
            Some((place, tally))
        });
        Matched {
            tallies: tallies.collect(),
            stranger: self.stranger,
            unmatched: self.unmatched,
            hashes: self.hashes,
            excerpts: self.excerpts.finish(),
        }
    }
}

/// What `row` says of itself that `record` does not. A row that says nothing says nothing else.
fn stranger(record: &Record, row: &SampleRow, line: u64) -> Option<Stranger> {
    let (evaluation, model) = (row.evaluation_id(), row.model_id());
    if !evaluation.is_empty() && !is_same_evaluation(evaluation, &record.evaluation_id) {
        return Some(Stranger::Evaluation { line });
    }
    (!model.is_empty() && *model != *record.model.id).then_some(Stranger::Model { line })
}

/// Task and scorer of `accuracy on arc_easy for scorer choice`, as EEE's converter of Inspect's logs calls results.
fn task_of(name: &str) -> Option<(&str, &str)> {
    let (before, scorer) = name.rsplit_once(" for scorer ")?;
    Some((before.split_once(" on ")?.1, scorer))
}

/// True if the two are one id. Records were given ids with other separators, and times with decimals, after the files of
/// their samples were written: `ai2_arc_x_1761001924` became `ai2_arc/x/1761001924.0`.
fn is_same_evaluation(a: &str, b: &str) -> bool {
    fn letters(id: &str) -> impl Iterator<Item = char> {
        id.strip_suffix(".0").unwrap_or(id).chars().filter(|c| c.is_alphanumeric())
    }
    a == b || letters(a).eq(letters(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_evaluations() {
        assert!(is_same_evaluation(
            "ai2_arc_ollama_qwen2.5:0.5b_1761001924",
            "ai2_arc/ollama_qwen2.5:0.5b/1761001924.0"
        ));
        assert!(!is_same_evaluation("c/m/1", "c/m/2"));
        assert!(!is_same_evaluation("c/m/1.5", "c/m/1"));
    }

    #[test]
    fn tasks_of_inspect() {
        assert_eq!(task_of("accuracy on arc_easy for scorer choice"), Some(("arc_easy", "choice")));
        assert_eq!(task_of("accuracy on arc_easy"), None);
        assert_eq!(task_of("choice"), None);
    }
}
