//! The pull requests that this site opened, in the state that the Hub last reported.

use foldhash::{HashMap, HashMapExt};
use serde::Serialize;

use super::{Cards, web_address};
use crate::facts::{PostedNow, ProposalFact, ProposedFact, RecordPlace};
use crate::hash::Sha256;
use crate::mark::Standing;

/// A result that was proposed to the Hub.
#[derive(Debug, Serialize)]
pub struct ProposalRow<'a> {
    /// The model repository.
    pub model: &'a str,
    /// Number of its pull request.
    pub number: u64,
    /// Its page.
    pub url: Option<String>,
    /// `open`, `draft`, `merged`, `closed` or `gone`.
    pub state: &'static str,
    /// Comments of others.
    pub comments: usize,
    /// Hub dataset.
    pub dataset: &'a str,
    /// Its task.
    pub task: &'a str,
    /// Proposed value.
    pub value: &'a str,
    /// `as_proposed`, `hidden`, `changed` or `taken_out`; nothing if closed or gone.
    pub now: Option<&'static str>,
    /// The other value there.
    pub other: Option<&'a str>,
    /// Its record: `current`, `withdrawn`, `disputed` or `gone`, if known.
    pub record: Option<&'static str>,
    /// True if the value or its record changed.
    pub needs_a_person: bool,
    /// Day of the look-up.
    pub seen: String,
}

impl<'a> Cards<'a> {
    /// All results that were proposed, those that need a person first.
    pub fn proposals(&self) -> Vec<ProposalRow<'a>> {
        let facts = &self.dataset.inputs.content.hub.proposals;
        let standings = if facts.is_empty() { HashMap::new() } else { self.standings(facts) };
        let rows = facts.iter().flat_map(|fact| fact.results.iter().map(|result| row(fact, result, &standings)));
        let mut rows: Vec<ProposalRow> = rows.collect();
        rows.sort_by_key(|row| !row.needs_a_person);
        rows
    }

    /// How each record that something was proposed of stands.
    fn standings(&self, facts: &[ProposalFact]) -> HashMap<(Sha256, u16), Standing> {
        let places = facts.iter().flat_map(|fact| &fact.results).filter_map(|result| result.record.as_ref());
        let wanted: HashMap<Sha256, ()> = places.map(|place| (place.sha256, ())).collect();
        let mut standings = HashMap::new();
        for reading in &self.dataset.readings {
            let sha256 = self.dataset.loaded(reading).origin.sha256;
            if wanted.contains_key(&sha256) {
                standings.insert((sha256, self.dataset.result(reading).index), reading.standing);
            }
        }
        standings
    }
}

fn row<'a>(
    fact: &'a ProposalFact,
    result: &'a ProposedFact,
    standings: &HashMap<(Sha256, u16), Standing>,
) -> ProposalRow<'a> {
    let standing = |place: &RecordPlace| {
        let index = place.pointer.strip_prefix("/evaluation_results/")?.parse().ok()?;
        standings.get(&(place.sha256, index)).copied()
    };
    let record = result.record.as_ref().map(|place| standing(place).map_or("gone", Standing::code));
    let is_fine = result.now == Some(PostedNow::AsProposed) && !matches!(record, Some("withdrawn" | "disputed"));
    ProposalRow {
        model: &fact.model,
        number: fact.number,
        url: web_address(Some(&fact.url)),
        state: fact.state.code(),
        comments: fact.comments,
        dataset: &result.dataset,
        task: &result.task,
        value: &result.value,
        now: result.now.as_ref().map(PostedNow::code),
        other: match &result.now {
            Some(PostedNow::Changed { value }) => Some(value),
            _ => None,
        },
        record,
        needs_a_person: fact.state.is_live() && !is_fine,
        seen: fact.seen.strftime("%Y-%m-%d").to_string(),
    }
}
