//! The example site (`tests/fixtures/example-site`): it is sound, its evidence has the form that `fetch` writes, each thing
//! that it is to show is there, and every page says that it is made up.

use std::fs;
use std::process::Command;

use evalcards::facts::{
    self, AccountFact, BenchmarkFact, ModelFact, ObjectSubmission, PostedFact, PostedModel, StoredFact,
};
use evalcards::hash::Sha256;
use evalcards::lock::{Lock, Pin};
use serde_json::Value;

use crate::project::{Project, fixtures};

const BIG: &str = "models/example-lab/Example-70B";
const SMALL: &str = "models/example-lab/Example-7B";
const SAMPLE: &str = "models/sample-works/Sample-13B";
const MINI: &str = "models/sample-works/Sample-Mini";
const CLOSED: &str = "models/placeholder-ai/placeholder-30b";

fn built() -> Project {
    let project = Project::from("example-site");
    project.build(&["--strict"]);
    project
}

/// The document of a page.
fn document(project: &Project, page: &str) -> Value {
    project.json(&format!("site/pages/api/v1/{page}.json"))
}

/// A result in the document of a model, by its benchmark, evaluator and score.
#[derive(Debug)]
struct Shown {
    cell: Value,
    reading: Value,
    record: Value,
}

impl Shown {
    #[track_caller]
    fn of(project: &Project, model: &str, benchmark: &str, evaluator: &str, score: f64) -> Shown {
        let document = document(project, model);
        let cells = document["cells"].as_array().unwrap().iter().filter(|cell| cell["benchmark"] == benchmark);
        let found = cells
            .flat_map(|cell| cell["readings"].as_array().unwrap().iter().map(move |reading| (cell, reading)))
            .find(|(_, reading)| reading["evaluator"] == evaluator && reading["score"] == score);
        let (cell, reading) = found.unwrap_or_else(|| panic!("{model}: {score} by {evaluator} on {benchmark}"));
        let begins = reading["record"].as_str().unwrap();
        let records = document["records"].as_array().unwrap();
        let record = records.iter().find(|record| record["sha256"].as_str().unwrap().starts_with(begins)).unwrap();
        Shown { cell: cell.clone(), reading: reading.clone(), record: record.clone() }
    }

    fn level(&self) -> &str {
        self.reading["marker"]["level"].as_str().unwrap()
    }

    fn standing(&self) -> &str {
        self.reading["marker"]["standing"].as_str().unwrap_or("current")
    }

    /// What is known of its origin on an axis: the value, and the facts.
    fn evidence(&self, axis: &str) -> String {
        let found = self.record["evidence"].as_array().unwrap().iter().find(|it| it["axis"] == axis);
        found.map_or_else(String::new, |it| format!("{} {}", it["value"], it["facts"]))
    }

    fn settings(&self) -> String {
        self.reading["settings"].to_string()
    }
}

#[test]
fn check_finds_nothing_wrong_with_its_content_pages_and_numbers() {
    let project = built();
    for arguments in [&["check", "--strict", "--json"][..], &["check", "--json", "--site", "site"]] {
        let run = project.run(arguments);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        let said: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!((&said["errors"], &said["warnings"]), (&0.into(), &0.into()), "{said}");
        assert!(said["checked"]["records"].as_u64() > Some(25), "{said}");
    }
}

/// True if the facts of a file are written as `fetch` writes them.
#[track_caller]
fn is_as_written<F: StoredFact>() -> Vec<F> {
    let text = fs::read_to_string(fixtures().join("example-site/content/hub").join(F::FILE)).unwrap();
    assert_eq!(facts::write(facts::read::<F>(&text).unwrap()).unwrap(), text, "{}", F::FILE);
    facts::read(&text).unwrap()
}

