//! *Facts* that `fetch` saw on the Hub, each with the time it was seen: the files of `content/hub/`.
//!
//! A file is JSON Lines, one fact a line, sorted, without spaces: made to be committed and read in a diff. `fetch`
//! writes them, and `publish --status` those about our own proposals; `load` reads them. A fact never states more
//! than was seen: a missing answer is `null`, and a question that was not asked has no line.

use std::cmp::Ordering;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::codes::codes;
use crate::hash::Sha256;

/// A line of a file of facts.
pub trait StoredFact: Serialize + DeserializeOwned {
    /// The file, below `content/hub/`.
    const FILE: &str;
    /// The order of lines; two facts that are equal in it are about the same thing.
    fn order(&self, other: &Self) -> Ordering;
    /// When it was seen.
    fn seen(&self) -> Timestamp;
}

/// What the Hub says of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelFact {
    /// The id that was asked for, as records have it.
    pub id: String,
    /// When (UTC).
    pub seen: Timestamp,
    /// `None`: the Hub knows no such public model.
    pub info: Option<HubModelInfo>,
}

/// The page of a model, as the Hub's API tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubModelInfo {
    /// Canonical id: another than was asked for after a rename, or in another letter case.
    pub id: String,
    /// Commit of `main`.
    pub commit: String,
    /// `library_name`.
    pub library: Option<String>,
    /// `cardData.license`, else the `license:` tag.
    pub license: Option<String>,
    /// `safetensors.total`: stored elements, which for quantised weights are not the parameters.
    pub parameters: Option<u64>,
    /// What it was made from.
    pub base_models: Vec<BaseModel>,
    /// As the Hub lists them, but for those that the other fields repeat.
    pub tags: Vec<String>,
    /// `no`, `auto` or `manual`.
    pub gated: Option<String>,
    /// Of the 30 days before it was seen.
    pub downloads: Option<u64>,
    /// `createdAt`; the Hub knows no day before 2022-03-02.
    pub created: Option<Timestamp>,
}

/// A model that another was made from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseModel {
    /// Hub id.
    pub id: String,
    /// `finetune`, `quantized`, `merge`, `adapter`; `None` if not stated.
    pub relation: Option<String>,
}

/// The `eval.yaml` of a benchmark's dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkFact {
    /// Hub dataset id.
    pub dataset: String,
    /// When (UTC).
    pub seen: Timestamp,
    /// `None`: there is no such file that everybody may read.
    pub eval_yaml: Option<EvalYamlFact>,
}

/// An `eval.yaml` at a commit. Its text is beside the facts, in `hub/eval/<owner>/<name>.yaml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvalYamlFact {
    /// Commit of the dataset.
    pub commit: String,
    /// Of the file's bytes.
    pub sha256: Sha256,
    /// `tasks[].id`.
    pub tasks: Vec<String>,
}

/// How an object came into the datastore.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectSubmission {
    /// Repository of the datastore, as the lock file has it: the same bytes may have come into another one otherwise.
    pub datastore: String,
    /// Path of the object in the datastore.
    pub object: String,
    /// Of its bytes: another file under this path is not meant.
    pub sha256: Sha256,
    /// When it was seen (UTC).
    pub seen: Timestamp,
    /// `None`: the history that the Hub shows does not say.
    pub introduced: Option<Introduced>,
}

/// The change that brought exactly these bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Introduced {
    /// The path that the change wrote: the object's, or its `legacy_path` under `data/`.
    pub path: String,
    /// Commit on the datastore's `main`; `None` if known by the pull request's branch only.
    pub commit: Option<String>,
    /// The merged pull request; `None` for a commit that was pushed.
    pub pull_request: Option<u64>,
    /// Account that opened the pull request, or that wrote the commit; `None` if deleted or not shown.
    pub account: Option<String>,
    /// When the commit was made, or the pull request opened.
    pub at: Option<Timestamp>,
}

/// The public organisations of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountFact {
    /// Account name.
    pub account: String,
    /// When (UTC).
    pub seen: Timestamp,
    /// Names of the organisations; `None`: the Hub does not show such an account.
    pub organizations: Option<Vec<String>>,
}

