//! Every known way to cheat, on every surface: no file of the site says more of a cheat than of an honest record.
//!
//! What a surface says is counted: the codes, words and signs of each level, in each kind of file. A kind of file that
//! nobody has thought of fails the test, and an honest record of the highest level shows that each surface is looked at.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;

use evalcards::facts::{self, AccountFact, PostedFact};
use evalcards::hash::Sha256;
use flate2::read::GzDecoder;
use hyper::body::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

use super::world::*;
use super::{BY_SOURCE, CLAIMED, KNOWN, TRACED, shown};

/// Levels from the lowest.
const LADDER: [&str; 4] = [CLAIMED, TRACED, KNOWN, BY_SOURCE];

/// How people read each level, and the signs that they take for the highest.
const SIGNS: [&[&str]; 4] = [
    &[],
    &["Traced to a public record"],
    &["Submitter known", "submitter known"],
    &[
        "Submitted by the named source",
        "submitted by the source",
        "submitted by the named source",
        "\u{2713}",
        "\u{2714}",
        "\u{2611}",
        "\u{2705}",
        "\u{1f5f8}",
        "\u{1f5f9}",
        "\u{202e}",
    ],
];

/// What the site itself says of levels whatever records there are, the list of attestations, and copies of records.
const OWN: [&str; 7] = [
    "methodology.html",
    "markers.html",
    "api/v1/schema/",
    "api/v1/data/datapackage.json",
    "assets/style.",
    "assets/site.",
    "records/",
];

/// Which surface a file is.
fn surface(path: &str) -> &'static str {
    let is_of = |folder: &str| path.starts_with(folder);
    match path.rsplit_once('.').map_or(path, |(_, end)| end) {
        "html" => "page",
        "svg" => "badge",
        "csv" => "CSV",
        "json" => "JSON",
        "gz" => "JSON Lines",
        "parquet" => "Parquet",
        "atom" => "feed",
        "js" if is_of("assets/search/") => "search",
        "js" if is_of("assets/compare/") => "Compare",
        "js" if is_of("assets/lists/") || is_of("assets/data.") => "lists",
        "bib" | "cff" => "citation",
        "xml" | "txt" | "nojekyll" => "for crawlers",
        "yaml" => "Hub",
        _ => panic!("{path}: a surface that no cheat was tried on; name it here"),
    }
}

/// The text without what stands between `start` and `end`.
fn without(text: &str, start: &str, end: &str) -> String {
    let mut parts = text.split(start);
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.map(|part| part.split_once(end).map_or(part, |(_, rest)| rest)).collect::<String>()
}

/// What people may take for the site's own words: neither a name in quotation marks nor an id, and on a card not the part that
/// repeats its records.
fn own_words(text: &str) -> String {
    let of_card = text.split("<h2 id=\"records\">").next().unwrap_or_default();
    let ids = without(&without(of_card, "<code>", "</code>"), "\u{201c}", "\u{201d}");
    ids.replace("maker/Submitted by the named source", "")
}

/// What members and columns are called that tell a level.
const TELLING: [&str; 3] = ["marker", "level", "code"];

/// The values of all members that tell a level.
fn levels_of(value: &Value, told: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                if TELLING.contains(&key.as_str()) {
                    told.extend(value.as_str().map(str::to_owned));
                }
                // What else the record holds is called as it is there.
                if key != "also" {
                    levels_of(value, told);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| levels_of(value, told)),
        _ => {}
    }
}

/// The cells below the heads that tell a level.
fn levels_of_csv(text: &str) -> Vec<String> {
    let (mut rows, mut cell, mut is_quoted) = (vec![Vec::new()], String::new(), false);
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ',' | '\n' if !is_quoted => {
                rows.last_mut().unwrap().push(std::mem::take(&mut cell));
                if c == '\n' {
                    rows.push(Vec::new());
                }
            }
            c => cell.push(c),
        }
    }
    let heads = rows.remove(0);
    let tells = |n: &usize| heads.get(*n).is_some_and(|head| TELLING.contains(&head.trim()));
    rows.into_iter()
        .flat_map(|row| row.into_iter().enumerate().filter(|(n, _)| tells(n)).map(|(_, cell)| cell))
        .collect()
}

