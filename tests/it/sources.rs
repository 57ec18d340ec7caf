//! The pages of sources: how fresh each is, what it never reports, and who measured; counted again by DuckDB.

use std::path::Path;

use serde_json::{Value, json};

use crate::export::{SITE, check_part, has_readers};
use crate::project::Project;

/// A record of `model` in `collection`, retrieved at `time`, with these details of its source.
fn add(project: &Project, collection: &str, number: usize, model: &str, time: &str, details: &Value) {
    let record = json!({
        "schema_version": "0.3.0", "evaluation_id": format!("{collection}/{model}/{time}"), "retrieved_timestamp": time,
        "source_metadata": {"source_name": "Board", "source_type": "documentation", "source_organization_name": "Acme Evals",
            "evaluator_relationship": "third_party", "additional_details": details},
        "eval_library": {"name": "unknown", "version": "unknown"},
        "model_info": {"name": model, "id": format!("lab/{model}")},
        "evaluation_results": [{"evaluation_name": "Quiz", "source_data": {"dataset_name": "Quiz", "source_type": "other"},
            "metric_config": {"metric_id": "accuracy", "lower_is_better": false, "min_score": 0.0, "max_score": 1.0},
            "evaluation_timestamp": if model == "a" { json!("2026-01-02") } else { json!(null) },
            "score_details": {"score": 0.5}}]
    });
    let path = format!("content/datastore/data/{collection}/lab/{model}/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json");
    project.write(&path, &record.to_string());
}

/// Two captures of a leaderboard that cites others, and a source of one newer record.
fn project() -> Project {
    const FIRST: &str = "1768435200"; // 15 January 2026
    const SECOND: &str = "1769644800"; // 29 January 2026
    let project = Project::empty();
    project.write("content/site.yaml", "title: Sources\n");
    project.write("content/organizations.yaml", "organizations:\n  - {id: acme, name: Acme, aliases: [Acme Evals]}\n");
    project.write(
        "content/collections.yaml",
        "collections:\n  - {id: board, name: The Board, url: 'https://board.example', organization: acme, license: CC BY 4.0}\n",
    );
    let own = json!({"leaderboard_data_source": "acme evals", "attribution_required": "true"});
    let cited = json!({"leaderboard_data_source": "Self-Reported"});
    add(&project, "board", 1, "a", FIRST, &own);
    add(&project, "board", 2, "a", SECOND, &own);
    add(&project, "board", 3, "b", FIRST, &cited);
    add(&project, "board", 4, "c", FIRST, &json!({"leaderboard_data_source": "A paper"}));
    add(&project, "board", 5, "d", FIRST, &json!({}));
    add(&project, "other", 6, "a", "1769904000", &json!({"source_role": "aggregator"}));
    project
}

