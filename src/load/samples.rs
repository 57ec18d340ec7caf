//! The *samples* of a record: its companion file with one row a sample, summed up into one [`SampleTally`] for each
//! result.
//!
//! EEE calls it instance-level data. The file is read once, line by line, and hashed on the way; memory does not
//! grow with the file. Only sums are kept, for a limited number of rows whether the answer is correct, and short
//! excerpts of the first rows if the site asks for them. [`crate::signal::samples`] compares the sums with the
//! reported score.

mod answers;
mod excerpt;
mod lines;
mod matching;
mod question;
mod row;
mod runs;
mod tally;

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::datastore::SamplesFile;
use super::record::Record;
use crate::config::Datastore;
use crate::hash::Sha256;
use crate::language::sentence::Sentence;
use lines::{Lines, NumberedLine};
use matching::{Matched, Matching};
use row::SampleRow;

pub use answers::{Answers, MOST_OF_FILE};
pub use excerpt::Excerpt;
pub use question::QuestionHashes;
pub use runs::{AgentRun, RunEnd, Runs};
pub use tally::{Average, Repeats, SampleTally};

/// The samples of one record.
#[derive(Clone, Debug)]
pub struct Samples {
    /// Path of the file, relative to the datastore's root; of one that is not there, as the record has it.
    pub path: Box<str>,
    /// How many rows it has as the record states, in `total_rows`.
    pub stated_rows: Option<u64>,
    /// What reading it gave.
    pub found: SamplesRead,
}

/// What reading a file of samples gave.
#[derive(Clone, Debug)]
pub enum SamplesRead {
    /// It is named, and not on disk.
    Missing,
    /// It is there, and no file of rows.
    Unreadable {
        /// Why; no text of the file is in it.
        why: Sentence,
        /// Of the bytes, where they could be read.
        sha256: Option<Sha256>,
    },
    /// Its bytes are not those that were meant.
    Altered {
        /// Of the bytes that are there.
        sha256: Sha256,
        /// Who meant others.
        by: Witness,
    },
    /// It was read.
    Read(Box<Rows>),
}

/// Who states a hash of a file of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// The record, in `detailed_evaluation_results`.
    Record,
    /// The collection's index.
    Index,
    /// The lock that `fetch` wrote.
    Lock,
}

/// What a file of samples says.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Of the bytes.
    pub sha256: Sha256,
    /// Who states the same hash.
    pub witnesses: Box<[Witness]>,
    /// How many rows it has.
    pub rows: u64,
    /// Why its rows are not those of the record, if they are not.
    pub stranger: Option<Stranger>,
    /// Rows that belong to none of the results.
    pub unmatched: u64,
    /// What the hashes of its samples are of.
    pub hashes: QuestionHashes,
    /// Its first rows, if the site asks for them.
    pub excerpts: Box<[Excerpt]>,
    /// By place among the results that could be read.
    tallies: Tallies,
}

/// How much is kept of the rows of each file.
#[derive(Clone, Copy, Debug)]
pub struct KeptRows {
    /// Answers; of a file with more, none is.
    answers: usize,
    /// Runs, likewise.
    runs: usize,
    excerpts: excerpt::ExcerptLimits,
}

impl KeptRows {
    /// For one of `n_files` files, with its first `excerpts` rows.
    pub fn of(n_files: usize, excerpts: usize) -> KeptRows {
        KeptRows {
            answers: answers::most_of_file(n_files),
            runs: runs::most_of_file(n_files),
            excerpts: excerpt::ExcerptLimits::new(excerpts, n_files),
        }
    }
}

/// Tallies by place of the result.
type Tallies = Box<[(u16, SampleTally)]>;

/// What a row says that the record does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranger {
    /// Another `evaluation_id`.
    Evaluation {
        /// Number of the line, from 1.
        line: u64,
    },
    /// Another `model_id`.
    Model {
        /// Number of the line, from 1.
        line: u64,
    },
}

impl Samples {
    /// The tally of the result at `place`.
    pub fn tally(&self, place: u16) -> Option<&SampleTally> {
        let SamplesRead::Read(rows) = &self.found else { return None };
        let at = rows.tallies.binary_search_by_key(&place, |(of, _)| *of).ok()?;
        Some(&rows.tallies[at].1)
    }

    /// What the hashes of its samples are of; `None` if the file was not read.
    pub fn hashes(&self) -> Option<&QuestionHashes> {
        match &self.found {
            SamplesRead::Read(rows) => Some(&rows.hashes),
            _ => None,
        }
    }

    /// Of the bytes, where there are any.
    pub fn sha256(&self) -> Option<Sha256> {
        match &self.found {
            SamplesRead::Missing => None,
            SamplesRead::Unreadable { sha256, .. } => *sha256,
            SamplesRead::Altered { sha256, .. } => Some(*sha256),
            SamplesRead::Read(rows) => Some(rows.sha256),
        }
    }
}

/// What the record says of its file.
struct StatedSamples<'r> {
    path: Option<&'r str>,
    checksum: Option<Checksum>,
    rows: Option<u64>,
}

/// A hash by one of the two algorithms of the schema.
enum Checksum {
    Sha256(Sha256),
    /// As lower-case hex digits.
    Md5(String),
}

