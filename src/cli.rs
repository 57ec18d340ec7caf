//! The *command line*: what can be typed, and what it means for each command.

use std::io::IsTerminal;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};
use evalcards::config::{BuildOptions, below};
use evalcards::{fetch, publish, serve};

/// Build a static site of Eval Cards, and files for the Hub, from Every Eval Ever records
#[derive(Debug, Parser)]
#[command(
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 the work failed, 2 wrong usage"
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Common {
    /// Project root
    #[arg(short = 'C', long, global = true, value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub root: PathBuf,
    /// Show all findings and the time of each stage
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Show errors only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to use colours (never with NO_COLOR set)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_default_value = true)]
    pub color: Color,
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    pub json: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// True if messages on standard error may have colours.
    pub fn is_on(self) -> bool {
        self.is_on_if(std::io::stderr().is_terminal())
    }

    /// True if a stream may have colours that is a terminal or not.
    pub fn is_on_if(self, is_terminal: bool) -> bool {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !no_color && is_terminal,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Init(InitArgs),
    Fetch(FetchArgs),
    Build(BuildArgs),
    Serve(ServeArgs),
    Check(CheckArgs),
    Publish(PublishArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Write a new site project
///
/// Writes content/ with a commented example of each kind of file, a workflow that publishes the
/// site on GitHub Pages, and .gitignore. Never changes existing files. With --benchmark, writes
/// a board: a site whose front page is that benchmark, with a draft of its eval.yaml for the Hub.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  evalcards init my-site\n  evalcards init my-board --benchmark \"My Quiz\" --scores scores.csv\n\nColumns of scores.csv: model and score; optional: developer, metric, unit, lower_is_better, stderr, n,\ndate, evaluator, relationship, url, harness, harness_version, and setting.NAME for any setting."
)]
pub struct InitArgs {
    /// Project folder [default: the project root]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Make a board for this benchmark
    #[arg(long, value_name = "NAME")]
    pub benchmark: Option<String>,
    /// CSV of the benchmark's scores; each row becomes a record
    #[arg(long, value_name = "FILE", requires = "benchmark")]
    pub scores: Option<PathBuf>,
}

/// Download collections of a public datastore into content/, verified and pinned
///
/// Verifies each file against the SHA-256 in its collection's index. Correct files are not downloaded
/// again, and an interrupted run resumes. All collections are at one commit: those fetched before are
/// updated to it. content/datastore.lock lists the fetched files: commit it, and
/// `evalcards fetch --locked` downloads the same bytes on another machine.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  evalcards fetch --list\n  evalcards fetch MMLU-Pro && evalcards build\n  evalcards fetch --all --datastore evaleval/EEE_datastore@main\n  evalcards fetch --locked\n  evalcards fetch --models --evidence\n\n--models, --benchmarks and --evidence write their facts to content/hub/, one per line, with the time of retrieval.\nEnvironment, as for all Hub tools: HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE. A token is optional;\nthe Hub allows more requests per hour with one."
)]
pub struct FetchArgs {
    /// Collections to fetch [default: those fetched before]
    #[arg(value_name = "COLLECTION")]
    collections: Vec<String>,
    /// Hub dataset to fetch from, at a branch, tag or commit [default: evaleval/EEE_datastore@main]
    #[arg(long, value_name = "REPO[@REVISION]")]
    datastore: Option<fetch::Locator>,
    /// Folder to write to [default: content/datastore]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Fetch all collections
    #[arg(long, conflicts_with_all = ["list", "locked"])]
    all: bool,
    /// List all or the named collections with their sizes; fetch nothing
    #[arg(long, conflicts_with_all = ["locked", "force", "samples"])]
    pub list: bool,
    /// Also fetch the sample files (*_samples.jsonl)
    #[arg(long)]
    samples: bool,
    /// Fetch facts about the models: licence, size, base model and more
    #[arg(long)]
    pub models: bool,
    /// Fetch the Hub's official benchmarks, report differences from the built-in list, and draft new entries
    ///
    /// Fetches the eval.yaml of each listed benchmark and of each dataset that the Hub marks official
    /// (benchmark:official). Lists new, removed and changed benchmarks. Writes a draft of each new one to
    /// content/hub/drafts/NAME.hub.yaml, and never overwrites a draft. Builds ignore drafts: to use one,
    /// correct it and move it to content/benchmarks/.
    #[arg(long)]
    pub benchmarks: bool,
    /// Look up who submitted each record, and which posted results the Hub verified
    #[arg(long)]
    pub evidence: bool,
    /// With --evidence: fetch all evidence again, change nothing, and report differences
    #[arg(long, requires = "evidence", conflicts_with_all = ["list", "models", "benchmarks", "all", "force"])]
    pub verify: bool,
    /// Fetch facts about models, accounts and posted results again after this many days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub max_age: u16,
    /// Fetch existing files again
    #[arg(long)]
    pub force: bool,
    /// Fetch exactly what the lock file pins, without changing it
    #[arg(long, conflicts_with = "samples")]
    locked: bool,
    /// Number of parallel requests
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
}

