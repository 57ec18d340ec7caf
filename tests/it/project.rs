//! The harness: a fixture copied to a folder of its own, the program run in it, its files read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A project in a temporary folder.
pub struct Project {
    folder: TempDir,
}

/// What a run of the program gave.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Project {
    /// An empty folder.
    pub fn empty() -> Project {
        Project { folder: TempDir::new().unwrap() }
    }

    /// A copy of `tests/fixtures/<name>`.
    #[track_caller]
    pub fn from(name: &str) -> Project {
        let project = Project::empty();
        copy(&fixtures().join(name), project.root());
        project
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Writes a file of the project, with its folders.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|err| panic!("{path}: {err}"))
    }

    /// A file of the site that is JSON.
    #[track_caller]
    pub fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.read(path)).unwrap()
    }

    /// What stands between `<main …>` and `</main>` of a page.
    #[track_caller]
    pub fn main_of(&self, path: &str) -> String {
        let page = self.read(&format!("site/pages/{path}"));
        let start = page.find("<main").unwrap();
        page[start..page.find("</main>").unwrap()].to_owned()
    }

    /// Runs the program in the project.
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::from(self.command(arguments).output().unwrap())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evalcards"));
        command.current_dir(self.root()).args(arguments).env_remove("SOURCE_DATE_EPOCH").env_remove("NO_COLOR");
        command
    }

    /// Builds, and gives the report.
    #[track_caller]
    pub fn build(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[&["build", "--json"], arguments].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        serde_json::from_str::<Value>(&run.stdout).unwrap()["report"].clone()
    }

    /// All files below `folder`, with their bytes.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        files(&self.path(folder))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// The message, with the place of the temporary folder taken out.
    pub fn error(&self, project: &Project) -> String {
        self.stderr.replace(&project.root().display().to_string(), "PROJECT")
    }
}

/// True if slow tests are to run whole, as in `.ci/run`: `EVALCARDS_TESTS=all`. What is left out else is told.
pub fn is_whole(left_out: &str) -> bool {
    let is_whole = std::env::var_os("EVALCARDS_TESTS").is_some_and(|value| value == "all");
    if !is_whole {
        println!("REDUCED: {left_out}; EVALCARDS_TESTS=all runs it");
    }
    is_whole
}

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// All files below `folder` that a site consists of.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            found.insert(path, fs::read(entry.path()).unwrap());
        }
    }
    found.retain(|path, _| !path.starts_with(".evalcards/"));
    found
}

pub fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        match entry.file_type().is_dir() {
            true => fs::create_dir_all(&target).unwrap(),
            false => _ = fs::copy(entry.path(), &target).unwrap(),
        }
    }
}
