//! The card of one model: identity, metadata, results by benchmark, and the records behind them. JSON and CSV have
//! complete results; [`page`] states once what results share.

pub mod page;
mod row;
pub(super) use row::commonest;
mod short;
mod source;
pub mod usual;

use serde::Serialize;

use super::also::{Also, also};
use super::disagreement::{self, DisagreementView};
use super::hub_readings::HubReading;
use super::list::page_path;
use super::markers::EvidenceView;
use super::metadata::MetadataView;
use super::names::NameView;
use super::quote::Quotes;
use super::{Cards, Fact, Labelled, ReadingView, direction_key};
use crate::address::is_web_address;
use crate::date::Stamp;
use crate::id::Id;
use crate::load::Loaded;
use crate::load::captures::Capture;
use crate::merge::{Ranking, Reading, cells};
use crate::names::is_not_reported;
use crate::number::Number;
use crate::resolve::Model;
use crate::signal::comparability;
use crate::signal::provenance::EvaluatorCount;
use crate::signal::scale::ScoreCheck;
use crate::words::shorten;

/// Keys of facts that not every list of them has.
const CHANCE: &str = "fact.chance";
const TEST_SIZE: &str = "number.test_size";

/// Everything that documents say of a model.
#[derive(Debug, Serialize)]
pub struct ModelCard<'a> {
    /// Display name.
    pub name: &'a str,
    /// Canonical id.
    pub id: &'a str,
    /// Metadata.
    pub facts: Vec<Fact<'a>>,
    /// Other ids that records use.
    pub names: Vec<NameView<'a>>,
    /// Further metadata, with who states it.
    pub metadata: MetadataView<'a>,
    /// The counts in a sentence.
    pub summary: String,
    /// Results by cell.
    pub cells: Vec<CellView<'a>>,
    /// The cells that have several readings.
    pub disagreements: Vec<DisagreementView<'a>>,
    /// What the Hub shows for it.
    pub hub_readings: Vec<HubReading<'a>>,
    /// Records of the results.
    pub records: Vec<RecordView<'a>>,
    /// Sentences to quote.
    pub quotes: Quotes<'a>,
}

/// A cell: the readings of one slice of one benchmark under one metric.
#[derive(Debug, Serialize)]
pub struct CellView<'a> {
    /// Benchmark.
    pub benchmark: &'a str,
    /// Its page.
    pub benchmark_url: String,
    /// The part of it; `None` for the whole.
    pub slice: Option<&'a str>,
    /// Part of the test, if others of this slice cover another.
    pub part: Option<String>,
    /// Variant of the model, if any.
    pub variant: Option<&'a str>,
    /// Metric.
    pub metric: &'a str,
    /// Parameters, judges and kind of score that distinguish it from metrics of the same name.
    pub qualifier: Option<String>,
    /// Id of the measurement: equal exactly for results that may stand in one ranking.
    pub measurement: &'a str,
    /// `higher is better`.
    pub direction: &'a str,
    /// True if scores depend on the other models.
    pub is_relative: bool,
    /// Rank among the models of its ranking; `None` if it has none.
    pub rank: Option<u32>,
    /// How many models have one.
    pub ranked_models: usize,
    /// How many of them have this one.
    pub models_with_this_rank: usize,
    /// What each of its numbers is.
    pub facts: Vec<Fact<'a>>,
    /// What is not reported of that, as a list; empty if nothing is missing.
    pub gaps: String,
    /// Several readings, and by how much they differ.
    pub difference: Option<String>,
    /// Where they stand side by side.
    pub disagreement: Option<String>,
    /// True if they differ by more than rounding.
    pub differs: bool,
    /// The readings; the first stands for the cell in rankings.
    pub readings: Vec<ReadingView<'a>>,
}

/// An older capture of a record.
#[derive(Debug, Serialize)]
pub struct CaptureView<'a> {
    /// SHA-256 of the raw bytes.
    pub sha256: String,
    /// Path in its datastore.
    pub path: &'a str,
    /// Where it is public, if known.
    pub url: Option<String>,
    /// Day of retrieval.
    pub retrieved: Option<String>,
}

