//! The token endpoint of a virtual machine's metadata service ("How to use managed identities for Azure resources on an
//! Azure VM to acquire an access token"; "Azure Instance Metadata Service"). It is plain HTTP, and believes whoever can reach it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::answer::{Answer, Ending};
use crate::config::{AppConfig, ManagedIdentity, TenantConfig};
use crate::exchange::{carry_out, respond};
use crate::journal::{Outcome, RequestEntry};
use crate::server::converse;
use crate::state::{State, World};
use crate::token;

/// The oldest version that knows identities.
const OLDEST: &str = "2018-02-01";

/// A metadata service. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
}

impl Listening {
    pub(crate) async fn start(state: &Arc<State>, address: SocketAddr) -> Result<Self, Error> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        tokio::spawn(accept(Arc::clone(state), listener, stop.clone()));
        Ok(Self { address, stop })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(state: Arc<State>, listener: TcpListener, stop: CancellationToken) {
    let router = Router::new()
        .route("/metadata/identity/oauth2/token", get(serve))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .with_state(Arc::clone(&state));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => {}
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(converse(stream, Arc::clone(&state), router.clone()));
            }
        }
    }
    connections.shutdown().await;
}

async fn serve(Shared(state): Shared<Arc<State>>, request: Request<Body>) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let entry = RequestEntry {
        seq: 0,
        at: state.world().now(),
        tenant: None,
        operation: "managedIdentityToken".to_owned(),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: Some(query.clone()),
        page: None,
        outcome: Outcome::Pending,
        client_request_id: None,
        body: None,
        in_batch: false,
    };
    let ending = carry_out(&state, entry, "", || async {
        let answer = answer(&state, &parts.headers, &query);
        Ending::Answer(answer.unwrap_or_else(|refusal| refusal))
    });
    let ending = ending.await;
    respond(&state, ending).await
}

fn answer(state: &State, headers: &HeaderMap, query: &str) -> Result<Answer, Answer> {
    let refused = |error: &str, text: String| Answer::json(400, json!({"error": error, "error_description": text}));
    let invalid = |text: &str| refused("invalid_request", text.to_owned());
    if headers.contains_key("x-forwarded-for") {
        return Err(invalid("X-Forwarded-For header is not allowed"));
    }
    let header = headers.get("metadata").and_then(|value| value.to_str().ok());
    if !header.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return Err(invalid("Required metadata header not specified"));
    }
    let asked: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let parameter = |name: &str| asked.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let version = parameter("api-version").unwrap_or_default();
    if version.len() != OLDEST.len() || version < OLDEST {
        let text = "Bad request. api-version is invalid or was not specified in the request.";
        return Err(Answer::json(400, json!({"error": text, "newest-versions": [OLDEST]})));
    }
    let resource = parameter("resource").filter(|resource| !resource.is_empty());
    let resource = resource.ok_or_else(|| invalid("Required query variable 'resource' is missing"))?;

    let mut world = state.world();
    let named = ["client_id", "object_id", "msi_res_id"].map(parameter);
    let (tenant, app) = match named {
        [client_id, None, None] => identity(&world, client_id).map_err(invalid)?,
        // Only client ids are known here.
        _ => return Err(invalid("Identity not found")),
    };
    let root = state.graph_root();
    let known = resource == root || world.settings.service_principal_names.iter().any(|name| name == resource);
    if !known {
        let text = format!("AADSTS500011: The resource principal named {resource} was not found in the tenant.");
        return Err(refused("invalid_resource", text));
    }
    let (client_id, now, life) = (app.client_id.clone(), world.now(), world.settings.token_lifetime);
    let token = token::issue(state, &mut world, tenant, app.client_id, app.roles, None);
    let until = now.checked_add(life).unwrap_or(now);
    let text = |seconds: i64| Value::String(seconds.to_string());
    let seconds = i64::try_from(life.as_secs()).unwrap_or(i64::MAX);
    Ok(Answer::json(
        200,
        json!({
            "access_token": token,
            "client_id": client_id,
            "expires_in": text(seconds),
            "expires_on": text(until.as_second()),
            "ext_expires_in": text(seconds),
            "not_before": text(now.as_second()),
            "resource": resource,
            "token_type": "Bearer",
        }),
    ))
}

/// The identity that is meant, with its tenant: the one named, else the machine's own, else the only one.
fn identity(world: &World, client_id: Option<&str>) -> Result<(String, AppConfig), &'static str> {
    let of = |tenant: &TenantConfig| {
        let assigned = tenant.apps.iter().filter(|app| app.managed_identity.is_some());
        assigned.map(|app| (tenant.id.clone(), app.clone())).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = world.tenants.iter().flat_map(|tenant| of(&tenant.config)).collect();
    let meant = all.iter().position(|(_, app)| match client_id {
        Some(client_id) => app.client_id.eq_ignore_ascii_case(client_id),
        None => app.managed_identity == Some(ManagedIdentity::SystemAssigned),
    });
    match (meant, client_id, all.len()) {
        (Some(at), ..) => Ok(all.swap_remove(at)),
        (None, None, 1) => Ok(all.swap_remove(0)),
        (None, None, 2..) => Err(
            "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
        ),
        _ => Err("Identity not found"),
    }
}
