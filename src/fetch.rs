//! *Fetching*: collections of a public datastore on disk, checked, pinned and resumable.
//!
//! ```text
//! REPO@REVISION ──▶ commit ──▶ indexes ──▶ wanted files ──▶ transfer ──▶ datastore/, datastore.lock
//! ```
//!
//! What it promises:
//!
//! - All that is brought is of one commit, and every byte is checked against the index of its collection.
//! - A file stands under its name only when it is whole and right; indexes come after the files that
//!   they name, the lock file comes last. Whatever ends a run, the next one goes on.
//! - What is there and right is not asked for again.
//!
//! Beside the records it asks for what the Hub knows of models, benchmarks and submissions, and keeps
//! it as [`crate::facts`] in `content/hub/`.

mod accounts;
mod asking;
pub mod benchmarks;
pub mod evidence;
mod folder;
mod locator;
pub mod models;
mod posted;
mod pulls;
mod store;
mod trace;
mod transfer;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;
use serde::Serialize;

use crate::Progress;
use crate::config::{self, Config, is_hub_id};
use crate::diagnostic::Diagnostics;
use crate::hub::{ErrorKind, Hub, Repo};
use crate::load::datastore::{Expected, INDEXES, LockFile};
use crate::load::hub_benchmark::HubBenchmark;
use crate::load::{Listings, content};
use crate::lock::{Lock, Pin};
use crate::output::disk;
use folder::Folder;
use store::write_if_changed;
use transfer::{Transfer, Transferred};
use wanted::{Index, Wanted};

pub use asking::{Failure, Run};
pub use locator::{Locator, check_collection};
pub use wanted::Summary;

/// An index may not be larger (bytes); the public datastore's largest has some five million.
const MAX_INDEX: u64 = 256 << 20;
const INDEXES_AT_A_TIME: usize = 4;

