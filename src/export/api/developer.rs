//! The document of a *developer*.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FactView, VERSION, facts};
use crate::card::developer::{DeveloperCard, MadeModel};

/// A developer's page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeveloperDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Display name.
    pub name: &'a str,
    /// Their page.
    pub page: String,
    /// Metadata.
    pub facts: Vec<FactView<'a>>,
    /// A sentence with the counts.
    pub summary: &'a str,
    /// Where the connection of models and developer comes from.
    pub claim: &'a str,
    /// Their models.
    pub models: Vec<Made<'a>>,
}

/// A model of a developer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Made<'a> {
    /// Id.
    pub id: &'a str,
    /// Display name.
    pub name: &'a str,
    /// Its card.
    pub page: &'a str,
    /// Day of release.
    pub released: Option<&'a str>,
    /// Results.
    pub results: usize,
    /// Different benchmarks.
    pub benchmarks: usize,
    /// Benchmarks by who reports them.
    pub coverage: &'a str,
}

impl<'a> DeveloperDocument<'a> {
    /// What `card`, at `page`, says, with all `models` of its list.
    pub fn new(card: &'a DeveloperCard<'a>, models: &'a [MadeModel<'a>], page: String) -> DeveloperDocument<'a> {
        let models = models.iter().map(|it| Made {
            id: it.id,
            name: it.name,
            page: &it.url,
            released: it.released,
            results: it.results,
            benchmarks: it.benchmarks,
            coverage: &it.coverage,
        });
        DeveloperDocument {
            version: VERSION,
            name: card.name,
            page,
            facts: facts(&card.facts),
            summary: &card.summary,
            claim: &card.claim,
            models: models.collect(),
        }
    }
}
