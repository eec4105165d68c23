//! The text in English.

use super::text::Text;

pub(super) const TEXT: Text = Text {
    tag: "en",
    subject: |org| format!("{org} has invited you as a guest"),
    reminder: |org| format!("Reminder: {org} has invited you as a guest"),
    hello: |name| format!("Hello {name},"),
    hello_nobody: "Hello,",
    invited: |org, email| {
        format!("{org} has invited you to join its organisation as a guest. The invitation is for {email}.")
    },
    reminded: |org, email| {
        format!(
            "This is a reminder: {org} has invited you to join its organisation as a guest, and you have not accepted yet. The invitation is for {email}."
        )
    },
    note: "A message came with the invitation:",
    accept: "Accept the invitation",
    open: "To accept the invitation, open this link:",
    copy: "If the button does not work, copy this link into your browser:",
    first: |email| {
        format!(
            "The first time, sign in with {email}. If this address belongs to a work or school account (Microsoft Entra) or to a Microsoft account, you simply sign in with that. Otherwise you can create an account, or you get a one-time passcode by e-mail."
        )
    },
    personal: "The link is personal: please do not pass it on.",
    ignore: |org| {
        format!(
            "If you do not know {org} or did not expect this invitation, you can ignore this e-mail. Nothing happens unless you accept."
        )
    },
};
