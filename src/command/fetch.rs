//! `evalcards fetch`.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use evalcards::Progress;
use evalcards::config::below;
use evalcards::diagnostic::{Diagnostic, printable};
use evalcards::fetch::benchmarks::{self, BenchmarksReport};
use evalcards::fetch::evidence::{self, EvidenceReport};
use evalcards::fetch::models::{self, ModelsReport};
use evalcards::fetch::official::{Changed, DraftState, New, Official};
use evalcards::fetch::verify::{self, FactDifference, VerifyReport};
use evalcards::fetch::{self, Catalogue, FailedRequest, FetchReport, Run, Summary};
use evalcards::hub::Hub;
use evalcards::words::counted;
use indicatif::HumanBytes;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;

use super::connect;
use crate::cli::{Common, FetchArgs};
use crate::progress::{Silent, TerminalProgress};

/// Failures beyond these are only counted, unless all are asked for.
const SHOWN: usize = 10;

/// Runs `evalcards fetch`.
pub fn run(arguments: FetchArgs, common: &Common) -> Result<ExitCode> {
    let options = arguments.options(common);
    let bar = Arc::new(TerminalProgress::new());
    let hub = connect(&bar, common)?;
    let progress: &dyn Progress = if common.quiet || common.json { &Silent } else { &*bar };
    if arguments.list {
        let catalogue = fetch::list(&hub, &options, progress);
        bar.finish();
        print_catalogue(&catalogue?, common)?;
        return Ok(ExitCode::SUCCESS);
    }
    let session = FetchSession { arguments: &arguments, common, options: &options, hub: &hub, bar: &bar, progress };
    let done = Done {
        collections: if arguments.asks_for_collections() { Some(session.collections()?) } else { None },
        facts: if arguments.asks_for_facts() { session.facts()? } else { FactReports::default() },
    };
    let failures = done.failures();
    let differs = done.facts.verified.as_ref().is_some_and(|it| !it.differences.is_empty() || !it.findings.is_empty());
    if common.json {
        let document = json!({ "command": "fetch", "ok": failures.is_empty() && !differs, "report": done.collections, "facts": done.facts });
        writeln!(io::stdout(), "{document:#}")?;
    }
    print_failures(&failures, common);
    Ok(if failures.is_empty() && !differs { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A run, part by part.
struct FetchSession<'a> {
    arguments: &'a FetchArgs,
    common: &'a Common,
    options: &'a fetch::FetchOptions,
    hub: &'a Hub,
    bar: &'a TerminalProgress,
    progress: &'a dyn Progress,
}

/// What a run brought.
struct Done {
    collections: Option<FetchReport>,
    facts: FactReports,
}

/// What the Hub said besides records.
#[derive(Default, Serialize)]
struct FactReports {
    models: Option<ModelsReport>,
    benchmarks: Option<BenchmarksReport>,
    evidence: Option<EvidenceReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified: Option<VerifyReport>,
}

impl FetchSession<'_> {
    fn collections(&self) -> Result<FetchReport> {
        let report = fetch::fetch(self.hub, self.options, self.progress);
        self.bar.finish();
        let report = report?;
        if self.speaks() {
            print_report(&report, self.options)?;
        }
        Ok(report)
    }

    fn facts(&self) -> Result<FactReports> {
        let folder = below(&self.common.root, "content/hub");
        let _held = fetch::hold(&folder)?;
        let run = Run {
            hub: self.hub,
            folder: &folder,
            max_age: SignedDuration::from_hours(24 * i64::from(self.arguments.max_age)),
            force: self.arguments.force,
            jobs: self.options.jobs,
            now: now()?,
            progress: self.progress,
        };
        let needs_models = self.arguments.models || self.arguments.evidence;
        let models = if needs_models { fetch::models_of(self.arguments.reading(self.common))? } else { Vec::new() };
        let mut facts = FactReports::default();
        if self.arguments.models {
            facts.models = Some(self.part(models::fetch(&run, &models))?);
        }
        if self.arguments.benchmarks {
            let benchmarks = fetch::benchmarks_of(&below(&self.common.root, "content"))?;
            facts.benchmarks = Some(self.part(benchmarks::fetch(&run, &benchmarks))?);
        }
        if self.arguments.evidence {
            let lock = fetch::read_lock(self.options)?.context(
                "--evidence: there is no lock file, so the origin of the records is unknown\n  help: fetch the collections first",
            )?;
            match self.arguments.verify {
                true => facts.verified = Some(self.part(verify::verify(&run, &self.options.to, &lock, &models))?),
                false => facts.evidence = Some(self.part(evidence::fetch(&run, &self.options.to, &lock, &models))?),
            }
        }
        if self.speaks() {
            print_facts(&facts, &folder)?;
        }
        print_findings(&facts, self.common);
        Ok(facts)
    }

    /// A part that came to its end, well or not.
    fn part<T>(&self, result: Result<T>) -> Result<T> {
        self.bar.finish();
        result
    }

    fn speaks(&self) -> bool {
        !self.common.quiet && !self.common.json
    }
}

/// The present, to the second.
fn now() -> Result<Timestamp> {
    Ok(Timestamp::from_second(Timestamp::now().as_second())?)
}

impl Done {
    fn failures(&self) -> Vec<&FailedRequest> {
        let FactReports { models, benchmarks, evidence, verified } = &self.facts;
        let lists = [
            self.collections.as_ref().map(|it| &it.failures),
            models.as_ref().map(|it| &it.failures),
            benchmarks.as_ref().map(|it| &it.failures),
            evidence.as_ref().map(|it| &it.submissions.failures),
            evidence.as_ref().map(|it| &it.accounts.failures),
            evidence.as_ref().map(|it| &it.posted.failures),
            verified.as_ref().map(|it| &it.failures),
        ];
        lists.into_iter().flatten().flatten().collect()
    }
}

fn print_facts(facts: &FactReports, folder: &Path) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if let Some(ModelsReport { found, unknown, fresh, no_hub_id, not_asked, .. }) = &facts.models {
        write!(out, "Models: {found} found, {unknown} not on the Hub, {fresh} already known")?;
        writeln!(out, ", {no_hub_id} without a valid Hub id{}", left(*not_asked))?;
    }
    if let Some(BenchmarksReport { read, without, not_asked, findings, official, .. }) = &facts.benchmarks {
        write!(out, "Benchmarks: {read} eval.yaml read, {without} datasets without one")?;
        let differences = counted(findings.len(), "difference", "differences");
        writeln!(out, ", {differences} from the built-in list{}", left(*not_asked))?;
        if let Some(official) = official {
            print_official(official, folder, &mut out)?;
        }
    }
    if let Some(EvidenceReport { submissions, accounts, posted }) = &facts.evidence {
        write!(out, "Submissions: {} traced, {} already known", submissions.traced, submissions.known)?;
        writeln!(out, ", {} not in the history{}", submissions.untraced, left(submissions.not_asked))?;
        write!(out, "Accounts: {} found, {} not shown by the Hub", accounts.found, accounts.unknown)?;
        writeln!(out, ", {} already known{}", accounts.fresh, left(accounts.not_asked))?;
        write!(out, "Posted results: {}, of which {} verified by the Hub", posted.results, posted.verified)?;
        writeln!(out, "{}", left(posted.not_asked))?;
    }
    if let Some(report) = &facts.verified {
        print_verified(report, folder, &mut out)?;
    } else {
        writeln!(out, "In {}", folder.display())?;
    }
    out.flush()
}

