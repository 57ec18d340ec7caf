//! *Atom* feeds of [`Event`]s: of the site and of a benchmark.
//!
//! Times come from builds or records, never from a clock. Ids are UUIDs derived from the content of an entry, so
//! that they do not depend on the address of the site.

use std::sync::PoisonError;

use foldhash::HashMap;

use super::changes::{Event, LIMITS, News};
use super::{Exports, ROOT};
use crate::hash::{Hasher, Sha256};
use crate::id::Id;
use crate::resolve::Benchmark;
use crate::words::{counted, visible};

/// What changed since the last build, by benchmark. It takes as long as many pages, which do not need it.
pub(super) struct Events {
    pub(super) news: News,
    of_benchmarks: HashMap<String, Vec<usize>>,
}

impl Events {
    fn new(news: News) -> Events {
        let mut of_benchmarks: HashMap<String, Vec<usize>> = HashMap::default();
        for (place, event) in news.events().iter().enumerate() {
            of_benchmarks.entry(event.benchmark.clone()).or_default().push(place);
        }
        Events { news, of_benchmarks }
    }
}

impl Exports<'_> {
    /// Compares with the last build, if nobody did: what that left takes room until then.
    pub fn compare(&self) {
        self.events();
    }

    /// The first who asks makes them, and the others wait: nothing in it may wait for another thread.
    pub(super) fn events(&self) -> &Events {
        self.events.get_or_init(|| {
            let previous = self.previous.lock().unwrap_or_else(PoisonError::into_inner).take();
            Events::new(News::new(self.source.dataset, previous, &self.day))
        })
    }

    pub(super) fn site_feed(&self) -> Vec<u8> {
        let events = self.events().news.events().iter().take(LIMITS.site);
        self.feed("feed.atom", "index.html", self.config.site.title.clone(), "", events)
    }

    pub(super) fn benchmark_feed(&self, id: Id<Benchmark>) -> Vec<u8> {
        let benchmark = &self.source.dataset.entities.benchmarks[id];
        let path = self.paths.benchmark(id);
        let Events { news, of_benchmarks } = self.events();
        let places = of_benchmarks.get(&benchmark.id).map_or(&[][..], Vec::as_slice);
        let events = places.iter().take(LIMITS.benchmark).map(|place| &news.events()[*place]);
        let title = format!("{} · {}", benchmark.name, self.config.site.title);
        let feed = format!("{ROOT}/{path}.atom");
        self.feed(&feed, &format!("{path}.html"), title, &crate::paths::to_top(&feed), events)
    }

    fn feed<'e>(
        &self,
        path: &str,
        page: &str,
        title: String,
        top: &str,
        events: impl Iterator<Item = &'e Event>,
    ) -> Vec<u8> {
        let entities = &self.source.dataset.entities;
        let entries: Vec<FeedEntry> = events
            .map(|event| {
                let model = self.model_by_id.get(event.model.as_str());
                let benchmark = self.benchmark_by_id.get(event.benchmark.as_str());
                FeedEntry {
                    event,
                    model: model.map_or(&event.model, |id| &entities.models[*id].name),
                    benchmark: benchmark.map_or(&event.benchmark, |id| &entities.benchmarks[*id].name),
                    page: model.map_or("models.html".to_owned(), |id| self.source.cards.model_url(*id)),
                }
            })
            .collect();
        let top = self.config.base_url.as_deref().unwrap_or(top);
        let feed = Feed { site: &self.config.site.title, title: &title, path, page, top, day: &self.day };
        atom(&feed, &entries)
    }
}

/// What a feed is about.
pub struct Feed<'a> {
    /// Name of the site, which stands for its authors.
    pub site: &'a str,
    /// What the feed is of.
    pub title: &'a str,
    /// Path of the feed from the top of the site.
    pub path: &'a str,
    /// Path of the page.
    pub page: &'a str,
    /// Public address of the site, or the way from the feed to its top.
    pub top: &'a str,
    /// The day of a feed without entries.
    pub day: &'a str,
}

/// An event with the names and the page of what it is about.
pub struct FeedEntry<'a> {
    /// What happened.
    pub event: &'a Event,
    /// Display name of the model.
    pub model: &'a str,
    /// Display name of the benchmark.
    pub benchmark: &'a str,
    /// Path of the model's card, or of the page that is there in its place.
    pub page: String,
}

/// The feed of `entries`, newest first.
pub fn atom(feed: &Feed, entries: &[FeedEntry]) -> Vec<u8> {
    let newest = entries.first().map_or(feed.day, |entry| &entry.event.day);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n\
         <id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<author><name>{}</name></author>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n<link href=\"{}\"/>\n",
        uuid(&[feed.site, feed.path]),
        text(feed.title),
        time(newest),
        text(feed.site),
        text(&format!("{}{}", feed.top, feed.path)),
        text(&format!("{}{}", feed.top, feed.page)),
    );
    for entry in entries {
        let FeedEntry { event, .. } = entry;
        let day = if event.day.is_empty() { feed.day } else { &event.day };
        xml.push_str(&format!(
            "<entry><id>{}</id><title>{}</title><updated>{}</updated><link href=\"{}\"/><content>{}</content></entry>\n",
            uuid(&[feed.site, &event.day, &event.model, &event.benchmark]),
            text(&format!("{} on {}: {}", entry.model, entry.benchmark, what(event))),
            time(day),
            text(&format!("{}{}", feed.top, entry.page)),
            text(&sentence(event)),
        ));
    }
    xml.push_str("</feed>\n");
    xml.into_bytes()
}

/// `2 results added, 1 changed`. What is gone may have moved, or have been left out: it was not withdrawn.
fn what(event: &Event) -> String {
    let mut parts = Vec::new();
    let counts = [
        (event.added, "added"),
        (event.changed, "changed"),
        (event.withdrawn, "withdrawn"),
        (event.disputed, "disputed"),
        (event.reinstated, "asserted again"),
        (event.gone, "not on this site any more"),
    ];
    for (n, word) in counts {
        match (n, parts.is_empty()) {
            (0, _) => {}
            (n, true) => parts.push(format!("{} {word}", counted(n as usize, "result", "results"))),
            (n, false) => parts.push(format!("{n} {word}")),
        }
    }
    parts.join(", ")
}

fn sentence(event: &Event) -> String {
    let mut sentence = format!("{}, {}: {}.", event.model, event.benchmark, what(event));
    let scores: Vec<String> = event.scores.iter().map(|(before, after)| format!("{before} is now {after}")).collect();
    if !scores.is_empty() {
        sentence.push_str(&format!(" {}.", scores.join("; ")));
    }
    sentence
}

/// Midnight of `day`; a feed must have a time, and that of a site without any day is the first there is.
fn time(day: &str) -> String {
    format!("{}T00:00:00Z", if day.is_empty() { "1970-01-01" } else { day })
}

/// A UUID (version 8) from the hash of `parts`.
fn uuid(parts: &[&str]) -> String {
    let mut hasher = Hasher::default();
    parts.iter().for_each(|part| hasher.add(part.as_bytes()));
    let hash: Sha256 = hasher.finish();
    let hex = hash.to_string();
    format!("urn:uuid:{}-{}-8{}-8{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30])
}

/// Text of XML; characters that XML does not have become U+FFFD.
fn text(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\t' | '\n' => xml.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => xml.push('\u{fffd}'),
            c => xml.push(c),
        }
    }
    xml
}
