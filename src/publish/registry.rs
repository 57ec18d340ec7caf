//! The *registry*: which tasks a benchmark has, read from its own `eval.yaml` on the Hub, because the Hub would not
//! show a result for any other task.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Deserialize;

use crate::hub::{ErrorKind, Hub, Repo};
use crate::text::without_mark;

/// Larger files are not read (bytes).
const MAX_FILE: u64 = 1 << 20;

/// The tasks of each dataset that candidates name.
#[derive(Default)]
pub struct Registry {
    datasets: BTreeMap<String, DatasetTasks>,
}

enum DatasetTasks {
    Tasks {
        ids: BTreeSet<String>,
        commit: Option<String>,
    },
    /// Cannot be known, as for a gated dataset; the built-in table must do.
    Unchecked(String),
    Refused(String),
}

/// What is known of a task.
pub enum TaskStatus {
    /// It is there.
    Registered,
    /// It could not be looked up, for a reason that may stay.
    Unchecked(String),
    /// It is not there, or is not known to be.
    Refused(String),
}

#[derive(Deserialize)]
struct RegistryYaml {
    #[serde(default)]
    tasks: Vec<EvalTask>,
}

#[derive(Deserialize)]
struct EvalTask {
    id: String,
}

impl Registry {
    /// Reads the `eval.yaml` of each dataset.
    pub fn read(hub: &Hub, datasets: &BTreeSet<&str>) -> Registry {
        let datasets: Vec<&str> = datasets.iter().copied().collect();
        let read = datasets.into_par_iter().map(|id| (id.to_owned(), DatasetTasks::read(hub, id)));
        Registry { datasets: read.collect() }
    }

    /// What is known of a task.
    pub fn task(&self, dataset: &str, task: &str) -> TaskStatus {
        match self.datasets.get(dataset) {
            Some(DatasetTasks::Tasks { ids, .. }) if ids.contains(task) => TaskStatus::Registered,
            Some(DatasetTasks::Tasks { ids, .. }) => {
                let known: Vec<&str> = ids.iter().map(String::as_str).collect();
                TaskStatus::Refused(format!("eval.yaml of {dataset} has no task `{task}`; it has {}", known.join(", ")))
            }
            Some(DatasetTasks::Unchecked(why)) => TaskStatus::Unchecked(why.clone()),
            Some(DatasetTasks::Refused(why)) => TaskStatus::Refused(why.clone()),
            None => TaskStatus::Unchecked(format!("eval.yaml of {dataset} was not read")),
        }
    }

    /// The commit at which each `eval.yaml` was read.
    pub fn commits(&self) -> BTreeMap<&str, &str> {
        let read = self.datasets.iter().filter_map(|(id, dataset)| match dataset {
            DatasetTasks::Tasks { commit: Some(commit), .. } => Some((id.as_str(), commit.as_str())),
            _ => None,
        });
        read.collect()
    }
}

impl DatasetTasks {
    fn read(hub: &Hub, id: &str) -> DatasetTasks {
        let (bytes, commit) = match hub.file(Repo::dataset(id), "main", "eval.yaml", MAX_FILE) {
            Ok(file) => file,
            Err(err) if err.kind == ErrorKind::Gated => {
                return DatasetTasks::Unchecked(format!("eval.yaml of {id} is gated: the built-in task ids are used"));
            }
            Err(err) if err.kind == ErrorKind::EntryNotFound => {
                return DatasetTasks::Refused(format!("{id} has no eval.yaml: it is not a registered benchmark"));
            }
            Err(err) => return DatasetTasks::Refused(err.in_short()),
        };
        let read = std::str::from_utf8(&bytes)
            .map_err(|err| err.to_string())
            .and_then(|text| crate::text::yaml::<RegistryYaml>(without_mark(text)).map_err(|err| err.to_string()));
        match read {
            Ok(found) => DatasetTasks::Tasks { ids: found.tasks.into_iter().map(|task| task.id).collect(), commit },
            Err(err) => DatasetTasks::Refused(format!("eval.yaml of {id} cannot be read: {err}")),
        }
    }
}
