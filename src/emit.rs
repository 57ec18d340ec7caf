//! *Emit* turns results into the small files that Hugging Face Community Evals reads, and into the
//! manifest from which `publish` would propose them.
//!
//! Every result of a registered benchmark is either an entry or skipped with a reason; nothing is
//! sent from here. Formats: `.eval_results/*.yaml` as the Hub documents them, `manifest.json` as
//! the contract of evalcards has it.

mod closed_model;
mod conditions;
mod fit;
mod manifest;
mod matching;
mod notes;
pub mod page;
mod repository;
mod siblings;
pub mod skip;
mod target;
pub mod yaml;

use std::collections::BTreeMap;

use anyhow::Result;
use bigdecimal::BigDecimal;
use rayon::prelude::*;

use crate::card::Paths;
use crate::config::{Config, Datastore, PUBLIC_DATASTORE, PUBLIC_DATASTORE_NAME};
use crate::load::block::MetricConfig;
use crate::load::hub_benchmark::{HubBenchmark, HubTask, LeaderboardUnit};
use crate::mark::hub_run::{HubResult, HubRuns};
use crate::merge::{Contradiction, Dataset, Reading, Scale};
use crate::names::is_not_reported;
use crate::paths;
use crate::signal::samples;
use crate::words::shorten;
use conditions::StatedConditions;
use matching::{Match, ResultIdentity};
use skip::{SkipCode, SkipReason};

pub use manifest::{EntryStatus, Manifest, ManifestEntry, ManifestError, RecordRef, Skipped, Slot};
pub use target::UnusedRule;
pub use yaml::{DatasetRef, SourceRef, YamlEntry};

/// What is written below `hub/`.
pub struct HubFiles {
    /// Path below the output folder, and text of each YAML file.
    pub yaml: BTreeMap<String, String>,
    /// What is known of all candidates.
    pub manifest: Manifest,
    /// What the Hub says of the same values.
    pub hub_runs: HubRuns,
    /// Rules of `site.yaml` that name nothing of this build.
    pub unused_rules: Vec<UnusedRule>,
}

/// Longest text of the link to a record.
const LONGEST_SOURCE: usize = 80;

/// Path of the manifest below the output folder.
pub const MANIFEST: &str = "hub/manifest.json";

/// Converts all results of `dataset`, whose pages are at `paths`.
pub fn emit(config: &Config, dataset: &Dataset, paths: &Paths) -> HubFiles {
    let converter = Converter { config, dataset, paths };
    let numbered = dataset.readings.par_iter().zip(0u32..dataset.readings.len() as u32);
    let outcomes: Vec<ProposalOutcome> = numbered.map(|(reading, number)| converter.convert(reading, number)).collect();
    let mut skipped = converter.without_any(&outcomes);
    let n_entries = outcomes.iter().filter(|outcome| matches!(outcome, ProposalOutcome::Entry(_))).count();
    let mut entries = Vec::with_capacity(n_entries);
    for outcome in outcomes {
        match outcome {
            ProposalOutcome::Entry(entry) => entries.push(*entry),
            ProposalOutcome::Skipped(it) => skipped.push(*it),
            ProposalOutcome::Unsupported => {}
        }
    }
    siblings::mark_beside_faulty(&mut entries, &skipped);
    let candidates = entries.iter().map(candidate);
    let hub_runs = HubRuns::join(&dataset.inputs.content.hub.posted, candidates);
    let entries = target::settle(entries, &config.site.publish, dataset, &mut skipped);
    skipped.par_sort_unstable();
    let yaml = yaml_files(&entries);
    let unused_rules = target::unused_rules(&config.site.publish, &entries, &skipped, dataset);
    HubFiles { yaml, manifest: Manifest::new(config, errors(dataset), entries, skipped), hub_runs, unused_rules }
}

/// An entry, as it is compared with what the Hub shows.
fn candidate(entry: &ManifestEntry) -> HubResult<'_> {
    let DatasetRef { id, task_id } = &entry.yaml_entry.dataset;
    HubResult {
        reading: entry.reading,
        model: &entry.model_repo,
        datasets: [id].into_iter().chain(&entry.dataset_aliases).map(String::as_str).collect(),
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

enum ProposalOutcome {
    Entry(Box<ManifestEntry>),
    Skipped(Box<Skipped>),
    Unsupported,
}

struct Converter<'a> {
    config: &'a Config,
    dataset: &'a Dataset,
    paths: &'a Paths,
}

