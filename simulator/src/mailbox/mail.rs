//! One mail as the guest sees it (page "Elements of the B2B collaboration invitation email").

use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::layout;
use crate::clock;
use crate::journal::{MailEntry, MailKind};
use crate::state::State;

pub(super) async fn show(Shared(state): Shared<Arc<State>>, Path(seq): Path<u64>) -> Response {
    let (mail, organisation, domain) = {
        let world = state.world();
        let mail = world.journal.mails().find(|mail| mail.seq == seq).cloned();
        let config = mail.as_ref().and_then(|mail| world.tenant(&mail.tenant)).map(|tenant| &tenant.config);
        let organisation = config.map(|config| config.display_name.clone()).unwrap_or_default();
        (mail, organisation, config.map(|config| config.primary_domain().to_owned()).unwrap_or_default())
    };
    let Some(mail) = mail else {
        let content = html! {
            section.card {
                h1 { "There is no such mail" }
                p { "The simulator forgets its mail when it ends. " a href="/mailbox" { "Back to the inbox" } }
            }
        };
        return layout::mail_client(StatusCode::NOT_FOUND, "No such mail", &content);
    };
    let (from, body) = match mail.kind {
        MailKind::Invitation => (on_behalf(&mail, &domain), invitation(&mail, &organisation, &domain)),
        MailKind::Notification => (on_behalf(&mail, &domain), notification(&mail, &organisation)),
        MailKind::Own => (format!("{} <{}>", mail.inviter, mail.from), own(&mail)),
        MailKind::Passcode => {
            let from = format!("{organisation} <account-security-noreply@accountprotection.microsoft.com>");
            (from, passcode(&mail, &organisation))
        }
    };
    let content = html! {
        a.back href="/mailbox" { "← Inbox" }
        article.card {
            h1 { (mail.subject) }
            div.from {
                (layout::face(if mail.kind == MailKind::Own { &mail.inviter } else { &organisation }))
                dl {
                    dt { "From" } dd { (from) }
                    dt { "To" } dd { (mail.to) }
                    @if let Some(address) = &mail.reply_to { dt { "Reply to" } dd { (address) } }
                    @if let Some(cc) = &mail.cc { dt { "Cc" } dd { (cc) } }
                    dt { "Sent" } dd { time datetime=(mail.at) { (clock::mail(mail.at)) } }
                    @if mail.kind != MailKind::Own {
                        dt { "Language" } dd { (mail.language) @if !mail.language.starts_with("en") { " (shown in English here)" } }
                    }
                }
            }
            hr;
            div.letter { (body) }
        }
    };
    layout::mail_client(StatusCode::OK, &mail.subject, &content)
}

fn on_behalf(mail: &MailEntry, domain: &str) -> String {
    format!("Microsoft Invitations on behalf of {domain} <{}>", mail.from)
}

fn invitation(mail: &MailEntry, organisation: &str, domain: &str) -> Markup {
    html! {
        p.note.small role="note" {
            "Please only act on this email if you trust the individual and organization represented below. "
            "In rare cases, individuals may receive fraudulent invitations from bad actors posing as legitimate companies. "
            "If you were not expecting this invitation, proceed with caution."
        }
        dl {
            dt { "Sender" } dd { (mail.inviter) }
            dt { "Organization" } dd { (organisation) }
            dt { "Domain" } dd { (domain) }
        }
        @if let Some(words) = &mail.body {
            h2 { "Message from " (mail.inviter) }
            p.words { (words) }
        }
        h2 { "If you accept this invitation" }
        p { "You’ll be sent to the application that " (organisation) " chose for you." }
        @if let Some(link) = &mail.redeem_link {
            p { a.button id="accept" href=(link) { "Accept invitation" } }
        }
        hr;
        p.soft.small {
            "This invitation email is from " (organisation) " (" (domain) "). "
            "You can block future invitations from this organization. "
            "Microsoft Corporation facilitated this email; it does not validate the sender or the message."
        }
    }
}

fn notification(mail: &MailEntry, organisation: &str) -> Markup {
    html! {
        p { "You have access to the apps and resources of " strong { (organisation) } " now. There is nothing to accept." }
        @if let Some(link) = &mail.redeem_link {
            p { a.button id="accept" href=(link) { "Sign in" } }
        }
    }
}

/// The text of a mail that the operator wrote; its links are not followed but for the one that redeems.
fn own(mail: &MailEntry) -> Markup {
    html! {
        p.words { (mail.body.as_deref().unwrap_or_default()) }
        @if let Some(link) = &mail.redeem_link {
            p { a.button id="accept" href=(link) { "Follow the invitation link" } }
        }
    }
}

fn passcode(mail: &MailEntry, organisation: &str) -> Markup {
    html! {
        p { "To access " (organisation) "’s apps and resources, please use the code below for account verification. The code will only work for 30 minutes." }
        p { "Account verification code: " strong.code id="code" { (mail.body.as_deref().unwrap_or_default()) } }
        p.soft.small { "If you didn’t request a code, you can ignore this email." }
    }
}
