//! The *Publishing* page: what could be proposed to the Hub, and what not, with the reasons.

use std::collections::BTreeMap;

use serde::Serialize;

use super::skip::SkipCode;
use super::{EntryStatus, Manifest, ManifestEntry, Skipped};
use crate::card::Cards;
use crate::card::list::{Pager, page_path};
use crate::language::Language;
use crate::load::Loaded;
use crate::names::slug;

/// Rows on one page.
pub const ROWS: usize = 400;

/// Most rows of one benchmark and outcome on the pages; the table has all.
const MOST: usize = 100;

/// Everything that one page of the list says.
#[derive(Debug, Serialize)]
pub struct PublishingCard<'a> {
    /// Why nothing can be published yet.
    pub blocked: Vec<&'a str>,
    /// Results by Hub benchmark and outcome; on the first page.
    pub benchmarks: Vec<BenchmarkCount<'a>>,
    /// Results without a leaderboard on the Hub; on the first page.
    pub unsupported: Option<usize>,
    /// By benchmark and outcome: to decide, ready, skipped.
    pub rows: Vec<PublishingRow<'a>>,
    /// True if pages have only the first rows of an outcome.
    pub is_cut: bool,
    /// The pages of the list.
    pub pager: Pager,
}

/// What became of the results of one Hub benchmark.
#[derive(Debug, Serialize)]
pub struct BenchmarkCount<'a> {
    /// Key of the benchmark.
    pub benchmark: &'a str,
    /// Status or reason.
    pub outcome: &'a str,
    /// In words; `None` for a reason of the site's own.
    pub says: Option<&'a str>,
    /// How many results.
    pub results: usize,
    /// The first of them in the list.
    pub url: Option<String>,
}

/// One result and its outcome.
#[derive(Debug, Serialize)]
pub struct PublishingRow<'a> {
    /// Set on the first row of a benchmark and outcome.
    pub anchor: Option<String>,
    /// Status, or why it was skipped.
    pub outcome: &'a str,
    /// Key of the benchmark.
    pub benchmark: &'a str,
    /// Model id of the Hub or the record.
    pub model: &'a str,
    /// Its card.
    pub model_url: String,
    /// `sure` or `likely`; nothing for skipped results.
    pub certainty: Option<&'static str>,
    /// What would be posted.
    pub value: Option<&'a str>,
    /// The record's digits.
    pub score: &'a str,
    /// Submission channel.
    pub collection: &'a str,
    /// Path of the record.
    pub path: &'a str,
    /// JSON pointer of the result.
    pub pointer: &'a str,
    /// Where the record is, if known.
    pub record_url: Option<String>,
}

/// How many rows the pages have.
pub fn n_rows(manifest: &Manifest) -> usize {
    groups(manifest).values().map(|items| items.len().min(MOST)).sum()
}

/// Page `number` (from 1) of the list.
pub fn publishing<'a>(
    cards: &Cards<'a>,
    manifest: &'a Manifest,
    number: usize,
    record_url: impl Fn(&Loaded) -> Option<String>,
) -> PublishingCard<'a> {
    let groups = groups(manifest);
    let shown = groups.values().flat_map(|items| items[..items.len().min(MOST)].iter().enumerate());
    // Rows are made after those of earlier pages were passed over.
    let rows = shown.skip((number - 1) * ROWS).take(ROWS).map(|(place, item)| {
        let row = item.row(cards, &record_url);
        PublishingRow { anchor: (place == 0).then(|| anchor(row.benchmark, row.outcome)), ..row }
    });
    // The counts stand on the first page only.
    let mut benchmarks = if number == 1 { outcomes(cards.language, manifest) } else { Vec::new() };
    let mut place = 0;
    for (Group { benchmark, outcome, .. }, items) in &groups {
        let page = cards.url(&page_path("publishing", place / ROWS + 1));
        if let Some(it) = benchmarks.iter_mut().find(|it| it.benchmark == *benchmark && it.outcome == *outcome) {
            it.url = Some(format!("{page}#{}", anchor(benchmark, outcome)));
        }
        place += items.len().min(MOST);
    }
    PublishingCard {
        blocked: manifest.blocked.iter().map(|it| cards.language.phrase(it.key())).collect(),
        benchmarks,
        unsupported: (number == 1).then(|| manifest.unsupported_results()),
        rows: rows.collect(),
        is_cut: groups.values().any(|items| items.len() > MOST),
        pager: Pager::new(cards, "publishing", number, place, ROWS),
    }
}

