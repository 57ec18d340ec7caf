//! The *table of the schema*: every value that a record of any schema version may have, and where the site shows
//! it.
//!
//! [`super::also`] keeps the values that no other field has according to this table. A test walks the schemas from
//! 0.0.1 to 0.3.0 and fails for a value without a row.

use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};
use serde_json::Value;

/// What a value has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A string.
    Text,
    /// A string; numbers and booleans are taken as their text.
    Scalar,
    /// A number.
    Number,
    /// A whole number of things.
    Count,
    /// True or false.
    Flag,
    /// A number, or the text `Infinity` or `-Infinity`.
    Bound,
    /// A list of strings, or one of them.
    Texts,
    /// Schema versions disagree, or leave it open.
    Open,
}

impl ValueKind {
    /// True if `value` is of this kind.
    pub fn fits(self, value: &Value) -> bool {
        match self {
            ValueKind::Text => value.is_string(),
            ValueKind::Scalar => value.is_string() || value.is_number() || value.is_boolean(),
            // Longer numbers than that are not read.
            ValueKind::Number => value.is_number() && value.to_string().len() <= 64,
            ValueKind::Count => value.is_u64(),
            ValueKind::Flag => value.is_boolean(),
            ValueKind::Bound => value.is_number() || matches!(value.as_str(), Some("Infinity" | "-Infinity")),
            ValueKind::Texts => {
                value.is_string() || value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
            }
            ValueKind::Open => true,
        }
    }
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaPath {
    /// A typed field carries it; of a text so many characters. Longer ones stand whole in "also in the record".
    Field(usize, &'static str),
    /// Among the settings of the result, on the model's page, in its JSON and CSV, and as `settings` and `conditions` of
    /// the table of results. Long texts stand whole in "also in the record".
    Setting,
    /// In "also in the record", or among the settings if [`super::detail_keys`] says that it is a condition.
    Detail,
    /// In "also in the record": on the model's page, in its JSON, and as `also` of the table of records.
    Also,
    /// Nowhere, for this reason.
    LeftOut(&'static str),
}

/// One value of the schema.
#[derive(Clone, Copy, Debug)]
pub struct SchemaRow {
    /// From the root; `[]` for the items of a list, `*` for any key.
    pub path: &'static str,
    /// What it has to be.
    pub kind: ValueKind,
    /// Where it stands.
    pub place: SchemaPath,
}

const fn row(path: &'static str, kind: ValueKind, place: SchemaPath) -> SchemaRow {
    SchemaRow { path, kind, place }
}

use SchemaPath::{Also, Detail, Field, Setting};
use ValueKind::{Bound, Count, Flag, Number, Open, Scalar, Text, Texts};

/// Texts of this length are kept of typed fields.
const NAME: usize = 600;
/// Longest text in the facts of a number.
pub const FACT: usize = 90;

const SAMPLES: SchemaPath =
    SchemaPath::LeftOut("lines of samples are no results; the record names their file, and how many there are is said");
const RECORD: &str = "section of the record: page, JSON, table of records";
const SETTINGS: &str = "settings: page, JSON, CSV, table of results";
const SCORE: &str = "beside the score: page, JSON, CSV, table of results";
const FACTS: &str = "what this number is: page, JSON; table of results";

/// Values of aggregate records.
pub const AGGREGATE: &[SchemaRow] = &[
    row("schema_version", Scalar, Field(NAME, RECORD)),
    row("evaluation_id", Scalar, Field(usize::MAX, RECORD)),
    row("retrieved_timestamp", Scalar, Field(NAME, RECORD)),
    row(
        "evaluation_timestamp",
        Scalar,
        Field(NAME, "date of the results that have none of their own, else also in the record"),
    ),
    row("leaderboard_name", Scalar, Also),
    row("evaluation_source.evaluation_source_name", Text, Also),
    row("evaluation_source.evaluation_source_type", Text, Also),
    row("source_metadata.source_name", Text, Field(NAME, RECORD)),
    row("source_metadata.source_type", Text, Field(NAME, RECORD)),
    row(
        "source_metadata.source_organization_name",
        Text,
        Field(NAME, "evaluator; as it is written: also in the record, and table of records"),
    ),
    row("source_metadata.source_organization_url", Text, Also),
    row("source_metadata.source_organization_logo_url", Text, Also),
    row(
        "source_metadata.evaluator_relationship",
        Text,
        Field(NAME, "beside the evaluator; words that are none of the schema: also in the record"),
    ),
    row("source_metadata.additional_details.*", Open, Also),
    row("eval_library.name", Text, Field(NAME, SETTINGS)),
    row("eval_library.version", Text, Field(12, SETTINGS)),
    row("eval_library.additional_details.*", Open, Detail),
    row("model_info.id", Text, Field(NAME, RECORD)),
    row("model_info.name", Text, Field(NAME, RECORD)),
    row("model_info.developer", Text, Field(NAME, RECORD)),
    row("model_info.inference_platform", Text, Field(NAME, SETTINGS)),
    row("model_info.inference_engine", Text, Field(NAME, SETTINGS)),
    row("model_info.inference_engine.name", Text, Field(NAME, SETTINGS)),
    row("model_info.inference_engine.version", Text, Also),
    row("model_info.additional_details", Open, Also),
    row("model_info.additional_details.*", Open, Detail),
    row("model_info.additional_details.deployment_type", Text, Detail),
    row("model_info.additional_details.model_availability", Text, Detail),
    row("source_data[]", Texts, Also),
    row("source_data_urls[]", Texts, Also),
    row("source_data.dataset_name", Text, Also),
    row("source_data.source_type", Text, Also),
    row("source_data.hf_repo", Text, Field(FACT, FACTS)),
    row("source_data.hf_split", Text, Setting),
    row("source_data.samples_number", Count, Setting),
    row("source_data.sample_ids[]", Texts, Also),
    row("source_data.url[]", Texts, Also),
    row("source_data.url", Texts, Also),
    row("source_data.additional_details", Open, Also),
    row("source_data.additional_details.*", Open, Detail),
    row("evaluation_results[].evaluation_result_id", Scalar, Field(NAME, "also in the record, and table of results")),
    row(
        "evaluation_results[].evaluation_name",
        Scalar,
        Field(NAME, "name of benchmark or part, where it is another: also in the record; table of results"),
    ),
    row("evaluation_results[].evaluation_timestamp", Scalar, Field(NAME, SCORE)),
    row("evaluation_results[].detailed_evaluation_results_url", Text, Also),
    row("evaluation_results[].source_data.dataset_name", Text, Also),
    row("evaluation_results[].source_data.source_type", Text, Also),
    row("evaluation_results[].source_data.hf_repo", Text, Field(FACT, FACTS)),
    row("evaluation_results[].source_data.hf_split", Text, Setting),
    row("evaluation_results[].source_data.samples_number", Count, Setting),
    row("evaluation_results[].source_data.sample_ids[]", Texts, Also),
    row("evaluation_results[].source_data.url[]", Texts, Also),
    row("evaluation_results[].source_data.url", Texts, Also),
    row("evaluation_results[].source_data[]", Texts, Also),
    row("evaluation_results[].source_data.additional_details", Open, Also),
    row("evaluation_results[].source_data.additional_details.*", Open, Detail),
    row("evaluation_results[].metric_config.evaluation_description", Text, Field(FACT, FACTS)),
    row("evaluation_results[].metric_config.metric_id", Text, Also),
    row("evaluation_results[].metric_config.metric_name", Text, Also),
    row("evaluation_results[].metric_config.metric_kind", Text, Also),
    row("evaluation_results[].metric_config.metric_unit", Text, Field(FACT, FACTS)),
    row("evaluation_results[].metric_config.metric_parameters.*", Open, Also),
    row(
        "evaluation_results[].metric_config.lower_is_better",
        Flag,
        Field(NAME, "beside the metric: page, JSON, CSV, table of results"),
    ),
    row("evaluation_results[].metric_config.score_type", Text, Also),
    row("evaluation_results[].metric_config.level_names[]", Texts, Also),
    row("evaluation_results[].metric_config.level_metadata[]", Texts, Also),
    row("evaluation_results[].metric_config.has_unknown_level", Flag, Also),
    row("evaluation_results[].metric_config.min_score", Bound, Field(NAME, FACTS)),
    row("evaluation_results[].metric_config.max_score", Bound, Field(NAME, FACTS)),
    // The judges stand among the settings as well; a block without a judge has no place there.
    row("evaluation_results[].metric_config.llm_scoring.judges[].model_info.id", Text, Also),
    row("evaluation_results[].metric_config.llm_scoring.judges[].model_info.name", Text, Also),
    row("evaluation_results[].metric_config.llm_scoring.judges[].model_info.developer", Text, Also),
    row("evaluation_results[].metric_config.llm_scoring.judges[].model_info.inference_platform", Text, Also),
    row("evaluation_results[].metric_config.llm_scoring.judges[].model_info.inference_engine.name", Text, Also),
    row("evaluation_results[].metric_config.llm_scoring.judges[].model_info.inference_engine.version", Text, Also),
    row("evaluation_results[].metric_config.llm_scoring.judges[].model_info.additional_details", Open, Also),
    row("evaluation_results[].metric_config.llm_scoring.judges[].model_info.additional_details.*", Open, Also),
    row(
        "evaluation_results[].metric_config.llm_scoring.judges[].model_info.additional_details.deployment_type",
        Text,
        Also,
    ),
    row(
        "evaluation_results[].metric_config.llm_scoring.judges[].model_info.additional_details.model_availability",
        Text,
        Also,
    ),
    row("evaluation_results[].metric_config.llm_scoring.judges[].temperature", Number, Also),
    row("evaluation_results[].metric_config.llm_scoring.judges[].weight", Number, Also),
    row("evaluation_results[].metric_config.llm_scoring.judges[].additional_details.*", Open, Also),
    row("evaluation_results[].metric_config.llm_scoring.input_prompt", Text, Also),
    row("evaluation_results[].metric_config.llm_scoring.aggregation_method", Text, Also),
    row("evaluation_results[].metric_config.llm_scoring.expert_baseline", Number, Also),
    row("evaluation_results[].metric_config.llm_scoring.additional_details", Open, Also),
    row("evaluation_results[].metric_config.llm_scoring.additional_details.*", Open, Also),
    row("evaluation_results[].metric_config.additional_details.*", Open, Detail),
    row("evaluation_results[].score_details.score", Number, Field(NAME, SCORE)),
    row("evaluation_results[].score_details.details", Open, Also),
    row("evaluation_results[].score_details.details.*", Open, Detail),
    row("evaluation_results[].score_details.uncertainty.standard_error", Number, Field(NAME, SCORE)),
    row("evaluation_results[].score_details.uncertainty.standard_error.value", Number, Field(NAME, SCORE)),
    row("evaluation_results[].score_details.uncertainty.standard_error.method", Text, Field(FACT, SCORE)),
    row("evaluation_results[].score_details.uncertainty.confidence_interval.lower", Number, Field(NAME, SCORE)),
    row("evaluation_results[].score_details.uncertainty.confidence_interval.upper", Number, Field(NAME, SCORE)),
    row(
        "evaluation_results[].score_details.uncertainty.confidence_interval.confidence_level",
        Number,
        Field(NAME, SCORE),
    ),
    row("evaluation_results[].score_details.uncertainty.confidence_interval.method", Text, Field(FACT, SCORE)),
    row("evaluation_results[].score_details.uncertainty.standard_deviation", Number, Field(NAME, SCORE)),
    row("evaluation_results[].score_details.uncertainty.num_samples", Number, Field(NAME, SCORE)),
    row("evaluation_results[].score_details.uncertainty.num_bootstrap_samples", Number, Field(NAME, SCORE)),
    // Some records of 0.1.0 have the interval here.
    row("evaluation_results[].score_details.confidence_interval.lower", Number, Field(NAME, SCORE)),
    row("evaluation_results[].score_details.confidence_interval.upper", Number, Field(NAME, SCORE)),
    row("evaluation_results[].score_details.confidence_interval.confidence_level", Number, Field(NAME, SCORE)),
    row("evaluation_results[].score_details.confidence_interval.method", Text, Field(FACT, SCORE)),
    row("evaluation_results[].generation_config", Open, Also),
    row("evaluation_results[].generation_config.*", Open, Setting),
    row("evaluation_results[].generation_config.additional_details", Open, Also),
    row("evaluation_results[].generation_config.additional_details.*", Open, Setting),
    row("evaluation_results[].generation_config.generation_args.*", Open, Setting),
    row("evaluation_results[].generation_config.generation_args.temperature", Number, Setting),
    row("evaluation_results[].generation_config.generation_args.top_p", Number, Setting),
    row("evaluation_results[].generation_config.generation_args.top_k", Number, Setting),
    row("evaluation_results[].generation_config.generation_args.max_tokens", Count, Setting),
    row("evaluation_results[].generation_config.generation_args.max_attempts", Count, Setting),
    row("evaluation_results[].generation_config.generation_args.reasoning", Flag, Setting),
    row("evaluation_results[].generation_config.generation_args.prompt_template", Text, Setting),
    row("evaluation_results[].generation_config.generation_args.execution_command", Text, Setting),
    row("evaluation_results[].generation_config.generation_args.incorrect_attempt_feedback", Text, Setting),
    // Agent, limits and sandbox stand among the settings as well.
    row("evaluation_results[].generation_config.generation_args.agentic_eval_config.additional_details", Open, Also),
    row("evaluation_results[].generation_config.generation_args.agentic_eval_config.additional_details.*", Open, Also),
    row(
        "evaluation_results[].generation_config.generation_args.agentic_eval_config.available_tools[].name",
        Text,
        Also,
    ),
    row(
        "evaluation_results[].generation_config.generation_args.agentic_eval_config.available_tools[].description",
        Text,
        Also,
    ),
    row(
        "evaluation_results[].generation_config.generation_args.agentic_eval_config.available_tools[].parameters",
        Open,
        Also,
    ),
    row(
        "evaluation_results[].generation_config.generation_args.agentic_eval_config.available_tools[].parameters.*",
        Open,
        Also,
    ),
    row("evaluation_results[].generation_config.generation_args.eval_plan.name", Text, Also),
    row("evaluation_results[].generation_config.generation_args.eval_plan.steps[]", Texts, Also),
    row("evaluation_results[].generation_config.generation_args.eval_plan.config", Open, Also),
    row("evaluation_results[].generation_config.generation_args.eval_plan.config.*", Open, Also),
    row("evaluation_results[].generation_config.generation_args.eval_limits.time_limit", Count, Also),
    row("evaluation_results[].generation_config.generation_args.eval_limits.message_limit", Count, Also),
    row("evaluation_results[].generation_config.generation_args.eval_limits.token_limit", Count, Also),
    row("evaluation_results[].generation_config.generation_args.sandbox.type", Text, Also),
    row("evaluation_results[].generation_config.generation_args.sandbox.config", Text, Also),
    row("detailed_evaluation_results.format", Text, Also),
    row("detailed_evaluation_results.file_path", Text, Also),
    row("detailed_evaluation_results.hash_algorithm", Text, Also),
    row("detailed_evaluation_results.checksum", Text, Also),
    row("detailed_evaluation_results.total_rows", Count, Also),
    row("detailed_evaluation_results.additional_details.*", Open, Also),
    row("detailed_evaluation_results_per_samples", Open, SAMPLES),
];

/// Why no value of instance-level data stands here: such a file is one line on the "not shown" page.
pub const INSTANCES: SchemaPath = SchemaPath::LeftOut(
    "a sample is no result: its file is named by the record, and a file of samples among records is on the page \"not shown\"",
);

/// The row of a value of an aggregate record, by its path from the root.
pub fn find(path: &str) -> Option<&'static SchemaRow> {
    static ROWS: LazyLock<HashMap<&str, &SchemaRow>> =
        LazyLock::new(|| AGGREGATE.iter().map(|row| (row.path, row)).collect());
    ROWS.get(path).copied()
}

/// The row of a member of a result that is no block, by its key.
pub fn find_in_result(key: &str) -> Option<&'static SchemaRow> {
    static ROWS: LazyLock<HashMap<&str, &SchemaRow>> = LazyLock::new(|| {
        let members = AGGREGATE.iter().filter_map(|row| Some((row.path.strip_prefix("evaluation_results[].")?, row)));
        members.filter(|(key, _)| !key.contains(['.', '['])).collect()
    });
    ROWS.get(key).copied()
}

/// True if the schema wants a container at `path`: an object, or a list of objects.
pub fn is_container(path: &str) -> bool {
    static CONTAINERS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let ends = |row: &'static SchemaRow| row.path.match_indices(['.', '[']).map(|(at, _)| &row.path[..at]);
        AGGREGATE.iter().flat_map(ends).collect()
    });
    CONTAINERS.contains(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_one_row() {
        let mut seen = HashSet::default();
        for row in AGGREGATE {
            assert!(seen.insert(row.path), "{} has two rows", row.path);
        }
        assert!(is_container("model_info.inference_engine") && !is_container("model_info.name"));
    }
}
