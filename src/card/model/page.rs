//! The page of a model: the short answer first, then the table of results, what conflicts, and the sources.

use serde::Serialize;

use super::super::disagreement::{ApartView, DisagreementView, Outcome};
use super::super::documentation::Documentation;
use super::super::hub_readings::HubReading;
use super::super::metadata::MetadataView;
use super::super::names::NameView;
use super::super::quote::Quotes;
use super::super::{Cards, Fact, Labelled, web_links};
use super::RecordView;
use super::row::TableView;
use super::short::Short;
use super::source::SourceView;
use super::usual::Usual;
use crate::id::Id;
use crate::load::Loaded;
use crate::mark::evidence::TRACE;
use crate::mark::{Trace, Untraced};
use crate::merge::{Reading, cells};
use crate::resolve::Model;
use crate::signal::SignalTally;

/// Everything that the page of a model says.
#[derive(Debug, Serialize)]
pub struct ModelPage<'a> {
    /// Display name.
    pub name: &'a str,
    /// Canonical id.
    pub id: &'a str,
    /// Known metadata.
    pub facts: Vec<Fact<'a>>,
    /// Missing metadata, as a list.
    pub gaps: String,
    /// Other ids that records use.
    pub names: Vec<NameView<'a>>,
    /// Further metadata, with who states it.
    pub metadata: MetadataView<'a>,
    /// Further reading.
    pub links: Vec<Labelled<'a>>,
    /// The counts in a sentence, for machines.
    pub summary: String,
    /// Sanitised HTML, or empty.
    pub prose: &'a str,
    /// The answer.
    pub short: Option<Short<'a>>,
    /// Results.
    pub results: usize,
    /// Their benchmarks.
    pub benchmarks: usize,
    /// The table.
    pub table: TableView<'a>,
    /// Cells with several scores, conflicts first.
    pub disagreements: Vec<DisagreementView<'a>>,
    /// How many of them conflict.
    pub conflicts: usize,
    /// True if several have the same verdict on comparability.
    pub is_one_verdict: bool,
    /// Results with one name that are not compared.
    pub apart: Vec<ApartView>,
    /// What the Hub shows for it.
    pub hub_readings: Vec<HubReading<'a>>,
    /// Records of the results.
    pub sources: Vec<SourceView<'a>>,
    /// What holds for all records of a datastore without a lock file.
    pub untraced: Vec<String>,
    /// True if a record has neither an address nor a copy on this site.
    pub has_unlinked: bool,
    /// Documentation signals.
    pub documentation: Documentation<'a>,
    /// Results and records of this model that are not shown.
    pub not_shown: usize,
    /// Sentences to quote.
    pub quotes: Quotes<'a>,
}

impl<'a> Cards<'a> {
    /// The page of `id`; `prose` is its clean HTML, `not_shown` what was left out, `usual` what is so in each collection.
    pub fn model_page(
        &self,
        id: Id<Model>,
        prose: &'a str,
        not_shown: usize,
        usual: &[Option<Usual<'a>>],
        record_url: impl Fn(&Loaded) -> Option<String>,
    ) -> ModelPage<'a> {
        let model = &self.dataset.entities.models[id];
        let readings = self.dataset.readings_of(id);
        let meta = self.dataset.model_meta(model);
        let of_cells: Vec<&[Reading]> = cells(readings).collect();
        let disagreements = self.disagreements(id);
        let conflicts = disagreements.iter().filter(|it| it.outcome == Outcome::Conflict).count();
        let is_one_verdict = disagreements.len() > 1
            && disagreements
                .windows(2)
                .all(|two| (&two[0].nobody, &two[0].verdict_in_words) == (&two[1].nobody, &two[1].verdict_in_words));
        // By the place of the cell.
        let mut outcomes: Vec<Option<Outcome>> = vec![None; of_cells.len()];
        for it in &disagreements {
            outcomes[it.number - 1] = Some(it.outcome);
        }
        let tally = SignalTally::of(self.signals, readings);
        let (facts, gaps) = self.known(self.model_facts(id));
        let mut records = self.records(readings, &record_url);
        let has_unlinked = records.iter().any(|record| record.url.is_none());
        let mut by_record: Vec<&Reading> = readings.iter().collect();
        by_record.sort_by_key(|reading| (reading.resolved.record, self.dataset.result(reading).index));
        let of_records = by_record.chunk_by(|a, b| a.resolved.record == b.resolved.record);
        let mut untraced = Vec::new();
        for (record, of) in records.iter_mut().zip(of_records.clone()) {
            if matches!(
                self.dataset.marks.records[of[0].resolved.record as usize].trace,
                Trace::Local(Untraced::NoLock)
            ) {
                for said in record.evidence.axes.extract_if(.., |it| it.axis_key == TRACE).flat_map(|it| it.facts) {
                    if !untraced.contains(&said.says) {
                        untraced.push(said.says);
                    }
                }
            }
        }
        let mut benchmarks: Vec<_> = readings.iter().map(|reading| self.dataset.benchmark_of(reading)).collect();
        benchmarks.dedup();
        ModelPage {
            name: &model.name,
            id: &model.id,
            facts,
            gaps,
            names: self.names(&model.spellings, &model.id),
            metadata: self.model_metadata(id),
            links: meta.map(|meta| web_links(&meta.links)).unwrap_or_default(),
            summary: self.summary(readings, records.len()),
            prose,
            short: (!readings.is_empty()).then(|| self.short(readings, &tally, &disagreements)),
            results: readings.len(),
            benchmarks: benchmarks.len(),
            table: self.table(&of_cells, |number| outcomes[number].map(|it| it == Outcome::Conflict)),
            documentation: self.documentation(
                &tally,
                Some(self.pairs_by_coverage("figures.evaluators", self.by_benchmark(id))),
                outcomes.into_iter().collect(),
            ),
            quotes: self.model_quotes(id, &disagreements),
            disagreements,
            conflicts,
            is_one_verdict,
            apart: self.kept_apart(readings),
            hub_readings: self.hub_readings_of_model(id),
            sources: records
                .into_iter()
                .zip(of_records)
                .map(|(record, of)| self.source_of(record, of, usual))
                .collect(),
            untraced,
            has_unlinked,
            not_shown,
        }
    }
    fn source_of(&self, record: RecordView<'a>, of: &[&Reading], usual: &[Option<Usual<'a>>]) -> SourceView<'a> {
        let id = self.dataset.collection(record.collection);
        let source = self.source(record, of);
        match id.and_then(|id| Some((id, usual[id.index()].as_ref()?))) {
            Some((id, usual)) => SourceView {
                usual: Some(format!("{}#usual", self.collection_url(id))),
                ..self.without_usual(source, usual)
            },
            None => source,
        }
    }
}
