//! The page of one benchmark: what it is, and one of its rankings, a part at a time.

use serde::Serialize;

use super::list::Pager;
use super::{Cards, Fact, Labelled, ReadingView, direction_in_words, web_links};
use crate::id::Id;
use crate::load::metadata::BenchmarkMeta;
use crate::merge::{Ranking, Row};
use crate::resolve::Benchmark;
use crate::words::{count, counted};

/// Rows of a ranking on one page: about 120 kB.
pub const ROWS: usize = 200;

/// Most rankings that a page lists; the others are reached from the cards of their models.
const MOST_LINKS: usize = 1_000;

/// Everything that one page of a ranking says. The first page of a benchmark's first ranking is
/// the page of the benchmark.
#[derive(Debug, Serialize)]
pub struct BenchmarkCard<'a> {
    /// Benchmark.
    pub name: &'a str,
    /// Its page.
    pub url: String,
    /// Metadata.
    pub facts: Vec<Fact>,
    /// Names that records use.
    pub spellings: Vec<&'a str>,
    /// Further reading.
    pub links: Vec<Labelled<'a>>,
    /// Clean HTML of the prose; empty if there is none.
    pub prose: &'a str,
    /// True on the page of the benchmark itself, which shows the above.
    pub is_main: bool,
    /// A sentence with the counts of the benchmark.
    pub summary: String,
    /// The slice that is ranked; `None` for the whole.
    pub slice: Option<&'a str>,
    /// The part of the test, where others of this slice are over another one.
    pub part: Option<&'a str>,
    /// Metric.
    pub metric: &'a str,
    /// True if scores depend on which other models were evaluated.
    pub is_relative: bool,
    /// True if other rankings of this slice are by another metric.
    pub has_other_metrics: bool,
    /// `higher is better`.
    pub direction: &'static str,
    /// A sentence with the counts of the ranking.
    pub ranking_summary: String,
    /// One row a model.
    pub rows: Vec<RowView<'a>>,
    /// The pages of this ranking.
    pub pager: Pager,
    /// The rankings of the benchmark, on its own page; the first of them, if there are very many.
    pub rankings: Vec<RankingLink<'a>>,
    /// How many rankings there are.
    pub n_rankings: usize,
}

/// One model in a ranking.
#[derive(Debug, Serialize)]
pub struct RowView<'a> {
    /// Place in the ranking from 1, the row's anchor.
    pub place: usize,
    /// `12`; `None` if not ranked.
    pub rank: Option<String>,
    /// Display name.
    pub model: &'a str,
    /// Its id.
    pub model_id: &'a str,
    /// Its card.
    pub model_url: String,
    /// The reading that stands for the model.
    pub reading: ReadingView<'a>,
    /// All others, newest first.
    pub others: Vec<OtherReading<'a>>,
}

/// A further reading of a row.
#[derive(Debug, Serialize)]
pub struct OtherReading<'a> {
    /// Its digits.
    pub digits: &'a str,
    /// Its unit, where it differs from the first.
    pub unit: Option<String>,
    /// Who says so, where it is somebody else.
    pub evaluator: Option<&'a str>,
    /// Anchor of its record.
    pub record: String,
}

/// A way to another ranking of the benchmark.
#[derive(Debug, Serialize)]
pub struct RankingLink<'a> {
    /// Slice; `None` for the whole.
    pub slice: Option<&'a str>,
    /// Part of the test, where it matters.
    pub part: Option<&'a str>,
    /// Metric, where the benchmark has several.
    pub metric: Option<&'a str>,
    /// Its page.
    pub url: String,
    /// Models in it.
    pub models: String,
    /// True for the one on this page.
    pub current: bool,
}

impl<'a> Cards<'a> {
    /// Page `number` (from 1) of `ranking`.
    pub fn ranking(&self, id: Id<Ranking>, number: usize, prose: &'a str) -> BenchmarkCard<'a> {
        let entities = &self.dataset.entities;
        let ranking = &self.dataset.rankings[id];
        let slice = &entities.slices[ranking.slice];
        let benchmark = &entities.benchmarks[slice.benchmark];
        let meta = self.dataset.benchmark_meta(benchmark);
        let is_first = self.paths.ranking(id) == self.paths.benchmark(slice.benchmark);
        let rows = ranking.rows.iter().enumerate().skip((number - 1) * ROWS).take(ROWS);
        let metric = &entities.metrics[ranking.metric];
        let same_slice = self.dataset.rankings_of(slice.benchmark).filter(|(_, other)| other.slice == ranking.slice);
        BenchmarkCard {
            name: &benchmark.name,
            url: self.benchmark_url(slice.benchmark),
            facts: benchmark_facts(meta),
            spellings: benchmark
                .spellings
                .iter()
                .map(String::as_str)
                .filter(|spelling| *spelling != benchmark.name)
                .collect(),
            links: meta.map(|meta| web_links(&meta.links)).unwrap_or_default(),
            prose,
            is_main: is_first && number == 1,
            summary: if is_first { self.benchmark_summary(slice.benchmark) } else { String::new() },
            slice: slice.name.as_deref(),
            part: self.dataset.part_of(ranking),
            metric: &metric.name,
            is_relative: metric.is_relative,
            has_other_metrics: same_slice.map(|(_, other)| other.metric).any(|other| other != ranking.metric),
            direction: direction_in_words(ranking.direction),
            ranking_summary: ranking_summary(ranking),
            rows: rows.map(|(place, row)| self.row(place, row)).collect(),
            pager: Pager::new(self, self.paths.ranking(id), number, ranking.rows.len(), ROWS),
            rankings: if is_first { self.ranking_links(slice.benchmark, id) } else { Vec::new() },
            n_rankings: self.dataset.rankings_of(slice.benchmark).len(),
        }
    }

    /// All rows of a ranking.
    pub fn ranking_rows(&self, id: Id<Ranking>) -> impl Iterator<Item = RowView<'a>> {
        self.dataset.rankings[id].rows.iter().enumerate().map(|(place, row)| self.row(place, row))
    }

