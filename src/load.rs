//! *Load* reads everything a build needs from disk, and knows formats: [`Inputs`].
//!
//! It is one of the two edges of a build (the other is [`crate::output`]); no later stage touches
//! the file system. It does not know which names mean the same thing: that is [`crate::resolve`].

pub mod also;
pub mod attestation;
pub mod benchmark_card;
mod beside;
pub mod block;
pub mod captures;
pub mod categories;
pub mod content;
pub mod datastore;
pub mod detail_keys;
pub mod details;
mod editor;
pub mod eval_rules;
pub mod eval_yaml;
mod foreign;
mod front_matter;
pub mod hub_benchmark;
pub mod hub_facts;
pub mod id_rewrite;
pub mod index;
pub mod measurement_rules;
pub mod metadata;
mod object;
mod odd;
mod origin;
pub mod platform;
pub mod precedence;
pub mod quarantine;
pub mod record;
pub mod reuse;
pub mod samples;
pub mod scalar;
pub mod schema;
pub mod source_metadata;
mod strict_json;
pub mod test_part;
mod unread;
mod values;

use anyhow::Result;
use jiff::ToSpan;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::Progress;
use crate::config::{Config, Datastore, PUBLIC_DATASTORE};
use crate::date::{Stamp, day};
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::hash::Sha256;
use crate::language::sentence::Sentence;
use crate::words::counted;
use block::Blocks;
use captures::Capture;
use content::Content;
use datastore::{ListedObject, Listing};
use quarantine::{Quarantined, Reason};
use record::{BadRecord, Record};
use reuse::PreviousRead;
use samples::Samples;

pub use origin::{Origin, Subset};

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
    /// Bytes of the records that are public nowhere.
    pub without_address: u64,
}

/// A site carries copies of the records that are public nowhere, up to so many bytes of them: GitHub Pages
/// publishes 1 GB, most of which the pages of a large site take.
pub const MOST_COPIED: u64 = 64 << 20;

impl Inputs {
    /// Sums up the records that are public nowhere.
    fn sum_without_address(&mut self) {
        let origins = self.records.iter().map(|loaded| &loaded.origin);
        let without = origins.filter(|it| self.datastores[usize::from(it.datastore)].public_url(it).is_none());
        self.without_address = without.map(|origin| u64::from(origin.size)).sum();
    }

    /// Where a record can be read.
    pub fn location_of(&self, loaded: &Loaded) -> RecordLocation {
        match self.datastores[usize::from(loaded.origin.datastore)].public_url(&loaded.origin) {
            Some(url) => RecordLocation::Public(url),
            None if self.without_address <= MOST_COPIED => RecordLocation::Copied,
            None => RecordLocation::Unknown,
        }
    }

    /// True if any record names samples or has some.
    pub fn have_samples(&self) -> bool {
        self.records.iter().any(|loaded| loaded.samples.is_some())
    }

    /// Treats days as not reported that cannot be: those after `today`, if that is known, and that of an evaluation
    /// after its record was retrieved. Otherwise a result of the year 2099 would be the newest for good.
    pub fn drop_impossible_days(&mut self, today: Option<Date>, diagnostics: &mut Diagnostics) {
        // Days are those of different time zones.
        let is_after = |day: Date, limit: Date| day > limit.saturating_add(1.day());
        for Loaded { origin, record, .. } in &mut self.records {
            let root = &self.datastores[usize::from(origin.datastore)].root;
            let mut drop = |stamp: &mut Option<Stamp>, limit: Option<Date>, place: String| {
                let Some(stamp) = stamp else { return };
                // These records may have been looked at before, and on another day.
                stamp.day = stamp.day.or_else(|| day(&stamp.text));
                let Some((day, limit)) = stamp.day.zip(limit).filter(|(day, limit)| is_after(*day, *limit)) else {
                    return;
                };
                stamp.day = None;
                let message = format!("{day} is after {limit}, so the date counts as not reported");
                let help = "correct the date; no result is newer than the retrieval of its record, and no date is after today or SOURCE_DATE_EPOCH"
                    .to_owned();
                let file = root.join(&*origin.path).display().to_string();
                diagnostics.warn_with_help(DiagnosticCode::ImpossibleDay, &file, &place, message, help);
            };
            drop(&mut record.retrieved, today, "/retrieved_timestamp".to_owned());
            let retrieved = record.retrieved.as_ref().and_then(|stamp| stamp.day).or(today);
            for result in &mut record.results {
                drop(
                    &mut result.evaluated,
                    retrieved,
                    format!("/evaluation_results/{}/evaluation_timestamp", result.index),
                );
            }
        }
    }

