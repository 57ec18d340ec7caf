//! The *conditions* of one result that change what its score means: agent, tools, attempts, feedback, and how much
//! of the test was used. [`super::fit`] compares them with the registry, [`super::notes`] lists them.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_lite::Regex;

use crate::load::block::MetricConfig;
use crate::load::detail_keys::is_asked;
use crate::load::hub_benchmark::{HubTask, TestCondition};
use crate::load::record::EvaluationResult;
use crate::merge::{Dataset, Reading};
use crate::names::{is_not_reported, normal_form};
use crate::signal;
use crate::signal::parts::{self, CoveredByParts};
use crate::signal::samples::{self, Recomputation};
use crate::signal::setup::{self, Setting};
use crate::signal::verdict::TOOLS;

/// What a record states of one result.
pub struct StatedConditions<'a> {
    /// Everything it discloses of the set-up, as pages tell it.
    settings: Vec<Setting<'a>>,
    /// Agent or scaffold, with its version.
    pub agent: Option<String>,
    /// Names of the tools, or that there were some.
    pub tools: Option<&'a str>,
    /// That an answer is not a single attempt, in the record's words.
    pub attempts: Option<String>,
    /// Feedback or hints.
    pub feedback: Option<&'a str>,
    /// Examples in the prompt, where a table says how many there were.
    pub examples: Option<u64>,
    /// Items that were asked, and that there are; `None` where not both are known.
    pub asked: Option<(u64, u64)>,
    /// True if its parts have far fewer items than there are.
    pub has_small_parts: bool,
}

impl<'a> StatedConditions<'a> {
    /// Of `reading`, whose leaderboard is `task`.
    pub fn of(dataset: &'a Dataset, reading: &Reading, task: &HubTask) -> StatedConditions<'a> {
        let (loaded, result) = (dataset.loaded(reading), dataset.result(reading));
        let settings = setup::settings(loaded, result);
        let stated = |name: &str| stated(&settings, name);
        let yes = |name: &str| stated(name).filter(|value| !is_no(value));
        let MetricConfig { name, description, .. } = &*result.metric;
        let prose = [Some(&*result.name), name.as_deref(), description.as_deref()];
        let size = task.size.or_else(|| signal::test_size(result));
        let in_parts = size.and_then(|size| parts::covered(dataset, reading, size));
        let of_parts = match in_parts {
            Some(CoveredByParts::Exactly(n)) => Some(n),
            Some(CoveredByParts::FarFewer) | None => None,
        };
        let asked = asked(dataset, reading, &settings);
        let asked = asked.into_iter().chain(of_parts).chain(sampled(dataset, reading, asked)).min();
        StatedConditions {
            agent: agent(&settings, &loaded.record.model.id, loaded.record.model.name.as_deref()),
            tools: TOOLS.into_iter().find_map(yes),
            attempts: attempts(&settings, prose.into_iter().flatten()),
            feedback: yes("feedback"),
            examples: in_table(result, "# train"),
            asked: asked.zip(size),
            has_small_parts: in_parts == Some(CoveredByParts::FarFewer),
            settings,
        }
    }

    /// True if the record states the condition.
    pub fn has(&self, condition: TestCondition) -> bool {
        match condition {
            TestCondition::Tools => self.tools.is_some(),
            TestCondition::Agent => self.agent.is_some(),
            TestCondition::Attempts => self.attempts.is_some(),
            TestCondition::Feedback => self.feedback.is_some(),
        }
    }

    /// True if fewer items were asked than the test has.
    pub fn is_partial(&self) -> bool {
        self.has_small_parts || self.asked.is_some_and(|(asked, size)| asked < size)
    }

    /// The value of a setting, by the name that pages give it, if it says something.
    pub fn setting(&self, name: &str) -> Option<&'a str> {
        stated(&self.settings, name)
    }
}

fn stated<'a>(settings: &[Setting<'a>], name: &str) -> Option<&'a str> {
    let mut values = settings.iter().filter(|setting| setting.name == name).map(|setting| setting.value);
    values.find(|value| !is_not_reported(value))
}

fn is_no(value: &str) -> bool {
    ["false", "no", "none", "off", "0", "[]", "disabled"].iter().any(|no| no.eq_ignore_ascii_case(value.trim()))
}

/// The agent by its name, else what a submission is called after ("OpenHands + Qwen3-Coder"), else who made it.
fn agent(settings: &[Setting], model: &str, model_name: Option<&str>) -> Option<String> {
    let stated = |name: &str| stated(settings, name).filter(|value| !is_no(value));
    let named = stated("agent").or_else(|| stated("agent label")).or_else(|| stated("agent framework"));
    let of_submission = || stated("submission").and_then(|text| without_model(text, model, model_name));
    let agent = named.map(str::to_owned).or_else(of_submission);
    let agent = agent.or_else(|| stated("agent organization").map(str::to_owned))?;
    Some(match stated("agent version") {
        Some(version) if !agent.contains(version) => format!("{agent} {version}"),
        _ => agent,
    })
}

