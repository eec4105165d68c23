//! What a claim has of a person: it owns them, follows them, or has to leave them to another.

use super::begin::{bond_of, bond_of_found, unwanted};
use super::share;
use super::timing::AGAIN;
use super::whereabouts::{Whereabouts, whereabouts};
use super::{Bond, Decision, Observed, Record, Standing, Step, Task, UserView, Why};
use crate::api::{Ended, Origin};
use crate::policy::Permission;

/// Rest, while the person is another's or nothing may be done for them.
pub(super) fn taken(record: &Record, observed: &Observed) -> Option<Step> {
    if let Some(reason) = observed.held {
        return Some(Step::rest(Why::HeldByPlatform(reason)));
    }
    if let Some(guest) = record.guest.as_ref().and_then(|user| observed.elsewhere.get(&user.id)) {
        return Some(Step::rest(Why::SamePerson { guest: guest.clone() }));
    }
    // What was left to be done for the person comes to its end first.
    if record.bond == Bond::None && record.others.ending {
        return Some(Step::rest_for(Why::Waiting, AGAIN));
    }
    match &observed.standing {
        Standing::Taken { holder } => Some(Step::rest(Why::Duplicate { holder: holder.clone() })),
        // Whoever may not share is told nothing of the person.
        Standing::Shared { .. }
            if record.bond == Bond::None && matches!(observed.permission, Permission::Refused(_)) =>
        {
            Some(Step::rest(Why::Duplicate { holder: None }))
        }
        Standing::Shared { .. } if record.bond == Bond::None && record.guest.is_none() => {
            Some(Step::rest_for(Why::Waiting, AGAIN))
        }
        Standing::Unknown => Some(Step::rest(Why::Listing)),
        Standing::Ours | Standing::Found | Standing::Shared { .. } => None,
    }
}

/// Takes a person whom nobody has now: the place of the namespace's own guest, or somebody who was found. Nothing where that one is gone:
/// they are nobody's, and the address is free.
pub(super) fn take(decision: Decision<'_>) -> Option<Step> {
    let Decision { desired, record, observed, now, .. } = decision;
    if let Some(hold) = observed.permission.hold() {
        return Some(Step::rest(hold));
    }
    let made = record.guest.as_ref().is_none_or(|guest| guest.origin == Origin::Invited);
    if observed.standing == Standing::Ours && made {
        if desired.must_be_bound() {
            return Some(Step::Do(Task::Bind(true)));
        }
        // Nobody follows how somebody redeems who has ended: they may have accepted since, and whoever has accepted does not expire.
        let ended = record.ended.as_ref().is_some_and(|ended| !ended.is_deletion());
        let redemption = match (record.guest.as_ref().filter(|_| ended), &observed.user) {
            (Some(guest), _) if !observed.user_is_live() => return Some(Step::Fetch(guest.id.clone())),
            (Some(_), UserView::Found(user)) => Some(user.redemption()),
            _ => record.redemption.clone(),
        };
        return Some(Step::write(Record { bond: Bond::Owns, redemption, ..record.clone() }, Why::Updating));
    }
    let Some(guest) = &record.guest else { return Some(Step::rest(Why::Settling)) };
    if let Standing::Shared { .. } = observed.standing {
        return Some(share::join(decision, guest));
    }
    if record.ended.as_ref().is_some_and(Ended::is_deletion) {
        return None;
    }
    let user = match whereabouts(decision, guest) {
        Whereabouts::Gone => return None,
        Whereabouts::There(user) => user,
        // Whom another namespace has invited a moment ago is not gone, and is not invited once more.
        Whereabouts::Unknown(Step::Rest { again, .. }) => return Some(Step::Rest { why: Why::Waiting, again }),
        Whereabouts::Unknown(step) => return Some(step),
    };
    // As where nobody is on record: whoever's time is over begins nothing.
    if desired.access_until.is_some_and(|until| until <= now) {
        return Some(Step::rest(Why::EndedBefore));
    }
    let bond = bond_of_found(desired);
    let found = || match bond == record.bond {
        // Whoever follows them already has nothing to write. What is open is settled by others.
        true => Step::rest_for(Why::Waiting, AGAIN),
        false => Step::write(Record { bond, redemption: Some(user.redemption()), ..record.clone() }, Why::Adopted),
    };
    Some(unwanted(decision, &guest.id).unwrap_or_else(found))
}

