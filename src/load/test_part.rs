//! The *part of a test* that a result covers: subjects, subsets, languages, a split, a version.

use serde_json::Value;

use super::block::{MAX_SETTING, items};
use crate::hash::Sha256;
use crate::language::Language;
use crate::words::shorten;

/// The subjects, subsets or language pairs that a result is over. Two results of one benchmark
/// over different ones are not the same test.
#[derive(Clone, Debug, PartialEq)]
pub struct TestPart {
    /// All of it, to compare by.
    pub key: String,
    /// In a few English words: `57 subjects`.
    pub label: String,
    /// By kind, what is named.
    named: Vec<(&'static str, PartNames)>,
}

/// One subject or the like, or so many.
#[derive(Clone, Debug, PartialEq)]
enum PartNames {
    One(String),
    Many(usize),
}

impl TestPart {
    /// Members of `additional_details` that say which part of a test was run.
    const KEYS: [&str; 6] = ["subject", "subjects", "subset", "language_pair", "languages", "level"];

    /// Of `additional_details`; `None` if they name no part.
    pub(super) fn read(details: &Value) -> Option<TestPart> {
        let stated = TestPart::KEYS.into_iter().filter_map(|key| Some((key, details.get(key)?)));
        let (mut keys, mut named) = (Vec::new(), Vec::new());
        for (key, value) in stated {
            let items = items(value);
            match &items[..] {
                [] => continue,
                [one] => named.push((key, PartNames::One(shorten(one, MAX_SETTING)))),
                many => named.push((key, PartNames::Many(many.len()))),
            }
            keys.push(format!("{key}={}", items.join(",")));
        }
        let key = keys.join(";");
        // As many subjects as a record likes, and a key of bounded length.
        let key = if key.len() > MAX_SETTING { Sha256::of(key.as_bytes()).to_string() } else { key };
        (!keys.is_empty()).then(|| TestPart { key, label: in_words(&named, Language::english()), named })
    }

    /// `part`, if any, with what is told elsewhere of the part: by kind (see the words `part.…`), its name.
    pub fn with(part: Option<&TestPart>, told: &[(&'static str, String)]) -> TestPart {
        let mut all = part.cloned().unwrap_or_else(TestPart::not_reported);
        for (kind, name) in told {
            let separator = if all.key.is_empty() { "" } else { ";" };
            all.key.push_str(&format!("{separator}{kind}={name}"));
            all.named.push((kind, PartNames::One(shorten(name, MAX_SETTING))));
        }
        all.label = in_words(&all.named, Language::english());
        all
    }

    /// By kind (see the words `part.…`), what is named; `None` where it is several things.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        self.named.iter().map(|(kind, named)| match named {
            PartNames::One(name) => (*kind, Some(name.as_str())),
            PartNames::Many(_) => (*kind, None),
        })
    }

    /// Where no part is named.
    pub fn not_reported() -> TestPart {
        TestPart { key: String::new(), label: String::new(), named: Vec::new() }
    }

    /// How much of a test it is, to put parts in order: nothing is wider than the whole, and 57 subjects are wider
    /// than 5.
    pub fn breadth(&self) -> usize {
        let of_kind = |(_, named): &(_, PartNames)| match named {
            PartNames::One(_) => 1,
            PartNames::Many(n) => *n,
        };
        self.named.iter().map(of_kind).min().unwrap_or(usize::MAX)
    }

    /// The label in another language.
    pub fn in_words(&self, language: &Language) -> String {
        in_words(&self.named, language)
    }
}

fn in_words(named: &[(&'static str, PartNames)], language: &Language) -> String {
    let words = named.iter().map(|(key, named)| match named {
        PartNames::One(name) => language.say(&format!("part.{key}"), &[("name", name)]),
        PartNames::Many(n) => language.counted(&format!("part.{key}.many"), *n),
    });
    language.list(&words.collect::<Vec<_>>())
}
