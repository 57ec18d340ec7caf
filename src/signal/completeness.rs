//! *Completeness*: which facts about a result, or about a benchmark, are reported.
//!
//! There is one definition of each: a list of facts that somebody can report. Placeholders such as
//! "unknown" report nothing, and no fact is on a list that nobody can fill.

use super::setup;
use crate::codes::codes;
use crate::load::metadata::BenchmarkMeta;
use crate::load::source_metadata::ClaimedRelationship;
use crate::merge::{Dataset, Reading};
use crate::names::is_not_reported;

codes! {
    /// A fact that a result can report.
    pub enum Field in "field" {
        /// What is measured.
        Metric = "metric",
        /// In which unit.
        Unit = "unit",
        /// Which end is good.
        Direction = "direction",
        /// Least and greatest possible score.
        Range = "range",
        /// Which data the test is made of.
        TestData = "test_data",
        /// How many samples.
        Samples = "samples",
        /// Standard error or interval.
        Uncertainty = "uncertainty",
        /// On which day.
        Evaluated = "evaluated",
        /// By whom.
        Evaluator = "evaluator",
        /// In which relation to the developer.
        Relationship = "relationship",
        /// With which software.
        Harness = "harness",
        /// With which settings.
        Settings = "settings",
    }
}

impl Field {
    /// True if the record of `reading` reports it; metadata does not count.
    pub fn is_reported(self, dataset: &Dataset, reading: &Reading) -> bool {
        let (record, result) = (&dataset.loaded(reading).record, dataset.result(reading));
        let says = |text: Option<&String>| text.is_some_and(|text| !is_not_reported(text));
        match self {
            Field::Metric => {
                [&result.metric.id, &result.metric.name, &result.metric.kind].into_iter().any(|it| says(it.as_ref()))
            }
            Field::Unit => says(result.metric.unit.as_ref()),
            Field::Direction => result.metric.lower_is_better.is_some(),
            Field::Range => result.metric.min.is_some() && result.metric.max.is_some(),
            Field::TestData => {
                says(result.data.hf_repo.as_ref())
                    || says(result.data.dataset_name.as_ref())
                    || !result.data.urls.is_empty()
            }
            Field::Samples => super::n_samples(dataset, reading).is_some(),
            Field::Uncertainty => {
                result.uncertainty.as_ref().is_some_and(|it| it.standard_error.is_some() || it.interval.is_some())
            }
            Field::Evaluated => result.evaluated.as_ref().is_some_and(|stamp| stamp.day.is_some()),
            Field::Evaluator => says(record.source.organization.as_ref()),
            Field::Relationship => record.source.relationship != ClaimedRelationship::NotReported,
            Field::Harness => says(record.library.as_ref().and_then(|library| library.name.as_ref())),
            Field::Settings => setup::states_any(dataset.loaded(reading), result),
        }
    }
}

/// The facts that describe a benchmark, each with whether its metadata states it.
pub fn of_benchmark(meta: Option<&BenchmarkMeta>) -> [(&'static str, bool); 9] {
    let says = |found: fn(&BenchmarkMeta) -> bool| meta.is_some_and(found);
    [
        ("described.description", says(|meta| !meta.prose.trim().is_empty())),
        ("described.category", says(|meta| meta.category.is_some())),
        ("described.metric", says(|meta| meta.metric.is_some())),
        ("described.direction", says(|meta| meta.higher_is_better.is_some())),
        ("described.scale", says(|meta| meta.scale.is_some())),
        ("described.chance_level", says(|meta| meta.chance_level.is_some())),
        ("described.dataset", says(|meta| meta.dataset.id.is_some())),
        ("described.paper", says(|meta| meta.paper.is_some())),
        ("described.published", says(|meta| meta.released.is_some())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benchmark_without_metadata_is_described_by_nothing_and_every_fact_can_be_filled() {
        assert!(of_benchmark(None).iter().all(|(_, is_stated)| !is_stated));
        let mut meta: BenchmarkMeta = serde_yaml::from_str(
            "{category: law, metric: {id: f1}, higher_is_better: true, scale: [0, 1], chance_level: 0, dataset: {id: a/b}, paper: x, released: y}",
        )
        .unwrap();
        meta.prose = "It asks.".to_owned();
        assert!(of_benchmark(Some(&meta)).iter().all(|(_, is_stated)| *is_stated));
        let mut blank = BenchmarkMeta::default();
        blank.prose = " \n".to_owned();
        assert!(of_benchmark(Some(&blank)).iter().all(|(_, is_stated)| !is_stated));
    }
}