/// What was typed.
#[derive(Clone, Debug)]
pub struct Options {
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
pub struct Report {
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
    pub failures: Vec<Failure>,
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

/// A commit of a datastore.
struct Source<'a> {
    hub: &'a Hub,
    repo: String,
    revision: String,
    jobs: usize,
}

/// Lists collections: those that are named, or all.
pub fn list(hub: &Hub, options: &Options, progress: &dyn Progress) -> Result<Catalogue> {
    options.collections.iter().try_for_each(|name| check_collection(name))?;
    let source = Source::resolve(hub, options, None)?;
    let names = match options.collections.is_empty() {
        true => source.collections()?,
        false => options.collections.clone(),
    };
    let indexes = source.indexes(&names.into_iter().collect(), progress, |_, _| Ok(()))?;
    let collections = indexes.into_iter().map(|index| index.summary).collect();
    Ok(Catalogue { repo: source.repo, revision: source.revision, collections })
}

/// Ids of models worth asking the Hub about: those of the records below `options.datastores`, and the
/// Hub repositories that metadata gives.
pub fn models_of(options: config::Options) -> Result<Vec<String>> {
    let config = Config::new(options)?;
    let mut diagnostics = Diagnostics::default();
    let content = content::read(&config.content, &mut diagnostics)?;
    let listings = Listings::new(&config, &mut diagnostics)?;
    let (inputs, _) = listings.read(&config, content, &mut diagnostics, || ());
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
pub fn fetch(hub: &Hub, options: &Options, progress: &dyn Progress) -> Result<Report> {
    let old = read_lock(options)?;
    let source = Source::resolve(hub, options, old.as_ref())?;
    let folder = Folder::open(&options.to)?;
    let names = source.names(options, old.as_ref())?;
    let update = Update { options, source: &source, folder: &folder, old: old.as_ref(), progress };
    update.fetch(&names)
}

/// The lock file beside the datastore, if there is one.
pub fn read_lock(options: &Options) -> Result<Option<Lock>> {
    let path = LockFile::path(&options.to);
    let lock = match LockFile::read(&options.to) {
        LockFile::Absent => None,
        LockFile::Broken(why) => bail!("{}: {why}", path.display()),
        LockFile::Sound(pinned) => Some((*pinned.lock).clone()),
    };
    ensure!(
        lock.is_some() || !options.locked,
        "--locked: {} is not there\n  help: take it from where the site is kept, or fetch without --locked to make one",
        path.display()
    );
    if let (Some(lock), Some(locator)) = (&lock, &options.datastore) {
        ensure!(
            lock.repo.eq_ignore_ascii_case(&locator.repo),
            "{} holds what was fetched from {}\n  help: fetch from {} into another folder with --to",
            options.to.display(),
            lock.repo,
            locator.repo
        );
        let is_same = !options.locked || locator.revision == lock.revision;
        ensure!(is_same, "--locked: the lock file pins {}, not {}", lock.revision, locator.revision);
    }
    Ok(lock)
}

impl<'a> Source<'a> {
    /// Finds out which commit is meant. One request, or none for what the lock file pins.
    fn resolve(hub: &'a Hub, options: &Options, old: Option<&Lock>) -> Result<Source<'a>> {
        let source = |repo, revision| Source { hub, repo, revision, jobs: options.jobs };
        if let (true, Some(lock)) = (options.locked, old) {
            return Ok(source(lock.repo.clone(), lock.revision.clone()));
        }
        let of_lock =
            || Locator { repo: old.map_or(Locator::default().repo, |lock| lock.repo.clone()), ..Locator::default() };
        let locator = options.datastore.clone().unwrap_or_else(of_lock);
        let head = hub.head(Repo::dataset(&locator.repo), &locator.revision).map_err(|err| {
            let help = match err.kind {
                ErrorKind::RevisionNotFound => "\n  help: name a branch, a tag or a commit of it after the @",
                ErrorKind::RepoNotFound => "\n  help: check the spelling of OWNER/NAME; a private one needs HF_TOKEN",
                _ => "",
            };
            anyhow::anyhow!("{err}{help}")
        })?;
        ensure!(is_hub_id(&head.id), "the Hub's answer names no dataset");
        Ok(source(head.id, head.commit))
    }

    /// The names of all collections.
    fn collections(&self) -> Result<Vec<String>> {
        let items = self.hub.tree(Repo::dataset(&self.repo), &self.revision, INDEXES)?;
        let names = items.into_iter().filter(|item| item.kind == "file").filter_map(|item| {
            let name = item.path.strip_prefix(INDEXES)?.strip_prefix('/')?.strip_suffix(".jsonl")?.to_owned();
            check_collection(&name).is_ok().then_some(name)
        });
        let mut names: Vec<String> = names.collect();
        names.sort();
        ensure!(!names.is_empty(), "{} has no collections at {}: nothing is in {INDEXES}", self.repo, self.revision);
        Ok(names)
    }

    /// The collections to fetch: what was asked for, and what the lock file has, so that all is of one commit.
    fn names(&self, options: &Options, old: Option<&Lock>) -> Result<BTreeSet<String>> {
        options.collections.iter().try_for_each(|name| check_collection(name))?;
        let mut names: BTreeSet<String> = options.collections.iter().cloned().collect();
        let locked = || old.iter().flat_map(|lock| lock.collections.keys().cloned());
        match options.locked {
            true if names.is_empty() => names.extend(locked()),
            true => {
                let known: BTreeSet<String> = locked().collect();
                if let Some(name) = names.iter().find(|name| !known.contains(*name)) {
                    bail!(
                        "--locked: the lock file has no collection `{name}`{}",
                        suggestions(name, &Vec::from_iter(known))
                    );
                }
            }
            false => names.extend(locked()),
        }
        if options.all {
            names.extend(self.collections()?);
        }
        ensure!(
            !names.is_empty(),
            "no collection was named\n  help: name some, such as `evalcards fetch MMLU-Pro`; `evalcards fetch --list` shows them, --all takes all"
        );
        Ok(names)
    }

    /// Reads the indexes of `names`; `keep` gets each with its bytes.
    fn indexes(
        &self,
        names: &BTreeSet<String>,
        progress: &dyn Progress,
        keep: impl Fn(&Index, &[u8]) -> Result<()> + Sync,
    ) -> Result<Vec<Index>> {
        progress.stage("indexes", names.len());
        // Each is in memory as a whole, and one may have many megabytes.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.jobs.min(INDEXES_AT_A_TIME))
            .build()
            .context("failed to start threads")?;
        pool.install(|| {
            let read = names.par_iter().map(|name| {
                let bytes = self.index(name)?;
                let index = Index::new(name, &bytes);
                keep(&index, &bytes)?;
                progress.step();
                Ok(index)
            });
            read.collect()
        })
    }

    fn index(&self, name: &str) -> Result<Vec<u8>> {
        let path = format!("{INDEXES}/{name}.jsonl");
        match self.hub.checked_file(Repo::dataset(&self.repo), &self.revision, &path, MAX_INDEX) {
            Ok(bytes) => {
                let is_index = bytes.trim_ascii_start().first().is_none_or(|byte| *byte == b'{');
                ensure!(is_index, "what {} has as the index of {name} is not JSON Lines", self.hub.endpoint());
                Ok(bytes)
            }
            Err(err) if err.kind == ErrorKind::EntryNotFound => {
                let names = self.collections()?;
                bail!("{} has no collection `{name}` at {}{}", self.repo, self.revision, suggestions(name, &names))
            }
            Err(err) => Err(err.into()),
        }
    }
}

/// A line of help that names the collections nearest to `name`.
fn suggestions(name: &str, names: &[String]) -> String {
    let near = locator::nearest(name, names);
    match near.is_empty() {
        true => "\n  help: no name is near to it; `evalcards fetch --list` shows all".to_owned(),
        false => {
            let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
            format!("\n  help: did you mean {}?", near.join(", "))
        }
    }
}

/// A file that is there and right.
type Kept = (String, Pin);
/// A file to fetch, and what the index says of it.
type Missing<'a> = (&'a str, &'a Expected);

/// One run that brings collections up to date.
struct Update<'a> {
    options: &'a Options,
    source: &'a Source<'a>,
    folder: &'a Folder,
    old: Option<&'a Lock>,
    progress: &'a dyn Progress,
}

impl Update<'_> {
    fn fetch(&self, names: &BTreeSet<String>) -> Result<Report> {
        let staged = std::sync::Mutex::new(Vec::new());
        let mut indexes = self.source.indexes(names, self.progress, |index, bytes| {
            self.check_locked(index)?;
            let path = format!("{INDEXES}/{}.jsonl", index.name);
            if self.options.force || self.folder.pin_of(&path) != Some(index.pin) {
                let index = self.folder.stage(&path, bytes)?;
                staged.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(index);
            }
            Ok(())
        })?;
        let staged = staged.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut wanted = self.wanted(&mut indexes);
        let (kept, missing) = self.compare(&wanted.files);
        let came = self.transfer(&missing)?;
        let mut report = Report {
            repo: self.source.repo.clone(),
            revision: self.source.revision.clone(),
            collections: indexes.iter().map(|index| index.summary.clone()).collect(),
            fetched: came.pins.len(),
            bytes: came.pins.iter().map(|(_, pin)| pin.size).sum(),
            kept: kept.len(),
            removed: 0,
            failures: std::mem::take(&mut wanted.failures),
            requests: 0,
        };
        report.failures.extend(came.failures);
        self.progress.stage("put in place", 0);
        came.staged.iter().chain(&staged).try_for_each(|staged| self.folder.place(staged))?;
        if !self.options.locked {
            let lock = self.lock(&indexes, &wanted, kept.into_iter().chain(came.pins));
            report.removed = self.remove_stale(&wanted)?;
            write_if_changed(&LockFile::path(&self.options.to), lock.to_text().as_bytes())?;
        }
        report.requests = self.source.hub.requests();
        Ok(report)
    }

    /// An index that the lock file pins is the same for ever.
    fn check_locked(&self, index: &Index) -> Result<()> {
        let Some(lock) = self.old.filter(|_| self.options.locked) else { return Ok(()) };
        ensure!(
            lock.collections.get(&index.name) == Some(&index.pin),
            "--locked: the index of {} at {} is not the one that the lock file pins",
            index.name,
            lock.revision
        );
        Ok(())
    }

    fn wanted(&self, indexes: &mut [Index]) -> Wanted {
        let mut wanted = Wanted::default();
        // Samples that an earlier run brought are kept up to date.
        let was_fetched = |path: &str| {
            let is_known = self.old.is_some_and(|lock| lock.samples.contains_key(path));
            is_known && (self.options.locked || self.folder.is_taken(path))
        };
        for index in indexes {
            wanted.take(index, |samples| (self.options.samples && !self.options.locked) || was_fetched(samples));
        }
        if let Some(lock) = self.old.filter(|_| self.options.locked) {
            wanted.files.retain(|path, _| lock.objects.contains_key(path) || lock.samples.contains_key(path));
            wanted.failures.clear();
        }
        wanted
    }

    /// Parts the files into those that are there, and those to be fetched.
    fn compare<'w>(&self, files: &'w BTreeMap<String, Expected>) -> (Vec<Kept>, Vec<Missing<'w>>) {
        self.progress.stage("check what is there", files.len());
        let look = |(path, expected): (&'w String, &'w Expected)| {
            let pin = if self.options.force { None } else { self.folder.has(path, expected) };
            self.progress.step();
            match pin {
                Some(pin) => rayon::iter::Either::Left((path.clone(), pin)),
                None => rayon::iter::Either::Right((path.as_str(), expected)),
            }
        };
        files.par_iter().partition_map(look)
    }

