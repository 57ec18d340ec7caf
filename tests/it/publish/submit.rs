use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::{Desk, FILE, TITLE, code, posted};
use crate::test_hub::{Fault, Kind, What};

const COMMIT: &str = "/commit/main?create_pr=1";

fn desk() -> Desk {
    Desk::new(&[("acme/tiny", "0.7150")])
}

/// What the first confirmed run of one model shows, after `prepare`.
#[track_caller]
fn check(prepare: impl FnOnce(&Desk), expected_code: i32, expected: &str) -> Desk {
    let desk = desk();
    prepare(&desk);
    let (code, shown) = desk.confirm(&[]);
    assert!(shown.contains(expected), "{shown}");
    assert_eq!(code, expected_code, "{shown}");
    desk
}

#[test]
fn a_pull_request_holds_what_was_shown_and_says_from_whom() {
    let desk = check(|_| {}, 0, "1 opened");
    let pulls = desk.pulls("acme/tiny");
    let [pull] = &pulls[..] else { panic!("{pulls:?}") };
    assert_eq!((pull.title.as_str(), pull.author.as_deref()), (TITLE, Some("alice")));
    assert_eq!(pull.base, desk.hub.head(Kind::Model, "acme/tiny"));
    let preview = desk.project.read("site/hub/acme/tiny/.eval_results/gsm8k.yaml");
    assert_eq!(pull.files.len(), 1);
    assert_eq!(pull.files[FILE].as_deref(), Some(preview.as_bytes()));
    for part in [
        "| openai/gsm8k | gsm8k | 71.5 | first-lab |",
        "/blob/0123456789abcdef",
        "https://cards.example/models/acme/tiny.html",
    ] {
        assert!(pull.description.contains(part), "{}", pull.description);
    }
    let requests = desk.hub.requests();
    let commit = requests.iter().find(|request| request.path.contains("/commit/")).unwrap();
    assert_eq!(commit.header("content-type"), Some("application/x-ndjson"));
    let first = commit.body.split(|byte| *byte == b'\n').next().unwrap();
    let header: Value = serde_json::from_slice(first).unwrap();
    assert_eq!(header["key"], "header");
    assert_eq!(header["value"]["parentCommit"], pull.base.as_str());
}

#[test]
fn what_others_posted_stays_byte_for_byte() {
    let theirs = "# by hand, keep\n- dataset: {id: 'a/b',   task_id: c} # odd\n  value: 0.50\n  verifyToken: abc";
    let desk = check(|desk| _ = desk.hub.put(Kind::Model, "acme/tiny", FILE, theirs), 0, "1 opened");
    let pulls = desk.pulls("acme/tiny");
    let new = String::from_utf8(pulls[0].files[FILE].clone().unwrap()).unwrap();
    let ours = desk.project.read("site/hub/acme/tiny/.eval_results/gsm8k.yaml");
    assert_eq!(new, format!("{theirs}\n{ours}"));
    assert!(pulls[0].description.contains("is unchanged"), "{}", pulls[0].description);
}

#[test]
fn what_cannot_be_added_to_is_left_alone() {
    for theirs in ["[{dataset: {id: a/b, task_id: c}, value: 1}]", "- value: 1\n...\n", "- \"a", "a: b"] {
        let desk = desk();
        desk.hub.put(Kind::Model, "acme/tiny", FILE, theirs);
        let review = desk.audit();
        assert_eq!(review.status("acme/tiny"), "audit_error", "{theirs}");
        assert_eq!(review.0["can_open_prs"], false);
    }
}

