//! *BenchmarkCards*: descriptions of benchmarks as JSON, in three shapes: bare, bare with
//! `targeted_risks`, and wrapped in `benchmark_card`.
//!
//! Most are written by a language model. What their generator flags is doubtful, and what says
//! nothing ("Not specified") is dropped.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// One card.
#[derive(Clone, Debug, Default)]
pub struct ExternalBenchmarkCard {
    /// `benchmark_details.name`.
    pub name: String,
    /// The names that it claims: its name, what stands before and in brackets there, its abbreviation.
    pub names: Vec<String>,
    /// Addresses that it gives for the benchmark.
    pub resources: Vec<String>,
    /// What it says, section by section.
    pub sections: Vec<Section>,
    /// The language model that wrote it, as it says itself.
    pub written_by: Option<String>,
    /// When, as it says itself.
    pub written: Option<String>,
    /// The file it stands in.
    pub file: String,
}

/// A section with its statements.
#[derive(Clone, Debug)]
pub struct Section {
    /// `Methodology`.
    pub title: String,
    /// What it states.
    pub fields: Vec<CardStatement>,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct CardStatement {
    /// `Out of scope uses`.
    pub label: String,
    /// Its texts; at least one.
    pub values: Vec<String>,
    /// Why its generator doubts it.
    pub doubt: Option<String>,
}

/// Sections that describe the card and not the benchmark, or that are shown elsewhere.
const OTHER_SECTIONS: [&str; 5] = ["flagged_fields", "missing_fields", "card_info", "provenance", "evaluation_summary"];
/// Fields that are shown as the card's name.
const NAME_FIELDS: [&str; 3] = ["name", "abbreviation", "is_benchmark"];
/// Enough for any honest card.
const MOST_VALUES: usize = 100;
const LONGEST_VALUE: usize = 4_000;

/// Reads the text of a card. The error is a sentence.
pub(super) fn parse(text: &str) -> Result<ExternalBenchmarkCard, String> {
    let value: Value = serde_json::from_str(text).map_err(|err| err.to_string())?;
    let card = value.get("benchmark_card").unwrap_or(&value);
    let Some(card) = card.as_object() else { return Err("is not a JSON object".to_owned()) };
    let details = card.get("benchmark_details").and_then(Value::as_object);
    let text_of = |value: Option<&Value>| value.map(texts).unwrap_or_default().into_iter().next();
    let Some(name) = details.and_then(|details| text_of(details.get("name"))) else {
        return Err("names no benchmark".to_owned());
    };
    let info = card.get("card_info").and_then(Value::as_object);
    let flags = flags(card);
    let mut sections: Vec<Section> = Vec::new();
    for (key, value) in card.iter().filter(|(key, _)| !OTHER_SECTIONS.contains(&key.as_str())) {
        let fields = fields(key, value, &flags);
        if !fields.is_empty() {
            sections.push(Section { title: words(key), fields });
        }
    }
    Ok(ExternalBenchmarkCard {
        names: names(&name, details.and_then(|details| text_of(details.get("abbreviation")))),
        resources: details.and_then(|details| details.get("resources")).map(texts).unwrap_or_default(),
        sections,
        written_by: info.and_then(|info| text_of(info.get("llm"))),
        written: info.and_then(|info| text_of(info.get("created_at"))),
        name,
        file: String::new(),
    })
}

fn names(name: &str, abbreviation: Option<String>) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    if let Some((before, rest)) = name.split_once('(')
        && let Some((inside, _)) = rest.split_once(')')
    {
        names.extend([before.trim().to_owned(), inside.trim().to_owned()]);
    }
    names.extend(abbreviation);
    names.retain(|name| !name.is_empty());
    names
}

/// `section.field` with the reason for doubt.
fn flags(card: &Map<String, Value>) -> BTreeMap<String, String> {
    let flagged = card.get("flagged_fields");
    match flagged {
        Some(Value::Object(flagged)) => {
            flagged.iter().map(|(field, reason)| (field.clone(), texts(reason).join("; "))).collect()
        }
        Some(other) => texts(other).into_iter().map(|field| (field, String::new())).collect(),
        None => BTreeMap::new(),
    }
}

fn fields(section: &str, value: &Value, flags: &BTreeMap<String, String>) -> Vec<CardStatement> {
    let doubt = |field: &str| {
        let path = format!("{section}.{field}");
        let reason = flags.get(&path).or_else(|| flags.get(field)).or_else(|| flags.get(section))?;
        Some(reason.clone())
    };
    let Some(fields) = value.as_object() else {
        let values = texts(value);
        let all = CardStatement { label: words(section), values, doubt: doubt("") };
        return if all.values.is_empty() { Vec::new() } else { vec![all] };
    };
    let stated =
        fields.iter().filter(|(key, _)| section != "benchmark_details" || !NAME_FIELDS.contains(&key.as_str()));
    stated
        .map(|(key, value)| CardStatement { label: words(key), values: texts(value), doubt: doubt(key) })
        .filter(|field| !field.values.is_empty())
        .collect()
}

/// All texts in a value, whatever its shape, but for those that say nothing.
fn texts(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    if found.len() >= MOST_VALUES {
        return;
    }
    match value {
        Value::String(text) if !says_nothing(text) => {
            found.push(crate::words::shorten(text.trim(), LONGEST_VALUE));
        }
        Value::Number(number) => found.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(map) => {
            let mut parts = Vec::new();
            for (key, value) in map {
                let texts = texts(value);
                if !texts.is_empty() {
                    parts.push(format!("{}: {}", words(key), texts.join("; ")));
                }
            }
            if !parts.is_empty() {
                found.push(crate::words::shorten(&parts.join(". "), LONGEST_VALUE));
            }
        }
        _ => {}
    }
}

fn says_nothing(text: &str) -> bool {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    crate::names::is_not_reported(&text) || text == "no information found"
}

/// `out_of_scope_uses` as `Out of scope uses`.
fn words(key: &str) -> String {
    let text = key.replace('_', " ");
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: &str = r#"{"benchmark_details": {"name": "MMLU (Massive Test)", "overview": "Not specified.",
        "languages": "English", "domains": ["N/A"], "resources": ["https://arxiv.org/abs/1"]},
        "methodology": {"metrics": ["accuracy", ""], "calculation": null}}"#;

    #[test]
    fn all_shapes_say_the_same_and_what_says_nothing_is_dropped() {
        for text in [BARE.to_owned(), format!("{{\"benchmark_card\": {BARE}}}")] {
            let card = parse(&text).unwrap();
            assert_eq!(card.names, ["MMLU (Massive Test)", "MMLU", "Massive Test"]);
            let labels: Vec<&str> =
                card.sections.iter().flat_map(|section| &section.fields).map(|field| field.label.as_str()).collect();
            assert_eq!(labels, ["Languages", "Resources", "Metrics"]);
        }
    }

    #[test]
    fn what_its_generator_flags_is_doubtful() {
        let flagged =
            BARE.replacen('{', r#"{"flagged_fields": {"methodology.metrics": "[Possible Hallucination]"},"#, 1);
        let card = parse(&flagged).unwrap();
        let doubts: Vec<_> = card
            .sections
            .iter()
            .flat_map(|section| &section.fields)
            .filter_map(|field| field.doubt.as_deref())
            .collect();
        assert_eq!(doubts, ["[Possible Hallucination]"]);
    }

    #[test]
    fn a_card_without_a_name_is_none() {
        assert!(parse("[]").is_err());
        assert!(parse("{\"benchmark_details\": {\"name\": \"N/A\"}}").is_err());
        assert!(parse("{").is_err());
    }
}
