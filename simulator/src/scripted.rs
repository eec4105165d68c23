//! The answer of a scripted fault: a status, and a body that may be spoilt.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{Answer, Content, inner_error};
use crate::faults::BodyKind;

/// The answer that stands in for the true one.
pub(crate) fn scripted(now: Timestamp, status: u16, retry_after: Option<f64>, kind: BodyKind) -> Answer {
    let json = body(status, now);
    let text = json.to_string();
    let body = match kind {
        BodyKind::Json => Content::Json(json),
        BodyKind::Empty => Content::Empty,
        BodyKind::HalfJson => Content::Raw("application/json", text.chars().take(text.len() / 2).collect()),
        BodyKind::WrongContentType => Content::Raw("text/html", text),
        BodyKind::Html => {
            let page = "<html><head><title>Gateway</title></head><body><h2>Our services aren't available right now</h2></body></html>";
            Content::Raw("text/html", page.to_owned())
        }
    };
    let answer = Answer { status, headers: Vec::new(), body };
    match retry_after {
        Some(seconds) => answer.header("Retry-After", seconds.to_string()),
        None => answer,
    }
}

/// An error as Graph shapes it.
fn body(status: u16, now: Timestamp) -> Value {
    let (code, message) = match status {
        400 => ("BadRequest", "The request is malformed."),
        401 => ("InvalidAuthenticationToken", "Access token has expired or is not yet valid."),
        403 => ("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
        404 => ("Request_ResourceNotFound", "Resource does not exist."),
        409 => (
            "Directory_ConcurrencyViolation",
            "Unable to complete due to concurrency violation. Please retry your request.",
        ),
        429 => ("TooManyRequests", "Too many requests"),
        503 => ("ServiceUnavailable", "The service is temporarily unavailable. Please try again later."),
        504 => ("GatewayTimeout", "The request timed out."),
        _ => ("InternalServerError", "The server encountered an internal error."),
    };
    let id = Uuid::new_v4().to_string();
    json!({"error": {"code": code, "message": message, "innerError": inner_error(now, &id, &id)}})
}
