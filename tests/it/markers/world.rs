//! A site whose records were fetched, for the tests of markers.

use evalcards::check::explain::{Explanation, explain};
use evalcards::config::{BuildOptions, Config};
use evalcards::facts::{self, AccountFact, Introduced, ObjectSubmission};
use evalcards::hash::Sha256;
use evalcards::lock::{Lock, Pin};

use crate::project::Project;

pub const UUID: &str = "0a1b2c3d-0000-4000-8000-000000000001";
pub const OTHER: &str = "0a1b2c3d-0000-4000-8000-000000000002";
pub const STORE: &str = "evaleval/EEE_datastore";
pub const SEEN: &str = "2026-06-01T00:00:00Z";

/// A site whose records were fetched, with the facts about them.
pub struct World {
    pub project: Project,
    pub objects: Vec<(String, String)>,
    pub submissions: Vec<ObjectSubmission>,
    pub accounts: Vec<AccountFact>,
}

/// A record of two results whose source is `source`.
pub fn record(source: &str) -> String {
    record_of(source, "third_party", "acme-eval/1")
}

pub fn record_of(source: &str, relationship: &str, evaluation_id: &str) -> String {
    let result = |name: &str, score: &str| {
        format!(
            r#"{{"evaluation_name": "{name}", "source_data": {{"dataset_name": "{name}"}}, "metric_config": {{"lower_is_better": false, "min_score": 0, "max_score": 1}}, "score_details": {{"score": {score}}}}}"#
        )
    };
    format!(
        r#"{{"schema_version": "0.2.1", "evaluation_id": "{evaluation_id}", "retrieved_timestamp": "1770000000",
"source_metadata": {{"source_name": "S", "source_type": "evaluation_run", "source_organization_name": {}, "evaluator_relationship": "{relationship}"}},
"model_info": {{"id": "maker/m1", "name": "m1"}},
"evaluation_results": [{}, {}]}}"#,
        serde_json::to_string(source).unwrap(),
        result("GSM8K", "0.5"),
        result("MATH", "0.25"),
    )
}

pub fn path_of(uuid: &str) -> String {
    format!("flat/objects/0a/1b/{uuid}.json")
}

impl World {
    pub fn new() -> World {
        let project = Project::empty();
        project.write(
            "content/organizations.yaml",
            "organizations:\n\
             - {id: acme, name: Acme, hf: acme-official, aliases: [Acme AI]}\n\
             - {id: maker, name: Maker, hf: maker-official}\n",
        );
        project
            .write("content/models.yaml", "models: [{id: maker/m1, name: m1, developer: Maker, hf_repo: maker/m1}]\n");
        World { project, objects: Vec::new(), submissions: Vec::new(), accounts: Vec::new() }
    }

    /// With one record of Acme, brought by `account`.
    pub fn with(account: &str) -> World {
        let mut world = World::new();
        world.put(&path_of(UUID), &record("Acme"));
        world.brought(&path_of(UUID), Some(account), Some(7));
        world.fetched();
        world
    }

    /// Puts a record on disk, as an object to be pinned.
    pub fn put(&mut self, path: &str, text: &str) {
        self.project.write(&format!("content/datastore/{path}"), text);
        self.objects.retain(|(known, _)| known != path);
        self.objects.push((path.to_owned(), text.to_owned()));
    }

    pub fn text(&self, path: &str) -> &str {
        &self.objects.iter().find(|(known, _)| known == path).unwrap().1
    }

    /// Notes who brought the bytes that are at `path` now.
    pub fn brought(&mut self, path: &str, account: Option<&str>, pull_request: Option<u64>) {
        self.brought_at(path, account, pull_request, SEEN);
    }

    /// The same at another time.
    pub fn brought_at(&mut self, path: &str, account: Option<&str>, pull_request: Option<u64>, at: &str) {
        let sha256 = Sha256::of(self.text(path).as_bytes());
        let introduced = Introduced {
            path: path.to_owned(),
            commit: Some("c".repeat(40)),
            pull_request,
            account: account.map(str::to_owned),
            at: Some(at.parse().unwrap()),
        };
        let (object, seen) = (path.to_owned(), SEEN.parse().unwrap());
        let datastore = STORE.to_owned();
        self.submissions.push(ObjectSubmission { datastore, object, sha256, seen, introduced: Some(introduced) });
    }

    /// Writes index, lock and facts, as `fetch` does.
    pub fn fetched(&self) {
        let rows: Vec<String> = self.objects.iter().map(|(path, text)| row(path, text)).collect();
        self.fetched_with_index(&rows.concat());
    }

    pub fn fetched_with_index(&self, index: &str) {
        let mut lock = Lock::new(STORE, &"ab".repeat(20));
        lock.objects.extend(self.objects.iter().map(|(path, text)| (path.clone(), Pin::of(text.as_bytes()))));
        lock.collections.insert("c".to_owned(), Pin::of(index.as_bytes()));
        self.project.write("content/datastore/flat/indexes/by_collection/c.jsonl", index);
        self.project.write("content/datastore.lock", &lock.to_text());
        self.project.write("content/hub/submissions.jsonl", &facts::write(self.submissions.clone()).unwrap());
        self.project.write("content/hub/accounts.jsonl", &facts::write(self.accounts.clone()).unwrap());
    }

    pub fn attest(&self, name: &str, text: &str) {
        self.project.write(&format!("content/attestations/{name}.yaml"), text);
    }

    /// An attestation that `account` acts for Acme, about the bytes at `path`.
    pub fn attest_acme(&self, account: &str, path: &str, more: &str) {
        let sha256 = Sha256::of(self.text(path).as_bytes());
        self.attest("acme", &acme(account, &format!("{{sha256: {sha256}{more}}}")));
    }

    pub fn explain(&self, wanted: &str) -> anyhow::Result<Explanation> {
        let options = BuildOptions { root: self.project.root().to_owned(), ..BuildOptions::default() };
        explain(&Config::new(options)?, wanted)
    }

    /// The level of the first result of the record at `path`.
    #[track_caller]
    pub fn level(&self, path: &str) -> &'static str {
        self.levels(path)[0]
    }

    #[track_caller]
    pub fn levels(&self, path: &str) -> Vec<&'static str> {
        let explanation = self.explain(path).unwrap();
        explanation.records[0].results.iter().map(|result| result.marker.code).collect()
    }

    #[track_caller]
    pub fn stops(&self, reason: &str) {
        let said = format!("{:#}", self.explain("maker/m1").unwrap_err());
        assert!(said.contains(reason) && said.contains("help: "), "{said}");
        // The build says the same, and writes nothing.
        assert!(!self.project.path("site").exists());
    }
}

pub fn row(path: &str, text: &str) -> String {
    let sha256 = Sha256::of(text.as_bytes());
    format!(
        r#"{{"record_type": "aggregate", "object_path": "{path}", "sha256": "{sha256}", "size_bytes": {}, "superseded_by": null}}"#,
        text.len()
    ) + "\n"
}

pub fn acme(account: &str, subject: &str) -> String {
    format!(
        "kind: submitted_by_source\naccount: {account}\norganization: acme\nbasis: account_is_organization\n\
         records: [{subject}]\nreviewer: '@someone'\ndate: 2026-06-02\n"
    )
}
