//! Pages and files of made-up projects. Only the content of `<main>` is compared, so that a change
//! of the page frame breaks one test and not all.

use crate::project::Project;

#[test]
fn a_single_record_makes_a_complete_site() {
    let project = Project::from("minimal");
    project.build(&[]);
    let paths: Vec<String> = project.files("site").into_keys().collect();
    insta::assert_snapshot!(without_hashes(&paths.join("\n")));
    insta::assert_snapshot!("minimal_home", without_hashes(&project.read("site/pages/index.html")));
}

/// The names of assets have the hash of their content, which is not what is tested here.
fn without_hashes(text: &str) -> String {
    let is_hash = |part: &&str| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split('.').map(|part| if is_hash(&part) { "HASH" } else { part }).collect::<Vec<_>>().join(".")
}

#[test]
fn readings_of_two_sources_stand_side_by_side() {
    let project = Project::from("two-sources");
    project.build(&[]);
    insta::assert_snapshot!(project.main_of("models/made-up/model-one.html"));
}

#[test]
fn percentages_and_proportions_are_ranked_together_and_shown_as_reported() {
    let project = Project::from("two-sources");
    project.build(&[]);
    let page = project.main_of("benchmarks/gsm8k.html");
    insta::assert_snapshot!(page);
    // Each evaluator has a list; 0.637 of Lab A stands beside 48.8 % of Lab B as another reading of that model.
    assert!(page.contains("63.7") && page.contains("48.8") && page.contains("0.637"));
    // A list of one model is the result on its card, and no page.
    assert!(page.contains("models/made-up/model-one.html#r6a72d538-0\">whole benchmark, reported by Lab A</a>"));
    assert!(!project.path("site/pages/benchmarks/gsm8k/all-accuracy-by-lab-a.html").exists());
}

#[test]
fn a_benchmark_page_says_what_it_is_and_keeps_parts_apart() {
    let project = Project::from("two-sources");
    project.build(&[]);
    insta::assert_snapshot!(project.main_of("benchmarks/quiz.html"));
    assert!(project.main_of("models/made-up/model-one.html").contains("outside the declared range"));
}

#[test]
fn an_evaluator_page_says_what_was_reported_and_disclosed() {
    let project = Project::from("two-sources");
    project.build(&[]);
    insta::assert_snapshot!(project.main_of("evaluators/lab-b.html"));
    for page in ["evaluators/lab-b", "evaluators"] {
        let page = project.read(&format!("site/pages/{page}.html"));
        assert!(page.contains("evaluators.html\" aria-current=\"page\""), "the navigation says where one is");
    }
}

#[test]
fn the_hub_files_carry_the_conversion_and_its_source() {
    let project = Project::from("two-sources");
    project.build(&[]);
    insta::assert_snapshot!(project.read("site/hub/manifest.json"));
    insta::assert_snapshot!("hub_yaml", project.read("site/hub/made-up/model-two/.eval_results/gsm8k.yaml"));
}

#[test]
fn one_slot_has_one_entry_or_a_conflict_and_every_other_result_a_reason() {
    let project = Project::from("conflict");
    let report = project.build(&[]);
    insta::assert_snapshot!(serde_json::to_string_pretty(&report["hub"]).unwrap());
    let results = report["results"].as_u64().unwrap();
    let sum = |value: &serde_json::Value| value.as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum::<u64>();
    let hub = &report["hub"];
    assert_eq!(results, sum(&hub["entries"]) + sum(&hub["skipped"]) + hub["unsupported_results"].as_u64().unwrap());
}

#[test]
fn records_without_public_address_are_copied_into_the_site_byte_for_byte() {
    let project = Project::from("minimal");
    project.build(&[]);
    let source = project.files("content/datastore").into_values().next().unwrap();
    let copies: Vec<_> = project.files("site/pages/records").into_iter().collect();
    let [(path, copy)] = &copies[..] else { panic!("{} copies", copies.len()) };
    assert_eq!(*copy, source);
    assert!(project.read("site/pages/models/made-up/model-1.html").contains(&format!("../../records/{path}")));
    assert!(project.read("site/hub/manifest.json").contains("records have no public address"));
}

