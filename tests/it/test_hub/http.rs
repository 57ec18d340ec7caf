//! HTTP/1.1 by hand, as far as the Hub's clients need it: one thread per connection, kept alive,
//! bodies by length or in chunks. By hand because a fault has to reach below a library's answer.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

/// A request as it came: nothing of path and query is decoded.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Path and query.
    pub fn target(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The parts of the path, each decoded once, so that `%2F` is no separator.
    pub fn segments(&self) -> Vec<String> {
        self.path.split('/').skip(1).map(|part| decoded(part, false)).collect()
    }

    /// All values of a parameter of the query; `name[]` counts as `name`.
    pub fn params(&self, name: &str) -> Vec<String> {
        let pairs = pairs(&self.query).into_iter();
        pairs.filter(|(key, _)| key.strip_suffix("[]").unwrap_or(key) == name).map(|(_, value)| value).collect()
    }

    pub fn param(&self, name: &str) -> Option<String> {
        self.params(name).pop()
    }

    /// Whether a parameter is there and says yes.
    pub fn says(&self, name: &str) -> bool {
        self.param(name).is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "1" | "true"))
    }

    pub fn number(&self, name: &str) -> Option<usize> {
        self.param(name)?.parse().ok()
    }
}

/// An answer, before it is written.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        Answer { status, headers: vec![("Content-Type".into(), content_type.into())], body: body.into() }
    }

    pub fn json(value: &Value) -> Answer {
        Answer::new(200, "application/json; charset=utf-8", value.to_string())
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Answer {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// What of an answer reaches the client.
pub enum Delivery {
    Whole(Answer),
    /// The head and half of the body, then the connection is cut.
    Half(Answer),
    /// The connection is cut.
    Nothing,
}

/// Name and value of every part of a query or form.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let parts = text.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(key, true), decoded(value, true))
        })
        .collect()
}

/// Percent-decoded once; `+` is a space only in a query.
fn decoded(text: &str, in_query: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = escape.filter(|_| first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(if in_query && first == b'+' { b' ' } else { first }));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Percent-encoded, `/` too.
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The open connections, to be cut when the server stops.
type Open = Arc<Mutex<Vec<TcpStream>>>;

/// A listener with its thread; stops when dropped.
pub struct Server {
    pub origin: String,
    stop: Arc<AtomicBool>,
    open: Open,
}

impl Server {
    /// Answers every request on `listener` by `handle`.
    pub fn start(listener: TcpListener, handle: impl Fn(Request) -> Delivery + Send + Sync + 'static) -> Server {
        let origin = origin(&listener);
        let (stop, open) = (Arc::new(AtomicBool::new(false)), Open::default());
        let (stopped, connections) = (Arc::clone(&stop), Arc::clone(&open));
        let handle = Arc::new(handle);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (handle, connections) = (Arc::clone(&handle), Arc::clone(&connections));
                std::thread::spawn(move || _ = converse(stream, &connections, &*handle));
            }
        });
        Server { origin, stop, open }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        _ = TcpStream::connect(self.origin.trim_start_matches("http://")); // wakes the thread that accepts
        for stream in self.open.lock().unwrap().drain(..) {
            _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// `http://127.0.0.1:PORT` of a listener.
pub fn origin(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}

/// Reads requests and writes answers until either side has enough.
fn converse(stream: TcpStream, open: &Open, handle: &dyn Fn(Request) -> Delivery) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(120)))?;
    let address = stream.peer_addr()?;
    open.lock().unwrap().push(stream.try_clone()?);
    let mut reader = BufReader::new(stream);
    let result = exchange(&mut reader, handle);
    _ = reader.get_ref().shutdown(Shutdown::Both); // the copy in `open` would keep it open
    open.lock().unwrap().retain(|other| other.peer_addr().is_ok_and(|other| other != address));
    result
}

fn exchange(reader: &mut BufReader<TcpStream>, handle: &dyn Fn(Request) -> Delivery) -> io::Result<()> {
    while let Some((request, keep)) = read(reader)? {
        let head_only = request.method == "HEAD";
        match handle(request) {
            Delivery::Whole(answer) => write(reader.get_mut(), &answer, head_only, false)?,
            Delivery::Half(answer) => return write(reader.get_mut(), &answer, head_only, true),
            Delivery::Nothing => return Ok(()),
        }
        if !keep {
            break;
        }
    }
    Ok(())
}

/// The next request and whether the connection stays; none if the client has closed.
fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<(Request, bool)>> {
    let Some(first) = line(reader)? else { return Ok(None) };
    let mut words = first.split(' ');
    let (Some(method), Some(target), version) = (words.next(), words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = Vec::new();
    while let Some(text) = line(reader)?.filter(|text| !text.is_empty()) {
        let (name, value) = text.split_once(':').ok_or(io::ErrorKind::InvalidData)?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut request =
        Request { method: method.into(), path: path.into(), query: query.into(), headers, body: Vec::new() };
    if request.header("Expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    request.body = body(reader, &request)?;
    let closes = request.header("Connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    Ok(Some((request, !closes && version == Some("HTTP/1.1"))))
}

fn body(reader: &mut BufReader<TcpStream>, request: &Request) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if request.header("Transfer-Encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        loop {
            let size = line(reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let size = size.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| io::ErrorKind::InvalidData)?;
            if size == 0 {
                while line(reader)?.is_some_and(|trailer| !trailer.is_empty()) {}
                return Ok(body);
            }
            reader.take(size).read_to_end(&mut body)?;
            line(reader)?;
        }
    }
    let length: usize = request.header("Content-Length").and_then(|length| length.parse().ok()).unwrap_or(0);
    body.resize(length, 0);
    reader.read_exact(&mut body)?;
    Ok(body)
}

/// A line without its end; none at the end of the stream.
fn line(reader: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut text = Vec::new();
    if reader.read_until(b'\n', &mut text)? == 0 {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&text).trim_end_matches(['\r', '\n']).to_owned()))
}

/// Writes an answer in one piece, or the first half of it.
fn write(stream: &mut TcpStream, answer: &Answer, head_only: bool, half: bool) -> io::Result<()> {
    let mut bytes = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status)).into_bytes();
    for (name, value) in &answer.headers {
        bytes.extend(format!("{name}: {value}\r\n").as_bytes());
    }
    let own_length = answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Content-Length"));
    if !own_length && !matches!(answer.status, 204 | 304) {
        bytes.extend(format!("Content-Length: {}\r\n", answer.body.len()).as_bytes());
    }
    bytes.extend(b"\r\n");
    if half && (head_only || answer.body.is_empty()) {
        bytes.truncate(bytes.len() / 2);
    } else if !head_only {
        bytes.extend(&answer.body[..if half { answer.body.len() / 2 } else { answer.body.len() }]);
    }
    stream.write_all(&bytes)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Timeout",
        412 => "Precondition Failed",
        416 => "Range Not Satisfiable",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Other",
    }
}
