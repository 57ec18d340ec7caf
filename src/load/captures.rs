//! *Captures*: the same row of a source, fetched again, is one result with several captures, and no evidence of its own.
//!
//! A datastore gains a record with every scheduled fetch, even if nothing was measured again. Two records are captures
//! of one thing if all of this holds:
//!
//! 1. They were retrieved at different times, and both say when.
//! 2. They name the same model, evaluator, relation and harness.
//! 3. They have the same results, in any order: each with the same name, test data, metric, score, uncertainty,
//!    settings, details and time of evaluation. Numbers are compared as numbers, so `0.5` is `0.50`.
//! 4. They have the same `evaluation_id` but for the retrieval time at its end, or they are of one collection and
//!    name one source.
//!
//! Of the records that are captures of one thing the newest counts, and keeps the others. Where several of them were
//! retrieved at one time, a source has several equal rows: then only those are joined whose `evaluation_id`s say which
//! belong together. What differs in any of this is another result.

use std::collections::BTreeMap;
use std::io::{self, Write};

use foldhash::{HashMap, HashSet};

use super::record::{EvaluationResult, Record};
use super::{Inputs, Loaded, Origin};
use crate::date::Stamp;
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::hash::{Hashing, Sha256};
use crate::number::Number;
use crate::words::counted;

/// An older capture of a record: other bytes that say the same.
#[derive(Clone, Debug)]
pub struct Capture {
    /// Which bytes.
    pub origin: Origin,
    /// As it has it.
    pub evaluation_id: Box<str>,
    /// When it was retrieved.
    pub retrieved: Option<Stamp>,
    /// How many results it has: as many as the record that counts.
    pub results: usize,
}

/// Joins the records of `inputs` that are captures of one thing. The records that stay keep their order, and what is
/// joined does not depend on it. Takes time in proportion to the number of records.
pub fn join(inputs: &mut Inputs) {
    let attested: HashSet<Sha256> =
        inputs.content.attestations.iter().flat_map(|it| it.subjects.iter().map(|subject| subject.sha256)).collect();
    let mut older: HashMap<usize, usize> = HashMap::default();
    for group in groups(&inputs.records) {
        for mut captures in parted(&inputs.records, group) {
            let stamped = |place: usize| {
                let Loaded { origin, record, .. } = &inputs.records[place];
                (record.retrieved.as_ref(), origin)
            };
            captures.sort_by(|a, b| newest_first(stamped(*a), stamped(*b)));
            let newest = captures[0];
            // What is attested of a result by its place must still be about that result.
            let may_join = |place: &usize| {
                let is_attested = attested.contains(&inputs.records[*place].origin.sha256);
                !is_attested || places(&inputs.records[*place].record) == places(&inputs.records[newest].record)
            };
            older.extend(captures[1..].iter().copied().filter(may_join).map(|place| (place, newest)));
        }
    }
    if older.is_empty() {
        return;
    }
    let mut captures: HashMap<usize, Vec<Capture>> = HashMap::default();
    let mut kept = Vec::with_capacity(inputs.records.len() - older.len());
    for (place, loaded) in std::mem::take(&mut inputs.records).into_iter().enumerate() {
        match older.get(&place) {
            None => kept.push((place, loaded)),
            Some(newest) => captures.entry(*newest).or_default().push(Capture {
                evaluation_id: loaded.record.evaluation_id.clone(),
                retrieved: loaded.record.retrieved.clone(),
                results: loaded.record.results.len(),
                origin: loaded.origin,
            }),
        }
    }
    let with_captures = kept.into_iter().map(|(place, mut loaded)| {
        let mut captures = captures.remove(&place).unwrap_or_default();
        captures.sort_by(|a, b| newest_first((a.retrieved.as_ref(), &a.origin), (b.retrieved.as_ref(), &b.origin)));
        loaded.captures = captures.into();
        loaded
    });
    inputs.records = with_captures.collect();
    // Of older captures no copies are made.
    inputs.sum_without_address();
}

