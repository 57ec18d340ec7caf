//! **evalcards** turns evaluation records into a web site of Eval Cards, and into the files that
//! carry the results to the models' own repositories on the Hugging Face Hub.
//!
//! # The map
//!
//! A build is a straight line of pure stages between two edges:
//!
//! ```text
//!  content/ ──▶ load ──▶ resolve ──▶ merge ──▶ card ──▶ site, render ──▶ output ──▶ site/
//!  datastore    Inputs   Entities    Dataset     │         pages            ▲
//!               (edge)                           ├──────▶ emit ─────────────┤
//!                                                │        YAML, manifest    │
//!                                                └──────▶ export ───────────┘
//!                                                         API, tables     (edge)
//! ```
//!
//! Publishing stands apart, and meets a build only in files:
//!
//! ```text
//!  site/hub/ ──▶ publish ──(a person confirms)──▶ hub ──▶ pull requests
//!  manifest      audit, review, journal           client
//! ```
//!
//! Read [`build`] first, then [`card`], then [`merge`]. In reading order:
//!
//! | module | what it knows |
//! |---|---|
//! | [`config`] | what `site.yaml` and the command line say |
//! | [`load`] | file formats: datastores, records of all schema versions, metadata |
//! | [`resolve`] | who is who: names to models, benchmarks, metrics, evaluators |
//! | [`merge`] | what is known of each cell: readings side by side, and rankings |
//! | [`card`] | what a page says |
//! | [`emit`] | the Hub's YAML and manifest, and what the page about them says |
//! | [`export`] | what is taken away: API, CSV, tables of the whole site, feeds, badges, sitemaps |
//! | [`site`], [`render`], [`markdown`], [`paths`] | which pages there are, and how they are written down |
//! | [`output`] | how files reach the disk |
//! | [`publish`] | what the Hub holds already, and how pull requests are opened once |
//! | [`hub`] | how to talk to the Hub: tokens, waits, errors |
//! | [`report`], [`diagnostic`] | what to tell the user |
//! | [`names`], [`number`], [`words`], [`date`], [`hash`], [`id`], [`intern`] | small things that the stages share |
//!
//! # Invariants
//!
//! - A bad record is a line on the "not shown" page, never a failed build.
//! - The same inputs give the same bytes, whatever the number of threads.
//! - No stage imports a later one; nothing between load and output touches disk, clock or network.
//! - No score reaches a page or a file without its provenance: file, SHA-256, JSON pointer.
//! - Templates see a card and nothing else.
//! - Nothing is sent to the Hub that a person did not see and confirm, and nothing twice.
//! - The library does not print.

#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::print_stdout, clippy::print_stderr)]

pub mod card;
pub mod config;
pub mod date;
pub mod diagnostic;
pub mod emit;
pub mod export;
pub mod facts;
pub mod hash;
pub mod hub;
pub mod id;
pub mod intern;
pub mod load;
pub mod lock;
pub mod markdown;
pub mod merge;
pub mod names;
pub mod number;
pub mod output;
pub mod paths;
pub mod publish;
pub mod render;
pub mod report;
pub mod resolve;
pub mod site;
pub mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use config::Config;
use diagnostic::{Diagnostic, Diagnostics};
use export::changes::State;
use export::{Export, Exports};
use hash::{Hasher, Sha256};
use load::content::Content;
use load::{Listings, content};
use output::{Output, OutputFile};
use render::Theme;
use report::Report;
use site::{Body, Planned, Site};

