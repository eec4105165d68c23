//! Why a probe ends before its last step.

use crate::graph::{Class, GraphError};

/// Why a step, or the whole probe, does not go on.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The person does not want to go on.
    #[error("you have quit")]
    Quit,
    /// Ctrl-C, or SIGTERM.
    #[error("interrupted")]
    Interrupted,
    /// Microsoft blocks invitations, so the probe must not ask this directory for anything more.
    #[error(
        "Microsoft blocks invitations from this directory; no more is sent, and only Microsoft support lifts that. {0}"
    )]
    Blocked(#[source] Box<GraphError>),
    /// Graph refuses what this step needs. The other steps go on.
    #[error(transparent)]
    Refused(Box<GraphError>),
    /// The outcome of an invitation is not known. The other steps go on.
    #[error("the answer to an invitation was lost: {0}")]
    Lost(#[source] Box<GraphError>),
    /// This step cannot answer its questions. The other steps go on.
    #[error("{0}")]
    Unsettled(String),
}

impl Stop {
    /// Whether it ends the whole probe, and not only this step.
    pub fn ends_all(&self) -> bool {
        matches!(self, Self::Quit | Self::Interrupted | Self::Blocked(_))
    }
}

impl From<GraphError> for Stop {
    fn from(error: GraphError) -> Self {
        match error.class {
            Class::Blocked => Self::Blocked(Box::new(error)),
            _ => Self::Refused(Box::new(error)),
        }
    }
}
