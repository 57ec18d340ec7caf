//! The *evidence* of a marker: which fact, from where, seen when, and by which rule or person decided.

use serde::Serialize;

use super::{AttestationState, DecidedBy, Decision, Level, Markers, Marks, NotKnown, Submitter, Trace, Untraced};
use crate::hash::Sha256;
use crate::language::Language;
use crate::load::attestation::{Attestation, Basis, Declaration, Statement};
use crate::load::{Inputs, Loaded};

/// The axis of where the bytes of a record are public.
pub const TRACE: &str = "evidence.trace";

/// One axis of a record's evidence.
#[derive(Debug, Serialize)]
pub struct AxisEvidence {
    /// Short hash of subject, axis and value.
    pub id: String,
    /// The key of `axis` among the words.
    #[serde(skip)]
    pub axis_key: &'static str,
    /// `Trace`.
    pub axis: String,
    /// `pinned and indexed`.
    pub value: String,
    /// Facts with source and day.
    pub facts: Vec<EvidenceSentence>,
    /// Rule with its version, or person.
    pub decided_by: String,
}

/// A sentence of evidence.
#[derive(Debug, Default, Serialize)]
pub struct EvidenceSentence {
    /// Sentence.
    pub says: String,
    /// Where to look it up.
    pub url: Option<String>,
    /// Day of the look-up.
    pub seen: Option<String>,
}

impl EvidenceSentence {
    fn new(says: impl Into<String>) -> EvidenceSentence {
        EvidenceSentence { says: says.into(), ..EvidenceSentence::default() }
    }
}

/// All axes of the record at this place.
pub fn of_record(language: &Language, inputs: &Inputs, marks: &Marks, record: usize) -> Vec<AxisEvidence> {
    let (loaded, markers) = (&inputs.records[record], &marks.records[record]);
    let teller = Teller { language, inputs, marks, loaded, markers };
    let mut found = vec![teller.trace()];
    if !matches!(markers.trace, Trace::Local(_)) {
        found.push(teller.submitter());
    }
    found.extend(markers.decisions.iter().map(|it| teller.source(it)));
    found.extend(markers.lapsed.iter().map(|place| teller.lapsed(*place)));
    found.extend(markers.objections.iter().map(|it| teller.objection(it.of(&inputs.content))));
    found
}

/// An identity that changes with the subject and with what is said of it.
fn id(sha256: Sha256, axis: &str, value: &str) -> String {
    let mut id = Sha256::of(format!("{sha256} {axis} {value}").as_bytes()).to_string();
    id.truncate(12);
    id
}

/// Tells of one record, in one language.
struct Teller<'a> {
    language: &'a Language,
    inputs: &'a Inputs,
    marks: &'a Marks,
    loaded: &'a Loaded,
    markers: &'a Markers,
}

