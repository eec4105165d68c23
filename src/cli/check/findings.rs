//! The findings about a tenant: short lines with a label each, and whether all of them are good.

use std::collections::BTreeMap;
use std::fmt;

use kube::ResourceExt;

use super::cluster::GuestsUnreadable;
use crate::api::conditions::{INVITATIONS_BLOCKED, Truth, find, is_true};
use crate::api::{CredentialKind, EntraTenant, GuestInvitation};
use crate::controller::{Permitted, permitted};
use crate::graph::probe::Organization;
use crate::graph::{Feature, Graph, Permissions};
use crate::store::{TenantTrouble, UseCounts, Uses};

/// The findings so far.
#[derive(Debug, Default)]
pub struct Findings {
    lines: Vec<(&'static str, String)>,
    bad: bool,
    /// The organization of the directory, if Graph shows it.
    pub organization: Option<Organization>,
}

impl Findings {
    /// Whether all is well.
    pub fn well(&self) -> bool {
        !self.bad
    }

    fn good(&mut self, label: &'static str, line: impl Into<String>) {
        self.lines.push((label, line.into()));
    }

    fn bad(&mut self, label: &'static str, line: impl Into<String>) {
        self.bad = true;
        self.lines.push((label, line.into()));
    }

    /// Adds that signing in to the tenant, or reading its directory, failed.
    pub fn trouble(&mut self, tenant: &EntraTenant, trouble: &TenantTrouble) {
        let label = if trouble.signed_in == Truth::True { "Graph" } else { "signed in" };
        self.bad(label, format!("no: {}", trouble.explanation.message));
        let pods_own = matches!(
            tenant.spec.credentials.kind(),
            Some(CredentialKind::WorkloadIdentity(_) | CredentialKind::ManagedIdentity(_))
        );
        if pods_own && std::env::var_os("KUBERNETES_SERVICE_HOST").is_none() {
            let there = format!(
                "This tenant is signed in to with the identity of the operator's pod, and this is not that pod. There: kubectl -n <operator's namespace> exec -it deploy/guestlist -- guestlist check tenant {}",
                tenant.name_any()
            );
            self.good("", there);
        }
    }

    /// Signs in and looks at the directory. Returns whether Graph can be used.
    pub async fn sign_in(&mut self, tenant: &EntraTenant, graph: &Graph) -> bool {
        if let Err(error) = graph.sign_in().await {
            match TenantTrouble::of(&error) {
                Some(trouble) => self.trouble(tenant, &trouble),
                None => self.bad("signed in", format!("no: {error}")),
            }
            return false;
        }
        self.good("signed in", format!("yes, by {}", kind(tenant)));
        match graph.organization().await {
            Ok(found) => {
                let organization = found.unwrap_or_default();
                let name = organization.display_name.as_deref().unwrap_or("without a name");
                self.good("organization", format!("{name} ({})", organization.initial_domain().unwrap_or("?")));
                self.organization = Some(organization);
            }
            Err(error) if error.status == Some(403) => {
                let permission = Feature::OrganizationName.permission();
                self.good("organization", format!("not told: that needs {permission}, which nothing else does"));
            }
            Err(error) => self.good("organization", format!("not told: {error}")),
        }
        match graph.probe().await {
            Ok(()) => self.good("users", "can be listed"),
            Err(error) => {
                let said =
                    TenantTrouble::of(&error).map_or_else(|| error.to_string(), |trouble| trouble.explanation.message);
                self.bad("users", format!("cannot be listed: {said}"));
            }
        }
        true
    }

    /// Adds the permissions in the token, and those that the guests need but the token lacks.
    pub async fn permissions(
        &mut self,
        tenant: &EntraTenant,
        graph: &Graph,
        guests: &Result<Vec<GuestInvitation>, GuestsUnreadable>,
    ) {
        let Some(held) = graph.permissions().await else {
            return self.good("permissions", "not told: the token cannot be read");
        };
        let whose = if held.of_a_person() { " (yours: the operator elsewhere signs in as somebody else)" } else { "" };
        let names = if held.names().is_empty() { "none".to_owned() } else { held.names().join(", ") };
        self.good("permissions", format!("{names}{whose}"));
        let uses: UseCounts = guests.iter().flatten().map(Uses::of).collect();
        let permitted = permitted(graph, tenant.spec.defaults.deletion_policy, &uses).await;
        let claim = permitted.claim();
        match (&permitted, guests) {
            (Permitted::Lacking(lacking), _) if !lacking.is_empty() => self.bad("guests", claim.explanation.message),
            (_, Ok(guests)) => self.good("guests", format!("{}: {}", guests.len(), claim.explanation.message)),
            (_, Err(why)) => self.good("guests", format!("not looked at ({why}): what every guest needs is granted")),
        }
        for (permission, features) in optional(&held, &permitted) {
            self.good("not granted", format!("{permission}: no guest may have {}", features.join(", ")));
        }
    }

    /// Adds what only the operator knows: that Microsoft blocks invitations.
    pub fn condition(&mut self, tenant: &EntraTenant) {
        let conditions = tenant.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
        if is_true(conditions, INVITATIONS_BLOCKED)
            && let Some(blocked) = find(conditions, INVITATIONS_BLOCKED)
        {
            self.bad("invitations", blocked.message.clone());
        }
    }
}

/// The permissions that are not granted and that no guest needs, each with its features.
fn optional(held: &Permissions, permitted: &Permitted) -> BTreeMap<&'static str, Vec<String>> {
    let mut missing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let told = |feature: &Feature| matches!(permitted, Permitted::Lacking(lacking) if lacking.contains_key(feature));
    let needed = |feature: &Feature| matches!(feature, Feature::Invite | Feature::Follow);
    for feature in Feature::of_guests().filter(|feature| !held.allow(*feature) && !told(feature) && !needed(feature)) {
        missing.entry(feature.permission()).or_default().push(feature.named());
    }
    missing
}

fn kind(tenant: &EntraTenant) -> &'static str {
    match tenant.spec.credentials.kind() {
        Some(CredentialKind::WorkloadIdentity(_)) => "workloadIdentity",
        Some(CredentialKind::ManagedIdentity(_)) => "managedIdentity",
        Some(CredentialKind::ClientSecret(_)) => "clientSecret",
        Some(CredentialKind::ClientCertificate(_)) => "clientCertificate",
        Some(CredentialKind::AzureCli) => "azureCli",
        None => "nothing",
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (label, line) in &self.lines {
            writeln!(f, "  {label:<14}{line}")?;
        }
        Ok(())
    }
}
