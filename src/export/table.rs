//! The *tables* of the whole site: results, records, models, benchmarks, evaluators.
//!
//! Each column is defined once, here: its name, kind and meaning, and how to get it from the data set. Columns of
//! the page's list come first, in its order. [`super::jsonl`], [`super::parquet`] and the data dictionary use these
//! definitions only, so they cannot disagree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::api::AlsoValues;
use crate::card::Cards;
use crate::card::also::also;
use crate::card::samples::reason;
use crate::card::{direction_key, record_url};
use crate::config::Config;
use crate::date::Stamp;
use crate::id::Id;
use crate::language::Language;
use crate::load::Loaded;
use crate::load::captures::Capture;
use crate::load::quarantine::Quarantined;
use crate::load::record::{EvaluationResult, Uncertainty};
use crate::mark::{Decision, Fit, Markers, Submitter, Trace};
use crate::merge::{Dataset, Reading};
use crate::number::Number;
use crate::resolve::{Benchmark, Metric, Model};
use crate::signal::collection;
use crate::signal::provenance::EvaluatorCount;
use crate::signal::samples::{SampleEvidence, evidence};
use crate::signal::setup::{self, Setting};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColumnKind {
    /// UTF-8.
    Text,
    /// A number as its record states it; or as it was computed, where the column says so.
    Number,
    /// A number of things.
    Count,
    /// True or false.
    Flag,
}

/// One value of a row; a gap is [`Value::Missing`] in every table.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Not reported, or not known.
    Missing,
    /// Of [`ColumnKind::Text`].
    Text(Cow<'a, str>),
    /// Of [`ColumnKind::Number`].
    Number(Cow<'a, Number>),
    /// Of [`ColumnKind::Count`].
    Count(u64),
    /// Of [`ColumnKind::Flag`].
    Flag(bool),
}

/// One column of a table.
pub struct Column {
    /// Its name in every format.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// What that means.
    pub about: &'static str,
    /// The value of a row.
    pub value: for<'a> fn(&TableSource<'a>, usize) -> Value<'a>,
}

/// One table of the whole site.
pub struct Table {
    /// The stem of its files.
    pub name: &'static str,
    /// What one row is.
    pub about: &'static str,
    /// The columns that tell one row from all others.
    pub key: &'static [&'static str],
    /// Columns that name a row of another table: column, table, column there.
    pub references: &'static [(&'static str, &'static str, &'static str)],
    /// Its columns, in order.
    pub columns: &'static [Column],
    /// How many rows it has.
    pub rows: fn(&Dataset) -> usize,
}

/// What rows are read off.
pub struct TableSource<'a> {
    /// Where records are public.
    pub config: &'a Config,
    /// What is known.
    pub dataset: &'a Dataset,
    /// What is counted of each collection, by id.
    pub collections: Vec<collection::CollectionTally<'a>>,
    /// Addresses, from the top of the site.
    pub cards: Cards<'a>,
}

