//! Why a probe ends before its last step.

/// Why a step, or the whole probe, does not go on.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// The person wants no more.
    Quit,
    /// Ctrl-C, or SIGTERM.
    Interrupted,
    /// Nothing may be asked of this directory any more.
    Blocked(String),
    /// This step cannot settle its questions; the others go on.
    Unsettled(String),
}
