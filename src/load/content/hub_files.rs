//! Files about the Hub: our list of benchmarks, `eval.yaml` files, BenchmarkCards, attestations, and facts.

use std::path::Path;

use anyhow::{Context, Result};
use walkdir::WalkDir;

use super::mistakes::place;
use super::{ContentReader, is_copy};
use crate::diagnostic::DiagnosticCode;
use crate::facts::{PostedModel, StoredFact};
use crate::load::attestation;
use crate::load::benchmark_card::{self, ExternalBenchmarkCard};
use crate::load::datastore::sorted_files;
use crate::load::eval_rules;
use crate::load::eval_yaml::EvalYaml;
use crate::load::hub_benchmark::HubBenchmark;
use crate::load::hub_facts::{self, HubFacts};

impl ContentReader<'_> {
    /// Reads the Hub benchmarks of the site, one a file.
    pub(super) fn hub_benchmarks(&mut self, folder: &Path) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        for path in sorted_files(folder, "yaml")? {
            let file = path.display().to_string();
            if !file.ends_with(".hub.yaml") {
                continue;
            }
            let Some(text) = self.text(&path)? else { continue };
            match crate::text::yaml::<HubBenchmark>(&text) {
                Err(err) => self.unreadable(&file, &place(&err), &text, &err),
                Ok(benchmark) => match benchmark.mistake() {
                    None if self.content.hub_benchmarks.iter().any(|other| other.clashes_with(&benchmark)) => {
                        let message = "another file describes the same key, dataset or file".to_owned();
                        self.diagnostics.error(
                            DiagnosticCode::DuplicateId,
                            &file,
                            "",
                            message,
                            "merge the two; this one is not used",
                        );
                    }
                    None => self.content.hub_benchmarks.push(benchmark),
                    Some(mistake) => self.diagnostics.error(
                        DiagnosticCode::WrongHubBenchmark,
                        &file,
                        "",
                        mistake,
                        "until it is fixed, the built-in entry with this key is used, if there is one",
                    ),
                },
            }
        }
        Ok(())
    }

    /// Reads the `eval.yaml` files that the site keeps itself.
    pub(super) fn eval_yamls(&mut self, folder: &Path) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        for path in sorted_files(folder, "yaml")? {
            let file = path.display().to_string();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(slug) = name.strip_suffix(".eval.yaml") else { continue };
            let Some(text) = self.text(&path)? else { continue };
            match EvalYaml::parse(&text) {
                Ok(eval) => {
                    let rules = serde_yaml::from_str(&text).map(|it| eval_rules::broken(&it)).unwrap_or_default();
                    for it in rules {
                        self.diagnostics.warn_with_help(
                            DiagnosticCode::EvalYamlRule,
                            &file,
                            &it.key,
                            it.message,
                            it.help,
                        );
                    }
                    self.content.eval_yamls.push(EvalYaml { benchmark: Some(slug.to_owned()), file, text, ..eval });
                }
                Err(err) => self.unreadable(&file, &place(&err), &text, &err),
            }
        }
        Ok(())
    }

    pub(super) fn benchmark_cards(&mut self, folder: &Path) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.with_context(|| format!("failed to list {}", folder.display()))?;
            let path = entry.path();
            let is_json = path.extension().is_some_and(|extension| extension == "json");
            if !entry.file_type().is_file() || !is_json || is_copy(folder, path) {
                continue;
            }
            let Some(text) = self.text(path)? else { continue };
            let file = path.display().to_string();
            match benchmark_card::parse(&text) {
                Ok(card) => self.content.benchmark_cards.push(ExternalBenchmarkCard { file, ..card }),
                Err(reason) => {
                    let help = "a card must be a JSON object with `benchmark_details` and a `name` in it";
                    self.diagnostics.error(DiagnosticCode::UnreadableBenchmarkCard, &file, "", reason, help);
                }
            }
        }
        Ok(())
    }

    /// Reads the attestations; a mistake in one of them is an `Err`.
    pub(super) fn attestations(&mut self, folder: &Path) -> Result<()> {
        for path in attestation::files(folder)? {
            let file = path.display().to_string();
            let text = self.text(&path)?.with_context(|| format!("{file} is not UTF-8"))?;
            self.content.attestations.push(attestation::parse(&file, &text)?);
        }
        Ok(())
    }

    /// Reads what `fetch` wrote.
    pub(super) fn hub_facts(&mut self, folder: &Path) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        let hub = HubFacts {
            models: self.facts(folder)?,
            benchmarks: self.facts(folder)?,
            submissions: self.facts(folder)?,
            accounts: self.facts(folder)?,
            posted: self.facts(folder)?,
            proposals: self.facts(folder)?,
            newest: None,
        };
        // Of those it only counts when they were seen.
        self.facts::<PostedModel>(folder)?;
        for fact in &hub.benchmarks {
            let Some(stated) = &fact.eval_yaml else { continue };
            let path = folder.join("eval").join(format!("{}.yaml", fact.dataset));
            if !crate::address::is_hub_id(&fact.dataset) || !path.is_file() {
                continue;
            }
            let Some((text, sha256)) = self.hashed_text(&path)? else { continue };
            let file = path.display().to_string();
            if sha256 != stated.sha256 {
                let message = "was changed after `fetch` wrote it".to_owned();
                self.diagnostics.error(DiagnosticCode::ChangedFact, &file, "", message, "run `evalcards fetch` again");
                continue;
            }
            match EvalYaml::parse(&text) {
                Ok(eval) => self.content.eval_yamls.push(EvalYaml {
                    dataset: Some(fact.dataset.clone()),
                    commit: Some(stated.commit.clone()),
                    file,
                    ..eval
                }),
                Err(err) => self.unreadable(&file, &place(&err), &text, &err),
            }
        }
        self.content.hub = HubFacts { newest: self.content.hub.newest, ..hub };
        Ok(())
    }

    fn facts<F: StoredFact>(&mut self, folder: &Path) -> Result<Vec<F>> {
        let path = folder.join(F::FILE);
        if !path.is_file() {
            return Ok(Vec::new());
        }
        let Some(text) = self.text(&path)? else { return Ok(Vec::new()) };
        let (facts, bad) = hub_facts::lines::<F>(&text);
        let newest = facts.iter().map(StoredFact::seen).max();
        self.content.hub.newest = self.content.hub.newest.max(newest);
        for (line, reason) in bad {
            let help = "the other lines are used; run `evalcards fetch` again to rewrite it";
            let place = format!("line {line}");
            self.diagnostics.error(DiagnosticCode::UnreadableFact, &path.display().to_string(), &place, reason, help);
        }
        Ok(facts)
    }
}