#[test]
fn a_second_run_opens_nothing_twice() {
    let desk = check(|_| {}, 0, "1 opened");
    assert_eq!(desk.audit().status("acme/tiny"), "opened");
    // Not after another build, nor without the journal, nor once it is closed or merged and taken out.
    desk.project.build(&["--clean"]);
    assert_eq!(desk.audit().status("acme/tiny"), "opened");
    std::fs::remove_file(desk.project.path("site/hub/journal.jsonl")).unwrap();
    assert_eq!(desk.audit().status("acme/tiny"), "already_present");
    desk.hub.close_pr(Kind::Model, "acme/tiny", 1);
    assert_eq!(desk.audit().status("acme/tiny"), "opened");
    desk.hub.merge_pr(Kind::Model, "acme/tiny", 1);
    assert_eq!(desk.audit().status("acme/tiny"), "already_present");
    desk.hub.delete(Kind::Model, "acme/tiny", FILE);
    assert_eq!(desk.audit().status("acme/tiny"), "opened");
    assert_eq!(desk.asked("POST", COMMIT), 1);
}

#[test]
fn a_lost_answer_is_searched_for_and_not_repeated() {
    for what in [What::CutAfter, What::StatusAfter(500), What::Html, What::HalfJson, What::CutWithin] {
        let desk = check(|desk| desk.hub.fail(Fault::on("POST", COMMIT, what)), 0, "1 opened");
        assert_eq!(desk.asked("POST", COMMIT), 1);
        assert_eq!(desk.pulls("acme/tiny").len(), 1);
        assert_eq!(desk.audit().status("acme/tiny"), "opened");
    }
}

#[test]
fn a_request_that_came_to_nothing_is_unknown_and_then_asked_again() {
    for what in [What::CutBefore, What::status(500), What::status(503)] {
        let desk = check(|desk| desk.hub.fail(Fault::on("POST", COMMIT, what)), 1, "1 unknown");
        assert_eq!((desk.asked("POST", COMMIT), desk.pulls("acme/tiny").len()), (1, 0));
        let (code, shown) = desk.confirm(&["--resume"]);
        assert_eq!(code, 0, "{shown}");
        assert_eq!((desk.asked("POST", COMMIT), desk.pulls("acme/tiny").len()), (2, 1));
    }
}

