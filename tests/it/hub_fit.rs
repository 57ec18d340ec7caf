//! Which results are proposed to the Hub: those that fit what the registry says of a leaderboard, with the notes that a
//! reader of one number needs.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::project::Project;

/// One entry or skipped result of the manifest, as a line.
fn line(model: &str, what: &str, value: &str, task: &str, date: &str, notes: &str) -> String {
    format!("{model}: {what} {value} {task} {date} | {notes}")
}

/// What became of each result: by model, then path.
fn outcomes(project: &Project) -> Vec<String> {
    let manifest = project.json("site/hub/manifest.json");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let entries = manifest["entries"].as_array().unwrap().iter().map(|entry| {
        let yaml = &entry["yaml_entry"];
        let (value, task) = (yaml["value"].to_string(), text(&yaml["dataset"]["task_id"]));
        let (date, notes) = (text(&yaml["date"]), text(&yaml["notes"]));
        line(&text(&entry["model_repo"]), &text(&entry["status"]), &value, &task, &date, &notes)
    });
    let skipped = manifest["skipped"].as_array().unwrap().iter();
    let skipped = skipped.map(|it| format!("{}: {}", text(&it["model_id"]), text(&it["reason"])));
    let mut all: Vec<String> = entries.chain(skipped).collect();
    all.sort();
    all
}

fn record(model: &str, results: Value) -> Value {
    json!({
        "schema_version": "0.3.0", "evaluation_id": format!("c/{model}"), "retrieved_timestamp": "1770000000",
        "source_metadata": {"source_type": "documentation", "source_organization_name": "Acme", "evaluator_relationship": "third_party"},
        "eval_library": {"name": "unknown", "version": "unknown"},
        "model_info": {"id": model, "name": model, "additional_details": {}},
        "evaluation_results": results,
    })
}

fn write(project: &Project, number: usize, record: &Value) {
    let model = record["model_info"]["id"].as_str().unwrap();
    let path = format!("content/datastore/data/c/{model}/00000000-0000-4000-8000-{number:012}.json");
    project.write(&path, &record.to_string());
}

fn built(records: &[Value]) -> Vec<String> {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Test\n");
    records.iter().enumerate().for_each(|(number, record)| write(&project, number, record));
    project.build(&[]);
    outcomes(&project)
}

/// An accuracy on GSM8K by 64 of 100, with `patch` in it.
fn gsm8k(patch: Value) -> Value {
    let mut result = json!({
        "evaluation_name": "GSM8K",
        "source_data": {"dataset_name": "GSM8K", "source_type": "hf_dataset", "hf_repo": "openai/gsm8k"},
        "metric_config": {"metric_id": "accuracy", "metric_name": "Accuracy", "metric_unit": "proportion",
            "lower_is_better": false, "score_type": "continuous", "min_score": 0, "max_score": 1},
        "score_details": {"score": 0.64},
    });
    merge(&mut result, patch);
    result
}

fn merge(into: &mut Value, patch: Value) {
    match patch {
        Value::Object(members) if into.is_object() => {
            members.into_iter().for_each(|(key, value)| merge(&mut into[key], value));
        }
        other => *into = other,
    }
}

/// What becomes of a GSM8K result with `patch` in it: its reason, or `ready` with its notes.
#[track_caller]
fn check(patch: Value, expected: &str) {
    let found = built(&[record("lab/a", json!([gsm8k(patch.clone())]))]);
    let found = found[0].replace("lab/a: ", "").replace("ready 64 gsm8k - | ", "ready ");
    assert_eq!(found, expected, "{patch}");
}

#[test]
fn a_score_with_tools_neither_repeats_nor_contradicts_one_without() {
    let tools = json!({"generation_config": {"generation_args": {"agentic_eval_config": {"available_tools": [{"name": "web_search"}]}}}});
    let with = |score: f64| {
        let mut result = gsm8k(tools.clone());
        result["score_details"]["score"] = json!(score);
        result
    };
    for score in [0.64, 0.8] {
        let two = [record("lab/a", json!([gsm8k(json!({}))])), record("lab/a", json!([with(score)]))];
        assert_eq!(built(&two), ["lab/a: beside_one_without_tools", "lab/a: ready 64 gsm8k - | -"]);
        let one = [record("lab/a", json!([gsm8k(json!({})), with(score)]))];
        assert_eq!(built(&one), ["lab/a: beside_one_without_tools", "lab/a: ready 64 gsm8k - | -"]);
    }
    let alone = built(&[record("lab/a", json!([with(0.8)]))]);
    assert_eq!(alone, ["lab/a: ready 80 gsm8k - | with tools: web_search"]);
    let two = [record("lab/a", json!([with(0.7)])), record("lab/a", json!([with(0.8)]))];
    assert!(built(&two).iter().all(|it| it.contains("conflict_in_build")));
}

