//! A *Hub benchmark* is a dataset that the Hub keeps leaderboards for, and how records name it.
//!
//! The built-in ones are data (`hub_benchmarks.yaml`), and so are those of a site
//! (`content/benchmarks/<name>.hub.yaml`). How a result is matched is in [`crate::emit`].

use std::collections::HashSet;

use serde::{Deserialize, Deserializer};

use crate::config::is_hub_id;
use crate::names::normal_form;

/// A dataset that is registered as a benchmark.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a Hub benchmark")]
pub struct HubBenchmark {
    /// Name in the manifest: `mmlu_pro`.
    pub key: String,
    /// Dataset id on the Hub.
    pub dataset: String,
    /// Other dataset ids under which records name it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Ids of the headline metric.
    #[serde(default)]
    pub metrics: Vec<String>,
    /// Metrics, by id, by which a result named as the whole is taken too.
    #[serde(default = "usual_metric_kinds")]
    pub metric_kinds: Vec<String>,
    /// How values are posted.
    #[serde(default)]
    pub scale: PostedScale,
    /// Its leaderboards.
    pub tasks: Vec<HubTask>,
    /// Names that are none of its tasks.
    #[serde(default)]
    pub not_mapped: Vec<NotMapped>,
}

/// How a leaderboard wants its values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostedScale {
    /// From 0 to 100.
    #[default]
    Percent,
    /// As it stands in the record.
    AsIs,
}

/// One leaderboard of a dataset.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a task")]
pub struct HubTask {
    /// As the dataset's `eval.yaml` has it.
    pub id: String,
    /// Other task ids under which its results have been posted on the Hub.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// File name in `.eval_results/`.
    pub file: String,
    /// Names that records use, as normal forms.
    #[serde(deserialize_with = "normal_forms")]
    pub names: Vec<String>,
    /// Values of `subset` in index rows, as normal forms.
    #[serde(default, deserialize_with = "normal_forms")]
    pub subsets: Vec<String>,
}

/// Results that look like the benchmark.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "names and a reason")]
pub struct NotMapped {
    /// Names that records use, as normal forms.
    #[serde(deserialize_with = "normal_forms")]
    pub names: Vec<String>,
    /// Machine-readable.
    pub reason: String,
}

fn usual_metric_kinds() -> Vec<String> {
    ["accuracy", "exact-match"].map(str::to_owned).into()
}

fn normal_forms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    Ok(names.iter().filter_map(|name| normal_form(name)).collect())
}

impl HubBenchmark {
    /// True if both cannot be used: they share a key, a dataset or a file.
    pub fn clashes_with(&self, other: &HubBenchmark) -> bool {
        let shares_file = |task: &HubTask| other.tasks.iter().any(|it| it.file.eq_ignore_ascii_case(&task.file));
        self.key == other.key || self.dataset.eq_ignore_ascii_case(&other.dataset) || self.tasks.iter().any(shares_file)
    }

    /// What is wrong with an entry, in a sentence.
    pub fn mistake(&self) -> Option<String> {
        let is_file = |name: &str| {
            let stem = name.strip_suffix(".yaml").unwrap_or_default();
            !stem.is_empty()
                && stem.len() <= 64
                && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        };
        if !is_hub_id(&self.dataset) {
            return Some(format!("dataset `{}` is not a Hub id of the form owner/name", self.dataset));
        }
        if self.key.trim().is_empty() || self.tasks.is_empty() {
            return Some("a Hub benchmark needs a `key` and at least one task".to_owned());
        }
        let mut seen = HashSet::new();
        let ids = self.tasks.iter().map(|task| format!("id {}", task.id));
        let names = self.tasks.iter().flat_map(|task| {
            // Two spellings of one task may have one normal form.
            let names: HashSet<&String> = task.names.iter().collect();
            names.into_iter().map(|name| format!("name {name}"))
        });
        if let Some(twice) = ids.chain(names).find(|it| !seen.insert(it.clone())) {
            return Some(format!("two tasks have the {twice}"));
        }
        let texts = self
            .tasks
            .iter()
            .map(|task| &task.id)
            .chain([&self.key])
            .chain(self.not_mapped.iter().map(|it| &it.reason));
        if let Some(text) = texts.into_iter().find(|text| text.trim().is_empty() || text.contains(char::is_control)) {
            return Some(format!("`{}` is no key, task id or reason", text.escape_debug()));
        }
        let wrong = self.tasks.iter().find(|task| !is_file(&task.file) || task.id.trim().is_empty());
        wrong.map(|task| {
            format!(
                "task `{}` with file `{}`: a task needs an id, and a file name such as gsm8k.yaml",
                task.id, task.file
            )
        })
    }
}

/// The built-in benchmarks, as a list.
pub const BUILT_IN: &str = include_str!("hub_benchmarks.yaml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_benchmarks_are_sound() {
        let built_in: Vec<HubBenchmark> = serde_yaml::from_str(BUILT_IN).unwrap();
        assert!(built_in.len() >= 15);
        for benchmark in &built_in {
            assert_eq!(benchmark.mistake(), None, "{}", benchmark.key);
        }
        let mut files: Vec<&str> =
            built_in.iter().flat_map(|benchmark| &benchmark.tasks).map(|task| task.file.as_str()).collect();
        let n_files = files.len();
        files.sort_unstable();
        files.dedup();
        assert_eq!(files.len(), n_files, "each task has a file of its own");
    }
}
