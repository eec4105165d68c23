//! The token endpoint of the Microsoft identity platform, for apps (client credentials).
//! Which credential proves the app is checked in the files beside this one.

mod assertion;
mod credentials;
pub(crate) mod discovery;
mod errors;
mod form;
mod keys;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State as Shared};
use axum::http::{Request, Response};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{Answer, Ending};
use crate::exchange::{carry_out, respond};
use crate::journal::{Outcome, RequestEntry};
use crate::state::token::Token;
use crate::state::{State, World};
use errors::SignInError;
use form::Form;

/// `POST /{tenant}/oauth2/v2.0/token`.
pub(crate) async fn serve(
    Shared(state): Shared<Arc<State>>,
    Path(tenant): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1024 * 1024).await.unwrap_or_default();
    let form = Form::read(&body);
    let entry = {
        let world = state.world();
        RequestEntry {
            seq: 0,
            at: world.now(),
            tenant: world.tenant_named(&tenant).map(|tenant| tenant.config.id.clone()),
            operation: "token".to_owned(),
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: None,
            page: None,
            outcome: Outcome::Pending,
            client_request_id: parts
                .headers
                .get("client-request-id")
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            body: Some(form.readable()),
            in_batch: false,
        }
    };
    let work = tokio::spawn({
        let state = Arc::clone(&state);
        async move {
            let text = form.get("client_id").unwrap_or_default().to_owned();
            carry_out(&state, entry, &text, || async { Ending::Answer(answer(&state, &tenant, &form)) }).await
        }
    });
    let ending = work.await.unwrap_or(Ending::Cut);
    respond(&state, ending).await
}

fn answer(state: &State, tenant: &str, form: &Form) -> Answer {
    let mut world = state.world();
    let answer = match grant(state, &mut world, tenant, form) {
        Ok((token, lifetime)) => {
            let seconds = lifetime.as_secs();
            let body = json!({
                "token_type": "Bearer",
                "expires_in": seconds,
                "ext_expires_in": seconds,
                "access_token": token,
            });
            Answer::json(200, body)
        }
        Err(error) => error.answer(world.now()),
    };
    answer.header("Cache-Control", "no-store, no-cache").header("Pragma", "no-cache")
}

fn grant(state: &State, world: &mut World, name: &str, form: &Form) -> Result<(String, Duration), SignInError> {
    let tenant = world.tenant_named(name).ok_or_else(|| SignInError::unknown_tenant(name))?;
    let grant_type = form.need("grant_type")?;
    if grant_type != "client_credentials" {
        return Err(SignInError::grant_type(grant_type));
    }
    let client_id = form.need("client_id")?;
    let scope = form.need("scope")?;
    let app = tenant
        .config
        .apps
        .iter()
        .find(|app| app.client_id.eq_ignore_ascii_case(client_id))
        .ok_or_else(|| SignInError::unknown_app(client_id, &tenant.config.display_name))?;
    let root = state.graph_root();
    check_scope(scope, &root, &world.settings.service_principal_names, &tenant.config.display_name)?;
    let issuers = [name, tenant.config.id.as_str()].map(|name| format!("{root}/{name}"));
    credentials::check(app, form, &issuers, world.now())?;

    let (tenant, app, roles) = (tenant.config.id.clone(), app.client_id.clone(), app.roles.clone());
    Ok((issue(state, world, tenant, app, roles, None), world.settings.token_lifetime))
}

fn check_scope(scope: &str, root: &str, names: &[String], tenant: &str) -> Result<(), SignInError> {
    match scope.strip_suffix("/.default") {
        Some(resource) if resource == root || names.iter().any(|name| name == resource) => Ok(()),
        Some(resource) if resource.contains("://") => Err(SignInError::unknown_resource(resource, tenant)),
        _ if scope.contains("://") => Err(SignInError::not_default(scope)),
        _ => Err(SignInError::scope(scope)),
    }
}

/// Makes a token and remembers it. It looks like a JWT; its signature is chance, for clients must not look into it.
pub(crate) fn issue(
    state: &State,
    world: &mut World,
    tenant: String,
    app: String,
    roles: Vec<String>,
    user: Option<String>,
) -> String {
    let now = world.now();
    let expires = now.checked_add(world.settings.token_lifetime).unwrap_or(now);
    let root = state.graph_root();
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": "entra-simulator"});
    let mut claims = json!({
        "aud": root,
        "iss": format!("https://sts.windows.net/{tenant}/"),
        "iat": now.as_second(),
        "nbf": now.as_second(),
        "exp": expires.as_second(),
        "appid": app,
        "tid": tenant,
        "idtyp": if user.is_some() { "user" } else { "app" },
        "uti": Uuid::new_v4().simple().to_string(),
        "ver": "1.0",
    });
    // An app's token names the app's service principal in this tenant (page "Access token claims reference").
    let principal = world.tenant(&tenant).and_then(|tenant| tenant.service_principals.get(&app).cloned());
    if let Some(fields) = claims.as_object_mut() {
        let subject = user.as_ref().or(principal.as_ref());
        fields.insert("oid".to_owned(), json!(subject));
        fields.insert("sub".to_owned(), json!(subject));
        match &user {
            Some(_) => {
                fields.insert("scp".to_owned(), json!(roles.join(" ")));
            }
            None => {
                fields.insert("roles".to_owned(), json!(roles));
            }
        }
    }
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signature = BASE64_URL_SAFE_NO_PAD.encode([*Uuid::new_v4().as_bytes(), *Uuid::new_v4().as_bytes()].concat());
    let token = format!("{}.{}.{signature}", part(&header), part(&claims));
    world.tokens.insert(token.clone(), Token { tenant, app, roles, user, expires, revoked: false });
    token
}
