//! *Matching*: which task of which Hub benchmark a result belongs to, or why to none.
//!
//! The dataset decides first, as in the reference converter; then what names the task: the index
//! row's `subset`, the result's id, its own name, and last its data set. A result is taken only if
//! it is the whole of a task by the benchmark's headline metric.

use super::skip::{SkipCode, SkipReason};
use crate::load::Subset;
use crate::load::block::MetricConfig;
use crate::load::hub_benchmark::{HubBenchmark, HubTask};
use crate::load::record::EvaluationResult;
use crate::names::normal_form;
use crate::resolve::Metric;

/// What a result is to the Hub.
#[derive(Debug, PartialEq)]
pub enum Match<'a> {
    /// The result of a task; `is_headline` if its metric id is the benchmark's own.
    Task {
        /// Its benchmark.
        benchmark: &'a HubBenchmark,
        /// Its leaderboard.
        task: &'a HubTask,
        /// True if it names the headline metric by id.
        is_headline: bool,
    },
    /// Of a registered dataset, but not the result of one of its tasks.
    Other(&'a HubBenchmark, SkipReason),
    /// Of no registered dataset.
    None,
}

impl PartialEq for HubBenchmark {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl PartialEq for HubTask {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// What the build knows a result to be of.
pub struct ResultIdentity<'a> {
    /// The metric.
    pub metric: &'a Metric,
    /// Name of the benchmark.
    pub benchmark: &'a str,
    /// Name of the part; `None` for the whole.
    pub slice: Option<&'a str>,
}

impl ResultIdentity<'_> {
    /// The names that it gives the result, as normal forms: of the whole the benchmark's, of a part its own, alone
    /// and behind the benchmark's.
    fn names(&self) -> Vec<String> {
        let names = match self.slice {
            None => vec![normal_form(self.benchmark)],
            Some(slice) => vec![normal_form(slice), normal_form(&format!("{} {slice}", self.benchmark))],
        };
        names.into_iter().flatten().collect()
    }
}

/// Which task of `benchmarks` the `result` is of. `subset` is that of its index rows.
pub fn find<'a>(
    benchmarks: &'a [HubBenchmark],
    result: &EvaluationResult,
    known: &ResultIdentity,
    subset: &Subset,
) -> Match<'a> {
    let Some(benchmark) = benchmark_of(benchmarks, result) else {
        return Match::None;
    };
    if known.metric.is_relative {
        return Match::Other(benchmark, SkipCode::RelativeMetric.into());
    }
    match task(benchmark, result, known, subset) {
        Err(reason) => Match::Other(benchmark, reason),
        Ok(task) => match names_headline_metric(benchmark.metrics_of(task), result) {
            false if !is_usual_metric(benchmark.metric_kinds_of(task), known.metric) => {
                Match::Other(benchmark, SkipCode::NotTheHeadlineMetric.into())
            }
            is_headline => Match::Task { benchmark, task, is_headline },
        },
    }
}

/// The task that a result is the whole of.
fn task<'a>(
    benchmark: &'a HubBenchmark,
    result: &EvaluationResult,
    known: &ResultIdentity,
    subset: &Subset,
) -> Result<&'a HubTask, SkipReason> {
    let own_name = normal_form(&result.name);
    let has_own_name = |names: &[String]| own_name.as_ref().is_some_and(|name| names.contains(name));
    if let Some(listed) = benchmark.not_mapped.iter().find(|listed| has_own_name(&listed.names)) {
        return Err(SkipReason::listed(&listed.reason));
    }
    let by_own_name = || benchmark.tasks.iter().find(|task| own_name.as_ref().is_some_and(|name| task.is_called(name)));
    let names = known.names();
    let by_known_name = || benchmark.tasks.iter().find(|task| names.iter().any(|name| task.is_called(name)));
    let named = by_own_name().or_else(by_known_name);
    // Whatever else names a task: a result with a name of its own is a part of it.
    let is_known_whole = || known.slice.is_none() && is_name_of_whole(benchmark, &normal_form(known.benchmark));
    if named.is_none() && !is_name_of_whole(benchmark, &own_name) && !is_known_whole() {
        return Err(SkipCode::PartOfBenchmark.into());
    }
    let [_, _, ..] = &benchmark.tasks[..] else { return Ok(&benchmark.tasks[0]) };
    let of_row = match subset {
        Subset::Contradictory => return Err(SkipCode::ContradictorySubset.into()),
        Subset::Named(subset) if !subset.trim().is_empty() => {
            let subset = normal_form(subset);
            let task =
                benchmark.tasks.iter().find(|task| subset.as_ref().is_some_and(|subset| task.subsets.contains(subset)));
            Some(task.ok_or(SkipCode::UnknownSubset)?)
        }
        Subset::Named(_) | Subset::Unsaid => None,
    };
    match (of_row, named.or_else(|| task_of_data(benchmark, result))) {
        (Some(row), Some(result)) if row != result => Err(SkipCode::ContradictorySubset.into()),
        (Some(task), _) | (None, Some(task)) => Ok(task),
        (None, None) => Err(SkipCode::TaskNotStated.into()),
    }
}

