//! The *project* that is served, in memory: what was read, and what changes of it are read again.

use anyhow::{Result, bail};

use super::watch::Change;
use crate::config::{Config, Options};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::export::Exports;
use crate::load::Inputs;
use crate::load::content::{self, Content};
use crate::mark;
use crate::render::Theme;
use crate::site::Site;
use crate::stages::{self, Prepared};

/// Everything that pages are made of.
pub struct Project {
    options: Options,
    config: Config,
    theme: Theme,
    /// What later stages made of it.
    pub prepared: Prepared,
    /// Found while content was read.
    read_findings: Diagnostics,
    /// The same, and what later stages found.
    findings: Diagnostics,
}

/// What was read again; `None` where nothing changed.
pub struct Fresh {
    config: Config,
    theme: Option<Theme>,
    content: Option<(FreshContent, Diagnostics)>,
}

enum FreshContent {
    /// The records are as before.
    Metadata(Content),
    All(Inputs),
}

impl Project {
    /// Reads all.
    pub fn read(options: Options) -> Result<Project> {
        let config = Config::new(options.clone())?;
        let theme = Theme::new(config.templates.as_deref(), &config.site.language)?;
        let mut read_findings = Diagnostics::default();
        let content = content::read(&config.content, &mut read_findings)?;
        let inputs = read_records(&config, content, &mut read_findings)?;
        let mut findings = read_findings.clone();
        let prepared = Prepared::new(&config, inputs, theme.language(), &mut findings, |_| ());
        Ok(Project { options, config, theme, prepared, read_findings, findings })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What is taken away, as of a first build.
    pub fn exports(&self) -> Exports<'_> {
        self.prepared.exports(&self.config, &self.theme, None)
    }

    /// The site, and all findings so far.
    pub fn site<'a>(&'a self, exports: &'a Exports<'a>) -> (Site<'a>, Vec<Diagnostic>) {
        let mut findings = self.findings.clone();
        let site = self.prepared.site(&self.config, &self.theme, exports, &mut findings);
        (site, findings.into_sorted())
    }

    /// Reads what `change` touches; `None` if that is as before. A new mistake is an error, so that
    /// the site does not lose what was good.
    pub fn read_changed(&self, change: Change) -> Result<Option<Fresh>> {
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

    fn read_content(&self, config: &Config, change: Change) -> Result<Option<(FreshContent, Diagnostics)>> {
        let mut findings = Diagnostics::default();
        let content = content::read(&config.content, &mut findings)?;
        let before = self.read_findings.clone().into_sorted();
        let is_new = |finding: &&Diagnostic| finding.severity == Severity::Error && !before.contains(finding);
        let sorted = findings.clone().into_sorted();
        let mistakes: Vec<String> = sorted.iter().filter(is_new).map(|finding| finding.to_string()).collect();
        if !mistakes.is_empty() {
            bail!("{}", mistakes.join("\n"));
        }
        if change.records {
            let inputs = read_records(config, content, &mut findings)?;
            return Ok(Some((FreshContent::All(inputs), findings)));
        }
        mark::check(&content, &self.prepared.dataset.inputs)?;
        let known = &self.prepared.dataset.inputs.content;
        let is_same = content.digest.finish() == known.digest.finish() && same_site(config, &self.config);
        Ok((!is_same).then_some((FreshContent::Metadata(content), findings)))
    }

    /// The project with what was read anew.
    pub fn renewed(self, fresh: Fresh) -> Project {
        let Project { options, theme, prepared, read_findings, findings, .. } = self;
        let Fresh { config, theme: new_theme, content } = fresh;
        let has_new_words = new_theme.is_some();
        let theme = new_theme.unwrap_or(theme);
        let Some((content, read_findings)) = content else {
            let prepared = if has_new_words { prepared.said_in(theme.language()) } else { prepared };
            return Project { options, config, theme, prepared, read_findings, findings };
        };
        let inputs = match content {
            FreshContent::All(inputs) => inputs,
            FreshContent::Metadata(content) => {
                Inputs { content, datastores: config.datastores.clone(), ..prepared.dataset.inputs }
            }
        };
        let mut findings = read_findings.clone();
        let prepared = Prepared::new(&config, inputs, theme.language(), &mut findings, |_| ());
        Project { options, config, theme, prepared, read_findings, findings }
    }
}

fn read_records(config: &Config, content: Content, findings: &mut Diagnostics) -> Result<Inputs> {
    let (inputs, _) = stages::listings(config, findings)?.read(config, content, findings, || ());
    stages::ensure_sound(&inputs)?;
    Ok(inputs)
}

/// `site.yaml` is no part of the content's digest.
fn same_site(a: &Config, b: &Config) -> bool {
    format!("{:?} {:?}", a.site, a.datastores) == format!("{:?} {:?}", b.site, b.datastores)
}
