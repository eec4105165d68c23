//! A letter to Bob, the server that takes it, and how its end is told.

use std::time::Duration;

use guestlist::mail::{
    Addressed, Draft, Letter, MailError, MailErrorClass, Sender, Server, SmtpClient, Stage, Tls, Values, builtin,
};
use jiff::Timestamp;

/// Percent-encoded several times over, as Graph's links are.
pub const LINK: &str = "https://login.microsoftonline.com/redeem?rd=https%3a%2f%2finvitations.microsoft.com%2fredeem%2f%3ftenant%3d11111111-2222-3333-4444-555555555555%26user%3daaaa%26ticket%3dq%25252fR7%25253d%26ver%3d2.0";

pub const BOB: &str = "bob@fabrikam.example";

/// A letter for the attempt `attempt`, to Bob and perhaps with a copy.
pub fn letter(attempt: &str, cc: Option<&str>) -> Letter {
    let from: Sender = "Contoso Gäste <invites@contoso.example>".parse().unwrap();
    let addressed = Addressed {
        attempt,
        from: &from,
        reply_to: None,
        to: BOB,
        to_name: Some("Bob Müller"),
        cc,
        date: Timestamp::now(),
    };
    Letter::new(&addressed, &draft()).unwrap()
}

/// The built-in text in Dutch, with a message that tries to end the letter early.
pub fn draft() -> Draft {
    let values = Values {
        email: BOB,
        display_name: Some("Bob Müller"),
        tenant: "Contoso & Zonen",
        redeem_url: LINK,
        message: Some("Tot dinsdag!\r\n.\r\nQUIT\r\n..twee\r\nFrom hier: <b>日本</b>"),
        reminds: false,
    };
    builtin(Some("nl-NL"), &values)
}

/// A server without encryption or credentials.
pub fn plain(host: &str, port: u16) -> Server {
    let timeout = Duration::from_secs(20);
    Server { host: host.into(), port, tls: Tls::None, credentials: None, ca_bundle: None, timeout }
}

/// `server`, ready.
pub fn smtp(server: Server) -> SmtpClient {
    SmtpClient::new(server).unwrap()
}

/// A time that a decision made now is good until.
pub fn fresh() -> Timestamp {
    Timestamp::now() + Duration::from_secs(60)
}

/// The class, the stage and the code of a letter that was certainly not sent.
pub fn not_sent(error: &MailError) -> (MailErrorClass, Stage, Option<u16>) {
    match error {
        MailError::NotSent { class, stage, code, .. } => (*class, *stage, *code),
        MailError::Unknown { .. } => panic!("should be certain: {error}"),
    }
}
