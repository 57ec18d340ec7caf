//! The documents of *cards*: a model, a ranking, an evaluator, a developer.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Digits, FactView, VERSION, facts, number};
use crate::card::ReadingView;
use crate::card::benchmark::{RowView, SourceRow};
use crate::card::developer::{DeveloperCard, MadeModel};
use crate::card::disagreement::DisagreementView;
use crate::card::evaluator::{Counted, DifferenceRow, EvaluatorCard};
use crate::card::model::{CellView, ModelCard, RecordView};
use crate::card::plots::{DistributionView, OverTimeView};
use crate::mark::evidence::Evidence;

/// A model's card.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ModelDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Canonical id.
    pub id: &'a str,
    /// Display name.
    pub name: &'a str,
    /// Its page.
    pub page: String,
    /// Metadata.
    pub facts: Vec<FactView<'a>>,
    /// Other ids that records use.
    pub spellings: Vec<&'a str>,
    /// A sentence with the counts.
    pub summary: &'a str,
    /// Results by cell.
    pub cells: Vec<Cell<'a>>,
    /// The records that the results stand in.
    pub records: Vec<Record<'a>>,
}

/// The readings of one slice of one benchmark under one metric.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Cell<'a> {
    /// Benchmark.
    pub benchmark: &'a str,
    /// Its page.
    pub benchmark_page: &'a str,
    /// The part of it; null for the whole.
    pub slice: Option<&'a str>,
    /// The part of the test, where others of this slice are over another one.
    pub part: Option<&'a str>,
    /// The variant of the model; null for the model itself.
    pub variant: Option<&'a str>,
    /// Metric.
    pub metric: &'a str,
    /// `higher is better`.
    pub direction: &'a str,
    /// True if scores depend on which other models were evaluated.
    pub is_relative: bool,
    /// `rank 12 of 340`.
    pub rank: Option<&'a str>,
    /// By how much several readings differ.
    pub difference: Option<&'a str>,
    /// The readings; the first stands for the cell in rankings.
    pub readings: Vec<ReadingDocument<'a>>,
    /// How they were made, side by side; where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side_by_side: Option<SideBySide<'a>>,
}

/// The readings of a cell side by side.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SideBySide<'a> {
    /// What the comparison finds, in a sentence.
    pub finding: &'a str,
    /// The comparison as arithmetic.
    pub arithmetic: &'a [String],
    /// What is known of why they differ; may be empty.
    pub why: &'a str,
    /// The settings that somebody reports.
    pub settings: Vec<Setting<'a>>,
    /// The names of those that nobody reports, as a list; may be empty.
    pub nobody: &'a str,
}

/// A setting of several readings.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Setting<'a> {
    /// Which.
    pub name: &'a str,
    /// `different`, `same`, `only one reports it` …
    pub agreement: &'a str,
    /// What each of the first of `readings` reports, in their order; null for nothing.
    pub values: &'a [Option<String>],
}

/// A score with everything that is needed to judge it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReadingDocument<'a> {
    /// The score, with the digits of its record.
    pub score: Digits<'a>,
    /// The unit that the record names, else its bounds; may be empty.
    pub unit: &'a str,
    /// Stated uncertainty, in words. (What is not reported is left out, here and below.)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<&'a str>,
    /// Why the score is not ranked, if it cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_ranked: Option<&'a str>,
    /// Who says so.
    pub evaluator: &'a str,
    /// Claimed relation of evaluator and developer.
    pub relationship: &'a str,
    /// What is proven of its origin.
    pub marker: Marker<'a>,
    /// Day of evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluated: Option<&'a str>,
    /// Day of retrieval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<&'a str>,
    /// Harness, then settings.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schemars(default)]
    pub settings: &'a [String],
    /// First digits of the record's SHA-256: as many as tell it from all others.
    pub record: &'a str,
    /// JSON pointer of the result in its record.
    pub pointer: &'a str,
}

/// What is proven of the origin of a result; no score is right because of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Marker<'a> {
    /// `claimed`, `traced`, `submitter_known` or `submitted_by_source`; each needs all before it.
    pub level: &'a str,
    /// What stands beside the level.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schemars(default)]
    pub beside: &'a [String],
    /// Whether the claimed relation fits metadata, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship_fit: Option<&'a str>,
    /// `disputed` or `withdrawn`, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<&'a str>,
}

