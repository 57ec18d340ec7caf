//! The parsers, each with files to begin with and what must hold of whatever it is given.

use std::fs;
use std::sync::Arc;

use evalcards::address::is_safe_relative;
use evalcards::config::Datastore;
use evalcards::config::{BuildOptions, Config};
use evalcards::diagnostic::Diagnostics;
use evalcards::facts::{
    self, AccountFact, BenchmarkFact, ModelFact, ObjectSubmission, PostedFact, ProposalFact, StoredFact,
};
use evalcards::load::block::Blocks;
use evalcards::load::datastore::SamplesFile;
use evalcards::load::eval_yaml::EvalYaml;
use evalcards::load::samples::{self, KeptRows};
use evalcards::load::{attestation, content, index, record};
use evalcards::lock::Lock;
use evalcards::markdown;
use evalcards::publish::{Candidates, PostedFile, append};

use crate::project::{Project, files, fixtures};

/// Something that reads bytes of others.
pub struct Parser {
    pub name: &'static str,
    pub corpus: Vec<Vec<u8>>,
    pub holds: Holds,
}

/// What must hold of the bytes that it is given; else says what does not.
type Holds = Box<dyn FnMut(&[u8]) -> Result<(), String>>;

/// A project with every kind of file: records in both layouts, a lock, facts, attestations, metadata and pages.
pub fn project() -> Project {
    let project = crate::markers::sites().swap_remove(0);
    let run = project.run(&["init", "new"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let new = project.path("new");
    let fixtures = ["two-sources", "every-value", "invalid-metadata"].map(|name| fixtures().join(name));
    for (path, bytes) in fixtures.iter().chain([&new]).flat_map(|folder| files(folder)) {
        if !project.path(&path).exists() {
            project.write(&path, &String::from_utf8(bytes).unwrap());
        }
    }
    fs::remove_dir_all(new).unwrap();
    let (results, rows) = ([crate::samples::result("GSM8K", 0.5.into(), &[])], rows());
    let record = crate::samples::record(&results, Some(crate::samples::detailed(&rows)));
    project.write(&format!("content/datastore/{}.json", stem()), &record.to_string());
    project.write(&format!("content/datastore/{}_samples.jsonl", stem()), &rows);
    project
}

fn stem() -> String {
    "data/c/lab/a/0b0b6a3e-5d5f-4c0e-9d8e-000000000001".to_owned()
}

fn rows() -> String {
    let row = |id, score: i32| crate::samples::row("GSM8K", id, score.into());
    crate::samples::lines(&[row(1, 1), row(2, 0)])
}

fn found(all: &[(String, Vec<u8>)], is_one: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    all.iter().filter(|(path, _)| is_one(path)).map(|(_, bytes)| bytes.clone()).collect()
}

/// Text, or nothing to hold: the program decodes files before it parses them.
fn with_text(read: impl Fn(&str) -> Result<(), String> + 'static) -> Holds {
    Box::new(move |bytes| match evalcards::text::decode(bytes) {
        Ok(text) => read(&text),
        Err(_) => Ok(()),
    })
}

fn ensure(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

pub fn parsers() -> Vec<Parser> {
    let project = project();
    let proposing = Project::from("two-sources");
    proposing.build(&[]);
    let built: Vec<_> = proposing.files("site/hub").into_iter().collect();
    let mut own: Vec<_> = project.files("content").into_iter().collect();
    own.extend(files(&fixtures()));
    own.extend(files(&fixtures().join("../../content/pages")));
    let of = |is_one: fn(&str) -> bool| found(&own, is_one);
    let records = of(|path| path.contains("datastore/") && path.ends_with(".json"));
    let sample_rows = of(|path| path.ends_with("_samples.jsonl"));
    let prose = of(|path| path.ends_with(".md"));
    let posted = found(&built, |path| path.ends_with(".yaml"));
    let folder = |path: &str| {
        let project = Project::empty();
        project.write(path, "");
        project
    };
    let (site, page, store) = (folder("content/site.yaml"), folder("content/models/a/b.md"), folder("data/x.jsonl"));
    site.write("content/datastore/data/none", "");
    let mut parsers = vec![
        Parser { name: "record", corpus: records, holds: Box::new(record_holds) },
        Parser { name: "index", corpus: of(|path| path.contains("by_collection/")), holds: Box::new(index_holds) },
        Parser { name: "samples", corpus: sample_rows, holds: Box::new(move |bytes| samples_hold(&store, bytes)) },
        Parser {
            name: "front-matter",
            corpus: prose.clone(),
            holds: Box::new(move |bytes| {
                fs::write(page.path("content/models/a/b.md"), bytes).unwrap();
                let mut told = Diagnostics::default();
                let read = content::read(&page.path("content"), &mut told).map_err(|err| format!("{err:#}"))?;
                ensure(read.models.len() == 1 || !told.into_sorted().is_empty(), "left out in silence")
            }),
        },
        Parser {
            name: "site-yaml",
            corpus: of(|path| path.ends_with(".yaml")),
            holds: Box::new(move |bytes| {
                fs::write(site.path("content/site.yaml"), bytes).unwrap();
                match Config::new(BuildOptions { root: site.root().to_owned(), ..BuildOptions::default() }) {
                    Err(err) => ensure(format!("{err:#}").contains("site.yaml"), &format!("names no file: {err:#}")),
                    Ok(_) => Ok(()),
                }
            }),
        },
        Parser {
            name: "eval-yaml",
            corpus: vec![b"name: GSM8K\ntasks:\n- id: gsm8k\n  config: main\n  split: test\n".to_vec()],
            holds: with_text(|text| {
                let _ = EvalYaml::parse(text);
                Ok(())
            }),
        },
        Parser { name: "posted", corpus: posted.clone(), holds: Box::new(posted_holds) },
        Parser {
            name: "amend",
            corpus: posted,
            holds: Box::new(|bytes| match append(Some(bytes), "- dataset:\n    id: \"a/b\"\n  value: 1\n") {
                Ok(new) => ensure(new.starts_with(bytes), "bytes of others were changed"),
                Err(_) => Ok(()),
            }),
        },
        Parser {
            name: "attestation",
            corpus: of(|path| path.contains("attestations/")),
            holds: with_text(|text| {
                let _ = attestation::parse("x.yaml", text);
                Ok(())
            }),
        },
        Parser {
            name: "lock",
            corpus: of(|path| path.ends_with("datastore.lock")),
            holds: with_text(|text| match Lock::parse(text) {
                Ok(lock) => ensure(Lock::parse(&lock.to_text()).is_ok(), "what was read is not written so"),
                Err(err) => ensure(format!("{err:#}").contains("evalcards fetch"), "no remedy"),
            }),
        },
        Parser { name: "facts", corpus: of(|path| path.contains("hub/")), holds: with_text(facts_hold) },
        Parser { name: "markdown", corpus: prose, holds: with_text(markdown_holds) },
    ];
    parsers.push(Parser {
        name: "manifest",
        corpus: found(&built, |path| path == "manifest.json"),
        holds: Box::new(move |bytes| {
            fs::write(proposing.path("site/hub/manifest.json"), bytes).unwrap();
            match Candidates::read(&proposing.path("site")) {
                Err(err) => ensure(format!("{err:#}").contains("site/hub/"), &format!("names no file: {err:#}")),
                Ok(_) => Ok(()),
            }
        }),
    });
    parsers
}

fn record_holds(bytes: &[u8]) -> Result<(), String> {
    let read = record::parse(bytes, &Blocks::default());
    if let Ok((record, bad)) = &read {
        let mut places: Vec<usize> = record.results.iter().map(|result| usize::from(result.index)).collect();
        places.extend(bad.iter().map(|bad| bad.index));
        places.sort_unstable();
        ensure(places.iter().copied().eq(0..places.len()), "a result is neither read nor told")?;
        let text = std::str::from_utf8(bytes).unwrap();
        let value: serde_json::Result<serde_json::Value> = serde_json::from_str(text.trim_start_matches('\u{feff}'));
        if let Ok(value) = value {
            let stated = value["evaluation_results"].as_array().map_or(0, Vec::len);
            ensure(places.len() == stated, "results are missing")?;
        }
    }
    Ok(())
}

fn index_holds(bytes: &[u8]) -> Result<(), String> {
    for row in index::rows(bytes, &Arc::from("c")) {
        if let index::IndexRow::Object(object) = row {
            ensure(is_safe_relative(&object.path), "a path leads outside")?;
            let samples = object.samples.is_none_or(|samples| is_safe_relative(&samples.path));
            ensure(samples, "a path of samples leads outside")?;
        }
    }
    let paths = index::legacy_paths(bytes).all(|(_, legacy)| is_safe_relative(&legacy));
    ensure(paths, "an older path leads outside")
}

fn samples_hold(store: &Project, bytes: &[u8]) -> Result<(), String> {
    fs::write(store.path("data/x.jsonl"), bytes).unwrap();
    let results = [crate::samples::result("GSM8K", 0.5.into(), &[])];
    let text = crate::samples::record(&results, None).to_string();
    let (record, _) = record::parse(text.as_bytes(), &Blocks::default()).unwrap();
    let datastore = Datastore { root: store.root().to_owned(), repo: None, revision: None, lock: Default::default() };
    let file = SamplesFile { path: "data/x.jsonl".into(), expected: None };
    let read = samples::read(&datastore, Some(&file), (&record, false), KeptRows::of(1, 10), &|_| ());
    ensure(read.is_some(), "a file that is there was not read")
}

fn posted_holds(bytes: &[u8]) -> Result<(), String> {
    match PostedFile::read(bytes) {
        PostedFile::Unreadable(why, _) => ensure(!why.is_empty(), "no reason"),
        PostedFile::Items(_) => Ok(()),
    }
}

fn facts_hold(text: &str) -> Result<(), String> {
    fn of<F: StoredFact>(text: &str) -> Result<(), String> {
        for line in text.lines() {
            if let Ok(read) = facts::read::<F>(line)
                && !read.is_empty()
            {
                let once = facts::write(read).map_err(|err| format!("{err:#}"))?;
                let again = facts::read::<F>(&once).and_then(facts::write).map_err(|err| format!("{err:#}"))?;
                ensure(once == again, "a fact changes as it is written")?;
            }
        }
        Ok(())
    }
    of::<ModelFact>(text)?;
    of::<BenchmarkFact>(text)?;
    of::<ObjectSubmission>(text)?;
    of::<AccountFact>(text)?;
    of::<PostedFact>(text)?;
    of::<ProposalFact>(text)
}

fn markdown_holds(text: &str) -> Result<(), String> {
    let html = markdown::to_html(text, 1);
    let _ = markdown::is_too_deep(text);
    ensure(html.matches("<script").count() == 0, "a script")?;
    let links = crate::hostile::attributes(&html, "href");
    let is_harmless = |link: &String| {
        let scheme: String = link.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        !["javascript", "data", "vbscript"].contains(&scheme.to_ascii_lowercase().as_str())
            || !link[scheme.len()..].starts_with(':')
    };
    ensure(links.iter().all(is_harmless), "a link that runs")
}
