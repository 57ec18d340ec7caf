//! Whether a score is what its samples add up to: each outcome, both layouts, all shapes of rows, and what hostile ones do.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use evalcards::hash::Sha256;
use md5::Digest;
use serde_json::{Value, json};

use crate::project::{Project, is_whole};

const FOLDER: &str = "content/datastore/data/c/lab/a";
const STEM: &str = "0b0b6a3e-5d5f-4c0e-9d8e-000000000001";
const ID: &str = "c/lab_a/1768435200";

/// A result called `name` with `score`, by accuracy; `changes` are members by JSON pointer.
pub fn result(name: &str, score: Value, changes: &[(&str, Value)]) -> Value {
    let mut result = json!({
        "evaluation_name": name, "source_data": {"dataset_name": name, "source_type": "other"},
        "metric_config": {"metric_id": "accuracy", "metric_unit": "proportion", "lower_is_better": false,
            "score_type": "continuous", "min_score": 0.0, "max_score": 1.0, "additional_details": {}},
        "score_details": {"score": score, "uncertainty": {}}});
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        result.pointer_mut(parent).unwrap()[key] = value.clone();
    }
    result
}

pub fn record(results: &[Value], detailed: Option<Value>) -> Value {
    let mut record = json!({
        "schema_version": "0.3.0", "evaluation_id": ID, "retrieved_timestamp": "1768435200",
        "source_metadata": {"source_name": "Board", "source_type": "evaluation_run",
            "source_organization_name": "Acme Evals", "evaluator_relationship": "third_party"},
        "eval_library": {"name": "unknown", "version": "unknown"},
        "model_info": {"name": "a", "id": "lab/a"},
        "evaluation_results": results});
    if let Some(detailed) = detailed {
        record["detailed_evaluation_results"] = detailed;
    }
    record
}

/// What a record says of the file with `rows`.
pub fn detailed(rows: &str) -> Value {
    json!({"format": "jsonl", "file_path": format!("data/c/lab/a/{STEM}_samples.jsonl"), "hash_algorithm": "sha256",
        "checksum": Sha256::of(rows.as_bytes()).to_string(), "total_rows": rows.lines().count()})
}

/// A row of the result called `name`.
pub fn row(name: &str, id: usize, score: Value) -> Value {
    json!({"schema_version": "0.3.0", "evaluation_id": ID, "model_id": "lab/a", "evaluation_name": name,
        "sample_id": id.to_string(), "interaction_type": "single_turn", "input": {"raw": "Secret <b>question</b>?"},
        "output": {"raw": ["Secret answer"]}, "answer_attribution": [],
        "evaluation": {"score": score, "is_correct": score == json!(1) || score == json!(1.0)}})
}

pub fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// Rows of `Quiz` with these scores.
fn scores(scores: &[f64]) -> String {
    lines(&scores.iter().enumerate().map(|(id, score)| row("Quiz", id, json!(score))).collect::<Vec<_>>())
}

pub fn project(record: &Value, rows: Option<&str>) -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Samples\n");
    project.write(&format!("{FOLDER}/{STEM}.json"), &record.to_string());
    if let Some(rows) = rows {
        project.write(&format!("{FOLDER}/{STEM}_samples.jsonl"), rows);
    }
    project
}

/// What is said of the samples of each result of the model, in the order of its record.
fn said(project: &Project) -> Vec<Value> {
    project.build(&[]);
    let card: Value = serde_json::from_str(&project.read("site/pages/api/v1/models/lab/a.json")).unwrap();
    let cells = card["cells"].as_array().unwrap().iter();
    let mut readings: Vec<&Value> = cells.flat_map(|cell| cell["readings"].as_array().unwrap()).collect();
    readings.sort_by_key(|reading| reading["pointer"].as_str().unwrap().to_owned());
    readings.into_iter().map(|reading| reading["samples"].clone()).collect()
}

/// Status and computed score of the only result, whose record states checksum and number of rows.
fn outcome(result: &Value, rows: &str) -> (String, Value, String) {
    let project = project(&record(std::slice::from_ref(result), Some(detailed(rows))), Some(rows));
    let said = said(&project).remove(0);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&said["status"]), said["recomputed"].clone(), text(&said["reason"]))
}

fn status(result: &Value, rows: &str) -> String {
    outcome(result, rows).0
}

