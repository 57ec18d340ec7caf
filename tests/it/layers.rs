//! The map of the crate page, compared with the code: a module may not know what comes after it, and only some modules
//! touch disk, clock, environment or network.

use std::collections::BTreeMap;
use std::path::Path;

use crate::project::files;

/// All modules; each uses only those of the lines above it.
const LAYERS: &[&[&str]] = &[
    &["address", "chart", "codes", "date", "id", "intern", "markdown", "names", "text", "words"],
    &["diagnostic", "hash", "language"],
    &["facts", "number", "lock", "paths", "hub"],
    &["config"],
    &["load"],
    &["resolve"],
    &["mark"],
    &["merge"],
    &["signal"],
    &["card"],
    &["emit", "find"],
    &["export", "output"],
    &["render", "report"],
    &["site"],
    &["stages"],
    &["check", "fetch", "init", "serve"],
    &["publish"],
];

/// Modules that touch what lies outside of the program, with the reason. All others are functions of their arguments.
const EDGES: &[(&str, &str)] = &[
    ("text", "reads text files for all others"),
    ("lock", "reads the lock file"),
    ("config", "reads site.yaml and looks whether folders exist"),
    ("load", "reads records and content"),
    ("render", "reads the templates of a site"),
    ("stages", "reads the state of the last build, and copies records into the site"),
    ("output", "writes the site"),
    ("hub", "talks to the Hub"),
    ("fetch", "downloads"),
    ("publish", "opens pull requests"),
    ("init", "writes a project"),
    ("serve", "watches files and serves pages"),
    ("check", "reads a finished site"),
];

const OUTSIDE: [&str; 10] = [
    "std::fs",
    ".is_dir()",
    ".is_file()",
    "std::net",
    "std::time",
    "SystemTime",
    "Instant",
    "std::env",
    "std::process",
    "reqwest::blocking",
];

/// The code of each module, with the modules below it, without comments and tests.
fn modules() -> BTreeMap<String, String> {
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for (path, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let Some(file) = path.strip_suffix(".rs") else { continue };
        let code = String::from_utf8(bytes).unwrap();
        let code = code.split("#[cfg(test)]\nmod tests").next().unwrap();
        // What is looked for below would not be found in a list.
        assert!(!code.contains("crate::{") && !code.contains("use std::{"), "{path} imports a list");
        let code: String =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect();
        *modules.entry(file.split('/').next().unwrap().to_owned()).or_default() += &code;
    }
    // The program itself: it calls the library and prints.
    for program in ["lib", "main", "cli", "command", "progress"] {
        assert!(modules.remove(program).is_some(), "{program}");
    }
    modules
}

/// The modules of the crate that `code` names.
fn known(code: &str) -> impl Iterator<Item = &str> {
    code.split("crate::").skip(1).map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap())
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn no_module_knows_a_later_one() {
    let modules = modules();
    let listed: usize = LAYERS.iter().map(|layer| layer.len()).sum();
    assert_eq!(listed, modules.len(), "a module is missing in LAYERS, or listed and gone");
    for (module, code) in &modules {
        let own = layer(module).unwrap_or_else(|| panic!("LAYERS lacks {module}"));
        for other in known(code).filter(|other| *other != module) {
            // Macros and the functions of the crate page are of no module.
            let Some(other_layer) = layer(other) else { continue };
            assert!(other_layer < own, "{module} uses {other}, which is not in a layer above it");
        }
    }
}

#[test]
fn publishing_meets_a_build_only_in_files() {
    let modules = modules();
    for (module, others) in [
        ("publish", &["load", "resolve", "merge", "card", "render", "site", "markdown"][..]),
        ("hub", &["config", "load", "emit", "facts", "output"]),
        ("fetch", &["resolve", "merge", "card", "emit", "render", "site", "markdown", "paths", "report"]),
    ] {
        for other in known(&modules[module]) {
            assert!(!others.contains(&other), "{module} uses {other}");
        }
    }
}

#[test]
fn nothing_but_the_edges_touches_disk_clock_or_network() {
    let modules = modules();
    for (module, code) in &modules {
        let is_edge = EDGES.iter().any(|(edge, _)| edge == module);
        let outside: Vec<_> = OUTSIDE.iter().filter(|outside| code.contains(*outside)).collect();
        assert!(is_edge || outside.is_empty(), "{module} uses {outside:?}");
        assert!(!is_edge || !outside.is_empty(), "{module} is no edge any more");
    }
}

#[test]
fn a_build_knows_no_network() {
    let modules = modules();
    let build = layer("stages").unwrap();
    for (module, code) in modules.iter().filter(|(module, _)| layer(module).unwrap() <= build && *module != "hub") {
        for network in
            ["crate::hub::", "crate::fetch", "crate::publish", "reqwest::blocking", "std::net", "hyper::", "tokio::"]
        {
            assert!(!code.contains(network), "{module} uses {network}");
        }
    }
    let command = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/command/build.rs")).unwrap();
    assert!(!["hub::", "fetch::", "publish::"].iter().any(|network| command.contains(network)), "{command}");
}

#[test]
fn a_type_has_a_name_of_its_own() {
    let mut declared: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        if !path.ends_with(".rs") {
            continue;
        }
        for line in String::from_utf8(bytes).unwrap().lines() {
            let is_inner = line.starts_with(' ');
            let words: Vec<&str> = line.split_whitespace().skip_while(|word| word.starts_with("pub")).collect();
            if let [kind @ ("struct" | "enum" | "trait" | "type"), name, ..] = words[..] {
                // An associated type of a foreign trait has the trait's name for it.
                if kind == "type" && is_inner {
                    continue;
                }
                let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap();
                declared.entry(name.to_owned()).or_default().push(path.clone());
            }
        }
    }
    assert!(declared.len() > 500, "{}", declared.len());
    let twice: Vec<String> = declared
        .iter()
        .filter(|(_, files)| files.len() > 1)
        .map(|(name, files)| format!("{name}: {files:?}"))
        .collect();
    assert!(twice.is_empty(), "{} names mean several types:\n{}", twice.len(), twice.join("\n"));
}
