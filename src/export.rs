//! *Export*: what readers and machines take away, beside the pages.
//!
//! A JSON API and CSV of what pages show, tables of the whole site, badges, feeds, sitemaps. Everything
//! is planned first and made when it is written, as pages are. Where pages stand is the matter of
//! [`crate::site`]; how each format is written, that of the modules below.

pub mod api;
pub mod badge;
pub mod changes;
pub mod citation;
pub mod csv;
pub mod dictionary;
pub mod drawing;
pub mod feed;
pub mod head;
pub mod jsonl;
pub mod page_table;
pub mod parquet;
pub mod share_image;
pub mod sitemap;
pub mod table;

use std::borrow::Cow;
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Context, Result};
use foldhash::HashMap;
use rayon::prelude::*;

use crate::card::evaluator::Tally;
use crate::card::merged::Merged;
use crate::card::{Cards, Paths, direction_key, record_url};
use crate::config::Config;
use crate::emit::{HubFiles, page};
use crate::id::Id;
use crate::language::Language;
use crate::load::Loaded;
use crate::mark::Counts;
use crate::merge::{Dataset, Developer, Ranking, Reported};
use crate::resolve::{Benchmark, Evaluator, Model};
use api::VERSION;
use changes::{Limits, News, State};
use citation::{Citation, Cited};
use csv::Csv;
use head::{About, Head, Image};
use share_image::{ShareImage, ShareImages};
use table::{Coverage, Source, TABLES, Table, Value};

/// Where the API stands.
pub const ROOT: &str = "api/v1";

/// What the next build must know of this one, below the output folder.
pub const STATE: &str = "pages/api/v1/state.jsonl";

/// Sites with more models make no JSON, CSV, badge and feed for each of them unless `site.yaml` says so: the
/// number of files is what a build takes its time for, and hosts publish a gigabyte at most.
const MANY_MODELS: usize = 5_000;

/// Entries of one feed.
const OF_SITE: usize = 100;
const OF_BENCHMARK: usize = 30;
const OF_MODEL: usize = 10;

/// One file of the output folder.
pub struct Export {
    /// Path below the output folder.
    pub path: String,
    what: What,
}

