//! The *metric* of a result, and the part of the test that it covers.
//!
//! A metric is identified by its stated id, else its stated name, else its description; never by `metric_kind`,
//! which is a family of metrics. Its parameters (the k of pass@k), the kind of its scores and the judges that give
//! them belong to it. Results without a metric share one only with others of the same source and description.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::alias::Aliases;
use super::step::{MatchStep, Names, note};
use super::{Metric, Slice};
use crate::diagnostic::Diagnostics;
use crate::hash::Sha256;
use crate::id::{EntityTable, Id};
use crate::language::Language;
use crate::load::Loaded;
use crate::load::block::{GenerationConfig, Jury, MetricConfig, ScoreKind, SourceData};
use crate::load::content::Content;
use crate::load::measurement_rules::RuleEffect;
use crate::load::metadata::{AliasKind, MetricMeta, OfSamples};
use crate::load::record::EvaluationResult;
use crate::load::source_metadata::SourceMetadata;
use crate::load::test_part::TestPart;
use crate::names::{is_not_reported, normal_form, slug, squashed};
use crate::words::shorten;

pub struct PartResolver<'a> {
    main_splits: &'a [String],
    by_key: HashMap<String, Id<TestPart>>,
    by_result: HashMap<(*const GenerationConfig, *const SourceData, *const RuleEffect), Id<TestPart>>,
    pub table: EntityTable<TestPart>,
}

/// Members of `source_data.additional_details` that name the version of a test.
const VERSIONS: [&str; 3] = ["benchmark_version", "dataset_version", "test_version"];

impl<'a> PartResolver<'a> {
    pub fn new(content: &'a Content) -> Self {
        PartResolver {
            main_splits: &content.measurement.main_splits,
            by_key: HashMap::new(),
            by_result: HashMap::new(),
            table: EntityTable::default(),
        }
    }

    /// The part that settings, split and version name. The benchmark's own test data, by whatever name, is no part.
    pub fn resolve(&mut self, result: &EvaluationResult, told: Option<&Rc<RuleEffect>>) -> Id<TestPart> {
        let config = result.generation.as_ref();
        let cached = (
            config.map_or(std::ptr::null(), Arc::as_ptr),
            Arc::as_ptr(&result.data),
            told.map_or(std::ptr::null(), Rc::as_ptr),
        );
        if let Some(id) = self.by_result.get(&cached) {
            return *id;
        }
        let data = &result.data;
        let member = |key: &str| data.details.get(key).map(str::to_owned);
        let is_main = |split: &String| self.main_splits.iter().any(|main| main.eq_ignore_ascii_case(split));
        let split = data.settings.iter().find(|(key, _)| key == "split").map(|(_, split)| split.clone());
        let split = split.filter(|split| !told.is_some_and(|told| told.ignore_split) && !is_main(split));
        let version = told.and_then(|told| told.version.clone()).or_else(|| VERSIONS.into_iter().find_map(member));
        let version = version.filter(|version| !is_not_reported(version));
        let version = version.map(|version| version.trim_start_matches(['v', 'V']).to_owned());
        let named: Vec<(&'static str, String)> =
            [split.map(|it| ("split", it)), version.map(|it| ("version", it))].into_iter().flatten().collect();
        let part = TestPart::with(config.and_then(|config| config.part.as_ref()), &named);
        let table = &mut self.table;
        let id = *self.by_key.entry(part.key.clone()).or_insert_with(|| table.push(part));
        self.by_result.insert(cached, id);
        id
    }
}

pub struct MetricResolver<'a> {
    metas: &'a [MetricMeta],
    aliases: Aliases<usize>,
    by_key: HashMap<String, Id<Metric>>,
    by_result: HashMap<Cached, Id<Metric>>,
    table: EntityTable<Metric>,
}

/// The addresses of all that tells a metric.
type Cached = (*const u8, *const MetricConfig, *const u8, Id<Slice>, *const RuleEffect, *const SourceMetadata);

