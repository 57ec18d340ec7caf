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
    datasets: BTreeMap<String, Dataset>,
}

enum Dataset {
    Tasks {
        ids: BTreeSet<String>,
        commit: Option<String>,
    },
    /// Cannot be known, as for a gated dataset; the built-in table must do.
    Unchecked(String),
    Refused(String),
}

/// What is known of a task.
pub enum Task {
    /// It is there.
    Registered,
    /// It could not be looked up, for a reason that may stay.
    Unchecked(String),
    /// It is not there, or is not known to be.
    Refused(String),
}

#[derive(Deserialize)]
struct EvalYaml {
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
        let read = datasets.into_par_iter().map(|id| (id.to_owned(), Dataset::read(hub, id)));
        Registry { datasets: read.collect() }
    }

    /// What is known of a task.
    pub fn task(&self, dataset: &str, task: &str) -> Task {
        match self.datasets.get(dataset) {
            Some(Dataset::Tasks { ids, .. }) if ids.contains(task) => Task::Registered,
            Some(Dataset::Tasks { ids, .. }) => {
                let known: Vec<&str> = ids.iter().map(String::as_str).collect();
                Task::Refused(format!("eval.yaml of {dataset} has no task `{task}`; it has {}", known.join(", ")))
            }
            Some(Dataset::Unchecked(why)) => Task::Unchecked(why.clone()),
            Some(Dataset::Refused(why)) => Task::Refused(why.clone()),
            None => Task::Unchecked(format!("eval.yaml of {dataset} was not read")),
        }
    }

    /// The commit at which each `eval.yaml` was read.
    pub fn commits(&self) -> BTreeMap<&str, &str> {
        let read = self.datasets.iter().filter_map(|(id, dataset)| match dataset {
            Dataset::Tasks { commit: Some(commit), .. } => Some((id.as_str(), commit.as_str())),
            _ => None,
        });
        read.collect()
    }
}

impl Dataset {
    fn read(hub: &Hub, id: &str) -> Dataset {
        let (bytes, commit) = match hub.file(Repo::dataset(id), "main", "eval.yaml", MAX_FILE) {
            Ok(file) => file,
            Err(err) if err.kind == ErrorKind::Gated => {
                return Dataset::Unchecked(format!("eval.yaml of {id} is gated: the built-in task ids are used"));
            }
            Err(err) if err.kind == ErrorKind::EntryNotFound => {
                return Dataset::Refused(format!("{id} has no eval.yaml: it is not a registered benchmark"));
            }
            Err(err) => return Dataset::Refused(err.in_short()),
        };
        let read = std::str::from_utf8(&bytes)
            .map_err(|err| err.to_string())
            .and_then(|text| crate::text::yaml::<EvalYaml>(without_mark(text)).map_err(|err| err.to_string()));
        match read {
            Ok(found) => Dataset::Tasks { ids: found.tasks.into_iter().map(|task| task.id).collect(), commit },
            Err(err) => Dataset::Refused(format!("eval.yaml of {id} cannot be read: {err}")),
        }
    }
}
