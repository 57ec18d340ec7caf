//! The review and the submission *in words*, for a terminal and for `review.txt`. The most important part comes
//! last, next to the question.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::candidate::Candidate;
use super::follow::{FollowUp, Followed, RecordNow};
use super::review::{CandidateStatus, Finding, HubLocation, ModelReview, Problem, Review, StatusCode};
use super::submit::{SubmitOutcome, SubmitReport};
use crate::diagnostic::printable;
use crate::facts::{PostedNow, ProposalState};
use crate::words::{count, counted};

/// How to write it.
#[derive(Clone, Copy, Debug)]
pub struct TextStyle {
    /// Rows of one kind, and pull requests, shown at most.
    pub rows: usize,
    /// With colours of a terminal.
    pub color: bool,
}

/// A row of "Needs attention".
struct AttentionRow {
    issue: Issue,
    model: String,
    details: String,
    action: &'static str,
    link: String,
}

impl TextStyle {
    /// The whole review.
    pub fn review(&self, review: &Review) -> String {
        let mut text = String::new();
        self.unaudited(review, &mut text);
        self.proposals(review, &mut text);
        self.attention(review, &mut text);
        self.summary(review, &mut text);
        text
    }

    /// What would be added as far as the build knows, where the Hub did not say what it has.
    fn unaudited(&self, review: &Review, text: &mut String) {
        let n = review.unaudited().count();
        if n == 0 {
            return;
        }
        self.heading(text, "Not audited");
        for candidate in review.unaudited().take(self.rows) {
            let entry = &candidate.entry;
            let file = format!("for {}", entry.target_path);
            self.line(text, &format!("{}  {}", self.bold(&printable(&entry.model_repo)), self.dim(&printable(&file))));
            for line in entry.yaml.lines() {
                self.line(text, &format!("  {}", self.paint("32", &printable(&format!("+{line}")))));
            }
        }
        self.more(text, n, "entries");
        text.push('\n');
    }

    fn proposals(&self, review: &Review, text: &mut String) {
        let n = review.proposals().count();
        if n == 0 {
            return;
        }
        self.heading(text, "Proposed changes");
        for proposal in review.proposals().take(self.rows) {
            let place = format!("{}/{}", review.endpoint, proposal.model_repo);
            let from = format!("from {} of {place}", &proposal.parent[..7]);
            self.line(
                text,
                &format!("{}  {}", self.bold(&printable(&proposal.model_repo)), self.dim(&printable(&from))),
            );
            for candidate in review.of_proposal(proposal).filter(|it| !it.entry.certainty.is_sure()) {
                let task = printable(&candidate.entry.benchmark);
                self.line(text, &format!("  {task} is likely, not sure: the leaderboard was seen in one place only"));
            }
            for file in &proposal.files {
                for line in file.diff().lines() {
                    // A carriage return ends a line that a file of Windows has; it is no surprise.
                    let shown = printable(line.trim_end_matches('\r'));
                    let shown = match line.as_bytes().first() {
                        Some(b'+') => self.paint("32", &shown),
                        Some(b'-') if !line.starts_with("---") => self.paint("31", &shown),
                        _ => shown,
                    };
                    self.line(text, &format!("  {shown}"));
                }
            }
        }
        self.more(text, n, "pull requests");
        text.push('\n');
    }

    fn attention(&self, review: &Review, text: &mut String) {
        let rows = rows(review);
        if rows.is_empty() {
            return;
        }
        self.heading(text, "Needs attention");
        let mut issues: BTreeMap<(u8, Issue), Vec<&AttentionRow>> = BTreeMap::new();
        for row in &rows {
            issues.entry((row.issue.weight(), row.issue)).or_default().push(row);
        }
        for ((_, issue), rows) in issues {
            let shown = &rows[..rows.len().min(self.rows)];
            self.line(text, &self.bold(&format!("{} ({})", issue.code(), count(rows.len()))));
            let width = |column: fn(&AttentionRow) -> &str| {
                shown.iter().map(|row| column(row).chars().count()).max().unwrap_or(0)
            };
            let (model, details) = (width(|row| &row.model).min(50), width(|row| &row.details).min(60));
            for row in shown {
                self.line(
                    text,
                    &format!(
                        "  {:<model$}  {:<details$}  {}",
                        printable(&row.model),
                        printable(&row.details),
                        row.action
                    ),
                );
                if !row.link.is_empty() {
                    self.line(text, &self.dim(&format!("    {}", printable(&row.link))));
                }
            }
            self.more(text, rows.len(), issue.code());
        }
        text.push('\n');
    }

