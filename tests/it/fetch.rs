//! `fetch` against a Hub of our own: what arrives, what is refused, and that whatever ends a run,
//! the next one goes on from it.

mod moving; // a datastore that moves

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use evalcards::hash::Sha256;
use evalcards::lock::Lock;
use serde_json::{Value, json};

use crate::project::{Project, Run, is_whole};
use crate::test_hub::{Fault, Kind, TestHub, What};

const STORE: &str = "evaleval/EEE_datastore";

/// A Hub with a datastore, and an empty project.
struct Fetching {
    hub: TestHub,
    project: Project,
}

/// A record with one score, and where it stands.
fn record(uuid: &str, model: &str, score: &str) -> (String, Vec<u8>) {
    let text = format!(
        r#"{{"schema_version": "0.3.0", "evaluation_id": "{uuid}", "retrieved_timestamp": "1767225600",
        "source_metadata": {{"source_organization_name": "First Lab", "evaluator_relationship": "third_party"}}, "model_info": {{"id": "{model}"}},
        "evaluation_results": [{{"evaluation_name": "GSM8K", "source_data": {{"hf_repo": "openai/gsm8k"}},
          "metric_config": {{"metric_id": "accuracy", "lower_is_better": false, "min_score": 0, "max_score": 1}},
          "score_details": {{"score": {score}}}}}]}}"#
    );
    (format!("flat/objects/{}/{}/{uuid}.json", &uuid[..2], &uuid[2..4]), text.into_bytes())
}

fn row((path, bytes): &(String, Vec<u8>)) -> Value {
    json!({"record_type": "aggregate", "object_path": path, "sha256": Sha256::of(bytes), "size_bytes": bytes.len(),
        "benchmark": "c", "instance_level_available": false, "superseded_by": null})
}

fn index(collection: &str, rows: &[Value]) -> (String, Vec<u8>) {
    let text: Vec<String> = rows.iter().map(Value::to_string).collect();
    (format!("flat/indexes/by_collection/{collection}.jsonl"), text.join("\n").into_bytes())
}

impl Fetching {
    /// The records of one collection, `one`.
    fn new(records: &[(String, Vec<u8>)]) -> Fetching {
        let fetching = Fetching { hub: TestHub::start(), project: Project::empty() };
        fetching.hub.add_dataset(STORE);
        fetching.put(records, records.iter().map(row).collect());
        fetching
    }

    /// Two records.
    fn small() -> Fetching {
        Fetching::new(&[record("aa01", "acme/one", "0.5"), record("bb02", "acme/two", "0.25")])
    }

    fn put(&self, records: &[(String, Vec<u8>)], rows: Vec<Value>) -> String {
        self.hub.put_all(Kind::Dataset, STORE, records.iter().cloned().chain([index("one", &rows)]))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.in_environment(self.project.command(&[&["fetch"], arguments].concat()))
    }

    fn in_environment(&self, mut command: Command) -> Command {
        command.env("HF_ENDPOINT", self.hub.endpoint()).env("HF_HOME", self.project.path("home"));
        command.env("EVALCARDS_WAIT_SCALE", "0.001");
        for unset in ["HF_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HUGGING_FACE_HUB_TOKEN"] {
            command.env_remove(unset);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::from(self.command(arguments).output().unwrap())
    }

    /// The report of a run that went well.
    #[track_caller]
    fn fetch(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[&["--json"], arguments].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        serde_json::from_str::<Value>(&run.stdout).unwrap()["report"].clone()
    }

    fn lock(&self) -> Lock {
        Lock::parse(&self.project.read("content/datastore.lock")).unwrap()
    }

    /// The datastore on disk, without what a run keeps for itself.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let folder = self.project.path("content/datastore");
        let mut files = if folder.exists() { crate::project::files(&folder) } else { BTreeMap::new() };
        files.retain(|path, _| !path.starts_with(".fetch"));
        files
    }

    /// The paths of all requests since the last look.
    fn asked(&self) -> Vec<String> {
        let asked = self.hub.requests().into_iter().map(|seen| seen.path).collect();
        self.hub.clear_requests();
        asked
    }
}

