//! *CSV* as RFC 4180 has it: UTF-8, a header, lines that end in CRLF.
//!
//! Spreadsheets read a cell that begins with `=`, `+`, `-`, `@` (of any width), a tab or a line break as a formula,
//! and anybody can choose the names in records. Such a cell gets `'` in front, unless it is a number; the JSON has
//! the text as it is. Characters that pages do not show (control characters, forged check marks) are left out: a
//! NUL stops readers, and an escape sequence would run in a terminal.

use std::borrow::Cow;

use crate::words::is_unshown;

/// A table as it is written.
pub struct Csv(String);

impl Csv {
    /// A table with this header.
    pub fn new(header: &[&str]) -> Csv {
        let mut csv = Csv(String::new());
        csv.row(header);
        csv
    }

    /// Adds a row.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.0.push(',');
            }
            self.cell(cell.as_ref());
        }
        self.0.push_str("\r\n");
    }

    fn cell(&mut self, text: &str) {
        // Nearly all cells.
        if text.bytes().all(is_plain) && !text.starts_with(['=', '+', '-', '@']) {
            self.0.push_str(text);
            return;
        }
        let is_unshown = |c: char| (is_unshown(c) && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}');
        let text = match text.contains(is_unshown) {
            true => Cow::Owned(text.replace(is_unshown, "\u{fffd}")),
            false => Cow::Borrowed(text),
        };
        let text = &*text;
        let guard = if is_formula(text) { "'" } else { "" };
        if text.contains([',', '"', '\n', '\r']) {
            self.0.push('"');
            self.0.push_str(guard);
            self.0.push_str(&text.replace('"', "\"\""));
            self.0.push('"');
        } else {
            self.0.push_str(guard);
            self.0.push_str(text);
        }
    }

    /// The bytes of the file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

/// True for a byte that stands for itself wherever it is but at the start of a cell.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'"')
}

fn is_formula(text: &str) -> bool {
    const SIGNS: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];
    // `-inf` is a name for a spreadsheet, and no number of a record.
    let is_number = || text[1..].starts_with(|c: char| c.is_ascii_digit()) && text.parse::<f64>().is_ok();
    text.starts_with(SIGNS) && !(text.is_char_boundary(1) && is_number())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_cell_is_a_formula() {
        let mut csv = Csv::new(&["a", "b"]);
        csv.row(&["-0.01", "say \"x\", y"]);
        csv.row(&["=1+1", "-cmd\n"]);
        csv.row(&["@x", "+1e3"]);
        csv.row(&["-inf", "＝1+1"]);
        csv.row(&["+nan", "-"]);
        csv.row(&["a\0b", "\u{1b}[31m\u{2028}✓"]);
        let text = String::from_utf8(csv.into_bytes()).unwrap();
        assert_eq!(
            text,
            "a,b\r\n-0.01,\"say \"\"x\"\", y\"\r\n'=1+1,\"'-cmd\n\"\r\n'@x,+1e3\r\n'-inf,'＝1+1\r\n'+nan,'-\r\na\u{fffd}b,\u{fffd}[31m\u{fffd}\u{fffd}\r\n"
        );
    }
}
