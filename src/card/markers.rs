//! Evidence levels as pages show them: a label for each reading, the evidence once for each record, and the page
//! that lists all of them.

use serde::Serialize;

use super::{Cards, Labelled};
use crate::language::Language;
use crate::load::attestation::Statement;
use crate::mark::evidence::{self, AxisEvidence, file_name, why_lapsed};
use crate::mark::hub_run::{Posted, SAME_AS_VERIFIED};
use crate::mark::{AttestationState, Counts, Decision, Fit, Level, Standing, Trace, Untraced};
use crate::merge::Reading;

/// The evidence level of a score, in few words.
#[derive(Debug, Serialize)]
pub struct MarkerView {
    /// `submitter_known`.
    pub code: &'static str,
    /// In words.
    pub words: String,
    /// True for the level with a check mark.
    pub has_check: bool,
    /// Further evidence.
    pub beside: Vec<String>,
    /// Whether the claimed relationship fits the metadata.
    pub fit: Option<String>,
    /// `withdrawn` or `disputed`.
    pub standing: Option<&'static str>,
}

impl MarkerView {
    /// False if it says no more than that there is a record.
    pub fn says_more(&self) -> bool {
        self.code != Level::Claimed.code() || !self.beside.is_empty()
    }
}

/// The evidence of one record.
#[derive(Debug, Serialize)]
pub struct EvidenceView {
    /// The highest level of its results.
    pub words: String,
    /// Axis by axis.
    pub axes: Vec<AxisEvidence>,
    /// Claimed relationship, and whether it fits.
    pub relationship: String,
    /// The Hub on the same values.
    pub hub: Vec<HubFactView>,
}

/// The Hub on one value.
#[derive(Debug, Serialize)]
pub struct HubFactView {
    /// JSON pointer of the result.
    pub pointer: String,
    /// Sentence.
    pub says: String,
    /// The model's repository.
    pub url: String,
    /// Day of the look-up.
    pub seen: String,
    /// First digits of the answer's SHA-256.
    pub response: String,
}

/// Everything that the page of markers says.
#[derive(Debug, Serialize)]
pub struct MarkersCard<'a> {
    /// The levels, lowest first.
    pub levels: Vec<LevelRow>,
    /// Results for which the Hub shows the same value, and how many of these it calls verified.
    pub hub: String,
    /// What no marker means.
    pub does_not_mean: &'a str,
    /// Day as of which attestations count.
    pub as_of: Option<String>,
    /// Reviewed statements.
    pub attestations: Vec<AttestationRow<'a>>,
    /// Records that lost their evidence, and why.
    pub dropped: Vec<DroppedRow<'a>>,
    /// How many there are.
    pub n_dropped: usize,
    /// Ids that several records share.
    pub collisions: Vec<CollisionRow<'a>>,
    /// How many there are.
    pub n_collisions: usize,
}

/// A level, and how many results have it.
#[derive(Debug, Serialize)]
pub struct LevelRow {
    /// How it looks.
    pub marker: MarkerView,
    /// What it means.
    pub means: String,
    /// What it does not.
    pub does_not_mean: String,
    /// Results with exactly this level.
    pub results: usize,
}

/// An attestation, and what came of it.
#[derive(Debug, Serialize)]
pub struct AttestationRow<'a> {
    /// Its file.
    pub file: &'a str,
    /// What it states.
    pub states: &'a str,
    /// Who reviewed it, and when.
    pub decided_by: String,
    /// Whether it counts, and for how many records.
    pub outcome: String,
}

/// A record that lost its evidence.
#[derive(Debug, Serialize)]
pub struct DroppedRow<'a> {
    /// Its place on the card of its model.
    pub record: Labelled<'a>,
    /// First digits of its hash.
    pub hash: String,
    /// Why.
    pub why: String,
}

/// An id that several different records have.
#[derive(Debug, Serialize)]
pub struct CollisionRow<'a> {
    /// `evaluation_id`.
    pub of: &'static str,
    /// The id.
    pub id: &'a str,
    /// Paths of the records.
    pub records: Vec<&'a str>,
}

/// Most rows of a list on the page.
const MOST: usize = 300;

