//! One SMTP connection as a state machine: which command is taken when, and what it answers.
//! Settings decide who may send and whom to; the fault list may spoil a message on its way.

use std::io::Result;
use std::sync::Arc;
use std::time::Duration;

use super::envelope::{self, Sender};
use super::wire::{Data, Line, Reply, Wire};
use super::{auth, message};
use crate::faults::{FaultAction, ScriptedAnswer, ScriptedBody, Target};
use crate::settings::Smtp;
use crate::state::State;

/// The longest command with its end (RFC 4954, 4, for AUTH; others are shorter).
const COMMAND: usize = 12_288;
const RECIPIENTS: usize = 100;
/// How long a client may be silent (RFC 5321, 4.5.3.2.7).
const PATIENCE: Duration = Duration::from_secs(300);
/// How often a client may offer wrong credentials.
const GUESSES: u32 = 3;

const OUT_OF_ORDER: &str = "503 5.5.1 Bad sequence of commands";
const NO_ARGUMENT: &str = "501 5.5.4 Syntax error: no argument is taken";

pub(super) struct Session {
    state: Arc<State>,
    wire: Wire,
    tls: bool,
    greeted: bool,
    known: bool,
    guesses: u32,
    sender: Option<Sender>,
    recipients: Vec<String>,
}

/// What follows a command.
enum Next {
    Say(Reply),
    StartTls,
    End(Reply),
    /// The connection is closed without a word.
    Cut,
}

fn say(reply: &str) -> Next {
    Next::Say(reply.to_owned())
}

impl Session {
    pub(super) fn new(state: Arc<State>, wire: Wire, tls: bool) -> Self {
        let (greeted, known, guesses) = (false, false, 0);
        Self { state, wire, tls, greeted, known, guesses, sender: None, recipients: Vec::new() }
    }

    pub(super) async fn run(mut self) -> Result<()> {
        self.say("220 localhost ESMTP Entra simulator").await?;
        loop {
            let line = match tokio::time::timeout(PATIENCE, self.wire.line(COMMAND)).await {
                Ok(line) => line?,
                Err(_) => return self.say("421 4.4.2 localhost Timeout exceeded").await,
            };
            let next = match line {
                Line::Text(line) => self.command(&String::from_utf8_lossy(&line)).await?,
                Line::TooLong => say("500 5.5.2 Line too long"),
                Line::Malformed => say("500 5.5.2 Lines end with CR LF"),
            };
            match next {
                Next::Say(reply) => self.say(&reply).await?,
                Next::End(reply) => return self.say(&reply).await,
                Next::Cut => return Ok(()),
                Next::StartTls => {
                    self.say("220 2.0.0 Ready to start TLS").await?;
                    // What was sent ahead in the clear is not to be trusted.
                    let Some(stream) = self.wire.into_stream() else {
                        return Ok(());
                    };
                    let stream = self.state.identity.smtp.accept(stream).await?;
                    self = Self::new(self.state, Wire::new(stream), true);
                }
            }
        }
    }

    async fn say(&mut self, reply: &str) -> Result<()> {
        let delay = self.settings().answer_delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        self.wire.say(reply).await
    }

    fn settings(&self) -> Smtp {
        self.state.world().settings.smtp.clone()
    }

    async fn command(&mut self, line: &str) -> Result<Next> {
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        Ok(match (verb.to_ascii_uppercase().as_str(), argument) {
            ("EHLO" | "HELO", "") => say("501 5.5.4 Syntax: the name of the client is missing"),
            ("EHLO", _) => Next::Say(self.greet()),
            ("HELO", _) => {
                self.reset();
                self.greeted = true;
                say("250 localhost")
            }
            ("NOOP", _) => say("250 2.0.0 Ok"),
            ("VRFY", _) => say("252 2.5.2 Cannot VRFY user"),
            ("QUIT", "") => Next::End("221 2.0.0 Bye".to_owned()),
            ("RSET", "") => {
                self.reset();
                say("250 2.0.0 Ok")
            }
            ("STARTTLS", "") if self.tls || !self.settings().starttls => say(OUT_OF_ORDER),
            ("STARTTLS", "") => Next::StartTls,
            ("DATA", "") => self.data().await?,
            ("QUIT" | "RSET" | "STARTTLS" | "DATA", _) => say(NO_ARGUMENT),
            ("AUTH", _) => self.authenticate(argument).await?,
            ("MAIL", _) => Next::Say(self.mail(argument).unwrap_or_else(|refused| refused)),
            ("RCPT", _) => Next::Say(self.recipient(argument).unwrap_or_else(|refused| refused)),
            _ => say("500 5.5.2 Command not recognized"),
        })
    }

    fn greet(&mut self) -> Reply {
        self.reset();
        self.greeted = true;
        let settings = self.settings();
        let mut lines = vec!["localhost".to_owned(), format!("SIZE {}", settings.max_size), "8BITMIME".to_owned()];
        if settings.starttls && !self.tls {
            lines.push("STARTTLS".to_owned());
        }
        // Passwords are not asked for in the clear.
        if settings.credentials.is_some() && self.tls {
            lines.push("AUTH PLAIN LOGIN".to_owned());
        }
        let head: String = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
        format!("{head}250 ENHANCEDSTATUSCODES")
    }

