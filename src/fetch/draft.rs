//! *Drafts*: for each official benchmark that the built-in list lacks, an entry with what its `eval.yaml` states,
//! for a person to correct and move to `content/benchmarks/`. A build reads no draft, and no draft is overwritten.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::asking::Run;
use super::benchmarks::Said;
use super::store::write_if_changed;
use crate::load::hub_benchmark::HubBenchmark;

/// Of a name in a key or a file name, so many letters are kept: a file name has room for two.
const MAX_NAME: usize = 30;
/// Larger drafts are not read (bytes): ours are of a thousand tasks at most.
const MAX_FILE: u64 = 1 << 20;

/// A draft on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// Its file, below the folder of the facts.
    pub file: String,
    /// Whether it was written, or there already.
    pub state: DraftState,
}

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftState {
    /// It is new.
    Written,
    /// It was there, with the tasks that the Hub has.
    Kept,
    /// It was there, with other tasks than the Hub has.
    Outdated,
}

/// The folder of drafts.
pub struct Drafts<'a> {
    folder: PathBuf,
    ours: &'a [HubBenchmark],
    there: Vec<There>,
    /// Keys and names of files that are somebody's, in lower case.
    taken: HashSet<String>,
}

/// A draft that an earlier run wrote, and a person may have changed.
struct There {
    path: PathBuf,
    dataset: String,
    tasks: Vec<String>,
}

/// An entry of our list, as far as it is known.
#[derive(Serialize)]
struct DraftBenchmark<'a> {
    key: &'a str,
    dataset: &'a str,
    unit: &'static str,
    stated: DraftSource<'a>,
    tasks: Vec<DraftTask<'a>>,
}

#[derive(Serialize)]
struct DraftSource<'a> {
    by: &'a str,
    seen: String,
    on: String,
    certainty: &'static str,
}

#[derive(Serialize)]
struct DraftTask<'a> {
    id: &'a str,
    file: String,
    names: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<&'a str>,
    lower_is_better: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<&'a str>,
}

impl<'a> Drafts<'a> {
    /// Looks at the drafts in `folder`, which need not be there. `ours` is our list.
    pub fn open(folder: PathBuf, ours: &'a [HubBenchmark]) -> Result<Drafts<'a>> {
        let stem = |file: &str| file.trim_end_matches(".yaml").to_lowercase();
        let files = ours.iter().flat_map(|it| &it.tasks).map(|task| stem(&task.file));
        let taken = ours.iter().map(|it| it.key.to_lowercase()).chain(files).collect();
        let mut paths = Vec::new();
        if folder.is_dir() {
            for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
                paths.push(entry.with_context(|| format!("cannot list {}", folder.display()))?.path());
            }
        }
        paths.sort();
        let mut drafts = Drafts { folder, ours, there: Vec::new(), taken };
        paths.into_iter().for_each(|path| drafts.note(path));
        Ok(drafts)
    }

