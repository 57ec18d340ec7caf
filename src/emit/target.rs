//! A *target* is a model repository, a dataset and a task: it has one proposal at most.
//!
//! Several entries for one target with one value are one entry and its duplicates. With different
//! values none is ready, until `publish.decide` or `publish.prefer` of `site.yaml` chooses.

use std::cmp::Reverse;

use super::skip::SkipCode;
use super::{EntryStatus, ManifestEntry, Skipped};
use crate::config::{Preference, PublishSettings};
use crate::hash::Sha256;
use crate::merge::Dataset;
use crate::names::normal_form;

/// Gives every entry its status. Entries that lose to another go to `skipped`, with the reason.
/// The result is sorted, whatever the order of `entries`.
pub fn settle(
    mut entries: Vec<ManifestEntry>,
    publish: &PublishSettings,
    dataset: &Dataset,
    skipped: &mut Vec<Skipped>,
) -> Vec<ManifestEntry> {
    entries.sort_by(|a, b| a.target().cmp(&b.target()).then_with(|| a.record.cmp(&b.record)));
    spell_repos_alike(&mut entries);
    let mut settled = Vec::with_capacity(entries.len());
    let mut rest = entries.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut rivals = vec![first];
        while let Some(entry) = rest.next_if(|entry| entry.target() == rivals[0].target()) {
            rivals.push(entry);
        }
        let mut lose = |entry: ManifestEntry, reason: SkipCode| skipped.push(lost(entry, reason, dataset));
        let rivals = without_tools(rivals, publish, &mut lose);
        let rivals = one_a_record(rivals, &mut lose);
        let mut rivals = chosen(rivals, publish, dataset, &mut lose);
        set_status(&mut rivals, dataset);
        settled.extend(rivals);
    }
    settled
}

/// The Hub takes letter case for nothing: entries of one repository get its first spelling.
fn spell_repos_alike(entries: &mut [ManifestEntry]) {
    for repo in entries.chunk_by_mut(|a, b| a.model_repo.eq_ignore_ascii_case(&b.model_repo)) {
        let spelling = repo.iter().map(|entry| entry.model_repo.clone()).min().unwrap_or_default();
        repo.iter_mut().for_each(|entry| entry.model_repo.clone_from(&spelling));
    }
}

/// A record with several results for one target: the one by the headline metric; else, if they do
/// not say the same, none. `rivals` is sorted by record.
fn one_a_record(rivals: Vec<ManifestEntry>, lose: &mut impl FnMut(ManifestEntry, SkipCode)) -> Vec<ManifestEntry> {
    let mut kept: Vec<ManifestEntry> = Vec::with_capacity(rivals.len());
    let mut rest = rivals.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut of_record = vec![first];
        while let Some(entry) = rest.next_if(|entry| entry.record.sha256 == of_record[0].record.sha256) {
            of_record.push(entry);
        }
        let n_headlines = of_record.iter().filter(|entry| entry.is_headline).count();
        let agree = of_record.iter().all(|entry| same_value(entry, &of_record[0]));
        let keep = match (of_record.len(), n_headlines, agree) {
            (1, ..) | (_, _, true) => Some(0),
            (_, 1, _) => of_record.iter().position(|entry| entry.is_headline),
            _ => None,
        };
        for (place, entry) in of_record.into_iter().enumerate() {
            match Some(place) == keep {
                true => kept.push(entry),
                false => lose(entry, SkipCode::SeveralCandidatesInRecord),
            }
        }
    }
    kept
}

/// A score with tools and one without are different numbers, which neither repeat nor contradict each other; the Hub's
/// leaderboards show one a task. Where both are there, the one without is the model's own, unless the site decides.
fn without_tools(
    rivals: Vec<ManifestEntry>,
    publish: &PublishSettings,
    lose: &mut impl FnMut(ManifestEntry, SkipCode),
) -> Vec<ManifestEntry> {
    let is_mixed = rivals.iter().any(|entry| entry.has_tools) && rivals.iter().any(|entry| !entry.has_tools);
    if !is_mixed || rivals.iter().any(|entry| is_decided(publish, entry)) {
        return rivals;
    }
    let (with, without): (Vec<ManifestEntry>, Vec<ManifestEntry>) =
        rivals.into_iter().partition(|entry| entry.has_tools);
    for entry in with {
        lose(entry, SkipCode::BesideOneWithoutTools);
    }
    without
}

/// What the site's own rules leave of entries that disagree.
fn chosen(
    rivals: Vec<ManifestEntry>,
    publish: &PublishSettings,
    dataset: &Dataset,
    lose: &mut impl FnMut(ManifestEntry, SkipCode),
) -> Vec<ManifestEntry> {
    let Some(first) = rivals.first() else { return rivals };
    if rivals.iter().all(|entry| same_value(entry, first)) {
        return rivals;
    }
    let decided = decision(publish, first).map(str::to_owned);
    let is_decided = |entry: &ManifestEntry| decided.as_deref().is_some_and(|record| is_record(entry, record));
    // Digits that two records begin with choose neither.
    if rivals.iter().filter(|entry| is_decided(entry)).count() > 1 {
        return rivals;
    }
    let meets = |entry: &ManifestEntry, rule: &Preference| meets(entry, rule, dataset);
    let wins: Vec<bool> = if rivals.iter().any(is_decided) {
        rivals.iter().map(is_decided).collect()
    } else {
        match publish.prefer.iter().find(|rule| rivals.iter().any(|entry| meets(entry, rule))) {
            Some(rule) => rivals.iter().map(|entry| meets(entry, rule)).collect(),
            None => return rivals,
        }
    };
    let mut kept = Vec::new();
    for (entry, wins) in rivals.into_iter().zip(wins) {
        match wins {
            true => kept.push(entry),
            false => lose(entry, SkipCode::NotPreferred),
        }
    }
    kept
}