/// Tells which records of a collection state the scores of one run of one model, and are not joined because they say
/// something else differently: an output that was converted again after somebody edited the first record by hand.
pub fn warn_of_repeated_runs(inputs: &Inputs, diagnostics: &mut Diagnostics) {
    type Run<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str, u64)>);
    let mut runs: HashMap<Run, Vec<&Loaded>> = HashMap::default();
    for loaded in &inputs.records {
        let scores = loaded.record.results.iter().map(|result| {
            let time = result.evaluated.as_ref().filter(|stamp| is_moment(stamp)).map(|stamp| &*stamp.text)?;
            Some((&*result.name, time, result.score.value().to_bits()))
        });
        let Some(mut scores) = scores.collect::<Option<Vec<_>>>().filter(|scores| !scores.is_empty()) else { continue };
        scores.sort_unstable();
        runs.entry((&loaded.origin.collection, &loaded.record.model.id, scores)).or_default().push(loaded);
    }
    for ((_, _, scores), records) in runs.into_iter().filter(|(_, records)| records.len() > 1) {
        let message = format!(
            "states {} of the same run as {}, and they count again",
            counted(scores.len(), "score", "scores"),
            inputs.file(records[0])
        );
        let help = "if both were converted from one output, delete one of them".to_owned();
        for record in &records[1..] {
            let file = inputs.file(record);
            diagnostics.warn_with_help(DiagnosticCode::RepeatedRun, &file, "", message.clone(), help.clone());
        }
    }
}

/// True for a time of day; a day, also as the seconds at which it begins, does not tell two runs apart.
fn is_moment(stamp: &Stamp) -> bool {
    const DAY: f64 = 86_400.0;
    let text = stamp.text.trim();
    stamp.day.is_some()
        && text.parse().map_or_else(|_| text.len() > "2026-01-01".len(), |seconds: f64| seconds % DAY != 0.0)
}

/// The records that say the same of the same thing, by place.
fn groups(records: &[Loaded]) -> Vec<Vec<usize>> {
    // What is cheap to hold against each other comes first: most records have no second one.
    let mut alike: HashMap<(&str, Option<&str>, u64), Vec<usize>> = HashMap::default();
    for (place, loaded) in records.iter().enumerate().filter(|(_, it)| it.record.retrieved.is_some()) {
        let record = &loaded.record;
        let scores = record.results.iter().map(|it| it.score.value().to_bits().wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let scores = scores.fold(record.results.len() as u64, u64::wrapping_add);
        alike.entry((&record.model.id, record.source.organization.as_deref(), scores)).or_default().push(place);
    }
    let mut same: BTreeMap<Sha256, Vec<usize>> = BTreeMap::new();
    for place in alike.into_values().filter(|places| places.len() > 1).flatten() {
        same.entry(says(&records[place].record)).or_default().push(place);
    }
    same.into_values().filter(|places| places.len() > 1).flat_map(|places| linked(records, places)).collect()
}

/// Parts of `places`: those that one `evaluation_id`, or one source in one collection, links.
fn linked(records: &[Loaded], places: Vec<usize>) -> Vec<Vec<usize>> {
    let mut part: Vec<usize> = (0..places.len()).collect();
    fn root(part: &mut [usize], mut at: usize) -> usize {
        while part[at] != at {
            part[at] = part[part[at]];
            at = part[at];
        }
        at
    }
    let mut first: HashMap<(&str, &str, &str), usize> = HashMap::default();
    for (at, place) in places.iter().enumerate() {
        let Loaded { origin, record, .. } = &records[*place];
        let id = stem(record);
        let source = record.source.name.as_deref().unwrap_or_default();
        let by_id = (!id.is_empty()).then_some(("", id, ""));
        let by_source = (!source.is_empty()).then_some(("source", &*origin.collection, source));
        for link in [by_id, by_source].into_iter().flatten() {
            let other = *first.entry(link).or_insert(at);
            let (a, b) = (root(&mut part, at), root(&mut part, other));
            part[a.max(b)] = a.min(b);
        }
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, place) in places.into_iter().enumerate() {
        parts.entry(root(&mut part, at)).or_default().push(place);
    }
    parts.into_values().filter(|part| part.len() > 1).collect()
}

/// The captures of one thing each: all of `group`, unless several were retrieved at one time.
fn parted(records: &[Loaded], group: Vec<usize>) -> Vec<Vec<usize>> {
    let is_one = |places: &[usize]| {
        let mut times: Vec<Time> = places.iter().map(|place| time(records[*place].record.retrieved.as_ref())).collect();
        times.sort_by(time_order);
        times.windows(2).all(|pair| time_order(&pair[0], &pair[1]).is_ne())
    };
    if is_one(&group) {
        return vec![group];
    }
    let mut by_id: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for place in group {
        by_id.entry(stem(&records[place].record)).or_default().push(place);
    }
    let named = by_id.into_iter().filter(|(id, places)| !id.is_empty() && places.len() > 1);
    named.map(|(_, places)| places).filter(|places| is_one(places)).collect()
}

/// An `evaluation_id` without the retrieval time at its end.
fn stem(record: &Record) -> &str {
    let id = &*record.evaluation_id;
    let Some(retrieved) = &record.retrieved else { return id };
    let is_time = |last: &str| {
        let seconds = |text: &str| text.parse::<f64>().ok().filter(|seconds| seconds.is_finite());
        last == &*retrieved.text || seconds(last).is_some_and(|last| seconds(&retrieved.text) == Some(last))
    };
    match id.rsplit_once('/') {
        Some((stem, last)) if is_time(last) => stem,
        _ => id,
    }
}

/// When something was retrieved: day, seconds where the text is a number, and the text.
type Time<'a> = (Option<jiff::civil::Date>, Option<f64>, &'a str);