/// Is told how a build goes on.
pub trait Progress: Sync {
    /// A stage begins that will take `steps` steps; 0 if that is not known.
    fn stage(&self, name: &'static str, steps: usize);
    /// One step of the stage is done. Called from many threads.
    fn step(&self);
}

/// Builds the site that `config` describes. The findings are sorted.
pub fn build(config: &Config, progress: &dyn Progress) -> Result<(Report, Vec<Diagnostic>)> {
    let mut clock = Clock::new(progress);
    let mut diagnostics = Diagnostics::default();

    clock.stage("list", 0);
    let theme = Theme::new(config.templates.as_deref())?;
    let content = content::read(&config.content, &mut diagnostics)?;
    let listings = Listings::new(config)?;
    if listings.is_empty() && listings.left_out() == 0 {
        let roots: Vec<String> =
            config.datastores.iter().map(|datastore| datastore.root.display().to_string()).collect();
        bail!(
            "there are no records in {}\n  help: put records into data/<collection>/<developer>/<model>/, or name another datastore with --datastore",
            roots.join(" or ")
        );
    }
    let mut output = Output::open(&config.out)?;
    let previous = previous_state(config, &output, &mut diagnostics);
    let base = base_fingerprint(config, &theme, &content, previous.as_deref())?;
    let removed = if config.clean { output.clean()? } else { 0 };

    clock.stage("check what is there", 0);
    if output.was_built_from(base) {
        let fingerprint = listings.verified_digest(config).map(|records| fingerprint(base, records));
        if let Some((report, diagnostics)) = fingerprint.and_then(|fingerprint| output.notes_if_current(fingerprint)) {
            return Ok((clock.up_to_date(report), diagnostics));
        }
    }

    clock.stage("read", listings.len());
    let (inputs, records_digest) = listings.read(config, content, || progress.step());
    if inputs.records.is_empty() {
        let first = inputs.quarantined.first().map(|entry| format!("; the first is {}: {}", entry.file, entry.detail));
        bail!("not one of {} records can be shown{}", inputs.quarantined.len(), first.unwrap_or_default());
    }
    clock.stage("resolve", 0);
    let (entities, resolved) = resolve::resolve(&inputs, &mut diagnostics);
    clock.stage("merge", 0);
    let dataset = merge::merge(inputs, entities, resolved);
    clock.stage("convert", 0);
    let paths = card::Paths::new(&dataset);
    let hub = emit::emit(config, &dataset, &paths);
    for rule in &hub.unused_rules {
        let file = config.content.join("site.yaml").display().to_string();
        let help = "check the spelling, or take the rule out".to_owned();
        diagnostics.warn_with_help("unused-rule", &file, "publish", rule.clone(), help);
    }
    clock.stage("plan", 0);
    let previous = previous.and_then(|bytes| State::read(&bytes).ok());
    let exports = Exports::new(config, &dataset, &paths, previous);
    let site = Site::new(config, &dataset, &theme, &paths, &hub.manifest, &exports, &mut diagnostics);

    let for_robots = export::for_robots(config, &site.addresses());
    let pages = site.planned.iter().map(|planned| SiteFile::Page(&site, planned));
    let yaml = hub.yaml.iter().map(|(path, text)| SiteFile::Yaml(path, text));
    let exported = exports.planned.iter().chain(&for_robots).map(|export| SiteFile::Export(&exports, &site, export));
    let files: Vec<SiteFile> = exported.chain([SiteFile::Manifest(&hub.manifest)]).chain(pages).chain(yaml).collect();
    clock.stage("write", files.len());
    let mut written = output.write(&files, || progress.step())?;
    written.removed += removed;

    let mut report = Report { files: written, ..Report::of(&dataset, &hub) };
    let diagnostics = diagnostics.into_sorted();
    report.diagnostics = diagnostics.len();
    let fingerprint = records_digest.map(|records| fingerprint(base, records));
    output.finish(base, fingerprint, &(&report, &diagnostics))?;
    report.seconds = clock.finish();
    Ok((report, diagnostics))
}

/// A file to write: a page, one to take away, or one for the Hub.
enum SiteFile<'a> {
    Page(&'a Site<'a>, &'a Planned),
    Export(&'a Exports<'a>, &'a Site<'a>, &'a Export),
    Yaml(&'a str, &'a str),
    Manifest(&'a emit::Manifest),
}

impl OutputFile for SiteFile<'_> {
    fn path(&self) -> &str {
        match self {
            SiteFile::Page(_, planned) => &planned.path,
            SiteFile::Export(.., export) => &export.path,
            SiteFile::Yaml(path, _) => path,
            SiteFile::Manifest(_) => emit::MANIFEST,
        }
    }

    fn kind(&self) -> &'static str {
        export::kind_of(self.path())
    }

    fn bytes(&self) -> Result<Cow<'_, [u8]>> {
        let (site, planned) = match self {
            SiteFile::Yaml(_, text) => return Ok(Cow::Borrowed(text.as_bytes())),
            SiteFile::Manifest(manifest) => return Ok(Cow::Owned(manifest.to_json()?)),
            SiteFile::Export(exports, site, export) => return exports.bytes(export, |id| site.tally(id)),
            SiteFile::Page(site, planned) => (site, planned),
        };
        match site.render(planned)? {
            Body::Bytes(bytes) => Ok(Cow::Owned(bytes)),
            Body::CopyOf(path, sha256) => {
                let bytes = fs::read(&path).with_context(|| format!("failed to copy {}", path.display()))?;
                ensure!(
                    Sha256::of(&bytes) == sha256,
                    "{} changed while the site was built; build again",
                    path.display()
                );
                Ok(Cow::Owned(bytes))
            }
        }
    }
}

