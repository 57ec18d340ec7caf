//! *Explain* shows why each result of a record or model has its evidence level: the whole chain of evidence, as the
//! pages show it.

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;

use super::prepared;
use crate::card::markers::{EvidenceView, MarkerView};
use crate::card::samples::SamplesView;
use crate::card::{Cards, Fact};
use crate::config::Config;
use crate::diagnostic::{did_you_mean, printable};
use crate::language::Language;
use crate::load::Loaded;
use crate::merge::Reading;
use crate::names::normal_form;
use crate::resolve::Model;

/// The chains of one record, or of all records of a model.
#[derive(Debug, Serialize)]
pub struct Explanation {
    /// By model and path.
    pub records: Vec<ExplainedRecord>,
}

/// One record: its results, and the evidence that they share.
#[derive(Debug, Serialize)]
pub struct ExplainedRecord {
    /// Path in its datastore.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Id of the model.
    pub model: String,
    /// The organisation that it names as its source.
    pub source: Option<String>,
    /// In the order of the file.
    pub results: Vec<ExplainedResult>,
    /// Axis by axis.
    pub evidence: EvidenceView,
    /// The file of its samples, its hash, and who states the same.
    pub samples: Vec<(String, String)>,
}

/// One result, and its marker.
#[derive(Debug, Serialize)]
pub struct ExplainedResult {
    /// JSON pointer.
    pub pointer: String,
    /// Benchmark and part, as the record names it.
    pub name: String,
    /// The record's digits.
    pub score: String,
    /// What is proven.
    pub marker: MarkerView,
    /// What its samples say of it, if the record names any.
    pub samples: Option<ExplainedSamples>,
}

/// Whether a score is what its samples add up to.
#[derive(Debug, Serialize)]
pub struct ExplainedSamples {
    /// `not_recomputable`.
    pub status: &'static str,
    /// In words.
    pub words: String,
    /// Why it was not computed.
    pub reason: Option<String>,
    /// The numbers.
    pub facts: Vec<(String, String)>,
}

impl ExplainedSamples {
    fn new(view: SamplesView) -> ExplainedSamples {
        ExplainedSamples { status: view.code, words: view.words, reason: view.reason, facts: pairs(view.facts) }
    }
}

fn pairs(facts: Vec<Fact>) -> Vec<(String, String)> {
    facts.into_iter().map(|fact| (fact.label.to_owned(), fact.value.unwrap_or_default())).collect()
}

/// Explains what `wanted` names: a model by id or another of its names; a record by path, by eight or
/// more digits of its SHA-256, by the name of its file or by its evaluation id.
pub fn explain(config: &Config, wanted: &str) -> Result<Explanation> {
    let prepared = prepared(config)?;
    let dataset = &prepared.dataset;
    let cards = Cards::at(dataset, &prepared.signals, &prepared.paths, Language::english(), "")
        .with_hub_runs(&prepared.hub.hub_runs);
    let mut records = Vec::new();
    for (id, model) in dataset.entities.models.iter() {
        let readings = dataset.readings_of(id);
        let all = is_model(model, wanted);
        let mut places: Vec<u32> = readings.iter().map(|reading| reading.resolved.record).collect();
        places.sort_unstable();
        places.dedup();
        places.retain(|place| all || is_record(&dataset.inputs.records[*place as usize], wanted));
        records.extend(places.into_iter().map(|place| record(&cards, &model.id, place, readings)));
    }
    if records.is_empty() {
        let ids = dataset.entities.models.iter().map(|(_, model)| model.id.as_str());
        let help = match did_you_mean(wanted, ids) {
            Some(id) => format!("did you mean the model {id}?"),
            None => "pass the id of a model, or the path or SHA-256 digits of a record".to_owned(),
        };
        bail!("no record or model matches {:?}\n  help: {help}", printable(wanted));
    }
    Ok(Explanation { records })
}

