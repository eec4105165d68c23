//! Serves a simulator's state on a listener until it is told to stop.
//! TLS only, HTTP/1.1 and HTTP/2 by ALPN; a request that has to be cut takes its TCP connection with it.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, header};
use axum::routing::{any, get, post};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::exchange::CutConnection;
use crate::state::State;
use crate::{admin, clock, graph, mailbox, token};

/// Serves `state` on `listener` until `shutdown` is done; then every connection is closed at once.
pub async fn run(listener: TcpListener, state: Arc<State>, shutdown: impl Future<Output = ()>) {
    let router = router(Arc::clone(&state));
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            // Ended connections are forgotten as time goes by.
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&state), router.clone()));
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

async fn connection(stream: TcpStream, state: Arc<State>, router: Router) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    // Plain HTTP ends here: it is no TLS greeting.
    match state.identity.acceptor.accept(stream).await {
        Ok(stream) => converse(stream, state, router).await,
        Err(error) => tracing::debug!(%error, "no TLS"),
    }
}

/// Answers the requests of one connection.
pub(crate) async fn converse<S>(stream: S, state: Arc<State>, router: Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let cut = CancellationToken::new();
    let service = service_fn({
        let cut = cut.clone();
        move |request: Request<hyper::body::Incoming>| {
            let (router, cut, state) = (router.clone(), cut.clone(), Arc::clone(&state));
            async move {
                let mut response = router.oneshot(request.map(Body::new)).await?;
                match response.extensions().get::<CutConnection>().cloned() {
                    None => {}
                    Some(CutConnection::Now) => {
                        cut.cancel();
                        std::future::pending::<()>().await;
                    }
                    Some(CutConnection::When(said)) => {
                        tokio::spawn(async move {
                            said.cancelled().await;
                            cut.cancel();
                        });
                    }
                }
                if !response.headers().contains_key(header::DATE)
                    && let Ok(date) = HeaderValue::from_str(&clock::http(state.world().now()))
                {
                    response.headers_mut().insert(header::DATE, date);
                }
                Ok::<Response<Body>, std::convert::Infallible>(response)
            }
        }
    });
    let builder = Builder::new(TokioExecutor::new());
    let serving = builder.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // Dropping the connection closes the socket without a TLS farewell.
        () = cut.cancelled() => {}
        result = serving => {
            if let Err(error) = result {
                tracing::debug!(%error, "connection ended");
            }
        }
    }
}

fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/token", post(token::serve))
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(token::discovery::serve))
        .route("/v1.0/{*path}", any(graph_call))
        .route("/beta/{*path}", any(graph_call))
        .merge(mailbox::routes())
        .merge(admin::routes())
        .fallback(graph_call)
        .with_state(state)
}

async fn graph_call(
    axum::extract::State(state): axum::extract::State<Arc<State>>,
    request: Request<Body>,
) -> Response<Body> {
    graph::serve(state, request).await
}
