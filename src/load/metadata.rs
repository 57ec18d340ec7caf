//! *Metadata*: facts that people write down about models, benchmarks, organisations, collections and metrics. This
//! file defines the entries; [`super::content`] reads them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_yaml::Value;

use super::precedence::AlsoStated;
use super::values::{self, WrongValue};
use crate::names::is_not_reported;

/// Keys that nobody knows, with their values; each becomes a warning.
pub(super) type UnknownKeys = BTreeMap<String, Value>;

/// A kind of metadata entry.
pub(super) trait MetadataEntry: DeserializeOwned {
    /// Known keys, for suggestions.
    const KEYS: &'static [&'static str];
    /// Keys that tables carry for other readers, and nothing here reads.
    const UNUSED: &'static [&'static str];
    /// True if the name of the file stands for it.
    const MAY_LACK_ID: bool;
    fn id(&self) -> &str;
    fn unknown(&self) -> &UnknownKeys;
    /// Values that nobody can mean.
    fn wrong_values(&self) -> Vec<WrongValue>;
}

macro_rules! entry {
    ($type:ty, $may_lack_id:literal, $($key:literal)*; unused: $($unused:literal)*; values: $wrong_values:expr) => {
        impl MetadataEntry for $type {
            const KEYS: &'static [&'static str] = &[$($key),*];
            const UNUSED: &'static [&'static str] = &[$($unused),*];
            const MAY_LACK_ID: bool = $may_lack_id;
            fn id(&self) -> &str {
                &self.id
            }
            fn unknown(&self) -> &UnknownKeys {
                &self.unknown
            }
            fn wrong_values(&self) -> Vec<WrongValue> {
                $wrong_values(self)
            }
        }
    };
}

/// A link with its text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Text.
    pub name: String,
    /// Address.
    pub url: String,
}

/// A dated snapshot, quantisation or the like of a model, shown on its card and ranked apart.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantMeta {
    /// The id that records use.
    pub id: String,
    /// What it is, such as `2024-05-13` or `GPTQ, 4 bit`; the id, if not given.
    pub label: Option<String>,
    /// Other spellings in records.
    #[serde(default)]
    pub aliases: Vec<String>,
}

impl VariantMeta {
    /// The label, or the id.
    pub fn label(&self) -> String {
        self.label.as_ref().filter(|label| !label.trim().is_empty()).unwrap_or(&self.id).clone()
    }
}

/// Facts about one model.
#[derive(Clone, Debug, Deserialize)]
pub struct ModelMeta {
    /// Canonical id: the Hub repository where there is one.
    pub id: String,
    /// Display name.
    pub name: Option<String>,
    /// Id of an organisation.
    #[serde(alias = "org")]
    pub developer: Option<String>,
    /// Other spellings in records.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Total parameters in billions.
    pub params_b: Option<f64>,
    /// Day of the public announcement.
    #[serde(alias = "release_date")]
    pub released: Option<String>,
    /// Licence tag.
    pub license: Option<String>,
    /// `open-weights` or `closed-weights`.
    pub openness: Option<String>,
    /// Hub repository of the weights.
    pub hf_repo: Option<String>,
    /// Its variants; what is not listed here is a model of its own.
    #[serde(default)]
    pub variants: Vec<VariantMeta>,
    /// Further reading.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Markdown below the front matter.
    #[serde(skip)]
    pub prose: String,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
    /// What lower sources state otherwise.
    #[serde(skip)]
    pub also_stated: Vec<AlsoStated>,
    #[serde(flatten)]
    pub(super) unknown: UnknownKeys,
}
impl ModelMeta {
    /// Its developer, if it names one; "unknown" is silence.
    pub fn stated_developer(&self) -> Option<&str> {
        self.developer.as_deref().filter(|developer| !is_not_reported(developer))
    }
}

entry!(ModelMeta, false, "id" "name" "developer" "aliases" "params_b" "released" "license" "openness" "hf_repo" "variants" "links"; unused:; values: values::of_model);