/// What is known of a record in one respect.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Axis<'a> {
    /// `Trace`, `Submitter`, `Source match`, `Standing` or `Not carried over`.
    pub axis: &'a str,
    /// Its value.
    pub value: &'a str,
    /// Which facts it rests on.
    pub facts: Vec<&'a str>,
    /// Rule with its version, or person.
    pub decided_by: &'a str,
}

/// A record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Record<'a> {
    /// SHA-256 of its bytes.
    pub sha256: &'a str,
    /// Path in its datastore.
    pub path: &'a str,
    /// Where it can be read, if that is known.
    pub url: Option<&'a str>,
    /// Submission channel.
    pub collection: &'a str,
    /// Title of the source.
    pub source: Option<&'a str>,
    /// As the record has it.
    pub evaluation_id: &'a str,
    /// As the record has it.
    pub model_id: &'a str,
    /// Day of retrieval.
    pub retrieved: Option<&'a str>,
    /// What is proven of it, axis by axis.
    pub evidence: Vec<Axis<'a>>,
}

/// One whole ranking.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RankingDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Benchmark.
    pub benchmark: &'a str,
    /// The first page of the ranking.
    pub page: String,
    /// The part of the benchmark; null for the whole.
    pub slice: Option<&'a str>,
    /// The part of the test, where others of this slice are over another one.
    pub part: Option<&'a str>,
    /// Metric.
    pub metric: &'a str,
    /// `higher is better`.
    pub direction: &'a str,
    /// Other rankings of the benchmark; on its first only.
    pub rankings: Vec<String>,
    /// One row a model, best first.
    pub rows: Vec<RankingRow<'a>>,
    /// Who reports the benchmark; on its first only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub sources: Vec<Source<'a>>,
    /// How many models have which scores; left out for short rankings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub distribution: Vec<Bin<'a>>,
    /// The models that were best when they came, where days of release are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub best_over_time: Vec<Best<'a>>,
}

/// An evaluator that reports a benchmark.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Source<'a> {
    /// Who.
    pub evaluator: &'a str,
    /// Their page.
    pub page: &'a str,
    /// Results.
    pub results: u64,
    /// Different models.
    pub models: u64,
    /// Their relation to the developers, as claimed.
    pub relation: &'a str,
    /// Slots of the set-up that are filled, as `12 of 340`.
    pub slots: &'a str,
    /// Results with an uncertainty, as `12 of 340`.
    pub uncertainty: &'a str,
}

/// Some scores, and how many models have them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bin<'a> {
    /// `0.25 to 0.3`.
    pub scores: &'a str,
    /// How many.
    pub models: usize,
}

/// A model that was the best when it came. Its row has the record of the score.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Best<'a> {
    /// Day of its release.
    pub released: &'a str,
    /// Display name.
    pub model: &'a str,
    /// Its card.
    pub page: &'a str,
    /// The digits and unit of the record.
    pub score: &'a str,
}

/// One model in a ranking.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RankingRow<'a> {
    /// `12`, or null if it is not ranked.
    pub rank: Option<u32>,
    /// Id of the model.
    pub model: &'a str,
    /// The variant of it; null for the model itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<&'a str>,
    /// The reading that stands for the model.
    pub reading: ReadingDocument<'a>,
    /// Scores of the others, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub others: Vec<Digits<'a>>,
}

/// An evaluator's page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EvaluatorDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Display name.
    pub name: &'a str,
    /// Their page.
    pub page: String,
    /// Metadata.
    pub facts: Vec<FactView<'a>>,
    /// A sentence with the counts.
    pub summary: &'a str,
    /// What was reported.
    pub benchmarks: Vec<Reported<'a>>,
    /// What the results disclose, each as `12 of 340`.
    pub disclosed: Vec<Disclosed<'a>>,
    /// Claimed relations to the developers.
    pub relationships: Vec<CountedRecords<'a>>,
    /// Titles of the sources.
    pub sources: Vec<CountedRecords<'a>>,
    /// Submission channels.
    pub collections: Vec<CountedRecords<'a>>,
    /// Where results differ from those of others, greatest first; the first, if there are very many. Sites with
    /// very many models leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differences: Option<Vec<Difference<'a>>>,
}

/// A text, and how many records have it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CountedRecords<'a> {
    /// The text.
    pub name: &'a str,
    /// How many.
    pub records: u64,
}

