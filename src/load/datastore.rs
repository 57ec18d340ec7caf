//! A *datastore* is a folder of Every Eval Ever records, in either layout:
//! `flat/indexes/by_collection/<collection>.jsonl` with `flat/objects/…`, or
//! `data/<collection>/<developer>/<model>/<uuid>.json`.
//!
//! This file lists the objects and reads their bytes, checked against the index. It does not
//! know what is in a record.

use std::collections::BTreeSet;
use std::collections::hash_map::Entry;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use foldhash::{HashMap, HashSet};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rayon::prelude::*;
use walkdir::WalkDir;

use super::Origin;
use super::beside::{FlatExtras, SAMPLES, editor_copy, found, samples_path};
use super::editor;
use super::foreign;
use super::index::{INDEXES, IndexRow, lines, read_row};
use super::quarantine::{Quarantined, Reason};
use super::unread;
use crate::config::{Datastore, PUBLIC_DATASTORE};
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::hash::{Hasher, Sha256};
use crate::language::sentence::Sentence;
use crate::lock::{Lock, LockFile, Pin};
use crate::words::shorten;

impl Datastore {
    /// The address of a record in the public datastore. Without a pinned revision it is that of
    /// `main`, whose content may change. A record that is not as the lock has it is not there.
    pub fn public_url(&self, origin: &Origin) -> Option<String> {
        if self.contradicts(origin) {
            return None;
        }
        self.address(&origin.path)
    }

    /// The address of a file of samples in the public datastore; of one that is not as the lock has it, there is none.
    pub fn public_url_of_samples(&self, path: &str, sha256: Option<Sha256>) -> Option<String> {
        let is_pinned = |lock: &Lock| lock.samples.get(path).is_some_and(|pin| Some(pin.sha256) == sha256);
        match &self.lock {
            LockFile::Absent => self.address(path),
            lock => self.address(path).filter(|_| lock.sound().is_some_and(is_pinned)),
        }
    }

    fn address(&self, path: &str) -> Option<String> {
        let repo = self.repo.as_ref()?;
        let revision = self.revision.as_deref().unwrap_or("main");
        let path = utf8_percent_encode(path, IN_PATH);
        Some(format!("https://huggingface.co/datasets/{repo}/blob/{revision}/{path}"))
    }

    /// True if there is a lock file and the record is not pinned by it.
    pub fn contradicts(&self, origin: &Origin) -> bool {
        !matches!(self.lock, LockFile::Absent) && !origin.is_pinned
    }

    /// True if the lock pins these bytes under this path.
    pub fn pins(&self, path: &str, sha256: Sha256) -> bool {
        let pin = self.lock.sound().and_then(|lock| lock.objects.get(path));
        pin.is_some_and(|pin| pin.sha256 == sha256)
    }
}

/// Everything but letters, digits and `_.-~/` is encoded.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~').remove(b'/');

/// One record file, listed but not yet read.
#[derive(Debug)]
pub struct ListedObject {
    /// Relative to the datastore's root, with `/`.
    pub path: Arc<str>,
    /// The submission channel: stem of the index, or first folder below `data/`.
    pub collection: Arc<str>,
    /// `subset` of the index row.
    pub subset: Option<Box<str>>,
    /// The folder of the model in the row's `legacy_path`.
    pub model: Option<Box<str>>,
    /// What the index says of the bytes; `None` in the `data/` layout, which has no index.
    pub expected: Option<Expected>,
    /// True if its row stands in an index that the lock pins.
    pub is_in_pinned_index: bool,
    /// What other rows say that name the same bytes under the same path.
    pub other_rows: Vec<OtherRow>,
    /// The file of its samples, if its row names one or there is one beside it.
    pub samples: Option<Box<SamplesFile>>,
}

/// What a row says of an object that an earlier row named.
#[derive(Debug)]
pub struct OtherRow {
    /// The submission channel.
    pub collection: Arc<str>,
    /// `subset`.
    pub subset: Option<Box<str>>,
    /// The folder of the model in `legacy_path`.
    pub model: Option<Box<str>>,
}

