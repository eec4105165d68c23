//! `guestlist check tenant`: checks the EntraTenant, its credentials, a sign-in, and what the application may do.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use super::error::CheckError;
use super::findings::Findings;
use super::{cluster as look, probe};
use crate::cli::cluster;
use crate::controller::{Secrets, Way};

/// How long a call may take, as in the operator.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Sign in to a tenant's directory as the operator does, and say what it may do there. Nothing is written.
///
/// It finds the API server as kubectl does, reads the EntraTenant and the Secret that it names, fetches a token, and says
/// what is missing and what to do about it. The exit code is 0 if the guests of this tenant can be invited, else 1.
///
/// With --probe it finds out, step by step and with your yes before each, how this directory behaves where Microsoft's
/// documents do not tell. That invites guests, sends real mails to addresses that you give, and removes those guests again:
/// take a spare directory (docs/probe.md).
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct CheckTenant {
    /// The EntraTenant, such as `default`: kubectl get etenant lists them.
    name: String,

    /// The operator's namespace; the Secret that the EntraTenant names is read there.
    #[arg(long, env = "POD_NAMESPACE", default_value = "guestlist-system")]
    namespace: String,

    #[command(flatten)]
    probe: probe::Flags,
}

const EXAMPLES: &str = "Examples:
  guestlist check tenant default
  guestlist check tenant spare --probe --address me@fabrikam.com
  guestlist check tenant spare --probe --only d,k --output json";

impl CheckTenant {
    /// Checks the tenant and prints the findings. The exit code says whether all is well.
    ///
    /// # Errors
    /// As [`Check::execute`](super::Check::execute).
    pub async fn check(self) -> Result<ExitCode, CheckError> {
        let client = cluster::client().await?;
        let tenant = look::tenant(&client, &self.name).await?;
        let mut findings = Findings::default();
        let secrets = Secrets { client: &client, namespace: &self.namespace };
        let graph = Way::read(secrets, &tenant.spec).await.and_then(|way| way.graph(TIMEOUT));
        let guests = look::guests(&client, &self.name).await;
        let mut connected = None;
        match graph {
            Err(trouble) => findings.trouble(&tenant, &trouble),
            Ok(graph) => {
                if findings.sign_in(&tenant, &graph).await {
                    findings.permissions(&tenant, &graph, &guests).await;
                    connected = Some(graph);
                }
            }
        }
        findings.condition(&tenant);
        let end = match (findings.well(), self.probe.wanted()) {
            (true, false) => "All is well: guests of this tenant can be invited.\n",
            (false, _) => "Not all is well.\n",
            (true, true) => "",
        };
        let told = format!("EntraTenant {}: directory {}\n{findings}{end}", self.name, tenant.spec.tenant_id);
        // With a probe, standard output may be for JSON alone.
        let _ = match self.probe.wanted() {
            true => write!(std::io::stderr(), "{told}"),
            false => write!(std::io::stdout(), "{told}"),
        };
        match connected {
            Some(graph) if findings.well() && self.probe.wanted() => {
                let subject = probe::Subject { name: self.name, tenant, organization: findings.organization, guests };
                Ok(self.probe.run(&graph, &subject).await?)
            }
            _ if findings.well() => Ok(ExitCode::SUCCESS),
            _ => Ok(ExitCode::FAILURE),
        }
    }
}
