//! Commits: what the Hub asks for before one, and the commit itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::repo::{Change, Repo, Thread};
use super::routes::{Call, Reply, error, no_revision};

impl Call<'_> {
    /// The writer's name, if they may commit to `rev` in the way they ask for.
    fn may_commit(&self, rev: &str) -> Result<String, Answer> {
        let name = self.writer()?;
        if self.request.says("create_pr") {
            self.community()?;
            return Ok(name);
        }
        let own = |thread: &Thread| thread.reference() == rev && thread.author.as_ref() == Some(&name);
        match self.owns() || self.repo().threads.iter().any(own) {
            true => Ok(name),
            false => {
                let how = "pass `create_pr=1` as a query parameter to create a Pull Request";
                Err(error(403, "", &format!("Forbidden: {how}")))
            }
        }
    }

    /// How each file is to be sent, and what is there now.
    pub fn preupload(&self, rev: &str) -> Reply {
        self.may_commit(rev)?;
        let commit = self.revision(rev)?;
        let body = self.body()?;
        let files = body["files"].as_array().ok_or_else(|| error(400, "", "`files` is missing"))?;
        if files.len() > 1000 {
            return Err(error(422, "", "At most 1000 files"));
        }
        let answers = files.iter().map(|file| {
            let path = file["path"].as_str().ok_or_else(|| error(422, "", "`path` is missing"))?;
            check_path(path)?;
            let large = self.repo().large.contains(path) && file["size"] != 0;
            Ok(json!({"path": path, "uploadMode": if large { "lfs" } else { "regular" },
                "shouldIgnore": self.repo().ignored.contains(path),
                "oid": commit.files.get(path).map(|blob| &blob.oid)}))
        });
        let answers: Result<Vec<Value>, Answer> = answers.collect();
        Ok(Answer::json(&json!({"files": answers?, "commitOid": commit.id})))
    }

    pub fn commit(&mut self, rev: &str) -> Reply {
        let author = self.may_commit(rev)?;
        if self.request.header("Content-Type").is_none_or(|kind| !kind.starts_with("application/x-ndjson")) {
            return Err(error(400, "", "Content-Type must be application/x-ndjson"));
        }
        let head = self.repo().refs.get(rev).ok_or_else(|| no_revision(rev))?.clone();
        let lines = lines(&self.request.body)?;
        let (header, operations) = lines.split_first().ok_or_else(|| error(400, "", "The commit is empty"))?;
        if header["key"] != "header" {
            return Err(error(400, "", "The first line must be the header"));
        }
        let text = |name: &str| header["value"][name].as_str().unwrap_or_default().to_owned();
        let (summary, description) = (text("summary"), text("description"));
        if summary.is_empty() {
            return Err(error(422, "", "The summary must not be empty"));
        }
        let create_pr = self.request.says("create_pr");
        let parent = match header["value"]["parentCommit"].as_str() {
            Some(parent) => self.revision(parent)?.id.clone(),
            None => head.clone(),
        };
        if parent != head && !create_pr {
            let message = "The branch was updated since you opened this page. Please refresh and try again.";
            return Err(error(412, "", message));
        }
        let changes = changes(self.repo(), &parent, operations)?;
        let page = format!("{}/{}{}", self.state.pages, self.kind.prefix(), self.id);
        let repo = self.repo_mut();
        let pull = rev.strip_prefix("refs/pr/").and_then(|number| number.parse().ok());
        let mut answer = json!({"success": true, "hookOutput": ""});
        let id = if create_pr {
            let number = repo.propose(Some(&author), &summary, &description, Some(parent), &changes);
            answer["pullRequestUrl"] = json!(format!("{page}/discussions/{number}"));
            repo.refs[&format!("refs/pr/{number}")].clone()
        } else if let Some(number) = pull {
            repo.push(number, &changes, &summary, Some(&author))
        } else {
            repo.commit(rev, None, &changes, &summary, &description, Some(author))
        };
        answer["commitOid"] = json!(id);
        answer["commitUrl"] = json!(format!("{page}/commit/{id}"));
        Ok(Answer::json(&answer))
    }
}

fn lines(body: &[u8]) -> Result<Vec<Value>, Answer> {
    let text = std::str::from_utf8(body).map_err(|err| error(400, "", &err.to_string()))?;
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_str(line).map_err(|err| error(400, "", &format!("Invalid JSON: {err}"))))
        .collect()
}

/// What the lines after the header do.
fn changes(repo: &Repo, parent: &str, operations: &[Value]) -> Result<Vec<Change>, Answer> {
    let files = &repo.commits[parent].files;
    let mut changes = Vec::new();
    for operation in operations {
        let (key, value) = (operation["key"].as_str().unwrap_or_default(), &operation["value"]);
        let path = value["path"].as_str().unwrap_or_default();
        check_path(path.trim_end_matches('/'))?;
        let inside = |file: &&String| super::git::within(file, path.trim_end_matches('/')).is_some();
        let gone: Vec<&String> = match key {
            "file" => {
                changes.push((path.to_owned(), Some(content(value)?)));
                continue;
            }
            "deletedFile" => files.keys().filter(|file| *file == path).collect(),
            "deletedFolder" => files.keys().filter(inside).collect(),
            "deletedEntry" => files.keys().filter(|file| *file == path || inside(file)).collect(),
            "lfsFile" => return Err(error(422, "", "The test Hub takes no large files")),
            _ => return Err(error(400, "", &format!("Unknown key {key:?}"))),
        };
        if gone.is_empty() {
            return Err(error(404, "EntryNotFound", "A file with this name doesn't exist"));
        }
        changes.extend(gone.into_iter().map(|file| (file.clone(), None)));
    }
    Ok(changes)
}

fn content(value: &Value) -> Result<Vec<u8>, Answer> {
    let text = value["content"].as_str().ok_or_else(|| error(422, "", "`content` is missing"))?;
    match value["encoding"].as_str() {
        Some("base64") => STANDARD.decode(text).map_err(|err| error(422, "", &err.to_string())),
        Some("utf-8") | None => Ok(text.as_bytes().to_vec()),
        Some(other) => Err(error(422, "", &format!("Unknown encoding {other:?}"))),
    }
}

fn check_path(path: &str) -> Result<(), Answer> {
    let bad = path.is_empty() || path.split('/').any(|part| matches!(part, "" | "." | ".." | ".git" | ".cache"));
    if bad { Err(error(422, "", &format!("Invalid path: {path:?}"))) } else { Ok(()) }
}

/// The check of a README's header that the official client asks for.
pub fn validate_yaml(request: &Request) -> Reply {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let text = body["content"].as_str().unwrap_or_default();
    let header = text.strip_prefix("---\n").and_then(|text| Some(text.split_once("\n---")?.0));
    match header.map(serde_yaml::from_str::<Value>) {
        Some(Err(err)) => {
            let mut answer = Answer::json(&json!({"errors": [{"message": err.to_string()}], "warnings": []}));
            answer.status = 400;
            Err(answer)
        }
        _ => Ok(Answer::json(&json!({"errors": [], "warnings": []}))),
    }
}
