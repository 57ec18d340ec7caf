//! *Resolve* turns names into identities: which model, benchmark, metric and evaluator is meant.
//!
//! A name is joined with an entity by exact alias or by its normal form ([`crate::names`]);
//! everything else is an entity of its own. Nothing here looks at scores or picks among readings:
//! that is [`crate::merge`].

mod alias;
mod benchmark;

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use crate::diagnostic::Diagnostics;
use crate::id::{Id, Table};
use crate::load::Inputs;
use crate::load::block::{GenerationConfig, MetricConfig, ModelInfo, TestPart};
use crate::load::content::{Content, MetricMeta, ModelMeta, OrganizationMeta};
use crate::load::record::EvaluationResult;
use crate::names::{is_not_reported, normal_form, slug};
use alias::Aliases;
use benchmark::BenchmarkResolver;

/// One model.
#[derive(Debug)]
pub struct Model {
    /// The canonical id from metadata, else the spelling most records use.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Place of its metadata in [`Content::models`].
    pub meta: Option<usize>,
    /// The ids that records use for it.
    pub spellings: BTreeSet<String>,
    /// The developer that records claim, where metadata names none.
    pub claimed_developer: Option<String>,
}

/// One benchmark: a test, or where no metadata says more, a data set as sources name it.
#[derive(Debug)]
pub struct Benchmark {
    /// Slug.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Place of its metadata in [`Content::benchmarks`].
    pub meta: Option<usize>,
    /// The names that records use for it and its slices.
    pub spellings: BTreeSet<String>,
}

/// A benchmark as a whole, or one part of it. Parts are never mixed with the whole.
#[derive(Debug)]
pub struct Slice {
    /// Of which benchmark.
    pub benchmark: Id<Benchmark>,
    /// `None`: the whole.
    pub name: Option<String>,
}

/// What is measured.
#[derive(Debug)]
pub struct Metric {
    /// Slug; empty if not reported.
    pub id: String,
    /// Display name.
    pub name: String,
    /// True if it depends on which other models were evaluated, as a win rate does.
    pub is_relative: bool,
}

/// Who reported a result, as claimed.
#[derive(Debug)]
pub struct Evaluator {
    /// Slug.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Place of its metadata in [`Content::organizations`].
    pub meta: Option<usize>,
    /// The names that records use for it.
    pub spellings: BTreeSet<String>,
}

/// One result of one record with its identities.
#[derive(Clone, Copy, Debug)]
pub struct Resolved {
    /// Place in [`Inputs::records`].
    pub record: u32,
    /// Place in the record's results.
    pub result: u16,
    /// Which model.
    pub model: Id<Model>,
    /// Which benchmark or part of one.
    pub slice: Id<Slice>,
    /// Which metric.
    pub metric: Id<Metric>,
    /// The part of the test that its settings name.
    pub part: Id<TestPart>,
    /// Who says so.
    pub evaluator: Id<Evaluator>,
}

/// All identities of a build. Each table is sorted by name.
#[derive(Debug, Default)]
pub struct Entities {
    /// By id.
    pub models: Table<Model>,
    /// By name.
    pub benchmarks: Table<Benchmark>,
    /// By benchmark, the whole first.
    pub slices: Table<Slice>,
    /// By name.
    pub metrics: Table<Metric>,
    /// By label; the first is of results that name none.
    pub parts: Table<TestPart>,
    /// By name.
    pub evaluators: Table<Evaluator>,
}