/// All tables.
pub const TABLES: [Table; 9] = [
    Table {
        name: "results",
        about: "One row for each result: one score of one record, with its evaluator and position.",
        key: &["record", "pointer"],
        references: &[
            ("model", "models", "id"),
            ("benchmark", "benchmarks", "id"),
            ("evaluator", "evaluators", "id"),
            ("record", "records", "sha256"),
        ],
        columns: RESULTS,
        rows: |dataset| dataset.readings.len(),
    },
    Table {
        name: "records",
        about: "One row for each record: one file of the datastore, by the hash of its bytes.",
        key: &["sha256"],
        references: &[("collection", "sources", "id")],
        columns: RECORDS,
        rows: |dataset| dataset.inputs.records.len(),
    },
    Table {
        name: "captures",
        about: "One row for each older capture of a record: other bytes with the same content, retrieved earlier.",
        key: &["sha256"],
        references: &[("record", "records", "sha256")],
        columns: CAPTURES,
        rows: |dataset| dataset.captures.len(),
    },
    Table {
        name: "models",
        about: "One row for each model with a card.",
        key: &["id"],
        references: &[],
        columns: MODELS,
        rows: |dataset| dataset.entities.models.len(),
    },
    Table {
        name: "benchmarks",
        about: "One row for each benchmark with a page.",
        key: &["id"],
        references: &[],
        columns: BENCHMARKS,
        rows: |dataset| dataset.entities.benchmarks.len(),
    },
    Table {
        name: "evaluators",
        about: "One row for each evaluator with a page.",
        key: &["id"],
        references: &[],
        columns: EVALUATORS,
        rows: |dataset| dataset.entities.evaluators.len(),
    },
    Table {
        name: "developers",
        about: "One row for each developer with a page.",
        key: &["id"],
        references: &[],
        columns: DEVELOPERS,
        rows: |dataset| dataset.developers.len(),
    },
    Table {
        name: "sources",
        about: "One row a source that has a page: what came in through one collection of the datastore.",
        key: &["id"],
        references: &[],
        columns: SOURCES,
        rows: |dataset| dataset.collections.len(),
    },
    Table {
        name: "not-shown",
        about: "One row for each record or result that is not shown, with the reason.",
        key: &[],
        references: &[],
        columns: NOT_SHOWN,
        rows: |dataset| dataset.inputs.quarantined.len(),
    },
];

const fn text(
    name: &'static str,
    about: &'static str,
    value: for<'a> fn(&TableSource<'a>, usize) -> Value<'a>,
) -> Column {
    Column { name, kind: ColumnKind::Text, about, value }
}

const fn number(
    name: &'static str,
    about: &'static str,
    value: for<'a> fn(&TableSource<'a>, usize) -> Value<'a>,
) -> Column {
    Column { name, kind: ColumnKind::Number, about, value }
}

const fn counted(
    name: &'static str,
    about: &'static str,
    value: for<'a> fn(&TableSource<'a>, usize) -> Value<'a>,
) -> Column {
    Column { name, kind: ColumnKind::Count, about, value }
}

const fn flag(
    name: &'static str,
    about: &'static str,
    value: for<'a> fn(&TableSource<'a>, usize) -> Value<'a>,
) -> Column {
    Column { name, kind: ColumnKind::Flag, about, value }
}

