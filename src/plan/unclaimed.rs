//! What is done for a Guest itself, beside what its claims ask for: claims that vanished are taken off the record, an attempt that
//! nobody settles any more is settled, the platform team's `revoke` is carried out, and whoever is gone for long is forgotten.

use std::time::Duration;

use jiff::Timestamp;

use super::timing::NEVER;
use super::{
    Claims, GuestStep, Outcome, Task, Timing, Unclaimed, UserView, gone, guest, in_flight, mail_limit, withdrawal,
};
use crate::api::conditions::whole_seconds;
use crate::api::{
    Address, AttemptKind, DeletionPolicy, Ended, Ending, GuestRecord, GuestSpec, GuestState, HowEnded, Origin, Reason,
    Relation, RelationKind, Revoke,
};

/// Chooses the next step for the Guest with this record.
pub fn unclaimed(
    wishes: &GuestSpec,
    record: &GuestRecord,
    claims: &impl Claims,
    seen: &Unclaimed,
    now: Timestamp,
    timing: &Timing,
) -> GuestStep {
    if seen.older.is_some() && record.alias_of != seen.older {
        return GuestStep::write(GuestRecord { alias_of: seen.older.clone(), ..record.clone() });
    }
    if !claims.complete() {
        return GuestStep::Rest(None);
    }
    let settled = without_vanished(record, claims);
    if settled != *record {
        return GuestStep::Write(Box::new(settled));
    }
    if is_orphaned(record, claims) {
        return settle(record, seen, now, timing);
    }
    if let Some(end) = due(wishes, record)
        && let Some(step) = carry_out(end, record, seen, now, timing)
    {
        return step;
    }
    if let Some(ending) = begun_for_nobody(record) {
        return call_off(ending, record, seen, now, timing);
    }
    gone::note(record, seen, now, timing).unwrap_or_else(|| gone::forget(record, now))
}

/// The record without the claims that are there no more. A claim with the same name and address takes the place by itself.
fn without_vanished(record: &GuestRecord, claims: &impl Claims) -> GuestRecord {
    let mut next = record.clone();
    let lives = |namespace: &str, name: &str, uid: &Option<String>| {
        uid.as_ref().is_none_or(|uid| claims.lives(namespace, name, uid))
    };
    let mut ownerless = false;
    if let Some(owner) = &mut next.owner
        && !lives(&owner.namespace, &owner.name, &owner.uid)
    {
        // With nothing to undo the person is simply released. Else somebody has to say what becomes of them: absence ends nobody.
        // The platform team has said it by a revocation that is carried out.
        let revoked = record.ended.as_ref().is_some_and(|ended| ended.reason == Reason::Revoked);
        ownerless = owner.ends.policy != DeletionPolicy::Retain && !revoked;
        if !ownerless {
            owner.uid = None;
        }
    }
    let kept = next.owner.as_ref().and_then(|owner| owner.uid.clone());
    for claim in &mut next.claims {
        if !lives(&claim.namespace, &claim.name, &claim.uid) && claim.uid != kept {
            claim.uid = None;
        }
    }
    next.claims.retain(guest::is_worth_keeping);
    // The last of those to whom the owner left the person vanished: absence ends nobody.
    let waits = next.is_left_to_sharers() && next.reclaim.is_some_and(|reclaim| !reclaim.due);
    ownerless |= waits && next.claim_uids().next().is_none();
    next.state = if ownerless { GuestState::Ownerless } else { guest::state(&next) };
    next
}

/// Whether an attempt is open that no claim will settle.
fn is_orphaned(record: &GuestRecord, claims: &impl Claims) -> bool {
    let owner = record.owner.as_ref();
    let lives = owner
        .is_some_and(|owner| owner.uid.as_ref().is_some_and(|uid| claims.lives(&owner.namespace, &owner.name, uid)));
    let asks = |asker: &str| record.claim_uids().any(|uid| uid == asker);
    record.invitation.attempt.as_ref().is_some_and(|attempt| !lives && !asks(&attempt.claim))
}

/// An attempt of a claim that is gone: the directory tells, once it shows the user or has had the time to. Nothing is asked and nothing
/// is sent; what nobody can tell counts as sent.
fn settle(record: &GuestRecord, seen: &Unclaimed, now: Timestamp, timing: &Timing) -> GuestStep {
    let Some(attempt) = &record.invitation.attempt else { return GuestStep::Rest(None) };
    if !seen.reachable {
        return GuestStep::Rest(None);
    }
    let Some(look) = &seen.look else { return GuestStep::Look };
    let over = attempt.started_at.checked_add(timing.settling * NEVER).is_ok_and(|over| look.graph_time > over);
    if !over {
        return GuestStep::Rest(Some(timing.settling / 2));
    }
    let mut next = record.clone();
    next.invitation.attempt = None;
    next.invitation.owed_since = None;
    if attempt.kind != AttemptKind::Add {
        next.invitation.sent = next.invitation.sent.saturating_add(1);
        next.invitation.last_sent_at = Some(attempt.started_at);
        mail_limit::note(&mut next.mailed_at, whole_seconds(now));
    }
    if next.user.is_none()
        && let Some(user) = look.guest(&Address::new(&record.email), Some(attempt.started_at))
    {
        let ours = user.created_at.is_some_and(|created| created >= attempt.started_at);
        next.user = Some(user.guest(if ours { Origin::Invited } else { Origin::Adopted }));
        next.made_in = record.owner.as_ref().filter(|_| ours).map(|owner| owner.namespace.clone());
        next.redemption = Some(user.redemption());
    }
    GuestStep::write(next)
}

