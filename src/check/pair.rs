//! Verifies the statistics of two models on the same samples against the four counts on the page.

use super::html::ShownPair;
use crate::card::pairs::Statistics;
use crate::load::samples::MOST_OF_FILE;
use crate::signal::paired::Paired;

/// A row of the table of pairs: the models, the samples that both have, the four counts, the difference with its interval,
/// and p.
const CELLS: usize = 9;

/// Why what `shown` says does not follow from its counts, or these from the two results; `None` if it does. `rows` has how
/// many samples the score behind a link was recomputed from.
pub fn wrong_pair(shown: &ShownPair, rows: impl Fn(&str) -> Option<u64>) -> Option<String> {
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
        // What stands between its thousands is the matter of the language.
        let digits: String = said.chars().filter(char::is_ascii_digit).collect();
        if digits != n.to_string() {
            return Some(format!("{pair}: the page says {}, and its counts give {n}", said.trim()));
        }
    }
    let [first_link, second_link] = &*shown.links else {
        return Some(format!("{pair}: the row does not link to both results"));
    };
    for (model, link) in [(first, first_link), (second, second_link)] {
        match rows(link) {
            None => return Some(format!("{pair}: the score of {} was not recomputed from its samples", model.trim())),
            Some(rows) if rows < samples.n() => {
                let (n, model) = (samples.n(), model.trim());
                return Some(format!("{pair}: the page says {n} same samples, and {model} has {rows}"));
            }
            Some(_) => {}
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

    fn shown(counts: &str, cells: &[&str]) -> ShownPair {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        ShownPair { counts: counts.to_owned(), cells: owned(cells), links: owned(&["a.html#1", "b.html#1"]) }
    }

    fn wrong(counts: &str, cells: [&str; 7]) -> Option<String> {
        wrong_pair(&shown(counts, &[&["a", "b"], &cells[..]].concat()), |_| Some(2_000))
    }

    const RIGHT: [&str; 7] = ["1,020", "1,008", "8", "2", "2", "+0.006−0.001 至 0.014", "0.109"];

    #[test]
    fn each_number_follows_from_the_counts() {
        assert_eq!(wrong("1008 8 2 2", RIGHT), None);
        assert_eq!(wrong("1008 8 2 2", ["1 020", "1.008", "8", "2", "2", RIGHT[5], RIGHT[6]]), None);
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
        assert!(wrong_pair(&shown("1 0 0 0", &["a"]), |_| Some(1)).unwrap().contains("too few"));
        assert!(wrong_pair(&shown("1 0 0 0", &["a"; 10]), |_| Some(1)).unwrap().contains("10 cells"));
    }

    #[test]
    fn no_more_samples_are_shared_than_each_has() {
        let right = shown("1008 8 2 2", &[&["a", "b"], &RIGHT[..]].concat());
        let of = |rows: Option<u64>| wrong_pair(&right, |link| if link == "b.html#1" { rows } else { Some(1_020) });
        assert_eq!(of(Some(1_020)), None);
        assert!(of(Some(1_019)).unwrap().ends_with("the page says 1020 same samples, and b has 1019"));
        assert!(of(None).unwrap().ends_with("the score of b was not recomputed from its samples"));
        let alone = ShownPair { links: Vec::new(), ..right.clone() };
        assert!(wrong_pair(&alone, |_| None).unwrap().contains("does not link"));
    }
}
