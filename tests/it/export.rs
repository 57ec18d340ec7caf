//! What is taken away: read back by programs of others, and compared between builds.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::project::Project;

const CHECK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/check_exports.py");

/// True if the programs that read exports are here; else that is said aloud.
pub fn has_readers() -> bool {
    let readers = "import bibtexparser, duckdb, feedparser, jsonschema, lxml, yaml; \
                   import importlib.util as it; assert it.find_spec('cffconvert')";
    let has_all = Command::new("python3").args(["-c", readers]).output().is_ok_and(|output| output.status.success());
    if !has_all {
        eprintln!("SKIPPED: python3 cannot `{readers}`, so exports were read by nobody else");
    }
    has_all
}

/// Reads the exports of a site with other programs, and holds them against its pages. Its address must be [`SITE`].
#[track_caller]
pub fn check(pages: &Path) {
    check_part(pages, &[]);
}

/// The same for a part of them: `quotes` or `sources`.
#[track_caller]
pub fn check_part(pages: &Path, part: &[&str]) {
    let check = Command::new("python3").arg(CHECK).arg(pages).args(part).output().unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}

/// The public address of the sites that are checked.
pub const SITE: &str = "https://cards.example/site";

#[test]
fn exports_are_read_by_other_programs_and_equal_the_pages() {
    if !has_readers() {
        return;
    }
    let project = Project::empty();
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    project.build(&["--content", content.to_str().unwrap(), "--base-url", SITE]);
    check(&project.path("site/pages"));
}

#[test]
fn a_site_without_a_table_of_each_model_has_no_smaller_ones_either_and_links_to_none() {
    let project = Project::from("two-sources");
    let further = || {
        project.build(&[]);
        let files = project.files("site/pages");
        let is_further = |path: &str| {
            ["side-by-side", "documented", "differences"].iter().any(|it| path.contains(it))
                && !path.contains("/sources/")
        };
        let pages = files.iter().filter(|(path, _)| path.ends_with(".html"));
        let links = pages.filter(|(_, page)| String::from_utf8_lossy(page).contains(" download>Th")).count();
        let members = files["api/v1/evaluators/lab-b.json"].windows(14).filter(|it| it == b"\"differences\":").count();
        (files.keys().filter(|path| path.ends_with(".csv") && is_further(path)).count(), links, members)
    };
    let (files, links, members) = further();
    assert!(files > 4 && links > 4 && members == 1, "{files} files, {links} pages, {members}");
    project.write("content/site.yaml", "exports: {documents: false, page_tables: false}\n");
    let is_ranking =
        |path: &str| path.starts_with("api/v1/benchmarks/") && path.ends_with(".csv") && !path.contains('~');
    assert!(project.files("site/pages").keys().any(|path| is_ranking(path)));
    let sources = project.files("site/pages/sources").len();
    let of_others =
        1 + sources + project.files("site/pages/benchmarks").keys().filter(|path| !path.contains('/')).count();
    assert_eq!(further(), (0, of_others, 0), "those of benchmarks, sources and of what could be published are few");
    let files = project.files("site/pages");
    assert!(!files.keys().any(|path| is_ranking(path)), "no CSV of a ranking");
    let pages = files.iter().filter(|(path, _)| path.starts_with("benchmarks/"));
    for (path, page) in pages {
        let links = crate::hostile::attributes(&String::from_utf8_lossy(page), "href");
        assert!(!links.iter().any(|link| link.ends_with(".csv") && !link.contains('~')), "{path} links to none");
    }
}