const RESULTS: &[Column] = &[
    text("model", "Id of the model.", |it, row| said(&it.model(row).id)),
    text("benchmark", "Id of the benchmark.", |it, row| said(&it.benchmark(row).id)),
    text("slice", "Part of the benchmark; null for the whole.", |it, row| {
        maybe(it.dataset.entities.slices[it.reading(row).resolved.slice].name.as_deref())
    }),
    text("part", "Part of the test, where the results of the slice are over different ones.", |it, row| {
        maybe(it.dataset.part_of(&it.dataset.rankings[it.reading(row).ranking]))
    }),
    text("variant", "Variant of the model, as metadata declares it; null for the model itself.", |it, row| {
        maybe(it.dataset.variant_of(it.reading(row)))
    }),
    text("metric", "What is measured.", |it, row| said(&it.metric(row).name)),
    text(
        "metric_qualifier",
        "What distinguishes the metric from others of the same name: parameters, judges, kind of score; null if nothing does.",
        |it, row| maybe_owned(it.metric(row).qualifier(Language::english())),
    ),
    text(
        "measurement",
        "Id of the measurement: equal exactly for results that may stand in one ranking.",
        |it, row| said(&it.dataset.measurements[it.reading(row).measurement].id),
    ),
    text(
        "level",
        "Name of the level, where scores are levels; null otherwise, and for an unknown level.",
        |it, row| maybe(it.metric(row).level(it.result(row).score.value())),
    ),
    text("dataset_name", "Data set that the record names.", |it, row| {
        maybe(it.result(row).data.dataset_name.as_deref())
    }),
    text("metric_id", "`metric_id` of the record.", |it, row| maybe(it.result(row).metric.id.as_deref())),
    text("metric_name", "`metric_name` of the record.", |it, row| maybe(it.result(row).metric.name.as_deref())),
    text("metric_kind", "`metric_kind` of the record: a family of metrics.", |it, row| {
        maybe(it.result(row).metric.kind.as_deref())
    }),
    text("score_type", "`continuous`, `binary` or `levels`; continuous where the record states none.", |it, row| {
        said(it.metric(row).kind.code())
    }),
    text("direction", "Which end of the scale is better, as stated.", |it, row| {
        said(Language::english().phrase(direction_key(it.reading(row).direction)))
    }),
    number("score", "The score as a number.", |it, row| Value::Number(Cow::Borrowed(&it.result(row).score))),
    text("score_digits", "The score, digit for digit as its record has it.", |it, row| {
        said(it.result(row).score.digits())
    }),
    text("unit", "Unit that the record names.", |it, row| maybe(it.result(row).metric.unit.as_deref())),
    number("min", "Lowest possible score that the record declares.", |it, row| {
        maybe_number(it.result(row).metric.min.as_ref())
    }),
    number("max", "Highest possible score that the record declares.", |it, row| {
        maybe_number(it.result(row).metric.max.as_ref())
    }),
    flag(
        "in_range",
        "False if the score lies outside the bounds that its record declares, by number or by unit; it is not ranked then.",
        |it, row| Value::Flag(it.reading(row).in_range),
    ),
    flag(
        "contradicted",
        "True if the other scores of its source contradict its scale, see Methodology; it is ranked all the same.",
        |it, row| Value::Flag(it.reading(row).contradiction.is_some()),
    ),
    number("standard_error", "Stated standard error.", |it, row| {
        maybe_number(it.uncertainty(row).and_then(|it| it.standard_error.as_ref()))
    }),
    number(
        "interval_lower",
        "Lower end of the stated confidence interval: a bound or an offset, as the record has it.",
        |it, row| maybe_number(it.uncertainty(row).and_then(|it| Some(&it.interval.as_ref()?.0))),
    ),
    number("interval_upper", "Upper end of the stated confidence interval.", |it, row| {
        maybe_number(it.uncertainty(row).and_then(|it| Some(&it.interval.as_ref()?.1)))
    }),
    number("standard_deviation", "Stated standard deviation.", |it, row| {
        maybe_number(it.uncertainty(row).and_then(|it| it.standard_deviation.as_ref()))
    }),
    text("standard_error_method", "How the standard error was found, as stated.", |it, row| {
        maybe(it.uncertainty(row).and_then(|it| it.error_method.as_deref()))
    }),
    number(
        "interval_level",
        "Stated confidence level of the interval; from 0 to 1, as the schema wants it.",
        |it, row| maybe_number(it.uncertainty(row).and_then(|it| it.level.as_ref())),
    ),
    text("interval_method", "How the interval was found, as stated.", |it, row| {
        maybe(it.uncertainty(row).and_then(|it| it.interval_method.as_deref()))
    }),
    number("bootstrap_samples", "Stated number of bootstrap resamples.", |it, row| {
        maybe_number(it.uncertainty(row).and_then(|it| it.bootstrap_samples.as_ref()))
    }),
    number("samples", "Stated number of samples.", |it, row| {
        maybe_number(it.uncertainty(row).and_then(|it| it.samples.as_ref()))
    }),
    flag(
        "stands_for_cell",
        "True for the one reading of its model and measurement that is ranked in the list of its evaluator: the newest.",
        |it, row| Value::Flag(it.stands_for_cell(row)),
    ),
    counted(
        "rank",
        "Place among the results of this measurement by this evaluator, equal scores sharing one; null if not ranked.",
        |it, row| match it.reading(row).rank {
            0 => Value::Missing,
            rank => Value::Count(rank.into()),
        },
    ),
    text("evaluator", "Id of who reported it, as claimed.", |it, row| {
        said(&it.dataset.entities.evaluators[it.reading(row).resolved.evaluator].id)
    }),
    text("relationship", "Relation of evaluator and developer, as claimed.", |it, row| {
        said(Language::english().phrase(it.loaded(row).record.source.relationship.key()))
    }),
    text("evaluated", "Day of evaluation, YYYY-MM-DD.", |it, row| {
        maybe_owned(it.result(row).evaluated.as_ref().and_then(|stamp| stamp.day).map(|day| day.to_string()))
    }),
    text(
        "evaluated_text",
        "Time of evaluation as the record has it, also if it cannot be read as a day.",
        |it, row| maybe(it.result(row).evaluated.as_ref().and_then(Stamp::stated)),
    ),
    text("retrieved", "Day on which the record was retrieved, YYYY-MM-DD.", |it, row| retrieved(it.loaded(row))),
    text(
        "conditions",
        "Harness and settings that the record discloses, as the text of a JSON object; several values of one key are separated by ` · `.",
        |it, row| maybe_owned(conditions(it.loaded(row), it.result(row))),
    ),
    text(
        "marker",
        "How far it is traced: `claimed`, `traced`, `submitter_known` or `submitted_by_source`.",
        |it, row| said(it.dataset.level_of(it.reading(row)).code()),
    ),
    text(
        "source_match",
        "Whether the submitter is the named source: `match`, `on_behalf`, `mismatch`; null if not decided.",
        |it, row| maybe(it.source_match(row)),
    ),
    text(
        "relationship_fit",
        "Whether the claimed relation fits: `consistent` or `contradicted` (metadata), `contradicted_by_record` (the record's own details); null if undetermined.",
        |it, row| maybe(it.relationship_fit(row)),
    ),
    text("standing", "`current`, `disputed` or `withdrawn`.", |it, row| said(it.reading(row).standing.code())),
    text("record", "SHA-256 of the record.", |it, row| owned(it.loaded(row).origin.sha256.to_string())),
    text("pointer", "JSON pointer of the result in its record.", |it, row| {
        owned(format!("/evaluation_results/{}", it.result(row).index))
    }),
    text("result_id", "`evaluation_result_id` of the record.", |it, row| maybe(it.result(row).id.as_deref())),
    text("evaluation_name", "As the record has it.", |it, row| said(&it.result(row).name)),
    text(
        "description",
        "What the record says of the metric; a long text is whole in `also` of the record.",
        |it, row| maybe(it.result(row).metric.description.as_deref()),
    ),
    text("dataset", "Data set on the Hub that the record names.", |it, row| {
        maybe(it.result(row).data.hf_repo.as_deref())
    }),
    text(
        "samples_status",
        "Whether its samples add up to the score: `recomputed`, `differs`, `incomplete`, `not_recomputable`, `bad_checksum`, `missing` or `unreadable`; null if the record names none.",
        |it, row| maybe(it.samples(row).map(|it| it.outcome.code())),
    ),
    counted("samples_rows", "Rows of samples that belong to it.", |it, row| {
        it.samples(row).and_then(|it| it.outcome.tally()).map_or(Value::Missing, |tally| Value::Count(tally.rows))
    }),
    text("samples_file", "Path of the file of its samples in its datastore.", |it, row| {
        maybe(it.samples(row).map(|it| &*it.samples.path))
    }),
    text("samples_sha256", "SHA-256 of that file, where it was read.", |it, row| {
        maybe_owned(it.samples(row).and_then(|it| it.samples.sha256()).map(|sha256| sha256.to_string()))
    }),
    number("recomputed", "The score computed from its samples, in the unit of the record.", |it, row| {
        computed(it.samples(row).and_then(|it| it.outcome.computed()).map(|it| it.value))
    }),
    number("recomputed_standard_error", "The standard error computed from its samples.", |it, row| {
        computed(it.samples(row).and_then(|it| it.outcome.computed()?.standard_error()))
    }),
    text("samples_reason", "Why it was not computed, in a sentence; null where it was.", |it, row| {
        maybe_owned(it.samples(row).and_then(|it| reason(Language::english(), &it.outcome)))
    }),
];

