//! `check`: each finding with its place, in each format, and a copy whose numbers were changed.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::project::{self, Project};
use crate::test_hub::{Answer, Delivery, HttpServer};

/// The findings of `check`, as `(severity, code, file)`, and the exit code.
#[track_caller]
fn findings(project: &Project, arguments: &[&str]) -> (i32, Vec<(String, String, String)>) {
    let run = project.run(&[&["check", "--json"], arguments].concat());
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|err| panic!("{err}: {}", run.stderr));
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let found = document["checked"]["findings"].as_array().unwrap().iter();
    (run.code, found.map(|it| (text(it, "severity"), text(it, "code"), text(it, "file"))).collect())
}

#[track_caller]
fn check(project: &Project, arguments: &[&str], code: i32, expected: &[(&str, &str, &str)]) {
    let (found_code, found) = findings(project, arguments);
    for (severity, code, file) in expected {
        let is_there = found.iter().any(|it| it.0 == *severity && it.1 == *code && it.2.ends_with(file));
        assert!(is_there, "no {severity} {code} {file} in {found:#?}");
    }
    assert_eq!(found_code, code, "{found:#?}");
}

#[test]
fn a_sound_project_has_no_findings_before_and_after_it_is_built() {
    let project = Project::from("minimal");
    assert_eq!(findings(&project, &["--strict"]), (0, vec![]));
    assert!(!project.path("site").exists());
    project.build(&[]);
    assert_eq!(findings(&project, &["--strict"]), (0, vec![]));
}

#[test]
fn each_kind_of_mistake_is_found_where_it_is() {
    let project = Project::from("minimal");
    project.write("content/models/a/b.md", "---\nid: a/nobody\nlisence: mit\n---\n");
    project.write("content/models/a/c.md", "---\nid: [\n---\n");
    project.write("content/benchmarks/lonely.md", "---\nname: Lonely\n---\n");
    project.write("content/collections.yaml", "collections:\n  - id: gone\n    name: Gone\n");
    project.write(
        "content/pages/about.md",
        "---\ntitle: About\n---\n[a](nowhere.html) [b](models.html#nope) [c](/x.html)\n",
    );
    project.write("content/datastore/data/c/d/m/x.json", "{");
    let warning = |code, file| ("warning", code, file);
    check(
        &project,
        &[],
        1,
        &[
            warning("unknown-key", "content/models/a/b.md"),
            warning("unused-metadata", "content/models/a/b.md"),
            warning("unused-metadata", "content/benchmarks/lonely.md"),
            warning("unused-metadata", "content/collections.yaml"),
            ("error", "unreadable-metadata", "content/models/a/c.md"),
            ("error", "invalid-json", "content/datastore/data/c/d/m/x.json"),
            ("error", "dead-link", "pages/about.html"),
        ],
    );
    let (_, found) = findings(&project, &[]);
    assert_eq!(found.iter().filter(|it| it.1 == "dead-link").count(), 3);
    insta::assert_snapshot!(project.run(&["check"]).error(&project));
}

#[test]
fn a_site_that_is_not_of_this_content_is_stale() {
    let project = Project::from("two-sources");
    let meta = "content/models/made-up/model-one.md";
    // A link that no page may carry is a finding of its own.
    project.write(meta, &project.read(meta).replace("javascript:alert(1)", "https://made-up.example/"));
    // So is a score outside its range.
    let record = "content/datastore/data/lab-a/made-up/Model-One/0b0b6a3e-5d5f-4c0e-9d8e-000000000011.json";
    project.write(record, &project.read(record).replace("-1.0", "0.0"));
    project.build(&[]);
    project.write(meta, &project.read(meta).replace("apache-2.0", "mit"));
    check(&project, &[], 0, &[("warning", "stale-site", "site")]);
    check(&project, &["--strict"], 1, &[]);
    project.build(&[]);
    assert_eq!(findings(&project, &["--strict"]).0, 0);
    let page = project.read("site/pages/models.html");
    project.write("site/pages/models.html", &page.replace("Models", "Modals"));
    check(&project, &[], 0, &[("warning", "stale-site", "site")]);
}

#[test]
fn warnings_fail_only_a_strict_check() {
    let project = Project::from("minimal");
    project.write("content/benchmarks/lonely.md", "---\nname: Lonely\n---\n");
    check(&project, &[], 0, &[("warning", "unused-metadata", "lonely.md")]);
    check(&project, &["--strict"], 1, &[]);
}