impl Teller<'_> {
    /// `axis` and `value` are keys.
    fn evidence(
        &self,
        axis: &'static str,
        value: &'static str,
        facts: Vec<EvidenceSentence>,
        decided_by: String,
    ) -> AxisEvidence {
        AxisEvidence {
            id: id(self.loaded.origin.sha256, axis, value),
            axis_key: axis,
            axis: self.language.phrase(axis).to_owned(),
            value: self.language.phrase(value).to_owned(),
            facts,
            decided_by,
        }
    }

    fn rule(&self, name: &str) -> String {
        self.language.say("evidence.rule", &[("name", name)])
    }

    fn person(&self, attestation: &Attestation) -> String {
        let values = [
            ("name", &*attestation.reviewer),
            ("day", &*attestation.date.to_string()),
            ("file", file_name(&attestation.file)),
        ];
        self.language.say("evidence.person", &values)
    }

    fn trace(&self) -> AxisEvidence {
        let (language, loaded) = (self.language, self.loaded);
        let datastore = &self.inputs.datastores[usize::from(loaded.origin.datastore)];
        let (value, says) = match self.markers.trace {
            Trace::Local(why) => {
                let mut facts = vec![EvidenceSentence::new(language.phrase(why.key()))];
                if let (Untraced::NoLock, Some(repo)) = (why, &datastore.repo) {
                    let says = language.say("evidence.trace.said", &[("repo", repo)]);
                    facts.push(EvidenceSentence::new(says));
                }
                return self.evidence(TRACE, "evidence.trace.local", facts, self.rule("trace 1"));
            }
            Trace::Pinned => ("evidence.trace.pinned", "evidence.trace.pinned.says"),
            Trace::PinnedAndIndexed => ("evidence.trace.pinned_and_indexed", "evidence.trace.pinned_and_indexed.says"),
        };
        let place = datastore
            .lock
            .sound()
            .map(|lock| language.say("evidence.trace.at", &[("repo", &lock.repo), ("commit", &lock.revision[..12])]));
        let says = language.say(says, &[("place", &place.unwrap_or_default())]);
        let facts = vec![EvidenceSentence { url: datastore.public_url(&loaded.origin), ..EvidenceSentence::new(says) }];
        self.evidence(TRACE, value, facts, self.rule("trace 1"))
    }

    fn submitter(&self) -> AxisEvidence {
        let (language, hub) = (self.language, &self.inputs.content.hub);
        let evidence = |value, facts| self.evidence("evidence.submitter", value, facts, self.rule("submitter 1"));
        let (submission, memberships) = match self.markers.submitter {
            Submitter::Unknown(NotKnown::Pushed) if self.loaded.record.source.scheduled.is_some() => {
                return evidence("evidence.submitter.adapter", self.scheduled());
            }
            Submitter::Unknown(why) => {
                let collision = self.markers.collision.filter(|_| why == NotKnown::Collision);
                let says = match collision.map(|number| &self.marks.collisions[number as usize]) {
                    None => language.phrase(why.key()).to_owned(),
                    Some(it) => language.say("evidence.submitter.collision.of", &[("of", it.of), ("id", &it.id)]),
                };
                return evidence("evidence.submitter.unknown", vec![EvidenceSentence::new(says)]);
            }
            Submitter::Account { submission, memberships } => (&hub.submissions[submission as usize], memberships),
        };
        let Some(introduced) = &submission.introduced else {
            return evidence("evidence.submitter.unknown", Vec::new());
        };
        let number = introduced.pull_request.unwrap_or_default();
        let on = introduced.at.map(day);
        let key = if on.is_some() { "evidence.submitter.opened.on" } else { "evidence.submitter.opened" };
        let values = [
            ("account", introduced.account.as_deref().unwrap_or_default()),
            ("number", &*number.to_string()),
            ("day", on.as_deref().unwrap_or_default()),
        ];
        let lock = self.inputs.datastores[usize::from(self.loaded.origin.datastore)].lock.sound();
        let url = lock.map(|lock| format!("https://huggingface.co/datasets/{}/discussions/{number}", lock.repo));
        let says = language.say(key, &values);
        let mut facts = vec![EvidenceSentence { url, seen: Some(day(submission.seen)), ..EvidenceSentence::new(says) }];
        let known = memberships.map(|place| &hub.accounts[place as usize]);
        if let Some((fact, organizations)) = known.and_then(|fact| Some((fact, fact.organizations.as_ref()?))) {
            let says = match organizations.is_empty() {
                true => language.phrase("evidence.submitter.organizations.none").to_owned(),
                false => {
                    let list = language.list(organizations);
                    language.say("evidence.submitter.organizations", &[("list", &list)])
                }
            };
            facts.push(EvidenceSentence { seen: Some(day(fact.seen)), ..EvidenceSentence::new(says) });
        }
        match facts.len() {
            1 => evidence("evidence.submitter.account", facts),
            _ => evidence("evidence.submitter.account_with_organizations", facts),
        }
    }

    /// The run of the datastore's own adapter that pushed a record, as its stamps say.
    fn scheduled(&self) -> Vec<EvidenceSentence> {
        let Some(run) = &self.loaded.record.source.scheduled else { return Vec::new() };
        let day = run.day.as_deref().unwrap_or_default();
        let key = if day.is_empty() { "evidence.submitter.adapter.says" } else { "evidence.submitter.adapter.on" };
        let says = self.language.say(key, &[("adapter", &run.adapter), ("day", day)]);
        let mut facts = vec![EvidenceSentence { url: run.url.clone(), ..EvidenceSentence::new(says) }];
        if !run.unknown.is_empty() {
            let list = self.language.list(&run.unknown);
            facts.push(EvidenceSentence::new(
                self.language.say("evidence.submitter.adapter.unknown", &[("list", &list)]),
            ));
        }
        facts
    }

    fn source(&self, decision: &Decision) -> AxisEvidence {
        let content = &self.inputs.content;
        let by_rule = |value, key, place: usize| {
            let organization = &content.organizations[place];
            let says = self.language.say(key, &[("name", &organization.name), ("file", &organization.file)]);
            self.evidence("evidence.source", value, vec![EvidenceSentence::new(says)], self.rule("official-account 1"))
        };
        match decision {
            Decision::Match(DecidedBy::OfficialAccount(place)) => {
                by_rule("evidence.source.match", "evidence.source.official", *place)
            }
            Decision::Mismatch(place) => by_rule("evidence.source.mismatch", "evidence.source.other", *place),
            Decision::Match(DecidedBy::Attestation(attested)) => {
                self.attested_match(attested.of(content), "evidence.source.match")
            }
            Decision::OnBehalf(attested) => self.attested_match(attested.of(content), "evidence.source.on_behalf"),
        }
    }

    fn attested_match(&self, attestation: &Attestation, value: &'static str) -> AxisEvidence {
        let Statement::SubmittedBySource { account, organization, basis } = &attestation.statement else {
            return self.evidence("evidence.source", "evidence.source.unreviewed", Vec::new(), String::new());
        };
        let (key, day, url) = match basis {
            Basis::AccountIsOrganization => ("evidence.source.is_organization", None, None),
            Basis::PublicMember(on) => ("evidence.source.member", Some(on.to_string()), None),
            Basis::Statement(url) => ("evidence.source.states", None, Some(url.clone())),
            Basis::OnBehalf(url) => ("evidence.source.allowed", None, Some(url.clone())),
        };
        let values =
            [("account", &**account), ("organization", &**organization), ("day", day.as_deref().unwrap_or_default())];
        let says = self.in_scope(attestation, self.language.say(key, &values));
        let facts = vec![EvidenceSentence { url, ..EvidenceSentence::new(says) }];
        self.evidence("evidence.source", value, facts, self.person(attestation))
    }

    fn objection(&self, attestation: &Attestation) -> AxisEvidence {
        let (value, declaration) = match &attestation.statement {
            Statement::Withdrawn(declaration) => ("evidence.standing.withdrawn", declaration),
            Statement::Disputed(declaration) => ("evidence.standing.disputed", declaration),
            Statement::SubmittedBySource { .. } => {
                return self.evidence("evidence.standing", "evidence.standing.current", Vec::new(), String::new());
            }
        };
        let Declaration { by, since, why, url } = declaration;
        let values = [("by", &**by), ("day", &*since.to_string()), ("why", &**why)];
        let says = self.in_scope(attestation, self.language.say("evidence.standing.says", &values));
        let facts = vec![EvidenceSentence { url: Some(url.clone()), ..EvidenceSentence::new(says) }];
        self.evidence("evidence.standing", value, facts, self.person(attestation))
    }

    /// An attestation that counts no more.
    fn lapsed(&self, place: u32) -> AxisEvidence {
        let attestation = &self.inputs.content.attestations[place as usize];
        let (value, says) = why_lapsed(self.language, attestation, self.marks.states[place as usize]);
        self.evidence("evidence.lapsed", value, vec![EvidenceSentence::new(says)], self.person(attestation))
    }

    /// With the results that are meant, if not all.
    fn in_scope(&self, attestation: &Attestation, says: String) -> String {
        let subject = attestation.subjects.iter().find(|it| it.sha256 == self.loaded.origin.sha256);
        match subject.and_then(|subject| subject.results.as_ref()) {
            None => says,
            Some(results) => {
                let pointers: Vec<String> = results.iter().map(|it| format!("/evaluation_results/{it}")).collect();
                let values = [("says", &*says), ("results", &*self.language.list(&pointers))];
                self.language.say("evidence.only", &values)
            }
        }
    }
}

