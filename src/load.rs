//! *Load* reads everything a build needs from disk, and knows formats: [`Inputs`].
//!
//! It is one of the two edges of a build (the other is [`crate::output`]); no later stage touches
//! the file system. It does not know which names mean the same thing: that is [`crate::resolve`].

pub mod again;
pub mod attestation;
pub mod benchmark_card;
pub mod block;
pub mod content;
pub mod datastore;
pub mod eval_yaml;
pub mod hub_benchmark;
pub mod hub_facts;
pub mod metadata;
pub mod peeling;
pub mod precedence;
pub mod quarantine;
pub mod record;
pub mod scalar;

use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::hash::Sha256;
use again::Earlier;
use block::Blocks;
use content::Content;
use datastore::{Datastore, Listing, LockFile, Object};
use quarantine::{Quarantined, Reason};
use record::{BadRecord, Record};

/// Everything that was read.
pub struct Inputs {
    /// Metadata and prose.
    pub content: Content,
    /// Where the records come from.
    pub datastores: Vec<Datastore>,
    /// The records, each with its origin, in the order of datastore, collection and row.
    pub records: Vec<Loaded>,
    /// What was left out.
    pub quarantined: Vec<Quarantined>,
}

/// A record and the bytes it came from.
pub struct Loaded {
    /// The provenance of every score in it.
    pub origin: Origin,
    /// What it says.
    pub record: Record,
}

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
    /// `subset` of the index row.
    pub subset: Option<Box<str>>,
    /// True if the datastore's lock has exactly these bytes under this path.
    pub is_pinned: bool,
    /// True if a row of an index that the lock pins names the hash of these bytes.
    pub is_indexed: bool,
    /// True if the index says that another model's record is under this path.
    pub names_another_model: bool,
}

/// The objects of all datastores, listed but not read.
pub struct Listings(Vec<Listing>);

impl Listings {
    /// Lists all datastores of `config`.
    pub fn new(config: &Config, diagnostics: &mut Diagnostics) -> Result<Listings> {
        for datastore in &config.datastores {
            attestation::ensure_apart(&config.content, &datastore.root)?;
        }
        let mut list = |(datastore, number)| datastore::list(datastore, number, diagnostics);
        Ok(Listings(config.datastores.iter().zip(0..).map(&mut list).collect::<Result<_>>()?))
    }

    /// How many record files there are to read.
    pub fn len(&self) -> usize {
        self.0.iter().map(|listing| listing.objects.len()).sum()
    }

    /// True if there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many entries were left out before reading.
    pub fn left_out(&self) -> usize {
        self.0.iter().map(|listing| listing.quarantined.len()).sum()
    }

    fn objects<'a>(
        &'a self,
        config: &'a Config,
    ) -> impl IndexedParallelIterator<Item = (u16, &'a Datastore, &'a Object)> {
        let all: Vec<_> = (self.0.iter().zip(&config.datastores).zip(0..))
            .flat_map(|((listing, datastore), number)| {
                listing.objects.iter().map(move |object| (number, datastore, object))
            })
            .collect();
        all.into_par_iter().with_min_len(64)
    }

    /// A hash of all records as the indexes state them and as they are on disk, or `None` if any
    /// file differs from its index row. Reads all, parses nothing, keeps nothing.
    pub fn verified_digest(&self, config: &Config) -> Option<Sha256> {
        let hashes: Option<Vec<Sha256>> = self
            .objects(config)
            .map_init(Vec::new, |buffer, (_, datastore, object)| datastore::read(&datastore.root, object, buffer).ok())
            .collect();
        Some(self.digest_of(hashes?.into_iter()))
    }

    fn digest_of(&self, hashes: impl Iterator<Item = Sha256>) -> Sha256 {
        let mut digest = crate::hash::Hasher::default();
        for listing in &self.0 {
            digest.add(listing.digest.finish().to_string().as_bytes());
            for object in &listing.objects {
                digest.add(object.path.as_bytes());
            }
        }
        for hash in hashes {
            digest.add(hash.to_string().as_bytes());
        }
        digest.finish()
    }

    /// Reads and parses all records. `progress` is called once a file. Gives the inputs, and
    /// their digest as [`Listings::verified_digest`] would.
    pub fn read(
        self,
        config: &Config,
        content: Content,
        diagnostics: &mut Diagnostics,
        progress: impl Fn() + Sync,
    ) -> (Inputs, Option<Sha256>) {
        self.read_again(config, content, &Earlier::default(), diagnostics, progress)
    }

    /// The same, but for the records that are still as they were earlier.
    pub fn read_again(
        self,
        config: &Config,
        content: Content,
        earlier: &Earlier,
        diagnostics: &mut Diagnostics,
        progress: impl Fn() + Sync,
    ) -> (Inputs, Option<Sha256>) {
        let blocks = Blocks::default();
        let outcomes: Vec<Outcome> = self
            .objects(config)
            .map_init(Vec::new, |buffer, (number, datastore, object)| {
                progress();
                match earlier.record(number, datastore, object) {
                    Some((loaded, bad)) => Outcome::Read(loaded, bad),
                    None => read_object(number, datastore, object, &blocks, buffer),
                }
            })
            .collect();
        let hashes: Option<Vec<Sha256>> = outcomes.iter().map(Outcome::sha256).collect();
        let digest = hashes.map(|hashes| self.digest_of(hashes.into_iter()));
        let mut inputs = Inputs {
            content,
            datastores: config.datastores.clone(),
            records: Vec::with_capacity(outcomes.len()),
            quarantined: self.0.into_iter().flat_map(|listing| listing.quarantined).collect(),
        };
        let mut seen = foldhash::HashSet::default();
        for outcome in outcomes {
            match outcome {
                Outcome::Read(loaded, bad) => {
                    if !seen.insert(loaded.origin.sha256) {
                        inputs
                            .quarantined
                            .push(loaded.left_out(Reason::DuplicateRecord, "the same bytes were read already"));
                        continue;
                    }
                    inputs.quarantined.extend(bad);
                    loaded.origin.compare_with_lock(config, diagnostics);
                    match loaded.record.results.is_empty() {
                        true => {
                            inputs.quarantined.push(loaded.left_out(Reason::NoResults, "no result is left to show"))
                        }
                        false => inputs.records.push(loaded),
                    }
                }
                Outcome::LeftOut(quarantined) => inputs.quarantined.push(quarantined),
            }
        }
        (inputs, digest)
    }
}

