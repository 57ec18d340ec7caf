//! What the keys of free maps (`additional_details`, `details`) *mean*: `detail_keys.yaml`, which is data.

use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};
use regex_lite::Regex;
use serde::Deserialize;

/// The file, which is part of the program.
const FILE: &str = include_str!("detail_keys.yaml");

#[derive(Deserialize)]
struct Keys {
    conditions: HashMap<String, Vec<String>>,
    arguments: Vec<String>,
    model_arguments: Vec<String>,
    sizes: Vec<String>,
    asked: Vec<String>,
    counted: Vec<String>,
    size_in_description: Vec<String>,
    descriptive: HashMap<String, Vec<String>>,
    outcomes: Vec<String>,
    measured_by: HashMap<MeasuredBy, HashMap<String, Vec<String>>>,
    terms: Vec<String>,
    model: Vec<String>,
    pointers: Vec<String>,
}

/// Who measured, where the details of a source say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasuredBy {
    /// The source collects what others measured.
    Others,
    /// The developer of the model.
    Developer,
}

/// The file as a table.
struct DetailKeyTable {
    names: HashMap<String, String>,
    arguments: HashSet<String>,
    model_arguments: HashSet<String>,
    sizes: HashSet<String>,
    asked: HashSet<String>,
    counted: HashSet<String>,
    size_in_description: Vec<Regex>,
    descriptive: HashMap<String, Vec<String>>,
    others: HashSet<String>,
    measured_by: HashMap<(String, String), MeasuredBy>,
    /// The keys of `measured_by`.
    measurers: HashSet<String>,
    terms: HashSet<String>,
}

fn known() -> &'static DetailKeyTable {
    static KNOWN: LazyLock<DetailKeyTable> = LazyLock::new(|| {
        // A test reads the file, so that a program with a broken one is never published.
        let keys = read().unwrap_or(Keys {
            conditions: HashMap::default(),
            arguments: Vec::new(),
            model_arguments: Vec::new(),
            sizes: Vec::new(),
            asked: Vec::new(),
            counted: Vec::new(),
            size_in_description: Vec::new(),
            descriptive: HashMap::default(),
            outcomes: Vec::new(),
            measured_by: HashMap::default(),
            terms: Vec::new(),
            model: Vec::new(),
            pointers: Vec::new(),
        });
        let names =
            keys.conditions.into_iter().flat_map(|(name, keys)| keys.into_iter().map(move |key| (key, name.clone())));
        DetailKeyTable {
            names: names.collect(),
            arguments: keys.arguments.into_iter().collect(),
            model_arguments: keys.model_arguments.into_iter().collect(),
            sizes: keys.sizes.into_iter().collect(),
            asked: keys.asked.into_iter().collect(),
            counted: keys.counted.into_iter().collect(),
            descriptive: keys.descriptive,
            size_in_description: keys.size_in_description.iter().filter_map(|it| pattern(it)).collect(),
            others: (keys.outcomes.into_iter())
                .chain(keys.model)
                .chain(keys.pointers)
                .chain(keys.terms.iter().cloned())
                .collect(),
            measurers: keys.measured_by.values().flat_map(HashMap::keys).cloned().collect(),
            terms: keys.terms.into_iter().collect(),
            measured_by: keys
                .measured_by
                .into_iter()
                .flat_map(|(who, keys)| keys.into_iter().map(move |(key, values)| (who, key, values)))
                .flat_map(|(who, key, values)| values.into_iter().map(move |value| ((key.clone(), value), who)))
                .collect(),
        }
    });
    &KNOWN
}

fn read() -> Result<Keys, serde_yaml::Error> {
    serde_yaml::from_str(FILE)
}

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(&format!("(?i){text}")).ok()
}

/// How many items the whole test has, where the description of a metric says so.
pub fn size_in_description(text: &str) -> Option<u64> {
    let mut patterns = known().size_in_description.iter();
    let groups = patterns.find_map(|pattern| pattern.captures(text))?;
    groups.get(1)?.as_str().replace(',', "").parse().ok()
}

/// The common name of a condition: `agent` for `agent_name`. `None` if the key is not known to be one.
pub fn condition(key: &str) -> Option<&'static str> {
    known().names.get(key).map(String::as_str)
}

/// True if the value of the key is a list of arguments.
pub fn is_argument_list(key: &str) -> bool {
    known().arguments.contains(key)
}

/// True if the argument names the model.
pub fn names_model(argument: &str) -> bool {
    known().model_arguments.contains(argument)
}

/// True if the key says how many items the whole test has.
pub fn is_size(key: &str) -> bool {
    known().sizes.contains(key)
}

/// True if the key says how many items of the test were asked.
pub fn is_asked(key: &str) -> bool {
    known().asked.contains(key)
}

/// True if the key of a source's or a score's details says over how many items the score is.
pub fn is_counted(key: &str) -> bool {
    known().counted.contains(key)
}

/// True if this member of a metric's details says that its scores only describe, and none is better than another.
pub fn is_descriptive(key: &str, value: &str) -> bool {
    let values = known().descriptive.get(key);
    values.is_some_and(|values| values.iter().any(|known| known.eq_ignore_ascii_case(value.trim())))
}

/// Who measured, if this member of a source's details says so.
pub fn measured_by(key: &str, value: &str) -> Option<MeasuredBy> {
    known().measured_by.get(&(key.to_owned(), value.trim().to_lowercase())).copied()
}

/// True if this member of a source's details says who measured, in whatever words.
pub fn says_who_measured(key: &str) -> bool {
    known().measurers.contains(key)
}

/// True if this member of a source's details says on which terms its numbers may be used.
pub fn is_term(key: &str) -> bool {
    known().terms.contains(key)
}

/// True if the key is known to say nothing of how a result was made: an outcome, a fact of the model, a pointer.
pub fn is_other(key: &str) -> bool {
    known().others.contains(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_file_can_be_read_and_no_key_means_two_things() {
        let keys = read().unwrap();
        let mut seen = HashSet::default();
        let conditions = keys.conditions.values().flatten();
        for key in conditions.chain(&keys.outcomes).chain(&keys.model).chain(&keys.pointers).chain(&keys.terms) {
            assert!(seen.insert(key.clone()), "{key} is listed twice");
        }
        assert_eq!((condition("agent_name"), condition("rank")), (Some("agent"), None));
        assert_eq!(measured_by("leaderboard_data_source", "Self-Reported"), Some(MeasuredBy::Developer));
        assert_eq!(measured_by("leaderboard_data_source", "TIGER-Lab"), None);
        assert!(is_size("dataset_total_questions") && is_other("rank") && is_counted("total_instances"));
        assert!(is_descriptive("diagnostic_metric", "True") && !is_descriptive("diagnostic_metric", "false"));
        let patterns = read().unwrap().size_in_description;
        assert!(patterns.iter().all(|it| pattern(it).is_some_and(|it| it.captures_len() == 2)));
        for (text, size) in [
            ("Fraction of 500 verified GitHub issues resolved (0.0–1.0)", Some(500)),
            ("Task resolution accuracy across 87 terminal tasks with 5 trials each", Some(87)),
            ("Accuracy on the 2,500-question benchmark", Some(2500)),
            ("Fraction of python GitHub issues resolved", None),
            ("Accuracy across 5 runs", None),
        ] {
            assert_eq!(size_in_description(text), size, "{text}");
        }
    }
}
