//! The card of one model: identity, metadata, results by benchmark, and the records behind them.

use bigdecimal::BigDecimal;
use serde::Serialize;

use super::list::page_path;
use super::metadata::MetadataView;
use super::names::NameView;
use super::{Cards, Fact, Labelled, ReadingView, direction_in_words, short_hash, web_address, web_links};
use crate::id::Id;
use crate::load::Loaded;
use crate::load::block::is_web_address;
use crate::merge::{Reading, Scale};
use crate::names::is_not_reported;
use crate::resolve::Model;
use crate::words::{count, counted};

/// Everything that the page of a model says.
#[derive(Debug, Serialize)]
pub struct ModelCard<'a> {
    /// Display name.
    pub name: &'a str,
    /// Canonical id.
    pub id: &'a str,
    /// Metadata.
    pub facts: Vec<Fact>,
    /// Other ids that records use.
    pub names: Vec<NameView<'a>>,
    /// What else is stated of it, and by whom.
    pub metadata: MetadataView<'a>,
    /// Further reading.
    pub links: Vec<Labelled<'a>>,
    /// A sentence with the counts.
    pub summary: String,
    /// Clean HTML of the prose; empty if there is none.
    pub prose: &'a str,
    /// Results by cell.
    pub cells: Vec<CellView<'a>>,
    /// The records that the results stand in.
    pub records: Vec<RecordView<'a>>,
    /// How many results or records that name this model are not shown.
    pub not_shown: usize,
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
    /// The part of the test, where others of this slice are over another one.
    pub part: Option<&'a str>,
    /// The variant of the model; `None` for the model itself.
    pub variant: Option<&'a str>,
    /// Metric.
    pub metric: &'a str,
    /// `higher is better`.
    pub direction: &'static str,
    /// True if scores depend on which other models were evaluated.
    pub is_relative: bool,
    /// `rank 12 of 340`.
    pub rank: Option<String>,
    /// The row in the ranking.
    pub ranking_url: String,
    /// Several readings, and by how much they differ.
    pub difference: Option<String>,
    /// True if they differ by more than rounding.
    pub differs: bool,
    /// The readings; the first stands for the cell in rankings.
    pub readings: Vec<ReadingView<'a>>,
}

/// A record, once on a card however many results it holds.
#[derive(Debug, Serialize)]
pub struct RecordView<'a> {
    /// First eight digits of the hash, the anchor.
    pub anchor: String,
    /// SHA-256 of the raw bytes.
    pub sha256: String,
    /// Path in its datastore.
    pub path: &'a str,
    /// Where the record can be read.
    pub url: String,
    /// Submission channel.
    pub collection: &'a str,
    /// Title of the source.
    pub source: Option<&'a str>,
    /// `documentation` or `evaluation_run`.
    pub source_kind: Option<&'a str>,
    /// Pages that the record names.
    pub links: Vec<Labelled<'a>>,
    /// As the record has it.
    pub evaluation_id: &'a str,
    /// As the record has it.
    pub model_id: &'a str,
    /// As the record has it, where it is not the id or its last part.
    pub model_name: Option<&'a str>,
    /// As the record has it.
    pub schema_version: &'a str,
    /// Day of retrieval.
    pub retrieved: Option<String>,
}