    fn summary(&self, review: &Review, text: &mut String) {
        let counts = review.counts();
        let failed = counts.get(&StatusCode::AuditError).copied().unwrap_or_default();
        let audited = counts.values().sum::<usize>() - failed;
        self.heading(text, "Summary");
        let mut row = |label: &str, n: usize, words: &str| {
            let _ = writeln!(text, "  {label:<20}{:>7}  {words}", count(n));
        };
        row(
            "audited",
            audited,
            &format!("on {}, with {}", review.endpoint, counted(review.requests, "request", "requests")),
        );
        let n_proposed: usize = review.proposals().map(|proposal| proposal.entries.len()).sum();
        let n_pulls = review.proposals().count();
        row("ready", n_proposed, &format!("in {}", counted(n_pulls, "pull request", "pull requests")));
        for (status, n) in &counts {
            if let Some(meaning) = meaning(*status) {
                row(status.code(), *n, meaning);
            }
        }
        for (status, n) in &review.candidates.held_back {
            row(status.code(), *n, "held back by the build; see the Publishing page");
        }
        for (reason, n) in &review.left_out {
            row(reason, *n, "left out");
        }
        if let Some(account) = review.account {
            let token =
                account.token_name.as_deref().map_or(String::new(), |name| format!(", token “{}”", printable(name)));
            let _ = writeln!(text, "\nAs {}{token}.", self.bold(&printable(&account.name)));
            if account.is_doubtful {
                let _ = writeln!(
                    text,
                    "warning: this fine-grained token has no permission to open pull requests (discussion.write or repo.write)"
                );
            }
        }
        for reason in review.reasons_shown() {
            let _ = writeln!(text, "Nothing can be opened: {}", printable(&reason));
        }
    }

    /// What became of every model.
    pub fn submission(&self, submission: &SubmitReport) -> String {
        let mut text = String::new();
        let width = submission.models.iter().map(|(model, _)| model.chars().count()).max().unwrap_or(0).min(60);
        for (model, outcome) in &submission.models {
            let code = format!("{:<13}", outcome.code());
            let code = match outcome {
                SubmitOutcome::Opened { .. } => self.paint("32", &code),
                SubmitOutcome::Failed { .. } | SubmitOutcome::Unknown { .. } => self.paint("31", &code),
                SubmitOutcome::AlreadyThere { .. } | SubmitOutcome::NotTried { .. } => self.paint("33", &code),
            };
            self.line(&mut text, &format!("  {code} {:<width$}  {}", printable(model), printable(outcome.detail())));
        }
        let parts = ["opened", "already there", "failed", "unknown", "not tried"];
        let counts: Vec<String> =
            parts.iter().map(|code| format!("{} {code}", count(submission.count(code)))).collect();
        let _ = writeln!(text, "{}.", counts.join(", "));
        text
    }

    pub(super) fn heading(&self, text: &mut String, heading: &str) {
        self.line(text, &self.paint("1;4", heading));
    }

    pub(super) fn line(&self, text: &mut String, line: &str) {
        text.push_str(line.trim_end());
        text.push('\n');
    }

    fn more(&self, text: &mut String, n: usize, what: &str) {
        if n > self.rows {
            self.line(text, &format!("  … and {} more {what}", count(n - self.rows)));
        }
    }

    pub(super) fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// What a person should look at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Issue {
    Note,
    Status(StatusCode),
}

impl Issue {
    fn code(self) -> &'static str {
        match self {
            Issue::Note => "note",
            Issue::Status(status) => status.code(),
        }
    }

    /// How much it matters; the gravest comes last.
    fn weight(self) -> u8 {
        match self {
            Issue::Status(StatusCode::Ready | StatusCode::AlreadyPresent) => 0,
            Issue::Status(StatusCode::Opened) => 1,
            Issue::Note => 2,
            Issue::Status(StatusCode::MissingHfModel) => 3,
            Issue::Status(StatusCode::Declined | StatusCode::DuplicateInBuild | StatusCode::ConflictInBuild) => 4,
            Issue::Status(StatusCode::AuditError) => 5,
            Issue::Status(StatusCode::ScoreConflict) => 6,
        }
    }
}

