//! *Standing*: is a result still valid? Withdrawn and disputed results stay on the card, and leave rankings and
//! proposals.

use super::{Attested, Proofs};
use crate::codes::codes;
use crate::load::Loaded;
use crate::load::attestation::Statement;
use crate::load::content::Content;

codes! {
    /// Whether a result is still asserted; the gravest of what is said.
    #[derive(Default)]
    pub enum Standing {
        /// Nobody of this site says otherwise.
        #[default]
        Current = "current",
        /// Somebody objects.
        Disputed = "disputed",
        /// Who stands behind it took it back.
        Withdrawn = "withdrawn",
    }
}

/// What an objection makes of a result.
pub(super) fn of(attested: Attested, content: &Content) -> Standing {
    match attested.of(content).statement {
        Statement::Withdrawn(_) => Standing::Withdrawn,
        Statement::Disputed(_) => Standing::Disputed,
        Statement::SubmittedBySource { .. } => Standing::Current,
    }
}

impl Proofs<'_> {
    /// What withdraws or disputes a record, or an older capture of it: these are the same results.
    pub(super) fn objections(&self, loaded: &Loaded) -> Box<[Attested]> {
        let objects = |(attested, _): (Attested, _)| {
            (of(attested, &self.inputs.content) != Standing::Current).then_some(attested)
        };
        let origins = [&loaded.origin].into_iter().chain(loaded.captures.iter().map(|capture| &capture.origin));
        origins.flat_map(|origin| self.active(origin)).filter_map(objects).collect()
    }
}
