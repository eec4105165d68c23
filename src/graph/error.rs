//! What can go wrong with a call. Every error has one class, and every policy reads that class.
//!
//! The class comes from the HTTP status first. `error.code` is too coarse for control, and the text is no contract
//! ("Error responses and resource types", Graph). The text only chooses between reasons. One exception is the block of
//! the whole tenant, which only the text shows.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use super::fresh::TooOld;
use super::redeem_url::without_links;
use crate::telemetry::Cause;

/// How a policy treats an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The same request would get the same answer.
    Terminal,
    /// The problem may pass without a change.
    Transient,
    /// Graph asks to wait. The whole tenant waits.
    Throttled,
    /// The credential is wrong, or a permission that every guest needs is missing. This concerns the whole tenant.
    Auth,
    /// Microsoft blocks invitations from the directory. Only Microsoft support can lift the block.
    Blocked,
    /// The directory holds as many objects as it may. Nobody new can be invited.
    Full,
}

/// How far the request came. This decides whether Graph may have carried it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The request never left this process.
    NotSent,
    /// Graph itself answered with a 4xx: it did nothing.
    Answered,
    /// Unknown: a 5xx, a reset connection, a timeout or half an answer.
    Unknown,
}

/// A call without a result.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{operation}: {message}{}", self.tail())]
pub struct GraphError {
    /// How a policy treats the error.
    pub class: Class,
    /// How far the request came.
    pub reach: Reach,
    /// The operation, such as `createInvitation`.
    pub operation: &'static str,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Graph's `error.code` or Entra's `AADSTS` number. It may be empty.
    pub code: String,
    /// Graph's message, or the cause below it.
    pub message: String,
    /// Graph's `request-id`, for Microsoft support.
    pub request_id: Option<String>,
    /// Whether something on the way answered, such as a proxy: the body is none of Graph's or Entra's.
    pub foreign: bool,
    /// How long Graph asks to wait.
    pub retry_after: Option<Duration>,
    /// The cause, if the error is not an answer from Graph. `message` already contains its text.
    pub source: Option<Cause>,
}

impl GraphError {
    fn tail(&self) -> String {
        let status = self.status.map(|status| format!(" (HTTP {status}"));
        let code = (!self.code.is_empty()).then(|| format!(" {}", self.code));
        match (status, &self.request_id) {
            (Some(status), Some(id)) => format!("{status}{}, request-id {id})", code.unwrap_or_default()),
            (Some(status), None) => format!("{status}{})", code.unwrap_or_default()),
            (None, _) => code.map(|code| format!(" ({})", code.trim())).unwrap_or_default(),
        }
    }

    /// An error that is not an answer from Graph.
    pub fn local(operation: &'static str, class: Class, reach: Reach, message: impl Into<String>) -> Self {
        Self {
            class,
            reach,
            operation,
            status: None,
            code: String::new(),
            message: message.into(),
            request_id: None,
            foreign: false,
            retry_after: None,
            source: None,
        }
    }

    /// A request that was not sent because the decision to send it had become too old.
    pub fn too_old(operation: &'static str) -> Self {
        Self::local(operation, Class::Transient, Reach::NotSent, TooOld.to_string()).because(TooOld)
    }

    /// Whether it is such a request. It says nothing of Graph: this process was busy, or stood still.
    pub fn is_too_old(&self) -> bool {
        TooOld::broke(self)
    }

