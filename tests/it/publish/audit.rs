use serde_json::json;

use super::{Desk, FILE, Review, posted};
use crate::test_hub::{Fault, Kind, Moved, What};

fn desk() -> Desk {
    Desk::new(&[("acme/tiny", "0.7150")])
}

/// The status of the one model after `prepare`.
#[track_caller]
fn check(expected: &str, prepare: impl FnOnce(&Desk)) -> Review {
    let desk = desk();
    prepare(&desk);
    let review = desk.audit();
    assert_eq!(review.status("acme/tiny"), expected, "{:#}", review.0);
    assert_eq!(desk.asked("POST", ""), 0);
    review
}

#[test]
fn the_same_score_and_another_are_found_wherever_they_stand() {
    let put = |path: &'static str, text: &str| {
        let text = text.to_owned();
        move |desk: &Desk| _ = desk.hub.put(Kind::Model, "acme/tiny", path, text)
    };
    check("ready", |_| {});
    check("already_present", put(FILE, &posted("71.5")));
    check("already_present", put(".eval_results/any/where.YML", &posted("71.50")));
    check("score_conflict", put(".eval_results/other.yaml", &posted("70")));
    check("already_present", put(FILE, "- dataset: {id: OpenAI/GSM8K, task_id: gsm8k}\n  value: 71.5\n"));
    // Another task, another dataset, no file of results.
    check("ready", put(FILE, "- dataset: {id: openai/gsm8k, task_id: other}\n  value: 1\n"));
    check("ready", put(".eval_results/x.yaml", "- dataset: {id: a/b, task_id: gsm8k}\n  value: 1\n"));
    check("ready", put(".eval_results/x.txt", &posted("70")));
    check("ready", put("gsm8k.yaml", &posted("70")));
}

#[test]
fn the_other_scale_and_other_notes_are_named() {
    let review = check("score_conflict", |desk| _ = desk.hub.put(Kind::Model, "acme/tiny", FILE, posted("0.715")));
    assert_eq!(review.entry("acme/tiny")["findings"][0]["rescaled"], true);
    let review = check("score_conflict", |desk| {
        _ = desk.hub.put(Kind::Model, "acme/tiny", FILE, posted("70") + "  notes: with tools\n");
    });
    assert_eq!(review.entry("acme/tiny")["findings"][0]["existing_notes"], "with tools");
    // Of several entries, the one that says the same.
    check("already_present", |desk| {
        _ = desk.hub.put(Kind::Model, "acme/tiny", FILE, posted("70") + &posted("71.5"));
    });
}

#[test]
fn every_open_pull_request_is_read_and_past_ones_for_a_no() {
    let propose = |status: &'static str, author: Option<&'static str>, value: &'static str| {
        move |desk: &Desk| {
            let text = posted(value);
            desk.hub.open_pr(Kind::Model, "acme/tiny", author, "Scores", status, &[("x.md", Some(b"x"))]);
            let files: &[_] = &[(".eval_results/s.yaml", Some(text.as_bytes()))];
            desk.hub.open_pr(Kind::Model, "acme/tiny", author, "Scores", status, files);
        }
    };
    check("already_present", propose("open", Some("bob"), "71.5"));
    check("score_conflict", propose("open", None, "71"));
    check("score_conflict", propose("draft", Some("bob"), "71"));
    // The owner closed what somebody else proposed, or merged it and took it back.
    let review = check("declined", propose("closed", Some("bob"), "71.5"));
    assert!(review.entry("acme/tiny")["pull_request"].as_str().unwrap().ends_with("/acme/tiny/discussions/2"));
    check("ready", propose("closed", Some("bob"), "71"));
    check("declined", |desk| {
        propose("merged", Some("bob"), "71.5")(desk);
        desk.hub.delete(Kind::Model, "acme/tiny", ".eval_results/s.yaml");
    });
    check("already_present", propose("merged", Some("bob"), "71.5"));
    // Whoever closes a pull request of their own says nothing of its score.
    check("ready", |desk| {
        propose("open", Some("bob"), "71.5")(desk);
        desk.hub.edit(Kind::Model, "acme/tiny", |repo| {
            repo.thread(2).unwrap().set_status(Some("bob"), "closed");
        });
    });
    // Our own that was closed: the owner said no, and is not asked again.
    let review = check("opened", propose("closed", Some("alice"), "71.5"));
    assert!(review.text("acme/tiny").contains("/acme/tiny/discussions/2"), "{:#}", review.0);
    check("ready", propose("closed", Some("alice"), "71"));
}

