//! Who plays in the demo, and how each must come out.
//! The guests themselves are declared in examples/guests; this is what the checks expect of them.

/// One guest of the story.
#[derive(Debug, Clone, Copy)]
pub(super) struct Role {
    /// The address, by which the manifest is found.
    pub(super) email: &'static str,
    /// What is told about the guest.
    pub(super) story: &'static str,
    /// How many invitation mails there must be, at the end too.
    pub(super) mails: usize,
    /// Whether the directory holds the guest, accepted, before the operator starts.
    pub(super) known_before: bool,
    /// The state at the end.
    pub(super) state: &'static str,
    /// How the guest signs in at the end, if at all.
    pub(super) provider: Option<&'static str>,
}

const NEW: Role = Role { email: "", story: "", mails: 1, known_before: false, state: "Accepted", provider: None };

/// All of them.
pub(super) const CAST: [Role; 6] = [
    Role {
        email: "adele@fabrikam.com",
        story: "has a work account in another Entra directory",
        provider: Some("Entra"),
        ..NEW
    },
    Role { email: "lee@outlook.com", story: "has a Microsoft account", provider: Some("MicrosoftAccount"), ..NEW },
    Role { email: "maya@gmail.com", story: "has a Google account", provider: Some("Google"), ..NEW },
    Role {
        email: "sam@northwind.example",
        story: "has none of these and gets a passcode by mail",
        provider: Some("EmailOneTimePasscode"),
        ..NEW
    },
    Role { email: "quiet@fabrikam.com", story: "is added without a mail", mails: 0, state: "Invited", ..NEW },
    Role {
        email: "known@fabrikam.com",
        story: "was a guest before, and is adopted without a mail",
        mails: 0,
        known_before: true,
        provider: Some("Entra"),
        ..NEW
    },
];