    /// Tells that no copies are made, as there would be too many.
    pub fn warn_of_no_copies(&self, diagnostics: &mut Diagnostics) {
        let mut unknown = self.records.iter().filter(|it| self.location_of(it) == RecordLocation::Unknown);
        let Some(first) = unknown.next() else { return };
        let root = self.datastores[usize::from(first.origin.datastore)].root.display().to_string();
        let message = format!(
            "there is no public address for {}, and {} MB are too much to copy: cards name their files without a link",
            counted(1 + unknown.count(), "record", "records"),
            self.without_address / 1_000_000
        );
        let help = format!(
            "set `datastore: {{repo: OWNER/NAME}}` in site.yaml ({PUBLIC_DATASTORE} for a clone of the public datastore), or download the records with `evalcards fetch`"
        );
        diagnostics.warn_with_help(DiagnosticCode::NoPublicAddress, &root, "", message, help);
    }
}

/// Where a record can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordLocation {
    /// At this address.
    Public(String),
    /// In the copy that the site carries.
    Copied,
    /// Nowhere that a reader could look.
    Unknown,
}

/// A record and the bytes it came from.
pub struct Loaded {
    /// The provenance of every score in it.
    pub origin: Origin,
    /// What it says.
    pub record: Record,
    /// Older captures of the same, the newest first: they are no results of their own.
    pub captures: Box<[Capture]>,
    /// Its samples, if it names a file of them or there is one.
    pub samples: Option<Box<Samples>>,
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

    /// The same without the files of samples: they count as not there.
    pub fn without_samples(mut self) -> Listings {
        let objects = self.0.iter_mut().flat_map(|listing| &mut listing.objects);
        objects.for_each(|object| object.samples = None);
        self
    }

