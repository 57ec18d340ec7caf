//! Every code that the program writes has words in each language and a line in the reference.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::project::files;

/// An enum that `codes!` declares.
pub struct Codes {
    pub name: String,
    /// What the keys of its phrases begin with; `None` if only machines read it.
    pub words: Option<String>,
    pub codes: Vec<String>,
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// All enums of codes in `src`.
pub fn all() -> Vec<Codes> {
    let mut all = Vec::new();
    for (_, bytes) in
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).into_iter().filter(|(path, _)| path.ends_with(".rs"))
    {
        let source = String::from_utf8(bytes).unwrap();
        for declared in source.split("\ncodes! {\n").skip(1) {
            let declared = declared.split("\n}\n").next().unwrap();
            let (_, declared) = declared.split_once("enum ").unwrap();
            let (head, variants) = declared.split_once(" {\n").unwrap();
            let (name, words) = head.split_once(" in ").map_or((head, None), |(name, words)| (name, Some(words)));
            let code = |line: &str| line.split_once(" = \"").map(|(_, code)| code.trim_end_matches("\",").to_owned());
            all.push(Codes {
                name: name.to_owned(),
                words: words.map(|words| words.trim_matches('"').to_owned()),
                codes: variants.lines().filter_map(code).collect(),
            });
        }
    }
    assert!(all.len() > 20 && all.iter().all(|it| it.codes.len() > 1), "{}", all.len());
    all
}

#[test]
fn every_code_has_words_in_every_language() {
    for (path, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/words")) {
        if !path.ends_with(".yaml") {
            continue;
        }
        let words: BTreeMap<String, Value> = serde_yaml::from_slice(&bytes).unwrap();
        for Codes { name, words: begin, codes } in all() {
            for key in begin.iter().flat_map(|begin| codes.iter().map(move |code| format!("{begin}.{code}"))) {
                assert!(words.contains_key(&key), "{path} has no `{key}`, a code of {name}");
            }
        }
    }
}

/// The codes of each row of the table or list below a heading of the reference.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let reference = read("content/pages/reference.md");
    let (_, section) = reference.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let codes = |row: &str| row.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    section.lines().filter(|line| line.starts_with(['|', '-'])).map(codes).collect()
}

#[test]
fn every_code_has_a_line_in_the_reference() {
    let rows_of_codes = rows("Codes");
    // What gives each code a line of its own.
    let headings = [
        "Statuses of a proposal {#statuses}",
        "Records that are not shown {#not-shown}",
        "Results that are not proposed {#not-proposed}",
    ];
    let explained = headings.map(|heading| rows(heading).concat());
    // `reference` looks for those of findings.
    for Codes { name, codes, .. } in all().into_iter().filter(|it| it.name != "DiagnosticCode") {
        let is_explained = explained.iter().any(|explained| codes.iter().all(|code| explained.contains(code)));
        assert!(
            is_explained || rows_of_codes.contains(&codes),
            "“Codes” has no row with exactly the codes of {name}: `{}`",
            codes.join("`, `")
        );
    }
}

#[test]
fn each_way_not_to_fit_a_leaderboard_has_a_row_on_the_methodology_page() {
    let skip = all().into_iter().find(|it| it.name == "SkipCode").unwrap();
    let misfits = [
        "wrong_direction",
        "not_the_headline_metric",
        "other_split",
        "part_of_benchmark",
        "partial_test_set",
        "condition_not_met",
    ];
    for language in ["en", "zh-Hans"] {
        let methodology = read(&format!("templates/words/methodology.{language}.md"));
        for code in misfits {
            let is_there = ["`", ":"].iter().any(|end| methodology.contains(&format!("`{code}{end}")));
            assert!(skip.codes.iter().any(|it| it == code) && is_there, "{language}: {code}");
        }
    }
}
