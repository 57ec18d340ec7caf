//! The *journal* `hub/journal.jsonl`: each request to the Hub and its outcome, written and flushed before and
//! after, so that a run can end at any moment and the next one can resume.
//!
//! One JSON object a line. A line that a kill or a full disk truncated is skipped: if it was the announcement of a
//! request, the request was not sent; if it was the outcome, the request counts as unanswered, and its pull request
//! is searched for on the Hub.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::emit::RecordRef;
use crate::facts::ProposalFact;
use crate::hash::Sha256;
use crate::output::disk;

/// Path of the journal below the output folder.
pub const JOURNAL: &str = "hub/journal.jsonl";

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum JournalEvent {
    /// A person confirmed.
    Confirmed {
        account: String,
        title: String,
        /// SHA-256 of the manifest.
        manifest: Sha256,
        /// Repositories that will get a pull request.
        models: Vec<ConfirmedModel>,
    },
    /// A request is about to be sent.
    Sending {
        attempt: u64,
        #[serde(flatten)]
        proposed: PullRequestContent,
    },
    /// It was answered with a pull request, or its pull request was found.
    Opened { attempt: u64, model_repo: String, pull_request: String, number: u64 },
    /// It was refused: nothing was opened.
    Refused { attempt: u64, model_repo: String, error: String },
    /// It got no clear answer, and no pull request of it was found then.
    Unknown { attempt: u64, model_repo: String, error: String },
    /// Its pull request was looked at, and something was otherwise than at the last look.
    Seen { attempt: u64, proposal: ProposalFact },
}

#[derive(Debug, Serialize, Deserialize)]
struct JournalLine {
    time: Timestamp,
    #[serde(flatten)]
    event: JournalEvent,
}

/// A repository of a confirmed run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfirmedModel {
    /// Canonical id.
    pub model_repo: String,
    /// What the manifest calls it: other ids, if it was renamed.
    pub named: Vec<String>,
}

/// What a request asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PullRequestContent {
    /// Canonical id.
    pub model_repo: String,
    /// Who asked.
    pub account: String,
    /// Title of the pull request.
    pub title: String,
    /// Commit that it starts from.
    pub parent: String,
    /// Its files.
    pub files: Vec<ProposedFile>,
    /// What it says.
    pub results: Vec<ProposedResult>,
}

/// A file of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposedFile {
    /// In the model repository.
    pub path: String,
    /// Of its bytes.
    pub sha256: Sha256,
}

/// A result of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposedResult {
    /// Dataset id.
    pub dataset: String,
    /// Task id.
    pub task_id: String,
    /// Digits.
    pub value: String,
    /// What it was made from; journals of old do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordRef>,
}

