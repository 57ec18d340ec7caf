//! Pull requests of a repository: what open ones propose, and which were closed or reverted.

use super::{DatasetGroup, FIRST_RESULTS, FOLDER, Files, MAX_PAST, RepositoryAudit, is_shown, is_yaml};
use crate::hub::{Discussion, ErrorKind, TreeItem};
use crate::publish::posted::{PostedFile, PostedMatch};
use crate::publish::review::{HubLocation, Problem};

impl<'a> RepositoryAudit<'a> {
    /// Looks at what an open pull request changes, and at what one of this account once proposed.
    pub(super) fn look_at_pull(&mut self, pull: &Discussion, main: &Files) {
        let is_ours = self.auditor.account.is_some() && pull.author() == self.auditor.account;
        if !pull.is_open() && !is_ours {
            return;
        }
        let place = HubLocation::pull_request(self.auditor.hub, self.repo, pull);
        let files = match self.auditor.list(self.repo, &pull.revision()) {
            Ok(files) => files,
            Err(err) if !pull.is_open() && err.kind == ErrorKind::RevisionNotFound => {
                let words = "is gone from the Hub, so its proposal is not known";
                self.review.notes.insert(format!("{} {words}", place.in_words()));
                return;
            }
            Err(err) => {
                let problem = Problem::of_model("list_open_pr_eval_results", err.in_short());
                self.review.problems.push(problem.at(FOLDER, &place));
                return;
            }
        };
        let differs = |item: &&TreeItem| main.get(&item.path).is_none_or(|old| old.oid != item.oid);
        let mut changed: Vec<&TreeItem> = files.values().filter(|item| is_yaml(&item.path)).filter(differs).collect();
        if changed.iter().any(|item| main.contains_key(&item.path)) {
            // Main may have moved on since this pull request was made: its own changes count.
            if let Ok(Some(diff)) = self.auditor.hub.diff(self.repo, pull.num) {
                changed.retain(|item| diff.contains(&item.path));
            }
        }
        for item in changed {
            self.compare(&pull.revision(), item, &place, "read_open_pr_eval_results");
            if pull.is_open() {
                self.review.changed_in_pulls.entry(item.path.clone()).or_insert_with(|| place.clone());
            }
        }
    }

    /// Looks at what others proposed, and the model's people closed or took back: the same is not proposed to
    /// them again. Whoever closes a pull request of their own says nothing of its scores.
    pub(super) fn look_at_past(&mut self, pulls: &[Discussion], main: &Files) {
        let is_ours = |pull: &Discussion| self.auditor.account.is_some() && pull.author() == self.auditor.account;
        let is_old = |pull: &Discussion| pull.created_at().is_some_and(|time| time < FIRST_RESULTS);
        let past: Vec<&Discussion> = pulls.iter().filter(|it| !it.is_open() && !is_ours(it) && !is_old(it)).collect();
        for pull in past.iter().take(MAX_PAST) {
            if self.candidates.iter().all(|it| !self.review.is_clear(it.index)) {
                return;
            }
            if let Err(why) = self.look_at_past_pull(pull, main) {
                let place = HubLocation::pull_request(self.auditor.hub, self.repo, pull);
                self.review.problems.push(Problem::of_model("read_past_pr", why).at(FOLDER, &place));
            }
        }
        if past.len() > MAX_PAST {
            let n = past.len() - MAX_PAST;
            self.review.notes.insert(format!("{n} older closed and merged pull requests were not looked at"));
        }
    }

    fn look_at_past_pull(&mut self, pull: &Discussion, main: &Files) -> Result<(), String> {
        let found = match self.auditor.hub.pull_request_with_diff(self.repo, pull.num) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(()),
            Err(err) if err.kind == ErrorKind::Refused(404) => return Ok(()),
            Err(err) => return Err(err.in_short()),
        };
        let is_refused =
            pull.status == "merged" || found.closed_by.as_deref().is_some_and(|by| pull.author() != Some(by));
        let changes = |path: &str| found.diff.as_ref().is_none_or(|diff| diff.contains(path));
        if !is_refused || !changes(FOLDER) {
            return Ok(());
        }
        let files = match self.auditor.list(self.repo, &pull.revision()) {
            Ok(files) => files,
            Err(err) if err.kind == ErrorKind::RevisionNotFound => return Ok(()),
            Err(err) => return Err(err.in_short()),
        };
        let differs = |item: &&TreeItem| main.get(&item.path).is_none_or(|old| old.oid != item.oid);
        for item in files.values().filter(|item| is_yaml(&item.path) && changes(&item.path)).filter(differs) {
            let file = self.auditor.file(self.repo, &pull.revision(), item)?;
            for candidate in &self.candidates {
                let is_dataset = |id: &str| self.auditor.is_dataset(candidate, id);
                if let PostedMatch::Same(_) = file.posted.verdict(candidate, is_dataset) {
                    let url = self.auditor.hub.page(self.repo, &format!("/discussions/{}", pull.num));
                    self.review.declined.entry(candidate.index).or_insert(url);
                }
            }
        }
        Ok(())
    }

    /// Holds what the Hub itself reads against what was found: for what no list and no file shows, and for what
    /// stands in a file and is not shown.
    pub(super) fn cross_check(&mut self, group: &DatasetGroup, pulls: &[Discussion], main: &Files) {
        for result in &group.model.eval_results {
            let place = match result.pull_request {
                Some(number) if pulls.iter().any(|pull| pull.num == number) => continue,
                Some(number) => HubLocation::unlisted(self.auditor.hub, self.repo, number),
                None if main.contains_key(&result.filename) => continue,
                None => HubLocation::Main,
            };
            let Ok(data) = &result.data else { continue };
            let text = format!("[{data}]");
            let posted = PostedFile::read(text.as_bytes());
            for candidate in self.candidates.clone() {
                let verdict = posted.verdict(candidate, |id| self.auditor.is_dataset(candidate, id));
                self.note(candidate, verdict, &result.filename, &place, "read_shown_results");
            }
        }
        let hidden = self.review.findings.iter().filter(|it| it.is_readable() && !is_shown(it, group));
        let words = "is posted, but the Hub does not show it: an owner may have hidden it";
        let hidden = hidden.map(|it| format!("{} {}: {} {words}", it.place.in_words(), it.path, it.existing_value));
        self.review.notes.extend(hidden.collect::<Vec<_>>());
        for (file, error) in
            group.model.eval_results.iter().filter_map(|it| Some((&it.filename, it.data.as_ref().err()?)))
        {
            self.review.notes.insert(format!("the Hub itself cannot read {file}: {error}"));
        }
    }
}