#[test]
fn a_number_that_is_another_one_is_not_proposed() {
    let settings = |args: Value| json!({"generation_config": {"generation_args": args}});
    let details = |details: Value| json!({"generation_config": {"generation_args": {}, "additional_details": details}});
    check(json!({}), "ready -");
    // Direction.
    check(json!({"metric_config": {"lower_is_better": true}}), "wrong_direction");
    check(
        json!({"metric_config": {"lower_is_better": true, "metric_id": null, "metric_name": null}}),
        "wrong_direction",
    );
    // Split, whatever it is called; the whole test, too.
    check(json!({"source_data": {"hf_split": "test"}}), "ready -");
    check(json!({"source_data": {"hf_split": "train"}}), "other_split");
    check(json!({"source_data": {"hf_split": "validation"}}), "other_split");
    check(details(json!({"subject": "algebra"})), "part_of_benchmark");
    // Size: by each place that says how many.
    check(json!({"source_data": {"samples_number": 1319}}), "ready -");
    check(json!({"source_data": {"samples_number": 10}}), "partial_test_set");
    check(
        json!({"source_data": {"samples_number": 1319}, "score_details": {"uncertainty": {"num_samples": 50}}}),
        "partial_test_set",
    );
    check(json!({"score_details": {"uncertainty": {"num_samples": 6595}}}), "ready -");
    check(details(json!({"limit": "100"})), "partial_test_set");
    check(details(json!({"limit": "100.0"})), "partial_test_set");
    check(details(json!({"limit": "None"})), "ready -");
    // A table of HELM says it in columns of its own; a mean over several runs says nothing of each.
    let table = |asked: &str| {
        let column = |text: &str| json!({"description": text, "tab": "General information", "score": 1000.0});
        let (asked, examples) = (column(asked), column("min=5, mean=5, max=5, sum=5 (1)"));
        json!({"score_details": {"details": {"GSM8K - # eval": asked, "GSM8K - # train": examples}}})
    };
    check(table("min=1000, mean=1000, max=1000, sum=1000 (1)"), "partial_test_set");
    check(table("min=1319, mean=1319, max=1319, sum=2638 (2)"), "ready 5-shot");
    check(table("min=1000, mean=1159.5, max=1319, sum=2319 (2)"), "ready 5-shot");
    check(table("1000"), "ready 5-shot");
    // The metric, and its parameters.
    check(json!({"metric_config": {"metric_id": "f1", "metric_name": "F1"}}), "not_the_headline_metric");
    check(json!({"metric_config": {"metric_parameters": {"threshold": 0.5}}}), "not_the_headline_metric");
    check(
        json!({"metric_config": {"metric_id": "pass@k", "metric_name": "pass@k", "metric_parameters": {"k": 8}}}),
        "not_the_headline_metric",
    );
    // Attempts: a number of them, or words.
    check(settings(json!({"max_attempts": 1})), "ready -");
    check(settings(json!({"max_attempts": 8})), "condition_not_met:attempts");
    check(details(json!({"attempts": "2+"})), "condition_not_met:attempts");
    check(details(json!({"best_of": "8"})), "condition_not_met:attempts");
    check(details(json!({"sampling": "best-of-8"})), "condition_not_met:attempts");
    check(
        json!({"metric_config": {"evaluation_description": "Accuracy of the best of 8 answers"}}),
        "condition_not_met:attempts",
    );
    check(json!({"metric_config": {"evaluation_description": "Accuracy by maj@16"}}), "condition_not_met:attempts");
    check(details(json!({"feedback": "true"})), "condition_not_met:feedback");
    check(details(json!({"feedback": "false"})), "ready -");
}

