//! The program: parse arguments, run the command, report the outcome.

mod cli;
mod command;
mod progress;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use cli::{Cli, Command};
use evalcards::diagnostic::printable;

fn main() -> ExitCode {
    let Cli { command, common } = Cli::parse();
    let result = match command {
        Command::Init(init) => command::init::run(init, &common),
        Command::Fetch(fetch) => command::fetch::run(fetch, &common),
        Command::Build(build) => command::build::run(build, &common),
        Command::Serve(serve) => command::serve::run(serve, &common),
        Command::Check(check) => command::check::run(check, &common),
        Command::Publish(publish) => command::publish::run(publish, &common),
        Command::Completions(completions) => command::manual::completions(completions.shell),
        Command::Man(cli::ManArgs {}) => command::manual::page(),
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