impl Loaded {
    fn left_out(&self, reason: Reason, detail: &str) -> Quarantined {
        self.origin.quarantined(reason, String::new(), Some(self.record.model.id.clone()), detail.to_owned())
    }
}

enum Outcome {
    Read(Loaded, Vec<Quarantined>),
    LeftOut(Quarantined),
}

impl Outcome {
    fn sha256(&self) -> Option<Sha256> {
        match self {
            Outcome::Read(loaded, _) => Some(loaded.origin.sha256),
            Outcome::LeftOut(quarantined) => quarantined.sha256,
        }
    }
}

fn read_object(number: u16, datastore: &Datastore, object: &Object, blocks: &Blocks, buffer: &mut Vec<u8>) -> Outcome {
    let sha256 = match datastore::read(&datastore.root, object, buffer) {
        Ok(sha256) => sha256,
        Err((reason, detail)) => {
            return Outcome::LeftOut(Quarantined {
                reason,
                datastore: number,
                file: (*object.path).into(),
                place: String::new(),
                collection: object.collection.clone(),
                model: None,
                detail,
                sha256: None,
            });
        }
    };
    let mut origin = Origin::new(number, datastore, object, sha256);
    match record::parse(buffer, blocks) {
        Ok((record, bad)) => {
            let model = &record.model.id;
            origin.compare_with_folder(object, &record);
            let bad = bad.into_iter().map(|bad| {
                let pointer = format!("/evaluation_results/{}", bad.index);
                origin.quarantined(Reason::InvalidResult, pointer, Some(model.clone()), bad.detail)
            });
            let bad = bad.collect();
            Outcome::Read(Loaded { origin, record }, bad)
        }
        Err(bad) => {
            let (reason, detail) = match bad {
                BadRecord::Json(detail) => (Reason::InvalidJson, detail),
                BadRecord::Shape(detail) => (Reason::InvalidRecord, detail),
                BadRecord::Instances => (Reason::InstanceFile, "holds samples, not results".to_owned()),
            };
            Outcome::LeftOut(origin.quarantined(reason, String::new(), None, detail))
        }
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

impl Origin {
    /// Of the bytes with the hash `sha256`, in the file of `object`.
    fn new(number: u16, datastore: &Datastore, object: &Object, sha256: Sha256) -> Origin {
        Origin {
            datastore: number,
            path: object.path.clone(),
            sha256,
            collection: object.collection.clone(),
            subset: object.subset.clone(),
            is_pinned: datastore.pins(&object.path, sha256),
            is_indexed: object.is_in_pinned_index,
            names_another_model: false,
        }
    }

    /// Notes if the index has a folder for another model than the record is about.
    fn compare_with_folder(&mut self, object: &Object, record: &Record) {
        let model = &record.model.id;
        self.names_another_model = object.model.as_deref().is_some_and(|folder| !same_model(folder, model));
    }

    /// Tells of a record that is not the one that was fetched.
    fn compare_with_lock(&self, config: &Config, diagnostics: &mut Diagnostics) {
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
        let help = "it is shown, without a link to the public datastore; run `evalcards fetch` to pin what is there";
        diagnostics.warn_with_help("lock-differs", &file, "", message, help.to_owned());
    }

    fn quarantined(&self, reason: Reason, place: String, model: Option<String>, detail: String) -> Quarantined {
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
