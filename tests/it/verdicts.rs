//! Whether results can be held against each other is said in the same words wherever it is said, and yes only where
//! the settings that matter are stated by all and the same.

use std::process::Command;

use serde_json::{Value, json};

use crate::project::Project;

/// A record of `model` from `source`, whose settings are all that matters, but for `changes` by JSON pointer. A change to
/// null takes the setting away.
fn record(project: &Project, number: usize, model: &str, source: &str, score: f64, changes: &[(&str, Value)]) {
    let mut record = json!({
        "schema_version": "0.3.0", "evaluation_id": format!("c/{number}"), "retrieved_timestamp": "1768435200",
        "source_metadata": {"source_name": source, "source_type": "documentation",
            "source_organization_name": "Acme Evals", "evaluator_relationship": "third_party"},
        "eval_library": {"name": "harness", "version": "1.2"},
        "model_info": {"name": model, "id": model},
        "evaluation_results": [{"evaluation_name": "Quiz",
            "source_data": {"dataset_name": "Quiz", "source_type": "other"},
            "metric_config": {"metric_id": "accuracy", "metric_unit": "proportion", "lower_is_better": false,
                "score_type": "continuous", "min_score": 0, "max_score": 1},
            "generation_config": {"generation_args": {"temperature": 0, "max_tokens": 100, "prompt_template": "Q: {q}"},
                "additional_details": {"num_fewshot": "5"}},
            "score_details": {"score": score, "uncertainty": {"num_samples": 500}}}]
    });
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = record.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Value::Null => _ = parent.remove(key),
            value => _ = parent.insert(key.to_owned(), value.clone()),
        }
    }
    let path = format!("content/datastore/data/c/lab/m/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json");
    project.write(&path, &record.to_string());
}

/// What the card of a model with two such readings says (code and words), what the benchmark's page says of two models
/// with one each, and what the script says of the same two; that is empty where there is no Node.js.
fn said(first: &[(&str, Value)], second: &[(&str, Value)]) -> (String, String, String, String) {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Verdicts\n");
    record(&project, 1, "lab/a", "One", 0.5, first);
    record(&project, 2, "lab/a", "Two", 0.6, second);
    project.build(&[]);
    let card: Value = serde_json::from_str(&project.read("site/pages/api/v1/models/lab/a.json")).unwrap();
    let side_by_side = &card["cells"][0]["side_by_side"];
    let text = |key: &str| side_by_side[key].as_str().unwrap_or_else(|| panic!("{key}: {card}")).to_owned();
    let is_apart = text("verdict") == "conditions_apart";
    assert_eq!(side_by_side["arithmetic"].as_array().unwrap().is_empty(), is_apart, "{side_by_side}");
    let main = project.main_of("models/lab/a.html");
    assert!(main.contains(&text("verdict_in_words")), "{main}");

    let project = Project::empty();
    project.write("content/site.yaml", "title: Verdicts\n");
    record(&project, 1, "lab/a", "One", 0.5, first);
    record(&project, 2, "lab/b", "Two", 0.6, second);
    project.build(&[]);
    let page = project.main_of("benchmarks/quiz.html");
    let of_page = page.split("id=\"comparable\">").nth(1).unwrap_or_default();
    let of_page = of_page.split('<').next().unwrap_or_default().trim().to_owned();
    (text("verdict"), text("verdict_in_words"), of_page, by_script(&project))
}