/// The rules that name nothing of this build, which is most often a slip of the pen.
pub fn unused_rules(publish: &PublishSettings, entries: &[ManifestEntry], dataset: &Dataset) -> Vec<String> {
    let mut unused = Vec::new();
    for rule in &publish.prefer {
        if let Some(wanted) = &rule.collection
            && !dataset.inputs.records.iter().any(|loaded| loaded.origin.is_of(wanted))
        {
            unused.push(format!("publish.prefer names the collection `{wanted}`, which has no records here"));
        }
        if let Some(wanted) = &rule.evaluator
            && !dataset
                .entities
                .evaluators
                .iter()
                .any(|(_, it)| it.id == *wanted || normal_form(&it.name) == normal_form(wanted))
        {
            unused.push(format!("publish.prefer names the evaluator `{wanted}`, which has no results here"));
        }
    }
    for (model, files) in &publish.decide {
        for (file, record) in files {
            let path = format!(".eval_results/{file}.yaml");
            let is_chosen = |entry: &ManifestEntry| {
                entry.model_repo.eq_ignore_ascii_case(model) && entry.target_path == path && is_record(entry, record)
            };
            let mut chosen: Vec<Sha256> =
                entries.iter().filter(|entry| is_chosen(entry)).map(|entry| entry.record.sha256).collect();
            chosen.dedup();
            let what = match chosen.len() {
                0 => "which is not a candidate there",
                1 => continue,
                _ => "which several records begin with, so none is chosen: write the whole hash or the path",
            };
            unused.push(format!("publish.decide for `{model}`, `{file}` names `{record}`, {what}"));
        }
    }
    unused
}

fn decision<'p>(publish: &'p PublishSettings, entry: &ManifestEntry) -> Option<&'p str> {
    let file = entry.target_path.trim_start_matches(".eval_results/").trim_end_matches(".yaml");
    let (_, of_model) = publish.decide.iter().find(|(model, _)| model.eq_ignore_ascii_case(&entry.model_repo))?;
    of_model.get(file).map(String::as_str)
}

/// True if a rule of the site names the record of this entry.
pub fn is_decided(publish: &PublishSettings, entry: &ManifestEntry) -> bool {
    decision(publish, entry).is_some_and(|record| is_record(entry, record))
}

/// True if `text` is the path of the entry's record, or at least eight first digits of its hash.
fn is_record(entry: &ManifestEntry, text: &str) -> bool {
    *entry.record.path == *text
        || (text.len() >= 8 && entry.record.sha256.to_string().starts_with(&text.to_lowercase()))
}

fn meets(entry: &ManifestEntry, rule: &Preference, dataset: &Dataset) -> bool {
    let is_evaluator = |wanted: &String| {
        let evaluator = &dataset.entities.evaluators[dataset.readings[entry.reading as usize].resolved.evaluator];
        evaluator.id == *wanted || normal_form(&evaluator.name) == normal_form(wanted)
    };
    let origin = &dataset.loaded(&dataset.readings[entry.reading as usize]).origin;
    rule.collection.as_ref().is_some_and(|wanted| origin.is_of(wanted))
        || rule.evaluator.as_ref().is_some_and(is_evaluator)
}

/// Equal values: the newest day, then the newest retrieval, then the first path is ready.
fn set_status(rivals: &mut [ManifestEntry], dataset: &Dataset) {
    let Some(first) = rivals.first() else { return };
    let agree = rivals.iter().all(|entry| same_value(entry, first));
    let retrieved = |entry: &ManifestEntry| {
        let record = &dataset.loaded(&dataset.readings[entry.reading as usize]).record;
        record.retrieved.as_ref().map(|stamp| (stamp.day, stamp.text.clone()))
    };
    let age = |entry: &ManifestEntry| {
        (Reverse(entry.yaml_entry.date.clone()), Reverse(retrieved(entry)), entry.record.path.clone())
    };
    let newest = (0..rivals.len()).min_by_key(|place| age(&rivals[*place]));
    for (place, entry) in rivals.iter_mut().enumerate() {
        entry.status = match (agree, Some(place) == newest) {
            (false, _) => EntryStatus::ConflictInBuild,
            (true, true) => EntryStatus::Ready,
            (true, false) => EntryStatus::DuplicateInBuild,
        };
    }
}

/// Values are normalised decimals, so equal texts are equal values.
fn same_value(a: &ManifestEntry, b: &ManifestEntry) -> bool {
    a.yaml_entry.value == b.yaml_entry.value
}

fn lost(entry: ManifestEntry, reason: SkipCode, dataset: &Dataset) -> Skipped {
    Skipped {
        reason: reason.into(),
        benchmark: Some(entry.benchmark),
        collection: entry.collection,
        model_id: dataset.loaded(&dataset.readings[entry.reading as usize]).record.model.id.clone(),
        record: entry.record,
        results: 1,
        reading: entry.reading,
    }
}
