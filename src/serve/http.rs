//! *HTTP* with browsers: pages on request, and a stream of events that tells them to reload.
//!
//! Nothing here reads a file: a path is a name that the site has or has not.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use http_body_util::channel::Channel;
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use tokio::sync::{oneshot, watch};

/// Our own addresses begin with this; no page does.
const RELOAD: &str = ".evalcards/reload.js";
const EVENTS: &str = ".evalcards/events";

/// Which site there is, and what is wrong.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SiteStatus {
    /// Of the site; a browser that shows another reloads.
    pub version: String,
    /// What keeps the site from being newer.
    pub error: Option<String>,
}

/// A page that a browser waits for.
pub struct Asked {
    path: String,
    reply: oneshot::Sender<HttpResponse>,
}

impl Asked {
    /// Below the top of the site, decoded, without query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Ends the wait.
    pub fn answer(self, answer: HttpResponse) {
        let _ = self.reply.send(answer); // whoever asked may have left
    }
}

/// What a browser gets.
pub struct HttpResponse {
    status: u16,
    content_type: &'static str,
    body: Vec<u8>,
}

impl HttpResponse {
    /// Plain words.
    pub fn text(status: u16, text: &str) -> HttpResponse {
        HttpResponse { status, content_type: "text/plain; charset=utf-8", body: text.as_bytes().to_vec() }
    }

    /// A file of the site; pages get the script that reloads them.
    pub fn file(status: u16, path: &str, mut body: Vec<u8>, version: &str) -> HttpResponse {
        let content_type = content_type(path);
        if content_type.starts_with("text/html") {
            let script = format!("<script src=\"/{RELOAD}\" data-version=\"{version}\"></script>\n");
            let end = b"</body>";
            let at = body.windows(end.len()).rposition(|window| window == end).unwrap_or(body.len());
            body.splice(at..at, script.into_bytes());
        }
        HttpResponse { status, content_type, body }
    }

    /// A page that cannot be made, and never could.
    pub fn error(text: &str, version: &str) -> HttpResponse {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let page = format!(
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>This page cannot be made</title>\n\
             <body><h1>This page cannot be made</h1>\n<pre>{text}</pre>\n</body></html>\n"
        );
        HttpResponse::file(500, "error.html", page.into_bytes(), version)
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "jsonl" => "application/jsonl; charset=utf-8",
        "xml" => "application/xml",
        "atom" => "application/atom+xml",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" | "yaml" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// A web server on a thread of its own.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    status: watch::Sender<SiteStatus>,
}

impl Server {
    /// Listens, and passes on what browsers ask for.
    pub fn start(host: IpAddr, port: u16, ask: impl Fn(Asked) + Clone + Send + 'static) -> Result<Server> {
        let listener = super::bind(host, port)?;
        listener.set_nonblocking(true).context("failed to start the web server")?;
        let address = listener.local_addr().context("failed to start the web server")?;
        let (status, changes) = watch::channel(SiteStatus::default());
        let runtime = super::runtime()?;
        thread::Builder::new()
            .name("http".to_owned())
            .spawn(move || runtime.block_on(accept(listener, host.is_loopback(), changes, ask)))
            .context("failed to start the web server")?;
        Ok(Server { address, status })
    }

    /// Tells all browsers.
    pub fn publish(&self, status: &SiteStatus) {
        self.status.send_replace(status.clone());
    }
}

async fn accept(
    listener: std::net::TcpListener,
    is_local: bool,
    status: watch::Receiver<SiteStatus>,
    ask: impl Fn(Asked) + Clone + Send + 'static,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, for example: wait until some are closed.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (ask, status) = (ask.clone(), status.clone());
        let service = service_fn(move |request| {
            let (ask, status) = (ask.clone(), status.clone());
            async move { Ok::<_, Infallible>(respond(&request, is_local, status, ask).await) }
        });
        // A browser that goes away in the middle is no concern of ours.
        tokio::spawn(async move { _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await });
    }
}

type ResponseBody = Either<Full<Bytes>, Channel<Bytes>>;

async fn respond(
    request: &Request<Incoming>,
    is_local: bool,
    status: watch::Receiver<SiteStatus>,
    ask: impl Fn(Asked),
) -> Response<ResponseBody> {
    if is_local && !names_this_machine(request.headers()) {
        // Another site may give its name our address, to read with our visitor's browser.
        return whole(HttpResponse::text(403, "This server answers this machine only; see --host"));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = whole(HttpResponse::text(405, "Only GET and HEAD are supported"));
        response.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let path = percent_decode_str(request.uri().path().trim_start_matches('/')).decode_utf8_lossy().into_owned();
    match path.as_str() {
        RELOAD => whole(HttpResponse::file(200, RELOAD, include_bytes!("reload.js").to_vec(), "")),
        EVENTS => events(status),
        _ => {
            let (reply, answer) = oneshot::channel();
            ask(Asked { path, reply });
            whole(answer.await.unwrap_or_else(|_| HttpResponse::text(503, "The server has stopped")))
        }
    }
}

fn whole(answer: HttpResponse) -> Response<ResponseBody> {
    let mut response = Response::new(Either::Left(Full::new(Bytes::from(answer.body))));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(answer.content_type));
    headers.insert(CACHE_CONTROL, hyper::header::HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", hyper::header::HeaderValue::from_static("nosniff"));
    response
}

/// Server-sent events: the status now, and whenever it changes.
fn events(mut status: watch::Receiver<SiteStatus>) -> Response<ResponseBody> {
    let (mut sender, body) = Channel::new(4);
    tokio::spawn(async move {
        loop {
            let text = serde_json::to_string(&*status.borrow_and_update()).unwrap_or_default();
            if sender.send_data(Bytes::from(format!("data: {text}\n\n"))).await.is_err() {
                return;
            }
            // A comment from time to time, so that a browser that left is noticed.
            while let Err(_elapsed) = tokio::time::timeout(Duration::from_secs(15), status.changed()).await {
                if sender.send_data(Bytes::from_static(b":\n\n")).await.is_err() {
                    return;
                }
            }
        }
    });
    let mut response = Response::new(Either::Right(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, hyper::header::HeaderValue::from_static("no-store"));
    response
}

/// True if the request was meant for a name of this machine.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        let check = |host: &str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            assert_eq!(names_this_machine(&headers), expected, "{host}");
        };
        for good in ["localhost:8000", "127.0.0.1:8000", "127.0.0.1", "[::1]:8000", "[::1]", "LOCALHOST"] {
            check(good, true);
        }
        for bad in ["evil.example:8000", "127.0.0.1.evil.example", "192.0.2.1:8000", "localhost.evil.example"] {
            check(bad, false);
        }
        assert!(!names_this_machine(&HeaderMap::new()));
    }

    #[test]
    fn the_script_goes_to_the_end_of_pages_and_nowhere_else() {
        let page = HttpResponse::file(200, "a.html", b"<body>x</body></html>".to_vec(), "1");
        assert_eq!(
            String::from_utf8(page.body).unwrap(),
            "<body>x<script src=\"/.evalcards/reload.js\" data-version=\"1\"></script>\n</body></html>"
        );
        assert_eq!(HttpResponse::file(200, "a.css", b"</body>".to_vec(), "1").body, b"</body>");
    }
}
