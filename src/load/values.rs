//! Invalid *values* of metadata: an impossible date, an address in place of an id. They are used as far as
//! possible, and each is reported with what is expected.

use jiff::civil::Date;

use super::metadata::{BenchmarkMeta, CollectionMeta, Link, ModelMeta, OrganizationMeta};
use crate::address::is_hub_id;
use crate::words::shorten;

/// One such value.
#[derive(Debug, PartialEq)]
pub(super) struct WrongValue {
    /// Where it stands.
    pub key: &'static str,
    /// What it is.
    pub message: String,
    /// What is wanted.
    pub help: String,
}

/// What `openness` may be.
const OPENNESS: [&str; 2] = ["open-weights", "closed-weights"];

pub(super) fn of_model(meta: &ModelMeta) -> Vec<WrongValue> {
    let openness = meta.openness.as_deref().filter(|word| !OPENNESS.contains(word));
    let openness = openness.map(|word| wrong("openness", word, "is not a known value", &OPENNESS.join(" or ")));
    let size = meta.params_b.filter(|size| !(size.is_finite() && *size > 0.0));
    let size = size.map(|size| {
        wrong("params_b", &size.to_string(), "is not a number of parameters", "a number of billions above 0")
    });
    [openness, size, repo("hf_repo", meta.hf_repo.as_deref()), day("released", meta.released.as_deref())]
        .into_iter()
        .flatten()
        .chain(links(&meta.links))
        .collect()
}

pub(super) fn of_benchmark(meta: &BenchmarkMeta) -> Vec<WrongValue> {
    let scale = meta.scale.filter(|(min, max)| min.partial_cmp(max) != Some(std::cmp::Ordering::Less));
    let scale = scale.map(|(min, max)| {
        wrong("scale", &format!("[{min}, {max}]"), "is no range", "two numbers, the lower one first")
    });
    let chance = meta.chance_level.zip(meta.scale).filter(|(level, (min, max))| !(*min..=*max).contains(level));
    let chance = chance.map(|(level, (min, max))| {
        wrong("chance_level", &level.to_string(), "is outside the scale", &format!("a number from {min} to {max}"))
    });
    let found = [
        repo("dataset.id", meta.dataset.id.as_deref()),
        day("released", meta.released.as_deref()),
        address("paper", meta.paper.as_deref()),
        scale,
        chance,
    ];
    found.into_iter().flatten().chain(links(&meta.links)).collect()
}

pub(super) fn of_organization(meta: &OrganizationMeta) -> Vec<WrongValue> {
    let account = meta.hf.as_deref().filter(|account| !is_hub_id(&format!("{account}/x")));
    let account = account.map(|account| wrong("hf", account, "is not a Hub account", "its name alone"));
    [
        account,
        address("website", meta.website.as_deref()),
        day("hf_since", meta.hf_since.as_deref()),
        day("hf_until", meta.hf_until.as_deref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn of_collection(meta: &CollectionMeta) -> Vec<WrongValue> {
    address("url", meta.url.as_deref()).into_iter().collect()
}

fn wrong(key: &'static str, value: &str, what: &str, wanted: &str) -> WrongValue {
    WrongValue { key, message: format!("{key}: `{}` {what}", shorten(value, 80)), help: format!("write {wanted}") }
}

fn repo(key: &'static str, value: Option<&str>) -> Option<WrongValue> {
    let value = value.filter(|value| !is_hub_id(value))?;
    let path = value.split_once("huggingface.co/").map(|(_, path)| path.trim_start_matches("datasets/"));
    let parts: Option<Vec<&str>> = path.map(|path| path.split('/').take(2).collect());
    let meant = parts.map(|parts| parts.join("/")).filter(|id| is_hub_id(id));
    Some(wrong(key, value, "is not the id of a Hub repository", &meant.unwrap_or_else(|| "owner/name".to_owned())))
}

fn day(key: &'static str, value: Option<&str>) -> Option<WrongValue> {
    let value = value.filter(|value| value.trim().parse::<Date>().is_err() || value.trim().len() != 10)?;
    Some(wrong(key, value, "is not a date", "YYYY-MM-DD"))
}

fn address(key: &'static str, value: Option<&str>) -> Option<WrongValue> {
    let value = value.filter(|value| !crate::address::is_web_address(value))?;
    let wanted = match value.contains("://") || value.contains(char::is_whitespace) || !value.contains('.') {
        true => "a web address that begins with https://".to_owned(),
        false => format!("https://{value}"),
    };
    Some(wrong(key, value, "is not a web address", &wanted))
}

fn links(links: &[Link]) -> impl Iterator<Item = WrongValue> {
    links.iter().filter_map(|link| address("links", Some(&link.url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(yaml: &str) -> Vec<String> {
        let meta: ModelMeta = serde_yaml::from_str(&format!("id: a/b\n{yaml}")).unwrap();
        of_model(&meta).into_iter().map(|it| format!("{}; {}", it.message, it.help)).collect()
    }

    #[test]
    fn each_value_is_told_with_what_is_wanted() {
        for (yaml, expected) in [
            (
                "hf_repo: https://huggingface.co/a/b",
                "hf_repo: `https://huggingface.co/a/b` is not the id of a Hub repository; write a/b",
            ),
            ("hf_repo: b", "hf_repo: `b` is not the id of a Hub repository; write owner/name"),
            ("openness: open", "openness: `open` is not a known value; write open-weights or closed-weights"),
            ("released: 2026-13-01", "released: `2026-13-01` is not a date; write YYYY-MM-DD"),
            ("released: March 2026", "released: `March 2026` is not a date; write YYYY-MM-DD"),
            ("params_b: -7", "params_b: `-7` is not a number of parameters; write a number of billions above 0"),
            (
                "links: [{name: x, url: a.example/b}]",
                "links: `a.example/b` is not a web address; write https://a.example/b",
            ),
        ] {
            assert_eq!(model(yaml), [expected], "{yaml}");
        }
        assert_eq!(
            model(
                "hf_repo: a/b\nopenness: open-weights\nreleased: '2026-01-02'\nlinks: [{name: x, url: 'https://a.example'}]"
            ),
            Vec::<String>::new()
        );
        let benchmark: BenchmarkMeta =
            serde_yaml::from_str("scale: [1, 0]\npaper: arxiv.org/abs/1\nreleased: 2020\n").unwrap();
        let keys: Vec<_> = of_benchmark(&benchmark).into_iter().map(|it| it.key).collect();
        assert_eq!(keys, ["released", "paper", "scale"]);
        let benchmark: BenchmarkMeta = serde_yaml::from_str("scale: [0, 1]\nchance_level: 25\n").unwrap();
        assert_eq!(of_benchmark(&benchmark)[0].help, "write a number from 0 to 1");
    }
}
