//! Records of the shapes that EEE's adapters write, as facts in a few lines: which benchmark, part and metric they are
//! of, what leads, and what is a setting.

use std::fs;
use std::io::Read;

use serde_json::{Value, json};

use crate::project::Project;

/// A record in `collection`; `patch` is merged into it.
fn record(collection: &str, model: &str, patch: Value, results: Vec<Value>) -> (String, Value) {
    let mut record = json!({
        "schema_version": "0.3.0", "evaluation_id": format!("{collection}/{model}"), "retrieved_timestamp": "1770000000",
        "source_metadata": {"source_type": "documentation", "source_organization_name": "Acme", "evaluator_relationship": "third_party"},
        "eval_library": {"name": "unknown", "version": "unknown"},
        "model_info": {"id": model, "name": model, "additional_details": {}},
        "evaluation_results": results,
    });
    merge(&mut record, patch);
    (collection.to_owned(), record)
}

fn result(name: &str, data: Value, metric: Value, score: f64) -> Value {
    let mut config = json!({"lower_is_better": false, "score_type": "continuous", "min_score": 0, "max_score": 1});
    merge(&mut config, metric);
    let mut source = json!({"source_type": "url", "url": ["https://a.example"]});
    merge(&mut source, data);
    json!({"evaluation_name": name, "source_data": source, "metric_config": config, "score_details": {"score": score}})
}

fn merge(into: &mut Value, patch: Value) {
    match (into, patch) {
        (Value::Object(into), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, patch) => *into = patch,
    }
}

fn built(records: &[(String, Value)]) -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Test\nexports: {documents: true}\n");
    for (number, (collection, record)) in records.iter().enumerate() {
        let model = record["model_info"]["id"].as_str().unwrap();
        let path = format!("content/datastore/data/{collection}/{model}/00000000-0000-4000-8000-{number:012}.json");
        project.write(&path, &record.to_string());
    }
    project.build(&[]);
    project
}