impl<'a> Cards<'a> {
    /// The card of `id`; `prose` is its clean HTML, `not_shown` what was left out.
    pub fn model(
        &self,
        id: Id<Model>,
        prose: &'a str,
        not_shown: usize,
        record_url: impl Fn(&Loaded) -> String,
    ) -> ModelCard<'a> {
        let model = &self.dataset.entities.models[id];
        let readings = self.dataset.readings_of(id);
        let meta = self.dataset.model_meta(model);
        let cells: Vec<CellView> = (readings
            .chunk_by(|a, b| (a.ranking, a.resolved.variant) == (b.ranking, b.resolved.variant)))
        .map(|cell| self.cell(cell))
        .collect();
        let records = self.records(readings, &record_url);
        ModelCard {
            name: &model.name,
            id: &model.id,
            facts: self.model_facts(id),
            names: self.names(&model.spellings, &model.id),
            metadata: self.model_metadata(id),
            links: meta.map(|meta| web_links(&meta.links)).unwrap_or_default(),
            summary: self.summary(readings, records.len()),
            prose,
            cells,
            records,
            not_shown,
        }
    }

    fn summary(&self, readings: &[Reading], n_records: usize) -> String {
        let mut benchmarks: Vec<_> = readings.iter().map(|reading| self.dataset.benchmark_of(reading)).collect();
        benchmarks.dedup();
        let mut evaluators: Vec<_> = readings.iter().map(|reading| reading.resolved.evaluator).collect();
        evaluators.sort_unstable();
        evaluators.dedup();
        format!(
            "{} on {} from {}, in {}.",
            counted(readings.len(), "result", "results"),
            counted(benchmarks.len(), "benchmark", "benchmarks"),
            counted(evaluators.len(), "evaluator", "evaluators"),
            counted(n_records, "record", "records"),
        )
    }

    fn model_facts(&self, id: Id<Model>) -> Vec<Fact> {
        let model = &self.dataset.entities.models[id];
        let meta = self.dataset.model_meta(model);
        let hf_repo = meta.and_then(|meta| meta.hf_repo.clone());
        let hub_url = hf_repo
            .as_deref()
            .filter(|repo| crate::config::is_hub_id(repo))
            .map(|repo| format!("https://huggingface.co/{repo}"));
        vec![
            self.developer(model),
            Fact::new("Released", meta.and_then(|meta| meta.released.clone())),
            self.parameters(id),
            self.license(model),
            Fact::new(
                "Weights",
                meta.and_then(|meta| meta.openness.clone()).map(|openness| openness.replace('-', " ")),
            ),
            Fact::linked("Hub repository", hf_repo, hub_url),
        ]
    }

    fn developer(&self, model: &'a Model) -> Fact {
        let stated = self.dataset.model_meta(model).and_then(|meta| meta.developer.as_deref());
        let known = model.developer.map(|(number, _)| &self.dataset.inputs.content.organizations[number]);
        let name = known.map(|known| known.name.as_str()).or(stated).or(model.claimed_developer.as_deref());
        let url = web_address(known.and_then(|known| known.website.as_deref()));
        Fact {
            note: stated.is_none().then_some("as records claim"),
            ..Fact::linked("Developer", name.map(str::to_owned), url)
        }
    }

    fn license(&self, model: &Model) -> Fact {
        let own = self.dataset.model_meta(model).and_then(|meta| meta.license.clone());
        let hub = model.hub.and_then(|place| self.dataset.inputs.content.hub.models[place].info.as_ref());
        match (own, hub.and_then(|info| info.license.clone())) {
            (None, Some(license)) => Fact { note: Some("as the Hub states"), ..Fact::new("Licence", Some(license)) },
            (own, _) => Fact::new("Licence", own),
        }
    }

    fn parameters(&self, id: Id<Model>) -> Fact {
        let model = &self.dataset.entities.models[id];
        if let Some(billions) =
            self.dataset.model_meta(model).and_then(|meta| meta.params_b).filter(|n| n.is_finite() && *n > 0.0)
        {
            return Fact::new("Parameters", Some(format!("{billions} billion")));
        }
        let stated = self.dataset.stated_by_records(id, "params_billions");
        // Sources write -1 and 0 where they do not know.
        let known =
            stated.filter(|text| text.parse::<f64>().is_ok_and(|billions| billions.is_finite() && billions > 0.0));
        Fact { note: Some("as records claim"), ..Fact::new("Parameters", known.map(|text| format!("{text} billion"))) }
    }

    fn cell(&self, cell: &[Reading]) -> CellView<'a> {
        let entities = &self.dataset.entities;
        let first = &cell[0];
        let slice = &entities.slices[first.resolved.slice];
        let ranking = &self.dataset.rankings[first.ranking];
        let metric = &entities.metrics[first.resolved.metric];
        let (difference, differs) = self.difference(cell);
        CellView {
            benchmark: &entities.benchmarks[slice.benchmark].name,
            benchmark_url: self.benchmark_url(slice.benchmark),
            slice: slice.name.as_deref(),
            part: self.dataset.part_of(ranking),
            variant: self.dataset.variant_of(first),
            metric: &metric.name,
            is_relative: metric.is_relative,
            direction: direction_in_words(first.direction),
            rank: (first.rank > 0).then(|| match ranking.rows.len() {
                1 => "the only model".to_owned(),
                n => format!("rank {} of {}", count(first.rank as usize), count(n)),
            }),
            ranking_url: self.row_url(first),
            difference,
            differs,
            readings: cell.iter().map(|reading| self.reading(reading)).collect(),
        }
    }

    /// How far several readings lie apart, in exact decimals and in the unit they share.
    fn difference(&self, cell: &[Reading]) -> (Option<String>, bool) {
        if cell.len() < 2 {
            return (None, false);
        }
        let comparable: Vec<&Reading> =
            cell.iter().filter(|reading| reading.counts() && reading.scale != Scale::Contradictory).collect();
        let n = counted(cell.len(), "reading", "readings");
        let value = |reading: &Reading| {
            let decimal = self.dataset.result(reading).score.decimal();
            if reading.scale == Scale::Percent { decimal / BigDecimal::from(100) } else { decimal }
        };
        let values = || comparable.iter().map(|reading| value(reading));
        let (Some(least), Some(greatest), true) = (values().min(), values().max(), comparable.len() > 1) else {
            return (Some(format!("{n}; no two of them can be compared")), true);
        };
        if least == greatest {
            return (Some(format!("{n} with the same score")), false);
        }
        // 0.0423 is 0.04225352112676056 with fewer digits, and no other finding.
        let digits = values().map(|value| value.fractional_digit_count()).min().unwrap_or_default();
        if values().all(|value| value.round(digits) == greatest.round(digits)) {
            return (
                Some(format!("{n}, the same to {}", counted(digits.max(0) as usize, "decimal", "decimals"))),
                false,
            );
        }
        let is_mixed = comparable.iter().any(|reading| reading.scale != comparable[0].scale);
        let note = if is_mixed { " (percentages divided by 100)" } else { "" };
        let in_unit = |value: BigDecimal| {
            let all_percent = !is_mixed && comparable[0].scale == Scale::Percent;
            let value = if all_percent { value * BigDecimal::from(100) } else { value };
            value.normalized().to_plain_string()
        };
        let apart = &greatest - &least;
        let text = format!("{n} from {} to {}: {} apart{note}", in_unit(least), in_unit(greatest), in_unit(apart));
        (Some(text), true)
    }

    /// The row of a reading's cell in its ranking.
    fn row_url(&self, reading: &Reading) -> String {
        let place = reading.place as usize;
        let page = page_path(self.paths.ranking(reading.ranking), place / super::benchmark::ROWS + 1);
        format!("{}#n{}", self.url(&page), place + 1)
    }

    fn records(&self, readings: &[Reading], record_url: &impl Fn(&Loaded) -> String) -> Vec<RecordView<'a>> {
        let mut places: Vec<u32> = readings.iter().map(|reading| reading.resolved.record).collect();
        places.sort_unstable();
        places.dedup();
        let records = places.into_iter().map(|place| {
            let loaded = &self.dataset.inputs.records[place as usize];
            let record = &loaded.record;
            RecordView {
                anchor: short_hash(&loaded.origin),
                sha256: loaded.origin.sha256.to_string(),
                path: &loaded.origin.path,
                url: record_url(loaded),
                collection: &loaded.origin.collection,
                source: record.source.name.as_deref(),
                source_kind: record.source.kind.as_deref(),
                links: source_links(loaded),
                evaluation_id: &record.evaluation_id,
                model_id: &record.model.id,
                model_name: record.model.name.as_deref().filter(|name| !record.model.id.ends_with(name)),
                schema_version: &record.schema_version,
                retrieved: record.retrieved.as_ref().and_then(|stamp| stamp.day).map(|day| day.to_string()),
            }
        });
        records.collect()
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
    urls.into_iter().map(|url| Labelled { text: url, url: Some(url.to_owned()) }).collect()
}
