//! *Matching*: which task of which Hub benchmark a result is of, or why it is of none.
//!
//! The dataset decides first, as in the reference converter; then what names the task: the index
//! row's `subset`, the result's id, its own name, and last its data set. A result is taken only if
//! it is the whole of a task by the benchmark's headline metric.

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
    Other(&'a HubBenchmark, &'a str),
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

/// Which task of `benchmarks` the `result` is of. `subset` is that of its index row.
pub fn find<'a>(
    benchmarks: &'a [HubBenchmark],
    result: &EvaluationResult,
    metric: &Metric,
    subset: Option<&str>,
) -> Match<'a> {
    let Some(benchmark) = benchmarks.iter().find(|benchmark| has_dataset_of(benchmark, result)) else {
        return Match::None;
    };
    if metric.is_relative {
        return Match::Other(benchmark, "relative_metric");
    }
    let is_headline = names_headline_metric(benchmark, result);
    match task(benchmark, result, subset, is_headline) {
        Err(reason) => Match::Other(benchmark, reason),
        Ok(_) if !is_headline && !is_usual_metric(benchmark, metric) => Match::Other(benchmark, "unsupported_metric"),
        Ok(task) => Match::Task { benchmark, task, is_headline },
    }
}

/// The task that a result is the whole of.
fn task<'a>(
    benchmark: &'a HubBenchmark,
    result: &EvaluationResult,
    subset: Option<&str>,
    is_headline: bool,
) -> Result<&'a HubTask, &'a str> {
    let own_name = normal_form(&result.name);
    let has_own_name = |names: &[String]| own_name.as_ref().is_some_and(|name| names.contains(name));
    if let Some(listed) = benchmark.not_mapped.iter().find(|listed| has_own_name(&listed.names)) {
        return Err(&listed.reason);
    }
    let of_row = match subset.filter(|subset| benchmark.tasks.len() > 1 && !subset.trim().is_empty()) {
        Some(subset) => {
            let normal = normal_form(subset).unwrap_or_default();
            let task = benchmark.tasks.iter().find(|task| task.subsets.contains(&normal));
            Some(task.ok_or("unknown_subset")?)
        }
        None => None,
    };
    let of_result = match (named_task(benchmark, result, &own_name), &benchmark.tasks[..]) {
        (None, [only]) if is_headline => Some(only),
        (named, _) => named,
    };
    match (of_row, of_result) {
        (Some(row), Some(result)) if row != result => Err("contradictory_subset"),
        (Some(task), _) | (None, Some(task)) => Ok(task),
        (None, None) if own_name == normal_form(&benchmark.key) => Err("task_not_stated"),
        (None, None) => Err("part_of_benchmark"),
    }
}

/// The task that the result's own name or id names; where that is the benchmark's plain name, the
/// task that its data set names.
fn named_task<'a>(
    benchmark: &'a HubBenchmark,
    result: &EvaluationResult,
    own_name: &Option<String>,
) -> Option<&'a HubTask> {
    let with_name = |normal: &Option<String>| {
        let normal = normal.as_ref()?;
        benchmark.tasks.iter().find(|task| task.names.contains(normal))
    };
    let id_prefix = result.id.as_deref().and_then(|id| id.split_once('/')).map(|(prefix, _)| prefix);
    let by_id = || id_prefix.filter(|_| benchmark.tasks.len() > 1).and_then(|prefix| with_name(&normal_form(prefix)));
    let data = &result.data;
    let by_data = || {
        let names = [&data.dataset_name, &data.hf_repo, &data.benchmark_hf_repo];
        names.into_iter().flatten().find_map(|name| with_name(&normal_form(name)))
    };
    let is_plain = *own_name == normal_form(&benchmark.key);
    with_name(own_name).or_else(by_id).or_else(|| if is_plain { by_data() } else { None })
}

