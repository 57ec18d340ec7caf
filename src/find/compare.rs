//! *Comparison*: the readings of every model, in files by the hash of its id, each complete in itself.
//!
//! What two models share is found by the path of the ranking that both stand in: rankings never
//! mix slices, parts, metrics, directions or scales. A variant of a model is compared with others'
//! variants of the same name only.

use foldhash::HashMap;
use rayon::prelude::*;
use serde::Serialize;

use super::DataFile;
use crate::card::{Cards, Paths, setting_name};
use crate::id::Id;
use crate::language::Language;
use crate::merge::{Dataset, Direction, Reading, cells};
use crate::resolve::Model;
use crate::signal::Signals;
use crate::signal::agreement::{ESSENTIAL, canonical};
use crate::signal::paired::Paired;
use crate::signal::same_samples::{self, Pair};
use crate::signal::verdict::{AGENT, Conditions, TOOLS};
use crate::words::visible;

/// Most files.
const MOST: usize = 256;

/// About so many models share a file.
const MODELS: usize = 64;

/// The files; the place of a model's file is the [`hash`] of its id, as the script sees it, modulo their number.
pub fn files(dataset: &Dataset, signals: &Signals, paths: &Paths, language: &Language) -> Vec<DataFile> {
    let models = &dataset.entities.models;
    let n = (models.len() / MODELS).next_power_of_two().min(MOST);
    let mut groups: Vec<Vec<Id<Model>>> = vec![Vec::new(); n];
    for (id, model) in models.iter() {
        groups[hash(&visible(&model.id)) as usize % n].push(id);
    }
    let pairs = pairs(dataset);
    let files = groups.into_par_iter().enumerate().map(|(number, group)| {
        let names = |names: &[&str]| names.iter().map(|name| setting_name(language, name).to_owned()).collect();
        let mut shard = Shard {
            essential: names(&ESSENTIAL),
            once_stated: names(&[&TOOLS[..], &AGENT].concat()),
            ..Shard::default()
        };
        let cards = Cards::at(dataset, signals, paths, language, "");
        for id in group {
            shard.add(&cards, id, pairs.get(&id).map_or(&[], Vec::as_slice));
        }
        DataFile::new(&format!("compare/{number}"), &shard)
    });
    files.collect()
}

/// The models that were asked the same samples, by the one that stands first in the ranking. As with all that is compared,
/// variants are those of one name.
fn pairs(dataset: &Dataset) -> HashMap<Id<Model>, Vec<Pair<'_>>> {
    let measured = dataset.rankings.iter().filter(|(_, it)| it.is_first_of_measurement && it.has_samples);
    let measured: Vec<_> = measured.map(|(_, ranking)| ranking.measurement).collect();
    let found = measured.into_par_iter().map(|measurement| same_samples::pairs(dataset, measurement));
    let mut by_first: HashMap<Id<Model>, Vec<Pair>> = HashMap::default();
    for pair in found.collect::<Vec<_>>().into_iter().flatten() {
        if dataset.variant_of(pair.first) == dataset.variant_of(pair.second) {
            by_first.entry(pair.first.resolved.model).or_default().push(pair);
        }
    }
    by_first
}

/// FNV-1a, which the script has as well.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The models of one file. Texts that repeat stand once, in `texts`.
#[derive(Default, Serialize)]
struct Shard {
    texts: Vec<String>,
    rankings: Vec<RankingData>,
    /// How readings were made, each once.
    setups: Vec<ComparedSetup>,
    /// The settings that a yes needs from all, by the names that readings give them.
    essential: Vec<String>,
    /// Those that it needs from all where one states them: tools and agents.
    once_stated: Vec<String>,
    models: Vec<ModelData>,
    #[serde(skip)]
    text_places: HashMap<String, usize>,
    #[serde(skip)]
    ranking_places: HashMap<usize, usize>,
    #[serde(skip)]
    setup_places: HashMap<ComparedSetup, usize>,
}

#[derive(Serialize)]
struct RankingData {
    path: String,
    benchmark: String,
    /// Slice and part of the test.
    parts: Vec<String>,
    metric: String,
    /// 1: higher is better; -1: lower; 0: not reported.
    direction: i8,
    relative: bool,
    models: usize,
}

#[derive(Serialize)]
struct ModelData {
    id: String,
    name: String,
    path: String,
    facts: [String; 3],
    /// Ranking, rank (0 without one, below 0 if others share it), variant of the model, and readings.
    cells: Vec<(usize, i64, usize, Vec<ReadingData>)>,
    /// Those in which this one stands first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pairs: Vec<PairData>,
}

/// Ranking, variant of both, the other model; the samples that both have, both right, only the first, only the second,
/// none; difference, its interval, p.
#[derive(Serialize)]
struct PairData(usize, usize, usize, [u64; 5], String, String, String);

/// Digits, unit, evaluator, relation, day of evaluation, anchor on the card, set-up; position for differences, where that
/// is not the number of the digits, or the place of the words for why the score is not ranked.
#[derive(Serialize)]
struct ReadingData(
    String,
    usize,
    usize,
    usize,
    usize,
    String,
    usize,
    #[serde(skip_serializing_if = "Option::is_none")] Option<RankPosition>,
);

/// Settings; then what [`crate::signal::verdict`] judges by, for the script to do the same: the settings as name and
/// canonical value, whether there were tools (null: not stated), agent and scaffold (empty: not stated), samples
/// (0: not stated).
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct ComparedSetup(Vec<usize>, Vec<(usize, usize)>, Option<bool>, [usize; 2], u64);

