//! The Hub's files: which result is proposed, which is not and why, and that every YAML reader
//! reads what was meant.

use std::process::Command;

use evalcards::hash::Sha256;
use serde_json::{Value, json};

use crate::project::Project;

fn manifest(project: &Project) -> Value {
    serde_json::from_str(&project.read("site/hub/manifest.json")).unwrap()
}

/// Status, model and value of every entry.
fn entries(project: &Project) -> Vec<String> {
    let manifest = manifest(project);
    let entries = manifest["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| {
            format!(
                "{} {} {}",
                entry["status"].as_str().unwrap(),
                entry["model_repo"].as_str().unwrap(),
                entry["yaml_entry"]["value"]
            )
        })
        .collect()
}

/// A record of `model` with results of GSM8K: pairs of result id and score.
fn record(model: &str, organization: &str, results: &[(&str, &str)]) -> String {
    let results: Vec<String> = results
        .iter()
        .map(|(id, score)| {
            format!(
                r#"{{"evaluation_result_id": "{id}", "evaluation_name": "GSM8K", "source_data": {{"hf_repo": "openai/gsm8k"}},
                "metric_config": {{"metric_id": "accuracy", "lower_is_better": false, "min_score": 0, "max_score": 1}},
                "score_details": {{"score": {score}}}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"schema_version": "0.3.0", "evaluation_id": "e", "retrieved_timestamp": "1767225600",
        "source_metadata": {{"source_organization_name": "{organization}"}},
        "model_info": {{"id": "{model}", "additional_details": {{"model_availability": "open_weights"}}}},
        "evaluation_results": [{}]}}"#,
        results.join(",")
    )
}

/// Two records that disagree, of different collections and evaluators.
fn disagreement() -> Project {
    let project = Project::empty();
    project.write("content/datastore/data/one/a/m/x.json", &record("a/m", "First Lab", &[("", "0.5")]));
    project.write("content/datastore/data/two/a/m/y.json", &record("a/m", "Second Lab", &[("", "0.6")]));
    project
}

#[test]
fn records_that_disagree_wait_for_a_rule() {
    let project = disagreement();
    project.build(&[]);
    assert_eq!(entries(&project), ["conflict_in_build a/m 50", "conflict_in_build a/m 60"]);
    assert!(!project.path("site/hub/a").exists());
    for rule in ["collection: two", "evaluator: second lab", "evaluator: second-lab"] {
        project
            .write("content/site.yaml", &format!("publish:\n  prefer:\n    - {{{rule}}}\n    - {{collection: one}}\n"));
        project.build(&[]);
        assert_eq!(entries(&project), ["ready a/m 60"], "{rule}");
        assert_eq!(manifest(&project)["skipped"][0]["reason"], "not_preferred");
    }
}

#[test]
fn a_decision_for_one_model_wins_over_rules() {
    let project = disagreement();
    let path = "data/one/a/m/x.json";
    let hash = Sha256::of(project.read(&format!("content/datastore/{path}")).as_bytes()).to_string();
    for record in [path, &hash, &hash[..8]] {
        project.write(
            "content/site.yaml",
            &format!("publish:\n  prefer: [{{collection: two}}]\n  decide:\n    A/M: {{gsm8k: \"{record}\"}}\n"),
        );
        project.build(&[]);
        assert_eq!(entries(&project), ["ready a/m 50"], "{record}");
    }
    project.write("content/site.yaml", "publish:\n  prefer: [{collection: two, evaluator: x}]\n");
    let run = project.run(&["build"]);
    assert!(run.code == 1 && run.stderr.contains("needs either a `collection` or an `evaluator`"), "{}", run.stderr);
}

#[test]
fn a_rule_that_names_nothing_is_a_finding() {
    let project = disagreement();
    project.write(
        "content/site.yaml",
        "publish:\n  prefer: [{collection: Two}, {evaluator: nobody}]\n  decide:\n    a/m: {gsm8k: data/none.json}\n",
    );
    let run = project.run(&["build"]);
    for part in ["the collection `Two`", "the evaluator `nobody`", "names `data/none.json`, which is not a candidate"] {
        assert!(run.stderr.contains(part), "{}", run.stderr);
    }
    assert_eq!(entries(&project), ["conflict_in_build a/m 50", "conflict_in_build a/m 60"]);
}

#[test]
fn equal_values_are_one_entry_and_its_duplicates() {
    let project = Project::empty();
    project.write("content/datastore/data/one/x.json", &record("a/m", "Lab", &[("", "0.5")]));
    project.write("content/datastore/data/two/y.json", &record("A/M", "Lab", &[("", "0.50")]));
    project.build(&[]);
    assert_eq!(entries(&project), ["ready A/M 50", "duplicate_in_build A/M 50"]);
}

