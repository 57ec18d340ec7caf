//! The *blocks* of a record: `source_metadata`, `model_info`, `metric_config` and so on.
//!
//! Each distinct block is parsed once and shared ([`crate::intern`]). Reading is lenient: a member
//! of another type than the schema says is treated as absent, because older schema versions left
//! most types open. [`super::record`] puts the blocks together.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::also::{Leaf, of_block, of_block_but};
use super::detail_keys;
use super::details::Details;
use super::scalar::Scalar;
use super::source_metadata::SourceMetadata;
use super::strict_json;
use super::test_part::TestPart;
use crate::hash::Sha256;
use crate::intern::Interner;
use crate::language::sentence::Sentence;
use crate::number::Number;
use crate::words::shorten;

/// The evaluation software.
#[derive(Debug, PartialEq)]
pub struct EvalLibrary {
    /// For example `lm-evaluation-harness`.
    pub name: Option<String>,
    /// `unknown` is allowed, and common.
    pub version: Option<String>,
    /// The members of `additional_details`, by key.
    pub details: Details,
    /// What else the block holds.
    pub also: Box<[Leaf]>,
}

/// The model as the source names it.
#[derive(Debug, Default, PartialEq)]
pub struct ModelInfo {
    /// `id`, else `name`; never empty in a [`super::record::Record`].
    pub id: String,
    /// True if the record has an `id`.
    pub has_id: bool,
    /// Display name, or again the id.
    pub name: Option<String>,
    /// Claimed developer.
    pub developer: Option<String>,
    /// Somebody's API.
    pub platform: Option<String>,
    /// Software that the evaluator ran.
    pub engine: Option<String>,
    /// The scalar members of `additional_details`, by key.
    pub details: Details,
    /// What else the block holds.
    pub also: Box<[Leaf]>,
}

/// Where the test data of a result came from.
#[derive(Debug, Default, PartialEq)]
pub struct SourceData {
    /// Often the benchmark, sometimes the collection or a file name.
    pub dataset_name: Option<String>,
    /// Hub dataset id.
    pub hf_repo: Option<String>,
    /// `additional_details.benchmark_hf_repo`: the benchmark behind a leaderboard's own dataset.
    pub benchmark_hf_repo: Option<String>,
    /// Pages of the source.
    pub urls: Vec<String>,
    /// How large the test was and how it was asked, as far as it is said here.
    pub settings: Vec<(String, String)>,
    /// The members of `additional_details`, by key.
    pub details: Details,
    /// What else the block holds.
    pub also: Box<[Leaf]>,
}

/// What a number is.
#[derive(Debug, Default, PartialEq)]
pub struct MetricConfig {
    /// Prose.
    pub description: Option<String>,
    /// Stable id, since 0.2.2.
    pub id: Option<String>,
    /// Label.
    pub name: Option<String>,
    /// Family: accuracy, elo …
    pub kind: Option<String>,
    /// `proportion`, `percent`, `points` …
    pub unit: Option<String>,
    /// Direction; `None` if not reported.
    pub lower_is_better: Option<bool>,
    /// Least possible score; `None` is "no bound" or "not reported".
    pub min: Option<Number>,
    /// Greatest possible score.
    pub max: Option<Number>,
    /// `metric_parameters` by key, values as text: the k of pass@k, a threshold, a window. Null states nothing.
    pub parameters: Vec<(String, String)>,
    /// What kind of number a score is.
    pub kind_of_score: ScoreKind,
    /// `llm_scoring`: who rated the answers.
    pub jury: Option<Jury>,
    /// Judges, their temperatures and weights, prompt and aggregation as settings.
    pub judging: Vec<(String, String)>,
    /// The members of `additional_details`, by key.
    pub details: Details,
    /// What else the block holds.
    pub also: Box<[Leaf]>,
    /// True if its details say that the number only describes, so that no end is the good one.
    pub is_descriptive: bool,
    /// How many items the whole test has, where the description says so.
    pub size_in_description: Option<u64>,
}

/// `score_type`. A record that states none is taken for continuous: all schema versions that lack it mean that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum ScoreKind {
    /// Any number within the bounds.
    #[default]
    Continuous,
    /// Yes or no.
    Binary,
    /// A level: the place of its name in a list, from 0.
    Levels {
        /// `level_names`.
        names: Vec<String>,
        /// `has_unknown_level`: −1 then means that no level is known, and is no score.
        has_unknown: bool,
    },
}

