use std::fs;
use std::path::Path;

use evalcards::fetch::benchmarks::{BenchmarksReport, fetch};
use evalcards::fetch::official::{DraftState, Official};
use evalcards::load::content;
use evalcards::load::hub_benchmark::HubBenchmark;
use walkdir::WalkDir;

use super::Desk;
use crate::test_hub::{Fault, Kind, Moved, What};

const LIST: &str = "
- {key: quiz, dataset: acme/quiz, aliases: [quiz], tasks: [{id: quiz, file: quiz.yaml, names: [Quiz]}]}
- {key: exam, dataset: acme/exam, tasks: [{id: exam, file: exam.yaml, names: [Exam]}]}
- {key: old, dataset: acme/old, tasks: [{id: old, file: old.yaml, names: [Old]}]}
";
const ONE: &str = "name: Fresh Bench\nevaluation_framework: inspect-ai\ntasks: [{id: fresh_1, split: validation}]\n";

fn official(desk: &Desk, id: &str, text: &str) {
    desk.hub.add_dataset(id);
    desk.hub.put(Kind::Dataset, id, "eval.yaml", text);
    desk.hub.edit(Kind::Dataset, id, |repo| repo.tags.push("benchmark:official".to_owned()));
}

fn list() -> Vec<HubBenchmark> {
    serde_yaml::from_str(LIST).unwrap()
}

#[track_caller]
fn ask(desk: &Desk, day: i64) -> BenchmarksReport {
    desk.run_on(day, |run| fetch(run, &list())).unwrap()
}

/// Dataset, file and state of each draft.
fn drafts(official: &Official) -> Vec<(&str, &str, DraftState)> {
    let drafts = official.new.iter().filter_map(|it| Some((it.dataset.as_str(), it.draft.as_ref()?)));
    drafts.map(|(dataset, draft)| (dataset, draft.file.as_str(), draft.state)).collect()
}

/// Everything below the desk's folder, which holds `content/hub`.
fn files(desk: &Desk) -> Vec<String> {
    let relative = |path: &Path| path.strip_prefix(desk.folder.path()).unwrap().display().to_string();
    let files = WalkDir::new(desk.folder.path()).sort_by_file_name().into_iter().map(Result::unwrap);
    files.filter(|it| it.file_type().is_file()).map(|it| relative(it.path())).collect()
}

#[test]
fn new_gone_and_changed_ones_are_told_and_each_new_one_gets_a_draft() {
    let desk = Desk::new();
    official(&desk, "acme/quiz", "tasks: [{id: quiz}, {id: more}]\n");
    official(&desk, "other/Fresh-Bench", ONE);
    official(&desk, "other/several", "tasks: [{id: main}, {id: 'a/b %'}]\n");
    official(&desk, "other/secret", ONE);
    official(&desk, "other/bare", ONE);
    desk.hub.delete(Kind::Dataset, "other/bare", "eval.yaml");
    desk.hub.edit(Kind::Dataset, "other/secret", |repo| repo.private = true);
    // Under another name it is still the one that our list has.
    official(&desk, "acme/old", "tasks: [{id: old}]\n");
    desk.hub.rename(Kind::Dataset, "acme/old", "acme/renamed", Moved::Relative);
    desk.hub.add_dataset("acme/exam");
    desk.hub.set_page_size(2, 2);

    let report = ask(&desk, 0);
    let found = report.official.as_ref().unwrap();
    let new: Vec<_> = found.new.iter().map(|it| (it.dataset.as_str(), it.tasks.len())).collect();
    assert_eq!(new, [("other/Fresh-Bench", 1), ("other/bare", 0), ("other/several", 2)]);
    assert_eq!(found.gone, ["acme/exam"]);
    let changed: Vec<_> = found
        .changed
        .iter()
        .map(|it| (it.dataset.as_str(), Vec::from_iter(it.differences.iter().map(|code| code.code()))))
        .collect();
    assert_eq!(changed, [("acme/old", vec!["renamed-benchmark"]), ("acme/quiz", vec!["new-task"])]);
    assert_eq!(found.listed, 5);
    let written = DraftState::Written;
    let expected = [
        ("other/Fresh-Bench", "drafts/fresh_bench.hub.yaml", written),
        ("other/several", "drafts/several.hub.yaml", written),
    ];
    assert_eq!(drafts(found), expected);
    assert_eq!((report.failures.len(), report.without), (0, 2), "{report:?}");
    // What is asked for is what everybody may see.
    let requests = desk.hub.requests();
    let mut lists = requests.iter().filter(|it| it.path == "/api/datasets");
    assert!(lists.clone().count() == 3 && lists.all(|it| it.header("Authorization").is_none()));
    insta::assert_snapshot!(
        desk.text("drafts/fresh_bench.hub.yaml").replace(&desk.hub.endpoint(), "https://HUB")
            .replace(&desk.hub.head(Kind::Dataset, "other/Fresh-Bench"), "COMMIT"),
        @r#"
    # A draft by `evalcards fetch --benchmarks`. No build reads it.
    # Source: https://HUB/datasets/other/Fresh-Bench/blob/COMMIT/eval.yaml, 2026-09-01
    #
    # An eval.yaml states neither unit, direction, headline metric nor conditions. Before results are proposed:
    # 1. Correct `unit` and `lower_is_better`; add `metrics`, `size`, `requires` and `refuses`.
    # 2. Check `names` and `parts`: a result with one of these names counts as the whole task.
    # 3. Say in `stated` who decided it and where you saw it.
    # 4. Move this file to content/benchmarks/.
    # The page Reference explains each key under "Hub benchmarks".
    key: fresh_bench
    dataset: other/Fresh-Bench
    unit: percent
    stated:
      by: other
      seen: https://HUB/datasets/other/Fresh-Bench/blob/COMMIT/eval.yaml
      on: 2026-09-01
      certainty: likely
    tasks:
    - id: fresh_1
      file: fresh_bench.yaml
      names:
      - Fresh Bench
      - Fresh-Bench
      lower_is_better: false
      split: validation
    "#
    );
    let several: HubBenchmark = serde_yaml::from_str(&desk.text("drafts/several.hub.yaml")).unwrap();
    let tasks: Vec<_> = several.tasks.iter().map(|it| (it.id.as_str(), it.file.as_str(), it.parts.clone())).collect();
    let expected = [
        ("main", "several_main.yaml", vec!["main".to_owned()]),
        ("a/b %", "several_a_b.yaml", vec!["a/b %".to_owned()]),
    ];
    assert_eq!(tasks, expected);
}

