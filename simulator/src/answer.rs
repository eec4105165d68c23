//! What the simulator answers, before it becomes HTTP.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock;
use crate::observer::Reply;

/// An answer before it becomes HTTP (or an item of a $batch).
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Empty,
    Json(Value),
    /// Bytes as they are, with their content type.
    Raw(Cow<'static, str>, String),
}

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Content::Json(body) }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: 204, headers: Vec::new(), body: Content::Empty }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((Cow::Borrowed(name), value.into()));
        self
    }
}

/// How a request ends.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    Answer(Answer),
    HalfAnswer(Answer),
    Cut,
    Silence,
}

impl Ending {
    /// The answer as an observer sees it; none where there is no whole one, as of a $batch whose connection one of its items lost.
    pub(crate) fn reply(&self) -> Option<Reply<'_>> {
        let Self::Answer(answer) = self else {
            return None;
        };
        let body = match &answer.body {
            Content::Json(body) => Some(body),
            Content::Empty | Content::Raw(..) => None,
        };
        Some(Reply { status: answer.status, body })
    }
}

/// What an error of Graph says of its request.
pub(crate) fn inner_error(now: Timestamp, request_id: &str, client_request_id: &str) -> Value {
    json!({
        "date": clock::zoneless(now),
        "request-id": request_id,
        "client-request-id": client_request_id,
    })
}

/// An error as the sign-in shapes it. Clients go by `error` and `error_codes`; the description is for people.
pub(crate) fn sign_in_error(now: Timestamp, error: &str, number: u32, text: &str, trace: &str) -> Value {
    let correlation = Uuid::new_v4().to_string();
    let at = clock::sign_in(now);
    let description = format!("AADSTS{number}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}");
    json!({
        "error": error,
        "error_description": description,
        "error_codes": [number],
        "timestamp": at,
        "trace_id": trace,
        "correlation_id": correlation,
    })
}
