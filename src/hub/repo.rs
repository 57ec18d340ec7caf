//! A *repository* on the Hub, and the paths of requests about it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters of a path that need no encoding; `/` needs it, within a segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Kind of repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepoKind {
    /// A model.
    Model,
    /// A dataset.
    Dataset,
}

/// A repository on the Hub.
#[derive(Clone, Copy, Debug)]
pub struct Repo<'a> {
    /// Its kind.
    pub kind: RepoKind,
    /// `owner/name`.
    pub id: &'a str,
}

impl<'a> Repo<'a> {
    /// The model `id`.
    pub fn model(id: &'a str) -> Repo<'a> {
        Repo { kind: RepoKind::Model, id }
    }

    /// The dataset `id`.
    pub fn dataset(id: &'a str) -> Repo<'a> {
        Repo { kind: RepoKind::Dataset, id }
    }

    pub(super) fn api(&self) -> String {
        let kind = match self.kind {
            RepoKind::Model => "models",
            RepoKind::Dataset => "datasets",
        };
        format!("/api/{kind}/{}", encoded(self.id))
    }

    /// Path of its page.
    pub(super) fn page(&self) -> String {
        let prefix = match self.kind {
            RepoKind::Model => "",
            RepoKind::Dataset => "datasets/",
        };
        format!("/{prefix}{}", encoded(self.id))
    }
}

/// Each part of a path encoded, the slashes between them kept.
pub(super) fn encoded(path: &str) -> String {
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}
