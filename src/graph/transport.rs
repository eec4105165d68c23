//! One call to Graph: token, request ids, timeout, the tenant's pause, and an error with a class for every failure.
//! Only a call that ends with a 401 is repeated, once. Graph refused it before it did anything.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parking_lot::Mutex;
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny};
use serde_json::Value;
use url::Url;

use super::broken::broken;
use super::clock::ClockGap;
use super::fresh::Fresh;
use super::{Class, GraphError, Http, Meter, Permissions, Reach, RedeemUrl, Roots, Silence, TokenSource, retry_after};
use crate::schedule::{Admission, Bill, Cost, RetryAfterGate, Scheduler, Urgency};

/// The operation that invites a person.
pub(super) const INVITE: &str = "createInvitation";

/// The operation that lets a person redeem anew.
pub(super) const RESET: &str = "resetRedemption";

/// The age from which a token is renewed to see whether it still carries a permission.
const RENEW: Duration = Duration::from_secs(50);

/// The Graph client of one directory.
#[derive(Clone, Debug)]
pub struct Graph {
    http: Http,
    root: Url,
    sign_in: Url,
    tokens: Arc<TokenSource>,
    scheduler: Arc<Scheduler>,
    /// For whose guests it asks; nobody's for the tenant itself.
    namespace: Arc<str>,
    /// Whether it asks for a sweep.
    sweeps: bool,
    /// The turn that it has waited for already. One request has it.
    paid: Arc<Mutex<Option<Admission>>>,
    silence: Arc<Silence>,
    clock: ClockGap,
    timeout: Duration,
    meter: Meter,
}

/// What is sent with a call.
#[derive(Clone, Copy)]
pub(super) enum Payload<'a> {
    /// No header and no body.
    None,
    /// The same. It must not be sent at or after this time.
    NoneBy(Timestamp),
    /// The header for advanced queries. A nextLink does not include it, so every page needs it.
    Advanced,
    /// A JSON body.
    Json(&'a Value),
    /// A JSON body of a request that mails or changes a person. It must not be sent at or after this time. Getting a token may take long, and
    /// the process may be frozen.
    JsonBy(&'a Value, Timestamp),
}

impl<'a> Payload<'a> {
    /// Nothing, which must not be sent at or after `latest`.
    pub(super) fn none(latest: Option<Timestamp>) -> Self {
        latest.map_or(Self::None, Self::NoneBy)
    }

    /// A JSON body, which must not be sent at or after `latest`.
    pub(super) fn json(body: &'a Value, latest: Option<Timestamp>) -> Self {
        latest.map_or(Self::Json(body), |latest| Self::JsonBy(body, latest))
    }
}

/// An answer, with the time on Graph's clock.
#[derive(Debug)]
pub struct Answered<T> {
    /// The decoded body.
    pub body: T,
    /// The `Date` header; the time of this process if Graph sent none.
    pub graph_time: Timestamp,
}

/// What identifies an answer in logs.
struct Traced {
    status: u16,
    request_id: Option<String>,
}

/// The body of a 204: nothing to read.
struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Self)
    }
}

impl Graph {
    /// A client for the Graph at `roots`. Calls time out after `timeout`.
    pub fn new(http: Http, roots: &Roots, tokens: TokenSource, timeout: Duration) -> Self {
        Self {
            http,
            root: roots.graph.clone(),
            sign_in: roots.authority.clone(),
            tokens: Arc::new(tokens),
            scheduler: Arc::default(),
            namespace: Arc::from(""),
            sweeps: false,
            paid: Arc::default(),
            silence: Arc::default(),
            clock: ClockGap::default(),
            timeout,
            meter: Meter::default(),
        }
    }

    /// The same client. `meter` counts its calls.
    #[must_use]
    pub fn metered(self, meter: Meter) -> Self {
        Self { meter, ..self }
    }

    /// The same client. `scheduler` says when its requests may leave.
    #[must_use]
    pub fn scheduled(self, scheduler: Arc<Scheduler>) -> Self {
        Self { scheduler, ..self }
    }

