//! What becomes of the records of a lab: one run of a harness, with a group, its parts and the samples of each.

use evalcards::hash::Sha256;
use serde_json::{Value, json};

use crate::project::Project;

/// The test of the list of Hub benchmarks in these projects: 60 questions in three parts.
const LIST: &str =
    "key: quiz\ndataset: made-up/quiz\ntasks:\n  - {id: quiz, file: quiz.yaml, names: [Quiz], size: 60}\n";
const PINNED: &str = "datastore: {repo: my-lab/results, revision: 0123456789abcdef0123456789abcdef01234567}\n";

/// A record with the parts of one run, as a converter of a harness writes it.
struct Written {
    name: &'static str,
    results: Vec<Value>,
    /// Answers of its samples; none: the record names no file.
    samples: Option<Vec<bool>>,
}

/// A result by accuracy, over `n` samples as it states.
fn result(name: &str, id: &str, score: f64, n: Option<u64>) -> Value {
    json!({
        "evaluation_name": name, "evaluation_result_id": id,
        "source_data": {"dataset_name": "Quiz", "source_type": "hf_dataset", "hf_repo": "made-up/quiz"},
        "evaluation_timestamp": "1768435200",
        "metric_config": {"metric_id": "accuracy", "metric_unit": "proportion", "lower_is_better": false,
            "score_type": "continuous", "min_score": 0.0, "max_score": 1.0},
        "score_details": {"score": score, "uncertainty": {"num_samples": n}},
    })
}

/// The first `right` of `n` are right.
fn answers(right: usize, n: usize) -> Option<Vec<bool>> {
    Some((0..n).map(|number| number < right).collect())
}

fn write(project: &Project, written: &Written) {
    let Written { name, results, samples } = written;
    let id = format!("{name}/lab/m/1768435200");
    let path = format!("data/{name}/lab/m/{name}.json");
    let mut record = json!({
        "schema_version": "0.3.0", "evaluation_id": id, "retrieved_timestamp": "1768435200",
        "source_metadata": {"source_name": "harness", "source_type": "evaluation_run",
            "source_organization_name": "My Lab", "evaluator_relationship": "first_party"},
        "eval_library": {"name": "lm_eval", "version": "0.4.9"},
        "model_info": {"name": "m", "id": "lab/m", "additional_details": {"model_availability": "open_weights"}},
        "evaluation_results": results,
    });
    if let Some(answers) = samples {
        let rows = answers.iter().enumerate().map(|(number, is_correct)| {
            let row = json!({"schema_version": "0.3.0", "evaluation_id": id, "model_id": "lab/m",
                "evaluation_name": results[0]["evaluation_name"], "sample_id": number.to_string(),
                "interaction_type": "single_turn", "input": {"raw": "?"}, "output": {"raw": ["!"]}, "answer_attribution": [],
                "evaluation": {"score": f64::from(u8::from(*is_correct)), "is_correct": is_correct}});
            format!("{row}\n")
        });
        let rows: String = rows.collect();
        let file = format!("data/{name}/lab/m/{name}_samples.jsonl");
        record["detailed_evaluation_results"] = json!({"format": "jsonl", "file_path": file, "hash_algorithm": "sha256",
            "checksum": Sha256::of(rows.as_bytes()).to_string(), "total_rows": answers.len()});
        project.write(&format!("content/datastore/{file}"), &rows);
    }
    project.write(&format!("content/datastore/{path}"), &record.to_string());
}

fn project(records: &[Written]) -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", PINNED);
    project.write("content/benchmarks/quiz.hub.yaml", LIST);
    records.iter().for_each(|record| write(&project, record));
    project
}

/// What became of the results of the leaderboard: status with the notes, or the reason of skipping.
fn outcomes(project: &Project) -> Vec<String> {
    project.build(&[]);
    let manifest = project.json("site/hub/manifest.json");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let entries = manifest["entries"].as_array().unwrap().iter();
    let entries = entries.map(|it| format!("{} {}", text(&it["status"]), text(&it["yaml_entry"]["notes"])));
    let skipped = manifest["skipped"].as_array().unwrap().iter().map(|it| text(&it["reason"]));
    entries.chain(skipped.filter(|reason| reason != "part_of_benchmark")).collect()
}

fn whole(score: f64, n: Option<u64>, samples: Option<Vec<bool>>) -> Written {
    Written { name: "quiz", results: vec![result("Quiz", "quiz", score, n)], samples }
}

