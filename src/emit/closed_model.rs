//! A *closed model* has no repository on the Hub to which a result could be proposed.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::load::block::ModelInfo;

/// A provider of closed models: `closed_models.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    provider: String,
    begins_with: Vec<String>,
    #[serde(default)]
    but_not: Vec<String>,
}

static PROVIDERS: LazyLock<Vec<Provider>> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("closed_models.yaml")).unwrap_or_default());

/// The provider, if the weights are not open: by what the record says of them, else by metadata
/// (`openness`), else by the beginning of the id.
pub fn provider(model: &ModelInfo, openness: Option<&str>) -> Option<String> {
    let stated = model.details.get("model_availability");
    let is_open = match (stated, openness) {
        (Some("open_weights" | "open_weights_deployment"), _) => Some(true),
        (Some("closed_weights" | "closed_source"), _) => Some(false),
        (_, Some("open-weights")) => Some(true),
        (_, Some("closed-weights")) => Some(false),
        _ => None,
    };
    let id = model.id.to_lowercase();
    let by_id = || {
        let begins = |beginnings: &[String]| beginnings.iter().any(|beginning| id.starts_with(beginning.as_str()));
        let found = PROVIDERS.iter().find(|known| begins(&known.begins_with) && !begins(&known.but_not));
        found.map(|known| known.provider.clone())
    };
    match is_open {
        Some(true) => None,
        Some(false) => by_id().or_else(|| id.split('/').next().map(str::to_owned)),
        None => by_id(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(id: &str, stated: Option<&str>, openness: Option<&str>, expected: Option<&str>) {
        let details = stated.map(|value| ("model_availability".to_owned(), value.to_owned())).into_iter().collect();
        let model = ModelInfo { id: id.to_owned(), details, ..ModelInfo::default() };
        assert_eq!(provider(&model, openness).as_deref(), expected, "{id} {stated:?} {openness:?}");
    }

    #[test]
    fn the_record_is_asked_before_metadata_and_names_last() {
        assert_eq!(PROVIDERS.len(), 6);
        check("openai/gpt-4o", None, None, Some("openai"));
        check("openai/gpt-oss-120b", None, None, None);
        check("mistralai/Mistral-7B-v0.1", None, None, None);
        check("someone/gemini-distill-7b", None, None, None);
        check("gemini-1.5-flash-8b", None, None, Some("gemini"));
        check("ai21/j2-jumbo", None, Some("closed-weights"), Some("ai21"));
        check("a/b", Some("closed_weights"), Some("open-weights"), Some("a"));
        check("anthropic/x", Some("open_weights"), Some("closed-weights"), None);
        check("a/b", Some("unknown"), None, None);
    }
}
