use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use evalcards::facts::{HubModelInfo, ModelFact};
use evalcards::fetch::models::{ModelsReport, fetch};
use serde_json::json;

use super::Desk;
use crate::test_hub::{Fault, Kind, Moved, What};

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[track_caller]
fn ask(desk: &Desk, day: i64, of: &[&str]) -> ModelsReport {
    desk.run_on(day, |run| fetch(run, &ids(of))).unwrap()
}

#[track_caller]
fn info(desk: &Desk, id: &str) -> Option<HubModelInfo> {
    let facts = desk.facts::<ModelFact>();
    facts.into_iter().find(|fact| fact.id == id).unwrap_or_else(|| panic!("no line of {id}")).info
}

#[test]
fn a_page_becomes_a_line() {
    let desk = Desk::new();
    desk.hub.add_model("acme/tiny");
    desk.hub.edit(Kind::Model, "acme/tiny", |repo| {
        repo.gated = Some("manual".to_owned());
        repo.info.insert("library_name".into(), json!("transformers"));
        repo.info.insert("safetensors".into(), json!({"parameters": {"BF16": 1_235_814_400}, "total": 1_235_814_400}));
        repo.info.insert("createdAt".into(), json!("2026-07-01T10:00:00.000Z"));
        repo.info.insert(
            "tags".into(),
            json!([
                "transformers",
                "en",
                "license:mit",
                "base_model:acme/base",
                "base_model:finetune:acme/base",
                "region:us"
            ]),
        );
    });
    let report = ask(&desk, 0, &["acme/tiny"]);
    assert_eq!(report, ModelsReport { found: 1, ..ModelsReport::default() });
    let commit = desk.hub.head(Kind::Model, "acme/tiny");
    assert_eq!(
        desk.text("models.jsonl"),
        format!(
            concat!(
                r#"{{"id":"acme/tiny","seen":"2026-09-01T12:00:00Z","info":{{"id":"acme/tiny","commit":"{}","#,
                r#""library":"transformers","license":"mit","parameters":1235814400,"#,
                r#""base_models":[{{"id":"acme/base","relation":"finetune"}}],"tags":["en","region:us"],"#,
                r#""gated":"manual","downloads":123,"created":"2026-07-01T10:00:00Z"}}}}"#,
                "\n"
            ),
            commit
        )
    );
}

#[test]
fn renamed_unknown_private_and_impossible_models() {
    for token in [None, Some("hf_test")] {
        let desk = Desk::with_token(token);
        desk.hub.add_model("acme/old");
        desk.hub.rename(Kind::Model, "acme/old", "acme/new", Moved::Relative);
        desk.hub.add_model("alice/secret");
        desk.hub.edit(Kind::Model, "alice/secret", |repo| repo.private = true);
        let all = ["acme/old", "ACME/New", "acme/none", "alice/secret", "gpt-4", "../etc", "a/b:0", "x/\u{1b}[31m"];
        let report = ask(&desk, 0, &all);
        assert_eq!(report, ModelsReport { found: 2, unknown: 2, no_hub_id: 4, ..ModelsReport::default() });
        assert_eq!(info(&desk, "acme/old").unwrap().id, "acme/new");
        assert_eq!(info(&desk, "ACME/New").unwrap().id, "acme/new");
        assert_eq!(info(&desk, "acme/none"), None);
        // A token may see more than everybody, and a site is for everybody.
        assert_eq!(info(&desk, "alice/secret"), None);
        for part in ["gpt-4", "etc", "b:0", "31m"] {
            assert_eq!(desk.asked(part), 0, "{part}");
        }
    }
}

