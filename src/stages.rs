//! The *stages* between the two edges, as `build`, `serve` and `check` share them.
//!
//! Records are read once, which is slow; [`Prepared`] is what all later stages make of them,
//! and can be made again with other content. The list of files is complete before the first is made.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail, ensure};

use crate::card::{Cards, Paths};
use crate::config::Config;
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::emit::{self, HubFiles, Manifest};
use crate::export::changes::ChangeState;
use crate::export::{self, Export, Exports, SharedCards};
use crate::find::{self, DataFile};
use crate::hash::Sha256;
use crate::language::Language;
use crate::load::{Inputs, Listings, captures};
use crate::mark;
use crate::merge::{self, Dataset};
use crate::output::OutputFile;
use crate::render::Theme;
use crate::resolve;
use crate::signal::{self, Signals};
use crate::site::{Body, Planned, Site};
use crate::words;

/// Lists all datastores of `config`; it is an error if there is nothing in them.
pub fn listings(config: &Config, diagnostics: &mut Diagnostics) -> Result<Listings> {
    let listings = Listings::new(config, diagnostics)?;
    if listings.is_empty() && listings.left_out() == 0 {
        let roots: Vec<String> =
            config.datastores.iter().map(|datastore| datastore.root.display().to_string()).collect();
        bail!(
            "there are no records in {}\n  help: put records into data/<collection>/<developer>/<model>/, or pass another datastore with --datastore",
            roots.join(" or ")
        );
    }
    Ok(listings)
}

/// It is an error if not one record can be shown, or if an attestation does not fit the records.
pub fn ensure_sound(inputs: &Inputs) -> Result<()> {
    if inputs.records.is_empty() {
        let files: BTreeSet<_> = inputs.quarantined.iter().map(|entry| (entry.datastore, &entry.file)).collect();
        let first = inputs.quarantined.first().map(|entry| {
            let file = inputs.datastores[usize::from(entry.datastore)].root.join(&*entry.file);
            let place = if entry.place.is_empty() { String::new() } else { format!(", {}", entry.place) };
            format!(
                "\n  {}{place}: {}\n  help: fix or remove that file; one valid record is enough",
                file.display(),
                entry.detail
            )
        });
        let n = words::counted(files.len(), "file was", "files were");
        bail!("no record can be shown; {n} read{}", first.unwrap_or_default());
    }
    mark::check(&inputs.content, inputs)
}

/// All that pages and files are made of.
pub struct Prepared {
    /// What is known.
    pub dataset: Dataset,
    /// The signals of its results.
    pub signals: Signals,
    /// Where the pages will stand.
    pub paths: Paths,
    /// What is made for the Hub.
    pub hub: HubFiles,
    /// What the script speaks.
    language: Language,
    data: OnceLock<Vec<DataFile>>,
}

impl Prepared {
    /// Resolves, marks, merges and converts `inputs`; what the script finds is said in `language`. `stage` is told the name of each stage as it begins.
    pub fn new(
        config: &Config,
        mut inputs: Inputs,
        language: &Language,
        diagnostics: &mut Diagnostics,
        mut stage: impl FnMut(&'static str),
    ) -> Prepared {
        // Facts alone do not say which day it is: they may be older than the records.
        let today = config.day.and(mark::known_day(&inputs.content, config.day));
        inputs.drop_impossible_days(today, diagnostics);
        captures::join(&mut inputs);
        captures::warn_of_repeated_runs(&inputs, diagnostics);
        inputs.warn_of_unreadable_times(diagnostics);
        inputs.warn_of_unexpected_types(diagnostics);
        inputs.warn_of_missing_fields(diagnostics);
        inputs.warn_of_wrong_hashes(diagnostics);
        inputs.warn_of_no_copies(diagnostics);
        stage("resolve");
        let (entities, resolved) = resolve::resolve(&inputs, diagnostics);
        stage("mark");
        mark::warn_of_last_days(&inputs.content, config.day, diagnostics);
        let marks = mark::mark(&inputs, &entities, &resolved, config.day);
        stage("merge");
        let dataset = merge::merge(inputs, entities, resolved, marks);
        signal::warn_of_impossible_uncertainty(&dataset, diagnostics);
        dataset.warn_of_contradictions(diagnostics);
        dataset.warn_of_scores_out_of_range(diagnostics);
        stage("convert");
        let paths = Paths::new(&dataset);
        let hub = emit::emit(config, &dataset, &paths);
        for rule in &hub.unused_rules {
            let file = config.content.join("site.yaml").display().to_string();
            let (message, help) = (rule.message.clone(), rule.help.clone());
            diagnostics.warn_with_help(DiagnosticCode::UnusedRule, &file, "publish", message, help);
        }
        Prepared {
            signals: Signals::new(&dataset),
            dataset,
            paths,
            hub,
            language: language.clone(),
            data: OnceLock::new(),
        }
    }

    /// What the script looks things up in; made when it is first asked for, as pages do not need it.
    pub fn data(&self) -> &[DataFile] {
        self.data.get_or_init(|| find::files(&self.dataset, &self.signals, &self.paths, &self.language))
    }

    /// The same for a script that speaks `language`.
    pub fn said_in(self, language: &Language) -> Prepared {
        Prepared { language: language.clone(), data: OnceLock::new(), ..self }
    }

    /// The plan of all that is taken away; `previous` is what the last build left.
    pub fn exports<'a>(&'a self, config: &'a Config, previous: Option<ChangeState>) -> Exports<'a> {
        Exports::new(config, &self.dataset, &self.signals, &self.paths, &self.hub, previous)
    }

    /// The plan of all pages, which lead to `exports`.
    pub fn site<'a>(
        &'a self,
        config: &'a Config,
        theme: &'a Theme,
        exports: &'a Exports<'a>,
        diagnostics: &mut Diagnostics,
    ) -> Site<'a> {
        let cards = Cards::at(&self.dataset, &self.signals, &self.paths, theme.language(), "");
        Site::new(config, &cards, theme, &self.hub, exports, diagnostics)
    }

    /// Every file of the output folder.
    pub fn files<'a>(&'a self, site: &'a Site<'a>) -> Vec<SiteFile<'a>> {
        let yaml = self.hub.yaml.iter().map(|(path, text)| SiteFile::Yaml(path, text));
        let data = self.data().iter().map(SiteFile::Data);
        // What takes longest comes first.
        let manifest = [SiteFile::Manifest(&self.hub.manifest)];
        let exported = self.exported(site).chain(manifest);
        exported.chain(self.pages(site)).chain(data).chain(yaml).collect()
    }

    /// What a browser asks for, but for [`Prepared::data`].
    pub fn shown<'a>(&'a self, site: &'a Site<'a>) -> Vec<SiteFile<'a>> {
        self.pages(site).chain(self.exported(site)).collect()
    }

    fn pages<'a>(&'a self, site: &'a Site<'a>) -> impl Iterator<Item = SiteFile<'a>> {
        site.planned.iter().map(|planned| SiteFile::Page(site, planned))
    }

    fn exported<'a>(&'a self, site: &'a Site<'a>) -> impl Iterator<Item = SiteFile<'a>> {
        site.exports.planned.iter().chain(&site.for_robots).map(|export| SiteFile::Export(site, export))
    }
}

