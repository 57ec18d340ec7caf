//! The *review*: what the audit found, per candidate, and what would be sent, per model.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::candidate::{Candidate, Candidates};
use super::description;
use crate::codes::codes;
use crate::emit::EntryStatus as BuildStatus;
use crate::hash::Sha256;
use crate::hub::{Account, Discussion, Hub, Repo};

/// What is known of a candidate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CandidateStatus {
    /// Nothing is against it.
    Ready,
    /// The same score is posted.
    AlreadyPresent,
    /// Another score is posted.
    ScoreConflict,
    /// There is no such model on the Hub, or it is not visible.
    MissingHfModel,
    /// The audit could not be completed.
    AuditError,
    /// Proposed before from here, in this pull request.
    Opened(String),
    /// Somebody else proposed the same score in this pull request, and the model's people closed it or took it back.
    Declined(String),
    /// Two candidates that are one on the Hub.
    Build(BuildStatus),
}

codes! {
    /// A [`CandidateStatus`] in `review.json`.
    pub enum StatusCode {
        /// Nothing is against it.
        Ready = "ready",
        /// The same score is posted.
        AlreadyPresent = "already_present",
        /// Another score is posted.
        ScoreConflict = "score_conflict",
        /// The Hub shows no such model.
        MissingHfModel = "missing_hf_model",
        /// The audit is incomplete.
        AuditError = "audit_error",
        /// Proposed before from here.
        Opened = "opened",
        /// Proposed by somebody else, and closed or reverted.
        Declined = "declined",
        /// Two candidates that are one on the Hub, with one score.
        DuplicateInBuild = "duplicate_in_build",
        /// Two candidates that are one on the Hub, with two scores.
        ConflictInBuild = "conflict_in_build",
    }
}

impl CandidateStatus {
    /// As in `review.json`.
    pub fn code(&self) -> StatusCode {
        match self {
            CandidateStatus::Ready | CandidateStatus::Build(BuildStatus::Ready) => StatusCode::Ready,
            CandidateStatus::AlreadyPresent => StatusCode::AlreadyPresent,
            CandidateStatus::ScoreConflict => StatusCode::ScoreConflict,
            CandidateStatus::MissingHfModel => StatusCode::MissingHfModel,
            CandidateStatus::AuditError => StatusCode::AuditError,
            CandidateStatus::Opened(_) => StatusCode::Opened,
            CandidateStatus::Declined(_) => StatusCode::Declined,
            CandidateStatus::Build(BuildStatus::DuplicateInBuild) => StatusCode::DuplicateInBuild,
            CandidateStatus::Build(BuildStatus::ConflictInBuild) => StatusCode::ConflictInBuild,
        }
    }
}

impl Serialize for CandidateStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.code().serialize(serializer)
    }
}

/// Where on the Hub something stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum HubLocation {
    /// The main branch.
    Main,
    /// A pull request.
    PullRequest {
        /// Its number.
        #[serde(skip)]
        number: u64,
        /// Its page.
        pr_url: String,
        /// As its author called it; empty if no list shows it.
        pr_title: String,
        /// `open`, `draft`, `closed` or `merged`.
        pr_status: String,
    },
}

impl HubLocation {
    /// A pull request that a list shows.
    pub fn pull_request(hub: &Hub, repo: Repo, pull: &Discussion) -> HubLocation {
        HubLocation::PullRequest {
            number: pull.num,
            pr_url: hub.page(repo, &format!("/discussions/{}", pull.num)),
            pr_title: pull.title.clone(),
            pr_status: pull.status.clone(),
        }
    }

    /// A pull request that only the posted results speak of.
    pub fn unlisted(hub: &Hub, repo: Repo, number: u64) -> HubLocation {
        let pr_url = hub.page(repo, &format!("/discussions/{number}"));
        HubLocation::PullRequest { number, pr_url, pr_title: String::new(), pr_status: "open".to_owned() }
    }

    /// Number of the pull request; `None` for main.
    pub fn number(&self) -> Option<u64> {
        match self {
            HubLocation::Main => None,
            HubLocation::PullRequest { number, .. } => Some(*number),
        }
    }