/// How often a file says each level.
fn counts(surface: &str, bytes: &[u8]) -> [usize; 4] {
    let text = String::from_utf8_lossy(bytes);
    let mut told = Vec::new();
    match surface {
        "JSON" => levels_of(&serde_json::from_slice(bytes).unwrap(), &mut told),
        "JSON Lines" => {
            let mut lines = String::new();
            GzDecoder::new(bytes).read_to_string(&mut lines).unwrap();
            lines.lines().for_each(|line| levels_of(&serde_json::from_str(line).unwrap(), &mut told));
        }
        "Parquet" => {
            let reader = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).unwrap();
            for row in reader.get_row_iter(None).unwrap() {
                let row = row.unwrap();
                let cells = row.get_column_iter().filter(|(name, _)| TELLING.contains(&name.as_str()));
                told.extend(cells.map(|(_, value)| value.to_string().trim_matches('"').to_owned()));
            }
        }
        "CSV" => told = levels_of_csv(&text),
        _ => {
            let own = own_words(&text);
            return std::array::from_fn(|level| {
                let class = text.matches(&format!("class=\"mk {}", LADDER[level])).count();
                // Signs stand nowhere but where the site put them.
                let of = |sign: &&str| if sign.is_ascii() { own.matches(*sign) } else { text.matches(*sign) }.count();
                class + SIGNS[level].iter().map(of).sum::<usize>()
            });
        }
    }
    // By code or in words.
    let is = |level: usize, it: &String| it == LADDER[level] || SIGNS[level].iter().any(|sign| it.contains(sign));
    std::array::from_fn(|level| told.iter().filter(|it| is(level, it)).count())
}

/// How often the files of each surface say each level.
type Said = BTreeMap<&'static str, [usize; 4]>;

fn said(world: &World) -> Said {
    world.project.write("content/site.yaml", "base_url: https://cards.example/\n");
    world.project.build(&[]);
    let mut said = Said::new();
    let mut add = |surface, counts: [usize; 4]| {
        let sum = said.entry(surface).or_default();
        *sum = std::array::from_fn(|level| sum[level] + counts[level]);
    };
    let files = ["site/pages", "site/hub"].into_iter().flat_map(|folder| world.project.files(folder));
    for (path, bytes) in files.filter(|(path, _)| !OWN.iter().any(|own| path.starts_with(own))) {
        let surface = surface(&path);
        add(surface, counts(surface, &bytes));
        if surface == "page" {
            let page = String::from_utf8_lossy(&bytes);
            for data in page.split("<script type=\"application/ld+json\">").skip(1) {
                add("JSON-LD", counts("JSON-LD", data.split("</script>").next().unwrap().as_bytes()));
            }
        }
    }
    said
}

