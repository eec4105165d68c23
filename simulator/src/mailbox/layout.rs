//! The frame of every page: one inline stylesheet, light and dark, nothing to load and nothing to run.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");

/// A drawn envelope, so that the browser asks for no /favicon.ico.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E\
    %3Crect x='1' y='4' width='22' height='16' rx='3' fill='%230f5fa8'/%3E\
    %3Cpath d='M3 8l9 6 9-6' fill='none' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E";

/// The browser itself enforces that a page loads nothing and runs nothing, whatever a mail brings in.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'";

/// A page of the mail client.
pub(super) fn mail_client(status: StatusCode, title: &str, content: &Markup) -> Response {
    page(status, title, "mailbox", content)
}

/// A page on the way from the link to consent: one narrow card.
pub(super) fn step(status: StatusCode, title: &str, content: &Markup) -> Response {
    page(status, title, "step", &html! { section.card { (content) } })
}

pub(super) fn envelope(size: u8) -> Markup {
    html! {
        svg width=(size) height=(size) viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" aria-hidden="true" {
            rect x="2" y="4.5" width="20" height="15" rx="2.5" {}
            path d="M3 7.5l9 6 9-6" {}
        }
    }
}

/// The round sign with an initial that stands for a person or an organisation.
pub(super) fn face(name: &str) -> Markup {
    html! { span.face aria-hidden="true" { (name.chars().next().unwrap_or('?')) } }
}

fn page(status: StatusCode, title: &str, kind: &str, content: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Entra simulator" }
                link rel="icon" href=(ICON);
                style { (PreEscaped(STYLE)) }
            }
            body class=(kind) {
                a.skip href="#content" { "Skip to content" }
                header.top { nav aria-label="Main" { a href="/mailbox" { (envelope(22)) "Guests’ mailbox" } } }
                main id="content" { (content) }
                footer { "Entra simulator: nothing here leaves this computer, and any password is right." }
            }
        }
    };
    (status, [(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page.into_string())).into_response()
}
