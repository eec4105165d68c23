//! Manifests of guests and lists in the namespace `team`, and parts of others.

use std::ops::Range;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::simulator;
use crate::{
    operator::NAMESPACE,
    world::{Ref, World},
};

/// A GuestInvitation in the namespace `team`; `more` is YAML for the spec, with two spaces of indent.
pub fn guest(name: &str, email: &str, more: &str) -> String {
    format!(
        "apiVersion: guestlist.dev/v1alpha1\nkind: GuestInvitation\nmetadata: {{name: {name}, namespace: team}}\nspec:\n  email: {email}\n{more}"
    )
}

/// A GuestInvitation in the namespace `team`; `spec` is laid over the address.
pub fn guest_with(name: &str, email: &str, spec: Value) -> String {
    let mut whole = json!({"email": email});
    for (field, value) in spec.as_object().into_iter().flatten() {
        whole[field] = value.clone();
    }
    json!({
        "apiVersion": "guestlist.dev/v1alpha1",
        "kind": "GuestInvitation",
        "metadata": {"name": name, "namespace": "team"},
        "spec": whole,
    })
    .to_string()
}

/// The guests `g0`, `g1` and so on with an address each, such as `g0@fabrikam.com`.
pub fn numbered(numbers: Range<usize>) -> String {
    let guests: Vec<String> = numbers.map(|n| guest(&format!("g{n}"), &format!("g{n}@fabrikam.com"), "")).collect();
    guests.join("\n---\n")
}

/// A GuestList in the namespace `team`.
pub fn guest_list(name: &str, template: &Value, guests: &[Value]) -> Value {
    json!({
        "apiVersion": "guestlist.dev/v1alpha1",
        "kind": "GuestList",
        "metadata": {"name": name, "namespace": "team"},
        "spec": {"template": template, "guests": guests},
    })
}

/// The guest `name` in the namespace `team`.
pub fn named(name: &str) -> Ref {
    Ref::guest("team", name)
}

/// The list `name` in the namespace `team`.
pub fn named_list(name: &str) -> Ref {
    Ref::new("guestlist.dev/v1alpha1", "GuestList", "team", name)
}

/// The Secret by which the default tenant signs in, with another client secret.
pub fn client_secret(value: &str) -> String {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "entra-default", "namespace": NAMESPACE},
        "stringData": {"client-secret": value},
    })
    .to_string()
}

/// Rules that allow all that a rule can allow.
pub fn every_right() -> Value {
    json!([{
        "groups": ["*"], "userTypes": ["Guest", "Member"], "existing": ["Refuse", "Follow", "Manage", "Own"],
        "redeemAs": "Allowed", "redeemLinks": "Allowed", "profile": ["*"],
    }])
}

/// The mail server of the world's simulator, as an EntraTenant names it; it takes mails from anybody.
///
/// # Panics
/// Where the simulator was started without one.
pub fn smtp(world: &World) -> Value {
    json!({
        "host": "127.0.0.1", "port": simulator(world).smtp_address().unwrap().port(), "tls": "StartTls",
        "from": "Contoso <invites@contoso.com>", "caBundle": BASE64_STANDARD.encode(simulator(world).ca_pem()),
    })
}
