//! The *scope* of some results, for the short answer of a page: whether their set-up is documented, and what they
//! cover. Numbers and codes only; templates have the sentences.

use serde::Serialize;

use super::Cards;
use crate::id::Id;
use crate::load::categories::is_safety;
use crate::resolve::{Benchmark, Slice};
use crate::signal::SignalTally;
use crate::signal::completeness::Field;
use crate::signal::setup::SetupField;

/// Most categories without results that a sentence names.
const MOST: usize = 2;

/// Whether results can be re-run.
#[derive(Debug, Serialize)]
pub struct SetupView {
    /// Results with a documented set-up, and all that need one.
    pub documented: (usize, usize),
    /// Codes of settings that no result reports.
    pub lacks: Vec<&'static str>,
}

impl SetupView {
    /// Of the results in `tally`.
    pub(super) fn of(tally: &SignalTally) -> SetupView {
        let slot = |slot: SetupField| matches!(tally.slots[slot as usize], (0, applying) if applying > 0);
        let field = |field: Field| tally.fields[field as usize] == 0;
        let all = [
            ("temperature", slot(SetupField::Decoding)),
            ("token_limit", slot(SetupField::Length)),
            ("harness", slot(SetupField::Harness)),
            ("samples", field(Field::Samples)),
            ("uncertainty", field(Field::Uncertainty)),
            ("date", field(Field::Evaluated)),
        ];
        SetupView {
            documented: (tally.documented, tally.documentable),
            lacks: all.into_iter().filter(|(_, is_missing)| *is_missing).map(|(code, _)| code).collect(),
        }
    }
}

/// What benchmarks test.
#[derive(Debug, Serialize)]
pub struct Covered<'a> {
    /// Their categories.
    pub covers: Vec<String>,
    /// Benchmarks without a category.
    pub uncategorised: usize,
    /// True if none is on safety.
    pub lacks_safety: bool,
    /// Then: parts whose names are about safety, the first ones.
    pub safety_parts: Vec<PartView<'a>>,
    /// Other categories of this site, the first ones.
    pub others: Vec<String>,
    /// How many more there are.
    pub more_others: usize,
}

/// A part of a benchmark.
#[derive(Debug, Serialize)]
pub struct PartView<'a> {
    /// Benchmark.
    pub benchmark: &'a str,
    /// Link to it.
    pub url: String,
    /// What the part is called.
    pub name: &'a str,
}

impl<'a> Cards<'a> {
    /// Of `benchmarks`, each once; `shown` tells where a part of them is shown, if it is meant.
    pub(super) fn covered(
        &self,
        benchmarks: impl Iterator<Item = Id<Benchmark>> + Clone,
        shown: impl Fn(Id<Slice>) -> Option<String>,
    ) -> Covered<'a> {
        let all = benchmarks.clone();
        let (mut covers, mut uncategorised) = (Vec::new(), 0);
        for benchmark in benchmarks {
            match self.category_of(benchmark) {
                Some(category) => covers.push(category),
                None => uncategorised += 1,
            }
        }
        covers.sort_unstable();
        covers.dedup();
        let mut others: Vec<String> = (self.dataset.categories.iter())
            .filter(|category| !covers.contains(category) && !is_safety(category))
            .map(|category| self.language.category(category))
            .collect();
        let more_others = others.len().saturating_sub(MOST);
        others.truncate(MOST);
        let lacks_safety = !covers.iter().any(|category| is_safety(category));
        let covers = covers.iter().map(|category| self.language.category(category)).collect();
        let safety_parts = match lacks_safety {
            true => all.filter_map(|benchmark| self.safety_part(benchmark, &shown)).take(MOST).collect(),
            false => Vec::new(),
        };
        Covered { lacks_safety, safety_parts, covers, uncategorised, others, more_others }
    }

    /// The page of the benchmark that `slice` is a part of.
    pub(super) fn page_of_slice(&self, slice: Id<Slice>) -> Option<String> {
        Some(self.benchmark_url(self.dataset.entities.slices[slice].benchmark))
    }

    /// The part of a benchmark whose name says safety, of whatever kind.
    fn safety_part(&self, id: Id<Benchmark>, shown: &impl Fn(Id<Slice>) -> Option<String>) -> Option<PartView<'a>> {
        let entities = &self.dataset.entities;
        let (name, url) = self.dataset.rankings_of(id).find_map(|(_, ranking)| {
            let name = entities.slices[ranking.slice].name.as_deref().filter(|name| is_safety(name))?;
            Some((name, shown(ranking.slice)?))
        })?;
        Some(PartView { benchmark: &entities.benchmarks[id].name, url, name })
    }

    /// What a benchmark tests, in no language.
    pub(super) fn category_of(&self, benchmark: Id<Benchmark>) -> Option<String> {
        let (category, _) = self.dataset.category_of(&self.dataset.entities.benchmarks[benchmark])?;
        Some(category.to_owned())
    }
}
