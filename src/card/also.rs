//! *Also in the record*: the values of a record that no other part of the card shows.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use serde::Serialize;

use crate::language::Language;
use crate::load::Loaded;
use crate::load::also::Leaf;
use crate::load::details::Details;
use crate::load::record::EvaluationResult;

/// One value, with the results that state it.
#[derive(Debug)]
pub struct Also<'a> {
    /// Where: `metric_config.additional_details.bound_strategy`.
    pub path: Cow<'a, str>,
    /// As text.
    pub value: &'a str,
    /// Places in `evaluation_results`; none for the record itself.
    pub results: Vec<u16>,
}

impl Also<'_> {
    /// A result, after all before it, says it too; a block says nothing twice.
    fn add(&mut self, result: Option<u16>) {
        if result.is_some() && self.results.last().copied() != result {
            self.results.extend(result);
        }
    }
}

/// Values of one block of a record or its results.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlsoBlock<'a> {
    /// Where: `metric_config.additional_details`.
    pub path: String,
    /// The results that have it, if not all.
    pub results: Option<String>,
    /// Its values.
    pub values: Vec<AlsoValue<'a>>,
}

/// A value of a block.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlsoValue<'a> {
    /// Its key; `None` if that is the one before.
    pub key: Option<String>,
    /// The results that have it, if not those of the block.
    pub results: Option<String>,
    /// As text.
    pub value: &'a str,
}

/// Most blocks of a record that a page shows. Some sources write a thousand, and nobody reads these on a page.
const MOST_BLOCKS: usize = 40;

/// About as many values are said of a record and in the blocks that its results share.
const AROUND: usize = 32;

/// What `loaded` holds, equal values of several results once: first what is said of the record, then by results.
pub fn also(loaded: &Loaded) -> Vec<Also<'_>> {
    let record = &loaded.record;
    // Growing would hash every text again, as often as the table doubles.
    let own = |result: &EvaluationResult| result.also.len() + result.details.others().len();
    let n = record.results.iter().map(own).sum::<usize>() + AROUND;
    let mut found = AlsoCollector {
        all: Vec::with_capacity(n),
        places: HashMap::with_capacity_and_hasher(n, Default::default()),
        ..AlsoCollector::default()
    };
    found.block(None, &record.also);
    found.block(None, &record.source.also);
    if let Some(library) = &record.library {
        found.block_with(None, &library.also, "eval_library.additional_details.", &library.details);
    }
    found.block_with(None, &record.model.also, "model_info.additional_details.", &record.model.details);
    for result in &record.results {
        let at = result.index;
        let (data, metric) = (&result.data, &result.metric);
        found.shared(at, data, |found| {
            found.block_with(Some(at), &data.also, "source_data.additional_details.", &data.details);
        });
        found.shared(at, metric, |found| {
            found.block_with(Some(at), &metric.also, "metric_config.additional_details.", &metric.details);
        });
        if let Some(generation) = &result.generation {
            found.shared(at, generation, |found| found.block(Some(at), &generation.also));
        }
        found.block_with(Some(at), &result.also, "score_details.details.", &result.details);
    }
    found.all.sort_by(|a, b| (&a.results, &a.path).cmp(&(&b.results, &b.path)));
    found.all
}

#[derive(Default)]
struct AlsoCollector<'a> {
    all: Vec<Also<'a>>,
    /// By path, which is a prefix and the rest, and by value.
    places: HashMap<(&'static str, &'a str, &'a str), usize>,
    /// The places in `all` that were said, one after the other.
    said: Vec<usize>,
    /// Which of `said` a block of several results has said, by its address.
    blocks: HashMap<*const (), Range<usize>>,
}

impl<'a> AlsoCollector<'a> {
    /// What `say` says of `block` for a result; the results after the first repeat it, and compare no texts.
    fn shared<T>(&mut self, result: u16, block: &Arc<T>, say: impl FnOnce(&mut Self)) {
        let address = Arc::as_ptr(block).cast();
        match self.blocks.get(&address) {
            Some(said) => {
                for place in &self.said[said.clone()] {
                    self.all[*place].add(Some(result));
                }
            }
            None => {
                let start = self.said.len();
                say(self);
                self.blocks.insert(address, start..self.said.len());
            }
        }
    }

    fn say(&mut self, result: Option<u16>, path: (&'static str, &'a str), value: &'a str) {
        let place = *self.places.entry((path.0, path.1, value)).or_insert_with(|| {
            let path = if path.0.is_empty() { Cow::Borrowed(path.1) } else { Cow::Owned([path.0, path.1].concat()) };
            self.all.push(Also { path, value, results: Vec::new() });
            self.all.len() - 1
        });
        self.said.push(place);
        self.all[place].add(result);
    }

    fn block(&mut self, result: Option<u16>, leaves: &'a [Leaf]) {
        leaves.iter().for_each(|leaf| self.say(result, ("", &leaf.path), &leaf.text));
    }

