//! From a request to the part that answers it, and what all parts ask first: who is it, and may
//! they see this repository?

use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::repo::{Commit, Repo};
use super::state::{Account, Kind, Moved, State};

/// An answer, or a refusal on the way to it; both are sent alike.
pub type Reply = Result<Answer, Answer>;

/// A request to one repository that the asker may see.
pub struct Call<'a> {
    pub state: &'a mut State,
    pub request: &'a Request,
    pub who: Option<Account>,
    pub kind: Kind,
    /// The repository's true id.
    pub id: String,
}

/// An error as the Hub words it: code and message in headers, the message in the body.
pub fn error(status: u16, code: &str, message: &str) -> Answer {
    let mut answer = Answer::json(&json!({ "error": message }));
    answer.status = status;
    if !code.is_empty() {
        answer = answer.with("X-Error-Code", code);
    }
    answer.with("X-Error-Message", message)
}

pub fn answer(state: &mut State, request: &Request) -> Answer {
    route(state, request).unwrap_or_else(|refusal| refusal)
}

fn route(state: &mut State, request: &Request) -> Reply {
    let who = account(state, request)?;
    let segments = request.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["api", "whoami-v2"] => state.whoami(who),
        ["api", "validate-yaml"] => super::writes::validate_yaml(request),
        ["api", "users", name, "overview"] => state.overview(name),
        ["api", "organizations", name, "members"] => state.members_of(name),
        ["api", "models"] => super::info::list(state, request, Kind::Model),
        ["api", "datasets"] => super::info::list(state, request, Kind::Dataset),
        ["api", "models", rest @ ..] => api(state, request, who, Kind::Model, rest),
        ["api", "datasets", rest @ ..] => api(state, request, who, Kind::Dataset, rest),
        ["datasets", rest @ ..] => file(state, request, who, Kind::Dataset, rest),
        rest => file(state, request, who, Kind::Model, rest),
    }
}

/// The account of the token; none without a token.
fn account(state: &State, request: &Request) -> Result<Option<Account>, Answer> {
    let Some(header) = request.header("Authorization") else { return Ok(None) };
    let token = header.strip_prefix("Bearer ").unwrap_or_default();
    let found = state.accounts.iter().find(|account| account.token == token);
    found.cloned().map(Some).ok_or_else(|| error(401, "", "Invalid credentials in Authorization header"))
}

pub fn no_page() -> Answer {
    error(404, "", "Sorry, we can't find the page you are looking for.")
}

fn api(state: &mut State, request: &Request, who: Option<Account>, kind: Kind, parts: &[&str]) -> Reply {
    const AFTER_ID: [&str; 10] =
        ["revision", "tree", "paths-info", "refs", "commits", "discussions", "preupload", "commit", "leaderboard", ""];
    let words = if parts.len() < 2 || AFTER_ID.contains(&parts[1]) { 1 } else { 2 };
    let (id, rest) = (parts[..words].join("/"), &parts[words..]);
    let mut call = Call::new(state, request, who, kind, &id)?;
    match (request.method.as_str(), rest) {
        ("GET" | "HEAD", []) => call.info("main"),
        ("GET" | "HEAD", ["revision", rev]) => call.info(rev),
        ("GET" | "HEAD", ["tree", rev, path @ ..]) => call.tree(rev, &path.join("/")),
        ("POST", ["paths-info", rev]) => call.paths_info(rev),
        ("GET" | "HEAD", ["refs"]) => call.refs(),
        ("GET" | "HEAD", ["commits", rev]) => call.commits(rev),
        ("GET" | "HEAD", ["discussions"]) => call.discussions(),
        ("POST", ["discussions"]) => call.open_discussion(),
        ("GET" | "HEAD", ["discussions", number]) => call.discussion(number),
        ("POST", ["discussions", number, action]) => call.act(number, action),
        ("DELETE", ["discussions", number, "ref"]) => call.delete_ref(number),
        ("POST", ["preupload", rev]) => call.preupload(rev),
        ("POST", ["commit", rev]) => call.commit(rev),
        ("GET" | "HEAD", ["leaderboard"]) if kind == Kind::Dataset => call.leaderboard(),
        _ => Err(no_page()),
    }
}