#[test]
fn a_pull_request_from_an_old_main_changes_only_what_it_changes() {
    check("ready", |desk| {
        desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/a.yaml", posted("70"));
        let files: &[_] = &[("README.md", Some(b"new".as_slice()))];
        desk.hub.open_pr(Kind::Model, "acme/tiny", Some("bob"), "Words", "open", files);
        // Since then the owner took the entry back.
        desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/a.yaml", "# nothing yet\n");
    });
}

#[test]
fn discussions_are_paged_and_may_be_odd() {
    check("score_conflict", |desk| {
        let hub = &desk.hub;
        hub.set_page_size(2, 1);
        hub.open_discussion(Kind::Model, "acme/tiny", None, "no pull request");
        hub.open_pr(Kind::Model, "acme/tiny", None, "by nobody", "open", &[("a", Some(b"a"))]);
        hub.open_pr(Kind::Model, "acme/tiny", Some("bob"), "merged", "merged", &[("b", Some(b"b"))]);
        let text = posted("1");
        let files: &[_] =
            &[(".eval_results/a.yaml", Some(b"[]".as_slice())), (".eval_results/s.yaml", Some(text.as_bytes()))];
        hub.open_pr(Kind::Model, "acme/tiny", Some("bob"), "Scores", "open", files);
        for n in 0..3 {
            hub.open_pr(Kind::Model, "acme/tiny", Some("bob"), &format!("{n}"), "draft", &[("c", Some(b"c"))]);
        }
    });
}

#[test]
fn what_only_the_hub_knows_of_counts_too() {
    check("score_conflict", |desk| {
        desk.hub.edit(Kind::Model, "acme/tiny", |repo| {
            repo.eval_results_extra = vec![
                json!({"filename": ".eval_results/b.yaml", "error": "words of the Hub"}),
                json!({"filename": ".eval_results/s.yaml", "verified": false, "pullRequest": 44,
                       "data": {"dataset": {"id": "openai/gsm8k", "task_id": "gsm8k"}, "value": 1}}),
                json!("nonsense"),
            ];
        });
    });
}

#[test]
fn what_an_owner_has_hidden_counts_as_posted() {
    for value in ["71.5", "70"] {
        let review = check(if value == "70" { "score_conflict" } else { "already_present" }, |desk| {
            desk.hub.put(Kind::Model, "acme/tiny", FILE, posted(value));
            desk.hub.edit(Kind::Model, "acme/tiny", |repo| _ = repo.info.insert("evalResults".into(), json!([])));
        });
        assert!(review.0["notes"].to_string().contains("may have hidden it"), "{:#}", review.0);
    }
    let review = check("already_present", |desk| _ = desk.hub.put(Kind::Model, "acme/tiny", FILE, posted("71.5")));
    assert_eq!(review.0["notes"], json!([]), "what the Hub shows is not hidden");
    // What the Hub shows of main is posted, whether a file has it or not.
    check("already_present", |desk| {
        let entry = json!({"filename": ".eval_results/gone.yaml", "verified": false,
            "data": {"dataset": {"id": "openai/gsm8k", "task_id": "gsm8k"}, "value": 71.5}});
        desk.hub.edit(Kind::Model, "acme/tiny", |repo| repo.eval_results_extra.push(entry));
    });
}

