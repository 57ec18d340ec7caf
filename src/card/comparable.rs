//! The answer to "can these numbers be compared directly?", in words.

use serde::Serialize;

use super::Cards;
use crate::merge::{Direction, Ranking, Reading, Scale};
use crate::signal::comparability::{Agreement, agreements, is_essential};
use crate::signal::provenance::Reporters;
use crate::signal::setup;
use crate::words::counted;

/// Whether the numbers of a ranking can be compared, and what that rests on.
#[derive(Debug, Serialize)]
pub struct ComparableView {
    /// In a few words.
    pub answer: &'static str,
    /// Why, in sentences.
    pub reasons: Vec<String>,
}

impl Cards<'_> {
    /// Of the readings that stand for the models of `ranking`.
    pub(super) fn comparable(&self, ranking: &Ranking) -> ComparableView {
        let readings: Vec<&Reading> = ranking.rows.iter().map(|row| &self.dataset.readings_in(row)[0]).collect();
        let settings =
            readings.iter().map(|reading| setup::settings(self.dataset.loaded(reading), self.dataset.result(reading)));
        let agreements = agreements(settings);
        let named = |wanted: &dyn Fn(Agreement) -> bool, only_essential: bool| {
            let rows = agreements.iter().filter(|(name, it)| wanted(*it) && (!only_essential || is_essential(name)));
            rows.map(|(name, _)| &**name).collect::<Vec<_>>()
        };
        let different = named(&|it| it == Agreement::Different, false);
        let partly = named(&|it| matches!(it, Agreement::OnlyOne | Agreement::OnlySome(_)), true);
        let nobody = named(&|it| it == Agreement::Nobody, true);
        let evaluators = Reporters::of(self.dataset, readings.iter().map(|reading| reading.resolved.evaluator));
        let is_relative = self.dataset.entities.metrics[ranking.metric].is_relative;
        let has_metric = self.dataset.entities.metrics[ranking.metric].is_reported();
        let is_aggregate = self.dataset.entities.slices[ranking.slice].is_aggregate;
        let is_contradictory = readings.first().is_some_and(|reading| reading.scale == Scale::Contradictory);
        let answer = if readings.len() < 2 {
            "There is nothing to compare."
        } else if is_relative || is_aggregate || is_contradictory || ranking.direction == Direction::NotReported {
            "No."
        } else if !has_metric && evaluators.named > 1 {
            "No."
        } else if evaluators.named > 1 || !different.is_empty() {
            "Only with care."
        } else if evaluators.some_unnamed || !has_metric || !partly.is_empty() || !nobody.is_empty() {
            "The records do not say enough to tell."
        } else {
            "As far as the records tell, yes."
        };
        let mut reasons = Vec::new();
        let mut say = |holds: bool, reason: String| reasons.extend(holds.then_some(reason));
        say(is_relative, "A score here depends on which other models were in the same list.".to_owned());
        say(
            is_aggregate,
            "A score here sums up several benchmarks, as the metadata of its collection says.".to_owned(),
        );
        say(is_contradictory, "Unit and bounds of the records contradict each other.".to_owned());
        say(ranking.direction == Direction::NotReported, "No record says which direction is good.".to_owned());
        say(!has_metric, "No record says by which metric its score is; each may be by another one.".to_owned());
        let n = counted(evaluators.named, "evaluator", "evaluators");
        say(evaluators.named > 1, format!("The numbers come from {n}, and each may run the test in its own way."));
        match (evaluators.named, evaluators.some_unnamed) {
            (0, true) => say(true, "No record names its evaluator; they may be several.".to_owned()),
            (_, true) => say(true, "Some records name no evaluator.".to_owned()),
            (named, false) => say(named == 1, "All come from one evaluator.".to_owned()),
        }
        say(!different.is_empty(), format!("Settings that differ between models: {}.", list(&different)));
        say(!partly.is_empty(), format!("Stated for some models only: {}.", list(&partly)));
        say(!nobody.is_empty(), format!("No record states: {}.", list(&nobody)));
        ComparableView { answer, reasons }
    }
}

/// Most names that a sentence lists.
const MOST: usize = 8;

fn list(names: &[&str]) -> String {
    let shown = names[..names.len().min(MOST)].join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
