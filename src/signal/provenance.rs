//! *Provenance*: who reports what. All of it is as the records claim.

use std::collections::BTreeSet;

use crate::id::Id;
use crate::language::Language;
use crate::load::source_metadata::ClaimedRelationship;
use crate::mark::Fit;
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
    /// Results whose claim metadata or the record itself contradicts; they count for nobody.
    pub contradicted: usize,
}

impl Parties {
    /// Of `readings`.
    pub fn of<'r>(dataset: &Dataset, readings: impl IntoIterator<Item = &'r Reading>) -> Parties {
        let mut parties = Parties::default();
        for reading in readings {
            let evaluator = reading.resolved.evaluator;
            let is_named = dataset.entities.evaluators[evaluator].is_reported();
            let relationship = dataset.marks.records[reading.resolved.record as usize].relationship;
            match relationship.fit {
                Fit::Contradicted | Fit::ContradictedByRecord => {
                    parties.evaluators.extend(is_named.then_some(evaluator));
                    parties.contradicted += 1;
                }
                _ => parties.add(is_named.then_some(evaluator), relationship.claimed),
            }
        }
        parties
    }

    /// Counts one result.
    pub fn add(&mut self, evaluator: Option<Id<Evaluator>>, relationship: ClaimedRelationship) {
        self.evaluators.extend(evaluator);
        match relationship {
            ClaimedRelationship::FirstParty => self.first += 1,
            ClaimedRelationship::ThirdParty => self.third += 1,
            ClaimedRelationship::Collaborative => self.collaborative += 1,
            ClaimedRelationship::NotReported => self.not_reported += 1,
        }
    }

    /// True if more than one named evaluator reports.
    pub fn is_multi_source(&self) -> bool {
        self.evaluators.len() > 1
    }
}

/// How many evaluators stand behind some results, as far as their records tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvaluatorCount {
    /// Different evaluators that are named.
    pub named: usize,
    /// True if some records name nobody: that may be one evaluator, or several, or one of the named.
    pub some_unnamed: bool,
}

impl EvaluatorCount {
    /// Of the evaluators of some results.
    pub fn of(dataset: &Dataset, evaluators: impl Iterator<Item = Id<Evaluator>>) -> EvaluatorCount {
        let mut evaluators: Vec<Id<Evaluator>> = evaluators.collect();
        evaluators.sort_unstable();
        evaluators.dedup();
        let named = evaluators.iter().filter(|id| dataset.entities.evaluators[**id].is_reported()).count();
        EvaluatorCount { named, some_unnamed: named < evaluators.len() }
    }

    /// `2 evaluators`, and whether some are not named.
    pub fn words(self, language: &Language) -> String {
        let named = language.counted("count.evaluators", self.named);
        match (self.named, self.some_unnamed) {
            (0, true) => language.phrase("evaluators.unnamed").to_owned(),
            (_, false) => named,
            (_, true) => language.say("evaluators.and_unnamed", &[("evaluators", &named)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_no_evaluator() {
        let words = |named, some_unnamed| EvaluatorCount { named, some_unnamed }.words(Language::english());
        assert_eq!(words(1, false), "1 evaluator");
        assert_eq!(words(2, true), "2 evaluators and some not reported");
        assert_eq!(words(0, true), "evaluators not reported");
    }

    #[test]
    fn unnamed_evaluators_are_counted_but_make_no_second_source() {
        let mut parties = Parties::default();
        parties.add(Some(Id::new(1)), ClaimedRelationship::FirstParty);
        parties.add(None, ClaimedRelationship::NotReported);
        assert!(!parties.is_multi_source());
        assert_eq!((parties.first, parties.not_reported), (1, 1));
        parties.add(Some(Id::new(1)), ClaimedRelationship::FirstParty);
        assert!(!parties.is_multi_source());
        parties.add(Some(Id::new(2)), ClaimedRelationship::Collaborative);
        assert!(parties.is_multi_source());
    }
}