/// Why an attestation does not count for a record that it speaks of: the key of the value, and a sentence.
pub fn why_lapsed(language: &Language, attestation: &Attestation, state: AttestationState) -> (&'static str, String) {
    match (state, &attestation.revoked, attestation.valid_until) {
        (AttestationState::Revoked, Some(revoked), _) => {
            let values = [("day", &*revoked.date.to_string()), ("why", &*revoked.why)];
            ("evidence.lapsed.revoked", language.say("evidence.lapsed.revoked.says", &values))
        }
        (AttestationState::Expired, _, Some(last)) => {
            let says = language.say("evidence.lapsed.expired.says", &[("day", &last.to_string())]);
            ("evidence.lapsed.expired", says)
        }
        (AttestationState::Undated, _, Some(last)) => {
            let says = language.say("evidence.lapsed.undated.says", &[("day", &last.to_string())]);
            ("evidence.lapsed.undated", says)
        }
        _ => ("evidence.lapsed.changed", language.phrase("evidence.lapsed.changed.says").to_owned()),
    }
}

/// The last part of a path: folders of this machine are nobody's business.
pub fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn day(at: jiff::Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// The keys of what a level means, and of what it does not.
pub fn about(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Claimed => ("level.claimed.means", "level.claimed.means_not"),
        Level::Traced => ("level.traced.means", "level.traced.means_not"),
        Level::SubmitterKnown => ("level.submitter_known.means", "level.submitter_known.means_not"),
        Level::SubmittedBySource => ("level.submitted_by_source.means", "level.submitted_by_source.means_not"),
    }
}
