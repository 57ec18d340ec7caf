//! A *card* is everything one page says, as plain data: a template sees its card and nothing else.
//!
//! Cards are made one at a time, by pure functions of the [`Dataset`], when their page is rendered, and speak one
//! [`Language`]. Numbers keep their digits; every score carries its provenance; text of records stays as it is.
//! Templates decide how a card looks.

pub mod agreement;
pub mod also;
pub mod benchmark;
pub mod claims;
pub mod comparable;
pub mod corrections;
pub mod developer;
pub mod disagreement;
pub mod documentation;
pub mod embed;
pub mod evaluator;
pub mod home;
pub mod hub_readings;
pub mod list;
pub mod markers;
pub mod merged;
pub mod metadata;
pub mod model;
pub mod names;
pub mod not_shown;
pub mod pairs;
pub mod plots;
pub mod posted;
pub mod proposals;
pub mod quote;
pub mod reported;
pub mod runs;
pub mod samples;
pub mod scope;
pub mod source;
mod uncertainty;

use foldhash::HashMap;
use markers::MarkerView;
use samples::SamplesView;
use serde::Serialize;

use crate::address::is_web_address;
use crate::date::Stamp;
use crate::id::Id;
use crate::language::Language;
use crate::load::block::{MetricConfig, ScoreKind};
use crate::load::metadata::{Link, OrganizationMeta};
use crate::load::record::{EvaluationResult, Uncertainty};
use crate::load::{Inputs, Loaded, RecordLocation};
use crate::mark::Standing;
use crate::mark::hub_run::HubRuns;
use crate::merge::{Collection, Dataset, Developer, Direction, Ranking, Reading, is_unknown_level};
use crate::paths;
use crate::resolve::{Benchmark, Evaluator, Metric, Model, Slice};
use crate::signal::Signals;
use crate::signal::scale::ScoreCheck;
use crate::signal::setup::{self, HARNESS_VERSION, Setting};
use crate::words::shorten;
use uncertainty::SaidDigits;

/// Where every page stands; without `.html`, relative to the top of the site.
#[derive(Debug)]
pub struct Paths {
    models: Vec<String>,
    benchmarks: Vec<String>,
    rankings: Vec<Option<String>>,
    evaluators: Vec<String>,
    developers: Vec<String>,
    collections: Vec<String>,
}

impl Paths {
    /// Gives every entity of `dataset` its path.
    pub fn new(dataset: &Dataset) -> Paths {
        let entities = &dataset.entities;
        let mut allocator = paths::Allocator::default();
        let benchmarks: Vec<String> =
            entities.benchmarks.iter().map(|(_, benchmark)| allocator.allocate("benchmarks", &benchmark.id)).collect();
        let mut rankings = vec![None; dataset.rankings.len()];
        for (benchmark, _) in entities.benchmarks.iter() {
            let folder = &benchmarks[benchmark.index()];
            let mut slices = paths::Allocator::default();
            let mut rankings_of_slice: HashMap<Id<Slice>, usize> = HashMap::default();
            for (_, ranking) in dataset.rankings_of(benchmark) {
                *rankings_of_slice.entry(ranking.slice).or_default() += 1;
            }
            for (place, (id, ranking)) in dataset.rankings_of(benchmark).enumerate() {
                rankings[id.index()] = match (place, ranking.rows.len()) {
                    (0, _) => Some(folder.clone()),
                    // What there is to say of it stands on the card of its model.
                    (_, 1) => None,
                    _ => {
                        let slug = ranking_slug(dataset, ranking, rankings_of_slice[&ranking.slice]);
                        Some(slices.allocate(folder, &slug))
                    }
                };
            }
        }
        Paths {
            models: paths::model_paths(&entities.models.iter().map(|(_, model)| model.id.as_str()).collect::<Vec<_>>()),
            benchmarks,
            rankings,
            evaluators: entities
                .evaluators
                .iter()
                .map(|(_, evaluator)| allocator.allocate("evaluators", &evaluator.id))
                .collect(),
            developers: dataset
                .developers
                .iter()
                .map(|(_, developer)| allocator.allocate("developers", &developer.id))
                .collect(),
            collections: dataset
                .collections
                .iter()
                .map(|(_, collection)| allocator.allocate("sources", &collection.id))
                .collect(),
        }
    }

    /// Of a model's card.
    pub fn model(&self, id: Id<Model>) -> &str {
        &self.models[id.index()]
    }

    /// Of a benchmark's page, which is also that of its first ranking.
    pub fn benchmark(&self, id: Id<Benchmark>) -> &str {
        &self.benchmarks[id.index()]
    }

