//! A *study*: the runs behind the results of one measurement, by what they used and how they ended.
//!
//! Each result is a series of its own. Runs are never pooled over results: another budget, agent or set of tools is another
//! task. Only results that were computed again from their samples ([`super::samples`]) are in it, so that the runs are
//! those of the score; and only those of agents, or of a model that was run several times and tells what it used.

use std::cmp::Ordering;

use foldhash::HashMap;

use super::samples::{By, Recomputation, evidence};
use super::setup_of;
use crate::id::Id;
use crate::load::samples::{AgentRun, RunEnd, Runs};
use crate::merge::{Dataset, Direction, Measurement, Reading};

/// So many results are in a study: the first in their rankings.
const MOST: usize = 24;

/// The runs behind the results of one measurement.
pub struct Study<'a> {
    /// What the runs are measured by; `None` if too few rows say.
    pub measure: Option<Measure>,
    /// The results, in the order of their rankings.
    pub series: Vec<Series<'a>>,
    /// How many more there are.
    pub more: usize,
    /// The scores of all that count of this measurement, from the least.
    pub scores: Vec<f64>,
}

/// What a run uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Tokens of the whole run.
    Tokens,
    /// Time of generation, in milliseconds.
    Time,
}

impl Measure {
    /// All; the first one that is told is shown.
    const ALL: [Measure; 2] = [Measure::Tokens, Measure::Time];

    fn of(self, run: &AgentRun) -> Option<u32> {
        match self {
            Measure::Tokens => run.tokens,
            Measure::Time => run.milliseconds,
        }
    }

    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Measure::Tokens => "tokens",
            Measure::Time => "time",
        }
    }
}

/// The runs of one result.
pub struct Series<'a> {
    /// The result.
    pub reading: &'a Reading,
    /// Its runs.
    pub runs: &'a Runs,
    /// How many ended how, as [`RunEnd::ALL`].
    pub ends: [usize; RunEnd::ALL.len()],
    /// How many other results of this measurement are better; `None` where no end of the scale is known to be good.
    pub better: Option<usize>,
    /// How many others count.
    pub others: usize,
    /// The runs by what they used; empty if too few rows say.
    pub curve: Curve,
}

/// What runs had used when they ended, from the least.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// Those that are solved.
    pub solved: Vec<u32>,
    /// Those that are not: they are censored, as more might have solved them.
    pub unsolved: Vec<u32>,
}

impl Curve {
    fn of(runs: &Runs, measure: Measure) -> Curve {
        let used = |is_solved: bool| {
            let of = runs.all.iter().filter(|run| (run.end == RunEnd::Solved) == is_solved);
            let mut used: Vec<u32> = of.filter_map(|run| measure.of(run)).collect();
            used.sort_unstable();
            used
        };
        Curve { solved: used(true), unsolved: used(false) }
    }

    /// How many runs it is of.
    pub fn n(&self) -> usize {
        self.solved.len() + self.unsolved.len()
    }

    /// Runs that are solved within `budget`, and those that ended unsolved within it.
    pub fn within(&self, budget: u32) -> (usize, usize) {
        let upto = |used: &[u32]| used.partition_point(|it| *it <= budget);
        (upto(&self.solved), upto(&self.unsolved))
    }

    /// Least and greatest use.
    pub fn ends(&self) -> Option<(u32, u32)> {
        let all = || self.solved.iter().chain(&self.unsolved).copied();
        Some((all().min()?, all().max()?))
    }
}