/// The language models that rated the answers, and how their ratings become one.
#[derive(Clone, Debug, PartialEq)]
pub struct Jury {
    /// At least one.
    pub judges: Vec<Judge>,
    /// `aggregation_method`, else what `additional_details` names.
    pub aggregation: Option<String>,
    /// `input_prompt`, whole.
    pub prompt: Option<String>,
    /// `expert_baseline`: the score of human experts.
    pub expert_baseline: Option<Number>,
}

/// One judge.
#[derive(Clone, Debug, PartialEq)]
pub struct Judge {
    /// `model_info.id`, else its name.
    pub model: String,
    /// As text.
    pub temperature: Option<String>,
    /// Its weight in the aggregate, as text.
    pub weight: Option<String>,
}

/// How a result was produced: every disclosed setting as key and text, sorted by key.
#[derive(Debug, PartialEq)]
pub struct GenerationConfig {
    /// `temperature`, `num_fewshot` … with their values as text.
    pub settings: Vec<(String, String)>,
    /// What the arguments that are objects hold of settings: agent, tools, plan, limits, sandbox.
    pub inner: Vec<(String, String)>,
    /// What else the block holds.
    pub also: Box<[Leaf]>,
    /// The part of the test that was run, where the settings name one.
    pub part: Option<TestPart>,
}

/// The shared blocks of all records of a build.
#[derive(Default)]
pub struct Blocks {
    /// Short texts: names, ids, time stamps.
    pub text: Interner<str>,
    sources: Interner<SourceMetadata>,
    libraries: Interner<EvalLibrary>,
    models: Interner<ModelInfo>,
    data: Interner<SourceData>,
    metrics: Interner<MetricConfig>,
    generations: Interner<GenerationConfig>,
}

impl Blocks {
    /// `source_metadata`, with the 0.0.1 blocks `evaluation_source` and `leaderboard_name`.
    pub fn source_metadata(
        &self,
        block: Option<&RawValue>,
        old: Option<&RawValue>,
        leaderboard: &Scalar,
    ) -> Result<Arc<SourceMetadata>, Sentence> {
        let text = |block: Option<&RawValue>| block.map_or("null", RawValue::get).to_owned();
        // The three parts together are the key; only 0.0.1 has more than the first.
        let key = match (old, leaderboard.as_str()) {
            (None, "") => text(block),
            (_, name) => format!("[{},{},{}]", text(block), text(old), Value::from(name)),
        };
        self.sources.get(&key, |key| Ok(Arc::new(SourceMetadata::read(&json("source_metadata", key)?))))
    }

    /// `eval_library`.
    pub fn eval_library(&self, block: &RawValue) -> Result<Arc<EvalLibrary>, Sentence> {
        self.libraries.get(block.get(), |text| {
            let value = json("eval_library", text)?;
            Ok(Arc::new(EvalLibrary {
                name: string(&value["name"]),
                version: string(&value["version"]),
                details: Details::read(&value["additional_details"]),
                also: of_block("eval_library", &value),
            }))
        })
    }

    /// `model_info`.
    pub fn model_info(&self, block: &RawValue) -> Result<Arc<ModelInfo>, Sentence> {
        self.models.get(block.get(), |text| Ok(Arc::new(ModelInfo::read(&json("model_info", text)?))))
    }

    /// `source_data` of a result (since 0.2.0), of the root (0.1.0), or the root's list of URLs.
    pub fn source_data(&self, block: Option<&RawValue>) -> Result<Arc<SourceData>, Sentence> {
        self.data.get(block.map_or("null", RawValue::get), |text| {
            Ok(Arc::new(SourceData::read(&json("source_data", text)?)))
        })
    }

    /// `metric_config`.
    pub fn metric_config(&self, block: Option<&RawValue>) -> Result<Arc<MetricConfig>, Sentence> {
        self.metrics.get(block.map_or("null", RawValue::get), |text| Ok(Arc::new(MetricConfig::read(text)?)))
    }

    /// `generation_config`; `None` if it discloses nothing.
    pub fn generation_config(&self, block: &RawValue) -> Result<Option<Arc<GenerationConfig>>, Sentence> {
        let read = |text: &str| Ok::<_, Sentence>(Arc::new(GenerationConfig::read(&json("generation_config", text)?)));
        let config = self.generations.get(block.get(), read)?;
        Ok((!config.settings.is_empty() || !config.also.is_empty()).then_some(config))
    }
}

