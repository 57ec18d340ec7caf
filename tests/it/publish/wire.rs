use std::time::{Duration, Instant};

use super::{Desk, posted};
use crate::test_hub::{Fault, Kind, What};

fn desk() -> Desk {
    Desk::new(&[("acme/tiny", "0.7150")])
}

/// The audit with the Hub's own waits; gives how long it took.
fn timed(fault: impl FnOnce() -> Fault) -> (Duration, usize) {
    let desk = desk();
    // Made only now, as a date in it must not pass while the project is built.
    desk.hub.fail(fault());
    let start = Instant::now();
    let output = desk.command(&["--dry-run", "--json"]).env("EVALCARDS_WAIT_SCALE", "1").output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["review"]["entries"][0]["status"], "ready", "{document:#}");
    (start.elapsed(), desk.asked("GET", "/discussions"))
}

#[test]
fn the_hub_is_waited_for_as_it_asks() {
    // A date has whole seconds, of which one may be over when it arrives.
    let date = || What::retry_after_date(429, Duration::from_secs(2));
    for what in [|| What::rate_limited(1), || What::retry_after(429, 1), date] {
        let (time, asked) = timed(|| Fault::on("GET", "/discussions", what()));
        assert!(time >= Duration::from_millis(1900), "{:?}: {time:?}", what());
        assert_eq!(asked, 2, "{:?}", what());
    }
    let (time, asked) = timed(|| Fault::on("GET", "/discussions", What::status(503)).times(2));
    assert!(time >= Duration::from_secs(3), "1 s, then 2 s: {time:?}");
    assert_eq!(asked, 3);
}

#[test]
fn reads_are_repeated_after_passing_faults_and_only_so_often() {
    for what in [What::CutBefore, What::CutWithin, What::status(500), What::status(504), What::retry_after(503, 1)] {
        let desk = desk();
        desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/x.yaml", "[]");
        desk.hub.fail(Fault::on("GET", "/tree/", what).times(4));
        assert_eq!(desk.audit().status("acme/tiny"), "ready");
        assert_eq!(desk.asked("GET", "/tree/"), 5);
    }
    let desk = desk();
    desk.hub.fail(Fault::on("GET", "/tree/", What::status(502)).forever());
    assert_eq!(desk.audit().status("acme/tiny"), "audit_error");
    assert_eq!(desk.asked("GET", "/tree/"), 6);
}

#[test]
fn nonsense_is_a_clear_error_that_names_the_address() {
    for (what, said) in [
        (What::Html, "expected JSON, got a web page"),
        (What::HalfJson, "unexpected JSON"),
        (What::Json(serde_json::json!({"x": 1})), "unexpected JSON"),
        (What::Large(70 << 20), "too large"),
        (What::Redirect("http://127.0.0.1:9/x".to_owned()), "another host"),
        (What::Redirect("https://example.org/x".to_owned()), "another host"),
        (What::status_with(418, &[], "I am a teapot"), "I am a teapot"),
    ] {
        let desk = desk();
        desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/x.yaml", "[]");
        desk.hub.fail(Fault::on("GET", "/tree/", what).forever());
        let review = desk.audit();
        assert_eq!(review.status("acme/tiny"), "audit_error");
        let text = review.text("acme/tiny");
        assert!(text.contains(said) && text.contains("/api/models/acme/tiny/tree/"), "{text}");
    }
}

#[test]
fn the_next_page_is_on_the_hub_itself() {
    let desk = desk();
    desk.hub.set_page_size(50, 1);
    for name in ["a", "b"] {
        desk.hub.put(Kind::Model, "acme/tiny", &format!(".eval_results/{name}.yaml"), "[]");
    }
    desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/c.yaml", posted("1"));
    assert_eq!(desk.audit().status("acme/tiny"), "score_conflict");

    // The Hub's own address stands for the endpoint; any other is not asked.
    desk.hub.fail(Fault::on("GET", "/tree/", What::NextAt("https://huggingface.co".to_owned())).forever());
    assert_eq!(desk.audit().status("acme/tiny"), "score_conflict");
    desk.hub.clear_faults();
    desk.hub.fail(Fault::on("GET", "/tree/", What::NextAt(desk.hub.storage())).forever());
    let review = desk.audit();
    assert_eq!(review.status("acme/tiny"), "audit_error");
    assert!(review.text("acme/tiny").contains("another host"));
    assert!(desk.hub.requests().iter().all(|request| !request.storage));
}

#[test]
fn a_list_without_end_ends() {
    let desk = desk();
    let page =
        serde_json::json!({"discussions": [{"num": 1, "isPullRequest": false}], "count": 999_999_999, "start": 0});
    desk.hub.fail(Fault::on("GET", "/discussions", What::Json(page)).forever());
    let review = desk.audit();
    assert_eq!(review.status("acme/tiny"), "audit_error");
    assert!(review.text("acme/tiny").contains("more than 1000 pages"));
}

#[test]
fn offline_asks_nothing() {
    let desk = desk();
    let output = desk.command(&["--dry-run"]).env("HF_HUB_OFFLINE", "1").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("HF_HUB_OFFLINE"));
    assert!(desk.hub.requests().is_empty());
}

#[test]
fn the_token_is_read_from_the_usual_places_and_shown_nowhere() {
    let desk = desk();
    desk.project.write("home/token", "hf_test\n");
    desk.project.write("other", "hf_test");
    let token = |command: &mut std::process::Command| {
        desk.hub.clear_requests();
        let output = command.env_remove("HF_TOKEN").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let requests = desk.hub.requests();
        requests.iter().all(|request| request.header("authorization") == Some("Bearer hf_test"))
    };
    assert!(token(&mut desk.command(&["--dry-run"])));
    assert!(token(desk.command(&["--dry-run"]).env("HF_TOKEN_PATH", desk.project.path("other"))));

    // A hostile answer repeats what it was sent.
    let echo = What::status_with(403, &[("X-Request-Id", "hf_test")], "you sent Bearer hf_test");
    desk.hub.fail(Fault::on("GET", "/tree/", echo).forever());
    let run = desk.run(&["--dry-run", "-v"]);
    let (json, _) = (desk.run(&["--dry-run", "--json"]), ());
    for text in [&run.stdout, &run.stderr, &json.stdout, &json.stderr] {
        assert!(!text.contains("hf_test"), "{text}");
    }
    assert!(run.stdout.contains("you sent Bearer ****"), "{}", run.stdout);
    for (path, bytes) in desk.project.files("site") {
        assert!(!String::from_utf8_lossy(&bytes).contains("hf_test"), "{path}");
    }
}

#[test]
fn what_a_stranger_wrote_cannot_paint_the_terminal() {
    let desk = desk();
    let title = "\u{1b}[2J\u{202e}evil";
    let text = posted("70") + "  notes: \"\\e[31m\"\n";
    desk.hub.open_pr(
        Kind::Model,
        "acme/tiny",
        Some("bob"),
        title,
        "open",
        &[(".eval_results/x.yaml", Some(text.as_bytes()))],
    );
    let run = desk.run(&["--dry-run"]);
    assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{202e}'), "{:?}", run.stdout);
}
