//! A *record* is one Every Eval Ever aggregate file: one model, one source, one or more results.
//!
//! All schema versions from 0.0.1 to 0.3.0 are read, told by shape and not by `schema_version`
//! (which is not an enum and is sometimes wrong). Nothing is rewritten or guessed: what is absent
//! stays absent. The blocks of the JSON are in [`super::block`]; instance-level files are refused.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::also::{Leaf, is_plainly_carried, of_block, of_block_but};
use super::block::{Blocks, EvalLibrary, GenerationConfig, MetricConfig, ModelInfo, SourceData, plain};
use super::details::Details;
use super::foreign;
use super::object::{RawObject, Root};
use super::scalar::Scalar;
use super::schema::{self, FACT};
use super::source_metadata::SourceMetadata;
use super::strict_json;
use crate::date::Stamp;
use crate::language::sentence::Sentence;
use crate::names::is_not_reported;
use crate::number::Number;
use crate::words::shorten;

/// One aggregate record, from any schema version.
#[derive(Clone, Debug)]
pub struct Record {
    /// `schema_version` as stated.
    pub schema_version: Arc<str>,
    /// Not a key: several records may share one (use the file's hash).
    pub evaluation_id: Box<str>,
    /// When the record was made.
    pub retrieved: Option<Stamp>,
    /// Who reported it.
    pub source: Arc<SourceMetadata>,
    /// Which harness; absent before 0.2.1.
    pub library: Option<Arc<EvalLibrary>>,
    /// Which model.
    pub model: Arc<ModelInfo>,
    /// The numbers, in the order of the file.
    pub results: Box<[EvaluationResult]>,
    /// What is known of those that could not be read.
    pub lost: Box<[LostResult]>,
    /// What else the root holds.
    pub also: Box<[Leaf]>,
}

/// One number of a record.
#[derive(Clone, Debug)]
pub struct EvaluationResult {
    /// Place in `evaluation_results`, from 0.
    pub index: u16,
    /// `evaluation_result_id`, since 0.2.2.
    pub id: Option<Arc<str>>,
    /// Benchmark or subset as the source wrote it.
    pub name: Arc<str>,
    /// Where the test data came from.
    pub data: Arc<SourceData>,
    /// What the number is.
    pub metric: Arc<MetricConfig>,
    /// How it was produced.
    pub generation: Option<Arc<GenerationConfig>>,
    /// When the evaluation ran: of the result, else of the record.
    pub evaluated: Option<Stamp>,
    /// The number itself.
    pub score: Number,
    /// Its stated uncertainty.
    pub uncertainty: Option<Box<Uncertainty>>,
    /// The members of `score_details.details`, by key.
    pub details: Details,
    /// What else `score_details` and the result itself hold.
    pub also: Box<[Leaf]>,
}

/// A result that could not be read, such as for its score; what of it could be read.
#[derive(Clone, Debug)]
pub struct LostResult {
    /// `evaluation_result_id`.
    pub id: Option<Arc<str>>,
    /// Where the test data came from.
    pub data: Option<Arc<SourceData>>,
    /// What the number would be.
    pub metric: Option<Arc<MetricConfig>>,
}

/// `score_details.uncertainty`; members that are absent or of another shape are `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Uncertainty {
    /// `standard_error.value` (or the bare number of older records).
    pub standard_error: Option<Number>,
    /// `confidence_interval.lower` and `.upper`: bounds, or offsets from the score; both occur.
    pub interval: Option<(Number, Number)>,
    /// `num_samples`.
    pub samples: Option<Number>,
    /// `standard_error.method`: analytic, bootstrap …
    pub error_method: Option<Box<str>>,
    /// `standard_deviation`.
    pub standard_deviation: Option<Number>,
    /// `confidence_interval.confidence_level`, from 0 to 1.
    pub level: Option<Number>,
    /// `confidence_interval.method`.
    pub interval_method: Option<Box<str>>,
    /// `num_bootstrap_samples`.
    pub bootstrap_samples: Option<Number>,
}

