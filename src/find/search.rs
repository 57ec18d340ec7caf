//! The *search index*: every entity under each of its words, in files by the first letters.
//!
//! A search loads the files of the rarest word of the query and checks the other words there, so it stays small
//! however many models there are. Very common first letters have several files with the likely matches in the
//! first, which can be shown before the others have loaded. The script splits a query into words by the same rule
//! as [`words_of`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use super::DataFile;
use crate::card::{Paths, collection_name, evaluator_name};
use crate::language::Language;
use crate::merge::{Dataset, ReportedCount};

/// For the first letters of words, the numbers of their files, that of what is likely meant first.
pub type Words = BTreeMap<String, Vec<usize>>;

/// A file with entries of several beginnings, or the first of one beginning, is not longer than this, in bytes.
const FULL: usize = 48 * 1024;

/// Most parts of a benchmark by whose names it is found.
const MOST_SLICES: usize = 100;

/// Every further file of one beginning is about as long as this: few requests, and none that a browser is long at.
const FURTHER: usize = 4 * FULL;

/// One thing that can be found: kind, title, second title, path, results, further words.
#[derive(Serialize)]
struct SearchEntry<'a>(SearchKind, &'a str, &'a str, &'a str, usize, String);

impl SearchEntry<'_> {
    /// Orders by how likely it is meant: what is not a model first, as there are few, then by results, then short
    /// names, which are the whole of what was typed sooner than long ones.
    fn place(&self) -> (bool, Reverse<usize>, usize) {
        (self.0 == SearchKind::Model, Reverse(self.4), self.1.len())
    }
}

/// What kind of thing it is.
#[derive(Clone, Copy, PartialEq, Serialize)]
enum SearchKind {
    #[serde(rename = "m")]
    Model,
    #[serde(rename = "b")]
    Benchmark,
    #[serde(rename = "e")]
    Evaluator,
    #[serde(rename = "d")]
    Developer,
    #[serde(rename = "s")]
    Source,
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
    let size_of = |number: &usize| prepared[*number].1.len();
    for (key, mut numbers) in by_key {
        let own: usize = numbers.iter().map(size_of).sum();
        if own > FULL {
            numbers.sort_by_key(|number| entries[*number].0.place());
            let parts = parts(&numbers, size_of);
            words.insert(key.to_owned(), (groups.len()..groups.len() + parts.len()).collect());
            groups.extend(parts);
            // Letters of many entries have files of their own: others would be slow beside them.
            size = FULL;
            continue;
        }
        if size + own > FULL {
            groups.push(BTreeSet::new());
            size = 0;
        }
        let group = groups.len() - 1;
        for number in numbers {
            if groups[group].insert(number) {
                size += size_of(&number);
            }
        }
        words.insert(key.to_owned(), vec![group]);
    }
    let files = groups.into_par_iter().enumerate().map(|(number, group)| {
        let group: Vec<&SearchEntry> = group.into_iter().map(|entry| &entries[entry].0).collect();
        DataFile::new(&format!("search/{number}"), &group)
    });
    (words, files.collect())
}

/// `numbers` in their order, parted into files: a short one that comes soon, and longer ones.
fn parts(numbers: &[usize], size_of: impl Fn(&usize) -> usize) -> Vec<BTreeSet<usize>> {
    let mut parts = vec![BTreeSet::new()];
    let mut room = FULL;
    for number in numbers {
        let own = size_of(number);
        let mut last = parts.len() - 1;
        if own > room && !parts[last].is_empty() {
            parts.push(BTreeSet::new());
            room = FURTHER;
            last += 1;
        }
        room = room.saturating_sub(own);
        parts[last].insert(*number);
    }
    parts
}

