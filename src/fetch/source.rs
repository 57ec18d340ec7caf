//! A *source*: one commit of a datastore, and its collections.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;

use super::FetchOptions;
use super::locator::{self, Locator, check_collection};
use super::wanted::CollectionIndex;
use crate::Progress;
use crate::address::is_hub_id;
use crate::hub::{ErrorKind, Hub, Repo};
use crate::load::index::{INDEXES, RETIRED};
use crate::lock::Lock;

/// An index may not be larger (bytes); the public datastore's largest has some five million.
const MAX_INDEX: u64 = 256 << 20;
const INDEXES_AT_A_TIME: usize = 4;

/// A commit of a datastore.
pub struct DatastoreCommit<'a> {
    /// Whom to ask.
    pub hub: &'a Hub,
    /// Hub dataset id.
    pub repo: String,
    /// The commit.
    pub revision: String,
    /// Files at a time.
    pub jobs: usize,
}

impl<'a> DatastoreCommit<'a> {
    /// Finds out which commit is meant. One request, or none for what the lock file pins.
    pub fn resolve(hub: &'a Hub, options: &FetchOptions, old: Option<&Lock>) -> Result<DatastoreCommit<'a>> {
        let source = |repo, revision| DatastoreCommit { hub, repo, revision, jobs: options.jobs };
        if let (true, Some(lock)) = (options.locked, old) {
            return Ok(source(lock.repo.clone(), lock.revision.clone()));
        }
        let of_lock =
            || Locator { repo: old.map_or(Locator::default().repo, |lock| lock.repo.clone()), ..Locator::default() };
        let locator = options.datastore.clone().unwrap_or_else(of_lock);
        let head = hub.head(Repo::dataset(&locator.repo), &locator.revision).map_err(|err| {
            let help = match err.kind {
                ErrorKind::RevisionNotFound => "\n  help: write a branch, a tag or a commit after the @",
                ErrorKind::RepoNotFound => "\n  help: check the spelling of OWNER/NAME; a private one needs HF_TOKEN",
                _ => "",
            };
            anyhow::anyhow!("{err}{help}")
        })?;
        ensure!(is_hub_id(&head.id), "the Hub's answer does not name a dataset");
        Ok(source(head.id, head.commit))
    }

    /// The names of all collections.
    pub fn collections(&self) -> Result<Vec<String>> {
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
    pub fn names(&self, options: &FetchOptions, old: Option<&Lock>) -> Result<BTreeSet<String>> {
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
            "no collection given\n  help: name one, such as `evalcards fetch MMLU-Pro`; `evalcards fetch --list` lists them, --all fetches all"
        );
        Ok(names)
    }

    /// Reads the indexes of `names`, of which `old` may pin some; `keep` gets each with its bytes.
    pub fn indexes(
        &self,
        names: &BTreeSet<String>,
        old: Option<&Lock>,
        progress: &dyn Progress,
        keep: impl Fn(&CollectionIndex, &[u8]) -> Result<()> + Sync,
    ) -> Result<Vec<CollectionIndex>> {
        progress.stage("indexes", names.len());
        // Each is in memory as a whole, and one may have many megabytes.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.jobs.min(INDEXES_AT_A_TIME))
            .build()
            .context("failed to start threads")?;
        pool.install(|| {
            let read = names.par_iter().map(|name| {
                let is_pinned = old.is_some_and(|lock| lock.collections.contains_key(name));
                let (bytes, retired) = self.index(name, is_pinned)?;
                let mut index = CollectionIndex::new(name, &bytes);
                index.summary.retired = retired;
                keep(&index, &bytes)?;
                progress.step();
                Ok(index)
            });
            read.collect()
        })
    }

    /// The index of a collection, and whether it is retired.
    fn index(&self, name: &str, is_pinned: bool) -> Result<(Vec<u8>, bool)> {
        for (folder, retired) in [(INDEXES, false), (RETIRED, true)] {
            let path = format!("{folder}/{name}.jsonl");
            match self.hub.checked_file(Repo::dataset(&self.repo), &self.revision, &path, MAX_INDEX) {
                Ok(bytes) => {
                    let is_index = bytes.trim_ascii_start().first().is_none_or(|byte| *byte == b'{');
                    ensure!(is_index, "the index of {name} in {} is not JSON Lines", self.hub.endpoint());
                    return Ok((bytes, retired));
                }
                Err(err) if err.kind == ErrorKind::EntryNotFound => {}
                Err(err) => return Err(err.into()),
            }
        }
        ensure!(
            !is_pinned,
            "{} no longer has the collection `{name}` of the lock file; nothing was changed\n  \
             help: `evalcards fetch --locked` keeps the pinned state. To go on without the collection, delete \
             datastore.lock and {INDEXES}/{name}.jsonl, and fetch the others by name",
            self.repo
        );
        let names = self.collections()?;
        bail!("{} has no collection `{name}` at {}{}", self.repo, self.revision, suggestions(name, &names))
    }
}

/// A line of help that names the collections nearest to `name`.
fn suggestions(name: &str, names: &[String]) -> String {
    let near = locator::nearest(name, names);
    match near.is_empty() {
        true => "\n  help: no name is similar; `evalcards fetch --list` lists all".to_owned(),
        false => {
            let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
            format!("\n  help: did you mean {}?", near.join(", "))
        }
    }
}