/// Why a result is left out while its record stays.
#[derive(Debug, PartialEq)]
pub struct BadResult {
    /// Place in `evaluation_results`, from 0.
    pub index: usize,
    /// Why.
    pub detail: Sentence,
}

/// Why a whole file is left out.
#[derive(Debug, PartialEq)]
pub enum BadRecord {
    /// The bytes are not a JSON document; with line and column.
    Json(Sentence),
    /// The document is not an aggregate record.
    Shape(Sentence),
    /// The document is instance-level data, which is not a record.
    Instances,
}

/// Reads one file. The results that cannot be read come beside the record.
pub fn parse(bytes: &[u8], blocks: &Blocks) -> Result<(Record, Vec<BadResult>), BadRecord> {
    let text = std::str::from_utf8(bytes).map_err(|err| BadRecord::Json(foreign::bytes(bytes, err)))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Ok(root) = serde_json::from_str::<Root<RawObject>>(text) {
        return finish(root, blocks, Ok);
    }
    // Something has an unexpected type: look at the results one by one.
    match serde_json::from_str::<Root<&RawValue>>(text) {
        Ok(root) => finish(root, blocks, |result| {
            serde_json::from_str(result.get()).map_err(|err| Sentence::quote(plain(&err)))
        }),
        Err(err) if err.is_data() => Err(shape_error(text, &err)),
        Err(err) => Err(BadRecord::Json(foreign::text(text, &err))),
    }
}

fn shape_error(text: &str, err: &serde_json::Error) -> BadRecord {
    let Ok(items) = serde_json::from_str::<Vec<Member>>(text) else {
        return BadRecord::Shape(Sentence::quote(err));
    };
    let n_records = items.iter().filter(|item| item.evaluation_results.is_some()).count();
    match (items.len(), n_records) {
        (0, _) => BadRecord::Shape(Sentence::of("detail.empty_list")),
        (_, 0) => BadRecord::Instances,
        (_, n) => BadRecord::Shape(Sentence::of("detail.list_of_records").with("n", n)),
    }
}

/// An item of a list in place of a record.
#[derive(Deserialize)]
struct Member {
    evaluation_results: Option<IgnoredAny>,
}

fn finish<'a, R>(
    root: Root<'a, R>,
    blocks: &Blocks,
    read: impl Fn(R) -> Result<RawObject<'a>, Sentence>,
) -> Result<(Record, Vec<BadResult>), BadRecord> {
    let Root { members, results: raw_results } = root;
    let Some(raw_results) = raw_results else {
        return Err(match members.get("sample_id") {
            Some(_) => BadRecord::Instances,
            None => BadRecord::Shape(match foreign::harness(members.iter().map(|(key, _)| key)) {
                Some(name) => Sentence::of("detail.harness").with("name", name),
                None => missing("evaluation_results"),
            }),
        });
    };
    let Some(raw_model) = members.get("model_info") else {
        return Err(BadRecord::Shape(missing("model_info")));
    };
    let model = blocks.model_info(raw_model).map_err(BadRecord::Shape)?;
    if model.id.is_empty() {
        return Err(BadRecord::Shape(Sentence::of("detail.no_model")));
    }
    if model.id.len() > MAX_NAME {
        let detail = Sentence::of("detail.long_id").with("n", model.id.len()).with("most", MAX_NAME);
        return Err(BadRecord::Shape(detail));
    }
    if raw_results.len() > usize::from(u16::MAX) {
        let detail = Sentence::of("detail.results").with("n", raw_results.len()).with("most", u16::MAX);
        return Err(BadRecord::Shape(detail));
    }
    let scalar = |key: &str| members.read::<Scalar>(key);
    let evaluated = scalar("evaluation_timestamp");
    let context = Context {
        blocks,
        evaluated: evaluated.stamp(blocks),
        root_data: members.get("source_data").or_else(|| members.get("source_data_urls")),
    };
    // A result without test data of its own has that of the root.
    let mut is_root_data_used = false;
    let mut results = Vec::with_capacity(raw_results.len());
    let (mut bad, mut lost) = (Vec::new(), Vec::new());
    for (index, raw_result) in raw_results.into_iter().enumerate() {
        let members = match read(raw_result) {
            Ok(members) => members,
            Err(detail) => {
                lost.push(LostResult { id: None, data: None, metric: None });
                bad.push(BadResult { index, detail });
                continue;
            }
        };
        match context.result(index as u16, &members) {
            Ok(result) => {
                is_root_data_used |= members.get("source_data").is_none();
                results.push(result);
            }
            Err(detail) => {
                lost.push(context.lost(&members));
                bad.push(BadResult { index, detail });
            }
        }
    }
    let record = Record {
        schema_version: blocks.text.text(scalar("schema_version").as_str()),
        evaluation_id: scalar("evaluation_id").as_str().into(),
        retrieved: scalar("retrieved_timestamp").stamp(blocks),
        source: blocks
            .source_metadata(
                members.get("source_metadata"),
                members.get("evaluation_source"),
                &scalar("leaderboard_name"),
            )
            .map_err(BadRecord::Shape)?,
        library: members
            .get("eval_library")
            .map(|block| blocks.eval_library(block))
            .transpose()
            .map_err(BadRecord::Shape)?,
        model,
        also: also_of_root(&members, &results, evaluated.as_str().trim(), is_root_data_used)
            .map_err(BadRecord::Shape)?,
        results: results.into(),
        lost: lost.into(),
    };
    Ok((record, bad))
}

