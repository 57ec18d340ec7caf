//! The Hub *repository* of a model, if its id can be one.
//!
//! Sources write ids of the form `owner/name` for much that is no repository: how a model was reached
//! (`together/…`), who made it (`moonshot-ai/…`, whose account is `moonshotai`), or that there was none
//! (`multiple/multiple`). The names are data: `no_repository.yaml`, and `platforms.yaml` for routes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::address::is_hub_id;
use crate::load::platform::Platforms;
use crate::names::normal_form;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct NoRepository {
    owners: BTreeMap<String, String>,
    rather: BTreeMap<String, String>,
    makers: Vec<String>,
    nobody: Vec<String>,
}

static NO_REPOSITORY: LazyLock<NoRepository> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("no_repository.yaml")).unwrap_or_default());

/// Files that stand beside the owners in `hub/`.
const FILES: [&str; 4] = ["manifest.json", "review.json", "review.txt", "journal.jsonl"];

/// The repository that metadata names (`hf_repo`), else that of the model's `id` or, where its owner is only the developer's
/// name, that of another of its `spellings` with the same name and the account.
pub fn of<'a>(
    id: &'a str,
    spellings: impl Iterator<Item = &'a str>,
    hf_repo: Option<&str>,
    platforms: &Platforms,
) -> Option<String> {
    if let Some(repo) = hf_repo {
        return is_possible(repo).then(|| repo.to_owned());
    }
    let name = |id: &str| id.split_once('/').and_then(|(_, name)| normal_form(name));
    let own = name(id);
    let possible = |id: &&str| is_possible(id) && is_of_somebody(id, platforms);
    let mut named: Vec<&str> = spellings.filter(|it| name(it) == own).filter(possible).collect();
    named.sort_unstable();
    let all = || [id].into_iter().filter(possible).chain(named.iter().copied());
    all().find(|id| !is_developer(id)).or_else(|| all().next()).map(str::to_owned)
}

fn is_developer(id: &str) -> bool {
    let owner = id.split('/').next().unwrap_or_default().to_lowercase();
    NO_REPOSITORY.rather.contains_key(&owner)
}

fn is_possible(repo: &str) -> bool {
    let owner = repo.split('/').next().unwrap_or_default();
    is_hub_id(repo) && !FILES.iter().any(|file| file.eq_ignore_ascii_case(owner))
}

fn is_of_somebody(id: &str, platforms: &Platforms) -> bool {
    let lower = id.to_lowercase();
    let owner = lower.split('/').next().unwrap_or_default();
    let is_nobody = |part: &str| NO_REPOSITORY.nobody.iter().any(|nobody| *nobody == part.replace('_', "-"));
    let is_maker = NO_REPOSITORY.makers.iter().any(|maker| maker == owner);
    let name = lower.split_once('/').map_or("", |(_, name)| name);
    let is_route = platforms.is_listed(owner) && !(is_maker && platforms.maker(name).is_none());
    // One of the words has the sign that parts an id.
    let is_nobody = is_nobody(&lower) || lower.split('/').any(is_nobody);
    !is_route && !NO_REPOSITORY.owners.contains_key(owner) && !is_nobody
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_makers_and_nobody_are_no_owners() {
        assert!(NO_REPOSITORY.owners.len() >= 5 && NO_REPOSITORY.nobody.len() > 10);
        let platforms: Platforms = serde_yaml::from_str(include_str!("../load/platforms.yaml")).unwrap();
        let check = |id, spellings: &[&'static str], hf_repo, expected: Option<&str>| {
            let found = of(id, spellings.iter().copied(), hf_repo, &platforms);
            assert_eq!(found.as_deref(), expected, "{id} {spellings:?}");
        };
        check("acme/tiny-1b", &[], None, Some("acme/tiny-1b"));
        check("together/tiny-1b", &[], None, None);
        check("Together-AI/tiny-1b", &[], None, None);
        check("together/acme/tiny-1b", &[], None, None);
        // A platform may make models, too.
        check("Groq/Llama-3-Groq-8B-Tool-Use", &[], None, Some("Groq/Llama-3-Groq-8B-Tool-Use"));
        check("groq/llama-3.1-8b", &[], None, None);
        check("moonshot-ai/kimi", &[], None, None);
        check("moonshotai/kimi", &[], None, Some("moonshotai/kimi"));
        check("multiple/multiple", &[], None, None);
        check("acme/Multiple", &[], None, None);
        check("acme/human_baseline", &[], None, None);
        check("N/A", &[], None, None);
        check("tiny", &[], None, None);
        check("manifest.json/x", &[], None, None);
        check("together/tiny-1b", &[], Some("acme/tiny"), Some("acme/tiny"));
        // Where sources write the developer and the account, the account is the owner; else the id stays.
        check("alibaba/Qwen3-32B", &["alibaba/Qwen3-32B", "Qwen/Qwen3-32B"], None, Some("Qwen/Qwen3-32B"));
        check("alibaba/Qwen3-32B", &["Qwen/Qwen3-8B"], None, Some("alibaba/Qwen3-32B"));
        check("together/tiny-1b", &["acme/tiny-1b"], None, Some("acme/tiny-1b"));
    }
}
