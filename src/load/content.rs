//! *Content* is what people write in addition to records: metadata of models, benchmarks, organisations,
//! collections and metrics, and pages of prose.
//!
//! It is read from Markdown with YAML front matter (`models/<org>/<model>.md`,
//! `benchmarks/<slug>.md`, `pages/*.md`) and from YAML tables (`models.yaml`, …). A file or entry
//! that cannot be read is an error diagnostic and left out; an unknown key is a warning.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde_yaml::Value;
use walkdir::WalkDir;

use super::attestation::{self, Attestation};
use super::benchmark_card::{self, BenchmarkCard};
use super::datastore::sorted_files;
use super::editor;
use super::eval_rules;
use super::eval_yaml::EvalYaml;
use super::front_matter::{self, Fence};
use super::hub_benchmark::{self, HubBenchmark};
use super::hub_facts::{self, HubFacts};
use super::measurement_rules::{self, MeasurementRules};
use super::metadata::{
    AliasMeta, BenchmarkMeta, CollectionMeta, Entry, MetricMeta, ModelMeta, OrganizationMeta, ProsePage,
};
use super::peeling::{self, Peeling};
use super::platform::{self, Platforms};
use super::precedence;
use super::unread;
use crate::diagnostic::{Diagnostics, did_you_mean};
use crate::facts::{Fact, PostedModel};
use crate::hash::{Hasher, Sha256};
use crate::markdown;
use crate::text::{self, NotText};
use crate::words::counted;

/// All metadata and prose, in the order of their files; the first of two with one id counts.
#[derive(Debug, Default)]
pub struct Content {
    /// `models/` and `models.yaml`.
    pub models: Vec<ModelMeta>,
    /// `benchmarks/` and `benchmarks.yaml`.
    pub benchmarks: Vec<BenchmarkMeta>,
    /// `organizations.yaml`, or `orgs.yaml`, then the built-in table.
    pub organizations: Vec<OrganizationMeta>,
    /// `collections.yaml`.
    pub collections: Vec<CollectionMeta>,
    /// True if some of it could not be read, so that a collection may be restricted that does not seem to be.
    pub has_lost_collections: bool,
    /// `metrics.yaml`, then the built-in table.
    pub metrics: Vec<MetricMeta>,
    /// `benchmarks/*.hub.yaml`, then the built-in ones that none of them replaces.
    pub hub_benchmarks: Vec<HubBenchmark>,
    /// `aliases.yaml`.
    pub aliases: Vec<AliasMeta>,
    /// What may be peeled off the ids of models.
    pub peelings: Vec<Peeling>,
    /// `measurement.yaml`, then the built-in rules.
    pub measurement: MeasurementRules,
    /// The built-in table of platforms that run models of others.
    pub platforms: Platforms,
    /// `benchmark-cards/*.json`.
    pub benchmark_cards: Vec<BenchmarkCard>,
    /// `benchmarks/*.eval.yaml`, then `hub/eval/`.
    pub eval_yamls: Vec<EvalYaml>,
    /// `hub/`: what `fetch` saw.
    pub hub: HubFacts,
    /// `attestations/*.yaml`, by file.
    pub attestations: Vec<Attestation>,
    /// `pages/*.md`, by `nav_order`, then title.
    pub pages: Vec<ProsePage>,
    /// Hash of all files read.
    pub digest: Hasher,
}

/// The metrics that records most often name, so that a bare datastore is readable.
const BUILT_IN_METRICS: &str = include_str!("metrics.yaml");

/// Names that organisations use side by side.
const BUILT_IN_ORGANIZATIONS: &str = include_str!("organizations.yaml");

/// How to read a card; a site's own `pages/methodology.md` takes its place. Its title and text are among the words of
/// the interface.
fn methodology() -> ProsePage {
    ProsePage {
        id: "methodology".to_owned(),
        title: "Methodology".to_owned(),
        nav_order: Some(2),
        ..ProsePage::default()
    }
}

