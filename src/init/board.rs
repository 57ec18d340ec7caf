//! A *board*: the project of a site whose front page is one benchmark.

use anyhow::{Result, bail};

use super::scores::{ConvertedScores, ScoreTable};
use crate::names::slug;
use crate::words::is_unshown;

/// The files that are made for a board.
const SITE: &str = include_str!("board_site.yaml");
const BENCHMARK: &str = include_str!("board_benchmark.md");
const EVAL_YAML: &str = include_str!("board_eval.yaml");

/// Longest name of a benchmark, in characters.
const MOST_CHARACTERS: usize = 80;

/// A benchmark that gets a board.
#[derive(Debug)]
pub struct Board {
    /// As its author writes it.
    name: String,
    /// As its files are called.
    id: String,
}

/// The files of a board, and what of the table a person should know.
#[derive(Debug, Default)]
pub struct BoardFiles {
    /// Path and text of each file.
    pub files: Vec<(String, String)>,
    /// How many rows became records.
    pub records: usize,
    /// Columns that the table lacks.
    pub lacking: Vec<&'static str>,
}

impl Board {
    /// The board of the benchmark `name`.
    pub fn new(name: &str) -> Result<Board> {
        let name = name.trim();
        let id = slug(name);
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '+');
        if name.contains(is_unshown) || name.chars().count() > MOST_CHARACTERS {
            bail!("the name of a benchmark has at most {MOST_CHARACTERS} characters, and no invisible ones");
        }
        // Its file is named by it, and a task of the Hub as well.
        if !id.starts_with(|c: char| c.is_ascii_alphanumeric()) || !id.chars().all(is_id) {
            bail!(
                "`{name}` has no letters a to z or digits to make an id from\n  help: pass such a name, and write the other one as `name` in content/benchmarks/"
            );
        }
        Ok(Board { name: name.to_owned(), id })
    }

    /// The files, with the records that are made of the table `file` with this text, read at `now`.
    pub fn files(&self, table: Option<(&str, &str)>, now: i64) -> Result<BoardFiles> {
        let scores = match table {
            Some((file, text)) => ScoreTable { file, text, benchmark: (&self.name, &self.id), now }
                .scores()
                .map_err(anyhow::Error::msg)?,
            None => ConvertedScores { lower_is_better: Some(false), ..ConvertedScores::default() },
        };
        // Of another quotation than JSON's, a name could leave its key.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let metric = match &scores.metric {
            Some(metric) => format!("metric:\n  id: {}\n  name: {}", quoted(&slug(metric)), quoted(metric)),
            None => "# metric:\n#   id: accuracy\n#   name: accuracy".to_owned(),
        };
        let direction = match scores.lower_is_better {
            Some(lower) => format!("higher_is_better: {}", !lower),
            None => "# higher_is_better: true".to_owned(),
        };
        let task = self.id.replace('-', "_");
        let description = quoted(&format!("Results on {}, each with its source.", self.name));
        let name = quoted(&self.name);
        let values = [
            ("METRIC", &*metric),
            ("DIRECTION", &*direction),
            ("ID", &*self.id),
            ("TASK", &*task),
            ("DESCRIPTION", &*description),
            ("NAME", &*name),
        ];
        let filled = |text| fill(text, &values);
        let id = &self.id;
        let mut files = vec![
            ("content/site.yaml".to_owned(), filled(SITE)),
            (format!("content/benchmarks/{id}.md"), filled(BENCHMARK)),
            (format!("content/benchmarks/{id}.eval.yaml"), filled(EVAL_YAML)),
        ];
        let records = scores.records.len();
        if records > 0 {
            let name = quoted(&format!("Scores of {}", self.name));
            files.push((
                "content/collections.yaml".to_owned(),
                format!("collections:\n  - id: {id}\n    name: {name}\n"),
            ));
        }
        files.extend(scores.records.into_iter().map(|(path, text)| (format!("content/datastore/data/{path}"), text)));
        Ok(BoardFiles { files, records, lacking: scores.lacking })
    }
}

/// `text` with each `{KEY}` as its value; what looks like a key in a value stays as it is.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let found = part
            .split_once('}')
            .and_then(|(key, rest)| values.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value, rest)));
        match found {
            Some((value, rest)) => filled.extend([value, rest]),
            None => filled.extend(["{", part]),
        }
    }
    filled
}
