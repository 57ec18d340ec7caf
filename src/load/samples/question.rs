//! Whether a `sample_hash` matches its row's *question*: `input.raw` and `input.reference`.
//!
//! The schema says "hash of (input.raw + input.reference)", and the reference is a list, so that each converter of
//! EEE reads it differently: Inspect's hashes the text followed by all references, HELM's by the first one,
//! lm-eval's a JSON object with the only reference as text, Lighteval's one with the list, and others that object
//! without spaces. A hash is confirmed if it is any of these.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, Serializer};
use serde_json::value::RawValue;
use sha2::Digest;

/// What a row asks.
#[derive(Debug, PartialEq)]
pub struct Question<'a> {
    /// `input.raw`.
    pub raw: Cow<'a, str>,
    /// `input.reference`; a single text was one in 0.2.0.
    pub references: Vec<Cow<'a, str>>,
}

#[derive(Default, Deserialize)]
struct RawInput<'a> {
    #[serde(borrow, default)]
    raw: Option<&'a RawValue>,
    #[serde(borrow, default)]
    reference: Option<&'a RawValue>,
}

/// A text that borrows where it can.
#[derive(Deserialize)]
struct CowText<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> Question<'a> {
    /// Of `input`; `None` if it lacks one of the two, or they are no texts.
    pub fn read(input: &'a RawValue) -> Option<Question<'a>> {
        let RawInput { raw, reference } = serde_json::from_str(input.get()).ok()?;
        let CowText(raw) = serde_json::from_str(raw?.get()).ok()?;
        let reference = reference?.get();
        let references: Vec<CowText> = match reference.starts_with('[') {
            true => serde_json::from_str(reference).ok()?,
            false => vec![serde_json::from_str(reference).ok()?],
        };
        Some(Question { raw, references: references.into_iter().map(|CowText(text)| text).collect() })
    }

    /// True if it has characters that only one of both kinds of JSON escapes.
    fn is_beyond_ascii(&self) -> bool {
        [&self.raw].into_iter().chain(&self.references).any(|text| text.bytes().any(|byte| byte > b'~'))
    }
}

/// What is hashed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Formula {
    /// The text with all references behind it.
    All,
    /// The text with the first reference behind it.
    First,
    /// A JSON object of both, as Python writes it.
    Json { is_spaced: bool, is_ascii: bool, is_list: bool },
}

const FORMULAS: [Formula; 10] = [
    Formula::All,
    Formula::First,
    Formula::Json { is_spaced: true, is_ascii: true, is_list: true },
    Formula::Json { is_spaced: true, is_ascii: true, is_list: false },
    Formula::Json { is_spaced: false, is_ascii: true, is_list: true },
    Formula::Json { is_spaced: false, is_ascii: false, is_list: true },
    Formula::Json { is_spaced: true, is_ascii: false, is_list: true },
    Formula::Json { is_spaced: true, is_ascii: false, is_list: false },
    Formula::Json { is_spaced: false, is_ascii: true, is_list: false },
    Formula::Json { is_spaced: false, is_ascii: false, is_list: false },
];

impl Formula {
    /// False if there is no such thing for `question`, or another formula gives the same.
    fn is_for(self, question: &Question) -> bool {
        let n = question.references.len();
        match self {
            Formula::All => true,
            Formula::First => n > 1,
            Formula::Json { is_ascii, is_list, .. } => (is_list || n == 1) && (is_ascii || question.is_beyond_ascii()),
        }
    }

    /// Writes what is hashed.
    fn write(self, question: &Question, mut out: impl Write) -> io::Result<()> {
        let Question { raw, references } = question;
        match self {
            Formula::All | Formula::First => {
                out.write_all(raw.as_bytes())?;
                let n = if self == Formula::All { references.len() } else { 1 };
                references.iter().take(n).try_for_each(|text| out.write_all(text.as_bytes()))?;
            }
            Formula::Json { is_spaced, is_ascii, is_list } => {
                let mut json = Serializer::with_formatter(out, Python { is_spaced, is_ascii });
                match (is_list, &**references) {
                    (false, [reference]) => QuestionJson { raw, reference }.serialize(&mut json)?,
                    (_, reference) => QuestionJson { raw, reference }.serialize(&mut json)?,
                }
            }
        }
        Ok(())
    }

