//! What can go wrong when a letter is sent. The variant tells whether the server may have taken the letter. A refusal
//! by the server is certain. Without an answer it is certain only before the content is sent.

use std::{error::Error, fmt};

use lettre::transport::smtp;

use crate::telemetry::Cause;

/// How a policy treats a letter that was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailErrorClass {
    /// The problem may pass: the server cannot be reached, is busy, or uses greylisting.
    Transient,
    /// The server permanently refuses this recipient or this letter.
    Terminal,
    /// The server refuses the credentials. This concerns every letter.
    Auth,
    /// The server and its configuration here do not match. This concerns every letter.
    Config,
}

/// The stage that the SMTP session reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The host lookup and the TCP connection.
    Connect,
    /// The greeting, `EHLO` and `STARTTLS`.
    Greeting,
    /// The TLS handshake.
    Tls,
    /// `AUTH`.
    SignIn,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`, before the first byte of the letter.
    Data,
    /// The content of the letter and the server's answer to it.
    Content,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Greeting => "greeting the server",
            Self::Tls => "setting up TLS",
            Self::SignIn => "signing in",
            Self::Sender => "naming the sender",
            Self::Recipient => "naming the recipient",
            Self::Data => "asking to hand over the letter",
            Self::Content => "handing over the letter",
        })
    }
}

/// A letter that no server has confirmed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MailError {
    /// The server has certainly not taken the letter.
    #[error("the mail was not sent, {stage}: {message}")]
    NotSent {
        /// How a policy treats the error.
        class: MailErrorClass,
        /// The stage at which the session ended.
        stage: Stage,
        /// The server's reply code, if it gave one.
        code: Option<u16>,
        /// The server's message, or the cause.
        message: String,
        /// The cause, if the error is not an answer from the server. `message` already contains its text.
        source: Option<Cause>,
    },
    /// The content may have reached the server, but no usable answer came back. It is unknown whether the server took
    /// the letter.
    #[error("nobody can tell whether the mail was sent: {message}")]
    Unknown {
        /// What happened instead of an answer.
        message: String,
        /// The cause. `message` already contains its text.
        source: Option<Cause>,
    },
}

impl MailError {
    /// An error before the content was sent that is not an answer from the server.
    pub(super) fn local(class: MailErrorClass, stage: Stage, message: impl Into<String>) -> Self {
        Self::NotSent { class, stage, code: None, message: message.into(), source: None }
    }

    /// The same, with the text of its cause as the message.
    pub(super) fn caused(class: MailErrorClass, stage: Stage, cause: impl Error + Send + Sync + 'static) -> Self {
        Self::local(class, stage, cause.to_string()).because(cause)
    }

    /// The same error with the cause `cause`. `message` already contains the text of the cause.
    pub(super) fn because(mut self, cause: impl Into<Cause>) -> Self {
        let (Self::NotSent { source, .. } | Self::Unknown { source, .. }) = &mut self;
        *source = Some(cause.into());
        self
    }

    /// The session ended at `stage` with lettre's `error`. The message begins with `about`, which may be empty.
    pub(super) fn ended(stage: Stage, about: &str, error: smtp::Error) -> Self {
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        let Some(code) = error.status().map(u16::from) else {
            let message = format!("{about}{}", spoken(&cause));
            // A client error comes from lettre itself. It sent nothing because the server lacks a feature.
            let class = if error.is_client() { MailErrorClass::Config } else { MailErrorClass::Transient };
            let ended = match stage {
                Stage::Content => {
                    let message = format!("the connection ended without an answer: {message}");
                    Self::Unknown { message, source: None }
                }
                _ => Self::local(class, stage, message),
            };
            // lettre puts an answer that it cannot parse into its error. The answer may quote the redeem link, so the
            // error is dropped.
            return if error.is_response() { ended } else { ended.because(error) };
        };
        let message = format!("{about}{code} {}", spoken(&cause)).trim_end().to_owned();
        Self::NotSent { class: class(stage, code), stage, code: Some(code), message, source: None }
    }

    /// Whether the server itself answered. Then it still listens.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self, Self::NotSent { code: Some(_), .. })
    }
}

/// The class of a negative answer (4yz or 5yz) at `stage`.
pub(super) fn class(stage: Stage, code: u16) -> MailErrorClass {
    match (code, stage) {
        (400..=499, _) => MailErrorClass::Transient,
        // RFC 4954, section 6: authentication is required, is too weak, or needs encryption.
        (530 | 534 | 535 | 538, _) | (_, Stage::SignIn) => MailErrorClass::Auth,
        (_, Stage::Connect | Stage::Greeting | Stage::Tls | Stage::Sender) => MailErrorClass::Config,
        (_, Stage::Recipient | Stage::Data | Stage::Content) => MailErrorClass::Terminal,
    }
}

/// Makes a server's text fit to show: one line, of limited length, and every link without its query. A filter that
/// refuses a letter may quote the redeem link.
pub(super) fn spoken(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match word.split_once('?') {
        Some((before, after)) if !after.is_empty() => format!("{before}?…"),
        _ if word.chars().count() > 100 => "…".into(),
        _ => word.to_owned(),
    });
    super::clean::one_line(&words.collect::<Vec<_>>().join(" ")).chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stage_and_the_code_decide_the_class() {
        for (stage, code, expected) in [
            (Stage::Recipient, 450, MailErrorClass::Transient),
            (Stage::Content, 451, MailErrorClass::Transient),
            (Stage::SignIn, 454, MailErrorClass::Transient),
            (Stage::Greeting, 421, MailErrorClass::Transient),
            (Stage::SignIn, 535, MailErrorClass::Auth),
            (Stage::SignIn, 504, MailErrorClass::Auth),
            (Stage::Sender, 530, MailErrorClass::Auth),
            (Stage::Recipient, 530, MailErrorClass::Auth),
            (Stage::Greeting, 554, MailErrorClass::Config),
            (Stage::Sender, 553, MailErrorClass::Config),
            (Stage::Recipient, 550, MailErrorClass::Terminal),
            (Stage::Data, 554, MailErrorClass::Terminal),
            (Stage::Content, 552, MailErrorClass::Terminal),
        ] {
            assert_eq!(class(stage, code), expected, "{stage:?} {code}");
        }
    }

    #[test]
    fn the_cause_is_kept_and_told_once() {
        let reset = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let error = MailError::caused(MailErrorClass::Transient, Stage::Greeting, reset);
        assert_eq!(error.to_string(), "the mail was not sent, greeting the server: connection reset");
        let cause = error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>());
        assert_eq!(cause.map(std::io::Error::kind), Some(std::io::ErrorKind::ConnectionReset));
    }

    #[test]
    fn a_quoted_link_loses_what_makes_it_work() {
        let said = spoken(
            "5.7.1 blocked\r\n https://login.microsoftonline.com/redeem?rd=https%3a%2f%2fx%3fticket%3dsecret why?",
        );
        assert_eq!(said, "5.7.1 blocked https://login.microsoftonline.com/redeem?… why?");
        assert_eq!(spoken(&format!("no {}", "rd=secret".repeat(20))), "no …");
        assert_eq!(spoken(&"ab ".repeat(1000)).chars().count(), 300);
    }
}
