//! A Hub of our own on a loopback address, with all of its state in memory and faults on demand.
//!
//! It answers what the wire reference says of the real one, as far as `publish` and `fetch` ask,
//! and keeps every request for a test to look at. Where the reference is not sure, the flags of
//! [`Repo`] and the faults let a test try both answers. The official Python client is run against
//! it in `official_client.rs`, so that it is no mere echo of our own understanding.
//!
//! It stands apart from the crate under test: a benchmark includes this file as well.

#![allow(dead_code, unused_imports, reason = "each program that includes it uses another part")]

// The paths are given so that they are found from a benchmark's folder too.
#[path = "test_hub/clock.rs"]
mod clock; // times as the Hub and HTTP write them
#[path = "test_hub/community.rs"]
mod community; // discussions and pull requests
#[path = "test_hub/faults.rs"]
mod faults; // what goes wrong, and when
#[path = "test_hub/files.rs"]
mod files; // downloads
#[path = "test_hub/git.rs"]
mod git; // ids of blobs and trees, differences
#[path = "test_hub/http.rs"]
mod http; // requests and answers on a socket
#[path = "test_hub/info.rs"]
mod info; // a repository as a whole, its results
#[path = "test_hub/listing.rs"]
mod listing; // files, references, commits
#[path = "test_hub/people.rs"]
mod people; // accounts and organisations
#[path = "test_hub/repo.rs"]
mod repo; // one repository
#[path = "test_hub/routes.rs"]
mod routes; // from a request to its answer
#[path = "test_hub/serve.rs"]
mod serve; // what happens with every request
#[path = "test_hub/state.rs"]
mod state; // what the Hub knows
#[path = "test_hub/writes.rs"]
mod writes; // preupload and commit

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use self::faults::Faults;
use self::http::Server;
use self::repo::Change;
use self::serve::Shared;
use self::state::{Account, State};

pub use self::clock::http_date;
pub use self::faults::{Fault, What};
pub use self::git::blob_id;
pub use self::http::{Answer, Delivery, Server as HttpServer};
pub use self::repo::Repo;
pub use self::serve::Seen;
pub use self::state::{Kind, Moved};

/// A pull request as a test looks at it.
#[derive(Clone, Debug)]
pub struct Pr {
    pub number: u64,
    pub title: String,
    pub author: Option<String>,
    pub status: String,
    /// Its first comment.
    pub description: String,
    /// The commits that it started from and that it ends with.
    pub base: String,
    pub head: String,
    /// What it changes; none for a file that it deletes.
    pub files: BTreeMap<String, Option<Vec<u8>>>,
}

/// Files by path.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// The Hub; it listens until the last clone is dropped.
#[derive(Clone)]
pub struct TestHub {
    shared: Arc<Shared>,
    servers: Arc<[Server; 2]>,
}

impl TestHub {
    /// A Hub with the account `alice`, whose token `hf_test` may write, and nothing else.
    pub fn start() -> TestHub {
        let shared = Arc::new(Shared::default());
        let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        {
            let mut state = shared.state.lock().unwrap();
            state.endpoint = http::origin(&listeners[0]);
            state.storage = http::origin(&listeners[1]);
            state.pages = state.endpoint.clone();
            (state.discussions_per_page, state.entries_per_page) = (50, 1000);
        }
        let [main, storage] = listeners;
        let serve = |listener, storage| {
            let shared = Arc::clone(&shared);
            Server::start(listener, move |request| shared.serve(request, storage))
        };
        let servers = Arc::new([serve(main, false), serve(storage, true)]);
        let hub = TestHub { shared, servers };
        hub.add_user("alice", "hf_test", "write");
        hub
    }

    /// `http://127.0.0.1:PORT`
    pub fn endpoint(&self) -> String {
        self.servers[0].origin.clone()
    }

