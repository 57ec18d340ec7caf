//! The *project* that is served, in memory: what was read, and what changes of it are read again.

use anyhow::{Result, bail};

use super::watch::ChangedParts;
use crate::config::{BuildOptions, Config};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::export::Exports;
use crate::load::Inputs;
use crate::load::content::{self, Content};
use crate::load::reuse::{FileStamps, PreviousRead};
use crate::mark;
use crate::render::Theme;
use crate::site::Site;
use crate::stages::{self, Prepared};

/// Everything that pages are made of.
pub struct ServedProject {
    options: BuildOptions,
    config: Config,
    theme: Theme,
    /// What later stages made of it.
    pub prepared: Prepared,
    /// How the record files were when they were read.
    stamps: FileStamps,
    /// Found while content was read.
    of_content: Diagnostics,
    /// Found while records were read.
    of_records: Diagnostics,
    /// Both, and what later stages found.
    findings: Diagnostics,
}

/// What was read again; `None` where nothing changed.
pub struct Fresh {
    config: Config,
    theme: Option<Theme>,
    content: Option<FreshContent>,
}

/// Content and what was found in it; with it the records, if they may have changed.
enum FreshContent {
    Metadata(Content, Diagnostics),
    All(Records, Diagnostics),
}

struct Records {
    inputs: Inputs,
    stamps: FileStamps,
    findings: Diagnostics,
}

impl ServedProject {
    /// Reads all.
    pub fn read(options: BuildOptions) -> Result<ServedProject> {
        let config = Config::new(options.clone())?;
        let theme = Theme::new(config.templates.as_deref(), &config.site.language)?;
        let mut of_content = Diagnostics::default();
        let content = content::read(&config.content, &mut of_content)?;
        let Records { inputs, stamps, findings: of_records } = Records::read(&config, content, None)?;
        let mut findings = of_content.clone().and(of_records.clone());
        let prepared = Prepared::new(&config, inputs, theme.language(), &mut findings, |_| ());
        Ok(ServedProject { options, config, theme, prepared, stamps, of_content, of_records, findings })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What is taken away, as of a first build.
    pub fn exports(&self) -> Exports<'_> {
        self.prepared.exports(&self.config, None)
    }

    /// The site, and all findings so far.
    pub fn site<'a>(&'a self, exports: &'a Exports<'a>) -> (Site<'a>, Vec<Diagnostic>) {
        let mut findings = self.findings.clone();
        let site = self.prepared.site(&self.config, &self.theme, exports, &mut findings);
        (site, findings.into_sorted())
    }

    /// Reads what `change` touches; `None` if that is as before. A new mistake is an error, so that
    /// the site does not lose what was good.
    pub fn read_changed(&self, change: ChangedParts) -> Result<Option<Fresh>> {
        let config = Config::new(self.options.clone())?;
        let language = &config.site.language;
        let may_differ = change.templates || *language != self.config.site.language;
        let theme = may_differ.then(|| Theme::new(config.templates.as_deref(), language)).transpose()?;
        let theme = theme.filter(|theme| theme.digest() != self.theme.digest());
        let content = match change.content || change.records {
            true => self.read_content(&config, change)?,
            false => None,
        };
        let is_same = theme.is_none() && content.is_none();
        Ok((!is_same).then_some(Fresh { config, theme, content }))
    }

    fn read_content(&self, config: &Config, change: ChangedParts) -> Result<Option<FreshContent>> {
        let mut findings = Diagnostics::default();
        let content = content::read(&config.content, &mut findings)?;
        let before = self.of_content.clone().into_sorted();
        let is_new = |finding: &&Diagnostic| finding.severity == Severity::Error && !before.contains(finding);
        let sorted = findings.clone().into_sorted();
        let mistakes: Vec<String> = sorted.iter().filter(is_new).map(|finding| finding.to_string()).collect();
        if !mistakes.is_empty() {
            bail!("{}", mistakes.join("\n"));
        }
        // A lock file beside the records, or another repository, changes what they count for.
        let is_same_place = format!("{:?}", config.datastores) == format!("{:?}", self.config.datastores);
        // The previous read has other excerpts.
        let has_same_excerpts = config.site.samples == self.config.site.samples;
        if change.records || !is_same_place || !has_same_excerpts {
            let previous = has_same_excerpts.then_some(self);
            return Ok(Some(FreshContent::All(Records::read(config, content, previous)?, findings)));
        }
        mark::check(&content, &self.prepared.dataset.inputs)?;
        let known = &self.prepared.dataset.inputs.content;
        // `site.yaml` is no part of the content's digest.
        let is_same_site = format!("{:?}", config.site) == format!("{:?}", self.config.site);
        let is_same = is_same_site && content.digest.finish() == known.digest.finish();
        Ok((!is_same).then_some(FreshContent::Metadata(content, findings)))
    }

    /// The project with what was read anew.
    pub fn renewed(self, fresh: Fresh) -> ServedProject {
        let Fresh { config, theme, content } = fresh;
        let has_new_words = theme.is_some();
        let project = ServedProject { config, theme: theme.unwrap_or(self.theme), ..self };
        let (inputs, stamps, of_records, of_content) = match content {
            None if has_new_words => {
                let prepared = project.prepared.said_in(project.theme.language());
                return ServedProject { prepared, ..project };
            }
            None => return project,
            Some(FreshContent::All(Records { inputs, stamps, findings }, of_content)) => {
                (inputs, stamps, findings, of_content)
            }
            Some(FreshContent::Metadata(content, of_content)) => {
                let inputs = Inputs { content, ..project.prepared.dataset.inputs };
                (inputs, project.stamps, project.of_records, of_content)
            }
        };
        let ServedProject { options, config, theme, .. } = project;
        let mut findings = of_content.clone().and(of_records.clone());
        let prepared = Prepared::new(&config, inputs, theme.language(), &mut findings, |_| ());
        ServedProject { options, config, theme, prepared, stamps, of_content, of_records, findings }
    }
}

impl Records {
    /// Reads the records of `config`, but reuses those of `previous` whose files have not changed.
    fn read(config: &Config, content: Content, previous: Option<&ServedProject>) -> Result<Records> {
        let mut findings = Diagnostics::default();
        let listings = stages::listings(config, &mut findings)?;
        let stamps = FileStamps::of(&listings, config);
        let previous =
            previous.map(|project| PreviousRead::new(&project.prepared.dataset.inputs, &project.stamps, &stamps));
        let (inputs, _) = listings.read_changed(config, content, &previous.unwrap_or_default(), &mut findings, &());
        stages::ensure_sound(&inputs)?;
        Ok(Records { inputs, stamps, findings })
    }
}
