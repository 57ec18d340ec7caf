//! An *attestation* is what a person of this site states about exact bytes, with their name and the date:
//! `content/attestations/*.yaml`. Nothing else that people write can raise an evidence level.
//!
//! It is reviewed like code, so an error in one is fatal, not a diagnostic. Only regular files directly in the
//! folder are read: a link may lead to a file that was not reviewed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use foldhash::HashSet;
use jiff::civil::Date;
use serde::Deserialize;
use serde_yaml::Value;

use crate::address::is_safe_relative;
use crate::address::is_web_address;
use crate::hash::Sha256;

/// What a person states, and about which bytes.
#[derive(Debug)]
pub struct Attestation {
    /// The file it stands in.
    pub file: String,
    /// What is stated.
    pub statement: Statement,
    /// About which bytes; nothing else is meant, whatever it is called.
    pub subjects: Vec<AttestedBytes>,
    /// Public handle of the person who decided.
    pub reviewer: String,
    /// When they did.
    pub date: Date,
    /// The last day on which it counts.
    pub valid_until: Option<Date>,
    /// That it was taken back.
    pub revoked: Option<Revoked>,
}

/// What an attestation states.
#[derive(Debug)]
pub enum Statement {
    /// The account that brought the records acts for the organisation that they name as their source.
    SubmittedBySource {
        /// Hub account.
        account: String,
        /// Its id in `organizations.yaml`.
        organization: String,
        /// How that is known.
        basis: Basis,
    },
    /// Who stands behind the results takes them back.
    Withdrawn(Declaration),
    /// Somebody objects to the results.
    Disputed(Declaration),
}

/// How it is known that an account acts for an organisation.
#[derive(Debug)]
pub enum Basis {
    /// The account is that of the organisation itself.
    AccountIsOrganization,
    /// It was seen among the organisation's public members on that day.
    PublicMember(Date),
    /// The organisation says so at this address.
    Statement(String),
    /// The organisation allowed it at this address.
    OnBehalf(String),
}

/// That results are withdrawn or disputed.
#[derive(Debug)]
pub struct Declaration {
    /// Who says so.
    pub by: String,
    /// When they said it.
    pub since: Date,
    /// Their reason, in a sentence.
    pub why: String,
    /// Where they said it.
    pub url: String,
}

/// Bytes that an attestation is about.
#[derive(Debug)]
pub struct AttestedBytes {
    /// Of the record's bytes.
    pub sha256: Sha256,
    /// Where the record stood when it was reviewed.
    pub path: Option<String>,
    /// Places in `evaluation_results`; `None` for the whole record.
    pub results: Option<Vec<u16>>,
}

impl AttestedBytes {
    /// True if the result at this place is meant.
    pub fn covers(&self, result: u16) -> bool {
        self.results.as_ref().is_none_or(|results| results.contains(&result))
    }
}

/// That an attestation was taken back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// When.
    pub date: Date,
    /// Why, in a sentence.
    pub why: String,
}

/// The folder, below that of the content.
pub const FOLDER: &str = "attestations";

const REMEDY: &str = "an attestation is evidence, so an invalid one stops the build: fix or remove it";

/// The files of `folder`, by name. An error if anything but such files is in it.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let place = folder.display();
    let Ok(about) = fs::symlink_metadata(folder) else { return Ok(Vec::new()) };
    ensure!(about.is_dir(), "{place} is a link or a file, not a folder\n  help: {REMEDY}");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("failed to list {place}"))? {
        let entry = entry.with_context(|| format!("failed to list {place}"))?;
        let (path, name) = (entry.path(), entry.file_name());
        if name == "README.md" || name == ".gitkeep" {
            continue;
        }
        let kind = entry.file_type().with_context(|| format!("failed to look at {}", path.display()))?;
        ensure!(
            kind.is_file(),
            "{} is not a regular file; links and folders are not followed\n  help: {REMEDY}",
            path.display()
        );
        ensure!(
            path.extension().is_some_and(|it| it == "yaml"),
            "{} is not a .yaml file\n  help: {REMEDY}",
            path.display()
        );
        files.push(path);
    }
    files.sort();
    Ok(files)
}

