//! Every value of every schema version has a row in the table of the schema, and a place on the site.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::Path;

use evalcards::load::schema::{self, AGGREGATE, SchemaPath};
use serde_json::Value;

use crate::project::{Project, files};

/// The paths of all values that `schema` describes.
fn paths(schema: &Value, root: &Value, path: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        let definitions = [&root["$defs"][name], &root["definitions"][name]];
        return definitions.into_iter().filter(|it| !it.is_null()).for_each(|it| paths(it, root, path, found));
    }
    let alternatives = ["oneOf", "anyOf", "allOf"].iter().flat_map(|key| schema[key].as_array().into_iter().flatten());
    let alternatives: Vec<&Value> =
        alternatives.filter(|it| !it["$ref"].is_null() || it["type"] == "object" || it["type"] == "array").collect();
    let mut is_leaf = alternatives.is_empty();
    for alternative in alternatives {
        paths(alternative, root, path, found);
    }
    for (key, member) in schema["properties"].as_object().into_iter().flatten() {
        is_leaf = false;
        let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        paths(member, root, &below, found);
    }
    if schema["additionalProperties"].is_object() {
        is_leaf = false;
        paths(&schema["additionalProperties"], root, &format!("{path}.*"), found);
    }
    if schema["items"].is_object() {
        is_leaf = false;
        paths(&schema["items"], root, &format!("{path}[]"), found);
    }
    if is_leaf {
        found.insert(path.to_owned());
    }
}

#[test]
fn every_value_of_every_schema_version_has_a_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/schema-history/schemas");
    if !folder.is_dir() {
        eprintln!("SKIPPED: {} is not there, so the table of the schema was not checked", folder.display());
        return;
    }
    let mut without = Vec::new();
    let mut n = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("instance") {
            assert!(matches!(schema::INSTANCES, SchemaPath::LeftOut(why) if !why.is_empty()));
            continue;
        }
        let root: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let mut found = BTreeSet::new();
        paths(&root, &root, "", &mut found);
        assert!(found.len() > 15, "{name} has {} values", found.len());
        n += found.len();
        // What is left out as a whole needs no row for its parts.
        let is_left_out = |path: &str| {
            AGGREGATE.iter().any(|row| matches!(row.place, SchemaPath::LeftOut(_)) && path.starts_with(row.path))
        };
        let missing = found.into_iter().filter(|path| schema::find(path).is_none() && !is_left_out(path));
        without.extend(missing.map(|path| format!("{name}: {path}")));
    }
    assert!(n > 400, "{n} values");
    assert!(without.is_empty(), "values without a row in src/load/schema.rs:\n{}", without.join("\n"));
}

/// Everything in a record that tells itself from all else.
fn distinctive(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains("zq") || text.contains("March") => found.push(text.trim().to_owned()),
        Value::Number(number) if number.to_string().len() > 3 => found.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| distinctive(item, found)),
        Value::Object(members) => members.values().for_each(|member| distinctive(member, found)),
        _ => {}
    }
}

#[test]
fn every_value_of_a_record_stands_on_the_site() {
    let project = Project::from("every-value");
    project.build(&[]);
    let mut values = Vec::new();
    for (_, bytes) in files(&project.path("content/datastore/data")) {
        distinctive(&serde_json::from_slice(&bytes).unwrap(), &mut values);
    }
    assert!(values.len() > 120, "{} values", values.len());
    let (mut pages, mut documents, mut tables) = (String::new(), String::new(), String::new());
    for (path, bytes) in files(&project.path("site/pages")) {
        if path.ends_with(".jsonl.gz") {
            flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut tables).unwrap();
        } else if path.starts_with("models/") && path.ends_with(".html") {
            pages += &String::from_utf8(bytes).unwrap();
        } else if path.starts_with("api/v1/models/") && path.ends_with(".json") {
            documents += &String::from_utf8(bytes).unwrap();
        }
    }
    let pages = pages.replace("&#x2f;", "/").replace("&#47;", "/");
    let mut lost = Vec::new();
    for value in &values {
        // Whole numbers have separators on pages, times are days, and a level is a share of 100.
        let on_page = match value.as_str() {
            "0.683" => "68.3 %".to_owned(),
            "1775001234.5678" | "1775001999" => continue,
            number if number.len() == 4 && number.parse::<usize>().is_ok() => {
                format!("{},{}", &number[..1], &number[1..])
            }
            text => text.to_owned(),
        };
        let is_on_page = pages.contains(&on_page) || pages.contains(value.as_str());
        // The id of a result is in documents and tables only.
        if !is_on_page && !value.ends_with("-result") {
            lost.push(format!("page: {value}"));
        }
        for (name, text) in [("JSON", &documents), ("tables", &tables)] {
            if !text.contains(value.as_str()) {
                lost.push(format!("{name}: {value}"));
            }
        }
    }
    assert!(lost.is_empty(), "{} places without a value:\n{}", lost.len(), lost.join("\n"));
    assert!(pages.contains("not a valid date") && pages.contains("Also in the record"));
}

#[test]
fn odd_values_are_shown_and_found() {
    let project = Project::empty();
    let record = |error: &str, time: &str, unit: &str| {
        format!(
            r#"{{"schema_version": "0.3.0", "evaluation_id": "e", "retrieved_timestamp": "1775001234", "model_info": {{"id": "a/b", "name": "B"}},
            "evaluation_results": [{{"evaluation_name": "X", "evaluation_timestamp": "{time}", "metric_config": {{"lower_is_better": false, "min_score": 0, "max_score": 1, "metric_unit": {unit}}},
            "score_details": {{"score": 0.5, "uncertainty": {{"standard_error": {{"value": {error}}}, "standard_deviation": 0.25}}}}}}]}}"#
        )
    };
    for (n, text) in [record("-0.02", "1777613486918", "null"), record("2.1", "2026/03/01", "7")].iter().enumerate() {
        project.write(&format!("content/datastore/data/c/a/b/0b0b6a3e-5d5f-4c0e-9d8e-00000000000{n}.json"), text);
    }
    let run = project.run(&["check"]);
    let said = run.stdout + &run.stderr;
    for code in ["unreadable-time", "impossible-uncertainty", "unexpected-type"] {
        assert!(said.contains(code), "{code}: {said}");
    }
    project.build(&[]);
    let page = project.main_of("models/a/b.html");
    for text in ["1777613486918", "below 0", "larger than the scale", "SD 0.25", "not a valid date"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains("2026/03/01") || page.contains("2026&#x2f;03&#x2f;01"), "{page}");
}
