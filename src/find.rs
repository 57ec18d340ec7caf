//! *Find* makes the data of the script: search, filters, comparison.
//!
//! Pages are complete without it. The data is in small script files, each a call of `evalcards.give(name, data)`: a
//! page that was opened from disk may load scripts, but may not fetch JSON. Names carry the hash of the content,
//! but for one: [`DIRECTORY`] keeps its name and lists the others, so that pages need not change when only data
//! does.

mod compare;
mod search;
mod table;

use std::borrow::Cow;

use rayon::prelude::*;
use serde::Serialize;

use crate::card::Paths;
use crate::card::benchmark::LEAST_FILTERED;
use crate::hash::Sha256;
use crate::language::Language;
use crate::merge::Dataset;
use crate::signal::Signals;
use crate::words::visible;

/// The file that names all others.
pub const DIRECTORY: &str = "assets/data.js";

/// A script file with data.
pub struct DataFile {
    /// Path below the output folder.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl DataFile {
    /// `data` under `name`, in a file whose name has the hash of its content.
    fn new(name: &str, data: &impl Serialize) -> DataFile {
        let bytes = call(name, data);
        let path = format!("pages/assets/{name}.{}.js", &Sha256::of(&bytes).to_string()[..12]);
        DataFile { path, bytes }
    }

    /// Its path from the top of the site.
    fn address(&self) -> &str {
        self.path.trim_start_matches("pages/")
    }
}

/// What [`DIRECTORY`] says.
#[derive(Serialize)]
struct Directory<'a> {
    /// For the first letters of a word: the places in `search` of what begins with them.
    words: &'a search::Words,
    /// Search files, with their sizes in bytes.
    search: Vec<(&'a str, usize)>,
    /// List and ranking data, by the path of the first page.
    lists: std::collections::BTreeMap<&'a str, &'a str>,
    /// Comparison files, by the hash of a model's id.
    compare: Vec<&'a str>,
}

/// All data of `dataset`.
pub fn files(dataset: &Dataset, signals: &Signals, paths: &Paths, language: &Language) -> Vec<DataFile> {
    let ((words, search), (lists, compare)) = rayon::join(
        || search::files(dataset, paths, language),
        || rayon::join(|| list_files(dataset, paths, language), || compare::files(dataset, signals, paths, language)),
    );
    let directory = Directory {
        words: &words,
        search: search.iter().map(|file| (file.address(), file.bytes.len())).collect(),
        lists: lists.iter().map(|(name, file)| (name.as_str(), file.address())).collect(),
        compare: compare.iter().map(DataFile::address).collect(),
    };
    let directory = DataFile { path: format!("pages/{DIRECTORY}"), bytes: call("data", &directory) };
    let lists = lists.into_iter().map(|(_, file)| file);
    [directory].into_iter().chain(search).chain(lists).chain(compare).collect()
}

/// The data of lists and rankings, each with the path of its first page.
fn list_files(dataset: &Dataset, paths: &Paths, language: &Language) -> Vec<(String, DataFile)> {
    let facts = table::ModelFacts::new(dataset);
    let lists = [
        ("models", table::of_models(dataset, paths, language, &facts)),
        ("benchmarks", table::of_benchmarks(dataset, paths, language)),
        ("evaluators", table::of_evaluators(dataset, paths, language)),
        ("developers", table::of_developers(dataset, paths, language, &facts)),
    ];
    let file =
        |path: &str, table: table::FilterTable| (path.to_owned(), DataFile::new(&format!("lists/{path}"), &table));
    let long: Vec<_> = dataset.rankings.iter().filter(|(_, ranking)| ranking.rows.len() >= LEAST_FILTERED).collect();
    // One at a time on each thread: all tables together take more room than what is written of them.
    let rankings = (long.into_par_iter())
        .filter_map(|(id, ranking)| Some((paths.ranking(id)?, ranking)))
        .map(|(path, ranking)| file(path, table::of_ranking(dataset, paths, language, &facts, ranking)));
    let lists = lists.into_par_iter().map(|(path, table)| file(path, table));
    lists.chain(rankings).collect()
}

fn call(name: &str, data: &impl Serialize) -> Vec<u8> {
    let mut bytes = b"evalcards.give(".to_vec();
    // Neither strings nor plain maps with string keys can fail, nor can writing into memory.
    let _ = serde_json::to_writer(&mut bytes, name);
    bytes.push(b',');
    let _ = serde_json::to_writer(&mut bytes, data);
    bytes.extend(b");\n");
    // The script shows texts as they are, so here they are made as harmless as on pages.
    let replaced = match std::str::from_utf8(&bytes).map(visible) {
        Ok(Cow::Owned(text)) => Some(text.into_bytes()),
        _ => None,
    };
    let mut bytes = replaced.unwrap_or(bytes);
    bytes.shrink_to_fit();
    bytes
}
