//! The *output folder*: written atomically, only where something changed, and never beyond what
//! is ours. With [`crate::load`] it is the only part of a build that touches the disk.
//!
//! What a build wrote is listed in `.evalcards/files`, one `SHA-256  path` a line, as `sha256sum`
//! writes it. The list names every file *before* it is written, so that after a kill at any
//! moment the next build knows what is ours. Files that are not listed are never touched, and a
//! folder with files but without a list is refused. Nothing is written, read or removed through a
//! symbolic link: whoever prepares an output folder must not reach what lies outside it.

pub(crate) mod disk;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::address::is_safe_relative;
use crate::hash::Sha256;
use disk::{create_new, holds, is_below_folders, is_file, is_folder, lock, make_folder};

/// An output folder that is ours, locked against other builds while this value lives.
pub struct Output {
    root: PathBuf,
    /// What the last build wrote, or meant to.
    listed: BTreeMap<String, Option<Sha256>>,
    /// Part of the names of temporary files, so that they are never those of somebody else's.
    token: String,
    _lock: File,
}

/// A file that can make its bytes when they are written.
pub trait OutputFile: Sync {
    /// What several files are made from, and the first of them makes.
    type Shared: Default;
    /// Below the output folder, with `/`; see [`crate::paths`].
    fn path(&self) -> &str;
    /// What kind of file it is, for the sums of bytes.
    fn kind(&self) -> &'static str;
    /// What it holds. `shared` is what the files before it left that it shares with.
    fn bytes(&self, shared: &mut Self::Shared) -> Result<Cow<'_, [u8]>>;
    /// True if it is made from the same as `before`, which it follows.
    fn shares_with(&self, _before: &Self) -> bool {
        false
    }
    /// True for a file that others are about: it is written before them, so that whatever ends a build, none of them is
    /// without it.
    fn comes_first(&self) -> bool {
        false
    }
}

/// What happened to the files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// New, or with other bytes than before.
    pub written: usize,
    /// The same bytes as before.
    pub unchanged: usize,
    /// Written by the last build and not by this one.
    pub removed: usize,
    /// Bytes of all files together.
    pub bytes: u64,
    /// The same by kind of file.
    pub kinds: BTreeMap<String, Sum>,
}

/// The files of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// How many.
    pub files: usize,
    /// Their bytes together.
    pub bytes: u64,
}

/// What became of one file.
struct WrittenFile {
    path: String,
    sha256: Sha256,
    kind: &'static str,
    size: u64,
    changed: bool,
}

/// What the last complete build was made from.
#[derive(Serialize, Deserialize)]
struct BuildState<N> {
    /// Of all but the records; known before they are read.
    base: String,
    /// Of everything; `None` if the next build must look at all of it again.
    fingerprint: Option<String>,
    notes: N,
}

const OWN: &str = ".evalcards";

/// Most groups of files that one thread takes at once.
const PIECE: usize = 32;

impl Output {
    /// Opens `root`, which may be absent, empty (but for hidden files such as `.gitignore`), or
    /// the output of an earlier build.
    pub fn open(root: &Path) -> Result<Output> {
        let own = root.join(OWN);
        if !is_file(&own.join("files")) {
            refuse_foreign(root)?;
        }
        let unusable = || format!("cannot write the output folder {}", root.display());
        fs::create_dir_all(root).with_context(unusable)?;
        match fs::create_dir(&own) {
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {
                ensure!(
                    is_folder(&own),
                    "{} is not a folder, and evalcards keeps its state there; move it away",
                    own.display()
                );
            }
            made => made.with_context(unusable)?,
        }
        let lock = lock(&own.join("lock"), root)?;
        let mut output = Output { root: root.to_owned(), listed: BTreeMap::new(), token: token(&own)?, _lock: lock };
        let list = own.join("files");
        if fs::symlink_metadata(&list).is_ok() && !is_file(&list) {
            bail!("{} is in the way: evalcards did not write it; move it away", list.display());
        }
        match fs::read(list) {
            Ok(bytes) => {
                output.listed = read_list(&String::from_utf8_lossy(&bytes)).with_context(|| {
                    format!("{} is damaged; build into another folder with --out", own.join("files").display())
                })?;
            }
            Err(err) if err.kind() == io::ErrorKind::NotFound => output.write_own("files", b"")?,
            Err(err) => return Err(err).with_context(|| format!("cannot read {}", own.join("files").display())),
        }
        if !is_file(&own.join("build.json")) {
            output.remove_temporaries();
        }
        Ok(output)
    }

