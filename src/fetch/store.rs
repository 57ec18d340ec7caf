//! A *store* is a file of facts on disk, read and written as a whole, and only written if something changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::facts::{self, StoredFact};
use crate::output::disk;

/// The facts of one file below `content/hub/`.
pub struct Store<F> {
    path: PathBuf,
    facts: Vec<F>,
}

impl<F: StoredFact + Clone> Store<F> {
    /// Reads the file; a missing one is a store without facts. A file that cannot be read is an error, because
    /// rewriting it would lose its facts.
    pub fn open(folder: &Path) -> Result<Store<F>> {
        let path = folder.join(F::FILE);
        let text = match fs::metadata(&path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => String::new(),
            Err(err) => return Err(err).with_context(|| format!("cannot read {}", path.display())),
            Ok(found) => {
                ensure!(found.is_file(), "{} is not a file; move it away", path.display());
                fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?
            }
        };
        let facts = facts::read(&text).or_else(|err| {
            bail!(
                "{}: {err:#}\n  help: fix the line, restore the committed file, or delete it; nothing was changed",
                path.display()
            )
        })?;
        Ok(Store { path, facts })
    }

    /// All facts; of two about the same thing the later one counts.
    pub fn facts(&self) -> &[F] {
        &self.facts
    }

    /// Adds a fact, in place of the one about the same thing.
    pub fn put(&mut self, fact: F) {
        self.facts.push(fact);
    }

    /// Takes facts away.
    pub fn retain(&mut self, keep: impl FnMut(&F) -> bool) {
        self.facts.retain(keep);
    }

    /// Writes the file if that changes it. Whoever reads it sees the old facts or the new.
    pub fn save(&self) -> Result<()> {
        write_if_changed(&self.path, facts::write(self.facts.clone())?.as_bytes())
    }
}

/// Writes `bytes` at once, unless the file holds them already.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if disk::holds(path, bytes, &mut Vec::new()) || (bytes.is_empty() && !path.exists()) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    disk::replace(path, &folder.join(format!(".{name}.new")), bytes)
}
