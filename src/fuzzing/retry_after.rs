//! How long Graph asks to wait.

use std::time::Duration;

use jiff::Timestamp;

use super::choices::Choices;
use crate::graph::fuzzed::{http_date, seconds_to_wait};
use crate::schedule::RetryAfterGate;

/// A `Retry-After`, as any text.
pub fn retry_after(data: &[u8]) {
    const NOWS: [&str; 4] =
        ["2026-11-22T10:00:00Z", "1970-01-01T00:00:00Z", "9999-12-30T22:00:00Z", "-009999-01-02T01:59:59Z"];
    const KNOWN: [&str; 8] =
        ["3", "2.128", "-0", "1e308", "Sun, 22 Nov 2026 10:00:07 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "inf", "0x10"];
    let choices = &mut Choices::of(data);
    let now: Timestamp = choices.pick(&NOWS).parse().unwrap();
    let known = if choices.below(2) == 0 { *choices.pick(&KNOWN) } else { "" };
    let header = format!("{known}{}", String::from_utf8_lossy(choices.rest()));
    let told = seconds_to_wait(&header, now);
    assert!(told.is_none_or(|told| told <= Duration::from_secs(3600)), "{header:?}: {told:?}");
    let gate = RetryAfterGate::default();
    let grown = gate.close(told, now);
    assert!(grown <= Duration::from_secs(3600), "{header:?}: {grown:?}");
    let until = gate.closed_until(now);
    assert!(
        until.is_none_or(|until| until > now && until.duration_since(now).as_secs() <= 3600),
        "{header:?}: {until:?}"
    );
    let _ = http_date(&header);
}
