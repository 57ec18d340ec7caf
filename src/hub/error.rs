//! Errors of the Hub and of the connection to it, in words that say what to do.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};
use serde::Deserialize;

use super::settings::Token;
use super::wait::{self, LONGEST_PAUSE};

/// A request that did not do what it was for.
#[derive(Clone, Debug)]
pub struct HubError {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// What was attempted: `list the files of acme/tiny`.
    attempted: String,
    /// Where.
    url: String,
    /// What the Hub or the connection said.
    said: String,
    /// The Hub's id of the request, for a bug report.
    request_id: Option<String>,
    /// The pause that the Hub asked for.
    pub(super) asked_to_wait: Option<Duration>,
}

/// Kinds of failure; after those of the Hub, those of the connection and of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// No such repository, or one that this account may not see.
    RepoNotFound,
    /// No such file or folder at that revision.
    EntryNotFound,
    /// No such branch, commit or pull request.
    RevisionNotFound,
    /// Gated, and this account is not on the list.
    Gated,
    /// Switched off by the Hub.
    Disabled,
    /// The token is wrong or has expired.
    BadToken,
    /// Not allowed.
    Forbidden,
    /// Too many requests.
    RateLimited,
    /// Any other refusal (4xx).
    Refused(u16),
    /// A fault on the Hub (5xx).
    Server(u16),
    /// No connection, or it broke before an answer.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// The answer broke off.
    Cut,
    /// The answer is larger than anything we expect.
    TooLarge,
    /// The answer is not what it should be.
    Malformed,
    /// What came cannot be written here.
    Local,
}

impl ErrorKind {
    /// In a few words.
    pub fn in_words(self) -> String {
        match self {
            ErrorKind::RepoNotFound => "no such repository, or not visible to this account".to_owned(),
            ErrorKind::EntryNotFound => "no such file".to_owned(),
            ErrorKind::RevisionNotFound => "no such revision".to_owned(),
            ErrorKind::Gated => "gated, and this account has no access".to_owned(),
            ErrorKind::Disabled => "the repository is disabled".to_owned(),
            ErrorKind::BadToken => "the token is not accepted".to_owned(),
            ErrorKind::Forbidden => "not allowed".to_owned(),
            ErrorKind::RateLimited => "too many requests".to_owned(),
            ErrorKind::Refused(status) => format!("refused with status {status}"),
            ErrorKind::Server(status) => format!("server error, status {status}"),
            ErrorKind::Unreachable => "no connection".to_owned(),
            ErrorKind::Timeout => "no answer in time".to_owned(),
            ErrorKind::Cut => "the answer was cut off".to_owned(),
            ErrorKind::TooLarge => "the answer is too large".to_owned(),
            ErrorKind::Malformed => "unexpected answer".to_owned(),
            ErrorKind::Local => "cannot be written here".to_owned(),
        }
    }

    /// True if the same request may do better in a while.
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            ErrorKind::RateLimited
                | ErrorKind::Refused(408)
                | ErrorKind::Server(500 | 502 | 503 | 504)
                | ErrorKind::Unreachable
                | ErrorKind::Timeout
                | ErrorKind::Cut
        )
    }

    /// True if the Hub surely did nothing of what was asked.
    pub fn is_not_applied(self) -> bool {
        !matches!(
            self,
            ErrorKind::Refused(408)
                | ErrorKind::Server(_)
                | ErrorKind::Unreachable
                | ErrorKind::Timeout
                | ErrorKind::Cut
                | ErrorKind::TooLarge
                | ErrorKind::Malformed
        )
    }

    fn help(self) -> Option<&'static str> {
        match self {
            ErrorKind::BadToken => Some("set HF_TOKEN to a valid token; see https://huggingface.co/settings/tokens"),
            ErrorKind::Gated => Some("request access on the repository's page, or use a token that has it"),
            ErrorKind::RateLimited => Some("wait some minutes, then run it again; it resumes where it stopped"),
            ErrorKind::Server(_) | ErrorKind::Timeout | ErrorKind::Cut => Some("run it again later"),
            ErrorKind::Local => Some("check the free space and the permissions of the folder, then run it again"),
            ErrorKind::Unreachable => Some("check the address and the network connection"),
            _ => None,
        }
    }
}

impl fmt::Display for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.in_one_line(f)?;
        self.kind.help().map_or(Ok(()), |help| write!(f, "\n  help: {help}"))
    }
}

impl Error for HubError {}

impl HubError {
    pub(super) fn new(kind: ErrorKind, attempted: &str, url: &Url, said: String) -> HubError {
        HubError {
            kind,
            attempted: attempted.to_owned(),
            url: without_query(url),
            said,
            request_id: None,
            asked_to_wait: None,
        }
    }

    /// A failure that was seen in what the Hub answered.
    pub(super) fn malformed(attempted: &str, url: &Url, said: String) -> HubError {
        HubError::new(ErrorKind::Malformed, attempted, url, said)
    }

    /// A failure that a caller saw in an answer.
    pub fn of_answer(attempted: &str, url: &str, said: String) -> HubError {
        HubError {
            kind: ErrorKind::Malformed,
            attempted: attempted.to_owned(),
            url: url.to_owned(),
            said,
            request_id: None,
            asked_to_wait: None,
        }
    }

