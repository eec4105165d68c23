//! The connection to the server: TCP with TLS at once, with TLS after STARTTLS, or without TLS. lettre uses the
//! connection and does not know how it was opened.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use lettre::transport::smtp::{client::AsyncTokioStream, extension::ClientId};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

use super::{MailError, MailErrorClass, Stage, starttls::start_tls};

/// How long one address of a host may take to accept the connection.
const CONNECT: Duration = Duration::from_secs(10);

/// The first bytes that lettre reads after STARTTLS. lettre waits for a greeting, but the server has sent it before
/// TLS.
const GREETED: &[u8] = b"220 greeted before TLS\r\n";

/// How TLS starts on a TCP connection.
pub(super) enum Security<'a> {
    AtOnce(&'a TlsConnector, &'a ServerName<'static>),
    AfterStartTls(&'a TlsConnector, &'a ServerName<'static>),
    Plain,
}

trait Duplex: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Duplex for T {}

/// An open connection.
pub(super) struct Wire {
    /// Bytes that are read before any from the server.
    early: &'static [u8],
    stream: Box<dyn Duplex>,
    peer: SocketAddr,
    /// The name for `EHLO`. It is this side's own IP address, because nobody else knows a pod's name.
    pub(super) hello: ClientId,
}

impl Wire {
    /// Connects to `host`, trying its addresses one after another, and starts TLS as `security` asks.
    pub(super) async fn open(host: &str, port: u16, security: Security<'_>) -> Result<Self, MailError> {
        let tcp = connect(host, port).await?;
        let failed = |error: io::Error| MailError::caused(MailErrorClass::Transient, Stage::Connect, error);
        let peer = tcp.peer_addr().map_err(failed)?;
        let hello = match tcp.local_addr().map_err(failed)? {
            SocketAddr::V4(own) => ClientId::Ipv4(*own.ip()),
            SocketAddr::V6(own) => ClientId::Ipv6(*own.ip()),
        };
        let (early, stream): (_, Box<dyn Duplex>) = match security {
            Security::Plain => (&[][..], Box::new(tcp)),
            Security::AtOnce(connector, name) => (&[][..], Box::new(encrypt(tcp, connector, name).await?)),
            Security::AfterStartTls(connector, name) => {
                let tcp = start_tls(tcp, &hello).await?;
                (GREETED, Box::new(encrypt(tcp, connector, name).await?))
            }
        };
        Ok(Self { early, stream, peer, hello })
    }

    /// Whether the server is on this machine.
    pub(super) fn is_local(&self) -> bool {
        self.peer.ip().to_canonical().is_loopback()
    }
}

async fn connect(host: &str, port: u16) -> Result<TcpStream, MailError> {
    let unreachable = |why: &dyn fmt::Display| {
        MailError::local(MailErrorClass::Transient, Stage::Connect, format!("{host}:{port}: {why}"))
    };
    let addresses = lookup_host((host, port)).await.map_err(|error| unreachable(&error).because(error))?;
    let mut failed = unreachable(&"the name has no address");
    for address in addresses {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => {
                // If this fails, the connection is only slower.
                let _ = tcp.set_nodelay(true);
                return Ok(tcp);
            }
            Ok(Err(error)) => failed = unreachable(&error).because(error),
            Err(late) => {
                failed = unreachable(&format_args!("no answer within {} s", CONNECT.as_secs())).because(late);
            }
        }
    }
    Err(failed)
}

async fn encrypt(
    tcp: TcpStream,
    connector: &TlsConnector,
    name: &ServerName<'static>,
) -> Result<impl Duplex + use<>, MailError> {
    connector.connect(name.clone(), tcp).await.map_err(|error| {
        // rustls errors concern certificates and protocols, which stay the same. All other errors come from the
        // network.
        let settled = error.get_ref().is_some_and(|inner| inner.is::<tokio_rustls::rustls::Error>());
        let class = if settled { MailErrorClass::Config } else { MailErrorClass::Transient };
        let hint = match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(tokio_rustls::rustls::Error::InvalidMessage(_)) => {
                "; the port does not speak TLS at once: tls: StartTls, or another port?"
            }
            Some(tokio_rustls::rustls::Error::InvalidCertificate(_)) => {
                "; the certificate must name this host and come from an authority that is trusted here"
            }
            _ => "",
        };
        MailError::local(class, Stage::Tls, format!("{error}{hint}")).because(error)
    })
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if !self.early.is_empty() {
            let (now, later) = self.early.split_at(self.early.len().min(buf.remaining()));
            buf.put_slice(now);
            self.early = later;
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut *self.stream).poll_read(cx, buf);
        // lettre drops a reply that is not UTF-8, and with it the code that tells the result of the letter.
        for byte in buf.filled_mut().iter_mut().skip(before).filter(|byte| !byte.is_ascii()) {
            *byte = b'?';
        }
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(cx)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("peer", &self.peer).finish_non_exhaustive()
    }
}