#[test]
fn notes_tell_what_a_reader_of_one_number_must_know_in_a_fixed_order() {
    let args = json!({
        "reasoning_effort": "high",
        "agentic_eval_config": {"available_tools": [{"name": "web_search"}, {"name": "python"}],
            "additional_details": {"agent_name": "Loop", "agent_version": "1.2"}},
    });
    let details = json!({"num_fewshot": "5", "prompt_style": "5-shot CoT", "precision": "bfloat16"});
    check(
        json!({"generation_config": {"generation_args": args, "additional_details": details}}),
        "ready agent Loop 1.2, with tools: web_search, python, reasoning effort high, 5-shot CoT, precision bfloat16",
    );
    check(json!({"generation_config": {"generation_args": {"use_tools": true}}}), "ready with tools");
    check(json!({"generation_config": {"generation_args": {"use_tools": false}}}), "ready -");
    let mut with_harness = record("lab/a", json!([gsm8k(json!({}))]));
    with_harness["eval_library"] = json!({"name": "lm_eval", "version": "0.4.9"});
    assert_eq!(built(&[with_harness.clone()]), ["lab/a: ready 64 gsm8k - | lm_eval 0.4.9"]);
    // The name of the source itself says nothing of how it was measured.
    for name in ["Acme", "GSM8K leaderboard (Acme)"] {
        with_harness["eval_library"]["name"] = json!(name);
        assert_eq!(built(&[with_harness.clone()]), ["lab/a: ready 64 gsm8k - | -"]);
    }
}

#[test]
fn a_part_of_the_test_is_proposed_if_a_person_decides_and_then_says_so() {
    let project = Project::empty();
    project.write(
        "content/site.yaml",
        "publish: {decide: {lab/a: {gsm8k: data/c/lab/a/00000000-0000-4000-8000-000000000000.json}}}\n",
    );
    write(&project, 0, &record("lab/a", json!([gsm8k(json!({"source_data": {"samples_number": 100}}))])));
    project.build(&[]);
    assert_eq!(outcomes(&project), ["lab/a: ready 64 gsm8k - | 100 of 1,319 questions"]);
}

#[test]
fn a_leaderboard_of_seconds_wants_seconds_and_the_smaller_number() {
    let time = |unit: &str, lower: bool| {
        json!([{
            "evaluation_name": "WildClawBench (average time)",
            "source_data": {"dataset_name": "WildClawBench", "source_type": "hf_dataset", "hf_repo": "internlm/WildClawBench"},
            "metric_config": {"metric_name": "Average time", "metric_unit": unit, "lower_is_better": lower, "min_score": 0},
            "score_details": {"score": 516.5},
        }])
    };
    assert_eq!(built(&[record("lab/a", time("seconds", true))]), ["lab/a: ready 516.5 avg_time - | -"]);
    assert_eq!(built(&[record("lab/a", time("minutes", true))]), ["lab/a: other_unit"]);
    assert_eq!(built(&[record("lab/a", time("seconds", false))]), ["lab/a: wrong_direction"]);
}

#[test]
fn the_split_of_a_dataset_is_its_test_where_the_registry_says_so() {
    let result = |split: &str| {
        json!([{
            "evaluation_name": "IFBench",
            "source_data": {"dataset_name": "IFBench", "source_type": "hf_dataset", "hf_repo": "allenai/IFBench_test", "hf_split": split},
            "metric_config": {"metric_id": "prompt_level_loose", "metric_name": "Prompt-level loose", "metric_unit": "percent",
                "lower_is_better": false, "min_score": 0, "max_score": 100},
            "score_details": {"score": 41.5},
        }])
    };
    assert_eq!(built(&[record("lab/a", result("train"))]), ["lab/a: ready 41.5 prompt_level_loose - | -"]);
    assert_eq!(built(&[record("lab/a", result("dev"))]), ["lab/a: other_split"]);
}

