//! *Content* is what people write in addition to records: metadata of models, benchmarks, organisations,
//! collections and metrics, and pages of prose.
//!
//! It is read from Markdown with YAML front matter (`models/<org>/<model>.md`,
//! `benchmarks/<slug>.md`, `pages/*.md`) and from YAML tables (`models.yaml`, …). A file or entry
//! that cannot be read is an error diagnostic and left out; an unknown key is a warning.

mod hub_files;
mod mistakes;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rayon::prelude::*;
use walkdir::WalkDir;

use super::attestation::{self, Attestation};
use super::benchmark_card::ExternalBenchmarkCard;
use super::editor;
use super::eval_yaml::EvalYaml;
use super::front_matter::{self, Fence};
use super::hub_benchmark::{self, HubBenchmark};
use super::hub_facts::HubFacts;
use super::id_rewrite::{self, IdRewrite};
use super::measurement_rules::{self, MeasurementRules};
use super::metadata::{
    AliasMeta, BenchmarkMeta, CollectionMeta, MetadataEntry, MetricMeta, ModelMeta, OrganizationMeta, ProsePage,
};
use super::platform::{self, Platforms};
use super::precedence;
use super::unread;
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::hash::{Hasher, Sha256};
use crate::language::BUILT_IN_PAGES;
use crate::markdown;
use crate::text::{self, NotText};

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
    /// What may be removed from ids of models.
    pub id_rewrites: Vec<IdRewrite>,
    /// `measurement.yaml`, then the built-in rules.
    pub measurement: MeasurementRules,
    /// The built-in table of platforms that run models of others.
    pub platforms: Platforms,
    /// `benchmark-cards/*.json`.
    pub benchmark_cards: Vec<ExternalBenchmarkCard>,
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

/// A page that every site has; a site's own `pages/<id>.md` takes its place. Its title and text are among the words of
/// the interface.
fn built_in_page(id: &str) -> ProsePage {
    ProsePage { id: id.to_owned(), nav_order: Some(2), ..ProsePage::default() }
}

/// Reads `folder`; one that does not exist gives the built-in tables only.
pub fn read(folder: &Path, diagnostics: &mut Diagnostics) -> Result<Content> {
    let mut reader =
        ContentReader { content: Content::default(), diagnostics, unused: BTreeMap::new(), read: BTreeSet::new() };
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
    for id in BUILT_IN_PAGES {
        if !content.pages.iter().any(|page| page.id == id) {
            content.pages.push(built_in_page(id));
        }
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
    content.id_rewrites = serde_yaml::from_str(id_rewrite::BUILT_IN).context("the built-in id rewrites are broken")?;
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
enum ContentPage<T> {
    NotText(NotText),
    NoFrontMatter(Fence),
    /// Front matter and prose, and the front matter as it stands.
    Entry(serde_yaml::Result<T>, String, String),
}

impl<T: MetadataEntry> ContentPage<T> {
    /// Reads a file; gives its bytes too.
    fn read(path: &Path) -> Result<(Vec<u8>, ContentPage<T>)> {
        let bytes = text::bytes(path).with_context(|| format!("failed to read {}", path.display()))?;
        let page = match text::decode(&bytes) {
            Err(err) => ContentPage::NotText(err),
            Ok(text) => match front_matter::split(&text) {
                Err(fence) => ContentPage::NoFrontMatter(fence),
                Ok(parts) => {
                    let prose = parts.prose.to_owned();
                    ContentPage::Entry(crate::text::yaml(&parts.front_matter), prose, parts.front_matter.into_owned())
                }
            },
        };
        Ok((bytes, page))
    }
}

struct ContentReader<'a> {
    content: Content,
    diagnostics: &'a mut Diagnostics,
    /// By file and key: in how many entries a key stands that nothing reads.
    unused: BTreeMap<(String, String), usize>,
    /// The files that were read, or told of by themselves.
    read: BTreeSet<PathBuf>,
}

impl ContentReader<'_> {
    /// Tells of files that stand where folders are read.
    fn files_for_folders(&mut self, folder: &Path) {
        for name in ["models", "benchmarks", "pages", "benchmark-cards", "hub"] {
            let path = folder.join(name);
            if path.exists() && !path.is_dir() {
                let message = "is a file; a folder is expected".to_owned();
                let help = "rename the file, or put it into a folder of this name";
                self.diagnostics.error(DiagnosticCode::NotAFolder, &path.display().to_string(), "", message, help);
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
                (DiagnosticCode::EditorCopy, "is a copy that an editor left; it is not read", help)
            } else if unread::is_aside(&entry.file_name().to_string_lossy().to_lowercase()) {
                continue;
            } else {
                let message = if is_link { "is a link; links are not read" } else { "is not read" };
                (DiagnosticCode::UnknownFile, message, unread::help(path, is_link))
            };
            self.content.digest.add(file.as_bytes());
            self.diagnostics.warn_with_help(code, &file, "", message.to_owned(), help);
        }
    }

    /// Reads all Markdown files below `folder`; `keep` gets content, entry, file, stem and prose.
    fn markdown<T: MetadataEntry + Send>(
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
        let pages: Vec<Result<(Vec<u8>, ContentPage<T>)>> =
            paths.par_iter().map(|path| ContentPage::read(path)).collect();
        for (path, page) in paths.iter().zip(pages) {
            let (bytes, page) = page?;
            let file = path.display().to_string();
            self.read.insert(path.clone());
            self.content.digest.add(file.as_bytes());
            self.content.digest.add(&bytes);
            match page {
                ContentPage::NotText(err) => self.not_text(&file, &err),
                ContentPage::NoFrontMatter(fence) => {
                    let help = "start the file with a line `---`, the metadata, and another line `---`";
                    self.diagnostics.error(DiagnosticCode::NoFrontMatter, &file, "line 1", fence.to_string(), help);
                }
                ContentPage::Entry(Ok(meta), ..) if !T::MAY_LACK_ID && meta.id().trim().is_empty() => {
                    let help = "add an `id`; names are matched by it";
                    self.diagnostics.error(DiagnosticCode::NoId, &file, "front matter", "has no `id`".to_owned(), help);
                }
                ContentPage::Entry(Ok(meta), prose, yaml) => {
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
                        self.diagnostics.warn_with_help(DiagnosticCode::DeepNesting, &file, "", message, help);
                    }
                    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                    keep(&mut self.content, meta, file, stem, prose);
                }
                ContentPage::Entry(Err(err), _, yaml) => self.unreadable_entry::<T>(&file, &yaml, &err),
            }
        }
        Ok(())
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
            NotText::TooLarge => (DiagnosticCode::TooLarge, "split it into several files"),
            NotText::Utf16 | NotText::NotUtf8(_) => (DiagnosticCode::NotUtf8, "save the file as UTF-8"),
        };
        self.diagnostics.error(code, file, "", err.to_string(), help);
    }
}
