//! *Provenance*: who reports what. All of it is as the records claim.

use std::collections::BTreeSet;

use crate::id::Id;
use crate::load::block::Relationship;
use crate::merge::{Dataset, Reading};
use crate::resolve::Evaluator;

/// Who reports results of one model on one benchmark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parties {
    /// Named evaluators.
    pub evaluators: BTreeSet<Id<Evaluator>>,
    /// Results by the model's developer.
    pub first: usize,
    /// Results by somebody else.
    pub third: usize,
    /// Results of a joint effort; a class of its own.
    pub collaborative: usize,
    /// Results that do not say.
    pub not_reported: usize,
}

impl Parties {
    /// Of `readings`.
    pub fn of<'r>(dataset: &Dataset, readings: impl IntoIterator<Item = &'r Reading>) -> Parties {
        let mut parties = Parties::default();
        for reading in readings {
            let evaluator = reading.resolved.evaluator;
            let is_named = dataset.entities.evaluators[evaluator].is_reported();
            parties.add(is_named.then_some(evaluator), dataset.loaded(reading).record.source.relationship);
        }
        parties
    }

    /// Counts one result.
    pub fn add(&mut self, evaluator: Option<Id<Evaluator>>, relationship: Relationship) {
        self.evaluators.extend(evaluator);
        match relationship {
            Relationship::FirstParty => self.first += 1,
            Relationship::ThirdParty => self.third += 1,
            Relationship::Collaborative => self.collaborative += 1,
            Relationship::NotReported => self.not_reported += 1,
        }
    }

    /// True if more than one named evaluator reports.
    pub fn is_multi_source(&self) -> bool {
        self.evaluators.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unnamed_evaluators_are_counted_but_make_no_second_source() {
        let mut parties = Parties::default();
        parties.add(Some(Id::new(1)), Relationship::FirstParty);
        parties.add(None, Relationship::NotReported);
        assert!(!parties.is_multi_source());
        assert_eq!((parties.first, parties.not_reported), (1, 1));
        parties.add(Some(Id::new(1)), Relationship::FirstParty);
        assert!(!parties.is_multi_source());
        parties.add(Some(Id::new(2)), Relationship::Collaborative);
        assert!(parties.is_multi_source());
    }
}
