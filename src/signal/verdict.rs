//! The *verdict* on whether readings are comparable: the one function that cards, benchmark pages, the
//! comparison and the JSON take it from.
//!
//! Nothing is taken for the same that is not stated: one setting of twenty that agrees is no yes.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::agreement::{Agreement, agreements, canonical, is_essential};
use super::setup::{self, Setting};
use crate::codes::codes;
use crate::merge::{Dataset, Reading};

/// Under which conditions a reading was made, as far as its record says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions<'a> {
    /// All that is disclosed.
    pub settings: Vec<Setting<'a>>,
    /// How many samples it is over.
    pub samples: Option<u64>,
}

codes! {
    /// Why two readings are not of one kind, so that their difference says nothing.
    pub enum Gulf in "script.verdict" {
        /// One is with tools, and one without.
        Tools = "tools",
        /// They are by different agents, or agents in different scaffolds.
        Agent = "agent",
        /// One is over a tenth of the samples of another, or fewer.
        Samples = "samples",
    }
}

/// Whether two or more readings are comparable.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparability<'a> {
    /// All settings that matter are stated by all, and are the same, and nothing else that two of them state differs.
    Comparable,
    /// These settings are stated and different.
    Different(Vec<Cow<'a, str>>),
    /// Nothing differs, but not all readings state these, which matter.
    NotEnoughStated(Vec<Cow<'a, str>>),
    /// The two ends cannot be held together: no arithmetic is done.
    Apart(Vec<Gulf>),
}

impl Comparability<'_> {
    /// Machine-readable.
    pub fn code(&self) -> &'static str {
        match self {
            Comparability::Comparable => "comparable",
            Comparability::Different(_) => "different",
            Comparability::NotEnoughStated(_) => "not_enough_stated",
            Comparability::Apart(_) => "conditions_apart",
        }
    }
}

/// What says that there were tools.
pub const TOOLS: [&str; 5] = ["tools", "use tools", "tool use", "with tools", "tools enabled"];

/// What says which agent it was, and in which scaffold.
pub const AGENT: [&str; 2] = ["agent", "agent framework"];

impl<'a> Conditions<'a> {
    /// Of `reading`.
    pub fn of(dataset: &'a Dataset, reading: &Reading) -> Conditions<'a> {
        Conditions {
            settings: setup::settings(dataset.loaded(reading), dataset.result(reading)),
            samples: super::n_samples(dataset, reading),
        }
    }

    /// Whether there were tools, where that is stated.
    pub fn has_tools(&self) -> Option<bool> {
        const NO: [&str; 6] = ["false", "no", "0", "off", "without", "[]"];
        let mut stated = self.settings.iter().filter(|setting| TOOLS.contains(&&*setting.name)).peekable();
        stated.peek()?;
        Some(stated.any(|setting| !NO.iter().any(|no| setting.value.trim().eq_ignore_ascii_case(no))))
    }

    /// What it states of a part of its agent, in canonical form.
    pub fn agent(&self, name: &str) -> Option<Cow<'a, str>> {
        let found = self.settings.iter().find(|setting| setting.name == name)?;
        Some(canonical(found.value))
    }
}

/// The verdict over `readings`, of which there are two or more.
///
/// 1. [`Comparability::Apart`], if one states tools and one states that it had none, or two state different agents or
///    scaffolds, or one is over at most a tenth of the samples of another.
/// 2. Else [`Comparability::Different`], if two state different values of any setting.
/// 3. Else [`Comparability::NotEnoughStated`], if not all state each essential setting ([`is_essential`]), or only some say
///    that there were tools or an agent.
/// 4. Else [`Comparability::Comparable`].
pub fn verdict<'a>(readings: &[Conditions<'a>]) -> Comparability<'a> {
    let gulfs = gulfs(readings);
    if !gulfs.is_empty() {
        return Comparability::Apart(gulfs);
    }
    let agreements = agreements(readings.iter().map(|it| it.settings.clone()));
    let named = |wanted: &dyn Fn(&str, Agreement) -> bool| -> Vec<Cow<'a, str>> {
        agreements.iter().filter(|(name, it)| wanted(name, *it)).map(|(name, _)| name.clone()).collect()
    };
    let different = named(&|_, it| it == Agreement::Different);
    if !different.is_empty() {
        return Comparability::Different(different);
    }
    let matters = |name: &str| is_essential(name) || TOOLS.contains(&name) || AGENT.contains(&name);
    let missing = named(&|name, it| matters(name) && it != Agreement::Same);
    match missing.is_empty() {
        true => Comparability::Comparable,
        false => Comparability::NotEnoughStated(missing),
    }
}