/// An end that no claim carries out.
#[derive(Clone, Copy)]
struct UnclaimedEnd {
    how: HowEnded,
    reason: Reason,
}

/// The end that is to be carried out: what the platform team says, in spite of all claims, or what the owner has left to those who
/// shared the person, when the last of them has ended.
fn due(wishes: &GuestSpec, record: &GuestRecord) -> Option<UnclaimedEnd> {
    let how = |revoke| match revoke {
        Revoke::Disable => HowEnded::Disabled,
        Revoke::Delete => HowEnded::Deleted,
    };
    if record.alias_of.is_some() || (record.is_open() && record.ending.is_none()) {
        return None;
    }
    let revoked = wishes.revoke.map(|revoke| UnclaimedEnd { how: how(revoke), reason: Reason::Revoked });
    let left = record.is_left_to_sharers() && record.claim_uids().next().is_none() && !wishes.hold;
    let how = record.reclaim.filter(|reclaim| left && reclaim.due).and_then(|reclaim| match reclaim.policy {
        DeletionPolicy::Retain => None,
        DeletionPolicy::Disable => Some(HowEnded::Disabled),
        DeletionPolicy::Delete => Some(HowEnded::Deleted),
    });
    revoked.or(how.map(|how| UnclaimedEnd { how, reason: Reason::Deleting }))
}

/// Ends the person.
fn carry_out(
    UnclaimedEnd { how, reason }: UnclaimedEnd,
    record: &GuestRecord,
    seen: &Unclaimed,
    now: Timestamp,
    timing: &Timing,
) -> Option<GuestStep> {
    let user = record.user.as_ref()?;
    let done = |ended: &Ended| {
        let is_so = ended.is_deletion() || (ended.reason == reason && ended.how == how);
        is_so && in_flight::is_final(ended, record.brought_back_at, timing)
    };
    if record.ended.as_ref().is_some_and(done) {
        return None;
    }
    if !seen.reachable {
        return Some(GuestStep::Rest(None));
    }
    let over = |how: HowEnded| {
        // Nobody adds a user to anything who is deleted.
        let removed = removed_again_at(record, now, timing).filter(|_| how != HowEnded::Deleted);
        if let Some(until) = in_flight::late_until(record.brought_back_at, now, timing).max(removed) {
            return rest_until(until, now);
        }
        let disabled = record.disabled || record.is_ending(HowEnded::Disabled);
        let ended = Some(Ended { reason, at: whole_seconds(now), how });
        GuestStep::write(GuestRecord { ended, ending: None, disabled, reclaim: None, ..record.clone() })
    };
    let shown = match &seen.user {
        None => return Some(GuestStep::Fetch(user.id.clone())),
        Some(UserView::Found(shown)) => shown,
        Some(UserView::Missing | UserView::Unknown) => return Some(over(HowEnded::Deleted)),
    };
    // An internal user is not ours to end.
    if !shown.is_guest {
        return Some(GuestStep::Rest(None));
    }
    if how == HowEnded::Disabled
        && let Some(step) = leave_groups(record, &shown.id, seen, now, timing)
    {
        return Some(step);
    }
    let task = match how {
        HowEnded::Disabled if !shown.enabled => return Some(over(how)),
        HowEnded::Disabled => Task::Enable { user: shown.id.clone(), enabled: false },
        HowEnded::Deleted => Task::Delete(shown.id.clone()),
        HowEnded::Retained => return None,
    };
    Some(match &seen.done {
        Some((done, Outcome::Refused(_))) if *done == task => GuestStep::Rest(Some(Duration::from_secs(300))),
        Some((done, _)) if *done == task => over(how),
        _ if seen.ends_stopped.is_some() && record.ending.is_none() => GuestStep::Rest(None),
        _ if !in_flight::may_act_on(record.ending.as_ref(), how, now, timing) => {
            GuestStep::write(GuestRecord { ending: Some(Ending { how, since: now }), ..record.clone() })
        }
        _ => GuestStep::Do(task),
    })
}

fn rest_until(until: Timestamp, now: Timestamp) -> GuestStep {
    GuestStep::Rest(Some(until.duration_since(now).unsigned_abs()))
}

/// The end that was begun for a claim from which the person passed to another one, which let them go and did not come to call it off.
fn begun_for_nobody(record: &GuestRecord) -> Option<Ending> {
    let owned = record.owner.as_ref().is_some_and(|owner| owner.uid.is_some());
    let nobodys = !owned && record.claim_uids().next().is_none() && record.state != GuestState::Ownerless;
    record.ending.filter(|_| nobodys && record.alias_of.is_none())
}

