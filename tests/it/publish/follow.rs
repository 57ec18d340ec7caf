//! `publish --status`: what became of our pull requests, asked of the Hub and written down.

use serde_json::{Value, json};

use super::{Desk, FILE, posted};
use crate::project::Run;
use crate::test_hub::{Fault, Kind, What};

const MODEL: &str = "acme/tiny";

/// One pull request, opened.
fn desk() -> Desk {
    let desk = Desk::new(&[(MODEL, "0.7150")]);
    assert_eq!(desk.confirm(&[]).0, 0);
    desk.hub.clear_requests();
    desk
}

/// What `--status` says; nothing of it may write to the Hub.
#[track_caller]
fn status(desk: &Desk, code: i32) -> Value {
    let run = desk.run(&["--status", "--json"]);
    assert_eq!(run.code, code, "{}\n{}", run.stdout, run.stderr);
    assert!(desk.hub.requests().iter().all(|request| request.method == "GET"));
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["ok"], code == 0);
    let file: Value = serde_json::from_str(&desk.project.read("site/hub/status.json")).unwrap();
    assert_eq!(file, document["status"]);
    document["status"].clone()
}

/// State of the one pull request, what stands there, and what the build says of the record.
#[track_caller]
fn check(expected: (&str, Value, &str), code: i32, prepare: impl FnOnce(&Desk)) -> Desk {
    let desk = desk();
    prepare(&desk);
    let status = status(&desk, code);
    let [proposal] = &status["proposals"].as_array().unwrap()[..] else { panic!("{status:#}") };
    let found = (&proposal["state"], &proposal["results"][0]["now"], &proposal["records"][0]["is"]);
    assert_eq!(found, (&json!(expected.0), &expected.1, &json!(expected.2)), "{status:#}");
    assert_eq!(proposal["needs_a_person"], code != 0);
    desk
}

fn withdraw(desk: &Desk) {
    let record = std::fs::read(desk.project.path("content/datastore/data/one/acme/tiny/x.json")).unwrap();
    let attestation = format!(
        "kind: withdrawn\nby: First Lab\nsince: 2026-01-02\nwhy: Wrong.\nurl: https://lab.example/x\n\
         records: [{{sha256: {}}}]\nreviewer: '@someone'\ndate: 2026-01-03\n",
        evalcards::hash::Sha256::of(&record)
    );
    desk.project.write("content/attestations/w.yaml", &attestation);
    desk.project.build(&[]);
}

#[test]
fn a_pull_request_is_followed_to_its_end() {
    let as_proposed = json!({"is": "as_proposed"});
    check(("open", as_proposed.clone(), "stands"), 0, |_| {});
    check(("merged", as_proposed.clone(), "stands"), 0, |desk| _ = desk.hub.merge_pr(Kind::Model, MODEL, 1));
    check(("gone", Value::Null, "stands"), 0, |desk| desk.hub.edit(Kind::Model, MODEL, |repo| repo.private = true));
    let desk = check(("closed", Value::Null, "stands"), 0, |desk| {
        desk.hub.edit(Kind::Model, MODEL, |repo| {
            let thread = repo.thread(1).unwrap();
            thread.comment(Some("acme"), "This is not our set-up.");
            thread.comment(Some("alice"), "I see.");
            thread.set_status(Some("acme"), "closed");
        });
    });
    let status = status(&desk, 0);
    assert_eq!(status["proposals"][0]["comments"], 1);
    assert_eq!(status["proposals"][0]["closed_by"], "acme");
    let text = desk.project.read("site/hub/status.txt");
    assert!(text.contains("closed by acme, 1 comment") && text.contains("1 closed"), "{text}");
}

#[test]
fn what_was_changed_hidden_or_taken_out_needs_a_person() {
    let merge = |desk: &Desk| _ = desk.hub.merge_pr(Kind::Model, MODEL, 1);
    let put = |desk: &Desk, text: &str| _ = desk.hub.put(Kind::Model, MODEL, FILE, text);
    check(("merged", json!({"is": "changed", "value": "70.25"}), "stands"), 1, |desk| {
        merge(desk);
        put(desk, &posted("70.25"));
    });
    check(("merged", json!({"is": "taken_out"}), "stands"), 1, |desk| {
        merge(desk);
        put(desk, "# nothing\n");
    });
    check(("merged", json!({"is": "hidden"}), "stands"), 1, |desk| {
        merge(desk);
        desk.hub.edit(Kind::Model, MODEL, |repo| _ = repo.info.insert("evalResults".into(), json!([])));
    });
    check(("open", json!({"is": "changed", "value": "70"}), "stands"), 1, |desk| {
        _ = desk.hub.push_pr(Kind::Model, MODEL, 1, FILE, posted("70"));
    });
    // Moved to another file, and with a mark before it: it stands.
    check(("merged", json!({"is": "as_proposed"}), "stands"), 0, |desk| {
        merge(desk);
        desk.hub.delete(Kind::Model, MODEL, FILE);
        _ = desk.hub.put(Kind::Model, MODEL, ".eval_results/all.yaml", posted("71.50"));
    });
}