    fn benchmark_summary(&self, id: Id<Benchmark>) -> String {
        let reported: Vec<_> = self.dataset.reported.iter().filter(|reported| reported.benchmark == id).collect();
        format!(
            "{} from {}.",
            counted(reported.iter().map(|reported| reported.results as usize).sum(), "result", "results"),
            counted(reported.len(), "evaluator", "evaluators"),
        )
    }

    fn row(&self, place: usize, row: &Row) -> RowView<'a> {
        let readings = self.dataset.readings_in(row);
        let model = readings[0].resolved.model;
        let reading = self.reading(&readings[0]);
        let others = readings[1..].iter().map(|other| {
            let view = super::score(self.dataset, other);
            OtherReading {
                digits: view.digits,
                unit: Some(view.unit).filter(|unit| *unit != reading.score.unit),
                evaluator: (other.resolved.evaluator != readings[0].resolved.evaluator)
                    .then(|| self.dataset.entities.evaluators[other.resolved.evaluator].name.as_str()),
                record: super::short_hash(&self.dataset.loaded(other).origin),
            }
        });
        RowView {
            place: place + 1,
            rank: row.rank.map(|rank| count(rank as usize)),
            model: &self.dataset.entities.models[model].name,
            model_id: &self.dataset.entities.models[model].id,
            model_url: self.model_url(model),
            others: others.collect(),
            reading,
        }
    }

    fn ranking_links(&self, benchmark: Id<Benchmark>, current: Id<Ranking>) -> Vec<RankingLink<'a>> {
        let rankings = self.dataset.rankings_of(benchmark);
        if rankings.len() < 2 {
            return Vec::new();
        }
        let metric = |ranking: &Ranking| ranking.metric;
        let first = self.dataset.rankings_of(benchmark).map(|(_, ranking)| metric(ranking)).next();
        let has_several = self.dataset.rankings_of(benchmark).any(|(_, ranking)| Some(metric(ranking)) != first);
        let links = rankings.take(MOST_LINKS).map(|(id, ranking)| RankingLink {
            slice: self.dataset.entities.slices[ranking.slice].name.as_deref(),
            part: self.dataset.part_of(ranking),
            metric: has_several.then(|| self.dataset.entities.metrics[ranking.metric].name.as_str()),
            url: self.url(self.paths.ranking(id)),
            models: count(ranking.rows.len()),
            current: id == current,
        });
        links.collect()
    }
}

fn ranking_summary(ranking: &Ranking) -> String {
    let models = counted(ranking.rows.len(), "model", "models");
    let readings = counted(ranking.n_readings, "reading", "readings");
    match ranking.rows.iter().filter(|row| row.end - row.start > 1).count() {
        0 => format!("{models}."),
        1 => format!(
            "{models} with {readings}; one of them has several, and the newest stands for it: where dates are equal, the first by the path of its record."
        ),
        n => format!(
            "{models} with {readings}; {} of them have several, and the newest stands for the model: where dates are equal, the first by the path of its record.",
            count(n)
        ),
    }
}

fn benchmark_facts(meta: Option<&BenchmarkMeta>) -> Vec<Fact> {
    let Some(meta) = meta else { return Vec::new() };
    let dataset = meta.dataset.id.clone();
    let dataset_url = dataset
        .as_deref()
        .filter(|id| crate::config::is_hub_id(id))
        .map(|id| format!("https://huggingface.co/datasets/{id}"));
    let task = meta.dataset.task.as_ref().map(|task| format!(", task {task}")).unwrap_or_default();
    vec![
        Fact::new("Category", meta.category.as_ref().map(|category| category.replace('-', " "))),
        Fact::new(
            "Usual metric",
            meta.metric.as_ref().map(|metric| metric.name.clone().unwrap_or_else(|| metric.id.clone())),
        ),
        Fact::new("Scale", meta.scale.map(|(min, max)| format!("{min} to {max}"))),
        Fact::new("Chance level", meta.chance_level.map(|level| level.to_string())),
        Fact::linked("Hub dataset", dataset.map(|id| id + &task), dataset_url),
        Fact::address("Paper", meta.paper.as_deref()),
        Fact::new("Published", meta.released.clone()),
    ]
}
