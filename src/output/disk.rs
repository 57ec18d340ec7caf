//! The *disk*, accessed without following links.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

/// True if the file holds exactly `bytes`.
pub fn holds(path: &Path, bytes: &[u8], buffer: &mut Vec<u8>) -> bool {
    buffer.clear();
    // Most files that are to change have another length, which is known without reading them.
    let length = bytes.len() as u64;
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == length) {
        return false;
    }
    let Ok(file) = File::open(path) else { return false };
    file.take(length + 1).read_to_end(buffer).is_ok() && buffer == bytes
}

/// A regular file, and not a link to one.
pub fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// A folder, and not a link to one.
pub fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// A new file; what stands at its place is removed first and not followed.
pub fn create_new(path: &Path) -> io::Result<File> {
    match File::create_new(path) {
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            File::create_new(path)
        }
        created => created,
    }
}

/// Writes `temporary`, beside `target`, and renames it: whoever reads `target` sees the old bytes or
/// the new.
pub fn replace(target: &Path, temporary: &Path, bytes: &[u8]) -> Result<()> {
    let written =
        create_new(temporary).and_then(|mut file| file.write_all(bytes)).and_then(|()| fs::rename(temporary, target));
    written.map_err(|err| {
        let _ = fs::remove_file(temporary);
        let in_the_way = if is_folder(target) { "; a folder has its name; move it away" } else { "" };
        anyhow::Error::from(err).context(format!("cannot write {}{in_the_way}", target.display()))
    })
}

/// The same for a report; what is no file is left alone.
pub fn replace_ours(target: &Path, bytes: &[u8]) -> Result<()> {
    if target.symlink_metadata().is_ok() && !is_file(target) {
        bail!("{} is in the way: evalcards did not write it; move it away", target.display());
    }
    replace(target, &target.with_extension("tmp"), bytes)
}

/// Makes one folder in a folder that is there; one that is there already may not be a link.
pub fn make_folder(place: &Path) -> Result<()> {
    match fs::create_dir(place) {
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {
            ensure!(
                is_folder(place),
                "{} is in the way: it is not a folder, and evalcards does not follow links",
                place.display()
            );
            Ok(())
        }
        made => made.with_context(|| format!("cannot make the folder {}", place.display())),
    }
}

/// Makes all folders above the relative `path`, below `root`.
pub fn make_folders_of(root: &Path, path: &str) -> Result<()> {
    path.match_indices('/').try_for_each(|(at, _)| make_folder(&root.join(&path[..at])))
}

/// True if all folders above the relative `path` are folders and not links to some.
pub fn is_below_folders(root: &Path, path: &str) -> bool {
    path.match_indices('/').all(|(at, _)| is_folder(&root.join(&path[..at])))
}

/// Opens `path` and holds it against other runs for as long as the file is open.
pub fn lock(path: &Path, root: &Path) -> Result<File> {
    if fs::symlink_metadata(path).is_ok() && !is_file(path) {
        bail!("{} is in the way: evalcards did not write it; move it away", path.display());
    }
    let opened = OpenOptions::new().create(true).append(true).open(path);
    let file = opened.with_context(|| format!("cannot write the folder {}", root.display()))?;
    match file.try_lock() {
        Err(fs::TryLockError::WouldBlock) => {
            bail!("another run of evalcards is writing to {}; wait until it ends", root.display())
        }
        // Some network file systems have no locks; writing is atomic file by file all the same.
        Ok(()) | Err(fs::TryLockError::Error(_)) => Ok(file),
    }
}
