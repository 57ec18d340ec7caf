//! The review as *JSON*, `hub/review.json`; the fields that the reference converter has too keep its names.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::candidate::Candidate;
use super::review::{CandidateStatus, Finding, Problem, Proposal, Review};
use crate::emit::RecordRef;
use crate::hash::Sha256;

/// `review.json`.
#[derive(Serialize)]
struct Json<'a> {
    version: u32,
    created_at: Timestamp,
    endpoint: &'a str,
    account: Option<&'a str>,
    manifest_sha256: Sha256,
    can_open_prs: bool,
    reasons_against: Vec<String>,
    requests: usize,
    benchmarks: &'a BTreeMap<String, String>,
    counts: BTreeMap<&'static str, usize>,
    held_back_by_build: BTreeMap<&'static str, usize>,
    left_out: &'a BTreeMap<&'static str, usize>,
    entries: Vec<JsonEntry<'a>>,
    notes: Vec<JsonNote<'a>>,
    proposals: Vec<&'a Proposal>,
}

#[derive(Serialize)]
struct JsonEntry<'a> {
    entry_index: usize,
    status: &'a CandidateStatus,
    model_repo: &'a str,
    /// The repository that answers to it, if it has another name.
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical_repo: Option<&'a str>,
    benchmark: &'a str,
    target_path: &'a str,
    candidate_value: &'a str,
    candidate_source_url: &'a str,
    record: &'a RecordRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_request: Option<&'a str>,
    findings: Vec<&'a Finding>,
    errors: Vec<&'a Problem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonNote<'a> {
    model_repo: &'a str,
    note: &'a str,
}

impl Serialize for Review<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reasons_against = self.reasons_against();
        let notes = self.models.iter().flat_map(|model| {
            let model_repo = model.repo.as_str();
            model.notes.iter().map(move |note| JsonNote { model_repo, note })
        });
        let json = Json {
            version: 1,
            created_at: self.created_at,
            endpoint: &self.endpoint,
            account: self.account.map(|account| account.name.as_str()),
            manifest_sha256: self.candidates.sha256,
            can_open_prs: reasons_against.is_empty(),
            reasons_against,
            requests: self.requests,
            benchmarks: &self.benchmarks,
            counts: self.counts().into_iter().map(|(status, n)| (status.code(), n)).collect(),
            held_back_by_build: self.candidates.held_back.iter().map(|(status, n)| (status.code(), *n)).collect(),
            left_out: &self.left_out,
            entries: self.json_entries(),
            notes: notes.collect(),
            proposals: self.proposals().collect(),
        };
        json.serialize(serializer)
    }
}

impl Review<'_> {
    fn json_entries(&self) -> Vec<JsonEntry<'_>> {
        let by_index: BTreeMap<usize, &Candidate> = self.candidates.list.iter().map(|it| (it.index, it)).collect();
        let mut entries = Vec::new();
        for model in &self.models {
            for (index, status) in &model.statuses {
                let entry = JsonEntry {
                    canonical_repo: Some(model.repo.as_str()).filter(|repo| *repo != by_index[index].entry.model_repo),
                    findings: model.findings.iter().filter(|it| it.entry_index == *index).collect(),
                    errors: model.problems.iter().filter(|it| it.entry_index.is_none_or(|of| of == *index)).collect(),
                    ..JsonEntry::new(by_index[index], status)
                };
                entries.push(entry);
            }
        }
        for (index, status, why) in &self.absent {
            entries.push(JsonEntry { error: Some(why), ..JsonEntry::new(by_index[index], status) });
        }
        entries.sort_by_key(|entry| entry.entry_index);
        entries
    }
}

impl<'a> JsonEntry<'a> {
    fn new(candidate: &'a Candidate, status: &'a CandidateStatus) -> JsonEntry<'a> {
        let entry = &candidate.entry;
        JsonEntry {
            entry_index: candidate.index,
            status,
            model_repo: &entry.model_repo,
            canonical_repo: None,
            benchmark: &entry.benchmark,
            target_path: &entry.target_path,
            candidate_value: &entry.yaml_entry.value,
            candidate_source_url: candidate.source_url(),
            record: &entry.record,
            pull_request: match status {
                CandidateStatus::Opened(url) | CandidateStatus::Declined(url) => Some(url),
                _ => None,
            },
            findings: Vec::new(),
            errors: Vec::new(),
            error: None,
        }
    }
}