enum What {
    Index,
    Schema(&'static str),
    List(Kind),
    Table(&'static Table),
    JsonLines(&'static Table, usize),
    Parquet(&'static Table),
    Dictionary,
    State,
    Model(Id<Model>),
    ModelCsv(Id<Model>),
    ModelFeed(Id<Model>),
    Badge(Id<Model>),
    Ranking(Id<Ranking>),
    RankingCsv(Id<Ranking>),
    BenchmarkFeed(Id<Benchmark>),
    Evaluator(Id<Evaluator>),
    EvaluatorCsv(Id<Evaluator>),
    Developer(Id<Developer>),
    DeveloperCsv(Id<Developer>),
    Audit(Audit),
    AuditCsv(Audit),
    Feed,
    ShareImage(Box<ShareImage>),
    Text(String),
}

#[derive(Clone, Copy)]
enum Kind {
    Models,
    Benchmarks,
    Evaluators,
    Developers,
}

/// A page that tells how the site came to say what it says.
#[derive(Clone, Copy)]
enum Audit {
    Markers,
    Merged,
    NotShown,
    Publishing,
}

impl Audit {
    const ALL: [Audit; 4] = [Audit::Markers, Audit::Merged, Audit::NotShown, Audit::Publishing];

    fn path(self) -> &'static str {
        match self {
            Audit::Markers => "markers",
            Audit::Merged => "merged",
            Audit::NotShown => "not-shown",
            Audit::Publishing => "publishing",
        }
    }
}

/// All exports of a build.
pub struct Exports<'a> {
    config: &'a Config,
    paths: &'a Paths,
    hub: &'a HubFiles,
    source: Source<'a>,
    /// What the last build left, until `events` are made of it.
    previous: Mutex<Option<State>>,
    limits: Limits,
    events: OnceLock<Events>,
    day: String,
    made_from: String,
    model_by_id: HashMap<&'a str, Id<Model>>,
    benchmark_by_id: HashMap<&'a str, Id<Benchmark>>,
    images: Option<ShareImages<'a>>,
    /// For the path of a page the place of its image in `planned`.
    image_of: HashMap<String, usize>,
    /// Every file, the longest work first.
    pub planned: Vec<Export>,
}

/// What changed since the last build, by model and benchmark. It takes as long as many pages, which do not need it.
struct Events {
    news: News,
    of_models: HashMap<String, Vec<usize>>,
    of_benchmarks: HashMap<String, Vec<usize>>,
}

impl Events {
    fn new(news: News) -> Events {
        let (mut of_models, mut of_benchmarks) = (HashMap::default(), HashMap::default());
        for (place, event) in news.events().iter().enumerate() {
            let note = |events: &mut HashMap<String, Vec<usize>>, id: &str| {
                events.entry(id.to_owned()).or_default().push(place);
            };
            note(&mut of_models, &event.model);
            note(&mut of_benchmarks, &event.benchmark);
        }
        Events { news, of_models, of_benchmarks }
    }
}

static TABLE: [Table; TABLES.len()] = TABLES;

impl<'a> Exports<'a> {
    /// Plans the exports of `dataset` for pages in `language`; `previous` is what the last build left.
    pub fn new(
        config: &'a Config,
        dataset: &'a Dataset,
        paths: &'a Paths,
        hub: &'a HubFiles,
        language: &'a Language,
        previous: Option<State>,
    ) -> Exports<'a> {
        let stamps = dataset.inputs.records.iter().filter_map(|loaded| loaded.record.retrieved.as_ref()?.day);
        let newest = stamps.max().map(|day| day.to_string());
        let built = config.day.map(|day| day.to_string());
        let made_from = made_from(config, newest.as_deref(), built.as_deref());
        let day = built.or(newest).unwrap_or_default();
        let limits = Limits {
            site: OF_SITE,
            benchmark: OF_BENCHMARK,
            model: if has_model_feeds(config, dataset) { OF_MODEL } else { 0 },
        };
        let mut exports = Exports {
            config,
            paths,
            hub,
            source: Source {
                config,
                dataset,
                cards: Cards::at(dataset, paths, Language::english(), "").with_hub_runs(&hub.hub_runs),
            },
            previous: Mutex::new(previous),
            limits,
            events: OnceLock::new(),
            day,
            made_from,
            model_by_id: dataset.entities.models.iter().map(|(id, model)| (model.id.as_str(), id)).collect(),
            benchmark_by_id: dataset.entities.benchmarks.iter().map(|(id, it)| (it.id.as_str(), id)).collect(),
            // An image is found by its absolute address, or not at all.
            images: config.base_url.as_ref().map(|_| ShareImages::new(config, dataset, paths, language)),
            image_of: HashMap::default(),
            planned: Vec::new(),
        };
        exports.plan();
        exports.plan_images();
        exports
    }

    /// Compares with the last build, if nobody did: what that left takes room until then.
    pub fn compare(&self) {
        self.events();
    }

    /// The first who asks makes them, and the others wait: nothing in it may wait for another thread.
    fn events(&self) -> &Events {
        self.events.get_or_init(|| {
            let previous = self.previous.lock().unwrap_or_else(PoisonError::into_inner).take();
            Events::new(News::new(self.source.dataset, previous, &self.day, self.limits))
        })
    }

    fn plan(&mut self) {
        let dataset = self.source.dataset;
        let api = |path: &str| format!("{ROOT}/{path}");
        if self.config.site.exports.data {
            for table in &TABLE {
                self.file(api(&format!("data/{}.parquet", table.name)), What::Parquet(table));
            }
            for table in &TABLE {
                for number in 1..=jsonl::n_files((table.rows)(dataset)) {
                    let path = format!("data/{}-{number}.jsonl.gz", table.name);
                    self.file(api(&path), What::JsonLines(table, number));
                }
            }
            self.file(api("data/datapackage.json"), What::Dictionary);
        }
        self.file(api("state.jsonl"), What::State);
        self.file(api("index.json"), What::Index);
        for name in api::SCHEMAS {
            self.file(api(&format!("schema/{name}.json")), What::Schema(name));
        }
        for (name, kind) in [
            ("models", Kind::Models),
            ("benchmarks", Kind::Benchmarks),
            ("evaluators", Kind::Evaluators),
            ("developers", Kind::Developers),
        ] {
            self.file(api(&format!("{name}.json")), What::List(kind));
        }
        for audit in Audit::ALL {
            if has_document(self.config, dataset, audit) {
                self.file(api(&format!("{}.json", audit.path())), What::Audit(audit));
            }
            // That of what is not shown is one of the tables.
            if has_table(self.config, dataset, audit) && !matches!(audit, Audit::NotShown) {
                self.file(api(&format!("{}.csv", audit.path())), What::AuditCsv(audit));
            }
        }
        for table in TABLE.iter().filter(|table| !matches!(table.name, "results" | "records")) {
            self.file(api(&format!("{}.csv", table.name)), What::Table(table));
        }
        self.file("feed.atom".to_owned(), What::Feed);
        let site = Cited { title: &self.config.site.title, url: self.config.base_url.as_deref(), ..self.cited() };
        let Citation { bibtex, cff } = Citation::new(&site);
        self.file("CITATION.cff".to_owned(), What::Text(cff));
        self.file("citation.bib".to_owned(), What::Text(bibtex + "\n"));
        for (id, _) in dataset.rankings.iter() {
            let path = self.paths.ranking(id);
            if has_documents(self.config, dataset) {
                self.file(api(&format!("{path}.json")), What::Ranking(id));
            }
            self.file(api(&format!("{path}.csv")), What::RankingCsv(id));
        }
        for (id, _) in dataset.entities.benchmarks.iter() {
            self.file(api(&format!("{}.atom", self.paths.benchmark(id))), What::BenchmarkFeed(id));
        }
        for (id, _) in dataset.entities.evaluators.iter() {
            let path = self.paths.evaluator(id);
            self.file(api(&format!("{path}.json")), What::Evaluator(id));
            self.file(api(&format!("{path}.csv")), What::EvaluatorCsv(id));
        }
        for (id, _) in dataset.developers.iter() {
            let path = self.paths.developer(id);
            if has_documents(self.config, dataset) {
                self.file(api(&format!("{path}.json")), What::Developer(id));
            }
            if has_model_tables(self.config, dataset) {
                self.file(api(&format!("{path}.csv")), What::DeveloperCsv(id));
            }
        }
        for (id, _) in dataset.entities.models.iter() {
            let path = self.paths.model(id);
            if has_documents(self.config, dataset) {
                self.file(api(&format!("{path}.json")), What::Model(id));
            }
            if has_model_tables(self.config, dataset) {
                self.file(api(&format!("{path}.csv")), What::ModelCsv(id));
            }
            if self.config.site.exports.badges.unwrap_or(!is_large(self.source.dataset)) {
                self.file(api(&format!("{path}.svg")), What::Badge(id));
            }
            if has_model_feeds(self.config, dataset) {
                self.file(api(&format!("{path}.atom")), What::ModelFeed(id));
            }
        }
    }

    fn plan_images(&mut self) {
        let Some(images) = &self.images else { return };
        let mut planned = vec![("index".to_owned(), images.of_site())];
        if has_share_images(self.config, self.source.dataset) {
            let (dataset, paths) = (self.source.dataset, self.paths);
            let models: Vec<Id<Model>> = dataset.entities.models.iter().map(|(id, _)| id).collect();
            planned.par_extend(models.into_par_iter().map(|id| (paths.model(id).to_owned(), images.of_model(id))));
            let benchmarks = dataset.entities.benchmarks.iter();
            planned.extend(benchmarks.map(|(id, _)| (paths.benchmark(id).to_owned(), images.of_benchmark(id))));
            let evaluators = dataset.entities.evaluators.iter();
            planned.extend(evaluators.map(|(id, _)| (paths.evaluator(id).to_owned(), images.of_evaluator(id))));
            let developers = dataset.developers.iter();
            planned.extend(developers.map(|(id, _)| (paths.developer(id).to_owned(), images.of_developer(id))));
        }
        for (page, image) in planned {
            self.image_of.insert(page, self.planned.len());
            self.file(image.path.clone(), What::ShareImage(Box::new(image)));
        }
    }

    fn file(&mut self, path: String, what: What) {
        self.planned.push(Export { path: format!("pages/{path}"), what });
    }

    /// True for a file whose name has the hash of what it shows.
    pub fn is_named_by_content(export: &Export) -> bool {
        matches!(export.what, What::ShareImage(_))
    }

    /// Makes one file. `tallies` count the records of each evaluator, `merged` are the names that were joined.
    pub fn bytes<'e>(&self, export: &'e Export, tallies: &[Tally<'a>], merged: &Merged<'a>) -> Result<Cow<'e, [u8]>> {
        let cards = &self.source.cards;
        let bytes = match &export.what {
            What::Text(text) => return Ok(Cow::Borrowed(text.as_bytes())),
            What::ShareImage(image) => {
                image.draw(self.images.as_ref().context("an image was planned without pens")?.pens())?
            }
            What::Index => api::pretty(&self.index())?,
            What::Schema(name) => api::schema(name)?,
            What::List(kind) => api::compact(&self.list(*kind))?,
            What::Table(table) => self.table_csv(table),
            What::JsonLines(table, number) => jsonl::write(table, &self.source, *number)?,
            What::Parquet(table) => parquet::write(table, &self.source)?,
            What::Dictionary => {
                api::pretty(&dictionary::package(&self.config.site.title, &TABLE, self.source.dataset))?
            }
            What::State => self.events().news.to_bytes(self.source.dataset)?,
            What::Model(id) => {
                let card = cards.model(*id, "", 0, |loaded| self.record_url(loaded));
                api::compact(&api::ModelDocument::new(&card, cards.model_url(*id)))?
            }
            What::ModelCsv(id) => page_table::model(&cards.model(*id, "", 0, |loaded| self.record_url(loaded))),
            What::ModelFeed(id) => self.model_feed(*id),
            What::Badge(id) => {
                let dataset = self.source.dataset;
                let mut levels = Counts::default();
                dataset.readings_of(*id).iter().for_each(|reading| levels.add(dataset.level_of(reading)));
                badge::svg(dataset.readings_of(*id).len(), &Coverage::of(dataset, *id), &levels)
            }
            What::Ranking(id) => self.ranking_json(*id)?,
            What::RankingCsv(id) => page_table::ranking(cards.ranking_rows(*id)),
            What::BenchmarkFeed(id) => self.benchmark_feed(*id),
            What::Evaluator(id) => {
                let summary = cards.evaluator_summary(*id, &tallies[id.index()]);
                api::compact(&api::EvaluatorDocument::new(&summary, cards.evaluator_url(*id)))?
            }
            What::EvaluatorCsv(id) => page_table::evaluator(&cards.reported_by(*id)),
            What::Developer(id) => {
                let models: Vec<_> = cards.made_models(*id).collect();
                let card = cards.developer(*id, 1);
                api::compact(&api::DeveloperDocument::new(&card, &models, self.page(self.paths.developer(*id))))?
            }
            What::DeveloperCsv(id) => page_table::developer(cards.made_models(*id)),
            What::Audit(audit) => self.audit(*audit, merged)?,
            What::AuditCsv(Audit::Markers) => page_table::markers(&cards.markers()),
            What::AuditCsv(Audit::Merged) => page_table::merged(cards.merged_rows(merged)),
            What::AuditCsv(Audit::Publishing) => {
                page_table::publishing(page::rows(cards, &self.hub.manifest, |loaded| self.record_url(loaded)))
            }
            What::AuditCsv(Audit::NotShown) => self.table_csv(&TABLE[TABLES.len() - 1]),
            What::Feed => {
                let events = self.events().news.events().iter().take(OF_SITE);
                self.feed("feed.atom", "index.html", self.config.site.title.clone(), "", events)
            }
        };
        Ok(Cow::Owned(bytes))
    }

