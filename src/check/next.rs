//! *Next* lists what would make the results of a model comparable, repeatable, traced, and ready for the Hub: each
//! step with the field of the record to fill or what to do, and the results that need it.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;

use super::explain::is_model;
use super::prepared;
use crate::config::Config;
use crate::diagnostic::{did_you_mean, printable};
use crate::emit::Skipped;
use crate::emit::skip::{SkipCode, SkipReason};
use crate::language::Language;
use crate::signal::steps::{Aim, N, STEPS};
use crate::words::counted;

/// The steps of one model.
#[derive(Debug, Serialize)]
pub struct Next {
    /// Its id.
    pub model: String,
    /// How many results it has.
    pub results: usize,
    /// In the order of effect.
    pub steps: Vec<NextStep>,
}

/// One step.
#[derive(Debug, Serialize)]
pub struct NextStep {
    /// `compare`, `repeat` or `trace`; `hub` for what keeps a result from the Hub.
    pub aim: &'static str,
    /// Machine-readable.
    pub code: String,
    /// In words.
    pub what: String,
    /// The fields of the record that take it, in schema version 0.3.0.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub fields: &'static [&'static str],
    /// What to do, where no field does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The results that need it: path of the record, and JSON pointer.
    pub results: Vec<(String, String)>,
}

/// The steps of the model that `wanted` names, by id or another of its names.
pub fn next(config: &Config, wanted: &str) -> Result<Next> {
    let words = Language::english();
    let prepared = prepared(config)?;
    let dataset = &prepared.dataset;
    let Some((id, model)) = dataset.entities.models.iter().find(|(_, model)| is_model(model, wanted)) else {
        let ids = || dataset.entities.models.iter().map(|(_, model)| model.id.as_str());
        // Many know a model without its owner.
        let without_owner =
            ids().find(|id| id.rsplit('/').next().is_some_and(|name| name.eq_ignore_ascii_case(wanted)));
        let help = without_owner
            .or_else(|| did_you_mean(wanted, ids()))
            .map(|id| format!("\n  help: did you mean {id}?"))
            .unwrap_or_default();
        bail!("there is no model {:?}{help}", printable(wanted));
    };
    let readings = dataset.readings_of(id);
    let mut needed: [Vec<(String, String)>; N] = [const { Vec::new() }; N];
    let mut held: BTreeMap<&SkipReason, HeldBack> = BTreeMap::new();
    let places = dataset.places_of(id);
    for skipped in prepared.hub.manifest.skipped.iter().filter(|it| it.benchmark.is_some()) {
        if places.contains(&(skipped.reading as usize)) {
            let held = held.entry(&skipped.reason).or_default();
            held.results.push((skipped.record.path.to_string(), skipped.record.pointer.clone()));
            held.action = held.action.take().or_else(|| action(skipped));
        }
    }
    for reading in readings {
        let path = || dataset.loaded(reading).origin.path.to_string();
        for step in prepared.signals.of(reading).steps() {
            needed[step].push((path(), format!("/evaluation_results/{}", dataset.result(reading).index)));
        }
    }
    let steps = STEPS.iter().zip(needed).filter(|(_, results)| !results.is_empty()).map(|(step, results)| {
        let action = step.action().map(|key| words.phrase(key).to_owned());
        let what = words.phrase(step.what).to_owned();
        NextStep { aim: step.aim.code(), code: step.code.to_owned(), what, fields: step.fields(), action, results }
    });
    let of_hub = held.into_iter().map(|(reason, HeldBack { results, action })| NextStep {
        aim: "hub",
        code: reason.as_str().to_owned(),
        what: reason.in_words(words).unwrap_or(reason.as_str()).to_owned(),
        fields: &[],
        action,
        results,
    });
    let manifest = &prepared.hub.manifest;
    let entries = manifest.entries.iter().filter(|entry| places.contains(&(entry.reading as usize)));
    let entries: Vec<_> = entries.map(|it| (it.record.path.to_string(), it.record.pointer.clone())).collect();
    let blocked = manifest.blocked.iter().filter(|_| !entries.is_empty()).map(|blocked| NextStep {
        aim: "hub",
        code: blocked.code().to_owned(),
        what: words.phrase(blocked.key()).to_owned(),
        fields: &[],
        action: None,
        results: entries.clone(),
    });
    Ok(Next { model: model.id.clone(), results: readings.len(), steps: steps.chain(of_hub).chain(blocked).collect() })
}

/// The results that one reason keeps from the Hub.
#[derive(Default)]
struct HeldBack {
    results: Vec<(String, String)>,
    /// What to do about the first.
    action: Option<String>,
}

/// What to do about a result that is kept from the Hub, where it is something to write.
fn action(skipped: &Skipped) -> Option<String> {
    let slot = skipped.slot.as_ref()?;
    let rule = |result: &str| format!("`decide: {{{}: {{{}: {result}}}}}`", slot.model_repo, slot.file());
    match skipped.reason.code()? {
        SkipCode::SeveralCandidatesInRecord => {
            let rule = rule(&skipped.record.to_string());
            Some(format!("name one under `publish` of site.yaml, as {rule}"))
        }
        SkipCode::PartialTestSet | SkipCode::ScaleContradictedByError | SkipCode::ScaleContradictedByNeighbours => {
            let rule = rule(&skipped.record.to_string());
            Some(format!("if it is right all the same, write under `publish` of site.yaml {rule}"))
        }
        SkipCode::ContradictedBySamples => {
            Some("correct the score or its samples; see the finding `samples-do-not-fit` of `check`".to_owned())
        }
        _ => None,
    }
}

/// For a terminal: the fields once, and the results where these are not all.
impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        const SHOWN: usize = 3;
        let words = Language::english();
        writeln!(f, "{}: {}", printable(&self.model), counted(self.results, "result", "results"))?;
        for of_aim in self.steps.chunk_by(|a, b| a.aim == b.aim) {
            let aim = Aim::ALL.into_iter().find(|aim| aim.code() == of_aim[0].aim);
            writeln!(f, "{}", words.phrase(aim.map_or("next.hub", Aim::key)))?;
            for NextStep { what, fields, action, results, .. } in of_aim {
                let how = action.clone().unwrap_or_else(|| fields.join(", "));
                let colon = if how.is_empty() { "" } else { ": " };
                writeln!(f, "  {} of {}  {what}{colon}{how}", results.len(), self.results)?;
                if results.len() == self.results {
                    continue;
                }
                for (path, pointer) in results.iter().take(SHOWN) {
                    writeln!(f, "      {} {pointer}", printable(path))?;
                }
                if results.len() > SHOWN {
                    writeln!(f, "      … and {} more; see them all with --json", results.len() - SHOWN)?;
                }
            }
        }
        if self.steps.is_empty() {
            writeln!(f, "nothing is missing")?;
        }
        Ok(())
    }
}
