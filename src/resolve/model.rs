//! The *model* of a record, by the id that it states. The steps:
//!
//! 1. an alias, letter for letter: for the record's collection, then for all;
//! 2. the repository to which the Hub redirects the id;
//! 3. the same normal form;
//! 4. a listed id rewrite, tried on what steps 1 to 3 know;
//! 5. otherwise the id is a model of its own.
//!
//! Steps 2 to 4 never match owners that the organisation table lists as different organisations.

use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::alias::{self, Aliases};
use super::organization::Organizations;
use super::step::{MatchStep, Names, note};
use super::{Model, Variant};
use crate::diagnostic::{DiagnosticCode, Diagnostics, did_you_mean};
use crate::id::{EntityTable, Id};
use crate::load::Inputs;
use crate::load::block::ModelInfo;
use crate::load::content::Content;
use crate::load::id_rewrite::IdRewriteKind;
use crate::load::metadata::AliasKind;
use crate::names::{is_not_reported, normal_form};

/// What metadata has under a name: the entry, and which of its variants.
type MetadataVariant = (usize, Option<usize>);

/// An owner that is registered, and a name; or a whole id in its normal form.
type ModelKey = (Option<usize>, String);

/// A model, as a name leads to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum ModelTarget {
    Known(MetadataVariant),
    /// Without metadata: the key that its names share.
    Unknown(ModelKey),
}

pub struct ModelResolver<'a> {
    content: &'a Content,
    organizations: &'a Organizations,
    aliases: Aliases<MetadataVariant>,
    /// Aliases of ids that have no metadata, by collection and spelling.
    redirects: HashMap<(Option<&'a str>, &'a str), &'a str>,
    /// By normal form of the whole id, and by owner and rest; `None` where two entries share it.
    by_spelling: HashMap<ModelKey, Option<MetadataVariant>>,
    by_owner: HashMap<ModelKey, Option<MetadataVariant>>,
    /// The canonical id of each id that the Hub was asked for, with the place of the fact.
    hub: HashMap<&'a str, (&'a str, usize)>,
    /// The keys of all names in the records; `false` where the Hub has several models for one.
    keys: HashMap<ModelKey, bool>,
    by_target: HashMap<ModelTarget, Id<Model>>,
    by_raw: HashMap<String, (Id<Model>, Id<Variant>)>,
    /// The same for names that have an alias in their collection.
    by_scoped: HashMap<(String, String), (Id<Model>, Id<Variant>)>,
    by_label: HashMap<String, Id<Variant>>,
    /// Per model without metadata: how many records use which spelling.
    counts: HashMap<Id<Model>, HashMap<String, u32>>,
    /// Per model: how many records claim which developer.
    claims: HashMap<Id<Model>, HashMap<String, u32>>,
    /// Per model: the organisation that the table of platforms takes for its maker, and the platforms that were given.
    reached: HashMap<Id<Model>, (BTreeSet<usize>, BTreeSet<String>)>,
    /// The id that an alias table gives to a model without metadata.
    called: HashMap<Id<Model>, &'a str>,
    table: EntityTable<Model>,
    pub variants: EntityTable<Variant>,
}

impl<'a> ModelResolver<'a> {
    pub fn new(inputs: &'a Inputs, organizations: &'a Organizations, diagnostics: &mut Diagnostics) -> Self {
        let content = &inputs.content;
        let mut resolver = ModelResolver {
            content,
            organizations,
            aliases: Aliases::default(),
            redirects: HashMap::new(),
            by_spelling: HashMap::new(),
            by_owner: HashMap::new(),
            hub: HashMap::new(),
            keys: HashMap::new(),
            by_target: HashMap::new(),
            by_raw: HashMap::new(),
            by_scoped: HashMap::new(),
            by_label: HashMap::new(),
            counts: HashMap::new(),
            claims: HashMap::new(),
            reached: HashMap::new(),
            called: HashMap::new(),
            table: EntityTable::default(),
            variants: EntityTable::default(),
        };
        resolver.add_entries(diagnostics);
        let names: HashSet<&str> = inputs.records.iter().map(|loaded| loaded.record.model.id.as_str()).collect();
        resolver.add_alias_table(&names, diagnostics);
        resolver.add_hub_ids();
        resolver.add_keys(&names);
        resolver
    }

