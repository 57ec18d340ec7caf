//! *Hub run*: what the Hub says about the same value in the model's repository. That is about the entry there,
//! never about the record here: anybody can copy the value. So it is separate from the levels. Only the Hub's own
//! answer counts: a `verifyToken` in a file is text that anybody can copy.

use foldhash::{HashMap, HashMapExt};

use crate::codes::codes;
use crate::facts::PostedFact;

/// A result as it would stand on the Hub.
pub struct HubResult<'a> {
    /// Place of the reading.
    pub reading: u32,
    /// Model repository.
    pub model: &'a str,
    /// Dataset, then other ids of the same dataset.
    pub datasets: Vec<&'a str>,
    /// Its task, then other ids of the same task.
    pub tasks: Vec<&'a str>,
    /// On the leaderboard's scale.
    pub value: &'a str,
}

codes! {
    /// Where a value stands on the Hub.
    pub enum Posted in "markers" {
        /// On the main branch of the model's repository. Who brought it there is not known: a pull request may have.
        OnMain = "on_main",
        /// In a pull request that is open.
        InPullRequest = "in_pull_request",
    }
}

impl Posted {
    /// Of a fact.
    pub fn of(fact: &PostedFact) -> Posted {
        if fact.pull_request.is_some() { Posted::InPullRequest } else { Posted::OnMain }
    }
}

/// The key of the words for a value that the Hub has of a run that it calls verified.
pub const SAME_AS_VERIFIED: &str = "markers.same_as_verified";

/// The facts about each reading that has any, and the readings beside each fact.
#[derive(Debug, Default)]
pub struct HubRuns {
    same: HashMap<u32, Vec<u32>>,
    beside: HashMap<u32, Vec<LeaderboardReading>>,
    by_model: HashMap<String, Vec<u32>>,
    by_dataset: HashMap<String, Vec<u32>>,
}

/// A reading of a record that is of the leaderboard of a posted entry.
#[derive(Clone, Debug)]
pub struct LeaderboardReading {
    /// Its place.
    pub reading: u32,
    /// Its value on the leaderboard's scale.
    pub value: String,
    /// True if the posted value is the same.
    pub agrees: bool,
}

impl HubRuns {
    /// Joins them by model, dataset, task and exactly the same value.
    pub fn join<'a>(facts: &[PostedFact], candidates: impl Iterator<Item = HubResult<'a>>) -> HubRuns {
        if facts.is_empty() {
            return HubRuns::default();
        }
        let (mut by_model, mut by_dataset) = (HashMap::new(), HashMap::new());
        let mut by_place: HashMap<(String, String), Vec<u32>> = HashMap::new();
        for (place, fact) in (0..).zip(facts) {
            let (model, dataset) = (fact.model.to_lowercase(), fact.dataset.to_lowercase());
            by_model.entry(model.clone()).or_insert_with(Vec::new).push(place);
            by_dataset.entry(dataset.clone()).or_insert_with(Vec::new).push(place);
            by_place.entry((model, dataset)).or_default().push(place);
        }
        let mut same: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut beside: HashMap<u32, Vec<LeaderboardReading>> = HashMap::new();
        for candidate in candidates {
            let model = candidate.model.to_lowercase();
            let value = candidate.value.parse::<f64>().ok();
            let places = candidate.datasets.iter().map(|dataset| (model.clone(), dataset.to_lowercase()));
            for place in places.filter_map(|place| by_place.get(&place)).flatten().copied() {
                let fact = &facts[place as usize];
                if !candidate.tasks.contains(&fact.task.as_str()) {
                    continue;
                }
                let agrees = value.is_some() && value == fact.value.as_f64();
                if agrees {
                    same.entry(candidate.reading).or_default().push(place);
                }
                let it = LeaderboardReading { reading: candidate.reading, value: candidate.value.to_owned(), agrees };
                beside.entry(place).or_default().push(it);
            }
        }
        HubRuns { same, beside, by_model, by_dataset }
    }

    /// The places of the facts about the model repository `id`.
    pub fn of_model(&self, id: &str) -> &[u32] {
        self.by_model.get(&id.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The places of the facts about the dataset `id`.
    pub fn of_dataset(&self, id: &str) -> &[u32] {
        self.by_dataset.get(&id.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The readings that are of the same leaderboard and model as the fact at this place.
    pub fn beside(&self, fact: u32) -> &[LeaderboardReading] {
        self.beside.get(&fact).map_or(&[], Vec::as_slice)
    }

    /// True if no value is the same.
    pub fn is_empty(&self) -> bool {
        self.same.is_empty()
    }

    /// The places of the facts about the reading at this place.
    pub fn of(&self, reading: u32) -> &[u32] {
        self.same.get(&reading).map_or(&[], Vec::as_slice)
    }

    /// How many readings have the same value on the Hub, and how many of them the Hub calls verified.
    pub fn counts(&self, facts: &[PostedFact]) -> (usize, usize) {
        let verified =
            self.same.values().filter(|places| places.iter().any(|it| facts[*it as usize].verified == Some(true)));
        (self.same.len(), verified.count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(model: &str, task: &str, value: &str) -> PostedFact {
        fact_of("d/e", model, task, value)
    }

    fn fact_of(dataset: &str, model: &str, task: &str, value: &str) -> PostedFact {
        let text = format!(
            r#"{{"model":"{model}","dataset":"{dataset}","task":"{task}","value":{value},"verified":true,"filename":"x",
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
            fact_of("Old", "a/b", "old", "52.29"),
            fact_of("old", "a/b", "u", "52.29"),
        ];
        let tasks = vec!["t", "old"];
        let datasets = vec!["d/e", "old"];
        let candidate = HubResult { reading: 7, model: "A/b", datasets, tasks, value: "52.29" };
        let runs = HubRuns::join(&facts, [candidate].into_iter());
        assert_eq!(runs.of(7), [0, 1, 7]);
        assert!(runs.of(8).is_empty());
        let beside = |fact: u32| runs.beside(fact).iter().map(|it| (it.reading, it.agrees)).collect::<Vec<_>>();
        assert_eq!([0, 5, 6].map(beside), [[(7, true)], [(7, false)], [(7, false)]].map(Vec::from));
        assert!([2, 3, 4, 8].into_iter().all(|fact| runs.beside(fact).is_empty()));
        assert_eq!((runs.of_model("A/B").len(), runs.of_dataset("D/e").len()), (8, 7));
        assert_eq!(runs.counts(&facts), (1, 1));
    }
}
