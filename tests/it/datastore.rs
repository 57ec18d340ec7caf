//! Both layouts, every schema version, and every reason to leave something out.

use crate::project::Project;

#[test]
fn three_shapes_of_index_rows_are_read_and_every_fault_has_its_reason() {
    let project = Project::from("flat");
    let report = project.build(&[]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&report["quarantined"]).unwrap());
    assert_eq!(report["records"], 4);
    insta::assert_snapshot!("not_shown_page", project.main_of("not-shown.html"));
}

#[test]
fn no_layout_tells_where_records_are_public() {
    let project = Project::from("flat");
    project.build(&[]);
    let card = || project.main_of("models/made-up/august.html");
    let citation = || project.read("site/pages/CITATION.cff");
    assert!(card().contains("<a href=\"../../records/") && !card().contains("EEE_datastore"), "{}", card());
    assert!(!citation().contains("EEE_datastore"), "{}", citation());
    assert!(project.read("site/hub/manifest.json").contains("no public address"));
    assert_eq!(project.files("site/pages/records").len(), 4);

    // The site's author says it, and every place says who said it.
    project.write("content/site.yaml", "datastore: {repo: evaleval/EEE_datastore}\n");
    project.build(&[]);
    let link = "https://huggingface.co/datasets/evaleval/EEE_datastore/blob/main/flat/objects/00/00/";
    assert!(card().contains(link), "{}", card());
    assert!(card().contains("The site says that they come from evaleval/EEE_datastore; that was not checked."));
    assert!(
        citation().contains("attributed to evaleval/EEE_datastore, no commit named, not checked"),
        "{}",
        citation()
    );
    assert!(project.read("site/hub/manifest.json").contains("not pinned to a commit"));
    assert!(!project.path("site/pages/records").exists());
}

#[test]
fn more_records_than_a_site_can_carry_are_named_without_a_link() {
    let project = Project::from("minimal");
    let (path, record) = project.files("content/datastore").pop_last().unwrap();
    let mut large = String::from_utf8(record).unwrap();
    large.extend(std::iter::repeat_n(' ', 40 << 20));
    project.write(&format!("content/datastore/{path}"), &large);
    project.build(&[]);
    assert_eq!(project.files("site/pages/records").len(), 1, "so much is carried");
    let other = format!("content/datastore/{path}").replace(".json", "2.json");
    project.write(&other, &large.replacen('{', "{ ", 1));
    let run = project.run(&["build"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("warning[no-public-address]: content/datastore")
            && said.contains("no public address for 2 records")
    );
    assert!(said.contains("set `datastore: {repo: OWNER/NAME}` in site.yaml"), "{said}");
    assert!(!project.path("site/pages/records").exists());
    let (card, _) = project.files("site/pages/models").pop_first().unwrap();
    let card = project.main_of(&format!("models/{card}"));
    assert!(card.contains("Files without a link have no known public address"), "{card}");
}

#[test]
fn a_day_that_is_yet_to_come_makes_no_result_the_newest() {
    let project = Project::empty();
    let record = |id: &str, score: &str, evaluated: &str, retrieved: &str| {
        let text = format!(
            r#"{{"schema_version": "0.3.0", "evaluation_id": "{id}", "retrieved_timestamp": "{retrieved}", "evaluation_timestamp": "{evaluated}",
            "source_metadata": {{"source_organization_name": "Lab"}}, "model_info": {{"id": "a/m"}},
            "evaluation_results": [{{"evaluation_name": "Quiz", "source_data": {{"dataset_name": "Quiz"}},
            "metric_config": {{"lower_is_better": false, "min_score": 0, "max_score": 1}}, "score_details": {{"score": {score}}}}}]}}"#
        );
        project.write(&format!("content/datastore/data/c/{id}.json"), &text);
    };
    let build = |epoch: Option<&str>| {
        let mut command = project.command(&["build"]);
        command.envs(epoch.map(|seconds| ("SOURCE_DATE_EPOCH", seconds)));
        let run = crate::project::Run::from(command.output().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stderr
    };
    let ranked = || {
        let rows = project.read("site/pages/api/v1/benchmarks/quiz.csv");
        rows.lines().nth(1).unwrap().to_owned()
    };
    // The last of June 2026.
    let day = Some("1782820800");
    record("good", "0.9", "2026-05-01", "2026-05-02T00:00:00Z");
    record("evil", "0.1", "2099-12-31", "2099-12-31");
    let said = build(day);
    assert_eq!(said.matches("warning[impossible-day]").count(), 2, "{said}");
    assert!(ranked().contains("0.9"), "{}", ranked());
    for (path, bytes) in project.files("site/pages") {
        assert!(!String::from_utf8_lossy(&bytes).contains("2099-12-31") || path.starts_with("records/"), "{path}");
    }
    // If the day is not known, only the retrieval time of the record can contradict the date.
    record("evil", "0.1", "2099-12-31", "2026-05-03T00:00:00Z");
    assert!(build(None).contains("2099-12-31 is after 2026-05-03"));
    assert!(ranked().contains("0.9"), "{}", ranked());
    // A date may be a day ahead in another time zone.
    record("evil", "0.1", "2026-05-04", "2026-05-03T00:00:00Z");
    assert!(!build(day).contains("impossible-day"));
    assert!(ranked().contains("0.1"), "{}", ranked());
}

