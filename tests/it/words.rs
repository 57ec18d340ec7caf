//! The interface’s words come from one place for each language, and read like English there.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use serde_json::Value;

use crate::codes;
use crate::languages::{sites, speak};
use crate::project::{Project, files};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn english() -> BTreeMap<String, Value> {
    serde_yaml::from_str(&fs::read_to_string(root().join("templates/words/en.yaml")).unwrap()).unwrap()
}

/// Turns of phrase that no native engineer writes: the rules are in CONTRIBUTING.
const BANNED: [&str; 26] = [
    "is none that",
    "held against",
    "stands in",
    "told of",
    "taken for",
    "can be told",
    "for one thing",
    "has not the",
    "are the most",
    "nobody says",
    "nobody reports",
    "none says",
    "nothing says",
    "by its own words",
    "as records claim",
    "do not say enough to tell",
    "of which",
    "bears no",
    "take away",
    "slots filled",
    "lies apart",
    "lie {apart} apart",
    "in the order of their ids",
    "said twice",
    "what a number is",
    "with which",
];

/// Literal translations, with the terms that Chinese evaluators use in `zh-Hans.yaml`.
const BANNED_CHINESE: [&str; 13] = [
    "读数",
    "标识",
    "量程",
    "量表",
    "界限",
    "证据级别",
    "据称",
    "所称",
    "取回",
    "不确定度",
    "合并请求",
    "评判者",
    "子项",
];

/// The texts of a file of words, by key.
fn texts_of(path: &str) -> Vec<(String, String)> {
    let words = fs::read_to_string(root().join(path)).unwrap();
    let words: BTreeMap<String, Value> = serde_yaml::from_str(&words).unwrap();
    let forms = |phrase: Value| match phrase {
        Value::String(text) => vec![text],
        forms => forms.as_object().unwrap().values().map(|text| text.as_str().unwrap().to_owned()).collect(),
    };
    words.into_iter().flat_map(|(key, phrase)| forms(phrase).into_iter().map(move |text| (key.clone(), text))).collect()
}

/// The lines of a text, by its path.
fn lines_of(path: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join(path)).unwrap();
    text.lines().map(|line| (path.to_owned(), line.to_owned())).collect()
}

/// Help texts of all commands.
fn help() -> Vec<(String, String)> {
    let page = Project::empty().run(&["man"]).stdout;
    let commands = ["init", "fetch", "build", "serve", "check", "publish"];
    let of_command = |command: &str| Project::empty().run(&[command, "--help"]).stdout;
    let help = commands.map(|command| (command.to_owned(), of_command(command)));
    help.into_iter().chain([("man".to_owned(), page)]).collect()
}

