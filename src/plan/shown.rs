//! What a user of the directory says of the guest on record.

use jiff::Timestamp;

use super::{Bond, Desired, DirectoryUser, Record};
use crate::api::conditions::whole_seconds;
use crate::api::{GuestUser, Origin, Redemption};

impl DirectoryUser {
    /// What status tells of the user.
    pub(super) fn guest(&self, origin: Origin) -> GuestUser {
        GuestUser {
            user_principal_name: self.user_principal_name.clone(),
            internal: !self.is_guest,
            ..GuestUser::new(self.id.clone(), origin)
        }
    }

    /// The record with what the directory shows of the user.
    pub(super) fn noted(&self, desired: &Desired, record: &Record, guest: &GuestUser) -> Record {
        let mut next = record.clone();
        let origin = if self.made_by_us(guest) { Origin::Invited } else { Origin::Adopted };
        next.guest = Some(GuestUser {
            id: guest.id.clone(),
            user_principal_name: self.user_principal_name.clone().or(guest.user_principal_name.clone()),
            ..self.guest(origin)
        });
        // Whoever only follows the person leaves what was sent for others as it is.
        if record.bond == Bond::Owns && desired.link_secret.is_none() {
            next.invitation.redeem_url_secret = None;
        }
        next.redemption = Some(self.redemption());
        next
    }

    /// What the directory says of the guest's redemption.
    pub(super) fn redemption(&self) -> Redemption {
        Redemption {
            state: self.external_state.clone(),
            changed_at: self.external_state_since.map(whole_seconds),
            identity_provider: self.has_accepted().then(|| self.identity_provider.clone()),
        }
    }

    /// Whether our own invitation made the user. Graph answers 201 for somebody who was there and whom the look did not show;
    /// then their creation is older than the decision to invite.
    pub(super) fn made_by_us(&self, guest: &GuestUser) -> bool {
        let older = |invited_at: Timestamp| self.created_at.is_some_and(|created| created < invited_at);
        guest.origin == Origin::Invited && !guest.invited_at.is_some_and(older)
    }
}
