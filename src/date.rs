//! Time stamps of records: epoch seconds or ISO text, as a calendar day.
//!
//! Nothing here reads a clock.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A time stamp as a record states it, with its day where the text can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamp {
    /// As it stands in the record.
    pub text: Arc<str>,
    /// The day: in UTC for epoch seconds, as written for ISO text. `None` if unreadable.
    pub day: Option<Date>,
}

impl Stamp {
    /// Reads `text`; see [`day`].
    pub fn new(text: Arc<str>) -> Stamp {
        let day = day(&text);
        Stamp { text, day }
    }

    /// The text, unless it is a day that cannot be: that counts as not reported.
    pub fn stated(&self) -> Option<&str> {
        (self.day.is_some() || day(&self.text).is_none()).then_some(&*self.text)
    }

    /// Orders stamps: by day, then by text of equal length (epoch seconds of one day).
    pub fn newest_last(&self) -> (Option<Date>, &str) {
        (self.day, &self.text)
    }
}

/// Epoch seconds from 1990 to 2100; numbers outside are not times (20240716 is not 1970).
const SANE_SECONDS: std::ops::Range<i64> = 631_152_000..4_102_444_800;

/// The day of `1770682486.623709` or of `2025-11-28T00:36:05Z`. The day of ISO text is the one
/// written there: an offset is not applied.
pub fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if let Ok(seconds) = whole.parse::<i64>() {
        let is_number = fraction.bytes().all(|byte| byte.is_ascii_digit());
        return (is_number && SANE_SECONDS.contains(&seconds)).then(|| epoch_day(seconds)).flatten();
    }
    let (date, rest) = text.split_at_checked(10)?;
    let day: Date = date.parse().ok()?;
    ((1990..2100).contains(&day.year()) && is_time(rest)).then_some(day)
}

/// True for nothing, or `T` and a time of day, with or without an offset.
fn is_time(text: &str) -> bool {
    let Some(time) = text.strip_prefix(['T', 't', ' ']) else { return text.is_empty() };
    let (time, offset) = time.split_at(time.find(['Z', 'z', '+', '-']).unwrap_or(time.len()));
    let is_offset = offset.chars().all(|c| c.is_ascii_digit() || matches!(c, 'Z' | 'z' | '+' | '-' | ':'));
    is_offset && time.trim_end().parse::<jiff::civil::Time>().is_ok()
}

/// The number of a calendar day, for placing days on an axis.
pub fn day_number(text: &str) -> Option<i64> {
    let first = jiff::civil::date(1970, 1, 1);
    Some(i64::from(day(text)?.since(first).ok()?.get_days()))
}

/// The UTC day of epoch seconds.
pub fn epoch_day(seconds: i64) -> Option<Date> {
    let timestamp = jiff::Timestamp::from_second(seconds).ok()?;
    Some(timestamp.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_numbers() {
        assert_eq!(["1990-01-01", "2024-02-29"].map(day_number), [Some(7305), Some(19782)]);
        assert_eq!(day_number("soon"), None);
    }

    #[test]
    fn days_are_read_from_epoch_seconds_and_iso_text_and_from_nothing_else() {
        let cases = [
            ("1770682486.623709", Some("2026-02-10")),
            ("1792671750", Some("2026-10-22")),
            ("2025-11-28T00:36:05.012824Z", Some("2025-11-28")),
            ("2025-03-04T23:30:00-05:00", Some("2025-03-04")),
            ("2025-03-04", Some("2025-03-04")),
            ("20240716", None),
            ("1777613486918", None),
            ("2026-02-30", None),
            ("2025-03-04 or so", None),
            ("2025-03-04T24:61:61Z", None),
            ("2025-03-04T23:30+01:00", Some("2025-03-04")),
            ("0001-01-01", None),
            ("1777613486.x", None),
            ("2026-02-10x", None),
            ("July 16, 2024", None),
            ("", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in cases {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }
}
