//! Whether anything new may be done for a guest: the tenant's rules, the namespace's labels, its places, an approval.

use kube::ResourceExt;

use crate::api::conditions::{APPROVED, find};
use crate::api::{Defaults, GuestInvitation};
use crate::controller::context::Context;
use crate::policy::{self, Ask, Permission, judge};
use crate::store::{ObjectKey, TenantState};

/// Whether anything new may be done, and how many places of its namespace were taken before it, if that counts.
pub fn permission(
    context: &Context,
    place: &ObjectKey,
    guest: &GuestInvitation,
    found: &TenantState,
) -> (Permission, Option<u32>) {
    let rules = context.store.tenants.access(&guest.spec.tenant_ref.name);
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
    let conditions = guest.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    let generation = guest.metadata.generation.unwrap_or_default();
    (policy::permission(ruling, find(conditions, APPROVED), generation), before)
}

/// Whether another claim of the namespace of `leaver`, of those that were read live, may take its person over.
pub fn successor(context: &Context, leaver: &GuestInvitation, claims: &[GuestInvitation]) -> bool {
    claims.iter().any(|claim| {
        let other = claim.uid() != leaver.uid()
            && claim.namespace() == leaver.namespace()
            && claim.spec.tenant_ref == leaver.spec.tenant_ref
            && claim.metadata.deletion_timestamp.is_none()
            && !claim.spec.suspend;
        let found = context.store.tenants.get(&claim.spec.tenant_ref.name);
        other
            && found
                .is_some_and(|found| permission(context, &ObjectKey::of(claim), claim, &found).0 == Permission::Granted)
    })
}