impl FetchArgs {
    /// True if the Hub is to be asked about something besides collections.
    pub fn asks_for_facts(&self) -> bool {
        self.models || self.benchmarks || self.evidence
    }

    /// True if collections are to be fetched: they are named, or nothing else is asked for.
    pub fn asks_for_collections(&self) -> bool {
        self.all || self.locked || self.samples || !self.collections.is_empty() || !self.asks_for_facts()
    }

    /// The datastore that was fetched, as the options of reading it.
    pub fn reading(&self, common: &Common) -> BuildOptions {
        let datastores = self.to.iter().cloned().collect();
        BuildOptions { root: common.root.clone(), datastores, ..BuildOptions::default() }
    }

    /// What was typed, as the options of fetching.
    pub fn options(&self, common: &Common) -> fetch::FetchOptions {
        fetch::FetchOptions {
            datastore: self.datastore.clone(),
            to: below(&common.root, self.to.as_deref().unwrap_or("content/datastore".as_ref())),
            collections: self.collections.clone(),
            all: self.all,
            samples: self.samples,
            force: self.force,
            locked: self.locked,
            jobs: usize::from(self.jobs),
        }
    }
}

/// What a site is made of, for every command that reads it.
#[derive(Clone, Debug, Args)]
pub struct Sources {
    /// Folder with site.yaml, metadata and pages [default: content]
    #[arg(long, value_name = "DIR")]
    content: Option<PathBuf>,
    /// Datastore folder; can be repeated [default: content/datastore]
    #[arg(long, value_name = "DIR")]
    datastore: Vec<PathBuf>,
    /// Folder with templates that replace built-in ones [default: templates]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

impl Sources {
    /// What was typed, and the environment, as the options of a build.
    fn options(self, common: &Common) -> BuildOptions {
        BuildOptions {
            root: common.root.clone(),
            content: self.content,
            datastores: self.datastore,
            templates: self.templates,
            source_date_epoch: std::env::var("SOURCE_DATE_EPOCH").ok(),
            ..BuildOptions::default()
        }
    }

    /// Starts the threads that were asked for.
    pub fn start_threads(&self) -> Result<()> {
        let Some(jobs) = self.jobs else { return Ok(()) };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(jobs));
        pool.build_global().context("failed to start the threads")
    }
}

/// Build the site, and the files for the Hub, from records and content
///
/// Reads records and the metadata in content/, and writes site/pages/ (the website) and site/hub/
/// (what can be proposed to the Hub). Rewrites only changed files. Sends nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  evalcards build\n  evalcards build --datastore EEE_datastore --out public\n  evalcards build --strict --json > report.json"
)]
pub struct BuildArgs {
    #[command(flatten)]
    pub sources: Sources,
    /// Output folder [default: site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Public address of the site, for feeds, sitemaps and other absolute links
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Fail if a record or result is left out, or on any finding
    #[arg(long)]
    strict: bool,
    /// Remove the files of earlier builds first
    #[arg(long)]
    clean: bool,
}

impl BuildArgs {
    /// What was typed, as the options of a build.
    pub fn options(self, common: &Common) -> BuildOptions {
        let BuildArgs { sources, out, base_url, strict, clean } = self;
        BuildOptions { out, base_url, strict, clean, ..sources.options(common) }
    }
}

/// Show the site while you edit it
///
/// Serves the site on this machine from memory, rebuilds it when you change content/ or templates/,
/// and reloads the browser. Errors appear in the browser and the terminal, and the last good site stays up.
/// Writes nothing to disk; `build` does.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  evalcards serve\n  evalcards serve --port 0\n  evalcards serve --datastore EEE_datastore\n  evalcards serve --host 0.0.0.0    (every machine on your network can read the site)"
)]
pub struct ServeArgs {
    #[command(flatten)]
    pub sources: Sources,
    /// Address to listen on; if it is not loopback, other machines can read the site
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = address)]
    host: IpAddr,
    /// Port to listen on; 0 for any free one
    #[arg(long, value_name = "N", default_value_t = 8000)]
    port: u16,
}

/// An address of this machine; `localhost` is loopback.
fn address(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        _ => text.parse().map_err(|_| "write an IP address, such as 127.0.0.1 or 0.0.0.0".to_owned()),
    }
}

impl ServeArgs {
    /// What was typed, as the options of serving.
    pub fn options(self, common: &Common) -> serve::ServeOptions {
        serve::ServeOptions { build: self.sources.options(common), host: self.host, port: self.port }
    }
}

