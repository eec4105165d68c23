//! The way of one request: into the journal, past the scripted faults, to its work, and to its answer or its lack of one.
//! Graph operations, items of a $batch and the token endpoint all go this way.

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use futures::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::answer::{Content, Ending};
use crate::clock;
use crate::faults::{FaultAction, Target};
use crate::journal::{Outcome, RequestEntry};
use crate::observer::Exchange;
use crate::scripted;
use crate::state::State;

/// Marks a response whose connection is to be closed: at once and unsent, or when its body says so.
#[derive(Clone, Debug)]
pub(crate) enum CutConnection {
    Now,
    When(CancellationToken),
}

/// Half an answer has to reach the client before its connection is closed.
const HALF_AN_ANSWER_TRAVELS: Duration = Duration::from_millis(100);

/// Enters a request in the journal and does its work, unless a fault is due. `body` is searched by `Fault::containing`.
pub(crate) async fn carry_out<F>(state: &State, entry: RequestEntry, body: &str, work: impl FnOnce() -> F) -> Ending
where
    F: Future<Output = Ending>,
{
    let (seq, struck) = {
        let mut world = state.world();
        let world = &mut *world;
        let tenants = &world.tenants;
        let struck = world.faults.strike(&Target {
            operation: &entry.operation,
            texts: &[entry.path.as_str(), entry.query.as_deref().unwrap_or_default(), body],
            page: entry.page,
            ids: &|address| tenants.iter().flat_map(|tenant| tenant.directory.ever_at(address)).collect(),
        });
        (world.journal.begin(entry.clone()), struck)
    };
    if !struck.delay.is_zero() {
        tokio::time::sleep(struck.delay).await;
    }
    let own = match struck.action {
        Some(ref action) if action.is_instead_of_work() => None,
        _ => Some(work().await),
    };
    state.observer.show(&Exchange { request: &entry, answer: own.as_ref().and_then(Ending::reply) });
    let now = state.world().now();
    let (ending, outcome) = match (own, struck.action) {
        (_, Some(FaultAction::Status { code, retry_after, body, .. })) => {
            (Ending::Answer(scripted::usual(now, code, retry_after, body)), Outcome::Status(code))
        }
        (_, Some(FaultAction::Answer(answer))) => {
            (Ending::Answer(scripted::word_for_word(now, &answer)), Outcome::Status(answer.status))
        }
        (None, Some(FaultAction::CutBefore)) => (Ending::Cut, Outcome::CutBefore),
        (None, _) => (Ending::Silence, Outcome::Silence),
        (Some(Ending::Answer(answer)), Some(FaultAction::CutAfter)) => (Ending::Cut, Outcome::CutAfter(answer.status)),
        (Some(Ending::Answer(answer)), Some(FaultAction::HalfAnswer)) => {
            let outcome = Outcome::HalfAnswer(answer.status);
            (Ending::HalfAnswer(answer), outcome)
        }
        (Some(Ending::Answer(answer)), _) => {
            let outcome = Outcome::Status(answer.status);
            (Ending::Answer(answer), outcome)
        }
        // Only a $batch ends like this: a fault struck one of its items.
        (Some(Ending::HalfAnswer(answer)), _) => {
            let outcome = Outcome::HalfAnswer(answer.status);
            (Ending::HalfAnswer(answer), outcome)
        }
        (Some(Ending::Cut), _) => (Ending::Cut, Outcome::CutAfter(200)),
        (Some(Ending::Silence), _) => (Ending::Silence, Outcome::Silence),
    };
    state.world().journal.finish(seq, outcome);
    ending
}

/// Turns an ending into what the connection understands.
pub(crate) async fn respond(state: &State, ending: Ending) -> Response<Body> {
    let (answer, whole) = match ending {
        Ending::Answer(answer) => (answer, true),
        Ending::HalfAnswer(answer) => (answer, false),
        Ending::Cut => {
            let mut response = Response::new(Body::empty());
            response.extensions_mut().insert(CutConnection::Now);
            return response;
        }
        // The client leaves at some time, which drops this future.
        Ending::Silence => std::future::pending().await,
    };
    let (content_type, bytes): (Option<Cow<'static, str>>, String) = match answer.body {
        Content::Empty => (None, String::new()),
        Content::Json(body) if answer.status < 400 && body.get("@odata.context").is_some() => {
            let minimal =
                "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
            (Some(minimal.into()), body.to_string())
        }
        Content::Json(body) => (Some("application/json".into()), body.to_string()),
        Content::Raw(content_type, text) => (Some(content_type), text),
    };
    let length = bytes.len();
    let mut response = Response::new(Body::empty());
    if whole {
        *response.body_mut() = Body::from(bytes);
    } else {
        let cut = CancellationToken::new();
        *response.body_mut() = half(bytes, cut.clone());
        response.extensions_mut().insert(CutConnection::When(cut));
    }
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(content_type) = content_type.and_then(|kind| HeaderValue::from_str(&kind).ok()) {
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    if !whole {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    if let Ok(date) = HeaderValue::from_str(&clock::http(state.world().now())) {
        headers.insert(header::DATE, date);
    }
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(&*name), HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
    response
}

/// The first half of a text; some time later the connection is cut.
fn half(text: String, cut: CancellationToken) -> Body {
    let mut bytes = text.into_bytes();
    bytes.truncate(bytes.len() / 2);
    let first = stream::once(async { Ok::<_, std::io::Error>(bytes) });
    let end = stream::once(async move {
        tokio::time::sleep(HALF_AN_ANSWER_TRAVELS).await;
        cut.cancel();
        std::future::pending().await
    });
    Body::from_stream(first.chain(end))
}

/// A JSON body for the journal, or its text if it is none.
pub(crate) fn readable(body: &[u8]) -> Option<Value> {
    if body.is_empty() {
        return None;
    }
    Some(serde_json::from_slice(body).unwrap_or_else(|_| json!(String::from_utf8_lossy(body))))
}