#[derive(Serialize)]
#[serde(untagged)]
enum RankPosition {
    Known(f64),
    NotRanked { flag: usize },
}

impl Shard {
    fn add(&mut self, cards: &Cards, id: Id<Model>, pairs: &[Pair]) {
        let dataset = cards.dataset;
        let model = &dataset.entities.models[id];
        let meta = dataset.model_meta(model);
        let cells = cells(dataset.readings_of(id)).map(|cell| {
            let readings = cell.iter().map(|reading| self.reading(cards, reading)).collect();
            let variant = self.text(dataset.variant_of(&cell[0]).unwrap_or_default());
            let list = &dataset.rankings[cell[0].ranking];
            let rank = match cell[0].rank {
                _ if !list.is_first_of_measurement => 0,
                rank if rank > 0 && cards.n_sharing(list, rank) > 1 => -i64::from(rank),
                rank => i64::from(rank),
            };
            (self.ranking(cards, &cell[0]), rank, variant, readings)
        });
        let cells = cells.collect();
        let pairs = pairs.iter().map(|pair| self.pair(cards, pair)).collect();
        let said = |text: Option<&str>| text.unwrap_or_default().to_owned();
        self.models.push(ModelData {
            id: model.id.clone(),
            name: model.name.clone(),
            path: format!("{}.html", cards.paths.model(id)),
            facts: [
                said(dataset.developer_of(id).map(|id| dataset.developers[id].name.as_str())),
                said(meta.and_then(|meta| meta.openness.as_deref())),
                said(meta.and_then(|meta| meta.released.as_deref())),
            ],
            cells,
            pairs,
        });
    }

    fn pair(&mut self, cards: &Cards, pair: &Pair) -> PairData {
        let view = cards.pair(pair);
        let Paired { both, only_first, only_second, neither } = pair.samples;
        PairData(
            self.ranking(cards, pair.first),
            self.text(view.first.variant.unwrap_or_default()),
            self.text(view.second.id),
            [pair.samples.n(), both, only_first, only_second, neither],
            view.difference,
            view.interval,
            view.p,
        )
    }

    fn reading(&mut self, cards: &Cards, reading: &Reading) -> ReadingData {
        let view = cards.reading(reading);
        let conditions = Conditions::of(cards.dataset, reading);
        let said = conditions.settings.iter().map(|setting| {
            let name = self.text(setting_name(cards.language, &setting.name));
            (name, self.text(&canonical(setting.value)))
        });
        let said = said.collect();
        let agent = AGENT.map(|name| self.text(conditions.agent(name).as_deref().unwrap_or_default()));
        let settings = view.settings.iter().map(|setting| self.text(setting)).collect();
        let setup =
            ComparedSetup(settings, said, conditions.has_tools(), agent, conditions.samples.unwrap_or_default());
        let is_of_digits = view.score.digits.parse() == Ok(reading.position);
        ReadingData(
            view.score.digits.to_owned(),
            self.text(&view.score.unit),
            self.text(view.evaluator),
            self.text(view.relationship),
            self.text(view.evaluated.as_deref().unwrap_or_default()),
            view.anchor,
            self.setup(setup),
            match view.score.flag {
                None if is_of_digits => None,
                None => Some(RankPosition::Known(reading.position)),
                Some(flag) => Some(RankPosition::NotRanked { flag: self.text(flag) }),
            },
        )
    }

    fn ranking(&mut self, cards: &Cards, reading: &Reading) -> usize {
        let place = self.rankings.len();
        let known = *self.ranking_places.entry(reading.measurement.index()).or_insert(place);
        if known < place {
            return known;
        }
        let (dataset, id) = (cards.dataset, cards.dataset.measurements[reading.measurement].first_ranking);
        let ranking = &dataset.rankings[id];
        let slice = &dataset.entities.slices[ranking.slice];
        let metric = &dataset.entities.metrics[ranking.metric];
        let part = dataset.named_part(ranking).map(|part| part.in_words(cards.language));
        let parts = [slice.name.as_deref(), part.as_deref()];
        self.rankings.push(RankingData {
            path: match cards.paths.ranking(id) {
                Some(path) => format!("{path}.html"),
                None => cards.reading_url(&dataset.readings_in(&ranking.rows[0])[0]),
            },
            benchmark: dataset.entities.benchmarks[slice.benchmark].name.clone(),
            parts: parts.into_iter().flatten().map(str::to_owned).collect(),
            metric: cards.metric_in_full(ranking.metric),
            direction: match ranking.direction {
                Direction::HigherIsBetter => 1,
                Direction::LowerIsBetter => -1,
                Direction::Neither | Direction::NotReported => 0,
            },
            relative: metric.is_relative,
            models: ranking.rows.len(),
        });
        place
    }

    fn setup(&mut self, setup: ComparedSetup) -> usize {
        let next = self.setups.len();
        *self.setup_places.entry(setup).or_insert_with_key(|setup| {
            self.setups.push(setup.clone());
            next
        })
    }

    fn text(&mut self, text: &str) -> usize {
        if let Some(place) = self.text_places.get(text) {
            return *place;
        }
        let place = self.texts.len();
        self.texts.push(text.to_owned());
        self.text_places.insert(text.to_owned(), place);
        place
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(["", "a", "foobar"].map(super::hash), [0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968]);
    }
}
