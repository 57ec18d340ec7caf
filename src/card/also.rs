//! *Also in the record*: what a record holds beside what the card says in its own words, value by value.

use foldhash::{HashMap, HashSet};
use serde::Serialize;

use super::Cards;
use crate::language::Language;
use crate::load::Loaded;
use crate::load::also::Leaf;
use crate::signal::setup::is_setting;

/// One value, with the results that state it.
#[derive(Debug)]
pub struct Also<'a> {
    /// Where in the record, or in its results: `metric_config.additional_details.bound_strategy`.
    pub path: String,
    /// As text.
    pub value: &'a str,
    /// Places in `evaluation_results`; none for what the record says of itself.
    pub results: Vec<u16>,
}

/// The values that the same results state.
#[derive(Debug, Serialize)]
pub struct AlsoGroup<'a> {
    /// Which, in words; `None` for what the record says of itself.
    pub results: Option<String>,
    /// Path and text.
    pub values: Vec<(String, &'a str)>,
}

/// What `loaded` holds, equal values of several results once: first what is said of the record, then by results.
pub fn also(loaded: &Loaded) -> Vec<Also<'_>> {
    let record = &loaded.record;
    let mut found = Found::default();
    found.block(None, &record.also);
    found.block(None, &record.source.also);
    if let Some(library) = &record.library {
        found.block(None, &library.also);
        found.details(None, "eval_library.additional_details.", &library.details, &library.also);
    }
    found.block(None, &record.model.also);
    found.details(None, "model_info.additional_details.", &record.model.details, &record.model.also);
    for result in &record.results {
        let at = Some(result.index);
        let (data, metric) = (&result.data, &result.metric);
        found.block(at, &data.also);
        found.details(at, "source_data.additional_details.", &data.details, &data.also);
        found.block(at, &metric.also);
        found.details(at, "metric_config.additional_details.", &metric.details, &metric.also);
        found.block(at, result.generation.as_ref().map_or(&[], |generation| &generation.also));
        found.block(at, &result.also);
        found.details(at, "score_details.details.", &result.details, &result.also);
    }
    found.all.sort_by(|a, b| (&a.results, &a.path).cmp(&(&b.results, &b.path)));
    found.all
}

#[derive(Default)]
struct Found<'a> {
    all: Vec<Also<'a>>,
    places: HashMap<(String, &'a str), usize>,
}

impl<'a> Found<'a> {
    fn say(&mut self, result: Option<u16>, path: String, value: &'a str) {
        let place = *self.places.entry((path.clone(), value)).or_insert_with(|| {
            self.all.push(Also { path, value, results: Vec::new() });
            self.all.len() - 1
        });
        // A block says nothing twice.
        let results = &mut self.all[place].results;
        if result.is_some() && results.last().copied() != result {
            results.extend(result);
        }
    }

    fn block(&mut self, result: Option<u16>, leaves: &'a [Leaf]) {
        for leaf in leaves {
            self.say(result, leaf.path.to_string(), &leaf.text);
        }
    }

    /// The details that are no settings, and that stand among `leaves` neither whole nor in parts.
    fn details(&mut self, result: Option<u16>, prefix: &str, details: &'a [(String, String)], leaves: &[Leaf]) {
        let below = leaves.iter().filter_map(|leaf| leaf.path.strip_prefix(prefix));
        let starts = below.flat_map(|rest| rest.match_indices(['.', '[']).map(|(at, _)| &rest[..at]).chain([rest]));
        let said: HashSet<&str> = starts.collect();
        for pair in details.iter().filter(|pair| !is_setting(pair) && !said.contains(pair.0.as_str())) {
            if !pair.1.eq_ignore_ascii_case("unknown") {
                self.say(result, format!("{prefix}{}", pair.0), &pair.1);
            }
        }
    }
}

impl<'a> Cards<'a> {
    /// The same as groups with words for the results.
    pub(super) fn also_in_groups(&self, also: &[Also<'a>]) -> Vec<AlsoGroup<'a>> {
        let groups = also.chunk_by(|a, b| a.results == b.results);
        let groups = groups.map(|group| AlsoGroup {
            results: results_in_words(self.language, &group[0].results),
            values: group.iter().map(|it| (it.path.clone(), it.value)).collect(),
        });
        groups.collect()
    }
}

/// `results 0–5, 8`.
fn results_in_words(language: &Language, results: &[u16]) -> Option<String> {
    let runs = results.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [first, .., last] => format!("{first}–{last}"),
        _ => run.iter().map(u16::to_string).collect(),
    });
    let runs: Vec<String> = runs.collect();
    (!runs.is_empty()).then(|| language.say("also.results", &[("results", &language.list(&runs))]))
}
