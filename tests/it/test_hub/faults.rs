//! Faults on demand: rules that a test sets one by one, and chaos from a seed.

use std::time::Duration;

use serde_json::Value;

use super::clock::http_date;
use super::http::{Answer, Delivery};

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum What {
    /// Another answer; nothing is carried out.
    Status(Answer),
    /// Another answer, but the request was carried out.
    StatusAfter(u16),
    /// The connection is cut before anything is done.
    CutBefore,
    /// The request is carried out, then the connection is cut.
    CutAfter,
    /// The connection is cut in the middle of the answer.
    CutWithin,
    /// The right answer, late.
    Slow(Duration),
    /// Half of the JSON with the length that it has, so that only a parser can see it.
    HalfJson,
    /// Other JSON.
    Json(Value),
    /// A page with status 200, as a portal in between sends it.
    Html,
    /// A body of so many spaces.
    Large(usize),
    /// 307 to this address; nothing is carried out.
    Redirect(String),
    /// The right answer with more headers; one of the same name is replaced.
    Headers(Vec<(String, String)>),
    /// The right answer, with the next page at another origin.
    NextAt(String),
}

impl What {
    /// A status with the Hub's own kind of body.
    pub fn status(status: u16) -> What {
        What::Status(usual(status))
    }

    /// A status with headers, and the error in header and body.
    pub fn status_with(status: u16, headers: &[(&str, &str)], error: &str) -> What {
        let refusal = super::routes::error(status, "", error);
        What::Status(headers.iter().fold(refusal, |answer, (name, value)| answer.with(name, *value)))
    }

    /// Any status, headers and body, with nothing added.
    pub fn raw(status: u16, headers: &[(&str, &str)], body: &[u8]) -> What {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        What::Status(Answer { status, headers, body: body.to_vec() })
    }

