//! The *benchmark*, or part of one, of a result.
//!
//! A result names its test in three places, none of them reliable: `evaluation_name` is the
//! benchmark in one collection and a subset in the next; `dataset_name` the benchmark, the
//! collection or a file; `hf_repo` a data set that several benchmarks share. The steps:
//!
//! 1. a part, or the whole, that metadata lists for the collection (and data set);
//! 2. a measurement rule ([`super::rule`]) tells benchmark and part; the benchmark is the one that an alias says, else
//!    one of its own;
//! 3. an alias of a benchmark is the result's name: the whole;
//! 4. an alias is the data set, or the Hub repository: the result's name is then a part;
//! 5. otherwise the data set is a benchmark of its own, and another name than that is a part.

use std::rc::Rc;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::alias::{self, Aliases};
use super::step::{MatchStep, Names, note};
use super::{Benchmark, Entities, Slice, benchmark_card};
use crate::diagnostic::Diagnostics;
use crate::id::{EntityTable, Id};
use crate::load::block::SourceData;
use crate::load::content::Content;
use crate::load::measurement_rules::RuleEffect;
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
struct BenchmarkMatch<'n> {
    /// Place of the metadata.
    benchmark: usize,
    part: Part,
    /// The name that led there, if it is one of the benchmark's.
    name: Option<&'n str>,
    step: MatchStep,
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
    by_result: HashMap<(*const u8, *const u8, *const SourceData, *const RuleEffect), Id<Slice>>,
    /// By normal form, the name of the same benchmark that is shown.
    same: HashMap<String, &'a str>,
    /// Names of parts that mean the whole, as normal forms.
    whole: HashSet<String>,
    benchmarks: EntityTable<Benchmark>,
    slices: EntityTable<Slice>,
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
        let rules = &content.measurement;
        let mut same = HashMap::new();
        for names in &rules.same_benchmark {
            for name in names {
                same.entry(key(name)).or_insert(names[0].as_str());
            }
        }
        BenchmarkResolver {
            same,
            whole: rules.whole.iter().map(|name| key(name)).collect(),
            metas: &content.benchmarks,
            aliases,
            parts,
            by_key: HashMap::new(),
            by_slice: HashMap::new(),
            by_result: HashMap::new(),
            benchmarks: EntityTable::default(),
            slices: EntityTable::default(),
            collections: collections.collect(),
            aggregates: aggregates.collect(),
        }
    }

    /// The slice that `result`, of a record in `collection`, is of; `told` is what a measurement rule says of it.
    pub fn resolve(
        &mut self,
        collection: &Arc<str>,
        result: &EvaluationResult,
        told: Option<&Rc<RuleEffect>>,
    ) -> Id<Slice> {
        // Names and blocks are shared, so their addresses are a key for as long as the inputs live.
        let told_at = told.map_or(std::ptr::null(), Rc::as_ptr);
        let cached = (collection.as_ptr(), result.name.as_ptr(), Arc::as_ptr(&result.data), told_at);
        if let Some(id) = self.by_result.get(&cached) {
            return *id;
        }
        let (benchmark, slice) = match self.listed(collection, &result.name, &result.data) {
            Some(listed) => self.found(listed, &result.name),
            None => match told.and_then(|told| Some((told.benchmark.as_deref()?, told.part.as_deref()))) {
                Some((name, part)) => self.named_by(collection, name, part),
                None => match self.known(collection, &result.name, &result.data) {
                    Some(found) => self.found(found, &result.name),
                    None => self.unknown(collection, result, told.and_then(|told| told.part.as_deref())),
                },
            },
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

    /// The names of a slice's benchmark and of the part that it is.
    pub fn names_of(&self, slice: Id<Slice>) -> (&str, Option<&str>) {
        let slice = &self.slices[slice];
        (&self.benchmarks[slice.benchmark].name, slice.name.as_deref())
    }

    /// The metric that the benchmark's metadata names.
    pub fn metric_of(&self, slice: Id<Slice>) -> Option<&'a str> {
        let benchmark = &self.benchmarks[self.slices[slice].benchmark];
        self.metas[benchmark.meta?].metric.as_ref().map(|metric| metric.id.as_str())
    }

    fn found<'n>(&mut self, found: BenchmarkMatch<'n>, part: &'n str) -> (Id<Benchmark>, Option<&'n str>) {
        let benchmark = self.benchmark_of(found.benchmark);
        if let Some(name) = found.name {
            note(&mut self.benchmarks.get_mut(benchmark).spellings, name, found.step);
        }
        (benchmark, (found.part == Part::Named).then_some(part))
    }

    /// Step 2: a rule says which benchmark, and which part.
    fn named_by<'n>(
        &mut self,
        collection: &str,
        name: &str,
        part: Option<&'n str>,
    ) -> (Id<Benchmark>, Option<&'n str>) {
        let known = self.find(collection, name, Part::Whole).map(|found| (found.benchmark, found.step));
        let benchmark = match known {
            Some((number, _)) => self.benchmark_of(number),
            None => self.own(name),
        };
        self.benchmarks.get_mut(benchmark).is_explained = true;
        let own_name = &self.benchmarks[benchmark].name;
        let step = match known {
            _ if own_name == name => Some(MatchStep::OwnName),
            Some((_, step)) => Some(step),
            // Another way to write the one name is no merge.
            None => (key(own_name) != key(name)).then_some(MatchStep::Rule),
        };
        if let Some(step) = step {
            note(&mut self.benchmarks.get_mut(benchmark).spellings, name, step);
        }
        let without_spaces = |name: &str| key(name).replace(' ', "");
        let is_whole = |part: &&str| self.whole.contains(&key(part)) || without_spaces(part) == without_spaces(name);
        (benchmark, part.filter(|part| !is_whole(part)))
    }

    /// Step 1.
    fn listed<'n>(&self, collection: &str, name: &'n str, data: &'n SourceData) -> Option<BenchmarkMatch<'n>> {
        let dataset = data.dataset_name.as_deref();
        if let Some(parts) = self.parts.get(&(collection.to_owned(), key(name))) {
            let dataset = dataset.map(key);
            let fits = |listed: &&ListedPart| listed.dataset.is_none() || listed.dataset == dataset;
            if let Some(listed) = parts.iter().find(fits) {
                let is_own = self.metas[listed.benchmark].name.as_deref() == Some(name);
                let step = if is_own { MatchStep::OwnName } else { MatchStep::CollectionAlias };
                // A part is no name of the benchmark.
                let name = (listed.part == Part::Whole).then_some(name);
                return Some(BenchmarkMatch { benchmark: listed.benchmark, part: listed.part, name, step });
            }
        }
        None
    }

    /// The benchmark that `name` is an alias of.
    fn find<'n>(&self, collection: &str, name: &'n str, part: Part) -> Option<BenchmarkMatch<'n>> {
        let in_scope = |number: &usize| {
            let scope = self.metas[*number].scope.as_ref();
            scope.is_none_or(|scope| scope.collections.iter().any(|known| known == collection))
        };
        let (benchmark, step) = self.aliases.find(collection, name).filter(|(number, _)| in_scope(number))?;
        let meta = &self.metas[benchmark];
        let is_own = meta.name.as_deref() == Some(name);
        let is_scoped = step == MatchStep::Alias && meta.scope.is_some();
        let step = match step {
            _ if is_own => MatchStep::OwnName,
            _ if is_scoped => MatchStep::CollectionAlias,
            step => step,
        };
        Some(BenchmarkMatch { benchmark, part, name: Some(name), step })
    }

    /// Steps 3 and 4.
    fn known<'n>(&self, collection: &str, name: &'n str, data: &'n SourceData) -> Option<BenchmarkMatch<'n>> {
        if let Some(found) = self.find(collection, name, Part::Whole) {
            return Some(found);
        }
        let containers = [data.dataset_name.as_deref(), data.benchmark_hf_repo.as_deref(), data.hf_repo.as_deref()];
        containers.into_iter().flatten().find_map(|name| self.find(collection, name, Part::Named))
    }

    fn benchmark_of(&mut self, number: usize) -> Id<Benchmark> {
        let meta = &self.metas[number];
        let benchmarks = &mut self.benchmarks;
        *self.by_key.entry(format!("meta {}", meta.id)).or_insert_with(|| {
            benchmarks.push(Benchmark {
                id: meta.id.clone(),
                name: meta.name.clone().unwrap_or_else(|| meta.id.clone()),
                meta: Some(number),
                is_explained: true,
                spellings: Names::new(),
                cards: Vec::new(),
            })
        })
    }

    /// The benchmark of its own that is called `name`.
    fn own(&mut self, name: &str) -> Id<Benchmark> {
        let name = self.same.get(&key(name)).copied().unwrap_or(name);
        let shown = self.collections.get(name).copied().unwrap_or(name);
        let benchmarks = &mut self.benchmarks;
        *self.by_key.entry(format!("name {}", key(name))).or_insert_with(|| {
            benchmarks.push(Benchmark {
                id: slug(name),
                name: shown.to_owned(),
                meta: None,
                is_explained: false,
                spellings: Names::new(),
                cards: Vec::new(),
            })
        })
    }

    /// Step 5: the data set, else the collection, is the benchmark; `part` is what a rule calls the part.
    fn unknown<'n>(
        &mut self,
        collection: &str,
        result: &'n EvaluationResult,
        part: Option<&'n str>,
    ) -> (Id<Benchmark>, Option<&'n str>) {
        let stated = result.data.dataset_name.as_deref().filter(|name| !is_not_reported(name));
        let dataset = stated.unwrap_or(if collection.is_empty() { &result.name } else { collection });
        let id = self.own(dataset);
        let benchmark = self.benchmarks.get_mut(id);
        let is_named = |name: &str| key(name) == key(dataset) || key(name) == key(&benchmark.name);
        let is_whole = is_named(&result.name);
        if is_whole {
            let step = if *result.name == benchmark.name { MatchStep::OwnName } else { MatchStep::NormalForm };
            note(&mut benchmark.spellings, &result.name, step);
        }
        let part = part.unwrap_or(&result.name);
        (id, (!is_named(part) && !self.whole.contains(&key(part))).then_some(part))
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
