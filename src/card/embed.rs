//! *Embeds*: a light page of a model or a benchmark for a frame on another site, with its date and a link.

use serde::Serialize;

use super::Cards;
use super::quote::Quotes;
use crate::id::Id;
use crate::merge::Ranking;
use crate::resolve::Model;

/// Most rows of a ranking.
const MOST: usize = 10;

/// What an embedded page shows.
#[derive(Debug, Serialize)]
pub struct EmbedCard<'a> {
    /// Name of the model or the benchmark.
    pub name: &'a str,
    /// The page that it is taken from.
    pub url: String,
    /// What one may say of it.
    pub sentences: Vec<String>,
    /// Metric and evaluator of the rows.
    pub measured: Option<(&'a str, &'a str)>,
    /// The first rows of the benchmark's first ranking.
    pub rows: Vec<EmbedRow<'a>>,
    /// How many models the ranking has.
    pub n: usize,
}

/// A model in a ranking.
#[derive(Debug, Serialize)]
pub struct EmbedRow<'a> {
    /// Its place; `None` if it is not ranked.
    pub rank: Option<u32>,
    /// Name.
    pub model: &'a str,
    /// The score on its card, with its record.
    pub url: String,
    /// The digits of the record.
    pub score: &'a str,
    /// Unit.
    pub unit: String,
}

impl<'a> Cards<'a> {
    /// Of a model.
    pub fn embedded_model(&self, id: Id<Model>) -> EmbedCard<'a> {
        let quotes = self.model_quotes(id, &self.disagreements(id));
        self.embedded(quotes, self.model_url(id))
    }

    /// Of a benchmark, by its first ranking.
    pub fn embedded_benchmark(&self, id: Id<Ranking>) -> EmbedCard<'a> {
        let ranking = &self.dataset.rankings[id];
        let benchmark = self.dataset.entities.slices[ranking.slice].benchmark;
        let rows = ranking.rows.iter().take(MOST).map(|row| {
            let reading = &self.dataset.readings_in(row)[0];
            let (model, score) = (reading.resolved.model, self.score(reading));
            EmbedRow {
                rank: row.rank,
                model: &self.dataset.entities.models[model].name,
                url: self.reading_url(reading),
                score: score.digits,
                unit: score.unit,
            }
        });
        EmbedCard {
            measured: Some((self.metric_name(ranking.metric), self.evaluator_name(ranking.evaluator))),
            rows: rows.collect(),
            n: ranking.rows.len(),
            ..self.embedded(self.benchmark_quotes(benchmark), self.benchmark_url(benchmark))
        }
    }

    fn embedded(&self, quotes: Quotes<'a>, url: String) -> EmbedCard<'a> {
        EmbedCard {
            name: quotes.name,
            url,
            sentences: quotes.say(self.language),
            measured: None,
            rows: Vec::new(),
            n: 0,
        }
    }
}
