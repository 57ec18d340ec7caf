//! Which numbers measure the same thing: only they share a cell or a ranking.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::project::Project;

/// A project whose datastore holds `records`, one file each, in the order of their names.
fn project(records: &[Value]) -> Project {
    let project = Project::empty();
    for (number, record) in records.iter().enumerate() {
        let model = record["model_info"]["id"].as_str().unwrap();
        let path = format!("content/datastore/data/c/{model}/00000000-0000-4000-8000-{number:012}.json");
        project.write(&path, &record.to_string());
    }
    project.write("content/site.yaml", "title: Test\nexports: {documents: true, page_tables: true}\n");
    project
}

/// A record of `model` with `results`.
fn record(model: &str, evaluator: &str, results: &[Value]) -> Value {
    json!({
        "schema_version": "0.3.0", "evaluation_id": format!("c/{model}/{evaluator}"), "retrieved_timestamp": "1770000000",
        "source_metadata": {"source_type": "evaluation_run", "source_organization_name": evaluator, "evaluator_relationship": "third_party"},
        "eval_library": {"name": "harness", "version": "1"},
        "model_info": {"id": model, "name": model, "additional_details": {"deployment_type": "unknown", "model_availability": "unknown"}},
        "evaluation_results": results,
    })
}

/// A result on `Quiz` with this metric block and score.
fn result(metric: Value, score: f64) -> Value {
    let mut config = json!({"lower_is_better": false, "score_type": "continuous", "min_score": 0, "max_score": 1});
    for (key, value) in metric.as_object().unwrap() {
        config[key] = value.clone();
    }
    json!({"evaluation_name": "Quiz", "source_data": {"dataset_name": "Quiz", "source_type": "other"},
        "metric_config": config, "score_details": {"score": score}})
}

/// The whole-site table of results.
fn results_of(project: &Project) -> Vec<Value> {
    table(project, "results")
}

/// A whole-site table.
fn table(project: &Project, table: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    for entry in fs::read_dir(project.path("site/pages/api/v1/data")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with(&format!("{table}-")) && name.ends_with(".jsonl.gz") {
            let mut text = String::new();
            flate2::read::MultiGzDecoder::new(fs::File::open(&path).unwrap()).read_to_string(&mut text).unwrap();
            rows.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
    }
    rows
}

/// Builds; the rows of results by model and score.
fn rows(records: &[Value]) -> (Project, BTreeMap<(String, String), Value>) {
    let project = project(records);
    project.build(&[]);
    let key =
        |row: &Value| (row["model"].as_str().unwrap().to_owned(), row["score_digits"].as_str().unwrap().to_owned());
    let rows = results_of(&project).into_iter().map(|row| (key(&row), row)).collect();
    (project, rows)
}

fn row<'r>(rows: &'r BTreeMap<(String, String), Value>, model: &str, score: &str) -> &'r Value {
    &rows[&(model.to_owned(), score.to_owned())]
}

#[test]
fn a_family_of_metrics_is_no_metric() {
    let of = |id: &str, name: &str| json!({"metric_id": id, "metric_name": name, "metric_kind": "accuracy"});
    let (project, rows) = rows(&[
        record("lab/a", "Acme", &[result(of("acc", "acc"), 0.51), result(of("acc_norm", "acc_norm"), 0.55)]),
        record("lab/b", "Acme", &[result(of("acc_norm", "acc_norm"), 0.53)]),
        record("lab/c", "Acme", &[result(json!({"metric_kind": "accuracy"}), 0.6)]),
        record("lab/d", "Acme", &[result(of("top_1", "Top-1"), 0.41), result(of("top_5", "Top-5"), 0.95)]),
    ]);
    let measurement = |model, score| row(&rows, model, score)["measurement"].as_str().unwrap();
    assert_eq!(measurement("lab/a", "0.55"), measurement("lab/b", "0.53"));
    let others: BTreeSet<&str> =
        [("lab/a", "0.51"), ("lab/a", "0.55"), ("lab/c", "0.6"), ("lab/d", "0.41"), ("lab/d", "0.95")]
            .map(|(model, score)| measurement(model, score))
            .into();
    assert_eq!(others.len(), 5, "all five are different metrics");
    let card = project.main_of("models/lab/d.html");
    assert!(card.contains("Top-1") && card.contains("Top-5") && !card.contains("2 readings"), "{card}");
}