/// Size and hash from an index row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Expected {
    /// Bytes; older rows do not say.
    pub size: Option<u64>,
    /// Of the bytes.
    pub sha256: Sha256,
}

/// The file with the samples of a record.
#[derive(Clone, Debug)]
pub struct SamplesFile {
    /// Relative to the datastore's root.
    pub path: Box<str>,
    /// What the index says of the bytes; `None` if no row names the file.
    pub expected: Option<Expected>,
}

/// What a datastore holds.
#[derive(Debug, Default)]
pub struct Listing {
    /// In the order of collection, then row or path.
    pub objects: Vec<ListedObject>,
    /// Rows that name no object to read.
    pub quarantined: Vec<Quarantined>,
    /// Hash of the index files: unchanged index and objects that match it mean unchanged records.
    pub digest: Hasher,
}

/// Larger files are left out: no real record comes near, and a whole record is held in memory.
const MAX_BYTES: u64 = 64 << 20;

/// A larger index is not read: its rows are held in memory, and 100,000 of them have 50 MB.
const MAX_INDEX: u64 = 1 << 30;

/// Lists `datastore`. `number` is its place among the datastores of the build.
pub fn list(datastore: &Datastore, number: u16, diagnostics: &mut Diagnostics) -> Result<Listing> {
    let root = &datastore.root;
    let indexes = root.join(INDEXES);
    let data = root.join("data");
    let mut listing = Listing::default();
    let mut entries = fs::read_dir(root).with_context(|| format!("failed to list {}", root.display()))?;
    if let LockFile::Broken(why) = &datastore.lock {
        let help = "until it is fixed, no record counts as pinned, and nothing can be published";
        let file = LockFile::path(root).display().to_string();
        diagnostics.error(DiagnosticCode::BrokenLock, &file, "", why.clone(), help);
    }
    if let Some(repo) = datastore.repo.as_deref().filter(|repo| looks_public(repo)) {
        let message = format!("`datastore.repo` is `{repo}`, which looks like `{PUBLIC_DATASTORE}` but is not");
        let help = "who made that repository wanted it to be taken for the other: ask them, or fetch from the true one"
            .to_owned();
        let file = LockFile::path(&datastore.root).display().to_string();
        diagnostics.warn_with_help(DiagnosticCode::LookAlike, &file, "", message, help);
    }
    let mut samples = HashSet::default();
    if indexes.is_dir() {
        let (listed, beside) = rayon::join(
            || list_indexes(datastore, &indexes, number, &mut listing, diagnostics),
            || FlatExtras::find(root, number),
        );
        listed?;
        beside.copies.iter().for_each(|copy| listing.digest.add(copy.file.as_bytes()));
        listing.quarantined.extend(beside.copies);
        samples = beside.samples;
    } else if root.join("flat").is_dir() {
        bail!(
            "{} has `flat/` but no `flat/indexes/by_collection/`: fetch the collection indexes, they name the objects and their hashes",
            root.display()
        );
    }
    if data.is_dir() {
        list_data(root, &data, number, &mut listing, &mut samples)?;
    } else if !indexes.is_dir() && entries.next().is_some() {
        let help = match meant(root) {
            Some(folder) => format!("did you mean {}?", folder.display()),
            None => format!("put records into {}/<collection>/<developer>/<model>/", data.display()),
        };
        bail!(
            "{} is not a datastore: it has neither `{INDEXES}/*.jsonl` nor `data/<collection>/…`\n  help: {help}",
            root.display()
        );
    }
    warn_of_strays(root, diagnostics)?;
    if !samples.is_empty() {
        listing.objects.iter_mut().for_each(|object| object.find_samples(&samples));
    }
    Ok(listing)
}