    /// The origin that large files are redirected to.
    pub fn storage(&self) -> String {
        self.servers[1].origin.clone()
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.shared.state.lock().unwrap())
    }

    /// Looks at a repository or changes it: what is private, gated, large, ignored …
    pub fn edit<T>(&self, kind: Kind, id: &str, change: impl FnOnce(&mut Repo) -> T) -> T {
        self.with(|state| change(state.repo(kind, id)))
    }

    /// A token; role `read`, `write` or `fineGrained`. An account may have several.
    pub fn add_user(&self, name: &str, token: &str, role: &str) {
        let account = Account { name: name.into(), token: token.into(), role: role.into() };
        self.with(|state| state.accounts.push(account));
    }

    /// Puts a user into an organisation; who is not `read` there may write its repositories.
    pub fn add_member(&self, org: &str, user: &str, role: &str) {
        self.with(|state| state.members.entry(org.into()).or_default().push((user.into(), role.into())));
    }

    /// A model with a first commit.
    pub fn add_model(&self, id: &str) {
        self.add(Kind::Model, id);
    }

    /// A dataset with a first commit.
    pub fn add_dataset(&self, id: &str) {
        self.add(Kind::Dataset, id);
    }

    fn add(&self, kind: Kind, id: &str) {
        self.with(|state| state.repos.insert((kind, id.to_lowercase()), Repo::new(kind, id)));
    }

    /// Writes a file to main, as the owner; gives the commit.
    pub fn put(&self, kind: Kind, id: &str, path: &str, bytes: impl AsRef<[u8]>) -> String {
        let change = (path.to_owned(), Some(bytes.as_ref().to_vec()));
        self.commit(kind, id, &[change], &format!("Update {path}"))
    }

    /// Writes many files to main in one commit, as the owner; gives the commit.
    pub fn put_all(&self, kind: Kind, id: &str, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> String {
        let changes: Vec<Change> = files.into_iter().map(|(path, bytes)| (path, Some(bytes))).collect();
        self.commit(kind, id, &changes, "Update the datastore")
    }

    /// Removes a file from main; gives the commit.
    pub fn delete(&self, kind: Kind, id: &str, path: &str) -> String {
        self.commit(kind, id, &[(path.to_owned(), None)], &format!("Delete {path}"))
    }

    fn commit(&self, kind: Kind, id: &str, changes: &[Change], title: &str) -> String {
        let owner = id.split('/').next().map(str::to_owned);
        self.edit(kind, id, |repo| repo.commit("main", None, changes, title, "", owner))
    }

    /// A pull request from the present main; status `open`, `draft`, `closed` or `merged`; a file
    /// without bytes is deleted by it, and an author of none has left the Hub.
    pub fn open_pr(
        &self,
        kind: Kind,
        id: &str,
        author: Option<&str>,
        title: &str,
        status: &str,
        files: &[(&str, Option<&[u8]>)],
    ) -> u64 {
        let changes: Vec<Change> =
            files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.map(<[u8]>::to_vec))).collect();
        self.edit(kind, id, |repo| {
            let number = repo.propose(author, title, "", None, &changes);
            let owner = repo.id.split('/').next().map(str::to_owned);
            match status {
                "open" => {}
                "merged" => _ = repo.merge(number, owner.as_deref()),
                _ => _ = repo.thread(number).unwrap().set_status(owner.as_deref(), status),
            }
            number
        })
    }

    /// One more commit in a pull request, by its author; gives the commit.
    pub fn push_pr(&self, kind: Kind, id: &str, number: u64, path: &str, bytes: impl AsRef<[u8]>) -> String {
        let change = (path.to_owned(), Some(bytes.as_ref().to_vec()));
        self.edit(kind, id, |repo| {
            let author = repo.thread(number).unwrap().author.clone();
            repo.push(number, &[change], &format!("Update {path}"), author.as_deref())
        })
    }

    /// A discussion that is no pull request.
    pub fn open_discussion(&self, kind: Kind, id: &str, author: Option<&str>, title: &str) -> u64 {
        self.edit(kind, id, |repo| repo.discuss(author, title, "open", false))
    }

    /// Closes a pull request or discussion.
    pub fn close_pr(&self, kind: Kind, id: &str, number: u64) {
        self.edit(kind, id, |repo| _ = repo.thread(number).unwrap().set_status(None, "closed"));
    }

    /// Merges a pull request as the repository's owner; gives the commit.
    pub fn merge_pr(&self, kind: Kind, id: &str, number: u64) -> String {
        self.edit(kind, id, |repo| {
            let owner = repo.id.split('/').next().map(str::to_owned);
            repo.merge(number, owner.as_deref())
        })
    }

    /// Removes the branch of a pull request.
    pub fn delete_ref(&self, kind: Kind, id: &str, number: u64) {
        self.edit(kind, id, |repo| _ = repo.refs.remove(&format!("refs/pr/{number}")));
    }

    /// Gives a repository another name; the old one redirects.
    pub fn rename(&self, kind: Kind, old: &str, new: &str, how: Moved) {
        self.with(|state| {
            let mut repo = state.repos.remove(&(kind, old.to_lowercase())).expect("a repository of the old name");
            new.clone_into(&mut repo.id);
            state.repos.insert((kind, new.to_lowercase()), repo);
            state.moved.remove(&(kind, new.to_lowercase()));
            state.moved.insert((kind, old.to_lowercase()), (new.to_owned(), how));
        });
    }

    /// How long every answer takes.
    pub fn set_latency(&self, latency: Duration) {
        *self.shared.latency.lock().unwrap() = latency;
    }

    /// The most discussions on a page (50), and files or repositories (1000).
    pub fn set_page_size(&self, discussions: usize, entries: usize) {
        self.with(|state| (state.discussions_per_page, state.entries_per_page) = (discussions, entries));
    }

    /// The origin that `commitUrl` and `pullRequestUrl` name, if not this server.
    pub fn set_pages(&self, origin: &str) {
        self.with(|state| origin.clone_into(&mut state.pages));
    }

    /// Adds a rule; the first that applies to a request is taken, and hides it from the others.
    pub fn fail(&self, fault: Fault) {
        self.shared.faults.lock().unwrap().rules.push(fault);
    }

    /// Random faults of every kind for this share of all requests, the same for the same seed
    /// and number of the request.
    pub fn chaos(&self, seed: u64, rate: f64) {
        self.shared.faults.lock().unwrap().chaos = Some((seed, rate));
    }

    /// Takes all rules and chaos away.
    pub fn clear_faults(&self) {
        *self.shared.faults.lock().unwrap() = Faults::default();
    }

    /// All requests since the start or the last clearing, in the order they arrived.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().1.clone()
    }

    pub fn clear_requests(&self) {
        self.shared.seen.lock().unwrap().1.clear();
    }

    /// Calls `hook` with every request that has arrived, before anything is done with it. A clone of
    /// the Hub in it would keep the Hub listening for ever.
    pub fn on_request(&self, hook: impl Fn(&Seen) + Send + Sync + 'static) {
        *self.shared.hook.lock().unwrap() = Some(Arc::new(hook));
    }

    /// All pull requests of a repository, by number.
    pub fn pull_requests(&self, kind: Kind, id: &str) -> Vec<Pr> {
        self.edit(kind, id, |repo| {
            let pulls = repo.threads.iter().filter(|thread| thread.is_pull_request);
            pulls
                .map(|thread| Pr {
                    number: thread.number,
                    title: thread.title.clone(),
                    author: thread.author.clone(),
                    status: thread.status.clone(),
                    description: thread
                        .events
                        .iter()
                        .find_map(|event| Some(event["data"]["latest"]["raw"].as_str()?.to_owned()))
                        .unwrap_or_default(),
                    base: thread.base.clone(),
                    head: thread.head.clone(),
                    files: repo
                        .proposed(thread)
                        .into_iter()
                        .map(|(path, blob)| (path, blob.map(|blob| blob.bytes.to_vec())))
                        .collect(),
                })
                .collect()
        })
    }

    /// A file at a revision; none if there is no such file or revision.
    pub fn file(&self, kind: Kind, id: &str, rev: &str, path: &str) -> Option<Vec<u8>> {
        self.edit(kind, id, |repo| Some(repo.resolve(rev)?.files.get(path)?.bytes.to_vec()))
    }

    /// The last commit of main.
    pub fn head(&self, kind: Kind, id: &str) -> String {
        self.edit(kind, id, |repo| repo.head().id.clone())
    }

    /// Every file of every main branch, to show that nothing there has changed.
    pub fn snapshot(&self) -> BTreeMap<(Kind, String), Tree> {
        self.with(|state| {
            let trees = state.repos.values().map(|repo| {
                let files = repo.head().files.iter().map(|(path, blob)| (path.clone(), blob.bytes.to_vec()));
                ((repo.kind, repo.id.clone()), files.collect())
            });
            trees.collect()
        })
    }
}