#[test]
fn a_pull_request_that_shows_up_late_is_found_by_the_next_run() {
    let desk = desk();
    desk.hub.fail(Fault::on("POST", COMMIT, What::CutAfter));
    // Two looks before the request; all that follow it fail.
    desk.hub.fail(Fault::on("GET", "/discussions", What::status(500)).after(2).forever());
    let (code, shown) = desk.confirm(&[]);
    assert!(code == 1 && shown.contains("1 unknown"), "{shown}");
    desk.hub.clear_faults();
    let review = desk.audit();
    assert_eq!(review.status("acme/tiny"), "opened");
    assert!(review.text("acme/tiny").contains("/discussions/1"));
    // A run that may write notes it down.
    let run = desk.run(&[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!((desk.asked("POST", COMMIT), desk.pulls("acme/tiny").len()), (1, 1));
}

#[test]
fn a_refusal_is_reported_and_not_repeated() {
    let refusals = [
        What::status_with(412, &[], "The branch was updated since you opened this page."),
        What::status_with(403, &[], "Discussions are disabled"),
        What::status_with(404, &[("X-Error-Code", "RevisionNotFound")], "Invalid rev id"),
        What::status_with(422, &[], "bad path"),
        What::retry_after(429, 1),
    ];
    for what in refusals {
        let desk = Desk::new(&[("acme/a", "0.1"), ("acme/b", "0.2")]);
        desk.hub.fail(Fault::on("POST", "/acme/a/commit/", what.clone()).forever());
        let (code, shown) = desk.confirm(&[]);
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("1 opened, 0 already there, 1 failed"), "{what:?}: {shown}");
        assert_eq!(desk.asked("POST", "/acme/a/commit/"), 1);
        assert_eq!(desk.pulls("acme/b").len(), 1);
    }
}

#[test]
fn a_token_that_dies_or_a_long_pause_stops_the_rest() {
    for what in [What::status_with(401, &[], "Invalid credentials in Authorization header"), What::rate_limited(4000)] {
        let desk = Desk::new(&[("acme/a", "0.1"), ("acme/b", "0.2")]);
        desk.hub.fail(Fault::on("POST", COMMIT, what).forever());
        let (code, shown) = desk.confirm(&[]);
        assert_eq!(code, 1);
        assert!(shown.contains("1 failed, 0 unknown, 1 not tried"), "{shown}");
    }
}

#[test]
fn the_hub_may_not_want_the_file() {
    let ignored =
        |desk: &Desk| desk.hub.edit(Kind::Model, "acme/tiny", |repo| _ = repo.ignored.insert(FILE.to_owned()));
    check(ignored, 1, ".gitignore covers");
    let large = |desk: &Desk| desk.hub.edit(Kind::Model, "acme/tiny", |repo| _ = repo.large.insert(FILE.to_owned()));
    check(large, 1, "large file storage");
    let desk = desk();
    let text = desk.project.read("site/hub/acme/tiny/.eval_results/gsm8k.yaml");
    let answer = serde_json::json!({"files": [{"path": FILE, "uploadMode": "regular", "shouldIgnore": false,
        "oid": crate::test_hub::blob_id(text.as_bytes())}]});
    desk.hub.fail(Fault::on("POST", "/preupload/", What::Json(answer)));
    let (code, shown) = desk.confirm(&[]);
    assert!(code == 0 && shown.contains("1 already there"), "{shown}");
    assert_eq!(desk.asked("POST", COMMIT), 0);
}

/// Somebody does something between the report and the request.
#[track_caller]
fn meanwhile(act: impl Fn(&Desk), expected: &str) {
    let desk = desk();
    let mut terminal = desk.terminal(&[]);
    terminal.exp_string("to cancel: ").unwrap();
    act(&desk);
    terminal.send_line("OPEN PRS").unwrap();
    terminal.exp_string("each pull request").unwrap();
    terminal.send_line(TITLE).unwrap();
    let shown = terminal.exp_eof().unwrap();
    assert!(shown.contains(expected), "{shown}");
    let expected_code = i32::from(shown.contains("1 failed"));
    assert_eq!(code(terminal), expected_code, "{shown}");
}

#[test]
fn who_was_faster_is_seen_right_before_the_request() {
    let propose = |value: &'static str| {
        move |desk: &Desk| {
            let text = posted(value);
            let files: &[_] = &[(FILE, Some(text.as_bytes()))];
            desk.hub.open_pr(Kind::Model, "acme/tiny", Some("bob"), "Mine", "open", files);
        }
    };
    meanwhile(propose("71.5"), "1 already there");
    meanwhile(propose("70"), "70 is posted in open pull request #1");
    meanwhile(|desk| _ = desk.hub.put(Kind::Model, "acme/tiny", FILE, posted("70")), "1 failed");
    // Another entry in the same file: what was shown is not what would be sent.
    let other = "- dataset: {id: a/b, task_id: c}\n  value: 1\n";
    meanwhile(|desk| _ = desk.hub.put(Kind::Model, "acme/tiny", FILE, other), "its files changed since the report");
    // Something that does not matter.
    meanwhile(|desk| _ = desk.hub.put(Kind::Model, "acme/tiny", "README.md", "new"), "1 opened");
    meanwhile(|desk| desk.hub.edit(Kind::Model, "acme/tiny", |repo| repo.private = true), "1 failed");
}