#[test]
fn a_build_takes_over_what_a_person_moved_and_nothing_else() {
    let desk = Desk::new();
    official(&desk, "other/fresh", ONE);
    ask(&desk, 0);
    let folder = desk.folder.path().join("content");
    let known = || {
        let mut diagnostics = Default::default();
        let content = content::read(&folder, &mut diagnostics).unwrap();
        let found = diagnostics.into_sorted();
        assert!(found.is_empty(), "{found:?}");
        content.hub_benchmarks.into_iter().find(|it| it.dataset == "other/fresh")
    };
    assert!(known().is_none());
    fs::create_dir_all(folder.join("benchmarks")).unwrap();
    let target = folder.join("benchmarks/fresh.hub.yaml");
    fs::rename(desk.facts_folder().join("drafts/fresh.hub.yaml"), target).unwrap();
    let fresh = known().expect("the benchmark of the draft");
    assert_eq!((fresh.key.as_str(), fresh.tasks[0].split.as_deref()), ("fresh", Some("validation")));
    assert!(!fresh.stated_of(&fresh.tasks[0]).unwrap().certainty.is_sure());
    // It is not new any more, and gets no second draft.
    let list: Vec<HubBenchmark> = list().into_iter().chain([fresh]).collect();
    let report = desk.run_on(1, |run| fetch(run, &list)).unwrap();
    let found = report.official.unwrap();
    assert!(found.new.is_empty() && found.changed.is_empty(), "{found:?}");
    assert!(!desk.facts_folder().join("drafts/fresh.hub.yaml").exists());
}

#[test]
fn what_a_person_wrote_into_a_draft_stays() {
    let desk = Desk::new();
    official(&desk, "other/fresh", ONE);
    ask(&desk, 0);
    let file = "drafts/fresh.hub.yaml";
    let edited = desk.text(file).replace("unit: percent", "unit: points # I looked");
    desk.write(file, &edited);
    // A file of somebody's that is no entry at all.
    desk.write("drafts/other.hub.yaml", "tasks: {");
    official(&desk, "acme/other", ONE);
    let report = ask(&desk, 1);
    let expected =
        [("acme/other", "drafts/acme_other.hub.yaml", DraftState::Written), ("other/fresh", file, DraftState::Kept)];
    assert_eq!(drafts(report.official.as_ref().unwrap()), expected);
    desk.hub.put(Kind::Dataset, "other/fresh", "eval.yaml", "tasks: [{id: fresh_2}]\n");
    let report = ask(&desk, 2);
    assert_eq!(drafts(report.official.as_ref().unwrap())[1], ("other/fresh", file, DraftState::Outdated));
    assert_eq!((desk.text(file), desk.text("drafts/other.hub.yaml").as_str()), (edited, "tasks: {"));
}

