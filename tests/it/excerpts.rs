//! Rows of samples on a card: none unless the site asks, none of what is restricted, and nothing that is more than text.

use serde_json::{Value, json};

use crate::project::Project;
use crate::samples::{detailed, lines, project, record, result, row};

const CARD: &str = "models/lab/a.html";

/// Five rows, each with a question of its own.
pub fn rows() -> String {
    let rows = (0..5).map(|id| {
        let mut row = row("Quiz", id, json!(u8::from(id % 2 == 0)));
        row["input"] = json!({"raw": format!("Secret question {id} <b>?\n\tend"), "reference": ["A & B"]});
        row["answer_attribution"] = json!([{"extracted_value": "Secret extract", "is_terminal": true}]);
        row
    });
    lines(&rows.collect::<Vec<_>>())
}

/// A project with `rows`, in which `site.yaml` says `samples` and the record says `details` of its file.
pub fn with(rows: &str, samples: &str, details: Value) -> Project {
    let mut detailed = detailed(rows);
    detailed["additional_details"] = details;
    let project = project(&record(&[result("Quiz", json!(0.6), &[])], Some(detailed)), Some(rows));
    project.write("content/site.yaml", &format!("title: Samples\n{samples}"));
    project
}

/// The files of the site that hold `text`.
fn files_with(project: &Project, text: &str) -> Vec<String> {
    let found = project.files("site").into_iter();
    found.filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(text)).map(|(path, _)| path).collect()
}

#[test]
fn rows_are_shown_where_the_site_asks_for_them_and_nowhere_else() {
    for samples in ["", "samples: {}\n", "samples: {excerpts: 0}\n"] {
        let project = with(&rows(), samples, json!({}));
        project.build(&[]);
        assert!(files_with(&project, "Secret").is_empty(), "{samples}");
        assert!(!project.main_of(CARD).contains("class=\"ex\""), "{samples}");
    }
    let project = with(&rows(), "samples: {excerpts: 2}\n", json!({}));
    project.build(&[]);
    assert_eq!(files_with(&project, "Secret"), [format!("pages/{CARD}")]);
    let main = project.main_of(CARD);
    for part in [
        "<details class=\"ex\"><summary>2 of the first rows of the file</summary>",
        "<dt>Line</dt><dd dir=\"auto\">2</dd><dt>Sample</dt><dd dir=\"auto\">1</dd>",
        "<dd dir=\"auto\">Secret question 0 &lt;b&gt;?\n    end</dd>",
        "<dt>Reference</dt><dd dir=\"auto\">A &amp; B</dd>",
        "<dt>Output</dt><dd dir=\"auto\">Secret answer</dd>",
        "<dt>Extracted answer</dt><dd dir=\"auto\">Secret extract</dd>",
    ] {
        assert!(main.contains(part), "{part}: {main}");
    }
    assert!(!main.contains("Secret question 2"), "{main}");
    // A terminal is not shown any of it.
    for arguments in [&["build"][..], &["check"], &["check", "--explain", "lab/a"]] {
        let run = project.run(arguments);
        assert!(!run.stdout.contains("Secret") && !run.stderr.contains("Secret"), "{arguments:?}: {}", run.stdout);
    }
    // It is another site, and the same one again without them.
    project.write("content/site.yaml", "title: Samples\n");
    assert_eq!(project.build(&[])["up_to_date"], json!(false));
    assert!(files_with(&project, "Secret").is_empty());
}

#[test]
fn restricted_samples_are_never_shown() {
    const ASKS: &str = "samples: {excerpts: 10}\n";
    let is_shown = |project: &Project| {
        project.run(&["build"]);
        let found = files_with(project, "Secret question");
        let says = project.main_of(CARD).contains("these samples are marked as restricted");
        assert_eq!(says, found.is_empty(), "{found:?}");
        !found.is_empty()
    };
    // By the record, in a member whose value does not deny it.
    for (details, expected) in [
        (json!({}), true),
        (json!({"restricted": "true"}), false),
        (json!({"Gated": "manual"}), false),
        (json!({"private": "yes"}), false),
        (json!({"restricted": "False", "gated": "no", "private": "0"}), true),
        (json!({"note": "restricted"}), true),
    ] {
        assert_eq!(is_shown(&with(&rows(), ASKS, details.clone())), expected, "{details}");
    }
    // By the collection; and where it is not known what that says.
    for (collections, expected) in [
        ("collections:\n  - {id: c, name: C}\n", true),
        ("collections:\n  - {id: c, restricted_samples: true}\n", false),
        ("collections:\n  - {id: c, restricted_samples: false}\n", true),
        ("collections:\n  - {id: d, restricted_samples: true}\n", true),
        ("collections:\n  - {id: c, restricted_samples: perhaps}\n", false),
        ("collections: [\n", false),
    ] {
        let project = with(&rows(), ASKS, json!({}));
        project.write("content/collections.yaml", collections);
        assert_eq!(is_shown(&project), expected, "{collections}");
    }
}