impl Checksum {
    /// A text that is none, or is by another algorithm, says nothing.
    fn read(text: &str, algorithm: Option<&str>) -> Option<Checksum> {
        match algorithm.map(str::to_lowercase).as_deref() {
            Some("sha256") | None => Sha256::from_hex(text).map(Checksum::Sha256),
            Some("md5") => {
                let is_md5 = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                is_md5.then(|| Checksum::Md5(text.to_lowercase()))
            }
            Some(_) => None,
        }
    }
}

impl<'r> StatedSamples<'r> {
    /// `detailed_evaluation_results`, which the record keeps among what else its root holds.
    fn of(record: &'r Record) -> StatedSamples<'r> {
        let member = |name: &str| {
            let path = |leaf: &str| leaf.strip_prefix("detailed_evaluation_results.") == Some(name);
            record.also.iter().find(|leaf| path(&leaf.path)).map(|leaf| leaf.text.trim()).filter(|it| !it.is_empty())
        };
        StatedSamples {
            path: member("file_path"),
            checksum: member("checksum").and_then(|text| Checksum::read(text, member("hash_algorithm"))),
            rows: member("total_rows").and_then(|n| n.parse().ok()),
        }
    }
}

/// How large the file is; `None` if it is not there.
pub fn size(root: &Path, file: &SamplesFile) -> Option<u64> {
    let found = fs::metadata(root.join(&*file.path)).ok()?;
    found.is_file().then_some(found.len())
}

/// The hash of the file, for records that are not shown; `None` if it is not there.
pub fn sha256(root: &Path, file: &SamplesFile) -> Option<Sha256> {
    size(root, file)?;
    Sha256::of_reader(File::open(root.join(&*file.path)).ok()?).ok().map(|(sha256, _)| sha256)
}

/// Reads the samples of `record`, which has results that could not be read if `has_lost_results`. `None` if nothing
/// names any, and there are none. `passed` is told how many bytes more were read.
pub fn read(
    datastore: &Datastore,
    file: Option<&SamplesFile>,
    (record, has_lost_results): (&Record, bool),
    kept: KeptRows,
    passed: &impl Fn(u64),
) -> Option<Samples> {
    let stated = StatedSamples::of(record);
    let Some(file) = file else {
        let path = stated.path?.into();
        return Some(Samples { path, stated_rows: stated.rows, found: SamplesRead::Missing });
    };
    let found = match size(&datastore.root, file) {
        None => SamplesRead::Missing,
        Some(_) => {
            let matching = Matching::new(record, has_lost_results, kept);
            let unreadable = |err: io::Error| SamplesRead::Unreadable { why: Sentence::quote(err), sha256: None };
            read_file(datastore, file, &stated, matching, passed).unwrap_or_else(unreadable)
        }
    };
    Some(Samples { path: file.path.clone(), stated_rows: stated.rows, found })
}

fn read_file(
    datastore: &Datastore,
    file: &SamplesFile,
    stated: &StatedSamples,
    mut matching: Matching,
    passed: &impl Fn(u64),
) -> io::Result<SamplesRead> {
    let with_md5 = matches!(stated.checksum, Some(Checksum::Md5(_)));
    let mut lines = Lines::new(File::open(datastore.root.join(&*file.path))?, with_md5, passed);
    let (mut n_rows, mut fault) = (0, None);
    while fault.is_none()
        && let Some(line) = lines.next()?
    {
        let row = match line {
            NumberedLine::Text { number, text } => {
                SampleRow::read(text, number).map(|row| row.map(|row| (row, number)))
            }
            NumberedLine::TooLong { number } => {
                let why = Sentence::of("samples.why.long_line").with("line", number);
                Err(why.with("most", lines::LONGEST >> 20))
            }
        };
        match row {
            Ok(Some((row, number))) => {
                n_rows += 1;
                matching.add(&row, number);
            }
            Ok(None) => {}
            Err(why) => fault = Some(why),
        }
    }
    // What the bytes are is to be known whatever stands in them.
    lines.skip_rest()?;
    let (sha256, md5, is_pointer) = lines.finish();
    if is_pointer {
        return Ok(SamplesRead::Unreadable { why: Sentence::of("detail.lfs_pointer"), sha256: Some(sha256) });
    }
    let by_record = stated.checksum.as_ref().map(|stated| match stated {
        Checksum::Sha256(stated) => *stated == sha256,
        Checksum::Md5(stated) => md5.as_ref() == Some(stated),
    });
    let mut witnesses = Vec::new();
    let hashes = [
        (Witness::Record, by_record),
        (Witness::Index, file.expected.map(|expected| expected.sha256 == sha256)),
        (
            Witness::Lock,
            datastore.lock.sound().and_then(|lock| lock.samples.get(&*file.path)).map(|pin| pin.sha256 == sha256),
        ),
    ];
    for (by, agrees) in hashes {
        match agrees {
            Some(true) => witnesses.push(by),
            Some(false) => return Ok(SamplesRead::Altered { sha256, by }),
            None => {}
        }
    }
    if let Some(why) = fault {
        return Ok(SamplesRead::Unreadable { why, sha256: Some(sha256) });
    }
    let Matched { stranger, unmatched, hashes, excerpts, tallies } = matching.finish();
    Ok(SamplesRead::Read(Box::new(Rows {
        sha256,
        witnesses: witnesses.into(),
        rows: n_rows,
        stranger,
        unmatched,
        hashes,
        excerpts,
        tallies,
    })))
}