#[test]
fn a_mean_is_held_against_the_digits_and_the_unit_of_the_record() {
    let rows = scores(&[1.0, 1.0, 0.0]);
    let percent = [("/metric_config/metric_unit", json!("percent")), ("/metric_config/max_score", json!(100))];
    for (score, unit, expected) in [
        (json!(0.6666666666666666), &[][..], "recomputed"),
        (json!(0.667), &[], "recomputed"),
        (json!(0.67), &[], "recomputed"),
        (json!(0.666), &[], "differs"),
        (json!(0.6666666666), &[], "differs"),
        (json!(1), &[], "differs"),
        (json!(0.0), &[], "differs"),
        (json!(66.7), &percent, "recomputed"),
        (json!(67), &percent, "recomputed"),
        (json!(66.66666666666667), &percent, "recomputed"),
        (json!(66.6), &percent, "differs"),
    ] {
        assert_eq!(status(&result("Quiz", score.clone(), unit), &rows), expected, "{score}");
    }
    // Samples that are graded in percent.
    let rows = scores(&[80.0, 40.0, 90.0]);
    assert_eq!(status(&result("Quiz", json!(0.7), &[]), &rows), "recomputed");
    assert_eq!(status(&result("Quiz", json!(70.0), &percent), &rows), "recomputed");
    // An end of the scale is reached by all or none.
    assert_eq!(status(&result("Quiz", json!(1.0), &[]), &scores(&[1.0; 4])), "recomputed");
}

#[test]
fn numbers_and_uncertainty_are_shown_and_exported() {
    let rows = scores(&[1.0, 1.0, 0.0, 1.0]);
    let project = project(&record(&[result("Quiz", json!(0.8125), &[])], Some(detailed(&rows))), Some(&rows));
    let found = &said(&project)[0];
    let error = (3.0 / 16.0_f64 / 3.0).sqrt();
    assert_eq!((&found["status"], &found["rows"], &found["recomputed"]), (&json!("differs"), &json!(4), &json!(0.75)));
    assert!((found["standard_error"].as_f64().unwrap() - error).abs() < 1e-15);
    assert_eq!(found["sha256"], json!(Sha256::of(rows.as_bytes()).to_string()));
    assert_eq!(
        (&found["file"], &found["reason"]),
        (&json!(format!("data/c/lab/a/{STEM}_samples.jsonl")), &Value::Null)
    );
    let main = project.main_of("models/lab/a.html");
    for part in [
        "differs from its 4 samples",
        "<dd>0.75</dd>",
        "<dd>+0.0625</dd>",
        "<dd>0.250</dd>",
        "3 of 4",
        "<details class=\"what sm differs\" data-value=\"0.75\" data-rows=\"4\">",
    ] {
        assert!(main.contains(part), "{part}: {main}");
    }
    assert!(!main.contains("ecret"), "nothing of a sample is on a page");
    assert!(project.read("site/pages/api/v1/models/lab/a.csv").lines().nth(1).unwrap().ends_with("differs,0.75"));
    let explained = project.run(&["check", "--explain", "lab/a"]);
    assert!(explained.stdout.contains("samples: differs from its 4 samples"), "{}", explained.stdout);
    // No marker is raised by it.
    assert!(explained.stdout.contains("Claimed by the record"), "{}", explained.stdout);
}

