//! What the documentation says is so: every command line in it is run, the five minutes of the README
//! from an empty folder, and the list of what a template may use is made from the types.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::{Project, copy, fixtures};
use crate::server::Server;

/// An address in the documentation that stands for a site of the reader's.
const EXAMPLE_SITE: &str = "https://example.github.io/cards/";

/// The example among the fixtures that the documentation shows.
const EXAMPLE: &str = "example-site";

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The lines of all `sh` blocks of a Markdown file, without comments.
fn shell_lines(markdown: &str) -> Vec<String> {
    let blocks = markdown.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines = blocks.flat_map(str::lines).map(|line| line.split(" # ").next().unwrap().trim());
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// A shell in a folder, with an empty home and our program.
struct Reader {
    project: Project,
    folder: PathBuf,
}

impl Reader {
    /// In an empty folder, with a datastore beside it as the documentation has it.
    fn new() -> Reader {
        let project = Project::empty();
        let flat = fixtures().join("two-sources/content/datastore");
        for entry in walkdir::WalkDir::new(&flat) {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let below = entry.path().strip_prefix(&flat).unwrap().display();
                project.write(&format!("EEE_datastore/{below}"), &fs::read_to_string(entry.path()).unwrap());
            }
        }
        fs::create_dir(project.path("home")).unwrap();
        fs::create_dir(project.path("empty")).unwrap();
        let folder = project.path("empty");
        fs::write(folder.join("scores.csv"), "model,score\nexample-org/example-model,0.5\n").unwrap();
        Reader { project, folder }
    }

    fn command(&self, line: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_evalcards")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&self.folder).env_clear().env("PATH", path);
        command.env("HOME", self.project.path("home")).env("HF_HUB_OFFLINE", "1");
        command
    }

    /// Does what a line says. `with_server` gets the server of a `serve`.
    #[track_caller]
    fn run(&mut self, line: &str, with_server: impl Fn(&Server)) {
        if let Some(folder) = line.strip_prefix("cd ") {
            self.folder = self.folder.join(folder);
            assert!(self.folder.is_dir(), "{line}");
            return;
        }
        if line.starts_with("evalcards serve") {
            // Somebody else may use the usual port of this machine.
            let port = if line.contains("--port") { "" } else { "--port 0" };
            with_server(&Server::start(self.command(&format!("exec {line} {port} --json"))));
            return;
        }
        let copy =
            line.contains(EXAMPLE_SITE).then(|| Server::start(self.command("exec evalcards serve --port 0 --json")));
        let line = match &copy {
            Some(copy) => line.replace(EXAMPLE_SITE, &copy.url()),
            None => line.to_owned(),
        };
        let output = self.command(&line).output().unwrap();
        let code = output.status.code().unwrap();
        // What needs the Hub is only read here; other tests do it with a Hub of their own.
        let needs_hub = ["evalcards publish", "evalcards fetch"].iter().any(|start| line.starts_with(start));
        let is_fine = if needs_hub { code != 2 } else { code == 0 };
        assert!(
            is_fine,
            "{line}\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// True for what a reader of the installed program does.
fn is_ours(line: &str) -> bool {
    if line.starts_with("cargo ") {
        println!("SKIPPED: `{line}` is what runs this test");
        return false;
    }
    if line.starts_with("pip ") {
        println!("SKIPPED: `{line}` needs the network");
        return false;
    }
    if line.starts_with("every_eval_ever ") {
        println!("SKIPPED: `{line}` needs a harness's output; `adapters` reads what it makes of some");
        return false;
    }
    true
}

#[test]
fn the_five_minutes_of_the_readme_are_true_word_for_word() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let tour = readme.split("## Five minutes").nth(1).unwrap().split("\n## ").next().unwrap();
    let lines = shell_lines(tour);
    let names = |command: &str| lines.iter().any(|line| line.starts_with(&format!("evalcards {command}")));
    assert!(["init", "build", "check", "serve"].into_iter().all(names), "{lines:?}");
    let mut reader = Reader::new();
    for line in &lines {
        reader.run(line, |server| {
            let page = server.get("/models/example-org/example-model.html");
            assert!(page.body.contains("<h1>Example Model</h1>"), "{}", page.body);
            in_chromium(&server.url());
        });
    }
    for file in ["content/site.yaml", "site/pages/index.html", ".github/workflows/pages.yml"] {
        assert!(reader.folder.join(file).is_file(), "{file}");
    }
}

/// The page as a browser has it once it is loaded.
fn in_chromium(url: &str) {
    let profile = tempfile::tempdir().unwrap();
    let mut command = Command::new("chromium");
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--timeout=10000"]);
    command
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("{url}models/example-org/example-model.html"));
    match command.output() {
        Ok(output) => {
            let page = String::from_utf8_lossy(&output.stdout);
            assert!(page.contains("<h1>Example Model</h1>"), "{page}{}", String::from_utf8_lossy(&output.stderr));
        }
        Err(_) => println!("SKIPPED: chromium is not there"),
    }
}

#[test]
fn every_command_line_of_the_documentation_runs() {
    let mut texts = vec![fs::read_to_string(repository().join("README.md")).unwrap()];
    for entry in fs::read_dir(repository().join("content/pages")).unwrap() {
        texts.push(fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    let mut lines: Vec<String> = texts.iter().flat_map(|text| shell_lines(text)).collect();
    let project = Project::empty();
    let help = |command: &[&str]| project.run(&[command, &["--help"]].concat()).stdout;
    let commands = help(&[]);
    let commands = commands.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    for command in commands.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        let help = help(&[command]);
        let examples: Vec<&str> = help.lines().map(str::trim).filter(|line| line.starts_with("evalcards ")).collect();
        assert!(!examples.is_empty(), "the help of {command} has no example");
        lines.extend(examples.iter().map(|line| line.split("    (").next().unwrap().to_owned()));
    }
    lines.sort();
    lines.dedup();
    let mut built = Reader::new();
    ["evalcards init my-site", "cd my-site", "evalcards build"].iter().for_each(|line| built.run(line, |_| ()));
    let built = built.project.path("empty");
    for line in lines.iter().filter(|line| is_ours(line) && !line.starts_with("cd ")) {
        // Each in a project of its own that was built, but for what makes one.
        let mut reader = Reader::new();
        if !line.starts_with("evalcards init") {
            copy(&built, &reader.folder);
            reader.run("cd my-site", |_| ());
            fs::rename(reader.project.path("EEE_datastore"), reader.folder.join("EEE_datastore")).unwrap();
            // As in a clone.
            copy(&fixtures().join(EXAMPLE), &reader.folder.join("tests/fixtures").join(EXAMPLE));
        }
        reader.run(line, |server| assert_eq!(server.get("/").status, 200));
    }
}

#[test]
fn no_link_of_the_demonstration_is_dead() {
    let project = Project::empty();
    let content = repository().join("content");
    let arguments = ["--content", content.to_str().unwrap()];
    project.build(&arguments);
    let run = project.run(&[&["check"], &arguments[..]].concat());
    assert!(run.code == 0 && !run.stdout.contains("dead-link"), "{}{}", run.stdout, run.stderr);
}

/// What the sources say of one type: its own words, and its fields with type and words.
#[derive(Default)]
struct Described {
    words: String,
    fields: Vec<(String, String, String)>,
}

/// All public types of the cards, by name, from their sources.
fn types() -> BTreeMap<String, Described> {
    let src = repository().join("src");
    let mut files = vec![
        src.join("card.rs"),
        src.join("render.rs"),
        src.join("site.rs"),
        src.join("emit/page.rs"),
        src.join("mark/evidence.rs"),
        src.join("language/sentence.rs"),
    ];
    for folder in ["card", "card/model"] {
        let entries = fs::read_dir(src.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        files.extend(entries.filter(|path| path.is_file()));
    }
    let mut types = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let mut words = String::new();
        let mut current: Option<(String, Described)> = None;
        for line in text.lines() {
            let trimmed = line.trim();
            if let Some(more) = trimmed.strip_prefix("/// ") {
                words = format!("{words} {more}").trim().to_owned();
                continue;
            }
            let declared = trimmed.strip_prefix("pub struct ").or_else(|| trimmed.strip_prefix("struct "));
            if let (Some(rest), false, true) = (declared, line.starts_with(' '), trimmed.ends_with('{')) {
                let name = rest.split(['<', ' ']).next().unwrap().to_owned();
                current = Some((name, Described { words: words.clone(), fields: Vec::new() }));
            } else if line == "}" {
                types.extend(current.take());
            } else if let (Some((_, described)), Some((name, kind))) = (&mut current, trimmed.split_once(": ")) {
                let name = name.trim_start_matches("pub ");
                described.fields.push((name.to_owned(), kind.trim_end_matches(',').to_owned(), words.clone()));
            }
            if !trimmed.starts_with("#[") {
                words.clear();
            }
        }
    }
    types
}

/// A Rust type in words, and the card type in it.
fn in_words(kind: &str) -> (String, Option<String>) {
    let kind = kind.replace("&'a ", "").replace("&'static ", "").replace("<'a>", "");
    let inside = |start: &str| kind.strip_prefix(start).and_then(|rest| rest.strip_suffix('>')).map(str::to_owned);
    if let Some(inner) = inside("Option<") {
        let (words, inner) = in_words(&inner);
        return (format!("{words}, or nothing"), inner);
    }
    let list =
        inside("Vec<").or_else(|| kind.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).map(str::to_owned));
    if let Some(inner) = list {
        let (words, inner) = in_words(&inner);
        return (format!("list of {words}"), inner);
    }
    match kind.as_str() {
        "String" | "str" | "Cow<'a, str>" => ("text".to_owned(), None),
        "u16" | "usize" | "u32" | "u64" | "i32" | "f64" => ("number".to_owned(), None),
        "bool" => ("true or false".to_owned(), None),
        "T" => ("row".to_owned(), None),
        other => (format!("`{other}`"), Some(other.to_owned())),
    }
}

const TEMPLATES: [(&str, &str); 15] = [
    ("every template, as `site`", "Frame"),
    ("`home.html`", "HomeCard"),
    (
        "`models.html` (rows: `ModelRow`), `benchmarks.html` (`BenchmarkRow`), `evaluators.html` (`EvaluatorRow`), `sources.html` (`CollectionRow`)",
        "ListCard",
    ),
    ("rows of `models.html`", "ModelRow"),
    ("rows of `benchmarks.html`", "BenchmarkRow"),
    ("rows of `evaluators.html`", "EvaluatorRow"),
    ("rows of `sources.html`", "CollectionRow"),
    ("`model.html`", "ModelPage"),
    ("`benchmark.html`", "BenchmarkCard"),
    ("`evaluator.html`", "EvaluatorCard"),
    ("`source.html`", "SourceCard"),
    ("`not-shown.html`", "NotShownCard"),
    ("`publishing.html`", "PublishingPage"),
    ("`markers.html`", "MarkersCard"),
    ("`corrections.html`", "CorrectionsCard"),
];

fn template_reference() -> String {
    let types = types();
    let mut text = String::new();
    let mut told: Vec<String> =
        TEMPLATES.iter().map(|(_, name)| (*name).to_owned()).chain(["ProseCard".to_owned()]).collect();
    let mut next: Vec<(String, String)> = (TEMPLATES.iter())
        .map(|(template, name)| (format!("`{name}`: {template}"), (*name).to_owned()))
        .chain([("`ProseCard`: `page.html`".to_owned(), "ProseCard".to_owned())])
        .collect();
    let mut at = 0;
    while let Some((title, name)) = next.get(at).cloned() {
        at += 1;
        let described = types.get(&name).unwrap_or_else(|| panic!("no type {name}"));
        text += &format!("\n### {title}\n\n{}\n\n| name | is | what it says |\n|---|---|---|\n", described.words);
        for (field, kind, words) in &described.fields {
            let (kind, inner) = in_words(kind);
            text += &format!("| `{field}` | {kind} | {} |\n", words.replace('|', "\\|"));
            if let Some(inner) = inner.filter(|inner| types.contains_key(inner) && !told.contains(inner)) {
                told.push(inner.clone());
                next.push((format!("`{inner}`"), inner));
            }
        }
    }
    text
}

#[test]
fn the_list_of_what_a_template_may_use_is_that_of_the_types() {
    const MARK: &str = "<!-- From here on the list is made from the types: INSTA_UPDATE=always cargo test -->\n";
    let path = repository().join("content/pages/templates.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, found) = text.split_once(MARK).unwrap();
    let expected = template_reference();
    if found != expected && std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        fs::write(&path, format!("{before}{MARK}{expected}")).unwrap();
        return;
    }
    assert!(
        found == expected,
        "content/pages/templates.md is not what the types say; run INSTA_UPDATE=always cargo test"
    );
}

#[test]
fn completions_and_the_manual_page_know_all_commands() {
    let project = Project::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = project.run(&["completions", shell]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(["init", "serve", "check", "publish"].iter().all(|name| run.stdout.contains(name)), "{shell}");
    }
    let page = project.run(&["man"]).stdout;
    assert!(
        page.contains(".TH") && page.contains("\\-\\-datastore") && page.contains("Show the site while you edit it")
    );
}
