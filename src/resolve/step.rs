//! The *steps* by which names are joined with entities, in their order, each with its confidence.

use std::collections::BTreeMap;

/// By which step a name was joined. Nothing but these steps decides; none compares likeness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
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
    /// A listed peeling: its place in [`crate::load::content::Content::peelings`].
    Peeled(u8),
}

/// The names that records use for an entity, each with its step.
pub type Names = BTreeMap<String, Step>;

impl Step {
    /// Machine-readable name; a peeling has its own.
    pub fn code(self) -> &'static str {
        match self {
            Step::OwnName => "own-name",
            Step::CollectionAlias => "collection-alias",
            Step::Alias => "alias",
            Step::BuiltInAlias => "built-in-alias",
            Step::HubId => "hub-id",
            Step::NormalForm => "normal-form",
            Step::Rule => "measurement-rule",
            Step::Peeled(_) => "peeling",
        }
    }

    /// How sure the step is, from 0 to 1; a convention, no measurement.
    pub fn confidence(self) -> &'static str {
        match self {
            Step::OwnName | Step::CollectionAlias | Step::Alias | Step::BuiltInAlias | Step::HubId => "1.00",
            Step::NormalForm | Step::Rule => "0.95",
            Step::Peeled(_) => "0.90",
        }
    }

    /// True if a table has the name letter for letter.
    pub fn is_letter_for_letter(self) -> bool {
        matches!(self, Step::OwnName | Step::CollectionAlias | Step::Alias | Step::BuiltInAlias)
    }

    /// True if a rule joined the name, and neither the name itself nor the site's metadata.
    pub fn is_rule(self) -> bool {
        matches!(self, Step::BuiltInAlias | Step::HubId | Step::NormalForm | Step::Rule | Step::Peeled(_))
    }
}

/// Notes that `name` was joined by `step`; the surest step of a name counts.
pub fn note(names: &mut Names, name: &str, step: Step) {
    match names.get_mut(name) {
        Some(known) => *known = step.min(*known),
        None => _ = names.insert(name.to_owned(), step),
    }
}