fn time(stamp: Option<&Stamp>) -> Time<'_> {
    let Some(Stamp { text, day }) = stamp else { return (None, None, "") };
    let seconds = text.parse::<f64>().ok().filter(|seconds| seconds.is_finite());
    // `1768435200` and `1768435200.0` are one time.
    (*day, seconds, if seconds.is_some() { "" } else { text })
}

fn time_order(a: &Time, b: &Time) -> std::cmp::Ordering {
    let seconds = |time: &Time| time.1.unwrap_or(f64::NEG_INFINITY);
    (a.0.cmp(&b.0)).then_with(|| seconds(a).total_cmp(&seconds(b))).then_with(|| a.2.cmp(b.2))
}

/// Ties go to the first path.
fn newest_first(a: (Option<&Stamp>, &Origin), b: (Option<&Stamp>, &Origin)) -> std::cmp::Ordering {
    let place = |origin: &Origin| (origin.path.clone(), origin.datastore);
    time_order(&time(b.0), &time(a.0)).then_with(|| place(a.1).cmp(&place(b.1)))
}

/// A hash of all that must be the same in captures of one thing, whatever the order of results.
fn says(record: &Record) -> Sha256 {
    let mut results: Vec<Sha256> = record.results.iter().map(of_result).collect();
    results.sort_unstable();
    let source = &record.source;
    hash(|out| {
        write!(out, "{:?} {:?} {:?}", record.model, source.organization, source.relationship)?;
        write!(out, "{:?} {:?} {results:?}", source.kind, record.library)
    })
}

/// The results with their places in the file.
fn places(record: &Record) -> Vec<(u16, Sha256)> {
    record.results.iter().map(|result| (result.index, of_result(result))).collect()
}

