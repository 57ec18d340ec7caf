//! The *follow-up*: the state of the pull requests that this site opened, on the Hub and in the last build. It
//! changes nothing on the Hub; news goes into the journal and the facts.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::audit::{Auditor, Lookup, is_yaml};
use super::journal::{Attempt, JOURNAL, Journal, ProposedResult, RequestState};
use super::registry::Registry;
use super::text::TextStyle;
use crate::Progress;
use crate::diagnostic::did_you_mean;
use crate::emit::{MANIFEST, ManifestEntry, RecordRef};
use crate::facts::{PostedNow, ProposalFact, ProposalState, ProposedFact, RecordPlace};
use crate::fetch;
use crate::fetch::store::Store;
use crate::hub::{ErrorKind, Hub, ModelAnswer, Repo};
use crate::output::disk;

/// Path of the follow-up below the output folder.
const STATUS: &str = "hub/status.json";
/// Path of the same in words.
const STATUS_TEXT: &str = "hub/status.txt";

/// What was typed.
#[derive(Clone, Debug)]
pub struct StatusOptions {
    /// Output folder of the build.
    pub out: PathBuf,
    /// Folder of facts.
    pub facts: PathBuf,
    /// Only these models; empty: all.
    pub only: Vec<String>,
    /// Models looked at together.
    pub jobs: usize,
}

/// What became of all pull requests.
#[derive(Debug, Serialize)]
pub struct FollowUp {
    version: u32,
    created_at: Timestamp,
    endpoint: String,
    requests: usize,
    /// By model and number.
    pub proposals: Vec<Followed>,
    /// What could not be asked for; what was known of it stays.
    pub failures: Vec<FailedLookup>,
    /// Models of requests that got no answer, and whose pull request is not on the Hub.
    pub unanswered: Vec<String>,
}

/// What became of one pull request.
#[derive(Debug, Serialize)]
pub struct Followed {
    /// What the Hub says.
    #[serde(flatten)]
    pub proposal: ProposalFact,
    /// What the last build says of each result's record, in the order of the results.
    pub records: Vec<RecordNow>,
    /// True if something is otherwise than at the last look.
    pub is_news: bool,
    /// True if a posted number does not say, or no longer, what a record says.
    pub needs_a_person: bool,
}

/// What the last build says of the record that a posted value was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RecordNow {
    /// It is there.
    Stands,
    /// It is not, and another one says the same.
    Replaced,
    /// It is not, and another one says this.
    Contradicted {
        /// What would be posted now.
        value: String,
    },
    /// Who made it withdrew it.
    Withdrawn,
    /// It is disputed.
    Disputed,
    /// It is not, and no other one says anything.
    Gone,
    /// There is no build here, or the journal does not name the record.
    Unknown,
}

/// What could not be asked for.
#[derive(Debug, Serialize)]
pub struct FailedLookup {
    /// Model repository.
    pub model: String,
    /// Why, in a sentence.
    pub error: String,
}

impl FollowUp {
    /// True if all could be asked for, and nothing needs a person.
    pub fn is_fine(&self) -> bool {
        self.failures.is_empty() && self.proposals.iter().all(|it| !it.needs_a_person)
    }
}

