//! How each object of the lock file came into the datastore: `content/hub/submissions.jsonl`.
//!
//! Objects are in `flat/objects/`, where mostly a program of the datastore writes them; people submit them with
//! pull requests that write `data/<collection>/<developer>/<model>/<uuid>.json`. The submitter of an object is the
//! one who added exactly its bytes, by the first of these that applies:
//!
//! 1. the commit that last changed the `legacy_path`, if it stands there with these bytes;
//! 2. the earliest merged pull request whose own commit wrote these bytes under the object's name;
//! 3. the commit that wrote the object itself.
//!
//! Bytes are compared by git's object id, so that no file is read again.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;

use super::asking::{FailedRequest, Run, ask_all};
use super::pulls::{CommitOrigin, MAX_PULLS, Pulls};
use super::store::Store;
use crate::address::is_safe_relative;
use crate::diagnostic::{Diagnostic, DiagnosticCode, Diagnostics};
use crate::facts::{Introduced, ObjectSubmission};
use crate::hash::Sha256;
use crate::hub::{CommitSummary, Discussion, FileAt, Hub, HubError, PullRequest, Repo, git_blob_id};
use crate::load::index::{INDEXES, legacy_paths as legacy_paths_in};
use crate::lock::Lock;

/// Objects in one request; each has two paths, and the Hub looks up a commit for every one.
const BATCH: usize = 250;
/// Files of one pull request that are looked up at a time.
const MAX_PATHS: usize = 500;

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SubmissionsReport {
    /// Objects whose origin was known from an earlier run.
    pub known: usize,
    /// Objects whose origin was found.
    pub traced: usize,
    /// Objects of which the history does not say.
    pub untraced: usize,
    /// Objects that could not be looked at, because of the failures or findings.
    pub not_asked: usize,
    /// What was asked for in vain.
    pub failures: Vec<FailedRequest>,
    /// What is wrong on this disk.
    pub findings: Vec<Diagnostic>,
}

/// An object whose origin is to be found.
struct TracedObject<'a> {
    path: &'a str,
    sha256: Sha256,
    /// Git's id of its bytes.
    blob: String,
    legacy_path: Option<String>,
}

/// What wrote the bytes of an object.
#[derive(Clone, Debug)]
struct Sighting {
    path: String,
    by: AddedBy,
}

/// A commit of the main branch; or a merged pull request that the Hub names no such commit of.
#[derive(Clone, Debug)]
enum AddedBy {
    Commit(CommitSummary),
    Branch(Discussion),
}

impl AddedBy {
    fn date(&self) -> Option<Timestamp> {
        match self {
            AddedBy::Commit(commit) => commit.date,
            AddedBy::Branch(pull) => pull.created_at(),
        }
    }
}

/// Where the bytes of an object stand at the locked revision.
#[derive(Clone, Debug, Default)]
struct ObjectPaths {
    legacy: Option<Sighting>,
    object: Option<Sighting>,
}

/// Finds out how the objects of `lock` came, whose bytes are below `datastore`.
pub fn fetch(run: &Run, datastore: &Path, lock: &Lock) -> Result<SubmissionsReport> {
    let store: Store<ObjectSubmission> = Store::open(run.folder)?;
    let mut findings = Diagnostics::default();
    let wanted = wanted(run, datastore, lock, &store, &mut findings);
    let mut report = SubmissionsReport::default();
    let pins = lock.objects.len();
    report.known = pins - wanted.len();
    let wanted: Vec<TracedObject> = wanted.into_iter().flatten().collect();
    let mut failures = Vec::new();
    if !wanted.is_empty() {
        match run.hub.head(Repo::dataset(&lock.repo), &lock.revision) {
            Err(err) => failures.push(FailedRequest::new(&lock.repo, &err)),
            Ok(head) => {
                let repo = Repo::dataset(&head.id);
                let pulls = Pulls::new(run, repo);
                let mut tracer = Tracer { run, lock, repo, wanted: &wanted, pulls, store };
                report.traced = tracer.trace(&mut report.untraced)?;
                failures = tracer.pulls.failures;
            }
        }
    }
    report.not_asked = pins - report.known - report.traced - report.untraced;
    failures.sort_by(|a, b| (&a.what, &a.said).cmp(&(&b.what, &b.said)));
    report.failures = failures;
    report.findings = findings.into_sorted();
    Ok(report)
}

