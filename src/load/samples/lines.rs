//! The *lines* of a file of samples, one at a time, hashed as they pass.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use sha2::Digest;

use crate::hash::{Hashing, Sha256};
use crate::load::foreign::is_pointer;

/// Longer lines are not read, as one is held in memory: as much as a record may have.
pub const LONGEST: usize = 64 << 20;

/// So much is read at once: larger reads are no faster.
const AT_ONCE: usize = 256 << 10;

/// So much of a line's room is kept for the next one.
const KEPT: usize = 1 << 20;

/// A line, with its number from 1.
pub enum NumberedLine<'l> {
    /// One that was read.
    Text {
        number: u64,
        /// Without white space around it.
        text: &'l [u8],
    },
    /// One longer than [`LONGEST`].
    TooLong { number: u64 },
}

/// The lines of a file.
pub struct Lines<'p, P> {
    input: BufReader<HashingReader<'p, P>>,
    line: Vec<u8>,
    number: u64,
    is_pointer: bool,
}

impl<'p, P: Fn(u64)> Lines<'p, P> {
    /// Of `file`; `passed` is told how many bytes more were read.
    pub fn new(file: File, with_md5: bool, passed: &'p P) -> Lines<'p, P> {
        let md5 = with_md5.then(md5::Md5::new);
        let input = HashingReader { file, sha256: Hashing::new(io::sink()), md5, passed };
        Lines { input: BufReader::with_capacity(AT_ONCE, input), line: Vec::new(), number: 0, is_pointer: false }
    }

    /// The next line; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<NumberedLine<'_>>> {
        self.line.clear();
        self.line.shrink_to(KEPT);
        let most = LONGEST as u64 + 1;
        if (&mut self.input).take(most).read_until(b'\n', &mut self.line)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.line.len() > LONGEST {
            return Ok(Some(NumberedLine::TooLong { number: self.number }));
        }
        let mut text = &*self.line;
        if self.number == 1 {
            text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
            self.is_pointer = is_pointer(text);
        }
        Ok(Some(NumberedLine::Text { number: self.number, text: text.trim_ascii() }))
    }

    /// Hashes what is left, and reads it no more.
    pub fn skip_rest(&mut self) -> io::Result<()> {
        self.line = Vec::new();
        io::copy(&mut self.input, &mut io::sink()).map(|_| ())
    }

    /// The hashes of all that was read, MD5 as hex digits, and whether it is a Git LFS pointer.
    pub fn finish(self) -> (Sha256, Option<String>, bool) {
        let HashingReader { sha256, md5, .. } = self.input.into_inner();
        let hex = |md5: md5::Md5| md5.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        (sha256.finish().0, md5.map(hex), self.is_pointer)
    }
}

/// A file that is hashed as it is read.
struct HashingReader<'p, P> {
    file: File,
    sha256: Hashing<io::Sink>,
    md5: Option<md5::Md5>,
    passed: &'p P,
}

impl<P: Fn(u64)> Read for HashingReader<'_, P> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buffer)?;
        io::Write::write_all(&mut self.sha256, &buffer[..n])?;
        if let Some(md5) = &mut self.md5 {
            md5.update(&buffer[..n]);
        }
        (self.passed)(n as u64);
        Ok(n)
    }
}
