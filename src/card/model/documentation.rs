//! *Documentation in figures*: the signals of a model's results, as numbers and names. What all or none report is named
//! once, and only what some report has both numbers of its share.

use serde::Serialize;

use super::super::Cards;
use super::super::disagreement::{DisagreementView, Outcome};
use crate::id::Id;
use crate::resolve::Model;
use crate::signal::Tally;
use crate::signal::completeness::Field;
use crate::signal::coverage::Coverage;
use crate::signal::provenance::Parties;
use crate::signal::scale::Class;
use crate::signal::setup::Slot;
use crate::signal::steps::{Aim, STEPS, fills_field, fills_slot};

/// All signals.
#[derive(Debug, Serialize)]
pub struct Documentation<'a> {
    /// Benchmarks that several evaluators report, and all.
    pub several: (usize, usize),
    /// How many benchmarks are covered by whom, in words.
    pub coverage: Vec<(&'a str, usize)>,
    /// Cells with one score, and with several that agree, that are within the threshold, in conflict, or not compared.
    pub cells: Cells,
    /// Results that are read from probabilities, so that they have no temperature to state.
    pub probabilities: usize,
    /// Decisions that a re-run must pin.
    pub slots: Shares<'a>,
    /// Facts.
    pub fields: Shares<'a>,
    /// Scores that can be compared, and all.
    pub scales: (usize, usize),
    /// How many scores are of which class, in words.
    pub classes: Vec<(&'a str, usize)>,
    /// What would make the results comparable, repeatable and traced.
    pub next: Vec<NextView<'a>>,
}

/// What leads to one aim.
#[derive(Debug, Serialize)]
pub struct NextView<'a> {
    /// The aim.
    pub aim: &'a str,
    /// What is missing, and how many results miss it.
    pub steps: Vec<(&'a str, usize)>,
}

/// Cells by what their scores say.
#[derive(Debug, Serialize)]
pub struct Cells {
    /// With several scores.
    pub several: usize,
    /// With one.
    pub one: usize,
    /// The same but for the number of digits.
    pub agree: usize,
    /// Within the threshold.
    pub within: usize,
    /// Beyond it.
    pub conflict: usize,
    /// Without a verdict.
    pub none: usize,
}

/// How many results report what.
#[derive(Debug, Serialize)]
pub struct Shares<'a> {
    /// All that is reported, and all that might be.
    pub all: (usize, usize),
    /// What each result reports.
    pub always: Vec<&'a str>,
    /// What none reports, and no next step names.
    pub never: Vec<&'a str>,
    /// What some report and no next step names, and how many of how many.
    pub some: Vec<(&'a str, usize, usize)>,
    /// What may not apply.
    pub unknown: Vec<&'a str>,
}

impl<'a> Shares<'a> {
    /// By name, with whether a next step says who misses it: that is not said again.
    fn of(shares: impl Iterator<Item = (&'a str, bool, (usize, usize))>) -> Shares<'a> {
        let mut found =
            Shares { all: (0, 0), always: Vec::new(), never: Vec::new(), some: Vec::new(), unknown: Vec::new() };
        for (name, is_step, (n, of)) in shares {
            found.all = (found.all.0 + n, found.all.1 + of);
            match (n, of) {
                (_, 0) => found.unknown.push(name),
                _ if n == of => found.always.push(name),
                _ if is_step => {}
                (0, _) => found.never.push(name),
                _ => found.some.push((name, n, of)),
            }
        }
        found
    }
}

impl<'a> Cards<'a> {
    fn next_steps(&self, tally: &Tally) -> Vec<NextView<'a>> {
        let of_aim = |aim: Aim| {
            let of_aim = STEPS.iter().zip(tally.steps).filter(|(step, n)| step.aim == aim && *n > 0);
            NextView { aim: self.words(aim.key()), steps: of_aim.map(|(step, n)| (self.words(step.what), n)).collect() }
        };
        Aim::ALL.into_iter().map(of_aim).filter(|next| !next.steps.is_empty()).collect()
    }

    /// Of a model with so many cells, of which these have several scores.
    pub(super) fn documentation(
        &self,
        model: Id<Model>,
        tally: &Tally,
        cells: usize,
        several: &[DisagreementView],
    ) -> Documentation<'a> {
        let (mut benchmarks, mut of_several) = (0, 0);
        let mut covered = [0; Coverage::ALL.len()];
        for readings in self.by_benchmark(model) {
            let parties = Parties::of(self.dataset, readings);
            benchmarks += 1;
            of_several += usize::from(parties.is_multi_source());
            covered[Coverage::of(&parties) as usize] += 1;
        }
        let of = |outcome| several.iter().filter(|it| it.outcome == outcome).count();
        let classes = Class::ALL.into_iter().zip(tally.classes).filter(|(_, n)| *n > 0);
        Documentation {
            several: (of_several, benchmarks),
            coverage: (Coverage::ALL.iter().zip(covered).filter(|(_, n)| *n > 0))
                .map(|(class, n)| (self.words(class.key()), n))
                .collect(),
            cells: Cells {
                several: several.len(),
                one: cells - several.len(),
                agree: of(Outcome::Agree),
                within: of(Outcome::Within),
                conflict: of(Outcome::Conflict),
                none: of(Outcome::NotCompared),
            },
            probabilities: tally.results - tally.documentable,
            slots: Shares::of(
                (Slot::ALL.into_iter().zip(tally.slots))
                    .map(|(slot, share)| (self.words(slot.key()), fills_slot(slot), share)),
            ),
            fields: Shares::of(
                (Field::ALL.into_iter().zip(tally.fields))
                    .map(|(field, n)| (self.words(field.key()), fills_field(field), (n, tally.results))),
            ),
            scales: (classes.clone().filter(|(class, _)| class.is_compared()).map(|(_, n)| n).sum(), tally.results),
            classes: classes.map(|(class, n)| (self.words(class.key()), n)).collect(),
            next: self.next_steps(tally),
        }
    }
}
