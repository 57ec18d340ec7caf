//! The *manifest*: every candidate for a pull request, and all that was skipped, with reasons.
//! `publish` reads nothing else of a build.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Serialize;

use super::yaml::{DatasetRef, YamlEntry};
use crate::config::Config;
use crate::hash::Sha256;

/// `manifest.json`.
#[derive(Debug, Serialize)]
pub struct Manifest {
    version: u32,
    generator: Generator,
    datastore: DatastoreRef,
    /// Why nothing of this manifest may be published; empty if it may.
    pub blocked: Vec<String>,
    /// Candidates, by model and task.
    pub entries: Vec<Entry>,
    /// Results of registered benchmarks that are no candidates.
    pub skipped: Vec<Skipped>,
    /// Results of benchmarks that the Hub keeps no leaderboard for.
    pub unsupported_results: usize,
    /// Always empty: what cannot be read is on the page of what is not shown.
    errors: Vec<String>,
    /// How many YAML files the entries make.
    #[serde(skip)]
    pub yaml_files: usize,
}

#[derive(Debug, Serialize)]
struct Generator {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct DatastoreRef {
    repo: Option<String>,
    revision: Option<String>,
}

/// A candidate for a pull request.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// What a build can say of it.
    pub status: Status,
    /// Key in the registry.
    pub benchmark: String,
    /// Model repository on the Hub.
    pub model_repo: String,
    /// Path in that repository.
    pub target_path: String,
    /// Submission channel.
    pub collection: String,
    /// Of the record.
    pub evaluation_id: String,
    /// Of the result.
    pub evaluation_result_id: Option<String>,
    /// The result.
    pub record: RecordRef,
    /// What would be written.
    pub yaml_entry: YamlEntry,
    /// The same as lines of a file.
    #[serde(skip)]
    pub yaml: String,
}

/// Status of an entry after `build`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Can be proposed.
    Ready,
    /// Another record of this build says something else.
    ConflictInBuild,
    /// Another record of this build says the same.
    DuplicateInBuild,
}

/// One result of one record.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RecordRef {
    /// Path in its datastore.
    pub path: String,
    /// JSON pointer.
    pub pointer: String,
    /// Of the record's bytes.
    pub sha256: Sha256,
}

/// A result that is no candidate.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Skipped {
    /// Machine-readable.
    pub reason: String,
    /// Key in the registry.
    pub benchmark: String,
    /// Submission channel.
    pub collection: String,
    /// As the record has it.
    pub model_id: String,
    /// The result.
    pub record: RecordRef,
}

impl Entry {
    /// What no two proposals may share: the model in any letter case, dataset and task.
    pub fn slot(&self) -> (String, &DatasetRef) {
        (self.model_repo.to_lowercase(), &self.yaml_entry.dataset)
    }
}

impl Manifest {
    /// A manifest with `entries` and `skipped`, both sorted.
    pub fn new(config: &Config, entries: Vec<Entry>, skipped: Vec<Skipped>, unsupported_results: usize) -> Manifest {
        let mut blocked = Vec::new();
        if config.datastores.iter().any(|datastore| datastore.repo.is_none()) {
            blocked.push(
                "records have no public address: set datastore.repo and datastore.revision in site.yaml".to_owned(),
            );
        } else if config.datastores.iter().any(|datastore| datastore.revision.is_none()) {
            blocked.push("the datastore is not pinned to a commit: set datastore.revision in site.yaml".to_owned());
        }
        let public = config.datastores.iter().find(|datastore| datastore.repo.is_some());
        Manifest {
            version: 1,
            generator: Generator { name: "evalcards", version: env!("CARGO_PKG_VERSION") },
            datastore: DatastoreRef {
                repo: public.and_then(|datastore| datastore.repo.clone()),
                revision: public.and_then(|datastore| datastore.revision.clone()),
            },
            blocked,
            entries,
            skipped,
            unsupported_results,
            errors: Vec::new(),
            yaml_files: 0,
        }
    }

    /// How many entries have each status.
    pub fn by_status(&self) -> BTreeMap<Status, usize> {
        let mut counts = BTreeMap::new();
        self.entries.iter().for_each(|entry| *counts.entry(entry.status).or_default() += 1);
        counts
    }

    pub(super) fn to_json(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).context("failed to write manifest.json")?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
