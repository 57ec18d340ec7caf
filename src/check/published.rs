//! A *published* copy of a site, in a folder or at an address: every score on its cards is compared with its record
//! by hash and pointer, every statement on samples with the score, and every pair of models with its counts.
//!
//! Pages are found by following links from the start page. Only the copy and the records that it names are
//! requested, and no token is sent.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;
use reqwest::Url;

use super::Checked;
use super::html::{self, PageParts, ShownNumber, ShownRecord, ShownSamples};
use super::links::{LinkTarget, target};
use super::pair::wrong_pair;
use crate::Progress;
use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::hash::Sha256;
use crate::hub::Web;
use crate::load::block::Blocks;
use crate::load::record;
use crate::merge::Scale;
use crate::number::Number;
use crate::signal::samples;

/// No page and no record has more.
const MAX_BYTES: u64 = 64 << 20;

/// Where records are public.
const HUB: &str = "https://huggingface.co";

/// Files asked for at a time; a host of static sites bears more.
const AT_A_TIME: usize = 16;

/// Verifies the copy at `place`. Records that it does not hold itself are looked for below
/// `datastores`, then where the card says they are public. `told` hears of every pause.
pub fn published(
    place: &str,
    datastores: &[PathBuf],
    progress: &dyn Progress,
    told: impl Fn(&str, Duration) + Send + Sync + 'static,
) -> Result<Checked> {
    let copy = Copy::new(place, told)?;
    let threads = rayon::ThreadPoolBuilder::new().num_threads(AT_A_TIME).build().context("failed to start threads")?;
    threads.install(|| verify(place, &copy, datastores, progress))
}

fn verify(place: &str, copy: &Copy, datastores: &[PathBuf], progress: &dyn Progress) -> Result<Checked> {
    let mut found = Diagnostics::default();
    progress.stage("read pages", 0);
    let pages = copy.pages(progress, &mut found)?;
    let shown = pages.iter().flat_map(|page| page.parts.records.iter().map(move |record| (page, record)));
    // A record is named on many cards, and read once.
    let records: HashMap<&str, (&PublishedPage, &ShownRecord)> =
        shown.map(|(page, record)| (record.sha256.as_str(), (page, record))).collect();
    progress.stage("read records", records.len());
    let blocks = Blocks::default();
    let scores: HashMap<&str, Result<RecordScores, String>> = (records.par_iter())
        .map(|(sha256, (page, record))| {
            progress.step();
            (*sha256, copy.record(page, record, datastores).and_then(|bytes| scores_of(&bytes, &blocks)))
        })
        .collect();
    let places: HashMap<(&str, &str), &ShownRecord> = (pages.iter())
        .flat_map(|page| page.parts.records.iter().map(|record| ((page.path.as_str(), record.anchor.as_str()), record)))
        .collect();
    let mut numbers = 0;
    let mut reported = HashSet::new();
    for page in &pages {
        let file = copy.name(&page.path);
        for number in &page.parts.numbers {
            let named = match target(&page.path, &number.record, None) {
                LinkTarget::File(path, anchor) => named(&path, &anchor, &number.pointer, &places),
                _ => None,
            };
            let pointer = named.as_ref().map_or_else(|| number.pointer.clone(), |(_, pointer)| pointer.clone());
            match verdict(number, named, &scores) {
                CopyVerdict::Holds => numbers += 1,
                CopyVerdict::Wrong(message) => {
                    let help = "build the site again from its records";
                    found.error(DiagnosticCode::WrongNumber, &file, &pointer, message, help);
                }
                CopyVerdict::NotVerified(sha256, why) => {
                    if reported.insert(sha256.clone()) {
                        let message = format!("scores of record {sha256} were not verified: {why}");
                        let help = "pass a datastore that has it with --datastore".to_owned();
                        found.warn_with_help(DiagnosticCode::RecordNotRead, &file, "", message, help);
                    }
                }
            }
        }
    }
    // The results on cards, by their rows.
    let results: HashMap<(&str, &str), &ShownNumber> = (pages.iter())
        .flat_map(|page| page.parts.numbers.iter().map(move |number| (page, number)))
        .filter_map(|(page, number)| Some(((page.path.as_str(), number.record.strip_prefix('#')?), number)))
        .collect();
    for page in &pages {
        let rows = |link: &str| {
            let LinkTarget::File(path, anchor) = target(&page.path, link, None) else { return None };
            let samples = results.get(&(path.as_str(), anchor.as_str()))?.samples.as_ref();
            samples.filter(|samples| samples.is_recomputed)?.rows
        };
        for message in page.parts.pairs.iter().filter_map(|pair| wrong_pair(pair, rows)) {
            let help = "build the site again from its records";
            found.error(DiagnosticCode::WrongNumber, &copy.name(&page.path), "#pairs", message, help);
        }
    }
    if pages.iter().all(|page| page.parts.numbers.is_empty()) {
        let help = "pass the folder or address of index.html; custom templates must keep `id` and `data-score` of results, and `data-record` of records";
        found.error(DiagnosticCode::NoNumbers, place, "", "no score with its record was found".to_owned(), help);
    }
    Ok(Checked {
        records: scores.values().filter(|scores| scores.is_ok()).count(),
        numbers,
        pages: pages.len(),
        links: pages.iter().map(|page| page.parts.links.len()).sum(),
        bytes: pages.iter().map(|page| page.bytes).sum(),
        findings: found.into_sorted(),
    })
}

