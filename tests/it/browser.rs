//! The site in headless Chromium: what the script adds, what is there without it, and what axe
//! says of every kind of page.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::Project;

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
    let output =
        Command::new("node").arg(SCRIPT).arg(project.path("site/pages")).env("CHROMIUM", chromium).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.lines().count(), 18, "every check says that it holds: {said}");
}