/// Keeps the bond with a found person, and the ends on record, as the spec says now.
pub(super) fn keep(decision: Decision<'_>) -> Option<Step> {
    let Decision { desired, record, observed, .. } = decision;
    let found = record.guest.as_ref().is_some_and(|guest| guest.origin == Origin::Adopted);
    let entitled = observed.is_entitled(desired);
    if found && entitled && record.bond != Bond::None && record.ended.is_none() {
        let bond = bond_of(desired, &observed.standing).max_of_following();
        let may = bond != Bond::Owns || observed.standing != Standing::Found || record.bond == Bond::Follows;
        // Which of the two it is to share or to follow, the record of the owner says.
        let shares = |bond: Bond| matches!(bond, Bond::Follows | Bond::Shares);
        if bond != record.bond && may && !(shares(bond) && shares(record.bond)) {
            return Some(bind_anew(record, bond, observed));
        }
    }
    // With the next write, where there is one anyway; else for itself.
    let stale = record.bond == Bond::Owns && record.guest.is_some() && entitled && record.ends != desired.ends();
    stale.then(|| Step::write(record.clone(), Why::Updating))
}

/// Gives a found person the bond that the spec asks for now. They may have been taken for somebody whom the invitation made, so
/// their own address is judged once more.
fn bind_anew(record: &Record, bond: Bond, observed: &Observed) -> Step {
    let bound = |bond| Step::write(Record { bond, ..record.clone() }, Why::Updating);
    let Some(guest) = &record.guest else { return bound(bond) };
    if observed.user == UserView::Unknown {
        return Step::Fetch(guest.id.clone());
    }
    let nothing_done = record.profile.is_empty() && record.relations.values().all(Vec::is_empty);
    match observed.barred.get(&guest.id) {
        Some(barred) if bond == Bond::Owns => Step::rest(Why::NotAllowed(barred.clone())),
        Some(_) if nothing_done => bound(Bond::None),
        _ => bound(bond),
    }
}

impl Bond {
    /// Whoever follows somebody already does not let them go because `existing` says Refuse now.
    fn max_of_following(self) -> Self {
        if self == Self::None { Self::Follows } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Address, Attempt, AttemptKind, Existing, GuestUser};
    use crate::plan::{Desired, DirectoryUser, Look, SendAt, Tenant, Timing, plan};
    use jiff::Timestamp;

