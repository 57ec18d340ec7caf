//! The real records and metadata, where they are at hand: beside a checkout of the project's
//! makers. A user's clone has none, and then these tests say that they are skipped, as they do unless all tests run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::export;
use crate::project::{Project, files, is_whole};

pub fn data() -> Option<PathBuf> {
    if !is_whole("the real records") {
        return None;
    }
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !data.is_dir() {
        eprintln!("SKIPPED: {} is not there, so nothing was checked on real records", data.display());
        return None;
    }
    Some(data)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn build(project: &Project, data: &Path, content: &str, out: &str) -> Value {
    let store = data.join("datastore");
    project.build(&["--content", content, "--datastore", text(&store), "--out", out])
}

/// Records and results of the indexes and files themselves.
fn expected(data: &Path) -> (u64, u64) {
    let mut counts = (0, 0);
    for entry in walkdir::WalkDir::new(data.join("datastore/flat/objects")) {
        let path = entry.unwrap().into_path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let record: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            counts.0 += 1;
            counts.1 += record["evaluation_results"].as_array().unwrap().len() as u64;
        }
    }
    counts
}

#[test]
fn every_real_record_and_result_is_shown_or_listed_as_not_shown() {
    let Some(data) = data() else { return };
    let project = Project::empty();
    fs::create_dir(project.path("none")).unwrap();
    let metadata = data.join("metadata");
    let (records, results) = expected(&data);
    for content in ["none", text(&metadata)] {
        let report = build(&project, &data, content, "out");
        let left_out: u64 = report["quarantined"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
        // What was read is shown, or is an older capture of what is shown, or is listed as not shown.
        let sum = |shown: &str, captured: &str| report[shown].as_u64().unwrap() + report[captured].as_u64().unwrap();
        assert_eq!((sum("records", "captures"), sum("results", "captured_results"), left_out), (records, results, 0));
        let results = report["results"].as_u64().unwrap();
        // Each result is a reading on exactly one card.
        let pages = files(&project.path("out/pages/models"));
        let readings: usize =
            pages.values().map(|page| String::from_utf8_lossy(page).matches("<td data-score").count()).sum();
        assert_eq!(readings as u64, results, "{content}");
        // And each Hub result is an entry, skipped, or of another benchmark.
        let hub = &report["hub"];
        let sum = |value: &Value| value.as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum::<u64>();
        assert_eq!(sum(&hub["entries"]) + sum(&hub["skipped"]) + hub["unsupported_results"].as_u64().unwrap(), results);
    }
}

/// Links to readings, from any page: `r<hash of the record>-<place>` on a model's card.
fn is_reading(anchor: &str) -> bool {
    anchor.strip_prefix('r').and_then(|rest| rest.split_once('-')).is_some_and(|(hash, place)| {
        hash.len() == 8 && hash.bytes().all(|it| it.is_ascii_hexdigit()) && place.parse::<u16>().is_ok()
    })
}

#[test]
fn every_real_result_is_on_one_card_and_in_one_ranking() {
    let Some(data) = data() else { return };
    let project = Project::empty();
    let report = build(&project, &data, text(&data.join("metadata")), "out");
    let pages = files(&project.path("out/pages"));
    let of = |folder: &'static str| pages.iter().filter(move |(path, _)| path.starts_with(folder));
    let mut on_cards: Vec<String> = Vec::new();
    // But for lists of one model, which have no page.
    let mut ranked: Vec<String> = Vec::new();
    // Where a card has results side by side, and which.
    let mut side_by_side: Vec<(String, String)> = Vec::new();
    for (path, page) in of("models/") {
        let page = String::from_utf8_lossy(page);
        for section in page.split(" id=\"d").skip(1).map(|rest| rest.split("</section>").next().unwrap()) {
            let section = section.split("</details>").next().unwrap();
            let Some((number, _)) = section.split_once('"').filter(|(number, _)| number.parse::<usize>().is_ok())
            else {
                continue;
            };
            let results = crate::hostile::attributes(section, "href");
            let results = results.iter().filter_map(|link| link.strip_prefix('#')).filter(|id| is_reading(id));
            side_by_side.extend(results.map(|id| (format!("{path}#d{number}"), format!("{path}#{id}"))));
        }
        let ids = crate::hostile::attributes(&page, "id").into_iter().filter(|id| is_reading(id));
        on_cards.extend(ids.map(|id| format!("{path}#{id}")));
        for row in page.split("<tr ").skip(1) {
            let is_ranked = row.split("</table>").next().unwrap().contains(".html#n");
            let id = crate::hostile::attributes(&format!("<tr {row}"), "id").into_iter().next();
            ranked.extend(id.filter(|id| is_ranked && is_reading(id)).map(|id| format!("{path}#{id}")));
        }
    }
    let (mut in_rankings, mut compared) = (Vec::new(), BTreeSet::new());
    for (_, page) in of("benchmarks/") {
        let page = String::from_utf8_lossy(page);
        let Some((_, ranking)) = page.split_once("<table class=\"ranking\">") else { continue };
        for link in crate::hostile::attributes(ranking, "href") {
            let Some((_, anchor)) = link.split_once('#') else { continue };
            let is_result = is_reading(anchor);
            let is_comparison = anchor.starts_with('d');
            let link = link.trim_start_matches("../").to_owned();
            if is_result {
                in_rankings.push(link);
            } else if is_comparison {
                compared.insert(link);
            }
        }
    }
    on_cards.sort_unstable();
    assert!(on_cards.windows(2).all(|pair| pair[0] != pair[1]), "no result is on a card twice");
    // In the list of its evaluator, or beside the result there: the list leads to both side by side on the card.
    let beside = side_by_side.iter().filter(|(comparison, _)| compared.contains(comparison)).map(|(_, result)| result);
    let reached: BTreeSet<&String> = in_rankings.iter().chain(beside).collect();
    let left_out: Vec<&String> = ranked.iter().filter(|it| !reached.contains(it)).collect();
    assert!(ranked.len() * 10 > on_cards.len() * 9 && left_out.is_empty(), "in no ranking: {left_out:?}");
    assert!(in_rankings.iter().all(|it| on_cards.binary_search(it).is_ok()), "rankings lead to results on cards");
    assert_eq!(on_cards.len() as u64, report["results"].as_u64().unwrap());
}

#[test]
fn every_link_of_the_real_site_leads_to_a_page() {
    let Some(data) = data() else { return };
    let project = Project::empty();
    build(&project, &data, text(&data.join("metadata")), "out");
    let pages = files(&project.path("out/pages"));
    let mut checked = 0;
    for (path, bytes) in pages.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = String::from_utf8_lossy(bytes);
        for link in crate::hostile::attributes(&page, "href") {
            if link.contains(':') || link.starts_with('#') {
                continue;
            }
            let mut target: Vec<&str> = path.split('/').collect();
            target.pop();
            for part in link.split('#').next().unwrap().split('/') {
                match part {
                    ".." => _ = target.pop().expect("a link leads above the site"),
                    part => target.push(part),
                }
            }
            assert!(pages.contains_key(&target.join("/")), "{path}: {link}");
            checked += 1;
        }
    }
    assert!(checked > 100_000, "{checked} links");
}