    /// A block with details: those that are no settings, and that stand among `leaves` neither whole nor in parts.
    fn block_with(&mut self, result: Option<u16>, leaves: &'a [Leaf], prefix: &'static str, details: &'a Details) {
        let mut said: HashSet<&str> = HashSet::default();
        let mut before = "";
        for leaf in leaves {
            match leaf.path.strip_prefix(prefix) {
                Some(rest) => {
                    said.insert(rest);
                    // The leaves of one value follow each other.
                    let ends_in = |text: &str, at: usize| matches!(text.as_bytes().get(at), Some(b'.' | b'['));
                    let heads = rest.match_indices(['.', '[']).map(|(at, _)| &rest[..at]);
                    said.extend(heads.filter(|head| !(before.starts_with(head) && ends_in(before, head.len()))));
                    before = rest;
                    self.say(result, (prefix, rest), &leaf.text);
                }
                None => self.say(result, ("", &leaf.path), &leaf.text),
            }
        }
        for (key, value) in details.others() {
            if !value.eq_ignore_ascii_case("unknown") && !said.contains(key.as_str()) {
                self.say(result, (prefix, key), value);
            }
        }
    }
}

/// The same by blocks, where a record has `n` results: what names a block is said once, and what names a key. If
/// `is_cut`, only the first blocks; the second value tells how many values are left.
pub(super) fn blocks<'a>(
    language: &Language,
    also: &[Also<'a>],
    n: usize,
    is_cut: bool,
) -> (Vec<AlsoBlock<'a>>, usize) {
    fn split(path: &str) -> (&str, &str) {
        path.rsplit_once('.').unwrap_or(("", path))
    }
    // By block, then key, then results.
    let mut also: Vec<((&str, &str), &Also)> = also.iter().map(|it| (split(&it.path), it)).collect();
    also.sort_by(|(a, first), (b, second)| a.cmp(b).then_with(|| first.results.cmp(&second.results)));
    let blocks: Vec<&[((&str, &str), &Also)]> = also.chunk_by(|a, b| a.0.0 == b.0.0).collect();
    let shown = if is_cut { blocks.len().min(MOST_BLOCKS) } else { blocks.len() };
    let left = blocks[shown..].iter().map(|block| block.len()).sum();
    let some = |results: &[u16]| (!results.is_empty() && results.len() < n).then(|| language.list(&runs(results)));
    let blocks = blocks[..shown].iter().map(|block| {
        let ((path, _), first) = block[0];
        let is_of_one = block.iter().all(|(_, it)| it.results == first.results);
        let mut before = None;
        let values = block.iter().map(|((_, key), it)| {
            let key = *key;
            let is_new = before.replace(key) != Some(key);
            AlsoValue {
                key: is_new.then(|| key.to_owned()),
                results: if is_of_one { None } else { some(&it.results) },
                value: it.value,
            }
        });
        AlsoBlock {
            values: values.collect(),
            path: path.to_owned(),
            results: if is_of_one { some(&first.results) } else { None },
        }
    });
    (blocks.collect(), left)
}

/// Numbers that follow each other in one text: `0–5`, `8`.
pub(super) fn runs(results: &[u16]) -> Vec<String> {
    let runs = results.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [first, .., last] => format!("{first}–{last}"),
        _ => run.iter().map(u16::to_string).collect(),
    });
    runs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_and_a_key_are_named_once() {
        let also = |path: &str, value, results: &[u16]| Also {
            path: Cow::Owned(path.to_owned()),
            value,
            results: results.to_vec(),
        };
        let all = vec![
            also("source_data.type", "url", &[0, 1, 2]),
            also("source_data.name", "a", &[0]),
            also("source_data.name", "b", &[1, 2]),
            also("details.x.score", "1", &[2]),
            also("details.x.tab", "t", &[2]),
            also("format", "json", &[]),
        ];
        let (blocks, left) = blocks(Language::english(), &all, 3, true);
        let shown: Vec<_> =
            blocks.iter().map(|it| (it.path.as_str(), it.results.as_deref(), it.values.len())).collect();
        assert_eq!(shown, [("", None, 1), ("details.x", Some("2"), 2), ("source_data", None, 3)]);
        let value = |key: Option<&str>, results: Option<&str>, value| AlsoValue {
            key: key.map(str::to_owned),
            results: results.map(str::to_owned),
            value,
        };
        let expected =
            [value(Some("name"), Some("0"), "a"), value(None, Some("1–2"), "b"), value(Some("type"), None, "url")];
        assert_eq!(blocks[2].values, expected);
        assert_eq!(left, 0);
    }

    #[test]
    fn very_many_blocks_are_cut_only_if_the_file_can_be_read() {
        let all: Vec<Also> =
            (0..50).map(|at| Also { path: Cow::Owned(format!("a{at}.b")), value: "1", results: Vec::new() }).collect();
        let of = |is_cut| {
            let (blocks, left) = blocks(Language::english(), &all, 1, is_cut);
            (blocks.len(), left)
        };
        assert_eq!((of(true), of(false)), ((MOST_BLOCKS, 50 - MOST_BLOCKS), (50, 0)));
    }
}
