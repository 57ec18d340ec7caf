//! Whether a result *fits* its leaderboard: the registry's rules for a task, compared with the measurement and the
//! conditions of the record. A result that breaks a rule is not proposed, and has a stable reason code.

use super::conditions::StatedConditions;
use super::skip::{SkipCode, SkipReason};
use crate::load::hub_benchmark::HubTask;
use crate::merge::{Dataset, Direction, Reading};

/// Parameters of a metric that say how answers were read or asked for: told in the notes, and no other metric.
pub const READ_BY: [&str; 3] = ["filter", "scorer", "variant"];

/// The first thing that keeps `reading` from the leaderboard of `task`; `is_its_data` if its data set is the
/// benchmark's own, and not the table of a leaderboard, whose splits are none of the test.
pub fn misfit(
    dataset: &Dataset,
    reading: &Reading,
    task: &HubTask,
    is_its_data: bool,
    conditions: &StatedConditions,
) -> Option<SkipReason> {
    let is_lower = match reading.direction {
        Direction::HigherIsBetter => Some(false),
        Direction::LowerIsBetter => Some(true),
        Direction::Neither => return Some(SkipCode::WrongDirection.into()),
        Direction::NotReported => None,
    };
    if is_lower.is_some_and(|is_lower| is_lower != task.lower_is_better) {
        return Some(SkipCode::WrongDirection.into());
    }
    let metric = &dataset.entities.metrics[reading.resolved.metric];
    for (name, value) in metric.parameters.iter().filter(|(name, _)| !READ_BY.contains(&name.as_str())) {
        match (name.as_str(), task.parameters.get(name)) {
            ("split", _) if task.split.as_deref() == Some(value) => {}
            ("split", _) => return Some(SkipCode::OtherSplit.into()),
            (_, Some(wanted)) if wanted == value => {}
            _ => return Some(SkipCode::NotTheHeadlineMetric.into()),
        }
    }
    for (kind, name) in dataset.entities.parts[reading.resolved.part].named() {
        match kind {
            "split" if !is_its_data || name == task.split.as_deref() => {}
            "split" => return Some(SkipCode::OtherSplit.into()),
            // Told in the notes: names of tasks hold the version where it matters.
            "version" => {}
            // The name of the task itself.
            _ if name.and_then(crate::names::normal_form).is_some_and(|name| task.is_called(&name)) => {}
            _ => return Some(SkipCode::PartOfBenchmark.into()),
        }
    }
    let refused = task.refuses.iter().find(|condition| conditions.has(**condition));
    let lacking = task.requires.iter().find(|condition| !conditions.has(**condition));
    if let Some(condition) = refused.or(lacking) {
        return Some(SkipReason::about(SkipCode::ConditionNotMet, condition.code()));
    }
    conditions.is_partial().then(|| SkipCode::PartialTestSet.into())
}
