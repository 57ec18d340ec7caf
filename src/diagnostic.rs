//! A *diagnostic* is one fault in the data: code, file, position, message, help.
//!
//! Broken data is a normal state and never an `Err`: a stage returns its value and adds to one [`Diagnostics`].
//! `Err` is for I/O, configuration, templates and bugs. Records and results that are left out are in
//! [`crate::load::quarantine::Quarantined`], with their reason.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad it is. A warning leaves the data in use; an error leaves something out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something of the input was not used.
    Error,
    /// All was used, but a person should look.
    Warning,
}

/// One finding in an input file. Sorted by file, place and code, so that two runs print the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Path as the user would type it.
    pub file: String,
    /// JSON pointer (`/evaluation_results/0`), `line 3 column 5`, or a key; empty for the whole file.
    pub place: String,
    /// Stable, machine-readable: `unknown-key`, `ambiguous-alias` and so on.
    pub code: Cow<'static, str>,
    /// See [`Severity`].
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// What to do about it, where we know.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}[{}]: {}", self.code, printable(&self.file))?;
        if !self.place.is_empty() {
            write!(f, ", {}", printable(&self.place))?;
        }
        write!(f, ": {}", printable(&self.message))?;
        if let Some(help) = &self.help {
            write!(f, "\n  help: {}", printable(help))?;
        }
        Ok(())
    }
}

/// All findings of a run.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a warning without help.
    pub fn warn(&mut self, code: &'static str, file: &str, place: &str, message: String) {
        self.push(Severity::Warning, code, file, place, message, None);
    }

    /// Adds a warning that says what to do.
    pub fn warn_with_help(&mut self, code: &'static str, file: &str, place: &str, message: String, help: String) {
        self.push(Severity::Warning, code, file, place, message, Some(help));
    }

    /// Adds an error: something of `file` is not used.
    pub fn error(&mut self, code: &'static str, file: &str, place: &str, message: String, help: &str) {
        self.push(Severity::Error, code, file, place, message, Some(help.to_owned()));
    }

    fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        file: &str,
        place: &str,
        message: String,
        help: Option<String>,
    ) {
        self.items.push(Diagnostic {
            file: file.to_owned(),
            place: place.to_owned(),
            code: code.into(),
            severity,
            message,
            help,
        });
    }

    /// How many of them are errors.
    pub fn errors(&self) -> usize {
        self.items.iter().filter(|item| item.severity == Severity::Error).count()
    }

    /// These findings and `others`.
    pub fn and(mut self, others: Diagnostics) -> Diagnostics {
        self.items.extend(others.items);
        self
    }

    /// The findings in their stable order, each once.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.items.sort();
        self.items.dedup();
        self.items
    }
}

/// `text` with control and bidirectional characters made visible, for a terminal or a log.
pub fn printable(text: &str) -> String {
    let unsafe_char = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if !text.contains(unsafe_char) {
        return text.to_owned();
    }
    text.chars().map(|c| if unsafe_char(c) { format!("\\u{{{:x}}}", c as u32) } else { c.to_string() }).collect()
}

/// The known word nearest to `word`, if one is near enough to be what was meant; of several, the first by text.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_finds_its_neighbour_and_a_strange_one_does_not() {
        let known = ["license", "released", "aliases"];
        assert_eq!(did_you_mean("lisence", known), Some("license"));
        assert_eq!(did_you_mean("zzz", known), None);
        // In whatever order a map gives them.
        assert_eq!(did_you_mean("model-x", ["model-a", "model-b"]), Some("model-a"));
        assert_eq!(did_you_mean("model-x", ["model-b", "model-a"]), Some("model-a"));
    }

    #[test]
    fn control_characters_cannot_reach_a_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}"), "a\\u{1b}[31mb\\u{202e}");
    }
}