/// The identity of every result in `inputs`, in their order.
pub fn resolve(inputs: &Inputs, diagnostics: &mut Diagnostics) -> (Entities, Vec<Resolved>) {
    let content = &inputs.content;
    let mut models = ModelResolver::new(content, diagnostics);
    let mut evaluators = EvaluatorResolver::new(content, diagnostics);
    let mut metrics = MetricResolver::new(content);
    let mut benchmarks = BenchmarkResolver::new(content, diagnostics);
    let mut parts = PartResolver::default();
    let n_results = inputs.records.iter().map(|loaded| loaded.record.results.len()).sum();
    let mut resolved = Vec::with_capacity(n_results);
    for (record, loaded) in inputs.records.iter().enumerate() {
        let model = models.resolve(&loaded.record.model);
        let evaluator = evaluators.resolve(loaded.record.source.organization.as_deref().unwrap_or_default());
        for (result, found) in loaded.record.results.iter().enumerate() {
            let slice = benchmarks.resolve(&loaded.origin.collection, found);
            let default_metric = benchmarks.metric_of(slice);
            let metric = metrics.resolve(found, slice, default_metric);
            let part = parts.resolve(found.generation.as_ref());
            resolved.push(Resolved {
                record: record as u32,
                result: result as u16,
                model,
                slice,
                metric,
                part,
                evaluator,
            });
        }
    }
    let mut entities = Entities {
        models: models.finish(),
        metrics: metrics.table,
        evaluators: evaluators.table,
        parts: parts.table,
        ..benchmarks.finish()
    };
    sort(&mut entities, &mut resolved);
    (entities, resolved)
}

/// Gives the tables their order and the results their new ids.
fn sort(entities: &mut Entities, resolved: &mut [Resolved]) {
    let models = entities.models.sort_by_key(|model| (model.id.to_lowercase(), model.id.clone()));
    let benchmarks = entities.benchmarks.sort_by_key(|benchmark| (benchmark.name.to_lowercase(), benchmark.id.clone()));
    for slice in entities.slices.iter_mut() {
        slice.benchmark = benchmarks[slice.benchmark.index()];
    }
    let slices = entities
        .slices
        .sort_by_key(|slice| (slice.benchmark, slice.name.as_ref().map(|name| (name.to_lowercase(), name.clone()))));
    let metrics = entities.metrics.sort_by_key(|metric| (metric.name.to_lowercase(), metric.id.clone()));
    let parts = entities.parts.sort_by_key(|part| (part.label.clone(), part.key.clone()));
    let evaluators = entities.evaluators.sort_by_key(|evaluator| (evaluator.name.to_lowercase(), evaluator.id.clone()));
    for result in resolved {
        result.model = models[result.model.index()];
        result.slice = slices[result.slice.index()];
        result.metric = metrics[result.metric.index()];
        result.part = parts[result.part.index()];
        result.evaluator = evaluators[result.evaluator.index()];
    }
}

struct ModelResolver<'a> {
    metas: &'a [ModelMeta],
    aliases: Aliases<usize>,
    by_meta: HashMap<usize, Id<Model>>,
    by_name: HashMap<String, Id<Model>>,
    by_raw: HashMap<String, Id<Model>>,
    /// Per model without metadata: how many records use which spelling.
    counts: HashMap<Id<Model>, HashMap<String, u32>>,
    table: Table<Model>,
}

impl<'a> ModelResolver<'a> {
    fn new(content: &'a Content, diagnostics: &mut Diagnostics) -> Self {
        let mut aliases = Aliases::default();
        for (number, meta) in content.models.iter().enumerate() {
            if aliases.has_id(&meta.id) {
                alias::duplicate(diagnostics, &meta.file, "model", &meta.id);
                continue;
            }
            aliases.add(number, &meta.id, &meta.aliases, &meta.file, diagnostics);
        }
        ModelResolver {
            metas: &content.models,
            aliases,
            by_meta: HashMap::new(),
            by_name: HashMap::new(),
            by_raw: HashMap::new(),
            counts: HashMap::new(),
            table: Table::default(),
        }
    }

    fn resolve(&mut self, info: &ModelInfo) -> Id<Model> {
        let id = match self.by_raw.get(&info.id) {
            Some(id) => *id,
            None => self.resolve_new(info),
        };
        if let Some(counts) = self.counts.get_mut(&id) {
            *counts.entry(info.id.clone()).or_default() += 1;
        }
        id
    }

