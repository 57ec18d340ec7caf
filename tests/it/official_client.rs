//! The official Python client against the test Hub: what it takes for the Hub's answers may be
//! taken so by our programs' tests too.

use std::process::Command;

use tempfile::TempDir;

use crate::test_hub::{Fault, Kind, Moved, TestHub, What};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/official_client.py");
const MODEL: &str = "acme/tiny-1b";
const GPQA: &str = ".eval_results/gpqa.yaml";
const RESULT: &str = "- dataset: {id: acme/data, task_id: main}\n  value: 41.2\n";

/// A Hub with something of everything.
fn hub() -> TestHub {
    let hub = TestHub::start();
    hub.add_member("mine", "alice", "write");
    for id in ["old/tiny", "acme/secret", "acme/gated", "acme/off", "mine/model"] {
        hub.add_model(id);
    }
    hub.rename(Kind::Model, "old/tiny", MODEL, Moved::Relative);
    hub.edit(Kind::Model, MODEL, |repo| _ = repo.large.insert("model.bin".into()));
    hub.put(Kind::Model, MODEL, "model.bin", "large content");
    hub.put(Kind::Model, MODEL, GPQA, "on main\n");
    hub.open_pr(Kind::Model, MODEL, Some("bob"), "Add GPQA", "open", &[(GPQA, Some(RESULT.as_bytes()))]);
    hub.open_pr(Kind::Model, MODEL, Some("bob"), "Merged", "merged", &[("notes.txt", Some(b"x"))]);
    hub.open_pr(Kind::Model, MODEL, None, "Draft", "draft", &[]);
    hub.open_discussion(Kind::Model, MODEL, Some("carol"), "Talk");
    hub.open_pr(Kind::Model, "mine/model", Some("bob"), "For us", "open", &[("x", Some(b"x"))]);
    hub.edit(Kind::Model, "acme/secret", |repo| repo.private = true);
    hub.edit(Kind::Model, "acme/gated", |repo| repo.gated = Some("manual".into()));
    hub.edit(Kind::Model, "acme/off", |repo| repo.disabled = true);
    hub.add_dataset("acme/data");
    hub.put(Kind::Dataset, "acme/data", "eval.yaml", "tasks: [{id: main}]\n");
    hub.edit(Kind::Dataset, "acme/data", |repo| repo.tags.push("benchmark:official".into()));
    hub.set_page_size(2, 2);
    hub
}

/// What the script prints; `None`, said aloud, if there is no client here.
fn printed(hub: &TestHub, stale: &str) -> Option<String> {
    let home = TempDir::new().unwrap();
    let here = Command::new("python3").args(["-c", "import huggingface_hub"]).output();
    if !here.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "python3 with huggingface_hub is missing in CI");
        eprintln!("SKIPPED: no python3 with huggingface_hub here, so the test Hub was compared with nothing");
        return None;
    }
    let mut command = Command::new("python3");
    command.arg(SCRIPT).env("HF_ENDPOINT", hub.endpoint()).env("HF_TOKEN", "hf_test").env("HF_HOME", home.path());
    for name in ["HF_HUB_OFFLINE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_OIDC_RESOURCE"] {
        command.env_remove(name);
    }
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    let output = command.env("STALE", stale).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    Some(text)
}

