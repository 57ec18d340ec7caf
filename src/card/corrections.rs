//! The page on corrections: which field of a record fills which gap, and whom to ask.

use serde::Serialize;

use super::Cards;

/// What the page says.
#[derive(Debug, Serialize)]
pub struct CorrectionsCard<'a> {
    /// What cards miss most, and the field of a record that says it.
    pub gaps: Vec<Gap<'a>>,
    /// The dataset with the records, if this site names one.
    pub datastore: Option<&'a str>,
    /// Whom to ask, and the address that leads there.
    pub contact: Option<(&'a str, String)>,
}

/// A gap.
#[derive(Debug, Serialize)]
pub struct Gap<'a> {
    /// What is missing.
    pub what: &'a str,
    /// Where a record says it.
    pub field: &'static str,
}

/// Words, and fields of schema version 0.3.0.
const GAPS: [(&str, &str); 15] = [
    ("lacks.temperature", "evaluation_results[].generation_config.generation_args.temperature"),
    ("lacks.token_limit", "evaluation_results[].generation_config.generation_args.max_tokens"),
    ("setting.prompt_template", "evaluation_results[].generation_config.generation_args.prompt_template"),
    ("field.harness", "eval_library.name"),
    ("setting.harness_version", "eval_library.version"),
    ("lacks.samples", "evaluation_results[].score_details.uncertainty.num_samples"),
    ("lacks.uncertainty", "evaluation_results[].score_details.uncertainty.standard_error.value"),
    ("lacks.date", "evaluation_results[].evaluation_timestamp"),
    ("field.metric", "evaluation_results[].metric_config.metric_id"),
    ("field.unit", "evaluation_results[].metric_config.metric_unit"),
    ("field.range", "evaluation_results[].metric_config.min_score"),
    ("field.range", "evaluation_results[].metric_config.max_score"),
    ("field.test_data", "evaluation_results[].source_data.hf_repo"),
    ("field.evaluator", "source_metadata.source_organization_name"),
    ("field.relationship", "source_metadata.evaluator_relationship"),
];

impl<'a> Cards<'a> {
    /// The page; `contact` is what `site.yaml` says.
    pub fn corrections(&self, contact: Option<&'a str>) -> CorrectionsCard<'a> {
        let gaps = GAPS.into_iter().map(|(what, field)| Gap { what: self.words(what), field });
        let is_mail = |contact: &str| !contact.starts_with("https://");
        CorrectionsCard {
            gaps: gaps.collect(),
            datastore: self.dataset.inputs.datastores.iter().find_map(|datastore| datastore.repo.as_deref()),
            contact: contact.map(|it| (it, if is_mail(it) { format!("mailto:{it}") } else { it.to_owned() })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::schema;

    #[test]
    fn every_field_that_fills_a_gap_is_one_of_the_schema() {
        for (what, field) in GAPS {
            assert!(schema::find(field).is_some(), "{what}: {field}");
        }
    }
}
