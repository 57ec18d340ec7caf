//! A *Hub benchmark* is a dataset with leaderboards on the Hub, and its names in records.
//!
//! The built-in ones are data (`hub_benchmarks.yaml`), and so are those of a site
//! (`content/benchmarks/<name>.hub.yaml`). How a result is matched is in [`crate::emit`].

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Deserializer};

use crate::address::is_hub_id;
use crate::codes::codes;
use crate::names::normal_form;

/// A dataset that is registered as a benchmark.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a Hub benchmark")]
pub struct HubBenchmark {
    /// Name in the manifest: `mmlu_pro`.
    pub key: String,
    /// Dataset id on the Hub.
    pub dataset: String,
    /// Other dataset ids under which records name it, or its results have been posted.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Ids of the headline metric, for tasks that list none of their own.
    #[serde(default)]
    metrics: Vec<String>,
    /// Metrics, by id, by which a result named as the whole is taken too, for tasks that list none of their own.
    #[serde(default = "usual_metric_kinds")]
    pub metric_kinds: Vec<String>,
    /// What the leaderboards count in, for tasks that say nothing of their own.
    #[serde(default, alias = "scale")]
    unit: LeaderboardUnit,
    /// Where this is known from, for tasks that say nothing of their own.
    #[serde(default)]
    stated: Option<UnitSource>,
    /// Its leaderboards.
    pub tasks: Vec<HubTask>,
    /// Names that are none of its tasks.
    #[serde(default)]
    pub not_mapped: Vec<NotMapped>,
}

/// What a leaderboard counts in, which is how values are posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaderboardUnit {
    /// From 0 to 100.
    #[default]
    Percent,
    /// Points without a known end.
    Points,
    /// Seconds.
    Seconds,
    /// As it stands in the record.
    AsIs,
}

/// One leaderboard of a dataset, and which numbers it is for.
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
    /// Names that say too little to name a data set, and are this task where the data set is known, as normal forms.
    #[serde(default, deserialize_with = "normal_forms")]
    pub parts: Vec<String>,
    /// Values of `subset` in index rows, as normal forms.
    #[serde(default, deserialize_with = "normal_forms")]
    pub subsets: Vec<String>,
    #[serde(default)]
    metrics: Option<Vec<String>>,
    #[serde(default)]
    metric_kinds: Option<Vec<String>>,
    #[serde(default)]
    unit: Option<LeaderboardUnit>,
    /// True if the smaller number is the better one.
    #[serde(default)]
    pub lower_is_better: bool,
    /// The split of the dataset that is the test.
    #[serde(default)]
    pub split: Option<String>,
    /// How many items the test has.
    #[serde(default)]
    pub size: Option<u64>,
    /// Parameters of the headline metric, by name; a result with others is by another metric.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Conditions under which no result is taken.
    #[serde(default = "usual_refusals")]
    pub refuses: Vec<TestCondition>,
    /// Conditions that a result has to name.
    #[serde(default)]
    pub requires: Vec<TestCondition>,
    #[serde(default)]
    stated: Option<UnitSource>,
}

codes! {
    /// How a number came about, as far as it makes it another one.
    pub enum TestCondition {
        /// The model had tools.
        Tools = "tools",
        /// The model acted within an agent or scaffold.
        Agent = "agent",
        /// The best of several attempts, or a vote over them, counts.
        Attempts = "attempts",
        /// The model was told how it did, or given hints.
        Feedback = "feedback",
    }
}

/// Where it is known from what a leaderboard is for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "who decided it, where it was seen, and when")]
pub struct UnitSource {
    /// Who decided it.
    pub by: String,
    /// Where it was seen.
    pub seen: String,
    /// When, as a day or month.
    pub on: String,
    /// How sure it is.
    #[serde(default)]
    pub certainty: Certainty,
}

codes! {
    /// How sure an entry of the registry is.
    #[derive(Default)]
    pub enum Certainty {
        /// Seen at two independent places, or with the dataset's owner.
        #[default]
        Sure = "sure",
        /// Seen at one place.
        Likely = "likely",
    }
}

impl Certainty {
    /// True for [`Certainty::Sure`].
    pub fn is_sure(&self) -> bool {
        *self == Certainty::Sure
    }
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

fn usual_refusals() -> Vec<TestCondition> {
    vec![TestCondition::Attempts, TestCondition::Feedback]
}

fn normal_forms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    Ok(names.iter().filter_map(|name| normal_form(name)).collect())
}

impl HubTask {
    /// True if the normal form `name` is this task, where the data set is known.
    pub fn is_called(&self, name: &String) -> bool {
        self.names.contains(name) || self.parts.contains(name)
    }
}

impl HubBenchmark {
    /// Ids of the headline metric of `task`.
    pub fn metrics_of<'a>(&'a self, task: &'a HubTask) -> &'a [String] {
        task.metrics.as_ref().unwrap_or(&self.metrics)
    }

    /// Metrics, by id, by which a result of `task` is taken too.
    pub fn metric_kinds_of<'a>(&'a self, task: &'a HubTask) -> &'a [String] {
        task.metric_kinds.as_ref().unwrap_or(&self.metric_kinds)
    }

    /// What `task` counts in.
    pub fn unit_of(&self, task: &HubTask) -> LeaderboardUnit {
        task.unit.unwrap_or(self.unit)
    }

    /// Where it is known from what `task` is for. Nobody but the site stands behind what says nothing.
    pub fn stated_of<'a>(&'a self, task: &'a HubTask) -> Option<&'a UnitSource> {
        task.stated.as_ref().or(self.stated.as_ref())
    }

    /// True if `id` is the dataset, by any id that records use.
    pub fn is_dataset(&self, id: &str) -> bool {
        [&self.dataset].into_iter().chain(&self.aliases).any(|known| known.eq_ignore_ascii_case(id.trim()))
    }

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
            let names: HashSet<&String> = task.names.iter().chain(&task.parts).collect();
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
            return Some(format!("`{}` is not a valid key, task id or reason", text.escape_debug()));
        }
        if let Some(task) = self.tasks.iter().find(|task| task.requires.iter().any(|it| task.refuses.contains(it))) {
            return Some(format!("task `{}` requires what it refuses", task.id));
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
        assert!(built_in.len() >= 22);
        for benchmark in &built_in {
            for task in &benchmark.tasks {
                let stated = benchmark.stated_of(task).unwrap_or_else(|| panic!("{}: nobody states it", task.id));
                assert!([&stated.by, &stated.seen, &stated.on].iter().all(|it| !it.trim().is_empty()), "{}", task.id);
            }
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
