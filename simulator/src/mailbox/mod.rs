//! The guests' mailbox and the pages that an invitation link leads through, as plain HTML forms.
//! The order of the steps is that of the page "B2B collaboration invitation redemption".

mod apps;
mod complaint;
mod inbox;
mod layout;
mod mail;
mod organizations;
mod redeem;
mod steps;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::state::State;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(inbox::front))
        .route("/mailbox", get(inbox::list))
        .route("/mailbox/{mail}", get(mail::show))
        .route("/organizations", get(organizations::list))
        .route("/organizations/leave", post(organizations::leave))
        .route("/myapps", get(apps::open).post(apps::sign_in))
        .route("/redeem", get(redeem::open))
        .route("/redeem/{flow}", get(redeem::current))
        .route("/redeem/{flow}/sign-in", post(redeem::sign_in))
        .route("/redeem/{flow}/passcode", post(redeem::passcode))
        .route("/redeem/{flow}/consent", post(redeem::consent))
}
