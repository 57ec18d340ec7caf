//! What results *report*: each fact and each setting with the share of the results that state it, and what is missing.

use serde::Serialize;

use super::Cards;
use crate::signal::SignalTally;
use crate::signal::completeness::Field;
use crate::signal::setup::SetupField;

/// How many results report a fact or setting.
#[derive(Debug, Serialize)]
pub struct DocumentedRow<'a> {
    /// Which.
    pub label: &'a str,
    /// `12 of 340`, or that it may not apply.
    pub results: String,
    /// Percent, for the bar.
    pub percent: Option<f64>,
}

/// What few or no results report.
#[derive(Debug, Serialize)]
pub struct Missing<'a> {
    /// Facts and settings that no result states.
    pub never: Vec<&'a str>,
    /// Those that under 10% report: name, results, all.
    pub rarely: Vec<(&'a str, usize, usize)>,
    /// How many facts and settings apply.
    pub all: usize,
}

/// Every fact, then every setting that is none: its key, how many results state it, and for how many it applies.
fn shares(tally: &SignalTally) -> impl Iterator<Item = (&'static str, usize, usize)> {
    let fields = Field::ALL.iter().zip(tally.fields).map(|(field, n)| (field.key(), n, tally.results));
    // Harness is a fact as well.
    let slots = SetupField::ALL.iter().zip(tally.slots).filter(|(slot, _)| **slot != SetupField::Harness);
    fields.chain(slots.map(|(slot, (n, all))| (slot.key(), n, all)))
}

impl<'a> Cards<'a> {
    /// How completely the results are documented: facts first, then slots.
    pub(super) fn documented(&self, tally: &SignalTally) -> Vec<DocumentedRow<'a>> {
        let row = |(key, n, all): (&'static str, usize, usize)| DocumentedRow {
            label: self.words(key),
            results: match all {
                0 => self.words("signal.not_applicable").to_owned(),
                all => self.share(n, all),
            },
            percent: (all > 0).then(|| (n as f64 / all as f64 * 1000.0).round() / 10.0),
        };
        shares(tally).map(row).collect()
    }

    /// What of it is missing.
    pub(super) fn missing(&self, tally: &SignalTally) -> Missing<'a> {
        let applying = || shares(tally).filter(|(.., all)| *all > 0);
        let rarely = applying().filter(|(_, n, all)| *n > 0 && n * 10 < *all);
        Missing {
            never: applying().filter(|(_, n, _)| *n == 0).map(|(key, ..)| self.words(key)).collect(),
            rarely: rarely.map(|(key, n, all)| (self.words(key), n, all)).collect(),
            all: applying().count(),
        }
    }
}
