//! Puts record and reason into status, the same bytes for the same facts.

use jiff::Timestamp;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use crate::api::conditions::{INVITED, READY, RECONCILING, REDEEMED, STALLED, merge, whole_seconds};
use crate::api::{GuestInvitation, GuestInvitationStatus, RelationKind};
use crate::controller::context::Context;
use crate::plan::{Desired, Record, Why, next_send_at, verdict};

/// The conditions that the operator writes. Those of others, such as an approval, are never among what it applies: it would
/// come to own them, and their writers would find them taken.
const OWNED: [&str; 5] = [READY, INVITED, REDEEMED, RECONCILING, STALLED];

/// Whether the status of `guest` says what `next` says already.
pub fn stands(guest: &GuestInvitation, next: &GuestInvitationStatus) -> bool {
    guest.status.as_ref().is_some_and(|status| {
        GuestInvitationStatus { conditions: owned(&status.conditions), ..status.clone() } == *next
    })
}

fn owned(conditions: &[Condition]) -> Vec<Condition> {
    conditions.iter().filter(|condition| OWNED.contains(&condition.type_.as_str())).cloned().collect()
}

/// The status that says `record` and `why`.
pub fn status(
    guest: &GuestInvitation,
    desired: &Desired,
    record: &Record,
    why: &Why,
    now: Timestamp,
) -> GuestInvitationStatus {
    let verdict = verdict(desired, record, why);
    let before = guest.status.as_ref().map(|status| owned(&status.conditions)).unwrap_or_default();
    let generation = guest.metadata.generation;
    let mut invitation = record.invitation.clone();
    invitation.next_send_at = next_send_at(desired, record).map(whole_seconds);
    let mut status = GuestInvitationStatus {
        observed_generation: generation,
        state: Some(verdict.state),
        guest: record.guest.clone(),
        invitation: (record.attested || !record.is_blank()).then_some(invitation),
        redemption: record.redemption.clone(),
        profile: record.profile.clone(),
        ended: record.ended.clone(),
        refusal: record.refusal.clone(),
        last_handled: record.handled.clone(),
        conditions: merge(&before, &OWNED, &verdict.claims, generation, now),
        ..GuestInvitationStatus::default()
    };
    for kind in RelationKind::ALL {
        kind.recorded_mut(&mut status).clone_from(&record.relations[kind]);
    }
    status
}

/// After a write: the index knows, and the tenant counts anew.
pub fn took(context: &Context, written: &GuestInvitation) {
    context.store.know(written);
    context.store.wake.tenant(&written.spec.tenant_ref.name);
}
