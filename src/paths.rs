//! The one rule from names to *paths*: reversible, readable, and safe on every file system.
//!
//! Letters, digits, `-`, `_`, `.` and `+` stay; every other byte of the UTF-8 text is `~` and two hex digits. So
//! are a dot at either end of a part (hidden files, `..`, Windows), a `_` at its beginning (names that begin with
//! it are ours), and the first letter of a device name of Windows. An empty part is `~`. Parts longer than any real
//! name are cut and end in `~~` and a hash, the one case that cannot be read back.
//!
//! Paths that differ only in letter case would be one file on some systems: all of them write
//! their capitals as `~41` to `~5a`, which decodes the same.

use std::fmt::Write;

use foldhash::HashMap;

use crate::hash::Sha256;

/// Longest part that is written in full; with `.html` and a temporary suffix it stays below the
/// 255 bytes that file systems allow.
const MAX_PART: usize = 180;

/// How letters are written.
#[derive(Clone, Copy, PartialEq)]
enum Capitals {
    Plain,
    Escaped,
}

/// One part of a path, from any text.
pub fn part(text: &str) -> String {
    encode(text, Capitals::Plain)
}

fn encode(text: &str, capitals: Capitals) -> String {
    if text.is_empty() {
        return "~".to_owned();
    }
    let device = is_device_name(text);
    let last = text.len() - 1;
    let mut part = String::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        let plain = match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'+' => at > 0 || !device,
            b'A'..=b'Z' => capitals == Capitals::Plain && (at > 0 || !device),
            b'_' => at > 0,
            b'.' => at > 0 && at < last,
            _ => false,
        };
        match plain {
            true => part.push(char::from(byte)),
            // Writing to a String cannot fail.
            false => _ = write!(part, "~{byte:02x}"),
        }
    }
    if part.len() > MAX_PART {
        let hash = Sha256::of(text.as_bytes()).to_string();
        let mut cut = MAX_PART - 34;
        while part.as_bytes()[cut - 1] == b'~' || part.as_bytes()[cut - 2] == b'~' {
            cut -= 1;
        }
        part.truncate(cut);
        part.push_str("~~");
        part.push_str(&hash[..32]);
    }
    part
}

fn is_device_name(text: &str) -> bool {
    let stem = text.split('.').next().unwrap_or(text).trim_end().to_ascii_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

/// The text that a part was made from; `None` if it was cut or is not one of ours.
pub fn decode(part: &str) -> Option<String> {
    if part == "~" {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte != b'~' {
            bytes.push(byte);
            rest = tail;
            continue;
        }
        let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).ok()
}

/// Page paths (without `.html`) of model ids, in their order: `models/<owner>/<model>`. An id
/// without `/` stands below `models/_`.
pub fn model_paths(ids: &[&str]) -> Vec<String> {
    let path = |id: &str, capitals| match id.split_once('/') {
        Some((owner, model)) => format!("models/{}/{}", encode(owner, capitals), encode(model, capitals)),
        None => format!("models/_/{}", encode(id, capitals)),
    };
    let mut folded: HashMap<String, u32> = HashMap::default();
    for id in ids {
        *folded.entry(path(id, Capitals::Plain).to_ascii_lowercase()).or_default() += 1;
    }
    let paths = ids.iter().map(|id| {
        let plain = path(id, Capitals::Plain);
        match folded[&plain.to_ascii_lowercase()] {
            1 => plain,
            _ => path(id, Capitals::Escaped),
        }
    });
    paths.collect()
}

/// Gives each page of a folder a path of its own.
#[derive(Default)]
pub struct Allocator {
    taken: HashMap<String, u32>,
}

impl Allocator {
    /// `folder/name`, or with `-2`, `-3` … if another page has that already.
    pub fn allocate(&mut self, folder: &str, name: &str) -> String {
        // A name that ends in `.html` would be a folder where another page is a file.
        let path = format!("{folder}/{}", part(&name.replace('.', "-")));
        let count = self.taken.entry(path.to_ascii_lowercase()).or_default();
        *count += 1;
        match *count {
            1 => path,
            n => self.allocate(folder, &format!("{name}-{n}")),
        }
    }
}

/// The way from the page at `path` to the top of the site: `../../` for two folders.
pub fn to_top(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_ids_become_safe_readable_parts_and_come_back() {
        let cases = [
            ("Yi-1.5-34B-Chat", "Yi-1.5-34B-Chat"),
            ("nova-pro-v1:0", "nova-pro-v1~3a0"),
            ("Cohere March 2024", "Cohere~20March~202024"),
            ("3.8m-check...", "3.8m-check..~2e"),
            ("..", "~2e~2e"),
            (".", "~2e"),
            ("", "~"),
            ("_", "~5f"),
            ("con", "~63on"),
            ("COM1.txt", "~43OM1.txt"),
            ("a/b", "a~2fb"),
            ("text-bison@001", "text-bison~40001"),
            ("é", "~c3~a9"),
            ("a~b", "a~7eb"),
            ("c4ai-command-r+", "c4ai-command-r+"),
        ];
        for (text, expected) in cases {
            assert_eq!(part(text), expected);
            assert_eq!(decode(expected).as_deref(), Some(text));
        }
    }

    #[test]
    fn long_names_are_cut_but_stay_apart() {
        let (a, b) = (part(&"☠".repeat(200)), part(&"☠".repeat(201)));
        assert!(a.len() <= MAX_PART && b.len() <= MAX_PART && a != b);
    }

    #[test]
    fn ids_that_differ_in_case_have_paths_that_differ_without_it() {
        let paths = model_paths(&["A/b", "a/B", "a/b", "b", "_/b"]);
        assert_eq!(paths, ["models/~41/b", "models/a/~42", "models/a/b", "models/_/b", "models/~5f/b"]);
    }

    #[test]
    fn every_id_has_a_path_of_its_own_whatever_its_case() {
        // Three ids of one folded path, in any order.
        let mut ids = ["x/AB", "x/Ab", "x/aB", "x/ab", "X/ab"];
        for _ in 0..ids.len() {
            ids.rotate_left(1);
            let folded: std::collections::HashSet<String> =
                model_paths(&ids).iter().map(|path| path.to_ascii_lowercase()).collect();
            assert_eq!(folded.len(), ids.len(), "{ids:?}");
        }
    }

    #[test]
    fn pages_of_one_name_are_numbered() {
        let mut allocator = Allocator::default();
        assert_eq!(allocator.allocate("benchmarks", "math"), "benchmarks/math");
        assert_eq!(allocator.allocate("benchmarks", "math"), "benchmarks/math-2");
        assert_eq!(allocator.allocate("benchmarks", "Math-2"), "benchmarks/Math-2-2");
    }
}
