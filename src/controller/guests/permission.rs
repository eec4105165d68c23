//! Whether anything new may be done for a guest: the tenant's rules, the namespace's labels, its places, an approval.

use crate::api::Defaults;
use crate::api::{Address, DeletionPolicy, GuestInvitationSpec};
use crate::controller::access::Access;
use crate::controller::context::Context;
use crate::plan::Demanded;
use crate::policy::{self, Ask, Permission, Ruling, judge};
use crate::store::{KnownClaim, TenantState};

/// The rules for one guest.
pub struct Rules<'a> {
    /// What the process knows.
    pub context: &'a Context,
    /// The guest.
    pub guest: &'a KnownClaim,
    /// The guest's tenant.
    pub found: &'a TenantState,
    /// What the guest is judged by.
    pub access: &'a Access,
    /// Whether the person is another namespace's, whom the guest would share.
    pub shares: bool,
}

impl Rules<'_> {
    /// Whether anything new may be done, and how many places of its namespace were taken before it, if that counts.
    pub fn permission(&self) -> (Permission, Option<u32>) {
        let Self { context, guest, .. } = self;
        if let Some(fault) = guest.spec.fault() {
            return (Permission::Refused(fault), None);
        }
        let counts = self.access.rules.iter().any(|rule| rule.max_guests.is_some());
        let before = counts.then(|| context.store.index(|index| index.before(&guest.key)));
        let ruling = self.judge(&guest.spec, None, before.unwrap_or_default());
        (policy::permission(ruling, guest.approval(), &guest.declared()), before)
    }

    /// Whether they allow the guest if the user who was found for them has the address `own` in the directory.
    pub fn allow(&self, own: &Address) -> bool {
        !matches!(self.judge(&self.guest.spec, Some(own), 0), Ruling::Refused(_))
    }

    /// What they demand of a guest who is suspended: what the guest could not go without.
    pub fn demand(&self) -> Demanded {
        let spec = &self.guest.spec;
        if !spec.suspend {
            return Demanded::default();
        }
        let demanded = |other: &GuestInvitationSpec| matches!(self.judge(other, None, 0), Ruling::Refused(_));
        let retained = GuestInvitationSpec { deletion_policy: Some(DeletionPolicy::Retain), ..spec.clone() };
        let endless = GuestInvitationSpec { access_until: None, expires_after: None, ..spec.clone() };
        Demanded { offboarding: demanded(&retained), end: demanded(&endless) }
    }

    fn judge(&self, spec: &GuestInvitationSpec, own: Option<&Address>, before: u32) -> Ruling {
        let tenants = &self.context.store.tenants;
        let tenant = &spec.tenant_ref.name;
        // A tenant in trouble has the defaults that it had.
        let connection = self.found.connection().cloned().or_else(|| tenants.kept(tenant));
        let unknown = Defaults::default();
        let ask = Ask {
            namespace: &self.guest.key.namespace,
            labels: self.access.labels.as_ref(),
            spec,
            created: self.guest.created,
            defaults: connection.as_ref().map_or(&unknown, |connection| &connection.defaults),
            own,
            shares: self.shares,
            before,
        };
        judge(&self.access.rules, &ask)
    }
}

/// Whether another claim of the namespace of `leaver`, of those that were read live, may take its person over, by the same `access`.
pub fn successor(context: &Context, leaver: &KnownClaim, claims: &[KnownClaim], access: &Access) -> bool {
    claims.iter().any(|claim| {
        let other = claim.uid != leaver.uid
            && claim.key.namespace == leaver.key.namespace
            && claim.tenant() == leaver.tenant()
            && claim.wants();
        let may = |found: &TenantState| {
            let rules = Rules { context, guest: claim, found, access, shares: false };
            rules.permission().0 == Permission::Granted
        };
        other && context.store.tenants.get(claim.tenant()).as_ref().is_some_and(may)
    })
}
