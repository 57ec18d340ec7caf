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
fn a_record_of_the_public_datastore_is_linked_there() {
    let project = Project::from("flat");
    project.build(&[]);
    let page = project.main_of("models/made-up/august.html");
    assert!(
        page.contains("https://huggingface.co/datasets/evaleval/EEE_datastore/blob/main/flat/objects/00/00/"),
        "{page}"
    );
    assert!(project.read("site/hub/manifest.json").contains("not pinned to a commit"));
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
    assert!(second.contains("<span class=\"gap\">not reported</span>"), "-1 billion parameters are not a size");
    let third = facts("models/made-up/v020.html");
    assert!(
        third.contains("engine: vllm 0.9") && third.contains("precision: bfloat16") && third.contains("subject: a, b")
    );
    assert!(facts("models/made-up/v030.html").contains("<b>0.6</b>"));
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
    let row = rows.values().flat_map(|rows| std::str::from_utf8(rows).unwrap().lines());
    let row = row.filter(|row| row.contains("\"aggregate\"") && row.contains("size_bytes")).next_back().unwrap();
    project.write(index, &format!("{row}\n").repeat(3));
    let report = project.build(&[]);
    assert_eq!(
        (report["records"].as_u64(), report["quarantined"]["duplicate-record"].as_u64()),
        (Some(4), Some(before + 3))
    );
    let page = project.main_of("not-shown.html");
    assert!(page.contains("an earlier row names") || page.contains("line 3"), "the rows are named, unread: {page}");
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
