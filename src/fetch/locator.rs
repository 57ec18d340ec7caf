//! A datastore as typed, `REPO[@REVISION]`, and the names of its collections.

use std::str::FromStr;

use anyhow::{Result, bail, ensure};
use similar::TextDiff;

use crate::address::is_hub_id;
use crate::config::PUBLIC_DATASTORE;

/// Where to fetch from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locator {
    /// Hub dataset id.
    pub repo: String,
    /// Branch, tag, pull request (`refs/pr/3`) or commit.
    pub revision: String,
}

impl Default for Locator {
    fn default() -> Locator {
        Locator { repo: PUBLIC_DATASTORE.to_owned(), revision: "main".to_owned() }
    }
}

impl FromStr for Locator {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Locator> {
        let mut parts = text.split('@').map(|part| part.trim().trim_matches('/'));
        let repo = parts.next().unwrap_or_default();
        let revision = parts.next();
        ensure!(parts.next().is_none(), "`{text}` has more than one @; write OWNER/NAME@REVISION");
        ensure!(is_hub_id(repo), "`{repo}` is not a Hub dataset; write OWNER/NAME, such as {PUBLIC_DATASTORE}");
        ensure!(revision != Some(""), "nothing follows the @; write a branch, a tag or a commit after it");
        let is_plain = |c: char| !c.is_control() && !c.is_whitespace();
        ensure!(revision.is_none_or(|it| it.chars().all(is_plain)), "a revision cannot contain spaces");
        Ok(Locator { repo: repo.to_owned(), revision: revision.unwrap_or("main").to_owned() })
    }
}

/// Refuses what cannot be the name of a collection.
pub fn check_collection(name: &str) -> Result<()> {
    let refuse = |why: &str| bail!("`{}` {why}", name.escape_debug());
    match name {
        "" => bail!("a collection needs a name"),
        _ if name.trim() != name => refuse("begins or ends with a space"),
        _ if name.ends_with(".jsonl") => refuse("is the name of an index; remove `.jsonl`"),
        _ if name.contains(['/', '\\']) => refuse("contains a slash; a collection has a single name"),
        _ if name.starts_with('.') => refuse("begins with a dot"),
        _ if name.chars().any(char::is_control) => refuse("contains a control character"),
        _ => Ok(()),
    }
}

/// The most names that are suggested.
const SUGGESTED: usize = 5;

/// The names nearest to `wanted`: first those that hold it or are held by it when letter case and
/// separators are left out, then the most alike.
pub fn nearest<'a>(wanted: &str, names: &'a [String]) -> Vec<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['-', '_', ' ', '.'], "");
    let key = plain(wanted);
    let holds = |name: &&String| plain(name).contains(&key) || key.contains(&plain(name));
    let mut found: Vec<&str> = names.iter().filter(holds).map(String::as_str).collect();
    let mut alike: Vec<(f32, &str)> =
        names.iter().map(|name| (TextDiff::from_chars(wanted, name).ratio(), name.as_str())).collect();
    alike.retain(|(likeness, name)| *likeness >= 0.55 && !found.contains(name));
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    found.extend(alike.into_iter().map(|(_, name)| name));
    found.truncate(SUGGESTED);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datastore_is_a_dataset_and_a_revision() {
        let locator = |text: &str| text.parse::<Locator>().map(|it| (it.repo, it.revision)).ok();
        let found = |repo: &str, revision: &str| Some((repo.to_owned(), revision.to_owned()));
        assert_eq!(locator("evaleval/EEE_datastore"), found("evaleval/EEE_datastore", "main"));
        assert_eq!(locator(" a/b @ rev "), found("a/b", "rev"));
        assert_eq!(locator("/a/b/@/refs/pr/3/"), found("a/b", "refs/pr/3"));
        for wrong in ["a", "/a", "a/", "@main", "a/b@", "a/b@c@d", "", "a/b/c", "https://hub.example/a/b", "a/b@c d"] {
            assert_eq!(locator(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let names = ["fibble.arena.v2", "fibble_arena", "GSM8K", "HLE", "mmlu pro", "MMLU-Pro", "crash_gpqa_url"];
        let names = names.map(str::to_owned);
        assert_eq!(nearest("fibble", &names), ["fibble.arena.v2", "fibble_arena"]);
        assert_eq!(nearest("MMLUPro", &names), ["mmlu pro", "MMLU-Pro"]);
        assert_eq!(nearest("GMS8K", &names), ["GSM8K"]);
        assert!(nearest("zzz", &names).is_empty());
    }

    #[test]
    fn a_collection_is_one_name() {
        for wrong in ["", " a", "a\n", "a.jsonl", "a/b", "a\\b", ".", "..", ".git", "a\u{7}b"] {
            assert!(check_collection(wrong).is_err(), "{wrong:?}");
        }
        for good in ["MMLU-Pro", "mmlu pro", "-x", "X.JSONL", "ü"] {
            assert!(check_collection(good).is_ok(), "{good:?}");
        }
    }
}