    /// The document of a page that tells how the site came to say what it says.
    fn audit(&self, audit: Audit, merged: &Merged<'a>) -> Result<Vec<u8>> {
        let cards = &self.source.cards;
        let page = self.page(audit.path());
        match audit {
            Audit::Markers => api::compact(&api::MarkersDocument::new(&cards.markers(), page)),
            Audit::Merged => {
                let rows: Vec<_> = cards.merged_rows(merged).collect();
                api::compact(&api::MergedDocument::new(&rows, page))
            }
            Audit::NotShown => {
                let rows: Vec<_> = cards.left_out().collect();
                api::compact(&api::NotShownDocument::new(&cards.not_shown(1), &rows, page))
            }
            Audit::Publishing => {
                let rows: Vec<_> = page::rows(cards, &self.hub.manifest, |loaded| self.record_url(loaded)).collect();
                let card = page::publishing(cards, &self.hub.manifest, 1, |loaded| self.record_url(loaded));
                api::compact(&api::PublishingDocument::new(&card, &rows, page))
            }
        }
    }

    fn page(&self, path: &str) -> String {
        format!("{path}.html")
    }

    fn record_url(&self, loaded: &Loaded) -> Option<String> {
        record_url(&self.source.dataset.inputs, loaded, "")
    }

    fn index(&self) -> api::Index<'_> {
        let entities = &self.source.dataset.entities;
        let list = |name: &'static str, entries: usize, schema: &str| api::ListLink {
            name,
            url: format!("{ROOT}/{name}.json"),
            entries,
            schema: format!("{ROOT}/schema/{schema}.json"),
        };
        let public = self.config.datastores.iter().find(|datastore| datastore.repo.is_some());
        api::Index {
            version: VERSION,
            generator: concat!("evalcards ", env!("CARGO_PKG_VERSION")),
            title: &self.config.site.title,
            base_url: self.config.base_url.as_deref(),
            built: self.config.day.map(|day| day.to_string()),
            datastore: public.and_then(|datastore| datastore.repo.as_deref()),
            revision: public.and_then(|datastore| datastore.revision.as_deref()),
            lists: vec![
                list("models", entities.models.len(), "model"),
                list("benchmarks", entities.benchmarks.len(), "ranking"),
                list("evaluators", entities.evaluators.len(), "evaluator"),
                list("developers", self.source.dataset.developers.len(), "developer"),
            ],
            audits: Audit::ALL
                .into_iter()
                .filter(|audit| has_document(self.config, self.source.dataset, *audit))
                .map(|audit| api::AuditLink {
                    name: audit.path(),
                    url: format!("{ROOT}/{}.json", audit.path()),
                    schema: format!("{ROOT}/schema/{}.json", audit.path()),
                })
                .collect(),
            data: self.config.site.exports.data.then_some("api/v1/data/datapackage.json"),
            feed: "feed.atom",
        }
    }

    fn list(&self, kind: Kind) -> api::List<'_> {
        let dataset = self.source.dataset;
        let entities = &dataset.entities;
        let has_documents = matches!(kind, Kind::Evaluators) || has_documents(self.config, dataset);
        let entry = |id, name, path: &str, results| api::ListEntry {
            id,
            name,
            page: format!("{path}.html"),
            api: has_documents.then(|| format!("{ROOT}/{path}.json")),
            results,
        };
        let results = |reported: &[Reported]| reported.iter().map(|it| it.results as usize).sum();
        let entries = match kind {
            Kind::Models => {
                let models = entities.models.iter();
                models
                    .map(|(id, it)| entry(&it.id, &it.name, self.paths.model(id), dataset.readings_of(id).len()))
                    .collect()
            }
            Kind::Benchmarks => {
                let benchmarks = entities.benchmarks.iter();
                benchmarks
                    .map(|(id, it)| entry(&it.id, &it.name, self.paths.benchmark(id), results(dataset.reported_of(id))))
                    .collect()
            }
            Kind::Evaluators => {
                let evaluators = entities.evaluators.iter();
                evaluators
                    .map(|(id, it)| entry(&it.id, &it.name, self.paths.evaluator(id), results(dataset.reported_by(id))))
                    .collect()
            }
            Kind::Developers => {
                let results = |it: &Developer| it.models.iter().map(|model| dataset.readings_of(*model).len()).sum();
                let developers = dataset.developers.iter();
                developers.map(|(id, it)| entry(&it.id, &it.name, self.paths.developer(id), results(it))).collect()
            }
        };
        api::List { version: VERSION, entries }
    }

    fn table_csv(&self, table: &Table) -> Vec<u8> {
        let mut csv = Csv::new(&table.columns.iter().map(|column| column.name).collect::<Vec<_>>());
        for row in 0..(table.rows)(self.source.dataset) {
            let cells = table.columns.iter().map(|column| match (column.value)(&self.source, row) {
                Value::Missing => Cow::Borrowed(""),
                Value::Text(text) => text,
                Value::Number(number) => Cow::Borrowed(number.digits()),
                Value::Count(count) => Cow::Owned(count.to_string()),
                Value::Flag(flag) => Cow::Owned(flag.to_string()),
            });
            csv.row(&cells.collect::<Vec<_>>());
        }
        csv.into_bytes()
    }

    fn ranking_json(&self, id: Id<Ranking>) -> Result<Vec<u8>> {
        let Source { dataset, cards, .. } = &self.source;
        let entities = &dataset.entities;
        let ranking = &dataset.rankings[id];
        let slice = &entities.slices[ranking.slice];
        let rows: Vec<_> = cards.ranking_rows(id).collect();
        let is_first = self.paths.ranking(id) == self.paths.benchmark(slice.benchmark);
        let others = dataset.rankings_of(slice.benchmark).skip(1).filter(|_| is_first);
        api::compact(&api::RankingDocument {
            version: VERSION,
            benchmark: &entities.benchmarks[slice.benchmark].name,
            page: format!("{}.html", self.paths.ranking(id)),
            slice: slice.name.as_deref(),
            part: dataset.part_of(ranking),
            metric: &entities.metrics[ranking.metric].name,
            direction: cards.language.phrase(direction_key(ranking.direction)),
            rankings: others.map(|(id, _)| format!("{ROOT}/{}.json", self.paths.ranking(id))).collect(),
            rows: rows.iter().zip(&ranking.rows).map(|(row, ranked)| api::RankingRow::new(row, ranked.rank)).collect(),
        })
    }

    fn benchmark_feed(&self, id: Id<Benchmark>) -> Vec<u8> {
        let benchmark = &self.source.dataset.entities.benchmarks[id];
        let path = self.paths.benchmark(id);
        let events = self.events_of(&self.events().of_benchmarks, &benchmark.id).take(OF_BENCHMARK);
        let title = format!("{} · {}", benchmark.name, self.config.site.title);
        let feed = format!("{ROOT}/{path}.atom");
        self.feed(&feed, &format!("{path}.html"), title, &crate::paths::to_top(&feed), events)
    }

    fn model_feed(&self, id: Id<Model>) -> Vec<u8> {
        let model = &self.source.dataset.entities.models[id];
        let path = self.paths.model(id);
        let events = self.events_of(&self.events().of_models, &model.id).take(OF_MODEL);
        let title = format!("{} · {}", model.name, self.config.site.title);
        let feed = format!("{ROOT}/{path}.atom");
        self.feed(&feed, &format!("{path}.html"), title, &crate::paths::to_top(&feed), events)
    }

    fn events_of<'s>(
        &'s self,
        places: &'s HashMap<String, Vec<usize>>,
        id: &str,
    ) -> impl Iterator<Item = &'s changes::Event> {
        let places = places.get(id).map_or(&[][..], Vec::as_slice);
        places.iter().map(|place| &self.events().news.events()[*place])
    }

    fn feed<'e>(
        &self,
        path: &str,
        page: &str,
        title: String,
        top: &str,
        events: impl Iterator<Item = &'e changes::Event>,
    ) -> Vec<u8> {
        let entities = &self.source.dataset.entities;
        let entries: Vec<feed::Entry> = events
            .map(|event| {
                let model = self.model_by_id.get(event.model.as_str());
                let benchmark = self.benchmark_by_id.get(event.benchmark.as_str());
                feed::Entry {
                    event,
                    model: model.map_or(&event.model, |id| &entities.models[*id].name),
                    benchmark: benchmark.map_or(&event.benchmark, |id| &entities.benchmarks[*id].name),
                    page: model.map_or("models.html".to_owned(), |id| self.source.cards.model_url(*id)),
                }
            })
            .collect();
        let top = self.config.base_url.as_deref().unwrap_or(top);
        let feed = feed::Feed { site: &self.config.site.title, title: &title, path, page, top, day: &self.day };
        feed::atom(&feed, &entries)
    }

    fn cited(&self) -> Cited<'_> {
        let day = Some(self.day.as_str()).filter(|day| !day.is_empty());
        Cited { title: "", site: &self.config.site.title, url: None, made_from: &self.made_from, day }
    }

    /// The image of `page`: its own, else that of its benchmark, else that of the site.
    fn image(&self, page: &str) -> Option<Image> {
        let base_url = self.config.base_url.as_deref()?;
        let benchmark = || self.paths.benchmark_of(page);
        let place = (self.image_of.get(page)).or_else(|| self.image_of.get(benchmark()?));
        let What::ShareImage(image) = &self.planned[*place.or_else(|| self.image_of.get("index"))?].what else {
            return None;
        };
        Some(Image {
            url: format!("{base_url}{}", image.path),
            // On all pages of a large site these would be megabytes.
            alt: has_share_images(self.config, self.source.dataset).then(|| image.alt.clone()),
        })
    }

    /// What the head of the page at `path`, which shows `card`, says. `top` leads from it to the top.
    pub fn head(&self, path: &str, top: &str, card: &impl About) -> Head {
        let site = &self.config.site;
        let base_url = self.config.base_url.as_deref();
        let page = path.trim_end_matches(".html");
        // The pages of one list have one table.
        let page = page.split_once("/_page/").map_or(page, |(first, _)| first);
        let file = |extension: &str| format!("{top}{ROOT}/{page}.{extension}");
        let mut head = Head { policy: head::POLICY, feed: Some(format!("{top}feed.atom")), ..Head::default() };
        let subject = card.subject();
        let description = site.description.as_deref().unwrap_or_else(|| Language::english().phrase("site.description"));
        match page {
            "index" => head.json_ld = base_url.map(|url| head::catalogue(&site.title, description, url)),
            "models" | "benchmarks" | "evaluators" | "developers" => {
                (head.csv, head.json) = (Some(file("csv")), Some(file("json")));
            }
            _ => {
                if let Some(audit) = Audit::ALL.into_iter().find(|audit| audit.path() == page) {
                    let dataset = self.source.dataset;
                    head.csv = has_table(self.config, dataset, audit).then(|| file("csv"));
                    head.json = has_document(self.config, dataset, audit).then(|| file("json"));
                }
            }
        }
        if page == "index" || head.csv.is_some() {
            head.api = Some(format!("{top}{ROOT}/index.json"));
            head.data = site.exports.data.then(|| format!("{top}{ROOT}/data/datapackage.json"));
        }
        head.image = self.image(page);
        // Of a large site the pages of developers would be longer by a third.
        let is_bare = page.starts_with("developers/") && is_large(self.source.dataset);
        let Some(subject) = subject.filter(|_| !is_bare) else { return head };
        let is_model = page.starts_with("models/");
        if page.starts_with("evaluators/") || has_documents(self.config, self.source.dataset) {
            head.json = Some(file("json"));
        }
        let is_of_many = is_model || page.starts_with("developers/");
        if !is_of_many || has_model_tables(self.config, self.source.dataset) {
            head.csv = Some(file("csv"));
        }
        if is_model && site.exports.badges.unwrap_or(!is_large(self.source.dataset)) {
            head.badge = Some(file("svg"));
        }
        let is_benchmark = self.paths.is_benchmark(page);
        if is_benchmark || (is_model && has_model_feeds(self.config, self.source.dataset)) {
            head.feed = Some(file("atom"));
        }
        let url = base_url.map(|base_url| format!("{base_url}{path}"));
        let cited = Cited { title: &subject.title, url: url.as_deref(), ..self.cited() };
        head.citation = Some(citation::bibtex(&cited));
        if let (Some(url), Some(base_url)) = (&url, base_url) {
            let address = |extension: &str| format!("{base_url}{ROOT}/{page}.{extension}");
            let json = head.json.as_ref().map(|_| ("application/json", address("json")));
            let csv = head.csv.as_ref().map(|_| ("text/csv", address("csv")));
            let files: Vec<_> = json.into_iter().chain(csv).collect();
            head.json_ld = Some(head::data_set(&subject, &site.title, base_url, url, &files));
        }
        head
    }
}

