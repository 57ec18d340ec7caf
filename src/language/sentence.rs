//! A *sentence* whose language is not yet known: the key of a phrase with its values, such as why a file is not
//! shown.

use std::fmt;

use serde::Serialize;

use super::Language;

/// What is to be said.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// Without one, it is a quotation only.
    key: Option<&'static str>,
    values: Vec<(&'static str, String)>,
    quoted: Option<String>,
}

/// A sentence in the site's language, without full stop.
#[derive(Debug, PartialEq, Serialize)]
pub struct Wording<'a> {
    /// With the colon before a quotation.
    pub words: String,
    /// Message of a library or the system, in English.
    pub quoted: Option<&'a str>,
}

impl Sentence {
    /// The phrase of `key`.
    pub fn of(key: &'static str) -> Sentence {
        Sentence { key: Some(key), values: Vec::new(), quoted: None }
    }

    /// Nothing but what `error` says.
    pub fn quote(error: impl fmt::Display) -> Sentence {
        Sentence { key: None, values: Vec::new(), quoted: Some(error.to_string()) }
    }

    /// With `value` in the place `name`.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Sentence {
        self.values.push((name, value.to_string()));
        self
    }

    /// With what `error` says at its end.
    pub fn quoting(self, error: impl fmt::Display) -> Sentence {
        Sentence { quoted: Some(error.to_string()), ..self }
    }

    /// The sentence in `language`.
    pub fn say(&self, language: &Language) -> Wording<'_> {
        let values: Vec<(&str, &str)> = self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut words = self.key.map(|key| language.say(key, &values)).unwrap_or_default();
        if self.quoted.is_some() && !words.is_empty() {
            words.push_str(language.phrase("colon"));
        }
        Wording { words, quoted: self.quoted.as_deref() }
    }
}

/// In English, for machines and the command line.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.say(Language::english()).fmt(f)
    }
}

impl fmt::Display for Wording<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.words, self.quoted.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_in_any_language_and_quotations_stay() {
        let chinese = Language::new("zh-Hans", None).unwrap();
        let block = Sentence::of("detail.block").with("block", "model_info").quoting("EOF");
        assert_eq!(block.to_string(), "`model_info` cannot be read: EOF");
        assert_eq!(block.say(&chinese), Wording { words: "无法读取 `model_info`：".to_owned(), quoted: Some("EOF") });
        let quote = Sentence::quote("EOF {block}");
        assert_eq!((quote.to_string(), quote.say(&chinese).to_string()), ("EOF {block}".into(), "EOF {block}".into()));
    }
}
