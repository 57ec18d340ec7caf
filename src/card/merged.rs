//! The page of names that were matched, for review, and of similar names that were not.

use std::collections::BTreeMap;

use foldhash::HashMap;
use serde::Serialize;

use super::list::Pager;
use super::names::{code, id_rewrite_in_words, in_words};
use super::{Cards, Labelled, Paths};
use crate::id::Id;
use crate::load::id_rewrite::IdRewriteKind;
use crate::merge::Dataset;
use crate::names::normal_form;
use crate::resolve::Model;
use crate::resolve::step::{MatchStep, Names};

/// Rows on one page.
pub const ROWS: usize = 500;

/// Everything that one page of the list says.
#[derive(Debug, Serialize)]
pub struct MergedCard<'a> {
    /// How many names were joined by each step.
    pub steps: Vec<StepView>,
    /// Names without a match, by kind.
    pub unresolved: Vec<StepView>,
    /// Benchmarks without metadata or a rule; on the first page.
    pub unexplained: Vec<Labelled<'a>>,
    /// The names.
    pub rows: Vec<MergedName<'a>>,
    /// The pages of the list.
    pub pager: Pager,
}

/// A step, and how often it was taken.
#[derive(Debug, Serialize)]
pub struct StepView {
    /// `normal-form`.
    pub code: String,
    /// In words.
    pub words: String,
    /// By convention; empty where nothing was joined.
    pub confidence: &'static str,
    /// How many names.
    pub names: usize,
}

/// A name and what it was taken for.
#[derive(Debug, Serialize)]
pub struct MergedName<'a> {
    /// `model`.
    pub kind: &'static str,
    /// As records have it.
    pub name: &'a str,
    /// The entity's own name.
    pub entity: &'a str,
    /// Its page.
    pub url: Option<String>,
    /// False for near names that were not joined.
    pub is_merged: bool,
    /// In words.
    pub step: String,
    /// By convention.
    pub confidence: &'static str,
}

/// A name that is not its entity's own, or a near one.
struct Merge<'a> {
    step: Option<MatchStep>,
    /// The id rewrite, where the name was not joined.
    near: Option<usize>,
    kind: &'static str,
    name: &'a str,
    entity: &'a str,
    path: Option<&'a str>,
}

/// All names that were joined, and the near ones that were not.
pub struct Merged<'a> {
    rows: Vec<Merge<'a>>,
    unresolved: BTreeMap<&'static str, usize>,
}

impl<'a> Merged<'a> {
    /// Collects them: rules first, then what metadata says, then what was not joined.
    pub fn of(dataset: &'a Dataset, paths: &'a Paths) -> Merged<'a> {
        let entities = &dataset.entities;
        let mut merged = Merged { rows: Vec::new(), unresolved: BTreeMap::new() };
        for (id, model) in entities.models.iter() {
            merged.add("model", &model.spellings, &model.id, Some(paths.model(id)), model.meta.is_some());
        }
        for (id, it) in entities.benchmarks.iter() {
            merged.add("benchmark", &it.spellings, &it.name, Some(paths.benchmark(id)), it.meta.is_some());
        }
        for (id, it) in entities.evaluators.iter().filter(|(_, it)| it.is_reported()) {
            merged.add("evaluator", &it.spellings, &it.name, Some(paths.evaluator(id)), it.meta.is_some());
        }
        for (_, metric) in entities.metrics.iter() {
            merged.add("metric", &metric.spellings, &metric.name, None, true);
        }
        merged.add_developers(dataset);
        merged.add_near(dataset, paths);
        merged.rows.sort_by_key(|row| {
            let step = row.step.map(|step| (!step.is_rule(), step));
            (row.near.is_some(), step.map(|(by_person, step)| (by_person, std::cmp::Reverse(step))), row.near, row.kind)
        });
        merged
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True if no name was joined.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many names each rule joined, by its code.
    pub fn by_rule(&self, dataset: &Dataset) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for step in self.rows.iter().filter_map(|row| row.step).filter(|step| step.is_rule()) {
            *counts.entry(code(step, &dataset.inputs.content).to_owned()).or_default() += 1;
        }
        counts
    }

    /// How many entities of each kind are known by their own name only, without metadata.
    pub fn unresolved(&self) -> &BTreeMap<&'static str, usize> {
        &self.unresolved
    }

    fn add(&mut self, kind: &'static str, names: &'a Names, entity: &'a str, path: Option<&'a str>, is_known: bool) {
        let joined = names.iter().filter(|(_, step)| **step != MatchStep::OwnName);
        self.rows.extend(joined.map(|(name, step)| Merge { step: Some(*step), near: None, kind, name, entity, path }));
        if !is_known {
            *self.unresolved.entry(kind).or_default() += 1;
        }
    }

    fn add_developers(&mut self, dataset: &'a Dataset) {
        let mut known: BTreeMap<&str, (usize, MatchStep)> = BTreeMap::new();
        let mut unknown: BTreeMap<&str, ()> = BTreeMap::new();
        for (_, model) in dataset.entities.models.iter() {
            let is_stated = dataset.model_meta(model).is_some_and(|meta| meta.stated_developer().is_some());
            let Some(claimed) = model.claimed_developer.as_deref().filter(|_| !is_stated) else { continue };
            match model.developer {
                Some(found) => _ = known.insert(claimed, found),
                None => _ = unknown.insert(claimed, ()),
            }
        }
        for (name, (number, step)) in known {
            let entity = dataset.inputs.content.organizations[number].name.as_str();
            if name != entity && step != MatchStep::OwnName {
                self.rows.push(Merge { step: Some(step), near: None, kind: "developer", name, entity, path: None });
            }
        }
        if !unknown.is_empty() {
            self.unresolved.insert("developer", unknown.len());
        }
    }

    /// Models whose name is another's but for a listed last word.
    fn add_near(&mut self, dataset: &'a Dataset, paths: &'a Paths) {
        let models = &dataset.entities.models;
        let mut by_form: HashMap<String, Id<Model>> = HashMap::default();
        for (id, model) in models.iter() {
            for form in model.spellings.keys().filter_map(|name| normal_form(name)) {
                by_form.entry(form).or_insert(id);
            }
        }
        let rewrites = &dataset.inputs.content.id_rewrites;
        let suffixes = || rewrites.iter().enumerate().filter(|(_, it)| it.kind == IdRewriteKind::Suffix && !it.merges);
        for (id, model) in models.iter() {
            for name in model.spellings.keys() {
                let near = suffixes().find_map(|(rule, rewrite)| {
                    let other = *by_form.get(&normal_form(rewrite.strip(name)?)?)?;
                    (other != id).then_some((rule, other))
                });
                if let Some((rule, other)) = near {
                    let (entity, path) = (models[other].id.as_str(), Some(paths.model(other)));
                    self.rows.push(Merge { step: None, near: Some(rule), kind: "model", name, entity, path });
                }
            }
        }
    }
}

