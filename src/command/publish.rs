//! `evalcards publish`: report, ask, and only then send; with `--status`, report the state of what was sent.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use anyhow::{Context, Result, bail};
use evalcards::Progress;
use evalcards::diagnostic::printable;
use evalcards::hub::{Account, Hub};
use evalcards::publish::{Publishing, Review, SubmitReport, TextStyle, checked_title, follow};
use evalcards::words::counted;
use serde_json::json;

use super::connect;
use crate::cli::{Common, PublishArgs};
use crate::progress::{Silent, TerminalProgress};

/// Rows of one kind that a terminal shows, unless all are asked for.
const ROWS: usize = 20;

/// Runs `evalcards publish`.
pub fn run(arguments: PublishArgs, common: &Common) -> Result<ExitCode> {
    if arguments.status {
        return status(&arguments, common);
    }
    let message = arguments.message.as_deref().map(checked_title).transpose().context("--message")?;
    let publishing = Publishing::open(arguments.options(common))?;
    let bar = Arc::new(TerminalProgress::new());
    let hub = connect(&bar, common)?;
    let account = account(&hub, arguments.dry_run)?;
    if publishing.torn_lines() > 0 && !common.quiet {
        let lines = counted(publishing.torn_lines(), "line", "lines");
        eprintln!(
            "warning: {lines} of the journal are truncated, by a kill or a full disk; the Hub is queried instead"
        );
    }
    let interrupt = Interrupt::listen()?;
    let progress: &dyn Progress = if common.quiet || common.json { &Silent } else { &*bar };
    let review = publishing.audit(&hub, account.as_ref(), progress);
    bar.finish();
    let review = review?;
    publishing.write(&review)?;
    let session = PublishSession { publishing: &publishing, review: &review, common };
    session.report()?;

    let confirmed = match &account {
        Some(account) if !arguments.dry_run && review.reasons_against().is_empty() => {
            interrupt.enter(Phase::Asking);
            session.confirm(account, message.or_else(|| publishing.resumed_title()))?.map(|title| (account, title))
        }
        _ => {
            session.say("Nothing was sent.");
            None
        }
    };
    let Some((account, title)) = confirmed else {
        session.json(None)?;
        if review.is_unaudited() {
            // No error of the program, which would print a second document: the report is there.
            eprintln!(
                "error: nothing was audited: no model could be looked up on {}\n  help: read the causes in the report; check the connection and HF_ENDPOINT, then run it again",
                printable(&review.endpoint)
            );
            return Ok(ExitCode::FAILURE);
        }
        return Ok(ExitCode::SUCCESS);
    };
    interrupt.enter(Phase::Sending);
    let submission = publishing.submit(&hub, &review, account, &title, progress, &interrupt.stop);
    bar.finish();
    let submission = submission?;
    session.print_outcome(&submission)?;
    session.json(Some(&submission))?;
    Ok(if submission.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs `evalcards publish --status`.
fn status(arguments: &PublishArgs, common: &Common) -> Result<ExitCode> {
    let bar = Arc::new(TerminalProgress::new());
    let hub = connect(&bar, common)?;
    let progress: &dyn Progress = if common.quiet || common.json { &Silent } else { &*bar };
    let found = follow(&hub, &arguments.follow_options(common), progress);
    bar.finish();
    let found = found?;
    let mut out = io::stdout();
    match common.json {
        true => {
            let document = json!({ "command": "publish", "ok": found.is_fine(), "status": found });
            writeln!(out, "{document:#}")?;
        }
        false if common.quiet => {}
        false => {
            let color = common.color.is_on_if(out.is_terminal());
            out.write_all(TextStyle { rows: usize::MAX, color }.follow_up(&found).as_bytes())?;
        }
    }
    Ok(if found.is_fine() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whose token it is; one that cannot write is refused before anything else is asked.
fn account(hub: &Hub, dry_run: bool) -> Result<Option<Account>> {
    if !hub.has_token() {
        match dry_run {
            true => return Ok(None),
            false => bail!(
                "a token is needed to open pull requests\n  help: set HF_TOKEN to a token with write access, or audit only with --dry-run"
            ),
        }
    }
    let account = hub.whoami()?;
    if !account.can_write && !dry_run {
        bail!(
            "the token of {} is read-only: it cannot open pull requests\n  help: use a token with write access, or audit only with --dry-run",
            printable(&account.name)
        );
    }
    Ok(Some(account))
}

struct PublishSession<'a> {
    publishing: &'a Publishing,
    review: &'a Review<'a>,
    common: &'a Common,
}

impl PublishSession<'_> {
    /// Shows the review: on standard output, or beside the JSON on standard error.
    fn report(&self) -> Result<()> {
        if self.common.quiet {
            return Ok(());
        }
        let rows = if self.common.verbose { usize::MAX } else { ROWS };
        let text = TextStyle { rows, color: self.color() }.review(self.review);
        self.print(&text)?;
        let files = format!(
            "All of it: {}, {}",
            self.publishing.review_text().display(),
            self.publishing.review_json().display()
        );
        self.print(&format!("{files}\n"))
    }

    fn color(&self) -> bool {
        let is_terminal = if self.common.json { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
        self.common.color.is_on_if(is_terminal)
    }

    fn print(&self, text: &str) -> Result<()> {
        match self.common.json {
            true => io::stderr().write_all(text.as_bytes())?,
            false => io::stdout().write_all(text.as_bytes())?,
        }
        Ok(())
    }

    fn say(&self, text: &str) {
        if !self.common.quiet {
            eprintln!("{text}");
        }
    }

    /// Asks the person; the title of the pull requests if they want them.
    fn confirm(&self, account: &Account, default: Option<String>) -> Result<Option<String>> {
        let sees = io::stderr().is_terminal() && (self.common.json || io::stdout().is_terminal()) && !self.common.quiet;
        if !io::stdin().is_terminal() || !sees {
            self.say("Nothing was sent: a person must confirm the report on a terminal.");
            return Ok(None);
        }
        let pulls = counted(self.review.proposals().count(), "pull request", "pull requests");
        let results = counted(self.review.proposals().map(|it| it.entries.len()).sum(), "result", "results");
        let (name, endpoint) = (printable(&account.name), &self.review.endpoint);
        eprintln!("\nThis opens {pulls} with {results} as {name} on {endpoint}, visible to everyone.");
        // What was typed before the question was no answer to it.
        #[cfg(unix)]
        rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush)
            .context("cannot prompt on this terminal")?;
        eprint!("Type OPEN PRS to continue, anything else to cancel: ");
        if answer()?.as_deref() != Some("OPEN PRS") {
            self.say("Nothing was sent.");
            return Ok(None);
        }
        match &default {
            Some(title) => eprint!("Commit message, the title of each pull request [{}]: ", printable(title)),
            None => eprint!("Commit message, the title of each pull request: "),
        }
        let Some(typed) = answer()? else {
            self.say("Nothing was sent.");
            return Ok(None);
        };
        let title = match (typed.trim().is_empty(), default) {
            (true, Some(default)) => Ok(default),
            _ => checked_title(&typed),
        };
        match title {
            Ok(title) => Ok(Some(title)),
            Err(err) => {
                self.say(&format!("Nothing was sent: {err}."));
                Ok(None)
            }
        }
    }

    fn print_outcome(&self, submission: &SubmitReport) -> Result<()> {
        if !self.common.quiet {
            self.print(&TextStyle { rows: usize::MAX, color: self.color() }.submission(submission))?;
        }
        if !submission.is_complete() {
            self.say("Run `evalcards publish --resume` to continue; no pull request is opened twice.");
        }
        Ok(())
    }

    fn json(&self, submission: Option<&SubmitReport>) -> Result<()> {
        if self.common.json {
            let ok = submission.map_or(!self.review.is_unaudited(), SubmitReport::is_complete);
            let outcomes = submission.map(|submission| {
                let models = submission.models.iter();
                let rows = models.map(|(model, outcome)| json!({ "model_repo": model, "result": outcome }));
                rows.collect::<Vec<_>>()
            });
            let document = json!({ "command": "publish", "ok": ok, "review": self.review, "submission": outcomes });
            writeln!(io::stdout(), "{document:#}")?;
        }
        Ok(())
    }
}

/// A line as it was typed, without its end; `None` at the end of input.
fn answer() -> Result<Option<String>> {
    io::stderr().flush()?;
    let mut line = String::new();
    match io::stdin().read_line(&mut line) {
        Ok(0) => {
            eprintln!();
            Ok(None)
        }
        Ok(_) => Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned())),
        // Something that is no text is no confirmation.
        Err(err) if err.kind() == io::ErrorKind::InvalidData => Ok(None),
        Err(err) => Err(err).context("cannot read the answer"),
    }
}