    fn transfer(&self, missing: &[Missing]) -> Result<Transferred> {
        let bytes = missing.iter().map(|(_, expected)| expected.size.unwrap_or(0)).sum();
        self.progress.transfer("fetch", missing.len(), bytes);
        let Source { hub, repo, revision, jobs } = self.source;
        let transfer = Transfer { hub, repo, revision, folder: self.folder, jobs: *jobs };
        transfer
            .bring(missing, self.progress)
            .context("the run ended before everything was there; what came is kept, and the next run goes on from it")
    }

    fn lock(&self, indexes: &[Index], wanted: &Wanted, pins: impl Iterator<Item = Kept>) -> Lock {
        let mut lock = Lock::new(&self.source.repo, &self.source.revision);
        lock.collections = indexes.iter().map(|index| (index.name.clone(), index.pin)).collect();
        for (path, pin) in pins {
            match wanted.samples.contains(&path) {
                true => lock.samples.insert(path, pin),
                false => lock.objects.insert(path, pin),
            };
        }
        lock
    }

    /// Removes what earlier runs brought and no collection names any more.
    fn remove_stale(&self, wanted: &Wanted) -> Result<usize> {
        let old = self.old.iter().flat_map(|old| old.objects.iter().chain(&old.samples));
        let stale = old.filter(|(path, _)| !wanted.files.contains_key(*path));
        let mut removed = 0;
        for (path, pin) in stale {
            removed += usize::from(self.folder.remove(path, pin)?);
        }
        Ok(removed)
    }
}
