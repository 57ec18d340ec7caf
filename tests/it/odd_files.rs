//! Odd files: what people's editors and other programs leave in content and among records is read, or told.

use std::fs;
use std::os::unix::fs::symlink;

use crate::project::Project;

/// A record of `model` by `evaluator`.
fn record(model: &str, evaluator: &str) -> String {
    format!(
        r#"{{"schema_version": "0.3.0", "evaluation_id": "c/{model}", "retrieved_timestamp": "1770000000",
"source_metadata": {{"source_type": "evaluation_run", "source_organization_name": "{evaluator}", "evaluator_relationship": "third_party"}},
"model_info": {{"id": "{model}", "name": "{model}"}},
"evaluation_results": [{{"evaluation_name": "Quiz", "source_data": {{"dataset_name": "Quiz", "source_type": "other"}},
"metric_config": {{"lower_is_better": false, "min_score": 0, "max_score": 1}}, "score_details": {{"score": 0.5}}}}]}}"#
    )
}

/// Path of the record with this number.
fn path(number: usize) -> String {
    format!("content/datastore/data/c/lab/a/00000000-0000-4000-8000-{number:012}.json")
}

/// A project of one sound record.
fn project() -> Project {
    let project = Project::empty();
    project.write(&path(1), &record("lab/a", "Acme"));
    project
}

/// What `check --strict` prints, which fails.
fn told(project: &Project) -> String {
    project.run(&["build"]);
    let run = project.run(&["check", "--strict"]);
    assert_ne!(run.code, 0, "{}{}", run.stdout, run.stderr);
    format!("{}{}", run.stdout, run.stderr)
}

#[test]
fn files_in_content_that_nothing_reads_are_told() {
    for (file, remedy) in [
        ("content/site.yml", "rename it to site.yaml"),
        ("content/models.yml", "rename it to models.yaml"),
        ("content/benchmarks/quiz.hub.yml", "rename it to quiz.hub.yaml"),
        ("content/models/lab/a.MD", "rename it to a.md"),
        ("content/pages/about.markdown", "rename it to about.md"),
        ("content/record.json", "put records below content/datastore/data/COLLECTION/"),
        ("content/pages/logo.png", "move it out of content/"),
    ] {
        let project = project();
        project.write(file, "a: 1\n");
        let told = told(&project);
        assert!(told.contains(file) && told.contains("unknown-file") && told.contains(remedy), "{file}: {told}");
    }
    let project = project();
    project.write("elsewhere.md", "---\nid: lab/a\n---\n");
    fs::create_dir_all(project.path("content/models")).unwrap();
    symlink("../../elsewhere.md", project.path("content/models/a.md")).unwrap();
    assert!(told(&project).contains("is a link; links are not read"));
    let project = self::project();
    project.write("content/README.md", "Notes\n");
    project.write("content/.gitkeep", "");
    project.build(&[]);
    assert_eq!(project.run(&["check", "--strict"]).code, 0);
}

#[test]
fn files_among_records_that_are_none_are_told() {
    for (file, text, expected) in [
        ("x.json.gz", "".to_owned(), "unpack it"),
        ("x.jsonl", record("lab/b", "Acme").replace('\n', ""), "one record per line"),
        ("x.csv", "a,b\n".to_owned(), "`evalcards init --benchmark NAME --scores FILE`"),
        ("x.xlsx", "PK".to_owned(), "only files that end in `.json` are read"),
        ("samples_quiz.jsonl", "{\"doc_id\": 0, \"target\": \"4\"}\n".to_owned(), "`every_eval_ever convert lm_eval`"),
        ("list.json", format!("[{}, {}]", record("lab/b", "Acme"), record("lab/c", "Acme")), "a list of 2 records"),
        ("empty.json", String::new(), "the file is empty"),
        ("pointer.json", "version https://git-lfs.github.com/spec/v1\n".to_owned(), "git lfs pull"),
        ("page.json", "<!doctype html>".to_owned(), "an HTML page"),
        ("nan.json", record("lab/b", "Acme").replace("0.5", "NaN"), "`NaN` at line 5"),
    ] {
        let project = project();
        project.write(&format!("content/datastore/data/c/lab/b/{file}"), &text);
        let told = told(&project);
        assert!(told.contains(expected), "{file}: {told}");
        assert!(project.read("site/pages/not-shown.html").contains(file), "{file}");
    }
    let project = project();
    project.write("content/datastore/data/c/README.md", "Notes\n");
    project.write("content/datastore/data/c/factsheet.json", "{}");
    project.build(&[]);
    assert_eq!(project.run(&["check", "--strict"]).code, 0);
    assert!(project.read("site/pages/not-shown.html").contains("Eval Factsheet"));
}

