//! One SMTP session, stage by stage. Its end always tells whether the server may have taken the letter. A connection
//! carries one letter and is never reused. A stale connection would leave the result unknown.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use lettre::transport::smtp::{
    self,
    authentication::{self, Mechanism},
    client::AsyncSmtpConnection,
    commands::{Data, Mail, Rcpt},
    response::{Response, Severity},
};
use tokio::time::{Instant, timeout, timeout_at};

use super::{Letter, MailError, MailErrorClass, SmtpCredentials, Stage, error::spoken, wire::Wire};

/// How long the server may take to answer `QUIT`. The result of the letter is known by then.
const GOODBYE: Duration = Duration::from_secs(1);

/// The server's confirmation that it took a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The server's answer. It usually names the letter's id in the server's queue.
    pub answer: String,
}

pub(super) struct Talk {
    connection: AsyncSmtpConnection,
    deadline: Instant,
}

impl Talk {
    /// Reads the server's greeting and sends `EHLO`. The whole session ends by `deadline`.
    pub(super) async fn open(wire: Wire, deadline: Instant) -> Result<Self, MailError> {
        let hello = wire.hello.clone();
        let opening = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello);
        let connection = within(deadline, Stage::Greeting, "", opening).await?;
        Ok(Self { connection, deadline })
    }

    /// Signs in with PLAIN or LOGIN, depending on what the server offers.
    pub(super) async fn sign_in(&mut self, credentials: &SmtpCredentials) -> Result<(), MailError> {
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        if self.connection.server_info().get_auth_mechanism(&mechanisms).is_none() {
            let why = "the server offers neither AUTH PLAIN nor AUTH LOGIN on this connection";
            return Err(MailError::local(MailErrorClass::Config, Stage::SignIn, why));
        }
        let given = authentication::Credentials::new(credentials.username.clone(), credentials.password.clone());
        let signing_in = self.connection.auth(&mechanisms, &given);
        let answer = within(self.deadline, Stage::SignIn, "", signing_in).await;
        answer.and_then(|answer| positive(Stage::SignIn, &answer)).map_err(|error| hide(error, credentials))
    }

    /// Sends the letter, unless the time is `latest` or later when the content would be sent.
    pub(super) async fn hand_over(&mut self, letter: &Letter, latest: Timestamp) -> Result<Delivered, MailError> {
        let deadline = self.deadline;
        let connection = &mut self.connection;

        let mail = Mail::new(letter.envelope.from().cloned(), Vec::new());
        let answer = within(deadline, Stage::Sender, "", connection.command(mail)).await?;
        positive(Stage::Sender, &answer)?;

        for recipient in letter.envelope.to() {
            let naming = connection.command(Rcpt::new(recipient.clone(), Vec::new()));
            let answer = within(deadline, Stage::Recipient, &format!("{recipient}: "), naming).await?;
            positive(Stage::Recipient, &answer)?;
        }

        let answer = within(deadline, Stage::Data, "", connection.command(Data)).await?;
        if !answer.has_code(354) {
            return Err(unfitting(Stage::Data, &answer));
        }
        if Timestamp::now() >= latest {
            return Err(MailError::local(
                MailErrorClass::Transient,
                Stage::Data,
                "the decision to send had become too old",
            ));
        }

        // From here on only an answer shows whether the server took the letter.
        match timeout_at(deadline, connection.message(&letter.content)).await {
            Ok(Ok(answer)) if answer.code().severity == Severity::PositiveCompletion => {
                Ok(Delivered { answer: said(&answer) })
            }
            Ok(Ok(answer)) => Err(MailError::Unknown {
                message: format!("the server answered the letter with {}", said(&answer)),
                source: None,
            }),
            Ok(Err(error)) => Err(MailError::ended(Stage::Content, "", error)),
            Err(late) => Err(MailError::Unknown {
                message: "no answer in time after the letter had left".into(),
                source: Some(late.into()),
            }),
        }
    }

    /// Sends `QUIT`. It must not be called after `DATA` without an answer: the command would become part of the letter.
    pub(super) async fn leave(mut self) {
        // The answer changes nothing any more.
        let _ = timeout(GOODBYE, self.connection.quit()).await;
    }
}

/// Runs the step `stage` until `deadline`. The stage must come before the content.
async fn within<T>(
    deadline: Instant,
    stage: Stage,
    about: &str,
    step: impl Future<Output = Result<T, smtp::Error>>,
) -> Result<T, MailError> {
    match timeout_at(deadline, step).await {
        Ok(result) => result.map_err(|error| MailError::ended(stage, about, error)),
        Err(late) => Err(MailError::local(MailErrorClass::Transient, stage, "no answer in time").because(late)),
    }
}

fn positive(stage: Stage, answer: &Response) -> Result<(), MailError> {
    if answer.code().severity == Severity::PositiveCompletion { Ok(()) } else { Err(unfitting(stage, answer)) }
}

fn unfitting(stage: Stage, answer: &Response) -> MailError {
    MailError::local(MailErrorClass::Transient, stage, format!("an answer that does not fit: {}", said(answer)))
}

fn said(answer: &Response) -> String {
    let words = answer.message().collect::<Vec<_>>().join(" ");
    format!("{} {}", answer.code(), spoken(&words)).trim_end().to_owned()
}

/// Removes the credentials from an error. Some servers quote what they could not read.
fn hide(error: MailError, credentials: &SmtpCredentials) -> MailError {
    let SmtpCredentials { username, password } = credentials;
    let secrets = [
        BASE64_STANDARD.encode(format!("\0{username}\0{password}")),
        BASE64_STANDARD.encode(password),
        password.clone(),
    ];
    match error {
        MailError::NotSent { class, stage, code, message, .. }
            if secrets.iter().any(|secret| message.contains(secret)) =>
        {
            let message = code.map_or_else(|| "refused".to_owned(), |code| code.to_string());
            MailError::NotSent { class, stage, code, message, source: None }
        }
        other => other,
    }
}