#[test]
fn rows_that_are_not_those_of_the_record_are_not_shown() {
    let shown = |rows: &str, change: fn(&mut Value)| {
        let mut detailed = detailed(rows);
        change(&mut detailed);
        let project = project(&record(&[result("Quiz", json!(0.6), &[])], Some(detailed)), Some(rows));
        project.write("content/site.yaml", "title: Samples\nsamples: {excerpts: 3}\n");
        project.build(&[]);
        !files_with(&project, "Secret").is_empty()
    };
    assert!(shown(&rows(), |_| {}));
    assert!(!shown(&rows(), |detailed| detailed["checksum"] = json!("0".repeat(64))));
    assert!(!shown(&rows().replace("\"lab/a\"", "\"lab/b\""), |_| {}));
    assert!(!shown(&format!("{}{{\n", rows()), |_| {}));
}

#[test]
fn hostile_rows_are_text_of_bounded_size() {
    const EVIL: &str = "../../EVIL\u{1b}[31m\u{1b}]0;x\u{7}\r\u{202e}\u{2066}</dd></details><script>alert(1)</script>{{ page }}{% raw %}\"'&\u{2705}";
    let huge = EVIL.repeat(1_000);
    let evil = |text: &str| {
        let mut rows: Vec<Value> = (0..10).map(|id| row("Quiz", id, json!(u8::from(id > 3)))).collect();
        for row in &mut rows {
            row["sample_id"] = json!(format!("{text}{}", row["sample_id"]));
            row["input"] = json!({"raw": text, "reference": [text, text]});
            row["output"] = json!({"raw": [text, text]});
            row["answer_attribution"] = json!([{"extracted_value": text, "is_terminal": true}]);
        }
        lines(&rows)
    };
    let plain = with(&rows(), "", json!({}));
    plain.build(&[]);
    let without = plain.read(&format!("site/pages/{CARD}")).len();
    for text in [EVIL, &huge, &"\n".repeat(5_000), &"\u{0}\u{9}".repeat(5_000)] {
        let project = with(&evil(text), "samples: {excerpts: 10}\n", json!({}));
        project.build(&[]);
        let page = project.read(&format!("site/pages/{CARD}"));
        assert!(page.contains("class=\"ex\"") && page.matches("<script").count() == 1, "{page}");
        assert!(!page.contains(['\u{1b}', '\u{7}', '\r', '\0', '\t', '\u{202e}', '\u{2066}', '\u{2705}']), "{page}");
        // 20,000 characters, each at most as long as `&quot;`.
        assert!(page.len() < without + 20_000 * 6 + 10_000, "{} {without}", page.len());
        for (path, bytes) in project.files("site") {
            let is_here = String::from_utf8_lossy(&bytes).contains("EVIL");
            assert!(!path.contains("EVIL") && (!is_here || path == format!("pages/{CARD}")), "{path}");
        }
        // Its tags are those of the page: what follows stands where it stood.
        assert_eq!(project.run(&["check", "--site", "site"]).code, 0);
    }
}

#[test]
fn a_site_that_asks_for_what_there_is_not_is_told() {
    for (samples, says) in [
        ("samples: {excerpts: 11}", "`samples.excerpts` is 11, and a card shows at most 10 rows of a file"),
        ("samples: {excerpt: 3}", "did you mean `excerpts`?"),
        ("samples: {excerpts: -1}", "excerpts"),
        ("samples: yes", "samples"),
    ] {
        let project = with(&rows(), samples, json!({}));
        let run = project.run(&["build"]);
        assert!(run.code != 0 && run.stderr.contains("site.yaml") && run.stderr.contains(says), "{}", run.stderr);
    }
}
