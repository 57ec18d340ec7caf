//! Which *BenchmarkCards* claim a benchmark, and which of them, if any, is used.
//!
//! A card claims a benchmark by exact alias or normal form of its names. Names of cards are unreliable: some
//! describe a paper that only used the benchmark. So a card that cites papers but not the benchmark's own is not
//! used, and neither is one of several, until metadata names it.

use super::Benchmark;
use super::alias::Aliases;
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::id::EntityTable;
use crate::load::benchmark_card::ExternalBenchmarkCard;
use crate::load::content::Content;
use crate::load::metadata::BenchmarkMeta;

/// Gives each benchmark the places of its cards, and says what a person should look at.
pub fn attach(content: &Content, benchmarks: &mut EntityTable<Benchmark>, diagnostics: &mut Diagnostics) {
    let mut aliases = Aliases::default();
    let mut silent = Diagnostics::default();
    for (id, benchmark) in benchmarks.iter() {
        let meta = benchmark.meta.map(|number| &content.benchmarks[number]);
        // Aliases that mean the benchmark in one collection only say nothing about a card.
        let general = meta.filter(|meta| meta.scope.is_none()).map(|meta| meta.aliases.clone()).unwrap_or_default();
        let names: Vec<String> = general.into_iter().chain([benchmark.name.clone()]).collect();
        aliases.add(id, &benchmark.id, &names, "", &mut silent);
    }
    for (place, card) in content.benchmark_cards.iter().enumerate() {
        if let Some((id, _)) = card.names.iter().find_map(|name| aliases.find("", name)) {
            benchmarks.get_mut(id).cards.push(place);
        }
    }
    for benchmark in benchmarks.iter_mut().filter(|benchmark| !benchmark.cards.is_empty()) {
        let meta = benchmark.meta.map(|number| &content.benchmarks[number]);
        let card_of = |place: &usize| &content.benchmark_cards[*place];
        if chosen(meta, &benchmark.cards, &content.benchmark_cards).is_some() {
            continue;
        }
        let files: Vec<&str> = benchmark.cards.iter().map(|place| file_name(card_of(place))).collect();
        let message = match files.len() {
            1 => format!("claims to be about `{}`, but does not cite the paper in its metadata", benchmark.id),
            _ => format!("claims to be about `{}`, as do {} cards: {}", benchmark.id, files.len(), files.join(", ")),
        };
        let help = format!("set the right one in the benchmark's metadata: `benchmark_card: {}`", files[0]);
        let file = card_of(&benchmark.cards[0]).file.clone();
        diagnostics.warn_with_help(DiagnosticCode::DoubtfulBenchmarkCard, &file, "", message, help);
    }
    for meta in &content.benchmarks {
        let Some(wanted) = &meta.benchmark_card else { continue };
        if !content.benchmark_cards.iter().any(|card| file_name(card) == wanted) {
            let message = format!("there is no card `{wanted}` in benchmark-cards/");
            diagnostics.warn(DiagnosticCode::NoSuchBenchmarkCard, &meta.file, &meta.id, message);
        }
    }
}

/// The card among `places` that is taken for that of the benchmark.
pub fn chosen(meta: Option<&BenchmarkMeta>, places: &[usize], cards: &[ExternalBenchmarkCard]) -> Option<usize> {
    if let Some(wanted) = meta.and_then(|meta| meta.benchmark_card.as_deref()) {
        return cards.iter().position(|card| file_name(card) == wanted);
    }
    let paper = meta.and_then(|meta| meta.paper.as_deref()).and_then(arxiv_id);
    let mut fitting = places.iter().copied().filter(|place| cites(&cards[*place], paper));
    match (fitting.next(), fitting.next()) {
        (Some(place), None) => Some(place),
        _ => None,
    }
}

/// True if the card cites `paper`, or no paper at all.
fn cites(card: &ExternalBenchmarkCard, paper: Option<&str>) -> bool {
    let Some(paper) = paper else { return true };
    let mut cited = card.resources.iter().filter_map(|url| arxiv_id(url)).peekable();
    cited.peek().is_none() || cited.any(|id| id == paper)
}

/// `2311.07911` of an address of arXiv, without the version.
fn arxiv_id(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("arxiv.org/")?;
    let (_, id) = rest.split_once('/')?;
    let end = id.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(id.len());
    Some(id[..end].trim_end_matches('.')).filter(|id| !id.is_empty())
}

/// The last part of its path.
pub fn file_name(card: &ExternalBenchmarkCard) -> &str {
    card.file.rsplit(['/', '\\']).next().unwrap_or(&card.file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(paper: &str) -> BenchmarkMeta {
        let mut meta = BenchmarkMeta::default();
        meta.paper.replace(paper.to_owned());
        meta
    }

    fn card(file: &str, paper: &str) -> ExternalBenchmarkCard {
        ExternalBenchmarkCard {
            file: file.to_owned(),
            resources: vec![paper.to_owned()],
            ..ExternalBenchmarkCard::default()
        }
    }

    #[test]
    fn a_card_about_another_paper_does_not_win_and_of_several_none_does() {
        let own = "https://arxiv.org/abs/2009.03300";
        let mut meta = described(own);
        let cards =
            [card("a.json", "https://arxiv.org/abs/2508.20395"), card("b.json", "https://arxiv.org/pdf/2009.03300v3")];
        assert_eq!(chosen(Some(&meta), &[0], &cards), None);
        assert_eq!(chosen(Some(&meta), &[0, 1], &cards), Some(1));
        assert_eq!(chosen(None, &[0, 1], &cards), None);
        assert_eq!(chosen(None, &[0], &cards), Some(0));
        meta.benchmark_card = Some("a.json".to_owned());
        assert_eq!(chosen(Some(&meta), &[0, 1], &cards), Some(0));
    }
}
