//! The *head* of a page, for machines: policy, alternates, JSON-LD; and the downloads that a page offers.

use serde::Serialize;
use serde_json::{Value, json};

use super::citation::{self, Cited};
use super::further::{Further, FurtherLinks};
use super::{Audit, Exports, ROOT};
use crate::card::benchmark::BenchmarkCard;
use crate::card::corrections::CorrectionsCard;
use crate::card::developer::DeveloperCard;
use crate::card::embed::EmbedCard;
use crate::card::evaluator::EvaluatorCard;
use crate::card::home::HomeCard;
use crate::card::list::ListCard;
use crate::card::markers::MarkersCard;
use crate::card::merged::MergedCard;
use crate::card::model::page::ModelPage;
use crate::card::not_shown::NotShownCard;
use crate::card::quote::Quotes;
use crate::card::source::SourceCard;
use crate::emit::page::PublishingCard;
use crate::language::Language;
use crate::words::visible;

/// Where the embedded pages stand.
pub const EMBEDS: &str = "embed/";

/// Everything comes from the site itself, and no script stands in a page. (The block of JSON-LD is data,
/// which no policy counts as a script.)
pub const POLICY: &str =
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'";

/// What a page is about, where it is about one thing.
pub struct Subject<'a> {
    /// Its title.
    pub title: String,
    /// A sentence about it.
    pub summary: &'a str,
}

/// A card that may be about one thing.
pub trait About {
    /// What that is.
    fn subject(&self, _: &Language) -> Option<Subject<'_>> {
        None
    }

    /// What one may quote of it.
    fn quotes(&self) -> Option<&Quotes<'_>> {
        None
    }

    /// The tables that it shows beside its main one.
    fn further(&self) -> Vec<Further> {
        Vec::new()
    }

    /// The model that the page for comparing begins with.
    fn compared(&self) -> Option<&str> {
        None
    }
}

impl About for ModelPage<'_> {
    fn subject(&self, language: &Language) -> Option<Subject<'_>> {
        Some(Subject { title: language.say("cite.model", &[("name", self.name)]), summary: &self.summary })
    }

    fn quotes(&self) -> Option<&Quotes<'_>> {
        Some(&self.quotes)
    }

    fn further(&self) -> Vec<Further> {
        shown([
            (Further::SideBySide, !self.disagreements.is_empty()),
            (Further::HubReadings, !self.hub_readings.is_empty()),
        ])
    }

    fn compared(&self) -> Option<&str> {
        Some(self.id)
    }
}

impl About for BenchmarkCard<'_> {
    fn subject(&self, language: &Language) -> Option<Subject<'_>> {
        let metric = match &self.qualifier {
            Some(qualifier) => language.say("metric.qualified", &[("metric", self.metric), ("qualifier", qualifier)]),
            None => self.metric.to_owned(),
        };
        let of: Vec<&str> = [self.slice, self.part.as_deref(), Some(&*metric)].into_iter().flatten().collect();
        let title = language.say("cite.benchmark", &[("name", self.name), ("of", &language.list(&of))]);
        Some(Subject { title, summary: &self.ranking_summary })
    }

    fn quotes(&self) -> Option<&Quotes<'_>> {
        Some(&self.quotes)
    }

    fn further(&self) -> Vec<Further> {
        shown([
            (Further::Sources, !self.sources.is_empty()),
            (Further::Pairs, self.pairs.is_some()),
            (Further::Runs, self.runs.as_ref().is_some_and(|runs| runs.by.is_some())),
            (Further::HubReadings, !self.hub_readings.is_empty()),
        ])
    }
}

impl About for EvaluatorCard<'_> {
    fn subject(&self, language: &Language) -> Option<Subject<'_>> {
        Some(Subject { title: language.say("cite.evaluator", &[("name", self.name)]), summary: &self.summary })
    }

    fn quotes(&self) -> Option<&Quotes<'_>> {
        Some(&self.quotes)
    }

    fn further(&self) -> Vec<Further> {
        shown([(Further::Documented, true), (Further::Differences, !self.differences.is_empty())])
    }
}

impl About for SourceCard<'_> {
    fn subject(&self, language: &Language) -> Option<Subject<'_>> {
        Some(Subject { title: language.say("cite.source", &[("name", self.name)]), summary: &self.summary })
    }

    fn further(&self) -> Vec<Further> {
        shown([(Further::Documented, true)])
    }
}

impl About for DeveloperCard<'_> {
    fn subject(&self, language: &Language) -> Option<Subject<'_>> {
        Some(Subject { title: language.say("cite.developer", &[("name", self.name)]), summary: &self.summary })
    }
}

