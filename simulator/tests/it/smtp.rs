//! The mail server: what it takes from whom, what it refuses, how it fails, and where its mails end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use entra_simulator::{Config, Entry, Fault, FaultAction, MailEntry, MailKind, SmtpCredentials};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::{Bench, TENANT};

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A client that says exactly what it is told to.
struct Client(BufReader<Box<dyn Stream>>);

impl Client {
    /// Over the port with STARTTLS, still in the clear; the greeting is read.
    async fn plain(bench: &Bench) -> Self {
        let stream = TcpStream::connect(bench.sim.smtp_address().unwrap()).await.unwrap();
        Self::greeted(Box::new(stream)).await
    }

    /// Inside TLS.
    async fn implicit(bench: &Bench) -> Self {
        let stream = TcpStream::connect(bench.sim.smtps_address().unwrap()).await.unwrap();
        Self::greeted(inside_tls(bench, Box::new(stream)).await).await
    }

    async fn greeted(stream: Box<dyn Stream>) -> Self {
        let mut client = Self(BufReader::new(stream));
        assert!(client.reply().await.starts_with("220 "));
        client
    }

    async fn start_tls(mut self, bench: &Bench) -> Self {
        assert!(self.says("STARTTLS").await.starts_with("220 "));
        Self(BufReader::new(inside_tls(bench, self.0.into_inner()).await))
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// A command's whole reply; empty if the connection was closed.
    async fn says(&mut self, command: &str) -> String {
        self.send(&format!("{command}\r\n")).await;
        self.reply().await
    }

    async fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).await;
            reply += &line;
            if read.unwrap_or(0) == 0 || line.as_bytes().get(3) == Some(&b' ') {
                return reply.trim_end().to_owned();
            }
        }
    }

    /// From MAIL to the end of the data; the last reply.
    async fn mails(&mut self, to: &str, message: &str) -> String {
        for command in ["MAIL FROM:<invitations@contoso.com>", &format!("RCPT TO:<{to}>"), "DATA"] {
            let reply = self.says(command).await;
            if !reply.starts_with(['2', '3']) {
                return reply;
            }
        }
        self.send(&format!("{message}\r\n.\r\n")).await;
        self.reply().await
    }
}

async fn inside_tls(bench: &Bench, stream: Box<dyn Stream>) -> Box<dyn Stream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(bench.sim.ca_pem().as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    Box::new(TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap())
}

async fn bench() -> Bench {
    let local = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    Bench::with_config(Config { smtp: local, smtps: local, ..Config::default() }).await
}

async fn hello(bench: &Bench) -> Client {
    let mut client = Client::plain(bench).await;
    assert!(client.says("EHLO operator.example").await.starts_with("250-localhost"));
    client
}

const HEAD: &str = "From: Contoso Guests <invitations@contoso.com>\r\nTo: ann@fabrikam.com\r\nCc: host@contoso.com\r\n\
    Subject: You are invited\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@contoso.com>\r\n\
    Content-Language: de\r\n";

fn letter(body: &str) -> String {
    format!("{HEAD}\r\n{body}")
}

fn came(bench: &Bench) -> Vec<MailEntry> {
    bench.sim.own_mails("ann@fabrikam.com")
}

