//! Which rows of its samples a result may show: the first ones of the file, if the site asks for excerpts and nothing says
//! that they are restricted.
//!
//! Test questions that stand on the web are soon in training data, so that one who publishes them may ask to keep them off
//! pages. A record says so in `detailed_evaluation_results.additional_details`, and `collections.yaml` says it of all
//! records of a collection. Where that file could not be read, any collection may be restricted.

use crate::load::Loaded;
use crate::load::content::Content;
use crate::load::samples::{Excerpt, SamplesRead};
use crate::merge::{Dataset, Reading};

/// What may be shown of the rows of a result.
#[derive(Clone, Debug)]
pub enum ShownExcerpts<'a> {
    /// The site asks for none, or there are none.
    None,
    /// There are some, which may not be shown.
    Restricted,
    /// These.
    Rows(Vec<&'a Excerpt>),
}

/// The members of a record's details by which it restricts its samples, unless their value denies it.
const RESTRICTED: [&str; 3] = ["restricted", "gated", "private"];
const DENIALS: [&str; 3] = ["false", "no", "0"];

/// Those of `reading`.
pub fn excerpts<'a>(dataset: &'a Dataset, reading: &Reading) -> ShownExcerpts<'a> {
    let loaded = dataset.loaded(reading);
    let Some(SamplesRead::Read(rows)) = loaded.samples.as_deref().map(|samples| &samples.found) else {
        return ShownExcerpts::None;
    };
    // Rows of another evaluation or model are none of this card's.
    let is_its = |it: &&Excerpt| it.place == reading.resolved.result && rows.stranger.is_none();
    let found: Vec<&Excerpt> = rows.excerpts.iter().filter(is_its).collect();
    match found.is_empty() {
        true => ShownExcerpts::None,
        false if is_restricted(&dataset.inputs.content, loaded) => ShownExcerpts::Restricted,
        false => ShownExcerpts::Rows(found),
    }
}

fn is_restricted(content: &Content, loaded: &Loaded) -> bool {
    let by_collection = content.collections.iter().any(|it| it.restricted_samples && loaded.origin.is_of(&it.id));
    let is_said = |path: &str| {
        let key = path.strip_prefix("detailed_evaluation_results.additional_details.");
        key.is_some_and(|key| RESTRICTED.iter().any(|known| key.eq_ignore_ascii_case(known)))
    };
    let denies = |text: &str| DENIALS.iter().any(|denial| text.trim().eq_ignore_ascii_case(denial));
    let by_record = loaded.record.also.iter().any(|leaf| is_said(&leaf.path) && !denies(&leaf.text));
    content.has_lost_collections || by_collection || by_record
}
