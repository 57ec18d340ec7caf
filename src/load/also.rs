//! The *other* values of a record: every value that no typed field has, and every text that one has shortened.
//!
//! [`super::schema`] says which field has which value; unknown keys are kept too. Null, blanks, empty containers
//! and `unknown` are no values. A list of plain values is one value.

use std::borrow::Cow;

use serde_json::Value;

use super::block::{digits_of, is_kept_whole};
use super::schema::{self, SchemaPath, SchemaRow, ValueKind};
use crate::names::is_not_reported;
use crate::words::{count, shorten};

/// One value of a record, as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Where: `metric_config.additional_details.bound_strategy`.
    pub path: Box<str>,
    /// As text; the items of a list with commas between them.
    pub text: Box<str>,
    /// True if the schema wants a value of another type here.
    pub is_odd: bool,
}

/// Longest text that is kept whole.
pub const MAX_TEXT: usize = 20_000;

/// Most values that are kept of one block; the greatest real one has some hundred.
const MAX_LEAVES: usize = 2_000;

/// The values of `block` that no typed field carries. `path` is where it stands in a result or in the record.
pub fn of_block(path: &str, block: &Value) -> Box<[Leaf]> {
    of_block_but(path, block, |_| false)
}

/// The same with those that a field should carry, and does not here.
pub fn of_block_but(path: &str, block: &Value, is_missed: impl Fn(&str) -> bool) -> Box<[Leaf]> {
    let in_result = format!("evaluation_results[].{path}");
    // The root's own `source_data` has the rows of a result's.
    let known = match schema::is_container(&in_result) || schema::find(&in_result).is_some() {
        true => in_result,
        false => path.to_owned(),
    };
    let row = schema::find(&known);
    let mut walk = Walk { leaves: Vec::new(), left_out: 0, is_missed: &is_missed, known, path: path.to_owned() };
    walk.value(block, row);
    if walk.left_out > 0 {
        let text = format!("{} more (SHA-256 {})", count(walk.left_out), digits_of(&block.to_string()));
        walk.leaves.push(Leaf { path: format!("{path}.…").into(), text: text.into(), is_odd: false });
    }
    walk.leaves.into()
}

/// True for the JSON of a short text that the field of `row` carries whole, as it does most members of a record.
pub fn is_plainly_carried(row: Option<&SchemaRow>, json: &str) -> bool {
    let Some(SchemaRow { kind: ValueKind::Text | ValueKind::Scalar, place: SchemaPath::Field(most, _), .. }) = row
    else {
        return false;
    };
    let text = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|text| !text.contains('\\'));
    text.is_some_and(|text| text.len() <= *most && !is_not_reported(text) && !text.ends_with("Infinity"))
}

struct Walk<'w> {
    leaves: Vec<Leaf>,
    left_out: usize,
    is_missed: &'w dyn Fn(&str) -> bool,
    /// Where the value that is looked at stands in the schema.
    known: String,
    /// Where it stands in the record.
    path: String,
}

