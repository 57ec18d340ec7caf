//! Windows and macOS, as far as Linux can tell: the names of files, and the ends of lines.

use std::collections::HashMap;
use std::process::Command;

use crate::project::{Project, files};

/// Holds the rules of Windows and of file systems that ignore case.
#[track_caller]
fn assert_portable<'a>(paths: impl Iterator<Item = &'a String>) {
    let mut folded: HashMap<String, &str> = HashMap::new();
    for path in paths {
        // A name in any case, its folders included, is one name.
        for end in path.match_indices('/').map(|(at, _)| at).chain([path.len()]) {
            let other = folded.entry(path[..end].to_lowercase()).or_insert(&path[..end]);
            assert_eq!(*other, &path[..end], "these differ in case only");
        }
        assert!(path.len() < 200, "{path} leaves no room for a folder: Windows reads 260 characters");
        for part in path.split('/') {
            assert!(!part.contains(|c: char| c.is_control() || "<>:\"\\|?*".contains(c)), "{path}");
            assert!(!part.ends_with(['.', ' ']), "{path}");
            let stem = part.split('.').next().unwrap().to_ascii_lowercase();
            let (name, number) = stem.split_at(stem.len().min(3));
            let is_numbered = number.len() == 1 && number.as_bytes()[0].is_ascii_digit();
            let is_device = match name {
                "con" | "prn" | "aux" | "nul" => number.is_empty(),
                "com" | "lpt" => is_numbered,
                _ => false,
            };
            assert!(!is_device, "{path} is a device of Windows");
        }
    }
}

#[test]
fn whatever_models_are_called_every_file_can_be_written_everywhere() {
    let project = Project::empty();
    let ids = [
        "con/aux",
        "Acme/NUL.txt",
        "acme/nul.txt",
        "a\\b/c:d",
        "a/b.",
        "a/b ",
        "a/B.",
        "lpt1/com9",
        "x/y?z*",
        "\"q\"/<r>|",
    ];
    for (number, id) in ids.iter().enumerate() {
        let json = serde_json::to_string(id).unwrap();
        let record = include_str!(
            "../fixtures/minimal/content/datastore/data/c/made-up/model-1/0b0b6a3e-5d5f-4c0e-9d8e-000000000001.json"
        );
        let record = record.replace("\"made-up/model-1\"", &json).replace("Quiz", &format!("{}. ", &json[1..4]));
        project.write(&format!("content/datastore/data/c/o/m/{number}.json"), &record);
    }
    let report = project.build(&[]);
    assert!(report["models"].as_u64().unwrap() >= 7, "{report}");
    assert_portable(project.files("site").keys());
}

#[test]
fn the_files_of_the_repository_and_of_a_new_project_can_be_written_everywhere() {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    match git.output() {
        Ok(output) if output.status.success() && !output.stdout.is_empty() => {
            let names = String::from_utf8(output.stdout).unwrap();
            let names: Vec<String> = names.split_terminator('\0').map(str::to_owned).collect();
            assert_portable(names.iter());
        }
        _ => println!("SKIPPED: this is no clone"),
    }
    let project = Project::empty();
    project.run(&["init"]);
    assert_portable(files(project.root()).keys());
}

#[test]
fn lines_that_end_as_on_windows_give_the_same_pages() {
    let [unix, windows] = [(); 2].map(|()| Project::from("two-sources"));
    for project in [&unix, &windows] {
        for text in ["templates/variables.css", "templates/words/en.yaml", "templates/extra.html"] {
            project.write(text, if text.ends_with("yaml") { "nav.models: Systems\n" } else { "\n" });
        }
        project.write("content/pages/about.md", "---\ntitle: About\n---\n\nOne line\nand another.\n\n- a\n- b\n");
    }
    let mut n = 0;
    for folder in ["content", "templates"] {
        for (path, bytes) in windows.files(folder) {
            // Records are what their hash says.
            if !path.starts_with("datastore/") {
                let text = String::from_utf8(bytes).unwrap().replace('\n', "\r\n");
                windows.write(&format!("{folder}/{path}"), &text);
                n += 1;
            }
        }
    }
    assert!(n >= 4, "{n}");
    unix.build(&[]);
    windows.build(&[]);
    let (unix, windows) = (unix.files("site"), windows.files("site"));
    for (path, bytes) in &unix {
        assert!(windows.get(path) == Some(bytes), "{path} differs");
    }
    assert_eq!(unix.len(), windows.len());
}
