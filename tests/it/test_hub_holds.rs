//! What other tests rely on when they talk to the test Hub, asked over a bare connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::test_hub::{Fault, Kind, Moved, TestHub, What, blob_id};

const GPQA: &[u8] = b"- dataset:\n    id: Idavidrein/gpqa\n    task_id: diamond\n  value: 41.2\n";

/// What came back; status 0: the connection was cut.
struct Back {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Back {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|err| panic!("{err}: {}", self.head))
    }
}

/// Sends a request over a connection of its own; `headers` end with line ends.
fn send(origin: &str, method: &str, target: &str, headers: &str, body: &[u8]) -> Back {
    let mut stream = TcpStream::connect(origin.trim_start_matches("http://")).unwrap();
    let head = format!("{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}");
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n", body.len()).as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    read(&mut BufReader::new(stream))
}

fn read(reader: &mut impl BufRead) -> Back {
    let (mut head, mut body) = (String::new(), Vec::new());
    while reader.read_line(&mut head).is_ok_and(|count| count > 2) {}
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let mut back = Back { status, head, body: Vec::new() };
    let length: u64 = back.header("Content-Length").and_then(|length| length.parse().ok()).unwrap_or(0);
    _ = reader.take(length).read_to_end(&mut body);
    back.body = body;
    back
}

const TOKEN: &str = "Authorization: Bearer hf_test\r\n";

fn get(hub: &TestHub, target: &str) -> Back {
    send(&hub.endpoint(), "GET", target, TOKEN, b"")
}

fn post(hub: &TestHub, target: &str, body: &Value) -> Back {
    send(&hub.endpoint(), "POST", target, &format!("{TOKEN}Content-Type: application/json\r\n"), &json_bytes(body))
}

fn json_bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// A commit of one file of text.
fn commit(hub: &TestHub, target: &str, path: &str, text: &str, parent: Option<&str>) -> Back {
    let mut header = json!({"summary": "Add results", "description": "From a test"});
    if let Some(parent) = parent {
        header["parentCommit"] = json!(parent);
    }
    let file = json!({"content": text, "path": path, "encoding": "utf-8"});
    let lines = format!("{}\n{}\n", json!({"key": "header", "value": header}), json!({"key": "file", "value": file}));
    let headers = format!("{TOKEN}Content-Type: application/x-ndjson\r\n");
    send(&hub.endpoint(), "POST", target, &headers, lines.as_bytes())
}

/// A Hub with one model.
fn hub() -> TestHub {
    let hub = TestHub::start();
    hub.add_model("acme/tiny-1b");
    hub
}

const TINY: &str = "acme/tiny-1b";
const COMMIT_PR: &str = "/api/models/acme/tiny-1b/commit/main?create_pr=1";

