//! *Samples* that do not fit the score of their record, each with what is wrong and what to do about it.

use crate::card::samples::reason;
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::emit::skip;
use crate::language::Language;
use crate::merge::Dataset;
use crate::signal::samples::{Computed, Recomputation, ShortOf, evidence};
use crate::words::counted;

/// Tells of the samples that contradict their record, which is the same that keeps a score from the Hub.
pub fn warn(dataset: &Dataset, found: &mut Diagnostics) {
    for reading in &dataset.readings {
        let Some(outcome) = evidence(dataset, reading).map(|found| found.outcome) else { continue };
        if skip::of_samples(&outcome).is_none() {
            continue;
        }
        let result = dataset.result(reading);
        let score = result.score.digits();
        let why = || reason(Language::english(), &outcome).unwrap_or_default();
        let of_result = || format!("/evaluation_results/{}", result.index);
        let (place, message, help) = match outcome {
            Recomputation::Differs(Computed { tally, value, .. }) => {
                let samples = counted(tally.rows as usize, "sample", "samples");
                let message = format!("the score is {score}, and the mean of its {samples} is {value}");
                (of_result(), message, "correct the score, or replace its samples")
            }
            Recomputation::OfPart { .. } | Recomputation::Incomplete { what: ShortOf::Test, .. } => {
                let message = format!("the samples are not those of the score {score}: {}", why());
                (
                    of_result(),
                    message,
                    "replace the samples; or remove `detailed_evaluation_results` and the file of samples beside the record",
                )
            }
            Recomputation::Incomplete { what: ShortOf::Samples, .. } => {
                let message = format!("the samples of the score {score} are incomplete: {}", why());
                (of_result(), message, "add the missing rows, or correct `num_samples`")
            }
            // What is wrong with the file is said once, not of each result.
            _ => {
                let message = format!("the file is not that of this record: {}", why());
                (
                    "/detailed_evaluation_results".to_owned(),
                    message,
                    "replace the file of samples; or remove it and `detailed_evaluation_results`",
                )
            }
        };
        let file = dataset.inputs.file(dataset.loaded(reading));
        found.warn_with_help(DiagnosticCode::SamplesDoNotFit, &file, &place, message, help.to_owned());
    }
}
