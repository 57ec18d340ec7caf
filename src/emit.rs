//! *Emit* turns results into the small files that Hugging Face Community Evals reads, and into the
//! manifest from which `publish` would propose them.
//!
//! Every result of a registered benchmark is either an entry or skipped with a reason; nothing is
//! sent from here. Formats: `.eval_results/*.yaml` as the Hub documents them, `manifest.json` as
//! the contract of evalcards has it.

mod closed_model;
mod manifest;
mod matching;
pub mod page;
mod slot;
pub mod yaml;

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::Result;
use bigdecimal::BigDecimal;
use rayon::prelude::*;

use crate::card::Paths;
use crate::config::{Config, is_hub_id};
use crate::load::hub_benchmark::{HubBenchmark, HubTask, PostedScale};
use crate::mark::Standing;
use crate::mark::hub_run::{Candidate, HubRuns};
use crate::merge::{Dataset, Reading, Scale};
use crate::names::is_not_reported;
use crate::paths;
use matching::Match;

pub use manifest::{Entry, Manifest, ManifestError, RecordRef, Skipped, Status};
pub use yaml::{DatasetRef, SourceRef, YamlEntry};

/// What is written below `hub/`.
pub struct HubFiles {
    /// Path below the output folder, and text of each YAML file.
    pub yaml: BTreeMap<String, String>,
    /// What is known of all candidates.
    pub manifest: Manifest,
    /// What the Hub says of the same values.
    pub hub_runs: HubRuns,
    /// Rules of `site.yaml` that name nothing of this build, in a sentence each.
    pub unused_rules: Vec<String>,
}

/// Path of the manifest below the output folder.
pub const MANIFEST: &str = "hub/manifest.json";

/// Converts all results of `dataset`, whose pages are at `paths`.
pub fn emit(config: &Config, dataset: &Dataset, paths: &Paths) -> HubFiles {
    let converter = Converter { config, dataset, paths };
    let numbered = dataset.readings.par_iter().zip(0u32..dataset.readings.len() as u32);
    let outcomes: Vec<Outcome> = numbered.map(|(reading, number)| converter.convert(reading, number)).collect();
    let mut skipped = converter.without_any(&outcomes);
    let n_entries = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Entry(_))).count();
    let mut entries = Vec::with_capacity(n_entries);
    for outcome in outcomes {
        match outcome {
            Outcome::Entry(entry) => entries.push(*entry),
            Outcome::Skipped(it) => skipped.push(*it),
            Outcome::Unsupported => {}
        }
    }
    let candidates = entries.iter().map(candidate);
    let hub_runs = HubRuns::join(&dataset.inputs.content.hub.posted, candidates);
    let entries = slot::settle(entries, &config.site.publish, dataset, &mut skipped);
    skipped.par_sort_unstable();
    let yaml = yaml_files(&entries);
    let unused_rules = slot::unused_rules(&config.site.publish, &entries, dataset);
    HubFiles { yaml, manifest: Manifest::new(config, errors(dataset), entries, skipped), hub_runs, unused_rules }
}

/// An entry as what the Hub says can be held against it.
fn candidate(entry: &Entry) -> Candidate<'_> {
    let DatasetRef { id, task_id } = &entry.yaml_entry.dataset;
    Candidate {
        reading: entry.reading,
        model: &entry.model_repo,
        dataset: id,
        tasks: [task_id].into_iter().chain(&entry.task_aliases).map(String::as_str).collect(),
        value: &entry.yaml_entry.value,
    }
}

/// What could not be read or trusted.
fn errors(dataset: &Dataset) -> Vec<ManifestError> {
    let faults = dataset.inputs.quarantined.iter().filter(|entry| entry.reason.is_fault());
    let errors = faults.map(|entry| ManifestError {
        place: format!("{}{}{}", entry.file, if entry.place.is_empty() { "" } else { ":" }, entry.place),
        message: format!("{}: {}", entry.reason.code(), entry.detail),
    });
    let mut errors: Vec<ManifestError> = errors.collect();
    errors.sort();
    errors
}

