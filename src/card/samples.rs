//! *Samples* as a card shows them: whether they add up to the score, with failures, tokens and latency. Pages have
//! only numbers of samples, and the first rows if the site asks for them.

use serde::Serialize;

use super::{Cards, Fact};
use crate::language::Language;
use crate::load::Loaded;
use crate::load::samples::{Average, Excerpt, SampleTally, SamplesRead, Witness};
use crate::merge::{Reading, Scale};
use crate::number::Number;
use crate::signal::excerpts::{ShownExcerpts, excerpts};
use crate::signal::samples::{By, Recomputation, ShortOf, Why, evidence};
use crate::words::shorten;

/// What the samples of a score show.
#[derive(Debug, Serialize)]
pub struct SamplesView<'a> {
    /// `not_recomputable`.
    pub code: &'static str,
    /// In words.
    pub words: String,
    /// Why it was not computed.
    pub reason: Option<String>,
    /// The numbers.
    pub facts: Vec<Fact<'a>>,
    /// Standard error of the recomputed score, if the record has none.
    pub error: Option<String>,
    /// Rows of the result.
    pub rows: Option<u64>,
    /// Path of the file in its datastore.
    pub file: &'a str,
    /// SHA-256 of its bytes, if it was read.
    pub sha256: Option<String>,
    /// The score from the samples.
    pub recomputed: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Number of rows shown, or that they are restricted.
    pub excerpts_title: Option<String>,
    /// Its first rows, if `samples.excerpts` is set.
    pub excerpts: Vec<ExcerptView<'a>>,
}

/// A row of samples.
#[derive(Debug, Serialize)]
pub struct ExcerptView<'a> {
    /// Its line and fields.
    pub facts: Vec<Fact<'a>>,
}

/// Why a score was not computed from its samples; `None` if it was.
pub fn reason(language: &Language, outcome: &Recomputation) -> Option<String> {
    let say = |key: &str, values: &[(&str, &str)]| Some(language.say(key, values));
    let n = |n: &u64| language.number(*n as usize);
    match outcome {
        Recomputation::Recomputed(_) | Recomputation::Differs(_) => None,
        Recomputation::Incomplete { rows, of, what, .. } => {
            let key = match what {
                ShortOf::Rows => "samples.incomplete.rows",
                ShortOf::Samples => "samples.incomplete.samples",
                ShortOf::Test => "samples.incomplete.test",
                ShortOf::Scores => "samples.incomplete.scores",
            };
            say(key, &[("n", &n(rows)), ("all", &n(of))])
        }
        Recomputation::OfPart { part, tally } => say("samples.of_part.says", &[("n", &n(&tally.rows)), ("part", part)]),
        Recomputation::NotRecomputable { why, .. } => match why {
            Why::Aggregation(how) => say("samples.why.aggregation", &[("how", &shorten(how, 60))]),
            Why::OtherEvaluation { line } => say("samples.why.other_evaluation", &[("line", &n(line))]),
            Why::OtherModel { line } => say("samples.why.other_model", &[("line", &n(line))]),
            Why::MoreRows { rows, of } => say("samples.why.more_rows", &[("n", &n(rows)), ("all", &n(of))]),
            Why::Corpus => say("samples.why.corpus", &[]),
            Why::Spread => say("samples.why.spread", &[]),
            Why::Contest => say("samples.why.contest", &[]),
            Why::Attempts => say("samples.why.attempts", &[]),
            Why::UnknownMetric => say("samples.why.unknown_metric", &[]),
            Why::Repeated => say("samples.why.repeated", &[]),
            Why::Shared => say("samples.why.shared", &[]),
            Why::NoRows => say("samples.why.no_rows", &[]),
            Why::Scale => say("samples.why.scale", &[]),
            Why::TooLarge => say("samples.why.too_large", &[]),
        },
        Recomputation::BadChecksum { by } => say("samples.bad_checksum.by", &[("who", language.phrase(key(*by)))]),
        Recomputation::Missing => say("samples.missing.says", &[]),
        Recomputation::Unreadable(why) => {
            let wording = why.say(language);
            Some(format!("{}{}", wording.words, wording.quoted.unwrap_or_default()))
        }
    }
}

fn key(witness: Witness) -> &'static str {
    match witness {
        Witness::Record => "samples.by.record",
        Witness::Index => "samples.by.index",
        Witness::Lock => "samples.by.lock",
    }
}

