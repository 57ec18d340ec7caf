//! The document of a *model*.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::hub_entry::HubEntry;
use super::{Digits, FactView, Quotable, VERSION, facts};
use crate::card::ReadingView;
use crate::card::also::Also;
use crate::card::disagreement::DisagreementView;
use crate::card::model::{CaptureView, CellView, ModelCard, RecordView};
use crate::card::samples::SamplesView;
use crate::load::record::Uncertainty;
use crate::mark::evidence::AxisEvidence;
use crate::number::Number;

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
    /// What else is stated of it, by records or by metadata that lost to other metadata.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub also_stated: Vec<AlsoStatedDocument<'a>>,
    /// Other ids that records use.
    pub spellings: Vec<&'a str>,
    /// A sentence with the counts.
    pub summary: &'a str,
    /// Results by cell.
    pub cells: Vec<CellDocument<'a>>,
    /// The records that the results stand in.
    pub records: Vec<RecordDocument<'a>>,
    /// What the Hub itself shows for it: a source of its own, and no part of the cells.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub on_the_hub: Vec<HubEntry<'a>>,
    /// What one may quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quotable: Option<Quotable>,
}

/// A value beside one of the facts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AlsoStatedDocument<'a> {
    /// The fact.
    pub label: &'a str,
    /// The value.
    pub value: &'a str,
    /// Who states it.
    pub by: &'a str,
}

/// The readings of one slice of one benchmark under one metric.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CellDocument<'a> {
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
    /// What tells it from other metrics of its name: parameters, judges, kind of score.
    pub metric_qualifier: Option<&'a str>,
    /// Id of the measurement: equal exactly for results that may stand in one ranking.
    pub measurement: &'a str,
    /// `higher is better`.
    pub direction: &'a str,
    /// True if scores depend on which other models were evaluated.
    pub is_relative: bool,
    /// Rank among the models of its ranking; null if it has none.
    pub rank: Option<u32>,
    /// How many models have one.
    pub ranked_models: usize,
    /// How many of them have this one; 0 if it has none.
    pub models_with_this_rank: usize,
    /// By how much several readings differ.
    pub difference: Option<&'a str>,
    /// What its numbers are, as far as all readings state the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub facts: Vec<FactView<'a>>,
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
    /// Whether they are comparable: `comparable`, `different`, `not_enough_stated` or
    /// `conditions_apart`.
    pub verdict: &'a str,
    /// The same, in a sentence.
    pub verdict_in_words: &'a str,
    /// The comparison as arithmetic.
    pub arithmetic: &'a [String],
    /// What is known of why they differ; may be empty.
    pub why: &'a str,
    /// The settings that somebody reports.
    pub settings: Vec<SettingDocument<'a>>,
    /// The names of those that nobody reports, as a list; may be empty.
    pub nobody: &'a str,
}

/// A setting of several readings.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SettingDocument<'a> {
    /// Which.
    pub name: &'a str,
    /// `different`, `same`, `reported once` …
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
    /// What the level is called, where scores are levels; left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<&'a str>,
    /// Stated uncertainty, in words. (What is not reported is left out, here and below.)
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<&'a str>,
    /// Stated uncertainty, number by number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated_uncertainty: Option<StatedUncertainty<'a>>,
    /// Why the score is not ranked, if it cannot be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_ranked: Option<&'a str>,
    /// What the other scores of its source say against it; it is ranked all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<&'a str>,
    /// Who says so.
    pub evaluator: &'a str,
    /// Claimed relation of evaluator and developer.
    pub relationship: &'a str,
    /// What is proven of its origin.
    pub marker: Marker<'a>,
    /// What its samples say of the score; left out if the record names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<SamplesDocument<'a>>,
    /// Day of evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluated: Option<&'a str>,
    /// The time of evaluation as the record has it; a text that cannot be read as a day, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluated_text: Option<&'a str>,
    /// Why that text is not taken for a day, if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluated_remark: Option<&'a str>,
    /// Day of retrieval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<&'a str>,
    /// `evaluation_result_id` of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_id: Option<&'a str>,
    /// `evaluation_name` of the record, where neither benchmark nor part is called so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_name: Option<&'a str>,
    /// What the number is, where other readings of its cell state something else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub facts: Vec<FactView<'a>>,
    /// Harness, then settings.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schemars(default)]
    pub settings: &'a [String],
    /// First digits of the record's SHA-256: as many as tell it from all others.
    pub record: &'a str,
    /// JSON pointer of the result in its record.
    pub pointer: &'a str,
}

/// Stated uncertainty, with the digits of the record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StatedUncertainty<'a> {
    /// Standard error; of some records no possible one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<Digits<'a>>,
    /// Standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_deviation: Option<Digits<'a>>,
    /// Lower end of the interval: a bound or an offset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_lower: Option<Digits<'a>>,
    /// Upper end of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_upper: Option<Digits<'a>>,
    /// Its confidence level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_level: Option<Digits<'a>>,
    /// Number of bootstrap resamples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bootstrap_samples: Option<Digits<'a>>,
    /// Number of samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<Digits<'a>>,
}

