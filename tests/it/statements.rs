//! What cards say of odd records: never more than the records do.

use serde_json::{Value, json};

use crate::project::Project;

/// A project of records, each of one model by one evaluator; results are `(benchmark, metric, score)`.
struct Store {
    project: Project,
    n: usize,
}

impl Store {
    fn new() -> Store {
        let project = Project::empty();
        project.write("content/site.yaml", "title: Statements\n");
        Store { project, n: 0 }
    }

    fn add(&mut self, model: &str, evaluator: &str, results: &[(&str, &Value, f64)]) {
        self.add_of("c", model, evaluator, &json!({}), results);
    }

    fn add_of(
        &mut self,
        collection: &str,
        model: &str,
        evaluator: &str,
        generation: &Value,
        results: &[(&str, &Value, f64)],
    ) {
        self.n += 1;
        let result = |(benchmark, metric, score): &(&str, &Value, f64)| {
            json!({"evaluation_name": benchmark, "source_data": {"dataset_name": benchmark, "source_type": "other"},
                "metric_config": metric, "score_details": {"score": score}, "generation_config": generation})
        };
        let record = json!({
            "schema_version": "0.3.0", "evaluation_id": format!("e{}", self.n), "retrieved_timestamp": "1767225600",
            "source_metadata": {"source_name": "List", "source_type": "documentation",
                "source_organization_name": evaluator, "evaluator_relationship": "third_party"},
            "eval_library": {"name": "harness", "version": "1"},
            "model_info": {"name": model, "id": model},
            "evaluation_results": results.iter().map(result).collect::<Vec<_>>()
        });
        let path = format!("content/datastore/data/{collection}/o/m/{:08}-5c0e-4d8e-8d8e-000000000000.json", self.n);
        self.project.write(&path, &record.to_string());
    }

    #[track_caller]
    fn page(&self, path: &str) -> String {
        let page = self.project.main_of(path);
        let mut text = String::new();
        let mut is_tag = false;
        for c in page.chars() {
            match c {
                '<' => is_tag = true,
                '>' => is_tag = false,
                c if !is_tag => text.push(c),
                _ => {}
            }
        }
        text
    }
}

fn accuracy() -> Value {
    json!({"metric_name": "accuracy", "lower_is_better": false, "min_score": 0.0, "max_score": 1.0})
}

fn metric(name: &str) -> Value {
    json!({"metric_name": name, "lower_is_better": false, "min_score": 0.0, "max_score": 1.0})
}

#[test]
fn a_failed_run_of_zero_does_not_agree_with_a_score() {
    let mut store = Store::new();
    for (model, a, b) in [("a/zero", 0.0, 0.4237), ("a/near", 0.5229, 0.52291), ("a/far", 0.5, 0.7)] {
        store.add(model, "A", &[("MMLU", &accuracy(), a)]);
        store.add(model, "B", &[("MMLU", &accuracy(), b)]);
    }
    store.project.build(&[]);
    let page = store.page("models/a/zero.html");
    assert!(page.contains("0.4237 − 0 = 0.4237 &gt; 0.05, conflict."), "{page}");
    assert!(store.page("models/a/near.html").contains("are the same to 4 decimals"));
    // The home page, the lists and the filters say what the card says.
    let home = store.project.main_of("index.html");
    let section = home.split("<h2").find(|section| section.contains("Largest conflicts")).unwrap();
    assert!(section.contains(">zero<") && section.contains(">far<") && !section.contains(">near<"), "{section}");
    let files = store.project.files("site/pages/assets/lists");
    let (_, list) = files.iter().find(|(path, _)| path.starts_with("models.")).unwrap();
    let list = std::str::from_utf8(list).unwrap().trim_end().trim_end_matches(");");
    let list: Value = serde_json::from_str(list.trim_start_matches("evalcards.give(\"lists/models\",")).unwrap();
    let facet = &list["facets"]["readings"];
    let said: Vec<&str> = (facet["rows"].as_array().unwrap().iter())
        .map(|row| {
            let set = &facet["sets"][row.as_u64().unwrap() as usize][0];
            facet["values"][set.as_u64().unwrap() as usize].as_str().unwrap()
        })
        .collect();
    assert_eq!((&list["title"], said), (&json!(["a/far", "a/near", "a/zero"]), vec!["differ", "agree", "differ"]));
}

