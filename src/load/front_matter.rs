//! *Front matter*: the YAML between two lines `---` at the top of a Markdown file.

use std::borrow::Cow;
use std::fmt;

/// A Markdown file in two parts.
#[derive(Debug, PartialEq)]
pub(super) struct MarkdownParts<'a> {
    /// YAML, with as many lines before it as the file has before its front matter: a reader of it counts right.
    pub front_matter: Cow<'a, str>,
    /// Markdown.
    pub prose: &'a str,
}

/// What is wrong with the lines around front matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fence {
    /// The first line that says something is another one.
    Missing,
    /// No second one follows.
    Open,
}

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fence::Missing => "does not begin with YAML front matter",
            Fence::Open => "has front matter without an end; add a second line `---`",
        })
    }
}

/// Parts `---\nYAML\n---\nMarkdown`, whose lines end in LF. Spaces after a fence cannot be seen and empty lines before
/// the first one say nothing, so both may stand there; YAML itself ends a document with `...`, so that ends it too.
pub(super) fn split(text: &str) -> Result<MarkdownParts<'_>, Fence> {
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').map(|line| {
        at += line.len();
        (at, line.trim_end())
    });
    let mut before = 0;
    let start = loop {
        match lines.next() {
            Some((_, "")) => before += 1,
            Some((end, "---")) => break end,
            _ => return Err(Fence::Missing),
        }
    };
    let mut from = start;
    for (end, line) in lines {
        if matches!(line, "---" | "...") {
            let yaml = &text[start..from];
            let front_matter = match before {
                0 => Cow::Borrowed(yaml),
                n => Cow::Owned(format!("{}{yaml}", "\n".repeat(n))),
            };
            return Ok(MarkdownParts { front_matter, prose: &text[end..] });
        }
        from = end;
    }
    Err(Fence::Open)
}

/// The line of YAML, from 1, that begins with `key`, or with its last part where it is a path: `dataset.id`.
pub(super) fn line_of(yaml: &str, key: &str) -> Option<usize> {
    let last = key.rsplit('.').next().unwrap_or(key);
    let is_of_key = |line: &str| {
        let line = if last == key { line } else { line.trim_start() };
        line.strip_prefix(last).is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    yaml.lines().position(is_of_key).map(|line| line + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_parted_from_prose() {
        for (text, front_matter, prose) in [
            ("---\na: 1\n---\nText\n---\n", "a: 1\n", "Text\n---\n"),
            ("---\na: 1\n---", "a: 1\n", ""),
            ("---\n---\nText", "", "Text"),
            ("--- \na: 1\n---\t\nText", "a: 1\n", "Text"),
            ("---\na: 1\n...\nText", "a: 1\n", "Text"),
            ("\n \n---\na: 1\n---\nText", "\n\na: 1\n", "Text"),
            ("---\na: |\n  ---\n---\nText", "a: |\n  ---\n", "Text"),
        ] {
            assert_eq!(split(text), Ok(MarkdownParts { front_matter: front_matter.into(), prose }), "{text:?}");
        }
        assert_eq!(line_of("id: a\ndataset:\n  id: x\n", "id"), Some(1));
        assert_eq!(line_of("name: a\ndataset:\n  id: x\n", "dataset.id"), Some(3));
        assert_eq!(line_of("name: a\n", "id"), None);
        assert_eq!(split("Text"), Err(Fence::Missing));
        assert_eq!(split(""), Err(Fence::Missing));
        assert_eq!(split("----\na: 1\n---\n"), Err(Fence::Missing));
        assert_eq!(split("---\na: 1\n"), Err(Fence::Open));
    }
}
