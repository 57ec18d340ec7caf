//! Two models on the same samples: what is matched and what is not, where it stands, and whether the statistics are right.

use std::io::Write;
use std::process::{Command, Stdio};

use evalcards::hash::Sha256;
use evalcards::signal::paired::Paired;
use serde_json::{Value, json};

use crate::project::Project;
use crate::samples::lines;

const RANKING: &str = "site/pages/api/v1/benchmarks/quiz.json";

/// Answers of `model`: what tells the sample, and whether it is right.
pub struct Answered<'a> {
    model: &'a str,
    source: &'a str,
    metric: &'a str,
    answers: Vec<(Value, bool)>,
}

impl<'a> Answered<'a> {
    pub fn new(model: &'a str, answers: impl IntoIterator<Item = (Value, bool)>) -> Answered<'a> {
        Answered { model, source: "Board", metric: "accuracy", answers: answers.into_iter().collect() }
    }

    /// The score is the share of right answers, or wrong by `off`.
    fn write(&self, project: &Project, off: f64) {
        let Answered { model, source, metric, answers } = self;
        let right = answers.iter().filter(|(_, is_correct)| *is_correct).count();
        let record = json!({
            "schema_version": "0.3.0", "evaluation_id": format!("c/{model}/1"), "retrieved_timestamp": "1768435200",
            "source_metadata": {"source_name": source, "source_type": "evaluation_run",
                "source_organization_name": "Acme Evals", "evaluator_relationship": "third_party"},
            "eval_library": {"name": "unknown", "version": "unknown"},
            "model_info": {"name": model, "id": format!("lab/{model}")},
            "evaluation_results": [{"evaluation_name": "Quiz",
                "source_data": {"dataset_name": "Quiz", "source_type": "other"},
                "metric_config": {"metric_id": metric, "metric_unit": "proportion", "lower_is_better": false,
                    "score_type": "continuous", "min_score": 0.0, "max_score": 1.0},
                "score_details": {"score": right as f64 / answers.len() as f64 + off}}]});
        let rows = answers.iter().map(|(told, is_correct)| {
            let mut row = json!({"evaluation_id": format!("c/{model}/1"), "model_id": format!("lab/{model}"),
                "evaluation_name": "Quiz", "input": {"raw": "Secret <b>question</b>"},
                "evaluation": {"score": u8::from(*is_correct), "is_correct": is_correct}});
            row.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
            row
        });
        let path = format!("content/datastore/data/c/lab/{model}/0b0b6a3e-5d5f-4c0e-9d8e-000000000001");
        project.write(&format!("{path}.json"), &record.to_string());
        project.write(&format!("{path}_samples.jsonl"), &lines(&rows.collect::<Vec<_>>()));
    }
}

/// A sample with a hash; ids are those of each model's own order.
pub fn hashed(id: usize, sample: usize) -> Value {
    json!({"sample_id": id.to_string(), "sample_hash": format!("{sample:064x}")})
}

fn by_id(id: usize) -> Value {
    json!({"sample_id": id, "sample_hash": null})
}

pub fn project(all: &[Answered]) -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "title: Samples\n");
    all.iter().for_each(|it| it.write(&project, 0.0));
    project
}

/// The pairs of the benchmark as `a b: both, only a, only b, neither`.
fn pairs(project: &Project) -> Vec<String> {
    project.build(&[]);
    let ranking: Value = serde_json::from_str(&project.read(RANKING)).unwrap();
    let pairs = ranking["pairs"].as_array().cloned().unwrap_or_default();
    let said = pairs.iter().map(|it| {
        let counts =
            ["both_right", "only_first_right", "only_second_right", "both_wrong"].map(|key| it[key].to_string());
        let [a, b] = ["first", "second"].map(|key| it[key]["model"].as_str().unwrap().trim_start_matches("lab/"));
        format!("{a} {b}: {}", counts.join(", "))
    });
    said.collect()
}

/// 20 samples; `a` is right in all but each fifth, `b` in the first ten, in another order and under other ids.
pub fn two() -> [Answered<'static>; 2] {
    [
        Answered::new("a", (0..20).map(|it| (hashed(it, it), it % 5 > 0))),
        Answered::new("b", (0..20).rev().map(|it| (hashed(20 - it, it), it < 10))),
    ]
}