#[test]
fn a_key_that_is_given_twice_is_refused_wherever_it_stands() {
    for (once, twice) in [
        (r#""lower_is_better": false"#, r#""lower_is_better": false, "lower_is_better": true"#),
        (r#""max_score": 1"#, r#""max_score": 1, "max_score": 100"#),
        (
            r#""source_organization_name": "Acme""#,
            r#""source_organization_name": "Acme", "source_organization_name": "B""#,
        ),
        (r#""id": "lab/b""#, r#""id": "lab/b", "id": "lab/c""#),
        (r#""score": 0.5"#, r#""score": 0.5, "score": 0.6"#),
        (r#""schema_version": "0.3.0""#, r#""schema_version": "0.3.0", "extra": 1, "extra": 2"#),
        (r#""score": 0.5"#, r#""score": 0.5, "details": {"rank": 1, "rank": 2}"#),
        (r#""dataset_name": "Quiz""#, r#""dataset_name": "Quiz", "dataset_name": "Other""#),
    ] {
        let project = project();
        let text = record("lab/b", "Acme");
        assert!(text.contains(once), "{once}");
        project.write(&path(2), &text.replacen(once, twice, 1));
        let told = told(&project);
        let key = twice.split('"').nth(1).unwrap();
        assert!(told.contains("twice") || told.contains(&format!("duplicate field `{key}`")), "{twice}: {told}");
        assert!(!project.path("site/pages/models/lab/b.html").exists(), "{twice}");
    }
}

#[test]
fn marks_of_editors_are_skipped_in_every_text_file() {
    let project = project();
    let mark = "\u{feff}";
    for (file, text) in [
        ("content/site.yaml", "title: Marked\r\n"),
        ("content/models.yaml", "models:\r\n  - id: lab/a\r\n    name: Alpha\r\n"),
        ("content/aliases.yaml", "aliases:\n  - {id: lab/a, kind: model, names: [alpha]}\n"),
        ("content/pages/about.md", "---\r\ntitle: About us\r\n---\r\nText\r\n"),
        ("templates/words/en.yaml", "ranking.title: Places\n"),
        ("templates/variables.css", ":root { --accent: #123456; }\n"),
    ] {
        project.write(file, &format!("{mark}{text}"));
    }
    project.build(&[]);
    assert_eq!(project.run(&["check", "--strict"]).code, 0);
    assert!(project.read("site/pages/index.html").contains("Marked"));
    assert!(project.read("site/pages/models/lab/a.html").contains("Alpha"));
    assert!(project.path("site/pages/about.html").exists());
    project.write("content/models.yaml", "models: [{id: lab/a}]\n");
    fs::write(project.path("content/organizations.yaml"), b"\xff\xfea\0").unwrap();
    assert!(told(&project).contains("is UTF-16"));
}

#[test]
fn two_unicode_forms_of_a_name_are_one_and_accents_count() {
    let project = Project::empty();
    for (number, (model, evaluator)) in [
        ("lab/caf\u{e9}", "Universit\u{e9} Nord"),
        ("lab/cafe\u{301}", "Universite\u{301} Nord"),
        ("lab/cafe", "Universite Nord"),
        ("lab/\u{65e5}\u{672c}\u{8a9e}", "\u{645}\u{62e}\u{62a}\u{628}\u{631}"),
    ]
    .into_iter()
    .enumerate()
    {
        project.write(&path(number + 1), &record(model, evaluator));
    }
    let run = project.run(&["build", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (report["report"]["models"].as_u64(), report["report"]["evaluators"].as_u64()),
        (Some(3), Some(3)),
        "{report}"
    );
    assert!(project.read("site/pages/merged.html").contains("Universit"));
}

#[test]
fn no_csv_and_no_line_of_json_holds_what_stops_a_reader() {
    let project = Project::empty();
    project.write("content/site.yaml", "title: T\nexports: {documents: true}\n");
    project.write(&path(1), &record("lab/a", "Ac\\u0000me\\u001b[31m\\u2028\\u0085"));
    project.build(&[]);
    let csv = project.read("site/pages/api/v1/evaluators.csv");
    assert!(!csv.contains(|c: char| (c.is_control() && !matches!(c, '\r' | '\n')) || c == '\u{2028}'), "{csv:?}");
    let file = fs::File::open(project.path("site/pages/api/v1/data/results-1.jsonl.gz")).unwrap();
    let mut lines = String::new();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(file), &mut lines).unwrap();
    assert!(!lines.contains(['\u{2028}', '\u{85}']), "{lines:?}");
    let row: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert!(row.is_object());
}
