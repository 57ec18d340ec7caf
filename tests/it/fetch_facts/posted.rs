use evalcards::facts::{PostedFact, PostedModel};
use evalcards::fetch::evidence::{EvidenceReport, PostedReport, fetch};
use evalcards::lock::Lock;
use serde_json::{Value, json};

use super::Desk;
use crate::test_hub::{Fault, Kind, Moved, What};

fn entry(task: &str, value: Value, verified: Value) -> Value {
    json!({"filename": ".eval_results/gsm8k.yaml", "verified": verified,
        "data": {"dataset": {"id": "openai/gsm8k", "task_id": task}, "value": value}})
}

fn desk(entries: &[Value]) -> Desk {
    let desk = Desk::new();
    desk.hub.add_model("acme/tiny");
    set(&desk, entries);
    desk
}

fn set(desk: &Desk, entries: &[Value]) {
    desk.hub.edit(Kind::Model, "acme/tiny", |repo| repo.eval_results_extra = entries.to_vec());
}

#[track_caller]
fn ask(desk: &Desk, day: i64, ids: &[&str]) -> PostedReport {
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    let lock = Lock::new("evaleval/EEE_datastore", &"0".repeat(40));
    let folder = desk.folder.path().to_owned();
    let report: EvidenceReport = desk.run_on(day, |run| fetch(run, &folder, &lock, &ids)).unwrap();
    report.posted
}

/// Task, value and judgement of each line.
fn lines(desk: &Desk) -> Vec<String> {
    let facts = desk.facts::<PostedFact>().into_iter();
    facts
        .map(|it| {
            let verified = it.verified.map_or("unjudged", |it| if it { "true" } else { "false" });
            format!("{} {} {verified} {:?}", it.task, it.value, it.pull_request)
        })
        .collect()
}

#[test]
fn each_result_has_its_own_judgement() {
    let mut proposed = entry("gsm8k", json!(86.2), json!(false));
    proposed["pullRequest"] = json!(44);
    let desk = desk(&[
        entry("gsm8k", json!(86.2), json!(true)),
        entry("gsm8k", json!(86.3), json!(false)),
        entry("main", json!(86.2), json!(false)),
        proposed,
    ]);
    let report = ask(&desk, 0, &["acme/tiny", "acme/none", "no id"]);
    assert_eq!((report.found, report.unknown, report.results, report.verified, report.left_out), (1, 1, 4, 1, 0));
    assert_eq!(
        lines(&desk),
        ["gsm8k 86.2 true None", "gsm8k 86.3 false None", "gsm8k 86.2 false Some(44)", "main 86.2 false None"]
    );
    let fact = &desk.facts::<PostedFact>()[0];
    let asked = &desk.facts::<PostedModel>()[1];
    assert_eq!((asked.id.as_str(), asked.response_sha256), ("acme/tiny", Some(fact.response_sha256)));
    assert_eq!((fact.model.as_str(), fact.dataset.as_str()), ("acme/tiny", "openai/gsm8k"));
}

#[test]
fn what_is_no_result_or_contradicts_itself_is_left_out() {
    let mut hostile = entry("gsm8k", json!(1), json!(true));
    hostile["data"]["dataset"]["id"] = json!("../\u{1b}x");
    let mut long = entry("gsm8k", json!(1), json!(true));
    long["filename"] = json!("x".repeat(1 << 20));
    let mut number = entry("gsm8k", json!(1), json!(true));
    number["pullRequest"] = json!("main");
    let entries = [
        json!({"filename": ".eval_results/broken.yaml", "error": "not YAML"}),
        json!(null),
        json!([1]),
        hostile,
        long,
        number,
        entry("a\nb", json!(1), json!(true)),
        entry("gsm8k", json!("86.2"), json!(true)),
        entry("gsm8k", json!(1), Value::Null),
        entry("gsm8k", json!(1), json!("true")),
        entry("both", json!(2), json!(true)),
        entry("both", json!(2), json!(false)),
        entry("good", json!(0), json!(true)),
    ];
    let desk = desk(&entries);
    let report = ask(&desk, 0, &["acme/tiny"]);
    assert_eq!((report.results, report.verified, report.left_out), (2, 1, 11));
    assert_eq!(lines(&desk), ["good 0 true None", "gsm8k 1 unjudged None"]);
}

