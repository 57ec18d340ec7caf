//! *Configuration*: `content/site.yaml` and the command line, complete and immutable.
//!
//! [`BuildOptions`] are the flags as typed; [`Config`] is the result of merging them with `site.yaml`. Flags override
//! the file, the file overrides the defaults. Later stages see only the `Config`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use jiff::civil::Date;
use serde::Deserialize;

use crate::address::{is_commit, is_hub_id};
use crate::date::epoch_day;
use crate::diagnostic::did_you_mean;
use crate::lock::LockFile;

/// `build` as it was typed; paths are relative to `root`.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// Project root.
    pub root: PathBuf,
    /// `None`: `content`, which may be absent.
    pub content: Option<PathBuf>,
    /// Empty: `<content>/datastore`.
    pub datastores: Vec<PathBuf>,
    /// `None`: `templates`, which may be absent.
    pub templates: Option<PathBuf>,
    /// `None`: `site`.
    pub out: Option<PathBuf>,
    /// Overrides `base_url` of `site.yaml`.
    pub base_url: Option<String>,
    /// Warnings and quarantined records fail the build.
    pub strict: bool,
    /// Remove what the last build wrote before writing.
    pub clean: bool,
    /// `SOURCE_DATE_EPOCH`, the only time that a page may show as its own.
    pub source_date_epoch: Option<String>,
}

/// What a build is told; every path can be used as it stands.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder of metadata and prose; need not exist.
    pub content: PathBuf,
    /// Where records are read; at least one.
    pub datastores: Vec<Datastore>,
    /// Templates that override built-in ones.
    pub templates: Option<PathBuf>,
    /// Output folder.
    pub out: PathBuf,
    /// Public address of the site, ending in `/`.
    pub base_url: Option<String>,
    /// See [`BuildOptions::strict`].
    pub strict: bool,
    /// See [`BuildOptions::clean`].
    pub clean: bool,
    /// The day of `SOURCE_DATE_EPOCH`.
    pub day: Option<Date>,
    /// The rest of `site.yaml`.
    pub site: SiteSettings,
}

/// `content/site.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SiteSettings {
    /// Name of the site.
    pub title: String,
    /// A sentence for the home page and for search engines.
    pub description: Option<String>,
    /// Public address.
    pub base_url: Option<String>,
    /// The address of a picture that others show beside a link to the site.
    pub image: Option<String>,
    /// Whom to ask for corrections: a mail address, or a web address.
    pub contact: Option<String>,
    /// The page that the site begins with, in place of the general home page: `benchmarks/<id>`.
    pub front: Option<String>,
    /// BCP 47 tag of the site's own words.
    pub language: String,
    /// Where the records are public.
    pub datastore: PublicCopy,
    /// What the Hub's files say of us.
    pub publish: PublishSettings,
    /// What is made beside the pages.
    pub exports: ExportSettings,
    /// What is shown of samples.
    pub samples: SamplesShown,
}

impl Default for SiteSettings {
    fn default() -> Self {
        SiteSettings {
            title: "Eval Cards".to_owned(),
            description: None,
            base_url: None,
            image: None,
            contact: None,
            front: None,
            language: "en".to_owned(),
            datastore: PublicCopy::default(),
            publish: PublishSettings::default(),
            exports: ExportSettings::default(),
            samples: SamplesShown::default(),
        }
    }
}

/// What is shown of samples beyond numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SamplesShown {
    /// So many rows of each file.
    pub excerpts: usize,
}

/// What is made beside the pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExportSettings {
    /// Tables of the whole site, as JSON Lines and Parquet.
    pub data: bool,
    /// JSON of each model and ranking, and a badge of each model; unless it is said, on sites of up to 5,000 models.
    pub documents: Option<bool>,
    /// CSV of each model, ranking and developer, and the smaller tables of models and evaluators; unless it is said, on
    /// sites of up to 5,000 models.
    pub page_tables: Option<bool>,
    /// A light page of each model and benchmark for frames in other pages.
    pub embeds: bool,
    /// The `state.jsonl.gz` of the site as it was last published, below the content folder; unless it is
    /// said, that of the output folder.
    pub previous: Option<PathBuf>,
}

