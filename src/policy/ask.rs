//! The question to the rules.

use std::collections::BTreeMap;

use super::domain;
use crate::api::{Address, Defaults, Delivery, GuestInvitationSpec};

/// The question to the rules: may this namespace invite this guest as declared?
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// The guest's namespace.
    pub namespace: &'a str,
    /// The namespace's labels, if they can be read.
    pub labels: Option<&'a BTreeMap<String, String>>,
    /// The guest.
    pub spec: &'a GuestInvitationSpec,
    /// The tenant's defaults, for what the guest leaves out.
    pub defaults: &'a Defaults,
    /// How many guests of the namespace hold a place in this tenant before this one.
    pub before: u32,
}

impl Ask<'_> {
    /// The EntraTenant's name.
    pub fn tenant(&self) -> &str {
        &self.spec.tenant_ref.name
    }

    /// Who mails the guest.
    pub fn delivery(&self) -> Delivery {
        self.spec.delivery.or(self.defaults.delivery).unwrap_or_default()
    }

    /// The domains of every address that the guest may sign in with. A guest who may sign in with another address is as
    /// good as invited by it.
    pub fn domains(&self) -> Vec<String> {
        let other = self.spec.redeem_as.as_ref().map(Address::from);
        let mut domains: Vec<String> = [Some(self.spec.address()), other].iter().flatten().map(domain::of).collect();
        domains.dedup();
        domains
    }
}
