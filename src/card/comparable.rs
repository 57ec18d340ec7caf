//! The answer to “Are these scores comparable?”, in words.

use std::borrow::Cow;

use serde::Serialize;

use super::{Cards, setting_name};
use crate::language::Language;
use crate::merge::{Direction, Ranking, Reading, Scale};
use crate::signal::agreement::{Agreement, agreements, is_essential};
use crate::signal::provenance::EvaluatorCount;
use crate::signal::verdict::{Comparability, Conditions, verdict};

/// Whether the scores of a ranking are comparable, and why.
#[derive(Debug, Serialize)]
pub struct ComparableView<'a> {
    /// In a few words; `None` if the first reason is the answer.
    pub answer: Option<&'a str>,
    /// Why, in sentences.
    pub reasons: Vec<String>,
}

impl<'a> Cards<'a> {
    /// Of the readings that stand for the models of `ranking`.
    pub(super) fn comparable(&self, ranking: &Ranking) -> ComparableView<'a> {
        let readings: Vec<&Reading> = ranking.rows.iter().map(|row| &self.dataset.readings_in(row)[0]).collect();
        let conditions: Vec<_> = readings.iter().map(|reading| Conditions::of(self.dataset, reading)).collect();
        let verdict = verdict(&conditions);
        let agreements = agreements(conditions.into_iter().map(|it| it.settings));
        let named = |wanted: &dyn Fn(Agreement) -> bool, only_essential: bool| {
            let rows = agreements.iter().filter(|(name, it)| wanted(*it) && (!only_essential || is_essential(name)));
            rows.map(|(name, _)| setting_name(self.language, name)).collect::<Vec<_>>()
        };
        let partly = named(&|it| matches!(it, Agreement::OnlyOne | Agreement::OnlySome(_)), true);
        let nobody = named(&|it| it == Agreement::Nobody, true);
        let evaluators = EvaluatorCount::of(self.dataset, readings.iter().map(|reading| reading.resolved.evaluator));
        let is_relative = self.dataset.entities.metrics[ranking.metric].is_relative;
        let has_metric = self.dataset.entities.metrics[ranking.metric].is_reported();
        let is_aggregate = self.dataset.entities.slices[ranking.slice].is_aggregate;
        let is_contradictory = readings.first().is_some_and(|reading| reading.scale == Scale::Contradictory);
        let is_no_ranking = is_relative || is_aggregate || is_contradictory || !ranking.direction.has_better_end();
        let is_said_by_settings = !is_no_ranking && has_metric && evaluators.named < 2 && !evaluators.some_unnamed;
        let answer = if readings.len() < 2 {
            Some("comparable.nothing")
        } else if is_said_by_settings {
            None
        } else if is_no_ranking || (!has_metric && evaluators.named > 1) || matches!(verdict, Comparability::Apart(_)) {
            Some("comparable.no")
        } else if evaluators.named > 1 || matches!(verdict, Comparability::Different(_)) {
            Some("comparable.care")
        } else {
            Some("comparable.unknown")
        };
        let mut reasons = Vec::new();
        let say = |holds: bool, key: &str, value: (&str, &str)| holds.then(|| self.language.say(key, &[value]));
        reasons.extend(say(is_relative, "comparable.relative", ("", "")));
        reasons.extend(say(is_aggregate, "comparable.aggregate", ("", "")));
        reasons.extend(say(is_contradictory, "comparable.contradictory", ("", "")));
        reasons.extend(say(ranking.direction == Direction::NotReported, "comparable.direction", ("", "")));
        reasons.extend(say(ranking.direction == Direction::Neither, "comparable.neither", ("", "")));
        reasons.extend(say(!has_metric, "comparable.metric", ("", "")));
        let EvaluatorCount { named, some_unnamed } = evaluators;
        let evaluators_in_words = self.language.counted("count.evaluators", named);
        reasons.extend(say(named > 1, "comparable.several", ("evaluators", &evaluators_in_words)));
        reasons.extend(say(named == 0 && some_unnamed, "comparable.unnamed", ("", "")));
        reasons.extend(say(named > 0 && some_unnamed, "comparable.some_unnamed", ("", "")));
        let verdict_in_words = self.verdict_in_words(&verdict);
        match is_said_by_settings {
            true => reasons.extend((readings.len() > 1).then_some(verdict_in_words)),
            false => reasons.extend(say(readings.len() > 1, "comparable.settings", ("verdict", &verdict_in_words))),
        }
        // The verdict names what is not stated already.
        if !matches!(verdict, Comparability::NotEnoughStated(_)) {
            reasons.extend(say(!partly.is_empty(), "comparable.partly", ("names", &list(self.language, &partly))));
            reasons.extend(say(!nobody.is_empty(), "comparable.nobody", ("names", &list(self.language, &nobody))));
        }
        ComparableView { answer: answer.map(|key| self.words(key)), reasons }
    }
}

impl Cards<'_> {
    /// A verdict, as every page says it.
    pub(super) fn verdict_in_words(&self, verdict: &Comparability) -> String {
        let say = |key: &'static str, names: &[Cow<str>]| {
            let names: Vec<&str> = names.iter().map(|name| setting_name(self.language, name)).collect();
            self.language.say(key, &[("names", &list(self.language, &names))])
        };
        match verdict {
            Comparability::Comparable => self.words("script.verdict.comparable").to_owned(),
            Comparability::Different(names) => say("script.verdict.different", names),
            Comparability::NotEnoughStated(names) => say("script.verdict.not_enough_stated", names),
            Comparability::Apart(gulfs) => {
                let why: Vec<&str> = gulfs.iter().map(|gulf| self.words(gulf.key())).collect();
                self.language.say("script.verdict.apart", &[("why", &why.join(self.words("list.semicolon")))])
            }
        }
    }
}

/// Most names that a sentence lists.
const MOST: usize = 8;

fn list(language: &Language, names: &[&str]) -> String {
    let shown = language.list(&names[..names.len().min(MOST)]);
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => language.say("comparable.more", &[("names", &shown), ("n", &language.number(more))]),
    }
}
