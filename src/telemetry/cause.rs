//! The error below an error.

use std::error::Error;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// What an error was caused by. It is for programs: the sentence of the error above tells it to people already.
///
/// It is shared, so that the error above can be cloned. `Debug` shows its sentence only, because libraries keep the bodies of
/// answers in their errors.
// Two pointers in a row, so that it adds one word only to the errors that every `Result` has room for.
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
