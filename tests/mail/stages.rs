//! Every stage at which a conversation can end, and what may be said of the letter then.

use std::time::Duration;

use guestlist::mail::{MailError, MailErrorClass, Server, SmtpCredentials, Stage};
use jiff::Timestamp;

use crate::{
    letters::{LINK, fresh, letter, not_sent, plain, smtp},
    script::{CLOSE, SILENCE, Script},
};

const HELLO: &[u8] = b"220 mail.example ESMTP\r\n";
const OFFER: &[u8] = b"250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n";
const OK: &[u8] = b"250 2.0.0 ok\r\n";
const GO: &[u8] = b"354 go\r\n";

/// How a letter ends against a server that says `lines`, and what the server heard.
async fn ends<const N: usize>(
    lines: [&'static [u8]; N],
    credentials: Option<SmtpCredentials>,
) -> (Result<String, MailError>, String) {
    let script = Script::start(lines).await;
    let smtp = smtp(Server { timeout: Duration::from_secs(2), credentials, ..plain("127.0.0.1", script.port) });
    let outcome = smtp.send(&letter("a", Some("boss@contoso.example")), fresh()).await;
    (outcome.map(|delivered| delivered.answer), script.heard().await)
}

/// Lines up to the one that is said at a stage, which is the last.
async fn at(stage: Stage, line: &'static [u8]) -> (Result<String, MailError>, String) {
    match stage {
        Stage::Connect => ends([line], None).await,
        Stage::Greeting => ends([HELLO, line], None).await,
        Stage::Sender => ends([HELLO, OFFER, line], None).await,
        Stage::Recipient => ends([HELLO, OFFER, OK, OK, line], None).await,
        Stage::Data => ends([HELLO, OFFER, OK, OK, OK, line], None).await,
        Stage::Content => ends([HELLO, OFFER, OK, OK, OK, GO, line], None).await,
        Stage::Tls | Stage::SignIn => panic!("has tests of its own"),
    }
}

#[tokio::test]
async fn before_the_letter_every_end_means_not_sent() {
    for (stage, line, class, code) in [
        (Stage::Connect, &b"554 no service for you\r\n"[..], MailErrorClass::Config, Some(554)),
        (Stage::Connect, b"421 busy\r\n", MailErrorClass::Transient, Some(421)),
        (Stage::Connect, CLOSE, MailErrorClass::Transient, None),
        (Stage::Greeting, b"502 never heard of it\r\n", MailErrorClass::Config, Some(502)),
        (Stage::Greeting, CLOSE, MailErrorClass::Transient, None),
        (Stage::Sender, b"451 later\r\n", MailErrorClass::Transient, Some(451)),
        (Stage::Sender, b"553 not your address\r\n", MailErrorClass::Config, Some(553)),
        (Stage::Sender, b"530 sign in first\r\n", MailErrorClass::Auth, Some(530)),
        (Stage::Recipient, b"450 greylisted\r\n", MailErrorClass::Transient, Some(450)),
        (Stage::Recipient, b"550-no\r\n550 such user\r\n", MailErrorClass::Terminal, Some(550)),
        (Stage::Recipient, b"550 utilisateur d\xe9plac\xe9\r\n", MailErrorClass::Terminal, Some(550)),
        (Stage::Recipient, b"354 what?\r\n", MailErrorClass::Transient, None),
        (Stage::Recipient, b"who are you?\r\n", MailErrorClass::Transient, None),
        (Stage::Recipient, CLOSE, MailErrorClass::Transient, None),
        (Stage::Recipient, SILENCE, MailErrorClass::Transient, None),
        (Stage::Data, b"451 disk full\r\n", MailErrorClass::Transient, Some(451)),
        (Stage::Data, b"554 no valid recipients\r\n", MailErrorClass::Terminal, Some(554)),
        (Stage::Data, b"250 fine, where is it?\r\n", MailErrorClass::Transient, None),
        (Stage::Data, CLOSE, MailErrorClass::Transient, None),
    ] {
        let said = String::from_utf8_lossy(line).into_owned();
        let (outcome, heard) = at(stage, line).await;
        let error = outcome.unwrap_err();
        // The greeting is one stage for both sides.
        let shown = if stage == Stage::Connect { Stage::Greeting } else { stage };
        assert_eq!(not_sent(&error), (class, shown, code), "{said:?}: {error}");
        assert!(!heard.contains("Message-ID"), "{said:?}: {heard}");
    }
}

#[tokio::test]
async fn after_the_letter_only_an_answer_can_tell() {
    for (line, class, code) in [
        (&b"450 4.2.0 later\r\n"[..], MailErrorClass::Transient, 450),
        (b"421 4.3.2 closing\r\n", MailErrorClass::Transient, 421),
        (b"554 5.7.1 spam\r\n", MailErrorClass::Terminal, 554),
        (b"552-too\r\n552 big\r\n", MailErrorClass::Terminal, 552),
    ] {
        let (outcome, heard) = at(Stage::Content, line).await;
        let error = outcome.unwrap_err();
        assert_eq!(not_sent(&error), (class, Stage::Content, Some(code)), "{error}");
        assert!(heard.ends_with("\r\n.\r\nQUIT\r\n"), "{heard}");
    }
    for line in [
        CLOSE,
        SILENCE,
        b"250-half\r\n",
        b"25",
        b"what?\r\n",
        b"354 more\r\n",
        b"250-one\r\n550 two\r\n",
        b"\xff\xfe\r\n",
    ] {
        let (outcome, heard) = at(Stage::Content, line).await;
        let error = outcome.unwrap_err();
        let said = String::from_utf8_lossy(line);
        assert!(matches!(error, MailError::Unknown { .. }), "{said:?}: {error}");
        assert_eq!(heard.matches("Message-ID:").count(), 1, "{said:?}: {heard}");
    }
    let (outcome, heard) = at(Stage::Content, b"250-2.0.0 taken\r\n250 2.0.0 as 4711\r\n").await;
    assert_eq!(outcome.unwrap(), "250 2.0.0 taken 2.0.0 as 4711");
    assert!(heard.ends_with("\r\n.\r\nQUIT\r\n"), "{heard}");
    let lines: Vec<_> = heard.split("\r\n").collect();
    assert_eq!(
        lines[1..5],
        [
            "MAIL FROM:<invites@contoso.example>",
            "RCPT TO:<bob@fabrikam.example>",
            "RCPT TO:<boss@contoso.example>",
            "DATA"
        ]
    );
}

#[tokio::test]
async fn a_decision_that_became_too_old_on_the_way_sends_nothing() {
    let script = Script::start([HELLO, OFFER, OK, OK, GO, OK]).await;
    let smtp = smtp(plain("127.0.0.1", script.port));
    let error = smtp.send(&letter("a", None), Timestamp::now()).await.unwrap_err();
    assert_eq!(not_sent(&error), (MailErrorClass::Transient, Stage::Data, None), "{error}");
    // Not even a goodbye: it would have become the letter.
    let heard = script.heard().await;
    assert!(heard.ends_with("DATA\r\n"), "{heard}");
}

#[tokio::test]
async fn what_a_server_quotes_gives_no_secret_away() {
    let credentials = Some(SmtpCredentials { username: "operator".into(), password: "sesame".into() });
    // What `printf '\0operator\0sesame' | base64` prints.
    let quoted = b"501 cannot decode AG9wZXJhdG9yAHNlc2FtZQ==\r\n";
    let (outcome, _) = ends([HELLO, OFFER, quoted], credentials.clone()).await;
    let error = outcome.unwrap_err();
    assert_eq!(not_sent(&error), (MailErrorClass::Auth, Stage::SignIn, Some(501)));
    assert!(!format!("{error} {error:?}").contains("AG9wZ"), "{error}");

    let filter = format!("554 5.7.1 bad link {LINK} in it\r\n").leak().as_bytes();
    let (outcome, _) = at(Stage::Content, filter).await;
    let error = outcome.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("ticket"), "{error}");
    assert!(error.to_string().contains("bad link"), "{error}");

    let none: &[u8] = b"250 mail.example\r\n";
    let (outcome, heard) = ends([HELLO, none], credentials).await;
    assert_eq!(not_sent(&outcome.unwrap_err()), (MailErrorClass::Config, Stage::SignIn, None));
    assert!(!heard.contains("AUTH"), "{heard}");
}

#[tokio::test]
async fn a_server_that_is_not_there_may_come_back() {
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    for (host, port) in [("127.0.0.1", nobody), ("mail.invalid", 25)] {
        let smtp = smtp(crate::letters::plain(host, port));
        let error = smtp.send(&letter("a", None), fresh()).await.unwrap_err();
        assert_eq!(not_sent(&error), (MailErrorClass::Transient, Stage::Connect, None), "{error}");
    }
}