#[test]
fn pairs_stand_on_the_page_and_in_the_exports() {
    let project = project(&two());
    assert_eq!(pairs(&project), ["a b: 8, 8, 2, 2"]);
    let ranking: Value = serde_json::from_str(&project.read(RANKING)).unwrap();
    let pair = &ranking["pairs"][0];
    assert_eq!((&pair["shared"], &pair["difference"], &pair["p"]), (&json!(20), &json!(0.3), &json!(0.109375)));
    let main = project.main_of("benchmarks/quiz.html");
    for part in ["id=\"pairs\"", "+0.300<small>", "<td class=\"n\">0.109</td>", "api/v1/benchmarks/quiz~pairs.csv"] {
        assert!(main.contains(part), "{part}: {main}");
    }
    assert!(!main.contains("Secret"));
    let csv = project.read("site/pages/api/v1/benchmarks/quiz~pairs.csv");
    assert!(csv.lines().nth(1).unwrap().starts_with("lab/a,,lab/b,,20,8,8,2,2,0.3,"), "{csv}");
    assert!(csv.lines().nth(1).unwrap().ends_with(",0.109375"), "{csv}");
    if crate::export::has_readers() {
        // One of each kind of page.
        project.write("content/models/lab/a.md", "---\nid: lab/a\nname: a\ndeveloper: Lab\n---\n");
        project.build(&["--base-url", crate::export::SITE]);
        crate::export::check(&project.path("site/pages"));
    }
}

/// The data of the comparison, by the name of its file.
fn compared(project: &Project) -> Vec<Value> {
    let found = project.files("site/pages/assets/compare").into_iter();
    let data = found.map(|(_, bytes)| {
        let text = String::from_utf8(bytes).unwrap();
        let (_, data) = text.trim_end().trim_end_matches(");").split_once(',').unwrap();
        serde_json::from_str(data).unwrap()
    });
    data.collect()
}

