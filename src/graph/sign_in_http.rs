//! The HTTP client of the sign-in. It tells an answer of Entra's from one of something on the way. azure_identity would say of the
//! latter only where its JSON breaks off.

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::{AsyncRawResponse, HttpClient, Request};
use serde_json::Value;

/// An answer that is not Entra's: neither a token nor a refusal.
#[derive(Debug, thiserror::Error)]
#[error("an answer that is not Entra's (HTTP {0})")]
pub(super) struct NotEntra(pub(super) u16);

/// The client.
#[derive(Debug)]
pub(super) struct SignInHttp(pub(super) reqwest::Client);

#[async_trait]
impl HttpClient for SignInHttp {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let answer = self.0.execute_request(request).await?.try_into_raw_response().await?;
        let (status, headers, body) = answer.deconstruct();
        if !is_entras(&body) {
            return Err(Error::new(ErrorKind::Other, NotEntra(status.into())));
        }
        Ok(AsyncRawResponse::from_bytes(status, headers, body))
    }
}

/// Whether `body` is a token or a refusal ("OAuth 2.0 client credentials flow", Entra).
fn is_entras(body: &[u8]) -> bool {
    let body = serde_json::from_slice::<Value>(body).unwrap_or_default();
    ["access_token", "error"].iter().any(|name| body.get(name).is_some_and(Value::is_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_and_a_refusal_are_entras_and_nothing_else_is() {
        for (body, entras) in [
            (r#"{"token_type": "Bearer", "access_token": "x"}"#, true),
            (
                r#"{"error": "invalid_client", "error_description": "AADSTS7000215: no", "error_codes": [7000215]}"#,
                true,
            ),
            (r#"{"error": {"code": "BadRequest", "message": "Graph's own"}}"#, false),
            (r#"{"error": "inva"#, false),
            ("<html><title>Proxy</title></html>", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(is_entras(body.as_bytes()), entras, "{body}");
        }
    }
}
