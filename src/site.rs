//! A *site* is the plan of all pages: which there are, where each stands, and how it is made.
//!
//! The plan is complete before the first page is rendered, so that the output folder knows what
//! will be in it. Pages are made one at a time, in any order, by any thread.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::Serialize;

use crate::card::evaluator::{Tally, signals_of_all, tallies};
use crate::card::hub_readings::HubReading;
use crate::card::list::{n_pages, page_path};
use crate::card::merged::Merged;
use crate::card::model::usual::Usual;
use crate::card::posted::PostedCounts;
use crate::card::proposals::ProposalRow;
use crate::card::source::SourceCard;
use crate::card::{Cards, Paths, benchmark, list, merged, not_shown, record_path, record_url};
use crate::config::Config;
use crate::diagnostic::{DiagnosticCode, Diagnostics, did_you_mean};
use crate::emit::page::PublishingCard;
use crate::emit::{HubFiles, Manifest, page};
use crate::export::further::Further;
use crate::export::head::{About, EMBEDS, Subject};
use crate::export::{self, Export, Exports};
use crate::hash::Sha256;
use crate::id::Id;
use crate::language::Language;
use crate::load::metadata::ProsePage;
use crate::load::{Loaded, RecordLocation};
use crate::mark::hub_run::HubRuns;
use crate::markdown;
use crate::merge::{Collection, Dataset, Developer, Ranking};
use crate::names::normal_form;
use crate::render::{Frame, NavLink, Theme};
use crate::resolve::{Evaluator, Model};
use crate::signal::Signals;

/// One file of the output folder.
pub struct Planned {
    /// Path below the output folder.
    pub path: String,
    page: Page,
}

impl Planned {
    /// True for the copy of a record, which pages name.
    pub fn is_record(&self) -> bool {
        matches!(self.page, Page::Record(_))
    }
}

enum Page {
    Home,
    /// The page of a benchmark in place of the home page.
    Front(Id<Ranking>),
    Models(usize),
    Benchmarks(usize),
    Evaluators(usize),
    Developers(usize),
    Sources(usize),
    Search,
    Compare,
    NotShown(usize),
    Merged(usize),
    Markers,
    Corrections,
    Publishing(usize),
    Model(Id<Model>),
    Ranking(Id<Ranking>, usize),
    Evaluator(Id<Evaluator>),
    Developer(Id<Developer>, usize),
    Source(Id<Collection>),
    EmbeddedModel(Id<Model>),
    EmbeddedBenchmark(Id<Ranking>),
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
    signals: &'a Signals,
    theme: &'a Theme,
    paths: &'a Paths,
    manifest: &'a Manifest,
    hub_runs: &'a HubRuns,
    /// What its pages lead to.
    pub exports: &'a Exports<'a>,
    /// Every file of the site.
    pub planned: Vec<Planned>,
    /// `robots.txt` and the sitemap.
    pub for_robots: Vec<Export>,
    style: String,
    script: String,
    nav: Vec<NavLink>,
    /// What was made of the prose of benchmarks so far.
    benchmark_prose: Vec<OnceLock<String>>,
    /// What the records of each evaluator disclose, counted.
    pub tallies: Vec<Tally<'a>>,
    /// What is usual in the records of each collection.
    usual: Vec<Option<Usual<'a>>>,
    /// The names that were joined.
    pub merged: Merged<'a>,
    not_shown: foldhash::HashMap<String, usize>,
    has_samples: bool,
    newest: Option<String>,
    day: Option<String>,
}

/// Root pages that prose must not replace.
const RESERVED: [&str; 19] = [
    "index",
    "embed",
    "overview",
    "404",
    "models",
    "benchmarks",
    "evaluators",
    "developers",
    "sources",
    "compare",
    "search",
    "publishing",
    "not-shown",
    "merged",
    "markers",
    "corrections",
    "records",
    "assets",
    "api",
];

