//! Kills, full disks, builds at once and content that changes meanwhile: no file is there by halves, no site contradicts its
//! records, and the next build mends everything.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::project::{Project, Run, is_whole};

const MODELS: usize = 40;

/// How often each trouble is made.
fn rounds(what: &str) -> usize {
    if is_whole(&format!("most of 100 rounds of {what}")) { 100 } else { 4 }
}

fn record(number: usize, score: &str) -> String {
    format!(
        r#"{{"schema_version": "0.3.0", "evaluation_id": "c/{number}", "retrieved_timestamp": "1768435200",
        "source_metadata": {{"source_name": "Board", "source_organization_name": "Acme Evals"}},
        "model_info": {{"name": "m{number}", "id": "lab/m{number}"}},
        "evaluation_results": [{{"evaluation_name": "Quiz", "source_data": {{"dataset_name": "Quiz"}},
            "metric_config": {{"metric_id": "accuracy", "lower_is_better": false, "min_score": 0, "max_score": 1}},
            "score_details": {{"score": {score}}}}}]}}"#
    )
}

fn path(number: usize) -> String {
    format!("content/datastore/data/c/lab/m{number}/0b0b6a3e-5d5f-4c0e-9d8e-{number:012}.json")
}

/// Writes the records of one of two states, which differ in each score.
fn set(project: &Project, state: usize) {
    for number in 0..MODELS {
        project.write(&path(number), &record(number, &format!("0.{}{number:02}", state + 3)));
    }
}

type Files = BTreeMap<String, Vec<u8>>;

/// A project in the first state, and the sites of both.
fn project() -> (Project, [Files; 2]) {
    let project = Project::empty();
    let clean = [1, 0].map(|state| {
        set(&project, state);
        let out = format!("clean{state}");
        project.build(&["--out", &out]);
        files(&project, &out)
    });
    let [one, zero] = clean;
    (project, [zero, one])
}

/// What both sites have at the same place: the state that feeds are made from tells of the build before.
fn files(project: &Project, out: &str) -> Files {
    let mut files = project.files(out);
    files.retain(|path, _| !path.ends_with(".atom") && !path.ends_with("state.jsonl.gz"));
    files
}

/// No file is by halves: each has the bytes of one of both states.
fn ensure_whole(project: &Project, out: &str, clean: &[Files; 2], what: &str) {
    for (path, bytes) in files(project, out).iter().filter(|(path, _)| !path.ends_with(".tmp")) {
        let is_whole = clean.iter().any(|files| files.get(path) == Some(bytes));
        assert!(is_whole, "{what}: {path} is neither of one state nor of the other");
    }
}

fn ensure_mended(project: &Project, clean: &Files, what: &str) {
    project.build(&["--out", "site"]);
    assert!(files(project, "site") == *clean, "{what}: the next build leaves something");
}

#[test]
fn a_build_that_is_killed_leaves_no_file_by_halves() {
    let (project, clean) = project();
    // How long a build takes here, so that kills come at any moment of it.
    let start = Instant::now();
    project.build(&["--out", "site"]);
    let whole = start.elapsed();
    let (rounds, mut kills) = (rounds("kills"), 0);
    for round in 0..rounds {
        set(&project, round % 2);
        let mut child = project.command(&["build", "--quiet", "--out", "site"]).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(whole * (round as u32 * 37 % 100) / 100);
        kills += usize::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        ensure_whole(&project, "site", &clean, &format!("kill {round}"));
        if round % 10 == 0 {
            ensure_mended(&project, &clean[round % 2], &format!("kill {round}"));
        }
    }
    set(&project, 0);
    ensure_mended(&project, &clean[0], "kills");
    println!("{kills} of {rounds} builds were killed");
    assert!(kills * 4 >= rounds, "only {kills} of {rounds} builds were killed");
}

