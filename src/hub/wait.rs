//! How long to *wait*: the Hub's rate limits, and the time between two tries.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::error::{ErrorKind, HubError};

/// Between tries, as the official client has it.
const SCHEDULE: [u64; 5] = [1, 2, 4, 8, 8];
/// Where nothing was reached yet, there may be no connection at all, and a person waits to hear of it.
const TRIES_TO_REACH: usize = 2;
/// One window of the Hub's rate limit, and a second. Who asks for more has more in mind than a pause.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(301);

/// Decides about pauses. `scale` is 1 but in tests.
pub struct Waits {
    scale: f64,
    /// Something answered.
    was_reached: AtomicBool,
}

impl Waits {
    pub fn new(scale: f64) -> Waits {
        Waits { scale, was_reached: AtomicBool::new(false) }
    }

    pub fn reached(&self) {
        self.was_reached.store(true, Ordering::Relaxed);
    }

    pub fn scaled(&self, pause: Duration) -> Duration {
        pause.mul_f64(self.scale)
    }

    /// The pause before a request is sent again after `error`; `None` if it must not be, or not
    /// before so long that a person should decide.
    pub fn before_retry(&self, error: &HubError, tries: usize) -> Option<Duration> {
        let usual = Duration::from_secs(*SCHEDULE.get(tries)?);
        let is_lost = error.kind == ErrorKind::Unreachable && !self.was_reached.load(Ordering::Relaxed);
        let may_wait = error.kind.is_transient() && !error.asks_for_long() && !(is_lost && tries >= TRIES_TO_REACH);
        may_wait.then(|| self.scaled(error.asked_to_wait.unwrap_or(usual)))
    }
}

/// What an answer with status 408, 429 or 5xx asks us to wait.
pub fn asked_to_wait(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504) {
        return None;
    }
    if status == StatusCode::TOO_MANY_REQUESTS && is_used_up(headers) {
        return until_reset(headers);
    }
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse::<u64>().ok().or_else(|| {
        let then = rfc2822::parse(text).ok()?.timestamp();
        u64::try_from((then - Timestamp::now()).total(jiff::Unit::Second).ok()?.ceil() as i64).ok()
    })?;
    // A second more: theirs is cut, and clocks differ.
    Some(Duration::from_secs(seconds.saturating_add(1)))
}

/// `RateLimit: "api";r=0;t=55` says that nothing is left for 55 s.
pub fn is_used_up(headers: &HeaderMap) -> bool {
    rate_limit(headers, "r") == Some(0)
}

/// Time until the Hub's rate limit resets.
pub fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    rate_limit(headers, "t").map(|seconds| Duration::from_secs(seconds.saturating_add(1)))
}

fn rate_limit(headers: &HeaderMap, parameter: &str) -> Option<u64> {
    let text = headers.get("ratelimit")?.to_str().ok()?;
    text.split(';').find_map(|part| part.trim().strip_prefix(parameter)?.strip_prefix('=')?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_hub_says_how_long() {
        let too_many = StatusCode::TOO_MANY_REQUESTS;
        let asked = |status, pairs: &[_]| asked_to_wait(status, &headers(pairs)).map(|pause| pause.as_secs());
        assert_eq!(asked(too_many, &[("ratelimit", r#""api";r=0;t=55"#.to_owned())]), Some(56));
        assert_eq!(asked(too_many, &[("retry-after", "3".to_owned())]), Some(4));
        assert_eq!(asked(StatusCode::SERVICE_UNAVAILABLE, &[("retry-after", "3".to_owned())]), Some(4));
        assert_eq!(asked(too_many, &[]), None);
        assert_eq!(asked(StatusCode::FORBIDDEN, &[("retry-after", "3".to_owned())]), None);
        let date = rfc2822::to_string(&(Timestamp::now() + Duration::from_secs(5)).to_zoned(jiff::tz::TimeZone::UTC));
        let date = date.unwrap().replace("+0000", "GMT");
        assert!((5..=7).contains(&asked(too_many, &[("retry-after", date)]).unwrap()));
        assert_eq!(asked(too_many, &[("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT".to_owned())]), None);
    }

    #[test]
    fn a_very_long_pause_is_no_pause() {
        let url = "https://a.example".parse().unwrap();
        let pause = |kind, asked: Option<u64>, tries| {
            let mut error = HubError::new(kind, "try", &url, String::new());
            error.asked_to_wait = asked.map(Duration::from_secs);
            Waits::new(1.0).before_retry(&error, tries).map(|pause| pause.as_secs())
        };
        assert_eq!(pause(ErrorKind::RateLimited, Some(302), 0), None);
        assert_eq!(pause(ErrorKind::RateLimited, Some(301), 0), Some(301));
        assert_eq!(pause(ErrorKind::RateLimited, None, 4), Some(8));
        assert_eq!(pause(ErrorKind::RateLimited, None, 5), None);
        assert_eq!(pause(ErrorKind::Forbidden, None, 0), None);
        assert_eq!(pause(ErrorKind::Unreachable, None, 1), Some(2));
        assert_eq!(pause(ErrorKind::Unreachable, None, 2), None);
    }
}