impl<'a> Cards<'a> {
    /// What the samples of `reading` say of it; `None` if its record names none.
    pub fn samples(&self, reading: &Reading) -> Option<SamplesView<'a>> {
        let found = evidence(self.dataset, reading)?;
        let outcome = &found.outcome;
        let computed = outcome.computed();
        let rows = outcome.tally().map(|tally| tally.rows);
        let standard_error = computed.and_then(|it| it.standard_error());
        let uncertainty = self.dataset.result(reading).uncertainty.as_deref();
        let is_stated = uncertainty
            .is_some_and(|it| it.standard_error.is_some() || it.interval.is_some() || it.standard_deviation.is_some());
        // That of another number is none of the stated score.
        let is_its = matches!(outcome, Recomputation::Recomputed(_)) && !is_stated;
        let error = standard_error.filter(|_| is_its).map(three_digits);
        let n = rows.unwrap_or_default() as usize;
        let (excerpts_title, excerpts) = self.excerpts(reading);
        Some(SamplesView {
            code: outcome.code(),
            words: match outcome {
                Recomputation::Recomputed(_) => self.language.counted("samples.recomputed", n),
                Recomputation::Differs(_) => self.language.counted("samples.differs", n),
                Recomputation::Incomplete { rows, of, .. } => {
                    let [n, all] = [rows, of].map(|n| self.language.number(*n as usize));
                    self.language.say("samples.incomplete", &[("n", &n), ("all", &all)])
                }
                Recomputation::OfPart { part, .. } => self.language.say("samples.of_part", &[("part", part)]),
                Recomputation::NotRecomputable { .. } => self.words("samples.not_recomputable").to_owned(),
                Recomputation::BadChecksum { .. } => self.words("samples.bad_checksum").to_owned(),
                Recomputation::Missing => self.words("samples.missing").to_owned(),
                Recomputation::Unreadable(_) => self.words("samples.unreadable").to_owned(),
            },
            reason: reason(self.language, outcome),
            facts: self.facts_of_samples(reading, found.outcome),
            error: error.map(|error| self.language.say("samples.error", &[("error", &error)])),
            rows,
            file: &found.samples.path,
            sha256: found.samples.sha256().map(|sha256| sha256.to_string()),
            recomputed: computed.map(|it| it.value),
            standard_error,
            excerpts_title,
            excerpts,
        })
    }

    /// What is said of the rows of `reading` that are shown, and these.
    fn excerpts(&self, reading: &Reading) -> (Option<String>, Vec<ExcerptView<'a>>) {
        let rows = match excerpts(self.dataset, reading) {
            ShownExcerpts::None => return (None, Vec::new()),
            ShownExcerpts::Restricted => return (Some(self.words("samples.restricted").to_owned()), Vec::new()),
            ShownExcerpts::Rows(rows) => rows,
        };
        let view = |row: &&'a Excerpt| {
            let texts = [
                ("samples.row.id", &row.id),
                ("samples.row.question", &row.question),
                ("samples.row.reference", &row.reference),
                ("samples.row.output", &row.output),
                ("samples.row.answer", &row.answer),
                ("samples.row.score", &row.score),
            ];
            let said = texts.into_iter().filter(|(_, text)| !text.is_empty());
            let line = self.fact("samples.row.line", Some(self.language.number(row.line as usize)));
            let said = said.map(|(key, text)| self.fact(key, Some(text.to_string())));
            ExcerptView { facts: [line].into_iter().chain(said).collect() }
        };
        (Some(self.language.counted("samples.excerpts", rows.len())), rows.iter().map(view).collect())
    }

    fn facts_of_samples(&self, reading: &Reading, outcome: Recomputation<'a>) -> Vec<Fact<'a>> {
        let stated = &self.dataset.result(reading).score;
        let shown = |value: f64| digits(value, stated, reading.scale);
        let mut facts = Vec::new();
        let mut add = |key: &'static str, value: String| facts.push(self.fact(key, Some(value)));
        if let Some(computed) = outcome.computed() {
            add("samples.stated", stated.digits().to_owned());
            let key = match computed.by {
                By::Mean => "samples.mean",
                By::Share => "samples.share",
            };
            add(key, shown(computed.value));
            if let Recomputation::Differs(_) = outcome {
                let difference = computed.difference(stated);
                let sign = if difference < 0.0 { "−" } else { "+" };
                add("samples.difference", format!("{sign}{}", shown(difference.abs())));
            }
            if let Some(error) = computed.standard_error() {
                add("samples.standard_error", three_digits(error));
            }
        }
        if let Some(tally) = outcome.tally() {
            add("samples.rows", self.language.number(tally.rows as usize));
            if tally.judged > 0 {
                add("samples.correct", self.share(tally.correct as usize, tally.judged as usize));
            }
            let failures = self.failures(tally);
            if !failures.is_empty() {
                add("samples.failures", self.language.list(&failures));
            }
            for (key, average) in [
                ("samples.tokens", &tally.tokens),
                ("samples.turns", &tally.turns),
                ("samples.tool_calls", &tally.tool_calls),
                ("samples.latency", &tally.latency),
            ] {
                average_in_words(self.language, average).into_iter().for_each(|words| add(key, words));
            }
        }
        facts
    }

    /// The file of the samples of a record, its hash, and who states the same; nothing if it names none.
    pub fn file_of_samples(&self, loaded: &'a Loaded) -> Vec<Fact<'a>> {
        let Some(samples) = loaded.samples.as_deref() else { return Vec::new() };
        let sha256 = samples.sha256();
        let datastore = &self.dataset.inputs.datastores[usize::from(loaded.origin.datastore)];
        let is_good = matches!(samples.found, SamplesRead::Read(_));
        let url = datastore.public_url_of_samples(&samples.path, sha256).filter(|_| is_good);
        let mut facts = vec![self.fact("samples.file", Some(shorten(&samples.path, 300))).to(url)];
        facts.extend(sha256.map(|sha256| self.fact("samples.sha256", Some(sha256.to_string()))));
        if let SamplesRead::Read(rows) = &samples.found {
            let by: Vec<&str> = rows.witnesses.iter().map(|by| self.words(key(*by))).collect();
            let by = if by.is_empty() { self.words("samples.by.nobody").to_owned() } else { self.language.list(&by) };
            facts.push(self.fact("samples.hash_by", Some(by)));
            facts.push(self.fact("samples.all_rows", Some(self.language.number(rows.rows as usize))));
            let hashes = &rows.hashes;
            if hashes.confirmed + hashes.wrong > 0 {
                let share = self.share(hashes.confirmed as usize, hashes.all() as usize);
                facts.push(self.fact("samples.hashes", Some(share)));
            }
            if rows.unmatched > 0 {
                facts.push(self.fact("samples.unmatched", Some(self.language.number(rows.unmatched as usize))));
            }
        }
        facts
    }

    /// What failed, with how often.
    fn failures(&self, tally: &SampleTally) -> Vec<String> {
        let all = [
            (tally.errors, "samples.errors"),
            (tally.refused, "samples.refused"),
            (tally.truncated, "samples.truncated"),
            (tally.malformed, "samples.malformed"),
        ];
        all.into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, key)| format!("{}{}{}", self.words(key), self.words("colon"), self.language.number(n as usize)))
            .collect()
    }
}