impl<'a> Cards<'a> {
    /// Page `number` (from 1) of the list.
    pub fn merged(&self, merged: &Merged<'a>, number: usize) -> MergedCard<'a> {
        let content = &self.dataset.inputs.content;
        let mut counts: BTreeMap<(bool, MatchStep), usize> = BTreeMap::new();
        for step in merged.rows.iter().filter_map(|row| row.step) {
            *counts.entry((!step.is_rule(), step)).or_default() += 1;
        }
        let steps = counts.into_iter().map(|((_, step), n)| StepView {
            code: code(step, content).to_owned(),
            words: in_words(self.language, step, content),
            confidence: step.confidence(),
            names: n,
        });
        let unresolved = merged.unresolved.iter().map(|(kind, n)| StepView {
            code: (*kind).to_owned(),
            words: String::new(),
            confidence: "",
            names: *n,
        });
        let rows = self.merged_rows(merged).skip((number - 1) * ROWS).take(ROWS);
        MergedCard {
            steps: steps.collect(),
            unresolved: unresolved.collect(),
            unexplained: if number == 1 { self.unexplained() } else { Vec::new() },
            rows: rows.collect(),
            pager: Pager::new(self, "merged", number, merged.rows.len(), ROWS),
        }
    }

    /// The benchmarks whose names are no more than what records call their data, for a person to look through.
    fn unexplained(&self) -> Vec<Labelled<'a>> {
        let benchmarks = self.dataset.entities.benchmarks.iter().filter(|(_, it)| !it.is_explained);
        let link = |(id, it): (_, &'a crate::resolve::Benchmark)| Labelled {
            text: it.name.as_str(),
            url: Some(self.benchmark_url(id)),
        };
        benchmarks.map(link).collect()
    }

    /// All rows of the list.
    pub fn merged_rows<'m>(&'m self, merged: &'m Merged<'a>) -> impl Iterator<Item = MergedName<'a>> + 'm {
        let content = &self.dataset.inputs.content;
        merged.rows.iter().map(|row| MergedName {
            kind: row.kind,
            name: row.name,
            entity: row.entity,
            url: row.path.map(|path| self.url(path)),
            is_merged: row.step.is_some(),
            step: match (row.step, row.near) {
                (Some(step), _) => in_words(self.language, step, content),
                (None, near) => {
                    near.map(|rule| id_rewrite_in_words(self.language, &content.id_rewrites[rule])).unwrap_or_default()
                }
            },
            confidence: row.step.map_or("", MatchStep::confidence),
        })
    }
}
