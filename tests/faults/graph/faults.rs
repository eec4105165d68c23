//! How Graph can fail, and the words that a guest's condition has to have for it.

use entra_simulator::{BodyKind, Fault, FaultAction};

/// A way to fail.
#[derive(Clone, Copy)]
pub struct Way {
    pub name: &'static str,
    does: Does,
    pub times: Times,
    /// Whether the work is done all the same, as far as it can be done again and again.
    pub done: bool,
    /// Whether it is an answer that nothing was done.
    pub answered: bool,
    /// What is said: cause and way out.
    pub words: &'static [&'static str],
    /// What is said where it is the sign-in that fails so.
    pub at_sign_in: &'static [&'static str],
    /// What may be said instead where it is a change of groups or sponsors.
    pub at_tie: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// It passes before anybody could read of it.
    Once,
    /// Until somebody mends it; then the operator goes on by itself.
    UntilMended,
    /// Until somebody mends it and asks for another look, or hours have passed.
    UntilAsked,
}

#[derive(Clone, Copy)]
enum Does {
    Status { code: u16, retry_after: Option<f64>, body: BodyKind },
    CutBefore,
    CutAfter,
    HalfAnswer,
    Silence,
}

const fn status(code: u16) -> Does {
    body(code, BodyKind::Json)
}

const fn body(code: u16, body: BodyKind) -> Does {
    Does::Status { code, retry_after: None, body }
}

const fn goes_on(name: &'static str, does: Does, words: &'static [&'static str]) -> Way {
    Way { name, does, times: Times::UntilMended, done: false, answered: false, words, at_sign_in: AWAY, at_tie: words }
}

const fn done(name: &'static str, does: Does, words: &'static [&'static str]) -> Way {
    Way { done: true, ..goes_on(name, does, words) }
}

const fn answered(name: &'static str, does: Does, words: &'static [&'static str]) -> Way {
    Way { answered: true, ..goes_on(name, does, words) }
}

/// At the sign-in this is Entra's own gateway.
const fn at_busy_sign_in(way: Way) -> Way {
    Way { at_sign_in: BUSY_SIGN_IN, ..way }
}

/// At the sign-in this is not Entra.
const fn behind_a_proxy(way: Way) -> Way {
    Way { at_sign_in: PROXY, ..way }
}

const fn once(way: Way) -> Way {
    Way { times: Times::Once, ..way }
}

/// Of the sign-in a person has to know whether it says no or cannot be reached.
const AWAY: &[&str] = &["the sign-in", "network policies", "tried again"];
const BUSY_SIGN_IN: &[&str] = &["the sign-in", "HTTP ", "by itself"];
const PROXY: &[&str] = &["the sign-in", "such as a proxy", "HTTPS_PROXY", "tried again"];
const WAIT: &[&str] = &["Microsoft Graph", "wait"];
const BUSY: &[&str] = &["Microsoft Graph said", "(HTTP ", "It is tried again"];
const UNREADABLE: &[&str] = &["an answer that cannot be read", "tried again"];
const CONNECTION: &[&str] = &["the connection failed", "tried again"];

pub const WAYS: &[Way] = &[
    Way {
        at_tie: BUSY,
        at_sign_in: BUSY_SIGN_IN,
        ..answered(
            "429 with Retry-After",
            Does::Status { code: 429, retry_after: Some(1.5), body: BodyKind::Json },
            WAIT,
        )
    },
    Way { at_tie: BUSY, at_sign_in: BUSY_SIGN_IN, ..answered("429 without Retry-After", status(429), WAIT) },
    at_busy_sign_in(goes_on("500", status(500), &["internal error", "(HTTP 500", "tried again"])),
    at_busy_sign_in(goes_on(
        "502 with a page of HTML",
        body(502, BodyKind::Html),
        &["a page of HTML", "proxy or gateway", "tried again"],
    )),
    behind_a_proxy(goes_on(
        "404 with a page of HTML",
        body(404, BodyKind::Html),
        &["a page of HTML", "proxy or gateway", "tried again"],
    )),
    Way { at_tie: BUSY, at_sign_in: BUSY_SIGN_IN, ..goes_on("503", status(503), WAIT) },
    at_busy_sign_in(goes_on("504", status(504), &["timed out", "(HTTP 504", "tried again"])),
    goes_on("reset before the work", Does::CutBefore, CONNECTION),
    done("reset after the work", Does::CutAfter, CONNECTION),
    goes_on("silence", Does::Silence, &["no answer in time", "tried again"]),
    done("half an answer", Does::HalfAnswer, &["tried again"]),
    behind_a_proxy(done("half a JSON", body(200, BodyKind::HalfJson), UNREADABLE)),
    behind_a_proxy(done(
        "the wrong content type",
        body(200, BodyKind::WrongContentType),
        &["an answer of type text/html", "tried again"],
    )),
    behind_a_proxy(done("an empty answer", body(200, BodyKind::Empty), UNREADABLE)),
    Way {
        at_sign_in: PROXY,
        ..answered(
            "401 always",
            status(401),
            &["refused the token", "check that the application belongs to this directory"],
        )
    },
    Way {
        times: Times::UntilAsked,
        at_sign_in: PROXY,
        ..answered("403", status(403), &["Grant", "admin consent", "in Entra"])
    },
    once(answered("401 once", status(401), &[])),
    once(goes_on("500 once", status(500), &[])),
    once(goes_on("reset before the work, once", Does::CutBefore, &[])),
    once(done("reset after the work, once", Does::CutAfter, &[])),
];

impl Way {
    /// The fault, for requests that hold `mark`.
    pub fn fault(&self, operation: &str, mark: &str) -> Fault {
        let action = match self.does {
            Does::Status { code, retry_after, body } => {
                FaultAction::Status { code, retry_after, body, after_work: self.done }
            }
            Does::CutBefore => FaultAction::CutBefore,
            Does::CutAfter => FaultAction::CutAfter,
            Does::HalfAnswer => FaultAction::HalfAnswer,
            Does::Silence => FaultAction::Silence,
        };
        let times = if self.times == Times::Once { 1 } else { 100_000 };
        Fault::new(operation, action).times(times).containing(mark)
    }
}