/// One record of each adapter or converter of Every Eval Ever that reports a benchmark of the registry: its shape, with
/// numbers of ours.
fn of_adapters() -> Vec<Value> {
    let accuracy = |unit: &str, max: u32| {
        json!({"metric_id": "accuracy", "metric_name": "Accuracy", "metric_kind": "accuracy", "metric_unit": unit,
            "lower_is_better": false, "score_type": "continuous", "min_score": 0, "max_score": max})
    };
    let unnamed = |description: &str| json!({"evaluation_description": description, "lower_is_better": false, "score_type": "continuous", "min_score": 0, "max_score": 1});
    let mut records = Vec::new();
    let mut add = |model: &str, collection: &str, patch: Value, results: Value| {
        let mut it = record(model, results);
        it["evaluation_id"] = json!(format!("{collection}/{model}"));
        merge(&mut it, patch);
        records.push(it);
    };
    // hle: the dataset's page among the addresses, the metric in the name, a second metric beside it.
    let hle = |metric: &str, id: &str, lower: bool, score: f64| {
        let mut config = accuracy("percent", 100);
        merge(
            &mut config,
            json!({"metric_id": id, "metric_name": metric, "metric_kind": null, "lower_is_better": lower,
            "llm_scoring": {"judges": [{"model_info": {"id": "openai/o3-mini", "name": "o3-mini"}}], "input_prompt": "Grade."}}),
        );
        json!({"evaluation_result_id": id.replace('.', "/"), "evaluation_name": format!("Humanity's Last Exam ({})", metric.to_lowercase()),
            "source_data": {"dataset_name": "Humanity's Last Exam (leaderboard)", "source_type": "url",
                "url": ["https://a.example", "https://huggingface.co/datasets/cais/hle"], "additional_details": {"dataset_total_questions": "2500"}},
            "metric_config": config, "score_details": {"score": score}, "evaluation_timestamp": "2026-01-15"})
    };
    add(
        "lab/hle",
        "hle",
        json!({}),
        json!([
            hle("Accuracy", "hle.accuracy", false, 12.0),
            hle("Calibration Error", "hle.calibration_error", true, 61.0)
        ]),
    );
    // lexam: two tasks with a metric each.
    let lexam = |task: &str, n: u32, metric: Value, score: f64| {
        json!({"evaluation_name": format!("lexam.{task}"), "metric_config": metric, "score_details": {"score": score},
            "source_data": {"dataset_name": "lexam", "source_type": "hf_dataset", "hf_repo": "LEXam-Benchmark/LEXam", "hf_split": "test", "samples_number": n},
            "generation_config": {"generation_args": {"reasoning": true, "max_attempts": 1}}})
    };
    let mut judged = accuracy("percent", 100);
    merge(
        &mut judged,
        json!({"metric_id": "lexam-open-question-judge-score", "metric_name": "Open Question Judge Score", "metric_kind": "judge_score"}),
    );
    let mut choice = accuracy("proportion", 1);
    merge(&mut choice, json!({"metric_name": "Multiple-Choice Accuracy"}));
    add(
        "lab/lexam",
        "lexam",
        json!({"eval_library": {"name": "lighteval"}}),
        json!([lexam("open_question", 2541, judged, 40.5), lexam("mcq_4_choices", 1655, choice, 0.4531)]),
    );
    // mmlu_pro: repository and split are those of a table of submissions.
    let mmlu_pro = |name: &str, id: &str, score: f64| {
        json!({"evaluation_result_id": id, "evaluation_name": name, "score_details": {"score": score},
            "source_data": {"dataset_name": "MMLU-Pro leaderboard submissions (TIGER-Lab)", "source_type": "hf_dataset",
                "hf_repo": "TIGER-Lab/mmlu_pro_leaderboard_submission", "hf_split": "train",
                "additional_details": {"benchmark_hf_repo": "TIGER-Lab/MMLU-Pro", "dataset_total_questions": "12000"}},
            "metric_config": {"metric_id": id, "metric_name": name, "metric_kind": "accuracy", "metric_unit": "proportion", "lower_is_better": false,
                "min_score": 0, "max_score": 1, "additional_details": {"prompt_style": "5-shot CoT"}}})
    };
    add(
        "lab/mmlu-pro",
        "mmlu-pro",
        json!({}),
        json!([
            mmlu_pro("MMLU-Pro (overall)", "mmlu_pro/overall", 0.391),
            mmlu_pro("MMLU-Pro (Law)", "mmlu_pro/law", 0.25)
        ]),
    );
    // hfopenllm_v2: no metric; a fork of the harness.
    let open_llm = json!([
        {"evaluation_name": "MMLU-PRO", "source_data": {"dataset_name": "MMLU-PRO", "source_type": "hf_dataset", "hf_repo": "TIGER-Lab/MMLU-Pro"},
            "metric_config": unnamed("Accuracy on MMLU-PRO"), "score_details": {"score": 0.5286}},
        {"evaluation_name": "GPQA", "source_data": {"dataset_name": "GPQA", "source_type": "hf_dataset", "hf_repo": "Idavidrein/gpqa"},
            "metric_config": unnamed("Accuracy on GPQA"), "score_details": {"score": 0.4061}},
    ]);
    let library = json!({"eval_library": {"name": "lm-evaluation-harness", "version": "0.4.0"}, "model_info": {"additional_details": {"precision": "bfloat16"}}});
    add("lab/open-llm", "hfopenllm_v2", library.clone(), open_llm);
    // lm_eval: a filter behind the name of the task, and the metric in the description.
    let lm_eval = |filter: &str, samples: u32| {
        json!({"evaluation_name": format!("gsm8k/{filter}"), "source_data": {"dataset_name": "gsm8k", "source_type": "hf_dataset", "hf_repo": "openai/gsm8k", "hf_split": "test"},
            "metric_config": unnamed(&format!("exact_match (filter: {filter})")), "score_details": {"score": 0.4981, "uncertainty": {"num_samples": samples}},
            "generation_config": {"generation_args": {"max_attempts": 1}, "additional_details": {"num_fewshot": "5"}}})
    };
    let lm = json!({"eval_library": {"name": "lm_eval", "version": "0.4.9"}});
    add("lab/lm-eval", "gsm8k", lm.clone(), json!([lm_eval("strict-match", 1319)]));
    add("lab/lm-eval-limit", "gsm8k", lm, json!([lm_eval("strict-match", 100)]));
    // swe_bench_verified: the agent in the name of the submission, attempts beside the schema's default.
    let swe = |score: f64| {
        json!([{"evaluation_name": "SWE-bench Verified", "source_data": {"dataset_name": "SWE-bench Verified", "source_type": "url", "url": ["https://a.example"]},
            "evaluation_timestamp": "2026-01-28", "metric_config": unnamed("Fraction of 500 verified GitHub issues resolved (0.0–1.0)"), "score_details": {"score": score},
            "generation_config": {"generation_args": {"agentic_eval_config": {"available_tools": [{"name": "bash"}]}, "max_attempts": 1}}}])
    };
    let submission = |name: &str, attempts: &str| json!({"model_info": {"additional_details": {"submission_name": name, "attempts": attempts}}});
    add("lab/swe", "swe-bench-verified-leaderboard", submission("Hands + swe", "1"), swe(0.696));
    add("lab/swe-again", "swe-bench-verified-leaderboard", submission("Hands + swe-again", "2+"), swe(0.732));
    add("lab/swe-alone", "swe-bench-verified-leaderboard", submission("swe-alone", "1"), swe(0.5));
    // terminal_bench_2: the agent in the model's details, five trials of each task, and no model at all.
    let terminal = json!([{"evaluation_name": "terminal-bench-2.0", "source_data": {"dataset_name": "terminal-bench-2.0", "source_type": "url", "url": ["https://a.example"]},
        "evaluation_timestamp": "2025-11-11", "score_details": {"score": 35.7, "uncertainty": {"num_samples": 435}},
        "metric_config": {"evaluation_description": "Task resolution accuracy across 87 terminal tasks with 5 trials each", "metric_name": "Accuracy", "metric_kind": "accuracy",
            "metric_unit": "percent", "lower_is_better": false, "min_score": 0, "max_score": 100},
        "generation_config": {"generation_args": {"agentic_eval_config": {"available_tools": [{"name": "terminal"}]}, "max_attempts": 1}}}]);
    let terminus = json!({"model_info": {"additional_details": {"agent_name": "Terminus 2"}}});
    add("lab/terminal", "terminal-bench-2.0", terminus.clone(), terminal.clone());
    add("moonshot-ai/kimi", "terminal-bench-2.0", terminus.clone(), terminal.clone());
    add("multiple/multiple", "terminal-bench-2.0", terminus, terminal.clone());
    add("lab/terminal-alone", "terminal-bench-2.0", json!({}), terminal);
    // mercor: parts and other numbers of attempts beside the whole.
    let apex = |name: &str, score: f64| {
        json!({"evaluation_name": name, "source_data": {"dataset_name": "apex-agents", "source_type": "hf_dataset", "hf_repo": "mercor/apex-agents"},
            "metric_config": unnamed(name), "score_details": {"score": score}})
    };
    add(
        "lab/apex",
        "apex-agents",
        json!({}),
        json!([apex("Overall Pass@1", 0.24), apex("Overall Pass@8", 0.4), apex("Corporate Lawyer Pass@1", 0.26)]),
    );
    records
}