/// `12 submitted by the named source, 41 traced to a public record`; never one number for all.
pub fn in_words(language: &Language, counts: &Counts) -> String {
    let key = |level: Level| match level {
        Level::Claimed => "level.claimed.count",
        Level::Traced => "level.traced.count",
        Level::SubmitterKnown => "level.submitter_known.count",
        Level::SubmittedBySource => "level.submitted_by_source.count",
    };
    let known = Level::ALL.into_iter().rev().filter(|level| counts.of(*level) > 0);
    let parts: Vec<String> = known.map(|level| language.counted(key(level), counts.of(level))).collect();
    language.list(&parts)
}

impl<'a> Cards<'a> {
    fn marker_of(&self, level: Level) -> MarkerView {
        MarkerView {
            code: level.code(),
            words: self.words(level.key()).to_owned(),
            has_check: level == Level::SubmittedBySource,
            beside: Vec::new(),
            fit: None,
            standing: None,
        }
    }

    /// What is proven of a reading.
    pub fn marker(&self, reading: &Reading) -> MarkerView {
        let content = &self.dataset.inputs.content;
        let markers = &self.dataset.marks.records[reading.resolved.record as usize];
        let index = self.dataset.result(reading).index;
        let mut beside = Vec::new();
        match markers.decision(content, index) {
            Some(Decision::OnBehalf(_)) => beside.push("markers.on_behalf"),
            Some(Decision::Mismatch(_)) => beside.push("markers.other_account"),
            _ => {}
        }
        let mut said = Vec::new();
        for fact in self.hub_facts(reading) {
            said.extend((fact.verified == Some(true)).then_some(SAME_AS_VERIFIED));
            said.push(Posted::of(fact).key());
        }
        said.sort_unstable();
        said.dedup();
        beside.extend(said);
        let fit = Some(markers.relationship.fit).filter(|fit| *fit != Fit::Undetermined);
        MarkerView {
            beside: beside.into_iter().map(|key| self.words(key).to_owned()).collect(),
            fit: fit.map(|fit| self.words(fit.key()).to_owned()),
            standing: Some(reading.standing).filter(|it| *it != Standing::Current).map(Standing::code),
            ..self.marker_of(self.dataset.level_of(reading))
        }
    }

