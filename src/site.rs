//! A *site* is the plan of all pages: which there are, where each stands, and how it is made.
//!
//! The plan is complete before the first page is rendered, so that the output folder knows what
//! will be in it. Pages are made one at a time, in any order, by any thread.

use std::path::PathBuf;

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::Serialize;

use crate::card::evaluator::Tally;
use crate::card::list::{n_pages, page_path};
use crate::card::{Cards, Paths, benchmark, list, not_shown, record_path, record_url};
use crate::config::Config;
use crate::diagnostic::Diagnostics;
use crate::emit::{Manifest, page};
use crate::export::Exports;
use crate::export::head::About;
use crate::hash::Sha256;
use crate::id::Id;
use crate::load::content::Content;
use crate::markdown;
use crate::merge::{Dataset, Ranking};
use crate::names::normal_form;
use crate::render::{Frame, NavLink, Theme};
use crate::resolve::{Evaluator, Model};

/// One file of the output folder.
pub struct Planned {
    /// Path below the output folder.
    pub path: String,
    page: Page,
}

enum Page {
    Home,
    Models(usize),
    Benchmarks(usize),
    Evaluators(usize),
    NotShown(usize),
    Publishing(usize),
    Model(Id<Model>),
    Ranking(Id<Ranking>, usize),
    Evaluator(Id<Evaluator>),
    Prose(usize),
    NotFound,
    Text(String),
    Record(u32),
}

/// What a file holds.
pub enum Body {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A copy of the file at this path, which must have this hash.
    CopyOf(PathBuf, Sha256),
}

/// All pages of a build.
pub struct Site<'a> {
    config: &'a Config,
    dataset: &'a Dataset,
    theme: &'a Theme,
    paths: &'a Paths,
    manifest: &'a Manifest,
    exports: &'a Exports<'a>,
    /// Every file of the site.
    pub planned: Vec<Planned>,
    style: String,
    nav: Vec<NavLink>,
    prose: Prose,
    tallies: Vec<Tally<'a>>,
    not_shown: foldhash::HashMap<String, usize>,
    newest: Option<String>,
    day: Option<String>,
}

/// The Markdown of all content as clean HTML, in the order of the content.
struct Prose {
    models: Vec<String>,
    benchmarks: Vec<String>,
    pages: Vec<String>,
}

/// Root pages that prose must not replace.
const RESERVED: [&str; 12] = [
    "index",
    "404",
    "models",
    "benchmarks",
    "evaluators",
    "developers",
    "compare",
    "publishing",
    "not-shown",
    "records",
    "assets",
    "api",
];

