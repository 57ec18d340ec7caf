//! An *alias table*: which entity a spelling stands for.

use foldhash::HashMap;

use crate::diagnostic::Diagnostics;
use crate::names::normal_form;

/// Spellings of entities `T`, looked up exactly first and then by normal form.
#[derive(Debug)]
pub struct Aliases<T> {
    ids: HashMap<String, T>,
    exact: HashMap<String, T>,
    /// `None` where entities share a normal form: it then decides nothing.
    normal: HashMap<String, Option<T>>,
}

impl<T> Default for Aliases<T> {
    fn default() -> Self {
        Aliases { ids: HashMap::default(), exact: HashMap::default(), normal: HashMap::default() }
    }
}

impl<T: Copy + PartialEq> Aliases<T> {
    /// True if an entity with this id was added.
    pub fn has_id(&self, id: &str) -> bool {
        self.ids.contains_key(id)
    }

    /// Adds `entity` under its id and `aliases`. An alias that another entity has is a warning
    /// and stays with the first.
    pub fn add(&mut self, entity: T, id: &str, aliases: &[String], file: &str, diagnostics: &mut Diagnostics) {
        self.ids.insert(id.to_owned(), entity);
        for alias in [id].into_iter().chain(aliases.iter().map(String::as_str)) {
            if self.exact.get(alias).is_some_and(|owner| *owner != entity) {
                let message = format!("`{alias}` of `{id}` already stands for another entry");
                let help = "take it out of one of the two; until then the first keeps it".to_owned();
                diagnostics.warn_with_help("ambiguous-alias", file, id, message, help);
                continue;
            }
            self.insert(alias, entity);
        }
    }

    /// The same without a warning.
    pub fn add_unless_taken(&mut self, entity: T, id: &str, aliases: &[String]) {
        self.ids.insert(id.to_owned(), entity);
        for alias in [id].into_iter().chain(aliases.iter().map(String::as_str)) {
            if !self.exact.contains_key(alias) {
                self.insert(alias, entity);
            }
        }
    }

    fn insert(&mut self, alias: &str, entity: T) {
        self.exact.insert(alias.to_owned(), entity);
        if let Some(normal) = normal_form(alias) {
            let owner = self.normal.entry(normal).or_insert(Some(entity));
            if *owner != Some(entity) {
                *owner = None;
            }
        }
    }

    /// The entity that `name` stands for.
    pub fn find(&self, name: &str) -> Option<T> {
        let by_normal = || normal_form(name).and_then(|normal| self.normal.get(&normal).copied().flatten());
        self.exact.get(name).copied().or_else(by_normal)
    }
}

/// Reports the second entry with one id.
pub fn duplicate(diagnostics: &mut Diagnostics, file: &str, kind: &str, id: &str) {
    let message = format!("{kind} `{id}` is described twice; this one is not used");
    diagnostics.error("duplicate-id", file, id, message, "join the two entries");
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
        assert_eq!(aliases.find("a/B-c"), Some(1));
        assert_eq!(aliases.find("a/b_c"), Some(2));
        assert_eq!(aliases.find("A/B C"), None);
        assert_eq!(aliases.find("BEE"), Some(1));
        assert_eq!(diagnostics.into_sorted().len(), 1);
    }
}
