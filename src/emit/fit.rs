//! Whether a result *fits* its leaderboard: the registry's rules for a task, compared with the measurement and the
//! conditions of the record. A result that breaks a rule is not proposed, and has a stable reason code.

use std::borrow::Cow;

use super::conditions::Conditions;
use crate::load::hub_benchmark::{Condition, HubTask};
use crate::merge::{Dataset, Direction, Reading};

/// Why a result is none of its leaderboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The other end of the scale is the good one.
    WrongDirection,
    /// The metric has a parameter that the leaderboard's has not, or another value of it.
    NotTheHeadlineMetric,
    /// It is over other data than the test.
    OtherSplit,
    /// It is over some subjects, levels or languages.
    PartOfBenchmark,
    /// Fewer items were asked than the test has. A person may decide that it fits all the same.
    PartialTestSet,
    /// It was made in a way that the leaderboard refuses, or does not say what the leaderboard wants to know.
    ConditionNotMet(Condition),
}

impl Misfit {
    /// As in the manifest; what is behind a `:` names the condition.
    pub fn code(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Misfit::WrongDirection => "wrong_direction",
            Misfit::NotTheHeadlineMetric => "not_the_headline_metric",
            Misfit::OtherSplit => "other_split",
            Misfit::PartOfBenchmark => "part_of_benchmark",
            Misfit::PartialTestSet => "partial_test_set",
            Misfit::ConditionNotMet(condition) => {
                return Cow::Owned(format!("condition_not_met:{}", condition.code()));
            }
        })
    }
}

/// Parameters of a metric that say how answers were read or asked for: told in the notes, and no other metric.
pub const READ_BY: [&str; 3] = ["filter", "scorer", "variant"];

/// The first thing that keeps `reading` from the leaderboard of `task`; `is_its_data` if its data set is the
/// benchmark's own, and not the table of a leaderboard, whose splits are none of the test.
pub fn misfit(
    dataset: &Dataset,
    reading: &Reading,
    task: &HubTask,
    is_its_data: bool,
    conditions: &Conditions,
) -> Option<Misfit> {
    let is_lower = match reading.direction {
        Direction::HigherIsBetter => Some(false),
        Direction::LowerIsBetter => Some(true),
        Direction::Neither => return Some(Misfit::WrongDirection),
        Direction::NotReported => None,
    };
    if is_lower.is_some_and(|is_lower| is_lower != task.lower_is_better) {
        return Some(Misfit::WrongDirection);
    }
    let metric = &dataset.entities.metrics[reading.resolved.metric];
    for (name, value) in metric.parameters.iter().filter(|(name, _)| !READ_BY.contains(&name.as_str())) {
        match (name.as_str(), task.parameters.get(name)) {
            ("split", _) if task.split.as_deref() == Some(value) => {}
            ("split", _) => return Some(Misfit::OtherSplit),
            (_, Some(wanted)) if wanted == value => {}
            _ => return Some(Misfit::NotTheHeadlineMetric),
        }
    }
    for (kind, name) in dataset.entities.parts[reading.resolved.part].named() {
        match kind {
            "split" if !is_its_data || name == task.split.as_deref() => {}
            "split" => return Some(Misfit::OtherSplit),
            // Told in the notes: names of tasks hold the version where it matters.
            "version" => {}
            // The name of the task itself.
            _ if name.and_then(crate::names::normal_form).is_some_and(|name| task.is_called(&name)) => {}
            _ => return Some(Misfit::PartOfBenchmark),
        }
    }
    let refused = task.refuses.iter().find(|condition| conditions.has(**condition));
    let lacking = task.requires.iter().find(|condition| !conditions.has(**condition));
    if let Some(condition) = refused.or(lacking) {
        return Some(Misfit::ConditionNotMet(*condition));
    }
    conditions.is_partial().then_some(Misfit::PartialTestSet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn every_reason_has_words_and_a_row_on_the_methodology_page() {
        let conditions = [Condition::Tools, Condition::Agent, Condition::Attempts, Condition::Feedback];
        let misfits = [
            Misfit::WrongDirection,
            Misfit::NotTheHeadlineMetric,
            Misfit::OtherSplit,
            Misfit::PartOfBenchmark,
            Misfit::PartialTestSet,
        ];
        let methodology = [
            include_str!("../../templates/words/methodology.en.md"),
            include_str!("../../templates/words/methodology.zh-Hans.md"),
        ];
        for misfit in misfits.into_iter().chain(conditions.map(Misfit::ConditionNotMet)) {
            let code = misfit.code();
            let reason = code.split(':').next().unwrap_or_default();
            assert!(Language::english().lookup(&format!("outcome.{reason}")).is_some(), "{code}");
            assert!(methodology.iter().all(|text| text.contains(&format!("`{reason}"))), "{code}");
        }
    }
}