#[test]
fn an_edit_while_the_request_is_under_way_is_not_lost_and_nothing_is_proposed_again() {
    for value in ["70", "71.5"] {
        let desk = desk();
        let (hub, audited) = (desk.hub.clone(), desk.hub.head(Kind::Model, "acme/tiny"));
        desk.hub.on_request(move |seen| {
            if seen.path.contains("/commit/") {
                hub.put(Kind::Model, "acme/tiny", FILE, posted(value));
            }
        });
        let (code, shown) = desk.confirm(&[]);
        // The clone of the Hub goes with the hook.
        desk.hub.on_request(|_| {});
        assert!(code == 0 && shown.contains("1 opened"), "{shown}");
        // It starts from what was looked at, so that git shows the owner the conflict.
        let pulls = desk.pulls("acme/tiny");
        assert_eq!((pulls.len(), &pulls[0].base), (1, &audited));
        let main = desk.hub.file(Kind::Model, "acme/tiny", "main", FILE).unwrap();
        assert_eq!(String::from_utf8(main).unwrap(), posted(value));
        assert_eq!(desk.audit().status("acme/tiny"), "opened");
    }
}

#[test]
fn two_runs_at_once_are_one() {
    let desk = desk();
    let mut terminal = desk.terminal(&[]);
    terminal.exp_string("to cancel: ").unwrap();
    let run = desk.run(&[]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("another `evalcards publish` is working"), "{}", run.stderr);
    terminal.send_control('c').unwrap();
    terminal.exp_eof().unwrap();
}

#[test]
fn ctrl_c_ends_after_the_request_under_way() {
    let models: Vec<String> = (0..6).map(|n| format!("acme/m{n}")).collect();
    let scores: Vec<(&str, &str)> = models.iter().map(|model| (model.as_str(), "0.5")).collect();
    let desk = Desk::new(&scores);
    desk.hub.fail(Fault::on("POST", "/acme/m1/commit/", What::Slow(std::time::Duration::from_millis(700))));
    let (began, hook) = (Arc::new(AtomicBool::new(false)), ());
    let () = hook;
    let began_here = Arc::clone(&began);
    desk.hub.on_request(move |seen| {
        if seen.path.contains("/acme/m1/commit/") {
            began_here.store(true, Ordering::SeqCst);
        }
    });
    let mut terminal = desk.terminal(&[]);
    terminal.exp_string("to cancel: ").unwrap();
    terminal.send_line("OPEN PRS").unwrap();
    terminal.exp_string("each pull request").unwrap();
    terminal.send_line(TITLE).unwrap();
    while !began.load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
    terminal.send_control('c').unwrap();
    let shown = terminal.exp_eof().unwrap();
    assert!(shown.contains("2 opened, 0 already there, 0 failed, 0 unknown, 4 not tried"), "{shown}");
    assert_eq!(code(terminal), 1);
    let (code, shown) = desk.confirm(&["--resume"]);
    assert!(code == 0 && shown.contains("4 opened"), "{shown}");
    assert!(models.iter().all(|model| desk.pulls(model).len() == 1));
}

#[test]
fn a_torn_journal_is_read_as_far_as_it_goes() {
    let desk = check(|_| {}, 0, "1 opened");
    let journal = desk.project.read("site/hub/journal.jsonl");
    assert_eq!(journal.lines().count(), 3);
    // Cut at every byte, as a kill or a full disk would leave it.
    for end in (0..journal.len()).step_by(37) {
        desk.project.write("site/hub/journal.jsonl", &journal[..end]);
        let review = desk.audit();
        assert_ne!(review.status("acme/tiny"), "ready", "cut at {end}");
    }
    desk.project.write("site/hub/journal.jsonl", &journal[..journal.len() - 5]);
    let run = desk.run(&[]);
    assert!(run.code == 0 && run.stderr.contains("1 line of the journal"), "{}", run.stderr);
    assert_eq!(desk.asked("POST", COMMIT), 1);
}

#[test]
fn a_journal_that_cannot_be_written_stops_before_the_request() {
    let desk = desk();
    std::fs::create_dir_all(desk.project.path("site/hub/journal.jsonl")).unwrap();
    let run = desk.run(&[]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("journal.jsonl"), "{}", run.stderr);
    assert_eq!(desk.asked("POST", ""), 0);
}