#[test]
fn a_unit_bounds_a_score_where_no_bounds_are_stated() {
    let mut store = Store::new();
    let proportion = json!({"metric_name": "accuracy", "metric_unit": "proportion", "lower_is_better": false});
    for (model, score) in [("a/one", 0.5), ("a/two", 0.9), ("a/odd", 52.3)] {
        store.add(model, "A", &[("MMLU", &proportion, score)]);
    }
    store.project.build(&[]);
    assert!(store.page("models/a/two.html").contains("1 of 2"));
    let odd = store.page("models/a/odd.html");
    assert!(!odd.contains("1 of 2") && odd.contains("although 1/100 of it would fit: not converted, not ranked"));
}

#[test]
fn signs_tell_metrics_apart() {
    let mut store = Store::new();
    for (name, score) in [("pass@4", 0.5), ("pass^4", 0.1), ("pass^1", 0.3), ("pass@1", 0.4)] {
        store.add("a/b", "A", &[("Bench", &metric(name), score)]);
    }
    store.project.build(&[]);
    let page = store.page("models/a/b.html");
    assert!(!page.contains("2 readings"), "four metrics: {page}");
    for name in ["pass@4", "pass^4", "pass^1", "pass@1"] {
        assert!(page.contains(name), "{name}");
    }
}

#[test]
fn scores_without_a_metric_are_held_against_each_other_only_within_one_source() {
    let bare = json!({"lower_is_better": false, "min_score": 0.0, "max_score": 1.0});
    let mut store = Store::new();
    store.add("a/two", "A", &[("MMLU", &bare, 0.9)]);
    store.add("a/two", "B", &[("MMLU", &bare, 0.2)]);
    store.add("a/one", "A", &[("MMLU", &bare, 0.8)]);
    store.add("a/one", "A", &[("MMLU", &bare, 0.3)]);
    store.project.build(&[]);
    let two = store.page("models/a/two.html");
    assert!(two.contains("not every record names its metric") && !two.contains("than the threshold."), "{two}");
    assert!(store.page("models/a/one.html").contains("Conflict on MMLU: 0.8 or 0.3"));
    let benchmark = store.page("benchmarks/mmlu.html");
    assert!(benchmark.contains("No record names its metric"), "{benchmark}");
}

#[test]
fn nobody_is_not_one_evaluator() {
    let mut store = Store::new();
    for model in ["a/one", "a/two", "a/three"] {
        store.add(model, "", &[("MMLU", &accuracy(), 0.5)]);
    }
    store.add("a/three", "A", &[("Other", &accuracy(), 0.5)]);
    store.project.build(&[]);
    let benchmark = store.page("benchmarks/mmlu.html");
    assert!(!benchmark.contains("one evaluator") && benchmark.contains("No record names its evaluator"), "{benchmark}");
    assert!(store.page("models/a/one.html").contains("Reported byevaluators not reported (1 benchmark)"));
    let three = store.page("models/a/three.html");
    assert!(three.contains("A (1 benchmark)") && three.contains("evaluators not reported (1 benchmark)"), "{three}");
    let table = store.project.read("site/pages/api/v1/models.csv");
    let (head, row) = (table.lines().next().unwrap(), table.lines().find(|line| line.starts_with("a/one")).unwrap());
    let column = head.split(',').position(|name| name == "evaluators").unwrap();
    assert_eq!(row.split(',').nth(column), Some("0"), "{table}");
    assert!(store.project.read("site/pages/api/v1/models/a/one.svg").contains("evaluators not reported"));
}

#[test]
fn one_model_that_says_everything_twice_does_not_speak_for_two() {
    let mut store = Store::new();
    let twice = json!({
        "generation_args": {"temperature": 0, "max_tokens": 100, "prompt_template": "x"},
        "additional_details": {"temperature": "0", "max_output_tokens": "100", "num_fewshot": "5", "n_shot": "5",
            "prompt_template": "x"}
    });
    store.add_of("c", "a/loud", "A", &twice, &[("MMLU", &accuracy(), 0.5)]);
    store.add("a/still", "A", &[("MMLU", &accuracy(), 0.7)]);
    store.project.build(&[]);
    let page = store.page("benchmarks/mmlu.html");
    let verdict = "ComparableUnknown: no reported setting differs, but these are not reported for every score: ";
    assert!(page.contains(verdict), "{page}");
}

