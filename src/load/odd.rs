//! Findings on *odd values* of records: times that cannot be read, values of another type than in the schema, missing
//! fields, unknown words, and wrong sample hashes.
//!
//! All are shown as written; a person should check the source of the record.

use std::collections::BTreeMap;

use super::also::Leaf;
use super::record::Record;
use super::source_metadata::ClaimedRelationship;
use super::{Inputs, Loaded};
use crate::date::{Stamp, day};
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::names::is_not_reported;
use crate::words::{counted, shorten};

/// Longest text of a record in a finding.
const MOST: usize = 60;

const RELATIONSHIP: &str = "source_metadata.evaluator_relationship";

/// The word for a relationship that no version of the schema has.
fn unknown_relationship(record: &Record) -> Option<&str> {
    let is_reported = record.source.relationship != ClaimedRelationship::NotReported;
    let leaf = record.source.also.iter().find(|leaf| !is_reported && &*leaf.path == RELATIONSHIP)?;
    Some(&*leaf.text).filter(|word| *word != "other" && !is_not_reported(word))
}

const UNIT: &str = "evaluation_results[].metric_config.metric_unit";

/// Units that say something of the scale, or look like one that does.
const UNITS: [&str; 8] =
    ["proportion", "fraction", "percent", "percentage", "percentile", "percentage points", "points", "point"];

/// The unit that `unit` is probably meant to be: one or two letters away.
fn unit_meant(unit: &str) -> Option<&'static str> {
    let unit = unit.trim().to_lowercase();
    let away = |known: &&str| strsim::damerau_levenshtein(&unit, known);
    let nearest = UNITS.into_iter().min_by_key(away)?;
    // Of a short word two letters are another word.
    let most = if nearest.len() > 8 { 2 } else { 1 };
    (1..=most).contains(&away(&nearest)).then_some(nearest)
}

/// What every version of the schema requires and `record` lacks.
fn missing_in(record: &Record) -> impl Iterator<Item = &'static str> {
    let has_relationship = record.source.relationship != ClaimedRelationship::NotReported
        || record.source.also.iter().any(|leaf| &*leaf.path == RELATIONSHIP);
    let all = [
        ("evaluation_id", !record.evaluation_id.is_empty()),
        ("retrieved_timestamp", record.retrieved.is_some()),
        ("source_metadata.source_organization_name", record.source.organization.is_some()),
        (RELATIONSHIP, has_relationship),
        ("model_info.id", record.model.has_id),
        (
            "evaluation_results[].metric_config.lower_is_better",
            record.results.iter().all(|result| result.metric.lower_is_better.is_some()),
        ),
    ];
    all.into_iter().filter(|(_, is_there)| !is_there).map(|(path, _)| path)
}

impl Inputs {
    /// Tells which times of records cannot be read, each text of a record once.
    pub fn warn_of_unreadable_times(&self, diagnostics: &mut Diagnostics) {
        for loaded in &self.records {
            let record = &loaded.record;
            let mut seen: Vec<&str> = Vec::new();
            let retrieved = record.retrieved.iter().map(|stamp| (stamp, "/retrieved_timestamp".to_owned()));
            let evaluated = record.results.iter().filter_map(|result| {
                let place = format!("/evaluation_results/{}/evaluation_timestamp", result.index);
                Some((result.evaluated.as_ref()?, place))
            });
            for (Stamp { text, .. }, place) in
                retrieved.chain(evaluated).filter(|(stamp, _)| day(&stamp.text).is_none())
            {
                // A record of many times is one of many faults; some of them do.
                if seen.len() < 5 && !seen.contains(&&**text) {
                    seen.push(text);
                    let message = format!(
                        "“{}” is not a valid date: the card shows it as written, and it is left out of orders by time",
                        shorten(text, MOST)
                    );
                    let help = "write seconds since 1970, or a date such as 2026-03-01".to_owned();
                    diagnostics.warn_with_help(
                        DiagnosticCode::UnreadableTime,
                        &self.file(loaded),
                        &place,
                        message,
                        help,
                    );
                }
            }
        }
    }

