//! The *commands*: for each, what was typed becomes work, and the work becomes words.

pub mod build;
pub mod fetch;
pub mod publish;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use evalcards::diagnostic::printable;
use evalcards::hub::{Hub, Settings};

use crate::cli::Common;
use crate::progress::Bar;

/// A client for the Hub of the environment; longer pauses are told beside the bar.
fn connect(bar: &Arc<Bar>, common: &Common) -> Result<Hub> {
    let settings = Settings::from(|name| std::env::var(name).ok())?;
    let (bar, verbose, quiet) = (Arc::clone(bar), common.verbose, common.quiet);
    let told = move |text: &str, pause: Duration| {
        if !quiet && (verbose || pause > Duration::from_secs(3)) {
            bar.say(&printable(text));
        }
    };
    Ok(Hub::connect(settings, told)?)
}
