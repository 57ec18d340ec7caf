//! Whether the score of a result is what its *samples* add up to: computed again, from one row a sample.
//!
//! This is an axis of its own beside the markers. It says that the arithmetic holds, not that the answers are true or
//! that anybody gave them; it raises no marker, and no marker raises it. The rows are those of [`crate::load::samples`].
//!
//! A score is computed again if its metric is a mean of scores of samples. The record may say so itself
//! (`aggregation: mean`), else the metric's entry in the table does. Of a metric that neither explains, equality proves
//! the arithmetic, and difference proves nothing. The mean is compared with the digits that the record states: it may be
//! off by half a unit of the last one, as after rounding, and by what adding floats in any order can do.
//!
//! A mean that is another one contradicts the score only if the rows are all of its samples. Where the record does not say
//! how many it is over, rows that are fewer than the test, or that give the score of another part, are not all of them.

use crate::language::sentence::Sentence;
use crate::load::metadata::OfSamples;
use crate::load::samples::{Repeats, Rows, SampleTally, Samples, SamplesRead, Stranger, Witness};
use crate::merge::{Dataset, Reading, Scale};
use crate::number::Number;
use crate::resolve::Metric;
use crate::signal::{n_samples, size_of_test};

/// What the samples of one result say of its score.
#[derive(Clone, Copy, Debug)]
pub struct SampleEvidence<'a> {
    /// The file.
    pub samples: &'a Samples,
    /// What came of it.
    pub outcome: Recomputation<'a>,
}

/// What came of computing a score again.
#[derive(Clone, Copy, Debug)]
pub enum Recomputation<'a> {
    /// It is the stated one.
    Recomputed(Computed<'a>),
    /// It is another.
    Differs(Computed<'a>),
    /// There are fewer rows than the record states.
    Incomplete {
        /// Rows of the result; none where the file has none at all.
        tally: Option<&'a SampleTally>,
        /// How many rows there are.
        rows: u64,
        /// How many there should be.
        of: u64,
        /// What is counted.
        what: ShortOf,
    },
    /// The rows are those of another part of the benchmark, or of the whole.
    OfPart {
        /// Its name.
        part: &'a str,
        /// The rows.
        tally: &'a SampleTally,
    },
    /// The score cannot be computed from them.
    NotRecomputable {
        /// Why.
        why: Why<'a>,
        /// Rows of the result.
        tally: Option<&'a SampleTally>,
    },
    /// The bytes are not those that were meant.
    BadChecksum {
        /// Who meant others.
        by: Witness,
    },
    /// The file is not there.
    Missing,
    /// It is no file of rows.
    Unreadable(&'a Sentence),
}

/// What there are too few of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShortOf {
    /// Rows of the file, by `total_rows`.
    Rows,
    /// Rows of the result, by `num_samples`.
    Samples,
    /// Rows of the result, by the size of the test.
    Test,
    /// Rows with a score.
    Scores,
}

/// Why a score is not computed from its samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why<'a> {
    /// The metric is counted over all samples together.
    Corpus,
    /// The metric is a spread of scores.
    Spread,
    /// The metric depends on other models.
    Contest,
    /// The metric is the best of several attempts.
    Attempts,
    /// The record states another way to join the scores.
    Aggregation(&'a str),
    /// The mean is another, and nothing says that the metric is a mean.
    UnknownMetric,
    /// The mean is another, and samples occur several times: how these become one score is not said.
    Repeated,
    /// The mean is another, and the rows do not say of which of several results they are.
    Shared,
    /// No row is of this result.
    NoRows,
    /// A row names another evaluation.
    OtherEvaluation {
        /// Number of the line.
        line: u64,
    },
    /// A row names another model.
    OtherModel {
        /// Number of the line.
        line: u64,
    },
    /// There are more rows than the record states.
    MoreRows {
        /// As there are.
        rows: u64,
        /// As stated.
        of: u64,
    },
    /// Unit and bounds of the score contradict each other.
    Scale,
    /// The scores are too large to be added.
    TooLarge,
}

/// A score, computed again.
#[derive(Clone, Copy, Debug)]
pub struct Computed<'a> {
    /// Of which rows.
    pub tally: &'a SampleTally,
    /// In the unit of the record.
    pub value: f64,
    /// Which of two ways it was.
    pub by: By,
    /// What the scores of samples were multiplied by: 100 for a percentage of proportions.
    factor: f64,
}