/// Where the metric of a result is told.
pub struct MetricSource<'r> {
    pub loaded: &'r Loaded,
    pub result: &'r EvaluationResult,
    pub told: Option<&'r Rc<RuleEffect>>,
    pub slice: Id<Slice>,
    /// The names of its benchmark and part.
    pub benchmark: &'r str,
    pub part: Option<&'r str>,
    /// The metric that the benchmark's metadata names.
    pub default: Option<&'r str>,
}

impl MetricSource<'_> {
    /// All that a metric's id may repeat in front of the metric, without anything but letters and digits.
    fn surroundings(&self) -> String {
        let source = &self.loaded.record.source;
        let said = [
            Some(&*self.loaded.origin.collection),
            Some(&*self.result.name),
            Some(self.benchmark),
            self.part,
            self.result.data.dataset_name.as_deref(),
            source.name.as_deref(),
            source.organization.as_deref(),
        ];
        said.into_iter().flatten().map(|text| squashed(text) + " ").collect()
    }

    /// True for an id or name that only says again of what the result is.
    fn is_name_of_result(&self, text: &str) -> bool {
        let (text, benchmark) = (squashed(text), squashed(self.benchmark));
        let name = squashed(&self.result.name);
        let part = self.part.map(squashed).unwrap_or_default();
        text == benchmark || text == format!("{benchmark}{part}") || (text == name && name.contains(&benchmark))
    }
}

/// What the quantity is, before parameters, kind and judges.
struct Quantity {
    key: String,
    id: String,
    name: String,
    is_relative: bool,
    of_samples: Option<OfSamples>,
    is_reported: bool,
    /// The name in the record that led to it.
    found: Option<(String, MatchStep)>,
    /// What a metric without a name is described as.
    described: Option<String>,
}

impl<'a> MetricResolver<'a> {
    pub fn new(content: &'a Content, diagnostics: &mut Diagnostics) -> Self {
        let mut aliases = Aliases::default();
        let mut silent = Diagnostics::default();
        for (number, meta) in content.metrics.iter().enumerate() {
            // The built-in table comes last and may repeat what the site's own says.
            if aliases.by_id(&meta.id).is_none() {
                let names: Vec<String> = meta.aliases.iter().chain([&meta.name]).cloned().collect();
                aliases.add(number, &meta.id, &names, "", &mut silent);
            }
        }
        aliases.add_table(content, AliasKind::Metric, diagnostics);
        let (by_key, by_result) = (HashMap::new(), HashMap::new());
        MetricResolver { metas: &content.metrics, aliases, by_key, by_result, table: EntityTable::default() }
    }

    /// The metric of the result at `place`.
    pub fn resolve(&mut self, place: &MetricSource) -> Id<Metric> {
        let MetricSource { loaded, result, told, slice, .. } = place;
        let cached = (
            loaded.origin.collection.as_ptr(),
            Arc::as_ptr(&result.metric),
            result.name.as_ptr(),
            *slice,
            told.map_or(std::ptr::null(), Rc::as_ptr),
            Arc::as_ptr(&loaded.record.source),
        );
        if let Some(id) = self.by_result.get(&cached) {
            return *id;
        }
        let config = &result.metric;
        let mut parameters = config.parameters.clone();
        parameters.retain(|(key, _)| !told.is_some_and(|told| told.repeats.contains(key)));
        parameters.extend(told.iter().flat_map(|told| told.parameters.clone()));
        let mut parameters: Vec<(String, String)> =
            parameters.into_iter().map(|(key, value)| (key, plain_number(value))).collect();
        let quantity = self.with_parameter_in_name(place, self.quantity(place), &mut parameters);
        parameters.sort();
        parameters.dedup();
        let key = key(&quantity.key, &parameters, &config.kind_of_score, config.jury.as_ref());
        let table = &mut self.table;
        let id = *self.by_key.entry(key.clone()).or_insert_with(|| {
            table.push(Metric {
                quantity: if quantity.is_reported { quantity.id.clone() } else { String::new() },
                id: quantity.id,
                name: quantity.name,
                key,
                parameters,
                kind: config.kind_of_score.clone(),
                jury: config.jury.clone(),
                described: quantity.described,
                is_relative: quantity.is_relative,
                of_samples: quantity.of_samples,
                is_reported: quantity.is_reported,
                told_apart_by: None,
                spellings: Names::new(),
            })
        });
        if let Some((name, step)) = quantity.found {
            let metric = table.get_mut(id);
            let step = if name == metric.name { MatchStep::OwnName } else { step };
            note(&mut metric.spellings, &name, step);
        }
        self.by_result.insert(cached, id);
        id
    }

