//! Facts from the Hub about *models*: `content/hub/models.jsonl`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::asking::{FailedRequest, Run, ask_all, plain};
use super::store::Store;
use crate::address::is_hub_id;
use crate::facts::{BaseModel, HubModelInfo, ModelFact};
use crate::hub::{ErrorKind, Hub, HubError, HubModelPage};

/// An interrupted run loses no more answers than this.
const SAVE_EVERY: usize = 200;
/// No model needs more tags.
const MAX_TAGS: usize = 500;

const FIELDS: [&str; 7] = ["library_name", "cardData", "safetensors", "tags", "gated", "downloads", "createdAt"];

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ModelsReport {
    /// Models that the Hub shows.
    pub found: usize,
    /// Models that it does not.
    pub unknown: usize,
    /// Models whose facts are young enough.
    pub fresh: usize,
    /// Ids that no model on the Hub can have.
    pub no_hub_id: usize,
    /// Models that were not asked for, because the Hub stopped answering.
    pub not_asked: usize,
    /// Models that were asked for in vain; what was known of them stays.
    pub failures: Vec<FailedRequest>,
}

/// Asks for the models `ids` whose facts are missing or too old. Facts about others stay.
pub fn fetch(run: &Run, ids: &[String]) -> Result<ModelsReport> {
    let mut store: Store<ModelFact> = Store::open(run.folder)?;
    let mut report = ModelsReport::default();
    let seen: HashMap<&str, Timestamp> = store.facts().iter().map(|fact| (fact.id.as_str(), fact.seen)).collect();
    let mut due = Vec::new();
    for id in BTreeSet::from_iter(ids) {
        match seen.get(id.as_str()) {
            _ if !is_hub_id(id) => report.no_hub_id += 1,
            Some(seen) if !run.is_due(*seen) => report.fresh += 1,
            _ => due.push(id.as_str()),
        }
    }
    let mut n_unsaved = 0;
    let asked = ask_all(
        run,
        "ask for models",
        &due,
        |id| look_up(run.hub, id),
        |id, answer| {
            match answer {
                Err(err) => report.failures.push(FailedRequest::new(id, &err)),
                Ok(info) => {
                    let count = if info.is_some() { &mut report.found } else { &mut report.unknown };
                    *count += 1;
                    store.put(ModelFact { id: (*id).to_owned(), seen: run.now, info });
                    n_unsaved += 1;
                }
            }
            if n_unsaved >= SAVE_EVERY {
                n_unsaved = 0;
                store.save()?;
            }
            Ok(())
        },
    );
    // What came before a failure to write is worth another try.
    store.save()?;
    report.not_asked = asked?;
    report.failures.sort_by(|a, b| a.what.cmp(&b.what));
    Ok(report)
}

fn look_up(hub: &Hub, id: &str) -> Result<Option<HubModelInfo>, HubError> {
    let page = match hub.model_page(id, &FIELDS) {
        Err(err) if err.kind == ErrorKind::RepoNotFound => return Ok(None),
        page => page?,
    };
    if !is_hub_id(&page.head.id) {
        let said = format!("the answer has the id `{}`", page.head.id.escape_debug());
        return Err(HubError::of_answer(&format!("look up the model {id}"), hub.endpoint(), said));
    }
    // Only what everybody can see is a fact for a public site.
    Ok((!page.is_private).then(|| info(&page)))
}

fn info(page: &HubModelPage) -> HubModelInfo {
    let fields = &page.fields;
    let card = &fields["cardData"];
    let tags: Vec<String> = texts(&fields["tags"]).into_iter().take(MAX_TAGS).collect();
    let library = fields["library_name"].as_str().and_then(plain);
    let license = texts(&card["license"]);
    let license_of_tags = || tags.iter().find_map(|tag| Some(tag.strip_prefix("license:")?.to_owned()));
    let base_models = base_models(card, &tags);
    let mut others: Vec<String> = Vec::new();
    for tag in tags.iter().filter(|tag| !tag.starts_with("license:") && !tag.starts_with("base_model:")) {
        if Some(tag) != library.as_ref() && !others.contains(tag) {
            others.push(tag.clone());
        }
    }
    HubModelInfo {
        id: page.head.id.clone(),
        commit: page.head.commit.clone(),
        license: if license.is_empty() { license_of_tags() } else { Some(license.join(", ")) },
        parameters: fields["safetensors"]["total"].as_u64(),
        base_models,
        tags: others,
        gated: match &fields["gated"] {
            Value::Bool(false) => Some("no".to_owned()),
            Value::String(how) if matches!(how.as_str(), "auto" | "manual") => Some(how.clone()),
            _ => None,
        },
        downloads: fields["downloads"].as_u64(),
        created: fields["createdAt"].as_str().and_then(|text| text.parse().ok()),
        library,
    }
}

