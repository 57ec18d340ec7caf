//! The *commands*: each turns arguments into work, and its result into messages.

pub mod build;
pub mod check;
pub mod fetch;
pub mod init;
pub mod manual;
pub mod publish;
pub mod serve;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use evalcards::diagnostic::{Diagnostic, Severity, printable};
use evalcards::hub::{Hub, Settings};

use crate::cli::Common;
use crate::progress::TerminalProgress;

/// A client for the Hub of the environment; longer pauses are told beside the bar.
fn connect(bar: &Arc<TerminalProgress>, common: &Common) -> Result<Hub> {
    let settings = Settings::from(|name| std::env::var(name).ok())?;
    Ok(Hub::connect(settings, tell_pauses(bar, common))?)
}

/// Tells of longer pauses beside the bar.
fn tell_pauses(bar: &Arc<TerminalProgress>, common: &Common) -> impl Fn(&str, Duration) + Send + Sync + 'static {
    let (bar, verbose, quiet) = (Arc::clone(bar), common.verbose, common.quiet);
    move |text, pause| {
        if !quiet && (verbose || pause > Duration::from_secs(3)) {
            bar.say(&printable(text));
        }
    }
}

/// Findings beyond these are only counted, unless all are asked for.
const SHOWN: usize = 10;

/// Findings on standard error; only errors if it should be quiet.
fn print_diagnostics(diagnostics: &[Diagnostic], common: &Common) {
    let wanted = |diagnostic: &&Diagnostic| !common.quiet || diagnostic.severity == Severity::Error;
    let mut wanted: Vec<&Diagnostic> = diagnostics.iter().filter(wanted).collect();
    // Errors first: warnings may be too many to be shown.
    wanted.sort_by_key(|diagnostic| diagnostic.severity);
    let shown = if common.verbose { wanted.len() } else { SHOWN };
    wanted.iter().take(shown).for_each(|diagnostic| print_diagnostic(diagnostic, common));
    if wanted.len() > shown {
        eprintln!("… and {} more; see them all with --verbose", wanted.len() - shown);
    }
}

/// One finding on standard error.
fn print_diagnostic(diagnostic: &Diagnostic, common: &Common) {
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
