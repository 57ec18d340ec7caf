//! The page of one benchmark: what it is, and one of its rankings, a part at a time. JSON and CSV have complete
//! rows; [`table`] states once what rows share.

pub mod setups;
pub mod short;
pub mod table;

use std::collections::BTreeMap;

use serde::Serialize;

use super::disagreement::Outcome;
use super::documentation::Documentation;
use super::hub_readings::HubReading;
use super::list::Pager;
use super::metadata::BenchmarkMetadata;
use super::names::NameView;
use super::pairs::PairsView;
use super::plots::{DistributionView, OverTimeView};
use super::quote::Quotes;
use super::runs::RunsView;
use super::{Cards, Fact, Labelled, ReadingView, direction_key, web_links};
use crate::id::Id;
use crate::load::metadata::BenchmarkMeta;
use crate::merge::{RankedModel, Ranking, Reading};
use crate::resolve::{Benchmark, Evaluator};
use crate::signal::provenance::Parties;
use crate::signal::{SignalTally, completeness};
use setups::SetupsView;
use short::RankingShort;
use table::RankingTable;

/// Rows of a ranking on one page: about 120 kB.
pub const ROWS: usize = 200;

/// Rankings with at least so many models can be filtered.
pub const LEAST_FILTERED: usize = 15;

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
    /// Benchmark, part, metric and evaluator, as far as they distinguish the ranking.
    pub title: String,
    /// Known metadata.
    pub facts: Vec<Fact<'a>>,
    /// Missing metadata, as a list; on the benchmark's page.
    pub gaps: String,
    /// Names that records use.
    pub names: Vec<NameView<'a>>,
    /// Further metadata, with who states it.
    pub metadata: BenchmarkMetadata<'a>,
    /// Further reading.
    pub links: Vec<Labelled<'a>>,
    /// Sanitised HTML, or empty.
    pub prose: &'a str,
    /// True on the benchmark's page, which shows its metadata.
    pub is_main: bool,
    /// The slice that is ranked; `None` for the whole.
    pub slice: Option<&'a str>,
    /// Part of the test, if others of this slice cover another.
    pub part: Option<String>,
    /// Metric.
    pub metric: &'a str,
    /// Parameters, judges and kind of score that distinguish it from metrics of the same name.
    pub qualifier: Option<String>,
    /// True if scores depend on the other models.
    pub is_relative: bool,
    /// `higher is better`.
    pub direction: &'a str,
    /// Models in the ranking.
    pub models: usize,
    /// Models with several scores.
    pub several: usize,
    /// Their scores.
    pub readings: usize,
    /// The counts in a sentence, for machines.
    pub ranking_summary: String,
    /// The answer; on the first page.
    pub short: Option<RankingShort<'a>>,
    /// One row per model.
    pub table: RankingTable<'a>,
    /// True if a record has or names samples.
    pub has_samples: bool,
    /// Id of the list that the script filters; none for short rankings.
    pub list: Option<&'a str>,
    /// The pages of this ranking.
    pub pager: Pager,
    /// The benchmark's rankings, the first ones; on its page.
    pub rankings: Vec<RankingLink>,
    /// How many rankings there are.
    pub n_rankings: usize,
    /// Who reports it; on the benchmark's page.
    pub sources: Vec<SourceRow<'a>>,
    /// Settings by evaluator; on the benchmark's page.
    pub setups: Option<SetupsView<'a>>,
    /// Distribution of scores; on the first page.
    pub distribution: Option<DistributionView>,
    /// The best score over time; on the first page.
    pub over_time: Option<OverTimeView<'a>>,
    /// Models on the same samples; on the first page of a measurement's longest ranking.
    pub pairs: Option<PairsView<'a>>,
    /// Runs by what they used and how they ended; on the first page.
    pub runs: Option<RunsView<'a>>,
    /// Documentation signals; on the benchmark's page.
    pub documentation: Option<Documentation<'a>>,
    /// What the Hub shows on its leaderboards, the first ones; on the benchmark's page.
    pub hub_readings: Vec<HubReading<'a>>,
    /// How many more the table has.
    pub more_hub_readings: usize,
    /// Sentences to quote; on the benchmark's page.
    pub quotes: Quotes<'a>,
}

