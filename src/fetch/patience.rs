//! *Patience* with a failing Hub: a run of many requests ends when more of them would be useless.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Error;

use crate::hub::{ErrorKind, HubError};

/// Counts failures in a row, each of which took all its tries.
pub struct Patience {
    failures: AtomicUsize,
    /// After so many nothing more is asked.
    most: usize,
    /// The next request would fare no better.
    is_hopeless: fn(&HubError) -> bool,
    end: Mutex<Option<Error>>,
}

impl Patience {
    /// That ends with `most` failures in a row, or with one that `is_hopeless`.
    pub fn new(most: usize, is_hopeless: fn(&HubError) -> bool) -> Patience {
        Patience { failures: AtomicUsize::new(0), most, is_hopeless, end: Mutex::new(None) }
    }

    /// True if nothing more is to be asked.
    pub fn is_over(&self) -> bool {
        self.end.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Hears how a request went.
    pub fn hear<T>(&self, answer: &Result<T, HubError>) {
        let error = match answer {
            Err(error) if (self.is_hopeless)(error) => error,
            Err(error) if error.kind.is_passing() || error.kind == ErrorKind::Malformed => {
                if self.failures.fetch_add(1, Ordering::Relaxed) + 1 < self.most {
                    return;
                }
                error
            }
            _ => return self.failures.store(0, Ordering::Relaxed),
        };
        self.end(error.clone().into());
    }

    /// Ends the run for another reason. The first one counts.
    pub fn end(&self, error: Error) {
        self.end.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// Why the run ended early, if it did.
    pub fn into_end(self) -> Option<Error> {
        self.end.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: ErrorKind) -> Result<(), HubError> {
        let mut error = HubError::of_answer("ask", "https://hub.example/x", "no".to_owned());
        error.kind = kind;
        Err(error)
    }

    /// Whether it is over after these answers.
    #[track_caller]
    fn check(answers: &[Result<(), HubError>], is_over: bool) {
        let patience = Patience::new(3, |error| error.kind == ErrorKind::BadToken);
        answers.iter().for_each(|answer| patience.hear(answer));
        assert_eq!(patience.is_over(), is_over, "{answers:?}");
        assert_eq!(patience.into_end().is_some(), is_over);
    }

    #[test]
    fn it_ends_with_so_many_failures_in_a_row_or_one_without_hope() {
        let (timeout, malformed) = (|| failed(ErrorKind::Timeout), || failed(ErrorKind::Malformed));
        check(&[timeout(), malformed()], false);
        check(&[timeout(), malformed(), timeout()], true);
        check(&[timeout(), timeout(), Ok(()), timeout(), timeout()], false);
        // What is not there was answered.
        check(&[timeout(), timeout(), failed(ErrorKind::EntryNotFound), timeout()], false);
        check(&[failed(ErrorKind::BadToken), Ok(())], true);
    }
}