#[test]
fn other_names_of_a_dataset_are_the_dataset() {
    let post = |desk: &Desk, dataset: &str, task: &str| {
        let text = format!("- dataset: {{id: {dataset}, task_id: {task}}}\n  value: 71.5\n");
        desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/x.yaml", text);
    };
    // Posted under the name that the dataset had before.
    check("already_present", |desk| {
        desk.hub.add_dataset("old/gsm8k");
        desk.hub.rename(Kind::Dataset, "old/gsm8k", "openai/gsm8k", Moved::Relative);
        desk.hub.put(Kind::Dataset, "openai/gsm8k", "eval.yaml", "tasks: [{id: gsm8k}]\n");
        post(desk, "Old/GSM8K", "gsm8k");
    });
    // Posted under the name that it has now, which the build does not know yet.
    let renamed = |desk: &Desk| desk.hub.rename(Kind::Dataset, "openai/gsm8k", "lab/gsm8k", Moved::Relative);
    check("already_present", |desk| {
        renamed(desk);
        post(desk, "lab/gsm8k", "gsm8k");
    });
    check("ready", |desk| {
        renamed(desk);
        post(desk, "lab/gsm8k", "other");
    });
    check("ready", |desk| post(desk, "nobody/gsm8k", "gsm8k"));
    check("ready", |desk| post(desk, "'../../x'", "gsm8k"));
    let review = check("audit_error", |desk| {
        desk.hub.fail(Fault::on("GET", "/api/datasets/lab/gsm8k", What::status(500)).forever());
        post(desk, "lab/gsm8k", "gsm8k");
    });
    assert!(review.text("acme/tiny").contains("another name"), "{:#}", review.0);
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let put = |text: String| move |desk: &Desk| _ = desk.hub.put(Kind::Model, "acme/tiny", FILE, text);
    check("already_present", put(format!("\u{feff}{}", posted("71.5"))));
    check("score_conflict", put(format!("\u{feff}{}", posted("70"))));
    let theirs = "\u{feff}- dataset: {id: a/b, task_id: c}\n  value: 1\n";
    let review = check("ready", put(theirs.to_owned()));
    let diff = review.0["proposals"][0]["files"][0]["diff"].as_str().unwrap();
    assert!(diff.contains(" \u{feff}- dataset") && !diff.contains("\n-"), "{diff}");
    check("ready", |desk| {
        let text = "\u{feff}tasks: [{id: gsm8k}]\n";
        desk.hub.put(Kind::Dataset, "openai/gsm8k", "eval.yaml", text);
    });
}

#[test]
fn a_broken_file_blocks_only_what_it_may_be_about() {
    let put = |text: &'static [u8]| {
        move |desk: &Desk| _ = desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/x.yaml", text)
    };
    check("audit_error", put(b"- dataset: {id: openai/gsm8k, task_id: gsm8k}\n  value: 1\n  value: 2\n"));
    check("audit_error", put(b"- {dataset: {id: openai/gsm8k, task_id: gsm8k}, value: yes}"));
    check("audit_error", put(b"- {dataset: {id: openai/gsm8k, task_id: gsm8k}}"));
    check("audit_error", put(b"- {dataset: {id: openai/gsm8k}, value: 1}"));
    check("audit_error", put(b"- {dataset: {id: openai/gsm8k, task_id: gsm8k}, value: .nan}"));
    check("audit_error", put(b"openai/gsm8k \xff"));
    check("audit_error", put(b"dataset: {id: openai/gsm8k}"));
    check("audit_error", put(b"\xff\xfeo\0p\0e\0n\0a\0i\0/\0g\0s\0m\08\0k\0"));
    let review = check("ready", put(b"- {dataset: {id: cais/hle, task_id: hle}, value: 1, value: 2}"));
    assert!(review.0["notes"][0]["note"].as_str().unwrap().contains("x.yaml"), "{:#}", review.0);
    check("ready", put(b"\xff\xfe"));
    check("ready", put(b"- 1\n- text\n- {dataset: 5}\n- {dataset: {id: 1}}\n- null\n"));
    check("ready", put(b""));
    check("already_present", put(b"- x\n- {dataset: {id: openai/gsm8k, task_id: gsm8k}, value: 71.5}\n"));
    check("audit_error", put(b"- {dataset: {id: openai/gsm8k, task_id: gsm8k}, value: 99999999999999999999}\n"));
}