#[cfg(unix)]
#[test]
fn a_build_on_a_full_disk_says_so_and_leaves_no_file_by_halves() {
    let (project, clean) = project();
    let (rounds, mut failures) = (rounds("full disks"), 0);
    for round in 0..rounds {
        set(&project, round % 2);
        // No file may be longer; the signal for it is ignored, so that writing fails.
        let blocks = 1 + round * 96 / rounds;
        let line = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" build --out site");
        let mut command = Command::new("sh");
        command.args(["-c", &line]).arg(env!("CARGO_BIN_EXE_evalcards")).current_dir(project.root());
        let run = Run::from(command.output().unwrap());
        if run.code != 0 {
            failures += 1;
            assert!(run.code == 1 && run.stderr.contains("site/"), "{blocks} blocks: {run:?}");
        }
        ensure_whole(&project, "site", &clean, &format!("{blocks} blocks"));
        let left: Vec<_> = project.files("site").into_keys().filter(|path| path.ends_with(".tmp")).collect();
        assert!(left.len() <= 64, "{blocks} blocks: {left:?}");
        if round % 10 == 0 {
            ensure_mended(&project, &clean[round % 2], &format!("{blocks} blocks"));
            fs::remove_dir_all(project.path("site")).unwrap();
        }
    }
    set(&project, 0);
    ensure_mended(&project, &clean[0], "full disks");
    println!("{failures} of {rounds} builds found the disk full");
    assert!(failures * 4 > rounds, "only {failures} of {rounds} builds found the disk full");
}

#[test]
fn two_builds_at_once_are_one_after_the_other_or_one_is_refused() {
    let (project, clean) = project();
    let (rounds, mut refused) = (rounds("two builds at once"), 0);
    for round in 0..rounds {
        set(&project, round % 2);
        let start = || {
            let mut command = project.command(&["build", "--quiet", "--out", "site"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children = [start(), start()];
        let runs = children.map(|child| Run::from(child.wait_with_output().unwrap()));
        for run in &runs {
            refused += usize::from(run.code != 0);
            assert!(run.code == 0 || run.stderr.contains("another") && run.stderr.contains("site"), "{round}: {run:?}");
        }
        assert!(runs.iter().any(|run| run.code == 0), "{round}: {runs:?}");
        assert!(files(&project, "site") == clean[round % 2], "{round}: the site is that of the records");
    }
    println!("{refused} of {} builds were refused", 2 * rounds);
}

/// Tells the writer that it is over.
struct AtEnd<'a>(&'a AtomicBool);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_build_while_records_change_contradicts_none_of_its_records() {
    let (project, clean) = project();
    let rounds = rounds("changes during a build");
    let (is_over, mut changes, mut refused) = (AtomicBool::new(false), 0, 0);
    project.build(&["--out", "site"]);
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut n = 0;
            while !is_over.load(Ordering::Relaxed) {
                // In place, as some editors do: a reader may see half a file.
                fs::write(project.path(&path(n % MODELS)), record(n % MODELS, &format!("0.{n:06}"))).unwrap();
                n += 1;
                thread::sleep(Duration::from_millis([1, 20, 200][n / 50 % 3]));
            }
            n
        });
        // Also if something does not hold.
        let end = AtEnd(&is_over);
        for round in 0..rounds {
            // A record that is read twice, because the site has a copy of it, must be the same both times.
            let run = project.run(&["build", "--quiet", "--out", "site"]);
            refused += usize::from(run.code != 0);
            assert!(run.code == 0 || run.stderr.contains("changed during the build; build again"), "{round}: {run:?}");
            // Each number is that of a record which the site holds, byte for byte.
            let run = project.run(&["check", "--site", "site"]);
            assert_eq!(run.code, 0, "{round}: {}{}", run.stdout, run.stderr);
        }
        drop(end);
        changes = writer.join().unwrap();
    });
    set(&project, 0);
    ensure_mended(&project, &clean[0], "changes");
    println!("{changes} changes during {rounds} builds, of which {refused} were refused");
    assert!(changes > rounds, "{changes}");
}
