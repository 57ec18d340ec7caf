//! *Tables*: YAML files with a list of entries each.

use std::path::Path;

use anyhow::Result;
use serde_yaml::Value;

use super::ContentReader;
use super::mistakes::place;
use crate::diagnostic::{DiagnosticCode, did_you_mean};
use crate::load::datastore::sorted_files;
use crate::load::metadata::{AliasMeta, BenchmarkMeta, MetadataEntry, ModelMeta, OrganizationMeta};

impl ContentReader<'_> {
    pub(super) fn tables(&mut self, folder: &Path) -> Result<()> {
        const NAMES: [&str; 8] =
            ["site", "models", "benchmarks", "organizations", "collections", "metrics", "aliases", "measurement"];
        for path in sorted_files(folder, "yaml")? {
            let file = path.display().to_string();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            match stem.as_str() {
                "site" => {}
                "models" => {
                    let entries = self.table(&path, "models")?;
                    let entries = entries.into_iter().map(|meta| ModelMeta { file: file.clone(), ..meta });
                    self.content.models.extend(entries);
                }
                "benchmarks" => {
                    let entries = self.table(&path, "benchmarks")?;
                    let entries = entries.into_iter().map(|meta| BenchmarkMeta { file: file.clone(), ..meta });
                    self.content.benchmarks.extend(entries);
                }
                "organizations" | "orgs" => {
                    let entries = self.table(&path, if stem == "orgs" { "orgs" } else { "organizations" })?;
                    let entries = entries.into_iter().map(|meta| OrganizationMeta { file: file.clone(), ..meta });
                    self.content.organizations.extend(entries);
                }
                "collections" => {
                    let before = self.diagnostics.errors();
                    let entries = self.table(&path, "collections")?;
                    self.content.collections.extend(entries);
                    self.content.has_lost_collections |= self.diagnostics.errors() > before;
                }
                "metrics" => {
                    let entries = self.table(&path, "metrics")?;
                    self.content.metrics.extend(entries);
                }
                "measurement" => {
                    let Some(text) = self.text(&path)? else { continue };
                    match crate::text::yaml(&text) {
                        Ok(rules) => self.content.measurement.extend(rules),
                        Err(err) => self.unreadable(&file, &place(&err), &text, &err),
                    }
                }
                "aliases" => {
                    let entries = self.table(&path, "aliases")?;
                    let entries = entries.into_iter().map(|meta| AliasMeta { file: file.clone(), ..meta });
                    self.content.aliases.extend(entries);
                }
                other => {
                    self.read.insert(path.clone());
                    let help = match did_you_mean(other, NAMES) {
                        Some(name) => format!("did you mean {name}.yaml?"),
                        None => format!("the tables are {}", NAMES.map(|name| format!("{name}.yaml")).join(", ")),
                    };
                    self.diagnostics.warn_with_help(
                        DiagnosticCode::UnknownFile,
                        &file,
                        "",
                        "is not a table of evalcards".to_owned(),
                        help,
                    );
                }
            }
        }
        Ok(())
    }

    /// The entries under `key` of a table; each that cannot be read is left out by itself.
    fn table<T: MetadataEntry>(&mut self, path: &Path, key: &str) -> Result<Vec<T>> {
        let file = path.display().to_string();
        let Some(text) = self.text(path)? else { return Ok(Vec::new()) };
        let table: Value = match crate::text::yaml(&text) {
            Ok(table) => table,
            Err(err) => {
                self.unreadable(&file, &place(&err), &text, &err);
                return Ok(Vec::new());
            }
        };
        let Some(items) = table.get(key).and_then(Value::as_sequence) else {
            let help = format!("write `{key}:` and below it one item per entry, each with `- ` in front");
            self.diagnostics.error(DiagnosticCode::UnreadableTable, &file, "", format!("has no list `{key}`"), &help);
            return Ok(Vec::new());
        };
        let mut entries: Vec<T> = Vec::with_capacity(items.len());
        for (number, item) in items.iter().enumerate() {
            let id = item.get("id").and_then(Value::as_str).unwrap_or("without id");
            let place = format!("{key}, item {} ({id})", number + 1);
            match serde_yaml::from_value::<T>(item.clone()) {
                Ok(entry) if entry.id().trim().is_empty() => {
                    self.diagnostics.error(
                        DiagnosticCode::NoId,
                        &file,
                        &place,
                        "has no `id`".to_owned(),
                        "add an `id`; names are matched by it",
                    );
                }
                Ok(entry) => {
                    self.warn_of_unknown_keys(&entry, &file, &place);
                    self.warn_of_wrong_values(&entry, &file, |_| place.clone());
                    entries.push(entry);
                }
                Err(err) => self.unreadable(&file, &place, "", &err),
            }
        }
        Ok(entries)
    }
}
