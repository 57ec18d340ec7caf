//! The *lock file*, `content/datastore.lock`: which bytes of which public datastore are on disk.
//!
//! Text, one fact a line, sorted, made to be committed and read in a diff:
//!
//! ```text
//! evalcards-lock 1
//! repo evaleval/EEE_datastore
//! revision 0123456789abcdef0123456789abcdef01234567
//! collection <sha256> <bytes> <name>        the collection's index
//! object <sha256> <bytes> <path>            a record
//! samples <sha256> <bytes> <path>           instance-level rows
//! checksum <sha256>                         of all lines above
//! ```
//!
//! `fetch` writes it once everything it names is on disk under its name; `build` hashes what it
//! reads against it. The checksum tells an edit by hand or a bad merge from what `fetch` wrote.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};

use crate::address::{is_commit, is_hub_id};
use crate::hash::Sha256;

/// First line of the file.
const HEADER: &str = "evalcards-lock 1";

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Hub dataset id.
    pub repo: String,
    /// 40-digit commit.
    pub revision: String,
    /// The indexes, by name of the collection.
    pub collections: BTreeMap<String, Pin>,
    /// The records, by path below the datastore.
    pub objects: BTreeMap<String, Pin>,
    /// Instance-level rows, by path below the datastore.
    pub samples: BTreeMap<String, Pin>,
}

/// The bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Of its bytes.
    pub sha256: Sha256,
    /// Bytes.
    pub size: u64,
}

impl Pin {
    /// The pin of `bytes`.
    pub fn of(bytes: &[u8]) -> Pin {
        Pin { sha256: Sha256::of(bytes), size: bytes.len() as u64 }
    }
}

/// The lock file beside a datastore.
#[derive(Clone, Debug, Default)]
pub enum LockFile {
    /// There is none: nobody fetched these records.
    #[default]
    Absent,
    /// It cannot be used; the reason. No record is taken for pinned.
    Broken(String),
    /// It is as `fetch` wrote it.
    Sound(Pinned),
}

/// A lock, and the hash of its text; only that is printed, as a lock has as many lines as records.
#[derive(Clone)]
pub struct Pinned {
    /// What it says.
    pub lock: Arc<Lock>,
    sha256: Sha256,
}

impl fmt::Debug for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lock {}", self.sha256)
    }
}

impl LockFile {
    /// Path of the lock file of the datastore at `root`: beside it, with `.lock` after its name.
    pub fn path(root: &Path) -> PathBuf {
        let mut name = root.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        root.with_file_name(name)
    }

    /// Reads the lock file of the datastore at `root`.
    pub fn read(root: &Path) -> LockFile {
        let text = match fs::read_to_string(Self::path(root)) {
            Ok(text) => text.replace("\r\n", "\n"),
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => return LockFile::Absent,
            Err(err) => return LockFile::Broken(format!("cannot be read: {err}")),
        };
        match Lock::parse(&text) {
            Ok(lock) => LockFile::Sound(Pinned { lock: Arc::new(lock), sha256: Sha256::of(text.as_bytes()) }),
            Err(err) => LockFile::Broken(err.to_string()),
        }
    }

    /// The lock, if it can be used.
    pub fn sound(&self) -> Option<&Lock> {
        match self {
            LockFile::Sound(pinned) => Some(&pinned.lock),
            LockFile::Absent | LockFile::Broken(_) => None,
        }
    }
}

impl Lock {
    /// A lock that pins nothing yet.
    pub fn new(repo: &str, revision: &str) -> Lock {
        Lock {
            repo: repo.to_owned(),
            revision: revision.to_owned(),
            collections: BTreeMap::new(),
            objects: BTreeMap::new(),
            samples: BTreeMap::new(),
        }
    }

