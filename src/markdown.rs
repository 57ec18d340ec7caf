//! *Markdown* to clean HTML, without anything that a page must not run.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::LazyLock;

use ammonia::Builder;
use foldhash::{HashMap, HashSet};
use html5ever::LocalName;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Renders `text`; its headings go down by `below` levels, and at least to the second, as the first
/// is the page's own. What nests too deep is shown as it was typed.
pub fn to_html(text: &str, below: usize) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    match rendered(text, below) {
        Some(rendered) => CLEANER.clean(&rendered).to_string(),
        None => format!("<pre>{}</pre>", ammonia::clean_text(text)),
    }
}

/// Deepest nesting of quotes, lists and HTML elements that is read: parsers take time with its square, and copy
/// elements that are left open into each paragraph. No text that a person wrote comes near.
pub const MOST_LEVELS: usize = 100;

/// True for a text that nests deeper than [`MOST_LEVELS`].
pub fn is_too_deep(text: &str) -> bool {
    // Each level has a sign of its own.
    text.len() > MOST_LEVELS && rendered(text, 0).is_none()
}

/// HTML that may hold anything; `None` if it nests too deep.
fn rendered(text: &str, below: usize) -> Option<String> {
    let is_marker = |byte: &u8| matches!(byte, b'>' | b'-' | b'*' | b'+' | b'.' | b')');
    let is_prefix = |byte: &u8| is_marker(byte) || byte.is_ascii_digit() || matches!(byte, b' ' | b'\t');
    let levels = |line: &str| line.bytes().take_while(is_prefix).filter(is_marker).count();
    let is_rule = |line: &str| line.bytes().all(|byte| matches!(byte, b'-' | b'*' | b'_' | b' ' | b'\t'));
    if text.lines().any(|line| !is_rule(line) && levels(line) > MOST_LEVELS) {
        return None;
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
    match below {
        0 => html::push_html(&mut rendered, with_anchors(events.collect()).into_iter()),
        // A page around the text has anchors of its own.
        _ => html::push_html(&mut rendered, events),
    }
    (depth(&rendered) <= MOST_LEVELS).then(|| with_short_texts(rendered))
}

/// So many signs that may have to be escaped are in one text, or in one attribute: html5ever looks from each of them to
/// the end of the text for the next `<`, which takes time with the square.
const MOST_ESCAPES: usize = 256;

/// True for the first byte of what html5ever may have to escape, and looks beyond.
fn may_be_escaped(byte: u8) -> bool {
    matches!(byte, b'&' | 0xC2)
}

/// `html`, with an empty comment before each [`MOST_ESCAPES`]th such sign: comments part the texts of a document, and are
/// not in what is left of it. [`CLEANER`] drops attributes that have so many.
fn with_short_texts(html: String) -> String {
    let escapes = |text: &str| text.bytes().filter(|byte| may_be_escaped(*byte)).count();
    let (mut parted, mut start, mut met) = (String::new(), 0, 0);
    // Comments stay as they are, but not without end: what looks like one may be text to a browser.
    let mut left_for_comments = 40 * MOST_ESCAPES;
    let mut at = 0;
    while let Some(&byte) = html.as_bytes().get(at) {
        if byte == b'<' && html[at..].starts_with("<!--") {
            let comment = &html[at..at + comment_length(&html[at..])];
            if let Some(left) = left_for_comments.checked_sub(escapes(comment)) {
                left_for_comments = left;
                at += comment.len();
                continue;
            }
        }
        if may_be_escaped(byte) {
            met += 1;
            // An entity or a character begins here.
            if met % MOST_ESCAPES == 0 {
                parted.push_str(&html[start..at]);
                parted.push_str("<!---->");
                start = at;
            }
        }
        at += 1;
    }
    if start == 0 { html } else { parted + &html[start..] }
}

/// Of the comment at the beginning of `html`.
fn comment_length(html: &str) -> usize {
    // `<!-->` is a whole one.
    let end = |sign: &str| html[2..].find(sign).map(|at| 2 + at + sign.len());
    end("-->").into_iter().chain(end("--!>")).min().unwrap_or(html.len())
}

/// How many elements of `html` are open at most, as its tags say.
fn depth(html: &str) -> usize {
    let tokenizer = Tokenizer::new(Depth::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.deepest.get()
}

#[derive(Default)]
struct Depth {
    /// How many of each name are open.
    open: RefCell<HashMap<LocalName, usize>>,
    now: Cell<usize>,
    deepest: Cell<usize>,
}

/// Elements that have no end, or whose end may be left out.
const WITHOUT_END: [&str; 17] = [
    "area", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "option", "p", "source", "td", "th", "tr",
    "wbr",
];

impl TokenSink for Depth {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && !WITHOUT_END.contains(&&*tag.name)
        {
            let mut open = self.open.borrow_mut();
            let open = open.entry(tag.name).or_default();
            match tag.kind {
                TagKind::StartTag => {
                    *open += 1;
                    self.now.set(self.now.get() + 1);
                    self.deepest.set(self.deepest.get().max(self.now.get()));
                }
                // An end without its beginning ends nothing.
                TagKind::EndTag if *open == 0 => {}
                TagKind::EndTag => {
                    *open -= 1;
                    self.now.set(self.now.get() - 1);
                }
            }
        }
        TokenSinkResult::Continue
    }
}

/// Gives each heading without an id one of its words, as GitHub does, so that links lead to it: `## The server` is
/// `#the-server`. Digits and other signs are left out; of two headings with equal words the first has the id.
fn with_anchors(mut events: Vec<Event>) -> Vec<Event> {
    let ids = events.iter().filter_map(|event| match event {
        Event::Start(Tag::Heading { id, .. }) => id.as_ref().map(ToString::to_string),
        _ => None,
    });
    let mut taken: HashSet<String> = ids.collect();
    for at in 0..events.len() {
        if !matches!(events[at], Event::Start(Tag::Heading { id: None, .. })) {
            continue;
        }
        let words = events[at..].iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
        let words: String = (words)
            .map(|event| match event {
                Event::Text(text) | Event::Code(text) => text,
                _ => "",
            })
            .collect();
        let signs = words.to_lowercase().replace(' ', "-");
        let anchor: String = signs.chars().filter(|sign| sign.is_ascii_lowercase() || *sign == '-').collect();
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[at]
            && is_anchor(&anchor)
            && taken.insert(anchor.clone())
        {
            *id = Some(anchor.into());
        }
    }
    events
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
        _ if value.bytes().filter(|byte| may_be_escaped(*byte)).count() > MOST_ESCAPES => None,
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
    fn what_nests_deeper_than_anybody_writes_is_shown_as_it_was_typed() {
        let n = MOST_LEVELS;
        for level in ["> ", ">", "- ", "* ", "1. ", "<b>", "<div>", "<blockquote>\n", "<Span class=x>"] {
            assert!(!is_too_deep(&format!("{}x", level.repeat(n))), "{level}");
            let deep = format!("{}x", level.repeat(n + 1));
            assert!(is_too_deep(&deep) && to_html(&deep, 0).starts_with("<pre>"), "{level}");
        }
        for wide in ["<b>x</b>", "<br>", "<li>x\n", "<p>x\n", "> x\n", "a < b\n"] {
            assert!(!is_too_deep(&wide.repeat(2 * n)), "{wide}");
        }
        assert!(!is_too_deep(&"-".repeat(2 * n)), "a rule");
        // Ends that end nothing, and ends in texts, do not count.
        for level in ["<b></x>", "<b title='</b>'>", "<b><!-- </b> -->", "<i></b>"] {
            assert!(is_too_deep(&level.repeat(n + 1)), "{level}");
        }
        assert!(!is_too_deep(&"`<b>` ".repeat(2 * n)), "code");
        assert!(!to_html(&"<script>".repeat(2 * n), 0).contains("<script"));
    }

    #[test]
    fn headings_of_a_page_have_anchors_of_their_words() {
        let page =
            "## The `server`\n\n## Limits {#server}\n\n## 5 *more* things\n\n## The server\n\n## 限制\n\n## Main";
        let html = to_html(page, 0);
        let ids: Vec<&str> = html.split("<h2").skip(1).map(|heading| heading.split('>').next().unwrap()).collect();
        assert_eq!(ids, [" id=\"the-server\"", " id=\"server\"", " id=\"-more-things\"", "", "", ""], "{html}");
        // A card has anchors of its own around the text.
        assert!(!to_html("## Results", 1).contains("id="));
    }

    #[test]
    fn texts_of_many_signs_that_are_escaped_are_what_they_were() {
        for (sign, shown) in [("& ", "&amp; "), ("\u{85}", "\u{85}"), ("«x» ", "«x» "), ("&#133;", "\u{85}")] {
            let n = 3 * MOST_ESCAPES;
            check(&format!("x{}y", sign.repeat(n)), &format!("<p>x{}y</p>", shown.repeat(n)));
        }
        let many = "& ".repeat(2 * MOST_ESCAPES);
        check(&format!("<!-- {many} -->x"), "x");
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
