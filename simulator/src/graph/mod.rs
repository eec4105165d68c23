//! Microsoft Graph v1.0, as far as inviting guests needs it.
//! Each request goes: operation, token, permission, budget, work; each operation has a file.

mod access;
mod batch;
mod call;
mod deleted_items;
mod delta;
mod errors;
mod filter;
mod groups;
mod invitations;
mod operation;
mod organization;
mod paging;
mod properties;
mod property;
mod query;
mod relations;
mod router;
mod schema;
mod select;
mod user_delete;
mod user_get;
mod user_update;
mod users_list;
mod work;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use futures::future::{BoxFuture, FutureExt as _};
use uuid::Uuid;

use crate::answer::{Answer, Ending};
use crate::exchange::{carry_out, readable, respond};
use crate::journal::{Outcome, RequestEntry};
use crate::state::State;
use crate::throttle::Refused;
use access::Caller;
use call::Call;
use errors::GraphError;
use operation::Operation;
use query::Options;
use work::work;

/// The largest body that is read; Graph's own limit is 4 MB.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// Serves `/v1.0/...`. The work goes on even if the client leaves, as in the real service.
pub(crate) async fn serve(state: Arc<State>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        let answer = Answer::json(413, serde_json::json!({}));
        return respond(&state, Ending::Answer(answer)).await;
    };
    let call = Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        body,
        request_id: Uuid::new_v4().to_string(),
        in_batch: false,
    };
    let work = tokio::spawn({
        let state = Arc::clone(&state);
        async move { perform(&state, call).await }
    });
    let ending = work.await.unwrap_or(Ending::Cut);
    respond(&state, ending).await
}

/// Performs a request: the same way for a single one and for an item of a $batch.
async fn perform(state: &State, call: Call) -> Ending {
    let operation = match call.path.strip_prefix("/v1.0") {
        Some(path) => router::route(&call.method, path),
        None => Err(GraphError::no_such_version(&call.path)),
    };
    let entry = {
        let world = state.world();
        RequestEntry {
            seq: 0,
            at: world.now(),
            tenant: access::tenant_of(&world, &call.headers),
            operation: operation.as_ref().map_or("unknown", Operation::name).to_owned(),
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.query.clone(),
            page: operation.as_ref().ok().and_then(|operation| paging::page_asked(operation, call.query.as_deref())),
            outcome: Outcome::Pending,
            client_request_id: call.header("client-request-id").map(str::to_owned),
            body: readable(&call.body),
            in_batch: call.in_batch,
        }
    };
    let text = String::from_utf8_lossy(&call.body).into_owned();
    carry_out(state, entry, &text, || async {
        let ending = match operation {
            Ok(operation) => admit(state, &call, operation).await,
            Err(error) => Err(error),
        };
        let ending = ending.unwrap_or_else(|error| {
            let now = state.world().now();
            Ending::Answer(error.answer(now, &call.request_id, &call.client_request_id()))
        });
        identify(ending, &call)
    })
    .await
}

/// Performs an item of a $batch. Boxed, for the way of a request leads here again.
fn perform_item(state: &State, call: Call) -> BoxFuture<'_, Ending> {
    perform(state, call).boxed()
}

/// Token, permission, budget; then the work.
async fn admit(state: &State, call: &Call, operation: Operation) -> Result<Ending, GraphError> {
    let options = Options::parse(call.query.as_deref())?;
    let cost = operation.cost(&options);
    let (caller, used) = {
        let mut world = state.world();
        let caller = access::authenticate(&world, &call.headers, &state.graph_root())?;
        caller.check(&operation)?;
        let users = world.tenant(&caller.tenant).map_or(0, |tenant| tenant.directory.len());
        let world = &mut *world;
        let booked = world.throttles.book(&world.settings, &caller.tenant, &caller.app, users, cost);
        (caller.clone(), booked.map_err(|refused| too_many(&refused, &caller))?)
    };
    let mut headers = vec![("x-ms-resource-unit", cost.units.max(1).to_string())];
    if used >= 0.8 {
        headers.push(("x-ms-throttle-limit-percentage", format!("{:.1}", used.min(1.8))));
    }
    let ending = match operation {
        Operation::Batch => batch::run(state, call, perform_item).await,
        operation => work(state, call, &caller, operation, &options).map(Ending::Answer),
    };
    // A refused request cost as much as a granted one.
    match ending {
        Ok(Ending::Answer(mut answer)) => {
            answer.headers.extend(headers.into_iter().map(|(name, value)| (name.into(), value)));
            Ok(Ending::Answer(answer))
        }
        Ok(other) => Ok(other),
        Err(mut error) => {
            error.headers.extend(headers);
            Err(error)
        }
    }
}

fn too_many(refused: &Refused, caller: &Caller) -> GraphError {
    let mut error = GraphError::new(429, "TooManyRequests", "Too many requests");
    error.headers = vec![
        ("Retry-After", refused.retry_after.to_string()),
        ("x-ms-throttle-scope", format!("{}/{}/{}", refused.scope, caller.app, caller.tenant)),
        ("x-ms-throttle-information", refused.information.to_owned()),
        ("x-ms-throttle-limit-percentage", format!("{:.1}", refused.used.min(1.8))),
    ];
    error
}

/// The ids that every answer of Graph carries.
fn identify(ending: Ending, call: &Call) -> Ending {
    match ending {
        Ending::Answer(answer) => Ending::Answer(
            answer.header("request-id", call.request_id.clone()).header("client-request-id", call.client_request_id()),
        ),
        other => other,
    }
}
