//! Times `publish` against a Hub on this machine: `cargo bench --bench publish -- [AUDITED [OPENED [LATENCY_MS]]]`.
//!
//! The Hub of the tests answers every request after a fixed time, as a far one would. Printed are
//! wall time, requests per model and the peak of memory. With `serve` as the only argument it
//! prints the environment of a small Hub and waits, to try `publish` by hand.

#[path = "../it/test_hub.rs"]
mod test_hub;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rexpect::session::spawn_command;
use test_hub::{Kind, TestHub};

const BENCHMARK: (&str, &str) = ("openai/gsm8k", "tasks: [{id: gsm8k}]\n");

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let number = |at: usize, default: usize| arguments.get(at).map_or(default, |text| text.parse().expect("a number"));
    if arguments.first().is_some_and(|argument| argument == "serve") {
        return serve();
    }
    let (audited, opened, latency) = (number(0, 1000), number(1, 300), number(2, 20));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let hub = prepare(folder.path(), audited);
    hub.set_latency(Duration::from_millis(latency as u64));

    let (seconds, peak) = run(folder.path(), &hub, &["--dry-run"], None);
    let requests = hub.requests().len();
    println!("audit of {audited} models, {latency} ms an answer: {seconds:.2} s, {peak} KiB at most");
    println!("  {requests} requests, {:.2} a model", requests as f64 / audited as f64);
    hub.clear_requests();
    let (seconds, peak) = run(folder.path(), &hub, &["--limit", &opened.to_string()], Some("Add results"));
    let requests = hub.requests().len();
    let found: usize = (0..audited).map(|n| hub.pull_requests(Kind::Model, &model(n)).len()).sum();
    assert_eq!(found, opened, "pull requests");
    println!("audit as far as needed, and {opened} pull requests: {seconds:.2} s, {peak} KiB at most");
    println!("  {requests} requests, {:.2} a pull request", requests as f64 / opened as f64);
}

fn model(number: usize) -> String {
    format!("acme/m{number:05}")
}

/// A built project of so many models in `root`, and a Hub that has them.
fn prepare(root: &Path, models: usize) -> TestHub {
    let hub = TestHub::start();
    hub.add_dataset(BENCHMARK.0);
    hub.put(Kind::Dataset, BENCHMARK.0, "eval.yaml", BENCHMARK.1);
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let revision = "0123456789abcdef0123456789abcdef01234567";
    write("content/site.yaml", &format!("datastore: {{repo: evaleval/EEE_datastore, revision: {revision}}}\n"));
    for number in 0..models {
        let model = model(number);
        hub.add_model(&model);
        let record = format!(
            r#"{{"schema_version": "0.3.0", "evaluation_id": "e", "retrieved_timestamp": "1767225600",
            "source_metadata": {{"source_organization_name": "First Lab"}},
            "model_info": {{"id": "{model}", "additional_details": {{"model_availability": "open_weights"}}}},
            "evaluation_results": [{{"evaluation_name": "GSM8K", "source_data": {{"hf_repo": "openai/gsm8k"}},
              "metric_config": {{"metric_id": "accuracy", "lower_is_better": false, "min_score": 0, "max_score": 1}},
              "score_details": {{"score": 0.5}}}}]}}"#
        );
        write(&format!("content/datastore/data/one/{model}/x.json"), &record);
    }
    let built = program(root, &hub, &["build", "--quiet"]).status().expect("the program");
    assert!(built.success(), "the build failed");
    hub
}

fn program(root: &Path, hub: &TestHub, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evalcards"));
    command.current_dir(root).args(arguments).env("HF_ENDPOINT", hub.endpoint()).env("HF_TOKEN", "hf_test");
    command
}

/// Runs `publish` on a terminal, confirms if there is a title, and gives seconds and KiB.
fn run(root: &Path, hub: &TestHub, arguments: &[&str], title: Option<&str>) -> (f64, u64) {
    let inner = program(root, hub, &[&["publish"], arguments].concat());
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "%M", "-o", "peak"]).arg(inner.get_program()).args(inner.get_args()).current_dir(root);
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let start = Instant::now();
    let mut terminal = spawn_command(command, Some(600_000)).expect("a terminal, and /usr/bin/time");
    if let Some(title) = title {
        terminal.exp_string("to cancel: ").expect("the question");
        terminal.send_line("OPEN PRS").expect("an answer");
        terminal.exp_string("each pull request").expect("the question");
        terminal.send_line(title).expect("an answer");
    }
    terminal.exp_eof().expect("the end");
    let seconds = start.elapsed().as_secs_f64();
    let _ = terminal.process().wait();
    let peak = fs::read_to_string(root.join("peak")).expect("what time wrote");
    (seconds, peak.trim().lines().last().and_then(|line| line.parse().ok()).unwrap_or_default())
}

/// A Hub with some of everything, for a person.
fn serve() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let hub = prepare(folder.path(), 12);
    let posted = |value: &str| format!("- dataset: {{id: openai/gsm8k, task_id: gsm8k}}\n  value: {value}\n");
    let file = ".eval_results/gsm8k.yaml";
    hub.put(Kind::Model, &model(1), file, posted("50"));
    hub.put(Kind::Model, &model(2), file, posted("48.8"));
    hub.put(Kind::Model, &model(3), file, "# by hand\n- dataset: {id: cais/hle, task_id: hle}\n  value: 12.5\n");
    let text = posted("0.5");
    let files: &[_] = &[(".eval_results/theirs.yaml", Some(text.as_bytes()))];
    hub.open_pr(Kind::Model, &model(4), Some("bob"), "Add our scores", "open", files);
    hub.put(Kind::Model, &model(5), file, "gsm8k: [");
    hub.edit(Kind::Model, &model(6), |repo| repo.private = true);
    println!("cd {}; export HF_TOKEN=hf_test HF_ENDPOINT={}", folder.path().display(), hub.endpoint());
    println!("{} publish", env!("CARGO_BIN_EXE_evalcards"));
    loop {
        std::thread::park();
    }
}
