//! Each promise of the documentation has a test that fails without it (`tests/README.md`), and those that no other file is
//! about have it here.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::project::Project;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Words without the lines and the cells that they stand in.
fn in_one_line(text: &str) -> String {
    text.replace('|', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Says what is wrong if no source has the test called `module::…::function`.
fn look_for(test: &str) -> Result<(), String> {
    let (folder, path) = test.strip_prefix("src::").map_or(("tests/it", test), |rest| ("src", rest));
    let (module, name) = path.rsplit_once("::").ok_or("has no module")?;
    let file = format!("{folder}/{}.rs", module.replace("::", "/"));
    let source = fs::read_to_string(repository().join(&file)).map_err(|err| format!("{file}: {err}"))?;
    let at = source.find(&format!("fn {name}(")).ok_or(format!("is not in {file}"))?;
    let before = source[..at].trim_end();
    // Between the mark and the name stand other attributes at most.
    let mark = before.rfind("#[test]").ok_or("is no test")?;
    let between = &before[mark..];
    if between.contains("fn ") || between.contains("#[ignore") {
        Err("is no test that runs".to_owned())
    } else {
        Ok(())
    }
}

#[test]
fn each_promise_stands_in_its_document_and_names_tests_that_exist() {
    let table = fs::read_to_string(repository().join("tests/README.md")).unwrap();
    let (mut document, mut place) = (String::new(), String::new());
    let (mut promises, mut faults) = (0, Vec::new());
    for line in table.split("## Promises").nth(1).unwrap().lines() {
        if let Some(title) = line.strip_prefix("### ") {
            place = title.split(" (").next().unwrap().to_owned();
            document = in_one_line(&fs::read_to_string(repository().join(&place)).unwrap());
        }
        let Some((promise, tests)) = line.strip_prefix("| ").and_then(|row| row.split_once(" | `")) else { continue };
        promises += 1;
        if !document.contains(&in_one_line(promise)) {
            faults.push(format!("{place} does not say: {promise}"));
        }
        for test in tests.split('`').filter(|test| !test.trim_matches([' ', '|']).is_empty()) {
            faults.extend(look_for(test).err().map(|why| format!("{test} {why}")));
        }
    }
    assert!(faults.is_empty(), "tests/README.md:\n{}", faults.join("\n"));
    assert!(promises > 80, "{promises} promises were read");
}

#[test]
fn the_demonstration_shows_what_the_readme_says() {
    let project = Project::empty();
    let report = project.build(&["--content", repository().join("content").to_str().unwrap()]);
    assert_eq!((report["models"].as_u64(), report["benchmarks"].as_u64()), (Some(27), Some(17)));
    let pages = project.files("site/pages/models");
    let card =
        pages.values().map(|bytes| String::from_utf8_lossy(bytes)).find(|page| page.contains("<h1>LLaMA 65B</h1>"));
    let card = card.expect("the card");
    for part in ["63.7", "48.8", "/evaluation_results/"] {
        assert!(card.contains(part), "{part}");
    }
    // Two evaluators report MMLU with those values, each from a record with its hash.
    let document =
        pages.iter().find(|(_, bytes)| String::from_utf8_lossy(bytes).contains("<h1>LLaMA 65B</h1>")).unwrap().0;
    let document = project.json(&format!("site/pages/api/v1/models/{}", document.replace(".html", ".json")));
    let text = document.to_string();
    assert!(text.contains("\"sha256\"") && text.contains(":0.637,") && text.contains(":0.488,"));
}

/// The words of a page that a reader sees, in one line.
fn seen(page: &str) -> String {
    let words: String = page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    in_one_line(&words)
}

#[test]
fn the_worked_examples_are_those_of_the_demonstration() {
    let project = Project::empty();
    project.build(&["--content", repository().join("content").to_str().unwrap()]);
    let text = in_one_line(&fs::read_to_string(repository().join("content/pages/two-cards.md")).unwrap());
    let mut quotations = 0;
    for example in text.split("## Example: ").skip(1) {
        let example = example.split(" ## ").next().unwrap();
        let card = example.split("](models/").nth(1).unwrap().split(')').next().unwrap();
        let card = seen(&project.main_of(&format!("models/{card}")));
        for quotation in example.split('“').skip(1).map(|rest| rest.split('”').next().unwrap().trim_end_matches('.'))
        {
            quotations += 1;
            assert!(card.contains(quotation), "“{quotation}” is not on the card: {card}");
        }
    }
    assert!(quotations > 8, "{quotations}");
}

#[test]
fn which_score_stands_for_a_model_does_not_depend_on_the_scores() {
    let record = |number: usize, day: u32, score: f64| {
        json!({"schema_version": "0.3.0", "evaluation_id": format!("c/{number}"), "retrieved_timestamp": "1768435200",
            "evaluation_timestamp": format!("2025-0{day}-01"),
            "source_metadata": {"source_name": "Board", "source_organization_name": "Acme Evals"},
            "model_info": {"name": "m", "id": "lab/m"},
            "evaluation_results": [{"evaluation_name": "Quiz", "source_data": {"dataset_name": "Quiz"},
                "metric_config": {"metric_id": "accuracy", "lower_is_better": false, "min_score": 0, "max_score": 1},
                "score_details": {"score": score}}]})
    };
    // For each pair of days the same record is ranked, whichever has the better score.
    for (days, newest) in [([1, 2], 1), ([2, 1], 0), ([1, 1], 0)] {
        let ranked = |scores: [f64; 2]| {
            let project = Project::empty();
            for number in 0..2 {
                let path = format!("content/datastore/data/c/lab/m/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json");
                project.write(&path, &record(number, days[number], scores[number]).to_string());
            }
            project.build(&[]);
            let table = project.read("site/pages/api/v1/benchmarks/quiz.csv");
            let rows: Vec<&str> = table.lines().skip(1).collect();
            let [row] = rows[..] else { panic!("{table}") };

            let score: f64 = row.split(',').nth(5).unwrap().parse().unwrap();
            scores.iter().position(|it| *it == score).unwrap()
        };
        assert_eq!((ranked([0.25, 0.75]), ranked([0.75, 0.25])), (newest, newest), "{days:?}");
    }
}

#[test]
fn a_draft_changes_no_build() {
    let project = Project::from("two-sources");
    project.build(&["--out", "before"]);
    project.write("content/hub/drafts/quiz.hub.yaml", "key: quiz\ndataset: a/quiz\nmetrics: [accuracy]\ntasks: {");
    project.build(&["--out", "after"]);
    assert!(project.files("before") == project.files("after"));
    assert!(!project.run(&["check"]).stderr.contains("drafts"));
}
