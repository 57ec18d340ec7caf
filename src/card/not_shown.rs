//! The page of records and results that are not shown, each with its reason.

use serde::Serialize;

use super::Cards;
use super::list::Pager;
use crate::language::sentence::Wording;
use crate::load::quarantine::Reason;

/// Rows on one page.
pub const ROWS: usize = 500;

/// Everything that one page of the list says.
#[derive(Debug, Serialize)]
pub struct NotShownCard<'a> {
    /// Number of entries for each reason.
    pub reasons: Vec<ReasonView<'a>>,
    /// The entries.
    pub rows: Vec<LeftOut<'a>>,
    /// The pages of the list.
    pub pager: Pager,
}

/// A reason that occurs.
#[derive(Debug, Serialize)]
pub struct ReasonView<'a> {
    /// `wrong-hash`.
    pub code: &'static str,
    /// What it means.
    pub explanation: &'a str,
    /// How many.
    pub entries: usize,
}

/// A record or result that is not shown.
#[derive(Debug, Serialize)]
pub struct LeftOut<'a> {
    /// `wrong-hash`.
    pub reason: &'static str,
    /// Path in its datastore.
    pub file: &'a str,
    /// JSON pointer or line.
    pub place: String,
    /// Submission channel.
    pub collection: &'a str,
    /// The model as the record names it.
    pub model: Option<&'a str>,
    /// Why, more exactly.
    pub detail: Wording<'a>,
    /// Hash of the file, if it was read.
    pub sha256: Option<String>,
}

impl<'a> Cards<'a> {
    /// Page `number` (from 1) of the list.
    pub fn not_shown(&self, number: usize) -> NotShownCard<'a> {
        let all = &self.dataset.inputs.quarantined;
        let reasons = Reason::ALL.into_iter().filter_map(|reason| {
            let entries = all.iter().filter(|entry| entry.reason == reason).count();
            (entries > 0).then(|| ReasonView {
                code: reason.code(),
                explanation: self.language.phrase(reason.key()),
                entries,
            })
        });
        let rows = self.left_out().skip((number - 1) * ROWS).take(ROWS);
        NotShownCard {
            reasons: reasons.collect(),
            rows: rows.collect(),
            pager: Pager::new(self, "not-shown", number, all.len(), ROWS),
        }
    }

    /// All rows of the list.
    pub fn left_out(&self) -> impl Iterator<Item = LeftOut<'a>> + use<'a> {
        self.dataset.inputs.quarantined.iter().map(|entry| LeftOut {
            reason: entry.reason.code(),
            file: &entry.file,
            place: match entry.place.strip_prefix("line ") {
                Some(n) => self.language.say("left_out.line", &[("number", n)]),
                None => entry.place.clone(),
            },
            collection: &entry.collection,
            model: entry.model.as_deref(),
            detail: entry.detail.say(self.language),
            sha256: entry.sha256.map(|sha256| sha256.to_string()),
        })
    }
}
