//! Sentences that one may quote: their words, and their numbers against the tables.

use std::path::Path;

use serde_json::Value;

use crate::export::{SITE, check_part, has_readers};
use crate::project::Project;

/// Code and English and Chinese text of each sentence.
fn sentences(document: &Value) -> String {
    let lines = document["quotable"]["sentences"].as_array().into_iter().flatten().map(|sentence| {
        let text = &sentence["text"];
        format!("{}\n  {}\n  {}\n", sentence["code"], text["en"], text["zh-Hans"])
    });
    lines.collect()
}

#[test]
fn sentences_say_what_is_counted_in_every_language() {
    let project = Project::from("two-sources");
    project.build(&["--base-url", SITE]);
    let models = project.files("site/pages/api/v1/models");
    let documents = ["benchmarks/quiz", "evaluators/lab-b"].map(|path| format!("{path}.json"));
    let mut said = String::new();
    for path in
        models.keys().filter(|path| path.ends_with(".json")).map(|path| format!("models/{path}")).chain(documents)
    {
        let Some(document) = project.files("site/pages/api/v1").get(&path).cloned() else { continue };
        let document: Value = serde_json::from_slice(&document).unwrap();
        said += &format!("{path}\n{}", sentences(&document));
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_quotation_has_its_date_its_address_and_the_hash_of_the_records() {
    let project = Project::from("two-sources");
    let quoted = |arguments: &[&str]| {
        let mut build = project.command(&[&["build"], arguments].concat());
        assert!(build.env("SOURCE_DATE_EPOCH", "1790985600").output().unwrap().status.success());
        let page = project.read("site/pages/evaluators/lab-b.html");
        let quotation = page.split("<summary>").find(|part| part.starts_with("Sentences to quote")).unwrap();
        quotation.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap().to_owned()
    };
    let with_address = quoted(&["--base-url", SITE]);
    assert!(with_address.starts_with("As of 2026-10-03: "), "{with_address}");
    let document = project.json("site/pages/api/v1/evaluators/lab-b.json");
    let hash = document["quotable"]["records_sha256"].as_str().unwrap();
    let source = format!("{SITE}/evaluators/lab-b.html, records sha256 {})", &hash[..16]);
    assert!(with_address.ends_with(&source), "no {source} in {with_address}");
    project.write("content/site.yaml", "title: A\n");
    assert!(quoted(&[]).contains("(A, evaluators/lab-b.html, "));
    // Another record, another hash.
    let records = project.files("content/datastore");
    let one = records.keys().find(|path| path.starts_with("data/lab-a/")).unwrap();
    std::fs::remove_file(project.path(&format!("content/datastore/{one}"))).unwrap();
    assert!(!quoted(&["--base-url", SITE]).contains(&hash[..16]));
}

#[test]
fn no_withdrawn_result_is_counted_and_nothing_is_said_of_nobody() {
    let project = Project::from("two-sources");
    project.build(&[]);
    let all = |project: &Project| {
        let document = project.json("site/pages/api/v1/evaluators/lab-b.json");
        document["quotable"]["sentences"][0]["values"]["n"].as_u64()
    };
    let before = all(&project).unwrap();
    let records = project.files("content/datastore");
    let (_, bytes) = records.iter().find(|(path, _)| path.starts_with("data/lab-b/")).unwrap();
    let record: Value = serde_json::from_slice(bytes).unwrap();
    let results = record["evaluation_results"].as_array().unwrap().len() as u64;
    let sha256 = evalcards::hash::Sha256::of(bytes);
    let objection = format!(
        "kind: withdrawn\nby: Lab B\nsince: 2026-01-03\nwhy: A mistake.\nurl: https://lab-b.example/x\n\
         records: [{{sha256: {sha256}}}]\nreviewer: '@someone'\ndate: 2026-01-04\n"
    );
    project.write("content/attestations/one.yaml", &objection);
    let run = project.run(&["build"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(all(&project).unwrap_or(0), before - results, "{}", run.stderr);
}

#[test]
fn the_sentences_on_records_of_real_adapters_are_what_their_tables_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/adapters");
    if !folder.is_dir() {
        return println!(
            "SKIPPED: {} is not there, so no sentence on records of real adapters was checked",
            folder.display()
        );
    }
    if has_readers() {
        let project = Project::empty();
        std::fs::create_dir(project.path("none")).unwrap();
        project.build(&["--content", "none", "--datastore", folder.to_str().unwrap(), "--base-url", SITE]);
        check_part(&project.path("site/pages"), &["quotes"]);
    }
}