#[test]
fn names_that_differ_in_signs_only_have_ids_and_pages_of_their_own() {
    let mut store = Store::new();
    for (n, evaluator) in ["Lab/B", "Lab B", "Lab/B"].into_iter().enumerate() {
        store.add("a/b", evaluator, &[(["Foo/Bar", "Foo Bar", "Foo-Bar"][n], &accuracy(), 0.5)]);
    }
    store.project.build(&[]);
    for (list, expected) in [("benchmarks", ["foo-bar", "foo-bar-2"]), ("evaluators", ["lab-b", "lab-b-2"])] {
        let list: Value = serde_json::from_str(&store.project.read(&format!("site/pages/api/v1/{list}.json"))).unwrap();
        let entries = list["entries"].as_array().unwrap();
        let ids: Vec<&str> = entries.iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected);
        for entry in entries {
            store.project.read(&format!("site/pages/{}", entry["page"].as_str().unwrap()));
        }
    }
}

/// What results share with their benchmark and metric is not said again; whatever else a record holds is.
#[test]
fn only_what_the_card_shows_is_left_out_of_what_else_a_record_holds() {
    let project = Project::from("minimal");
    let (path, bytes) = project.files("content/datastore").pop_first().unwrap();
    let mut record: Value = serde_json::from_slice(&bytes).unwrap();
    // The record itself has such a block, which names no result's benchmark.
    record["source_data"] = json!({"dataset_name": "Quiz of the record"});
    let mut other = record["evaluation_results"][0].clone();
    other["source_data"]["dataset_name"] = json!("QUIZ-SET");
    other["metric_config"]["metric_id"] = json!("f1");
    record["evaluation_results"].as_array_mut().unwrap().push(other);
    project.write(&format!("content/datastore/{path}"), &record.to_string());
    project.build(&[]);
    let page = project.main_of("models/made-up/model-1.html");
    let also = page.split("<h4>Also in the record</h4>").nth(1).unwrap();
    assert!(also.contains("dataset_name: Quiz of the record"), "{also}");
    assert!(!page.contains("metric_id: accuracy") && !also.contains("dataset_name: Quiz<"), "{also}");
    // A name of its own is shown, with the result that states it.
    assert!(page.contains("QUIZ-SET"), "{page}");
    let document: Value = serde_json::from_str(&project.read("site/pages/api/v1/models/made-up/model-1.json")).unwrap();
    assert!(document["records"][0]["also"].to_string().contains("metric_config.metric_id"), "{document}");
}

#[test]
fn a_setting_beside_the_harness_is_reported_wherever_settings_are_counted() {
    let mut store = Store::new();
    let precision = json!({"additional_details": {"precision": "bfloat16"}});
    store.add_of("c", "o/one", "Lab", &precision, &[("Quiz", &accuracy(), 0.5)]);
    store.add_of("bare", "o/two", "Lab", &json!({}), &[("Quiz", &accuracy(), 0.6)]);
    store.project.build(&[]);
    let never = |page: &str| store.page(page).split("All shares").next().unwrap_or_default().to_owned();
    assert!(!never("sources/c.html").contains("settings"), "{}", never("sources/c.html"));
    assert!(never("sources/bare.html").contains("settings"), "{}", never("sources/bare.html"));
}

#[test]
fn a_conflict_of_one_evaluator_with_itself_is_not_counted_as_one_between_evaluators() {
    let mut store = Store::new();
    for (evaluator, score) in [("Lab", 0.5), ("Lab", 0.6), ("Other", 0.55)] {
        store.add("o/one", evaluator, &[("Quiz", &accuracy(), score)]);
    }
    for (evaluator, score) in [("Lab", 0.2), ("Other", 0.3)] {
        store.add("o/two", evaluator, &[("Quiz", &accuracy(), score)]);
    }
    store.project.build(&[]);
    let home = store.page("index.html");
    assert!(home.contains("1 of them is between evaluators."), "{home}");
}
