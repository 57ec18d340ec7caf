//! What the Hub says of a repository as a whole: its info, its results, a benchmark's leaderboard.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::clock::iso;
use super::git::{Blob, Files, any_id};
use super::http::{Answer, Request};
use super::people::person;
use super::repo::{Commit, Repo};
use super::routes::{Call, Reply, error, next_link};
use super::state::{Kind, State};

const MODEL_FIELDS: &str = "author baseModels cardData childrenModelCount config createdAt disabled downloads \
    downloadsAllTime evalResults gated gguf inference inferenceProviderMapping lastModified library_name likes \
    mask_token model-index pipeline_tag private resourceGroup safetensors sha siblings spaces tags \
    transformersInfo trendingScore usedStorage widgetData";
const DATASET_FIELDS: &str = "author cardData citation createdAt description disabled downloads downloadsAllTime \
    gated lastModified likes mainSize paperswithcode_id private resourceGroup sha siblings tags trendingScore \
    usedStorage";

impl Call<'_> {
    pub fn info(&self, rev: &str) -> Reply {
        let commit = self.revision(rev)?;
        let expand = self.request.params("expand");
        Ok(Answer::json(&info(self.repo(), commit, &expand, self.request.says("blobs"))?))
    }

    /// The models with results of this benchmark, the best first; of each model its best result.
    pub fn leaderboard(&self) -> Reply {
        if !self.repo().head().files.contains_key("eval.yaml") {
            return Err(error(404, "", "This dataset has no leaderboard"));
        }
        let task = self.request.param("task_id");
        let all = self.request.param("base_model").is_some_and(|value| value == "false");
        let mut entries: Vec<Value> = Vec::new();
        for repo in self.state.repos.values().filter(|repo| repo.kind == Kind::Model && !repo.private) {
            if !all && card(repo.head()).get("base_model").is_some() {
                continue;
            }
            let results = eval_results(repo).into_iter().filter(|result| {
                let dataset = &result["data"]["dataset"];
                dataset["id"] == self.id && task.as_ref().is_none_or(|task| dataset["task_id"] == *task)
            });
            let best = results.max_by(|a, b| by_value(&a["data"]["value"], &b["data"]["value"]));
            entries.extend(best.map(|result| self.leaderboard_entry(repo, &result)));
        }
        entries.sort_by(|a, b| by_value(&b["value"], &a["value"]));
        for (index, entry) in entries.iter_mut().enumerate() {
            entry["rank"] = json!(index + 1);
        }
        Ok(Answer::json(&entries.into()))
    }

    fn leaderboard_entry(&self, repo: &Repo, result: &Value) -> Value {
        let author = person(self.state, author(repo));
        let mut entry = json!({"rank": 0, "modelId": repo.id, "value": result["data"]["value"],
            "filename": result["filename"], "verified": result["verified"], "author": author});
        let source = &result["data"]["source"];
        if source.is_object() {
            entry["source"] = json!({"url": source["url"], "name": source["name"], "isExternal": true});
        }
        for (name, value) in [("pullRequest", &result["pullRequest"]), ("notes", &result["data"]["notes"])] {
            if !value.is_null() {
                entry[name] = value.clone();
            }
        }
        entry
    }
}

fn by_value(a: &Value, b: &Value) -> Ordering {
    a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
}

/// The list of repositories, by tag, author or part of the name.
pub fn list(state: &State, request: &Request, kind: Kind) -> Reply {
    let (filters, expand) = (request.params("filter"), request.params("expand"));
    let wanted = |repo: &&Repo| {
        repo.kind == kind
            && !repo.private
            && filters.iter().all(|filter| tags(repo, repo.head()).contains(filter))
            && request.param("author").is_none_or(|name| author(repo) == name)
            && request.param("search").is_none_or(|part| repo.id.to_lowercase().contains(&part.to_lowercase()))
    };
    let start = request.number("cursor").unwrap_or(0);
    let limit = request.number("limit").unwrap_or(state.entries_per_page).min(state.entries_per_page);
    let mut found = state.repos.values().filter(wanted).skip(start);
    let page: Result<Vec<Value>, Answer> =
        found.by_ref().take(limit).map(|repo| info(repo, repo.head(), &expand, false)).collect();
    let answer = Answer::json(&page?.into());
    let next = found.next().map(|_| next_link(state, request, &[("cursor", (start + limit).to_string())]));
    Ok(match next {
        Some(next) => answer.with("Link", next),
        None => answer,
    })
}

fn author(repo: &Repo) -> &str {
    repo.id.split_once('/').map_or("", |(author, _)| author)
}

/// All fields, or those that were asked for.
fn info(repo: &Repo, commit: &Commit, expand: &[String], blobs: bool) -> Result<Value, Answer> {
    let allowed = if repo.kind == Kind::Model { MODEL_FIELDS } else { DATASET_FIELDS };
    let unknown = expand.iter().find(|field| !allowed.split_whitespace().any(|name| name == *field));
    if let Some(field) = unknown {
        return Err(error(400, "", &format!("Invalid value for expand: {field}")));
    }
    let mut fields = every_field(repo, commit, blobs);
    if expand.iter().any(|field| field == "evalResults") {
        fields.insert("evalResults".to_owned(), eval_results(repo).into());
    }
    fields.extend(repo.info.clone());
    if !expand.is_empty() {
        fields.retain(|name, _| matches!(name.as_str(), "_id" | "id") || expand.contains(name));
    }
    Ok(Value::Object(fields))
}