impl Converter<'_> {
    fn convert(&self, reading: &Reading, number: u32) -> ProposalOutcome {
        let loaded = self.dataset.loaded(reading);
        let entities = &self.dataset.entities;
        let slice = &entities.slices[reading.resolved.slice];
        let known = ResultIdentity {
            metric: &entities.metrics[reading.resolved.metric],
            benchmark: &entities.benchmarks[slice.benchmark].name,
            slice: slice.name.as_deref(),
        };
        let benchmarks = &self.dataset.inputs.content.hub_benchmarks;
        let is_aggregate = slice.is_aggregate;
        let found = matching::find(benchmarks, self.dataset.result(reading), &known, &loaded.origin.subset);
        let (benchmark, slot, result) = match found {
            Match::None => return ProposalOutcome::Unsupported,
            Match::Task { benchmark, .. } | Match::Other(benchmark, _) if is_aggregate => {
                (benchmark, None, Err(SkipCode::Aggregate.into()))
            }
            Match::Other(benchmark, reason) => (benchmark, None, Err(reason)),
            Match::Task { benchmark, task, is_headline } => {
                let entry = self.entry(reading, benchmark, task).map(|entry| ManifestEntry {
                    reading: number,
                    is_headline,
                    has_faulty_sibling: self.is_beside_lost(reading, benchmark.metrics_of(task), is_headline),
                    ..entry
                });
                let slot = || Slot {
                    model_repo: self.model_repo(reading).unwrap_or_default(),
                    target_path: target_path(task),
                    is_headline,
                };
                (benchmark, entry.is_err().then(slot), entry)
            }
        };
        match result {
            Ok(entry) => ProposalOutcome::Entry(Box::new(entry)),
            Err(reason) => ProposalOutcome::Skipped(Box::new(Skipped {
                reason,
                benchmark: Some(benchmark.key.clone()),
                collection: loaded.origin.collection.clone(),
                model_id: loaded.record.model.id.clone(),
                record: self.record(reading),
                results: 1,
                reading: number,
                slot,
            })),
        }
    }

    /// True if a result of the record that could not be read may be another for the same leaderboard.
    fn is_beside_lost(&self, reading: &Reading, headlines: &[String], is_headline: bool) -> bool {
        let result = self.dataset.result(reading);
        let lost = self.dataset.loaded(reading).record.lost.iter();
        lost.filter(|lost| siblings::may_be_of_same_task(lost, result))
            .any(|lost| !is_headline || matching::is_headline(headlines, lost.id.as_deref(), lost.metric.as_deref()))
    }

    /// Text of the link to the record: as the site says, else the public datastore's name for its own records, else that
    /// of the evaluator, as the record has it.
    fn source_name(&self, reading: &Reading, datastore: &Datastore) -> Option<String> {
        let said = |name: &str| Some(shorten(name.trim(), LONGEST_SOURCE)).filter(|name| !is_not_reported(name));
        if let Some(name) = &self.config.site.publish.source_name {
            return said(name);
        }
        match datastore.repo.as_deref() {
            Some(repo) if repo.eq_ignore_ascii_case(PUBLIC_DATASTORE) => Some(PUBLIC_DATASTORE_NAME.to_owned()),
            _ => self.dataset.loaded(reading).record.source.organization.as_deref().and_then(said),
        }
    }

    /// The model's repository on the Hub, if its id can be one.
    fn model_repo(&self, reading: &Reading) -> Option<String> {
        let model = &self.dataset.entities.models[reading.resolved.model];
        let hf_repo = self.dataset.model_meta(model).and_then(|meta| meta.hf_repo.as_deref());
        let spellings = model.spellings.keys().map(String::as_str);
        repository::of(&model.id, spellings, hf_repo, &self.dataset.inputs.content.platforms)
    }

    /// What only a person can decide, and a rule of the site for its record does: a score that its neighbours
    /// contradict, and one over a part of the test, whose notes then say so.
    fn decided(
        &self,
        entry: ManifestEntry,
        reading: &Reading,
        misfit: Option<SkipReason>,
    ) -> Result<ManifestEntry, SkipReason> {
        let contradiction = || {
            let code = match reading.contradiction? {
                Contradiction::BelowOne | Contradiction::AboveOne => SkipCode::ScaleContradictedByNeighbours,
                Contradiction::ErrorOfProportion => SkipCode::ScaleContradictedByError,
            };
            Some(code.into())
        };
        let Some(doubt) = misfit.or_else(contradiction) else { return Ok(entry) };
        match may_be_decided(&doubt) && target::is_decided(&self.config.site.publish, &entry) {
            true => Ok(entry),
            false => Err(doubt),
        }
    }

    /// The records of which no result is of a registered benchmark, and the other results without
    /// one, by record.
    fn without_any(&self, outcomes: &[ProposalOutcome]) -> Vec<Skipped> {
        let mut unsupported: Vec<(u32, usize)> = vec![(u32::MAX, 0); self.dataset.inputs.records.len()];
        for (number, (reading, outcome)) in self.dataset.readings.iter().zip(outcomes).enumerate() {
            if matches!(outcome, ProposalOutcome::Unsupported) {
                let (first, count) = &mut unsupported[reading.resolved.record as usize];
                *first = (*first).min(number as u32);
                *count += 1;
            }
        }
        let records = self.dataset.inputs.records.iter().zip(unsupported).filter(|(_, (_, count))| *count > 0);
        let skipped = records.map(|(loaded, (first, count))| Skipped {
            reason: SkipCode::NoSupportedDataset.into(),
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
            slot: None,
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

    fn entry(&self, reading: &Reading, benchmark: &HubBenchmark, task: &HubTask) -> Result<ManifestEntry, SkipReason> {
        let loaded = self.dataset.loaded(reading);
        let result = self.dataset.result(reading);
        let model = &self.dataset.entities.models[reading.resolved.model];
        let meta = self.dataset.model_meta(model);
        if let Some(code) = skip::of_standing(reading.standing) {
            return Err(code.into());
        }
        // The repository of a model is not that of its quantisation.
        if self.dataset.variant_of(reading).is_some() {
            return Err(SkipCode::VariantOfModel.into());
        }
        if loaded.origin.names_another_model {
            return Err(SkipCode::PathNamesAnotherModel.into());
        }
        let datastore = &self.config.datastores[usize::from(loaded.origin.datastore)];
        if datastore.contradicts(&loaded.origin) {
            return Err(SkipCode::RecordNotInLock.into());
        }
        if let Some(provider) =
            closed_model::provider(&loaded.record.model, meta.and_then(|meta| meta.openness.as_deref()))
        {
            return Err(SkipReason::about(SkipCode::ClosedModel, &provider));
        }
        let Some(model_repo) = self.model_repo(reading) else {
            return Err(SkipCode::ModelIdIsNoHubRepo.into());
        };
        let conditions = StatedConditions::of(self.dataset, reading, task);
        // The splits of another data set, such as a table of submissions, are none of the test.
        let is_its_data = result.data.hf_repo.as_deref().is_none_or(|repo| benchmark.is_dataset(repo));
        let misfit = fit::misfit(self.dataset, reading, task, is_its_data, &conditions);
        // What a score measures is said before what is wrong with it.
        if let Some(reason) = misfit.as_ref().filter(|reason| !may_be_decided(reason)) {
            return Err(reason.clone());
        }
        let source = datastore
            .public_url(&loaded.origin)
            .map(|url| SourceRef { url, name: self.source_name(reading, datastore) });
        let yaml_entry = YamlEntry {
            dataset: DatasetRef { id: benchmark.dataset.clone(), task_id: task.id.clone() },
            value: posted_value(reading, &result.metric, result.score.decimal(), benchmark.unit_of(task))?,
            date: result.evaluated.as_ref().and_then(|stamp| stamp.day).map(|day| day.to_string()),
            source,
            notes: notes::of(self.dataset, reading, &conditions),
        };
        let yaml = yaml::write(&yaml_entry).map_err(|_| SkipCode::CannotBeWrittenAsYaml)?;
        let entry = ManifestEntry {
            status: EntryStatus::Ready,
            benchmark: benchmark.key.clone(),
            model_repo,
            target_path: target_path(task),
            dataset_aliases: benchmark.aliases.clone(),
            task_aliases: task.aliases.clone(),
            card_url: self.card_url(reading),
            collection: loaded.origin.collection.clone(),
            evaluator: self.dataset.entities.evaluators[reading.resolved.evaluator].id.clone(),
            evaluation_id: loaded.record.evaluation_id.to_string(),
            evaluation_result_id: result.id.as_deref().map(str::to_owned),
            record: self.record(reading),
            yaml_entry,
            yaml,
            certainty: benchmark.stated_of(task).map(|stated| stated.certainty).unwrap_or_default(),
            reading: 0,
            is_headline: false,
            has_tools: conditions.tools.is_some(),
            has_faulty_sibling: false,
        };
        let entry = self.decided(entry, reading, misfit)?;
        match samples::evidence(self.dataset, reading).and_then(|found| skip::of_samples(&found.outcome)) {
            Some(contradiction) => Err(contradiction),
            None => Ok(entry),
        }
    }
}

/// True for what a rule of the site may decide.
fn may_be_decided(reason: &SkipReason) -> bool {
    matches!(
        reason.code(),
        Some(SkipCode::PartialTestSet | SkipCode::ScaleContradictedByError | SkipCode::ScaleContradictedByNeighbours)
    )
}

fn target_path(task: &HubTask) -> String {
    format!(".eval_results/{}", task.file)
}

/// A score as its leaderboard counts, exact in decimal.
fn posted_value(
    reading: &Reading,
    metric: &MetricConfig,
    score: BigDecimal,
    unit: LeaderboardUnit,
) -> Result<String, SkipCode> {
    let value = in_unit(score, reading.scale, metric.unit.as_deref(), unit)?;
    match reading.in_range {
        true => Ok(value.normalized().to_plain_string()),
        false => Err(SkipCode::ScoreOutOfBounds),
    }
}

/// `score` in the leaderboard's `unit`; `stated` is the unit of the record.
fn in_unit(
    score: BigDecimal,
    scale: Scale,
    stated: Option<&str>,
    unit: LeaderboardUnit,
) -> Result<BigDecimal, SkipCode> {
    let hundred = BigDecimal::from(100);
    let says = |words: &[&str]| stated.is_some_and(|it| words.iter().any(|word| word.eq_ignore_ascii_case(it.trim())));
    let value = match (unit, scale) {
        (_, Scale::Contradictory) => return Err(SkipCode::ContradictoryScale),
        (LeaderboardUnit::AsIs, _) => return Ok(score),
        (LeaderboardUnit::Percent, Scale::Proportion) => score * &hundred,
        (LeaderboardUnit::Percent, Scale::Percent) => score,
        (LeaderboardUnit::Percent, Scale::Range { .. } | Scale::Open) => return Err(SkipCode::UnknownScale),
        (LeaderboardUnit::Points, _) if says(&["points", "point", "score"]) => return Ok(score),
        (LeaderboardUnit::Seconds, _) if says(&["seconds", "second", "secs", "sec", "s"]) => return Ok(score),
        (LeaderboardUnit::Points | LeaderboardUnit::Seconds, _) => return Err(SkipCode::OtherUnit),
    };
    match value >= 0 && value <= hundred {
        true => Ok(value),
        false => Err(SkipCode::ScoreOutOfBounds),
    }
}

/// The files of all entries that are ready: path and text.
fn yaml_files(entries: &[ManifestEntry]) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.status == EntryStatus::Ready) {
        files.entry(preview_path(entry)).or_default().push_str(&entry.yaml);
    }
    files
}