#[test]
fn a_base_url_makes_canonical_addresses_and_an_absolute_404_page() {
    let project = Project::from("two-sources");
    project.build(&[]);
    assert!(
        project.read("site/pages/index.html").contains("<link rel=\"canonical\" href=\"https://cards.example/site/\">")
    );
    assert!(project.read("site/pages/404.html").contains("href=\"https://cards.example/site/models.html\""));
    project.build(&["--base-url", "https://other.example"]);
    assert!(
        project
            .read("site/pages/models.html")
            .contains("<link rel=\"canonical\" href=\"https://other.example/models.html\">")
    );
}

#[test]
fn only_source_date_epoch_puts_a_day_on_a_page() {
    let project = Project::from("minimal");
    let output = project.command(&["build"]).env("SOURCE_DATE_EPOCH", "1767225600").output().unwrap();
    assert!(output.status.success());
    assert!(project.read("site/pages/index.html").contains("on <time>2026-01-01</time>"));
    project.build(&[]);
    assert!(!project.read("site/pages/index.html").contains("on <time>"));
}

#[test]
fn a_template_of_the_project_overrides_one_of_the_theme() {
    let project = Project::from("minimal");
    project.write("templates/404.html", "Nothing at {{ site.title }} & {{ site.top }}");
    project.write("templates/style.css", "body { color: red }");
    project.build(&[]);
    assert_eq!(project.read("site/pages/404.html"), "Nothing at Eval Cards & ");
    let assets = project.files("site/pages/assets");
    let style = assets.keys().find(|path| path.starts_with("style.")).unwrap();
    // What the stylesheet says in words comes after it, in the language of the site.
    assert!(project.read(&format!("site/pages/assets/{style}")).starts_with("body { color: red }"));
    assert!(project.read("site/pages/index.html").contains(style));
}

#[test]
fn two_pages_of_prose_cannot_have_one_address() {
    let project = Project::from("minimal");
    project.write("content/pages/a/x.md", "---\ntitle: First\n---\n");
    project.write("content/pages/b/X.md", "---\ntitle: Second\n---\n");
    let run = project.run(&["build"]);
    assert!(run.code == 0 && run.stderr.contains("X.html` is the address of another page"), "{}", run.stderr);
    assert!(project.main_of("x.html").contains("First"));
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    for fixture in ["minimal", "two-sources", "conflict", "flat", "schema-versions", "hostile-strings"] {
        let project = Project::from(fixture);
        project.build(&[]);
        let files = project.files("site/pages");
        let pages = files.iter().filter(|(path, _)| path.ends_with(".html") && *path != "404.html");
        for (path, bytes) in pages {
            let page = String::from_utf8(bytes.clone()).unwrap();
            for link in crate::hostile::attributes(&page, "href") {
                check_link(&files, path, &link, fixture);
            }
        }
    }
}

#[track_caller]
fn check_link(files: &std::collections::BTreeMap<String, Vec<u8>>, page: &str, link: &str, fixture: &str) {
    if link.starts_with("https://") || link.starts_with("http://") || link == "data:," {
        return;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let mut target: Vec<&str> = page.split('/').collect();
    if !path.is_empty() {
        target.pop();
        for part in path.split('/') {
            match part {
                ".." => _ = target.pop().unwrap_or_else(|| panic!("{fixture}: {page} links above the site: {link}")),
                part => target.push(part),
            }
        }
    }
    let found = files.get(&target.join("/")).unwrap_or_else(|| panic!("{fixture}: {page} has a dead link: {link}"));
    let has_anchor = || String::from_utf8_lossy(found).contains(&format!("id=\"{anchor}\""));
    // What is compared, or chosen from a list, is read by the script.
    let is_of_script = (path.ends_with("compare.html") && anchor.starts_with("m="))
        || (path.ends_with("models.html") && anchor == "readings=differ")
        || (path.ends_with("benchmarks.html") && anchor.starts_with("category="));
    assert!(anchor.is_empty() || is_of_script || has_anchor(), "{fixture}: {page} has a dead anchor: {link}");
}