/// Everything but the records that a build depends on: this program, its options, templates and
/// content. (Threads, and `strict`, change no byte.)
fn base_fingerprint(config: &Config, theme: &Theme, content: &Content, previous: Option<&[u8]>) -> Result<Sha256> {
    let program = std::env::current_exe().and_then(fs::read).context("failed to read this program")?;
    let mut hasher = Hasher::default();
    hasher.add(&program);
    hasher.add(theme.digest().to_string().as_bytes());
    hasher.add(content.digest.finish().to_string().as_bytes());
    // The state in the output folder is what the last build left, and changes nothing by itself.
    if config.site.exports.previous.is_some() {
        hasher.add(previous.unwrap_or_default());
    }
    hasher.add(format!("{:?} {:?} {:?} {:?}", config.datastores, config.base_url, config.day, config.site).as_bytes());
    Ok(hasher.finish())
}

/// What the last build left for this one: in the file that `site.yaml` names, else in the output folder.
fn previous_state(config: &Config, output: &Output, diagnostics: &mut Diagnostics) -> Option<Vec<u8>> {
    let Some(path) = &config.site.exports.previous else { return output.listed_bytes(export::STATE) };
    let path = config.content.join(path);
    let bytes = fs::read(&path).map_err(anyhow::Error::from);
    match bytes.and_then(|bytes| State::read(&bytes).map(|_| bytes)) {
        Ok(bytes) => Some(bytes),
        Err(err) => {
            let message = format!("exports.previous is not the state of a build: {err}");
            let help = "put the published api/v1/state.jsonl there; until then feeds show what records date themselves";
            let file = path.display().to_string();
            diagnostics.warn_with_help("no-previous-state", &file, "exports.previous", message, help.to_owned());
            None
        }
    }
}

fn fingerprint(base: Sha256, records: Sha256) -> Sha256 {
    let mut hasher = Hasher::default();
    hasher.add(base.to_string().as_bytes());
    hasher.add(records.to_string().as_bytes());
    hasher.finish()
}

/// Wall time by stage.
struct Clock<'a> {
    progress: &'a dyn Progress,
    start: Instant,
    current: Option<(&'static str, Instant)>,
    seconds: BTreeMap<String, f64>,
}

impl<'a> Clock<'a> {
    fn new(progress: &'a dyn Progress) -> Self {
        Clock { progress, start: Instant::now(), current: None, seconds: BTreeMap::new() }
    }

    fn stage(&mut self, name: &'static str, steps: usize) {
        self.end_stage();
        self.current = Some((name, Instant::now()));
        self.progress.stage(name, steps);
    }

    fn end_stage(&mut self) {
        if let Some((name, start)) = self.current.take() {
            self.seconds.insert(name.to_owned(), start.elapsed().as_secs_f64());
        }
    }

    fn finish(mut self) -> BTreeMap<String, f64> {
        self.end_stage();
        self.seconds.insert("total".to_owned(), self.start.elapsed().as_secs_f64());
        self.seconds
    }

    /// The report of the last build, for one that has nothing to do.
    fn up_to_date(self, last: Report) -> Report {
        let files = output::Written {
            written: 0,
            unchanged: last.files.written + last.files.unchanged,
            removed: 0,
            ..last.files
        };
        Report { up_to_date: true, files, seconds: self.finish(), ..last }
    }
}
