//! *Next steps*: what would make a result comparable, repeatable and traced. Each is a gap of its record, with the field
//! that fills it, or a state of its evidence, with what to do. The order is that of effect: a score that cannot be
//! compared helps nobody, however well its origin is known.

use super::completeness::Field;
use super::setup::{self, EXAMPLES, Setup, SetupField};
use crate::codes::codes;
use crate::mark::Level;
use crate::merge::{Dataset, Reading};

codes! {
    /// What a step leads to.
    pub enum Aim in "next" {
        /// The score can be compared with others.
        Compare = "compare",
        /// The run can be repeated.
        Repeat = "repeat",
        /// It is known who says so.
        Trace = "trace",
    }
}

/// How a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// By these fields of the record, in schema version 0.3.0.
    Fields(&'static [&'static str]),
    /// The key of what to do, among the words of the interface.
    Do(&'static str),
}

/// What a step needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Reported(Field),
    Set(SetupField),
    /// A setting of this name.
    Setting(&'static str),
    /// A file of samples.
    Samples,
    /// At least this level.
    Evidence(Level),
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// Machine-readable.
    pub code: &'static str,
    /// Where it leads.
    pub aim: Aim,
    /// What is missing, as a key among the words of the interface.
    pub what: &'static str,
    how: How,
    need: Need,
}

impl Remedy {
    /// The fields of a record that take it, in schema version 0.3.0; none where another thing does.
    pub fn fields(&self) -> &'static [&'static str] {
        match self.how {
            How::Fields(fields) => fields,
            How::Do(_) => &[],
        }
    }

    /// The key of what to do, among the words of the interface, where no field does it.
    pub fn action(&self) -> Option<&'static str> {
        match self.how {
            How::Fields(_) => None,
            How::Do(key) => Some(key),
        }
    }
}

/// How many steps there are.
pub const N: usize = 22;

/// All steps, by aim; those that most others depend on come first.
pub static STEPS: [Remedy; N] = [
    Remedy {
        what: "next.metric",
        ..field("metric", Aim::Compare, Field::Metric, &["evaluation_results[].metric_config.metric_id"])
    },
    field("direction", Aim::Compare, Field::Direction, &["evaluation_results[].metric_config.lower_is_better"]),
    field(
        "range",
        Aim::Compare,
        Field::Range,
        &["evaluation_results[].metric_config.min_score", "evaluation_results[].metric_config.max_score"],
    ),
    field("unit", Aim::Compare, Field::Unit, &["evaluation_results[].metric_config.metric_unit"]),
    field("test_data", Aim::Compare, Field::TestData, &["evaluation_results[].source_data.hf_repo"]),
    field("samples", Aim::Compare, Field::Samples, &["evaluation_results[].score_details.uncertainty.num_samples"]),
    field(
        "uncertainty",
        Aim::Compare,
        Field::Uncertainty,
        &["evaluation_results[].score_details.uncertainty.standard_error.value"],
    ),
    field("harness", Aim::Repeat, Field::Harness, &["eval_library.name"]),
    slot("harness_version", SetupField::HarnessVersion, "setting.harness_version", &["eval_library.version"]),
    slot(
        "temperature",
        SetupField::Decoding,
        "lacks.temperature",
        &["evaluation_results[].generation_config.generation_args.temperature"],
    ),
    slot(
        "token_limit",
        SetupField::Length,
        "lacks.token_limit",
        &["evaluation_results[].generation_config.generation_args.max_tokens"],
    ),
    slot(
        "attempts",
        SetupField::Attempts,
        "setting.attempts",
        &["evaluation_results[].generation_config.generation_args.max_attempts"],
    ),
    slot(
        "context",
        SetupField::Context,
        "slot.context",
        &["evaluation_results[].generation_config.generation_args.context_management"],
    ),
    Remedy {
        code: "examples",
        aim: Aim::Repeat,
        what: "setting.examples",
        how: How::Fields(&["evaluation_results[].generation_config.additional_details.num_fewshot"]),
        need: Need::Setting(EXAMPLES),
    },
    Remedy {
        code: "prompt_template",
        aim: Aim::Repeat,
        what: "setting.prompt_template",
        how: How::Fields(&["evaluation_results[].generation_config.generation_args.prompt_template"]),
        need: Need::Setting("prompt template"),
    },
    field("evaluation_date", Aim::Repeat, Field::Evaluated, &["evaluation_results[].evaluation_timestamp"]),
    Remedy {
        code: "file_of_samples",
        aim: Aim::Repeat,
        what: "next.samples",
        how: How::Fields(&["detailed_evaluation_results.file_path", "detailed_evaluation_results.checksum"]),
        need: Need::Samples,
    },
    field("evaluator", Aim::Trace, Field::Evaluator, &["source_metadata.source_organization_name"]),
    field("relationship", Aim::Trace, Field::Relationship, &["source_metadata.evaluator_relationship"]),
    level(Level::Traced, "next.traced", "next.traced.how"),
    level(Level::SubmitterKnown, "next.submitter", "next.submitter.how"),
    level(Level::SubmittedBySource, "next.source", "next.source.how"),
];