#[test]
fn the_comparison_is_given_the_pairs_that_the_build_counted() {
    let project = project(&two());
    project.build(&[]);
    let [shard] = &*compared(&project) else { panic!("two models fit into a file") };
    let model = |id: &str| shard["models"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
    let [pair] = &**model("lab/a")["pairs"].as_array().unwrap() else { panic!("{shard}") };
    assert_eq!(shard["rankings"][pair[0].as_u64().unwrap() as usize]["path"], "benchmarks/quiz.html");
    assert_eq!(shard["texts"][pair[2].as_u64().unwrap() as usize], "lab/b");
    assert_eq!(pair[3], json!([20, 8, 8, 2, 2]));
    // As the page of the benchmark has them.
    let main = project.main_of("benchmarks/quiz.html");
    let said = |at: usize| pair[at].as_str().unwrap();
    assert!(main.contains(&format!(">{}<small>{}</small>", said(4), said(5))), "{main}");
    assert_eq!((said(4), said(6)), ("+0.300", "0.109"));
    // It is told once, and takes no room where there is none.
    assert!(model("lab/b").get("pairs").is_none());
    assert!(project.read("site/pages/compare.html").contains("<template data-pairs>"));
}

#[test]
fn published_pairs_follow_from_their_counts() {
    let project = project(&two());
    project.build(&[]);
    let check = || {
        let run = project.run(&["check", "--json", "--site", "site"]);
        let document: Value = serde_json::from_str(&run.stdout).unwrap();
        (run.code, document["checked"]["findings"].as_array().unwrap().clone())
    };
    assert_eq!(check(), (0, Vec::new()));
    const PAGE: &str = "site/pages/benchmarks/quiz.html";
    let page = project.read(PAGE);
    for (from, to, says) in [
        ("data-pair=\"8 8 2 2\"", "data-pair=\"9 8 2 1\"", "a and b: the page says 8, and its counts give 9"),
        ("+0.300<small>", "+0.310<small>", "a and b: the page says +0.310"),
        ("<td class=\"n\">0.109</td>", "<td class=\"n\">0.019</td>", "p is 0.019, and its counts give 0.109"),
        (
            "<th scope=\"row\"><a href=\"../models/lab/b.html#",
            "<th scope=\"row\"><a href=\"../models/lab/b.html#x",
            "the score of b was not",
        ),
    ] {
        // The ranking above has the same links.
        let (ranking, pairs) = page.split_at(page.find("id=\"pairs\"").unwrap());
        assert!(pairs.contains(from), "{page}");
        project.write(PAGE, &format!("{ranking}{}", pairs.replacen(from, to, 1)));
        let (code, findings) = check();
        let [found] = &*findings else { panic!("{findings:?}") };
        assert!(code == 1 && found["message"].as_str().unwrap().contains(says), "{code} {found}");
        assert!(found["file"].as_str().unwrap().ends_with("benchmarks/quiz.html"), "{found}");
    }
}

#[test]
fn nothing_is_compared_across_different_inputs() {
    let other = |change: fn(&mut Answered<'static>)| {
        let [a, mut b] = two();
        change(&mut b);
        pairs(&project(&[a, b]))
    };
    // Other inputs under the same ids; half of them others.
    assert!(other(|b| b.answers.iter_mut().enumerate().for_each(|(n, it)| it.0 = hashed(n, n + 100))).is_empty());
    assert_eq!(other(|b| (0..10).for_each(|n| b.answers[n].0 = hashed(n, n + 100))), ["a b: 8, 0, 2, 0"]);
    // A hash that is none matches nothing, and neither do ids and hashes.
    assert!(other(|b| b.answers.iter_mut().for_each(|it| it.0["sample_hash"] = json!("1"))).is_empty());
    assert!(other(|b| (0..20).for_each(|n| b.answers[n].0 = by_id(n))).is_empty());
    // One hash for all, and samples that occur twice: which answer is meant is not said.
    assert!(other(|b| b.answers.iter_mut().for_each(|it| it.0["sample_hash"] = json!("0".repeat(64)))).is_empty());
    assert_eq!(other(|b| b.answers[0].0 = hashed(1, 18)), ["a b: 8, 6, 2, 2"]);
    // Another measurement.
    assert!(other(|b| b.metric = "exact_match").is_empty());
}

/// A sample with a question, and the hash of `hashed`.
fn asked(question: &str, hashed: &str) -> Value {
    json!({"sample_id": question, "input": {"raw": question, "reference": ["A", "B"]},
        "sample_hash": Sha256::of(format!("{hashed}AB").as_bytes())})
}

#[test]
fn a_hash_that_is_not_of_its_row_is_told_and_not_compared() {
    // The rows of `b` with an even number ask something else under the hashes of `a`.
    let question = |id: usize| format!("Secret {id}?");
    let answers = |model, ask: &dyn Fn(usize) -> String| {
        let asked = (0..10).map(|id| (asked(&ask(id), &question(id)), id < 5));
        Answered::new(model, asked.collect::<Vec<_>>())
    };
    let a = answers("a", &question);
    let b = answers("b", &|id| if id % 2 == 0 { format!("Other {id}?") } else { question(id) });
    let project = project(&[a, b]);
    assert_eq!(pairs(&project), ["a b: 2, 0, 0, 3"]);
    let run = project.run(&["check", "--json"]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = document["checked"]["findings"].as_array().unwrap().iter();
    let [found] = &*findings.filter(|it| it["code"] == "wrong-sample-hash").collect::<Vec<_>>() else {
        panic!("{}", run.stdout)
    };
    assert!(found["file"].as_str().unwrap().ends_with("lab/b/0b0b6a3e-5d5f-4c0e-9d8e-000000000001_samples.jsonl"));
    assert_eq!(found["place"], "line 1");
    assert!(found["message"].as_str().unwrap().starts_with("5 of 10 sample hashes do not match"), "{found}");
    assert!(!run.stdout.contains("Secret") && !run.stdout.contains("Other"), "{}", run.stdout);
    for (card, share) in [("models/lab/a.html", "10 of 10"), ("models/lab/b.html", "5 of 10")] {
        let main = project.main_of(card);
        assert!(main.contains(&format!("sample hashes that match their rows: {share}")), "{main}");
    }
    // The score is computed again from all rows.
    let card = project.read("site/pages/api/v1/models/lab/b.json");
    assert!(card.contains("\"status\":\"recomputed\",\"rows\":10"), "{card}");
}

#[test]
fn without_hashes_ids_match_within_one_source() {
    let of = |source| {
        let answers = |model, right: fn(usize) -> bool| Answered::new(model, (0..4).map(|id| (by_id(id), right(id))));
        let (a, mut b) = (answers("a", |_| true), answers("b", |id| id > 2));
        b.source = source;
        pairs(&project(&[a, b]))
    };
    assert_eq!(of("Board"), ["a b: 1, 3, 0, 0"]);
    assert!(of("Other board").is_empty());
}

#[test]
fn a_score_that_is_not_that_of_its_samples_is_compared_with_none() {
    let [a, b] = two();
    let project = project(&[a]);
    b.write(&project, 0.1);
    assert!(pairs(&project).is_empty());
    assert!(!project.main_of("benchmarks/quiz.html").contains("id=\"pairs\""));
    assert!(!project.path("site/pages/api/v1/benchmarks/quiz~pairs.csv").exists());
}

#[test]
fn there_are_so_many_pairs_and_no_more() {
    let names: Vec<String> = (0..70).map(|n| format!("m{n:02}")).collect();
    let all = names
        .iter()
        .enumerate()
        .map(|(n, name)| Answered::new(name, (0..100 + n).map(move |it| (hashed(it, it), it != n))));
    let project = project(&all.collect::<Vec<_>>());
    let pairs = pairs(&project);
    assert_eq!(pairs.len(), 100);
    // The first ones share most: those with the longest tests are the best here.
    assert_eq!(pairs[0], "m69 m68: 166, 1, 1, 0");
    assert!(project.main_of("benchmarks/quiz.html").contains("The first 100 of 2,016 pairs, from at most 64 models."));
}

#[test]
fn rows_are_chosen_by_what_came_of_samples() {
    let names: Vec<String> = (0..15).map(|n| format!("m{n:02}")).collect();
    let all: Vec<_> = names.iter().map(|name| Answered::new(name, (0..4).map(|it| (hashed(it, it), it > 0)))).collect();
    let project = project(&all);
    all[3].write(&project, 0.1);
    project.build(&[]);
    let page = project.main_of("benchmarks/quiz.html");
    assert!(page.contains("<label data-facet=\"samples\">Samples<select name=\"samples\">"), "{page}");
    let found = project.files("site/pages/assets").into_iter().filter(|(path, _)| path.ends_with(".js"));
    let data: Vec<String> = found.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect();
    let facet = "\"samples\":{\"values\":[\"differs\",\"recomputed\"],\"sets\":[[0],[1]],\"rows\":[0,1,1,1,";
    assert!(data.iter().any(|data| data.contains(facet)), "{data:?}");
    // Elsewhere there is none.
    let without = Project::from("two-sources");
    without.build(&[]);
    for (path, bytes) in without.files("site/pages").into_iter().filter(|(path, _)| !path.contains("site.")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains("name=\"samples\"") && !text.contains("\"samples\":{\"values"), "{path}");
        assert!(!text.contains("data-pair") && (path.contains("api/") || !text.contains("\"pairs\":")), "{path}");
    }
}

/// A hundred tables of four counts, from none to thousands.
fn tables() -> Vec<[u64; 4]> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let tables = (0..100).map(|_| {
        [(); 4].map(|()| {
            let size = [2, 20, 300, 5000][(next() % 4) as usize];
            next() % size
        })
    });
    tables.map(|table| if table == [0; 4] { [0, 1, 0, 0] } else { table }).collect()
}

