//! The *audit*: what the Hub holds for each candidate, on main and in every pull request, compared by dataset and
//! task, never by file name.
//!
//! A failure affects one model only. A file that cannot be read blocks only the candidates that it may be about.

mod pulls;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;

use super::amend;
use super::candidate::Candidate;
use super::dataset_names::DatasetNames;
use super::journal::{Attempt, Journal, ProposedResult, RequestState};
use super::posted::{PostedFile, PostedMatch};
use super::registry::{Registry, TaskStatus};
use super::review::{CandidateStatus, FileChange, Finding, HubLocation, ModelReview, Problem, Proposal};
use crate::address::is_hub_id;
use crate::emit::EntryStatus as BuildStatus;
use crate::hash::Sha256;
use crate::hub::{Discussion, ErrorKind, Hub, HubError, ModelAnswer, Repo, TreeItem, git_blob_id};

/// Larger files are not read (bytes). The Hub's own have some hundred.
const MAX_FILE: u64 = 1 << 20;
const FOLDER: &str = ".eval_results";
/// More past pull requests of one model are not looked at.
const MAX_PAST: usize = 200;
/// No pull request from before this time proposes results: the Hub knew none (1 November 2025).
const FIRST_RESULTS: Timestamp = Timestamp::constant(1_761_955_200, 0);

/// Looks at models on the Hub. Shared by threads.
pub struct Auditor<'a> {
    hub: &'a Hub,
    registry: &'a Registry,
    /// Account name, if there is a token.
    account: Option<&'a str>,
    /// Files by git's id, so that the same bytes are read once.
    files: Mutex<HashMap<String, Arc<HubFile>>>,
    /// Which names are of one dataset.
    pub datasets: DatasetNames<'a>,
}

/// A file of the Hub.
pub struct HubFile {
    bytes: Vec<u8>,
    /// What it says.
    pub posted: PostedFile,
}

/// The candidates of one repository, whatever the manifest calls it.
pub struct DatasetGroup<'a> {
    /// What the Hub knows of the model.
    pub model: ModelAnswer,
    /// Its candidates.
    pub candidates: Vec<&'a Candidate>,
}

/// A model that the Hub was asked for.
pub enum Lookup {
    /// It is there.
    Found(ModelAnswer),
    /// It is not, or this account may not see it.
    Missing(HubError),
    /// We do not know.
    Failed(HubError),
}

