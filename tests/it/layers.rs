//! The map of the crate page, held against the code: a stage may not know what comes after it,
//! and nothing between the two edges touches disk, clock or network.

use std::fs;
use std::path::Path;

use walkdir::WalkDir;

/// The text of a module and of all modules below it.
fn source(module: &str) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut text = fs::read_to_string(src.join(format!("{module}.rs"))).unwrap();
    let below = src.join(module);
    for entry in WalkDir::new(&below).into_iter().filter(|_| below.is_dir()) {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|it| it == "rs") {
            text += &fs::read_to_string(entry.path()).unwrap();
        }
    }
    // What is looked for below would not be found in a list.
    for list in ["crate::{", "std::{"] {
        assert!(!text.contains(list), "{module} imports a list of {list}…");
    }
    // Comments may speak of any module.
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_stage_knows_a_later_one() {
    const STAGES: [&str; 14] = [
        "config", "load", "resolve", "mark", "merge", "signal", "chart", "card", "emit", "find", "export", "render",
        "site", "output",
    ];
    // Configuration names a datastore, and pages are written through a trait of their own.
    const ALLOWED: [(&str, &str); 1] = [("config", "load")];
    for (at, stage) in STAGES.iter().enumerate() {
        let source = source(stage);
        for later in &STAGES[at + 1..] {
            // `crate::mark` is no part of `crate::markdown`.
            let knows = [";", "::", "{"].iter().any(|end| source.contains(&format!("crate::{later}{end}")));
            assert!(!knows || ALLOWED.contains(&(stage, later)), "{stage} uses {later}");
        }
    }
}

#[test]
fn publishing_meets_a_build_only_in_files() {
    for (module, others) in [
        ("publish", &["load", "resolve", "merge", "card", "render", "site", "markdown"][..]),
        ("hub", &["config", "load", "emit", "facts", "fetch", "publish", "output", "site"]),
    ] {
        let source = source(module);
        for other in others {
            // `crate::card` is no part of `crate::candidate`.
            let knows = [";", "::", "{"].iter().any(|end| source.contains(&format!("crate::{other}{end}")));
            assert!(!knows, "{module} uses {other}");
        }
    }
}

#[test]
fn fetching_knows_no_stage_after_load() {
    let source = source("fetch");
    for other in ["resolve", "merge", "card", "emit", "render", "site", "markdown", "paths", "publish", "report"] {
        let knows = [";", "::", "{"].iter().any(|end| source.contains(&format!("crate::{other}{end}")));
        assert!(!knows, "fetch uses {other}");
    }
}

#[test]
fn nothing_between_the_edges_touches_disk_clock_or_network() {
    for module in [
        "resolve", "mark", "merge", "signal", "chart", "card", "site", "markdown", "paths", "emit", "export", "find",
        "language", "report", "names", "number", "date", "intern",
    ] {
        let source = source(module);
        for outside in ["std::fs", "std::net", "std::time", "SystemTime", "Instant", "std::env", "std::process"] {
            assert!(!source.contains(outside), "{module} uses {outside}");
        }
    }
}

#[test]
fn a_build_knows_no_network() {
    for module in [
        "config",
        "load",
        "resolve",
        "mark",
        "merge",
        "signal",
        "chart",
        "card",
        "emit",
        "find",
        "export",
        "render",
        "site",
        "output",
        "stages",
        "lock",
        "facts",
        "text",
        "markdown",
        "command/build",
    ] {
        let source = source(module);
        for network in
            ["crate::hub::", "crate::fetch", "crate::publish", "reqwest::blocking", "std::net", "hyper::", "tokio::"]
        {
            assert!(!source.contains(network), "{module} uses {network}");
        }
    }
}