fn print_official(official: &Official, folder: &Path, out: &mut impl Write) -> io::Result<()> {
    let Official { listed, new, gone, changed } = official;
    write!(out, "Official benchmarks: {listed} on the Hub")?;
    writeln!(out, "; {} new, {} gone, {} changed", new.len(), gone.len(), changed.len())?;
    let new_rows = new.iter().map(|New { dataset, tasks, draft }| {
        let draft = draft.as_ref().map(|draft| (folder.join(&draft.file).display().to_string(), draft.state));
        let said = match (draft, tasks.len()) {
            (Some((file, DraftState::Written)), n) => format!("{}; draft written: {file}", counted(n, "task", "tasks")),
            (Some((file, DraftState::Kept)), n) => format!("{}; draft kept: {file}", counted(n, "task", "tasks")),
            (Some((file, DraftState::Outdated)), _) => {
                format!("its tasks changed since the draft; delete {file} to get a new one")
            }
            (None, 0) => "no public eval.yaml, so no draft".to_owned(),
            (None, n) => format!("{}; no draft, see the warning", counted(n, "task", "tasks")),
        };
        ("new", dataset, said)
    });
    let gone_rows = gone.iter().map(|dataset| ("gone", dataset, "the Hub does not mark it official".to_owned()));
    let changed_rows = changed.iter().map(|Changed { dataset, differences }| {
        ("changed", dataset, differences.iter().map(|code| code.code()).collect::<Vec<_>>().join(", "))
    });
    let rows: Vec<_> = new_rows.chain(gone_rows).chain(changed_rows).collect();
    let width = rows.iter().map(|(_, dataset, _)| printable(dataset).chars().count()).max().unwrap_or(0);
    for (state, dataset, said) in rows {
        writeln!(out, "  {state:<7}  {:<width$}  {}", printable(dataset), printable(&said))?;
    }
    if new.iter().any(|it| it.draft.is_some()) {
        writeln!(out, "help: a build reads no draft; correct it, then move it to content/benchmarks/")?;
    }
    Ok(())
}