fn find_banned(texts: &[(String, String)], banned: &[&str]) {
    let found: Vec<String> = (texts.iter())
        .filter_map(|(place, text)| {
            let text = text.to_lowercase();
            let banned = banned.iter().find(|banned| text.contains(*banned))?;
            Some(format!("{place}: “{banned}” in {text}"))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn words_pages_and_help_read_like_english() {
    let mut texts = [texts_of("templates/words/en.yaml"), help()].concat();
    let pages = files(&root().join("content/pages")).into_keys().map(|name| format!("content/pages/{name}"));
    // The list of what templates see is made from comments in the source.
    let pages = pages.filter(|path| !path.ends_with("templates.md"));
    for path in
        pages.chain(["README.md", ".github/CONTRIBUTING.md", "templates/words/methodology.en.md"].map(str::to_owned))
    {
        // The rules themselves name what not to write.
        texts.extend(
            lines_of(&path)
                .into_iter()
                .filter(|(_, line)| !path.ends_with("CONTRIBUTING.md") || !line.starts_with('|')),
        );
    }
    assert!(texts.len() > 1500, "{}", texts.len());
    find_banned(&texts, &BANNED);
}

#[test]
fn chinese_words_and_methodology_use_one_term_for_one_thing() {
    let texts = [texts_of("templates/words/zh-Hans.yaml"), lines_of("templates/words/methodology.zh-Hans.md")].concat();
    find_banned(&texts, &BANNED_CHINESE);
}

/// Stands for words in a language of which nothing is left but the values.
const MUTE: char = '¤';

/// The phrase without its words: `¤{n}¤`.
fn muted(phrase: &str) -> String {
    let mut text = String::from(MUTE);
    let mut rest = phrase;
    while let Some((_, place)) = rest.split_once('{') {
        let (name, after) = place.split_once('}').unwrap();
        text += &format!("{{{name}}}{MUTE}");
        rest = after;
    }
    text
}

/// Names that stand on pages as they are: of the program, of formats, of rules.
const NAMES: [&str; 12] = [
    "evalcards",
    "sha",
    "json",
    "csv",
    "eval yaml",
    "benchmarkcard",
    "evaluation results",
    "trace",
    "submitter",
    "official account",
    // How a long list is cut short when a record is read.
    "listed",
    // A parameter of a metric that a measurement rule tells.
    "scorer",
];

#[test]
fn no_page_holds_a_word_that_the_words_do_not_say() {
    let mute: BTreeMap<String, Value> = (english().into_iter())
        .map(|(key, phrase)| {
            let phrase = match phrase {
                Value::String(phrase) => Value::from(muted(&phrase)),
                counted => serde_json::json!({ "other": muted(counted["other"].as_str().unwrap()) }),
            };
            (key, phrase)
        })
        .collect();
    let words = serde_json::to_string(&mute).unwrap();
    let mut found = BTreeSet::new();
    let mut pages = 0;
    for project in sites() {
        speak(&project, "qaa");
        project.write("templates/words/qaa.yaml", &words);
        project.build(&[]);
        let said = said_by_others(&project);
        for (path, bytes) in project.files("site/pages") {
            if !path.ends_with(".html") {
                continue;
            }
            pages += 1;
            let page = String::from_utf8(bytes).unwrap();
            assert!(path != "methodology.html" || page.contains("<div lang=\"en\">"), "{page}");
            for text in texts(&page) {
                // Nor is the place of a value in its record.
                let is_place = [
                    "source_",
                    "eval_library",
                    "model_info",
                    "metric_config",
                    "score_details",
                    "generation_config",
                    "evaluation_",
                    "leaderboard_name",
                    "detailed_evaluation_results",
                ]
                .iter()
                .any(|block| text.starts_with(block));
                if is_place && text.contains(['.', '_']) {
                    continue;
                }
                // Signs between values are no words.
                let text = without_cut_words(&text);
                let parts = text.split(|c| matches!(c, MUTE | '·' | '(' | ')' | ':' | ',' | ';')).map(plain);
                for part in parts.filter(|part| part.contains(char::is_alphabetic)) {
                    // Readings side by side have letters.
                    let is_name = NAMES.contains(&part.trim()) || part.trim().chars().count() == 1;
                    if !is_name && !said.contains(&part) {
                        found.insert(format!("{} in {path}: {text}", part.trim()));
                    }
                }
            }
        }
    }
    assert!(pages > 100, "{pages}");
    let found: Vec<String> = found.into_iter().collect();
    assert!(found.is_empty(), "{} texts are not from the words:\n{}", found.len(), found.join("\n"));
}

/// What records, metadata and tables say, as one plain text.
fn said_by_others(project: &Project) -> String {
    let mut said = String::from(" eval cards ");
    for (path, bytes) in project.files("content") {
        said += &plain(&path);
        said += &plain(&String::from_utf8_lossy(&bytes));
    }
    for table in ["organizations.yaml", "metrics.yaml", "hub_benchmarks.yaml"] {
        said += &plain(&fs::read_to_string(root().join("src/load").join(table)).unwrap());
    }
    said
}

/// Without the part of a word that stands before an ellipsis.
fn without_cut_words(text: &str) -> String {
    let mut parts: Vec<&str> = text.split('…').collect();
    if let Some((_, before)) = parts.split_last_mut() {
        before.iter_mut().for_each(|part| *part = part.trim_end_matches(char::is_alphanumeric));
    }
    parts.join(" ")
}

/// Lower case, with one space around each word, and without numbers and hashes at the ends.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_hash = |word: &str| word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit());
    let is_number = |word: &&&str| word.chars().all(char::is_numeric) || is_hash(word);
    let start = words.iter().take_while(is_number).count();
    let end = words.len() - words[start..].iter().rev().take_while(is_number).count();
    format!(" {} ", words[start..end].join(" "))
}

/// The texts of a page that readers meet, but for code, prose, and what is marked as English.
fn texts(page: &str) -> Vec<String> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(page));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().texts
}

#[derive(Default)]
struct Sink(RefCell<Reader>);

