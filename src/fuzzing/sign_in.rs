//! What the sign-in says, and what is read of tokens and certificates.

use super::choices::Choices;
use super::samples::text;
use super::ticket::{LINK, TICKET, say_the_ticket};
use crate::api::RelationKind;
use crate::graph::fuzzed::{passes, sign_in_answered, validity, way_out};
use crate::graph::{Certificate, Class, Feature, Permissions, Proof, Reach};

const BODIES: [&str; 4] = [
    r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: 1 Correlation ID: 2"}"#,
    r#"{"error":"invalid_request","error_description":"Identity not found"}"#,
    r#"{"error_description":7}"#,
    "<html>",
];

/// A part of the sign-in, by the first byte.
pub fn sign_in(data: &[u8]) {
    if say_the_ticket(data) {
        return;
    }
    let choices = &mut Choices::of(data);
    match choices.below(4) {
        0 => refusal(choices),
        1 => {
            let token = String::from_utf8_lossy(choices.rest()).into_owned();
            let Some(held) = Permissions::of(&token) else { return };
            // Who may write everything may do what needs less.
            let sponsors = Feature::Relation(RelationKind::Sponsors);
            assert!(!held.allow(Feature::Profile) || held.allow(sponsors) && held.allow(Feature::Reset));
        }
        2 => {
            if let Some((from, until)) = validity(choices.rest()) {
                let _ = until.duration_since(from);
            }
        }
        _ => {
            let pem = choices.rest();
            let read = Certificate::read(pem, pem);
            assert!(read.map_or_else(|error| !error.to_string().is_empty(), |read| !read.thumbprint().is_empty()));
        }
    }
}

fn refusal(choices: &mut Choices<'_>) {
    let status = 100 + choices.below(500) as u16;
    let proof = match choices.below(3) {
        0 => Proof::ClientSecret { client_id: "app".into(), secret: TICKET.into() },
        1 => Proof::WorkloadIdentity { client_id: None, token_file: None },
        _ => Proof::ManagedIdentity { client_id: None },
    };
    let said = if choices.below(2) == 0 {
        text(choices, 0, 4000)
    } else {
        String::from_utf8_lossy(choices.bytes(200)).into_owned()
    };
    let body = match choices.below(4) {
        0 => None,
        1 => Some(String::from_utf8_lossy(choices.bytes(300)).into_owned()),
        2 => Some(serde_json::json!({"error_description": format!("AADSTS{said}\r\nTrace ID: {LINK}")}).to_string()),
        _ => Some((*choices.pick(&BODIES)).to_owned()),
    };
    let code = choices.one_in(3).then_some("7000215");
    let error = sign_in_answered(status, code, &said, body.as_deref(), &proof);
    assert_eq!(error.reach, Reach::NotSent, "without a token nothing leaves");
    // Also a page of a gateway's says nothing of the credentials.
    let auth = (400..500).contains(&status) && status != 429 && !error.foreign && !passes(&error.code);
    assert_eq!(error.class, if auth { Class::Auth } else { Class::Transient }, "{status}");
    assert!(!error.to_string().contains(TICKET), "a secret shows: {error}");
    assert!(!error.message.contains(char::is_control) && error.message.chars().count() < 2000, "{}", error.message);
    assert_eq!(error.way_into(), way_out(&error.code));
}
