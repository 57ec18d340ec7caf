//! What a *collection* holds and lacks: how fresh it is, who measured, and what none of its results reports. Counted once for
//! its page and its files. All of it is as the records claim.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use rayon::prelude::*;

use super::completeness::Field;
use super::{SignalTally, Signals};
use crate::codes::codes;
use crate::id::Id;
use crate::load::Loaded;
use crate::load::detail_keys::MeasuredBy;
use crate::load::source_metadata::{Measurer, SourceMetadata};
use crate::merge::{Collection, Dataset, Reading};
use crate::names::normal_form;
use crate::resolve::{Benchmark, Evaluator, Model};

/// Counts over the records of one collection.
#[derive(Debug, Default)]
pub struct CollectionTally<'a> {
    /// Its results.
    pub readings: Vec<&'a Reading>,
    /// Their signals.
    pub signals: SignalTally,
    /// Different models.
    pub models: usize,
    /// Its benchmarks, by id, each with its results and models.
    pub benchmarks: Vec<(Id<Benchmark>, usize, usize)>,
    /// Who reports, with the number of results, most first.
    pub evaluators: Vec<(Id<Evaluator>, usize)>,
    /// When its records were retrieved, the newest day first and no day last.
    pub captures: Vec<(Option<Date>, Captured)>,
    /// Days between its newest record and the newest of all collections.
    pub behind: i32,
    /// Newest day of an evaluation.
    pub evaluated: Option<Date>,
    /// How many results are of each kind of source, as [`Taken::ALL`].
    pub taken: [usize; Taken::ALL.len()],
    /// How many results were measured by whom, as [`Measured::ALL`].
    pub measured: [usize; Measured::ALL.len()],
    /// What records say of who measured, with the number of records.
    pub measurers: Vec<(&'a Measurer, usize)>,
    /// On which terms their numbers may be used, as records say.
    pub terms: Vec<(&'a (String, String), usize)>,
    /// Titles of the sources in records; `None` for those without.
    pub titles: Vec<(Option<&'a str>, usize)>,
    /// Scheduled adapters that brought records.
    pub adapters: Vec<(&'a str, usize)>,
    /// Records and results of it that are not shown.
    pub left_out: usize,
}

/// The records of one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// Records that count.
    pub records: usize,
    /// Records that a newer capture of the same results stands for.
    pub older: usize,
}

codes! {
    /// What the submitter held, in the order of pages.
    pub enum Taken in "source.taken" {
        /// A leaderboard, paper or page.
        Publication = "publication",
        /// The run itself.
        Run = "run",
        /// The records do not say.
        NotReported = "not_reported",
    }
}

impl Taken {
    fn of(source: &SourceMetadata) -> Taken {
        match source.kind.as_deref() {
            Some("documentation") => Taken::Publication,
            Some("evaluation_run") => Taken::Run,
            _ => Taken::NotReported,
        }
    }
}

codes! {
    /// Who measured, as the details of a source say, in the order of pages.
    pub enum Measured in "source.measured" {
        /// The organisation that the record names as its source.
        Source = "source",
        /// The developer of the model: the source cites it.
        Developer = "developer",
        /// Others, from whom the source collects.
        Others = "others",
        /// Somebody else by name, or in words that are not known.
        Unclear = "unclear",
        /// The record does not say.
        NotReported = "not_reported",
    }
}

impl Measured {
    fn of(source: &SourceMetadata) -> Measured {
        match source.measured_by() {
            Some(MeasuredBy::Developer) => return Measured::Developer,
            Some(MeasuredBy::Others) => return Measured::Others,
            None if source.measurers.is_empty() => return Measured::NotReported,
            None => {}
        }
        let organization = source.organization.as_deref().and_then(normal_form);
        let is_source = |it: &Measurer| organization.is_some() && normal_form(&it.stated) == organization;
        if source.measurers.iter().any(is_source) { Measured::Source } else { Measured::Unclear }
    }
}

/// The counts of every collection, by id.
pub fn tallies<'a>(dataset: &'a Dataset, signals: &Signals) -> Vec<CollectionTally<'a>> {
    let collections: Vec<&Collection> = dataset.collections.iter().map(|(_, collection)| collection).collect();
    let mut tallies: Vec<CollectionTally> =
        collections.into_par_iter().map(|collection| CollectionTally::of(dataset, signals, collection)).collect();
    let newest = tallies.iter().filter_map(|tally| Some(tally.newest()?.0)).max();
    for tally in &mut tallies {
        let days = newest.zip(tally.newest()).and_then(|(newest, (own, _))| newest.since(own).ok());
        tally.behind = days.map_or(0, |days| days.get_days());
    }
    tallies
}

