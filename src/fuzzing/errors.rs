//! From a status, headers and a body to a class, a reach and sentences.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use super::choices::Choices;
use super::samples::text;
use super::ticket::{LINK, TICKET, say_the_ticket};
use crate::api::Course;
use crate::graph::{Class, Feature, GraphError, Reach, refused, refused_reset, refused_write};

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

    let answered = status == StatusCode::TOO_MANY_REQUESTS || (status.is_client_error() && !error.foreign);
    assert_eq!(error.reach == Reach::Answered, answered, "only a 4xx of Graph's says that nothing was done");
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
