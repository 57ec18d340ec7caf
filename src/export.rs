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
pub mod feed;
pub mod head;
pub mod jsonl;
pub mod parquet;
pub mod sitemap;
pub mod table;

use std::borrow::Cow;

use anyhow::Result;
use foldhash::HashMap;

use crate::card::evaluator::Tally;
use crate::card::{Cards, Paths, direction_key, record_url};
use crate::config::Config;
use crate::id::Id;
use crate::language::Language;
use crate::merge::{Dataset, Ranking};
use crate::resolve::{Benchmark, Evaluator, Model};
use api::VERSION;
use changes::{Limits, News, State};
use citation::{Citation, Cited};
use csv::Csv;
use head::{About, Head};
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
    Feed,
    Text(String),
}

#[derive(Clone, Copy)]
enum Kind {
    Models,
    Benchmarks,
    Evaluators,
}

/// All exports of a build.
pub struct Exports<'a> {
    config: &'a Config,
    paths: &'a Paths,
    source: Source<'a>,
    news: News<'a>,
    day: String,
    made_from: String,
    model_by_id: HashMap<&'a str, Id<Model>>,
    benchmark_by_id: HashMap<&'a str, Id<Benchmark>>,
    events_of_models: HashMap<String, Vec<usize>>,
    events_of_benchmarks: HashMap<String, Vec<usize>>,
    /// Every file, the longest work first.
    pub planned: Vec<Export>,
}

static TABLE: [Table; TABLES.len()] = TABLES;