    /// The metrics; those that look alike, though they are not the same, with what tells them apart.
    pub fn finish(mut self) -> EntityTable<Metric> {
        let mut alike: BTreeMap<(String, Option<String>), Vec<usize>> = BTreeMap::new();
        for (at, metric) in self.table.iter_mut().enumerate() {
            let label = (squashed(&metric.name), metric.qualifier(Language::english()));
            alike.entry(label).or_default().push(at);
        }
        let mut metrics: Vec<&mut Metric> = self.table.iter_mut().collect();
        for group in alike.into_values().filter(|group| group.len() > 1) {
            for at in group {
                let metric = &mut metrics[at];
                if metric.is_reported && !metric.is_listed() {
                    metric.told_apart_by = Some(stated_id(&metric.key).to_owned());
                }
            }
        }
        self.table
    }

    fn find(&self, collection: &str, name: &str) -> Option<Quantity> {
        let (number, step) = self.aliases.find(collection, name)?;
        let meta = &self.metas[number];
        Some(Quantity {
            key: format!("{LISTED}{}", meta.id),
            id: meta.id.clone(),
            name: meta.name.clone(),
            is_relative: meta.relative,
            of_samples: meta.of_samples,
            is_reported: true,
            found: Some((name.to_owned(), step)),
            described: None,
        })
    }

    fn quantity(&self, place: &MetricSource) -> Quantity {
        let config = &place.result.metric;
        let collection: &str = &place.loaded.origin.collection;
        let find = |name: &str| self.find(collection, name);
        let own = |key: String, name: &str| Quantity {
            key,
            id: slug(name),
            name: name.to_owned(),
            is_relative: false,
            of_samples: of_samples(name),
            is_reported: true,
            found: Some((name.to_owned(), MatchStep::OwnName)),
            described: None,
        };
        let normal = |name: &str| normal_form(name).unwrap_or_else(|| name.to_owned());
        if let Some(metric) = place.told.and_then(|told| told.metric.as_deref()) {
            return find(metric).unwrap_or_else(|| own(format!("name {}", normal(metric)), metric));
        }
        let says = |text: &Option<String>| {
            text.clone().filter(|text| !is_not_reported(text) && !place.is_name_of_result(text))
        };
        let name = says(&config.name);
        if let Some(id) = says(&config.id) {
            let shown = name.as_deref().unwrap_or(&id);
            let last = last_of(&id, &place.surroundings()).filter(|last| !place.is_name_of_result(last));
            let known = find(&id).or_else(|| find(last?));
            return known.unwrap_or_else(|| match last {
                Some(last) if shown == id => own(format!("name {}", normal(last)), last),
                // `equivalent_cot` is how an id writes "Equivalent (CoT)".
                Some(last) if squashed(last) == squashed(shown) => {
                    find(shown).unwrap_or_else(|| own(format!("name {}", normal(shown)), shown))
                }
                _ => own(format!("id {id}"), shown),
            });
        }
        if let Some(name) = name {
            return find(&name).unwrap_or_else(|| own(format!("name {}", normal(&name)), &name));
        }
        let description = config.description.as_deref().filter(|text| !is_not_reported(text));
        if let Some(text) = description {
            let before_on = text.split_once(" on ").map(|(metric, _)| metric);
            if let Some(known) = find(text).or_else(|| find(before_on?)) {
                return known;
            }
            let is_name = |text: &str| text.chars().count() <= 40 && text.split_whitespace().count() <= 3;
            let short = before_on.filter(|text| is_name(text)).or(Some(text).filter(|text| is_name(text)));
            if let Some(name) = short.filter(|name| !place.is_name_of_result(name)) {
                return own(format!("name {}", normal(name)), name);
            }
        }
        // What the benchmark's metadata names is no name in a record.
        let by_default = || Some(Quantity { found: None, ..find(place.default?)? });
        find(&place.result.name).or_else(by_default).unwrap_or_else(|| {
            let source = &place.loaded.record.source;
            let said = [source.organization.as_deref(), source.name.as_deref(), Some(collection), description];
            Quantity {
                key: format!("unnamed {said:?}"),
                id: "metric-not-reported".to_owned(),
                name: "Metric not reported".to_owned(),
                is_relative: false,
                of_samples: None,
                is_reported: false,
                found: None,
                described: description.map(|text| shorten(text, 90)),
            }
        })
    }