impl About for MarkersCard<'_> {
    fn further(&self) -> Vec<Further> {
        shown([
            (Further::Attestations, !self.attestations.is_empty()),
            (Further::Dropped, !self.dropped.is_empty()),
            (Further::Collisions, !self.collisions.is_empty()),
        ])
    }
}

impl About for PublishingCard<'_> {
    fn further(&self) -> Vec<Further> {
        shown([(Further::Outcomes, self.unsupported.is_some())])
    }
}

impl About for CorrectionsCard<'_> {}
impl About for EmbedCard<'_> {}
impl About for HomeCard<'_> {}
impl About for NotShownCard<'_> {}
impl About for MergedCard<'_> {}
impl<T> About for ListCard<T> {}
impl About for () {}

/// Those of `tables` that are there.
fn shown<const N: usize>(tables: [(Further, bool); N]) -> Vec<Further> {
    tables.into_iter().filter(|(_, is_shown)| *is_shown).map(|(table, _)| table).collect()
}

/// What a page leads to beside other pages. Addresses are relative to the page.
#[derive(Debug, Default, Serialize)]
pub struct PageHead {
    /// The Content-Security-Policy.
    pub policy: &'static str,
    /// The page's table.
    pub csv: Option<String>,
    /// Its other tables.
    pub further: FurtherLinks,
    /// The page as data.
    pub json: Option<String>,
    /// What the API has; on lists and the home page.
    pub api: Option<String>,
    /// The tables of the whole site; there as well.
    pub data: Option<String>,
    /// A feed of what changes here.
    pub feed: Option<String>,
    /// The feed for `rel=alternate`; none on cards.
    pub discovered_feed: Option<String>,
    /// Selection of the comparison, as the end of its address.
    pub compared: Option<String>,
    /// An image for READMEs.
    pub badge: Option<String>,
    /// HTML of a frame that shows the page.
    pub embed: Option<String>,
    /// How to cite the page, for BibTeX.
    pub citation: Option<String>,
    /// Structured data for search engines; safe inside a `script` element.
    pub json_ld: Option<String>,
    /// Sentences that one may quote.
    pub quotable: Option<QuotableSentences>,
    /// `image` of `site.yaml`.
    pub image: Option<String>,
}

/// Sentences, with what they rest on.
#[derive(Debug, Serialize)]
pub struct QuotableSentences {
    /// In the language of the site.
    pub sentences: Vec<String>,
    /// Day of the build, else of the newest record.
    pub day: String,
    /// True if it is that of the build.
    pub is_built: bool,
    /// Public address of the page; else its path.
    pub url: String,
    /// First digits of the hash of all records.
    pub records: String,
}

/// A page as a data set, with its files.
pub fn data_set(subject: &Subject, site: &str, base_url: &str, url: &str, files: &[(&str, String)]) -> String {
    let distribution: Vec<Value> = files
        .iter()
        .map(|(format, url)| json!({ "@type": "DataDownload", "encodingFormat": format, "contentUrl": url }))
        .collect();
    in_script(&json!({
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": subject.title,
        "description": format!("{}. {}", subject.title, subject.summary),
        "url": url,
        "isAccessibleForFree": true,
        "includedInDataCatalog": { "@type": "DataCatalog", "name": site, "url": base_url },
        "distribution": distribution,
    }))
}

/// The site as a catalogue.
pub fn catalogue(site: &str, description: &str, base_url: &str) -> String {
    in_script(&json!({
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "name": site,
        "description": description,
        "url": base_url,
    }))
}

