//! Every parser, on bytes that nobody meant: what our fixtures and our own files hold, with bytes flipped, cut, repeated
//! and spliced. None panics, hangs, or breaks what is promised of it.
//!
//! `EVALCARDS_FUZZ_SECONDS=60 cargo test --test it fuzz -- --test-threads=1 --nocapture` tries each parser for a minute, by
//! a seed that it prints (`EVALCARDS_FUZZ_SEED`), and keeps the last and the slowest input of each in the temporary folder,
//! so that they are there even if the process ends. Without it each has two seconds, by the same seed in every run.

mod mutate;
mod parsers;

use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant, SystemTime};

use evalcards::check::check;
use evalcards::config::{BuildOptions, Config};

use crate::project::{Project, is_whole};
use mutate::Mutator;
use parsers::{Parser, parsers};

/// No input is larger.
const LARGEST: usize = 1 << 20;

/// Longer is a hang. Without optimisation everything takes five to thirty times as long.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 2 });

/// For how long each parser is tried, and by which seed.
struct Plan {
    time: Duration,
    seed: u64,
    /// By hand: inputs are kept, and figures told.
    is_long: bool,
}

impl Plan {
    fn new() -> Plan {
        let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
        let seconds = number("EVALCARDS_FUZZ_SECONDS");
        let of_clock = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let usual = if is_whole("most of the mutated inputs") { 5 } else { 1 };
        Plan {
            time: Duration::from_secs(seconds.unwrap_or(usual)),
            seed: number("EVALCARDS_FUZZ_SEED").unwrap_or_else(|| seconds.map_or(1, |_| of_clock())),
            is_long: seconds.is_some(),
        }
    }

    /// Hands mutations of `corpus` to `holds` until the time is over. The findings: what went wrong, and with which input.
    fn run(&self, name: &str, corpus: &[Vec<u8>], mut holds: impl FnMut(&[u8]) -> Result<(), String>) {
        assert!(!corpus.is_empty(), "{name} has no corpus");
        let mut mutator = Mutator::new(self.seed);
        let (start, mut runs, mut slowest) = (Instant::now(), 0u64, Duration::ZERO);
        let kept = env::temp_dir().join(format!("evalcards-fuzz-{name}"));
        while start.elapsed() < self.time {
            let input = mutator.next(corpus, LARGEST);
            if self.is_long {
                fs::write(&kept, &input).unwrap();
            }
            let begin = Instant::now();
            let outcome = catch_unwind(AssertUnwindSafe(|| holds(&input)));
            let took = begin.elapsed();
            let fault = match outcome {
                Ok(Ok(())) if took <= LONGEST => None,
                Ok(Ok(())) => Some(format!("took {took:?}")),
                Ok(Err(why)) => Some(why),
                Err(_) => Some("panicked".to_owned()),
            };
            if let Some(fault) = fault {
                fs::write(&kept, &input).unwrap();
                let seed = self.seed;
                panic!("{name}: {fault} (seed {seed}, run {runs}, {} bytes in {})", input.len(), kept.display());
            }
            runs += 1;
            if took > slowest {
                slowest = took;
                if self.is_long {
                    fs::write(kept.with_extension("slowest"), &input).unwrap();
                }
            }
        }
        println!("{name}: {runs} inputs by seed {}, the slowest took {slowest:?}", self.seed);
        let _ = fs::remove_file(&kept);
    }
}

#[test]
fn no_parser_panics_hangs_or_breaks_its_promise() {
    let plan = Plan::new();
    for Parser { name, corpus, mut holds } in parsers() {
        plan.run(name, &corpus, &mut holds);
    }
}

/// What stands in `content/` is read or told, and stops no build but where the documentation says so.
#[test]
fn no_file_of_a_project_makes_a_build_panic_and_no_record_or_fact_stops_it() {
    let project = parsers::project();
    let files: Vec<(String, Vec<u8>)> = project.files("content").into_iter().collect();
    let plan = Plan::new();
    let mut turn = 0;
    let corpus: Vec<Vec<u8>> = files.iter().map(|(_, bytes)| bytes.clone()).collect();
    plan.run("project", &corpus, |input| {
        // Each mutation in the place of each file by turns: mostly in another's than its own.
        let (path, bytes) = &files[turn % files.len()];
        turn += 1;
        fs::write(project.path("content").join(path), input).unwrap();
        let built = build(&project);
        fs::write(project.path("content").join(path), bytes).unwrap();
        match built {
            Err(why) if !may_stop(path) => Err(format!("{path} stopped the build: {why}")),
            Err(why) if !why.contains("help: ") && !why.contains(path) => {
                Err(format!("{path}: neither named nor a remedy: {why}"))
            }
            _ => Ok(()),
        }
    });
}

/// What the reference names as stopping a build. The attestations of the project are about all of its other files.
fn may_stop(path: &str) -> bool {
    let of_attestations = ["organizations.yaml", "datastore.lock"].contains(&path) || path.starts_with("hub/");
    path == "site.yaml" || path.starts_with("attestations/") || of_attestations
}

fn build(project: &Project) -> Result<(), String> {
    let options = BuildOptions { root: project.root().to_owned(), ..BuildOptions::default() };
    let config = Config::new(options).map_err(|err| format!("{err:#}"))?;
    evalcards::build(&config, &()).map_err(|err| format!("{err:#}"))?;
    check(&config, &()).map(|_| ()).map_err(|err| format!("{err:#}"))
}