/// True for the plain name of the benchmark or its dataset, and for names that only say what is
/// measured, as `accuracy` does.
fn is_name_of_whole(benchmark: &HubBenchmark, own_name: &Option<String>) -> bool {
    // In normal form.
    const MEASURED: [&str; 7] = ["accuracy", "acc", "exact match", "overall", "score", "mean", "average"];
    let dataset = benchmark.dataset.rsplit('/').next().unwrap_or_default();
    own_name.as_ref().is_some_and(|own| {
        MEASURED.contains(&own.as_str())
            || [&*benchmark.key, dataset].into_iter().any(|name| normal_form(name).is_some_and(|name| name == *own))
    })
}

/// Where a dataset has several tasks: the one that the result's id begins with, or its data names.
fn task_of_data<'a>(benchmark: &'a HubBenchmark, result: &EvaluationResult) -> Option<&'a HubTask> {
    let data = &result.data;
    let of_id = result.id.as_deref().and_then(|id| id.split_once('/')).map(|(prefix, _)| prefix);
    let names = [data.dataset_name.as_deref(), data.hf_repo.as_deref(), data.benchmark_hf_repo.as_deref()];
    of_id.into_iter().chain(names.into_iter().flatten()).find_map(|name| {
        let normal = normal_form(name)?;
        benchmark.tasks.iter().find(|task| task.names.contains(&normal))
    })
}

fn names_headline_metric(metrics: &[String], result: &EvaluationResult) -> bool {
    is_headline(metrics, result.id.as_deref(), Some(&result.metric))
}

/// True if the id of a result, or that of its metric, is one of the headline `metrics`.
pub fn is_headline(metrics: &[String], id: Option<&str>, metric: Option<&MetricConfig>) -> bool {
    let ids = [id, metric.and_then(|metric| metric.id.as_deref())];
    ids.into_iter().flatten().any(|id| metrics.iter().any(|metric| metric.eq_ignore_ascii_case(id.trim())))
}

fn is_usual_metric(kinds: &[String], metric: &Metric) -> bool {
    !metric.is_reported || kinds.contains(&metric.quantity)
}

