use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rexpect::session::{PtySession, spawn_command};

use super::{Desk, FILE, TITLE, posted};
use crate::project::is_whole;
use crate::test_hub::{Kind, Tree};

/// Runs after which it must be done, faults or not.
const MOST_RUNS: usize = 60;

/// What a model is like before the first run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Before {
    Nothing,
    OtherEntry,
    OwnReadme,
    SameOnMain,
    OtherOnMain,
    SameInPull,
    OtherInPull,
    Broken,
    Missing,
}

impl Before {
    fn of(number: usize) -> Before {
        match number % 20 {
            0..=9 => Before::Nothing,
            10 | 11 => Before::OtherEntry,
            12 | 13 => Before::OwnReadme,
            14 => Before::SameOnMain,
            15 => Before::OtherOnMain,
            16 => Before::SameInPull,
            17 => Before::OtherInPull,
            18 => Before::Broken,
            _ => Before::Missing,
        }
    }

    /// Models that must have one pull request of ours in the end; all others none.
    fn is_ready(self) -> bool {
        matches!(self, Before::Nothing | Before::OtherEntry | Before::OwnReadme)
    }
}

fn prepare(n_models: usize) -> (Desk, Vec<(String, Before)>) {
    let models: Vec<(String, Before)> = (0..n_models).map(|n| (format!("acme/m{n:03}"), Before::of(n))).collect();
    let scores: Vec<(&str, &str)> = models.iter().map(|(model, _)| (model.as_str(), "0.5")).collect();
    let desk = Desk::new(&scores);
    let other = "- dataset: {id: a/b, task_id: c} # keep\n  value: 1";
    for (model, before) in &models {
        let put = |text: &str| _ = desk.hub.put(Kind::Model, model, FILE, text);
        let propose = |text: &str| {
            let files: &[_] = &[(".eval_results/theirs.yaml", Some(text.as_bytes()))];
            _ = desk.hub.open_pr(Kind::Model, model, Some("bob"), TITLE, "open", files);
        };
        match before {
            Before::Nothing => {}
            Before::OtherEntry => put(other),
            Before::OwnReadme => _ = desk.hub.put(Kind::Model, model, "README.md", "words"),
            Before::SameOnMain => put(&posted("50")),
            Before::OtherOnMain => put(&posted("51")),
            Before::SameInPull => propose(&posted("50.0")),
            Before::OtherInPull => propose(&posted("49")),
            Before::Broken => put("gsm8k: ["),
            Before::Missing => desk.hub.edit(Kind::Model, model, |repo| repo.private = true),
        }
    }
    (desk, models)
}

/// Confirms as a person would, as far as the program lives to ask. Gives the exit code.
fn run_once(desk: &Desk) -> Option<i32> {
    let program = desk.command(&["--jobs", "4"]);
    let mut command = Command::new("sh");
    // The shell becomes the program, under the number that it wrote down.
    command.args(["-c", "echo $$ > pid; exec \"$@\"", "sh"]).arg(program.get_program()).args(program.get_args());
    command.current_dir(desk.project.root()).env_remove("HF_TOKEN");
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut terminal = spawn_command(command, Some(60_000)).unwrap();
    let answer = |terminal: &mut PtySession| {
        terminal.exp_string("to cancel: ").ok()?;
        terminal.send_line("OPEN PRS").ok()?;
        terminal.exp_string("each pull request").ok()?;
        terminal.send_line(TITLE).ok()
    };
    let _ = answer(&mut terminal);
    let _ = terminal.exp_eof();
    let status = format!("{:?}", terminal.process().wait());
    std::fs::remove_file(desk.project.path("pid")).unwrap();
    status.strip_prefix("Ok(Exited(")?.rsplit([',', ')']).nth(2)?.trim().parse().ok()
}

/// Runs `publish` on a Hub that fails in every way, kills it at random requests, and runs it again
/// until it has nothing left to do. Gives the number of runs and of kills.
fn survive(seed: u64, n_models: usize) -> (usize, u64) {
    let (desk, models) = prepare(n_models);
    let before = desk.hub.snapshot();
    let theirs: BTreeMap<&str, usize> =
        models.iter().map(|(model, _)| (model.as_str(), desk.pulls(model).len())).collect();
    desk.hub.chaos(seed, 0.15);
    let (kills, pid) = (Arc::new(AtomicU64::new(0)), desk.project.path("pid"));
    let kills_here = Arc::clone(&kills);
    desk.hub.on_request(move |seen| {
        // Any request may be the last, a commit more likely than others.
        let bits = (seed ^ seen.number).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let one_in = if seen.path.contains("/commit/") { 30 } else { 2500 };
        let Some(pid) = std::fs::read_to_string(&pid).ok().filter(|_| bits.is_multiple_of(one_in)) else { return };
        let killed = Command::new("kill").args(["-9", pid.trim()]).status();
        kills_here.fetch_add(u64::from(killed.is_ok_and(|status| status.success())), Ordering::Relaxed);
    });
    let is_done = |model: &str, before: Before| !before.is_ready() || desk.pulls(model).len() > theirs[model];
    let mut runs = 0;
    while !models.iter().all(|(model, before)| is_done(model, *before)) {
        runs += 1;
        assert!(runs <= MOST_RUNS, "seed {seed}: not done after {MOST_RUNS} runs");
        run_once(&desk);
        if runs == 3 {
            desk.project.build(&["--clean"]);
        }
    }
    desk.hub.clear_faults();
    desk.hub.on_request(|_| {});
    assert_eq!(run_once(&desk), Some(0), "seed {seed}: one more run has nothing to do");
    for (model, before) in &models {
        let ours = desk.pulls(model).into_iter().filter(|pull| pull.author.as_deref() == Some("alice")).count();
        assert_eq!(ours, usize::from(before.is_ready()), "seed {seed}: {model} {before:?}");
    }
    assert_eq!(desk.hub.snapshot(), before, "seed {seed}: main branches are not ours to change");
    for (model, _) in models.iter().filter(|(_, before)| *before == Before::OtherEntry) {
        let old: &Tree = &before[&(Kind::Model, model.clone())];
        let new = desk.pulls(model).pop().unwrap().files[FILE].clone().unwrap();
        assert!(new.starts_with(&old[FILE]) && new.len() > old[FILE].len(), "seed {seed}: {model}");
    }
    (runs, kills.load(Ordering::Relaxed))
}

#[test]
fn whatever_fails_each_model_gets_its_one_pull_request() {
    let (seeds, models) = if is_whole("more seeds and models") { ("1..5", 200) } else { ("1..2", 40) };
    // More by hand: EVALCARDS_CHAOS_SEEDS=100..160 EVALCARDS_CHAOS_MODELS=200
    let seeds = std::env::var("EVALCARDS_CHAOS_SEEDS").unwrap_or(seeds.to_owned());
    let (first, end) = seeds.split_once("..").expect("seeds as FIRST..END");
    let models = std::env::var("EVALCARDS_CHAOS_MODELS").map_or(models, |n| n.parse().unwrap());
    let next = AtomicU64::new(first.parse().unwrap());
    let end: u64 = end.parse().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    let (runs, kills) = survive(seed, models);
                    println!("seed {seed}: {runs} runs, {kills} kills");
                }
            });
        }
    });
}