    /// Of the first page of a ranking; a further one of a benchmark that has one model has none.
    pub fn ranking(&self, id: Id<Ranking>) -> Option<&str> {
        self.rankings[id.index()].as_deref()
    }

    /// Of a developer's page.
    pub fn developer(&self, id: Id<Developer>) -> &str {
        &self.developers[id.index()]
    }

    /// Of the page of a collection.
    pub fn collection(&self, id: Id<Collection>) -> &str {
        &self.collections[id.index()]
    }

    /// The page of the benchmark that the ranking at `path` is of.
    pub fn benchmark_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        let name = path.strip_prefix("benchmarks/")?.split('/').next()?;
        path.get(.."benchmarks/".len() + name.len())
    }

    /// True for the page of a benchmark, and false for those of its other rankings.
    pub fn is_benchmark(&self, path: &str) -> bool {
        path.strip_prefix("benchmarks/").is_some_and(|name| !name.contains('/'))
    }

    /// Of an evaluator's page.
    pub fn evaluator(&self, id: Id<Evaluator>) -> &str {
        &self.evaluators[id.index()]
    }
}

/// The slice; then, where that has several rankings, the part of the test and the metric.
fn ranking_slug(dataset: &Dataset, ranking: &Ranking, rankings_of_slice: usize) -> String {
    let slice = &dataset.entities.slices[ranking.slice];
    let mut name = slice.name.as_deref().map_or("all".to_owned(), crate::names::slug);
    if rankings_of_slice == 1 {
        return name;
    }
    if let Some(part) = dataset.part_of(ranking) {
        name = format!("{name}-{}", crate::names::slug(part));
    }
    name = format!("{name}-{}", crate::names::slug(&dataset.entities.metrics[ranking.metric].id));
    if ranking.is_first_of_measurement {
        return name;
    }
    // Others report the same measurement: each evaluator has a list of their own.
    format!("{name}-by-{}", crate::names::slug(&dataset.entities.evaluators[ranking.evaluator].id))
}

/// Makes the cards of one page, with links that lead from its place.
pub struct Cards<'a> {
    /// What is known.
    pub dataset: &'a Dataset,
    /// The signals of its results.
    pub signals: &'a Signals,
    /// Where the pages are.
    pub paths: &'a Paths,
    /// What they are said in.
    pub language: &'a Language,
    /// What the Hub says of the same values, where a page tells it.
    pub hub_runs: Option<&'a HubRuns>,
    /// The way from the page to the top of the site: `../../`.
    pub top: String,
}

/// Text with an optional link.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Labelled<'a> {
    /// Text.
    pub text: &'a str,
    /// Address.
    pub url: Option<String>,
}

/// A fact; without a value, “not reported”.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fact<'a> {
    /// What.
    pub label: &'a str,
    /// Its value.
    pub value: Option<String>,
    /// Link of the value.
    pub url: Option<String>,
    /// Source of the value, if not metadata.
    pub note: Option<&'a str>,
}

impl<'a> Fact<'a> {
    /// The same with the place where it leads.
    fn to(self, url: Option<String>) -> Fact<'a> {
        Fact { url, ..self }
    }

    /// The same with the place where it comes from.
    fn by(self, note: Option<&'a str>) -> Fact<'a> {
        Fact { note, ..self }
    }
}

/// A score as it stands in its record.
#[derive(Debug, Serialize)]
pub struct Score<'a> {
    /// The digits of the record.
    pub digits: &'a str,
    /// The unit that the record names, else its bounds.
    pub unit: String,
    /// What the level is called, where scores are levels: `level 2 of 4: refuses`.
    pub level: Option<String>,
    /// Percent of the scale, for the bar; with one decimal.
    pub bar: Option<f64>,
    /// Uncertainty as the record states it, for documents.
    #[serde(skip)]
    pub stated_uncertainty: Option<&'a Uncertainty>,
    /// Why the score is not ranked, if it cannot be.
    pub flag: Option<&'a str>,
    /// What the other scores of its source say against it; it is ranked all the same.
    pub remark: Option<&'a str>,
}