/// What a status means for a person; `None` for candidates that are ready.
fn meaning(status: StatusCode) -> Option<&'static str> {
    Some(match status {
        StatusCode::Ready => return None,
        StatusCode::AlreadyPresent => "the same score is posted",
        StatusCode::ScoreConflict => "another score is posted; a person must decide",
        StatusCode::MissingHfModel => "no such model on the Hub, or not visible to this account",
        StatusCode::AuditError => "not fully audited; see the reason above",
        StatusCode::Opened => "proposed before",
        StatusCode::Declined => "proposed by others, and closed or reverted by the model's owners",
        StatusCode::DuplicateInBuild => "two names of one model, one score",
        StatusCode::ConflictInBuild => "two names of one model, two scores",
    })
}

fn rows(review: &Review) -> Vec<AttentionRow> {
    let by_index: BTreeMap<usize, &Candidate> = review.candidates.list.iter().map(|it| (it.index, it)).collect();
    let mut rows = Vec::new();
    for model in &review.models {
        rows.extend(
            model.findings.iter().map(|finding| of_finding(review, model, by_index[&finding.entry_index], finding)),
        );
        rows.extend(
            model
                .problems
                .iter()
                .map(|problem| of_problem(review, model, problem.entry_index.map(|index| by_index[&index]), problem)),
        );
        rows.extend(model.notes.iter().map(|note| AttentionRow {
            issue: Issue::Note,
            model: model.repo.clone(),
            details: note.clone(),
            action: "",
            link: String::new(),
        }));
        for (index, status) in &model.statuses {
            let (details, link) = match status {
                CandidateStatus::Opened(url) => ("proposed before", url.clone()),
                CandidateStatus::Declined(url) => ("closed or reverted by the model's owners", url.clone()),
                CandidateStatus::Build(_) => ("two names of one model", String::new()),
                CandidateStatus::Ready
                | CandidateStatus::AlreadyPresent
                | CandidateStatus::ScoreConflict
                | CandidateStatus::MissingHfModel
                | CandidateStatus::AuditError => continue,
            };
            let benchmark = &by_index[index].entry.benchmark;
            let details = format!("{benchmark}: {details}");
            rows.push(AttentionRow {
                issue: Issue::Status(status.code()),
                model: model.repo.clone(),
                details,
                action: "excluded",
                link,
            });
        }
    }
    let mut seen = std::collections::HashSet::new();
    for (index, status, why) in &review.absent {
        let model = by_index[index].entry.model_repo.clone();
        if seen.insert(model.clone()) {
            rows.push(AttentionRow {
                issue: Issue::Status(status.code()),
                model,
                details: why.clone(),
                action: "excluded",
                link: String::new(),
            });
        }
    }
    rows
}

fn of_finding(review: &Review, model: &ModelReview, candidate: &Candidate, finding: &Finding) -> AttentionRow {
    let ours = &candidate.entry.yaml_entry.value;
    let (status, words) = match (finding.same, finding.rescaled) {
        (true, _) if finding.place.is_past() => (StatusCode::Opened, "proposed before, and not on main"),
        (true, _) => (StatusCode::AlreadyPresent, "the same score"),
        (false, true) => (StatusCode::ScoreConflict, "the same score on another scale"),
        (false, false) => (StatusCode::ScoreConflict, "another score"),
    };
    let notes = finding
        .existing_notes
        .as_deref()
        .map_or(String::new(), |notes| format!(" ({})", crate::words::shorten(notes, 40)));
    let details = match finding.same {
        true => format!("{} {ours}: {words}", candidate.entry.benchmark),
        false => format!("{} {}{notes} → {ours}: {words}", candidate.entry.benchmark, finding.existing_value),
    };
    let link = match &finding.place {
        HubLocation::Main => format!("{}/{}/blob/{}/{}", review.endpoint, model.repo, model.head, finding.path),
        HubLocation::PullRequest { pr_url, .. } => format!("{pr_url} ({})", finding.place.in_words()),
    };
    AttentionRow { issue: Issue::Status(status), model: model.repo.clone(), details, action: "excluded", link }
}