    /// False if the last build was made from other templates, content or options: then the
    /// records need not be looked at to know that there is something to do.
    pub fn was_built_from(&self, base: Sha256) -> bool {
        let state: Option<BuildState<serde_json::Value>> = self.state();
        state.is_some_and(|state| state.base == base.to_string() && state.fingerprint.is_some())
    }

    fn state<N: for<'de> Deserialize<'de>>(&self) -> Option<BuildState<N>> {
        let path = self.root.join(OWN).join("build.json");
        if !is_file(&path) {
            return None;
        }
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// The notes of the last build, if it was made from the same `fingerprint` and all that it
    /// wrote is still there, byte for byte.
    pub fn notes_if_current<N: for<'de> Deserialize<'de>>(&self, fingerprint: Sha256) -> Option<N> {
        let state: BuildState<N> = self.state()?;
        if state.fingerprint? != fingerprint.to_string() {
            return None;
        }
        let files: Vec<_> = self.listed.iter().collect();
        let intact = files.into_par_iter().map_init(Vec::new, |buffer, (path, sha256)| {
            buffer.clear();
            let target = self.root.join(path);
            let mut read = || File::open(&target).and_then(|mut file| file.read_to_end(buffer));
            is_file(&target) && read().is_ok() && *sha256 == Some(Sha256::of(buffer))
        });
        intact.all(|intact| intact).then_some(state.notes)
    }

    /// Removes everything that earlier builds wrote.
    pub fn clean(&mut self) -> Result<usize> {
        self.forget_state()?;
        let removed = self.remove(self.listed.keys())?;
        self.listed.clear();
        self.write_own("files", b"")?;
        Ok(removed)
    }

    /// Writes `files`, each of another path, and removes what earlier builds wrote and this one
    /// does not. `progress` is called once a file.
    pub fn write<F: OutputFile>(&mut self, files: &[F], progress: impl Fn() + Sync) -> Result<Written> {
        self.forget_state()?;
        self.announce(files)?;
        self.make_folders(files)?;
        let write_all = |files: Vec<&F>| -> Result<Vec<WrittenFile>> {
            let groups: Vec<&[&F]> = files.chunk_by(|before, file| file.shares_with(before)).collect();
            // In small pieces, or one thread would still be at its last when all others have nothing left to take.
            let entries = groups.into_par_iter().with_max_len(PIECE).map_init(Vec::new, |old, group| {
                let mut shared = F::Shared::default();
                let entries = group.iter().map(|file| {
                    let entry = file.bytes(&mut shared).and_then(|new| self.write_file(*file, &new, old));
                    progress();
                    entry
                });
                entries.collect()
            });
            let entries: Vec<Vec<WrittenFile>> = entries.collect::<Result<_>>()?;
            Ok(entries.into_iter().flatten().collect())
        };
        let (first, others) = files.iter().partition(|file| file.comes_first());
        let mut entries = write_all(first)?;
        entries.extend(write_all(others)?);
        let current: BTreeSet<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
        let stale = self.listed.keys().filter(|path| !current.contains(path.as_str()));
        let removed = self.remove(stale)?;
        let mut kinds: BTreeMap<String, Sum> = BTreeMap::new();
        for entry in &entries {
            let sum = kinds.entry(entry.kind.to_owned()).or_default();
            sum.files += 1;
            sum.bytes += entry.size;
        }
        let written = Written {
            written: entries.iter().filter(|entry| entry.changed).count(),
            unchanged: entries.iter().filter(|entry| !entry.changed).count(),
            removed,
            bytes: entries.iter().map(|entry| entry.size).sum(),
            kinds,
        };
        self.listed = entries.into_iter().map(|entry| (entry.path, Some(entry.sha256))).collect();
        self.write_list()?;
        Ok(written)
    }

    /// Notes what this build was made from and what it has to say, so that the next can see that nothing changed.
    pub fn finish<N: Serialize>(&self, base: Sha256, fingerprint: Option<Sha256>, notes: &N) -> Result<()> {
        let state = BuildState { base: base.to_string(), fingerprint: fingerprint.map(|it| it.to_string()), notes };
        let text = serde_json::to_vec_pretty(&state).context("failed to write the state of the build")?;
        self.write_own("build.json", &text)
    }

    /// A file as the last build wrote it; `None` if it did not, or if it is another now.
    pub fn listed_bytes(&self, path: &str) -> Option<Vec<u8>> {
        let sha256 = (*self.listed.get(path)?)?;
        let target = self.root.join(path);
        if !is_below_folders(&self.root, path) || !is_file(&target) {
            return None;
        }
        fs::read(target).ok().filter(|bytes| Sha256::of(bytes) == sha256)
    }

    fn write_own(&self, name: &str, bytes: &[u8]) -> Result<()> {
        self.write_atomically(&self.root.join(OWN).join(name), bytes)
    }

    /// What a kill between writing and renaming left behind.
    fn remove_temporaries(&self) {
        for path in self.listed.keys().filter(|path| is_below_folders(&self.root, path)) {
            let _ = fs::remove_file(self.temporary(&self.root.join(path)));
        }
    }

    /// The name under which `target` is written before it gets its own.
    fn temporary(&self, target: &Path) -> PathBuf {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", self.token));
        target.with_file_name(name)
    }

    fn write_atomically(&self, target: &Path, bytes: &[u8]) -> Result<()> {
        disk::replace(target, &self.temporary(target), bytes)
    }

    /// Lists what will be written beside what was, before the first byte is.
    fn announce<F: OutputFile>(&mut self, files: &[F]) -> Result<()> {
        ensure_distinct(files)?;
        let new: Vec<&str> = files.iter().map(F::path).filter(|path| !self.listed.contains_key(*path)).collect();
        let in_the_way = new.par_iter().find_first(|path| self.root.join(path).symlink_metadata().is_ok());
        if let Some(path) = in_the_way {
            bail!(
                "{} is in the way: evalcards did not write it and will not overwrite it\n  \
                 help: move it away, or pass another folder with --out",
                self.root.join(path).display()
            );
        }
        self.listed.extend(new.into_iter().map(|path| (path.to_owned(), None)));
        self.write_list()
    }

    /// Makes the folders of `files`, level by level, those of one level in parallel.
    fn make_folders<F: OutputFile>(&self, files: &[F]) -> Result<()> {
        let mut folders: BTreeSet<(usize, &str)> = BTreeSet::new();
        for file in files {
            let mut path = file.path();
            while let Some((folder, _)) = path.rsplit_once('/') {
                if !folders.insert((folder.matches('/').count(), folder)) {
                    break;
                }
                path = folder;
            }
        }
        let folders: Vec<(usize, &str)> = folders.into_iter().collect();
        let mut levels = folders.chunk_by(|a, b| a.0 == b.0);
        levels.try_for_each(|level| level.par_iter().try_for_each(|(_, folder)| make_folder(&self.root.join(folder))))
    }

    fn write_file(&self, file: &impl OutputFile, new: &[u8], old: &mut Vec<u8>) -> Result<WrittenFile> {
        let path = file.path();
        let target = self.root.join(path);
        let sha256 = Sha256::of(new);
        let is_as_before = self.listed.get(path).is_some_and(|listed| *listed == Some(sha256));
        let changed = !is_as_before || !holds(&target, new, old);
        if changed {
            self.write_atomically(&target, new)?;
        }
        Ok(WrittenFile { path: path.to_owned(), sha256, kind: file.kind(), size: new.len() as u64, changed })
    }

    /// Removes files, then the folders that are empty without them; gives the number of files.
    fn remove<'p>(&self, paths: impl Iterator<Item = &'p String>) -> Result<usize> {
        let mut folders = BTreeSet::new();
        let mut removed = 0;
        for path in paths {
            let target = self.root.join(path);
            if !is_below_folders(&self.root, path) {
                continue; // gone, or behind a link that is not ours to follow
            }
            match fs::remove_file(&target) {
                Ok(()) => removed += 1,
                Err(err) if matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => {}
                Err(err) => return Err(err).with_context(|| format!("cannot remove {}", target.display())),
            }
            folders.extend(target.ancestors().skip(1).take_while(|folder| *folder != self.root).map(Path::to_owned));
        }
        // Deepest first; one that is not empty holds something else and stays.
        for folder in folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
        Ok(removed)
    }

