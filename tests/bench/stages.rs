//! Times the stages of a build: `cargo bench -- DATASTORE [RUNS]`.
//!
//! Every run writes into a new folder, then builds again with nothing changed. Printed are the
//! medians in seconds. Compare figures only within one run on one machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use evalcards::Progress;
use evalcards::config::{BuildOptions, Config};
use evalcards::report::BuildReport;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str, _: usize) {}
    fn step(&self) {}
}

fn main() {
    // Cargo itself passes `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let datastore = match arguments.first() {
        Some(folder) => PathBuf::from(folder),
        None => root.join("../shared/data/datastore"),
    };
    if !datastore.is_dir() {
        println!("SKIPPED: {} is not there; name a datastore: cargo bench -- DATASTORE", datastore.display());
        return;
    }
    let runs = arguments.get(1).map_or(3, |runs| runs.parse().expect("RUNS is a number"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("content")).expect("an empty content folder");
    let (mut full, mut unchanged) = (Vec::new(), Vec::new());
    for run in 0..runs {
        full.push(build(folder.path(), &datastore, run));
        unchanged.push(build(folder.path(), &datastore, run));
        assert!(unchanged[run].up_to_date);
    }
    let last = &full[runs - 1];
    println!(
        "{} records, {} results, {} models; {} files, {:.1} MB",
        last.records,
        last.results,
        last.models,
        last.files.written,
        last.files.bytes as f64 / 1e6
    );
    for (name, reports) in [("full build", full), ("nothing changed", unchanged)] {
        println!("{name}, median of {runs}:");
        for (stage, seconds) in medians(&reports) {
            println!("  {stage:<20}{seconds:>8.3}");
        }
    }
}

fn build(root: &Path, datastore: &Path, run: usize) -> BuildReport {
    let options = BuildOptions {
        root: root.to_owned(),
        content: Some(PathBuf::from("content")),
        datastores: vec![std::path::absolute(datastore).expect("a path")],
        out: Some(PathBuf::from(format!("out-{run}"))),
        ..BuildOptions::default()
    };
    let config = Config::new(options).expect("a configuration");
    evalcards::build(&config, &Silent).expect("a build").0
}

fn medians(reports: &[BuildReport]) -> BTreeMap<&str, f64> {
    let stages = reports[0].seconds.keys().map(|stage| {
        let mut seconds: Vec<f64> = reports.iter().map(|report| report.seconds[stage]).collect();
        seconds.sort_by(f64::total_cmp);
        (stage.as_str(), seconds[seconds.len() / 2])
    });
    stages.collect()
}
