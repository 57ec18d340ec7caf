//! *Emit* turns results into the small files that Hugging Face Community Evals reads, and into the
//! manifest from which `publish` would propose them.
//!
//! Every result of a registered benchmark is either an entry or skipped with a reason; nothing is
//! sent from here. Formats: `.eval_results/*.yaml` as the Hub documents them, `manifest.json` as
//! the contract of evalcards has it.

mod manifest;
mod registry;
mod yaml;

use std::collections::BTreeMap;

use anyhow::Result;
use bigdecimal::BigDecimal;
use rayon::prelude::*;

use crate::config::{Config, is_hub_id};
use crate::load::block::ModelInfo;
use crate::merge::{Dataset, Reading, Scale};
use crate::paths;
use registry::{HubBenchmark, Match, Task};

pub use manifest::{Entry, Manifest, RecordRef, Skipped, Status};
pub use yaml::{DatasetRef, SourceRef, YamlEntry};

/// What is written below `hub/`.
pub struct HubFiles {
    /// Path below the output folder, and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// As it stands in `manifest.json`.
    pub manifest: Manifest,
}

/// Converts all results of `dataset`.
pub fn emit(config: &Config, dataset: &Dataset) -> Result<HubFiles> {
    let registry = registry::built_in()?;
    let converter = Converter { config, dataset, registry: &registry };
    let outcomes: Vec<Outcome> = dataset.readings.par_iter().map(|reading| converter.convert(reading)).collect();
    let mut entries = Vec::new();
    let mut skipped = Vec::new();
    let mut unsupported = 0;
    for outcome in outcomes {
        match outcome {
            Outcome::Entry(entry) => entries.push(*entry),
            Outcome::Skipped(it) => skipped.push(it),
            Outcome::Unsupported => unsupported += 1,
        }
    }
    entries.sort_by(|a, b| a.slot().cmp(&b.slot()).then_with(|| a.record.cmp(&b.record)));
    skipped.sort();
    spell_repos_alike(&mut entries);
    settle_slots(&mut entries);
    let files = yaml_files(&entries);
    let mut manifest = Manifest::new(config, entries, skipped, unsupported);
    manifest.yaml_files = files.len();
    let mut files: Vec<(String, Vec<u8>)> =
        files.into_iter().map(|(path, text)| (format!("hub/{path}"), text.into_bytes())).collect();
    files.push(("hub/manifest.json".to_owned(), manifest.to_json()?));
    Ok(HubFiles { files, manifest })
}

enum Outcome {
    Entry(Box<Entry>),
    Skipped(Skipped),
    Unsupported,
}

struct Converter<'a> {
    config: &'a Config,
    dataset: &'a Dataset,
    registry: &'a [HubBenchmark],
}

impl Converter<'_> {
    fn convert(&self, reading: &Reading) -> Outcome {
        let (benchmark, task) = match registry::find(self.registry, self.dataset.result(reading)) {
            Match::None => return Outcome::Unsupported,
            Match::Other(benchmark, reason) => return self.skip(reading, benchmark, reason.to_owned()),
            Match::Task(benchmark, task) => (benchmark, task),
        };
        match self.entry(reading, benchmark, task) {
            Ok(entry) => Outcome::Entry(Box::new(entry)),
            Err(reason) => self.skip(reading, benchmark, reason),
        }
    }

    fn skip(&self, reading: &Reading, benchmark: &HubBenchmark, reason: String) -> Outcome {
        let loaded = self.dataset.loaded(reading);
        Outcome::Skipped(Skipped {
            reason,
            benchmark: benchmark.key.clone(),
            collection: loaded.origin.collection.to_string(),
            model_id: loaded.record.model.id.clone(),
            record: self.record(reading),
        })
    }

    fn record(&self, reading: &Reading) -> RecordRef {
        let origin = &self.dataset.loaded(reading).origin;
        RecordRef {
            path: origin.path.to_string(),
            pointer: format!("/evaluation_results/{}", self.dataset.result(reading).index),
            sha256: origin.sha256,
        }
    }

    fn entry(&self, reading: &Reading, benchmark: &HubBenchmark, task: &Task) -> Result<Entry, String> {
        let loaded = self.dataset.loaded(reading);
        let result = self.dataset.result(reading);
        let model = &self.dataset.entities.models[reading.resolved.model];
        let meta = self.dataset.model_meta(model);
        if let Some(provider) = closed_provider(&loaded.record.model, meta.and_then(|meta| meta.openness.as_deref())) {
            return Err(format!("api_only_or_closed_provider:{provider}"));
        }
        let model_repo = meta.and_then(|meta| meta.hf_repo.clone()).unwrap_or_else(|| model.id.clone());
        // Files that stand beside the owners in `hub/`.
        let is_taken =
            ["manifest.json/", "review.json/", "journal.jsonl/"].iter().any(|file| model_repo.starts_with(file));
        if !is_hub_id(&model_repo) || is_taken {
            return Err("model_id_is_no_hub_repo".to_owned());
        }
        let datastore = &self.config.datastores[usize::from(loaded.origin.datastore)];
        let source = datastore
            .public_url(&loaded.origin.path)
            .map(|url| SourceRef { url, name: self.config.site.publish.source_name.clone() });
        let yaml_entry = YamlEntry {
            dataset: DatasetRef { id: benchmark.dataset.clone(), task_id: task.id.clone() },
            value: self.value(reading)?,
            date: result.evaluated.as_ref().and_then(|stamp| stamp.day).map(|day| day.to_string()),
            source,
            notes: notes(reading, self.dataset),
        };
        let yaml = yaml::write(&yaml_entry).map_err(|_| "cannot_be_written_as_yaml".to_owned())?;
        Ok(Entry {
            status: Status::Ready,
            benchmark: benchmark.key.clone(),
            model_repo,
            target_path: format!(".eval_results/{}", task.file),
            collection: loaded.origin.collection.to_string(),
            evaluation_id: loaded.record.evaluation_id.to_string(),
            evaluation_result_id: result.id.as_deref().map(str::to_owned),
            record: self.record(reading),
            yaml_entry,
            yaml,
        })
    }

    /// The score from 0 to 100, exact in decimal.
    fn value(&self, reading: &Reading) -> Result<String, String> {
        let score = self.dataset.result(reading).score.decimal();
        let hundred = BigDecimal::from(100);
        let value = match reading.scale {
            Scale::Proportion => score * &hundred,
            Scale::Percent => score,
            Scale::Contradictory => return Err("contradictory_scale".to_owned()),
            Scale::Range { .. } | Scale::Open => return Err("unknown_scale".to_owned()),
        };
        let is_in_bounds = reading.in_range && value >= 0 && value <= hundred;
        match is_in_bounds {
            true => Ok(value.normalized().to_plain_string()),
            false => Err("score_out_of_bounds".to_owned()),
        }
    }
}

