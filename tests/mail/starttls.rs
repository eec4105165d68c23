//! Somebody in between who does not want the connection encrypted, or speaks before it is.

use std::time::Duration;

use guestlist::mail::{MailErrorClass, Server, SmtpCredentials, Stage, Tls};

use crate::{
    letters::{fresh, letter, not_sent, plain, smtp},
    script::Script,
};

const HELLO: &[u8] = b"220 mail.example ESMTP\r\n";
const OFFER: &[u8] = b"250-mail.example\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n";

async fn against<const N: usize>(lines: [&'static [u8]; N]) -> ((MailErrorClass, Stage, Option<u16>), String) {
    let script = Script::start(lines).await;
    let credentials = Some(SmtpCredentials { username: "operator".into(), password: "sesame".into() });
    let timeout = Duration::from_secs(3);
    let server = Server { tls: Tls::StartTls, credentials, timeout, ..plain("127.0.0.1", script.port) };
    let error = smtp(server).send(&letter("a", None), fresh()).await.unwrap_err();
    (not_sent(&error), script.heard().await)
}

#[tokio::test]
async fn without_an_offer_nothing_is_said() {
    let taken_out: &[u8] = b"250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n";
    let (end, heard) = against([HELLO, taken_out]).await;
    assert_eq!(end, (MailErrorClass::Config, Stage::Greeting, None));
    assert_eq!(heard, "EHLO [127.0.0.1]\r\n");
}

#[tokio::test]
async fn a_refusal_is_the_end() {
    for (line, class, code) in
        [(&b"454 not now\r\n"[..], MailErrorClass::Transient, 454), (b"502 no\r\n", MailErrorClass::Config, 502)]
    {
        let (end, heard) = against([HELLO, OFFER, line]).await;
        assert_eq!(end, (class, Stage::Greeting, Some(code)));
        assert_eq!(heard, "EHLO [127.0.0.1]\r\nSTARTTLS\r\n");
    }
}

/// These answers would make the letter look delivered to whoever reads them after the handshake (CVE-2011-0411 and its kin).
#[tokio::test]
async fn what_is_slipped_in_before_tls_is_no_answer() {
    let slipped: &[u8] = b"220 go\r\n250 AUTH PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n";
    let (end, heard) = against([HELLO, OFFER, slipped]).await;
    assert_eq!(end, (MailErrorClass::Config, Stage::Greeting, None));
    assert_eq!(heard, "EHLO [127.0.0.1]\r\nSTARTTLS\r\n");
}

#[tokio::test]
async fn plain_text_instead_of_tls_is_the_end() {
    let (end, heard) = against([HELLO, OFFER, b"220 go\r\n", b"250 hi, let us skip that\r\n"]).await;
    assert!(matches!(end, (_, Stage::Tls | Stage::Connect, None)), "{end:?}");
    assert!(!heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
}
