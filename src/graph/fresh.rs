//! A request body that is sent before a deadline or not at all. The check runs when the connection takes the bytes. A
//! process that is frozen after its decision, or even after it began the request, sends nothing when it wakes.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use jiff::Timestamp;

/// Bytes and the wall-clock time from which they are too old to send.
#[derive(Debug)]
pub(super) struct Fresh {
    bytes: Option<Bytes>,
    latest: Timestamp,
}

/// The deadline had passed, and no part of the body was sent.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the decision to send had become too old")]
pub(super) struct TooOld;

impl Fresh {
    /// A body that may be sent only before `latest`.
    pub(super) fn new(bytes: impl Into<Bytes>, latest: Timestamp) -> Self {
        Self { bytes: Some(bytes.into()), latest }
    }
}

impl Body for Fresh {
    type Data = Bytes;
    type Error = TooOld;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, TooOld>>> {
        if self.bytes.is_some() && Timestamp::now() >= self.latest {
            return Poll::Ready(Some(Err(TooOld)));
        }
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

impl TooOld {
    /// Whether this error ended the exchange.
    pub(super) fn broke(error: &(dyn std::error::Error + 'static)) -> bool {
        std::iter::successors(Some(error), |error| error.source()).any(|error| error.is::<Self>())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncReadExt as _;

    use super::*;
    use crate::graph::broken::broken;
    use crate::graph::{Http, Reach};

    /// Sends a body with the deadline `latest`. Returns what the server received and the result of the request.
    async fn sent(latest: Timestamp) -> (String, Result<(), reqwest::Error>) {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut got, mut part) = (Vec::new(), [0; 4096]);
            while !String::from_utf8_lossy(&got).ends_with("{mail}") {
                match stream.read(&mut part).await {
                    Ok(read) if read > 0 => got.extend_from_slice(&part[..read]),
                    _ => break,
                }
            }
            String::from_utf8_lossy(&got).into_owned()
        });
        let http = Http::new(None).unwrap();
        let request = http.sending.post(url).body(reqwest::Body::wrap(Fresh::new("{mail}", latest)));
        let ended = request.timeout(Duration::from_millis(500)).send().await.map(drop);
        drop(http);
        (server.await.unwrap(), ended)
    }

    #[tokio::test]
    async fn a_body_leaves_in_time_or_not_at_all() {
        let now = Timestamp::now();
        let (got, ended) = sent(now.checked_add(Duration::from_secs(60)).unwrap()).await;
        assert!(got.ends_with("{mail}") && got.to_lowercase().contains("content-length: 6"), "{got}");
        assert!(!ended.is_err_and(|error| TooOld::broke(&error)), "this server never answers");
        let (got, ended) = sent(now).await;
        assert!(!got.contains("{mail}"), "{got}");
        let error = broken("createInvitation", ended.unwrap_err());
        assert!(error.is_too_old() && error.reach == Reach::NotSent, "{error}");
    }
}
