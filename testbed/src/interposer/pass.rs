//! Passes requests from a client's connection to the upstream and the answers back.
//! Reads are streamed, so that watches work; a write that counts is taken whole and may be broken off at each moment.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::{
    HeaderMap, Method, Request, Response,
    body::{Bytes, Incoming},
    header,
    http::request::Parts,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::{
    effects::{Effects, Moment},
    upstream::{Body, Upstream},
    watch::Bender,
};

/// A write as a filter sees it.
#[derive(Debug, Clone, Copy)]
pub struct Write<'a> {
    /// Its method: anything but GET, HEAD and OPTIONS.
    pub method: &'a Method,
    /// Its path, without the query.
    pub path: &'a str,
    /// Its body.
    pub body: &'a [u8],
}

/// What one interposer passes, and how.
pub(super) struct Pass {
    pub(super) name: String,
    pub(super) upstream: Upstream,
    pub(super) effects: Effects,
    pub(super) counts: Box<dyn Fn(&Write<'_>) -> bool + Send + Sync>,
    /// How long each request waits before it is passed on.
    pub(super) slow: Mutex<Duration>,
    /// What happens to the events of watches on GuestInvitations.
    pub(super) bender: Arc<Bender>,
}

/// The connection shall be dropped without an answer.
#[derive(Debug, thiserror::Error)]
#[error("broken off by the interposer")]
struct BrokenOff;

/// The write whose answer ends this connection, if there is one.
type LastAnswer = Arc<Mutex<Option<usize>>>;

impl Pass {
    /// Serves one connection until it ends.
    pub(super) async fn serve(self: &Arc<Self>, stream: TlsStream<TcpStream>) {
        let last_answer = LastAnswer::default();
        let service = service_fn(|request| {
            let (pass, last_answer) = (self.clone(), last_answer.clone());
            async move { pass.handle(request, last_answer).await }
        });
        let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        // Only now is the answer out of our hands and in the client's.
        let last_answer = last_answer.lock().take();
        if let Some(seq) = last_answer {
            self.effects.reach(seq, Moment::AfterAnswer).await;
        }
    }

    async fn handle(
        self: Arc<Self>,
        request: Request<Incoming>,
        last_answer: LastAnswer,
    ) -> Result<Response<Body>, BrokenOff> {
        let (mut parts, body) = request.into_parts();
        remove_connection_headers(&mut parts.headers);
        let slow = *self.slow.lock();
        tokio::time::sleep(slow).await;
        if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return self.stream(Request::from_parts(parts, body.boxed())).await;
        }
        // A request that did not arrive whole never happened.
        let body = body.collect().await.map_err(|_| BrokenOff)?.to_bytes();
        let write = Write { method: &parts.method, path: parts.uri.path(), body: &body };
        if !(self.counts)(&write) {
            return self.stream(Request::from_parts(parts, whole(body))).await;
        }
        // In a task of its own: hyper drops this future when the client goes, and the client may be killed in it.
        let counted = tokio::spawn(async move { self.counted(parts, body, last_answer).await });
        counted.await.unwrap_or(Err(BrokenOff))
    }

    async fn stream(&self, request: Request<Body>) -> Result<Response<Body>, BrokenOff> {
        let watches = watches_guests(request.uri());
        let (mut parts, body) = self.ask(request).await?.into_parts();
        remove_connection_headers(&mut parts.headers);
        let body = if watches { self.bender.pass(body) } else { body.boxed() };
        Ok(Response::from_parts(parts, body))
    }

    /// Where upstream breaks off, so do we: an answer of our own, such as a 502, would be one that upstream never gave.
    async fn ask(&self, request: Request<Body>) -> Result<Response<Incoming>, BrokenOff> {
        self.upstream.request(request).await.map_err(|why| {
            tracing::debug!(port = self.name, why, "no answer from upstream");
            BrokenOff
        })
    }

    async fn counted(&self, parts: Parts, body: Bytes, last_answer: LastAnswer) -> Result<Response<Body>, BrokenOff> {
        let seq = self.effects.begin(&self.name, parts.method.as_str(), parts.uri.path(), body.clone());
        if !self.effects.reach(seq, Moment::Before).await {
            return Err(BrokenOff);
        }
        let (mut parts, body) = self.ask(Request::from_parts(parts, whole(body))).await?.into_parts();
        let body = body.collect().await.map_err(|_| BrokenOff)?.to_bytes();
        self.effects.answered(seq, parts.status.as_u16());
        remove_connection_headers(&mut parts.headers);
        let mut answer = Response::from_parts(parts, whole(body));
        if !self.effects.reach(seq, Moment::AfterWork).await {
            return Err(BrokenOff);
        }
        if self.effects.is_armed(seq, Moment::AfterAnswer) {
            answer.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
            *last_answer.lock() = Some(seq);
        }
        Ok(answer)
    }
}

fn whole(body: Bytes) -> Body {
    Full::new(body).map_err(|never| match never {}).boxed()
}

fn watches_guests(uri: &hyper::Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    uri.path().ends_with("/guestinvitations") && query.split('&').any(|part| part == "watch=true")
}

/// These speak of one connection, and ours to the upstream is another.
fn remove_connection_headers(headers: &mut HeaderMap) {
    for name in [header::CONNECTION, header::TRANSFER_ENCODING, header::TE, header::UPGRADE] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}
