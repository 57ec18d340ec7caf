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
#[derive(Clone, Default)]
struct Described {
    words: String,
    fields: Vec<(String, String, String)>,
}

/// Stands for the name of a field whose own fields take its place.
const FLAT: &str = "flatten";

/// All public types of the cards, by name, from their sources.
fn types() -> BTreeMap<String, Described> {
    let src = repository().join("src");
    let files = [
        "card.rs",
        "chart.rs",
        "emit/page.rs",
        "export/further.rs",
        "export/head.rs",
        "language/sentence.rs",
        "mark/evidence.rs",
        "render.rs",
        "signal/paired.rs",
        "site.rs",
    ];
    let mut files: Vec<PathBuf> = files.into_iter().map(|file| src.join(file)).collect();
    for folder in ["card", "card/model", "card/benchmark", "chart"] {
        let entries = fs::read_dir(src.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        files.extend(entries.filter(|path| path.is_file()));
    }
    let mut types: BTreeMap<String, Described> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let mut words = String::new();
        let (mut is_skipped, mut is_flat) = (false, false);
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
                // A template sees what is serialised; FLAT marks what is without a name of its own.
                let name = if is_flat { FLAT } else { name.trim_start_matches("pub ") };
                let field = (name.to_owned(), kind.trim_end_matches(',').to_owned(), words.clone());
                described.fields.extend((!is_skipped).then_some(field));
            }
            if trimmed.starts_with("#[") {
                is_skipped |= trimmed == "#[serde(skip)]";
                is_flat |= trimmed == "#[serde(flatten)]";
            } else {
                words.clear();
                (is_skipped, is_flat) = (false, false);
            }
        }
    }
    let outer: Vec<(String, usize, String)> = (types.iter())
        .filter_map(|(name, described)| {
            let place = described.fields.iter().position(|(field, ..)| field == FLAT)?;
            Some((name.clone(), place, described.fields[place].1.replace("<'a>", "")))
        })
        .collect();
    for (name, place, inner) in outer {
        let inner = types[&inner].fields.clone();
        types.get_mut(&name).unwrap().fields.splice(place..=place, inner);
    }
    types
}

/// The parts of a list of types, at the commas outside of brackets.
fn at_commas(kinds: &str) -> Vec<&str> {
    let mut depth = 0;
    let is_end = |c: char| {
        depth += i32::from("([<".contains(c)) - i32::from(")]>".contains(c));
        c == ',' && depth == 0
    };
    kinds.split(is_end).map(str::trim).filter(|kind| !kind.is_empty()).collect()
}

/// A Rust type as the list writes it, with a link to each card type in it. The names of these go to `inner`.
fn in_words(kind: &str, types: &BTreeMap<String, Described>, inner: &mut Vec<String>) -> String {
    let kind = kind
        .replace("&'a ", "")
        .replace("&'s ", "")
        .replace("&'static ", "")
        .replace("<'a>", "")
        .replace("Cow<'a, str>", "str");
    let inside =
        |start: &str, end: &str| kind.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).map(str::to_owned);
    if let Some(kind) = inside("Option<", ">") {
        return in_words(&kind, types, inner) + "?";
    }
    if let Some(kind) = inside("Vec<", ">").or_else(|| inside("[", "]")) {
        return match kind.split_once("; ") {
            Some((kind, length)) => format!("{}[{length}]", in_words(kind, types, inner)),
            None => in_words(&kind, types, inner) + "[]",
        };
    }
    if let Some(kinds) = inside("(", ")") {
        let kinds: Vec<String> = at_commas(&kinds).into_iter().map(|kind| in_words(kind, types, inner)).collect();
        return format!("({})", kinds.join(", "));
    }
    match kind.as_str() {
        // A code.
        "String" | "str" | "Outcome" => "text".to_owned(),
        "u16" | "usize" | "u32" | "u64" | "i32" | "f64" => "number".to_owned(),
        "bool" => "bool".to_owned(),
        "T" => "row".to_owned(),
        other if types.contains_key(other) => {
            inner.push(other.to_owned());
            format!("[{other}](#{})", other.to_lowercase())
        }
        other => format!("`{other}`"),
    }
}

const TEMPLATES: [(&str, &str); 20] = [
    ("every template, as `site`", "Frame"),
    ("`home.html`", "HomeCard"),
    (
        "`models.html`, `benchmarks.html`, `evaluators.html`, `developers.html`, `sources.html`, with a type of `row` for each",
        "ListCard",
    ),
    ("rows of `models.html`", "ModelRow"),
    ("rows of `benchmarks.html`", "BenchmarkRow"),
    ("rows of `evaluators.html`", "EvaluatorRow"),
    ("rows of `developers.html`", "DeveloperRow"),
    ("rows of `sources.html`", "CollectionRow"),
    ("`model.html`", "ModelPage"),
    ("`benchmark.html`", "BenchmarkCard"),
    ("`evaluator.html`", "EvaluatorCard"),
    ("`developer.html`", "DeveloperCard"),
    ("`source.html`", "SourcePage"),
    ("`not-shown.html`", "NotShownCard"),
    ("`publishing.html`", "PublishingPage"),
    ("`markers.html`", "MarkersCard"),
    ("`merged.html`", "MergedCard"),
    ("`corrections.html`", "CorrectionsCard"),
    ("`embed.html`", "EmbedCard"),
    ("`page.html`", "ProseCard"),
];