impl<'a> StatedUncertainty<'a> {
    fn of(stated: &'a Uncertainty) -> StatedUncertainty<'a> {
        let digits = |number: &'a Option<Number>| number.as_ref().map(|number| Digits(number.digits()));
        let interval = stated.interval.as_ref();
        StatedUncertainty {
            standard_error: digits(&stated.standard_error),
            standard_deviation: digits(&stated.standard_deviation),
            interval_lower: interval.map(|(lower, _)| Digits(lower.digits())),
            interval_upper: interval.map(|(_, upper)| Digits(upper.digits())),
            interval_level: digits(&stated.level),
            bootstrap_samples: digits(&stated.bootstrap_samples),
            samples: digits(&stated.samples),
        }
    }
}

/// Whether the score is what its samples add up to. It says that the arithmetic holds, not that the answers are true.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SamplesDocument<'a> {
    /// `recomputed`, `differs`, `incomplete`, `not_recomputable`, `bad_checksum`, `missing` or `unreadable`.
    pub status: &'a str,
    /// Rows that are of this result; null where there are none.
    pub rows: Option<u64>,
    /// Of the bytes of the file; null where it could not be read.
    pub sha256: Option<&'a str>,
    /// Path of the file in its datastore.
    pub file: &'a str,
    /// The score from the samples, in the unit of the record.
    pub recomputed: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Why it was not computed, in a sentence; null where it was.
    pub reason: Option<&'a str>,
}

impl<'a> SamplesDocument<'a> {
    fn new(view: &'a SamplesView<'a>) -> SamplesDocument<'a> {
        SamplesDocument {
            status: view.code,
            rows: view.rows,
            sha256: view.sha256.as_deref(),
            file: view.file,
            recomputed: view.recomputed,
            standard_error: view.standard_error,
            reason: view.reason.as_deref(),
        }
    }
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
pub struct RecordDocument<'a> {
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
    /// Name of the model as the record has it, where it is not the end of the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_name: Option<&'a str>,
    /// Who made the model, as the record claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub developer: Option<&'a str>,
    /// Who reported it, as the record has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<&'a str>,
    /// `documentation` or `evaluation_run`; other words as they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_type: Option<&'a str>,
    /// As the record has it.
    pub schema_version: &'a str,
    /// Day of retrieval.
    pub retrieved: Option<&'a str>,
    /// The time of retrieval as the record has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieved_text: Option<&'a str>,
    /// What else the record holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub also: Vec<AlsoValues<'a>>,
    /// Older captures of the same, which are no results of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub captures: Vec<CaptureDocument<'a>>,
    /// What is proven of it, axis by axis.
    pub evidence: Vec<Axis<'a>>,
}

/// Values of a record that stand nowhere else, with the results that state them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AlsoValues<'a> {
    /// Places in `evaluation_results` of those that state them; left out for what the record says of itself.
    #[serde(skip_serializing_if = "<[u16]>::is_empty")]
    #[schemars(default)]
    pub results: &'a [u16],
    /// As text, by where they stand in the record or in its results (`metric_config.additional_details.bound_strategy`);
    /// the items of a list with commas between them. Beyond 20,000 characters a hash takes the place of the rest.
    #[serde(serialize_with = "as_map")]
    #[schemars(with = "BTreeMap<&str, &str>")]
    pub values: Vec<(&'a str, &'a str)>,
}

fn as_map<S: Serializer>(values: &[(&str, &str)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().copied())
}

impl<'a> AlsoValues<'a> {
    /// Of what the record holds.
    pub fn of(also: &'a [Also<'a>]) -> Vec<AlsoValues<'a>> {
        let mut groups: Vec<AlsoValues> = Vec::new();
        for it in also {
            // They are in the order of results and paths.
            let fits = |group: &&mut AlsoValues| {
                group.results == it.results && group.values.last().is_none_or(|(last, _)| *last != &*it.path)
            };
            match groups.last_mut().filter(fits) {
                Some(group) => group.values.push((&it.path, it.value)),
                None => groups.push(AlsoValues { results: &it.results, values: vec![(&*it.path, it.value)] }),
            }
        }
        groups
    }
}

/// An older capture of a record: other bytes that say the same.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CaptureDocument<'a> {
    /// SHA-256 of its bytes.
    pub sha256: &'a str,
    /// Path in its datastore.
    pub path: &'a str,
    /// Where it is public, if that is known.
    pub url: Option<&'a str>,
    /// Day of retrieval.
    pub retrieved: Option<&'a str>,
}

