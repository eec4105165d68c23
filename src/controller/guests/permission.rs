//! Whether anything new may be done for a guest: the tenant's rules, the namespace's labels, its places, an approval.

use crate::api::conditions::{APPROVED, find};
use crate::api::{Address, GuestInvitation};
use crate::controller::context::Context;
use crate::controller::index::Place;
use crate::plan::{self, Ask, Permission, Wanted};

/// Whether anything new may be done, and how many places of its namespace were taken before it, if that counts.
pub fn permission(
    context: &Context,
    place: &Place,
    guest: &GuestInvitation,
    wanted: &Wanted,
) -> (Permission, Option<u32>) {
    let spec = &guest.spec;
    let rules = context.tenants.access(&spec.tenant_ref.name);
    let counts = rules.iter().any(|rule| rule.max_guests.is_some());
    let before = counts.then(|| context.index(|index| index.before(place)));
    let labels = context.namespaces.labels(&place.namespace);
    let ruling = plan::rule(
        &rules,
        &Ask {
            tenant: &spec.tenant_ref.name,
            namespace: &place.namespace,
            labels: labels.as_ref(),
            address: wanted.address.clone(),
            redeem_as: spec.redeem_as.as_ref().map(Address::from),
            user_type: spec.user_type,
            groups: &spec.groups,
            redirect_url: spec.redirect_url.as_ref().map(crate::api::RedirectUrl::as_str),
            delivery: wanted.delivery,
            before: before.unwrap_or_default(),
        },
    );
    let conditions = guest.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    let generation = guest.metadata.generation.unwrap_or_default();
    (plan::permission(ruling, find(conditions, APPROVED), generation), before)
}
