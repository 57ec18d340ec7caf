//! The *command line*: what can be typed, and what it means for each command.

use std::io::IsTerminal;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};
use evalcards::config::{Options, below};
use evalcards::{fetch, publish, serve};

/// Eval Cards from Every Eval Ever records: a static site, and the Hub's files
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
    /// Say more: every finding, and the seconds of every stage
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Say nothing but errors
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
    Init(Init),
    Fetch(Fetch),
    Build(Build),
    Serve(Serve),
    Check(Check),
    Publish(Publish),
    Completions(Completions),
    Man(Man),
}

/// Write a new site project
///
/// Writes content/ with one commented example of each kind of file, a workflow that publishes the
/// site on GitHub Pages, and .gitignore. Files that are there already are never touched.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  evalcards init my-site\n  evalcards init")]
pub struct Init {
    /// Folder of the project [default: the project root]
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// Bring collections of a public datastore into content/, checked and pinned
///
/// Each file is checked against the SHA-256 in its collection's index before it gets its name. What
/// is there and right is not fetched again; whatever ends a run, the next one goes on. All
/// collections are of one commit: those that were fetched before are brought up to date with it.
/// content/datastore.lock says what was fetched: commit it, and `evalcards fetch --locked` brings
/// the same bytes to another machine.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  evalcards fetch --list\n  evalcards fetch MMLU-Pro && evalcards build\n  evalcards fetch --all --datastore evaleval/EEE_datastore@main\n  evalcards fetch --locked\n  evalcards fetch --models --evidence\n\nFacts of --models, --benchmarks and --evidence go to content/hub/, one a line, each with the time it was seen.\nThe environment is that of all Hub tools: HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE. A token is not needed,\nbut the Hub lets an account read more files an hour."
)]
pub struct Fetch {
    /// Names of collections [default: those that were fetched before]
    #[arg(value_name = "COLLECTION")]
    collections: Vec<String>,
    /// The datastore: a Hub dataset, at a branch, tag or commit [default: evaleval/EEE_datastore@main]
    #[arg(long, value_name = "REPO[@REVISION]")]
    datastore: Option<fetch::Locator>,
    /// Where to put it [default: content/datastore]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Fetch all collections
    #[arg(long, conflicts_with_all = ["list", "locked"])]
    all: bool,
    /// Only show the collections, or those that are named, with their sizes
    #[arg(long, conflicts_with_all = ["locked", "force", "samples"])]
    pub list: bool,
    /// Fetch the instance-level files (*_samples.jsonl) too
    #[arg(long)]
    samples: bool,
    /// Ask the Hub about the models of the records: licence, size, base model and more
    #[arg(long)]
    pub models: bool,
    /// Read the eval.yaml of each Hub benchmark, and report where it differs from the built-in list
    #[arg(long)]
    pub benchmarks: bool,
    /// Ask who brought each record into the datastore, and which posted results the Hub verified
    #[arg(long)]
    pub evidence: bool,
    /// With --evidence: ask again for all of it, change nothing, and name what the Hub says otherwise
    #[arg(long, requires = "evidence", conflicts_with_all = ["list", "models", "benchmarks", "all", "force"])]
    pub verify: bool,
    /// What was asked about models, accounts and posted results is good for so many days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub max_age: u16,
    /// Fetch again what is there
    #[arg(long)]
    pub force: bool,
    /// Fetch exactly what the lock file pins, and leave the lock file as it is
    #[arg(long, conflicts_with = "samples")]
    locked: bool,
    /// Requests at a time
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
}

impl Fetch {
    /// True if the Hub is to be asked about something besides collections.
    pub fn asks_for_facts(&self) -> bool {
        self.models || self.benchmarks || self.evidence
    }

    /// True if collections are to be fetched: they are named, or nothing else is asked for.
    pub fn asks_for_collections(&self) -> bool {
        self.all || self.locked || self.samples || !self.collections.is_empty() || !self.asks_for_facts()
    }

    /// The datastore that was fetched, as the options of reading it.
    pub fn reading(&self, common: &Common) -> Options {
        let datastores = self.to.iter().cloned().collect();
        Options { root: common.root.clone(), datastores, ..Options::default() }
    }

    /// What was typed, as the options of fetching.
    pub fn options(&self, common: &Common) -> fetch::Options {
        fetch::Options {
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
    /// Folder with site.yaml, metadata and prose [default: content]
    #[arg(long, value_name = "DIR")]
    content: Option<PathBuf>,
    /// A datastore on disk; may be given several times [default: content/datastore]
    #[arg(long, value_name = "DIR")]
    datastore: Vec<PathBuf>,
    /// Folder with templates that override single ones of the theme [default: templates]
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

impl Sources {
    /// What was typed, and the environment, as the options of a build.
    fn options(self, common: &Common) -> Options {
        Options {
            root: common.root.clone(),
            content: self.content,
            datastores: self.datastore,
            templates: self.templates,
            source_date_epoch: std::env::var("SOURCE_DATE_EPOCH").ok(),
            ..Options::default()
        }
    }

    /// Starts the threads that were asked for.
    pub fn start_threads(&self) -> Result<()> {
        let Some(jobs) = self.jobs else { return Ok(()) };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(jobs));
        pool.build_global().context("failed to start the threads")
    }
}

/// Build the site and the Hub's files from records and content
///
/// Reads the records of one or more datastores and the metadata in content/, and writes
/// site/pages/ (the website) and site/hub/ (what can be proposed to the Hub). Files that did not
/// change are not written again. Nothing is sent anywhere.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  evalcards build\n  evalcards build --datastore EEE_datastore --out public\n  evalcards build --strict --json > report.json"
)]
pub struct Build {
    #[command(flatten)]
    pub sources: Sources,
    /// Output folder [default: site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Public address of the site, for what must be absolute
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Fail if anything is quarantined or any finding is reported
    #[arg(long)]
    strict: bool,
    /// Remove what earlier builds wrote, and write all anew
    #[arg(long)]
    clean: bool,
}

