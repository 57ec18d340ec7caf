//! *Source match*: does the submitter act for the organisation that the record names as its source?
//!
//! Organisations are compared by id, and a name counts as an organisation's only if the site's own
//! metadata has it letter for letter: no rule, no normal form and no likeness decides here.

use super::{Attested, Proofs, Submitter};
use crate::load::Origin;
use crate::load::attestation::{Basis, Statement};
use crate::load::content::Content;
use crate::resolve::Resolved;
use crate::resolve::step::MatchStep;

/// What was decided of a record's source, or a part of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The submitter is the named source.
    Match(DecidedBy),
    /// The submitter acts with the permission of the named source, and is not it: no match.
    OnBehalf(Attested),
    /// The submitter is the official account of another organisation, at this place of the content.
    Mismatch(usize),
}

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// The rule that the submitter is the official account in `organizations.yaml`.
    OfficialAccount(usize),
    /// A person.
    Attestation(Attested),
}

impl Decision {
    /// True if the submitter is the named source.
    pub fn is_match(&self) -> bool {
        matches!(self, Decision::Match(_))
    }

    /// The attestation that it rests on.
    pub fn attestation(&self) -> Option<Attested> {
        match self {
            Decision::Match(DecidedBy::Attestation(place)) | Decision::OnBehalf(place) => Some(*place),
            _ => None,
        }
    }

    /// True if it is about the result at this place.
    pub fn covers(&self, content: &Content, result: u16) -> bool {
        self.attestation().is_none_or(|attested| attested.covers(content, result))
    }
}

impl Proofs<'_> {
    pub(super) fn decisions(
        &self,
        origin: &Origin,
        submitter: &Submitter,
        first: Option<&Resolved>,
    ) -> Box<[Decision]> {
        let (Some(account), Some(first)) = (self.account(submitter), first) else { return Box::default() };
        let source = self.named_source(first);
        let organizations = &self.inputs.content.organizations;
        let mut decisions = Vec::new();
        let official = self
            .official
            .get(account)
            .filter(|owner| organizations[**owner].has_account_at(self.brought_at(submitter)));
        match (official, source) {
            (Some(owner), Some(source)) if *owner == source => {
                decisions.push(Decision::Match(DecidedBy::OfficialAccount(source)));
            }
            (Some(owner), Some(_)) => decisions.push(Decision::Mismatch(*owner)),
            _ => {}
        }
        for (attested, attestation) in self.active(origin) {
            let Statement::SubmittedBySource { account: of, organization, basis } = &attestation.statement else {
                continue;
            };
            // It says so of this account and this organisation, and of no others.
            if of != account || source.is_none_or(|source| organizations[source].id != *organization) {
                continue;
            }
            decisions.push(match basis {
                Basis::OnBehalf(_) => Decision::OnBehalf(attested),
                _ => Decision::Match(DecidedBy::Attestation(attested)),
            });
        }
        // A match that a person reviewed counts more than a mismatch that a rule saw.
        decisions.sort_by_key(|decision| match decision {
            Decision::Match(_) => 0,
            Decision::OnBehalf(_) => 1,
            Decision::Mismatch(_) => 2,
        });
        decisions.into()
    }

    /// The organisation of the site's own metadata that the record names as its source, letter for letter.
    fn named_source(&self, first: &Resolved) -> Option<usize> {
        let by_name =
            matches!(first.evaluator_step?, MatchStep::OwnName | MatchStep::Alias | MatchStep::CollectionAlias);
        let place = self.entities.evaluators[first.evaluator].meta.filter(|_| by_name)?;
        (!self.inputs.content.organizations[place].is_built_in()).then_some(place)
    }
}