const RECORDS: &[Column] = &[
    text("sha256", "Of the bytes of the file.", |it, row| owned(it.record(row).origin.sha256.to_string())),
    text("path", "Path of the file in its datastore.", |it, row| said(&it.record(row).origin.path)),
    text(
        "url",
        "Where the file can be read, if that is known; without scheme: from the top of this site.",
        |it, row| maybe_owned(record_url(&it.dataset.inputs, it.record(row), "")),
    ),
    text("collection", "The channel through which it was submitted.", |it, row| {
        said(&it.record(row).origin.collection)
    }),
    text("evaluation_id", "As the record has it; not a key.", |it, row| said(&it.record(row).record.evaluation_id)),
    text("schema_version", "As the record has it.", |it, row| said(&it.record(row).record.schema_version)),
    text("model_id", "The model as the record names it.", |it, row| said(&it.record(row).record.model.id)),
    text("model_name", "Name of the model, as the record has it.", |it, row| {
        maybe(it.record(row).record.model.name.as_deref())
    }),
    text("model_developer", "Who made the model, as the record claims.", |it, row| {
        maybe(it.record(row).record.model.developer.as_deref())
    }),
    text("source", "Title of the source.", |it, row| maybe(it.record(row).record.source.name.as_deref())),
    text("source_type", "`documentation` or `evaluation_run`; other words as they stand.", |it, row| {
        maybe(it.record(row).record.source.kind.as_deref())
    }),
    text("organization", "Who reported it, as the record has it.", |it, row| {
        maybe(it.record(row).record.source.organization.as_deref())
    }),
    text("relationship", "Relation of evaluator and developer, as claimed.", |it, row| {
        said(Language::english().phrase(it.record(row).record.source.relationship.key()))
    }),
    text("retrieved", "Day on which it was retrieved, YYYY-MM-DD.", |it, row| retrieved(it.record(row))),
    text("retrieved_text", "Time of retrieval as the record has it, also if it cannot be read as a day.", |it, row| {
        maybe(it.record(row).record.retrieved.as_ref().and_then(Stamp::stated))
    }),
    text(
        "trace",
        "Whether a lock file has these bytes: `local` (no), `pinned`, `pinned_and_indexed` (an index as well).",
        |it, row| said(it.trace(row)),
    ),
    text("submitter", "Account that added exactly these bytes to the datastore; null if unknown.", |it, row| {
        maybe(it.submitter(row))
    }),
    counted("results", "How many of its results are shown.", |it, row| {
        Value::Count(it.record(row).record.results.len() as u64)
    }),
    text(
        "also",
        "Its other values, as the text of a JSON list: `values` by path, and the positions of the `results` that state them.",
        |it, row| {
            let also = also(it.record(row));
            let text = serde_json::to_string(&AlsoValues::of(&also)).ok();
            maybe_owned(text.filter(|_| !also.is_empty()))
        },
    ),
];