/// The study of `measurement`; `None` if it has none.
pub fn study(dataset: &Dataset, measurement: Id<Measurement>) -> Option<Study<'_>> {
    let benchmark = dataset.entities.slices[dataset.measurements[measurement].slice].benchmark;
    let rankings = dataset.rankings_of(benchmark).filter(|(_, ranking)| ranking.measurement == measurement);
    let counting: Vec<&Reading> = rankings
        .flat_map(|(_, ranking)| &ranking.rows)
        .flat_map(|row| dataset.readings_in(row))
        .filter(|reading| reading.counts())
        .collect();
    let mut found: Vec<(&Reading, &Runs)> =
        counting.iter().filter_map(|reading| Some((*reading, runs(dataset, reading)?))).collect();
    let model = |reading: &Reading| (reading.resolved.model, reading.resolved.variant);
    let mut of_model: HashMap<_, usize> = HashMap::default();
    found.iter().for_each(|(reading, _)| *of_model.entry(model(reading)).or_default() += 1);
    found.retain(|(reading, runs)| {
        let is_varied = of_model[&model(reading)] > 1 && Measure::ALL.iter().any(|measure| is_told(runs, *measure));
        runs.of_agents > 0 || setup_of(dataset, reading).is_agentic || is_varied
    });
    if found.is_empty() {
        return None;
    }
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    let measure = Measure::ALL.into_iter().find(|measure| found.iter().any(|(_, runs)| is_told(runs, *measure)));
    let series = found.into_iter().map(|(reading, runs)| Series {
        reading,
        runs,
        ends: RunEnd::ALL.map(|end| runs.all.iter().filter(|run| run.end == end).count()),
        better: better(&counting, reading),
        others: counting.len() - 1,
        curve: measure.filter(|measure| is_told(runs, *measure)).map_or(Curve::default(), |it| Curve::of(runs, it)),
    });
    let mut scores: Vec<f64> = counting.iter().map(|reading| reading.position).collect();
    scores.sort_by(f64::total_cmp);
    Some(Study { measure, series: series.collect(), more, scores })
}

/// The runs of `reading`, if its score was computed again from them, and is the share of them that is solved: of answers
/// that are graded in parts, rows still say whether they are right.
fn runs<'a>(dataset: &'a Dataset, reading: &Reading) -> Option<&'a Runs> {
    let Recomputation::Recomputed(computed) = evidence(dataset, reading)?.outcome else { return None };
    let (share, mean) = (computed.tally.share_correct()?, computed.tally.scores.mean()?);
    let is_share = [1.0, 100.0].into_iter().any(|whole| (mean - share * whole).abs() <= 1e-9 * whole);
    let runs = &computed.tally.runs;
    ((is_share || computed.by == By::Share) && !runs.all.is_empty()).then_some(runs)
}

/// True if at least half of the runs say how much they used: a curve of fewer would be one of another sample.
fn is_told(runs: &Runs, measure: Measure) -> bool {
    let told = runs.all.iter().filter(|run| measure.of(run).is_some()).count();
    told > 0 && told * 2 >= runs.all.len()
}

fn better(all: &[&Reading], than: &Reading) -> Option<usize> {
    let better = match than.direction {
        Direction::HigherIsBetter => Ordering::Greater,
        Direction::LowerIsBetter => Ordering::Less,
        Direction::Neither | Direction::NotReported => return None,
    };
    Some(all.iter().filter(|other| other.position.total_cmp(&than.position) == better).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsolved_runs_stay_in_the_share_and_are_told_where_they_ended() {
        let run = |tokens, end| AgentRun { tokens, milliseconds: None, end };
        let all = [
            run(Some(10), RunEnd::Solved),
            run(Some(50), RunEnd::Solved),
            run(Some(20), RunEnd::Truncated),
            run(None, RunEnd::Unsolved),
        ];
        let runs = Runs { all: all.into(), ..Runs::default() };
        let curve = Curve::of(&runs, Measure::Tokens);
        assert_eq!(curve, Curve { solved: vec![10, 50], unsolved: vec![20] });
        assert_eq!([9, 10, 20, 50].map(|budget| curve.within(budget)), [(0, 0), (1, 0), (1, 1), (2, 1)]);
        assert_eq!((curve.n(), curve.ends()), (3, Some((10, 50))));
        assert!(is_told(&runs, Measure::Tokens) && !is_told(&runs, Measure::Time));
    }
}
