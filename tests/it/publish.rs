//! `publish` against a Hub of our own: what it finds, what it shows, what it sends, and that it
//! sends nothing twice and nothing unasked.

mod audit; // what is on the Hub already
mod chaos; // many models, faults of every kind, kills at any moment
mod confirm; // a person at a terminal
mod follow; // the state of pull requests after they are opened
mod submit; // pull requests and the journal
mod wire; // requests, waits, redirects, tokens

use std::process::Command;

use rexpect::session::{PtySession, spawn_command};
use serde_json::Value;

use crate::project::{Project, Run};
use crate::test_hub::{Kind, Pr, TestHub};

const TITLE: &str = "Add EvalEval results";
const FILE: &str = ".eval_results/gsm8k.yaml";

/// A built project, and a Hub with its models.
pub struct Desk {
    pub project: Project,
    pub hub: TestHub,
}

/// What the audit found.
struct Review(Value);

/// A posted entry of GSM8K.
fn posted(value: &str) -> String {
    format!("- dataset: {{id: openai/gsm8k, task_id: gsm8k}}\n  value: {value}\n")
}

impl Desk {
    /// GSM8K scores of models, built, and a Hub that has the models and the benchmark.
    pub fn new(scores: &[(&str, &str)]) -> Desk {
        let project = Project::empty();
        let site = "datastore: {repo: evaleval/EEE_datastore, revision: 0123456789abcdef0123456789abcdef01234567}\n\
                    base_url: https://cards.example/\n";
        project.write("content/site.yaml", site);
        let desk = Desk { project, hub: TestHub::start() };
        for (model, score) in scores {
            desk.write_record(model, score);
            desk.hub.add_model(model);
        }
        desk.hub.add_dataset("openai/gsm8k");
        desk.hub.put(Kind::Dataset, "openai/gsm8k", "eval.yaml", "name: GSM8K\ntasks: [{id: gsm8k}]\n");
        if !scores.is_empty() {
            desk.project.build(&[]);
        }
        desk
    }

    pub fn write_record(&self, model: &str, score: &str) {
        let record = format!(
            r#"{{"schema_version": "0.3.0", "evaluation_id": "e", "retrieved_timestamp": "1767225600",
            "source_metadata": {{"source_organization_name": "First Lab"}},
            "model_info": {{"id": "{model}", "additional_details": {{"model_availability": "open_weights"}}}},
            "evaluation_results": [{{"evaluation_name": "GSM8K", "source_data": {{"hf_repo": "openai/gsm8k"}},
              "metric_config": {{"metric_id": "accuracy", "lower_is_better": false, "min_score": 0, "max_score": 1}},
              "score_details": {{"score": {score}}}}}]}}"#
        );
        self.project.write(&format!("content/datastore/data/one/{model}/x.json"), &record);
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.command(&[&["publish"], arguments].concat());
        command.envs([("HF_ENDPOINT", self.hub.endpoint().as_str()), ("HF_TOKEN", "hf_test")]);
        command.env("HF_HOME", self.project.path("home")).env("EVALCARDS_WAIT_SCALE", "0.01");
        for unset in ["HF_TOKEN_PATH", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HUGGING_FACE_HUB_TOKEN"] {
            command.env_remove(unset);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::from(self.command(arguments).output().unwrap())
    }

    /// The audit alone.
    #[track_caller]
    fn audit(&self) -> Review {
        let run = self.run(&["--dry-run", "--json"]);
        let document = serde_json::from_str::<Value>(&run.stdout).unwrap();
        assert_eq!(run.code, i32::from(document["ok"] != true), "{}", run.stderr);
        Review(document["review"].clone())
    }

    /// A terminal with `publish` in it.
    pub fn terminal(&self, arguments: &[&str]) -> PtySession {
        spawn_command(self.command(arguments), Some(60_000)).unwrap()
    }

    /// What a person does: looks, types the phrase and a title, waits. Gives the exit code and all
    /// that was shown.
    #[track_caller]
    pub fn confirm(&self, arguments: &[&str]) -> (i32, String) {
        let mut terminal = self.terminal(arguments);
        let mut shown = terminal.exp_string("to cancel: ").unwrap();
        terminal.send_line("OPEN PRS").unwrap();
        shown += &terminal.exp_string("each pull request").unwrap();
        terminal.send_line(TITLE).unwrap();
        shown += &terminal.exp_eof().unwrap();
        (code(terminal), shown)
    }

    pub fn pulls(&self, model: &str) -> Vec<Pr> {
        self.hub.pull_requests(Kind::Model, model)
    }

    /// How many requests of `method` had `part` in their path.
    fn asked(&self, method: &str, part: &str) -> usize {
        let requests = self.hub.requests();
        requests.iter().filter(|it| it.method == method && format!("{}?{}", it.path, it.query).contains(part)).count()
    }
}

/// The exit code of what ran in a terminal.
#[track_caller]
pub fn code(terminal: PtySession) -> i32 {
    let status = format!("{:?}", terminal.process().wait().unwrap());
    let code = status.strip_prefix("Exited(").and_then(|rest| rest.rsplit([',', ')']).nth(1)?.trim().parse().ok());
    code.unwrap_or_else(|| panic!("{status}"))
}

impl Review {
    /// Status of the candidates of a model.
    #[track_caller]
    fn status(&self, model: &str) -> &str {
        self.entry(model)["status"].as_str().unwrap()
    }

    #[track_caller]
    fn entry(&self, model: &str) -> &Value {
        let entries = self.0["entries"].as_array().unwrap();
        entries.iter().find(|entry| entry["model_repo"] == model).unwrap_or_else(|| panic!("{:#}", self.0))
    }

    /// All that was said of a model's candidates and problems.
    fn text(&self, model: &str) -> String {
        self.entry(model).to_string()
    }
}