/// Tells of records beside `data/` and `flat/`, which no build reads: the first below each entry of `root`, among the
/// first [`STRAY_FILES`] files there.
fn warn_of_strays(root: &Path, diagnostics: &mut Diagnostics) -> Result<()> {
    let context = || format!("failed to list {}", root.display());
    for entry in fs::read_dir(root).with_context(context)? {
        let path = entry.with_context(context)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if matches!(&*name, "data" | "flat") || name.starts_with('.') {
            continue;
        }
        let files = WalkDir::new(&path).max_depth(STRAY_DEPTH).sort_by_file_name().into_iter().filter_map(Result::ok);
        let mut paths = files.map(walkdir::DirEntry::into_path).take(STRAY_FILES);
        if let Some(record) = paths.find(|path| looks_like_a_record(path)) {
            let message = format!("is a record that no build reads, like all below {}", path.display());
            let help = format!("move records to {}", root.join("data/<collection>/<developer>/<model>/").display());
            diagnostics.warn_with_help(DiagnosticCode::UnknownFile, &record.display().to_string(), "", message, help);
        }
    }
    Ok(())
}

/// How deep records that lie in a wrong place are looked for: as deep as `data/<collection>/<developer>/<model>/`.
const STRAY_DEPTH: usize = 4;

/// A clone of a datastore may have many other files: so many of each folder are looked at.
const STRAY_FILES: usize = 100;

/// True for a JSON file that names the member of a record that no other file has.
fn looks_like_a_record(path: &Path) -> bool {
    const MOST: u64 = 1 << 20;
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let is_small = || fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= MOST);
    is_json && is_small() && fs::read_to_string(path).is_ok_and(|text| text.contains("\"evaluation_results\""))
}

/// True for another id that a reader takes for that of the public datastore.
fn looks_public(repo: &str) -> bool {
    let drawn = |id: &str| {
        let id = id.to_lowercase().replace("rn", "m").replace("vv", "w");
        id.replace(['i', '1', '|'], "l").replace('0', "o").replace(['-', '_', '.'], "")
    };
    repo != PUBLIC_DATASTORE && drawn(repo) == drawn(PUBLIC_DATASTORE)
}

impl ListedObject {
    /// Notes the file of samples beside it, one of `there`, where no row names one.
    fn find_samples(&mut self, there: &HashSet<String>) {
        let path = self.path.strip_suffix(".json").map(|stem| format!("{stem}{SAMPLES}"));
        if let Some(path) = path.filter(|path| self.samples.is_none() && there.contains(path)) {
            self.samples = Some(Box::new(SamplesFile { path: path.into(), expected: None }));
        }
    }
}

/// A datastore near `root`, where that is none: in it, or around it.
fn meant(root: &Path) -> Option<PathBuf> {
    let around = root.ancestors().skip(1).take(4).filter(|folder| folder.file_name().is_some());
    let mut near = [root.join("datastore")].into_iter().chain(around.map(Path::to_owned));
    near.find(|folder| folder.join("data").is_dir() || folder.join(INDEXES).is_dir())
}

fn list_indexes(
    datastore: &Datastore,
    folder: &Path,
    number: u16,
    listing: &mut Listing,
    diagnostics: &mut Diagnostics,
) -> Result<()> {
    let mut locked = LockedIndexes::new(datastore, diagnostics);
    // An object that rows name again and again is read and held once.
    let mut named: HashMap<(Arc<str>, Option<Expected>), usize> = HashMap::default();
    for path in sorted_files(folder, "jsonl")? {
        let collection: Arc<str> = path.file_stem().unwrap_or_default().to_string_lossy().into();
        let unreadable = || format!("failed to read the index {}", path.display());
        if fs::metadata(&path).with_context(unreadable)?.len() > MAX_INDEX {
            let message = format!("is larger than {} MiB, so it was not read", MAX_INDEX >> 20);
            let help = "a real index is much smaller; fetch the collection again";
            locked.diagnostics.error(DiagnosticCode::LargeIndex, &path.display().to_string(), "", message, help);
            listing.digest.add(collection.as_bytes());
            continue;
        }
        let bytes = fs::read(&path).with_context(unreadable)?;
        listing.digest.add(collection.as_bytes());
        listing.digest.add(&bytes);
        let is_in_pinned_index = locked.compare(&path, &collection, &bytes);
        let file = format!("{INDEXES}/{collection}.jsonl");
        let lines: Vec<&[u8]> = lines(&bytes).collect();
        let rows: Vec<IndexRow> = lines.par_iter().map(|line| read_row(line, &collection)).collect();
        for (line, row) in rows.into_iter().enumerate() {
            let row = match row {
                IndexRow::Object(object) if editor::is_copy(&object.path, &[".json"]) => {
                    let detail = Sentence::of("detail.row_of_copy").with("path", shorten(&object.path, 200));
                    IndexRow::LeftOut(Reason::EditorCopy, detail)
                }
                IndexRow::Object(object) => match named.entry((object.path.clone(), object.expected)) {
                    Entry::Vacant(vacant) => {
                        vacant.insert(listing.objects.len());
                        IndexRow::Object(object)
                    }
                    Entry::Occupied(place) => {
                        let detail = Sentence::of("detail.row_again").with("path", shorten(&object.path, 200));
                        let first = &mut listing.objects[*place.get()];
                        first.is_in_pinned_index |= is_in_pinned_index;
                        let ListedObject { collection, subset, model, .. } = object;
                        first.other_rows.push(OtherRow { collection, subset, model });
                        IndexRow::LeftOut(Reason::DuplicateRecord, detail)
                    }
                },
                row => row,
            };
            match row {
                IndexRow::Blank => {}
                IndexRow::Object(object) => listing.objects.push(ListedObject { is_in_pinned_index, ..object }),
                IndexRow::LeftOut(reason, detail) => listing.quarantined.push(Quarantined {
                    reason,
                    datastore: number,
                    file: file.as_str().into(),
                    place: format!("line {}", line + 1),
                    collection: collection.clone(),
                    model: None,
                    detail,
                    sha256: None,
                }),
            }
        }
    }
    locked.finish();
    Ok(())
}