/// `robots.txt`, and the sitemap of `pages`, which are paths from the top of the site.
pub fn for_robots(config: &Config, pages: &[&str]) -> Vec<Export> {
    let base_url = config.base_url.as_deref();
    let sitemaps = base_url.map(|base_url| sitemap::sitemaps(base_url, pages)).unwrap_or_default();
    let files = [("robots.txt".to_owned(), sitemap::robots(base_url))].into_iter().chain(sitemaps);
    files.map(|(path, text)| Export { path: format!("pages/{path}"), what: What::Text(text) }).collect()
}

fn is_large(dataset: &Dataset) -> bool {
    dataset.entities.models.len() > MANY_MODELS
}

fn has_documents(config: &Config, dataset: &Dataset) -> bool {
    config.site.exports.documents.unwrap_or(!is_large(dataset))
}

fn has_model_tables(config: &Config, dataset: &Dataset) -> bool {
    config.site.exports.model_tables.unwrap_or(!is_large(dataset))
}

fn has_model_feeds(config: &Config, dataset: &Dataset) -> bool {
    config.site.exports.model_feeds.unwrap_or(!is_large(dataset))
}

fn has_document(config: &Config, dataset: &Dataset, audit: Audit) -> bool {
    matches!(audit, Audit::Markers) || has_documents(config, dataset)
}

