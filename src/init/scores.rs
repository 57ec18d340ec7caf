//! A table of *scores* as records of Every Eval Ever: a CSV of one row a result becomes one record a row.
//!
//! A record states its file and line, and which columns the row leaves empty. Nothing is guessed: a value that the
//! schema requires and the row lacks is `unknown` or `other`. A table with a mistake gives no record.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::csv::{self, CsvRow};
use crate::address::is_web_address;
use crate::date;
use crate::diagnostic::{did_you_mean, printable};
use crate::hash::Sha256;
use crate::paths::part;
use crate::words::{is_unshown, shorten};

/// Columns that a table may have, beside those that begin with [`SETTING`].
pub const COLUMNS: [&str; 14] = [
    "model",
    "score",
    "developer",
    "metric",
    "unit",
    "lower_is_better",
    "stderr",
    "n",
    "date",
    "evaluator",
    "relationship",
    "url",
    "harness",
    "harness_version",
];

/// A column that begins with it holds a condition of the result.
pub const SETTING: &str = "setting.";

/// Of settings, those that the schema has as numbers.
const NUMBERS: [&str; 4] = ["temperature", "top_p", "top_k", "max_tokens"];

const RELATIONSHIPS: [&str; 4] = ["first_party", "third_party", "collaborative", "other"];

/// Most rows, mistakes told at once, and characters of a cell.
const MOST_ROWS: usize = 10_000;
const MOST_TOLD: usize = 20;
const MOST_CHARACTERS: usize = 600;

/// What is made of a table.
#[derive(Debug, Default)]
pub struct ConvertedScores {
    /// Path below `data/`, and text, of each record.
    pub records: Vec<(String, String)>,
    /// The metric and the direction of all rows, if they have one.
    pub metric: Option<String>,
    /// True if all rows say that lower is better; `None` if they differ.
    pub lower_is_better: Option<bool>,
    /// Columns that no row fills and that a reader would miss.
    pub lacking: Vec<&'static str>,
}

/// Where a table comes from, and what it is about.
pub struct ScoreTable<'a> {
    /// File name, as records state it.
    pub file: &'a str,
    /// What stands in it.
    pub text: &'a str,
    /// Name and id of the benchmark.
    pub benchmark: (&'a str, &'a str),
    /// When it is read, in seconds since 1970.
    pub now: i64,
}

#[derive(Serialize)]
struct NewRecord<'a> {
    schema_version: &'a str,
    evaluation_id: String,
    retrieved_timestamp: String,
    source_metadata: Value,
    eval_library: Value,
    model_info: Value,
    evaluation_results: [ScoredBenchmark<'a>; 1],
}

#[derive(Serialize)]
struct ScoredBenchmark<'a> {
    evaluation_name: &'a str,
    source_data: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation_timestamp: Option<&'a str>,
    metric_config: Value,
    score_details: NewDetails,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_config: Option<Value>,
}

#[derive(Serialize)]
struct NewDetails {
    /// With the digits of the cell.
    score: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uncertainty: Option<Value>,
}

/// The mistakes of a table: line, column, what is wrong and what to write.
type Mistakes = Vec<String>;

