//! The sentences that every language provides.

/// The sentences of one language.
pub(super) struct Text {
    /// The BCP 47 tag.
    pub(super) tag: &'static str,
    /// The subject; takes the organisation.
    pub(super) subject: fn(&str) -> String,
    /// The subject of a reminder; takes the organisation.
    pub(super) reminder: fn(&str) -> String,
    /// The greeting; takes the guest's name.
    pub(super) hello: fn(&str) -> String,
    /// The greeting of a guest without a name.
    pub(super) hello_nobody: &'static str,
    /// Who invites whom; takes the organisation and the address.
    pub(super) invited: fn(&str, &str) -> String,
    /// The same in a reminder.
    pub(super) reminded: fn(&str, &str) -> String,
    /// The line before the personal message.
    pub(super) note: &'static str,
    /// The label of the button.
    pub(super) accept: &'static str,
    /// The line before the link in the plain text.
    pub(super) open: &'static str,
    /// The line before the link below the button.
    pub(super) copy: &'static str,
    /// How the first sign-in goes; takes the address.
    pub(super) first: fn(&str) -> String,
    /// The sentence that the link is for this guest only.
    pub(super) personal: &'static str,
    /// What to do with an unexpected letter; takes the organisation.
    pub(super) ignore: fn(&str) -> String,
}