/// One reading: a score with everything that a reader needs to judge it.
#[derive(Debug, Serialize)]
pub struct ReadingView<'a> {
    /// The score.
    pub score: Score<'a>,
    /// Stated uncertainty, in words, with all digits.
    pub uncertainty: Option<String>,
    /// Who reports it.
    pub evaluator: &'a str,
    /// Their page.
    pub evaluator_url: String,
    /// Claimed relation of evaluator and developer.
    pub relationship: &'a str,
    /// Day of evaluation, `YYYY-MM-DD`.
    pub evaluated: Option<String>,
    /// The time of evaluation as the record has it.
    pub evaluated_text: Option<&'a str>,
    /// Why that is not a valid day.
    pub evaluated_remark: Option<&'a str>,
    /// Day of retrieval.
    pub retrieved: Option<String>,
    /// Harness, then settings, as `key: value`.
    pub settings: Vec<String>,
    /// First digits of the record's hash, as many as tell it from all others; also the anchor of the record on the model's card.
    pub record: String,
    /// JSON pointer of the result in its record.
    pub pointer: String,
    /// Anchor of the reading on the model's card.
    pub anchor: String,
    /// What is proven of it.
    pub marker: MarkerView,
    /// What its samples say of it; `None` if its record names none.
    pub samples: Option<SamplesView<'a>>,
    /// `evaluation_result_id`.
    pub result_id: Option<&'a str>,
    /// `evaluation_name`, where neither benchmark nor part is called so.
    pub stated_name: Option<&'a str>,
    /// What the number is, as far as other readings of its cell state something else; on the model's card.
    pub facts: Vec<Fact<'a>>,
}

