//! Results that the Hub shows for models, and whether it calls them verified: `content/hub/posted.jsonl`, and which
//! models were looked up in `content/hub/posted_models.jsonl`.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::Result;
use serde::Serialize;
use serde_json::{Number, Value};

use super::asking::{FailedRequest, Run, account_name, ask_all, plain};
use super::store::Store;
use crate::address::is_hub_id;
use crate::diagnostic::printable;
use crate::facts::{PostedFact, PostedModel, PostedSource, StoredFact};
use crate::hub::{Discussion, ErrorKind, Hub, HubError, HubModelPage, Repo};
use crate::words::shorten;

/// An interrupted run loses no more answers than this.
const SAVE_EVERY: usize = 200;
/// No model has more results.
const MAX_RESULTS: usize = 10_000;
/// Of longer notes, the beginning is kept (characters).
const MAX_NOTES: usize = 300;

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PostedReport {
    /// Models that the Hub shows.
    pub found: usize,
    /// Models that it does not.
    pub unknown: usize,
    /// Models whose facts are young enough.
    pub fresh: usize,
    /// Results of the models that were found.
    pub results: usize,
    /// Of these, those that the Hub calls verified.
    pub verified: usize,
    /// Entries that the Hub cannot read, that are no results, or of which two say the opposite.
    pub left_out: usize,
    /// Models that were not asked for, because the Hub stopped answering.
    pub not_asked: usize,
    /// Models that were asked for in vain; what was known of them stays.
    pub failures: Vec<FailedRequest>,
}

/// What is to be written.
struct Stores {
    models: Store<PostedModel>,
    results: Store<PostedFact>,
    /// Models whose earlier results are void.
    void: HashSet<String>,
    fresh: Vec<PostedFact>,
}

/// Asks for the models `ids` that were not asked for lately. Facts about others stay.
pub fn fetch(run: &Run, ids: &[String]) -> Result<PostedReport> {
    let mut stores = Stores {
        models: Store::open(run.folder)?,
        results: Store::open(run.folder)?,
        void: HashSet::new(),
        fresh: Vec::new(),
    };
    let mut report = PostedReport::default();
    let known: HashMap<String, PostedModel> =
        stores.models.facts().iter().map(|fact| (fact.id.clone(), fact.clone())).collect();
    let ids: BTreeSet<&String> = ids.iter().filter(|id| is_hub_id(id)).collect();
    let (due, fresh): (Vec<&String>, Vec<&String>) =
        ids.into_iter().partition(|id| known.get(*id).is_none_or(|fact| run.is_due(fact.seen)));
    report.fresh = fresh.len();
    let asked = ask_all(
        run,
        "ask for results",
        &due,
        |id| look_up(run.hub, id),
        |id, answer| {
            let page = match answer {
                Ok(page) => page,
                Err(err) => {
                    report.failures.push(FailedRequest::new(id, &err));
                    return Ok(());
                }
            };
            stores.void.extend(known.get(*id).and_then(|before| before.model.clone()));
            let mut fact = PostedModel { id: (*id).clone(), seen: run.now, model: None, response_sha256: None };
            match page {
                None => report.unknown += 1,
                Some((page, pulls)) => {
                    report.found += 1;
                    let (results, left_out) = results(run, &page, &pulls);
                    report.left_out += left_out;
                    report.results += results.len();
                    report.verified += results.iter().filter(|it| it.verified == Some(true)).count();
                    stores.void.insert(page.head.id.clone());
                    // Two names may be one model.
                    stores.fresh.retain(|it| it.model != page.head.id);
                    stores.fresh.extend(results);
                    fact.model = Some(page.head.id);
                    fact.response_sha256 = Some(page.response_sha256);
                }
            }
            stores.models.put(fact);
            if (report.found + report.unknown).is_multiple_of(SAVE_EVERY) { stores.save() } else { Ok(()) }
        },
    );
    stores.save()?;
    report.not_asked = asked?;
    report.failures.sort_by(|a, b| a.what.cmp(&b.what));
    Ok(report)
}