/// What becomes of a cheat.
enum Outcome {
    /// Its results get these levels.
    Levels([&'static str; 2]),
    /// The build refuses, for this reason.
    Stops(&'static str),
    /// The record is not shown.
    NotShown,
}
use Outcome::*;

/// A name, what it does to a site on which Acme's record was brought by a stranger, and what becomes of it.
type Cheat = (&'static str, fn(&mut World), Outcome);

/// Puts the record anew, brought by `account`.
fn bring(world: &mut World, text: &str, account: &str) {
    world.submissions.clear();
    world.put(&path_of(UUID), text);
    world.brought(&path_of(UUID), Some(account), Some(7));
    world.fetched();
}

/// A record that names `source`, brought by the official account of Acme.
fn called(world: &mut World, source: &str) {
    bring(world, &record(source), "acme-official");
}

/// Acme's record with `from` in another way, brought by a stranger.
fn with(world: &mut World, from: &str, to: &str) {
    let text = record("Acme");
    assert!(text.contains(from), "{from}");
    bring(world, &text.replacen(from, to, 1), "stranger");
}

fn sha256(world: &World) -> Sha256 {
    Sha256::of(world.text(&path_of(UUID)).as_bytes())
}

fn post(world: &mut World, fact: PostedFact) {
    world.project.write("content/hub/posted.jsonl", &facts::write(vec![fact]).unwrap());
}

const START: &str = r#"{"schema_version""#;
const SOURCE: &str = r#""source_name": "S""#;

/// The ways of the literature, in its order, and then ten of our own.
const CHEATS: &[Cheat] = &[
    (
        "keys that say it",
        |world| {
            let keys = r#"{"verified": true, "is_verified_evaluator": true, "marker": "submitted_by_source", "attestation": {"account": "acme-official"}, "schema_version""#;
            with(world, START, keys);
        },
        Levels([KNOWN; 2]),
    ),
    (
        "HTML in the organisation's name",
        |world| called(world, "Acme</td><b class=\"mk submitted_by_source\">Submitted by the named source</b>"),
        Levels([KNOWN; 2]),
    ),
    ("a check mark in the organisation's name", |world| called(world, "Acme \u{2713}"), Levels([KNOWN; 2])),
    (
        "check marks in the names of model and source",
        |world| {
            with(world, r#""name": "m1""#, "\"name\": \"m1 \u{2714}\u{fe0f} \u{2705}\"");
            let text = world.text(&path_of(UUID)).replace(SOURCE, "\"source_name\": \"\u{2611} S \u{1f5f8}\"");
            bring(world, &text, "stranger");
        },
        Levels([KNOWN; 2]),
    ),
    ("letters of another script", |world| called(world, "\u{410}cme"), Levels([KNOWN; 2])),
    ("letters of mixed scripts", |world| called(world, "A\u{441}m\u{435}"), Levels([KNOWN; 2])),
    ("spaces around the name", |world| bring(world, &record(" Acme\u{a0}"), "stranger"), Levels([KNOWN; 2])),
    ("a joiner of no width", |world| called(world, "Ac\u{200d}me"), Levels([KNOWN; 2])),
    ("text turned around", |world| called(world, "\u{202e}emcA"), Levels([KNOWN; 2])),
    (
        "the address of the organisation",
        |world| {
            with(
                world,
                SOURCE,
                r#""source_name": "S", "source_organization_url": "https://huggingface.co/acme-official""#,
            );
        },
        Levels([KNOWN; 2]),
    ),
    (
        "the logo of somebody else",
        |world| {
            with(
                world,
                SOURCE,
                r#""source_name": "S", "source_organization_logo_url": "https://acme.example/logo.svg""#,
            );
        },
        Levels([KNOWN; 2]),
    ),
    (
        "the evaluation_id of another record",
        |world| {
            world.put(&path_of(OTHER), &record("Acme").replace("0.25", "0.99"));
            world.brought(&path_of(OTHER), Some("thief"), Some(8));
            world.fetched();
        },
        Levels([TRACED; 2]),
    ),
    (
        "the UUID of another record",
        |world| {
            let other = format!("flat/objects/ff/ff/{UUID}.json");
            world.put(&other, &record_of("Acme", "third_party", "another"));
            world.brought(&other, Some("acme-official"), Some(8));
            world.fetched();
        },
        Levels([TRACED; 2]),
    ),
    (
        "the same bytes under another path",
        |world| {
            world.put(&path_of(OTHER), &record("Acme"));
            world.fetched();
        },
        Levels([KNOWN; 2]),
    ),
    (
        "edited bytes with the old hash in the index",
        |world| {
            let edited = record("Acme").replace("0.25", "0.99");
            world.project.write(&format!("content/datastore/{}", path_of(UUID)), &edited);
        },
        NotShown,
    ),
    (
        "an index that disagrees with itself",
        |world| {
            let path = path_of(UUID);
            bring(world, &record("Acme"), "acme-official");
            world.fetched_with_index(&(row(&path, world.text(&path)) + &row(&path, "other bytes")));
        },
        Levels([CLAIMED; 2]),
    ),
    (
        "an attestation among the records",
        |world| {
            let text = acme("stranger", &format!("{{sha256: {}}}", sha256(world)));
            world.project.write("content/datastore/data/c/maker/m1/attestations/acme.yaml", &text);
            world.project.write("content/datastore/attestations/acme.yaml", &text);
        },
        Levels([KNOWN; 2]),
    ),
    #[cfg(unix)]
    (
        "an attestation by a link",
        |world| {
            let text = acme("stranger", &format!("{{sha256: {}}}", sha256(world)));
            world.project.write("content/datastore/data/c/x.yaml", &text);
            fs::create_dir_all(world.project.path("content/attestations")).unwrap();
            std::os::unix::fs::symlink("../datastore/data/c/x.yaml", world.project.path("content/attestations/x.yaml"))
                .unwrap();
        },
        Stops("is not a regular file"),
    ),
    (
        "a path that leads out",
        |world| {
            let subject = format!("{{sha256: {}, path: ../../{}}}", sha256(world), path_of(UUID));
            world.attest("acme", &acme("stranger", &subject));
        },
        Stops("leads out of the datastore"),
    ),
    (
        "one record's hash under another's path",
        |world| {
            let subject = format!("{{sha256: {}, path: {}}}", sha256(world), path_of(OTHER));
            world.attest("acme", &acme("stranger", &subject));
        },
        Stops("has another path"),
    ),
    ("the account in other letters", |world| bring(world, &record("Acme"), "Acme-Official"), Levels([KNOWN; 2])),
    (
        "the account with a letter of another script",
        |world| bring(world, &record("Acme"), "\u{430}cme-official"),
        Levels([KNOWN; 2]),
    ),
    (
        "an account that is no longer the organisation's",
        |world| {
            let organizations = "organizations: [{id: acme, name: Acme, hf: acme-official, hf_until: 2026-05-31}]\n";
            world.project.write("content/organizations.yaml", organizations);
            bring(world, &record("Acme"), "acme-official");
        },
        Levels([KNOWN; 2]),
    ),
    (
        "a program on behalf of another",
        |world| {
            let text = acme("stranger", &format!("{{sha256: {}}}", sha256(world)));
            let text = text.replace("account_is_organization", "on_behalf\nurl: https://acme.example/x");
            world.attest("acme", &text);
        },
        Levels([KNOWN; 2]),
    ),
    (
        "a record that the organisation brought and a stranger overwrote",
        |world| {
            bring(world, &record("Acme"), "acme-official");
            world.put(&path_of(UUID), &record("Acme").replace("0.25", "0.99"));
            world.brought(&path_of(UUID), Some("stranger"), Some(9));
            world.fetched();
        },
        Levels([KNOWN; 2]),
    ),
    (
        "a token of a verified run",
        |world| {
            with(
                world,
                SOURCE,
                r#""source_name": "S", "verifyToken": "eyJ", "additional_details": {"verifyToken": "eyJ"}"#,
            );
            post(world, PostedFact { has_token: true, ..shown("50", Some(false), None) });
        },
        Levels([KNOWN; 2]),
    ),
    (
        "what the Hub says of another task or value",
        |world| {
            post(world, PostedFact { task: "other".to_owned(), ..shown("50", Some(true), None) });
            post(world, shown("99", Some(true), None));
        },
        Levels([KNOWN; 2]),
    ),
    (
        "a lock edited by hand",
        |world| {
            bring(world, &record("Acme"), "acme-official");
            let lock = world.project.read("content/datastore.lock");
            world.project.write("content/datastore.lock", &lock.replace(&"ab".repeat(20), &"cd".repeat(20)));
        },
        Levels([CLAIMED; 2]),
    ),
    (
        "a third party that calls itself the first",
        |world| {
            bring(world, &record_of("Acme", "first_party", "acme-eval/1"), "stranger");
        },
        Levels([KNOWN; 2]),
    ),
    (
        "two results of which one was attested",
        |world| {
            world.attest_acme("stranger", &path_of(UUID), ", results: ['/evaluation_results/1']");
        },
        Levels([KNOWN, BY_SOURCE]),
    ),
    (
        "an attestation that was revoked, with the pages that were made before",
        |world| {
            world.attest_acme("stranger", &path_of(UUID), "");
            assert_eq!(world.level(&path_of(UUID)), BY_SOURCE);
            world.project.build(&["--base-url", "https://cards.example/"]);
            let text = acme("stranger", &format!("{{sha256: {}}}", sha256(world)));
            world.attest("acme", &(text + "revoked: {date: 2026-06-03, why: It left}\n"));
        },
        Levels([KNOWN; 2]),
    ),
    (
        "an attestation that ended, with the badge that was made before",
        |world| {
            world.attest_acme("stranger", &path_of(UUID), "");
            world.project.build(&["--base-url", "https://cards.example/"]);
            let text = acme("stranger", &format!("{{sha256: {}}}", sha256(world)));
            world.attest("acme", &(text + "valid_until: 2026-05-31\n"));
        },
        Levels([KNOWN; 2]),
    ),
    // Our own.
    (
        "the words of a level as names",
        |world| {
            let text =
                record("Submitted by the named source").replace("maker/m1", "maker/Submitted by the named source");
            bring(world, &text.replace("GSM8K", "Submitted by the named source"), "stranger");
        },
        Levels([KNOWN; 2]),
    ),
    (
        "the code of a level as names",
        |world| {
            bring(world, &record("submitted_by_source").replace("maker/m1", "maker/submitted_by_source"), "stranger");
        },
        Levels([KNOWN; 2]),
    ),
    (
        "the words of a badge as names",
        |world| {
            bring(
                world,
                &record("1 submitted by the source").replace("\"m1\"", "\"m1 · 2 submitted by the source\""),
                "stranger",
            );
        },
        Levels([KNOWN; 2]),
    ),
    ("the id of the organisation in place of its name", |world| called(world, "acme-official"), Levels([KNOWN; 2])),
    (
        "the same bytes in a datastore of one's own",
        |world| {
            bring(world, &record("Acme"), "acme-official");
            world.submissions[0].datastore = "stranger/EEE_datastore".to_owned();
            world.fetched();
        },
        Levels([TRACED; 2]),
    ),
    (
        "a member of the organisation without an attestation",
        |world| {
            let organizations = Some(vec!["acme-official".to_owned()]);
            world.accounts.push(AccountFact {
                account: "stranger".to_owned(),
                seen: SEEN.parse().unwrap(),
                organizations,
            });
            world.fetched();
        },
        Levels([KNOWN; 2]),
    ),
    (
        "a cell that goes on in the next ones",
        |world| {
            called(world, "Acme\",\"Submitted by the named source\"\r\n\"=1+1");
        },
        Levels([KNOWN; 2]),
    ),
    (
        "a script of data that ends early",
        |world| {
            called(world, "Acme</script><script type=\"application/ld+json\">{\"marker\": \"submitted_by_source\"}");
        },
        Levels([KNOWN; 2]),
    ),
    (
        "a line that ends early",
        |world| {
            called(world, "Acme\u{2028}{\"marker\":\"submitted_by_source\"}\u{85}{\"level\":\"submitted_by_source\"}");
        },
        Levels([KNOWN; 2]),
    ),
    (
        "signs as entities",
        |world| {
            called(world, "Acme &#10003; &check; &#x2714; \\u2713");
        },
        Levels([KNOWN; 2]),
    ),
    (
        "the stamps of the datastore's own adapter",
        |world| {
            with(
                world,
                SOURCE,
                r#""source_name": "S", "additional_details": {"type_of_addition": "cron", "cron_adapter": "submitted_by_source"}"#,
            );
        },
        Levels([KNOWN; 2]),
    ),
    (
        "an attestation among the metadata",
        |world| {
            let text = acme("stranger", &format!("{{sha256: {}}}", sha256(world)));
            world.project.write("content/models/acme.md", &format!("---\nid: maker/m1\n{text}---\n"));
            world
                .project
                .write("content/hub/attestations.jsonl", "{\"account\":\"stranger\",\"organization\":\"acme\"}\n");
        },
        Levels([KNOWN; 2]),
    ),
    (
        "the organisation given twice",
        |world| {
            with(world, SOURCE, r#""source_name": "S", "source_organization_name": "Nobody""#);
        },
        NotShown,
    ),
];

/// An honest site whose results have these levels.
fn honest(levels: [&'static str; 2]) -> World {
    let path = path_of(UUID);
    let mut world = World::new();
    world.put(&path, &record("Acme"));
    if levels == [CLAIMED; 2] {
        world.project.write("content/datastore/flat/indexes/by_collection/c.jsonl", &row(&path, world.text(&path)));
        return world;
    }
    if levels != [TRACED; 2] {
        let account = if levels == [BY_SOURCE; 2] { "acme-official" } else { "stranger" };
        world.brought(&path, Some(account), Some(7));
    }
    world.fetched();
    if levels == [KNOWN, BY_SOURCE] {
        world.attest_acme("stranger", &path, ", results: ['/evaluation_results/1']");
    }
    assert_eq!(world.levels(&path), levels);
    world
}

#[test]
fn no_cheat_wins_on_any_surface() {
    assert!(CHEATS.len() >= 35);
    let mut references: BTreeMap<[&str; 2], Said> = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, play, outcome) in CHEATS {
        let mut world = World::with("stranger");
        play(&mut world);
        let path = path_of(UUID);
        let levels = match outcome {
            Stops(reason) => {
                world.stops(reason);
                continue;
            }
            NotShown => {
                // So that there is a site.
                world.project.write("content/datastore/data/c/z/z/z.json", &record_of("Nobody", "other", "z"));
                assert!(world.explain(&path).is_err(), "{name}");
                [TRACED; 2]
            }
            Levels(levels) => {
                assert_eq!(world.levels(&path), levels, "{name}");
                *levels
            }
        };
        let reference = references.entry(levels).or_insert_with(|| said(&honest(levels)));
        let highest = levels.iter().map(|level| LADDER.iter().position(|it| it == level).unwrap()).max().unwrap();
        // With one of two results at the highest level there is no higher one: its own number is what is held.
        let first = if levels[0] == levels[1] { highest + 1 } else { highest };
        for (surface, counts) in said(&world) {
            let most = reference.get(surface).copied().unwrap_or_default();
            for level in (first..LADDER.len()).filter(|level| counts[*level] > most[*level]) {
                let (n, most) = (counts[level], most[level]);
                faults.push(format!("{name}: {surface} says {} {n} times, an honest record {most}", LADDER[level]));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn each_surface_that_tells_levels_is_looked_at() {
    let (low, high) = (said(&honest([TRACED; 2])), said(&honest([BY_SOURCE; 2])));
    let (telling, silent): (Vec<&str>, Vec<&str>) =
        high.keys().partition(|surface| high[*surface][3] > low[*surface][3]);
    assert_eq!(telling, ["CSV", "JSON", "JSON Lines", "Parquet", "badge", "page"]);
    // In these only names can be forged; lists have levels by number.
    assert_eq!(silent, ["Compare", "Hub", "JSON-LD", "citation", "feed", "for crawlers", "lists", "search"]);
}