impl<'a> Auditor<'a> {
    /// An auditor that has read nothing yet.
    pub fn new(hub: &'a Hub, registry: &'a Registry, account: Option<&'a str>) -> Auditor<'a> {
        Auditor { hub, registry, account, files: Mutex::default(), datasets: DatasetNames::new(hub) }
    }

    /// Looks up a model: its canonical id, and the commit of its main branch.
    pub fn look_up(&self, id: &str) -> Lookup {
        match self.hub.model(id) {
            Ok(model) if is_hub_id(&model.id) => Lookup::Found(model),
            Ok(model) => Lookup::Missing(HubError::of_answer(
                &format!("look up the model {id}"),
                self.hub.endpoint(),
                format!("the answer has the id `{}`", model.id.escape_debug()),
            )),
            Err(err) if err.kind == ErrorKind::RepoNotFound => Lookup::Missing(err),
            Err(err) => Lookup::Failed(err),
        }
    }

    /// Audits one repository.
    pub fn audit(&self, group: &DatasetGroup, journal: &Journal) -> ModelReview {
        let mut audit = RepositoryAudit {
            auditor: self,
            repo: Repo::model(&group.model.id),
            head: &group.model.head,
            review: ModelReview::new(&group.model.id, &group.model.head),
            candidates: Vec::new(),
        };
        audit.take(&group.candidates);
        if let Err(problem) = audit.look(group, journal) {
            audit.review.problems.push(*problem);
        }
        audit.settle(journal)
    }

    /// The files of results at a revision.
    pub fn list(&self, repo: Repo, revision: &str) -> Result<Files, HubError> {
        let items = self.hub.tree(repo, revision, FOLDER)?;
        let inside =
            items.into_iter().filter(|item| item.path.starts_with(".eval_results/") && !item.path.contains("/../"));
        Ok(inside.map(|item| (item.path.clone(), item)).collect())
    }

    /// One of them.
    pub fn file(&self, repo: Repo, revision: &str, item: &TreeItem) -> Result<Arc<HubFile>, String> {
        // A file of large file storage has its own hash; git's is of the pointer to it.
        let key = item.lfs.as_ref().map_or(&item.oid, |lfs| &lfs.oid);
        if let Some(file) = self.cached(key) {
            return Ok(file);
        }
        if item.size > MAX_FILE {
            return Err(format!("it has {} bytes, too many for such a file", item.size));
        }
        let (bytes, _) = self.hub.file(repo, revision, &item.path, MAX_FILE).map_err(|err| err.in_short())?;
        let is_listed = match &item.lfs {
            Some(lfs) => Sha256::of(&bytes).to_string() == lfs.oid,
            None => git_blob_id(&bytes) == item.oid,
        };
        if !is_listed {
            return Err("it does not match its listing: it changed meanwhile, or was damaged in transit".to_owned());
        }
        let posted = PostedFile::read(&bytes);
        let file = Arc::new(HubFile { bytes, posted });
        self.cache().insert(key.clone(), Arc::clone(&file));
        Ok(file)
    }

    fn cached(&self, oid: &str) -> Option<Arc<HubFile>> {
        self.cache().get(oid).map(Arc::clone)
    }

    fn cache(&self) -> MutexGuard<'_, HashMap<String, Arc<HubFile>>> {
        self.files.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// True if `posted` is the dataset of `candidate`: by an id that the registry knows, else by one that the Hub leads to it.
    fn is_dataset(&self, candidate: &Candidate, posted: &str) -> Result<bool, String> {
        if candidate.dataset_ids().any(|id| id.eq_ignore_ascii_case(posted)) {
            return Ok(true);
        }
        self.datasets.are_one(&candidate.entry.yaml_entry.dataset.id, posted)
    }
}

/// The audit of one repository.
struct RepositoryAudit<'a> {
    auditor: &'a Auditor<'a>,
    repo: Repo<'a>,
    head: &'a str,
    review: ModelReview,
    candidates: Vec<&'a Candidate>,
}

/// The files of a revision, by path.
pub type Files = BTreeMap<String, TreeItem>;

