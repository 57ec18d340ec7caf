//! `evalcards init`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use evalcards::config::below;
use evalcards::init::{self, WORKFLOW};

use crate::cli::{Common, Init};

/// Runs `evalcards init`.
pub fn run(init: Init, common: &Common) -> Result<ExitCode> {
    let root = init.dir.map_or_else(|| common.root.clone(), |dir| below(&common.root, dir));
    let project = init::init(&root)?;
    let mut out = io::stdout().lock();
    if common.json {
        let document = serde_json::json!({
            "command": "init", "ok": true, "root": root, "written": project.written, "kept": project.kept,
        });
        writeln!(out, "{document:#}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if common.quiet {
        return Ok(ExitCode::SUCCESS);
    }
    for path in &project.written {
        writeln!(out, "wrote  {}", below(&root, path).display())?;
    }
    for path in &project.kept {
        writeln!(out, "kept   {}, which already exists", below(&root, path).display())?;
    }
    let go_there = match root.as_os_str().to_str() {
        Some(".") => String::new(),
        _ => format!("  cd {}\n", root.display()),
    };
    write!(
        out,
        "\nNext:\n{go_there}  evalcards serve    shows the site and reloads it on changes\n  \
         evalcards check    reports what is wrong and where\n  \
         evalcards build    writes the site to site/pages/\n\n\
         Put records into content/datastore/, or download some: `evalcards fetch --list` lists the collections.\n"
    )?;
    if !project.knows_source && project.written.contains(&WORKFLOW) {
        let workflow = below(&root, WORKFLOW);
        writeln!(
            out,
            "Before you push it to GitHub, say in {} where the program comes from (EVALCARDS).",
            workflow.display()
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