pub(super) fn is_model(model: &Model, wanted: &str) -> bool {
    let is_name = |name: &str| name == wanted || normal_form(name).is_some_and(|it| Some(it) == normal_form(wanted));
    is_name(&model.id) || model.spellings.keys().any(|name| is_name(name))
}

fn is_record(loaded: &Loaded, wanted: &str) -> bool {
    let path = &*loaded.origin.path;
    let name = path.rsplit('/').next().unwrap_or(path);
    path == wanted
        || name == wanted
        || name.strip_suffix(".json") == Some(wanted)
        || &*loaded.record.evaluation_id == wanted
        || (wanted.len() >= 8 && loaded.origin.sha256.to_string().starts_with(wanted))
}

fn record(cards: &Cards, model: &str, place: u32, readings: &[Reading]) -> ExplainedRecord {
    let loaded = &cards.dataset.inputs.records[place as usize];
    let mut of_record: Vec<&Reading> = readings.iter().filter(|reading| reading.resolved.record == place).collect();
    of_record.sort_by_key(|reading| reading.resolved.result);
    let results = of_record.into_iter().map(|reading| {
        let result = cards.dataset.result(reading);
        ExplainedResult {
            pointer: format!("/evaluation_results/{}", result.index),
            name: result.name.to_string(),
            score: result.score.digits().to_owned(),
            marker: cards.marker(reading),
            samples: cards.samples(reading).map(ExplainedSamples::new),
        }
    });
    ExplainedRecord {
        path: loaded.origin.path.to_string(),
        sha256: loaded.origin.sha256.to_string(),
        model: model.to_owned(),
        source: loaded.record.source.organization.as_deref().map(str::to_owned),
        results: results.collect(),
        evidence: cards.evidence(place, readings),
        samples: pairs(cards.file_of_samples(loaded)),
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for record in &self.records {
            writeln!(f, "{}", printable(&record.path))?;
            writeln!(f, "  SHA-256        {}", record.sha256)?;
            writeln!(f, "  model          {}", printable(&record.model))?;
            writeln!(f, "  names source   {}", printable(record.source.as_deref().unwrap_or("nobody")))?;
            for axis in &record.evidence.axes {
                writeln!(f, "  {:<14} {}", axis.axis.to_lowercase(), axis.value)?;
                for said in &axis.facts {
                    writeln!(f, "                 {}", printable(&said.says))?;
                    let seen = said.seen.as_ref().map(|seen| format!("seen {seen}"));
                    for line in said.url.iter().chain(&seen) {
                        writeln!(f, "                 {}", printable(line))?;
                    }
                }
                writeln!(f, "                 decided by {} ({})", printable(&axis.decided_by), axis.id)?;
            }
            writeln!(f, "  relationship   {}", record.evidence.relationship)?;
            for said in &record.evidence.hub {
                writeln!(f, "  on the Hub     {}: {}", said.pointer, printable(&said.says))?;
                writeln!(f, "                 {}, seen {}, answer {}", printable(&said.url), said.seen, said.response)?;
            }
            for (label, value) in &record.samples {
                writeln!(f, "  samples        {}: {}", label.to_lowercase(), printable(value))?;
            }
            for result in &record.results {
                let mut words = vec![result.marker.words.clone()];
                words.extend(result.marker.beside.iter().cloned());
                words.extend(result.marker.standing.map(str::to_owned));
                writeln!(
                    f,
                    "  {}  {} {}: {}",
                    result.pointer,
                    printable(&result.name),
                    result.score,
                    words.join("; ")
                )?;
                if let Some(samples) = &result.samples {
                    writeln!(f, "      samples: {}", samples.words)?;
                    if let Some(reason) = &samples.reason {
                        writeln!(f, "        {}", printable(reason))?;
                    }
                    for (label, value) in &samples.facts {
                        writeln!(f, "        {}: {}", label.to_lowercase(), printable(value))?;
                    }
                }
            }
            writeln!(f)?;
        }
        f.write_str(Language::english().phrase("markers.means_not"))
    }
}
