//! The error that caused another error.

use std::error::Error;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The cause of an error, for programs. People read about the cause in the sentence of the error that holds it.
///
/// The cause is shared, so that the error that holds it can be cloned. `Debug` shows only its sentence, because
/// libraries keep the bodies of answers in their errors.
// An `Arc` of a `Box` is one word. So the errors that hold a cause stay small, and with them every `Result`.
#[derive(Clone)]
pub struct Cause(Arc<Box<dyn Error + Send + Sync>>);

impl<E: Error + Send + Sync + 'static> From<E> for Cause {
    fn from(error: E) -> Self {
        Self(Arc::new(Box::new(error)))
    }
}

impl Deref for Cause {
    type Target = dyn Error + Send + Sync;

    fn deref(&self) -> &Self::Target {
        self.0.as_ref().as_ref()
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.to_string(), f)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, Clone, thiserror::Error)]
    #[error("the mail was not sent: no network")]
    struct Above {
        source: Option<Cause>,
    }

    #[test]
    fn a_program_finds_the_cause_under_a_clone() {
        let above = Above { source: Some(io::Error::from(io::ErrorKind::NetworkDown).into()) }.clone();
        let cause = above.source().and_then(|cause| cause.downcast_ref::<io::Error>());
        assert_eq!(cause.map(io::Error::kind), Some(io::ErrorKind::NetworkDown));
        assert!(Above { source: None }.source().is_none());
    }
}
