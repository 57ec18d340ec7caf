//! *Collisions*: ids that several different records share.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt};

use super::{Proofs, Trace};
use crate::load::{Inputs, Origin};

/// One `evaluation_id` or UUID of several records that differ. None of them gets more than level 1, but for one that is
/// known to have had it first.
#[derive(Debug)]
pub struct Collision {
    /// `evaluation_id`, or `UUID`.
    pub of: &'static str,
    /// The id that they share.
    pub id: String,
    /// Places of the records.
    pub records: Vec<u32>,
}

/// The ids that several different records share, and the collision of each record.
pub(super) fn collisions(inputs: &Inputs) -> (Vec<Collision>, Vec<Option<u32>>) {
    let mut by_id: BTreeMap<(&'static str, String), Vec<u32>> = BTreeMap::new();
    let mut by_evaluation: HashMap<&str, Vec<u32>> = HashMap::with_capacity(inputs.records.len());
    let mut by_uuid: HashMap<String, Vec<u32>> = HashMap::with_capacity(inputs.records.len());
    for (place, loaded) in (0..).zip(&inputs.records) {
        let id = &*loaded.record.evaluation_id;
        if !id.is_empty() {
            by_evaluation.entry(id).or_default().push(place);
        }
        if let Some(uuid) = uuid(&loaded.origin) {
            by_uuid.entry(uuid).or_default().push(place);
        }
    }
    // Records of the same bytes are one: the others were left out when they were read.
    by_evaluation.retain(|_, places| places.len() > 1);
    by_uuid.retain(|_, places| places.len() > 1);
    by_id.extend(by_evaluation.into_iter().map(|(id, places)| (("evaluation_id", id.to_owned()), places)));
    by_id.extend(by_uuid.into_iter().map(|(id, places)| (("UUID", id), places)));
    let mut of_records = vec![None; inputs.records.len()];
    let collisions = by_id.into_iter().zip(0..).map(|(((of, id), records), number)| {
        records.iter().for_each(|place| of_records[*place as usize] = Some(number));
        Collision { of, id, records }
    });
    let collisions = collisions.collect();
    (collisions, of_records)
}

impl Proofs<'_> {
    /// The records that an id shared with others denies a submitter.
    pub(super) fn denied(&self, collisions: &[Collision]) -> Vec<bool> {
        let mut denied = vec![false; self.inputs.records.len()];
        for collision in collisions {
            let first = self.first_of(collision);
            for place in collision.records.iter().filter(|place| Some(**place) != first) {
                denied[*place as usize] = true;
            }
        }
        denied
    }

    /// The record that had the id before all others, so that nobody takes its marker away by copying its id: the only
    /// public one, else the one that was brought first, where that is known of all.
    fn first_of(&self, collision: &Collision) -> Option<u32> {
        let origin = |place: u32| &self.inputs.records[place as usize].origin;
        let traced = collision.records.iter().map(|place| (*place, self.trace(origin(*place))));
        let public: Vec<(u32, Trace)> = traced.filter(|(_, trace)| !matches!(trace, Trace::Local(_))).collect();
        if let [(only, _)] = public[..] {
            return Some(only);
        }
        let brought = |(place, trace): &(u32, Trace)| {
            Some((self.brought_at(&self.submitter(origin(*place), trace, false))?, *place))
        };
        let mut brought = public.iter().map(brought).collect::<Option<Vec<_>>>()?;
        brought.sort_unstable();
        match brought[..] {
            [(first, place), (second, _), ..] if first < second => Some(place),
            _ => None,
        }
    }
}

/// The UUID that a file is called by.
fn uuid(origin: &Origin) -> Option<String> {
    let name = origin.path.rsplit('/').next()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_uuid = stem.len() == 36
        && stem.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    is_uuid.then(|| stem.to_ascii_lowercase())
}
