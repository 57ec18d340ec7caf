//! What the *head* of a page tells machines: policy, alternates, JSON-LD; and what readers may take away.

use serde::Serialize;
use serde_json::{Value, json};

use crate::card::benchmark::BenchmarkCard;
use crate::card::developer::DeveloperCard;
use crate::card::evaluator::EvaluatorCard;
use crate::card::list::{HomeCard, ListCard};
use crate::card::markers::MarkersCard;
use crate::card::merged::MergedCard;
use crate::card::model::ModelCard;
use crate::card::not_shown::NotShownCard;

/// Everything comes from the site itself, and no script stands in a page. (The block of JSON-LD is data,
/// which no policy counts as a script.)
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                          font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'";

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
    fn subject(&self) -> Option<Subject<'_>> {
        None
    }
}

impl About for ModelCard<'_> {
    fn subject(&self) -> Option<Subject<'_>> {
        Some(Subject { title: format!("Evaluation results of {}", self.name), summary: &self.summary })
    }
}

impl About for BenchmarkCard<'_> {
    fn subject(&self) -> Option<Subject<'_>> {
        let mut title = format!("{}: evaluation results", self.name);
        for part in [self.slice, self.part.as_deref()].into_iter().flatten() {
            title.push_str(&format!(", {part}"));
        }
        title.push_str(&format!(", {}", self.metric));
        Some(Subject { title, summary: &self.ranking_summary })
    }
}

impl About for EvaluatorCard<'_> {
    fn subject(&self) -> Option<Subject<'_>> {
        Some(Subject { title: format!("Evaluation results reported by {}", self.name), summary: &self.summary })
    }
}

impl About for DeveloperCard<'_> {
    fn subject(&self) -> Option<Subject<'_>> {
        Some(Subject { title: format!("Evaluation results of the models of {}", self.name), summary: &self.summary })
    }
}

impl About for HomeCard<'_> {}
impl About for NotShownCard<'_> {}
impl About for MergedCard<'_> {}
impl About for MarkersCard<'_> {}
impl About for crate::emit::page::PublishingCard<'_> {}
impl<T> About for ListCard<T> {}
impl About for () {}

/// What a page leads to beside other pages. Addresses are relative to the page.
#[derive(Debug, Default, Serialize)]
pub struct Head {
    /// The Content-Security-Policy.
    pub policy: &'static str,
    /// The page's table.
    pub csv: Option<String>,
    /// The page as data.
    pub json: Option<String>,
    /// What the API has; on lists and the home page.
    pub api: Option<String>,
    /// The tables of the whole site; there as well.
    pub data: Option<String>,
    /// A feed of what changes here.
    pub feed: Option<String>,
    /// An image for READMEs.
    pub badge: Option<String>,
    /// How to cite the page, for BibTeX.
    pub citation: Option<String>,
    /// Structured data for search engines; safe inside a `script` element.
    pub json_ld: Option<String>,
    /// What sites that show a link show of the page.
    pub image: Option<Image>,
}

/// A share image.
#[derive(Debug, Serialize)]
pub struct Image {
    /// Absolute address.
    pub url: String,
    /// What it shows; left out on large sites.
    pub alt: Option<String>,
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

/// JSON that holds neither the end of an element nor the beginning of a comment.
fn in_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
