//! The pages of the redemption, one function each: what a guest reads and which form leads on.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::complaint::Complaint;
use super::layout;
use crate::clock;
use crate::state::flow::{Flow, Step};
use crate::state::flows::Closed;
use crate::state::provider::Provider;
use crate::state::redemption::RedeemError;

/// The page of the step that a guest has come to; `complaint` says what was wrong with the last entry.
pub(super) fn current(flow: &Flow, complaint: Option<Complaint>) -> Response {
    let status = if complaint.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (heading, content) = match flow.step {
        Step::SignIn => sign_in(flow, complaint),
        Step::CreateAccount => create_account(flow, complaint),
        Step::Passcode => passcode(flow, complaint),
        Step::Consent => ("Review permissions", consent(flow)),
        Step::Terms => ("Terms of use", terms(flow)),
        Step::Done => ("You’re signed in", done(flow)),
    };
    let page = html! {
        h1 { (heading) }
        @if let Some(complaint) = complaint { (complaint.shown()) }
        (content)
    };
    let title = if complaint.is_some() { format!("Error: {heading}") } else { heading.to_owned() };
    layout::step(status, &title, &page)
}

fn sign_in(flow: &Flow, complaint: Option<Complaint>) -> (&'static str, Markup) {
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
            (email(flow, complaint))
            (password("Password", "current-password", complaint))
            div.row { button type="submit" { "Sign in" } }
        }
    };
    (title, content)
}

fn create_account(flow: &Flow, complaint: Option<Complaint>) -> (&'static str, Markup) {
    let content = html! {
        p { strong { (flow.address) } " has no account yet. Create a Microsoft account to go on." }
        form method="post" action={ "/redeem/" (flow.id) "/sign-in" } {
            (email(flow, complaint))
            (password("New password", "new-password", complaint))
            div.row { button type="submit" { "Create account" } }
        }
    };
    ("Create a Microsoft account", content)
}

fn email(flow: &Flow, complaint: Option<Complaint>) -> Markup {
    let wrong = complaint.is_some_and(|complaint| complaint.is_about("email"));
    html! {
        label for="email" { "Email" }
        input id="email" name="email" type="email" value=(flow.address) autocomplete="username" required
            autofocus[wrong] aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("complaint")];
    }
}

fn password(label: &str, kind: &str, complaint: Option<Complaint>) -> Markup {
    let wrong = complaint.is_some_and(|complaint| complaint.is_about("password"));
    html! {
        label for="password" { (label) }
        input id="password" name="password" type="password" autocomplete=(kind) required
            autofocus[complaint.is_none() || wrong] aria-invalid=[wrong.then_some("true")] aria-describedby="any";
        p.soft.small id="any" { "Any password will do." }
    }
}

fn passcode(flow: &Flow, complaint: Option<Complaint>) -> (&'static str, Markup) {
    let wrong = complaint.is_some();
    let content = html! {
        p {
            "We sent a code to " strong { (flow.address) }
            @if let Some(sent) = flow.passcode_sent() { " at " (clock::of_day(sent)) }
            ". It is good for 30 minutes."
        }
        form method="post" action={ "/redeem/" (flow.id) "/passcode" } {
            label for="code" { "Code" }
            input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus
                aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("complaint")];
            div.row { button type="submit" { "Sign in" } }
        }
        div.more {
            p { a id="look" href={ "/mailbox?to=" (flow.address) } target="_blank" { "Look for the code in the mailbox" } span.soft { " (opens a new tab)" } }
            form method="post" action={ "/redeem/" (flow.id) "/sign-in" } {
                div.row { button.plain type="submit" { "Send a new code" } }
            }
        }
    };
    ("Enter code", content)
}

fn consent(flow: &Flow) -> Markup {
    html! {
        (guest(flow))
        p { strong { (flow.organisation) } " (" (flow.domain) ") would like to:" }
        ul.asked {
            li { strong { "Receive your profile data" } span.soft { "Your name, email address and photo" } }
            li { strong { "Collect and log your activity" } span.soft { "Your access, usage and content associated with their apps and resources" } }
            li { strong { "Use your profile data and activity data" } span.soft { "For its own apps and resources" } }
        }
        p.soft.small { "You should only accept if you trust " (flow.organisation) ". It has not provided a privacy statement for you to review." }
        form method="post" action={ "/redeem/" (flow.id) "/consent" } {
            div.row {
                button type="submit" name="answer" value="accept" { "Accept" }
                button.plain type="submit" name="answer" value="cancel" { "Cancel" }
            }
        }
    }
}

fn terms(flow: &Flow) -> Markup {
    html! {
        (guest(flow))
        p { strong { (flow.organisation) } " asks you to accept its terms of use:" }
        p.words { (flow.terms.as_deref().unwrap_or_default()) }
        form method="post" action={ "/redeem/" (flow.id) "/consent" } {
            div.row {
                button type="submit" name="answer" value="accept" { "Accept" }
                button.plain type="submit" name="answer" value="cancel" { "Decline" }
            }
        }
    }
}

/// Where the real sign-in would send the browser to the application.
fn done(flow: &Flow) -> Markup {
    html! {
        (guest(flow))
        p.note.good { "You are a guest of " strong { (flow.organisation) } " now." }
        p { "You would now be sent to:" }
        p { a id="target" href=(flow.redirect_url) rel="noreferrer" { (flow.redirect_url) } }
        p.more { a href="/mailbox" { "Back to the mailbox" } }
    }
}

/// Who is signing in, as long as that is no longer asked.
fn guest(flow: &Flow) -> Markup {
    html! { p.who { (layout::face(&flow.address)) span { (flow.address) } } }
}

pub(super) fn cancelled(flow: &Flow) -> Response {
    let content = html! {
        h1 { "You didn’t accept" }
        p { "Nothing was changed. The link in the mail keeps working if you change your mind." }
        p.more { a href={ "/redeem/" (flow.id) } { "Back" } }
    };
    layout::step(StatusCode::OK, "Not accepted", &content)
}

pub(super) fn closed(reason: Closed) -> Response {
    let (status, title, text) = match reason {
        Closed::Link => (
            StatusCode::NOT_FOUND,
            "This invitation is not valid",
            "The link may be incomplete, or a newer invitation has taken its place. Ask the organization for a new one.",
        ),
        Closed::Organisation => (
            StatusCode::NOT_FOUND,
            "There is no such organization",
            "Check the name of the organization, or ask it for the right one.",
        ),
        Closed::Stranger => (
            StatusCode::FORBIDDEN,
            "You are no guest of this organization",
            "The organization does not know you by this address. Use the link in your invitation mail, or another address of yours.",
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
    layout::step(status, title, &html! { h1 { (title) } p role="alert" { (text) } })
}
