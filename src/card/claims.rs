//! The *claims* behind some results, for the short answer of a page: the relations to the developers, and what is
//! proven. Numbers and codes only; templates have the sentences.

use serde::Serialize;

use super::Cards;
use crate::load::source_metadata::ClaimedRelationship;
use crate::mark::{Counts, Level, Standing};
use crate::merge::Reading;
use crate::signal::provenance::Parties;

/// Claimed relationships and evidence levels of some results.
#[derive(Debug, Serialize)]
pub struct Claims {
    /// Results.
    pub results: usize,
    /// Claimed relationships by code, with their results; contradicted ones are a class.
    pub relations: Vec<(&'static str, usize)>,
    /// True if the developer reports a result, uncontradicted.
    pub has_developer: bool,
    /// Results at each level, highest first, without withdrawn ones.
    pub levels: Vec<(&'static str, usize)>,
    /// Withdrawn results.
    pub withdrawn: usize,
    /// Disputed results.
    pub disputed: usize,
}

impl Cards<'_> {
    /// Of `readings`.
    pub(super) fn claims<'r>(&self, readings: impl Iterator<Item = &'r Reading> + Clone) -> Claims {
        let parties = Parties::of(self.dataset, readings.clone());
        let relations = [
            (ClaimedRelationship::FirstParty.key(), parties.first),
            (ClaimedRelationship::ThirdParty.key(), parties.third),
            (ClaimedRelationship::Collaborative.key(), parties.collaborative),
            (ClaimedRelationship::NotReported.key(), parties.not_reported),
            ("relationship.contradicted", parties.contradicted),
        ];
        let (mut levels, mut results) = (Counts::default(), 0);
        let (mut withdrawn, mut disputed) = (0, 0);
        for reading in readings {
            results += 1;
            // Nobody's evidence is what they took back.
            if reading.standing != Standing::Withdrawn {
                levels.add(self.dataset.level_of(reading));
            }
            withdrawn += usize::from(reading.standing == Standing::Withdrawn);
            disputed += usize::from(reading.standing == Standing::Disputed);
        }
        Claims {
            results,
            relations: relations.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| (code(key), n)).collect(),
            has_developer: parties.first > 0,
            levels: (Level::ALL.into_iter().rev())
                .map(|level| (level.code(), levels.of(level)))
                .filter(|(_, n)| *n > 0)
                .collect(),
            withdrawn,
            disputed,
        }
    }
}

/// What stands after the point.
fn code(key: &'static str) -> &'static str {
    key.rsplit('.').next().unwrap_or(key)
}
