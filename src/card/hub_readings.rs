//! The *Hub's readings*: results that the Hub itself shows for a model or a benchmark, beside those of records for
//! the same leaderboard. They are a separate source: they enter no cell, ranking or evidence level.

use serde::Serialize;

use super::{Cards, web_address};
use crate::address::is_hub_id;
use crate::config::PUBLIC_DATASTORE;
use crate::facts::PostedFact;
use crate::id::Id;
use crate::names::normal_form;
use crate::resolve::{Benchmark, Model};

/// A result as the Hub shows it.
#[derive(Debug, Serialize)]
pub struct HubReading<'a> {
    /// The model repository.
    pub model: &'a str,
    /// The model's card, if records have the same leaderboard.
    pub model_url: Option<String>,
    /// Hub dataset.
    pub dataset: &'a str,
    /// Its task, or empty.
    pub task: &'a str,
    /// As it is written there.
    pub value: String,
    /// `verified`, `community` or `author`.
    pub badge: &'static str,
    /// Its address on the Hub.
    pub url: Option<String>,
    /// Its open pull request.
    pub pull_request: Option<u64>,
    /// Who opened that.
    pub submitter: Option<&'a str>,
    /// When the evaluation ran.
    pub date: Option<&'a str>,
    /// Notes on the set-up.
    pub notes: Option<&'a str>,
    /// The source that the entry names.
    pub source: Option<&'a str>,
    /// Its address.
    pub source_url: Option<String>,
    /// True if it has a `verifyToken`.
    pub has_token: bool,
    /// True if it was posted from a record of Every Eval Ever: no second source.
    pub is_echo: bool,
    /// Results of records for the same leaderboard.
    pub beside: Vec<BesideView<'a>>,
    /// Day of the look-up.
    pub seen: String,
}

/// A record's result for the same leaderboard.
#[derive(Debug, Serialize)]
pub struct BesideView<'a> {
    /// Who reports it.
    pub evaluator: &'a str,
    /// Its value on the leaderboard's scale.
    pub value: &'a str,
    /// True if it is the posted one.
    pub agrees: bool,
    /// The score on the model's card.
    pub url: String,
}

impl<'a> Cards<'a> {
    /// What the Hub shows for a model.
    pub fn hub_readings_of_model(&self, id: Id<Model>) -> Vec<HubReading<'a>> {
        let Some(runs) = self.hub_runs else { return Vec::new() };
        let model = &self.dataset.entities.models[id];
        let hf_repo = self.dataset.model_meta(model).and_then(|meta| meta.hf_repo.as_deref());
        let ids = [model.id.as_str()].into_iter().chain(hf_repo).chain(model.spellings.keys().map(String::as_str));
        let mut places: Vec<u32> = ids.flat_map(|id| runs.of_model(id)).copied().collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| self.hub_reading(place)).collect()
    }

    /// What the Hub shows on the leaderboards of a benchmark.
    pub fn hub_readings_of_benchmark(&self, id: Id<Benchmark>) -> Vec<HubReading<'a>> {
        let Some(runs) = self.hub_runs else { return Vec::new() };
        let benchmark = &self.dataset.entities.benchmarks[id];
        let name = normal_form(&benchmark.name);
        let data = self.dataset.benchmark_meta(benchmark).and_then(|meta| meta.dataset.id.as_deref());
        let content = &self.dataset.inputs.content;
        let mut places: Vec<u32> = Vec::new();
        for known in &content.hub_benchmarks {
            let is_whole =
                data.is_some_and(|data| known.dataset.eq_ignore_ascii_case(data)) || normal_form(&known.key) == name;
            let called = known.tasks.iter().filter(|task| name.as_ref().is_some_and(|name| task.names.contains(name)));
            let tasks: Vec<_> = called.flat_map(|task| [&task.id].into_iter().chain(&task.aliases)).collect();
            let ids = [&known.dataset].into_iter().chain(&known.aliases);
            let of_dataset = ids.flat_map(|id| runs.of_dataset(id)).copied();
            places.extend(
                of_dataset.filter(|place| is_whole || tasks.contains(&&content.hub.posted[*place as usize].task)),
            );
        }
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| self.hub_reading(place)).collect()
    }

    /// The entry at this place of the facts.
    pub(super) fn hub_reading(&self, place: u32) -> HubReading<'a> {
        let fact: &'a PostedFact = &self.dataset.inputs.content.hub.posted[place as usize];
        let beside = self.hub_runs.map_or(&[][..], |runs| runs.beside(place));
        let reading = |at: u32| &self.dataset.readings[at as usize];
        let model_url = |at: u32| self.model_url(reading(at).resolved.model);
        let is_sound = is_hub_id(&fact.model);
        let url = match fact.pull_request {
            Some(number) => format!("https://huggingface.co/{}/discussions/{number}", fact.model),
            None => format!("https://huggingface.co/{}/blob/main/{}", fact.model, fact.filename),
        };
        let source = fact.source.as_ref();
        HubReading {
            model: &fact.model,
            model_url: beside.first().map(|it| model_url(it.reading)),
            dataset: &fact.dataset,
            task: &fact.task,
            value: fact.value.to_string(),
            badge: match (fact.verified, fact.pull_request) {
                (Some(true), _) => "verified",
                (_, Some(_)) => "community",
                (_, None) => "author",
            },
            url: web_address(Some(&url)).filter(|_| is_sound),
            pull_request: fact.pull_request,
            submitter: fact.submitter.as_deref(),
            date: fact.date.as_deref(),
            notes: fact.notes.as_deref(),
            source: source.map(|source| source.name.as_deref().unwrap_or(&source.url)),
            source_url: source.and_then(|source| web_address(Some(&source.url))),
            has_token: fact.has_token,
            is_echo: self.is_echo(fact),
            beside: (beside.iter())
                .map(|it| BesideView {
                    evaluator: self.evaluator_name(reading(it.reading).resolved.evaluator),
                    value: &it.value,
                    agrees: it.agrees,
                    url: format!("{}#{}", model_url(it.reading), self.anchor(reading(it.reading))),
                })
                .collect(),
            seen: fact.seen.strftime("%Y-%m-%d").to_string(),
        }
    }

    /// True if an entry was made from a record: it names one as its source, or stands in a pull request of this site.
    fn is_echo(&self, fact: &PostedFact) -> bool {
        let inputs = &self.dataset.inputs;
        let of_ours = |number: u64| {
            let mut ours = inputs.content.hub.proposals.iter();
            ours.any(|it| it.number == number && it.model.eq_ignore_ascii_case(&fact.model))
        };
        if fact.pull_request.is_some_and(of_ours) {
            return true;
        }
        let Some(source) = &fact.source else { return false };
        let Some((_, rest)) = source.url.split_once("/datasets/") else { return false };
        let known =
            inputs.datastores.iter().filter_map(|datastore| datastore.repo.as_deref()).chain([PUBLIC_DATASTORE]);
        let mut known = known.map(|repo| format!("{}/", repo.to_lowercase()));
        let rest = rest.to_lowercase();
        known.any(|repo| rest.starts_with(&repo))
    }
}
