//! Reads *CSV* as spreadsheets write it: RFC 4180, with `,`, `;` or a tab between the cells. The `csv` crate
//! accepts a quote that is never closed, and text after a closing quote; here both are errors with their line.

/// A row, with the line of the file that it begins on.
#[derive(Debug, PartialEq)]
pub struct CsvRow {
    /// From 1.
    pub line: usize,
    /// What stands in its cells, without the quotes and the space around them.
    pub cells: Vec<String>,
}

/// Why a text is no table: line, and what is wrong with it.
pub type Fault = (usize, &'static str);

/// All rows that are not empty, the header first.
pub fn rows(text: &str) -> Result<Vec<CsvRow>, Fault> {
    let separator = separator(text);
    let mut rows = Vec::new();
    let mut row = CsvRow { line: 1, cells: vec![String::new()] };
    let mut line = 1;
    let mut chars = text.chars().peekable();
    // Where the quotes of the cell were opened, and whether they were closed again.
    let (mut opened, mut is_closed) = (None, false);
    while let Some(c) = chars.next() {
        let cell = row.cells.last_mut().expect("a row has a cell");
        match c {
            '"' if opened.is_some() && chars.peek() == Some(&'"') => cell.push(chars.next().unwrap_or('"')),
            '"' if opened.is_some() => (opened, is_closed) = (None, true),
            _ if opened.is_some() => cell.push(c),
            '"' if cell.trim().is_empty() && !is_closed => {
                cell.clear();
                opened = Some(line);
            }
            '\n' | '\r' => {
                if c == '\r' && chars.peek() == Some(&'\n') {
                    chars.next();
                }
                push(&mut rows, std::mem::replace(&mut row, CsvRow { line: line + 1, cells: vec![String::new()] }));
                is_closed = false;
            }
            _ if c == separator => {
                row.cells.push(String::new());
                is_closed = false;
            }
            _ if is_closed && !c.is_whitespace() => {
                return Err((line, "text follows a closing quote; double each quote inside a cell: \"\""));
            }
            _ => cell.push(c),
        }
        line += usize::from(c == '\n' || (c == '\r' && opened.is_none()));
    }
    if let Some(line) = opened {
        return Err((line, "a quote is not closed; write another quote at the end of the cell"));
    }
    push(&mut rows, row);
    Ok(rows)
}

fn push(rows: &mut Vec<CsvRow>, mut row: CsvRow) {
    for cell in &mut row.cells {
        *cell = cell.trim().to_owned();
    }
    if row.cells.iter().any(|cell| !cell.is_empty()) {
        rows.push(row);
    }
}

/// The one that the header has most of.
fn separator(text: &str) -> char {
    let header = text.split(['\n', '\r']).find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: char| header.matches(separator).count();
    [',', ';', '\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(usize, Vec<String>)> {
        rows(text).unwrap().into_iter().map(|row| (row.line, row.cells)).collect()
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(|&cell| cell.to_owned()).collect())
    }

    #[test]
    fn rows_keep_their_lines_whatever_stands_in_quotes() {
        let text = "model,score\r\n\"a, \"\"b\"\"\nc\",0.5\r\n\r\n,,\r\nd , 0.6 ";
        assert_eq!(cells(text), [row(1, &["model", "score"]), row(2, &["a, \"b\"\nc", "0.5"]), row(6, &["d", "0.6"])]);
        assert_eq!(cells("model;score\na,b;1\n"), [row(1, &["model", "score"]), row(2, &["a,b", "1"])]);
        assert_eq!(cells("model\tscore\ra\t1"), [row(1, &["model", "score"]), row(2, &["a", "1"])]);
        assert_eq!(cells("model\na"), [row(1, &["model"]), row(2, &["a"])]);
    }

    #[test]
    fn quotes_that_do_not_fit_are_told_with_their_line() {
        assert_eq!(rows("model\n\n\"a").unwrap_err().0, 3);
        assert!(rows("model\n\"a\" b").unwrap_err().1.starts_with("text follows"));
        assert_eq!(cells("5\" disk,1")[0].1[0], "5\" disk");
    }
}
