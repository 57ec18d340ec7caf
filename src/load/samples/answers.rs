//! *Answers*: which samples of a result were answered correctly, to compare models on the same samples.
//!
//! 8 bytes are kept of a row: 63 bits of a hash that identifies its sample, and whether the answer is correct.
//! Samples are the same if they have the same `sample_hash`, the hash of input and reference, unless
//! [`super::question`] finds it wrong. Rows without one are matched by `sample_id`, among results of one source on
//! the same test only.

use std::sync::Arc;

use super::row::SampleRow;
use crate::hash::Sha256;
use crate::load::record::{EvaluationResult, Record};

/// So many answers are kept of one file, in 1 MB.
pub const MOST_OF_FILE: usize = 1 << 17;

/// So many are kept of all files, in 256 MB.
const MOST_OF_ALL: usize = 1 << 25;

/// How many answers may be kept of each of `n_files` files; of one with more, none is.
pub fn most_of_file(n_files: usize) -> usize {
    MOST_OF_FILE.min(MOST_OF_ALL / n_files.max(1))
}

/// The answers of one result, each of another sample.
#[derive(Clone, Debug, Default)]
pub struct Answers(Arc<[u64]>);

impl Answers {
    /// Of `found`. Samples that occur more than once are left out: which of the answers is meant is not said.
    fn new(mut found: Vec<u64>) -> Answers {
        found.sort_unstable();
        let samples = found.chunk_by(|a, b| a >> 1 == b >> 1);
        Answers(samples.filter(|answers| answers.len() == 1).map(|answers| answers[0]).collect())
    }

    /// Of the samples that both have: whether the answer is right here, and whether it is in `other`.
    pub fn shared<'a>(&'a self, other: &'a Answers) -> impl Iterator<Item = (bool, bool)> + 'a {
        let (mut ours, mut theirs) = (&*self.0, &*other.0);
        std::iter::from_fn(move || {
            while let (Some(our), Some(their)) = (ours.first(), theirs.first()) {
                let order = (our >> 1).cmp(&(their >> 1));
                ours = &ours[usize::from(order.is_le())..];
                theirs = &theirs[usize::from(order.is_ge())..];
                if order.is_eq() {
                    return Some((our & 1 == 1, their & 1 == 1));
                }
            }
            None
        })
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The answers of one file while it is read.
pub struct AnswerCollector {
    /// By place of the result.
    of_results: Vec<Vec<u64>>,
    /// What says that the tests of two results are one, by place; nothing where they never are.
    tests: Vec<Option<String>>,
    n: usize,
    most: usize,
}

impl AnswerCollector {
    /// For the results of `record`; at most `most` are kept.
    pub fn new(record: &Record, most: usize) -> AnswerCollector {
        let tests = record.results.iter().map(|result| test_of(record, result));
        AnswerCollector { of_results: vec![Vec::new(); record.results.len()], tests: tests.collect(), n: 0, most }
    }

    /// Adds `row` to the answers of the result at `place`, if it says whether it is right.
    pub fn add(&mut self, row: &SampleRow, place: u16) {
        let place = usize::from(place);
        if self.n > self.most {
            return;
        }
        let Some(is_correct) = row.is_correct() else { return };
        let Some(sample) = sample_of(row, self.tests[place].as_deref()) else { return };
        self.n += 1;
        self.of_results[place].push(sample << 1 | u64::from(is_correct));
        if self.n > self.most {
            self.of_results.iter_mut().for_each(|answers| *answers = Vec::new());
        }
    }

    /// Those of the result at `place`.
    pub fn take(&mut self, place: u16) -> Answers {
        Answers::new(std::mem::take(&mut self.of_results[usize::from(place)]))
    }
}

/// What tells the sample of `row`: equal for rows of the same sample; `None` if nothing tells it.
fn sample_of(row: &SampleRow, test: Option<&str>) -> Option<u64> {
    let text = match (row.sample_hash(), row.sample_id().trim()) {
        (Some(digits), _) => format!("hash\u{1e}{}", digits.to_ascii_lowercase()),
        (None, "") => return None,
        (None, id) => format!("id\u{1e}{}\u{1e}{id}", test?),
    };
    Some(Sha256::of(text.as_bytes()).first_bits() >> 1)
}

/// What results of one source over the same test have in common; `None` if the source has no name.
fn test_of(record: &Record, result: &EvaluationResult) -> Option<String> {
    let (source, data) = (&record.source, &result.data);
    Some(format!(
        "{:?}",
        (source.name.as_ref()?, &source.organization, &result.name, &data.dataset_name, &data.hf_repo, &data.details)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(all: &[(u64, u64)]) -> Answers {
        Answers::new(all.iter().map(|(sample, is_correct)| sample << 1 | is_correct).collect())
    }

    #[test]
    fn only_samples_that_occur_once_in_both_are_shared() {
        let (a, b) =
            (answers(&[(9, 1), (1, 1), (2, 0), (3, 1), (3, 0), (4, 1)]), answers(&[(4, 0), (2, 1), (9, 1), (3, 1)]));
        let shared = [(false, true), (true, false), (true, true)];
        assert_eq!(a.shared(&b).collect::<Vec<_>>(), shared);
        assert_eq!(b.shared(&a).count(), 3);
        assert_eq!(a.shared(&answers(&[])).count(), 0);
    }

    #[test]
    fn what_tells_a_sample() {
        let of = |members: &str, test| {
            let line = format!("{{{members}}}");
            sample_of(&SampleRow::read(line.as_bytes(), 1).ok().flatten().unwrap(), test)
        };
        let hash = |digits: &str| format!(r#""sample_id": 1, "sample_hash": "{digits}""#);
        let long = "Ab".repeat(16);
        assert_eq!(of(&hash(&long), None), of(&hash(&long.to_lowercase()), Some("test")));
        // What is no hash tells nothing, and an id tells a sample within its test.
        assert_eq!(of(&hash("7"), Some("test")), of(r#""sample_id": "1""#, Some("test")));
        assert_ne!(of(r#""sample_id": 1"#, Some("test")), of(r#""sample_id": 1"#, Some("other")));
        assert_eq!(of(r#""sample_id": 1"#, None), None);
        assert_eq!(of(r#""sample_id": " ", "sample_hash": null"#, Some("test")), None);
    }

    #[test]
    fn memory_is_bounded() {
        assert_eq!([0, 1, 256].map(most_of_file), [MOST_OF_FILE; 3]);
        assert_eq!(most_of_file(4096), 8192);
    }
}
