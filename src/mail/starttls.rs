//! The plain-text commands before TLS. lettre implements them too, but it keeps text that an attacker injects before
//! TLS, and reads it as the server's answers after TLS. An undelivered letter could then look delivered.

use std::io;

use lettre::transport::smtp::{
    extension::{ClientId, Extension, ServerInfo},
    response::Response,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    MailError, MailErrorClass, Stage,
    error::{class, spoken},
};

/// More than a server sends at once before TLS.
const LONGEST_REPLY: usize = 16 * 1024;

/// Sends `EHLO` and `STARTTLS` in plain text. Only TLS may follow.
pub(super) async fn start_tls(mut tcp: TcpStream, hello: &ClientId) -> Result<TcpStream, MailError> {
    read_reply(&mut tcp).await?;
    let offer = ask(&mut tcp, &format!("EHLO {hello}\r\n")).await?;
    let offered = ServerInfo::from_response(&offer).is_ok_and(|info| info.supports_feature(Extension::StartTls));
    if !offered {
        return Err(MailError::local(
            MailErrorClass::Config,
            Stage::Greeting,
            "the server does not offer STARTTLS, and nothing is sent without; perhaps the port wants tls: Tls",
        ));
    }
    ask(&mut tcp, "STARTTLS\r\n").await?;
    Ok(tcp)
}

async fn ask(tcp: &mut TcpStream, command: &str) -> Result<Response, MailError> {
    tcp.write_all(command.as_bytes()).await.map_err(broken)?;
    read_reply(tcp).await
}

/// Reads one reply. A second reply is an error: the server has no reason to send two, so somebody else sent it.
async fn read_reply(tcp: &mut TcpStream) -> Result<Response, MailError> {
    let mut bytes = Vec::new();
    while !is_whole(&bytes) {
        if bytes.len() > LONGEST_REPLY {
            return Err(MailError::local(MailErrorClass::Transient, Stage::Greeting, "an endless reply"));
        }
        if tcp.read_buf(&mut bytes).await.map_err(broken)? == 0 {
            return Err(MailError::local(
                MailErrorClass::Transient,
                Stage::Greeting,
                "the server closed the connection",
            ));
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let reply: Response = text.parse().map_err(|_| {
        MailError::local(MailErrorClass::Transient, Stage::Greeting, format!("no SMTP reply: {}", spoken(&text)))
    })?;
    if reply.message().count() != text.matches('\n').count() {
        return Err(MailError::local(
            MailErrorClass::Config,
            Stage::Greeting,
            "more than one reply at once before TLS",
        ));
    }
    let code = u16::from(reply.code());
    if code >= 400 {
        let said = reply.message().collect::<Vec<_>>().join(" ");
        return Err(MailError::NotSent {
            class: class(Stage::Greeting, code),
            stage: Stage::Greeting,
            code: Some(code),
            message: format!("{code} {}", spoken(&said)),
            source: None,
        });
    }
    Ok(reply)
}

/// Whether the last line is complete and ends the reply. The last line of a reply has a space after its code.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(ended) = bytes.strip_suffix(b"\r\n") else { return false };
    let last = ended.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    last.get(3) != Some(&b'-')
}

fn broken(error: io::Error) -> MailError {
    MailError::caused(MailErrorClass::Transient, Stage::Greeting, error)
}
