//! The page on corrections: which field of a record fills which gap, and whom to ask.

use serde::Serialize;

use super::Cards;
use crate::signal::steps::STEPS;

/// What the page says.
#[derive(Debug, Serialize)]
pub struct CorrectionsCard<'a> {
    /// The most frequent gaps.
    pub gaps: Vec<Gap<'a>>,
    /// The dataset with the records, if this site names one.
    pub datastore: Option<&'a str>,
    /// Whom to ask, and the link.
    pub contact: Option<(&'a str, String)>,
}

/// A gap.
#[derive(Debug, Serialize)]
pub struct Gap<'a> {
    /// What filling it leads to.
    pub aim: &'a str,
    /// What is missing.
    pub what: &'a str,
    /// The fields of a record that say it.
    pub fields: &'static [&'static str],
    /// What to do, if no field fills it.
    pub action: Option<&'a str>,
}

impl<'a> Cards<'a> {
    /// The page; `contact` is what `site.yaml` says.
    pub fn corrections(&self, contact: Option<&'a str>) -> CorrectionsCard<'a> {
        let gaps = STEPS.iter().map(|step| Gap {
            aim: self.words(step.aim.key()),
            what: self.words(step.what),
            fields: step.fields(),
            action: step.action().map(|key| self.words(key)),
        });
        let is_mail = |contact: &str| !contact.starts_with("https://");
        CorrectionsCard {
            gaps: gaps.collect(),
            datastore: self.dataset.inputs.datastores.iter().find_map(|datastore| datastore.repo.as_deref()),
            contact: contact.map(|it| (it, if is_mail(it) { format!("mailto:{it}") } else { it.to_owned() })),
        }
    }
}