/// A request and what is known of it.
#[derive(Clone, Debug)]
pub struct Attempt {
    number: u64,
    /// What it asked for.
    pub proposed: PullRequestContent,
    /// What came of it.
    pub state: RequestState,
    /// What the last look at its pull request saw.
    pub seen: Option<ProposalFact>,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum RequestState {
    /// Nothing that we know: it may have been carried out.
    Unanswered,
    /// This pull request: its page, and its number.
    Opened(String, u64),
    /// Nothing, surely.
    Refused,
}

/// The journal of an output folder.
pub struct Journal {
    path: PathBuf,
    /// Open, and locked against other runs; `None` for a look only.
    file: Option<File>,
    attempts: Vec<Attempt>,
    confirmed: Option<(String, Vec<ConfirmedModel>)>,
    /// Lines that could not be read.
    pub torn: usize,
}

impl Journal {
    /// Reads the journal, and holds it against other runs.
    pub fn open(out: &Path) -> Result<Journal> {
        let path = out.join(JOURNAL);
        if fs::symlink_metadata(&path).is_ok() && !disk::is_file(&path) {
            bail!("{} is in the way: evalcards did not write it; move it away", path.display());
        }
        let cannot = || format!("cannot write {}", path.display());
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&path).with_context(cannot)?;
        if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
            bail!("another `evalcards publish` is working on {}; wait until it ends", out.display());
        }
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes)).with_context(cannot)?;
        if bytes.last().is_some_and(|byte| *byte != b'\n') {
            file.write_all(b"\n").with_context(cannot)?;
        }
        Ok(Journal { file: Some(file), ..Journal::parse(path, &bytes) })
    }

    /// Reads the journal without writing anything.
    pub fn look(out: &Path) -> Result<Journal> {
        let path = out.join(JOURNAL);
        let bytes = match fs::read(&path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        Ok(Journal::parse(path, &bytes))
    }

    fn parse(path: PathBuf, bytes: &[u8]) -> Journal {
        let mut journal = Journal { path, file: None, attempts: Vec::new(), confirmed: None, torn: 0 };
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            match serde_json::from_slice::<JournalLine>(line) {
                Ok(line) => journal.apply(line.event),
                Err(_) => journal.torn += 1,
            }
        }
        journal
    }

    fn apply(&mut self, event: JournalEvent) {
        let (number, state) = match event {
            JournalEvent::Confirmed { title, models, .. } => {
                self.confirmed = Some((title, models));
                return;
            }
            JournalEvent::Sending { attempt, proposed } => {
                self.attempts.push(Attempt { number: attempt, proposed, state: RequestState::Unanswered, seen: None });
                return;
            }
            JournalEvent::Opened { attempt, pull_request, number, .. } => {
                (attempt, RequestState::Opened(pull_request, number))
            }
            JournalEvent::Refused { attempt, .. } => (attempt, RequestState::Refused),
            JournalEvent::Unknown { attempt, .. } => (attempt, RequestState::Unanswered),
            JournalEvent::Seen { attempt, proposal } => {
                if let Some(attempt) = self.attempts.iter_mut().find(|it| it.number == attempt) {
                    attempt.seen = Some(proposal);
                }
                return;
            }
        };
        if let Some(attempt) = self.attempts.iter_mut().find(|attempt| attempt.number == number) {
            attempt.state = state;
        }
    }

    /// All requests.
    pub fn all(&self) -> &[Attempt] {
        &self.attempts
    }

    /// All requests of a repository, in whatever letter case.
    pub fn attempts<'a>(&'a self, model_repo: &'a str) -> impl Iterator<Item = &'a Attempt> {
        self.attempts.iter().filter(move |attempt| attempt.proposed.model_repo.eq_ignore_ascii_case(model_repo))
    }

    /// Title of the last confirmed run, and what the manifest called the models that have no pull
    /// request yet.
    pub fn unfinished(&self) -> Option<(&str, Vec<&str>)> {
        let (title, models) = self.confirmed.as_ref()?;
        let is_opened = |model: &str| {
            self.attempts(model).any(|it| it.proposed.title == *title && matches!(it.state, RequestState::Opened(..)))
        };
        let unfinished = models.iter().filter(|model| !is_opened(&model.model_repo));
        Some((title, unfinished.flat_map(|model| model.named.iter().map(String::as_str)).collect()))
    }

    /// A person confirmed.
    pub fn confirmed(
        &mut self,
        account: &str,
        title: &str,
        manifest: Sha256,
        models: Vec<ConfirmedModel>,
    ) -> Result<()> {
        let (account, title) = (account.to_owned(), title.to_owned());
        self.add(JournalEvent::Confirmed { account, title, manifest, models })
    }

    /// A request is about to be sent. Gives its number.
    pub fn sending(&mut self, proposed: PullRequestContent) -> Result<u64> {
        let attempt = self.attempts.iter().map(|attempt| attempt.number).max().unwrap_or(0) + 1;
        self.add(JournalEvent::Sending { attempt, proposed })?;
        Ok(attempt)
    }

    /// A request has its pull request.
    pub fn opened(&mut self, attempt: u64, model_repo: &str, pull_request: &str, number: u64) -> Result<()> {
        let (model_repo, pull_request) = (model_repo.to_owned(), pull_request.to_owned());
        self.add(JournalEvent::Opened { attempt, model_repo, pull_request, number })
    }

    /// A request was refused.
    pub fn refused(&mut self, attempt: u64, model_repo: &str, error: String) -> Result<()> {
        self.add(JournalEvent::Refused { attempt, model_repo: model_repo.to_owned(), error })
    }

    /// A request got no clear answer.
    pub fn unknown(&mut self, attempt: u64, model_repo: &str, error: String) -> Result<()> {
        self.add(JournalEvent::Unknown { attempt, model_repo: model_repo.to_owned(), error })
    }

    /// A pull request was looked at. Nothing is written if all is as at the last look; gives whether it is not.
    pub fn seen(&mut self, attempt: u64, proposal: ProposalFact) -> Result<bool> {
        let last = self.attempts.iter().find(|it| it.number == attempt).and_then(|it| it.seen.as_ref());
        let is_news = last.is_none_or(|last| ProposalFact { seen: proposal.seen, ..last.clone() } != proposal);
        if is_news {
            self.add(JournalEvent::Seen { attempt, proposal })?;
        }
        Ok(is_news)
    }

    fn add(&mut self, event: JournalEvent) -> Result<()> {
        let line = JournalLine { time: Timestamp::now(), event };
        let mut text = serde_json::to_vec(&line).context("failed to write the journal")?;
        text.push(b'\n');
        if let Some(file) = &mut self.file {
            let written = file.write_all(&text).and_then(|()| file.sync_data());
            written.with_context(|| format!("cannot write {}", self.path.display()))?;
        }
        self.apply(line.event);
        Ok(())
    }
}

impl Attempt {
    /// Number in the journal.
    pub fn number(&self) -> u64 {
        self.number
    }
}
