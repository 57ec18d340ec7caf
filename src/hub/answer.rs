//! The parts of the Hub's *answers* that evalcards uses, and the files that it sends.
//!
//! Answers may have more fields and lack those that are not needed; an invalid item of a list does not affect the
//! others.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// Who the token belongs to.
#[derive(Clone, Debug)]
pub struct Account {
    /// User or organisation.
    pub name: String,
    /// Name of the token, as its owner gave it.
    pub token_name: Option<String>,
    /// Role of the token: `read`, `write`, `fineGrained` and others.
    pub role: Option<String>,
    /// False if the token surely cannot open pull requests.
    pub can_write: bool,
    /// True if a fine-grained token names no permission that we know to be enough.
    pub is_doubtful: bool,
}

/// What a model's page says.
#[derive(Clone, Debug)]
pub struct ModelAnswer {
    /// Canonical id: another than was asked for if the model was renamed or spelt differently.
    pub id: String,
    /// Commit of `main`.
    pub head: String,
    /// The results that the Hub itself reads, on main and in open pull requests.
    pub eval_results: Vec<EvalResult>,
}

/// A posted result, as the Hub reads it.
#[derive(Clone, Debug)]
pub struct EvalResult {
    /// Path of its file.
    pub filename: String,
    /// The entry; or why the Hub cannot read the file.
    pub data: Result<Value, String>,
    /// The open pull request that it is in; `None` on main.
    pub pull_request: Option<u64>,
}

/// An item of a listing.
#[derive(Clone, Debug, Deserialize)]
pub struct TreeItem {
    /// `file` or `directory`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Git's id of the content.
    #[serde(default)]
    pub oid: String,
    /// Bytes.
    #[serde(default)]
    pub size: u64,
    /// From the top of the repository.
    pub path: String,
    /// Stands in large file storage, which has its own hash.
    #[serde(default)]
    pub lfs: Option<Lfs>,
}

/// A file in large file storage.
#[derive(Clone, Debug, Deserialize)]
pub struct Lfs {
    /// SHA-256 of the content.
    pub oid: String,
}

/// A pull request, or a discussion without one.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Discussion {
    /// Number, shared by both kinds.
    pub num: u64,
    /// What its author called it.
    #[serde(default)]
    pub title: String,
    /// `open`, `draft`, `closed` or `merged`.
    #[serde(default)]
    pub status: String,
    /// True for a pull request.
    #[serde(default)]
    pub is_pull_request: bool,
    #[serde(default)]
    author: Option<Author>,
    #[serde(default)]
    created_at: Value,
}

#[derive(Clone, Debug, Deserialize)]
struct Author {
    name: Option<String>,
}

impl Discussion {
    /// Account name, unless it was deleted.
    pub fn author(&self) -> Option<&str> {
        self.author.as_ref()?.name.as_deref()
    }

    /// When it was opened.
    pub fn created_at(&self) -> Option<Timestamp> {
        self.created_at.as_str()?.parse().ok()
    }

    /// Open or a draft: what it proposes may still be merged.
    pub fn is_open(&self) -> bool {
        !matches!(self.status.as_str(), "closed" | "merged")
    }

    /// The revision that it proposes.
    pub fn revision(&self) -> String {
        format!("refs/pr/{}", self.num)
    }
}

/// A file to write.
#[derive(Clone, Copy, Debug)]
pub struct NewFile<'a> {
    /// From the top of the repository.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// What the Hub would do with a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    /// From the top of the repository.
    pub path: String,
    /// `regular` or `lfs`.
    #[serde(default)]
    pub upload_mode: String,
    /// True if the repository's `.gitignore` covers it.
    #[serde(default)]
    pub should_ignore: bool,
    /// Git's id of what is there.
    #[serde(default)]
    pub oid: Option<String>,
}

/// A pull request that was opened.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Its page, as the Hub names it.
    pub pull_request_url: String,
    /// Its number.
    pub number: u64,
    /// Its commit.
    pub commit: String,
}