    fn resolve_new(&mut self, info: &ModelInfo) -> Id<Model> {
        let id = match self.aliases.find(&info.id) {
            Some(meta) => match self.by_meta.get(&meta) {
                Some(id) => *id,
                None => self.add_from_meta(meta),
            },
            None => {
                let key = normal_form(&info.id).unwrap_or_else(|| info.id.clone());
                match self.by_name.get(&key) {
                    Some(id) => *id,
                    None => self.add_unknown(key, info),
                }
            }
        };
        let model = self.table.get_mut(id);
        model.spellings.insert(info.id.clone());
        self.by_raw.insert(info.id.clone(), id);
        id
    }

    fn add_from_meta(&mut self, number: usize) -> Id<Model> {
        let meta = &self.metas[number];
        let id = self.table.push(Model {
            id: meta.id.clone(),
            name: meta.name.clone().unwrap_or_else(|| meta.id.clone()),
            meta: Some(number),
            spellings: BTreeSet::new(),
            claimed_developer: None,
        });
        self.by_meta.insert(number, id);
        id
    }

    fn add_unknown(&mut self, key: String, info: &ModelInfo) -> Id<Model> {
        let developer = info.developer.as_deref().filter(|developer| !is_not_reported(developer));
        let id = self.table.push(Model {
            id: info.id.clone(),
            name: String::new(),
            meta: None,
            spellings: BTreeSet::new(),
            claimed_developer: developer.map(str::to_owned),
        });
        self.by_name.insert(key, id);
        self.counts.insert(id, HashMap::new());
        id
    }

    /// Models without metadata are called as most records call them; ties go to the first by text.
    fn finish(mut self) -> Table<Model> {
        for (id, counts) in self.counts {
            let model = self.table.get_mut(id);
            if let Some((spelling, _)) = counts.into_iter().max_by(|a, b| (a.1, &b.0).cmp(&(b.1, &a.0))) {
                model.id = spelling;
            }
            model.name = model.id.rsplit_once('/').map_or(model.id.as_str(), |(_, name)| name).to_owned();
            if model.name.is_empty() {
                model.name = model.id.clone();
            }
        }
        self.table
    }
}

struct EvaluatorResolver<'a> {
    metas: &'a [OrganizationMeta],
    aliases: Aliases<usize>,
    by_key: HashMap<String, Id<Evaluator>>,
    by_raw: HashMap<String, Id<Evaluator>>,
    table: Table<Evaluator>,
}

impl<'a> EvaluatorResolver<'a> {
    fn new(content: &'a Content, diagnostics: &mut Diagnostics) -> Self {
        let mut aliases = Aliases::default();
        for (number, meta) in content.organizations.iter().enumerate() {
            if aliases.has_id(&meta.id) {
                alias::duplicate(diagnostics, &meta.file, "organisation", &meta.id);
                continue;
            }
            let names: Vec<String> = meta.aliases.iter().chain([&meta.name]).cloned().collect();
            aliases.add(number, &meta.id, &names, &meta.file, diagnostics);
        }
        let (by_key, by_raw) = (HashMap::new(), HashMap::new());
        EvaluatorResolver { metas: &content.organizations, aliases, by_key, by_raw, table: Table::default() }
    }

    fn resolve(&mut self, raw: &str) -> Id<Evaluator> {
        if let Some(id) = self.by_raw.get(raw) {
            return *id;
        }
        let meta = self.aliases.find(raw);
        let (key, evaluator_id, name) = match meta {
            Some(number) => {
                let meta = &self.metas[number];
                (format!("meta {}", meta.id), meta.id.clone(), meta.name.clone())
            }
            None if is_not_reported(raw) => (String::new(), "not-reported".to_owned(), "Not reported".to_owned()),
            None => {
                let name = raw.split_whitespace().collect::<Vec<_>>().join(" ");
                (format!("name {}", normal_form(raw).unwrap_or_else(|| raw.to_owned())), slug(raw), name)
            }
        };
        let table = &mut self.table;
        let id = *self
            .by_key
            .entry(key)
            .or_insert_with(|| table.push(Evaluator { id: evaluator_id, name, meta, spellings: BTreeSet::new() }));
        if !is_not_reported(raw) {
            let spelling = raw.split_whitespace().collect::<Vec<_>>().join(" ");
            table.get_mut(id).spellings.insert(spelling);
        }
        self.by_raw.insert(raw.to_owned(), id);
        id
    }
}

