//! *Platforms*: services and programs that run models of others, as data (`platforms.yaml`). A record that names
//! one as the developer states how the model was accessed, not who made it.

use serde::Deserialize;

/// The table of platforms, and of the families of models that tell who made them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platforms {
    platforms: Vec<String>,
    families: Vec<ModelFamily>,
    plain: Vec<String>,
}

/// Models whose name says who made them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelFamily {
    word: String,
    developer: String,
}

/// The built-in table.
pub(super) const BUILT_IN: &str = include_str!("platforms.yaml");

impl Platforms {
    /// True if `name` is a listed platform, and so the owner of no model.
    pub fn is_listed(&self, name: &str) -> bool {
        self.platforms.iter().any(|platform| is_one(platform, name))
    }

    /// What follows the platform in `id`, if `developer` is the listed platform that the id begins with:
    /// of `ollama/qwen2.5-0.5b` with the developer `ollama`, `qwen2.5-0.5b`.
    pub fn reached<'n>(&self, id: &'n str, developer: &str) -> Option<&'n str> {
        let (first, rest) = id.split_once('/')?;
        (self.is_listed(first) && is_one(first, developer.trim()) && !rest.is_empty()).then_some(rest)
    }

    /// Who made the model that a platform calls `name`, as an id of the organisation table. `None` where a word is
    /// neither of a family nor plain: it may be somebody's own model.
    pub fn maker(&self, name: &str) -> Option<&str> {
        let name = name.to_ascii_lowercase();
        let is_plain = |rest: &str| {
            !rest.starts_with(|first: char| first.is_alphanumeric() && !first.is_ascii_digit())
                && rest.split(|c: char| !c.is_alphanumeric()).all(|word| self.is_plain(word))
        };
        let family = self.families.iter().find(|family| name.strip_prefix(&family.word).is_some_and(is_plain))?;
        Some(&family.developer)
    }

    /// A number, size, version or single letter (`2`, `5b`, `8x7b`, `r1`, `a22b`, `K`), or a listed word.
    fn is_plain(&self, word: &str) -> bool {
        let mut letters = word.chars().skip_while(char::is_ascii_alphabetic).peekable();
        let leading = word.chars().take_while(char::is_ascii_alphabetic).count();
        word.is_empty()
            || word.chars().count() == 1
            || (leading <= 1 && letters.peek().is_some_and(char::is_ascii_digit))
            || self.plain.iter().any(|plain| plain == word)
    }
}

/// `together_ai`, `together-ai` and `Together AI` are one.
fn is_one(a: &str, b: &str) -> bool {
    let form = |byte: u8| if matches!(byte, b'-' | b' ') { b'_' } else { byte.to_ascii_lowercase() };
    a.bytes().map(form).eq(b.bytes().map(form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_the_developer_of_nothing_that_it_runs() {
        let table: Platforms = serde_yaml::from_str(BUILT_IN).unwrap();
        assert_eq!(table.reached("ollama/qwen2.5-0.5b", "Ollama"), Some("qwen2.5-0.5b"));
        assert_eq!(table.reached("together_ai/a/b", "Together AI"), Some("a/b"));
        assert_eq!(table.reached("ollama/x", "qwen"), None, "somebody else is claimed");
        assert_eq!(table.reached("qwen/x", "ollama"), None, "the id does not say how it was reached");
        assert_eq!(table.reached("acme/x", "acme"), None, "no platform");
    }

    #[test]
    fn families_are_told_by_listed_words_only() {
        let table: Platforms = serde_yaml::from_str(BUILT_IN).unwrap();
        for (name, maker) in [
            ("qwen2.5-0.5b", Some("alibaba")),
            ("qwen2.5:0.5b", Some("alibaba")),
            ("Qwen3-235B-A22B-Instruct", Some("alibaba")),
            ("llama3.1:70b-instruct-q4_K_M", Some("meta")),
            ("gpt-oss:20b", Some("openai")),
            ("mixtral-8x7b", Some("mistralai")),
            ("deepseek-r1", Some("deepseek")),
            ("llama3-gradient", None),
            ("llamafied", None),
            ("dolphin-llama3", None),
            ("deepseek-r1-distill-llama-8b", None),
            ("my-model", None),
            ("", None),
        ] {
            assert_eq!(table.maker(name), maker, "{name}");
        }
    }
}
