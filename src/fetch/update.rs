//! An *update*: one run that brings the collections on disk up to date with their source.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;

use super::folder::Folder;
use super::source::DatastoreCommit;
use super::store::write_if_changed;
use super::transfer::{Transfer, Transferred};
use super::wanted::{CollectionIndex, WantedFiles};
use super::{FetchOptions, FetchReport};
use crate::Progress;
use crate::load::datastore::Expected;
use crate::load::index::INDEXES;
use crate::lock::LockFile;
use crate::lock::{Lock, Pin};

/// A file that is there and right.
type VerifiedFile = (String, Pin);
/// A file to fetch, and what the index says of it.
type MissingFiles<'a> = (&'a str, &'a Expected);

/// One run that brings collections up to date.
pub struct Update<'a> {
    /// What was typed.
    pub options: &'a FetchOptions,
    /// Where from.
    pub source: &'a DatastoreCommit<'a>,
    /// Where to.
    pub folder: &'a Folder,
    /// What was fetched before.
    pub old: Option<&'a Lock>,
    /// Is told how it goes on.
    pub progress: &'a dyn Progress,
}

impl Update<'_> {
    /// Brings the collections `names`, and writes the lock file.
    pub fn fetch(&self, names: &BTreeSet<String>) -> Result<FetchReport> {
        let staged = Mutex::new(Vec::new());
        let mut indexes = self.source.indexes(names, self.old, self.progress, |index, bytes| {
            self.check_locked(index)?;
            let path = format!("{INDEXES}/{}.jsonl", index.name);
            if self.options.force || self.folder.pin_of(&path) != Some(index.pin) {
                let index = self.folder.stage(&path, bytes)?;
                staged.lock().unwrap_or_else(PoisonError::into_inner).push(index);
            }
            Ok(())
        })?;
        let staged = staged.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut wanted = self.wanted(&mut indexes);
        let (kept, missing) = self.compare(&wanted.files);
        let came = self.transfer(&missing)?;
        let mut report = FetchReport {
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
    fn check_locked(&self, index: &CollectionIndex) -> Result<()> {
        let Some(lock) = self.old.filter(|_| self.options.locked) else { return Ok(()) };
        ensure!(
            lock.collections.get(&index.name) == Some(&index.pin),
            "--locked: the index of {} at {} does not match the lock file",
            index.name,
            lock.revision
        );
        Ok(())
    }

    fn wanted(&self, indexes: &mut [CollectionIndex]) -> WantedFiles {
        let mut wanted = WantedFiles::default();
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
    fn compare<'w>(&self, files: &'w BTreeMap<String, Expected>) -> (Vec<VerifiedFile>, Vec<MissingFiles<'w>>) {
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

    fn transfer(&self, missing: &[MissingFiles]) -> Result<Transferred> {
        let bytes = missing.iter().map(|(_, expected)| expected.size.unwrap_or(0)).sum();
        self.progress.transfer("fetch", missing.len(), bytes);
        let DatastoreCommit { hub, repo, revision, jobs } = self.source;
        let transfer = Transfer { hub, repo, revision, folder: self.folder, jobs: *jobs };
        transfer
            .bring(missing, self.progress)
            .context("the run was interrupted; files already fetched are kept, and the next run resumes")
    }

    fn lock(
        &self,
        indexes: &[CollectionIndex],
        wanted: &WantedFiles,
        pins: impl Iterator<Item = VerifiedFile>,
    ) -> Lock {
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
    fn remove_stale(&self, wanted: &WantedFiles) -> Result<usize> {
        let old = self.old.iter().flat_map(|old| old.objects.iter().chain(&old.samples));
        let stale = old.filter(|(path, _)| !wanted.files.contains_key(*path));
        let mut removed = 0;
        for (path, pin) in stale {
            removed += usize::from(self.folder.remove(path, pin)?);
        }
        Ok(removed)
    }
}