    fn hub_facts(&self, reading: &Reading) -> impl Iterator<Item = &'a crate::facts::PostedFact> {
        let runs = self.hub_runs.filter(|runs| !runs.is_empty());
        let places = runs.map_or(&[][..], |runs| runs.of(self.dataset.place_of(reading)));
        let facts = &self.dataset.inputs.content.hub.posted;
        places.iter().map(|place| &facts[*place as usize])
    }

    /// What is known of the record at this place; `readings` are those of its model.
    pub fn evidence(&self, record: u32, readings: &[Reading]) -> EvidenceView {
        let of_record = || readings.iter().filter(|reading| reading.resolved.record == record);
        let level = of_record().map(|reading| self.dataset.level_of(reading)).max().unwrap_or(Level::Claimed);
        let markers = &self.dataset.marks.records[record as usize];
        let hub = of_record().flat_map(|reading| self.hub_facts(reading).map(move |fact| (reading, fact)));
        let hub = hub.map(|(reading, fact)| {
            let place = match fact.pull_request {
                None => self.words("evidence.hub.main").to_owned(),
                Some(number) => self.language.say("evidence.hub.pull_request", &[("number", &*number.to_string())]),
            };
            let key = if fact.verified == Some(true) { "evidence.hub.verified" } else { "evidence.hub" };
            let values = [
                ("place", &*place),
                ("value", &*fact.value.to_string()),
                ("dataset", &*fact.dataset),
                ("file", &*fact.filename),
            ];
            let mut response = fact.response_sha256.to_string();
            response.truncate(12);
            HubFactView {
                pointer: self.pointer(reading),
                says: self.language.say(key, &values),
                url: format!("https://huggingface.co/{}", fact.model),
                seen: fact.seen.to_string(),
                response,
            }
        });
        EvidenceView {
            words: self.words(level.key()).to_owned(),
            axes: evidence::of_record(self.language, &self.dataset.inputs, &self.dataset.marks, record as usize),
            relationship: self.language.say(
                "evidence.relationship.claimed",
                &[
                    ("claimed", self.words(markers.relationship.claimed.key())),
                    ("fit", self.words(markers.relationship.fit.key())),
                ],
            ),
            hub: hub.collect(),
        }
    }

    /// The page of all markers.
    pub fn markers(&self) -> MarkersCard<'a> {
        let marks = &self.dataset.marks;
        let records = &self.dataset.inputs.records;
        let dropped = self.dropped();
        let collisions = marks.collisions.iter().take(MOST).map(|collision| CollisionRow {
            of: collision.of,
            id: &collision.id,
            records: collision.records.iter().map(|place| &*records[*place as usize].origin.path).collect(),
        });
        let levels = Level::ALL.map(|level| {
            let (means, does_not_mean) = evidence::about(level);
            let results = marks.counts.of(level);
            LevelRow {
                marker: self.marker_of(level),
                means: self.words(means).to_owned(),
                does_not_mean: self.words(does_not_mean).to_owned(),
                results,
            }
        });
        let (on_hub, verified) =
            self.hub_runs.map_or((0, 0), |runs| runs.counts(&self.dataset.inputs.content.hub.posted));
        MarkersCard {
            levels: levels.into(),
            hub: self.language.say(
                "markers.hub",
                &[("n", &self.language.number(on_hub)), ("verified", &self.language.number(verified))],
            ),
            does_not_mean: self.words("markers.means_not"),
            as_of: marks.as_of.map(|day| day.to_string()),
            attestations: self.attestations(),
            n_dropped: dropped.len(),
            dropped: dropped.into_iter().take(MOST).collect(),
            collisions: collisions.collect(),
            n_collisions: marks.collisions.len(),
        }
    }

    fn attestations(&self) -> Vec<AttestationRow<'a>> {
        let marks = &self.dataset.marks;
        let all = self.dataset.inputs.content.attestations.iter().enumerate();
        let rows = all.map(|(place, attestation)| AttestationRow {
            file: file_name(&attestation.file),
            states: self.words(match attestation.statement {
                Statement::SubmittedBySource { .. } => "markers.submitted",
                Statement::Withdrawn(_) => "markers.withdrawn",
                Statement::Disputed(_) => "markers.disputed",
            }),
            decided_by: format!("{}{}{}", attestation.reviewer, self.words("comma"), attestation.date),
            outcome: match (marks.states[place], marks.used[place]) {
                (AttestationState::Active, 0) => self.words("markers.attestations.unused").to_owned(),
                (AttestationState::Active, n) => {
                    let records = self.language.counted("count.records", n as usize);
                    self.language.say("markers.attestations.used", &[("records", &records)])
                }
                (state, _) => why_lapsed(self.language, attestation, state).1,
            },
        });
        rows.collect()
    }

    fn dropped(&self) -> Vec<DroppedRow<'a>> {
        let (marks, inputs) = (&self.dataset.marks, &self.dataset.inputs);
        let mut models = vec![None; inputs.records.len()];
        for reading in &self.dataset.readings {
            models[reading.resolved.record as usize] = Some(reading.resolved.model);
        }
        let mut rows = Vec::new();
        for (place, markers) in marks.records.iter().enumerate() {
            let trace = match markers.trace {
                Trace::Local(why @ (Untraced::Changed | Untraced::IndexDisagrees)) => {
                    Some(self.words(why.key()).to_owned())
                }
                _ => None,
            };
            let lapsed = markers.lapsed.iter().map(|it| {
                let place = *it as usize;
                why_lapsed(self.language, &inputs.content.attestations[place], marks.states[place]).1
            });
            for why in trace.into_iter().chain(lapsed) {
                let origin = &inputs.records[place].origin;
                let hash = origin.short_hash();
                let url = models[place].map(|model| format!("{}#r{hash}", self.model_url(model)));
                rows.push(DroppedRow { record: Labelled { text: &origin.path, url }, hash, why });
            }
        }
        rows
    }
}
