//! Light pages of models and benchmarks for frames in other pages.

use crate::export::SITE;
use crate::project::Project;

#[test]
fn embeds_are_made_where_they_are_asked_for_and_hold_what_they_promise() {
    let project = Project::from("two-sources");
    project.build(&["--base-url", SITE]);
    assert!(!project.path("site/pages/embed").exists());
    assert!(!project.read("site/pages/benchmarks/quiz.html").contains("&lt;iframe"));
    let own = project.read("content/site.yaml");
    project.write("content/site.yaml", &format!("{own}\nexports: {{embeds: true}}\n"));
    let mut build = project.command(&["build", "--base-url", SITE]);
    assert!(build.env("SOURCE_DATE_EPOCH", "1790985600").output().unwrap().status.success());

    let embeds = project.files("site/pages/embed");
    let pages = |folder: &str| {
        let pages = project.files(&format!("site/pages/{folder}"));
        pages.into_keys().filter(|path| path.ends_with(".html")).collect::<Vec<_>>()
    };
    let of = |folder: &str| embeds.keys().filter(|path| path.starts_with(folder)).count();
    assert_eq!((of("models/"), pages("models").len()), (2, 2));
    let benchmarks = pages("benchmarks").iter().filter(|path| !path.contains('/')).count();
    assert_eq!(of("benchmarks/"), benchmarks);
    for (path, bytes) in &embeds {
        let page = std::str::from_utf8(bytes).unwrap();
        assert!(page.len() < 8_000, "{path} has {} bytes", page.len());
        assert!(!page.contains("<script") && page.contains("noindex") && page.contains("As of 2026-10-03:"), "{page}");
        assert!(page.contains(&format!("../{path}\" target=\"_top\"")), "{page}");
    }
    let quiz = std::str::from_utf8(&embeds["benchmarks/quiz.html"]).unwrap();
    assert!(
        quiz.contains("#r1ad6de7c-1\" target=\"_top\">Model One</a>") && quiz.contains("Listed results on The Quiz"),
        "{quiz}"
    );

    // The page offers the frame, and no search engine is led to what it shows.
    let frame = format!("&lt;iframe src=&quot;{SITE}/embed/benchmarks/quiz.html&quot;");
    assert!(project.read("site/pages/benchmarks/quiz.html").contains(&frame));
    assert!(!project.read("site/pages/sitemap.xml").contains("/embed/"));
    let run = project.run(&["check", "--base-url", SITE]);
    assert!(!run.stdout.contains("dead-link") && !run.stderr.contains("dead-link"), "{}{}", run.stdout, run.stderr);
}
