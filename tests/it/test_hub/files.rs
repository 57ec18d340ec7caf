//! Downloads: small files from the repository, large ones from an origin of their own.

use super::git::{Blob, any_id};
use super::http::{Answer, Request};
use super::routes::{Call, Reply, error, no_page};
use super::state::State;

impl Call<'_> {
    pub fn file(&self, rev: &str, path: &str, raw: bool) -> Reply {
        self.gate()?;
        let commit = self.revision(rev)?;
        let blob = commit
            .files
            .get(path)
            .ok_or_else(|| error(404, "EntryNotFound", "Entry not found").with("X-Repo-Commit", &commit.id))?;
        let answer = match &blob.sha256 {
            Some(_) if raw => Answer::new(200, TEXT, blob.pointer().unwrap_or_default()),
            Some(sha256) => self.to_storage(path, blob, sha256),
            None => content(self.request, &blob.bytes, &blob.oid),
        };
        Ok(answer.with("X-Repo-Commit", &commit.id))
    }

    /// Who was not let in reads no file of a gated repository.
    fn gate(&self) -> Result<(), Answer> {
        let repo = self.repo();
        let inside = |name: &str| repo.granted.contains(name) || self.state.owns(name, &repo.id);
        let who = self.who.as_ref().map(|who| who.name.as_str());
        if repo.gated.is_none() || who.is_some_and(inside) {
            return Ok(());
        }
        let (kind, id) = (self.kind.name(), &self.id);
        let page = format!("{}/{}{id}", self.state.pages, self.kind.prefix());
        let (status, what) = match who {
            Some(_) => (403, format!("you are not in the authorized list. Visit {page} to ask for access.")),
            None => (401, "you must have access to it and be authenticated to access it. Please log in.".to_owned()),
        };
        Err(error(status, "GatedRepo", &format!("Access to {kind} {id} is restricted and {what}")))
    }

    fn to_storage(&self, path: &str, blob: &Blob, sha256: &str) -> Answer {
        let name = super::http::encoded(path.rsplit('/').next().unwrap_or(path));
        let signature = signature(sha256);
        let location = format!("{}/storage/{sha256}/{name}?Signature={signature}", self.state.storage);
        Answer::new(302, TEXT, format!("Found. Redirecting to {location}"))
            .with("Location", location)
            .with("ETag", format!("\"{sha256}\""))
            .with("X-Linked-Etag", format!("\"{sha256}\""))
            .with("X-Linked-Size", blob.bytes.len().to_string())
    }
}

const TEXT: &str = "text/plain; charset=utf-8";

fn signature(sha256: &str) -> String {
    any_id(&format!("signed {sha256}"))
}

/// A large file at its signed address, for anybody who has that.
pub fn stored(state: &State, request: &Request) -> Answer {
    let segments = request.segments();
    let Some(sha256) = segments.get(1).filter(|_| segments[0] == "storage") else { return no_page() };
    if request.param("Signature") != Some(signature(sha256)) {
        return error(403, "", "SignatureDoesNotMatch");
    }
    let commits = state.repos.values().flat_map(|repo| repo.commits.values());
    let blob = commits.flat_map(|commit| commit.files.values()).find(|blob| blob.sha256.as_ref() == Some(sha256));
    blob.map_or_else(no_page, |blob| content(request, &blob.bytes, sha256))
}

/// The bytes, a range of them, or word that they are the same as before.
fn content(request: &Request, bytes: &[u8], etag: &str) -> Answer {
    let etag = format!("\"{etag}\"");
    let answer =
        |status: u16, bytes: &[u8]| Answer::new(status, TEXT, bytes).with("ETag", &etag).with("Accept-Ranges", "bytes");
    if request.header("If-None-Match") == Some(&etag) {
        return answer(304, b"");
    }
    let Some(range) = request.header("Range").and_then(|range| range.strip_prefix("bytes=")) else {
        return answer(200, bytes);
    };
    match part(range, bytes.len()) {
        Some((first, end)) => {
            answer(206, &bytes[first..end]).with("Content-Range", format!("bytes {first}-{}/{}", end - 1, bytes.len()))
        }
        None => error(416, "", "Range not satisfiable").with("Content-Range", format!("bytes */{}", bytes.len())),
    }
}

/// First byte and end of `first-last`, `first-` or `-count`.
fn part(range: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = range.split_once('-')?;
    if first.is_empty() {
        let count: usize = last.parse().ok()?;
        return (count > 0 && length > 0).then(|| (length.saturating_sub(count), length));
    }
    let first: usize = first.parse().ok()?;
    let end = if last.is_empty() { length } else { last.parse::<usize>().ok()?.checked_add(1)?.min(length) };
    (first < end).then_some((first, end))
}
