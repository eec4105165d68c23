//! Refusals of the sign-in, in the words of Entra (page "Microsoft Entra authentication and authorization error codes").

use jiff::Timestamp;
use uuid::Uuid;

use crate::answer::{Answer, sign_in_error};

/// A token request that is refused.
#[derive(Clone, Debug)]
pub(super) struct SignInError {
    status: u16,
    error: &'static str,
    code: u32,
    text: String,
}

impl SignInError {
    fn new(status: u16, error: &'static str, code: u32, text: impl Into<String>) -> Self {
        Self { status, error, code, text: text.into() }
    }

    pub(super) fn missing(name: &str) -> Self {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        Self::new(400, "invalid_request", 900_144, text)
    }

    pub(super) fn grant_type(grant_type: &str) -> Self {
        let text = format!("The app requested an unsupported grant type '{grant_type}'.");
        Self::new(400, "unsupported_grant_type", 70_003, text)
    }

    pub(super) fn unknown_tenant(name: &str) -> Self {
        let text = format!(
            "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
        );
        Self::new(400, "invalid_request", 90_002, text)
    }

    pub(super) fn unknown_app(client_id: &str, tenant: &str) -> Self {
        let text = format!(
            "Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
        );
        Self::new(400, "unauthorized_client", 700_016, text)
    }

    pub(super) fn scope(scope: &str) -> Self {
        let text = format!(
            "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
        );
        Self::new(400, "invalid_scope", 70_011, text)
    }

    pub(super) fn not_default(scope: &str) -> Self {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        Self::new(400, "invalid_scope", 1_002_012, text)
    }

    pub(super) fn unknown_resource(resource: &str, tenant: &str) -> Self {
        let text = format!(
            "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
        );
        Self::new(400, "invalid_resource", 500_011, text)
    }

    pub(super) fn no_credential() -> Self {
        let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        Self::new(401, "invalid_client", 7_000_218, text)
    }

    pub(super) fn wrong_secret(client_id: &str) -> Self {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client_id}'."
        );
        Self::new(401, "invalid_client", 7_000_215, text)
    }

    pub(super) fn expired_secret(client_id: &str) -> Self {
        let text = format!(
            "The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal to create new keys for your app, or consider using certificate credentials for added security."
        );
        Self::new(401, "invalid_client", 7_000_222, text)
    }

    pub(super) fn malformed_assertion() -> Self {
        Self::new(400, "invalid_request", 50_027, "JWT token is invalid or malformed.")
    }

    pub(super) fn assertion_type(kind: &str) -> Self {
        let text = format!("The 'client_assertion_type' value '{kind}' is not supported.");
        Self::new(400, "invalid_request", 900_144, text)
    }

    pub(super) fn assertion_time() -> Self {
        Self::new(401, "invalid_client", 700_024, "Client assertion is not within its valid time range.")
    }

    pub(super) fn assertion_audience() -> Self {
        let text = "Client assertion audience claim does not match Realm issuer.";
        Self::new(401, "invalid_client", 700_023, text)
    }

    pub(super) fn assertion_subject() -> Self {
        let text = "Client assertion contains an invalid issuer or subject: both have to be the client id.";
        Self::new(401, "invalid_client", 700_021, text)
    }

    pub(super) fn signature(reason: &str) -> Self {
        let text = format!("Client assertion failed signature validation. [Reason - {reason}]");
        Self::new(401, "invalid_client", 700_027, text)
    }

    pub(super) fn no_federation(issuer: &str, subject: &str, audience: &str) -> Self {
        let text = format!(
            "No matching federated identity record found for presented assertion. Assertion Issuer: '{issuer}'. Assertion Subject: '{subject}'. Assertion Audience: '{audience}'."
        );
        Self::new(401, "invalid_client", 70_021, text)
    }

    pub(super) fn no_federated_subject(subject: &str) -> Self {
        let text = format!(
            "No matching federated identity record found for presented assertion subject '{subject}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion."
        );
        Self::new(401, "invalid_client", 700_213, text)
    }

    pub(super) fn answer(self, now: Timestamp) -> Answer {
        let trace = Uuid::new_v4().to_string();
        let body = sign_in_error(now, self.error, self.code, &self.text, &trace);
        Answer::json(self.status, body).header("x-ms-request-id", trace)
    }
}