#[test]
fn descriptions_tell_metrics_apart_where_nothing_else_does() {
    let of = |text: &str| json!({"evaluation_description": text});
    let (_, rows) = rows(&[
        record("lab/a", "Acme", &[result(of("acc"), 0.4), result(of("acc_norm"), 0.45)]),
        record("lab/b", "Acme", &[result(of("The share of right answers, as the authors count them."), 0.5)]),
        record("lab/b", "Bolt", &[result(of("The share of right answers, as the authors count them."), 0.6)]),
        record("lab/c", "Bolt", &[result(of("word_perplexity"), 0.7), result(of("byte_perplexity"), 0.8)]),
    ]);
    let all: BTreeSet<&str> = rows.values().map(|row| row["measurement"].as_str().unwrap()).collect();
    assert_eq!(all.len(), 6, "no two of them are one, and two sources that name no metric share none: {rows:#?}");
}

#[test]
fn parameters_belong_to_the_metric_and_stand_beside_the_number() {
    let of =
        |parameters: Value| json!({"metric_id": "pass@k", "metric_name": "pass@k", "metric_parameters": parameters});
    let (project, rows) = rows(&[
        record("lab/a", "Acme", &[result(of(json!({"k": 1})), 0.4), result(of(json!({"k": 10})), 0.8)]),
        record("lab/b", "Acme", &[result(of(json!({"k": 1.0})), 0.6)]),
        record("lab/c", "Acme", &[result(of(json!({"k": 10, "window": {"from": [1, 2]}})), 0.7)]),
        record("lab/d", "Acme", &[result(json!({"metric_name": "pass@1"}), 0.3)]),
    ]);
    let metric = |model, score| row(&rows, model, score)["metric"].as_str().unwrap();
    assert_eq!((metric("lab/a", "0.4"), metric("lab/a", "0.8")), ("pass@1", "pass@10"));
    let measurement = |model, score| row(&rows, model, score)["measurement"].as_str().unwrap();
    assert_eq!(measurement("lab/a", "0.4"), measurement("lab/b", "0.6"), "1 and 1.0 are one value");
    assert_eq!(measurement("lab/a", "0.4"), measurement("lab/d", "0.3"), "pass@k with a k of 1 is pass@1");
    assert_ne!(measurement("lab/a", "0.8"), measurement("lab/c", "0.7"));
    assert!(project.main_of("models/lab/c.html").contains("window: {&quot;from&quot;:[1,2]}"));
}

#[test]
fn scores_of_different_judges_are_different_scales() {
    let judged = |models: &[&str], how: Option<&str>| {
        let judges: Vec<Value> = models.iter().map(|id| json!({"model_info": {"id": id, "name": id}})).collect();
        json!({"metric_name": "Judge score", "llm_scoring": {"judges": judges, "input_prompt": "Rate.", "aggregation_method": how}})
    };
    let fifty: Vec<String> = (0..50).map(|n| format!("org/judge-{n:02}")).collect();
    let fifty: Vec<&str> = fifty.iter().map(String::as_str).collect();
    let (project, rows) = rows(&[
        record("lab/a", "Acme", &[result(judged(&["org/x"], None), 0.81), result(judged(&["org/y"], None), 0.52)]),
        record("lab/b", "Acme", &[result(judged(&["org/y"], None), 0.6)]),
        record("lab/c", "Acme", &[result(judged(&["org/x", "org/y"], Some("average")), 0.7)]),
        record("lab/d", "Acme", &[result(judged(&["org/y", "org/x"], Some("average")), 0.71)]),
        record("lab/e", "Acme", &[result(judged(&["org/x", "org/y"], Some("median")), 0.72)]),
        record("lab/f", "Acme", &[result(judged(&fifty, Some("majority_vote")), 0.73)]),
        record("lab/f", "Acme", &[result(judged(&fifty[..49], Some("majority_vote")), 0.74)]),
    ]);
    let measurement = |model, score| row(&rows, model, score)["measurement"].as_str().unwrap();
    assert_eq!(measurement("lab/a", "0.52"), measurement("lab/b", "0.6"));
    assert_eq!(measurement("lab/c", "0.7"), measurement("lab/d", "0.71"), "judges have no order");
    let all: BTreeSet<&str> = rows.values().map(|row| row["measurement"].as_str().unwrap()).collect();
    assert_eq!(all.len(), 6);
    let qualifiers: BTreeSet<&str> = rows.values().map(|row| row["metric_qualifier"].as_str().unwrap()).collect();
    assert_eq!(qualifiers.len(), 6, "no two of them look alike: {qualifiers:?}");
    assert!(project.main_of("models/lab/a.html").contains("judged by org/x"));
}

