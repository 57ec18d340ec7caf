//! *Name* finds what a spelling in a record is matched to: which model, benchmark, metric and organisation, by
//! which step, and where to change that. It resolves a record that has the name in each field, by the rules of a
//! build.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::json;

use crate::config::Config;
use crate::diagnostic::{Diagnostics, did_you_mean, printable};
use crate::load::block::Blocks;
use crate::load::{Loaded, content, record};
use crate::resolve::resolve;
use crate::resolve::step::Names;
use crate::stages;

/// What a name is matched to.
#[derive(Debug, Serialize)]
pub struct NameMatch {
    /// As it was typed.
    pub name: String,
    /// The collection whose record would say it; `None` for one that no metadata names.
    pub collection: Option<String>,
    /// Model, benchmark, metric and organisation.
    pub meanings: [Meaning; 4],
}

/// What it is matched to as one kind of thing.
#[derive(Debug, Serialize)]
pub struct Meaning {
    /// `model`.
    pub kind: &'static str,
    /// Id on the site.
    pub id: String,
    /// Name on the site.
    pub called: String,
    /// The step that joins the name with others; `None` if it joins nothing.
    pub step: Option<&'static str>,
    /// How sure the step is, by convention.
    pub confidence: Option<&'static str>,
    /// Other spellings of it in the records.
    pub others: Vec<String>,
    /// True if the site has it only because of this name.
    pub is_new: bool,
    /// The most similar name on the site, for one that is new.
    pub similar: Option<String>,
    /// Where to change it.
    pub change: &'static str,
}

/// Finds what `name` is matched to in a record of `collection`.
pub fn name(config: &Config, name: &str, collection: Option<&str>) -> Result<NameMatch> {
    let mut found = Diagnostics::default();
    let content = content::read(&config.content, &mut found)?;
    let listings = stages::listings(config, &mut found)?.without_samples();
    let (mut inputs, _) = listings.read(config, content, &mut found, &());
    stages::ensure_sound(&inputs)?;
    let place = inputs.records.len();
    inputs.records.push(saying(&inputs.records, name, collection)?);
    let (entities, resolved) = resolve(&inputs, &mut found);
    let of_name: Vec<_> = resolved.iter().filter(|result| result.record as usize == place).collect();
    let [as_benchmark, as_metric] = of_name[..] else { anyhow::bail!("the name was not resolved") };
    let benchmark = entities.slices[as_benchmark.slice].benchmark;
    let meaning = |kind, change, id: &str, called: &str, spellings: &Names, has_meta: bool, known: Vec<&String>| {
        let others: Vec<String> = spellings.keys().filter(|other| *other != name).cloned().collect();
        let is_new = !has_meta && others.is_empty();
        let step = spellings.get(name).filter(|_| !is_new);
        let others_named = known.into_iter().map(String::as_str).filter(|known| *known != called);
        let similar = is_new.then(|| did_you_mean(called, others_named)).flatten();
        Meaning {
            kind,
            id: id.to_owned(),
            called: called.to_owned(),
            step: step.map(|step| step.code()),
            confidence: step.map(|step| step.confidence()),
            others,
            is_new,
            similar: similar.map(str::to_owned),
            change,
        }
    };
    let (model, benchmark) = (&entities.models[as_benchmark.model], &entities.benchmarks[benchmark]);
    let (metric, evaluator) = (&entities.metrics[as_metric.metric], &entities.evaluators[as_benchmark.evaluator]);
    Ok(NameMatch {
        name: name.to_owned(),
        collection: collection.map(str::to_owned),
        meanings: [
            meaning(
                "model",
                "`aliases` in content/models/<org>/<model>.md; for one collection only, content/aliases.yaml",
                &model.id,
                &model.name,
                &model.spellings,
                model.meta.is_some(),
                entities.models.iter().map(|(_, it)| &it.name).collect(),
            ),
            meaning(
                "benchmark",
                "`aliases` in content/benchmarks/<slug>.md; which part and metric, content/measurement.yaml",
                &benchmark.id,
                &benchmark.name,
                &benchmark.spellings,
                benchmark.meta.is_some(),
                entities.benchmarks.iter().map(|(_, it)| &it.name).collect(),
            ),
            meaning(
                "metric",
                "`aliases` in content/metrics.yaml",
                &metric.id,
                &metric.name,
                &metric.spellings,
                metric.is_listed(),
                entities.metrics.iter().map(|(_, it)| &it.name).collect(),
            ),
            meaning(
                "reporting organisation",
                "`aliases` in content/organizations.yaml",
                &evaluator.id,
                &evaluator.name,
                &evaluator.spellings,
                evaluator.meta.is_some(),
                entities.evaluators.iter().map(|(_, it)| &it.name).collect(),
            ),
        ],
    })
}

/// A record that says `name` wherever a name may stand: as a benchmark in its first result, as a metric in its second.
fn saying(records: &[Loaded], name: &str, collection: Option<&str>) -> Result<Loaded> {
    ensure!(!name.trim().is_empty(), "the name is empty");
    let mut origin = records.first().context("there is no record to compare with")?.origin.clone();
    origin.collection = Arc::from(collection.unwrap_or("name"));
    let result = |name: &str, metric: Option<&str>| {
        json!({"evaluation_name": name, "source_data": {"dataset_name": name},
            "metric_config": {"metric_name": metric, "lower_is_better": false}, "score_details": {"score": 1}})
    };
    let text = json!({
        "schema_version": "0.3.0", "evaluation_id": "name", "model_info": {"id": name, "name": name},
        "source_metadata": {"source_organization_name": name},
        "evaluation_results": [result(name, None), result("evalcards check --name", Some(name))],
    });
    match record::parse(text.to_string().as_bytes(), &Blocks::default()) {
        Ok((record, _)) if record.results.len() == 2 => {
            Ok(Loaded { origin, record, captures: Box::default(), samples: None })
        }
        _ => anyhow::bail!("{:?} cannot be a name\n  help: it is longer than any name that is read", printable(name)),
    }
}

impl fmt::Display for NameMatch {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let place = self.collection.as_deref().map(|it| format!(" in {}", printable(it))).unwrap_or_default();
        let (new, known): (Vec<&Meaning>, Vec<&Meaning>) = self.meanings.iter().partition(|it| it.is_new);
        writeln!(f, "{}{place}", printable(&self.name))?;
        for Meaning { kind, id, called, step, confidence, others, change, .. } in known {
            write!(f, "  as a {kind}: {}", printable(called))?;
            if id != called {
                write!(f, " ({})", printable(id))?;
            }
            if let (Some(step), Some(confidence)) = (step, confidence) {
                write!(f, ", by {step}, confidence {confidence}")?;
            }
            writeln!(f)?;
            if !others.is_empty() {
                let shown: Vec<_> = others.iter().take(5).map(|it| printable(it)).collect();
                let more = others.len() - shown.len();
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                writeln!(f, "    also written: {}{more}", shown.join(", "))?;
            }
            writeln!(f, "    to change it: {change}")?;
        }
        for Meaning { kind, similar, change, .. } in new {
            let similar = similar.as_deref().map(|it| format!("; the most similar is {}", printable(it)));
            writeln!(
                f,
                "  as a {kind}: new to this site{}\n    to join it with another: {change}",
                similar.unwrap_or_default()
            )?;
        }
        Ok(())
    }
}
