//! The facts of `content/hub/`, which `fetch` and `publish --status` write.

use jiff::Timestamp;

use crate::facts::{
    self, AccountFact, BenchmarkFact, ModelFact, ObjectSubmission, PostedFact, ProposalFact, StoredFact,
};

/// All facts, in the order of their files.
#[derive(Debug, Default)]
pub struct HubFacts {
    /// `models.jsonl`.
    pub models: Vec<ModelFact>,
    /// `benchmarks.jsonl`.
    pub benchmarks: Vec<BenchmarkFact>,
    /// `submissions.jsonl`.
    pub submissions: Vec<ObjectSubmission>,
    /// `accounts.jsonl`.
    pub accounts: Vec<AccountFact>,
    /// `posted.jsonl`.
    pub posted: Vec<PostedFact>,
    /// `proposals.jsonl`.
    pub proposals: Vec<ProposalFact>,
    /// When the newest of all was seen, `posted_models.jsonl` included, which is read for nothing else.
    pub newest: Option<Timestamp>,
}

/// The facts of a file, and its bad lines with their number and reason. Of two lines about the
/// same thing the later one counts.
pub(super) fn lines<F: StoredFact>(text: &str) -> (Vec<F>, Vec<(usize, String)>) {
    let mut found: Vec<F> = Vec::new();
    let mut bad = Vec::new();
    for (number, line) in text.lines().enumerate() {
        match facts::read::<F>(line) {
            Ok(facts) => found.extend(facts),
            // The line is known better here than there.
            Err(err) => bad.push((number + 1, err.root_cause().to_string())),
        }
    }
    found.reverse();
    found.sort_by(StoredFact::order);
    found.dedup_by(|later, first| later.order(first).is_eq());
    (found, bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_named_and_the_others_are_read() {
        let fact = |seen: &str| format!("{{\"account\":\"a\",\"seen\":\"{seen}\",\"organizations\":null}}\n");
        let text = [fact("2026-01-01T00:00:00Z"), "{]\n".to_owned(), fact("2026-02-01T00:00:00Z")].concat();
        let (facts, bad) = lines::<AccountFact>(&text);
        assert_eq!((facts.len(), bad.len(), bad[0].0), (1, 1, 2));
        assert_eq!(facts[0].seen.to_string(), "2026-02-01T00:00:00Z");
    }
}
