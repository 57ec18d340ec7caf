//! The *levels* that readers see, and how many results have each.

use crate::codes::codes;

codes! {
    /// How far a result is traced: the levels that readers see. Each needs all below it.
    pub enum Level in "level" {
        /// Nothing but the record says so.
        Claimed = "claimed",
        /// The bytes are those of a public record.
        Traced = "traced",
        /// The account that brought exactly these bytes is known.
        SubmitterKnown = "submitter_known",
        /// That account acts for the organisation that the record names as its source.
        SubmittedBySource = "submitted_by_source",
    }
}

/// How many results have each level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; 4]);

impl Counts {
    /// Adds a result.
    pub fn add(&mut self, level: Level) {
        self.0[level as usize] += 1;
    }

    /// How many have exactly this level.
    pub fn of(&self, level: Level) -> usize {
        self.0[level as usize]
    }
}
