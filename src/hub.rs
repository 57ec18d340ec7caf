//! The *Hub client*: how `fetch` and `publish` talk to the Hugging Face Hub, and [`Web`], how `check`
//! reads what is public.
//!
//! It knows nothing else of evalcards. Requests that only read are retried after a transient fault (`hub/wait.rs`);
//! one that writes is sent once. The token goes to the endpoint's own host and nowhere else, whatever a redirect or
//! a pagination link says. Every answer is read up to a limit, and every error says what was attempted, where, and
//! what the Hub said ([`HubError`]).

mod answer;
mod api;
mod blob;
mod error;
mod history;
mod page;
mod repo;
mod settings;
mod wait;
mod web;

use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, Response};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderMap, LINK, LOCATION};
use reqwest::{Method, StatusCode, Url};

pub use answer::{Account, Committed, Discussion, EvalResult, ModelAnswer, NewFile, TreeItem, Upload};
pub use blob::git_blob_id;
pub use error::{ErrorKind, HubError};
pub use history::{CommitSummary, FileAt, PullRequest};
pub use page::{HubModelPage, RepoHead};
pub use repo::{Repo, RepoKind};
pub use settings::{Settings, SettingsError, Token};
use wait::{LONGEST_PAUSE, Waits};
pub use web::Web;

/// The whole answer to a request about a repository may not be larger (bytes). A page of a tree
/// has at most 1,000 items of some 300 bytes.
const MAX_JSON: u64 = 64 << 20;
/// Hops of one request; the Hub itself needs one for a renamed repository.
const MAX_REDIRECTS: usize = 5;

/// A connection to the Hub, to be shared by threads.
pub struct Hub {
    http: Client,
    settings: Settings,
    waits: Waits,
    /// Nothing is sent before: the Hub asked for a pause.
    not_before: Mutex<Instant>,
    requests: AtomicUsize,
    on_pause: Box<PauseListener>,
}

/// Hears of every pause: why, and how long.
type PauseListener = dyn Fn(&str, Duration) + Send + Sync;

/// What to ask.
struct Request {
    method: Method,
    url: Url,
    /// Content type and bytes.
    body: Option<(&'static str, Vec<u8>)>,
    /// For people: `list the files of acme/tiny`.
    attempted: String,
    /// Bytes of the answer that are read at most.
    cap: u64,
    /// True if files may come from another host, without the token.
    may_leave: bool,
    /// True to ask as everybody, without the token.
    is_anonymous: bool,
    timeout: Duration,
}

/// What came back, with a good status.
struct HubResponse<T = Vec<u8>> {
    url: Url,
    headers: HeaderMap,
    /// The Hub's own name for the content: git's id of a small file, SHA-256 of a large one.
    etag: Option<String>,
    body: T,
}

/// Takes the body of an answer in, once for each try.
type Take<'a, T> = dyn Fn(&mut dyn Read) -> Result<T, TakeError> + 'a;

/// Why a body was not taken in.
enum TakeError {
    /// It broke off.
    Cut(io::Error),
    /// It could not be written down here.
    Local(io::Error),
}

/// Takes a body into memory.
fn whole(body: &mut dyn Read) -> Result<Vec<u8>, TakeError> {
    let mut bytes = Vec::new();
    body.read_to_end(&mut bytes).map_err(TakeError::Cut)?;
    Ok(bytes)
}

impl Hub {
    /// Makes a client. `on_pause` is called before every pause.
    pub fn connect(
        settings: Settings,
        on_pause: impl Fn(&str, Duration) + Send + Sync + 'static,
    ) -> Result<Hub, HubError> {
        // Fails only if a provider was chosen before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .user_agent(concat!("evalcards/", env!("CARGO_PKG_VERSION")));
        if settings.is_loopback() {
            // A proxy would carry the token in the open.
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|err| {
            HubError::new(ErrorKind::Unreachable, "prepare for requests", settings.endpoint(), error::chain(&err))
        })?;
        let waits = Waits::new(settings.wait_scale());
        let not_before = Mutex::new(Instant::now());
        Ok(Hub { http, settings, waits, not_before, requests: AtomicUsize::new(0), on_pause: Box::new(on_pause) })
    }