    /// Reads the text of a lock file. The error names the line and what to do.
    pub fn parse(text: &str) -> Result<Lock> {
        let mut lines = text.lines().enumerate().map(|(number, line)| (number + 1, line));
        ensure!(lines.next().is_some_and(|(_, line)| line == HEADER), "line 1: is not `{HEADER}`; {REMEDY}");
        let mut lock = Lock::new("", "");
        let mut checksum = None;
        for (number, line) in lines {
            ensure!(checksum.is_none(), "line {number}: comes after the checksum; {REMEDY}");
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            match key {
                "repo" => value.clone_into(&mut lock.repo),
                "revision" => value.clone_into(&mut lock.revision),
                "collection" => lock.collections.extend([pin(value).with_context(|| bad_line(number))?]),
                "object" => lock.objects.extend([pin(value).with_context(|| bad_line(number))?]),
                "samples" => lock.samples.extend([pin(value).with_context(|| bad_line(number))?]),
                "checksum" => checksum = Sha256::from_hex(value),
                _ => bail!("line {number}: does not begin with a known keyword; {REMEDY}"),
            }
        }
        let checksum = checksum.with_context(|| format!("has no checksum at its end: it was truncated; {REMEDY}"))?;
        let end = text.rfind("checksum ").unwrap_or_default();
        ensure!(
            Sha256::of(&text.as_bytes()[..end]) == checksum,
            "the checksum does not match: the file was edited or merged by hand; {REMEDY}"
        );
        ensure!(is_hub_id(&lock.repo), "does not name a Hub dataset; {REMEDY}");
        ensure!(is_commit(&lock.revision), "does not name a commit of 40 hex digits; {REMEDY}");
        Ok(lock)
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\nrepo {}\nrevision {}\n", self.repo, self.revision);
        for (key, pins) in [("collection", &self.collections), ("object", &self.objects), ("samples", &self.samples)] {
            for (name, Pin { sha256, size }) in pins {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{key} {sha256} {size} {name}");
            }
        }
        let checksum = Sha256::of(text.as_bytes());
        let _ = writeln!(text, "checksum {checksum}");
        text
    }
}

const REMEDY: &str = "restore the committed file, or delete it and run `evalcards fetch` again";

fn bad_line(number: usize) -> String {
    format!("line {number}: expected hash, size and name; {REMEDY}")
}

fn pin(value: &str) -> Option<(String, Pin)> {
    let mut parts = value.splitn(3, ' ');
    let sha256 = Sha256::from_hex(parts.next()?)?;
    let size = parts.next()?.parse().ok()?;
    let name = parts.next().filter(|name| !name.is_empty())?;
    Some((name.to_owned(), Pin { sha256, size }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock() -> Lock {
        let pin = |text: &str| Pin::of(text.as_bytes());
        let mut lock = Lock::new("evaleval/EEE_datastore", &"a1".repeat(20));
        lock.collections.insert("mmlu pro".to_owned(), pin("index"));
        lock.objects.insert("flat/objects/ab/cd/x y.json".to_owned(), pin("record"));
        lock.samples.insert("flat/objects/ab/cd/x_samples.jsonl".to_owned(), pin("samples"));
        lock
    }

    #[test]
    fn a_lock_goes_there_and_back_with_spaces_in_its_names() {
        let text = lock().to_text();
        assert_eq!(Lock::parse(&text).unwrap(), lock());
        assert_eq!(text.lines().count(), 7);
    }

    #[test]
    fn each_edit_by_hand_is_seen() {
        let text = lock().to_text();
        let wrong = |text: &str| Lock::parse(text).unwrap_err().to_string();
        assert!(wrong(&text.replace("x y.json", "x z.json")).contains("edited or merged"));
        assert!(wrong(text.rsplit_once("checksum").unwrap().0).contains("truncated"));
        assert!(wrong(&text.replace("object ", "object x")).contains("line 5"));
        assert!(wrong(&format!("{text}object a\n")).contains("after the checksum"));
        assert!(wrong("<<<<<<< HEAD\n").contains("line 1"));
        assert!(wrong(&text.replace("checksum", "<<<<<<<")).contains("line 7"));
    }
}