impl Default for ExportSettings {
    fn default() -> Self {
        ExportSettings { data: true, documents: None, page_tables: None, embeds: false, previous: None }
    }
}

/// The public copy of the datastore.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublicCopy {
    /// Hub dataset id.
    pub repo: Option<String>,
    /// 40-digit commit.
    pub revision: Option<String>,
}

/// Defaults for the Hub's files.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublishSettings {
    /// `source.name` of every entry; `None`: that of whoever stands behind the record.
    pub source_name: Option<String>,
    /// Which of several records that disagree is proposed: the first rule that one of them meets.
    pub prefer: Vec<Preference>,
    /// The same for one model and file: model, then file name without `.yaml`, then what is proposed.
    pub decide: BTreeMap<String, BTreeMap<String, ChosenResult>>,
}

/// A record, or one result of it, as `publish.decide` names it: `data/c/lab/m/x.json#/evaluation_results/0`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct ChosenResult {
    /// The path of the record, or the first digits of its SHA-256.
    pub record: String,
    /// JSON pointer of the result; `None`: the record has one for this file.
    pub pointer: Option<String>,
}

impl From<String> for ChosenResult {
    fn from(text: String) -> ChosenResult {
        // Paths may have a `#` in them.
        match text.rsplit_once("#/evaluation_results/") {
            Some((record, number)) => {
                ChosenResult { record: record.to_owned(), pointer: Some(format!("/evaluation_results/{number}")) }
            }
            None => ChosenResult { record: text, pointer: None },
        }
    }
}

impl fmt::Display for ChosenResult {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &self.pointer {
            Some(pointer) => write!(f, "{}#{pointer}", self.record),
            None => f.write_str(&self.record),
        }
    }
}

/// A rule of `publish.prefer`: one of the two.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preference {
    /// Records of this collection.
    pub collection: Option<String>,
    /// Records of this evaluator, by id or name.
    pub evaluator: Option<String>,
}

/// True for `https://…` and for `name@host`.
fn is_contact(contact: &str) -> bool {
    if contact.starts_with("https://") {
        return crate::address::is_web_address(contact);
    }
    let is_part =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || ":/?#<>\"@".contains(c));
    contact.split_once('@').is_some_and(|(name, host)| is_part(name) && is_part(host) && host.contains('.'))
}

/// Where a datastore is, and where the same records are public.
#[derive(Clone, Debug)]
pub struct Datastore {
    /// The folder that holds `flat/` or `data/`.
    pub root: PathBuf,
    /// The Hub dataset that holds these records; `None` if they are nowhere else.
    pub repo: Option<String>,
    /// The 40-digit commit of `repo` that was read; `None` if not pinned.
    pub revision: Option<String>,
    /// What `fetch` noted of the files.
    pub lock: LockFile,
}

/// Most rows that a site can ask for.
pub const MOST_ROWS: usize = 10;

/// The dataset that holds the public datastore.
pub const PUBLIC_DATASTORE: &str = "evaleval/EEE_datastore";
/// What the Hub's entries call it.
pub const PUBLIC_DATASTORE_NAME: &str = "EvalEval";

