//! What *changed between builds*: results added, changed, withdrawn, disputed, and gone.
//!
//! A build leaves a [`ChangeState`] behind: each result's position and digits, and the newest events. The next build
//! compares it with its own, which gives the [`News`]. A result is identified by datastore, path and JSON pointer,
//! so that renaming a model or benchmark is no news; a result that reappears elsewhere with the same digits has
//! only moved. A result that a build does not find is *gone*, for whatever reason; one that an attestation
//! withdraws is *withdrawn*. Without a state, events have dates of their own: results are added on the day of their
//! retrieval and withdrawn on that of the declaration.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};

use anyhow::{Context, Result, ensure};
use flate2::read::MultiGzDecoder;
use foldhash::{HashMap, HashMapExt, HashSet};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::gzip::{Packer, pack};
use crate::hash::Sha256;
use crate::id::Id;
use crate::load::Origin;
use crate::mark::Standing;
use crate::merge::{Dataset, Reading};
use crate::resolve::Benchmark;

/// Most events that are kept, and shown in one feed.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of the site.
    pub site: usize,
    /// Of one benchmark.
    pub benchmark: usize,
}

/// Those of a build.
pub const LIMITS: Limits = Limits { site: 100, benchmark: 30 };

/// What happened on one day to the results of one model on one benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// `YYYY-MM-DD`; empty if neither build nor record say one.
    pub day: String,
    /// Id.
    pub model: String,
    /// Id.
    pub benchmark: String,
    /// Results that were not there before.
    pub added: u32,
    /// Results with another score than before.
    pub changed: u32,
    /// Results that were withdrawn.
    pub withdrawn: u32,
    /// Results that were disputed.
    pub disputed: u32,
    /// Results that were withdrawn or disputed, and are no more.
    pub reinstated: u32,
    /// Results that this build does not find.
    pub gone: u32,
    /// The first of the changed scores: before, after.
    pub scores: Vec<(String, String)>,
}

/// Most changed scores that an event names.
const SCORES: usize = 5;

/// A result of the last build.
struct Before<'a> {
    line: &'a Line<'a>,
    digits: &'a str,
    standing: &'a str,
}

/// Where a record stands: half a hash of datastore and path, as 16 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Place(u64);

/// What the last build left for this one.
pub struct ChangeState {
    results: Vec<Line<'static>>,
    events: Vec<Event>,
}

/// What is new in a build, and what the next one must know of it.
pub struct News {
    /// Of each record.
    places: Vec<Place>,
    events: Vec<Event>,
}

/// The first line of the file.
#[derive(Serialize, Deserialize)]
struct StateHeader {
    version: u32,
    events: Vec<Event>,
}

/// The results of one model on one benchmark; one line of the file.
#[derive(Serialize, Deserialize)]
struct Line<'d> {
    model: Cow<'d, str>,
    benchmark: Cow<'d, str>,
    /// Record, place in the record, and digits.
    results: Vec<(Place, u16, Cow<'d, str>)>,
    /// Which of them are withdrawn or disputed: place in `results`, and code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    objections: Vec<(usize, Cow<'d, str>)>,
}

const VERSION: u32 = 2;

/// A state has fewer bytes when it is unpacked: ten times those of a site of 22,000 models.
const MOST_BYTES: u64 = 256 << 20;

/// And none of its lines has more than this.
const MOST_OF_LINE: u64 = 64 << 20;

impl ChangeState {
    /// Reads what [`News::to_bytes`] wrote.
    pub fn read(packed: &[u8]) -> Result<ChangeState> {
        let mut unpacked = BufReader::new(MultiGzDecoder::new(packed)).take(MOST_BYTES);
        let mut line = Vec::new();
        ensure!(next_line(&mut unpacked, &mut line)?, "the file is empty");
        let head: StateHeader = serde_json::from_slice(&line)?;
        ensure!(head.version == VERSION, "version {} is not known", head.version);
        let mut results = Vec::new();
        while next_line(&mut unpacked, &mut line)? {
            results.push(serde_json::from_slice(&line)?);
        }
        ensure!(unpacked.limit() > 0, "it has more than {} MB", MOST_BYTES >> 20);
        Ok(ChangeState { results, events: head.events })
    }
}

