//! Charts of a ranking: the best score over time never ends below a score that exists without saying so, and guessing is
//! drawn only where it gives something.

use serde_json::{Value, json};

use crate::project::Project;

/// A project with one model for each score; of those with a day, metadata has the release.
fn project(models: &[(f64, Option<&str>)], lower_is_better: bool) -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Over time\n");
    for (number, (score, day)) in models.iter().enumerate() {
        let record = json!({
            "schema_version": "0.3.0", "evaluation_id": format!("c/{number}"), "retrieved_timestamp": "1768435200",
            "source_metadata": {"source_name": "Board", "source_type": "documentation",
                "source_organization_name": "Acme Evals", "evaluator_relationship": "third_party"},
            "eval_library": {"name": "unknown", "version": "unknown"},
            "model_info": {"name": "m", "id": format!("lab/m{number}")},
            "evaluation_results": [{"evaluation_name": "Quiz",
                "source_data": {"dataset_name": "Quiz", "source_type": "other"},
                "metric_config": {"metric_id": "accuracy", "metric_unit": "proportion",
                    "lower_is_better": lower_is_better, "score_type": "continuous", "min_score": 0, "max_score": 1},
                "score_details": {"score": score}}]
        });
        let path = format!("content/datastore/data/c/lab/m/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json");
        project.write(&path, &record.to_string());
        if let Some(day) = day {
            project.write(
                &format!("content/models/lab/m{number}.md"),
                &format!("---\nid: lab/m{number}\nreleased: {day}\n---\n"),
            );
        }
    }
    project.build(&[]);
    project
}

fn best_undated(project: &Project) -> Value {
    let ranking: Value = serde_json::from_str(&project.read("site/pages/api/v1/benchmarks/quiz.json")).unwrap();
    ranking["best_undated"].clone()
}

const DATED: [(f64, Option<&str>); 2] = [(0.5, Some("2025-01-01")), (0.6, Some("2025-06-01"))];

#[test]
fn a_better_score_without_a_day_is_drawn_and_told() {
    let project = project(&[&DATED[..], &[(0.9, None), (0.1, None)]].concat(), false);
    let main = project.main_of("benchmarks/quiz.html");
    assert!(main.contains("known for 2 of 4 ranked models"), "{main}");
    assert!(
        main.contains("The best of the 2 models without a date has 0.9 proportion: better than the line (dashed)."),
        "{main}"
    );
    assert!(main.contains("class=\"beyond\""), "{main}");
    assert_eq!((&best_undated(&project)["model"], &best_undated(&project)["is_better"]), (&json!("m2"), &json!(true)));
}

#[test]
fn a_worse_score_without_a_day_is_counted_only() {
    let worse = project(&[&DATED[..], &[(0.4, None)]].concat(), false);
    let main = worse.main_of("benchmarks/quiz.html");
    assert!(main.contains("The model without a date has 0.4 proportion: no better than the line."), "{main}");
    assert!(!main.contains("class=\"beyond\""));
    let equal = project(&[&DATED[..], &[(0.6, None)]].concat(), false);
    assert_eq!(best_undated(&equal)["is_better"], json!(false));
}

#[test]
fn less_may_be_better_and_all_may_have_a_day() {
    let lower = project(&[&DATED[..], &[(0.3, None)]].concat(), true);
    assert_eq!(best_undated(&lower)["is_better"], json!(true));
    let all = project(&DATED, false);
    assert_eq!(best_undated(&all), Value::Null);
    let main = all.main_of("benchmarks/quiz.html");
    assert!(main.contains("known for 2 of 2 ranked models") && !main.contains("he other "), "{main}");
}

#[test]
fn guessing_is_drawn_only_where_it_gives_something() {
    let project = project(&[0.1, 0.2, 0.3, 0.4, 0.5].map(|score| (score, None)), false);
    let page = |chance: &str| {
        let metadata = format!("---\nid: quiz\nname: Quiz\nscale: [0, 1]\n{chance}---\n");
        project.write("content/benchmarks/quiz.md", &metadata);
        project.build(&[]);
        project.main_of("benchmarks/quiz.html")
    };
    let guessed = page("chance_level: 0.25\n");
    assert!(guessed.contains("2 are no better than chance (0.25).") && guessed.contains("chance 0.25"), "{guessed}");
    let nothing = page("chance_level: 0\n");
    assert!(!nothing.contains("no better than chance") && !nothing.contains("Chance level not reported"), "{nothing}");
    assert!(page("").contains("Chance level not reported."));
}