    /// The same error with the cause `source`. `message` already contains the text of the cause.
    #[must_use]
    pub fn because(self, source: impl Into<Cause>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// The error for an answer with a failing status. A body that is not JSON is shortened to 120 characters on one
    /// line.
    pub fn answered(
        operation: &'static str,
        status: StatusCode,
        body: &str,
        request_id: Option<String>,
        retry_after: Option<Duration>,
    ) -> Self {
        let parsed = serde_json::from_str::<Envelope>(body).ok().and_then(|envelope| envelope.error);
        let foreign = parsed.is_none() && !body.trim().is_empty();
        let (code, message) = match parsed {
            Some(error) => (error.code.unwrap_or_default(), told(&error.message.unwrap_or_default(), LONGEST)),
            None => (String::new(), first_words(body)),
        };
        let code = told(&code, LONGEST_NAME);
        let request_id = request_id.map(|id| told(&id, LONGEST_NAME));
        let message = if message.is_empty() {
            status.canonical_reason().unwrap_or("no reason given").to_owned()
        } else {
            message
        };
        Self {
            class: class(operation, status, &code, &message, foreign),
            reach: match status {
                StatusCode::TOO_MANY_REQUESTS => Reach::Answered,
                status if status.is_client_error() && !foreign => Reach::Answered,
                _ => Reach::Unknown,
            },
            operation,
            status: Some(status.as_u16()),
            code,
            message,
            request_id,
            foreign,
            retry_after,
            source: None,
        }
    }

    /// Whether Graph denies what the application has the permission for, by the token: this one object, and not the tenant's.
    pub fn is_denied_for_one(&self) -> bool {
        self.class == Class::Terminal
            && self.code == "Authorization_RequestDenied"
            && ALWAYS_NEEDED.contains(&self.operation)
    }

    /// What happened, without anything that differs from call to call: for a status, which is written when its text changes.
    pub fn in_short(&self) -> String {
        match self.status {
            Some(status) if self.code.is_empty() => format!("{}: {} (HTTP {status})", self.operation, self.message),
            Some(status) => format!("{}: {} (HTTP {status} {})", self.operation, self.message, self.code),
            None => format!("{}: {}", self.operation, self.message),
        }
    }

    /// What to do when Entra refuses a sign-in, chosen by Entra's error number.
    pub fn way_into(&self) -> Option<&'static str> {
        super::aadsts::way_out(&self.code)
    }

    /// Whether Graph does not support this query, at least not in this form.
    pub fn is_unsupported(&self) -> bool {
        self.code == "Request_UnsupportedQuery"
    }

    /// Whether the object asked for does not exist. A page of a proxy says nothing of the directory.
    pub fn is_not_found(&self) -> bool {
        self.status == Some(404) && !self.foreign
    }
}

/// The operations that need User.Invite.All or User.Read.All, which every guest needs. When another operation lacks a
/// permission, only one feature is affected, or no application may change the object.
const ALWAYS_NEEDED: [&str; 5] = ["createInvitation", "listUsers", "getUser", "token", "batch"];

/// The code of a directory that holds as many objects as it may.
const QUOTA: &str = "Directory_QuotaExceeded";

/// The longest message from Graph that is shown, in characters. The message is kept in the status, which has limited
/// space.
pub(super) const LONGEST: usize = 1000;

/// The longest code or id that is shown, in characters.
const LONGEST_NAME: usize = 100;

fn class(operation: &str, status: StatusCode, code: &str, message: &str, foreign: bool) -> Class {
    match status.as_u16() {
        429 | 503 => Class::Throttled,
        // Nobody knows what Graph would have said.
        _ if foreign => Class::Transient,
        400..=499 if code == QUOTA => Class::Full,
        401 => Class::Auth,
        403 if message.to_lowercase().contains("suspicious activity") => Class::Blocked,
        403 if code == "Authorization_RequestDenied" && ALWAYS_NEEDED.contains(&operation) => Class::Auth,
        408 => Class::Transient,
        409 if code == "Directory_ConcurrencyViolation" => Class::Transient,
        500.. => Class::Transient,
        _ => Class::Terminal,
    }
}

/// Makes text from outside fit for a status and a log: one line, of limited length, without redeem links.
pub(super) fn told(text: &str, most: usize) -> String {
    let text = without_links(text);
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut told: String = plain.clone().take(most).collect();
    if plain.count() > most {
        told.push_str("...");
    }
    told
}

fn first_words(body: &str) -> String {
    match told(body, 120).trim() {
        "" => String::new(),
        words if words.starts_with('<') => {
            "a page of HTML instead of an answer, probably from a proxy or gateway".into()
        }
        words => format!("an answer that is no JSON: {words}"),
    }
}

