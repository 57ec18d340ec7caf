//! *Relationship*: does the relation that the record claims agree with metadata?

use super::Proofs;
use crate::codes::codes;
use crate::load::source_metadata::ClaimedRelationship as Claimed;
use crate::resolve::Resolved;

/// The claimed relationship, and whether it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relationship {
    /// As the record has it.
    pub claimed: Claimed,
    /// Held against metadata.
    pub fit: Fit,
}

codes! {
    /// How a claim fits what is known.
    pub enum Fit in "fit" {
        /// It does.
        Consistent = "consistent",
        /// It cannot be so.
        Contradicted = "contradicted",
        /// The record itself says that somebody else measured, or reports a model of its own evaluator as a third party.
        ContradictedByRecord = "contradicted_by_record",
        /// One of the two organisations is not known, or the claim says nothing that could be checked.
        Undetermined = "undetermined",
    }
}

impl Proofs<'_> {
    /// A record can speak against its own claim, but not for it: only metadata tells who made a model.
    pub(super) fn relationship(&self, record: usize, first: Option<&Resolved>) -> Relationship {
        let source = &self.inputs.records[record].record.source;
        let claimed = source.relationship;
        if source.measured_by().is_some_and(|who| claimed.is_denied_by(who)) {
            return Relationship { claimed, fit: Fit::ContradictedByRecord };
        }
        let is_same = first.and_then(|first| {
            let source = first.evaluator_step?.is_letter_for_letter().then_some(first.evaluator)?;
            let source = self.entities.evaluators[source].meta?;
            let (developer, step) = self.entities.models[first.model].developer?;
            step.is_letter_for_letter().then_some(source == developer)
        });
        let is_stated = first.is_some_and(|first| {
            let meta = self.entities.models[first.model].meta;
            meta.is_some_and(|meta| self.inputs.content.models[meta].developer.is_some())
        });
        // Nobody is a third party to a model under an account of its own, whether or not metadata names who made it.
        if !is_stated && is_same == Some(true) && claimed == Claimed::ThirdParty {
            return Relationship { claimed, fit: Fit::ContradictedByRecord };
        }
        let known = is_same.filter(|_| is_stated);
        let fit = match (claimed, known) {
            (_, None) | (Claimed::Collaborative | Claimed::NotReported, _) => Fit::Undetermined,
            (Claimed::FirstParty, Some(is_same)) | (Claimed::ThirdParty, Some(is_same)) => {
                match is_same == (claimed == Claimed::FirstParty) {
                    true => Fit::Consistent,
                    false => Fit::Contradicted,
                }
            }
        };
        Relationship { claimed, fit }
    }
}