impl<'a> ModelDocument<'a> {
    /// What `card`, at `page`, says.
    pub fn new(card: &'a ModelCard<'a>, quotable: Option<Quotable>, page: String) -> ModelDocument<'a> {
        ModelDocument {
            version: VERSION,
            id: card.id,
            name: card.name,
            page,
            facts: facts(&card.facts),
            also_stated: (card.metadata.also_stated.iter())
                .map(|it| AlsoStatedDocument { label: it.what, value: &it.value, by: it.by })
                .collect(),
            spellings: card.names.iter().map(|it| it.name).collect(),
            summary: &card.summary,
            cells: card.cells.iter().map(|cell| CellDocument::new(cell, &card.disagreements)).collect(),
            records: card.records.iter().map(RecordDocument::new).collect(),
            on_the_hub: card.hub_readings.iter().map(HubEntry::new).collect(),
            quotable,
        }
    }
}

impl<'a> CellDocument<'a> {
    fn new(cell: &'a CellView<'a>, disagreements: &'a [DisagreementView<'a>]) -> CellDocument<'a> {
        let of_cell = |it: &&DisagreementView| cell.disagreement.as_ref() == Some(&it.anchor);
        CellDocument {
            benchmark: cell.benchmark,
            benchmark_page: &cell.benchmark_url,
            slice: cell.slice,
            part: cell.part.as_deref(),
            variant: cell.variant,
            metric: cell.metric,
            metric_qualifier: cell.qualifier.as_deref(),
            measurement: cell.measurement,
            direction: cell.direction,
            is_relative: cell.is_relative,
            rank: cell.rank,
            ranked_models: cell.ranked_models,
            models_with_this_rank: cell.models_with_this_rank,
            difference: cell.difference.as_deref(),
            facts: facts(&cell.facts),
            readings: cell.readings.iter().map(ReadingDocument::new).collect(),
            side_by_side: disagreements.iter().find(of_cell).map(SideBySide::new),
        }
    }
}

impl<'a> SideBySide<'a> {
    fn new(view: &'a DisagreementView<'a>) -> SideBySide<'a> {
        let settings =
            view.rows.iter().map(|it| SettingDocument { name: &it.name, agreement: &it.agreement, values: &it.values });
        SideBySide {
            finding: &view.finding,
            verdict: view.verdict,
            verdict_in_words: &view.verdict_in_words,
            arithmetic: &view.arithmetic,
            why: &view.why,
            settings: settings.collect(),
            nobody: &view.nobody,
        }
    }
}

impl<'a> ReadingDocument<'a> {
    pub(super) fn new(reading: &'a ReadingView<'a>) -> ReadingDocument<'a> {
        ReadingDocument {
            score: Digits(reading.score.digits),
            unit: &reading.score.unit,
            level: reading.score.level.as_deref(),
            uncertainty: reading.uncertainty.as_deref(),
            stated_uncertainty: reading.score.stated_uncertainty.map(StatedUncertainty::of),
            not_ranked: reading.score.flag,
            remark: reading.score.remark,
            evaluator: reading.evaluator,
            relationship: reading.relationship,
            marker: Marker {
                level: reading.marker.code,
                beside: &reading.marker.beside,
                relationship_fit: reading.marker.fit.as_deref(),
                standing: reading.marker.standing,
            },
            samples: reading.samples.as_ref().map(SamplesDocument::new),
            evaluated: reading.evaluated.as_deref(),
            evaluated_text: reading.evaluated_text,
            evaluated_remark: reading.evaluated_remark,
            result_id: reading.result_id,
            evaluation_name: reading.stated_name,
            facts: facts(&reading.facts),
            retrieved: reading.retrieved.as_deref(),
            settings: &reading.settings,
            record: &reading.record,
            pointer: &reading.pointer,
        }
    }
}

impl<'a> RecordDocument<'a> {
    fn new(record: &'a RecordView<'a>) -> RecordDocument<'a> {
        RecordDocument {
            sha256: &record.sha256,
            path: record.path,
            url: record.url.as_deref(),
            collection: record.collection,
            source: record.source,
            evaluation_id: record.evaluation_id,
            model_id: record.model_id,
            model_name: record.model_name,
            developer: record.developer,
            organization: record.organization,
            source_type: record.source_kind,
            schema_version: record.schema_version,
            retrieved: record.retrieved.as_deref(),
            retrieved_text: record.retrieved_text,
            also: AlsoValues::of(&record.also_values),
            captures: record.captures.iter().map(CaptureDocument::new).collect(),
            evidence: record.evidence.axes.iter().map(Axis::new).collect(),
        }
    }
}

impl<'a> CaptureDocument<'a> {
    fn new(capture: &'a CaptureView<'a>) -> CaptureDocument<'a> {
        CaptureDocument {
            sha256: &capture.sha256,
            path: capture.path,
            url: capture.url.as_deref(),
            retrieved: capture.retrieved.as_deref(),
        }
    }
}

impl<'a> Axis<'a> {
    fn new(evidence: &'a AxisEvidence) -> Axis<'a> {
        Axis {
            axis: &evidence.axis,
            value: &evidence.value,
            facts: evidence.facts.iter().map(|said| said.says.as_str()).collect(),
            decided_by: &evidence.decided_by,
        }
    }
}