/// A result that the Hub shows for a model, and what it says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostedFact {
    /// Canonical Hub id.
    pub model: String,
    /// Hub dataset id.
    pub dataset: String,
    /// Task of the dataset; empty if the entry names none.
    pub task: String,
    /// As the Hub's answer has it.
    pub value: serde_json::Number,
    /// The Hub's own judgement; `None` if it gives none.
    pub verified: Option<bool>,
    /// The file it stands in.
    pub filename: String,
    /// The open pull request it stands in; `None` on `main`.
    pub pull_request: Option<u64>,
    /// The account that opened that pull request. Who brought an entry to `main` is not said.
    #[serde(default)]
    pub submitter: Option<String>,
    /// When the evaluation was run, as the entry has it.
    #[serde(default)]
    pub date: Option<String>,
    /// What the entry notes of the set-up.
    #[serde(default)]
    pub notes: Option<String>,
    /// What the entry names as its source.
    #[serde(default)]
    pub source: Option<PostedSource>,
    /// True if it has a `verifyToken`. What that says is for the Hub to judge: it is kept nowhere.
    #[serde(default)]
    pub has_token: bool,
    /// When (UTC).
    pub seen: Timestamp,
    /// Of the bytes of the Hub's answer.
    pub response_sha256: Sha256,
}

/// What a posted entry names as its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostedSource {
    /// An address.
    pub url: String,
    /// What it is called.
    pub name: Option<String>,
}

/// That a model was asked for its posted results: one that has none has no line in `posted.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostedModel {
    /// The id that was asked for, as records have it.
    pub id: String,
    /// When (UTC).
    pub seen: Timestamp,
    /// Canonical Hub id; `None`: the Hub knows no such public model.
    pub model: Option<String>,
    /// Of the bytes of the Hub's answer.
    pub response_sha256: Option<Sha256>,
}

/// What became of a pull request that `publish` opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalFact {
    /// The model repository, by the name that it had when the pull request was opened.
    pub model: String,
    /// Number of the pull request.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// How far it is.
    pub state: ProposalState,
    /// Who closed it, if it is closed and the Hub says so.
    pub closed_by: Option<String>,
    /// Comments of others, without hidden ones.
    pub comments: usize,
    /// What it proposed, and what stands there.
    pub results: Vec<ProposedFact>,
    /// When (UTC).
    pub seen: Timestamp,
}

codes! {
    /// How far a pull request is.
    pub enum ProposalState in "proposal" {
        /// It can be merged.
        Open = "open",
        /// It is not yet offered for merging.
        Draft = "draft",
        /// It is on main.
        Merged = "merged",
        /// It was closed without being merged.
        Closed = "closed",
        /// The Hub knows no such pull request, or no such model.
        Gone = "gone",
    }
}

impl ProposalState {
    /// True if what it proposed can be seen on the Hub.
    pub fn is_live(self) -> bool {
        matches!(self, ProposalState::Open | ProposalState::Draft | ProposalState::Merged)
    }
}

/// A result that was proposed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposedFact {
    /// Hub dataset id.
    pub dataset: String,
    /// Task of the dataset.
    pub task: String,
    /// The value that was proposed, digit by digit.
    pub value: String,
    /// The result that it was made from; `None` if the journal does not say.
    pub record: Option<RecordPlace>,
    /// What stands there now; `None` if the pull request is closed or gone.
    pub now: Option<PostedNow>,
}

/// A result of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordPlace {
    /// Path in its datastore.
    pub path: String,
    /// JSON pointer.
    pub pointer: String,
    /// Of the record's bytes.
    pub sha256: Sha256,
}

/// What became of a posted value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum PostedNow {
    /// It stands, and the Hub shows it.
    AsProposed,
    /// It stands in its file, and the Hub does not show it: an owner may have hidden it.
    Hidden,
    /// Another value stands there.
    Changed {
        /// As it is written there.
        value: String,
    },
    /// No value of this task stands there.
    TakenOut,
}

impl PostedNow {
    /// Its code, also among the words of the interface.
    pub fn code(&self) -> &'static str {
        match self {
            PostedNow::AsProposed => "as_proposed",
            PostedNow::Hidden => "hidden",
            PostedNow::Changed { .. } => "changed",
            PostedNow::TakenOut => "taken_out",
        }
    }
}

