//! *Markdown* to clean HTML: what content files say, without anything that a page must not run.

use std::borrow::Cow;
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Renders `text`; its headings go down by `below` levels, and at least to the second, as the first
/// is the page's own.
pub fn to_html(text: &str, below: usize) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_HEADING_ATTRIBUTES;
    let events = Parser::new_ext(text, options).map(|event| match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: lowered(level, below), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lowered(level, below))),
        other => other,
    });
    let mut rendered = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut rendered, events);
    CLEANER.clean(&rendered).to_string()
}

fn lowered(level: HeadingLevel, below: usize) -> HeadingLevel {
    HeadingLevel::try_from((level as usize + below).clamp(2, 6)).unwrap_or(HeadingLevel::H6)
}

/// The default allow-list of ammonia, with web addresses only, and pictures only of this site:
/// a page makes no request to another host.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner.url_schemes(["http", "https", "mailto"].into());
    for heading in ["h2", "h3", "h4", "h5", "h6"] {
        cleaner.add_tag_attributes(heading, ["id"]);
    }
    cleaner.attribute_filter(|element, attribute, value| match (element, attribute) {
        ("img", "src") if !is_of_this_site(value) => None,
        (_, "id") if !is_anchor(value) => None,
        _ => Some(Cow::Borrowed(value)),
    });
    cleaner
});

/// True for a plain name that the frame of a page does not use.
fn is_anchor(id: &str) -> bool {
    !id.is_empty() && id != "main" && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

/// True for a plain relative path; browsers read `/\\host` and worse as other hosts.
fn is_of_this_site(address: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._~/+-%".contains(c);
    !address.starts_with('/') && !address.contains("//") && address.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(to_html(text, 2).trim(), expected);
    }

    #[test]
    fn headings_may_have_plain_anchors() {
        check("## A {#a-b}", "<h4 id=\"a-b\">A</h4>");
        check("## A {#main .x onclick=y}", "<h4>A</h4>");
        check("<h2 id=\"A&quot;\">A</h2>", "<h2>A</h2>");
    }

    #[test]
    fn headings_go_below_those_of_the_page() {
        check("# A\n\n#### B", "<h3>A</h3>\n<h6>B</h6>");
    }

    #[test]
    fn scripts_handlers_and_script_addresses_are_removed() {
        check("<script>alert(1)</script>x", "x");
        check("[a](javascript:alert(1))", "<p><a rel=\"noopener noreferrer\">a</a></p>");
        check("<p onclick=\"x()\" style=\"a\">b</p>", "<p>b</p>");
        check("<iframe src=\"https://a.example\"></iframe>", "");
        check("![a](https://a.example/b.png)", "<p><img alt=\"a\"></p>");
        check("<img src=\"\\\\a.example/b\" alt=\"a\">", "<img alt=\"a\">");
        check("![a](b.png)", "<p><img src=\"b.png\" alt=\"a\"></p>");
    }
}
