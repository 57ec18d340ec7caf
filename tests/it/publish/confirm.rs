use super::{Desk, TITLE, code};
use crate::test_hub::Kind;

fn desk() -> Desk {
    Desk::new(&[("acme/tiny", "0.7150")])
}

/// Types `answers` where they are asked for; nothing may have been sent, and it must say so.
#[track_caller]
fn leaves_it(answers: &[&str]) {
    let desk = desk();
    let mut terminal = desk.terminal(&[]);
    terminal.exp_string("to cancel: ").unwrap();
    let mut shown = String::new();
    for (n, answer) in answers.iter().enumerate() {
        if n > 0 {
            terminal.exp_string("each pull request").unwrap();
        }
        match *answer {
            "^C" => terminal.send_control('c').unwrap(),
            "^D" => terminal.send_control('d').unwrap(),
            answer => _ = terminal.send_line(answer).unwrap(),
        }
    }
    shown += &terminal.exp_eof().unwrap();
    assert!(shown.contains("Nothing was sent"), "{answers:?}: {shown}");
    assert_eq!(code(terminal), 0, "{answers:?}");
    assert_eq!(desk.asked("POST", ""), 0, "{answers:?}");
    assert!(desk.pulls("acme/tiny").is_empty());
}

#[test]
fn anything_but_the_phrase_and_a_title_leaves_it() {
    for phrase in
        ["", "y", "yes", "open prs", "OPEN PR", "OPEN PRS.", " OPEN PRS", "OPEN PRS ", "OPEN  PRS", "^C", "^D"]
    {
        leaves_it(&[phrase]);
    }
    for title in ["", "  ", "ab", "^C", "^D"] {
        leaves_it(&["OPEN PRS", title]);
    }
}

#[test]
fn a_person_who_confirms_sees_who_opens_how_many() {
    let desk = desk();
    let (code, shown) = desk.confirm(&[]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("1 opened, 0 already there, 0 failed, 0 unknown, 0 not tried."), "{shown}");
    assert!(shown.contains("opens 1 pull request with 1 result as alice"), "{shown}");
    assert_eq!(desk.pulls("acme/tiny").len(), 1);
}

#[test]
fn a_message_is_offered_and_the_phrase_is_still_asked_for() {
    let desk = desk();
    let mut terminal = desk.terminal(&["--message", "My title"]);
    terminal.exp_string("to cancel: ").unwrap();
    terminal.send_line("OPEN PRS").unwrap();
    terminal.exp_string("[My title]: ").unwrap();
    terminal.send_line("").unwrap();
    terminal.exp_eof().unwrap();
    assert_eq!(code(terminal), 0);
    assert_eq!(desk.pulls("acme/tiny")[0].title, "My title");
    assert_eq!(desk.run(&["--message", "a\u{1b}[31mb"]).code, 1);
}

#[test]
fn what_was_typed_before_the_question_is_no_answer() {
    let desk = desk();
    desk.hub.set_latency(std::time::Duration::from_millis(100));
    let mut terminal = desk.terminal(&[]);
    terminal.send_line("OPEN PRS").unwrap();
    terminal.send_line(TITLE).unwrap();
    terminal.exp_string("to cancel: ").unwrap();
    terminal.send_line("no").unwrap();
    let shown = terminal.exp_eof().unwrap();
    assert!(shown.contains("Nothing was sent"), "{shown}");
    assert_eq!(code(terminal), 0);
    assert_eq!(desk.asked("POST", ""), 0);
}

#[test]
fn without_a_terminal_nobody_can_confirm() {
    let desk = desk();
    let mut command = desk.command(&[]);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"OPEN PRS\nTitle\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Nothing was sent"));
    assert_eq!(desk.asked("POST", ""), 0);
}

#[test]
fn who_cannot_write_is_told_before_the_audit() {
    let desk = desk();
    desk.hub.add_user("bob", "hf_read", "read");
    let output = desk.command(&[]).env("HF_TOKEN", "hf_read").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("is read-only") && stderr.contains("help:"), "{stderr}");
    assert_eq!(desk.hub.requests().len(), 1, "who it is, and nothing else");

    let output = desk.command(&[]).env("HF_TOKEN", "hf_wrong").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("not accepted") && !stderr.contains("hf_wrong"), "{stderr}");
    let output = desk.command(&[]).env_remove("HF_TOKEN").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("HF_TOKEN"));
}

