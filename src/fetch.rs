//! *Fetching*: collections of a public datastore on disk, checked, pinned and resumable.
//!
//! ```text
//! REPO@REVISION ──▶ commit ──▶ indexes ──▶ wanted files ──▶ transfer ──▶ datastore/, datastore.lock
//! ```
//!
//! What it promises:
//!
//! - All files are of one commit, and every byte is verified against the index of its collection.
//! - A file gets its name only when it is complete and verified; indexes come after the files that they name, the
//!   lock file comes last. Whatever ends a run, the next one resumes.
//! - Files that are present and correct are not downloaded again.
//!
//! It also fetches what the Hub knows about models, benchmarks and submissions, and keeps it as [`crate::facts`] in
//! `content/hub/`.

mod accounts;
mod asking;
pub mod benchmarks;
mod draft;
pub mod evidence;
mod failure_budget;
mod folder;
mod locator;
pub mod models;
pub mod official;
mod posted;
mod pulls;
mod source;
pub(crate) mod store;
mod trace;
mod transfer;
mod update;
pub mod verify;
mod wanted;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;

use crate::Progress;
use crate::config::{self, Config};
use crate::diagnostic::Diagnostics;
use crate::hub::Hub;
use crate::load::hub_benchmark::HubBenchmark;
use crate::load::{Listings, content};
use crate::lock::Lock;
use crate::lock::LockFile;
use crate::output::disk;
use folder::Folder;
use source::DatastoreCommit;
use update::Update;

pub use asking::{FailedRequest, Run};
pub use locator::{Locator, check_collection};
pub use wanted::Summary;

/// What was typed.
#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// Where from; `None`: where the lock file says, else `main` of the public datastore.
    pub datastore: Option<Locator>,
    /// The datastore's folder.
    pub to: PathBuf,
    /// Which collections; empty: those of the lock file.
    pub collections: Vec<String>,
    /// All collections.
    pub all: bool,
    /// Files of samples, too.
    pub samples: bool,
    /// What is there is fetched again.
    pub force: bool,
    /// Exactly what the lock file pins.
    pub locked: bool,
    /// Files at a time.
    pub jobs: usize,
}

/// What a run did.
#[derive(Clone, Debug, Serialize)]
pub struct FetchReport {
    /// Hub dataset id.
    pub repo: String,
    /// The commit that was read.
    pub revision: String,
    /// What the collections hold.
    pub collections: Vec<Summary>,
    /// Files that were fetched.
    pub fetched: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files that were there already.
    pub kept: usize,
    /// Files of earlier runs that the collections no longer name.
    pub removed: usize,
    /// Files that could not be had.
    pub failures: Vec<FailedRequest>,
    /// Requests to the Hub.
    pub requests: usize,
}

/// The collections of a datastore, listed.
#[derive(Clone, Debug, Serialize)]
pub struct Catalogue {
    /// Hub dataset id.
    pub repo: String,
    /// The commit that was read.
    pub revision: String,
    /// By name.
    pub collections: Vec<Summary>,
}

/// Lists collections: those that are named, or all.
pub fn list(hub: &Hub, options: &FetchOptions, progress: &dyn Progress) -> Result<Catalogue> {
    options.collections.iter().try_for_each(|name| check_collection(name))?;
    let source = DatastoreCommit::resolve(hub, options, None)?;
    let names = match options.collections.is_empty() {
        true => source.collections()?,
        false => options.collections.clone(),
    };
    let indexes = source.indexes(&names.into_iter().collect(), None, progress, |_, _| Ok(()))?;
    let collections = indexes.into_iter().map(|index| index.summary).collect();
    Ok(Catalogue { repo: source.repo, revision: source.revision, collections })
}

/// Ids of models worth asking the Hub about: those of the records below `options.datastores`, and the
/// Hub repositories that metadata gives.
pub fn models_of(options: config::BuildOptions) -> Result<Vec<String>> {
    let config = Config::new(options)?;
    let mut diagnostics = Diagnostics::default();
    let content = content::read(&config.content, &mut diagnostics)?;
    let listings = Listings::new(&config, &mut diagnostics)?;
    let (inputs, _) = listings.without_samples().read(&config, content, &mut diagnostics, &());
    let of_records = inputs.records.iter().map(|loaded| loaded.record.model.id.to_string());
    let of_metadata = inputs.content.models.iter().filter_map(|model| model.hf_repo.clone());
    let models: BTreeSet<String> = of_records.chain(of_metadata).collect();
    Ok(models.into_iter().collect())
}

/// The benchmarks that the content names, and the built-in ones.
pub fn benchmarks_of(content: &Path) -> Result<Vec<HubBenchmark>> {
    Ok(content::read(content, &mut Diagnostics::default())?.hub_benchmarks)
}

/// Holds a folder of facts against other runs for as long as the file is open.
pub fn hold(facts: &Path) -> Result<File> {
    std::fs::create_dir_all(facts).with_context(|| format!("cannot make the folder {}", facts.display()))?;
    disk::lock(&facts.join(".lock"), facts)
}

/// Fetches collections, and writes the lock file.
pub fn fetch(hub: &Hub, options: &FetchOptions, progress: &dyn Progress) -> Result<FetchReport> {
    let old = read_lock(options)?;
    let source = DatastoreCommit::resolve(hub, options, old.as_ref())?;
    let folder = Folder::open(&options.to)?;
    let names = source.names(options, old.as_ref())?;
    let update = Update { options, source: &source, folder: &folder, old: old.as_ref(), progress };
    update.fetch(&names)
}

/// The lock file beside the datastore, if there is one.
pub fn read_lock(options: &FetchOptions) -> Result<Option<Lock>> {
    let path = LockFile::path(&options.to);
    let lock = match LockFile::read(&options.to) {
        LockFile::Absent => None,
        LockFile::Broken(why) => bail!("{}: {why}", path.display()),
        LockFile::Sound(pinned) => Some((*pinned.lock).clone()),
    };
    ensure!(
        lock.is_some() || !options.locked,
        "--locked: {} does not exist\n  help: get it from the repository of the site, or fetch without --locked to create one",
        path.display()
    );
    if let (Some(lock), Some(locator)) = (&lock, &options.datastore) {
        ensure!(
            lock.repo.eq_ignore_ascii_case(&locator.repo),
            "{} contains files fetched from {}\n  help: fetch from {} into another folder with --to",
            options.to.display(),
            lock.repo,
            locator.repo
        );
        let is_same = !options.locked || locator.revision == lock.revision;
        ensure!(is_same, "--locked: the lock file pins {}, not {}", lock.revision, locator.revision);
    }
    Ok(lock)
}
