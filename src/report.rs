//! The *report*: what a build did, as a table for people and as JSON for scripts.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::emit::HubFiles;
use crate::language::Language;
use crate::load::Inputs;
use crate::merge::Dataset;
use crate::output::Written;
use crate::words::{count, counted};

/// What a build did. `seconds` is the only part that differs between two equal builds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct BuildReport {
    /// True if all inputs and outputs were as the last build left them, and nothing was written.
    pub up_to_date: bool,
    /// Records shown.
    pub records: usize,
    /// Older captures of them, which are no results of their own.
    #[serde(default)]
    pub captures: usize,
    /// Results in these.
    #[serde(default)]
    pub captured_results: usize,
    /// Results shown.
    pub results: usize,
    /// Models with a card.
    pub models: usize,
    /// Benchmarks with a page.
    pub benchmarks: usize,
    /// Evaluators with a page.
    pub evaluators: usize,
    /// Names joined by a rule, by its name.
    pub merged_by_rule: BTreeMap<String, usize>,
    /// What has no metadata and no other name, by kind.
    pub unresolved: BTreeMap<String, usize>,
    /// All files, pages and others.
    pub files: Written,
    /// Files for the Hub.
    pub hub: HubReport,
    /// Records and results not shown, by reason.
    pub quarantined: BTreeMap<String, usize>,
    /// How many of them are faults in the data (superseded captures are none, for example).
    pub faults: usize,
    /// Warnings and errors in metadata.
    pub diagnostics: usize,
    /// The errors among them: metadata that is left out.
    #[serde(default)]
    pub errors: usize,
    /// Wall time by stage, and in all.
    pub seconds: BTreeMap<String, f64>,
}

/// What was made for the Hub.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct HubReport {
    /// YAML files.
    pub yaml_files: usize,
    /// Entries by status.
    pub entries: BTreeMap<String, usize>,
    /// Why none of them may be published; empty if they may.
    #[serde(default)]
    pub blocked: Vec<String>,
    /// Results of registered benchmarks that were skipped, by reason.
    pub skipped: BTreeMap<String, usize>,
    /// Results of other benchmarks.
    pub unsupported_results: usize,
    /// Results of each Hub benchmark, by status or reason.
    pub benchmarks: BTreeMap<String, BTreeMap<String, usize>>,
}

impl BuildReport {
    /// The counts of inputs and data.
    pub fn of(dataset: &Dataset, hub: &HubFiles) -> BuildReport {
        let Dataset { entities, inputs, readings, .. } = dataset;
        BuildReport {
            records: inputs.records.len(),
            captures: dataset.captures.len(),
            captured_results: inputs.records.iter().flat_map(|it| &it.captures).map(|capture| capture.results).sum(),
            results: readings.len(),
            models: entities.models.len(),
            benchmarks: entities.benchmarks.len(),
            evaluators: entities.evaluators.len(),
            hub: HubReport::of(hub),
            quarantined: by_reason(inputs),
            faults: inputs.quarantined.iter().filter(|entry| entry.reason.is_fault()).count(),
            ..BuildReport::default()
        }
    }
}

fn by_reason(inputs: &Inputs) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for entry in &inputs.quarantined {
        *counts.entry(entry.reason.code().to_owned()).or_default() += 1;
    }
    counts
}

impl HubReport {
    fn of(hub: &HubFiles) -> HubReport {
        let manifest = &hub.manifest;
        let mut skipped = BTreeMap::new();
        for it in &manifest.skipped {
            if it.benchmark.is_some() {
                *skipped.entry(it.reason.as_str().to_owned()).or_default() += it.results;
            }
        }
        HubReport {
            yaml_files: hub.yaml.len(),
            entries: manifest.by_status().iter().map(|(status, n)| (status.code().to_owned(), *n)).collect(),
            blocked: manifest.blocked.iter().map(|it| Language::english().phrase(it.key()).to_owned()).collect(),
            skipped,
            unsupported_results: manifest.unsupported_results(),
            benchmarks: (manifest.by_benchmark().into_iter())
                .map(|(benchmark, counts)| {
                    let counts = counts.into_iter().map(|(outcome, n)| (outcome.to_owned(), n));
                    (benchmark.to_owned(), counts.collect())
                })
                .collect(),
        }
    }
}

impl fmt::Display for BuildReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |label: &str, value: String| writeln!(f, "  {label:<14}{value}");
        row("records", format!("{:>9}", count(self.records)))?;
        if self.captures > 0 {
            row("", format!("{:>9}  older captures of them, not counted again", count(self.captures)))?;
        }
        row("results", format!("{:>9}", count(self.results)))?;
        row("models", format!("{:>9}", count(self.models)))?;
        row("benchmarks", format!("{:>9}", count(self.benchmarks)))?;
        row("evaluators", format!("{:>9}", count(self.evaluators)))?;
        let listed = |counts: &BTreeMap<String, usize>| {
            let parts: Vec<String> = counts.iter().map(|(name, n)| format!("{} {name}", count(*n))).collect();
            if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
        };
        let merged = self.merged_by_rule.values().sum();
        row("names", format!("{:>9}  matched by rule: {}", count(merged), listed(&self.merged_by_rule)))?;
        row(
            "",
            format!("{:>9}  without metadata: {}", count(self.unresolved.values().sum()), listed(&self.unresolved)),
        )?;
        let &Written { written, unchanged, removed, bytes, ref kinds } = &self.files;
        row(
            "files",
            format!(
                "{:>9}  {} written, {} unchanged, {} removed; {:.1} MB",
                count(written + unchanged),
                count(written),
                count(unchanged),
                count(removed),
                bytes as f64 / 1e6
            ),
        )?;
        for (kind, sum) in kinds {
            row("", format!("{:>9}  {kind}, {:.1} MB", count(sum.files), sum.bytes as f64 / 1e6))?;
        }
        let entries = match self.hub.blocked.is_empty() || self.hub.entries.is_empty() {
            true => listed(&self.hub.entries),
            false => format!("{}, publishing blocked: {}", listed(&self.hub.entries), self.hub.blocked.join("; ")),
        };
        row("Hub files", format!("{:>9}  entries: {entries}", count(self.hub.yaml_files)))?;
        for (benchmark, counts) in &self.hub.benchmarks {
            let total = counts.values().sum();
            row("", format!("{:>9}  {benchmark}: {}", count(total), listed(counts)))?;
        }
        row(
            "",
            format!(
                "{:>9}  results of benchmarks without a leaderboard on the Hub",
                count(self.hub.unsupported_results)
            ),
        )?;
        row("not shown", format!("{:>9}  {}", count(self.quarantined.values().sum()), listed(&self.quarantined)))?;
        if self.diagnostics > 0 {
            let errors = counted(self.errors, "error", "errors");
            row("findings", format!("{:>9}  in metadata, {errors}; see `evalcards check`", count(self.diagnostics)))?;
        }
        let total = self.seconds.get("total").copied().unwrap_or_default();
        row("seconds", format!("{total:>9.2}"))
    }
}
