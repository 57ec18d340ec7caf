//! *Publishing*: from the manifest of the last build to pull requests on the Hub.
//!
//! ```text
//! manifest.json ──▶ candidates ──▶ audit ──▶ review ──(a person confirms)──▶ submit ──▶ pull requests
//! previews                         Hub, read only                             journal
//!                                                                                │
//!                                           facts, report ◀── follow-up ◀────────┘
//!                                                             Hub, read only
//! ```
//!
//! It meets a build only in files. What it promises:
//!
//! - Nothing is sent that the review did not show, or before a person confirmed.
//! - No byte of a file on the Hub is changed or lost; ours are added after them.
//! - No pull request is opened twice, whatever ends a run: the journal is written before and after each request,
//!   and a request without an answer is looked up and never repeated blindly.
//! - One model's failure is no other's.

mod amend;
mod audit;
mod candidate;
mod dataset_names;
mod description;
mod follow;
mod journal;
mod json;
mod posted;
mod registry;
mod review;
mod submit;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use anyhow::{Context, Result, bail, ensure};
use jiff::Timestamp;
use rayon::prelude::*;

use crate::Progress;
use crate::diagnostic::did_you_mean;
use crate::hub::{Account, Hub, ModelAnswer};
use crate::output::disk;
use audit::{Auditor, DatasetGroup, Lookup};
use candidate::Candidate;
use journal::Journal;
use registry::Registry;

pub use amend::append;
pub use candidate::Candidates;
pub use follow::{FollowUp, Followed, RecordNow, StatusOptions as FollowOptions, follow};
pub use journal::JOURNAL;
pub use posted::PostedFile;
pub use review::{CandidateStatus, FileChange, Finding, HubLocation, ModelReview, Problem, Proposal, Review};
pub use submit::{SubmitOutcome, SubmitReport, checked_title};
pub use text::TextStyle;

/// Path of the review below the output folder.
pub const REVIEW: &str = "hub/review.json";
/// Path of the same in words, in full length.
pub const REVIEW_TEXT: &str = "hub/review.txt";

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct PublishOptions {
    /// Output folder of the build.
    pub out: PathBuf,
    /// Only these models; empty: all.
    pub only: Vec<String>,
    /// Open at most so many pull requests.
    pub limit: Option<usize>,
    /// Only what the last confirmed run did not finish.
    pub resume: bool,
    /// Audit and report, and open nothing.
    pub dry_run: bool,
    /// Models looked at together.
    pub jobs: usize,
}

/// A manifest to publish, and the journal of what was published before.
pub struct Publishing {
    options: PublishOptions,
    candidates: Candidates,
    /// One run at a time writes it, and looks are taken in between.
    journal: Mutex<Journal>,
    /// Places in the manifest of the candidates that were asked for.
    selected: BTreeSet<usize>,
}

impl Publishing {
    /// Reads all that is on disk, and fails on what can be known without the network.
    pub fn open(options: PublishOptions) -> Result<Publishing> {
        let candidates = Candidates::read(&options.out)?;
        if !options.dry_run && !candidates.blocked.is_empty() {
            bail!(
                "this build cannot be published: {}\n  help: fix that and build again; --dry-run audits anyway",
                candidates.blocked.join("; ")
            );
        }
        let journal = match options.dry_run {
            true => Journal::look(&options.out)?,
            false => Journal::open(&options.out)?,
        };
        let selected = selected(&options, &candidates, &journal)?;
        Ok(Publishing { options, candidates, journal: Mutex::new(journal), selected })
    }

