//! The sources of a model's card: each record once, with what all of its results share, then what only some have.

use serde::Serialize;

use super::super::also::{Also, AlsoBlock, blocks, runs};
use super::super::{Cards, Fact, settings};
use super::{CHANCE, RecordView, TEST_SIZE};
use crate::id::Id;
use crate::merge::{Measurement, Reading};
use crate::names::normal_form;

/// The key of a fact with its value: `None` if it is missing, empty if nothing is missing.
type Stated = (&'static str, Option<String>);

const EVALUATED: &str = "model.evaluated";

/// In this order.
const ORDER: [&str; 10] = [
    "number.described",
    "number.name",
    "number.unit",
    "number.range",
    "number.test_data",
    "number.part",
    "number.samples",
    TEST_SIZE,
    "number.conversion",
    EVALUATED,
];

/// What needs no label at a result.
const WITHOUT_LABEL: [&str; 3] = ["number.described", "number.name", "number.test_data"];

/// A record and its results on the card.
#[derive(Debug, Serialize)]
pub struct SourceView<'a> {
    /// Its file, origin and evidence.
    pub record: RecordView<'a>,
    /// Who reports it.
    pub evaluator: &'a str,
    /// Their page.
    pub evaluator_url: String,
    /// Claimed relation of evaluator and developer.
    pub relationship: &'a str,
    /// Whether that fits the metadata.
    pub fit: Option<&'a str>,
    /// True if it names the model differently.
    pub names_other: bool,
    /// Its results on the card.
    pub results: usize,
    /// Their places in the record: `0–5, 8`.
    pub places: String,
    /// Level of the record, the highest of its results.
    pub level: &'static str,
    /// Day of evaluation, if all share it.
    pub evaluated: Option<String>,
    /// True if a result has a time of evaluation.
    pub is_evaluated: bool,
    /// Settings that all share.
    pub settings: Vec<String>,
    /// Facts that all report.
    pub facts: Vec<Fact<'a>>,
    /// Facts that none reports, as a list.
    pub gaps: String,
    /// What else the record holds.
    pub also: Vec<AlsoBlock<'a>>,
    /// Further values that only its file has.
    pub more_also: usize,
    /// What only some report, by result.
    pub own: Vec<OwnView<'a>>,
    /// Link to what is usual in its collection and not repeated here.
    pub usual: Option<String>,
    /// True if its source type and schema are as usual.
    pub is_usual_kind: bool,
    /// Usual settings that it lacks, as a list.
    pub lacks: String,
}

impl<'a> SourceView<'a> {
    /// Source type and version of the schema.
    pub(super) fn kind(&self) -> (Option<&'a str>, &'a str) {
        (self.record.source_kind, self.record.schema_version)
    }
}

/// What only one result of a record reports.
#[derive(Debug, Serialize)]
pub struct OwnView<'a> {
    /// Its place.
    pub index: u16,
    /// What it measured.
    #[serde(skip)]
    pub measurement: Id<Measurement>,
    /// Description, test data and name, as they stand.
    pub said: Vec<String>,
    /// Facts.
    pub facts: Vec<Fact<'a>>,
    /// Settings.
    pub settings: Vec<String>,
}

impl OwnView<'_> {
    /// True if it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.said.is_empty() && self.facts.is_empty() && self.settings.is_empty()
    }
}

