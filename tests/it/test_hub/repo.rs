//! A repository: its commits and references, and its discussions, some of which are pull requests.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::clock::{iso, now};
use super::git::{Blob, Files, any_id, changed, tree_id};
use super::state::Kind;

pub struct Commit {
    pub id: String,
    pub parents: Vec<String>,
    pub files: Arc<Files>,
    pub title: String,
    pub message: String,
    pub authors: Vec<String>,
    pub date: u64,
}

/// A discussion or a pull request.
#[derive(Clone)]
pub struct Thread {
    pub number: u64,
    pub title: String,
    /// None: the account is deleted.
    pub author: Option<String>,
    /// `draft`, `open`, `closed` or `merged`.
    pub status: String,
    pub is_pull_request: bool,
    pub date: u64,
    /// The commit that a pull request started from, and its last one.
    pub base: String,
    pub head: String,
    pub merge: Option<String>,
    pub events: Vec<Value>,
}

impl Thread {
    pub fn reference(&self) -> String {
        format!("refs/pr/{}", self.number)
    }

    pub fn is_open(&self) -> bool {
        matches!(self.status.as_str(), "open" | "draft")
    }

    /// Adds an event and gives it.
    pub fn event(&mut self, kind: &str, author: Option<&str>, data: Value) -> Value {
        let id = any_id(&format!("{} {} {}", self.date, self.number, self.events.len()));
        let mut event = json!({"id": id[..24], "type": kind, "createdAt": iso(now()), "data": data});
        if let Some(author) = author {
            event["author"] = json!({"name": author, "type": "user"});
        }
        self.events.push(event.clone());
        event
    }

    pub fn comment(&mut self, author: Option<&str>, text: &str) -> Value {
        let latest = json!({"raw": text, "html": format!("<p>{text}</p>"), "updatedAt": iso(now())});
        let data = json!({"edited": false, "hidden": false, "numEdits": 0, "editors": [], "reactions": [],
            "latest": latest});
        self.event("comment", author, data)
    }

    pub fn set_status(&mut self, author: Option<&str>, status: &str) -> Value {
        status.clone_into(&mut self.status);
        self.event("status-change", author, json!({"status": status}))
    }
}

/// What a commit does to a file; none deletes it.
pub type Change = (String, Option<Vec<u8>>);

/// A repository; the public fields are for a test to set.
pub struct Repo {
    pub kind: Kind,
    pub id: String,
    pub private: bool,
    /// `auto` or `manual`.
    pub gated: Option<String>,
    /// Accounts that the gate lets in.
    pub granted: BTreeSet<String>,
    pub disabled: bool,
    pub discussions_disabled: bool,
    /// Paths that are kept as large files.
    pub large: BTreeSet<String>,
    /// Paths that `.gitignore` is said to name.
    pub ignored: BTreeSet<String>,
    /// Entries that `evalResults` has besides those of the files.
    pub eval_results_extra: Vec<Value>,
    pub tags: Vec<String>,
    /// Fields of the info answer that are to be otherwise.
    pub info: Map<String, Value>,
    pub created: u64,
    pub refs: BTreeMap<String, String>,
    pub commits: HashMap<String, Commit>,
    pub threads: Vec<Thread>,
}

impl Repo {
    /// A repository with a first commit.
    pub fn new(kind: Kind, id: &str) -> Repo {
        let mut repo = Repo {
            kind,
            id: id.to_owned(),
            private: false,
            gated: None,
            granted: BTreeSet::new(),
            disabled: false,
            discussions_disabled: false,
            large: BTreeSet::new(),
            ignored: BTreeSet::new(),
            eval_results_extra: Vec::new(),
            tags: Vec::new(),
            info: Map::new(),
            created: now(),
            refs: BTreeMap::new(),
            commits: HashMap::new(),
            threads: Vec::new(),
        };
        let readme = format!("---\nlicense: mit\n---\n# {id}\n").into_bytes();
        let owner = id.split('/').next().map(str::to_owned);
        repo.commit("main", None, &[("README.md".to_owned(), Some(readme))], "initial commit", "", owner);
        repo
    }

    /// What a branch, a reference, a commit or its first digits stand for.
    pub fn resolve(&self, rev: &str) -> Option<&Commit> {
        let id = self.refs.get(rev).or_else(|| self.refs.get(rev.strip_prefix("refs/heads/")?));
        let by_digits = || {
            let digits = rev.len() >= 5 && rev.bytes().all(|byte| byte.is_ascii_hexdigit());
            self.commits.values().find(|commit| digits && commit.id.starts_with(rev))
        };
        id.and_then(|id| self.commits.get(id)).or_else(by_digits)
    }

    pub fn head(&self) -> &Commit {
        &self.commits[&self.refs["main"]]
    }