    /// Title of the run that `--resume` goes on with.
    pub fn resumed_title(&self) -> Option<String> {
        let journal = self.journal();
        let (title, _) = journal.unfinished()?;
        self.options.resume.then(|| title.to_owned())
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Lines of the journal that were cut by a kill or a full disk.
    pub fn torn_lines(&self) -> usize {
        self.journal().torn
    }

    /// Audits the candidates. Sends nothing that changes anything.
    pub fn audit<'a>(&'a self, hub: &Hub, account: Option<&'a Account>, progress: &dyn Progress) -> Result<Review<'a>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.options.jobs.max(1)).build();
        pool.context("failed to start the threads")?.install(|| Ok(self.audit_here(hub, account, progress)))
    }

    fn audit_here<'a>(&'a self, hub: &Hub, account: Option<&'a Account>, progress: &dyn Progress) -> Review<'a> {
        let selected: Vec<&Candidate> =
            self.candidates.list.iter().filter(|it| self.selected.contains(&it.index)).collect();
        let datasets = selected.iter().map(|it| it.entry.yaml_entry.dataset.id.as_str()).collect();
        progress.stage("read benchmarks", 0);
        let registry = Registry::read(hub, &datasets);
        let auditor = Auditor::new(hub, &registry, account.map(|account| account.name.as_str()));
        let mut review = Review {
            created_at: Timestamp::now(),
            endpoint: hub.endpoint().to_owned(),
            account,
            is_dry_run: self.options.dry_run,
            candidates: &self.candidates,
            models: Vec::new(),
            absent: Vec::new(),
            left_out: BTreeMap::new(),
            benchmarks: registry.commits().into_iter().map(|(id, commit)| (id.to_owned(), commit.to_owned())).collect(),
            requests: 0,
        };
        let mut models: BTreeMap<String, Vec<&Candidate>> = BTreeMap::new();
        for candidate in &selected {
            models.entry(candidate.entry.model_repo.to_lowercase()).or_default().push(candidate);
        }
        let models: Vec<Vec<&Candidate>> = models.into_values().collect();
        progress.stage("audit the Hub", 2 * models.len());
        // With a limit, no more is asked than is needed to reach it.
        let step = self.options.limit.map_or(models.len(), |limit| limit.max(self.options.jobs)).max(1);
        for chunk in models.chunks(step) {
            let n_ready = review.proposals().count();
            if self.options.limit.is_some_and(|limit| n_ready >= limit) {
                *review.left_out.entry("beyond_limit").or_default() += chunk.iter().map(Vec::len).sum::<usize>();
                continue;
            }
            self.audit_chunk(chunk, &auditor, &mut review, progress);
        }
        if let Some(limit) = self.options.limit {
            leave_out(&mut review, limit);
        }
        let not_selected = self.candidates.list.len() - selected.len();
        if not_selected > 0 {
            review.left_out.insert("not_selected", not_selected);
        }
        review.models.sort_by_key(|model| model.repo.to_lowercase());
        review.requests = hub.requests();
        review.created_at = Timestamp::now();
        review
    }

    fn audit_chunk(&self, chunk: &[Vec<&Candidate>], auditor: &Auditor, review: &mut Review, progress: &dyn Progress) {
        let look_up = |candidates: &Vec<&Candidate>| {
            let lookup = auditor.look_up(&candidates[0].entry.model_repo);
            progress.step();
            lookup
        };
        let lookups: Vec<Lookup> = chunk.par_iter().with_max_len(1).map(look_up).collect();
        let mut groups: BTreeMap<String, DatasetGroup> = BTreeMap::new();
        for (lookup, candidates) in lookups.into_iter().zip(chunk) {
            let (status, error) = match lookup {
                Lookup::Found(model) => {
                    add(&mut groups, model, candidates);
                    continue;
                }
                Lookup::Missing(error) => (CandidateStatus::MissingHfModel, error),
                Lookup::Failed(error) => (CandidateStatus::AuditError, error),
            };
            let absent = candidates.iter().map(|it| (it.index, status.clone(), error.in_short()));
            review.absent.extend(absent);
        }
        // Only with a limit are there models that were audited before.
        for before in &review.models {
            let Some(group) = groups.remove(&before.repo.to_lowercase()) else { continue };
            let why = format!(
                "this is the same repository as {}, which was audited under another name; run again without --limit",
                before.repo
            );
            review
                .absent
                .extend(group.candidates.iter().map(|it| (it.index, CandidateStatus::AuditError, why.clone())));
        }
        let groups: Vec<DatasetGroup> = groups.into_values().collect();
        let journal: &Journal = &self.journal();
        let audit = |group: &DatasetGroup| {
            let found = auditor.audit(group, journal);
            progress.step();
            found
        };
        review.models.par_extend(groups.par_iter().with_max_len(1).map(audit));
    }

    /// Writes `review.json` and the same in words.
    pub fn write(&self, review: &Review) -> Result<()> {
        let mut json = serde_json::to_vec_pretty(review).context("failed to write the review")?;
        json.push(b'\n');
        let text = TextStyle { rows: usize::MAX, color: false };
        disk::replace_ours(&self.options.out.join(REVIEW), &json)?;
        disk::replace_ours(&self.options.out.join(REVIEW_TEXT), text.review(review).as_bytes())
    }

    /// Where the review in words is, for a person.
    pub fn review_text(&self) -> PathBuf {
        self.options.out.join(REVIEW_TEXT)
    }

    /// Where the review is.
    pub fn review_json(&self) -> PathBuf {
        self.options.out.join(REVIEW)
    }

    /// The output folder.
    pub fn out(&self) -> &Path {
        &self.options.out
    }
}

