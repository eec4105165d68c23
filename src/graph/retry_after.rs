//! How long Graph asks to wait. Samples show seconds, dates and fractions such as `2.128`. HTTP does not define
//! fractions.

use std::time::Duration;

use jiff::Timestamp;

/// The longest wait for one answer. A nonsense value must not stop a tenant forever.
const LONGEST: Duration = Duration::from_secs(3600);

/// Reads a `Retry-After` header: seconds, whole or fractional, or an HTTP date.
pub fn parse(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok().map(|wait| wait.min(LONGEST));
    }
    let date = http_date(header)?;
    let wait = date.duration_since(now);
    if wait.is_negative() { Some(Duration::ZERO) } else { Some(wait.unsigned_abs().min(LONGEST)) }
}

/// Reads an HTTP date, such as the `Date` header: the time on Graph's clock, in whole seconds.
pub fn http_date(header: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(header).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_fractions_and_dates() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        for (header, seconds) in [
            ("3", 3.0),
            ("2.128", 2.128),
            (" 0 ", 0.0),
            ("Sun, 22 Nov 2026 10:00:07 GMT", 7.0),
            ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
            ("1e9", 3600.0),
        ] {
            assert_eq!(parse(header, now), Some(Duration::from_secs_f64(seconds)), "{header}");
        }
        for header in ["", "soon", "-1", "NaN", "inf"] {
            assert_eq!(parse(header, now), None, "{header}");
        }
    }
}