/// Asks the Hub for the state of the pull requests in the journal.
pub fn follow(hub: &Hub, options: &StatusOptions, progress: &dyn Progress) -> Result<FollowUp> {
    let mut journal = match options.out.join(JOURNAL).try_exists() {
        Ok(true) => Journal::open(&options.out)?,
        _ => Journal::look(&options.out)?,
    };
    let build = LastBuild::read(&options.out)?;
    let models = selected(options, &journal)?;
    progress.stage("ask for pull requests", models.len());
    let registry = Registry::default();
    let asking = Asking { hub, auditor: Auditor::new(hub, &registry, None), now: Timestamp::now() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.jobs.max(1)).build();
    let models: Vec<(&String, &Vec<Attempt>)> = models.iter().collect();
    let answers: Vec<ProposalFindings> = pool.context("failed to start the threads")?.install(|| {
        let ask = |(model, attempts): &(&String, &Vec<Attempt>)| {
            let answers = asking.ask(model, attempts);
            progress.step();
            answers
        };
        models.par_iter().with_max_len(1).map(ask).collect()
    });
    let mut found = FollowUp {
        version: 1,
        created_at: asking.now,
        endpoint: hub.endpoint().to_owned(),
        requests: hub.requests(),
        proposals: Vec::new(),
        failures: Vec::new(),
        unanswered: Vec::new(),
    };
    for answers in answers {
        for (attempt, proposal) in answers.seen {
            let recovered = answers.recovered.iter().find(|(number, ..)| *number == attempt);
            if let Some((_, url, number)) = recovered {
                journal.opened(attempt, &proposal.model, url, *number)?;
            }
            let is_news = journal.seen(attempt, proposal.clone())?;
            found.proposals.push(Followed::new(proposal, build.as_ref(), is_news));
        }
        found.failures.extend(answers.failures);
        found.unanswered.extend(answers.unanswered);
    }
    found.write(options)?;
    Ok(found)
}

/// The requests that may have a pull request, by model.
fn selected(options: &StatusOptions, journal: &Journal) -> Result<BTreeMap<String, Vec<Attempt>>> {
    let mut models: BTreeMap<String, Vec<Attempt>> = BTreeMap::new();
    for attempt in journal.all().iter().filter(|attempt| attempt.state != RequestState::Refused) {
        models.entry(attempt.proposed.model_repo.clone()).or_default().push(attempt.clone());
    }
    for model in &options.only {
        let is_known = models.keys().any(|known| known.eq_ignore_ascii_case(model));
        let near = did_you_mean(model, models.keys().map(String::as_str));
        let help = near.map_or(String::new(), |near| format!("\n  help: did you mean `{near}`?"));
        ensure!(is_known, "--only {model}: no pull request to this model was opened from here{help}");
    }
    if !options.only.is_empty() {
        models.retain(|model, _| options.only.iter().any(|only| only.eq_ignore_ascii_case(model)));
    }
    Ok(models)
}

struct Asking<'a> {
    hub: &'a Hub,
    auditor: Auditor<'a>,
    now: Timestamp,
}

/// What was found of one model.
#[derive(Default)]
struct ProposalFindings {
    /// By number of the request.
    seen: Vec<(u64, ProposalFact)>,
    /// Requests without an answer whose pull request is there: number of the request, page, number.
    recovered: Vec<(u64, String, u64)>,
    failures: Vec<FailedLookup>,
    unanswered: Vec<String>,
}