#[test]
fn annotations_are_for_github_actions() {
    let project = Project::from("minimal");
    project.write("content/models/a/c.md", "---\nid: x/y\n  name: [\n---\n");
    let run = Run::of(&project, &["check", "--format", "github"], None);
    assert!(run.starts_with("::error file=content/models/a/c.md,line=3,col="), "{run}");
    let in_actions = Run::of(&project, &["check"], Some(("GITHUB_ACTIONS", "true")));
    assert_eq!(in_actions, run);
}

struct Run;

impl Run {
    fn of(project: &Project, arguments: &[&str], variable: Option<(&str, &str)>) -> String {
        let mut command = project.command(arguments);
        command.env_remove("GITHUB_ACTIONS").envs(variable);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    }
}

/// A project whose records are public nowhere else, so that its site carries them.
fn with_own_copies() -> Project {
    let project = Project::from("two-sources");
    project.write("content/site.yaml", "title: Copies\n");
    project
}

#[test]
fn every_number_of_a_copy_is_held_against_its_record() {
    let project = with_own_copies();
    project.build(&[]);
    for place in ["site", "site/pages"] {
        let run = project.run(&["check", "--json", "--site", place]);
        let document: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(run.code, 0, "{document:#}");
        assert!(document["checked"]["numbers"].as_u64().unwrap() >= 4, "{document:#}");
    }
    // Without the project, too.
    let elsewhere = Project::empty();
    fs::rename(project.path("site/pages"), elsewhere.path("copy")).unwrap();
    assert_eq!(findings(&elsewhere, &["--site", "copy"]), (0, vec![]));

    let card = elsewhere.read("copy/models/made-up/model-one.html");
    let score = card.split("<td data-score>").nth(1).unwrap().split(['<', ' ', '\n']).next().unwrap();
    let with = |shown: &str| card.replacen(&format!("<td data-score>{score}"), &format!("<td data-score{shown}"), 1);
    elsewhere
        .write("copy/models/made-up/model-one.html", &with(&format!("=\"{score}\">{}…", &score[..score.len() - 1])));
    assert_eq!(findings(&elsewhere, &["--site", "copy"]), (0, vec![]), "digits may be cut, and stand whole beside");
    elsewhere.write("copy/models/made-up/model-one.html", &with(&format!("=\"{score}\">9…")));
    check(&elsewhere, &["--site", "copy"], 1, &[("error", "wrong-number", "model-one.html")]);
    elsewhere.write("copy/models/made-up/model-one.html", &with(">99.9"));
    check(&elsewhere, &["--site", "copy"], 1, &[("error", "wrong-number", "model-one.html")]);
    elsewhere.write("copy/models/made-up/model-one.html", &card);

    let record = elsewhere.files("copy/records").into_keys().next().unwrap();
    let path = format!("copy/records/{record}");
    let text = elsewhere.read(&path);
    elsewhere.write(&path, &text.replacen("0.", "0.9", 1));
    check(&elsewhere, &["--site", "copy"], 1, &[("error", "wrong-number", ".html")]);
    fs::remove_file(elsewhere.path(&path)).unwrap();
    check(&elsewhere, &["--site", "copy"], 0, &[("warning", "record-not-read", ".html")]);
}

#[test]
fn a_copy_at_an_address_is_verified_over_the_web() {
    let project = with_own_copies();
    let server = crate::server::Server::start(project.command(&["serve", "--port", "0", "--json"]));
    let elsewhere = Project::empty();
    assert_eq!(findings(&elsewhere, &["--site", &server.url()]), (0, vec![]));
}

#[test]
fn a_host_that_fails_now_and_then_is_asked_again_and_is_never_told_the_token() {
    let project = with_own_copies();
    project.build(&[]);
    let pages = project.path("site/pages");
    // Each page comes at the third time, and who asks is noted.
    let asked: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let noted = Arc::clone(&asked);
    let server = HttpServer::start(TcpListener::bind("127.0.0.1:0").unwrap(), move |request| {
        let mut asked = noted.lock().unwrap();
        let times = asked.entry(request.path.clone()).or_default();
        *times += 1;
        let times = *times;
        if request.header("Authorization").is_some() {
            asked.insert("a token".to_owned(), 1);
        }
        let answer = match fs::read(pages.join(request.path.trim_start_matches('/'))) {
            Ok(bytes) => Answer::new(200, "text/html", bytes),
            Err(_) => Answer::new(404, "text/plain", "no such file"),
        };
        match times {
            1 => Delivery::Whole(Answer::new(503, "text/plain", "too busy")),
            2 => Delivery::Half(answer),
            _ => Delivery::Whole(answer),
        }
    });
    let elsewhere = Project::empty();
    let mut command = elsewhere.command(&["check", "--site", &server.origin]);
    let output = command.env("HF_TOKEN", "hf_secret").env("EVALCARDS_WAIT_SCALE", "0.001").output().unwrap();
    let run = project::Run::from(output);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("0 errors, 0 warnings"), "{}", run.stderr);
    let asked = asked.lock().unwrap();
    assert!(!asked.contains_key("a token") && asked["/index.html"] == 3, "{asked:?}");
}

