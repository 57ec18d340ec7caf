//! The *search index*: every entity under each of its words, in files by the first letters.
//!
//! A search loads the one file that has the rarest word of the query, and looks at the other words
//! there; so it stays small however many models there are. The script splits a query into words
//! by the same rule as [`words_of`].

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use super::DataFile;
use crate::card::{Paths, evaluator_name};
use crate::language::Language;
use crate::merge::{Dataset, Reported};

/// For the first letters of words, the number of their file.
pub type Words = BTreeMap<String, usize>;

/// A file with entries of several beginnings is not longer than this, in bytes.
const FULL: usize = 48 * 1024;

/// One thing that can be found: kind, title, second title, path, results, further words.
#[derive(Serialize)]
struct Entry<'a>(Kind, &'a str, &'a str, &'a str, usize, String);

/// What kind of thing it is.
#[derive(Clone, Copy, Serialize)]
enum Kind {
    #[serde(rename = "m")]
    Model,
    #[serde(rename = "b")]
    Benchmark,
    #[serde(rename = "e")]
    Evaluator,
    #[serde(rename = "d")]
    Developer,
}

/// The files, and which of them has the words that begin with some letters.
pub fn files(dataset: &Dataset, paths: &Paths, language: &Language) -> (Words, Vec<DataFile>) {
    let entries = entries(dataset, paths, language);
    let prepared: Vec<(BTreeSet<String>, String)> = entries
        .par_iter()
        .map(|(entry, words)| {
            let keys = words.iter().map(|word| key(word)).collect();
            (keys, serde_json::to_string(entry).unwrap_or_default())
        })
        .collect();
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, (keys, _)) in prepared.iter().enumerate() {
        for key in keys {
            by_key.entry(key).or_default().push(number);
        }
    }
    let mut words = Words::new();
    let mut groups: Vec<BTreeSet<usize>> = Vec::new();
    let mut size = FULL;
    for (key, numbers) in by_key {
        let own: usize = numbers.iter().map(|number| prepared[*number].1.len()).sum();
        // Letters of many entries get a file of their own: others would be slow beside them.
        if size + own > FULL {
            groups.push(BTreeSet::new());
            size = 0;
        }
        let group = groups.len() - 1;
        for number in numbers {
            if groups[group].insert(number) {
                size += prepared[number].1.len();
            }
        }
        words.insert(key.to_owned(), group);
    }
    let files = groups.into_par_iter().enumerate().map(|(number, group)| {
        let group: Vec<&Entry> = group.into_iter().map(|entry| &entries[entry].0).collect();
        DataFile::new(&format!("search/{number}"), &group)
    });
    (words, files.collect())
}

/// All entities with all their words.
fn entries<'a>(dataset: &'a Dataset, paths: &'a Paths, language: &'a Language) -> Vec<(Entry<'a>, BTreeSet<String>)> {
    let entities = &dataset.entities;
    let models = entities.models.iter().map(|(id, model)| {
        let path = paths.model(id);
        let path = if path.strip_prefix("models/") == Some(&model.id) { "" } else { path };
        let name = if model.id.ends_with(&model.name) { "" } else { model.name.as_str() };
        let aliases = dataset.model_meta(model).map(|meta| meta.aliases.as_slice()).unwrap_or_default();
        let spellings = model.spellings.keys().chain(aliases);
        entry(Kind::Model, &model.id, name, path, dataset.readings_of(id).len(), spellings)
    });
    let sum = |reported: &[Reported]| reported.iter().map(|reported| reported.results as usize).sum();
    let benchmarks = entities.benchmarks.iter().map(|(id, benchmark)| {
        let aliases = dataset.benchmark_meta(benchmark).map(|meta| meta.aliases.as_slice()).unwrap_or_default();
        let spellings = benchmark.spellings.keys().chain(aliases);
        let results = sum(dataset.reported_of(id));
        entry(Kind::Benchmark, &benchmark.name, "", paths.benchmark(id), results, spellings)
    });
    let evaluators = entities.evaluators.iter().map(|(id, evaluator)| {
        let aliases = dataset.evaluator_meta(evaluator).map(|meta| meta.aliases.as_slice()).unwrap_or_default();
        let spellings = evaluator.spellings.keys().chain(aliases);
        let results = sum(dataset.reported_by(id));
        entry(Kind::Evaluator, evaluator_name(dataset, language, id), "", paths.evaluator(id), results, spellings)
    });
    let developers = dataset.developers.iter().map(|(id, developer)| {
        let results = developer.models.iter().map(|id| dataset.readings_of(*id).len()).sum();
        let meta = developer.meta.map(|place| &dataset.inputs.content.organizations[place]);
        let spellings = meta.into_iter().flat_map(|meta| meta.aliases.iter().chain(&meta.hf));
        entry(Kind::Developer, &developer.name, "", paths.developer(id), results, spellings)
    });
    models.chain(benchmarks).chain(evaluators).chain(developers).collect()
}

fn entry<'a>(
    kind: Kind,
    title: &'a str,
    second: &'a str,
    path: &'a str,
    results: usize,
    spellings: impl Iterator<Item = &'a String>,
) -> (Entry<'a>, BTreeSet<String>) {
    let mut words: BTreeSet<String> = words_of(title).into_iter().chain(words_of(second)).collect();
    let further: BTreeSet<String> =
        spellings.flat_map(|spelling| words_of(spelling)).filter(|word| !words.contains(word)).collect();
    let listed = further.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    words.extend(further);
    (Entry(kind, title, second, path, results, listed), words)
}

/// Lower-case runs of letters and digits, parted again where two letters meet a digit: `gpt4o`
/// and `GPT-4o` are found by the same words, and `o1` stays whole.
fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut words = Vec::new();
    for run in lower.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty()) {
        let mut start = 0;
        let mut letters = 0;
        for (at, c) in run.char_indices() {
            if c.is_numeric() && letters >= 2 {
                words.push(run[start..at].to_owned());
                start = at;
            }
            letters = if c.is_alphabetic() { letters + 1 } else { 0 };
        }
        words.push(run[start..].to_owned());
    }
    words
}

/// The first two letters of a word.
fn key(word: &str) -> String {
    word.chars().take(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_part_at_punctuation_and_between_letters_and_digits() {
        assert_eq!(words_of("meta-llama/Llama-3.1-70B"), ["meta", "llama", "llama", "3", "1", "70b"]);
        assert_eq!(words_of("GPT-4o"), words_of("gpt4o"));
        assert_eq!(words_of("o1 GSM8K"), ["o1", "gsm", "8k"]);
        assert_eq!(words_of("通义千问2"), ["通义千问", "2"]);
        assert!(words_of("!!").is_empty());
    }
}