#[test]
fn a_new_answer_takes_the_place_of_the_old_one_and_a_failure_does_not() {
    let desk = desk(&[entry("gsm8k", json!(1), json!(true))]);
    ask(&desk, 0, &["acme/tiny"]);
    set(&desk, &[]);
    desk.hub.clear_requests();
    assert_eq!((ask(&desk, 10, &["acme/tiny"]).fresh, desk.hub.requests().len()), (1, 0));
    desk.hub.fail(Fault::on("GET", "acme/tiny", What::status(500)).times(6));
    assert_eq!(ask(&desk, 40, &["acme/tiny"]).failures.len(), 1);
    assert_eq!(lines(&desk), ["gsm8k 1 true None"]);
    ask(&desk, 40, &["acme/tiny"]);
    assert_eq!(lines(&desk).len(), 0);
    // A model without results is not asked for each time.
    desk.hub.clear_requests();
    assert_eq!((ask(&desk, 41, &["acme/tiny"]).fresh, desk.hub.requests().len()), (1, 0));
}

#[test]
fn a_model_that_is_gone_or_renamed_leaves_no_judgement_behind() {
    let desk = desk(&[entry("gsm8k", json!(1), json!(true))]);
    ask(&desk, 0, &["acme/tiny"]);
    desk.hub.rename(Kind::Model, "acme/tiny", "acme/new", Moved::Relative);
    ask(&desk, 40, &["acme/tiny", "acme/new", "ACME/NEW"]);
    let facts = desk.facts::<PostedFact>();
    assert_eq!((facts.len(), facts[0].model.as_str()), (1, "acme/new"));
    desk.hub.edit(Kind::Model, "acme/new", |repo| repo.private = true);
    assert_eq!(ask(&desk, 80, &["acme/tiny", "acme/new"]).unknown, 2);
    assert_eq!(lines(&desk).len(), 0);
}

#[test]
fn an_entry_is_kept_as_the_hub_shows_it_but_for_its_token() {
    let mut full = entry("gsm8k", json!(86.2), Value::Null);
    full["data"]["notes"] = json!("With\n  tools");
    full["data"]["date"] = json!("2026-02-03");
    full["data"]["source"] = json!({"url": "https://lab.example/report", "name": "Report", "user": "x"});
    full["data"]["verifyToken"] = json!("secret.words");
    let mut other = full.clone();
    other["data"]["notes"] = json!(format!("{}\u{1b}", "long ".repeat(1000)));
    other["data"]["source"] = json!({"url": 5});
    other["data"]["date"] = json!(20260203);
    let desk = desk(&[full, other]);
    let proposed = "- dataset: {id: openai/gsm8k, task_id: gsm8k}\n  value: 70\n";
    let files: &[_] = &[(".eval_results/gsm8k.yaml", Some(proposed.as_bytes()))];
    desk.hub.open_pr(Kind::Model, "acme/tiny", Some("bob"), "Scores", "open", files);
    let report = ask(&desk, 0, &["acme/tiny"]);
    assert_eq!((report.results, report.left_out), (3, 0));
    let facts = desk.facts::<PostedFact>();
    let full = facts.iter().find(|it| it.notes.as_deref() == Some("With tools")).unwrap();
    assert_eq!((full.date.as_deref(), full.has_token, full.verified), (Some("2026-02-03"), true, None));
    let source = full.source.as_ref().unwrap();
    assert_eq!((source.url.as_str(), source.name.as_deref()), ("https://lab.example/report", Some("Report")));
    let other = facts.iter().find(|it| it.notes.as_ref().is_some_and(|notes| notes.ends_with('…'))).unwrap();
    assert!(other.notes.as_ref().unwrap().chars().count() <= 301 && other.source.is_none() && other.date.is_none());
    let proposed = facts.iter().find(|it| it.pull_request.is_some()).unwrap();
    assert_eq!((proposed.submitter.as_deref(), proposed.has_token), (Some("bob"), false));
    assert!(!std::fs::read_to_string(desk.facts_folder().join("posted.jsonl")).unwrap().contains("secret"));
    // Who opened it belongs to the answer: without it nothing of the model is taken.
    set(&desk, &[]);
    desk.hub.fail(Fault::on("GET", "/discussions", What::status(500)).forever());
    assert_eq!(ask(&desk, 40, &["acme/tiny"]).failures.len(), 1);
    assert_eq!(desk.facts::<PostedFact>(), facts);
}
