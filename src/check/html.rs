//! The *parts* of a finished page that are checked: its links, its anchors, its numbers, and its pairs of models.

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
    /// Two models each, on the samples that both have.
    pub pairs: Vec<ShownPair>,
}

/// A row of two models on the same samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShownPair {
    /// The four counts, as they are given for the check.
    pub counts: String,
    /// The texts of its cells.
    pub cells: Vec<String>,
    /// Where its links lead: to both results.
    pub links: Vec<String>,
}

/// A score as a card shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShownNumber {
    /// As they stand there.
    pub digits: String,
    /// The link to its record on a card; on the card itself, to its row.
    pub record: String,
    /// JSON pointer of the result; empty where the link tells it.
    pub pointer: String,
    /// The same digits where their text is cut short.
    pub whole: String,
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
struct Sink(RefCell<HtmlReader>);

#[derive(Default)]
struct HtmlReader {
    parts: PageParts,
    /// The cell of a table of readings that we are in.
    cell: TableCell,
    /// The number whose row we are in.
    number: ShownNumber,
    /// The `id` of the section that we are in.
    section: String,
    /// The `id` of the row that we are in.
    row: String,
    /// Where the first link of the row leads.
    row_link: Option<String>,
    /// True in what is said of a record.
    in_record: bool,
    /// True in the row of a pair.
    in_pair: bool,
    /// Text is wanted.
    into: Into,
}

