//! Records and results that are not shown, each with its reason.

use std::sync::Arc;

use crate::codes::codes;
use crate::hash::Sha256;
use crate::language::sentence::Sentence;

/// A record or result that is not shown.
#[derive(Clone, Debug)]
pub struct Quarantined {
    /// Why, in one word.
    pub reason: Reason,
    /// Place of its datastore among those of the build.
    pub datastore: u16,
    /// Relative to the datastore's root.
    pub file: Box<str>,
    /// JSON pointer, or `line 3` of an index; empty for the whole file.
    pub place: String,
    /// The collection, where known.
    pub collection: Arc<str>,
    /// The model's id as the record has it, where that could be read.
    pub model: Option<String>,
    /// Why, more exactly.
    pub detail: Sentence,
    /// Of the file's bytes, where it was read.
    pub sha256: Option<Sha256>,
}

codes! {
    /// Stable, machine-readable reasons.
    pub enum Reason in "reason" {
        /// The index names a newer capture.
        Superseded = "superseded",
        /// The same bytes were already read.
        DuplicateRecord = "duplicate-record",
        /// The index row is not an aggregate record.
        NotAggregate = "not-aggregate",
        /// A copy that an editor or a system left beside a record.
        EditorCopy = "editor-copy",
        /// A JSON file of samples among the records.
        InstanceFile = "instance-file",
        /// A file among the records that is no `.json`.
        UnreadFile = "unread-file",
        /// A line of an index that cannot be read.
        UnreadableRow = "unreadable-row",
        /// A path that would leave the datastore, or is not portable.
        UnsafePath = "unsafe-path",
        /// An index row without a hash.
        NoHash = "no-hash",
        /// The object is not on disk, or cannot be read.
        MissingObject = "missing-object",
        /// Not the size that the index says.
        WrongSize = "wrong-size",
        /// Not the bytes that the index says.
        WrongHash = "wrong-hash",
        /// Larger than any record.
        TooLarge = "too-large",
        /// Not a JSON document.
        InvalidJson = "invalid-json",
        /// JSON, but no aggregate record.
        InvalidRecord = "invalid-record",
        /// A record in which no result is left to show.
        NoResults = "no-results",
        /// One result without a name or a finite score; the rest of its record is shown.
        InvalidResult = "invalid-result",
    }
}

impl Reason {
    /// True if something is wrong with the data; false if leaving out is what the data ask for.
    pub fn is_fault(self) -> bool {
        !matches!(self, Reason::Superseded | Reason::DuplicateRecord | Reason::NotAggregate)
    }
}
