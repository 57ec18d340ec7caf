//! *Coverage*: for a model and a benchmark, whether the developer, somebody else or both report.

use super::provenance::Parties;

/// Who covers one model on one benchmark, as claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// The developer only.
    Developer,
    /// Others only.
    Others,
    /// Both.
    Both,
    /// A joint effort, and nobody else.
    Joint,
    /// No record says, or metadata contradicts what they say.
    NotReported,
}

impl Coverage {
    /// All, in the order of pages.
    pub const ALL: [Coverage; 5] =
        [Coverage::Developer, Coverage::Others, Coverage::Both, Coverage::Joint, Coverage::NotReported];

    /// By who reports. Results that do not say neither add to a class nor take from it.
    pub fn of(parties: &Parties) -> Coverage {
        match (parties.first > 0, parties.third > 0) {
            (true, true) => Coverage::Both,
            (true, false) => Coverage::Developer,
            (false, true) => Coverage::Others,
            (false, false) if parties.collaborative > 0 => Coverage::Joint,
            (false, false) => Coverage::NotReported,
        }
    }

    /// Its key among the words of the interface.
    pub fn key(self) -> &'static str {
        match self {
            Coverage::Developer => "coverage.developer",
            Coverage::Others => "coverage.others",
            Coverage::Both => "coverage.both",
            Coverage::Joint => "coverage.joint",
            Coverage::NotReported => "coverage.not_reported",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_and_none_by_guess() {
        let parties = |first, third, collaborative, not_reported| Parties {
            first,
            third,
            collaborative,
            not_reported,
            ..Parties::default()
        };
        for (parties, expected) in [
            (parties(2, 0, 0, 0), Coverage::Developer),
            (parties(0, 1, 0, 0), Coverage::Others),
            (parties(1, 1, 5, 0), Coverage::Both),
            (parties(0, 0, 1, 0), Coverage::Joint),
            (parties(0, 1, 1, 0), Coverage::Others),
            (parties(0, 0, 0, 3), Coverage::NotReported),
            (parties(1, 0, 0, 3), Coverage::Developer),
            (parties(0, 0, 0, 0), Coverage::NotReported),
        ] {
            assert_eq!(Coverage::of(&parties), expected, "{parties:?}");
        }
    }
}