#[test]
fn levels_have_names_and_an_unknown_one_has_no_rank() {
    let of = |names: &[&str]| {
        json!({"metric_name": "Refusal", "score_type": "levels", "level_names": names, "has_unknown_level": true,
            "lower_is_better": true, "min_score": null, "max_score": null})
    };
    let three = ["refuses", "hedges", "complies"];
    let thousand: Vec<String> = (0..1000).map(|n| format!("level {n}")).collect();
    let thousand: Vec<&str> = thousand.iter().map(String::as_str).collect();
    let (project, rows) = rows(&[
        record("lab/a", "Acme", &[result(of(&three), 0.0)]),
        record("lab/b", "Acme", &[result(of(&three), 1.0)]),
        record("lab/u", "Acme", &[result(of(&three), -1.0)]),
        record("lab/o", "Acme", &[result(of(&three), 7.0)]),
        record("lab/t", "Acme", &[result(of(&thousand), 999.0)]),
    ]);
    let rank = |model, score| row(&rows, model, score)["rank"].as_u64();
    assert_eq!((rank("lab/a", "0.0"), rank("lab/b", "1.0")), (Some(1), Some(2)));
    assert_eq!((rank("lab/u", "-1.0"), rank("lab/o", "7.0")), (None, None));
    assert_eq!(row(&rows, "lab/a", "0.0")["level"], "refuses");
    assert_eq!(row(&rows, "lab/t", "999.0")["level"], "level 999");
    assert!(project.main_of("models/lab/u.html").contains("level unknown"));
    assert!(project.main_of("models/lab/b.html").contains("level 2 of 3: hedges"));
    assert!(project.main_of("models/lab/o.html").contains("outside the declared range"));
}

#[test]
fn a_cost_or_an_error_never_leads_where_something_else_can() {
    let of = |name: &str, kind: &str, lower: bool| json!({"metric_id": name, "metric_name": name, "metric_kind": kind, "lower_is_better": lower, "max_score": 100});
    let results = [
        result(of("acc_stderr", "error", true), 0.02),
        result(of("Cost per task", "cost", true), 12.0),
        result(of("Average time", "latency", true), 30.0),
        result(of("Zeal", "share", false), 0.7),
        result(of("Bravery", "share", false), 0.8),
    ];
    let (project, _) = rows(&[record("lab/a", "Acme", &results), record("lab/b", "Acme", &results[..4])]);
    let ranking = |project: &Project| project.json("site/pages/api/v1/benchmarks/quiz.json");
    assert_eq!(ranking(&project)["metric"], "Zeal", "it has the most models; the alphabet decides nothing");
    project.write("content/metrics.yaml", "metrics:\n- {id: bravery, name: Bravery}\n");
    project.write("content/benchmarks/quiz.md", "---\nname: Quiz\nmetric: {id: bravery}\n---\n");
    project.build(&[]);
    assert_eq!(ranking(&project)["metric"], "Bravery", "what metadata names comes first");
}

#[test]
fn a_rank_is_a_place_among_the_results_of_one_evaluator() {
    let of = || json!({"metric_id": "accuracy"});
    let (project, rows) = rows(&[
        record("lab/a", "Acme", &[result(of(), 0.9)]),
        record("lab/b", "Acme", &[result(of(), 0.8)]),
        record("lab/c", "Acme", &[result(of(), 0.7)]),
        record("lab/c", "Bolt", &[result(of(), 0.95)]),
        record("lab/d", "Bolt", &[result(of(), 0.1)]),
    ]);
    let rank = |model, score| row(&rows, model, score)["rank"].as_u64().unwrap();
    assert_eq!((rank("lab/c", "0.7"), rank("lab/c", "0.95"), rank("lab/d", "0.1")), (3, 1, 2));
    let first = project.json("site/pages/api/v1/benchmarks/quiz.json");
    assert_eq!((first["evaluator"].as_str(), first["rows"].as_array().unwrap().len()), (Some("Acme"), 3));
    let other = project.json("site/pages/api/v1/benchmarks/quiz/all-accuracy-by-bolt.json");
    assert_eq!((other["evaluator"].as_str(), other["rows"].as_array().unwrap().len()), (Some("Bolt"), 2));
    assert_eq!(first["measurement"], other["measurement"]);
    // Both numbers of the model stand in one cell of its card.
    let card = project.json("site/pages/api/v1/models/lab/c.json");
    assert_eq!(card["cells"].as_array().unwrap().len(), 1);
    assert_eq!(card["cells"][0]["readings"].as_array().unwrap().len(), 2);
}

