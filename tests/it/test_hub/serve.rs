//! What happens with every request: it is noted, told to the hook, carried out, and spoilt if a
//! fault says so.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::faults::Faults;
use super::http::{Answer, Delivery, Request};
use super::state::State;
use super::{files, routes};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Counted from 1 since the Hub has started; clearing the list does not start again.
    pub number: u64,
    pub method: String,
    /// Still percent-encoded, without the query.
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether it came to the origin of large files.
    pub storage: bool,
    /// None as long as it is not answered, and if the connection was cut.
    pub status: Option<u16>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

pub type Hook = Arc<dyn Fn(&Seen) + Send + Sync>;

/// What all connections share.
#[derive(Default)]
pub struct Shared {
    pub state: Mutex<State>,
    pub faults: Mutex<Faults>,
    pub seen: Mutex<(u64, Vec<Seen>)>,
    pub latency: Mutex<Duration>,
    pub hook: Mutex<Option<Hook>>,
}

impl Shared {
    /// From a request to what is sent back: noted, told to the hook, spoilt if a fault says so.
    pub fn serve(&self, request: Request, storage: bool) -> Delivery {
        let seen = self.note(&request, storage);
        let hook = self.hook.lock().unwrap().clone();
        if let Some(hook) = hook {
            hook(&seen);
        }
        let latency = *self.latency.lock().unwrap();
        if !latency.is_zero() {
            std::thread::sleep(latency);
        }
        let fault = self.faults.lock().unwrap().pick(seen.number, &request.method, &request.target());
        let carry_out = || {
            let mut state = self.state.lock().unwrap();
            if storage { files::stored(&state, &request) } else { routes::answer(&mut state, &request) }
        };
        let mut delivery = match fault {
            None => Delivery::Whole(carry_out()),
            Some(what) => what.apply(carry_out),
        };
        if let Delivery::Whole(answer) | Delivery::Half(answer) = &mut delivery {
            add_headers(answer, &request, seen.number);
        }
        if let Delivery::Whole(answer) = &delivery {
            let all = &mut self.seen.lock().unwrap().1;
            let entry = all.iter_mut().rev().find(|entry| entry.number == seen.number);
            entry.into_iter().for_each(|entry| entry.status = Some(answer.status));
        }
        delivery
    }

    fn note(&self, request: &Request, storage: bool) -> Seen {
        let mut all = self.seen.lock().unwrap();
        all.0 += 1;
        let Request { method, path, query, headers, body } = request.clone();
        let seen = Seen { number: all.0, method, path, query, headers, body, storage, status: None };
        all.1.push(seen.clone());
        seen
    }
}

/// What every answer of the Hub has: the counter that it falls under, and a name to report it by.
fn add_headers(answer: &mut Answer, request: &Request, number: u64) {
    let counter = match () {
        () if request.path.starts_with("/api/") => "api",
        () if request.path.contains("/resolve/") => "resolvers",
        () => "pages",
    };
    let mut add = |name: &str, value: String| {
        if !answer.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
            answer.headers.push((name.to_owned(), value));
        }
    };
    add("RateLimit", format!("\"{counter}\";r=489;t=55"));
    add("RateLimit-Policy", format!("\"fixed window\";\"{counter}\";q=1000;w=300"));
    add("X-Request-Id", format!("Root=1-test-{number}"));
}
