//! A read by id shows nobody: the user is gone, or Graph has taken the invitation and the directory does not show them yet.

use super::{DirectoryUser, Observed, Record, Step, Timing, Why, timing::NEVER};
use crate::api::{GuestUser, Origin};

/// Where a user is whom a read by id does not show.
pub(super) enum Absent<'a> {
    /// Not in the directory any more.
    Gone,
    /// There, by a look for the address.
    Shown(&'a DirectoryUser),
    /// Perhaps not shown yet: what to do until they are.
    NotYet(Step),
}

/// Tells them apart for somebody who is to be off-boarded. Whoever was seen before is gone. A user whom our own invitation made
/// may take minutes to be readable ("404 for minutes after 201"), which is told on Graph's clock, as it wrote the record.
pub(super) fn absent<'a>(record: &Record, guest: &GuestUser, observed: &'a Observed, timing: &Timing) -> Absent<'a> {
    let taken_at = record.invitation.last_sent_at.or(guest.invited_at).or(record.invitation.owed_since);
    let Some(taken_at) = taken_at.filter(|_| record.redemption.is_none() && guest.origin == Origin::Invited) else {
        return Absent::Gone;
    };
    let Some(look) = &observed.look else { return Absent::NotYet(Step::Look) };
    if let Some(user) = look.users.iter().find(|user| user.id == guest.id) {
        return Absent::Shown(user);
    }
    let never = taken_at.checked_add(timing.settling * NEVER);
    if look.shows_deleted(&guest.id) || never.is_ok_and(|never| look.graph_time > never) {
        return Absent::Gone;
    }
    Absent::NotYet(Step::rest_for(Why::OffboardingUnseen, timing.settling / 10))
}
