//! What a page says of two models on the same samples, held against the four counts that it says it by.

use super::html::ShownPair;
use crate::card::pairs::Statistics;
use crate::load::samples::MOST_OF_FILE;
use crate::signal::paired::Paired;

/// A row of the table of pairs: the models, the samples that both have, the four counts, the difference with its interval,
/// and p.
const CELLS: usize = 9;

/// Why what `shown` says does not follow from its counts; `None` if it does.
pub fn wrong_pair(shown: &ShownPair) -> Option<String> {
    let [first, second, counts @ .., difference, p] = &*shown.cells else {
        return Some("the row of a pair has too few cells".to_owned());
    };
    if shown.cells.len() != CELLS {
        return Some(format!("the row of a pair has {} cells, not {CELLS}", shown.cells.len()));
    }
    let pair = format!("{} and {}", first.trim(), second.trim());
    let Some(samples) = paired(&shown.counts) else {
        return Some(format!("{pair}: `data-pair` is not four counts of at most {MOST_OF_FILE} samples"));
    };
    let Paired { both, only_first, only_second, neither } = samples;
    for (said, n) in counts.iter().zip([samples.n(), both, only_first, only_second, neither]) {
        if said.trim().replace(',', "") != n.to_string() {
            return Some(format!("{pair}: the page says {}, and its counts give {n}", said.trim()));
        }
    }
    let statistics = Statistics::of(&samples);
    let interval = difference.trim().strip_prefix(&*statistics.difference);
    // The words between its ends are those of the language.
    let is_interval = |text: &str| {
        text.strip_prefix(&*statistics.low).and_then(|rest| rest.strip_suffix(&*statistics.high)).is_some()
    };
    if !interval.is_some_and(is_interval) {
        let Statistics { difference: right, low, high, .. } = &statistics;
        let said = difference.trim();
        return Some(format!("{pair}: the page says {said}, and its counts give {right}, from {low} to {high}"));
    }
    (p.trim() != statistics.p)
        .then(|| format!("{pair}: the page says that p is {}, and its counts give {}", p.trim(), statistics.p))
}

/// Four counts of so few samples that a build would have compared them.
fn paired(counts: &str) -> Option<Paired> {
    let counts: Vec<u64> = counts.split(' ').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let [both, only_first, only_second, neither] = *counts else { return None };
    let is_few = |n: u64| n <= MOST_OF_FILE as u64;
    let samples = Paired { both, only_first, only_second, neither };
    (counts.iter().all(|n| is_few(*n)) && (1..=MOST_OF_FILE as u64).contains(&samples.n())).then_some(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(counts: &str, cells: [&str; 7]) -> Option<String> {
        let cells = ["a", "b"].iter().chain(&cells).map(|cell| (*cell).to_owned()).collect();
        wrong_pair(&ShownPair { counts: counts.to_owned(), cells })
    }

    const RIGHT: [&str; 7] = ["1,020", "1,008", "8", "2", "2", "+0.006−0.001 至 0.014", "0.109"];

    #[test]
    fn each_number_follows_from_the_counts() {
        assert_eq!(wrong("1008 8 2 2", RIGHT), None);
        for (at, said, says) in [
            (0, "1,021", "says 1,021, and its counts give 1020"),
            (1, "1,009", "says 1,009, and its counts give 1008"),
            (4, "", "says , and its counts give 2"),
            (5, "−0.006−0.001 至 0.014", "give +0.006, from −0.001 to 0.014"),
            (5, "+0.006−0.001 至 0.013", "give +0.006, from −0.001 to 0.014"),
            (5, "+0.0060.001 至 0.014", "give +0.006, from −0.001 to 0.014"),
            (6, "0.049", "p is 0.049, and its counts give 0.109"),
        ] {
            let mut cells = RIGHT;
            cells[at] = said;
            let found = wrong("1008 8 2 2", cells).unwrap();
            assert!(found.starts_with("a and b: ") && found.contains(says), "{found}");
        }
    }

    #[test]
    fn counts_of_others_are_refused() {
        for counts in ["", "1 2 3", "1 2 3 4 5", "-1 2 3 4", "0 0 0 0", "131073 0 0 0", "18446744073709551615 1 1 1"] {
            assert!(wrong(counts, RIGHT).unwrap().contains("is not four counts"), "{counts}");
        }
        let few = ShownPair { counts: "1 0 0 0".to_owned(), cells: vec!["a".to_owned()] };
        assert!(wrong_pair(&few).unwrap().contains("too few"));
        let many = ShownPair { counts: "1 0 0 0".to_owned(), cells: vec!["a".to_owned(); 10] };
        assert!(wrong_pair(&many).unwrap().contains("10 cells"));
    }
}
