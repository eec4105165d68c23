//! A real server behind a connection that dies. Whatever the mailbox holds afterwards, the outcome never claims to know
//! what nobody can know, and never says "not sent" of a letter that arrived.

use std::time::Duration;

use guestlist::mail::{MailError, MailErrorClass, Server, Stage};
use mail_parser::MessageParser;

use crate::{
    letters::{fresh, letter, not_sent, plain, smtp},
    postfix::Postfix,
    proxy::{self, Cut},
};

async fn behind(postfix: &Postfix, cut: Cut, timeout: Duration) -> MailError {
    let Server { host, port, .. } = postfix.relay();
    let port = proxy::start((host, port), cut).await;
    let smtp = smtp(Server { timeout, ..plain("127.0.0.1", port) });
    smtp.send(&letter("attempt-lost", None), fresh()).await.unwrap_err()
}

#[tokio::test]
async fn cut_after_the_dot_the_letter_is_there_and_nobody_can_tell() {
    let postfix = Postfix::start("").await;
    let error = behind(&postfix, Cut::AfterDot, Duration::from_secs(20)).await;
    assert!(matches!(error, MailError::Unknown { .. }), "{error}");
    let letters = postfix.letters(1).await;
    let mail = MessageParser::default().parse(&letters[0]).unwrap();
    assert_eq!(mail.message_id(), Some("attempt-lost@contoso.example"));
}

#[tokio::test]
async fn cut_before_the_dot_the_letter_is_not_there_and_nobody_can_tell() {
    let postfix = Postfix::start("").await;
    let error = behind(&postfix, Cut::BeforeDot, Duration::from_secs(20)).await;
    assert!(matches!(error, MailError::Unknown { .. }), "{error}");
    postfix.says("lost connection after DATA").await;
    postfix.letters(0).await;
}

#[tokio::test]
async fn silence_after_the_dot_ends_in_time_and_nobody_can_tell() {
    let postfix = Postfix::start("").await;
    let begun = std::time::Instant::now();
    let error = behind(&postfix, Cut::Silent, Duration::from_secs(3)).await;
    assert!(matches!(error, MailError::Unknown { .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(10));
    postfix.letters(1).await;
}

#[tokio::test]
async fn cut_before_the_letter_it_is_certainly_not_there() {
    let postfix = Postfix::start("").await;
    let error = behind(&postfix, Cut::AtData, Duration::from_secs(20)).await;
    assert_eq!(not_sent(&error), (MailErrorClass::Transient, Stage::Data, None), "{error}");
    postfix.letters(0).await;
}
