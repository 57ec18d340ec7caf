//! *Submitting*: one pull request for each model, checked again right before it is opened, and written to the
//! journal before and after.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, ensure};
use serde::Serialize;

use super::audit::{Auditor, DatasetGroup, Lookup};
use super::candidate::Candidate;
use super::journal::{ConfirmedModel, ProposedFile, ProposedResult, PullRequestContent};
use super::registry::Registry;
use super::review::{CandidateStatus, ModelReview, Proposal, Review};
use super::{Journal, Publishing};
use crate::Progress;
use crate::hash::Sha256;
use crate::hub::{Account, Committed, Discussion, Hub, HubError, NewFile, Repo, Upload, git_blob_id};

/// What became of one model.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum SubmitOutcome {
    /// It has a pull request.
    Opened {
        /// Its page.
        pull_request: String,
    },
    /// There is nothing to open any more.
    AlreadyThere {
        /// In a sentence.
        reason: String,
    },
    /// It was refused, or something changed since the report.
    Failed {
        /// In a sentence.
        reason: String,
    },
    /// It was sent, and neither an answer nor a pull request was seen.
    Unknown {
        /// In a sentence.
        reason: String,
    },
    /// It was not sent.
    NotTried {
        /// In a sentence.
        reason: String,
    },
}

impl SubmitOutcome {
    /// As in `--json`.
    pub fn code(&self) -> &'static str {
        match self {
            SubmitOutcome::Opened { .. } => "opened",
            SubmitOutcome::AlreadyThere { .. } => "already there",
            SubmitOutcome::Failed { .. } => "failed",
            SubmitOutcome::Unknown { .. } => "unknown",
            SubmitOutcome::NotTried { .. } => "not tried",
        }
    }

    /// The address, or the reason.
    pub fn detail(&self) -> &str {
        match self {
            SubmitOutcome::Opened { pull_request } => pull_request,
            SubmitOutcome::AlreadyThere { reason }
            | SubmitOutcome::Failed { reason }
            | SubmitOutcome::Unknown { reason }
            | SubmitOutcome::NotTried { reason } => reason,
        }
    }
}

/// What became of all models.
#[derive(Debug, Default, Serialize)]
pub struct SubmitReport {
    /// By model, in the order of the review.
    pub models: Vec<(String, SubmitOutcome)>,
}

impl SubmitReport {
    /// How many models had an outcome, by its code.
    pub fn count(&self, code: &str) -> usize {
        self.models.iter().filter(|(_, outcome)| outcome.code() == code).count()
    }

    /// True if every pull request that was confirmed is there.
    pub fn is_complete(&self) -> bool {
        let is_done = |outcome: &SubmitOutcome| {
            matches!(outcome, SubmitOutcome::Opened { .. } | SubmitOutcome::AlreadyThere { .. })
        };
        self.models.iter().all(|(_, outcome)| is_done(outcome))
    }
}

/// A title as the Hub takes it; or what is wrong with it.
pub fn checked_title(text: &str) -> Result<String> {
    let text = text.trim();
    ensure!(!text.is_empty(), "the commit message is empty");
    ensure!(!text.contains(char::is_control), "the commit message contains control characters");
    let length = text.chars().count();
    ensure!((3..=200).contains(&length), "the commit message has {length} characters; the Hub accepts 3 to 200");
    Ok(text.to_owned())
}

/// Why nothing more is sent.
type Stop = String;

struct PullRequestSender<'a> {
    hub: &'a Hub,
    auditor: Auditor<'a>,
    account: &'a str,
    title: &'a str,
    journal: &'a mut Journal,
    list: &'a [Candidate],
}

