//! The tenant's own delivery: the mail server, the sender and the text, ready to send.

use crate::mail::{LetterTemplate, Sender, SmtpClient};

/// A mail server with the sender and the text.
pub struct Mailer {
    /// The server.
    pub smtp: SmtpClient,
    /// Who sends.
    pub from: Sender,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Sender>,
    /// An own text; none means the built-in one.
    pub template: Option<LetterTemplate>,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").finish_non_exhaustive()
    }
}
