//! The directory to probe, and what is known about it before the first step.

use kube::ResourceExt;

use crate::api::{EntraTenant, GuestInvitation};
use crate::cli::check::cluster::GuestsUnreadable;
use crate::graph::probe::Organization;

/// The directory to probe.
pub struct Subject {
    /// The EntraTenant's name.
    pub name: String,
    /// The EntraTenant.
    pub tenant: EntraTenant,
    /// The organization of the directory, if Graph shows it.
    pub organization: Option<Organization>,
    /// The guests that are declared in the directory, or why they cannot be read.
    pub guests: Result<Vec<GuestInvitation>, GuestsUnreadable>,
}

impl Subject {
    /// The GuestInvitation that declares `address`.
    pub(super) fn declared(&self, address: &str) -> Option<String> {
        let mut guests = self.guests.iter().flatten();
        let found = guests.find(|guest| guest.spec.email.as_str().eq_ignore_ascii_case(address))?;
        Some(format!("{}/{}", found.namespace().unwrap_or_default(), found.name_any()))
    }

    pub(super) fn organization_name(&self) -> &str {
        let name = self.organization.as_ref().and_then(|organization| organization.display_name.as_deref());
        name.unwrap_or("(name not told)")
    }

    pub(super) fn initial_domain(&self) -> Option<&str> {
        self.organization.as_ref().and_then(Organization::initial_domain)
    }

    /// The text that the person types to confirm that they mean this directory.
    pub(super) fn proof(&self) -> &str {
        self.initial_domain().unwrap_or(&self.tenant.spec.tenant_id)
    }
}
