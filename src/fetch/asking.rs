//! Many requests to the Hub, several at a time, which stop when the Hub keeps failing.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::failure_budget::FailureBudget;
use crate::Progress;
use crate::address::is_hub_id;
use crate::diagnostic::printable;
use crate::hub::{ErrorKind, Hub, HubError};

/// After so many failures in a row nothing more is asked: each of them took all its tries.
const MAX_FAILURES_IN_A_ROW: usize = 10;

/// What every part of `fetch` is told.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Whom to ask.
    pub hub: &'a Hub,
    /// `content/hub`; it is made if it is missing.
    pub folder: &'a Path,
    /// Facts that are not older stay as they are.
    pub max_age: SignedDuration,
    /// Asks for everything, however young.
    pub force: bool,
    /// Requests at a time; at least one.
    pub jobs: usize,
    /// The time that facts are seen at.
    pub now: Timestamp,
    /// Is told how it goes on.
    pub progress: &'a dyn Progress,
}

impl Run<'_> {
    /// True if a fact that was seen then is to be asked for again. One from the future was not seen.
    pub fn is_due(&self, seen: Timestamp) -> bool {
        let age = self.now.duration_since(seen);
        self.force || age > self.max_age || age < SignedDuration::ZERO
    }
}

/// Something that was asked for and not answered. What was known of it stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedRequest {
    /// Model, dataset, account, or path.
    pub what: String,
    /// In the words of the Hub or the connection.
    pub said: String,
}

impl FailedRequest {
    /// That `what` was not answered.
    pub fn new(what: &str, error: &HubError) -> FailedRequest {
        FailedRequest { what: what.to_owned(), said: error.in_short() }
    }
}

/// Asks `ask` about each of `items`, and gives `keep` each answer on this thread, in the order in
/// which they come. Gives the number of items that were not asked about, because the token is wrong,
/// the Hub cannot be reached, or fails again and again.
pub fn ask_all<T: Sync, A: Send>(
    run: &Run,
    stage: &'static str,
    items: &[T],
    ask: impl Fn(&T) -> Result<A, HubError> + Sync,
    mut keep: impl FnMut(&T, Result<A, HubError>) -> Result<()>,
) -> Result<usize> {
    if items.is_empty() {
        return Ok(0);
    }
    run.progress.stage(stage, items.len());
    let (next, budget) = (AtomicUsize::new(0), FailureBudget::new(MAX_FAILURES_IN_A_ROW, is_hopeless));
    // Answers wait for the disk here, not in memory.
    let (sender, receiver) = mpsc::sync_channel(1);
    let work = |sender: mpsc::SyncSender<_>| {
        while !budget.is_over() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return };
            let answer = ask(item);
            budget.record(&answer);
            if sender.send((index, answer)).is_err() {
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..run.jobs.clamp(1, items.len()) {
            let (sender, work) = (sender.clone(), &work);
            scope.spawn(move || work(sender));
        }
        drop(sender);
        let mut n_answers = 0;
        for (index, answer) in receiver {
            keep(&items[index], answer)?;
            run.progress.step();
            n_answers += 1;
        }
        Ok(items.len() - n_answers)
    })
}

/// The next request would fare no better.
fn is_hopeless(error: &HubError) -> bool {
    matches!(error.kind, ErrorKind::BadToken | ErrorKind::RateLimited | ErrorKind::Unreachable)
}

/// Text from the Hub; `None` if it is not a plausible name, tag or title.
pub fn plain(text: &str) -> Option<String> {
    const MAX: usize = 200;
    let is_plain = !text.trim().is_empty() && text.len() <= MAX && printable(text) == text;
    is_plain.then(|| text.to_owned())
}

/// The name of an account or organisation, as the Hub allows it.
pub fn account_name(text: &str) -> Option<String> {
    is_hub_id(&format!("{text}/x")).then(|| text.to_owned())
}
