//! Which *model* a record is of: by exact alias or normal form of its id.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};

use super::Model;
use super::alias::{self, Aliases};
use crate::diagnostic::Diagnostics;
use crate::id::{Id, Table};
use crate::load::block::ModelInfo;
use crate::load::content::Content;
use crate::load::metadata::ModelMeta;
use crate::names::{is_not_reported, normal_form};

pub struct ModelResolver<'a> {
    metas: &'a [ModelMeta],
    aliases: Aliases<usize>,
    by_meta: HashMap<usize, Id<Model>>,
    by_name: HashMap<String, Id<Model>>,
    by_raw: HashMap<String, Id<Model>>,
    /// Per model without metadata: how many records use which spelling.
    counts: HashMap<Id<Model>, HashMap<String, u32>>,
    table: Table<Model>,
}

impl<'a> ModelResolver<'a> {
    pub fn new(content: &'a Content, diagnostics: &mut Diagnostics) -> Self {
        let mut aliases = Aliases::default();
        for (number, meta) in content.models.iter().enumerate() {
            if aliases.has_id(&meta.id) {
                alias::duplicate(diagnostics, &meta.file, "model", &meta.id);
                continue;
            }
            aliases.add(number, &meta.id, &meta.aliases, &meta.file, diagnostics);
        }
        ModelResolver {
            metas: &content.models,
            aliases,
            by_meta: HashMap::new(),
            by_name: HashMap::new(),
            by_raw: HashMap::new(),
            counts: HashMap::new(),
            table: Table::default(),
        }
    }

    pub fn resolve(&mut self, info: &ModelInfo) -> Id<Model> {
        let id = match self.by_raw.get(&info.id) {
            Some(id) => *id,
            None => self.resolve_new(info),
        };
        if let Some(counts) = self.counts.get_mut(&id) {
            *counts.entry(info.id.clone()).or_default() += 1;
        }
        id
    }

    fn resolve_new(&mut self, info: &ModelInfo) -> Id<Model> {
        let id = match self.aliases.find(&info.id) {
            Some(meta) => match self.by_meta.get(&meta) {
                Some(id) => *id,
                None => self.add_from_meta(meta),
            },
            None => {
                let key = normal_form(&info.id).unwrap_or_else(|| info.id.clone());
                match self.by_name.get(&key) {
                    Some(id) => *id,
                    None => self.add_unknown(key, info),
                }
            }
        };
        let model = self.table.get_mut(id);
        model.spellings.insert(info.id.clone());
        self.by_raw.insert(info.id.clone(), id);
        id
    }

    fn add_from_meta(&mut self, number: usize) -> Id<Model> {
        let meta = &self.metas[number];
        let id = self.table.push(Model {
            id: meta.id.clone(),
            name: meta.name.clone().unwrap_or_else(|| meta.id.clone()),
            meta: Some(number),
            spellings: BTreeSet::new(),
            claimed_developer: None,
        });
        self.by_meta.insert(number, id);
        id
    }

    fn add_unknown(&mut self, key: String, info: &ModelInfo) -> Id<Model> {
        let developer = info.developer.as_deref().filter(|developer| !is_not_reported(developer));
        let id = self.table.push(Model {
            id: info.id.clone(),
            name: String::new(),
            meta: None,
            spellings: BTreeSet::new(),
            claimed_developer: developer.map(str::to_owned),
        });
        self.by_name.insert(key, id);
        self.counts.insert(id, HashMap::new());
        id
    }

    /// Models without metadata are called as most records call them; ties go to the first by text.
    pub fn finish(mut self) -> Table<Model> {
        for (id, counts) in self.counts {
            let model = self.table.get_mut(id);
            if let Some((spelling, _)) = counts.into_iter().max_by(|a, b| (a.1, &b.0).cmp(&(b.1, &a.0))) {
                model.id = spelling;
            }
            model.name = model.id.rsplit_once('/').map_or(model.id.as_str(), |(_, name)| name).to_owned();
            if model.name.is_empty() {
                model.name = model.id.clone();
            }
        }
        self.table
    }
}
