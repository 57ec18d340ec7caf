//! *Posted* results: the entries of an `.eval_results` file, each parsed separately, so that an invalid one does
//! not hide the others.

use serde_yaml::Value;

use super::candidate::Candidate;
use crate::text::without_mark;

/// A posted file.
#[derive(Debug)]
pub enum PostedFile {
    /// A list, item by item.
    Items(Vec<PostedEntry>),
    /// Not a list of YAML, and its text in lower case as far as it is text.
    Unreadable(String, String),
}

/// One entry.
#[derive(Debug)]
pub struct PostedEntry {
    /// Dataset id; `None` if there is none that can be read.
    dataset: Option<String>,
    task: Option<String>,
    value: Option<Value>,
    notes: Option<String>,
}

/// What a posted file says of a candidate.
#[derive(Debug, PartialEq)]
pub enum PostedMatch {
    /// Nothing.
    Silent,
    /// The same score, as it is written there.
    Same(String),
    /// Another score.
    Other {
        /// As it is written there.
        value: String,
        /// True if it is the same score on the other of the scales from 0 to 1 and 0 to 100.
        rescaled: bool,
        /// What the entry notes of its set-up.
        notes: Option<String>,
    },
    /// Something that cannot be understood and may be about it.
    Unclear(String),
}

impl PostedFile {
    /// Reads the bytes of a file.
    pub fn read(bytes: &[u8]) -> PostedFile {
        // Without the zeros, the Latin letters of UTF-16 are text, too.
        let lossy = || String::from_utf8_lossy(bytes).replace('\0', "").to_lowercase();
        let Ok(text) = std::str::from_utf8(bytes) else {
            return PostedFile::Unreadable("it is not UTF-8".to_owned(), lossy());
        };
        match crate::text::yaml::<Value>(without_mark(text)) {
            Ok(Value::Sequence(items)) => PostedFile::Items(items.into_iter().map(PostedEntry::new).collect()),
            // A file of comments has no entries.
            Ok(Value::Null) => PostedFile::Items(Vec::new()),
            Ok(_) => PostedFile::Unreadable("it is not a list of entries".to_owned(), lossy()),
            Err(err) => PostedFile::Unreadable(format!("it is not YAML: {err}"), lossy()),
        }
    }

    /// The numbers that it has for a task of a dataset, as they are written there; or why that cannot be told.
    pub fn values(
        &self,
        task: &str,
        is_dataset: impl Fn(&str) -> Result<bool, String>,
    ) -> Result<Vec<&serde_yaml::Number>, String> {
        let items = match self {
            PostedFile::Unreadable(why, _) => return Err(why.clone()),
            PostedFile::Items(items) => items,
        };
        let mut values = Vec::new();
        for item in items.iter().filter(|item| item.task.as_deref() == Some(task)) {
            let (Some(dataset), Some(Value::Number(value))) = (&item.dataset, &item.value) else { continue };
            if is_dataset(dataset)? {
                values.push(value);
            }
        }
        Ok(values)
    }

    /// What it says of `candidate`, whose dataset `is_dataset` knows by all of its names.
    pub fn verdict(&self, candidate: &Candidate, is_dataset: impl Fn(&str) -> Result<bool, String>) -> PostedMatch {
        match self {
            PostedFile::Unreadable(why, text) => {
                // What does not even name the dataset cannot be an entry of it.
                let is_named = |id: &String| {
                    let id = id.to_lowercase();
                    text.contains(id.split_once('/').map_or(id.as_str(), |(_, name)| name))
                };
                match candidate.dataset_ids().any(is_named) {
                    true => PostedMatch::Unclear(why.clone()),
                    false => PostedMatch::Silent,
                }
            }
            PostedFile::Items(items) => {
                let verdicts = items.iter().map(|item| item.verdict(candidate, &is_dataset));
                // Of several, the one that says most: the same score, then another, then confusion.
                verdicts.min_by_key(PostedMatch::order).unwrap_or(PostedMatch::Silent)
            }
        }
    }
}

impl PostedMatch {
    fn order(&self) -> u8 {
        match self {
            PostedMatch::Same(_) => 0,
            PostedMatch::Other { rescaled: true, .. } => 1,
            PostedMatch::Other { .. } => 2,
            PostedMatch::Unclear(_) => 3,
            PostedMatch::Silent => 4,
        }
    }
}

impl PostedEntry {
    fn new(value: Value) -> PostedEntry {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(|text| text.trim().to_owned());
        let dataset = value.get("dataset");
        PostedEntry {
            dataset: text(dataset.and_then(|it| it.get("id"))),
            task: text(dataset.and_then(|it| it.get("task_id"))),
            notes: text(value.get("notes")),
            value: value.get("value").cloned(),
        }
    }

    fn verdict(&self, candidate: &Candidate, is_dataset: impl Fn(&str) -> Result<bool, String>) -> PostedMatch {
        let Some(dataset) = &self.dataset else { return PostedMatch::Silent };
        if self.task.as_ref().is_some_and(|task| !candidate.is_task(task)) {
            return PostedMatch::Silent;
        }
        match is_dataset(dataset) {
            Ok(false) => return PostedMatch::Silent,
            Err(why) => return PostedMatch::Unclear(why),
            Ok(true) if self.task.is_none() => {
                return PostedMatch::Unclear("an entry of this dataset has no task id".to_owned());
            }
            Ok(true) => {}
        }
        let number = match &self.value {
            Some(Value::Number(number)) => number,
            Some(_) => {
                return PostedMatch::Unclear("the entry of this task has a value that is not a number".to_owned());
            }
            None => return PostedMatch::Unclear("the entry of this task has no value".to_owned()),
        };
        match number.as_f64() {
            Some(value) if !value.is_finite() => {
                PostedMatch::Unclear("the entry of this task has a value that is not finite".to_owned())
            }
            Some(value) if candidate.equals(value) => PostedMatch::Same(number.to_string()),
            Some(value) => PostedMatch::Other {
                value: number.to_string(),
                rescaled: candidate.equals(value * 100.0) || candidate.equals(value / 100.0),
                notes: self.notes.clone(),
            },
            None => PostedMatch::Unclear("the entry of this task has a value that is not a number".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_made_to_exhaust_us_is_refused() {
        for bytes in [
            vec![b'['; 1 << 14],
            "- ".repeat(1 << 14).into_bytes(),
            // Each line holds the one before it nine times.
            (0..12)
                .map(|n| format!("- &a{} [{}]\n", n + 1, format!("*a{n},").repeat(9)))
                .fold("- &a0 x\n".to_owned(), |a, b| a + &b)
                .into_bytes(),
        ] {
            assert!(matches!(PostedFile::read(&bytes), PostedFile::Unreadable(..)));
        }
    }
}