/// What keeps `readings` apart, whatever their scores.
pub fn gulfs(readings: &[Conditions]) -> Vec<Gulf> {
    let tools: BTreeSet<bool> = readings.iter().filter_map(Conditions::has_tools).collect();
    let has_agents = |name: &&str| readings.iter().filter_map(|it| it.agent(name)).collect::<BTreeSet<_>>().len() > 1;
    let samples = || readings.iter().filter_map(|it| it.samples);
    let is_tenth = samples().min().zip(samples().max()).is_some_and(|(least, most)| least.saturating_mul(10) <= most);
    [(tools.len() > 1, Gulf::Tools), (AGENT.iter().any(has_agents), Gulf::Agent), (is_tenth, Gulf::Samples)]
        .into_iter()
        .filter_map(|(holds, gulf)| holds.then_some(gulf))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::agreement::ESSENTIAL;

    fn with(settings: &[(&'static str, &'static str)], samples: Option<u64>) -> Conditions<'static> {
        let setting = |(name, value): &(&'static str, &'static str)| Setting { name: Cow::Borrowed(name), value };
        Conditions { settings: settings.iter().map(setting).collect(), samples }
    }

    /// All that matters, and more.
    fn full(more: &[(&'static str, &'static str)]) -> Conditions<'static> {
        let essential = ESSENTIAL.map(|name| (name, "x"));
        with(&[&essential[..], more].concat(), None)
    }

    #[test]
    fn a_yes_needs_all_that_matters_from_both() {
        assert_eq!(verdict(&[full(&[]), full(&[])]), Comparability::Comparable);
        assert_eq!(verdict(&[full(&[]), full(&[("seed", "1")])]), Comparability::Comparable, "a seed is not essential");
        let one_of_twenty = with(&[("temperature", "0")], None);
        let Comparability::NotEnoughStated(missing) = verdict(&[one_of_twenty.clone(), one_of_twenty]) else {
            panic!()
        };
        assert_eq!(missing.len(), 5, "{missing:?}");
        assert!(
            matches!(verdict(&[full(&[]), with(&[], None)]), Comparability::NotEnoughStated(names) if names.len() == 6)
        );
        let (with_tools, silent) = (full(&[("tools", "bash")]), full(&[]));
        assert_eq!(verdict(&[with_tools, silent]), Comparability::NotEnoughStated(vec!["tools".into()]));
    }

    #[test]
    fn what_differs_is_named() {
        let two = [full(&[("seed", "1")]), full(&[("seed", "2")])];
        assert_eq!(verdict(&two), Comparability::Different(vec!["seed".into()]));
        assert_eq!(verdict(&[full(&[("top p", "1.0")]), full(&[("top p", "1")])]), Comparability::Comparable);
        // Of three, two differ, and one says nothing.
        let three = [with(&[("seed", "1")], None), with(&[], None), with(&[("seed", "2")], None)];
        assert_eq!(verdict(&three), Comparability::Different(vec!["seed".into()]));
    }

    #[test]
    fn ends_that_cannot_be_held_together_are_apart() {
        let of = |a: &[(&'static str, &'static str)], b: &[(&'static str, &'static str)]| verdict(&[full(a), full(b)]);
        assert_eq!(of(&[("tools", "bash")], &[("tools", "False")]), Comparability::Apart(vec![Gulf::Tools]));
        assert_eq!(of(&[("tools", "bash")], &[("tools", "python")]), Comparability::Different(vec!["tools".into()]));
        assert_eq!(of(&[("agent", "A")], &[("agent", "B")]), Comparability::Apart(vec![Gulf::Agent]));
        assert_eq!(
            of(&[("agent framework", "A")], &[("agent framework", "B")]),
            Comparability::Apart(vec![Gulf::Agent])
        );
        let samples = |a, b| verdict(&[Conditions { samples: a, ..full(&[]) }, Conditions { samples: b, ..full(&[]) }]);
        assert_eq!(samples(Some(10), Some(100)), Comparability::Apart(vec![Gulf::Samples]));
        assert_eq!(samples(Some(11), Some(100)), Comparability::Comparable);
        assert_eq!(samples(None, Some(100)), Comparability::Comparable);
    }
}