/// Facts about one benchmark.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct BenchmarkMeta {
    /// Lower-case slug.
    #[serde(default)]
    pub id: String,
    /// Display name.
    pub name: Option<String>,
    /// Names under which its results occur.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Where an alias is valid only in some collections.
    pub scope: Option<AliasScope>,
    /// For example `knowledge`.
    pub category: Option<String>,
    /// The Hub dataset.
    #[serde(default)]
    pub dataset: DatasetMeta,
    /// The metric that sources report.
    pub metric: Option<MetricRef>,
    /// Direction.
    pub higher_is_better: Option<bool>,
    /// Range of the scores as they stand in the records.
    pub scale: Option<(f64, f64)>,
    /// Expected score of guessing, on that scale.
    pub chance_level: Option<f64>,
    /// Address of the paper.
    pub paper: Option<String>,
    /// Day of publication.
    pub released: Option<String>,
    /// Id of the benchmark that this is a part of.
    pub part_of: Option<String>,
    /// Names that are parts of this benchmark in one collection.
    pub parts: Option<BenchmarkParts>,
    /// File name of the BenchmarkCard that is about it, where several claim to be.
    pub benchmark_card: Option<String>,
    /// Further reading.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Markdown below the front matter.
    #[serde(skip)]
    pub prose: String,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
    /// What lower sources state otherwise.
    #[serde(skip)]
    pub also_stated: Vec<AlsoStated>,
    #[serde(flatten)]
    pub(super) unknown: UnknownKeys,
}
entry!(BenchmarkMeta, true, "id" "name" "aliases" "scope" "category" "dataset" "metric" "higher_is_better" "scale" "chance_level" "paper" "released" "part_of" "parts" "benchmark_card" "links"; unused: "community_evals"; values: values::of_benchmark);

/// Collections in which a benchmark's aliases are valid.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AliasScope {
    /// Their ids.
    pub collections: Vec<String>,
}

/// A dataset on the Hub, and the task or config of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetMeta {
    /// `owner/name`.
    pub id: Option<String>,
    /// Where only one task is meant.
    pub task: Option<String>,
}

/// The metric of a benchmark.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricRef {
    /// Id of a metric.
    pub id: String,
    /// How the benchmark calls it.
    pub name: Option<String>,
}

/// Results of one collection that are parts of a benchmark, and the one that is the whole.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkParts {
    /// Where these names have this meaning.
    pub collection: String,
    /// Where only results with this `dataset_name` are meant.
    pub dataset_name: Option<String>,
    /// Name of the result over all parts.
    pub overall: Option<String>,
    /// Names of the parts.
    pub names: Vec<String>,
}

/// An organisation: developer, evaluator or both.
#[derive(Clone, Debug, Deserialize)]
pub struct OrganizationMeta {
    /// Slug.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Home page.
    pub website: Option<String>,
    /// Official Hub account.
    pub hf: Option<String>,
    /// First day on which that account was the organisation's, `YYYY-MM-DD`: accounts are renamed, and names given again.
    pub hf_since: Option<String>,
    /// Last such day.
    pub hf_until: Option<String>,
    /// Spellings in records.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
    #[serde(flatten)]
    pub(super) unknown: UnknownKeys,
}
entry!(OrganizationMeta, false, "id" "name" "website" "hf" "hf_since" "hf_until" "aliases"; unused: "kind"; values: values::of_organization);

impl OrganizationMeta {
    /// True for an entry of the built-in table.
    pub fn is_built_in(&self) -> bool {
        self.file.is_empty()
    }

    /// True if the account was the organisation's at that time. A day that cannot be read bounds as one that has passed:
    /// in doubt it was not.
    pub fn has_account_at(&self, time: Option<Timestamp>) -> bool {
        if self.hf_since.is_none() && self.hf_until.is_none() {
            return true;
        }
        let Some(day) = time.map(|time| time.to_zoned(TimeZone::UTC).date()) else { return false };
        let is_within = |bound: &Option<String>, holds: fn(Date, Date) -> bool| {
            bound.as_ref().is_none_or(|bound| bound.trim().parse().is_ok_and(|bound| holds(day, bound)))
        };
        is_within(&self.hf_since, |day, since| day >= since) && is_within(&self.hf_until, |day, until| day <= until)
    }
}

