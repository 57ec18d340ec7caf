//! The files that the indexes of the collections name.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use serde::Serialize;

use super::asking::FailedRequest;
use crate::address::is_safe_relative;
use crate::hash::Sha256;
use crate::load::datastore::{Expected, ListedObject};
use crate::load::index::{IndexRow, rows};
use crate::load::quarantine::Reason;
use crate::lock::Pin;

/// The index of a collection, and what it names.
pub struct CollectionIndex {
    /// The collection.
    pub name: String,
    /// Of the index itself.
    pub pin: Pin,
    files: Vec<IndexedFile>,
    /// What there is of it.
    pub summary: Summary,
}

/// A file that a row names.
struct IndexedFile {
    path: Box<str>,
    expected: Expected,
    is_samples: bool,
}

/// How much a collection holds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Its name.
    pub collection: String,
    /// Records that the index names and that are not superseded.
    pub records: usize,
    /// Their bytes, as far as the index says.
    pub bytes: u64,
    /// Files of samples.
    pub samples: usize,
    /// Their bytes, as far as the index says.
    pub samples_bytes: u64,
    /// Records that a newer capture replaces; they are not fetched.
    pub superseded: usize,
    /// Rows that name no record to fetch, and why.
    pub left_out: BTreeMap<Reason, usize>,
    /// True if the datastore has the collection no more, and its index among those that it retired.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// The files to have, by path; the rows that contradict each other are failures.
#[derive(Default)]
pub struct WantedFiles {
    /// Path and what the index says of the bytes.
    pub files: BTreeMap<String, Expected>,
    /// The paths among them that are samples.
    pub samples: BTreeSet<String>,
    /// Rows that cannot be followed.
    pub failures: Vec<FailedRequest>,
    // Paths that differ in letter case only are one file on some systems.
    lower_case: HashSet<String>,
}

/// The folder in which a datastore keeps its records.
const OBJECTS: &str = "flat/objects/";

impl CollectionIndex {
    /// Reads an index.
    pub fn new(name: &str, bytes: &[u8]) -> CollectionIndex {
        let mut summary = Summary { collection: name.to_owned(), ..Summary::default() };
        let mut files = Vec::new();
        for row in rows(bytes, &Arc::from(name)) {
            match row {
                IndexRow::Blank => {}
                IndexRow::LeftOut(Reason::Superseded, _) => summary.superseded += 1,
                IndexRow::LeftOut(reason, _) => *summary.left_out.entry(reason).or_default() += 1,
                IndexRow::Object(object) if !is_object_path(&object.path) => {
                    *summary.left_out.entry(Reason::UnsafePath).or_default() += 1;
                }
                IndexRow::Object(object) => summary.take(object, &mut files),
            }
        }
        CollectionIndex {
            name: name.to_owned(),
            pin: Pin { sha256: Sha256::of(bytes), size: bytes.len() as u64 },
            files,
            summary,
        }
    }
}

impl Summary {
    fn take(&mut self, object: ListedObject, files: &mut Vec<IndexedFile>) {
        // The `data/` layout has no index; every row has a hash.
        let Some(expected) = object.expected else { return };
        self.records += 1;
        self.bytes += expected.size.unwrap_or(0);
        files.push(IndexedFile { path: (*object.path).into(), expected, is_samples: false });
        let samples = object.samples.filter(|samples| is_object_path(&samples.path));
        if let Some((path, expected)) = samples.and_then(|samples| Some((samples.path, samples.expected?))) {
            self.samples += 1;
            self.samples_bytes += expected.size.unwrap_or(0);
            files.push(IndexedFile { path, expected, is_samples: true });
        }
    }
}

/// True for a path below the folder of objects that every file system can have.
fn is_object_path(path: &str) -> bool {
    let is_portable = |part: &str| {
        !part.starts_with('.')
            && !part.ends_with(['.', ' '])
            && part.len() <= 200
            && !part.chars().any(char::is_control)
    };
    path.starts_with(OBJECTS) && is_safe_relative(path) && path.split('/').all(is_portable)
}

impl WantedFiles {
    /// Takes the files of `index`; those of samples if `keep` says so of their path.
    pub fn take(&mut self, index: &mut CollectionIndex, keep: impl Fn(&str) -> bool) {
        let files = std::mem::take(&mut index.files).into_iter();
        for named in files.filter(|named| !named.is_samples || keep(&named.path)) {
            let path = named.path.clone();
            if let Err(why) = self.add(named) {
                self.failures.push(FailedRequest { what: path.into(), said: why });
            }
        }
    }

    fn add(&mut self, named: IndexedFile) -> Result<(), String> {
        if let Some(first) = self.files.get(&*named.path) {
            return match first.sha256 == named.expected.sha256 {
                true => Ok(()),
                false => Err("two rows of the indexes have different hashes for it; the first one is used".to_owned()),
            };
        }
        if !self.lower_case.insert(named.path.to_lowercase()) {
            return Err("differs from another path only in case; some systems cannot keep both".to_owned());
        }
        if named.is_samples {
            self.samples.insert(named.path.to_string());
        }
        self.files.insert(named.path.into(), named.expected);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(path: &str, hash: char, more: &str) -> String {
        let hash = hash.to_string().repeat(64);
        format!(r#"{{"record_type": "aggregate", "object_path": "{path}", "sha256": "{hash}", "size_bytes": 2{more}}}"#)
    }

    #[test]
    fn only_what_stays_in_the_folder_of_objects_is_wanted() {
        let paths = [
            "../x",
            "/etc/passwd",
            "flat/indexes/by_collection/c.jsonl",
            "flat/objects/../x",
            "flat/objects/.x",
            "flat/objects/a./x",
        ];
        let text: Vec<String> = paths.iter().map(|path| row(path, 'a', "")).collect();
        let index = CollectionIndex::new("c", text.join("\n").as_bytes());
        assert_eq!(index.summary.left_out[&Reason::UnsafePath], paths.len());
        assert_eq!(index.summary.records, 0);
    }

    #[test]
    fn rows_that_contradict_each_other_are_told() {
        let rows = [
            row("flat/objects/a/x.json", 'a', ""),
            row("flat/objects/a/x.json", 'a', ""),
            row("flat/objects/a/x.json", 'b', ""),
            row("flat/objects/A/x.json", 'a', ""),
            row("flat/objects/a/y.json", 'c', r#", "superseded_by": "z""#),
        ];
        let mut index = CollectionIndex::new("c", rows.join("\n").as_bytes());
        let mut wanted = WantedFiles::default();
        wanted.take(&mut index, |_| true);
        assert_eq!(wanted.files.len(), 1);
        assert_eq!(wanted.failures.len(), 2);
        assert_eq!(index.summary.superseded, 1);
    }

    #[test]
    fn samples_are_wanted_if_they_are_asked_for() {
        let more = format!(
            r#", "instance_level_path": "flat/objects/a/x_samples.jsonl", "instance_sha": "{}", "instance_level_size_bytes": 9"#,
            "d".repeat(64)
        );
        for (asked, files) in [(true, 2), (false, 1)] {
            let mut index = CollectionIndex::new("c", row("flat/objects/a/x.json", 'a', &more).as_bytes());
            assert_eq!((index.summary.samples, index.summary.samples_bytes), (1, 9));
            let mut wanted = WantedFiles::default();
            wanted.take(&mut index, |_| asked);
            assert_eq!((wanted.files.len(), wanted.samples.len()), (files, files - 1));
        }
    }
}
