//! Errors in the shape that Graph gives them (page "Microsoft Graph error responses and resource types").
//! Clients may depend on `code`; the texts are as the documents or people in issue threads quote them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::schema::Schema;
use crate::answer::{Answer, inner_error};

/// A request that Graph refuses.
#[derive(Clone, Debug)]
pub(crate) struct GraphError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) details: Option<Value>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl GraphError {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), details: None, headers: Vec::new() }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    pub(crate) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(400, "Request_UnsupportedQuery", message)
    }

    pub(crate) fn denied() -> Self {
        Self::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    }

    pub(crate) fn not_found(key: &str) -> Self {
        let text = format!(
            "Resource '{key}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(404, "Request_ResourceNotFound", text)
    }

    /// The simulator has v1.0 alone. Graph has a beta too; what it answers for other versions is documented nowhere.
    pub(crate) fn no_such_version(path: &str) -> Self {
        let version = path.split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
        Self::new(404, "ResourceNotFound", format!("Invalid version: '{version}'. The simulator serves v1.0."))
    }

    /// What changing a just-made user has been seen to answer, even after a read of it succeeded.
    pub(crate) fn not_yet_there() -> Self {
        let text = "Unable to read the company information from the directory.";
        Self::new(404, "Directory_ObjectNotFound", text)
    }

    pub(crate) fn no_property(name: &str, schema: &Schema) -> Self {
        let kind = schema.kind;
        Self::bad_request(format!("Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."))
    }

    pub(crate) fn invalid_value(name: &str) -> Self {
        let mut error = Self::bad_request(format!("Invalid value specified for property '{name}' of resource 'User'."));
        error.details = Some(json!([{"code": "InvalidValue", "message": error.message, "target": name}]));
        error
    }

    pub(crate) fn answer(self, now: Timestamp, request_id: &str, client_request_id: &str) -> Answer {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "innerError": inner_error(now, request_id, client_request_id),
        });
        if let (Some(details), Some(fields)) = (self.details, error.as_object_mut()) {
            fields.insert("details".to_owned(), details);
        }
        let mut answer = Answer::json(self.status, json!({ "error": error }));
        answer.headers = self.headers.into_iter().map(|(name, value)| (name.into(), value)).collect();
        answer
    }
}
