//! Which claim is meant.

use crate::api::ClaimRecord;

/// Which claim is meant: a GuestInvitation by name and uid.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClaimKey {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

impl ClaimKey {
    pub(super) fn is(&self, claim: &ClaimRecord) -> bool {
        claim.namespace == self.namespace && claim.name == self.name
    }
}
