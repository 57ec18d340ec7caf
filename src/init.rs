//! *Init* writes a new project: an example of each kind of file, each explained in the file itself; or a
//! [`board`] for one benchmark, from a table of [`scores`].
//!
//! A file that is there already is kept as it is, whatever it holds.

pub mod board;
mod csv;
pub mod scores;

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::config::below;
use crate::hash::Sha256;
use board::Board;

/// What fetches, builds, checks and publishes the site.
pub const WORKFLOW: &str = ".github/workflows/pages.yml";

/// Path and text of the files of any project.
const COMMON: [(&str, &str); 2] =
    [(WORKFLOW, include_str!("init/pages.yml")), (".gitignore", include_str!("init/gitignore"))];

/// Path and text of the examples of a new project.
const EXAMPLES: [(&str, &str); 8] = [
    ("content/site.yaml", include_str!("init/site.yaml")),
    ("content/models/example-org/example-model.md", include_str!("init/model.md")),
    ("content/benchmarks/example-quiz.md", include_str!("init/benchmark.md")),
    ("content/organizations.yaml", include_str!("init/organizations.yaml")),
    ("content/collections.yaml", include_str!("init/collections.yaml")),
    ("content/metrics.yaml", include_str!("init/metrics.yaml")),
    ("content/pages/about.md", include_str!("init/about.md")),
    (
        "content/datastore/data/example/example-org/example-model/6f0c7c3e-8a55-4c3b-9d55-2f6f7d1f4a10.json",
        include_str!("init/record.json"),
    ),
];

/// What `cargo install` installs in the workflow: a release knows where its source is, and says so
/// when it is built. Nothing is guessed, as whoever takes a free name would be run with the site's rights.
const SOURCE: Option<&str> = option_env!("EVALCARDS_SOURCE");

/// Where the workflow downloads the program, if this is a release.
const PROGRAM: Option<&str> = option_env!("EVALCARDS_PROGRAM");

/// SHA-256 of that program. The releases for other systems are built after it and know it; it cannot know its
/// own, and looks.
fn sha256() -> Option<String> {
    let known = option_env!("EVALCARDS_SHA256").filter(|hash| !hash.is_empty()).map(str::to_owned);
    known.or_else(|| {
        let is_it = cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "musl"));
        let program = File::open(env::current_exe().ok().filter(|_| is_it && PROGRAM.is_some())?).ok()?;
        Some(Sha256::of_reader(program).ok()?.0.to_string())
    })
}

/// What is asked for beside a folder.
#[derive(Debug, Default)]
pub struct InitOptions {
    /// The benchmark that the site is about.
    pub benchmark: Option<String>,
    /// A table of its scores.
    pub scores: Option<PathBuf>,
    /// Seconds since 1970.
    pub now: i64,
}

/// What became of the files.
#[derive(Debug, Default)]
pub struct NewProject {
    /// Written now.
    pub written: Vec<String>,
    /// There already, and untouched.
    pub kept: Vec<String>,
    /// True if the workflow knows where the program comes from.
    pub knows_source: bool,
    /// Rows that became records.
    pub records: usize,
    /// Columns that the table of scores lacks.
    pub lacking: Vec<&'static str>,
}

/// Writes a new project into `root`, which is made if it is not there.
pub fn init(root: &Path, options: &InitOptions) -> Result<NewProject> {
    // Examples among somebody's own records would be shown as if they were theirs.
    let content = below(root, "content");
    ensure!(
        fs::symlink_metadata(&content).is_err(),
        "{} already exists, so this is a project; nothing was written\n  help: pass another folder: evalcards init DIR",
        content.display()
    );
    let mut project = NewProject { knows_source: SOURCE.is_some(), ..NewProject::default() };
    let mut files: Vec<(String, String)> = match &options.benchmark {
        Some(benchmark) => {
            let board = Board::new(benchmark)?;
            let table = options.scores.as_deref().map(read_table).transpose()?;
            let made = board.files(table.as_ref().map(|(file, text)| (&**file, &**text)), options.now)?;
            (project.records, project.lacking) = (made.records, made.lacking);
            made.files
        }
        None => EXAMPLES.map(|(path, text)| (path.to_owned(), text.to_owned())).into(),
    };
    files.extend(COMMON.map(|(path, text)| (path.to_owned(), text.to_owned())));
    for (path, text) in files {
        let target = below(root, &path);
        if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let text = match &*path {
            WORKFLOW => (text.replace("{SOURCE}", SOURCE.unwrap_or_default()))
                .replace("{PROGRAM}", PROGRAM.unwrap_or_default())
                .replace("{SHA256}", &sha256().unwrap_or_default()),
            _ => text,
        };
        match File::create_new(&target).and_then(|mut file| file.write_all(text.as_bytes())) {
            Ok(()) => project.written.push(path),
            Err(err) if err.kind() == io::ErrorKind::AlreadyExists => project.kept.push(path),
            Err(err) => return Err(err).with_context(|| format!("cannot write {}", target.display())),
        }
    }
    Ok(project)
}

/// Name and text of a table of scores.
fn read_table(path: &Path) -> Result<(String, String)> {
    let text = crate::text::read(path)?;
    let text =
        text.with_context(|| format!("{} does not exist\n  help: pass a CSV file with --scores", path.display()))?;
    Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text))
}
