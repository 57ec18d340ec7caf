"""Asks the test Hub by the official client, and prints a line per check for the Rust test to compare.

Settings come by environment: HF_ENDPOINT, HF_TOKEN, HF_HOME (a temporary folder).
"""

import os

# Large files would else go by hf-xet, which talks to Hugging Face's own storage protocol; the test
# Hub has the plain redirect that clients without it get.
os.environ["HF_HUB_DISABLE_XET"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"  # they would fill stderr
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_SYMLINKS_WARNING"] = "1"

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, hf_hub_download
from huggingface_hub.errors import (
    BadRequestError,
    DisabledRepoError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

MODEL, DATA = "acme/tiny-1b", "acme/data"
GPQA = ".eval_results/gpqa.yaml"
api = HfApi()


def error(call, kind=HfHubHTTPError):
    """Status and the Hub's words, if the call fails in the expected way."""
    try:
        call()
    except kind as err:
        return f"{type(err).__name__} {err.response.status_code} {err.server_message}"
    return "no error"


def read(path, revision=None, repo=MODEL, kind="model"):
    with open(hf_hub_download(repo, path, revision=revision, repo_type=kind), "rb") as file:
        return file.read().decode()


who = api.whoami()
print("whoami", who["name"], who["auth"]["accessToken"]["role"], [org["name"] for org in who["orgs"]])

info = api.model_info(MODEL)
print("model_info", info.id, info.sha, info.card_data["license"], [file.rfilename for file in info.siblings])
info = api.model_info(MODEL, files_metadata=True)
print("blobs", [(file.rfilename, file.size, file.lfs and file.lfs.size) for file in info.siblings])
info = api.model_info("old/tiny", expand=["evalResults", "gated"])  # redirected without its query
print("renamed", info.id)
info = api.model_info(MODEL, expand=["evalResults", "gated"])
print("evalResults", info.gated, [(entry.dataset_id, entry.task_id, entry.value) for entry in info.eval_results])
print("revision", api.model_info(MODEL, revision="refs/pr/1").sha)
info = api.dataset_info(DATA)
print("dataset_info", info.id, info.sha, info.tags)
print("list_datasets", [data.id for data in api.list_datasets(filter="benchmark:official")])

tree = list(api.list_repo_tree(MODEL, recursive=True, revision="refs/pr/1"))
print("tree of a pull request", [entry.path for entry in tree])
tree = list(api.list_repo_tree(MODEL, ".eval_results", expand=True))
print("tree with commits", [(entry.path, entry.blob_id, entry.last_commit.title) for entry in tree])
paths = api.get_paths_info(MODEL, ["README.md", ".eval_results", "none", "model.bin"])
print("paths_info", [(type(entry).__name__, entry.path) for entry in paths], paths[-1].lfs.sha256)
refs = api.list_repo_refs(MODEL, include_pull_requests=True)
print("refs", [ref.name for ref in refs.branches], [ref.ref for ref in refs.pull_requests])
print("commits", [(commit.title, commit.authors) for commit in api.list_repo_commits(MODEL)])

print("small file", repr(read("README.md")[-15:]))
print("file of a pull request", repr(read(GPQA, "refs/pr/1")))
print("large file", repr(read("model.bin")))
print("file of a dataset", repr(read("eval.yaml", repo=DATA, kind="dataset")))

threads = api.get_repo_discussions(MODEL)
print("discussions", [(it.num, it.author, it.status, it.is_pull_request) for it in threads])
threads = api.get_repo_discussions(MODEL, author="bob", discussion_type="pull_request", discussion_status="open")
print("open ones of bob", [(it.num, it.title) for it in threads])
details = api.get_discussion_details(MODEL, 1)
print("details", details.git_reference, details.target_branch, details.conflicting_files, details.merge_commit_oid)
print("events", [event.type for event in details.events], repr(details.diff[-13:]))

add = lambda path, text: CommitOperationAdd(path, text.encode())
head = api.model_info(MODEL).sha
api_commit = lambda operations, **more: api.create_commit(MODEL, operations, commit_message="Add results", **more)
print("foreign, no pull request", error(lambda: api_commit([add("a.yaml", "x")])))
done = api_commit([add("a.yaml", "x")], commit_description="Why", create_pr=True, parent_commit=head)
print("pull request", done.pr_num, done.pr_revision, done.pr_url)
done = api_commit([add("b.yaml", "y")], revision=done.pr_revision)
print("second commit", done.pr_num, [entry.path for entry in api.list_repo_tree(MODEL, revision="refs/pr/5")])
done = api_commit([add(GPQA, "on main\n")], create_pr=True)
print("no change", done.pr_num, done.oid == head)
print("removal", api_commit([CommitOperationDelete(GPQA)], create_pr=True).pr_num)
print("comment", api.comment_discussion(MODEL, 5, "Hello").content)
print("closed", api.change_discussion_status(MODEL, 5, "closed").new_status)
print("discussion", api.create_discussion(MODEL, "A question").num)

stale = lambda: api.create_commit("mine/model", [add("x", "y")], commit_message="m", parent_commit=os.environ["STALE"])
print("stale parent", error(stale))
done = api.create_commit("mine/model", [add("README.md", "---\nlicense: mit\n---\n")], commit_message="Own")
print("own", done.commit_message, api.list_repo_commits("mine/model")[0].authors)
print("merge", api.merge_pull_request("mine/model", 1), api.get_discussion_details("mine/model", 1).status)

print("no repository", error(lambda: api.model_info("acme/none"), RepositoryNotFoundError))
print("private", error(lambda: api.model_info("acme/secret"), RepositoryNotFoundError))
print("anonymous", error(lambda: api.model_info("acme/none", token=False)))
print("bad token", error(lambda: api.model_info(MODEL, token="hf_bad")))
print("no revision", error(lambda: api.model_info(MODEL, revision="none"), RevisionNotFoundError))
print("no commit to a revision", error(lambda: api_commit([add("x", "y")], revision=head, create_pr=True)))
print("no folder", error(lambda: list(api.list_repo_tree(MODEL, "none")), EntryNotFoundError))
print("no file", error(lambda: read("none"), EntryNotFoundError))
print("gated", error(lambda: read("README.md", repo="acme/gated"), GatedRepoError))
print("disabled", error(lambda: api.model_info("acme/off"), DisabledRepoError))
print("unknown field", error(lambda: api.model_info(MODEL, expand=["nonsense"]), BadRequestError))

print("user", [org.name for org in api.get_user_overview("alice").orgs])
print("members", [user.username for user in api.list_organization_members("mine")])
board = api.get_dataset_leaderboard(DATA)
print("leaderboard", [(row.rank, row.model_id, row.value, row.pull_request) for row in board])