#[test]
fn the_official_client_takes_the_test_hub_for_the_hub() {
    let hub = hub();
    let stale = hub.head(Kind::Model, "mine/model");
    hub.put(Kind::Model, "mine/model", "later", "x");
    let heads = [
        (hub.head(Kind::Model, MODEL), "MAIN"),
        (hub.pull_requests(Kind::Model, MODEL)[0].head.clone(), "HEAD-OF-1"),
        (hub.head(Kind::Dataset, "acme/data"), "DATA"),
        (hub.endpoint(), "HUB"),
    ];
    hub.fail(Fault::on("GET", "/tree/refs%2Fpr%2F1?", What::rate_limited(0)));
    let Some(mut printed) = printed(&hub, &stale) else { return };
    for (text, name) in &heads {
        printed = printed.replace(text, name);
    }
    for (line, expected) in printed.lines().zip(EXPECTED.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(printed.lines().count(), EXPECTED.lines().count(), "{printed}");
    let requests = hub.requests();
    let statuses_of = |part: &str| {
        let those = requests.iter().filter(|seen| seen.path.contains(part));
        those.map(|seen| seen.status.unwrap()).collect::<Vec<u16>>()
    };
    assert_eq!(statuses_of("/tree/refs%2Fpr%2F1"), [429, 200, 200], "waits and asks again, then the second page");
    let stored: Vec<_> = requests.iter().filter(|seen| seen.storage).collect();
    assert!(stored.len() == 1 && stored[0].header("Authorization").is_none(), "{stored:?}");
}

/// A line per check.
const EXPECTED: &str = r#"whoami alice write ['mine']
model_info acme/tiny-1b MAIN mit ['.eval_results/gpqa.yaml', 'README.md', 'model.bin', 'notes.txt']
blobs [('.eval_results/gpqa.yaml', 8, None), ('README.md', 32, None), ('model.bin', 13, 13), ('notes.txt', 1, None)]
renamed acme/tiny-1b
evalResults False [('acme/data', 'main', 41.2)]
revision HEAD-OF-1
dataset_info acme/data DATA ['benchmark:official', 'license:mit', 'region:us']
list_datasets ['acme/data']
tree of a pull request ['.eval_results', '.eval_results/gpqa.yaml', 'README.md', 'model.bin']
tree with commits [('.eval_results/gpqa.yaml', '6884c5e5260bba5fb0d04240213c97f0e2be914d', 'Update .eval_results/gpqa.yaml')]
paths_info [('RepoFile', 'README.md'), ('RepoFolder', '.eval_results'), ('RepoFile', 'model.bin')] b40f7e910f04aa4f15e98e9a9250aba22a43fe4744f7398f24bf5acf9352d8ba
refs ['main'] ['refs/pr/1', 'refs/pr/2', 'refs/pr/3']
commits [('Merged (#2)', ['acme', 'bob']), ('Update .eval_results/gpqa.yaml', ['acme']), ('Update model.bin', ['acme']), ('initial commit', ['old'])]
small file '---\n# old/tiny\n'
file of a pull request '- dataset: {id: acme/data, task_id: main}\n  value: 41.2\n'
large file 'large content'
file of a dataset 'tasks: [{id: main}]\n'
discussions [(4, 'carol', 'open', False), (3, 'deleted', 'draft', True), (2, 'bob', 'merged', True), (1, 'bob', 'open', True)]
open ones of bob [(1, 'Add GPQA')]
details refs/pr/1 refs/heads/main [] None
events ['comment', 'commit'] ' value: 41.2\n'
foreign, no pull request HfHubHTTPError 403 Forbidden: pass `create_pr=1` as a query parameter to create a Pull Request
pull request 5 refs/pr/5 HUB/acme/tiny-1b/discussions/5
second commit None ['.eval_results', 'README.md', 'a.yaml', 'b.yaml', 'model.bin', 'notes.txt']
no change None True
removal 6
comment Hello
closed closed
discussion 7
stale parent HfHubHTTPError 412 The branch was updated since you opened this page. Please refresh and try again.
own Own ['alice']
merge None merged
no repository RepositoryNotFoundError 404 Repository not found
private RepositoryNotFoundError 404 Repository not found
anonymous HfHubHTTPError 401 Invalid username or password.
bad token HfHubHTTPError 401 Invalid credentials in Authorization header
no revision RevisionNotFoundError 404 Invalid rev id: none
no commit to a revision RevisionNotFoundError 404 Invalid rev id: MAIN
no folder RemoteEntryNotFoundError 404 none does not exist on "main"
no file RemoteEntryNotFoundError 404 Entry not found
gated GatedRepoError 403 Access to model acme/gated is restricted and you are not in the authorized list. Visit HUB/acme/gated to ask for access.
disabled DisabledRepoError 403 Access to this resource is disabled.
unknown field BadRequestError 400 Invalid value for expand: nonsense
user ['mine']
members ['alice']
leaderboard [(1, 'acme/tiny-1b', 41.2, 1)]
"#;
