//! `/_simulator/`: what a person or a script turns and reads while the simulator runs, as JSON.
//! There is no sign-in to it; the simulator is meant for the loopback address.

use std::sync::Arc;

use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::Fault;
use crate::journal::Entry;
use crate::settings::Settings;
use crate::state::State;
use crate::state::provider::Provider;
use crate::state::seed::SeedUser;
use crate::state::seed_group::SeedGroup;
use crate::token;

type Answer = Result<Json<Value>, Refusal>;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/_simulator/journal", get(journal).delete(clear_journal))
        .route("/_simulator/faults", post(add_fault).delete(clear_faults))
        .route("/_simulator/settings", get(settings).put(change_settings))
        .route("/_simulator/users", get(users).post(seed))
        .route("/_simulator/groups", get(groups).post(seed_group))
        .route("/_simulator/deleteUser", post(delete_user))
        .route("/_simulator/convertUser", post(convert_user))
        .route("/_simulator/redeem", post(redeem))
        .route("/_simulator/revokeTokens", post(revoke_tokens))
        .route("/_simulator/expireDeltaTokens", post(expire_delta_tokens))
        .route("/_simulator/delegatedToken", post(delegated_token))
}

struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

fn unknown(what: &str, name: &str) -> Refusal {
    Refusal(StatusCode::NOT_FOUND, format!("no {what} '{name}'"))
}

fn malformed(error: impl std::fmt::Display) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, error.to_string())
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

/// Entries after `?since=SEQ`.
async fn journal(Shared(state): Shared<Arc<State>>, Query(Since { since }): Query<Since>) -> Answer {
    let world = state.world();
    let entries: Vec<&Entry> = world.journal.entries().iter().filter(|entry| entry.seq() > since).collect();
    Ok(Json(json!({ "entries": entries })))
}

async fn clear_journal(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.world().journal.clear();
    StatusCode::NO_CONTENT
}