/// Calls such an end off. Whoever began it may have carried it out and not come to write that down: the directory tells.
fn call_off(ending: Ending, record: &GuestRecord, seen: &Unclaimed, now: Timestamp, timing: &Timing) -> GuestStep {
    let how = ending.how;
    if let Some(until) = in_flight::late_until(Some(ending.since), now, timing) {
        return rest_until(until, now);
    }
    let Some(user) = record.user.as_ref().filter(|_| seen.reachable) else { return GuestStep::Rest(None) };
    let done = match &seen.user {
        None => return GuestStep::Fetch(user.id.clone()),
        Some(UserView::Found(shown)) => how == HowEnded::Disabled && !shown.enabled,
        Some(UserView::Missing | UserView::Unknown) => how == HowEnded::Deleted,
    };
    let ended = done.then(|| Ended { reason: Reason::Deleting, at: whole_seconds(now), how });
    let disabled = record.disabled || (done && how == HowEnded::Disabled);
    GuestStep::write(GuestRecord { ended: ended.or(record.ended.clone()), ending: None, disabled, ..record.clone() })
}

/// Takes the person out of the groups that the operator added them to, for whichever claim.
fn leave_groups(
    record: &GuestRecord,
    user: &str,
    seen: &Unclaimed,
    now: Timestamp,
    timing: &Timing,
) -> Option<GuestStep> {
    for kind in RelationKind::ALL.into_iter().filter(|kind| kind.grants_access()) {
        let all = record.claims.iter().flat_map(|claim| kind.recorded(&claim.relations));
        let ours =
            all.filter(|relation| relation.is_ours() && withdrawal::rests_until(relation, now, timing).is_none());
        let relations: Vec<Relation> = ours.cloned().collect();
        if relations.is_empty() {
            continue;
        }
        let task = Task::RemoveRelations { kind, user: user.to_owned(), relations };
        return Some(match &seen.done {
            Some((done, Outcome::Refused(_))) if *done == task => GuestStep::Rest(Some(Duration::from_secs(300))),
            Some((done, _)) if *done == task => {
                let mut next = record.clone();
                for claim in &mut next.claims {
                    let relations = kind.recorded_mut(&mut claim.relations);
                    *relations = withdrawal::left(relations, |_| true, now, timing);
                }
                GuestStep::write(next)
            }
            _ => GuestStep::Do(task),
        });
    }
    None
}

/// When all that is removed may be removed once more.
fn removed_again_at(record: &GuestRecord, now: Timestamp, timing: &Timing) -> Option<Timestamp> {
    let all = record.claims.iter().flat_map(|claim| RelationKind::ALL.map(|kind| kind.recorded(&claim.relations)));
    all.flatten().filter_map(|relation| withdrawal::rests_until(relation, now, timing)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{GuestUser, Owner};
    use crate::plan::DirectoryUser;

    struct Nobody;

    impl Claims for Nobody {
        fn complete(&self) -> bool {
            true
        }

        fn lives(&self, _: &str, _: &str, _: &str) -> bool {
            false
        }

        fn leaves(&self, _: &str, _: &str, _: &str) -> bool {
            false
        }
    }

    /// Found by random lives: a GuestInvitation was deleted and its person passed to another one of the namespace, which went before it had
    /// called the end off. The Guest stayed open, and whoever wanted the person read DuplicateAddress for good.
    #[test]
    fn an_end_that_is_begun_for_nobody_is_called_off() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let timing = Timing::default();
        let mut record = GuestRecord::new("t", "guest@example.com", "t");
        record.user = Some(GuestUser::new("user".into(), Origin::Invited));
        record.owner =
            Some(Owner { namespace: "a".into(), name: "guest".into(), uid: None, ends: crate::api::Ends::default() });
        record.state = GuestState::Released;
        let next = |how: HowEnded, user: Option<UserView>| {
            let ending = Some(Ending { how, since: Timestamp::UNIX_EPOCH });
            let record = GuestRecord { ending, ..record.clone() };
            let seen = Unclaimed { reachable: true, user, ..Unclaimed::default() };
            unclaimed(&GuestSpec::default(), &record, &Nobody, &seen, now, &timing)
        };
        let shown = |enabled: bool| {
            Some(UserView::Found(DirectoryUser { enabled, is_guest: true, ..DirectoryUser::new("user".into()) }))
        };
        assert_eq!(next(HowEnded::Deleted, None), GuestStep::Fetch("user".into()));
        for (how, user, ended) in [
            (HowEnded::Deleted, shown(true), None),
            (HowEnded::Disabled, shown(true), None),
            (HowEnded::Disabled, shown(false), Some(HowEnded::Disabled)),
            (HowEnded::Deleted, Some(UserView::Missing), Some(HowEnded::Deleted)),
        ] {
            let GuestStep::Write(next) = next(how, user) else { panic!("{how:?}") };
            assert_eq!((next.ending, next.ended.map(|ended| ended.how)), (None, ended), "{how:?}");
            assert_eq!(next.disabled, ended == Some(HowEnded::Disabled));
        }
    }
}
