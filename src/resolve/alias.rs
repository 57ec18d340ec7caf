//! An *alias table*: from spellings to entities.

use foldhash::HashMap;

use super::step::MatchStep;
use crate::diagnostic::{DiagnosticCode, Diagnostics, did_you_mean};
use crate::load::content::Content;
use crate::load::metadata::AliasKind;
use crate::names::normal_form;

/// Spellings of entities `T`, looked up exactly first and then by normal form.
#[derive(Debug)]
pub struct Aliases<T> {
    ids: HashMap<String, T>,
    /// By collection and spelling.
    scoped: HashMap<(String, String), T>,
    exact: HashMap<String, (T, MatchStep)>,
    /// `None` where entities share a normal form: it then decides nothing.
    normal: HashMap<String, Option<T>>,
}

impl<T> Default for Aliases<T> {
    fn default() -> Self {
        Aliases {
            ids: HashMap::default(),
            scoped: HashMap::default(),
            exact: HashMap::default(),
            normal: HashMap::default(),
        }
    }
}

impl<T: Copy + PartialEq> Aliases<T> {
    /// The entity with this id.
    pub fn by_id(&self, id: &str) -> Option<T> {
        self.ids.get(id).copied()
    }

    /// Adds `entity` under its id and `aliases`. An alias that another entity has is a warning
    /// and stays with the first.
    pub fn add(&mut self, entity: T, id: &str, aliases: &[String], file: &str, diagnostics: &mut Diagnostics) {
        self.ids.insert(id.to_owned(), entity);
        self.insert(id, entity, MatchStep::OwnName, id, file, diagnostics);
        for alias in aliases {
            self.insert(alias, entity, MatchStep::Alias, id, file, diagnostics);
        }
    }

    /// Adds names of the built-in table, without a warning.
    pub fn add_unless_taken<'n>(&mut self, entity: T, names: impl Iterator<Item = &'n str>) {
        for name in names {
            if !self.exact.contains_key(name) {
                self.keep(name, entity, MatchStep::BuiltInAlias);
            }
        }
    }

    /// Adds the aliases of `aliases.yaml` that are about entities of this `kind`.
    pub fn add_table(&mut self, content: &Content, kind: AliasKind, diagnostics: &mut Diagnostics) {
        for alias in content.aliases.iter().filter(|alias| alias.kind == kind) {
            let Some(entity) = self.by_id(&alias.id) else {
                let message = format!("there is no metadata for `{}`, so its aliases are not used", alias.id);
                let help = match did_you_mean(&alias.id, self.ids.keys().map(String::as_str)) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => "add metadata for it first".to_owned(),
                };
                diagnostics.warn_with_help(DiagnosticCode::UnusedAlias, &alias.file, &alias.id, message, help);
                continue;
            };
            for name in &alias.names {
                match &alias.collection {
                    Some(collection) => _ = self.scoped.insert((collection.clone(), name.clone()), entity),
                    None => self.insert(name, entity, MatchStep::Alias, &alias.id, &alias.file, diagnostics),
                }
            }
        }
    }

    fn insert(&mut self, alias: &str, entity: T, step: MatchStep, id: &str, file: &str, diagnostics: &mut Diagnostics) {
        match self.exact.get(alias) {
            Some((owner, _)) if *owner == entity => {}
            Some(_) => {
                let message = format!("`{alias}` of `{id}` already belongs to another entry");
                let help = "remove it from one of the two; until then the first keeps it".to_owned();
                diagnostics.warn_with_help(DiagnosticCode::AmbiguousAlias, file, id, message, help);
            }
            None => self.keep(alias, entity, step),
        }
    }

    fn keep(&mut self, alias: &str, entity: T, step: MatchStep) {
        self.exact.insert(alias.to_owned(), (entity, step));
        if let Some(normal) = normal_form(alias) {
            let owner = self.normal.entry(normal).or_insert(Some(entity));
            if *owner != Some(entity) {
                *owner = None;
            }
        }
    }

    /// The entity that has exactly this spelling.
    pub fn exact(&self, collection: &str, name: &str) -> Option<(T, MatchStep)> {
        let scoped = || self.scoped.get(&(collection.to_owned(), name.to_owned()));
        let in_collection = if self.scoped.is_empty() { None } else { scoped() };
        match in_collection {
            Some(entity) => Some((*entity, MatchStep::CollectionAlias)),
            None => self.exact.get(name).copied(),
        }
    }

    /// The entity that `name`, of a record in `collection`, stands for.
    pub fn find(&self, collection: &str, name: &str) -> Option<(T, MatchStep)> {
        let by_normal = || normal_form(name).and_then(|normal| self.normal.get(&normal).copied().flatten());
        self.exact(collection, name).or_else(|| by_normal().map(|entity| (entity, MatchStep::NormalForm)))
    }
}

/// Reports the second entry with one id.
pub fn duplicate(diagnostics: &mut Diagnostics, file: &str, kind: &str, id: &str) {
    let message = format!("{kind} `{id}` is described twice; this one is not used");
    diagnostics.error(DiagnosticCode::DuplicateId, file, id, message, "merge the two entries");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_spellings_win_and_shared_normal_forms_decide_nothing() {
        let mut aliases = Aliases::default();
        let mut diagnostics = Diagnostics::default();
        aliases.add(1, "a/B-c", &["Bee".to_owned()], "f", &mut diagnostics);
        aliases.add(2, "a/b_c", &[], "f", &mut diagnostics);
        aliases.add(3, "x", &["Bee".to_owned()], "f", &mut diagnostics);
        assert_eq!(aliases.find("", "a/B-c"), Some((1, MatchStep::OwnName)));
        assert_eq!(aliases.find("", "a/b_c"), Some((2, MatchStep::OwnName)));
        assert_eq!(aliases.find("", "A/B C"), None);
        assert_eq!(aliases.find("", "Bee"), Some((1, MatchStep::Alias)));
        assert_eq!(aliases.find("", "BEE"), Some((1, MatchStep::NormalForm)));
        assert_eq!(diagnostics.into_sorted().len(), 1);
    }
}
