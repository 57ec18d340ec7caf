//! Times as the Hub and HTTP write them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The time after `wait`, as a header says it: `Wed, 12 Aug 2026 15:34:52 GMT`.
pub fn http_date(wait: Duration) -> String {
    let seconds = now() + wait.as_secs();
    let (year, month, day) = civil(seconds);
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(seconds / 86400 % 7) as usize];
    let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1];
    format!("{weekday}, {day:02} {month} {year} {} GMT", time(seconds))
}

/// A time as the Hub's JSON says it: `2026-08-12T15:34:52.000Z`.
pub fn iso(seconds: u64) -> String {
    let (year, month, day) = civil(seconds);
    format!("{year}-{month:02}-{day:02}T{}.000Z", time(seconds))
}

fn time(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

/// Year, month and day, counted in eras of 400 years that begin in March.
fn civil(seconds: u64) -> (u64, usize, u64) {
    let days = seconds / 86400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + u64::from(month <= 2), month as usize, day - (153 * shifted + 2) / 5 + 1)
}