fn of_result(result: &EvaluationResult) -> Sha256 {
    let number = |number: &Number| number.decimal().normalized().to_string();
    let uncertainty = result.uncertainty.as_deref().cloned().unwrap_or_default();
    let interval = uncertainty.interval.map(|(lower, upper)| (number(&lower), number(&upper)));
    let data = &result.data;
    let metric = &result.metric;
    hash(|out| {
        write!(out, "{:?} {:?} {:?} {:?}", result.name, data.dataset_name, data.hf_repo, data.benchmark_hf_repo)?;
        write!(out, "{:?} {:?}", data.settings, data.details)?;
        let bounds = [&metric.min, &metric.max].map(|bound| bound.as_ref().map(number));
        // The bounds are numbers; all the rest of the metric is text.
        let texts = (&metric.id, &metric.name, &metric.kind, &metric.unit, &metric.description, metric.lower_is_better);
        write!(
            out,
            "{texts:?} {bounds:?} {:?}",
            (&metric.parameters, &metric.kind_of_score, &metric.jury, &metric.judging, &metric.details)
        )?;
        write!(out, "{:?} {:?}", result.generation, result.evaluated.as_ref().map(|stamp| &stamp.text))?;
        write!(out, "{} {:?}", number(&result.score), uncertainty.standard_error.as_ref().map(number))?;
        write!(out, "{interval:?} {:?} {:?}", uncertainty.samples.as_ref().map(number), result.details)
    })
}

