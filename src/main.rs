//! The program: parse what was typed, do it, tell what happened.

mod cli;
mod progress;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use cli::{Build, Cli, Command, Common};
use evalcards::config::Config;
use evalcards::diagnostic::{Diagnostic, Severity, printable};
use evalcards::report::Report;
use progress::{Bar, Silent};

fn main() -> ExitCode {
    let Cli { command, common } = Cli::parse();
    let result = match command {
        Command::Build(build) => run_build(build, &common),
    };
    result.unwrap_or_else(|err| {
        // Whoever reads us has read enough.
        if err.downcast_ref::<io::Error>().is_some_and(|err| err.kind() == io::ErrorKind::BrokenPipe) {
            return ExitCode::SUCCESS;
        }
        let label = if common.color.is_on() { "\x1b[31;1merror\x1b[0m" } else { "error" };
        let chain: Vec<String> = err.chain().map(|cause| cause.to_string()).collect();
        // Help lines of a cause stand on lines of their own; everything else is one line.
        let text: Vec<String> = chain.join(": ").lines().map(printable).collect();
        if common.json {
            let document = serde_json::json!({ "ok": false, "error": text.join("\n") });
            // If this cannot be printed either, the message below is all that is left.
            let _ = writeln!(io::stdout(), "{document:#}");
        }
        eprintln!("{label}: {}", text.join("\n"));
        ExitCode::FAILURE
    })
}

fn run_build(build: Build, common: &Common) -> Result<ExitCode> {
    if let Some(jobs) = build.jobs {
        rayon::ThreadPoolBuilder::new()
            .num_threads(usize::from(jobs))
            .build_global()
            .context("failed to start the threads")?;
    }
    let config = Config::new(build.options(common))?;
    let (report, diagnostics) = if common.quiet || common.json {
        evalcards::build(&config, &Silent)?
    } else {
        let bar = Bar::new();
        let result = evalcards::build(&config, &bar);
        bar.finish();
        result?
    };
    if !common.quiet {
        print_diagnostics(&diagnostics, common);
    }
    let failed = config.strict && (report.faults > 0 || !diagnostics.is_empty());
    if common.json {
        writeln!(io::stdout(), "{}", json(&report, &diagnostics, failed)?)?;
    } else if !common.quiet {
        print_report(&report, &config, common)?;
    }
    if failed {
        eprintln!(
            "error: --strict: {} left out for a fault, {} in metadata",
            evalcards::words::counted(report.faults, "record or result was", "records or results were"),
            evalcards::words::counted(diagnostics.len(), "finding", "findings"),
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn json(report: &Report, diagnostics: &[Diagnostic], failed: bool) -> Result<String> {
    let document = serde_json::json!({ "command": "build", "ok": !failed, "report": report, "findings": diagnostics });
    serde_json::to_string_pretty(&document).context("failed to print the report")
}

/// Findings beyond these are only counted, unless all are asked for.
const SHOWN: usize = 10;

fn print_diagnostics(diagnostics: &[Diagnostic], common: &Common) {
    let shown = if common.verbose { diagnostics.len() } else { SHOWN };
    for diagnostic in diagnostics.iter().take(shown) {
        let text = diagnostic.to_string();
        let colour = match diagnostic.severity {
            Severity::Error => "\x1b[31m",
            Severity::Warning => "\x1b[33m",
        };
        match (common.color.is_on(), text.split_once(':')) {
            (true, Some((label, rest))) => eprintln!("{colour}{label}\x1b[0m:{rest}"),
            _ => eprintln!("{text}"),
        }
    }
    if diagnostics.len() > shown {
        eprintln!("… and {} more; see them all with --verbose", diagnostics.len() - shown);
    }
}

fn print_report(report: &Report, config: &Config, common: &Common) -> io::Result<()> {
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
        writeln!(out, "What is not shown, and why: {}", config.out.join("pages/not-shown.html").display())?;
    }
    out.flush()
}