impl<'a> CollectionTally<'a> {
    fn of(dataset: &'a Dataset, signals: &Signals, collection: &'a Collection) -> CollectionTally<'a> {
        let readings: Vec<&Reading> =
            collection.readings.iter().map(|place| &dataset.readings[*place as usize]).collect();
        let mut tally = CollectionTally {
            signals: SignalTally::of(signals, readings.iter().copied()),
            evaluators: most_first(readings.iter().map(|reading| reading.resolved.evaluator)),
            evaluated: (readings.iter().filter_map(|it| dataset.result(it).evaluated.as_ref()?.day)).max(),
            left_out: dataset.inputs.quarantined.iter().filter(|it| it.collection == collection.id).count(),
            ..CollectionTally::default()
        };
        (tally.models, tally.benchmarks) = by_benchmark(dataset, &readings);
        for reading in &readings {
            let source = &dataset.loaded(reading).record.source;
            tally.taken[Taken::of(source) as usize] += 1;
            tally.measured[Measured::of(source) as usize] += 1;
        }
        let records = || collection.records.iter().map(|place| &dataset.inputs.records[*place as usize]);
        let sources = || records().map(|loaded| &*loaded.record.source);
        tally.captures = captures(&collection.id, records());
        tally.measurers = most_first(sources().flat_map(|source| &source.measurers));
        tally.terms = most_first(sources().flat_map(|source| &source.terms));
        tally.titles = most_first(sources().map(|source| source.name.as_deref()));
        tally.adapters = most_first(sources().filter_map(|source| Some(source.scheduled.as_ref()?.adapter.as_str())));
        tally.readings = readings;
        tally
    }

    /// The newest day on which records were retrieved, with them; `None` if no record says when.
    pub fn newest(&self) -> Option<(Date, Captured)> {
        self.captures.iter().find_map(|(day, captured)| Some(((*day)?, *captured)))
    }

    /// How many results state the day of their evaluation.
    pub fn dated(&self) -> usize {
        self.signals.fields[Field::Evaluated as usize]
    }

    /// How many records count.
    pub fn records(&self) -> usize {
        self.captures.iter().map(|(_, captured)| captured.records).sum()
    }
}

/// How many models there are, and the benchmarks, each with its results and models.
fn by_benchmark(dataset: &Dataset, readings: &[&Reading]) -> (usize, Vec<(Id<Benchmark>, usize, usize)>) {
    let mut pairs: Vec<(Id<Benchmark>, Id<Model>)> =
        readings.iter().map(|reading| (dataset.benchmark_of(reading), reading.resolved.model)).collect();
    pairs.sort_unstable();
    let benchmarks = pairs.chunk_by(|a, b| a.0 == b.0);
    let benchmarks = benchmarks.map(|of| (of[0].0, of.len(), of.chunk_by(|a, b| a == b).count())).collect();
    let mut models: Vec<Id<Model>> = pairs.into_iter().map(|(_, model)| model).collect();
    models.sort_unstable();
    models.dedup();
    (models.len(), benchmarks)
}

/// The records of the collection `id` by day of retrieval, with the older captures that they stand for.
fn captures<'a>(id: &str, records: impl Iterator<Item = &'a Loaded>) -> Vec<(Option<Date>, Captured)> {
    let mut by_day: BTreeMap<Option<Date>, Captured> = BTreeMap::new();
    for loaded in records {
        let day = loaded.record.retrieved.as_ref().and_then(|stamp| stamp.day);
        by_day.entry(day).or_default().records += 1;
        for capture in loaded.captures.iter().filter(|it| it.origin.is_of(id)) {
            by_day.entry(capture.retrieved.as_ref().and_then(|stamp| stamp.day)).or_default().older += 1;
        }
    }
    // No day is less than any.
    by_day.into_iter().rev().collect()
}

fn most_first<T: Ord + Copy>(items: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    let mut counts: Vec<(T, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, n)| Reverse(*n));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_measured_is_told_by_what_the_details_state() {
        let measured = |stated: &[(&str, &str)]| {
            let details: serde_json::Map<String, serde_json::Value> =
                stated.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
            let block = serde_json::json!({
                "source_organization_name": "Tiger Lab", "evaluator_relationship": "third_party", "additional_details": details,
            });
            let blocks = crate::load::block::Blocks::default();
            let raw = serde_json::value::to_raw_value(&block).unwrap();
            let source = blocks.source_metadata(Some(&raw), None, &crate::load::scalar::Scalar::default()).unwrap();
            Measured::of(&source)
        };
        assert_eq!(measured(&[]), Measured::NotReported);
        assert_eq!(measured(&[("leaderboard_data_source", "unknown")]), Measured::NotReported);
        assert_eq!(measured(&[("leaderboard_data_source", "tiger-lab")]), Measured::Source);
        assert_eq!(measured(&[("leaderboard_data_source", "Self-Reported")]), Measured::Developer);
        assert_eq!(measured(&[("source_role", "aggregator")]), Measured::Others);
        assert_eq!(measured(&[("leaderboard_data_source", "Acme")]), Measured::Unclear);
        assert_eq!(measured(&[("self_reported", "false")]), Measured::Unclear);
    }
}
