//! *Excerpts*: the first rows of a file, for the pages of a site that asks for them (`samples.excerpts` in `site.yaml`).
//!
//! Anybody may have written the texts of a row. They are shortened here, before they are kept, and escaped where
//! they are written.

use super::row::SampleRow;

/// Longest text of a row, in characters, and in lines.
const MOST_TEXT: usize = 1_000;
const MOST_LINES: usize = 30;

/// So many characters are kept of one file.
const MOST_OF_FILE: usize = 20_000;

/// So many are kept of all files.
const MOST_OF_ALL: usize = 1 << 26;

/// What is kept of each file.
#[derive(Clone, Copy, Debug)]
pub struct ExcerptLimits {
    rows: usize,
    characters: usize,
}

impl ExcerptLimits {
    /// For one of `n_files` files, of which the first `rows` rows are wanted.
    pub fn new(rows: usize, n_files: usize) -> ExcerptLimits {
        ExcerptLimits { rows, characters: MOST_OF_FILE.min(MOST_OF_ALL / n_files.max(1)) }
    }
}

/// A row, as far as it is shown. Texts that were cut end in an ellipsis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Number of the line.
    pub line: u64,
    /// Place of its result; the first of those that it counts for.
    pub place: u16,
    /// `sample_id`.
    pub id: Box<str>,
    /// `input.raw`.
    pub question: Box<str>,
    /// `input.reference`.
    pub reference: Box<str>,
    /// `output.raw`.
    pub output: Box<str>,
    /// The answer that was read out of it, from `answer_attribution`.
    pub answer: Box<str>,
    /// `evaluation.score`.
    pub score: Box<str>,
}

/// The excerpts of a file while it is read.
pub struct Excerpts {
    limits: ExcerptLimits,
    /// Rows that were seen.
    n: usize,
    found: Vec<Excerpt>,
}

impl Excerpts {
    /// None yet.
    pub fn new(limits: ExcerptLimits) -> Excerpts {
        Excerpts { limits, n: 0, found: Vec::new() }
    }

    /// Adds the row in line `line`, if it is one of the first; it is of the result at `place`, or of none.
    pub fn add(&mut self, row: &SampleRow, line: u64, place: Option<u16>) {
        if self.n == self.limits.rows {
            return;
        }
        self.n += 1;
        let Some(place) = place else { return };
        let left = &mut self.limits.characters;
        let mut cut = |text: &str| cut(text, left);
        self.found.push(Excerpt {
            line,
            place,
            id: cut(row.sample_id()),
            question: cut(&row.input_text()),
            reference: cut(&row.reference_text()),
            output: cut(&row.output_text()),
            answer: cut(&row.answer_text()),
            score: cut(&row.score().map(|score| score.to_string()).unwrap_or_default()),
        });
    }

    /// Those that were found.
    pub fn finish(self) -> Box<[Excerpt]> {
        self.found.into()
    }
}

/// The beginning of `text`, of which at most `left` characters are kept; these become fewer. Tabs, which no page shows,
/// become spaces.
fn cut(text: &str, left: &mut usize) -> Box<str> {
    let text = text.trim();
    let most = MOST_TEXT.min(*left);
    let end_of_text = text.char_indices().nth(most).map(|(at, _)| at);
    let end_of_lines = text.match_indices('\n').nth(MOST_LINES - 1).map(|(at, _)| at);
    let end = end_of_text.into_iter().chain(end_of_lines).min();
    let kept = text[..end.unwrap_or(text.len())].replace("\r\n", "\n").replace('\t', "    ");
    *left = left.saturating_sub(kept.chars().count());
    if end.is_some() { format!("{kept}…").into() } else { kept.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MOST_ROWS;

    fn excerpts(lines: &[String], limits: ExcerptLimits) -> Box<[Excerpt]> {
        let mut excerpts = Excerpts::new(limits);
        for (line, text) in (1..).zip(lines) {
            let row = SampleRow::read(text.as_bytes(), line).ok().flatten().unwrap();
            excerpts.add(&row, line, Some(0));
        }
        excerpts.finish()
    }

    #[test]
    fn texts_are_cut_one_by_one_and_in_sum() {
        let mut left = 2_500;
        let mut cut = |text: &str| cut(text, &mut left);
        assert_eq!(&*cut(" a\r\n\tb "), "a\n    b");
        assert_eq!(cut(&"é".repeat(5_000)).chars().count(), 1_001);
        assert_eq!(cut(&"x\n".repeat(900)).lines().count(), 30);
        assert_eq!(cut(&"é".repeat(5_000)).chars().count(), 1_001);
        assert!((400..500).contains(&cut(&"é".repeat(5_000)).chars().count()));
        assert_eq!((&*cut("more"), &*cut("")), ("…", ""));
        assert_eq!(left, 0);
    }

    #[test]
    fn the_first_rows_are_kept_in_either_shape() {
        let new = r#"{"sample_id": "a", "input": {"raw": "Q", "reference": ["A", "B"]}, "output": {"raw": ["O", "P"]},
            "answer_attribution": [{"extracted_value": "X", "is_terminal": false}, {"extracted_value": "A", "is_terminal": true}],
            "evaluation": {"score": 0.50}}"#;
        let old = r#"{"sample_id": 7, "input": {"raw": "Q", "reference": "A"}, "output": {"raw": "O"}, "evaluation": {"score": true}}"#;
        let lines = [new, old, "{}", new].map(str::to_owned);
        let found = excerpts(&lines, ExcerptLimits::new(3, 1));
        let of = |line, [id, question, reference, output, answer, score]: [&str; 6]| Excerpt {
            line,
            place: 0,
            id: id.into(),
            question: question.into(),
            reference: reference.into(),
            output: output.into(),
            answer: answer.into(),
            score: score.into(),
        };
        let expected = [
            of(1, ["a", "Q", "A\nB", "O\nP", "A", "0.5"]),
            of(2, ["7", "Q", "A", "O", "", "1"]),
            of(3, ["", "", "", "", "", ""]),
        ];
        assert_eq!(*found, expected);
        assert!(excerpts(&lines, ExcerptLimits::new(0, 1)).is_empty());
    }

    #[test]
    fn room_is_bounded_for_a_file_and_for_all() {
        let long = "x".repeat(30_000);
        let line = format!(
            r#"{{"sample_id": "{long}", "input": {{"raw": "{long}", "reference": ["{long}"]}}, "output": {{"raw": ["{long}"]}}}}"#
        );
        let size = |n_files| -> usize {
            let found = excerpts(&vec![line.clone(); 20], ExcerptLimits::new(MOST_ROWS, n_files));
            found.iter().map(|it| it.id.len() + it.question.len() + it.reference.len() + it.output.len()).sum()
        };
        assert!(size(1) <= MOST_OF_FILE + MOST_ROWS * 4 * "…".len(), "{}", size(1));
        assert!(size(1 << 20) <= 64 + MOST_ROWS * 4 * "…".len(), "{}", size(1 << 20));
    }
}
