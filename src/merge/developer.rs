//! Who made which models: according to metadata, else records, else the table of platforms. The first part of an id
//! makes nobody a developer.

use std::collections::BTreeMap;

use super::Dataset;
use crate::id::{EntityTable, Id};
use crate::load::metadata::ModelMeta;
use crate::names::{normal_form, slug};
use crate::resolve::Model;

/// One organisation, or person, that makes models.
#[derive(Debug)]
pub struct Developer {
    /// Slug.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Place of its metadata in [`crate::load::content::Content::organizations`].
    pub meta: Option<usize>,
    /// Its models, by id.
    pub models: Vec<Id<Model>>,
    /// How many of them it has without a word of metadata: by the claim of records, or by the name that a platform gives.
    pub n_claimed: usize,
}

/// The developers by name, and that of each model.
pub fn developers(dataset: &Dataset) -> (EntityTable<Developer>, Vec<Option<Id<Developer>>>) {
    let organizations = &dataset.inputs.content.organizations;
    let mut by_key: BTreeMap<(String, String), Developer> = BTreeMap::new();
    for (id, model) in dataset.entities.models.iter() {
        let stated = dataset.model_meta(model).and_then(ModelMeta::stated_developer);
        let is_claimed = stated.is_none();
        let meta = model.developer.map(|(place, _)| place);
        let listed = meta.filter(|_| model.has_listed_developer).map(|place| organizations[place].name.as_str());
        let Some(name) = stated.or(model.claimed_developer.as_deref()).or(listed) else { continue };
        let (slug, name) = match meta {
            Some(place) => (organizations[place].id.clone(), organizations[place].name.as_str()),
            None => (slug(name), name),
        };
        let developer = by_key
            .entry((normal_form(name).unwrap_or_default(), slug.clone()))
            .or_insert_with(|| Developer { id: slug, name: name.to_owned(), meta, models: Vec::new(), n_claimed: 0 });
        developer.models.push(id);
        developer.n_claimed += usize::from(is_claimed);
    }
    let mut developers = EntityTable::default();
    let mut of_model = vec![None; dataset.entities.models.len()];
    for developer in by_key.into_values() {
        let models = developer.models.clone();
        let id = developers.push(developer);
        for model in models {
            of_model[model.index()] = Some(id);
        }
    }
    (developers, of_model)
}