/// JSON that holds neither the end of an element nor the beginning of a comment, nor what only the site may write: programs
/// show it beside its address.
fn in_script(value: &Value) -> String {
    visible(&value.to_string()).replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// An element that shows the badge of `page` and leads to it.
fn badge(base_url: &str, page: &str, title: &str) -> String {
    let title = in_attribute(title);
    format!("<a href=\"{base_url}{page}.html\"><img src=\"{base_url}api/v1/{page}.svg\" alt=\"{title}\"></a>")
}

fn in_attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// An element that shows the embedded page of `page`.
fn frame(base_url: &str, page: &str, title: &str) -> String {
    let title = in_attribute(title);
    format!(
        "<iframe src=\"{base_url}{EMBEDS}{page}.html\" title=\"{title}\" width=\"100%\" height=\"420\" loading=\"lazy\"></iframe>"
    )
}

/// The id of a model in the address of a comparison, as the script writes it: signs that part ids are encoded twice.
fn in_fragment(id: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const SIGNS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*');
    let id = id.replace('%', "%25").replace(',', "%2C");
    format!("#m={}", utf8_percent_encode(&id, SIGNS))
}

impl Exports<'_> {
    pub(super) fn cited<'c>(&'c self, title: &'c str, url: Option<&'c str>, made_from: &'c str) -> Cited<'c> {
        let day = Some(self.day.as_str()).filter(|day| !day.is_empty());
        Cited { title, site: &self.config.site.title, url, made_from, day }
    }

    /// What the build was made from, in words.
    pub(super) fn made_from(&self, language: &Language) -> String {
        citation::made_from(self.config, self.newest.as_deref(), language)
    }

    /// What the head of the page at `path`, which shows `card`, says. `top` leads from it to the top.
    pub fn head(&self, path: &str, top: &str, card: &impl About, language: &Language) -> PageHead {
        let site = &self.config.site;
        let base_url = self.config.base_url.as_deref();
        let page = path.trim_end_matches(".html");
        // The pages of one list have one table.
        let page = page.split_once("/_page/").map_or(page, |(first, _)| first);
        let file = |extension: &str| format!("{top}{ROOT}/{page}.{extension}");
        let mut head = PageHead { policy: POLICY, feed: Some(format!("{top}feed.atom")), ..PageHead::default() };
        let subject = card.subject(language);
        let description = site.description.as_deref().unwrap_or_else(|| language.phrase("site.description"));
        match page {
            "index" | "overview" => head.json_ld = base_url.map(|url| catalogue(&site.title, description, url)),
            "models" | "benchmarks" | "evaluators" | "developers" | "sources" => {
                (head.csv, head.json) = (Some(file("csv")), Some(file("json")));
            }
            _ => {
                if let Some(audit) = Audit::ALL.into_iter().find(|audit| audit.path() == page) {
                    head.csv = Some(file("csv"));
                    head.json = self.choices.has_document(audit).then(|| file("json"));
                }
            }
        }
        if matches!(page, "index" | "overview") || head.csv.is_some() {
            head.api = Some(format!("{top}{ROOT}/index.json"));
            head.data = self.choices.data.then(|| format!("{top}{ROOT}/data/datapackage.json"));
        }
        let is_model = page.starts_with("models/");
        head.discovered_feed = head.feed.clone().filter(|_| !is_model);
        if self.choices.page_tables || !(is_model || page.starts_with("evaluators/")) {
            head.further = FurtherLinks::new(&card.further(), top, page);
        }
        head.image.clone_from(&site.image);
        head.compared = card.compared().map(in_fragment);
        // Of a large site the pages of developers would be longer by a third.
        let is_bare = page.starts_with("developers/") && self.choices.is_large;
        let Some(subject) = subject.filter(|_| !is_bare) else { return head };
        if page.starts_with("evaluators/") || page.starts_with("sources/") || self.choices.documents {
            head.json = Some(file("json"));
        }
        let is_of_many = ["models/", "benchmarks/", "developers/"].iter().any(|folder| page.starts_with(folder));
        if !is_of_many || self.choices.page_tables {
            head.csv = Some(file("csv"));
        }
        if is_model && self.choices.documents {
            head.badge = Some(file("svg"));
        }
        if self.paths.is_benchmark(page) {
            head.feed = Some(file("atom"));
            head.discovered_feed.clone_from(&head.feed);
        }
        let url = base_url.map(|base_url| format!("{base_url}{path}"));
        let is_embedded = self.config.site.exports.embeds && (is_model || self.paths.is_benchmark(page));
        head.embed = base_url.and_then(|base_url| {
            let badge = head.badge.as_ref().map(|_| badge(base_url, page, &subject.title));
            let frame = is_embedded.then(|| frame(base_url, page, &subject.title));
            Some([badge, frame].into_iter().flatten().collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
        });
        let quotes = card.quotes().filter(|quotes| !quotes.quotes.is_empty());
        head.quotable = quotes.map(|quotes| QuotableSentences {
            sentences: quotes.say(language),
            day: self.day.clone(),
            is_built: self.config.day.is_some(),
            url: url.clone().unwrap_or_else(|| path.to_owned()),
            records: self.records_sha256[..16].to_owned(),
        });
        let made_from = self.made_from(language);
        head.citation = Some(citation::bibtex(&self.cited(&subject.title, url.as_deref(), &made_from)));
        if let (Some(url), Some(base_url)) = (&url, base_url) {
            let address = |extension: &str| format!("{base_url}{ROOT}/{page}.{extension}");
            let json = head.json.as_ref().map(|_| ("application/json", address("json")));
            let csv = head.csv.as_ref().map(|_| ("text/csv", address("csv")));
            let files: Vec<_> = json.into_iter().chain(csv).collect();
            head.json_ld = Some(data_set(&subject, &site.title, base_url, url, &files));
        }
        head
    }
}
