//! Every text of a record is hostile: none becomes markup, a script, a link that runs, or a path
//! that leaves the site.

use std::collections::BTreeSet;

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
        assert!(strange.iter().all(|name| ["nav", "title", "letters"].contains(&name.as_str())), "{path}: {strange:?}");
        assert!(!page.contains("<script") && !page.contains("<img"), "{path}");
        for link in attributes(&page, "href") {
            let scheme = link.split_once(':').map(|(scheme, _)| scheme);
            assert!(matches!(scheme, None | Some("http" | "https")) || link == "data:,", "{path}: {link}");
        }
        seen += page.matches("onerror=alert(1)").count();
    }
    assert!(seen > 20, "the hostile text is shown, as text");
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