fn of_problem(review: &Review, model: &ModelReview, candidate: Option<&Candidate>, problem: &Problem) -> AttentionRow {
    let place = problem.place.as_ref().map_or(String::new(), |place| format!(" in {}", place.in_words()));
    let path = problem.path.as_deref().map_or(String::new(), |path| format!("{path}{place}: "));
    let benchmark = candidate.map_or(String::new(), |candidate| format!("{}: ", candidate.entry.benchmark));
    let link = match &problem.place {
        Some(HubLocation::PullRequest { pr_url, .. }) => pr_url.clone(),
        _ => format!("{}/{}", review.endpoint, model.repo),
    };
    AttentionRow {
        issue: Issue::Status(StatusCode::AuditError),
        model: model.repo.clone(),
        details: format!("{benchmark}{path}{}", problem.error),
        action: if candidate.is_some() { "entry blocked" } else { "model blocked" },
        link,
    }
}

impl TextStyle {
    /// The state of every pull request; what needs a person comes last.
    pub fn follow_up(&self, found: &FollowUp) -> String {
        let mut text = String::new();
        let (needy, fine): (Vec<&Followed>, Vec<&Followed>) = found.proposals.iter().partition(|it| it.needs_a_person);
        for (heading, rows) in [("Pull requests", fine), ("Needs a person", needy)] {
            if rows.is_empty() {
                continue;
            }
            self.heading(&mut text, heading);
            for row in rows {
                self.followed(&mut text, row);
            }
            text.push('\n');
        }
        for model in &found.unanswered {
            self.line(
                &mut text,
                &format!("{}: a request got no answer, and it opened no pull request", printable(model)),
            );
        }
        for failure in &found.failures {
            let line = format!("{}: could not be looked up: {}", printable(&failure.model), printable(&failure.error));
            self.line(&mut text, &self.paint("31", &line));
        }
        let mut states: BTreeMap<ProposalState, usize> = BTreeMap::new();
        found.proposals.iter().for_each(|it| *states.entry(it.proposal.state).or_default() += 1);
        let states = states.into_iter().map(|(state, n)| format!("{} {}", count(n), state.code()));
        let n_news = found.proposals.iter().filter(|it| it.is_news).count();
        let all = counted(found.proposals.len(), "pull request", "pull requests");
        let parts: Vec<String> = [all].into_iter().chain(states).collect();
        let _ = writeln!(text, "{}; {} since the last look.", parts.join(", "), counted(n_news, "change", "changes"));
        text
    }

    fn followed(&self, text: &mut String, row: &Followed) {
        let proposal = &row.proposal;
        let state = format!("{:<7}", proposal.state.code());
        let state = match row.needs_a_person {
            true => self.paint("31", &state),
            false => state,
        };
        let mut notes = Vec::new();
        if let Some(by) = &proposal.closed_by {
            notes.push(format!("closed by {}", printable(by)));
        }
        if proposal.comments > 0 {
            notes.push(counted(proposal.comments, "comment", "comments"));
        }
        if row.is_news {
            notes.push("new".to_owned());
        }
        let notes = if notes.is_empty() { String::new() } else { format!("  ({})", notes.join(", ")) };
        self.line(text, &format!("  {state} {}{notes}", self.bold(&printable(&proposal.model))));
        self.line(text, &self.dim(&format!("          {}", printable(&proposal.url))));
        for (result, record) in proposal.results.iter().zip(&row.records) {
            let now = match &result.now {
                None => "no longer there".to_owned(),
                Some(PostedNow::AsProposed) => "as proposed".to_owned(),
                Some(PostedNow::Hidden) => "the Hub does not show it: an owner may have hidden it".to_owned(),
                Some(PostedNow::Changed { value }) => format!("changed to {value}"),
                Some(PostedNow::TakenOut) => "taken out".to_owned(),
            };
            let record = match record {
                RecordNow::Stands | RecordNow::Unknown => "",
                RecordNow::Replaced => "; now reported by another record",
                RecordNow::Contradicted { value } => &format!("; the records say {value} now"),
                RecordNow::Withdrawn => "; its record was withdrawn since",
                RecordNow::Disputed => "; its record is disputed",
                RecordNow::Gone => "; its record is gone from the build",
            };
            let line = format!("          {} {} {}: {now}{record}", result.dataset, result.task, result.value);
            self.line(text, &printable(&line));
        }
    }
}
