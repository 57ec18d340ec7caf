use std::fs;

use evalcards::facts::{AccountFact, Introduced, ObjectSubmission};
use evalcards::fetch::Run;
use evalcards::fetch::evidence::{EvidenceReport, fetch};
use evalcards::hash::Sha256;
use evalcards::lock::{Lock, Pin};
use serde_json::json;

use super::Desk;
use crate::test_hub::{Fault, Kind, What};

const STORE: &str = "evaleval/EEE_datastore";
const ID: &str = "0a1b2c3d-0000-4000-8000-000000000001";
const BYTES: &[u8] = b"{\"ours\": 1}\n";

fn object(id: &str) -> String {
    format!("flat/objects/{}/{}/{id}.json", &id[..2], &id[2..4])
}

fn legacy(id: &str) -> String {
    format!("data/c/acme/tiny/{id}.json")
}

/// A public datastore, and the objects of it that are on this disk.
struct Store {
    desk: Desk,
    ids: Vec<String>,
}

impl Store {
    /// Our bytes are on disk under [`ID`], and nothing is on the Hub.
    fn new() -> Store {
        let store = Store { desk: Desk::new(), ids: vec![ID.to_owned()] };
        store.desk.hub.add_dataset(STORE);
        store.on_disk(ID, BYTES);
        store
    }

    fn on_disk(&self, id: &str, bytes: &[u8]) {
        let path = self.desk.folder.path().join(object(id));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn index(&self, rows: &str) {
        let folder = self.desk.folder.path().join("flat/indexes/by_collection");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("c.jsonl"), rows).unwrap();
    }

    /// The lock of what is on disk, at the Hub's present commit.
    fn lock(&self) -> Lock {
        let mut lock = Lock::new(STORE, &self.desk.hub.head(Kind::Dataset, STORE));
        let rows = self.ids.iter().map(|id| json!({"object_path": object(id), "legacy_path": legacy(id)}).to_string());
        self.index(&format!("not JSON\n{}\n", rows.collect::<Vec<_>>().join("\n")));
        lock.collections.insert("c".to_owned(), Pin { sha256: Sha256::of(b""), size: 0 });
        for id in &self.ids {
            let bytes = fs::read(self.desk.folder.path().join(object(id))).unwrap();
            lock.objects.insert(object(id), Pin { sha256: Sha256::of(&bytes), size: bytes.len() as u64 });
        }
        lock
    }

    #[track_caller]
    fn fetch(&self) -> EvidenceReport {
        self.fetch_with(false, &self.lock())
    }

    #[track_caller]
    fn fetch_with(&self, force: bool, lock: &Lock) -> EvidenceReport {
        let folder = self.desk.folder.path();
        self.desk.run_on(0, |run| fetch(&Run { force, ..*run }, folder, lock, &[])).unwrap()
    }

    /// Who brought our bytes: path, commit, pull request, account.
    #[track_caller]
    fn origin(&self) -> (String, Option<String>, Option<u64>, Option<String>) {
        let report = self.fetch();
        assert_eq!((report.submissions.traced, report.submissions.failures.len()), (1, 0), "{report:#?}");
        let Introduced { path, commit, pull_request, account, at } = self.line().introduced.unwrap();
        assert!(at.is_some());
        (path, commit, pull_request, account)
    }

    #[track_caller]
    fn line(&self) -> ObjectSubmission {
        let mut lines = self.desk.facts::<ObjectSubmission>();
        assert_eq!(lines.len(), 1);
        let line = lines.remove(0);
        assert_eq!((line.object.as_str(), line.sha256), (object(ID).as_str(), Sha256::of(BYTES)));
        line
    }

    /// A pull request that writes a file, merged if `status` says so.
    fn pull(&self, author: Option<&str>, status: &str, path: &str, bytes: &[u8]) -> u64 {
        self.desk.hub.open_pr(Kind::Dataset, STORE, author, "Add results", status, &[(path, Some(bytes))])
    }

    fn merged_as(&self, number: u64) -> String {
        self.desk.hub.edit(Kind::Dataset, STORE, |repo| repo.thread(number).unwrap().merge.clone().unwrap())
    }

