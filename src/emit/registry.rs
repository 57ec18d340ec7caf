//! The *registry* of benchmarks that the Hub keeps a leaderboard for, and the rules by which a
//! result is taken for one of their tasks. The benchmarks are data: `registry.yaml`.

use anyhow::{Context, Result};
use serde::{Deserialize, Deserializer};

use crate::load::record::EvaluationResult;
use crate::names::normal_form;

/// A dataset that is registered as a benchmark.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubBenchmark {
    /// `mmlu_pro`.
    pub key: String,
    /// Dataset id on the Hub.
    pub dataset: String,
    aliases: Vec<String>,
    metrics: Vec<String>,
    /// Its leaderboards.
    pub tasks: Vec<Task>,
}

/// One leaderboard of a dataset.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// As the dataset's `eval.yaml` has it.
    pub id: String,
    /// File name in `.eval_results/`.
    pub file: String,
    /// Names that records use, as normal forms.
    #[serde(deserialize_with = "normal_forms")]
    names: Vec<String>,
}

fn normal_forms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    Ok(names.iter().filter_map(|name| normal_form(name)).collect())
}

/// What a result is to the registry.
#[derive(Debug)]
pub enum Match<'a> {
    /// The headline result of a task.
    Task(&'a HubBenchmark, &'a Task),
    /// Of a registered dataset, but not the headline result of one of its tasks.
    Other(&'a HubBenchmark, &'static str),
    /// Of no registered dataset.
    None,
}

/// The built-in registry.
pub fn built_in() -> Result<Vec<HubBenchmark>> {
    serde_yaml::from_str(include_str!("registry.yaml")).context("the built-in registry of Hub benchmarks is broken")
}

/// Which task of `registry` the `result` is of.
pub fn find<'a>(registry: &'a [HubBenchmark], result: &EvaluationResult) -> Match<'a> {
    let Some(benchmark) = registry.iter().find(|benchmark| benchmark.has_dataset_of(result)) else {
        return Match::None;
    };
    let ids = [result.id.as_deref(), result.metric.id.as_deref()];
    let is_headline_metric = |id: &str| benchmark.metrics.iter().any(|metric| metric.eq_ignore_ascii_case(id.trim()));
    if let ([task], true) = (&benchmark.tasks[..], ids.into_iter().flatten().any(is_headline_metric)) {
        return Match::Task(benchmark, task);
    }
    let own_name = normal_form(&result.name);
    if let Some(task) = benchmark.task_named(&own_name) {
        return Match::Task(benchmark, task);
    }
    if benchmark.tasks.len() == 1 {
        return Match::Other(benchmark, "part_of_benchmark");
    }
    // A dataset with several tasks, named as a whole: the data may say which of them it is.
    let data = &result.data;
    let names = [&data.dataset_name, &data.hf_repo, &data.benchmark_hf_repo];
    let task = names.into_iter().flatten().find_map(|name| benchmark.task_named(&normal_form(name)));
    match task {
        Some(task) if own_name == normal_form(&benchmark.key) => Match::Task(benchmark, task),
        Some(_) => Match::Other(benchmark, "part_of_benchmark"),
        None => Match::Other(benchmark, "task_not_stated"),
    }
}

impl HubBenchmark {
    fn task_named(&self, normal: &Option<String>) -> Option<&Task> {
        let normal = normal.as_deref()?;
        self.tasks.iter().find(|task| task.names.iter().any(|known| known == normal))
    }

    fn is_id(&self, id: &str) -> bool {
        [&self.dataset].into_iter().chain(&self.aliases).any(|known| known.eq_ignore_ascii_case(id.trim()))
    }

    /// The reference's rule: the Hub repository of the data, else that of the benchmark behind it;
    /// a name only where no repository is stated; a page of the dataset on the Hub.
    fn has_dataset_of(&self, result: &EvaluationResult) -> bool {
        let data = &result.data;
        let is_known = |id: &Option<String>| id.as_deref().is_some_and(|id| self.is_id(id));
        if is_known(&data.hf_repo) || is_known(&data.benchmark_hf_repo) {
            return true;
        }
        if data.hf_repo.is_some() {
            return false;
        }
        let of_page =
            |url: &String| url.split_once("/datasets/").is_some_and(|(_, id)| self.is_id(id.trim_end_matches('/')));
        let name = data.dataset_name.as_deref().and_then(normal_form);
        let by_name = name.is_some() && (name == normal_form(&self.key) || self.task_named(&name).is_some());
        by_name || data.urls.iter().any(of_page)
    }
}
