//! Puts record and reason into status, the same bytes for the same facts.

use jiff::Timestamp;
use kube::Api;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use super::sight::Sight;
use crate::api::conditions::{INVITED, READY, RECONCILING, REDEEMED, STALLED, merge, whole_seconds};
use crate::api::{GuestInvitation, GuestInvitationStatus, InvitationStatus, Relation, RelationKind, Role, annotations};
use crate::controller::context::Context;
use crate::controller::status::{self, WriteError};
use crate::plan::{Bond, Record, Why, next_send_at, verdict};
use crate::store::{KnownClaim, spec_digest};

/// The conditions that the operator writes. Those of others, such as an approval, are never among what it applies: it would
/// come to own them, and their writers would find them taken.
const OWNED: [&str; 5] = [READY, INVITED, REDEEMED, RECONCILING, STALLED];

/// Whether the status of `guest` says what `next` says already.
fn stands(guest: &KnownClaim, next: &GuestInvitationStatus) -> bool {
    guest.status.as_ref().is_some_and(|status| {
        // What an approval is about is the approver's.
        GuestInvitationStatus { conditions: owned(&status.conditions), approval: None, ..status.clone() } == *next
    })
}

fn owned(conditions: &[Condition]) -> Vec<Condition> {
    conditions.iter().filter(|condition| OWNED.contains(&condition.type_.as_str())).cloned().collect()
}

/// Whether an approver has to read of the spec's digest: somebody has to approve the guest, or has said something of them already.
fn needs_an_approval(guest: &KnownClaim, why: &Why) -> bool {
    matches!(why, Why::Awaiting { .. }) || guest.approval().said.is_some()
}

/// The status that says what is on record, and `why`.
pub fn status(guest: &KnownClaim, seen: &Sight, why: &Why, now: Timestamp) -> GuestInvitationStatus {
    let Sight { person, desired, record, observed, .. } = seen;
    let graph_clock = observed.graph_clock;
    let mut verdict = verdict(desired, record, why);
    annotations::add_to_ready(&mut verdict.claims, guest.meaningless.as_deref());
    let before = guest.status.as_ref().map(|status| owned(&status.conditions)).unwrap_or_default();
    let generation = Some(guest.generation);
    // Of a person who is somebody else's guest nothing is told.
    let theirs = record.bond == Bond::None && !desired.observe;
    let record = if theirs { &Record::default() } else { record };
    let mut invitation = record.invitation.clone();
    let next_send_at = match why {
        Why::MailedLately { until } => Some(*until),
        // On Graph's clock, like the time of the last mail beside it.
        _ => next_send_at(desired, record, graph_clock).map(|at| graph_clock.shows(at)),
    };
    invitation.next_send_at = next_send_at.map(whole_seconds);
    let mut status = GuestInvitationStatus {
        observed_generation: generation,
        state: Some(verdict.state),
        role: role(record.bond),
        guest_name: person.guest.as_ref().filter(|_| !theirs).map(|guest| guest.name.clone()),
        guest: record.guest.clone(),
        // What was sent to a person for others is not told.
        invitation: Some(match record.bond {
            Bond::Owns => invitation,
            Bond::Shares => InvitationStatus { next_send_at: invitation.next_send_at, ..InvitationStatus::default() },
            Bond::None | Bond::Follows => InvitationStatus::default(),
        }),
        redemption: record.redemption.clone(),
        profile: if record.bond == Bond::Shares { Vec::new() } else { record.profile.clone() },
        ended: record.ended.clone().filter(|_| record.bond != Bond::Shares),
        refusal: record.refusal.clone(),
        last_handled: record.handled.clone(),
        spec_digest: needs_an_approval(guest, why).then(|| spec_digest(&guest.spec)),
        conditions: merge(&before, &OWNED, &verdict.claims, generation, now),
        ..GuestInvitationStatus::default()
    };
    for kind in RelationKind::ALL {
        let told = record.relations[kind].iter().map(|relation| Relation { begun_at: None, ..relation.clone() });
        *kind.recorded_mut(&mut status.relations) = told.collect();
    }
    status
}

fn role(bond: Bond) -> Option<Role> {
    match bond {
        Bond::None => None,
        Bond::Owns => Some(Role::Owner),
        Bond::Shares => Some(Role::Sharer),
        Bond::Follows => Some(Role::Follower),
    }
}

/// Writes `told`, unless that stands already.
///
/// # Errors
/// As [`status::write`]. After a conflict it is decided again on the newer version, which the watch brings.
pub async fn tell(
    context: &Context,
    api: &Api<GuestInvitation>,
    guest: &KnownClaim,
    told: &GuestInvitationStatus,
) -> Result<(), WriteError> {
    if !stands(guest, told) {
        let written = status::write(api, &guest.key.name, Some(&guest.version), told).await?;
        took(context, &written);
    }
    Ok(())
}

/// After a write: the index knows, and the tenant counts anew.
fn took(context: &Context, written: &GuestInvitation) {
    context.store.know(written);
    context.store.wake.tenant(&written.spec.tenant_ref.name);
}
