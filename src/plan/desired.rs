//! What the spec asks for, with the tenant's defaults filled in.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::mail_limit::MailLimit;
use crate::api::{Address, DeletionPolicy, Delivery, Ends, Existing, Explanation, Handled, PerRelation};

/// What the spec asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Desired {
    /// The uid of the resource.
    pub uid: String,
    /// The generation of the spec.
    pub generation: i64,
    /// When the resource was made.
    pub created_at: Option<Timestamp>,
    /// The guest.
    pub address: Address,
    /// What may be done with a person whom the directory already knows: by the spec, or by what the platform team grants.
    pub existing: Existing,
    /// Whether the platform team grants all (`spec.grant: Own` of the Guest), also while others share the person.
    pub granted_all: bool,
    /// Who mails the guest.
    pub delivery: Delivery,
    /// Whether the spec itself names that delivery, and not just the tenant's default.
    pub delivery_by_name: bool,
    /// Whether everything is held.
    pub suspended: bool,
    /// Since when the resource is being deleted, if it is.
    pub deleting: Option<Timestamp>,
    /// Whether the resource carries our finalizer.
    pub finalizer: bool,
    /// Whether nothing may be written to the directory.
    pub observe: bool,
    /// The values of the request annotations.
    pub requests: Handled,
    /// How often the person may be mailed.
    pub mail_limit: MailLimit,
    /// When to mail a pending guest again.
    pub reminders: Option<Remind>,
    /// How long a guest may be pending.
    pub expires_after: Option<Duration>,
    /// When access ends.
    pub access_until: Option<Timestamp>,
    /// What happens to the user at the end.
    pub policy: DeletionPolicy,
    /// Whether the spec itself names that policy. The tenant's default is known only while the tenant is.
    pub policy_by_name: bool,
    /// The objects to be related to the user, as the spec names them.
    pub relations: PerRelation<Vec<String>>,
    /// Declared properties of the user by Graph's name, `displayName` among them.
    pub properties: BTreeMap<String, String>,
    /// The address to redeem with after a reset.
    pub redeem_as: Address,
    /// The Secret beside the resource that is to have a copy of the redeem link.
    pub link_secret: Option<String>,
    /// Why the spec cannot be carried out in this tenant.
    pub problem: Option<Explanation>,
}

/// When to mail a pending guest again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remind {
    /// How long after a mail.
    pub after: Duration,
    /// How often at most.
    pub limit: u32,
}

impl Desired {
    /// The least that can be wanted: a guest with every default.
    pub fn new(address: Address) -> Self {
        Self {
            uid: String::new(),
            generation: 1,
            created_at: None,
            redeem_as: address.clone(),
            address,
            existing: Existing::default(),
            granted_all: false,
            delivery: Delivery::default(),
            delivery_by_name: false,
            suspended: false,
            deleting: None,
            finalizer: false,
            observe: false,
            requests: Handled::default(),
            mail_limit: MailLimit::NONE,
            reminders: None,
            expires_after: None,
            access_until: None,
            policy: DeletionPolicy::default(),
            policy_by_name: false,
            relations: PerRelation::default(),
            properties: BTreeMap::new(),
            link_secret: None,
            problem: None,
        }
    }

    /// Whether our finalizer has to be put on before a user is made: something is to be undone at the end, even if we crash
    /// right after.
    pub(super) fn must_be_bound(&self) -> bool {
        self.policy != DeletionPolicy::Retain && !self.finalizer && !self.observe
    }

    /// The ends that the spec declares.
    pub(super) fn ends(&self) -> Ends {
        let expires_after_seconds = self.expires_after.map(|after| u32::try_from(after.as_secs()).unwrap_or(u32::MAX));
        Ends { policy: self.policy, access_until: self.access_until, expires_after_seconds }
    }

    /// Whether anybody mails the guest.
    pub fn mails(&self) -> bool {
        self.delivery != Delivery::None
    }
}