/// The blocks, which say themselves what else they hold.
const BLOCKS: [&str; 7] = [
    "source_metadata",
    "evaluation_source",
    "leaderboard_name",
    "eval_library",
    "model_info",
    "metric_config",
    "generation_config",
];

/// A member of the root or of a result, as JSON.
fn json(raw: &RawValue) -> Result<Value, Sentence> {
    strict_json::value(raw.get()).map_err(|err| Sentence::quote(plain(&err)))
}

/// What the members of a result hold that its fields do not carry, but for its score.
fn also_of_result(members: &RawObject) -> Result<Vec<Leaf>, Sentence> {
    let mut also = Vec::new();
    for (key, raw) in members.iter() {
        let is_carried = matches!(key, "source_data" | "score_details")
            || BLOCKS.contains(&key)
            || is_plainly_carried(schema::find_in_result(key), raw.get());
        if !is_carried {
            also.extend(of_block(key, &json(raw)?));
        }
    }
    Ok(also)
}

/// The details of a score, and what else `score_details` holds; `read` is what could be read of its uncertainty.
fn of_score(members: &RawObject, read: Option<&Uncertainty>) -> Result<(Details, Vec<Leaf>), Sentence> {
    let is_in = |block: &RawValue| object(block).is_some_and(|it| it.get("confidence_interval").is_some());
    let has_both = members.get("confidence_interval").is_some() && members.get("uncertainty").is_some_and(is_in);
    let is_missed = |path: &str| {
        let path = path.strip_prefix("evaluation_results[].score_details.").unwrap_or(path);
        // One bound is no interval.
        (has_both && path.starts_with("confidence_interval."))
            || match path.strip_prefix("uncertainty.").unwrap_or(path) {
                "confidence_interval.lower" | "confidence_interval.upper" => {
                    read.is_none_or(|it| it.interval.is_none())
                }
                "confidence_interval.confidence_level" => read.is_none_or(|it| it.level.is_none()),
                "confidence_interval.method" => read.is_none_or(|it| it.interval_method.is_none()),
                "standard_error.method" => read.is_none_or(|it| it.error_method.is_none()),
                _ => false,
            }
    };
    let (mut details, mut also) = (Details::default(), Vec::new());
    // A score that was read is carried.
    for (key, raw) in members.iter().filter(|(key, _)| *key != "score") {
        let block = json(raw)?;
        if key == "details" {
            details = Details::read(&block);
        }
        also.extend(of_block_but(&format!("score_details.{key}"), &block, is_missed));
    }
    Ok((details, also))
}