    /// Notes a file of the folder: what it is called is taken, whatever it says.
    fn note(&mut self, path: PathBuf) {
        #[derive(Deserialize)]
        struct ExistingDraft {
            dataset: String,
            #[serde(default)]
            tasks: Vec<ExistingTask>,
        }
        #[derive(Deserialize)]
        struct ExistingTask {
            id: String,
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        self.taken.extend(name.strip_suffix(".hub.yaml").map(str::to_owned));
        let is_small = fs::metadata(&path).is_ok_and(|it| it.is_file() && it.len() <= MAX_FILE);
        let text = fs::read_to_string(&path).ok().filter(|_| is_small);
        // One that cannot be read is a person's, for whatever it is.
        if let Some(said) = text.and_then(|text| crate::text::yaml::<ExistingDraft>(&text).ok()) {
            let tasks = said.tasks.into_iter().map(|task| task.id).collect();
            self.there.push(There { path, dataset: said.dataset, tasks });
        }
    }

    /// The draft for a dataset: the one that is there, else a new one. The inner error says why there can be none.
    pub fn of(&mut self, dataset: &str, said: &Said, commit: &str, run: &Run) -> Result<Result<Draft, String>> {
        let file = |path: &Path| path.strip_prefix(run.folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
        if let Some(there) = self.there.iter().find(|it| it.dataset.eq_ignore_ascii_case(dataset)) {
            let theirs: HashSet<&str> = said.tasks.iter().map(|task| task.id.as_str()).collect();
            let is_same = theirs == there.tasks.iter().map(String::as_str).collect();
            let state = if is_same { DraftState::Kept } else { DraftState::Outdated };
            return Ok(Ok(Draft { file: file(&there.path), state }));
        }
        let (owner, name) = dataset.split_once('/').unwrap_or(("", dataset));
        let whole = format!("{}_{}", plain(owner), plain(name));
        // Four letters say too little, and some are names of devices on Windows, such as `con` and `com1`.
        let first = if name.len() > 4 { plain(name) } else { whole.clone() };
        let key = self.free([first, whole]);
        let page = format!("{}/datasets/{dataset}/blob/{commit}/eval.yaml", run.hub.endpoint());
        let day = run.now.strftime("%Y-%m-%d").to_string();
        let tasks = self.tasks(&key, name, said);
        let stated = DraftSource { by: owner, seen: page.clone(), on: day.clone(), certainty: "likely" };
        let entry = DraftBenchmark { key: &key, dataset, unit: "percent", stated, tasks };
        let text = serde_yaml::to_string(&entry).context("a draft cannot be written as YAML")?;
        if let Err(mistake) = self.check(&text) {
            return Ok(Err(mistake));
        }
        let path = self.folder.join(format!("{key}.hub.yaml"));
        write_if_changed(&path, format!("{}{text}", introduction(&page, &day)).as_bytes())?;
        Ok(Ok(Draft { file: file(&path), state: DraftState::Written }))
    }

    fn tasks<'t>(&mut self, key: &str, name: &'t str, said: &'t Said) -> Vec<DraftTask<'t>> {
        let called = said.name.as_deref().unwrap_or(name);
        let is_only = said.tasks.len() == 1;
        let tasks = said.tasks.iter().map(|task| {
            let file = match is_only {
                true => key.to_owned(),
                false => self.free([format!("{key}_{}", plain(&task.id))]),
            };
            // What a task of several is called says too little to name the dataset.
            let (mut names, parts) = match is_only {
                true => (vec![called.to_owned(), name.to_owned()], Vec::new()),
                false => (vec![format!("{called} {}", task.id)], vec![task.id.as_str()]),
            };
            names.dedup();
            DraftTask {
                id: &task.id,
                file: format!("{file}.yaml"),
                names,
                parts,
                lower_is_better: false,
                split: task.split.as_deref(),
            }
        });
        tasks.collect()
    }

    /// Reads it as a build would, once it was moved.
    fn check(&self, text: &str) -> Result<(), String> {
        let draft: HubBenchmark = crate::text::yaml(text).map_err(|err| err.to_string())?;
        match (draft.mistake(), self.ours.iter().find(|own| own.clashes_with(&draft))) {
            (Some(mistake), _) => Err(mistake),
            (None, Some(own)) => Err(format!("it shares its key, dataset or a file with `{}`", own.key)),
            (None, None) => Ok(()),
        }
    }

    /// The first of `names` that is nobody's, else the last one with a number; it is taken then.
    fn free<const N: usize>(&mut self, names: [String; N]) -> String {
        let last = names.last().cloned().unwrap_or_default();
        let numbered = (2..).map(|number| format!("{last}_{number}"));
        let free = names.into_iter().chain(numbered).find(|name| !self.taken.contains(name)).unwrap_or(last);
        self.taken.insert(free.clone());
        free
    }
}

/// A name as a part of a key or a file name: lower-case letters and digits of ASCII, joined by `_`.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let parts = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let mut plain = parts.collect::<Vec<_>>().join("_");
    plain.truncate(MAX_NAME);
    let plain = plain.trim_end_matches('_');
    if plain.is_empty() { "x".to_owned() } else { plain.to_owned() }
}

/// What a person has to know before a draft becomes an entry.
fn introduction(page: &str, day: &str) -> String {
    format!(
        "# A draft by `evalcards fetch --benchmarks`. No build reads it.\n\
         # Source: {page}, {day}\n\
         #\n\
         # An eval.yaml states neither unit, direction, headline metric nor conditions. Before results are proposed:\n\
         # 1. Correct `unit` and `lower_is_better`; add `metrics`, `size`, `requires` and `refuses`.\n\
         # 2. Check `names` and `parts`: a result with one of these names counts as the whole task.\n\
         # 3. Say in `stated` who decided it and where you saw it.\n\
         # 4. Move this file to content/benchmarks/.\n\
         # The page Reference explains each key under \"Hub benchmarks\".\n"
    )
}
