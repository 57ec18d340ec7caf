//! Which exports a site has: what `exports` in `site.yaml` *chooses*, else what suits the number of its models.

use super::Audit;
use crate::config::Config;
use crate::merge::Dataset;

/// Sites with more models make no JSON, CSV and badge for each of them unless `site.yaml` says so: the number of files
/// is what a build takes its time for, and hosts publish a gigabyte at most.
const MANY_MODELS: usize = 5_000;

/// What a site has of what would be one file for each of many things.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// True if the site has so many models that every byte of a page counts.
    pub is_large: bool,
    /// Tables of the whole site.
    pub data: bool,
    /// JSON of each model, ranking and developer, and of long lists; a badge of each model; tables as JSON Lines, too.
    pub documents: bool,
    /// CSV of each model, ranking and developer, and the smaller tables of models and evaluators.
    pub page_tables: bool,
}

impl Choices {
    /// For the site of `dataset`.
    pub fn new(config: &Config, dataset: &Dataset) -> Choices {
        let is_large = dataset.entities.models.len() > MANY_MODELS;
        let exports = &config.site.exports;
        Choices {
            is_large,
            data: exports.data,
            documents: exports.documents.unwrap_or(!is_large),
            page_tables: exports.page_tables.unwrap_or(!is_large),
        }
    }

    /// True if the page of `audit` is there as JSON.
    pub(super) fn has_document(&self, audit: Audit) -> bool {
        matches!(audit, Audit::Markers) || self.documents
    }
}