fn add<'a>(groups: &mut BTreeMap<String, DatasetGroup<'a>>, model: ModelAnswer, candidates: &[&'a Candidate]) {
    let group = groups.entry(model.id.to_lowercase()).or_insert_with(|| DatasetGroup { model, candidates: Vec::new() });
    group.candidates.extend(candidates);
    group.candidates.sort_by_key(|candidate| candidate.index);
}

/// Takes the proposals beyond the limit out of the review.
fn leave_out(review: &mut Review, limit: usize) {
    let beyond = review.models.iter_mut().filter(|model| model.proposal.is_some()).skip(limit);
    let mut n_left_out = 0;
    for model in beyond {
        n_left_out += model.proposal.take().map_or(0, |proposal| proposal.entries.len());
    }
    if n_left_out > 0 {
        *review.left_out.entry("ready_beyond_limit").or_default() += n_left_out;
    }
}

fn selected(options: &PublishOptions, candidates: &Candidates, journal: &Journal) -> Result<BTreeSet<usize>> {
    let mut wanted: Option<BTreeSet<String>> = None;
    if !options.only.is_empty() {
        let repos = candidates.list.iter().map(|it| it.entry.model_repo.as_str());
        let known: BTreeMap<String, &str> = repos.map(|repo| (repo.to_lowercase(), repo)).collect();
        for model in &options.only {
            let near = did_you_mean(&model.to_lowercase(), known.keys().map(String::as_str));
            let help = near.map_or(String::new(), |near| format!("\n  help: did you mean `{}`?", known[near]));
            ensure!(
                known.contains_key(&model.to_lowercase()),
                "--only {model}: there is no ready entry for this model{help}"
            );
        }
        wanted = Some(options.only.iter().map(|model| model.to_lowercase()).collect());
    }
    if options.resume {
        let (_, models) = journal
            .unfinished()
            .context("--resume: there is no confirmed run\n  help: run `evalcards publish` without --resume")?;
        let unfinished: BTreeSet<String> = models.iter().map(|model| model.to_lowercase()).collect();
        wanted = Some(match wanted {
            Some(wanted) => wanted.intersection(&unfinished).cloned().collect(),
            None => unfinished,
        });
    }
    let is_wanted =
        |it: &&Candidate| wanted.as_ref().is_none_or(|wanted| wanted.contains(&it.entry.model_repo.to_lowercase()));
    Ok(candidates.list.iter().filter(is_wanted).map(|it| it.index).collect())
}