/// Reads `folder`; one that does not exist gives the built-in tables only.
pub fn read(folder: &Path, diagnostics: &mut Diagnostics) -> Result<Content> {
    let mut reader =
        Reader { content: Content::default(), diagnostics, unused: BTreeMap::new(), read: BTreeSet::new() };
    if folder.is_dir() {
        reader.files_for_folders(folder);
        reader.markdown(&folder.join("models"), |content, mut meta: ModelMeta, file, _, prose| {
            (meta.prose, meta.file) = (prose, file);
            content.models.push(meta);
        })?;
        reader.markdown(&folder.join("benchmarks"), |content, mut meta: BenchmarkMeta, file, stem, prose| {
            if meta.id.is_empty() {
                meta.id = stem;
            }
            (meta.prose, meta.file) = (prose, file);
            content.benchmarks.push(meta);
        })?;
        reader.markdown(&folder.join("pages"), |content, mut page: ProsePage, file, stem, prose| {
            (page.id, page.prose, page.file) = (stem, prose, file);
            content.pages.push(page);
        })?;
        reader.hub_benchmarks(&folder.join("benchmarks"))?;
        reader.tables(folder)?;
        reader.eval_yamls(&folder.join("benchmarks"))?;
        reader.benchmark_cards(&folder.join("benchmark-cards"))?;
        reader.hub_facts(&folder.join("hub"))?;
        reader.attestations(&folder.join(attestation::FOLDER))?;
        reader.unread_files(folder);
    }
    reader.warn_of_unused_keys();
    let mut content = reader.content;
    content.models = precedence::join(std::mem::take(&mut content.models));
    content.benchmarks = precedence::join(std::mem::take(&mut content.benchmarks));
    if !content.pages.iter().any(|page| page.id == "methodology") {
        content.pages.push(methodology());
    }
    content
        .pages
        .sort_by(|a, b| (a.nav_order.unwrap_or(i64::MAX), &a.title).cmp(&(b.nav_order.unwrap_or(i64::MAX), &b.title)));
    let built_in: Vec<HubBenchmark> =
        serde_yaml::from_str(hub_benchmark::BUILT_IN).context("the built-in Hub benchmarks are broken")?;
    for benchmark in built_in {
        if !content.hub_benchmarks.iter().any(|own| own.clashes_with(&benchmark)) {
            content.hub_benchmarks.push(benchmark);
        }
    }
    let built_in: Vec<MetricMeta> =
        serde_yaml::from_str(BUILT_IN_METRICS).context("the built-in metrics are broken")?;
    content.metrics.extend(built_in);
    let built_in: Vec<OrganizationMeta> =
        serde_yaml::from_str(BUILT_IN_ORGANIZATIONS).context("the built-in organisations are broken")?;
    content.organizations.extend(built_in);
    content.peelings = serde_yaml::from_str(peeling::BUILT_IN).context("the built-in peelings are broken")?;
    let built_in: MeasurementRules =
        serde_yaml::from_str(measurement_rules::BUILT_IN).context("the built-in measurement rules are broken")?;
    content.measurement.extend(built_in);
    content.platforms = serde_yaml::from_str(platform::BUILT_IN).context("the built-in platforms are broken")?;
    Ok(content)
}

/// True for a copy that an editor left below `folder`.
fn is_copy(folder: &Path, path: &Path) -> bool {
    let relative = path.strip_prefix(folder).unwrap_or(path);
    let relative = relative.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    editor::is_copy(&relative, &[".md", ".yaml", ".yml", ".json", ".jsonl"])
}

/// A Markdown file, read.
enum Page<T> {
    NotText(NotText),
    NoFrontMatter(Fence),
    /// Front matter and prose, and the front matter as it stands.
    Entry(serde_yaml::Result<T>, String, String),
}

impl<T: Entry> Page<T> {
    /// Reads a file; gives its bytes too.
    fn read(path: &Path) -> Result<(Vec<u8>, Page<T>)> {
        let bytes = text::bytes(path).with_context(|| format!("failed to read {}", path.display()))?;
        let page = match text::decode(&bytes) {
            Err(err) => Page::NotText(err),
            Ok(text) => match front_matter::split(&text) {
                Err(fence) => Page::NoFrontMatter(fence),
                Ok(parts) => {
                    let prose = parts.prose.to_owned();
                    Page::Entry(crate::text::yaml(&parts.front_matter), prose, parts.front_matter.into_owned())
                }
            },
        };
        Ok((bytes, page))
    }
}

struct Reader<'a> {
    content: Content,
    diagnostics: &'a mut Diagnostics,
    /// By file and key: in how many entries a key stands that nothing reads.
    unused: BTreeMap<(String, String), usize>,
    /// The files that were read, or told of by themselves.
    read: BTreeSet<PathBuf>,
}

