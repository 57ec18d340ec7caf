//! *Measurement rules*: how sources state the benchmark, part and metric of a result.
//!
//! The adapters and converters of Every Eval Ever do so in a dozen ways: in the result's name, the data set, the
//! collection, a display name among the details. A rule is data: conditions on fields of a record, as regular
//! expressions whose named groups give the answer. `content/measurement.yaml` adds rules before the built-in ones.
//! How a rule is applied is in [`crate::resolve`].

use regex_lite::{Captures, Regex};
use serde::Deserialize;

/// The built-in rules.
pub const BUILT_IN: &str = include_str!("measurement.yaml");

/// What `measurement.yaml` holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasurementRules {
    /// The first rule whose conditions all hold decides.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Names of one benchmark, for benchmarks that no metadata describes; the first name is shown.
    #[serde(default)]
    pub same_benchmark: Vec<Vec<String>>,
    /// The metric that leads a benchmark's page, for benchmarks that no metadata describes.
    #[serde(default)]
    pub leads: Vec<Lead>,
    /// Words of metrics that lead a page only where nothing else does: costs, errors, times, counts.
    #[serde(default)]
    pub never_lead: Vec<String>,
    /// Names of parts that mean the whole benchmark.
    #[serde(default)]
    pub whole: Vec<String>,
    /// Names of splits that are the benchmark's test data as such.
    #[serde(default)]
    pub main_splits: Vec<String>,
}

impl MeasurementRules {
    /// Adds `later`, whose rules are looked at after these.
    pub fn extend(&mut self, later: MeasurementRules) {
        self.rules.extend(later.rules);
        self.same_benchmark.extend(later.same_benchmark);
        self.leads.extend(later.leads);
        self.never_lead.extend(later.never_lead);
        self.whole.extend(later.whole);
        self.main_splits.extend(later.main_splits);
    }
}

/// The metric by which a benchmark's own leaderboard is ordered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// Name of the benchmark.
    pub benchmark: String,
    /// Name of the metric.
    pub metric: String,
}

/// One rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "RawRule")]
pub struct Rule {
    /// What it is for.
    pub about: String,
    /// All must hold.
    pub when: Vec<FieldPattern>,
    /// The benchmark, where no group gives it.
    pub benchmark: Option<String>,
    /// The part, where no group gives it.
    pub part: Option<String>,
    /// The metric, where no group gives it.
    pub metric: Option<String>,
    /// True if `hf_split` is no split of the benchmark's test data: that of a table of submissions, say.
    pub ignore_split: bool,
    /// Parameters of the metric that only say the part again.
    pub repeats: Vec<String>,
}

/// A field of a record, and what all of it must match, whatever its case.
#[derive(Clone, Debug)]
pub struct FieldPattern {
    /// Where the text stands.
    pub field: RuleField,
    /// The whole field matches.
    pub pattern: Regex,
}

/// A field that conditions may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleField {
    /// The collection of the record.
    Collection,
    /// `evaluation_name`.
    EvaluationName,
    /// `evaluation_result_id`.
    ResultId,
    /// `source_data.dataset_name`.
    DatasetName,
    /// `source_data.hf_repo`.
    HfRepo,
    /// `eval_library.name`.
    Library,
    /// `source_metadata.source_name`.
    SourceName,
    /// `metric_config.metric_id`.
    MetricId,
    /// `metric_config.metric_name`.
    MetricName,
    /// `metric_config.metric_kind`.
    MetricKind,
    /// `metric_config.metric_unit`.
    MetricUnit,
    /// `metric_config.evaluation_description`.
    Description,
    /// A member of `source_data.additional_details`.
    Data(String),
    /// A member of `metric_config.additional_details`.
    Metric(String),
    /// A member of `score_details.details`.
    Details(String),
    /// A member of `model_info.additional_details`.
    Model(String),
}

impl RuleField {
    /// True if it is told by what many results share, so that an outcome can be kept for all of them.
    pub fn is_shared(&self) -> bool {
        !matches!(self, RuleField::ResultId | RuleField::Details(_) | RuleField::Model(_))
    }

