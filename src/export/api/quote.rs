//! *Sentences to quote*, in documents.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::card::quote::Quotes;
use crate::language::Language;

/// Sentences that one may quote of a page, with what they rest on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Quotable {
    /// Day of the build, else of the newest record.
    pub as_of: String,
    /// Public address of the page, if the site has one.
    pub url: Option<String>,
    /// SHA-256 over the SHA-256 of all records on this site, in order, a line each.
    pub records_sha256: String,
    /// The sentences.
    pub sentences: Vec<QuoteDocument>,
    /// What they do not say, by language.
    pub not_said: BTreeMap<&'static str, String>,
}

/// A sentence.
#[derive(Debug, Serialize, JsonSchema)]
pub struct QuoteDocument {
    /// What it says: `by_others`, `traced`, `conflicts`, `no_safety`, `no_known_safety`, `benchmark` or `evaluator`.
    pub code: &'static str,
    /// What it counts; withdrawn results are not counted.
    pub values: BTreeMap<&'static str, usize>,
    /// The sentence, by language.
    pub text: BTreeMap<&'static str, String>,
}

impl Quotable {
    /// Of the page at `url`; `None` without a sentence.
    pub fn new(quotes: &Quotes, as_of: &str, url: Option<String>, records_sha256: &str) -> Option<Quotable> {
        if quotes.quotes.is_empty() {
            return None;
        }
        let mut sentences: Vec<QuoteDocument> = (quotes.quotes.iter())
            .map(|quote| QuoteDocument {
                code: quote.code,
                values: quote.values.iter().copied().collect(),
                text: BTreeMap::new(),
            })
            .collect();
        let mut not_said = BTreeMap::new();
        for (tag, language) in Language::all_built_in() {
            for (sentence, text) in sentences.iter_mut().zip(quotes.say(language)) {
                sentence.text.insert(tag, text);
            }
            not_said.insert(*tag, language.phrase("quote.not_said").to_owned());
        }
        Some(Quotable { as_of: as_of.to_owned(), url, records_sha256: records_sha256.to_owned(), sentences, not_said })
    }
}