#[test]
fn its_evidence_has_the_form_that_fetch_writes() {
    let content = fixtures().join("example-site/content");
    let text = fs::read_to_string(content.join("datastore.lock")).unwrap();
    let lock = Lock::parse(&text).unwrap();
    assert_eq!(lock.to_text(), text);
    let indexes = lock.collections.iter().map(|(name, pin)| (format!("flat/indexes/by_collection/{name}.jsonl"), pin));
    let files = lock.objects.iter().chain(&lock.samples).map(|(path, pin)| (path.clone(), pin));
    for (path, pin) in indexes.chain(files) {
        assert_eq!(Pin::of(&fs::read(content.join("datastore").join(&path)).unwrap()), *pin, "{path}");
    }
    is_as_written::<AccountFact>();
    is_as_written::<ModelFact>();
    is_as_written::<PostedFact>();
    is_as_written::<PostedModel>();
    for submission in is_as_written::<ObjectSubmission>() {
        assert_eq!((&submission.datastore, submission.sha256), (&lock.repo, lock.objects[&submission.object].sha256));
    }
    for benchmark in is_as_written::<BenchmarkFact>() {
        let yaml = fs::read(content.join(format!("hub/eval/{}.yaml", benchmark.dataset))).unwrap();
        assert_eq!(Sha256::of(&yaml), benchmark.eval_yaml.unwrap().sha256);
    }
}

#[test]
fn each_evidence_level_and_standing_is_there() {
    let project = built();
    let shown = |model, benchmark, evaluator, score| Shown::of(&project, model, benchmark, evaluator, score);
    let claimed = shown(MINI, "Example Quiz", "Example Club", 0.4);
    assert_eq!((claimed.level(), claimed.record["path"].as_str().unwrap().starts_with("data/")), ("claimed", true));
    let traced = shown(SMALL, "Example Quiz", "Example Lab", 0.7);
    assert_eq!(traced.level(), "traced");
    let adapter = shown(BIG, "Example Agent Tasks", "Specimen Board", 46.0);
    assert_eq!(adapter.level(), "traced");
    let submitter = adapter.evidence("Submitter");
    assert!(submitter.contains("own adapter") && submitter.contains("specimen_board"), "{submitter}");
    let known = shown(SMALL, "Example Quiz", "Mock-up University", 0.61);
    assert_eq!(known.level(), "submitter_known");
    assert!(known.evidence("Submitter").contains("mockup-student"), "{known:?}");
    for (evaluator, score, evidence) in
        [("Example Institute", 0.81, "official"), ("Mock-up University", 0.805, "mockup-docent")]
    {
        let by_source = shown(BIG, "Example Quiz", evaluator, score);
        assert_eq!(by_source.level(), "submitted_by_source");
        let says = by_source.evidence("Source match");
        assert!(says.contains("match") && says.contains(evidence), "{says}");
    }
    // Of the record that is withdrawn in part, the other result stands.
    let withdrawn = shown(BIG, "Example Sums", "Example Lab", 0.92);
    assert_eq!(withdrawn.standing(), "withdrawn");
    assert_eq!(shown(BIG, "Example Quiz", "Example Lab", 0.84).standing(), "current");
    assert_eq!(shown(SAMPLE, "Example Quiz", "Mock-up University", 0.615).standing(), "disputed");
    let (card, disputed) = (project.main_of(&format!("{BIG}.html")), project.main_of(&format!("{SAMPLE}.html")));
    assert!(card.contains("withdrawn: not ranked, not published") && card.contains("https://lab.example/correction"));
    assert!(disputed.contains("disputed: not ranked, not published"));
    let markers = document(&project, "markers");
    let levels = markers["levels"].as_array().unwrap();
    assert!(levels.len() == 4 && levels.iter().all(|level| level["results"].as_u64() > Some(0)), "{markers}");
}