/// A cell in which an evaluator and another one report different scores.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Difference<'a> {
    /// Display name of the model.
    pub model: &'a str,
    /// The readings on its card.
    pub page: &'a str,
    /// Benchmark and part.
    pub benchmark: &'a str,
    /// The other evaluator.
    pub other: &'a str,
    /// `0.5229 − 0.452 = 0.0709`: the greater less the lesser median.
    pub medians: &'a str,
    /// Whose is the greater.
    pub greater: &'a str,
    /// In words.
    pub verdict: &'a str,
}

/// Results of one benchmark.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reported<'a> {
    /// Benchmark.
    pub benchmark: &'a str,
    /// Its page.
    pub page: &'a str,
    /// Results, with a comma between thousands.
    pub results: &'a str,
    /// Different models, with a comma between thousands.
    pub models: &'a str,
}

/// One thing that results may disclose.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Disclosed<'a> {
    /// What.
    pub label: &'a str,
    /// `12 of 340`.
    pub results: &'a str,
}

/// A developer's page.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeveloperDocument<'a> {
    /// Version of these shapes.
    pub version: u32,
    /// Display name.
    pub name: &'a str,
    /// Their page.
    pub page: String,
    /// Metadata.
    pub facts: Vec<FactView<'a>>,
    /// A sentence with the counts.
    pub summary: &'a str,
    /// Where the connection of models and developer comes from.
    pub claim: &'a str,
    /// Their models.
    pub models: Vec<Made<'a>>,
}

/// A model of a developer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Made<'a> {
    /// Id.
    pub id: &'a str,
    /// Display name.
    pub name: &'a str,
    /// Its card.
    pub page: &'a str,
    /// Day of release.
    pub released: Option<&'a str>,
    /// Results.
    pub results: u64,
    /// Different benchmarks.
    pub benchmarks: u64,
    /// Benchmarks by who reports them.
    pub coverage: &'a str,
}

impl<'a> ModelDocument<'a> {
    /// What `card`, at `page`, says.
    pub fn new(card: &'a ModelCard<'a>, page: String) -> ModelDocument<'a> {
        ModelDocument {
            version: VERSION,
            id: card.id,
            name: card.name,
            page,
            facts: facts(&card.facts),
            spellings: card.names.iter().map(|it| it.name).collect(),
            summary: &card.summary,
            cells: card.cells.iter().map(|cell| Cell::new(cell, &card.disagreements)).collect(),
            records: card.records.iter().map(Record::new).collect(),
        }
    }
}

impl<'a> Cell<'a> {
    fn new(cell: &'a CellView<'a>, disagreements: &'a [DisagreementView<'a>]) -> Cell<'a> {
        let of_cell = |it: &&DisagreementView| cell.disagreement.as_ref() == Some(&it.anchor);
        Cell {
            benchmark: cell.benchmark,
            benchmark_page: &cell.benchmark_url,
            slice: cell.slice,
            part: cell.part.as_deref(),
            variant: cell.variant,
            metric: cell.metric,
            direction: cell.direction,
            is_relative: cell.is_relative,
            rank: cell.rank.as_deref(),
            difference: cell.difference.as_deref(),
            readings: cell.readings.iter().map(ReadingDocument::new).collect(),
            side_by_side: disagreements.iter().find(of_cell).map(SideBySide::new),
        }
    }
}

impl<'a> SideBySide<'a> {
    fn new(view: &'a DisagreementView<'a>) -> SideBySide<'a> {
        let settings =
            view.rows.iter().map(|it| Setting { name: &it.name, agreement: &it.agreement, values: &it.values });
        SideBySide {
            finding: &view.finding,
            arithmetic: &view.arithmetic,
            why: &view.why,
            settings: settings.collect(),
            nobody: &view.nobody,
        }
    }
}

impl<'a> ReadingDocument<'a> {
    fn new(reading: &'a ReadingView<'a>) -> ReadingDocument<'a> {
        ReadingDocument {
            score: Digits(reading.score.digits),
            unit: &reading.score.unit,
            uncertainty: reading.score.uncertainty.as_deref(),
            not_ranked: reading.score.flag,
            evaluator: reading.evaluator,
            relationship: reading.relationship,
            marker: Marker {
                level: reading.marker.code,
                beside: &reading.marker.beside,
                relationship_fit: reading.marker.fit.as_deref(),
                standing: reading.marker.standing,
            },
            evaluated: reading.evaluated.as_deref(),
            retrieved: reading.retrieved.as_deref(),
            settings: &reading.settings,
            record: &reading.record,
            pointer: &reading.pointer,
        }
    }
}

