//! The list of all mails, newest first, by address if wanted.

use std::sync::Arc;

use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::layout;
use crate::clock;
use crate::journal::{MailEntry, MailKind};
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
    let asked = wanted.to.trim();
    let to = asked.to_lowercase();
    let mails: Vec<_> = {
        let world = state.world();
        let fits = |address: &str| address.to_lowercase().contains(&to);
        let wanted = world.journal.mails().rev().filter(|mail| fits(&mail.to) || mail.cc.as_deref().is_some_and(fits));
        wanted.take(500).cloned().collect()
    };
    let content = html! {
        div.bar {
            h1 { "Inbox" }
            @if !(mails.is_empty() && to.is_empty()) { (find("/mailbox", "to", "Mail for", asked)) }
        }
        section.card.list aria-label="Mails" {
            @if !mails.is_empty() {
                ol.mails { @for mail in &mails { (row(mail)) } }
            } @else if to.is_empty() {
                (nothing_yet())
            } @else {
                div.empty {
                    p { strong { "No mail for “" (asked) "”" } }
                    p { a href="/mailbox" { "Show the mail of all guests" } }
                }
            }
        }
        @if !mails.is_empty() {
            p.soft.small.below {
                @if mails.len() == 1 { "One mail" } @else { (mails.len()) " mails, newest first" }
                " · " a href="" { "Check for new mail" }
                " · " a href={ "/organizations?of=" (asked) } { "Leave an organization" }
                @if !to.is_empty() { " · " a href="/mailbox" { "Show the mail of all guests" } }
            }
        }
    };
    let title = if to.is_empty() { "Inbox".to_owned() } else { format!("Mail for {asked}") };
    layout::mail_client(StatusCode::OK, &title, &content)
}

/// A field that narrows a list to the guests whose address holds a text.
pub(super) fn find(page: &str, field: &str, label: &str, asked: &str) -> Markup {
    html! {
        form.find method="get" action=(page) role="search" {
            label for=(field) { (label) }
            input id=(field) name=(field) type="search" value=(asked) placeholder="all guests" autocomplete="off";
            button.plain type="submit" { "Show" }
        }
    }
}

fn row(mail: &MailEntry) -> Markup {
    html! {
        li {
            (layout::face(&mail.to))
            a.what href={ "/mailbox/" (mail.seq) } {
                strong { (mail.to) }
                span { (mail.subject) }
            }
            div.when {
                span.tag { (kind(mail.kind)) }
                time.soft.small datetime=(mail.at) { (clock::mail(mail.at)) }
            }
        }
    }
}

fn kind(kind: MailKind) -> &'static str {
    match kind {
        MailKind::Invitation => "Invitation",
        MailKind::Notification => "Notification",
        MailKind::Own => "Mail",
        MailKind::Passcode => "Passcode",
    }
}

fn nothing_yet() -> Markup {
    html! {
        div.empty {
            (layout::envelope(56))
            h2 { "No mail yet" }
            p.soft {
                "Every invitation that Microsoft Entra would send to a guest arrives here, "
                "and so do the passcodes that some guests need to sign in. Invite the first guests:"
            }
            pre { code { "kubectl apply -f examples/guests/" } }
            p.soft.small { "Type it in the folder of Guestlist, with the KUBECONFIG that the demo printed. The mails come within seconds." }
            p { a.button href="/mailbox" { "Check for mail" } }
        }
    }
}
