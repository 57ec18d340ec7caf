//! `source_metadata`: who reported a record, as it claims, and the stamps of its adapters.

use crate::codes::codes;
use serde_json::Value;

use super::also::{Leaf, of_block, of_block_but};
use super::block::{pairs, string};
use super::detail_keys::{self, MeasuredBy};
use crate::address::is_web_address;
use crate::names::is_not_reported;

/// Who reported a record.
#[derive(Debug, Default, PartialEq)]
pub struct SourceMetadata {
    /// Title of the leaderboard, paper or tool.
    pub name: Option<String>,
    /// `documentation` or `evaluation_run`; other words as they stand.
    pub kind: Option<String>,
    /// The *claimed* reporting organisation.
    pub organization: Option<String>,
    /// Free text, not checked.
    pub organization_url: Option<String>,
    /// The *claimed* relation of evaluator and model developer.
    pub relationship: ClaimedRelationship,
    /// What `additional_details` says of who measured.
    pub measurers: Vec<Measurer>,
    /// On which terms the numbers may be used, by key, as `additional_details` says.
    pub terms: Vec<(String, String)>,
    /// The run of a scheduled adapter, as the stamps among `additional_details` say.
    pub scheduled: Option<ScheduledRun>,
    /// Addresses among `additional_details`, by key; where the figure stands is often here.
    pub links: Vec<(String, String)>,
    /// What else the block holds.
    pub also: Box<[Leaf]>,
}

/// What a member of `additional_details` says of who measured.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measurer {
    /// Its key.
    pub key: String,
    /// Its value, as stated.
    pub stated: String,
    /// Who that is, where the value is one that is known.
    pub who: Option<MeasuredBy>,
}

/// What the datastore's own scheduled adapters stamp records with (every_eval_ever, `cron/README.md`). It is a claim like
/// any other: only that the Hub shows a push in place of a pull request speaks for it.
#[derive(Debug, PartialEq)]
pub struct ScheduledRun {
    /// `cron_adapter`.
    pub adapter: String,
    /// `cron_run_date`.
    pub day: Option<String>,
    /// `cron_run_url`.
    pub url: Option<String>,
    /// `cron_unknown_inferred_fields`: what the adapter could not infer of the model.
    pub unknown: Vec<String>,
}

impl ScheduledRun {
    fn read(details: &[(String, String)]) -> Option<ScheduledRun> {
        let member = |key: &str| details.iter().find(|(found, _)| found == key).map(|(_, text)| text.clone());
        member("type_of_addition").filter(|kind| kind == "cron")?;
        let unknown = member("cron_unknown_inferred_fields").unwrap_or_default();
        Some(ScheduledRun {
            adapter: member("cron_adapter")?,
            day: member("cron_run_date"),
            url: member("cron_run_url").filter(|url| is_web_address(url)),
            unknown: unknown.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
        })
    }
}

codes! {
    /// `evaluator_relationship`, as claimed.
    #[derive(Default)]
    pub enum ClaimedRelationship in "relationship" {
        /// The evaluator made the model.
        FirstParty = "first_party",
        /// Somebody else.
        ThirdParty = "third_party",
        /// A joint effort.
        Collaborative = "collaborative",
        /// `other`, absent or an unknown word.
        #[default]
        NotReported = "not_reported",
    }
}

impl ClaimedRelationship {
    fn read(word: Option<&str>) -> ClaimedRelationship {
        match word {
            Some("first_party") => ClaimedRelationship::FirstParty,
            Some("third_party") => ClaimedRelationship::ThirdParty,
            Some("collaborative") => ClaimedRelationship::Collaborative,
            _ => ClaimedRelationship::NotReported,
        }
    }

    /// True if a source that says who measured cannot be related to the developer in this way.
    pub fn is_denied_by(self, who: MeasuredBy) -> bool {
        matches!(
            (self, who),
            (ClaimedRelationship::FirstParty, MeasuredBy::Others)
                | (ClaimedRelationship::ThirdParty, MeasuredBy::Developer)
        )
    }
}

impl SourceMetadata {
    /// Who measured, where `additional_details` says so in words that are known.
    pub fn measured_by(&self) -> Option<MeasuredBy> {
        self.measurers.iter().find_map(|it| it.who)
    }

    /// Of the block, or of a list of the block and those of 0.0.1.
    pub(super) fn read(value: &Value) -> SourceMetadata {
        let (block, old, leaderboard) = match value.as_array().map(Vec::as_slice) {
            Some([block, old, leaderboard]) => (block, old, leaderboard),
            _ => (value, &Value::Null, &Value::Null),
        };
        let relationship = ClaimedRelationship::read(block["evaluator_relationship"].as_str());
        let is_missed = |path: &str| {
            relationship == ClaimedRelationship::NotReported && path == "source_metadata.evaluator_relationship"
        };
        let also = [
            of_block_but("source_metadata", block, is_missed),
            of_block("evaluation_source", old),
            of_block("leaderboard_name", leaderboard),
        ];
        let details = pairs(&block["additional_details"]);
        let stated = || details.iter().filter(|(_, value)| !is_not_reported(value));
        SourceMetadata {
            name: string(&block["source_name"])
                .or_else(|| string(&old["evaluation_source_name"]))
                .or_else(|| string(leaderboard)),
            kind: string(&block["source_type"]).or_else(|| string(&old["evaluation_source_type"])),
            organization: string(&block["source_organization_name"]),
            organization_url: string(&block["source_organization_url"]),
            relationship,
            measurers: (stated().filter(|(key, _)| detail_keys::says_who_measured(key)))
                .map(|(key, value)| Measurer {
                    who: detail_keys::measured_by(key, value),
                    key: key.clone(),
                    stated: value.clone(),
                })
                .collect(),
            terms: stated().filter(|(key, _)| detail_keys::is_term(key)).cloned().collect(),
            scheduled: ScheduledRun::read(&details),
            links: details.into_iter().filter(|(_, value)| is_web_address(value)).collect(),
            also: also.into_iter().flatten().collect(),
        }
    }
}