const CAPTURES: &[Column] = &[
    text("record", "SHA-256 of the record that counts.", |it, row| {
        owned(it.record(it.dataset.captures[row].0 as usize).origin.sha256.to_string())
    }),
    text("sha256", "Of the bytes of the file.", |it, row| owned(it.capture(row).origin.sha256.to_string())),
    text("path", "Path of the file in its datastore.", |it, row| said(&it.capture(row).origin.path)),
    text("evaluation_id", "As the record has it; not a key.", |it, row| said(&it.capture(row).evaluation_id)),
    text("retrieved", "Day on which it was retrieved, YYYY-MM-DD.", |it, row| {
        day_of(it.capture(row).retrieved.as_ref())
    }),
];

const MODELS: &[Column] = &[
    text("id", "Canonical id.", |it, row| said(&it.dataset.entities.models[id(row)].id)),
    text("name", "Display name.", |it, row| said(&it.dataset.entities.models[id(row)].name)),
    counted("results", "Results of it.", |it, row| Value::Count(it.dataset.readings_of(id(row)).len() as u64)),
    counted("benchmarks", "Different benchmarks among them.", |it, row| {
        Value::Count(ModelCoverage::of(it.dataset, it.dataset.readings_of(id(row)).iter()).benchmarks as u64)
    }),
    counted("evaluators", "Different named evaluators among them.", |it, row| {
        Value::Count(ModelCoverage::of(it.dataset, it.dataset.readings_of(id(row)).iter()).reporters.named as u64)
    }),
    text("openness", "`open-weights` or `closed-weights`, from metadata.", |it, row| {
        let model = &it.dataset.entities.models[id(row)];
        maybe(it.dataset.model_meta(model).and_then(|meta| meta.openness.as_deref()))
    }),
    text("released", "Day of release, from metadata.", |it, row| {
        let model = &it.dataset.entities.models[id(row)];
        maybe(it.dataset.model_meta(model).and_then(|meta| meta.released.as_deref()))
    }),
    text("developer", "Who made it: the name from metadata, else as records claim.", |it, row| {
        maybe(it.dataset.developer_of(id(row)).map(|id| it.dataset.developers[id].name.as_str()))
    }),
    text("license", "From metadata, else as the Hub states.", |it, row| {
        maybe(it.dataset.license_of(&it.dataset.entities.models[id(row)]).map(|(license, _)| license))
    }),
    text("hf_repo", "Repository on the Hub, from metadata.", |it, row| {
        let model = &it.dataset.entities.models[id(row)];
        maybe(it.dataset.model_meta(model).and_then(|meta| meta.hf_repo.as_deref()))
    }),
    text("page", "Its card, from the top of this site.", |it, row| owned(it.cards.model_url(id(row)))),
];