#[test]
fn paired_statistics_agree_with_scipy_and_statsmodels() {
    const IMPORTS: &str = "import scipy, statsmodels";
    let here = Command::new("python3").args(["-c", IMPORTS]).output();
    if !here.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "python3 with scipy and statsmodels is missing in CI");
        eprintln!("SKIPPED: python3 cannot `{IMPORTS}`, so paired statistics were compared with nothing");
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/paired.py");
    let mut python = Command::new("python3");
    let mut python = python.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let tables = tables();
    let mut input = python.stdin.take().unwrap();
    for table in &tables {
        writeln!(input, "{}", table.map(|n| n.to_string()).join(" ")).unwrap();
    }
    drop(input);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let theirs = String::from_utf8(output.stdout).unwrap();
    assert_eq!(theirs.lines().count(), tables.len());
    for (table, theirs) in tables.iter().zip(theirs.lines()) {
        let [both, only_first, only_second, neither] = *table;
        let it = Paired { both, only_first, only_second, neither };
        let (lower, upper) = it.interval().unwrap();
        let theirs: Vec<f64> = theirs.split(' ').map(|number| number.parse().unwrap()).collect();
        for (our, their) in [it.difference().unwrap(), lower, upper].iter().zip(&theirs) {
            assert!((our - their).abs() < 1e-12, "{table:?}: {our} {their}");
        }
        let (p, their) = (it.p_value(), theirs[3]);
        assert!((p - their).abs() <= 1e-9 * their || their < 1e-300 && p < 1e-300, "{table:?}: {p} {their}");
    }
}

#[test]
fn real_files_are_compared() {
    let Some(data) = crate::samples::shared() else { return };
    let project = Project::empty();
    std::fs::create_dir(project.path("none")).unwrap();
    project.build(&["--content", "none", "--datastore", data.join("adapters").to_str().unwrap()]);
    let found = project.files("site/pages/api/v1").into_iter().filter(|(path, _)| path.ends_with("~pairs.csv"));
    let found: Vec<String> = found.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect();
    // Two runs of Inspect over ARC, of five samples and of three: the first three are the same.
    assert_eq!(found.len(), 1, "{found:?}");
    let row = found[0].lines().nth(1).unwrap();
    assert!(row.contains(",3,1,2,0,0,0.6666666666666666,") && row.ends_with(",0.5"), "{row}");
}