    /// What an answer with a bad status means, after the rules of the official client.
    pub(super) fn refused(
        attempted: &str,
        url: &Url,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        token: Option<&Token>,
    ) -> HubError {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let said = said(header("x-error-message"), header("content-type"), body);
        let kind = kind(status, header("x-error-code"), header("x-error-message").unwrap_or(&said), url);
        let request_id = ["x-request-id", "x-amzn-trace-id", "x-amz-cf-id"].into_iter().find_map(header);
        let said = if said.is_empty() { status.to_string() } else { format!("{}: {said}", status.as_u16()) };
        HubError {
            // A hostile answer may hold what we sent.
            said: token.map_or(said.clone(), |token| token.redact(&said)),
            request_id: request_id.map(|id| token.map_or(id.to_owned(), |token| token.redact(id))),
            asked_to_wait: wait::asked_to_wait(status, headers),
            ..HubError::new(kind, attempted, url, String::new())
        }
    }

    /// True if the Hub asks for a pause that a person should decide about.
    pub fn asks_for_long(&self) -> bool {
        self.asked_to_wait.is_some_and(|pause| pause > LONGEST_PAUSE)
    }

    fn in_one_line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}: {}", self.attempted, self.url, self.kind.in_words())?;
        if !self.said.is_empty() {
            write!(f, " ({})", self.said)?;
        }
        self.request_id.as_ref().map_or(Ok(()), |id| write!(f, " [request {id}]"))
    }

    /// Without the help line, for a table.
    pub fn in_short(&self) -> String {
        struct InShort<'a>(&'a HubError);
        impl fmt::Display for InShort<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.in_one_line(f)
            }
        }
        InShort(self).to_string()
    }
}

fn kind(status: StatusCode, code: Option<&str>, message: &str, url: &Url) -> ErrorKind {
    let is_about_repo = ["/api/models/", "/api/datasets/", "/resolve/"].iter().any(|part| url.path().contains(part));
    match (status.as_u16(), code) {
        (_, Some("RepoNotFound")) => ErrorKind::RepoNotFound,
        (_, Some("EntryNotFound")) => ErrorKind::EntryNotFound,
        (_, Some("RevisionNotFound")) => ErrorKind::RevisionNotFound,
        (_, Some("GatedRepo")) => ErrorKind::Gated,
        (403, _) if message.contains("Access to this resource is disabled") => ErrorKind::Disabled,
        (401, _) if message.contains("Invalid credentials") || !is_about_repo => ErrorKind::BadToken,
        // How a missing or private repository is answered to somebody without a token.
        (401, _) => ErrorKind::RepoNotFound,
        (403, _) => ErrorKind::Forbidden,
        (429, _) => ErrorKind::RateLimited,
        (status @ 500.., _) => ErrorKind::Server(status),
        (status, _) => ErrorKind::Refused(status),
    }
}

/// Longest text of the Hub that is passed on (characters).
const MAX_SAID: usize = 300;

/// The Hub's own words, from the header or from one of the forms of its JSON.
fn said(header: Option<&str>, content_type: Option<&str>, body: &[u8]) -> String {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    #[derive(Deserialize)]
    struct Message {
        message: String,
    }
    #[derive(Deserialize)]
    struct ErrorBody {
        error: Option<OneOrMany>,
        error_description: Option<String>,
        #[serde(default)]
        errors: Vec<Message>,
    }
    let is_html = content_type.is_some_and(|it| it.contains("html")) || body.trim_ascii_start().starts_with(b"<");
    let mut texts: Vec<String> = header.map(str::to_owned).into_iter().collect();
    match serde_json::from_slice::<ErrorBody>(body) {
        Ok(found) => {
            match found.error {
                Some(OneOrMany::One(text)) => texts.push(text),
                Some(OneOrMany::Many(many)) => texts.extend(many),
                None => {}
            }
            texts.extend(found.error_description);
            texts.extend(found.errors.into_iter().map(|it| it.message));
        }
        Err(_) if !is_html && texts.is_empty() => texts.push(String::from_utf8_lossy(body).into_owned()),
        Err(_) => {}
    }
    let mut seen = std::collections::HashSet::new();
    texts.retain(|text| !text.trim().is_empty() && seen.insert(text.clone()));
    let text = texts.join("; ").split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().take(MAX_SAID).collect()
}

/// An address for people. What follows `?` may be a signature.
fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.to_string()
}

/// An error and its causes in one line, each once.
pub(super) fn chain(err: &dyn Error) -> String {
    let mut texts = vec![err.to_string()];
    let mut cause = err.source();
    while let Some(err) = cause {
        let text = err.to_string();
        if !texts.iter().any(|earlier| earlier.contains(&text)) {
            texts.push(text);
        }
        cause = err.source();
    }
    // That it was a request is known; the last cause says what failed.
    let last = texts.pop();
    texts.retain(|text| text != "error sending request" && !text.starts_with("client error ("));
    texts.extend(last);
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_hub_are_found_in_each_form() {
        let found = |body: &str| said(None, Some("application/json"), body.as_bytes());
        assert_eq!(found(r#"{"error": "no"}"#), "no");
        assert_eq!(found(r#"{"error": ["a", "b", "a"]}"#), "a; b");
        assert_eq!(found(r#"{"error": "code", "error_description": "text"}"#), "code; text");
        assert_eq!(found(r#"{"errors": [{"message": "text"}]}"#), "text");
        assert_eq!(found("plain\n words"), "plain words");
        assert_eq!(found("<html>no</html>"), "");
        assert_eq!(said(Some("same"), None, br#"{"error": "same"}"#), "same");
    }
}
