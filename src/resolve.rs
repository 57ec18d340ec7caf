//! *Resolve* turns names into identities: which model, benchmark, metric and evaluator is meant.
//!
//! A name is matched to an entity by one of the listed steps ([`step`]), and every entity keeps its names with
//! their steps; any other name is an entity of its own. Scores and the choice among readings belong to
//! [`crate::merge`].

mod alias;
mod benchmark;
pub mod benchmark_card;
mod evaluator;
mod forged;
mod metric;
mod model;
mod organization;
mod rule;
pub mod step;
mod unique;
mod unused;

use crate::diagnostic::Diagnostics;
use crate::id::{EntityTable, Id};
use crate::load::Inputs;
use crate::load::block::{Jury, ScoreKind};
use crate::load::metadata::OfSamples;
use crate::load::test_part::TestPart;
use crate::names::is_not_reported;
use benchmark::BenchmarkResolver;
use evaluator::EvaluatorResolver;
use metric::{MetricResolver, PartResolver};
use model::ModelResolver;
use organization::Organizations;
use rule::RuleBook;
use step::Names;

pub use metric::jury_in_words;

/// One model.
#[derive(Debug)]
pub struct Model {
    /// The canonical id from metadata, else the spelling most records use.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Place of its metadata in [`crate::load::content::Content::models`].
    pub meta: Option<usize>,
    /// Place of what the Hub says of it in [`crate::load::hub_facts::HubFacts::models`].
    pub hub: Option<usize>,
    /// The ids that records use for it.
    pub spellings: Names,
    /// The developer that most of its records claim, whatever metadata says; the first by text of several.
    pub claimed_developer: Option<String>,
    /// The other developers that records claim, and the platforms that they give for one.
    pub other_claims: Vec<String>,
    /// True if neither metadata nor records name its developer, and the table of platforms does.
    pub has_listed_developer: bool,
    /// Place of its developer in [`crate::load::content::Content::organizations`], and how it was found.
    pub developer: Option<(usize, step::MatchStep)>,
}

/// A dated snapshot, quantisation or the like, which metadata declares as a variant of a model.
/// Readings of different variants are never in one cell.
#[derive(Debug)]
pub struct Variant {
    /// In words; empty for the model itself.
    pub label: String,
}

/// One benchmark: a test, or where no metadata says more, a data set as sources name it.
#[derive(Debug)]
pub struct Benchmark {
    /// Slug.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Place of its metadata in [`crate::load::content::Content::benchmarks`].
    pub meta: Option<usize>,
    /// The names that records use for it and its slices.
    pub spellings: Names,
    /// True if metadata or a measurement rule says that it is a benchmark; else its name is what a record calls its data
    /// set, or a collection.
    pub is_explained: bool,
    /// Places of the cards that claim it in [`crate::load::content::Content::benchmark_cards`].
    pub cards: Vec<usize>,
}

/// A benchmark as a whole, or one part of it. Parts are never mixed with the whole.
#[derive(Debug)]
pub struct Slice {
    /// Of which benchmark.
    pub benchmark: Id<Benchmark>,
    /// `None`: the whole.
    pub name: Option<String>,
    /// True if metadata says of a collection that its results of this name sum up several benchmarks.
    pub is_aggregate: bool,
}

/// What is measured, with all that tells it from other metrics: parameters, kind of score, judges.
#[derive(Debug, Default)]
pub struct Metric {
    /// Slug.
    pub id: String,
    /// Slug of the quantity alone, whatever its parameters and judges: `accuracy`; empty if not reported.
    pub quantity: String,
    /// Display name.
    pub name: String,
    /// All that makes it this metric and no other, as text.
    pub key: String,
    /// Its parameters by name, such as a threshold.
    pub parameters: Vec<(String, String)>,
    /// What kind of number its scores are.
    pub kind: ScoreKind,
    /// Who gives the scores, if language models do.
    pub jury: Option<Jury>,
    /// How records describe it that name none.
    pub described: Option<String>,
    /// True if it depends on which other models were evaluated, as a win rate does.
    pub is_relative: bool,
    /// How it comes of the scores of single samples; `None` if that is not known.
    pub of_samples: Option<OfSamples>,
    /// False for what records that name no metric measure: it may be anything.
    pub is_reported: bool,
    /// The id that tells it from another metric that is called the same.
    pub told_apart_by: Option<String>,
    /// The names that records use for it.
    pub spellings: Names,
}

impl Metric {
    /// See the field.
    pub fn is_reported(&self) -> bool {
        self.is_reported
    }
}

/// Who reported a result, as claimed.
#[derive(Debug)]
pub struct Evaluator {
    /// Slug.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Place of its metadata in [`crate::load::content::Content::organizations`].
    pub meta: Option<usize>,
    /// The names that records use for it.
    pub spellings: Names,
}

