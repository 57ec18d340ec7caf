//! The *organisation* of a name: developers, evaluators, and the owners in ids of models.
//!
//! The site's own table comes first. An entry of the built-in table adds its spellings to the one entry of the site
//! that it shares a name with; where it shares names with two, the site distinguishes them and the built-in entry
//! is not used.

use std::collections::BTreeSet;

use super::alias::{self, Aliases};
use super::step::MatchStep;
use crate::diagnostic::Diagnostics;
use crate::load::content::Content;
use crate::load::metadata::{AliasKind, OrganizationMeta};

pub struct Organizations {
    aliases: Aliases<usize>,
}

impl Organizations {
    pub fn new(content: &Content, diagnostics: &mut Diagnostics) -> Self {
        let mut aliases = Aliases::default();
        let numbered = || content.organizations.iter().enumerate();
        for (number, meta) in numbered().filter(|(_, meta)| !meta.is_built_in()) {
            if aliases.by_id(&meta.id).is_some() {
                alias::duplicate(diagnostics, &meta.file, "organisation", &meta.id);
                continue;
            }
            let names: Vec<String> = [&meta.name].into_iter().chain(&meta.aliases).cloned().collect();
            aliases.add(number, &meta.id, &names, &meta.file, diagnostics);
        }
        aliases.add_table(content, AliasKind::Organization, diagnostics);
        for (number, meta) in numbered().filter(|(_, meta)| meta.is_built_in()) {
            let owners: BTreeSet<usize> =
                names(meta).filter_map(|name| aliases.find("", name)).map(|(owner, _)| owner).collect();
            let mut owners = owners.into_iter();
            match (owners.next(), owners.next()) {
                (None, _) => aliases.add_unless_taken(number, names(meta)),
                (Some(owner), None) => aliases.add_unless_taken(owner, names(meta)),
                (Some(_), Some(_)) => {}
            }
        }
        Organizations { aliases }
    }

    /// The place of its metadata.
    pub fn find(&self, collection: &str, name: &str) -> Option<(usize, MatchStep)> {
        self.aliases.find(collection, name)
    }
}

fn names(meta: &OrganizationMeta) -> impl Iterator<Item = &str> {
    [meta.id.as_str(), meta.name.as_str()].into_iter().chain(meta.aliases.iter().map(String::as_str))
}
