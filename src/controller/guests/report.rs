//! Puts record and reason into status, the same bytes for the same facts.

use jiff::Timestamp;

use crate::api::conditions::{INVITED, READY, RECONCILING, REDEEMED, STALLED, merge};
use crate::api::{GuestInvitation, GuestInvitationStatus};
use crate::controller::context::Context;
use crate::plan::{Record, Wanted, Why, verdict};

/// The status that says `record` and `why`.
pub fn status(
    guest: &GuestInvitation,
    wanted: &Wanted,
    record: &Record,
    why: &Why,
    now: Timestamp,
) -> GuestInvitationStatus {
    let verdict = verdict(wanted, record, why);
    let before = guest.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    let generation = guest.metadata.generation;
    GuestInvitationStatus {
        observed_generation: generation,
        state: Some(verdict.state),
        guest: record.guest.clone(),
        invitation: (record.attested || !record.is_blank()).then(|| record.invitation.clone()),
        redemption: record.redemption.clone(),
        conditions: merge(before, &[READY, INVITED, REDEEMED, RECONCILING, STALLED], &verdict.claims, generation, now),
    }
}

/// After a write: the index knows, and the tenant counts anew.
pub fn took(context: &Context, written: &GuestInvitation) {
    context.know(written);
    context.wake.tenant(&written.spec.tenant_ref.name);
}