impl<'a> Record<'a> {
    fn new(record: &'a RecordView<'a>) -> Record<'a> {
        Record {
            sha256: &record.sha256,
            path: record.path,
            url: record.url.as_deref(),
            collection: record.collection,
            source: record.source,
            evaluation_id: record.evaluation_id,
            model_id: record.model_id,
            retrieved: record.retrieved.as_deref(),
            evidence: record.evidence.axes.iter().map(Axis::new).collect(),
        }
    }
}

impl<'a> Axis<'a> {
    fn new(evidence: &'a Evidence) -> Axis<'a> {
        Axis {
            axis: &evidence.axis,
            value: &evidence.value,
            facts: evidence.facts.iter().map(|said| said.says.as_str()).collect(),
            decided_by: &evidence.decided_by,
        }
    }
}

impl<'a> RankingRow<'a> {
    /// What `row` says; `rank` is its place.
    pub fn new(row: &'a RowView<'a>, rank: Option<u32>) -> RankingRow<'a> {
        RankingRow {
            rank,
            model: row.model_id,
            variant: row.variant,
            reading: ReadingDocument::new(&row.reading),
            others: row.others.iter().map(|other| Digits(other.digits)).collect(),
        }
    }
}

impl<'a> Source<'a> {
    /// What `row` says.
    pub fn new(row: &'a SourceRow<'a>) -> Source<'a> {
        Source {
            evaluator: row.name,
            page: &row.url,
            results: number(&row.results),
            models: number(&row.models),
            relation: &row.relation,
            slots: &row.slots,
            uncertainty: &row.uncertainty,
        }
    }
}

impl<'a> Bin<'a> {
    /// The bins of `view` that hold any model.
    pub fn all(view: &'a DistributionView) -> Vec<Bin<'a>> {
        let bars = view.chart.bars.iter().filter(|bar| bar.count > 0);
        bars.map(|bar| Bin { scores: &bar.range, models: bar.count }).collect()
    }
}

impl<'a> Best<'a> {
    /// The models of `view`.
    pub fn all(view: &'a OverTimeView<'a>) -> Vec<Best<'a>> {
        let best = view.best.iter();
        best.map(|it| Best { released: it.day, model: it.model, page: &it.url, score: &it.score }).collect()
    }
}

impl<'a> CountedRecords<'a> {
    fn all(counts: &'a [Counted<'a>]) -> Vec<CountedRecords<'a>> {
        counts.iter().map(|it| CountedRecords { name: it.text, records: number(&it.records) }).collect()
    }
}

impl<'a> EvaluatorDocument<'a> {
    /// What `card`, at `page`, says; of its differences, those that are given.
    pub fn new(
        card: &'a EvaluatorCard<'a>,
        differences: Option<&'a [DifferenceRow<'a>]>,
        page: String,
    ) -> EvaluatorDocument<'a> {
        let reported = card.benchmarks.iter().map(|it| Reported {
            benchmark: it.name,
            page: &it.url,
            results: &it.results,
            models: &it.models,
        });
        let difference = |it: &'a DifferenceRow<'a>| Difference {
            model: it.model,
            page: &it.url,
            benchmark: &it.title,
            other: it.other,
            medians: &it.arithmetic,
            greater: if it.is_greater { card.name } else { it.other },
            verdict: it.verdict,
        };
        EvaluatorDocument {
            version: VERSION,
            name: card.name,
            page,
            facts: facts(&card.facts),
            summary: &card.summary,
            benchmarks: reported.collect(),
            disclosed: card.documented.iter().map(|it| Disclosed { label: it.label, results: &it.results }).collect(),
            relationships: CountedRecords::all(&card.relationships),
            sources: CountedRecords::all(&card.sources),
            collections: CountedRecords::all(&card.collections),
            differences: differences.map(|rows| rows.iter().map(difference).collect()),
        }
    }
}

impl<'a> DeveloperDocument<'a> {
    /// What `card`, at `page`, says, with all `models` of its list.
    pub fn new(card: &'a DeveloperCard<'a>, models: &'a [MadeModel<'a>], page: String) -> DeveloperDocument<'a> {
        let models = models.iter().map(|it| Made {
            id: it.id,
            name: it.name,
            page: &it.url,
            released: it.released,
            results: number(&it.results),
            benchmarks: number(&it.benchmarks),
            coverage: &it.coverage,
        });
        DeveloperDocument {
            version: VERSION,
            name: card.name,
            page,
            facts: facts(&card.facts),
            summary: &card.summary,
            claim: &card.claim,
            models: models.collect(),
        }
    }
}
