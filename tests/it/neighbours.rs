//! Scores that the other scores of their source contradict are remarked, stay as they stand, and wait for a person.

use serde_json::{Value, json};

use crate::project::Project;

/// A project with one model for each of `scores`, in percent.
fn project(scores: &[f64], lower_is_better: bool) -> Project {
    let project = Project::empty();
    project.write(
        "content/site.yaml",
        "title: Neighbours\ndatastore:\n  repo: acme/store\n  revision: \"0123456789abcdef0123456789abcdef01234567\"\n",
    );
    for (number, score) in scores.iter().enumerate() {
        let record = json!({
            "schema_version": "0.3.0", "evaluation_id": format!("c/{number}"), "retrieved_timestamp": "1768435200",
            "source_metadata": {"source_name": "Board", "source_type": "documentation",
                "source_organization_name": "Acme Evals", "evaluator_relationship": "third_party"},
            "eval_library": {"name": "unknown", "version": "unknown"},
            "model_info": {"name": "m", "id": format!("lab/m{number}")},
            "evaluation_results": [{"evaluation_name": "GSM8K",
                "source_data": {"dataset_name": "GSM8K", "source_type": "hf_dataset", "hf_repo": "openai/gsm8k"},
                "metric_config": {"metric_id": "accuracy", "metric_unit": "percent", "lower_is_better": lower_is_better,
                    "score_type": "continuous", "min_score": 0, "max_score": 100},
                "score_details": {"score": score}}]
        });
        let path = format!("content/datastore/data/c/lab/m/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json");
        project.write(&path, &record.to_string());
    }
    project
}

/// The models of which the build remarks the score.
fn remarked(scores: &[f64], lower_is_better: bool) -> Vec<usize> {
    let project = project(scores, lower_is_better);
    project.build(&[]);
    let is_remarked = |number: &usize| {
        let card = project.read(&format!("site/pages/api/v1/models/lab/m{number}.json"));
        let card: Value = serde_json::from_str(&card).unwrap();
        card["cells"][0]["readings"][0]["remark"].is_string()
    };
    (0..scores.len()).filter(is_remarked).collect()
}

#[test]
fn a_percentage_that_looks_like_a_proportion_waits_for_a_person() {
    let project = project(&[64.1, 71.9, 0.58], false);
    let report = project.build(&[]);
    assert_eq!(report["hub"]["skipped"], json!({"scale_contradicted_by_neighbours": 1}));
    assert_eq!(report["hub"]["entries"], json!({"ready": 2}));
    let main = project.main_of("models/lab/m2.html");
    let remark = "below 1 on a scale to 100, while the other scores of this source are above 1";
    assert!(main.contains(remark) && main.contains(">3 of 3</a>"), "{main}");
    let run = project.run(&["check"]);
    assert!(format!("{}{}", run.stdout, run.stderr).contains("scale-contradicted"), "{}", run.stderr);
    assert!(project.main_of("publishing.html").contains("a person must decide"));
    // A person decides.
    project.write(
        "content/site.yaml",
        &format!(
            "{}publish:\n  decide:\n    lab/m2:\n      gsm8k: {}\n",
            project.read("content/site.yaml"),
            "data/c/lab/m/0b0b6a3e-5d5f-4c0e-9d8e-000000000002.json"
        ),
    );
    assert_eq!(project.build(&[])["hub"]["entries"], json!({"ready": 3}));
}

#[test]
fn a_percentage_with_the_error_of_a_proportion_waits_for_a_person() {
    let project = project(&[0.8468], false);
    let record = "content/datastore/data/c/lab/m/0b0b6a3e-5d5f-4c0e-9d8e-000000000000.json";
    let with_error = |error: f64| {
        let mut record: Value = serde_json::from_str(&project.read(record)).unwrap();
        record["evaluation_results"][0]["score_details"]["uncertainty"] =
            json!({"standard_error": {"value": error}, "num_samples": 1319});
        record.to_string()
    };
    let (of_proportion, of_percentage) = (with_error(0.00992), with_error(0.2523));
    project.write(record, &of_proportion);
    assert_eq!(project.build(&[])["hub"]["skipped"], json!({"scale_contradicted_by_error": 1}));
    assert!(project.main_of("models/lab/m0.html").contains("its standard error is that of a proportion"));
    let run = project.run(&["check"]);
    assert!(format!("{}{}", run.stdout, run.stderr).contains("its standard error is that of a proportion"));
    // The same score with the error of a percentage is one.
    project.write(record, &of_percentage);
    assert_eq!(project.build(&[])["hub"]["entries"], json!({"ready": 1}));
}

#[test]
fn the_mirror_image_is_remarked_and_plausible_scores_are_not() {
    assert_eq!(remarked(&[0.58, 0.61, 63.7], false), [2]);
    assert_eq!(remarked(&[0.58, 0.4, 1.2, 3.0], true), [0; 0], "error rates in percent");
    assert_eq!(remarked(&[0.58, 1.2, 2.4, 3.0], true), [0; 0]);
    assert_eq!(remarked(&[0.58, 71.9], false), [0; 0], "one other is too few");
    assert_eq!(remarked(&[0.58, 0.0, 71.9, 64.1], false), [0; 0], "small scores do occur");
}