    /// The Hub's address, without a slash at the end.
    pub fn endpoint(&self) -> &str {
        self.settings.endpoint().as_str().trim_end_matches('/')
    }

    /// True if a token is sent.
    pub fn has_token(&self) -> bool {
        self.settings.token().is_some()
    }

    /// Waits, as long as this Hub's pace wants it.
    pub fn pause(&self, seconds: u64) {
        std::thread::sleep(self.waits.scaled(Duration::from_secs(seconds)));
    }

    /// Requests sent so far, repeated ones included.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Sends a request that changes nothing on the Hub, again after a passing fault.
    fn send_with_retry(&self, request: &Request) -> Result<HubResponse, HubError> {
        self.send_with_retry_into(request, &whole)
    }

    /// The same, with the body taken in by `take`.
    fn send_with_retry_into<T>(&self, request: &Request, take: &Take<T>) -> Result<HubResponse<T>, HubError> {
        let mut tries = 0;
        loop {
            let error = match self.send(request, take) {
                Ok(answer) => {
                    self.waits.reached();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if error.kind != ErrorKind::Unreachable {
                self.waits.reached();
            }
            let Some(pause) = self.waits.before_retry(&error, tries) else { return Err(error) };
            tries += 1;
            let words = format!("{}; trying again in {:.0} s", error.in_short(), pause.as_secs_f64().ceil());
            (self.on_pause)(&words, pause);
            match error.kind {
                // The Hub counts the requests of all threads together.
                ErrorKind::RateLimited => self.pause_all(pause),
                _ => std::thread::sleep(pause),
            }
        }
    }

    /// Sends a request that changes something on the Hub: once, whatever comes of it.
    fn send_once(&self, request: &Request) -> Result<HubResponse, HubError> {
        self.send(request, &whole).inspect_err(|error| {
            // The next request waits for what the Hub asked of this one.
            if let Some(pause) = error.asked_to_wait.filter(|_| !error.asks_for_long()) {
                self.pause_all(self.waits.scaled(pause));
            }
        })
    }

    fn pause_all(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut not_before = self.not_before.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *not_before = until.max(*not_before);
    }

    fn wait_for_turn(&self) {
        loop {
            let until = *self.not_before.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let pause = until.saturating_duration_since(Instant::now());
            if pause.is_zero() {
                return;
            }
            let words = format!("the Hub asks to wait {:.0} s", pause.as_secs_f64().ceil());
            (self.on_pause)(&words, pause);
            std::thread::sleep(pause);
        }
    }

    /// One request with its redirects.
    fn send<T>(&self, request: &Request, take: &Take<T>) -> Result<HubResponse<T>, HubError> {
        let mut url = request.url.clone();
        let mut etag = None;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.transmit(request, &url)?;
            if self.settings.is_own(&url) {
                etag = etag_of(response.headers());
            }
            if !response.status().is_redirection() {
                let answer = self.read(request, url, response, take)?;
                return Ok(HubResponse { etag, ..answer });
            }
            url = self.next_hop(request, &url, &response)?;
        }
        Err(HubError::malformed(&request.attempted, &url, "too many redirects".to_owned()))
    }

    fn transmit(&self, request: &Request, url: &Url) -> Result<Response, HubError> {
        self.wait_for_turn();
        self.requests.fetch_add(1, Ordering::Relaxed);
        let mut builder = self.http.request(request.method.clone(), url.clone()).timeout(request.timeout);
        if let Some(token) = self.settings.token().filter(|_| self.settings.is_own(url) && !request.is_anonymous) {
            builder = builder.header(AUTHORIZATION, token.header());
        }
        if let Some((content_type, body)) = &request.body {
            builder = builder.header(CONTENT_TYPE, *content_type).body(body.clone());
        }
        builder.send().map_err(|err| {
            let kind = if err.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Unreachable };
            HubError::new(kind, &request.attempted, url, error::chain(&err.without_url()))
        })
    }

