//! The pages of the redemption, one function each: what a guest reads and which form leads on.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::flow::{Closed, Flow, Step};
use super::layout;
use crate::state::provider::Provider;
use crate::state::redemption::RedeemError;

/// The page of the step that a guest has come to; `complaint` says what was wrong with the last entry.
pub(super) fn current(flow: &Flow, complaint: Option<&str>) -> Response {
    let status = if complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (title, content) = match flow.step {
        Step::SignIn => sign_in(flow),
        Step::CreateAccount => create_account(flow),
        Step::Passcode => passcode(flow),
        Step::Consent => consent(flow),
        Step::Done => ("You’re signed in", done(flow)),
    };
    let page = html! {
        section.card.narrow {
            h1 { (title) }
            @if let Some(complaint) = complaint { p.note role="alert" { (complaint) } }
            (content)
        }
    };
    layout::page(status, title, &page)
}

fn sign_in(flow: &Flow) -> (&'static str, Markup) {
    let action = format!("/redeem/{}/sign-in", flow.id);
    if flow.provider == Provider::EmailOneTimePasscode {
        let content = html! {
            p { "We’ll send a code to " strong { (flow.address) } " to sign you in to " (flow.organisation) "." }
            form method="post" action=(action) { div.row { button type="submit" { "Send code" } } }
        };
        return ("Sign in", content);
    }
    let (title, hint) = match flow.provider {
        Provider::Google => ("Sign in with Google", "to continue to microsoftonline.com"),
        Provider::MicrosoftAccount => ("Sign in to your Microsoft account", "Your personal account at Microsoft"),
        Provider::Federation => ("Sign in at your organization", "Your organization’s own sign-in page"),
        _ => ("Sign in", "Your work or school account"),
    };
    let content = html! {
        p.soft { (hint) }
        form method="post" action=(action) {
            label for="email" { "Email" }
            input id="email" name="email" type="email" value=(flow.address) autocomplete="username" required;
            label for="password" { "Password" }
            input id="password" name="password" type="password" autocomplete="current-password" required aria-describedby="any";
            p.soft id="any" { "Any password will do." }
            div.row { button type="submit" { "Sign in" } }
        }
    };
    (title, content)
}

fn create_account(flow: &Flow) -> (&'static str, Markup) {
    let content = html! {
        p { strong { (flow.address) } " has no account yet. Create a Microsoft account to go on." }
        form method="post" action={ "/redeem/" (flow.id) "/sign-in" } {
            label for="email" { "Email" }
            input id="email" name="email" type="email" value=(flow.address) autocomplete="username" required;
            label for="password" { "New password" }
            input id="password" name="password" type="password" autocomplete="new-password" required;
            div.row { button type="submit" { "Create account" } }
        }
    };
    ("Create a Microsoft account", content)
}

fn passcode(flow: &Flow) -> (&'static str, Markup) {
    let content = html! {
        p { "We sent a code to " strong { (flow.address) } ". It is good for 30 minutes." }
        form method="post" action={ "/redeem/" (flow.id) "/passcode" } {
            label for="code" { "Code" }
            input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required;
            div.row { button type="submit" { "Sign in" } }
        }
        form method="post" action={ "/redeem/" (flow.id) "/sign-in" } {
            div.row { button.plain type="submit" { "Send a new code" } }
        }
        p { a href={ "/mailbox?to=" (flow.address) } { "Look into the mailbox" } }
    };
    ("Enter code", content)
}

fn consent(flow: &Flow) -> (&'static str, Markup) {
    let content = html! {
        p { strong { (flow.organisation) } " (" (flow.domain) ") would like to:" }
        ul {
            li { "Receive your profile data: your name, email address and photo" }
            li { "Collect and log your activity: your access, usage and content associated with their apps and resources" }
            li { "Use your profile data and activity data for its own apps and resources" }
        }
        p.soft { "You should only accept if you trust " (flow.organisation) ". It has not provided a privacy statement for you to review." }
        form method="post" action={ "/redeem/" (flow.id) "/consent" } {
            div.row {
                button type="submit" name="answer" value="accept" { "Accept" }
                button.plain type="submit" name="answer" value="cancel" { "Cancel" }
            }
        }
    };
    ("Review permissions", content)
}

/// Where the real sign-in would send the browser to the application.
pub(super) fn done(flow: &Flow) -> Markup {
    html! {
        p { "You would now be sent to:" }
        p { a id="target" href=(flow.redirect_url) rel="noreferrer" { (flow.redirect_url) } }
        p.soft { "You are a guest of " (flow.organisation) " now." }
    }
}

pub(super) fn cancelled(flow: &Flow) -> Response {
    let content = html! {
        section.card.narrow {
            h1 { "You didn’t accept" }
            p { "Nothing was changed. The link in the mail keeps working if you change your mind." }
            p { a href={ "/redeem/" (flow.id) } { "Back" } }
        }
    };
    layout::ok("Not accepted", &content)
}

pub(super) fn closed(reason: Closed) -> Response {
    let (status, title, text) = match reason {
        Closed::Link => (
            StatusCode::NOT_FOUND,
            "This invitation is not valid",
            "The link may be incomplete, or a newer invitation has taken its place. Ask the organization for a new one.",
        ),
        Closed::Guest(RedeemError::Disabled) => (
            StatusCode::FORBIDDEN,
            "Your account is blocked",
            "Your guest account has been blocked from signing in. Ask the organization that invited you.",
        ),
        Closed::Guest(RedeemError::DomainBlocked) => (
            StatusCode::FORBIDDEN,
            "Your domain is not allowed",
            "The organization does not accept guests with an address like yours any more.",
        ),
        Closed::Guest(RedeemError::UnknownGuest | RedeemError::UnknownTenant) => (
            StatusCode::GONE,
            "Your guest account no longer exists",
            "It has been deleted, or it never came into being. Ask the organization for a new invitation.",
        ),
    };
    let content = html! { section.card.narrow { h1 { (title) } p role="alert" { (text) } } };
    layout::page(status, title, &content)
}