#[test]
fn exports_of_real_records_are_read_by_other_programs_and_equal_the_pages() {
    let Some(data) = data().filter(|_| export::has_readers()) else { return };
    let project = Project::empty();
    for (path, bytes) in files(&data.join("metadata")) {
        project.write(&format!("content/{path}"), &String::from_utf8(bytes).unwrap());
    }
    project.build(&["--datastore", text(&data.join("datastore")), "--base-url", export::SITE]);
    export::check(&project.path("site/pages"));
}

#[test]
fn one_job_and_many_give_the_same_site() {
    let Some(data) = data() else { return };
    let project = Project::empty();
    let (store, metadata) = (data.join("datastore"), data.join("metadata"));
    for (jobs, out) in [("1", "one"), ("16", "sixteen")] {
        project.build(&["--content", text(&metadata), "--datastore", text(&store), "--out", out, "--jobs", jobs]);
    }
    assert!(project.files("one") == project.files("sixteen"));
}

#[test]
fn both_layouts_of_one_collection_give_the_same_readings() {
    let Some(data) = data() else { return };
    let project = Project::empty();
    let (flat, legacy) = (data.join("datastore"), data.join("legacy"));
    let report = project.build(&["--datastore", text(&flat), "--datastore", text(&legacy)]);
    assert_eq!(report["quarantined"]["duplicate-record"], 24, "the same bytes in the other layout");
}