    /// 429 whose `RateLimit` says that nothing is left for `seconds`.
    pub fn rate_limited(seconds: u64) -> What {
        What::status_with(429, &[("RateLimit", &format!(r#""api";r=0;t={seconds}"#))], "We had to rate limit you")
    }

    /// A status with `Retry-After` in seconds.
    pub fn retry_after(status: u16, seconds: u64) -> What {
        What::status_with(status, &[("Retry-After", &seconds.to_string())], "Try again later")
    }

    /// A status with `Retry-After` as the date after `wait`, counted from now.
    pub fn retry_after_date(status: u16, wait: Duration) -> What {
        What::status_with(status, &[("Retry-After", &http_date(wait))], "Try again later")
    }

    /// Answers with the fault; `carry_out` does what was asked for.
    pub fn apply(self, carry_out: impl FnOnce() -> Answer) -> Delivery {
        Delivery::Whole(match self {
            What::Status(answer) => answer,
            What::Redirect(address) => Answer::new(307, "text/plain", "").with("Location", address),
            What::CutBefore => return Delivery::Nothing,
            What::CutAfter => {
                carry_out();
                return Delivery::Nothing;
            }
            What::CutWithin => return Delivery::Half(carry_out()),
            What::StatusAfter(status) => {
                carry_out();
                usual(status)
            }
            What::Slow(time) => {
                std::thread::sleep(time);
                carry_out()
            }
            What::HalfJson => changed(carry_out(), |body| body.truncate(body.len() / 2)),
            What::Json(value) => changed(carry_out(), |body| *body = value.to_string().into_bytes()),
            What::Large(size) => changed(carry_out(), |body| *body = vec![b' '; size]),
            What::Html => {
                carry_out();
                Answer::new(200, "text/html; charset=utf-8", "<!doctype html><title>Log in to the network</title>")
            }
            What::Headers(headers) => headers.into_iter().fold(carry_out(), |answer, (name, value)| {
                let mut answer = answer;
                answer.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
                answer.with(&name, value)
            }),
            What::NextAt(origin) => {
                let mut answer = carry_out();
                for (_, value) in answer.headers.iter_mut().filter(|(name, _)| name == "Link") {
                    let path = value.find("/api/").unwrap_or(0);
                    *value = format!("<{origin}{}", &value[path..]);
                }
                answer
            }
        })
    }
}

/// A status with words that fit.
fn usual(status: u16) -> Answer {
    let words = match status {
        429 => "We had to rate limit you",
        500.. => "Internal Error - We're working hard to fix this as soon as possible!",
        _ => "Refused by a fault of the test Hub",
    };
    super::routes::error(status, "", words)
}

fn changed(mut answer: Answer, change: impl FnOnce(&mut Vec<u8>)) -> Answer {
    change(&mut answer.body);
    answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Content-Length"));
    answer
}

/// A rule: which requests go wrong, how often, and how.
#[derive(Clone, Debug)]
pub struct Fault {
    method: Option<String>,
    part: String,
    skip: usize,
    times: usize,
    what: What,
}

impl Fault {
    /// The next request of any kind.
    pub fn new(what: What) -> Fault {
        Fault { method: None, part: String::new(), skip: 0, times: 1, what }
    }

    /// The next request of this method whose path and query contain `part`, as they were sent.
    pub fn on(method: &str, part: &str, what: What) -> Fault {
        Fault { method: Some(method.to_owned()), part: part.to_owned(), ..Fault::new(what) }
    }

    /// So many of them, not one.
    #[must_use]
    pub fn times(self, times: usize) -> Fault {
        Fault { times, ..self }
    }

    #[must_use]
    pub fn forever(self) -> Fault {
        self.times(usize::MAX)
    }

    /// After so many of them that go well.
    #[must_use]
    pub fn after(self, skip: usize) -> Fault {
        Fault { skip, ..self }
    }

    fn matches(&self, method: &str, target: &str) -> bool {
        self.times > 0 && self.method.as_ref().is_none_or(|wanted| wanted == method) && target.contains(&self.part)
    }
}

/// All rules in the order they were set, and chaos behind them.
#[derive(Default)]
pub struct Faults {
    pub rules: Vec<Fault>,
    pub chaos: Option<(u64, f64)>,
}

impl Faults {
    /// What goes wrong with a request: the first rule that applies, which hides it from those after.
    pub fn pick(&mut self, number: u64, method: &str, target: &str) -> Option<What> {
        for rule in &mut self.rules {
            if !rule.matches(method, target) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.times -= usize::from(rule.times != usize::MAX);
            return Some(rule.what.clone());
        }
        let (seed, rate) = self.chaos?;
        let mut random = Random(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        (random.unit() < rate).then(|| random.fault())
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From 0 to 1, without 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[(self.next() % choices.len() as u64) as usize].clone()
    }

    /// A fault of any kind; none makes the client wait for more than about a second.
    fn fault(&mut self) -> What {
        let status = self.one_of(&[408, 500, 502, 503, 504]);
        let refusal = self.one_of(&[400, 403, 404, 409, 412, 422]);
        let elsewhere = self.one_of(&["http://127.0.0.1:9", "https://huggingface.co", "https://example.org"]);
        match self.next() % 17 {
            0 | 1 => What::status(status),
            2 => What::status(refusal),
            3 => What::rate_limited(self.next() % 2),
            4 => What::retry_after(self.one_of(&[429, 503]), self.next() % 2),
            5 => What::retry_after_date(self.one_of(&[429, 503]), Duration::from_secs(1)),
            6 => What::StatusAfter(status),
            7 => What::CutBefore,
            8 => What::CutAfter,
            9 => What::CutWithin,
            10 => What::Slow(Duration::from_millis(self.next() % 50)),
            11 => What::HalfJson,
            12 => What::Json(self.one_of(&[Value::Null, serde_json::json!([]), serde_json::json!({"a": 1})])),
            13 => What::Html,
            14 => What::Large(self.one_of(&[0, 1 << 16, 1 << 24])),
            15 => What::Redirect(format!("{elsewhere}/api/models/elsewhere/model")),
            _ => What::NextAt(elsewhere.to_owned()),
        }
    }
}