    /// True if `digits` is the hash of `question`, SHA-256 or MD5 by its length.
    fn gives(self, question: &Question, digits: &str) -> bool {
        fn of<D: Digest>(formula: Formula, question: &Question, digits: &str) -> bool {
            let mut hashed = HashWriter(D::new());
            // Writing into a hash does not fail.
            let is_hashed = formula.write(question, &mut hashed).is_ok();
            let bytes = hashed.0.finalize();
            let pairs = digits.as_bytes().chunks(2);
            let is_byte = |(byte, pair): (&u8, &[u8])| {
                std::str::from_utf8(pair).is_ok_and(|pair| u8::from_str_radix(pair, 16) == Ok(*byte))
            };
            is_hashed && digits.len() == 2 * bytes.len() && bytes.iter().zip(pairs).all(is_byte)
        }
        match digits.len() {
            _ if !self.is_for(question) => false,
            64 => of::<sha2::Sha256>(self, question, digits),
            32 => of::<md5::Md5>(self, question, digits),
            _ => false,
        }
    }
}

/// A hash that can be written into: a question may be as long as a line, and is not copied for each formula.
struct HashWriter<D>(D);

impl<D: Digest> Write for HashWriter<D> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Serialize)]
struct QuestionJson<'a, R: ?Sized> {
    raw: &'a str,
    reference: &'a R,
}

/// JSON as Python's `json.dumps` writes it.
struct Python {
    /// A space behind each comma and colon.
    is_spaced: bool,
    /// Other characters are escaped.
    is_ascii: bool,
}

impl Python {
    fn separate(&self, separator: &[u8], out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        out.write_all(separator)?;
        if self.is_spaced { out.write_all(b" ") } else { Ok(()) }
    }
}

impl Formatter for Python {
    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        if is_first { Ok(()) } else { self.separate(b",", out) }
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, is_first: bool) -> io::Result<()> {
        self.begin_array_value(out, is_first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.separate(b":", out)
    }

    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, mut text: &str) -> io::Result<()> {
        let is_escaped = |c: char| self.is_ascii && !matches!(c, ' '..='~');
        while let Some(at) = text.find(is_escaped) {
            out.write_all(&text.as_bytes()[..at])?;
            let rest = &text[at..];
            let c = rest.chars().next().unwrap_or_default();
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            text = &rest[c.len_utf8()..];
        }
        out.write_all(text.as_bytes())
    }
}

/// The hashes of a file, checked against its rows.
#[derive(Clone, Copy, Debug, Default)]
pub struct QuestionHashes {
    /// Those of their row's question.
    pub confirmed: u64,
    /// Those whose row does not hold both parts of its question.
    pub claimed: u64,
    /// Those of something else.
    pub wrong: u64,
    /// The line of the first of these.
    pub first_wrong: Option<u64>,
    /// The formula of the last that was confirmed, which is that of the next one, too.
    last: usize,
}

impl QuestionHashes {
    /// Holds the `digits` of the row in line `line` against its question; false if they are of something else.
    pub fn check(&mut self, digits: &str, question: Option<&Question>, line: u64) -> bool {
        let Some(question) = question else {
            self.claimed += 1;
            return true;
        };
        let order = [self.last].into_iter().chain((0..FORMULAS.len()).filter(|at| *at != self.last));
        let found = order.into_iter().find(|at| FORMULAS[*at].gives(question, digits));
        match found {
            Some(at) => {
                self.last = at;
                self.confirmed += 1;
            }
            None => {
                self.wrong += 1;
                self.first_wrong.get_or_insert(line);
            }
        }
        found.is_some()
    }