const BENCHMARKS: &[Column] = &[
    text("name", "Display name.", |it, row| said(&it.dataset.entities.benchmarks[id(row)].name)),
    text("category", "What it tests: from metadata, else from the built-in table.", |it, row| {
        maybe(it.dataset.category_of(&it.dataset.entities.benchmarks[id(row)]).map(|(category, _)| category))
    }),
    counted("models", "Different models, in all of its rankings.", |it, row| {
        Value::Count(it.dataset.n_models_on(id(row)) as u64)
    }),
    counted("results", "Results of it.", |it, row| {
        Value::Count(it.dataset.reported_of(id(row)).iter().map(|reported| u64::from(reported.results)).sum())
    }),
    counted("evaluators", "Different named evaluators among them.", |it, row| {
        let reported = it.dataset.reported_of(id(row)).iter();
        Value::Count(EvaluatorCount::of(it.dataset, reported.map(|reported| reported.evaluator)).named as u64)
    }),
    counted("rankings", "Rankings: the whole, its parts, and metrics apart.", |it, row| {
        Value::Count(it.dataset.rankings_of(id(row)).len() as u64)
    }),
    text("id", "Slug.", |it, row| said(&it.dataset.entities.benchmarks[id(row)].id)),
    text("category_source", "Paper behind a category of the built-in table; null for one from metadata.", |it, row| {
        maybe(it.dataset.category_of(&it.dataset.entities.benchmarks[id(row)]).and_then(|(_, source)| source))
    }),
    text("dataset", "Data set on the Hub, from metadata.", |it, row| {
        let benchmark = &it.dataset.entities.benchmarks[id(row)];
        maybe(it.dataset.benchmark_meta(benchmark).and_then(|meta| meta.dataset.id.as_deref()))
    }),
    text("page", "Its page, from the top of this site.", |it, row| owned(it.cards.benchmark_url(id(row)))),
];

const EVALUATORS: &[Column] = &[
    text("name", "Display name.", |it, row| said(&it.dataset.entities.evaluators[id(row)].name)),
    counted("benchmarks", "Different benchmarks among its results.", |it, row| {
        Value::Count(it.dataset.reported_by(id(row)).len() as u64)
    }),
    counted("results", "Results that it reported.", |it, row| {
        Value::Count(it.dataset.reported_by(id(row)).iter().map(|reported| u64::from(reported.results)).sum())
    }),
    text("id", "Slug; results whose records name no evaluator share one that stands for none.", |it, row| {
        said(&it.dataset.entities.evaluators[id(row)].id)
    }),
    text("page", "Its page, from the top of this site.", |it, row| owned(it.cards.evaluator_url(id(row)))),
];