#[tokio::test]
async fn a_mail_is_taken_journalled_and_shown_and_its_link_redeems() {
    let bench = bench().await;
    let invited = bench.invite("ann@fabrikam.com").await.body;
    let link = invited["inviteRedeemUrl"].as_str().unwrap();
    let (start, end) = link.split_at(400.min(link.len() / 2));
    let html = format!(
        "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
         <p>Willkommen, Ann=C3=A9</p><a href=3D\"{}=\r\n{}\">hier</a>",
        start.replace('=', "=3D"),
        end.replace('=', "=3D")
    );
    let mut client = Client::plain(&bench).await;
    assert!(client.says("EHLO operator.example").await.contains("250-STARTTLS\r\n"));
    let mut client = client.start_tls(&bench).await;
    assert!(!client.says("EHLO operator.example").await.contains("STARTTLS"));
    assert_eq!(client.mails("ann@fabrikam.com", &format!("{HEAD}{html}")).await, "250 2.0.0 Ok: queued");
    assert_eq!(client.says("QUIT").await, "221 2.0.0 Bye");

    let mail = came(&bench).pop().unwrap();
    assert_eq!((mail.kind, mail.from.as_str()), (MailKind::Own, "invitations@contoso.com"));
    assert_eq!((mail.inviter.as_str(), mail.subject.as_str()), ("Contoso Guests", "You are invited"));
    assert_eq!((mail.message_id.as_deref(), mail.cc, mail.language.as_str()), (Some("1@contoso.com"), None, "de"));
    assert_eq!(mail.redeem_link.as_deref(), Some(link));
    assert_eq!(mail.invitation_id.as_deref(), invited["id"].as_str());
    assert_eq!((mail.tenant.as_str(), mail.user_id.as_str()), (TENANT, invited["invitedUser"]["id"].as_str().unwrap()));
    assert!(bench.sim.journal().iter().any(|entry| matches!(entry, Entry::Mail(known) if known.seq == mail.seq)));
    assert_eq!(bench.sim.mails("ann@fabrikam.com").len(), 2, "Microsoft's mail stands beside it");

    let page = async |path: &str| {
        let url = bench.sim.url().join(path).unwrap();
        bench.client.get(url).send().await.unwrap().text().await.unwrap()
    };
    assert!(page("mailbox?to=ann").await.contains("You are invited"));
    let shown = page(&format!("mailbox/{}", mail.seq)).await;
    assert!(shown.contains("Contoso Guests &lt;invitations@contoso.com&gt;") && shown.contains("Willkommen, Anné"));
    assert!(shown.contains(&format!("id=\"accept\" href=\"{}", link.split('&').next().unwrap())), "{shown}");
    assert!(page(link).await.contains("Your work or school account"));
}