#[derive(Default)]
struct Reader {
    texts: Vec<String>,
    /// The open elements from the first that is passed over.
    passed: Vec<String>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => reader.start(&tag),
            Token::TagToken(tag) => reader.end(&tag.name),
            Token::CharacterTokens(text) if reader.passed.is_empty() => match reader.texts.last_mut() {
                Some(last) if !last.ends_with('\n') => last.push_str(&text),
                _ => reader.texts.push(text.to_string()),
            },
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Reader {
    fn start(&mut self, tag: &Tag) {
        let attribute = |name: &str| {
            tag.attrs.iter().find(|attribute| *attribute.name.local == *name).map_or("", |attribute| &*attribute.value)
        };
        let is_void = ["meta", "link", "br", "img", "input"].contains(&&*tag.name) || tag.self_closing;
        let is_passed = ["script", "style", "pre", "code", "time"].contains(&&*tag.name)
            || attribute("class").split(' ').any(|class| class == "prose")
            || attribute("lang") == "en";
        if !self.passed.is_empty() || is_passed {
            if !is_void {
                self.passed.push(tag.name.to_string());
            }
            return;
        }
        self.texts.push("\n".to_owned());
        let is_read = |name: &str| match name {
            "alt" | "title" | "aria-label" | "data-label" => true,
            "content" => attribute("name") == "description",
            _ => false,
        };
        let read = tag.attrs.iter().filter(|it| is_read(&it.name.local)).map(|it| format!("{}\n", it.value));
        self.texts.extend(read);
    }

    fn end(&mut self, name: &str) {
        if let Some(last) = self.passed.iter().rposition(|open| open == name) {
            self.passed.truncate(last);
        }
        self.texts.push("\n".to_owned());
    }
}

#[test]
fn every_phrase_that_is_asked_for_is_there_and_every_phrase_is_asked_for() {
    let phrases = english();
    let script = fs::read_to_string(root().join("templates/site.js")).unwrap();
    let mut asked = BTreeSet::new();
    for (call, ends) in [("say(\"", '"'), ("say(`", '$')] {
        asked.extend(script.split(call).skip(1).map(|rest| format!("script.{}", rest.split(ends).next().unwrap())));
    }
    let mut texts = script;
    for (path, bytes) in files(&root().join("templates")) {
        if path.ends_with(".html") {
            let template = String::from_utf8(bytes).unwrap();
            asked.extend(template.split("t(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
            texts.push_str(&template);
        }
    }
    // Keys in the code begin as some phrase does.
    let begins: BTreeSet<&str> = phrases.keys().map(|key| key.split('.').next().unwrap()).collect();
    for (path, bytes) in files(&root().join("src")) {
        if path.ends_with(".rs") {
            let code = String::from_utf8(bytes).unwrap();
            // What the keys of an enum of codes begin with is no key.
            let code: String =
                code.lines().filter(|line| !line.contains("enum ")).map(|line| format!("{line}\n")).collect();
            for literal in code.split('"').filter(|literal| !literal.contains(char::is_whitespace)) {
                let (key, is_whole) = literal.split_once('{').map_or((literal, true), |(key, _)| (key, false));
                let ends =
                    [".html", ".json", ".csv", ".yaml", ".yml", ".jsonl", ".js", ".css", ".md", ".parquet", ".xml"];
                let is_key =
                    key.split_once('.').is_some_and(|(begin, rest)| begins.contains(begin) && !rest.contains('/'));
                let is_file = ends.iter().any(|end| key.ends_with(end));
                // The script is given all of its words at once.
                if is_key && !is_file && (is_whole || key.ends_with('.')) && key != "script." {
                    asked.insert(key.to_owned());
                }
            }
            texts.push_str(&code);
        }
    }
    for codes in codes::all() {
        asked
            .extend(codes.words.iter().flat_map(|begin| codes.codes.iter().map(move |code| format!("{begin}.{code}"))));
    }
    assert!(asked.len() > 400, "{}", asked.len());
    for key in &asked {
        // Some keys are put together: `filter.` and the name of a facet.
        let is_there = |known: &String| known == key || (key.ends_with('.') && known.starts_with(key));
        assert!(phrases.keys().any(is_there), "there is no phrase `{key}`");
    }
    for key in phrases.keys() {
        let is_asked = |asked: &String| asked == key || (asked.ends_with('.') && key.starts_with(asked));
        let chosen = format!("\"{}\"", key.trim_start_matches("script."));
        assert!(asked.iter().any(is_asked) || texts.contains(&chosen), "nothing says `{key}`");
    }
}
