//! Which *names* belong to one dataset: the Hub redirects an old name to the current one.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::address::is_hub_id;
use crate::hub::{ErrorKind, Hub, Repo};

/// More names are not looked up in one run.
const MAX_NAMES: usize = 1000;

/// Asks the Hub for names, each once. Shared by threads.
pub struct DatasetNames<'a> {
    hub: &'a Hub,
    /// What the Hub calls each dataset now; `None` if it has none such.
    now: Mutex<HashMap<String, Option<String>>>,
}

impl<'a> DatasetNames<'a> {
    /// Nothing is known yet.
    pub fn new(hub: &'a Hub) -> DatasetNames<'a> {
        DatasetNames { hub, now: Mutex::default() }
    }

    /// True if `ours` and `posted` are two names of one dataset.
    pub fn are_one(&self, ours: &str, posted: &str) -> Result<bool, String> {
        if ours.eq_ignore_ascii_case(posted) {
            return Ok(true);
        }
        let Some(now) = self.now(posted)? else { return Ok(false) };
        Ok(self.now(ours)?.is_some_and(|ours| ours.eq_ignore_ascii_case(&now)))
    }

    /// What the Hub calls the dataset `id` now; `None` if it has none such.
    fn now(&self, id: &str) -> Result<Option<String>, String> {
        // The first datasets of the Hub had no owner.
        if !is_hub_id(id) && !is_hub_id(&format!("datasets/{id}")) {
            return Ok(None);
        }
        let names = || self.now.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(known) = names().get(&id.to_lowercase()) {
            return Ok(known.clone());
        }
        if names().len() >= MAX_NAMES {
            return Err(format!("too many datasets were looked up to tell whether {id} is another name of this one"));
        }
        let now = match self.hub.head(Repo::dataset(id), "main") {
            Ok(head) => Some(head.id),
            Err(err) if err.kind == ErrorKind::RepoNotFound => None,
            Err(err) => {
                let why = err.in_short();
                return Err(format!("cannot tell whether the dataset {id} is another name of this one: {why}"));
            }
        };
        names().insert(id.to_lowercase(), now.clone());
        Ok(now)
    }
}
