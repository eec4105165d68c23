//! Whether the tenant's rules let a namespace invite a guest as declared. The API server judges by the same rules
//! (`admission/guest-access.yaml`), so that `kubectl apply` says no at once; this is the authority.

mod approval;
mod domain;
mod labels;
mod redirect;
mod rules;

use std::collections::BTreeMap;

pub use approval::permission;
pub use rules::rule;

use super::Why;
use crate::api::{Address, Delivery, UserType};

/// What is asked of the rules: one guest, as declared.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// The EntraTenant's name.
    pub tenant: &'a str,
    /// The guest's namespace.
    pub namespace: &'a str,
    /// The namespace's labels, if they can be read.
    pub labels: Option<&'a BTreeMap<String, String>>,
    /// The guest.
    pub address: Address,
    /// The address that the guest may sign in with instead.
    pub redeem_as: Option<Address>,
    /// The kind of user to make.
    pub user_type: UserType,
    /// Groups, as the spec names them.
    pub groups: &'a [String],
    /// Where the redemption ends, if the spec says so itself.
    pub redirect_url: Option<&'a str>,
    /// Who mails the guest.
    pub delivery: Delivery,
    /// How many guests of the namespace hold a place in this tenant before this one.
    pub before: u32,
}

/// What the rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// One of them allows it.
    Allowed {
        /// Whether somebody has to approve it first.
        approval: bool,
    },
    /// None of them does.
    Refused {
        /// The condition reason.
        reason: &'static str,
        /// Cause and way out.
        message: String,
    },
    /// Nobody can say, because the namespace's labels cannot be read.
    Unknown {
        /// Cause and way out.
        message: String,
    },
}

/// Whether anything new may be done for a guest. Who is in the directory stays there and is followed all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Granted,
    /// Somebody has to approve it first.
    Awaited {
        /// What it waits for, and how to give it.
        message: String,
    },
    /// It may not.
    Refused {
        /// The condition reason.
        reason: String,
        /// Cause and way out.
        message: String,
    },
    /// Nobody can say for now.
    Unknown {
        /// Cause and way out.
        message: String,
    },
}

impl Permission {
    /// Why to rest instead of doing anything new; nothing when it may be done.
    pub(super) fn hold(&self) -> Option<Why> {
        Some(match self.clone() {
            Self::Granted => return None,
            Self::Awaited { message } => Why::Awaiting { message },
            Self::Refused { reason, message } => Why::NotAllowed { reason, message },
            Self::Unknown { message } => Why::TenantNotReady { reason: "NamespaceUnreadable".into(), message },
        })
    }
}