/// Every field is optional: `innerError` and its date come in several shapes, and gateways send no JSON at all.
#[derive(Deserialize)]
struct Envelope {
    error: Option<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    code: Option<String>,
    message: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str) -> GraphError {
        GraphError::answered("createInvitation", StatusCode::from_u16(status).unwrap(), body, None, None)
    }

    #[test]
    fn the_status_decides_the_class() {
        let json =
            |code: &str, message: &str| serde_json::json!({"error": {"code": code, "message": message}}).to_string();
        for (status, body, class) in [
            (400, json("BadRequest", "no"), Class::Terminal),
            (401, json("InvalidAuthenticationToken", "expired"), Class::Auth),
            (
                403,
                json("Forbidden", "Invitations are blocked for this directory due to suspicious activity."),
                Class::Blocked,
            ),
            (403, json("Authorization_RequestDenied", "Insufficient privileges"), Class::Auth),
            (403, json("Forbidden", "Guest invitations not allowed for your company."), Class::Terminal),
            (409, json("Directory_ConcurrencyViolation", "again"), Class::Transient),
            (429, json("TooManyRequests", "slow"), Class::Throttled),
            (500, json("InternalServerError", "Unable to find target address"), Class::Transient),
            (502, "<html>Bad gateway</html>".into(), Class::Transient),
            (503, String::new(), Class::Throttled),
        ] {
            assert_eq!(of(status, &body).class, class, "{status} {body}");
        }
    }

    #[test]
    fn only_what_every_guest_needs_is_the_tenants_trouble() {
        let body = r#"{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges"}}"#;
        let denied = |operation| GraphError::answered(operation, StatusCode::FORBIDDEN, body, None, None).class;
        for operation in ["createInvitation", "listUsers", "getUser"] {
            assert_eq!(denied(operation), Class::Auth, "{operation}");
        }
        for operation in [
            "resetRedemption",
            "updateUser",
            "deleteUser",
            "restoreDeletedItem",
            "listDeletedUsers",
            "getGroup",
            "addMember",
            "removeSponsor",
        ] {
            assert_eq!(denied(operation), Class::Terminal, "{operation}");
        }
        let blocked = r#"{"error":{"code":"Forbidden","message":"Blocked due to suspicious activity."}}"#;
        let reset = GraphError::answered("resetRedemption", StatusCode::FORBIDDEN, blocked, None, None);
        assert_eq!(reset.class, Class::Blocked);
        let expired = GraphError::answered("updateUser", StatusCode::UNAUTHORIZED, "", None, None);
        assert_eq!(expired.class, Class::Auth);
    }

    #[test]
    fn a_page_of_a_proxy_is_no_word_of_graphs() {
        let page = "<html><head><title>Not found</title></head></html>";
        for status in [400, 401, 403, 404, 407, 409] {
            let error = of(status, page);
            assert_eq!((error.class, error.foreign), (Class::Transient, true), "{status}");
            assert_eq!(error.reach, Reach::Unknown, "what is behind it may have carried the request out");
            assert!(!error.is_not_found() && error.to_string().contains("a page of HTML"), "{error}");
        }
        let gone = of(404, r#"{"error":{"code":"Request_ResourceNotFound","message":"no"}}"#);
        assert!(gone.is_not_found() && !gone.foreign);
        assert_eq!((of(401, "").class, of(404, "").foreign), (Class::Auth, false), "an empty answer is nobody's page");
        assert_eq!(of(503, page).class, Class::Throttled);
    }

    #[test]
    fn a_full_directory_is_full_for_all() {
        let body = r#"{"error":{"code":"Directory_QuotaExceeded","message":"The directory object quota limit for the Tenant has been exceeded."}}"#;
        for status in [400, 403] {
            assert_eq!((of(status, body).class, of(status, body).reach), (Class::Full, Reach::Answered));
        }
    }

    #[test]
    fn only_a_4xx_says_that_nothing_was_done() {
        assert_eq!(of(400, r#"{"error":{"code":"BadRequest"}}"#).reach, Reach::Answered);
        assert_eq!(of(400, "").reach, Reach::Answered);
        assert_eq!(of(429, "{}").reach, Reach::Answered);
        for status in [500, 502, 503, 504] {
            assert_eq!(of(status, "{\"error\":").reach, Reach::Unknown, "{status}");
        }
    }

    #[test]
    fn what_graph_says_is_bounded_and_never_a_redeem_link() {
        let link = "https://login.microsoftonline.com/redeem?rd=https%3a%2f%2fx%3fticket%3dsecret";
        let late = of(504, &serde_json::json!({"id": "i", "inviteRedeemUrl": link}).to_string());
        assert!(!format!("{late:?}").contains("secret") && late.message.contains("a redeem link"), "{late}");
        let long =
            serde_json::json!({"error": {"code": "x".repeat(9000), "message": "a\nb ".repeat(9000)}}).to_string();
        let long = of(400, &long).to_string();
        assert!(long.len() < 1300 && !long.contains('\n'), "{}: {long}", long.len());
    }

    #[test]
    fn odd_bodies_still_make_a_sentence() {
        assert!(of(502, "<html><body>x").to_string().contains("a page of HTML"));
        assert!(of(500, "").to_string().contains("Internal Server Error"));
        assert!(
            of(400, r#"{"error":{"code":"","message":null,"innererror":{"date":"2025-02-13T10:17:05"}}}"#)
                .to_string()
                .contains("Bad Request")
        );
    }
}