#[test]
fn only_what_is_old_is_asked_for_again_and_the_rest_stays() {
    let desk = Desk::new();
    for id in ["acme/a", "acme/b"] {
        desk.hub.add_model(id);
    }
    ask(&desk, 0, &["acme/a", "acme/none"]);
    ask(&desk, 20, &["acme/b"]);
    let before = desk.text("models.jsonl");
    desk.hub.clear_requests();
    let report = ask(&desk, 30, &["acme/a", "acme/b", "acme/none"]);
    assert_eq!((report.fresh, desk.hub.requests().len()), (3, 0));
    assert_eq!(desk.text("models.jsonl"), before);
    // Only acme/b, and only it is written anew.
    desk.hub.edit(Kind::Model, "acme/b", |repo| _ = repo.info.insert("downloads".into(), json!(7)));
    let report = ask(&desk, 51, &["acme/b"]);
    assert_eq!((report.found, report.fresh, desk.hub.requests().len()), (1, 0, 1));
    assert_eq!(info(&desk, "acme/b").unwrap().downloads, Some(7));
    assert_eq!(desk.text("models.jsonl").lines().next(), before.lines().next());
    let report =
        desk.run_on(51, |run| fetch(&evalcards::fetch::Run { force: true, ..*run }, &ids(&["acme/b"]))).unwrap();
    assert_eq!(report.found, 1);
    // A time from the future is no reason to wait for it.
    assert_eq!(ask(&desk, 0, &["acme/b"]).found, 1);
}

#[test]
fn a_failure_is_reported_and_stops_nothing() {
    let desk = Desk::new();
    for id in ["acme/a", "acme/b", "acme/c", "acme/d"] {
        desk.hub.add_model(id);
    }
    ask(&desk, 0, &["acme/a", "acme/b"]);
    desk.hub.fail(Fault::on("GET", "acme/a?", What::status(503)).forever());
    desk.hub.fail(Fault::on("GET", "acme/b?", What::rate_limited(1)));
    desk.hub.fail(Fault::on("GET", "acme/c?", What::HalfJson).forever());
    desk.hub.fail(Fault::on("GET", "acme/d?", What::CutWithin));
    let report = ask(&desk, 40, &["acme/a", "acme/b", "acme/c", "acme/d"]);
    assert_eq!((report.found, report.not_asked), (2, 0));
    let failures: Vec<&str> = report.failures.iter().map(|it| it.what.as_str()).collect();
    assert_eq!(failures, ["acme/a", "acme/c"]);
    assert!(
        report.failures[0].said.contains("503") && report.failures[1].said.contains("unexpected JSON"),
        "{report:?}"
    );
    let facts = desk.facts::<ModelFact>();
    let seen: Vec<(&str, String)> = facts.iter().map(|it| (it.id.as_str(), it.seen.to_string())).collect();
    let late = "2026-10-11T12:00:00Z".to_owned();
    assert_eq!(seen, [("acme/a", super::START.to_owned()), ("acme/b", late.clone()), ("acme/d", late)]);
}

#[test]
fn a_hub_that_does_not_answer_is_not_asked_for_ever() {
    let desk = Desk::new();
    let many: Vec<String> = (0..100).map(|n| format!("acme/m{n}")).collect();
    desk.hub.fail(Fault::new(What::status(503)).forever());
    let report = desk.run_on(0, |run| fetch(run, &many)).unwrap();
    assert!(report.not_asked > 80 && report.failures.len() + report.not_asked == 100, "{report:?}");
    assert!(!desk.facts_folder().join("models.jsonl").exists());
    // A wrong token is wrong for all.
    desk.hub.clear_faults();
    desk.hub.fail(Fault::new(What::status_with(401, &[], "Invalid credentials in Authorization header")).forever());
    let report = desk.run_on(0, |run| fetch(run, &many)).unwrap();
    assert!(report.not_asked >= 94 && report.failures[0].said.contains("token is not accepted"), "{report:?}");
}