    fn push(&self, author: &str, title: &str, changes: &[(&str, Option<&[u8]>)]) -> String {
        let changes: Vec<_> =
            changes.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.map(<[u8]>::to_vec))).collect();
        let author = Some(author.to_owned());
        self.desk.hub.edit(Kind::Dataset, STORE, |repo| repo.commit("main", None, &changes, title, "", author))
    }

    /// What the datastore's own program does: it writes the object.
    fn rebuild(&self) -> String {
        self.push("eee-bot", "Rebuild", &[(&object(ID), Some(BYTES))])
    }

    /// The legacy tree is taken away.
    fn sweep(&self) {
        let files = [legacy(ID), format!("data/elsewhere/{ID}.json")];
        self.push("eee-bot", "Delete data", &files.each_ref().map(|path| (path.as_str(), None)));
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_merged_pull_request_brought_it() {
    for large in [false, true] {
        let store = Store::new();
        if large {
            store.desk.hub.edit(Kind::Dataset, STORE, |repo| _ = repo.large.insert(legacy(ID)));
        }
        let number = store.pull(Some("bob"), "merged", &legacy(ID), BYTES);
        store.rebuild();
        assert_eq!(store.origin(), (legacy(ID), Some(store.merged_as(number)), Some(number), some("bob")));
    }
}

#[test]
fn a_pushed_commit_is_no_pull_request_whatever_its_title_says() {
    for title in ["Add results", "Add results (#1)", "Add results (#2)", "Add (#3)", "Add (#99)", "Add (#4)"] {
        let store = Store::new();
        store.pull(Some("bob"), "merged", "data/other.json", BYTES);
        store.pull(Some("bob"), "closed", &legacy(ID), BYTES);
        store.desk.hub.open_discussion(Kind::Dataset, STORE, Some("bob"), "Words");
        store.pull(Some("bob"), "open", &legacy(ID), BYTES);
        let commit = store.push("mallory", title, &[(&legacy(ID), Some(BYTES))]);
        store.rebuild();
        assert_eq!(store.origin(), (legacy(ID), Some(commit), None, some("mallory")), "{title}");
    }
}

#[test]
fn a_title_without_number_hides_no_pull_request() {
    let store = Store::new();
    let number = store.pull(Some("bob"), "merged", &legacy(ID), BYTES);
    for title in ["Add results", "Add results (#77)"] {
        let commit = store.merged_as(number);
        store.desk.hub.edit(Kind::Dataset, STORE, |repo| {
            title.clone_into(&mut repo.commits.get_mut(&commit).unwrap().title);
        });
        assert_eq!(store.origin().2, Some(number));
        fs::remove_file(store.desk.facts_folder().join("submissions.jsonl")).unwrap();
    }
}

#[test]
fn who_is_gone_from_the_hub_is_nobody() {
    let store = Store::new();
    let number = store.pull(None, "merged", &legacy(ID), BYTES);
    assert_eq!(store.origin(), (legacy(ID), Some(store.merged_as(number)), Some(number), None));
    assert_eq!(store.desk.text("accounts.jsonl"), "");
}

#[test]
fn whose_bytes_were_overwritten_brought_nothing() {
    let store = Store::new();
    store.pull(Some("bob"), "merged", &legacy(ID), b"{\"first\": 1}\n");
    let number = store.pull(Some("carol"), "merged", &legacy(ID), BYTES);
    store.rebuild();
    let expected = (legacy(ID), Some(store.merged_as(number)), Some(number), some("carol"));
    assert_eq!(store.origin(), expected);
    // The same where only the pull requests are left to tell.
    fs::remove_file(store.desk.facts_folder().join("submissions.jsonl")).unwrap();
    store.sweep();
    assert_eq!(store.origin(), expected);
}

#[test]
fn whose_bytes_are_ours_brought_them_though_others_wrote_later() {
    let store = Store::new();
    let number = store.pull(Some("bob"), "merged", &legacy(ID), BYTES);
    store.rebuild();
    store.pull(Some("carol"), "merged", &legacy(ID), b"{\"later\": 1}\n");
    assert_eq!(store.origin(), (legacy(ID), Some(store.merged_as(number)), Some(number), some("bob")));
}

#[test]
fn the_rebuild_of_a_program_hides_no_pull_request() {
    let store = Store::new();
    let elsewhere = format!("data/elsewhere/{ID}.json");
    let first = store.pull(Some("bob"), "merged", &elsewhere, BYTES);
    let second = store.pull(Some("carol"), "merged", &legacy(ID), BYTES);
    store.rebuild();
    store.sweep();
    assert_eq!(store.origin(), (elsewhere, Some(store.merged_as(first)), Some(first), some("bob")));
    // What was merged first counts, not what was opened first.
    let commit = store.merged_as(second);
    store.desk.hub.edit(Kind::Dataset, STORE, |repo| repo.commits.get_mut(&commit).unwrap().date -= 100);
    let report = store.fetch_with(true, &store.lock());
    assert_eq!(report.submissions.traced, 1);
    assert_eq!(store.line().introduced.unwrap().account, some("carol"));
}

#[test]
fn a_branch_that_is_written_to_after_its_merge_proves_nothing() {
    let store = Store::new();
    let number = store.pull(Some("mallory"), "merged", &legacy(ID), b"{\"other\": 1}\n");
    store.sweep();
    let commit = store.rebuild();
    store.desk.hub.push_pr(Kind::Dataset, STORE, number, &legacy(ID), BYTES);
    assert_eq!(store.origin(), (object(ID), Some(commit), None, some("eee-bot")));
}

#[test]
fn the_branch_must_do_where_the_hub_names_no_commit() {
    let store = Store::new();
    let number = store.pull(Some("bob"), "merged", &legacy(ID), BYTES);
    store.rebuild();
    store.desk.hub.edit(Kind::Dataset, STORE, |repo| repo.thread(number).unwrap().merge = None);
    // Its title says so, which is not enough to say that it was, and too much to say that it was not.
    let report = store.fetch();
    assert_eq!((report.submissions.traced, report.submissions.not_asked), (0, 1), "{report:#?}");
    assert_eq!(store.desk.text("submissions.jsonl"), "");
    store.sweep();
    assert_eq!(store.origin(), (legacy(ID), None, Some(number), some("bob")));
}

#[test]
fn what_cannot_be_told_is_not_guessed() {
    let store = Store::new();
    // Neither path has these bytes, and no pull request had them.
    store.pull(Some("bob"), "merged", &legacy(ID), b"{}");
    store.pull(Some("bob"), "open", &object(ID), BYTES);
    let report = store.fetch();
    assert_eq!((report.submissions.traced, report.submissions.untraced), (0, 1), "{report:#?}");
    assert_eq!(store.line().introduced, None);
    // It is asked again: the history may say more one day.
    store.pull(Some("bob"), "merged", &legacy(ID), BYTES);
    assert_eq!(store.origin().3, some("bob"));
}

#[test]
fn a_failure_is_no_answer() {
    let store = Store::new();
    store.pull(Some("bob"), "merged", &legacy(ID), BYTES);
    store.rebuild();
    store.sweep();
    let other = "0a1b2c3d-0000-4000-8000-000000000002";
    for (method, part) in
        [("POST", "paths-info"), ("GET", "discussions?"), ("GET", "discussions/1"), ("GET", "EEE_datastore/revision/")]
    {
        store.desk.hub.fail(Fault::on(method, part, What::status(503)).forever());
        let report = store.fetch();
        let found = &report.submissions;
        assert_eq!((found.traced, found.untraced, found.not_asked), (0, 0, 1), "{part}: {report:#?}");
        assert!(found.failures.iter().all(|it| it.said.contains("503")), "{found:#?}");
        assert_eq!(store.desk.text("submissions.jsonl"), "");
        store.desk.hub.clear_faults();
    }
    // Passing faults do not matter.
    store.desk.hub.fail(Fault::new(What::rate_limited(1)));
    store.desk.hub.fail(Fault::on("POST", "paths-info", What::CutWithin));
    store.desk.hub.fail(Fault::on("GET", "discussions", What::status(502)).times(2));
    assert_eq!(store.origin().3, some("bob"));
    assert!(!store.desk.text("submissions.jsonl").contains(other));
}

#[test]
fn a_push_is_none_while_a_pull_request_could_not_be_read() {
    let store = Store::new();
    store.pull(Some("bob"), "merged", "data/other.json", BYTES);
    store.push("mallory", "Add", &[(&legacy(ID), Some(BYTES))]);
    store.desk.hub.fail(Fault::on("GET", "discussions/1", What::status(403)).forever());
    let report = store.fetch();
    assert_eq!((report.submissions.traced, report.submissions.not_asked), (0, 1), "{report:#?}");
    store.desk.hub.clear_faults();
    assert_eq!(store.origin().3, some("mallory"));
}

#[test]
fn what_is_known_is_not_asked_for_again() {
    let store = Store::new();
    store.pull(Some("bob"), "merged", &legacy(ID), BYTES);
    store.fetch();
    let before = store.desk.text("submissions.jsonl");
    store.desk.hub.clear_requests();
    let report = store.fetch();
    assert_eq!((report.submissions.known, store.desk.hub.requests().len()), (1, 0));
    assert_eq!(store.desk.text("submissions.jsonl"), before);
    assert_eq!(store.fetch_with(true, &store.lock()).submissions.traced, 1);
    // Other bytes under the same path are another thing.
    store.on_disk(ID, b"{}");
    let report = store.fetch();
    assert_eq!((report.submissions.known, report.submissions.untraced), (0, 1), "{report:#?}");
    assert_eq!(store.desk.text("submissions.jsonl").lines().count(), 2);
}

#[test]
fn bytes_that_are_not_those_of_the_lock_are_not_asked_about() {
    let store = Store::new();
    store.pull(Some("bob"), "merged", &legacy(ID), b"{}");
    let mut lock = store.lock();
    lock.objects.insert("../outside.json".to_owned(), Pin { sha256: Sha256::of(b"{}"), size: 2 });
    store.on_disk(ID, b"{}");
    store.desk.hub.clear_requests();
    let report = store.fetch_with(false, &lock);
    assert_eq!((report.submissions.not_asked, report.submissions.findings.len()), (2, 2), "{report:#?}");
    assert!(report.submissions.findings.iter().all(|it| it.code == "not-locked"));
    assert_eq!(store.desk.hub.requests().len(), 0);
}

#[test]
fn many_objects_take_few_requests() {
    let mut store = Store::new();
    store.ids = (0..600).map(|n| format!("{n:04x}2c3d-0000-4000-8000-000000000001")).collect();
    let files: Vec<(String, Vec<u8>)> =
        store.ids.iter().map(|id| (legacy(id), format!("{{\"n\": \"{id}\"}}").into_bytes())).collect();
    for (id, (_, bytes)) in store.ids.iter().zip(&files) {
        store.on_disk(id, bytes);
    }
    let files: Vec<_> = files.iter().map(|(path, bytes)| (path.as_str(), Some(bytes.as_slice()))).collect();
    store.desk.hub.open_pr(Kind::Dataset, STORE, Some("bob"), "Add", "merged", &files);
    store.desk.hub.clear_requests();
    let report = store.fetch();
    assert_eq!((report.submissions.traced, report.accounts.unknown), (600, 1), "{report:#?}");
    // The dataset, three lists of paths, the pull request, the account.
    assert_eq!(store.desk.hub.requests().len(), 6);
    store.desk.hub.push_pr(Kind::Dataset, STORE, 1, "x", "y");
    let gone: Vec<_> = files.iter().map(|(path, _)| (*path, None)).collect();
    store.push("eee-bot", "Delete data", &gone);
    store.desk.hub.clear_requests();
    assert_eq!(store.fetch_with(true, &store.lock()).submissions.traced, 600);
    assert!(store.desk.hub.requests().len() <= 12, "{}", store.desk.hub.requests().len());
}

#[test]
fn organisations_are_those_that_everybody_sees() {
    let store = Store::new();
    store.desk.hub.add_user("bob", "hf_bob", "read");
    store.desk.hub.add_member("zeta", "bob", "read");
    store.desk.hub.add_member("acme", "bob", "admin");
    store.pull(Some("bob"), "merged", &legacy(ID), BYTES);
    let report = store.fetch();
    assert_eq!((report.accounts.found, report.accounts.failures.len()), (1, 0));
    let fact = &store.desk.facts::<AccountFact>()[0];
    assert_eq!(fact.organizations, Some(vec!["acme".to_owned(), "zeta".to_owned()]));
    let requests = store.desk.hub.requests();
    let overview = requests.iter().find(|seen| seen.path.ends_with("/overview")).unwrap();
    assert_eq!(overview.header("Authorization"), None);
    assert!(requests.iter().any(|seen| seen.header("Authorization").is_some()));
    // Young facts stay; then names that are none are left out; then an answer without a list is none.
    let before = store.desk.text("accounts.jsonl");
    store.desk.hub.clear_requests();
    store.fetch();
    assert_eq!(store.desk.asked("overview"), 0);
    for (answer, kept) in [
        (json!({"user": "bob"}), true),
        (json!({"orgs": [{"name": "a\u{1b}"}, {"name": 1}, 2, {"name": "ok"}]}), false),
    ] {
        store.desk.hub.fail(Fault::on("GET", "overview", What::Json(answer)));
        let report = store.fetch_with(true, &store.lock());
        assert_eq!(report.accounts.failures.len(), usize::from(kept), "{report:#?}");
        assert_eq!(store.desk.text("accounts.jsonl") == before, kept);
    }
    assert_eq!(store.desk.facts::<AccountFact>()[0].organizations, Some(vec!["ok".to_owned()]));
}