impl<'a> Cards<'a> {
    /// The cards of the page at `path` (without `.html`).
    pub fn at(
        dataset: &'a Dataset,
        signals: &'a Signals,
        paths: &'a Paths,
        language: &'a Language,
        path: &str,
    ) -> Cards<'a> {
        Cards { dataset, signals, paths, language, hub_runs: None, top: paths::to_top(path) }
    }

    /// The words of `key`.
    fn words(&self, key: &'static str) -> &'a str {
        self.language.phrase(key)
    }

    fn fact(&self, key: &'static str, value: Option<String>) -> Fact<'a> {
        Fact { label: self.words(key), value, url: None, note: None }
    }

    /// The facts that are known, and the names of the others as a list.
    fn known(&self, facts: Vec<Fact<'a>>) -> (Vec<Fact<'a>>, String) {
        let (facts, gaps): (Vec<Fact>, Vec<Fact>) = facts.into_iter().partition(|fact| fact.value.is_some());
        let gaps: Vec<&str> = gaps.iter().map(|fact| fact.label).collect();
        let gaps = self.language.list(&gaps);
        (facts, gaps)
    }

    /// An address, shown without its scheme.
    fn address(&self, key: &'static str, url: Option<&str>) -> Fact<'a> {
        let shown = url
            .map(|url| url.trim_start_matches("https://").trim_start_matches("www.").trim_end_matches('/').to_owned());
        self.fact(key, shown).to(web_address(url))
    }

    /// Website and Hub account of an organisation.
    fn organization_facts(&self, meta: &OrganizationMeta) -> Vec<Fact<'a>> {
        let hub = meta.hf.as_deref().filter(|account| crate::address::is_hub_id(&format!("{account}/x")));
        let hub = hub.map(|account| format!("https://huggingface.co/{account}"));
        vec![self.address("fact.website", meta.website.as_deref()), self.fact("fact.account", meta.hf.clone()).to(hub)]
    }

    /// How an evaluator is called; the one that stands for silence is called by the words for that.
    pub fn evaluator_name(&self, id: Id<Evaluator>) -> &'a str {
        evaluator_name(self.dataset, self.language, id)
    }

    /// How a metric is called.
    fn metric_name(&self, id: Id<Metric>) -> &'a str {
        metric_name(self.dataset, self.language, id)
    }

    /// What tells a metric from others of its name.
    pub fn metric_qualifier(&self, id: Id<Metric>) -> Option<String> {
        self.dataset.entities.metrics[id].qualifier(self.language)
    }

    /// A metric's name with what tells it from others of that name.
    pub fn metric_in_full(&self, id: Id<Metric>) -> String {
        let name = self.metric_name(id);
        match self.metric_qualifier(id) {
            Some(qualifier) => self.language.say("metric.qualified", &[("metric", name), ("qualifier", &qualifier)]),
            None => name.to_owned(),
        }
    }

    /// The part of the test that a ranking is over, where others of its slice are over another one.
    fn part_of(&self, ranking: &Ranking) -> Option<String> {
        self.dataset.named_part(ranking).map(|part| part.in_words(self.language))
    }

    /// `12 of 340`.
    fn share(&self, n: usize, all: usize) -> String {
        self.language.say("share", &[("n", &self.language.number(n)), ("all", &self.language.number(all))])
    }

    /// `12 first party`.
    fn tally(&self, n: usize, key: &'static str) -> String {
        self.language.say("count.of", &[("n", &self.language.number(n)), ("what", self.words(key))])
    }

    /// The same, with what the Hub says of the same values.
    pub fn with_hub_runs(self, hub_runs: &'a HubRuns) -> Cards<'a> {
        Cards { hub_runs: Some(hub_runs), ..self }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}.html", self.top)
    }

    /// The card of a model.
    pub fn model_url(&self, id: Id<Model>) -> String {
        self.url(self.paths.model(id))
    }

    /// The page of a benchmark.
    pub fn benchmark_url(&self, id: Id<Benchmark>) -> String {
        self.url(self.paths.benchmark(id))
    }

    /// The page of an evaluator.
    pub fn evaluator_url(&self, id: Id<Evaluator>) -> String {
        self.url(self.paths.evaluator(id))
    }

    /// The page of a developer.
    pub fn developer_url(&self, id: Id<Developer>) -> String {
        self.url(self.paths.developer(id))
    }

    /// The page of a collection.
    pub fn collection_url(&self, id: Id<Collection>) -> String {
        self.url(self.paths.collection(id))
    }

    /// Where a reading stands on its model's card: its record, and its place there.
    fn anchor(&self, reading: &Reading) -> String {
        let hash = self.dataset.loaded(reading).origin.short_hash();
        format!("r{hash}-{}", self.dataset.result(reading).index)
    }

    /// A reading on the card of its model.
    pub(crate) fn reading_url(&self, reading: &Reading) -> String {
        format!("{}#{}", self.model_url(reading.resolved.model), self.anchor(reading))
    }

    /// Where a reading stands in its record.
    fn pointer(&self, reading: &Reading) -> String {
        format!("/evaluation_results/{}", self.dataset.result(reading).index)
    }

    /// All that is said of one reading.
    pub fn reading(&self, reading: &Reading) -> ReadingView<'a> {
        let loaded = self.dataset.loaded(reading);
        let result = self.dataset.result(reading);
        let evaluator = reading.resolved.evaluator;
        ReadingView {
            score: self.score(reading),
            uncertainty: self.uncertainty_in_words(reading, SaidDigits::All),
            evaluator: self.evaluator_name(evaluator),
            evaluator_url: self.evaluator_url(evaluator),
            relationship: self.words(loaded.record.source.relationship.key()),
            evaluated: result.evaluated.as_ref().and_then(|stamp| stamp.day).map(|day| day.to_string()),
            evaluated_text: result.evaluated.as_ref().and_then(Stamp::stated),
            evaluated_remark: self.remark_on(result.evaluated.as_ref()),
            retrieved: loaded.record.retrieved.as_ref().and_then(|stamp| stamp.day).map(|day| day.to_string()),
            settings: settings(self.language, loaded, result),
            record: loaded.origin.short_hash(),
            pointer: self.pointer(reading),
            anchor: self.anchor(reading),
            marker: self.marker(reading),
            samples: self.samples(reading),
            result_id: result.id.as_deref(),
            stated_name: self.stated_name(reading),
            facts: Vec::new(),
        }
    }

    /// What the level of a reading is called.
    fn level(&self, reading: &Reading) -> Option<String> {
        let metric = &self.dataset.entities.metrics[reading.resolved.metric];
        let ScoreKind::Levels { names, .. } = &metric.kind else { return None };
        let score = &self.dataset.result(reading).score;
        if is_unknown_level(&self.dataset.result(reading).metric, score) {
            return Some(self.words("level.unknown").to_owned());
        }
        let name = metric.level(score.value())?;
        let number = (score.value() as usize + 1).to_string();
        let values = [("number", &*number), ("of", &*names.len().to_string()), ("name", name)];
        Some(self.language.say("level.name", &values))
    }

    /// `evaluation_name`, where neither benchmark nor part is called so.
    fn stated_name(&self, reading: &Reading) -> Option<&'a str> {
        let slice = &self.dataset.entities.slices[reading.resolved.slice];
        let names = [Some(&self.dataset.entities.benchmarks[slice.benchmark].name), slice.name.as_ref()];
        let stated = &*self.dataset.result(reading).name;
        let is_said = names.into_iter().flatten().any(|name| name.eq_ignore_ascii_case(stated));
        (!is_said).then_some(stated)
    }

    /// Why a stated time is not taken for a day; `None` if it is, or nothing is stated.
    fn remark_on(&self, stamp: Option<&Stamp>) -> Option<&'a str> {
        stamp.filter(|stamp| stamp.day.is_none() && stamp.stated().is_some()).map(|_| self.words("time.unreadable"))
    }

    fn score(&self, reading: &Reading) -> Score<'a> {
        let result = self.dataset.result(reading);
        Score {
            digits: result.score.digits(),
            unit: unit(self.language, &result.metric),
            level: self.level(reading),
            // A bar would make a win rate look like a share of right answers.
            bar: (reading.scale.share(reading.position))
                .filter(|_| !self.dataset.entities.metrics[reading.resolved.metric].is_relative)
                .map(|share| (share * 1000.0).round() / 10.0),
            stated_uncertainty: result.uncertainty.as_deref(),
            flag: flag(self.dataset, reading).map(|key| self.words(key)),
            remark: reading.contradiction.map(|it| self.words(it.key())),
        }
    }
}