/// A standard error: its third digit says nothing of a score any more.
pub(super) fn three_digits(value: f64) -> String {
    let decimals = if value > 0.0 { (2.0 - value.log10().floor()).clamp(0.0, 17.0) as usize } else { 0 };
    format!("{value:.decimals$}")
}

/// The mean with three digits at most, or as a whole number; `None` of nothing.
fn average_in_words(language: &Language, average: &Average) -> Option<String> {
    let mean = average.mean().filter(|mean| (0.0..1e15).contains(mean))?;
    Some(if mean >= 100.0 || mean.fract() == 0.0 {
        language.number(mean.round() as usize)
    } else {
        format!("{mean:.1}")
    })
}

/// Decimals of a computed number beside a record that states fewer: of a proportion, and of others.
const LEAST_DECIMALS: [i64; 2] = [4, 2];

/// A computed number, with the decimals of the stated one, or a few where that has less.
fn digits(value: f64, stated: &Number, scale: Scale) -> String {
    let least = LEAST_DECIMALS[usize::from(scale != Scale::Proportion)];
    let decimals = stated.decimal().fractional_digit_count().clamp(least, 17) as usize;
    let rounded = format!("{value:.decimals$}");
    let shortest = Number::computed(value).map(|number| number.digits().to_owned());
    shortest.filter(|shortest| shortest.len() < rounded.len() || rounded.len() > 30).unwrap_or(rounded)
}
