//! Records and results that are not shown, each with its reason.

use std::sync::Arc;

use serde::Serialize;

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

/// Stable, machine-readable reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The index names a newer capture.
    Superseded,
    /// The same bytes were already read.
    DuplicateRecord,
    /// The index row is not an aggregate record.
    NotAggregate,
    /// A copy that an editor or a system left beside a record.
    EditorCopy,
    /// A JSON file of samples among the records.
    InstanceFile,
    /// A file among the records that is no `.json`.
    UnreadFile,
    /// A line of an index that cannot be read.
    UnreadableRow,
    /// A path that would leave the datastore, or is not portable.
    UnsafePath,
    /// An index row without a hash.
    NoHash,
    /// The object is not on disk, or cannot be read.
    MissingObject,
    /// Not the size that the index says.
    WrongSize,
    /// Not the bytes that the index says.
    WrongHash,
    /// Larger than any record.
    TooLarge,
    /// Not a JSON document.
    InvalidJson,
    /// JSON, but no aggregate record.
    InvalidRecord,
    /// A record in which no result is left to show.
    NoResults,
    /// One result without a name or a finite score; the rest of its record is shown.
    InvalidResult,
}

impl Reason {
    /// All reasons, in the order in which they are listed.
    pub const ALL: [Reason; 17] = [
        Reason::Superseded,
        Reason::DuplicateRecord,
        Reason::NotAggregate,
        Reason::EditorCopy,
        Reason::InstanceFile,
        Reason::UnreadFile,
        Reason::UnreadableRow,
        Reason::UnsafePath,
        Reason::NoHash,
        Reason::MissingObject,
        Reason::WrongSize,
        Reason::WrongHash,
        Reason::TooLarge,
        Reason::InvalidJson,
        Reason::InvalidRecord,
        Reason::NoResults,
        Reason::InvalidResult,
    ];

    /// The code: `wrong-hash`.
    pub fn code(self) -> &'static str {
        self.key().trim_start_matches("reason.")
    }

    /// The key, among the words of the interface, of what it means and what can be done.
    pub fn key(self) -> &'static str {
        match self {
            Reason::Superseded => "reason.superseded",
            Reason::DuplicateRecord => "reason.duplicate-record",
            Reason::NotAggregate => "reason.not-aggregate",
            Reason::EditorCopy => "reason.editor-copy",
            Reason::InstanceFile => "reason.instance-file",
            Reason::UnreadFile => "reason.unread-file",
            Reason::UnreadableRow => "reason.unreadable-row",
            Reason::UnsafePath => "reason.unsafe-path",
            Reason::NoHash => "reason.no-hash",
            Reason::MissingObject => "reason.missing-object",
            Reason::WrongSize => "reason.wrong-size",
            Reason::WrongHash => "reason.wrong-hash",
            Reason::TooLarge => "reason.too-large",
            Reason::InvalidJson => "reason.invalid-json",
            Reason::InvalidRecord => "reason.invalid-record",
            Reason::NoResults => "reason.no-results",
            Reason::InvalidResult => "reason.invalid-result",
        }
    }

    /// True if something is wrong with the data; false if leaving out is what the data ask for.
    pub fn is_fault(self) -> bool {
        !matches!(self, Reason::Superseded | Reason::DuplicateRecord | Reason::NotAggregate)
    }
}