    fn forget_state(&self) -> Result<()> {
        match fs::remove_file(self.root.join(OWN).join("build.json")) {
            Err(err) if err.kind() != io::ErrorKind::NotFound => {
                Err(err).context("cannot remove the state of the last build")
            }
            _ => Ok(()),
        }
    }

    fn write_list(&self) -> Result<()> {
        let mut text = String::with_capacity(self.listed.len() * 128);
        for (path, sha256) in &self.listed {
            let _ = match sha256 {
                Some(sha256) => writeln!(text, "{sha256}  {path}"),
                None => writeln!(text, "{}  {path}", "-".repeat(64)),
            };
        }
        self.write_own("files", text.as_bytes())
    }
}

/// Two files of one path would be written by chance of threads, and one of them lost.
fn ensure_distinct<F: OutputFile>(files: &[F]) -> Result<()> {
    let mut kinds: HashMap<&str, &str> = HashMap::with_capacity(files.len());
    for file in files {
        if let Some(kind) = kinds.insert(file.path(), file.kind()) {
            bail!(
                "two files of this site would be {} ({kind} and {}), so nothing was written\n  \
         help: this is a bug in evalcards; please report it with your content",
                file.path(),
                file.kind()
            );
        }
    }
    Ok(())
}

/// The files that builds wrote into `root`; `None` if there was none.
pub fn listed(root: &Path) -> Result<Option<BTreeSet<String>>> {
    let path = root.join(OWN).join("files");
    if !is_file(&path) {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let files = read_list(&text).with_context(|| format!("{} is damaged", path.display()))?;
    Ok(Some(files.into_keys().collect()))
}

/// The token of this output folder: 16 hex digits that nobody else puts into a file name.
fn token(own: &Path) -> Result<String> {
    let path = own.join("token");
    let is_token = |text: &String| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let known = if is_file(&path) { fs::read_to_string(&path).ok().filter(is_token) } else { None };
    known.map_or_else(
        || {
            let token = format!("{:016x}", RandomState::new().hash_one(own));
            let written = create_new(&path).and_then(|mut file| file.write_all(token.as_bytes()));
            written.with_context(|| format!("cannot write {}", path.display())).map(|()| token)
        },
        Ok,
    )
}

fn refuse_foreign(root: &Path) -> Result<()> {
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(err) => return Err(err).with_context(|| format!("cannot use {} as the output folder", root.display())),
    };
    for entry in entries {
        let name = entry.with_context(|| format!("failed to list {}", root.display()))?.file_name();
        let is_hidden = name.to_string_lossy().starts_with('.');
        ensure!(
            is_hidden,
            "{} contains `{}` and was not written by evalcards\n  help: pass an empty folder with --out",
            root.display(),
            name.to_string_lossy()
        );
    }
    Ok(())
}