/// What the members of the root hold that neither a block nor a result carries.
fn also_of_root(
    members: &RawObject,
    results: &[EvaluationResult],
    evaluated: &str,
    is_data_used: bool,
) -> Result<Box<[Leaf]>, Sentence> {
    let is_used = results.iter().any(|result| result.evaluated.as_ref().is_some_and(|stamp| *stamp.text == *evaluated));
    let is_missed = |path: &str| path == "evaluation_timestamp" && !is_used;
    let has_data = members.get("source_data").is_some();
    let is_carried = |key: &str| match key {
        "source_data" => is_data_used,
        "source_data_urls" => is_data_used && !has_data,
        key => BLOCKS.contains(&key),
    };
    let mut also = Vec::new();
    for (key, raw) in members.iter().filter(|(key, _)| !is_carried(key)) {
        if !is_missed(key) && is_plainly_carried(schema::find(key), raw.get()) {
            continue;
        }
        also.extend(of_block_but(key, &json(raw)?, is_missed));
    }
    Ok(also.into())
}

fn missing(name: &str) -> Sentence {
    Sentence::of("detail.missing").with("name", name)
}

/// Longest id or name, in bytes, that is read; the longest real one has 129.
const MAX_NAME: usize = 600;

/// What the results of one record share.
struct Context<'a> {
    blocks: &'a Blocks,
    evaluated: Option<Stamp>,
    root_data: Option<&'a RawValue>,
}

impl Context<'_> {
    fn result(&self, index: u16, members: &RawObject) -> Result<EvaluationResult, Sentence> {
        let scalar = |key: &str| members.read::<Scalar>(key);
        let name = scalar("evaluation_name");
        let name = name.as_str().trim();
        if name.is_empty() {
            return Err(missing("evaluation_name"));
        }
        if name.len() > MAX_NAME {
            return Err(Sentence::of("detail.long_name").with("n", name.len()).with("most", MAX_NAME));
        }
        let details = members.get("score_details").ok_or_else(|| missing("score_details"))?;
        let details: RawObject = serde_json::from_str(details.get())
            .map_err(|err| Sentence::of("detail.block").with("block", "score_details").quoting(plain(&err)))?;
        let score = details.get("score").ok_or_else(|| missing("score"))?;
        let score = Number::from_json(score).map_err(|why| why.with("name", "score"))?;
        // Some 0.1.0 records have the interval here and not under `uncertainty`.
        let uncertainty = uncertainty(details.get("uncertainty"), details.get("confidence_interval"));
        let (details, of_score) = of_score(&details, uncertainty.as_deref())?;
        let mut also = also_of_result(members)?;
        also.extend(of_score);
        let generation = members.get("generation_config");
        Ok(EvaluationResult {
            index,
            id: scalar("evaluation_result_id").shared(self.blocks),
            name: self.blocks.text.text(name),
            data: self.blocks.source_data(members.get("source_data").or(self.root_data))?,
            metric: self.blocks.metric_config(members.get("metric_config"))?,
            generation: generation.map(|block| self.blocks.generation_config(block)).transpose()?.flatten(),
            evaluated: scalar("evaluation_timestamp").stamp(self.blocks).or_else(|| self.evaluated.clone()),
            score,
            details,
            also: also.into(),
            uncertainty,
        })
    }

    fn lost(&self, members: &RawObject) -> LostResult {
        LostResult {
            id: members.read::<Scalar>("evaluation_result_id").shared(self.blocks),
            data: self.blocks.source_data(members.get("source_data").or(self.root_data)).ok(),
            metric: self.blocks.metric_config(members.get("metric_config")).ok(),
        }
    }
}

/// A block whose members are looked at one by one; one that is no object says nothing.
fn object(block: &RawValue) -> Option<RawObject<'_>> {
    serde_json::from_str(block.get()).ok()
}