    fn parse(name: &str) -> Option<RuleField> {
        Some(match name {
            "collection" => RuleField::Collection,
            "evaluation_name" => RuleField::EvaluationName,
            "result_id" => RuleField::ResultId,
            "dataset_name" => RuleField::DatasetName,
            "hf_repo" => RuleField::HfRepo,
            "library" => RuleField::Library,
            "source_name" => RuleField::SourceName,
            "metric_id" => RuleField::MetricId,
            "metric_name" => RuleField::MetricName,
            "metric_kind" => RuleField::MetricKind,
            "metric_unit" => RuleField::MetricUnit,
            "description" => RuleField::Description,
            _ => match name.split_once('.')? {
                ("data", key) => RuleField::Data(key.to_owned()),
                ("metric", key) => RuleField::Metric(key.to_owned()),
                ("details", key) => RuleField::Details(key.to_owned()),
                ("model", key) => RuleField::Model(key.to_owned()),
                _ => return None,
            },
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    #[serde(default)]
    about: String,
    when: std::collections::BTreeMap<String, String>,
    benchmark: Option<String>,
    part: Option<String>,
    metric: Option<String>,
    #[serde(default)]
    ignore_split: bool,
    #[serde(default)]
    repeats: Vec<String>,
}

impl TryFrom<RawRule> for Rule {
    type Error = String;

    fn try_from(raw: RawRule) -> Result<Rule, String> {
        let condition = |(name, pattern): (String, String)| {
            let field =
                RuleField::parse(&name).ok_or_else(|| format!("`{name}` is not a field that a rule can use"))?;
            let pattern = Regex::new(&format!("(?i)^(?:{pattern})$"))
                .map_err(|err| format!("the pattern of `{name}` is not a regular expression: {err}"))?;
            Ok(FieldPattern { field, pattern })
        };
        let when: Vec<FieldPattern> = raw.when.into_iter().map(condition).collect::<Result<_, String>>()?;
        if when.is_empty() {
            return Err("`when` has no field, so the rule would match every result".to_owned());
        }
        let RawRule { about, benchmark, part, metric, ignore_split, repeats, .. } = raw;
        Ok(Rule { about, when, benchmark, part, metric, ignore_split, repeats })
    }
}

/// What a rule says of a result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RuleEffect {
    /// The benchmark's name.
    pub benchmark: Option<String>,
    /// The part's name.
    pub part: Option<String>,
    /// The metric's name.
    pub metric: Option<String>,
    /// Parameters of the metric, by name.
    pub parameters: Vec<(String, String)>,
    /// See [`Rule::ignore_split`].
    pub ignore_split: bool,
    /// See [`Rule::repeats`].
    pub repeats: Vec<String>,
    /// Version of the test.
    pub version: Option<String>,
}

impl Rule {
    /// What the rule says, if all its conditions hold. `field` gives the text of a field, if there is one.
    pub fn apply<'t>(&self, field: impl Fn(&RuleField) -> Option<&'t str>) -> Option<RuleEffect> {
        let mut told =
            RuleEffect { ignore_split: self.ignore_split, repeats: self.repeats.clone(), ..RuleEffect::default() };
        for condition in &self.when {
            let groups = condition.pattern.captures(field(&condition.field)?)?;
            told.take(&condition.pattern, &groups);
        }
        let otherwise = |found: &mut Option<String>, fixed: &Option<String>| {
            if found.is_none() {
                found.clone_from(fixed);
            }
        };
        otherwise(&mut told.benchmark, &self.benchmark);
        otherwise(&mut told.part, &self.part);
        otherwise(&mut told.metric, &self.metric);
        Some(told)
    }
}

impl RuleEffect {
    fn take(&mut self, pattern: &Regex, groups: &Captures) {
        for name in pattern.capture_names().flatten() {
            let Some(text) = groups.name(name).map(|group| group.as_str().trim()).filter(|text| !text.is_empty())
            else {
                continue;
            };
            let text = text.to_owned();
            match name {
                "benchmark" => self.benchmark = Some(text),
                "part" => self.part = Some(text),
                "metric" => self.metric = Some(text),
                "version" => self.version = Some(text),
                _ => self.parameters.push((name.to_owned(), text)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_a_rule_tell_benchmark_part_metric_and_parameters() {
        let yaml = r#"
        when: {evaluation_name: '(?<metric>\w+) on (?<benchmark>\w+) for scorer (?<scorer>\w+)'}
        part: all
        "#;
        let rule: Rule = serde_yaml::from_str(yaml).unwrap();
        let told = rule.apply(|_| Some("Accuracy on arc_easy for scorer choice")).unwrap();
        assert_eq!(told.benchmark.as_deref(), Some("arc_easy"));
        assert_eq!((told.metric.as_deref(), told.part.as_deref()), (Some("Accuracy"), Some("all")));
        assert_eq!(told.parameters, [("scorer".to_owned(), "choice".to_owned())]);
        assert_eq!(rule.apply(|_| Some("x Accuracy on arc_easy for scorer choice!")), None);
        assert_eq!(rule.apply(|_| None), None);
    }

    #[test]
    fn a_rule_that_cannot_be_read_says_why() {
        let mistake = |yaml: &str| serde_yaml::from_str::<Rule>(yaml).unwrap_err().to_string();
        assert!(mistake("when: {benchmark: x}").contains("is not a field that a rule can use"));
        assert!(mistake("when: {collection: '('}").contains("is not a regular expression"));
        assert!(mistake("when: {}").contains("`when` has no field"));
    }

    #[test]
    fn the_built_in_rules_are_sound() {
        let rules: MeasurementRules = serde_yaml::from_str(BUILT_IN).unwrap();
        assert!(rules.rules.iter().all(|rule| !rule.about.is_empty()));
    }
}