/// A record.
#[derive(Debug, Serialize)]
pub struct RecordView<'a> {
    /// First digits of the SHA-256, unique on the site.
    pub anchor: String,
    /// SHA-256 of the raw bytes.
    pub sha256: String,
    /// Path in its datastore.
    pub path: &'a str,
    /// Where the record is, if known.
    pub url: Option<String>,
    /// Submission channel.
    pub collection: &'a str,
    /// The source's page, and name if not the id.
    pub collection_page: Option<Labelled<'a>>,
    /// Other channels that name the same bytes.
    pub other_collections: String,
    /// Title of the source.
    pub source: Option<&'a str>,
    /// `documentation` or `evaluation_run`.
    pub source_kind: Option<&'a str>,
    /// Pages that the record names.
    pub links: Vec<Labelled<'a>>,
    /// Older captures of the same, the newest first.
    pub captures: Vec<CaptureView<'a>>,
    /// Their number, in words, or empty.
    pub captured: String,
    /// As the record has it.
    pub evaluation_id: &'a str,
    /// As the record has it.
    pub model_id: &'a str,
    /// As the record has it, if not (the end of) the id.
    pub model_name: Option<&'a str>,
    /// Developer that the record claims.
    pub developer: Option<&'a str>,
    /// As the record has it.
    pub schema_version: &'a str,
    /// Day of retrieval.
    pub retrieved: Option<String>,
    /// Time of retrieval as the record has it.
    pub retrieved_text: Option<&'a str>,
    /// Why that is not a valid day.
    pub retrieved_remark: Option<&'a str>,
    /// Who reported it, as the record has it.
    pub organization: Option<&'a str>,
    /// What else it holds.
    #[serde(skip)]
    pub also_values: Vec<Also<'a>>,
    /// File of its samples, with hash.
    pub samples: Vec<Fact<'a>>,
    /// Its evidence.
    pub evidence: EvidenceView,
}

