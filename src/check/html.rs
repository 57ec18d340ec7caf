//! The *parts* of a finished page that are checked: its links, its anchors, and its numbers.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// What of a page is checked.
#[derive(Debug, Default)]
pub struct PageParts {
    /// Where `href` and `src` lead, as they are written.
    pub links: Vec<String>,
    /// All `id`s.
    pub anchors: Vec<String>,
    /// Numbers with their provenance.
    pub numbers: Vec<ShownNumber>,
    /// The records that they name.
    pub records: Vec<ShownRecord>,
}

/// A score as a card shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShownNumber {
    /// As they stand there.
    pub digits: String,
    /// The link to its record on a card.
    pub record: String,
    /// JSON pointer of the result.
    pub pointer: String,
    /// What the card says of its samples, if anything.
    pub samples: Option<ShownSamples>,
}

/// What a card says of the samples of a score.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShownSamples {
    /// True if it says that the score was computed again from them.
    pub is_recomputed: bool,
    /// True if it says that it is another one.
    pub differs: bool,
    /// The score as it was computed.
    pub value: Option<f64>,
    /// Of so many rows.
    pub rows: Option<u64>,
}

/// A record as a card names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShownRecord {
    /// Its anchor.
    pub anchor: String,
    /// Where it can be read.
    pub url: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// Takes `page` apart, as a browser would.
pub fn parts(page: &str) -> PageParts {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(page));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().parts
}

#[derive(Default)]
struct Sink(RefCell<Reader>);

#[derive(Default)]
struct Reader {
    parts: PageParts,
    /// The cell of a table of readings that we are in.
    cell: Cell,
    /// The number whose row we are in.
    number: ShownNumber,
    /// True in the section of a record.
    in_record: bool,
    /// Text is wanted.
    into: Into,
}

#[derive(Default, PartialEq)]
enum Cell {
    #[default]
    Other,
    Score,
    Record,
}

/// Where the text goes that comes next.
#[derive(Default)]
enum Into {
    #[default]
    Nowhere,
    Digits,
    Pointer,
    Sha256,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => reader.start(&tag),
            Token::TagToken(tag) => reader.end(&tag.name),
            Token::CharacterTokens(text) => reader.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Reader {
    fn start(&mut self, tag: &Tag) {
        let attribute = |name: &str| {
            let found = tag.attrs.iter().find(|attribute| *attribute.name.local == *name);
            found.map_or("", |attribute| &*attribute.value)
        };
        let id = attribute("id");
        if !id.is_empty() {
            self.parts.anchors.push(id.to_owned());
        }
        let mut link = |name| match attribute(name) {
            "" => {}
            address => self.parts.links.push(address.to_owned()),
        };
        match &*tag.name {
            "a" | "link" => link("href"),
            "img" | "script" | "source" => link("src"),
            _ => {}
        }
        let has_class = |class: &str| attribute("class").split_ascii_whitespace().any(|found| found == class);
        match &*tag.name {
            "tr" => self.number = ShownNumber::default(),
            "td" if has_class("score") => self.cell = Cell::Score,
            "td" if has_class("record") => self.cell = Cell::Record,
            "td" => self.cell = Cell::Other,
            "b" if self.cell == Cell::Score && self.number.digits.is_empty() => self.into = Into::Digits,
            "a" if self.cell == Cell::Record => {
                self.number.record = attribute("href").to_owned();
            }
            "details" if self.cell == Cell::Score && has_class("sm") => {
                self.number.samples = Some(ShownSamples {
                    is_recomputed: has_class("recomputed"),
                    differs: has_class("differs"),
                    value: attribute("data-value").parse().ok(),
                    rows: attribute("data-rows").parse().ok(),
                });
            }
            "small" if self.cell == Cell::Record => self.into = Into::Pointer,
            "section" if has_class("rec") => {
                let anchor = id.to_owned();
                self.parts.records.push(ShownRecord { anchor, ..ShownRecord::default() });
                self.in_record = true;
            }
            // The first link of a record leads to its file, and the first code is its hash.
            "a" if self.in_record => {
                if let Some(record) = self.parts.records.last_mut().filter(|record| record.url.is_empty()) {
                    record.url = attribute("href").to_owned();
                }
            }
            "code" if self.in_record && self.parts.records.last().is_some_and(|record| record.sha256.is_empty()) => {
                self.into = Into::Sha256;
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        self.into = Into::Nowhere;
        match name {
            "td" => self.cell = Cell::Other,
            "tr" if !self.number.digits.is_empty() && !self.number.record.is_empty() => {
                self.parts.numbers.push(std::mem::take(&mut self.number));
            }
            "section" => self.in_record = false,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let place = match self.into {
            Into::Nowhere => return,
            Into::Digits => &mut self.number.digits,
            Into::Pointer => &mut self.number.pointer,
            Into::Sha256 => match self.parts.records.last_mut() {
                Some(record) => &mut record.sha256,
                None => return,
            },
        };
        place.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_anchors_and_numbers_are_found() {
        let parts = parts(
            r##"<p id=one><a href='a.html'>x</a><img src="b.png">
            <table><tr><td class="score"><b>0.50</b> <b>no</b><details class="what sm differs" data-value="0.25" data-rows="4">x</details></td><td class="record"><a href="#rab12">ab12</a><small>/evaluation_results/3</small></td></tr></table>
            <section class="rec" id="rab12"><dl><dt>文件</dt><dd><a href="r.json">r</a></dd><dt>SHA-256</dt><dd><code>ab12cd</code></dd><dt>x</dt><dd><a href="x">x</a><code>x</code></dd></dl></section>"##,
        );
        assert_eq!(parts.links, ["a.html", "b.png", "#rab12", "r.json", "x"]);
        assert_eq!(parts.anchors, ["one", "rab12"]);
        let number = ShownNumber {
            digits: "0.50".to_owned(),
            record: "#rab12".to_owned(),
            pointer: "/evaluation_results/3".to_owned(),
            samples: Some(ShownSamples { is_recomputed: false, differs: true, value: Some(0.25), rows: Some(4) }),
        };
        assert_eq!(parts.numbers, [number]);
        let record = ShownRecord { anchor: "rab12".to_owned(), url: "r.json".to_owned(), sha256: "ab12cd".to_owned() };
        assert_eq!(parts.records, [record]);
    }
}
