//! *Text files* as people and their editors write them: UTF-8 with or without a byte order mark, with lines that end in
//! LF or CRLF. All of `content/` and `templates/` is read by this.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::str::Utf8Error;

use anyhow::{Context, Result};
use serde::de::{self, DeserializeOwned};

/// A larger file is not read: nobody writes one, and the whole of it is held in memory.
pub const MOST_BYTES: u64 = 64 << 20;

/// Why bytes are no text.
#[derive(Debug)]
pub enum NotText {
    /// More than [`MOST_BYTES`].
    TooLarge,
    /// In the encoding that some Windows programs call "Unicode".
    Utf16,
    /// In another one.
    NotUtf8(Utf8Error),
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotText::TooLarge => write!(f, "is larger than {} MiB", MOST_BYTES >> 20),
            NotText::Utf16 => f.write_str("is UTF-16"),
            NotText::NotUtf8(err) => write!(f, "is not UTF-8: {err}"),
        }
    }
}

impl std::error::Error for NotText {}

/// The bytes of a file, and no more of it than shows that it is too large.
pub fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file without its mark, its lines ending in LF.
pub fn decode(bytes: &[u8]) -> Result<String, NotText> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(NotText::TooLarge);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(NotText::Utf16);
    }
    let text = std::str::from_utf8(bytes).map_err(NotText::NotUtf8)?;
    Ok(without_mark(text).replace("\r\n", "\n"))
}

/// A text without the byte order mark that some programs write before it.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The text of a file; `None` if there is no such file.
pub fn read(path: &Path) -> Result<Option<String>> {
    let bytes = match bytes(path) {
        Ok(bytes) => bytes,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(err) => return Err(err).with_context(|| format!("failed to read {}", path.display())),
    };
    let text = decode(&bytes).with_context(|| format!("{} cannot be read; save it as UTF-8", path.display()))?;
    Ok(Some(text))
}

/// Deepest nesting of brackets and braces that is parsed: the parser takes time with its square, and values nest 128 levels
/// at most.
pub const MOST_BRACKETS: usize = 1_000;

/// What a YAML text says.
pub fn yaml<T: DeserializeOwned>(text: &str) -> serde_yaml::Result<T> {
    if brackets(text) > MOST_BRACKETS {
        let why =
            format!("nests brackets deeper than {MOST_BRACKETS} levels; close them, or put the text between quotes");
        return Err(de::Error::custom(why));
    }
    serde_yaml::from_str(text)
}

/// How many brackets and braces are open at most, but for those in quotes and comments.
fn brackets(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut open, mut deepest, mut before, mut is_apart, mut at) = (0_usize, 0, b'\n', true, 0);
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at + 1..];
        let begins = is_apart || matches!(before, b'[' | b'{' | b',');
        let skipped = match byte {
            b'#' if begins => rest.iter().position(|next| *next == b'\n').unwrap_or(rest.len()),
            b'"' | b'\'' if begins && b"\n[{,:-?".contains(&before) => quoted_length(byte, rest),
            _ => 0,
        };
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
        is_apart = byte.is_ascii_whitespace();
        if !is_apart && byte != b'#' || byte == b'\n' && open == 0 {
            before = byte;
        }
        at += 1 + skipped;
    }
    deepest
}

/// How much of `rest` belongs to the text that `quote` began, with its end.
fn quoted_length(quote: u8, rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        let is_pair = if quote == b'"' { byte == b'\\' } else { rest[at..].starts_with(b"''") };
        if byte == quote && !is_pair {
            return at + 1;
        }
        at += 1 + usize::from(is_pair);
    }
    rest.len()
}

/// What to write where `text` is no YAML, as `err` has it.
pub fn remedy_of_yaml(text: &str, err: &serde_yaml::Error) -> Option<String> {
    let message = err.to_string();
    if message.contains("while scanning a quoted scalar") {
        return Some("a quote is not closed; close it on the same line".to_owned());
    }
    // What the reader says where a line stands too far left or right, or has a colon too many.
    let is_misplaced = ["mapping values are not allowed", "did not find expected", "could not find expected"];
    if !is_misplaced.iter().any(|start| message.contains(start)) {
        return None;
    }
    let line = err.location().and_then(|at| text.lines().nth(at.line().saturating_sub(1))).unwrap_or_default();
    let in_quotes = line.split_once(": ").map(|(key, value)| (key, value.trim())).filter(|(_, value)| {
        value.contains(": ") && !value.starts_with(['"', '\'', '[', '{', '#', '&', '*', '|', '>'])
    });
    Some(match in_quotes {
        Some((key, value)) => format!("put text with a colon between quotes: `{key}: '{}'`", value.replace('\'', "''")),
        None => "look how far this line and the one above are indented: keys of one level begin in the same column"
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_add_is_taken_off_and_what_is_no_text_is_told() {
        assert_eq!(decode(b"\xef\xbb\xbfa: 1\r\nb: 2\n").unwrap(), "a: 1\nb: 2\n");
        assert_eq!(decode(b"").unwrap(), "");
        assert_eq!(decode(b"\xff\xfea\0").unwrap_err().to_string(), "is UTF-16");
        assert!(decode(b"caf\xe9").unwrap_err().to_string().starts_with("is not UTF-8: "));
        assert!(matches!(decode(&vec![b' '; MOST_BYTES as usize + 1]), Err(NotText::TooLarge)));
    }

    #[test]
    fn brackets_that_nest_without_end_are_not_parsed() {
        assert_eq!(brackets("a: [{b: [c]}, [d]]\ne: [f]\n"), 3);
        assert_eq!(brackets("- \"[[\\\"[[\"\n- '[[''[['\n- [\"]\", '}', [x]] # [[[\n"), 2);
        assert_eq!(brackets("a: it's [x]\nb: [it's, [x]]\n"), 2);
        for level in ["[", "{a: ", "&a [*a, ", "[\"]\", ", "[ # ]\n", "[ ']', "] {
            let nested = |n: usize| format!("a: {}", level.repeat(n));
            assert!(yaml::<serde_yaml::Value>(&nested(100_000)).unwrap_err().to_string().contains("deeper than"));
            assert_eq!(brackets(&nested(MOST_BRACKETS)), MOST_BRACKETS, "{level}");
        }
        assert_eq!(yaml::<Vec<Vec<u8>>>("[[1], [2]]").unwrap(), [[1], [2]]);
    }

    #[test]
    fn a_line_that_is_no_yaml_is_written_as_it_was_meant() {
        let remedy = |text: &str| {
            let err = serde_yaml::from_str::<serde_yaml::Value>(text).unwrap_err();
            remedy_of_yaml(text, &err).unwrap_or_default()
        };
        assert!(remedy("a: 1\ntitle: My \"Eval: Cards\n").ends_with("`title: 'My \"Eval: Cards'`"));
        assert!(remedy("title: Bob's Eval: Cards\n").ends_with("`title: 'Bob''s Eval: Cards'`"));
        assert!(remedy("title: \"Eval: Cards\n").contains("not closed"));
        assert!(remedy("title: A\n description: B\n").contains("same column"));
        assert_eq!(remedy("a: *b\n"), "");
    }
}
