//! The question to the rules.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::domain;
use crate::api::{Address, Defaults, DeletionPolicy, Delivery, GuestInvitationSpec, Language};

/// The question to the rules: may this namespace invite this guest as declared?
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// The guest's namespace.
    pub namespace: &'a str,
    /// The namespace's labels, if they can be read.
    pub labels: Option<&'a BTreeMap<String, String>>,
    /// The guest.
    pub spec: &'a GuestInvitationSpec,
    /// When the GuestInvitation was made; nothing for one that is still to be made.
    pub created: Option<Timestamp>,
    /// The tenant's defaults, for what the guest leaves out.
    pub defaults: &'a Defaults,
    /// The address that the directory has as the own one of a user who was found, before they are taken for the guest.
    pub own: Option<&'a Address>,
    /// Whether the person is the guest of another namespace, which the guest would share. The API server does not know it.
    pub shares: bool,
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

    /// What happens to the user at the end.
    pub fn deletion_policy(&self) -> DeletionPolicy {
        self.spec.deletion_policy.or(self.defaults.deletion_policy).unwrap_or_default()
    }

    /// The language of the mail, if anybody names one.
    pub fn language(&self) -> Option<&Language> {
        let named = self.spec.message.as_ref().and_then(|message| message.language.as_ref());
        named.or(self.defaults.language.as_ref())
    }

    /// The domains of every address that the guest may sign in with. A guest who may sign in with another address is as
    /// good as invited by it.
    pub fn domains(&self) -> Vec<String> {
        let other = self.spec.redeem_as.as_ref().map(Address::from);
        let declared = [Some(self.spec.address()), other];
        let mut domains: Vec<String> = declared.iter().flatten().chain(self.own).map(domain::of).collect();
        domains.dedup();
        domains
    }

    /// The domains of who gets a copy of the mail.
    pub fn cc_domains(&self) -> Vec<String> {
        self.spec.cc().iter().map(|address| domain::of(&Address::from(address))).collect()
    }
}
