//! *Id rewrites*: what may be stripped from a model's id before it is looked up again, as data (`id_rewrites.yaml`).
//! [`crate::resolve`] applies them.

use serde::Deserialize;

/// One listed id rewrite.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdRewrite {
    /// Name of the rule; what it is, the words of the interface say.
    pub id: String,
    /// What is taken off.
    pub kind: IdRewriteKind,
    /// False: names are not joined by it, but listed for a person to look at.
    pub merges: bool,
    /// The listed words.
    #[serde(default)]
    pub words: Vec<String>,
}

/// What an id rewrite takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdRewriteKind {
    /// Another account of the same organisation.
    Organization,
    /// `owner/owner/name`.
    DoubledOwner,
    /// `host/owner/name`.
    Host,
    /// A last word.
    Suffix,
}

impl IdRewrite {
    /// What is left of `id`; `None` if the id rewrite does not fit.
    pub fn strip<'n>(&self, id: &'n str) -> Option<&'n str> {
        match self.kind {
            IdRewriteKind::Organization => None,
            IdRewriteKind::DoubledOwner => {
                let (owner, rest) = id.split_once('/')?;
                let (again, name) = rest.split_once('/')?;
                (owner.eq_ignore_ascii_case(again) && !name.is_empty()).then_some(rest)
            }
            IdRewriteKind::Host => {
                let (host, rest) = id.split_once('/')?;
                let (owner, name) = rest.split_once('/')?;
                let is_host = self.words.iter().any(|word| word.eq_ignore_ascii_case(host));
                (is_host && !owner.is_empty() && !name.is_empty()).then_some(rest)
            }
            IdRewriteKind::Suffix => {
                let trimmed = id.trim_end_matches([')', ']']);
                let (rest, word) = trimmed.rsplit_once(['-', '_', ' ', ':', '(', '['])?;
                let is_listed = self.words.iter().any(|listed| listed.eq_ignore_ascii_case(word));
                let rest = rest.trim_end_matches(['-', '_', ' ', ':', '(', '[']);
                (is_listed && !is_family(rest)).then_some(rest)
            }
        }
    }
}

/// True for a bare family name, such as `mistralai/mistral`: without a number it names no model.
fn is_family(id: &str) -> bool {
    let name = id.rsplit('/').next().unwrap_or(id);
    !name.contains(|c: char| c.is_ascii_digit())
}

/// The built-in id rewrites, as a list.
pub const BUILT_IN: &str = include_str!("id_rewrites.yaml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rewrite_takes_off_what_it_lists_and_nothing_else() {
        let rewrites: Vec<IdRewrite> = serde_yaml::from_str(BUILT_IN).unwrap();
        let cases = [
            ("doubled-owner", "acme/acme/one", Some("acme/one")),
            ("doubled-owner", "acme/other/one", None),
            ("doubled-owner", "acme/acme", None),
            ("host-prefix", "openrouter/acme/one-2", Some("acme/one-2")),
            ("host-prefix", "openrouter/one-2", None),
            ("host-prefix", "acme/other/one", None),
            ("host-prefix", "openrouter//", None),
            ("effort", "acme/one-2-high", Some("acme/one-2")),
            ("effort", "acme/one-2 (high)", Some("acme/one-2")),
            ("effort", "mistralai/mistral-medium", None),
            ("effort", "acme/one-2-highest", None),
            ("quantization", "acme/one-7b-GPTQ", Some("acme/one-7b")),
            ("run-mode", "acme/one-2-fc", Some("acme/one-2")),
            ("weights-format", "acme/one-7b-hf", Some("acme/one-7b")),
            ("organization-alias", "acme/one", None),
        ];
        for (rule, id, expected) in cases {
            let rewrite = rewrites.iter().find(|rewrite| rewrite.id == rule).unwrap();
            assert_eq!(rewrite.strip(id), expected, "{rule} {id}");
        }
    }

    #[test]
    fn what_may_tell_runs_or_weights_apart_never_merges() {
        let rewrites: Vec<IdRewrite> = serde_yaml::from_str(BUILT_IN).unwrap();
        assert!(rewrites.iter().all(|rewrite| rewrite.kind != IdRewriteKind::Suffix || !rewrite.merges));
    }
}
