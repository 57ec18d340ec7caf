//! `evalcards build`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use evalcards::config::Config;
use evalcards::diagnostic::Diagnostic;
use evalcards::report::BuildReport;

use super::print_diagnostics;
use crate::cli::{BuildArgs, Common};
use crate::progress::{Silent, TerminalProgress};

/// Runs `evalcards build`.
pub fn run(build: BuildArgs, common: &Common) -> Result<ExitCode> {
    build.sources.start_threads()?;
    let config = Config::new(build.options(common))?;
    let (report, diagnostics) = if common.quiet || common.json {
        evalcards::build(&config, &Silent)?
    } else {
        let bar = TerminalProgress::new();
        let result = evalcards::build(&config, &bar);
        bar.finish();
        result?
    };
    print_diagnostics(&diagnostics, common);
    let failed = config.strict && (report.faults > 0 || !diagnostics.is_empty());
    if common.json {
        writeln!(io::stdout(), "{}", json(&report, &diagnostics, failed)?)?;
    } else if !common.quiet {
        print_report(&report, &config, common)?;
    }
    if failed {
        eprintln!(
            "error: --strict: {} left out because of errors, {} in metadata",
            evalcards::words::counted(report.faults, "record or result was", "records or results were"),
            evalcards::words::counted(diagnostics.len(), "finding", "findings"),
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn json(report: &BuildReport, diagnostics: &[Diagnostic], failed: bool) -> Result<String> {
    let document = serde_json::json!({ "command": "build", "ok": !failed, "report": report, "findings": diagnostics });
    serde_json::to_string_pretty(&document).context("failed to print the report")
}

fn print_report(report: &BuildReport, config: &Config, common: &Common) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let index = config.out.join("pages/index.html");
    let verb = if report.up_to_date { "Nothing to do: the site is up to date" } else { "Built the site" };
    writeln!(out, "{verb}")?;
    write!(out, "{report}")?;
    if common.verbose {
        for (stage, seconds) in report.seconds.iter().filter(|(stage, _)| *stage != "total") {
            writeln!(out, "    {stage:<20}{seconds:>7.3}")?;
        }
    }
    writeln!(out, "Open {}", index.display())?;
    if report.faults > 0 {
        writeln!(out, "Not shown, with reasons: {}", config.out.join("pages/not-shown.html").display())?;
    }
    out.flush()
}