    /// True for a pull request that is closed or merged.
    pub fn is_past(&self) -> bool {
        matches!(self, HubLocation::PullRequest { pr_status, .. } if matches!(pr_status.as_str(), "closed" | "merged"))
    }

    /// `main`, or the pull request's number and title.
    pub fn in_words(&self) -> String {
        match self {
            HubLocation::Main => "main".to_owned(),
            HubLocation::PullRequest { number, pr_title, pr_status, .. } => {
                let title = if pr_title.is_empty() { String::new() } else { format!(" “{pr_title}”") };
                format!("{pr_status} pull request #{number}{title}")
            }
        }
    }
}

/// A posted score of a candidate's dataset and task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Place of the candidate in `entries` of the manifest.
    pub entry_index: usize,
    /// Where it is posted.
    #[serde(flatten)]
    pub place: HubLocation,
    /// File in the model repository.
    pub path: String,
    /// As it is written there.
    pub existing_value: String,
    /// True if it is the candidate's score.
    pub same: bool,
    /// True if it is the candidate's score on the other of the scales 0 to 1 and 0 to 100.
    pub rescaled: bool,
    /// What the posted entry notes of its set-up.
    pub existing_notes: Option<String>,
}

impl Finding {
    /// True if the Hub reads such a file at such a place.
    pub(super) fn is_readable(&self) -> bool {
        let is_read = match &self.place {
            HubLocation::Main => true,
            HubLocation::PullRequest { pr_status, .. } => pr_status == "open",
        };
        let name = self.path.strip_prefix(".eval_results/").and_then(|path| path.strip_suffix(".yaml"));
        is_read && name.is_some_and(|name| !name.contains('/'))
    }
}

/// Something that could not be looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// The candidate that it is about; `None`: all of the model.
    pub entry_index: Option<usize>,
    /// What was being done.
    pub stage: &'static str,
    /// A sentence.
    pub error: String,
    /// File in the model repository.
    pub path: Option<String>,
    /// Where.
    #[serde(flatten)]
    pub place: Option<HubLocation>,
}

impl Problem {
    /// Of one candidate.
    pub fn of(entry_index: usize, stage: &'static str, error: String) -> Problem {
        Problem { entry_index: Some(entry_index), ..Problem::of_model(stage, error) }
    }

    /// Of all candidates of the model.
    pub fn of_model(stage: &'static str, error: String) -> Problem {
        Problem { entry_index: None, stage, error, path: None, place: None }
    }

    /// The same, with its place.
    pub fn at(self, path: &str, place: &HubLocation) -> Problem {
        Problem { path: Some(path.to_owned()), place: Some(place.clone()), ..self }
    }
}

/// One file of a pull request.
#[derive(Clone, Debug, PartialEq)]
pub struct FileChange {
    /// In the model repository.
    pub path: String,
    /// What is there now; `None`: nothing.
    pub old: Option<Vec<u8>>,
    /// What will be there: all of the old bytes, then ours.
    pub new: Vec<u8>,
    /// Candidates in it.
    pub entries: Vec<usize>,
}

impl FileChange {
    /// The change as a unified diff.
    pub fn diff(&self) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let old = self.old.as_deref().map(text).unwrap_or_default();
        let before = if self.old.is_some() { format!("a/{}", self.path) } else { "/dev/null".to_owned() };
        let diff = similar::TextDiff::from_lines(old, text(&self.new));
        diff.unified_diff().header(&before, &format!("b/{}", self.path)).to_string()
    }
}

impl Serialize for FileChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut fields = serializer.serialize_struct("FileChange", 5)?;
        fields.serialize_field("path", &self.path)?;
        fields.serialize_field("old_sha256", &self.old.as_deref().map(Sha256::of))?;
        fields.serialize_field("new_sha256", &Sha256::of(&self.new))?;
        fields.serialize_field("entries", &self.entries)?;
        fields.serialize_field("diff", &self.diff())?;
        fields.end()
    }
}

