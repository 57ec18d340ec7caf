//! What stands at a limit is read, and what is one beyond it is told.

use std::fs::File;

use crate::project::Project;

/// A record of one model with `results`.
fn record(model: &str, results: &str) -> String {
    format!(
        r#"{{"schema_version": "0.3.0", "evaluation_id": "c/{}", "retrieved_timestamp": "1770000000",
        "source_metadata": {{"source_organization_name": "Acme"}}, "model_info": {{"id": "{model}"}}, "evaluation_results": [{results}]}}"#,
        model.len()
    )
}

fn result(name: &str, score: &str) -> String {
    format!(
        r#"{{"evaluation_name": "{name}", "metric_config": {{"lower_is_better": false}}, "score_details": {{"score": {score}}}}}"#
    )
}

/// Builds a site of one record, and gives how many results it shows and why others are left out.
fn built(record: &str) -> (u64, String) {
    let project = Project::empty();
    project.write("content/datastore/data/c/a/b/0a1b2c3d-0000-4000-8000-000000000001.json", record);
    // So that there is a site.
    project.write(
        "content/datastore/data/c/a/z/0a1b2c3d-0000-4000-8000-000000000002.json",
        &self::record("a/z", &result("Z", "1")),
    );
    let report = project.build(&[]);
    let left_out = if project.path("site/pages/not-shown.html").exists() {
        project.main_of("not-shown.html")
    } else {
        String::new()
    };
    (report["results"].as_u64().unwrap() - 1, left_out)
}

#[test]
fn names_ids_digits_and_results_at_their_limits_are_read() {
    let (name, digits) = ("n".repeat(600), format!("0.{}", "3".repeat(62)));
    assert_eq!(built(&record("a/b", &result(&name, &digits))).0, 1);
    let (shown, why) = built(&record("a/b", &result(&format!("{name}n"), "1")));
    assert!(shown == 0 && why.contains("601"), "{why}");
    let (shown, why) = built(&record("a/b", &result("N", &format!("{digits}3"))));
    assert!(shown == 0 && why.contains("64"), "{why}");
    let id = format!("a/{}", "b".repeat(598));
    assert_eq!(built(&record(&id, &result("N", "1"))).0, 1);
    let (shown, why) = built(&record(&format!("{id}b"), &result("N", "1")));
    assert!(shown == 0 && why.contains("601"), "{why}");
    let many = vec![result("N", "1"); 65_536].join(",");
    let (shown, why) = built(&record("a/b", &many));
    assert!(shown == 0 && why.contains("65535"), "{why}");
}

#[test]
fn prose_that_nests_too_deep_is_shown_as_it_was_typed_and_told() {
    let project = Project::from("minimal");
    for (levels, code) in [(100, 0), (101, 1)] {
        project.write("content/pages/deep.md", &format!("---\ntitle: Deep\n---\n{}x\n", "> ".repeat(levels)));
        project.build(&[]);
        assert_eq!(project.main_of("deep.html").contains("<pre>&gt;&#32;&gt;"), code == 1, "{levels}");
        let run = project.run(&["check", "--strict"]);
        let is_told = (run.stdout + &run.stderr).contains("warning[deep-nesting]");
        assert_eq!((run.code, is_told), (code, code == 1), "{levels}");
    }
}

#[test]
fn files_beyond_their_sizes_are_not_read_and_told() {
    let project = Project::from("minimal");
    let sparse = |path: &str, bytes: u64| {
        project.write(path, "");
        File::options().write(true).open(project.path(path)).unwrap().set_len(bytes).unwrap();
    };
    sparse("content/datastore/data/c/a/b/0a1b2c3d-0000-4000-8000-000000000009.json", (64 << 20) + 1);
    sparse("content/pages/large.md", (64 << 20) + 1);
    let run = project.run(&["build", "--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(project.main_of("not-shown.html").contains("64 MiB"));
    let said = project.run(&["check"]);
    let said = said.stdout + &said.stderr;
    let (_, of_page) = said.split_once("large.md").expect("a finding");
    assert!(of_page.contains("error[too-large]: is larger than 64 MiB"), "{said}");
}