/// serde_json's message without its position, which here is relative to a part of the file.
pub(super) fn plain(err: &serde_json::Error) -> String {
    let text = err.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// The block, or why it cannot be read; a block must not be taken for absent because of one member.
fn json(block: &str, text: &str) -> Result<Value, Sentence> {
    let unreadable = |err| Sentence::of("detail.block").with("block", block).quoting(plain(&err));
    strict_json::value(text).map_err(unreadable)
}

/// A string that says something.
pub(super) fn string(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(|text| shorten(text, MAX_TEXT))
}

/// Longest text that is kept of any member; no real name or address comes near.
const MAX_TEXT: usize = 1_000;

impl ModelInfo {
    fn read(value: &Value) -> ModelInfo {
        let name = string(&value["name"]);
        let engine = &value["inference_engine"];
        ModelInfo {
            has_id: string(&value["id"]).is_some(),
            id: string(&value["id"]).or_else(|| name.clone()).unwrap_or_default(),
            name,
            developer: string(&value["developer"]),
            platform: string(&value["inference_platform"]),
            engine: string(engine).or_else(|| {
                let name = string(&engine["name"])?;
                Some(string(&engine["version"]).map_or(name.clone(), |version| format!("{name} {version}")))
            }),
            details: Details::read(&value["additional_details"]),
            also: of_block("model_info", value),
        }
    }
}

impl SourceData {
    fn read(value: &Value) -> SourceData {
        let urls = if value.is_array() { value } else { &value["url"] };
        let urls = match urls {
            Value::Array(list) => list.iter().filter_map(string).collect(),
            one => string(one).into_iter().collect(),
        };
        SourceData {
            dataset_name: string(&value["dataset_name"]),
            hf_repo: string(&value["hf_repo"]),
            benchmark_hf_repo: string(&value["additional_details"]["benchmark_hf_repo"]),
            urls,
            settings: sample_settings(value),
            details: Details::read(&value["additional_details"]),
            also: of_block("source_data", value),
        }
    }
}

/// How many samples were taken, where the record says: both counts, as they may disagree.
fn sample_settings(value: &Value) -> Vec<(String, String)> {
    let mut settings: Vec<(String, String)> =
        value["samples_number"].as_u64().map(|n| ("samples_number".to_owned(), n.to_string())).into_iter().collect();
    if let Some(ids) = value["sample_ids"].as_array().filter(|ids| !ids.is_empty()) {
        settings.push(("sample_ids".to_owned(), format!("{} listed", ids.len())));
    }
    settings.extend(pair("split", &value["hf_split"]));
    settings.extend(pair("prompt_style", &value["additional_details"]["prompt_style"]));
    settings
}

impl MetricConfig {
    fn read(text: &str) -> Result<MetricConfig, Sentence> {
        #[derive(Deserialize)]
        struct Bounds<'a> {
            #[serde(borrow)]
            min_score: Option<&'a RawValue>,
            #[serde(borrow)]
            max_score: Option<&'a RawValue>,
        }
        let value = json("metric_config", text)?;
        let bounds: Option<Bounds> = serde_json::from_str(text).ok();
        let bound = |raw: Option<&RawValue>| raw.and_then(|raw| Number::from_json(raw).ok());
        let details = Details::read(&value["additional_details"]);
        Ok(MetricConfig {
            is_descriptive: details.iter().any(|(key, value)| detail_keys::is_descriptive(key, value)),
            description: string(&value["evaluation_description"]),
            size_in_description: value["evaluation_description"].as_str().and_then(detail_keys::size_in_description),
            id: string(&value["metric_id"]),
            name: string(&value["metric_name"]),
            kind: string(&value["metric_kind"]),
            unit: string(&value["metric_unit"]),
            lower_is_better: value["lower_is_better"].as_bool(),
            min: bounds.as_ref().and_then(|bounds| bound(bounds.min_score)),
            max: bounds.as_ref().and_then(|bounds| bound(bounds.max_score)),
            parameters: pairs(&value["metric_parameters"]),
            kind_of_score: ScoreKind::read(&value),
            judging: judging(&value["llm_scoring"]),
            jury: Jury::read(&value["llm_scoring"]),
            details,
            also: of_block("metric_config", &value),
        })
    }
}

impl ScoreKind {
    /// As `score_type` has it.
    pub fn code(&self) -> &'static str {
        match self {
            ScoreKind::Continuous => "continuous",
            ScoreKind::Binary => "binary",
            ScoreKind::Levels { .. } => "levels",
        }
    }

    fn read(metric: &Value) -> ScoreKind {
        match metric["score_type"].as_str() {
            Some("binary") => ScoreKind::Binary,
            Some("levels") => {
                let names = metric["level_names"].as_array().into_iter().flatten();
                let names = names.map(|name| string(name).unwrap_or_else(|| name.to_string()));
                ScoreKind::Levels {
                    names: names.collect(),
                    has_unknown: metric["has_unknown_level"].as_bool() == Some(true),
                }
            }
            _ => ScoreKind::Continuous,
        }
    }
}

