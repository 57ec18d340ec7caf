//! The *manifest*: every candidate for a pull request, and all that was skipped, with reasons. It is all that
//! `publish` reads of a build.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize, Serializer};

use super::skip::SkipReason;
use super::yaml::{DatasetRef, YamlEntry};
use crate::codes::codes;
use crate::config::Config;
use crate::hash::Sha256;
use crate::language::Language;
use crate::load::hub_benchmark::Certainty;

/// `manifest.json`.
#[derive(Debug, Serialize)]
pub struct Manifest {
    version: u32,
    generator: Generator,
    datastore: DatastoreRef,
    /// Why nothing of this manifest may be published; empty if it may.
    #[serde(serialize_with = "in_english")]
    pub blocked: Vec<Blocked>,
    /// Candidates, by model and task.
    pub entries: Vec<ManifestEntry>,
    /// Results of registered benchmarks that are no candidates, and records that have no result of
    /// a registered benchmark.
    pub skipped: Vec<Skipped>,
    /// Records and results that could not be read or trusted.
    errors: Vec<ManifestError>,
}

codes! {
    /// Why nothing may be published.
    pub enum Blocked in "blocked" {
        /// Nothing says where the records are public.
        NoAddress = "no_address",
        /// They are public, but not at one commit.
        NotPinned = "not_pinned",
    }
}

/// In English, as the manifest is for machines.
fn in_english<S: Serializer>(blocked: &[Blocked], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(blocked.iter().map(|it| Language::english().phrase(it.key())))
}

/// Something that could not be read or trusted.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ManifestError {
    /// File, then line or JSON pointer.
    pub place: String,
    /// Reason code and sentence.
    pub message: String,
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
#[derive(Debug, Serialize, Deserialize)]
pub struct ManifestEntry {
    /// What a build can say of it.
    pub status: EntryStatus,
    /// Key in the registry.
    pub benchmark: String,
    /// Model repository on the Hub.
    pub model_repo: String,
    /// Path in that repository.
    pub target_path: String,
    /// Other ids of the dataset under which the same results have been posted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dataset_aliases: Vec<String>,
    /// Other task ids under which the same results have been posted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub task_aliases: Vec<String>,
    /// How sure the registry is of the task, where it is not.
    #[serde(default, skip_serializing_if = "Certainty::is_sure")]
    pub certainty: Certainty,
    /// Public address of the model's Eval Card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_url: Option<String>,
    /// Submission channel.
    pub collection: Arc<str>,
    /// Id of who says so.
    pub evaluator: String,
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
    /// Place of the reading in the dataset.
    #[serde(skip)]
    pub reading: u32,
    /// True if the result names the benchmark's headline metric by id.
    #[serde(skip)]
    pub is_headline: bool,
    /// True if the record says that the model had tools.
    #[serde(skip)]
    pub has_tools: bool,
    /// True if another result of its record could be the one to post, but for an error in it.
    #[serde(skip)]
    pub has_faulty_sibling: bool,
}

codes! {
    /// Status of an entry after `build`.
    pub enum EntryStatus in "outcome" {
        /// Can be proposed.
        Ready = "ready",
        /// Another record of this build says something else.
        ConflictInBuild = "conflict_in_build",
        /// Another record of this build says the same.
        DuplicateInBuild = "duplicate_in_build",
    }
}

/// One result of one record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordRef {
    /// Path in its datastore.
    pub path: Arc<str>,
    /// JSON pointer.
    pub pointer: String,
    /// Of the record's bytes.
    pub sha256: Sha256,
}

/// A result that is no candidate, or a record that has none.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Skipped {
    /// Machine-readable.
    pub reason: SkipReason,
    /// Key of the Hub benchmark, if it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub benchmark: Option<String>,
    /// Submission channel.
    pub collection: Arc<str>,
    /// As the record has it.
    pub model_id: String,
    /// The result; without pointer, the whole record.
    pub record: RecordRef,
    /// How many results this is about.
    pub results: usize,
    /// Place of the reading, or of the record's first, in the dataset.
    #[serde(skip)]
    pub reading: u32,
    /// Where it would be proposed, if it is the result of a leaderboard.
    #[serde(skip)]
    pub slot: Option<Slot>,
}

/// Where a result is proposed, as `publish.decide` calls it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Model repository on the Hub.
    pub model_repo: String,
    /// Path in that repository.
    pub target_path: String,
    /// True if the result names the benchmark's headline metric by id.
    pub is_headline: bool,
}

impl Slot {
    /// The name of the file, without its ending.
    pub fn file(&self) -> &str {
        file_of(&self.target_path)
    }

    /// True if an entry is for the same file.
    pub fn is_of(&self, entry: &ManifestEntry) -> bool {
        self.model_repo.eq_ignore_ascii_case(&entry.model_repo) && self.target_path == entry.target_path
    }
}

/// The name of a file of results, without folder and ending.
pub fn file_of(target_path: &str) -> &str {
    target_path.trim_start_matches(".eval_results/").trim_end_matches(".yaml")
}

impl fmt::Display for RecordRef {
    /// As `publish.decide` names a result.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}#{}", self.path, self.pointer)
    }
}

impl ManifestEntry {
    /// What no two proposals may share: the model in any letter case, dataset and task.
    pub fn target(&self) -> (String, &DatasetRef) {
        (self.model_repo.to_lowercase(), &self.yaml_entry.dataset)
    }
}

impl Manifest {
    /// A manifest with `entries` and `skipped`, both sorted.
    pub fn new(
        config: &Config,
        errors: Vec<ManifestError>,
        entries: Vec<ManifestEntry>,
        skipped: Vec<Skipped>,
    ) -> Manifest {
        let mut blocked = Vec::new();
        if config.datastores.iter().any(|datastore| datastore.repo.is_none()) {
            blocked.push(Blocked::NoAddress);
        } else if config.datastores.iter().any(|datastore| datastore.revision.is_none()) {
            blocked.push(Blocked::NotPinned);
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
            errors,
        }
    }

    /// How many entries have each status.
    pub fn by_status(&self) -> BTreeMap<EntryStatus, usize> {
        let mut counts = BTreeMap::new();
        self.entries.iter().for_each(|entry| *counts.entry(entry.status).or_default() += 1);
        counts
    }

    /// How many results are of benchmarks that the Hub keeps no leaderboard for.
    pub fn unsupported_results(&self) -> usize {
        self.skipped.iter().filter(|skipped| skipped.benchmark.is_none()).map(|skipped| skipped.results).sum()
    }

    /// How many results of each Hub benchmark have each status, or the reason for which they were
    /// skipped.
    pub fn by_benchmark(&self) -> BTreeMap<&str, BTreeMap<&str, usize>> {
        let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for entry in &self.entries {
            *counts.entry(&entry.benchmark).or_default().entry(entry.status.code()).or_default() += 1;
        }
        for skipped in &self.skipped {
            if let Some(benchmark) = &skipped.benchmark {
                *counts.entry(benchmark).or_default().entry(skipped.reason.as_str()).or_default() += skipped.results;
            }
        }
        counts
    }

    /// The bytes of `manifest.json`.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let failed = "failed to write manifest.json";
        // Counted first: that of a large site needs much room, and twice as much while it grows.
        let mut length = Length(0);
        serde_json::to_writer_pretty(&mut length, self).context(failed)?;
        let mut bytes = Vec::with_capacity(length.0 + 1);
        serde_json::to_writer_pretty(&mut bytes, self).context(failed)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// Counts the bytes that are written into it.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