/// How a score was computed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// As the mean of the scores.
    Mean,
    /// As the share of right answers, by `is_correct`.
    Share,
}

impl Computed<'_> {
    /// The standard error of the mean in the unit of the record; `None` where samples may occur several times, as the
    /// scores of one are not independent.
    pub fn standard_error(&self) -> Option<f64> {
        let error = self.tally.scores.standard_error().filter(|_| self.tally.repeats == Repeats::None)?;
        (self.by == By::Mean).then_some(error * self.factor)
    }

    /// How far `stated` lies above it.
    pub fn difference(&self, stated: &Number) -> f64 {
        stated.value() - self.value
    }
}

impl<'a> Recomputation<'a> {
    /// `not_recomputable`.
    pub fn code(&self) -> &'static str {
        match self {
            Recomputation::Recomputed(_) => "recomputed",
            Recomputation::Differs(_) => "differs",
            Recomputation::Incomplete { .. } | Recomputation::OfPart { .. } => "incomplete",
            Recomputation::NotRecomputable { .. } => "not_recomputable",
            Recomputation::BadChecksum { .. } => "bad_checksum",
            Recomputation::Missing => "missing",
            Recomputation::Unreadable(_) => "unreadable",
        }
    }

    /// The score, where it was computed.
    pub fn computed(&self) -> Option<Computed<'a>> {
        match self {
            Recomputation::Recomputed(computed) | Recomputation::Differs(computed) => Some(*computed),
            _ => None,
        }
    }

    /// The rows of the result.
    pub fn tally(&self) -> Option<&'a SampleTally> {
        match self {
            Recomputation::Recomputed(computed) | Recomputation::Differs(computed) => Some(computed.tally),
            Recomputation::OfPart { tally, .. } => Some(tally),
            Recomputation::Incomplete { tally, .. } | Recomputation::NotRecomputable { tally, .. } => *tally,
            Recomputation::BadChecksum { .. } | Recomputation::Missing | Recomputation::Unreadable(_) => None,
        }
    }
}

/// What the samples of `reading` say of its score; `None` if its record names none.
pub fn evidence<'a>(dataset: &'a Dataset, reading: &Reading) -> Option<SampleEvidence<'a>> {
    let samples = dataset.loaded(reading).samples.as_deref()?;
    let outcome = match &samples.found {
        SamplesRead::Missing => Recomputation::Missing,
        SamplesRead::Unreadable { why, .. } => Recomputation::Unreadable(why),
        SamplesRead::Altered { by, .. } => Recomputation::BadChecksum { by: *by },
        SamplesRead::Read(rows) => of_rows(dataset, reading, samples, rows),
    };
    Some(SampleEvidence { samples, outcome })
}

