//! What can be wrong with what a guest entered, in words and by the field that it is about.

use maud::{Markup, html};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Complaint {
    OtherAddress,
    NoPassword,
    WrongCode,
}

impl Complaint {
    pub(super) fn shown(self) -> Markup {
        let text = match self {
            Self::OtherAddress => "This invitation is for another address. Sign in with the one it was sent to.",
            Self::NoPassword => "Please enter your password.",
            Self::WrongCode => "That code isn’t right, or it is no longer valid.",
        };
        html! { p.note.bad id="complaint" role="alert" { (text) } }
    }

    pub(super) fn is_about(self, field: &str) -> bool {
        match self {
            Self::OtherAddress => field == "email",
            Self::NoPassword => field == "password",
            Self::WrongCode => field == "code",
        }
    }
}
