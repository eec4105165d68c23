//! Sends letters through one mail server. Each letter has its own connection, with the configured encryption and
//! nothing weaker. A delivery has one of three results: the server took the letter, it did not, or the result is
//! unknown.

use std::{fmt, net::IpAddr, sync::Arc};

use jiff::Timestamp;
use rustls_platform_verifier::Verifier;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    },
};

use super::{
    Delivered, Letter, MailError, MailErrorClass, Server, SmtpCredentials, Stage, Tls, WrongAuthorities, WrongServer,
    talk::Talk,
    wire::{Security, Wire},
};

/// A client for one mail server.
#[derive(Clone)]
pub struct SmtpClient {
    server: Server,
    name: ServerName<'static>,
    connector: Option<TlsConnector>,
}

impl SmtpClient {
    /// Prepares what every letter needs. It opens no connection yet.
    ///
    /// # Errors
    /// When the configuration cannot work or would expose the credentials. The error is a message for the author of the
    /// configuration.
    pub fn new(server: Server) -> Result<Self, WrongServer> {
        let name =
            ServerName::try_from(server.host.clone()).map_err(|error| WrongServer::Host(server.host.clone(), error))?;
        if let Some(SmtpCredentials { username, password }) = &server.credentials {
            if server.tls == Tls::None && !is_loopback(&server.host) {
                return Err(WrongServer::CredentialsInPlain(server.host));
            }
            if [username, password].into_iter().any(|part| part.is_empty() || part.contains('\0')) {
                return Err(WrongServer::Credentials);
            }
        }
        let connector = match server.tls {
            Tls::None => None,
            Tls::Tls | Tls::StartTls => Some(connector(server.ca_bundle.as_deref())?),
        };
        Ok(Self { server, name, connector })
    }

    /// Delivers `letter` once, over its own connection. The content is not sent at or after `latest`.
    ///
    /// If the future is dropped before it ends, it is unknown whether the server took the letter.
    ///
    /// # Errors
    /// [`MailError::NotSent`] when the server has certainly not taken the letter, [`MailError::Unknown`] when it is
    /// unknown.
    pub async fn send(&self, letter: &Letter, latest: Timestamp) -> Result<Delivered, MailError> {
        let outcome = self.hand_over(letter, latest).await;
        let error = outcome.as_ref().err().map(tracing::field::display);
        tracing::debug!(host = self.server.host, message_id = letter.message_id(), error, "handed a letter over");
        outcome
    }

    /// Connects, signs in and disconnects without sending a letter. Shows whether letters could be sent.
    ///
    /// # Errors
    /// As [`SmtpClient::send`] before the letter's content. Never [`MailError::Unknown`].
    pub async fn check(&self) -> Result<(), MailError> {
        self.open().await?.leave().await;
        Ok(())
    }

    async fn hand_over(&self, letter: &Letter, latest: Timestamp) -> Result<Delivered, MailError> {
        let mut talk = self.open().await?;
        let outcome = talk.hand_over(letter, latest).await;
        if outcome.as_ref().err().is_none_or(MailError::is_answer) {
            talk.leave().await;
        }
        outcome
    }

    async fn open(&self) -> Result<Talk, MailError> {
        let deadline = Instant::now() + self.server.timeout;
        let Server { host, port, tls, credentials, .. } = &self.server;
        let security = match (tls, &self.connector) {
            (Tls::None, _) | (_, None) => Security::Plain,
            (Tls::Tls, Some(connector)) => Security::AtOnce(connector, &self.name),
            (Tls::StartTls, Some(connector)) => Security::AfterStartTls(connector, &self.name),
        };
        let plain = matches!(security, Security::Plain);
        let opening = timeout_at(deadline, Wire::open(host, *port, security)).await;
        let wire = opening.unwrap_or_else(|late| {
            let why = format!("{host}:{port}: no connection in time");
            Err(MailError::local(MailErrorClass::Transient, Stage::Connect, why).because(late))
        })?;
        // A name such as `localhost` may resolve to another machine.
        if plain && credentials.is_some() && !wire.is_local() {
            let why = WrongServer::CredentialsInPlain(host.clone());
            return Err(MailError::caused(MailErrorClass::Config, Stage::Connect, why));
        }
        let mut talk = Talk::open(wire, deadline).await?;
        let signed_in = match credentials {
            Some(credentials) => talk.sign_in(credentials).await,
            None => Ok(()),
        };
        match signed_in {
            Ok(()) => Ok(talk),
            Err(refused) => {
                if refused.is_answer() {
                    talk.leave().await;
                }
                Err(refused)
            }
        }
    }
}

impl fmt::Debug for SmtpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpClient").field("server", &self.server).finish_non_exhaustive()
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

fn connector(ca_bundle: Option<&[u8]>) -> Result<TlsConnector, WrongAuthorities> {
    let bundle = ca_bundle.map(|pem| CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>()).transpose()?;
    if bundle.as_ref().is_some_and(Vec::is_empty) {
        return Err(WrongAuthorities::Empty);
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(bundle.unwrap_or_default(), Arc::clone(&provider));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // This is not less strict than the default. Only this call accepts a verifier with additional authorities.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier?))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn server(host: &str, tls: Tls) -> Server {
        let credentials = Some(SmtpCredentials { username: "operator".into(), password: "sesame".into() });
        Server { host: host.into(), port: 25, tls, credentials, ca_bundle: None, timeout: Duration::from_secs(1) }
    }

    #[test]
    fn credentials_go_over_plain_text_to_this_machine_only() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1"] {
            assert!(SmtpClient::new(server(host, Tls::None)).is_ok(), "{host}");
        }
        for host in ["smtp.example.com", "10.0.0.1", "localhost.example.com", "::2", "127.0.0.1.example.com"] {
            let refused = SmtpClient::new(server(host, Tls::None)).unwrap_err();
            assert!(matches!(&refused, WrongServer::CredentialsInPlain(refused) if refused == host), "{refused:?}");
            assert!(refused.to_string().contains("tls: StartTls"), "{refused}");
            assert!(SmtpClient::new(Server { credentials: None, ..server(host, Tls::None) }).is_ok(), "{host}");
        }
    }

    #[test]
    fn what_cannot_work_is_refused_before_anybody_is_called() {
        for host in ["", "a b", "mail.example.com\r\n", "mail:25"] {
            assert!(matches!(SmtpClient::new(server(host, Tls::Tls)), Err(WrongServer::Host(..))), "{host:?}");
        }
        for pem in ["", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let refused = SmtpClient::new(Server { ca_bundle: Some(pem.into()), ..server("a.example", Tls::Tls) });
            assert!(matches!(refused, Err(WrongServer::Authorities(_))), "{pem:?}");
        }
        for password in ["", "a\0b"] {
            let credentials = Some(SmtpCredentials { username: "operator".into(), password: password.into() });
            let refused = SmtpClient::new(Server { credentials, ..server("a.example", Tls::Tls) });
            assert!(matches!(refused, Err(WrongServer::Credentials)), "{password:?}");
        }
    }

    #[test]
    fn a_password_does_not_show() {
        let smtp = SmtpClient::new(server("localhost", Tls::None)).unwrap();
        let shown = format!("{smtp:?}");
        assert!(shown.contains("operator") && !shown.contains("sesame"), "{shown}");
    }
}
