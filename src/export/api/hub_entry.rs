//! An *entry of the Hub*, in the documents of models and benchmarks.

use schemars::JsonSchema;
use serde::Serialize;

use super::Digits;
use crate::card::hub_readings::HubReading;

/// A result as the Hub shows it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HubEntry<'a> {
    /// The model repository.
    pub model: &'a str,
    /// Hub dataset.
    pub dataset: &'a str,
    /// Its task; empty if the entry names none.
    pub task: &'a str,
    /// As it is written there.
    pub value: Digits<'a>,
    /// `verified`, `community` (in an open pull request) or `author` (on main): the Hub's own badge.
    pub badge: &'a str,
    /// Where it stands on the Hub.
    pub url: Option<&'a str>,
    /// The open pull request that it stands in.
    pub pull_request: Option<u64>,
    /// The account that opened that.
    pub submitter: Option<&'a str>,
    /// When the evaluation was run, as the entry has it.
    pub date: Option<&'a str>,
    /// What the entry notes of the set-up.
    pub notes: Option<&'a str>,
    /// What the entry names as its source.
    pub source: Option<&'a str>,
    /// Its address.
    pub source_url: Option<&'a str>,
    /// True if it has a token of verification, which only the Hub can judge.
    pub has_token: bool,
    /// True if it was posted from a record of Every Eval Ever: it is that record's echo, and no second witness.
    pub is_echo: bool,
    /// What records say of the same leaderboard.
    pub beside: Vec<Beside<'a>>,
    /// The day when the Hub was asked.
    pub seen: &'a str,
}

/// What a record says of the leaderboard of a posted result.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Beside<'a> {
    /// Who reports it.
    pub evaluator: &'a str,
    /// Its value on the leaderboard's scale.
    pub value: Digits<'a>,
    /// True if it is the posted one.
    pub agrees: bool,
    /// The reading on the model's card.
    pub reading: &'a str,
}

impl<'a> HubEntry<'a> {
    /// What a card says of it.
    pub fn new(it: &'a HubReading<'a>) -> HubEntry<'a> {
        let beside = it.beside.iter().map(|beside| Beside {
            evaluator: beside.evaluator,
            value: Digits(beside.value),
            agrees: beside.agrees,
            reading: &beside.url,
        });
        HubEntry {
            model: it.model,
            dataset: it.dataset,
            task: it.task,
            value: Digits(&it.value),
            badge: it.badge,
            url: it.url.as_deref(),
            pull_request: it.pull_request,
            submitter: it.submitter,
            date: it.date,
            notes: it.notes,
            source: it.source,
            source_url: it.source_url.as_deref(),
            has_token: it.has_token,
            is_echo: it.is_echo,
            beside: beside.collect(),
            seen: &it.seen,
        }
    }
}
