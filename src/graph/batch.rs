//! `$batch` ("Combine multiple requests in one call using JSON batching", Graph): up to twenty requests in one call.
//! The outer 200 says nothing about the items. Each item is throttled separately, and the answers come in any order.

use std::collections::HashMap;

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::transport::{Answered, Payload};
use super::{Class, Graph, GraphError, retry_after};
use crate::schedule::Cost;

/// The most items in one call, from the documentation.
pub const IN_BATCH: usize = 20;

#[derive(Deserialize)]
struct BatchResponse {
    #[serde(default)]
    responses: Vec<BatchItem>,
}

/// The answer to one item.
#[derive(Deserialize)]
pub(super) struct BatchItem {
    id: String,
    pub(super) status: u16,
    #[serde(default)]
    headers: HashMap<String, Value>,
    #[serde(default)]
    body: Value,
}

/// A request to put into a batch.
pub(super) struct BatchRequest {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Value>,
}

impl Graph {
    /// Reads something of each of `ids`, twenty to a call, and hands on what each read brought. An id to whose item nothing was answered is
    /// left out.
    ///
    /// # Errors
    /// When a whole call fails.
    pub(super) async fn read_each<I: AsRef<str>>(
        &self,
        operation: &'static str,
        ids: &[I],
        url: impl Fn(&str) -> Url,
        mut take: impl FnMut(&I, Result<Answered<Value>, GraphError>),
    ) -> Result<(), GraphError> {
        for chunk in ids.chunks(IN_BATCH) {
            let read = |id: &I| BatchRequest { method: Method::GET, url: url(id.as_ref()), body: None };
            let requests: Vec<BatchRequest> = chunk.iter().map(read).collect();
            let Answered { body: mut items, graph_time } = self.batch(&requests, None).await?;
            for (n, (id, request)) in chunk.iter().zip(&requests).enumerate() {
                match items.remove(&n) {
                    Some(item) if item.status == 200 => take(id, Ok(Answered { body: item.body, graph_time })),
                    Some(item) => take(id, Err(self.item_error(operation, request, &item))),
                    None => {}
                }
            }
        }
        Ok(())
    }

    /// Makes one call of at most [`IN_BATCH`] requests. The key of each answer is the index of its request. Answers may be
    /// missing. Nothing is sent at or after `latest` on this process's wall clock.
    pub(super) async fn batch(
        &self,
        requests: &[BatchRequest],
        latest: Option<Timestamp>,
    ) -> Result<Answered<HashMap<usize, BatchItem>>, GraphError> {
        let costs = requests.iter().map(|request| self.cost(&request.method, &request.url));
        let cost = costs.fold(Cost::default(), Cost::and);
        let requests: Vec<Value> = requests.iter().enumerate().map(|(n, request)| self.item(n, request)).collect();
        let body = json!({"requests": requests});
        let payload = Payload::json(&body, latest);
        let answered: Answered<BatchResponse> =
            self.call_at(cost, "batch", Method::POST, self.url(&["$batch"]), payload).await?;
        let items = answered.body.responses.into_iter().filter_map(|item| Some((item.id.parse().ok()?, item)));
        Ok(Answered { body: items.collect(), graph_time: answered.graph_time })
    }

    /// One item. Its URL is relative to the version and encoded like any other.
    fn item(&self, n: usize, request: &BatchRequest) -> Value {
        let path = self.below_version(&request.url);
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut item = json!({"id": n.to_string(), "method": request.method.as_str(), "url": format!("{path}{query}")});
        if let Some(body) = &request.body {
            item["headers"] = json!({"Content-Type": "application/json"});
            item["body"] = body.clone();
        }
        item
    }

    /// The error of a failed item. If the item asks to wait, the gate closes and the quota of what `request` costs is lower, as after a single
    /// call.
    pub(super) fn item_error(&self, operation: &'static str, request: &BatchRequest, item: &BatchItem) -> GraphError {
        let now = Timestamp::now();
        let header = |wanted: &str| {
            let found = item.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        let wait = header("retry-after").and_then(|value| retry_after::parse(&value, now));
        let status = StatusCode::from_u16(item.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = match &item.body {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        let error = GraphError::answered(operation, status, &body, header("request-id"), wait);
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.refused(self.cost(&request.method, &request.url), wait);
        } else if error.class == Class::Throttled {
            self.gate().close(wait, now);
        }
        error
    }
}
