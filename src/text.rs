//! *Text files* as people and their editors write them: UTF-8 with or without a byte order mark, with lines that end in
//! LF or CRLF. All of `content/` and `templates/` is read by this.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::str::Utf8Error;

use anyhow::{Context, Result};

/// A larger file is not read: nobody writes one, and the whole of it is held in memory.
pub const MOST_BYTES: u64 = 64 << 20;

/// Why bytes are no text.
#[derive(Debug)]
pub enum NotText {
    /// More than [`MOST_BYTES`].
    TooLarge,
    /// In the encoding that some Windows programs call "Unicode".
    Utf16,
    /// In another one.
    NotUtf8(Utf8Error),
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotText::TooLarge => write!(f, "is larger than {} MB", MOST_BYTES >> 20),
            NotText::Utf16 => f.write_str("is UTF-16"),
            NotText::NotUtf8(err) => write!(f, "is not UTF-8: {err}"),
        }
    }
}

impl std::error::Error for NotText {}

/// The bytes of a file, and no more of it than shows that it is too large.
pub fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file without its mark, its lines ending in LF.
pub fn decode(bytes: &[u8]) -> Result<String, NotText> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(NotText::TooLarge);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(NotText::Utf16);
    }
    let text = std::str::from_utf8(bytes).map_err(NotText::NotUtf8)?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n"))
}

/// The text of a file; `None` if there is no such file.
pub fn read(path: &Path) -> Result<Option<String>> {
    let bytes = match bytes(path) {
        Ok(bytes) => bytes,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(err) => return Err(err).with_context(|| format!("failed to read {}", path.display())),
    };
    let text = decode(&bytes).with_context(|| format!("{} cannot be read; save it as UTF-8", path.display()))?;
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_add_is_taken_off_and_what_is_no_text_is_told() {
        assert_eq!(decode(b"\xef\xbb\xbfa: 1\r\nb: 2\n").unwrap(), "a: 1\nb: 2\n");
        assert_eq!(decode(b"").unwrap(), "");
        assert_eq!(decode(b"\xff\xfea\0").unwrap_err().to_string(), "is UTF-16");
        assert!(decode(b"caf\xe9").unwrap_err().to_string().starts_with("is not UTF-8: "));
        assert!(matches!(decode(&vec![b' '; MOST_BYTES as usize + 1]), Err(NotText::TooLarge)));
    }
}
