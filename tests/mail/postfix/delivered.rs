//! Letters that arrive, once, as they were written.

use guestlist::mail::Server;
use mail_parser::{HeaderValue, MessageParser};

use crate::{
    letters::{BOB, LINK, draft, fresh, letter, smtp},
    postfix::Postfix,
};

#[tokio::test]
async fn a_letter_arrives_once_with_its_headers_and_both_parts() {
    let postfix = Postfix::start("").await;
    let letter = letter("attempt-0001", Some(BOB));
    let delivered = smtp(postfix.submission()).send(&letter, fresh()).await.unwrap();
    assert!(delivered.answer.starts_with("250 2.0.0 Ok: queued as"), "{delivered:?}");

    // The copy goes to the same mailbox, under its own recipient: postfix drops the duplicate.
    let letters = postfix.letters(1).await;
    let mail = MessageParser::default().parse(&letters[0]).unwrap();
    assert_eq!(mail.message_id(), Some("attempt-0001@contoso.example"));
    assert_eq!(mail.headers_raw().filter(|(name, _)| name.eq_ignore_ascii_case("message-id")).count(), 1);
    assert_eq!(mail.subject(), Some("Contoso & Zonen nodigt u uit als gast"));
    let from = mail.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Contoso Gäste"), Some("invites@contoso.example")));
    let to = mail.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some("Bob Müller"), Some(BOB)));
    assert_eq!(mail.return_path(), &HeaderValue::Text("invites@contoso.example".into()));
    assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert_eq!(mail.header_raw("Content-Language").map(str::trim), Some("nl"));
    let now = jiff::Timestamp::now().as_second();
    assert!((now - mail.date().unwrap().to_timestamp()).abs() < 120);

    let draft = draft();
    assert_eq!((mail.text_body_count(), mail.html_body_count()), (1, 1));
    assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), draft.text.trim_end());
    let html = draft.html.unwrap();
    assert_eq!(mail.body_html(0).unwrap().replace("\r\n", "\n").trim_end(), html.trim_end());
    assert!(draft.text.contains(LINK) && html.contains(LINK));
}

#[tokio::test]
async fn tls_at_once_and_no_encryption_deliver_too() {
    let postfix = Postfix::start("").await;
    let relay_with_tls = Server { port: postfix.relay().port, credentials: None, ..postfix.submission() };
    for (attempt, server) in [("tls", postfix.submissions()), ("none", postfix.relay()), ("starttls", relay_with_tls)] {
        let smtp = smtp(server);
        smtp.check().await.unwrap();
        smtp.send(&letter(attempt, None), fresh()).await.unwrap();
    }
    let letters: [Vec<u8>; 3] = postfix.letters(3).await.try_into().unwrap();
    let mut encrypted = letters.map(|letter| String::from_utf8_lossy(&letter).contains("(using TLSv1.3"));
    encrypted.sort_unstable();
    assert_eq!(encrypted, [false, true, true]);
}
