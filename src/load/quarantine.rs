//! What was left out, and why: each such record or result is a line on the "not shown" page.

use std::sync::Arc;

use serde::Serialize;

use crate::hash::Sha256;

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
    /// Why, in a sentence without full stop.
    pub detail: String,
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
    /// A JSON file of samples among the records.
    InstanceFile,
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
    pub const ALL: [Reason; 15] = [
        Reason::Superseded,
        Reason::DuplicateRecord,
        Reason::NotAggregate,
        Reason::InstanceFile,
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
        match self {
            Reason::Superseded => "superseded",
            Reason::DuplicateRecord => "duplicate-record",
            Reason::NotAggregate => "not-aggregate",
            Reason::InstanceFile => "instance-file",
            Reason::UnreadableRow => "unreadable-row",
            Reason::UnsafePath => "unsafe-path",
            Reason::NoHash => "no-hash",
            Reason::MissingObject => "missing-object",
            Reason::WrongSize => "wrong-size",
            Reason::WrongHash => "wrong-hash",
            Reason::TooLarge => "too-large",
            Reason::InvalidJson => "invalid-json",
            Reason::InvalidRecord => "invalid-record",
            Reason::NoResults => "no-results",
            Reason::InvalidResult => "invalid-result",
        }
    }

    /// What it means and what can be done, for the "not shown" page.
    pub fn explanation(self) -> &'static str {
        match self {
            Reason::Superseded => {
                "The datastore's index names a newer capture of the same source, which is read instead."
            }
            Reason::DuplicateRecord => {
                "The same bytes were read already, from this file or another one, and are shown once."
            }
            Reason::NotAggregate => "The index row is not of an aggregate record.",
            Reason::InstanceFile => "The file holds samples of an evaluation, not its results.",
            Reason::UnreadableRow => {
                "A line of the collection's index cannot be read. Fetch the index again, or mend the line."
            }
            Reason::UnsafePath => "The path would leave the datastore or cannot be written on every system.",
            Reason::NoHash => "The index does not say which bytes are the record, so they cannot be trusted.",
            Reason::MissingObject => {
                "The index names a file that is not there or cannot be read. Fetch the collection again."
            }
            Reason::WrongSize => "The file has not the size that the index says. Fetch it again.",
            Reason::WrongHash => "The file has not the bytes that the index says. Fetch it again.",
            Reason::TooLarge => "The file is larger than any record.",
            Reason::InvalidJson => "The file is not a JSON document.",
            Reason::InvalidRecord => "The document is not an Every Eval Ever record of any known schema version.",
            Reason::NoResults => "The record holds no result, or none that can be shown.",
            Reason::InvalidResult => {
                "One result of a record has no name or no finite score; its other results are shown."
            }
        }
    }

    /// True if something is wrong with the data; false if leaving out is what the data ask for.
    pub fn is_fault(self) -> bool {
        !matches!(self, Reason::Superseded | Reason::DuplicateRecord | Reason::NotAggregate)
    }
}
