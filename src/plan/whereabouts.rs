//! Where the user of a record is, by a live read: there, gone, or not shown yet, because Graph has only just taken the invitation.

use jiff::Timestamp;

use super::{Decision, DirectoryUser, Look, Step, Timing, UserView, Why, timing::NEVER};
use crate::api::GuestUser;

/// By how much Graph's clock may be behind.
const CLOCK: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

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
    let Decision { observed, .. } = decision;
    match &observed.user {
        UserView::Found(user) if observed.user_is_live() => Whereabouts::There(user),
        UserView::Missing if observed.user_is_live() => absent(decision, guest),
        _ => Whereabouts::Unknown(Step::Fetch(guest.id.clone())),
    }
}

/// Of a user whom the read does not show. Whoever was seen before is gone, unless they were invited, or have accepted, a short time ago. A user whom our own
/// invitation made, for whichever namespace, may take minutes to be readable ("404 for minutes after 201"), also by a replica that is behind
/// the one which has shown them. That is told on Graph's clock, as it wrote the record.
fn absent<'a>(decision: Decision<'a>, guest: &GuestUser) -> Whereabouts<'a> {
    let Decision { record, observed, now, timing, .. } = decision;
    let taken_at = match &record.redemption {
        None => record.invitation.taken_at(guest),
        Some(seen) => seen.changed_at.filter(|at| is_recent(*at, now, timing)),
    };
    let Some(taken_at) = taken_at else { return Whereabouts::Gone };
    let Some(look) = &observed.look else { return Whereabouts::Unknown(Step::Look) };
    if let Some(user) = look.users.iter().find(|user| user.id == guest.id) {
        return Whereabouts::There(user);
    }
    if is_gone(look, &guest.id, taken_at, timing) {
        return Whereabouts::Gone;
    }
    Whereabouts::Unknown(Step::rest_for(Why::OffboardingUnseen, timing.settling / 10))
}

/// Whether a time of Graph's may lie less than the time to show in the past, however wrong its clock is: only then it is worth a look.
fn is_recent(at: Timestamp, now: Timestamp, timing: &Timing) -> bool {
    let old = at.checked_add(CLOCK).and_then(|at| at.checked_add(timing.settling * NEVER));
    old.is_ok_and(|old| now < old)
}

/// Whether a look tells that the user `id` is gone, whose invitation Graph took at `taken_at` and whom nobody has seen: they are among the
/// deleted, or had the time to show.
pub(super) fn is_gone(look: &Look, id: &str, taken_at: Timestamp, timing: &Timing) -> bool {
    let never = taken_at.checked_add(timing.settling * NEVER);
    look.shows_deleted(id) || never.is_ok_and(|never| look.graph_time > never)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Address, Origin, Redemption};
    use crate::plan::{Desired, Observed, Record};

    /// Found by random lives: a replica had shown the guest, and another one did not yet when the invitation expired. They counted as deleted,
    /// and stayed.
    #[test]
    fn whoever_was_invited_a_short_time_ago_and_was_seen_is_not_gone_by_one_read() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let desired = Desired::new(Address::new("guest@example.com"));
        let guest = GuestUser::new("user".into(), Origin::Invited);
        let timing = Timing::default();
        let mut record = Record { guest: Some(guest.clone()), ..Record::default() };
        let ago = |hours: i64| now.checked_sub(jiff::SignedDuration::from_hours(hours)).unwrap();
        let mut said = |state: &str, invited_at: Timestamp, deleted: Option<&[&str]>| {
            record.redemption =
                Some(Redemption { state: Some(state.into()), changed_at: Some(invited_at), identity_provider: None });
            let look = deleted.map(|deleted| Look {
                taken_at: now,
                graph_time: now,
                users: Vec::new(),
                deleted: Some(deleted.iter().map(|id| (*id).to_owned()).collect()),
            });
            let observed = Observed { user: UserView::Missing, user_read_at: Some(now), look, ..Observed::idle() };
            let decision = Decision { desired: &desired, record: &record, observed: &observed, now, timing: &timing };
            match whereabouts(decision, &guest) {
                Whereabouts::Gone => "gone".to_owned(),
                Whereabouts::There(_) => "there".to_owned(),
                Whereabouts::Unknown(step) => step.to_string(),
            }
        };
        assert_eq!(said("PendingAcceptance", now, None), Step::Look.to_string());
        assert!(said("PendingAcceptance", now, Some(&[])).contains("OffboardingUnseen"));
        assert_eq!(said("PendingAcceptance", now, Some(&["user"])), "gone");
        assert_eq!(said("PendingAcceptance", ago(2), Some(&[])), "gone");
        assert_eq!(said("PendingAcceptance", ago(48), None), "gone");
        // Whoever has accepted a moment ago may have been invited a moment before.
        assert_eq!(said("Accepted", now, None), Step::Look.to_string());
        assert_eq!(said("Accepted", now, Some(&["user"])), "gone");
        assert_eq!(said("Accepted", ago(48), None), "gone");
    }
}