/// An evaluator that reports a benchmark.
#[derive(Debug, Serialize)]
pub struct SourceRow<'a> {
    /// Display name.
    pub name: &'a str,
    /// Their page.
    pub url: String,
    /// Results.
    pub results: usize,
    /// Different models.
    pub models: usize,
    /// Claimed relationship to the developers.
    pub relation: String,
    /// Reported settings.
    pub slots: String,
    /// Results with an uncertainty.
    pub uncertainty: String,
}

/// One model in a ranking, as documents have it.
#[derive(Debug, Serialize)]
pub struct RowView<'a> {
    /// Place in the ranking from 1, the row's anchor.
    pub place: usize,
    /// `12`; `None` if not ranked.
    pub rank: Option<u32>,
    /// How many models share the rank, if several do.
    pub shared: Option<usize>,
    /// Display name.
    pub model: &'a str,
    /// Its id.
    pub model_id: &'a str,
    /// Variant of the model, if any.
    pub variant: Option<&'a str>,
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
    /// Anchor of the reading on the model's card.
    pub anchor: String,
}

/// A way to another ranking of the benchmark.
#[derive(Debug, Serialize)]
pub struct RankingLink {
    /// Part, metric and evaluator that distinguish it; `None` for the whole benchmark.
    pub label: Option<String>,
    /// Its page.
    pub url: String,
    /// Models in it.
    pub models: usize,
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
        let of_benchmark = self.paths.benchmark(slice.benchmark);
        let is_first = self.paths.ranking(id) == Some(of_benchmark);
        let path = self.paths.ranking(id).unwrap_or(of_benchmark);
        let is_main = is_first && number == 1;
        let from = (number - 1) * ROWS;
        let rows = &ranking.rows[from..ranking.rows.len().min(from + ROWS)];
        let hub_readings = if is_main { self.hub_readings_of_benchmark(slice.benchmark) } else { Vec::new() };
        let cells: Vec<(&[Reading], Option<Outcome>)> = match (is_main, number) {
            (true, _) => self
                .dataset
                .cells_in(self.dataset.rankings_of(slice.benchmark))
                .map(|it| (it, self.outcome(it)))
                .collect(),
            (false, 1) => {
                ranking.rows.iter().map(|row| self.dataset.cell_of(row)).map(|it| (it, self.outcome(it))).collect()
            }
            _ => Vec::new(),
        };
        let documentation = is_main.then(|| self.benchmark_documentation(slice.benchmark, &cells));
        let short = (number == 1).then(|| match is_main {
            true => {
                let rows = self.dataset.rankings_of(slice.benchmark).flat_map(|(_, ranking)| &ranking.rows);
                self.ranking_short(ranking, rows, cells)
            }
            false => self.ranking_short(ranking, ranking.rows.iter(), cells),
        });
        let gaps = completeness::of_benchmark(meta).into_iter().filter(|(_, it)| is_main && !it);
        let gaps: Vec<&str> = gaps.map(|(key, _)| self.words(key)).collect();
        BenchmarkCard {
            name: &benchmark.name,
            url: self.benchmark_url(slice.benchmark),
            title: self.ranking_title(ranking),
            facts: self.known(self.benchmark_facts(benchmark)).0,
            gaps: self.language.list(&gaps),
            names: self.names(&benchmark.spellings, &benchmark.name),
            metadata: self.benchmark_metadata(slice.benchmark),
            links: meta.map(|meta| web_links(&meta.links)).unwrap_or_default(),
            prose,
            is_main,
            slice: slice.name.as_deref(),
            part: self.part_of(ranking),
            metric: self.metric_name(ranking.metric),
            qualifier: self.metric_qualifier(ranking.metric),
            is_relative: entities.metrics[ranking.metric].is_relative,
            direction: self.words(direction_key(ranking.direction)),
            models: ranking.rows.len(),
            several: ranking.n_several,
            readings: ranking.n_in_cells,
            ranking_summary: self.ranking_summary(ranking),
            short,
            table: self.ranking_table(ranking, from, rows),
            has_samples: ranking.has_samples,
            list: (ranking.rows.len() >= LEAST_FILTERED).then_some(path),
            pager: Pager::new(self, path, number, ranking.rows.len(), ROWS),
            rankings: if is_main { self.ranking_links(slice.benchmark, id) } else { Vec::new() },
            n_rankings: self.dataset.rankings_of(slice.benchmark).len(),
            sources: if is_main { self.sources(slice.benchmark) } else { Vec::new() },
            setups: if is_main { self.setups(self.readings_of_benchmark(slice.benchmark)) } else { None },
            distribution: if number == 1 { self.distribution(ranking, meta) } else { None },
            over_time: if number == 1 { self.over_time(ranking) } else { None },
            pairs: if number == 1 { self.pairs_of(ranking) } else { None },
            runs: if number == 1 { self.runs_of(ranking) } else { None },
            documentation,
            quotes: match is_main {
                true => self.benchmark_quotes(slice.benchmark),
                false => Quotes::default(),
            },
            more_hub_readings: hub_readings.len().saturating_sub(ROWS),
            hub_readings: hub_readings.into_iter().take(ROWS).collect(),
        }
    }

    /// The pairs of models that share samples, on the longest list of their measurement.
    pub fn pairs_of(&self, ranking: &Ranking) -> Option<PairsView<'a>> {
        if ranking.is_first_of_measurement { self.pairs(ranking.measurement) } else { None }
    }

    /// How many models of a ranking share `rank`.
    pub(crate) fn n_sharing(&self, ranking: &Ranking, rank: u32) -> usize {
        let below = |limit: u32| ranking.rows.partition_point(|row| row.rank.is_some_and(|rank| rank < limit));
        below(rank + 1) - below(rank)
    }

    pub(super) fn readings_of_benchmark(&self, id: Id<Benchmark>) -> impl Iterator<Item = &'a Reading> {
        let dataset = self.dataset;
        let rows = dataset.rankings_of(id).flat_map(|(_, ranking)| &ranking.rows);
        rows.flat_map(|row| dataset.readings_in(row))
    }

    /// Who reports `id`.
    pub fn sources(&self, id: Id<Benchmark>) -> Vec<SourceRow<'a>> {
        let mut by_evaluator: BTreeMap<Id<Evaluator>, Vec<&Reading>> = BTreeMap::new();
        for reading in self.readings_of_benchmark(id) {
            by_evaluator.entry(reading.resolved.evaluator).or_default().push(reading);
        }
        let rows = by_evaluator.into_iter().map(|(evaluator, readings)| {
            let tally = SignalTally::of(self.signals, readings.iter().copied());
            let parties = Parties::of(self.dataset, readings.iter().copied());
            let mut models: Vec<_> = readings.iter().map(|reading| reading.resolved.model).collect();
            models.sort_unstable();
            models.dedup();
            let relations = [
                (parties.first, "relationship.first_party"),
                (parties.third, "relationship.third_party"),
                (parties.collaborative, "relationship.collaborative"),
                (parties.not_reported, "not_reported"),
                (parties.contradicted, "relationship.contradicted"),
            ];
            let relation = relations.iter().filter(|(n, _)| *n > 0);
            let relation: Vec<String> = relation.map(|(n, key)| self.tally(*n, key)).collect();
            let (filled, applying) = tally.filled();
            let uncertain = completeness::Field::Uncertainty as usize;
            SourceRow {
                name: self.evaluator_name(evaluator),
                url: self.evaluator_url(evaluator),
                results: readings.len(),
                models: models.len(),
                relation: self.language.list(&relation),
                slots: self.share(filled, applying),
                uncertainty: self.share(tally.fields[uncertain], tally.results),
            }
        });
        rows.collect()
    }

    fn benchmark_documentation(&self, id: Id<Benchmark>, cells: &[(&[Reading], Option<Outcome>)]) -> Documentation<'a> {
        let tally = SignalTally::of(self.signals, self.readings_of_benchmark(id));
        let mut by_model: BTreeMap<_, Vec<&Reading>> = BTreeMap::new();
        for reading in self.readings_of_benchmark(id) {
            by_model.entry(reading.resolved.model).or_default().push(reading);
        }
        let cells = cells.iter().map(|(_, outcome)| *outcome).collect();
        let pairs = self.pairs_by_coverage("figures.evaluators.models", by_model.into_values());
        Documentation {
            documented: Some((tally.documented, tally.documentable)),
            ..self.documentation(&tally, Some(pairs), cells)
        }
    }

    /// All rows of a ranking.
    pub fn ranking_rows(&self, id: Id<Ranking>) -> impl Iterator<Item = RowView<'a>> {
        let ranking = &self.dataset.rankings[id];
        ranking.rows.iter().enumerate().map(|(place, row)| self.row(ranking, place, row))
    }

    fn row(&self, ranking: &Ranking, place: usize, row: &RankedModel) -> RowView<'a> {
        let readings = self.dataset.readings_in(row);
        let model = readings[0].resolved.model;
        let reading = self.reading(&readings[0]);
        let is_other = |other: &&Reading| !std::ptr::eq(*other, &readings[0]);
        let others = self.dataset.cell_of(row).iter().filter(is_other).map(|other| {
            let view = self.score(other);
            OtherReading {
                digits: view.digits,
                unit: Some(view.unit).filter(|unit| *unit != reading.score.unit),
                evaluator: (other.resolved.evaluator != readings[0].resolved.evaluator)
                    .then(|| self.evaluator_name(other.resolved.evaluator)),
                anchor: self.anchor(other),
            }
        });
        RowView {
            place: place + 1,
            rank: row.rank,
            shared: row.rank.map(|rank| self.n_sharing(ranking, rank)).filter(|n| *n > 1),
            model: &self.dataset.entities.models[model].name,
            model_id: &self.dataset.entities.models[model].id,
            variant: self.dataset.variant_of(&readings[0]),
            model_url: self.model_url(model),
            others: others.collect(),
            reading,
        }
    }

    /// The benchmark that metadata calls this a part of.
    fn whole_of(&self, meta: &BenchmarkMeta) -> Option<Fact<'a>> {
        let whole = meta.part_of.as_deref()?;
        let found = self.dataset.entities.benchmarks.iter().find(|(_, it)| it.meta.is_some() && it.id == whole);
        let (name, url) = match found {
            Some((id, it)) => (it.name.clone(), Some(self.benchmark_url(id))),
            None => (whole.to_owned(), None),
        };
        Some(self.fact("fact.part_of", Some(name)).to(url))
    }

    fn ranking_links(&self, benchmark: Id<Benchmark>, current: Id<Ranking>) -> Vec<RankingLink> {
        let rankings = self.dataset.rankings_of(benchmark);
        if rankings.len() < 2 {
            return Vec::new();
        }
        let first = self.dataset.rankings_of(benchmark).map(|(_, ranking)| ranking.metric).next();
        let has_metrics = self.dataset.rankings_of(benchmark).any(|(_, ranking)| Some(ranking.metric) != first);
        let mut of_measurement: BTreeMap<_, usize> = BTreeMap::new();
        for (_, ranking) in self.dataset.rankings_of(benchmark) {
            *of_measurement.entry(ranking.measurement).or_default() += 1;
        }
        let links = rankings.take(MOST_LINKS).map(|(id, ranking)| RankingLink {
            label: self.ranking_label(ranking, has_metrics, of_measurement[&ranking.measurement] > 1),
            url: match self.paths.ranking(id) {
                Some(path) => self.url(path),
                None => self.reading_url(&self.dataset.readings_in(&ranking.rows[0])[0]),
            },
            models: ranking.rows.len(),
            current: id == current,
        });
        links.collect()
    }

    /// Slice and part, then metric and evaluator, as far as others differ in them.
    fn ranking_label(&self, ranking: &Ranking, has_metrics: bool, has_lists: bool) -> Option<String> {
        let slice = self.dataset.entities.slices[ranking.slice].name.clone();
        let part = self.part_of(ranking);
        let is_whole = slice.is_none() && part.is_none();
        let whole = (is_whole && (has_metrics || has_lists)).then(|| self.words("benchmark.whole").to_owned());
        let metric = has_metrics.then(|| self.metric_in_full(ranking.metric));
        let evaluator = self.evaluator_name(ranking.evaluator);
        let evaluator = has_lists.then(|| self.language.say("ranking.by", &[("evaluator", evaluator)]));
        let said: Vec<String> = [slice, part, whole, metric, evaluator].into_iter().flatten().collect();
        (!said.is_empty()).then(|| said.join(self.words("comma")))
    }

    /// The benchmark, and what is ranked of it.
    fn ranking_title(&self, ranking: &Ranking) -> String {
        let slice = &self.dataset.entities.slices[ranking.slice];
        let others = || self.dataset.rankings_of(slice.benchmark).map(|(_, other)| other);
        let has_metrics = others().any(|other| other.slice == ranking.slice && other.metric != ranking.metric);
        let has_lists = others().filter(|other| other.measurement == ranking.measurement).count() > 1;
        let name = &self.dataset.entities.benchmarks[slice.benchmark].name;
        let metric = has_metrics.then(|| match self.metric_qualifier(ranking.metric) {
            Some(qualifier) => format!("{} ({qualifier})", self.metric_name(ranking.metric)),
            None => self.metric_name(ranking.metric).to_owned(),
        });
        let evaluator = self.evaluator_name(ranking.evaluator);
        let evaluator = has_lists.then(|| self.language.say("ranking.by", &[("evaluator", evaluator)]));
        let first = slice.name.as_ref().map(|slice| format!("{name}{}{slice}", self.words("colon")));
        let said = [Some(first.unwrap_or_else(|| name.clone())), self.part_of(ranking), metric, evaluator];
        said.into_iter().flatten().collect::<Vec<_>>().join(self.words("comma"))
    }

    fn ranking_summary(&self, ranking: &Ranking) -> String {
        let models = self.language.counted("count.models", ranking.rows.len());
        let readings = self.language.counted("count.readings", ranking.n_in_cells);
        match ranking.n_several {
            0 => self.language.say("ranking.summary", &[("models", &models)]),
            n => {
                let values = [("models", &*models), ("readings", &*readings), ("n", &*self.language.number(n))];
                self.language.say("ranking.summary.several", &values)
            }
        }
    }

    fn benchmark_facts(&self, benchmark: &Benchmark) -> Vec<Fact<'a>> {
        let category = self.dataset.category_of(benchmark);
        let by_table = category.and_then(|(_, source)| source).map(|_| self.words("fact.category.built_in"));
        let category = Fact {
            note: by_table,
            ..self.fact("fact.category", category.map(|(category, _)| self.language.category(category)))
        };
        let Some(meta) = self.dataset.benchmark_meta(benchmark) else {
            return Some(category).filter(|category| category.value.is_some()).into_iter().collect();
        };
        let dataset = meta.dataset.id.as_deref();
        let dataset_url = dataset
            .filter(|id| crate::address::is_hub_id(id))
            .map(|id| format!("https://huggingface.co/datasets/{id}"));
        let with_task = |id: &str| match &meta.dataset.task {
            Some(task) => self.language.say("fact.dataset.task", &[("id", id), ("task", task)]),
            None => id.to_owned(),
        };
        let metric = meta.metric.as_ref().map(|metric| metric.name.clone().unwrap_or_else(|| metric.id.clone()));
        let range = |(min, max): (f64, f64)| {
            self.language.say("fact.range", &[("min", &min.to_string()), ("max", &max.to_string())])
        };
        let facts = [
            category,
            self.fact("fact.metric", metric),
            self.fact("fact.scale", meta.scale.map(range)),
            self.fact("fact.chance", meta.chance_level.map(|level| level.to_string())),
            self.fact("fact.dataset", dataset.map(with_task)).to(dataset_url),
            self.address("fact.paper", meta.paper.as_deref()),
            self.fact("fact.published", meta.released.clone()),
        ];
        self.whole_of(meta).into_iter().chain(facts).collect()
    }
}