    /// pass@k with a k of 10 is pass@10, and pass@10 says its k already.
    fn with_parameter_in_name(
        &self,
        place: &MetricSource,
        quantity: Quantity,
        parameters: &mut Vec<(String, String)>,
    ) -> Quantity {
        let Some((stem, last)) = quantity.name.rsplit_once(['@', '^']) else { return quantity };
        let sign = &quantity.name[stem.len()..stem.len() + 1];
        let Some(at) = parameters.iter().position(|(key, value)| {
            key.eq_ignore_ascii_case(last) || (key.eq_ignore_ascii_case("k") && value == last)
        }) else {
            return quantity;
        };
        let (_, value) = parameters.remove(at);
        let name = format!("{stem}{sign}{value}");
        let normal = normal_form(&name).unwrap_or_else(|| name.clone());
        let found = quantity.found.clone();
        match self.find(&place.loaded.origin.collection, &name) {
            Some(known) => Quantity { found, ..known },
            None => Quantity {
                key: format!("name {normal}"),
                id: slug(&name),
                of_samples: of_samples(&name),
                name,
                ..quantity
            },
        }
    }
}

/// How a metric that no table knows comes of the scores of samples: Inspect calls one of its metrics no more than "mean".
fn of_samples(name: &str) -> Option<OfSamples> {
    matches!(normal_form(name).as_deref(), Some("mean" | "average")).then_some(OfSamples::Mean)
}

/// The last word of an id such as `hle.accuracy`, if all before it only says of what the result is.
fn last_of<'i>(id: &'i str, surroundings: &str) -> Option<&'i str> {
    let (before, last) = id.rsplit_once(['.', '/', ':'])?;
    let mut words = before.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    (!last.is_empty() && words.all(|word| surroundings.contains(&word.to_lowercase()))).then_some(last)
}

/// `1.0` and `1` are one value.
fn plain_number(text: String) -> String {
    match text.strip_suffix(".0") {
        Some(whole) if whole.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()) => whole.to_owned(),
        _ => text,
    }
}

/// All that must be the same for two results to be by one metric, as text.
fn key(quantity: &str, parameters: &[(String, String)], kind: &ScoreKind, jury: Option<&Jury>) -> String {
    let mut key = quantity.to_owned();
    for (name, value) in parameters {
        let _ = write!(key, "\u{1f}{name}={value}");
    }
    match kind {
        ScoreKind::Continuous => {}
        ScoreKind::Binary => key.push_str("\u{1f}binary"),
        ScoreKind::Levels { names, .. } => {
            let _ = write!(key, "\u{1f}levels {}", Sha256::of(names.join("\u{1f}").as_bytes()));
        }
    }
    if let Some(jury) = jury {
        let _ = write!(key, "\u{1f}judged {}", jury_key(jury));
    }
    key
}

