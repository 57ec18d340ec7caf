//! *Links* within a site: each leads to a file that is there, and to an anchor that is in it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use percent_encoding::percent_decode_str;

use super::html::PageParts;
use crate::diagnostic::{DiagnosticCode, Diagnostics};

/// Where a link leads.
#[derive(Debug, PartialEq)]
pub enum LinkTarget {
    /// To another site, or no page at all.
    Elsewhere,
    /// To this file of the site, and this anchor in it; an empty one is the file itself.
    File(String, String),
    /// Out of the site's folder, or from the root of a host: it depends on where the site stands.
    Outside,
}

/// Checks the links of `pages` (path, and parts of those that are HTML); gives how many there are.
/// `folder` is where the site stands, for messages.
pub fn check<'a>(
    folder: &Path,
    base_url: Option<&str>,
    pages: impl Iterator<Item = (&'a str, Option<&'a PageParts>)>,
    found: &mut Diagnostics,
) -> usize {
    let pages: HashMap<&str, Option<&PageParts>> = pages.collect();
    let anchors: HashMap<&str, HashSet<&str>> = (pages.iter())
        .filter_map(|(path, parts)| Some((*path, parts.as_ref()?.anchors.iter().map(String::as_str).collect())))
        .collect();
    let mut n_links = 0;
    // The same dead link is often on every page: it is told once.
    let mut dead: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    for (page, parts) in pages.iter().filter_map(|(page, parts)| Some((*page, (*parts)?))) {
        for link in &parts.links {
            let problem = match target(page, link, base_url) {
                LinkTarget::Elsewhere => continue,
                LinkTarget::Outside => format!("the link `{link}` leads out of the site"),
                LinkTarget::File(path, _) if !pages.contains_key(path.as_str()) => {
                    n_links += 1;
                    format!("the link `{link}` leads to {path}, which does not exist")
                }
                LinkTarget::File(path, anchor) => {
                    n_links += 1;
                    // What is compared, and what of a list is shown, stands in the address of the page; its script reads it.
                    let is_of_script = (path == "compare.html" && anchor.starts_with("m="))
                        || (path == "models.html" && anchor.starts_with("readings="))
                        || (path == "benchmarks.html" && anchor.starts_with("category="));
                    let is_there = is_of_script
                        || anchors.get(path.as_str()).is_none_or(|anchors| anchors.contains(anchor.as_str()));
                    if anchor.is_empty() || is_there {
                        continue;
                    }
                    format!("the link `{link}` leads to `#{anchor}`, which {path} does not have")
                }
            };
            dead.entry((problem, link.clone())).or_default().insert(page);
        }
    }
    for ((problem, _), pages) in dead {
        let mut pages = pages.into_iter();
        let first = pages.next().unwrap_or_default();
        let message = match pages.count() {
            0 => problem,
            more => format!("{problem}; also on {} more", crate::words::counted(more, "page", "pages")),
        };
        let help = "write links in prose relative to the page, with `.html` at the end".to_owned();
        found.error(DiagnosticCode::DeadLink, &folder.join(first).display().to_string(), "", message, &help);
    }
    n_links
}

/// Where `link` on the page at `page` leads.
pub fn target(page: &str, link: &str, base_url: Option<&str>) -> LinkTarget {
    let link = link.trim();
    let (from, link) = match base_url.and_then(|base_url| link.strip_prefix(base_url)) {
        Some(rest) => ("", rest),
        None => (page, link),
    };
    let has_scheme = link.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
    if has_scheme || link.starts_with("//") {
        return LinkTarget::Elsewhere;
    }
    if link.starts_with('/') {
        return LinkTarget::Outside;
    }
    let (link, anchor) = link.split_once('#').unwrap_or((link, ""));
    let link = link.split('?').next().unwrap_or_default();
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let anchor = decoded(anchor);
    if link.is_empty() && from == page {
        return LinkTarget::File(page.to_owned(), anchor);
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.pop().is_none() => return LinkTarget::Outside,
            ".." => {}
            part => parts.push(part),
        }
    }
    if link.is_empty() || link.ends_with('/') || link.ends_with("..") || link == "." {
        parts.push("index.html");
    }
    LinkTarget::File(decoded(&parts.join("/")), anchor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_from_the_place_of_their_page() {
        let check = |link: &str, path: &str, anchor: &str| {
            let expected = LinkTarget::File(path.to_owned(), anchor.to_owned());
            assert_eq!(target("models/a/b.html", link, Some("https://x.example/")), expected, "{link}");
        };
        check("c.html", "models/a/c.html", "");
        check("../../index.html", "index.html", "");
        check("../../", "index.html", "");
        check("#r1", "models/a/b.html", "r1");
        check("c%20d.html?x=1#y%20z", "models/a/c d.html", "y z");
        check("https://x.example/models.html", "models.html", "");
        check("https://x.example/", "index.html", "");
        for link in ["https://y.example/", "mailto:a@b.example", "data:,", "//y.example/a"] {
            assert_eq!(target("a.html", link, Some("https://x.example/")), LinkTarget::Elsewhere, "{link}");
        }
        for link in ["/a.html", "../a.html"] {
            assert_eq!(target("a.html", link, None), LinkTarget::Outside, "{link}");
        }
    }
}