#[test]
fn several_candidates_in_one_record_are_none_unless_one_is_the_headline() {
    let project = Project::empty();
    project
        .write("content/datastore/data/one/x.json", &record("a/m", "Lab", &[("strict", "0.5"), ("flexible", "0.6")]));
    project.build(&[]);
    assert_eq!(entries(&project).len(), 0);
    let reasons = |project: &Project| -> Vec<String> {
        manifest(project)["skipped"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["reason"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(reasons(&project), ["several_candidates_in_record"; 2]);
    project.write("content/benchmarks/gsm8k.hub.yaml", "key: gsm8k\ndataset: openai/gsm8k\nmetrics: [flexible]\ntasks:\n  - {id: gsm8k, file: gsm8k.yaml, names: [GSM8K]}\n");
    project.build(&[]);
    assert_eq!(entries(&project), ["ready a/m 60"]);
}

#[test]
fn a_site_adds_a_hub_benchmark_without_any_code_and_a_wrong_one_stops_nothing() {
    let project = Project::from("minimal");
    project.write(
        "content/benchmarks/quiz.hub.yaml",
        "key: quiz\ndataset: made-up/quiz\nscale: as_is\ntasks:\n  - {id: default, file: quiz.yaml, names: [Quiz]}\n",
    );
    project.write(
        "content/benchmarks/wrong.hub.yaml",
        "key: wrong\ndataset: no id\ntasks:\n  - {id: x, file: x.yaml, names: [X]}\n",
    );
    let run = project.run(&["build"]);
    assert!(run.code == 0 && run.stderr.contains("dataset `no id` is not a Hub id"), "{}", run.stderr);
    assert_eq!(entries(&project), ["ready made-up/model-1 0.25"]);
    assert!(project.read("site/hub/made-up/model-1/.eval_results/quiz.yaml").contains("id: \"made-up/quiz\""));
}

#[test]
fn what_cannot_be_trusted_has_its_reason_and_the_rest_goes_on() {
    let project = Project::from("flat");
    let text = record("made-up/true-name", "Lab", &[("", "0.5")]);
    project.write("content/datastore/flat/objects/aa/bb/z.json", &text);
    let row = json!({"record_type": "aggregate", "object_path": "flat/objects/aa/bb/z.json", "sha256": Sha256::of(text.as_bytes()),
        "legacy_path": "data/c/made-up/another-name/z.json"});
    project.write("content/datastore/flat/indexes/by_collection/c.jsonl", &row.to_string());
    project.build(&[]);
    let manifest = manifest(&project);
    assert!(manifest["skipped"].as_array().unwrap().iter().any(|it| it["reason"] == "path_names_another_model"));
    let errors: Vec<&str> =
        manifest["errors"].as_array().unwrap().iter().map(|error| error["message"].as_str().unwrap()).collect();
    for reason in ["no-hash", "wrong-size", "wrong-hash", "unsafe-path", "invalid-json", "invalid-result"] {
        assert!(errors.iter().any(|message| message.starts_with(reason)), "{reason}: {errors:?}");
    }
}

#[test]
fn the_order_of_inputs_does_not_matter() {
    let project = Project::empty();
    for (store, score) in [("a", "0.5"), ("b", "0.5"), ("c", "0.7")] {
        project.write(&format!("{store}/data/{store}/x.json"), &record("org/same", store, &[("", score)]));
        project.write(
            &format!("{store}/data/{store}/y.json"),
            &record(&format!("org/only-{store}"), store, &[("", score)]),
        );
        project.write(&format!("{store}/data/{store}/z.json"), &record("org/agreed", store, &[("", "0.9")]));
    }
    let mut seen: Vec<Vec<String>> = Vec::new();
    for order in [["a", "b", "c"], ["c", "b", "a"], ["b", "a", "c"], ["c", "a", "b"]] {
        let arguments: Vec<&str> = order.iter().flat_map(|store| ["--datastore", *store]).collect();
        project.build(&arguments);
        let mut all = entries(&project);
        all.extend(
            project
                .files("site/hub")
                .into_iter()
                .filter(|(path, _)| path.ends_with(".yaml"))
                .map(|(path, text)| path + &String::from_utf8(text).unwrap()),
        );
        seen.push(all);
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
}

#[test]
fn the_publishing_page_lists_every_result_of_a_hub_benchmark() {
    let project = Project::from("conflict");
    project.build(&[]);
    let page = project.main_of("publishing.html");
    assert_eq!(page.matches(">record</a>").count(), 9);
    for outcome in
        ["conflict_in_build", "duplicate_in_build", "ready", "task_not_stated", "unknown_scale", "contradictory_scale"]
    {
        assert!(page.contains(outcome), "{outcome}");
    }
}

#[test]
fn a_leaderboard_that_is_only_likely_is_called_so_wherever_a_person_decides() {
    let project = Project::empty();
    let text = |score: &str, task: &str| {
        let text = record("a/m", "Lab", &[("", score)]);
        text.replace("\"GSM8K\"", task).replace("openai/gsm8k", "Idavidrein/gpqa")
    };
    project.write("content/datastore/data/one/a/m/x.json", &text("0.5", "\"GPQA Main\""));
    project.write("content/datastore/data/one/a/m/y.json", &text("0.6", "\"GPQA Diamond\""));
    project.write("content/datastore/data/one/a/m/z.json", &text("60", "\"GPQA Diamond\""));
    project.build(&[]);
    let page = project.main_of("publishing.html");
    let rows: Vec<&str> = page.split("<tr>").filter(|row| row.contains("<td class=\"n\">50</td>")).collect();
    assert!(rows.len() == 1 && rows[0].contains("gpqa <small>likely, seen in one place only</small>"), "{rows:?}");
    assert_eq!(page.matches("likely").count(), 1);
    let document: Value = serde_json::from_str(&project.read("site/pages/api/v1/publishing.json")).unwrap();
    let found = document["results"].as_array().unwrap().iter().map(|it| (it["value"].to_string(), &it["certainty"]));
    let expected =
        [("60".to_owned(), &json!("sure")), ("50".to_owned(), &json!("likely")), ("null".to_owned(), &Value::Null)];
    let found: Vec<_> = found.collect();
    assert!(expected.iter().all(|it| found.contains(it)) && found.len() == 3, "{found:?}");
    let csv = project.read("site/pages/api/v1/publishing.csv");
    assert!(csv.lines().next().unwrap().ends_with(",certainty"));
    assert_eq!((csv.matches(",likely\r\n").count(), csv.matches(",sure\r\n").count()), (1, 1), "{csv}");
}

#[test]
fn rows_that_disagree_about_one_record_name_no_task() {
    let project = Project::empty();
    let text = record("a/m", "Lab", &[("", "0.5")]).replace("GSM8K", "GPQA").replace("openai/gsm8k", "Idavidrein/gpqa");
    let path = "flat/objects/00/00/x.json";
    project.write(&format!("content/datastore/{path}"), &text);
    let index = |collection: &str, subset: &str| {
        let row = json!({"record_type": "aggregate", "object_path": path, "sha256": Sha256::of(text.as_bytes()).to_string(),
            "subset": subset, "legacy_path": "data/c/a/m/x.json"});
        let file = format!("content/datastore/flat/indexes/by_collection/{collection}.jsonl");
        project.write(&file, &format!("{row}\n"));
    };
    let outcome = || {
        project.build(&[]);
        let manifest = manifest(&project);
        let entry = &manifest["entries"][0]["yaml_entry"]["dataset"]["task_id"];
        entry.as_str().or(manifest["skipped"][0]["reason"].as_str()).unwrap().to_owned()
    };
    index("good", "main");
    assert_eq!(outcome(), "main");
    // The first in the alphabet does not win.
    index("aaa-evil", "diamond");
    assert_eq!(outcome(), "contradictory_subset");
    let card = project.main_of("models/a/m.html");
    assert!(card.contains("aaa-evil</a> <small>also listed in good</small>"), "{card}");
    index("aaa-evil", "main");
    assert_eq!(outcome(), "main");
    // A collection that names the record as well is preferred, wherever it stands in the alphabet.
    project.write("content/datastore/data/other/a/m/y.json", &text.replace("0.5}", "0.6}"));
    project.write("content/site.yaml", "publish: {prefer: [{collection: good}]}\n");
    project
        .write("content/datastore/data/other/a/m/y.json", &text.replace("GPQA", "GPQA Main").replace("0.5}", "0.6}"));
    project.build(&[]);
    assert_eq!(entries(&project), ["ready a/m 50"]);
}

/// Two records whose hashes begin with the same eight digits.
fn alike() -> [String; 2] {
    let mut seen = std::collections::HashMap::new();
    let base = record("a/m", "Lab", &[("", "0.5")]);
    for number in 0.. {
        // Half of them say another score.
        let score = if number % 2 == 0 { "0.5}" } else { "0.6}" };
        let text = base.replace("\"e\"", &format!("\"e{number}\"")).replace("0.5}", score);
        let begin = Sha256::of(text.as_bytes()).begin();
        if let Some(other) = seen.insert(begin, text.clone()).filter(|other: &String| !other.contains(score)) {
            return [other, text];
        }
    }
    unreachable!()
}

#[test]
fn few_digits_of_a_hash_are_no_identity() {
    let project = Project::empty();
    let records = alike();
    for (number, text) in records.iter().enumerate() {
        project.write(&format!("content/datastore/data/c/a/m/{number}.json"), text);
    }
    let hashes = records.each_ref().map(|text| Sha256::of(text.as_bytes()).to_string());
    assert_eq!(hashes[0][..8], hashes[1][..8]);
    project.build(&[]);
    let card = project.main_of("models/a/m.html");
    for hash in &hashes {
        assert_eq!(card.matches(&format!("id=\"r{hash}\"")).count(), 1, "{card}");
        assert_eq!(card.matches(&format!("id=\"e{hash}\"")).count(), 1, "{card}");
    }
    let run = project.run(&["check", "--site", "site"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let decide = |record: &str| {
        let site = format!("publish: {{decide: {{a/m: {{gsm8k: '{record}'}}}}}}\n");
        project.write("content/site.yaml", &site);
        project.run(&["build"]).stderr
    };
    assert!(decide(&hashes[0][..8]).contains("several records begin"));
    assert!(entries(&project).iter().all(|entry| entry.starts_with("conflict")), "{:?}", entries(&project));
    assert!(!decide(&hashes[1]).contains("unused-rule"));
    assert_eq!(entries(&project).len(), 1);
}

/// Reads every YAML file below the folder in its first argument as JSON lines of path and content.
const PYTHON: &str = r#"
import json, pathlib, sys, yaml
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.yaml")):
    print(json.dumps({"path": str(path.relative_to(sys.argv[1])), "entries": yaml.safe_load(path.read_text(encoding="utf-8"))}))
"#;

const JAVASCRIPT: &str = r#"
const fs = require("fs"), path = require("path"), yaml = require("js-yaml");
const root = process.argv[1];
for (const entry of fs.readdirSync(root, { recursive: true }).filter((entry) => entry.endsWith(".yaml")).sort())
  console.log(JSON.stringify({ path: entry, entries: yaml.load(fs.readFileSync(path.join(root, entry), "utf8")) }));
"#;

/// What another reader makes of all YAML files of a site; `None`, said aloud, if it is not here.
fn read_by(program: &str, arguments: &[&str], project: &Project) -> Option<Vec<Value>> {
    let output = Command::new(program).args(arguments).arg(project.path("site/hub")).output();
    let output = output.ok().filter(|output| output.status.success());
    let Some(output) = output else {
        assert!(std::env::var_os("CI").is_none(), "{program} with its YAML reader is missing in CI");
        eprintln!("SKIPPED: no {program} with a YAML reader here, so nothing was compared with it");
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn other_yaml_readers_read_what_the_manifest_says() {
    let project = Project::from("two-sources");
    let odd = r#"no: 1e3, 12:30 # \u0001 \u2028 \ufeff \ufffe \ud83d\ude00 \"x\" 'y'"#;
    let text = record("org/odd", "Lab", &[("", "0.123456789012345678")])
        .replace(r#""open_weights""#, &format!(r#""open_weights", "precision": "{odd}""#));
    project.write("content/datastore/data/c/odd.json", &text);
    for (model, score) in [("org/zero", "0"), ("org/all", "1.0"), ("org/tiny", "1e-9")] {
        project.write(&format!("content/datastore/data/c/{}.json", &model[4..]), &record(model, "Lab", &[("", score)]));
    }
    project.build(&[]);
    let manifest = manifest(&project);
    for (program, arguments) in [("python3", ["-c", PYTHON]), ("node", ["-e", JAVASCRIPT])] {
        let Some(files) = read_by(program, &arguments, &project) else { continue };
        let ready = manifest["entries"].as_array().unwrap().iter().filter(|entry| entry["status"] == "ready");
        let mut n_ready = 0;
        for entry in ready {
            let path = format!("{}/{}", entry["model_repo"].as_str().unwrap(), entry["target_path"].as_str().unwrap());
            let file =
                files.iter().find(|file| file["path"] == path.as_str()).unwrap_or_else(|| panic!("{program}: {path}"));
            let read = &file["entries"][0];
            let meant = &entry["yaml_entry"];
            assert_eq!(read["value"].as_f64(), meant["value"].as_f64(), "{program}: {path}");
            for key in ["dataset", "date", "source", "notes"] {
                assert_eq!(read[key], meant[key], "{program}: {path}: {key}");
            }
            n_ready += 1;
        }
        assert_eq!((files.len(), n_ready), (5, 5), "{program}");
    }
}
