//! What people see: one clear message for each mistake, exit codes, and `--json`.

use std::fs;

use crate::project::Project;

#[track_caller]
fn check(project: &Project, arguments: &[&str], code: i32, expected: &[&str]) {
    let run = project.run(arguments);
    let error = run.error(project);
    assert_eq!(run.code, code, "{error}");
    for part in expected {
        assert!(error.contains(part), "no `{part}` in:\n{error}");
    }
    assert!(!error.contains("panicked"), "{error}");
}

#[test]
fn an_empty_folder_is_explained() {
    check(
        &Project::empty(),
        &["build"],
        1,
        &["error: no records found", "content/datastore does not exist", "help:", "--datastore"],
    );
}

#[test]
fn a_datastore_without_records_is_explained() {
    let project = Project::empty();
    fs::create_dir_all(project.path("content/datastore/data/c")).unwrap();
    check(
        &project,
        &["build"],
        1,
        &["error: there are no records in", "content/datastore", "help: put records into data/"],
    );
    assert!(!project.path("site").exists());
}

#[test]
fn a_folder_that_is_no_datastore_is_explained() {
    let project = Project::empty();
    fs::create_dir_all(project.path("stuff/objects")).unwrap();
    check(&project, &["build", "--datastore", "stuff"], 1, &["stuff is not a datastore", "flat/indexes/by_collection"]);
    check(&project, &["build", "--datastore", "nowhere"], 1, &["--datastore", "nowhere is not a folder"]);
    check(&project, &["build", "--content", "nowhere"], 1, &["--content", "nowhere is not a folder"]);
    check(&project, &["-C", "nowhere", "build"], 1, &["nowhere is not a folder", "help: pass -C"]);
    fs::create_dir_all(project.path("stuff/datastore/data/c/d/m")).unwrap();
    let meant = &["is not a datastore", "help: did you mean stuff/datastore?"];
    check(&project, &["build", "--datastore", "stuff"], 1, meant);
    check(&project, &["build", "--datastore", "stuff/datastore/data/c/d"], 1, meant);
}

#[test]
fn a_file_where_a_folder_should_be_is_explained() {
    let project = Project::empty();
    project.write("content/datastore", "x");
    check(&project, &["build"], 1, &["content/datastore is not a folder", "help: move it away"]);
    fs::remove_file(project.path("content/datastore")).unwrap();
    fs::remove_dir(project.path("content")).unwrap();
    project.write("content", "x");
    check(&project, &["build"], 1, &["content is not a folder", "help: move it away"]);
    let project = Project::from("minimal");
    project.write("content/models", "x");
    check(&project, &["build", "--quiet"], 0, &["error[not-a-folder]: content/models: is a file"]);
}

#[test]
fn records_that_are_all_broken_are_explained() {
    let project = Project::empty();
    project.write("content/datastore/data/c/d/m/x.json", "{");
    check(
        &project,
        &["build"],
        1,
        &["no record can be shown; 1 file was read", "data/c/d/m/x.json: EOF", "help: fix or remove that file"],
    );
}

#[test]
fn a_wrong_key_in_site_yaml_is_named_with_the_right_one() {
    let project = Project::from("minimal");
    project.write("content/site.yaml", "title: A\ndescripton: B\n");
    check(
        &project,
        &["build"],
        1,
        &["content/site.yaml", "unknown field `descripton`", "line 2", "did you mean `description`?"],
    );
    project.write("content/site.yaml", "datastore: {revision: main}\n");
    check(
        &project,
        &["build"],
        1,
        &["site.yaml: datastore.revision `main` is not a commit of 40 lower-case hex digits"],
    );
    project.write("content/site.yaml", "base_url: cards.example\n");
    check(&project, &["build"], 1, &["base URL `cards.example` has no scheme", "write https://cards.example"]);
}

#[test]
fn mistakes_in_metadata_are_findings_and_the_site_is_built() {
    let project = Project::from("invalid-metadata");
    let run = project.run(&["build", "--verbose"]);
    assert_eq!(run.code, 0);
    insta::assert_snapshot!(run.error(&project));
    assert!(project.main_of("models/made-up/model-1.html").contains("<h1>Model 1</h1>"));
}

#[test]
fn strict_turns_findings_and_faults_into_failure_after_the_site_is_built() {
    let project = Project::from("invalid-metadata");
    check(
        &project,
        &["build", "--strict"],
        1,
        &["error: --strict: 0 records or results were left out because of errors, 10 findings in metadata"],
    );
    assert!(project.path("site/pages/index.html").is_file());
    check(
        &Project::from("flat"),
        &["build", "--strict"],
        1,
        &["12 records or results were left out because of errors"],
    );
    check(&Project::from("minimal"), &["build", "--strict"], 0, &[]);
}

#[test]
fn a_broken_template_is_named_with_its_line() {
    let project = Project::from("minimal");
    project.write("templates/model.html", "line one\n{% if %}\n");
    check(&project, &["build"], 1, &["error: template model.html, line 2", "syntax error"]);
    project.write("templates/model.html", "\n\n{{ page.nothing_of_this_name }}");
    check(&project, &["build"], 1, &["pages/models/made-up/model-1.html", "template model.html, line 3", "undefined"]);
    project.write("templates/model.html", "{% include \"model.html\" %}");
    check(&project, &["build"], 1, &["template model.html", "recursion"]);
}

#[test]
fn an_output_folder_that_cannot_be_written_is_explained() {
    let project = Project::from("minimal");
    project.write("site", "a file");
    check(&project, &["build"], 1, &["site", "output folder"]);
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    let project = Project::from("minimal");
    check(&project, &["build", "--jobs", "0"], 2, &["--jobs"]);
    check(&project, &["bild"], 2, &["bild", "build"]);
    check(&project, &[], 2, &["Usage"]);
}

#[test]
fn json_is_one_document_on_standard_output() {
    let project = Project::from("flat");
    let run = project.run(&["build", "--json", "--strict"]);
    assert_eq!(run.code, 1);
    let mut document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["ok"], false);
    document["report"]["seconds"] = serde_json::json!({});
    // Each word of a page changes their number.
    let files = &mut document["report"]["files"];
    assert!(files["bytes"].as_u64() > Some(100_000));
    files["bytes"] = serde_json::json!(0);
    for kind in files["kinds"].as_object_mut().unwrap().values_mut() {
        assert!(kind["bytes"].as_u64() > Some(0));
        kind["bytes"] = serde_json::json!(0);
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[test]
fn colours_are_only_for_terminals_or_on_request() {
    let project = Project::from("invalid-metadata");
    assert!(!project.run(&["build"]).stderr.contains('\u{1b}'));
    assert!(project.run(&["build", "--color", "always"]).stderr.contains('\u{1b}'));
}