#[test]
fn names_of_strangers_lead_to_no_path_key_or_file_of_others() {
    let desk = Desk::new();
    // One name twice, one that our list has, one of a device, and one without a letter.
    for id in ["a/twice", "b/Twice", "evil/quiz", "evil/con", "evil/___"] {
        official(&desk, id, ONE);
    }
    official(&desk, "evil/tasks", "name: ../../x\ntasks: [{id: ../../y}, {id: '..%y'}, {id: '#: {'}]\n");
    official(&desk, "evil/same", "tasks: [{id: a}, {id: a}]\n");
    official(&desk, "evil/control", "tasks: [{id: \"a\\u001B\"}]\n");
    let report = ask(&desk, 0);
    let found = report.official.as_ref().unwrap();
    let expected = [
        ("a/twice", "drafts/twice.hub.yaml"),
        ("b/Twice", "drafts/b_twice.hub.yaml"),
        ("evil/___", "drafts/evil_x.hub.yaml"),
        ("evil/con", "drafts/evil_con.hub.yaml"),
        ("evil/quiz", "drafts/evil_quiz.hub.yaml"),
        ("evil/tasks", "drafts/tasks.hub.yaml"),
    ];
    assert_eq!(drafts(found).into_iter().map(|(id, file, _)| (id, file)).collect::<Vec<_>>(), expected);
    let told: Vec<_> = report.findings.iter().filter(|it| it.code == "no-draft").map(|it| &it.message).collect();
    assert_eq!(told, ["no draft: two tasks have the id a"]);
    assert_eq!(report.failures.iter().map(|it| it.what.as_str()).collect::<Vec<_>>(), ["evil/control"]);
    let tasks: HubBenchmark = serde_yaml::from_str(&desk.text("drafts/tasks.hub.yaml")).unwrap();
    let names: Vec<_> = tasks.tasks.iter().map(|it| it.file.as_str()).collect();
    assert_eq!(names, ["tasks_y.yaml", "tasks_y_2.yaml", "tasks_x.yaml"]);

    // A Hub that answers with ids that are none, and with what is not official.
    let before = files(&desk);
    let item = |id: &str, tag: &str| format!(r#"{{"id": "{id}", "tags": ["{tag}"]}}"#);
    let ids = ["../../../x", "/etc/passwd", "a/..", "a/b/c", "nobody", "a/\\u001b[31m", "a\\\\b/c"];
    let mut items: Vec<String> = ids.iter().map(|id| item(id, "benchmark:official")).collect();
    items.extend([item("x/unmarked", "license:mit"), "7".to_owned(), r#"{"tags": ["benchmark:official"]}"#.to_owned()]);
    let body = format!("[{}]", items.join(","));
    let raw = What::raw(200, &[("Content-Type", "application/json")], body.as_bytes());
    desk.hub.fail(Fault::on("GET", "/api/datasets?", raw));
    let report = ask(&desk, 1);
    assert!(report.official.as_ref().unwrap().new.is_empty());
    let told = report.findings.iter().filter(|it| it.code == "no-dataset-id");
    assert_eq!(told.clone().count(), ids.len());
    assert!(told.clone().all(|it| !it.message.contains('\u{1b}')));
    assert_eq!(files(&desk), before);
}

#[test]
fn a_list_that_does_not_come_stops_nothing_else() {
    let desk = Desk::new();
    official(&desk, "acme/quiz", "tasks: [{id: quiz}]\n");
    let elsewhere = [("Link", "<http://127.0.0.1:9/api/datasets?cursor=1>; rel=\"next\"")];
    for fault in [What::status(500), What::raw(200, &[], b"<html>"), What::raw(200, &elsewhere, b"[]")] {
        desk.hub.fail(Fault::on("GET", "/api/datasets?", fault).forever());
        let report = ask(&desk, 0);
        assert_eq!(
            report.failures.iter().map(|it| it.what.as_str()).collect::<Vec<_>>(),
            ["the list of official benchmarks"]
        );
        assert!(report.official.is_none() && report.read == 1, "{report:?}");
        desk.hub.clear_faults();
    }
}