async fn add_fault(Shared(state): Shared<Arc<State>>, Json(body): Json<Value>) -> Result<StatusCode, Refusal> {
    let faults: Vec<Fault> = match body {
        Value::Array(_) => serde_json::from_value(body).map_err(malformed)?,
        _ => vec![serde_json::from_value(body).map_err(malformed)?],
    };
    let mut world = state.world();
    for fault in faults {
        world.faults.add(fault);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn clear_faults(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.world().faults.clear();
    StatusCode::NO_CONTENT
}

async fn settings(Shared(state): Shared<Arc<State>>) -> Answer {
    serde_json::to_value(&state.world().settings).map(Json).map_err(malformed)
}

/// Takes whole settings, or only what is to change: objects are merged, everything else is replaced.
async fn change_settings(Shared(state): Shared<Arc<State>>, Json(change): Json<Value>) -> Answer {
    let mut world = state.world();
    let mut whole = serde_json::to_value(&world.settings).map_err(malformed)?;
    merge(&mut whole, change);
    world.settings = serde_json::from_value::<Settings>(whole.clone()).map_err(malformed)?;
    Ok(Json(whole))
}

fn merge(into: &mut Value, change: Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (name, value) in change {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, change) => *into = change,
    }
}

#[derive(Deserialize)]
struct InTenant {
    tenant: Option<String>,
}

impl InTenant {
    /// The tenant named, or the first one.
    fn id(&self, state: &State) -> Result<String, Refusal> {
        let world = state.world();
        let found = match &self.tenant {
            Some(name) => world.tenant_named(name),
            None => world.tenants.first(),
        };
        let name = self.tenant.as_deref().unwrap_or("");
        found.map(|tenant| tenant.config.id.clone()).ok_or_else(|| unknown("tenant", name))
    }
}

async fn users(Shared(state): Shared<Arc<State>>, Query(place): Query<InTenant>) -> Answer {
    let id = place.id(&state)?;
    let world = state.world();
    let now = world.now();
    let tenant = world.tenant(&id).ok_or_else(|| unknown("tenant", &id))?;
    let users: Vec<_> = tenant.directory.users().collect();
    let deleted: Vec<_> = tenant.directory.deleted(now).collect();
    Ok(Json(json!({"tenant": id, "users": users, "deleted": deleted})))
}

/// `?tenant=` and a [`SeedUser`] as the body.
async fn seed(Shared(state): Shared<Arc<State>>, Query(place): Query<InTenant>, Json(seed): Json<Value>) -> Answer {
    let tenant = place.id(&state)?;
    let seed: SeedUser = serde_json::from_value(seed).map_err(malformed)?;
    let id = state.world().seed(&tenant, seed).ok_or_else(|| unknown("tenant", &tenant))?;
    Ok(Json(json!({ "id": id })))
}

/// Each with the ids of its members.
async fn groups(Shared(state): Shared<Arc<State>>, Query(place): Query<InTenant>) -> Answer {
    let id = place.id(&state)?;
    let world = state.world();
    let tenant = world.tenant(&id).ok_or_else(|| unknown("tenant", &id))?;
    let groups: Vec<Value> = tenant
        .groups
        .iter()
        .map(|group| {
            let members = tenant.groups.members(&group.id, std::time::Duration::ZERO);
            let members: Vec<&str> =
                members.map(|(_, id)| id).filter(|id| tenant.directory.get(id).is_some()).collect();
            json!({"group": group, "members": members})
        })
        .collect();
    Ok(Json(json!({"tenant": id, "groups": groups})))
}

/// `?tenant=` and a [`SeedGroup`] as the body.
async fn seed_group(
    Shared(state): Shared<Arc<State>>,
    Query(place): Query<InTenant>,
    Json(seed): Json<Value>,
) -> Answer {
    let tenant = place.id(&state)?;
    let seed: SeedGroup = serde_json::from_value(seed).map_err(malformed)?;
    let id = state.world().seed_group(&tenant, seed).ok_or_else(|| unknown("tenant", &tenant))?;
    Ok(Json(json!({ "id": id })))
}

#[derive(Deserialize)]
struct Person {
    tenant: Option<String>,
    /// An address, an object id or a user principal name.
    email: String,
    provider: Option<Provider>,
    #[serde(default)]
    scopes: Vec<String>,
}

impl Person {
    fn find(&self, state: &State) -> Result<(String, String), Refusal> {
        let tenant = InTenant { tenant: self.tenant.clone() }.id(state)?;
        let id = state.world().find_user(&tenant, &self.email).ok_or_else(|| unknown("user", &self.email))?;
        Ok((tenant, id))
    }
}

async fn delete_user(Shared(state): Shared<Arc<State>>, Json(person): Json<Person>) -> Result<StatusCode, Refusal> {
    let (tenant, id) = person.find(&state)?;
    let mut world = state.world();
    let now = world.now();
    if let Some(tenant) = world.tenant_mut(&tenant) {
        tenant.directory.delete(&id, now);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a guest an internal user.
async fn convert_user(Shared(state): Shared<Arc<State>>, Json(person): Json<Person>) -> Result<StatusCode, Refusal> {
    let (tenant, id) = person.find(&state)?;
    let converted = state.world().convert_to_internal(&tenant, &id);
    converted.map(|()| StatusCode::NO_CONTENT).ok_or_else(|| unknown("user", &person.email))
}

async fn redeem(Shared(state): Shared<Arc<State>>, Json(person): Json<Person>) -> Result<StatusCode, Refusal> {
    let (tenant, id) = person.find(&state)?;
    let redeemed = state.world().redeem(&tenant, &id, &person.email, person.provider);
    redeemed.map_err(|error| Refusal(StatusCode::CONFLICT, error.to_string()))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn revoke_tokens(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.world().revoke_tokens();
    StatusCode::NO_CONTENT
}

async fn expire_delta_tokens(Shared(state): Shared<Arc<State>>) -> StatusCode {
    state.world().delta_epoch += 1;
    StatusCode::NO_CONTENT
}

/// A token as a signed-in user would hold it, for which no sign-in is simulated.
async fn delegated_token(Shared(state): Shared<Arc<State>>, Json(person): Json<Person>) -> Answer {
    let (tenant, id) = person.find(&state)?;
    let mut world = state.world();
    let app = "04b07795-8ddb-461a-bbee-02f9e1bf7b46".to_owned();
    let token = token::issue(&state, &mut world, tenant, app, person.scopes, Some(id));
    Ok(Json(json!({ "access_token": token })))
}