fn read_list(text: &str) -> Result<BTreeMap<String, Option<Sha256>>> {
    let line = |line: &str| {
        let (hash, path) = line.split_once("  ")?;
        // A list that somebody edited must not lead outside the folder.
        let is_ours = path.starts_with("pages/") || path.starts_with("hub/");
        (is_ours && is_safe_relative(path)).then(|| (path.to_owned(), Sha256::from_hex(hash)))
    };
    text.lines()
        .enumerate()
        .map(|(number, text)| line(text).with_context(|| format!("line {} is not `hash  path`", number + 1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct BuildStateOf(&'static str, &'static str);

    impl OutputFile for BuildStateOf {
        type Shared = ();
        fn path(&self) -> &str {
            self.0
        }
        fn kind(&self) -> &'static str {
            "pages"
        }
        fn bytes(&self, _: &mut ()) -> Result<Cow<'_, [u8]>> {
            Ok(Cow::Borrowed(self.1.as_bytes()))
        }
    }

    #[test]
    fn two_files_of_one_path_are_refused_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut output = Output::open(folder.path()).unwrap();
        output.write(&[BuildStateOf("pages/a.html", "1"), BuildStateOf("pages/b.html", "2")], || ()).unwrap();
        let error =
            output.write(&[BuildStateOf("pages/a.html", "3"), BuildStateOf("pages/a.html", "4")], || ()).unwrap_err();
        assert!(error.to_string().contains("pages/a.html (pages and pages)"), "{error}");
        assert_eq!(fs::read_to_string(folder.path().join("pages/a.html")).unwrap(), "1");
        assert!(folder.path().join("pages/b.html").is_file());
    }
}