/// The pull request of one model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proposal {
    /// Canonical id.
    pub model_repo: String,
    /// Commit of main that was audited, and that it starts from.
    pub parent: String,
    /// Its files, by path.
    pub files: Vec<FileChange>,
    /// Its body.
    pub description: String,
    /// Candidates in it.
    #[serde(skip)]
    pub entries: Vec<usize>,
}

impl Proposal {
    /// What would be sent for `candidates`.
    pub fn new(model_repo: &str, parent: &str, files: Vec<FileChange>, candidates: &[&Candidate]) -> Proposal {
        Proposal {
            model_repo: model_repo.to_owned(),
            parent: parent.to_owned(),
            description: description::write(candidates, &files),
            entries: candidates.iter().map(|candidate| candidate.index).collect(),
            files,
        }
    }

    /// True if the same bytes would be written for the same candidates. The commit it starts from
    /// may be another: what stands in the files does not follow from it.
    pub fn says_the_same(&self, other: &Proposal) -> bool {
        self.files == other.files && self.entries == other.entries && self.description == other.description
    }
}

/// What the audit of one repository found.
#[derive(Clone, Debug)]
pub struct ModelReview {
    /// Canonical id.
    pub repo: String,
    /// Commit of main.
    pub head: String,
    /// Posted files on main, and git's ids of them.
    pub main: BTreeMap<String, String>,
    /// Numbers of all pull requests.
    pub pull_requests: BTreeSet<u64>,
    /// Posted scores.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub problems: Vec<Problem>,
    /// Candidates whose score was closed or taken back, with the pull request.
    pub(super) declined: BTreeMap<usize, String>,
    /// What a person may want to know.
    pub notes: BTreeSet<String>,
    /// Of each candidate, by place in the manifest.
    pub statuses: BTreeMap<usize, CandidateStatus>,
    /// Requests without an answer whose pull request is there: number in the journal, page, number.
    pub recovered: Vec<(u64, String, u64)>,
    /// Files that open pull requests change.
    pub(super) changed_in_pulls: BTreeMap<String, HubLocation>,
    /// Files that would change, while the audit goes on.
    pub(super) changes: Vec<FileChange>,
    /// What would be sent.
    pub proposal: Option<Proposal>,
}

impl ModelReview {
    pub(super) fn new(repo: &str, head: &str) -> ModelReview {
        ModelReview {
            repo: repo.to_owned(),
            head: head.to_owned(),
            main: BTreeMap::new(),
            pull_requests: BTreeSet::new(),
            findings: Vec::new(),
            problems: Vec::new(),
            declined: BTreeMap::new(),
            notes: BTreeSet::new(),
            statuses: BTreeMap::new(),
            recovered: Vec::new(),
            changed_in_pulls: BTreeMap::new(),
            changes: Vec::new(),
            proposal: None,
        }
    }

    pub(super) fn settle(&mut self, index: usize, status: CandidateStatus) {
        self.statuses.insert(index, status);
    }

    /// True if nothing is known against a candidate.
    pub(super) fn is_clear(&self, index: usize) -> bool {
        self.status(index, None) == CandidateStatus::Ready
    }

    /// What was found, in the order of weight: proposed before, another score, the same score,
    /// closed or taken back, a failure, nothing.
    pub(super) fn status(&self, index: usize, opened: Option<&str>) -> CandidateStatus {
        if let Some(url) = opened {
            return CandidateStatus::Opened(url.to_owned());
        }
        let findings: Vec<&Finding> = self.findings.iter().filter(|finding| finding.entry_index == index).collect();
        if findings.iter().any(|finding| !finding.same) {
            return CandidateStatus::ScoreConflict;
        }
        if findings.iter().any(|finding| !finding.place.is_past()) {
            return CandidateStatus::AlreadyPresent;
        }
        if let Some(HubLocation::PullRequest { pr_url, .. }) = findings.first().map(|finding| &finding.place) {
            return CandidateStatus::Opened(pr_url.clone());
        }
        if let Some(url) = self.declined.get(&index) {
            return CandidateStatus::Declined(url.clone());
        }
        match self.problems.iter().any(|it| it.entry_index.is_none_or(|of| of == index)) {
            true => CandidateStatus::AuditError,
            false => CandidateStatus::Ready,
        }
    }
}