#[test]
fn a_feed_tells_what_was_changed_and_what_is_gone_since_the_last_build() {
    let project = Project::from("two-sources");
    project.build(&[]);
    let first = project.read("site/pages/feed.atom");
    const GONE: &str = "not on this site any more";
    assert!(first.contains("added") && !first.contains(GONE), "{first}");
    // A record that is found elsewhere has only moved.
    let records = project.path("content/datastore/data/lab-b");
    fs::rename(&records, project.path("content/datastore/data/lab-z")).unwrap();
    project.build(&[]);
    assert_eq!(project.read("site/pages/feed.atom"), first);
    fs::rename(project.path("content/datastore/data/lab-z"), &records).unwrap();
    project.build(&[]);
    assert_eq!(project.read("site/pages/feed.atom"), first);
    fs::remove_dir_all(project.path("content/datastore/data/lab-b")).unwrap();
    project.build(&[]);
    let second = project.read("site/pages/feed.atom");
    // Why it is gone nobody says.
    assert!(second.contains(GONE) && !second.contains("withdrawn"), "{second}");
    project.build(&["--base-url", "https://other.example"]);
    assert!(project.read("site/pages/feed.atom").contains(GONE), "a build without news keeps the old ones");
}

#[test]
fn the_state_that_site_yaml_names_is_compared_with_and_each_that_is_none_is_told() {
    let project = Project::from("two-sources");
    project.build(&[]);
    fs::rename(project.path("site/pages/api/v1/state.jsonl.gz"), project.path("content/last.gz")).unwrap();
    fs::remove_dir_all(project.path("content/datastore/data/lab-b")).unwrap();
    project.write("content/site.yaml", "title: X\nexports: {previous: last.gz}\n");
    let said = || project.run(&["build", "--out", "new"]).stderr;
    assert!(!said().contains("no-previous-state"));
    assert!(project.read("new/pages/feed.atom").contains("not on this site any more"));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"{}\n").unwrap();
    for (bad, why) in [(b"plain".to_vec(), "it cannot be unpacked"), (packed.finish().unwrap(), "missing field")] {
        fs::write(project.path("content/last.gz"), bad).unwrap();
        for _ in 0..2 {
            let said = said();
            assert!(said.contains("warning[no-previous-state]") && said.contains(why), "{said}");
        }
    }
}

#[test]
fn a_feed_tells_that_a_result_was_withdrawn_and_that_it_is_asserted_again() {
    let project = Project::from("two-sources");
    let (path, record) = project.files("content/datastore/data/lab-a").pop_first().unwrap();
    let attestation = format!(
        "kind: withdrawn\nby: Lab A\nsince: 2026-03-04\nwhy: Wrong.\nurl: https://lab.example/x\n\
         records: [{{sha256: {}}}]\nreviewer: '@someone'\ndate: 2026-03-05\n",
        evalcards::hash::Sha256::of(&record)
    );
    let feed = || {
        project.build(&[]);
        project.read("site/pages/feed.atom")
    };
    assert!(!feed().contains("withdrawn"), "{path}");
    project.write("content/attestations/x.yaml", &attestation);
    let withdrawn = feed();
    assert!(withdrawn.contains("withdrawn") && !withdrawn.contains("any more"), "{withdrawn}");
    assert_eq!(feed(), withdrawn, "once");
    fs::remove_file(project.path("content/attestations/x.yaml")).unwrap();
    assert!(feed().contains("asserted again"));
    // A site that was never built before tells it as of the day of the declaration.
    fs::remove_dir_all(project.path("site")).unwrap();
    project.write("content/attestations/x.yaml", &attestation);
    let first = feed();
    let entry = first.split("<entry>").find(|entry| entry.contains("withdrawn")).unwrap();
    assert!(entry.contains("<updated>2026-03-04T"), "{entry}");
}

#[test]
fn a_picture_beside_a_link_has_an_address_of_its_own() {
    let project = Project::from("minimal");
    project.write("content/site.yaml", "image: https://a.example/picture.png\n");
    project.build(&[]);
    for page in ["index.html", "models/made-up/model-1.html", "benchmarks/quiz.html"] {
        let page = project.read(&format!("site/pages/{page}"));
        assert!(page.contains("<meta property=\"og:image\" content=\"https://a.example/picture.png\">"), "{page}");
    }
    for bad in ["picture.png", "javascript:alert(1)", "http://a.example/p.png"] {
        project.write("content/site.yaml", &format!("image: {bad}\n"));
        let run = project.run(&["build"]);
        assert!(run.code == 1 && run.stderr.contains("`image` must begin with https://"), "{}", run.stderr);
    }
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