impl Evaluator {
    /// False for whoever stands behind the records that name nobody: they need not be one.
    pub fn is_reported(&self) -> bool {
        !is_not_reported(&self.name)
    }
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
    /// Which variant of it.
    pub variant: Id<Variant>,
    /// Which benchmark or part of one.
    pub slice: Id<Slice>,
    /// Which metric.
    pub metric: Id<Metric>,
    /// The part of the test that its settings name.
    pub part: Id<TestPart>,
    /// Who says so.
    pub evaluator: Id<Evaluator>,
    /// By which step the record's name for them was joined with metadata; `None` without metadata.
    pub evaluator_step: Option<step::MatchStep>,
}

/// All identities of a build. Each table is sorted by name, and no two entities of one have the same id.
#[derive(Debug, Default)]
pub struct Entities {
    /// By id.
    pub models: EntityTable<Model>,
    /// By label; the first is the model itself.
    pub variants: EntityTable<Variant>,
    /// By name.
    pub benchmarks: EntityTable<Benchmark>,
    /// By benchmark, the whole first.
    pub slices: EntityTable<Slice>,
    /// By name.
    pub metrics: EntityTable<Metric>,
    /// By label; the first is of results that name none.
    pub parts: EntityTable<TestPart>,
    /// By name.
    pub evaluators: EntityTable<Evaluator>,
}

/// The identity of every result in `inputs`, in their order.
pub fn resolve(inputs: &Inputs, diagnostics: &mut Diagnostics) -> (Entities, Vec<Resolved>) {
    let content = &inputs.content;
    let organizations = Organizations::new(content, diagnostics);
    let mut models = ModelResolver::new(inputs, &organizations, diagnostics);
    let mut evaluators = EvaluatorResolver::new(content, &organizations);
    let mut metrics = MetricResolver::new(content, diagnostics);
    let mut benchmarks = BenchmarkResolver::new(content, diagnostics);
    let mut parts = PartResolver::new(content);
    let mut rules = RuleBook::new(&content.measurement);
    let n_results = inputs.records.iter().map(|loaded| loaded.record.results.len()).sum();
    let mut resolved = Vec::with_capacity(n_results);
    for (record, loaded) in inputs.records.iter().enumerate() {
        let collection = &loaded.origin.collection;
        let (model, variant) = models.resolve(collection, &loaded.record.model);
        let organization = loaded.record.source.organization.as_deref().unwrap_or_default();
        let (evaluator, evaluator_step) = evaluators.resolve(collection, organization);
        for (result, found) in loaded.record.results.iter().enumerate() {
            let told = rules.effect_on(loaded, found);
            let slice = benchmarks.resolve(collection, found, told.as_ref());
            let (benchmark, of_benchmark) = benchmarks.names_of(slice);
            let metric = metrics.resolve(&metric::MetricSource {
                loaded,
                result: found,
                told: told.as_ref(),
                slice,
                benchmark,
                part: of_benchmark,
                default: benchmarks.metric_of(slice),
            });
            let part = parts.resolve(found, told.as_ref());
            resolved.push(Resolved {
                record: record as u32,
                result: result as u16,
                model,
                variant,
                slice,
                metric,
                part,
                evaluator,
                evaluator_step,
            });
        }
    }
    let (models, variants) = models.finish();
    let mut entities = Entities {
        models,
        variants,
        metrics: metrics.finish(),
        evaluators: evaluators.table,
        parts: parts.table,
        ..benchmarks.finish(content, diagnostics)
    };
    unused::warn(content, &entities, diagnostics);
    forged::quote(&mut entities);
    sort(&mut entities, &mut resolved);
    unique::make_unique(&mut entities.models, |it| &mut it.id, |it| it.meta.is_some());
    unique::make_unique(&mut entities.benchmarks, |it| &mut it.id, |it| it.meta.is_some());
    unique::make_unique(&mut entities.metrics, |it| &mut it.id, |_| false);
    unique::make_unique(&mut entities.evaluators, |it| &mut it.id, |it| it.meta.is_some());
    (entities, resolved)
}

/// Gives the tables their order and the results their new ids.
fn sort(entities: &mut Entities, resolved: &mut [Resolved]) {
    let models = entities.models.sort_by_key(|model| (model.id.to_lowercase(), model.id.clone()));
    let variants = entities.variants.sort_by_key(|variant| variant.label.clone());
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
        result.variant = variants[result.variant.index()];
        result.slice = slices[result.slice.index()];
        result.metric = metrics[result.metric.index()];
        result.part = parts[result.part.index()];
        result.evaluator = evaluators[result.evaluator.index()];
    }
}
