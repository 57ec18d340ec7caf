//! The *YAML* of `.eval_results/*.yaml`: a list of entries that every YAML reader reads the same.
//!
//! Strings are always double-quoted, so that no reader takes `no` for a truth value or a day for a
//! date; numbers are plain. What was written is read back and compared.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// One entry, with its fields in the order of the Hub's documentation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YamlEntry {
    /// Which leaderboard.
    pub dataset: DatasetRef,
    /// From 0 to 100, as exact decimal text.
    #[serde(serialize_with = "plain_number", deserialize_with = "digits")]
    pub value: String,
    /// Day of evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The full record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceRef>,
    /// The set-up, in short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// A task of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DatasetRef {
    /// `owner/name`.
    pub id: String,
    /// As the dataset's `eval.yaml` has it.
    pub task_id: String,
}

/// Where the result comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceRef {
    /// Address of the record.
    pub url: String,
    /// Text of the link; the Hub asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

fn plain_number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let raw = RawValue::from_string(text.to_owned()).map_err(serde::ser::Error::custom)?;
    raw.serialize(serializer)
}

fn digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    match raw.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        true => Ok(raw.to_owned()),
        false => Err(serde::de::Error::custom("the value is not a number")),
    }
}

/// The lines of a file that are `entry`, read back and compared.
pub fn write(entry: &YamlEntry) -> Result<String> {
    let mut text = String::from("- dataset:\n");
    line(&mut text, "    id: ", &quoted(&entry.dataset.id));
    line(&mut text, "    task_id: ", &quoted(&entry.dataset.task_id));
    line(&mut text, "  value: ", &entry.value);
    if let Some(date) = &entry.date {
        line(&mut text, "  date: ", &quoted(date));
    }
    if let Some(source) = &entry.source {
        text.push_str("  source:\n");
        line(&mut text, "    url: ", &quoted(&source.url));
        if let Some(name) = &source.name {
            line(&mut text, "    name: ", &quoted(name));
        }
    }
    if let Some(notes) = &entry.notes {
        line(&mut text, "  notes: ", &quoted(notes));
    }
    ensure!(reads_as(&text, entry)?, "the written YAML does not read back the same");
    Ok(text)
}

fn line(text: &mut String, key: &str, value: &str) {
    text.push_str(key);
    text.push_str(value);
    text.push('\n');
}

/// A double-quoted YAML string. JSON's escapes are YAML's; other control characters and line
/// separators are escaped too, as YAML 1.1 readers want it.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                quoted.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// An entry as any reader sees it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadEntry {
    dataset: DatasetRef,
    value: f64,
    date: Option<String>,
    source: Option<SourceRef>,
    notes: Option<String>,
}

fn reads_as(text: &str, entry: &YamlEntry) -> Result<bool> {
    let read: Vec<ReadEntry> = serde_yaml::from_str(text).context("the YAML that was made cannot be read")?;
    let same = |read: &ReadEntry| {
        read.dataset == entry.dataset
            && Ok(read.value) == entry.value.parse()
            && read.date == entry.date
            && read.source == entry.source
            && read.notes == entry.notes
    };
    Ok(read.len() == 1 && read.iter().all(same))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_text_comes_back_as_it_was(notes: String, name in proptest::option::of("\\PC*"), task in "[ -~]{1,20}") {
            let entry = YamlEntry {
                dataset: DatasetRef { id: "a/b".to_owned(), task_id: task },
                value: "1".to_owned(),
                date: None,
                source: Some(SourceRef { url: "https://a.example".to_owned(), name }),
                notes: Some(notes),
            };
            // Writing reads back and compares.
            write(&entry).unwrap();
        }
    }

    #[test]
    fn strings_that_readers_misread_come_back_as_they_were() {
        for notes in [
            "no",
            "1e3",
            "2024-07-16",
            "12:30",
            "a: b # c",
            "\"\\\n\t\u{1}\u{85}\u{2028}\u{feff}\u{fffe}\u{ffff}é☠🙂",
            "- x",
            "",
        ] {
            let entry = YamlEntry {
                dataset: DatasetRef { id: "a/b".to_owned(), task_id: "swe_bench_%_resolved".to_owned() },
                value: "27.52".to_owned(),
                date: Some("2026-02-10".to_owned()),
                source: Some(SourceRef { url: "https://a.example/#x".to_owned(), name: Some("EvalEval".to_owned()) }),
                notes: Some(notes.to_owned()),
            };
            write(&entry).unwrap();
        }
    }
}