const fn field(code: &'static str, aim: Aim, field: Field, paths: &'static [&'static str]) -> Remedy {
    Remedy { code, aim, what: field.key(), how: How::Fields(paths), need: Need::Reported(field) }
}

const fn slot(code: &'static str, slot: SetupField, what: &'static str, paths: &'static [&'static str]) -> Remedy {
    Remedy { code, aim: Aim::Repeat, what, how: How::Fields(paths), need: Need::Set(slot) }
}

const fn level(level: Level, what: &'static str, how: &'static str) -> Remedy {
    Remedy { code: level.code(), aim: Aim::Trace, what, how: How::Do(how), need: Need::Evidence(level) }
}

/// True if a step fills this gap.
pub fn fills_field(field: Field) -> bool {
    STEPS.iter().any(|step| step.need == Need::Reported(field))
}

/// True if a step fills this slot.
pub fn fills_slot(slot: SetupField) -> bool {
    // The software stands among the facts.
    slot == SetupField::Harness || STEPS.iter().any(|step| step.need == Need::Set(slot))
}

/// The places in [`STEPS`] of those that `reading` needs, whose set-up is `setup` and which reports these of [`Field::ALL`].
pub fn needs(
    dataset: &Dataset,
    reading: &Reading,
    setup: &Setup,
    reported: [bool; Field::ALL.len()],
) -> impl Iterator<Item = usize> {
    let level = dataset.level_of(reading);
    // Only the next level can be reached.
    let next = Level::ALL.into_iter().find(|it| *it > level);
    (0..N).filter(move |at| match STEPS[*at].need {
        Need::Reported(field) => !reported[field as usize],
        Need::Set(slot) => setup.slots[slot as usize] == setup::SlotState::Missing,
        // An agent is given a task, and no examples.
        Need::Setting(EXAMPLES) if setup.is_agentic => false,
        // A score that is read from probabilities has a prompt, too.
        Need::Setting(name) => !setup::states(dataset.loaded(reading), dataset.result(reading), name),
        Need::Samples => dataset.loaded(reading).samples.is_none(),
        Need::Evidence(needed) => next == Some(needed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::load::schema;

    #[test]
    fn every_step_is_taken_by_fields_of_the_schema_or_by_what_words_say() {
        for step in STEPS {
            let words = Language::english();
            assert!(words.lookup(step.what).is_some() && words.lookup(step.aim.key()).is_some(), "{}", step.code);
            match step.how {
                How::Fields(paths) => paths.iter().for_each(|path| {
                    let of_map = path.rsplit_once('.').map(|(block, _)| format!("{block}.*"));
                    let known = schema::find(path).or_else(|| schema::find(&of_map?));
                    assert!(known.is_some(), "{}: {path}", step.code);
                }),
                How::Do(key) => assert!(words.lookup(key).is_some(), "{}: {key}", step.code),
            }
        }
        let codes: std::collections::BTreeSet<_> = STEPS.iter().map(|step| step.code).collect();
        assert_eq!(codes.len(), N);
        assert!(STEPS.is_sorted_by_key(|step| step.aim as usize), "by aim");
        for (at, field) in Field::ALL.iter().enumerate() {
            assert_eq!(*field as usize, at);
        }
        for (at, slot) in SetupField::ALL.iter().enumerate() {
            assert_eq!(*slot as usize, at);
        }
    }
}
