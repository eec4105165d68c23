//! The way from the link to consent: each form's handler, and where it leads.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use url::{Host, Url};

use super::complaint::Complaint;
use super::steps;
use crate::state::State;
use crate::state::flow::{Flow, Step};
use crate::state::flows::Closed;
use crate::state::provider::Provider;
use crate::state::redemption::RedeemError;

#[derive(Debug, Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    rd: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    email: String,
    password: String,
    code: String,
    answer: String,
}

/// The link in the mail.
pub(super) async fn open(Shared(state): Shared<Arc<State>>, Query(link): Query<Link>) -> Response {
    match state.world().open(&link.rd) {
        Ok(flow) => Redirect::to(&format!("/redeem/{}", flow.id)).into_response(),
        Err(reason) => steps::closed(reason),
    }
}

pub(super) async fn current(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Response {
    match flow(&state, &id) {
        Some(flow) => steps::current(&flow, None),
        None => steps::closed(Closed::Link),
    }
}

/// A password at the provider, a new account, or the wish for a passcode.
pub(super) async fn sign_in(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let Some(flow) = flow(&state, &id) else {
        return steps::closed(Closed::Link);
    };
    match flow.step {
        Step::SignIn | Step::Passcode if flow.provider == Provider::EmailOneTimePasscode => {
            state.world().send_passcode(&id);
            Redirect::to(&format!("/redeem/{id}")).into_response()
        }
        Step::SignIn | Step::CreateAccount => {
            if !fields.email.trim().eq_ignore_ascii_case(&flow.address) {
                return steps::current(&flow, Some(Complaint::OtherAddress));
            }
            if fields.password.is_empty() {
                return steps::current(&flow, Some(Complaint::NoPassword));
            }
            let step = state.world().signed_in(&id);
            onward(&state, &id, step)
        }
        Step::Passcode | Step::Consent | Step::Terms | Step::Done => {
            Redirect::to(&format!("/redeem/{id}")).into_response()
        }
    }
}

pub(super) async fn passcode(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let Some(flow) = flow(&state, &id) else {
        return steps::closed(Closed::Link);
    };
    let now = state.world().now();
    if flow.step == Step::Passcode && !flow.takes_passcode(&fields.code, now) {
        return steps::current(&flow, Some(Complaint::WrongCode));
    }
    if flow.step != Step::Passcode {
        return Redirect::to(&format!("/redeem/{id}")).into_response();
    }
    let step = state.world().signed_in(&id);
    onward(&state, &id, step)
}

pub(super) async fn consent(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let Some(flow) = flow(&state, &id) else {
        return steps::closed(Closed::Link);
    };
    if !matches!(flow.step, Step::Consent | Step::Terms) {
        return Redirect::to(&format!("/redeem/{id}")).into_response();
    }
    if fields.answer != "accept" {
        return steps::cancelled(&flow);
    }
    // The lock is given back before the page is made.
    let consented = state.world().consented(&id);
    onward(&state, &id, consented)
}

fn onward(state: &State, id: &str, step: Result<Step, RedeemError>) -> Response {
    match step {
        Ok(Step::Done) => target(state, id),
        Ok(_) => Redirect::to(&format!("/redeem/{id}")).into_response(),
        Err(reason) => steps::closed(Closed::Guest(reason)),
    }
}

/// To the application, if it is on this computer; else a page that names it, for a demo should not leave for the internet.
fn target(state: &State, id: &str) -> Response {
    let Some(flow) = flow(state, id) else {
        return steps::closed(Closed::Link);
    };
    let local = Url::parse(&flow.redirect_url).is_ok_and(|url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    });
    if local {
        (StatusCode::FOUND, [(header::LOCATION, flow.redirect_url)]).into_response()
    } else {
        steps::current(&flow, None)
    }
}

fn flow(state: &State, id: &str) -> Option<Flow> {
    state.world().flows.get(id).cloned()
}
