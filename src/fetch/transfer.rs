//! The *transfer* of many files, several at a time, each checked before it gets its name.

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::asking::FailedRequest;
use super::failure_budget::FailureBudget;
use super::folder::{Folder, Staged};
use crate::Progress;
use crate::hash::Hashing;
use crate::hub::{ErrorKind, Hub, HubError, Repo};
use crate::load::datastore::Expected;
use crate::lock::Pin;
use crate::output::disk::create_new;

/// A file whose size no index tells may have so many bytes.
const MAX_BYTES: u64 = 4 << 30;

/// Brings files from one revision of a datastore.
pub struct Transfer<'a> {
    /// The Hub.
    pub hub: &'a Hub,
    /// Dataset id.
    pub repo: &'a str,
    /// Commit.
    pub revision: &'a str,
    /// Where they go.
    pub folder: &'a Folder,
    /// Files at a time.
    pub jobs: usize,
}

/// What came of the files.
#[derive(Default)]
pub struct Transferred {
    /// Path and bytes of each file that is right.
    pub pins: Vec<(String, Pin)>,
    /// Files that replace others, and wait until all is there.
    pub staged: Vec<Staged>,
    /// Files that could not be had.
    pub failures: Vec<FailedRequest>,
}

/// What came of one file.
enum TransferOutcome {
    Placed(Pin),
    Staged(Pin, Staged),
    Failed(FailedRequest),
    /// The run ended before its turn.
    NotTried,
}

/// All files are of one repository: what is wrong with it is wrong for the next file, too.
fn is_hopeless(error: &HubError) -> bool {
    use ErrorKind::{BadToken, Disabled, Gated, Local, RepoNotFound};
    matches!(error.kind, BadToken | Disabled | Gated | Local | RepoNotFound) || error.asks_for_long()
}

impl Transfer<'_> {
    /// Brings `files`. An error is one that ends the run; what is there already stays.
    pub fn bring(&self, files: &[(&str, &Expected)], progress: &dyn Progress) -> Result<Transferred> {
        let budget = FailureBudget::new(2 * self.jobs, is_hopeless);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.jobs).build().context("failed to start threads")?;
        let outcomes: Vec<TransferOutcome> = pool.install(|| {
            let files = files.par_iter().with_max_len(1);
            files
                .map(|(path, expected)| {
                    let outcome = self.bring_one(path, expected, &budget);
                    if let TransferOutcome::Placed(pin) | TransferOutcome::Staged(pin, _) = &outcome {
                        progress.received(pin.size);
                    }
                    outcome
                })
                .collect()
        });
        if let Some(error) = budget.into_end() {
            return Err(error);
        }
        let mut all = Transferred::default();
        for ((path, _), outcome) in files.iter().zip(outcomes) {
            match outcome {
                TransferOutcome::Placed(pin) => all.pins.push(((*path).to_owned(), pin)),
                TransferOutcome::Staged(pin, staged) => {
                    all.pins.push(((*path).to_owned(), pin));
                    all.staged.push(staged);
                }
                TransferOutcome::Failed(failure) => all.failures.push(failure),
                TransferOutcome::NotTried => {}
            }
        }
        Ok(all)
    }

    fn bring_one(&self, path: &str, expected: &Expected, budget: &FailureBudget) -> TransferOutcome {
        if budget.is_over() {
            return TransferOutcome::NotTried;
        }
        // Bytes that are wrong may have been spoilt on the way, once.
        let mut tries = self.receive(path, expected, budget);
        if let Err(Refusal::Wrong(_)) = tries {
            tries = self.receive(path, expected, budget);
        }
        match tries {
            Ok(outcome) => outcome,
            Err(Refusal::Wrong(why)) | Err(Refusal::Hub(why)) => {
                TransferOutcome::Failed(FailedRequest { what: path.to_owned(), said: why })
            }
            Err(Refusal::End(error)) => {
                budget.end(error);
                TransferOutcome::NotTried
            }
        }
    }

    fn receive(&self, path: &str, expected: &Expected, budget: &FailureBudget) -> Result<TransferOutcome, Refusal> {
        let temporary = self.folder.temporary();
        let open = || create_new(&temporary).map(Hashing::new);
        let cap = expected.size.unwrap_or(MAX_BYTES);
        let received = self.hub.copy(Repo::dataset(self.repo), self.revision, path, cap, open);
        budget.record(&received);
        let refuse = |refusal| {
            // If it cannot be removed, the next run does it.
            let _ = std::fs::remove_file(&temporary);
            Err(refusal)
        };
        let (sha256, size) = match received {
            Ok(hashing) => hashing.finish(),
            Err(err) if err.kind == ErrorKind::TooLarge => {
                return refuse(Refusal::Wrong(format!("is larger than the {cap} bytes in the index")));
            }
            Err(err) => return refuse(Refusal::Hub(err.in_short())),
        };
        if let Some(expected) = expected.size.filter(|expected| *expected != size) {
            return refuse(Refusal::Wrong(format!("has {size} bytes, the index says {expected}")));
        }
        if sha256 != expected.sha256 {
            return refuse(Refusal::Wrong(format!("has SHA-256 {sha256}, the index says {}", expected.sha256)));
        }
        let pin = Pin { sha256, size };
        let staged = Staged { temporary: temporary.clone(), path: path.to_owned() };
        if self.folder.is_taken(path) {
            return Ok(TransferOutcome::Staged(pin, staged));
        }
        match self.folder.place(&staged) {
            Ok(()) => Ok(TransferOutcome::Placed(pin)),
            Err(err) => refuse(Refusal::End(err)),
        }
    }
}

/// Why a file was not taken.
enum Refusal {
    /// Its bytes are not those of the index.
    Wrong(String),
    /// The Hub did not give it.
    Hub(String),
    /// It cannot be written down, and no other can.
    End(anyhow::Error),
}