/// The whole-site table of results, in the order of records and results.
fn rows(project: &Project) -> Vec<Value> {
    let mut text = String::new();
    let file = fs::File::open(project.path("site/pages/api/v1/data/results-1.jsonl.gz")).unwrap();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// `benchmark / part: metric (qualifier), direction, rank` of each result.
fn told(rows: &[Value]) -> Vec<String> {
    let said = |row: &Value, key: &str, before: &str| {
        row[key].as_str().map(|text| format!("{before}{text}")).unwrap_or_default()
    };
    let line = |row: &Value| {
        format!(
            "{}{}: {}{}, {}, {}",
            said(row, "benchmark", ""),
            said(row, "slice", " / "),
            said(row, "metric", ""),
            said(row, "metric_qualifier", " | "),
            said(row, "direction", ""),
            row["rank"].as_u64().map_or("no rank".to_owned(), |rank| rank.to_string()),
        )
    };
    rows.iter().map(line).collect()
}

fn vectara(model: &str, rate: f64) -> (String, Value) {
    let of = |slice: &str, parameters: Value, metric: Value, score: f64| {
        let name = format!("vectara-hallucination-leaderboard.{slice}");
        let mut metric = metric;
        metric["metric_parameters"] = parameters;
        result(&name, json!({"dataset_name": "private evaluation corpus", "source_type": "other"}), metric, score)
    };
    let length = || {
        json!({"metric_id": "vectara-hallucination-leaderboard.average-summary-length", "metric_name": "Average Summary Length",
            "metric_kind": "length", "metric_unit": "words", "max_score": "Infinity",
            "additional_details": {"diagnostic_metric": "true"}})
    };
    let hallucinations = || {
        json!({"metric_id": "hallucination-rate", "metric_name": "Hallucination Rate", "metric_kind": "rate",
            "metric_unit": "percent", "lower_is_better": true, "max_score": 100})
    };
    let law = || json!({"slice_kind": "category", "slice": "law"});
    record(
        "vectara-hallucination-leaderboard",
        model,
        json!({}),
        vec![
            of("overall", json!({"slice_kind": "overall"}), length(), 95.7),
            of("overall", json!({"slice_kind": "overall"}), hallucinations(), rate),
            of("category.law", law(), length(), 90.0),
            of("category.law", law(), hallucinations(), rate + 1.0),
        ],
    )
}

#[test]
fn a_metric_that_only_describes_has_no_better_end_and_its_part_is_told_once() {
    let project = built(&[vectara("acme/a", 3.3), vectara("acme/b", 4.8)]);
    let lines = told(&rows(&project));
    let board = "vectara-hallucination-leaderboard";
    assert_eq!(
        lines[..4],
        [
            format!("{board}: Average Summary Length, neither end is better, no rank"),
            format!("{board}: Hallucination rate, lower is better, 1"),
            format!("{board} / law: Average Summary Length, neither end is better, no rank"),
            format!("{board} / law: Hallucination rate, lower is better, 1"),
        ]
    );
    let page = project.json(&format!("site/pages/api/v1/benchmarks/{board}.json"));
    assert_eq!(page["metric"], "Hallucination rate", "what only describes never leads");
}

#[test]
fn alpaca_eval_2_is_led_by_the_length_controlled_rate_and_no_card_by_a_length() {
    let of = |model: &str, rate: f64, controlled: f64| {
        let data = || json!({"dataset_name": "AlpacaEval 2.0"});
        let by = |id: &str| json!({"metric_id": format!("alpaca_eval.{id}")});
        let length = json!({"metric_id": "alpaca_eval.avg_length", "max_score": 100000.0});
        let details = json!({"annotator": "weighted_alpaca_eval_gpt4_turbo", "baseline_model": "gpt4_turbo"});
        record(
            "alpaca_eval",
            model,
            json!({"eval_library": {"name": "alpaca_eval", "version": "2.0", "additional_details": details}}),
            vec![
                result("Win Rate", data(), by("win_rate"), rate),
                result("Length-Controlled Win Rate", data(), by("lc_win_rate"), controlled),
                result("Discrete Win Rate", data(), by("discrete_win_rate"), rate),
                result("Average Response Length", data(), length, 1024.0),
            ],
        )
    };
    let project = built(&[of("acme/a", 0.5, 0.3), of("acme/b", 0.4, 0.35)]);
    let page = project.json("site/pages/api/v1/benchmarks/alpacaeval-2-0.json");
    assert_eq!(page["metric"], "Length-controlled win rate");
    // The rate is against one baseline, whoever else is on the list.
    assert!(rows(&project).iter().all(|row| row["is_relative"] != true));
    let card = project.main_of("models/acme/a.html");
    assert!(!card.contains("relative to the other models"), "{card}");
    assert!(card.contains("Length-controlled win rate unless noted, higher is better."), "{card}");
    assert!(card.contains("annotator: weighted_alpaca_eval_gpt4_turbo"), "{card}");
}

#[test]
fn what_came_out_is_no_setting_and_a_part_of_a_test_says_so() {
    let hal = |number: usize, agent: &str, score: f64| {
        let details = json!({"tasks_evaluated": "33", "full_benchmark_size": "214"});
        let description = "Accuracy on HAL's 33-task AssistantBench split (0.0–1.0)";
        let mut result = result(
            "AssistantBench",
            json!({"dataset_name": "AssistantBench", "additional_details": details}),
            json!({"evaluation_description": description}),
            score,
        );
        result["generation_config"] = json!({"additional_details": {
            "agent_scaffold": agent, "hal_rank": number.to_string(), "total_cost_usd": format!("{number}.5"), "is_pareto": "False"}});
        let patch = json!({"evaluation_id": format!("hal-assistantbench/{number}")});
        record("hal-assistantbench", "acme/a", patch, vec![result])
    };
    let project = built(&[hal(1, "Browser-Use", 0.4), hal(2, "HAL Generalist Agent", 0.3)]);
    let conditions = rows(&project)[0]["conditions"].to_string();
    assert!(conditions.contains("Browser-Use") && !conditions.contains("hal rank"), "{conditions}");
    let card = project.main_of("models/acme/a.html");
    assert!(card.contains("Different settings: agent."), "{card}");
    assert!(card.contains("33 of 214"), "{card}");
    // Nothing is lost: it stands in what else the record holds.
    assert!(card.contains("hal_rank: 1") && card.contains("total_cost_usd: 1.5"), "{card}");
}

#[test]
fn a_leaderboard_of_agents_says_its_trials_and_proposes_to_accounts_that_exist() {
    let apex = |model: &str| {
        let of = |name: &str, id: &str, shown: &str, parameters: Value, score: f64| {
            let metric = json!({"metric_id": id, "metric_name": shown, "metric_unit": "proportion", "metric_parameters": parameters});
            let mut result = result(
                name,
                json!({"source_type": "hf_dataset", "dataset_name": "apex-agents", "hf_repo": "mercor/apex-agents",
                "url": null, "additional_details": {"num_tasks": "480"}}),
                metric,
                score,
            );
            result["score_details"]["details"] = json!({"num_trials": "3840"});
            result["generation_config"] =
                json!({"generation_args": {"agentic_eval_config": {"additional_details": {"agent_name": "Toolbelt"}}}});
            result
        };
        record(
            "apex-agents",
            model,
            json!({}),
            vec![
                of("Overall", "mean_score", "Mean Score", json!({}), 0.4),
                of("Overall", "pass_at_k", "Pass@1", json!({"k": 1}), 0.2),
                of("Overall", "pass_at_k", "Pass@8", json!({"k": 8}), 0.3),
                of("Law", "pass_at_k", "Pass@1 - Law", json!({"k": 1}), 0.25),
            ],
        )
    };
    let project = built(&[apex("acme/open-1b"), apex("moonshot/kimi-k2-thinking")]);
    assert_eq!(project.json("site/pages/api/v1/benchmarks/apex-agents.json")["metric"], "pass@1");
    let manifest = project.json("site/hub/manifest.json");
    let entries = manifest["entries"].as_array().unwrap();
    let ready: Vec<String> = entries
        .iter()
        .map(|entry| {
            format!("{} {} {}", entry["model_repo"], entry["yaml_entry"]["value"], entry["yaml_entry"]["notes"])
        })
        .collect();
    assert_eq!(ready, [r#""acme/open-1b" 20 "agent Toolbelt, 3840 trials""#]);
    let skipped = manifest["skipped"].as_array().unwrap().iter();
    let mut kimi: Vec<&str> = skipped
        .filter(|it| it["model_id"] == "moonshot/kimi-k2-thinking")
        .map(|it| it["reason"].as_str().unwrap())
        .collect();
    kimi.sort_unstable();
    assert_eq!(
        kimi,
        ["model_id_is_no_hub_repo", "not_the_headline_metric", "not_the_headline_metric", "part_of_benchmark"]
    );
}

#[test]
fn one_measurement_has_one_name_whichever_version_of_an_adapter_wrote_it() {
    let helm = |model: &str, metric: Value| {
        record("helm_lite", model, json!({}), vec![result("MATH", json!({"dataset_name": "MATH"}), metric, 0.5)])
    };
    let bounty = |collection: &str, model: &str, name: &str| {
        let metric = json!({"metric_id": "accuracy", "metric_name": "Success Rate"});
        record(collection, model, json!({}), vec![result(name, json!({"dataset_name": "BountyBench"}), metric, 0.4)])
    };
    let project = built(&[
        bounty("BountyBench", "acme/a", "BountyBench - DetectWorkflow"),
        bounty("bountybench", "acme/b", "bountybench.detect"),
        helm(
            "acme/c",
            json!({"evaluation_description": "Equivalent (CoT) on MATH", "metric_name": "Equivalent (CoT)"}),
        ),
        helm("acme/d", json!({"metric_id": "helm_lite.math.equivalent_cot", "metric_name": "Equivalent (CoT)"})),
    ]);
    let rows = rows(&project);
    let of = |model: &str| rows.iter().find(|row| row["model"] == model).unwrap();
    assert_eq!(of("acme/a")["measurement"], of("acme/b")["measurement"]);
    assert_eq!(of("acme/c")["measurement"], of("acme/d")["measurement"]);
    let lines = told(&rows);
    assert!(lines[0].to_lowercase().starts_with("bountybench / detect: success rate, higher is better"), "{lines:?}");
}

#[test]
fn a_count_of_all_instances_is_the_size_and_a_word_for_errors_in_a_name_keeps_nothing_back() {
    let swe = |model: &str, language: &str, resolved: f64| {
        let data = json!({"dataset_name": format!("Multi-SWE-bench ({language})")});
        let metric =
            json!({"evaluation_description": format!("Fraction of {language} GitHub issues resolved (0.0–1.0)")});
        let mut result = result(&format!("Multi-SWE-Bench ({language})"), data, metric, resolved);
        result["score_details"]["details"] = json!({"total_instances": "128", "resolved_count": "16"});
        record("multi-swe-bench-leaderboard", model, json!({}), vec![result])
    };
    let tab = {
        let of = |name: &str, data: &str, metric: &str, score: f64| {
            let metric = json!({"metric_name": metric, "metric_unit": "percent", "max_score": 100});
            result(name, json!({"dataset_name": data, "source_type": "other"}), metric, score)
        };
        let whole = "TAB Error Recovery Benchmark v1.0";
        record(
            "tab-error-recovery",
            "acme/a",
            json!({}),
            vec![
                of(
                    "TAB Error Recovery - Strategy Diversity",
                    &format!("{whole} - strategy_diversity"),
                    "Strategy Diversity",
                    22.4,
                ),
                of("TAB Error Recovery Efficiency - Overall", whole, "Error Recovery Efficiency", 26.1),
            ],
        )
    };
    let project = built(&[swe("acme/a", "c", 0.125), swe("acme/a", "c++", 0.25), tab]);
    let slices: Vec<String> = told(&rows(&project)).into_iter().filter(|line| line.contains("Resolved rate")).collect();
    assert_eq!(slices.len(), 2);
    assert_ne!(slices[0], slices[1], "C is not C++");
    assert!(project.main_of("models/acme/a.html").contains("<dt>Samples<dd>128"));
    let page = project.json("site/pages/api/v1/benchmarks/tab-error-recovery-benchmark.json");
    assert_eq!(page["metric"], "Error Recovery Efficiency");
}
