//! `evalcards serve`.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use evalcards::diagnostic::printable;
use evalcards::serve::{self, ServeNotice};

use crate::cli::{Common, ServeArgs};

/// Runs `evalcards serve`, until somebody ends it.
pub fn run(serve: ServeArgs, common: &Common) -> Result<ExitCode> {
    serve.sources.start_threads()?;
    serve::serve(&serve.options(common), |news| print_notice(&news, common))?;
    Ok(ExitCode::SUCCESS)
}

fn print_notice(news: &ServeNotice, common: &Common) {
    let is_on = common.color.is_on();
    let label = |colour: &str, label: &str| match is_on {
        true => format!("\x1b[{colour}m{label}\x1b[0m"),
        false => label.to_owned(),
    };
    match news {
        ServeNotice::Serving(address, took) => {
            let url = format!("http://{address}/");
            if common.json {
                let document = serde_json::json!({ "command": "serve", "ok": true, "address": url });
                // Whoever closed standard output does not want to know.
                let _ = writeln!(io::stdout(), "{document:#}").and_then(|()| io::stdout().flush());
            }
            if !common.quiet {
                eprintln!("Serving the site at {url} after {}; stop with Ctrl-C", in_words(*took));
                if !address.ip().is_loopback() {
                    eprintln!("{}: other machines on your network can read it", label("33", "warning"));
                }
            }
        }
        ServeNotice::Rebuilt(took) if !common.quiet => eprintln!("Rebuilt in {}", in_words(*took)),
        ServeNotice::Mended if !common.quiet => eprintln!("Fixed; the site is unchanged"),
        ServeNotice::Rebuilt(_) | ServeNotice::Mended => {}
        ServeNotice::Failed(text) => {
            let text: Vec<String> = text.lines().map(printable).collect();
            eprintln!("{}: {}\nThe last good site stays.", label("31;1", "error"), text.join("\n"));
        }
        ServeNotice::Found(findings) => super::print_diagnostics(findings, common),
        ServeNotice::NotWatched(problem) => {
            eprintln!("{}: changes in {} will not be noticed", label("33", "warning"), printable(problem));
        }
    }
}

fn in_words(duration: Duration) -> String {
    match duration.as_millis() {
        millis @ ..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}