fn of_rows<'a>(dataset: &'a Dataset, reading: &Reading, samples: &'a Samples, rows: &Rows) -> Recomputation<'a> {
    let tally = samples.tally(reading.resolved.result);
    let not = |why| Recomputation::NotRecomputable { why, tally };
    let short = |rows, of, what| Recomputation::Incomplete { tally, rows, of, what };
    match rows.stranger {
        Some(Stranger::Evaluation { line }) => return not(Why::OtherEvaluation { line }),
        Some(Stranger::Model { line }) => return not(Why::OtherModel { line }),
        None => {}
    }
    match samples.stated_rows {
        Some(of) if rows.rows < of => return short(rows.rows, of, ShortOf::Rows),
        Some(of) if rows.rows > of => return not(Why::MoreRows { rows: rows.rows, of }),
        _ => {}
    }
    let result = dataset.result(reading);
    let metric = &dataset.entities.metrics[reading.resolved.metric];
    let is_mean = match is_mean(metric, &result.metric.details) {
        Ok(is_mean) => is_mean,
        Err(why) => return not(why),
    };
    let Some(tally) = tally else { return not(Why::NoRows) };
    let stated = result.uncertainty.as_ref().and_then(|it| it.samples.as_ref()).and_then(|n| n.digits().parse().ok());
    match stated {
        Some(of) if tally.rows < of => return short(tally.rows, of, ShortOf::Samples),
        _ if tally.scores.n < tally.rows => return short(tally.scores.n, tally.rows, ShortOf::Scores),
        _ => {}
    }
    let Some(factor) = factor(reading.scale, tally) else { return not(Why::Scale) };
    let Some(mean) = tally.scores.mean() else { return not(Why::TooLarge) };
    let by_mean = Computed { tally, value: mean * factor, by: By::Mean, factor };
    if is_stated(&by_mean, &result.score, reading.scale) {
        return Recomputation::Recomputed(by_mean);
    }
    // Where a score is graded in parts, the share of right answers is another number.
    let whole = match reading.scale {
        Scale::Proportion => Some(1.0),
        Scale::Percent => Some(100.0),
        Scale::Range { .. } | Scale::Open | Scale::Contradictory => None,
    };
    let by_share = tally.share_correct().zip(whole).filter(|_| is_mean);
    let by_share = by_share.map(|(share, whole)| Computed { tally, value: share * whole, by: By::Share, factor });
    if let Some(by_share) = by_share.filter(|it| is_stated(it, &result.score, reading.scale)) {
        return Recomputation::Recomputed(by_share);
    }
    if stated.is_none() {
        if let Some(part) = part_with(dataset, reading, &by_mean) {
            return Recomputation::OfPart { part, tally };
        }
        if let Some(size) = size_of_test(dataset, reading).filter(|size| tally.rows < *size) {
            return short(tally.rows, size, ShortOf::Test);
        }
    }
    match tally {
        SampleTally { is_shared: true, .. } => not(Why::Shared),
        _ if !is_mean => not(Why::UnknownMetric),
        SampleTally { repeats: Repeats::Some, .. } => not(Why::Repeated),
        _ => Recomputation::Differs(by_mean),
    }
}

/// The other part of the benchmark, or the whole, that `computed` is the score of, over as many samples; `reading` is of the
/// same model and evaluator.
fn part_with<'a>(dataset: &'a Dataset, reading: &Reading, computed: &Computed) -> Option<&'a str> {
    let slices = &dataset.entities.slices;
    let benchmark = dataset.benchmark_of(reading);
    let rows = computed.tally.rows;
    let rows_of = |other: &Reading| {
        let tally = dataset.loaded(other).samples.as_deref()?.tally(other.resolved.result)?;
        Some(tally.rows)
    };
    let is_it = |other: &&Reading| {
        dataset.benchmark_of(other) == benchmark
            && other.resolved.slice != reading.resolved.slice
            && other.resolved.evaluator == reading.resolved.evaluator
            && other.resolved.variant == reading.resolved.variant
            && other.scale == reading.scale
            && n_samples(dataset, other).or_else(|| rows_of(other)) == Some(rows)
            && is_stated(computed, &dataset.result(other).score, other.scale)
    };
    let other = dataset.readings_of(reading.resolved.model).iter().find(is_it)?;
    let name = slices[other.resolved.slice].name.as_deref();
    Some(name.unwrap_or(&dataset.entities.benchmarks[benchmark].name))
}

