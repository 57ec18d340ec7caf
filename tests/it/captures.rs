//! The same source captured again is one result with several captures, and copies of editors are no records.

use serde_json::{Value, json};

use crate::project::Project;

/// A record of `model`, retrieved at `time`; `changes` are members by JSON pointer.
fn record(model: &str, time: &str, changes: &[(&str, Value)]) -> String {
    let mut record = json!({
        "schema_version": "0.3.0", "evaluation_id": format!("c/{}/{time}", model.replace('/', "_")),
        "retrieved_timestamp": time,
        "source_metadata": {"source_name": "Board", "source_type": "documentation",
            "source_organization_name": "Acme Evals", "evaluator_relationship": "third_party"},
        "eval_library": {"name": "unknown", "version": "unknown"},
        "model_info": {"name": model, "id": model},
        "evaluation_results": [{"evaluation_name": "Quiz",
            "source_data": {"dataset_name": "Quiz", "source_type": "other"},
            "metric_config": {"metric_id": "accuracy", "metric_unit": "proportion", "lower_is_better": false,
                "score_type": "continuous", "min_score": 0.0, "max_score": 1.0},
            "generation_config": {"generation_args": {"temperature": 0}},
            "score_details": {"score": 0.5}}]
    });
    for (pointer, value) in changes {
        *record.pointer_mut(pointer).unwrap() = value.clone();
    }
    record.to_string()
}

fn write(project: &Project, number: usize, text: &str) {
    let path = format!("content/datastore/data/c/lab/m/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json");
    project.write(&path, text);
}

fn project() -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Captures\n");
    project
}

fn model(project: &Project, path: &str) -> Value {
    serde_json::from_str(&project.read(&format!("site/pages/api/v1/models/{path}.json"))).unwrap()
}

const TIMES: [&str; 4] = ["1768435200", "1769040000", "1769644800", "1770249600"];

#[test]
fn a_row_fetched_four_times_is_one_result() {
    let project = project();
    for (number, time) in TIMES.iter().enumerate() {
        write(&project, number, &record("lab/a", time, &[]));
    }
    write(&project, 9, &record("lab/b", TIMES[0], &[("/evaluation_results/0/score_details/score", json!(0.4))]));
    let report = project.build(&[]);
    assert_eq!(
        (&report["records"], &report["captures"], &report["results"], &report["quarantined"]),
        (&json!(2), &json!(3), &json!(2), &json!({}))
    );
    let card = model(&project, "lab/a");
    assert_eq!(card["cells"][0]["readings"].as_array().unwrap().len(), 1);
    assert_eq!(card["cells"][0]["difference"], Value::Null, "nobody is told that copies agree");
    let captures = card["records"][0]["captures"].as_array().unwrap();
    assert_eq!(card["records"][0]["retrieved"], "2026-02-05");
    let days: Vec<&str> = captures.iter().map(|it| it["retrieved"].as_str().unwrap()).collect();
    assert_eq!(days, ["2026-01-29", "2026-01-22", "2026-01-15"]);
    assert!(captures.iter().all(|it| it["sha256"].as_str().unwrap().len() == 64));
    let main = project.main_of("models/lab/a.html");
    assert!(main.contains("Older captures") && main.contains("was fetched 3 times before"), "{main}");
    assert!(card["summary"].as_str().unwrap().starts_with("1 result"), "{}", card["summary"]);
    // Conservation: what was read is shown, a capture, or not shown.
    let run = project.run(&["check", "--strict"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn what_differs_in_anything_that_matters_is_another_result() {
    let settings = ("/evaluation_results/0/generation_config/generation_args/temperature", json!(1));
    let evaluator = ("/source_metadata/source_organization_name", json!("Somebody else"));
    let score = ("/evaluation_results/0/score_details/score", json!(0.6));
    for change in [settings, evaluator, score.clone()] {
        let project = project();
        write(&project, 1, &record("lab/a", TIMES[0], &[]));
        write(&project, 2, &record("lab/a", TIMES[1], std::slice::from_ref(&change)));
        let report = project.build(&[]);
        assert_eq!((&report["records"], &report["captures"]), (&json!(2), &json!(0)), "{change:?}");
    }
    // One id with two scores is a collision, and stays one.
    let project = project();
    let id = ("/evaluation_id", json!("c/lab_a/1"));
    write(&project, 1, &record("lab/a", TIMES[0], std::slice::from_ref(&id)));
    write(&project, 2, &record("lab/a", TIMES[1], &[id, score]));
    let report = project.build(&[]);
    assert_eq!((&report["records"], &report["captures"]), (&json!(2), &json!(0)));
    assert!(project.main_of("markers.html").contains("c/lab_a/1"));
}

#[test]
fn copies_of_editors_are_told_and_not_read() {
    let project = project();
    let text = record("lab/a", TIMES[0], &[]);
    write(&project, 1, &text);
    let folder = "content/datastore/data/c/lab/m";
    for name in [
        ".ipynb_checkpoints/x-checkpoint.json",
        "x.json~",
        "#x.json#",
        ".x.json.swp",
        "x.json.bak",
        "x copy.json",
        "x (1).json",
    ] {
        // Other bytes, so that it is not left out for being a duplicate.
        project.write(&format!("{folder}/{name}"), &text.replace("0.5", "0.7"));
    }
    project.write("content/models/lab/a.md", "---\nid: lab/a\nlicense: mit\n---\n");
    project.write("content/models/lab/a copy.md", "---\nid: lab/a\nlicense: apache-2.0\n---\n");
    project.write("content/models/lab/a.md~", "---\nid: lab/a\n---\n");
    project.write("content/models/.ipynb_checkpoints/a.md", "---\nid: lab/z\n---\n");
    let run = project.run(&["build", "--json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["report"]["quarantined"], json!({"editor-copy": 7}), "{}", run.stderr);
    assert_eq!(report["report"]["records"], 1);
    let findings = report["findings"].as_array().or(report["diagnostics"].as_array()).unwrap();
    let copies: Vec<&str> =
        findings.iter().filter(|it| it["code"] == "editor-copy").map(|it| it["file"].as_str().unwrap()).collect();
    assert_eq!(copies.len(), 3, "{findings:?}");
    assert!(project.main_of("not-shown.html").contains("x copy.json"));
    assert_eq!(project.run(&["check", "--strict"]).code, 1);
}

#[test]
fn copies_of_editors_are_told_in_the_indexed_layout() {
    let project = Project::from("flat");
    let before = project.build(&[]);
    let store = if project.path("datastore").is_dir() { "datastore" } else { "content/datastore" };
    let index = std::fs::read_dir(project.path(&format!("{store}/flat/indexes/by_collection"))).unwrap();
    let index = index.map(|it| it.unwrap().path()).find(|it| it.extension().is_some_and(|it| it == "jsonl")).unwrap();
    let copy = index.with_file_name("x copy.jsonl");
    std::fs::copy(&index, copy).unwrap();
    project.write(&format!("{store}/flat/objects/a.json~"), "{}");
    let report = project.build(&[]);
    assert_eq!(report["quarantined"]["editor-copy"], 2);
    assert_eq!(report["records"], before["records"], "the copy of an index is no collection");
}
