//! Lists of what a repository holds: files, references, commits.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::clock::iso;
use super::git::{Blob, Files, tree_id, within};
use super::http::{Answer, pairs};
use super::repo::{Commit, Repo};
use super::routes::{Call, Reply, error};

impl Call<'_> {
    pub fn tree(&self, rev: &str, folder: &str) -> Reply {
        let commit = self.revision(rev)?;
        let expand = self.request.says("expand");
        let entries = entries(&commit.files, folder, self.request.says("recursive"));
        if entries.is_empty() && !folder.is_empty() {
            let message = format!("{folder} does not exist on \"{rev}\"");
            return Err(error(404, "EntryNotFound", &message).with("X-Repo-Commit", &commit.id));
        }
        let most = if expand { 50.min(self.state.entries_per_page) } else { self.state.entries_per_page };
        let limit = self.request.number("limit").unwrap_or(most).clamp(1, most);
        let start = self.request.number("cursor").unwrap_or(0);
        let page = entries.iter().skip(start).take(limit);
        let page: Vec<Value> =
            page.map(|(path, blob)| entry(self.repo(), commit, path, blob.as_ref(), expand)).collect();
        let answer = Answer::json(&page.into()).with("X-Repo-Commit", &commit.id);
        if start + limit < entries.len() {
            return Ok(answer.with("Link", self.next_link(&[("cursor", (start + limit).to_string())])));
        }
        Ok(answer)
    }

    /// The same of some paths; asked for as JSON or as a form.
    pub fn paths_info(&self, rev: &str) -> Reply {
        let commit = self.revision(rev)?;
        let json = self.request.header("Content-Type").is_some_and(|kind| kind.starts_with("application/json"));
        let (paths, expand): (Vec<String>, bool) = if json {
            let body = self.body()?;
            let paths = body["paths"].as_array().into_iter().flatten();
            (paths.filter_map(|path| Some(path.as_str()?.to_owned())).collect(), body["expand"] == true)
        } else {
            let form = pairs(&String::from_utf8_lossy(&self.request.body));
            let expand = form.iter().any(|(name, value)| name == "expand" && value.eq_ignore_ascii_case("true"));
            (form.into_iter().filter(|(name, _)| name == "paths").map(|(_, path)| path).collect(), expand)
        };
        if paths.len() > 2000 {
            return Err(error(422, "", "At most 2000 paths"));
        }
        let all: BTreeMap<_, _> = entries(&commit.files, "", true).into_iter().collect();
        let found = paths.iter().filter_map(|path| Some((path, all.get(path)?)));
        let found = found.map(|(path, blob)| entry(self.repo(), commit, path, blob.as_ref(), expand));
        Ok(Answer::json(&found.collect()))
    }

    pub fn refs(&self) -> Reply {
        let (pulls, branches): (Vec<_>, Vec<_>) =
            self.repo().refs.iter().partition(|(name, _)| name.starts_with("refs/pr/"));
        let branches: Vec<Value> = branches
            .into_iter()
            .map(|(name, id)| json!({"name": name, "ref": format!("refs/heads/{name}"), "targetCommit": id}))
            .collect();
        let mut answer = json!({"branches": branches, "converts": [], "tags": []});
        if self.request.says("include_prs") {
            let pulls = pulls.into_iter().map(
                |(name, id)| json!({"name": name.trim_start_matches("refs/pr/"), "ref": name, "targetCommit": id}),
            );
            answer["pullRequests"] = pulls.collect();
        }
        Ok(Answer::json(&answer))
    }

    /// From the newest to the first.
    pub fn commits(&self, rev: &str) -> Reply {
        let repo = self.repo();
        let history = history(repo, self.revision(rev)?);
        let (page, limit) =
            (self.request.number("p").unwrap_or(0), self.request.number("limit").unwrap_or(50).clamp(1, 1000));
        let shown = history.iter().skip(page * limit).take(limit).map(|commit| {
            let authors: Vec<Value> = commit.authors.iter().map(|name| json!({ "user": name })).collect();
            json!({"id": commit.id, "title": commit.title, "message": commit.message, "date": iso(commit.date),
                "authors": authors})
        });
        let answer = Answer::json(&shown.collect()).with("X-Total-Count", history.len().to_string());
        if (page + 1) * limit < history.len() {
            return Ok(answer.with("Link", self.next_link(&[("p", (page + 1).to_string())])));
        }
        Ok(answer)
    }
}

/// A commit and its ancestors; every commit here has at most one parent.
fn history<'a>(repo: &'a Repo, commit: &'a Commit) -> Vec<&'a Commit> {
    let parent = |commit: &&'a Commit| commit.parents.first().map(|id| &repo.commits[id]);
    std::iter::successors(Some(commit), parent).collect()
}

/// What is in a folder; folders have no content.
fn entries(files: &Files, folder: &str, recursive: bool) -> Vec<(String, Option<Blob>)> {
    let mut found: BTreeMap<String, Option<Blob>> = BTreeMap::new();
    for (path, blob) in files {
        let Some(name) = within(path, folder) else { continue };
        let base = path.len() - name.len();
        let folders = name.match_indices('/').map(|(at, _)| path[..base + at].to_owned());
        found.extend(folders.take(if recursive { usize::MAX } else { 1 }).map(|folder| (folder, None)));
        if recursive || !name.contains('/') {
            found.insert(path.clone(), Some(blob.clone()));
        }
    }
    found.into_iter().collect()
}

fn entry(repo: &Repo, commit: &Commit, path: &str, blob: Option<&Blob>, expand: bool) -> Value {
    let mut entry = match blob {
        None => json!({"type": "directory", "oid": tree_id(&commit.files, path), "size": 0, "path": path}),
        Some(blob) => json!({"type": "file", "oid": blob.oid, "size": blob.bytes.len(), "path": path}),
    };
    if let Some((sha256, pointer)) = blob.and_then(|blob| Some((blob.sha256.as_ref()?, blob.pointer()?))) {
        entry["lfs"] = json!({"oid": sha256, "size": entry["size"], "pointerSize": pointer.len()});
    }
    if expand {
        let last = last_commit(repo, commit, path);
        entry["lastCommit"] = json!({"id": last.id, "title": last.title, "date": iso(last.date)});
        if blob.is_some() {
            entry["securityFileStatus"] = json!({"status": "safe", "avScan": null, "pickleImportScan": null});
        }
    }
    entry
}

/// The last commit that changed a file, or anything in a folder.
fn last_commit<'a>(repo: &'a Repo, commit: &'a Commit, path: &str) -> &'a Commit {
    let state = |commit: &Commit| (commit.files.get(path).map(|blob| blob.oid.clone()), tree_id(&commit.files, path));
    let history = history(repo, commit);
    let changed = history.windows(2).find(|pair| state(pair[0]) != state(pair[1])).map(|pair| pair[0]);
    changed.unwrap_or(history[history.len() - 1])
}
