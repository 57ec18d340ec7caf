//! Times `fetch` against a Hub on this machine: `cargo bench --bench fetch -- DATASTORE [JOBS [LATENCY_MS]]`.
//!
//! The Hub of the tests answers every request after a fixed time, as a far one would; with so many
//! connections it cannot give more than connections / latency objects a second. Printed are objects
//! per second beside that limit and the peak of memory, for a first run and for one with nothing to do. With
//! `serve` after the datastore it prints the Hub's address and waits, to try `fetch` by hand.

#[path = "../it/test_hub.rs"]
mod test_hub;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use test_hub::{Kind, TestHub};
use walkdir::WalkDir;

const STORE: &str = "evaleval/EEE_datastore";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let Some(datastore) = arguments.first().map(Path::new).filter(|folder| folder.is_dir()) else {
        println!("SKIPPED: name a datastore on disk: cargo bench --bench fetch -- DATASTORE");
        return;
    };
    let number = |at: usize, default: u32| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (jobs, latency) = (number(1, 16), number(2, 20));
    let hub = TestHub::start();
    hub.add_dataset(STORE);
    let files = WalkDir::new(datastore).into_iter().map(|entry| entry.expect("a folder to list"));
    let files = files.filter(|entry| entry.file_type().is_file()).map(|entry| {
        let path = entry.path().strip_prefix(datastore).expect("a path below it");
        (path.to_str().expect("UTF-8").to_owned(), fs::read(entry.path()).expect("a file"))
    });
    hub.put_all(Kind::Dataset, STORE, files.filter(|(path, _)| path.starts_with("flat/")));
    hub.set_latency(Duration::from_millis(u64::from(latency)));
    let folder = tempfile::tempdir().expect("a temporary folder");
    if arguments.get(1).is_some_and(|argument| argument == "serve") {
        println!("export HF_ENDPOINT={}; {} fetch --list", hub.endpoint(), env!("CARGO_BIN_EXE_evalcards"));
        loop {
            std::thread::park();
        }
    }
    let limit = f64::from(jobs) * 1000.0 / f64::from(latency.max(1));
    for what in ["first", "again"] {
        let (seconds, peak) = run(folder.path(), &hub, jobs);
        let requests = hub.requests().len();
        hub.clear_requests();
        let rate = requests as f64 / seconds;
        let share = 100.0 * rate / limit;
        println!(
            "{what}: {requests} requests in {seconds:.1} s, {rate:.0} a second; {share:.0} % of the {limit:.0} that {jobs} connections allow; {peak} KiB at most"
        );
    }
}

/// Gives seconds and KiB.
fn run(root: &Path, hub: &TestHub, jobs: u32) -> (f64, u64) {
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "%M", "-o", "peak", env!("CARGO_BIN_EXE_evalcards"), "fetch", "--all", "--quiet", "--jobs"]);
    command.arg(jobs.to_string()).current_dir(root).env("HF_ENDPOINT", hub.endpoint()).env_remove("HF_TOKEN");
    let start = Instant::now();
    let status = command.status().expect("/usr/bin/time");
    let seconds = start.elapsed().as_secs_f64();
    assert!(status.success(), "the run failed");
    let peak = fs::read_to_string(root.join("peak")).expect("what time wrote");
    (seconds, peak.trim().parse().unwrap_or_default())
}
