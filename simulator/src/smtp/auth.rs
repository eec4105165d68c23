//! AUTH PLAIN (RFC 4616) and AUTH LOGIN, which no RFC describes but every mail server knows.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::wire::{Line, Reply, Wire};
use crate::settings::SmtpCredentials;

/// The longest line of an exchange (RFC 4954, 4).
const LINE: usize = 12_288;

/// Holds the whole exchange; the reply says how it ended, the flag whether the client is known now.
pub(super) async fn exchange(
    wire: &mut Wire,
    argument: &str,
    known: &SmtpCredentials,
) -> std::io::Result<(bool, Reply)> {
    let (mechanism, initial) = argument.split_once(' ').map_or((argument, None), |(name, rest)| (name, Some(rest)));
    let given = match mechanism.to_ascii_uppercase().as_str() {
        "PLAIN" => plain(wire, initial).await?,
        "LOGIN" => login(wire, initial).await?,
        _ => return Ok((false, "504 5.5.4 Unrecognized authentication type".to_owned())),
    };
    Ok(match given {
        Err(reply) => (false, reply),
        Ok((user, password)) if user == known.user && password == known.password => {
            (true, "235 2.7.0 Authentication successful".to_owned())
        }
        Ok(_) => (false, "535 5.7.8 Authentication credentials invalid".to_owned()),
    })
}

type Given = Result<(String, String), Reply>;

async fn plain(wire: &mut Wire, initial: Option<&str>) -> std::io::Result<Given> {
    let text = match initial {
        Some(initial) => decode(initial),
        None => ask(wire, "").await?,
    };
    Ok(text.and_then(|text| match text.split('\0').collect::<Vec<_>>().as_slice() {
        // Nobody acts for somebody else here.
        [authority, user, password] if authority.is_empty() || authority == user => {
            Ok(((*user).to_owned(), (*password).to_owned()))
        }
        _ => Err("501 5.5.2 Cannot decode the response".to_owned()),
    }))
}

async fn login(wire: &mut Wire, initial: Option<&str>) -> std::io::Result<Given> {
    let user = match initial {
        Some(initial) => decode(initial),
        None => ask(wire, "Username:").await?,
    };
    let user = match user {
        Ok(user) => user,
        Err(reply) => return Ok(Err(reply)),
    };
    Ok(ask(wire, "Password:").await?.map(|password| (user, password)))
}

async fn ask(wire: &mut Wire, question: &str) -> std::io::Result<Result<String, Reply>> {
    wire.say(&format!("334 {}", BASE64_STANDARD.encode(question))).await?;
    Ok(match wire.line(LINE).await? {
        Line::Text(line) if line == b"*" => Err("501 5.0.0 Authentication cancelled".to_owned()),
        Line::Text(line) => decode(&String::from_utf8_lossy(&line)),
        Line::TooLong | Line::Malformed => Err("500 5.5.6 Authentication exchange line is too long".to_owned()),
    })
}

fn decode(text: &str) -> Result<String, Reply> {
    // A lone `=` stands for nothing.
    let text = if text == "=" { "" } else { text };
    let bytes = BASE64_STANDARD.decode(text).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| "501 5.5.2 Cannot decode the response".to_owned())
}