#[test]
fn a_record_of_each_adapter_is_proposed_with_value_day_and_notes_or_held_with_a_reason() {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Test\n");
    for (number, record) in of_adapters().iter().enumerate() {
        let (collection, model) = record["evaluation_id"].as_str().unwrap().split_once('/').unwrap();
        let path = format!("content/datastore/data/{collection}/{model}/00000000-0000-4000-8000-{number:012}.json");
        project.write(&path, &record.to_string());
    }
    project.build(&[]);
    insta::assert_snapshot!(outcomes(&project).join("\n"));
}

/// What is wrong with the notes, value, task or repository of an entry that should be ready.
fn wrong_entry(entry: &Value, wanted: &Value) -> Option<String> {
    let yaml = &entry["yaml_entry"];
    let notes = yaml["notes"].as_str().unwrap_or_default().to_lowercase();
    let is_told = |words: &Value| {
        words.as_array().unwrap().iter().any(|word| notes.contains(&word.as_str().unwrap().to_lowercase()))
    };
    let missing = wanted["must_note"].as_array().into_iter().flatten().find(|words| !is_told(words));
    let same =
        |found: &Value, wanted: &Value| wanted.is_null() || found.to_string().eq_ignore_ascii_case(&wanted.to_string());
    let is_value = (yaml["value"].as_f64().unwrap() - wanted["value"].as_f64().unwrap()).abs() < 1e-6;
    let is_right =
        is_value && same(&yaml["dataset"]["task_id"], &wanted["task"]) && same(&entry["model_repo"], &wanted["repo"]);
    (missing.is_some() || !is_right).then(|| format!("is proposed as {entry}, without {missing:?}"))
}