impl ScoreTable<'_> {
    /// The records, or every mistake in a line of its own.
    pub fn scores(&self) -> Result<ConvertedScores, String> {
        if self.text.trim_start().starts_with(['{', '[']) {
            return Err(format!(
                "{} is JSON, not a table\n  help: write a CSV with a header such as `model,score`; convert the output of a harness as in “Publish your results”",
                self.shown()
            ));
        }
        let rows = csv::rows(self.text).map_err(|(line, why)| format!("{}, line {line}: {why}", self.shown()))?;
        let mut mistakes = Mistakes::new();
        let Some((header, rows)) = rows.split_first().filter(|(_, rows)| !rows.is_empty()) else {
            return Err(format!(
                "{} has no row of scores\n  help: write a header such as `model,score`, and a line for each result",
                self.shown()
            ));
        };
        if rows.len() > MOST_ROWS {
            return Err(format!(
                "{} has {} rows, and at most {MOST_ROWS} are read\n  help: keep one file for each collection of results, or write records",
                self.shown(),
                rows.len()
            ));
        }
        let columns = self.columns(header, &mut mistakes);
        let hash = Sha256::of(self.text.as_bytes());
        let mut scores = ConvertedScores::default();
        let mut seen: BTreeMap<&[String], usize> = BTreeMap::new();
        let mut read = Vec::new();
        if mistakes.is_empty() {
            for row in rows {
                let cells = NamedCells { table: self, columns: &columns, row };
                if let Some(first) = seen.insert(&row.cells, row.line) {
                    cells.tell(&mut mistakes, "", &format!("repeats line {first}; delete one of them"));
                }
                read.extend(cells.record(hash, &mut mistakes).map(|record| (cells, record)));
            }
        }
        if !mistakes.is_empty() {
            let more = mistakes.len().saturating_sub(MOST_TOLD);
            mistakes.truncate(MOST_TOLD);
            let more = if more > 0 { format!("\n{more} more like these") } else { String::new() };
            return Err(format!("{}{more}\nno record was written", mistakes.join("\n")));
        }
        let mut metrics = read.iter().map(|(cells, _)| cells.get("metric"));
        let metric = metrics.next().flatten();
        scores.metric = metric.filter(|metric| metrics.all(|it| it == Some(metric))).map(str::to_owned);
        let mut directions = read.iter().map(|(cells, _)| cells.get("lower_is_better").is_some_and(is_true));
        let first = directions.next();
        scores.lower_is_better = first.filter(|first| directions.all(|it| it == *first));
        let wanted = ["metric", "unit", "lower_is_better", "n", "date", "evaluator", "relationship"];
        scores.lacking =
            wanted.into_iter().filter(|column| read.iter().all(|(cells, _)| cells.get(column).is_none())).collect();
        scores.records = read.into_iter().map(|(_, record)| record).collect();
        Ok(scores)
    }

    fn shown(&self) -> String {
        printable(self.file)
    }

    /// What each column is, by its place.
    fn columns(&self, header: &CsvRow, mistakes: &mut Mistakes) -> Vec<String> {
        let named = |cell: &String| cell.to_lowercase().replace([' ', '-'], "_");
        let columns: Vec<String> = header.cells.iter().map(named).collect();
        let mut tell = |column: usize, why: String| {
            mistakes.push(format!("{}, line {}, column {}: {why}", self.shown(), header.line, column + 1));
        };
        for (place, name) in columns.iter().enumerate() {
            let shown = printable(&shorten(name, 60));
            let setting = name.strip_prefix(SETTING);
            if columns[..place].contains(name) {
                tell(place, format!("`{shown}` is the name of two columns; rename or delete one"));
            } else if setting.is_some_and(|it| it.is_empty() || it.chars().count() > 60 || it.contains(is_unshown)) {
                tell(
                    place,
                    format!("`{shown}` does not name a setting; write `{SETTING}` and a name of up to 60 letters"),
                );
            } else if setting.is_none() && !COLUMNS.contains(&&**name) {
                let help = match did_you_mean(name, COLUMNS) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => format!(
                        "name it `{SETTING}{shown}` to keep it as a setting of the results, or delete it; known are {}",
                        COLUMNS.join(", ")
                    ),
                };
                tell(place, format!("no column is called `{shown}`; {help}"));
            }
        }
        for wanted in ["model", "score"] {
            if !columns.iter().any(|name| name == wanted) {
                let line = header.line;
                mistakes.push(format!("{}, line {line}: there is no column `{wanted}`; add it", self.shown()));
            }
        }
        columns
    }
}

fn is_true(cell: &str) -> bool {
    cell.eq_ignore_ascii_case("true")
}

/// One row, by the names of its columns.
#[derive(Clone, Copy)]
struct NamedCells<'a> {
    table: &'a ScoreTable<'a>,
    columns: &'a [String],
    row: &'a CsvRow,
}

impl<'a> NamedCells<'a> {
    fn get(&self, column: &str) -> Option<&'a str> {
        let place = self.columns.iter().position(|name| name == column)?;
        self.row.cells.get(place).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    fn tell(&self, mistakes: &mut Mistakes, column: &str, why: &str) {
        let column = if column.is_empty() { String::new() } else { format!(", `{column}`") };
        mistakes.push(format!("{}, line {}{column}: {why}", self.table.shown(), self.row.line));
    }