#[test]
fn percentages_and_proportions_of_one_evaluator_are_ranked_together() {
    let of = |unit: &str, max: f64| json!({"metric_id": "accuracy", "metric_unit": unit, "max_score": max});
    let (_, rows) = rows(&[
        record("lab/a", "Acme", &[result(of("percent", 100.0), 63.7)]),
        record("lab/b", "Acme", &[result(of("proportion", 1.0), 0.637)]),
        record("lab/c", "Acme", &[result(of("percent", 100.0), 48.8)]),
    ]);
    let rank = |model, score| row(&rows, model, score)["rank"].as_u64().unwrap();
    assert_eq!((rank("lab/a", "63.7"), rank("lab/b", "0.637"), rank("lab/c", "48.8")), (1, 1, 3));
}

#[test]
fn a_site_adds_measurement_rules_of_its_own() {
    let mut results = [result(json!({"metric_id": "x"}), 0.5)];
    results[0]["evaluation_name"] = "our_suite::Quiz::hard".into();
    results[0]["source_data"]["dataset_name"] = "results.csv".into();
    let project = project(&[record("lab/a", "Acme", &results)]);
    project.write(
        "content/measurement.yaml",
        "rules:\n- about: our suite\n  when: {evaluation_name: 'our_suite::(?<benchmark>\\w+)::(?<part>\\w+)'}\n  metric: Accuracy\n",
    );
    project.build(&[]);
    let row = &results_of(&project)[0];
    let told = ["benchmark", "slice", "metric"].map(|key| row[key].as_str().unwrap());
    assert_eq!(told, ["quiz", "hard", "Accuracy"]);
    project.write("content/measurement.yaml", "rules:\n- when: {evaluation_name: '('}\n");
    let run = project.run(&["build"]);
    assert!(run.stderr.contains("is not a regular expression"), "{}", run.stderr);
}

/// What identity is made of; each member is one of two values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Identity([bool; 12]);

impl Identity {
    fn result(&self, score: f64) -> Value {
        let [benchmark, part, split, version, subject, id, parameter, lower, binary, judge, how, scale] = self.0;
        let judge = if judge { "org/x" } else { "org/y" };
        let benchmark = if benchmark { "Quiz" } else { "Test" };
        json!({
            "evaluation_name": if part { "Algebra" } else { benchmark },
            "source_data": {"dataset_name": benchmark, "source_type": "hf_dataset", "hf_split": if split { "dev" } else { "test" },
                "additional_details": {"benchmark_version": if version { "2" } else { "1" }}},
            "metric_config": {
                "metric_id": if id { "acc" } else { "acc_norm" }, "metric_name": "Accuracy", "metric_kind": "accuracy",
                "metric_parameters": {"threshold": if parameter { 0.5 } else { 0.9 }}, "lower_is_better": lower,
                "score_type": if binary { "binary" } else { "continuous" },
                "min_score": 0, "max_score": if scale { 1 } else { 7 },
                "llm_scoring": {"judges": [{"model_info": {"id": judge, "name": judge}}], "input_prompt": "Rate.",
                    "aggregation_method": if how { "average" } else { "median" }},
            },
            "generation_config": {"additional_details": {"subject": if subject { "law" } else { "art" }}},
            "score_details": {"score": score},
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..Default::default() })]

