//! The answer of a scripted fault: in the usual words for its status and perhaps spoilt, or word for word.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{Answer, Content, inner_error, sign_in_error};
use crate::faults::{BodyKind, ScriptedAnswer, ScriptedBody};

/// An answer word for word.
pub(crate) fn word_for_word(now: Timestamp, wanted: &ScriptedAnswer) -> Answer {
    let id = Uuid::new_v4().to_string();
    let body = match &wanted.body {
        ScriptedBody::Error { code, message } => Content::Json(graph_error(now, code, message, &id)),
        ScriptedBody::SignInError { number, message } => {
            Content::Json(sign_in_error(now, "invalid_request", *number, message, &id))
        }
        ScriptedBody::Json(value) => Content::Json(value.clone()),
        ScriptedBody::Text { content_type, text } => Content::Raw(content_type.clone().into(), text.clone()),
    };
    let mut answer = Answer { status: wanted.status, headers: Vec::new(), body };
    match &wanted.body {
        ScriptedBody::Error { .. } => answer = answer.header("request-id", id),
        ScriptedBody::SignInError { .. } => answer = answer.header("x-ms-request-id", id),
        ScriptedBody::Json(_) | ScriptedBody::Text { .. } => {}
    }
    answer.headers.extend(wanted.headers.iter().map(|(name, value)| (name.clone().into(), value.clone())));
    waiting(answer, wanted.retry_after)
}

/// An answer in the usual words for its status.
pub(crate) fn usual(now: Timestamp, status: u16, retry_after: Option<f64>, kind: BodyKind) -> Answer {
    let (code, message) = words(status);
    let json = graph_error(now, code, message, &Uuid::new_v4().to_string());
    let text = json.to_string();
    let body = match kind {
        BodyKind::Json => Content::Json(json),
        BodyKind::Empty => Content::Empty,
        BodyKind::HalfJson => Content::Raw("application/json".into(), text.chars().take(text.len() / 2).collect()),
        BodyKind::WrongContentType => Content::Raw("text/html".into(), text),
        BodyKind::Html => {
            let page = "<html><head><title>Gateway</title></head><body><h2>Our services aren't available right now</h2></body></html>";
            Content::Raw("text/html".into(), page.to_owned())
        }
    };
    waiting(Answer { status, headers: Vec::new(), body }, retry_after)
}

fn waiting(answer: Answer, retry_after: Option<f64>) -> Answer {
    match retry_after {
        Some(seconds) => answer.header("Retry-After", seconds.to_string()),
        None => answer,
    }
}

/// The code and the text that usually come with a status.
fn words(status: u16) -> (&'static str, &'static str) {
    match status {
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
    }
}

/// An error as Graph shapes it.
fn graph_error(now: Timestamp, code: &str, message: &str, id: &str) -> Value {
    json!({"error": {"code": code, "message": message, "innerError": inner_error(now, id, id)}})
}
