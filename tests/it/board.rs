//! `init --benchmark`: from a table of scores, or from records, to a site that begins with one benchmark.

use std::fs;
use std::path::Path;
use std::process::Command;

use evalcards::load::eval_rules;
use evalcards::load::eval_yaml::EvalYaml;

use crate::project::{Project, Run};

const SCORES: &str = "\u{feff}Model;Score;metric;unit;n;date;evaluator;relationship;stderr;setting.temperature;setting.Num Fewshot\r\n\
    org/alpha;0.62;accuracy;proportion;500;2026-05-01;Example Lab;third_party;0.02;0;5\r\n\
    org/beta;0.810;accuracy;proportion;500;2026-06-01;Example Lab;third_party;0.018;0;5\r\n\
    \"Gamma; 3\";0.5;accuracy;proportion;500;;Example Lab;third_party;;0.7;\r\n";

fn board(project: &Project, scores: &str) -> Run {
    project.write("scores.csv", scores);
    project.run(&["init", "board", "--benchmark", "My \"Quiz\": 2", "--scores", "scores.csv"])
}

/// Checks records against the schema itself, with a validator of others.
fn validate(folder: &Path) {
    let schema =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/schema-history/schemas/eval.schema-0.3.0.json");
    let program = "import sys, json, pathlib\n\
        try: import jsonschema\nexcept ImportError: sys.exit(3)\n\
        validator = jsonschema.Draft7Validator(json.load(open(sys.argv[1])))\n\
        files = list(pathlib.Path(sys.argv[2]).rglob('*.json'))\n\
        [validator.validate(json.load(open(file, encoding='utf-8'))) for file in files]\n\
        print(len(files))";
    let output = Command::new("python3").args(["-W", "ignore", "-c", program]).args([&schema, folder]).output();
    match output {
        Ok(output) if schema.is_file() && output.status.code() != Some(3) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_ne!(output.stdout, b"0\n");
        }
        _ => println!("SKIPPED: jsonschema or the schema is not there, so the records were not validated"),
    }
}

#[test]
fn a_table_becomes_a_board_in_two_commands() {
    let project = Project::empty();
    let run = board(&project, SCORES);
    assert_eq!(run.code, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stdout);
    let report = project.build(&["-C", "board", "--strict"]);
    assert_eq!((report["models"].as_u64(), report["results"].as_u64()), (Some(3), Some(3)));
    for arguments in [&["check", "-C", "board", "--strict"][..], &["check", "-C", "board", "--site", "site"]] {
        let run = project.run(arguments);
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    }

    let front = project.read("board/site/pages/index.html");
    for part in [
        "<h1>My &quot;Quiz&quot;: 2</h1>",
        "Submit a result",
        "beta",
        ">0.810<",
        "Gamma; 3",
        "evaluation_framework: inspect-ai",
        "href=\"overview.html\"",
        "href=\"api/v1/benchmarks/my-quiz-2.json\"",
    ] {
        assert!(front.contains(part), "no {part} in {front}");
    }
    // What is to be written is not shown before it is.
    assert!(!front.contains("The task") && !front.contains("Readers do not see"), "{front}");
    let text = "board/content/benchmarks/my-quiz-2.md";
    let written = project.read(text).replace("<!--", "").replace("-->", "");
    // All that it says, the page of the benchmark says too; only its links begin elsewhere.
    let own = project.read("board/site/pages/benchmarks/my-quiz-2.html").replace("../", "");
    let main = |page: &str| page[page.find("<main").unwrap()..page.find("</main>").unwrap()].to_owned();
    let without_links = |text: String| {
        text.split("href=\"").map(|part| part.split_once('"').map_or(part, |it| it.1).to_owned()).collect::<String>()
    };
    // It begins with what its author says.
    assert_eq!(without_links(main(&front)).replace("id=\"about\" open", "id=\"about\""), without_links(main(&own)));
    assert!(project.read("board/site/pages/overview.html").contains("data-finder=\"all\""));
    project.write(text, &written);
    project.build(&["-C", "board"]);
    let front = project.read("board/site/pages/index.html");
    assert!(front.contains("The task") && front.contains("Run it"), "{front}");

    let text = project.read("board/content/benchmarks/my-quiz-2.eval.yaml");
    assert_eq!(eval_rules::broken(&serde_yaml::from_str(&text).unwrap()), []);
    let eval = EvalYaml::parse(&text).unwrap();
    assert_eq!((eval.name.as_deref(), &*eval.tasks[0].id), (Some("My \"Quiz\": 2"), "my_quiz_2"));
    validate(&project.path("board/content/datastore"));
}

#[test]
fn each_record_says_that_it_was_a_row_and_what_the_row_lacks() {
    let project = Project::empty();
    project.write("one.csv", "model,score\n\norg/a,+.50\n");
    let mut init = project.command(&["init", "board", "--benchmark", "Quiz", "--scores", "one.csv"]);
    let run = Run::from(init.env("SOURCE_DATE_EPOCH", "1768435200").output().unwrap());
    assert!(run.stdout.contains("No row states `lower_is_better`"), "{}", run.stdout);
    assert!(run.stdout.contains("lacks: metric, unit, n, date, evaluator, relationship."), "{}", run.stdout);
    let records = project.files("board/content/datastore");
    let (path, text) = records.first_key_value().unwrap();
    assert!(path.starts_with("data/quiz/org/a/"), "{path}");
    insta::assert_snapshot!(String::from_utf8(text.clone()).unwrap());
    validate(&project.path("board/content/datastore"));
}

