//! The site in headless Chromium: what the script adds, what is there without it, and what axe
//! says of every kind of page.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::{Project, is_whole};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/browser.js");

/// The browser; `None`, said aloud, if it or what drives it is not here.
fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::env::split_paths(&folders).flat_map(|folder| names.map(|name| folder.join(name)));
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let browser = named.into_iter().chain(paths).find(|path| path.is_file());
    let needs = "require.resolve('playwright-core'); require.resolve('axe-core')";
    let driver = Command::new("node").args(["-e", needs]).output();
    if browser.is_none() || !driver.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "SKIPPED: no Chromium, or no node with playwright-core and axe-core, so no page was tried in a browser"
        );
        return None;
    }
    browser
}

#[test]
fn the_demonstration_works_in_a_browser_with_and_without_javascript() {
    let Some(chromium) = chromium() else { return };
    let project = Project::empty();
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    project.build(&["--content", content.to_str().unwrap()]);
    let arguments: &[&str] = if is_whole("half of the looks for barriers") { &[] } else { &["quick"] };
    assert_eq!(holds(&project, &chromium, arguments), 20);
}

#[test]
fn of_very_many_that_are_found_the_likely_ones_are_shown_first() {
    let Some(chromium) = chromium() else { return };
    let project = Project::from("minimal");
    let (path, bytes) = project.files("content/datastore").into_iter().next().unwrap();
    let record = String::from_utf8(bytes).unwrap();
    let (folder, _) = path.rsplit_once('/').unwrap();
    // Ids so long that the entries of 900 models need more than one file.
    let long = "of-a-name-that-is-long-enough-for-its-entry-to-take-a-tenth-of-a-kilobyte";
    for number in 1..900 {
        let name = format!("model-{number:04}-{long}");
        let uuid = format!("0b0b6a3e-5d5f-4c0e-9d8e-{:012}", number + 1);
        let text = record.replace("model-1", &name).replace("1767225600\",", &format!("{}\",", 1_767_225_600 + number));
        project.write(&format!("content/datastore/{folder}/{uuid}.json"), &text);
    }
    project.build(&[]);
    assert_eq!(holds(&project, &chromium, &["very-many"]), 1);
}

#[test]
fn two_models_are_compared_on_the_same_samples_and_rows_are_text() {
    let Some(chromium) = chromium() else { return };
    let [a, b] = crate::pairs::two();
    let alone = crate::pairs::Answered::new("c", [(crate::pairs::hashed(0, 99), true)]);
    let project = crate::pairs::project(&[a, b, alone]);
    project.write("content/site.yaml", "title: Samples\nsamples: {excerpts: 3}\n");
    project.build(&[]);
    assert_eq!(holds(&project, &chromium, &["pairs"]), 2);
}

#[test]
fn a_board_and_its_embedded_pages_fit_a_phone_and_their_sentences_are_copied() {
    let Some(chromium) = chromium() else { return };
    let project = Project::empty();
    project.write("scores.csv", "model,score,metric\norg/a,0.5,accuracy\n");
    project.run(&["init", "--benchmark", "Quiz", "--scores", "scores.csv"]);
    let site = project.read("content/site.yaml");
    project.write("content/site.yaml", &format!("{site}exports: {{embeds: true}}\n"));
    project.build(&["--base-url", "https://cards.example/site"]);
    assert_eq!(holds(&project, &chromium, &["board"]), 1);
}

/// Tries the site of `project` in a browser; gives the number of checks, each of which says that it holds.
fn holds(project: &Project, chromium: &Path, arguments: &[&str]) -> usize {
    let script = Command::new("node")
        .arg(SCRIPT)
        .arg(project.path("site/pages"))
        .args(arguments)
        .env("CHROMIUM", chromium)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&script.stdout);
    assert!(script.status.success(), "{said}\n{}", String::from_utf8_lossy(&script.stderr));
    said.lines().count()
}
