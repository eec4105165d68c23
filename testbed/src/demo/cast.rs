//! Who plays in the demo, and how each must come out.
//! The guests themselves are declared in examples/guests; this is what the checks expect of them.

use std::time::Duration;

use entra_simulator::MailKind;
use serde_json::Value;

/// One guest of the story.
#[derive(Debug, Clone, Copy)]
pub(super) struct Role {
    /// The address, by which the manifest is found.
    pub(super) email: &'static str,
    /// What is told about the guest.
    pub(super) story: &'static str,
    /// How many mails with an invitation there must be, at the end too.
    pub(super) mails: usize,
    /// Whose mails these are: Microsoft's or the operator's own.
    pub(super) by: MailKind,
    /// How many of them are reminders.
    pub(super) reminders: usize,
    /// The group that the guest must be in.
    pub(super) group: Option<&'static str>,
    /// Whether the directory holds the guest, accepted, before the operator starts.
    pub(super) known_before: bool,
    /// Whether the guest's access ends in the story, by which the user is deleted.
    pub(super) leaves: bool,
    /// The state at the end.
    pub(super) state: &'static str,
    /// How the guest signs in at the end, if at all.
    pub(super) provider: Option<&'static str>,
}

const NEW: Role = Role {
    email: "",
    story: "",
    mails: 1,
    by: MailKind::Invitation,
    reminders: 0,
    group: None,
    known_before: false,
    leaves: false,
    state: "Accepted",
    provider: Some("Entra"),
};

/// The group of the story.
pub(super) const GROUP: &str = "Wiki readers";

/// How long guests may take to be invited: long enough for a loaded machine. The story itself takes seconds.
pub(super) const INVITED_WITHIN: Duration = Duration::from_secs(60);

/// The guest whose reminder is due when the demo starts.
pub(super) const REMINDED: &str = "noor@fabrikam.com";

/// All of them.
pub(super) const CAST: [Role; 10] = [
    Role { email: "adele@fabrikam.com", story: "has a work account in another Entra directory", ..NEW },
    Role { email: "lee@outlook.com", story: "has a Microsoft account", provider: Some("MicrosoftAccount"), ..NEW },
    Role { email: "maya@gmail.com", story: "has a Google account", provider: Some("Google"), ..NEW },
    Role {
        email: "sam@northwind.example",
        story: "has none of these and gets a passcode by mail",
        provider: Some("EmailOneTimePasscode"),
        ..NEW
    },
    Role {
        email: "quiet@fabrikam.com",
        story: "is added without a mail",
        mails: 0,
        state: "Invited",
        provider: None,
        ..NEW
    },
    Role {
        email: "known@fabrikam.com",
        story: "was a guest before, and is followed without a mail",
        mails: 0,
        known_before: true,
        ..NEW
    },
    Role {
        email: REMINDED,
        story: "was invited three days ago, has not accepted, and is reminded",
        mails: 2,
        reminders: 1,
        ..NEW
    },
    Role {
        email: "daan@tailspintoys.com",
        story: "is mailed by an own mail server, in Dutch, with a personal text",
        by: MailKind::Own,
        ..NEW
    },
    Role { email: "grace@adatum.com", story: "joins a group", group: Some(GROUP), ..NEW },
    Role {
        email: "tess@wingtiptoys.com",
        story: "has a last day, and is deleted from the directory then",
        leaves: true,
        state: "Withdrawn",
        ..NEW
    },
];

/// The team that shares a guest of the first one.
pub(super) const SHARERS: &str = "finance";

/// Whether this one shares somebody's guest.
pub(super) fn is_shared(guest: &Value) -> bool {
    guest["metadata"]["namespace"] == SHARERS && guest["status"]["role"] == "Sharer"
}

/// Whether all is done for the guest that can be done before they accept.
pub(super) fn has_arrived(guest: &Value) -> bool {
    let status = &guest["status"];
    let there = matches!(status["state"].as_str(), Some("Invited" | "Accepted"));
    if is_shared(guest) {
        return there && status["groups"][0]["state"] != "Adding";
    }
    let Some(role) = CAST.iter().find(|role| guest["spec"]["email"] == role.email) else { return there };
    let mailed = status["invitation"]["sent"].as_u64().unwrap_or_default() >= role.mails as u64;
    // Who shares the guest may have added them first.
    let joined = ["Added", "Present"].iter().any(|state| status["groups"][0]["state"] == *state);
    there && mailed && (role.group.is_none() || joined)
}
