//! *Evidence* for levels: who submitted each record to the public datastore, to which organisations these accounts
//! publicly belong, and which posted results the Hub calls verified.
//!
//! All of it is what the Hub shows, with the time of retrieval; nothing is concluded here.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::asking::Run;
use super::{accounts, posted, trace};
use crate::lock::Lock;

pub use super::accounts::AccountsReport;
pub use super::posted::PostedReport;
pub use super::trace::SubmissionsReport;

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EvidenceReport {
    /// How objects came into the datastore.
    pub submissions: SubmissionsReport,
    /// The accounts that brought them.
    pub accounts: AccountsReport,
    /// Posted results.
    pub posted: PostedReport,
}

/// Asks for evidence about the objects of `lock`, whose bytes are below `datastore`, and for the
/// results posted for `models`. Facts about others stay.
pub fn fetch(run: &Run, datastore: &Path, lock: &Lock, models: &[String]) -> Result<EvidenceReport> {
    Ok(EvidenceReport {
        submissions: trace::fetch(run, datastore, lock)?,
        accounts: accounts::fetch(run)?,
        posted: posted::fetch(run, models)?,
    })
}
