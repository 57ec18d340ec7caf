//! Names of an entity in records, each with the step that matched it.

use serde::Serialize;

use super::Cards;
use crate::language::Language;
use crate::load::content::Content;
use crate::load::peeling::Peeling;
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
            .map(|(name, step)| NameView {
                name,
                step: in_words(self.language, *step, content),
                confidence: step.confidence(),
            })
            .collect()
    }
}

/// A step in words.
pub fn in_words(language: &Language, step: Step, content: &Content) -> String {
    let key = match step {
        Step::OwnName => "step.own_name",
        Step::CollectionAlias => "step.collection_alias",
        Step::Alias => "step.alias",
        Step::BuiltInAlias => "step.built_in_alias",
        Step::HubId => "step.hub_id",
        Step::NormalForm => "step.normal_form",
        Step::Rule => "step.rule",
        Step::Peeled(rule) => return peeling_in_words(language, &content.peelings[usize::from(rule)]),
    };
    language.phrase(key).to_owned()
}

/// What a peeling takes off, in words.
pub fn peeling_in_words(language: &Language, peeling: &Peeling) -> String {
    language.say(&format!("peeling.{}", peeling.id), &[])
}

/// The machine-readable name of a step or peeling.
pub fn code(step: Step, content: &Content) -> &str {
    match step {
        Step::Peeled(rule) => &content.peelings[usize::from(rule)].id,
        step => step.code(),
    }
}