fn text_of(project: &Project, path: &str) -> String {
    let page = project.main_of(path);
    let text = page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<String>();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_source_says_how_fresh_it_is_what_is_missing_and_whom_it_cites() {
    let project = project();
    project.build(&["--base-url", SITE]);
    let document = project.json("site/pages/api/v1/sources/board.json");
    assert_eq!(
        json!([document["collection"], document["captured"], document["days_behind"], document["evaluated"]]),
        json!(["board", "2026-01-29", 3, "2026-01-02"])
    );
    let n = |name: &str| json!({"name": name, "results": 1});
    assert_eq!(document["measured_by"], json!([n("source"), n("developer"), n("unclear"), n("not_reported")]));
    assert_eq!(
        document["captures"],
        json!([
            {"name": "2026-01-29", "records": 1},
            {"name": "2026-01-15", "records": 3},
            {"name": "2026-01-15, captured again since", "records": 1}
        ])
    );
    let never = document["never"].as_array().unwrap();
    assert!(never.contains(&json!("uncertainty")) && !never.contains(&json!("evaluation date")), "{never:?}");

    let page = text_of(&project, "sources/board.html");
    for said in [
        "Kept by Acme · Licence CC BY 4.0",
        "Last captured2026-01-29. That is 3 days before the newest record of this site. 1 of 4 records are from that day.",
        "Newest evaluation: 2026-01-02. 1 of 4 results report their evaluation date.",
        "None of its 4 results reports these.",
        "The developers of the models, cited by the source (self-reported): 1 of 4.",
        "Unclear, as stated below: 1 of 4.",
        "attribution_required: true (1 record).",
        "leaderboard_data_source: A paper1",
    ] {
        assert!(page.contains(said), "no “{said}” in {page}");
    }
    assert!(text_of(&project, "sources/other.html").contains("This site has no newer record."));
    // Its page is found from the list, the search, the sitemap, and what else is about its records.
    for path in ["sources.html", "evaluators/acme.html", "models/lab/a.html", "sitemap.xml"] {
        assert!(project.read(&format!("site/pages/{path}")).contains("sources/board.html"), "{path}");
    }
    let directory = project.read("site/pages/assets/data.js");
    let file = directory.split("assets/search/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let entries = project.read(&format!("site/pages/assets/search/{file}"));
    assert!(entries.contains(r#"["s","The Board","","sources/board",4,""#), "{entries}");
    if has_readers() {
        check_part(&project.path("site/pages"), &["sources"]);
    }
}

#[test]
fn what_sources_of_real_adapters_count_is_what_their_tables_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/adapters");
    if !folder.is_dir() {
        return println!("SKIPPED: {} is not there, so no source of real adapters was counted", folder.display());
    }
    if has_readers() {
        let project = Project::empty();
        std::fs::create_dir(project.path("none")).unwrap();
        project.build(&["--content", "none", "--datastore", folder.to_str().unwrap(), "--base-url", SITE]);
        check_part(&project.path("site/pages"), &["sources"]);
    }
}

/// A record of `model` with two results, as an adapter writes thousands.
fn alike(project: &Project, number: usize, change: impl FnOnce(&mut Value)) {
    let model = format!("m{number}");
    let result = |name: &str, score: f64, shots: &str| {
        json!({"evaluation_name": name, "source_data": {"dataset_name": name, "source_type": "hf_dataset", "hf_repo": format!("lab/{name}")},
            "metric_config": {"metric_name": "Accuracy", "evaluation_description": format!("Accuracy on {name}"), "lower_is_better": false,
                "score_type": "continuous", "min_score": 0.0, "max_score": 1.0},
            "score_details": {"score": score},
            "generation_config": {"additional_details": {"n_shot": shots}}})
    };
    let mut record = json!({
        "schema_version": "0.3.0", "evaluation_id": format!("wide/{model}/1"), "retrieved_timestamp": "1768435200",
        "source_metadata": {"source_name": "Wide", "source_type": "documentation", "source_organization_name": "Acme Evals",
            "source_organization_url": "https://acme.example", "evaluator_relationship": "third_party"},
        "eval_library": {"name": "unknown", "version": "unknown"},
        "model_info": {"name": model, "id": format!("lab/{model}"), "additional_details": {"architecture": "Llama"}},
        "evaluation_results": [result("Quiz", 0.5, "5"), result("Riddle", 0.25, "0")]
    });
    change(&mut record);
    let path = format!("content/datastore/data/wide/lab/{model}/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json");
    project.write(&path, &record.to_string());
}

#[test]
fn what_most_records_of_a_large_collection_say_stands_on_its_page_and_cards_say_what_differs() {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Wide\n");
    for number in 0..20 {
        alike(&project, number, |record| match number {
            7 => {
                record["model_info"]["additional_details"]["architecture"] = json!("Mamba");
                record["source_metadata"]["source_type"] = json!("evaluation_run");
                record["evaluation_results"][1]["metric_config"]["evaluation_description"] =
                    json!("Accuracy on hard riddles");
            }
            8 => {
                record["model_info"]["additional_details"] = json!({});
                record["source_metadata"]["source_organization_url"] = json!(null);
                record["evaluation_results"][0]["metric_config"]["metric_unit"] = json!("proportion");
                record["evaluation_results"][1]["metric_config"]["metric_unit"] = json!("proportion");
            }
            9 => record["evaluation_results"][0]["metric_config"]["max_score"] = json!(100.0),
            _ => {}
        });
    }
    project.build(&[]);
    let source = text_of(&project, "sources/wide.html");
    let usual = &source[source.find("What most records say").expect("a list of what is usual")..];
    for said in [
        "documentation; schema 0.3.0",
        "acme.example",
        "architecture: Llama",
        "Not reportedunit, part, samples",
        "QuizAccuracy on Quiz · lab/Quiz",
    ] {
        assert!(usual.contains(said), "no {said:?} in {usual}");
    }

    let record = |model: &str| {
        let page = text_of(&project, &format!("models/lab/{model}.html"));
        let start = page.find("; record ").expect("a record");
        page[start..].split("Documentation in numbers").next().unwrap().to_owned()
    };
    let as_usual = record("m3");
    assert!(as_usual.contains("wide, which has the usual values"), "{as_usual}");
    for said in ["documentation", "acme.example", "architecture", "Not reported", "Accuracy on"] {
        assert!(!as_usual.contains(said), "{said:?} is said again in {as_usual}");
    }
    // A setting that only some results share still names its result.
    assert!(
        as_usual.contains("Quizexamples in the prompt: 5") || as_usual.contains("Quiz; examples in the prompt: 5"),
        "{as_usual}"
    );
    let other = record("m7");
    for said in ["evaluation_run; schema 0.3.0", "architecture: Mamba", "Accuracy on hard riddles"] {
        assert!(other.contains(said), "no {said:?} in {other}");
    }
    assert!(!other.contains("Accuracy on Quiz"), "{other}");
    // Its results differ in their range, and each says its own.
    let mixed = record("m9");
    assert!(mixed.contains("Range 0.0 to 100.0") && !mixed.contains("not in this record"), "{mixed}");
    let lacking = record("m8");
    for said in
        ["not in this record: Links, model_info.additional_details", "Unitproportion", "Not reportedpart, samples"]
    {
        assert!(lacking.contains(said), "no {said:?} in {lacking}");
    }
}

#[test]
fn a_small_collection_has_nothing_usual_and_its_cards_say_all() {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Small\n");
    (0..19).for_each(|number| alike(&project, number, |_| {}));
    project.build(&[]);
    assert!(!text_of(&project, "sources/wide.html").contains("What most records say"));
    let card = text_of(&project, "models/lab/m3.html");
    assert!(card.contains("documentation; schema 0.3.0") && card.contains("architecture: Llama"), "{card}");
}
