//! Which *benchmark*, or part of one, a result is of.
//!
//! A result names its test in three places, none of them reliable: `evaluation_name` is the
//! benchmark in one collection and a subset in the next; `dataset_name` the benchmark, the
//! collection or a file; `hf_repo` a data set that several benchmarks share. The steps:
//!
//! 1. a part, or the whole, that metadata lists for the collection (and data set);
//! 2. an alias of a benchmark is the result's name: the whole;
//! 3. an alias is the data set, or the Hub repository: the result's name is then a part;
//! 4. otherwise the data set is a benchmark of its own, and another name than that is a part.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::alias::{self, Aliases};
use super::step::{Names, Step, note};
use super::{Benchmark, Entities, Slice, benchmark_card};
use crate::diagnostic::Diagnostics;
use crate::id::{Id, Table};
use crate::load::block::SourceData;
use crate::load::content::Content;
use crate::load::metadata::{AliasKind, BenchmarkMeta};
use crate::load::record::EvaluationResult;
use crate::names::{is_not_reported, normal_form, slug};

/// What of the metadata's benchmark a name means.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Whole,
    Named,
}

/// What a name leads to.
struct Found<'n> {
    /// Place of the metadata.
    benchmark: usize,
    part: Part,
    /// The name that led there, if it is one of the benchmark's.
    name: Option<&'n str>,
    step: Step,
}

/// A name that metadata lists for one collection.
struct ListedPart {
    /// The data set that the result must name; `None` for any.
    dataset: Option<String>,
    benchmark: usize,
    part: Part,
}

pub struct BenchmarkResolver<'a> {
    metas: &'a [BenchmarkMeta],
    aliases: Aliases<usize>,
    /// By collection and normal form of the result's name.
    parts: HashMap<(String, String), Vec<ListedPart>>,
    by_key: HashMap<String, Id<Benchmark>>,
    by_slice: HashMap<(Id<Benchmark>, Option<String>), Id<Slice>>,
    by_result: HashMap<(*const u8, *const u8, *const SourceData), Id<Slice>>,
    benchmarks: Table<Benchmark>,
    slices: Table<Slice>,
    /// Display names of collections.
    collections: HashMap<&'a str, &'a str>,
    /// Names of results that sum up several benchmarks, by collection.
    aggregates: HashSet<(&'a str, String)>,
}

impl<'a> BenchmarkResolver<'a> {
    pub fn new(content: &'a Content, diagnostics: &mut Diagnostics) -> Self {
        let mut aliases = Aliases::default();
        let mut parts: HashMap<(String, String), Vec<ListedPart>> = HashMap::new();
        for (number, meta) in content.benchmarks.iter().enumerate() {
            if aliases.by_id(&meta.id).is_some() {
                alias::duplicate(diagnostics, &meta.file, "benchmark", &meta.id);
                continue;
            }
            let names: Vec<String> = meta.aliases.iter().chain(&meta.name).cloned().collect();
            aliases.add(number, &meta.id, &names, &meta.file, diagnostics);
            let Some(listed) = &meta.parts else { continue };
            let named = listed.names.iter().map(|name| (name, Part::Named));
            for (name, part) in named.chain(listed.overall.iter().map(|name| (name, Part::Whole))) {
                let place = (listed.collection.clone(), key(name));
                let dataset = listed.dataset_name.as_deref().map(key);
                parts.entry(place).or_default().push(ListedPart { dataset, benchmark: number, part });
            }
        }
        aliases.add_table(content, AliasKind::Benchmark, diagnostics);
        let collections = content.collections.iter().filter_map(|meta| Some((meta.id.as_str(), meta.name.as_deref()?)));
        let aggregates = content
            .collections
            .iter()
            .flat_map(|meta| meta.aggregates.iter().map(|name| (meta.id.as_str(), key(name))));
        BenchmarkResolver {
            metas: &content.benchmarks,
            aliases,
            parts,
            by_key: HashMap::new(),
            by_slice: HashMap::new(),
            by_result: HashMap::new(),
            benchmarks: Table::default(),
            slices: Table::default(),
            collections: collections.collect(),
            aggregates: aggregates.collect(),
        }
    }

    /// The slice that `result`, of a record in `collection`, is of.
    pub fn resolve(&mut self, collection: &Arc<str>, result: &EvaluationResult) -> Id<Slice> {
        // Names and blocks are shared, so their addresses are a key for as long as the inputs live.
        let cached = (collection.as_ptr(), result.name.as_ptr(), Arc::as_ptr(&result.data));
        if let Some(id) = self.by_result.get(&cached) {
            return *id;
        }
        let (benchmark, slice) = match self.known(collection, &result.name, &result.data) {
            Some(Found { benchmark, part, name, step }) => {
                let benchmark = self.benchmark_of(benchmark);
                if let Some(name) = name {
                    note(&mut self.benchmarks.get_mut(benchmark).spellings, name, step);
                }
                (benchmark, (part == Part::Named).then_some(&*result.name))
            }
            None => self.unknown(collection, result),
        };
        let key = (benchmark, slice.map(key));
        let slices = &mut self.slices;
        let id = *self
            .by_slice
            .entry(key)
            .or_insert_with(|| slices.push(Slice { benchmark, name: slice.map(str::to_owned), is_aggregate: false }));
        if !self.aggregates.is_empty() && self.aggregates.contains(&(&**collection, self::key(&result.name))) {
            slices.get_mut(id).is_aggregate = true;
        }
        self.by_result.insert(cached, id);
        id
    }

