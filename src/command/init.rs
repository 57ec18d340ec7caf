//! `evalcards init`.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use evalcards::config::below;
use evalcards::init::{self, WORKFLOW};
use evalcards::words::counted;

use crate::cli::{Common, InitArgs};

/// Runs `evalcards init`.
pub fn run(init: InitArgs, common: &Common) -> Result<ExitCode> {
    let root = init.dir.map_or_else(|| common.root.clone(), |dir| below(&common.root, dir));
    let options = init::InitOptions {
        benchmark: init.benchmark,
        scores: init.scores.map(|file| below(&common.root, file)),
        now: now()?,
    };
    let project = init::init(&root, &options)?;
    let mut out = io::stdout().lock();
    if common.json {
        let document = serde_json::json!({
            "command": "init", "ok": true, "root": root, "written": project.written, "kept": project.kept,
            "records": project.records, "lacking_columns": project.lacking,
        });
        writeln!(out, "{document:#}")?;
        return Ok(ExitCode::SUCCESS);
    }
    if common.quiet {
        return Ok(ExitCode::SUCCESS);
    }
    // Of a long table each record has a file.
    let is_record = |path: &&String| project.records > 0 && path.starts_with("content/datastore/");
    for path in project.written.iter().filter(|path| !is_record(path)) {
        writeln!(out, "wrote  {}", below(&root, path).display())?;
    }
    if project.records > 0 {
        let n = counted(project.records, "record", "records");
        writeln!(out, "wrote  {n} below {}", below(&root, "content/datastore/").display())?;
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
         evalcards build    writes the site to site/pages/\n\n"
    )?;
    match &options.benchmark {
        None => writeln!(
            out,
            "Put records into content/datastore/data/COLLECTION/DEVELOPER/MODEL/, or download some: `evalcards fetch --list` lists the collections."
        )?,
        Some(_) if project.records == 0 => writeln!(
            out,
            "Put records of the benchmark into content/datastore/data/, or name their folder: `evalcards build --datastore DIR`."
        )?,
        Some(_) => {}
    }
    if project.lacking.contains(&"lower_is_better") {
        writeln!(out, "No row states `lower_is_better`, so the records state that higher scores are better.")?;
    }
    let others: Vec<&str> = project.lacking.iter().copied().filter(|it| *it != "lower_is_better").collect();
    if !others.is_empty() {
        writeln!(out, "The pages say \"not reported\" for columns that the table lacks: {}.", others.join(", "))?;
    }
    if !project.knows_source && project.written.iter().any(|path| path == WORKFLOW) {
        let workflow = below(&root, WORKFLOW);
        writeln!(
            out,
            "Before you push it to GitHub, set the source of the program (EVALCARDS) in {}.",
            workflow.display()
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Now, or the time that reproducible builds are told.
fn now() -> Result<i64> {
    match std::env::var("SOURCE_DATE_EPOCH").ok().filter(|seconds| !seconds.is_empty()) {
        Some(seconds) => seconds.parse().with_context(|| format!("SOURCE_DATE_EPOCH `{seconds}` is not a number")),
        None => Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs().try_into()?),
    }
}
