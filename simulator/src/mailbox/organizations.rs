//! Where a guest sees the organisations it belongs to and leaves one (page "Leave an organization as an external user").
//! Leaving deletes the user as an administrator would: it can be restored for 30 days.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::{inbox, layout};
use crate::state::{State, World};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    of: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Membership {
    /// `TENANT/USER`, by their ids.
    membership: String,
}

/// A guest in an organisation, as the page names both.
struct Belonging {
    tenant: String,
    organisation: String,
    user: String,
    address: String,
}

pub(super) async fn list(Shared(state): Shared<Arc<State>>, Query(wanted): Query<Wanted>) -> Response {
    let asked = wanted.of.trim();
    let found = belongings(&state.world(), &asked.to_lowercase());
    let content = html! {
        div.bar {
            h1 { "Organizations" }
            (inbox::find("/organizations", "of", "Guest", asked))
        }
        section.card.list aria-label="Organizations" {
            @if found.is_empty() {
                div.empty {
                    p { strong { "No organization to leave" } }
                    p.soft { "Guests are listed here once they have accepted their invitation." }
                }
            } @else {
                ul.mails { @for belonging in &found { (row(belonging)) } }
            }
        }
        p.soft.small.below { "Whoever leaves loses all access at once. " a href="/mailbox" { "Back to the inbox" } }
    };
    layout::mail_client(StatusCode::OK, "Organizations", &content)
}

pub(super) async fn leave(
    Shared(state): Shared<Arc<State>>,
    Form(Membership { membership }): Form<Membership>,
) -> Response {
    let (tenant, user) = membership.split_once('/').unwrap_or_default();
    let left = {
        let mut world = state.world();
        let now = world.now();
        let found = belongings(&world, "").into_iter();
        let mut found = found.filter(|known| known.tenant == tenant && known.user == user);
        let allowed = world.settings.policy_of(tenant).guests_may_leave;
        let belonging = found.next();
        if let Some(tenant) = world.tenant_mut(tenant).filter(|_| allowed && belonging.is_some()) {
            tenant.directory.delete(user, now);
        }
        belonging.map(|belonging| (belonging, allowed))
    };
    let (status, title, text) = match left {
        Some((Belonging { organisation, address, .. }, true)) => (
            StatusCode::OK,
            format!("You left {organisation}"),
            format!("The guest account of {address} has been deleted. The organization can restore it for 30 days."),
        ),
        Some((Belonging { organisation, .. }, false)) => (
            StatusCode::FORBIDDEN,
            format!("You can’t leave {organisation} yourself"),
            "Ask an administrator of the organization to remove you.".to_owned(),
        ),
        None => (
            StatusCode::GONE,
            "You don’t belong to this organization".to_owned(),
            "Your guest account no longer exists, or you have not accepted the invitation.".to_owned(),
        ),
    };
    let content = html! {
        h1 { (title) }
        p role="status" { (text) }
        p.more { a href="/organizations" { "Back to the organizations" } }
    };
    layout::step(status, &title, &content)
}

/// Every guest that has got in and whose address holds this text, in small letters.
fn belongings(world: &World, of: &str) -> Vec<Belonging> {
    let guests = world.tenants.iter().flat_map(|tenant| tenant.directory.users().map(move |user| (tenant, user)));
    let inside = guests.filter(|(_, user)| user.is_external() && !user.must_redeem() && user.account_enabled);
    let named = inside.filter_map(|(tenant, user)| {
        let address = user.mail.as_ref().or(user.invited_address.as_ref()).or(user.other_mails.first())?;
        address.to_lowercase().contains(of).then(|| Belonging {
            tenant: tenant.config.id.clone(),
            organisation: tenant.config.display_name.clone(),
            user: user.id.clone(),
            address: address.clone(),
        })
    });
    named.take(500).collect()
}

fn row(belonging: &Belonging) -> Markup {
    html! {
        li {
            (layout::face(&belonging.organisation))
            div.org {
                strong { (belonging.organisation) }
                span { (belonging.address) }
            }
            form method="post" action="/organizations/leave" {
                button.plain type="submit" name="membership" value={ (belonging.tenant) "/" (belonging.user) } aria-label={ "Leave " (belonging.organisation) " as " (belonging.address) } { "Leave" }
            }
        }
    }
}
