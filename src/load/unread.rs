//! *Unread* files: files among records or metadata that are neither. Each is reported with what to do, because
//! whoever put it there expects it to be read.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::language::sentence::Sentence;

/// Endings of packed files.
const PACKED: [&str; 10] = ["gz", "tgz", "zip", "zst", "bz2", "xz", "lz4", "7z", "tar", "br"];

/// Longest first line that is looked at.
const LINE: u64 = 1 << 20;

/// Why a file among the records that does not end in `.json` is not read; `None` if nobody would expect it to be: a
/// file of samples, a note, or what a system keeps for itself.
pub(super) fn why(path: &Path) -> Option<Sentence> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if is_aside(&name) || name.ends_with("_samples.jsonl") {
        return None;
    }
    if matches!(ending, "csv" | "tsv") {
        return Some(Sentence::of("detail.table"));
    }
    if PACKED.contains(&ending) {
        return Some(Sentence::of("detail.packed"));
    }
    if matches!(ending, "jsonl" | "ndjson") {
        return match first_line(path) {
            Some(line) if line.contains("\"evaluation_results\"") => Some(Sentence::of("detail.joined")),
            Some(line) if line.contains("\"sample_id\"") => None,
            Some(line) if line.contains("\"doc_id\"") => Some(Sentence::of("detail.harness_samples")),
            _ => Some(Sentence::of("detail.other_file")),
        };
    }
    Some(Sentence::of("detail.other_file"))
}

/// True for notes and licences, and for what systems and version control leave; `name` in lower case.
pub(super) fn is_aside(name: &str) -> bool {
    name.starts_with('.')
        || ["readme", "license", "licence", "notice"].iter().any(|start| name.starts_with(start))
        || ["thumbs.db", "desktop.ini"].contains(&name)
}

fn first_line(path: &Path) -> Option<String> {
    let mut line = Vec::new();
    BufReader::new(File::open(path).ok()?.take(LINE)).read_until(b'\n', &mut line).ok()?;
    Some(String::from_utf8_lossy(&line).into_owned())
}

/// What to do about a file in `content/` that nothing reads.
pub(super) fn help(path: &Path, is_link: bool) -> String {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let renamed = |ending: &str| {
        let name = path.with_extension(ending);
        format!("rename it to {}", name.file_name().unwrap_or_default().to_string_lossy())
    };
    match ending.as_str() {
        _ if is_link => "put the file itself here".to_owned(),
        "yml" | "yaml" if path.extension().is_some_and(|it| it != "yaml") => renamed("yaml"),
        "md" | "markdown" | "mdown" | "mkd" => renamed("md"),
        "json" | "jsonl" | "gz" => {
            "put records below content/datastore/data/COLLECTION/, and BenchmarkCards into content/benchmark-cards/"
                .to_owned()
        }
        "yaml" => "tables belong in content/ itself; models, benchmarks and pages are Markdown files".to_owned(),
        _ => "move it out of content/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn files_among_records_are_told_by_what_they_hold() {
        let folder = tempfile::tempdir().unwrap();
        let told = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            why(&path).map(|detail| detail.say(Language::english()).to_string()).unwrap_or_default()
        };
        assert!(told("a.json.gz", "").contains("unpack"));
        assert!(told("a.jsonl", "{\"evaluation_results\": []}\n").contains("one record per line"));
        assert!(told("a.ndjson", "{}\n").contains(".json"));
        assert!(told("a.csv", "a,b\n").contains("--scores FILE"));
        assert!(told("a.txt", "a\n").contains(".json"));
        for name in ["x_samples.jsonl", "README.md", "LICENSE", ".gitkeep", "Thumbs.db"] {
            assert_eq!(told(name, ""), "", "{name}");
        }
        assert_eq!(told("samples.jsonl", "{\"sample_id\": \"1\"}\n"), "");
    }

    #[test]
    fn files_in_content_are_told_with_the_remedy() {
        for (name, expected) in [
            ("site.yml", "rename it to site.yaml"),
            ("models/Tables.YAML", "rename it to Tables.yaml"),
            ("models/a/b.MD", "rename it to b.md"),
            ("models/a/b.markdown", "rename it to b.md"),
            ("x.json", "put records below content/datastore/data/COLLECTION/"),
            ("models/x.yaml", "tables belong in content/ itself"),
            ("logo.png", "move it out"),
        ] {
            assert!(help(Path::new(name), false).contains(expected), "{name}: {}", help(Path::new(name), false));
        }
        assert_eq!(help(Path::new("a.md"), true), "put the file itself here");
    }
}
