//! A table as *JSON Lines*: one object for each row with every column, gaps as `null`. Compressed, because the
//! lines of a large site would take a fifth of the space that static hosts offer.

use std::io::Write;

use anyhow::{Context, Result};

use super::gzip::pack;
use super::table::{Table, TableSource, Value};

/// Rows of one file: about 30 MB of results before they are packed.
pub const ROWS: usize = 50_000;

/// How many files a table of `rows` rows has; an empty one has one.
pub fn n_files(rows: usize) -> usize {
    rows.div_ceil(ROWS).max(1)
}

/// File `number` (from 1) of `table`.
pub fn write(table: &Table, source: &TableSource, number: usize) -> Result<Vec<u8>> {
    let rows = (table.rows)(source.dataset);
    let separators = std::iter::once('{').chain(std::iter::repeat(','));
    let keys: Vec<String> =
        separators.zip(table.columns).map(|(separator, column)| format!("{separator}\"{}\":", column.name)).collect();
    pack(|lines| {
        let mut line = Vec::new();
        for row in ((number - 1) * ROWS)..(number * ROWS).min(rows) {
            line.clear();
            for (key, column) in keys.iter().zip(table.columns) {
                line.extend_from_slice(key.as_bytes());
                write_value(&mut line, &(column.value)(source, row))?;
            }
            line.extend_from_slice(b"}\n");
            lines.write_all(&line)?;
        }
        Ok(())
    })
}

fn write_value(line: &mut impl Write, value: &Value) -> Result<()> {
    match value {
        Value::Missing => line.write_all(b"null")?,
        Value::Text(text) if !text.is_ascii() && text.contains(is_line_end) => {
            // Readers that split at every line end of Unicode would cut the line in two.
            let text = serde_json::to_string(text).context("failed to write a text")?;
            for c in text.chars() {
                if is_line_end(c) { write!(line, "\\u{:04x}", u32::from(c))? } else { write!(line, "{c}")? }
            }
        }
        Value::Text(text) => serde_json::to_writer(line, text).context("failed to write a text")?,
        // The digits were read as a JSON number.
        Value::Number(number) => line.write_all(number.digits().as_bytes())?,
        Value::Count(count) => write!(line, "{count}")?,
        Value::Flag(flag) => line.write_all(if *flag { b"true" } else { b"false" })?,
    }
    Ok(())
}

/// True for the line ends that JSON does not escape.
fn is_line_end(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}