    /// Two results that differ in one part of the identity never share a measurement; two that differ in none always
    /// do, in whatever order files are read and whatever conditions they were made under.
    #[test]
    fn measurements_are_equal_exactly_where_nothing_differs(
        base in proptest::array::uniform12(any::<bool>()),
        order in Just((0..26).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let mut identities = vec![Identity(base)];
        identities.extend((0..base.len()).map(|at| {
            let mut other = base;
            other[at] = !other[at];
            Identity(other)
        }));
        // Each twice, by two evaluators, in files whose names have another order.
        let mut records: Vec<(usize, Identity, Value)> = Vec::new();
        for (place, identity) in identities.iter().chain(&identities).enumerate() {
            let evaluator = if place < identities.len() { "Acme" } else { "Bolt" };
            let mut result = identity.result(0.01 + place as f64 / 100.0);
            result["generation_config"]["generation_args"] = json!({"temperature": place});
            records.push((order[place], identity.clone(), record(&format!("lab/m{place:02}"), evaluator, &[result])));
        }
        records.sort_by_key(|(order, ..)| *order);
        let files: Vec<Value> = records.iter().map(|(.., record)| record.clone()).collect();
        let project = project(&files);
        project.build(&[]);
        let of_model: HashMap<String, Identity> =
            records.iter().map(|(_, it, record)| (record["model_info"]["id"].as_str().unwrap().to_owned(), it.clone())).collect();
        let mut measurements: HashMap<Identity, BTreeSet<String>> = HashMap::new();
        for row in results_of(&project) {
            let identity = of_model[row["model"].as_str().unwrap()].clone();
            measurements.entry(identity).or_default().insert(row["measurement"].as_str().unwrap().to_owned());
        }
        prop_assert_eq!(measurements.len(), 13);
        prop_assert!(measurements.values().all(|ids| ids.len() == 1), "{:?}", measurements);
        let distinct: BTreeSet<&String> = measurements.values().flatten().collect();
        prop_assert_eq!(distinct.len(), 13);
    }
}

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Compares what the site says of each result of real adapters with what it should say.
#[test]
fn records_of_real_adapters_stand_where_they_belong() {
    let Some(folder) = shared("data/adapters") else { return };
    let project = Project::empty();
    project.write("content/site.yaml", "title: Adapters\nexports: {documents: true}\n");
    project.build(&["--datastore", folder.to_str().unwrap()]);
    let sha_of = |file: &str| {
        use sha2::Digest;
        let digest = sha2::Sha256::digest(fs::read(folder.join(file)).unwrap());
        digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let rows: HashMap<(String, String), Value> = results_of(&project)
        .into_iter()
        .map(|row| ((row["record"].as_str().unwrap().to_owned(), row["pointer"].as_str().unwrap().to_owned()), row))
        .collect();
    let benchmarks: HashMap<String, String> = table(&project, "benchmarks")
        .into_iter()
        .map(|row| (row["id"].as_str().unwrap().to_owned(), row["name"].as_str().unwrap().to_owned()))
        .collect();
    let expectations = fs::read_to_string(folder.join("expectations.jsonl")).unwrap();
    let mut by_measurement: HashMap<String, BTreeSet<String>> = HashMap::new();
    let mut by_label: HashMap<(String, String), BTreeSet<String>> = HashMap::new();
    let mut wrong = Vec::new();
    for line in expectations.lines() {
        let expected: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| expected[key].as_str().unwrap().to_owned();
        let name = format!("{} {}{}", text("adapter"), text("file"), text("pointer"));
        let Some(row) = rows.get(&(sha_of(&text("file")), text("pointer"))) else {
            wrong.push(format!("{name}: is not shown"));
            continue;
        };
        let said = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let any = |names: &Value, told: &str| {
            names.as_array().unwrap().iter().any(|name| told.contains(name.as_str().unwrap()))
        };
        let benchmark = letters_and_digits(&benchmarks[&said("benchmark")]);
        if !expected["benchmark_names"].as_array().unwrap().iter().any(|name| name == &Value::from(benchmark.clone())) {
            wrong.push(format!("{name}: stands on the page of {benchmark}"));
        }
        let place = letters_and_digits(&format!("{benchmark} {} {} {}", said("slice"), said("part"), said("metric")));
        for tokens in expected["part_tokens"].as_array().into_iter().flatten() {
            if !any(tokens, &place) {
                wrong.push(format!("{name}: its part is told as {place}"));
            }
        }
        let metric = letters_and_digits(&said("metric"));
        if let Some(names) = expected["metric_names"].as_array()
            && !names.iter().any(|name| name == &Value::from(metric.clone()))
        {
            wrong.push(format!("{name}: its metric is called {metric}"));
        }
        let direction = match said("direction").as_str() {
            "higher is better" => "higher",
            "lower is better" => "lower",
            _ => "none",
        };
        if direction != text("direction") {
            wrong.push(format!("{name}: its direction is {direction}"));
        }
        by_measurement.entry(said("measurement")).or_default().insert(text("same_measurement_as"));
        by_label.entry((text("adapter"), text("same_measurement_as"))).or_default().insert(said("measurement"));
    }
    let mixed = by_measurement.values().filter(|labels| labels.len() > 1);
    wrong.extend(mixed.map(|labels| format!("these are one measurement: {labels:?}")));
    let split = by_label.iter().filter(|(_, measurements)| measurements.len() > 1);
    wrong.extend(split.map(|(label, _)| format!("{label:?} is several measurements")));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The scores that are ranked on the page of the benchmark, of these: harness, model, score.
fn ranked(scores: &[(&str, &str, f64)]) -> Vec<f64> {
    let records = scores.iter().map(|(harness, model, score)| {
        let mut record = record(model, "Lab", &[result(json!({"metric_id": "accuracy"}), *score)]);
        record["eval_library"]["name"] = json!(harness);
        record
    });
    let (project, _) = rows(&records.collect::<Vec<_>>());
    let ranking = project.json("site/pages/api/v1/benchmarks/quiz.json");
    ranking["rows"].as_array().unwrap().iter().map(|row| row["reading"]["score"].as_f64().unwrap()).collect()
}

#[test]
fn of_equally_new_scores_that_of_the_harness_with_most_models_is_ranked() {
    // The path of the other harness comes first, and its scores are the higher ones for one model and the lower for another.
    let ranked = ranked(&[
        ("odd", "o/a", 0.9),
        ("odd", "o/b", 0.1),
        ("usual", "o/a", 0.5),
        ("usual", "o/b", 0.4),
        ("usual", "o/c", 0.3),
    ]);
    assert_eq!(ranked, [0.5, 0.4, 0.3]);
}

#[test]
fn one_metric_with_another_filter_is_not_called_another_metric() {
    let by_filter = |filter: &str| json!({"metric_id": "exact_match", "metric_name": "exact_match", "metric_parameters": {"filter": filter}});
    let (project, _) =
        rows(&[record("o/a", "Lab", &[result(by_filter("strict"), 0.5), result(by_filter("flexible"), 0.6)])]);
    let card = project.main_of("models/o/a.html");
    assert!(card.contains("they use one metric with different parameters"), "{card}");
    assert!(card.contains(">Scores that are not comparable</h2>"), "{card}");
    let (project, _) = rows(&[record(
        "o/a",
        "Lab",
        &[result(json!({"metric_id": "exact_match"}), 0.5), result(json!({"metric_id": "f1"}), 0.6)],
    )]);
    assert!(project.main_of("models/o/a.html").contains("they use different metrics"));
}

#[test]
fn a_part_that_is_called_safety_is_named_where_no_benchmark_is_on_safety() {
    let of = |name: &str| {
        let mut result = result(json!({"metric_id": "accuracy"}), 0.5);
        result["evaluation_name"] = json!(name);
        result["source_data"]["dataset_name"] = json!("RewardBench");
        result
    };
    let (project, _) =
        rows(&[record("o/a", "Lab", &[of("RewardBench"), of("Safety")]), record("o/b", "Lab", &[of("RewardBench")])]);
    let (with, without) = (project.main_of("models/o/a.html"), project.main_of("models/o/b.html"));
    assert!(with.contains(">RewardBench has a part called Safety.</a>"), "{with}");
    assert!(without.contains("No results on safety") && !without.contains("a part called"), "{without}");
}

#[test]
fn of_harnesses_with_as_many_models_all_rows_take_one() {
    // By path, each model would be ranked by another harness.
    let ranked =
        ranked(&[("second", "o/a", 0.9), ("first", "o/b", 0.4), ("first", "o/a", 0.5), ("second", "o/b", 0.8)]);
    assert_eq!(ranked, [0.5, 0.4]);
}
