//! A mail that did not come from Microsoft, beside those that did.

use entra_simulator::MailKind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::bench::Bench;
use crate::session::Session;

/// Hands a letter over by SMTP, one command after another.
async fn deliver(bench: &Bench, to: &str, letter: &str) {
    let mut stream = TcpStream::connect(bench.sim.smtp_address().unwrap()).await.unwrap();
    let envelope = format!("RCPT TO:<{to}>");
    let end = format!("{letter}\r\n.");
    for said in ["", "EHLO here", "MAIL FROM:<invitations@contoso.com>", &envelope, "DATA", &end] {
        if !said.is_empty() {
            stream.write_all(format!("{said}\r\n").as_bytes()).await.unwrap();
        }
        let mut reply = [0; 1024];
        let count = stream.read(&mut reply).await.unwrap();
        assert!(matches!(reply[0], b'2' | b'3'), "{said}: {}", String::from_utf8_lossy(&reply[..count]));
    }
}

#[tokio::test]
async fn a_letter_of_ones_own_leads_to_the_same_sign_in() {
    let guest = Session::start().await;
    let (bench, email) = (Bench::new().await, "adele@fabrikam.com");
    bench.invite(email).await;
    let link = bench.sim.invitation_mails(email).pop().unwrap().redeem_link.unwrap();
    let letter = format!(
        "From: Contoso Guests <invitations@contoso.com>\r\nTo: {email}\r\nSubject: Welcome, Adele\r\n\
         Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@contoso.com>\r\n\r\n\
         <script>alert(1)</script> Please accept:\r\n{link}"
    );
    deliver(&bench, email, &letter).await;
    assert_eq!(bench.sim.own_mails(email)[0].kind, MailKind::Own);
    guest.open(&bench.page("mailbox")).await;
    guest.inspect("inbox-with-own-mail").await;
    guest.tab_to("a.what").await;
    guest.enter_to("Welcome, Adele").await;
    guest.inspect("own-mail").await;
    guest.tab_to("#accept").await;
    guest.enter_to("Sign in").await;
}
