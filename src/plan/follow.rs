//! A guest that the record knows: follow how they redeem, do what is asked, send what is due, keep what is declared.

use std::time::Duration;

use super::observed::SendAt;
use super::timing::{HELD_BACK, NEVER, PATIENCE};
use super::{
    Bond, Decision, Desired, DirectoryUser, Record, Step, UserView, Why, ended, missing, relations, reset, send, share,
    upkeep, withdrawal,
};
use crate::api::GuestUser;

/// The next step for a guest with a known user.
pub(super) fn known(decision: Decision<'_>, guest: &GuestUser, send_at: SendAt) -> Step {
    let Decision { desired, record, observed, now, timing } = decision;
    // Access ends in its time, whoever may invite by then.
    let next = ended::next_at(decision).into_iter().chain(withdrawal::again_at(decision)).min();
    let held = observed.permission.hold().map(|why| Step::rest_until_next(why, next, now));
    match &observed.user {
        UserView::Found(user) => {
            let current = user.noted(desired, record, guest);
            if current != *record {
                return Step::write(current, state(user));
            }
            if !user.is_guest {
                return internal(desired, record);
            }
            if let Some(rest) = held {
                return relations::withdraw(decision, user).unwrap_or(rest);
            }
            match record.bond {
                Bond::Owns => work(decision, user, send_at),
                Bond::Shares => share::step(decision, user, send_at),
                Bond::None | Bond::Follows => keep_groups(decision, user),
            }
        }
        // Nobody is mailed on an old view, and nothing is changed on none.
        UserView::Unknown if held.is_none() && something_waits(decision) => Step::Fetch(guest.id.clone()),
        UserView::Unknown if held.is_some() && withdrawal::is_due(decision) => Step::Fetch(guest.id.clone()),
        UserView::Unknown => {
            let why = match &record.redemption {
                _ if guest.internal => Why::Internal,
                Some(redemption) if record.bond == Bond::Shares => {
                    Why::Shared { accepted: redemption.has_accepted(), enabled: true }
                }
                Some(redemption) if record.bond != Bond::Owns => {
                    Why::Followed { accepted: redemption.has_accepted(), enabled: true }
                }
                Some(redemption) if redemption.has_accepted() => Why::Accepted { enabled: true },
                Some(_) => Why::Invited { enabled: true },
                None => Why::NotShownYet,
            };
            held.unwrap_or_else(|| Step::rest_until_next(why, next, now))
        }
        UserView::Missing if record.redemption.is_some() => missing::step(decision, guest),
        UserView::Missing => {
            // Both are on Graph's clock, which may be hours behind ours.
            let invited_at = record.invitation.last_sent_at.or(guest.invited_at);
            let after = |span: Duration| invited_at.and_then(|at| at.checked_add(span).ok());
            let is_new = after(timing.settling / 10).is_some_and(|shown| observed.graph_clock.shows(now) < shown);
            let waits = something_waits(decision);
            match &observed.look {
                // So soon after an invitation every user is hidden.
                _ if is_new && waits => Step::rest_for(Why::NotShownYet, PATIENCE),
                None => Step::Look,
                // Somebody removed them before anybody had seen them.
                Some(look) if look.shows_deleted(&guest.id) => missing::step(decision, guest),
                Some(look) if after(timing.settling * NEVER).is_some_and(|give_up| look.graph_time >= give_up) => {
                    Step::rest(Why::NeverShown)
                }
                Some(_) if is_new || waits => Step::rest_for(Why::NotShownYet, timing.settling / 10),
                Some(_) => Step::rest_for(Why::NotShownYet, timing.settling),
            }
        }
    }
}

/// Somebody has made an internal user of the guest. What is asked for is done with, and the user is left as they are.
fn internal(desired: &Desired, record: &Record) -> Step {
    let next = Record { handled: desired.requests.clone(), ..record.clone() };
    if next == *record { Step::rest(Why::Internal) } else { Step::write(next, Why::Internal) }
}