fn file(state: &mut State, request: &Request, who: Option<Account>, kind: Kind, parts: &[&str]) -> Reply {
    let at = parts.iter().take(3).position(|part| matches!(*part, "resolve" | "raw"));
    let Some(at) = at.filter(|at| (1..=2).contains(at) && parts.len() > at + 2) else { return Err(no_page()) };
    let call = Call::new(state, request, who, kind, &parts[..at].join("/"))?;
    call.file(parts[at + 1], &parts[at + 2..].join("/"), parts[at] == "raw")
}

impl<'a> Call<'a> {
    /// The repository that `id` names, or the redirect to its true name, or the refusal.
    fn new(
        state: &'a mut State,
        request: &'a Request,
        who: Option<Account>,
        kind: Kind,
        id: &str,
    ) -> Result<Call<'a>, Answer> {
        if let Some((new, way)) = state.moved.get(&(kind, id.to_lowercase())) {
            return Err(moved(&state.endpoint, request, id, new, way));
        }
        let Some(repo) = state.repos.get(&(kind, id.to_lowercase())) else { return Err(not_found(&who)) };
        let own = who.as_ref().is_some_and(|who| state.owns(&who.name, &repo.id));
        if repo.private && !own {
            return Err(not_found(&who));
        }
        if repo.id != id {
            return Err(moved(&state.endpoint, request, id, &repo.id, &Moved::Relative));
        }
        if repo.disabled {
            return Err(error(403, "", "Access to this resource is disabled."));
        }
        let id = repo.id.clone();
        Ok(Call { state, request, who, kind, id })
    }

    pub fn repo(&self) -> &Repo {
        &self.state.repos[&(self.kind, self.id.to_lowercase())]
    }

    pub fn repo_mut(&mut self) -> &mut Repo {
        self.state.repo(self.kind, &self.id)
    }

    pub fn revision(&self, rev: &str) -> Result<&Commit, Answer> {
        self.repo().resolve(rev).ok_or_else(|| no_revision(rev))
    }

    /// Whether the asker may write to the repository itself.
    pub fn owns(&self) -> bool {
        self.who.as_ref().is_some_and(|who| self.state.owns(&who.name, &self.id))
    }

    /// The name of the asker, whose token may write.
    pub fn writer(&self) -> Result<String, Answer> {
        match &self.who {
            None => Err(error(401, "", "Invalid username or password.")),
            Some(who) if who.role == "read" => {
                Err(error(403, "", "You must use a write token to upload to a repository."))
            }
            Some(who) => Ok(who.name.clone()),
        }
    }

    /// The JSON of the body; null without one.
    pub fn body(&self) -> Result<Value, Answer> {
        if self.request.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.request.body).map_err(|err| error(400, "", &format!("Invalid JSON: {err}")))
    }

    /// The address of the next page: this one with other parameters.
    pub fn next_link(&self, parameters: &[(&str, String)]) -> String {
        next_link(self.state, self.request, parameters)
    }
}

/// The `Link` header that leads to this request with other parameters.
pub fn next_link(state: &State, request: &Request, parameters: &[(&str, String)]) -> String {
    let kept = request.query.split('&').filter(|part| {
        let name = part.split('=').next().unwrap_or_default();
        !part.is_empty() && parameters.iter().all(|(other, _)| *other != name)
    });
    let new = parameters.iter().map(|(name, value)| format!("{name}={}", super::http::encoded(value)));
    let query: Vec<String> = kept.map(str::to_owned).chain(new).collect();
    format!("<{}{}?{}>; rel=\"next\"", state.endpoint, request.path, query.join("&"))
}

pub fn no_revision(rev: &str) -> Answer {
    error(404, "RevisionNotFound", &format!("Invalid rev id: {rev}"))
}

/// Missing and private repositories look alike; without a token the Hub asks for one.
fn not_found(who: &Option<Account>) -> Answer {
    match who {
        Some(_) => error(404, "RepoNotFound", "Repository not found"),
        None => error(401, "", "Invalid username or password."),
    }
}

fn moved(endpoint: &str, request: &Request, old: &str, new: &str, way: &Moved) -> Answer {
    let location = match way {
        Moved::Relative => request.path.replacen(old, new, 1),
        Moved::Absolute => format!("{endpoint}{}", request.target().replacen(old, new, 1)),
        Moved::Elsewhere(origin) => format!("{origin}{}", request.target().replacen(old, new, 1)),
    };
    let text = format!("Temporary Redirect. Redirecting to {location}");
    Answer::new(307, "text/plain; charset=utf-8", text).with("Location", location)
}
