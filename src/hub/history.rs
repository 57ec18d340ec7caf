//! How files came into a repository: the commit that last changed each, commits, pull requests.

use std::collections::HashMap;

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Discussion, TreeItem};
use super::api::json_of;
use super::repo::{Repo, segment};
use super::{Hub, HubError, Request};
use crate::address::is_commit;

/// Longest title of a commit that is kept (characters).
const MAX_TITLE: usize = 300;

/// A file at a revision.
#[derive(Clone, Debug)]
pub struct FileAt {
    /// Path, size, and git's id of its bytes.
    pub item: TreeItem,
    /// The commit that made it what it is at that revision.
    pub last_commit: CommitSummary,
}

/// A commit, in short.
#[derive(Clone, Debug)]
pub struct CommitSummary {
    /// 40 hex digits.
    pub id: String,
    /// First line of its message, written by whoever made it.
    pub title: String,
    /// When it was made, by the clock of who made it.
    pub date: Option<Timestamp>,
}

/// A pull request with its end.
#[derive(Clone, Debug)]
pub struct PullRequest {
    /// As lists have it.
    pub discussion: Discussion,
    /// The commit that it became on the main branch; `None` if it was not merged, or is not said.
    pub merge_commit: Option<String>,
    /// What it changes, as git shows it, if that was asked for and said.
    pub diff: Option<String>,
    /// Who closed it, as far as the Hub says.
    pub closed_by: Option<String>,
    /// Comments of others than its author, without those that were hidden.
    pub n_comments: usize,
}

impl Hub {
    /// Files at a revision, by path, each with the commit that last changed it; without those that
    /// are not there. At most 1,000 paths.
    pub fn files_at(&self, repo: Repo, revision: &str, paths: &[&str]) -> Result<HashMap<String, FileAt>, HubError> {
        let attempted = format!("look up {} paths of {} at {revision}", paths.len(), repo.id);
        let body = json!({ "paths": paths, "expand": true }).to_string().into_bytes();
        let path = format!("{}/paths-info/{}", repo.api(), segment(revision));
        // It changes nothing: the paths are only too many for an address.
        let request = Request {
            method: Method::POST,
            body: Some(("application/json", body)),
            ..self.request(&path, &[], attempted.clone())
        };
        let found: Vec<Value> = json_of(&self.send_with_retry(&request)?, &attempted)?;
        Ok(found.iter().filter_map(file_at).map(|file| (file.item.path.clone(), file)).collect())
    }

    /// The accounts that a commit names as its authors.
    pub fn authors(&self, repo: Repo, commit: &str) -> Result<Vec<String>, HubError> {
        let attempted = format!("look up the commit {commit} of {}", repo.id);
        let path = format!("{}/commits/{}", repo.api(), segment(commit));
        let answer = self.send_with_retry(&self.request(&path, &[("limit", "1")], attempted.clone()))?;
        let found: Vec<Value> = json_of(&answer, &attempted)?;
        let it = found.iter().find(|it| it["id"] == commit).ok_or_else(|| {
            HubError::malformed(&attempted, &answer.url, "the answer is about another commit".to_owned())
        })?;
        let authors = it["authors"].as_array().into_iter().flatten();
        Ok(authors.filter_map(|author| Some(author["user"].as_str()?.to_owned())).collect())
    }

    /// A pull request and its state; `None` for a discussion that is not a pull request.
    pub fn pull_request(&self, repo: Repo, number: u64) -> Result<Option<PullRequest>, HubError> {
        self.details(repo, number, &[])
    }

    /// The same with what it changes.
    pub fn pull_request_with_diff(&self, repo: Repo, number: u64) -> Result<Option<PullRequest>, HubError> {
        self.details(repo, number, &[("diff", "1")])
    }

    fn details(&self, repo: Repo, number: u64, query: &[(&str, &str)]) -> Result<Option<PullRequest>, HubError> {
        let attempted = format!("look up pull request {number} of {}", repo.id);
        let path = format!("{}/discussions/{number}", repo.api());
        let answer = self.send_with_retry(&self.request(&path, query, attempted.clone()))?;
        #[derive(Deserialize)]
        struct DiscussionJson {
            #[serde(flatten)]
            discussion: Discussion,
            #[serde(default)]
            changes: Value,
            #[serde(default)]
            diff: Value,
            #[serde(default)]
            events: Value,
        }
        let found: DiscussionJson = json_of(&answer, &attempted)?;
        if found.discussion.num != number {
            return Err(HubError::malformed(&attempted, &answer.url, "the answer is about another number".to_owned()));
        }
        if !found.discussion.is_pull_request {
            return Ok(None);
        }
        let merge_commit = found.changes["mergeCommitId"].as_str().filter(|id| is_commit(id)).map(str::to_owned);
        let diff = match found.diff {
            Value::String(diff) => Some(diff),
            _ => None,
        };
        let events = found.events.as_array().map_or(&[][..], Vec::as_slice);
        let by = |event: &Value| event["author"]["name"].as_str().map(str::to_owned);
        let closes = |event: &&Value| event["type"] == "status-change" && event["data"]["status"] == "closed";
        let closed_by = events.iter().rev().find(closes).and_then(by);
        let author = found.discussion.author().map(str::to_owned);
        let is_comment = |event: &&Value| event["type"] == "comment" && event["data"]["hidden"] != true;
        // The first one is its description.
        let comments = events.iter().filter(is_comment).skip(1);
        let n_comments = comments.filter(|event| author.is_none() || by(event) != author).count();
        Ok(Some(PullRequest { discussion: found.discussion, merge_commit, diff, closed_by, n_comments }))
    }
}

fn file_at(value: &Value) -> Option<FileAt> {
    let item = TreeItem::deserialize(value).ok()?;
    let commit = &value["lastCommit"];
    let id = commit["id"].as_str().filter(|id| is_commit(id))?.to_owned();
    let title = commit["title"].as_str().unwrap_or_default().chars().take(MAX_TITLE).collect();
    let date = commit["date"].as_str().and_then(|date| date.parse().ok());
    Some(FileAt { item, last_commit: CommitSummary { id, title, date } })
}
