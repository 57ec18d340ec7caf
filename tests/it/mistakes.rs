//! The usual mistakes of a newcomer: what each is told, which must name the remedy.

use std::net::TcpListener;

use crate::project::Project;

const RECORD: &str =
    "content/datastore/data/example/example-org/example-model/6f0c7c3e-8a55-4c3b-9d55-2f6f7d1f4a10.json";
const SAME_RUN: &str =
    "content/datastore/data/example/example-org/example-model/6f0c7c3e-8a55-4c3b-9d55-2f6f7d1f4a12.json";
const SECOND: &str = "content/datastore/data/example/example-org/second/6f0c7c3e-8a55-4c3b-9d55-2f6f7d1f4a11.json";
const MODEL: &str = "content/models/example-org/example-model.md";

/// One mistake in a project that `init` wrote.
struct Mistake {
    name: &'static str,
    make: fn(&Project),
    run: &'static [&'static str],
    code: i32,
    told: &'static [&'static str],
    not_told: &'static [&'static str],
}

/// Writes `to` in place of `from` in a file of the project.
#[track_caller]
fn replace(project: &Project, file: &str, from: &str, to: &str) {
    let text = project.read(file);
    assert!(text.contains(from), "no {from} in {file}");
    project.write(file, &text.replacen(from, to, 1));
}

const HARNESS: &str = r#"{"results": {"mmlu": {"acc,none": 0.5}}, "configs": {"mmlu": {}}, "versions": {"mmlu": 1}}"#;