impl<'a> Site<'a> {
    /// Plans all pages of `dataset`.
    pub fn new(
        config: &'a Config,
        dataset: &'a Dataset,
        theme: &'a Theme,
        paths: &'a Paths,
        manifest: &'a Manifest,
        exports: &'a Exports<'a>,
        diagnostics: &mut Diagnostics,
    ) -> Site<'a> {
        let content = &dataset.inputs.content;
        let mut tallies: Vec<Tally> = (0..dataset.entities.evaluators.len()).map(|_| Tally::default()).collect();
        let mut last = u32::MAX;
        let mut by_record: Vec<_> =
            dataset.readings.iter().map(|reading| (reading.resolved.record, reading.resolved.evaluator)).collect();
        by_record.par_sort_unstable();
        for (record, evaluator) in by_record {
            if record != last {
                tallies[evaluator.index()].add(&dataset.inputs.records[record as usize]);
                last = record;
            }
        }
        let mut not_shown = foldhash::HashMap::default();
        for entry in &dataset.inputs.quarantined {
            if let Some(model) = entry.model.as_deref().and_then(normal_form) {
                *not_shown.entry(model).or_default() += 1;
            }
        }
        let style = format!("assets/style.{}.css", &Sha256::of(theme.style().as_bytes()).to_string()[..12]);
        let mut site = Site {
            config,
            dataset,
            theme,
            paths,
            manifest,
            exports,
            planned: Vec::new(),
            style,
            nav: fixed_nav(),
            prose: Prose::new(content),
            tallies,
            not_shown,
            newest: newest_retrieval(dataset),
            day: config.day.map(|day| day.to_string()),
        };
        site.plan(diagnostics);
        site
    }

    fn plan(&mut self, diagnostics: &mut Diagnostics) {
        let entities = &self.dataset.entities;
        self.page("index", Page::Home);
        self.page("404", Page::NotFound);
        self.list("models", entities.models.len(), list::ROWS, Page::Models);
        self.list("benchmarks", entities.benchmarks.len(), list::ROWS, Page::Benchmarks);
        self.list("evaluators", entities.evaluators.len(), list::ROWS, Page::Evaluators);
        self.list("not-shown", self.dataset.inputs.quarantined.len(), not_shown::ROWS, Page::NotShown);
        self.list("publishing", page::n_rows(self.manifest), page::ROWS, Page::Publishing);
        for (id, _) in entities.models.iter() {
            self.page(self.paths.model(id), Page::Model(id));
        }
        for (id, ranking) in self.dataset.rankings.iter() {
            self.list(self.paths.ranking(id), ranking.rows.len(), benchmark::ROWS, |number| Page::Ranking(id, number));
        }
        for (id, _) in entities.evaluators.iter() {
            self.page(self.paths.evaluator(id), Page::Evaluator(id));
        }
        self.plan_prose(diagnostics);
        for (number, loaded) in self.dataset.inputs.records.iter().enumerate() {
            if self.config.datastores[usize::from(loaded.origin.datastore)].repo.is_none() {
                self.file(record_path(loaded), Page::Record(number as u32));
            }
        }
        self.file(self.style.clone(), Page::Text(self.theme.style().to_owned()));
        self.file(".nojekyll".to_owned(), Page::Text(String::new()));
    }

    fn plan_prose(&mut self, diagnostics: &mut Diagnostics) {
        let mut taken: foldhash::HashSet<String> = RESERVED.iter().map(|&path| path.to_owned()).collect();
        for (number, page) in self.dataset.inputs.content.pages.iter().enumerate() {
            let path = crate::paths::part(&page.id);
            // Some file systems take letter case for nothing.
            if !taken.insert(path.to_lowercase()) {
                let message = format!("`{path}.html` is the address of another page");
                diagnostics.error("reserved-page", &page.file, "", message, "give the file another name");
                continue;
            }
            if page.nav_order.is_some() {
                self.nav.push(NavLink { title: page.title.clone(), path: format!("{path}.html") });
            }
            self.page(&path, Page::Prose(number));
        }
    }

    fn list(&mut self, path: &str, rows: usize, rows_a_page: usize, page: impl Fn(usize) -> Page) {
        for number in 1..=n_pages(rows, rows_a_page) {
            self.page(&page_path(path, number), page(number));
        }
    }

    fn page(&mut self, path: &str, page: Page) {
        self.file(format!("{path}.html"), page);
    }

    fn file(&mut self, path: String, page: Page) {
        self.planned.push(Planned { path: format!("pages/{path}"), page });
    }

    /// The pages, for search engines: paths from the top, without the page for missing addresses.
    pub fn addresses(&self) -> Vec<&str> {
        let paths = self.planned.iter().filter_map(|planned| planned.path.strip_prefix("pages/"));
        paths.filter(|path| path.ends_with(".html") && *path != "404.html").collect()
    }

    /// What the records of an evaluator disclose, counted.
    pub fn tally(&self, id: Id<Evaluator>) -> &Tally<'a> {
        &self.tallies[id.index()]
    }

    /// Makes one file.
    pub fn render(&self, planned: &Planned) -> Result<Body> {
        let path = planned.path.trim_start_matches("pages/");
        let cards = Cards::at(self.dataset, self.paths, path);
        let page = match &planned.page {
            Page::Home => self.html("home.html", path, "", &cards, &cards.home()),
            Page::Models(number) => self.html("models.html", path, "models.html", &cards, &cards.models(*number)),
            Page::Benchmarks(number) => {
                self.html("benchmarks.html", path, "benchmarks.html", &cards, &cards.benchmarks(*number))
            }
            Page::Evaluators(number) => {
                self.html("evaluators.html", path, "evaluators.html", &cards, &cards.evaluators(*number))
            }
            Page::NotShown(number) => self.html("not-shown.html", path, "", &cards, &cards.not_shown(*number)),
            Page::Publishing(number) => {
                let card = page::publishing(&cards, self.manifest, *number, |loaded| {
                    record_url(self.config, loaded, &cards.top)
                });
                self.html("publishing.html", path, "", &cards, &card)
            }
            Page::Model(id) => self.model(path, &cards, *id),
            Page::Ranking(id, number) => {
                let slice = &self.dataset.entities.slices[self.dataset.rankings[*id].slice];
                let meta = self.dataset.entities.benchmarks[slice.benchmark].meta;
                let prose = meta.map_or("", |meta| &self.prose.benchmarks[meta]);
                self.html("benchmark.html", path, "benchmarks.html", &cards, &cards.ranking(*id, *number, prose))
            }
            Page::Evaluator(id) => self.html(
                "evaluator.html",
                path,
                "evaluators.html",
                &cards,
                &cards.evaluator(*id, &self.tallies[id.index()]),
            ),
            Page::Prose(number) => self.html(
                "page.html",
                path,
                path,
                &cards,
                &ProseCard {
                    title: &self.dataset.inputs.content.pages[*number].title,
                    html: &self.prose.pages[*number],
                },
            ),
            Page::NotFound => self.html("404.html", path, "", &cards, &()),
            Page::Text(text) => Ok(text.clone()),
            Page::Record(number) => {
                let origin = &self.dataset.inputs.records[*number as usize].origin;
                let root = &self.config.datastores[usize::from(origin.datastore)].root;
                return Ok(Body::CopyOf(root.join(&*origin.path), origin.sha256));
            }
        };
        Ok(Body::Bytes(page?.into_bytes()))
    }

    fn model(&self, path: &str, cards: &Cards<'a>, id: Id<Model>) -> Result<String> {
        let model = &self.dataset.entities.models[id];
        let prose = model.meta.map_or("", |meta| self.prose.models[meta].as_str());
        let spellings: std::collections::BTreeSet<_> =
            model.spellings.iter().filter_map(|spelling| normal_form(spelling)).collect();
        let not_shown = spellings.iter().filter_map(|spelling| self.not_shown.get(spelling)).sum();
        let card = cards.model(id, prose, not_shown, |loaded| record_url(self.config, loaded, &cards.top));
        self.html("model.html", path, "models.html", cards, &card)
    }

    fn html(
        &self,
        template: &str,
        path: &str,
        section: &str,
        cards: &Cards,
        card: &(impl Serialize + About),
    ) -> Result<String> {
        // A host serves the page for missing addresses at any depth, so its links must be absolute.
        let top = match (template, &self.config.base_url) {
            ("404.html", Some(base_url)) => base_url,
            _ => &cards.top,
        };
        let address = if path == "index.html" { "" } else { path };
        let frame = Frame {
            title: &self.config.site.title,
            description: &self.config.site.description,
            language: &self.config.site.language,
            top,
            style: &self.style,
            canonical: self.config.base_url.as_ref().map(|base_url| format!("{base_url}{address}")),
            nav: &self.nav,
            section,
            version: env!("CARGO_PKG_VERSION"),
            newest: self.newest.as_deref(),
            day: self.day.as_deref(),
            head: self.exports.head(path, top, card),
        };
        self.theme.render(template, card, &frame).with_context(|| format!("failed to make pages/{path}"))
    }
}

/// The links of the navigation that every site has.
fn fixed_nav() -> Vec<NavLink> {
    let link = |(title, path): (&str, &str)| NavLink { title: title.to_owned(), path: path.to_owned() };
    [("Models", "models.html"), ("Benchmarks", "benchmarks.html"), ("Evaluators", "evaluators.html")].map(link).into()
}

fn newest_retrieval(dataset: &Dataset) -> Option<String> {
    let stamps = dataset.inputs.records.iter().filter_map(|loaded| loaded.record.retrieved.as_ref()?.day);
    stamps.max().map(|day| day.to_string())
}

/// A page of prose.
#[derive(Serialize)]
struct ProseCard<'a> {
    title: &'a str,
    html: &'a str,
}

impl About for ProseCard<'_> {}

impl Prose {
    fn new(content: &Content) -> Prose {
        Prose {
            models: content.models.par_iter().map(|meta| markdown::to_html(&meta.prose, 2)).collect(),
            benchmarks: content.benchmarks.par_iter().map(|meta| markdown::to_html(&meta.prose, 2)).collect(),
            pages: content.pages.par_iter().map(|page| markdown::to_html(&page.prose, 0)).collect(),
        }
    }
}
