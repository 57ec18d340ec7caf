//! *Watching*: which part of the project a change on disk touches.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::config::Config;

/// Which parts have changed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChangedParts {
    pub templates: bool,
    pub content: bool,
    pub records: bool,
}

impl ChangedParts {
    /// Both.
    pub fn and(self, other: ChangedParts) -> ChangedParts {
        ChangedParts {
            templates: self.templates || other.templates,
            content: self.content || other.content,
            records: self.records || other.records,
        }
    }
}

/// Where the parts of a project are, by every name that the system may give them.
#[derive(Debug, Default)]
struct WatchedPaths {
    templates: Vec<PathBuf>,
    content: Vec<PathBuf>,
    records: Vec<PathBuf>,
}

/// Watches the files of a project.
pub struct Watch {
    watcher: RecommendedWatcher,
    watched: BTreeSet<PathBuf>,
    places: Arc<Mutex<WatchedPaths>>,
}

impl Watch {
    /// Watches nothing yet; `send` will hear of changes, on another thread.
    pub fn new(send: impl Fn(ChangedParts) + Send + 'static) -> Result<Watch> {
        let places = Arc::new(Mutex::new(WatchedPaths::default()));
        let known = Arc::clone(&places);
        let hear = move |event: notify::Result<Event>| {
            let (Ok(event), Ok(places)) = (event, known.lock()) else { return };
            if matches!(event.kind, EventKind::Access(_)) {
                return;
            }
            let change =
                event.paths.iter().map(|path| places.touched_by(path)).fold(ChangedParts::default(), ChangedParts::and);
            if change != ChangedParts::default() {
                send(change);
            }
        };
        let watcher = notify::recommended_watcher(hear).context("cannot watch files for changes")?;
        Ok(Watch { watcher, watched: BTreeSet::new(), places })
    }

    /// Watches what of `config` is there and not yet watched; gives what cannot be.
    pub fn update(&mut self, config: &Config) -> Vec<String> {
        let content = absolute(&config.content);
        let beside = |name: &str| content.parent().map(|parent| parent.join(name));
        let templates = config.templates.as_deref().map(absolute).or_else(|| beside("templates"));
        let datastores: Vec<PathBuf> = config.datastores.iter().map(|datastore| absolute(&datastore.root)).collect();
        if let Ok(mut places) = self.places.lock() {
            *places = WatchedPaths {
                templates: names(templates.iter()),
                content: names([&content]),
                records: names(datastores.iter()),
            };
        }
        let mut problems = Vec::new();
        let mut watch = |folder: &Path, mode| problems.extend(self.watch(folder, mode));
        // The folder above is watched too, as content and templates may be made only now.
        content.parent().inspect(|parent| watch(parent, RecursiveMode::NonRecursive));
        watch(&content, RecursiveMode::NonRecursive);
        for folder in folders_in(&content).into_iter().filter(|folder| !datastores.contains(folder)) {
            watch(&folder, RecursiveMode::Recursive);
        }
        templates.iter().for_each(|folder| watch(folder, RecursiveMode::Recursive));
        for root in &datastores {
            watch(root, RecursiveMode::NonRecursive);
            watch(&root.join("data"), RecursiveMode::Recursive);
            // Objects never change; an index that names others does.
            watch(&root.join("flat/indexes"), RecursiveMode::Recursive);
        }
        problems
    }

    fn watch(&mut self, folder: &Path, mode: RecursiveMode) -> Option<String> {
        if !folder.is_dir() {
            // One that was removed and comes back is watched anew.
            self.watched.remove(folder);
            return None;
        }
        if !self.watched.insert(folder.to_owned()) {
            return None;
        }
        let err = self.watcher.watch(folder, mode).err()?;
        Some(format!("{}: {err}", folder.display()))
    }
}

impl WatchedPaths {
    fn touched_by(&self, path: &Path) -> ChangedParts {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // What editors keep beside a file.
        let is_passing =
            name.starts_with(['.', '#']) || name.ends_with('~') || name == "4913" || name.ends_with(".tmp");
        let is_in = |folders: &[PathBuf]| folders.iter().any(|folder| path.starts_with(folder));
        if is_passing {
            return ChangedParts::default();
        }
        let records = is_in(&self.records);
        ChangedParts { templates: is_in(&self.templates), content: !records && is_in(&self.content), records }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The folders by the names they were given, and by those the system has for them.
fn names<'a>(folders: impl IntoIterator<Item = &'a PathBuf>) -> Vec<PathBuf> {
    folders.into_iter().flat_map(|folder| [Some(folder.clone()), folder.canonicalize().ok()]).flatten().collect()
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_touches_the_part_that_it_lies_in() {
        let places = WatchedPaths {
            templates: vec!["/p/templates".into()],
            content: vec!["/p/content".into()],
            records: vec!["/p/content/datastore".into()],
        };
        let check = |path: &str, templates, content, records| {
            assert_eq!(places.touched_by(Path::new(path)), ChangedParts { templates, content, records }, "{path}");
        };
        check("/p/templates/model.html", true, false, false);
        check("/p/content/site.yaml", false, true, false);
        check("/p/content/datastore/data/c/d/m/x.json", false, false, true);
        check("/p/content/models/.x.md.swp", false, false, false);
        check("/p/content/models/x.md~", false, false, false);
        check("/p/site/pages/index.html", false, false, false);
    }
}