const DEVELOPERS: &[Column] = &[
    text("name", "Display name.", |it, row| said(&it.dataset.developers[id(row)].name)),
    counted("models", "Models of this developer with a card.", |it, row| {
        Value::Count(it.dataset.developers[id(row)].models.len() as u64)
    }),
    counted("results", "Results of these models.", |it, row| {
        let models = it.dataset.developers[id(row)].models.iter();
        Value::Count(models.map(|model| it.dataset.readings_of(*model).len() as u64).sum())
    }),
    counted("models_as_claimed", "Models that only records attribute to it.", |it, row| {
        Value::Count(it.dataset.developers[id(row)].n_claimed as u64)
    }),
    text("id", "Slug.", |it, row| said(&it.dataset.developers[id(row)].id)),
    text("page", "Its page, from the top of this site.", |it, row| owned(it.cards.developer_url(id(row)))),
];

const SOURCES: &[Column] = &[
    text("name", "Display name.", |it, row| said(it.cards.collection_name(id(row)))),
    text("retrieved", "Newest day on which a record of it was retrieved, YYYY-MM-DD.", |it, row| {
        maybe_owned(it.collections[row].newest().map(|(day, _)| day.to_string()))
    }),
    counted("results", "Results of it.", |it, row| Value::Count(it.collections[row].readings.len() as u64)),
    counted("models", "Different models among them.", |it, row| Value::Count(it.collections[row].models as u64)),
    counted("benchmarks", "Different benchmarks among them.", |it, row| {
        Value::Count(it.collections[row].benchmarks.len() as u64)
    }),
    text("never", "Facts and settings that none of its results states, and all that apply: `7 of 18`.", |it, row| {
        owned(it.cards.never_reported(&it.collections[row]))
    }),
    counted("records", "Its records; one that several collections name is of each.", |it, row| {
        Value::Count(it.collections[row].records() as u64)
    }),
    text("id", "Name of the collection; empty for records in none.", |it, row| {
        said(&it.dataset.collections[id(row)].id)
    }),
    text("page", "Its page, from the top of this site.", |it, row| owned(it.cards.collection_url(id(row)))),
];

const NOT_SHOWN: &[Column] = &[
    text("file", "Path of the file in its datastore.", |it, row| said(&it.left_out(row).file)),
    text("place", "JSON pointer or line; empty for the whole file.", |it, row| said(&it.left_out(row).place)),
    text("sha256", "Of the bytes of the file, if it was read.", |it, row| {
        maybe_owned(it.left_out(row).sha256.map(|sha256| sha256.to_string()))
    }),
    text("reason", "Code of the reason.", |it, row| said(it.left_out(row).reason.code())),
    text("detail", "The reason in a sentence.", |it, row| owned(it.left_out(row).detail.to_string())),
    text("model", "The model as the record names it.", |it, row| maybe(it.left_out(row).model.as_deref())),
    text("collection", "The channel through which it was submitted.", |it, row| said(&it.left_out(row).collection)),
];

/// How much is known of a model.
pub struct ModelCoverage {
    /// Different benchmarks.
    pub benchmarks: usize,
    /// Who reports it.
    pub reporters: EvaluatorCount,
}

impl ModelCoverage {
    /// Of `readings` of one model, in the order of the data set.
    pub fn of<'r>(dataset: &Dataset, readings: impl Iterator<Item = &'r Reading> + Clone) -> ModelCoverage {
        let mut benchmarks: Vec<_> = readings.clone().map(|reading| dataset.benchmark_of(reading)).collect();
        benchmarks.dedup();
        ModelCoverage {
            benchmarks: benchmarks.len(),
            reporters: EvaluatorCount::of(dataset, readings.map(|reading| reading.resolved.evaluator)),
        }
    }
}

