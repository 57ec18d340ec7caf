//! `evalcards check`.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use evalcards::check::explain::explain;
use evalcards::check::{self, Checked, name, next};
use evalcards::config::{Config, below};
use evalcards::diagnostic::{Diagnostic, Severity, printable};
use evalcards::words::{count, counted};

use crate::cli::{CheckArgs, Common, Format};
use crate::progress::{Silent, TerminalProgress};

/// Hears of the pauses of the network.
type PauseReporter = Box<dyn Fn(&str, Duration) + Send + Sync>;

/// Runs `evalcards check`.
pub fn run(check: CheckArgs, common: &Common) -> Result<ExitCode> {
    check.sources.start_threads()?;
    let format = match check.format {
        Some(format) => format,
        None if common.json => Format::Json,
        None if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") => Format::Github,
        None => Format::Text,
    };
    if let Some(wanted) = check.explain.clone() {
        let explanation = explain(&Config::new(check.options(common))?, &wanted)?;
        let text = match format {
            Format::Json => {
                let document = serde_json::json!({ "command": "check", "ok": true, "explained": explanation });
                serde_json::to_string_pretty(&document).context("failed to print the explanation")?
            }
            Format::Text | Format::Github => explanation.to_string(),
        };
        writeln!(io::stdout(), "{text}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(model) = check.model.clone() {
        let next = next::next(&Config::new(check.options(common))?, &model)?;
        match format {
            Format::Json => {
                writeln!(io::stdout(), "{:#}", serde_json::json!({ "command": "check", "ok": true, "next": next }))?;
            }
            Format::Text | Format::Github => write!(io::stdout(), "{next}")?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(name) = check.name.clone() {
        let collection = check.collection.clone();
        let named = name::name(&Config::new(check.options(common))?, &name, collection.as_deref())?;
        match format {
            Format::Json => {
                writeln!(io::stdout(), "{:#}", serde_json::json!({ "command": "check", "ok": true, "named": named }))?;
            }
            Format::Text | Format::Github => write!(io::stdout(), "{named}")?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    let (strict, site) = (check.strict, check.site.clone());
    let config = Config::new(check.options(common));
    let work = |progress: &dyn evalcards::Progress, told: PauseReporter| match &site {
        None => check::check(&config?, progress),
        // A copy can be verified anywhere; a project at hand only helps to find records.
        Some(site) => {
            let datastores = config.map(|config| config.datastores).unwrap_or_default();
            let roots: Vec<_> = datastores.into_iter().map(|datastore| datastore.root).collect();
            let place =
                if site.contains("://") { site.clone() } else { below(&common.root, site).display().to_string() };
            check::published(&place, &roots, progress, told)
        }
    };
    let checked = match common.quiet || format != Format::Text {
        true => work(&Silent, Box::new(|_, _| ()))?,
        false => {
            let bar = Arc::new(TerminalProgress::new());
            let checked = work(&*bar, Box::new(super::tell_pauses(&bar, common)));
            bar.finish();
            checked?
        }
    };
    let of = |severity| checked.findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let failed = errors > 0 || (strict && warnings > 0);
    match format {
        Format::Json => {
            let document = serde_json::json!({
                "command": "check", "ok": !failed, "checked": checked, "errors": errors, "warnings": warnings,
            });
            let text = serde_json::to_string_pretty(&document).context("failed to print the findings")?;
            writeln!(io::stdout(), "{text}")?;
        }
        Format::Github => {
            checked.findings.iter().try_for_each(|finding| writeln!(io::stdout(), "{}", annotation(finding)))?
        }
        Format::Text => print_findings(&checked.findings, common),
    }
    if format != Format::Json && !common.quiet {
        let verdict = format!("{}, {}", counted(errors, "error", "errors"), counted(warnings, "warning", "warnings"));
        eprintln!("{}: {verdict}", looked_at(&checked));
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn looked_at(checked: &Checked) -> String {
    let Checked { records, numbers, pages, links, bytes, .. } = checked;
    let numbers = match numbers {
        0 => String::new(),
        numbers => format!("{} verified against ", counted(*numbers, "score", "scores")),
    };
    format!(
        "Checked {numbers}{}, {}, {}, {:.1} MB",
        counted(*records, "record", "records"),
        counted(*pages, "page", "pages"),
        counted(*links, "link", "links"),
        *bytes as f64 / 1e6
    )
}

/// Findings of one kind in one file beyond these are only counted, unless all are asked for.
const SHOWN: usize = 5;

/// Grouped by file, as a compiler does: the file once, then each finding with its place.
fn print_findings(findings: &[Diagnostic], common: &Common) {
    let is_on = common.color.is_on();
    let paint = |colour: &str, text: &str| if is_on { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() };
    for of_file in findings.chunk_by(|a, b| a.file == b.file) {
        if common.quiet && of_file.iter().all(|finding| finding.severity == Severity::Warning) {
            continue;
        }
        eprintln!("{}", paint("1", &printable(&of_file[0].file)));
        let mut codes: Vec<&str> = of_file.iter().map(|finding| &*finding.code).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let of_code: Vec<_> = of_file.iter().filter(|finding| finding.code == code).collect();
            let shown = if common.verbose { of_code.len() } else { SHOWN };
            let mut last_help = None;
            for finding in of_code.iter().take(shown) {
                let label = match finding.severity {
                    Severity::Error => paint("31;1", &format!("error[{code}]")),
                    Severity::Warning => paint("33;1", &format!("warning[{code}]")),
                };
                let place =
                    if finding.place.is_empty() { String::new() } else { format!("{}: ", printable(&finding.place)) };
                eprintln!("  {label}: {place}{}", printable(&finding.message));
                if let Some(help) = finding.help.as_ref().filter(|help| last_help != Some(*help)) {
                    eprintln!("    help: {}", printable(help));
                }
                last_help = finding.help.as_ref();
            }
            if of_code.len() > shown {
                eprintln!("  … and {} more of `{code}`; see them all with --verbose", count(of_code.len() - shown));
            }
        }
        eprintln!();
    }
}

/// A workflow command of GitHub Actions: it shows the finding at its line of a pull request.
fn annotation(finding: &Diagnostic) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let words: Vec<&str> = finding.place.split(' ').collect();
    let place = match words.as_slice() {
        ["line", line, "column", column] => format!(",line={line},col={column}"),
        ["line", line] => format!(",line={line}"),
        _ => String::new(),
    };
    let mut text = match place.is_empty() && !finding.place.is_empty() {
        true => format!("{}: {}", finding.place, finding.message),
        false => finding.message.clone(),
    };
    if let Some(help) = &finding.help {
        text = format!("{text}\nhelp: {help}");
    }
    let file = property(&finding.file);
    format!("::{command} file={file}{place},title={}::{}", property(&finding.code), data(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_cannot_end_early_or_become_another() {
        let finding = Diagnostic {
            file: "content/a,b:c.md".to_owned(),
            place: "line 3 column 5".to_owned(),
            code: "unknown-key".into(),
            severity: Severity::Warning,
            message: "100 % of\n::error::x".to_owned(),
            help: None,
        };
        assert_eq!(
            annotation(&finding),
            "::warning file=content/a%2Cb%3Ac.md,line=3,col=5,title=unknown-key::100 %25 of%0A::error::x"
        );
    }
}