impl Walk<'_> {
    /// Looks at what stands below: at `known` in the schema, at `path` in the record.
    fn below(&mut self, known: [&str; 2], path: [&str; 2], look: impl FnOnce(&mut Self)) {
        let ends = (self.known.len(), self.path.len());
        self.known.extend(known);
        self.path.extend(path);
        look(self);
        self.known.truncate(ends.0);
        self.path.truncate(ends.1);
    }

    /// The row of the schema for what stands at `known` below.
    fn row_below(&mut self, known: &str) -> Option<&'static SchemaRow> {
        let end = self.known.len();
        self.known.push_str(known);
        let row = schema::find(&self.known);
        self.known.truncate(end);
        row
    }

    /// `row` is that of the value in the schema, if it has one.
    fn value(&mut self, value: &Value, row: Option<&'static SchemaRow>) {
        if let Some(SchemaRow { place: SchemaPath::LeftOut(_), .. }) = row {
            let n = value.as_array().map_or(1, Vec::len);
            let text = format!("{} (SHA-256 {})", count(n), digits_of(&value.to_string()));
            self.leaves.push(Leaf { path: self.path.as_str().into(), text: text.into(), is_odd: false });
            return;
        }
        match value {
            Value::Object(members) => {
                let any = self.row_below(".*");
                for (key, member) in members {
                    self.below([".", key], [".", key], |walk| {
                        let row = schema::find(&walk.known).or(any);
                        walk.value(member, row);
                    });
                }
            }
            Value::Array(items) if !items.is_empty() && !items.iter().all(is_plain) => {
                let row = self.row_below("[]");
                for (at, item) in items.iter().enumerate() {
                    self.below(["[]", ""], ["", &format!("[{at}]")], |walk| walk.value(item, row));
                }
            }
            Value::Array(_) => {
                let row = self.row_below("[]").or(row);
                self.leaf(value, row);
            }
            _ => self.leaf(value, row),
        }
    }

    fn leaf(&mut self, value: &Value, row: Option<&'static SchemaRow>) {
        let text = text_of(value);
        let is_silent = text.trim().is_empty() || text.trim().eq_ignore_ascii_case("unknown");
        if is_silent {
            return;
        }
        let fits = row.map_or_else(|| !schema::is_container(&self.known), |row| row.kind.fits(value));
        let is_carried = match row.map(|row| row.place) {
            _ if (self.is_missed)(&self.known) || !fits => false,
            None | Some(SchemaPath::Also | SchemaPath::LeftOut(_)) => false,
            Some(SchemaPath::Field(most, _)) => {
                // Infinity is said as "no bound".
                !is_not_reported(&text) && text.chars().nth(most).is_none() && !text.ends_with("Infinity")
            }
            Some(SchemaPath::Setting | SchemaPath::Detail) => is_kept_whole(value, &text),
        };
        if is_carried {
            return;
        }
        if self.leaves.len() >= MAX_LEAVES {
            self.left_out += 1;
            return;
        }
        let is_odd = !fits && !is_not_reported(&text);
        self.leaves.push(Leaf { path: self.path.as_str().into(), text: capped(&text).into(), is_odd });
    }
}

fn is_plain(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

/// A plain value, or a list of them, as text.
fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Array(items) => Cow::Owned(items.iter().map(text_of).collect::<Vec<_>>().join(", ")),
        other => Cow::Owned(other.to_string()),
    }
}

fn capped(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MAX_TEXT) {
        Some(_) => Cow::Owned(format!("{} (SHA-256 {})", shorten(text, MAX_TEXT), digits_of(text))),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(path: &str, block: Value) -> Vec<String> {
        of_block(path, &block).iter().map(|it| format!("{} = {}", it.path, it.text)).collect()
    }

    #[test]
    fn what_fields_carry_is_not_said_again_and_all_else_is() {
        let block = json!({"metric_unit": "points", "metric_id": "acc", "lower_is_better": false, "new": {"a": [1, 2], "b": null},
            "min_score": "Infinity", "level_names": ["low", "high"], "x": [], "y": {}, "z": " ", "u": "unknown"});
        let expected = ["level_names = low, high", "metric_id = acc", "min_score = Infinity", "new.a = 1, 2"]
            .map(|it| format!("metric_config.{it}"));
        assert_eq!(said("metric_config", block), expected);
    }

    #[test]
    fn values_of_another_type_and_shortened_texts_are_kept_whole() {
        let long = "word ".repeat(60);
        let block =
            json!({"metric_unit": 7, "evaluation_description": long, "additional_details": {"a": long, "b": "short"}});
        let leaves = of_block("metric_config", &block);
        assert_eq!(
            leaves.iter().filter(|it| it.is_odd).map(|it| &*it.path).collect::<Vec<_>>(),
            ["metric_config.metric_unit"]
        );
        assert_eq!(leaves.iter().filter(|it| *it.text == *long).count(), 2);
        let huge = of_block("model_info", &json!({"x": "x".repeat(30_000)}));
        assert!(huge[0].text.len() < 20_100 && huge[0].text.contains("SHA-256"));
    }

    #[test]
    fn a_block_of_ten_thousand_values_is_bounded_and_counted() {
        let block: serde_json::Map<String, Value> = (0..10_000).map(|n| (format!("k{n}"), n.into())).collect();
        let leaves = of_block("model_info", &block.into());
        assert_eq!(leaves.len(), MAX_LEAVES + 1);
        assert!(leaves[MAX_LEAVES].text.starts_with("8,000 more"), "{}", leaves[MAX_LEAVES].text);
    }
}
