//! What git says of files: the ids of blobs and folders, and the difference between two trees.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha1::{Digest, Sha1};

/// The files of a commit by path.
pub type Files = BTreeMap<String, Blob>;

/// A file's content as a repository keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob {
    pub bytes: Arc<[u8]>,
    /// Git's id; of a large file, the id of its pointer.
    pub oid: String,
    /// SHA-256 of the content, if the file is a large one.
    pub sha256: Option<String>,
}

impl Blob {
    pub fn new(bytes: &[u8], large: bool) -> Blob {
        let sha256 = large.then(|| hex(&sha2::Sha256::digest(bytes)));
        let mut blob = Blob { bytes: bytes.into(), oid: blob_id(bytes), sha256 };
        if let Some(pointer) = blob.pointer() {
            blob.oid = blob_id(pointer.as_bytes());
        }
        blob
    }

    /// What git itself holds of a large file.
    pub fn pointer(&self) -> Option<String> {
        let sha256 = self.sha256.as_ref()?;
        Some(format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {}\n", self.bytes.len()))
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Git's id of a file.
pub fn blob_id(bytes: &[u8]) -> String {
    hex(&object("blob", bytes))
}

/// Git's id of a folder (`""`: the root).
pub fn tree_id(files: &Files, folder: &str) -> String {
    let inside = files.iter().filter_map(|(path, blob)| Some((within(path, folder)?, blob.oid.as_str())));
    hex(&tree(inside.collect()))
}

/// A 40-digit id of anything.
pub fn any_id(text: &str) -> String {
    hex(&Sha1::digest(text))
}

/// `path` as seen from `folder`, if it is inside.
pub fn within<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

/// The paths whose content differs.
pub fn changed<'a>(old: &'a Files, new: &'a Files) -> BTreeSet<&'a str> {
    let paths = old.keys().chain(new.keys());
    paths.filter(|path| old.get(*path) != new.get(*path)).map(String::as_str).collect()
}

fn object(kind: &str, bytes: &[u8]) -> Vec<u8> {
    let mut hash = Sha1::new();
    hash.update(format!("{kind} {}\0", bytes.len()));
    hash.update(bytes);
    hash.finalize().to_vec()
}

fn tree(entries: Vec<(&str, &str)>) -> Vec<u8> {
    let mut children: BTreeMap<String, (&str, Vec<u8>)> = BTreeMap::new();
    let mut folders: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (path, oid) in entries {
        match path.split_once('/') {
            Some((folder, rest)) => folders.entry(folder).or_default().push((rest, oid)),
            None => _ = children.insert(path.to_owned(), ("100644", unhex(oid))),
        }
    }
    for (name, entries) in folders {
        children.insert(format!("{name}/"), ("40000", tree(entries))); // git sorts folders so
    }
    let mut bytes = Vec::new();
    for (name, (mode, id)) in children {
        bytes.extend(format!("{mode} {}\0", name.trim_end_matches('/')).as_bytes());
        bytes.extend(id);
    }
    object("tree", &bytes)
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The difference as `git diff` writes it.
pub fn diff(old: &Files, new: &Files) -> String {
    changed(old, new).into_iter().map(|path| diff_of(path, old.get(path), new.get(path))).collect()
}

fn diff_of(path: &str, old: Option<&Blob>, new: Option<&Blob>) -> String {
    let short = |blob: Option<&Blob>| blob.map_or("0000000".to_owned(), |blob| blob.oid[..7].to_owned());
    let mode = match (old, new) {
        (None, _) => "new file mode 100644\n",
        (_, None) => "deleted file mode 100644\n",
        _ => "",
    };
    let same_mode = if mode.is_empty() { " 100644" } else { "" };
    let head = format!("diff --git a/{path} b/{path}\n{mode}index {}..{}{same_mode}\n", short(old), short(new));
    let name = |side: &str, blob: Option<&Blob>| blob.map_or("/dev/null".to_owned(), |_| format!("{side}/{path}"));
    let (before, after) = (name("a", old), name("b", new));
    match (text(old), text(new)) {
        (Some(old), Some(new)) if old.is_empty() && new.is_empty() => head,
        (Some(old), Some(new)) => format!("{head}--- {before}\n+++ {after}\n{}", hunk(&old, &new)),
        _ => format!("{head}Binary files {before} and {after} differ\n"),
    }
}

/// What git compares of a file; none for bytes that are no text.
fn text(blob: Option<&Blob>) -> Option<String> {
    let Some(blob) = blob else { return Some(String::new()) };
    blob.pointer().or_else(|| String::from_utf8(blob.bytes.to_vec()).ok().filter(|text| !text.contains('\0')))
}

/// One hunk from the first line that differs to the last, with three lines around.
fn hunk(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - same;
    let same_end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (from, after) = (same.saturating_sub(3), same_end.min(3));
    let (old_end, new_end) = (old.len() - same_end, new.len() - same_end);
    let range = |end: usize| {
        let count = end + after - from;
        format!("{},{count}", if count == 0 { from } else { from + 1 })
    };
    let mut text = format!("@@ -{} +{} @@\n", range(old_end), range(new_end));
    let mut add = |sign: char, lines: &[&str]| {
        for line in lines {
            let end = if line.ends_with('\n') { "" } else { "\n\\ No newline at end of file\n" };
            text.push_str(&format!("{sign}{line}{end}"));
        }
    };
    add(' ', &old[from..same]);
    add('-', &old[same..old_end]);
    add('+', &new[same..new_end]);
    add(' ', &old[old_end..old_end + after]);
    text
}
