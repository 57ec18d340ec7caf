//! The *candidates*: the proposals of the last build, bound to the bytes of its manifest.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::address::is_hub_id;
use crate::emit::{EntryStatus, MANIFEST, ManifestEntry, preview_path, yaml};
use crate::hash::Sha256;

/// A result that could be posted, as the build has it.
#[derive(Debug)]
pub struct Candidate {
    /// Place in `entries` of the manifest.
    pub index: usize,
    /// What the manifest says, with its lines of YAML.
    pub entry: ManifestEntry,
    /// The value as a number.
    pub value: f64,
}

/// The candidates of a manifest, and the hashes of all files that they were read from.
#[derive(Debug)]
pub struct Candidates {
    /// In the order of the manifest: by model and task.
    pub list: Vec<Candidate>,
    /// Entries that the build itself holds back, by status.
    pub held_back: BTreeMap<EntryStatus, usize>,
    /// Why nothing of this manifest may be published.
    pub blocked: Vec<String>,
    /// Of `manifest.json`.
    pub sha256: Sha256,
    /// Where the manifest is.
    pub manifest: PathBuf,
    /// Files below the output folder that were compared with the manifest.
    previews: BTreeMap<PathBuf, Sha256>,
}

#[derive(Deserialize)]
struct ManifestFile {
    version: u32,
    #[serde(default)]
    blocked: Vec<String>,
    entries: Vec<ManifestEntry>,
}

impl Candidates {
    /// Reads what the last build wrote into `out`. Every preview must hold exactly what its entries
    /// say: a person has looked at the one, and the other is what will be sent.
    pub fn read(out: &Path) -> Result<Candidates> {
        let path = out.join(MANIFEST);
        let bytes = fs::read(&path).map_err(|err| match err.kind() {
            io::ErrorKind::NotFound => {
                anyhow::anyhow!("{} does not exist\n  help: run `evalcards build` first", path.display())
            }
            _ => anyhow::Error::from(err).context(format!("cannot read {}", path.display())),
        })?;
        let manifest: ManifestFile = serde_json::from_slice(&bytes)
            .with_context(|| format!("{} is damaged; run `evalcards build` again", path.display()))?;
        ensure!(
            manifest.version == 1,
            "{} has version {}, and this evalcards reads version 1; build again with it",
            path.display(),
            manifest.version
        );
        let mut held_back = BTreeMap::new();
        let mut list = Vec::new();
        for (index, entry) in manifest.entries.into_iter().enumerate() {
            if entry.status != EntryStatus::Ready {
                *held_back.entry(entry.status).or_default() += 1;
                continue;
            }
            let candidate = Candidate::new(index, entry);
            list.push(candidate.with_context(|| format!("{}, /entries/{index}", path.display()))?);
        }
        let previews = previews(out, &list)?;
        Ok(Candidates {
            list,
            held_back,
            blocked: manifest.blocked,
            sha256: Sha256::of(&bytes),
            manifest: path,
            previews,
        })
    }

    /// Fails if any file that was read is another now.
    pub fn ensure_unchanged(&self) -> Result<()> {
        let files = self.previews.iter().map(|(path, sha256)| (path, *sha256));
        for (path, sha256) in files.chain([(&self.manifest, self.sha256)]) {
            let bytes = fs::read(path).with_context(|| format!("cannot read {} again", path.display()))?;
            ensure!(
                Sha256::of(&bytes) == sha256,
                "{} changed since the report: nothing was sent\n  help: run `evalcards publish` again",
                path.display()
            );
        }
        Ok(())
    }
}

impl Candidate {
    /// Checks what a build would never write: the manifest is a file that anybody may have changed.
    fn new(index: usize, mut entry: ManifestEntry) -> Result<Candidate> {
        let ids = [&entry.model_repo, &entry.yaml_entry.dataset.id];
        if let Some(id) = ids.into_iter().find(|id| !is_hub_id(id)) {
            bail!("`{}` is not a Hub id of the form owner/name; build again", id.escape_debug());
        }
        let file = entry.target_path.strip_prefix(".eval_results/").and_then(|file| file.strip_suffix(".yaml"));
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        ensure!(
            file.is_some_and(|stem| !stem.is_empty() && stem.len() <= 64 && stem.bytes().all(is_plain)),
            "`{}` is not a file name in .eval_results/; build again",
            entry.target_path.escape_debug()
        );
        let value: f64 = entry.yaml_entry.value.parse().context("the value is not a number; build again")?;
        ensure!(value.is_finite(), "the value is not a finite number; build again");
        entry.yaml = yaml::write(&entry.yaml_entry)?;
        Ok(Candidate { index, entry, value })
    }

    /// Where it is from, for a link.
    pub fn source_url(&self) -> &str {
        self.entry.yaml_entry.source.as_ref().map_or("", |source| &source.url)
    }

    /// All ids of the dataset that the registry knows.
    pub fn dataset_ids(&self) -> impl Iterator<Item = &String> {
        [&self.entry.yaml_entry.dataset.id].into_iter().chain(&self.entry.dataset_aliases)
    }

    /// True for a task id that means this leaderboard.
    pub fn is_task(&self, id: &str) -> bool {
        self.entry.yaml_entry.dataset.task_id == id || self.entry.task_aliases.iter().any(|alias| alias == id)
    }

    /// True for another value that is the same score, as far as a number of a file can say.
    pub fn equals(&self, value: f64) -> bool {
        (self.value - value).abs() <= 1e-9
    }
}

fn previews(out: &Path, list: &[Candidate]) -> Result<BTreeMap<PathBuf, Sha256>> {
    let mut expected: BTreeMap<PathBuf, String> = BTreeMap::new();
    for Candidate { entry, .. } in list {
        expected.entry(out.join(preview_path(entry))).or_default().push_str(&entry.yaml);
    }
    let mut previews = BTreeMap::new();
    for (path, text) in expected {
        let bytes =
            fs::read(&path).with_context(|| format!("cannot read {}; run `evalcards build` again", path.display()))?;
        ensure!(
            bytes == text.as_bytes(),
            "{} does not match the manifest: it was changed, or a build was interrupted\n  help: run `evalcards build` again",
            path.display()
        );
        previews.insert(path, Sha256::of(&bytes));
    }
    Ok(previews)
}
