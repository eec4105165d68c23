//! What can go wrong when a letter is handed over. The one question that matters is whether the server may have taken it,
//! so that decides the variant: every answer of the server's is certain, and silence is only so before the content leaves.

use std::{error::Error, fmt};

use lettre::transport::smtp;

use crate::telemetry::Cause;

/// What a policy does with a letter that was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailErrorClass {
    /// It may pass by itself: the server cannot be reached, is busy, or greylists.
    Transient,
    /// The server refuses this recipient or this letter for good.
    Terminal,
    /// The server wants other credentials; that holds for every letter.
    Auth,
    /// The server, or how it is configured here, does not fit; that holds for every letter.
    Config,
}

/// How far the conversation came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Looking up the host and opening the connection.
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
    /// The letter and the server's answer to it.
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

/// A letter that no server has said to have taken.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MailError {
    /// The server has not taken it, for certain.
    #[error("the mail was not sent, {stage}: {message}")]
    NotSent {
        /// What to do about it.
        class: MailErrorClass,
        /// Where it ended.
        stage: Stage,
        /// The server's reply code, if it gave one.
        code: Option<u16>,
        /// The server's sentence, or the cause.
        message: String,
        /// What happened below, if it was no answer of the server's. `message` says it already.
        source: Option<Cause>,
    },
    /// The content may have reached the server, and no answer of its came back: nobody can tell.
    #[error("nobody can tell whether the mail was sent: {message}")]
    Unknown {
        /// What happened instead of an answer.
        message: String,
        /// What happened below. `message` says it already.
        source: Option<Cause>,
    },
}

impl MailError {
    /// An end that is no answer of the server's, before the content could leave.
    pub(super) fn local(class: MailErrorClass, stage: Stage, message: impl Into<String>) -> Self {
        Self::NotSent { class, stage, code: None, message: message.into(), source: None }
    }

    /// The same, with the words of its cause.
    pub(super) fn caused(class: MailErrorClass, stage: Stage, cause: impl Error + Send + Sync + 'static) -> Self {
        Self::local(class, stage, cause.to_string()).because(cause)
    }

    /// The same, caused by `cause`, which `message` tells already.
    pub(super) fn because(mut self, cause: impl Into<Cause>) -> Self {
        let (Self::NotSent { source, .. } | Self::Unknown { source, .. }) = &mut self;
        *source = Some(cause.into());
        self
    }

    /// The end of the conversation at `stage` by lettre's `error`. `about` goes before the sentence; may be empty.
    pub(super) fn ended(stage: Stage, about: &str, error: smtp::Error) -> Self {
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        let Some(code) = error.status().map(u16::from) else {
            let message = format!("{about}{}", spoken(&cause));
            // lettre's own refusals: it sent nothing for want of something that the server should offer.
            let class = if error.is_client() { MailErrorClass::Config } else { MailErrorClass::Transient };
            let ended = match stage {
                Stage::Content => {
                    let message = format!("the connection ended without an answer: {message}");
                    Self::Unknown { message, source: None }
                }
                _ => Self::local(class, stage, message),
            };
            // An answer that lettre does not understand stands in its error, and may quote the redeem link.
            return if error.is_response() { ended } else { ended.because(error) };
        };
        let message = format!("{about}{code} {}", spoken(&cause)).trim_end().to_owned();
        Self::NotSent { class: class(stage, code), stage, code: Some(code), message, source: None }
    }

    /// Whether the server said so itself, and so still listens.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self, Self::NotSent { code: Some(_), .. })
    }
}

/// The class of a negative answer (4yz or 5yz) at `stage`.
pub(super) fn class(stage: Stage, code: u16) -> MailErrorClass {
    match (code, stage) {
        (400..=499, _) => MailErrorClass::Transient,
        // RFC 4954, 6: authentication required, too weak, or needing encryption.
        (530 | 534 | 535 | 538, _) | (_, Stage::SignIn) => MailErrorClass::Auth,
        (_, Stage::Connect | Stage::Greeting | Stage::Tls | Stage::Sender) => MailErrorClass::Config,
        (_, Stage::Recipient | Stage::Data | Stage::Content) => MailErrorClass::Terminal,
    }
}

/// A server's sentence as it may be shown: on one line, of bounded length, and without the query of any link, because
/// a filter that refuses a letter may quote the redeem link from it.
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