#[test]
fn a_change_after_the_report_stops_everything() {
    for file in ["site/hub/manifest.json", "site/hub/acme/tiny/.eval_results/gsm8k.yaml"] {
        let desk = desk();
        let mut terminal = desk.terminal(&[]);
        terminal.exp_string("to cancel: ").unwrap();
        let text = desk.project.read(file) + "\n";
        desk.project.write(file, &text);
        terminal.send_line("OPEN PRS").unwrap();
        terminal.exp_string("each pull request").unwrap();
        terminal.send_line(TITLE).unwrap();
        let shown = terminal.exp_eof().unwrap();
        assert!(shown.contains("changed since the report: nothing was sent"), "{shown}");
        assert_eq!(code(terminal), 1);
        assert_eq!(desk.asked("POST", ""), 0);
    }
}

#[test]
fn what_the_build_did_not_write_is_refused() {
    let desk = desk();
    let preview = "site/hub/acme/tiny/.eval_results/gsm8k.yaml";
    let text = desk.project.read(preview);
    desk.project.write(preview, &text.replace("71.5", "99"));
    let run = desk.run(&["--dry-run"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("does not match the manifest"), "{}", run.stderr);
    desk.project.write(preview, &text);

    let manifest = desk.project.read("site/hub/manifest.json");
    for (from, to, said) in [
        ("\"acme/tiny\"", "\"../../x\"", "is not a Hub id"),
        (".eval_results/gsm8k.yaml", ".eval_results/../README.md", "is not a file name"),
        ("71.5", "\"71.5\"", "damaged"),
        ("71.5", "1e999", "not a finite number"),
        ("\"version\": 1", "\"version\": 2", "version 2"),
        ("{", "", "damaged"),
    ] {
        desk.project.write("site/hub/manifest.json", &manifest.replacen(from, to, 1));
        let run = desk.run(&["--dry-run"]);
        assert_eq!(run.code, 1, "{to}");
        assert!(run.stderr.contains(said), "{to}: {}", run.stderr);
    }
    assert!(desk.hub.requests().is_empty());
}

#[test]
fn a_build_that_is_not_pinned_can_only_be_looked_at() {
    let desk = desk();
    desk.project.write("content/site.yaml", "datastore: {repo: evaleval/EEE_datastore}\n");
    desk.project.build(&[]);
    let run = desk.run(&[]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("not pinned to a commit") && run.stderr.contains("--dry-run"), "{}", run.stderr);
    assert!(desk.hub.requests().is_empty());
    let run = desk.run(&["--dry-run"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("Nothing can be opened"), "{}", run.stdout);
}

#[test]
fn json_is_one_document_also_for_a_person() {
    let desk = desk();
    let (code, shown) = desk.confirm(&["--json"]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("\"outcome\": \"opened\""), "{shown}");
    assert_eq!(desk.hub.pull_requests(Kind::Model, "acme/tiny").len(), 1);
}

#[test]
fn only_and_limit_choose_models() {
    let desk = Desk::new(&[("acme/a", "0.1"), ("acme/b", "0.2"), ("acme/c", "0.3")]);
    let run = desk.run(&["--only", "acme/aa", "--dry-run"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("did you mean `acme/a`"), "{}", run.stderr);
    // In the spelling of the manifest.
    let spelt = Desk::new(&[("Acme/Tiny-1B", "0.1")]);
    assert!(spelt.run(&["--only", "acme/tiny", "--dry-run"]).stderr.contains("did you mean `Acme/Tiny-1B`"));
    let (code, _) = desk.confirm(&["--only", "ACME/B"]);
    assert_eq!(code, 0);
    let (code, shown) = desk.confirm(&["--limit", "1"]);
    assert_eq!(code, 0, "{shown}");
    let counts: Vec<usize> = ["acme/a", "acme/b", "acme/c"].iter().map(|model| desk.pulls(model).len()).collect();
    assert_eq!(counts, [1, 1, 0]);
}
