//! The `eval.yaml` of each registered benchmark, and of each that the Hub marks official:
//! `content/hub/benchmarks.jsonl`, and its text in `content/hub/eval/`. Differences from the built-in list are
//! reported and not applied; benchmarks that the list lacks get a draft.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::asking::{FailedRequest, Run, ask_all, plain};
use super::draft::Drafts;
use super::official::{self, Changed, New, Official};
use super::store::{Store, write_if_changed};
use crate::diagnostic::{Diagnostic, DiagnosticCode, Diagnostics};
use crate::facts::{BenchmarkFact, EvalYamlFact};
use crate::hash::Sha256;
use crate::hub::{ErrorKind, Hub, HubError, Repo, RepoHead};
use crate::load::hub_benchmark::HubBenchmark;

/// Larger files are not read (bytes).
const MAX_FILE: u64 = 1 << 20;
/// No benchmark has more leaderboards.
const MAX_TASKS: usize = 1000;

/// What the Hub knew as `evaluation_framework` in September 2026.
const FRAMEWORKS: &str = "exgentic inspect-ai math-arena mteb olmocr-bench harbor ifstruct pier redline-bench \
    archipelago benchflow apex-evals screenspot-pro swe-bench swe-bench-pro nemo-evaluator yc-bench \
    open-asr-leaderboard mdpbench real5-omnidocbench parsebench video-mme-v2 claw-eval researchclawbench pbench \
    wildclawbench wbench nanofold mmmu extractbench";

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BenchmarksReport {
    /// Benchmarks whose `eval.yaml` was read.
    pub read: usize,
    /// Benchmarks without one that everybody may read.
    pub without: usize,
    /// Benchmarks that were not asked for, because the Hub stopped answering.
    pub not_asked: usize,
    /// Benchmarks that were asked for in vain; what was known of them stays.
    pub failures: Vec<FailedRequest>,
    /// What the Hub marks official, against our list; `None` if it did not answer.
    pub official: Option<Official>,
    /// Where an `eval.yaml` says otherwise than our list.
    pub findings: Vec<Diagnostic>,
}

/// What the Hub has of a benchmark.
pub(super) struct BenchmarkOnHub {
    /// Its id and commit.
    pub head: Option<RepoHead>,
    /// Its bytes, and what they say.
    pub file: Option<(Vec<u8>, Said)>,
}

/// What an `eval.yaml` says, as far as it matters here.
pub(super) struct Said {
    /// What the benchmark is called.
    pub name: Option<String>,
    framework: Option<String>,
    /// Its leaderboards.
    pub tasks: Vec<SaidTask>,
}

/// A task of an `eval.yaml`.
pub(super) struct SaidTask {
    /// As results name it.
    pub id: String,
    /// The split of the dataset that is the test.
    pub split: Option<String>,
}

