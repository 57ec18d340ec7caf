//! Names of an entity in records, each with the step that matched it.

use serde::Serialize;

use super::Cards;
use crate::language::Language;
use crate::load::content::Content;
use crate::load::id_rewrite::IdRewrite;
use crate::resolve::step::{MatchStep, Names};

/// A name that is not the entity's own.
#[derive(Debug, Serialize)]
pub struct NameView<'a> {
    /// As records have it.
    pub name: &'a str,
    /// The step that matched it.
    pub step: String,
    /// Confidence of that step.
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
pub fn in_words(language: &Language, step: MatchStep, content: &Content) -> String {
    let key = match step {
        MatchStep::OwnName => "step.own_name",
        MatchStep::CollectionAlias => "step.collection_alias",
        MatchStep::Alias => "step.alias",
        MatchStep::BuiltInAlias => "step.built_in_alias",
        MatchStep::HubId => "step.hub_id",
        MatchStep::NormalForm => "step.normal_form",
        MatchStep::Rule => "step.rule",
        MatchStep::Rewritten(rule) => return id_rewrite_in_words(language, &content.id_rewrites[usize::from(rule)]),
    };
    language.phrase(key).to_owned()
}

/// What an id rewrite takes off, in words.
pub fn id_rewrite_in_words(language: &Language, rewrite: &IdRewrite) -> String {
    language.say(&format!("id_rewrite.{}", rewrite.id), &[])
}

/// The machine-readable name of a step or id rewrite.
pub fn code(step: MatchStep, content: &Content) -> &str {
    match step {
        MatchStep::Rewritten(rule) => &content.id_rewrites[usize::from(rule)].id,
        step => step.code(),
    }
}