impl<'a> RepositoryAudit<'a> {
    /// Takes one candidate for each dataset and task: two names of the manifest may be one
    /// repository, and then the build could not see that they meet.
    fn take(&mut self, candidates: &[&'a Candidate]) {
        // What cannot be told apart is taken for one: it is held back then.
        let is_rival = |a: &Candidate, b: &Candidate| {
            let dataset = &b.entry.yaml_entry.dataset;
            a.is_task(&dataset.task_id) && self.auditor.is_dataset(a, &dataset.id).unwrap_or(true)
        };
        for candidate in candidates {
            let rivals: Vec<&Candidate> = candidates.iter().copied().filter(|it| is_rival(candidate, it)).collect();
            let agree = rivals.iter().all(|it| it.equals(candidate.value));
            match (agree, rivals[0].index == candidate.index) {
                (_, true) if agree => self.candidates.push(candidate),
                (true, _) => self.review.settle(candidate.index, CandidateStatus::Build(BuildStatus::DuplicateInBuild)),
                (false, _) => self.review.settle(candidate.index, CandidateStatus::Build(BuildStatus::ConflictInBuild)),
            }
        }
        for candidate in &self.candidates {
            let dataset = &candidate.entry.yaml_entry.dataset;
            let problem = match self.auditor.registry.task(&dataset.id, &dataset.task_id) {
                TaskStatus::Registered => continue,
                TaskStatus::Unchecked(why) => {
                    self.review.notes.insert(why);
                    continue;
                }
                TaskStatus::Refused(why) => why,
            };
            self.review.problems.push(Problem::of(candidate.index, "read_benchmark", problem));
        }
    }

    /// Looks at main, at every pull request, and at what the Hub itself reads.
    fn look(&mut self, group: &DatasetGroup, journal: &Journal) -> Result<(), Box<Problem>> {
        if self.candidates.is_empty() {
            return Ok(());
        }
        let head = self.head.to_owned();
        let main = self.auditor.list(self.repo, &head).map_err(|err| failed("list_main_eval_results", &err))?;
        self.review.main = main.values().map(|item| (item.path.clone(), item.oid.clone())).collect();
        for item in main.values().filter(|item| is_yaml(&item.path)) {
            self.compare(&head, item, &HubLocation::Main, "read_main_eval_results");
        }
        let pulls = self.auditor.hub.pull_requests(self.repo);
        let pulls = pulls.map_err(|err| failed("list_open_prs", &err))?;
        for pull in &pulls {
            self.look_at_pull(pull, &main);
        }
        self.review.pull_requests = pulls.iter().map(|pull| pull.num).collect();
        self.cross_check(group, &pulls, &main);
        self.recover(journal, &pulls);
        self.look_at_past(&pulls, &main);
        self.propose(&main);
        Ok(())
    }

    /// Reads a file and notes what it says of each candidate.
    fn compare(&mut self, revision: &str, item: &TreeItem, place: &HubLocation, stage: &'static str) {
        let file = match self.auditor.file(self.repo, revision, item) {
            Ok(file) => file,
            Err(why) => {
                let problem = Problem::of_model(stage, why).at(&item.path, place);
                self.review.problems.push(problem);
                return;
            }
        };
        let mut says_something = false;
        for candidate in self.candidates.clone() {
            let verdict = file.posted.verdict(candidate, |id| self.auditor.is_dataset(candidate, id));
            says_something |= verdict != PostedMatch::Silent;
            self.note(candidate, verdict, &item.path, place, stage);
        }
        if let (PostedFile::Unreadable(why, _), false) = (&file.posted, says_something) {
            self.review.notes.insert(format!(
                "{} {}: {why}; it names none of these datasets",
                place.in_words(),
                item.path
            ));
        }
    }

    fn note(
        &mut self,
        candidate: &Candidate,
        verdict: PostedMatch,
        path: &str,
        place: &HubLocation,
        stage: &'static str,
    ) {
        let finding = |value, same, rescaled, notes| Finding {
            entry_index: candidate.index,
            place: place.clone(),
            path: path.to_owned(),
            existing_value: value,
            same,
            rescaled,
            existing_notes: notes,
        };
        match verdict {
            PostedMatch::Silent => {}
            PostedMatch::Same(value) => self.review.findings.push(finding(value, true, false, None)),
            // What was proposed once with another score and closed says nothing against this one.
            PostedMatch::Other { .. } if place.is_past() => {}
            PostedMatch::Other { value, rescaled, notes } => {
                self.review.findings.push(finding(value, false, rescaled, notes));
            }
            PostedMatch::Unclear(_) if place.is_past() => {}
            PostedMatch::Unclear(why) => {
                let problem = Problem::of(candidate.index, stage, why).at(path, place);
                self.review.problems.push(problem);
            }
        }
    }

    /// Searches the pull requests for those of requests that got no answer.
    fn recover(&mut self, journal: &Journal, pulls: &[Discussion]) {
        for attempt in journal.attempts(self.repo.id).filter(|attempt| attempt.state == RequestState::Unanswered) {
            match self.auditor.find(self.repo, attempt, pulls) {
                Ok(Some(pull)) => {
                    let url = self.auditor.hub.page(self.repo, &format!("/discussions/{}", pull.num));
                    self.review.recovered.push((attempt.number(), url, pull.num));
                }
                Ok(None) => {}
                Err(err) => self.review.problems.push(Problem::of_model("search_own_pr", err)),
            }
        }
    }

    /// What would be sent for the candidates against which nothing is known so far.
    fn propose(&mut self, main: &Files) {
        let open: Vec<&Candidate> =
            self.candidates.iter().copied().filter(|it| self.review.is_clear(it.index)).collect();
        let mut files: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
        for candidate in open {
            files.entry(&candidate.entry.target_path).or_default().push(candidate);
        }
        for (path, candidates) in files {
            match self.change(path, &candidates, main) {
                Ok(change) => self.review.changes.push(change),
                Err(why) => {
                    let problems = candidates
                        .iter()
                        .map(|it| Problem::of(it.index, "add_to_file", why.clone()).at(path, &HubLocation::Main));
                    self.review.problems.extend(problems);
                }
            }
        }
    }

    fn change(&self, path: &str, candidates: &[&Candidate], main: &Files) -> Result<FileChange, String> {
        if let Some(place) = self.review.changed_in_pulls.get(path) {
            let words = "also changes this file, so the two would conflict; wait until it is merged or closed";
            return Err(format!("{} {words}", place.in_words()));
        }
        let old = match main.get(path) {
            Some(item) if item.kind != "file" => return Err("a folder has the name of this file".to_owned()),
            Some(item) => Some(self.auditor.file(self.repo, self.head, item)?),
            None => None,
        };
        let ours: String = candidates.iter().map(|candidate| candidate.entry.yaml.as_str()).collect();
        let new = amend::append(old.as_ref().map(|file| file.bytes.as_slice()), &ours)?;
        Ok(FileChange {
            path: path.to_owned(),
            old: old.map(|file| file.bytes.clone()),
            new,
            entries: candidates.iter().map(|candidate| candidate.index).collect(),
        })
    }

    /// The status of every candidate, and what would be sent.
    fn settle(mut self, journal: &Journal) -> ModelReview {
        for candidate in &self.candidates {
            let opened = journal
                .attempts(self.repo.id)
                .filter(|attempt| attempt.proposed.results.iter().any(|result| self.auditor.says(candidate, result)))
                .find_map(|attempt| match &attempt.state {
                    RequestState::Opened(url, _) => Some(url.clone()),
                    RequestState::Unanswered => {
                        let found = self.review.recovered.iter().find(|(number, ..)| *number == attempt.number());
                        found.map(|(_, url, _)| url.clone())
                    }
                    RequestState::Refused => None,
                });
            let status = self.review.status(candidate.index, opened.as_deref());
            self.review.settle(candidate.index, status);
        }
        let ready = |index: &usize| self.review.statuses[index] == CandidateStatus::Ready;
        let changes: Vec<FileChange> =
            self.review.changes.iter().filter(|change| change.entries.iter().all(ready)).cloned().collect();
        self.review.changes.clear();
        if !changes.is_empty() {
            let candidates: Vec<&Candidate> = self.candidates.iter().copied().filter(|it| ready(&it.index)).collect();
            self.review.proposal = Some(Proposal::new(self.repo.id, self.head, changes, &candidates));
        }
        self.review
    }
}

impl Auditor<'_> {
    /// True if `result` of the journal is what `candidate` says.
    fn says(&self, candidate: &Candidate, result: &ProposedResult) -> bool {
        candidate.is_task(&result.task_id)
            && result.value.parse().is_ok_and(|value| candidate.equals(value))
            && self.is_dataset(candidate, &result.dataset).unwrap_or(true)
    }

