//! `evalcards completions` and `evalcards man`: the command line, for shells and for `man`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::Cli;

/// Runs `evalcards completions`.
pub fn completions(shell: Shell) -> Result<ExitCode> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "evalcards", &mut text);
    io::stdout().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs `evalcards man`: one page, with a section for each command.
pub fn page() -> Result<ExitCode> {
    let mut command = Cli::command();
    command.build();
    let mut text = Vec::new();
    let page = Man::new(command.clone());
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    writeln!(text, ".SH SYNOPSIS\n\\fBevalcards\\fR [\\fIOPTIONS\\fR] \\fICOMMAND\\fR")?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        text.extend(section(subcommand)?);
    }
    writeln!(text, ".SH EXIT STATUS\n0 done, 1 the work failed, 2 wrong usage")?;
    page.render_version_section(&mut text)?;
    io::stdout().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The section of a command: what its own page would say, without the options of all commands.
fn section(subcommand: &clap::Command) -> Result<Vec<u8>> {
    let own = subcommand.clone().mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg });
    let own = own.disable_help_flag(true).disable_version_flag(true);
    let page = Man::new(own);
    let mut text = Vec::new();
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    page.render_extra_section(&mut text)?;
    let text = String::from_utf8(text)?.replace(".SH EXTRA\n", ".SH NOTES\n").replace(".SH ", ".SS ");
    let title = format!(".SH EVALCARDS {}\n", subcommand.get_name().to_uppercase());
    Ok([title.into_bytes(), text.into_bytes()].concat())
}
