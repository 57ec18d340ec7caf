//! *Foreign* files: what a file has instead of JSON, and what to do about it. A parser only says that it "expected
//! a value".

use std::str::Utf8Error;

use crate::language::sentence::Sentence;

/// How a Git LFS pointer begins.
const LFS: &str = "version https://git-lfs.github.com/spec/";

/// What other programs write for a value, and JSON does not know.
const WORDS: [&str; 9] = ["-Infinity", "Infinity", "NaN", "nan", "undefined", "None", "True", "False", "//"];

/// True for the bytes of a Git LFS pointer: the file itself was not brought.
pub(super) fn is_pointer(bytes: &[u8]) -> bool {
    bytes.starts_with(LFS.as_bytes())
}

/// Why bytes are no text, and so no JSON.
pub(super) fn bytes(bytes: &[u8], err: Utf8Error) -> Sentence {
    const PACKED: [&[u8]; 5] = [b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ"];
    if PACKED.iter().any(|start| bytes.starts_with(start)) {
        return Sentence::of("detail.packed");
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Sentence::of("detail.utf16");
    }
    Sentence::of("detail.not_utf8").quoting(err)
}

/// Why `text`, of which a parser says `err`, is no JSON.
pub(super) fn text(text: &str, err: &serde_json::Error) -> Sentence {
    let start = text.trim_start();
    if start.is_empty() {
        return Sentence::of("detail.empty_file");
    }
    if is_pointer(start.as_bytes()) {
        return Sentence::of("detail.lfs_pointer");
    }
    if start.starts_with('<') && !start.starts_with("<<<<<<<") {
        return Sentence::of("detail.html");
    }
    if let Some(line) = text.lines().position(|line| line.starts_with("<<<<<<< ")) {
        return Sentence::of("detail.unfinished_merge").with("line", line + 1);
    }
    let line = text.lines().nth(err.line().saturating_sub(1)).unwrap_or_default();
    let is_there = |word: &&str| {
        let mut places = line.match_indices(*word);
        places.any(|(at, found)| (at..=at + found.len() + 1).contains(&err.column()))
    };
    let (before, after) = line.split_at_checked(err.column().saturating_sub(1)).unwrap_or_default();
    if before.trim_end().ends_with(',') && after.starts_with(',') {
        return Sentence::of("detail.two_commas").with("line", err.line());
    }
    match WORDS.into_iter().find(is_there) {
        Some(word) => Sentence::of("detail.no_json_value").with("word", word).with("line", err.line()),
        None => Sentence::quote(err),
    }
}

/// The program whose own results file has these members at its root.
pub(super) fn harness<'a>(members: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    const MARKS: [(&str, [&str; 2]); 4] = [
        ("lighteval", ["config_general", "results"]),
        ("lm-evaluation-harness", ["results", "configs"]),
        ("Inspect", ["eval", "plan"]),
        ("HELM", ["adapter_spec", "scenario_spec"]),
    ];
    let members: Vec<&str> = members.collect();
    let is_there = |(_, keys): &(&str, [&str; 2])| keys.iter().all(|key| members.contains(key));
    MARKS.into_iter().find(is_there).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn describe(source: &str) -> String {
        let err = serde_json::from_str::<serde_json::Value>(source).unwrap_err();
        text(source, &err).say(Language::english()).to_string()
    }

    #[test]
    fn what_is_no_json_is_named_with_the_remedy() {
        for (source, expected) in [
            ("", "empty"),
            (" \n", "empty"),
            ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
            ("<!doctype html><title>404</title>", "HTML"),
            ("{\n<<<<<<< HEAD\n\"a\": 1\n=======\n", "line 2"),
            ("{\n  \"score\": NaN\n}", "`NaN` at line 2"),
            ("{\"a\": [1, -Infinity]}", "`-Infinity` at line 1"),
            ("{\"a\": None}", "`None` at line 1"),
            ("{\"a\": 1, // note\n\"b\": 2}", "`//` at line 1"),
            ("{\"a\": 1,}", "trailing comma"),
            ("{\"a\": 1,\n  \"b\": 2, ,\n\"c\": 3}", "line 2 has a second comma"),
            ("[\"ä\",, 1]", "line 1 has a second comma"),
        ] {
            assert!(describe(source).contains(expected), "{source}: {}", describe(source));
        }
        let of_bytes = |bytes: &'static [u8]| {
            super::bytes(bytes, std::str::from_utf8(bytes).unwrap_err()).say(Language::english()).to_string()
        };
        assert!(of_bytes(b"\x1f\x8b\x08").contains("unpack"));
        assert!(of_bytes(b"\xff\xfe{\0").contains("UTF-16"));
        assert!(of_bytes(b"caf\xe9").contains("UTF-8"));
    }
}
