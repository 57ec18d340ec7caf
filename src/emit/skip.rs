//! *Skip reasons*: why a result is not proposed to the Hub.

use std::borrow::Cow;

use serde::Serialize;

use crate::codes::codes;
use crate::language::Language;
use crate::mark::Standing;
use crate::signal::samples::{Recomputation, ShortOf, Why};

codes! {
    /// Why a result is not proposed. The methodology page explains each.
    pub enum SkipCode in "outcome" {
        /// It aggregates several benchmarks.
        Aggregate = "aggregate",
        /// The model has no repository, because its weights are closed.
        ClosedModel = "api_only_or_closed_provider",
        /// Another result of the model, without tools, is proposed instead.
        BesideOneWithoutTools = "beside_one_without_tools",
        /// The entry has a text that YAML cannot hold.
        CannotBeWrittenAsYaml = "cannot_be_written_as_yaml",
        /// It was made in a way that the leaderboard refuses, or lacks a condition that the leaderboard requires.
        ConditionNotMet = "condition_not_met",
        /// Its samples give another score, are not all there, or are not those that were meant.
        ContradictedBySamples = "contradicted_by_samples",
        /// Unit and range of the score contradict each other.
        ContradictoryScale = "contradictory_scale",
        /// The record and its index row name different tasks.
        ContradictorySubset = "contradictory_subset",
        /// An attestation disputes it.
        Disputed = "disputed",
        /// The model's id is no repository name.
        ModelIdIsNoHubRepo = "model_id_is_no_hub_repo",
        /// No result of the record is of a registered dataset.
        NoSupportedDataset = "no_supported_hf_dataset_result",
        /// A rule of the site prefers another record.
        NotPreferred = "not_preferred",
        /// The metric, or a parameter of it, is not the leaderboard's.
        NotTheHeadlineMetric = "not_the_headline_metric",
        /// It covers another set of tasks than the leaderboard.
        OtherSet = "other_set",
        /// It uses another split than the leaderboard's test.
        OtherSplit = "other_split",
        /// Its unit is not the leaderboard's.
        OtherUnit = "other_unit",
        /// It covers some subjects, levels or languages.
        PartOfBenchmark = "part_of_benchmark",
        /// It has fewer samples than the test set. A person may decide that it fits all the same.
        PartialTestSet = "partial_test_set",
        /// The path of the record and the record name different models.
        PathNamesAnotherModel = "path_names_another_model",
        /// The lock file pins other bytes under the record's path.
        RecordNotInLock = "record_not_in_lock",
        /// The score is relative to the other models in its list.
        RelativeMetric = "relative_metric",
        /// Its own standard error contradicts its scale. A person may decide that it is right.
        ScaleContradictedByError = "scale_contradicted_by_error",
        /// The other scores of its source contradict its scale. A person may decide that it is right.
        ScaleContradictedByNeighbours = "scale_contradicted_by_neighbours",
        /// The score is outside its range or the leaderboard's scale.
        ScoreOutOfBounds = "score_out_of_bounds",
        /// Several results of its record could be the one to post.
        SeveralCandidatesInRecord = "several_candidates_in_record",
        /// The leaderboard has several tasks, and the record names none.
        TaskNotStated = "task_not_stated",
        /// Too little is reported to put the score on the leaderboard's scale.
        UnknownScale = "unknown_scale",
        /// The index names a subset that is no task of the leaderboard.
        UnknownSubset = "unknown_subset",
        /// It is about a variant, which is not in the model's repository.
        VariantOfModel = "variant_of_model",
        /// An attestation withdraws it.
        Withdrawn = "withdrawn",
        /// Its direction is the opposite of the leaderboard's.
        WrongDirection = "wrong_direction",
    }
}

/// A code, with what it is about behind a `:` where there is something, as `condition_not_met:tools`; or the reason
/// that the site's own list of Hub benchmarks gives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct SkipReason(Cow<'static, str>);

impl SkipReason {
    /// A code that names what it is about.
    pub fn about(code: SkipCode, what: &str) -> SkipReason {
        SkipReason(format!("{code}:{what}").into())
    }

    /// The reason that a list of Hub benchmarks gives.
    pub fn listed(reason: &str) -> SkipReason {
        SkipReason(reason.to_owned().into())
    }

    /// As in the manifest.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its code; `None` for a reason of the site's own.
    pub fn code(&self) -> Option<SkipCode> {
        SkipCode::from_code(self.0.split(':').next().unwrap_or_default())
    }

    /// What it means; `None` for a reason of the site's own.
    pub fn in_words<'a>(&self, language: &'a Language) -> Option<&'a str> {
        self.code().map(|code| language.phrase(code.key()))
    }
}

impl From<SkipCode> for SkipReason {
    fn from(code: SkipCode) -> SkipReason {
        SkipReason(code.code().into())
    }
}

/// Why a result whose samples say this is not proposed.
pub fn of_samples(outcome: &Recomputation) -> Option<SkipReason> {
    let what = match outcome {
        Recomputation::Differs(_) | Recomputation::BadChecksum { .. } | Recomputation::OfPart { .. } => outcome.code(),
        Recomputation::Incomplete { what: ShortOf::Rows | ShortOf::Samples | ShortOf::Test, .. } => outcome.code(),
        Recomputation::NotRecomputable { why: Why::OtherModel { .. }, .. } => "other_model",
        Recomputation::NotRecomputable { why: Why::OtherEvaluation { .. }, .. } => "other_evaluation",
        // That a score cannot be computed again contradicts nothing.
        Recomputation::Recomputed(_)
        | Recomputation::Incomplete { what: ShortOf::Scores, .. }
        | Recomputation::NotRecomputable { .. }
        | Recomputation::Missing
        | Recomputation::Unreadable(_) => return None,
    };
    Some(SkipReason::about(SkipCode::ContradictedBySamples, what))
}

/// Why a result with this standing is not proposed.
pub fn of_standing(standing: Standing) -> Option<SkipCode> {
    match standing {
        Standing::Current => None,
        Standing::Disputed => Some(SkipCode::Disputed),
        Standing::Withdrawn => Some(SkipCode::Withdrawn),
    }
}