#[test]
fn a_published_outcome_follows_from_the_published_numbers() {
    let rows = scores(&[1.0, 1.0, 0.0]);
    let of = |score: f64, changes: &[(&str, &str)]| {
        let project = project(&record(&[result("Quiz", json!(score), &[])], Some(detailed(&rows))), Some(&rows));
        project.build(&[]);
        let card = project.read("site/pages/models/lab/a.html");
        let changed = changes.iter().fold(card.clone(), |card, (from, to)| card.replacen(from, to, 1));
        assert!(changes.is_empty() || changed != card, "{changes:?}: {card}");
        project.write("site/pages/models/lab/a.html", &changed);
        let run = project.run(&["check", "--json", "--site", "site"]);
        let document: Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = document["checked"]["findings"].as_array().unwrap().iter();
        (run.code, findings.map(|it| it["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n"))
    };
    assert_eq!(of(0.667, &[]), (0, String::new()));
    assert_eq!(of(0.666, &[]), (0, String::new()));
    for (score, changes, says) in [
        (0.666, &[("what sm differs", "what sm recomputed")][..], "was recomputed, but its samples give 0.6666"),
        (0.667, &[("what sm recomputed", "what sm differs")], "differs from its samples, which give 0.6666"),
        (0.667, &[("data-value=\"0.6666666666666666\"", "data-value=\"0.75\"")], "its samples give 0.75"),
        (0.667, &[("data-value=\"0.6666666666666666\"", "")], "does not show the score that was recomputed"),
        (0.667, &[("data-value=\"0.6666666666666666\"", "data-value=\"NaN\"")], "its samples give NaN"),
        (0.667, &[("what sm recomputed", "what sm missing")], "does not show the score that was recomputed"),
    ] {
        let (code, found) = of(score, changes);
        assert!(code == 1 && found.contains(says), "{changes:?}: {code} {found}");
    }
}

#[test]
fn each_way_in_which_a_file_is_not_the_one_that_was_meant() {
    let rows = scores(&[1.0, 1.0, 0.0]);
    let quiz = result("Quiz", json!(0.667), &[]);
    let all = std::slice::from_ref(&quiz);
    let with = |changes: &[(&str, Value)], rows: Option<&str>, of: &str| {
        let mut detailed = detailed(of);
        changes.iter().for_each(|(key, value)| detailed[*key] = value.clone());
        said(&project(&record(all, Some(detailed)), rows)).remove(0)
    };
    let good = with(&[], Some(&rows), &rows);
    assert_eq!(good["status"], "recomputed");
    // One byte that changes no number.
    let changed = rows.replacen("Secret answer", "Secret Answer", 1);
    let bad = with(&[], Some(&changed), &rows);
    assert_eq!((&bad["status"], &bad["recomputed"]), (&json!("bad_checksum"), &Value::Null));
    assert!(bad["reason"].as_str().unwrap().contains("the record"));
    let missing = with(&[], None, &rows);
    assert_eq!((&missing["status"], &missing["sha256"]), (&json!("missing"), &Value::Null));
    // MD5 is the other hash of the schema.
    let md5 = |text: &str| {
        let digits: String = md5::Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        with(&[("hash_algorithm", json!("md5")), ("checksum", json!(digits))], Some(&rows), &rows)["status"].clone()
    };
    assert_eq!((md5(&rows), md5(&changed)), (json!("recomputed"), json!("bad_checksum")));
    // Fewer and more rows than stated.
    let few = with(&[("total_rows", json!(4))], Some(&rows), &rows);
    assert_eq!(
        (&few["status"], few["reason"].as_str().unwrap().contains("3 rows; the record reports 4")),
        (&json!("incomplete"), true)
    );
    assert_eq!(with(&[("total_rows", json!(2))], Some(&rows), &rows)["status"], "not_recomputable");
    // Rows of another evaluation, or of another model.
    for (ours, other) in [(ID, "c/lab_a/1"), ("\"lab/a\"", "\"lab/b\"")] {
        let rows = rows.replacen(ours, other, 1);
        let found = with(&[], Some(&rows), &rows);
        assert_eq!(found["status"], "not_recomputable", "{other}");
        assert!(found["reason"].as_str().unwrap().starts_with("Line 1 and the record name different"), "{found}");
    }
    // A record that says nothing of a file beside it has samples nevertheless, with nothing that binds them to it.
    let project = project(&record(all, None), Some(&rows));
    assert_eq!(said(&project)[0]["status"], "recomputed");
    assert!(project.main_of("models/lab/a.html").contains("no source binds the file to the record"));
}

#[test]
fn rows_that_cannot_be_read_or_have_no_score() {
    let quiz = result("Quiz", json!(0.5), &[]);
    let two = scores(&[1.0, 0.0]);
    for (line, expected) in [
        ("{", "Line 3 is not valid JSON"),
        ("[]", "Line 3 is not a row"),
        ("\"Secret\"", "Line 3 is not a row"),
        (r#"{"evaluation_name": "Quiz", "evaluation": {"score": NaN}}"#, "Line 3 is not valid JSON"),
        (r#"{"evaluation_name": "Quiz", "evaluation_name": "Secret"}"#, "Line 3 is not a row"),
        ("version https://git-lfs.github.com/spec/v1", "Line 3 is not valid JSON"),
    ] {
        let (status, _, reason) = outcome(&quiz, &format!("{two}{line}\n"));
        assert_eq!(status, "unreadable", "{line}");
        assert!(reason.starts_with(expected) && !reason.contains("Secret"), "{line}: {reason}");
    }
    for score in ["null", "\"0.5\"", "1e999", "{}"] {
        let line = format!(r#"{{"evaluation_name": "Quiz", "sample_id": 9, "evaluation": {{"score": {score}}}}}"#);
        let (status, _, reason) = outcome(&quiz, &format!("{two}{line}\n"));
        assert_eq!((status.as_str(), reason.as_str()), ("incomplete", "Only 2 of 3 rows have a score"), "{score}");
    }
    let huge = scores(&[1e308, 1e308, 1e308]);
    let open = [("/metric_config/metric_unit", json!("points")), ("/metric_config/max_score", Value::Null)];
    let (status, _, reason) = outcome(&result("Quiz", json!(0.5), &open), &huge);
    assert_eq!((status.as_str(), reason.as_str()), ("not_recomputable", "The scores are too large to be added"));
    // A file of nothing.
    let empty = detailed("");
    let of = |rows: u64| {
        let mut empty = empty.clone();
        empty["total_rows"] = json!(rows);
        said(&project(&record(std::slice::from_ref(&quiz), Some(empty)), Some(""))).remove(0)
    };
    assert_eq!((&of(0)["status"], &of(3)["status"]), (&json!("not_recomputable"), &json!("incomplete")));
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    let found = said(&project(&record(std::slice::from_ref(&quiz), Some(detailed(&two))), Some(pointer))).remove(0);
    assert_eq!(found["status"], "unreadable");
    assert!(found["reason"].as_str().unwrap().contains("LFS"));
}

#[test]
fn a_metric_that_is_no_mean_is_not_recomputed_and_the_reason_is_said() {
    let rows = scores(&[1.0, 0.0, 0.0]);
    let by = |id: &str, score: Value| result("Quiz", score, &[("/metric_config/metric_id", json!(id))]);
    for (id, reason) in [
        ("bleu", "computed over all"),
        ("macro_f1", "computed over all"),
        ("perplexity", "computed over all"),
        ("std", "spread"),
        ("elo", "other models"),
        ("win_rate", "other models"),
        ("pass@8", "several attempts"),
        ("maj@4", "several attempts"),
    ] {
        let (status, recomputed, said) = outcome(&by(id, json!(0.9)), &rows);
        assert_eq!((status.as_str(), &recomputed), ("not_recomputable", &Value::Null), "{id}");
        assert!(said.contains(reason), "{id}: {said}");
    }
    assert_eq!(status(&by("pass@1", json!(0.333)), &rows), "recomputed");
    assert_eq!(status(&by("pass@1", json!(0.9)), &rows), "differs");
    // Of a metric that nobody knows, only equality says something.
    assert_eq!(status(&by("brand_new", json!(0.333)), &rows), "recomputed");
    assert!(outcome(&by("brand_new", json!(0.9)), &rows).2.contains("not known to be a mean over samples"));
    // The record knows best how its scores were joined.
    let joined = |id: &str, how: &str, score: Value| {
        let details = ("/metric_config/additional_details/aggregation", json!(how));
        result("Quiz", score, &[("/metric_config/metric_id", json!(id)), details])
    };
    assert_eq!(status(&joined("macro_f1", "mean", json!(0.333)), &rows), "recomputed");
    assert_eq!(status(&joined("macro_f1", "mean", json!(0.9)), &rows), "differs");
    assert!(outcome(&joined("accuracy", "median", json!(0.0)), &rows).2.contains("median"));
}

#[test]
fn a_score_by_the_share_of_right_answers() {
    // Graded in parts, counted when it is right.
    let mut rows: Vec<Value> = [0.9, 0.8, 0.1].iter().enumerate().map(|(id, it)| row("Quiz", id, json!(it))).collect();
    rows.iter_mut().take(2).for_each(|row| row["evaluation"]["is_correct"] = json!(true));
    let rows = lines(&rows);
    let quiz = result("Quiz", json!(0.6667), &[]);
    let project = project(&record(std::slice::from_ref(&quiz), Some(detailed(&rows))), Some(&rows));
    let found = &said(&project)[0];
    assert_eq!((&found["status"], &found["standard_error"]), (&json!("recomputed"), &Value::Null));
    assert!(project.main_of("models/lab/a.html").contains("Share of correct samples"));
}

#[test]
fn rows_belong_to_results_by_id_else_by_name() {
    // Two results of one name, told apart by id; and rows of a third, which is none.
    let with_id = |id: &str, score: Value| result("Quiz", score, &[("/evaluation_result_id", json!(id))]);
    let mut rows = Vec::new();
    for (id, score) in [("easy", 1.0), ("hard", 0.0), ("easy", 0.5), ("hard", 0.25), ("else", 1.0)] {
        let mut row = row("Quiz", rows.len(), json!(score));
        row["evaluation_result_id"] = json!(id);
        rows.push(row);
    }
    let text = lines(&rows);
    let both = [with_id("easy", json!(0.75)), with_id("hard", json!(0.125))];
    let project_of = |text: &str, results: &[Value]| project(&record(results, Some(detailed(text))), Some(text));
    let statuses = |text: &str, results: &[Value]| {
        said(&project_of(text, results)).iter().map(|it| it["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let project = project_of(&text, &both);
    assert_eq!(said(&project).iter().map(|it| &it["recomputed"]).collect::<Vec<_>>(), [&json!(0.75), &json!(0.125)]);
    assert!(project.main_of("models/lab/a.html").contains("rows without a result here: 1"));
    // Without ids: by name, where names differ …
    let text = lines(&[row("A", 1, json!(1.0)), row("B", 1, json!(0.0)), row("A", 2, json!(0.0))]);
    let named = [result("A", json!(0.5), &[]), result("B", json!(0.0), &[]), result("C", json!(0.0), &[])];
    assert_eq!(statuses(&text, &named), ["recomputed", "recomputed", "not_recomputable"]);
    // … and where they do not, a difference proves nothing.
    let text = scores(&[1.0, 0.0]);
    let same = [result("Quiz", json!(0.5), &[]), result("Quiz", json!(0.9), &[])];
    assert_eq!(statuses(&text, &same), ["recomputed", "not_recomputable"]);
    // Inspect's results have longer names than its rows; several metrics are over the same scores.
    let inspect = |metric: &str, score: Value| {
        result(&format!("{metric} on quiz for scorer choice"), score, &[("/metric_config/metric_id", json!(metric))])
    };
    let text = lines(&[row("quiz", 1, json!(1.0)), row("quiz", 2, json!(0.0))]);
    let three = [inspect("accuracy", json!(0.5)), inspect("mean", json!(0.4)), inspect("std", json!(0.7))];
    assert_eq!(statuses(&text, &three), ["recomputed", "differs", "not_recomputable"]);
}

#[test]
fn samples_that_occur_several_times() {
    let mut rows: Vec<Value> = [1.0, 0.0, 1.0, 1.0].map(|score| row("Quiz", 7, json!(score))).into();
    rows[3]["sample_id"] = json!("8");
    let rows = lines(&rows);
    let said = said(&project(&record(&[result("Quiz", json!(0.75), &[])], Some(detailed(&rows))), Some(&rows)));
    // Their scores are not independent, so there is no standard error.
    assert_eq!((&said[0]["status"], &said[0]["standard_error"]), (&json!("recomputed"), &Value::Null));
    let (status, _, reason) = outcome(&result("Quiz", json!(1.0), &[]), &rows);
    assert_eq!(status, "not_recomputable");
    assert!(reason.contains("several times"), "{reason}");
}

#[test]
fn the_older_shape_in_the_other_layout() {
    // Instance-level 0.2.0: ids are numbers, scores booleans, texts no lists, `interactions` for `messages`; the id of
    // the evaluation was written before that of its record changed its form.
    let row = |id: usize, score: Value| {
        json!({"schema_version": "instance_level_eval_0.2.0", "evaluation_id": "c_lab_a_1768435200", "model_id": "lab/a",
            "evaluation_name": "somebody/quiz", "sample_id": id, "interaction_type": "multi_turn",
            "input": {"raw": "?", "reference": "A"}, "output": {"raw": "A"}, "interactions": [{"turn_idx": 0}],
            "evaluation": {"score": score, "is_correct": score, "num_turns": 2},
            "token_usage": {"total_tokens": 30}, "performance": {"latency_ms": 1500.0}, "error": null})
    };
    let mut rows = [row(1, json!(true)), row(2, json!(false)), row(3, json!(false))];
    rows[1]["error"] = json!("timeout of <script>");
    rows[2]["metadata"] = json!({"stop_reason": "max_tokens"});
    let rows = lines(&rows);
    let mut one = record(&[result("choice", json!(0.3333333333333333), &[])], Some(detailed(&rows)));
    one["evaluation_id"] = json!("c/lab_a/1768435200.0");
    let (one, other) = (one.to_string(), json!(null));
    let project = Project::empty();
    project.write("content/site.yaml", "title: Samples\n");
    let paths = ["flat/objects/aa/01/x.json", "flat/objects/aa/01/x_samples.jsonl"];
    project.write(&format!("content/datastore/{}", paths[0]), &one);
    project.write(&format!("content/datastore/{}", paths[1]), &rows);
    let index = |sha256: &Value| {
        let row = json!({"record_type": "aggregate", "object_path": paths[0], "sha256": Sha256::of(one.as_bytes()),
            "size_bytes": one.len(), "instance_level_path": paths[1], "instance_sha": sha256});
        project.write("content/datastore/flat/indexes/by_collection/c.jsonl", &format!("{row}\n"));
    };
    index(&json!(Sha256::of(rows.as_bytes())));
    let found = &said(&project)[0];
    assert_eq!((&found["status"], &found["file"]), (&json!("recomputed"), &json!(paths[1])));
    let main = project.main_of("models/lab/a.html");
    for part in [
        "the record, the collection&#39;s index",
        "errors: 1",
        "truncated at a limit: 1",
        "SE 0.333, computed here",
        "<dd>30</dd>",
        "<dd>1,500</dd>",
    ] {
        assert!(main.contains(part), "{part}: {main}");
    }
    assert!(!main.contains("timeout"));
    // An index that names none finds the file beside the record; one that names other bytes does not believe it.
    index(&other);
    assert_eq!(said(&project)[0]["status"], "recomputed");
    index(&json!("0".repeat(64)));
    let found = &said(&project)[0];
    assert_eq!((&found["status"], found["reason"].as_str().unwrap().contains("index")), (&json!("bad_checksum"), true));
}

#[test]
fn a_changed_file_of_samples_is_read_again() {
    let rows = scores(&[1.0, 0.0]);
    let project = project(&record(&[result("Quiz", json!(0.5), &[])], Some(detailed(&rows))), Some(&rows));
    assert_eq!(said(&project)[0]["status"], "recomputed");
    assert_eq!(project.build(&[])["up_to_date"], json!(true));
    project.write(&format!("{FOLDER}/{STEM}_samples.jsonl"), &rows.replace("Secret", "secret"));
    assert_eq!(project.build(&[])["up_to_date"], json!(false));
    assert_eq!(said(&project)[0]["status"], "bad_checksum");
    fs::remove_file(project.path(&format!("{FOLDER}/{STEM}_samples.jsonl"))).unwrap();
    assert_eq!(said(&project)[0]["status"], "missing");
}

#[test]
fn no_text_of_a_sample_reaches_a_page_a_terminal_or_a_path() {
    const EVIL: &str = "../../EVIL\u{1b}[31m\u{1b}]0;x\u{7}\r\n\u{202e}<script>alert(1)</script>{{ page }}\"'&";
    let members = |change: fn(&mut Value)| {
        let mut rows: Vec<Value> = [1.0, 0.0].iter().enumerate().map(|(id, it)| row("Quiz", id, json!(it))).collect();
        for row in &mut rows {
            for member in ["schema_version", "sample_id", "sample_hash", "interaction_type", "error", "EVIL"] {
                row[member] = json!(format!("{EVIL}{}", row["sample_id"]));
            }
            row["input"] = json!({"raw": EVIL, "reference": [EVIL], "choices": [EVIL]});
            row["output"] = json!({"raw": [EVIL], "reasoning_trace": [EVIL]});
            row["messages"] = json!([{"turn_idx": 0, "role": EVIL, "content": EVIL, "tool_calls": [{"name": EVIL}]}]);
            row["answer_attribution"] = json!([{"extracted_value": EVIL, "is_terminal": true, "source": EVIL}]);
            row["metadata"] = json!({"stop_reason": EVIL, "path": EVIL, EVIL: EVIL});
            change(row);
        }
        lines(&rows)
    };
    // Good rows, and those by which each reason is said.
    for (change, status) in [
        ((|_| {}) as fn(&mut Value), "recomputed"),
        (|row| row["evaluation"]["score"] = json!(EVIL), "incomplete"),
        (|row| row["evaluation"] = json!(EVIL), "incomplete"),
        (|row| row["evaluation_id"] = json!(EVIL), "not_recomputable"),
        (|row| row["model_id"] = json!(EVIL), "not_recomputable"),
        (|row| row["evaluation_result_id"] = json!(EVIL), "recomputed"),
        (|row| *row = json!(EVIL), "unreadable"),
        (|row| *row = json!([EVIL]), "unreadable"),
    ] {
        let rows = members(change);
        let project = project(&record(&[result("Quiz", json!(0.5), &[])], Some(detailed(&rows))), Some(&rows));
        assert_eq!(said(&project)[0]["status"], status, "{rows}");
        for (path, bytes) in project.files("site") {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!path.contains("EVIL") && !text.contains("EVIL"), "{path}");
        }
        assert!(!project.path("EVIL").exists() && !project.path("../EVIL").exists());
        for arguments in [&["build"][..], &["build", "--json"], &["check"], &["check", "--explain", "lab/a"]] {
            let run = project.run(arguments);
            for text in [&run.stdout, &run.stderr] {
                assert!(!text.contains("EVIL") && !text.contains('\u{1b}'), "{arguments:?}: {text}");
            }
        }
    }
}

#[test]
fn a_path_that_a_record_names_is_not_followed_out_of_its_datastore() {
    let rows = scores(&[1.0, 0.0]);
    let evil = "\u{1b}[31m<script>alert(1)</script>.jsonl";
    for path in
        ["../../outside.jsonl", "/etc/passwd", "data/c/lab/a/../../../../../outside.jsonl", "", evil, "C:\\x.jsonl"]
    {
        let mut detailed = detailed(&rows);
        detailed["file_path"] = json!(path);
        let project = project(&record(&[result("Quiz", json!(0.5), &[])], Some(detailed)), None);
        project.write("outside.jsonl", &rows);
        project.write("content/outside.jsonl", &rows);
        let found = &said(&project)[0];
        let status = if path.is_empty() { &json!(null) } else { &json!("missing") };
        assert_eq!(&found["status"], status, "{path}");
        let page = project.read("site/pages/models/lab/a.html");
        assert!(
            page.matches("<script").count() == 1 && !page.contains('\u{1b}') && !page.contains("href=\"/etc"),
            "{path}"
        );
        let explained = project.run(&["check", "--explain", "lab/a"]);
        assert!(!explained.stdout.contains('\u{1b}'), "{}", explained.stdout);
    }
}

#[test]
fn odd_numbers_beside_scores_say_nothing() {
    let mut rows: Vec<Value> = [1.0, 0.0].iter().enumerate().map(|(id, it)| row("Quiz", id, json!(it))).collect();
    for (row, huge) in rows.iter_mut().zip([json!(1e308), json!(-1)]) {
        row["token_usage"] = json!({"total_tokens": 1e308});
        row["performance"] = json!({"latency_ms": "NaN", "total": [1]});
        row["evaluation"]["num_turns"] = huge;
        row["evaluation"]["is_correct"] = json!("true");
        row["sample_hash"] = json!({"a": 1});
    }
    let rows = lines(&rows);
    for (total, status) in [(json!(1e300), "recomputed"), (json!(-2), "recomputed"), (json!(u64::MAX), "incomplete")] {
        let mut detailed = detailed(&rows);
        detailed["total_rows"] = total;
        let project = project(&record(&[result("Quiz", json!(0.5), &[])], Some(detailed)), Some(&rows));
        assert_eq!(said(&project)[0]["status"], status);
        let main = project.main_of("models/lab/a.html");
        assert!(
            !main.contains("Tokens, on average") && !main.contains("Right answers") && !main.contains("NaN"),
            "{main}"
        );
    }
}

/// Builds a project whose file of samples `write` makes, with so much data at most, and gives what is said of it, the time,
/// and the most memory in use, in MiB.
fn build_within(limit_kib: u64, write: impl FnOnce(&mut BufWriter<fs::File>)) -> (Value, Duration, u64) {
    let quiz = result("Quiz", json!(0.5), &[]);
    let project = project(&record(std::slice::from_ref(&quiz), None), Some(""));
    let mut file = BufWriter::new(fs::File::create(project.path(&format!("{FOLDER}/{STEM}_samples.jsonl"))).unwrap());
    write(&mut file);
    file.into_inner().unwrap();
    let start = Instant::now();
    let program = env!("CARGO_BIN_EXE_evalcards");
    // Threads reserve addresses, so it is the data that is limited.
    let command = format!("ulimit -d {limit_kib}; exec {program} build --json --jobs 1");
    let mut shell = std::process::Command::new("sh");
    let mut run = shell.args(["-c", &command]).current_dir(project.root()).stdout(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        let status = fs::read_to_string(format!("/proc/{}/status", run.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak = peak.max(line.trim().trim_end_matches(" kB").parse().unwrap_or(0) >> 10);
        match run.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    assert!(status.success());
    let card: Value = serde_json::from_str(&project.read("site/pages/api/v1/models/lab/a.json")).unwrap();
    (card["cells"][0]["readings"][0]["samples"].clone(), start.elapsed(), peak)
}

fn write_short_lines(file: &mut impl Write, n: usize) {
    for id in 0..n {
        writeln!(file, r#"{{"evaluation_name":"Quiz","sample_id":"{id}","evaluation":{{"score":{}}}}}"#, id % 2)
            .unwrap();
    }
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let (said, ..) = build_within(400 << 10, |file| write_short_lines(file, 200_000));
    assert_eq!((&said["status"], &said["rows"]), (&json!("recomputed"), &json!(200_000)));
    // A line of 100 MB is longer than any is read.
    let (said, ..) = build_within(400 << 10, |file| {
        write_short_lines(file, 2);
        file.write_all(b"{\"output\": \"").unwrap();
        (0..100).for_each(|_| file.write_all(&vec![b'x'; 1 << 20]).unwrap());
        file.write_all(b"\"}\n").unwrap();
    });
    assert_eq!((&said["status"], &said["reason"]), (&json!("unreadable"), &json!("Line 3 is longer than 64 MB")));
}

/// Run it with `--ignored`: it writes 700 MB.
#[test]
#[ignore = "writes 700 MB; run it where there is room and time"]
fn ten_million_rows_are_read_in_a_minute() {
    let (said, time, peak) = build_within(400 << 10, |file| write_short_lines(file, 10_000_000));
    assert_eq!((&said["status"], &said["rows"]), (&json!("recomputed"), &json!(10_000_000)));
    eprintln!("{:.1} s, {peak} MiB", time.as_secs_f64());
    assert!(time < Duration::from_secs(60), "{time:?}");
}

pub fn shared() -> Option<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !data.is_dir() {
        eprintln!("SKIPPED: {} is not there, so no real file of samples was read", data.display());
        return None;
    }
    Some(data)
}

/// For every result that has samples: last part of the model's id, metric, stated score, status, rows, computed score. Then
/// what the cards say of the hashes of samples: how many match their rows, and of how many.
fn of_store(store: &Path) -> (Vec<String>, [usize; 2]) {
    let project = Project::empty();
    fs::create_dir(project.path("none")).unwrap();
    project.build(&["--content", "none", "--datastore", store.to_str().unwrap()]);
    let mut found = Vec::new();
    for (path, bytes) in project.files("site/pages/api/v1/models") {
        let Ok(card) = serde_json::from_slice::<Value>(&bytes) else { continue };
        for cell in card["cells"].as_array().into_iter().flatten().filter(|_| path.ends_with(".json")) {
            for reading in cell["readings"].as_array().unwrap().iter().filter(|it| it["samples"].is_object()) {
                let (samples, number) = (&reading["samples"], |value: &Value| value.as_f64().unwrap_or(f64::NAN));
                let (stated, again) = (number(&reading["score"]), number(&samples["recomputed"]));
                let model = card["id"].as_str().unwrap().rsplit('/').next().unwrap();
                let [metric, status] = [&cell["metric"], &samples["status"]].map(|it| it.as_str().unwrap());
                found.push(format!("{model:.20} | {metric} {stated:.6} | {status} {} {again:.6}", samples["rows"]));
            }
        }
    }
    found.sort();
    let pages = project.files("site/pages/models").into_values().map(|bytes| String::from_utf8(bytes).unwrap());
    let mut hashes = [0, 0];
    for page in pages {
        for said in page.split("match their rows: ").skip(1) {
            let (matching, all) = said.split(['<', ';']).next().unwrap().split_once(" of ").unwrap();
            hashes[0] += matching.parse::<usize>().unwrap();
            hashes[1] += all.parse::<usize>().unwrap();
        }
    }
    (found, hashes)
}

#[test]
fn real_files_have_their_outcome() {
    let Some(data) = shared() else { return };
    // The converters' fixtures keep the score of a whole run beside a few of its samples.
    let expected = [
        "claude-opus-4-6 | mean 0.705128 | differs 1 1.000000",
        "claude-sonnet-4-2025 | Accuracy 1.000000 | recomputed 5 1.000000",
        "gemma-2b-it | Strict accuracy 0.500000 | recomputed 2 0.500000",
        "gemma-2b-it | Strict accuracy 1.000000 | recomputed 1 1.000000",
        "gpt-4o | Accuracy 0.750000 | recomputed 1 0.750000",
        "gpt-4o | Macro F1 0.600000 | recomputed 1 0.600000",
        "gpt-4o-mini-2024-07- | Accuracy 1.000000 | recomputed 2 1.000000",
        "mem_Qwen3-93M_minerv | Exact match 0.000000 | incomplete 10 NaN",
        "mistral-large-latest | Accuracy 0.381090 | differs 1 0.650000",
        "mistral-large-latest | Standard deviation 0.311563 | not_recomputable 1 NaN",
        "mistral-large-latest | mean 0.381090 | differs 1 0.650000",
        "mistral-small-latest | Accuracy 0.354430 | differs 1 0.000000",
        "qwen2.5-0.5b | Accuracy 0.333333 | recomputed 3 0.333333",
    ];
    let (found, hashes) = of_store(&data.join("adapters"));
    assert_eq!(found, expected);
    // By the converters of Inspect, of lm-eval and of OpenEval, each by a formula of its own.
    assert_eq!(hashes, [28, 28]);
    if is_whole("the samples of thousands of records") {
        // The other layout, and rows of instance-level 0.2.0.
        let expected = ["qwen2.5-0.5b | Accuracy 0.333333 | recomputed 3 0.333333"];
        assert_eq!(of_store(&data.join("datastore")), (expected.map(str::to_owned).into(), [3, 3]));
    }
    // An example of the schema's makers whose score is not that of its one sample.
    let expected = ["demo-model | Accuracy 0.750000 | differs 1 1.000000"];
    let demo = of_store(&data.join("schema-history/records/0.3.0-demo"));
    assert_eq!(demo, (expected.map(str::to_owned).into(), [1, 1]));
}
