//! *Coverage*: for a model and a benchmark, whether the developer, somebody else or both report.

use super::provenance::Parties;
use crate::codes::codes;

codes! {
    /// Who covers one model on one benchmark, as claimed.
    pub enum Coverage in "coverage" {
        /// The developer only.
        Developer = "developer",
        /// Others only.
        Others = "others",
        /// Both.
        Both = "both",
        /// A joint effort, and nobody else.
        Joint = "joint",
        /// No record says, or metadata contradicts what they say.
        NotReported = "not_reported",
    }
}

impl Coverage {
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