/// The indexes on disk, compared with the lock.
struct LockedIndexes<'a> {
    lock: Option<&'a Lock>,
    lock_file: String,
    missing: BTreeSet<&'a str>,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> LockedIndexes<'a> {
    fn new(datastore: &'a Datastore, diagnostics: &'a mut Diagnostics) -> LockedIndexes<'a> {
        let lock = datastore.lock.sound();
        let missing = lock.map(|lock| lock.collections.keys().map(String::as_str).collect()).unwrap_or_default();
        LockedIndexes { lock, lock_file: LockFile::path(&datastore.root).display().to_string(), missing, diagnostics }
    }

    /// True if the lock pins these bytes; what differs is told.
    fn compare(&mut self, path: &Path, collection: &str, bytes: &[u8]) -> bool {
        let Some(lock) = self.lock else { return false };
        self.missing.remove(collection);
        let message = match lock.collections.get(collection) {
            Some(pin) if *pin == Pin::of(bytes) => return true,
            Some(_) => format!("the index does not match the one that {} pins", self.lock_file),
            None => format!("the collection is not in {}", self.lock_file),
        };
        let help = format!("run `evalcards fetch {collection}` to fetch and pin it").to_owned();
        self.diagnostics.warn_with_help(DiagnosticCode::LockDiffers, &path.display().to_string(), "", message, help);
        false
    }

    fn finish(self) {
        for collection in self.missing {
            let message = format!("pins the collection {collection}, which is not on disk");
            let help = "run `evalcards fetch --locked` to get it".to_owned();
            self.diagnostics.warn_with_help(DiagnosticCode::LockDiffers, &self.lock_file, "", message, help);
        }
    }
}

