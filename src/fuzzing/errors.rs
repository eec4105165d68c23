//! From a status, headers and a body to a class, a reach and sentences; and how long Graph asks to wait.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use serde_json::json;

use super::{LINK, TICKET, say_the_ticket};
use crate::api::Course;
use crate::fuzzing::choices::Choices;
use crate::fuzzing::samples::text;
use crate::graph::{
    Class, Feature, Gate, GraphError, Reach, refused, refused_reset, refused_write, retry_after as wait,
};

const OPERATIONS: [&str; 8] =
    ["createInvitation", "resetRedemption", "listUsers", "getUser", "updateUser", "deleteUser", "addMember", "batch"];

const CODES: [&str; 6] = [
    "Authorization_RequestDenied",
    "BadRequest",
    "Forbidden",
    "Directory_ConcurrencyViolation",
    "Request_ResourceNotFound",
    "",
];

const SAID: [&str; 10] = [
    "Invitations are blocked for this directory due to suspicious activity.",
    "Insufficient privileges",
    "cross-tenant access",
    "already exists",
    "Generic authorization exception",
    "doesn't match any emails on the user object",
    "same value for property",
    "dynamic membership",
    "not allowed by",
    "",
];

/// An error of Graph's, and all that is said of it.
pub fn errors(data: &[u8]) {
    if say_the_ticket(data) {
        return;
    }
    let choices = &mut Choices::of(data);
    let status = StatusCode::from_u16(100 + choices.below(900) as u16).unwrap();
    let status = if choices.below(4) == 0 {
        status
    } else {
        StatusCode::from_u16(400 + u16::from(choices.byte()) % 113).unwrap()
    };
    let operation = *choices.pick(&OPERATIONS);
    let body = match choices.below(5) {
        0 => String::from_utf8_lossy(choices.bytes(300)).into_owned(),
        1 => json!({"id": "i", "inviteRedeemUrl": LINK}).to_string(),
        2 => format!("<html>{}", text(choices, 0, 300)),
        3 => format!("see {LINK} and {}", text(choices, 0, 300)),
        _ => {
            let code = if choices.one_in(4) { text(choices, 0, 5000) } else { (*choices.pick(&CODES)).to_owned() };
            let said = format!("{}{}", choices.pick(&SAID), text(choices, 0, 20_000).repeat(choices.below(40)));
            json!({"error": {"code": code, "message": said}}).to_string()
        }
    };
    let id = choices.one_in(3).then(|| text(choices, 0, 400));
    let error = GraphError::answered(operation, status, &body, id, None);

    assert_eq!(error.reach == Reach::Answered, status.is_client_error(), "only a 4xx says that nothing was done");
    assert_ne!(error.reach, Reach::NotSent, "there was an answer");
    let passes = matches!(error.class, Class::Transient | Class::Throttled);
    assert!(!status.is_server_error() || passes, "a {status} may pass");
    assert!(error.class != Class::Blocked || status == StatusCode::FORBIDDEN, "only a 403 is the block");
    assert!(error.class != Class::Auth || matches!(status.as_u16(), 401 | 403), "{status} is no matter of permissions");
    for said in [refused(&error), refused_reset(&error), refused_write(&error, Feature::Profile, "the profile")] {
        let (reason, sentence, pause) = (said.explanation.reason, said.explanation.message, said.retry_after);
        let wrong = matches!(reason.course(), Course::Retrying | Course::Stuck);
        assert!(
            wrong && sentence.chars().count() < 2500 && sentence.contains("Microsoft Graph"),
            "{reason}: {sentence}"
        );
        assert!(!sentence.contains(TICKET), "a redeem link shows: {sentence}");
        assert!(!sentence.chars().any(char::is_control), "{sentence:?}");
        assert!(pause > Duration::ZERO && pause <= Duration::from_secs(6 * 3600), "{pause:?}");
    }
    assert!(!format!("{error:?}").contains(TICKET), "a redeem link shows: {error:?}");
}

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
    let told = wait::parse(&header, now);
    assert!(told.is_none_or(|told| told <= Duration::from_secs(3600)), "{header:?}: {told:?}");
    let gate = Gate::default();
    let grown = gate.close(told, now);
    assert!(grown <= Duration::from_secs(3600), "{header:?}: {grown:?}");
    let until = gate.closed_until(now);
    assert!(
        until.is_none_or(|until| until > now && until.duration_since(now).as_secs() <= 3600),
        "{header:?}: {until:?}"
    );
    let _ = wait::http_date(&header);
}
