//! What records claim of a model stays where metadata is silent, and stands beside metadata where it speaks.

use serde_json::{Value, json};

use crate::project::Project;

/// Writes a record of `model` with further members of `model_info`.
fn record(project: &Project, number: usize, model: &str, info: Value) {
    let mut model_info = json!({"name": model, "id": model});
    model_info.as_object_mut().unwrap().extend(info.as_object().unwrap().clone());
    let text = json!({
        "schema_version": "0.3.0", "evaluation_id": format!("c/{number}"), "retrieved_timestamp": "1768435200",
        "source_metadata": {"source_name": "Board", "source_type": "documentation",
            "source_organization_name": "Acme Evals", "evaluator_relationship": "third_party"},
        "eval_library": {"name": "unknown", "version": "unknown"},
        "model_info": model_info,
        "evaluation_results": [{"evaluation_name": "Quiz",
            "source_data": {"dataset_name": "Quiz", "source_type": "other"},
            "metric_config": {"metric_id": "accuracy", "metric_unit": "proportion", "lower_is_better": false,
                "score_type": "continuous", "min_score": 0.0, "max_score": 1.0},
            "score_details": {"score": 0.5 + number as f64 / 100.0}}]
    });
    let path = format!("content/datastore/data/c/lab/m/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json");
    project.write(&path, &text.to_string());
}

fn project() -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Claims\nexports:\n  documents: true\n");
    project
}

/// A fact of a model's card as `value, note`.
#[track_caller]
fn fact(project: &Project, model: &str, label: &str) -> String {
    let card = card(project, model);
    let fact = card["facts"].as_array().unwrap().iter().find(|fact| fact["label"] == label).unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    format!("{}, {}", text(&fact["value"]), text(&fact["note"]))
}

/// What is also stated, as `what: value, by`.
#[track_caller]
fn also_stated(project: &Project, model: &str) -> Vec<String> {
    let card = card(project, model);
    let also = card["also_stated"].as_array().cloned().unwrap_or_default();
    let text = |it: &Value| {
        format!("{}: {}, {}", it["label"].as_str().unwrap(), it["value"].as_str().unwrap(), it["by"].as_str().unwrap())
    };
    also.iter().map(text).collect()
}

#[track_caller]
fn card(project: &Project, model: &str) -> Value {
    serde_json::from_str(&project.read(&format!("site/pages/api/v1/models/{model}.json"))).unwrap()
}

#[test]
fn silent_metadata_takes_no_claim_away() {
    let project = project();
    // The first record says nothing, the others do.
    record(&project, 1, "lab/a", json!({"developer": "unknown", "additional_details": {"params_billions": "-1"}}));
    record(&project, 2, "lab/a", json!({"developer": "Acme Corp", "additional_details": {"params_billions": "7"}}));
    record(&project, 3, "lab/b", json!({"developer": "Acme Corp"}));
    record(&project, 4, "lab/c", json!({"developer": "Acme Corp"}));
    project.write("content/models/lab/a.md", "---\nid: lab/a\nlicense: mit\n---\n");
    project.write("content/models/lab/c.md", "---\nid: lab/c\ndeveloper: unknown\n---\n");
    project.build(&[]);
    for model in ["lab/a", "lab/b", "lab/c"] {
        assert_eq!(fact(&project, model, "Developer"), "Acme Corp, claimed", "{model}");
        assert!(project.main_of("developers/acme-corp.html").contains(&format!("../models/{model}.html")), "{model}");
    }
    assert_eq!(fact(&project, "lab/a", "Parameters"), "7 billion, claimed");
    assert_eq!(
        (card(&project, "lab/a")["name"].as_str(), card(&project, "lab/b")["name"].as_str()),
        (Some("a"), Some("b"))
    );
}