enum Outcome {
    Entry(Box<Entry>),
    Skipped(Box<Skipped>),
    Unsupported,
}

struct Converter<'a> {
    config: &'a Config,
    dataset: &'a Dataset,
    paths: &'a Paths,
}

impl Converter<'_> {
    fn convert(&self, reading: &Reading, number: u32) -> Outcome {
        let loaded = self.dataset.loaded(reading);
        let metric = &self.dataset.entities.metrics[reading.resolved.metric];
        let benchmarks = &self.dataset.inputs.content.hub_benchmarks;
        let is_aggregate = self.dataset.entities.slices[reading.resolved.slice].is_aggregate;
        let found = matching::find(benchmarks, self.dataset.result(reading), metric, &loaded.origin.subset);
        let (benchmark, result) = match found {
            Match::None => return Outcome::Unsupported,
            Match::Task { benchmark, .. } | Match::Other(benchmark, _) if is_aggregate => {
                (benchmark, Err(Cow::Borrowed("aggregate")))
            }
            Match::Other(benchmark, reason) => (benchmark, Err(Cow::Owned(reason.to_owned()))),
            Match::Task { benchmark, task, is_headline } => (
                benchmark,
                self.entry(reading, benchmark, task)
                    .map(|entry| Entry { reading: number, is_headline, ..entry })
                    .and_then(|entry| self.decided(entry, reading)),
            ),
        };
        match result {
            Ok(entry) => Outcome::Entry(Box::new(entry)),
            Err(reason) => Outcome::Skipped(Box::new(Skipped {
                reason,
                benchmark: Some(benchmark.key.clone()),
                collection: loaded.origin.collection.clone(),
                model_id: loaded.record.model.id.clone(),
                record: self.record(reading),
                results: 1,
                reading: number,
            })),
        }
    }

    /// A score that its neighbours contradict is proposed only if a person decided for its record.
    fn decided(&self, entry: Entry, reading: &Reading) -> Result<Entry, Cow<'static, str>> {
        match reading.contradiction {
            Some(_) if !slot::is_decided(&self.config.site.publish, &entry) => {
                Err(Cow::Borrowed("scale_contradicted_by_neighbours"))
            }
            _ => Ok(entry),
        }
    }

    /// The records of which no result is of a registered benchmark, and the other results without
    /// one, by record.
    fn without_any(&self, outcomes: &[Outcome]) -> Vec<Skipped> {
        let mut unsupported: Vec<(u32, usize)> = vec![(u32::MAX, 0); self.dataset.inputs.records.len()];
        for (number, (reading, outcome)) in self.dataset.readings.iter().zip(outcomes).enumerate() {
            if matches!(outcome, Outcome::Unsupported) {
                let (first, count) = &mut unsupported[reading.resolved.record as usize];
                *first = (*first).min(number as u32);
                *count += 1;
            }
        }
        let records = self.dataset.inputs.records.iter().zip(unsupported).filter(|(_, (_, count))| *count > 0);
        let skipped = records.map(|(loaded, (first, count))| Skipped {
            reason: Cow::Borrowed("no_supported_hf_dataset_result"),
            benchmark: None,
            collection: loaded.origin.collection.clone(),
            model_id: loaded.record.model.id.clone(),
            record: RecordRef {
                path: loaded.origin.path.clone(),
                pointer: String::new(),
                sha256: loaded.origin.sha256,
            },
            results: count,
            reading: first,
        });
        skipped.collect()
    }

    fn card_url(&self, reading: &Reading) -> Option<String> {
        let base_url = self.config.base_url.as_ref()?;
        Some(format!("{base_url}{}.html", self.paths.model(reading.resolved.model)))
    }

    fn record(&self, reading: &Reading) -> RecordRef {
        let origin = &self.dataset.loaded(reading).origin;
        RecordRef {
            path: origin.path.clone(),
            pointer: format!("/evaluation_results/{}", self.dataset.result(reading).index),
            sha256: origin.sha256,
        }
    }

    fn entry(&self, reading: &Reading, benchmark: &HubBenchmark, task: &HubTask) -> Result<Entry, Cow<'static, str>> {
        let loaded = self.dataset.loaded(reading);
        let result = self.dataset.result(reading);
        let model = &self.dataset.entities.models[reading.resolved.model];
        let meta = self.dataset.model_meta(model);
        if reading.standing != Standing::Current {
            return Err(Cow::Borrowed(reading.standing.code()));
        }
        // The repository of a model is not that of its quantisation.
        if self.dataset.variant_of(reading).is_some() {
            return Err(Cow::Borrowed("variant_of_model"));
        }
        if loaded.origin.names_another_model {
            return Err(Cow::Borrowed("path_names_another_model"));
        }
        let datastore = &self.config.datastores[usize::from(loaded.origin.datastore)];
        if datastore.contradicts(&loaded.origin) {
            return Err(Cow::Borrowed("record_not_in_lock"));
        }
        if let Some(provider) =
            closed_model::provider(&loaded.record.model, meta.and_then(|meta| meta.openness.as_deref()))
        {
            return Err(Cow::Owned(format!("api_only_or_closed_provider:{provider}")));
        }
        let model_repo = meta.and_then(|meta| meta.hf_repo.clone()).unwrap_or_else(|| model.id.clone());
        // Files that stand beside the owners in `hub/`.
        let is_taken = model_repo.split('/').next().is_some_and(|owner| {
            ["manifest.json", "review.json", "review.txt", "journal.jsonl"]
                .iter()
                .any(|file| file.eq_ignore_ascii_case(owner))
        });
        if !is_hub_id(&model_repo) || is_taken {
            return Err(Cow::Borrowed("model_id_is_no_hub_repo"));
        }
        let source = datastore
            .public_url(&loaded.origin)
            .map(|url| SourceRef { url, name: self.config.site.publish.source_name.clone() });
        let yaml_entry = YamlEntry {
            dataset: DatasetRef { id: benchmark.dataset.clone(), task_id: task.id.clone() },
            value: posted_value(result.score.decimal(), reading.scale, reading.in_range, benchmark.scale)?,
            date: result.evaluated.as_ref().and_then(|stamp| stamp.day).map(|day| day.to_string()),
            source,
            notes: notes(reading, self.dataset),
        };
        let yaml = yaml::write(&yaml_entry).map_err(|_| "cannot_be_written_as_yaml")?;
        Ok(Entry {
            status: Status::Ready,
            benchmark: benchmark.key.clone(),
            model_repo,
            target_path: format!(".eval_results/{}", task.file),
            task_aliases: task.aliases.clone(),
            card_url: self.card_url(reading),
            collection: loaded.origin.collection.clone(),
            evaluator: self.dataset.entities.evaluators[reading.resolved.evaluator].id.clone(),
            evaluation_id: loaded.record.evaluation_id.to_string(),
            evaluation_result_id: result.id.as_deref().map(str::to_owned),
            record: self.record(reading),
            yaml_entry,
            yaml,
            reading: 0,
            is_headline: false,
        })
    }
}

