//! Records that need not be read *again*: their files have not changed since they were last read.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use foldhash::HashMap;
use rayon::prelude::*;

use super::datastore::{Datastore, Expected, Object};
use super::quarantine::{Quarantined, Reason};
use super::samples::Found;
use super::{Inputs, Listings, Loaded, Origin};
use crate::config::Config;

/// How the record files were just before they were read, by place of the datastore and path.
#[derive(Default)]
pub struct Stamps(HashMap<u16, HashMap<Arc<str>, Stamp>>);

#[derive(Clone, Copy, PartialEq)]
struct Stamp {
    size: u64,
    modified: SystemTime,
    /// The same of its samples, if there are any.
    samples: Option<(u64, SystemTime)>,
}

/// A file that was written so lately may be written again without another time: clocks of file
/// systems tick, the slowest every two seconds.
const TICK: Duration = Duration::from_secs(2);

impl Stamps {
    /// Looks at all files of `listings`.
    pub fn of(listings: &Listings, config: &Config) -> Stamps {
        let now = SystemTime::now();
        let stamps: Vec<(u16, Arc<str>, Stamp)> = (listings.objects(config))
            .filter_map(|(number, datastore, object)| {
                let stamp = Stamp::of(&datastore.root, object)?;
                let is_settled = |time| now.duration_since(time).is_ok_and(|age| age > TICK);
                let are_settled = is_settled(stamp.modified) && stamp.samples.is_none_or(|(_, time)| is_settled(time));
                are_settled.then(|| (number, object.path.clone(), stamp))
            })
            .collect();
        let mut found = Stamps::default();
        for (number, path, stamp) in stamps {
            found.0.entry(number).or_default().insert(path, stamp);
        }
        found
    }

    fn get(&self, number: u16, path: &str) -> Option<Stamp> {
        self.0.get(&number)?.get(path).copied()
    }
}

impl Stamp {
    fn of(root: &Path, object: &Object) -> Option<Stamp> {
        let of = |path: &str| {
            let found = fs::metadata(root.join(path)).ok()?;
            Some((found.len(), found.modified().ok()?))
        };
        let (size, modified) = of(&object.path)?;
        Some(Stamp { size, modified, samples: object.samples.as_ref().and_then(|file| of(&file.path)) })
    }

    /// False if the index wants other bytes than `loaded`, or other samples.
    fn is(self, object: &Object, loaded: &Loaded) -> bool {
        let is_record = object.expected.is_none_or(|Expected { size, sha256 }| {
            sha256 == loaded.origin.sha256 && size.is_none_or(|size| size == self.size)
        });
        let samples = loaded.samples.as_deref();
        let expected = object.samples.as_ref().and_then(|file| file.expected);
        let is_altered = samples.is_some_and(|samples| matches!(samples.found, Found::Altered { .. }));
        let found = samples.and_then(|samples| samples.sha256());
        is_record && !is_altered && expected.is_none_or(|expected| found.is_none_or(|found| found == expected.sha256))
    }
}

/// The records that were read earlier and whose files have not changed since.
#[derive(Default)]
pub struct Earlier<'a> {
    records: HashMap<(u16, &'a str), (&'a Loaded, Stamp)>,
    /// Their results that were left out.
    bad: HashMap<(u16, &'a str), Vec<&'a Quarantined>>,
}

impl<'a> Earlier<'a> {
    /// What of `inputs`, whose files were as in `then`, is the same `now`.
    pub fn new(inputs: &'a Inputs, then: &Stamps, now: &Stamps) -> Earlier<'a> {
        let mut earlier = Earlier::default();
        for loaded in &inputs.records {
            let Origin { datastore, path, .. } = &loaded.origin;
            if let Some(stamp) = now.get(*datastore, path).filter(|now| then.get(*datastore, path) == Some(*now)) {
                earlier.records.insert((*datastore, path), (loaded, stamp));
            }
        }
        for left_out in inputs.quarantined.iter().filter(|it| it.reason == Reason::InvalidResult) {
            earlier.bad.entry((left_out.datastore, &left_out.file)).or_default().push(left_out);
        }
        earlier
    }

    /// The record in `object` with its results that were left out, if it need not be read again.
    pub(super) fn record(
        &self,
        number: u16,
        datastore: &Datastore,
        object: &Object,
    ) -> Option<(Loaded, Vec<Quarantined>)> {
        let at = (number, &*object.path);
        let (loaded, _) = self.records.get(&at).filter(|(loaded, stamp)| stamp.is(object, loaded))?;
        let mut origin = Origin::new(number, datastore, object, loaded.origin.sha256, loaded.origin.size as usize);
        origin.compare_with_folder(object, &loaded.record);
        let bad = self.bad.get(&at).into_iter().flatten().map(|&left_out| left_out.clone()).collect();
        let (record, samples) = (loaded.record.clone(), loaded.samples.clone());
        Some((Loaded { origin, record, captures: Box::default(), samples }, bad))
    }
}