/// The objects that are to be traced; `None` for those whose bytes are not at hand.
fn wanted<'a>(
    run: &Run,
    datastore: &Path,
    lock: &'a Lock,
    store: &Store<ObjectSubmission>,
    findings: &mut Diagnostics,
) -> Vec<Option<TracedObject<'a>>> {
    let is_of_lock = |fact: &&ObjectSubmission| fact.datastore == lock.repo && fact.introduced.is_some();
    let traced = store.facts().iter().filter(|fact| is_of_lock(fact) && !run.force);
    let known: HashSet<(&str, Sha256)> = traced.map(|fact| (fact.object.as_str(), fact.sha256)).collect();
    let due: Vec<_> = lock.objects.iter().filter(|(path, pin)| !known.contains(&(path.as_str(), pin.sha256))).collect();
    let mut legacy_paths = legacy_paths(datastore, lock);
    let blobs: Vec<Result<String, String>> =
        due.par_iter().map(|(path, pin)| blob(datastore, path, pin.sha256)).collect();
    let mut wanted = Vec::with_capacity(due.len());
    for ((path, pin), blob) in due.into_iter().zip(blobs) {
        wanted.push(match blob {
            Ok(blob) => Some(TracedObject { path, sha256: pin.sha256, blob, legacy_path: legacy_paths.remove(path) }),
            Err(why) => {
                let file = datastore.join(path).display().to_string();
                let help = "run `evalcards fetch` again to download the bytes that the lock file names";
                findings.error(DiagnosticCode::NotLocked, &file, "", why, help);
                None
            }
        });
    }
    wanted
}

/// Git's id of an object, if its bytes are those of the lock.
fn blob(datastore: &Path, path: &str, sha256: Sha256) -> Result<String, String> {
    if !is_safe_relative(path) {
        return Err("the path leads out of the datastore".to_owned());
    }
    let bytes = fs::read(datastore.join(path)).map_err(|err| format!("cannot be read: {err}"))?;
    match Sha256::of(&bytes) == sha256 {
        true => Ok(git_blob_id(&bytes)),
        false => Err("its bytes are not those in the lock file".to_owned()),
    }
}

/// Where the indexes say that people put each object. It is looked there, and not believed.
fn legacy_paths(datastore: &Path, lock: &Lock) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for name in lock.collections.keys() {
        let index = format!("{INDEXES}/{name}.jsonl");
        let Some(bytes) = is_safe_relative(&index).then(|| fs::read(datastore.join(&index)).ok()).flatten() else {
            continue;
        };
        found.extend(legacy_paths_in(&bytes).filter(|(object, _)| lock.objects.contains_key(object)));
    }
    found
}

struct Tracer<'a> {
    run: &'a Run<'a>,
    lock: &'a Lock,
    /// The Hub's own name of the lock's repository.
    repo: Repo<'a>,
    wanted: &'a [TracedObject<'a>],
    pulls: Pulls<'a>,
    store: Store<ObjectSubmission>,
}

