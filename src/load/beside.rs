//! What lies *beside* the records of a datastore: copies that editors left, files of samples, and files that are
//! reported and not read.

use std::path::{MAIN_SEPARATOR, Path};
use std::sync::Arc;

use foldhash::HashSet;
use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::editor;
use super::quarantine::{Quarantined, Reason};
use crate::language::sentence::Sentence;

/// How the name of a file of samples goes on after that of its record.
pub(super) const SAMPLES: &str = "_samples.jsonl";

/// What lies in the `flat/` layout beside the files that an index names.
#[derive(Default)]
pub(super) struct FlatExtras {
    /// The copies that editors left, by path.
    pub copies: Vec<Quarantined>,
    /// The files of samples.
    pub samples: HashSet<String>,
}

impl FlatExtras {
    /// Looks through all of `flat/`, the folders in parallel.
    pub fn find(root: &Path, number: u16) -> FlatExtras {
        // Objects stand in `flat/objects/ab/cd/`.
        let shallow: Vec<DirEntry> = WalkDir::new(root.join("flat")).max_depth(2).into_iter().flatten().collect();
        let (folders, files): (Vec<_>, Vec<_>) = shallow.into_iter().partition(|entry| entry.file_type().is_dir());
        let deep = folders.par_iter().filter(|folder| folder.depth() == 2);
        let deep = deep.flat_map_iter(|folder| WalkDir::new(folder.path()).into_iter().flatten());
        let files = deep.chain(files).filter(|entry| !entry.file_type().is_dir());
        let found = files.fold(FlatExtras::default, |mut beside, entry| {
            match editor_copy(root, entry.path(), number) {
                Some(copy) => beside.copies.push(copy),
                None => beside.samples.extend(samples_path(root, entry.path())),
            }
            beside
        });
        let mut found = found.reduce(FlatExtras::default, |mut all, more| {
            all.copies.extend(more.copies);
            all.samples.extend(more.samples);
            all
        });
        found.copies.sort_by(|a, b| a.file.cmp(&b.file));
        found
    }
}

/// What is told of a file that an editor left, if `path` is one.
pub(super) fn editor_copy(root: &Path, path: &Path, number: u16) -> Option<Quarantined> {
    let relative = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
    let is_copy = editor::is_copy(&relative.replace(MAIN_SEPARATOR, "/"), &[".json", ".jsonl"]);
    is_copy.then(|| found(root, path, number, Reason::EditorCopy, Sentence::of("detail.editor_copy")))
}

/// A file that is told and not read.
pub(super) fn found(root: &Path, path: &Path, number: u16, reason: Reason, detail: Sentence) -> Quarantined {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let file = relative.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    Quarantined {
        reason,
        datastore: number,
        collection: match file.split('/').collect::<Vec<_>>()[..] {
            ["data", collection, _, ..] => collection.into(),
            _ => Arc::from(""),
        },
        file: file.into(),
        place: String::new(),
        model: None,
        detail,
        sha256: None,
    }
}

/// The path of a file of samples, if `path` is one.
pub(super) fn samples_path(root: &Path, path: &Path) -> Option<String> {
    path.file_name()?.as_encoded_bytes().ends_with(SAMPLES.as_bytes()).then_some(())?;
    let relative = path.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = relative.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}