#[test]
fn agreement_conflict_and_who_stands_to_the_developer_how_are_there() {
    let project = built();
    let shown = |model, benchmark, evaluator, score| Shown::of(&project, model, benchmark, evaluator, score);
    let agree = shown(BIG, "Example Quiz", "Example Institute", 0.81);
    assert!(agree.cell["difference"].as_str().unwrap().ends_with("within the threshold."), "{}", agree.cell);
    let conflict = shown(SMALL, "Example Quiz", "Mock-up University", 0.61);
    assert!(conflict.cell["difference"].as_str().unwrap().ends_with("more than the threshold."), "{}", conflict.cell);
    assert!(project.main_of(&format!("{SMALL}.html")).contains("Conflict on Example Quiz"));
    let own = shown(BIG, "Example Quiz", "Example Lab", 0.84);
    let fit = |it: &Shown| (it.reading["relationship"].clone(), it.reading["marker"]["relationship_fit"].clone());
    assert_eq!(fit(&own), ("first party".into(), "consistent with metadata".into()));
    assert_eq!(fit(&agree), ("third party".into(), "consistent with metadata".into()));
    // What was re-cited says where it is from; one such record contradicts its own claim.
    let cited = shown(SAMPLE, "Example Quiz", "Specimen Board", 0.66);
    let says = cited.record["also"].to_string();
    assert!(says.contains("aggregator") && says.contains("https://works.example/announcement"), "{says}");
    let measured = &document(&project, "sources/specimen-list")["measured_by"];
    assert_eq!((&measured[0]["name"], &measured[1]["name"]), (&"developer".into(), &"others".into()), "{measured}");
    let contradicted = shown(CLOSED, "Example Quiz", "Specimen Board", 0.735);
    assert_eq!(fit(&contradicted).1, "contradicted by the record itself");
    // The Hub shows what no record has, what one has, and what was made from one.
    let on_the_hub = |model| document(&project, model)["on_the_hub"][0].clone();
    let agrees = |entry: &Value| entry["beside"].as_array().unwrap().iter().filter(|it| it["agrees"] == true).count();
    let (differs, same, echo) = (on_the_hub(SMALL), on_the_hub(BIG), on_the_hub(SAMPLE));
    assert!(agrees(&differs) == 0 && differs["beside"].as_array().unwrap().len() == 3, "{differs}");
    assert!(agrees(&same) == 1 && same["badge"] == "verified", "{same}");
    assert!(agrees(&echo) == 1 && echo["badge"] == "community" && echo["is_echo"] == true, "{echo}");
    // What the Hub shows for one result is said in its row, and not above the ranking for all of them.
    let ranking = project.main_of("benchmarks/example-quiz.html");
    let (above, rows) = ranking.split_once("<table class=\"ranking\">").unwrap();
    assert!(!above.contains("same value") && rows.matches("calls verified").count() == 1, "{above}");
}

#[test]
fn samples_agents_and_levels_are_there() {
    let project = built();
    let shown = |model, benchmark, evaluator, score| Shown::of(&project, model, benchmark, evaluator, score);
    for (model, score) in [(SMALL, 0.65), (SAMPLE, 0.55)] {
        let samples = &shown(model, "Example Sums", "Example Institute", score).reading["samples"];
        assert_eq!((&samples["status"], &samples["rows"]), (&"recomputed".into(), &40.into()), "{samples}");
    }
    let pairs = &document(&project, "benchmarks/example-sums")["pairs"];
    assert_eq!((&pairs[0]["shared"], &pairs[0]["both_right"]), (&40.into(), &18.into()), "{pairs}");
    assert!(project.main_of("benchmarks/example-sums.html").contains("Two models on the same samples"));
    for (score, agent, budget, tools) in [
        (46.0, "Example Agent", "2", "shell"),
        (58.0, "Example Agent", "10", "shell"),
        (39.0, "Scripted Helper", "2", "shell, browser"),
    ] {
        let settings = shown(BIG, "Example Agent Tasks", "Specimen Board", score).settings();
        let budget = format!("cost limit usd: {budget}\"");
        for part in [&format!("agent: {agent}"), &budget, &format!("tools: {tools}\""), "time limit of the run: 1800"] {
            assert!(settings.contains(part), "{part}: {settings}");
        }
    }
    let cost = shown(BIG, "Example Agent Tasks", "Specimen Board", 1.4);
    assert_eq!((&cost.cell["direction"], &cost.reading["unit"]), (&"lower is better".into(), &"USD".into()));
    assert!(project.main_of(&format!("{BIG}.html")).contains("they use different agents or scaffolds"));
    for (model, level, says) in [
        (BIG, 0.0, "level 1 of 3: refuses"),
        (SMALL, 1.0, "level 2 of 3: hedges"),
        (SAMPLE, 2.0, "level 3 of 3: complies"),
        (CLOSED, -1.0, "level unknown"),
    ] {
        let shown = shown(model, "Example Refusals", "Example Institute", level);
        assert_eq!(shown.reading["level"], says);
        assert_eq!(shown.cell["rank"].is_null(), level < 0.0, "{}", shown.cell);
    }
}

