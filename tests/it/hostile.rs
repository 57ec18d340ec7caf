//! Every text of a record is hostile: none becomes markup, a script, a link that runs, or a path
//! that leaves the site.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::Project;

/// The values of all attributes called `name`, in order, with entities resolved.
pub fn attributes(page: &str, name: &str) -> Vec<String> {
    let mut values = Vec::new();
    let pattern = format!(" {name}=\"");
    for (at, _) in page.match_indices(&pattern) {
        let value = &page[at + pattern.len()..];
        let value = &value[..value.find('"').unwrap()];
        values.push(
            value
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&"),
        );
    }
    values
}

/// The names of all elements and attributes of a page, as a browser would see them.
fn names(page: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let Some(end) = rest.find('>') else { break };
        let mut tag = rest[..end].to_owned();
        // What stands in quotes is a value, whatever it says.
        while let Some(start) = tag.find('"') {
            let length = tag[start + 1..].find('"').expect("an attribute is not closed") + 2;
            tag.replace_range(start..start + length, "");
        }
        names.extend(
            tag.split_whitespace().map(|word| word.trim_start_matches('/').trim_end_matches(['=', '/']).to_lowercase()),
        );
        rest = &rest[end..];
    }
    names
}

#[test]
fn no_text_of_a_record_becomes_markup() {
    let hostile = Project::from("hostile-strings");
    hostile.build(&[]);
    let harmless = Project::from("two-sources");
    harmless.build(&[]);
    let known: BTreeSet<String> = harmless
        .files("site/pages")
        .into_iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .flat_map(|(_, bytes)| names(&String::from_utf8(bytes).unwrap()))
        .collect();
    let mut seen = 0;
    for (path, bytes) in hostile.files("site/pages") {
        if !path.ends_with(".html") {
            continue;
        }
        let page = String::from_utf8(bytes).unwrap();
        let strange: Vec<String> = names(&page).difference(&known).cloned().collect();
        // Ours: long lists, and charts of more models than the harmless site has.
        const OURS: [&str; 11] =
            ["nav", "letters", "dx", "figcaption", "figure", "height", "text", "text-anchor", "y", "y1", "y2"];
        assert!(strange.iter().all(|name| OURS.contains(&name.as_str())), "{path}: {strange:?}");
        assert!(page.matches("<script").count() == 1 && !page.contains("<img"), "{path}: one script, and it is ours");
        for link in attributes(&page, "href") {
            let scheme = link.split_once(':').map(|(scheme, _)| scheme);
            assert!(matches!(scheme, None | Some("http" | "https")) || link == "data:,", "{path}: {link}");
        }
        seen += page.matches("onerror=alert(1)").count();
    }
    assert!(seen > 20, "the hostile text is shown, as text");
}

/// How many of each tag all pages have.
fn tags(project: &Project) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (path, bytes) in project.files("site/pages") {
        let page = String::from_utf8(bytes).unwrap_or_default();
        for tag in page.split('<').skip(1).filter(|_| path.ends_with(".html")) {
            let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
            *counts.entry(name).or_default() += 1;
        }
    }
    counts
}

#[test]
fn hostile_text_makes_no_tag_more_than_the_same_text_without_its_signs() {
    let hostile = Project::from("hostile-strings");
    let harmless = Project::from("hostile-strings");
    for (path, bytes) in hostile.files("content/datastore") {
        let text = String::from_utf8(bytes).unwrap();
        let text = text.replace('<', "\u{2039}").replace('>', "\u{203a}").replace("\\\"", "\u{2033}");
        harmless.write(&format!("content/datastore/{path}"), &text.replace('\'', "\u{2032}").replace('&', "\u{ff06}"));
    }
    hostile.build(&[]);
    harmless.build(&[]);
    assert_eq!(tags(&hostile), tags(&harmless));
    // Also one that the site itself uses everywhere.
    let text = |title: &str| {
        let project = one_record(&[("Example leaderboard", title)]);
        project.build(&[]);
        tags(&project)
    };
    assert_eq!(text("</a></dd><a href=x>y</a><b class='mk submitted_by_source'>z</b><details open>"), text("x y z"),);
}