impl<'a> Site<'a> {
    /// Plans all pages of the data set of `cards`, which are those of its top.
    pub fn new(
        config: &'a Config,
        cards: &Cards<'a>,
        theme: &'a Theme,
        hub: &'a HubFiles,
        exports: &'a Exports<'a>,
        diagnostics: &mut Diagnostics,
    ) -> Site<'a> {
        let Cards { dataset, signals, paths, .. } = *cards;
        let mut not_shown = foldhash::HashMap::default();
        for entry in &dataset.inputs.quarantined {
            if let Some(model) = entry.model.as_deref().and_then(normal_form) {
                *not_shown.entry(model).or_default() += 1;
            }
        }
        let hash = |text: &str| Sha256::of(text.as_bytes()).to_string()[..12].to_owned();
        let mut site = Site {
            config,
            dataset,
            signals,
            theme,
            paths,
            manifest: &hub.manifest,
            hub_runs: &hub.hub_runs,
            exports,
            planned: Vec::new(),
            for_robots: Vec::new(),
            style: format!("assets/style.{}.css", hash(theme.style())),
            script: format!("assets/site.{}.js", hash(theme.script())),
            benchmark_prose: dataset.inputs.content.benchmarks.iter().map(|_| OnceLock::new()).collect(),
            nav: fixed_nav(theme.language()),
            tallies: tallies(dataset, signals),
            usual: {
                let collections: Vec<_> = dataset.collections.iter().map(|(id, _)| id).collect();
                collections.into_par_iter().map(|id| cards.usual(id)).collect()
            },
            merged: Merged::of(dataset, paths),
            not_shown,
            has_samples: dataset.inputs.have_samples(),
            newest: newest_retrieval(dataset),
            day: config.day.map(|day| day.to_string()),
        };
        site.plan(diagnostics);
        site.for_robots = export::for_robots(config, &site.addresses());
        site
    }

    fn plan(&mut self, diagnostics: &mut Diagnostics) {
        let entities = &self.dataset.entities;
        match self.front(diagnostics) {
            Some(id) => {
                self.page("index", Page::Front(id));
                self.page("overview", Page::Home);
                let title = self.theme.language().say("nav.overview", &[]);
                self.nav.push(NavLink { title, path: "overview.html".to_owned() });
            }
            None => self.page("index", Page::Home),
        }
        self.page("404", Page::NotFound);
        self.page("search", Page::Search);
        self.page("compare", Page::Compare);
        self.list("models", entities.models.len(), list::ROWS, Page::Models);
        self.list("benchmarks", entities.benchmarks.len(), list::ROWS, Page::Benchmarks);
        self.list("evaluators", entities.evaluators.len(), list::ROWS, Page::Evaluators);
        self.list("developers", self.dataset.developers.len(), list::ROWS, Page::Developers);
        self.list("sources", self.dataset.collections.len(), list::ROWS, Page::Sources);
        self.list("not-shown", self.dataset.inputs.quarantined.len(), not_shown::ROWS, Page::NotShown);
        self.list("merged", self.merged.len(), merged::ROWS, Page::Merged);
        self.page("markers", Page::Markers);
        self.page("corrections", Page::Corrections);
        self.list("publishing", page::n_rows(self.manifest), page::ROWS, Page::Publishing);
        for (id, _) in entities.models.iter() {
            self.page(self.paths.model(id), Page::Model(id));
        }
        for (id, ranking) in self.dataset.rankings.iter() {
            if let Some(path) = self.paths.ranking(id) {
                self.list(path, ranking.rows.len(), benchmark::ROWS, |number| Page::Ranking(id, number));
            }
        }
        for (id, _) in entities.evaluators.iter() {
            self.page(self.paths.evaluator(id), Page::Evaluator(id));
        }
        for (id, _) in self.dataset.collections.iter() {
            self.page(self.paths.collection(id), Page::Source(id));
        }
        for (id, developer) in self.dataset.developers.iter() {
            self.list(self.paths.developer(id), developer.models.len(), list::ROWS, |number| {
                Page::Developer(id, number)
            });
        }
        if self.config.site.exports.embeds {
            self.plan_embeds();
        }
        self.plan_prose(diagnostics);
        for (number, loaded) in self.dataset.inputs.records.iter().enumerate() {
            if self.dataset.inputs.location_of(loaded) == RecordLocation::Copied {
                self.file(record_path(loaded), Page::Record(number as u32));
            }
        }
        self.file(self.style.clone(), Page::Text(self.theme.style().to_owned()));
        self.file(self.script.clone(), Page::Text(self.theme.script().to_owned()));
        self.file(".nojekyll".to_owned(), Page::Text(String::new()));
    }

    /// The light pages for frames in other pages.
    fn plan_embeds(&mut self) {
        for (id, _) in self.dataset.entities.models.iter() {
            self.page(&format!("{EMBEDS}{}", self.paths.model(id)), Page::EmbeddedModel(id));
        }
        for (id, _) in self.dataset.rankings.iter() {
            if let Some(path) = self.paths.ranking(id).filter(|path| self.paths.is_benchmark(path)) {
                self.page(&format!("{EMBEDS}{path}"), Page::EmbeddedBenchmark(id));
            }
        }
    }

    /// The benchmark that `site.yaml` begins with.
    fn front(&self, diagnostics: &mut Diagnostics) -> Option<Id<Ranking>> {
        let front = self.config.site.front.as_deref()?;
        let path = front.trim_end_matches(".html");
        let mut rankings = self.dataset.rankings.iter().map(|(id, _)| id);
        let found = rankings.find(|id| self.paths.ranking(*id) == Some(path) && self.paths.is_benchmark(path));
        if found.is_none() {
            let file = self.config.content.join("site.yaml").display().to_string();
            let known = self.dataset.entities.benchmarks.iter().map(|(id, _)| self.paths.benchmark(id));
            let help = match did_you_mean(path, known) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "write `benchmarks/` and the id of a benchmark that records name".to_owned(),
            };
            let message = format!(
                "front: no benchmark of this site has the page `{front}`, so it begins with the general home page"
            );
            diagnostics.error(DiagnosticCode::NoFront, &file, "front", message, &help);
        }
        found
    }

    fn plan_prose(&mut self, diagnostics: &mut Diagnostics) {
        let mut taken: foldhash::HashSet<String> = RESERVED.iter().map(|&path| path.to_owned()).collect();
        for (number, page) in self.dataset.inputs.content.pages.iter().enumerate() {
            let path = crate::paths::part(&page.id);
            // Some file systems take letter case for nothing.
            if !taken.insert(path.to_lowercase()) {
                let message = format!("`{path}.html` is the address of another page");
                diagnostics.error(DiagnosticCode::ReservedPage, &page.file, "", message, "rename the file");
                continue;
            }
            // The built-in pages are among the links below every page.
            if page.nav_order.is_some() && !page.is_built_in() {
                self.nav.push(NavLink { title: self.title_of(page).into_owned(), path: format!("{path}.html") });
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
    fn addresses(&self) -> Vec<&str> {
        let paths = self.planned.iter().filter_map(|planned| planned.path.strip_prefix("pages/"));
        paths.filter(|path| path.ends_with(".html") && *path != "404.html" && !path.starts_with(EMBEDS)).collect()
    }

    /// Makes one file.
    pub fn render(&self, planned: &Planned) -> Result<Body> {
        let path = planned.path.trim_start_matches("pages/");
        let cards =
            Cards::at(self.dataset, self.signals, self.paths, self.theme.language(), path).with_hub_runs(self.hub_runs);
        let page = match &planned.page {
            Page::Home => self.html("home.html", path, "", &cards, &cards.home(&signals_of_all(&self.tallies))),
            Page::Models(number) => self.html("models.html", path, "models.html", &cards, &cards.models(*number)),
            Page::Benchmarks(number) => {
                self.html("benchmarks.html", path, "benchmarks.html", &cards, &cards.benchmarks(*number))
            }
            Page::Evaluators(number) => {
                self.html("evaluators.html", path, "evaluators.html", &cards, &cards.evaluators(*number))
            }
            Page::Developers(number) => {
                self.html("developers.html", path, "developers.html", &cards, &cards.developers(*number))
            }
            Page::Developer(id, number) => {
                self.html("developer.html", path, "developers.html", &cards, &cards.developer(*id, *number))
            }
            Page::Sources(number) => {
                let card = cards.sources_list(*number, self.exports.collections());
                self.html("sources.html", path, "sources.html", &cards, &card)
            }
            Page::Source(id) => {
                let card = cards.source_page(*id, &self.exports.collections()[id.index()]);
                let page = SourcePage { card, usual: self.usual[id.index()].as_ref() };
                self.html("source.html", path, "sources.html", &cards, &page)
            }
            Page::NotShown(number) => self.html("not-shown.html", path, "", &cards, &cards.not_shown(*number)),
            Page::Merged(number) => self.html("merged.html", path, "", &cards, &cards.merged(&self.merged, *number)),
            Page::Markers => self.html("markers.html", path, "", &cards, &cards.markers()),
            Page::Corrections => {
                let contact = self.config.site.contact.as_deref();
                self.html("corrections.html", path, "", &cards, &cards.corrections(contact))
            }
            Page::Publishing(number) => {
                let card = page::publishing(&cards, self.manifest, *number, |loaded| {
                    record_url(&self.dataset.inputs, loaded, &cards.top)
                });
                // They stand on the first page only.
                let (proposals, posted) = match *number {
                    1 => (cards.proposals(), cards.posted()),
                    _ => Default::default(),
                };
                let page = PublishingPage {
                    list: card,
                    proposals,
                    posted: PostedCounts::of(&posted),
                    more_hub_readings: posted.len().saturating_sub(page::ROWS),
                    hub_readings: posted.into_iter().take(page::ROWS).collect(),
                };
                self.html("publishing.html", path, "", &cards, &page)
            }
            Page::Model(id) => self.model(path, &cards, *id),
            Page::Ranking(id, number) => self.ranking(path, "benchmarks.html", &cards, *id, *number),
            // What stands in its head is that of the page that is the benchmark's wherever the site begins.
            Page::Front(id) => {
                let path = self.paths.ranking(*id).unwrap_or_default();
                self.ranking(&format!("{path}.html"), "index.html", &cards, *id, 1)
            }
            Page::EmbeddedModel(id) => self.html("embed.html", path, "", &cards, &cards.embedded_model(*id)),
            Page::EmbeddedBenchmark(id) => self.html("embed.html", path, "", &cards, &cards.embedded_benchmark(*id)),
            Page::Evaluator(id) => self.html(
                "evaluator.html",
                path,
                "evaluators.html",
                &cards,
                &cards.evaluator(*id, &self.tallies[id.index()]),
            ),
            Page::Prose(number) => self.html("page.html", path, path, &cards, &self.prose(*number)),
            Page::Search => self.html("search.html", path, "search.html", &cards, &()),
            Page::Compare => self.html("compare.html", path, "compare.html", &cards, &()),
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

    /// The prose of a benchmark as clean HTML, which stands on each page of each of its rankings.
    fn benchmark_prose(&self, meta: usize) -> &str {
        let prose = &self.dataset.inputs.content.benchmarks[meta].prose;
        self.benchmark_prose[meta].get_or_init(|| markdown::to_html(prose, 1))
    }

    fn prose(&self, number: usize) -> ProseCard<'_> {
        let page = &self.dataset.inputs.content.pages[number];
        let (language, prose) = match page.is_built_in() {
            true => self.theme.language().page(&page.id).unwrap_or_default(),
            false => (page.language.as_deref().unwrap_or(&self.config.site.language), &*page.prose),
        };
        let is_other = !language.eq_ignore_ascii_case(&self.config.site.language);
        ProseCard {
            title: self.title_of(page),
            html: markdown::to_html(prose, 0),
            language: is_other.then_some(language),
        }
    }

    /// A built-in page has its title, as its text, from the words of the interface.
    fn title_of(&self, page: &'a ProsePage) -> Cow<'a, str> {
        match page.is_built_in() {
            true => self.theme.language().say(&format!("nav.{}", page.id), &[]).into(),
            false => page.title.as_str().into(),
        }
    }

    fn model(&self, path: &str, cards: &Cards<'a>, id: Id<Model>) -> Result<String> {
        let model = &self.dataset.entities.models[id];
        let prose = model.meta.map_or("", |meta| &self.dataset.inputs.content.models[meta].prose);
        let prose = markdown::to_html(prose, 1);
        let spellings: std::collections::BTreeSet<_> =
            model.spellings.keys().filter_map(|spelling| normal_form(spelling)).collect();
        let not_shown = spellings.iter().filter_map(|spelling| self.not_shown.get(spelling)).sum();
        let url = |loaded: &Loaded| record_url(&self.dataset.inputs, loaded, &cards.top);
        let card = cards.model_page(id, &prose, not_shown, &self.usual, url);
        self.html("model.html", path, "models.html", cards, &card)
    }

    fn ranking(&self, path: &str, section: &str, cards: &Cards<'a>, id: Id<Ranking>, number: usize) -> Result<String> {
        let slice = &self.dataset.entities.slices[self.dataset.rankings[id].slice];
        let meta = self.dataset.entities.benchmarks[slice.benchmark].meta;
        let prose = meta.map_or("", |meta| self.benchmark_prose(meta));
        self.html("benchmark.html", path, section, cards, &cards.ranking(id, number, prose))
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
            description: (self.config.site.description.as_deref())
                .unwrap_or_else(|| self.theme.language().phrase("site.description")),
            language: &self.config.site.language,
            direction: self.theme.language().direction(),
            top,
            style: &self.style,
            script: &self.script,
            canonical: self.config.base_url.as_ref().map(|base_url| format!("{base_url}{address}")),
            nav: &self.nav,
            section,
            version: env!("CARGO_PKG_VERSION"),
            newest: self.newest.as_deref(),
            day: self.day.as_deref(),
            has_samples: self.has_samples,
            head: self.exports.head(path, top, card, self.theme.language()),
        };
        self.theme.render(template, card, &frame).with_context(|| format!("failed to make pages/{path}"))
    }
}

/// The links in the head of every page; those to developers and to the methodology are below it.
fn fixed_nav(language: &Language) -> Vec<NavLink> {
    let link = |section: &str| NavLink {
        title: language.say(&format!("nav.{section}"), &[]),
        path: format!("{section}.html"),
    };
    ["models", "benchmarks", "evaluators", "compare"].map(link).into()
}

fn newest_retrieval(dataset: &Dataset) -> Option<String> {
    let stamps = dataset.inputs.records.iter().filter_map(|loaded| loaded.record.retrieved.as_ref()?.day);
    stamps.max().map(|day| day.to_string())
}

/// The Publishing page.
#[derive(Serialize)]
struct PublishingPage<'a> {
    /// Its fields are on the page itself: `page.blocked`, `page.rows` …
    #[serde(flatten)]
    list: PublishingCard<'a>,
    /// State of proposals; on the first page.
    proposals: Vec<ProposalRow<'a>>,
    /// Agreement of the Hub's entries with the records; on the first page.
    posted: PostedCounts,
    /// What the Hub shows, the first ones, differences first; on the first page.
    hub_readings: Vec<HubReading<'a>>,
    /// How many more the table has.
    more_hub_readings: usize,
}

impl About for PublishingPage<'_> {
    fn further(&self) -> Vec<Further> {
        let mut further = self.list.further();
        further.extend((!self.hub_readings.is_empty()).then_some(Further::HubReadings));
        further
    }
}

/// The page of a source.
#[derive(Serialize)]
struct SourcePage<'s, 'a> {
    /// Its fields are on the page itself: `page.name`, `page.facts` …
    #[serde(flatten)]
    card: SourceCard<'a>,
    /// What most of its records share, which cards do not repeat.
    usual: Option<&'s Usual<'a>>,
}

impl About for SourcePage<'_, '_> {
    fn subject(&self, language: &Language) -> Option<Subject<'_>> {
        self.card.subject(language)
    }

    fn further(&self) -> Vec<Further> {
        self.card.further()
    }
}

/// A page of prose.
#[derive(Serialize)]
struct ProseCard<'a> {
    title: Cow<'a, str>,
    html: String,
    /// Language, if not the site's.
    language: Option<&'a str>,
}

impl About for ProseCard<'_> {}