/// What the last build left for this one.
pub enum Previous {
    /// In the output folder, if anything; read when it is needed.
    InOutput(Option<Vec<u8>>),
    /// In the file that `site.yaml` names: the hash of its bytes, and what they say, if they are a state.
    Named(Sha256, Option<ChangeState>),
}

impl Previous {
    /// What it says.
    pub fn into_state(self) -> Option<ChangeState> {
        match self {
            Previous::InOutput(bytes) => ChangeState::read(&bytes?).ok(),
            Previous::Named(_, state) => state,
        }
    }
}

/// What the last build left: in the file that `site.yaml` names, else by `of_output`.
pub fn previous(
    config: &Config,
    of_output: impl FnOnce() -> Option<Vec<u8>>,
    diagnostics: &mut Diagnostics,
) -> Previous {
    let Some(path) = &config.site.exports.previous else { return Previous::InOutput(of_output()) };
    let path = config.content.join(path);
    let bytes = fs::read(&path);
    let sha256 = Sha256::of(bytes.as_deref().unwrap_or_default());
    let state = bytes.map_err(anyhow::Error::from).and_then(|bytes| ChangeState::read(&bytes));
    let state = state.map_err(|err| {
        let message = format!("exports.previous does not contain the state of a build: {err}");
        let help = "put the published api/v1/state.jsonl.gz there; until then feeds use the dates in the records";
        let file = path.display().to_string();
        diagnostics.warn_with_help(
            DiagnosticCode::NoPreviousState,
            &file,
            "exports.previous",
            message,
            help.to_owned(),
        );
    });
    Previous::Named(sha256, state.ok())
}

/// A file of the output: a page, data for the script, a download, or a file for the Hub.
pub enum SiteFile<'a> {
    /// A file of the web site.
    Page(&'a Site<'a>, &'a Planned),
    /// What the script looks things up in.
    Data(&'a DataFile),
    /// What is taken away.
    Export(&'a Site<'a>, &'a Export),
    /// Evaluation results of one model: path and text.
    Yaml(&'a str, &'a str),
    /// What can be proposed to the Hub.
    Manifest(&'a Manifest),
}

impl<'a> OutputFile for SiteFile<'a> {
    type Shared = SharedCards<'a>;

    fn path(&self) -> &str {
        match self {
            SiteFile::Page(_, planned) => &planned.path,
            SiteFile::Data(file) => &file.path,
            SiteFile::Export(_, export) => &export.path,
            SiteFile::Yaml(path, _) => path,
            SiteFile::Manifest(_) => emit::MANIFEST,
        }
    }

    fn kind(&self) -> &'static str {
        export::kind_of(self.path())
    }

    fn comes_first(&self) -> bool {
        matches!(self, SiteFile::Page(_, planned) if planned.is_record())
    }

    fn shares_with(&self, before: &SiteFile) -> bool {
        matches!((self, before), (SiteFile::Export(_, file), SiteFile::Export(_, before)) if file.shares_with(before))
    }

    fn bytes(&self, shared: &mut SharedCards<'a>) -> Result<Cow<'_, [u8]>> {
        let (site, planned) = match self {
            SiteFile::Data(file) => return Ok(Cow::Borrowed(&file.bytes)),
            SiteFile::Export(site, export) => return site.exports.bytes(export, &site.tallies, &site.merged, shared),
            SiteFile::Yaml(_, text) => return Ok(Cow::Borrowed(text.as_bytes())),
            SiteFile::Manifest(manifest) => return Ok(Cow::Owned(manifest.to_json()?)),
            SiteFile::Page(site, planned) => (site, planned),
        };
        match site.render(planned)? {
            Body::Bytes(bytes) => Ok(Cow::Owned(bytes)),
            Body::CopyOf(path, sha256) => {
                let bytes = fs::read(&path).with_context(|| format!("failed to copy {}", path.display()))?;
                ensure!(Sha256::of(&bytes) == sha256, "{} changed during the build; build again", path.display());
                Ok(Cow::Owned(bytes))
            }
        }
    }
}
