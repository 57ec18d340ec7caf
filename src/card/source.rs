//! The page of one *source*, and the list of all: what came in through one collection of the datastore. Is it fresh, and what
//! may a reader not expect of it? Who reported its results, and how these compare, is the matter of other pages.

use std::borrow::Cow;

use serde::Serialize;

use super::claims::Claims;
use super::evaluator::Counted;
use super::list::{ListCard, Pager, ROWS};
use super::reported::{DocumentedRow, Missing};
use super::{Cards, Fact, collection_name};
use crate::id::Id;
use crate::load::metadata::CollectionMeta;
use crate::merge::Collection;
use crate::signal::collection::{CollectionTally, Measured, Taken};
use crate::words::shorten;

/// Longest text of a record that a table has whole.
const LONG: usize = 120;

/// Everything that the page of a source says.
#[derive(Debug, Serialize)]
pub struct SourceCard<'a> {
    /// Display name.
    pub name: &'a str,
    /// Name of the collection.
    pub id: &'a str,
    /// False for records without a collection.
    pub is_collection: bool,
    /// Known metadata.
    pub facts: Vec<Fact<'a>>,
    /// Missing metadata, as a list.
    pub gaps: String,
    /// The counts in a sentence.
    pub summary: String,
    /// When it was retrieved; `None` if not reported.
    pub captured: Option<CapturedView>,
    /// Newest day of an evaluation.
    pub evaluated: Option<String>,
    /// Results with a day of evaluation, and all.
    pub dated: (usize, usize),
    /// What few or no results report.
    pub missing: Missing<'a>,
    /// What the submitter held: code, results.
    pub taken: Vec<(&'static str, usize)>,
    /// Who measured: code, results.
    pub measured: Vec<(&'static str, usize)>,
    /// Relationships to the developers, and evidence levels.
    pub claims: Claims,
    /// Who reports, with results.
    pub evaluators: Vec<Counted<'a>>,
    /// What it holds.
    pub benchmarks: Vec<HeldView<'a>>,
    /// Share of results that report each fact and setting.
    pub documented: Vec<DocumentedRow<'a>>,
    /// Days of retrieval, with records.
    pub captures: Vec<Counted<'a>>,
    /// Who measured, in the words of records.
    pub measurers: Vec<Counted<'a>>,
    /// Terms of use that records state.
    pub terms: Vec<Counted<'a>>,
    /// Titles in the records.
    pub titles: Vec<Counted<'a>>,
    /// Scheduled adapters that brought records.
    pub adapters: Vec<Counted<'a>>,
    /// Records and results that are not shown.
    pub left_out: usize,
}

/// When the records of a source were retrieved.
#[derive(Debug, Serialize)]
pub struct CapturedView {
    /// Newest day.
    pub day: String,
    /// Records of that day.
    pub records: usize,
    /// All records.
    pub of: usize,
    /// Oldest day, where it is another one.
    pub oldest: Option<String>,
    /// Days between the newest record of this source and the newest of the site.
    pub behind: i32,
}

/// A benchmark of a source.
#[derive(Debug, Serialize)]
pub struct HeldView<'a> {
    /// Benchmark.
    pub name: &'a str,
    /// Its page.
    pub url: String,
    /// Results.
    pub results: usize,
    /// Different models.
    pub models: usize,
}

/// A source in the list.
#[derive(Debug, Serialize)]
pub struct CollectionRow<'a> {
    /// Display name.
    pub name: &'a str,
    /// Its page.
    pub url: String,
    /// Newest day of retrieval.
    pub captured: Option<String>,
    /// Results.
    pub results: usize,
    /// Different models.
    pub models: usize,
    /// Different benchmarks.
    pub benchmarks: usize,
    /// Facts and settings that no result reports: `7 of 18`.
    pub never: String,
}