/// Whoever only follows a person keeps their own groups, and leaves everything else of the user as it is.
fn keep_groups(decision: Decision<'_>, user: &DirectoryUser) -> Step {
    let Decision { desired, record, now, .. } = decision;
    if record.asked_to_resend(desired).is_some() || record.asked_to_reset(desired).is_some() {
        let next = Record { handled: desired.requests.clone(), ..record.clone() };
        return Step::write(next, Why::Handled);
    }
    relations::step(decision, user).unwrap_or_else(|| {
        let why = Why::Followed { accepted: user.has_accepted(), enabled: user.enabled };
        Step::rest_until_next(why, withdrawal::again_at(decision), now)
    })
}

/// The user is there and the record says so: one thing after the other, what a person asked for first.
fn work(decision: Decision<'_>, user: &DirectoryUser, send_at: SendAt) -> Step {
    let Decision { desired, record, observed, now, .. } = decision;
    if let Some(step) = reset::step(decision, user, send_at) {
        return step;
    }
    if let Some(step) = send::step(decision, user, send_at) {
        return step;
    }
    // What Graph refuses of the profile holds no relation up.
    let refused = match upkeep::step(decision, user) {
        Some(rest @ Step::Rest { .. }) => Some(rest),
        Some(step) => return step,
        None => None,
    };
    match relations::step(decision, user) {
        Some(rest @ Step::Rest { .. }) => return refused.unwrap_or(rest),
        Some(step) => return step,
        None => {}
    }
    let again = upkeep::held_back(decision, user).then(|| now.checked_add(HELD_BACK).ok()).flatten();
    let sent = send::next_at(desired, record, observed.graph_clock);
    let settled = upkeep::again_at(decision).into_iter().chain(withdrawal::again_at(decision)).min();
    let next = [sent, ended::next_at(decision), again, settled].into_iter().flatten().min();
    let waits = record.asked_to_reset(desired).is_some() && reset::rests(desired, record);
    match refused {
        // What is due next does not wait for it.
        Some(Step::Rest { why, again }) => {
            let retried = again.and_then(|again| now.checked_add(again).ok());
            Step::rest_until_next(why, next.into_iter().chain(retried).min(), now)
        }
        _ => Step::rest_until_next(if waits { Why::ResetWaits } else { state(user) }, next, now),
    }
}

/// Whether anything but the next look waits for the user to be seen.
fn something_waits(decision: Decision<'_>) -> bool {
    let Decision { desired, record, now, .. } = decision;
    if record.bond == Bond::Shares {
        let over = desired.access_until.is_some_and(|until| until <= now) && withdrawal::has_access(decision);
        let asked = send::waits(decision) || record.asked_to_reset(desired).is_some();
        return over || asked || relations::waits(decision);
    }
    if record.bond != Bond::Owns {
        return relations::waits(decision);
    }
    send::waits(decision)
        || (record.asked_to_reset(desired).is_some() && !reset::rests(desired, record))
        || upkeep::may_wait(decision)
        || relations::waits(decision)
}