impl Config {
    /// Reads `site.yaml` and joins it with what was typed.
    pub fn new(options: BuildOptions) -> Result<Config> {
        let root = &options.root;
        ensure!(root.is_dir(), "{} is not a folder\n  help: pass -C the folder of a project", root.display());
        let content =
            named_folder(root, options.content.as_deref(), "--content")?.unwrap_or_else(|| below(root, "content"));
        ensure!(
            content.is_dir() || !content.exists(),
            "{} is not a folder\n  help: move it away, or pass another folder with --content",
            content.display()
        );
        let site = read_site(&content.join("site.yaml"))?;
        let is_rule = |rule: &Preference| rule.collection.is_some() != rule.evaluator.is_some();
        ensure!(
            site.publish.prefer.iter().all(is_rule),
            "{}: each rule of publish.prefer needs either a `collection` or an `evaluator`",
            content.join("site.yaml").display()
        );
        let is_public = |image: &String| reqwest::Url::parse(image).is_ok_and(|url| url.scheme() == "https");
        ensure!(
            site.image.as_ref().is_none_or(is_public),
            "{}: `image` must begin with https://",
            content.join("site.yaml").display()
        );
        ensure!(
            site.contact.as_deref().is_none_or(is_contact),
            "{}: `contact` is neither a mail address nor an address that begins with https://",
            content.join("site.yaml").display()
        );
        ensure!(
            site.samples.excerpts <= MOST_ROWS,
            "{}: `samples.excerpts` is {}, and a card shows at most {MOST_ROWS} rows of a file",
            content.join("site.yaml").display(),
            site.samples.excerpts
        );
        let base_url = match (&options.base_url, &site.base_url) {
            (Some(typed), _) => Some(checked_base_url(typed).context("--base-url")?),
            (None, Some(url)) => {
                Some(checked_base_url(url).with_context(|| content.join("site.yaml").display().to_string())?)
            }
            (None, None) => None,
        };
        Ok(Config {
            datastores: datastores(&options, &content, &site.datastore)?,
            templates: named_folder(root, options.templates.as_deref(), "--templates")?
                .or_else(|| Some(below(root, "templates")).filter(|folder| folder.is_dir())),
            out: below(root, options.out.as_deref().unwrap_or(Path::new("site"))),
            base_url,
            strict: options.strict,
            clean: options.clean,
            day: options
                .source_date_epoch
                .as_deref()
                .filter(|seconds| !seconds.is_empty())
                .map(source_day)
                .transpose()?,
            site,
            content,
        })
    }
}

/// `path` seen from the project root; as it was typed where that is the current folder.
pub fn below(root: &Path, path: impl AsRef<Path>) -> PathBuf {
    if root == Path::new(".") { path.as_ref().to_owned() } else { root.join(path) }
}

/// A folder that was named on the command line must exist.
fn named_folder(root: &Path, folder: Option<&Path>, flag: &str) -> Result<Option<PathBuf>> {
    let Some(folder) = folder.map(|folder| below(root, folder)) else { return Ok(None) };
    ensure!(folder.is_dir(), "{flag} {} is not a folder", folder.display());
    Ok(Some(folder))
}

fn datastores(options: &BuildOptions, content: &Path, locator: &PublicCopy) -> Result<Vec<Datastore>> {
    let mut roots: Vec<PathBuf> = options.datastores.iter().map(|folder| below(&options.root, folder)).collect();
    if roots.is_empty() {
        let default = content.join("datastore");
        ensure!(
            default.is_dir() || !default.exists(),
            "{} is not a folder\n  help: move it away, or pass a datastore with --datastore DIR",
            default.display()
        );
        ensure!(
            default.is_dir(),
            "no records found: {} does not exist\n  \
             help: start a project with `evalcards init`, or pass a datastore with --datastore DIR or a project with -C DIR",
            default.display()
        );
        roots.push(default);
    }
    if let Some(revision) = &locator.revision {
        ensure!(
            is_commit(revision),
            "site.yaml: datastore.revision `{revision}` is not a commit of 40 lower-case hex digits"
        );
        ensure!(locator.repo.is_some(), "site.yaml: datastore.revision needs datastore.repo");
    }
    if let Some(repo) = &locator.repo {
        ensure!(is_hub_id(repo), "site.yaml: datastore.repo `{repo}` is not a Hub id of the form owner/name");
    }
    let located = roots.into_iter().map(|root| {
        ensure!(root.is_dir(), "--datastore {} is not a folder", root.display());
        let lock = LockFile::read(&root);
        // What the bytes were checked against says more than what somebody wrote down. Where neither says it,
        // records are somebody's own: no layout tells where they are public.
        let (repo, revision) = match lock.sound() {
            Some(lock) => (Some(lock.repo.clone()), Some(lock.revision.clone())),
            None => (locator.repo.clone(), locator.revision.clone()),
        };
        Ok(Datastore { repo, revision, root, lock })
    });
    located.collect()
}

