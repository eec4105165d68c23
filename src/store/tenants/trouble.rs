//! Something that is wrong for a whole tenant and not for one guest, in words.

use crate::api::conditions::Truth;
use crate::api::{Explanation, Reason};
use crate::graph::{Class, Feature, GraphError, Reach};

/// Something that is wrong for the whole tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantTrouble {
    /// Cause and way out, without anything that differs from call to call.
    pub explanation: Explanation,
    /// Whether the operator can sign in, as far as this tells.
    pub signed_in: Truth,
}

impl TenantTrouble {
    /// Trouble with what the sign-in is made from.
    pub fn before_sign_in(reason: Reason, message: impl Into<String>) -> Self {
        Self { explanation: Explanation::new(reason, message), signed_in: Truth::False }
    }

    /// Trouble with a Graph that has not answered for a while, as the last call, which ended with `error`, has not either.
    pub fn of_silence(error: &GraphError) -> Option<Self> {
        let unanswered = error.status.is_none() && error.class == Class::Transient && !error.is_too_old();
        unanswered.then(|| Self { explanation: unreachable(error), signed_in: Truth::True })
    }

    /// Whether `error` is wrong for the whole tenant and not for one guest: the sign-in, a permission, or a Graph that cannot be reached.
    pub fn of(error: &GraphError) -> Option<Self> {
        if error.is_too_old() {
            return None;
        }
        let sign_in = error.operation == "token" || error.status == Some(401);
        let (reason, message) = match error.class {
            Class::Auth if sign_in => (Reason::AuthenticationFailed, way_into(error)),
            Class::Auth => (
                Reason::PermissionMissing,
                format!(
                    "Microsoft Graph denies {}: {}. Grant the application {} and {}, with admin consent, in Entra under App registrations.",
                    error.operation,
                    error.message,
                    Feature::Invite.permission(),
                    Feature::Follow.permission(),
                ),
            ),
            Class::Transient if error.operation == "token" && error.foreign => (
                Reason::SignInUnreachable,
                format!(
                    "{}. Check the proxy between the cluster and the sign-in (HTTPS_PROXY, NO_PROXY); it is tried again.",
                    error.message
                ),
            ),
            Class::Transient if error.operation == "token" && error.status.is_some() => (
                Reason::SignInBusy,
                format!("{} This passes by itself: the operator waits, and tries again.", ended(&error.message)),
            ),
            Class::Transient if error.reach == Reach::NotSent && error.operation == "token" => (
                Reason::SignInUnreachable,
                format!(
                    "{}. Check the cluster's way to the sign-in, its proxy and its network policies; it is tried again.",
                    error.message
                ),
            ),
            Class::Transient if error.reach == Reach::NotSent && error.status.is_none() => {
                let Explanation { reason, message } = unreachable(error);
                (reason, message)
            }
            _ => return None,
        };
        let signed_in = match error.class {
            Class::Auth if sign_in => Truth::False,
            _ if error.operation == "token" => Truth::Unknown,
            _ => Truth::True,
        };
        Some(Self { explanation: Explanation { reason, message }, signed_in })
    }
}

fn unreachable(error: &GraphError) -> Explanation {
    let message = format!(
        "Microsoft Graph cannot be reached: {}. Check the cluster's way out, its proxy and its network policies; it is tried again.",
        error.message
    );
    Explanation::new(Reason::GraphUnreachable, message)
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?']) { sentence.to_owned() } else { format!("{sentence}.") }
}

/// Why the sign-in failed and what to do about it.
fn way_into(error: &GraphError) -> String {
    let said = match error.code.as_str() {
        "" => error.message.clone(),
        code => format!("{code}: {}", error.message.trim_start_matches(&format!("{code}: "))),
    };
    match error.way_into() {
        Some(way) => format!("{way} Entra said: {said}"),
        None if error.status == Some(401) && error.operation != "token" => format!(
            "Microsoft Graph refused the token: check that the application belongs to this directory and cloud. It said: {said}"
        ),
        None if !error.code.is_empty() => format!(
            "Entra refuses the sign-in; https://login.microsoftonline.com/error has a page on this number. Entra said: {said}"
        ),
        // Not Entra: the message has its way out itself.
        None => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Proof;
    use crate::graph::fuzzed::sign_in_answered;

    /// Found by random lives: on a busy machine one guest's decision became too old before it left, every guest of the tenant was told
    /// that Graph cannot be reached, and telling them all kept the machine busy.
    /// A person who reads of network policies looks for hours at what is well.
    #[test]
    fn who_answers_at_the_sign_in_is_told_apart() {
        let proof = Proof::ClientSecret { client_id: "app".into(), secret: "secret".into() };
        let page = "<html><title>Proxy</title></html>";
        let entra = |number: u32| {
            let description = format!("AADSTS{number}: Something. Trace ID: x");
            serde_json::json!({"error": "x", "error_description": description, "error_codes": [number]}).to_string()
        };
        let told = |status: u16, code: Option<&str>, body: &str| {
            let trouble = TenantTrouble::of(&sign_in_answered(status, code, body, Some(body), &proof)).unwrap();
            let (reason, message) = (trouble.explanation.reason, trouble.explanation.message);
            assert!(!message.contains("network policies") && !message.contains("expected value"), "{message}");
            (reason, message)
        };
        let (reason, message) = told(400, Some("90033"), &entra(90033));
        assert_eq!(reason, Reason::SignInBusy);
        assert!(message.contains("AADSTS90033") && message.contains("by itself"), "{message}");
        for (status, body) in [(429, page), (503, page), (500, page)] {
            let (reason, message) = told(status, None, body);
            assert_eq!(reason, Reason::SignInBusy, "{status}");
            assert!(message.contains(&format!("HTTP {status}")) && message.contains("waits"), "{message}");
        }
        for (status, body) in [(200, page), (407, page), (403, page), (404, page)] {
            let (reason, message) = told(status, None, body);
            assert_eq!(reason, Reason::SignInUnreachable, "{status}");
            assert!(message.contains(&format!("HTTP {status}")) && message.contains("HTTPS_PROXY"), "{message}");
        }
        assert_eq!(told(401, Some("7000215"), &entra(7_000_215)).0, Reason::AuthenticationFailed);
    }

    #[test]
    fn a_decision_that_became_too_old_is_no_trouble_of_the_tenant() {
        assert_eq!(TenantTrouble::of(&GraphError::too_old("createInvitation")), None);
        let unreachable = GraphError::local("createInvitation", Class::Transient, Reach::NotSent, "no route");
        let reason = TenantTrouble::of(&unreachable).map(|trouble| trouble.explanation.reason);
        assert_eq!(reason, Some(Reason::GraphUnreachable));
    }
}
