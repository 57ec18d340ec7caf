//! The datastore as it is today: scheduled adapters push, `data/` is large, a rebuild serialises anew, leaves out ids that come
//! with other content, trims manifests, and lets collections vanish while their objects stay.

use super::*;

const BOT: &str = "datastore-bot";

/// Where a record stands in the tree that people write to.
fn legacy(uuid: &str) -> String {
    format!("data/one/acme/m/{uuid}.json")
}

fn row_with_legacy(record: &(String, Vec<u8>), uuid: &str) -> Value {
    let mut row = row(record);
    row["legacy_path"] = legacy(uuid).into();
    row
}

/// Four records: one that is the same in both trees, one that the rebuild serialised anew, one that an adapter pushed, and one
/// that the rebuild kept out because its id came with other content.
fn store() -> Fetching {
    let store = Fetching { hub: TestHub::start(), project: Project::empty() };
    store.hub.add_dataset(STORE);
    let same = record("aa01", "acme/same", "0.5");
    let anew = record("bb02", "acme/anew", "0.25");
    let mut pushed = record("cc03", "acme/pushed", "0.75");
    let stamped = String::from_utf8(pushed.1.clone()).unwrap().replace(
        r#""source_organization_name""#,
        r#""additional_details": {"type_of_addition": "cron", "cron_adapter": "helm", "cron_run_date": "2026-08-10"}, "source_organization_name""#,
    );
    pushed.1 = stamped.into_bytes();
    let before = record("dd04", "acme/kept-out", "0.1");
    let after = record("dd04", "acme/kept-out", "0.9").1;
    let pretty = |bytes: &[u8]| serde_json::to_vec_pretty(&serde_json::from_slice::<Value>(bytes).unwrap()).unwrap();
    let merge = |author: &str, uuid: &str, bytes: &[u8]| {
        let files: &[(&str, Option<&[u8]>)] = &[(&legacy(uuid), Some(bytes))];
        store.hub.open_pr(Kind::Dataset, STORE, Some(author), "Add results", "merged", files);
    };
    merge("alice", "aa01", &same.1);
    merge("bob", "bb02", &pretty(&anew.1));
    merge("carol", "dd04", &before.1);
    let push = |files: Vec<(String, Option<Vec<u8>>)>, title: &str| {
        store.hub.edit(Kind::Dataset, STORE, |repo| repo.commit("main", None, &files, title, "", Some(BOT.to_owned())))
    };
    push(vec![(legacy("cc03"), Some(pushed.1.clone()))], "Scheduled run");
    let rows = [(&same, "aa01"), (&anew, "bb02"), (&pushed, "cc03"), (&before, "dd04")];
    let rows: Vec<Value> = rows.iter().map(|(record, uuid)| row_with_legacy(record, uuid)).collect();
    let manifest = json!({"snapshot": "flat/manifests/2026-08-01.json"}).to_string().into_bytes();
    let mut files: Vec<_> = [same, anew, pushed, before].into_iter().map(|(path, bytes)| (path, Some(bytes))).collect();
    files.extend(
        [index("one", &rows), ("flat/latest_manifest.json".to_owned(), manifest)]
            .map(|(path, bytes)| (path, Some(bytes))),
    );
    push(files, "Rebuild");
    // The id comes again with another score: it stands in `data/` only.
    merge("mallory", "dd04", &after);
    store
}

/// What `check --explain` says of a record.
fn explained(store: &Fetching, uuid: &str) -> (String, String) {
    let run = store.project.run(&["check", "--json", "--explain", uuid]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let record = &document["explained"]["records"][0];
    (record["results"][0]["marker"]["code"].as_str().unwrap().to_owned(), record.to_string())
}

#[test]
fn of_the_datastore_as_it_is_only_what_is_true_is_said() {
    let store = store();
    store.hub.clear_requests();
    store.fetch(&["one"]);
    let asked = store.asked();
    assert!(asked.iter().all(|path| !path.contains("/data/") && !path.contains("manifest")), "{asked:?}");
    assert_eq!((store.lock().objects.len(), asked.len()), (4, 6), "{asked:?}");
    assert_eq!(store.run(&["--evidence"]).code, 0);
    let build = store.project.build(&["--strict"]);
    assert_eq!((build["records"].as_u64(), build["diagnostics"].as_u64()), (Some(4), Some(0)));

    // The pull request brought exactly these bytes.
    let (level, said) = explained(&store, "aa01");
    assert!(level == "submitter_known" && said.contains("alice"), "{level}: {said}");
    // It brought others: nobody is known to have submitted these.
    let (level, said) = explained(&store, "bb02");
    assert!(level == "traced" && !said.contains("bob"), "{level}: {said}");
    let (level, said) = explained(&store, "cc03");
    assert!(level == "traced" && said.contains("recorded by the datastore's own adapter"), "{level}: {said}");
    // What the site shows is what the flat view holds, brought by whom it was, and not what came later.
    let (level, said) = explained(&store, "dd04");
    assert!(!said.contains("mallory") && ["traced", "submitter_known"].contains(&level.as_str()), "{level}: {said}");
    assert!(store.project.main_of("models/acme/kept-out.html").contains("0.1"));
    assert_eq!(store.run(&["--evidence", "--verify"]).code, 0);
    assert_eq!(store.run(&["--locked"]).code, 0);
}

#[test]
fn a_collection_that_vanished_stays_while_its_objects_do() {
    let store = store();
    let other = record("ee05", "acme/five", "0.75");
    store.hub.put_all(Kind::Dataset, STORE, [other.clone(), index("two", &[row(&other)])]);
    store.fetch(&["one", "two"]);
    let (before, lock) = (store.files(), store.project.read("content/datastore.lock"));
    // Neither an index nor a retired one: only the objects stay.
    store.hub.delete(Kind::Dataset, STORE, "flat/indexes/by_collection/one.jsonl");
    let run = store.run(&[]);
    let told = ["no longer has the collection `one` of the lock file", "fetch --locked"];
    assert!(run.code == 1 && told.iter().all(|part| run.stderr.contains(part)), "{run:?}");
    assert!(store.files() == before && store.project.read("content/datastore.lock") == lock, "nothing is lost");
    // What was pinned is still there, at its commit, also for another machine.
    let elsewhere = Fetching { hub: store.hub.clone(), project: Project::empty() };
    elsewhere.project.write("content/datastore.lock", &lock);
    elsewhere.fetch(&["--locked"]);
    assert!(elsewhere.files() == before);
    assert_eq!(elsewhere.project.build(&["--strict"])["records"], 5);
    // The way that the message names.
    for file in ["datastore.lock", "datastore/flat/indexes/by_collection/one.jsonl"] {
        fs::remove_file(store.project.path("content").join(file)).unwrap();
    }
    store.fetch(&["two"]);
    assert_eq!(store.project.build(&["--strict"])["records"], 1);
}