fn part(name: &'static str, score: f64, n: u64) -> Written {
    Written { name, results: vec![result(&format!("Quiz ({name})"), name, score, Some(n))], samples: None }
}

#[test]
fn a_trial_run_shows_in_its_samples_or_its_parts() {
    // Nothing says how many there were.
    assert_eq!(outcomes(&project(&[whole(0.5, None, None)])), ["ready lm_eval 0.4.9"]);
    assert_eq!(outcomes(&project(&[whole(0.5, None, answers(30, 60))])), ["ready lm_eval 0.4.9"]);
    // Its samples are those of the score, and too few; whatever the record says of the data set.
    assert_eq!(outcomes(&project(&[whole(0.5, None, answers(3, 6))])), ["partial_test_set"]);
    let mut trial = whole(0.5, None, answers(3, 6));
    trial.results[0]["source_data"]["samples_number"] = json!(60);
    assert_eq!(outcomes(&project(&[trial])), ["partial_test_set"]);
    // The file is not here, and the record says how many rows it has.
    let missing = project(&[whole(0.5, None, answers(3, 6))]);
    std::fs::remove_file(missing.path("content/datastore/data/quiz/lab/m/quiz_samples.jsonl")).unwrap();
    assert_eq!(outcomes(&missing), ["partial_test_set"]);
    // The whole is the mean of its parts, by size or not.
    let parts = |n: [u64; 3]| [part("Art", 0.2, n[0]), part("Law", 0.4, n[1]), part("Math", 0.9, n[2])];
    let of = |score: f64, n: [u64; 3]| {
        let [art, law, math] = parts(n);
        outcomes(&project(&[whole(score, None, None), art, law, math]))
    };
    assert_eq!(of(0.5, [10, 10, 10]), ["partial_test_set"]);
    assert_eq!(of(0.58, [5, 5, 15]), ["ready lm_eval 0.4.9"]);
    assert_eq!(of(0.66, [5, 5, 15]), ["partial_test_set"]);
    assert_eq!(of(0.5, [20, 20, 20]), ["ready lm_eval 0.4.9"]);
    // It is not, and they are far too small; a part of another run says nothing.
    assert_eq!(of(0.7, [1, 1, 2]), ["partial_test_set"]);
    let [art, mut law, math] = parts([1, 1, 2]);
    law.results[0]["evaluation_timestamp"] = json!("1768000000");
    assert_eq!(outcomes(&project(&[whole(0.7, None, None), art, law, math])), ["ready lm_eval 0.4.9"]);
}

#[test]
fn a_decided_trial_run_says_how_much_of_the_test_it_is() {
    let decided = |records: &[Written]| {
        let project = project(records);
        project.write(
            "content/site.yaml",
            &format!("{PINNED}publish: {{decide: {{lab/m: {{quiz: data/quiz/lab/m/quiz.json}}}}}}\n"),
        );
        outcomes(&project)
    };
    assert_eq!(decided(&[whole(0.5, None, answers(3, 6))]), ["ready 6 of 60 questions, lm_eval 0.4.9"]);
    let parts = || [part("Art", 0.2, 1), part("Law", 0.4, 1), part("Math", 0.9, 1)];
    let with = |score: f64, samples: Option<Vec<bool>>| {
        let [art, law, math] = parts();
        decided(&[whole(score, None, samples), art, law, math])
    };
    assert_eq!(with(0.5, None), ["ready 3 of 60 questions, lm_eval 0.4.9"]);
    assert_eq!(with(0.7, None), ["ready a part of the questions, lm_eval 0.4.9"]);
    // No decision makes a score that of other samples.
    assert_eq!(with(0.5, answers(1, 6)), ["contradicted_by_samples:incomplete"]);
}

