//! *Developers* and their models: the list that reaches every card by who made it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Cards;
use super::list::{Letter, ListCard, Pager, ROWS, letter, page_path};
use crate::id::Id;
use crate::load::metadata::OrganizationMeta;
use crate::merge::Dataset;
use crate::paths;
use crate::resolve::Model;
use crate::words::count;

/// Who made a model: as metadata says, else as its records claim, else the owner in its id.
pub fn developer_of(dataset: &Dataset, id: Id<Model>) -> Option<&str> {
    let model = &dataset.entities.models[id];
    let named = dataset.model_meta(model).and_then(|meta| meta.developer.as_deref());
    let claimed = || model.claimed_developer.as_deref();
    let owner = || model.id.split_once('/').map(|(owner, _)| owner);
    let name = named.or_else(claimed).or_else(owner)?;
    let organization = dataset.inputs.content.organizations.iter().find(|known| is_called(known, name));
    Some(organization.map_or(name, |known| known.name.as_str()))
}

/// True if metadata gives the organisation this name, letter case aside.
fn is_called(organization: &OrganizationMeta, name: &str) -> bool {
    let names = [&organization.id, &organization.name].into_iter().chain(&organization.hf).chain(&organization.aliases);
    names.into_iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// A developer and what they made.
pub struct Developer<'a> {
    /// As shown; empty if not reported.
    pub name: &'a str,
    /// Other names, from metadata.
    pub aliases: &'a [String],
    /// By id.
    pub models: Vec<Id<Model>>,
}

/// All developers by name, letter case aside.
pub struct Developers<'a> {
    developers: Vec<Developer<'a>>,
}

impl<'a> Developers<'a> {
    /// Of all models of `dataset`.
    pub fn new(dataset: &'a Dataset) -> Developers<'a> {
        let mut by_name: BTreeMap<String, Developer<'a>> = BTreeMap::new();
        for (id, _) in dataset.entities.models.iter() {
            let name = developer_of(dataset, id).unwrap_or_default();
            let developer = by_name.entry(name.to_lowercase()).or_insert_with(|| {
                let known = dataset.inputs.content.organizations.iter().find(|known| known.name == name);
                let aliases = known.map(|known| known.aliases.as_slice()).unwrap_or_default();
                Developer { name, aliases, models: Vec::new() }
            });
            developer.models.push(id);
        }
        Developers { developers: by_name.into_values().collect() }
    }

    /// By name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Developer<'a>> {
        self.developers.iter()
    }

    /// Where each is in the list: page and anchor.
    pub fn paths(&self) -> Vec<String> {
        let mut before = 0;
        let places = self.developers.iter().map(|developer| {
            let page = page_path("developers", before / ROWS + 1);
            before += developer.models.len();
            format!("{page}.html#{}", anchor(developer.name))
        });
        places.collect()
    }
}

/// A developer in the list, with those of their models that stand on the page.
#[derive(Debug, Serialize)]
pub struct DeveloperRow<'a> {
    /// As shown; empty if not reported.
    pub name: &'a str,
    /// Where links lead; on later pages of one developer it is there as well.
    pub anchor: String,
    /// All their models.
    pub models: String,
    /// Those on this page.
    pub rows: Vec<DeveloperModel<'a>>,
}

/// A model in the list of its developer.
#[derive(Debug, Serialize)]
pub struct DeveloperModel<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its card.
    pub url: String,
    /// Results.
    pub results: String,
}

impl<'a> Cards<'a> {
    /// Page `number` of all models by developer.
    pub fn developers(&self, developers: &Developers<'a>, number: usize) -> ListCard<DeveloperRow<'a>> {
        let (from, to) = ((number - 1) * ROWS, number * ROWS);
        let mut rows = Vec::new();
        let mut letters: Vec<Letter> = Vec::new();
        let mut before = 0;
        for (developer, path) in developers.developers.iter().zip(developers.paths()) {
            let first = letter(developer.name);
            if !letters.iter().any(|known| known.letter == first) {
                letters.push(Letter { letter: first, url: format!("{}{path}", self.top) });
            }
            let places = before..before + developer.models.len();
            before = places.end;
            let shown = from.max(places.start)..to.min(places.end);
            if !shown.is_empty() {
                let models = &developer.models[shown.start - places.start..shown.end - places.start];
                rows.push(DeveloperRow {
                    name: developer.name,
                    anchor: anchor(developer.name),
                    models: count(developer.models.len()),
                    rows: models.iter().map(|id| self.developer_model(*id)).collect(),
                });
            }
        }
        if before <= ROWS {
            letters.clear();
        }
        ListCard { rows, letters, pager: Pager::new(self, "developers", number, before, ROWS) }
    }

    fn developer_model(&self, id: Id<Model>) -> DeveloperModel<'a> {
        DeveloperModel {
            id: &self.dataset.entities.models[id].id,
            url: self.model_url(id),
            results: count(self.dataset.readings_of(id).len()),
        }
    }
}

fn anchor(name: &str) -> String {
    paths::part(name)
}
