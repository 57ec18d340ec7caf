//! The reference has every flag, key, code and status: its last lists are made from the program, and the others are
//! compared with what the program says itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::codes;
use crate::project::Project;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn path() -> PathBuf {
    repository().join("content/pages/reference.md")
}

/// The words between backticks.
fn named(markdown: &str) -> BTreeSet<&str> {
    markdown.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// The commands that `--help` lists.
fn commands(project: &Project) -> Vec<String> {
    let help = project.run(&["--help"]).stdout;
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// The flags of a command as its short help has them, each with its meaning.
fn flags(project: &Project, command: &str) -> Vec<(String, String)> {
    let help = project.run(&[command, "-h"]).stdout;
    let mut flags: Vec<(String, String)> = Vec::new();
    let options = help.split("Options:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    for line in options.lines().map(str::trim) {
        if line.starts_with('-') {
            let (flag, meaning) = line.split_once("  ").unwrap_or((line, ""));
            flags.push((flag.to_owned(), meaning.trim().to_owned()));
        } else if let Some((_, meaning)) = flags.last_mut() {
            *meaning = format!("{meaning} {line}").trim().to_owned();
        }
    }
    flags
}

/// Lists of all flags, by the commands that have them: those of every command first.
fn lists_of_flags() -> String {
    let project = Project::empty();
    let commands = commands(&project);
    let mut of_flag: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for command in &commands {
        let is_own = |flag: &String| !flag.ends_with("--help") && !flag.ends_with("--version");
        for flag in flags(&project, command).into_iter().filter(|(flag, _)| is_own(flag)) {
            of_flag.entry(flag).or_default().push(command.clone());
        }
    }
    assert!(of_flag.len() > 40, "{}", of_flag.len());
    let mut lists: BTreeMap<(bool, String), String> = BTreeMap::new();
    for ((flag, meaning), of) in of_flag {
        let is_some = of.len() < commands.len();
        let of = if is_some { format!("`{}`", of.join("`, `")) } else { "All commands".to_owned() };
        *lists.entry((is_some, of)).or_default() += &format!("- `{flag}`: {meaning}\n");
    }
    let lists = lists.into_iter().map(|((_, of), list)| format!("\n{of}:\n\n{list}"));
    format!("\n## Flags\n{}", lists.collect::<String>())
}

/// A list of the codes whose words begin with `prefix`.
fn list_of_codes(title: &str, lead: &str, prefix: &str) -> String {
    let words = fs::read_to_string(repository().join("templates/words/en.yaml")).unwrap();
    let words: BTreeMap<String, Value> = serde_yaml::from_str(&words).unwrap();
    let codes: String = (words.iter())
        .filter_map(|(key, says)| Some((key.strip_prefix(prefix)?, says.as_str()?)))
        .map(|(code, says)| format!("- `{code}`: {says}\n"))
        .collect();
    format!("\n## {title}\n\n{lead}\n\n{codes}")
}

#[test]
fn the_lists_of_flags_and_codes_are_those_of_the_program() {
    const MARK: &str = "<!-- From here on the lists are made from the program: INSTA_UPDATE=always cargo test -->\n";
    let text = fs::read_to_string(path()).unwrap();
    let (before, found) = text.split_once(MARK).unwrap();
    let expected = [
        lists_of_flags(),
        list_of_codes(
            "Records that are not shown {#not-shown}",
            "*Not shown* has one of these codes for each.",
            "reason.",
        ),
        list_of_codes(
            "Results that are not proposed {#not-proposed}",
            "*Publishing* and `manifest.json` have one of these codes for each. “It” is the result.",
            "outcome.",
        ),
    ]
    .concat();
    if found != expected && std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        fs::write(path(), format!("{before}{MARK}{expected}")).unwrap();
        return;
    }
    assert!(found == expected, "content/pages/reference.md is out of date; run INSTA_UPDATE=always cargo test");
}

#[test]
fn every_finding_has_its_line() {
    let reference = fs::read_to_string(path()).unwrap();
    let explained = named(&reference);
    let diagnostics = codes::all().into_iter().find(|it| it.name == "DiagnosticCode").unwrap();
    let missing: Vec<_> = diagnostics.codes.iter().filter(|code| !explained.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "not in the reference: {missing:?}");
}

#[test]
fn every_key_has_its_place() {
    let reference = fs::read_to_string(path()).unwrap();
    let explained: BTreeSet<&str> = (reference.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')).collect();
    let record = "content/datastore/data/c/lab/m/0b0b6a3e-5d5f-4c0e-9d8e-000000000001.json";
    // What the program answers to a key that is like none.
    for (file, text) in [
        ("models.yaml", "models: [{id: lab/m, qqqqqq: 1}]"),
        ("benchmarks.yaml", "benchmarks: [{id: b, qqqqqq: 1}]"),
        ("organizations.yaml", "organizations: [{id: o, name: O, qqqqqq: 1}]"),
        ("collections.yaml", "collections: [{id: c, qqqqqq: 1}]"),
        ("metrics.yaml", "metrics: [{id: m, name: M, qqqqqq: 1}]"),
        ("aliases.yaml", "aliases: [{id: lab/m, kind: model, names: [x], qqqqqq: 1}]"),
        ("pages/page.md", "---\ntitle: T\nqqqqqq: 1\n---\n"),
        ("site.yaml", "qqqqqq: 1"),
        ("site.yaml", "datastore: {qqqqqq: 1}"),
        ("site.yaml", "publish: {qqqqqq: 1}"),
        ("site.yaml", "publish: {prefer: [{qqqqqq: 1}]}"),
        ("site.yaml", "exports: {qqqqqq: 1}"),
        ("site.yaml", "samples: {qqqqqq: 1}"),
        ("models.yaml", "models: [{id: lab/m, links: [{qqqqqq: 1}]}]"),
        ("models.yaml", "models: [{id: lab/m, variants: [{qqqqqq: 1}]}]"),
        ("benchmarks.yaml", "benchmarks: [{id: b, dataset: {qqqqqq: 1}}]"),
        ("benchmarks.yaml", "benchmarks: [{id: b, metric: {qqqqqq: 1}}]"),
        ("benchmarks.yaml", "benchmarks: [{id: b, scope: {qqqqqq: 1}}]"),
        ("benchmarks.yaml", "benchmarks: [{id: b, parts: {qqqqqq: 1}}]"),
        ("measurement.yaml", "qqqqqq: 1"),
        ("measurement.yaml", "rules: [{qqqqqq: 1}]"),
        ("measurement.yaml", "leads: [{qqqqqq: 1}]"),
        ("benchmarks/b.hub.yaml", "qqqqqq: 1"),
        ("benchmarks/b.hub.yaml", "key: b\ntasks: [{qqqqqq: 1}]"),
        ("benchmarks/b.hub.yaml", "key: b\nstated: {qqqqqq: 1}"),
        ("attestations/a.yaml", "kind: submitted_by_source\nqqqqqq: 1"),
        ("attestations/a.yaml", "kind: withdrawn\nqqqqqq: 1"),
    ] {
        let project = Project::from("minimal");
        project.write(&format!("content/{file}"), text);
        assert!(!project.path(record).exists());
        let said = project.run(&["check", "--json", "--verbose"]);
        let said = format!("{}{}", said.stdout, said.stderr);
        let starts = ["expected one of ", "known keys are ", "expected `"];
        let Some((_, list)) = starts.iter().find_map(|start| said.split_once(start)) else {
            panic!("{file}, {text}: {said}");
        };
        let list = list.split(['\n', '"', ';']).next().unwrap().split(" at line").next().unwrap();
        let keys: Vec<&str> =
            list.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|key| !key.is_empty()).collect();
        let missing: Vec<_> = keys.iter().filter(|key| !explained.contains(**key)).collect();
        println!("{file}: {keys:?}");
        assert!(missing.is_empty(), "{file}, {text}: {missing:?} are not in the reference");
    }
}

#[test]
fn every_status_of_a_proposal_has_its_line() {
    let reference = fs::read_to_string(path()).unwrap();
    let explained = named(&reference);
    let statuses = codes::all().into_iter().find(|it| it.name == "StatusCode").unwrap();
    let missing: Vec<_> = statuses.codes.iter().filter(|code| !explained.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "not in the reference: {missing:?}");
}
