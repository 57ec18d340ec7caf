//! The *notes* of an entry: the conditions that a reader of one score must know. They come from the record only,
//! and are short and in a fixed order, so that two entries can be compared at a glance.

use super::conditions::{StatedConditions, short};
use super::fit::READ_BY;
use crate::merge::{Dataset, Reading};
use crate::names::{is_not_reported, normal_form};
use crate::signal::setup::{EXAMPLES, HARNESS, HARNESS_VERSION};
use crate::words::{count, shorten};

/// Longest notes.
const LONGEST: usize = 240;

/// The notes of `reading`; `None` if its record tells nothing.
pub fn of(dataset: &Dataset, reading: &Reading, conditions: &StatedConditions) -> Option<String> {
    let metric = &dataset.entities.metrics[reading.resolved.metric];
    let setting = |name: &str| conditions.setting(name);
    let labelled = |name: &str| setting(name).map(|value| format!("{name} {}", short(value)));
    let counted = |name: &str| setting(name).filter(|value| *value != "1").map(|value| format!("{value} {name}"));
    let parts = [
        conditions.agent.as_deref().map(|agent| format!("agent {}", short(agent))),
        conditions.tools.map(tools),
        conditions.feedback.map(|_| "with feedback".to_owned()),
        labelled("reasoning effort"),
        setting("reasoning").and_then(reasoning),
        labelled("reasoning budget"),
        labelled("mode"),
        conditions.attempts.clone(),
        counted("repeats"),
        counted("runs"),
        counted("trials"),
        setting(EXAMPLES).and_then(shots).or_else(|| conditions.examples.map(|n| format!("{n}-shot"))),
        chain_of_thought(conditions).then(|| "chain of thought".to_owned()),
        setting("prompt style").map(|style| short(style).into_owned()),
        judge(conditions),
        conditions.is_partial().then(|| asked(conditions)).flatten(),
        read_by(&metric.parameters),
        version(dataset, reading),
        harness(dataset, reading, conditions),
        labelled("precision"),
        labelled("quantization"),
        setting("served model").map(|model| format!("served as {}", short(model))),
    ];
    let mut told: Vec<String> = Vec::new();
    for part in parts.into_iter().flatten() {
        // "5-shot" is in "5-shot CoT", whichever comes first.
        told.retain(|earlier| !part.contains(earlier.as_str()));
        if !told.iter().any(|earlier| earlier.contains(&part)) {
            told.push(part);
        }
    }
    (!told.is_empty()).then(|| shorten(&told.join(", "), LONGEST))
}

fn tools(names: &str) -> String {
    match names.eq_ignore_ascii_case("true") || names.eq_ignore_ascii_case("yes") {
        true => "with tools".to_owned(),
        false => format!("with tools: {}", short(names)),
    }
}

fn reasoning(value: &str) -> Option<String> {
    match value.to_lowercase().as_str() {
        "true" | "yes" | "on" | "enabled" => Some("with reasoning".to_owned()),
        "false" | "no" | "off" | "none" | "disabled" => Some("without reasoning".to_owned()),
        _ => Some(format!("reasoning {}", short(value))),
    }
}

fn shots(value: &str) -> Option<String> {
    value.parse::<u32>().ok().map(|n| format!("{n}-shot"))
}

fn chain_of_thought(conditions: &StatedConditions) -> bool {
    ["use chain of thought", "chain of thought", "cot"]
        .into_iter()
        .filter_map(|name| conditions.setting(name))
        .any(|value| matches!(value.to_lowercase().as_str(), "true" | "yes" | "1"))
}

fn judge(conditions: &StatedConditions) -> Option<String> {
    let judges = conditions.setting("judge")?;
    // Owners of judges say little, and cost much room.
    let names: Vec<&str> = judges.split(", ").map(|judge| judge.rsplit('/').next().unwrap_or(judge)).collect();
    Some(format!("judged by {}", short(&names.join(", "))))
}

fn asked(conditions: &StatedConditions) -> Option<String> {
    let Some((asked, size)) = conditions.asked.filter(|(asked, size)| asked < size) else {
        return conditions.has_small_parts.then(|| "a part of the questions".to_owned());
    };
    Some(format!("{} of {} questions", count(asked as usize), count(size as usize)))
}

fn read_by(parameters: &[(String, String)]) -> Option<String> {
    let values = parameters.iter().filter(|(name, _)| READ_BY.contains(&name.as_str())).map(|(_, value)| short(value));
    let values: Vec<_> = values.collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn version(dataset: &Dataset, reading: &Reading) -> Option<String> {
    let mut named = dataset.entities.parts[reading.resolved.part].named();
    let version = named.find(|(kind, _)| *kind == "version").and_then(|(_, version)| version)?;
    Some(format!("version {} of the test", short(version)))
}

/// The software, where it is not the source itself: a leaderboard's own name says nothing of it.
fn harness(dataset: &Dataset, reading: &Reading, conditions: &StatedConditions) -> Option<String> {
    let harness = conditions.setting(HARNESS)?;
    let source = &dataset.loaded(reading).record.source;
    let own = normal_form(harness);
    let sources = [source.name.as_deref(), source.organization.as_deref()];
    let is_source = sources.into_iter().flatten().any(|name| normal_form(name) == own);
    if is_source || harness.to_lowercase().contains("leaderboard") || is_not_reported(harness) {
        return None;
    }
    Some(match conditions.setting(HARNESS_VERSION) {
        Some(version) => short(&format!("{harness} {version}")).into_owned(),
        None => short(harness).into_owned(),
    })
}