fn state(user: &DirectoryUser) -> Why {
    match user.has_accepted() {
        _ if !user.is_guest => Why::Internal,
        true => Why::Accepted { enabled: user.enabled },
        false => Why::Invited { enabled: user.enabled },
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::api::{Address, Origin, Redemption};
    use crate::plan::{Look, Observed, Task, Timing};

    /// Found by random lives: an administrator deleted a guest before any replica had seen them, and it was told that the user had never
    /// appeared.
    #[test]
    fn whoever_is_among_the_deleted_has_not_failed_to_appear() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let timing = Timing::default();
        let invited_at = now.checked_sub(timing.settling * (NEVER + 1)).unwrap();
        let guest = GuestUser { invited_at: Some(invited_at), ..GuestUser::new("user".into(), Origin::Invited) };
        let record = Record { bond: Bond::Owns, guest: Some(guest.clone()), ..Record::default() };
        let desired = Desired::new(Address::new("guest@example.com"));
        let rests = |deleted: &[&str]| {
            let deleted = Some(deleted.iter().map(|id| (*id).to_owned()).collect());
            let look = Look { taken_at: now, graph_time: now, users: Vec::new(), deleted };
            let observed = Observed { user: UserView::Missing, look: Some(look), ..Observed::idle() };
            let decision = Decision { desired: &desired, record: &record, observed: &observed, now, timing: &timing };
            match known(decision, &guest, SendAt::Now) {
                Step::Rest { why, .. } => why,
                other => panic!("{other:?}"),
            }
        };
        assert!(matches!(rests(&[]), Why::NeverShown));
        assert!(matches!(rests(&["user"]), Why::Gone));
    }

    /// Found by random lives: a replica had shown the guest, and another one did not yet when a mail was asked for. They counted as purged, and
    /// the GuestInvitation that had invited them, with `existing: Refuse`, refused them as somebody who was there before.
    #[test]
    fn whom_a_replica_does_not_show_yet_is_not_restored() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let timing = Timing::default();
        let guest = GuestUser::new("user".into(), Origin::Invited);
        let mut record = Record { bond: Bond::Owns, guest: Some(guest.clone()), ..Record::default() };
        record.brought_back_at = Some(now);
        let mut desired = Desired::new(Address::new("guest@example.com"));
        desired.requests.resend = Some("please".into());
        let look = |users: &[&str], deleted: &[&str]| {
            let users = users.iter().map(|id| DirectoryUser::new((*id).to_owned())).collect();
            let deleted = Some(deleted.iter().map(|id| (*id).to_owned()).collect());
            Some(Look { taken_at: now, graph_time: now, users, deleted })
        };
        let missing = Observed { user: UserView::Missing, ..Observed::idle() };
        let read = Observed { user_read_at: Some(now), ..missing.clone() };
        let restores = Step::Do(Task::Restore("user".into()));
        for state in ["PendingAcceptance", "Accepted"] {
            let redemption = |changed_at| Redemption {
                state: Some(state.into()),
                changed_at: Some(changed_at),
                identity_provider: None,
            };
            record.redemption = Some(redemption(now));
            let next = |record: &Record, observed: &Observed| {
                let decision = Decision { desired: &desired, record, observed, now, timing: &timing };
                known(decision, &guest, SendAt::Now)
            };
            assert_eq!(next(&record, &missing), Step::Fetch("user".into()));
            assert_eq!(next(&record, &read), Step::Look);
            let seen = |users: &[&str], deleted: &[&str]| Observed { look: look(users, deleted), ..read.clone() };
            for hidden in [seen(&["user"], &[]), seen(&[], &[])] {
                let step = next(&record, &hidden);
                assert!(matches!(step, Step::Rest { why: Why::NotShownYet, again: Some(_) }), "{step}");
            }
            assert_eq!(next(&record, &seen(&[], &["user"])), restores);
            record.redemption = Some(redemption(now.checked_sub(timing.settling * (NEVER + 1)).unwrap()));
            assert_eq!(next(&record, &seen(&[], &[])), restores);
        }
    }

    #[test]
    fn an_internal_user_is_left_alone_and_what_is_asked_for_is_done_with() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let timing = Timing::default();
        let guest = GuestUser::new("user".into(), Origin::Invited);
        let mut record = Record { bond: Bond::Owns, guest: Some(guest.clone()), ..Record::default() };
        record.invitation.owed_since = Some(now);
        let mut desired = Desired::new(Address::new("guest@example.com"));
        desired.requests.resend = Some("please".into());
        desired.properties.insert("department".into(), "Sales".into());
        let user = DirectoryUser { is_guest: false, ..DirectoryUser::new("user".into()) };
        let observed = Observed { user: UserView::Found(user), user_read_at: Some(now), ..Observed::idle() };
        let mut steps = 0;
        let why = loop {
            let guest = record.guest.clone().unwrap();
            let decision = Decision { desired: &desired, record: &record, observed: &observed, now, timing: &timing };
            match known(decision, &guest, SendAt::Now) {
                Step::Write { record: next, ticket: None, .. } => record = *next,
                Step::Rest { why, .. } => break why,
                other => panic!("{other:?}"),
            }
            steps += 1;
            assert!(steps < 4, "it does not come to rest");
        };
        assert_eq!((why, record.asked_to_resend(&desired)), (Why::Internal, None));
        // After a start, before anybody has looked.
        let observed = Observed::idle();
        let guest = record.guest.clone().unwrap();
        let decision = Decision {
            desired: &Desired::new(Address::new("guest@example.com")),
            record: &record,
            observed: &observed,
            now,
            timing: &timing,
        };
        assert!(!matches!(known(decision, &guest, SendAt::Now), Step::Rest { why: Why::Invited { .. }, .. }));
    }
}