    fn add_entries(&mut self, diagnostics: &mut Diagnostics) {
        let content = self.content;
        let mut used = Vec::new();
        for (number, meta) in content.models.iter().enumerate() {
            if self.aliases.by_id(&meta.id).is_some() {
                alias::duplicate(diagnostics, &meta.file, "model", &meta.id);
                continue;
            }
            self.aliases.add((number, None), &meta.id, &meta.aliases, &meta.file, diagnostics);
            used.push(number);
        }
        // Variants come after all models: an id with an entry of its own is a model of its own.
        for &number in &used {
            let meta = &content.models[number];
            for (place, variant) in meta.variants.iter().enumerate() {
                if self.aliases.exact("", &variant.id).is_some() {
                    let message = format!("`{}` is listed as a variant, but is already a model or alias", variant.id);
                    let help = "a variant has no entry of its own; keep one of the two".to_owned();
                    diagnostics.warn_with_help(DiagnosticCode::VariantIsAModel, &meta.file, &meta.id, message, help);
                    continue;
                }
                let known = (number, Some(place));
                self.aliases.add(known, &variant.id, &variant.aliases, &meta.file, diagnostics);
            }
        }
        for &number in &used {
            let meta = &content.models[number];
            let variants = meta.variants.iter().flat_map(|it| [&it.id].into_iter().chain(&it.aliases));
            for name in [&meta.id].into_iter().chain(&meta.aliases).chain(variants) {
                let Some((known, _)) = self.aliases.exact("", name) else { continue };
                let (spelling, owner) = (self.spelling_key(name), self.owner_key(name));
                keep_unless_shared(&mut self.by_spelling, spelling, known);
                keep_unless_shared(&mut self.by_owner, owner, known);
            }
        }
    }

