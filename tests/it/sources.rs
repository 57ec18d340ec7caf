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
        "As stated below: 1 of 4.",
        "attribution_required: true (1 record).",
        "leaderboard_data_source: A paper1",
    ] {
        assert!(page.contains(said), "no “{said}” in {page}");
    }
    assert!(text_of(&project, "sources/other.html").contains("No record of this site is newer."));
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
