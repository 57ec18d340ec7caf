//! *Hub run*: what the Hub says of the same value on the model's repository. It is said of the entry there, never
//! of the record here: whoever copies the value has it as well. So it is apart from the ladder of levels. Only
//! the Hub's own answer counts: a `verifyToken` in a file is text that anybody can copy.

use foldhash::{HashMap, HashMapExt};

use crate::facts::PostedFact;

/// A result as it would stand on the Hub.
pub struct Candidate<'a> {
    /// Place of the reading.
    pub reading: u32,
    /// Model repository.
    pub model: &'a str,
    /// Dataset.
    pub dataset: &'a str,
    /// Its task, then other ids of the same task.
    pub tasks: Vec<&'a str>,
    /// On the leaderboard's scale.
    pub value: &'a str,
}

/// Where a value stands on the Hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// On the main branch of the model's repository. Who brought it there is not known: a pull request may have.
    OnMain,
    /// In a pull request that is open.
    InPullRequest,
}

impl Posted {
    /// Of a fact.
    pub fn of(fact: &PostedFact) -> Posted {
        if fact.pull_request.is_some() { Posted::InPullRequest } else { Posted::OnMain }
    }

    /// Its key among the words of the interface.
    pub fn key(self) -> &'static str {
        match self {
            Posted::OnMain => "markers.on_main",
            Posted::InPullRequest => "markers.in_pull_request",
        }
    }
}

/// The key of the words for a value that the Hub has of a run that it calls verified.
pub const SAME_AS_VERIFIED: &str = "markers.same_as_verified";

/// The facts about each reading that has any.
#[derive(Debug, Default)]
pub struct HubRuns(HashMap<u32, Vec<u32>>);

impl HubRuns {
    /// Joins them by model, dataset, task and exactly the same value.
    pub fn join<'a>(facts: &[PostedFact], candidates: impl Iterator<Item = Candidate<'a>>) -> HubRuns {
        if facts.is_empty() {
            return HubRuns::default();
        }
        let mut by_place: HashMap<(String, String), Vec<u32>> = HashMap::new();
        for (place, fact) in (0..).zip(facts) {
            by_place.entry((fact.model.to_lowercase(), fact.dataset.to_lowercase())).or_default().push(place);
        }
        let mut runs: HashMap<u32, Vec<u32>> = HashMap::new();
        for candidate in candidates {
            let place = (candidate.model.to_lowercase(), candidate.dataset.to_lowercase());
            let same = |fact: &PostedFact| {
                let value = candidate.value.parse::<f64>().ok();
                candidate.tasks.contains(&fact.task.as_str()) && value.is_some() && value == fact.value.as_f64()
            };
            let found = by_place.get(&place).into_iter().flatten().copied();
            let found: Vec<u32> = found.filter(|place| same(&facts[*place as usize])).collect();
            if !found.is_empty() {
                runs.insert(candidate.reading, found);
            }
        }
        HubRuns(runs)
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The places of the facts about the reading at this place.
    pub fn of(&self, reading: u32) -> &[u32] {
        self.0.get(&reading).map_or(&[], Vec::as_slice)
    }

    /// How many readings have the same value on the Hub, and how many of them the Hub calls verified.
    pub fn counts(&self, facts: &[PostedFact]) -> (usize, usize) {
        let verified = self.0.values().filter(|places| places.iter().any(|it| facts[*it as usize].verified));
        (self.0.len(), verified.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(model: &str, task: &str, value: &str) -> PostedFact {
        let text = format!(
            r#"{{"model":"{model}","dataset":"d/e","task":"{task}","value":{value},"verified":true,"filename":"x",
            "pull_request":null,"seen":"2026-01-01T00:00:00Z","response_sha256":"{}"}}"#,
            "a".repeat(64)
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn another_model_task_or_value_is_not_the_same_run() {
        let facts = [
            fact("a/B", "t", "52.29"),
            fact("a/b", "old", "52.29"),
            fact("a/c", "t", "52.29"),
            fact("a/b", "u", "52.29"),
            fact("a/b", "", "52.29"),
            fact("a/b", "t", "52.3"),
            fact("a/b", "t", "0.5229"),
        ];
        let tasks = vec!["t", "old"];
        let candidate = Candidate { reading: 7, model: "A/b", dataset: "d/e", tasks, value: "52.29" };
        let runs = HubRuns::join(&facts, [candidate].into_iter());
        assert_eq!(runs.of(7), [0, 1]);
        assert!(runs.of(8).is_empty());
        assert_eq!(runs.counts(&facts), (1, 1));
    }
}
