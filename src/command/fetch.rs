//! `evalcards fetch`.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use evalcards::Progress;
use evalcards::diagnostic::printable;
use evalcards::fetch::{self, Catalogue, Report, Summary};
use evalcards::words::counted;
use indicatif::HumanBytes;
use serde_json::json;

use super::connect;
use crate::cli::{Common, Fetch};
use crate::progress::{Bar, Silent};

/// Failures beyond these are only counted, unless all are asked for.
const SHOWN: usize = 10;

/// Runs `evalcards fetch`.
pub fn run(arguments: Fetch, common: &Common) -> Result<ExitCode> {
    let options = arguments.options(common);
    let bar = Arc::new(Bar::new());
    let hub = connect(&bar, common)?;
    let progress: &dyn Progress = if common.quiet || common.json { &Silent } else { &*bar };
    if arguments.list {
        let catalogue = fetch::list(&hub, &options, progress);
        bar.finish();
        print_catalogue(&catalogue?, common)?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = fetch::fetch(&hub, &options, progress);
    bar.finish();
    let report = report?;
    if common.json {
        let document = json!({ "command": "fetch", "ok": report.failures.is_empty(), "report": report });
        writeln!(io::stdout(), "{document:#}")?;
    } else if !common.quiet {
        print_report(&report, &options)?;
    }
    print_failures(&report, common);
    Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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

fn print_report(report: &Report, options: &fetch::Options) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{} at {}", report.repo, report.revision)?;
    for Summary { collection, records, superseded, left_out, .. } in &report.collections {
        write!(out, "  {}: {}", printable(collection), counted(*records, "record", "records"))?;
        if *superseded > 0 {
            write!(out, ", {superseded} superseded and not fetched")?;
        }
        for (reason, count) in left_out {
            write!(out, ", {} left out: {}", counted(*count, "row", "rows"), reason.code())?;
        }
        writeln!(out)?;
    }
    let files = counted(report.fetched, "file", "files");
    write!(out, "{files} fetched ({}), {} there already", HumanBytes(report.bytes), report.kept)?;
    match report.removed {
        0 => writeln!(out)?,
        removed => writeln!(out, ", {removed} no longer in the datastore and removed")?,
    }
    writeln!(out, "In {}", options.to.display())?;
    out.flush()
}

fn print_failures(report: &Report, common: &Common) {
    let shown = if common.verbose { report.failures.len() } else { SHOWN };
    for failure in report.failures.iter().take(shown) {
        eprintln!("error: {}: {}", printable(&failure.path), printable(&failure.why));
    }
    if report.failures.len() > shown {
        eprintln!("… and {} more; see them all with --verbose", report.failures.len() - shown);
    }
    if !report.failures.is_empty() {
        let files = counted(report.failures.len(), "file is", "files are");
        eprintln!(
            "error: {files} not there, the others are; run it again, and if it stays so, tell the datastore's owners"
        );
    }
}
