//! Whether the *set-up* of a result is documented: what somebody would need to run it again.
//!
//! A *slot* is one decision that a re-run must pin. Any value fills it, also `0` and `false`; blank
//! texts do not. Slots that are not known to apply are unknown, and count neither way.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::HashSet;

use crate::codes::codes;
use crate::load::Loaded;
use crate::load::detail_keys;
use crate::load::details::is_blank;
use crate::load::record::EvaluationResult;
use crate::names::is_not_reported;

/// One disclosed setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting<'a> {
    /// The record's key with spaces, or one name for keys that mean the same.
    pub name: Cow<'a, str>,
    /// As text.
    pub value: &'a str,
}

/// The name of the evaluation software.
pub const HARNESS: &str = "harness";
/// Its version.
pub const HARNESS_VERSION: &str = "harness version";
/// The name of the setting that says how many examples the prompt has.
pub const EXAMPLES: &str = "examples in the prompt";

/// Arguments that are objects; what they hold of settings is read by itself.
const OBJECTS: [&str; 4] = ["agentic_eval_config", "eval_plan", "eval_limits", "sandbox"];

/// One attempt is what the schema takes for granted, and converters write, so that it states nothing.
fn is_default((key, value): &(String, String)) -> bool {
    key == "max_attempts" && value == "1"
}

/// Every key and value that bears on how `result` was made, but for harness, engine and platform.
fn stated<'a>(loaded: &'a Loaded, result: &'a EvaluationResult) -> impl Iterator<Item = &'a (String, String)> {
    let generation = result.generation.as_deref();
    let (settings, inner) = generation.map_or((&[][..], &[][..]), |it| (&it.settings, &it.inner));
    // HELM's `groups` say the subjects again.
    let says_subject = settings.iter().any(|(key, _)| key == "subject");
    let is_said = move |pair: &(String, String)| is_default(pair) || (says_subject && pair.0 == "groups");
    // Some sources tell what came out among the settings.
    let said_once = settings.iter().filter(move |pair| !is_said(pair) && !detail_keys::is_other(&pair.0));
    let of_library = loaded.record.library.as_deref().map(|library| &library.details);
    let details = [&result.data.details, &result.metric.details, &result.details].into_iter().chain(of_library);
    said_once
        .chain(inner)
        .chain(&result.data.settings)
        .chain(&result.metric.judging)
        .chain(details.chain([&loaded.record.model.details]).flat_map(|details| details.settings()))
}

/// True if a result discloses some setting beside its harness.
pub fn states_any(loaded: &Loaded, result: &EvaluationResult) -> bool {
    let model = &loaded.record.model;
    let says = |text: &Option<String>| text.as_deref().is_some_and(|text| !is_not_reported(text));
    says(&model.engine) || says(&model.platform) || stated(loaded, result).next().is_some()
}

/// True if a result discloses a setting of this common name.
pub fn states(loaded: &Loaded, result: &EvaluationResult, name: &str) -> bool {
    stated(loaded, result).any(|(key, value)| detail_keys::condition(key) == Some(name) && !is_blank(value))
}

/// Everything that a result discloses of its set-up: harness, settings, then how the model was run.
pub fn settings<'a>(loaded: &'a Loaded, result: &'a EvaluationResult) -> Vec<Setting<'a>> {
    let mut settings = Vec::new();
    let mut say = |name: &'static str, value: &'a Option<String>| {
        if let Some(value) = value.as_deref().filter(|value| !is_not_reported(value)) {
            settings.push(Setting { name: Cow::Borrowed(name), value });
        }
    };
    if let Some(library) = &loaded.record.library {
        say(HARNESS, &library.name);
        say(HARNESS_VERSION, &library.version);
    }
    say("engine", &loaded.record.model.engine);
    say("platform", &loaded.record.model.platform);
    let after_harness = settings.iter().take_while(|setting| setting.name.starts_with(HARNESS)).count();
    let run = settings.split_off(after_harness);
    let is_object = |(key, value): &(String, String)| OBJECTS.contains(&key.as_str()) && value.starts_with('{');
    settings.extend(stated(loaded, result).filter(|pair| !is_object(pair)).map(named));
    settings.extend(run);
    // Converters say one thing in several blocks.
    let mut seen = HashSet::default();
    settings.retain(|setting| seen.insert((setting.name.clone(), setting.value)));
    settings
}