/// Check content, pages and links, and report what is wrong and where
///
/// Renders every page in memory and checks records, metadata, links and sizes, and whether site/ is
/// up to date. Writes nothing. With --site, reads a finished site instead, in a folder or at an
/// address, and verifies every score against its record by hash and pointer.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 no errors, 1 errors (with --strict also warnings), 2 wrong usage\n\nExamples:\n  evalcards check\n  evalcards check --strict --format github\n  evalcards check --site site/pages\n  evalcards check --site https://example.github.io/cards/\n  evalcards check --explain example-org/example-model\n  evalcards check --model example-org/example-model\n  evalcards check --name \"GPT-4o (2024-05-13)\""
)]
pub struct CheckArgs {
    #[command(flatten)]
    pub sources: Sources,
    /// Output folder to compare with [default: site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Public address of the site, as given to `build`
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Verify the scores of a finished site, in a folder or at an address
    #[arg(long, value_name = "DIR|URL")]
    pub site: Option<String>,
    /// Explain the evidence levels of a record or model
    #[arg(long, value_name = "RECORD|MODEL", conflicts_with = "site")]
    pub explain: Option<String>,
    /// List what a model's results lack to be comparable, repeatable, traced and ready for the Hub
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["site", "explain", "name"])]
    pub model: Option<String>,
    /// Show how a name in a record is matched, by what rule, and where to change it
    #[arg(long, value_name = "NAME", conflicts_with_all = ["site", "explain"])]
    pub name: Option<String>,
    /// With --name: the collection of that record
    #[arg(long, value_name = "COLLECTION", requires = "name")]
    pub collection: Option<String>,
    /// Output format [default: text, or github in GitHub Actions]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Fail on warnings too
    #[arg(long)]
    pub strict: bool,
}

impl CheckArgs {
    /// What was typed, as the options of a build.
    pub fn options(self, common: &Common) -> BuildOptions {
        let CheckArgs { sources, out, base_url, strict, .. } = self;
        BuildOptions { out, base_url, strict, ..sources.options(common) }
    }
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text, grouped by file.
    Text,
    /// One JSON document on standard output.
    Json,
    /// GitHub Actions annotations.
    Github,
}

/// Print shell completions
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  evalcards completions bash > evalcards.bash\n  evalcards completions fish > evalcards.fish"
)]
pub struct CompletionsArgs {
    /// Shell to generate completions for
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// Print the manual page
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evalcards man > evalcards.1")]
pub struct ManArgs {}

/// Open pull requests on the Hub with the results of the last build
///
/// Audits what the Hub has for each candidate in site/hub/manifest.json, on main and in every pull
/// request, and shows exactly what it would add. Opens pull requests only after a person on a
/// terminal types OPEN PRS and a commit message. Entries of others stay byte for byte, and no
/// pull request is opened twice: after a failure, run it again.
///
/// With --status, shows the state of earlier pull requests and changes nothing on the Hub. Exits
/// with 1 if a value differs from its record and a person must decide.
#[derive(Debug, Args)]
#[command(
    after_help = "Environment: HF_TOKEN (or HF_TOKEN_PATH, HF_HOME), HF_ENDPOINT, HF_HUB_OFFLINE\n\nExamples:\n  evalcards publish --dry-run\n  evalcards publish --only org/model --message \"Add EvalEval results\"\n  evalcards publish --limit 10\n  evalcards publish --resume\n  evalcards publish --status --json"
)]
pub struct PublishArgs {
    /// Output folder of the build [default: site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Publish only these models
    #[arg(long, value_name = "MODEL", num_args = 1..)]
    only: Vec<String>,
    /// Open at most N pull requests
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Audit and report only
    #[arg(long)]
    pub dry_run: bool,
    /// Finish the last confirmed run
    #[arg(long)]
    resume: bool,
    /// Suggested commit message, and title of each pull request
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
    /// Show the state of earlier pull requests; open nothing
    #[arg(long, conflicts_with_all = ["limit", "dry_run", "resume", "message"])]
    pub status: bool,
    /// Number of models to audit in parallel
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
}

impl PublishArgs {
    /// What was typed, as the options of the follow-up.
    pub fn follow_options(&self, common: &Common) -> publish::FollowOptions {
        publish::FollowOptions {
            out: below(&common.root, self.out.as_deref().unwrap_or("site".as_ref())),
            facts: below(&common.root, "content/hub"),
            only: self.only.clone(),
            jobs: usize::from(self.jobs),
        }
    }

    /// What was typed, as the options of publishing.
    pub fn options(&self, common: &Common) -> publish::PublishOptions {
        publish::PublishOptions {
            out: below(&common.root, self.out.as_deref().unwrap_or("site".as_ref())),
            only: self.only.clone(),
            limit: self.limit.map(|limit| limit as usize),
            resume: self.resume,
            dry_run: self.dry_run,
            jobs: usize::from(self.jobs),
        }
    }
}