/// The reference's rule: the Hub repository of the data, else that of the benchmark behind it; a
/// name or a page of the dataset on the Hub only where no repository is stated.
fn benchmark_of<'a>(benchmarks: &'a [HubBenchmark], result: &EvaluationResult) -> Option<&'a HubBenchmark> {
    let data = &result.data;
    let with_id = |id: &Option<String>| {
        let id = id.as_deref()?;
        benchmarks.iter().find(|benchmark| benchmark.is_dataset(id))
    };
    let stated = with_id(&data.hf_repo).or_else(|| with_id(&data.benchmark_hf_repo));
    if stated.is_some() || data.hf_repo.is_some() {
        return stated;
    }
    let name = data.dataset_name.as_deref().and_then(normal_form);
    let by_name = |benchmark: &&HubBenchmark| {
        let is_task = name.as_ref().is_some_and(|name| benchmark.tasks.iter().any(|task| task.names.contains(name)));
        is_task || (name.is_some() && name == normal_form(&benchmark.key))
    };
    let of_page = |url: &str, benchmark: &HubBenchmark| {
        let id = url.split_once("/datasets/").map(|(_, id)| id.trim_end_matches('/'));
        id.is_some_and(|id| benchmark.is_dataset(id))
    };
    let by_page = |benchmark: &&HubBenchmark| data.urls.iter().any(|url| of_page(url, benchmark));
    benchmarks.iter().find(by_name).or_else(|| benchmarks.iter().find(by_page))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::block::Blocks;
    use crate::load::record::parse;

    fn built_in() -> Vec<HubBenchmark> {
        serde_yaml::from_str(crate::load::hub_benchmark::BUILT_IN).unwrap()
    }

    /// The task of a result as `key/task`, or the reason that it has none; `-` if it is of no
    /// registered dataset.
    #[track_caller]
    fn check(name: &str, id: &str, metric: &str, data: &str, subset: Option<&str>, expected: &str) {
        let record = format!(
            r#"{{"model_info": {{"id": "a/b"}}, "evaluation_results": [{{"evaluation_name": "{name}",
            "evaluation_result_id": "{id}", "source_data": {data}, "score_details": {{"score": 1}}}}]}}"#
        );
        let (record, _) = parse(record.as_bytes(), &Blocks::default()).unwrap();
        let metric = Metric {
            quantity: metric.to_owned(),
            is_reported: !metric.is_empty(),
            is_relative: metric == "mean-win-rate",
            ..Metric::default()
        };
        let of_rows = subset.map_or(Subset::Unsaid, |subset| Subset::Named(subset.into()));
        let found = match find(
            &built_in(),
            &record.results[0],
            &ResultIdentity { metric: &metric, benchmark: "-", slice: Some("-") },
            &of_rows,
        ) {
            Match::Task { benchmark, task, .. } => format!("{}/{}", benchmark.key, task.id),
            Match::Other(_, reason) => reason.as_str().to_owned(),
            Match::None => "-".to_owned(),
        };
        assert_eq!(found, expected, "{name} {id} {data} {subset:?}");
    }

    const GPQA: &str = r#"{"dataset_name": "GPQA", "hf_repo": "Idavidrein/gpqa"}"#;

    #[test]
    fn a_variant_of_gpqa_is_named_by_row_id_name_or_data() {
        check("GPQA", "", "accuracy", GPQA, None, "task_not_stated");
        check("GPQA Diamond", "", "accuracy", GPQA, None, "gpqa/diamond");
        check("Accuracy", "gpqa_diamond/accuracy", "accuracy", GPQA, None, "gpqa/diamond");
        check(
            "GPQA",
            "",
            "accuracy",
            r#"{"dataset_name": "GPQA Diamond", "hf_repo": "Idavidrein/gpqa"}"#,
            None,
            "gpqa/diamond",
        );
        check("GPQA", "", "accuracy", r#"{"hf_repo": "reasoningMIA/gpqa_diamond"}"#, None, "gpqa/diamond");
        check("GPQA", "", "accuracy", GPQA, Some("Main"), "gpqa/main");
        check("GPQA", "", "accuracy", GPQA, Some("Chain-Of-Thought"), "unknown_subset");
        check("GPQA Diamond (Physics)", "gpqa_diamond/physics", "accuracy", GPQA, None, "part_of_benchmark");
        check("GPQA (Physics)", "", "accuracy", GPQA, Some("diamond"), "part_of_benchmark");
        check("GPQA", "", "accuracy", GPQA, Some("extended"), "gpqa/extended");
        check("GPQA", "", "accuracy", GPQA, Some("nonsense"), "unknown_subset");
        check("GPQA Diamond", "", "accuracy", GPQA, Some("main"), "contradictory_subset");
        check("GPQA (Physics)", "", "accuracy", GPQA, None, "part_of_benchmark");
        check("GPQA", "", "accuracy", r#"{"source_type": "url", "url": ["https://a.example"]}"#, None, "-");
    }

    #[test]
    fn the_dataset_decides_by_repository_then_name_then_page() {
        check("MMLU-PRO", "", "accuracy", r#"{"hf_repo": "tiger-lab/mmlu-pro"}"#, None, "mmlu_pro/mmlu_pro");
        check("GSM8K", "", "exact-match", r#"{"dataset_name": "GSM8K"}"#, None, "gsm8k/gsm8k");
        check("GSM8K", "", "exact-match", r#"{"dataset_name": "GSM8K", "hf_repo": "other/data"}"#, None, "-");
        check(
            "GSM8K",
            "",
            "accuracy",
            r#"{"url": ["https://huggingface.co/datasets/openai/gsm8k/"]}"#,
            None,
            "gsm8k/gsm8k",
        );
        check(
            "GSM8K",
            "",
            "accuracy",
            r#"{"url": ["https://huggingface.co/datasets/openai/gsm8k/tree/main"]}"#,
            None,
            "-",
        );
        check("default", "", "accuracy", r#"{"dataset_name": "default"}"#, None, "-");
        check(
            "AIME 2026",
            "",
            "accuracy",
            r#"{"hf_repo": "MathArena/aime_2026"}"#,
            None,
            "aime_2026/MathArena/aime_2026",
        );
    }

    #[test]
    fn only_the_whole_by_its_metric_is_taken() {
        let behind = r#"{"hf_repo": "TIGER-Lab/submissions", "additional_details": {"benchmark_hf_repo": "TIGER-Lab/MMLU-Pro"}}"#;
        check("Overall", "mmlu_pro/overall", "mmlu-pro-overall", behind, None, "mmlu_pro/mmlu_pro");
        check("Law", "mmlu_pro/overall", "mmlu-pro-overall", behind, None, "part_of_benchmark");
        check("accuracy", "", "accuracy", r#"{"hf_repo": "openai/gsm8k"}"#, None, "gsm8k/gsm8k");
        check(
            "GSM8K",
            "",
            "accuracy",
            r#"{"hf_repo": "openai/gsm8k", "additional_details": {"benchmark_hf_repo": "Idavidrein/gpqa"}}"#,
            None,
            "gsm8k/gsm8k",
        );
        check("MMLU-Pro (Law)", "mmlu_pro/law", "mmlu-pro-law", behind, None, "part_of_benchmark");
        check("MMLU-Pro", "", "f1", behind, None, "not_the_headline_metric");
        check("MMLU-Pro", "", "mean-win-rate", behind, None, "relative_metric");
        check("MMLU-Pro", "", "", behind, None, "mmlu_pro/mmlu_pro");
        check("SWE-bench Lite", "", "accuracy", r#"{"hf_repo": "SWE-bench/SWE-bench_Verified"}"#, None, "other_set");
    }
}