impl Tracer<'_> {
    /// Traces all that are wanted; gives the number of those that were.
    fn trace(&mut self, n_untraced: &mut usize) -> Result<usize> {
        let places = self.places()?;
        let legacy = places.iter().map(|(index, places)| (*index, places.legacy.clone()));
        let mut traced = self.settle(legacy.filter_map(|(index, it)| Some((index, it?))).collect())?;

        let rest: Vec<usize> = places.keys().copied().filter(|index| !traced.contains(index)).collect();
        // What stands at its legacy path, but could not be followed, is not looked for elsewhere.
        let searched: Vec<usize> = rest.iter().copied().filter(|index| places[index].legacy.is_none()).collect();
        let (found, is_complete) = self.search(&searched)?;
        traced.extend(self.settle(found)?);

        // Who wrote the object itself did not bring the record, if an unread request did.
        let object = searched.iter().filter(|index| is_complete && !traced.contains(index));
        let object: HashMap<usize, Sighting> =
            object.filter_map(|index| Some((*index, places[index].object.clone()?))).collect();
        let lost: Vec<usize> =
            searched.iter().copied().filter(|index| !traced.contains(index) && !object.contains_key(index)).collect();
        traced.extend(self.settle(object)?);
        if self.pulls.failures.is_empty() {
            *n_untraced = lost.len();
            for index in lost {
                self.put(index, None);
            }
        }
        self.store.save()?;
        Ok(traced.len())
    }

    /// Where the wanted bytes stand at the locked revision, by index; without those not asked for.
    fn places(&mut self) -> Result<BTreeMap<usize, ObjectPaths>> {
        let (run, repo, revision, wanted) = (self.run, self.repo, &self.lock.revision, self.wanted);
        let starts: Vec<usize> = (0..wanted.len()).step_by(BATCH).collect();
        let mut found = BTreeMap::new();
        let ask = |start: &usize| places(run.hub, repo, revision, &wanted[*start..wanted.len().min(start + BATCH)]);
        let mut failures = Vec::new();
        let not_asked = ask_all(run, "ask for paths", &starts, ask, |start, answer| {
            match answer {
                Ok(places) => found.extend(places.into_iter().enumerate().map(|(at, places)| (start + at, places))),
                Err(err) => failures.push(FailedRequest::new(wanted[*start].path, &err)),
            }
            Ok(())
        })?;
        self.pulls.failures.extend(failures);
        self.pulls.note_not_asked(not_asked, "lists of objects");
        Ok(found)
    }

    /// Writes down the origins of what was seen; gives the indexes of those that have one.
    fn settle(&mut self, seen: HashMap<usize, Sighting>) -> Result<HashSet<usize>> {
        let commits = seen.values().filter_map(|it| match &it.by {
            AddedBy::Commit(commit) => Some((commit.id.as_str(), commit)),
            AddedBy::Branch(_) => None,
        });
        let origins = self.pulls.origins(&commits.collect())?;
        let settled = seen.into_iter().filter_map(|(index, Sighting { path, by })| {
            let at = by.date();
            let (commit, origin) = match by {
                AddedBy::Branch(pull) => (None, CommitOrigin::of(&pull)),
                AddedBy::Commit(commit) => {
                    let origin = origins.get(&commit.id)?.clone();
                    (Some(commit.id), origin)
                }
            };
            let CommitOrigin { pull_request, account } = origin;
            Some((index, Introduced { path, commit, pull_request, account, at }))
        });
        let settled: Vec<(usize, Introduced)> = settled.collect();
        let indexes = settled.iter().map(|(index, _)| *index).collect();
        settled.into_iter().for_each(|(index, introduced)| self.put(index, Some(introduced)));
        self.store.save()?;
        Ok(indexes)
    }

    fn put(&mut self, index: usize, introduced: Option<Introduced>) {
        let TracedObject { path, sha256, .. } = &self.wanted[index];
        self.store.put(ObjectSubmission {
            datastore: self.lock.repo.clone(),
            object: (*path).to_owned(),
            sha256: *sha256,
            seen: self.run.now,
            introduced,
        });
    }

    /// Searches all merged pull requests for the earliest that wrote the bytes of each object, by
    /// index; and whether all were read.
    fn search(&mut self, indexes: &[usize]) -> Result<(HashMap<usize, Sighting>, bool)> {
        let mut found: HashMap<usize, (u64, Sighting)> = HashMap::new();
        if indexes.is_empty() {
            return Ok((HashMap::new(), true));
        }
        let Some(merged) = self.pulls.merged() else { return Ok((HashMap::new(), false)) };
        let names: HashMap<&str, usize> =
            indexes.iter().map(|index| (file_name(self.wanted[*index].path), *index)).collect();
        let (run, repo, wanted) = (self.run, self.repo, self.wanted);
        let numbers: Vec<u64> = merged.iter().map(|pull| pull.num).take(MAX_PULLS).collect();
        let mut is_complete = numbers.len() == merged.len();
        let ask = |number: &u64| {
            let Some(pull) = run.hub.pull_request_with_diff(repo, *number)? else { return Ok(None) };
            let sightings = written_by(run.hub, repo, &pull, &names, wanted)?;
            // The text of the change is no longer needed, and may be long.
            Ok(Some((PullRequest { diff: None, ..pull }, sightings)))
        };
        // A change may be long: few are held at a time.
        let few = Run { jobs: run.jobs.min(2), ..*run };
        let not_asked = ask_all(&few, "search requests", &numbers, ask, |number, answer| {
            match answer {
                Ok(Some((pull, sightings))) => {
                    self.pulls.take(Some(&pull));
                    for (index, sighting) in sightings {
                        let is_earlier =
                            |known: &(u64, Sighting)| (sighting.by.date(), *number) < (known.1.by.date(), known.0);
                        if found.get(&index).is_none_or(is_earlier) {
                            found.insert(index, (*number, sighting));
                        }
                    }
                }
                Ok(None) => {}
                Err(err) => {
                    is_complete = false;
                    self.pulls.failures.push(FailedRequest::new(&format!("#{number}"), &err));
                }
            }
            Ok(())
        })?;
        self.pulls.note_not_asked(not_asked + merged.len() - numbers.len(), "pull requests");
        let found = found.into_iter().map(|(index, (_, sighting))| (index, sighting)).collect();
        Ok((found, is_complete && not_asked == 0))
    }
}