fn every_field(repo: &Repo, commit: &Commit, blobs: bool) -> Map<String, Value> {
    let siblings: Vec<Value> = commit.files.iter().map(|(path, blob)| sibling(path, blob, blobs)).collect();
    let storage: usize = commit.files.values().map(|blob| blob.bytes.len()).sum();
    let gated = repo.gated.clone().map_or(Value::Bool(false), Value::String);
    let fields = json!({
        "_id": any_id(&repo.id)[..24], "id": repo.id, "author": author(repo), "sha": commit.id,
        "createdAt": iso(repo.created), "lastModified": iso(commit.date), "private": repo.private,
        "gated": gated, "disabled": repo.disabled, "downloads": 123, "likes": 4, "usedStorage": storage,
        "tags": tags(repo, commit), "cardData": card(commit), "siblings": siblings,
    });
    let Value::Object(mut fields) = fields else { unreachable!("an object was written") };
    if repo.kind == Kind::Model {
        fields.extend([
            ("modelId".to_owned(), json!(repo.id)),
            ("model-index".to_owned(), Value::Null),
            ("spaces".to_owned(), json!([])),
        ]);
        fields.extend(card(commit).get("pipeline_tag").map(|tag| ("pipeline_tag".to_owned(), tag.clone())));
        fields.extend(card(commit).get("library_name").map(|name| ("library_name".to_owned(), name.clone())));
    }
    fields
}

fn sibling(path: &str, blob: &Blob, blobs: bool) -> Value {
    let mut sibling = json!({"rfilename": path});
    if blobs {
        sibling["size"] = json!(blob.bytes.len());
        sibling["blobId"] = json!(blob.oid);
        if let (Some(sha256), Some(pointer)) = (&blob.sha256, blob.pointer()) {
            sibling["lfs"] = json!({"sha256": sha256, "size": blob.bytes.len(), "pointerSize": pointer.len()});
        }
    }
    sibling
}

fn tags(repo: &Repo, commit: &Commit) -> Vec<String> {
    let card = card(commit);
    let mut tags = repo.tags.clone();
    for (field, prefix) in [("license", "license:"), ("base_model", "base_model:"), ("tags", "")] {
        let values = card.get(field).map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]));
        let values = values.unwrap_or_default().into_iter();
        tags.extend(values.filter_map(|value| Some(format!("{prefix}{}", value.as_str()?))));
    }
    tags.push("region:us".to_owned());
    tags
}

/// The header of the README.
fn card(commit: &Commit) -> Value {
    let readme = commit.files.get("README.md").map(|blob| String::from_utf8_lossy(&blob.bytes).into_owned());
    let header = readme.as_deref().and_then(|text| text.strip_prefix("---\n")?.split_once("\n---").map(|it| it.0));
    header.and_then(|header| serde_yaml::from_str(header).ok()).unwrap_or_else(|| json!({}))
}

/// Every entry of main, then those of open pull requests, from the files that they change.
fn eval_results(repo: &Repo) -> Vec<Value> {
    let mut all = entries(&repo.head().files, None);
    for thread in repo.threads.iter().filter(|thread| thread.is_pull_request && thread.status == "open") {
        let files = repo.proposed(thread).into_iter().filter_map(|(path, blob)| Some((path, blob?)));
        all.extend(entries(&files.collect(), Some(thread.number)));
    }
    all.extend(repo.eval_results_extra.clone());
    all
}

fn entries(files: &Files, pull_request: Option<u64>) -> Vec<Value> {
    let results = files.iter().filter(|(path, _)| {
        let name = path.strip_prefix(".eval_results/").and_then(|name| name.strip_suffix(".yaml"));
        name.is_some_and(|name| !name.contains('/'))
    });
    let mut all = Vec::new();
    for (path, blob) in results {
        let entries = match read_results(&blob.bytes) {
            Ok(entries) => {
                entries.into_iter().map(|data| json!({"filename": path, "verified": false, "data": data})).collect()
            }
            Err(error) => vec![json!({"filename": path, "error": error})],
        };
        all.extend(entries.into_iter().map(|mut entry| {
            if let Some(number) = pull_request {
                entry["pullRequest"] = json!(number);
            }
            entry
        }));
    }
    all
}

/// The entries of a results file, if it is one.
fn read_results(bytes: &[u8]) -> Result<Vec<Value>, String> {
    let text = std::str::from_utf8(bytes).map_err(|err| err.to_string())?;
    let value: Value = serde_yaml::from_str(text).map_err(|err| err.to_string())?;
    let entries = value.as_array().ok_or("Expected a list of results")?;
    for (index, entry) in entries.iter().enumerate() {
        let dataset = &entry["dataset"];
        if !dataset["id"].is_string() || !dataset["task_id"].is_string() || !entry["value"].is_number() {
            return Err(format!("Entry {index}: `dataset.id`, `dataset.task_id` and `value` are required"));
        }
    }
    Ok(entries.clone())
}