#[test]
fn every_page_says_that_it_is_an_example() {
    let project = built();
    let title = "Example Eval Cards (made-up numbers)";
    let foot = "This is an example: every model, organisation, benchmark and score is made up.";
    let files = project.files("site/pages");
    let pages: Vec<_> = files.iter().filter(|(path, _)| path.ends_with(".html")).collect();
    assert!(pages.len() > 40 && pages.iter().any(|(path, _)| path.starts_with("embed/")), "{}", pages.len());
    for (path, page) in pages {
        let page = std::str::from_utf8(page).unwrap();
        let (head, body) = page.split_once("<main").unwrap();
        let head_title = head.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
        assert!(head_title.is_some_and(|it| it.ends_with(title)), "{path}: {head_title:?}");
        // A light page for frames has no foot, and names the site in its last line.
        assert!(body.contains(if path.starts_with("embed/") { title } else { foot }), "{path}");
    }
    let home = project.read("site/pages/index.html");
    assert!(home.matches("every model, organisation, benchmark and score is made up").count() >= 3, "{home}");
    for model in ["Example-70B", "Example-7B"] {
        let about = project.read(&format!("content/models/example-lab/{model}.md"));
        assert!(about.contains("A model that does not exist."), "{about}");
    }
}

fn reference() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/content/pages/reference.md")).unwrap()
}

/// The only block of the reference in `language`.
fn block(language: &str) -> String {
    let text = reference();
    let blocks: Vec<&str> = text.split(&format!("```{language}\n")).skip(1).collect();
    assert_eq!(blocks.len(), 1, "{language}");
    blocks[0].split("```").next().unwrap().to_owned()
}

#[test]
fn the_query_of_the_reference_finds_the_conflict_in_the_tables() {
    let query = block("sql");
    // Spark is too large for a test; the reference says how it names the same file.
    let table = "site/pages/api/v1/data/results.parquet";
    assert!(query.contains(&format!("FROM '{table}'")) && reference().contains(&format!("``parquet.`{table}` ``")));
    if !Command::new("python3").args(["-c", "import duckdb"]).output().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: python3 has no duckdb, so the query of the reference was not run");
        return;
    }
    let project = built();
    let run = "import sys, json, duckdb; print(json.dumps(duckdb.sql(sys.argv[1]).fetchall()))";
    let output = Command::new("python3").args(["-c", run, &query]).current_dir(project.root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows: Vec<(String, String, u64, f64)> = serde_json::from_slice(&output.stdout).unwrap();
    let (model, benchmark, evaluators, spread) = &rows[0];
    assert_eq!((&**model, &**benchmark, *evaluators), ("example-lab/Example-7B", "example-quiz", 3));
    assert!((spread - 0.09).abs() < 1e-9, "{spread}");
    assert!(project.main_of(&format!("{SMALL}.html")).contains("0.7 − 0.61 = 0.09"));
    // What is withdrawn or disputed is no difference: one evaluator of Example Sums is left for the larger model.
    let has = |model: &str, benchmark: &str| rows.iter().any(|row| row.0 == model && row.1 == benchmark);
    assert!(has("example-lab/Example-7B", "example-sums") && !has("example-lab/Example-70B", "example-sums"));
}
