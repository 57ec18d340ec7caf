//! The *set-ups* of a benchmark's results: what each evaluator reports of how it measured, value by value.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::{Cards, setting_name};
use crate::id::Id;
use crate::merge::Reading;
use crate::resolve::Evaluator;
use crate::signal::setup;
use crate::words::shorten;

/// Most evaluators, settings, and values of a setting that the table has.
const MOST: (usize, usize, usize) = (5, 24, 4);

/// Longest value, in characters.
const LONGEST: usize = 80;

/// Settings by evaluator.
#[derive(Debug, Serialize)]
pub struct SetupsView<'a> {
    /// Names of the evaluators, those of most results first.
    pub evaluators: Vec<&'a str>,
    /// How many more there are.
    pub more_evaluators: usize,
    /// One a setting that some of them report.
    pub rows: Vec<SetupsRow>,
    /// How many more there are.
    pub more: usize,
}

/// A setting.
#[derive(Debug, Serialize)]
pub struct SetupsRow {
    /// Which.
    pub name: String,
    /// What each evaluator reports.
    pub cells: Vec<SetupsCell>,
}

/// What one evaluator reports of one setting.
#[derive(Debug, Serialize)]
pub struct SetupsCell {
    /// Values with their results, most frequent first.
    pub values: Vec<(String, usize)>,
    /// How many more values there are.
    pub more: usize,
    /// Results that do not report it.
    pub without: usize,
}

impl<'a> Cards<'a> {
    /// Of `readings`; `None` if none reports a setting.
    pub(super) fn setups<'r>(&self, readings: impl Iterator<Item = &'r Reading>) -> Option<SetupsView<'a>> {
        let mut by_evaluator: BTreeMap<Id<Evaluator>, Vec<&Reading>> = BTreeMap::new();
        readings.for_each(|reading| by_evaluator.entry(reading.resolved.evaluator).or_default().push(reading));
        let mut evaluators: Vec<(Id<Evaluator>, Vec<&Reading>)> = by_evaluator.into_iter().collect();
        evaluators.sort_by_key(|(_, readings)| std::cmp::Reverse(readings.len()));
        let more_evaluators = evaluators.len().saturating_sub(MOST.0);
        evaluators.truncate(MOST.0);
        // For each evaluator the results that report a setting, by its name, and a value of it.
        let found: Vec<BTreeMap<Cow<str>, Values>> = evaluators.iter().map(|(_, of)| self.values(of)).collect();
        let names: BTreeSet<&Cow<str>> = found.iter().flat_map(BTreeMap::keys).collect();
        let rows = names.iter().take(MOST.1).map(|name| SetupsRow {
            name: setting_name(self.language, name).to_owned(),
            cells: found.iter().zip(&evaluators).map(|(found, (_, of))| cell(found.get(*name), of.len())).collect(),
        });
        let rows: Vec<SetupsRow> = rows.collect();
        let more = names.len().saturating_sub(MOST.1);
        let evaluators = evaluators.iter().map(|(evaluator, _)| self.evaluator_name(*evaluator)).collect();
        (!rows.is_empty()).then_some(SetupsView { evaluators, more_evaluators, rows, more })
    }

    fn values(&self, readings: &[&Reading]) -> BTreeMap<Cow<'a, str>, Values<'a>> {
        let mut found: BTreeMap<Cow<'a, str>, Values> = BTreeMap::new();
        for (number, reading) in readings.iter().enumerate() {
            for setting in setup::settings(self.dataset.loaded(reading), self.dataset.result(reading)) {
                let values = found.entry(setting.name).or_default();
                *values.counts.entry(setting.value).or_default() += 1;
                // A result may state several values.
                values.results += usize::from(values.last != number + 1);
                values.last = number + 1;
            }
        }
        found
    }
}

/// What is reported of a setting.
#[derive(Default)]
struct Values<'a> {
    counts: BTreeMap<&'a str, usize>,
    results: usize,
    /// The last result that reports it, from 1.
    last: usize,
}

fn cell(values: Option<&Values>, results: usize) -> SetupsCell {
    let Some(found) = values else { return SetupsCell { values: Vec::new(), more: 0, without: results } };
    let mut values: Vec<(&str, usize)> = found.counts.iter().map(|(value, n)| (*value, *n)).collect();
    // The sort is stable, and the counts are in the order of the values.
    values.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    SetupsCell {
        more: values.len().saturating_sub(MOST.2),
        values: values.into_iter().take(MOST.2).map(|(value, n)| (shorten(value, LONGEST), n)).collect(),
        without: results - found.results,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_values_come_first_and_silence_is_counted() {
        let counts = [("a", 1), ("b", 3), ("c", 1), ("d", 1), ("e", 2)].into_iter().collect();
        let found = cell(Some(&Values { counts, results: 7, last: 9 }), 9);
        assert_eq!(
            found.values.iter().map(|(value, n)| (&**value, *n)).collect::<Vec<_>>(),
            [("b", 3), ("e", 2), ("a", 1), ("c", 1)]
        );
        assert_eq!((found.more, found.without), (1, 2));
        let silent = cell(None, 5);
        assert_eq!((silent.values.len(), silent.without), (0, 5));
    }
}