#[test]
fn what_may_stand_in_an_unreadable_file_is_not_said_to_be_taken_out() {
    let desk = desk();
    desk.hub.merge_pr(Kind::Model, MODEL, 1);
    // Another file that cannot be read takes nothing away.
    desk.hub.put(Kind::Model, MODEL, ".eval_results/other.yaml", "- [\n");
    assert_eq!(status(&desk, 0)["proposals"][0]["results"][0]["now"], json!({"is": "as_proposed"}));
    desk.hub.put(Kind::Model, MODEL, FILE, "- [\n");
    let status = status(&desk, 1);
    assert_eq!(status["proposals"], json!([]));
    assert!(status["failures"][0]["error"].as_str().unwrap().starts_with("pull request 1: "), "{status:#}");
}

#[test]
fn a_merged_one_whose_record_was_withdrawn_is_named() {
    let desk = check(("merged", json!({"is": "as_proposed"}), "withdrawn"), 1, |desk| {
        desk.hub.merge_pr(Kind::Model, MODEL, 1);
        withdraw(desk);
    });
    assert!(desk.project.read("site/hub/status.txt").contains("its record was withdrawn since"));
    desk.project.build(&[]);
    let page = desk.project.read("site/pages/publishing.html");
    assert!(page.contains("withdrawn since") && page.contains("/acme/tiny/discussions/1\">#1</a> merged"), "{page}");
    let document: Value = serde_json::from_str(&desk.project.read("site/pages/api/v1/publishing.json")).unwrap();
    assert_eq!(document["proposals"][0]["record"], "withdrawn");
    assert_eq!(document["proposals"][0]["needs_a_person"], true);
    // Another score of the same record, and a record that is gone.
    check(("open", json!({"is": "as_proposed"}), "contradicted"), 1, |desk| {
        desk.write_record(MODEL, "0.72");
        desk.project.build(&[]);
    });
}

#[test]
fn the_journal_is_only_added_to_and_only_by_news() {
    let desk = desk();
    let journal = || desk.project.read("site/hub/journal.jsonl");
    let before = journal();
    assert_eq!(status(&desk, 0)["proposals"][0]["is_news"], true);
    let first = journal();
    assert!(first.starts_with(&before) && first.lines().count() == before.lines().count() + 1, "{first}");
    assert_eq!(status(&desk, 0)["proposals"][0]["is_news"], false);
    assert_eq!(journal(), first);
    desk.hub.merge_pr(Kind::Model, MODEL, 1);
    status(&desk, 0);
    assert_eq!(journal().lines().count(), first.lines().count() + 1);
    assert!(journal().starts_with(&first));
    let facts = desk.project.read("content/hub/proposals.jsonl");
    assert_eq!(facts.lines().count(), 1);
    assert!(facts.contains("\"state\":\"merged\""), "{facts}");
    // What was written is no obstacle to the next audit.
    assert_eq!(desk.audit().status(MODEL), "opened");
}

#[test]
fn what_cannot_be_asked_for_is_told_and_changes_nothing() {
    let desk = desk();
    status(&desk, 0);
    let (journal, facts) =
        (desk.project.read("site/hub/journal.jsonl"), desk.project.read("content/hub/proposals.jsonl"));
    for path in ["/api/models/acme/tiny", "/discussions/1", "/tree/"] {
        desk.hub.fail(Fault::on("GET", path, What::status(500)).forever());
        let status = status(&desk, 1);
        assert_eq!(status["failures"][0]["model"], MODEL, "{status:#}");
        desk.hub.clear_faults();
    }
    assert_eq!(desk.project.read("site/hub/journal.jsonl"), journal);
    assert_eq!(desk.project.read("content/hub/proposals.jsonl"), facts);
}

#[test]
fn a_lost_answer_is_found_and_nothing_published_is_no_error() {
    let desk = Desk::new(&[(MODEL, "0.7150")]);
    let run = desk.run(&["--status"]);
    assert_eq!((run.code, run.stdout.contains("0 pull requests")), (0, true), "{}", run.stdout);
    assert!(!desk.project.path("site/hub/journal.jsonl").exists());
    desk.hub.fail(Fault::on("POST", "/commit/", What::CutAfter));
    desk.hub.fail(Fault::on("GET", "/discussions", What::status(500)).after(2).forever());
    assert_eq!(desk.confirm(&[]).0, 1);
    desk.hub.clear_faults();
    desk.hub.clear_requests();
    assert_eq!(status(&desk, 0)["proposals"][0]["state"], "open");
    assert!(desk.project.read("site/hub/journal.jsonl").contains("\"event\":\"opened\""));
    let run: Run = desk.run(&["--status", "--only", "acme/tinny"]);
    assert!(run.code == 1 && run.stderr.contains("did you mean `acme/tiny`"), "{}", run.stderr);
    assert_eq!(desk.run(&["--status", "--dry-run"]).code, 2);
}
