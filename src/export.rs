//! *Export*: the downloads beside the pages, for readers and machines.
//!
//! A JSON API and CSV of what pages show, tables of the whole site, badges, feeds, sitemaps. Everything is planned
//! first and made when it is written, as pages are. [`crate::site`] decides the addresses of pages; the modules
//! below write the formats.

pub mod api;
pub mod badge;
pub mod changes;
pub mod choices;
pub mod citation;
pub mod csv;
pub mod dictionary;
mod document;
pub mod feed;
pub mod further;
mod gzip;
pub mod head;
pub mod jsonl;
pub mod page_table;
pub mod parquet;
pub mod sitemap;
pub mod table;

use std::borrow::Cow;
use std::sync::{Mutex, OnceLock};

use anyhow::Result;
use foldhash::HashMap;

use crate::card::benchmark::RowView;
use crate::card::evaluator::Tally;
use crate::card::merged::Merged;
use crate::card::model::ModelCard;
use crate::card::{Cards, Paths};
use crate::config::Config;
use crate::emit::{HubFiles, page};
use crate::hash::Sha256;
use crate::id::Id;
use crate::language::Language;
use crate::mark::{Counts, Standing};
use crate::merge::{Collection, Dataset, Developer, Ranking, cells};
use crate::resolve::{Benchmark, Evaluator, Model};
use crate::signal::{Signals, collection};
use changes::ChangeState;
use choices::Choices;
use citation::Citation;
use feed::Events;
use further::Further;
use jsonl::JsonColumn;
use table::{ModelCoverage, TABLES, Table, TableSource};

/// Where the API stands.
pub const ROOT: &str = "api/v1";

/// What the next build must know of this one, below the output folder.
pub const STATE: &str = "pages/api/v1/state.jsonl.gz";

/// One file of the output folder.
pub struct Export {
    /// Path below the output folder.
    pub path: String,
    what: What,
}

impl Export {
    fn subject(&self) -> Option<SharedSubject> {
        match self.what {
            What::Model(id) | What::ModelCsv(id) | What::SideBySideCsv(id) | What::ModelOnHubCsv(id) => {
                Some(SharedSubject::Model(id))
            }
            What::Ranking(id) | What::RankingCsv(id) => Some(SharedSubject::Ranking(id)),
            What::Parquet(table) | What::JsonLines(table, _) => Some(SharedSubject::Table(table.name)),
            _ => None,
        }
    }

    /// True if both are made from the same [`SharedCards`].
    pub fn shares_with(&self, other: &Export) -> bool {
        self.subject().is_some_and(|subject| other.subject() == Some(subject))
    }
}

/// What several files are made from.
#[derive(PartialEq)]
enum SharedSubject {
    Model(Id<Model>),
    Ranking(Id<Ranking>),
    Table(&'static str),
}

/// What the files of one model, ranking or table are made from; made with the first of them.
#[derive(Default)]
pub struct SharedCards<'a> {
    model: Option<ModelCard<'a>>,
    rows: Option<Vec<RowView<'a>>>,
    /// The columns of a table whose JSON Lines are one file.
    json: Option<Vec<JsonColumn>>,
}

