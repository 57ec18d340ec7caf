//! A table as *JSON Lines*: one object a row, every column in it, a gap as `null`; packed with gzip, as
//! the lines of a large site would fill a fifth of what hosts of static sites give.

use std::io::Write;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::table::{Source, Table, Value};

/// Rows of one file: about 30 MB of results before they are packed.
pub const ROWS: usize = 50_000;

/// How many files a table of `rows` rows has; an empty one has one.
pub fn n_files(rows: usize) -> usize {
    rows.div_ceil(ROWS).max(1)
}

/// File `number` (from 1) of `table`.
pub fn write(table: &Table, source: &Source, number: usize) -> Result<Vec<u8>> {
    let rows = (table.rows)(source.dataset);
    // The header of gzip has no time and no name, so that equal rows are equal bytes.
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let mut line = Vec::new();
    for row in ((number - 1) * ROWS)..(number * ROWS).min(rows) {
        line.clear();
        let mut separator = b'{';
        for column in table.columns {
            line.push(separator);
            separator = b',';
            line.push(b'"');
            line.extend_from_slice(column.name.as_bytes());
            line.extend_from_slice(b"\":");
            write_value(&mut line, &(column.value)(source, row))?;
        }
        line.extend_from_slice(b"}\n");
        packed.write_all(&line)?;
    }
    packed.finish().context("failed to pack a table")
}

fn write_value(line: &mut Vec<u8>, value: &Value) -> Result<()> {
    match value {
        Value::Missing => line.extend_from_slice(b"null"),
        Value::Text(text) => serde_json::to_writer(line, text).context("failed to write a text")?,
        // The digits were read as a JSON number.
        Value::Number(number) => line.extend_from_slice(number.digits().as_bytes()),
        Value::Count(count) => line.extend_from_slice(count.to_string().as_bytes()),
        Value::Flag(flag) => line.extend_from_slice(if *flag { b"true" } else { b"false" }),
    }
    Ok(())
}
