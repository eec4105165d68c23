//! How the mail server behaves. What should go wrong only once is a fault on the operation `sendMail` instead.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::millis;

/// The mail server, as a mail administrator might have set it up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Smtp {
    /// Who may send; unset: anybody.
    pub credentials: Option<SmtpCredentials>,
    /// STARTTLS is offered where the connection is not inside TLS from the start.
    pub starttls: bool,
    /// No mail without TLS.
    pub require_tls: bool,
    /// So many attempts at each recipient are put off with 451, as greylisting does.
    pub greylist: u32,
    /// Recipients that are refused with 550.
    pub refused_recipients: Vec<String>,
    /// How long every answer takes.
    #[serde(rename = "answerDelayMs", with = "millis")]
    pub answer_delay: Duration,
    /// The largest message, in octets.
    pub max_size: usize,
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            credentials: None,
            starttls: true,
            require_tls: false,
            greylist: 0,
            refused_recipients: Vec::new(),
            answer_delay: Duration::ZERO,
            max_size: 10 * 1024 * 1024,
        }
    }
}

/// A user of the mail server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SmtpCredentials {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
}