/// The key of why a reading is not ranked; `None` if it is.
pub fn flag(dataset: &Dataset, reading: &Reading) -> Option<&'static str> {
    let result = dataset.result(reading);
    match reading.standing {
        Standing::Withdrawn => Some("flag.withdrawn"),
        Standing::Disputed => Some("flag.disputed"),
        Standing::Current => ScoreCheck::of(&result.metric, reading.scale, &result.score).flag(),
    }
}

/// How an evaluator is called.
pub fn evaluator_name<'a>(dataset: &'a Dataset, language: &'a Language, id: Id<Evaluator>) -> &'a str {
    let evaluator = &dataset.entities.evaluators[id];
    if evaluator.is_reported() { &evaluator.name } else { language.phrase("evaluator.not_reported") }
}

/// How a collection is called; the records in none are called by the words for that.
pub fn collection_name<'a>(dataset: &'a Dataset, language: &'a Language, id: Id<Collection>) -> &'a str {
    let collection = &dataset.collections[id];
    if collection.id.is_empty() { language.phrase("source.none") } else { &collection.name }
}

/// How a metric is called.
pub fn metric_name<'a>(dataset: &'a Dataset, language: &'a Language, id: Id<Metric>) -> &'a str {
    let metric = &dataset.entities.metrics[id];
    if !metric.is_reported { language.phrase("metric.not_reported") } else { &metric.name }
}

/// Where a record can be read: in the public datastore, or the copy on this site.
pub fn record_url(inputs: &Inputs, loaded: &Loaded, top: &str) -> Option<String> {
    match inputs.location_of(loaded) {
        RecordLocation::Public(url) => Some(url),
        RecordLocation::Copied => Some(format!("{top}{}", record_path(loaded))),
        RecordLocation::Unknown => None,
    }
}

/// Where this site's copy of a record stands: its name is the hash of its bytes.
pub fn record_path(loaded: &Loaded) -> String {
    format!("records/{}/{}.json", paths::part(&loaded.origin.collection), loaded.origin.sha256)
}

/// The unit that the record names; else, as that is not reported, the bounds.
pub fn unit(language: &Language, metric: &MetricConfig) -> String {
    match (&metric.unit, &metric.min, &metric.max) {
        (Some(unit), ..) => unit.clone(),
        (None, Some(min), Some(max)) => {
            language.say("number.scale", &[("min", short_bound(min.digits())), ("max", short_bound(max.digits()))])
        }
        _ => String::new(),
    }
}

fn short_bound(digits: &str) -> &str {
    digits.strip_suffix(".0").unwrap_or(digits)
}

/// Harness, then settings of a result, as `key: value`.
pub fn settings(language: &Language, loaded: &Loaded, result: &EvaluationResult) -> Vec<String> {
    setup::settings(loaded, result).iter().map(|setting| setting_in_words(language, setting)).collect()
}

fn setting_in_words(language: &Language, setting: &Setting) -> String {
    let (name, colon) = (setting_name(language, &setting.name), language.phrase("colon"));
    match &*setting.name {
        HARNESS_VERSION => format!("{name}{colon}{}", shorten(setting.value, 16)),
        _ => format!("{name}{colon}{}", setting.value),
    }
}

/// How a setting is called; those that only some records know keep the name that these give them.
pub fn setting_name<'n>(language: &'n Language, name: &'n str) -> &'n str {
    setup::name_key(name).map_or(name, |key| language.phrase(key))
}

/// The key of `higher is better`.
pub fn direction_key(direction: Direction) -> &'static str {
    match direction {
        Direction::HigherIsBetter => "direction.higher",
        Direction::LowerIsBetter => "direction.lower",
        Direction::Neither => "direction.neither",
        Direction::NotReported => "direction.not_reported",
    }
}

fn web_links(links: &[Link]) -> Vec<Labelled<'_>> {
    let safe = links.iter().filter(|link| is_web_address(&link.url));
    safe.map(|link| Labelled { text: &link.name, url: Some(link.url.clone()) }).collect()
}

/// An address that may be linked.
fn web_address(url: Option<&str>) -> Option<String> {
    url.filter(|url| is_web_address(url)).map(str::to_owned)
}
