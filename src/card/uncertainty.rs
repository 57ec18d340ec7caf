//! *Uncertainty* in words: standard error, deviation, interval, bootstrap and number of samples, as the record states them.

use std::borrow::Cow;

use bigdecimal::BigDecimal;

use super::Cards;
use crate::language::Language;
use crate::load::record::{EvaluationResult, Uncertainty};
use crate::merge::{Reading, Scale};
use crate::number::{Number, shortened};
use crate::signal::scale::{Doubt, Interval};

/// How many digits of a number are said.
#[derive(Clone, Copy)]
pub(super) enum SaidDigits {
    /// All of the record, for documents and tables.
    All,
    /// As many as of the score beside it, for pages.
    Shown,
}

impl SaidDigits {
    fn of(self, number: &Number) -> Cow<'_, str> {
        match self {
            SaidDigits::All => Cow::Borrowed(number.digits()),
            SaidDigits::Shown => shortened(number.digits()),
        }
    }
}

impl Cards<'_> {
    /// What the record of `reading` says of the uncertainty of its score.
    pub(super) fn uncertainty_in_words(&self, reading: &Reading, digits: SaidDigits) -> Option<String> {
        let result = self.dataset.result(reading);
        let uncertainty = result.uncertainty.as_deref()?;
        Some(in_words(self.language, uncertainty, result, reading.scale, digits))
    }
}

fn in_words(
    language: &Language,
    uncertainty: &Uncertainty,
    result: &EvaluationResult,
    scale: Scale,
    digits: SaidDigits,
) -> String {
    let mut parts = Vec::new();
    let by = |text: String, method: Option<&str>| match method {
        Some(method) => language.say("uncertainty.by", &[("what", &text), ("method", method)]),
        None => text,
    };
    if let Some(error) = &uncertainty.standard_error {
        let key = match Doubt::of(error, &result.metric, scale) {
            None => "uncertainty.error",
            Some(Doubt::Negative) => "uncertainty.error.negative",
            Some(Doubt::LongerThanScale) => "uncertainty.error.long",
        };
        parts.push(by(language.say(key, &[("error", &digits.of(error))]), uncertainty.error_method.as_deref()));
    }
    if let Some(deviation) = &uncertainty.standard_deviation {
        parts.push(language.say("uncertainty.deviation", &[("deviation", &digits.of(deviation))]));
    }
    if let Some((lower, upper)) = &uncertainty.interval {
        let key = match Interval::of(lower, upper, &result.score, (&result.metric, scale)) {
            Interval::Bounds => "uncertainty.interval",
            Interval::Offsets if lower.decimal() == -upper.decimal() => "uncertainty.around",
            Interval::Offsets => "uncertainty.offsets",
            Interval::Ambiguous => "uncertainty.ambiguous",
            Interval::Broken => "uncertainty.broken",
        };
        let interval = language.say(key, &[("low", &digits.of(lower)), ("high", &digits.of(upper))]);
        let interval = match &uncertainty.level {
            None => interval,
            Some(level) if (0.0..=1.0).contains(&level.value()) => {
                let percent = (level.decimal() * BigDecimal::from(100)).normalized().to_plain_string();
                language.say("uncertainty.level", &[("percent", &percent), ("interval", &interval)])
            }
            Some(level) => language.say("uncertainty.level.odd", &[("level", level.digits()), ("interval", &interval)]),
        };
        parts.push(by(interval, uncertainty.interval_method.as_deref()));
    }
    if let Some(n) = &uncertainty.bootstrap_samples {
        parts.push(language.say("uncertainty.bootstrap", &[("n", &number_of(language, n))]));
    }
    if let Some(samples) = &uncertainty.samples {
        let all = crate::signal::test_size(result).filter(|all| samples.value() < *all as f64);
        parts.push(match all {
            Some(all) => language.say(
                "uncertainty.samples.of",
                &[("n", &number_of(language, samples)), ("all", &language.number(all as usize))],
            ),
            None => language.say("uncertainty.samples", &[("n", &number_of(language, samples))]),
        });
    }
    language.list(&parts)
}

/// A number of things as the language writes it; any other as it stands.
fn number_of(language: &Language, number: &Number) -> String {
    number.digits().parse().map_or_else(|_| number.digits().to_owned(), |n| language.number(n))
}
