//! The *commands*: for each, what was typed becomes work, and the work becomes words.

pub mod build;
pub mod check;
pub mod init;
pub mod manual;
pub mod publish;
pub mod serve;

use evalcards::diagnostic::{Diagnostic, Severity};

use crate::cli::Common;

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
