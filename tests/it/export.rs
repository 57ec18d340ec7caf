//! What is taken away: read back by programs of others, and compared between builds.

use std::path::Path;
use std::process::Command;

use crate::project::Project;

#[test]
fn exports_are_read_by_other_programs_and_equal_the_pages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readers = "import bibtexparser, duckdb, feedparser, jsonschema";
    if !Command::new("python3").args(["-c", readers]).output().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: python3 cannot `{readers}`, so exports were read by nobody else");
        return;
    }
    let project = Project::empty();
    let content = root.join("content");
    project.build(&["--content", content.to_str().unwrap(), "--base-url", "https://cards.example/site"]);
    let check = Command::new("python3")
        .arg(root.join("tests/it/check_exports.py"))
        .arg(project.path("site/pages"))
        .output()
        .unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}

#[test]
fn a_feed_tells_what_was_changed_and_withdrawn_since_the_last_build() {
    let project = Project::from("two-sources");
    project.build(&[]);
    let first = project.read("site/pages/feed.atom");
    assert!(first.contains("added") && !first.contains("withdrawn"), "{first}");
    std::fs::remove_dir_all(project.path("content/datastore/data/lab-b")).unwrap();
    project.build(&[]);
    let second = project.read("site/pages/feed.atom");
    assert!(second.contains("withdrawn"), "{second}");
    project.build(&["--base-url", "https://other.example"]);
    assert!(project.read("site/pages/feed.atom").contains("withdrawn"), "a build without news keeps the old ones");
}

#[test]
fn a_site_without_public_address_has_no_sitemap() {
    let project = Project::from("minimal");
    project.build(&[]);
    assert!(!project.path("site/pages/sitemap.xml").exists());
    assert!(!project.read("site/pages/robots.txt").contains("Sitemap"));
    project.build(&["--base-url", "https://a.example/b"]);
    assert!(project.read("site/pages/robots.txt").contains("Sitemap: https://a.example/b/sitemap.xml"));
    assert!(project.read("site/pages/sitemap.xml").contains("<loc>https://a.example/b/</loc>"));
}
