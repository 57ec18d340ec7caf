//! The *documents* of the API and the tables of lists, made from cards.

use std::borrow::Cow;

use anyhow::Result;

use super::api::{self, VERSION};
use super::csv::Csv;
use super::table::{Table, TableSource, Value};
use super::{Audit, Exports, ListKind, ROOT};
use crate::card::benchmark::RowView;
use crate::card::merged::Merged;
use crate::card::quote::Quotes;
use crate::card::{direction_key, record_url};
use crate::emit::page;
use crate::id::Id;
use crate::load::Loaded;
use crate::merge::{Developer, Ranking, ReportedCount};

impl<'a> Exports<'a> {
    /// The document of a page that tells how the site came to say what it says.
    pub(super) fn audit(&self, audit: Audit, merged: &Merged<'a>) -> Result<Vec<u8>> {
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
                api::compact(&api::PublishingDocument::new(&card, &rows, &cards.proposals(), &cards.posted(), page))
            }
        }
    }

    pub(super) fn page(&self, path: &str) -> String {
        format!("{path}.html")
    }

    /// What one may quote of the page at `path`.
    pub(super) fn quotable(&self, quotes: &Quotes, path: &str) -> Option<api::Quotable> {
        let url = self.config.base_url.as_ref().map(|base_url| format!("{base_url}{path}.html"));
        api::Quotable::new(quotes, &self.day, url, &self.records_sha256)
    }

    pub(super) fn record_url(&self, loaded: &Loaded) -> Option<String> {
        record_url(&self.source.dataset.inputs, loaded, "")
    }

    pub(super) fn index(&self) -> api::Index<'_> {
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
                list("sources", self.source.dataset.collections.len(), "source"),
            ],
            audits: Audit::ALL
                .into_iter()
                .filter(|audit| self.choices.has_document(*audit))
                .map(|audit| api::AuditLink {
                    name: audit.path(),
                    url: format!("{ROOT}/{}.json", audit.path()),
                    schema: format!("{ROOT}/schema/{}.json", audit.path()),
                })
                .collect(),
            data: self.choices.data.then_some("api/v1/data/datapackage.json"),
            feed: "feed.atom",
        }
    }

    pub(super) fn list(&self, kind: ListKind) -> api::List<'_> {
        let dataset = self.source.dataset;
        let entities = &dataset.entities;
        let has_documents = matches!(kind, ListKind::Evaluators | ListKind::Collections) || self.choices.documents;
        let entry = |id, name, path: &str, results| api::ListEntry {
            id,
            name,
            page: format!("{path}.html"),
            api: has_documents.then(|| format!("{ROOT}/{path}.json")),
            results,
        };
        let results = |reported: &[ReportedCount]| reported.iter().map(|it| it.results as usize).sum();
        let entries = match kind {
            ListKind::Models => {
                let models = entities.models.iter();
                models
                    .map(|(id, it)| entry(&it.id, &it.name, self.paths.model(id), dataset.readings_of(id).len()))
                    .collect()
            }
            ListKind::Benchmarks => {
                let benchmarks = entities.benchmarks.iter();
                benchmarks
                    .map(|(id, it)| entry(&it.id, &it.name, self.paths.benchmark(id), results(dataset.reported_of(id))))
                    .collect()
            }
            ListKind::Evaluators => {
                let evaluators = entities.evaluators.iter();
                evaluators
                    .map(|(id, it)| entry(&it.id, &it.name, self.paths.evaluator(id), results(dataset.reported_by(id))))
                    .collect()
            }
            ListKind::Developers => {
                let results = |it: &Developer| it.models.iter().map(|model| dataset.readings_of(*model).len()).sum();
                let developers = dataset.developers.iter();
                developers.map(|(id, it)| entry(&it.id, &it.name, self.paths.developer(id), results(it))).collect()
            }
            ListKind::Collections => {
                let collections = dataset.collections.iter();
                collections
                    .map(|(id, it)| entry(&it.id, &it.name, self.paths.collection(id), it.readings.len()))
                    .collect()
            }
        };
        api::List { version: VERSION, entries }
    }

    pub(super) fn table_csv(&self, table: &Table) -> Vec<u8> {
        let mut csv = Csv::new(&table.columns.iter().map(|column| column.name).collect::<Vec<_>>());
        for row in 0..(table.rows)(self.source.dataset) {
            let cells = table.columns.iter().map(|column| match (column.value)(&self.source, row) {
                Value::Missing => Cow::Borrowed(""),
                Value::Text(text) => text,
                Value::Number(Cow::Borrowed(number)) => Cow::Borrowed(number.digits()),
                Value::Number(Cow::Owned(number)) => Cow::Owned(number.digits().to_owned()),
                Value::Count(count) => Cow::Owned(count.to_string()),
                Value::Flag(flag) => Cow::Owned(flag.to_string()),
            });
            csv.row(&cells.collect::<Vec<_>>());
        }
        csv.into_bytes()
    }

    pub(super) fn ranking_json(&self, id: Id<Ranking>, rows: &[RowView]) -> Result<Vec<u8>> {
        let TableSource { dataset, cards, .. } = &self.source;
        let entities = &dataset.entities;
        let ranking = &dataset.rankings[id];
        let slice = &entities.slices[ranking.slice];
        let of_benchmark = self.paths.benchmark(slice.benchmark);
        let is_first = self.paths.ranking(id) == Some(of_benchmark);
        let path = self.paths.ranking(id).unwrap_or(of_benchmark);
        let others = dataset.rankings_of(slice.benchmark).skip(1).filter(|_| is_first);
        let sources = if is_first { cards.sources(slice.benchmark) } else { Vec::new() };
        let on_the_hub = if is_first { cards.hub_readings_of_benchmark(slice.benchmark) } else { Vec::new() };
        let meta = dataset.benchmark_meta(&entities.benchmarks[slice.benchmark]);
        let (distribution, over_time) = (cards.distribution(ranking, meta), cards.over_time(ranking));
        let (pairs, runs) = (cards.pairs_of(ranking), cards.runs_of(ranking));
        api::compact(&api::RankingDocument {
            version: VERSION,
            benchmark: &entities.benchmarks[slice.benchmark].name,
            page: format!("{path}.html"),
            slice: slice.name.as_deref(),
            part: dataset.part_of(ranking),
            metric: &entities.metrics[ranking.metric].name,
            metric_qualifier: cards.metric_qualifier(ranking.metric),
            measurement: &dataset.measurements[ranking.measurement].id,
            evaluator: cards.evaluator_name(ranking.evaluator),
            direction: cards.language.phrase(direction_key(ranking.direction)),
            rankings: (others.filter_map(|(id, _)| self.paths.ranking(id)))
                .map(|path| format!("{ROOT}/{path}.json"))
                .collect(),
            rows: rows.iter().zip(&ranking.rows).map(|(row, ranked)| api::RankingRow::new(row, ranked.rank)).collect(),
            sources: sources.iter().map(api::Source::new).collect(),
            distribution: distribution.as_ref().map(api::Bin::all).unwrap_or_default(),
            best_over_time: over_time.as_ref().map(api::Best::all).unwrap_or_default(),
            pairs: pairs.iter().flat_map(|pairs| &pairs.rows).map(api::SamplesPair::new).collect(),
            runs: runs.as_ref().map(api::RunsOfResult::all).unwrap_or_default(),
            best_undated: over_time.as_ref().and_then(api::BestUndated::new),
            on_the_hub: on_the_hub.iter().map(api::HubEntry::new).collect(),
            quotable: match is_first {
                true => self.quotable(&cards.benchmark_quotes(slice.benchmark), path),
                false => None,
            },
        })
    }
}
