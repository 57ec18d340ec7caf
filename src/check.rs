//! *Check* reports what is wrong and where: everything a build finds, and what only the finished pages show.
//!
//! [`check`] makes every page in memory and writes nothing; [`published`] reads a finished site, in
//! a folder or at an address, and compares its numbers with the records they name.

pub mod explain;
mod html;
mod links;
pub mod name;
pub mod next;
mod pair;
mod published;
mod samples;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Result;
use rayon::prelude::*;
use serde::Serialize;

use crate::Progress;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, DiagnosticCode, Diagnostics};
use crate::export::{self, SharedCards};
use crate::language::Language;
use crate::load::content;
use crate::merge::Dataset;
use crate::output;
use crate::output::OutputFile;
use crate::render::Theme;
use crate::stages::{self, Prepared};
use html::PageParts;

pub use published::published;

/// A page larger than this is slow to read on a phone.
const LARGE_PAGE: u64 = 2 << 20;
/// GitHub Pages publishes no more.
const LARGE_SITE: u64 = 1 << 30;

/// What was looked at, and what was found.
#[derive(Debug, Default, Serialize)]
pub struct Checked {
    /// Records shown.
    pub records: usize,
    /// Scores that were verified against their records; for a finished site only.
    pub numbers: usize,
    /// Pages.
    pub pages: usize,
    /// Links within the site.
    pub links: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Sorted.
    pub findings: Vec<Diagnostic>,
}

/// All that pages are made of, for a question about it; what a build would find is not told.
fn prepared(config: &Config) -> Result<Prepared> {
    let mut found = Diagnostics::default();
    let content = content::read(&config.content, &mut found)?;
    let listings = stages::listings(config, &mut found)?;
    let (inputs, _) = listings.read(config, content, &mut found, &());
    stages::ensure_sound(&inputs)?;
    Ok(Prepared::new(config, inputs, Language::english(), &mut found, |_| ()))
}

/// What a look at one file gave.
struct Seen {
    bytes: u64,
    parts: Option<PageParts>,
    on_disk: OnDisk,
}

#[derive(Clone, Copy, PartialEq)]
enum OnDisk {
    Same,
    Different,
    Missing,
}

/// Checks the project that `config` describes, and `site/` if it was built.
pub fn check(config: &Config, progress: &dyn Progress) -> Result<Checked> {
    let mut found = Diagnostics::default();
    progress.stage("list", 0);
    let theme = Theme::new(config.templates.as_deref(), &config.site.language)?;
    let content = content::read(&config.content, &mut found)?;
    let listings = stages::listings(config, &mut found)?;
    progress.stage("read", listings.len());
    let (inputs, _) = listings.read(config, content, &mut found, progress);
    stages::ensure_sound(&inputs)?;
    let prepared = Prepared::new(config, inputs, theme.language(), &mut found, |name| progress.stage(name, 0));
    faults(config, &prepared.dataset, &mut found);
    orphans(config, &prepared.dataset, &mut found);
    samples::warn(&prepared.dataset, &mut found);
    let of_output = || fs::read(config.out.join(export::STATE)).ok();
    let previous = stages::previous(config, of_output, &mut found).into_state();
    let exports = prepared.exports(config, previous);
    let site = prepared.site(config, &theme, &exports, &mut found);
    let files = prepared.files(&site);
    progress.stage("check pages", files.len());
    let seen: Vec<Seen> = (files.par_iter())
        .map(|file| {
            progress.step();
            let bytes = file.bytes(&mut SharedCards::default())?;
            let parts = file.path().ends_with(".html").then(|| html::parts(&String::from_utf8_lossy(&bytes)));
            Ok(Seen { bytes: bytes.len() as u64, parts, on_disk: on_disk(&config.out.join(file.path()), &bytes) })
        })
        .collect::<Result<_>>()?;
    let paths: Vec<&str> = files.iter().map(OutputFile::path).collect();
    sizes(config, &paths, &seen, &mut found);
    stale(config, &paths, &seen, &mut found)?;
    let pages = paths.iter().zip(&seen);
    let pages = pages.filter_map(|(path, seen)| Some((path.strip_prefix("pages/")?, seen.parts.as_ref())));
    let links = links::check(&config.out.join("pages"), config.base_url.as_deref(), pages, &mut found);
    Ok(Checked {
        records: prepared.dataset.inputs.records.len(),
        numbers: 0,
        pages: seen.iter().filter(|seen| seen.parts.is_some()).count(),
        links,
        bytes: seen.iter().map(|seen| seen.bytes).sum(),
        findings: found.into_sorted(),
    })
}