    async fn authenticate(&mut self, argument: &str) -> Result<Next> {
        let Some(credentials) = self.settings().credentials else {
            return Ok(say("502 5.5.1 Command not implemented"));
        };
        if !self.greeted || self.known || self.sender.is_some() {
            return Ok(say(OUT_OF_ORDER));
        }
        if !self.tls {
            return Ok(say("538 5.7.11 Encryption required for requested authentication mechanism"));
        }
        let (known, reply) = auth::exchange(&mut self.wire, argument, &credentials).await?;
        self.known = known;
        self.guesses += u32::from(!known);
        if self.guesses >= GUESSES {
            return Ok(Next::End("421 4.7.0 Too many errors".to_owned()));
        }
        Ok(Next::Say(reply))
    }

    fn mail(&mut self, argument: &str) -> std::result::Result<Reply, Reply> {
        let settings = self.settings();
        if !self.greeted || self.sender.is_some() {
            return Err(OUT_OF_ORDER.to_owned());
        }
        if settings.require_tls && !self.tls {
            return Err("530 5.7.0 Must issue a STARTTLS command first".to_owned());
        }
        if settings.credentials.is_some() && !self.known {
            return Err("530 5.7.0 Authentication required".to_owned());
        }
        self.sender = Some(envelope::sender(argument, settings.max_size)?);
        Ok("250 2.1.0 Ok".to_owned())
    }

    fn recipient(&mut self, argument: &str) -> std::result::Result<Reply, Reply> {
        if self.sender.is_none() {
            return Err(OUT_OF_ORDER.to_owned());
        }
        let address = envelope::recipient(argument)?;
        if self.recipients.len() >= RECIPIENTS {
            return Err("452 4.5.3 Too many recipients".to_owned());
        }
        let mut world = self.state.world();
        let world = &mut *world;
        let settings = &world.settings.smtp;
        if settings.refused_recipients.iter().any(|refused| refused.eq_ignore_ascii_case(&address)) {
            return Err(format!("550 5.1.1 <{address}> Recipient address rejected: User unknown"));
        }
        let attempts = world.greylisted.entry(address.to_lowercase()).or_default();
        if *attempts < settings.greylist {
            *attempts += 1;
            return Err(format!("451 4.7.1 <{address}> Greylisted, please try again later"));
        }
        self.recipients.push(address);
        Ok("250 2.1.5 Ok".to_owned())
    }

    async fn data(&mut self) -> Result<Next> {
        if self.sender.is_none() {
            return Ok(say(OUT_OF_ORDER));
        }
        if self.recipients.is_empty() {
            return Ok(say("554 5.5.1 No valid recipients"));
        }
        self.say("354 End data with <CR><LF>.<CR><LF>").await?;
        let most = self.settings().max_size;
        let data = match tokio::time::timeout(PATIENCE, self.wire.data(most)).await {
            Ok(data) => data?,
            Err(_) => return Ok(Next::End("421 4.4.2 localhost Timeout exceeded".to_owned())),
        };
        let eight_bit = self.sender.take().is_some_and(|sender| sender.eight_bit);
        let recipients = std::mem::take(&mut self.recipients);
        match data {
            Data::TooLarge => Ok(say("552 5.3.4 Message size exceeds fixed limit")),
            Data::Malformed(why) => Ok(Next::Say(format!("550 5.6.0 Message content rejected: {why}"))),
            Data::Message(bytes) if !eight_bit && !bytes.is_ascii() => {
                Ok(say("554 5.6.1 Eight-bit data without BODY=8BITMIME"))
            }
            Data::Message(bytes) => self.deliver(&bytes, &recipients).await,
        }
    }

    async fn deliver(&mut self, bytes: &[u8], recipients: &[String]) -> Result<Next> {
        let parsed = match message::parse(bytes) {
            Ok(parsed) => parsed,
            Err(refused) => return Ok(Next::Say(refused)),
        };
        let text = String::from_utf8_lossy(bytes);
        let struck = self.state.world().faults.strike(&Target {
            operation: "sendMail",
            texts: &[&recipients.join(" "), &text],
            page: None,
            ids: &|_| Vec::new(),
        });
        tokio::time::sleep(struck.delay).await;
        let keep = || {
            let mut world = self.state.world();
            let entry = message::entry(&world, &self.state.origin, &parsed, recipients);
            world.journal.mail(entry);
        };
        match struck.action {
            Some(FaultAction::CutBefore) => Ok(Next::Cut),
            Some(FaultAction::CutAfter) => {
                keep();
                Ok(Next::Cut)
            }
            Some(FaultAction::Silence) => std::future::pending().await,
            Some(FaultAction::Status { code, after_work, .. }) => {
                if after_work {
                    keep();
                }
                Ok(Next::Say(format!("{code} {}.3.0 Scripted", code / 100)))
            }
            Some(FaultAction::Answer(answer)) => {
                if answer.after_work {
                    keep();
                }
                Ok(Next::Say(reply(&answer)))
            }
            Some(FaultAction::HalfAnswer) => {
                keep();
                // A reply that says there is more to come.
                self.wire.say("250-2.0.0 Ok").await?;
                Ok(Next::Cut)
            }
            Some(FaultAction::Delay { .. }) | None => {
                keep();
                Ok(say("250 2.0.0 Ok: queued"))
            }
        }
    }

    fn reset(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }
}

/// A scripted answer as a reply: an error's code is the enhanced status code.
fn reply(answer: &ScriptedAnswer) -> String {
    let status = answer.status;
    match &answer.body {
        ScriptedBody::Error { code, message } => format!("{status} {code} {message}"),
        ScriptedBody::Text { text, .. } => format!("{status} {text}"),
        ScriptedBody::SignInError { .. } | ScriptedBody::Json(_) => format!("{status} {}.3.0 Scripted", status / 100),
    }
}
