//! What metadata and records say of models, benchmarks, evaluators and collections.

use super::Dataset;
use super::collection::Collection;
use crate::id::Id;
use crate::load::categories;
use crate::load::metadata::{BenchmarkMeta, CollectionMeta, ModelMeta, OrganizationMeta};
use crate::resolve::{Benchmark, Evaluator, Model};

impl Dataset {
    /// Metadata of a model.
    pub fn model_meta(&self, model: &Model) -> Option<&ModelMeta> {
        model.meta.map(|number| &self.inputs.content.models[number])
    }

    /// Metadata of a benchmark.
    pub fn benchmark_meta(&self, benchmark: &Benchmark) -> Option<&BenchmarkMeta> {
        benchmark.meta.map(|number| &self.inputs.content.benchmarks[number])
    }

    /// What a benchmark tests: as metadata says, else as the built-in table does, with the source that the table names.
    pub fn category_of(&self, benchmark: &Benchmark) -> Option<(&str, Option<&'static str>)> {
        let stated = self.benchmark_meta(benchmark).and_then(|meta| meta.category.as_deref());
        stated.map(|category| (category, None)).or_else(|| {
            let known = categories::of(&benchmark.name).or_else(|| categories::of(&benchmark.id))?;
            Some((known.category.as_str(), Some(known.source.as_str())))
        })
    }

    /// Metadata of an evaluator.
    pub fn evaluator_meta(&self, evaluator: &Evaluator) -> Option<&OrganizationMeta> {
        evaluator.meta.map(|number| &self.inputs.content.organizations[number])
    }

    /// Metadata of a collection.
    pub fn collection_meta(&self, collection: &Collection) -> Option<&CollectionMeta> {
        collection.meta.map(|number| &self.inputs.content.collections[number])
    }

    /// The collection of that name, if a record is of it.
    pub fn collection(&self, id: &str) -> Option<Id<Collection>> {
        self.collection_ids.get(id).copied()
    }

    /// The licence of a model: as metadata says, else as the Hub does, which the second value tells.
    pub fn license_of(&self, model: &Model) -> Option<(&str, bool)> {
        let own = self.model_meta(model).and_then(|meta| meta.license.as_deref());
        let hub = || self.inputs.content.hub.models[model.hub?].info.as_ref()?.license.as_deref();
        own.map(|own| (own, false)).or_else(|| hub().map(|hub| (hub, true)))
    }

    /// The parameters in billions that the records of a model claim. Sources write -1 and 0 where they do not know.
    pub fn claimed_parameters(&self, model: Id<Model>) -> Option<&str> {
        let infos = self.readings_of(model).iter().map(|reading| &self.loaded(reading).record.model);
        let mut stated = infos.filter_map(|info| info.details.get("params_billions"));
        let is_known = |text: &str| text.parse::<f64>().is_ok_and(|billions| billions.is_finite() && billions > 0.0);
        stated.find(|text| is_known(text))
    }

    /// What the records of a model say in `additional_details`, if any does.
    pub fn stated_by_records(&self, model: Id<Model>, key: &str) -> Option<&str> {
        let mut infos = self.readings_of(model).iter().map(|reading| &self.loaded(reading).record.model);
        infos.find_map(|info| info.details.get(key))
    }
}