impl Asking<'_> {
    fn ask(&self, name: &str, attempts: &[Attempt]) -> ProposalFindings {
        let mut answers = ProposalFindings::default();
        let failed = |error: String| FailedLookup { model: name.to_owned(), error };
        let model = match self.auditor.look_up(name) {
            Lookup::Found(model) => Some(model),
            Lookup::Missing(_) => None,
            Lookup::Failed(err) => {
                answers.failures.push(failed(err.in_short()));
                return answers;
            }
        };
        for attempt in attempts {
            let (url, number) = match (&attempt.state, &model) {
                (RequestState::Opened(url, number), _) => (url.clone(), *number),
                (RequestState::Unanswered, Some(model)) => match self.search(model, attempt) {
                    Ok(Some((url, number))) => {
                        answers.recovered.push((attempt.number(), url.clone(), number));
                        (url, number)
                    }
                    Ok(None) => {
                        answers.unanswered.push(name.to_owned());
                        continue;
                    }
                    Err(err) => {
                        answers.failures.push(failed(err));
                        continue;
                    }
                },
                _ => continue,
            };
            match self.look_at(model.as_ref(), attempt, url, number) {
                Ok(proposal) => answers.seen.push((attempt.number(), proposal)),
                Err(err) => answers.failures.push(failed(format!("pull request {number}: {err}"))),
            }
        }
        answers
    }

    fn search(&self, model: &ModelAnswer, attempt: &Attempt) -> Result<Option<(String, u64)>, String> {
        let repo = Repo::model(&model.id);
        let pulls = self.hub.pull_requests(repo).map_err(|err| err.in_short())?;
        let found = self.auditor.find(repo, attempt, &pulls)?;
        Ok(found.map(|pull| (self.hub.page(repo, &format!("/discussions/{}", pull.num)), pull.num)))
    }

    fn look_at(
        &self,
        model: Option<&ModelAnswer>,
        attempt: &Attempt,
        url: String,
        number: u64,
    ) -> Result<ProposalFact, String> {
        let mut fact = ProposalFact {
            model: attempt.proposed.model_repo.clone(),
            number,
            url,
            state: ProposalState::Gone,
            closed_by: None,
            comments: 0,
            results: attempt.proposed.results.iter().map(proposed).collect(),
            seen: self.now,
        };
        let Some(model) = model else { return Ok(fact) };
        let repo = Repo::model(&model.id);
        let pull = match self.hub.pull_request(repo, number) {
            Ok(Some(pull)) => pull,
            Ok(None) => return Ok(fact),
            Err(err) if matches!(err.kind, ErrorKind::Refused(404)) => return Ok(fact),
            Err(err) => return Err(err.in_short()),
        };
        fact.comments = pull.n_comments;
        fact.state = match pull.discussion.status.as_str() {
            "open" => ProposalState::Open,
            "draft" => ProposalState::Draft,
            "merged" => ProposalState::Merged,
            "closed" => ProposalState::Closed,
            other => return Err(format!("the Hub says that it is `{}`", other.escape_debug())),
        };
        if fact.state == ProposalState::Closed {
            fact.closed_by = pull.closed_by;
        }
        if !fact.state.is_live() {
            return Ok(fact);
        }
        let is_merged = fact.state == ProposalState::Merged;
        let revision = if is_merged { model.head.clone() } else { pull.discussion.revision() };
        let files = self.auditor.list(repo, &revision).map_err(|err| err.in_short())?;
        // A draft is not shown to anybody.
        let is_shown = |path: &str, value: f64| {
            fact.state == ProposalState::Draft
                || model.eval_results.iter().any(|it| {
                    it.filename == path
                        && it.pull_request == (!is_merged).then_some(number)
                        && it.data.as_ref().is_ok_and(|data| data["value"].as_f64() == Some(value))
                })
        };
        for result in &mut fact.results {
            let ours: f64 =
                result.value.parse().map_err(|_| "the journal has a value that is not a number".to_owned())?;
            let (mut now, mut unread) = (PostedNow::TakenOut, None);
            for item in files.values().filter(|item| is_yaml(&item.path)) {
                let file = self.auditor.file(repo, &revision, item)?;
                let is_dataset = |id: &str| self.auditor.datasets.are_one(&result.dataset, id);
                let values = file.posted.values(&result.task, is_dataset).map_err(|why| unread = Some(why));
                for value in values.into_iter().flatten() {
                    let is_same = value.as_f64().is_some_and(|value| (value - ours).abs() <= 1e-9);
                    let found = match is_same {
                        true if is_shown(&item.path, value.as_f64().unwrap_or(ours)) => PostedNow::AsProposed,
                        true => PostedNow::Hidden,
                        false => PostedNow::Changed { value: value.to_string() },
                    };
                    // Of several, what was proposed says most.
                    if now == PostedNow::TakenOut || is_same && now != PostedNow::AsProposed {
                        now = found;
                    }
                }
            }
            // What is not found may stand in a file that could not be read.
            if let (PostedNow::TakenOut, Some(why)) = (&now, unread) {
                return Err(why);
            }
            result.now = Some(now);
        }
        Ok(fact)
    }
}

fn proposed(result: &ProposedResult) -> ProposedFact {
    let place = |record: &RecordRef| RecordPlace {
        path: record.path.to_string(),
        pointer: record.pointer.clone(),
        sha256: record.sha256,
    };
    ProposedFact {
        dataset: result.dataset.clone(),
        task: result.task_id.clone(),
        value: result.value.clone(),
        record: result.record.as_ref().map(place),
        now: None,
    }
}