    fn next_hop(&self, request: &Request, url: &Url, response: &Response) -> Result<Url, HubError> {
        let refuse = |why: String| HubError::new(ErrorKind::Malformed, &request.attempted, url, why);
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.ok_or_else(|| refuse(format!("{} without a Location", response.status())))?;
        let mut next = url.join(location).map_err(|_| refuse("redirects to an invalid address".to_owned()))?;
        if request.method != Method::GET && request.method != Method::HEAD {
            return Err(refuse(format!(
                "redirects to {next}, and a request that changes something is not sent to a second address"
            )));
        }
        if next.origin() == request.url.origin() {
            if next.query().is_none() {
                next.set_query(url.query());
            }
            return Ok(next);
        }
        let host = next.host_str().unwrap_or_default().to_owned();
        match request.may_leave && self.settings.may_read_from(&next) {
            true => Ok(next),
            false => Err(refuse(format!("redirects to another host, {host}; not followed"))),
        }
    }

    fn read<T>(
        &self,
        request: &Request,
        url: Url,
        response: Response,
        take: &Take<T>,
    ) -> Result<HubResponse<T>, HubError> {
        let (status, headers) = (response.status(), response.headers().clone());
        if let Some(pause) = wait::until_reset(&headers).filter(|_| wait::is_used_up(&headers) && status.is_success()) {
            self.pause_all(self.waits.scaled(pause.min(LONGEST_PAUSE)));
        }
        let mut limited = response.take(request.cap.saturating_add(1));
        if !status.is_success() {
            // A message that broke off says more than none.
            let mut body = Vec::new();
            let _ = limited.read_to_end(&mut body);
            return Err(HubError::refused(&request.attempted, &url, status, &headers, &body, self.settings.token()));
        }
        let fail = |kind, why: String| Err(HubError::new(kind, &request.attempted, &url, why));
        if status == StatusCode::PARTIAL_CONTENT {
            return fail(ErrorKind::Malformed, "the Hub sent a part of the file instead of the whole".to_owned());
        }
        let taken = take(&mut limited);
        if limited.limit() == 0 {
            return fail(ErrorKind::TooLarge, format!("the answer is larger than {} bytes", request.cap));
        }
        let body = match taken {
            Ok(body) => body,
            Err(TakeError::Cut(err)) => return fail(ErrorKind::Cut, format!("the answer ended early: {err}")),
            Err(TakeError::Local(err)) => return fail(ErrorKind::Local, format!("cannot be written here: {err}")),
        };
        Ok(HubResponse { url, headers, etag: None, body })
    }

    /// Address of the next page, if there is one. It must be on the Hub itself.
    fn next_page(&self, answer: &HubResponse, attempted: &str) -> Result<Option<Url>, HubError> {
        let links = answer.headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
        let next = links.flat_map(|value| value.split(',')).find_map(|link| {
            let (address, relation) = link.split_once(';')?;
            let address = address.trim().strip_prefix('<')?.strip_suffix('>')?;
            relation.contains("rel=\"next\"").then(|| address.to_owned())
        });
        let Some(next) = next else { return Ok(None) };
        let refuse = |why: String| HubError::new(ErrorKind::Malformed, attempted, &answer.url, why);
        let url = answer.url.join(&next).map_err(|_| refuse("the link to its next page has no address".to_owned()))?;
        match self.settings.as_own(url) {
            Ok(url) if url != answer.url => Ok(Some(url)),
            Ok(_) => Err(refuse("the link to its next page leads to the page itself".to_owned())),
            Err(url) => {
                Err(refuse(format!("its next page is on another host, {}", url.host_str().unwrap_or_default())))
            }
        }
    }
}

/// The hash in `X-Linked-Etag` (large files) or `ETag`.
fn etag_of(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-linked-etag").or_else(|| headers.get(ETAG))?.to_str().ok()?;
    Some(value.trim_start_matches("W/").trim_matches('"').to_owned())
}