impl Jury {
    fn read(block: &Value) -> Option<Jury> {
        let judges = block["judges"].as_array().into_iter().flatten().filter_map(Judge::read);
        let judges: Vec<Judge> = judges.collect();
        let baseline = RawValue::from_string(block["expert_baseline"].to_string()).ok();
        (!judges.is_empty()).then(|| Jury {
            judges,
            aggregation: string(&block["aggregation_method"])
                .or_else(|| string(&block["additional_details"]["aggregation"])),
            prompt: block["input_prompt"].as_str().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned),
            expert_baseline: baseline.and_then(|raw| Number::from_json(&raw).ok()),
        })
    }
}

impl Judge {
    fn read(block: &Value) -> Option<Judge> {
        let model = &block["model_info"];
        let text = |value: &Value| pair("", value).map(|(_, text)| text);
        Some(Judge {
            model: string(&model["id"]).or_else(|| string(&model["name"]))?,
            temperature: text(&block["temperature"]),
            weight: text(&block["weight"]),
        })
    }
}

impl GenerationConfig {
    fn read(value: &Value) -> GenerationConfig {
        let mut settings = Vec::new();
        // Before 0.2.1 the arguments could stand beside `additional_details`.
        if let Value::Object(members) = value {
            for (key, member) in members {
                match (key.as_str(), member) {
                    ("generation_args" | "additional_details", Value::Object(_)) => settings.extend(pairs(member)),
                    ("generation_args", _) => {}
                    (key, member) => settings.extend(pair(key, member)),
                }
            }
        }
        // HELM's `groups` are no setting where the subject is one.
        let says_subject = settings.iter().any(|(key, _)| key == "subject");
        let is_missed = |path: &str| match path.strip_prefix("evaluation_results[].generation_config.") {
            Some("additional_details.groups") => says_subject,
            Some(path) if path.strip_prefix("additional_details.").is_some_and(detail_keys::is_other) => true,
            Some("generation_args.max_attempts") => value["generation_args"]["max_attempts"] == 1,
            _ => false,
        };
        GenerationConfig {
            settings,
            inner: inner_settings(&value["generation_args"]),
            also: of_block_but("generation_config", value, is_missed),
            part: TestPart::read(&value["additional_details"]),
        }
    }
}

/// What arguments that are objects hold of settings. The limits of a run are called so: a limit of tokens is stated of
/// one answer as well.
fn inner_settings(args: &Value) -> Vec<(String, String)> {
    let agent = &args["agentic_eval_config"];
    let (plan, limits) = (&args["eval_plan"], &args["eval_limits"]);
    let tools = agent["available_tools"].as_array().into_iter().flatten();
    let tools: Vec<String> = tools.filter_map(|tool| string(&tool["name"])).collect();
    let mut inner = pairs(&agent["additional_details"]);
    if !tools.is_empty() {
        inner.push(("tools".to_owned(), list_kept(&tools)));
    }
    inner.extend(pair("plan", &plan["name"]));
    inner.extend(pairs(&plan["config"]));
    inner.extend(pair("time_limit_of_the_run", &limits["time_limit"]));
    inner.extend(pair("message_limit_of_the_run", &limits["message_limit"]));
    inner.extend(pair("token_limit_of_the_run", &limits["token_limit"]));
    inner.extend(pair("sandbox", &args["sandbox"]["type"]));
    inner
}

