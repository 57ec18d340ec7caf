//! The *calls* that evalcards makes.

use std::io::{self, Read, Write};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::{Account, Committed, Discussion, EvalResult, ModelAnswer, NewFile, TreeItem, Upload};
use super::repo::{Repo, encoded, segment};
use super::{ErrorKind, Hub, HubError, HubResponse, MAX_JSON, Request, TakeError, git_blob_id};
use crate::address::is_commit;
use crate::hash::Sha256;

const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// Opening a pull request may take long, and an answer that is not waited for is one that must be searched for.
const WRITE_TIMEOUT: Duration = Duration::from_secs(180);

/// Pages of one list: 50,000 discussions, or a million files.
const MAX_PAGES: usize = 1000;

impl Hub {
    /// The account of the token.
    pub fn whoami(&self) -> Result<Account, HubError> {
        let answer =
            self.send_with_retry(&self.request("/api/whoami-v2", &[], "ask whose token this is".to_owned()))?;
        let found: Value = json_of(&answer, "ask whose token this is")?;
        let name = found["name"].as_str().ok_or_else(|| {
            HubError::malformed("ask whose token this is", &answer.url, "the answer has no `name`".to_owned())
        })?;
        let token = &found["auth"]["accessToken"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let role = text(&token["role"]);
        let permissions = token["fineGrained"].to_string();
        let may_write = ["discussion.write", "repo.write"].iter().any(|permission| permissions.contains(permission));
        Ok(Account {
            name: name.to_owned(),
            token_name: text(&token["displayName"]),
            can_write: role.as_deref() != Some("read"),
            is_doubtful: role.as_deref() == Some("fineGrained") && !may_write,
            role,
        })
    }

    /// What the Hub knows of a model, and its canonical id.
    pub fn model(&self, id: &str) -> Result<ModelAnswer, HubError> {
        let attempted = format!("look up the model {id}");
        let query = [("expand", "sha"), ("expand", "evalResults")];
        let answer = self.send_with_retry(&self.request(&Repo::model(id).api(), &query, attempted.clone()))?;
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct ModelJson {
            id: String,
            sha: String,
            #[serde(default)]
            eval_results: Option<Vec<Value>>,
        }
        let found: ModelJson = json_of(&answer, &attempted)?;
        if !is_commit(&found.sha) {
            return Err(HubError::malformed(&attempted, &answer.url, "its head is not a commit".to_owned()));
        }
        let eval_results = found.eval_results.unwrap_or_default().iter().filter_map(eval_result).collect();
        Ok(ModelAnswer { id: found.id, head: found.sha, eval_results })
    }

    /// All files below `folder` at `revision`; none if there is no such folder.
    pub fn tree(&self, repo: Repo, revision: &str, folder: &str) -> Result<Vec<TreeItem>, HubError> {
        let attempted = format!("list {folder} of {} at {revision}", repo.id);
        let path = format!("{}/tree/{}/{}", repo.api(), segment(revision), encoded(folder));
        let query = [("recursive", "true"), ("expand", "false")];
        let mut items = Vec::new();
        let mut request = self.request(&path, &query, attempted.clone());
        for _ in 0..MAX_PAGES {
            let answer = match self.send_with_retry(&request) {
                Err(err) if err.kind == ErrorKind::EntryNotFound && items.is_empty() => return Ok(items),
                answer => answer?,
            };
            let page: Vec<TreeItem> = json_of(&answer, &attempted)?;
            items.extend(page);
            match self.next_page(&answer, &attempted)? {
                Some(url) => request = Request { url, ..request },
                None => return Ok(items),
            }
        }
        Err(endless(&attempted, &request.url, MAX_PAGES))
    }

    /// All pull requests of a repository, in whatever state.
    pub fn pull_requests(&self, repo: Repo) -> Result<Vec<Discussion>, HubError> {
        let attempted = format!("list the pull requests of {}", repo.id);
        let path = format!("{}/discussions", repo.api());
        let mut found = Vec::new();
        for page in 0..MAX_PAGES {
            let number = page.to_string();
            let query = [("p", number.as_str()), ("type", "pull_request"), ("status", "all")];
            let answer = self.send_with_retry(&self.request(&path, &query, attempted.clone()))?;
            #[derive(Deserialize)]
            struct DiscussionsPage {
                discussions: Vec<Discussion>,
                count: usize,
                #[serde(default)]
                start: usize,
            }
            let page: DiscussionsPage = json_of(&answer, &attempted)?;
            let end = page.start + page.discussions.len();
            let is_last = page.discussions.is_empty() || end >= page.count;
            found.extend(page.discussions.into_iter().filter(|it| it.is_pull_request));
            if is_last {
                return Ok(found);
            }
        }
        Err(endless(&attempted, &self.request(&path, &[], String::new()).url, MAX_PAGES))
    }

    /// What a pull request changes against the commit that it was made from, as git shows it;
    /// `None` if the Hub does not say.
    pub fn diff(&self, repo: Repo, number: u64) -> Result<Option<String>, HubError> {
        let attempted = format!("read the changes of pull request {number} of {}", repo.id);
        let path = format!("{}/discussions/{number}", repo.api());
        let answer = self.send_with_retry(&self.request(&path, &[("diff", "1")], attempted.clone()))?;
        let found: Value = json_of(&answer, &attempted)?;
        Ok(found["diff"].as_str().map(str::to_owned))
    }

    /// Copies a file of at most `cap` bytes into what `open` gives, which is called for each try.
    pub fn copy<W: Write>(
        &self,
        repo: Repo,
        revision: &str,
        path: &str,
        cap: u64,
        open: impl Fn() -> io::Result<W>,
    ) -> Result<W, HubError> {
        // At least 50 kB a second, or the connection is as good as broken.
        let timeout = READ_TIMEOUT + Duration::from_secs(cap / 50_000);
        let request = Request { timeout, ..self.file_request(repo, revision, path, cap) };
        let take = |body: &mut dyn Read| {
            let mut target = open().map_err(TakeError::Local)?;
            let mut buffer = [0; 16 << 10];
            loop {
                match body.read(&mut buffer) {
                    Ok(0) => return Ok(target),
                    Ok(count) => target.write_all(&buffer[..count]).map_err(TakeError::Local)?,
                    Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
                    Err(err) => return Err(TakeError::Cut(err)),
                }
            }
        };
        self.send_with_retry_into(&request, &take).map(|answer| answer.body)
    }

    /// The bytes of a file, at most `cap`, verified by the hash that the Hub names in its answer:
    /// for a file whose hash nothing else tells. What came damaged is asked for once more.
    pub fn checked_file(&self, repo: Repo, revision: &str, path: &str, cap: u64) -> Result<Vec<u8>, HubError> {
        let request = self.file_request(repo, revision, path, cap);
        let mut answer = self.send_with_retry(&request)?;
        if !is_whole(&answer) {
            answer = self.send_with_retry(&request)?;
        }
        match is_whole(&answer) {
            true => Ok(answer.body),
            false => {
                let said = "its bytes do not match the Hub's ETag: they were changed in transit";
                Err(HubError::malformed(&request.attempted, &answer.url, said.to_owned()))
            }
        }
    }

    /// The bytes of a file, at most `cap`, and the commit they were read at if the Hub names it.
    pub fn file(
        &self,
        repo: Repo,
        revision: &str,
        path: &str,
        cap: u64,
    ) -> Result<(Vec<u8>, Option<String>), HubError> {
        let answer = self.send_with_retry(&self.file_request(repo, revision, path, cap))?;
        let commit = answer.headers.get("x-repo-commit").and_then(|value| value.to_str().ok());
        Ok((answer.body, commit.map(str::to_owned)))
    }

    pub(super) fn file_request(&self, repo: Repo, revision: &str, path: &str, cap: u64) -> Request {
        let attempted = format!("read {path} of {} at {revision}", repo.id);
        let url = format!("{}/resolve/{}/{}", repo.page(), segment(revision), encoded(path));
        Request { cap, may_leave: true, ..self.request(&url, &[], attempted) }
    }

    /// Asks how files would be taken into a pull request. Changes nothing.
    pub fn preupload(&self, repo: Repo, files: &[NewFile]) -> Result<Vec<Upload>, HubError> {
        let attempted = format!("prepare a pull request to {}", repo.id);
        let files: Vec<Value> = files
            .iter()
            .map(|file| {
                let sample = BASE64.encode(&file.bytes[..file.bytes.len().min(512)]);
                json!({ "path": file.path, "size": file.bytes.len(), "sample": sample })
            })
            .collect();
        let body = json!({ "files": files }).to_string().into_bytes();
        let path = format!("{}/preupload/main", repo.api());
        let request = self.request(&path, &[("create_pr", "1")], attempted.clone());
        let answer =
            self.send_with_retry(&Request { method: Method::POST, body: Some(("application/json", body)), ..request })?;
        #[derive(Deserialize)]
        struct PreuploadJson {
            files: Vec<Upload>,
        }
        json_of::<PreuploadJson>(&answer, &attempted).map(|found| found.files)
    }

    /// Opens a pull request with `files` that starts from the commit `parent`. Sent once: after an
    /// error for which [`ErrorKind::is_not_applied`] is false, it may have been opened all the same.
    pub fn open_pull_request(
        &self,
        repo: Repo,
        parent: &str,
        title: &str,
        description: &str,
        files: &[NewFile],
    ) -> Result<Committed, HubError> {
        let attempted = format!("open a pull request to {}", repo.id);
        let header = json!({ "summary": title, "description": description, "parentCommit": parent });
        let mut body = format!("{}\n", json!({ "key": "header", "value": header }));
        for file in files {
            let content = BASE64.encode(file.bytes);
            let value = json!({ "content": content, "path": file.path, "encoding": "base64" });
            body.push_str(&format!("{}\n", json!({ "key": "file", "value": value })));
        }
        let path = format!("{}/commit/main", repo.api());
        let request = Request {
            method: Method::POST,
            body: Some(("application/x-ndjson", body.into_bytes())),
            timeout: WRITE_TIMEOUT,
            ..self.request(&path, &[("create_pr", "1")], attempted.clone())
        };
        let answer = self.send_once(&request)?;
        let found: Value = json_of(&answer, &attempted)?;
        let url = found["pullRequestUrl"].as_str().unwrap_or_default().to_owned();
        let number = url.rsplit_once("/discussions/").and_then(|(_, number)| number.parse().ok());
        match number {
            Some(number) => Ok(Committed {
                pull_request_url: url,
                number,
                commit: found["commitOid"].as_str().unwrap_or_default().to_owned(),
            }),
            None => {
                Err(HubError::malformed(&attempted, &answer.url, "the answer does not name a pull request".to_owned()))
            }
        }
    }

    /// Address of a page on the Hub, for people.
    pub fn page(&self, repo: Repo, below: &str) -> String {
        format!("{}{}{below}", self.endpoint(), repo.page())
    }

    pub(super) fn request(&self, path: &str, query: &[(&str, &str)], attempted: String) -> Request {
        let mut url = self.settings.endpoint().clone();
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Request {
            method: Method::GET,
            url,
            body: None,
            attempted,
            cap: MAX_JSON,
            may_leave: false,
            is_anonymous: false,
            timeout: READ_TIMEOUT,
        }
    }
}

impl Hub {
    /// A file of at most `cap` bytes at any address, asked for without a token.
    pub(super) fn request_of_everybody(&self, url: Url, cap: u64) -> Request {
        let attempted = "get a file".to_owned();
        Request { url, cap, may_leave: true, is_anonymous: true, ..self.request("", &[], attempted) }
    }
}

pub(super) fn endless(attempted: &str, url: &Url, most: usize) -> HubError {
    HubError::malformed(attempted, url, format!("more than {most} pages"))
}

/// False if the body is not the content that its ETag names. One that is no hash says nothing.
fn is_whole(answer: &HubResponse) -> bool {
    match answer.etag.as_deref() {
        Some(etag) if etag.len() == 40 => git_blob_id(&answer.body) == etag,
        Some(etag) if etag.len() == 64 => Sha256::of(&answer.body).to_string() == etag,
        _ => true,
    }
}

pub(super) fn json_of<T: DeserializeOwned>(answer: &HubResponse, attempted: &str) -> Result<T, HubError> {
    serde_json::from_slice(&answer.body).map_err(|err| {
        let start: String = String::from_utf8_lossy(&answer.body).chars().take(40).collect();
        let html = answer.body.trim_ascii_start().starts_with(b"<");
        let said = match html {
            true => format!("expected JSON, got a web page: `{}…`", start.trim().escape_debug()),
            false => format!("unexpected JSON: {err}"),
        };
        HubError::malformed(attempted, &answer.url as &Url, said)
    })
}

fn eval_result(item: &Value) -> Option<EvalResult> {
    let data = match (&item["data"], &item["error"]) {
        (Value::Object(_), _) => Ok(item["data"].clone()),
        (_, Value::String(error)) => Err(error.clone()),
        _ => return None,
    };
    let filename = item["filename"].as_str()?.to_owned();
    Some(EvalResult { filename, data, pull_request: item["pullRequest"].as_u64() })
}