/// Where the rows of a benchmark and outcome begin.
fn anchor(benchmark: &str, outcome: &str) -> String {
    slug(&format!("{benchmark} {outcome}"))
}

/// What became of the results of each benchmark.
pub fn outcomes<'a>(language: &'a Language, manifest: &'a Manifest) -> Vec<BenchmarkCount<'a>> {
    let by_benchmark = manifest.by_benchmark().into_iter();
    let counts = by_benchmark.flat_map(|(benchmark, outcomes)| {
        outcomes.into_iter().map(move |(outcome, n)| BenchmarkCount {
            benchmark,
            outcome,
            says: in_words(language, outcome),
            results: n,
            url: None,
        })
    });
    counts.collect()
}

/// What a status or reason says. A reason may name something behind a `:`.
fn in_words<'a>(language: &'a Language, outcome: &str) -> Option<&'a str> {
    let code = outcome.split(':').next().unwrap_or_default();
    let of_status = EntryStatus::from_code(code).map(EntryStatus::key);
    let key = of_status.or_else(|| SkipCode::from_code(code).map(SkipCode::key))?;
    Some(language.phrase(key))
}

/// All rows of the list.
pub fn rows<'a>(
    cards: &Cards<'a>,
    manifest: &'a Manifest,
    record_url: impl Fn(&Loaded) -> Option<String>,
) -> impl Iterator<Item = PublishingRow<'a>> {
    groups(manifest).into_values().flatten().map(move |item| item.row(cards, &record_url))
}

/// What rows of the list share.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group<'a> {
    /// Place of its status: what needs a decision comes first.
    place: usize,
    benchmark: &'a str,
    outcome: &'a str,
}

fn groups(manifest: &Manifest) -> BTreeMap<Group<'_>, Vec<PublishingItem<'_>>> {
    const ORDER: [EntryStatus; 3] = [EntryStatus::ConflictInBuild, EntryStatus::DuplicateInBuild, EntryStatus::Ready];
    let mut groups: BTreeMap<Group, Vec<PublishingItem>> = BTreeMap::new();
    for entry in &manifest.entries {
        let place = ORDER.iter().position(|status| *status == entry.status).unwrap_or(ORDER.len());
        let group = Group { place, benchmark: &entry.benchmark, outcome: entry.status.code() };
        groups.entry(group).or_default().push(PublishingItem::Entry(entry));
    }
    for skipped in &manifest.skipped {
        if let Some(benchmark) = &skipped.benchmark {
            let group = Group { place: ORDER.len(), benchmark, outcome: skipped.reason.as_str() };
            groups.entry(group).or_default().push(PublishingItem::Skipped(skipped));
        }
    }
    groups
}

/// One row, before it is made.
#[derive(Clone, Copy)]
enum PublishingItem<'a> {
    Entry(&'a ManifestEntry),
    Skipped(&'a Skipped),
}

impl<'a> PublishingItem<'a> {
    fn row(self, cards: &Cards<'a>, record_url: &impl Fn(&Loaded) -> Option<String>) -> PublishingRow<'a> {
        let (reading, outcome, benchmark, model, value, collection, record) = match self {
            PublishingItem::Entry(it) => {
                let value = Some(it.yaml_entry.value.as_str());
                (it.reading, it.status.code(), it.benchmark.as_str(), &it.model_repo, value, &it.collection, &it.record)
            }
            PublishingItem::Skipped(it) => {
                let benchmark = it.benchmark.as_deref().unwrap_or_default();
                (it.reading, it.reason.as_str(), benchmark, &it.model_id, None, &it.collection, &it.record)
            }
        };
        let certainty = match self {
            PublishingItem::Entry(it) => Some(it.certainty.code()),
            PublishingItem::Skipped(_) => None,
        };
        let reading = &cards.dataset.readings[reading as usize];
        PublishingRow {
            anchor: None,
            outcome,
            benchmark,
            certainty,
            model,
            model_url: cards.model_url(reading.resolved.model),
            value,
            score: cards.dataset.result(reading).score.digits(),
            collection,
            path: &record.path,
            pointer: &record.pointer,
            record_url: record_url(cards.dataset.loaded(reading)),
        }
    }
}
