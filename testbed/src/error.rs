//! Everything that can go wrong in the testbed, each as a sentence that names the cause and the way out.
//! `Debug` prints the same sentence, because a test shows its error by `unwrap`.

use std::{fmt, io, path::PathBuf};

/// The result of anything that the testbed does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the testbed could not do what it was asked.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file, a folder or a process did not do as told.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// A part of the control plane was not brought, or `KUBEBUILDER_ASSETS` names a folder without it.
    #[error(
        "there is no {path}. Run `make control-plane`, which brings it, or builds it with Go (3 to 10 minutes, once)",
        path = path.display()
    )]
    NoBinary {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A child process did not come up.
    #[error("{what} did not start: {why}. The end of its log ({log}):\n{tail}", log = log.display())]
    NotStarted {
        /// Which process.
        what: String,
        /// What was seen of it.
        why: String,
        /// Its log file.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// A certificate could not be made or read.
    #[error("{what}: {why}")]
    Certificate {
        /// What was being done.
        what: String,
        /// What the library said.
        why: String,
    },
    /// The API server said no, or could not be asked.
    #[error("{what}: {why}")]
    Api {
        /// What was being done.
        what: String,
        /// The server's own sentence, where it gave one.
        why: String,
        /// The HTTP status of its answer, 0 if there was none.
        code: u16,
    },
    /// A manifest cannot be read as what it should be.
    #[error("{what} is not a manifest that can be applied: {why}")]
    Manifest {
        /// Which manifest.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something that was waited for did not come.
    #[error("waited {seconds} s for {what}, in vain.\n{seen}")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        seconds: u64,
        /// What was there instead.
        seen: String,
    },
    /// The operator's binary is not where it should be.
    #[error(
        "there is no operator at {path}. Build it (`cargo build -p guestlist`), or set GUESTLIST_BIN to the binary to run",
        path = path.display()
    )]
    NoOperator {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Another program that is run for help did not do its work.
    #[error("{what}: {why}")]
    Other {
        /// What was being done.
        what: String,
        /// Why it failed.
        why: String,
    },
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Error {
    /// The HTTP status of the API server's refusal, if this is one.
    pub fn code(&self) -> Option<u16> {
        match self {
            Error::Api { code, .. } if *code > 0 => Some(*code),
            _ => None,
        }
    }

    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
        let what = what.into();
        move |source| Error::Io { what, source }
    }

    pub(crate) fn certificate<E: fmt::Display>(what: &str) -> impl FnOnce(E) -> Error {
        move |why| Error::Certificate { what: what.into(), why: why.to_string() }
    }

    pub(crate) fn api(what: impl Into<String>) -> impl FnOnce(kube::Error) -> Error {
        let what = what.into();
        move |error| match error {
            kube::Error::Api(status) => Error::Api { what, why: status.message, code: status.code },
            other => Error::Api { what, why: chain(&other), code: 0 },
        }
    }
}

/// An error with all its causes in one line: a client's outermost error seldom names the reason.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}