/// Path below the output folder of the file that shows what would be posted.
pub fn preview_path(entry: &ManifestEntry) -> String {
    let (owner, name) = entry.model_repo.split_once('/').unwrap_or(("_", &entry.model_repo));
    format!("hub/{}/{}/{}", paths::part(owner), paths::part(name), entry.target_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(digits: &str, scale: Scale, expected: Result<&str, SkipCode>) {
        let found = in_unit(digits.parse().unwrap(), scale, None, LeaderboardUnit::Percent);
        let found = found.map(|value| value.normalized().to_plain_string());
        assert_eq!(found.as_deref().map_err(|code| *code), expected, "{digits}");
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
        check("-1", Scale::Proportion, Err(SkipCode::ScoreOutOfBounds));
        check("100.00000000001", Scale::Percent, Err(SkipCode::ScoreOutOfBounds));
        check("3.5", Scale::Range { min: 0.0, max: 5.0 }, Err(SkipCode::UnknownScale));
        check("0.5", Scale::Open, Err(SkipCode::UnknownScale));
        check("0.5", Scale::Contradictory, Err(SkipCode::ContradictoryScale));
    }

    proptest::proptest! {
        #[test]
        fn any_digits_survive_the_conversion(digits in "0\\.[0-9]{1,30}") {
            let posted = in_unit(digits.parse().unwrap(), Scale::Proportion, None, LeaderboardUnit::Percent).unwrap().normalized().to_plain_string();
            let back = posted.parse::<BigDecimal>().unwrap() / BigDecimal::from(100);
            proptest::prop_assert_eq!(back, digits.parse::<BigDecimal>().unwrap());
        }
    }
}
