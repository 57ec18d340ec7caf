//! *Verify* fetches all evidence again and reports differences from what is on disk. Anybody who can change the
//! site's repository can write a fact; this tells facts that `fetch` saw from edited ones. Nothing on disk is
//! changed.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;

use super::asking::{FailedRequest, Run};
use super::evidence;
use super::store::Store;
use crate::diagnostic::Diagnostic;
use crate::facts::{AccountFact, ObjectSubmission, PostedFact, PostedModel, StoredFact};
use crate::lock::Lock;

/// What came of it.
#[derive(Debug, Default, Serialize)]
pub struct VerifyReport {
    /// Facts that the Hub says as well.
    pub same: usize,
    /// Facts that it says otherwise, or not at all.
    pub differences: Vec<FactDifference>,
    /// Facts that it could not be asked about: they are of another datastore, of models that no record names, or the
    /// Hub failed.
    pub not_asked: usize,
    /// What was asked for in vain.
    pub failures: Vec<FailedRequest>,
    /// What is wrong on this disk.
    pub findings: Vec<Diagnostic>,
}

/// A fact that the Hub does not say.
#[derive(Debug, Serialize)]
pub struct FactDifference {
    /// The file below `content/hub/`.
    pub file: &'static str,
    /// The fact as it stands there.
    pub disk: Value,
    /// What the Hub says of the same thing; `None` if nothing.
    pub hub: Option<Value>,
}

/// Asks again for the evidence in `run.folder`, which is about the objects of `lock` below `datastore` and the results
/// posted for `models`.
pub fn verify(run: &Run, datastore: &Path, lock: &Lock, models: &[String]) -> Result<VerifyReport> {
    let fresh = Scratch::new()?;
    let again = Run { folder: &fresh.0, force: true, ..*run };
    let asked = evidence::fetch(&again, datastore, lock, models)?;
    let mut report = VerifyReport::default();
    let is_whole = asked.submissions.failures.is_empty() && asked.submissions.not_asked == 0;
    let is_of_lock = |fact: &ObjectSubmission| is_whole && fact.datastore == lock.repo;
    report.compare(run.folder, &fresh.0, is_of_lock)?;
    let is_whole = is_whole && asked.accounts.failures.is_empty() && asked.accounts.not_asked == 0;
    report.compare(run.folder, &fresh.0, |_: &AccountFact| is_whole)?;
    let is_whole = asked.posted.failures.is_empty() && asked.posted.not_asked == 0;
    // A model may have another id on the Hub than records give it.
    let models = Store::<PostedModel>::open(&fresh.0)?;
    let models: HashSet<&str> = models.facts().iter().filter_map(|it| it.model.as_deref()).collect();
    report.compare(run.folder, &fresh.0, |fact: &PostedFact| is_whole && models.contains(fact.model.as_str()))?;
    report.findings = asked.submissions.findings;
    let failures = [asked.submissions.failures, asked.accounts.failures, asked.posted.failures];
    report.failures = failures.into_iter().flatten().collect();
    Ok(report)
}

impl VerifyReport {
    /// Holds the facts of one file against those that the Hub said just now. `was_asked` is false for a fact whose
    /// absence there says nothing.
    fn compare<F: StoredFact + Clone>(
        &mut self,
        disk: &Path,
        hub: &Path,
        was_asked: impl Fn(&F) -> bool,
    ) -> Result<()> {
        let (disk, mut hub) = (Store::<F>::open(disk)?, Store::<F>::open(hub)?.facts().to_vec());
        hub.sort_by(F::order);
        for fact in disk.facts() {
            let said = hub.binary_search_by(|other| other.order(fact)).ok().map(|at| said_of(&hub[at]));
            let (disk, hub) = (said_of(fact)?, said.transpose()?);
            match hub {
                Some(hub) if hub == disk => self.same += 1,
                None if !was_asked(fact) => self.not_asked += 1,
                hub => self.differences.push(FactDifference { file: F::FILE, disk, hub }),
            }
        }
        Ok(())
    }
}

/// What a fact says, whenever it was seen.
fn said_of<F: StoredFact>(fact: &F) -> Result<Value> {
    let mut value = serde_json::to_value(fact)?;
    if let Some(members) = value.as_object_mut() {
        members.remove("seen");
        members.remove("response_sha256");
    }
    Ok(value)
}

/// A folder of its own that is gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Scratch> {
        let folder = std::env::temp_dir().join(format!("evalcards-verify-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Scratch(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