const MISTAKES: [Mistake; 21] = [
    Mistake {
        name: "a model without its owner",
        make: |_| {},
        run: &["check", "--model", "Example-Model"],
        code: 1,
        told: &["there is no model", "did you mean example-org/example-model?"],
        not_told: &[],
    },
    Mistake {
        name: "the output of a harness as a table of scores",
        make: |project| project.write("scores.csv", HARNESS),
        run: &["init", "board", "--benchmark", "Quiz", "--scores", "scores.csv"],
        code: 1,
        told: &["scores.csv is JSON, not a table", "write a CSV with a header such as `model,score`"],
        not_told: &["closing quote"],
    },
    Mistake {
        name: "a percentage on a scale from 0 to 1",
        make: |project| replace(project, RECORD, "\"score\": 0.625", "\"score\": 62.5"),
        run: &["check", "--strict"],
        code: 1,
        told: &[
            RECORD,
            "out-of-range",
            "/evaluation_results/0",
            "62.5 is outside the declared range of 0",
            "a `max_score` of 100",
        ],
        not_told: &[],
    },
    Mistake {
        name: "a relationship in other words",
        make: |project| replace(project, RECORD, "\"third_party\"", "\"3rd party\""),
        run: &["check", "--strict"],
        code: 1,
        told: &[RECORD, "unknown-word", "“3rd party”", "write first_party, third_party, collaborative or other"],
        not_told: &["missing-field"],
    },
    Mistake {
        name: "a misspelt unit",
        make: |project| replace(project, RECORD, "\"metric_unit\": \"proportion\"", "\"metric_unit\": \"porportion\""),
        run: &["check", "--strict"],
        code: 1,
        told: &[RECORD, "unknown-word", "“porportion” is no known unit", "did you mean `proportion`?"],
        not_told: &[],
    },
    Mistake {
        name: "an output converted again after the first record was edited by hand",
        make: |project| {
            replace(project, RECORD, "\"1768348800\"", "\"1768383000\"");
            project.write(SAME_RUN, &project.read(RECORD));
            replace(project, SAME_RUN, "\"third_party\"", "\"first_party\"");
            let time = "\"retrieved_timestamp\": \"";
            replace(project, SAME_RUN, time, &format!("{time}1"));
        },
        run: &["check", "--strict"],
        code: 1,
        told: &[SAME_RUN, "repeated-run", "of the same run as", RECORD, "delete one of them"],
        not_told: &[],
    },
    Mistake {
        name: "a model without an id",
        make: |project| replace(project, RECORD, "\"id\": \"example-org/example-model\"", "\"homepage\": \"none\""),
        run: &["check", "--strict"],
        code: 1,
        told: &[RECORD, "missing-field", "model_info.id", "the schema requires it"],
        not_told: &[],
    },
    Mistake {
        name: "a record beside the folder of collections",
        make: |project| project.write("content/datastore/quiz/r.json", &project.read(RECORD)),
        run: &["check", "--strict"],
        code: 1,
        told: &[
            "content/datastore/quiz/r.json",
            "unknown-file",
            "move records to",
            "data/<collection>/<developer>/<model>/",
        ],
        not_told: &[],
    },
    Mistake {
        name: "records without the folder of collections",
        make: |project| {
            project.write("content/datastore/quiz/r.json", &project.read(RECORD));
            std::fs::remove_dir_all(project.path("content/datastore/data")).unwrap();
        },
        run: &["build"],
        code: 1,
        told: &["is not a datastore", "put records into", "/data/<collection>/<developer>/<model>/"],
        not_told: &[],
    },
    Mistake {
        name: "a second comma in the only record",
        make: |project| replace(project, RECORD, ",\n", ",,\n"),
        run: &["build"],
        code: 1,
        told: &["no record can be shown; 1 file was read", RECORD, "line 2 has a second comma; remove it", "help:"],
        not_told: &[],
    },
    Mistake {
        name: "a score as text",
        make: |project| replace(project, RECORD, "\"score\": 0.625", "\"score\": \"62.5%\""),
        run: &["build"],
        code: 1,
        told: &[
            "1 file was read",
            "/evaluation_results/0: `score` is the text \"62.5%\"",
            "write 62.5 without quotes or %, in the unit of the metric",
        ],
        not_told: &[],
    },
    Mistake {
        name: "a score as text beside a good record",
        make: |project| {
            project.write(SECOND, &project.read(RECORD).replace("\"score\": 0.625", "\"score\": \"62.5%\""));
        },
        run: &["check"],
        code: 1,
        told: &[SECOND, "write 62.5 without quotes", "1 error, 0 warnings"],
        not_told: &["no-results"],
    },
    Mistake {
        name: "NaN for a score",
        make: |project| replace(project, RECORD, "\"score\": 0.625", "\"score\": NaN"),
        run: &["build"],
        code: 1,
        told: &[RECORD, "`NaN` at line 37 is not a JSON value; leave the member out if there is no value"],
        not_told: &[],
    },
    Mistake {
        name: "the file of a harness in place of a record",
        make: |project| project.write("content/datastore/data/example/example-org/results.json", HARNESS),
        run: &["check"],
        code: 1,
        told: &[
            "results.json",
            "the output of lm-evaluation-harness, not an Every Eval Ever record; convert it first",
            "“Publish your results” in the documentation",
        ],
        not_told: &["`evaluation_results` is missing"],
    },
    Mistake {
        name: "a misspelt name in a template",
        make: |project| project.write("templates/model.html", "<h1>\n{{ page.nmae }}</h1>"),
        run: &["build"],
        code: 1,
        told: &["template model.html, line 2", "`page.nmae` is undefined", "help: did you mean `page.name`?"],
        not_told: &[],
    },
    Mistake {
        name: "a colon in a title",
        make: |project| project.write("content/site.yaml", "title: My \"Eval: Cards\"\n"),
        run: &["build"],
        code: 1,
        told: &[
            "content/site.yaml",
            "line 1",
            "help: put text with a colon between quotes: `title: 'My \"Eval: Cards\"'`",
        ],
        not_told: &[],
    },
    Mistake {
        name: "several faults in one front matter",
        make: |project| {
            let text =
                "---\nid: example-org/example-model\nlisence: mit\nparams_b: seven\nreleased: May\naliases: x\n---\n";
            project.write(MODEL, text);
        },
        run: &["check"],
        code: 1,
        told: &[
            "line 4 column 11: params_b: invalid type: string \"seven\"",
            "line 6: aliases: invalid type",
            "line 5: released: `May` is not a date",
            "help: write YYYY-MM-DD",
            "unknown key `lisence` is not used",
            "help: did you mean `license`?",
            "2 errors, 2 warnings",
        ],
        not_told: &[],
    },
    Mistake {
        name: "fetch without a connection",
        make: |_| (),
        run: &["fetch", "MMLU-Pro"],
        code: 1,
        told: &["no connection", "help: check the address and the network connection"],
        not_told: &[],
    },
    Mistake {
        name: "a table that cannot be read, among many warnings",
        make: |project| {
            project.write("content/organizations.yaml", "organizations: [\n");
            for number in 0..20 {
                let page = format!("---\nid: example-org/m{number}\ncolour: red\n---\n");
                project.write(&format!("content/models/example-org/m{number}.md"), &page);
            }
        },
        run: &["build"],
        code: 0,
        told: &[
            "error[unreadable-metadata]: content/organizations.yaml",
            "in metadata, 1 error; see `evalcards check`",
        ],
        not_told: &[],
    },
    Mistake {
        name: "a key too far to the right",
        make: |project| project.write("content/site.yaml", "title: A\n  description: B\n"),
        run: &["build"],
        code: 1,
        told: &["content/site.yaml", "line 2", "help:", "keys of one level begin in the same column"],
        not_told: &[],
    },
    Mistake {
        name: "an address without its scheme",
        make: |_| (),
        run: &["build", "--base-url", "example.org/cards"],
        code: 1,
        told: &["has no scheme", "help: write https://example.org/cards"],
        not_told: &[],
    },
];

#[test]
fn each_usual_mistake_is_told_with_its_remedy() {
    // A port of this machine at which nothing listens any more.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for mistake in MISTAKES {
        let project = Project::empty();
        assert_eq!(project.run(&["init"]).code, 0);
        (mistake.make)(&project);
        let mut command = project.command(mistake.run);
        command.env("HF_ENDPOINT", format!("http://127.0.0.1:{port}")).env_remove("HF_HUB_OFFLINE");
        let output = command.output().unwrap();
        let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert_eq!(output.status.code(), Some(mistake.code), "{}: {told}", mistake.name);
        for part in mistake.told {
            assert!(told.contains(part), "{}: no `{part}` in:\n{told}", mistake.name);
        }
        for part in mistake.not_told {
            assert!(!told.contains(part), "{}: `{part}` in:\n{told}", mistake.name);
        }
    }
}
