//! The *steps* by which names are joined with entities, in their order, each with its confidence.

use std::collections::BTreeMap;

/// By which step a name was joined. Nothing but these steps decides; none compares likeness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchStep {
    /// The entity is called so.
    OwnName,
    /// An alias that the site's metadata gives for the record's collection.
    CollectionAlias,
    /// An alias in the site's metadata, letter for letter.
    Alias,
    /// An alias of the built-in table, letter for letter.
    BuiltInAlias,
    /// The Hub leads the name to this repository.
    HubId,
    /// The same normal form ([`crate::names`]).
    NormalForm,
    /// A measurement rule says so ([`crate::load::measurement_rules`]).
    Rule,
    /// A listed id rewrite: its place in [`crate::load::content::Content::id_rewrites`].
    Rewritten(u8),
}

/// The names that records use for an entity, each with its step.
pub type Names = BTreeMap<String, MatchStep>;

impl MatchStep {
    /// Machine-readable name; an id rewrite has its own.
    pub fn code(self) -> &'static str {
        match self {
            MatchStep::OwnName => "own-name",
            MatchStep::CollectionAlias => "collection-alias",
            MatchStep::Alias => "alias",
            MatchStep::BuiltInAlias => "built-in-alias",
            MatchStep::HubId => "hub-id",
            MatchStep::NormalForm => "normal-form",
            MatchStep::Rule => "measurement-rule",
            MatchStep::Rewritten(_) => "id-rewrite",
        }
    }

    /// How sure the step is, from 0 to 1; a convention, no measurement.
    pub fn confidence(self) -> &'static str {
        match self {
            MatchStep::OwnName
            | MatchStep::CollectionAlias
            | MatchStep::Alias
            | MatchStep::BuiltInAlias
            | MatchStep::HubId => "1.00",
            MatchStep::NormalForm | MatchStep::Rule => "0.95",
            MatchStep::Rewritten(_) => "0.90",
        }
    }

    /// True if a table has the name letter for letter.
    pub fn is_letter_for_letter(self) -> bool {
        matches!(self, MatchStep::OwnName | MatchStep::CollectionAlias | MatchStep::Alias | MatchStep::BuiltInAlias)
    }

    /// True if a rule joined the name, and neither the name itself nor the site's metadata.
    pub fn is_rule(self) -> bool {
        matches!(
            self,
            MatchStep::BuiltInAlias
                | MatchStep::HubId
                | MatchStep::NormalForm
                | MatchStep::Rule
                | MatchStep::Rewritten(_)
        )
    }
}

/// Notes that `name` was joined by `step`; the surest step of a name counts.
pub fn note(names: &mut Names, name: &str, step: MatchStep) {
    match names.get_mut(name) {
        Some(known) => *known = step.min(*known),
        None => _ = names.insert(name.to_owned(), step),
    }
}