/// The key of a setting's name among the words of the interface; `None` for those that only some records know.
pub fn name_key(name: &str) -> Option<&'static str> {
    Some(match name {
        HARNESS => "setting.harness",
        HARNESS_VERSION => "setting.harness_version",
        "engine" => "setting.engine",
        "platform" => "setting.platform",
        EXAMPLES => "setting.examples",
        "token limit" => "setting.token_limit",
        "reasoning effort" => "setting.reasoning_effort",
        "temperature" => "setting.temperature",
        "prompt template" => "setting.prompt_template",
        "agent" => "setting.agent",
        "judge" => "setting.judge",
        "attempts" => "setting.attempts",
        "aggregation" => "setting.aggregation",
        "deployment" => "setting.deployment",
        _ => return None,
    })
}

fn named((key, value): &(String, String)) -> Setting<'_> {
    let name = match detail_keys::condition(key) {
        Some(name) => Cow::Borrowed(name),
        None if key.contains('_') => Cow::Owned(key.replace('_', " ")),
        None => Cow::Borrowed(key.as_str()),
    };
    Setting { name, value }
}

codes! {
    /// One decision that a re-run must pin.
    pub enum SetupField in "slot" {
        /// Temperature, top-p or top-k.
        Decoding = "decoding",
        /// How long the model may think.
        Reasoning = "reasoning",
        /// How much it may write.
        Length = "length",
        /// Which evaluation software.
        Harness = "harness",
        /// Which version of it.
        HarnessVersion = "harness_version",
        /// What happens when an agent's context is full.
        Context = "context",
        /// Which part of the test, or how many samples.
        TestSet = "test_set",
        /// How often an agent may try.
        Attempts = "attempts",
    }
}

impl SetupField {
    /// Settings that fill it.
    fn keys(self) -> &'static [&'static str] {
        match self {
            SetupField::Decoding => &["temperature", "top_p", "top_k", "temperature_raw"],
            SetupField::Reasoning => &["reasoning_effort", "reasoning_tokens", "reasoning", "effort", "compute_effort"],
            SetupField::Length => &["max_tokens", "token_limit", "max_output_tokens"],
            SetupField::Harness => &[
                "scaffold",
                "agent_scaffold",
                "agent",
                "agent_name",
                "agent_framework",
                "eval_plan",
                "agentic_eval_config",
                "lm_eval_task",
                "harness",
                "framework",
            ],
            SetupField::HarnessVersion => &["eval_library_version", "harness_version", "lm_eval_task"],
            SetupField::Context => &["compaction", "context_management"],
            SetupField::TestSet => &["n_tasks", "split", "eval_split", "subset", "n_samples", "samples_number"],
            SetupField::Attempts => {
                &["attempts", "epochs", "n_trajectories", "num_runs", "samples", "repeats", "max_attempts"]
            }
        }
    }

    /// Members of `eval_limits` that fill it.
    fn limits(self) -> &'static [&'static str] {
        match self {
            SetupField::Length => &["token_limit", "max_tokens", "message_limit", "max_messages"],
            SetupField::Context => &["compaction", "truncation"],
            SetupField::Attempts => &["attempts", "num_runs", "epochs"],
            _ => &[],
        }
    }
}

/// What is known of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotState {
    /// The record states a value.
    Disclosed,
    /// It applies, and the record states nothing.
    Missing,
    /// It does not apply.
    NotApplicable,
    /// Whether it applies cannot be told.
    Unknown,
}

/// Whether a result has a documented set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Documented {
    /// All that is required is stated.
    Yes,
    /// Something is missing.
    No,
    /// Nothing is generated, so there is no temperature to state.
    NotApplicable,
}

