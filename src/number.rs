//! A *number* as a record states it: the exact digits beside the float.
//!
//! Pages show the digits, never a re-printed float; conversions are done in decimal.

use std::borrow::Cow;
use std::cmp::Ordering;

use bigdecimal::BigDecimal;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::language::sentence::Sentence;
use crate::words::shorten;

/// A finite JSON number and its text. Serialises as its digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    digits: Box<str>,
    value: f64,
}

/// What is said of a text in place of a number; with the number, if one is meant: `"62.5%"`.
fn not_quoted(text: &str) -> Sentence {
    let inner = text.trim_matches('"').trim();
    let number = inner.strip_suffix('%').unwrap_or(inner).trim_end();
    let is_number = serde_json::from_str::<f64>(number).is_ok();
    match is_number {
        true => Sentence::of("detail.number.quoted").with("number", shorten(number, 40)),
        false => Sentence::of("detail.number.text"),
    }
    .with("text", shorten(text, 40))
}

/// Longest text of a number that is read; the longest shortest-round-trip float has 24 characters.
const MAX_DIGITS: usize = 64;

impl Number {
    /// Reads a JSON value that is a number. The error says what stands there instead.
    pub fn from_json(raw: &RawValue) -> Result<Number, Sentence> {
        let text = raw.get().trim();
        match text.as_bytes().first() {
            Some(b'-' | b'0'..=b'9') => Number::from_digits(text),
            Some(b'"') => Err(not_quoted(text)),
            Some(b'n') => Err(Sentence::of("detail.number.null")),
            Some(b't' | b'f') => Err(Sentence::of("detail.number.flag").with("text", text)),
            _ => Err(Sentence::of("detail.number.list")),
        }
    }

    fn from_digits(text: &str) -> Result<Number, Sentence> {
        if text.len() > MAX_DIGITS {
            return Err(Sentence::of("detail.number.long").with("n", text.len()).with("most", MAX_DIGITS));
        }
        let value: f64 = text.parse().map_err(|_| Sentence::of("detail.number.none").with("text", text))?;
        if !value.is_finite() {
            return Err(Sentence::of("detail.number.infinite").with("text", text));
        }
        if value == 0.0 && mantissa(text).contains(|c: char| matches!(c, '1'..='9')) {
            return Err(Sentence::of("detail.number.small").with("text", text));
        }
        Ok(Number { digits: text.into(), value })
    }

    /// As it stands in the record.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The nearest float, for ordering and drawing.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Exact order: floats first, decimals only where those are equal.
    pub fn compare(&self, other: &Number) -> Ordering {
        match self.value.total_cmp(&other.value) {
            _ if self.value == other.value && self.digits == other.digits => Ordering::Equal,
            _ if self.value == other.value => self.decimal().cmp(&other.decimal()),
            order => order,
        }
    }

    /// The exact decimal, with as many decimals as are written.
    pub fn decimal(&self) -> BigDecimal {
        // No exponent makes another number of 0, and that of 0e999999999 would make a huge one of decimals.
        let digits = if self.value == 0.0 { mantissa(&self.digits) } else { &self.digits };
        // A JSON number of at most 64 characters within the range of a float can be read.
        digits.parse().unwrap_or_default()
    }
}

/// What stands before the exponent.
fn mantissa(digits: &str) -> &str {
    digits.split(['e', 'E']).next().unwrap_or(digits)
}

impl Number {
    /// A number that was computed, with the fewest digits that tell it; `None` if it is not finite.
    pub fn computed(value: f64) -> Option<Number> {
        Number::from_digits(&serde_json::Number::from_f64(value)?.to_string()).ok()
    }
}

impl From<u8> for Number {
    fn from(value: u8) -> Number {
        Number { digits: value.to_string().into(), value: f64::from(value) }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.digits)
    }
}

/// A number as pages show it, and all of its digits where these are not all.
pub fn as_shown(digits: &str) -> (&str, Option<&str>) {
    match first_digits(digits) {
        Some(first) => (first, Some(digits)),
        None => (digits, None),
    }
}

/// The same in a sentence, with `…` where digits are left out.
pub fn shortened(digits: &str) -> Cow<'_, str> {
    match first_digits(digits) {
        Some(first) => Cow::Owned(format!("{first}…")),
        None => Cow::Borrowed(digits),
    }
}

/// The first digits of a long number, for a column of them: more than six digits are cut four places after the point, or
/// behind the fourth that is not 0. Nothing is rounded. `None` if all can stand.
fn first_digits(digits: &str) -> Option<&str> {
    let (whole, fraction) = digits.split_once('.')?;
    let is_plain = fraction.bytes().all(|digit| digit.is_ascii_digit());
    let n = digits.bytes().filter(u8::is_ascii_digit).count();
    let zeros =
        if whole.trim_start_matches('-') == "0" { fraction.bytes().take_while(|it| *it == b'0').count() } else { 0 };
    let kept = if zeros >= 4 { zeros + 4 } else { 4 };
    // One digit less and an ellipsis more would be as long.
    (is_plain && n > 6 && fraction.len() > kept + 1).then(|| &digits[..whole.len() + 1 + kept])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Number, Sentence> {
        Number::from_json(&RawValue::from_string(json.to_owned()).unwrap())
    }

    #[test]
    fn digits_survive() {
        for text in ["0.8873239436619719", "1", "1.0", "-0.01", "5e-1", "0.10"] {
            assert_eq!(read(text).unwrap().digits(), text);
        }
        assert_eq!(read("-0e999999999").unwrap().decimal(), BigDecimal::default());
        assert_eq!(read("5e-1").unwrap().decimal(), "0.5".parse::<BigDecimal>().unwrap());
        for (zero, decimals) in [("0", 0), ("0.0", 1), ("-0.000", 3), ("0.00e999999999", 2)] {
            assert_eq!(read(zero).unwrap().decimal().fractional_digit_count(), decimals, "{zero}");
        }
    }

    #[test]
    fn numbers_that_are_one_float_are_still_ordered() {
        let compare = |a, b| read(a).unwrap().compare(&read(b).unwrap());
        assert_eq!(compare("1.0000000000000000001", "1"), Ordering::Greater);
        assert_eq!(compare("-0.0", "0"), Ordering::Equal);
        assert_eq!(compare("0.1", "0.2"), Ordering::Less);
    }

    #[test]
    fn what_is_no_number_is_refused_with_a_reason() {
        for text in ["null", "\"0.5\"", "true", "[1]", "{}", "1e999", "1e-999", "1e-99999999999999999999"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn long_numbers_are_cut_and_never_rounded_to_nothing() {
        for (digits, first) in [
            ("0.5229", None),
            ("0.12345", None),
            ("1234567", None),
            ("1.5e-7", None),
            ("0.422535211267", Some("0.4225")),
            ("62.711864406", Some("62.7118")),
            ("1284.123456", Some("1284.1234")),
            ("-0.999999999", Some("-0.9999")),
            ("0.00001234567", Some("0.00001234")),
        ] {
            assert_eq!(first_digits(digits), first, "{digits}");
        }
    }
}