    /// How many there are.
    pub fn all(&self) -> u64 {
        self.confirmed + self.claimed + self.wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question<'a>(raw: &'a str, references: &[&'a str]) -> Question<'a> {
        Question { raw: raw.into(), references: references.iter().map(|text| (*text).into()).collect() }
    }

    /// The digests are Python's.
    #[test]
    fn each_formula_is_that_of_its_converter() {
        let raw = "Q \"1\"\n\\ é\u{7f}𝄞\u{2028}";
        let (two, one) = (question(raw, &["A é", "b"]), question(raw, &["A"]));
        for (question, at, digits) in [
            (&two, 0, "2e9062f435c6086ae34ab59aefc3228e79ed074f43323c7c96a8a296c4cca947"),
            (&two, 1, "3206476edd1e63aec2a41ebef873e5187e8803d94a492999dcad0d28343c8b4c"),
            (&two, 2, "8981667463b8a2ef68b03fdac2f5d461ccb92a194897864afed21c3f87407b73"),
            (&one, 3, "975c8a5f7a8e877a4d8de71fcc645d6cc816b67bea12d5ebaf33be16405b9e69"),
            (&two, 4, "bbc021f26143e0c264ae754363518fafa6bd29329a8fbd5459f5b6f6a554032e"),
            (&two, 5, "fcd0abd18c9724bc0fd076b9f8a03019a5428b512f27cc791abdee1ee0fbc0de"),
            (&two, 6, "7a3f82c12ac74d8804df311d2317381930172904985d3f4deb734c9758dd1663"),
            (&one, 7, "0737b7f080b6afa011ddd424ab71c23afe1ac4299b0b408922da86817b87f6a8"),
            (&one, 8, "120cc6aafbb23fcc46cff720906900a02c0a1f19f33283ae692666722f184142"),
            (&one, 9, "54d019643a340e329668b02fb96c16cc8f39df503835e5fe9f591495a249b9d1"),
            (&two, 0, "0fbdfc1c500a6e03ee39d0beb315fbcc"),
        ] {
            let found: Vec<usize> = (0..FORMULAS.len()).filter(|at| FORMULAS[*at].gives(question, digits)).collect();
            assert_eq!(found, [at]);
            assert!(FORMULAS[at].gives(question, &digits.to_uppercase()));
            let mut hashes = QuestionHashes::default();
            assert!(hashes.check(digits, Some(question), 1) && hashes.check(digits, Some(question), 2));
            assert_eq!((hashes.confirmed, hashes.last), (2, at));
            assert!(!hashes.check(&digits.replacen(['0', '1', '2', '5', '7', '8', '9'], "a", 1), Some(question), 3));
        }
    }

    #[test]
    fn wrong_hashes_are_counted_and_those_without_a_question_believed() {
        let mut hashes = QuestionHashes::default();
        let zeros = "0".repeat(64);
        assert!(hashes.check(&zeros, None, 1));
        assert!(!hashes.check(&zeros, Some(&question("", &[])), 2));
        assert!(!hashes.check(&zeros, Some(&question("", &[])), 3));
        // A length that no hash of the schema has, and none at all.
        assert!(!hashes.check(&"0".repeat(40), Some(&question("", &[])), 4));
        assert!(!hashes.check("é", Some(&question("", &[])), 5));
        assert_eq!((hashes.claimed, hashes.wrong, hashes.first_wrong, hashes.all()), (1, 4, Some(2), 5));
    }

    #[test]
    fn what_a_row_asks() {
        let read = |json: &str| {
            let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
            Question::read(&raw).map(|it| (it.raw.into_owned(), it.references.join("|")))
        };
        let of = |raw: &str, references: &str| Some((raw.to_owned(), references.to_owned()));
        assert_eq!(read(r#"{"raw": "a\n", "reference": ["b", "c"], "choices": null}"#), of("a\n", "b|c"));
        assert_eq!(read(r#"{"raw": "a", "reference": "b"}"#), of("a", "b"));
        assert_eq!(read(r#"{"raw": "", "reference": []}"#), of("", ""));
        for none in [
            "7",
            "[]",
            "{}",
            r#"{"raw": "a"}"#,
            r#"{"raw": "a", "reference": null}"#,
            r#"{"raw": 1, "reference": []}"#,
            r#"{"raw": "a", "reference": [1]}"#,
            r#"{"raw": "\ud800", "reference": []}"#,
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
