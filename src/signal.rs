//! A *signal* describes results beyond their values: how well their set-up is documented, who reports them,
//! whether two of them can be compared.
//!
//! Signals are pure functions of what the records say. Each has its definition on the Methodology
//! page; they follow those of Eval Cards, except where the page says why not. What is not known is
//! counted as not known: it becomes neither a yes nor a no. Thresholds are compared in exact decimals.

pub mod agreement;
pub mod collection;
pub mod comparability;
pub mod completeness;
pub mod coverage;
pub mod excerpts;
pub mod paired;
pub mod parts;
pub mod provenance;
pub mod same_samples;
pub mod samples;
pub mod saturation;
pub mod scale;
pub mod setup;
pub mod steps;
pub mod study;
pub mod verdict;

use rayon::prelude::*;

use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::load::detail_keys::{is_counted, is_size};
use crate::load::hub_benchmark::HubTask;
use crate::load::record::EvaluationResult;
use crate::merge::{Dataset, Reading};
use crate::names::normal_form;
use completeness::Field;
use scale::{Doubt, ScoreCheck};
use setup::{Documented, Setup, SetupField, SlotState};

/// The signals of one result.
#[derive(Clone, Debug)]
pub struct ResultSignals {
    /// What it says of its set-up.
    setup: Setup,
    /// Which of [`Field::ALL`] it reports.
    reported: [bool; Field::ALL.len()],
    /// Which of [`steps::STEPS`] it needs, a bit each.
    steps: u32,
    /// How far its scale is known.
    class: ScoreCheck,
}

impl ResultSignals {
    fn of(dataset: &Dataset, reading: &Reading) -> ResultSignals {
        let result = dataset.result(reading);
        let setup = setup_of(dataset, reading);
        let reported = Field::ALL.map(|field| field.is_reported(dataset, reading));
        let needs = steps::needs(dataset, reading, &setup, reported);
        let class = ScoreCheck::of(&result.metric, reading.scale, &result.score);
        ResultSignals { setup, reported, steps: needs.fold(0, |bits, step| bits | 1 << step), class }
    }

    /// The places in [`steps::STEPS`] of those that it needs.
    pub fn steps(&self) -> impl Iterator<Item = usize> {
        (0..steps::N).filter(|step| self.steps & 1 << step != 0)
    }
}

/// The signals of all results. They are counted for models, benchmarks, evaluators and sources, and found once.
#[derive(Debug, Default)]
pub struct Signals {
    /// In the order of [`Dataset::readings`].
    found: Vec<ResultSignals>,
    /// The places in `found`, by record and result.
    places: Vec<u32>,
    /// Where those of each record begin in `places`.
    starts: Vec<u32>,
}

impl Signals {
    /// Of every result of `dataset`.
    pub fn new(dataset: &Dataset) -> Signals {
        let found = dataset.readings.par_iter().map(|reading| ResultSignals::of(dataset, reading)).collect();
        let mut starts = Vec::with_capacity(dataset.inputs.records.len());
        let mut n = 0;
        for loaded in &dataset.inputs.records {
            starts.push(n);
            n += loaded.record.results.len() as u32;
        }
        // A result without a reading has none, and nobody may be given those of another.
        let mut signals = Signals { found, places: vec![u32::MAX; n as usize], starts };
        for (at, reading) in dataset.readings.iter().enumerate() {
            let place = signals.place(reading);
            signals.places[place] = at as u32;
        }
        signals
    }

    /// Those of `reading`.
    pub fn of(&self, reading: &Reading) -> &ResultSignals {
        &self.found[self.places[self.place(reading)] as usize]
    }

    fn place(&self, reading: &Reading) -> usize {
        self.starts[reading.resolved.record as usize] as usize + usize::from(reading.resolved.result)
    }
}

/// Counts of signals over any number of results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignalTally {
    /// Results.
    pub results: usize,
    /// Those that state all that a documented set-up needs.
    pub documented: usize,
    /// Those that need it: a score that is read from probabilities has no temperature.
    pub documentable: usize,
    /// For each slot, how many results fill it, and for how many it is known to apply.
    pub slots: [(usize, usize); SetupField::ALL.len()],
    /// For each field, how many results report it.
    pub fields: [usize; Field::ALL.len()],
    /// For each of [`steps::STEPS`], how many results need it.
    pub steps: [usize; steps::N],
    /// For each class of scale, how many results are of it.
    pub classes: [usize; ScoreCheck::ALL.len()],
}