#[test]
fn no_decision_on_records_of_real_adapters_is_wrong() {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/adapters");
    if !folder.is_dir() {
        eprintln!("SKIPPED: {} is not there, so nothing was checked on records of real adapters", folder.display());
        return;
    }
    let project = Project::empty();
    project.write("content/site.yaml", "title: Adapters\n");
    project.build(&["--datastore", folder.to_str().unwrap()]);
    let manifest = project.json("site/hub/manifest.json");
    let of = |list: &str, file: &Value, pointer: &Value| {
        let mut all = manifest[list].as_array().unwrap().iter();
        all.find(|it| it["record"]["path"] == *file && it["record"]["pointer"] == *pointer).cloned()
    };
    let mut wrong = Vec::new();
    let mut seen = 0;
    for line in fs::read_to_string(folder.join("expectations.jsonl")).unwrap().lines() {
        let expected: Value = serde_json::from_str(line).unwrap();
        let (file, pointer, wanted) = (&expected["file"], &expected["pointer"], &expected["hub"]);
        let entry = of("entries", file, pointer);
        let reason = of("skipped", file, pointer).map(|it| it["reason"].as_str().unwrap().to_owned());
        let is_ready = entry.as_ref().is_some_and(|entry| entry["status"] == "ready");
        let may_be_held = wanted["or_held"] == true
            || wanted["or_reasons"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|it| reason.as_deref().is_some_and(|reason| reason.starts_with(it.as_str().unwrap())));
        let fault = match (wanted["expected"] == "ready", entry) {
            (true, Some(entry)) if is_ready => wrong_entry(&entry, wanted),
            (true, _) => (!may_be_held).then(|| format!("should be ready, and is {reason:?}")),
            (false, _) => is_ready.then(|| "is proposed".to_owned()),
        };
        seen += 1;
        wrong.extend(fault.map(|fault| format!("{} {file} {pointer}: {fault}", expected["adapter"])));
    }
    assert!(seen > 200 && wrong.is_empty(), "{} of {seen} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