/// Words that a comment has besides the name of its field.
const SMALL: [&str; 21] = [
    "if",
    "true",
    "a",
    "all",
    "as",
    "different",
    "everything",
    "how",
    "in",
    "is",
    "it",
    "its",
    "many",
    "of",
    "one",
    "page",
    "that",
    "the",
    "their",
    "this",
    "words",
];

/// Comments that suit any field of their type: the introduction of the list has the rule.
const PLAIN: [&str; 17] = [
    "Address.",
    "As text.",
    "Content.",
    "Display name.",
    "From.",
    "How many more there are.",
    "How many there are.",
    "Its card.",
    "Its id.",
    "Its page.",
    "Link.",
    "Sentence.",
    "Text.",
    "The drawing.",
    "Their page.",
    "To.",
    "Which.",
];

/// True if a comment says no more than the name of its field or type.
fn is_the_name(name: &str, words: &str) -> bool {
    let stem = |word: &str| word.trim_end_matches('s').to_lowercase();
    let is_new_word = |c: char| c == '_' || c.is_uppercase();
    let mut name_words: Vec<String> = Vec::new();
    for c in name.chars() {
        if name_words.is_empty() || is_new_word(c) {
            name_words.push(String::new());
        }
        name_words.last_mut().unwrap().extend(c.to_lowercase().filter(|c| *c != '_'));
    }
    let name_words: Vec<String> = name_words.iter().map(|word| stem(word)).collect();
    let mut words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| SMALL.contains(&word.to_lowercase().as_str()) || name_words.contains(&stem(word)))
}

/// What holds if a field is true: the introduction of the list says that a bool is true if its description holds.
fn claim(words: &str) -> String {
    let Some(claim) = words.strip_prefix("True if ") else { return words.to_owned() };
    claim[..1].to_uppercase() + &claim[1..]
}

fn template_reference() -> String {
    let types = types();
    // What most types say of a field of one name and type is said once.
    let mut says: BTreeMap<(&str, String), BTreeMap<&str, usize>> = BTreeMap::new();
    let mut shown = vec![];
    let mut next: Vec<String> = TEMPLATES.iter().map(|(_, name)| (*name).to_owned()).collect();
    while let Some(name) = next.get(shown.len()).cloned() {
        let described = types.get(&name).unwrap_or_else(|| panic!("no type {name}"));
        let mut inner = Vec::new();
        for (field, kind, words) in &described.fields {
            let kind = in_words(kind, &types, &mut inner);
            *says.entry((field, kind)).or_default().entry(words).or_default() += 1;
        }
        shown.push(name);
        for name in inner {
            if !next.contains(&name) {
                next.push(name);
            }
        }
    }
    let common: BTreeMap<&(&str, String), &str> = (says.iter())
        .filter_map(|(field, says)| {
            let (words, n) = says.iter().max_by_key(|(_, n)| **n)?;
            let is_rule = *n > 1 && 2 * n > says.values().sum::<usize>();
            (is_rule && !PLAIN.contains(words) && !is_the_name(field.0, words)).then_some((field, *words))
        })
        .collect();
    let mut text = String::from("\n### Common fields\n\n");
    for ((field, kind), words) in &common {
        text += &format!("- `{field}`: {kind}. {}\n", claim(words));
    }
    for name in shown {
        let described = &types[&name];
        let of = TEMPLATES.iter().find(|(_, it)| **it == name);
        let of = of.map_or(String::new(), |(template, _)| format!(": {template} {{#{}}}", name.to_lowercase()));
        text += &format!("\n### `{name}`{of}\n\n");
        // The heading says what a template gets.
        let words = described.words.split_once(". ").filter(|(first, _)| first.starts_with("Everything that "));
        let words = words.map_or(described.words.as_str(), |(_, rest)| rest);
        let is_said = is_the_name(&name, words) || words.starts_with("Everything that ") || of.contains("rows of");
        if !is_said {
            text += &format!("{words}\n\n");
        }
        let mut plain: Vec<(String, Vec<String>)> = Vec::new();
        let mut others = String::new();
        for (field, kind, words) in &described.fields {
            let kind = in_words(kind, &types, &mut Vec::new());
            let key = (field.as_str(), kind.clone());
            let is_plain = match common.get(&key) {
                Some(common) => common == words,
                None => words.is_empty() || PLAIN.contains(&words.as_str()) || is_the_name(field, words),
            };
            if is_plain {
                match plain.iter_mut().find(|(of, _)| *of == kind) {
                    Some((_, fields)) => fields.push(format!("`{field}`")),
                    None => plain.push((kind, vec![format!("`{field}`")])),
                }
            } else {
                others += &format!("- `{field}`: {kind}. {}\n", claim(words));
            }
        }
        let plain: Vec<String> =
            plain.into_iter().map(|(kind, fields)| format!("{}: {kind}", fields.join(", "))).collect();
        if !plain.is_empty() {
            text += &format!("- {}\n", plain.join("; "));
        }
        text += &others;
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