/// A score on the leaderboard's scale, exact in decimal.
fn posted_value(score: BigDecimal, scale: Scale, in_range: bool, posted: PostedScale) -> Result<String, &'static str> {
    let hundred = BigDecimal::from(100);
    let value = match (posted, scale) {
        (_, Scale::Contradictory) => return Err("contradictory_scale"),
        (PostedScale::AsIs, _) => score,
        (PostedScale::Percent, Scale::Proportion) => score * &hundred,
        (PostedScale::Percent, Scale::Percent) => score,
        (PostedScale::Percent, Scale::Range { .. } | Scale::Open) => return Err("unknown_scale"),
    };
    let is_in_bounds = posted == PostedScale::AsIs || (value >= 0 && value <= hundred);
    match is_in_bounds && in_range {
        true => Ok(value.normalized().to_plain_string()),
        false => Err("score_out_of_bounds"),
    }
}

/// What a reader of one number needs to know of the set-up, from the record only.
fn notes(reading: &Reading, dataset: &Dataset) -> Option<String> {
    let result = dataset.result(reading);
    let model = &dataset.loaded(reading).record.model;
    let generation = result.generation.iter().flat_map(|generation| &generation.settings);
    let parts =
        generation.chain(&result.data.settings).chain(&model.details).filter_map(|(key, value)| match key.as_str() {
            _ if is_not_reported(value) => None,
            "num_fewshot" | "n_shot" | "fewshot" => value.parse::<u32>().ok().map(|n| format!("{n}-shot")),
            "use_chain_of_thought" | "cot" if matches!(value.as_str(), "true" | "True" | "1") => {
                Some("chain of thought".to_owned())
            }
            "prompt_style" => Some(value.clone()),
            "effort" | "reasoning_effort" | "precision" | "subset" | "quantization" => {
                Some(format!("{} {value}", key.replace('_', " ")))
            }
            _ => None,
        });
    let mut parts: Vec<String> = parts.collect();
    let mut seen = std::collections::HashSet::new();
    parts.retain(|part| seen.insert(part.clone()));
    (!parts.is_empty()).then(|| crate::words::shorten(&parts.join(", "), 120))
}