    fn objects<'a>(
        &'a self,
        config: &'a Config,
    ) -> impl IndexedParallelIterator<Item = (u16, &'a Datastore, &'a ListedObject)> {
        let all: Vec<_> = (self.0.iter().zip(&config.datastores).zip(0..))
            .flat_map(|((listing, datastore), number)| {
                listing.objects.iter().map(move |object| (number, datastore, object))
            })
            .collect();
        // One file of samples may be as long as thousands of records.
        let at_once = if all.iter().any(|(.., object)| object.samples.is_some()) { 1 } else { 64 };
        all.into_par_iter().with_min_len(at_once)
    }

    /// How many files of samples there are on disk, and their bytes.
    fn sizes_of_samples(&self, config: &Config) -> (usize, u64) {
        let all = self.0.iter().zip(&config.datastores);
        let sizes = all.flat_map(|(listing, datastore)| {
            let files = listing.objects.iter().filter_map(|object| object.samples.as_deref());
            files.filter_map(|file| samples::size(&datastore.root, file))
        });
        sizes.fold((0, 0), |(n, bytes), size| (n + 1, bytes + size))
    }

    /// A hash of all records as the indexes state them and as they are on disk, and of their samples, or `None` if any
    /// file differs from its index row. Reads all, parses nothing, keeps nothing.
    pub fn verified_digest(&self, config: &Config) -> Option<Sha256> {
        let hashes: Option<Vec<ObjectHashes>> = self
            .objects(config)
            .map_init(Vec::new, |buffer, (_, datastore, object)| {
                let record = datastore::read(&datastore.root, object, buffer).ok()?;
                let samples = object.samples.as_deref().and_then(|file| samples::sha256(&datastore.root, file));
                Some(ObjectHashes { record, samples })
            })
            .collect();
        Some(self.digest_of(hashes?.into_iter()))
    }

    fn digest_of(&self, hashes: impl Iterator<Item = ObjectHashes>) -> Sha256 {
        let mut digest = crate::hash::Hasher::default();
        for listing in &self.0 {
            digest.add(listing.digest.finish().to_string().as_bytes());
            for object in &listing.objects {
                digest.add(object.path.as_bytes());
            }
        }
        for ObjectHashes { record, samples } in hashes {
            digest.add(record.to_string().as_bytes());
            if let Some(samples) = samples {
                digest.add(format!("samples {samples}").as_bytes());
            }
        }
        digest.finish()
    }

    /// Reads and parses all records and their samples. `progress` is told of each file. Gives the inputs, and
    /// their digest as [`Listings::verified_digest`] would.
    pub fn read(
        self,
        config: &Config,
        content: Content,
        diagnostics: &mut Diagnostics,
        progress: &dyn Progress,
    ) -> (Inputs, Option<Sha256>) {
        self.read_changed(config, content, &PreviousRead::default(), diagnostics, progress)
    }

    /// The same, but reuses records of `previous` whose files have not changed.
    pub fn read_changed(
        self,
        config: &Config,
        content: Content,
        previous: &PreviousRead,
        diagnostics: &mut Diagnostics,
        progress: &dyn Progress,
    ) -> (Inputs, Option<Sha256>) {
        let blocks = Blocks::default();
        let (n_samples, bytes) = self.sizes_of_samples(config);
        if n_samples > 0 {
            progress.transfer("read samples", n_samples, bytes);
        }
        let kept = samples::KeptRows::of(n_samples, config.site.samples.excerpts);
        let outcomes: Vec<ReadOutcome> = self
            .objects(config)
            .map_init(Vec::new, |buffer, (number, datastore, object)| {
                let outcome = match previous.record(number, datastore, object) {
                    Some((loaded, bad)) => ReadOutcome::Read(loaded, bad),
                    None => read_object(number, datastore, object, &blocks, buffer).with_samples(
                        datastore,
                        object,
                        kept,
                        &|bytes| progress.passed(bytes),
                    ),
                };
                match n_samples {
                    0 => progress.step(),
                    _ if object.samples.is_some() => progress.received(0),
                    _ => {}
                }
                outcome
            })
            .collect();
        let hashes: Option<Vec<ObjectHashes>> = outcomes.iter().map(ReadOutcome::hashes).collect();
        let digest = hashes.map(|hashes| self.digest_of(hashes.into_iter()));
        let mut inputs = Inputs {
            content,
            datastores: config.datastores.clone(),
            records: Vec::with_capacity(outcomes.len()),
            quarantined: self.0.into_iter().flat_map(|listing| listing.quarantined).collect(),
            without_address: 0,
        };
        let mut seen: foldhash::HashMap<Sha256, Option<usize>> = foldhash::HashMap::default();
        for outcome in outcomes {
            match outcome {
                ReadOutcome::Read(loaded, bad) => {
                    if let Some(place) = seen.get(&loaded.origin.sha256) {
                        if let Some(first) = place.and_then(|place| inputs.records.get_mut(place)) {
                            first.origin.join(&loaded.origin);
                        }
                        inputs.quarantined.push(loaded.left_out(Reason::DuplicateRecord, "detail.read_already"));
                        continue;
                    }
                    let is_shown = !loaded.record.results.is_empty();
                    seen.insert(loaded.origin.sha256, is_shown.then_some(inputs.records.len()));
                    loaded.origin.compare_with_lock(config, diagnostics);
                    // Results that cannot be read say why none is left.
                    if !is_shown && bad.is_empty() {
                        inputs.quarantined.push(loaded.left_out(Reason::NoResults, "detail.nothing_left"));
                    }
                    inputs.quarantined.extend(bad);
                    if is_shown {
                        inputs.records.push(loaded);
                    }
                }
                ReadOutcome::LeftOut(quarantined, _) => inputs.quarantined.push(quarantined),
            }
        }
        origin::set_short_hashes(&mut inputs.records);
        inputs.sum_without_address();
        (inputs, digest)
    }
}