    /// The pull request of a request that got no answer: same account, same title, same bytes.
    pub fn find<'p>(
        &self,
        repo: Repo,
        attempt: &Attempt,
        pulls: &'p [Discussion],
    ) -> Result<Option<&'p Discussion>, String> {
        let proposed = &attempt.proposed;
        let alike = pulls.iter().filter(|it| it.author() == Some(&proposed.account) && it.title == proposed.title);
        for pull in alike {
            let mut is_it = true;
            for file in &proposed.files {
                is_it &= match self.hub.file(repo, &pull.revision(), &file.path, MAX_FILE) {
                    Ok((bytes, _)) => Sha256::of(&bytes) == file.sha256,
                    Err(err) if matches!(err.kind, ErrorKind::EntryNotFound | ErrorKind::RevisionNotFound) => false,
                    Err(err) => return Err(err.in_short()),
                };
            }
            if is_it {
                return Ok(Some(pull));
            }
        }
        Ok(None)
    }
}

fn failed(stage: &'static str, err: &HubError) -> Box<Problem> {
    Box::new(Problem::of_model(stage, err.in_short()))
}

/// True if the Hub shows what was found.
fn is_shown(finding: &Finding, group: &DatasetGroup) -> bool {
    group.model.eval_results.iter().any(|it| {
        let is_same = |data: &serde_json::Value| data["value"].as_f64() == finding.existing_value.parse().ok();
        it.filename == finding.path
            && it.pull_request == finding.place.number()
            && it.data.as_ref().map_or(true, is_same)
    })
}

/// Files that the Hub reads, and those that the reference converter reads besides.
pub fn is_yaml(path: &str) -> bool {
    let path = path.to_lowercase();
    path.ends_with(".yaml") || path.ends_with(".yml")
}