    /// The cell as a number, with its digits.
    fn number(&self, column: &str, mistakes: &mut Mistakes) -> Option<(f64, Box<RawValue>)> {
        let cell = self.get(column)?;
        let number = cell.parse::<f64>().ok().filter(|it| it.is_finite() && cell.len() <= 40);
        let Some(number) = number else {
            let meant = cell.trim_end_matches('%').trim().replace(',', ".").parse::<f64>().ok();
            let remedy = match meant.filter(|meant| meant.is_finite()) {
                Some(meant) if cell.ends_with('%') => format!("write {meant}, and `percent` in the column `unit`"),
                Some(meant) => format!("write {meant}"),
                None => "write digits such as 0.625, or delete the row".to_owned(),
            };
            let shown = printable(&shorten(cell, 40));
            self.tell(mistakes, column, &format!("`{shown}` is not a number; {remedy}"));
            return None;
        };
        // `+1` and `.5` are numbers for people and not for JSON.
        let raw = RawValue::from_string(cell.to_owned()).or_else(|_| RawValue::from_string(json!(number).to_string()));
        raw.ok().map(|raw| (number, raw))
    }

    fn count(&self, column: &str, mistakes: &mut Mistakes) -> Option<u64> {
        let cell = self.get(column)?;
        let count = cell.parse().ok().filter(|count| (1..1 << 53).contains(count));
        if count.is_none() {
            let shown = printable(&shorten(cell, 40));
            self.tell(
                mistakes,
                column,
                &format!("`{shown}` is not a count; write a whole number from 1 without separators"),
            );
        }
        count
    }