    /// The metric that the benchmark's metadata names.
    pub fn metric_of(&self, slice: Id<Slice>) -> Option<&'a str> {
        let benchmark = &self.benchmarks[self.slices[slice].benchmark];
        self.metas[benchmark.meta?].metric.as_ref().map(|metric| metric.id.as_str())
    }

    /// Steps 1 to 3.
    fn known<'n>(&self, collection: &str, name: &'n str, data: &'n SourceData) -> Option<Found<'n>> {
        let dataset = data.dataset_name.as_deref();
        if let Some(parts) = self.parts.get(&(collection.to_owned(), key(name))) {
            let dataset = dataset.map(key);
            let fits = |listed: &&ListedPart| listed.dataset.is_none() || listed.dataset == dataset;
            if let Some(listed) = parts.iter().find(fits) {
                let is_own = self.metas[listed.benchmark].name.as_deref() == Some(name);
                let step = if is_own { Step::OwnName } else { Step::CollectionAlias };
                // A part is no name of the benchmark.
                let name = (listed.part == Part::Whole).then_some(name);
                return Some(Found { benchmark: listed.benchmark, part: listed.part, name, step });
            }
        }
        let in_scope = |number: &usize| {
            let scope = self.metas[*number].scope.as_ref();
            scope.is_none_or(|scope| scope.collections.iter().any(|known| known == collection))
        };
        let find = |name: &'n str, part: Part| {
            let (benchmark, step) = self.aliases.find(collection, name).filter(|(number, _)| in_scope(number))?;
            let meta = &self.metas[benchmark];
            let is_own = meta.name.as_deref() == Some(name);
            let is_scoped = step == Step::Alias && meta.scope.is_some();
            let step = match step {
                _ if is_own => Step::OwnName,
                _ if is_scoped => Step::CollectionAlias,
                step => step,
            };
            Some(Found { benchmark, part, name: Some(name), step })
        };
        if let Some(found) = find(name, Part::Whole) {
            return Some(found);
        }
        let containers = [dataset, data.benchmark_hf_repo.as_deref(), data.hf_repo.as_deref()];
        containers.into_iter().flatten().find_map(|name| find(name, Part::Named))
    }

    fn benchmark_of(&mut self, number: usize) -> Id<Benchmark> {
        let meta = &self.metas[number];
        let benchmarks = &mut self.benchmarks;
        *self.by_key.entry(format!("meta {}", meta.id)).or_insert_with(|| {
            benchmarks.push(Benchmark {
                id: meta.id.clone(),
                name: meta.name.clone().unwrap_or_else(|| meta.id.clone()),
                meta: Some(number),
                spellings: Names::new(),
                cards: Vec::new(),
            })
        })
    }

    /// Step 4: the data set, else the collection, is the benchmark.
    fn unknown<'n>(&mut self, collection: &str, result: &'n EvaluationResult) -> (Id<Benchmark>, Option<&'n str>) {
        let stated = result.data.dataset_name.as_deref().filter(|name| !is_not_reported(name));
        let dataset = stated.unwrap_or(if collection.is_empty() { &result.name } else { collection });
        let key = key(dataset);
        let name = self.collections.get(dataset).copied().unwrap_or(dataset);
        let benchmarks = &mut self.benchmarks;
        let id = *self.by_key.entry(format!("name {key}")).or_insert_with(|| {
            benchmarks.push(Benchmark {
                id: slug(dataset),
                name: name.to_owned(),
                meta: None,
                spellings: Names::new(),
                cards: Vec::new(),
            })
        });
        let is_whole = self::key(&result.name) == key;
        if is_whole {
            let benchmark = benchmarks.get_mut(id);
            let step = if *result.name == benchmark.name { Step::OwnName } else { Step::NormalForm };
            note(&mut benchmark.spellings, &result.name, step);
        }
        (id, (!is_whole).then_some(&*result.name))
    }

    /// The tables of benchmarks and slices.
    pub fn finish(mut self, content: &Content, diagnostics: &mut Diagnostics) -> Entities {
        // Metadata without a name leaves the name as records write it.
        for benchmark in self.benchmarks.iter_mut() {
            let own = |name: &&String| key(name) == key(&benchmark.id);
            let is_unnamed = benchmark.meta.is_some_and(|number| self.metas[number].name.is_none());
            if let Some(name) = benchmark.spellings.keys().find(own).filter(|_| is_unnamed) {
                benchmark.name = name.clone();
            }
        }
        benchmark_card::attach(content, &mut self.benchmarks, diagnostics);
        Entities { benchmarks: self.benchmarks, slices: self.slices, ..Entities::default() }
    }
}

fn key(name: &str) -> String {
    normal_form(name).unwrap_or_else(|| name.to_owned())
}