#[test]
fn a_score_that_its_samples_contradict_is_not_proposed_and_is_a_finding() {
    let check = |records: &[Written], reason: &str, says: &str, card: &str| {
        let project = project(records);
        assert_eq!(outcomes(&project), [reason]);
        let run = project.run(&["check"]);
        assert!(run.stderr.contains("warning[samples-do-not-fit]"), "{}", run.stderr);
        assert!(run.stderr.contains(says), "{says}: {}", run.stderr);
        let page = project.main_of("models/lab/m.html");
        assert!(page.contains(card), "{card}: {page}");
    };
    check(
        &[whole(0.4, Some(60), answers(30, 60))],
        "contradicted_by_samples:differs",
        "/evaluation_results/0: the score is 0.4, and the mean of its 60 samples is 0.5",
        "differs from its 60 samples",
    );
    // Nothing says that these are all of its samples.
    check(
        &[whole(0.4, None, answers(3, 6))],
        "contradicted_by_samples:incomplete",
        "This result has 6 rows; the test has 60 samples",
        "incomplete: 6 of 60 samples",
    );
    check(
        &[whole(0.4, Some(60), answers(3, 6))],
        "contradicted_by_samples:incomplete",
        "This result has 6 rows; the record reports 60 samples",
        "incomplete: 6 of 60 samples",
    );
    // A converter that took the samples of one part for those of the group.
    check(
        &[whole(0.4, None, answers(5, 20)), part("Art", 0.25, 20), part("Law", 0.65, 20)],
        "contradicted_by_samples:incomplete",
        "The 20 rows give the score of “Quiz (Art)”, which has as many samples",
        "samples of another part: Quiz (Art)",
    );
    let altered = project(&[whole(0.5, Some(60), answers(30, 60))]);
    altered.write("content/datastore/data/quiz/lab/m/quiz_samples.jsonl", "{}\n");
    assert_eq!(outcomes(&altered), ["contradicted_by_samples:bad_checksum"]);
    let run = altered.run(&["check"]);
    assert!(run.stderr.contains("/detailed_evaluation_results: the file is not that of this record"), "{}", run.stderr);
    // Samples of the score are no finding.
    let sound = project(&[whole(0.5, Some(60), answers(30, 60))]);
    assert!(!sound.run(&["check"]).stderr.contains("samples-do-not-fit"));
}

/// GSM8K-like: two results of one record, by two ways to read the answers.
fn two_filters(strict: Value, flexible: Value) -> Written {
    let with = |name: &str, score: Value| {
        let mut it = result(&format!("Quiz/{name}"), name, 0.0, Some(60));
        it["metric_config"]["evaluation_description"] = json!(format!("exact_match (filter: {name})"));
        it["score_details"]["score"] = score;
        it
    };
    let results = vec![with("strict-match", strict), with("flexible-extract", flexible)];
    Written { name: "quiz", results, samples: None }
}

fn decide(project: &Project, chosen: &str) -> (Vec<String>, String) {
    project.write("content/site.yaml", &format!("{PINNED}publish: {{decide: {{lab/m: {{quiz: '{chosen}'}}}}}}\n"));
    let told = project.run(&["build"]).stderr;
    let manifest = project.json("site/hub/manifest.json");
    let entries = manifest["entries"].as_array().unwrap().iter();
    let entries = entries.map(|it| format!("{} {}", it["status"].as_str().unwrap(), it["yaml_entry"]["value"]));
    let skipped = manifest["skipped"].as_array().unwrap().iter().map(|it| it["reason"].as_str().unwrap().to_owned());
    (entries.chain(skipped).collect(), told)
}

#[test]
fn one_of_several_results_of_a_record_can_be_chosen_and_the_messages_say_how() {
    let project = project(&[two_filters(json!(0.5), json!(0.6))]);
    assert_eq!(outcomes(&project), ["several_candidates_in_record"; 2]);
    let next = project.run(&["check", "--model", "lab/m"]).stdout;
    let path = "data/quiz/lab/m/quiz.json";
    let rule = format!("`decide: {{lab/m: {{quiz: {path}#/evaluation_results/0}}}}`");
    assert!(next.contains(&rule), "{next}");
    let hash = Sha256::of(project.read(&format!("content/datastore/{path}")).as_bytes()).to_string();
    for record in [path, &hash, &hash[..8]] {
        for (number, value) in [(0, 50), (1, 60)] {
            let (found, told) = decide(&project, &format!("{record}#/evaluation_results/{number}"));
            assert_eq!(found, [format!("ready {value}"), "not_preferred".to_owned()], "{told}");
            assert!(!told.contains("unused-rule"), "{told}");
        }
    }
    // The record alone, a result that it has not, and a record that is none of the candidates.
    let named = format!("name one of `{path}#/evaluation_results/0`, `{path}#/evaluation_results/1`");
    for (chosen, help) in [
        (path.to_owned(), named.as_str()),
        (format!("{path}#/evaluation_results/7"), &named),
        (format!("{path}/evaluation_results/0"), "there are no candidates there"),
    ] {
        let (found, told) = decide(&project, &chosen);
        assert_eq!(found, ["several_candidates_in_record"; 2]);
        assert!(told.contains("unused-rule") && told.contains(help), "{chosen}: {told}");
        assert!(!told.contains("check the spelling"), "{told}");
    }
}