impl SignalTally {
    /// Counts `readings`.
    pub fn of<'r>(signals: &Signals, readings: impl IntoIterator<Item = &'r Reading>) -> SignalTally {
        let mut tally = SignalTally::default();
        for reading in readings {
            tally.add(signals.of(reading));
        }
        tally
    }

    fn add(&mut self, signals: &ResultSignals) {
        let setup = &signals.setup;
        self.results += 1;
        self.documentable += usize::from(setup.documented != Documented::NotApplicable);
        self.documented += usize::from(setup.documented == Documented::Yes);
        for (count, state) in self.slots.iter_mut().zip(setup.slots) {
            count.0 += usize::from(state == SlotState::Disclosed);
            count.1 += usize::from(matches!(state, SlotState::Disclosed | SlotState::Missing));
        }
        for (count, is_reported) in self.fields.iter_mut().zip(signals.reported) {
            *count += usize::from(is_reported);
        }
        signals.steps().for_each(|step| self.steps[step] += 1);
        self.classes[signals.class as usize] += 1;
    }

    /// Counts what `other` counts as well.
    pub fn join(&mut self, other: &SignalTally) {
        self.results += other.results;
        self.documented += other.documented;
        self.documentable += other.documentable;
        for (count, more) in self.slots.iter_mut().zip(other.slots) {
            *count = (count.0 + more.0, count.1 + more.1);
        }
        self.fields.iter_mut().zip(other.fields).for_each(|(count, more)| *count += more);
        self.steps.iter_mut().zip(other.steps).for_each(|(count, more)| *count += more);
        self.classes.iter_mut().zip(other.classes).for_each(|(count, more)| *count += more);
    }

    /// Slots that are filled, and slots that are known to apply.
    pub fn filled(&self) -> (usize, usize) {
        self.slots.iter().fold((0, 0), |sum, slot| (sum.0 + slot.0, sum.1 + slot.1))
    }
}

/// What the record of `reading` says of its set-up.
pub fn setup_of(dataset: &Dataset, reading: &Reading) -> Setup {
    Setup::of(dataset.loaded(reading), dataset.result(reading), is_agentic(dataset, reading))
}

/// True if metadata says that the benchmark tests agents. Names are no evidence.
fn is_agentic(dataset: &Dataset, reading: &Reading) -> bool {
    let benchmark = &dataset.entities.benchmarks[dataset.benchmark_of(reading)];
    let category = dataset.benchmark_meta(benchmark).and_then(|meta| meta.category.as_deref());
    category.is_some_and(|category| category.to_lowercase().contains("agent"))
}

/// How many samples the test of a reading has, where its record says so.
pub fn n_samples(dataset: &Dataset, reading: &Reading) -> Option<u64> {
    let result = dataset.result(reading);
    let by_uncertainty = result.uncertainty.as_ref().and_then(|it| it.samples.as_ref()).map(|n| n.digits());
    let settings = || result.data.settings.iter().chain(result.generation.iter().flat_map(|it| &it.settings));
    let by_setting = || settings().find(|(key, _)| matches!(key.as_str(), "samples_number" | "n_samples"));
    let by_details = || result.data.details.iter().chain(result.details.iter()).find(|(key, _)| is_counted(key));
    let stated = by_uncertainty.or_else(|| by_setting().or_else(by_details).map(|(_, value)| value.as_str()));
    stated?.parse().ok().filter(|n| *n > 0)
}

/// How many items the whole test has, where the record says so; the greatest number, where it says several.
pub fn test_size(result: &EvaluationResult) -> Option<u64> {
    let settings = result.data.settings.iter().filter(|(key, _)| key == "samples_number");
    let details = [&result.data.details, &result.metric.details, &result.details].into_iter();
    let details = details.flat_map(|details| details.iter()).filter(|(key, _)| is_size(key));
    let described = result.metric.size_in_description;
    settings.chain(details).filter_map(|(_, value)| value.parse().ok()).chain(described).max()
}

/// The same of a reading: as the list of Hub benchmarks says of a leaderboard of this name, else as the record does.
pub fn size_of_test(dataset: &Dataset, reading: &Reading) -> Option<u64> {
    let entities = &dataset.entities;
    let slice = &entities.slices[reading.resolved.slice];
    let benchmark = &entities.benchmarks[slice.benchmark].name;
    let name = match &slice.name {
        None => normal_form(benchmark),
        Some(part) => normal_form(&format!("{benchmark} {part}")),
    };
    let tasks = dataset.inputs.content.hub_benchmarks.iter().flat_map(|it| &it.tasks);
    let task = name.and_then(|name| tasks.into_iter().find(|task| task.names.contains(&name)));
    // The size is that of the whole test: a subject or another split has fewer.
    let mut parts = entities.parts[reading.resolved.part].named();
    let is_whole = |task: &&HubTask| {
        parts.all(|(kind, name)| kind == "version" || (kind == "split" && name == task.split.as_deref()))
    };
    task.filter(is_whole).and_then(|task| task.size).or_else(|| test_size(dataset.result(reading)))
}

/// Tells which stated uncertainties can be none of their score; they are shown, with a remark.
pub fn warn_of_impossible_uncertainty(dataset: &Dataset, diagnostics: &mut Diagnostics) {
    for reading in &dataset.readings {
        let result = dataset.result(reading);
        let Some(uncertainty) = &result.uncertainty else { continue };
        let error = uncertainty.standard_error.as_ref();
        let doubt = error.and_then(|error| Some((error, Doubt::of(error, &result.metric, reading.scale)?)));
        if let Some((error, doubt)) = doubt {
            let why = match doubt {
                Doubt::Negative => "is below 0",
                Doubt::LongerThanScale => "is larger than the scale",
            };
            let message = format!("the standard error {} {why}; the card shows it with that remark", error.digits());
            let place = format!("/evaluation_results/{}/score_details/uncertainty/standard_error", result.index);
            let file = dataset.inputs.file(dataset.loaded(reading));
            diagnostics.warn(DiagnosticCode::ImpossibleUncertainty, &file, &place, message);
        }
    }
}
