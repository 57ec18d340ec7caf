//! The runs behind results of agents: what is solved within a budget, by difficulty, and how runs ended; never pooled.

use serde_json::{Value, json};

use crate::export::{SITE, check, has_readers};
use crate::project::Project;
use crate::samples::lines;

/// A row: whether it is solved, its tokens, and what else it states.
type Row = (Option<bool>, u64, Value);

/// A result of `model` in record `number` with these arguments and rows; its score is the share that is solved.
fn add(project: &Project, number: usize, model: &str, kind: &str, args: &Value, rows: &[Row]) {
    let right = rows.iter().filter(|(is_correct, ..)| *is_correct == Some(true)).count();
    let record = json!({
        "schema_version": "0.3.0", "evaluation_id": format!("c/{model}/{number}"), "retrieved_timestamp": "1768435200",
        "source_metadata": {"source_name": "Study", "source_type": "evaluation_run",
            "source_organization_name": "Institute", "evaluator_relationship": "third_party"},
        "eval_library": {"name": "harness", "version": "1"},
        "model_info": {"name": model, "id": format!("lab/{model}")},
        "evaluation_results": [{"evaluation_name": "Range",
            "source_data": {"dataset_name": "Range", "source_type": "other"},
            "metric_config": {"metric_id": "accuracy", "metric_unit": "proportion", "lower_is_better": false,
                "score_type": "continuous", "min_score": 0.0, "max_score": 1.0},
            "generation_config": {"generation_args": args},
            "score_details": {"score": right as f64 / rows.len() as f64}}]});
    let row = |(at, (is_correct, tokens, more)): (usize, &Row)| {
        let mut row = json!({"evaluation_id": format!("c/{model}/{number}"), "model_id": format!("lab/{model}"),
            "evaluation_name": "Range", "sample_id": at, "interaction_type": kind, "input": {"raw": "Secret"},
            "evaluation": {"score": u8::from(*is_correct == Some(true)), "is_correct": is_correct},
            "token_usage": {"total_tokens": tokens}});
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        row
    };
    let path = format!("content/datastore/data/c/lab/{model}/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}");
    project.write(&format!("{path}.json"), &record.to_string());
    project.write(&format!("{path}_samples.jsonl"), &lines(&rows.iter().enumerate().map(row).collect::<Vec<_>>()));
}

fn stated(difficulty: &str) -> Value {
    json!({"metadata": {"difficulty": difficulty}})
}

/// An agent with two budgets, and a model without one that was asked once.
fn project() -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Runs\n");
    let limit = |n: u64| json!({"eval_limits": {"token_limit": n}});
    let small = [
        (Some(true), 400, stated("easy")),
        (Some(true), 900, stated("easy")),
        (Some(false), 1000, json!({"metadata": {"difficulty": "hard", "stop_reason": "length"}})),
        (Some(false), 50, json!({"error": "sandbox", "metadata": {"difficulty": "hard"}})),
    ];
    let large = [
        (Some(true), 400, stated("easy")),
        (Some(true), 5000, stated("hard")),
        (Some(true), 9000, stated("hard")),
        (Some(false), 700, stated("easy")),
    ];
    add(&project, 1, "agent", "agentic", &limit(1000), &small);
    add(&project, 2, "agent", "agentic", &limit(10_000), &large);
    add(
        &project,
        3,
        "plain",
        "single_turn",
        &json!({"temperature": 0}),
        &[70, 80].map(|tokens| (Some(true), tokens, json!({}))),
    );
    project
}

fn runs(project: &Project) -> Vec<Value> {
    project.json("site/pages/api/v1/benchmarks/range.json")["runs"].as_array().cloned().unwrap_or_default()
}

#[test]
fn runs_of_an_agent_stand_by_budget_and_are_never_pooled() {
    let project = project();
    project.build(&["--base-url", SITE]);
    let found = runs(&project);
    assert_eq!(found.len(), 2, "the model without an agent is in no study: {found:?}");
    let of = |score: f64| found.iter().find(|it| it["score"] == json!(score)).unwrap();
    let (small, large) = (of(0.5), of(0.75));
    let within = |it: &Value| -> Vec<[u64; 3]> {
        let budgets = it["within"].as_array().unwrap().iter();
        budgets.map(|it| ["budget", "solved", "ended_unsolved"].map(|key| it[key].as_u64().unwrap())).collect()
    };
    assert_eq!(within(small), [[10, 0, 0], [100, 0, 1], [1000, 2, 2], [10_000, 2, 2]]);
    assert_eq!(within(large), [[10, 0, 0], [100, 0, 0], [1000, 1, 1], [10_000, 3, 1]]);
    let ended = |how: &str, n: u64| json!({"how": how, "runs": n});
    assert_eq!(small["ended"], json!([ended("solved", 2), ended("truncated", 1), ended("error", 1)]));
    assert_eq!(
        large["by_difficulty"],
        json!([{"difficulty": "easy", "solved": 1, "runs": 2}, {"difficulty": "hard", "solved": 2, "runs": 2}])
    );
    // The plain model is better than both, and the agent with more tokens than the one with fewer.
    assert_eq!([&small["better"], &large["better"], &large["others"]], [&json!(2), &json!(1), &json!(2)]);
    assert!(small["settings"][0].as_str().unwrap().ends_with("1000"), "{}", small["settings"]);

    let main = project.main_of("benchmarks/range.html");
    for part in [
        "id=\"runs\"",
        "class=\"curve\"",
        "2 solved, 1 cut at a limit, 1 with an error.",
        "hard: 2 of 2",
        "range~runs.csv",
    ] {
        assert!(main.contains(part), "{part}: {main}");
    }
    assert!(!main.contains("Secret"));
    if has_readers() {
        project.write("content/models/lab/a.md", "---\nid: lab/agent\nname: agent\ndeveloper: Lab\n---\n");
        project.build(&["--base-url", SITE]);
        check(&project.path("site/pages"));
    }
}

#[test]
fn what_rows_do_not_state_is_not_shown() {
    let project = Project::empty();
    let none = json!({"token_usage": null});
    add(&project, 1, "agent", "multi_turn", &json!({}), &[(Some(true), 0, none.clone()), (Some(false), 0, none)]);
    project.build(&[]);
    let found = &runs(&project)[0];
    assert_eq!(found["ended"], json!([{"how": "solved", "runs": 1}, {"how": "unsolved", "runs": 1}]));
    assert_eq!([&found["by"], &found["within"], &found["by_difficulty"]], [&Value::Null, &json!([]), &json!([])]);
    let main = project.main_of("benchmarks/range.html");
    assert!(main.contains("1 solved, 1 unsolved") && !main.contains("class=\"curve\""), "{main}");
    // Rows whose sum is not the score are not those of the result.
    let path = "content/datastore/data/c/lab/agent/0b0b6a3e-5d5f-4c0e-9d8e-000000000001.json";
    project.write(path, &project.read(path).replace("0.5", "0.9"));
    project.build(&[]);
    assert!(runs(&project).is_empty());
}