/// The provider if the weights are not open, by what the record says, then by metadata, then by
/// the names of providers that have none but these.
fn closed_provider(model: &ModelInfo, openness: Option<&str>) -> Option<String> {
    const CLOSED: [&str; 4] = ["anthropic", "openai", "xai", "cohere-api"];
    let owner = || model.id.split('/').next().unwrap_or_default().to_lowercase();
    let availability =
        model.details.iter().find(|(key, _)| key == "model_availability").map(|(_, value)| value.as_str());
    match (availability, openness) {
        (Some("open_weights" | "open_weights_deployment"), _) | (None | Some(_), Some("open-weights")) => None,
        (Some("closed_weights" | "closed_source"), _) | (_, Some("closed-weights")) => Some(owner()),
        _ => {
            let id = model.id.to_lowercase();
            let is_open_family = id.starts_with("openai/gpt-oss") || id.starts_with("openai-community/");
            let is_gemini = id.starts_with("google/gemini") || id.starts_with("gemini");
            let closed = CLOSED.contains(&owner().as_str()) || is_gemini;
            (closed && !is_open_family).then(owner)
        }
    }
}

/// What a reader of one number needs to know of the set-up, from the record only.
fn notes(reading: &Reading, dataset: &Dataset) -> Option<String> {
    let result = dataset.result(reading);
    let model = &dataset.loaded(reading).record.model;
    let generation = result.generation.iter().flat_map(|generation| &generation.settings);
    let parts: Vec<String> = generation
        .chain(&model.details)
        .filter_map(|(key, value)| match key.as_str() {
            "num_fewshot" | "n_shot" | "fewshot" => Some(format!("{value}-shot")),
            "prompt_style" | "effort" | "reasoning_effort" | "precision" | "subset" => {
                Some(format!("{} {value}", key.replace('_', " ")))
            }
            _ => None,
        })
        .collect();
    (!parts.is_empty()).then(|| crate::words::shorten(&parts.join(", "), 120))
}

/// The Hub takes letter case for nothing: entries of one repository get its first spelling.
fn spell_repos_alike(entries: &mut [Entry]) {
    for repo in entries.chunk_by_mut(|a, b| a.model_repo.eq_ignore_ascii_case(&b.model_repo)) {
        let spelling = repo.iter().map(|entry| entry.model_repo.clone()).min().unwrap_or_default();
        repo.iter_mut().for_each(|entry| entry.model_repo.clone_from(&spelling));
    }
}

/// Several entries for one model, dataset and task: equal values are one entry and its
/// duplicates, different values are a conflict and none is ready. `entries` are sorted by slot.
fn settle_slots(entries: &mut [Entry]) {
    for slot in entries.chunk_by_mut(|a, b| a.slot() == b.slot()) {
        let agree = slot.iter().all(|entry| entry.yaml_entry.value == slot[0].yaml_entry.value);
        // The entry that stays is the one with the newest day, then the first by path.
        let newest = (0..slot.len()).rev().max_by(|a, b| slot[*a].yaml_entry.date.cmp(&slot[*b].yaml_entry.date));
        for (place, entry) in slot.iter_mut().enumerate() {
            entry.status = match (agree, Some(place) == newest) {
                (false, _) => Status::ConflictInBuild,
                (true, true) => Status::Ready,
                (true, false) => Status::DuplicateInBuild,
            };
        }
    }
}

/// The files of all entries that are ready: path and text.
fn yaml_files(entries: &[Entry]) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.status == Status::Ready) {
        let (owner, name) = entry.model_repo.split_once('/').unwrap_or(("_", &entry.model_repo));
        let path = format!("{}/{}/{}", paths::part(owner), paths::part(name), entry.target_path);
        files.entry(path).or_default().push_str(&entry.yaml);
    }
    files
}