    /// The same client, for the guests of `namespace`.
    #[must_use]
    pub fn of(&self, namespace: &str) -> Self {
        Self { namespace: Arc::from(namespace), ..self.clone() }
    }

    /// The same client, for a sweep: all others come first.
    #[must_use]
    pub fn for_sweeps(&self) -> Self {
        Self { sweeps: true, ..self.clone() }
    }

    /// Whether `link` is one that this Graph gives: an https link to the host where its cloud signs people in ("Create invitation").
    pub fn gives(&self, link: &RedeemUrl) -> bool {
        self.sign_in.host_str().is_some_and(|host| link.leads_to(host))
    }

    /// The counters.
    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Waits until a request of this `cost` may leave. The same client, whose request of that cost leaves at once: what is read live just before
    /// it is not old by then.
    pub async fn in_turn(&self, cost: Cost) -> Self {
        Self { paid: Arc::new(Mutex::new(Some(self.wait(cost).await))), ..self.clone() }
    }

    /// The turn that was waited for, if it is for such a request and no request has had it.
    fn paid(&self, cost: Cost) -> Option<Admission> {
        self.paid.lock().take_if(|paid| paid.is_for(cost))
    }

    async fn wait(&self, cost: Cost) -> Admission {
        let urgency = self.urgency(cost);
        let admission = self.scheduler.admit(urgency, &self.namespace, cost).await;
        self.meter.waited(urgency.name(), admission.waited());
        admission
    }

    /// The tenant's pause.
    pub fn gate(&self) -> &RetryAfterGate {
        &self.scheduler.gate
    }

    /// Since when Graph has not answered.
    pub fn silence(&self) -> &Silence {
        &self.silence
    }

    /// How far Graph's clock is ahead of ours, by its last answer.
    pub fn ahead(&self) -> jiff::SignedDuration {
        self.clock.ahead()
    }

    /// Fetches a token if none is held. Shows whether the operator can sign in.
    ///
    /// # Errors
    /// As [`TokenSource::token`].
    pub async fn sign_in(&self) -> Result<(), GraphError> {
        self.tokens.token().await.map(|_| ())
    }

    /// The permissions in the current token; none without a token, or when it cannot be read.
    pub async fn permissions(&self) -> Option<Permissions> {
        self.tokens.permissions().await
    }

    /// Makes the next call fetch a new token if the current one is older than `age`. A new token has permissions that
    /// were granted later.
    pub async fn renew_token(&self, age: Duration) {
        self.tokens.renew(age).await;
    }

