//! Whether anything new may be done for a guest: the tenant's rules, the namespace's labels, its places, an approval.

use crate::api::Defaults;
use crate::api::conditions::{APPROVED, find};
use crate::controller::context::Context;
use crate::policy::{self, Ask, Permission, judge};
use crate::store::{KnownClaim, TenantState};

/// Whether anything new may be done, and how many places of its namespace were taken before it, if that counts.
pub fn permission(context: &Context, guest: &KnownClaim, found: &TenantState) -> (Permission, Option<u32>) {
    let place = &guest.key;
    let rules = context.store.tenants.access(guest.tenant());
    let counts = rules.iter().any(|rule| rule.max_guests.is_some());
    let before = counts.then(|| context.store.index(|index| index.before(place)));
    let labels = context.store.namespaces.labels(&place.namespace);
    let unknown = Defaults::default();
    let ruling = judge(
        &rules,
        &Ask {
            namespace: &place.namespace,
            labels: labels.as_ref(),
            spec: &guest.spec,
            defaults: found.connection().map_or(&unknown, |connection| &connection.defaults),
            before: before.unwrap_or_default(),
        },
    );
    (policy::permission(ruling, find(guest.conditions(), APPROVED), guest.generation), before)
}

/// Whether another claim of the namespace of `leaver`, of those that were read live, may take its person over.
pub fn successor(context: &Context, leaver: &KnownClaim, claims: &[KnownClaim]) -> bool {
    claims.iter().any(|claim| {
        let other = claim.uid != leaver.uid
            && claim.key.namespace == leaver.key.namespace
            && claim.tenant() == leaver.tenant()
            && claim.wants();
        let found = context.store.tenants.get(claim.tenant());
        other && found.is_some_and(|found| permission(context, claim, &found).0 == Permission::Granted)
    })
}
