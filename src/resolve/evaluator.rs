//! Which *evaluator* reported a record: the organisation it names, by alias or normal form.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::Evaluator;
use super::organization::Organizations;
use super::step::{MatchStep, Names, note};
use crate::id::{EntityTable, Id};
use crate::load::content::Content;
use crate::load::metadata::OrganizationMeta;
use crate::names::{is_not_reported, normal_form, slug};

/// An evaluator, and by which step its name was joined with metadata.
type EvaluatorMatch = (Id<Evaluator>, Option<MatchStep>);

pub struct EvaluatorResolver<'a> {
    metas: &'a [OrganizationMeta],
    organizations: &'a Organizations,
    by_key: HashMap<String, Id<Evaluator>>,
    by_raw: HashMap<(Arc<str>, String), EvaluatorMatch>,
    pub table: EntityTable<Evaluator>,
}

impl<'a> EvaluatorResolver<'a> {
    pub fn new(content: &'a Content, organizations: &'a Organizations) -> Self {
        let (by_key, by_raw) = (HashMap::new(), HashMap::new());
        EvaluatorResolver {
            metas: &content.organizations,
            organizations,
            by_key,
            by_raw,
            table: EntityTable::default(),
        }
    }

    /// The organisation that `raw`, in a record of `collection`, names, and by which step that is
    /// one with metadata.
    pub fn resolve(&mut self, collection: &Arc<str>, raw: &str) -> EvaluatorMatch {
        let place = (collection.clone(), raw.to_owned());
        if let Some(known) = self.by_raw.get(&place) {
            return *known;
        }
        let found = self.organizations.find(collection, raw);
        let (key, evaluator_id, name) = match found {
            Some((number, _)) => {
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
        let id = *self.by_key.entry(key).or_insert_with(|| {
            let meta = found.map(|(number, _)| number);
            table.push(Evaluator { id: evaluator_id, name, meta, spellings: Names::new() })
        });
        if !is_not_reported(raw) {
            let spelling = raw.split_whitespace().collect::<Vec<_>>().join(" ");
            let evaluator = table.get_mut(id);
            let step = match found {
                _ if spelling == evaluator.name => MatchStep::OwnName,
                Some((_, step)) => step,
                None => MatchStep::NormalForm,
            };
            note(&mut evaluator.spellings, &spelling, step);
        }
        let known = (id, found.map(|(_, step)| step));
        self.by_raw.insert(place, known);
        known
    }
}
