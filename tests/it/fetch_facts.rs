//! Facts from a Hub of our own: what is written down, what stays, and that nothing is said that was
//! not seen.

mod benchmarks; // eval.yaml, and where it says otherwise than our list
mod models; // pages of models, ages, kills
mod official; // what the Hub marks official, and drafts
mod posted; // the Hub's judgement of posted results
mod submissions; // who brought which bytes

use std::fs;
use std::path::PathBuf;

use evalcards::Progress;
use evalcards::facts::{StoredFact, read};
use evalcards::fetch::Run;
use evalcards::hub::{Hub, Settings};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::test_hub::TestHub;

/// A Hub, a client of it, and a folder for facts.
struct Desk {
    hub: TestHub,
    client: Hub,
    folder: TempDir,
}

struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
}

/// When a test begins; `Run`s are so many days later.
const START: &str = "2026-09-01T12:00:00Z";

impl Desk {
    fn new() -> Desk {
        Desk::with_token(Some("hf_test"))
    }

    fn with_token(token: Option<&str>) -> Desk {
        let hub = TestHub::start();
        let folder = TempDir::new().unwrap();
        let home = folder.path().join("home").display().to_string();
        let variable = |name: &str| match name {
            "HF_ENDPOINT" => Some(hub.endpoint()),
            "HF_TOKEN" => token.map(str::to_owned),
            "HF_HOME" => Some(home.clone()),
            "EVALCARDS_WAIT_SCALE" => Some("0.001".to_owned()),
            _ => None,
        };
        let client = Hub::connect(Settings::from(variable).unwrap(), |_, _| {}).unwrap();
        Desk { hub, client, folder }
    }

    /// `content/hub` of the project.
    fn facts_folder(&self) -> PathBuf {
        self.folder.path().join("content/hub")
    }

    /// Runs `fetch` so many days after the start.
    fn run_on<T>(&self, day: i64, fetch: impl FnOnce(&Run) -> T) -> T {
        let folder = self.facts_folder();
        fetch(&Run {
            hub: &self.client,
            folder: &folder,
            max_age: SignedDuration::from_hours(30 * 24),
            force: false,
            jobs: 3,
            now: START.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * day),
            progress: &Silent,
        })
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.facts_folder().join(file)).unwrap_or_default()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.facts_folder().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[track_caller]
    fn facts<F: StoredFact>(&self) -> Vec<F> {
        read(&self.text(F::FILE)).unwrap()
    }

    /// Requests since the last clearing whose path contains `part`.
    fn asked(&self, part: &str) -> usize {
        self.hub.requests().iter().filter(|seen| seen.path.contains(part)).count()
    }
}
