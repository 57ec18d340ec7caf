//! What the records of a collection say alike. An adapter writes thousands of records that differ in few places, so the page of
//! the collection says once what is usual, and the cards of its models only where a record differs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::also::AlsoBlock;
use super::super::{Cards, Fact, Labelled};
use super::row::commonest;
use super::source::SourceView;
use crate::id::Id;
use crate::merge::{Collection, Measurement, Reading};

/// Collections with fewer records have nothing usual: their cards say all.
const LEAST: usize = 20;

/// So many records, spread evenly, show what is usual.
const SAMPLE: usize = 20;

/// What most records of a collection say.
#[derive(Debug, Serialize)]
pub struct Usual<'a> {
    /// `documentation` or `evaluation_run`, and the version of the schema.
    pub kind: Option<(Option<&'a str>, &'a str)>,
    /// Pages that the records name.
    pub links: Vec<Labelled<'a>>,
    /// What they say of all of their numbers.
    pub facts: Vec<Fact<'a>>,
    /// What they do not say of them.
    pub gaps: Option<String>,
    /// What else they hold.
    pub also: Vec<AlsoBlock<'a>>,
    /// How they describe the results of each measurement.
    pub described: Vec<Described>,
}

/// How records describe their results of one measurement.
#[derive(Debug, Serialize)]
pub struct Described {
    #[serde(skip)]
    measurement: Id<Measurement>,
    /// Benchmark and slice.
    pub of: String,
    /// Description, test data and name, as they stand.
    pub said: Vec<String>,
}

impl<'a> Cards<'a> {
    /// What is usual in the records of `id`, if it is large.
    pub fn usual(&self, id: Id<Collection>) -> Option<Usual<'a>> {
        let collection = &self.dataset.collections[id];
        let n = collection.records.len();
        if n < LEAST {
            return None;
        }
        let mut of_record: BTreeMap<u32, Vec<&Reading>> =
            collection.records.iter().step_by(n.div_ceil(SAMPLE)).map(|record| (*record, Vec::new())).collect();
        for place in &collection.readings {
            let reading = &self.dataset.readings[*place as usize];
            if let Some(readings) = of_record.get_mut(&reading.resolved.record) {
                readings.push(reading);
            }
        }
        let sources =
            of_record.into_iter().filter(|(_, readings)| !readings.is_empty()).map(|(record, mut readings)| {
                readings.sort_by_key(|reading| self.dataset.result(reading).index);
                self.source(self.record(record, &[], None), &readings)
            });
        let sources: Vec<SourceView> = sources.collect();
        let kinds: Vec<_> = sources.iter().map(SourceView::kind).collect();
        let links = majority(sources.iter().map(|it| &it.record.links), sources.len()).next();
        Some(Usual {
            kind: majority(kinds.iter(), sources.len()).next().copied(),
            links: links.cloned().unwrap_or_default(),
            facts: majority(sources.iter().flat_map(|it| &it.facts), sources.len()).cloned().collect(),
            gaps: majority(sources.iter().map(|it| &it.gaps), sources.len()).next().cloned(),
            also: majority(sources.iter().flat_map(|it| &it.also), sources.len()).cloned().collect(),
            described: self.usual_descriptions(&sources),
        })
    }

    fn usual_descriptions(&self, sources: &[SourceView]) -> Vec<Described> {
        let mut of_measurement: BTreeMap<Id<Measurement>, Vec<&Vec<String>>> = BTreeMap::new();
        for own in sources.iter().flat_map(|it| &it.own) {
            of_measurement.entry(own.measurement).or_default().push(&own.said);
        }
        let described = of_measurement.into_iter().filter_map(|(measurement, all)| {
            let said = commonest(all.into_iter())?;
            let of = self.measured(measurement);
            (!said.is_empty()).then(|| Described { measurement, of, said: said.clone() })
        });
        described.collect()
    }

    /// Benchmark and slice of a measurement.
    fn measured(&self, id: Id<Measurement>) -> String {
        let slice = &self.dataset.entities.slices[self.dataset.measurements[id].slice];
        let name = &self.dataset.entities.benchmarks[slice.benchmark].name;
        match &slice.name {
            Some(slice) => format!("{name}{}{slice}", self.words("colon")),
            None => name.clone(),
        }
    }

    /// `source` without what is `usual`, and with the names of what is usual and not in it.
    pub(super) fn without_usual(&self, mut source: SourceView<'a>, usual: &Usual<'a>) -> SourceView<'a> {
        source.is_usual_kind = usual.kind == Some(source.kind());
        let has_links = !source.record.links.is_empty() || usual.links.is_empty();
        if source.record.links == usual.links {
            source.record.links.clear();
        }
        if usual.gaps.as_ref() == Some(&source.gaps) {
            source.gaps.clear();
        } else if source.gaps.is_empty() && usual.gaps.is_some() {
            source.gaps = self.words("source.usual.no_gaps").to_owned();
        }
        let mut lacks: Vec<&str> = (!has_links).then(|| self.words("record.links")).into_iter().collect();
        let missing = subtract(&mut source.facts, &usual.facts, |fact| fact.label);
        // What its results say differently, they say each.
        let is_own = |label: &&str| source.own.iter().flat_map(|own| &own.facts).any(|fact| fact.label == *label);
        lacks.extend(missing.into_iter().filter(|label| !is_own(label)));
        lacks.extend(subtract(&mut source.also, &usual.also, |block| &block.path));
        source.lacks = lacks.join(self.words("list.comma"));
        for own in &mut source.own {
            let found = usual.described.binary_search_by_key(&own.measurement, |it| it.measurement);
            if let Some(usual) = found.ok().map(|at| &usual.described[at]).filter(|it| it.said == own.said) {
                let has_more = !(own.facts.is_empty() && own.settings.is_empty());
                // What else it says needs a name.
                own.said = if has_more { vec![usual.of.clone()] } else { Vec::new() };
            }
        }
        source.own.retain(|own| !own.is_empty());
        source
    }
}

/// The `values` that occur more than `n` / 2 times, in their order.
fn majority<'s, T: PartialEq + 's>(values: impl Iterator<Item = &'s T>, n: usize) -> impl Iterator<Item = &'s T> {
    let mut counts: Vec<(&T, usize)> = Vec::new();
    for value in values {
        match counts.iter_mut().find(|(known, _)| *known == value) {
            Some((_, times)) => *times += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.into_iter().filter(move |(_, times)| times * 2 > n).map(|(value, _)| value)
}

/// Removes from `own` what is `usual`; the names of what is usual and not in it.
fn subtract<'u, T: PartialEq>(own: &mut Vec<T>, usual: &'u [T], name: fn(&T) -> &str) -> Vec<&'u str> {
    let lacking = usual.iter().map(&name).filter(|it| own.iter().all(|part| name(part) != *it)).collect();
    own.retain(|part| !usual.contains(part));
    lacking
}