#[test]
fn blob_ids_are_those_of_git() {
    assert_eq!(blob_id(b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    assert_eq!(blob_id(b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
    assert_eq!(blob_id(GPQA), "fb1c29dfcee500eca7c67a05e0c993348bd32be6");
}

#[test]
fn a_folder_is_listed_in_pages_with_absolute_links() {
    let hub = hub();
    for name in ["a", "b", "c"] {
        hub.put(Kind::Model, TINY, &format!(".eval_results/{name}.yaml"), GPQA);
    }
    hub.set_page_size(50, 2);
    let mut target = format!("/api/models/{TINY}/tree/main/.eval_results?recursive=true");
    let mut paths = Vec::new();
    loop {
        let page = get(&hub, &target);
        assert_eq!(page.status, 200, "{}", page.head);
        paths.extend(page.json().as_array().unwrap().iter().map(|entry| entry["path"].as_str().unwrap().to_owned()));
        let Some(link) = page.header("Link") else { break };
        let address = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
        target = address.strip_prefix(&hub.endpoint()).unwrap().to_owned();
        assert!(target.contains("recursive=true&cursor="), "{target}");
    }
    assert_eq!(paths, [".eval_results/a.yaml", ".eval_results/b.yaml", ".eval_results/c.yaml"]);
    hub.fail(Fault::on("GET", "/tree/", What::NextAt("https://huggingface.co".into())));
    let link = get(&hub, &format!("/api/models/{TINY}/tree/main/.eval_results"));
    assert!(link.header("Link").unwrap().starts_with("<https://huggingface.co/api/models/acme/tiny-1b/tree/"));
}

#[test]
fn discussions_are_counted_over_all_pages() {
    let hub = hub();
    hub.set_page_size(2, 1000);
    hub.open_pr(Kind::Model, TINY, None, "one", "draft", &[]);
    hub.open_pr(Kind::Model, TINY, Some("bob"), "two", "merged", &[("x", Some(b"1"))]);
    hub.open_discussion(Kind::Model, TINY, Some("bob"), "three");
    let list = |query: &str| get(&hub, &format!("/api/models/{TINY}/discussions?{query}")).json();
    let (first, second) = (list("p=0"), list("p=1"));
    assert_eq!([&first["count"], &first["start"], &second["start"]], [3, 0, 2]);
    assert_eq!(
        [first["discussions"].as_array().unwrap().len(), second["discussions"].as_array().unwrap().len()],
        [2, 1]
    );
    assert!(second["discussions"][0].get("author").is_none());
    for (query, count) in [("type=pull_request", 2), ("status=open", 2), ("status=closed", 1), ("author=bob", 2)] {
        assert_eq!(list(query)["count"], count, "{query}");
    }
    let title = &get(&hub, &format!("/api/models/{TINY}/commits/main")).json()[0]["title"];
    assert_eq!(title, "two (#2)");
}

#[test]
fn a_pull_request_starts_from_its_parent_commit() {
    let hub = hub();
    let old = hub.head(Kind::Model, TINY);
    hub.put(Kind::Model, TINY, "later.txt", "later");
    let back = commit(&hub, COMMIT_PR, ".eval_results/gpqa.yaml", "x", Some(&old));
    assert_eq!(back.status, 200, "{}", back.head);
    assert_eq!(back.json()["pullRequestUrl"], format!("{}/{TINY}/discussions/1", hub.endpoint()));
    let pull = hub.pull_requests(Kind::Model, TINY).pop().unwrap();
    assert_eq!((pull.base.as_str(), pull.status.as_str()), (old.as_str(), "open"));
    assert_eq!((pull.title.as_str(), pull.description.as_str()), ("Add results", "From a test"));
    assert_eq!(pull.files, [(".eval_results/gpqa.yaml".to_owned(), Some(b"x".to_vec()))].into());
    assert_eq!(hub.file(Kind::Model, TINY, "refs/pr/1", "later.txt"), None);
    assert_eq!(hub.file(Kind::Model, TINY, "main", ".eval_results/gpqa.yaml"), None);
}

#[test]
fn a_commit_is_refused_as_the_hub_refuses_it() {
    let hub = hub();
    hub.add_user("alice", "hf_read", "read");
    hub.add_member("mine", "alice", "write");
    hub.add_model("mine/model");
    let old = hub.head(Kind::Model, "mine/model");
    hub.put(Kind::Model, "mine/model", "later.txt", "later");
    let own = "/api/models/mine/model/commit/main";
    let wrong = "/api/models/mine/model/commit/refs%252Fpr%252F1";
    let foreign = "/api/models/acme/tiny-1b/commit/main";
    for (target, path, parent, status) in [
        (own, "x", Some(old.as_str()), 412),
        (own, "a/../x", None, 422),
        (wrong, "x", None, 404),
        (foreign, "x", None, 403),
        (own, "x", None, 200),
    ] {
        assert_eq!(commit(&hub, target, path, "x", parent).status, status, "{target} {path}");
    }
    let headers = "Authorization: Bearer hf_read\r\nContent-Type: application/x-ndjson\r\n";
    assert_eq!(send(&hub.endpoint(), "POST", COMMIT_PR, headers, b"").status, 403);
    assert_eq!(send(&hub.endpoint(), "POST", COMMIT_PR, "", b"").status, 401);
    assert!(hub.pull_requests(Kind::Model, TINY).is_empty());
}

#[test]
fn a_cut_before_leaves_nothing_and_a_cut_after_leaves_the_pull_request() {
    let hub = hub();
    for (what, count) in [(What::CutBefore, 0), (What::CutAfter, 1), (What::StatusAfter(500), 2), (What::CutWithin, 3)]
    {
        hub.fail(Fault::on("POST", "/commit/main?create_pr=1", what));
        let back = commit(&hub, COMMIT_PR, "x", "x", None);
        assert!([0, 500].contains(&back.status) || back.body.len() < 200, "{}", back.head);
        assert_eq!(hub.pull_requests(Kind::Model, TINY).len(), count);
    }
    let statuses: Vec<Option<u16>> = hub.requests().iter().map(|seen| seen.status).collect();
    assert_eq!(statuses, [None, None, Some(500), None]);
}

#[test]
fn faults_come_in_their_order_and_as_often_as_they_should() {
    let hub = hub();
    hub.fail(Fault::on("GET", TINY, What::status(503)).times(2).after(1));
    hub.fail(Fault::on("GET", TINY, What::rate_limited(7)));
    let statuses: Vec<u16> = (0..5).map(|_| get(&hub, &format!("/api/models/{TINY}")).status).collect();
    // The second rule takes the request that the first lets pass.
    assert_eq!(statuses, [429, 503, 503, 200, 200]);
    hub.fail(Fault::new(What::Html).forever());
    let html = get(&hub, "/anything");
    assert!(html.status == 200 && html.header("Content-Type").unwrap().starts_with("text/html"));
    hub.clear_faults();
    for (what, length) in [(What::Large(70_000), 70_000), (What::Json(json!([])), 2)] {
        hub.fail(Fault::new(what));
        assert_eq!(get(&hub, &format!("/api/models/{TINY}")).body.len(), length);
    }
    hub.fail(Fault::new(What::Slow(Duration::from_millis(60))));
    let start = Instant::now();
    assert_eq!(get(&hub, "/api/whoami-v2").status, 200);
    assert!(start.elapsed() >= Duration::from_millis(60));
}

#[test]
fn chaos_is_the_same_for_the_same_seed() {
    let run = |seed| {
        let hub = hub();
        hub.chaos(seed, 0.5);
        (0..60).map(|_| get(&hub, &format!("/api/models/{TINY}")).status).collect::<Vec<u16>>()
    };
    let first = run(1);
    assert_eq!(first, run(1));
    assert_ne!(first, run(2));
    assert!((15..45).contains(&first.iter().filter(|status| **status == 200).count()), "{first:?}");
}

#[test]
fn old_names_and_other_spellings_lead_to_the_true_one() {
    let hub = hub();
    let location = |target: &str| {
        let back = get(&hub, target);
        assert_eq!(back.status, 307, "{target}");
        back.header("Location").unwrap().to_owned()
    };
    assert_eq!(location("/api/models/Acme/Tiny-1B/tree/main?x=1"), "/api/models/acme/tiny-1b/tree/main");
    hub.rename(Kind::Model, TINY, "new/name", Moved::Relative);
    assert_eq!(location("/api/models/acme/tiny-1b?expand=sha"), "/api/models/new/name");
    assert_eq!(location("/acme/tiny-1b/resolve/main/README.md"), "/new/name/resolve/main/README.md");
    hub.rename(Kind::Model, "new/name", "newer/name", Moved::Elsewhere("http://127.0.0.1:9".into()));
    assert_eq!(location("/api/models/new/name?a=b"), "http://127.0.0.1:9/api/models/newer/name?a=b");
}

#[test]
fn results_of_main_and_of_open_pull_requests_are_told_apart() {
    let hub = hub();
    let file = ".eval_results/gpqa.yaml";
    hub.put(Kind::Model, TINY, file, GPQA);
    hub.put(Kind::Model, TINY, ".eval_results/broken.yaml", "dataset: x");
    hub.put(Kind::Model, TINY, ".eval_results/deep/no.yaml", GPQA);
    hub.open_pr(Kind::Model, TINY, Some("bob"), "closed", "closed", &[(".eval_results/a.yaml", Some(GPQA))]);
    hub.open_pr(Kind::Model, TINY, Some("bob"), "open", "open", &[(".eval_results/b.yaml", Some(GPQA))]);
    let info = get(&hub, &format!("/api/models/{TINY}?expand[]=evalResults")).json();
    let results = info["evalResults"].as_array().unwrap();
    assert_eq!(results.len(), 3, "{info}");
    assert!(results[0]["error"].is_string() && results[0].get("data").is_none());
    assert_eq!(results[1]["data"]["value"], 41.2);
    assert!(results[1].get("pullRequest").is_none());
    assert_eq!((&results[2]["filename"], &results[2]["pullRequest"]), (&json!(".eval_results/b.yaml"), &json!(2)));
    assert_eq!(info.as_object().unwrap().len(), 3, "{info}");
    assert_eq!(get(&hub, &format!("/api/models/{TINY}?expand=nonsense")).status, 400);
}

#[test]
fn files_come_with_their_hash_in_ranges_and_large_ones_from_elsewhere() {
    let hub = hub();
    hub.add_dataset("acme/data");
    hub.edit(Kind::Dataset, "acme/data", |repo| _ = repo.large.insert("big.bin".into()));
    hub.put(Kind::Dataset, "acme/data", "small.yaml", GPQA);
    hub.put(Kind::Dataset, "acme/data", "big.bin", "large content");
    let small = get(&hub, "/datasets/acme/data/resolve/main/small.yaml");
    assert_eq!(small.header("ETag"), Some("\"fb1c29dfcee500eca7c67a05e0c993348bd32be6\""));
    assert_eq!(small.header("X-Repo-Commit"), Some(hub.head(Kind::Dataset, "acme/data").as_str()));
    let big = get(&hub, "/datasets/acme/data/resolve/main/big.bin");
    assert_eq!((big.status, big.header("X-Linked-Size")), (302, Some("13")));
    let address = big.header("Location").unwrap();
    let target = address.strip_prefix(&hub.storage()).unwrap();
    for (range, status, text) in
        [("0-4", 206, "large"), ("6-", 206, "content"), ("-7", 206, "content"), ("99-", 416, "")]
    {
        let part = send(&hub.storage(), "GET", target, &format!("Range: bytes={range}\r\n"), b"");
        assert_eq!(part.status, status, "{range}");
        assert!(status == 416 || part.body == text.as_bytes(), "{range}");
    }
    assert!(hub.requests().last().unwrap().storage);
    assert!(get(&hub, "/datasets/acme/data/raw/main/big.bin").body.starts_with(b"version https://git-lfs"));
}

#[test]
fn missing_private_and_closed_things_are_told_apart_by_code() {
    let hub = hub();
    hub.add_model("acme/secret");
    hub.edit(Kind::Model, "acme/secret", |repo| repo.private = true);
    hub.add_model("acme/gated");
    hub.edit(Kind::Model, "acme/gated", |repo| repo.gated = Some("auto".into()));
    hub.add_model("acme/off");
    hub.edit(Kind::Model, "acme/off", |repo| repo.disabled = true);
    let anonymous = "";
    let bad = "Authorization: Bearer hf_bad\r\n";
    for (target, headers, status, code) in [
        ("/api/models/acme/none", TOKEN, 404, Some("RepoNotFound")),
        ("/api/models/acme/secret", TOKEN, 404, Some("RepoNotFound")),
        ("/api/models/acme/secret", anonymous, 401, None),
        ("/api/whoami-v2", bad, 401, None),
        ("/api/models/acme/gated", anonymous, 200, None),
        ("/acme/gated/resolve/main/README.md", TOKEN, 403, Some("GatedRepo")),
        ("/acme/gated/resolve/main/README.md", anonymous, 401, Some("GatedRepo")),
        ("/api/models/acme/off", TOKEN, 403, None),
        ("/api/models/acme/tiny-1b/tree/main/.eval_results", TOKEN, 404, Some("EntryNotFound")),
        ("/api/models/acme/tiny-1b/tree/refs%252Fpr%252F3", TOKEN, 404, Some("RevisionNotFound")),
        ("/acme/tiny-1b/resolve/none/README.md", TOKEN, 404, Some("RevisionNotFound")),
        ("/acme/tiny-1b/resolve/main/none", TOKEN, 404, Some("EntryNotFound")),
        ("/nothing", TOKEN, 404, None),
    ] {
        let back = send(&hub.endpoint(), "GET", target, headers, b"");
        assert_eq!((back.status, back.header("X-Error-Code")), (status, code), "{target}");
        assert!(back.header("RateLimit").unwrap().contains(";r="), "{target}");
    }
}

#[test]
fn what_must_be_asked_before_a_commit_is_answered() {
    let hub = hub();
    hub.put(Kind::Model, TINY, ".eval_results/gpqa.yaml", GPQA);
    hub.edit(Kind::Model, TINY, |repo| {
        repo.large.insert("large".into());
        repo.ignored.insert("ignored".into());
    });
    let files =
        [".eval_results/gpqa.yaml", "large", "ignored"].map(|path| json!({"path": path, "size": 70, "sample": ""}));
    let target = format!("/api/models/{TINY}/preupload/main");
    let asked = json!({ "files": files });
    assert_eq!(post(&hub, &target, &asked).status, 403);
    let answer = post(&hub, &format!("{target}?create_pr=1"), &asked).json();
    assert_eq!(answer["files"][0]["oid"], blob_id(GPQA));
    assert_eq!([&answer["files"][1]["uploadMode"], &answer["files"][0]["uploadMode"]], ["lfs", "regular"]);
    assert_eq!([&answer["files"][2]["shouldIgnore"], &answer["files"][0]["shouldIgnore"]], [true, false]);
}

#[test]
fn a_connection_is_kept_and_bodies_come_in_chunks_or_after_a_go_ahead() {
    let hub = hub();
    let seen = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&seen);
    hub.on_request(move |request| counter.store(request.number, Ordering::SeqCst));
    let mut stream = TcpStream::connect(hub.endpoint().trim_start_matches("http://")).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let head = format!("POST /api/models/{TINY}/paths-info/main HTTP/1.1\r\nHost: x\r\n{TOKEN}");
    let chunked = "Transfer-Encoding: chunked\r\n\r\n6\r\npaths=\r\n9;x=y\r\nREADME.md\r\n0\r\n\r\n";
    stream.write_all(format!("{head}{chunked}").as_bytes()).unwrap();
    assert_eq!(read(&mut reader).json()[0]["path"], "README.md");
    stream.write_all(format!("{head}Content-Length: 11\r\nExpect: 100-continue\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(read(&mut reader).status, 100);
    stream.write_all(b"paths=other").unwrap();
    assert_eq!(read(&mut reader).json(), json!([]));
    stream.write_all(format!("HEAD /{TINY}/resolve/main/README.md HTTP/1.1\r\n\r\n").as_bytes()).unwrap();
    let mut length = String::new();
    while !length.starts_with("Content-Length: ") {
        length.clear();
        reader.read_line(&mut length).unwrap();
    }
    assert_eq!(seen.load(Ordering::SeqCst), 3);
    assert_eq!(hub.requests().len(), 3);
}
