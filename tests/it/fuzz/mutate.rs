//! Mutations of bytes, the same for the same seed.

/// What parsers may not expect, in the place of anything.
const TOKENS: [&str; 52] = [
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "\u{202e}",
    "\u{301}",
    "\\u0000",
    "\\ud800",
    "\\uDFFF\\uD800",
    "null",
    "true",
    "\"true\"",
    "NaN",
    "Infinity",
    "-0",
    "1e999",
    "1e-999999999",
    "0.1e1",
    "-1",
    "65536",
    "18446744073709551616",
    "99999999999999999999999999",
    "[[",
    "{\"a\":",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!binary ",
    "? ",
    "- ",
    "---\n",
    "...\n",
    "# ",
    "> ",
    "```\n",
    "<div>",
    "</",
    "<!--",
    "| a |\n",
    "../",
    "a/b",
];

/// Makes inputs out of a corpus.
pub struct Mutator {
    state: u64,
}

impl Mutator {
    pub fn new(seed: u64) -> Mutator {
        Mutator { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    /// The next number below `end`, at least 0 (xorshift64*).
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) as usize % end.max(1)
    }

    /// A file of the corpus after one to eight mutations.
    pub fn next(&mut self, corpus: &[Vec<u8>], largest: usize) -> Vec<u8> {
        let mut bytes = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(8) {
            self.mutate(&mut bytes, corpus, largest);
            bytes.truncate(largest);
        }
        bytes
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>, corpus: &[Vec<u8>], largest: usize) {
        let at = self.below(bytes.len() + 1);
        let length = self.length(bytes.len() - at);
        let range = at..at + length;
        match self.below(9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = self.below(256) as u8,
            2 => drop(bytes.drain(range)),
            3 => bytes.truncate(at),
            // Repeated: sometimes so often that time and depth show.
            4 => {
                let times = self.times().min(largest / length.max(1));
                let piece = bytes[range].repeat(times);
                drop(bytes.splice(at..at, piece));
            }
            5 => {
                let piece = self.token().repeat(self.times());
                drop(bytes.splice(at..at, piece.bytes()));
            }
            6 => {
                let piece = self.token();
                drop(bytes.splice(range, piece.bytes()));
            }
            // A value in place of another, so that what is around it still parses.
            7 => {
                let range = value_after(bytes, at);
                let piece = self.token();
                drop(bytes.splice(range, piece.bytes()));
            }
            _ => {
                let other = &corpus[self.below(corpus.len())];
                let start = self.below(other.len() + 1);
                let length = self.length(other.len() - start);
                drop(bytes.splice(range, other[start..start + length].iter().copied()));
            }
        }
    }

    /// Mostly short.
    fn length(&mut self, most: usize) -> usize {
        let most = if self.below(4) == 0 { most } else { most.min(16) };
        self.below(most + 1)
    }

    fn times(&mut self) -> usize {
        match self.below(40) {
            0 => 20_000,
            1 => 500,
            few => 1 + few % 4,
        }
    }

    fn token(&mut self) -> &'static str {
        TOKENS[self.below(TOKENS.len())]
    }
}

/// What stands between a colon after `at` and the next sign that ends a value of JSON or YAML.
fn value_after(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let find = |from: usize, signs: &[u8]| bytes[from..].iter().position(|byte| signs.contains(byte));
    let start = find(at, b":").map_or(at, |colon| at + colon + 1);
    start..find(start, b",}]\n").map_or(bytes.len(), |end| start + end)
}