#[tokio::test]
async fn commands_have_an_order_and_a_shape() {
    let bench = bench().await;
    let mut client = Client::plain(&bench).await;
    for (command, expected) in [
        ("MAIL FROM:<a@x.org>", "503 5.5.1"),
        ("EHLO", "501 5.5.4"),
        ("HELO me", "250 localhost"),
        ("RCPT TO:<a@x.org>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
        ("AUTH PLAIN", "502 5.5.1"),
        ("MAIL FROM: <a@x.org>", "501 5.5.4"),
        ("MAIL FROM:a@x.org", "501 5.5.4"),
        ("MAIL FROM:<a b@x.org>", "501 5.1.7"),
        ("MAIL FROM:<ä@x.org>", "501 5.1.7"),
        ("MAIL FROM:<a@x.org> SMTPUTF8", "555 5.5.4"),
        ("MAIL FROM:<a@x.org> SIZE=99999999", "552 5.3.4"),
        ("MAIL FROM:<a@x.org> SIZE=100 BODY=8BITMIME", "250 2.1.0"),
        ("MAIL FROM:<a@x.org>", "503 5.5.1"),
        ("DATA", "554 5.5.1"),
        ("RCPT TO:<>", "501 5.1.3"),
        ("RCPT TO:<a@@x.org>", "501 5.1.3"),
        ("RCPT TO:<a@x.org> NOTIFY=NEVER", "555 5.5.4"),
        ("rcpt to:<a@x.org>", "250 2.1.5"),
        ("DATA now", "501 5.5.4"),
        ("RSET", "250 2.0.0"),
        ("DATA", "503 5.5.1"),
        ("VRFY ann", "252 2.5.2"),
        ("NOOP", "250 2.0.0"),
        ("HELP", "500 5.5.2"),
        ("STARTTLS now", "501 5.5.4"),
    ] {
        let reply = client.says(command).await;
        assert!(reply.starts_with(expected), "{command}: {reply}");
    }
    client.send("NOOP\n").await;
    assert!(client.reply().await.starts_with("500 5.5.2 Lines end"));
    // What is sent ahead of TLS in the clear ends the connection.
    client.send("STARTTLS\r\nMAIL FROM:<evil@x.org>\r\n").await;
    assert!(client.reply().await.starts_with("220"));
    assert_eq!(client.reply().await, "");
}

#[tokio::test]
async fn a_message_is_read_strictly() {
    let bench = bench().await;
    bench.set(|settings| settings.smtp.max_size = 20_000);
    let mut client = hello(&bench).await;
    let long = letter(&"x".repeat(999));
    let large = letter(&"x\r\n".repeat(9_000));
    for (message, expected) in [
        (letter("one\ntwo"), "550 5.6.0"),
        (letter("one\n.\ntwo"), "550 5.6.0"),
        (long, "550 5.6.0"),
        (large, "552 5.3.4"),
        (letter("Grüße"), "554 5.6.1"),
        (HEAD.replace("Date:", "X-Date:"), "550 5.6.0 Header Date"),
        (HEAD.replace("Message-ID:", "X-ID:"), "550 5.6.0 Header Message-ID"),
        (HEAD.replace("From:", "X-From:"), "550 5.6.0 Header From"),
    ] {
        let reply = client.mails("ann@fabrikam.com", &message).await;
        assert!(reply.starts_with(expected), "{expected}: {reply}");
    }
    assert!(came(&bench).is_empty());
    let reply = client.mails("ann@fabrikam.com", &letter("a\r\n..\r\n..b")).await;
    assert_eq!(reply, "250 2.0.0 Ok: queued", "the connection is as good as before");
    assert_eq!(came(&bench)[0].body.as_deref().map(str::trim_end), Some("a\n.\n.b"));
    assert!(client.says("MAIL FROM:<a@x.org> BODY=8BITMIME").await.starts_with("250"));
    client.says("RCPT TO:<ann@fabrikam.com>").await;
    client.says("RCPT TO:<host@contoso.com>").await;
    client.says("DATA").await;
    client.send(&format!("{}\r\n.\r\n", letter("Grüße"))).await;
    assert!(client.reply().await.starts_with("250"));
    assert_eq!(came(&bench)[1].cc.as_deref(), Some("host@contoso.com"), "who got it, not who is named");
}

#[tokio::test]
async fn senders_have_to_be_known_and_inside_tls() {
    let bench = bench().await;
    bench.set(|settings| {
        settings.smtp.require_tls = true;
        settings.smtp.credentials =
            Some(SmtpCredentials { user: "guests".to_owned(), password: "pässword".to_owned() });
    });
    let encoded = |text: &str| BASE64_STANDARD.encode(text);
    let good = format!("AUTH PLAIN {}", encoded("\0guests\0pässword"));
    let mut client = hello(&bench).await;
    assert!(!client.says("EHLO me").await.contains("AUTH"), "not in the clear");
    assert!(client.says(&good).await.starts_with("538 5.7.11"));
    assert!(client.says("MAIL FROM:<a@x.org>").await.starts_with("530 5.7.0 Must issue"));
    let mut client = client.start_tls(&bench).await;
    assert!(client.says(&good).await.starts_with("503"), "EHLO comes anew after STARTTLS");
    assert!(client.says("EHLO me").await.contains("250-AUTH PLAIN LOGIN\r\n"));
    assert!(client.says("MAIL FROM:<a@x.org>").await.starts_with("530 5.7.0 Authentication"));
    assert!(client.says("AUTH CRAM-MD5").await.starts_with("504"));
    assert!(client.says(&format!("AUTH PLAIN {}", encoded("\0guests\0wrong"))).await.starts_with("535 5.7.8"));
    assert!(client.says(&good).await.starts_with("235 2.7.0"));
    assert!(client.says(&good).await.starts_with("503"), "once is enough");
    assert!(client.mails("ann@fabrikam.com", &letter("x")).await.starts_with("250"));

    let mut client = Client::implicit(&bench).await;
    client.says("EHLO me").await;
    assert_eq!(client.says("AUTH LOGIN").await, format!("334 {}", encoded("Username:")));
    assert_eq!(client.says(&encoded("guests")).await, format!("334 {}", encoded("Password:")));
    assert!(client.says(&encoded("pässword")).await.starts_with("235"));
    assert!(client.says("STARTTLS").await.starts_with("503"), "inside TLS already");

    let mut client = Client::implicit(&bench).await;
    client.says("EHLO me").await;
    assert!(client.says("AUTH PLAIN !").await.starts_with("501"));
    assert_eq!(client.says("AUTH PLAIN").await.trim_end(), "334");
    assert!(client.says("*").await.starts_with("501 5.0.0"));
    assert!(client.says(&format!("AUTH PLAIN {}", encoded("x"))).await.starts_with("421"));
    assert_eq!(client.says("NOOP").await, "");
    bench.set(|settings| settings.smtp.starttls = false);
    let mut client = Client::plain(&bench).await;
    assert!(!client.says("EHLO me").await.contains("STARTTLS"));
    assert!(client.says("STARTTLS").await.starts_with("503"));
}

#[tokio::test]
async fn recipients_are_put_off_or_refused() {
    let bench = bench().await;
    bench.set(|settings| {
        settings.smtp.greylist = 2;
        settings.smtp.refused_recipients.push("gone@fabrikam.com".to_owned());
    });
    for expected in ["451 4.7.1", "451 4.7.1", "250 2.0.0", "250 2.0.0"] {
        let reply = hello(&bench).await.mails("ann@fabrikam.com", &letter("x")).await;
        assert!(reply.starts_with(expected), "{reply}");
    }
    assert_eq!(came(&bench).len(), 2);
    let reply = hello(&bench).await.mails("Gone@fabrikam.com", &letter("x")).await;
    assert!(reply.starts_with("550 5.1.1 <Gone@fabrikam.com>"), "{reply}");
}

#[tokio::test]
async fn faults_strike_a_message_once() {
    let bench = bench().await;
    let sent = async || hello(&bench).await.mails("ann@fabrikam.com", &letter("x")).await;
    bench.sim.inject(Fault::new("sendMail", FaultAction::CutBefore));
    assert_eq!((sent().await.as_str(), came(&bench).len()), ("", 0), "cut and not kept");
    bench.sim.inject(Fault::new("sendMail", FaultAction::CutAfter).containing("ann@fabrikam.com"));
    assert_eq!((sent().await.as_str(), came(&bench).len()), ("", 1), "cut and kept");
    bench.sim.inject(Fault::new("sendMail", FaultAction::status(452)));
    assert_eq!((sent().await.as_str(), came(&bench).len()), ("452 4.3.0 Scripted", 1));
    bench.sim.inject(Fault::new("sendMail", FaultAction::status_after_work(451)));
    assert_eq!((sent().await.as_str(), came(&bench).len()), ("451 4.3.0 Scripted", 2));
    bench.sim.inject(Fault::new("sendMail", FaultAction::HalfAnswer));
    assert_eq!((sent().await.as_str(), came(&bench).len()), ("250-2.0.0 Ok", 3));
    bench.sim.inject(Fault::new("sendMail", FaultAction::Silence));
    assert!(tokio::time::timeout(Duration::from_millis(300), sent()).await.is_err());
    let begin = Instant::now();
    bench.sim.inject(Fault::new("sendMail", FaultAction::Delay { ms: 300 }));
    assert!(sent().await.starts_with("250") && begin.elapsed() >= Duration::from_millis(300));
    assert_eq!(came(&bench).len(), 4);

    bench.set(|settings| settings.smtp.answer_delay = Duration::from_millis(60));
    let begin = Instant::now();
    assert!(sent().await.starts_with("250") && begin.elapsed() >= Duration::from_millis(360), "slow at every step");
    bench.sim.pause_smtp().await;
    assert!(TcpStream::connect(bench.sim.smtp_address().unwrap()).await.is_err());
    bench.sim.resume_smtp().await.unwrap();
    bench.set(|settings| settings.smtp.answer_delay = Duration::ZERO);
    assert!(sent().await.starts_with("250"));
    let bare = Bench::new().await;
    assert_eq!((bare.sim.smtp_address(), bare.sim.smtps_address()), (None, None), "only if wished for");
}