/// Further spellings of an entity, of all records or of one collection's.
#[derive(Clone, Debug, Deserialize)]
pub struct AliasMeta {
    /// Of which entity.
    pub id: String,
    /// Of which kind it is.
    pub kind: AliasKind,
    /// Spellings in records.
    pub names: Vec<String>,
    /// The collection in which they mean it; all, if not given.
    pub collection: Option<String>,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
    #[serde(flatten)]
    pub(super) unknown: UnknownKeys,
}
entry!(AliasMeta, false, "id" "kind" "names" "collection"; unused:; values: |_: &AliasMeta| Vec::new());

/// What an alias is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AliasKind {
    /// A model.
    Model,
    /// A developer or evaluator.
    Organization,
    /// A benchmark.
    Benchmark,
    /// A metric.
    Metric,
}

/// A submission channel of the datastore.
#[derive(Clone, Debug, Deserialize)]
pub struct CollectionMeta {
    /// Name of its folder or index.
    pub id: String,
    /// Display name.
    pub name: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// Who keeps it.
    pub organization: Option<String>,
    /// On which terms its numbers may be used.
    pub license: Option<String>,
    /// Result names that sum up several benchmarks, such as a mean win rate.
    #[serde(default)]
    pub aggregates: Vec<String>,
    /// True if nothing of its samples may be shown, whatever the site asks for.
    #[serde(default)]
    pub restricted_samples: bool,
    #[serde(flatten)]
    pub(super) unknown: UnknownKeys,
}
entry!(CollectionMeta, false, "id" "name" "url" "organization" "license" "aggregates" "restricted_samples"; unused: "harness" "family" "benchmarks" "overall" "missing_score"; values: values::of_collection);

/// A metric.
#[derive(Clone, Debug, Deserialize)]
pub struct MetricMeta {
    /// Slug.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Spellings in records.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// True if it depends on which other models were evaluated, as a win rate does.
    #[serde(default)]
    pub relative: bool,
    /// How it comes of the scores of single samples; `None` if that is not known.
    pub of_samples: Option<OfSamples>,
    #[serde(flatten)]
    pub(super) unknown: UnknownKeys,
}

/// How a metric comes of the scores of single samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OfSamples {
    /// It is their mean, as accuracy is.
    Mean,
    /// It is counted over all samples together, as BLEU, a macro F1 or a perplexity is.
    Corpus,
    /// It is their spread, as a standard deviation is.
    Spread,
    /// It comes of holding models against each other, as Elo does.
    Contest,
}
entry!(MetricMeta, false, "id" "name" "aliases" "relative" "of_samples"; unused: "unit" "higher_is_better" "min" "max"; values: |_: &MetricMeta| Vec::new());

/// A page of prose.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ProsePage {
    /// File stem; the page's address.
    #[serde(skip)]
    pub id: String,
    /// Heading and text of its link.
    pub title: String,
    /// Place in the navigation; pages without it are not in it.
    pub nav_order: Option<i64>,
    /// BCP 47 tag of its text, where that is not the language of the site.
    pub language: Option<String>,
    /// Markdown.
    #[serde(skip)]
    pub prose: String,
    /// The file it stands in.
    #[serde(skip)]
    pub file: String,
    #[serde(flatten)]
    pub(super) unknown: UnknownKeys,
}

impl ProsePage {
    /// True for a page that every site has without writing it.
    pub fn is_built_in(&self) -> bool {
        self.file.is_empty()
    }
}

entry!(ProsePage, true, "title" "nav_order" "language"; unused:; values: |_: &ProsePage| Vec::new());
