//! The *rules of `eval.yaml`*: what the Hub, and Inspect where it runs the benchmark, refuse in the file of a dataset.
//!
//! Stated in the Hub's documentation of evaluation results, in huggingface.js (`packages/tasks/src/eval.ts`) and in
//! Inspect (`src/inspect_ai/_eval/task/hf.py`), as of September 2026.

use serde_yaml::Value;

use crate::diagnostic::did_you_mean;
use crate::words::shorten;

/// A rule that a file breaks: the key, what is wrong, and what to write.
#[derive(Debug, PartialEq)]
pub struct Broken {
    /// `tasks[0].id`.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// What may run a benchmark. The list grows.
const FRAMEWORKS: [&str; 30] = [
    "exgentic",
    "inspect-ai",
    "math-arena",
    "mteb",
    "olmocr-bench",
    "harbor",
    "ifstruct",
    "pier",
    "redline-bench",
    "archipelago",
    "benchflow",
    "apex-evals",
    "screenspot-pro",
    "swe-bench",
    "swe-bench-pro",
    "nemo-evaluator",
    "yc-bench",
    "open-asr-leaderboard",
    "mdpbench",
    "real5-omnidocbench",
    "parsebench",
    "video-mme-v2",
    "claw-eval",
    "researchclawbench",
    "pbench",
    "wildclawbench",
    "wbench",
    "nanofold",
    "mmmu",
    "extractbench",
];

/// Keys of a task that Inspect takes.
const TASK_KEYS: [&str; 9] =
    ["id", "config", "split", "field_spec", "shuffle_choices", "epochs", "epoch_reducer", "solvers", "scorers"];

const SOLVERS: [&str; 8] = [
    "prompt_template",
    "system_message",
    "user_message",
    "chain_of_thought",
    "use_tools",
    "generate",
    "self_critique",
    "multiple_choice",
];

const SCORERS: [&str; 10] =
    ["includes", "match", "pattern", "answer", "exact", "f1", "model_graded_qa", "model_graded_fact", "choice", "math"];

/// The rules that `file` breaks, in its order.
pub fn broken(file: &Value) -> Vec<Broken> {
    let mut found = Vec::new();
    let mut tell = |key: &str, message: String, help: &str| {
        found.push(Broken { key: key.to_owned(), message, help: help.to_owned() });
    };
    for key in ["name", "description", "evaluation_framework"] {
        if text(&file[key]).is_none() {
            tell(key, format!("`{key}` is missing or no text, and the Hub needs it"), &format!("write `{key}: …`"));
        }
    }
    let framework = text(&file["evaluation_framework"]);
    if let Some(name) = framework.filter(|name| !FRAMEWORKS.contains(name)) {
        let meant = did_you_mean(name, FRAMEWORKS).unwrap_or("one that the Hub's documentation lists");
        let message = format!("`{}` is not known as an evaluation framework of the Hub", shorten(name, 60));
        tell("evaluation_framework", message, &format!("write {meant}, unless the Hub has added this one since"));
    }
    let tasks = file["tasks"].as_sequence().map(Vec::as_slice).unwrap_or_default();
    if tasks.is_empty() {
        tell("tasks", "there is no task, and each task is one leaderboard".to_owned(), "write `tasks: [{id: …}]`");
    }
    for (place, task) in tasks.iter().enumerate() {
        let id = text(&task["id"]);
        if id.is_none() {
            let message = "a task has no `id`, by which results name it".to_owned();
            tell(&format!("tasks[{place}].id"), message, "write `id: …`");
        } else if tasks[..place].iter().any(|other| text(&other["id"]) == id) {
            tell(&format!("tasks[{place}].id"), "two tasks have the same `id`".to_owned(), "rename one of them");
        }
        if framework == Some("inspect-ai") {
            of_inspect(task, |key, message, help| tell(&format!("tasks[{place}].{key}"), message, help));
        }
    }
    found
}

/// The rules that Inspect adds.
fn of_inspect(task: &Value, mut tell: impl FnMut(&str, String, &str)) {
    for key in task.as_mapping().into_iter().flat_map(|task| task.keys()).filter_map(Value::as_str) {
        if !TASK_KEYS.contains(&key) {
            let help = did_you_mean(key, TASK_KEYS).map_or("remove it".to_owned(), |known| format!("write `{known}`"));
            tell(key, format!("`{}` is no key of a task, and Inspect refuses it", shorten(key, 60)), &help);
        }
    }
    for key in ["input", "target"] {
        let target = &task["field_spec"][key];
        if text(target).is_none() && !target.is_u64() {
            let message = format!("`field_spec.{key}` is missing, and Inspect needs it");
            tell(&format!("field_spec.{key}"), message, "name a column of the dataset");
        }
    }
    for (key, known) in [("solvers", &SOLVERS[..]), ("scorers", &SCORERS[..])] {
        let steps = task[key].as_sequence().map(Vec::as_slice).unwrap_or_default();
        if steps.is_empty() {
            tell(
                key,
                format!("`{key}` is missing or empty, and Inspect needs one"),
                &format!("write one of {}", known.join(", ")),
            );
        }
        for name in steps.iter().map(|step| text(&step["name"]).unwrap_or_default()) {
            if !known.contains(&name) {
                tell(
                    key,
                    format!("`{}` is none of Inspect's {key}", shorten(name, 60)),
                    &format!("write one of {}", known.join(", ")),
                );
            }
        }
    }
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(yaml: &str) -> Vec<String> {
        broken(&serde_yaml::from_str(yaml).unwrap()).into_iter().map(|it| it.key).collect()
    }

    #[test]
    fn each_rule_is_told_by_its_key() {
        const SOUND: &str = "{name: A, description: b, evaluation_framework: inspect-ai, tasks: [{id: a, \
             field_spec: {input: q, target: a}, solvers: [{name: generate}], scorers: [{name: match}]}]}";
        assert_eq!(keys(SOUND), Vec::<String>::new());
        for (from, to, key) in [
            ("name: A, ", "", "name"),
            ("description: b", "description: 1", "description"),
            ("inspect-ai", "inspect", "evaluation_framework"),
            ("id: a,", "", "tasks[0].id"),
            ("target: a", "targets: a", "tasks[0].field_spec.target"),
            ("[{name: generate}]", "[]", "tasks[0].solvers"),
            ("name: match", "name: matching", "tasks[0].scorers"),
            ("scorers", "scores", "tasks[0].scores"),
        ] {
            let changed = SOUND.replacen(from, to, 1);
            assert!(keys(&changed).contains(&key.to_owned()), "{changed}: {:?}", keys(&changed));
        }
        assert_eq!(
            keys("{name: A, description: b, evaluation_framework: harbor, tasks: [{id: a}, {id: a}]}"),
            ["tasks[1].id"]
        );
        assert_eq!(keys("{name: A, description: b, evaluation_framework: harbor, tasks: []}"), ["tasks"]);
        assert_eq!(keys("a"), ["name", "description", "evaluation_framework", "tasks"]);
    }
}