#[test]
fn every_schema_version_is_read_by_its_shape() {
    let project = Project::from("schema-versions");
    let report = project.build(&[]);
    assert_eq!((report["records"].as_u64(), report["results"].as_u64()), (Some(6), Some(6)));
    let facts = |page: &str| project.main_of(page);
    let oldest = facts("models/made-up/v001.html");
    assert!(
        oldest.contains("Old Board") && oldest.contains("2025-11-08") && oldest.contains("https://board.example/api")
    );
    assert!(facts("models/made-up/v001b.html").contains("Other Board"));
    let second = facts("models/made-up/v010.html");
    assert!(
        second.contains("temperature: 0.5")
            && second.contains("engine: ollama")
            && second.contains("interval 0.25 to 0.35<")
    );
    assert!(second.contains("Released, Parameters,"), "-1 billion parameters are not a size: {second}");
    let third = facts("models/made-up/v020.html");
    assert!(
        third.contains("engine: vllm 0.9") && third.contains("precision: bfloat16") && third.contains("subject: a, b")
    );
    assert!(facts("models/made-up/v030.html").contains("<td data-score>0.6"));
}

#[test]
fn the_same_bytes_in_two_datastores_are_one_record() {
    let project = Project::from("minimal");
    let store = "content/datastore";
    let report = project.build(&["--datastore", store, "--datastore", store]);
    assert_eq!(report["records"], 1);
    assert_eq!(report["quarantined"]["duplicate-record"], 1);
}

#[test]
fn a_record_that_rows_name_again_is_read_and_held_once() {
    let project = Project::from("flat");
    let index = "content/datastore/flat/indexes/by_collection/again.jsonl";
    let before = project.build(&[])["quarantined"]["duplicate-record"].as_u64().unwrap_or(0);
    let rows = project.files("content/datastore/flat/indexes/by_collection");
    let mut row = rows.values().flat_map(|rows| std::str::from_utf8(rows).unwrap().lines());
    let row = row.rfind(|row| row.contains("\"aggregate\"") && row.contains("size_bytes")).unwrap();
    project.write(index, &format!("{row}\n").repeat(3));
    let report = project.build(&[]);
    assert_eq!(
        (report["records"].as_u64(), report["quarantined"]["duplicate-record"].as_u64()),
        (Some(4), Some(before + 3))
    );
    let page = project.main_of("not-shown.html");
    assert!(
        page.contains("an earlier row already names") || page.contains("line 3"),
        "the rows are named, unread: {page}"
    );
}

#[test]
fn both_layouts_of_one_datastore_are_read() {
    let project = Project::from("flat");
    let other = Project::from("minimal");
    for (path, bytes) in other.files("content/datastore") {
        project.write(&format!("content/datastore/{path}"), std::str::from_utf8(&bytes).unwrap());
    }
    assert_eq!(project.build(&[])["records"], 5);
}