#[test]
fn a_collection_arrives_checked_and_pinned() {
    let store = Fetching::small();
    let report = store.fetch(&["one"]);
    assert_eq!((report["fetched"].as_u64(), report["kept"].as_u64()), (Some(2), Some(0)));
    let commit = store.hub.head(Kind::Dataset, STORE);
    assert_eq!(report["revision"], commit);
    let files = store.files();
    assert_eq!(files.len(), 3);
    let lock = store.lock();
    assert_eq!((lock.repo.as_str(), &lock.revision), (STORE, &commit));
    for (path, pin) in &lock.objects {
        assert_eq!(Sha256::of(&files[path]), pin.sha256);
    }
    assert_eq!((lock.objects.len(), lock.collections.len()), (2, 1));
    let build = store.project.build(&["--strict"]);
    assert_eq!((build["records"].as_u64(), build["diagnostics"].as_u64()), (Some(2), Some(0)));
    let manifest: Value = serde_json::from_str(&store.project.read("site/hub/manifest.json")).unwrap();
    assert_eq!(manifest["datastore"]["revision"], commit, "the lock pins what site.yaml does not");
    assert_eq!(manifest["blocked"], json!([]));
}

#[test]
fn a_commit_during_a_fetch_mixes_no_two_states() {
    // Between any two requests everything changes: what arrives is one of the states, whole.
    let states: Vec<Vec<_>> = ["0.5", "0.6", "0.7", "0.8"]
        .iter()
        .map(|score| ["aa01", "bb02"].map(|uuid| record(uuid, &format!("acme/{uuid}"), score)).to_vec())
        .collect();
    let n_requests = if is_whole("most moments of a commit during a fetch") { 100 } else { 12 };
    for run in 0..n_requests {
        let store = Fetching::new(&states[0]);
        store.hub.set_latency(Duration::from_millis(3));
        let child = store.command(&["one", "--jobs", "1"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap();
        std::thread::sleep(Duration::from_millis(run * 2));
        for state in &states[1..] {
            store.put(state, state.iter().map(row).collect());
        }
        assert!(child.wait().unwrap().success(), "run {run}");
        let files = store.files();
        let is_whole_state =
            |state: &&Vec<(String, Vec<u8>)>| state.iter().all(|(path, bytes)| files.get(path) == Some(bytes));
        assert_eq!(states.iter().filter(is_whole_state).count(), 1, "run {run}");
        assert_eq!(store.project.build(&["--strict"])["records"], 2, "run {run}");
    }
}

#[test]
fn the_workflow_of_a_new_project_brings_what_a_lock_pins_and_else_the_newest() {
    let store = Fetching::small();
    store.project.run(&["init"]);
    let script = crate::init::step(&store.project.read(".github/workflows/pages.yml"), "Fetch");
    let program = Path::new(env!("CARGO_BIN_EXE_evalcards")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let fetched = || {
        let mut shell = store.in_environment(Command::new("bash"));
        shell.args(["-e", "-c", &script]).current_dir(store.project.root());
        let run = Run::from(shell.env("PATH", &path).env("COLLECTIONS", "one").output().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        store.lock().revision
    };
    let first = fetched();
    let records = [record("aa01", "acme/one", "0.5"), record("cc03", "acme/three", "0.75")];
    let second = store.put(&records, records.iter().map(row).collect());
    assert_eq!(fetched(), first);
    fs::remove_file(store.project.path("content/datastore.lock")).unwrap();
    assert_eq!(fetched(), second);
}

#[test]
fn what_is_there_is_not_asked_for_again() {
    let store = Fetching::small();
    store.fetch(&["one"]);
    assert_eq!(store.asked().len(), 4, "revision, index, two objects");
    let before = (store.files(), store.project.read("content/datastore.lock"));
    let report = store.fetch(&["one"]);
    assert_eq!((report["fetched"].as_u64(), report["kept"].as_u64()), (Some(0), Some(2)));
    assert_eq!(store.asked().len(), 2, "revision and index");
    assert_eq!((store.files(), store.project.read("content/datastore.lock")), before);
    store.fetch(&[]);
    assert_eq!(store.asked().len(), 2, "without a name, the collections of the lock file");
    let report = store.fetch(&["--force", "one"]);
    assert_eq!(report["fetched"], 2);
    assert_eq!((store.files(), store.project.read("content/datastore.lock")), before);
}

#[test]
fn a_spoilt_file_is_fetched_again_and_build_says_where_it_differs() {
    let store = Fetching::small();
    store.fetch(&["one"]);
    let path = "content/datastore/flat/objects/aa/01/aa01.json";
    let spoilt = store.project.read(path).replace("0.5", "0.9");
    store.project.write(path, &spoilt);
    let run = store.project.run(&["build"]);
    assert!(run.stdout.contains("wrong-hash") || run.stdout.contains("1 record"), "{}", run.stdout);
    // The index edited to fit: the lock still knows.
    let index = "content/datastore/flat/indexes/by_collection/one.jsonl";
    let (old, new) = (Sha256::of(record("aa01", "acme/one", "0.5").1.as_slice()), Sha256::of(spoilt.as_bytes()));
    store.project.write(index, &store.project.read(index).replace(&old.to_string(), &new.to_string()));
    let run = store.project.run(&["build", "--verbose"]);
    assert!(run.stderr.contains("lock-differs") && run.stderr.contains(path), "{}", run.stderr);
    assert!(
        run.stderr.contains(&new.to_string()) && run.stderr.contains("index does not match the one"),
        "{}",
        run.stderr
    );
    let manifest = store.project.read("site/hub/manifest.json");
    assert!(manifest.contains("record_not_in_lock"), "{manifest}");
    assert!(
        !store.project.main_of("models/acme/one.html").contains("huggingface.co/datasets/evaleval/EEE_datastore/blob")
    );
    assert!(
        store.project.main_of("models/acme/two.html").contains("huggingface.co/datasets/evaleval/EEE_datastore/blob")
    );
    let report = store.fetch(&["one"]);
    assert_eq!((report["fetched"].as_u64(), report["kept"].as_u64()), (Some(1), Some(1)));
    assert_eq!(store.project.build(&["--strict"])["diagnostics"], 0);
}

#[test]
fn a_new_revision_brings_what_changed_and_takes_away_what_went() {
    let store = Fetching::small();
    store.fetch(&["one"]);
    store.asked();
    let (kept, new) = (record("aa01", "acme/one", "0.5"), record("cc03", "acme/three", "0.75"));
    let replaced = record("dd04", "acme/four", "0.1");
    let mut superseded = row(&replaced);
    superseded["superseded_by"] = json!("cc03");
    let commit = store.put(&[new.clone(), replaced.clone()], vec![row(&kept), row(&new), superseded]);
    let report = store.fetch(&[]);
    assert_eq!(report["revision"], commit);
    assert_eq!(
        (report["fetched"].as_u64(), report["kept"].as_u64(), report["removed"].as_u64()),
        (Some(1), Some(1), Some(1))
    );
    assert_eq!(report["collections"][0]["superseded"], 1);
    let files = store.files();
    assert!(files.contains_key(&new.0) && !files.contains_key(&replaced.0));
    assert!(!files.contains_key("flat/objects/bb/02/bb02.json"), "no collection names it any more");
    assert_eq!(store.asked().len(), 3);
}

#[test]
fn locked_brings_the_same_state_to_another_machine_at_a_later_date() {
    let store = Fetching::small();
    store.fetch(&["one"]);
    let before = store.files();
    let lock = store.project.read("content/datastore.lock");
    let other = record("aa01", "acme/one", "0.99");
    store.put(std::slice::from_ref(&other), vec![row(&other)]);
    let elsewhere = Fetching { hub: store.hub.clone(), project: Project::empty() };
    elsewhere.project.write("content/datastore.lock", &lock);
    elsewhere.hub.clear_requests();
    elsewhere.fetch(&["--locked"]);
    assert_eq!(elsewhere.files(), before);
    assert_eq!(elsewhere.project.read("content/datastore.lock"), lock);
    assert_eq!(elsewhere.asked().len(), 3, "index and objects; the revision is known");
    let refused = elsewhere.run(&["--locked", "tow"]);
    assert!(refused.code == 1 && refused.stderr.contains("has no collection `tow`"), "{}", refused.stderr);
    let refused = Fetching { hub: store.hub.clone(), project: Project::empty() }.run(&["--locked"]);
    assert!(refused.stderr.contains("datastore.lock does not exist"), "{}", refused.stderr);
}

#[test]
fn samples_come_only_if_they_are_asked_for() {
    let one = record("aa01", "acme/one", "0.5");
    let samples = ("flat/objects/aa/01/aa01_samples.jsonl".to_owned(), b"{\"sample_id\": 1}\n".to_vec());
    let mut with_samples = row(&one);
    with_samples["instance_level_available"] = json!(true);
    with_samples["instance_level_path"] = json!(samples.0);
    with_samples["instance_sha"] = json!(Sha256::of(&samples.1));
    with_samples["instance_level_size_bytes"] = json!(samples.1.len());
    let store = Fetching::new(&[one.clone(), samples.clone()]);
    store.put(&[], vec![with_samples]);
    store.fetch(&["one"]);
    assert!(!store.files().contains_key(&samples.0));
    store.fetch(&["--samples"]);
    assert_eq!(store.files()[&samples.0], samples.1);
    assert!(store.lock().samples.contains_key(&samples.0) && !store.lock().objects.contains_key(&samples.0));
    store.fetch(&[]);
    assert!(store.lock().samples.contains_key(&samples.0), "what is there stays pinned");
    assert_eq!(store.project.build(&[])["records"], 1);
}

#[test]
fn a_large_file_comes_from_another_host_without_the_token() {
    let store = Fetching::small();
    let path = "flat/objects/aa/01/aa01.json";
    store.hub.edit(Kind::Dataset, STORE, |repo| _ = repo.large.insert(path.to_owned()));
    store.put(&[record("aa01", "acme/one", "0.625")], vec![row(&record("aa01", "acme/one", "0.625"))]);
    let run = Run::from(store.command(&["one"]).env("HF_TOKEN", "hf_test").output().unwrap());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let seen = store.hub.requests();
    let (there, here): (Vec<_>, Vec<_>) = seen.iter().partition(|seen| seen.storage);
    assert_eq!(there.len(), 1);
    assert!(there.iter().all(|seen| seen.header("authorization").is_none()));
    assert!(here.iter().all(|seen| seen.header("authorization") == Some("Bearer hf_test")));
    assert!(!run.stdout.contains("hf_test") && !run.stderr.contains("hf_test"));
}

#[test]
fn a_passing_fault_is_waited_for() {
    for what in [
        What::rate_limited(1),
        What::retry_after(503, 1),
        What::status(500),
        What::CutBefore,
        What::CutWithin,
        What::HalfJson,
    ] {
        let store = Fetching::small();
        store.hub.fail(Fault::on("GET", "/resolve/", what.clone()));
        let report = store.fetch(&["one"]);
        assert_eq!(report["fetched"], 2, "{what:?}");
        assert_eq!(store.project.build(&["--strict"])["records"], 2);
    }
}

#[test]
fn a_page_in_place_of_an_index_is_no_index() {
    let store = Fetching::small();
    store.hub.fail(Fault::on("GET", "/resolve/", What::Html));
    let run = store.run(&["one"]);
    assert!(run.code == 1 && run.stderr.contains("is not JSON Lines"), "{}", run.stderr);
    assert!(!store.project.path("content/datastore.lock").exists());
}

#[test]
fn one_bad_object_is_told_and_the_others_arrive() {
    let good = record("aa01", "acme/one", "0.5");
    let bad = record("bb02", "acme/two", "0.25");
    let wrong_hash = |row: &mut Value| row["sha256"] = json!("0".repeat(64));
    let too_small = |row: &mut Value| row["size_bytes"] = json!(5);
    let too_large = |row: &mut Value| row["size_bytes"] = json!(50_000);
    let elsewhere = |row: &mut Value| row["object_path"] = json!("flat/objects/no/ne/none.json");
    type Spoil<'a> = &'a dyn Fn(&mut Value);
    let cases: [(Spoil, &str); 4] = [
        (&wrong_hash, "the index says 0000"),
        (&too_small, "larger than the 5 bytes"),
        (&too_large, "the index says 50000"),
        (&elsewhere, "no such file"),
    ];
    for (spoil, why) in cases {
        let store = Fetching::new(&[good.clone(), bad.clone()]);
        let mut spoilt = row(&bad);
        spoil(&mut spoilt);
        store.put(&[], vec![row(&good), spoilt]);
        let run = store.run(&["one"]);
        assert_eq!(run.code, 1);
        assert!(
            run.stderr.contains(why) && run.stderr.contains("1 thing could not be fetched"),
            "{why}: {}",
            run.stderr
        );
        assert_eq!(store.files().len(), 2, "the good one and the index");
        assert_eq!(store.lock().objects.len(), 1, "the lock names what is there");
        let build = store.project.build(&[]);
        assert_eq!((build["records"].as_u64(), build["quarantined"]["missing-object"].as_u64()), (Some(1), Some(1)));
    }
}

#[test]
fn an_index_cannot_reach_outside() {
    let good = record("aa01", "acme/one", "0.5");
    let store = Fetching::new(std::slice::from_ref(&good));
    let outside = [
        "../../evil.json",
        "/tmp/evil.json",
        "flat/indexes/by_collection/one.jsonl",
        "flat/objects/../../x.json",
        "flat\\objects\\x.json",
        ".fetch/x.json",
    ];
    let mut rows: Vec<Value> = outside
        .iter()
        .map(|path| {
            let mut row = row(&good);
            row["object_path"] = json!(path);
            row
        })
        .collect();
    rows.push(row(&good));
    store.put(&[], rows);
    let run = store.run(&["one"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("6 rows left out: unsafe-path"), "{}", run.stdout);
    assert_eq!(store.files().len(), 2);
    assert!(!store.project.path("evil.json").exists() && !store.project.path("content/evil.json").exists());
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let store = Fetching::small();
    let outside = tempfile::tempdir().unwrap();
    fs::create_dir_all(store.project.path("content/datastore/flat")).unwrap();
    std::os::unix::fs::symlink(outside.path(), store.project.path("content/datastore/flat/objects")).unwrap();
    let run = store.run(&["one"]);
    assert!(run.code == 1 && run.stderr.contains("does not follow links"), "{}", run.stderr);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn names_that_do_not_exist_get_help() {
    let store = Fetching::small();
    for (arguments, words) in [
        (&["On"][..], "has no collection `On`"),
        (&["On"], "did you mean `one`?"),
        (&["one.jsonl"], "remove `.jsonl`"),
        (&["../one"], "contains a slash"),
        (&[], "no collection given"),
        (&["one", "--datastore", "evaleval/EEE_datastore@nowhere"], "write a branch, a tag or a commit"),
        (&["one", "--datastore", "evaleval/other"], "check the spelling of OWNER/NAME"),
    ] {
        let run = store.run(arguments);
        assert!(run.code == 1 && run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
        assert!(!store.project.path("content/datastore.lock").exists());
    }
    let run = store.run(&["one", "--datastore", "nonsense"]);
    assert!(run.code == 2 && run.stderr.contains("is not a Hub dataset"), "{}", run.stderr);
}

#[test]
fn collections_are_listed_with_their_sizes() {
    let store = Fetching::small();
    store.hub.put_all(
        Kind::Dataset,
        STORE,
        [index("two words", &[]), ("flat/indexes/by_collection/deep/x.jsonl".into(), b"".to_vec())],
    );
    let run = store.run(&["--list"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines[1].starts_with("one") && lines[1].contains("2 "), "{}", run.stdout);
    assert!(lines[2].starts_with("two words"), "{}", run.stdout);
    assert!(lines[3].starts_with("2 collections, 2 records"), "{}", run.stdout);
    assert!(!store.project.path("content/datastore.lock").exists());
    let report = store.fetch(&["--all"]);
    assert_eq!(report["collections"].as_array().unwrap().len(), 2);
}

#[test]
fn a_lock_that_was_edited_is_not_believed() {
    let store = Fetching::small();
    store.fetch(&["one"]);
    let lock = store.project.read("content/datastore.lock");
    store.project.write("content/datastore.lock", &lock.replace("acme", "x").replace("aa01", "ab01"));
    let run = store.run(&["one"]);
    assert!(run.code == 1 && run.stderr.contains("edited or merged by hand"), "{}", run.stderr);
    let run = store.project.run(&["build"]);
    assert!(run.code == 0 && run.stderr.contains("broken-lock"), "{}", run.stderr);
    assert!(store.project.read("site/hub/manifest.json").contains("record_not_in_lock"));
}

#[test]
fn own_records_beside_fetched_ones_are_no_difference_and_not_proposed() {
    let store = Fetching::small();
    let own = String::from_utf8(record("ee05", "acme/own", "0.3").1).unwrap();
    store.project.write("content/datastore/data/mine/acme/own/x.json", &own);
    store.fetch(&["one"]);
    let build = store.project.build(&["--strict"]);
    assert_eq!((build["records"].as_u64(), build["diagnostics"].as_u64()), (Some(3), Some(0)));
    assert!(store.project.read("site/hub/manifest.json").contains("record_not_in_lock"));
    assert!(!store.project.main_of("models/acme/own.html").contains("EEE_datastore/blob"));
}

#[test]
fn a_datastore_of_another_repository_is_not_mixed_in() {
    let store = Fetching::small();
    store.fetch(&["one"]);
    store.hub.add_dataset("acme/evals");
    let run = store.run(&["one", "--datastore", "acme/evals"]);
    assert!(run.code == 1 && run.stderr.contains("into another folder with --to"), "{}", run.stderr);
}

#[test]
fn who_does_not_answer_is_not_asked_for_ever() {
    let records: Vec<_> = (0..200).map(|n| record(&format!("{n:04}"), &format!("acme/m{n}"), "0.5")).collect();
    let store = Fetching::new(&records);
    store.hub.fail(Fault::on("GET", "/resolve/main", What::status(503)));
    store.hub.fail(Fault::on("GET", "flat/objects", What::status(503)).times(usize::MAX));
    let run = store.run(&["one", "--jobs", "2"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("the next run resumes") && run.stderr.contains("503"), "{}", run.stderr);
    assert!(store.hub.requests().len() < 60, "{}", store.hub.requests().len());
    assert!(!store.project.path("content/datastore.lock").exists());
    store.hub.clear_faults();
    store.fetch(&["one"]);
    assert_eq!(store.lock().objects.len(), 200);
}

#[cfg(unix)]
#[test]
fn a_full_disk_ends_the_run_and_the_next_one_goes_on() {
    let mut large = record("bb02", "acme/two", "0.25");
    large.1.extend(std::iter::repeat_n(b' ', 300_000));
    let store = Fetching::new(&[record("aa01", "acme/one", "0.5"), large]);
    // No file may have more than 64 kB; the signal for it is ignored, so that writing fails.
    let fetch = store.command(&["one"]);
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 128; exec \"$0\" fetch one"]).arg(env!("CARGO_BIN_EXE_evalcards"));
    command.current_dir(store.project.root());
    for (name, value) in fetch.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let run = Run::from(command.output().unwrap());
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("cannot be written here") && run.stderr.contains("check the free space"),
        "{}",
        run.stderr
    );
    assert!(!store.files().contains_key("flat/objects/bb/02/bb02.json"));
    store.fetch(&["one"]);
    assert_eq!(store.lock().objects.len(), 2);
    assert_eq!(store.project.build(&["--strict"])["records"], 2);
}

/// Kills during the first fetch and during fetches of a datastore whose every record has changed.
#[cfg(unix)]
#[test]
fn kills_at_any_moment_end_in_a_correct_state() {
    const RECORDS: usize = 100;
    let wanted: u32 = if is_whole("most of 100 kills of fetch") { 100 } else { 8 };
    let states = ["0.5", "0.25"].map(|score| {
        let records = (0..RECORDS).map(|n| record(&format!("{n:04}"), &format!("acme/m{n}"), score));
        records.collect::<BTreeMap<String, Vec<u8>>>()
    });
    let listed = |state: usize| states[state].clone().into_iter().collect::<Vec<_>>();
    let slow = || {
        let store = Fetching::new(&listed(0));
        store.hub.set_latency(Duration::from_millis(1));
        store
    };
    // How long a fetch takes here, so that kills come at any moment of it.
    let begun = Instant::now();
    slow().fetch(&["one", "--jobs", "4"]);
    let whole = begun.elapsed();
    let store = slow();
    let (mut state, mut kills, mut ends) = (0, 0, 0);
    // A run goes on where the last one was killed, until one ends.
    for round in 0..20 * wanted {
        if kills >= wanted {
            break;
        }
        let mut child =
            store.command(&["one", "--jobs", "4"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * (1 + round * 7 % 13) / 16);
        let has_ended = child.try_wait().unwrap().is_some();
        if !has_ended {
            child.kill().unwrap();
            kills += 1;
        }
        let status = child.wait().unwrap();
        for (path, bytes) in store.files().iter().filter(|(path, _)| path.starts_with("flat/objects")) {
            assert!(states.iter().any(|state| state.get(path) == Some(bytes)), "{path} is half written");
        }
        if store.project.path("content/datastore.lock").exists() {
            let pinned: BTreeMap<_, _> =
                store.lock().objects.into_iter().map(|(path, pin)| (path, pin.sha256)).collect();
            let of_one = |state: &BTreeMap<String, Vec<u8>>| {
                pinned.len() == RECORDS && state.iter().all(|(path, bytes)| pinned[path] == Sha256::of(bytes))
            };
            assert!(states.iter().any(of_one), "the lock is of one state of the datastore, and of all of it");
        }
        if has_ended {
            assert!(status.success());
            ends += 1;
            state = 1 - state;
            let records = listed(state);
            store.put(&records, records.iter().map(row).collect());
        }
    }
    assert!(kills >= wanted && ends > 0, "{kills} runs were killed, {ends} ended");
    println!("{kills} runs were killed, {ends} ended");
    store.hub.set_latency(Duration::ZERO);
    store.fetch(&["one"]);
    let files = store.files();
    assert!(states[state].iter().all(|(path, bytes)| files.get(path) == Some(bytes)), "the newest state, whole");
    assert_eq!(store.project.build(&["--strict"])["records"], RECORDS);
    assert_eq!(
        fs::read_dir(store.project.path("content/datastore/.fetch")).unwrap().count(),
        1,
        "only the lock of the run"
    );
}

#[test]
fn facts_come_with_one_command_and_need_the_records_first() {
    let store = Fetching::small();
    let run = store.run(&["--evidence"]);
    assert!(run.code == 1 && run.stderr.contains("no records found"), "{}", run.stderr);
    store.fetch(&["one"]);
    store.hub.add_model("acme/one");
    let run = store.run(&["--models", "--benchmarks", "--evidence"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for words in
        ["Models: 1 found, 1 not on the Hub", "26 datasets without one", "Submissions: 2 traced", "Posted results: 0"]
    {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let submissions = store.project.read("content/hub/submissions.jsonl");
    assert_eq!(submissions.lines().count(), 2);
    assert!(store.project.read("content/hub/models.jsonl").contains(r#""id":"acme/two","seen""#));
    store.asked();
    assert_eq!(store.run(&["--models"]).code, 0);
    assert_eq!(store.asked().len(), 0, "what was asked is good for thirty days");
    assert_eq!(store.run(&["--models", "--force"]).code, 0);
    assert_eq!(store.asked().len(), 2);
}

#[test]
fn official_benchmarks_that_the_list_has_not_are_a_table_and_drafts() {
    let store = Fetching::small();
    for id in ["acme/quiz", "openai/gsm8k"] {
        store.hub.add_dataset(id);
        store.hub.put(Kind::Dataset, id, "eval.yaml", "tasks: [{id: main}]\n");
        store.hub.edit(Kind::Dataset, id, |repo| repo.tags.push("benchmark:official".to_owned()));
    }
    let run = store.run(&["--benchmarks"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for words in [
        "Official benchmarks: 2 on the Hub; 1 new, 25 gone, 1 changed\n",
        "  new      acme/quiz",
        "1 task; draft written: content/hub/drafts/acme_quiz.hub.yaml\n",
        "  gone     cais/hle",
        "  changed  openai/gsm8k",
        "missing-task, new-task\n",
        "help: a build reads no draft",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let run = store.run(&["--benchmarks", "--json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let draft = json!({"file": "drafts/acme_quiz.hub.yaml", "state": "kept"});
    let new = json!([{"dataset": "acme/quiz", "tasks": ["main"], "draft": draft}]);
    assert_eq!(found["facts"]["benchmarks"]["official"]["new"], new);
}

#[test]
fn a_retired_collection_stays_and_stops_no_other() {
    let store = Fetching::small();
    let other = record("cc03", "acme/three", "0.75");
    store.hub.put_all(Kind::Dataset, STORE, [other.clone(), index("two", &[row(&other)])]);
    store.fetch(&["one", "two"]);
    let before = store.files();
    // The datastore's rebuild moves the index, and leaves the objects.
    let retired = store.project.read("content/datastore/flat/indexes/by_collection/one.jsonl").into_bytes();
    store.hub.delete(Kind::Dataset, STORE, "flat/indexes/by_collection/one.jsonl");
    store.hub.put_all(Kind::Dataset, STORE, [("flat/indexes/retired/one.jsonl".to_owned(), retired)]);
    let run = store.run(&[]);
    assert!(run.code == 0 && run.stdout.contains("one: 2 records, retired: the datastore has"), "{run:?}");
    assert!(run.stdout.contains("two: 1 record\n"), "{}", run.stdout);
    assert!(store.files() == before, "nothing is lost");
    assert_eq!(store.fetch(&[])["collections"][0]["retired"], true);
    assert_eq!(store.run(&["--locked"]).code, 0);
    assert_eq!(store.project.build(&["--strict"])["records"], 3);
    // It is not among those that one may choose.
    assert!(!store.run(&["--list"]).stdout.contains("one"));
}

#[test]
fn evidence_that_a_hand_wrote_is_named_when_the_hub_is_asked_again() {
    let store = Fetching::small();
    store.fetch(&["one"]);
    store.hub.add_model("acme/one");
    assert_eq!(store.run(&["--evidence"]).code, 0);
    let run = store.run(&["--evidence", "--verify"]);
    assert!(run.code == 0 && run.stdout.contains("Evidence: 3 facts are confirmed by the Hub, 0 different"), "{run:?}");

    // An account that brought nothing, and a result that the Hub never verified.
    let submissions = store.project.read("content/hub/submissions.jsonl");
    let (line, other) = submissions.split_once('\n').unwrap();
    let mut forged: serde_json::Value = serde_json::from_str(line).unwrap();
    forged["introduced"]["account"] = "acme-official".into();
    forged["introduced"]["pull_request"] = 7.into();
    store.project.write("content/hub/submissions.jsonl", &format!("{forged}\n{other}"));
    let posted = r#"{"model":"acme/one","dataset":"openai/gsm8k","task":"gsm8k","value":50,"verified":true,"filename":"x.yaml","pull_request":null,"seen":"2026-01-01T00:00:00Z","response_sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#;
    store.project.write("content/hub/posted.jsonl", &format!("{posted}\n"));
    let before = store.project.files("content/hub");
    let run = store.run(&["--evidence", "--verify"]);
    assert!(run.code == 1 && run.stdout.contains("2 facts are confirmed by the Hub, 2 different"), "{run:?}");
    assert!(run.stdout.contains("acme-official") && run.stdout.contains("Hub:  nothing"), "{}", run.stdout);
    assert!(store.project.files("content/hub") == before, "nothing on disk is changed");
    // What the Hub says now takes its place.
    assert_eq!(store.run(&["--evidence", "--force"]).code, 0);
    assert_eq!(store.run(&["--evidence", "--verify"]).code, 0);
}

#[test]
fn the_real_datastore_arrives_and_builds_the_same_pages_and_files_for_the_hub() {
    let Some(data) = crate::real::data() else { return };
    let real = data.join("datastore");
    let store = Fetching { hub: TestHub::start(), project: Project::empty() };
    store.hub.add_dataset(STORE);
    let files = crate::project::files(&real);
    let count =
        files.keys().filter(|path| path.starts_with("flat/objects") && !path.ends_with("_samples.jsonl")).count();
    let commit = store.hub.put_all(Kind::Dataset, STORE, files);
    let report = store.fetch(&["--all"]);
    assert_eq!(report["collections"].as_array().unwrap().len(), 8);
    assert_eq!(report["fetched"].as_u64(), Some(count as u64));
    store.asked();
    let report = store.fetch(&["--all"]);
    assert_eq!(report["fetched"], 0);
    assert_eq!(store.asked().len(), 10, "revision, list of collections, and one for each of the eight");
    store.project.build(&[]);
    let from_fetched = store.project.files("site");
    let other = Project::empty();
    other.write("content/site.yaml", &format!("datastore: {{repo: {STORE}, revision: {commit}}}\n"));
    other.build(&["--datastore", &real.display().to_string()]);
    let from_folder = other.files("site");
    // Only what is shown differs, as the one is traced to the public records: so do names that carry its hash.
    let named = |files: &BTreeMap<String, Vec<u8>>| -> Vec<String> {
        files.keys().filter(|path| !path.starts_with("pages/assets/")).cloned().collect()
    };
    assert_eq!(named(&from_fetched), named(&from_folder));
    let ours = |files: &BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Sha256> {
        let for_the_hub = files.iter().filter(|(path, _)| path.starts_with("hub/"));
        for_the_hub.map(|(path, bytes)| (path.clone(), Sha256::of(bytes))).collect()
    };
    assert!(!ours(&from_fetched).is_empty());
    assert!(ours(&from_fetched) == ours(&from_folder));
}