#[test]
fn a_site_that_cannot_be_reached_is_explained() {
    let project = Project::empty();
    let mut command = project.command(&["check", "--site", "http://127.0.0.1:9/"]);
    let run = project::Run::from(command.env("EVALCARDS_WAIT_SCALE", "0.001").output().unwrap());
    assert_eq!(run.code, 1);
    let told = "error: cannot get a file: http://127.0.0.1:9/index.html: no connection (";
    assert!(run.stderr.contains(told) && run.stderr.contains("help: check the address"), "{}", run.stderr);
    let run = project.run(&["check", "--site", "cards.example"]);
    assert!(run.stderr.contains("--site cards.example does not exist\n  help: pass a folder"), "{}", run.stderr);
}

#[test]
fn a_folder_that_is_no_site_is_explained() {
    let project = Project::empty();
    let run = project.run(&["check", "--site", "."]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("has no index.html") && run.stderr.contains("site/pages"), "{}", run.stderr);
}

#[test]
fn a_name_says_what_it_would_become_and_where_to_change_that() {
    let project = Project::from("two-sources");
    project.write("content/metrics.yaml", "metrics: [{id: exactness, name: Exactness, aliases: [XQ Ness]}]\n");
    let said = |arguments: &[&str]| {
        let run = project.run(&[&["check", "--name"], arguments].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout
    };
    let metric = said(&["xq-ness"]);
    assert!(metric.contains("as a metric: Exactness (exactness), by normal-form, confidence 0.95"), "{metric}");
    assert!(metric.contains("as a model: new to this site") && metric.contains("content/metrics.yaml"), "{metric}");
    let json: serde_json::Value = serde_json::from_str(&said(&["xq-ness", "--json"])).unwrap();
    let meanings = json["named"]["meanings"].as_array().unwrap();
    assert_eq!(meanings.iter().map(|it| it["is_new"] == true).collect::<Vec<_>>(), [true, true, false, true]);
    let known = project.files("content/datastore/data").into_values().next().unwrap();
    let known: serde_json::Value = serde_json::from_slice(&known).unwrap();
    let id = known["model_info"]["id"].as_str().unwrap();
    let misspelt = said(&[&format!("{id}e")]);
    assert!(misspelt.contains("as a model: new to this site; the most similar is "), "{misspelt}");
    let model = said(&[id]);
    assert!(model.contains("as a model: ") && !model.contains("as a model: new to this site"), "{model}");
    assert_eq!(project.run(&["check", "--name", " "]).code, 1);
    assert_eq!(project.run(&["check", "--name", &"x".repeat(700)]).code, 1);
}

#[test]
fn the_next_steps_of_a_model_name_what_is_missing_where_it_is_missing() {
    let project = Project::empty();
    let result = |name: &str, more: &str, settings: &str| {
        format!(
            r#"{{"evaluation_name": "{name}", "metric_config": {{"metric_id": "accuracy", "lower_is_better": false,
            "min_score": 0, "max_score": 1, "metric_unit": "proportion"}}, "score_details": {{"score": 0.5{more}}},
            "source_data": {{"source_type": "hf_dataset", "dataset_name": "{name}", "hf_repo": "a/{name}"}},
            "generation_config": {{"generation_args": {{"max_tokens": 64{settings}}}}}}}"#
        )
    };
    let uncertainty = r#", "uncertainty": {"num_samples": 100, "standard_error": {"value": 0.05}}"#;
    let results =
        [result("Quiz", uncertainty, r#", "temperature": 0, "num_fewshot": 0"#), result("Riddle", "", "")].join(", ");
    project.write(
        "content/datastore/data/lab/made-up/one/r.json",
        &format!(
            r#"{{"schema_version": "0.3.0", "evaluation_id": "e", "model_info": {{"id": "made-up/one", "name": "One"}},
            "eval_library": {{"name": "h", "version": "1"}}, "retrieved_timestamp": "1700000000",
            "source_metadata": {{"source_organization_name": "Lab", "source_type": "evaluation_run",
            "evaluator_relationship": "third_party"}}, "evaluation_results": [{results}]}}"#
        ),
    );
    let run = project.run(&["check", "--model", "made-up/ONE"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected = "\
made-up/one: 2 results
To compare the scores
  1 of 2  number of samples: evaluation_results[].score_details.uncertainty.num_samples
      data/lab/made-up/one/r.json /evaluation_results/1
  1 of 2  uncertainty: evaluation_results[].score_details.uncertainty.standard_error.value
      data/lab/made-up/one/r.json /evaluation_results/1
To repeat the run
  1 of 2  temperature: evaluation_results[].generation_config.generation_args.temperature
      data/lab/made-up/one/r.json /evaluation_results/1
  1 of 2  examples in the prompt: evaluation_results[].generation_config.additional_details.num_fewshot
      data/lab/made-up/one/r.json /evaluation_results/1
  2 of 2  prompt template: evaluation_results[].generation_config.generation_args.prompt_template
  2 of 2  evaluation date: evaluation_results[].evaluation_timestamp
  2 of 2  file of samples: detailed_evaluation_results.file_path, detailed_evaluation_results.checksum
To show where they come from
  2 of 2  public address of the record: Submit the record to the public datastore, then run evalcards fetch.
";
    assert_eq!(run.stdout, expected);
    let json: serde_json::Value =
        serde_json::from_str(&project.run(&["check", "--model", "made-up/one", "--json"]).stdout).unwrap();
    assert_eq!(json["next"]["steps"][0]["code"], "samples");
    assert_eq!(json["next"]["steps"][0]["results"][0][1], "/evaluation_results/1");
    project.build(&[]);
    let page = project.main_of("models/made-up/one.html");
    assert!(
        page.contains("<dt>To repeat the run<dd>temperature <small>1/2</small>, examples in the prompt <small>1/2</small>, prompt template, evaluation date"),
        "{page}"
    );
    let corrections = project.main_of("corrections.html").replace("<wbr>", "");
    assert!(corrections.contains("generation_args.temperature</code></td><td>To repeat the run</td>"), "{corrections}");
    // An agent is given a task, and no examples.
    let record = project.read("content/datastore/data/lab/made-up/one/r.json");
    let agent = record.replace(
        r#""max_tokens": 64"#,
        r#""max_tokens": 64, "agentic_eval_config": {"available_tools": [{"name": "sh"}]}"#,
    );
    assert_ne!(agent, record);
    project.write("content/datastore/data/lab/made-up/one/r.json", &agent);
    let steps = project.run(&["check", "--model", "made-up/one"]).stdout;
    assert!(steps.contains("prompt template") && !steps.contains("examples in the prompt"), "{steps}");
    let unknown = project.run(&["check", "--model", "made-up/on"]);
    assert!(unknown.code == 1 && unknown.stderr.contains("did you mean made-up/one?"), "{}", unknown.stderr);
}

#[test]
fn what_keeps_a_result_from_the_hub_is_a_step() {
    let project = Project::empty();
    let result = r#"{"evaluation_name": "MMLU-Pro", "metric_config": {"metric_id": "accuracy", "lower_is_better": true,
        "min_score": 0, "max_score": 1, "metric_unit": "proportion"}, "score_details": {"score": 0.5},
        "source_data": {"source_type": "hf_dataset", "dataset_name": "MMLU-Pro", "hf_repo": "TIGER-Lab/MMLU-Pro"}}"#;
    project.write(
        "content/datastore/data/lab/made-up/one/r.json",
        &format!(
            r#"{{"schema_version": "0.3.0", "evaluation_id": "e", "model_info": {{"id": "made-up/one", "name": "One"}},
            "source_metadata": {{"source_organization_name": "Lab"}}, "evaluation_results": [{result}]}}"#
        ),
    );
    let run = project.run(&["check", "--model", "made-up/one"]);
    let step = "To propose them to the Hub\n  1 of 1  its direction is opposite to the leaderboard's\n";
    assert!(run.code == 0 && run.stdout.ends_with(step), "{}{}", run.stdout, run.stderr);
}