/// The record that a number leads to, and the pointer to its result. A row of a card is `r<hash>-<index>`, and a ranking
/// links to it; a page of other templates may link to the record and say the pointer.
fn named<'a>(
    path: &str,
    anchor: &str,
    pointer: &str,
    places: &HashMap<(&str, &str), &'a ShownRecord>,
) -> Option<(&'a ShownRecord, String)> {
    if let Some(record) = places.get(&(path, anchor)) {
        return Some((record, pointer.to_owned()));
    }
    let (record, index) = anchor.rsplit_once('-')?;
    Some((places.get(&(path, record))?, format!("/evaluation_results/{index}")))
}

struct PublishedPage {
    path: String,
    parts: PageParts,
    bytes: u64,
}

/// The scores of a record with their scales, by the place of their results.
type RecordScores = HashMap<String, (Number, Scale)>;

enum CopyVerdict {
    Holds,
    Wrong(String),
    NotVerified(String, String),
}

fn verdict(
    number: &ShownNumber,
    named: Option<(&ShownRecord, String)>,
    records: &HashMap<&str, Result<RecordScores, String>>,
) -> CopyVerdict {
    let Some((record, pointer)) = named else {
        return CopyVerdict::Wrong(format!(
            "{} names a record at `{}`, which does not exist",
            number.digits, number.record
        ));
    };
    let sha256 = &record.sha256;
    let shown = number.digits.trim();
    // Digits that are cut short end in an ellipsis, and stand whole beside it.
    let (said, is_said) = match number.whole.as_str() {
        "" => (shown, true),
        whole => (whole, shown.strip_suffix('…').is_some_and(|first| whole.starts_with(first))),
    };
    match records.get(sha256.as_str()) {
        Some(Ok(scores)) => match scores.get(&pointer) {
            Some((score, _)) if *score.digits() != *said || !is_said => {
                CopyVerdict::Wrong(format!("the page says {shown}, and record {sha256} says {}", score.digits()))
            }
            Some((score, scale)) => match number.samples.as_ref().and_then(|it| wrong_outcome(it, score, *scale)) {
                Some(why) => CopyVerdict::Wrong(format!("{shown} in record {sha256}: {why}")),
                None => CopyVerdict::Holds,
            },
            None => CopyVerdict::Wrong(format!("record {sha256} has no score at this pointer")),
        },
        Some(Err(why)) if why.starts_with(HASH) => CopyVerdict::Wrong(format!("record {sha256}: {why}")),
        Some(Err(why)) => CopyVerdict::NotVerified(sha256.clone(), why.clone()),
        None => CopyVerdict::NotVerified(sha256.clone(), "it has no hash".to_owned()),
    }
}

