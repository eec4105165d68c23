//! The form that a request for a token carries.

use serde_json::{Value, json};

use super::errors::SignInError;

/// The fields of the form.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(super) fn need(&self, name: &str) -> Result<&str, SignInError> {
        self.get(name).ok_or_else(|| SignInError::missing(name))
    }

    /// For the journal, without what must not be in it.
    pub(super) fn readable(&self) -> Value {
        let secret = |key: &str| matches!(key, "client_secret" | "client_assertion");
        let left_out = |(key, value): &(String, String)| {
            (key.clone(), json!(if secret(key) { "(left out)" } else { value.as_str() }))
        };
        Value::Object(self.0.iter().map(left_out).collect())
    }
}