impl<'a> Cards<'a> {
    /// How a collection is called; the records in none are called by the words for that.
    pub fn collection_name(&self, id: Id<Collection>) -> &'a str {
        collection_name(self.dataset, self.language, id)
    }

    /// Page `number` of all sources, by name.
    pub fn sources_list(&self, number: usize, tallies: &[CollectionTally<'a>]) -> ListCard<CollectionRow<'a>> {
        let n = self.dataset.collections.len();
        let places = self.dataset.collections.iter().skip((number - 1) * ROWS).take(ROWS);
        ListCard {
            rows: places.map(|(id, _)| self.collection_row(id, &tallies[id.index()])).collect(),
            letters: Vec::new(),
            pager: Pager::new(self, "sources", number, n, ROWS),
        }
    }

    fn collection_row(&self, id: Id<Collection>, tally: &CollectionTally<'a>) -> CollectionRow<'a> {
        CollectionRow {
            name: self.collection_name(id),
            url: self.collection_url(id),
            captured: tally.newest().map(|(day, _)| day.to_string()),
            results: tally.readings.len(),
            models: tally.models,
            benchmarks: tally.benchmarks.len(),
            never: self.never_reported(tally),
        }
    }

    /// How many facts and settings none of its results states, of all that apply: `7 of 18`.
    pub fn never_reported(&self, tally: &CollectionTally) -> String {
        let missing = self.missing(&tally.signals);
        self.share(missing.never.len(), missing.all)
    }

    /// The page of `id`, whose records are counted in `tally`.
    pub fn source_page(&self, id: Id<Collection>, tally: &CollectionTally<'a>) -> SourceCard<'a> {
        let collection = &self.dataset.collections[id];
        let meta = self.dataset.collection_meta(collection);
        let (facts, gaps) = self.known(meta.map_or(Vec::new(), |meta| self.collection_facts(meta)));
        let records = |text: Cow<'a, str>, n: usize| Counted { text, url: None, n };
        let cut = |text: &'a str| match shorten(text, LONG) {
            short if short.len() < text.len() => Cow::Owned(short),
            _ => Cow::Borrowed(text),
        };
        let member = |key: &str, value: &str| format!("{key}{}{}", self.words("colon"), shorten(value, LONG));
        SourceCard {
            name: self.collection_name(id),
            id: if collection.id.is_empty() { self.collection_name(id) } else { &collection.id },
            is_collection: !collection.id.is_empty(),
            facts,
            gaps,
            summary: self.language.say(
                "source.summary",
                &[
                    ("results", &self.language.counted("count.results", tally.readings.len())),
                    ("models", &self.language.counted("count.models", tally.models)),
                    ("benchmarks", &self.language.counted("count.benchmarks", tally.benchmarks.len())),
                    ("records", &self.language.counted("count.records", tally.records())),
                ],
            ),
            captured: captured(tally),
            evaluated: tally.evaluated.map(|day| day.to_string()),
            dated: (tally.dated(), tally.readings.len()),
            missing: self.missing(&tally.signals),
            taken: coded(Taken::ALL.map(Taken::code), tally.taken),
            measured: coded(Measured::ALL.map(Measured::code), tally.measured),
            claims: self.claims(tally.readings.iter().copied()),
            evaluators: (tally.evaluators.iter())
                .map(|(id, n)| Counted {
                    text: self.evaluator_name(*id).into(),
                    url: Some(self.evaluator_url(*id)),
                    n: *n,
                })
                .collect(),
            benchmarks: (tally.benchmarks.iter())
                .map(|(id, results, models)| HeldView {
                    name: &self.dataset.entities.benchmarks[*id].name,
                    url: self.benchmark_url(*id),
                    results: *results,
                    models: *models,
                })
                .collect(),
            documented: self.documented(&tally.signals),
            captures: self.capture_days(tally),
            measurers: (tally.measurers.iter())
                .map(|(it, n)| records(member(&it.key, &it.stated).into(), *n))
                .collect(),
            terms: tally.terms.iter().map(|((key, value), n)| records(member(key, value).into(), *n)).collect(),
            titles: (tally.titles.iter())
                .map(|(title, n)| records(title.map_or(self.words("record.untitled").into(), cut), *n))
                .collect(),
            adapters: tally.adapters.iter().map(|(adapter, n)| records(cut(adapter), *n)).collect(),
            left_out: tally.left_out,
        }
    }

    /// Page, keeper and licence, as metadata says.
    fn collection_facts(&self, meta: &'a CollectionMeta) -> Vec<Fact<'a>> {
        let organizations = &self.dataset.inputs.content.organizations;
        let keeper = meta.organization.as_deref();
        let place = keeper.and_then(|keeper| organizations.iter().position(|it| it.id == keeper));
        let name = place.map(|place| organizations[place].name.as_str()).or(keeper);
        let evaluators = &self.dataset.entities.evaluators;
        let evaluator = evaluators.iter().find(|(_, it)| place.is_some() && it.meta == place).map(|(id, _)| id);
        vec![
            self.address("fact.website", meta.url.as_deref()),
            self.fact("source.keeper", name.map(str::to_owned)).to(evaluator.map(|id| self.evaluator_url(id))),
            self.fact("fact.licence", meta.license.clone()),
        ]
    }

    /// The days of retrieval. Records that a newer capture stands for are a row of their own.
    fn capture_days(&self, tally: &CollectionTally<'a>) -> Vec<Counted<'a>> {
        let mut rows = Vec::new();
        for (day, captured) in &tally.captures {
            let day = day.map_or(self.words("not_reported").to_owned(), |day| day.to_string());
            let older = self.language.say("source.captured.again", &[("day", &day)]);
            for (text, n) in [(day, captured.records), (older, captured.older)] {
                rows.extend((n > 0).then(|| Counted { text: text.into(), url: None, n }));
            }
        }
        rows
    }
}

fn captured(tally: &CollectionTally) -> Option<CapturedView> {
    let (day, newest) = tally.newest()?;
    let oldest = tally.captures.iter().filter_map(|(day, _)| *day).min().filter(|oldest| *oldest < day);
    Some(CapturedView {
        day: day.to_string(),
        records: newest.records,
        of: tally.records(),
        oldest: oldest.map(|day| day.to_string()),
        behind: tally.behind,
    })
}

/// The codes that occur, with their numbers.
fn coded<const N: usize>(codes: [&'static str; N], counts: [usize; N]) -> Vec<(&'static str, usize)> {
    codes.into_iter().zip(counts).filter(|(_, n)| *n > 0).collect()
}
