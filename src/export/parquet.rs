//! A table as *Parquet*: one file, one row group for each file of its JSON Lines, Snappy inside.

use std::sync::Arc;

use anyhow::{Context, Result};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::jsonl::{JsonColumn, n_files, rows_of_file};
use super::table::{Column, ColumnKind, Table, TableSource, Value};

/// Rows that are held at once: those that the writer takes at once anyway.
const BATCH: usize = 1024;

/// All rows of `table`, and if `is_kept` its values for JSON Lines as well.
pub fn write(table: &Table, source: &TableSource, is_kept: bool) -> Result<(Vec<u8>, Option<Vec<JsonColumn>>)> {
    let mut json = is_kept.then(Vec::new);
    let bytes = bytes(table, source, &mut json).with_context(|| format!("failed to write {}.parquet", table.name))?;
    Ok((bytes, json.filter(|columns| !columns.is_empty())))
}

fn bytes(table: &Table, source: &TableSource, json: &mut Option<Vec<JsonColumn>>) -> parquet::errors::Result<Vec<u8>> {
    let fields = table.columns.iter().map(field).collect::<parquet::errors::Result<Vec<_>>>()?;
    let schema = Type::group_type_builder(table.name).with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("evalcards ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let n = (table.rows)(source.dataset);
    for rows in (0..n_files(n)).map(|number| rows_of_file(n, number)).filter(|rows| !rows.is_empty()) {
        let mut group = file.next_row_group()?;
        for column in table.columns {
            let mut texts = json.is_some().then(|| JsonColumn::new(rows.len()));
            let values = rows.clone().map(|row| (column.value)(source, row)).inspect(|value| {
                if let Some(texts) = &mut texts {
                    texts.add(value);
                }
            });
            let mut writer = group.next_column()?.unwrap_or_else(|| unreachable!("the schema has this column"));
            write_column(column.kind, values, &mut writer)?;
            writer.close()?;
            if let Some(columns) = json.as_mut() {
                columns.extend(texts);
            }
        }
        group.close()?;
    }
    file.into_inner()
}

fn field(column: &Column) -> parquet::errors::Result<Arc<Type>> {
    let (physical, logical) = match column.kind {
        ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Number => (Physical::DOUBLE, None),
        ColumnKind::Count => (Physical::INT64, None),
        ColumnKind::Flag => (Physical::BOOLEAN, None),
    };
    let field = Type::primitive_type_builder(column.name, physical);
    Ok(Arc::new(field.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build()?))
}

fn write_column<'a>(
    kind: ColumnKind,
    values: impl Iterator<Item = Value<'a>>,
    writer: &mut SerializedColumnWriter,
) -> parquet::errors::Result<()> {
    match kind {
        ColumnKind::Text => write_typed::<ByteArrayType>(writer, values, |value| match value {
            Value::Text(text) => Some(ByteArray::from(text.into_owned().into_bytes())),
            _ => None,
        }),
        ColumnKind::Number => write_typed::<DoubleType>(writer, values, |value| match value {
            Value::Number(number) => Some(number.value()),
            _ => None,
        }),
        ColumnKind::Count => write_typed::<Int64Type>(writer, values, |value| match value {
            Value::Count(count) => i64::try_from(count).ok(),
            _ => None,
        }),
        ColumnKind::Flag => write_typed::<BoolType>(writer, values, |value| match value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }),
    }
}

fn write_typed<'a, T: DataType>(
    writer: &mut SerializedColumnWriter,
    values: impl Iterator<Item = Value<'a>>,
    read: impl Fn(Value<'a>) -> Option<T::T>,
) -> parquet::errors::Result<()> {
    let (mut present, mut levels) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
    let mut values = values.peekable();
    while values.peek().is_some() {
        present.clear();
        levels.clear();
        for value in values.by_ref().take(BATCH) {
            let value = read(value);
            levels.push(i16::from(value.is_some()));
            present.extend(value);
        }
        writer.typed::<T>().write_batch(&present, Some(&levels), None)?;
    }
    Ok(())
}
