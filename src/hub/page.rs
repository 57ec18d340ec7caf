//! Public information about repositories and accounts on the Hub, which `fetch` reads.

use serde_json::Value;

use super::api::{endless, json_of};
use super::repo::{Repo, segment};
use super::{Hub, HubError, Request};
use crate::address::is_commit;
use crate::hash::Sha256;

/// A model's answer holds the header of its README, in which some keep thousands of results (bytes).
const MAX_MODEL: u64 = 16 << 20;
/// An account's answer may not be larger (bytes).
const MAX_ACCOUNT: u64 = 1 << 20;

/// The tag of a dataset whose leaderboards the Hub keeps.
const OFFICIAL: &str = "benchmark:official";
/// Pages of the list of such datasets, which were 47 in September 2026.
const MAX_PAGES: usize = 50;

/// A commit of a repository.
#[derive(Clone, Debug)]
pub struct RepoHead {
    /// Canonical id: another than was asked for if it was renamed or spelt differently.
    pub id: String,
    /// Its hash.
    pub commit: String,
}

/// What the Hub answers about a model.
#[derive(Clone, Debug)]
pub struct HubModelPage {
    /// Canonical id and commit.
    pub head: RepoHead,
    /// True if only some may see it; this account is one of them.
    pub is_private: bool,
    /// The whole answer; nothing in it is sure to be there or of its usual type.
    pub fields: Value,
    /// Of the bytes of the answer.
    pub response_sha256: Sha256,
}

impl Hub {
    /// A repository's canonical id, and the commit that `revision` (a branch, a tag, a commit) is.
    pub fn head(&self, repo: Repo, revision: &str) -> Result<RepoHead, HubError> {
        let attempted = format!("look up {revision} of {}", repo.id);
        let path = format!("{}/revision/{}", repo.api(), segment(revision));
        let answer = self.send_with_retry(&self.request(&path, &[("expand", "sha")], attempted.clone()))?;
        head(&json_of(&answer, &attempted)?)
            .ok_or_else(|| HubError::malformed(&attempted, &answer.url, "it has no id or no commit".to_owned()))
    }

    /// These fields of a model's page, by the names that the Hub has for them.
    pub fn model_page(&self, id: &str, fields: &[&str]) -> Result<HubModelPage, HubError> {
        let attempted = format!("look up the model {id}");
        let query: Vec<_> = ["sha", "private"].iter().chain(fields).map(|field| ("expand", *field)).collect();
        let request = Request { cap: MAX_MODEL, ..self.request(&Repo::model(id).api(), &query, attempted.clone()) };
        let answer = self.send_with_retry(&request)?;
        let fields: Value = json_of(&answer, &attempted)?;
        let head = head(&fields)
            .ok_or_else(|| HubError::malformed(&attempted, &answer.url, "it has no id or no commit".to_owned()))?;
        let is_private = fields["private"] == true;
        Ok(HubModelPage { head, is_private, response_sha256: Sha256::of(&answer.body), fields })
    }

    /// The organisations of an account that everybody may see: asked without the token, because the
    /// Hub may show more to some.
    pub fn organizations(&self, account: &str) -> Result<Vec<String>, HubError> {
        let attempted = format!("look up the account {account}");
        let path = format!("/api/users/{}/overview", segment(account));
        let request = Request { cap: MAX_ACCOUNT, is_anonymous: true, ..self.request(&path, &[], attempted.clone()) };
        let answer = self.send_with_retry(&request)?;
        let found: Value = json_of(&answer, &attempted)?;
        let organizations = found["orgs"].as_array().ok_or_else(|| {
            HubError::malformed(&attempted, &answer.url, "the answer has no list of organisations".to_owned())
        })?;
        Ok(organizations.iter().filter_map(|it| Some(it["name"].as_str()?.to_owned())).collect())
    }

    /// Ids of the datasets that the Hub marks as official benchmarks, as its answer has them: asked without the token,
    /// so that none is private.
    pub fn official_benchmarks(&self) -> Result<Vec<String>, HubError> {
        let attempted = "list the official benchmarks".to_owned();
        let query = [("filter", OFFICIAL), ("expand", "tags"), ("limit", "100")];
        let mut request = Request { is_anonymous: true, ..self.request("/api/datasets", &query, attempted.clone()) };
        let mut ids = Vec::new();
        for _ in 0..MAX_PAGES {
            let answer = self.send_with_retry(&request)?;
            let page: Vec<Value> = json_of(&answer, &attempted)?;
            // A Hub that does not know the filter lists everything.
            let is_official =
                |it: &&Value| it["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == OFFICIAL));
            ids.extend(page.iter().filter(is_official).filter_map(|it| Some(it["id"].as_str()?.to_owned())));
            match self.next_page(&answer, &attempted)? {
                Some(url) => request = Request { url, ..request },
                None => return Ok(ids),
            }
        }
        Err(endless(&attempted, &request.url, MAX_PAGES))
    }

    /// The bytes of a file that everybody may read, at most `cap`: asked without the token.
    pub fn public_file(&self, repo: Repo, revision: &str, path: &str, cap: u64) -> Result<Vec<u8>, HubError> {
        let request = Request { is_anonymous: true, ..self.file_request(repo, revision, path, cap) };
        Ok(self.send_with_retry(&request)?.body)
    }
}

fn head(fields: &Value) -> Option<RepoHead> {
    let (id, commit) = (fields["id"].as_str()?, fields["sha"].as_str()?);
    let is_sound = is_commit(commit) && !id.chars().any(char::is_control);
    is_sound.then(|| RepoHead { id: id.to_owned(), commit: commit.to_owned() })
}