#[test]
fn a_rule_that_names_no_candidate_says_which_there_are() {
    let project = project(&[whole(0.5, Some(60), None)]);
    let (found, told) = decide(&project, "data/quiz/lab/m/other.json");
    assert_eq!(found, ["ready 50"]);
    assert!(told.contains("the candidates there are `data/quiz/lab/m/quiz.json`"), "{told}");
    write(&project, &whole(0.4, Some(60), answers(30, 60)));
    let (_, told) = decide(&project, "data/quiz/lab/m/quiz.json");
    assert!(told.contains("are skipped: /evaluation_results/0 (contradicted_by_samples:differs)"), "{told}");
}

#[test]
fn an_error_in_one_score_does_not_choose_the_other() {
    let faults = [json!(50.5), json!("50.5%"), json!(null), json!("0.5")];
    for fault in faults {
        for (one, other, sound) in [(json!(0.6), fault.clone(), 0), (fault.clone(), json!(0.6), 1)] {
            let project = project(&[two_filters(one, other)]);
            let found = outcomes(&project);
            assert!(found.contains(&"several_candidates_in_record".to_owned()), "{fault}: {found:?}");
            assert!(!found.iter().any(|it| it.starts_with("ready")), "{fault}: {found:?}");
            // A person may say that it is this one.
            let (found, told) = decide(&project, &format!("data/quiz/lab/m/quiz.json#/evaluation_results/{sound}"));
            assert!(found.contains(&"ready 60".to_owned()), "{fault}: {found:?} {told}");
        }
    }
    // An unreadable result of other data, or by another metric, is none of its siblings.
    let mut other = two_filters(json!(0.6), json!("0.5"));
    other.results[1]["source_data"] = json!({"dataset_name": "Other", "source_type": "other"});
    assert_eq!(outcomes(&project(&[other])), ["ready strict-match, lm_eval 0.4.9"]);
    let mut other = two_filters(json!(0.6), json!("0.5"));
    other.results[1]["metric_config"]["metric_id"] = json!("calibration_error");
    assert_eq!(outcomes(&project(&[other])), ["ready strict-match, lm_eval 0.4.9"]);
}

#[test]
fn an_entry_names_whoever_stands_behind_its_record() {
    let project = project(&[whole(0.5, Some(60), None)]);
    let yaml = || {
        project.build(&[]);
        project.read("site/hub/lab/m/.eval_results/quiz.yaml")
    };
    let named = |yaml: &str| yaml.lines().find_map(|line| line.strip_prefix("    name: ")).map(str::to_owned);
    assert_eq!(named(&yaml()).as_deref(), Some("\"My Lab\""));
    let site = |text: &str| project.write("content/site.yaml", text);
    site(&format!("{PINNED}publish: {{source_name: Our board}}\n"));
    assert_eq!(named(&yaml()).as_deref(), Some("\"Our board\""));
    site(&PINNED.replace("my-lab/results", "evaleval/EEE_datastore"));
    assert_eq!(named(&yaml()).as_deref(), Some("\"EvalEval\""));
    // Nobody is named where nobody is known.
    site(PINNED);
    let record = "content/datastore/data/quiz/lab/m/quiz.json";
    project.write(record, &project.read(record).replace("My Lab", "unknown"));
    let text = yaml();
    assert!(named(&text).is_none() && text.contains("    url: \"https://"), "{text}");
}

#[test]
fn what_is_blocked_is_not_called_ready_alone() {
    let project = project(&[whole(0.5, Some(60), None)]);
    let built = || project.run(&["build"]).stdout;
    let next = || project.run(&["check", "--model", "lab/m"]).stdout;
    assert!(built().contains("entries: 1 ready\n"));
    assert!(!next().contains("publish"), "{}", next());
    project.write("content/site.yaml", "title: No address\n");
    let built = built();
    assert!(built.contains("entries: 1 ready, publishing blocked: records have no public address"), "{built}");
    let next = next();
    assert!(next.contains("To propose them to the Hub\n  1 of 1  records have no public address"), "{next}");
}