fn uncertainty(block: Option<&RawValue>, bare_interval: Option<&RawValue>) -> Option<Box<Uncertainty>> {
    let number = |raw: &RawValue| Number::from_json(raw).ok();
    // A method without a value says nothing of this score.
    let word = |raw: &RawValue| {
        let text: String = serde_json::from_str(raw.get()).ok()?;
        let text = text.trim();
        (!is_not_reported(text)).then(|| shorten(text, FACT).into_boxed_str())
    };
    let inside = block.and_then(object).unwrap_or_default();
    let interval = inside.get("confidence_interval").or(bare_interval).and_then(object);
    let error_block = inside.get("standard_error").and_then(object);
    let standard_error = inside
        .get("standard_error")
        .and_then(|block| number(error_block.as_ref().and_then(|error| error.get("value")).unwrap_or(block)));
    let read = Uncertainty {
        error_method: error_block.and_then(|it| word(it.get("method")?)).filter(|_| standard_error.is_some()),
        standard_error,
        level: interval.as_ref().and_then(|it| number(it.get("confidence_level")?)),
        interval_method: interval.as_ref().and_then(|it| word(it.get("method")?)),
        interval: interval.and_then(|it| Some((number(it.get("lower")?)?, number(it.get("upper")?)?))),
        samples: inside.get("num_samples").and_then(number),
        standard_deviation: inside.get("standard_deviation").and_then(number),
        bootstrap_samples: inside.get("num_bootstrap_samples").and_then(number),
    };
    let read = match read.interval {
        Some(_) => read,
        None => Uncertainty { level: None, interval_method: None, ..read },
    };
    (read != Uncertainty::default()).then(|| Box::new(read))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<(Record, Vec<BadResult>), BadRecord> {
        parse(json.as_bytes(), &Blocks::default())
    }

    const RESULT: &str =
        r#"{"evaluation_name": "MMLU", "metric_config": {"lower_is_better": false}, "score_details": {"score": 0.50}}"#;

    fn record_with(results: &str) -> String {
        format!(
            r#"{{"schema_version": "0.3.0", "model_info": {{"id": "a/b", "name": "B"}}, "evaluation_results": [{results}]}}"#
        )
    }

    #[test]
    fn one_bad_result_does_not_lose_its_neighbours() {
        let bad = r#"{"evaluation_name": "X", "score_details": {"score": "0.5"}}"#;
        let (record, left_out) = read(&record_with(&format!("{RESULT}, {bad}, 7, {RESULT}"))).unwrap();
        assert_eq!(record.results.iter().map(|result| result.index).collect::<Vec<_>>(), [0, 3]);
        assert_eq!(record.results[0].score.digits(), "0.50");
        assert_eq!(left_out.iter().map(|bad| bad.index).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn what_is_no_record_is_refused_with_its_reason() {
        assert_eq!(read(r#"[{"sample_id": "1"}]"#).unwrap_err(), BadRecord::Instances);
        assert_eq!(read(r#"{"sample_id": "1", "input": {}}"#).unwrap_err(), BadRecord::Instances);
        assert!(matches!(read("{").unwrap_err(), BadRecord::Json(why) if why.to_string().contains("line 1")));
        assert!(
            matches!(read(r#"{"evaluation_results": []}"#).unwrap_err(), BadRecord::Shape(why) if why.to_string().contains("model_info"))
        );
        assert!(matches!(read(r#"{"model_info": {}, "evaluation_results": []}"#).unwrap_err(), BadRecord::Shape(_)));
        assert!(matches!(parse(&[0xff, 0xfe], &Blocks::default()).unwrap_err(), BadRecord::Json(_)));
    }

    #[test]
    fn a_bare_interval_and_an_interval_under_uncertainty_are_both_read() {
        for details in [
            r#"{"score": 1.0, "confidence_interval": {"lower": -0.03, "upper": 0.03}}"#,
            r#"{"score": 1.0, "uncertainty": {"confidence_interval": {"lower": -0.03, "upper": 0.03}}}"#,
        ] {
            let result = format!(r#"{{"evaluation_name": "X", "score_details": {details}}}"#);
            let (record, _) = read(&record_with(&result)).unwrap();
            let interval = record.results[0].uncertainty.as_ref().unwrap().interval.as_ref().unwrap();
            assert_eq!((interval.0.digits(), interval.1.digits()), ("-0.03", "0.03"));
        }
    }
}
