//! The simulator as a program, for the demo and for trying things by hand: `entra-simulator --help`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use entra_simulator::{AppConfig, Config, Simulator, TenantConfig};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

/// A stand-in for Microsoft Graph, the Entra sign-in and the guests' mailbox.
///
/// One HTTPS address serves all of them: Graph under /v1.0, the sign-in under /TENANT/oauth2/v2.0/token,
/// the mailbox under /mailbox and the controls under /_simulator/. Its memory is lost when it ends.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8443", env = "ENTRA_SIMULATOR_LISTEN")]
    listen: SocketAddr,
    /// Where to listen for SMTP with STARTTLS; its mails show in the mailbox
    #[arg(long, value_name = "ADDRESS")]
    smtp: Option<SocketAddr>,
    /// Where to listen for SMTP inside TLS
    #[arg(long, value_name = "ADDRESS")]
    smtps: Option<SocketAddr>,
    /// Write the certificate authority that clients have to trust to this file, as PEM
    #[arg(long, value_name = "FILE")]
    ca_out: Option<PathBuf>,
    /// Write the address and the path of the CA to this file, as JSON, once it listens
    #[arg(long, value_name = "FILE")]
    info_out: Option<PathBuf>,
    /// Take the tenants from this JSON file instead of the one tenant Contoso (an array; see `TenantConfig`)
    #[arg(long, value_name = "FILE")]
    tenants: Option<PathBuf>,
    /// Give this application permission to the app of Contoso as well; repeat for more
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,
    /// How long changes take to show in GET /users
    #[arg(long, value_name = "MS", default_value_t = 3000)]
    lag_listing: u64,
    /// How long changes take to show in advanced queries
    #[arg(long, value_name = "MS", default_value_t = 3000)]
    lag_advanced: u64,
    /// How long a redemption takes to show in GET /users
    #[arg(long, value_name = "MS", default_value_t = 3000)]
    lag_state: u64,
    /// How long reading a new user by id answers 404
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    lag_read: u64,
    /// How long changing a new user answers 404
    #[arg(long, value_name = "MS", default_value_t = 2000)]
    lag_write: u64,
    /// How long a reset goes by the old addresses of a changed user
    #[arg(long, value_name = "MS", default_value_t = 2000)]
    lag_reset: u64,
    /// How long changed memberships take to show
    #[arg(long, value_name = "MS", default_value_t = 3000)]
    lag_membership: u64,
    /// Count no requests and never answer 429
    #[arg(long)]
    no_throttling: bool,
}

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("entra-simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    // Before anything is announced, so that no signal is missed.
    let mut terminate = signal(SignalKind::terminate())?;
    let simulator = Simulator::start(config(&arguments)?).await?;
    if let Some(file) = &arguments.ca_out {
        write(file, simulator.ca_pem())?;
    }
    let url = simulator.url();
    if let Some(file) = &arguments.info_out {
        let ca = arguments.ca_out.as_ref().and_then(|file| std::path::absolute(file).ok());
        let info = json!({
            "url": url,
            "graph": url,
            "authority": url,
            "mailbox": url.join("mailbox")?,
            "ca": ca,
            "smtp": simulator.smtp_address(),
            "smtps": simulator.smtps_address(),
        });
        write(file, &format!("{info:#}\n"))?;
    }
    println!("Entra simulator at {url}, mailbox at {}", url.join("mailbox")?);
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    simulator.stop().await;
    Ok(())
}

fn config(arguments: &Arguments) -> Result<Config, Failure> {
    let mut config =
        Config { listen: arguments.listen, smtp: arguments.smtp, smtps: arguments.smtps, ..Config::default() };
    if let Some(file) = &arguments.tenants {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        config.tenants = serde_json::from_str::<Vec<TenantConfig>>(&text)?;
    } else {
        let mut app = AppConfig::default();
        app.roles.extend(arguments.role.iter().cloned());
        config.tenants = vec![TenantConfig { apps: vec![app], ..TenantConfig::default() }];
    }
    let lag = &mut config.settings.lag;
    lag.listing = Duration::from_millis(arguments.lag_listing);
    lag.advanced = Duration::from_millis(arguments.lag_advanced);
    lag.state_in_listing = Duration::from_millis(arguments.lag_state);
    lag.read_after_create = Duration::from_millis(arguments.lag_read);
    lag.write_after_create = Duration::from_millis(arguments.lag_write);
    lag.reset_after_change = Duration::from_millis(arguments.lag_reset);
    lag.membership = Duration::from_millis(arguments.lag_membership);
    config.settings.throttle.enabled = !arguments.no_throttling;
    Ok(config)
}

/// Whole or not at all, for others wait for the file.
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let partial = file.with_extension("partial");
    std::fs::write(&partial, text)
        .and_then(|()| std::fs::rename(&partial, file))
        .map_err(|error| format!("{}: {error}", file.display()).into())
}
