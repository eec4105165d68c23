//! How far a guest has come on its way through the redemption pages.
//! It is kept here and named in the address of the pages, so no cookie is needed.

use jiff::{SignedDuration, Timestamp};

use super::provider::Provider;

/// How long a passcode is good (page "Email one-time passcode authentication").
const PASSCODE_LIFE: SignedDuration = SignedDuration::from_mins(30);

#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) id: String,
    pub(crate) tenant: String,
    pub(crate) organisation: String,
    pub(crate) domain: String,
    pub(crate) user_id: String,
    pub(crate) address: String,
    pub(crate) redirect_url: String,
    pub(crate) provider: Provider,
    /// The organisation's terms of use, which come after the permissions.
    pub(crate) terms: Option<String>,
    pub(crate) step: Step,
    pub(super) passcode: Option<(String, Timestamp)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// At the identity provider.
    SignIn,
    /// No account and no passcode: a Microsoft account has to be made first.
    CreateAccount,
    /// A passcode was mailed.
    Passcode,
    /// Review permissions.
    Consent,
    /// Accept the terms of use.
    Terms,
    /// Signed in, nothing left to ask.
    Done,
}

impl Flow {
    /// A passcode was mailed, which supersedes the one before.
    pub(super) fn await_passcode(&mut self, code: String, now: Timestamp) {
        self.passcode = Some((code, now));
        self.step = Step::Passcode;
    }

    pub(crate) fn passcode_sent(&self) -> Option<Timestamp> {
        self.passcode.as_ref().map(|(_, sent)| *sent)
    }

    pub(crate) fn takes_passcode(&self, code: &str, now: Timestamp) -> bool {
        self.passcode
            .as_ref()
            .is_some_and(|(known, sent)| known == code.trim() && now.duration_since(*sent) < PASSCODE_LIFE)
    }
}