impl Publishing {
    /// Opens the pull requests of `review`, one after the other. `stop` ends it after the request
    /// that is under way.
    pub fn submit(
        &self,
        hub: &Hub,
        review: &Review,
        account: &Account,
        title: &str,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<SubmitReport> {
        self.candidates.ensure_unchanged()?;
        let proposals: Vec<&Proposal> = review.proposals().collect();
        let mut journal = self.journal();
        for (number, url, pull, repo) in review
            .models
            .iter()
            .flat_map(|model| model.recovered.iter().map(move |(number, url, pull)| (*number, url, *pull, &model.repo)))
        {
            journal.opened(number, repo, url, pull)?;
        }
        let models = proposals.iter().map(|proposal| self.confirmed(proposal)).collect();
        journal.confirmed(&account.name, title, self.candidates.sha256, models)?;
        // The tasks were looked up for the report; they do not change within a run.
        let registry = Registry::default();
        let auditor = Auditor::new(hub, &registry, Some(&account.name));
        let list = &self.candidates.list;
        let mut submitter =
            PullRequestSender { hub, auditor, account: &account.name, title, journal: &mut journal, list };
        progress.stage("open pull requests", proposals.len());
        let mut submission = SubmitReport::default();
        let mut stopped: Option<Stop> = None;
        for proposal in proposals {
            if stop.load(Ordering::Relaxed) {
                stopped.get_or_insert_with(|| "stopped by you".to_owned());
            }
            let outcome = match &stopped {
                Some(reason) => SubmitOutcome::NotTried { reason: reason.clone() },
                None => {
                    let (outcome, reason) = submitter.open(proposal);
                    stopped = reason;
                    outcome
                }
            };
            submission.models.push((proposal.model_repo.clone(), outcome));
            progress.step();
        }
        Ok(submission)
    }
}

impl Publishing {
    fn confirmed(&self, proposal: &Proposal) -> ConfirmedModel {
        let candidates = self.candidates.list.iter().filter(|it| proposal.entries.contains(&it.index));
        let mut named: Vec<String> = candidates.map(|it| it.entry.model_repo.clone()).collect();
        named.dedup();
        ConfirmedModel { model_repo: proposal.model_repo.clone(), named }
    }
}

impl PullRequestSender<'_> {
    /// Opens one pull request, and says why no other should be tried after it.
    fn open(&mut self, proposal: &Proposal) -> (SubmitOutcome, Option<Stop>) {
        let failed = |reason: String| SubmitOutcome::Failed { reason };
        let (now, known) = match self.look_again(proposal) {
            Ok(found) => found,
            Err(outcome) => return (outcome, None),
        };
        let repo = Repo::model(&now.model_repo);
        let files: Vec<NewFile> = now.files.iter().map(|file| NewFile { path: &file.path, bytes: &file.new }).collect();
        match self.hub.preupload(repo, &files) {
            Err(err) => return (failed(err.in_short()), stop_after(&err)),
            Ok(uploads) => {
                if let Some(outcome) = files.iter().find_map(|file| obstacle(file, &uploads)) {
                    return (outcome, None);
                }
            }
        }
        // From here on, the journal must know what is under way; if it cannot, nothing is sent.
        let attempt = match self.journal.sending(self.proposed(&now)) {
            Ok(attempt) => attempt,
            Err(err) => return (failed(format!("{err:#}; nothing was sent")), Some(format!("{err:#}"))),
        };
        let sent = self.hub.open_pull_request(repo, &now.parent, self.title, &now.description, &files);
        let (outcome, stop) = match sent {
            Ok(Committed { pull_request_url, number, .. }) => {
                let written = self.journal.opened(attempt, &now.model_repo, &pull_request_url, number);
                (SubmitOutcome::Opened { pull_request: pull_request_url }, written.err())
            }
            Err(err) if err.kind.is_not_applied() => {
                let written = self.journal.refused(attempt, &now.model_repo, err.in_short());
                return (failed(err.in_short()), written.err().map(|err| format!("{err:#}")).or(stop_after(&err)));
            }
            Err(err) => match self.search(repo, attempt, &known) {
                Some((url, number)) => {
                    let written = self.journal.opened(attempt, &now.model_repo, &url, number);
                    (SubmitOutcome::Opened { pull_request: url }, written.err())
                }
                None => {
                    let written = self.journal.unknown(attempt, &now.model_repo, err.in_short());
                    let reason = format!("{}; look at {}", err.in_short(), self.hub.page(repo, "/discussions"));
                    (SubmitOutcome::Unknown { reason }, written.err())
                }
            },
        };
        (outcome, stop.map(|err| format!("{err:#}")))
    }

    /// Audits the model again: somebody may have been faster, or may have changed the files.
    fn look_again(&self, proposal: &Proposal) -> Result<(Proposal, ModelReview), SubmitOutcome> {
        let model = match self.auditor.look_up(&proposal.model_repo) {
            Lookup::Found(model) => model,
            Lookup::Missing(err) | Lookup::Failed(err) => return Err(SubmitOutcome::Failed { reason: err.in_short() }),
        };
        if !model.id.eq_ignore_ascii_case(&proposal.model_repo) {
            return Err(SubmitOutcome::Failed { reason: format!("it was renamed to {} since the report", model.id) });
        }
        let candidates: Vec<&Candidate> =
            self.list.iter().filter(|candidate| proposal.entries.contains(&candidate.index)).collect();
        let mut now = self.auditor.audit(&DatasetGroup { model, candidates }, self.journal);
        match now.proposal.take() {
            Some(again) if again.says_the_same(proposal) => Ok((again, now)),
            Some(_) => Err(SubmitOutcome::Failed { reason: changed(&now) }),
            None => {
                let is_there = |status: &CandidateStatus| {
                    matches!(
                        status,
                        CandidateStatus::AlreadyPresent | CandidateStatus::Opened(_) | CandidateStatus::Declined(_)
                    )
                };
                match now.statuses.values().all(is_there) {
                    true => Err(SubmitOutcome::AlreadyThere { reason: changed(&now) }),
                    false => Err(SubmitOutcome::Failed { reason: changed(&now) }),
                }
            }
        }
    }

