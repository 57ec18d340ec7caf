use evalcards::facts::BenchmarkFact;
use evalcards::fetch::benchmarks::{BenchmarksReport, fetch};
use evalcards::hash::Sha256;
use evalcards::load::hub_benchmark::HubBenchmark;

use super::Desk;
use crate::test_hub::{Fault, Kind, Moved, What};

const LIST: &str = "
- {key: quiz, dataset: acme/quiz, tasks: [{id: quiz, aliases: [default], file: quiz.yaml, names: [Quiz]}]}
- {key: exam, dataset: acme/exam, tasks: [{id: exam, file: exam.yaml, names: [Exam]}]}
";
const QUIZ: &str = "name: Quiz\nevaluation_framework: inspect-ai\ntasks:\n  - id: quiz # ours\n";

fn desk() -> Desk {
    let desk = Desk::new();
    for (id, text) in [("acme/quiz", QUIZ), ("acme/exam", "tasks: [{id: exam}]\n")] {
        desk.hub.add_dataset(id);
        desk.hub.put(Kind::Dataset, id, "eval.yaml", text);
    }
    desk
}

#[track_caller]
fn ask(desk: &Desk) -> BenchmarksReport {
    let list: Vec<HubBenchmark> = serde_yaml::from_str(LIST).unwrap();
    desk.run_on(0, |run| fetch(run, &list)).unwrap()
}

/// Code and message of each finding.
fn findings(report: &BenchmarksReport) -> Vec<String> {
    report.findings.iter().map(|it| format!("{}: {}", it.code, it.message)).collect()
}

#[test]
fn the_text_is_kept_as_it_is_and_the_commit_beside_it() {
    let desk = desk();
    let report = ask(&desk);
    assert_eq!((report.read, report.without, findings(&report).len()), (2, 0, 0));
    assert_eq!(desk.text("eval/acme/quiz.yaml"), QUIZ);
    let facts = desk.facts::<BenchmarkFact>();
    let quiz = facts[1].eval_yaml.as_ref().unwrap();
    assert_eq!((facts[1].dataset.as_str(), &quiz.tasks), ("acme/quiz", &vec!["quiz".to_owned()]));
    assert_eq!(quiz.commit, desk.hub.head(Kind::Dataset, "acme/quiz"));
    assert_eq!(quiz.sha256, Sha256::of(QUIZ.as_bytes()));
    // What everybody may read is asked for as everybody.
    let requests = desk.hub.requests();
    let mut files = requests.iter().filter(|seen| seen.path.contains("/resolve/"));
    assert!(
        files.all(|seen| seen.header("Authorization").is_none() && seen.path.contains(&quiz.commit)
            || seen.path.contains("exam"))
    );
}

#[test]
fn what_differs_from_our_list_is_told_and_our_list_stays() {
    let desk = desk();
    let text = "evaluation_framework: newest-bench\ntasks: [{id: default}, {id: more}]\n";
    desk.hub.put(Kind::Dataset, "acme/quiz", "eval.yaml", text);
    desk.hub.rename(Kind::Dataset, "acme/exam", "other/exam", Moved::Relative);
    let report = ask(&desk);
    let expected = [
        "renamed-benchmark: the dataset acme/exam is now called other/exam",
        "unknown-framework: acme/quiz names the evaluation framework `newest-bench`, which is not in the built-in list",
        "missing-task: acme/quiz has no task `quiz`, but `default`",
        "new-task: acme/quiz has a task `more` that is not in the built-in list",
    ];
    assert_eq!(findings(&report), expected);
    assert!(report.findings.iter().all(|it| it.help.is_some()));
    assert_eq!(desk.text("eval/acme/exam.yaml"), "tasks: [{id: exam}]\n");
}

#[test]
fn what_is_not_public_is_not_kept() {
    for token in ["hf_test", "hf_of_acme"] {
        let desk = Desk::with_token(Some(token));
        desk.hub.add_user("acme", "hf_of_acme", "read");
        for id in ["acme/quiz", "acme/exam"] {
            desk.hub.add_dataset(id);
            desk.hub.put(Kind::Dataset, id, "eval.yaml", QUIZ);
        }
        ask(&desk);
        assert_eq!(desk.text("eval/acme/quiz.yaml"), QUIZ);
        desk.hub.edit(Kind::Dataset, "acme/quiz", |repo| repo.gated = Some("auto".to_owned()));
        desk.hub.edit(Kind::Dataset, "acme/exam", |repo| repo.private = true);
        let report = ask(&desk);
        assert_eq!((report.read, report.without, report.failures.len()), (0, 2, 0), "{report:?}");
        assert!(desk.facts::<BenchmarkFact>().iter().all(|fact| fact.eval_yaml.is_none()));
        assert!(!desk.facts_folder().join("eval/acme/quiz.yaml").exists());
        assert_eq!(report.findings.len(), 2);
    }
}

#[test]
fn a_file_that_is_none_keeps_what_was_known() {
    let desk = desk();
    ask(&desk);
    let before = (desk.text("benchmarks.jsonl"), desk.text("eval/acme/quiz.yaml"));
    let large = "#".repeat(2 << 20);
    for bad in ["tasks: {", "- a", "tasks: [{id: \"a\\u001B\"}]", "\u{feff}\u{0}", &large] {
        desk.hub.put(Kind::Dataset, "acme/quiz", "eval.yaml", bad);
        let report = ask(&desk);
        assert_eq!((report.read, report.failures.len()), (1, 1), "{report:?}");
        assert_eq!(report.failures[0].what, "acme/quiz");
        assert_eq!((desk.text("benchmarks.jsonl"), desk.text("eval/acme/quiz.yaml")), before);
    }
    desk.hub.put(Kind::Dataset, "acme/quiz", "eval.yaml", QUIZ);
    desk.hub.fail(Fault::on("GET", "acme/quiz", What::status(503)).times(2));
    assert_eq!(ask(&desk).read, 2);
    desk.hub.delete(Kind::Dataset, "acme/quiz", "eval.yaml");
    let report = ask(&desk);
    assert_eq!(findings(&report), ["no-eval-yaml: acme/quiz has no public eval.yaml"]);
}