    /// Tells which values are of another type than the schema wants: each path once, with a record that has it.
    pub fn warn_of_unexpected_types(&self, diagnostics: &mut Diagnostics) {
        let mut found: BTreeMap<&str, (&Loaded, &str, usize)> = BTreeMap::new();
        for loaded in &self.records {
            let record = &loaded.record;
            let blocks = record.results.iter().flat_map(|result| {
                let generation = result.generation.as_ref().map_or(&[][..], |generation| &generation.also);
                [&result.data.also[..], &result.metric.also, generation, &result.also]
            });
            let library = record.library.as_ref().map_or(&[][..], |library| &library.also);
            let all = [&record.also[..], &record.source.also, library, &record.model.also].into_iter().chain(blocks);
            for leaf in all.flatten().filter(|leaf: &&Leaf| leaf.is_odd) {
                found.entry(&leaf.path).or_insert((loaded, &leaf.text, 0)).2 += 1;
            }
        }
        for (path, (loaded, text, n)) in found {
            let message = format!(
                "“{}” does not have the type of the schema ({}): it is only shown under “also in the record”",
                shorten(text, MOST),
                counted(n, "place", "places")
            );
            diagnostics.warn(DiagnosticCode::UnexpectedType, &self.file(loaded), path, message);
        }
    }

    /// Tells which fields that the schema requires are missing or hold an unknown word: each once, with a record.
    pub fn warn_of_missing_fields(&self, diagnostics: &mut Diagnostics) {
        let mut missing: BTreeMap<&str, (&Loaded, usize)> = BTreeMap::new();
        let mut unknown: BTreeMap<&str, (&Loaded, usize)> = BTreeMap::new();
        let mut units: BTreeMap<&str, (&Loaded, usize)> = BTreeMap::new();
        for loaded in &self.records {
            for path in missing_in(&loaded.record) {
                missing.entry(path).or_insert((loaded, 0)).1 += 1;
            }
            if let Some(word) = unknown_relationship(&loaded.record) {
                unknown.entry(word).or_insert((loaded, 0)).1 += 1;
            }
            for unit in loaded.record.results.iter().filter_map(|result| result.metric.unit.as_deref()) {
                units.entry(unit).or_insert((loaded, 0)).1 += 1;
            }
        }
        for (unit, (loaded, n)) in units {
            let Some(meant) = unit_meant(unit) else { continue };
            let message = format!(
                "“{}” is no known unit ({}), so the scale is taken from the bounds alone",
                shorten(unit, MOST),
                counted(n, "result", "results")
            );
            let help = format!("did you mean `{meant}`?");
            diagnostics.warn_with_help(DiagnosticCode::UnknownWord, &self.file(loaded), UNIT, message, help);
        }
        for (path, (loaded, n)) in missing {
            let message = format!("is missing, but the schema requires it ({})", counted(n, "record", "records"));
            let help = "add it to the record; `every_eval_ever validate` names what else the datastore would refuse";
            diagnostics.warn_with_help(
                DiagnosticCode::MissingField,
                &self.file(loaded),
                path,
                message,
                help.to_owned(),
            );
        }
        for (word, (loaded, n)) in unknown {
            let message = format!(
                "“{}” is no relationship that the schema knows ({}), so it counts as not reported",
                shorten(word, MOST),
                counted(n, "record", "records")
            );
            let help = "write first_party, third_party, collaborative or other".to_owned();
            diagnostics.warn_with_help(DiagnosticCode::UnknownWord, &self.file(loaded), RELATIONSHIP, message, help);
        }
    }

    /// Tells which files have samples whose hash is not that of their question, with the first of these lines.
    pub fn warn_of_wrong_hashes(&self, diagnostics: &mut Diagnostics) {
        for loaded in &self.records {
            let Some((samples, hashes)) = loaded.samples.as_deref().and_then(|it| Some((it, it.hashes()?))) else {
                continue;
            };
            let Some(line) = hashes.first_wrong else { continue };
            let message = format!(
                "{} of {} sample hashes do not match the row's `input.raw` and `input.reference`: no other model is compared on these rows",
                hashes.wrong,
                hashes.all()
            );
            let help =
                "write the SHA-256 of `input.raw` followed by all references, or leave `sample_hash` out".to_owned();
            let file = self.path(loaded, &samples.path);
            diagnostics.warn_with_help(DiagnosticCode::WrongSampleHash, &file, &format!("line {line}"), message, help);
        }
    }

    /// Where a record is, as the user would type it.
    pub fn file(&self, loaded: &Loaded) -> String {
        self.path(loaded, &loaded.origin.path)
    }

    fn path(&self, loaded: &Loaded, path: &str) -> String {
        self.datastores[usize::from(loaded.origin.datastore)].root.join(path).display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_unit_finds_its_neighbour_and_other_units_do_not() {
        for (unit, meant) in [("porportion", "proportion"), ("Precent", "percent"), ("fractoin", "fraction")] {
            assert_eq!(unit_meant(unit), Some(meant));
        }
        for unit in
            ["proportion", "Percent", "percentile", "point", "%", "seconds", "usd", "tokens", "joints_per_s", "elo"]
        {
            assert_eq!(unit_meant(unit), None, "{unit}");
        }
    }
}