fn print_verified(report: &VerifyReport, folder: &Path, out: &mut impl Write) -> io::Result<()> {
    let VerifyReport { same, differences, not_asked, .. } = report;
    for FactDifference { file, disk, hub } in differences {
        let place = folder.join(file).display().to_string();
        writeln!(out, "error[not-said]: {}: not confirmed by the Hub", printable(&place))?;
        writeln!(out, "  here: {}", printable(&disk.to_string()))?;
        let said = hub.as_ref().map_or("nothing".to_owned(), ToString::to_string);
        writeln!(out, "  Hub:  {}", printable(&said))?;
    }
    write!(out, "Evidence: {} confirmed by the Hub", counted(*same, "fact is", "facts are"))?;
    writeln!(out, ", {} different, {not_asked} not checked", differences.len())?;
    if !differences.is_empty() {
        writeln!(
            out,
            "help: the lines were edited, or the Hub has changed; run `evalcards fetch --evidence --force` to fetch the current facts"
        )?;
    }
    Ok(())
}

fn left(not_asked: usize) -> String {
    if not_asked == 0 { String::new() } else { format!("; {not_asked} not fetched, run it again to resume") }
}

fn print_findings(facts: &FactReports, common: &Common) {
    let findings = facts.benchmarks.iter().flat_map(|it| &it.findings);
    let findings: Vec<&Diagnostic> = findings
        .chain(facts.evidence.iter().flat_map(|it| &it.submissions.findings))
        .chain(facts.verified.iter().flat_map(|it| &it.findings))
        .collect();
    if !common.quiet && !common.json {
        findings.iter().for_each(|finding| eprintln!("{finding}"));
    }
}

fn print_catalogue(catalogue: &Catalogue, common: &Common) -> Result<()> {
    if common.json {
        writeln!(io::stdout(), "{:#}", json!({ "command": "fetch", "ok": true, "catalogue": catalogue }))?;
        return Ok(());
    }
    let mut out = io::stdout().lock();
    let width = catalogue.collections.iter().map(|it| printable(&it.collection).chars().count()).max();
    let width = width.unwrap_or(0).max("collection".len());
    writeln!(out, "{:<width$}  {:>7}  {:>10}  {:>10}", "collection", "records", "size", "samples")?;
    for Summary { collection, records, bytes, samples, samples_bytes, .. } in &catalogue.collections {
        let samples = if *samples == 0 { String::new() } else { HumanBytes(*samples_bytes).to_string() };
        let size = HumanBytes(*bytes).to_string();
        writeln!(out, "{:<width$}  {records:>7}  {size:>10}  {samples:>10}", printable(collection))?;
    }
    let all = counted(catalogue.collections.len(), "collection", "collections");
    let records = counted(catalogue.collections.iter().map(|it| it.records).sum(), "record", "records");
    let bytes = HumanBytes(catalogue.collections.iter().map(|it| it.bytes).sum());
    writeln!(out, "{all}, {records}, {bytes} in {} at {}", catalogue.repo, catalogue.revision)?;
    Ok(())
}

fn print_report(report: &FetchReport, options: &fetch::FetchOptions) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{} at {}", report.repo, report.revision)?;
    for Summary { collection, records, superseded, left_out, retired, .. } in &report.collections {
        write!(out, "  {}: {}", printable(collection), counted(*records, "record", "records"))?;
        if *retired {
            write!(out, ", retired: the datastore has dropped this collection but keeps its records")?;
        }
        if *superseded > 0 {
            write!(out, ", {superseded} superseded and not fetched")?;
        }
        for (reason, count) in left_out {
            write!(out, ", {} left out: {}", counted(*count, "row", "rows"), reason.code())?;
        }
        writeln!(out)?;
    }
    let files = counted(report.fetched, "file", "files");
    write!(out, "{files} fetched ({}), {} already there", HumanBytes(report.bytes), report.kept)?;
    match report.removed {
        0 => writeln!(out)?,
        removed => writeln!(out, ", {removed} no longer in the datastore and removed")?,
    }
    writeln!(out, "In {}", options.to.display())?;
    out.flush()
}

fn print_failures(failures: &[&FailedRequest], common: &Common) {
    let shown = if common.verbose { failures.len() } else { SHOWN };
    for failure in failures.iter().take(shown) {
        eprintln!("error: {}: {}", printable(&failure.what), printable(&failure.said));
    }
    if failures.len() > shown {
        eprintln!("… and {} more; see them all with --verbose", failures.len() - shown);
    }
    if !failures.is_empty() {
        let things = counted(failures.len(), "thing", "things");
        eprintln!(
            "error: {things} could not be fetched, the rest is there; run it again, and report it to the owners if it fails again"
        );
    }
}