/// Where the bytes of some objects stand at a revision.
fn places(hub: &Hub, repo: Repo, revision: &str, wanted: &[TracedObject]) -> Result<Vec<ObjectPaths>, HubError> {
    let paths = wanted.iter().flat_map(|it| [Some(it.path), it.legacy_path.as_deref()]).flatten();
    let paths: Vec<&str> = paths.collect();
    let mut files = hub.files_at(repo, revision, &paths)?;
    let mut at = |path: &str, wanted: &TracedObject| {
        let file = files.remove(path).filter(|file| wanted.is(file))?;
        Some(Sighting { path: path.to_owned(), by: AddedBy::Commit(file.last_commit) })
    };
    let places = wanted.iter().map(|it| ObjectPaths {
        object: at(it.path, it),
        legacy: it.legacy_path.as_deref().filter(|path| *path != it.path).and_then(|path| at(path, it)),
    });
    Ok(places.collect())
}

impl TracedObject<'_> {
    /// True if a file of the Hub has exactly these bytes.
    fn is(&self, file: &FileAt) -> bool {
        file.item.kind == "file"
            && match &file.item.lfs {
                Some(lfs) => Sha256::from_hex(&lfs.oid) == Some(self.sha256),
                None => file.item.oid.eq_ignore_ascii_case(&self.blob),
            }
    }
}

/// The objects whose bytes a merged pull request wrote. Its commit on the main branch counts: a
/// branch can be written to after the merge. The branch must do where the Hub names no commit.
fn written_by(
    hub: &Hub,
    repo: Repo,
    pull: &PullRequest,
    names: &HashMap<&str, usize>,
    wanted: &[TracedObject],
) -> Result<Vec<(usize, Sighting)>, HubError> {
    let Some(diff) = &pull.diff else {
        let attempted = format!("read the changes of pull request {}", pull.discussion.num);
        return Err(HubError::of_answer(&attempted, &hub.page(repo, ""), "the Hub does not show them".to_owned()));
    };
    let hits: Vec<(&str, usize)> =
        written_paths(diff).filter_map(|path| Some((path, *names.get(file_name(path))?))).collect();
    let revision = pull.merge_commit.clone().unwrap_or_else(|| pull.discussion.revision());
    let mut found = Vec::new();
    for hits in hits.chunks(MAX_PATHS) {
        let paths: Vec<&str> = hits.iter().map(|(path, _)| *path).collect();
        let mut files = hub.files_at(repo, &revision, &paths)?;
        for (path, index) in hits {
            let Some(file) = files.remove(*path).filter(|file| wanted[*index].is(file)) else { continue };
            let by = match &pull.merge_commit {
                None => AddedBy::Branch(pull.discussion.clone()),
                Some(commit) if file.last_commit.id == *commit => AddedBy::Commit(file.last_commit),
                // It was there before.
                Some(_) => continue,
            };
            found.push((*index, Sighting { path: (*path).to_owned(), by }));
        }
    }
    Ok(found)
}

/// The paths whose content a diff of git adds or changes. Lines of content begin with a sign or a
/// space, so that no content looks like a heading; names that git quotes are none of ours.
fn written_paths(diff: &str) -> impl Iterator<Item = &str> {
    let sections = diff.split("\ndiff --git ").enumerate().filter_map(|(at, section)| match at {
        0 => section.strip_prefix("diff --git "),
        _ => Some(section),
    });
    sections.filter_map(|section| {
        let (names, rest) = section.split_once('\n')?;
        let mut headings = rest.lines().take_while(|line| !line.starts_with(['@', '-', '+']));
        let is_deleted = headings.clone().any(|line| line.starts_with("deleted file"));
        let has_content = headings.any(|line| line.starts_with("index "));
        // `a/PATH b/PATH`, and a path may hold spaces.
        let path = names.get(names.len() / 2 + 1..)?.strip_prefix("b/")?;
        let is_same = names.get(..names.len() / 2)?.strip_prefix("a/") == Some(path);
        (is_same && has_content && !is_deleted).then_some(path)
    })
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_names_what_it_writes_and_no_content_can_add_to_that() {
        let diff = "diff --git a/data/x y.json b/data/x y.json\nnew file mode 100644\nindex 0000000..1111111\n\
            --- /dev/null\n+++ b/data/x y.json\n@@ -0,0 +1,2 @@\n+{}\n+diff --git a/forged b/forged\n\
            diff --git a/gone b/gone\ndeleted file mode 100644\nindex 1..0\n\
            diff --git a/old b/new\nsimilarity index 90%\nrename from old\nrename to new\nindex 1..2 100644\n\
            diff --git a/mode b/mode\nold mode 100644\nnew mode 100755\n\
            diff --git a/big b/big\nindex 1..2 100644\nBinary files a/big and b/big differ\n";
        assert_eq!(written_paths(diff).collect::<Vec<_>>(), ["data/x y.json", "big"]);
        assert_eq!(
            written_paths("").count() + written_paths("x\ny").count() + written_paths("diff --git é").count(),
            0
        );
    }
}