/// Why what a card says of the samples of `score` does not follow from the numbers that it says; `None` if it does.
fn wrong_outcome(shown: &ShownSamples, score: &Number, scale: Scale) -> Option<String> {
    let is_computed = shown.is_recomputed || shown.differs;
    let value = match (shown.value, shown.rows) {
        (Some(value), Some(rows)) if is_computed => {
            samples::is_stated_as_published(value, rows, score, scale).map(|it| (it, value))
        }
        (None, _) if !is_computed => return None,
        _ => return Some("the page does not show the score that was recomputed from its samples".to_owned()),
    };
    match value? {
        (true, value) if !shown.is_recomputed => {
            Some(format!("the page says that it differs from its samples, which give {value}"))
        }
        (false, value) if !shown.differs => {
            Some(format!("the page says that it was recomputed, but its samples give {value}"))
        }
        _ => None,
    }
}

fn scores_of(bytes: &[u8], blocks: &Blocks) -> Result<RecordScores, String> {
    let (record, _) = record::parse(bytes, blocks).map_err(|_| "it is not a valid record".to_owned())?;
    let score = |result: &record::EvaluationResult| {
        (format!("/evaluation_results/{}", result.index), (result.score.clone(), Scale::of(&result.metric)))
    };
    Ok(record.results.iter().map(score).collect())
}

/// How the complaint about other bytes begins.
const HASH: &str = "its SHA-256 does not match the card";

/// A copy, and how to read what it does not hold itself.
struct Copy {
    place: CopyLocation,
    web: Web,
}

/// Where a copy is.
enum CopyLocation {
    Folder(PathBuf),
    Address(Url),
}

impl Copy {
    fn new(place: &str, told: impl Fn(&str, Duration) + Send + Sync + 'static) -> Result<Copy> {
        let place = CopyLocation::new(place)?;
        let address = match &place {
            CopyLocation::Folder(_) => Url::parse(HUB).context("no address")?,
            CopyLocation::Address(url) => url.clone(),
        };
        let web = Web::new(&address, |name| std::env::var(name).ok(), told)?;
        Ok(Copy { place, web })
    }

    /// `path` as a person would write it.
    fn name(&self, path: &str) -> String {
        match &self.place {
            CopyLocation::Folder(folder) => folder.join(path).display().to_string(),
            CopyLocation::Address(url) => format!("{url}{path}"),
        }
    }

    /// All pages that can be reached from the start page.
    fn pages(&self, progress: &dyn Progress, found: &mut Diagnostics) -> Result<Vec<PublishedPage>> {
        let mut known: BTreeSet<String> = ["index.html".to_owned()].into();
        let mut next: Vec<String> = known.iter().cloned().collect();
        let mut pages = Vec::new();
        while !next.is_empty() {
            let read: Vec<(String, Result<Option<Vec<u8>>>)> = (next.into_par_iter())
                .map(|path| {
                    progress.step();
                    let bytes = self.get(&path);
                    (path, bytes)
                })
                .collect();
            next = Vec::new();
            for (path, bytes) in read {
                let Some(bytes) = bytes? else {
                    ensure!(path != "index.html", "there is no site at {}", self.name(""));
                    let message = "a page of the site links to it, but it does not exist".to_owned();
                    found.error(
                        DiagnosticCode::DeadLink,
                        &self.name(&path),
                        "",
                        message,
                        "build and publish the whole site again",
                    );
                    continue;
                };
                let parts = html::parts(&String::from_utf8_lossy(&bytes));
                for link in &parts.links {
                    if let LinkTarget::File(target, _) = target(&path, link, None)
                        && target.ends_with(".html")
                        && known.insert(target.clone())
                    {
                        next.push(target);
                    }
                }
                pages.push(PublishedPage { path, parts, bytes: bytes.len() as u64 });
            }
        }
        pages.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(pages)
    }