    fn add_alias_table(&mut self, names: &HashSet<&str>, diagnostics: &mut Diagnostics) {
        let content = self.content;
        for alias in content.aliases.iter().filter(|alias| alias.kind == AliasKind::Model) {
            let is_known = self.aliases.exact("", &alias.id).is_some();
            if !is_known && !names.contains(alias.id.as_str()) {
                let message = format!("neither metadata nor a record names the model `{}`", alias.id);
                let help = match did_you_mean(&alias.id, content.models.iter().map(|meta| meta.id.as_str())) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => "check the spelling".to_owned(),
                };
                diagnostics.warn_with_help(DiagnosticCode::UnusedAlias, &alias.file, &alias.id, message, help);
                continue;
            }
            for name in &alias.names {
                let place = (alias.collection.as_deref(), name.as_str());
                let other = self.redirects.get(&place).is_some_and(|other| *other != alias.id);
                if other || (alias.collection.is_none() && self.aliases.exact("", name).is_some()) {
                    let message = format!("`{name}` of `{}` already belongs to another entry", alias.id);
                    let help = "remove it from one of the two; until then the first keeps it".to_owned();
                    diagnostics.warn_with_help(DiagnosticCode::AmbiguousAlias, &alias.file, &alias.id, message, help);
                    continue;
                }
                self.redirects.insert(place, &alias.id);
            }
        }
    }

    fn add_hub_ids(&mut self) {
        for (place, fact) in self.content.hub.models.iter().enumerate() {
            let Some(info) = &fact.info else { continue };
            let (asked, canonical) = (self.organization(&fact.id), self.organization(&info.id));
            if asked.is_none() || canonical.is_none() || asked == canonical {
                self.hub.insert(&fact.id, (&info.id, place));
            }
        }
    }

    fn add_keys(&mut self, names: &HashSet<&str>) {
        let mut repositories: HashMap<ModelKey, &str> = HashMap::new();
        for &name in names {
            let repository = self.hub.get(name).map(|(canonical, _)| *canonical);
            let key = self.owner_key(repository.unwrap_or(name));
            let is_one = self.keys.entry(key.clone()).or_insert(true);
            if let Some(repository) = repository {
                *is_one &= *repositories.entry(key).or_insert(repository) == repository;
            }
        }
    }

    fn organization(&self, id: &str) -> Option<usize> {
        let (owner, _) = id.split_once('/')?;
        self.organizations.find("", owner).map(|(organization, _)| organization)
    }

    fn spelling_key(&self, id: &str) -> ModelKey {
        (self.organization(id), normal(id))
    }

    fn owner_key(&self, id: &str) -> ModelKey {
        match (self.organization(id), id.split_once('/')) {
            (Some(organization), Some((_, name))) => (Some(organization), normal(name)),
            _ => (None, normal(id)),
        }
    }

    /// The model and variant that `info`, of a record in `collection`, means.
    pub fn resolve(&mut self, collection: &str, info: &ModelInfo) -> (Id<Model>, Id<Variant>) {
        let is_scoped = self.redirects.contains_key(&(Some(collection), info.id.as_str()));
        let place = || (collection.to_owned(), info.id.clone());
        let known = if is_scoped { self.by_scoped.get(&place()) } else { self.by_raw.get(&info.id) };
        let ids = match known.copied() {
            Some(ids) => ids,
            None => {
                let ids = self.resolve_new(collection, info);
                match is_scoped {
                    true => _ = self.by_scoped.insert(place(), ids),
                    false => _ = self.by_raw.insert(info.id.clone(), ids),
                }
                ids
            }
        };
        if let Some(counts) = self.counts.get_mut(&ids.0) {
            match counts.get_mut(&info.id) {
                Some(count) => *count += 1,
                None => _ = counts.insert(info.id.clone(), 1),
            }
        }
        self.claim(ids.0, info);
        ids
    }

    /// Keeps who made the model, as a record claims: metadata that is silent takes nothing away.
    fn claim(&mut self, id: Id<Model>, info: &ModelInfo) {
        let Some(claimed) = info.developer.as_deref().filter(|developer| !is_not_reported(developer)) else { return };
        if let Some(name) = self.content.platforms.reached(&info.id, claimed) {
            let maker = match name.split_once('/') {
                // The account below a platform is the maker's own if the organisation table has it.
                Some((owner, _)) => self.organizations.find("", owner),
                None => self.content.platforms.maker(name).and_then(|maker| self.organizations.find("", maker)),
            };
            let (makers, platforms) = self.reached.entry(id).or_default();
            makers.extend(maker.map(|(place, _)| place));
            platforms.insert(claimed.to_owned());
            return;
        }
        let claims = self.claims.entry(id).or_default();
        match claims.get_mut(claimed) {
            Some(count) => *count += 1,
            None => _ = claims.insert(claimed.to_owned(), 1),
        }
    }

    /// Of every model: who made it, by metadata, else by the most records, else by the table of platforms.
    fn settle_developers(&mut self) {
        let ids: Vec<Id<Model>> = self.table.iter().map(|(id, _)| id).collect();
        for id in ids {
            let mut claims: Vec<(String, u32)> = self.claims.remove(&id).unwrap_or_default().into_iter().collect();
            claims.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            let (makers, platforms) = self.reached.remove(&id).unwrap_or_default();
            let model = self.table.get_mut(id);
            let stated = model.meta.and_then(|number| self.content.models[number].stated_developer());
            let mut claims = claims.into_iter().map(|(name, _)| name);
            model.claimed_developer = claims.next();
            model.other_claims = claims.chain(platforms).collect();
            let named = stated.or(model.claimed_developer.as_deref());
            model.developer = named.and_then(|developer| self.organizations.find("", developer));
            // Two makers of one model are no answer.
            if let (None, Some(place), 1) = (named, makers.first(), makers.len()) {
                (model.has_listed_developer, model.developer) = (true, Some((*place, MatchStep::Alias)));
            }
        }
    }

    fn resolve_new(&mut self, collection: &str, info: &ModelInfo) -> (Id<Model>, Id<Variant>) {
        let (target, step) = self.target(collection, &info.id);
        let (model_target, label) = match target {
            ModelTarget::Known((number, variant)) => {
                let label = variant.map(|place| self.content.models[number].variants[place].label());
                (ModelTarget::Known((number, None)), label.unwrap_or_default())
            }
            unknown => (unknown, String::new()),
        };
        let id = match self.by_target.get(&model_target) {
            Some(id) => *id,
            None => self.add(model_target, info),
        };
        let hub = self.hub.get(info.id.as_str()).map(|(_, place)| *place);
        if let Some(called) = self.redirect(collection, &info.id).map(|(id, _)| id) {
            self.called.entry(id).and_modify(|known| *known = called.min(known)).or_insert(called);
        }
        let model = self.table.get_mut(id);
        // What the Hub says of a repository is said of the model if the name means it by itself.
        if model.meta.is_some() || is_own(step) {
            model.hub = model.hub.min(hub).or(model.hub).or(hub);
        }
        note(&mut model.spellings, &info.id, step);
        let variants = &mut self.variants;
        let variant =
            *self.by_label.entry(label).or_insert_with_key(|label| variants.push(Variant { label: label.clone() }));
        (id, variant)
    }

    /// Steps 1 to 5.
    fn target(&self, collection: &str, name: &str) -> (ModelTarget, MatchStep) {
        if let Some((id, step)) = self.redirect(collection, name) {
            return (self.without_aliases(id).0, step);
        }
        let (target, step) = self.without_aliases(name);
        match target {
            ModelTarget::Unknown(_) => self.rewritten(name, 0).unwrap_or((target, step)),
            ModelTarget::Known(_) => (target, step),
        }
    }

    /// The id that an alias table gives for `name`, where metadata does not know it.
    fn redirect(&self, collection: &str, name: &str) -> Option<(&'a str, MatchStep)> {
        let scopes = [(Some(collection), MatchStep::CollectionAlias), (None, MatchStep::Alias)];
        scopes.into_iter().find_map(|(scope, step)| Some((*self.redirects.get(&(scope, name))?, step)))
    }

    /// What `name` leads to without an alias table and without id rewrites.
    fn without_aliases(&self, name: &str) -> (ModelTarget, MatchStep) {
        if let Some((known, step)) = self.aliases.exact("", name) {
            return (ModelTarget::Known(known), step);
        }
        let canonical = self.hub.get(name).map_or(name, |(canonical, _)| *canonical);
        let is_led = canonical != name;
        if is_led && let Some((known, _)) = self.aliases.exact("", canonical) {
            return (ModelTarget::Known(known), MatchStep::HubId);
        }
        if let Some(known) = self.by_spelling.get(&self.spelling_key(canonical)) {
            let step = if is_led { MatchStep::HubId } else { MatchStep::NormalForm };
            match known {
                Some(known) => return (ModelTarget::Known(*known), step),
                None => return (ModelTarget::Unknown((None, format!("={canonical}"))), MatchStep::OwnName),
            }
        }
        let key = self.owner_key(canonical);
        if let (Some(Some(known)), Some(rule)) = (self.by_owner.get(&key), self.rule(IdRewriteKind::Organization)) {
            return (ModelTarget::Known(*known), MatchStep::Rewritten(rule));
        }
        let step = if is_led { MatchStep::HubId } else { MatchStep::OwnName };
        match self.keys.get(&key) {
            // The Hub has two models whose names differ in such signs only: then they count.
            Some(false) => (ModelTarget::Unknown((None, format!("={canonical}"))), step),
            _ => (ModelTarget::Unknown(key), step),
        }
    }

    /// Step 4: what is left after an id rewrite, if metadata or another record knows it.
    fn rewritten(&self, name: &str, depth: usize) -> Option<(ModelTarget, MatchStep)> {
        const DEEPEST: usize = 4;
        for (number, rewrite) in self.content.id_rewrites.iter().enumerate().filter(|(_, rewrite)| rewrite.merges) {
            let Some(rest) = rewrite.strip(name).filter(|_| depth < DEEPEST) else { continue };
            if self.organization(name).is_some_and(|owner| self.organization(rest) != Some(owner)) {
                continue;
            }
            let step = MatchStep::Rewritten(number as u8);
            match self.without_aliases(rest).0 {
                ModelTarget::Unknown(key) => {
                    if let Some((target, _)) = self.rewritten(rest, depth + 1) {
                        return Some((target, step));
                    }
                    if self.keys.contains_key(&key) {
                        return Some((ModelTarget::Unknown(key), step));
                    }
                }
                known => return Some((known, step)),
            }
        }
        None
    }

    fn rule(&self, kind: IdRewriteKind) -> Option<u8> {
        self.content
            .id_rewrites
            .iter()
            .position(|rewrite| rewrite.merges && rewrite.kind == kind)
            .map(|place| place as u8)
    }

    fn add(&mut self, target: ModelTarget, info: &ModelInfo) -> Id<Model> {
        let model = match target {
            ModelTarget::Known((number, _)) => {
                let meta = &self.content.models[number];
                Model {
                    id: meta.id.clone(),
                    // Without a name, as a model without metadata is called.
                    name: meta.name.clone().unwrap_or_else(|| last_part(&meta.id).to_owned()),
                    meta: Some(number),
                    hub: meta.hf_repo.as_deref().and_then(|repo| Some(self.hub.get(repo)?.1)),
                    spellings: Names::new(),
                    claimed_developer: None,
                    other_claims: Vec::new(),
                    has_listed_developer: false,
                    developer: None,
                }
            }
            ModelTarget::Unknown(_) => Model {
                id: info.id.clone(),
                name: String::new(),
                meta: None,
                hub: None,
                spellings: Names::new(),
                claimed_developer: None,
                other_claims: Vec::new(),
                has_listed_developer: false,
                developer: None,
            },
        };
        let is_unknown = model.meta.is_none();
        let id = self.table.push(model);
        self.by_target.insert(target, id);
        if is_unknown {
            self.counts.insert(id, HashMap::new());
        }
        id
    }

    /// Models without metadata are called as the Hub does, else as the site's aliases do, else as most records do; ties
    /// go to the first by text. Names that an alias or an id rewrite led here may be those of another model, and do not
    /// count. Only then it is known by which rule their other names were joined.
    pub fn finish(mut self) -> (EntityTable<Model>, EntityTable<Variant>) {
        self.settle_developers();
        let organization_rule = self.rule(IdRewriteKind::Organization);
        for (id, counts) in std::mem::take(&mut self.counts) {
            let model = self.table.get_mut(id);
            let stated = counts.iter().filter(|(name, _)| is_own(model.spellings[*name]));
            let most = stated.max_by(|a, b| (a.1, &b.0).cmp(&(b.1, &a.0))).map(|(name, _)| name.clone());
            let on_hub = model.hub.and_then(|place| self.content.hub.models[place].info.as_ref());
            let called = self.called.get(&id).map(|id| (*id).to_owned());
            model.id = on_hub.map(|info| info.id.clone()).or(called).or(most).unwrap_or_else(|| model.id.clone());
            let form = normal(&model.id);
            for (name, step) in &mut model.spellings {
                if *step == MatchStep::OwnName && *name != model.id {
                    *step = match organization_rule {
                        Some(rule) if normal(name) != form => MatchStep::Rewritten(rule),
                        _ => MatchStep::NormalForm,
                    };
                }
            }
            model.name = last_part(&model.id).to_owned();
        }
        (self.table, self.variants)
    }
}

/// True for the steps by which a name means its model wherever it stands.
fn is_own(step: MatchStep) -> bool {
    matches!(step, MatchStep::OwnName | MatchStep::HubId | MatchStep::NormalForm)
}

/// What follows the owner in an id.
fn last_part(id: &str) -> &str {
    id.rsplit_once('/').map(|(_, name)| name).filter(|name| !name.is_empty()).unwrap_or(id)
}

fn normal(id: &str) -> String {
    normal_form(id).unwrap_or_else(|| id.to_owned())
}

fn keep_unless_shared(map: &mut HashMap<ModelKey, Option<MetadataVariant>>, key: ModelKey, known: MetadataVariant) {
    let owner = map.entry(key).or_insert(Some(known));
    if *owner != Some(known) {
        *owner = None;
    }
}