/// How far a run is, which decides what Ctrl-C means.
#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Auditing,
    Asking,
    Sending,
}

/// Ctrl-C: before anything is sent it ends the run and says that nothing was; after that, the
/// request under way is brought to its end first.
struct Interrupt {
    phase: Arc<AtomicU8>,
    stop: Arc<AtomicBool>,
}

impl Interrupt {
    fn listen() -> Result<Interrupt> {
        let phase = Arc::new(AtomicU8::new(Phase::Auditing as u8));
        let stop = Arc::new(AtomicBool::new(false));
        let (phase_of, stop_of) = (Arc::clone(&phase), Arc::clone(&stop));
        let handle = move || {
            let phase = phase_of.load(Ordering::SeqCst);
            if phase == Phase::Sending as u8 && !stop_of.swap(true, Ordering::SeqCst) {
                eprintln!("\nStopping after the current request; press Ctrl-C again to stop at once.");
            } else if phase == Phase::Sending as u8 {
                std::process::exit(130);
            } else {
                eprintln!("\nNothing was sent.");
                std::process::exit(if phase == Phase::Asking as u8 { 0 } else { 130 });
            }
        };
        ctrlc::set_handler(handle).context("cannot listen for Ctrl-C")?;
        Ok(Interrupt { phase, stop })
    }

    fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::SeqCst);
    }
}
