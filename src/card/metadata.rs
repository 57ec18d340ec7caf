//! Further metadata of a model or benchmark with its source: the Hub, a BenchmarkCard, an `eval.yaml`, and every
//! value that another source overrode.

use serde::Serialize;

use super::{Cards, Fact, web_address};
use crate::id::Id;
use crate::load::benchmark_card::{CardStatement, ExternalBenchmarkCard};
use crate::load::eval_yaml::EvalYaml;
use crate::load::precedence::{AlsoStated, MetadataSource, StatedValue};
use crate::names::normal_form;
use crate::resolve::benchmark_card::{chosen, file_name};
use crate::resolve::{Benchmark, Model};

/// A value from another source.
#[derive(Debug, Serialize)]
pub struct AlsoView<'a> {
    /// The fact.
    pub what: &'a str,
    /// The value.
    pub value: String,
    /// Who states it.
    pub by: &'a str,
}

/// What else is stated of a model.
#[derive(Debug, Serialize)]
pub struct MetadataView<'a> {
    /// Facts of the Hub, if it knows the model.
    pub hub: Vec<Fact<'a>>,
    /// Day of these facts.
    pub hub_day: Option<String>,
    /// Values that other sources overrule.
    pub also_stated: Vec<AlsoView<'a>>,
    /// The variants that metadata declares.
    pub variants: Vec<VariantView<'a>>,
}

/// A variant of a model.
#[derive(Debug, Serialize)]
pub struct VariantView<'a> {
    /// In words.
    pub label: String,
    /// As records have it.
    pub id: &'a str,
}

/// What else is stated of a benchmark.
#[derive(Debug, Serialize)]
pub struct BenchmarkMetadata<'a> {
    /// Values that other sources overrule.
    pub also_stated: Vec<AlsoView<'a>>,
    /// Its BenchmarkCard.
    pub card: Option<CardView<'a>>,
    /// Files of other cards that claim it.
    pub doubtful_cards: Vec<&'a str>,
    /// Its `eval.yaml`.
    pub eval: Option<EvalView<'a>>,
}

/// A BenchmarkCard.
#[derive(Debug, Serialize)]
pub struct CardView<'a> {
    /// Its name for the benchmark.
    pub name: &'a str,
    /// Its file.
    pub file: &'a str,
    /// The language model that wrote it.
    pub written_by: Option<&'a str>,
    /// When.
    pub written: Option<&'a str>,
    /// How many of its statements are doubtful.
    pub doubtful: usize,
    /// Content.
    pub sections: Vec<SectionView<'a>>,
}

/// A section of it.
#[derive(Debug, Serialize)]
pub struct SectionView<'a> {
    /// Heading.
    pub title: &'a str,
    /// Statements.
    pub fields: Vec<FieldView<'a>>,
}

/// A statement of it.
#[derive(Debug, Serialize)]
pub struct FieldView<'a> {
    /// What about.
    pub label: &'a str,
    /// Texts, with links.
    pub values: Vec<ValueView<'a>>,
    /// Why it is doubtful.
    pub doubt: Option<&'a str>,
}

/// A text of it.
#[derive(Debug, Serialize)]
pub struct ValueView<'a> {
    /// Text.
    pub text: &'a str,
    /// Address.
    pub url: Option<String>,
}

/// An `eval.yaml`.
#[derive(Debug, Serialize)]
pub struct EvalView<'a> {
    /// Its name for the benchmark.
    pub name: Option<&'a str>,
    /// What it tests.
    pub description: Option<&'a str>,
    /// Evaluation software.
    pub framework: Option<&'a str>,
    /// `hle (config default, split test)`.
    pub tasks: Vec<String>,
    /// Its address on the Hub.
    pub url: Option<String>,
    /// Commit of the dataset.
    pub commit: Option<&'a str>,
    /// All of it, for a file of the site's own.
    pub text: Option<&'a str>,
}

