//! An application of an organisation, opened without the mail (page "B2B collaboration invitation redemption"): by a direct link,
//! which names the tenant, or by the common endpoint, where the guest names the organisation.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;
use serde::Deserialize;

use super::{layout, steps};
use crate::state::State;
use crate::state::flows::Closed;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Opened {
    #[serde(default)]
    tenantid: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct SignIn {
    /// The tenant's id, or one of its domains.
    organization: String,
    email: String,
}

pub(super) async fn open(Shared(state): Shared<Arc<State>>, Query(opened): Query<Opened>) -> Response {
    let named = state.world().tenant_named(&opened.tenantid).map(|tenant| tenant.config.display_name.clone());
    if named.is_none() && !opened.tenantid.is_empty() {
        return steps::closed(Closed::Organisation);
    }
    let content = html! {
        h1 { "Sign in" }
        p.soft { @if let Some(name) = &named { "to the apps of " (name) } @else { "to an organization" } }
        form method="post" action="/myapps" {
            @if named.is_some() {
                input type="hidden" name="organization" value=(opened.tenantid);
            } @else {
                label for="organization" { "Domain name of the organization" }
                input id="organization" name="organization" required autofocus;
            }
            label for="email" { "Email" }
            input id="email" name="email" type="email" autocomplete="username" required autofocus[named.is_some()];
            div.row { button type="submit" { "Next" } }
        }
    };
    layout::step(StatusCode::OK, "Sign in", &content)
}

pub(super) async fn sign_in(Shared(state): Shared<Arc<State>>, Form(form): Form<SignIn>) -> Response {
    let opened = state.world().open_application(form.organization.trim(), form.email.trim());
    match opened {
        Ok(flow) => Redirect::to(&format!("/redeem/{}", flow.id)).into_response(),
        Err(reason) => steps::closed(reason),
    }
}