impl<'a> Exports<'a> {
    /// Plans the exports of `dataset`; `previous` is what the last build left.
    pub fn new(config: &'a Config, dataset: &'a Dataset, paths: &'a Paths, previous: Option<State>) -> Exports<'a> {
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
        let news = News::new(dataset, previous, &day, limits);
        let (mut events_of_models, mut events_of_benchmarks) = (HashMap::default(), HashMap::default());
        for (place, event) in news.events().iter().enumerate() {
            let note = |events: &mut HashMap<String, Vec<usize>>, id: &str| {
                events.entry(id.to_owned()).or_default().push(place);
            };
            note(&mut events_of_models, &event.model);
            note(&mut events_of_benchmarks, &event.benchmark);
        }
        let mut exports = Exports {
            config,
            paths,
            source: Source { config, dataset, cards: Cards::at(dataset, paths, Language::english(), "") },
            news,
            events_of_models,
            events_of_benchmarks,
            day,
            made_from,
            model_by_id: dataset.entities.models.iter().map(|(id, model)| (model.id.as_str(), id)).collect(),
            benchmark_by_id: dataset.entities.benchmarks.iter().map(|(id, it)| (it.id.as_str(), id)).collect(),
            planned: Vec::new(),
        };
        exports.plan();
        exports
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
        for (name, kind) in
            [("models", Kind::Models), ("benchmarks", Kind::Benchmarks), ("evaluators", Kind::Evaluators)]
        {
            self.file(api(&format!("{name}.json")), What::List(kind));
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

    fn file(&mut self, path: String, what: What) {
        self.planned.push(Export { path: format!("pages/{path}"), what });
    }

    /// Makes one file. `tally` counts the records of an evaluator.
    pub fn bytes<'e>(&self, export: &'e Export, tally: impl Fn(Id<Evaluator>) -> &'a Tally<'a>) -> Result<Cow<'e, [u8]>>
    where
        'a: 'e,
    {
        let cards = &self.source.cards;
        let bytes = match &export.what {
            What::Text(text) => return Ok(Cow::Borrowed(text.as_bytes())),
            What::Index => api::pretty(&self.index())?,
            What::Schema(name) => api::schema(name)?,
            What::List(kind) => api::compact(&self.list(*kind))?,
            What::Table(table) => self.table_csv(table),
            What::JsonLines(table, number) => jsonl::write(table, &self.source, *number)?,
            What::Parquet(table) => parquet::write(table, &self.source)?,
            What::Dictionary => {
                api::pretty(&dictionary::package(&self.config.site.title, &TABLE, self.source.dataset))?
            }
            What::State => self.news.to_bytes()?,
            What::Model(id) => {
                let card = cards.model(*id, "", 0, |loaded| record_url(&self.source.dataset.inputs, loaded, ""));
                api::compact(&api::ModelDocument::new(&card, cards.model_url(*id)))?
            }
            What::ModelCsv(id) => self.model_csv(*id),
            What::ModelFeed(id) => self.model_feed(*id),
            What::Badge(id) => {
                let dataset = self.source.dataset;
                badge::svg(dataset.readings_of(*id).len(), &Coverage::of(dataset, *id))
            }
            What::Ranking(id) => self.ranking_json(*id)?,
            What::RankingCsv(id) => self.ranking_csv(*id),
            What::BenchmarkFeed(id) => self.benchmark_feed(*id),
            What::Evaluator(id) => {
                let summary = cards.evaluator_summary(*id, tally(*id));
                api::compact(&api::EvaluatorDocument::new(&summary, cards.evaluator_url(*id)))?
            }
            What::EvaluatorCsv(id) => {
                let mut csv = Csv::new(&["benchmark", "models", "results"]);
                for it in cards.reported_by(*id) {
                    csv.row(&[it.name, &without_commas(&it.models), &without_commas(&it.results)]);
                }
                csv.into_bytes()
            }
            What::Feed => {
                let events = self.news.events().iter().take(OF_SITE);
                self.feed("feed.atom", "index.html", self.config.site.title.clone(), "", events)
            }
        };
        Ok(Cow::Owned(bytes))
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
            ],
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
        let entries = match kind {
            Kind::Models => {
                let models = entities.models.iter();
                models
                    .map(|(id, it)| entry(&it.id, &it.name, self.paths.model(id), dataset.readings_of(id).len()))
                    .collect()
            }
            Kind::Benchmarks => {
                let mut results = vec![0; entities.benchmarks.len()];
                dataset.reported.iter().for_each(|it| results[it.benchmark.index()] += it.results as usize);
                let benchmarks = entities.benchmarks.iter();
                benchmarks
                    .map(|(id, it)| entry(&it.id, &it.name, self.paths.benchmark(id), results[id.index()]))
                    .collect()
            }
            Kind::Evaluators => {
                let mut results = vec![0; entities.evaluators.len()];
                dataset.reported.iter().for_each(|it| results[it.evaluator.index()] += it.results as usize);
                let evaluators = entities.evaluators.iter();
                evaluators
                    .map(|(id, it)| entry(&it.id, &it.name, self.paths.evaluator(id), results[id.index()]))
                    .collect()
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

    /// The table of a model's card, one row a reading.
    fn model_csv(&self, id: Id<Model>) -> Vec<u8> {
        let card = self.source.cards.model(id, "", 0, |loaded| record_url(&self.source.dataset.inputs, loaded, ""));
        let mut csv = Csv::new(&[
            "benchmark",
            "slice",
            "part",
            "variant",
            "metric",
            "direction",
            "rank",
            "difference",
            "score",
            "unit",
            "uncertainty",
            "evaluator",
            "relationship",
            "evaluated",
            "retrieved",
            "settings",
            "record",
            "pointer",
        ]);
        for cell in &card.cells {
            for reading in &cell.readings {
                csv.row(&[
                    cell.benchmark,
                    cell.slice.unwrap_or_default(),
                    cell.part.as_deref().unwrap_or_default(),
                    cell.variant.unwrap_or_default(),
                    cell.metric,
                    cell.direction,
                    cell.rank.as_deref().unwrap_or_default(),
                    cell.difference.as_deref().unwrap_or_default(),
                    reading.score.digits,
                    &reading.score.unit,
                    reading.score.uncertainty.as_deref().unwrap_or_default(),
                    reading.evaluator,
                    reading.relationship,
                    reading.evaluated.as_deref().unwrap_or_default(),
                    reading.retrieved.as_deref().unwrap_or_default(),
                    &reading.settings.join(" · "),
                    &reading.record,
                    &reading.pointer,
                ]);
            }
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

    /// The table of a ranking, all of its pages together.
    fn ranking_csv(&self, id: Id<Ranking>) -> Vec<u8> {
        let mut csv = Csv::new(&[
            "rank",
            "model",
            "model_id",
            "variant",
            "score",
            "unit",
            "uncertainty",
            "evaluator",
            "relationship",
            "others",
            "settings",
            "record",
        ]);
        for row in self.source.cards.ranking_rows(id) {
            let reading = &row.reading;
            let others: Vec<&str> = row.others.iter().map(|other| other.digits).collect();
            csv.row(&[
                &without_commas(row.rank.as_deref().unwrap_or_default()),
                row.model,
                row.model_id,
                row.variant.unwrap_or_default(),
                reading.score.digits,
                &reading.score.unit,
                reading.score.uncertainty.as_deref().unwrap_or_default(),
                reading.evaluator,
                reading.relationship,
                &others.join(" · "),
                &reading.settings.join(" · "),
                &reading.record,
            ]);
        }
        csv.into_bytes()
    }

    fn benchmark_feed(&self, id: Id<Benchmark>) -> Vec<u8> {
        let benchmark = &self.source.dataset.entities.benchmarks[id];
        let path = self.paths.benchmark(id);
        let events = self.events(&self.events_of_benchmarks, &benchmark.id).take(OF_BENCHMARK);
        let title = format!("{} · {}", benchmark.name, self.config.site.title);
        let feed = format!("{ROOT}/{path}.atom");
        self.feed(&feed, &format!("{path}.html"), title, &crate::paths::to_top(&feed), events)
    }

    fn model_feed(&self, id: Id<Model>) -> Vec<u8> {
        let model = &self.source.dataset.entities.models[id];
        let path = self.paths.model(id);
        let events = self.events(&self.events_of_models, &model.id).take(OF_MODEL);
        let title = format!("{} · {}", model.name, self.config.site.title);
        let feed = format!("{ROOT}/{path}.atom");
        self.feed(&feed, &format!("{path}.html"), title, &crate::paths::to_top(&feed), events)
    }

    fn events<'s>(
        &'s self,
        places: &'s HashMap<String, Vec<usize>>,
        id: &str,
    ) -> impl Iterator<Item = &'s changes::Event> {
        let places = places.get(id).map_or(&[][..], Vec::as_slice);
        places.iter().map(|place| &self.news.events()[*place])
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
            "models" | "benchmarks" | "evaluators" => (head.csv, head.json) = (Some(file("csv")), Some(file("json"))),
            "not-shown" => head.csv = Some(file("csv")),
            _ => {}
        }
        let Some(subject) = subject else { return head };
        let is_model = page.starts_with("models/");
        if page.starts_with("evaluators/") || has_documents(self.config, self.source.dataset) {
            head.json = Some(file("json"));
        }
        if !is_model || has_model_tables(self.config, self.source.dataset) {
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

/// A number of the pages without its commas.
fn without_commas(count: &str) -> String {
    count.replace(',', "")
}

/// What kind of file stands at `path` of the output folder, for the sum of bytes.
pub fn kind_of(path: &str) -> &'static str {
    let Some(path) = path.strip_prefix("pages/") else { return "Hub files" };
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match (path.split('/').next().unwrap_or_default(), extension) {
        ("records", _) => "copies of records",
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