fn hash(write: impl FnOnce(&mut Hashing<io::Sink>) -> io::Result<()>) -> Sha256 {
    let mut out = Hashing::new(io::sink());
    // Hashing in memory cannot fail.
    _ = write(&mut out);
    out.finish().0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Datastore;
    use crate::load::block::Blocks;
    use crate::load::content::Content;
    use crate::load::source_metadata::SourceMetadata;
    use crate::load::{Subset, record};
    use crate::lock::LockFile;

    const RESULT: &str = r#"{"evaluation_name": "X", "metric_config": {"metric_id": "accuracy", "min_score": 0, "max_score": 1}, "generation_config": {"generation_args": {"temperature": 0}}, "score_details": {"score": 0.5}}"#;

    /// A record of collection `c` with this retrieval time; `of_record` are further members.
    fn record_of(path: &str, retrieved: &str, of_record: &str, results: &str) -> Loaded {
        let json = format!(
            r#"{{"retrieved_timestamp": "{retrieved}", "source_metadata": {{"source_name": "List", "source_organization_name": "Lab"}}, "model_info": {{"id": "a/b"}}{of_record}, "evaluation_results": [{results}]}}"#
        );
        let (record, bad) = record::parse(json.as_bytes(), &Blocks::default()).unwrap();
        assert!(bad.is_empty());
        let origin = Origin {
            datastore: 0,
            path: path.into(),
            collection: "c".into(),
            sha256: Sha256::of(path.as_bytes()),
            other_collections: Box::default(),
            subset: Subset::Unsaid,
            short: 8,
            size: 0,
            is_pinned: false,
            is_indexed: false,
            names_another_model: false,
        };
        Loaded { origin, record, captures: Box::default(), samples: None }
    }

    /// What stays: each path with those of its captures.
    fn joined(records: Vec<Loaded>) -> Vec<String> {
        let mut inputs = Inputs {
            content: Content::default(),
            datastores: vec![Datastore { root: "x".into(), repo: None, revision: None, lock: LockFile::Absent }],
            records,
            quarantined: Vec::new(),
            without_address: 0,
        };
        join(&mut inputs);
        let in_words = |it: &Loaded| {
            let captures: Vec<&str> = it.captures.iter().map(|capture| &*capture.origin.path).collect();
            format!("{} [{}]", it.origin.path, captures.join(" "))
        };
        let mut words: Vec<String> = inputs.records.iter().map(in_words).collect();
        words.sort();
        words
    }

    #[test]
    fn the_same_row_at_other_times_is_one_result_in_any_order_of_files() {
        let ids = ["1767225600", "1767830400", "1768435200.0"];
        let records = |order: [usize; 3]| {
            let record = |at: usize| {
                record_of(&format!("p{at}"), ids[at], &format!(r#", "evaluation_id": "c/a_b/{}""#, ids[at]), RESULT)
            };
            order.map(record).into()
        };
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            assert_eq!(joined(records(order)), ["p2 [p1 p0]"], "{order:?}");
        }
    }

    #[test]
    fn what_differs_is_another_result() {
        let first = || record_of("p1", "1767225600", "", RESULT);
        let second = |of_record: &str, results: &str| record_of("p2", "1767830400", of_record, results);
        let two = ["p1 []", "p2 []"];
        assert_eq!(joined(vec![first(), second("", RESULT)]), ["p2 [p1]"]);
        assert_eq!(joined(vec![first(), second("", &RESULT.replace("0.5}", "0.50}"))]), ["p2 [p1]"], "one number");
        assert_eq!(joined(vec![first(), second("", &RESULT.replace("0.5}", "0.6}"))]), two, "another score");
        let setting = RESULT.replace(r#""temperature": 0"#, r#""temperature": 1"#);
        assert_eq!(joined(vec![first(), second("", &setting)]), two, "one changed setting");
        let metric = RESULT.replace("accuracy", "f1");
        assert_eq!(joined(vec![first(), second("", &metric)]), two, "another metric");
        let error = RESULT.replace("0.5}", r#"0.5, "uncertainty": {"standard_error": 0.1}}"#);
        assert_eq!(joined(vec![first(), second("", &error)]), two, "another uncertainty");
        let time = r#", "evaluation_timestamp": "2025-01-01""#;
        assert_eq!(joined(vec![first(), second(time, RESULT)]), two, "another time of evaluation");
        let mut other = second("", RESULT);
        other.origin.collection = "d".into();
        assert_eq!(joined(vec![first(), other]), two, "another collection, and no id that says it is one");
        let mut other = second("", RESULT);
        let organization = Some("Somebody else".to_owned());
        other.record.source =
            SourceMetadata { organization, name: Some("List".to_owned()), ..SourceMetadata::default() }.into();
        assert_eq!(joined(vec![first(), other]), two, "another evaluator");
        assert_eq!(joined(vec![first(), record_of("p2", "1767225600.0", "", RESULT)]), two, "retrieved at one time");
    }

    #[test]
    fn a_day_is_no_moment() {
        for (text, expected) in [
            ("1768348801", true),
            ("1768348800.5", true),
            ("2026-01-14T09:30:00Z", true),
            ("1768348800", false),
            ("2026-01-14", false),
            ("yesterday evening", false),
        ] {
            assert_eq!(is_moment(&Stamp::new(text.into())), expected, "{text}");
        }
    }

    #[test]
    fn results_may_come_in_another_order() {
        let other = RESULT.replace("\"X\"", "\"Y\"");
        let first = record_of("p1", "1767225600", "", &format!("{RESULT}, {other}"));
        let second = record_of("p2", "1767830400", "", &format!("{other}, {RESULT}"));
        assert_eq!(joined(vec![first, second]), ["p2 [p1]"]);
        let once = record_of("p1", "1767225600", "", RESULT);
        let twice = record_of("p2", "1767830400", "", &format!("{RESULT}, {RESULT}"));
        assert_eq!(joined(vec![once, twice]), ["p1 []", "p2 []"], "one more result");
    }

    #[test]
    fn equal_rows_of_one_time_stay_apart_unless_their_ids_tell_them() {
        let row = |path: &str, time: &str, id: &str| {
            record_of(path, time, &format!(r#", "evaluation_id": "{id}/{time}""#), RESULT)
        };
        let rows = vec![
            row("p1", "1767225600", "x"),
            row("p2", "1767225600", "y"),
            row("p3", "1767830400", "x"),
            row("p4", "1767830400", "y"),
        ];
        assert_eq!(joined(rows), ["p3 [p1]", "p4 [p2]"]);
        let untold = vec![
            record_of("p1", "1767225600", "", RESULT),
            record_of("p2", "1767225600", "", RESULT),
            record_of("p3", "1767830400", "", RESULT),
        ];
        assert_eq!(joined(untold), ["p1 []", "p2 []", "p3 []"]);
    }
}
