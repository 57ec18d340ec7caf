//! The *index* of a collection: one row for each object, in three shapes by generation.

use std::sync::Arc;

use serde::Deserialize;

use super::datastore::{Expected, ListedObject, SamplesFile};
use super::quarantine::Reason;
use super::scalar::Scalar;
use crate::address::is_safe_relative;
use crate::hash::Sha256;
use crate::language::sentence::Sentence;

/// Where a datastore has its indexes.
pub const INDEXES: &str = "flat/indexes/by_collection";

/// Where the datastore moves the index of a collection that it has no more; the objects stay (every_eval_ever,
/// `cron/flat_rebuild.py`).
pub const RETIRED: &str = "flat/indexes/retired";

/// A line of an index.
pub enum IndexRow {
    /// Nothing.
    Blank,
    /// A record to read.
    Object(ListedObject),
    /// Something else, and why it is no record to read.
    LeftOut(Reason, Sentence),
}

/// The lines of an index.
pub(super) fn lines(index: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = index.strip_prefix("\u{feff}".as_bytes()).unwrap_or(index);
    text.split(|byte| *byte == b'\n')
}

/// The rows of an index, line by line.
pub fn rows(index: &[u8], collection: &Arc<str>) -> impl Iterator<Item = IndexRow> {
    lines(index).map(|line| read_row(line, collection))
}

/// The objects of an index that stood in the `data/` layout before, each with its path there.
pub fn legacy_paths(index: &[u8]) -> impl Iterator<Item = (String, String)> {
    lines(index).filter_map(|line| {
        let row: RawIndexRow = serde_json::from_slice(line.trim_ascii()).ok()?;
        let legacy = row.legacy_path.as_str();
        is_safe_relative(legacy).then(|| (row.object_path.as_str().to_owned(), legacy.to_owned()))
    })
}

/// The fields of an index row that are used; the three shapes of rows differ in others only.
#[derive(Deserialize)]
#[serde(expecting = "an index row")]
struct RawIndexRow<'a> {
    #[serde(borrow, default)]
    record_type: Scalar<'a>,
    #[serde(borrow, default)]
    object_path: Scalar<'a>,
    #[serde(borrow, default)]
    sha256: Scalar<'a>,
    size_bytes: Option<u64>,
    #[serde(borrow, default)]
    superseded_by: Scalar<'a>,
    #[serde(borrow, default)]
    superseded_reason: Scalar<'a>,
    #[serde(borrow, default)]
    subset: Scalar<'a>,
    #[serde(borrow, default)]
    legacy_path: Scalar<'a>,
    // The instance-level file, under the keys of two generations of indexes.
    #[serde(borrow, default, alias = "instance_object_path")]
    instance_level_path: Scalar<'a>,
    #[serde(borrow, default, alias = "instance_sha256", alias = "instance_level_sha256")]
    instance_sha: Scalar<'a>,
    #[serde(default, alias = "instance_size_bytes")]
    instance_level_size_bytes: Option<u64>,
}

/// What a line says.
pub(super) fn read_row(line: &[u8], collection: &Arc<str>) -> IndexRow {
    let line = line.trim_ascii();
    if line.is_empty() {
        return IndexRow::Blank;
    }
    let row: RawIndexRow = match serde_json::from_slice(line) {
        Ok(row) => row,
        Err(err) => return IndexRow::LeftOut(Reason::UnreadableRow, Sentence::quote(err)),
    };
    let path = row.object_path.as_str();
    if row.record_type.as_str() != "aggregate" {
        let detail = Sentence::of("detail.record_type").with("path", path).with("kind", row.record_type.as_str());
        return IndexRow::LeftOut(Reason::NotAggregate, detail);
    }
    if !is_safe_relative(path) {
        return IndexRow::LeftOut(Reason::UnsafePath, Sentence::of("detail.unsafe").with("path", path));
    }
    match (row.superseded_by.as_str(), row.superseded_reason.as_str()) {
        ("", "") => {}
        (by, why) => {
            let key = if why.is_empty() { "detail.superseded" } else { "detail.superseded.why" };
            let detail = Sentence::of(key).with("path", path).with("by", by).with("why", why);
            return IndexRow::LeftOut(Reason::Superseded, detail);
        }
    }
    let Some(sha256) = Sha256::from_hex(row.sha256.as_str()) else {
        return IndexRow::LeftOut(Reason::NoHash, Sentence::of("detail.no_hash").with("path", path));
    };
    IndexRow::Object(ListedObject {
        path: path.into(),
        collection: collection.clone(),
        subset: Some(row.subset.as_str()).filter(|subset| !subset.is_empty()).map(Box::from),
        model: row.legacy_path.as_str().rsplit('/').nth(1).map(Box::from),
        expected: Some(Expected { size: row.size_bytes, sha256 }),
        is_in_pinned_index: false,
        other_rows: Vec::new(),
        samples: samples(&row),
    })
}

/// Samples whose path or hash cannot be used are as good as none: nothing depends on them.
fn samples(row: &RawIndexRow) -> Option<Box<SamplesFile>> {
    let path = row.instance_level_path.as_str();
    let sha256 = Sha256::from_hex(row.instance_sha.as_str())?;
    let expected = Some(Expected { size: row.instance_level_size_bytes, sha256 });
    is_safe_relative(path).then(|| Box::new(SamplesFile { path: path.into(), expected }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_bad_row_has_its_reason() {
        let hash = "a".repeat(64);
        let good = format!(r#""record_type": "aggregate", "object_path": "flat/x.json", "sha256": "{hash}""#);
        let cases = [
            ("{", Some(Reason::UnreadableRow)),
            ("7", Some(Reason::UnreadableRow)),
            (r#"{"record_type": "instance", "object_path": "x"}"#, Some(Reason::NotAggregate)),
            (r#"{"record_type": "aggregate", "object_path": "../x"}"#, Some(Reason::UnsafePath)),
            (r#"{"record_type": "aggregate", "object_path": "x", "sha256": "abc"}"#, Some(Reason::NoHash)),
            (&format!(r#"{{{good}, "superseded_by": "u", "superseded_reason": null}}"#), Some(Reason::Superseded)),
            (&format!(r#"{{{good}, "superseded_by": null}}"#), None),
            (&format!(r#"{{{good}, "size_bytes": "12"}}"#), Some(Reason::UnreadableRow)),
        ];
        for (line, expected) in cases {
            let found = match read_row(line.as_bytes(), &Arc::from("c")) {
                IndexRow::LeftOut(reason, _) => Some(reason),
                _ => None,
            };
            assert_eq!(found, expected, "{line}");
        }
    }
}