/// The judges, in no order, and how their ratings become one.
fn jury_key(jury: &Jury) -> String {
    let name = |judge: &crate::load::block::Judge| {
        let weight = judge.weight.as_deref().map(|weight| format!("*{weight}")).unwrap_or_default();
        normal_form(&judge.model).unwrap_or_else(|| judge.model.clone()) + &weight
    };
    let mut judges: Vec<String> = jury.judges.iter().map(name).collect();
    judges.sort_unstable();
    let aggregation = jury.aggregation.as_deref().map(|it| normal_form(it).unwrap_or_else(|| it.to_owned()));
    format!("{} by {}", judges.join("+"), aggregation.unwrap_or_default())
}

/// What a key says of the metric's id or name.
fn stated_id(key: &str) -> &str {
    let stated = key.split('\u{1f}').next().unwrap_or(key);
    stated.split_once(' ').map_or(stated, |(_, id)| id)
}

/// How the key of a metric from a table begins.
const LISTED: &str = "meta ";

/// Most judges that are named.
const MOST_JUDGES: usize = 3;

impl Metric {
    /// True if the site's table of metrics has it, or the built-in one.
    pub fn is_listed(&self) -> bool {
        self.key.starts_with(LISTED)
    }

    /// What tells it from other metrics of the same name: parameters, judges, the kind of its scores.
    pub fn qualifier(&self, language: &Language) -> Option<String> {
        let mut said: Vec<String> = self
            .parameters
            .iter()
            .map(|(name, value)| {
                language.say("metric.parameter", &[("name", &name.replace('_', " ")), ("value", &shorten(value, 60))])
            })
            .collect();
        if let Some(jury) = &self.jury {
            said.push(jury_in_words(jury, language));
        }
        match &self.kind {
            ScoreKind::Continuous => {}
            ScoreKind::Binary => said.push(language.phrase("metric.binary").to_owned()),
            ScoreKind::Levels { names, .. } => {
                said.push(language.counted("metric.levels", names.len()));
            }
        }
        said.extend(self.described.as_ref().map(|text| language.say("metric.described", &[("text", text)])));
        said.extend(self.told_apart_by.as_ref().map(|id| language.say("metric.stated_as", &[("id", id)])));
        (!said.is_empty()).then(|| said.join(" · "))
    }

    /// The name of level `score`, if its scores are levels and it is one.
    pub fn level(&self, score: f64) -> Option<&str> {
        let ScoreKind::Levels { names, .. } = &self.kind else { return None };
        let is_whole = score >= 0.0 && score.fract() == 0.0;
        is_whole.then(|| names.get(score as usize).map(String::as_str)).flatten()
    }
}

/// `judged by A and B (majority vote)`.
pub fn jury_in_words(jury: &Jury, language: &Language) -> String {
    let mut judges: Vec<String> = jury.judges.iter().map(|judge| shorten(&judge.model, 60)).collect();
    judges.sort_unstable();
    if judges.len() > MOST_JUDGES {
        let more = judges.len() - 2;
        judges.truncate(2);
        // Two juries of fifty that differ in one judge do not look alike.
        let digits = Sha256::of(jury_key(jury).as_bytes()).to_string();
        judges.push(language.say("metric.more_judges", &[("n", &more.to_string()), ("digits", &digits[..6])]));
    }
    let judges = language.list(&judges);
    match jury.aggregation.as_deref().map(|it| it.replace('_', " ")) {
        Some(how) => language.say("metric.judged_and", &[("judges", &judges), ("how", &shorten(&how, 60))]),
        None => language.say("metric.judged", &[("judges", &judges)]),
    }
}