    /// Found by random lives: a GuestInvitation whose time was over made the Guest forget somebody whom an administrator had deleted, and
    /// invited nobody. The namespace that had invited them did so once more, with a mail, instead of telling GuestGone.
    #[test]
    fn who_is_gone_stays_on_record_until_the_address_is_taken() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        let guest = GuestUser::new("gone".into(), Origin::Adopted);
        let mut record = Record { guest: Some(guest), ..Record::default() };
        record.redemption = Some(crate::api::Redemption { state: None, changed_at: None, identity_provider: None });
        record.invitation.sent = 1;
        let look = Look { taken_at: now, graph_time: now, users: Vec::new(), deleted: Some(vec!["gone".into()]) };
        let observed = Observed {
            tenant: Tenant::Ready { send_at: SendAt::Now },
            standing: Standing::Found,
            user: UserView::Missing,
            user_read_at: Some(now),
            look: Some(look),
            ..Observed::idle()
        };
        let timing = Timing::default();
        let next =
            |desired: &Desired| plan(Decision { desired, record: &record, observed: &observed, now, timing: &timing });
        let Step::Write { record: intent, ticket: Some(_), .. } = next(&desired) else { panic!("the intent") };
        assert!(intent.guest.is_none() && intent.invitation.sent == 0 && intent.bond == Bond::Owns);
        desired.access_until = Some(now);
        assert_eq!(next(&desired), Step::rest(Why::EndedBefore));
    }

    /// Found by random lives: the time of a GuestInvitation was over when its turn came to have somebody who was found. It told of them
    /// instead, and one that may own them took them to end them at once.
    #[test]
    fn a_claim_whose_time_is_over_takes_nobody_who_was_found() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        (desired.existing, desired.finalizer) = (Existing::Own, true);
        let record = Record { guest: Some(GuestUser::new("user".into(), Origin::Adopted)), ..Record::default() };
        let user = DirectoryUser { is_guest: true, ..DirectoryUser::new("user".into()) };
        let observed = Observed {
            standing: Standing::Found,
            user: UserView::Found(user),
            user_read_at: Some(now),
            ..Observed::idle()
        };
        let timing = Timing::default();
        let next =
            |desired: &Desired| plan(Decision { desired, record: &record, observed: &observed, now, timing: &timing });
        assert!(matches!(next(&desired), Step::Write { record, .. } if record.bond == Bond::Owns));
        desired.access_until = Some(now);
        assert_eq!(next(&desired), Step::rest(Why::EndedBefore));
        desired.existing = Existing::Refuse;
        assert_eq!(next(&desired), Step::rest(Why::EndedBefore));
    }

    /// Found by random lives: an invitation expired, which left the guest as they were, and then they accepted. The next GuestInvitation that
    /// had them told by what was known before that they had not accepted in time.
    #[test]
    fn who_has_accepted_since_an_earlier_end_has_not_expired() {
        use crate::api::{Ended, HowEnded, Reason, Redemption};
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let ago = |seconds: i64| now.checked_sub(jiff::SignedDuration::from_secs(seconds)).unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        desired.existing = Existing::Manage;
        desired.expires_after = Some(std::time::Duration::from_secs(60));
        let timing = Timing::default();
        let pending =
            Redemption { state: Some("PendingAcceptance".into()), changed_at: Some(ago(600)), identity_provider: None };
        let shown = |state: &str| {
            UserView::Found(DirectoryUser {
                is_guest: true,
                external_state: Some(state.into()),
                external_state_since: Some(ago(300)),
                ..DirectoryUser::new("user".into())
            })
        };
        for (standing, origin) in [(Standing::Ours, Origin::Invited), (Standing::Found, Origin::Adopted)] {
            let mut record = Record { guest: Some(GuestUser::new("user".into(), origin)), ..Record::default() };
            record.redemption = Some(pending.clone());
            record.ended = Some(Ended { reason: Reason::Expired, at: ago(500), how: HowEnded::Retained });
            let mut observed = Observed { standing: standing.clone(), ..Observed::idle() };
            let next = |record: &Record, observed: &Observed| {
                plan(Decision { desired: &desired, record, observed, now, timing: &timing })
            };
            assert_eq!(next(&record, &observed), Step::Fetch("user".into()));
            observed.user_read_at = Some(now);
            observed.user = shown("PendingAcceptance");
            let Step::Write { record: takes, .. } = next(&record, &observed) else { panic!("{standing:?}") };
            let after = next(&takes, &observed);
            assert!(matches!(after, Step::Rest { why: Why::Ended(_), .. }), "{standing:?}: {after}");
            observed.user = shown("Accepted");
            let Step::Write { record: takes, .. } = next(&record, &observed) else { panic!("{standing:?}") };
            let Step::Write { record: back, .. } = next(&takes, &observed) else { panic!("{standing:?}") };
            assert_eq!((back.bond, back.ended), (Bond::Owns, None));
        }
    }

    /// The owner of somebody who was found vanished while a mail was under way. Whoever followed them in the same namespace wrote the same
    /// record again and again.
    #[test]
    fn who_follows_a_person_already_waits_for_a_send_of_another_claim() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let mut desired = Desired::new(Address::new("guest@example.com"));
        desired.uid = "follower".into();
        let guest = GuestUser::new("user".into(), Origin::Adopted);
        let mut record = Record { bond: Bond::Follows, guest: Some(guest), ..Record::default() };
        record.invitation.attempt = Some(Attempt::new("1".into(), AttemptKind::Resend, now));
        let user = DirectoryUser { is_guest: true, ..DirectoryUser::new("user".into()) };
        let observed = Observed { user: UserView::Found(user), user_read_at: Some(now), ..Observed::idle() };
        let timing = Timing::default();
        let next =
            |desired: &Desired| plan(Decision { desired, record: &record, observed: &observed, now, timing: &timing });
        assert_eq!(next(&desired), Step::rest_for(Why::Waiting, AGAIN));
        (desired.existing, desired.finalizer) = (Existing::Manage, true);
        assert!(matches!(next(&desired), Step::Write { record, .. } if record.bond == Bond::Owns));
    }

    /// Found by random lives: a guest was invited, and their GuestInvitation deleted, before the directory showed them. A GuestInvitation of
    /// another namespace took them for gone, and invited them once more.
    #[test]
    fn whom_another_namespace_has_just_invited_is_not_gone() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let desired = Desired::new(Address::new("guest@example.com"));
        let guest = GuestUser::new("user".into(), Origin::Adopted);
        let mut record = Record { guest: Some(guest), ..Record::default() };
        (record.invitation.sent, record.invitation.last_sent_at) = (1, Some(now));
        let missing = Observed {
            standing: Standing::Found,
            user: UserView::Missing,
            user_read_at: Some(now),
            ..Observed::idle()
        };
        let timing = Timing::default();
        let next =
            |observed: &Observed| plan(Decision { desired: &desired, record: &record, observed, now, timing: &timing });
        assert_eq!(next(&missing), Step::Look);
        let look = |deleted: &[&str]| {
            let deleted = Some(deleted.iter().map(|id| (*id).to_owned()).collect());
            Some(Look { taken_at: now, graph_time: now, users: Vec::new(), deleted })
        };
        let not_yet = Observed { look: look(&[]), ..missing.clone() };
        assert!(matches!(next(&not_yet), Step::Rest { why: Why::Waiting, again: Some(_) }));
        let gone = Observed { look: look(&["user"]), ..missing };
        assert!(matches!(next(&gone), Step::Write { ticket: Some(_), .. }), "then the address is free");
    }

    /// A team's guest was deleted, and another team declared the address at once. The listing, which lags, still showed the user: the other team
    /// followed somebody who was gone, and invited nobody.
    #[test]
    fn who_is_gone_and_still_listed_is_not_taken_up() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let desired = Desired::new(Address::new("guest@example.com"));
        let user = GuestUser::new("gone".into(), Origin::Adopted);
        let ended =
            crate::api::Ended { reason: crate::api::Reason::Deleting, at: now, how: crate::api::HowEnded::Deleted };
        let record = Record { guest: Some(user), ended: Some(ended), ..Record::default() };
        let timing = Timing::default();
        let next = |id: &str| {
            let listed = DirectoryUser {
                is_guest: true,
                mail: Some("guest@example.com".into()),
                ..DirectoryUser::new(id.into())
            };
            let look = Look { taken_at: now, graph_time: now, users: vec![listed], deleted: None };
            let observed = Observed { standing: Standing::Found, look: Some(look), ..Observed::idle() };
            plan(Decision { desired: &desired, record: &record, observed: &observed, now, timing: &timing })
        };
        assert!(matches!(next("gone"), Step::Rest { why: Why::StillListed, again: Some(_) }), "{:?}", next("gone"));
        let Step::Write { record: follows, .. } = next("another") else { panic!("{:?}", next("another")) };
        assert_eq!(follows.guest.map(|guest| guest.id).as_deref(), Some("another"));
    }
}