    /// A commit on `parent`, by default on the reference itself, which then names it.
    pub fn commit(
        &mut self,
        reference: &str,
        parent: Option<String>,
        changes: &[Change],
        title: &str,
        message: &str,
        author: Option<String>,
    ) -> String {
        let parent = parent.or_else(|| self.refs.get(reference).cloned());
        let mut files = parent.as_ref().map_or_else(Files::new, |id| Files::clone(&self.commits[id].files));
        for (path, bytes) in changes {
            match bytes {
                Some(bytes) => _ = files.insert(path.clone(), Blob::new(bytes, self.large.contains(path))),
                None => _ = files.remove(path),
            }
        }
        self.record(reference, Vec::from_iter(parent), files, title, message, Vec::from_iter(author))
    }

    fn record(
        &mut self,
        reference: &str,
        parents: Vec<String>,
        files: Files,
        title: &str,
        message: &str,
        authors: Vec<String>,
    ) -> String {
        let all = (&self.id, &parents, tree_id(&files, ""), title, message, self.commits.len());
        let id = any_id(&format!("{all:?}"));
        let (title, message, files) = (title.to_owned(), message.to_owned(), Arc::new(files));
        self.commits
            .insert(id.clone(), Commit { id: id.clone(), parents, files, title, message, authors, date: now() });
        self.refs.insert(reference.to_owned(), id.clone());
        id
    }

    pub fn thread(&mut self, number: u64) -> Option<&mut Thread> {
        self.threads.iter_mut().find(|thread| thread.number == number)
    }

    /// A discussion without commits.
    pub fn discuss(&mut self, author: Option<&str>, title: &str, status: &str, is_pull_request: bool) -> u64 {
        let number = self.threads.len() as u64 + 1;
        let head = self.refs["main"].clone();
        self.threads.push(Thread {
            number,
            title: title.to_owned(),
            author: author.map(str::to_owned),
            status: status.to_owned(),
            is_pull_request,
            date: now(),
            base: head.clone(),
            head: head.clone(),
            merge: None,
            events: Vec::new(),
        });
        if is_pull_request {
            self.refs.insert(format!("refs/pr/{number}"), head);
        }
        number
    }

    /// A pull request whose one commit stands on `parent`, by default on main.
    pub fn propose(
        &mut self,
        author: Option<&str>,
        title: &str,
        description: &str,
        parent: Option<String>,
        changes: &[Change],
    ) -> u64 {
        let number = self.discuss(author, title, "open", true);
        if let Some(parent) = parent {
            let thread = self.thread(number).unwrap();
            thread.base.clone_from(&parent);
            let reference = thread.reference();
            self.refs.insert(reference, parent);
        }
        self.thread(number).unwrap().comment(author, description);
        self.push(number, changes, title, author);
        number
    }

    /// One more commit in a pull request.
    pub fn push(&mut self, number: u64, changes: &[Change], title: &str, author: Option<&str>) -> String {
        let reference = format!("refs/pr/{number}");
        let id = self.commit(&reference, None, changes, title, "", author.map(str::to_owned));
        let parents = self.commits[&id].parents.clone();
        let thread = self.thread(number).unwrap_or_else(|| panic!("there is no pull request {number}"));
        thread.head.clone_from(&id);
        thread.event("commit", author, json!({"subject": title, "oid": id, "parents": parents}));
        id
    }

    /// The files of a pull request's branch that are not as where it started.
    pub fn proposed(&self, thread: &Thread) -> BTreeMap<String, Option<Blob>> {
        let (base, head) = (&self.commits[&thread.base].files, &self.commits[&thread.head].files);
        changed(base, head).into_iter().map(|path| (path.to_owned(), head.get(path).cloned())).collect()
    }

    /// The files that a pull request and main have both changed.
    pub fn conflicts(&self, thread: &Thread) -> Vec<String> {
        let elsewhere = changed(&self.commits[&thread.base].files, &self.head().files);
        let ours = self.proposed(thread).into_iter();
        ours.filter(|(path, blob)| elsewhere.contains(path.as_str()) && self.head().files.get(path) != blob.as_ref())
            .map(|(path, _)| path)
            .collect()
    }

    /// Brings a pull request to main, as one commit that names it.
    pub fn merge(&mut self, number: u64, by: Option<&str>) -> String {
        let thread = self.thread(number).unwrap_or_else(|| panic!("there is no pull request {number}")).clone();
        let mut files = Files::clone(&self.head().files);
        for (path, blob) in self.proposed(&thread) {
            match blob {
                Some(blob) => _ = files.insert(path, blob),
                None => _ = files.remove(&path),
            }
        }
        let mut authors = Vec::from_iter(by.map(str::to_owned));
        authors.extend(thread.author.clone().filter(|author| Some(author.as_str()) != by));
        let title = format!("{} (#{number})", thread.title);
        let id = self.record("main", vec![self.refs["main"].clone()], files, &title, "", authors);
        let thread = self.thread(number).unwrap();
        thread.merge = Some(id.clone());
        thread.set_status(by, "merged");
        id
    }
}