fn names_headline_metric(benchmark: &HubBenchmark, result: &EvaluationResult) -> bool {
    let ids = [result.id.as_deref(), result.metric.id.as_deref()];
    ids.into_iter().flatten().any(|id| benchmark.metrics.iter().any(|metric| metric.eq_ignore_ascii_case(id.trim())))
}

fn is_usual_metric(benchmark: &HubBenchmark, metric: &Metric) -> bool {
    metric.id.is_empty() || benchmark.metric_kinds.contains(&metric.id)
}

fn is_dataset(benchmark: &HubBenchmark, id: &str) -> bool {
    [&benchmark.dataset].into_iter().chain(&benchmark.aliases).any(|known| known.eq_ignore_ascii_case(id.trim()))
}

/// The reference's rule: the Hub repository of the data, else that of the benchmark behind it; a
/// name only where no repository is stated; a page of the dataset on the Hub.
fn has_dataset_of(benchmark: &HubBenchmark, result: &EvaluationResult) -> bool {
    let data = &result.data;
    let is_known = |id: &Option<String>| id.as_deref().is_some_and(|id| is_dataset(benchmark, id));
    if is_known(&data.hf_repo) || is_known(&data.benchmark_hf_repo) {
        return true;
    }
    if data.hf_repo.is_some() {
        return false;
    }
    let of_page = |url: &String| {
        let id = url.split_once("/datasets/").map(|(_, id)| id.trim_end_matches('/'));
        id.is_some_and(|id| is_dataset(benchmark, id))
    };
    let name = data.dataset_name.as_deref().and_then(normal_form);
    let is_task = |name: &String| benchmark.tasks.iter().any(|task| task.names.contains(name));
    let by_name = name.as_ref().is_some_and(is_task) || (name.is_some() && name == normal_form(&benchmark.key));
    by_name || data.urls.iter().any(of_page)
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
        let metric = Metric { id: metric.to_owned(), name: String::new(), is_relative: metric == "mean-win-rate" };
        let found = match find(&built_in(), &record.results[0], &metric, subset) {
            Match::Task { benchmark, task, .. } => format!("{}/{}", benchmark.key, task.id),
            Match::Other(_, reason) => reason.to_owned(),
            Match::None => "-".to_owned(),
        };
        assert_eq!(found, expected, "{name} {id} {data} {subset:?}");
    }

    const GPQA: &str = r#"{"dataset_name": "GPQA", "hf_repo": "Idavidrein/gpqa"}"#;

    #[test]
    fn a_variant_of_gpqa_is_named_by_row_id_name_or_data() {
        check("GPQA", "", "accuracy", GPQA, None, "task_not_stated");
        check("GPQA Diamond", "", "accuracy", GPQA, None, "gpqa/diamond");
        check("x", "gpqa_diamond/accuracy", "accuracy", GPQA, None, "gpqa/diamond");
        check(
            "GPQA",
            "",
            "accuracy",
            r#"{"dataset_name": "GPQA Diamond", "hf_repo": "Idavidrein/gpqa"}"#,
            None,
            "gpqa/diamond",
        );
        check("GPQA", "", "accuracy", r#"{"hf_repo": "reasoningMIA/gpqa_diamond"}"#, None, "gpqa/diamond");
        check("GPQA", "", "accuracy", GPQA, Some("Chain-Of-Thought"), "gpqa/main");
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
        check("any name", "mmlu_pro/overall", "mmlu-pro-overall", behind, None, "mmlu_pro/mmlu_pro");
        check("MMLU-Pro (Law)", "mmlu_pro/law", "mmlu-pro-law", behind, None, "part_of_benchmark");
        check("MMLU-Pro", "", "f1", behind, None, "unsupported_metric");
        check("MMLU-Pro", "", "mean-win-rate", behind, None, "relative_metric");
        check("MMLU-Pro", "", "", behind, None, "mmlu_pro/mmlu_pro");
        check("SWE-bench Lite", "", "accuracy", r#"{"hf_repo": "SWE-bench/SWE-bench_Verified"}"#, None, "other_set");
    }
}