#[derive(Default, PartialEq)]
enum TableCell {
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

impl HtmlReader {
    fn start(&mut self, tag: &Tag) {
        let attribute = |name: &str| {
            let found = tag.attrs.iter().find(|attribute| *attribute.name.local == *name);
            found.map_or("", |attribute| &*attribute.value)
        };
        let id = attribute("id");
        if !id.is_empty() {
            self.parts.anchors.push(id.to_owned());
        }
        // Where an end tag may be left out, the next element ends the text.
        self.into = Into::Nowhere;
        let mut link = |name| match attribute(name) {
            "" => {}
            address => self.parts.links.push(address.to_owned()),
        };
        match &*tag.name {
            "a" => {
                link("href");
                self.row_link.get_or_insert_with(|| attribute("href").to_owned());
            }
            "link" => link("href"),
            "img" | "script" | "source" => link("src"),
            _ => {}
        }
        let has = |name: &str| tag.attrs.iter().any(|attribute| *attribute.name.local == *name);
        let has_class = |class: &str| attribute("class").split_ascii_whitespace().any(|found| found == class);
        if let ("th" | "td", Some(pair)) = (&*tag.name, self.pair()) {
            pair.cells.push(String::new());
        }
        if let ("a", Some(pair)) = (&*tag.name, self.pair()) {
            pair.links.push(attribute("href").to_owned());
        }
        match &*tag.name {
            "tr" => {
                self.take_number();
                id.clone_into(&mut self.row);
                self.in_pair = has("data-pair");
                if self.in_pair {
                    let counts = attribute("data-pair").to_owned();
                    self.parts.pairs.push(ShownPair { counts, ..ShownPair::default() });
                }
                self.row_link = None;
            }
            // On a card the row says which result it is, and in a ranking the first link of the row.
            "td" if has("data-score") => {
                let row = match (&self.row, &self.row_link) {
                    (row, _) if row.starts_with('r') => format!("#{row}"),
                    (_, Some(link)) => link.clone(),
                    _ => String::new(),
                };
                let whole = attribute("data-score").to_owned();
                self.number = ShownNumber { record: row, whole, ..ShownNumber::default() };
                self.cell = TableCell::Other;
                self.into = Into::Digits;
            }
            "td" if has_class("score") => self.cell = TableCell::Score,
            "td" if has_class("record") => self.cell = TableCell::Record,
            "td" => self.cell = TableCell::Other,
            "b" if self.cell == TableCell::Score && self.number.digits.is_empty() => self.into = Into::Digits,
            "a" if self.cell == TableCell::Record => {
                self.number.record = attribute("href").to_owned();
            }
            "details" if has_class("sm") => {
                self.number.samples = Some(ShownSamples {
                    is_recomputed: has_class("recomputed"),
                    differs: has_class("differs"),
                    value: attribute("data-value").parse().ok(),
                    rows: attribute("data-rows").parse().ok(),
                });
            }
            "small" if self.cell == TableCell::Record => self.into = Into::Pointer,
            "section" => id.clone_into(&mut self.section),
            "dl" if has("data-record") => {
                let anchor = self.section.clone();
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
            "td" => self.cell = TableCell::Other,
            "tr" | "table" => {
                self.take_number();
                self.in_pair = false;
            }
            "dl" => self.in_record = false,
            _ => {}
        }
    }

    /// The number of the row that ends, if it names its record.
    fn take_number(&mut self) {
        let number = std::mem::take(&mut self.number);
        if !number.digits.is_empty() && !number.record.is_empty() {
            self.parts.numbers.push(number);
        }
    }

    /// The pair whose row we are in.
    fn pair(&mut self) -> Option<&mut ShownPair> {
        self.parts.pairs.last_mut().filter(|_| self.in_pair)
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = self.pair().and_then(|pair| pair.cells.last_mut()) {
            cell.push_str(text);
        }
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
            <table><tr><td class="score"><b>0.50</b> <b>no</b></td><td class="record"><a href="#rab12">ab12</a><small>/evaluation_results/3</small></td></tr></table>
            <table><tr id="rab12-4"><th>x<td data-score>0.7 <small>%</small><details class="what sm differs" data-value="0.25" data-rows="4">x</details><td>y<tr id="rab12-5"><td data-score="0.42535">0.4253…<td><a href="#rab12">x</a>
            <tr><td colspan="2">no</table>
            <table><tr id="n7"><td>7<th><a href="m.html#rab12-9">m</a><td data-score>0.9<td>also <a href="m.html#rab12-8">0.8</a></table>
            <section id="rab12"><h3><a href="e.html">e</a></h3><dl data-record><dt>文件<dd><a href="r.json">r</a><dt>SHA-256<dd><code>ab12cd</code><dt>x<dd><a href="x">x</a><code>x</code></dl></section>"##,
        );
        assert_eq!(
            parts.links,
            ["a.html", "b.png", "#rab12", "#rab12", "m.html#rab12-9", "m.html#rab12-8", "e.html", "r.json", "x"]
        );
        assert_eq!(parts.anchors, ["one", "rab12-4", "rab12-5", "n7", "rab12"]);
        let number = |digits: &str, whole: &str, record: &str, pointer: &str| ShownNumber {
            digits: digits.to_owned(),
            whole: whole.to_owned(),
            record: record.to_owned(),
            pointer: pointer.to_owned(),
            samples: None,
        };
        let numbers = [
            number("0.50", "", "#rab12", "/evaluation_results/3"),
            ShownNumber {
                samples: Some(ShownSamples { is_recomputed: false, differs: true, value: Some(0.25), rows: Some(4) }),
                ..number("0.7 ", "", "#rab12-4", "")
            },
            number("0.4253…", "0.42535", "#rab12-5", ""),
            number("0.9", "", "m.html#rab12-9", ""),
        ];
        assert_eq!(parts.numbers, numbers);
        let pairs = r#"<table><tr data-pair="1 2 3 4"><th>a<th><a href="b">b</a> (x)</th><td>10<td>−0.1<small>−1 to 1</small></td></tr><tr><td>c</table>"#;
        let cells = ["a", "b (x)", "10", "−0.1−1 to 1"].map(str::to_owned).into();
        assert_eq!(
            super::parts(pairs).pairs,
            [ShownPair { counts: "1 2 3 4".to_owned(), cells, links: vec!["b".to_owned()] }]
        );
        let record = ShownRecord { anchor: "rab12".to_owned(), url: "r.json".to_owned(), sha256: "ab12cd".to_owned() };
        assert_eq!(parts.records, [record]);
    }
}