/// Whether `metric` is known for a mean of the scores of samples: false if nothing says so, and an error if it is another
/// thing. `details` are those of the record, which knows best.
fn is_mean<'a>(metric: &Metric, details: &'a [(String, String)]) -> Result<bool, Why<'a>> {
    if let Some((_, how)) = details.iter().find(|(key, _)| key.eq_ignore_ascii_case("aggregation")) {
        return match how.trim().to_lowercase().as_str() {
            "mean" | "average" => Ok(true),
            _ => Err(Why::Aggregation(how)),
        };
    }
    match metric.of_samples {
        _ if metric.is_relative => Err(Why::Contest),
        Some(OfSamples::Contest) => Err(Why::Contest),
        Some(OfSamples::Corpus) => Err(Why::Corpus),
        Some(OfSamples::Spread) => Err(Why::Spread),
        Some(OfSamples::Mean) => Ok(true),
        None if is_of_attempts(&metric.name) => Err(Why::Attempts),
        None => Ok(false),
    }
}

/// True for pass@k, pass^k and their like with a k above 1: the rows are attempts, and the best or all of them count.
fn is_of_attempts(name: &str) -> bool {
    let name = name.to_lowercase();
    let last = name.rsplit_once(['@', '^']).map(|(_, last)| last.trim());
    last.is_some_and(|k| k != "1" && (name.starts_with("pass") || name.starts_with("maj") || name.starts_with("best")))
}

/// What scores of samples are to be multiplied by for the unit of the record; `None` if that is not known. A score above
/// 1 tells that samples are graded in percent; where all are at most 1, they are taken for proportions.
fn factor(scale: Scale, tally: &SampleTally) -> Option<f64> {
    let are_proportions = tally.least >= 0.0 && tally.greatest <= 1.0;
    let are_percent = tally.least >= 0.0 && tally.greatest > 1.0 && tally.greatest <= 100.0;
    match scale {
        Scale::Percent if are_proportions => Some(100.0),
        Scale::Proportion if are_percent => Some(0.01),
        Scale::Contradictory => None,
        _ => Some(1.0),
    }
}

/// True if `computed` is the `stated` score at its digits.
fn is_stated(computed: &Computed, stated: &Number, scale: Scale) -> bool {
    let Computed { tally, value, factor, .. } = *computed;
    let size = tally.size / tally.scores.n as f64 * factor;
    (stated.value() - value).abs() <= tolerance(stated, scale, tally.scores.n, size)
}

/// The same by published numbers: whether `value`, computed from `n` samples, is the `stated` score. `None` where that
/// depends on how large scores of both signs were before they were added.
pub fn is_stated_as_published(value: f64, n: u64, stated: &Number, scale: Scale) -> Option<bool> {
    let difference = (stated.value() - value).abs();
    let is_stated = difference <= tolerance(stated, scale, n, value.abs());
    let has_signs = !matches!(scale, Scale::Proportion | Scale::Percent);
    let could_be = has_signs && difference <= tolerance(stated, scale, n, value.abs().max(1.0) * 1e6);
    (is_stated || !could_be).then_some(is_stated)
}

/// How far the mean of `n` scores may be off the `stated` one, if they are of this `size` on average.
///
/// 0 and 1 of a proportion are exact, as programs write them without decimals. A plain sum of n floats is off by at most
/// n − 1 times half a unit of the last place of the sum of their sizes (Higham, *Accuracy and Stability of Numerical
/// Algorithms*, section 4.2); the division and the change of the unit add two more.
fn tolerance(stated: &Number, scale: Scale, n: u64, size: f64) -> f64 {
    let is_end = scale == Scale::Proportion && (stated.value() == 0.0 || stated.value() == 1.0);
    let decimals = stated.decimal().fractional_digit_count();
    let rounding = if is_end { 0.0 } else { 0.5 * 10f64.powi(-(decimals.clamp(-300, 300) as i32)) };
    let adding = (n as f64 + 2.0) * (f64::EPSILON / 2.0) * size;
    let reading = f64::EPSILON * stated.value().abs();
    rounding + adding + reading
}