impl Followed {
    fn new(proposal: ProposalFact, build: Option<&LastBuild>, is_news: bool) -> Followed {
        let records: Vec<RecordNow> = (proposal.results.iter())
            .map(|result| build.map_or(RecordNow::Unknown, |build| build.record(&proposal.model, result)))
            .collect();
        let is_fine = |(result, record): (&ProposedFact, &RecordNow)| {
            matches!(result.now, Some(PostedNow::AsProposed))
                && matches!(record, RecordNow::Stands | RecordNow::Replaced | RecordNow::Unknown)
        };
        let needs_a_person = proposal.state.is_live() && !proposal.results.iter().zip(&records).all(is_fine);
        Followed { proposal, records, is_news, needs_a_person }
    }
}

/// What the last build says, as far as its manifest has it.
#[derive(Deserialize)]
struct LastBuild {
    version: u32,
    entries: Vec<ManifestEntry>,
    #[serde(default)]
    skipped: Vec<SkippedRecord>,
}

#[derive(Deserialize)]
struct SkippedRecord {
    reason: String,
    record: RecordRef,
}

impl LastBuild {
    /// Reads the manifest; `None` if there is none.
    fn read(out: &Path) -> Result<Option<LastBuild>> {
        let path = out.join(MANIFEST);
        let bytes = match fs::read(&path) {
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let damaged = || format!("{} is damaged; run `evalcards build` again", path.display());
        let build: LastBuild = serde_json::from_slice(&bytes).with_context(damaged)?;
        ensure!(build.version == 1, "{} is of another version; run `evalcards build` again", path.display());
        Ok(Some(build))
    }

    fn record(&self, model: &str, result: &ProposedFact) -> RecordNow {
        let Some(record) = &result.record else { return RecordNow::Unknown };
        let is_it = |it: &RecordRef| {
            it.sha256 == record.sha256
                && *it.path == *record.path
                && (it.pointer == record.pointer || it.pointer.is_empty())
        };
        if self.entries.iter().any(|entry| is_it(&entry.record)) {
            return RecordNow::Stands;
        }
        if let Some(skipped) = self.skipped.iter().find(|it| is_it(&it.record)) {
            return match skipped.reason.as_str() {
                "withdrawn" => RecordNow::Withdrawn,
                "disputed" => RecordNow::Disputed,
                _ => RecordNow::Stands,
            };
        }
        let is_slot = |entry: &&ManifestEntry| {
            let dataset = &entry.yaml_entry.dataset;
            entry.model_repo.eq_ignore_ascii_case(model)
                && dataset.id.eq_ignore_ascii_case(&result.dataset)
                && dataset.task_id == result.task
        };
        let mut others = self.entries.iter().filter(is_slot).map(|entry| entry.yaml_entry.value.as_str());
        let Some(first) = others.clone().next() else { return RecordNow::Gone };
        match others.any(|value| value == result.value) {
            true => RecordNow::Replaced,
            false => RecordNow::Contradicted { value: first.to_owned() },
        }
    }
}

impl FollowUp {
    /// Writes the report, and the facts for the next build.
    fn write(&self, options: &StatusOptions) -> Result<()> {
        let mut json = serde_json::to_vec_pretty(self).context("failed to write down the follow-up")?;
        json.push(b'\n');
        let text = TextStyle { rows: usize::MAX, color: false };
        if options.out.join("hub").is_dir() {
            disk::replace_ours(&options.out.join(STATUS), &json)?;
            disk::replace_ours(&options.out.join(STATUS_TEXT), text.follow_up(self).as_bytes())?;
        }
        let has_content = options.facts.parent().is_some_and(Path::is_dir);
        if self.proposals.is_empty() || !has_content {
            return Ok(());
        }
        let _held = fetch::hold(&options.facts)?;
        let mut facts = Store::<ProposalFact>::open(&options.facts)?;
        self.proposals.iter().for_each(|it| facts.put(it.proposal.clone()));
        facts.save()
    }
}
