//! The document of a *ranking*.

use schemars::JsonSchema;
use serde::Serialize;

use super::hub_entry::HubEntry;
use super::model::ReadingDocument;
use super::{Digits, Quotable};
use crate::card::benchmark::{RowView, SourceRow};
use crate::card::pairs::{PairView, PairedModel};
use crate::card::plots::{DistributionView, OverTimeView};

/// One whole ranking.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RankingDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Benchmark.
    pub benchmark: &'a str,
    /// The first page of the ranking.
    pub page: String,
    /// The part of the benchmark; null for the whole.
    pub slice: Option<&'a str>,
    /// The part of the test, where others of this slice are over another one.
    pub part: Option<&'a str>,
    /// Metric.
    pub metric: &'a str,
    /// What tells it from other metrics of its name: parameters, judges, kind of score.
    pub metric_qualifier: Option<String>,
    /// Id of the measurement: equal exactly for results that may stand in one ranking.
    pub measurement: &'a str,
    /// Who reports the results of this list; ranks are places among them.
    pub evaluator: &'a str,
    /// `higher is better`.
    pub direction: &'a str,
    /// Other rankings of the benchmark; on its first only.
    pub rankings: Vec<String>,
    /// One row a model, best first.
    pub rows: Vec<RankingRow<'a>>,
    /// Who reports the benchmark; on its first only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub sources: Vec<Source<'a>>,
    /// How many models have which scores; left out for short rankings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub distribution: Vec<Bin<'a>>,
    /// The models that were best when they came, where days of release are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub best_over_time: Vec<Best<'a>>,
    /// The best of the models without a day of release, where there is a line for the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_undated: Option<BestUndated<'a>>,
    /// Two models on the same samples, those that share most first; on the longest list of a measurement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub pairs: Vec<SamplesPair<'a>>,
    /// The runs behind results of agents, or of a model that was run several times; each result by itself.
    pub runs: Vec<super::RunsOfResult<'a>>,
    /// What the Hub itself shows on the benchmark's leaderboards; on its first ranking only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub on_the_hub: Vec<HubEntry<'a>>,
    /// What one may quote of the benchmark; on its first ranking only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotable: Option<Quotable>,
}

/// Two models on the samples that both have.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SamplesPair<'a> {
    /// The one that stands first in the ranking.
    pub first: PairModel<'a>,
    /// The other.
    pub second: PairModel<'a>,
    /// How many samples both have.
    pub shared: u64,
    /// How many both answer right.
    pub both_right: u64,
    /// How many the first only.
    pub only_first_right: u64,
    /// How many the second only.
    pub only_second_right: u64,
    /// How many none of them.
    pub both_wrong: u64,
    /// Share of right answers of the first less that of the second.
    pub difference: f64,
    /// Its interval at 95%, by method 10 of Newcombe.
    pub interval: [f64; 2],
    /// The p of McNemar's exact test, both sides; not adjusted for the number of pairs.
    pub p: f64,
}

/// One of two models.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PairModel<'a> {
    /// Id of the model.
    pub model: &'a str,
    /// The variant of it; null for the model itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<&'a str>,
    /// Its result, on its card.
    pub page: &'a str,
}

/// The best of the models without a day of release.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BestUndated<'a> {
    /// Its name.
    pub model: &'a str,
    /// Its card.
    pub page: &'a str,
    /// The record's digits and unit.
    pub score: &'a str,
    /// True if it is better than the best model with such a day.
    pub is_better: bool,
}

/// An evaluator that reports a benchmark.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Source<'a> {
    /// Who.
    pub evaluator: &'a str,
    /// Their page.
    pub page: &'a str,
    /// Results.
    pub results: usize,
    /// Different models.
    pub models: usize,
    /// Their relation to the developers, as claimed.
    pub relation: &'a str,
    /// Slots of the set-up that are filled, as `12 of 340`.
    pub slots: &'a str,
    /// Results with an uncertainty, as `12 of 340`.
    pub uncertainty: &'a str,
}

/// Some scores, and how many models have them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bin<'a> {
    /// `0.25 to 0.3`.
    pub scores: &'a str,
    /// How many.
    pub models: usize,
}

/// A model that was the best when it came. Its row has the record of the score.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Best<'a> {
    /// Day of its release.
    pub released: &'a str,
    /// Display name.
    pub model: &'a str,
    /// Its card.
    pub page: &'a str,
    /// The digits and unit of the record.
    pub score: &'a str,
}

/// One model in a ranking.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RankingRow<'a> {
    /// `12`, or null if it is not ranked.
    pub rank: Option<u32>,
    /// Id of the model.
    pub model: &'a str,
    /// The variant of it; null for the model itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<&'a str>,
    /// The reading that stands for the model.
    pub reading: ReadingDocument<'a>,
    /// Scores of the others, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub others: Vec<Digits<'a>>,
}

impl<'a> RankingRow<'a> {
    /// What `row` says; `rank` is its place.
    pub fn new(row: &'a RowView<'a>, rank: Option<u32>) -> RankingRow<'a> {
        RankingRow {
            rank,
            model: row.model_id,
            variant: row.variant,
            reading: ReadingDocument::new(&row.reading),
            others: row.others.iter().map(|other| Digits(other.digits)).collect(),
        }
    }
}

impl<'a> SamplesPair<'a> {
    /// What `row` says.
    pub fn new(row: &'a PairView<'a>) -> SamplesPair<'a> {
        let samples = &row.samples;
        SamplesPair {
            first: PairModel::new(&row.first),
            second: PairModel::new(&row.second),
            shared: samples.n(),
            both_right: samples.both,
            only_first_right: samples.only_first,
            only_second_right: samples.only_second,
            both_wrong: samples.neither,
            difference: samples.difference().unwrap_or_default(),
            interval: samples.interval().unwrap_or_default().into(),
            p: samples.p_value(),
        }
    }
}

impl<'a> PairModel<'a> {
    fn new(model: &'a PairedModel<'a>) -> PairModel<'a> {
        PairModel { model: model.id, variant: model.variant, page: &model.url }
    }
}

impl<'a> Source<'a> {
    /// What `row` says.
    pub fn new(row: &'a SourceRow<'a>) -> Source<'a> {
        Source {
            evaluator: row.name,
            page: &row.url,
            results: row.results,
            models: row.models,
            relation: &row.relation,
            slots: &row.slots,
            uncertainty: &row.uncertainty,
        }
    }
}

impl<'a> Bin<'a> {
    /// The bins of `view` that hold any model.
    pub fn all(view: &'a DistributionView) -> Vec<Bin<'a>> {
        let bars = view.chart.bars.iter().filter(|bar| bar.count > 0);
        bars.map(|bar| Bin { scores: &bar.range, models: bar.count }).collect()
    }
}

impl<'a> BestUndated<'a> {
    /// That of `view`.
    pub fn new(view: &'a OverTimeView<'a>) -> Option<BestUndated<'a>> {
        let it = view.undated.as_ref()?;
        Some(BestUndated { model: it.model, page: &it.url, score: &it.score, is_better: it.is_better })
    }
}

impl<'a> Best<'a> {
    /// The models of `view`.
    pub fn all(view: &'a OverTimeView<'a>) -> Vec<Best<'a>> {
        let best = view.best.iter();
        best.map(|it| Best { released: it.day, model: it.model, page: &it.url, score: &it.score }).collect()
    }
}