#[derive(Default)]
struct PartResolver {
    by_key: HashMap<String, Id<TestPart>>,
    by_config: HashMap<*const GenerationConfig, Id<TestPart>>,
    table: Table<TestPart>,
}

impl PartResolver {
    fn resolve(&mut self, config: Option<&Arc<GenerationConfig>>) -> Id<TestPart> {
        let cached = config.map_or(std::ptr::null(), Arc::as_ptr);
        let (by_key, table) = (&mut self.by_key, &mut self.table);
        *self.by_config.entry(cached).or_insert_with(|| {
            let stated = config.and_then(|config| config.part.clone());
            let part = stated.unwrap_or(TestPart { key: String::new(), label: String::new() });
            *by_key.entry(part.key.clone()).or_insert_with(|| table.push(part))
        })
    }
}

struct MetricResolver<'a> {
    metas: &'a [MetricMeta],
    aliases: Aliases<usize>,
    by_key: HashMap<String, Id<Metric>>,
    by_result: HashMap<(*const MetricConfig, *const u8, Id<Slice>), Id<Metric>>,
    table: Table<Metric>,
}

impl<'a> MetricResolver<'a> {
    fn new(content: &'a Content) -> Self {
        let mut aliases = Aliases::default();
        for (number, meta) in content.metrics.iter().enumerate() {
            // The built-in table comes last and may repeat what the site's own says.
            if !aliases.has_id(&meta.id) {
                let names: Vec<String> = meta.aliases.iter().chain([&meta.name]).cloned().collect();
                aliases.add_unless_taken(number, &meta.id, &names);
            }
        }
        let (by_key, by_result) = (HashMap::new(), HashMap::new());
        MetricResolver { metas: &content.metrics, aliases, by_key, by_result, table: Table::default() }
    }

    fn resolve(&mut self, result: &EvaluationResult, slice: Id<Slice>, default: Option<&str>) -> Id<Metric> {
        let cached = (Arc::as_ptr(&result.metric), result.name.as_ptr(), slice);
        if let Some(id) = self.by_result.get(&cached) {
            return *id;
        }
        let metric = self.metric(&result.metric, &result.name, default);
        let table = &mut self.table;
        let id = *self.by_key.entry(metric.id.clone()).or_insert_with(|| table.push(metric));
        self.by_result.insert(cached, id);
        id
    }

    /// A known metric among what the record says; else what the record says; else a known metric
    /// that the result is called after; else the metric that the benchmark's metadata names.
    fn metric(&self, config: &MetricConfig, result: &str, default: Option<&str>) -> Metric {
        let known = |number: usize| {
            let meta = &self.metas[number];
            Metric { id: meta.id.clone(), name: meta.name.clone(), is_relative: meta.relative }
        };
        let before_on =
            config.description.as_deref().and_then(|text| text.split_once(" on ")).map(|(metric, _)| metric);
        let said = [config.id.as_deref(), config.name.as_deref(), config.kind.as_deref()];
        if let Some(number) = said.into_iter().chain([before_on]).flatten().find_map(|name| self.aliases.find(name)) {
            return known(number);
        }
        let [id, name, kind] = said;
        if let Some(name) = name.or(id).or(kind).filter(|name| !is_not_reported(name)) {
            return Metric { id: slug(name), name: name.to_owned(), is_relative: false };
        }
        match self.aliases.find(result).or_else(|| self.aliases.find(default?)) {
            Some(number) => known(number),
            None => Metric { id: String::new(), name: "Metric not reported".to_owned(), is_relative: false },
        }
    }
}