impl Loaded {
    fn left_out(&self, reason: Reason, key: &'static str) -> Quarantined {
        self.origin.quarantined(reason, String::new(), Some(self.record.model.id.clone()), Sentence::of(key))
    }
}

/// What was read of an object.
struct ObjectHashes {
    record: Sha256,
    samples: Option<Sha256>,
}

enum ReadOutcome {
    Read(Loaded, Vec<Quarantined>),
    /// With the hash of its samples, which are not read.
    LeftOut(Quarantined, Option<Sha256>),
}

impl ReadOutcome {
    fn hashes(&self) -> Option<ObjectHashes> {
        match self {
            ReadOutcome::Read(loaded, _) => {
                let samples = loaded.samples.as_deref().and_then(Samples::sha256);
                Some(ObjectHashes { record: loaded.origin.sha256, samples })
            }
            ReadOutcome::LeftOut(quarantined, samples) => {
                Some(ObjectHashes { record: quarantined.sha256?, samples: *samples })
            }
        }
    }

    /// The same with the samples of `object`.
    fn with_samples(
        self,
        datastore: &Datastore,
        object: &ListedObject,
        kept: samples::KeptRows,
        passed: &impl Fn(u64),
    ) -> ReadOutcome {
        let file = object.samples.as_deref();
        match self {
            ReadOutcome::Read(loaded, bad) => {
                let samples = samples::read(datastore, file, (&loaded.record, !bad.is_empty()), kept, passed);
                ReadOutcome::Read(Loaded { samples: samples.map(Box::new), ..loaded }, bad)
            }
            ReadOutcome::LeftOut(quarantined, _) => {
                ReadOutcome::LeftOut(quarantined, file.and_then(|file| samples::sha256(&datastore.root, file)))
            }
        }
    }
}

fn read_object(
    number: u16,
    datastore: &Datastore,
    object: &ListedObject,
    blocks: &Blocks,
    buffer: &mut Vec<u8>,
) -> ReadOutcome {
    let sha256 = match datastore::read(&datastore.root, object, buffer) {
        Ok(sha256) => sha256,
        Err((reason, detail)) => {
            let quarantined = Quarantined {
                reason,
                datastore: number,
                file: (*object.path).into(),
                place: String::new(),
                collection: object.collection.clone(),
                model: None,
                detail,
                sha256: None,
            };
            return ReadOutcome::LeftOut(quarantined, None);
        }
    };
    let mut origin = Origin::new(number, datastore, object, sha256, buffer.len());
    match record::parse(buffer, blocks) {
        Ok((record, bad)) => {
            let model = &record.model.id;
            origin.compare_with_folder(object, &record);
            let bad = bad.into_iter().map(|bad| {
                let pointer = format!("/evaluation_results/{}", bad.index);
                origin.quarantined(Reason::InvalidResult, pointer, Some(model.clone()), bad.detail)
            });
            let bad = bad.collect();
            ReadOutcome::Read(Loaded { origin, record, captures: Box::default(), samples: None }, bad)
        }
        Err(bad) => {
            let (reason, detail) = match bad {
                BadRecord::Json(detail) => (Reason::InvalidJson, detail),
                BadRecord::Shape(detail) => (Reason::InvalidRecord, detail),
                BadRecord::Instances => (Reason::InstanceFile, Sentence::of("detail.samples")),
            };
            ReadOutcome::LeftOut(origin.quarantined(reason, String::new(), None, detail), None)
        }
    }
}
