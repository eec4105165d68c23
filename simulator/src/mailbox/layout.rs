//! The frame of every page: one inline stylesheet, light and dark, nothing to load and nothing to run.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = "
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--ink:#1b1f24;--soft:#5a6472;--line:#d9dee5;--act:#0f5fa8;--on:#fff;--warn:#8a5a00;--warnbg:#fff6e0}
@media(prefers-color-scheme:dark){:root{--ground:#14171b;--card:#1d2127;--ink:#e8ebef;--soft:#a3adba;--line:#343b45;--act:#7ab8f5;--on:#0b1520;--warn:#f0c878;--warnbg:#2d2614}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
a{color:var(--act)}
:focus-visible{outline:3px solid var(--act);outline-offset:3px;border-radius:4px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem}
header,footer{max-width:46rem;margin:0 auto;padding:1.25rem 1rem;color:var(--soft);font-size:.9rem}
header a{color:inherit;font-weight:600;text-decoration:none}
main{max-width:46rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.5rem;line-height:1.25;margin:.2rem 0 1rem}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.5rem}
.narrow{max-width:28rem;margin:2rem auto}
.soft{color:var(--soft)}
.note{background:var(--warnbg);color:var(--warn);border-left:4px solid currentColor;padding:.75rem 1rem;border-radius:0 8px 8px 0}
.mails{list-style:none;margin:0;padding:0}.mails li{border-bottom:1px solid var(--line);padding:.9rem 0}.mails li:last-child{border:0}
.mails a{font-weight:600}
.tag{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:0 .6rem;font-size:.8rem;color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0 0 1rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
label{display:block;font-weight:600;margin:.9rem 0 .25rem}
input{font:inherit;width:100%;padding:.55rem .7rem;border:1px solid var(--soft);border-radius:8px;background:var(--ground);color:inherit}
button,.button{font:inherit;font-weight:600;display:inline-block;padding:.6rem 1.3rem;border-radius:8px;border:1px solid var(--act);background:var(--act);color:var(--on);text-decoration:none;cursor:pointer}
button.plain{background:none;color:var(--act)}
.row{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.25rem}
.find{display:flex;gap:.75rem;align-items:end;flex-wrap:wrap;margin-bottom:1rem}.find div{flex:1 1 14rem}.find label{margin-top:0}
";

pub(super) fn page(status: StatusCode, title: &str, content: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Entra simulator" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "Skip to content" }
                header { nav aria-label="Main" { a href="/mailbox" { "Guests’ mailbox" } } }
                main id="content" { (content) }
                footer { "Entra simulator: nothing here leaves this computer, and any password is right." }
            }
        }
    };
    (status, Html(page.into_string())).into_response()
}

pub(super) fn ok(title: &str, content: &Markup) -> Response {
    page(StatusCode::OK, title, content)
}