impl StoredFact for ProposalFact {
    const FILE: &str = "proposals.jsonl";
    fn order(&self, other: &Self) -> Ordering {
        (&self.model, self.number).cmp(&(&other.model, other.number))
    }
    fn seen(&self) -> Timestamp {
        self.seen
    }
}

impl StoredFact for ModelFact {
    const FILE: &str = "models.jsonl";
    fn order(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
    fn seen(&self) -> Timestamp {
        self.seen
    }
}

impl StoredFact for BenchmarkFact {
    const FILE: &str = "benchmarks.jsonl";
    fn order(&self, other: &Self) -> Ordering {
        self.dataset.cmp(&other.dataset)
    }
    fn seen(&self) -> Timestamp {
        self.seen
    }
}

impl StoredFact for ObjectSubmission {
    const FILE: &str = "submissions.jsonl";
    fn order(&self, other: &Self) -> Ordering {
        (&self.datastore, &self.object, self.sha256).cmp(&(&other.datastore, &other.object, other.sha256))
    }
    fn seen(&self) -> Timestamp {
        self.seen
    }
}

impl StoredFact for AccountFact {
    const FILE: &str = "accounts.jsonl";
    fn order(&self, other: &Self) -> Ordering {
        self.account.cmp(&other.account)
    }
    fn seen(&self) -> Timestamp {
        self.seen
    }
}

impl StoredFact for PostedFact {
    const FILE: &str = "posted.jsonl";
    fn order(&self, other: &Self) -> Ordering {
        let key = |fact: &Self| {
            (
                fact.model.clone(),
                fact.dataset.clone(),
                fact.task.clone(),
                fact.filename.clone(),
                fact.pull_request,
                fact.value.to_string(),
                fact.notes.clone(),
            )
        };
        key(self).cmp(&key(other))
    }
    fn seen(&self) -> Timestamp {
        self.seen
    }
}

impl StoredFact for PostedModel {
    const FILE: &str = "posted_models.jsonl";
    fn order(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
    fn seen(&self) -> Timestamp {
        self.seen
    }
}

/// Reads the text of a file of facts. The error names the line.
pub fn read<F: StoredFact>(text: &str) -> Result<Vec<F>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| serde_json::from_str(line).with_context(|| format!("line {}", number + 1))).collect()
}

/// The text of a file of facts: sorted, and of two facts about the same thing the later one in `facts`.
pub fn write<F: StoredFact>(facts: Vec<F>) -> Result<String> {
    let mut sorted: Vec<F> = Vec::with_capacity(facts.len());
    let mut facts = facts;
    facts.sort_by(StoredFact::order);
    for fact in facts {
        match sorted.last_mut() {
            Some(last) if last.order(&fact) == Ordering::Equal => *last = fact,
            _ => sorted.push(fact),
        }
    }
    let mut text = String::new();
    for fact in &sorted {
        text.push_str(&serde_json::to_string(fact)?);
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_sorted_lines_and_the_later_of_two_counts() {
        let fact = |account: &str, seen: &str| AccountFact {
            account: account.to_owned(),
            seen: seen.parse().unwrap(),
            organizations: Some(vec!["acme".to_owned()]),
        };
        let facts = vec![
            fact("b", "2026-01-01T00:00:00Z"),
            fact("a", "2026-01-01T00:00:00Z"),
            fact("b", "2026-02-01T00:00:00Z"),
        ];
        let text = write(facts).unwrap();
        assert_eq!(
            text,
            "{\"account\":\"a\",\"seen\":\"2026-01-01T00:00:00Z\",\"organizations\":[\"acme\"]}\n\
             {\"account\":\"b\",\"seen\":\"2026-02-01T00:00:00Z\",\"organizations\":[\"acme\"]}\n"
        );
        assert_eq!(write(read::<AccountFact>(&text).unwrap()).unwrap(), text);
        assert!(read::<AccountFact>("\n{\"account\":1}").unwrap_err().to_string().contains("line 2"));
    }
}
