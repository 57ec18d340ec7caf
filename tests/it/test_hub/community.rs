//! Discussions and pull requests.

use serde_json::{Value, json};

use super::clock::iso;
use super::git::diff;
use super::http::Answer;
use super::people::person;
use super::repo::Thread;
use super::routes::{Call, Reply, error, no_page};

impl Call<'_> {
    /// The community tab, unless the owner has closed it.
    pub fn community(&self) -> Result<(), Answer> {
        match self.repo().discussions_disabled {
            true => Err(error(403, "", "Discussions are disabled for this repository")),
            false => Ok(()),
        }
    }

    /// A page of the list, the newest first.
    pub fn discussions(&self) -> Reply {
        self.community()?;
        let asked = |name: &str| self.request.param(name).filter(|value| value != "all");
        let (kind, status, author) = (asked("type"), asked("status"), self.request.param("author"));
        let search = self.request.param("search").map(|text| text.to_lowercase());
        let wanted = |thread: &&Thread| {
            kind.as_ref().is_none_or(|kind| thread.is_pull_request == (kind == "pull_request"))
                && status.as_ref().is_none_or(|status| thread.is_open() == (status == "open"))
                && author.as_ref().is_none_or(|author| thread.author.as_ref() == Some(author))
                && search.as_ref().is_none_or(|text| thread.title.to_lowercase().contains(text))
        };
        let threads = &self.repo().threads;
        let found: Vec<&Thread> = threads.iter().rev().filter(wanted).collect();
        let size = self.state.discussions_per_page;
        let start = self.request.number("p").unwrap_or(0) * size;
        let page: Vec<Value> = found.iter().skip(start).take(size).map(|thread| self.summary(thread)).collect();
        let closed = threads.iter().filter(|thread| !thread.is_open()).count();
        Ok(Answer::json(
            &json!({"discussions": page, "count": found.len(), "start": start, "numClosedDiscussions": closed}),
        ))
    }

    fn summary(&self, thread: &Thread) -> Value {
        let owner = person(self.state, self.id.split('/').next().unwrap_or_default());
        let comments = thread.events.iter().filter(|event| event["type"] == "comment").count();
        let mut summary = json!({"num": thread.number, "title": thread.title, "status": thread.status,
            "isPullRequest": thread.is_pull_request, "createdAt": iso(thread.date),
            "repo": {"name": self.id, "type": self.kind.name()}, "numComments": comments, "topReactions": [],
            "numReactionUsers": 0, "pinned": false, "repoOwner": {"name": owner["name"], "type": owner["type"],
            "isParticipating": false, "isDiscussionAuthor": thread.author.as_deref() == owner["name"].as_str()}});
        if let Some(author) = &thread.author {
            summary["author"] = person(self.state, author);
        }
        summary
    }

    fn thread(&self, number: &str) -> Result<Thread, Answer> {
        self.community()?;
        let thread = self.repo().threads.iter().find(|thread| thread.number.to_string() == number);
        thread.cloned().ok_or_else(|| error(404, "", "Discussion not found"))
    }

    pub fn discussion(&self, number: &str) -> Reply {
        let thread = self.thread(number)?;
        let mut details = self.summary(&thread);
        let owner = &details["repoOwner"];
        details["org"] = json!({"name": owner["name"], "type": owner["type"]});
        details["collection"] = json!("discussions");
        details["locked"] = json!(false);
        details["events"] = json!(thread.events);
        if thread.is_pull_request {
            let page = format!("{}/{}{}", self.state.pages, self.kind.prefix(), self.id);
            details["changes"] = json!({"base": "refs/heads/main"});
            if let Some(merge) = &thread.merge {
                details["changes"]["mergeCommitId"] = json!(merge);
            }
            let conflicts = if thread.is_open() { self.repo().conflicts(&thread) } else { Vec::new() };
            details["filesWithConflicts"] = json!(conflicts);
            details["diffUrl"] = json!(format!("{page}/discussions/{number}/files.diff"));
            if self.request.says("diff") {
                let commits = &self.repo().commits;
                details["diff"] = json!(diff(&commits[&thread.base].files, &commits[&thread.head].files));
            }
        }
        Ok(Answer::json(&details))
    }

    /// A discussion, or an empty draft of a pull request.
    pub fn open_discussion(&mut self) -> Reply {
        let author = self.writer()?;
        self.community()?;
        let body = self.body()?;
        let title = body["title"].as_str().unwrap_or_default();
        if !(3..=200).contains(&title.chars().count()) {
            return Err(error(422, "", "The title must have 3 to 200 characters"));
        }
        let pull = body["pullRequest"] == true;
        let number = self.repo_mut().discuss(Some(&author), title, if pull { "draft" } else { "open" }, pull);
        let description = body["description"].as_str().unwrap_or_default().to_owned();
        let thread = self.repo_mut().thread(number).ok_or_else(no_page)?;
        thread.comment(Some(&author), &description);
        let url = format!("{}/{}{}/discussions/{number}", self.state.pages, self.kind.prefix(), self.id);
        Ok(Answer::json(&json!({"num": number, "url": url, "pullRequest": pull})))
    }

    /// A comment, another status or title, or a merge.
    pub fn act(&mut self, number: &str, action: &str) -> Reply {
        let (author, body) = (self.writer()?, self.body()?);
        let thread = self.thread(number)?;
        let allowed = self.owns() || (thread.author.as_ref() == Some(&author) && action != "merge");
        if !allowed && action != "comment" {
            return Err(error(403, "", "You are not allowed to do this in this discussion"));
        }
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let (repo, number) = (self.repo_mut(), thread.number);
        let Some(ours) = repo.thread(number) else { return Err(no_page()) };
        let who = Some(author.as_str());
        if action == "comment" {
            return Ok(Answer::json(&json!({ "newMessage": ours.comment(who, &text("comment")) })));
        }
        if !text("comment").is_empty() {
            ours.comment(who, &text("comment"));
        }
        match action {
            "status" if matches!(text("status").as_str(), "open" | "closed") => {
                Ok(Answer::json(&json!({ "newStatus": ours.set_status(who, &text("status")) })))
            }
            "title" => {
                let data = json!({"from": ours.title, "to": text("title")});
                ours.title = text("title");
                Ok(Answer::json(&json!({ "newTitle": ours.event("title-change", who, data) })))
            }
            "merge" if thread.is_pull_request && thread.is_open() => {
                let commit = repo.merge(number, who);
                Ok(Answer::json(&json!({"success": true, "mergeCommitId": commit})))
            }
            "status" | "merge" => Err(error(422, "", "This discussion cannot be changed in this way")),
            _ => Err(no_page()),
        }
    }

    /// Removes the branch of a pull request that is not open.
    pub fn delete_ref(&mut self, number: &str) -> Reply {
        let author = self.writer()?;
        let thread = self.thread(number)?;
        if !self.owns() && thread.author.as_ref() != Some(&author) {
            return Err(error(403, "", "You are not allowed to do this in this discussion"));
        }
        self.repo_mut().refs.remove(&thread.reference());
        Ok(Answer::json(&json!({"success": true})))
    }
}
