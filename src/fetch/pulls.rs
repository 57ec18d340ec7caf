//! The *pull request* behind a commit of the datastore's main branch.
//!
//! A title is only a hint where to look: the Hub's answer which commit a pull request became decides.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use jiff::Timestamp;

use super::asking::{FailedRequest, Run, account_name, ask_all};
use crate::hub::{CommitSummary, Discussion, ErrorKind, PullRequest, Repo};

/// More pull requests are not looked at in one run.
pub const MAX_PULLS: usize = 3000;

/// How a commit came to the main branch.
#[derive(Clone, Debug)]
pub struct CommitOrigin {
    /// The pull request that was merged as this commit; `None` if it was pushed.
    pub pull_request: Option<u64>,
    /// Who opened that, or who wrote the commit; `None` if deleted, or if they are several.
    pub account: Option<String>,
}

impl CommitOrigin {
    /// By a merge of `pull`.
    pub fn of(pull: &Discussion) -> CommitOrigin {
        CommitOrigin { pull_request: Some(pull.num), account: pull.author().and_then(account_name) }
    }
}

/// The pull requests of a repository, as far as they were looked at.
pub struct Pulls<'a> {
    run: &'a Run<'a>,
    repo: Repo<'a>,
    /// The merged ones, once they were listed.
    merged: Option<Vec<Discussion>>,
    /// Numbers that were looked at.
    known: BTreeSet<u64>,
    /// Those of them that were merged as a commit that the Hub does not name.
    unnamed: BTreeSet<u64>,
    /// The origins that are known, by commit.
    origins: HashMap<String, CommitOrigin>,
    /// What could not be looked at.
    pub failures: Vec<FailedRequest>,
}