/// What the audit found of all candidates.
pub struct Review<'a> {
    /// When the audit ended.
    pub created_at: Timestamp,
    /// Address of the Hub.
    pub endpoint: String,
    /// Whose token it is.
    pub account: Option<&'a Account>,
    /// True if nothing is to be sent, whatever is found.
    pub is_dry_run: bool,
    /// What was audited.
    pub candidates: &'a Candidates,
    /// Repositories, by id.
    pub models: Vec<ModelReview>,
    /// Candidates whose model is not there, or could not be looked up, with the reason.
    pub absent: Vec<(usize, CandidateStatus, String)>,
    /// Candidates that were left out of the audit, by reason.
    pub left_out: BTreeMap<&'static str, usize>,
    /// `eval.yaml` commits of the benchmarks.
    pub benchmarks: BTreeMap<String, String>,
    /// Requests that the audit took.
    pub requests: usize,
}

impl Review<'_> {
    /// What would be sent, by model.
    pub fn proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.models.iter().filter_map(|model| model.proposal.as_ref())
    }

    /// The candidates of a proposal, in the order of the manifest.
    pub fn of_proposal(&self, proposal: &Proposal) -> impl Iterator<Item = &Candidate> {
        self.candidates.list.iter().filter(|it| proposal.entries.binary_search(&it.index).is_ok())
    }

    /// The status of every audited candidate, by place in the manifest.
    pub fn statuses(&self) -> BTreeMap<usize, &CandidateStatus> {
        let models = self.models.iter().flat_map(|model| &model.statuses);
        let absent = self.absent.iter().map(|(index, status, _)| (index, status));
        models.chain(absent).map(|(index, status)| (*index, status)).collect()
    }

    /// How many candidates have each status.
    pub fn counts(&self) -> BTreeMap<StatusCode, usize> {
        let mut counts = BTreeMap::new();
        for status in self.statuses().values() {
            *counts.entry(status.code()).or_default() += 1;
        }
        counts
    }

    /// Why nothing can be opened; empty if something can.
    pub fn reasons_against(&self) -> Vec<String> {
        self.reasons(self.of_token())
    }

    /// The same, as far as a person who asked for this run can do something about it: a dry run needs no token.
    pub fn reasons_shown(&self) -> Vec<String> {
        self.reasons(self.of_token().filter(|_| !self.is_dry_run))
    }

    fn reasons(&self, of_token: Option<&str>) -> Vec<String> {
        let of_audit = match self.proposals().next() {
            Some(_) => None,
            None if self.is_unaudited() => Some("no model could be looked up"),
            None => Some("no candidate is ready"),
        };
        let own = of_token.into_iter().chain(of_audit).map(str::to_owned);
        self.candidates.blocked.iter().cloned().chain(own).collect()
    }

    fn of_token(&self) -> Option<&'static str> {
        match self.account {
            None => Some("no token; set HF_TOKEN"),
            Some(account) if !account.can_write => Some("the token is read-only"),
            Some(_) => None,
        }
    }

    /// The candidates whose model could not be looked up, which is not known to be missing.
    pub fn unaudited(&self) -> impl Iterator<Item = &Candidate> {
        let failed = self.absent.iter().filter(|(_, status, _)| *status == CandidateStatus::AuditError);
        let failed: BTreeSet<usize> = failed.map(|(index, ..)| *index).collect();
        self.candidates.list.iter().filter(move |it| failed.contains(&it.index))
    }

    /// True if there were candidates, and none of their models could be looked up.
    pub fn is_unaudited(&self) -> bool {
        self.models.is_empty()
            && !self.absent.is_empty()
            && self.absent.iter().all(|(_, status, _)| *status == CandidateStatus::AuditError)
    }
}