/// Records and results that are left out for a fault.
fn faults(config: &Config, dataset: &Dataset, found: &mut Diagnostics) {
    for entry in dataset.inputs.quarantined.iter().filter(|entry| entry.reason.is_fault()) {
        let root = &config.datastores[usize::from(entry.datastore)].root;
        let file = root.join(&*entry.file).display().to_string();
        found.left_out(
            entry.reason.code(),
            &file,
            &entry.place,
            entry.detail.to_string(),
            Language::english().phrase(entry.reason.key()),
        );
    }
}

/// Collections that are described and not there. (What no record names of models and benchmarks is
/// found when names are resolved.)
fn orphans(config: &Config, dataset: &Dataset, found: &mut Diagnostics) {
    let collections: BTreeSet<&str> = dataset.inputs.records.iter().map(|loaded| &*loaded.origin.collection).collect();
    let file = config.content.join("collections.yaml").display().to_string();
    let described = dataset.inputs.content.collections.iter();
    for meta in described.filter(|meta| !collections.contains(meta.id.as_str())) {
        let message = format!("1 entry describes a collection without records: `{}`", meta.id);
        let help = "check the spelling, or keep it for future records".to_owned();
        found.warn_with_help(DiagnosticCode::UnusedMetadata, &file, "", message, help);
    }
}

fn on_disk(path: &Path, bytes: &[u8]) -> OnDisk {
    match fs::metadata(path) {
        Err(_) => OnDisk::Missing,
        Ok(found) if found.len() != bytes.len() as u64 => OnDisk::Different,
        Ok(_) => match fs::read(path) {
            Ok(found) if found == bytes => OnDisk::Same,
            _ => OnDisk::Different,
        },
    }
}

fn sizes(config: &Config, paths: &[&str], seen: &[Seen], found: &mut Diagnostics) {
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    for (path, seen) in paths.iter().zip(seen).filter(|(_, seen)| seen.parts.is_some() && seen.bytes > LARGE_PAGE) {
        let file = config.out.join(path).display().to_string();
        let message = format!("the page has {}, more than {}", megabytes(seen.bytes), megabytes(LARGE_PAGE));
        found.warn_with_help(
            DiagnosticCode::LargePage,
            &file,
            "",
            message,
            "shorten its text or its template".to_owned(),
        );
    }
    let of_pages = paths.iter().zip(seen).filter(|(path, _)| path.starts_with("pages/"));
    let total: u64 = of_pages.map(|(_, seen)| seen.bytes).sum();
    if total > LARGE_SITE {
        let file = config.out.join("pages").display().to_string();
        let message =
            format!("the site has {}, and GitHub Pages publishes up to {}", megabytes(total), megabytes(LARGE_SITE));
        let help =
            "set `datastore.repo` in site.yaml to where the records are public, so that the site needs no copies";
        found.warn_with_help(DiagnosticCode::LargeSite, &file, "", message, help.to_owned());
    }
}

/// Whether `site/` is what a build would write now; nothing is said of a site that was never built.
fn stale(config: &Config, paths: &[&str], seen: &[Seen], found: &mut Diagnostics) -> Result<()> {
    let Some(listed) = output::listed(&config.out)? else { return Ok(()) };
    let current: BTreeSet<&str> = paths.iter().copied().collect();
    let different = paths.iter().zip(seen).filter(|(_, seen)| seen.on_disk != OnDisk::Same).map(|(path, _)| *path);
    let extra = listed.iter().map(String::as_str).filter(|path| !current.contains(path));
    let stale: Vec<&str> = different.chain(extra).collect();
    if let Some(first) = stale.first() {
        let message = format!(
            "{} of {} files are out of date; the first is {first}",
            stale.len(),
            current.union(&listed.iter().map(String::as_str).collect()).count()
        );
        let help = "run `evalcards build` again, or pass `check` the options of that build";
        found.warn_with_help(
            DiagnosticCode::StaleSite,
            &config.out.display().to_string(),
            "",
            message,
            help.to_owned(),
        );
    }
    Ok(())
}