#[test]
fn records_of_every_published_schema_version_are_read() {
    let Some(data) = data() else { return };
    let records = data.join("schema-history/records");
    let mut seen = 0;
    for version in fs::read_dir(&records).unwrap() {
        let version = version.unwrap().path();
        let project = Project::empty();
        let report = project.build(&["--datastore", text(&version)]);
        assert_eq!(report["quarantined"], serde_json::json!({}), "{}", version.display());
        seen += report["records"].as_u64().unwrap();
    }
    assert_eq!(seen, 9);
}

#[test]
fn the_file_of_the_reference_converter_reads_the_same_as_ours() {
    let Some(data) = data() else { return };
    let project = Project::empty();
    // The collection alone: beside others, its one result is in conflict.
    for path in
        ["flat/indexes/by_collection/MMLU-Pro.jsonl", "flat/objects/67/6f/676f4465-ce78-411a-9f5a-c97b3d2eac4f.json"]
    {
        project.write(&format!("store/{path}"), &fs::read_to_string(data.join("datastore").join(path)).unwrap());
    }
    project.write("content/site.yaml", "datastore: {repo: evaleval/EEE_datastore}\n");
    project.build(&["--datastore", "store"]);
    let file = "01-ai/yi-1.5-34b-chat/.eval_results/mmlu_pro.yaml";
    let reference = fs::read_to_string(data.join("hf/expected/MMLU-Pro/yamls").join(file)).unwrap();
    let expected: serde_yaml::Value = serde_yaml::from_str(&reference).unwrap();
    let mut ours: serde_yaml::Value = serde_yaml::from_str(&project.read(&format!("site/hub/{file}"))).unwrap();
    ours[0].as_mapping_mut().unwrap().remove("notes");
    assert_eq!(ours, expected);
    let manifest: Value = serde_json::from_str(&project.read("site/hub/manifest.json")).unwrap();
    let reference: Value =
        serde_json::from_slice(&fs::read(data.join("hf/expected/MMLU-Pro/manifest.json")).unwrap()).unwrap();
    let (ours, reference) = (&manifest["entries"][0], &reference["entries"][0]);
    for key in ["status", "benchmark", "model_repo", "target_path", "collection"] {
        assert_eq!(ours[key], reference[key], "{key}");
    }
    assert_eq!(ours["evaluation_id"], reference["eee_evaluation_id"]);
    assert_eq!(ours["record"]["path"], reference["flat_object_path"]);
    assert_eq!(ours["record"]["sha256"], reference["sha256"]);
}

#[test]
fn a_build_that_is_killed_leaves_nothing_that_the_next_does_not_mend() {
    let Some(data) = data() else { return };
    let project = Project::empty();
    let metadata = data.join("metadata");
    build(&project, &data, text(&metadata), "clean");
    let store = data.join("datastore");
    for milliseconds in [20, 60, 120, 200, 350, 500] {
        let arguments =
            ["build", "--quiet", "--content", text(&metadata), "--datastore", text(&store), "--out", "killed"];
        let mut child = project.command(&arguments).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    build(&project, &data, text(&metadata), "killed");
    assert!(project.files("killed") == project.files("clean"), "the same files, and no temporary ones");
}
