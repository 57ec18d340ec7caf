//! *Documentation in figures*: the signals of some results, as numbers and names. A field that all or none report
//! is only named; one that some report has both numbers of its share.

use serde::Serialize;

use super::Cards;
use super::disagreement::Outcome;
use crate::id::Id;
use crate::merge::Reading;
use crate::resolve::Model;
use crate::signal::SignalTally;
use crate::signal::completeness::Field;
use crate::signal::coverage::Coverage;
use crate::signal::provenance::Parties;
use crate::signal::scale::ScoreCheck;
use crate::signal::setup::SetupField;
use crate::signal::steps::{Aim, STEPS, fills_field, fills_slot};

/// All signals.
#[derive(Debug, Serialize)]
pub struct Documentation<'a> {
    /// Who reports what; `None` with one evaluator.
    pub pairs: Option<Pairs<'a>>,
    /// Cells by agreement.
    pub cells: Cells,
    /// Results with a documented set-up, and all that need one; `None` if the page says so above.
    pub documented: Option<(usize, usize)>,
    /// Results from probabilities, which have no temperature.
    pub probabilities: usize,
    /// Settings that a re-run needs.
    pub slots: Shares<'a>,
    /// Facts.
    pub fields: Shares<'a>,
    /// Comparable scores, and all.
    pub scales: (usize, usize),
    /// Scores by class, in words.
    pub classes: Vec<(&'a str, usize)>,
    /// Next steps.
    pub next: Vec<NextView<'a>>,
    /// Results.
    pub results: usize,
}

/// Next steps to one aim.
#[derive(Debug, Serialize)]
pub struct NextView<'a> {
    /// The aim.
    pub aim: &'a str,
    /// What is missing, and how many results miss it.
    pub steps: Vec<(&'a str, usize)>,
}

/// Models on benchmarks, by who reports them.
#[derive(Debug, Serialize)]
pub struct Pairs<'a> {
    /// What is counted: a model's benchmarks or a benchmark's models.
    pub of: &'static str,
    /// Those that several evaluators report, and all.
    pub several: (usize, usize),
    /// How many are covered by whom, in words.
    pub coverage: Vec<(&'a str, usize)>,
}

/// Cells by whether their scores agree.
#[derive(Debug, Default, Serialize)]
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
    /// What is reported, and all that could be.
    pub all: (usize, usize),
    /// What each result reports.
    pub always: Vec<&'a str>,
    /// What none reports, and no next step names.
    pub never: Vec<&'a str>,
    /// What some report and no next step names: name, results, all.
    pub some: Vec<(&'a str, usize, usize)>,
    /// What may not apply.
    pub unknown: Vec<&'a str>,
}

impl FromIterator<Option<Outcome>> for Cells {
    fn from_iter<T: IntoIterator<Item = Option<Outcome>>>(outcomes: T) -> Cells {
        let mut cells = Cells::default();
        for outcome in outcomes {
            cells.several += usize::from(outcome.is_some());
            *match outcome {
                None => &mut cells.one,
                Some(Outcome::Agree) => &mut cells.agree,
                Some(Outcome::Within) => &mut cells.within,
                Some(Outcome::Conflict) => &mut cells.conflict,
                Some(Outcome::NotCompared) => &mut cells.none,
            } += 1;
        }
        cells
    }
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
    fn next_steps(&self, tally: &SignalTally) -> Vec<NextView<'a>> {
        let of_aim = |aim: Aim| {
            let of_aim = STEPS.iter().zip(tally.steps).filter(|(step, n)| step.aim == aim && *n > 0);
            NextView { aim: self.words(aim.key()), steps: of_aim.map(|(step, n)| (self.words(step.what), n)).collect() }
        };
        Aim::ALL.into_iter().map(of_aim).filter(|next| !next.steps.is_empty()).collect()
    }

    /// The readings of a model, a list for each benchmark.
    pub(super) fn by_benchmark(&self, model: Id<Model>) -> impl Iterator<Item = Vec<&Reading>> {
        let readings = self.dataset.readings_of(model);
        let chunks = readings.chunk_by(|a, b| self.dataset.benchmark_of(a) == self.dataset.benchmark_of(b));
        chunks.map(|chunk| chunk.iter().collect())
    }

    /// `pairs` are the readings of a model on a benchmark each, counted as `of` says.
    pub(super) fn pairs_by_coverage<'r>(
        &self,
        of: &'static str,
        pairs: impl Iterator<Item = Vec<&'r Reading>>,
    ) -> Pairs<'a> {
        let (mut n, mut n_several) = (0, 0);
        let mut covered = [0; Coverage::ALL.len()];
        for readings in pairs {
            let parties = Parties::of(self.dataset, readings);
            n += 1;
            n_several += usize::from(parties.is_multi_source());
            covered[Coverage::of(&parties) as usize] += 1;
        }
        Pairs {
            of,
            several: (n_several, n),
            coverage: (Coverage::ALL.iter().zip(covered).filter(|(_, n)| *n > 0))
                .map(|(class, n)| (self.words(class.key()), n))
                .collect(),
        }
    }

    /// Of results with this tally.
    pub(super) fn documentation(
        &self,
        tally: &SignalTally,
        pairs: Option<Pairs<'a>>,
        cells: Cells,
    ) -> Documentation<'a> {
        let classes = ScoreCheck::ALL.into_iter().zip(tally.classes).filter(|(_, n)| *n > 0);
        Documentation {
            pairs,
            cells,
            documented: None,
            probabilities: tally.results - tally.documentable,
            slots: Shares::of(
                (SetupField::ALL.into_iter().zip(tally.slots))
                    .map(|(slot, share)| (self.words(slot.key()), fills_slot(slot), share)),
            ),
            fields: Shares::of(
                (Field::ALL.into_iter().zip(tally.fields))
                    .map(|(field, n)| (self.words(field.key()), fills_field(field), (n, tally.results))),
            ),
            scales: (classes.clone().filter(|(class, _)| class.is_compared()).map(|(_, n)| n).sum(), tally.results),
            classes: classes.map(|(class, n)| (self.words(class.key()), n)).collect(),
            next: self.next_steps(tally),
            results: tally.results,
        }
    }
}