impl<'a> Pulls<'a> {
    /// Nothing was looked at yet.
    pub fn new(run: &'a Run<'a>, repo: Repo<'a>) -> Pulls<'a> {
        let (known, unnamed) = (BTreeSet::new(), BTreeSet::new());
        Pulls { run, repo, merged: None, known, unnamed, origins: HashMap::new(), failures: Vec::new() }
    }

    /// The origins of `commits`, without those that could not be found out.
    pub fn origins(&mut self, commits: &BTreeMap<&str, &CommitSummary>) -> Result<&HashMap<String, CommitOrigin>> {
        let named: BTreeSet<u64> = self.unknown(commits).filter_map(|commit| number_in(&commit.title)).collect();
        self.look_at(&Vec::from_iter(named))?;

        let newest: Option<Timestamp> = match self.unknown(commits).map(|commit| commit.date).max() {
            None => return Ok(&self.origins),
            Some(_) if self.unknown(commits).any(|commit| commit.date.is_none()) => None,
            Some(newest) => newest,
        };
        let Some(merged) = self.merged() else { return Ok(&self.origins) };
        // A pull request is opened before it is merged.
        let numbers = merged.iter().filter(|it| !matches!((it.created_at(), newest), (Some(a), Some(b)) if a > b));
        let numbers: Vec<u64> = numbers.map(|it| it.num).collect();
        let all_are_known = self.look_at(&numbers)?;

        // It may be one of those that were not looked at, or that the Hub names no commit of.
        let is_doubtful = |commit: &&CommitSummary| {
            !all_are_known || number_in(&commit.title).is_some_and(|number| self.unnamed.contains(&number))
        };
        let (doubtful, pushed): (Vec<&CommitSummary>, Vec<&CommitSummary>) =
            self.unknown(commits).partition(is_doubtful);
        let doubtful = doubtful.into_iter().map(|commit| FailedRequest {
            what: commit.id.clone(),
            said: "it is not known whether a pull request brought this commit".to_owned(),
        });
        self.failures.extend(doubtful);
        let pushed: Vec<String> = pushed.into_iter().map(|commit| commit.id.clone()).collect();
        let (run, repo) = (self.run, self.repo);
        let not_asked = ask_all(
            run,
            "ask for commits",
            &pushed,
            |id| run.hub.authors(repo, id),
            |id, answer| {
                match answer {
                    Ok(authors) => {
                        let account = match authors.as_slice() {
                            [author] => account_name(author),
                            // Which of several brought the file cannot be told.
                            _ => None,
                        };
                        self.origins.insert(id.clone(), CommitOrigin { pull_request: None, account });
                    }
                    Err(err) => self.failures.push(FailedRequest::new(id, &err)),
                }
                Ok(())
            },
        )?;
        self.note_not_asked(not_asked, "commits");
        Ok(&self.origins)
    }

    fn unknown<'c>(&self, commits: &BTreeMap<&'c str, &'c CommitSummary>) -> impl Iterator<Item = &'c CommitSummary> {
        commits.values().copied().filter(|commit| !self.origins.contains_key(&commit.id))
    }

    /// All merged pull requests; none if they cannot be listed.
    pub fn merged(&mut self) -> Option<Vec<Discussion>> {
        if self.merged.is_none() {
            match self.run.hub.pull_requests(self.repo) {
                Ok(all) => {
                    let mut merged: Vec<Discussion> = all.into_iter().filter(|it| it.status == "merged").collect();
                    merged.sort_by_key(|it| it.num);
                    merged.dedup_by_key(|it| it.num);
                    self.merged = Some(merged);
                }
                Err(err) => self.failures.push(FailedRequest::new(self.repo.id, &err)),
            }
        }
        self.merged.clone()
    }

    /// Looks at pull requests by number; true if all of them are known then.
    fn look_at(&mut self, numbers: &[u64]) -> Result<bool> {
        let new: Vec<u64> = numbers.iter().copied().filter(|number| !self.known.contains(number)).collect();
        let asked = &new[..new.len().min(MAX_PULLS)];
        let (run, repo) = (self.run, self.repo);
        let not_asked = ask_all(
            run,
            "ask for requests",
            asked,
            |number| run.hub.pull_request(repo, *number),
            |number, answer| {
                match answer {
                    Ok(pull) => {
                        self.known.insert(*number);
                        self.take(pull.as_ref());
                    }
                    // A title may name any number.
                    Err(err) if matches!(err.kind, ErrorKind::Refused(404)) => _ = self.known.insert(*number),
                    Err(err) => self.failures.push(FailedRequest::new(&format!("#{number}"), &err)),
                }
                Ok(())
            },
        )?;
        self.note_not_asked(not_asked + new.len() - asked.len(), "pull requests");
        Ok(numbers.iter().all(|number| self.known.contains(number)))
    }

    /// Notes what a pull request became.
    pub fn take(&mut self, pull: Option<&PullRequest>) {
        let Some(pull) = pull else { return };
        if let Some(commit) = &pull.merge_commit {
            self.origins.insert(commit.clone(), CommitOrigin::of(&pull.discussion));
        } else if pull.discussion.status == "merged" {
            self.unnamed.insert(pull.discussion.num);
        }
    }

    /// Notes that some of the things `what` were not asked for.
    pub fn note_not_asked(&mut self, count: usize, what: &str) {
        if count > 0 {
            let said = format!("{count} {what} were not fetched: there are too many, or the Hub stopped answering");
            self.failures.push(FailedRequest { what: self.repo.id.to_owned(), said });
        }
    }
}

/// The number of a title such as `Add results (#12)`.
fn number_in(title: &str) -> Option<u64> {
    title.trim_end().strip_suffix(')')?.rsplit_once("(#")?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_stands_at_the_end_of_the_title() {
        assert_eq!(number_in("Add results (#12)"), Some(12));
        assert_eq!(number_in("Revert (#3) (#14) "), Some(14));
        for none in ["Add (#12) and more", "(#x)", "(#)", "#12", "(#-1)", "(#99999999999999999999)", ")"] {
            assert_eq!(number_in(none), None, "{none}");
        }
    }
}
