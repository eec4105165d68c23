//! A mail server that keeps what it is given: for trying the operator's own mail against.
//! It speaks RFC 5321 strictly, with STARTTLS or inside TLS, and its mails end in the guests' mailbox.

mod auth;
mod envelope;
mod message;
mod session;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::state::State;
use session::Session;
use wire::Wire;

/// One port of the mail server. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    /// TLS from the first octet on.
    pub(crate) implicit: bool,
    serving: Mutex<Option<(CancellationToken, JoinHandle<()>)>>,
}

impl Listening {
    pub(crate) async fn start(state: &Arc<State>, address: SocketAddr, implicit: bool) -> Result<Self, Error> {
        let listener = TcpListener::bind(address).await?;
        let listening = Self { address: listener.local_addr()?, implicit, serving: Mutex::new(None) };
        listening.serve(state, listener);
        Ok(listening)
    }

    pub(crate) async fn pause(&self) {
        if let Some((stop, task)) = self.take() {
            stop.cancel();
            if let Err(error) = task.await {
                tracing::warn!(%error, "the mail server did not end well");
            }
        }
    }

    /// Does nothing if not paused.
    pub(crate) async fn resume(&self, state: &Arc<State>) -> Result<(), Error> {
        let paused = self.serving.lock().is_none();
        if paused {
            self.serve(state, TcpListener::bind(self.address).await?);
        }
        Ok(())
    }

    fn serve(&self, state: &Arc<State>, listener: TcpListener) {
        let stop = CancellationToken::new();
        let task = tokio::spawn(accept(Arc::clone(state), listener, self.implicit, stop.clone()));
        *self.serving.lock() = Some((stop, task));
    }

    fn take(&self) -> Option<(CancellationToken, JoinHandle<()>)> {
        self.serving.lock().take()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some((stop, _)) = self.take() {
            stop.cancel();
        }
    }
}

async fn accept(state: Arc<State>, listener: TcpListener, implicit: bool, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(Arc::clone(&state), stream, implicit));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            }
        }
    }
    connections.shutdown().await;
}

async fn connection(state: Arc<State>, stream: TcpStream, implicit: bool) {
    let wire = if implicit {
        match state.identity.smtp.accept(stream).await {
            Ok(stream) => Wire::new(stream),
            Err(error) => {
                tracing::debug!(%error, "no TLS");
                return;
            }
        }
    } else {
        Wire::new(stream)
    };
    if let Err(error) = Session::new(state, wire, implicit).run().await {
        tracing::debug!(%error, "an SMTP connection ended");
    }
}