#[test]
fn one_models_mess_is_no_other_models() {
    let desk = Desk::new(&[("acme/bad", "0.5"), ("acme/good", "0.5")]);
    desk.hub.put(Kind::Model, "acme/bad", ".eval_results/x.yaml", "gsm8k: [");
    let review = desk.audit();
    assert_eq!((review.status("acme/bad"), review.status("acme/good")), ("audit_error", "ready"));
    assert_eq!(review.0["can_open_prs"], true);
}

#[test]
fn too_large_a_file_is_not_read() {
    check("audit_error", |desk| {
        let text = posted("1") + &"# x\n".repeat(300_000);
        desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/x.yaml", text);
    });
}

#[test]
fn a_large_file_comes_from_the_storage_without_the_token() {
    let desk = desk();
    desk.hub.edit(Kind::Model, "acme/tiny", |repo| _ = repo.large.insert(".eval_results/x.yaml".to_owned()));
    desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/x.yaml", posted("70"));
    assert_eq!(desk.audit().status("acme/tiny"), "score_conflict");
    let requests = desk.hub.requests();
    let at_storage: Vec<_> = requests.iter().filter(|request| request.storage).collect();
    assert!(!at_storage.is_empty());
    assert!(at_storage.iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn a_missing_model_is_not_one_that_could_not_be_asked_for() {
    let absent = |desk: &Desk| desk.hub.edit(Kind::Model, "acme/tiny", |repo| repo.private = true);
    check("missing_hf_model", absent);
    check("audit_error", |desk| desk.hub.fail(Fault::on("GET", "/api/models/acme/tiny", What::status(503)).forever()));
    check("audit_error", |desk| desk.hub.edit(Kind::Model, "acme/tiny", |repo| repo.disabled = true));
    let desk = desk();
    absent(&desk);
    let output = desk.command(&["--dry-run", "--json"]).env_remove("HF_TOKEN").output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["review"]["entries"][0]["status"], "missing_hf_model", "401 without a token is no bad token");
    assert_eq!(document["review"]["can_open_prs"], false);
}

#[test]
fn an_audit_of_nothing_fails_and_shows_what_it_would_have_looked_for() {
    let desk = Desk::new(&[("acme/a", "0.25"), ("acme/b", "0.5")]);
    let refused = "http://127.0.0.1:9";
    let output = desk.command(&["--dry-run"]).env("HF_ENDPOINT", refused).env_remove("HF_TOKEN").output().unwrap();
    let (shown, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("error: nothing was audited") && told.contains("help:"), "{told}");
    for part in [
        "Not audited\n",
        "acme/b  for .eval_results/gsm8k.yaml",
        "  +  value: 50\n",
        "audit_error (2)",
        "audited                   0  on ",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // Whoever asked for a dry run needs no token.
    assert!(
        shown.contains("Nothing can be opened: no model could be looked up") && !shown.contains("no token"),
        "{shown}"
    );
    assert!(desk.project.read("site/hub/review.txt").contains("Not audited"));
    let output =
        desk.command(&["--dry-run", "--json"]).env("HF_ENDPOINT", refused).env_remove("HF_TOKEN").output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &document["ok"]), (Some(1), &serde_json::json!(false)));
    assert_eq!(document["review"]["can_open_prs"], false);
    // One model that could be looked up is an audit.
    desk.hub.fail(Fault::on("GET", "/api/models/acme/a", What::status(503)).forever());
    let run = desk.run(&["--dry-run"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("acme/a  for .eval_results/gsm8k.yaml") && run.stdout.contains("Proposed changes"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_renamed_model_is_one_model() {
    for how in [Moved::Relative, Moved::Absolute] {
        let desk = Desk::new(&[("acme/Alt", "0.7"), ("acme/new", "0.7"), ("acme/other", "0.5")]);
        desk.hub.delete(Kind::Model, "acme/new", "README.md");
        desk.hub.rename(Kind::Model, "acme/Alt", "acme/new", how);
        desk.hub.put(Kind::Model, "acme/other", FILE, posted("50"));
        let review = desk.audit();
        assert_eq!((review.status("acme/Alt"), review.status("acme/new")), ("ready", "duplicate_in_build"));
        assert_eq!(review.entry("acme/Alt")["canonical_repo"], "acme/new");
        assert_eq!(review.0["proposals"][0]["model_repo"], "acme/new");
    }
    let desk = Desk::new(&[("acme/alt", "0.7"), ("acme/new", "0.6")]);
    desk.hub.rename(Kind::Model, "acme/alt", "acme/new", Moved::Relative);
    let review = desk.audit();
    assert_eq!((review.status("acme/alt"), review.status("acme/new")), ("conflict_in_build", "conflict_in_build"));
}

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    let desk = Desk::new(&[("acme/old", "0.7")]);
    desk.hub.rename(Kind::Model, "acme/old", "acme/new", Moved::Elsewhere(desk.hub.storage()));
    let review = desk.audit();
    assert_eq!(review.status("acme/old"), "audit_error");
    assert!(review.text("acme/old").contains("another host"), "{:#}", review.0);
    assert!(desk.hub.requests().iter().all(|request| !request.storage), "no request may reach it at all");
}

#[test]
fn the_benchmark_itself_says_which_tasks_it_has() {
    let dataset = |desk: &Desk, text: &str| _ = desk.hub.put(Kind::Dataset, "openai/gsm8k", "eval.yaml", text);
    let review = check("audit_error", |desk| dataset(desk, "tasks: [{id: main}]\n"));
    assert!(review.text("acme/tiny").contains("no task `gsm8k`"), "{:#}", review.0);
    check("audit_error", |desk| dataset(desk, "tasks: ["));
    check("audit_error", |desk| _ = desk.hub.delete(Kind::Dataset, "openai/gsm8k", "eval.yaml"));
    check("audit_error", |desk| desk.hub.fail(Fault::on("GET", "eval.yaml", What::status(500)).forever()));
    // What may not be read cannot be held against anybody.
    let review =
        check("ready", |desk| desk.hub.edit(Kind::Dataset, "openai/gsm8k", |repo| repo.gated = Some("auto".into())));
    assert!(review.0["notes"].to_string().contains("gated"), "{:#}", review.0);
    let review = check("ready", |desk| {
        desk.hub.rename(Kind::Dataset, "openai/gsm8k", "lab/gsm8k", Moved::Relative);
    });
    assert_eq!(review.0["benchmarks"]["openai/gsm8k"].as_str().unwrap().len(), 40);
}

#[test]
fn a_file_name_that_somebody_else_is_using_is_left_to_them() {
    let review = check("audit_error", |desk| {
        let text = b"- dataset: {id: a/b, task_id: c}\n  value: 1\n".as_slice();
        desk.hub.open_pr(Kind::Model, "acme/tiny", Some("bob"), "Scores", "open", &[(FILE, Some(text))]);
    });
    assert!(review.text("acme/tiny").contains("also changes this file"), "{:#}", review.0);
}

#[test]
fn known_other_spellings_of_dataset_and_task_are_the_task() {
    // The Hub knows the dataset by its new name alone, and says nothing of the one that it had.
    for (name, status) in [("gsm8k", "already_present"), ("GSM8K", "already_present"), ("gsm8k-hard", "ready")] {
        let review = check(status, |desk| {
            let text = format!("- dataset: {{id: {name}, task_id: gsm8k}}\n  value: 71.5\n");
            desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/x.yaml", text);
        });
        assert_eq!(review.0["proposals"].as_array().unwrap().len(), usize::from(status == "ready"));
    }
    check("score_conflict", |desk| {
        let text = "- dataset: {id: gsm8k, task_id: gsm8k}\n  value: 70\n";
        desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/x.yaml", text);
    });
    // An alias of the task alone, of the dataset alone, of both, and of neither.
    let desk = desk();
    let record = desk.project.read("content/datastore/data/one/acme/tiny/x.json");
    let record = record.replace("openai/gsm8k", "Idavidrein/gpqa").replace("\"GSM8K\"", "\"GPQA Diamond\"");
    desk.project.write("content/datastore/data/one/acme/tiny/x.json", &record);
    let own = "{key: gpqa, dataset: Idavidrein/gpqa, aliases: [lab/old-name], tasks: [{id: diamond, \
               aliases: [gpqa_diamond], file: gpqa_diamond.yaml, names: [GPQA Diamond]}]}";
    desk.project.write("content/benchmarks/gpqa.hub.yaml", own);
    desk.project.build(&[]);
    desk.hub.add_dataset("Idavidrein/gpqa");
    desk.hub.put(Kind::Dataset, "Idavidrein/gpqa", "eval.yaml", "tasks: [{id: diamond}]");
    for (dataset, task, status) in [
        ("Idavidrein/gpqa", "gpqa_diamond", "already_present"),
        ("lab/old-name", "diamond", "already_present"),
        ("Lab/Old-Name", "gpqa_diamond", "already_present"),
        ("lab/old-name", "main", "ready"),
        ("somebody/old-name", "gpqa_diamond", "ready"),
    ] {
        let text = format!("- dataset: {{id: {dataset}, task_id: {task}}}\n  value: 71.5\n");
        desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/x.yaml", text);
        assert_eq!(desk.audit().status("acme/tiny"), status, "{dataset} {task}");
    }
    // A file that cannot be read may be about it by any name.
    for (text, status) in [("old-name: [", "audit_error"), ("mmlu: [", "ready")] {
        desk.hub.put(Kind::Model, "acme/tiny", ".eval_results/x.yaml", text);
        assert_eq!(desk.audit().status("acme/tiny"), status, "{text}");
    }
}

#[test]
fn a_leaderboard_that_is_only_likely_is_called_so_in_the_report() {
    let desk = desk();
    let record = desk.project.read("content/datastore/data/one/acme/tiny/x.json");
    let record = record.replace("openai/gsm8k", "Idavidrein/gpqa");
    desk.hub.add_dataset("Idavidrein/gpqa");
    desk.hub.put(Kind::Dataset, "Idavidrein/gpqa", "eval.yaml", "tasks: [{id: diamond}, {id: main}]");
    for (name, is_likely) in [("GPQA Diamond", false), ("GPQA Main", true)] {
        desk.project
            .write("content/datastore/data/one/acme/tiny/x.json", &record.replace("\"GSM8K\"", &format!("\"{name}\"")));
        desk.project.build(&[]);
        let run = desk.run(&["--dry-run"]);
        assert!(run.code == 0 && run.stdout.contains("Proposed changes"), "{run:?}");
        assert_eq!(run.stdout.contains("gpqa is likely, not sure"), is_likely, "{}", run.stdout);
    }
}

#[test]
fn a_dry_run_writes_the_review_and_leaves_no_journal() {
    let desk = desk();
    let run = desk.run(&["--dry-run"]);
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("Nothing was sent."), "{}", run.stderr);
    let files = desk.project.files("site/hub");
    assert!(files.contains_key("review.json") && files.contains_key("review.txt"));
    assert!(!files.contains_key("journal.jsonl"));
    assert!(run.stdout.contains("value: 71.5"), "{}", run.stdout);
    // The next build keeps both.
    desk.project.build(&["--clean"]);
    assert!(desk.project.files("site/hub").contains_key("review.json"));
}

#[test]
fn five_thousand_rows_are_readable() {
    let desk = Desk::new(&[]);
    let models: Vec<String> = (0..60).map(|n| format!("acme/m{n:02}")).collect();
    for (n, model) in models.iter().enumerate() {
        desk.write_record(model, "0.5");
        if n >= 30 {
            desk.hub.add_model(model);
        }
    }
    desk.project.build(&[]);
    let run = desk.run(&["--dry-run"]);
    assert!(run.stdout.contains("… and 10 more missing_hf_model"), "{}", run.stdout);
    assert!(run.stdout.contains("… and 10 more pull requests"), "{}", run.stdout);
    let all = desk.project.read("site/hub/review.txt");
    assert!(models.iter().all(|model| all.contains(model.as_str())));
    assert!(run.stdout.lines().count() < all.lines().count());
}