/// Asks for each of `benchmarks`, and for those that the Hub marks official besides. Facts about others stay.
pub fn fetch(run: &Run, benchmarks: &[HubBenchmark]) -> Result<BenchmarksReport> {
    let mut store: Store<BenchmarkFact> = Store::open(run.folder)?;
    let mut report = BenchmarksReport::default();
    let mut findings = Diagnostics::default();
    run.progress.stage("list official benchmarks", 0);
    let listed = match run.hub.official_benchmarks() {
        Ok(ids) => Some(official::sound(ids, &mut findings)),
        Err(err) => {
            report.failures.push(FailedRequest::new("the list of official benchmarks", &err));
            None
        }
    };
    let (mut gone, mut changed, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
    let asked = ask_all(
        run,
        "ask for benchmarks",
        benchmarks,
        |it| look_up(run.hub, &it.dataset),
        |it, answer| {
            let Some(found) = report.take(&it.dataset, answer) else { return Ok(()) };
            let differences = compare(it, &found, &text_path(run.folder, &it.dataset), &mut findings);
            let now = found.head.as_ref().map(|head| head.id.to_lowercase());
            let is_it = |id: &String| it.is_dataset(id) || now.as_ref().is_some_and(|now| *now == id.to_lowercase());
            if !listed.iter().flatten().any(is_it) {
                gone.push(it.dataset.clone());
            } else if !differences.is_empty() {
                changed.push(Changed { dataset: it.dataset.clone(), differences });
            }
            names.extend(now);
            store.put(report.keep(run, &it.dataset, &found)?);
            Ok(())
        },
    );
    let mut not_asked = asked?;
    // Who was not asked about may have another name now, under which it is not new.
    if let Some(listed) = listed.filter(|_| not_asked == 0) {
        let is_known =
            |id: &&String| names.contains(&id.to_lowercase()) || benchmarks.iter().any(|it| it.is_dataset(id));
        let new: Vec<&String> = listed.iter().filter(|id| !is_known(id)).collect();
        let mut drafts = Drafts::open(run.folder.join(official::DRAFTS), benchmarks)?;
        let mut found_new = Vec::new();
        not_asked += ask_all(
            run,
            "ask for new benchmarks",
            &new,
            |id| look_up(run.hub, id),
            |id, answer| {
                let Some(found) = report.take(id, answer) else { return Ok(()) };
                store.put(report.keep(run, id, &found)?);
                found_new.push(((*id).clone(), found));
                Ok(())
            },
        )?;
        // Answers come in any order, and names of drafts must not depend on it.
        found_new.sort_by(|a, b| a.0.cmp(&b.0));
        let mut rows = Vec::new();
        for (dataset, found) in found_new {
            rows.push(New::of(dataset, &found, run, &mut drafts, &mut findings)?);
        }
        gone.sort();
        changed.sort_by(|a, b| a.dataset.cmp(&b.dataset));
        report.official = Some(Official { listed: listed.len(), new: rows, gone, changed });
    }
    store.save()?;
    report.not_asked = not_asked;
    report.failures.sort_by(|a, b| a.what.cmp(&b.what));
    report.findings = findings.into_sorted();
    Ok(report)
}

impl BenchmarksReport {
    /// What was found, or a failure more.
    fn take(&mut self, dataset: &str, answer: Result<BenchmarkOnHub, HubError>) -> Option<BenchmarkOnHub> {
        answer.map_err(|err| self.failures.push(FailedRequest::new(dataset, &err))).ok()
    }

    /// Keeps the text of an `eval.yaml`, and gives the fact about it.
    fn keep(&mut self, run: &Run, dataset: &str, found: &BenchmarkOnHub) -> Result<BenchmarkFact> {
        let path = text_path(run.folder, dataset);
        let eval_yaml = match (&found.head, &found.file) {
            (Some(head), Some((bytes, said))) => {
                write_if_changed(&path, bytes)?;
                self.read += 1;
                let tasks = said.tasks.iter().map(|task| task.id.clone()).collect();
                Some(EvalYamlFact { commit: head.commit.clone(), sha256: Sha256::of(bytes), tasks })
            }
            _ => {
                remove(&path)?;
                self.without += 1;
                None
            }
        };
        Ok(BenchmarkFact { dataset: dataset.to_owned(), seen: run.now, eval_yaml })
    }
}

/// Where the text of an `eval.yaml` is kept.
fn text_path(folder: &Path, dataset: &str) -> PathBuf {
    folder.join("eval").join(format!("{dataset}.yaml"))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => {
            Err(err).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn look_up(hub: &Hub, dataset: &str) -> Result<BenchmarkOnHub, HubError> {
    let head = match hub.head(Repo::dataset(dataset), "main") {
        Err(err) if err.kind == ErrorKind::RepoNotFound => return Ok(BenchmarkOnHub { head: None, file: None }),
        head => head?,
    };
    let file = match hub.public_file(Repo::dataset(&head.id), &head.commit, "eval.yaml", MAX_FILE) {
        Ok(bytes) => {
            let said = read(&bytes).map_err(|why| {
                let said = format!("its eval.yaml cannot be read: {why}");
                HubError::of_answer(&format!("read the benchmark {dataset}"), hub.endpoint(), said)
            })?;
            Some((bytes, said))
        }
        // Without a token, a private dataset is one that is not there.
        Err(err) if matches!(err.kind, ErrorKind::EntryNotFound | ErrorKind::Gated | ErrorKind::RepoNotFound) => None,
        Err(err) => return Err(err),
    };
    Ok(BenchmarkOnHub { head: Some(head), file })
}

fn read(bytes: &[u8]) -> Result<Said, String> {
    #[derive(Deserialize)]
    struct File {
        #[serde(default)]
        name: serde_yaml::Value,
        #[serde(default)]
        evaluation_framework: serde_yaml::Value,
        tasks: Vec<Task>,
    }
    #[derive(Deserialize)]
    struct Task {
        id: String,
        #[serde(default)]
        split: serde_yaml::Value,
    }
    let text = std::str::from_utf8(bytes).map_err(|err| err.to_string())?;
    let file: File = crate::text::yaml(text).map_err(|err| err.to_string())?;
    let said = |value: &serde_yaml::Value| value.as_str().and_then(plain);
    let task = |task: &Task| Some(SaidTask { id: plain(&task.id)?, split: said(&task.split) });
    let tasks: Vec<SaidTask> = file.tasks.iter().filter_map(task).collect();
    match tasks.len() == file.tasks.len() && tasks.len() <= MAX_TASKS {
        true => Ok(Said { name: said(&file.name), framework: said(&file.evaluation_framework), tasks }),
        false => Err("its tasks have invalid ids".to_owned()),
    }
}

/// Notes where the Hub says otherwise than our list. Gives the codes of what our list would have to take over.
fn compare(
    ours: &HubBenchmark,
    found: &BenchmarkOnHub,
    path: &Path,
    findings: &mut Diagnostics,
) -> BTreeSet<DiagnosticCode> {
    const OWN_LIST: &str = "write content/benchmarks/<name>.hub.yaml with the same key; it replaces the built-in entry";
    let file = path.display().to_string();
    let dataset = &ours.dataset;
    let mut differences = BTreeSet::new();
    let mut differs = |code, place: &str, message: String, help: &str| {
        findings.warn_with_help(code, &file, place, message, help.to_owned());
        if help == OWN_LIST {
            differences.insert(code);
        }
    };
    match &found.head {
        None => {
            let message = format!("the Hub has no dataset {dataset}, or does not show it");
            differs(DiagnosticCode::NoBenchmark, "", message, OWN_LIST);
            return differences;
        }
        Some(head) if head.id != *dataset => {
            let message = format!("the dataset {dataset} is now called {}", head.id);
            differs(DiagnosticCode::RenamedBenchmark, "", message, OWN_LIST);
        }
        Some(_) => {}
    }
    let Some((_, said)) = &found.file else {
        let message = format!("{dataset} has no public eval.yaml");
        differs(DiagnosticCode::NoEvalYaml, "", message, "the built-in list of its tasks is used");
        return differences;
    };
    let theirs: BTreeSet<&str> = said.tasks.iter().map(|task| task.id.as_str()).collect();
    for task in ours.tasks.iter().filter(|task| !theirs.contains(task.id.as_str())) {
        let alias = task.aliases.iter().find(|alias| theirs.contains(alias.as_str()));
        let instead = alias.map_or(String::new(), |alias| format!(", but `{alias}`"));
        differs(
            DiagnosticCode::MissingTask,
            "tasks",
            format!("{dataset} has no task `{}`{instead}", task.id),
            OWN_LIST,
        );
    }
    let is_known = |id: &str| ours.tasks.iter().any(|task| task.id == id || task.aliases.iter().any(|it| it == id));
    for id in theirs.into_iter().filter(|id| !is_known(id)) {
        differs(
            DiagnosticCode::NewTask,
            "tasks",
            format!("{dataset} has a task `{id}` that is not in the built-in list"),
            OWN_LIST,
        );
    }
    let unknown = said.framework.as_ref().filter(|name| !FRAMEWORKS.split(' ').any(|known| known == *name));
    if let Some(name) = unknown {
        let message = format!("{dataset} names the evaluation framework `{name}`, which is not in the built-in list");
        differs(DiagnosticCode::UnknownFramework, "evaluation_framework", message, "nothing needs to be done");
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_eval_yaml_needs_tasks_with_ids_and_nothing_else() {
        let tasks =
            |text: &str| read(text.as_bytes()).map(|said| Vec::from_iter(said.tasks.into_iter().map(|task| task.id)));
        assert_eq!(tasks("tasks:\n  - {id: a, split: 1}\n  - id: \"b_%\"\nother: [1]\n").unwrap(), ["a", "b_%"]);
        for bad in ["", "[]", "tasks: 1", "tasks: [{id: \"a\\e[31m\"}]", "tasks: [{split: x}]", "a: &a [*a]", "\u{0}"] {
            assert!(tasks(bad).is_err(), "{bad:?}");
        }
        assert_eq!(read(b"evaluation_framework: [1]\ntasks: []\n").unwrap().framework, None);
    }
}