/// Of "OpenHands + Qwen3-Coder", "OpenHands"; `None` if the model is all that it names.
fn without_model(submission: &str, model: &str, name: Option<&str>) -> Option<String> {
    let short = |text: &str| normal_form(text.rsplit('/').next().unwrap_or(text));
    let names = [short(model), name.and_then(short)];
    let is_model = |part: &str| short(part).is_some_and(|part| names.iter().flatten().any(|name| *name == part));
    let parts: Vec<&str> = submission.split(" + ").map(str::trim).filter(|part| !part.is_empty()).collect();
    let rest: Vec<&str> = parts.iter().copied().filter(|part| !is_model(part)).collect();
    (!rest.is_empty()).then(|| rest.join(" + "))
}

/// More than one attempt: a number of them above 1 ("2+" is one), or words for choosing among several.
fn attempts<'t>(settings: &[Setting<'t>], prose: impl Iterator<Item = &'t str>) -> Option<String> {
    static CHOSEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?i)\bbest[ _-]?of[ _-]?(?:[2-9]|1\d|n\b|k\b)|\bpass[@^](?:[2-9]|1\d)|\b(?:maj|cons|majority|consensus)@(?:[2-9]|[1-9]\d)|\bself[ _-]consistency",
        )
        .ok()
    });
    let counted = ["attempts", "max attempts", "best of"].into_iter().find_map(|name| {
        let value = stated(settings, name)?;
        let digits = value.trim_end_matches('+');
        let is_one = digits.parse::<f64>().map_or_else(|_| is_no(value), |n| n <= 1.0);
        let several = !is_one || digits.len() < value.len();
        several.then(|| if name == "best of" { format!("best of {value}") } else { format!("{value} attempts") })
    });
    // A judge's way to join ratings is no attempt of the model; such words are found in none of them.
    let short = settings.iter().filter(|setting| !setting.name.starts_with("judge")).map(|setting| setting.value);
    let chosen = |text: &str| {
        let found = CHOSEN.as_ref()?.find(text)?;
        Some(found.as_str().replace(['_', '-'], " ").to_lowercase())
    };
    counted.or_else(|| short.filter(|text| text.len() < 200).chain(prose).find_map(chosen))
}

/// The least that a record says of how many items were asked.
fn asked(dataset: &Dataset, reading: &Reading, settings: &[Setting]) -> Option<u64> {
    let stated = settings.iter().filter(|setting| is_asked(&setting.name.replace(' ', "_")));
    let listed = settings.iter().filter(|setting| setting.name == "sample ids");
    let number = |text: &str| text.split(' ').next()?.replace(',', "").parse::<f64>().ok();
    let numbers = stated.chain(listed).filter_map(|setting| number(setting.value)).filter(|n| *n >= 1.0);
    let numbers = numbers.map(|n| n as u64).chain(signal::n_samples(dataset, reading));
    numbers.chain(in_table(dataset.result(reading), "# eval")).min().filter(|n| *n > 0)
}

/// How many rows its samples have: where the score is that of the rows, or where nothing else says how many it is over,
/// as `stated` would. Rows that are not those of the score say nothing of it.
fn sampled(dataset: &Dataset, reading: &Reading, stated: Option<u64>) -> Option<u64> {
    let found = samples::evidence(dataset, reading)?;
    let unstated = |n: Option<u64>| n.filter(|n| stated.is_none() && *n > 0);
    match found.outcome {
        Recomputation::Recomputed(computed) => Some(computed.tally.rows),
        Recomputation::NotRecomputable { tally, .. } => unstated(tally.map(|tally| tally.rows)),
        Recomputation::Missing | Recomputation::Unreadable(_) => unstated(found.samples.stated_rows),
        Recomputation::Differs(_)
        | Recomputation::Incomplete { .. }
        | Recomputation::OfPart { .. }
        | Recomputation::BadChecksum { .. } => None,
    }
}

/// What a table of HELM says in a column beside a score (`GSM8K - # eval`), where it is one number for all runs:
/// `min=1000, mean=1000, max=1000, sum=1000 (1)`.
fn in_table(result: &EvaluationResult, column: &str) -> Option<u64> {
    static SAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\bmin=([0-9]+), mean=([0-9]+), max=([0-9]+),").ok());
    let is_column = |key: &str| key.strip_suffix(column).is_some_and(|before| before.ends_with(" - "));
    let (_, value) = result.details.iter().find(|(key, _)| is_column(key))?;
    let found = SAME.as_ref()?.captures(value)?;
    let (least, most) = (found.get(1)?.as_str(), found.get(3)?.as_str());
    (least == most).then(|| least.parse().ok()).flatten()
}

/// `reasoning_effort` and the like: words of the record, shortened for a note.
pub fn short(text: &str) -> Cow<'_, str> {
    match text.chars().count() > LONGEST {
        true => Cow::Owned(crate::words::shorten(text, LONGEST)),
        false => Cow::Borrowed(text),
    }
}

/// Longest text of one condition in a note.
const LONGEST: usize = 60;
