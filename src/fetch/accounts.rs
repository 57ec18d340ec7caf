//! The public organisations of the accounts that submitted records: `content/hub/accounts.jsonl`.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use super::asking::{FailedRequest, Run, account_name, ask_all};
use super::store::Store;
use crate::facts::{AccountFact, ObjectSubmission};
use crate::hub::{ErrorKind, Hub, HubError};

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AccountsReport {
    /// Accounts that the Hub shows.
    pub found: usize,
    /// Accounts that it does not.
    pub unknown: usize,
    /// Accounts whose facts are young enough.
    pub fresh: usize,
    /// Accounts that were not asked for, because the Hub stopped answering.
    pub not_asked: usize,
    /// Accounts that were asked for in vain; what was known of them stays.
    pub failures: Vec<FailedRequest>,
}

/// Asks for the accounts of all submissions.
pub fn fetch(run: &Run) -> Result<AccountsReport> {
    let submissions: Store<ObjectSubmission> = Store::open(run.folder)?;
    let mut store: Store<AccountFact> = Store::open(run.folder)?;
    let seen: HashMap<&str, Timestamp> = store.facts().iter().map(|it| (it.account.as_str(), it.seen)).collect();
    let introduced = submissions.facts().iter().filter_map(|it| it.introduced.as_ref());
    let names: BTreeSet<String> = introduced.filter_map(|it| account_name(it.account.as_ref()?)).collect();
    let (due, fresh): (Vec<String>, Vec<String>) =
        names.into_iter().partition(|name| seen.get(name.as_str()).is_none_or(|seen| run.is_due(*seen)));
    let mut report = AccountsReport { fresh: fresh.len(), ..AccountsReport::default() };
    let asked = ask_all(
        run,
        "ask for accounts",
        &due,
        |name| look_up(run.hub, name),
        |name, answer| {
            match answer {
                Err(err) => report.failures.push(FailedRequest::new(name, &err)),
                Ok(organizations) => {
                    let count = if organizations.is_some() { &mut report.found } else { &mut report.unknown };
                    *count += 1;
                    store.put(AccountFact { account: name.clone(), seen: run.now, organizations });
                }
            }
            Ok(())
        },
    );
    store.save()?;
    report.not_asked = asked?;
    report.failures.sort_by(|a, b| a.what.cmp(&b.what));
    Ok(report)
}

fn look_up(hub: &Hub, name: &str) -> Result<Option<Vec<String>>, HubError> {
    match hub.organizations(name) {
        Ok(names) => {
            let sorted: BTreeSet<String> = names.iter().filter_map(|name| account_name(name)).collect();
            Ok(Some(sorted.into_iter().collect()))
        }
        Err(err) if matches!(err.kind, ErrorKind::Refused(404) | ErrorKind::RepoNotFound) => Ok(None),
        Err(err) => Err(err),
    }
}
