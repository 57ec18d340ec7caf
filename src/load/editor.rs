//! Files that *editors* and systems leave: checkpoints, backups, locks and copies. They are neither records nor
//! metadata, and are reported instead of read.

/// Folders in which editors and systems keep copies.
const FOLDERS: [&str; 2] = [".ipynb_checkpoints", "__MACOSX"];

/// Ends of backups, after the name of the file.
const BACKUPS: [&str; 6] = ["~", ".bak", ".orig", ".swp", ".swo", ".tmp"];

/// True if `path`, relative with `/`, is a copy that an editor or system made of a file with one of `endings`:
/// in a folder of checkpoints, `x.json~`, `x.json.bak`, `#x.json#`, `.#x.json`, `.x.json.swp`, `._x.json`,
/// `x copy.json`, `x copy 2.json`, `x (1).json`, `x - Copy.json`, `Copy of x.json` or `x-checkpoint.json`.
pub fn is_copy(path: &str, endings: &[&str]) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    // The name of the file that this is a copy of, if it is one by its signs.
    let backup = BACKUPS.iter().find_map(|end| name.strip_suffix(end)).map(|name| name.trim_start_matches('.'));
    let draft = name.strip_prefix('#').and_then(|name| name.strip_suffix('#'));
    let lock = name.strip_prefix(".#").or_else(|| name.strip_prefix("._"));
    let is_named = |name: &str| stem(name, endings).is_some();
    if backup.or(draft).or(lock).is_some_and(is_named) {
        return true;
    }
    let in_checkpoints = folder.split('/').any(|part| FOLDERS.contains(&part));
    stem(name, endings).is_some_and(|stem| in_checkpoints || is_copied(stem))
}

/// The name without its ending, if it is one of `endings`.
fn stem<'n>(name: &'n str, endings: &[&str]) -> Option<&'n str> {
    let stem = |ending: &&str| {
        let (stem, found) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
        (found.eq_ignore_ascii_case(ending) && !stem.is_empty()).then_some(stem)
    };
    endings.iter().find_map(stem)
}

/// `x copy`, `x copy 2`, `x (1)`, `x - Copy`, `x - Copy (2)`, `Copy of x`, `x-checkpoint`.
fn is_copied(stem: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let in_brackets = stem.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")).filter(|(_, n)| is_number(n));
    let counted = stem.rsplit_once(' ').filter(|(_, n)| is_number(n)).map_or(stem, |(rest, _)| rest);
    in_brackets.is_some()
        || [" copy", " - Copy"].iter().any(|end| counted.ends_with(end))
        || stem.starts_with("Copy of ")
        || stem.ends_with("-checkpoint")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_editors_are_told_by_their_names() {
        for path in [
            ".ipynb_checkpoints/x.json",
            "a/.ipynb_checkpoints/x-checkpoint.json",
            "x-checkpoint.json",
            "x.json~",
            "#x.json#",
            ".#x.json",
            ".x.json.swp",
            "x.json.bak",
            "a/x.json.orig",
            "x copy.json",
            "x copy 2.json",
            "x (1).json",
            "x - Copy.json",
            "x - Copy (2).json",
            "Copy of x.json",
            "._x.json",
            "__MACOSX/c/x.json",
            "x copy.JSON",
        ] {
            assert!(is_copy(path, &[".json"]), "{path}");
        }
        for path in [
            "x.json",
            "0b0b6a3e-5d5f-4c0e-9d8e-000000000001.json",
            "photocopy.json",
            "model (v1).json",
            "model 1.json",
            "checkpoint-100/x.json",
            "notes.txt~",
            "README.md.bak",
            ".json",
            "~",
            "",
            "#",
            ".DS_Store",
        ] {
            assert!(!is_copy(path, &[".json"]), "{path}");
        }
        assert!(is_copy("models/a.md~", &[".md", ".yaml"]));
    }
}
