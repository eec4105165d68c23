//! Where the user of a record is, by a live read: there, gone, or not shown yet, because Graph has only just taken the invitation.

use jiff::Timestamp;

use super::{Decision, DirectoryUser, Look, Observed, Record, Step, Timing, UserView, Why, timing::NEVER};
use crate::api::GuestUser;

/// Where a user is.
pub(super) enum Whereabouts<'a> {
    /// Not in the directory any more.
    Gone,
    /// There, by the read or by a look for the address.
    There(&'a DirectoryUser),
    /// Not known: what to do until it is.
    Unknown(Step),
}

/// Where the user `guest` is, read live in this pass.
pub(super) fn whereabouts<'a>(decision: Decision<'a>, guest: &GuestUser) -> Whereabouts<'a> {
    let Decision { record, observed, timing, .. } = decision;
    match &observed.user {
        UserView::Found(user) if observed.user_is_live() => Whereabouts::There(user),
        UserView::Missing if observed.user_is_live() => absent(record, guest, observed, timing),
        _ => Whereabouts::Unknown(Step::Fetch(guest.id.clone())),
    }
}

/// Of a user whom the read does not show. Whoever was seen before is gone. A user whom our own invitation made, for whichever namespace,
/// may take minutes to be readable ("404 for minutes after 201"), which is told on Graph's clock, as it wrote the record.
fn absent<'a>(record: &Record, guest: &GuestUser, observed: &'a Observed, timing: &Timing) -> Whereabouts<'a> {
    let taken_at = record.invitation.last_sent_at.or(guest.invited_at).or(record.invitation.owed_since);
    let Some(taken_at) = taken_at.filter(|_| record.redemption.is_none()) else {
        return Whereabouts::Gone;
    };
    let Some(look) = &observed.look else { return Whereabouts::Unknown(Step::Look) };
    if let Some(user) = look.users.iter().find(|user| user.id == guest.id) {
        return Whereabouts::There(user);
    }
    if is_gone(look, &guest.id, taken_at, timing) {
        return Whereabouts::Gone;
    }
    Whereabouts::Unknown(Step::rest_for(Why::OffboardingUnseen, timing.settling / 10))
}

/// Whether a look tells that the user `id` is gone, whose invitation Graph took at `taken_at` and whom nobody has seen: they are among the
/// deleted, or had the time to show.
pub(super) fn is_gone(look: &Look, id: &str, taken_at: Timestamp, timing: &Timing) -> bool {
    let never = taken_at.checked_add(timing.settling * NEVER);
    look.shows_deleted(id) || never.is_ok_and(|never| look.graph_time > never)
}