/// The verdict of the script over the readings of `lab/a` and `lab/b`, from the files that it loads.
fn by_script(project: &Project) -> String {
    let script = include_str!("../../templates/site.js");
    let start = script.find("  const verdictOf = ").unwrap();
    let verdict_of = &script[start..start + script[start..].find("\n  };\n").unwrap() + 6];
    let start = script.find("    const cells = model.cells.map(").unwrap();
    let cells = &script[start..start + script[start..].find("\n    }));\n").unwrap() + 9];
    let words: Value = serde_yaml::from_str::<Value>(include_str!("../../templates/words/en.yaml")).unwrap();
    let words: serde_json::Map<String, Value> = words
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(key, value)| Some((key.strip_prefix("script.")?.to_owned(), value.clone())))
        .collect();
    let is_shard = |path: &&String| path.starts_with("pages/") && path.contains("/compare/");
    let files = project.files("site");
    let shards: Vec<Value> = files
        .keys()
        .filter(is_shard)
        .map(|path| serde_json::from_str(data_of(&files[path])).unwrap_or_else(|err| panic!("{path}: {err}")))
        .collect();
    let program = format!(
        "const words = {}; const shards = {};
        const say = (key, values = {{}}) => words[key].replace(/\\{{(\\w+)\\}}/g, (place, name) => values[name] ?? place);
        {verdict_of}
        const readings = shards.flatMap((shard) => shard.models.flatMap((model) => {{ {cells} return cells.flatMap((cell) => cell.readings); }}));
        if (readings.length !== 2) throw new Error(`${{readings.length}} readings`);
        process.stdout.write(verdictOf(readings).text);",
        Value::Object(words),
        Value::Array(shards)
    );
    match Command::new("node").args(["-e", &program]).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        }
        Err(_) => String::new(),
    }
}

/// What a file hands to the script.
fn data_of(file: &[u8]) -> &str {
    let text = std::str::from_utf8(file).unwrap();
    &text[text.find('{').unwrap()..=text.rfind('}').unwrap()]
}

#[track_caller]
fn check(first: &[(&str, Value)], second: &[(&str, Value)], code: &str, words: &str) {
    let (found, of_card, of_page, of_script) = said(first, second);
    assert_eq!((found.as_str(), of_card.as_str()), (code, words));
    assert_eq!(of_page, words, "the page of the benchmark");
    if !of_script.is_empty() {
        assert_eq!(of_script, words, "the script");
    }
}

const ARGS: &str = "/evaluation_results/0/generation_config/generation_args";

#[test]
fn yes_only_where_all_that_matters_is_stated_and_the_same() {
    check(
        &[],
        &[],
        "comparable",
        "Yes: the required settings are reported for every score, and no reported setting differs.",
    );
}

#[test]
fn one_setting_that_agrees_is_no_yes() {
    let silent = |key: &str| (format!("{ARGS}/{key}"), Value::Null);
    let gone = [silent("max_tokens"), silent("prompt_template")];
    let gone: Vec<(&str, Value)> = gone.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
    let words = "Unknown: no reported setting differs, but these are not reported for every score: prompt template, token limit.";
    check(&gone, &gone, "not_enough_stated", words);
    check(&gone, &[], "not_enough_stated", words);
}

#[test]
fn what_differs_is_named() {
    let hot = format!("{ARGS}/temperature");
    check(&[], &[(&hot, json!(1))], "different", "With care. Different settings: temperature.");
}

#[test]
fn a_tenth_of_the_samples_is_no_end_to_hold_on_to() {
    let samples = "/evaluation_results/0/score_details/uncertainty/num_samples";
    let words = "No: one has a tenth of the samples of another, or fewer.";
    check(&[], &[(samples, json!(50))], "conditions_apart", words);
    check(
        &[],
        &[(samples, json!(51))],
        "comparable",
        "Yes: the required settings are reported for every score, and no reported setting differs.",
    );
}

#[test]
fn with_tools_and_without_there_is_no_arithmetic() {
    let tools = "/evaluation_results/0/generation_config/additional_details/use_tools";
    let words = "No: one uses tools and another does not.";
    check(&[(tools, json!("true"))], &[(tools, json!("false"))], "conditions_apart", words);
    let silent = "Unknown: no reported setting differs, but these are not reported for every score: use tools.";
    check(&[(tools, json!("true"))], &[], "not_enough_stated", silent);
}
