//! `POST /$batch` (page "Combine multiple HTTP requests using JSON batching"): up to twenty requests, answered in any order.
//! Each item is journalled, throttled and struck by faults like a request of its own.

use std::collections::{HashMap, HashSet};

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use futures::future::{BoxFuture, join_all};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::Call;
use super::errors::GraphError;
use crate::answer::{Answer, Content, Ending};
use crate::state::State;

const MOST: usize = 20;

struct Item {
    id: String,
    depends_on: Vec<String>,
    call: Call,
}

/// Performs one item, the way that every request goes.
type Perform = for<'s> fn(&'s State, Call) -> BoxFuture<'s, Ending>;

/// Performs all items, each when those that it depends on are done.
pub(crate) async fn run(state: &State, call: &Call, perform: Perform) -> Result<Ending, GraphError> {
    let items = read(call)?;
    let mut waiting: Vec<&Item> = items.iter().collect();
    let mut statuses: HashMap<String, u16> = HashMap::new();
    let mut responses: Vec<Value> = Vec::new();
    let mut broken = None;
    while !waiting.is_empty() {
        let (ready, later): (Vec<&Item>, Vec<&Item>) =
            waiting.iter().partition(|item| item.depends_on.iter().all(|id| statuses.contains_key(&id.to_lowercase())));
        if ready.is_empty() {
            return Err(bad("The dependsOn property of the batch items forms a circle or names an unknown id."));
        }
        let results = join_all(ready.iter().map(|item| one(state, item, &statuses, perform))).await;
        for (item, ending) in ready.iter().zip(results) {
            match ending {
                Ending::Answer(answer) => {
                    statuses.insert(item.id.to_lowercase(), answer.status);
                    responses.push(response(&item.id, answer));
                }
                // A connection that an item loses is lost for all of them.
                other => {
                    statuses.insert(item.id.to_lowercase(), 0);
                    broken = Some(other);
                }
            }
        }
        waiting = later;
    }
    if let Some(broken) = broken {
        return Ok(match broken {
            Ending::HalfAnswer(_) => Ending::HalfAnswer(Answer::json(200, json!({ "responses": responses }))),
            other => other,
        });
    }
    shuffle(&mut responses);
    Ok(Ending::Answer(Answer::json(200, json!({ "responses": responses }))))
}

async fn one(state: &State, item: &Item, statuses: &HashMap<String, u16>, perform: Perform) -> Ending {
    let met = |id: &String| statuses.get(&id.to_lowercase()).is_some_and(|status| (200..300).contains(status));
    if item.depends_on.iter().all(met) {
        return perform(state, item.call.clone()).await;
    }
    let error = GraphError::new(424, "FailedDependency", "The request failed because one of its dependencies failed.");
    let now = state.world().now();
    Ending::Answer(error.answer(now, &item.call.request_id, &item.call.request_id))
}

fn read(outer: &Call) -> Result<Vec<Item>, GraphError> {
    let mut body = outer.object()?;
    let Some(Value::Array(requests)) = body.remove("requests") else {
        return Err(bad("Invalid batch payload format."));
    };
    if requests.is_empty() {
        return Err(bad("Invalid batch payload format."));
    }
    if requests.len() > MOST {
        let text = format!("Number of batch request steps exceeds the maximum value of {MOST}.");
        return Err(GraphError::new(400, "MaximumValueExceeded", text));
    }
    let mut ids = HashSet::new();
    let mut items = Vec::new();
    for request in requests {
        let item = item(outer, &request)?;
        if !ids.insert(item.id.to_lowercase()) {
            return Err(bad(format!("Request Id {} has to be unique in a batch.", item.id)));
        }
        items.push(item);
    }
    Ok(items)
}

fn item(outer: &Call, request: &Value) -> Result<Item, GraphError> {
    let text = |name: &str| request.get(name).and_then(Value::as_str);
    let (Some(id), Some(method), Some(url)) = (text("id"), text("method"), text("url")) else {
        return Err(bad("A batch item needs id, method and url."));
    };
    if url.contains("://") {
        return Err(bad(format!("The url of batch item '{id}' has to be relative.")));
    }
    let method =
        method.to_ascii_uppercase().parse::<Method>().map_err(|_| bad(format!("Invalid method '{method}'.")))?;
    let mut headers = HeaderMap::new();
    for (name, value) in request.get("headers").and_then(Value::as_object).unwrap_or(&Map::new()) {
        if let (Ok(name), Some(Ok(value))) = (name.parse::<HeaderName>(), value.as_str().map(HeaderValue::from_str)) {
            headers.insert(name, value);
        }
    }
    // The items go under the token of the batch.
    if let Some(token) = outer.headers.get("authorization") {
        headers.insert("authorization", token.clone());
    }
    let depends_on = request.get("dependsOn").and_then(Value::as_array).cloned().unwrap_or_default();
    let (path, query) = url.split_once('?').map_or((url, None), |(path, query)| (path, Some(query.to_owned())));
    let body = request.get("body").filter(|body| !body.is_null());
    Ok(Item {
        id: id.to_owned(),
        depends_on: depends_on.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        call: Call {
            method,
            path: format!("/v1.0/{}", path.trim_start_matches('/')),
            query,
            headers,
            body: body.map(|body| Bytes::from(body.to_string())).unwrap_or_default(),
            request_id: Uuid::new_v4().to_string(),
            in_batch: true,
        },
    })
}

fn response(id: &str, answer: Answer) -> Value {
    let mut headers: Map<String, Value> =
        answer.headers.into_iter().map(|(name, value)| (name.into_owned(), json!(value))).collect();
    let mut response = json!({"id": id, "status": answer.status});
    let body = match answer.body {
        Content::Empty => None,
        Content::Json(body) => {
            headers.insert("Content-Type".to_owned(), json!("application/json"));
            Some(body)
        }
        Content::Raw(content_type, text) => {
            headers.insert("Content-Type".to_owned(), json!(content_type));
            Some(json!(text))
        }
    };
    if let Some(fields) = response.as_object_mut() {
        fields.insert("headers".to_owned(), headers.into());
        fields.extend(body.map(|body| ("body".to_owned(), body)));
    }
    response
}

/// The order of the answers is not that of the requests.
fn shuffle(responses: &mut [Value]) {
    if responses.len() > 1 {
        let turns = usize::from(Uuid::new_v4().as_bytes()[0]) % responses.len();
        responses.reverse();
        responses.rotate_left(turns.min(responses.len() - 2));
    }
}

fn bad(text: impl Into<String>) -> GraphError {
    GraphError::new(400, "BadRequest", text)
}
