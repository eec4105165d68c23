//! Describes an exchange without a whole answer. The text stays the same as long as the cause does. A changed text
//! would update the condition, which triggers a reconcile. Graph would then be asked again before the wait is over.

use std::error::Error;
use std::io::{self, ErrorKind};

use super::fresh::TooOld;
use super::{Class, GraphError, Reach};

/// The error kinds for a connection that the other side closed. Timing decides which of them is reported.
const CLOSED: [ErrorKind; 4] =
    [ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset, ErrorKind::ConnectionAborted, ErrorKind::BrokenPipe];

/// The error of a broken exchange, without the URL: a query can contain a person's address.
pub(super) fn broken(operation: &'static str, error: reqwest::Error) -> GraphError {
    let error = error.without_url();
    if TooOld::broke(&error) {
        return GraphError::too_old(operation);
    }
    let what = if error.is_timeout() { "no answer in time" } else { "the connection failed" };
    let message = why(&error).map_or_else(|| what.to_owned(), |why| format!("{what}: {why}"));
    // Only a connection that never opened proves that nothing was sent.
    let reach = if error.is_connect() || error.is_builder() { Reach::NotSent } else { Reach::Unknown };
    GraphError::local(operation, Class::Transient, reach, message).because(error)
}

/// The text of the innermost cause; none if the error has no cause.
pub(super) fn why(error: &(dyn Error + 'static)) -> Option<String> {
    let causes: Vec<&(dyn Error + 'static)> = std::iter::successors(error.source(), |&cause| cause.source()).collect();
    if causes.iter().any(|cause| is_closed(*cause)) {
        return Some("the other side closed it".to_owned());
    }
    causes.last().map(ToString::to_string)
}

fn is_closed(cause: &(dyn Error + 'static)) -> bool {
    if let Some(http) = cause.downcast_ref::<hyper::Error>()
        && (http.is_incomplete_message() || http.is_closed())
    {
        return true;
    }
    if let Some(io) = cause.downcast_ref::<io::Error>() {
        return CLOSED.contains(&io.kind());
    }
    // HTTP/2 keeps only the text of its cause.
    let text = cause.to_string();
    text.contains("close_notify") || CLOSED.iter().any(|kind| text == kind.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error with a cause, as the HTTP layers wrap it.
    #[derive(Debug)]
    struct Outer(Box<dyn Error>);

    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("error sending request")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self.0.as_ref())
        }
    }

    #[test]
    fn that_the_other_side_went_away_is_said_in_one_way() {
        let eof = "peer closed connection without sending TLS close_notify: https://docs.rs/rustls/some/page";
        let told: [Box<dyn Error>; 5] = [
            Box::new(io::Error::from(ErrorKind::ConnectionReset)),
            Box::new(io::Error::new(ErrorKind::UnexpectedEof, eof)),
            Box::new(Outer(Box::new(io::Error::from(ErrorKind::BrokenPipe)))),
            "connection reset".into(),
            eof.into(),
        ];
        for cause in told {
            let text = cause.to_string();
            assert_eq!(why(&Outer(cause)).as_deref(), Some("the other side closed it"), "{text}");
        }
    }

    #[tokio::test]
    async fn the_cause_is_kept_without_the_address_and_told_once() {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let closed = listener.local_addr().unwrap();
        drop(listener);
        let refused = client.get(format!("http://{closed}/users?mail=bob@example.com")).send().await.unwrap_err();
        let error = broken("listUsers", refused).clone();
        assert_eq!(error.to_string(), "listUsers: the connection failed: Connection refused (os error 111)");
        let cause = error.source().and_then(|cause| cause.downcast_ref::<reqwest::Error>()).unwrap();
        assert!(cause.is_connect() && !format!("{cause:?} {error:?}").contains("bob"), "{cause:?}");
    }

    #[test]
    fn another_cause_is_told_in_its_own_words() {
        let refused = io::Error::new(ErrorKind::ConnectionRefused, "Connection refused (os error 111)");
        assert_eq!(why(&Outer(Box::new(refused))).as_deref(), Some("Connection refused (os error 111)"));
    }
}