impl Build {
    /// What was typed, as the options of a build.
    pub fn options(self, common: &Common) -> Options {
        let Build { sources, out, base_url, strict, clean } = self;
        Options { out, base_url, strict, clean, ..sources.options(common) }
    }
}

/// Show the site while you write it
///
/// Serves the site on this machine from memory, reads again what you change in content/ and
/// templates/, and reloads the browser. What is wrong is told in the browser and here, and the last
/// good site stays. Nothing is written to disk: that is what `build` does.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  evalcards serve\n  evalcards serve --port 0\n  evalcards serve --datastore EEE_datastore\n  evalcards serve --host 0.0.0.0    (everybody on your network can read the site)"
)]
pub struct Serve {
    #[command(flatten)]
    pub sources: Sources,
    /// Address to listen at; other than loopback, other machines can read the site
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = address)]
    host: IpAddr,
    /// Port to listen at; 0 takes any that is free
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

impl Serve {
    /// What was typed, as the options of serving.
    pub fn options(self, common: &Common) -> serve::Options {
        serve::Options { build: self.sources.options(common), host: self.host, port: self.port }
    }
}

/// Say what is wrong with content, pages and links, and where
///
/// Reads what a build reads, makes every page in memory, and looks at records, metadata, links and
/// sizes, and whether site/ is what a build would write now. Writes nothing. With --site it reads a
/// finished site instead, in a folder or at an address, and holds every number on its cards against
/// the record that it names, by hash and pointer.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 no errors, 1 errors (with --strict also warnings), 2 wrong usage\n\nExamples:\n  evalcards check\n  evalcards check --strict --format github\n  evalcards check --site site/pages\n  evalcards check --site https://example.github.io/cards/\n  evalcards check --explain example-org/example-model\n  evalcards check --name \"GPT-4o (2024-05-13)\""
)]
pub struct Check {
    #[command(flatten)]
    pub sources: Sources,
    /// Output folder that is compared [default: site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Public address of the site, as it was given to `build`
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Verify the numbers of a finished site, in a folder or at an address
    #[arg(long, value_name = "DIR|URL")]
    pub site: Option<String>,
    /// Explain why the results of a record or model have their markers
    #[arg(long, value_name = "RECORD|MODEL", conflicts_with = "site")]
    pub explain: Option<String>,
    /// Say what a name in a record would become, by which rule, and where to change that
    #[arg(long, value_name = "NAME", conflicts_with_all = ["site", "explain"])]
    pub name: Option<String>,
    /// With --name: the collection of that record
    #[arg(long, value_name = "COLLECTION", requires = "name")]
    pub collection: Option<String>,
    /// How findings are printed [default: text, or github in GitHub Actions]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Fail for warnings too
    #[arg(long)]
    pub strict: bool,
}

impl Check {
    /// What was typed, as the options of a build.
    pub fn options(self, common: &Common) -> Options {
        let Check { sources, out, base_url, strict, .. } = self;
        Options { out, base_url, strict, ..sources.options(common) }
    }
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people, grouped by file.
    Text,
    /// One JSON document on standard output.
    Json,
    /// Annotations of GitHub Actions.
    Github,
}

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  evalcards completions bash > evalcards.bash\n  evalcards completions fish > evalcards.fish"
)]
pub struct Completions {
    /// Whose
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// Print the manual page
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  evalcards man > evalcards.1")]
pub struct Man {}

/// Open pull requests on the Hub with what the last build made
///
/// Looks at what the Hub holds for each candidate in site/hub/manifest.json, on main and in every
/// pull request, and shows what it found and exactly what it would add. Pull requests are opened
/// only after a person on a terminal typed OPEN PRS and a commit message. What others posted is
/// kept byte for byte, and no pull request is opened twice: run it again after any failure.
///
/// With --status it asks what became of the pull requests that were opened before, and changes nothing
/// on the Hub. It then ends with 1 if one of them needs a person: if what stands there is not, or no
/// longer, what a record says.
#[derive(Debug, Args)]
#[command(
    after_help = "Environment: HF_TOKEN (or HF_TOKEN_PATH, HF_HOME), HF_ENDPOINT, HF_HUB_OFFLINE\n\nExamples:\n  evalcards publish --dry-run\n  evalcards publish --only org/model --message \"Add EvalEval results\"\n  evalcards publish --limit 10\n  evalcards publish --resume\n  evalcards publish --status --json"
)]
pub struct Publish {
    /// Output folder of the build [default: site]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only these models
    #[arg(long, value_name = "MODEL", num_args = 1..)]
    only: Vec<String>,
    /// Open at most so many pull requests
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Audit and report; ask nothing, open nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Go on with what the last confirmed run did not finish
    #[arg(long)]
    resume: bool,
    /// Commit message to offer, the title of each pull request
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
    /// Ask what became of the pull requests that were opened before; open nothing
    #[arg(long, conflicts_with_all = ["limit", "dry_run", "resume", "message"])]
    pub status: bool,
    /// Models looked at together
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
}

impl Publish {
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
    pub fn options(&self, common: &Common) -> publish::Options {
        publish::Options {
            out: below(&common.root, self.out.as_deref().unwrap_or("site".as_ref())),
            only: self.only.clone(),
            limit: self.limit.map(|limit| limit as usize),
            resume: self.resume,
            dry_run: self.dry_run,
            jobs: usize::from(self.jobs),
        }
    }
}
