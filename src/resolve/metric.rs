//! Which *metric* a result is by, and over which part of its test.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::alias::Aliases;
use super::step::{Names, Step, note};
use super::{Metric, Slice};
use crate::diagnostic::Diagnostics;
use crate::id::{Id, Table};
use crate::load::block::{GenerationConfig, MetricConfig, TestPart};
use crate::load::content::Content;
use crate::load::metadata::{AliasKind, MetricMeta};
use crate::load::record::EvaluationResult;
use crate::names::{is_not_reported, normal_form, slug};

#[derive(Default)]
pub struct PartResolver {
    by_key: HashMap<String, Id<TestPart>>,
    by_config: HashMap<*const GenerationConfig, Id<TestPart>>,
    pub table: Table<TestPart>,
}

impl PartResolver {
    pub fn resolve(&mut self, config: Option<&Arc<GenerationConfig>>) -> Id<TestPart> {
        let cached = config.map_or(std::ptr::null(), Arc::as_ptr);
        let (by_key, table) = (&mut self.by_key, &mut self.table);
        *self.by_config.entry(cached).or_insert_with(|| {
            let stated = config.and_then(|config| config.part.clone());
            let part = stated.unwrap_or_else(TestPart::not_reported);
            *by_key.entry(part.key.clone()).or_insert_with(|| table.push(part))
        })
    }
}

pub struct MetricResolver<'a> {
    metas: &'a [MetricMeta],
    aliases: Aliases<usize>,
    by_key: HashMap<String, Id<Metric>>,
    by_result: HashMap<(*const u8, *const MetricConfig, *const u8, Id<Slice>), Id<Metric>>,
    pub table: Table<Metric>,
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
        MetricResolver { metas: &content.metrics, aliases, by_key, by_result, table: Table::default() }
    }

    /// The metric of `result`, in a record of `collection`.
    pub fn resolve(
        &mut self,
        collection: &Arc<str>,
        result: &EvaluationResult,
        slice: Id<Slice>,
        default: Option<&str>,
    ) -> Id<Metric> {
        let cached = (collection.as_ptr(), Arc::as_ptr(&result.metric), result.name.as_ptr(), slice);
        if let Some(id) = self.by_result.get(&cached) {
            return *id;
        }
        let (key, metric, found) = self.metric(collection, &result.metric, &result.name, default);
        let table = &mut self.table;
        let id = *self.by_key.entry(key).or_insert_with(|| table.push(metric));
        if let Some((name, step)) = found {
            let metric = table.get_mut(id);
            let step = if name == metric.name { Step::OwnName } else { step };
            note(&mut metric.spellings, &name, step);
        }
        self.by_result.insert(cached, id);
        id
    }

    /// A known metric among what the record says; else what the record says; else a known metric
    /// that the result is called after; else the metric that the benchmark's metadata names. With the key of its
    /// identity, and the name that led to it.
    fn metric(
        &self,
        collection: &str,
        config: &MetricConfig,
        result: &str,
        default: Option<&str>,
    ) -> (String, Metric, Option<(String, Step)>) {
        let find = |name: &str| {
            let (number, step) = self.aliases.find(collection, name)?;
            let meta = &self.metas[number];
            let (id, spellings) = (meta.id.clone(), Names::new());
            let metric = Metric { id, name: meta.name.clone(), is_relative: meta.relative, spellings };
            Some((format!("meta {}", meta.id), metric, Some((name.to_owned(), step))))
        };
        let before_on =
            config.description.as_deref().and_then(|text| text.split_once(" on ")).map(|(metric, _)| metric);
        let said = [config.id.as_deref(), config.name.as_deref(), config.kind.as_deref()];
        if let Some(found) = said.into_iter().chain([before_on]).flatten().find_map(find) {
            return found;
        }
        let [id, name, kind] = said;
        if let Some(name) = name.or(id).or(kind).filter(|name| !is_not_reported(name)) {
            let metric = Metric { id: slug(name), name: name.to_owned(), is_relative: false, spellings: Names::new() };
            let key = format!("name {}", normal_form(name).unwrap_or_else(|| name.to_owned()));
            return (key, metric, Some((name.to_owned(), Step::NormalForm)));
        }
        // What the benchmark's metadata names is no name in a record.
        let by_default = || find(default?).map(|(key, metric, _)| (key, metric, None));
        find(result).or_else(by_default).unwrap_or_else(|| {
            let name = "Metric not reported".to_owned();
            (String::new(), Metric { id: String::new(), name, is_relative: false, spellings: Names::new() }, None)
        })
    }
}
