//! The kinds on a control plane, and requests whose answers are looked at as they come.

use axum::http::Request;
use kube::client::Body;
use serde_json::{Value, json};
use testbed::World;
use testbed::stories::only_plane;
use testbed::world::WorldConfig;

/// The kinds, with their plurals and the name of the namespace that one of them lives in.
pub const KINDS: [(&str, &str, &str); 4] = [
    ("EntraTenant", "entratenants", ""),
    ("GuestInvitation", "guestinvitations", "team"),
    ("GuestList", "guestlists", "team"),
    ("GuestRecord", "guests", ""),
];

/// A control plane with the definitions and the namespace `team`, and nothing else.
pub async fn alone() -> World {
    // Nobody reports here; what is written as the operator would is no status to be judged.
    let config = WorldConfig { judged: false, ..only_plane() };
    let world = World::start(config).await.unwrap();
    world.plane.namespace("team").await.unwrap();
    world
}

/// An object of one of our kinds.
pub fn object(kind: &str, name: &str, spec: Value) -> Value {
    let (_, _, namespace) = of(kind);
    let mut metadata = json!({"name": name});
    if !namespace.is_empty() {
        metadata["namespace"] = namespace.into();
    }
    json!({"apiVersion": "guestlist.dev/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec})
}

fn of(kind: &str) -> (&'static str, &'static str, &'static str) {
    KINDS.into_iter().find(|(name, ..)| *name == kind).unwrap()
}

/// Where the API server keeps the kind.
pub fn path(kind: &str) -> String {
    match of(kind) {
        (_, plural, "") => format!("/apis/guestlist.dev/v1alpha1/{plural}"),
        (_, plural, namespace) => format!("/apis/guestlist.dev/v1alpha1/namespaces/{namespace}/{plural}"),
    }
}

/// An answer of the API server.
pub struct Answer {
    pub code: u16,
    pub warnings: Vec<String>,
    pub body: Value,
}

impl Answer {
    /// The sentence of a refusal.
    pub fn said(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }
}

/// Sends a request as the administrator.
pub async fn ask(world: &World, method: &str, uri: &str, kind: &str, body: &Value) -> Answer {
    let request = Request::builder().method(method).uri(uri).header("content-type", kind);
    let request = request.body(Body::from(serde_json::to_vec(body).unwrap())).unwrap();
    let answer = world.plane.admin_client().send(request).await.unwrap();
    let warnings = answer.headers().get_all("warning").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
    let code = answer.status().as_u16();
    let bytes = answer.into_body().collect_bytes().await.unwrap();
    Answer { code, warnings, body: serde_json::from_slice(&bytes).unwrap_or_default() }
}
