//! The list of all mails, newest first, by address if wanted.

use std::sync::Arc;

use axum::extract::{Query, State as Shared};
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;
use serde::Deserialize;

use super::layout;
use crate::clock;
use crate::journal::MailKind;
use crate::state::State;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    to: String,
}

pub(super) async fn front() -> Response {
    Redirect::temporary("/mailbox").into_response()
}

pub(super) async fn list(Shared(state): Shared<Arc<State>>, Query(wanted): Query<Wanted>) -> Response {
    let to = wanted.to.trim().to_lowercase();
    let mails: Vec<_> = {
        let world = state.world();
        let fits = |address: &str| address.to_lowercase().contains(&to);
        let wanted = world.journal.mails().rev().filter(|mail| fits(&mail.to) || mail.cc.as_deref().is_some_and(fits));
        wanted.take(500).cloned().collect()
    };
    let content = html! {
        h1 { "Guests’ mailbox" }
        form.find method="get" action="/mailbox" role="search" {
            div {
                label for="to" { "Address" }
                input id="to" name="to" type="search" value=(wanted.to.trim()) placeholder="all addresses" autocomplete="off";
            }
            button type="submit" { "Show" }
        }
        section.card aria-label="Mails" {
            @if mails.is_empty() {
                p.soft { "No mail " @if to.is_empty() { "yet." } @else { "for this address." } }
            }
            ol.mails reversed {
                @for mail in &mails {
                    li {
                        a href={ "/mailbox/" (mail.seq) } { (mail.subject) }
                        div {
                            "To " (mail.to) " "
                            span.tag { @if mail.kind == MailKind::Invitation { "Invitation" } @else { "Passcode" } } " "
                            span.tag { (mail.language) }
                        }
                        div.soft { time datetime=(mail.at) { (clock::sign_in(mail.at)) } }
                    }
                }
            }
        }
    };
    layout::ok("Mailbox", &content)
}
