//! An answer of one's own: status, headers, and a body in the shape of Graph, of the sign-in, or of neither.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An answer word for word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScriptedAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Seconds for the Retry-After header.
    #[serde(default)]
    pub retry_after: Option<f64>,
    /// Further headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: ScriptedBody,
    /// The work is done first, and only the answer replaced; else nothing is done.
    #[serde(default)]
    pub after_work: bool,
}

impl ScriptedAnswer {
    /// An answer with this body and nothing else, nothing being done.
    pub fn new(status: u16, body: ScriptedBody) -> Self {
        Self { status, retry_after: None, headers: BTreeMap::new(), body, after_work: false }
    }

    /// An error as Graph shapes it.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::new(status, ScriptedBody::Error { code: code.to_owned(), message: message.to_owned() })
    }

    /// An error as the sign-in shapes it, with the number that follows `AADSTS`.
    pub fn sign_in_error(status: u16, number: u32, message: &str) -> Self {
        Self::new(status, ScriptedBody::SignInError { number, message: message.to_owned() })
    }

    /// Any text with its content type.
    pub fn text(status: u16, content_type: &str, text: &str) -> Self {
        Self::new(status, ScriptedBody::Text { content_type: content_type.to_owned(), text: text.to_owned() })
    }

    /// A 401 that asks for a token with these claims, as JSON (page "Claims challenges, claims requests, and client capabilities").
    pub fn claims_challenge(claims: &str) -> Self {
        let message = "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp";
        Self::error(401, "InvalidAuthenticationToken", message).header(
            "WWW-Authenticate",
            &format!(
                "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\", error=\"insufficient_claims\", claims=\"{}\"",
                BASE64_STANDARD.encode(claims)
            ),
        )
    }

    /// The same with a Retry-After header.
    #[must_use]
    pub fn retry_after(mut self, seconds: f64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same, although the work is done.
    #[must_use]
    pub fn after_work(mut self) -> Self {
        self.after_work = true;
        self
    }
}

/// The body of an answer word for word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ScriptedBody {
    /// An error as Graph shapes it.
    Error {
        /// `error.code`.
        code: String,
        /// `error.message`.
        message: String,
    },
    /// An error as the sign-in shapes it.
    SignInError {
        /// What follows `AADSTS`.
        number: u32,
        /// What follows the number.
        message: String,
    },
    /// JSON of any shape.
    Json(Value),
    /// Any text.
    Text {
        /// The Content-Type header.
        content_type: String,
        /// The body.
        text: String,
    },
}
