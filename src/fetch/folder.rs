//! The datastore's *folder*: a file gets its name only once its bytes are verified.
//!
//! Downloads are written below `.fetch/` and renamed once verified, so that a kill or a full disk leaves complete
//! files and temporary ones, never half a file under its name.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};

use crate::hash::Sha256;
use crate::load::datastore::Expected;
use crate::lock::Pin;
use crate::output::disk::{is_below_folders, is_file, lock, make_folder, make_folders_of};

const OWN: &str = ".fetch";

/// A datastore's folder, locked against other runs while this value lives.
pub struct Folder {
    root: PathBuf,
    next: AtomicUsize,
    _lock: File,
}

/// A file that was checked and waits for its name.
#[derive(Debug)]
pub struct Staged {
    /// Where it is meanwhile; see [`Folder::temporary`].
    pub temporary: PathBuf,
    /// Path below the datastore.
    pub path: String,
}

impl Folder {
    /// Opens `root`, which may be absent, and removes what an interrupted run left.
    pub fn open(root: &Path) -> Result<Folder> {
        fs::create_dir_all(root).with_context(|| format!("cannot make the folder {}", root.display()))?;
        let own = root.join(OWN);
        make_folder(&own)?;
        let lock = lock(&own.join("lock"), root)?;
        for entry in fs::read_dir(&own).with_context(|| format!("cannot list {}", own.display()))? {
            let path = entry.with_context(|| format!("cannot list {}", own.display()))?.path();
            if path.extension().is_some_and(|extension| extension == "part") {
                fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        Ok(Folder { root: root.to_owned(), next: AtomicUsize::new(0), _lock: lock })
    }

    /// A name for a file that is coming in.
    pub fn temporary(&self) -> PathBuf {
        self.root.join(OWN).join(format!("{}.part", self.next.fetch_add(1, Ordering::Relaxed)))
    }

    /// What stands at `path`, if it is a file and not a link to one.
    pub fn pin_of(&self, path: &str) -> Option<Pin> {
        let place = self.root.join(path);
        if !is_below_folders(&self.root, path) || !is_file(&place) {
            return None;
        }
        let (sha256, size) = Sha256::of_reader(BufReader::new(File::open(place).ok()?)).ok()?;
        Some(Pin { sha256, size })
    }

    /// The pin of the file at `path`, if it is what is expected.
    pub fn has(&self, path: &str, expected: &Expected) -> Option<Pin> {
        let place = self.root.join(path);
        // A look at the size spares the reading.
        let size = fs::symlink_metadata(place).ok()?.len();
        if expected.size.is_some_and(|expected| expected != size) {
            return None;
        }
        self.pin_of(path).filter(|pin| pin.sha256 == expected.sha256)
    }

    /// True if something stands at `path`.
    pub fn is_taken(&self, path: &str) -> bool {
        fs::symlink_metadata(self.root.join(path)).is_ok()
    }

    /// Writes bytes that came in, to be placed.
    pub fn stage(&self, path: &str, bytes: &[u8]) -> Result<Staged> {
        let temporary = self.temporary();
        fs::write(&temporary, bytes).with_context(|| format!("cannot write {}", temporary.display()))?;
        Ok(Staged { temporary, path: path.to_owned() })
    }

    /// Gives a staged file its name.
    pub fn place(&self, staged: &Staged) -> Result<()> {
        make_folders_of(&self.root, &staged.path)?;
        let target = self.root.join(&staged.path);
        fs::rename(&staged.temporary, &target).with_context(|| format!("cannot write {}", target.display()))
    }

    /// Removes a file that an earlier run brought, if it is still the one that it brought.
    pub fn remove(&self, path: &str, pin: &Pin) -> Result<bool> {
        if self.pin_of(path) != Some(*pin) {
            return Ok(false);
        }
        let place = self.root.join(path);
        fs::remove_file(&place).with_context(|| format!("cannot remove {}", place.display()))?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_waits_and_leftovers_go() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::open(root.path()).unwrap();
        let leftover = folder.stage("flat/objects/x", b"half").unwrap();
        assert!(Folder::open(root.path()).is_err_and(|err| err.to_string().contains("another run")));
        drop(folder);
        Folder::open(root.path()).unwrap();
        assert!(!leftover.temporary.exists());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(outside.path(), root.path().join("flat")).unwrap();
        let folder = Folder::open(root.path()).unwrap();
        let staged = folder.stage("flat/objects/x.json", b"{}").unwrap();
        assert!(folder.place(&staged).is_err());
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
