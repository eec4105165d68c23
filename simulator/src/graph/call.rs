//! One request to Graph as the handlers see it: its headers and its body, wherever it came from.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use serde_json::{Map, Value};

use super::errors::GraphError;
use crate::state::{State, World};

/// One request to Graph, alone or as an item of a $batch.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path as it came, `/v1.0` included.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) request_id: String,
    pub(crate) in_batch: bool,
}

impl Call {
    /// Where this service is, as the caller knows it: links lead to where the caller has just been.
    pub(crate) fn root(&self, state: &State, world: &World) -> String {
        let known = &world.settings.service_principal_names;
        let asked =
            self.header("host").and_then(|host| known.iter().find(|name| name.ends_with(&format!("://{host}"))));
        asked.cloned().unwrap_or_else(|| state.graph_root())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The client's id for the request; Graph takes its own where there is none.
    pub(crate) fn client_request_id(&self) -> String {
        self.header("client-request-id").unwrap_or(&self.request_id).to_owned()
    }

    /// `ConsistencyLevel: eventual`, one half of an advanced query.
    pub(crate) fn eventual(&self) -> bool {
        self.header("consistencylevel").is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
    }

    /// The body as a JSON object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, GraphError> {
        let is_json = self.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        if !is_json {
            let text = "Write requests (excluding DELETE) must contain the Content-Type header declaration.";
            return Err(GraphError::new(400, "BadRequest", text));
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            _ => Err(GraphError::new(
                400,
                "BadRequest",
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )),
        }
    }
}