/// Reads a line into `line`; false at the end.
fn next_line(unpacked: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool> {
    line.clear();
    unpacked.take(MOST_OF_LINE).read_until(b'\n', line).context("it cannot be unpacked")?;
    ensure!(line.is_empty() || line.ends_with(b"\n"), "it is truncated or too long");
    Ok(!line.is_empty())
}

impl News {
    /// What differs between `dataset` and `previous`, as events of `day`.
    pub fn new(dataset: &Dataset, previous: Option<ChangeState>, day: &str) -> News {
        let places: Vec<Place> = dataset.inputs.records.iter().map(|loaded| Place::of(&loaded.origin)).collect();
        let events = match previous {
            Some(previous) => {
                let mut events = changes(dataset, &places, &previous.results, day);
                events.extend(previous.events);
                kept(joined(events), LIMITS, |event| &event.benchmark)
            }
            None => dated(dataset, day),
        };
        News { places, events }
    }

    /// Newest first.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The [`ChangeState`] of `dataset` for the next build, one JSON document a line: the events, then the results by model
    /// and benchmark; packed with gzip.
    pub fn to_bytes(&self, dataset: &Dataset) -> Result<Vec<u8>> {
        pack(|lines| self.write(dataset, lines))
    }

    fn write(&self, dataset: &Dataset, lines: &mut Packer) -> Result<()> {
        serde_json::to_writer(&mut *lines, &serde_json::json!({ "version": VERSION, "events": self.events }))?;
        lines.write_all(b"\n")?;
        for (model, benchmark, readings) in groups(dataset) {
            let result = |reading: &Reading| {
                let result = dataset.result(reading);
                let place = self.places[reading.resolved.record as usize];
                ((place, result.index, Cow::Borrowed(result.score.digits())), reading.standing)
            };
            let mut results: Vec<_> = readings.iter().map(result).collect();
            results.sort_unstable();
            let objections = results.iter().enumerate().filter(|(_, (_, standing))| *standing != Standing::Current);
            let line = Line {
                model: model.into(),
                benchmark: dataset.entities.benchmarks[benchmark].id.as_str().into(),
                objections: objections.map(|(at, (_, standing))| (at, standing.code().into())).collect(),
                results: results.into_iter().map(|(result, _)| result).collect(),
            };
            serde_json::to_writer(&mut *lines, &line)?;
            lines.write_all(b"\n")?;
        }
        Ok(())
    }
}

impl Place {
    fn of(origin: &Origin) -> Place {
        let hex = Sha256::of(format!("{}:{}", origin.datastore, origin.path).as_bytes()).to_string();
        Place(u64::from_str_radix(&hex[..16], 16).unwrap_or_default())
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Place, D::Error> {
        let text = <Cow<str>>::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(Place).map_err(serde::de::Error::custom)
    }
}

/// The readings of each model on each benchmark.
fn groups(dataset: &Dataset) -> impl Iterator<Item = (&str, Id<Benchmark>, &[Reading])> {
    let key = |reading: &Reading| (reading.resolved.model, dataset.benchmark_of(reading));
    dataset.readings.chunk_by(move |a, b| key(a) == key(b)).map(move |readings| {
        let (model, benchmark) = key(&readings[0]);
        (dataset.entities.models[model].id.as_str(), benchmark, readings)
    })
}

/// What happened on a day without another build to compare with.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Dated {
    Added(u32),
    Standing(Standing),
}

/// The events that are dated by themselves, newest first; without a day of their own, on the `newest`.
fn dated(dataset: &Dataset, newest: &str) -> Vec<Event> {
    let newest: Option<Date> = newest.parse().ok();
    // There may be as many as results, of which few are kept: those alone become events.
    let mut found: Vec<(Reverse<Option<Date>>, &str, &str, Dated)> = Vec::new();
    for (model, benchmark, readings) in groups(dataset) {
        let mut days: BTreeMap<Option<Date>, u32> = BTreeMap::new();
        for reading in readings {
            let day = dataset.loaded(reading).record.retrieved.as_ref().and_then(|stamp| stamp.day);
            *days.entry(day.or(newest)).or_default() += 1;
        }
        let benchmark = dataset.entities.benchmarks[benchmark].id.as_str();
        found.extend(days.into_iter().map(|(day, n)| (Reverse(day), model, benchmark, Dated::Added(n))));
        for reading in readings.iter().filter(|reading| reading.standing != Standing::Current) {
            let markers = &dataset.marks.records[reading.resolved.record as usize];
            let since = markers.objected_since(&dataset.inputs.content, dataset.result(reading).index);
            found.push((Reverse(since.or(newest)), model, benchmark, Dated::Standing(reading.standing)));
        }
    }
    found.sort_unstable();
    let event = |(Reverse(day), model, benchmark, what): (Reverse<Option<Date>>, &str, &str, Dated)| {
        let event = Event::new(&day.map(|day| day.to_string()).unwrap_or_default(), model, benchmark);
        match what {
            Dated::Added(added) => Event { added, ..event },
            Dated::Standing(standing) => event.with_standing(standing),
        }
    };
    joined(kept(found, LIMITS, |it| it.2).into_iter().map(event).collect())
}

/// What differs between the results of the last build and those of this one.
fn changes(dataset: &Dataset, places: &[Place], previous: &[Line], day: &str) -> Vec<Event> {
    let mut before: HashMap<(Place, u16), Before> = HashMap::with_capacity(dataset.readings.len());
    for line in previous {
        let objections: BTreeMap<usize, &str> = line.objections.iter().map(|(at, code)| (*at, &**code)).collect();
        for (at, (place, index, digits)) in line.results.iter().enumerate() {
            let standing = objections.get(&at).copied().unwrap_or(Standing::Current.code());
            before.insert((*place, *index), Before { line, digits, standing });
        }
    }
    // Of what stands elsewhere now: how many results of a model on a benchmark have these digits.
    let mut elsewhere: HashMap<(&str, &str, u16, &str), u32> = HashMap::new();
    let mut events = Vec::new();
    for (model, benchmark, readings) in groups(dataset) {
        let benchmark = dataset.entities.benchmarks[benchmark].id.as_str();
        let mut event = Event::new(day, model, benchmark);
        for reading in readings {
            let result = dataset.result(reading);
            let digits = result.score.digits();
            let found = before.remove(&(places[reading.resolved.record as usize], result.index));
            let stood = found.as_ref().map_or(Standing::Current.code(), |it| it.standing);
            if stood != reading.standing.code() {
                event = event.with_standing(reading.standing);
            }
            match found {
                None => {
                    event.added += 1;
                    *elsewhere.entry((model, benchmark, result.index, digits)).or_default() += 1;
                }
                Some(it) if it.digits == digits => {}
                Some(it) => {
                    event.changed += 1;
                    event.scores.push((it.digits.to_owned(), digits.to_owned()));
                }
            }
        }
        if !event.is_empty() {
            events.push(event);
        }
    }
    // Which of several is paired is the same: they are only counted.
    let mut moved: HashMap<(&str, &str), u32> = HashMap::new();
    let captures = dataset.inputs.records.iter().flat_map(|loaded| &loaded.captures);
    let captured: HashSet<Place> = captures.map(|capture| Place::of(&capture.origin)).collect();
    for ((place, index), it) in before {
        let (model, benchmark) = (&*it.line.model, &*it.line.benchmark);
        match elsewhere.get_mut(&(model, benchmark, index, it.digits)).filter(|n| **n > 0) {
            Some(n) => {
                *n -= 1;
                *moved.entry((model, benchmark)).or_default() += 1;
            }
            // An older capture is no result of its own any more, and its result is there.
            None if captured.contains(&place) => {}
            None => events.push(Event { gone: 1, ..Event::new(day, model, benchmark) }),
        }
    }
    for event in &mut events {
        event.added -= moved.remove(&(&*event.model, &*event.benchmark)).unwrap_or_default();
    }
    events.retain(|event| !event.is_empty());
    events
}

/// One event for each day, model and benchmark, newest first.
fn joined(events: Vec<Event>) -> Vec<Event> {
    let mut joined: BTreeMap<(Reverse<String>, String, String), Event> = BTreeMap::new();
    for event in events {
        let key = (Reverse(event.day.clone()), event.model.clone(), event.benchmark.clone());
        let sum = joined.entry(key).or_insert_with(|| Event::new(&event.day, &event.model, &event.benchmark));
        sum.added += event.added;
        sum.changed += event.changed;
        sum.withdrawn += event.withdrawn;
        sum.disputed += event.disputed;
        sum.reinstated += event.reinstated;
        sum.gone += event.gone;
        sum.scores.extend(event.scores);
    }
    let mut events: Vec<Event> = joined.into_values().collect();
    for event in &mut events {
        event.scores.sort_unstable();
        event.scores.truncate(SCORES);
    }
    events
}

/// The first of `events`, within the limits of the site and of each benchmark.
fn kept<T>(events: Vec<T>, limits: Limits, benchmark_of: impl Fn(&T) -> &str) -> Vec<T> {
    let mut of_benchmark: HashMap<&str, usize> = HashMap::new();
    let mut is_kept = Vec::with_capacity(events.len());
    for (place, benchmark) in events.iter().map(benchmark_of).enumerate() {
        let count = of_benchmark.entry(benchmark).or_default();
        *count += 1;
        is_kept.push(*count <= limits.benchmark || place < limits.site);
    }
    events.into_iter().zip(is_kept).filter_map(|(event, is_kept)| is_kept.then_some(event)).collect()
}

impl Event {
    fn new(day: &str, model: &str, benchmark: &str) -> Event {
        Event {
            day: day.to_owned(),
            model: model.to_owned(),
            benchmark: benchmark.to_owned(),
            added: 0,
            changed: 0,
            withdrawn: 0,
            disputed: 0,
            reinstated: 0,
            gone: 0,
            scores: Vec::new(),
        }
    }

    /// With one result more that stands like this now.
    fn with_standing(mut self, standing: Standing) -> Event {
        match standing {
            Standing::Withdrawn => self.withdrawn += 1,
            Standing::Disputed => self.disputed += 1,
            Standing::Current => self.reinstated += 1,
        }
        self
    }

    fn is_empty(&self) -> bool {
        [self.added, self.changed, self.withdrawn, self.disputed, self.reinstated, self.gone] == [0; 6]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_one_day_are_joined_and_the_newest_are_kept() {
        let event = |day: &str, model: &str| Event { added: 1, ..Event::new(day, model, "b") };
        let events = vec![event("2026-01-01", "m"), event("2026-01-02", "m"), event("2026-01-01", "m"), event("", "n")];
        let events = joined(events);
        assert_eq!(
            events.iter().map(|it| (it.day.as_str(), it.added)).collect::<Vec<_>>(),
            [("2026-01-02", 1), ("2026-01-01", 2), ("", 1)]
        );
        let days =
            |limits| kept(events.clone(), limits, |it| &it.benchmark).into_iter().map(|it| it.day).collect::<Vec<_>>();
        assert_eq!(days(Limits { site: 1, benchmark: 0 }), ["2026-01-02"]);
        assert_eq!(days(Limits { site: 0, benchmark: 2 }), ["2026-01-02", "2026-01-01"]);
    }

    #[test]
    fn a_state_that_is_none_is_refused() {
        let head = "{\"version\":2,\"events\":[]}\n";
        let blank_lines = format!("{head}{}", "\n".repeat(1000));
        let bad = ["", "{}\n", "{\"version\":1,\"events\":[]}\n", &format!("{head}x\n"), head.trim_end(), &blank_lines];
        for text in bad {
            assert!(ChangeState::read(&packed(text)).is_err(), "{text}");
        }
        assert!(ChangeState::read(&packed(head)).is_ok());
        assert!(ChangeState::read(head.as_bytes()).is_err(), "it is not packed");
        assert!(ChangeState::read(&packed(head)[..20]).is_err(), "it is cut");
        assert!(ChangeState::read(&[packed(head), packed("x")].concat()).is_err(), "something stands behind it");
        let long = format!("{head}{}", " ".repeat(MOST_OF_LINE as usize + 1));
        assert!(ChangeState::read(&packed(&long)).is_err(), "a line is too long");
    }

    fn packed(text: &str) -> Vec<u8> {
        pack(|lines| Ok(lines.write_all(text.as_bytes())?)).unwrap()
    }
}
