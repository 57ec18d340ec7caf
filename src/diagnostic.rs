//! A *diagnostic* is one fault in the data: code, file, position, message, help.
//!
//! Broken data is a normal state and never an `Err`: a stage returns its value and adds to one [`Diagnostics`].
//! `Err` is for I/O, configuration, templates and bugs. Records and results that are left out are in
//! [`crate::load::quarantine::Quarantined`], with their reason.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::codes::codes;

/// How bad it is. A warning leaves the data in use; an error leaves something out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something of the input was not used.
    Error,
    /// All was used, but a person should look.
    Warning,
}

codes! {
    /// What is wrong. The reference lists them with their meaning.
    pub enum DiagnosticCode {
        /// An alias of an entry that nothing names.
        UnusedAlias = "unused-alias",
        /// An alias of two entries.
        AmbiguousAlias = "ambiguous-alias",
        /// A lock file that was edited or truncated.
        BrokenLock = "broken-lock",
        /// A file of facts whose bytes changed since `fetch` wrote them.
        ChangedFact = "changed-fact",
        /// A link to a page or anchor that does not exist.
        DeadLink = "dead-link",
        /// Text that nests too deeply for Markdown.
        DeepNesting = "deep-nesting",
        /// A BenchmarkCard that may be of another benchmark.
        DoubtfulBenchmarkCard = "doubtful-benchmark-card",
        /// A second entry with an id.
        DuplicateId = "duplicate-id",
        /// A copy that an editor left.
        EditorCopy = "editor-copy",
        /// An `eval.yaml` that the Hub would refuse.
        EvalYamlRule = "eval-yaml-rule",
        /// A date in the future, or an evaluation after its retrieval.
        ImpossibleDay = "impossible-day",
        /// A standard error below 0 or larger than the scale.
        ImpossibleUncertainty = "impossible-uncertainty",
        /// An index that is too large to read.
        LargeIndex = "large-index",
        /// A page of more than 2 MiB.
        LargePage = "large-page",
        /// A site larger than GitHub Pages publishes.
        LargeSite = "large-site",
        /// Files that do not match the lock file.
        LockDiffers = "lock-differs",
        /// A repository name that looks like that of the public datastore.
        LookAlike = "look-alike",
        /// A task of our list that the `eval.yaml` lacks.
        MissingTask = "missing-task",
        /// A task of an `eval.yaml` that our list lacks.
        NewTask = "new-task",
        /// A dataset of our list that the Hub does not show.
        NoBenchmark = "no-benchmark",
        /// A dataset in the Hub's list without a valid id.
        NoDatasetId = "no-dataset-id",
        /// A benchmark for which no draft can be written.
        NoDraft = "no-draft",
        /// A benchmark without a public `eval.yaml`.
        NoEvalYaml = "no-eval-yaml",
        /// A `front` that names no benchmark of the site.
        NoFront = "no-front",
        /// A metadata page without front matter.
        NoFrontMatter = "no-front-matter",
        /// An entry without an `id`.
        NoId = "no-id",
        /// A site without scores to verify.
        NoNumbers = "no-numbers",
        /// A file that does not contain the state of a build.
        NoPreviousState = "no-previous-state",
        /// Records without a public address that are too large to copy.
        NoPublicAddress = "no-public-address",
        /// A `benchmark_card` that names no file.
        NoSuchBenchmarkCard = "no-such-benchmark-card",
        /// A file where a folder is expected.
        NotAFolder = "not-a-folder",
        /// An object whose bytes do not match the lock file.
        NotLocked = "not-locked",
        /// A file that is not UTF-8 text.
        NotUtf8 = "not-utf-8",
        /// A record that was not available for verification.
        RecordNotRead = "record-not-read",
        /// A dataset that has another name on the Hub.
        RenamedBenchmark = "renamed-benchmark",
        /// A record of a run that another record of its collection states too.
        RepeatedRun = "repeated-run",
        /// A page at the address of another page.
        ReservedPage = "reserved-page",
        /// Samples that are not those of the score of their record.
        SamplesDoNotFit = "samples-do-not-fit",
        /// A score that the other scores of its source contradict.
        ScaleContradicted = "scale-contradicted",
        /// A site that is out of date.
        StaleSite = "stale-site",
        /// A file that is too large to read.
        TooLarge = "too-large",
        /// A record without a field that the schema requires.
        MissingField = "missing-field",
        /// A score outside the range that its record declares.
        OutOfRange = "out-of-range",
        /// A word that is not in a closed list of the schema.
        UnknownWord = "unknown-word",
        /// A value whose type is not that of the schema.
        UnexpectedType = "unexpected-type",
        /// An attestation with a last day and no day to judge it by.
        UnknownDay = "unknown-day",
        /// A file in `content/` that is not read.
        UnknownFile = "unknown-file",
        /// An evaluation framework that the built-in list lacks.
        UnknownFramework = "unknown-framework",
        /// A key that is not used.
        UnknownKey = "unknown-key",
        /// A BenchmarkCard that cannot be read.
        UnreadableBenchmarkCard = "unreadable-benchmark-card",
        /// A line of a file of facts that cannot be read.
        UnreadableFact = "unreadable-fact",
        /// Metadata that cannot be read.
        UnreadableMetadata = "unreadable-metadata",
        /// A table that cannot be read.
        UnreadableTable = "unreadable-table",
        /// A time that is not a valid date.
        UnreadableTime = "unreadable-time",
        /// A key of a table that this program does not use.
        UnusedKey = "unused-key",
        /// Metadata that no record uses.
        UnusedMetadata = "unused-metadata",
        /// A publishing rule that applies to no result.
        UnusedRule = "unused-rule",
        /// A variant that is already a model or an alias.
        VariantIsAModel = "variant-is-a-model",
        /// An invalid entry of the list of Hub benchmarks.
        WrongHubBenchmark = "wrong-hub-benchmark",
        /// A score that does not match its record.
        WrongNumber = "wrong-number",
        /// A `sample_hash` that does not match its row.
        WrongSampleHash = "wrong-sample-hash",
        /// An invalid value in metadata.
        WrongValue = "wrong-value",
    }
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
    pub fn warn(&mut self, code: DiagnosticCode, file: &str, place: &str, message: String) {
        self.push(Severity::Warning, code.code(), file, place, message, None);
    }

    /// Adds a warning that says what to do.
    pub fn warn_with_help(&mut self, code: DiagnosticCode, file: &str, place: &str, message: String, help: String) {
        self.push(Severity::Warning, code.code(), file, place, message, Some(help));
    }

    /// Adds an error: something of `file` is not used.
    pub fn error(&mut self, code: DiagnosticCode, file: &str, place: &str, message: String, help: &str) {
        self.push(Severity::Error, code.code(), file, place, message, Some(help.to_owned()));
    }

    /// Adds an error: a record or result is left out, for a reason with a code of its own.
    pub fn left_out(&mut self, reason: &'static str, file: &str, place: &str, message: String, help: &str) {
        self.push(Severity::Error, reason, file, place, message, Some(help.to_owned()));
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
