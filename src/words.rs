//! Counts and long texts as *words* for people.

use std::borrow::Cow;

/// A whole number with separators: `228,998`.
pub fn count(n: usize) -> String {
    grouped(n, ",")
}

/// The same with another separator: `228 998`.
pub fn grouped(n: usize, separator: &str) -> String {
    let digits = n.to_string();
    if digits.len() <= 3 {
        return digits;
    }
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

/// `1 result`, `2 results`.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// `text`, cut after `limit` characters with an ellipsis.
pub fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// True for what only the site itself may write: check marks, and what turns the direction of text.
pub fn is_forged(c: char) -> bool {
    matches!(c,
        '\u{2705}' | '\u{1fbb1}' | '\u{aa9c}' | '\u{2611}' | '\u{2713}' | '\u{2714}' | '\u{237b}' | '\u{1f5f8}' | '\u{1f5f9}' | '\u{10102}'
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// True for what no page and no table shows: [`is_forged`], and control characters but for line breaks.
pub fn is_unshown(c: char) -> bool {
    (c.is_control() && c != '\n') || is_forged(c)
}

/// `text` without what only the site itself may write.
pub fn visible(text: &str) -> Cow<'_, str> {
    match !text.is_ascii() && text.contains(is_forged) {
        true => Cow::Owned(text.replace(is_forged, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts_are_grouped() {
        assert_eq!(
            ["1", "12", "123", "1,234", "1,234,567"],
            [1, 12, 123, 1234, 1_234_567].map(super::count).each_ref().map(String::as_str)
        );
    }
}