/// All entities with all their words.
fn entries<'a>(
    dataset: &'a Dataset,
    paths: &'a Paths,
    language: &'a Language,
) -> Vec<(SearchEntry<'a>, BTreeSet<String>)> {
    let entities = &dataset.entities;
    let models = entities.models.iter().map(|(id, model)| {
        let path = paths.model(id);
        let path = if path.strip_prefix("models/") == Some(&model.id) { "" } else { path };
        let name = if model.id.ends_with(&model.name) { "" } else { model.name.as_str() };
        let aliases = dataset.model_meta(model).map(|meta| meta.aliases.as_slice()).unwrap_or_default();
        let spellings = model.spellings.keys().chain(aliases);
        entry(SearchKind::Model, &model.id, name, path, dataset.readings_of(id).len(), spellings)
    });
    let sum = |reported: &[ReportedCount]| reported.iter().map(|reported| reported.results as usize).sum();
    let benchmarks = entities.benchmarks.iter().map(|(id, benchmark)| {
        let aliases = dataset.benchmark_meta(benchmark).map(|meta| meta.aliases.as_slice()).unwrap_or_default();
        // Who looks for a topic finds what tests it, and what has a part of that name.
        let category = dataset.category_of(benchmark).map(|(category, _)| language.category(category));
        let slices = dataset.rankings_of(id).filter_map(|(_, ranking)| entities.slices[ranking.slice].name.as_ref());
        let slices: BTreeSet<&String> = slices.take(MOST_SLICES).collect();
        let spellings = benchmark.spellings.keys().chain(aliases).chain(&category).chain(slices);
        let results = sum(dataset.reported_of(id));
        entry(SearchKind::Benchmark, &benchmark.name, "", paths.benchmark(id), results, spellings)
    });
    let evaluators = entities.evaluators.iter().map(|(id, evaluator)| {
        let aliases = dataset.evaluator_meta(evaluator).map(|meta| meta.aliases.as_slice()).unwrap_or_default();
        let spellings = evaluator.spellings.keys().chain(aliases);
        let results = sum(dataset.reported_by(id));
        entry(SearchKind::Evaluator, evaluator_name(dataset, language, id), "", paths.evaluator(id), results, spellings)
    });
    let developers = dataset.developers.iter().map(|(id, developer)| {
        let results = developer.models.iter().map(|id| dataset.readings_of(*id).len()).sum();
        let meta = developer.meta.map(|place| &dataset.inputs.content.organizations[place]);
        let spellings = meta.into_iter().flat_map(|meta| meta.aliases.iter().chain(&meta.hf));
        entry(SearchKind::Developer, &developer.name, "", paths.developer(id), results, spellings)
    });
    let sources = dataset.collections.iter().map(|(id, collection)| {
        let name = collection_name(dataset, language, id);
        let spellings = [&collection.id].into_iter();
        entry(SearchKind::Source, name, "", paths.collection(id), collection.readings.len(), spellings)
    });
    models.chain(benchmarks).chain(evaluators).chain(developers).chain(sources).collect()
}

fn entry<'a, S: AsRef<str>>(
    kind: SearchKind,
    title: &'a str,
    second: &'a str,
    path: &'a str,
    results: usize,
    spellings: impl Iterator<Item = S>,
) -> (SearchEntry<'a>, BTreeSet<String>) {
    let mut words: BTreeSet<String> = words_of(title).into_iter().chain(words_of(second)).collect();
    let further: BTreeSet<String> =
        spellings.flat_map(|spelling| words_of(spelling.as_ref())).filter(|word| !words.contains(word)).collect();
    let listed = further.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    words.extend(further);
    (SearchEntry(kind, title, second, path, results, listed), words)
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
    fn many_entries_have_a_short_file_first() {
        let numbers: Vec<usize> = (0..1000).rev().collect();
        let parts = parts(&numbers, |_| 1024);
        let sizes: Vec<usize> = parts.iter().map(BTreeSet::len).collect();
        assert_eq!(sizes, [48, 192, 192, 192, 192, 184]);
        assert!(parts[0].contains(&999) && parts[5].contains(&0), "not in the order that was given");
    }

    #[test]
    fn words_part_at_punctuation_and_between_letters_and_digits() {
        assert_eq!(words_of("meta-llama/Llama-3.1-70B"), ["meta", "llama", "llama", "3", "1", "70b"]);
        assert_eq!(words_of("GPT-4o"), words_of("gpt4o"));
        assert_eq!(words_of("o1 GSM8K"), ["o1", "gsm", "8k"]);
        assert_eq!(words_of("通义千问2"), ["通义千问", "2"]);
        assert!(words_of("!!").is_empty());
    }
}