/// Who rated the answers, and how, as settings.
fn judging(block: &Value) -> Vec<(String, String)> {
    let judges: Vec<&Value> = block["judges"].as_array().into_iter().flatten().collect();
    let of_all = |read: &dyn Fn(&Value) -> Option<String>| {
        let stated: Vec<Option<String>> = judges.iter().map(|judge| read(judge)).collect();
        let is_one = stated.windows(2).all(|two| two[0] == two[1]);
        match &stated[..] {
            [Some(first), ..] if is_one && judges.len() > 1 => Some(first.clone()),
            _ if stated.iter().all(Option::is_none) => None,
            _ => Some(list_kept(&stated.into_iter().map(|text| text.unwrap_or("–".to_owned())).collect::<Vec<_>>())),
        }
    };
    let text = |value: &Value| pair("", value).map(|(_, text)| text);
    let model = |judge: &Value| {
        let model = &judge["model_info"];
        string(&model["id"]).or_else(|| string(&model["name"]))
    };
    let models: Vec<String> = judges.iter().filter_map(|judge| model(judge)).collect();
    let stated = [
        ("judge", (!models.is_empty()).then(|| list_kept(&models))),
        ("judge_temperature", of_all(&|judge| text(&judge["temperature"]))),
        ("judge_weight", of_all(&|judge| text(&judge["weight"]))),
        (
            "aggregation",
            text(&block["aggregation_method"]).or_else(|| text(&block["additional_details"]["aggregation"])),
        ),
        ("judge_prompt", text(&block["input_prompt"])),
        ("expert_baseline", text(&block["expert_baseline"])),
    ];
    stated.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// The items of a list, which newer records write as one text with commas.
pub(super) fn items(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(text) => {
            text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
        }
        other => vec![other.to_string()],
    }
}

/// Longest text of one setting that is kept; prompt templates and subject lists are longer.
pub(super) const MAX_SETTING: usize = 160;

/// The members of an object by key, as [`pair`] gives them.
pub(super) fn pairs(value: &Value) -> Vec<(String, String)> {
    value.as_object().into_iter().flatten().filter_map(|(key, value)| pair(key, value)).collect()
}

/// A disclosed setting as text. Null, blanks and empty containers disclose nothing; `false` does.
pub(super) fn pair(key: &str, value: &Value) -> Option<(String, String)> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) if is_on_one_line(text) => kept(text.clone()),
        Value::String(text) => kept(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Value::Array(items) if items.is_empty() => return None,
        Value::Array(list) if list.iter().all(Value::is_string) => list_kept(&items(value)),
        other if says_nothing(other) => return None,
        other => kept(other.to_string()),
    };
    (!text.is_empty()).then(|| (key.to_owned(), text))
}

/// True if words are parted by one space each, as in nearly all texts.
fn is_on_one_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && !bytes.starts_with(b" ")
        && !bytes.ends_with(b" ")
        && !bytes.windows(2).any(|two| two == b"  ")
}

/// True if [`pair`] keeps the value as it stands.
pub(super) fn is_kept_whole(value: &Value, text: &str) -> bool {
    match value {
        Value::String(_) if text.len() <= MAX_SETTING && is_on_one_line(text) => !text.is_empty(),
        _ => pair("", value).is_some_and(|(_, kept)| kept == text),
    }
}

/// A setting as it is kept: of a long one the beginning, and a hash that tells it from others that begin alike.
fn kept(text: String) -> String {
    let is_long = text.char_indices().nth(MAX_SETTING).is_some();
    if is_long { format!("{} (SHA-256 {})", shorten(&text, MAX_SETTING), digits_of(&text)) } else { text }
}

/// The same of a list: of a long one its first two items and its length.
fn list_kept(items: &[String]) -> String {
    let all = items.join(", ");
    match items {
        [first, second, _, ..] if all.chars().count() > MAX_SETTING => {
            let some = shorten(&format!("{first}, {second}"), MAX_SETTING);
            format!("{some}, … ({} in all, SHA-256 {})", items.len(), digits_of(&all))
        }
        _ => kept(all),
    }
}

/// Enough digits of the hash of `text` that nobody finds another text with the same.
pub(super) fn digits_of(text: &str) -> String {
    let mut digits = Sha256::of(text.as_bytes()).to_string();
    digits.truncate(32);
    digits
}

/// True for containers with nothing in them, however deep.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().all(says_nothing),
        Value::Object(members) => members.values().all(says_nothing),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_settings_are_the_same_only_if_all_of_them_is() {
        let value = |value: Value| pair("k", &value).map(|(_, text)| text);
        let long = "a ".repeat(200);
        let [this, that] = ["letter", "number"].map(|end| value(format!("{long}{end}").into()).unwrap());
        assert_ne!(this, that);
        assert!(this.starts_with("a a a") && this.contains("… (SHA-256 ") && this.chars().count() < 220, "{this}");
        let list = |last: &str| {
            let items = (0..100).map(|n| format!("item {n}")).chain([last.to_owned()]);
            value(items.collect()).unwrap()
        };
        assert_ne!(list("x"), list("y"));
        assert!(list("x").starts_with("item 0, item 1, … (101 in all, SHA-256 "), "{}", list("x"));
        assert_eq!(value(vec!["a", "b", "c", "d", "e"].into()).unwrap(), "a, b, c, d, e");
        assert_eq!(value(vec![""].into()), None);
    }
}