#[test]
fn metadata_that_speaks_wins_and_the_claim_stands_beside_it() {
    let project = project();
    record(&project, 1, "lab/a", json!({"developer": "Acme Corp", "additional_details": {"params_billions": "7.2"}}));
    record(&project, 2, "lab/b", json!({"developer": "acme-corp", "additional_details": {"params_billions": "7.0"}}));
    record(&project, 3, "lab/c", json!({"developer": "Zeta"}));
    record(&project, 4, "lab/c", json!({"developer": "Acme Corp"}));
    project.write("content/models/lab/a.md", "---\nid: lab/a\ndeveloper: other\nparams_b: 7\n---\n");
    project.write("content/models/lab/b.md", "---\nid: lab/b\ndeveloper: acme\nparams_b: 7\n---\n");
    project.write(
        "content/organizations.yaml",
        "organizations:\n- {id: acme, name: Acme, aliases: [acme-corp]}\n- {id: other, name: Other}\n",
    );
    project.build(&[]);
    assert_eq!(fact(&project, "lab/a", "Developer"), "Other, -");
    assert_eq!(
        also_stated(&project, "lab/a"),
        ["Developer: Acme Corp, records (claimed)", "Parameters: 7.2 billion, records (claimed)"]
    );
    assert_eq!(fact(&project, "lab/b", "Developer"), "Acme, -");
    assert!(also_stated(&project, "lab/b").is_empty(), "another name of the same is no other claim");
    // As many records say the one as the other: the first by name counts, and both are there.
    assert_eq!(fact(&project, "lab/c", "Developer"), "Acme, claimed");
    assert_eq!(also_stated(&project, "lab/c"), ["Developer: Zeta, records (claimed)"]);
}

#[test]
fn a_platform_that_runs_a_model_did_not_make_it() {
    let project = project();
    for (number, (model, developer)) in [
        ("ollama/qwen2.5-0.5b", "ollama"),
        ("together/meta-llama/Llama-3-8B", "together"),
        ("ollama/my-own-thing", "ollama"),
        ("ollama/phi-x", "Initech"),
        ("acme/ollama-router", "acme"),
    ]
    .into_iter()
    .enumerate()
    {
        record(&project, number, model, json!({"developer": developer}));
    }
    project.build(&[]);
    let listed = "from the model family in its name; the records name the platform that ran it";
    assert_eq!(fact(&project, "ollama/qwen2.5-0.5b", "Developer"), format!("Alibaba (Qwen), {listed}"));
    assert_eq!(also_stated(&project, "ollama/qwen2.5-0.5b"), ["Developer: ollama, records (claimed)"]);
    assert_eq!(fact(&project, "together/meta-llama~2fLlama-3-8B", "Developer"), format!("Meta, {listed}"));
    assert_eq!(fact(&project, "ollama/my-own-thing", "Developer"), "-, claimed");
    assert_eq!(also_stated(&project, "ollama/my-own-thing"), ["Developer: ollama, records (claimed)"]);
    assert_eq!(fact(&project, "ollama/phi-x", "Developer"), "Initech, claimed");
    assert_eq!(fact(&project, "acme/ollama-router", "Developer"), "acme, claimed");
}

#[test]
fn a_benchmark_without_a_name_in_metadata_keeps_that_of_its_records() {
    let project = project();
    record(&project, 1, "lab/a", json!({}));
    project.write("content/benchmarks/quiz.md", "---\ncategory: knowledge\n---\n");
    project.build(&[]);
    assert!(project.main_of("benchmarks/quiz.html").contains("<h1>Quiz"));
}

#[test]
fn a_third_party_to_a_model_under_an_account_of_its_own_is_contradicted() {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Claims\n");
    project.write("content/organizations.yaml", "organizations:\n  - {id: acme, name: Acme Evals, hf: acme}\n");
    for (number, model) in ["acme/own", "other/model"].into_iter().enumerate() {
        let record = json!({
            "schema_version": "0.3.0", "evaluation_id": format!("c/{number}"), "retrieved_timestamp": "1768435200",
            "source_metadata": {"source_name": "Board", "source_type": "documentation",
                "source_organization_name": "Acme Evals", "evaluator_relationship": "third_party"},
            "eval_library": {"name": "unknown", "version": "unknown"},
            "model_info": {"name": model, "id": model, "developer": model.split('/').next()},
            "evaluation_results": [{"evaluation_name": "Quiz", "source_data": {"dataset_name": "Quiz", "source_type": "other"},
                "metric_config": {"metric_id": "accuracy", "lower_is_better": false, "min_score": 0, "max_score": 1},
                "score_details": {"score": 0.5}}]
        });
        let path = format!("content/datastore/data/c/{model}/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json");
        project.write(&path, &record.to_string());
    }
    project.build(&[]);
    let (own, other) = (project.main_of("models/acme/own.html"), project.main_of("models/other/model.html"));
    assert!(own.contains("The claimed relationship to the developer is contradicted."), "{own}");
    assert!(own.contains("third party (contradicted by the record itself)"), "{own}");
    assert!(!other.contains("contradicted"), "{other}");
    let quotes = project.json("site/pages/api/v1/models/acme/own.json")["quotable"]["sentences"].to_string();
    assert!(quotes.contains("0 of 1 results"), "{quotes}");
}