fn read_site(path: &Path) -> Result<SiteSettings> {
    let Some(text) = crate::text::read(path)? else { return Ok(SiteSettings::default()) };
    // A file of comments only is null.
    let site: Option<SiteSettings> = crate::text::yaml(&text).map_err(|err| {
        let message = err.to_string();
        let key = message.split('`').nth(1).unwrap_or_default();
        const KEYS: &[&str] = &[
            "title",
            "description",
            "base_url",
            "image",
            "contact",
            "front",
            "language",
            "datastore",
            "publish",
            "repo",
            "revision",
            "source_name",
            "prefer",
            "decide",
            "collection",
            "evaluator",
            "exports",
            "data",
            "documents",
            "page_tables",
            "embeds",
            "previous",
            "samples",
            "excerpts",
        ];
        let help = match did_you_mean(key, KEYS.iter().copied()) {
            Some(known) if message.contains("unknown field") => format!("\n  help: did you mean `{known}`?"),
            _ => crate::text::remedy_of_yaml(&text, &err).map_or(String::new(), |help| format!("\n  help: {help}")),
        };
        anyhow::anyhow!("{}: {message}{help}", path.display())
    })?;
    Ok(site.unwrap_or_default())
}

fn checked_base_url(url: &str) -> Result<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest)
            if rest.starts_with(char::is_alphanumeric)
                && !url.contains(['"', '<', '>', '?', '#', '\\'])
                && !url.contains(char::is_whitespace) =>
        {
            // As RFC 3986 has it, and sitemaps want it: the host in ASCII, other letters percent-encoded.
            let address = reqwest::Url::parse(url).with_context(|| format!("base URL `{url}` is not an address"))?;
            ensure!(
                address.username().is_empty() && address.password().is_none(),
                "the base URL holds a user name or a password, which would stand on every page\n  help: write the address without what stands before `@`"
            );
            Ok(format!("{}/", address.as_str().trim_end_matches('/')))
        }
        Some(_) => bail!("base URL `{url}` is not an address"),
        None if url.contains(':') || url.starts_with('/') => {
            bail!("base URL `{url}` does not begin with https:// or http://")
        }
        None => bail!("base URL `{url}` has no scheme\n  help: write https://{url}"),
    }
}

fn source_day(seconds: &str) -> Result<Date> {
    (seconds.trim().parse().ok())
        .and_then(epoch_day)
        .with_context(|| format!("SOURCE_DATE_EPOCH `{seconds}` is not a number of seconds since 1970"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_without_scheme_is_refused_with_the_remedy() {
        assert_eq!(checked_base_url("https://a.example/b").unwrap(), "https://a.example/b/");
        assert!(checked_base_url("a.example/b").unwrap_err().to_string().contains("https://a.example/b"));
        assert!(checked_base_url("javascript:alert(1)").is_err());
        assert_eq!(
            checked_base_url("https://bücher.example/übung").unwrap(),
            "https://xn--bcher-kva.example/%C3%BCbung/"
        );
        assert_eq!(checked_base_url("https://a.example/%C3%BC").unwrap(), "https://a.example/%C3%BC/");
        for secret in ["https://me:secret@a.example/", "https://me@a.example/"] {
            let message = checked_base_url(secret).unwrap_err().to_string();
            assert!(!message.contains("secret") && message.contains("before `@`"), "{message}");
        }
    }

    #[test]
    fn hub_ids_are_owner_and_name() {
        for good in ["org/model", "01-ai/Yi-1.5-34B-Chat"] {
            assert!(is_hub_id(good), "{good}");
        }
        for bad in ["model", "a/b/c", "../x", "a/..", "a/b c", "a/", "a/b.git", "a/b:0", "a/-b"] {
            assert!(!is_hub_id(bad), "{bad}");
        }
    }
}