    fn proposed(&self, proposal: &Proposal) -> PullRequestContent {
        let files = proposal.files.iter();
        let results = self.list.iter().filter(|candidate| proposal.entries.contains(&candidate.index));
        PullRequestContent {
            model_repo: proposal.model_repo.clone(),
            account: self.account.to_owned(),
            title: self.title.to_owned(),
            parent: proposal.parent.clone(),
            files: files.map(|it| ProposedFile { path: it.path.clone(), sha256: Sha256::of(&it.new) }).collect(),
            results: results
                .map(|candidate| {
                    let entry = &candidate.entry.yaml_entry;
                    let (dataset, task_id) = (entry.dataset.id.clone(), entry.dataset.task_id.clone());
                    let record = Some(candidate.entry.record.clone());
                    ProposedResult { dataset, task_id, value: entry.value.clone(), record }
                })
                .collect(),
        }
    }

    /// Searches for the pull request of a request that got no clear answer. It may appear late.
    fn search(&self, repo: Repo, attempt: u64, known: &ModelReview) -> Option<(String, u64)> {
        let attempt = self.journal.attempts(repo.id).find(|it| it.number() == attempt)?;
        for seconds in [0, 1, 3] {
            self.hub.pause(seconds);
            let Ok(pulls) = self.hub.pull_requests(repo) else { continue };
            let new: Vec<Discussion> =
                pulls.into_iter().filter(|pull| !known.pull_requests.contains(&pull.num)).collect();
            if let Ok(Some(found)) = self.auditor.find(repo, attempt, &new) {
                return Some((self.hub.page(repo, &format!("/discussions/{}", found.num)), found.num));
            }
        }
        None
    }
}

/// What is in the way of a file, as the Hub would take it.
fn obstacle(file: &NewFile, uploads: &[Upload]) -> Option<SubmitOutcome> {
    let failed = |reason: String| Some(SubmitOutcome::Failed { reason });
    let Some(upload) = uploads.iter().find(|upload| upload.path == file.path) else {
        return failed(format!("the Hub does not say how to upload {}", file.path));
    };
    if upload.should_ignore {
        return failed(format!("the repository's .gitignore covers {}: a pull request would be empty", file.path));
    }
    if upload.upload_mode != "regular" {
        return failed(format!("the repository stores {} in large file storage", file.path));
    }
    let is_there = upload.oid.as_deref() == Some(git_blob_id(file.bytes).as_str());
    is_there.then(|| SubmitOutcome::AlreadyThere { reason: format!("{} already exists, byte for byte", file.path) })
}

/// Why the other models should not be tried after this error.
fn stop_after(err: &HubError) -> Option<Stop> {
    use crate::hub::ErrorKind;
    match err.kind {
        ErrorKind::BadToken => Some("the token is no longer accepted".to_owned()),
        ErrorKind::RateLimited if err.asks_for_long() => Some("the Hub's rate limit requires a long wait".to_owned()),
        _ => None,
    }
}

/// What is different now, in a sentence.
fn changed(now: &ModelReview) -> String {
    let findings = now.findings.iter().map(|finding| {
        format!("{} is posted in {} ({})", finding.existing_value, finding.place.in_words(), finding.path)
    });
    let problems = now.problems.iter().map(|problem| problem.error.clone());
    let opened = now.statuses.values().filter_map(|status| match status {
        CandidateStatus::Opened(url) => Some(format!("proposed in {url}")),
        CandidateStatus::Declined(url) => Some(format!("closed or reverted in {url}")),
        _ => None,
    });
    let what: Vec<String> = findings.chain(problems).chain(opened).take(3).collect();
    match what.is_empty() {
        true => "its files changed since the report; run again".to_owned(),
        false => format!("it changed since the report: {}", what.join("; ")),
    }
}