impl Stores {
    /// Results first: a model that is said to be asked for has its results on disk.
    fn save(&mut self) -> Result<()> {
        let void = std::mem::take(&mut self.void);
        self.results.retain(|fact| !void.contains(&fact.model));
        self.fresh.drain(..).for_each(|fact| self.results.put(fact));
        self.results.save()?;
        self.models.save()
    }
}

/// A model's page, and its pull requests if a result stands in one.
fn look_up(hub: &Hub, id: &str) -> Result<Option<(HubModelPage, Vec<Discussion>)>, HubError> {
    match hub.model_page(id, &["evalResults"]) {
        Ok(page) if page.is_private => Ok(None),
        Ok(page) if is_hub_id(&page.head.id) => {
            let is_proposed = entries(&page).iter().any(|entry| entry["pullRequest"].is_u64());
            let pulls = if is_proposed { hub.pull_requests(Repo::model(&page.head.id))? } else { Vec::new() };
            Ok(Some((page, pulls)))
        }
        Ok(page) => {
            let said = format!("the answer has the id `{}`", page.head.id.escape_debug());
            Err(HubError::of_answer(&format!("look up the model {id}"), hub.endpoint(), said))
        }
        Err(err) if err.kind == ErrorKind::RepoNotFound => Ok(None),
        Err(err) => Err(err),
    }
}

/// The results of an answer, and how many of its entries are none.
fn results(run: &Run, page: &HubModelPage, pulls: &[Discussion]) -> (Vec<PostedFact>, usize) {
    let entries = entries(page);
    let read = entries.iter().take(MAX_RESULTS).filter_map(|entry| result(run, page, pulls, entry));
    let mut found: Vec<PostedFact> = read.collect();
    found.sort_by(StoredFact::order);
    // Entries that differ in nothing but the judgement count for neither.
    let alike = found.chunk_by(|a, b| a.order(b).is_eq());
    let agreed = alike.filter(|alike| alike.iter().all(|it| it.verified == alike[0].verified));
    let results: Vec<PostedFact> = agreed.map(|alike| alike[0].clone()).collect();
    let left_out = entries.len().saturating_sub(results.len());
    (results, left_out)
}

fn entries(page: &HubModelPage) -> &[Value] {
    page.fields["evalResults"].as_array().map_or(&[][..], Vec::as_slice)
}

/// An entry. One without a judgement is not a result that was not verified.
fn result(run: &Run, page: &HubModelPage, pulls: &[Discussion], entry: &Value) -> Option<PostedFact> {
    let data = &entry["data"];
    let dataset = &entry["data"]["dataset"];
    let value: &Number = entry["data"]["value"].as_number()?;
    let task = match &dataset["task_id"] {
        Value::Null => String::new(),
        task => plain(task.as_str()?)?,
    };
    let pull_request = match &entry["pullRequest"] {
        Value::Null => None,
        number => Some(number.as_u64()?),
    };
    let verified = match &entry["verified"] {
        Value::Null => None,
        verified => Some(verified.as_bool()?),
    };
    let by = |number: u64| pulls.iter().find(|pull| pull.num == number)?.author().and_then(account_name);
    let text = |value: &Value| value.as_str().and_then(plain);
    let notes = data["notes"].as_str().map(|notes| notes.split_whitespace().collect::<Vec<_>>().join(" "));
    let source = text(&data["source"]["url"]).map(|url| PostedSource { url, name: text(&data["source"]["name"]) });
    Some(PostedFact {
        model: page.head.id.clone(),
        dataset: dataset["id"].as_str().filter(|id| is_hub_id(id))?.to_owned(),
        task,
        value: value.clone(),
        verified,
        filename: plain(entry["filename"].as_str()?)?,
        pull_request,
        submitter: pull_request.and_then(by),
        date: text(&data["date"]),
        notes: notes.map(|notes| shorten(&printable(&notes), MAX_NOTES)).filter(|notes| !notes.is_empty()),
        source,
        has_token: data["verifyToken"].is_string(),
        seen: run.now,
        response_sha256: page.response_sha256,
    })
}