/// An error if the attestations of `content` are where records of a datastore are, or the reverse:
/// who brings a record could then bring an attestation.
pub fn ensure_apart(content: &Path, datastore: &Path) -> Result<()> {
    let Ok(folder) = content.join(FOLDER).canonicalize() else { return Ok(()) };
    for records in ["data", "flat"].map(|name| datastore.join(name)) {
        let Ok(resolved) = records.canonicalize() else { continue };
        if folder.starts_with(&resolved) || resolved.starts_with(&folder) {
            bail!(
                "{} and the records in {} overlap\n  help: {REMEDY}",
                content.join(FOLDER).display(),
                records.display()
            );
        }
    }
    Ok(())
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    kind: AttestationType,
    account: Option<String>,
    organization: Option<String>,
    basis: Option<RawBasis>,
    seen: Option<Date>,
    url: Option<String>,
    by: Option<String>,
    since: Option<Date>,
    why: Option<String>,
    records: Vec<RawSubject>,
    reviewer: String,
    date: Date,
    valid_until: Option<Date>,
    revoked: Option<Revoked>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AttestationType {
    SubmittedBySource,
    Withdrawn,
    Disputed,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawBasis {
    AccountIsOrganization,
    PublicMember,
    Statement,
    OnBehalf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSubject {
    sha256: String,
    path: Option<String>,
    results: Option<Vec<String>>,
}

/// Reads the text of an attestation. The error names the file, the place and what to do.
pub fn parse(file: &str, text: &str) -> Result<Attestation> {
    let read = || -> Result<Attestation> {
        let raw: Raw = crate::text::yaml(text)?;
        only_plain(&crate::text::yaml(text)?)?;
        attestation(file, raw)
    };
    read().map_err(|err| anyhow::anyhow!("{file}: {err:#}\n  help: {REMEDY}"))
}

/// An error for what YAML reads as another thing than the text that stands there: a tag, or a null, a number or a truth
/// value where a text belongs. (All other values are texts, lists and objects.)
fn only_plain(value: &Value) -> Result<()> {
    match value {
        Value::String(_) => Ok(()),
        Value::Sequence(items) => items.iter().try_for_each(only_plain),
        Value::Mapping(members) => members.iter().try_for_each(|(key, value)| {
            only_plain(value).with_context(|| format!("`{}`", key.as_str().unwrap_or_default()))
        }),
        Value::Tagged(tagged) => bail!("has the tag {}; remove it", tagged.tag),
        Value::Null => bail!("is empty"),
        Value::Bool(_) | Value::Number(_) => bail!("is not text; write it in quotes"),
    }
}

fn attestation(file: &str, mut raw: Raw) -> Result<Attestation> {
    let reviewer = said("reviewer", Some(std::mem::take(&mut raw.reviewer)))?;
    ensure!(!raw.records.is_empty(), "`records` is empty");
    let subjects = raw.records.drain(..).map(subject).collect::<Result<Vec<_>>>()?;
    let mut seen = HashSet::default();
    for subject in &subjects {
        ensure!(seen.insert(subject.sha256), "`records` has {} twice", subject.sha256);
    }
    if let Some(revoked) = &raw.revoked {
        said("revoked.why", Some(revoked.why.clone()))?;
    }
    let (date, valid_until) = (raw.date, raw.valid_until);
    let before = [("seen", raw.seen), ("since", raw.since)];
    for (key, day) in before.into_iter().filter_map(|(key, day)| Some((key, day?))) {
        ensure!(day <= date, "`{key}` is after `date`; a decision cannot precede what it is based on");
        ensure!(valid_until.is_none_or(|last| day <= last), "`{key}` is after `valid_until`");
    }
    ensure!(raw.revoked.as_ref().is_none_or(|it| it.date >= date), "`revoked.date` is before `date`");
    let (revoked, statement) = (raw.revoked.take(), statement(raw)?);
    Ok(Attestation { file: file.to_owned(), statement, subjects, reviewer, date, valid_until, revoked })
}

fn statement(raw: Raw) -> Result<Statement> {
    let Raw { kind, account, organization, basis, seen, url, by, since, why, .. } = raw;
    if kind != AttestationType::SubmittedBySource {
        let none = [account.is_some(), organization.is_some(), basis.is_some(), seen.is_some()];
        ensure!(
            !none.contains(&true),
            "`account`, `organization`, `basis` and `seen` belong to `kind: submitted_by_source`"
        );
        let since = since.context("`since` is missing: the day of the statement")?;
        let declaration = Declaration { by: said("by", by)?, since, why: said("why", why)?, url: address(url)? };
        return Ok(match kind {
            AttestationType::Withdrawn => Statement::Withdrawn(declaration),
            _ => Statement::Disputed(declaration),
        });
    }
    ensure!(
        by.is_none() && since.is_none() && why.is_none(),
        "`by`, `since` and `why` belong to `kind: withdrawn` and `kind: disputed`"
    );
    let basis =
        basis.context("`basis` is missing: one of account_is_organization, public_member, statement, on_behalf")?;
    ensure!(seen.is_none() || matches!(basis, RawBasis::PublicMember), "`seen` belongs to `basis: public_member`");
    ensure!(
        url.is_none() || matches!(basis, RawBasis::Statement | RawBasis::OnBehalf),
        "`url` belongs to `basis: statement` and `basis: on_behalf`"
    );
    Ok(Statement::SubmittedBySource {
        account: said("account", account)?,
        organization: said("organization", organization)?,
        basis: match basis {
            RawBasis::AccountIsOrganization => Basis::AccountIsOrganization,
            RawBasis::PublicMember => {
                Basis::PublicMember(seen.context("`seen` is missing: the day on which the account was a member")?)
            }
            RawBasis::Statement => Basis::Statement(address(url)?),
            RawBasis::OnBehalf => Basis::OnBehalf(address(url)?),
        },
    })
}

fn subject(raw: RawSubject) -> Result<AttestedBytes> {
    let sha256 = Sha256::from_hex(&raw.sha256)
        .with_context(|| format!("`{}` is not a SHA-256 of 64 hex digits", raw.sha256.escape_debug()))?;
    if let Some(path) = &raw.path {
        ensure!(is_safe_relative(path), "`path` {path:?} leads out of the datastore");
    }
    let results = raw.results.map(|pointers| pointers.iter().map(|it| result(it)).collect::<Result<Vec<u16>>>());
    let results = results.transpose()?;
    ensure!(results.as_ref().is_none_or(|results| !results.is_empty()), "`results` is empty; omit it for all results");
    Ok(AttestedBytes { sha256, path: raw.path, results })
}

/// The place in `/evaluation_results/3`.
fn result(pointer: &str) -> Result<u16> {
    let place = pointer.strip_prefix("/evaluation_results/").and_then(|place| place.parse::<u16>().ok());
    place
        .filter(|place| pointer == format!("/evaluation_results/{place}"))
        .with_context(|| format!("{pointer:?} is not a pointer such as /evaluation_results/0"))
}

fn said(key: &str, text: Option<String>) -> Result<String> {
    let text = text.with_context(|| format!("`{key}` is missing"))?;
    ensure!(!text.trim().is_empty() && text.trim() == text, "`{key}` is empty or has spaces around it");
    Ok(text)
}

fn address(url: Option<String>) -> Result<String> {
    let url = said("url", url)?;
    ensure!(is_web_address(&url), "`url` is not a web address");
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "kind: submitted_by_source\naccount: acme\norganization: acme\nbasis: public_member\n\
        seen: 2026-05-01\nrecords: [{sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]\n\
        reviewer: '@r'\ndate: 2026-05-02\n";

    #[track_caller]
    fn wrong(from: &str, to: &str, reason: &str) {
        assert!(GOOD.contains(from), "{from}");
        let said = parse("a.yaml", &GOOD.replace(from, to)).unwrap_err().to_string();
        assert!(said.starts_with("a.yaml: ") && said.contains(reason), "{said}");
    }

    #[test]
    fn what_is_not_exactly_an_attestation_is_none() {
        assert!(parse("a.yaml", GOOD).is_ok());
        wrong("reviewer", "verified: true\nreviewer", "unknown field `verified`");
        wrong("account: acme", "account: acme\naccount: other", "duplicate");
        wrong("reviewer: '@r'\n", "", "missing field `reviewer`");
        wrong("'@r'", "''", "`reviewer` is empty");
        wrong("date: 2026-05-02\n", "", "missing field `date`");
        wrong("seen: 2026-05-01\n", "", "`seen` is missing");
        wrong("public_member", "everything_from_now_on", "unknown variant");
        wrong("public_member", "statement", "`seen` belongs");
        wrong("sha256: aaaaaaaa", "sha256: zzaaaaaa", "is not a SHA-256");
        wrong("aaaa}]", "aaaa, results: ['/evaluation_results/*']}]", "is not a pointer");
        wrong("aaaa}]", "aaaa, results: ['/evaluation_results/01']}]", "is not a pointer");
        wrong("aaaa}]", "aaaa, path: ../x}]", "leads out of the datastore");
        wrong("account: acme", "account: ' acme'", "spaces around");
        wrong("submitted_by_source", "withdrawn", "belong to");
        wrong("'@r'", "~", "`reviewer`: is empty");
        wrong("'@r'", "7", "`reviewer`");
        wrong("'@r'", "!person '@r'", "`reviewer`: has the tag !person");
        wrong("kind: ", "--- !attestation\nkind: ", "has the tag !attestation");
        wrong("{sha256", "!record {sha256", "`records`: has the tag !record");
        wrong("date: 2026-05-02", "date: 2026-05-02\nvalid_until: 2026-04-30", "`seen` is after `valid_until`");
        wrong("seen: 2026-05-01", "seen: 2026-05-03", "`seen` is after `date`");
        wrong("date: 2026-05-02", "date: 2026-05-02\nrevoked: {date: 2026-05-01, why: x}", "`revoked.date` is before");
    }
}