/// The list of what could be published has a row for each result of the Hub's benchmarks.
fn has_table(config: &Config, dataset: &Dataset, audit: Audit) -> bool {
    !matches!(audit, Audit::Publishing) || has_documents(config, dataset)
}

fn has_share_images(config: &Config, dataset: &Dataset) -> bool {
    config.site.exports.share_images.unwrap_or(!is_large(dataset))
}

/// What a build was made from, in words.
fn made_from(config: &Config, newest: Option<&str>, built: Option<&str>) -> String {
    let mut parts = Vec::new();
    let public = config.datastores.iter().find_map(|datastore| Some((datastore.repo.as_deref()?, datastore)));
    if let Some((repo, datastore)) = public {
        let commit = datastore.revision.as_ref().map_or("no commit named".to_owned(), |it| format!("commit {it}"));
        parts.push(match datastore.lock.sound() {
            Some(_) => format!("Records of {repo}, {commit}"),
            None => format!("Records said to be of {repo}, {commit}, not checked"),
        });
    }
    parts.extend(newest.map(|day| format!("newest record retrieved {day}")));
    let on = built.map(|day| format!(" on {day}")).unwrap_or_default();
    parts.push(format!("built{on} with evalcards {}", env!("CARGO_PKG_VERSION")));
    parts.join("; ")
}

/// What kind of file stands at `path` of the output folder, for the sum of bytes.
pub fn kind_of(path: &str) -> &'static str {
    let Some(path) = path.strip_prefix("pages/") else { return "Hub files" };
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match (path.split('/').next().unwrap_or_default(), extension) {
        ("records", _) => "copies of records",
        ("assets", "png") => "share images",
        ("assets", _) => "assets",
        (_, "html") => "pages",
        (_, "csv") => "CSV",
        (_, "svg") => "badges",
        (_, "atom") => "feeds",
        ("api", "parquet") => "Parquet",
        ("api", "gz") => "JSON Lines",
        ("api", "jsonl") => "state of the last build",
        ("api", _) => "JSON API",
        _ => "other",
    }
}