impl<'a> Cards<'a> {
    /// What else is stated of the model.
    pub(super) fn model_metadata(&self, id: Id<Model>) -> MetadataView<'a> {
        let model = &self.dataset.entities.models[id];
        let meta = self.dataset.model_meta(model);
        let mut also: Vec<AlsoView> = meta.map(|meta| self.also_stated(&meta.also_stated)).unwrap_or_default();
        let fact = model.hub.map(|place| &self.dataset.inputs.content.hub.models[place]);
        let info = fact.and_then(|fact| fact.info.as_ref());
        if let (Some(meta), Some(info)) = (meta, info) {
            let licenses = meta.license.as_ref().zip(info.license.as_ref());
            if let Some((_, hub)) = licenses.filter(|(own, hub)| !own.eq_ignore_ascii_case(hub)) {
                also.push(self.also("fact.licence", hub.clone(), MetadataSource::Hub));
            }
            let repo = meta.hf_repo.as_deref().unwrap_or(&info.id);
            if !repo.eq_ignore_ascii_case(&info.id) {
                also.push(self.also("fact.repository", info.id.clone(), MetadataSource::Hub));
            }
        }
        also.extend(self.claimed_otherwise(id));
        let hub = info.map_or(Vec::new(), |info| {
            let repo = format!("https://huggingface.co/{}", info.id);
            let of = |base: &crate::facts::BaseModel| match &base.relation {
                Some(relation) => format!("{} ({relation})", base.id),
                None => base.id.clone(),
            };
            let bases: Vec<String> = info.base_models.iter().map(of).collect();
            let facts = [
                self.fact("hub.repository", Some(info.id.clone())).to(web_address(Some(&repo))),
                self.fact("hub.library", info.library.clone()),
                self.fact("fact.licence", info.license.clone()),
                self.fact("hub.parameters", info.parameters.map(|n| self.language.number(n as usize)))
                    .by(Some(self.words("hub.parameters.note"))),
                self.fact("hub.made_from", (!bases.is_empty()).then(|| self.language.list(&bases))),
                self.fact("hub.gated", info.gated.clone()),
                self.fact("hub.downloads", info.downloads.map(|n| self.language.number(n as usize)))
                    .by(Some(self.words("hub.downloads.note"))),
            ];
            facts.into_iter().filter(|fact| fact.value.is_some()).collect()
        });
        MetadataView {
            hub_day: info.and(fact).map(|fact| fact.seen.strftime("%Y-%m-%d").to_string()),
            hub,
            also_stated: also,
            variants: meta.map_or(Vec::new(), |meta| {
                meta.variants.iter().map(|it| VariantView { label: it.label(), id: &it.id }).collect()
            }),
        }
    }

    /// What records claim of the model beside what is shown: metadata wins, and takes nothing away.
    fn claimed_otherwise(&self, id: Id<Model>) -> Vec<AlsoView<'a>> {
        let model = &self.dataset.entities.models[id];
        let developers = &self.dataset.developers;
        let shown = self.dataset.developer_of(id).map(|developer| developers[developer].name.as_str());
        let organizations = &self.dataset.inputs.content.organizations;
        let is_shown = |claimed: &str| {
            let same = |name: &str| normal_form(name) == normal_form(claimed);
            // Another name of the same organisation is no other claim.
            let listed = model.developer.map(|(place, _)| &organizations[place]);
            shown.is_some_and(same)
                || listed.is_some_and(|it| same(&it.id) || it.aliases.iter().any(|alias| same(alias)))
        };
        let claims = model.claimed_developer.iter().chain(&model.other_claims).filter(|claimed| !is_shown(claimed));
        let mut also: Vec<AlsoView> =
            claims.map(|claimed| self.also("fact.developer", claimed.clone(), MetadataSource::Records)).collect();
        let stated = self.dataset.model_meta(model).and_then(|meta| meta.params_b);
        if let Some((stated, claimed)) = stated.zip(self.dataset.claimed_parameters(id))
            && claimed.parse::<f64>().is_ok_and(|claimed| claimed != stated)
        {
            let value = self.language.say("fact.parameters.billion", &[("number", claimed)]);
            also.push(self.also("fact.parameters", value, MetadataSource::Records));
        }
        also
    }

    fn also(&self, what: &'static str, value: String, by: MetadataSource) -> AlsoView<'a> {
        AlsoView { what: self.words(what), value, by: self.words(by.key()) }
    }

    fn also_stated(&self, stated: &[AlsoStated]) -> Vec<AlsoView<'a>> {
        let value = |value: &StatedValue| match value {
            StatedValue::Text(text) => text.clone(),
            StatedValue::Billions(n) => self.language.say("fact.parameters.billion", &[("number", &n.to_string())]),
            StatedValue::Openness(code) => {
                let words = self.language.lookup(&format!("script.openness.{code}"));
                words.map_or_else(|| code.clone(), str::to_owned)
            }
            StatedValue::Range(min, max) => {
                self.language.say("fact.range", &[("min", &min.to_string()), ("max", &max.to_string())])
            }
            StatedValue::HigherIsBetter(true) => self.words("fact.yes").to_owned(),
            StatedValue::HigherIsBetter(false) => self.words("fact.no").to_owned(),
        };
        stated.iter().map(|it| self.also(it.what, value(&it.value), it.source)).collect()
    }

    /// What else is stated of the benchmark.
    pub(super) fn benchmark_metadata(&self, id: Id<Benchmark>) -> BenchmarkMetadata<'a> {
        let benchmark = &self.dataset.entities.benchmarks[id];
        let meta = self.dataset.benchmark_meta(benchmark);
        let content = &self.dataset.inputs.content;
        let taken = chosen(meta, &benchmark.cards, &content.benchmark_cards);
        let doubtful = benchmark.cards.iter().filter(|place| Some(**place) != taken);
        let dataset = meta.and_then(|meta| meta.dataset.id.as_deref());
        let eval = content.eval_yamls.iter().find(|eval| match (&eval.benchmark, &eval.dataset) {
            (Some(slug), _) => *slug == benchmark.id,
            (None, of) => of.is_some() && of.as_deref() == dataset,
        });
        BenchmarkMetadata {
            also_stated: meta.map(|meta| self.also_stated(&meta.also_stated)).unwrap_or_default(),
            card: taken.map(|place| card(&content.benchmark_cards[place], self.words("card.flagged"))),
            doubtful_cards: doubtful.map(|place| file_name(&content.benchmark_cards[*place])).collect(),
            eval: eval.map(|eval| self.eval_view(eval)),
        }
    }

    fn eval_view(&self, eval: &'a EvalYaml) -> EvalView<'a> {
        let language = self.language;
        let task = |task: &crate::load::eval_yaml::EvalYamlTask| {
            let config = task.config.as_deref().map(|name| language.say("eval.task.config", &[("name", name)]));
            let split = task.split.as_deref().map(|name| language.say("eval.task.split", &[("name", name)]));
            let details: Vec<String> = config.into_iter().chain(split).collect();
            match details.is_empty() {
                true => task.id.clone(),
                false => language.say("eval.task", &[("id", &task.id), ("details", &language.list(&details))]),
            }
        };
        let dataset = eval.dataset.as_deref().filter(|id| crate::address::is_hub_id(id));
        let place = dataset.zip(eval.commit.as_deref());
        EvalView {
            name: eval.name.as_deref(),
            description: eval.description.as_deref(),
            framework: eval.evaluation_framework.as_deref(),
            tasks: eval.tasks.iter().map(task).collect(),
            url: place.map(|(id, commit)| format!("https://huggingface.co/datasets/{id}/blob/{commit}/eval.yaml")),
            commit: eval.commit.as_deref(),
            text: Some(&*eval.text).filter(|text| !text.is_empty()),
        }
    }
}

/// The view of a card; `flagged` stands in for a reason that its generator does not give.
fn card<'a>(card: &'a ExternalBenchmarkCard, flagged: &'a str) -> CardView<'a> {
    let sections = card.sections.iter().map(|section| SectionView {
        title: &section.title,
        fields: section.fields.iter().map(|it| field(it, flagged)).collect(),
    });
    CardView {
        name: &card.name,
        file: file_name(card),
        written_by: card.written_by.as_deref(),
        written: card.written.as_deref(),
        doubtful: card.sections.iter().flat_map(|section| &section.fields).filter(|it| it.doubt.is_some()).count(),
        sections: sections.collect(),
    }
}

fn field<'a>(field: &'a CardStatement, flagged: &'a str) -> FieldView<'a> {
    FieldView {
        label: &field.label,
        values: field.values.iter().map(|text| ValueView { text, url: web_address(Some(text)) }).collect(),
        doubt: field.doubt.as_deref().map(|why| if why.is_empty() { flagged } else { why }),
    }
}