impl<'a> TableSource<'a> {
    fn reading(&self, row: usize) -> &'a Reading {
        &self.dataset.readings[row]
    }

    fn result(&self, row: usize) -> &'a crate::load::record::EvaluationResult {
        self.dataset.result(self.reading(row))
    }

    fn uncertainty(&self, row: usize) -> Option<&'a Uncertainty> {
        self.result(row).uncertainty.as_deref()
    }

    fn loaded(&self, row: usize) -> &'a Loaded {
        self.dataset.loaded(self.reading(row))
    }

    fn record(&self, row: usize) -> &'a Loaded {
        &self.dataset.inputs.records[row]
    }

    fn capture(&self, row: usize) -> &'a Capture {
        let (record, place) = self.dataset.captures[row];
        &self.record(record as usize).captures[place as usize]
    }

    fn left_out(&self, row: usize) -> &'a Quarantined {
        &self.dataset.inputs.quarantined[row]
    }

    fn model(&self, row: usize) -> &'a Model {
        &self.dataset.entities.models[self.reading(row).resolved.model]
    }

    fn benchmark(&self, row: usize) -> &'a Benchmark {
        &self.dataset.entities.benchmarks[self.dataset.benchmark_of(self.reading(row))]
    }

    fn markers(&self, row: usize) -> &'a Markers {
        &self.dataset.marks.records[self.reading(row).resolved.record as usize]
    }

    fn source_match(&self, row: usize) -> Option<&'static str> {
        let decision = self.markers(row).decision(&self.dataset.inputs.content, self.result(row).index)?;
        Some(match decision {
            Decision::Match(_) => "match",
            Decision::OnBehalf(_) => "on_behalf",
            Decision::Mismatch(_) => "mismatch",
        })
    }

    fn relationship_fit(&self, row: usize) -> Option<&'static str> {
        match self.markers(row).relationship.fit {
            Fit::Consistent => Some("consistent"),
            Fit::Contradicted => Some("contradicted"),
            Fit::ContradictedByRecord => Some("contradicted_by_record"),
            Fit::Undetermined => None,
        }
    }

    fn trace(&self, row: usize) -> &'static str {
        match self.dataset.marks.records[row].trace {
            Trace::Local(_) => "local",
            Trace::Pinned => "pinned",
            Trace::PinnedAndIndexed => "pinned_and_indexed",
        }
    }

    fn submitter(&self, row: usize) -> Option<&'a str> {
        let Submitter::Account { submission, .. } = self.dataset.marks.records[row].submitter else { return None };
        self.dataset.inputs.content.hub.submissions[submission as usize].introduced.as_ref()?.account.as_deref()
    }

    fn samples(&self, row: usize) -> Option<SampleEvidence<'a>> {
        evidence(self.dataset, self.reading(row))
    }

    fn metric(&self, row: usize) -> &'a Metric {
        &self.dataset.entities.metrics[self.reading(row).resolved.metric]
    }

    fn stands_for_cell(&self, row: usize) -> bool {
        let reading = self.reading(row);
        self.dataset.rankings[reading.ranking].rows[reading.place as usize].start as usize == row
    }
}

fn id<T>(row: usize) -> Id<T> {
    Id::new(row)
}

fn said(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

fn owned<'a>(text: String) -> Value<'a> {
    Value::Text(Cow::Owned(text))
}

fn maybe(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Missing, said)
}

fn maybe_owned<'a>(text: Option<String>) -> Value<'a> {
    text.map_or(Value::Missing, owned)
}

fn maybe_number(number: Option<&Number>) -> Value<'_> {
    number.map_or(Value::Missing, |number| Value::Number(Cow::Borrowed(number)))
}

fn computed<'a>(value: Option<f64>) -> Value<'a> {
    value.and_then(Number::computed).map_or(Value::Missing, |number| Value::Number(Cow::Owned(number)))
}

/// The settings of a result as the text of a JSON object.
fn conditions(loaded: &Loaded, result: &EvaluationResult) -> Option<String> {
    let mut by_name: BTreeMap<Cow<str>, String> = BTreeMap::new();
    for Setting { name, value } in setup::settings(loaded, result) {
        let said = by_name.entry(name).or_default();
        if !said.is_empty() {
            said.push_str(" · ");
        }
        said.push_str(value);
    }
    (!by_name.is_empty()).then(|| serde_json::to_string(&by_name).ok()).flatten()
}

fn retrieved(loaded: &Loaded) -> Value<'_> {
    day_of(loaded.record.retrieved.as_ref())
}

fn day_of(stamp: Option<&Stamp>) -> Value<'_> {
    maybe_owned(stamp.and_then(|stamp| stamp.day).map(|day| day.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_table_has_a_column_twice() {
        for table in TABLES {
            let mut names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{}: {names:?}", table.name);
        }
    }
}
