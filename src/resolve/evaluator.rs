//! Which *evaluator* reported a record: the organisation it names, by alias or normal form.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};

use super::Evaluator;
use super::alias::{self, Aliases};
use crate::diagnostic::Diagnostics;
use crate::id::{Id, Table};
use crate::load::content::Content;
use crate::load::metadata::OrganizationMeta;
use crate::names::{is_not_reported, normal_form, slug};

pub struct EvaluatorResolver<'a> {
    metas: &'a [OrganizationMeta],
    aliases: Aliases<usize>,
    by_key: HashMap<String, Id<Evaluator>>,
    by_raw: HashMap<String, Id<Evaluator>>,
    pub table: Table<Evaluator>,
}

impl<'a> EvaluatorResolver<'a> {
    pub fn new(content: &'a Content, diagnostics: &mut Diagnostics) -> Self {
        let mut aliases = Aliases::default();
        for (number, meta) in content.organizations.iter().enumerate() {
            if aliases.has_id(&meta.id) {
                alias::duplicate(diagnostics, &meta.file, "organisation", &meta.id);
                continue;
            }
            let names: Vec<String> = meta.aliases.iter().chain([&meta.name]).cloned().collect();
            aliases.add(number, &meta.id, &names, &meta.file, diagnostics);
        }
        let (by_key, by_raw) = (HashMap::new(), HashMap::new());
        EvaluatorResolver { metas: &content.organizations, aliases, by_key, by_raw, table: Table::default() }
    }

    pub fn resolve(&mut self, raw: &str) -> Id<Evaluator> {
        if let Some(id) = self.by_raw.get(raw) {
            return *id;
        }
        let meta = self.aliases.find(raw);
        let (key, evaluator_id, name) = match meta {
            Some(number) => {
                let meta = &self.metas[number];
                (format!("meta {}", meta.id), meta.id.clone(), meta.name.clone())
            }
            None if is_not_reported(raw) => (String::new(), "not-reported".to_owned(), "Not reported".to_owned()),
            None => {
                let name = raw.split_whitespace().collect::<Vec<_>>().join(" ");
                (format!("name {}", normal_form(raw).unwrap_or_else(|| raw.to_owned())), slug(raw), name)
            }
        };
        let table = &mut self.table;
        let id = *self
            .by_key
            .entry(key)
            .or_insert_with(|| table.push(Evaluator { id: evaluator_id, name, meta, spellings: BTreeSet::new() }));
        if !is_not_reported(raw) {
            let spelling = raw.split_whitespace().collect::<Vec<_>>().join(" ");
            table.get_mut(id).spellings.insert(spelling);
        }
        self.by_raw.insert(raw.to_owned(), id);
        id
    }
}
