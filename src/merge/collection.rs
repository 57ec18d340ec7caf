//! A *collection* of the datastore: the records that came in through one channel, such as one leaderboard. Pages call it a
//! *source*: it has one keeper and is captured as a whole, while the titles in its records may name a part of it, or a tool.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Reading;
use crate::id::EntityTable;
use crate::load::Inputs;
use crate::names::normal_form;

/// One collection, by what stands in its records.
#[derive(Debug)]
pub struct Collection {
    /// Name of its folder or index; empty for records in no collection.
    pub id: Arc<str>,
    /// Display name: that of metadata, else its id.
    pub name: String,
    /// Place of its metadata in [`crate::load::content::Content::collections`].
    pub meta: Option<usize>,
    /// Places of its records, in order.
    pub records: Vec<u32>,
    /// Places of their readings, in order.
    pub readings: Vec<u32>,
}

/// The collections by name. A record that several indexes name is of each of them.
pub(super) fn collections(inputs: &Inputs, readings: &[Reading]) -> EntityTable<Collection> {
    let mut records: BTreeMap<&Arc<str>, Vec<u32>> = BTreeMap::new();
    for (place, loaded) in (0..).zip(&inputs.records) {
        for id in [&loaded.origin.collection].into_iter().chain(&loaded.origin.other_collections) {
            records.entry(id).or_default().push(place);
        }
    }
    let metas = &inputs.content.collections;
    let mut found: Vec<Collection> = (records.into_iter())
        .map(|(id, records)| {
            let meta = metas.iter().position(|meta| meta.id == **id);
            let name = meta.and_then(|place| metas[place].name.clone()).unwrap_or_else(|| id.to_string());
            Collection { id: id.clone(), name, meta, records, readings: Vec::new() }
        })
        .collect();
    found.sort_by_cached_key(|it| (normal_form(&it.name), it.id.clone()));
    let mut of_record: Vec<Vec<usize>> = vec![Vec::new(); inputs.records.len()];
    for (number, collection) in found.iter().enumerate() {
        collection.records.iter().for_each(|record| of_record[*record as usize].push(number));
    }
    for (place, reading) in (0..).zip(readings) {
        of_record[reading.resolved.record as usize].iter().for_each(|number| found[*number].readings.push(place));
    }
    let mut table = EntityTable::default();
    for collection in found {
        table.push(collection);
    }
    table
}