#[test]
fn what_was_answered_before_a_kill_is_on_disk_and_whole() {
    let desk = Desk::new();
    let many: Vec<String> = (0..450).map(|n| format!("acme/m{n:03}")).collect();
    let file = desk.facts_folder().join("models.jsonl");
    let most = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&most);
    desk.hub.on_request(move |_| {
        // At every moment the file is whole.
        if let Ok(text) = std::fs::read_to_string(&file) {
            let lines = evalcards::facts::read::<ModelFact>(&text).unwrap().len();
            seen.fetch_max(lines, Ordering::Relaxed);
        }
    });
    desk.run_on(0, |run| fetch(run, &many)).unwrap();
    assert_eq!(most.load(Ordering::Relaxed), 400);
    assert_eq!(desk.facts::<ModelFact>().len(), 450);
    assert_eq!(std::fs::read_dir(desk.facts_folder()).unwrap().count(), 1, "no file is left over");
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone() {
    let desk = Desk::new();
    let good = r#"{"id":"acme/a","seen":"2026-09-01T12:00:00Z","info":null}"#;
    for bad in ["{\"id\":1}", "<<<<<<< HEAD", &good.replace("null", "{}"), &good.replace("\"info\"", "\"extra\"")] {
        let text = format!("{good}\n{bad}\n");
        desk.write("models.jsonl", &text);
        let error = desk.run_on(0, |run| fetch(run, &ids(&["acme/b"]))).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("models.jsonl: line 2") && error.contains("help: "), "{error}");
        assert_eq!(desk.text("models.jsonl"), text);
    }
    assert_eq!(desk.hub.requests().len(), 0);
    std::fs::remove_file(desk.facts_folder().join("models.jsonl")).unwrap();
    std::fs::create_dir(desk.facts_folder().join("models.jsonl")).unwrap();
    let error = desk.run_on(0, |run| fetch(run, &ids(&["acme/b"]))).unwrap_err();
    assert!(format!("{error:#}").contains("is not a file"), "{error:#}");
}

#[test]
fn hostile_answers_are_short_and_plain_on_disk() {
    let desk = Desk::new();
    desk.hub.add_model("acme/tiny");
    let long = "x".repeat(10 << 20);
    desk.hub.edit(Kind::Model, "acme/tiny", |repo| {
        repo.info.insert("library_name".into(), json!("a\u{1b}[31m\u{202e}b"));
        repo.info.insert("cardData".into(), json!({"license": long, "base_model": ["../../x", {"a": 1}, "acme/\n"]}));
        repo.info.insert("tags".into(), json!(["ok", "", " ", "new\nline", {"a": []}, "\u{2028}", "license:\u{7}"]));
        repo.info.insert("downloads".into(), json!(1e300));
    });
    ask(&desk, 0, &["acme/tiny"]);
    let text = desk.text("models.jsonl");
    assert!(text.len() < 500 && !text.contains(|c: char| c.is_control() && c != '\n'), "{text}");
    assert_eq!(info(&desk, "acme/tiny").unwrap().tags, ["ok"]);
    // More than any answer has, and an id that is another's.
    for (fields, said) in [
        (json!({"id": "acme/tiny", "sha": "0".repeat(40), "x": "x".repeat(17 << 20)}), "larger than"),
        (json!({"id": "..\u{1b}/x", "sha": "0".repeat(40)}), "no id or no commit"),
        (json!([]), "no id or no commit"),
        (json!({"id": "acme/tiny", "sha": "main"}), "no id or no commit"),
        (json!({"id": "tiny", "sha": "0".repeat(40)}), "has the id `tiny`"),
    ] {
        desk.hub.fail(Fault::on("GET", "acme/tiny", What::Json(fields)));
        let report = ask(&desk, 40, &["acme/tiny"]);
        assert!(report.failures.len() == 1 && report.failures[0].said.contains(said), "{report:?}");
    }
    assert_eq!(desk.text("models.jsonl"), text);
}

#[test]
fn the_token_goes_nowhere_else() {
    let desk = Desk::new();
    desk.hub.add_model("acme/old");
    let elsewhere = Moved::Elsewhere(desk.hub.storage());
    desk.hub.rename(Kind::Model, "acme/old", "acme/new", elsewhere);
    let report = ask(&desk, 0, &["acme/old"]);
    assert!(report.failures[0].said.contains("another host"), "{report:?}");
    assert!(desk.hub.requests().iter().all(|seen| !seen.storage || seen.header("Authorization").is_none()));
}
