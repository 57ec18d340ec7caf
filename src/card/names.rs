//! The names under which records know an entity, each with the step that joined it.

use serde::Serialize;

use super::Cards;
use crate::load::content::Content;
use crate::resolve::step::{Names, Step};

/// A name that is not the entity's own.
#[derive(Debug, Serialize)]
pub struct NameView<'a> {
    /// As records have it.
    pub name: &'a str,
    /// By which step it was joined.
    pub step: String,
    /// How sure that step is, by convention.
    pub confidence: &'static str,
}

impl<'a> Cards<'a> {
    /// All `names` but `own`.
    pub fn names(&self, names: &'a Names, own: &str) -> Vec<NameView<'a>> {
        let content = &self.dataset.inputs.content;
        let others = names.iter().filter(|(name, _)| *name != own);
        others
            .map(|(name, step)| NameView { name, step: in_words(*step, content), confidence: step.confidence() })
            .collect()
    }
}

/// A step in words.
pub fn in_words(step: Step, content: &Content) -> String {
    let words = match step {
        Step::OwnName => "its own name",
        Step::CollectionAlias => "alias for one collection, in metadata",
        Step::Alias => "alias in metadata",
        Step::BuiltInAlias => "alias in the built-in table",
        Step::HubId => "the Hub leads there",
        Step::NormalForm => "same normal form",
        Step::Peeled(rule) => &content.peelings[usize::from(rule)].about,
    };
    words.to_owned()
}

/// The machine-readable name of a step or peeling.
pub fn code(step: Step, content: &Content) -> &str {
    match step {
        Step::Peeled(rule) => &content.peelings[usize::from(rule)].id,
        step => step.code(),
    }
}