/// What a result says of its set-up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    /// In the order of [`SetupField::ALL`].
    pub slots: [SlotState; SetupField::ALL.len()],
    /// Temperature and token limit; for agents plan and limits as well.
    pub documented: Documented,
    /// True if an agent was run, as the record or the benchmark says.
    pub is_agentic: bool,
}

impl Setup {
    /// Of `result`; `is_agentic` if its benchmark is known to test agents.
    pub fn of(loaded: &Loaded, result: &EvaluationResult, is_agentic: bool) -> Setup {
        let stated = StatedSetup::of(loaded, result);
        let is_agentic = is_agentic || stated.value("agentic_eval_config").is_some();
        let from_probabilities = stated.is_scored_from_probabilities();
        let states = SetupField::ALL.map(|slot| {
            if stated.fills(slot) {
                return SlotState::Disclosed;
            }
            match slot {
                SetupField::Decoding | SetupField::Length if from_probabilities => SlotState::NotApplicable,
                // Nothing marks a run as one without reasoning, or without an agent.
                SetupField::Reasoning => SlotState::Unknown,
                SetupField::Context | SetupField::Attempts if !is_agentic => SlotState::Unknown,
                _ => SlotState::Missing,
            }
        });
        let needs: &[&str] = if is_agentic { &["eval_plan", "eval_limits"] } else { &[] };
        let has_all = stated.value("temperature").is_some()
            && SetupField::Length.keys().iter().any(|key| stated.value(key).is_some())
            && needs.iter().all(|key| stated.value(key).is_some());
        let documented = match has_all {
            true => Documented::Yes,
            false if from_probabilities => Documented::NotApplicable,
            false => Documented::No,
        };
        Setup { slots: states, documented, is_agentic }
    }

    /// Slots that are filled, and slots that are known to apply.
    pub fn filled(&self) -> (usize, usize) {
        let n = |state| self.slots.iter().filter(|found| **found == state).count();
        (n(SlotState::Disclosed), n(SlotState::Disclosed) + n(SlotState::Missing))
    }
}

/// What a record says that bears on its set-up.
struct StatedSetup<'a> {
    loaded: &'a Loaded,
    result: &'a EvaluationResult,
    /// What is asked for below, by key, without blanks.
    settings: Vec<(&'a str, &'a str)>,
}

impl<'a> StatedSetup<'a> {
    fn of(loaded: &'a Loaded, result: &'a EvaluationResult) -> StatedSetup<'a> {
        // Most settings bear on nothing here: those are left out before forty keys are looked for.
        static KEYS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
            let others = ["agentic_eval_config", "eval_plan", "eval_limits", "output_type"];
            SetupField::ALL.iter().flat_map(|slot| slot.keys()).copied().chain(others).collect()
        });
        let known = stated(loaded, result).filter(|(key, value)| KEYS.contains(key.as_str()) && !is_blank(value));
        StatedSetup { loaded, result, settings: known.map(|(key, value)| (key.as_str(), value.as_str())).collect() }
    }

    fn value(&self, key: &str) -> Option<&'a str> {
        self.settings.iter().find(|(found, _)| *found == key).map(|(_, value)| *value)
    }

    fn fills(&self, slot: SetupField) -> bool {
        let library = self.loaded.record.library.as_ref();
        let says = |text: Option<&String>| text.is_some_and(|text| !is_not_reported(text));
        let by_block = match slot {
            SetupField::Harness => says(library.and_then(|library| library.name.as_ref())),
            SetupField::HarnessVersion => says(library.and_then(|library| library.version.as_ref())),
            SetupField::TestSet => {
                self.result.uncertainty.as_ref().is_some_and(|it| it.samples.is_some())
                    || self.result.generation.as_ref().is_some_and(|it| it.part.is_some())
            }
            _ => false,
        };
        by_block
            || slot.keys().iter().any(|key| self.value(key).is_some())
            || self.value("eval_limits").is_some_and(|json| slot.limits().iter().any(|key| has_member(json, key)))
    }

    /// True if the score is read from the probabilities of given answers. Only a positive finding
    /// counts, and never the benchmark's name.
    fn is_scored_from_probabilities(&self) -> bool {
        const OUTPUT_TYPES: [&str; 3] = ["multiple_choice", "loglikelihood", "loglikelihood_rolling"];
        let mut details = self.loaded.record.model.details.iter();
        self.value("output_type").is_some_and(|value| OUTPUT_TYPES.contains(&value))
            || details.any(|(key, value)| key == "model_type" && value == "Seq. Classifier")
    }
}

