//! The *data dictionary* of the tables, as a [Data Package](https://datapackage.org): every file, every
//! column, its type and its meaning.

use serde_json::{Value, json};

use super::jsonl::n_files;
use super::table::{ColumnKind, Table};
use crate::merge::Dataset;

/// `datapackage.json` of `tables`, which stand beside it as Parquet and, if there are any, as JSON Lines.
pub fn package(title: &str, tables: &[Table], dataset: &Dataset, has_json_lines: bool) -> Value {
    let resources: Vec<Value> = (tables.iter())
        .flat_map(|table| resources(table, dataset).into_iter().skip(usize::from(!has_json_lines)))
        .collect();
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "evalcards",
        "title": title,
        "version": "1",
        "resources": resources,
    })
}

/// A table in its two formats.
fn resources(table: &Table, dataset: &Dataset) -> [Value; 2] {
    let files: Vec<String> =
        (1..=n_files((table.rows)(dataset))).map(|number| format!("{}-{number}.jsonl.gz", table.name)).collect();
    let fields: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            let kind = match column.kind {
                ColumnKind::Text => "string",
                ColumnKind::Number => "number",
                ColumnKind::Count => "integer",
                ColumnKind::Flag => "boolean",
            };
            json!({ "name": column.name, "type": kind, "description": column.about })
        })
        .collect();
    let keys: Vec<Value> = table
        .references
        .iter()
        .map(|(field, resource, other)| json!({ "fields": [field], "reference": { "resource": resource, "fields": [other] } }))
        .collect();
    let resource = |name: String, path: Value, format: &str, media: &str| {
        json!({
            "name": name,
            "path": path,
            "format": format,
            "mediatype": media,
            "description": table.about,
            "schema": { "fields": fields, "primaryKey": table.key, "foreignKeys": keys },
        })
    };
    [
        resource(table.name.to_owned(), json!(files), "jsonl", "application/jsonl"),
        resource(
            format!("{}-parquet", table.name),
            json!(format!("{}.parquet", table.name)),
            "parquet",
            "application/vnd.apache.parquet",
        ),
    ]
}
