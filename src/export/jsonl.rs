//! A table as *JSON Lines*: one object for each row with every column, gaps as `null`. Compressed, because the
//! lines of a large site would take a fifth of the space that static hosts offer.

use std::io::Write;
use std::ops::Range;

use anyhow::Result;

use super::gzip::pack;
use super::table::{Column, Table, TableSource, Value};

/// Rows of one file: about 30 MB of results before they are packed.
const ROWS: usize = 50_000;

/// How many files a table of `rows` rows has; an empty one has one.
pub fn n_files(rows: usize) -> usize {
    rows.div_ceil(ROWS).max(1)
}

/// The rows of file `number`, from 0, of a table of `rows` rows.
pub fn rows_of_file(rows: usize, number: usize) -> Range<usize> {
    number * ROWS..((number + 1) * ROWS).min(rows)
}

/// The values of one column as JSON, one after the other. They are found by column, as Parquet wants them, and written by row.
pub struct JsonColumn {
    texts: Vec<u8>,
    /// Where each value ends.
    ends: Vec<usize>,
}

impl JsonColumn {
    /// For `n` values.
    pub fn new(n: usize) -> JsonColumn {
        JsonColumn { texts: Vec::new(), ends: Vec::with_capacity(n) }
    }

    /// Adds the value of the next row.
    pub fn add(&mut self, value: &Value) {
        write_value(&mut self.texts, value);
        self.ends.push(self.texts.len());
    }

    /// All columns of `rows` of `table`.
    pub fn all(table: &Table, source: &TableSource, rows: Range<usize>) -> Vec<JsonColumn> {
        let column = |column: &Column| {
            let mut values = JsonColumn::new(rows.len());
            rows.clone().for_each(|row| values.add(&(column.value)(source, row)));
            values
        };
        table.columns.iter().map(column).collect()
    }

    fn get(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.texts[start..self.ends[row]]
    }
}

/// One file of `table`.
pub fn write(table: &Table, columns: &[JsonColumn]) -> Result<Vec<u8>> {
    let separators = std::iter::once('{').chain(std::iter::repeat(','));
    let keys: Vec<String> =
        separators.zip(table.columns).map(|(separator, column)| format!("{separator}\"{}\":", column.name)).collect();
    pack(|lines| {
        for row in 0..columns.first().map_or(0, |column| column.ends.len()) {
            for (key, column) in keys.iter().zip(columns) {
                lines.write_all(key.as_bytes())?;
                lines.write_all(column.get(row))?;
            }
            lines.write_all(b"}\n")?;
        }
        Ok(())
    })
}
fn write_value(line: &mut Vec<u8>, value: &Value) {
    // Texts and numbers can always be written into memory.
    let _ = match value {
        Value::Missing => line.write_all(b"null"),
        Value::Text(text) if !text.is_ascii() && text.contains(is_line_end) => {
            // Readers that split at every line end of Unicode would cut the line in two.
            let text = serde_json::to_string(text).unwrap_or_default();
            text.chars().try_for_each(|c| match is_line_end(c) {
                true => write!(line, "\\u{:04x}", u32::from(c)),
                false => write!(line, "{c}"),
            })
        }
        Value::Text(text) => serde_json::to_writer(line, text).map_err(Into::into),
        // The digits were read as a JSON number.
        Value::Number(number) => line.write_all(number.digits().as_bytes()),
        Value::Count(count) => write!(line, "{count}"),
        Value::Flag(flag) => write!(line, "{flag}"),
    };
}

/// True for the line ends that JSON does not escape.
fn is_line_end(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}