#[test]
fn every_odd_id_has_a_safe_path_of_its_own() {
    let project = Project::from("hostile-strings");
    let report = project.build(&[]);
    let paths: Vec<String> =
        project.files("site/pages/models").into_keys().filter(|path| !path.starts_with("_page/")).collect();
    assert_eq!(paths.len() as u64, report["models"].as_u64().unwrap());
    let folded: BTreeSet<String> = paths.iter().map(|path| path.to_lowercase()).collect();
    assert_eq!(folded.len(), paths.len());
    for path in &paths {
        let safe = |c: char| c.is_ascii_alphanumeric() || "-_.+~/".contains(c);
        assert!(path.chars().all(safe), "{path}");
        assert!(
            path.split('/').all(|part| !part.starts_with('.') && !part.ends_with('.') && part.len() < 200),
            "{path}"
        );
    }
    // Nothing was written beside the site.
    let outside: Vec<String> = std::fs::read_dir(project.root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(outside.iter().map(String::as_str).collect::<BTreeSet<_>>(), ["content", "site"].into());
}

#[test]
fn prose_is_cleaned_and_its_links_cannot_run() {
    let project = Project::from("two-sources");
    project.build(&[]);
    let page = project.main_of("models/made-up/model-one.html");
    assert!(page.contains("<strong>Bold</strong>"));
    assert!(!page.contains("<script") && !page.contains("alert(1)"), "{page}");
}

#[test]
fn prose_of_many_signs_that_are_escaped_takes_no_time_with_its_square() {
    let signs = "&".repeat(60_000);
    for hostile in [
        signs.clone(),
        "x\u{85}".repeat(60_000),
        format!("<a title=\"{signs}\">x</a>"),
        format!("<b x=it's>{signs}"),
        "&</x>".repeat(60_000),
        format!("<!-->{signs}-->"),
        format!("<!-- --!>{signs}-->"),
        format!("<textarea><!-- {signs} -->"),
        format!("<a title=\"<!--{signs}-->\">x</a>"),
    ] {
        let begin = std::time::Instant::now();
        evalcards::markdown::to_html(&hostile, 0);
        assert!(begin.elapsed().as_secs() < 5, "{}", &hostile[..20]);
    }
}

/// A project of one GSM8K record in which `from` was replaced.
fn one_record(replacements: &[(&str, &str)]) -> Project {
    let mut text = include_str!("../fixtures/two-sources/content/datastore/data/lab-a/made-up/Model-One/0b0b6a3e-5d5f-4c0e-9d8e-000000000011.json").to_owned();
    for (from, to) in replacements {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let project = Project::from("minimal");
    project.write("content/datastore/data/c/hostile/x.json", &text);
    project
}

#[test]
fn numbers_that_would_fill_the_memory_are_left_out() {
    for score in ["1e-9999999", "1e-999999999", "1e-99999999999999999999", "1e999999999"] {
        let report = one_record(&[("0.637", score)]).build(&[]);
        assert_eq!(report["quarantined"]["invalid-result"], 1, "{score}");
    }
    let report = one_record(&[("0.637", "0e999999999")]).build(&[]);
    assert_eq!(report["hub"]["entries"]["ready"], 1);
}

#[test]
fn text_that_yaml_cannot_hold_does_not_stop_a_build() {
    let precision = "\"model_availability\": \"open_weights\", \"precision\": \"a\\ufffeb\\u0000\\ud83d\\ude00\"";
    let project = one_record(&[("\"model_availability\": \"open_weights\"", precision)]);
    let report = project.build(&[]);
    assert_eq!(report["hub"]["entries"]["ready"], 1);
}

#[test]
fn a_model_cannot_take_the_place_of_our_own_files() {
    for id in ["manifest.json/x", "journal.jsonl/x", "review.json/x"] {
        let project = one_record(&[("made-up/Model-One", id)]);
        let report = project.build(&[]);
        assert_eq!(report["hub"]["skipped"]["model_id_is_no_hub_repo"], 1, "{id}");
        assert!(project.path("site/hub/manifest.json").is_file());
    }
}

#[test]
fn a_block_that_cannot_be_read_is_named_and_not_taken_for_absent() {
    for (from, to, place) in [
        ("\"lower_is_better\": false", "\"lower_is_better\": false, \"x\": 1e999", "metric_config"),
        ("\"temperature\": 0.0", "\"temperature\": \"\\ud800\"", "generation_config"),
        ("\"deployment_type\": \"self_deployed\"", "\"deployment_type\": 1e999", "model_info"),
    ] {
        let project = one_record(&[(from, to)]);
        project.build(&[]);
        let page = project.main_of("not-shown.html");
        assert!(page.contains(&format!("`{place}` cannot be read")), "{page}");
    }
}

#[test]
fn a_record_without_results_is_listed() {
    let project = Project::from("minimal");
    project.write(
        "content/datastore/data/c/empty/x.json",
        r#"{"model_info": {"id": "a/lonely"}, "evaluation_results": []}"#,
    );
    let report = project.build(&[]);
    assert_eq!((report["records"].as_u64(), report["quarantined"]["no-results"].as_u64()), (Some(1), Some(1)));
    assert!(project.main_of("not-shown.html").contains("a/lonely"));
}

#[test]
fn names_without_end_are_left_out() {
    let project = one_record(&[("made-up/Model-One", &"x".repeat(20_000))]);
    assert_eq!(project.build(&[])["quarantined"]["invalid-record"], 1);
}

#[test]
fn a_benchmark_with_thousands_of_parts_does_not_list_them_on_every_page() {
    let result = |n: usize| {
        format!(
            r#"{{"evaluation_name": "part {n}", "source_data": {{"dataset_name": "Big"}}, "score_details": {{"score": 1}}}}"#
        )
    };
    let results: Vec<String> = (0..3_000).map(result).collect();
    let project = Project::empty();
    project.write(
        "content/datastore/data/c/x.json",
        &format!(r#"{{"model_info": {{"id": "a/b"}}, "evaluation_results": [{}]}}"#, results.join(",")),
    );
    let report = project.build(&[]);
    assert!(report["files"]["kinds"]["pages"]["bytes"].as_u64().unwrap() < 20_000_000, "{report}");
}