enum What {
    Index,
    Schema(&'static str),
    List(ListKind),
    Table(&'static Table),
    JsonLines(&'static Table, usize),
    Parquet(&'static Table),
    Dictionary,
    State,
    Model(Id<Model>),
    ModelCsv(Id<Model>),
    SideBySideCsv(Id<Model>),
    Badge(Id<Model>),
    Ranking(Id<Ranking>),
    RankingCsv(Id<Ranking>),
    BenchmarkFeed(Id<Benchmark>),
    PairsCsv(Id<Ranking>),
    RunsCsv(Id<Ranking>),
    SourcesCsv(Id<Benchmark>),
    BenchmarkOnHubCsv(Id<Benchmark>),
    AllOnHubCsv,
    ModelOnHubCsv(Id<Model>),
    Evaluator(Id<Evaluator>),
    EvaluatorCsv(Id<Evaluator>),
    DocumentedCsv(Id<Evaluator>),
    DifferencesCsv(Id<Evaluator>),
    Collection(Id<Collection>),
    CollectionCsv(Id<Collection>),
    CollectionDocumentedCsv(Id<Collection>),
    Developer(Id<Developer>),
    DeveloperCsv(Id<Developer>),
    Audit(Audit),
    AuditCsv(Audit),
    AttestationsCsv,
    DroppedCsv,
    CollisionsCsv,
    OutcomesCsv,
    Feed,
    Text(String),
}

#[derive(Clone, Copy)]
enum ListKind {
    Models,
    Benchmarks,
    Evaluators,
    Developers,
    Collections,
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
    choices: Choices,
    source: TableSource<'a>,
    /// What the last build left, until `events` are made of it.
    previous: Mutex<Option<ChangeState>>,
    events: OnceLock<Events>,
    day: String,
    /// Day of the newest record.
    newest: Option<String>,
    /// Over the hashes of all records, in order, a line each.
    records_sha256: String,
    model_by_id: HashMap<&'a str, Id<Model>>,
    benchmark_by_id: HashMap<&'a str, Id<Benchmark>>,
    /// Every file, the longest work first.
    pub planned: Vec<Export>,
}

static TABLE: [Table; TABLES.len()] = TABLES;

impl<'a> Exports<'a> {
    /// Plans the exports of `dataset`; `previous` is what the last build left.
    pub fn new(
        config: &'a Config,
        dataset: &'a Dataset,
        signals: &'a Signals,
        paths: &'a Paths,
        hub: &'a HubFiles,
        previous: Option<ChangeState>,
    ) -> Exports<'a> {
        let stamps = dataset.inputs.records.iter().filter_map(|loaded| loaded.record.retrieved.as_ref()?.day);
        let newest = stamps.max().map(|day| day.to_string());
        let built = config.day.map(|day| day.to_string());
        let day = built.or_else(|| newest.clone()).unwrap_or_default();
        let choices = Choices::new(config, dataset);
        let mut exports = Exports {
            config,
            paths,
            hub,
            choices,
            source: TableSource {
                config,
                dataset,
                collections: collection::tallies(dataset, signals),
                cards: Cards::at(dataset, signals, paths, Language::english(), "").with_hub_runs(&hub.hub_runs),
            },
            previous: Mutex::new(previous),
            events: OnceLock::new(),
            day,
            newest,
            records_sha256: hash_of_records(dataset),
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
        if self.choices.data {
            for table in &TABLE {
                self.file(api(&format!("data/{}.parquet", table.name)), What::Parquet(table));
                let n_files = if self.choices.documents { jsonl::n_files((table.rows)(dataset)) } else { 0 };
                for number in 0..n_files {
                    let path = format!("data/{}-{}.jsonl.gz", table.name, number + 1);
                    self.file(api(&path), What::JsonLines(table, number));
                }
            }
            self.file(api("data/datapackage.json"), What::Dictionary);
        }
        self.file(api("state.jsonl.gz"), What::State);
        self.file(api("index.json"), What::Index);
        for name in api::SCHEMAS {
            self.file(api(&format!("schema/{name}.json")), What::Schema(name));
        }
        for (name, kind) in [
            ("models", ListKind::Models),
            ("benchmarks", ListKind::Benchmarks),
            ("evaluators", ListKind::Evaluators),
            ("developers", ListKind::Developers),
            ("sources", ListKind::Collections),
        ] {
            self.file(api(&format!("{name}.json")), What::List(kind));
        }
        for audit in Audit::ALL {
            if self.choices.has_document(audit) {
                self.file(api(&format!("{}.json", audit.path())), What::Audit(audit));
            }
            // That of what is not shown is one of the tables.
            if !matches!(audit, Audit::NotShown) {
                self.file(api(&format!("{}.csv", audit.path())), What::AuditCsv(audit));
            }
        }
        for (audit, table, what) in [
            (Audit::Markers, Further::Attestations, What::AttestationsCsv),
            (Audit::Markers, Further::Dropped, What::DroppedCsv),
            (Audit::Markers, Further::Collisions, What::CollisionsCsv),
            (Audit::Publishing, Further::Outcomes, What::OutcomesCsv),
        ] {
            self.file(table.path(audit.path()), what);
        }
        if !dataset.inputs.content.hub.posted.is_empty() {
            self.file(Further::HubReadings.path(Audit::Publishing.path()), What::AllOnHubCsv);
        }
        for table in TABLE.iter().filter(|table| !matches!(table.name, "results" | "records" | "captures")) {
            self.file(api(&format!("{}.csv", table.name)), What::Table(table));
        }
        self.file("feed.atom".to_owned(), What::Feed);
        let made_from = self.made_from(Language::english());
        let site = self.cited(&self.config.site.title, self.config.base_url.as_deref(), &made_from);
        let Citation { bibtex, cff } = Citation::new(&site);
        self.file("CITATION.cff".to_owned(), What::Text(cff));
        self.file("citation.bib".to_owned(), What::Text(bibtex + "\n"));
        let have_samples = dataset.inputs.have_samples();
        for (id, ranking) in dataset.rankings.iter() {
            let Some(path) = self.paths.ranking(id) else { continue };
            if self.choices.documents {
                self.file(api(&format!("{path}.json")), What::Ranking(id));
            }
            if self.choices.page_tables {
                self.file(api(&format!("{path}.csv")), What::RankingCsv(id));
            }
            if have_samples && self.source.cards.pairs_of(ranking).is_some() {
                self.file(Further::Pairs.path(path), What::PairsCsv(id));
            }
            if have_samples && self.source.cards.has_runs_table(ranking) {
                self.file(Further::Runs.path(path), What::RunsCsv(id));
            }
        }
        for (id, _) in dataset.entities.benchmarks.iter() {
            let path = self.paths.benchmark(id);
            self.file(Further::Sources.path(path), What::SourcesCsv(id));
            if !self.source.cards.hub_readings_of_benchmark(id).is_empty() {
                self.file(Further::HubReadings.path(path), What::BenchmarkOnHubCsv(id));
            }
            self.file(api(&format!("{path}.atom")), What::BenchmarkFeed(id));
        }
        for (id, _) in dataset.entities.evaluators.iter() {
            let path = self.paths.evaluator(id);
            self.file(api(&format!("{path}.json")), What::Evaluator(id));
            self.file(api(&format!("{path}.csv")), What::EvaluatorCsv(id));
            if self.choices.page_tables {
                self.file(Further::Documented.path(path), What::DocumentedCsv(id));
                self.file(Further::Differences.path(path), What::DifferencesCsv(id));
            }
        }
        for (id, _) in dataset.collections.iter() {
            let path = self.paths.collection(id);
            self.file(api(&format!("{path}.json")), What::Collection(id));
            self.file(api(&format!("{path}.csv")), What::CollectionCsv(id));
            self.file(Further::Documented.path(path), What::CollectionDocumentedCsv(id));
        }
        for (id, _) in dataset.developers.iter() {
            let path = self.paths.developer(id);
            if self.choices.documents {
                self.file(api(&format!("{path}.json")), What::Developer(id));
            }
            if self.choices.page_tables {
                self.file(api(&format!("{path}.csv")), What::DeveloperCsv(id));
            }
        }
        for (id, _) in dataset.entities.models.iter() {
            let path = self.paths.model(id);
            if self.choices.documents {
                self.file(api(&format!("{path}.svg")), What::Badge(id));
                self.file(api(&format!("{path}.json")), What::Model(id));
            }
            // Made from the same card, so they follow the document.
            if self.choices.page_tables {
                self.file(api(&format!("{path}.csv")), What::ModelCsv(id));
                if cells(dataset.readings_of(id)).any(|cell| cell.len() > 1) {
                    self.file(Further::SideBySide.path(path), What::SideBySideCsv(id));
                }
                if !self.source.cards.hub_readings_of_model(id).is_empty() {
                    self.file(Further::HubReadings.path(path), What::ModelOnHubCsv(id));
                }
            }
        }
    }

    fn file(&mut self, path: String, what: What) {
        self.planned.push(Export { path: format!("pages/{path}"), what });
    }

    /// What is counted of each collection, by id.
    pub fn collections(&self) -> &[collection::CollectionTally<'a>] {
        &self.source.collections
    }

    fn collection(&self, id: Id<Collection>) -> &collection::CollectionTally<'a> {
        &self.source.collections[id.index()]
    }

    fn card<'c>(&self, id: Id<Model>, shared: &'c mut SharedCards<'a>) -> &'c ModelCard<'a> {
        shared.model.get_or_insert_with(|| self.source.cards.model(id, |loaded| self.record_url(loaded)))
    }

    fn rows<'c>(&self, id: Id<Ranking>, shared: &'c mut SharedCards<'a>) -> &'c [RowView<'a>] {
        shared.rows.get_or_insert_with(|| self.source.cards.ranking_rows(id).collect())
    }

    /// Makes one file. `tallies` count the records of each evaluator, `merged` are the names that were joined, and `shared`
    /// is what the last file was made from, if this one shares it.
    pub fn bytes<'e>(
        &self,
        export: &'e Export,
        tallies: &[Tally<'a>],
        merged: &Merged<'a>,
        shared: &mut SharedCards<'a>,
    ) -> Result<Cow<'e, [u8]>> {
        let cards = &self.source.cards;
        let bytes = match &export.what {
            What::Text(text) => return Ok(Cow::Borrowed(text.as_bytes())),
            What::Index => api::pretty(&self.index())?,
            What::Schema(name) => api::schema(name)?,
            What::List(kind) => api::compact(&self.list(*kind))?,
            What::Table(table) => self.table_csv(table),
            What::Parquet(table) => {
                // The values of several files would take too much room at once.
                let is_kept = self.choices.documents && jsonl::n_files((table.rows)(self.source.dataset)) == 1;
                let (bytes, columns) = parquet::write(table, &self.source, is_kept)?;
                shared.json = columns;
                bytes
            }
            What::JsonLines(table, number) => match &shared.json {
                Some(columns) => jsonl::write(table, columns)?,
                None => {
                    let rows = jsonl::rows_of_file((table.rows)(self.source.dataset), *number);
                    jsonl::write(table, &JsonColumn::all(table, &self.source, rows))?
                }
            },
            What::Dictionary => {
                let has_json_lines = self.choices.documents;
                api::pretty(&dictionary::package(&self.config.site.title, &TABLE, self.source.dataset, has_json_lines))?
            }
            What::State => self.events().news.to_bytes(self.source.dataset)?,
            What::Model(id) => {
                let card = self.card(*id, shared);
                let quotable = self.quotable(&card.quotes, self.paths.model(*id));
                api::compact(&api::ModelDocument::new(card, quotable, cards.model_url(*id)))?
            }
            What::ModelCsv(id) => page_table::model(&self.card(*id, shared).cells),
            What::SideBySideCsv(id) => further::side_by_side(&self.card(*id, shared).disagreements),
            What::Badge(id) => {
                let dataset = self.source.dataset;
                let all = dataset.readings_of(*id);
                let asserted = all.iter().filter(|reading| reading.standing != Standing::Withdrawn);
                let mut levels = Counts::default();
                asserted.clone().for_each(|reading| levels.add(dataset.level_of(reading)));
                let n = asserted.clone().count();
                badge::svg(n, all.len() - n, &ModelCoverage::of(dataset, asserted), &levels)
            }
            What::Ranking(id) => self.ranking_json(*id, self.rows(*id, shared))?,
            What::RankingCsv(id) => page_table::ranking(self.rows(*id, shared)),
            What::BenchmarkFeed(id) => self.benchmark_feed(*id),
            What::PairsCsv(id) => further::pairs(cards.pairs_of(&self.source.dataset.rankings[*id]).as_ref()),
            What::RunsCsv(id) => further::runs(cards.runs_of(&self.source.dataset.rankings[*id]).as_ref()),
            What::SourcesCsv(id) => further::sources(&cards.sources(*id)),
            What::BenchmarkOnHubCsv(id) => further::hub_readings(&cards.hub_readings_of_benchmark(*id)),
            What::AllOnHubCsv => further::hub_readings(&cards.posted()),
            What::ModelOnHubCsv(id) => further::hub_readings(&self.card(*id, shared).hub_readings),
            What::Evaluator(id) => {
                let card = cards.evaluator(*id, &tallies[id.index()]);
                let differences = self.choices.documents.then_some(&*card.differences);
                let quotable = self.quotable(&card.quotes, self.paths.evaluator(*id));
                api::compact(&api::EvaluatorDocument::new(&card, differences, quotable, cards.evaluator_url(*id)))?
            }
            What::EvaluatorCsv(id) => page_table::evaluator(&cards.reported_by(*id)),
            What::DocumentedCsv(id) => further::documented(&cards.evaluator(*id, &tallies[id.index()])),
            What::DifferencesCsv(id) => further::differences(&cards.evaluator(*id, &tallies[id.index()])),
            What::Collection(id) => {
                let card = cards.source_page(*id, self.collection(*id));
                api::compact(&api::SourceDocument::new(&card, cards.collection_url(*id)))?
            }
            What::CollectionCsv(id) => page_table::source(&cards.source_page(*id, self.collection(*id)).benchmarks),
            What::CollectionDocumentedCsv(id) => {
                further::documented_source(&cards.source_page(*id, self.collection(*id)))
            }
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
            What::AttestationsCsv => further::attestations(&cards.markers()),
            What::DroppedCsv => further::dropped(&cards.markers()),
            What::CollisionsCsv => further::collisions(&cards.markers()),
            What::OutcomesCsv => {
                let manifest = &self.hub.manifest;
                further::outcomes(&page::outcomes(cards.language, manifest), manifest.unsupported_results())
            }
            What::Feed => self.site_feed(),
        };
        Ok(Cow::Owned(bytes))
    }
}

/// What anybody can compute again from the table of records.
fn hash_of_records(dataset: &Dataset) -> String {
    let mut hashes: Vec<String> =
        dataset.inputs.records.iter().map(|loaded| loaded.origin.sha256.to_string()).collect();
    hashes.sort_unstable();
    Sha256::of(hashes.join("\n").as_bytes()).to_string()
}

/// `robots.txt`, and the sitemap of `pages`, which are paths from the top of the site.
pub fn for_robots(config: &Config, pages: &[&str]) -> Vec<Export> {
    let base_url = config.base_url.as_deref();
    let sitemaps = base_url.map(|base_url| sitemap::sitemaps(base_url, pages)).unwrap_or_default();
    let files = [("robots.txt".to_owned(), sitemap::robots(base_url))].into_iter().chain(sitemaps);
    files.map(|(path, text)| Export { path: format!("pages/{path}"), what: What::Text(text) }).collect()
}

/// What kind of file stands at `path` of the output folder, for the sum of bytes.
pub fn kind_of(path: &str) -> &'static str {
    if path == STATE {
        return "state of the last build";
    }
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
        ("api", _) => "JSON API",
        _ => "other",
    }
}