    /// The cell, which has to be one of `known`.
    fn word(&self, column: &str, known: &[&'static str], mistakes: &mut Mistakes) -> Option<&'static str> {
        let cell = self.get(column)?;
        let found = known.iter().find(|word| word.eq_ignore_ascii_case(&cell.replace([' ', '-'], "_")));
        if found.is_none() {
            let shown = printable(&shorten(cell, 40));
            self.tell(mistakes, column, &format!("`{shown}` is not a known value; write {}", known.join(" or ")));
        }
        found.copied()
    }

    /// Path and text of its record.
    fn record(&self, hash: Sha256, mistakes: &mut Mistakes) -> Option<(String, String)> {
        let before = mistakes.len();
        let (width, cells) = (self.columns.len(), &self.row.cells);
        if cells.len() > width {
            let why =
                format!("has {} cells, and the header {width}; put a cell with a separator in quotes", cells.len());
            self.tell(mistakes, "", &why);
        }
        for (name, cell) in self.columns.iter().zip(cells) {
            if let Some(c) = cell.chars().find(|c| is_unshown(*c)) {
                self.tell(
                    mistakes,
                    name,
                    &format!("has the character U+{:04X}, which pages do not show; remove it", c as u32),
                );
            } else if cell.chars().count() > MOST_CHARACTERS {
                self.tell(mistakes, name, &format!("has more than {MOST_CHARACTERS} characters; shorten it"));
            }
        }
        for column in ["model", "score"] {
            if self.get(column).is_none() {
                self.tell(mistakes, column, "is empty; fill it, or delete the row");
            }
        }
        let score = self.number("score", mistakes);
        let unit = self.get("unit").map(str::to_lowercase);
        let range = match unit.as_deref() {
            Some("proportion") => Some((0, 1)),
            Some("percent") => Some((0, 100)),
            _ => None,
        };
        if let (Some((score, _)), Some((least, most))) = (&score, range)
            && !(f64::from(least)..=f64::from(most)).contains(score)
        {
            let remedy = if most == 1 { "; write `percent` if 100 is the best" } else { "" };
            self.tell(mistakes, "score", &format!("{score} is outside {least} to {most} of its unit{remedy}"));
        }
        let date = self.get("date");
        if date.is_some_and(|text| date::day(text).is_none() || !text.contains('-')) {
            self.tell(mistakes, "date", "is not a date; write YYYY-MM-DD");
        }
        let url = self.get("url");
        if url.is_some_and(|url| !is_web_address(url)) {
            self.tell(mistakes, "url", "is not a web address; write one that begins with https://");
        }
        let stderr = self.number("stderr", mistakes);
        if stderr.as_ref().is_some_and(|(error, _)| *error < 0.0) {
            self.tell(mistakes, "stderr", "is negative; write the standard error in the unit of the score");
        }
        let n = self.count("n", mistakes);
        let lower = self.word("lower_is_better", &["true", "false"], mistakes);
        let relationship = self.word("relationship", &RELATIONSHIPS, mistakes);
        let settings = self.settings(mistakes);
        let (Some(model), Some((_, score)), true) = (self.get("model"), score, mistakes.len() == before) else {
            return None;
        };

        let mut metric = Map::new();
        let mut put = |key: &str, value: Option<Value>| metric.extend(value.map(|value| (key.to_owned(), value)));
        put("metric_name", self.get("metric").map(Value::from));
        put("metric_unit", unit.map(Value::from));
        put("lower_is_better", Some((lower == Some("true")).into()));
        put("score_type", range.map(|_| "continuous".into()));
        put("min_score", range.map(|(least, _)| least.into()));
        put("max_score", range.map(|(_, most)| most.into()));
        let mut uncertainty = Map::new();
        if let Some((error, _)) = stderr {
            uncertainty.insert("standard_error".to_owned(), json!({ "value": error }));
        }
        uncertainty.extend(n.map(|n| ("num_samples".to_owned(), n.into())));

        let (name, id) = self.table.benchmark;
        let now = self.table.now.to_string();
        let owner = model.split_once('/').map(|(owner, _)| owner);
        let developer = self.get("developer").or(owner);
        let text = |column: &str| self.get(column).unwrap_or("unknown");
        let lacking: Vec<&str> =
            COLUMNS.into_iter().filter(|column| self.get(column).is_none() && *column != "url").collect();
        let mut model_info = json!({
            "name": model, "id": model,
            "additional_details": { "deployment_type": "unknown", "model_availability": "unknown" },
        });
        if let Some(developer) = developer {
            model_info["developer"] = developer.into();
        }
        let record = NewRecord {
            schema_version: "0.3.0",
            evaluation_id: format!("{id}/{}/{now}-{}", model.replace('/', "_"), self.row.line),
            retrieved_timestamp: now,
            source_metadata: json!({
                "source_name": format!("Scores in {}", self.table.file),
                "source_type": "documentation",
                "source_organization_name": text("evaluator"),
                "evaluator_relationship": relationship.unwrap_or("other"),
                "additional_details": {
                    "converted_from": "a row of a CSV file, by evalcards init --benchmark",
                    "csv_file": self.table.file,
                    "csv_line": self.row.line.to_string(),
                    "csv_sha256": hash.to_string(),
                    "csv_does_not_say": lacking.join(", "),
                },
            }),
            eval_library: json!({ "name": text("harness"), "version": text("harness_version") }),
            model_info,
            evaluation_results: [ScoredBenchmark {
                evaluation_name: name,
                source_data: match url {
                    Some(url) => json!({ "dataset_name": name, "source_type": "url", "url": [url] }),
                    None => json!({ "dataset_name": name, "source_type": "other" }),
                },
                evaluation_timestamp: date,
                metric_config: metric.into(),
                score_details: NewDetails {
                    score,
                    uncertainty: Some(uncertainty.into()).filter(|it: &Value| *it != json!({})),
                },
                generation_config: settings,
            }],
        };
        let folders = format!(
            "{id}/{}/{}",
            part(developer.unwrap_or("unknown")),
            part(model.rsplit('/').next().unwrap_or(model))
        );
        let path = format!("{folders}/{}.json", uuid(hash, self.row.line));
        let text = serde_json::to_string_pretty(&record).expect("a record is JSON");
        Some((path, text + "\n"))
    }

    /// What its columns of settings hold, as `generation_config`.
    fn settings(&self, mistakes: &mut Mistakes) -> Option<Value> {
        let (mut arguments, mut others) = (Map::new(), Map::new());
        for column in self.columns {
            let Some((name, cell)) = column.strip_prefix(SETTING).zip(self.get(column)) else { continue };
            if !NUMBERS.contains(&name) {
                others.insert(name.to_owned(), cell.into());
            } else if name == "max_tokens" {
                arguments.extend(self.count(column, mistakes).map(|n| (name.to_owned(), n.into())));
            } else {
                let number = self.number(column, mistakes).map(|(number, _)| number);
                arguments.extend(number.map(|number| (name.to_owned(), number.into())));
            }
        }
        let parts = [("generation_args", arguments), ("additional_details", others)];
        let parts = parts.into_iter().filter(|(_, part)| !part.is_empty());
        let config: Map<String, Value> = parts.map(|(key, part)| (key.to_owned(), part.into())).collect();
        (!config.is_empty()).then(|| config.into())
    }
}

/// The name of the record of a line: digits of a hash in the form of a UUID, so that the same file gives the same names.
fn uuid(file: Sha256, line: usize) -> String {
    let hash = Sha256::of(format!("{file}:{line}").as_bytes()).to_string();
    format!("{}-{}-4{}-8{}-{}", &hash[..8], &hash[8..12], &hash[12..15], &hash[15..18], &hash[18..30])
}
