//! A *target* is a model repository, a dataset and a task: it has one proposal at most.
//!
//! Several entries for one target with one value are one entry and its duplicates. With different
//! values none is ready, until `publish.decide` or `publish.prefer` of `site.yaml` chooses.

use std::cmp::Reverse;

use super::manifest::{RecordRef, Slot, file_of};
use super::skip::SkipCode;
use super::{EntryStatus, ManifestEntry, Skipped};
use crate::config::{ChosenResult, Preference, PublishSettings};
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
        let rivals = one_a_record(rivals, publish, &mut lose);
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

/// A record with several results for one target: the one that the site names; else the one by the headline metric; else,
/// if they do not say the same, none. `rivals` is sorted by record.
fn one_a_record(
    rivals: Vec<ManifestEntry>,
    publish: &PublishSettings,
    lose: &mut impl FnMut(ManifestEntry, SkipCode),
) -> Vec<ManifestEntry> {
    let mut kept: Vec<ManifestEntry> = Vec::with_capacity(rivals.len());
    let mut rest = rivals.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut of_record = vec![first];
        while let Some(entry) = rest.next_if(|entry| entry.record.sha256 == of_record[0].record.sha256) {
            of_record.push(entry);
        }
        let named = of_record.iter().position(|entry| is_named(publish, entry));
        let mut headlines = (0..of_record.len()).filter(|place| of_record[*place].is_headline);
        let headline =
            headlines.next().filter(|place| headlines.next().is_none() && !of_record[*place].has_faulty_sibling);
        let agree = of_record.iter().all(|entry| same_value(entry, &of_record[0]) && !entry.has_faulty_sibling);
        let keep = named.or(agree.then_some(0)).or(headline);
        let why = if named.is_some() { SkipCode::NotPreferred } else { SkipCode::SeveralCandidatesInRecord };
        for (place, entry) in of_record.into_iter().enumerate() {
            match Some(place) == keep {
                true => kept.push(entry),
                false => lose(entry, why),
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
    let is_decided = |entry: &ManifestEntry| is_decided(publish, entry);
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

/// A rule of `site.yaml` that matches nothing in this build, most often a typing error.
pub struct UnusedRule {
    /// The rule, and what is wrong with it.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// The rules that name nothing of this build.
pub fn unused_rules(
    publish: &PublishSettings,
    entries: &[ManifestEntry],
    skipped: &[Skipped],
    dataset: &Dataset,
) -> Vec<UnusedRule> {
    let misspelt = |message: String| UnusedRule { message, help: "check the spelling, or remove the rule".to_owned() };
    let mut unused = Vec::new();
    for rule in &publish.prefer {
        if let Some(wanted) = &rule.collection
            && !dataset.inputs.records.iter().any(|loaded| loaded.origin.is_of(wanted))
        {
            unused.push(misspelt(format!("publish.prefer names the collection `{wanted}`, which has no records here")));
        }
        if let Some(wanted) = &rule.evaluator
            && !dataset
                .entities
                .evaluators
                .iter()
                .any(|(_, it)| it.id == *wanted || normal_form(&it.name) == normal_form(wanted))
        {
            unused.push(misspelt(format!("publish.prefer names the evaluator `{wanted}`, which has no results here")));
        }
    }
    for (model, files) in &publish.decide {
        for (file, chosen) in files {
            let is_there = |repo: &str, path: &str| repo.eq_ignore_ascii_case(model) && file_of(path) == file;
            let there = || entries.iter().filter(|entry| is_there(&entry.model_repo, &entry.target_path));
            let mut found: Vec<Sha256> =
                (there().filter(|entry| is_chosen(&entry.record, chosen))).map(|entry| entry.record.sha256).collect();
            found.dedup();
            let (what, help) = match found.len() {
                0 => {
                    let skipped = skipped.iter().filter(|it| {
                        let is_there = |slot: &Slot| is_there(&slot.model_repo, &slot.target_path);
                        it.slot.as_ref().is_some_and(is_there)
                    });
                    ("which is not a candidate there", instead_of(chosen, there(), skipped))
                }
                1 => continue,
                _ => (
                    "which several records begin with, so none is chosen",
                    "write the whole hash or the path".to_owned(),
                ),
            };
            let message = format!("publish.decide for `{model}`, `{file}` names `{chosen}`, {what}");
            unused.push(UnusedRule { message, help });
        }
    }
    unused
}

/// What to write in place of `chosen`, which is none of `entries`: the results of its record where these are several, else
/// why it is skipped, else the candidates that there are.
fn instead_of<'a>(
    chosen: &ChosenResult,
    entries: impl Iterator<Item = &'a ManifestEntry>,
    skipped: impl Iterator<Item = &'a Skipped>,
) -> String {
    /// More are not named.
    const MOST: usize = 8;
    let list = |places: Vec<String>| places.into_iter().take(MOST).collect::<Vec<_>>().join(", ");
    let whole = ChosenResult { pointer: None, ..chosen.clone() };
    let of_record: Vec<&Skipped> = skipped.filter(|it| is_chosen(&it.record, &whole)).collect();
    let several = of_record.iter().filter(|it| it.reason.code() == Some(SkipCode::SeveralCandidatesInRecord));
    let several: Vec<String> = several.map(|it| format!("`{}`", it.record)).collect();
    if !several.is_empty() {
        return format!("its record has several results for this file; name one of {}", list(several));
    }
    let why: Vec<String> =
        of_record.iter().map(|it| format!("{} ({})", it.record.pointer, it.reason.as_str())).collect();
    if !why.is_empty() {
        return format!("its results for this file are skipped: {}", list(why));
    }
    let candidates: Vec<String> = entries.map(|entry| format!("`{}`", entry.record.path)).collect();
    match candidates.is_empty() {
        true => "there are no candidates there; check the model, the file and the page Publishing".to_owned(),
        false => format!("the candidates there are {}", list(candidates)),
    }
}

fn decision<'p>(publish: &'p PublishSettings, entry: &ManifestEntry) -> Option<&'p ChosenResult> {
    let (_, of_model) = publish.decide.iter().find(|(model, _)| model.eq_ignore_ascii_case(&entry.model_repo))?;
    of_model.get(file_of(&entry.target_path))
}

/// True if a rule of the site names this entry or its record.
pub fn is_decided(publish: &PublishSettings, entry: &ManifestEntry) -> bool {
    decision(publish, entry).is_some_and(|chosen| is_chosen(&entry.record, chosen))
}

/// True if a rule of the site names this result of its record.
fn is_named(publish: &PublishSettings, entry: &ManifestEntry) -> bool {
    decision(publish, entry).is_some_and(|chosen| chosen.pointer.is_some() && is_chosen(&entry.record, chosen))
}

/// True if `chosen` has the path of the result's record, or at least eight first digits of its hash, and no other pointer.
fn is_chosen(result: &RecordRef, chosen: &ChosenResult) -> bool {
    let ChosenResult { record, pointer } = chosen;
    let is_record = *result.path == **record
        || (record.len() >= 8 && result.sha256.to_string().starts_with(&record.to_lowercase()));
    is_record && pointer.as_ref().is_none_or(|pointer| *pointer == result.pointer)
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
    let slot = Slot { model_repo: entry.model_repo, target_path: entry.target_path, is_headline: entry.is_headline };
    Skipped {
        reason: reason.into(),
        benchmark: Some(entry.benchmark),
        collection: entry.collection,
        model_id: dataset.loaded(&dataset.readings[entry.reading as usize]).record.model.id.clone(),
        record: entry.record,
        results: 1,
        reading: entry.reading,
        slot: Some(slot),
    }
}
