//! The simulator's one clock and the ways in which Microsoft and the mailbox write a time.
//! Lag and throttling run on the monotonic clock instead, so a shifted clock does not disturb them.

use jiff::fmt::strtime;
use jiff::{SignedDuration, Timestamp};

use crate::settings::Settings;

pub(crate) fn now(settings: &Settings) -> Timestamp {
    let now = Timestamp::now();
    now.checked_add(SignedDuration::from_secs(settings.clock_offset_seconds)).unwrap_or(now)
}

/// As Graph writes property values: whole seconds and `Z`.
pub(crate) fn graph(at: Timestamp) -> String {
    write("%Y-%m-%dT%H:%M:%SZ", at)
}

/// As Graph writes `innerError.date`: without a zone.
pub(crate) fn zoneless(at: Timestamp) -> String {
    write("%Y-%m-%dT%H:%M:%S", at)
}

/// As the sign-in writes it in its errors.
pub(crate) fn sign_in(at: Timestamp) -> String {
    write("%Y-%m-%d %H:%M:%SZ", at)
}

/// As a mail client shows it.
pub(crate) fn mail(at: Timestamp) -> String {
    write("%-d %b %Y, %H:%M UTC", at)
}

/// As a page says it of something that happened just now.
pub(crate) fn of_day(at: Timestamp) -> String {
    write("%H:%M:%S UTC", at)
}

/// As the `Date` header wants it.
pub(crate) fn http(at: Timestamp) -> String {
    write("%a, %d %b %Y %H:%M:%S GMT", at)
}

fn write(format: &str, at: Timestamp) -> String {
    strtime::format(format, &at.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default()
}
