//! *Submitter*: which account added exactly these bytes to the datastore?

use jiff::Timestamp;

use super::{Proofs, Trace};
use crate::codes::codes;
use crate::load::Origin;

/// The account that opened the merged pull request which brought a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitter {
    /// It is not known.
    Unknown(NotKnown),
    /// It is.
    Account {
        /// Place in [`crate::load::hub_facts::HubFacts::submissions`].
        submission: u32,
        /// Place of its public organisations in [`crate::load::hub_facts::HubFacts::accounts`].
        memberships: Option<u32>,
    },
}

codes! {
    /// Why a submitter is not known.
    pub enum NotKnown in "evidence.submitter" {
        /// The record itself is not traced.
        NotTraced = "not_traced",
        /// Nobody asked the Hub.
        NotAsked = "not_asked",
        /// The history that the Hub shows does not say.
        NoHistory = "no_history",
        /// A commit was pushed; the name of its author is free text.
        Pushed = "pushed",
        /// The account was deleted, or the Hub does not show it.
        NoAccount = "no_account",
        /// Another record has the same id.
        Collision = "collision",
    }
}

impl<'a> Proofs<'a> {
    /// Who brought a record; `is_denied` if another has its id and may be the true one.
    pub(super) fn submitter(&self, origin: &Origin, trace: &Trace, is_denied: bool) -> Submitter {
        if matches!(trace, Trace::Local(_)) {
            return Submitter::Unknown(NotKnown::NotTraced);
        }
        if is_denied {
            return Submitter::Unknown(NotKnown::Collision);
        }
        let lock = self.inputs.datastores[usize::from(origin.datastore)].lock.sound();
        let submission = lock.and_then(|lock| self.submissions.get(&(&*lock.repo, &*origin.path, origin.sha256)));
        let Some(&submission) = submission else {
            return Submitter::Unknown(NotKnown::NotAsked);
        };
        let fact = &self.inputs.content.hub.submissions[submission as usize];
        match fact.introduced.as_ref().map(|it| (it.pull_request, it.account.as_deref())) {
            None => Submitter::Unknown(NotKnown::NoHistory),
            Some((None, _)) => Submitter::Unknown(NotKnown::Pushed),
            Some((Some(_), None)) => Submitter::Unknown(NotKnown::NoAccount),
            Some((Some(_), Some(account))) => {
                Submitter::Account { submission, memberships: self.accounts.get(account).copied() }
            }
        }
    }

    /// When a known submitter brought the record.
    pub(super) fn brought_at(&self, submitter: &Submitter) -> Option<Timestamp> {
        let Submitter::Account { submission, .. } = submitter else { return None };
        self.inputs.content.hub.submissions[*submission as usize].introduced.as_ref()?.at
    }

    /// The name of a known submitter.
    pub(super) fn account(&self, submitter: &Submitter) -> Option<&str> {
        let Submitter::Account { submission, .. } = submitter else { return None };
        self.inputs.content.hub.submissions[*submission as usize].introduced.as_ref()?.account.as_deref()
    }
}
