//! The *levels* that readers see, and how many results have each.

/// How far a result is traced: the levels that readers see. Each needs all below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing but the record says so.
    Claimed,
    /// The bytes are those of a public record.
    Traced,
    /// The account that brought exactly these bytes is known.
    SubmitterKnown,
    /// That account acts for the organisation that the record names as its source.
    SubmittedBySource,
}

impl Level {
    /// All, lowest first.
    pub const ALL: [Level; 4] = [Level::Claimed, Level::Traced, Level::SubmitterKnown, Level::SubmittedBySource];

    /// Machine-readable.
    pub const fn code(self) -> &'static str {
        match self {
            Level::Claimed => "claimed",
            Level::Traced => "traced",
            Level::SubmitterKnown => "submitter_known",
            Level::SubmittedBySource => "submitted_by_source",
        }
    }

    /// Its key among the words of the interface.
    pub fn key(self) -> &'static str {
        match self {
            Level::Claimed => "level.claimed",
            Level::Traced => "level.traced",
            Level::SubmitterKnown => "level.submitter_known",
            Level::SubmittedBySource => "level.submitted_by_source",
        }
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