fn list_data(
    root: &Path,
    data: &Path,
    number: u16,
    listing: &mut Listing,
    samples: &mut HashSet<String>,
) -> Result<()> {
    for entry in WalkDir::new(data).follow_links(true).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(err) => {
                let path = err.path().unwrap_or(data);
                let file = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into();
                listing.quarantined.push(Quarantined {
                    reason: Reason::MissingObject,
                    datastore: number,
                    file,
                    place: String::new(),
                    collection: Arc::from(""),
                    model: None,
                    detail: match err.io_error() {
                        Some(err) => Sentence::of("detail.unreadable").quoting(err),
                        None => Sentence::of("detail.circle"),
                    },
                    sha256: None,
                });
                continue;
            }
        };
        let is_file = !entry.file_type().is_dir();
        if is_file && let Some(copy) = editor_copy(root, entry.path(), number) {
            listing.digest.add(copy.file.as_bytes());
            listing.quarantined.push(copy);
            continue;
        }
        let is_json = entry.path().extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        if !is_file || !is_json {
            samples.extend(samples_path(root, entry.path()).filter(|_| is_file));
            if is_file && let Some(detail) = unread::why(entry.path()) {
                let unread = found(root, entry.path(), number, Reason::UnreadFile, detail);
                listing.digest.add(unread.file.as_bytes());
                listing.quarantined.push(unread);
            }
            continue;
        }
        let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
        let parts: Option<Vec<&str>> = relative.iter().map(|part| part.to_str()).collect();
        let collection = |parts: &[&str]| if parts.len() > 2 { parts[1].into() } else { Arc::from("") };
        match parts {
            Some(parts) if matches!(parts[..], ["data", _, "factsheet.json"]) => {
                let detail = Sentence::of("detail.factsheet");
                listing.quarantined.push(found(root, entry.path(), number, Reason::NotAggregate, detail));
                listing.digest.add(parts.join("/").as_bytes());
            }
            Some(parts) => listing.objects.push(ListedObject {
                path: parts.join("/").into(),
                collection: collection(&parts),
                subset: None,
                model: None,
                expected: None,
                is_in_pinned_index: false,
                other_rows: Vec::new(),
                samples: None,
            }),
            None => listing.quarantined.push(Quarantined {
                reason: Reason::UnsafePath,
                datastore: number,
                file: relative.to_string_lossy().into(),
                place: String::new(),
                collection: Arc::from(""),
                model: None,
                detail: Sentence::of("detail.path_not_utf8"),
                sha256: None,
            }),
        }
    }
    Ok(())
}

/// Reads the bytes of `object` into `buffer` and checks them against the index.
pub fn read(root: &Path, object: &ListedObject, buffer: &mut Vec<u8>) -> Result<Sha256, (Reason, Sentence)> {
    buffer.clear();
    let missing = |err: std::io::Error| (Reason::MissingObject, Sentence::of("detail.unreadable").quoting(err));
    let path = root.join(&*object.path);
    // Links are followed, as caches of the Hub client consist of them; a pipe would never end.
    if !fs::metadata(&path).map_err(missing)?.is_file() {
        return Err((Reason::MissingObject, Sentence::of("detail.no_file")));
    }
    let file = File::open(path).map_err(missing)?;
    file.take(MAX_BYTES + 1).read_to_end(buffer).map_err(missing)?;
    let size = buffer.len() as u64;
    if size > MAX_BYTES {
        return Err((Reason::TooLarge, Sentence::of("detail.too_large").with("size", MAX_BYTES >> 20)));
    }
    let sha256 = Sha256::of(buffer);
    match &object.expected {
        Some(Expected { sha256: expected, .. }) if *expected != sha256 && foreign::is_pointer(buffer) => {
            Err((Reason::WrongHash, Sentence::of("detail.lfs_pointer")))
        }
        Some(Expected { size: Some(expected), .. }) if *expected != size => {
            Err((Reason::WrongSize, Sentence::of("detail.wrong_size").with("size", size).with("expected", expected)))
        }
        Some(Expected { sha256: expected, .. }) if *expected != sha256 => {
            let detail = Sentence::of("detail.wrong_hash").with("sha256", sha256).with("expected", expected);
            Err((Reason::WrongHash, detail))
        }
        _ => Ok(sha256),
    }
}

/// The files of `folder` with `extension`, by name.
pub fn sorted_files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let context = || format!("failed to list {}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_wanted = path.extension().is_some_and(|found| found == extension);
        if is_wanted && !editor::is_copy(&name, &[&format!(".{extension}")]) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_that_look_like_the_public_one_are_told() {
        for repo in
            ["evaIeval/EEE_datastore", "eva1eval/EEE_datastore", "EvalEval/EEE-datastore", "evaleval/EEEdatastore"]
        {
            assert!(looks_public(repo), "{repo}");
        }
        for repo in [PUBLIC_DATASTORE, "evaleval/other", "lab/EEE_datastore"] {
            assert!(!looks_public(repo), "{repo}");
        }
    }
}
