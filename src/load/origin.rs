//! The *origin* of a record: its bytes, and what indexes and the lock file say about them.

use std::sync::Arc;

use super::Loaded;
use super::datastore::ListedObject;
use super::quarantine::{Quarantined, Reason};
use super::record::Record;
use crate::config::Config;
use crate::config::Datastore;
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::hash::Sha256;
use crate::language::sentence::Sentence;
use crate::lock::LockFile;

/// Which bytes a record is: the provenance that every score keeps to its page.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Place of the datastore among those of the build.
    pub datastore: u16,
    /// Path of the file, relative to the datastore's root.
    pub path: Arc<str>,
    /// Of the raw bytes.
    pub sha256: Sha256,
    /// The submission channel.
    pub collection: Arc<str>,
    /// Other collections whose index names the same bytes.
    pub other_collections: Box<[Arc<str>]>,
    /// `subset` of the index rows.
    pub subset: Subset,
    /// How many first digits of the hash tell it from all others of the build: few, or all.
    pub short: u8,
    /// How many bytes they are.
    pub size: u32,
    /// True if the datastore's lock has exactly these bytes under this path.
    pub is_pinned: bool,
    /// True if a row of an index that the lock pins names the hash of these bytes.
    pub is_indexed: bool,
    /// True if the index says that another model's record is under this path.
    pub names_another_model: bool,
}

/// Which part of its data set a record is over, as the rows of indexes say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Subset {
    /// No row says.
    #[default]
    Unsaid,
    /// Each row that names these bytes says the same.
    Named(Box<str>),
    /// They say different things, or only some say one.
    Contradictory,
}

impl Origin {
    /// Of `size` bytes with the hash `sha256`, in the file of `object`.
    pub(super) fn new(
        number: u16,
        datastore: &Datastore,
        object: &ListedObject,
        sha256: Sha256,
        size: usize,
    ) -> Origin {
        let mut origin = Origin {
            datastore: number,
            path: object.path.clone(),
            sha256,
            size: u32::try_from(size).unwrap_or(u32::MAX),
            collection: object.collection.clone(),
            other_collections: Box::default(),
            subset: object.subset.clone().map_or(Subset::Unsaid, Subset::Named),
            short: SHORT,
            is_pinned: datastore.pins(&object.path, sha256),
            is_indexed: object.is_in_pinned_index,
            names_another_model: false,
        };
        for row in &object.other_rows {
            origin.join(&Origin {
                collection: row.collection.clone(),
                subset: row.subset.clone().map_or(Subset::Unsaid, Subset::Named),
                ..origin.clone()
            });
        }
        origin
    }

    /// Notes if the index has a folder for another model than the record is about.
    pub(super) fn compare_with_folder(&mut self, object: &ListedObject, record: &Record) {
        let folders = [&object.model].into_iter().chain(object.other_rows.iter().map(|row| &row.model)).flatten();
        self.names_another_model = folders.into_iter().any(|folder| !same_model(folder, &record.model.id));
    }

    /// The first digits of the hash, as many as tell it from all others of the build.
    pub fn short_hash(&self) -> String {
        format!("{:.*}", usize::from(self.short), self.sha256)
    }

    /// Takes over what another row says of the same bytes. Which row comes first is chance, so none is believed
    /// against another.
    pub(super) fn join(&mut self, other: &Origin) {
        // What stands in the other layout has no row that could say it.
        let has_row = |origin: &Origin| !origin.path.starts_with("data/");
        match (has_row(self), has_row(other)) {
            (true, true) if self.subset != other.subset => self.subset = Subset::Contradictory,
            (false, true) => self.subset = other.subset.clone(),
            _ => {}
        }
        self.names_another_model |= other.names_another_model;
        if self.collection != other.collection && !self.other_collections.contains(&other.collection) {
            let known = std::mem::take(&mut self.other_collections);
            self.other_collections = known.into_iter().chain([other.collection.clone()]).collect();
        }
    }

    /// True if an index of the collection names it.
    pub fn is_of(&self, collection: &str) -> bool {
        [&self.collection].into_iter().chain(&self.other_collections).any(|known| **known == *collection)
    }

    /// Tells of a record that is not the one that was fetched.
    pub(super) fn compare_with_lock(&self, config: &Config, diagnostics: &mut Diagnostics) {
        let datastore = &config.datastores[usize::from(self.datastore)];
        // What stands in the other layout is the site's own, and was never fetched.
        let is_fetched = !self.path.starts_with("data/");
        let Some(lock) = datastore.lock.sound().filter(|_| is_fetched && !self.is_pinned) else { return };
        let lock_file = LockFile::path(&datastore.root);
        let message = match lock.objects.get(&*self.path) {
            Some(pin) => format!("has SHA-256 {}, {} pins {}", self.sha256, lock_file.display(), pin.sha256),
            None => format!("is not in {}", lock_file.display()),
        };
        let file = datastore.root.join(&*self.path).display().to_string();
        let help =
            "it is shown without a link to the public datastore; run `evalcards fetch` to pin the current records";
        diagnostics.warn_with_help(DiagnosticCode::LockDiffers, &file, "", message, help.to_owned());
    }

    pub(super) fn quarantined(
        &self,
        reason: Reason,
        place: String,
        model: Option<String>,
        detail: Sentence,
    ) -> Quarantined {
        Quarantined {
            reason,
            datastore: self.datastore,
            file: (*self.path).into(),
            place,
            collection: self.collection.clone(),
            model,
            detail,
            sha256: Some(self.sha256),
        }
    }
}

/// So many digits of a hash are shown, where they tell it from all others.
const SHORT: u8 = 8;

/// Gives hashes that begin alike all of their digits: whoever makes records can choose the first ones.
pub(super) fn set_short_hashes(records: &mut [Loaded]) {
    let begin = |loaded: &Loaded| loaded.origin.sha256.begin();
    let mut begins: Vec<u32> = records.iter().map(begin).collect();
    begins.sort_unstable();
    let shared: foldhash::HashSet<u32> =
        begins.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    for loaded in records.iter_mut().filter(|loaded| shared.contains(&begin(loaded))) {
        loaded.origin.short = 64;
    }
}

/// True if the folder that the index names for a model can be that of `id`: the same letters and
/// digits, as folders replace what file systems refuse.
fn same_model(folder: &str, id: &str) -> bool {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let folder = letters(folder);
    folder == letters(id) || folder == letters(id.rsplit('/').next().unwrap_or(id))
}
