//! `GET /{tenant}/v2.0/.well-known/openid-configuration` (page "OpenID Connect on the Microsoft identity platform"), from which
//! Microsoft's own libraries learn where the token endpoint is. Of what it lists, the simulator serves that one alone.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State as Shared};
use axum::http::{Response, Uri};
use serde_json::json;

use super::errors::SignInError;
use crate::answer::{Answer, Ending};
use crate::exchange::{carry_out, respond};
use crate::journal::{Outcome, RequestEntry};
use crate::state::State;

pub(crate) async fn serve(Shared(state): Shared<Arc<State>>, Path(tenant): Path<String>, uri: Uri) -> Response<Body> {
    let (id, at) = {
        let world = state.world();
        (world.tenant_named(&tenant).map(|tenant| tenant.config.id.clone()), world.now())
    };
    let entry = RequestEntry {
        seq: 0,
        at,
        tenant: id.clone(),
        operation: "openidConfiguration".to_owned(),
        method: "GET".to_owned(),
        path: uri.path().to_owned(),
        query: uri.query().map(str::to_owned),
        page: None,
        outcome: Outcome::Pending,
        client_request_id: None,
        body: None,
        in_batch: false,
    };
    let ending = carry_out(&state, entry, "", || async {
        Ending::Answer(match id {
            Some(id) => configuration(&state, &id),
            None => SignInError::unknown_tenant(&tenant).answer(at),
        })
    });
    let ending = ending.await;
    respond(&state, ending).await
}

/// A tenant named by its domain is answered with its id.
fn configuration(state: &State, tenant: &str) -> Answer {
    let root = state.graph_root();
    Answer::json(
        200,
        json!({
            "token_endpoint": format!("{root}/{tenant}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": format!("{root}/{tenant}/discovery/v2.0/keys"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": format!("{root}/{tenant}/v2.0"),
            "request_uri_parameter_supported": false,
            "authorization_endpoint": format!("{root}/{tenant}/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": format!("{root}/{tenant}/oauth2/v2.0/devicecode"),
            "end_session_endpoint": format!("{root}/{tenant}/oauth2/v2.0/logout"),
            "tenant_region_scope": "EU",
        }),
    )
}
