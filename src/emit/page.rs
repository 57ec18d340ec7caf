//! The *Publishing* page: what could be proposed to the Hub, and what not, with the reasons.

use serde::Serialize;

use super::{Entry, Manifest, Skipped, Status};
use crate::card::Cards;
use crate::card::list::Pager;
use crate::language::Language;
use crate::load::Loaded;
use crate::words::count;

/// Rows on one page.
pub const ROWS: usize = 400;

/// Everything that one page of the list says.
#[derive(Debug, Serialize)]
pub struct PublishingCard<'a> {
    /// Why nothing of it may be published yet.
    pub blocked: Vec<&'a str>,
    /// Results by Hub benchmark and outcome; on the first page.
    pub benchmarks: Vec<BenchmarkCount<'a>>,
    /// Results of benchmarks that the Hub keeps no leaderboard for; on the first page.
    pub unsupported: Option<String>,
    /// Entries that need a decision first, then those that are ready, then what was skipped.
    pub rows: Vec<PublishingRow<'a>>,
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
    /// The same in words; `None` for a reason of the site's own.
    pub says: Option<&'a str>,
    /// How many results.
    pub results: String,
}

/// One result and its outcome.
#[derive(Debug, Serialize)]
pub struct PublishingRow<'a> {
    /// Status, or reason of skipping.
    pub outcome: &'a str,
    /// Key of the benchmark.
    pub benchmark: &'a str,
    /// The model as the Hub or the record has it.
    pub model: &'a str,
    /// Its card.
    pub model_url: String,
    /// `sure` or `likely`: how sure the list of Hub benchmarks is of the leaderboard; nothing for what was skipped.
    pub certainty: Option<&'static str>,
    /// What would be posted.
    pub value: Option<&'a str>,
    /// The score as it stands in the record.
    pub score: &'a str,
    /// Submission channel.
    pub collection: &'a str,
    /// Path of the record.
    pub path: &'a str,
    /// JSON pointer of the result.
    pub pointer: &'a str,
    /// Where the record can be read, if that is known.
    pub record_url: Option<String>,
}

/// How many rows the list has.
pub fn n_rows(manifest: &Manifest) -> usize {
    manifest.entries.len() + manifest.skipped.iter().filter(|skipped| skipped.benchmark.is_some()).count()
}

/// Page `number` (from 1) of the list.
pub fn publishing<'a>(
    cards: &Cards<'a>,
    manifest: &'a Manifest,
    number: usize,
    record_url: impl Fn(&Loaded) -> Option<String>,
) -> PublishingCard<'a> {
    // Rows are made after those of earlier pages were passed over.
    let items = items(manifest).skip((number - 1) * ROWS).take(ROWS);
    // The counts stand on the first page only.
    let benchmarks = if number == 1 { outcomes(cards.language, manifest) } else { Vec::new() };
    PublishingCard {
        blocked: manifest.blocked.iter().map(|it| cards.language.phrase(it.key())).collect(),
        benchmarks,
        unsupported: (number == 1).then(|| count(manifest.unsupported_results())),
        rows: items.map(|item| item.row(cards, &record_url)).collect(),
        pager: Pager::new(cards, "publishing", number, n_rows(manifest), ROWS),
    }
}

/// What became of the results of each benchmark.
pub fn outcomes<'a>(language: &'a Language, manifest: &'a Manifest) -> Vec<BenchmarkCount<'a>> {
    let by_benchmark = manifest.by_benchmark().into_iter();
    let counts = by_benchmark.flat_map(|(benchmark, outcomes)| {
        outcomes.into_iter().map(move |(outcome, n)| BenchmarkCount {
            benchmark,
            outcome,
            says: in_words(language, outcome),
            results: count(n),
        })
    });
    counts.collect()
}

/// What a status or reason says. A reason may name something behind a `:`.
fn in_words<'a>(language: &'a Language, outcome: &str) -> Option<&'a str> {
    let code = outcome.split(':').next().unwrap_or_default();
    language.lookup(&format!("outcome.{code}"))
}

/// All rows of the list.
pub fn rows<'a>(
    cards: &Cards<'a>,
    manifest: &'a Manifest,
    record_url: impl Fn(&Loaded) -> Option<String>,
) -> impl Iterator<Item = PublishingRow<'a>> {
    items(manifest).map(move |item| item.row(cards, &record_url))
}

fn items(manifest: &Manifest) -> impl Iterator<Item = Item<'_>> {
    let with_status = |wanted: Status| manifest.entries.iter().filter(move |entry| entry.status == wanted);
    let statuses = [Status::ConflictInBuild, Status::DuplicateInBuild, Status::Ready];
    let entries = statuses.into_iter().flat_map(with_status).map(Item::Entry);
    entries.chain(manifest.skipped.iter().filter(|it| it.benchmark.is_some()).map(Item::Skipped))
}

/// One row, before it is made.
#[derive(Clone, Copy)]
enum Item<'a> {
    Entry(&'a Entry),
    Skipped(&'a Skipped),
}

impl<'a> Item<'a> {
    fn row(self, cards: &Cards<'a>, record_url: &impl Fn(&Loaded) -> Option<String>) -> PublishingRow<'a> {
        let (reading, outcome, benchmark, model, value, collection, record) = match self {
            Item::Entry(it) => {
                let value = Some(it.yaml_entry.value.as_str());
                (it.reading, it.status.code(), it.benchmark.as_str(), &it.model_repo, value, &it.collection, &it.record)
            }
            Item::Skipped(it) => {
                let benchmark = it.benchmark.as_deref().unwrap_or_default();
                (it.reading, &*it.reason, benchmark, &it.model_id, None, &it.collection, &it.record)
            }
        };
        let certainty = match self {
            Item::Entry(it) => Some(it.certainty.code()),
            Item::Skipped(_) => None,
        };
        let reading = &cards.dataset.readings[reading as usize];
        PublishingRow {
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
