//! Logs on standard error, as text for people or JSON for collectors. `RUST_LOG` chooses what is logged. Colours are for a terminal;
//! `NO_COLOR` takes them away there too.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The operator's own messages, and only trouble from the libraries. kube logs each failed call as an error, but the
/// operator handles it.
const DEFAULT: &str = "info,kube_client=off,kube_runtime=warn,hyper=warn,reqwest=warn,azure_core=off,azure_identity=off,typespec_client_core=off";

/// Starts logging.
pub fn init(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(coloured);
    // A second call, as in tests, keeps the first set-up.
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}