    /// A file of the copy; `None` if it is not there.
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>> {
        match &self.place {
            CopyLocation::Folder(folder) => match fs::read(folder.join(path)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(err) if err.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(err) => Err(err).with_context(|| format!("failed to read {}", self.name(path))),
            },
            CopyLocation::Address(url) => {
                let mut address = url.clone();
                if let Ok(mut parts) = address.path_segments_mut() {
                    parts.pop_if_empty().extend(path.split('/'));
                }
                Ok(self.web.read(&address, MAX_BYTES)?)
            }
        }
    }

    /// The bytes that `record` names, from wherever they are at hand; they have its hash.
    fn record(&self, page: &PublishedPage, record: &ShownRecord, datastores: &[PathBuf]) -> Result<Vec<u8>, String> {
        let expected = Sha256::from_hex(&record.sha256).ok_or("its SHA-256 is not 64 hex digits")?;
        let is_right = |bytes: &Vec<u8>| Sha256::of(bytes) == expected;
        if record.url.is_empty() {
            return Err("the card has no address for it".to_owned());
        }
        let bytes = match target(&page.path, &record.url, None) {
            LinkTarget::File(path, _) => self.get(&path).map_err(|err| format!("{err:#}"))?,
            LinkTarget::Outside => None,
            LinkTarget::Elsewhere => {
                let path = public_path(&record.url);
                let at_hand = path.and_then(|path| {
                    let read = |root: &PathBuf| fs::read(root.join(&path)).ok().filter(is_right);
                    datastores.iter().find_map(read)
                });
                match at_hand {
                    Some(bytes) => Some(bytes),
                    None => self.fetch_public(&record.url).map_err(|err| format!("{err:#}"))?,
                }
            }
        };
        let bytes = bytes.ok_or_else(|| format!("{} is not there", record.url))?;
        if !is_right(&bytes) {
            return Err(format!("{HASH} (it is {})", Sha256::of(&bytes)));
        }
        Ok(bytes)
    }

    /// A record from where it is public: the Hub shows a page at `/blob/` and gives the bytes at `/resolve/`.
    fn fetch_public(&self, url: &str) -> Result<Option<Vec<u8>>> {
        let url = Url::parse(&url.replacen("/blob/", "/resolve/", 1)).context("its address cannot be read")?;
        ensure!(matches!(url.scheme(), "https" | "http"), "its address is not a web address");
        if let Some(variable) = self.web.offline() {
            bail!("{variable} is set, so {url} was not read");
        }
        Ok(self.web.read(&url, MAX_BYTES)?)
    }
}

impl CopyLocation {
    fn new(place: &str) -> Result<CopyLocation> {
        if place.starts_with("https://") || place.starts_with("http://") {
            let mut url = Url::parse(place).with_context(|| format!("`{place}` is not a valid address"))?;
            // A file of the site, or its folder.
            let folder = match url.path().rsplit_once('/') {
                Some((folder, "index.html")) => format!("{folder}/"),
                _ => format!("{}/", url.path().trim_end_matches('/')),
            };
            url.set_path(&folder);
            url.set_query(None);
            url.set_fragment(None);
            return Ok(CopyLocation::Address(url));
        }
        const HELP: &str =
            "pass a folder that `evalcards build` wrote, such as site/pages, or an address with https://";
        let folder = Path::new(place);
        ensure!(folder.exists(), "--site {place} does not exist\n  help: {HELP}");
        let folder = if folder.join("pages/index.html").is_file() { folder.join("pages") } else { folder.to_owned() };
        ensure!(folder.join("index.html").is_file(), "--site {place} has no index.html\n  help: {HELP}");
        Ok(CopyLocation::Folder(folder))
    }
}

/// The path in its datastore of a record on the Hub.
fn public_path(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("/blob/")?;
    let (_, path) = rest.split_once('/')?;
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?.into_owned();
    crate::address::is_safe_relative(&path).then_some(path)
}
