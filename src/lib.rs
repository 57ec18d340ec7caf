//! **evalcards** turns evaluation records into a web site of Eval Cards, and into the files that
//! carry the results to the models' own repositories on the Hugging Face Hub.
//!
//! # The map
//!
//! A build is a straight line of pure stages between two edges:
//!
//! ```text
//!  content/ ──▶ load ──▶ resolve ──▶ mark ──▶ merge ──▶ signal, chart ──▶ card ──▶ site, render ──▶ output ──▶ site/
//!  datastore    Inputs   Entities   Marks    Dataset                      │         pages            ▲
//!               (edge)                                                     ├──────▶ find ─────────────┤
//!                                                                          │        script data      │
//!                                                                          ├──────▶ emit ─────────────┤
//!                                                                          │        YAML, manifest    │
//!                                                                          └──────▶ export ───────────┘
//!                                                                                   API, tables     (edge)
//! ```
//!
//! Fetching and publishing stand apart, and meet a build only in files:
//!
//! ```text
//!  hub ──▶ fetch ──▶ content/datastore/, datastore.lock, content/hub/
//!
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
//! | [`mark`] | what is proven of a record's origin, axis by axis, and by which evidence |
//! | [`merge`] | what is known of each cell: readings side by side, and rankings |
//! | [`signal`] | what results show beyond their values: set-up, comparability, saturation … |
//! | [`chart`] | where the marks of a chart stand |
//! | [`card`] | what a page says |
//! | [`emit`] | the Hub's YAML and manifest, and what the page about them says |
//! | [`find`] | what the script looks things up in: search, filters, comparison |
//! | [`export`] | what is taken away: API, CSV, tables of the whole site, feeds, badges, sitemaps |
//! | [`site`], [`render`], [`language`], [`markdown`], [`paths`] | which pages there are, and how they are written down |
//! | [`stages`] | all that lies between load and output, as one step |
//! | [`output`] | how files reach the disk |
//! | [`init`] | what a new project holds |
//! | [`serve`] | how the site is shown while it is written |
//! | [`check`] | what is wrong with content, pages, links and numbers |
//! | [`fetch`], [`lock`], [`facts`] | how records and facts come from the Hub, and what was brought |
//! | [`publish`] | what the Hub holds already, and how pull requests are opened once |
//! | [`hub`] | how to talk to the Hub: tokens, waits, errors |
//! | [`report`], [`diagnostic`] | what to tell the user |
//! | [`address`], [`names`], [`number`], [`words`], [`text`], [`date`], [`hash`], [`id`], [`intern`] | small things that the stages share |
//!
//! # Terms
//!
//! One word for one thing, in code, pages and messages.
//!
//! | term | meaning |
//! |---|---|
//! | record | one JSON file of Every Eval Ever: a model, a source, and results |
//! | collection, datastore | the records of one submission channel; a folder of collections |
//! | object | a record file that an index lists, known by its SHA-256 |
//! | lock file | the commit, path and SHA-256 of each object that `fetch` downloaded |
//! | left out | a record or result that is not shown; each has a [reason](load::quarantine::Reason) |
//! | result, score | a measurement in a record with its metric and settings; its number |
//! | model, variant | what is evaluated; a snapshot, quantisation or reasoning effort of it |
//! | benchmark, slice, test part | the test; a benchmark or one of its parts; the subjects, split and version that a result covers |
//! | evaluator, developer | the organisation that reports a result; the one that made the model |
//! | step | the rule by which a name was matched: its own name, an alias, a normal form … |
//! | id rewrite | what may be removed from a model's id before it is looked up again |
//! | evidence level | how far a result is traced: claimed, traced, submitter known, submitted by its source |
//! | attestation, standing | a statement of this site about records; whether a result is current, disputed or withdrawn |
//! | reading | a result after matching, in the [`Dataset`](merge::Dataset) |
//! | measurement, cell, ranking | what makes scores comparable; the readings of one model for one measurement; its models in order, for one evaluator |
//! | conflict | scores of one cell that differ by more than the threshold |
//! | signal | what readings show beyond their values |
//! | set-up, setting | how a result was obtained; one stated value of it |
//! | card, page, document | what a page says; its HTML; its JSON |
//! | fact | a line of what the Hub said, with the time of retrieval |
//! | candidate, target | a result that could be proposed to the Hub; the repository, dataset and task that it is for |
//! | skip reason | why a result is no candidate |
//! | proposal | a pull request of ours |
//! | diagnostic | a finding about an input file, with its code, place and remedy |
//! | code | a stable, machine-readable name, as `wrong-hash` |
//!
//! # Invariants
//!
//! - Two numbers share a ranking, a cell or a difference only if they are of one *measurement*: benchmark and part
//!   (subjects, languages, split, version), metric with its parameters, kind of score, judges and how they are joined,
//!   direction, scale. [`resolve`] tells these from a record, [`merge`] holds them together. All else is a condition.
//! - A bad record is a line on the "not shown" page, never a failed build.
//! - The same inputs give the same bytes, whatever the number of threads.
//! - No module imports a later one. Only the modules at an edge touch disk, clock, environment or network: of those that
//!   a build uses these are [`config`], [`lock`], [`load`], [`text`] (which reads files for them), [`render`] for templates
//!   of the site, [`output`], and [`stages`] for records that a site copies. `tests/it/layers.rs` lists all.
//! - No score reaches a page or a file without its provenance: file, SHA-256, JSON pointer.
//! - Templates see a card and nothing else. Pages are complete without the script.
//! - Nothing is sent to the Hub that a person did not see and confirm, and nothing twice.
//! - The library does not print.