impl<'a> Cards<'a> {
    /// The card of `id`, as documents have it.
    pub fn model(&self, id: Id<Model>, record_url: impl Fn(&Loaded) -> Option<String>) -> ModelCard<'a> {
        let model = &self.dataset.entities.models[id];
        let readings = self.dataset.readings_of(id);
        let records = self.records(readings, &record_url);
        let disagreements = self.disagreements(id);
        ModelCard {
            quotes: self.model_quotes(id, &disagreements),
            name: &model.name,
            id: &model.id,
            facts: self.model_facts(id),
            names: self.names(&model.spellings, &model.id),
            metadata: self.model_metadata(id),
            summary: self.summary(readings, records.len()),
            cells: cells(readings).enumerate().map(|(at, cell)| self.cell(cell, at + 1)).collect(),
            disagreements,
            hub_readings: self.hub_readings_of_model(id),
            records,
        }
    }

    fn summary(&self, readings: &[Reading], n_records: usize) -> String {
        let mut benchmarks: Vec<_> = readings.iter().map(|reading| self.dataset.benchmark_of(reading)).collect();
        benchmarks.dedup();
        let language = self.language;
        let evaluators = EvaluatorCount::of(self.dataset, readings.iter().map(|reading| reading.resolved.evaluator));
        let values = [
            ("results", &*language.counted("count.results", readings.len())),
            ("benchmarks", &*language.counted("count.benchmarks", benchmarks.len())),
            ("evaluators", &*evaluators.words(language)),
            ("records", &*language.counted("count.records", n_records)),
        ];
        language.say("model.summary", &values)
    }

    fn model_facts(&self, id: Id<Model>) -> Vec<Fact<'a>> {
        let model = &self.dataset.entities.models[id];
        let meta = self.dataset.model_meta(model);
        let hf_repo = meta.and_then(|meta| meta.hf_repo.clone());
        let hub_url = hf_repo
            .as_deref()
            .filter(|repo| crate::address::is_hub_id(repo))
            .map(|repo| format!("https://huggingface.co/{repo}"));
        vec![
            self.maker(id),
            self.fact("fact.released", meta.and_then(|meta| meta.released.clone())),
            self.parameters(id),
            self.license(model),
            self.fact("fact.weights", meta.and_then(|meta| meta.openness.as_deref()).map(|it| self.openness(it))),
            self.fact("fact.repository", hf_repo).to(hub_url),
        ]
    }

    /// Metadata's word for whether weights can be had.
    pub(super) fn openness(&self, openness: &str) -> String {
        let known = self.language.lookup(&format!("script.openness.{openness}"));
        known.map_or_else(|| openness.replace('-', " "), str::to_owned)
    }

    fn license(&self, model: &Model) -> Fact<'a> {
        let license = self.dataset.license_of(model);
        let note = license.filter(|(_, is_of_hub)| *is_of_hub).map(|_| self.words("fact.as_hub"));
        self.fact("fact.licence", license.map(|(license, _)| license.to_owned())).by(note)
    }

    fn maker(&self, id: Id<Model>) -> Fact<'a> {
        let model = &self.dataset.entities.models[id];
        let is_stated = self.dataset.model_meta(model).is_some_and(|meta| meta.stated_developer().is_some());
        let note = match (is_stated, model.has_listed_developer) {
            (true, _) => None,
            (false, true) => Some(self.words("fact.as_listed")),
            (false, false) => Some(self.words("fact.as_records")),
        };
        let developer = self.dataset.developer_of(id);
        let name = developer.map(|developer| self.dataset.developers[developer].name.clone());
        self.fact("fact.developer", name).to(developer.map(|developer| self.developer_url(developer))).by(note)
    }

    fn parameters(&self, id: Id<Model>) -> Fact<'a> {
        let model = &self.dataset.entities.models[id];
        let in_words = |billions: &str| self.language.say("fact.parameters.billion", &[("number", billions)]);
        if let Some(billions) =
            self.dataset.model_meta(model).and_then(|meta| meta.params_b).filter(|n| n.is_finite() && *n > 0.0)
        {
            return self.fact("fact.parameters", Some(in_words(&billions.to_string())));
        }
        self.fact("fact.parameters", self.dataset.claimed_parameters(id).map(in_words))
            .by(Some(self.words("fact.as_records")))
    }

    fn cell(&self, cell: &[Reading], number: usize) -> CellView<'a> {
        let entities = &self.dataset.entities;
        let first = &cell[0];
        let slice = &entities.slices[first.resolved.slice];
        let ranking = &self.dataset.rankings[first.ranking];
        let (facts, own) = self.facts_apart(cell, ranking);
        let readings = cell.iter().zip(own).map(|(reading, facts)| ReadingView { facts, ..self.reading(reading) });
        let points = comparability::points(self.dataset, cell);
        let found = comparability::compare(&points).map(|found| found.all);
        CellView {
            benchmark: &entities.benchmarks[slice.benchmark].name,
            benchmark_url: self.benchmark_url(slice.benchmark),
            slice: slice.name.as_deref(),
            part: self.part_of(ranking),
            variant: self.dataset.variant_of(first),
            metric: self.metric_name(first.resolved.metric),
            qualifier: self.metric_qualifier(first.resolved.metric),
            measurement: &self.dataset.measurements[first.measurement].id,
            is_relative: entities.metrics[first.resolved.metric].is_relative,
            direction: self.words(direction_key(first.direction)),
            rank: Some(first.rank).filter(|rank| *rank > 0),
            ranked_models: ranking.rows.partition_point(|row| row.rank.is_some()),
            models_with_this_rank: if first.rank > 0 { self.n_sharing(ranking, first.rank) } else { 0 },
            gaps: self.gaps(&facts),
            facts: facts
                .into_iter()
                .filter(|fact| fact.value.as_ref().is_some_and(|value| !value.is_empty()))
                .collect(),
            difference: (cell.len() > 1).then(|| self.finding(cell, points.len(), found.as_ref())),
            disagreement: (cell.len() > 1).then(|| disagreement::anchor(number)),
            differs: found.as_ref().is_some_and(|found| !found.verdict.agrees()),
            readings: readings.collect(),
        }
    }

    /// What all readings of a cell say of their numbers, and what each says where they do not say the same.
    fn facts_apart(&self, cell: &[Reading], ranking: &Ranking) -> (Vec<Fact<'a>>, Vec<Vec<Fact<'a>>>) {
        let facts = |reading| self.number_facts(reading, ranking).into_iter().map(|(key, value)| self.fact(key, value));
        let mut of_each: Vec<_> = cell.iter().map(facts).collect();
        let (mut common, mut own) = (Vec::new(), vec![Vec::new(); cell.len()]);
        loop {
            let row: Vec<Fact> = of_each.iter_mut().filter_map(Iterator::next).collect();
            if row.len() < cell.len() {
                return (common, own);
            }
            match row.windows(2).all(|two| two[0].value == two[1].value) {
                true => common.extend(row.into_iter().next()),
                false => {
                    let said = own.iter_mut().zip(row).filter(|(_, fact)| fact.value.as_deref() != Some(""));
                    said.for_each(|(own, fact)| own.push(fact));
                }
            }
        }
    }

    /// What the number of a cell is: what its records say, and the chance level from metadata; by the keys of their words.
    fn number_facts(&self, first: &Reading, ranking: &Ranking) -> Vec<(&'static str, Option<String>)> {
        let result = self.dataset.result(first);
        let slice = &self.dataset.entities.slices[first.resolved.slice];
        let benchmark = &self.dataset.entities.benchmarks[slice.benchmark];
        let meta = self.dataset.benchmark_meta(benchmark);
        let metric = &result.metric;
        let range = match (&metric.min, &metric.max) {
            (None, None) => None,
            (min, max) => {
                let bound =
                    |bound: &'a Option<Number>| bound.as_ref().map_or(self.words("fact.no_bound"), Number::digits);
                Some(self.language.say("fact.range", &[("min", bound(min)), ("max", bound(max))]))
            }
        };
        let conversion = match ScoreCheck::of(metric, first.scale, &result.score) {
            ScoreCheck::Percent => Some("number.conversion.hundredth"),
            ScoreCheck::Kept | ScoreCheck::NoBounds => None,
            _ => Some("number.conversion.not_ranked"),
        };
        let part = self.dataset.entities.parts[ranking.part].in_words(self.language);
        let data = result.data.hf_repo.as_ref().or(result.data.dataset_name.as_ref());
        let said = |text: Option<&String>| text.filter(|text| !is_not_reported(text)).map(|text| shorten(text, 90));
        let mut facts = vec![
            ("number.described", said(metric.description.as_ref())),
            ("number.unit", said(metric.unit.as_ref())),
            ("number.range", range),
            ("number.test_data", said(data)),
            // A result of a part with a name of its own says which.
            ("number.part", Some(part).filter(|part| !part.is_empty() || slice.name.is_some())),
            ("number.samples", self.samples_in_words(first)),
            (CHANCE, meta.and_then(|meta| meta.chance_level).map(|level| level.to_string())),
        ];
        // Who states no number of samples may still say how many there are.
        if crate::signal::n_samples(self.dataset, first).is_none() {
            let all = crate::signal::test_size(result).map(|all| self.language.number(all as usize));
            facts.extend(all.map(|all| (TEST_SIZE, Some(all))));
        }
        // Without a conversion nothing is missing, and that is said by nothing.
        facts.push(("number.conversion", Some(conversion.map_or("", |rule| self.words(rule)).to_owned())));
        facts
    }

    /// `100 of 1,319`, where the record states both.
    fn samples_in_words(&self, reading: &Reading) -> Option<String> {
        let n = crate::signal::n_samples(self.dataset, reading)?;
        let all = crate::signal::test_size(self.dataset.result(reading)).filter(|all| *all > n);
        Some(all.map_or_else(|| self.language.number(n as usize), |all| self.share(n as usize, all as usize)))
    }

    /// The facts without a value, as a list.
    fn gaps(&self, facts: &[Fact]) -> String {
        let gaps: Vec<String> =
            facts.iter().filter(|fact| fact.value.is_none()).map(|fact| fact.label.to_lowercase()).collect();
        self.language.list(&gaps)
    }

    /// Where the scores of a reading's cell are side by side.
    pub(super) fn side_by_side_url(&self, reading: &Reading) -> String {
        let model = reading.resolved.model;
        let is_it = |cell: &[Reading]| {
            (cell[0].measurement, cell[0].resolved.variant) == (reading.measurement, reading.resolved.variant)
        };
        let place = cells(self.dataset.readings_of(model)).position(is_it).unwrap_or_default();
        format!("{}#{}", self.model_url(model), disagreement::anchor(place + 1))
    }

    /// The row of a reading's cell in its ranking, if that has a page.
    fn row_url(&self, reading: &Reading) -> Option<String> {
        let place = reading.place as usize;
        let page = page_path(self.paths.ranking(reading.ranking)?, place / super::benchmark::ROWS + 1);
        Some(format!("{}#n{}", self.url(&page), place + 1))
    }

    fn collection_page(&self, collection: &str) -> Option<Labelled<'a>> {
        let id = self.dataset.collection(collection)?;
        let name = self.collection_name(id);
        Some(Labelled { text: if name == collection { "" } else { name }, url: Some(self.collection_url(id)) })
    }

    fn captures(&self, loaded: &'a Loaded) -> Vec<CaptureView<'a>> {
        let datastores = &self.dataset.inputs.datastores;
        let view = |capture: &'a Capture| CaptureView {
            sha256: capture.origin.sha256.to_string(),
            path: &capture.origin.path,
            url: datastores[usize::from(capture.origin.datastore)].public_url(&capture.origin),
            retrieved: capture.retrieved.as_ref().and_then(|stamp| stamp.day).map(|day| day.to_string()),
        };
        loaded.captures.iter().map(view).collect()
    }

    fn records(&self, readings: &[Reading], record_url: &impl Fn(&Loaded) -> Option<String>) -> Vec<RecordView<'a>> {
        let mut places: Vec<u32> = readings.iter().map(|reading| reading.resolved.record).collect();
        places.sort_unstable();
        places.dedup();
        let url = |place: u32| record_url(&self.dataset.inputs.records[place as usize]);
        places.into_iter().map(|place| self.record(place, readings, url(place))).collect()
    }

    /// The record at `place`, which can be read at `url`.
    fn record(&self, place: u32, readings: &[Reading], url: Option<String>) -> RecordView<'a> {
        let loaded = &self.dataset.inputs.records[place as usize];
        let record = &loaded.record;
        RecordView {
            anchor: loaded.origin.short_hash(),
            sha256: loaded.origin.sha256.to_string(),
            path: &loaded.origin.path,
            url,
            collection: &loaded.origin.collection,
            collection_page: self.collection_page(&loaded.origin.collection),
            other_collections: loaded.origin.other_collections.join(self.words("list.comma")),
            source: record.source.name.as_deref(),
            source_kind: record.source.kind.as_deref(),
            links: source_links(loaded),
            captured: match loaded.captures.len() {
                0 => String::new(),
                n => self.language.counted("record.captures.about", n),
            },
            captures: self.captures(loaded),
            evaluation_id: &record.evaluation_id,
            model_id: &record.model.id,
            model_name: record.model.name.as_deref().filter(|name| !record.model.id.ends_with(name)),
            developer: record.model.developer.as_deref().filter(|name| !is_not_reported(name)),
            schema_version: &record.schema_version,
            retrieved: record.retrieved.as_ref().and_then(|stamp| stamp.day).map(|day| day.to_string()),
            retrieved_text: record.retrieved.as_ref().and_then(Stamp::stated),
            retrieved_remark: self.remark_on(record.retrieved.as_ref()),
            organization: record.source.organization.as_deref(),
            also_values: also(loaded),
            samples: self.file_of_samples(loaded),
            evidence: self.evidence(place, readings),
        }
    }
}

/// Pages that the record itself names; as it is a claim, they are shown with their address.
fn source_links(loaded: &Loaded) -> Vec<Labelled<'_>> {
    const MOST: usize = 6;
    let source = &loaded.record.source;
    let of_source = source.links.iter().map(|(_, url)| url.as_str()).chain(source.organization_url.as_deref());
    let of_results = loaded.record.results.iter().flat_map(|result| result.data.urls.iter().map(String::as_str));
    let mut urls: Vec<&str> = Vec::new();
    for url in of_source.chain(of_results).filter(|url| is_web_address(url) && !is_not_reported(url)) {
        if urls.len() < MOST && !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls.into_iter().map(|url| Labelled { text: shown(url), url: Some(url.to_owned()) }).collect()
}

/// An address without what all of them have.
fn shown(url: &str) -> &str {
    url.trim_start_matches("https://").trim_end_matches('/')
}