impl Reader<'_> {
    /// Tells of files that stand where folders are read.
    fn files_for_folders(&mut self, folder: &Path) {
        for name in ["models", "benchmarks", "pages", "benchmark-cards", "hub"] {
            let path = folder.join(name);
            if path.exists() && !path.is_dir() {
                let message = "is a file; a folder is expected".to_owned();
                let help = "rename the file, or put it into a folder of this name";
                self.diagnostics.error("not-a-folder", &path.display().to_string(), "", message, help);
            }
        }
    }

    /// Tells of every file that nothing reads.
    fn unread_files(&mut self, folder: &Path) {
        // A datastore may stand below `folder`, and is listed by itself; so are facts and attestations.
        let is_content = |entry: &walkdir::DirEntry| {
            let is_datastore = || ["data", "flat"].iter().any(|name| entry.path().join(name).is_dir());
            let is_listed = || ["hub", attestation::FOLDER].iter().any(|name| entry.path() == folder.join(name));
            entry.depth() == 0 || !entry.file_type().is_dir() || !(is_datastore() || is_listed())
        };
        for entry in WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_content).flatten() {
            let path = entry.path();
            // The lock of a datastore stands beside it.
            let is_lock = || path.extension().is_some_and(|it| it == "lock") && path.with_extension("").is_dir();
            let is_read = || self.read.contains(path) || path == folder.join("site.yaml") || is_lock();
            if entry.file_type().is_dir() || is_read() {
                continue;
            }
            let file = path.display().to_string();
            let is_link = entry.file_type().is_symlink();
            let (code, message, help) = if is_copy(folder, path) {
                let help = "delete it, or rename it".to_owned();
                ("editor-copy", "is a copy that an editor left; it is not read", help)
            } else if unread::is_aside(&entry.file_name().to_string_lossy().to_lowercase()) {
                continue;
            } else {
                let message = if is_link { "is a link; links are not read" } else { "is not read" };
                ("unknown-file", message, unread::help(path, is_link))
            };
            self.content.digest.add(file.as_bytes());
            self.diagnostics.warn_with_help(code, &file, "", message.to_owned(), help);
        }
    }

    /// Reads all Markdown files below `folder`; `keep` gets content, entry, file, stem and prose.
    fn markdown<T: Entry + Send>(
        &mut self,
        folder: &Path,
        keep: impl Fn(&mut Content, T, String, String, String),
    ) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        let mut paths = Vec::new();
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.with_context(|| format!("failed to list {}", folder.display()))?;
            let is_markdown = entry.path().extension().is_some_and(|extension| extension == "md");
            if entry.file_type().is_file() && is_markdown && !is_copy(folder, entry.path()) {
                paths.push(entry.into_path());
            }
        }
        // Reading is what takes time; findings and entries keep the order of the files.
        let pages: Vec<Result<(Vec<u8>, Page<T>)>> = paths.par_iter().map(|path| Page::read(path)).collect();
        for (path, page) in paths.iter().zip(pages) {
            let (bytes, page) = page?;
            let file = path.display().to_string();
            self.read.insert(path.clone());
            self.content.digest.add(file.as_bytes());
            self.content.digest.add(&bytes);
            match page {
                Page::NotText(err) => self.not_text(&file, &err),
                Page::NoFrontMatter(fence) => {
                    let help = "start the file with a line `---`, the metadata, and another line `---`";
                    self.diagnostics.error("no-front-matter", &file, "line 1", fence.to_string(), help);
                }
                Page::Entry(Ok(meta), ..) if !T::MAY_LACK_ID && meta.id().trim().is_empty() => {
                    let help = "add an `id`; names are matched by it";
                    self.diagnostics.error("no-id", &file, "front matter", "has no `id`".to_owned(), help);
                }
                Page::Entry(Ok(meta), prose, yaml) => {
                    self.warn_of_unknown_keys(&meta, &file, "front matter");
                    // The front matter begins on the second line.
                    self.warn_of_wrong_values(&meta, &file, |key| match front_matter::line_of(&yaml, key) {
                        Some(line) => format!("line {}", line + 1),
                        None => "front matter".to_owned(),
                    });
                    if markdown::is_too_deep(&prose) {
                        let message =
                            format!("nests deeper than {} levels, so it is shown as plain text", markdown::MOST_LEVELS);
                        let help = "close the open elements and quotes".to_owned();
                        self.diagnostics.warn_with_help("deep-nesting", &file, "", message, help);
                    }
                    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                    keep(&mut self.content, meta, file, stem, prose);
                }
                Page::Entry(Err(err), _, yaml) => self.unreadable_entry::<T>(&file, &yaml, &err),
            }
        }
        Ok(())
    }

    /// Reads the Hub benchmarks of the site, one a file.
    fn hub_benchmarks(&mut self, folder: &Path) -> Result<()> {
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
                            "duplicate-id",
                            &file,
                            "",
                            message,
                            "merge the two; this one is not used",
                        );
                    }
                    None => self.content.hub_benchmarks.push(benchmark),
                    Some(mistake) => self.diagnostics.error(
                        "wrong-hub-benchmark",
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
    fn eval_yamls(&mut self, folder: &Path) -> Result<()> {
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
                        self.diagnostics.warn_with_help("eval-yaml-rule", &file, &it.key, it.message, it.help);
                    }
                    self.content.eval_yamls.push(EvalYaml { benchmark: Some(slug.to_owned()), file, text, ..eval });
                }
                Err(err) => self.unreadable(&file, &place(&err), &text, &err),
            }
        }
        Ok(())
    }

    fn benchmark_cards(&mut self, folder: &Path) -> Result<()> {
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
                Ok(card) => self.content.benchmark_cards.push(BenchmarkCard { file, ..card }),
                Err(reason) => {
                    let help = "a card must be a JSON object with `benchmark_details` and a `name` in it";
                    self.diagnostics.error("unreadable-benchmark-card", &file, "", reason, help);
                }
            }
        }
        Ok(())
    }

    /// Reads the attestations; a mistake in one of them is an `Err`.
    fn attestations(&mut self, folder: &Path) -> Result<()> {
        for path in attestation::files(folder)? {
            let file = path.display().to_string();
            let text = self.text(&path)?.with_context(|| format!("{file} is not UTF-8"))?;
            self.content.attestations.push(attestation::parse(&file, &text)?);
        }
        Ok(())
    }

    /// Reads what `fetch` wrote.
    fn hub_facts(&mut self, folder: &Path) -> Result<()> {
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
            if !crate::config::is_hub_id(&fact.dataset) || !path.is_file() {
                continue;
            }
            let Some((text, sha256)) = self.hashed_text(&path)? else { continue };
            let file = path.display().to_string();
            if sha256 != stated.sha256 {
                let message = "was changed after `fetch` wrote it".to_owned();
                self.diagnostics.error("changed-fact", &file, "", message, "run `evalcards fetch` again");
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

    fn facts<F: Fact>(&mut self, folder: &Path) -> Result<Vec<F>> {
        let path = folder.join(F::FILE);
        if !path.is_file() {
            return Ok(Vec::new());
        }
        let Some(text) = self.text(&path)? else { return Ok(Vec::new()) };
        let (facts, bad) = hub_facts::lines::<F>(&text);
        let newest = facts.iter().map(Fact::seen).max();
        self.content.hub.newest = self.content.hub.newest.max(newest);
        for (line, reason) in bad {
            let help = "the other lines are used; run `evalcards fetch` again to rewrite it";
            let place = format!("line {line}");
            self.diagnostics.error("unreadable-fact", &path.display().to_string(), &place, reason, help);
        }
        Ok(facts)
    }

    fn tables(&mut self, folder: &Path) -> Result<()> {
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
                        "unknown-file",
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
    fn table<T: Entry>(&mut self, path: &Path, key: &str) -> Result<Vec<T>> {
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
            self.diagnostics.error("unreadable-table", &file, "", format!("has no list `{key}`"), &help);
            return Ok(Vec::new());
        };
        let mut entries: Vec<T> = Vec::with_capacity(items.len());
        for (number, item) in items.iter().enumerate() {
            let id = item.get("id").and_then(Value::as_str).unwrap_or("without id");
            let place = format!("{key}, item {} ({id})", number + 1);
            match serde_yaml::from_value::<T>(item.clone()) {
                Ok(entry) if entry.id().trim().is_empty() => {
                    self.diagnostics.error(
                        "no-id",
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

    /// The text of a content file; one that is not UTF-8 is a diagnostic.
    fn text(&mut self, path: &Path) -> Result<Option<String>> {
        Ok(self.hashed_text(path)?.map(|(text, _)| text))
    }

    /// The same, and the hash of the file's bytes.
    fn hashed_text(&mut self, path: &Path) -> Result<Option<(String, Sha256)>> {
        let file = path.display().to_string();
        let bytes = text::bytes(path).with_context(|| format!("failed to read {file}"))?;
        self.read.insert(path.to_owned());
        self.content.digest.add(file.as_bytes());
        self.content.digest.add(&bytes);
        match text::decode(&bytes) {
            Ok(text) => Ok(Some((text, Sha256::of(&bytes)))),
            Err(err) => {
                self.not_text(&file, &err);
                Ok(None)
            }
        }
    }

    fn not_text(&mut self, file: &str, err: &NotText) {
        let (code, help) = match err {
            NotText::TooLarge => ("too-large", "split it into several files"),
            NotText::Utf16 | NotText::NotUtf8(_) => ("not-utf-8", "save the file as UTF-8"),
        };
        self.diagnostics.error(code, file, "", err.to_string(), help);
    }

    fn unreadable(&mut self, file: &str, place: &str, text: &str, err: &serde_yaml::Error) {
        let message = err.to_string();
        // The place is told apart, and counts the lines of the whole file.
        let message =
            message.split(" at line ").next().unwrap_or(&message).replace("expected f64", "expected a number");
        let help = text::remedy_of_yaml(text, err)
            .unwrap_or_else(|| "the rest of the site is built without it; fix it and build again".to_owned());
        self.diagnostics.error("unreadable-metadata", file, place, message, &help);
    }

    /// All that is wrong with an entry that cannot be read: whoever mends one fault should not find the next.
    fn unreadable_entry<T: Entry>(&mut self, file: &str, yaml: &str, err: &serde_yaml::Error) {
        self.unreadable(file, &place_in_front_matter(err), yaml, err);
        let mut entry = match crate::text::yaml::<Value>(yaml) {
            Ok(Value::Mapping(entry)) => entry,
            Ok(_) => return,
            // Further down it is no YAML at all; at its end, that is what became of the first fault.
            Err(further) => {
                let [first, line] = [err, &further].map(|err| err.location().map_or(0, |at| at.line()));
                if line != first && line <= yaml.lines().count() {
                    self.unreadable(file, &place_in_front_matter(&further), yaml, &further);
                }
                return;
            }
        };
        let mut message = err.to_string();
        let place = |key: &str| match front_matter::line_of(yaml, key) {
            Some(line) => format!("line {}", line + 1),
            None => "front matter".to_owned(),
        };
        loop {
            // The message begins with the key.
            let key = message.split([':', '.', '[']).next().unwrap_or_default().to_owned();
            if entry.remove(key.as_str()).is_none() {
                return;
            }
            let rest = serde_yaml::to_string(&entry).unwrap_or_default();
            match crate::text::yaml::<T>(&rest) {
                Ok(entry) => {
                    self.warn_of_unknown_keys(&entry, file, "front matter");
                    return self.warn_of_wrong_values(&entry, file, place);
                }
                Err(err) => {
                    message = err.to_string();
                    let key = message.split([':', '.', '[']).next().unwrap_or_default();
                    self.unreadable(file, &place(key), "", &err);
                }
            }
        }
    }

    /// One warning for each file and key, as tables carry some in every entry.
    fn warn_of_unused_keys(&mut self) {
        for ((file, key), n) in std::mem::take(&mut self.unused) {
            let message = format!("`{key}` is not used; {} it", counted(n, "entry has", "entries have"));
            let help = "remove it if no other program needs it".to_owned();
            self.diagnostics.warn_with_help("unused-key", &file, "", message, help);
        }
    }

    fn warn_of_wrong_values<T: Entry>(&mut self, entry: &T, file: &str, place: impl Fn(&str) -> String) {
        for wrong in entry.wrong_values() {
            self.diagnostics.warn_with_help("wrong-value", file, &place(wrong.key), wrong.message, wrong.help);
        }
    }

    fn warn_of_unknown_keys<T: Entry>(&mut self, entry: &T, file: &str, place: &str) {
        for key in entry.unknown().keys() {
            if T::UNUSED.contains(&key.as_str()) {
                *self.unused.entry((file.to_owned(), key.clone())).or_default() += 1;
                continue;
            }
            let message = format!("unknown key `{key}` is not used");
            let help = match did_you_mean(key, T::KEYS.iter().copied()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("the known keys are {}", T::KEYS.join(", ")),
            };
            self.diagnostics.warn_with_help("unknown-key", file, place, message, help);
        }
    }
}

fn place(err: &serde_yaml::Error) -> String {
    err.location().map_or(String::new(), |at| format!("line {} column {}", at.line(), at.column()))
}

/// Front matter begins on the second line of its file.
fn place_in_front_matter(err: &serde_yaml::Error) -> String {
    err.location().map_or("front matter".to_owned(), |at| format!("line {} column {}", at.line() + 1, at.column()))
}