#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::print_stdout, clippy::print_stderr)]

pub mod address;
pub mod card;
pub mod chart;
pub mod check;
pub(crate) mod codes;
pub mod config;
pub mod date;
pub mod diagnostic;
pub mod emit;
pub mod export;
pub mod facts;
pub mod fetch;
pub mod find;
pub mod hash;
pub mod hub;
pub mod id;
pub mod init;
pub mod intern;
pub mod language;
pub mod load;
pub mod lock;
pub mod mark;
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
pub mod serve;
pub mod signal;
pub mod site;
pub mod stages;
pub mod text;
pub mod words;

use std::collections::BTreeMap;
use std::fs;
use std::time::{Instant, SystemTime};

use anyhow::{Context, Result};

use config::Config;
use diagnostic::{Diagnostic, Diagnostics, Severity};
use hash::{Hasher, Sha256};
use load::content::{self, Content};
use output::Output;
use render::Theme;
use report::BuildReport;
use stages::{Prepared, Previous};

/// Is told how a build goes on.
pub trait Progress: Sync {
    /// A stage begins that will take `steps` steps; 0 if that is not known.
    fn stage(&self, name: &'static str, steps: usize);
    /// One step of the stage is done. Called from many threads.
    fn step(&self);
    /// A stage begins that brings `files` files of `bytes` bytes together.
    fn transfer(&self, name: &'static str, files: usize, _bytes: u64) {
        self.stage(name, files);
    }
    /// So many bytes more of a file of the transfer have passed.
    fn passed(&self, _bytes: u64) {}
    /// A file of the transfer is there; `bytes` of it were not told before.
    fn received(&self, _bytes: u64) {
        self.step();
    }
}

/// Nobody is told.
impl Progress for () {
    fn stage(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
}

/// Builds the site that `config` describes. The findings are sorted.
pub fn build(config: &Config, progress: &dyn Progress) -> Result<(BuildReport, Vec<Diagnostic>)> {
    let mut clock = Clock::new(progress);
    let mut diagnostics = Diagnostics::default();

    clock.stage("list", 0);
    let (theme, inputs) = rayon::join(
        || Theme::new(config.templates.as_deref(), &config.site.language),
        || anyhow::Ok((content::read(&config.content, &mut diagnostics)?, stages::listings(config, &mut diagnostics)?)),
    );
    let (theme, (content, listings)) = (theme?, inputs?);
    let mut output = Output::open(&config.out)?;
    let previous = stages::previous(config, || output.listed_bytes(export::STATE), &mut diagnostics);
    let base = base_fingerprint(program_stamp()?, config, &theme, &content, &previous);
    let removed = if config.clean { output.clean()? } else { 0 };

    clock.stage("check what is there", 0);
    if output.was_built_from(base) {
        let fingerprint = listings.verified_digest(config).map(|records| fingerprint(base, records));
        if let Some((report, diagnostics)) = fingerprint.and_then(|fingerprint| output.notes_if_current(fingerprint)) {
            return Ok((clock.up_to_date(report), diagnostics));
        }
    }

    clock.stage("read", listings.len());
    let (inputs, records_digest) = listings.read(config, content, &mut diagnostics, progress);
    stages::ensure_sound(&inputs)?;
    let prepared = Prepared::new(config, inputs, theme.language(), &mut diagnostics, |name| clock.stage(name, 0));
    clock.stage("plan", 0);
    let exports = prepared.exports(config, previous.into_state());
    // What the script looks things up in takes both threads, the plan only one.
    let (site, _) = rayon::join(
        || {
            exports.compare();
            prepared.site(config, &theme, &exports, &mut diagnostics)
        },
        || prepared.data(),
    );
    let files = prepared.files(&site);
    clock.stage("write", files.len());
    let mut written = output.write(&files, || progress.step())?;
    written.removed += removed;

    let mut report = BuildReport {
        files: written,
        merged_by_rule: site.merged.by_rule(&prepared.dataset),
        unresolved: site.merged.unresolved().iter().map(|(kind, n)| ((*kind).to_owned(), *n)).collect(),
        ..BuildReport::of(&prepared.dataset, &prepared.hub)
    };
    let diagnostics = diagnostics.into_sorted();
    report.diagnostics = diagnostics.len();
    report.errors = diagnostics.iter().filter(|finding| finding.severity == Severity::Error).count();
    let fingerprint = records_digest.map(|records| fingerprint(base, records));
    output.finish(base, fingerprint, &(&report, &diagnostics))?;
    report.seconds = clock.finish();
    Ok((report, diagnostics))
}

/// Everything but the records that a build depends on: this program, its options, templates and
/// content. (Threads, and `strict`, change no byte.)
fn base_fingerprint(program: Sha256, config: &Config, theme: &Theme, content: &Content, previous: &Previous) -> Sha256 {
    let mut hasher = Hasher::default();
    hasher.add(program.to_string().as_bytes());
    hasher.add(theme.digest().to_string().as_bytes());
    hasher.add(content.digest.finish().to_string().as_bytes());
    // The state in the output folder is what the last build left, and changes nothing by itself.
    if let Previous::Named(sha256, _) = previous {
        hasher.add(sha256.to_string().as_bytes());
    }
    hasher.add(format!("{:?} {:?} {:?} {:?}", config.datastores, config.base_url, config.day, config.site).as_bytes());
    hasher.finish()
}

/// Another version of this program may make other pages of the same inputs. Its size and its time of modification tell it
/// from others, as they tell `make` and `cargo`: to hash its bytes took longer than to build a small site.
fn program_stamp() -> Result<Sha256> {
    let stamp = std::env::current_exe().and_then(fs::metadata).and_then(|file| Ok((file.len(), file.modified()?)));
    let (bytes, modified) = stamp.context("failed to find this program")?;
    let modified = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut hasher = Hasher::default();
    hasher.add(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.add(&bytes.to_le_bytes());
    hasher.add(&modified.as_nanos().to_le_bytes());
    Ok(hasher.finish())
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
    fn up_to_date(self, last: BuildReport) -> BuildReport {
        let files = output::Written {
            written: 0,
            unchanged: last.files.written + last.files.unchanged,
            removed: 0,
            ..last.files
        };
        BuildReport { up_to_date: true, files, seconds: self.finish(), ..last }
    }
}