/// From `base_model` of the README, and from tags such as `base_model:acme/base` and
/// `base_model:finetune:acme/base`.
fn base_models(card: &Value, tags: &[String]) -> Vec<BaseModel> {
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    let relation = card["base_model_relation"].as_str().and_then(plain);
    for id in texts(&card["base_model"]).into_iter().filter(|id| is_hub_id(id)) {
        found.insert(id, relation.clone());
    }
    for tag in tags.iter().filter_map(|tag| tag.strip_prefix("base_model:")) {
        let (relation, id) = tag.split_once(':').map_or((None, tag), |(relation, id)| (Some(relation), id));
        if is_hub_id(id) {
            let known = found.entry(id.to_owned()).or_default();
            *known = known.take().or(relation.map(str::to_owned));
        }
    }
    found.into_iter().map(|(id, relation)| BaseModel { id, relation }).collect()
}

/// A text or a list of them; what is neither is not there.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => plain(text).into_iter().collect(),
        Value::Array(items) => items.iter().filter_map(|item| plain(item.as_str()?)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::hash::Sha256;
    use crate::hub::RepoHead;

    fn of(fields: Value) -> HubModelInfo {
        let head = RepoHead { id: "acme/tiny".to_owned(), commit: "0".repeat(40) };
        info(&HubModelPage { head, is_private: false, fields, response_sha256: Sha256::of(b"") })
    }

    #[test]
    fn the_readme_names_the_licence_before_the_tags() {
        let license = |card: Value, tags: Value| of(json!({"cardData": card, "tags": tags})).license;
        assert_eq!(license(json!({"license": "mit"}), json!(["license:apache-2.0"])).as_deref(), Some("mit"));
        assert_eq!(license(json!({"license": ["mit", "cc0-1.0"]}), json!([])).as_deref(), Some("mit, cc0-1.0"));
        assert_eq!(license(json!({}), json!(["x", "license:apache-2.0"])).as_deref(), Some("apache-2.0"));
        assert_eq!(license(json!(null), json!("license:gemma")).as_deref(), Some("gemma"));
        assert_eq!(license(json!({"license": {"a": 1}}), json!([1])), None);
        assert_eq!(license(json!({"license": "m\u{1b}it"}), json!([])), None);
    }

    #[test]
    fn base_models_come_from_both_places_with_their_relation() {
        let info = of(json!({"cardData": {"base_model": ["acme/a", "no id", "acme/b"]},
            "tags": ["base_model:acme/a", "base_model:merge:acme/a", "base_model:quantized:acme/c", "base_model:../x", "en"]}));
        let found: Vec<_> = info.base_models.iter().map(|it| (it.id.as_str(), it.relation.as_deref())).collect();
        assert_eq!(found, [("acme/a", Some("merge")), ("acme/b", None), ("acme/c", Some("quantized"))]);
        assert_eq!(info.tags, ["en"]);
        let info = of(json!({"cardData": {"base_model": "acme/a", "base_model_relation": "adapter"}}));
        assert_eq!(info.base_models[0].relation.as_deref(), Some("adapter"));
    }

    #[test]
    fn what_is_not_of_its_type_was_not_said() {
        let info = of(json!({"gated": true, "downloads": "many", "safetensors": {"total": -1}, "createdAt": "soon",
            "library_name": ["x"], "tags": {"a": 1}}));
        let nothing = of(json!({}));
        assert_eq!(info, nothing);
        assert_eq!((info.gated, info.downloads, info.parameters, info.created), (None, None, None, None));
    }
}