#[test]
fn a_front_without_records_is_told_and_records_of_others_fill_it() {
    let project = Project::empty();
    project.run(&["init", "board", "--benchmark", "Example Quiz"]);
    project.run(&["init", "others"]);
    let build = ["build", "-C", "board", "--datastore"];
    let run = project.run(&[&build[..], &["../others/content/datastore"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(project.read("board/site/pages/index.html").contains(">0.625<"));

    let site = project.read("board/content/site.yaml");
    project.write("board/content/site.yaml", &site.replace("benchmarks/example-quiz", "benchmarks/example-quizz"));
    let run = project.run(&["build", "-C", "board", "--datastore", "../others/content/datastore"]);
    for part in ["no-front", "site.yaml", "benchmarks/example-quizz", "did you mean `benchmarks/example-quiz`?"] {
        assert!(run.stderr.contains(part), "no {part} in {}", run.stderr);
    }
    assert!(project.read("board/site/pages/index.html").contains("data-finder=\"all\""));
    assert!(!project.path("board/site/pages/overview.html").exists());
}

#[test]
fn each_mistake_is_told_with_line_column_and_remedy_and_nothing_is_written() {
    for (scores, told) in [
        ("", "scores.csv has no row of scores"),
        ("model,score\n", "scores.csv has no row of scores"),
        ("model,score\na,0.5,7\n", "line 2: has 3 cells, and the header 2; put a cell with a separator in quotes"),
        ("model,score\n\n\"a,0.5\n", "line 3: a quote is not closed"),
        ("model\na\n", "line 1: there is no column `score`; add it"),
        ("model,score,score\na,1,2\n", "line 1, column 3: `score` is the name of two columns"),
        ("model,score,metrics\na,1,2\n", "line 1, column 3: no column is called `metrics`; did you mean `metric`?"),
        ("model,score,shots\na,1,2\n", "name it `setting.shots` to keep it"),
        ("model,score\na,\n", "line 2, `score`: is empty; fill it, or delete the row"),
        ("model,score\na,87%\n", "`87%` is not a number; write 87, and `percent` in the column `unit`"),
        ("model;score\na;0,5\n", "line 2, `score`: `0,5` is not a number; write 0.5"),
        ("model,score\na,NaN\n", "line 2, `score`: `NaN` is not a number; write digits such as 0.625"),
        ("model,score\na,high\n", "write digits such as 0.625"),
        ("model,score,unit\na,62,proportion\n", "62 is outside 0 to 1 of its unit; write `percent` if 100 is the best"),
        ("model,score,n\na,0.5,1.5\n", "line 2, `n`: `1.5` is not a count"),
        ("model,score,date\na,0.5,5 May\n", "line 2, `date`: is not a date; write YYYY-MM-DD"),
        ("model,score,url\na,0.5,a.example\n", "line 2, `url`: is not a web address"),
        ("model,score,relationship\na,0.5,friend\n", "write first_party or third_party or collaborative or other"),
        (
            "model,score,lower_is_better\na,0.5,yes\n",
            "`lower_is_better`: `yes` is not a known value; write true or false",
        ),
        ("model,score,stderr\na,0.5,-1\n", "line 2, `stderr`: is negative"),
        ("model,score,setting.temperature\na,0.5,low\n", "line 2, `setting.temperature`: `low` is not a number"),
        ("model,score\na,0.5\na,0.5\n", "line 3: repeats line 2; delete one of them"),
        ("model,score\na\u{1b}[31m,0.5\n", "has the character U+001B, which pages do not show; remove it"),
        (&format!("model,score\n{},0.5\n", "x".repeat(601)), "has more than 600 characters"),
        (&format!("model,score\n{}", "a,x\n".repeat(30)), "more like these"),
        (&format!("model,score\n{}", "a,1\n".repeat(10_001)), "has 10001 rows, and at most 10000 are read"),
    ] {
        let project = Project::empty();
        let run = board(&project, scores);
        assert_eq!(run.code, 1, "{scores}");
        assert!(run.stderr.contains(told), "no {told} in {}", run.stderr);
        assert!(run.stderr.contains("scores.csv") && !run.stderr.contains('\u{1b}'), "{}", run.stderr);
        assert!(!project.path("board").exists(), "{scores}");
    }
    let project = Project::empty();
    for (arguments, told) in [
        (&["--benchmark", "!!!"][..], "has no letters a to z or digits to make an id from"),
        (&["--benchmark", "题"], "has no letters a to z or digits to make an id from"),
        (&["--benchmark", "a", "--scores", "none.csv"], "none.csv does not exist"),
    ] {
        let run = project.run(&[&["init", "board"], arguments].concat());
        assert!(run.code == 1 && run.stderr.contains(told), "no {told} in {}", run.stderr);
    }
    assert_eq!(project.run(&["init", "--scores", "x.csv"]).code, 2);
}

#[test]
fn hostile_cells_stay_text() {
    let project = Project::empty();
    let scores = "model,score,metric,developer,evaluator,setting.note\n\
        \"<script>alert(1)</script>\",0.5,\"a\"\"\n{NAME}: [\",../..,\"</b> & {ID}\",=1+1\n\
        ../../../../x,0.6,\"a\"\"\n{NAME}: [\",con,\"'\"\"\",@x\n\
        /,1e-3,\"a\"\"\n{NAME}: [\",,,\"{{ page }}\"\n";
    let run = board(&project, scores);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let outside: Vec<_> = fs::read_dir(project.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(outside.len(), 2, "{outside:?}");
    let report = project.build(&["-C", "board"]);
    assert_eq!((report["results"].as_u64(), report["errors"].as_u64()), (Some(3), Some(0)));
    for (path, bytes) in project.files("board/site/pages") {
        let is_page = path.ends_with(".html");
        assert!(!is_page || !String::from_utf8(bytes).unwrap().contains("<script>alert"), "{path}");
    }
    validate(&project.path("board/content/datastore"));
}