impl<'a> Cards<'a> {
    /// The record at `place` with those of `readings` that it holds.
    pub(super) fn source(&self, mut record: RecordView<'a>, readings: &[&Reading]) -> SourceView<'a> {
        let first = readings[0];
        let loaded = self.dataset.loaded(first);
        let markers = &self.dataset.marks.records[first.resolved.record as usize];
        let fit = Some(markers.relationship.fit).filter(|fit| *fit != crate::mark::Fit::Undetermined);
        let mut of_each: Vec<Vec<Stated>> = readings.iter().map(|reading| self.facts_of(reading)).collect();
        let mut settings: Vec<Vec<String>> =
            readings.iter().map(|reading| settings(self.language, loaded, self.dataset.result(reading))).collect();
        let shared_settings: Vec<String> =
            settings[0].iter().filter(|it| settings.iter().all(|all| all.contains(it))).cloned().collect();
        for own in &mut settings {
            own.retain(|it| !shared_settings.contains(it));
        }
        let mut shared = Vec::new();
        let is_evaluated = readings.iter().any(|reading| self.dataset.result(reading).evaluated.is_some());
        // Every result has the same facts in the same order.
        for at in (0..of_each[0].len()).rev() {
            if of_each.windows(2).all(|two| two[0][at].1 == two[1][at].1) {
                let mut same = Vec::with_capacity(of_each.len());
                same.extend(of_each.iter_mut().map(|facts| facts.remove(at)));
                shared.extend(same.pop());
            }
        }
        shared.reverse();
        let evaluated = shared.iter().position(|(key, _)| *key == EVALUATED).map(|at| shared.remove(at));
        let missing = shared.iter().filter(|(_, value)| value.is_none());
        let gaps: Vec<String> = missing.map(|(key, _)| self.words(key).to_lowercase()).collect();
        shared.retain(|(_, value)| value.as_ref().is_some_and(|value| !value.is_empty()));
        let own = readings.iter().zip(of_each).zip(settings).map(|((reading, facts), settings)| {
            let (said, facts): (Vec<Stated>, Vec<Stated>) = (facts.into_iter())
                .filter(|(_, value)| value.as_deref() != Some(""))
                .partition(|(key, _)| WITHOUT_LABEL.contains(key));
            OwnView {
                index: self.dataset.result(reading).index,
                measurement: reading.measurement,
                said: said.into_iter().filter_map(|(_, value)| value).collect(),
                facts: facts.into_iter().map(|(key, value)| self.fact(key, value)).collect(),
                settings,
            }
        });
        let own: Vec<OwnView> = own.filter(|it| !it.is_empty()).collect();
        let places: Vec<u16> = readings.iter().map(|reading| self.dataset.result(reading).index).collect();
        let level = readings.iter().map(|reading| self.dataset.level_of(reading)).max().map_or("", |it| it.code());
        let id = &self.dataset.entities.models[first.resolved.model].id;
        // `org/name` says by whom.
        let is_said = |developer: &str| {
            id.split_once('/').is_some_and(|(organization, _)| organization.eq_ignore_ascii_case(developer))
        };
        let names_other = record.model_id != id
            || record.model_name.is_some()
            || record.developer.is_some_and(|developer| !is_said(developer));
        let mut also = std::mem::take(&mut record.also_values);
        also.retain(|it| !self.is_shown(it, &record, readings));
        let (also, more_also) = blocks(self.language, &also, loaded.record.results.len(), record.url.is_some());
        SourceView {
            also,
            more_also,
            record,
            evaluator: self.evaluator_name(first.resolved.evaluator),
            evaluator_url: self.evaluator_url(first.resolved.evaluator),
            relationship: self.words(loaded.record.source.relationship.key()),
            fit: fit.map(|fit| self.words(fit.key())),
            names_other,
            results: readings.len(),
            places: self.language.list(&runs(&places)),
            level,
            evaluated: evaluated.and_then(|(_, value)| value).filter(|value| !value.is_empty()),
            is_evaluated,
            settings: shared_settings,
            facts: shared.into_iter().map(|(key, value)| self.fact(key, value)).collect(),
            gaps: self.language.list(&gaps),
            own,
            usual: None,
            is_usual_kind: false,
            lacks: String::new(),
        }
    }

    /// True if the card says the same value elsewhere: as a link of the record, as the name of a benchmark or metric, or as
    /// the claimed parameters. `readings` are those of the record, in its order.
    fn is_shown(&self, it: &Also, record: &RecordView, readings: &[&Reading]) -> bool {
        let entities = &self.dataset.entities;
        // By the results that state it; what the record says of itself is no name of theirs.
        let is_name = |name_of: &dyn Fn(&Reading) -> &'a str| {
            let value = normal_form(it.value);
            let is_named = |index: &u16| {
                let found = readings.binary_search_by_key(index, |reading| self.dataset.result(reading).index);
                found.is_ok_and(|at| normal_form(name_of(readings[at])) == value)
            };
            value.is_some() && !it.results.is_empty() && it.results.iter().all(is_named)
        };
        match &*it.path {
            "source_metadata.source_organization_url" => {
                record.links.iter().any(|link| link.url.as_deref() == Some(it.value))
            }
            "source_data.dataset_name" => {
                is_name(&|reading| &entities.benchmarks[self.dataset.benchmark_of(reading)].name)
            }
            "metric_config.metric_id" => is_name(&|reading| self.metric_name(reading.resolved.metric)),
            "model_info.additional_details.params_billions" => {
                self.dataset.claimed_parameters(readings[0].resolved.model) == Some(it.value)
            }
            _ => false,
        }
    }

    /// What a result says of its number; the same facts for each.
    fn facts_of(&self, reading: &Reading) -> Vec<Stated> {
        let result = self.dataset.result(reading);
        let evaluated = result.evaluated.as_ref().and_then(|stamp| match stamp.day {
            Some(day) => Some(day.to_string()),
            None => Some(format!("{} ({})", stamp.stated()?, self.remark_on(Some(stamp))?)),
        });
        let mut facts = self.number_facts(reading, &self.dataset.rankings[reading.ranking]);
        facts.retain(|(key, _)| *key != CHANCE);
        // Whether there is a size of the whole test depends on the result.
        if !facts.iter().any(|(key, _)| *key == TEST_SIZE) {
            facts.push((TEST_SIZE, Some(String::new())));
        }
        facts.push(("number.name", Some(self.stated_name(reading).unwrap_or_default().to_owned())));
        facts.push((EVALUATED, Some(evaluated.unwrap_or_default())));
        facts.sort_unstable_by_key(|(key, _)| ORDER.iter().position(|known| known == key));
        facts
    }
}
