//! `$batch` ("Combine multiple requests in one call using JSON batching", Graph): twenty reads in one call.
//! The outer 200 says nothing about the items, and each item is throttled alone.

use std::collections::HashMap;

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::transport::{Answered, Payload};
use super::users::SELECT;
use super::{Class, Graph, GraphError, User, retry_after};

/// Items in one call, by the documentation.
const MOST: usize = 20;

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    responses: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    status: u16,
    #[serde(default)]
    headers: HashMap<String, Value>,
    #[serde(default)]
    body: Value,
}

impl Graph {
    /// Users by id: each id with its user, or with nothing when Graph answered 404 for it. An id whose item failed is left out.
    ///
    /// # Errors
    /// When a whole call fails.
    pub async fn users(&self, ids: &[String]) -> Result<Vec<(String, Option<User>)>, GraphError> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(MOST) {
            let requests: Vec<Value> = chunk
                .iter()
                .enumerate()
                .map(|(n, id)| json!({"id": n.to_string(), "method": "GET", "url": self.item_path(id)}))
                .collect();
            let answered: Answered<Body> = self
                .call("batch", Method::POST, self.url(&["$batch"]), Payload::Json(&json!({"requests": requests})))
                .await?;
            for item in answered.body.responses {
                let Some(id) = item.id.parse::<usize>().ok().and_then(|n| chunk.get(n)) else { continue };
                match item.status {
                    200 => {
                        if let Ok(user) = serde_json::from_value::<User>(item.body) {
                            found.push((id.clone(), Some(user)));
                        }
                    }
                    404 => found.push((id.clone(), None)),
                    status => self.item_failed(status, &item),
                }
            }
        }
        Ok(found)
    }

    /// An item's path is relative to the version and encoded like any URL.
    fn item_path(&self, id: &str) -> String {
        let mut url = self.url(&["users", id]);
        url.query_pairs_mut().append_pair("$select", SELECT);
        format!("{}?{}", url.path().trim_start_matches("/v1.0"), url.query().unwrap_or_default())
    }

    fn item_failed(&self, status: u16, item: &Item) {
        let now = jiff::Timestamp::now();
        let wait = item
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))
            .and_then(|(_, value)| retry_after::parse(value.as_str().unwrap_or(&value.to_string()), now));
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let error = GraphError::answered("getUser", status, &item.body.to_string(), None, wait);
        if error.class == Class::Throttled {
            self.gate().close(wait, now);
        }
        tracing::info!(%error, "a read in a batch failed; the next sweep reads it again");
    }
}
