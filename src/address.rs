//! *Addresses*: which texts name a repository or commit on the Hub, a page on the web, or a file below a folder.

/// True for `owner/name` as the Hub allows it.
pub fn is_hub_id(id: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.len() <= 96
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            && !part.starts_with(['-', '.'])
            && !part.ends_with(['-', '.'])
            && !part.contains("--")
            && !part.contains("..")
            && !part.ends_with(".git")
    };
    id.split_once('/').is_some_and(|(owner, name)| is_part(owner) && is_part(name))
}

/// True for the id of a commit, as git and the Hub write it: 40 lower-case hex digits.
pub fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// True for an address that a page may link to; `javascript:` and the like are not.
pub fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// True for a relative path whose parts are plain names on every system.
pub fn is_safe_relative(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', '\0', ':'])
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_datastore_are_unsafe() {
        for path in ["", "/etc/passwd", "a/../b", "../a", "a//b", "a/./b", "a\\b", "C:x", "a\0"] {
            assert!(!is_safe_relative(path), "{path:?}");
        }
        assert!(is_safe_relative("flat/objects/ab/cd/x.json"));
    }
}