/// True if the JSON text of an object has a member `key` that is not null.
fn has_member(json: &str, key: &str) -> bool {
    let after = json.split_once(&format!("\"{key}\":")).map(|(_, after)| after.trim_start());
    after.is_some_and(|value| !value.starts_with("null"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::comparability::tests::record;

    fn setup(generation: &str, is_agentic: bool) -> Setup {
        let loaded = record(&format!(r#", "generation_config": {generation}"#), "");
        Setup::of(&loaded, &loaded.record.results[0], is_agentic)
    }

    fn state(setup: &Setup, slot: SetupField) -> SlotState {
        setup.slots[SetupField::ALL.iter().position(|it| *it == slot).unwrap()]
    }

    #[test]
    fn a_silent_record_fills_nothing_and_decides_nothing() {
        let found = setup("{}", false);
        assert_eq!(found.documented, Documented::No);
        // decoding, length, harness, its version, test set
        assert_eq!(found.filled(), (0, 5));
        for slot in [SetupField::Reasoning, SetupField::Context, SetupField::Attempts] {
            assert_eq!(state(&found, slot), SlotState::Unknown);
        }
    }

    #[test]
    fn zero_and_false_are_disclosures_and_blanks_are_not() {
        let found = setup(r#"{"generation_args": {"temperature": 0, "reasoning": false}}"#, false);
        assert_eq!(state(&found, SetupField::Decoding), SlotState::Disclosed);
        assert_eq!(state(&found, SetupField::Reasoning), SlotState::Disclosed);
        assert_eq!(found.documented, Documented::No);
        let found = setup(r#"{"generation_args": {"temperature": null}, "additional_details": {"top_p": " "}}"#, false);
        assert_eq!(state(&found, SetupField::Decoding), SlotState::Missing);
    }

    #[test]
    fn temperature_and_token_limit_document_a_set_up_but_not_an_agents() {
        let both = r#"{"generation_args": {"temperature": 0.7, "max_tokens": 1024}}"#;
        assert_eq!(setup(both, false).documented, Documented::Yes);
        assert_eq!(setup(both, true).documented, Documented::No);
        let agent = r#"{"generation_args": {"temperature": 0.7, "max_tokens": 1024, "agentic_eval_config": {"available_tools": [{"name": "sh"}]},
            "eval_plan": {"name": "p"}, "eval_limits": {"token_limit": null, "message_limit": 50}}}"#;
        let found = setup(agent, false);
        assert_eq!(found.documented, Documented::Yes);
        assert_eq!(state(&found, SetupField::Attempts), SlotState::Missing);
        assert_eq!(state(&found, SetupField::Context), SlotState::Missing);
    }

    #[test]
    fn only_a_positive_finding_retires_decoding_and_length() {
        let found = setup(r#"{"additional_details": {"output_type": "loglikelihood"}}"#, false);
        assert_eq!(
            (state(&found, SetupField::Decoding), state(&found, SetupField::Length)),
            (SlotState::NotApplicable, SlotState::NotApplicable)
        );
        assert_eq!((found.documented, found.filled()), (Documented::NotApplicable, (0, 3)));
        let found = setup(r#"{"additional_details": {"output_type": "generate_until"}}"#, false);
        assert_eq!(state(&found, SetupField::Decoding), SlotState::Missing);
    }

    #[test]
    fn limits_count_only_with_a_value() {
        assert!(has_member(r#"{"token_limit":null,"message_limit":50}"#, "message_limit"));
        assert!(!has_member(r#"{"token_limit":null,"message_limit":50}"#, "token_limit"));
        assert!(!has_member(r#"{"token_limit":5}"#, "message_limit"));
    }
}