    /// The URL of a resource: the segments of `path` below `/v1.0`, each encoded as one segment.
    pub(super) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.root.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1.0").extend(path);
        }
        url
    }

    /// Whether `url` belongs to this Graph. A token must never be sent anywhere else, even if an answer names it.
    pub(super) fn owns(&self, url: &Url) -> bool {
        url.origin() == self.root.origin()
    }

    /// Makes one call and decodes the answer.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        method: Method,
        url: Url,
        payload: Payload<'_>,
    ) -> Result<Answered<T>, GraphError> {
        let cost = self.cost(&method, &url);
        self.call_at(cost, operation, method, url, payload).await
    }

    /// What a request costs.
    pub(super) fn cost(&self, method: &Method, url: &Url) -> Cost {
        Cost::of(method.as_str(), self.below_version(url), url.query())
    }

    /// The path of `url` below the version.
    pub(super) fn below_version<'u>(&self, url: &'u Url) -> &'u str {
        url.path().strip_prefix(self.url(&[]).path()).unwrap_or(url.path())
    }

    /// Makes one call of this `cost`, when it is its turn, and decodes the answer.
    pub(super) async fn call_at<T: DeserializeOwned>(
        &self,
        cost: Cost,
        operation: &'static str,
        method: Method,
        url: Url,
        payload: Payload<'_>,
    ) -> Result<Answered<T>, GraphError> {
        self.paused(operation)?;
        let token = self.tokens.token().await?;
        // It counts as under way until this function ends.
        let _admission = match self.paid(cost) {
            Some(paid) => paid,
            None => self.wait(cost).await,
        };
        self.paused(operation)?;
        let first = self.once(operation, (&method, &url, cost), payload, &token).await;
        match first {
            Err(error) if error.status == Some(401) => {
                // The credential was revoked or rotated: sign in again, once.
                self.tokens.refused(&token).await;
                let token = self.tokens.token().await?;
                self.once(operation, (&method, &url, cost), payload, &token).await
            }
            Err(error) if error.status == Some(403) && error.class == Class::Auth && self.is_permitted().await => {
                // The application has the permission, so this is about this one object, and not about the tenant.
                Err(GraphError { class: Class::Terminal, ..error })
            }
            other => other,
        }
    }

    /// Refuses a call while the tenant pauses.
    fn paused(&self, operation: &'static str) -> Result<(), GraphError> {
        let now = Timestamp::now();
        let Some(until) = self.gate().closed_until(now) else { return Ok(()) };
        let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        let paused =
            GraphError::local(operation, Class::Throttled, Reach::NotSent, "Microsoft Graph asked this tenant to wait");
        Err(GraphError { retry_after: Some(wait), ..paused })
    }

    fn urgency(&self, cost: Cost) -> Urgency {
        if cost.invitations > 0 {
            Urgency::Invitation
        } else if cost.writes > 0 {
            Urgency::Write
        } else if self.sweeps {
            Urgency::Sweep
        } else {
            Urgency::Look
        }
    }

    /// Whether a token of now carries what every guest needs.
    async fn is_permitted(&self) -> bool {
        self.tokens.renew(RENEW).await;
        let signed_in = self.tokens.token().await.is_ok();
        signed_in && self.tokens.permissions().await.is_some_and(|held| held.allows_what_every_guest_needs())
    }

    /// Graph has refused a request of this `cost` (429), alone or in a batch.
    pub(super) fn refused(&self, cost: Cost, wait: Option<Duration>) {
        self.meter.throttled(self.scheduler.refused(cost, wait));
    }

    /// Makes one call whose answer has no content, such as a 204.
    pub(super) async fn command(
        &self,
        operation: &'static str,
        method: Method,
        url: Url,
        payload: Payload<'_>,
    ) -> Result<(), GraphError> {
        self.call::<Nothing>(operation, method, url, payload).await.map(|_| ())
    }

    async fn once<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        (method, url, cost): (&Method, &Url, Cost),
        payload: Payload<'_>,
        token: &str,
    ) -> Result<Answered<T>, GraphError> {
        let client_request_id = uuid::Uuid::new_v4().to_string();
        let http = if matches!(payload, Payload::JsonBy(..)) { &self.http.sending } else { &self.http.shared };
        let mut request = http.request(method.clone(), url.clone()).bearer_auth(token).timeout(self.timeout);
        request = request.header("client-request-id", &client_request_id);
        request = match payload {
            Payload::NoneBy(latest) if Timestamp::now() >= latest => return Err(GraphError::too_old(operation)),
            // Over HTTP/1.1 a POST without a length may be refused (411).
            Payload::None | Payload::NoneBy(_) if *method == Method::POST => request.header(header::CONTENT_LENGTH, 0),
            Payload::None | Payload::NoneBy(_) => request,
            Payload::Advanced => request.header("ConsistencyLevel", "eventual"),
            Payload::Json(body) => request.json(body),
            Payload::JsonBy(body, latest) => {
                let fresh = Fresh::new(body.to_string(), latest);
                request.header(header::CONTENT_TYPE, "application/json").body(reqwest::Body::wrap(fresh))
            }
        };
        let began = Instant::now();
        let result = self.exchange(operation, cost, request).await;
        let (status, request_id) = match &result {
            Ok((_, answered)) => (Some(answered.status), answered.request_id.clone()),
            Err(error) => (error.status, error.request_id.clone()),
        };
        self.meter.called(operation, status, began.elapsed());
        // A request that did not leave in time says nothing of Graph.
        if !result.as_ref().is_err_and(GraphError::is_too_old) {
            self.silence.note(status.is_some(), Instant::now());
        }
        tracing::debug!(
            operation,
            client_request_id,
            request_id,
            status,
            ok = result.is_ok(),
            "called Microsoft Graph"
        );
        if let Err(error) = &result {
            tracing::info!(operation, client_request_id, request_id, %error, "Microsoft Graph brought no result");
        }
        result.map(|(answered, _)| answered)
    }

    async fn exchange<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        cost: Cost,
        request: RequestBuilder,
    ) -> Result<(Answered<T>, Traced), GraphError> {
        let response = request.send().await.map_err(|error| broken(operation, error))?;
        let status = response.status();
        let request_id = text(&response, "request-id");
        let now = Timestamp::now();
        let date = text(&response, header::DATE.as_str()).and_then(|date| retry_after::http_date(&date));
        // A proxy's clock is not Graph's.
        if let Some(date) = date.filter(|_| request_id.is_some()) {
            self.clock.note(date, now);
        }
        let graph_time = date.unwrap_or(now);
        // A date is meant on the clock of whoever answers.
        let wait =
            text(&response, header::RETRY_AFTER.as_str()).and_then(|value| retry_after::parse(&value, graph_time));
        // One address for which the invitation service is never there must not hold up the others.
        let unavailable = status == StatusCode::SERVICE_UNAVAILABLE && ![INVITE, RESET].contains(&operation);
        self.scheduler.billed(cost, bill(&response));
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.refused(cost, wait);
        } else if unavailable {
            self.meter.throttled(self.gate().close(wait, now));
        }
        let foreign = text(&response, header::CONTENT_TYPE.as_str()).filter(|kind| !kind.contains("json"));
        let bytes = response.bytes().await;
        if !status.is_success() {
            let body = bytes.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
            let error = GraphError::answered(operation, status, &body, request_id, wait);
            // The reason was lost with the body. The refusal is too uncertain to stand for hours.
            let lost = bytes.is_err() && error.class == Class::Terminal;
            return Err(if lost { GraphError { class: Class::Transient, ..error } } else { error });
        }
        if let Some(kind) = foreign {
            let message = format!("an answer of type {kind}, probably from a proxy or gateway");
            return Err(GraphError {
                status: Some(status.as_u16()),
                request_id,
                ..GraphError::local(operation, Class::Transient, Reach::Unknown, message)
            });
        }
        let bytes = bytes.map_err(|error| broken(operation, error))?;
        // A 204 has no body, so it is read as null. If another answer has no body, the body was lost.
        let bytes: &[u8] = if status == StatusCode::NO_CONTENT { b"null" } else { &bytes };
        let body = serde_json::from_slice(bytes).map_err(|error| {
            // The message must not contain the text of the answer: it may hold a redeem link.
            let message = format!("an answer that cannot be read ({} at column {})", kind(&error), error.column());
            let unreadable = GraphError {
                status: Some(status.as_u16()),
                request_id: request_id.clone(),
                ..GraphError::local(operation, Class::Transient, Reach::Unknown, message)
            };
            // A serde error about the data quotes the data, so it must not be kept.
            if error.is_data() { unreadable } else { unreadable.because(error) }
        })?;
        Ok((Answered { body, graph_time }, Traced { status: status.as_u16(), request_id }))
    }
}

/// What the answer says about the quota.
fn bill(response: &Response) -> Bill {
    let number = |name: &str| text(response, name).and_then(|value| value.trim().parse::<f64>().ok());
    let units = text(response, "x-ms-resource-unit").and_then(|value| value.trim().parse().ok());
    Bill { units, used: number("x-ms-throttle-limit-percentage") }
}

fn text(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn kind(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax => "it is no JSON",
        _ => "it has another shape than documented",
    }
}