/// The files of all entries that are ready: path and text.
fn yaml_files(entries: &[Entry]) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.status == Status::Ready) {
        files.entry(preview_path(entry)).or_default().push_str(&entry.yaml);
    }
    files
}

/// Path below the output folder of the file that shows what would be posted.
pub fn preview_path(entry: &Entry) -> String {
    let (owner, name) = entry.model_repo.split_once('/').unwrap_or(("_", &entry.model_repo));
    format!("hub/{}/{}/{}", paths::part(owner), paths::part(name), entry.target_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(digits: &str, scale: Scale, expected: Result<&str, &str>) {
        let found = posted_value(digits.parse().unwrap(), scale, true, PostedScale::Percent);
        assert_eq!(found.as_deref().map_err(|reason| *reason), expected, "{digits}");
    }

    #[test]
    fn values_are_exact() {
        check("0.2752", Scale::Proportion, Ok("27.52"));
        check("0.5229", Scale::Proportion, Ok("52.29"));
        check("0.8873239436619719", Scale::Proportion, Ok("88.73239436619719"));
        check("1.0", Scale::Proportion, Ok("100"));
        check("0.0", Scale::Proportion, Ok("0"));
        check("63.70", Scale::Percent, Ok("63.7"));
        check("5e-3", Scale::Proportion, Ok("0.5"));
        check("-1", Scale::Proportion, Err("score_out_of_bounds"));
        check("100.00000000001", Scale::Percent, Err("score_out_of_bounds"));
        check("3.5", Scale::Range { min: 0.0, max: 5.0 }, Err("unknown_scale"));
        check("0.5", Scale::Open, Err("unknown_scale"));
        check("0.5", Scale::Contradictory, Err("contradictory_scale"));
    }

    proptest::proptest! {
        #[test]
        fn any_digits_survive_the_conversion(digits in "0\\.[0-9]{1,30}") {
            let posted = posted_value(digits.parse().unwrap(), Scale::Proportion, true, PostedScale::Percent).unwrap();
            let back = posted.parse::<BigDecimal>().unwrap() / BigDecimal::from(100);
            proptest::prop_assert_eq!(back, digits.parse::<BigDecimal>().unwrap());
        }
    }
}
