//! What to write down after a request: the last step of the send protocol.

use super::{Answer, Bond, Decision, Post, Step, Tenant, Why};
use crate::api::{GuestUser, Origin};

/// The step after `answer` came for `post`, whose attempt is the open one.
pub(super) fn of(decision: Decision<'_>, post: &Post, answer: &Answer) -> Step {
    let Decision { desired, record, observed, now, .. } = decision;
    let mut next = record.clone();
    match (post, answer) {
        (Post::Send { .. }, Answer::Done { invitation, user, graph_time, kept }) => {
            let invited_at = record.invitation.attempt.as_ref().map(|attempt| attempt.started_at);
            next.count(desired, *graph_time);
            next.invitation.id = Some(invitation.clone());
            next.note_link(kept);
            if next.guest.as_ref().is_none_or(|guest| guest.id != *user) {
                let origin = Origin::Invited;
                next.guest = Some(GuestUser { invited_at, ..GuestUser::new(user.clone(), origin) });
                // What was seen and done of a user before, whom somebody has deleted, says nothing of this one.
                (next.redemption, next.relations, next.profile, next.profile_change) = Default::default();
                if record.bond == Bond::Owns && !desired.properties.is_empty() {
                    next = next.with_profile_begun(desired, now);
                }
            }
            Step::write(next, Why::NotShownYet)
        }
        (Post::Send { .. }, Answer::Mailed { at }) => {
            // Of all that was sent the time is kept on Graph's clock.
            next.count(desired, observed.graph_clock.shows(*at));
            Step::write(next, Why::NotShownYet)
        }
        (Post::Send { .. }, Answer::Refused(refused)) => {
            next.invitation.attempt = None;
            next.refuse_send(desired, refused, now)
        }
        (Post::Send { .. }, Answer::LinkLost) => {
            next.invitation.attempt = None;
            next.link_digest = None;
            Step::write(next, Why::Queued)
        }
        (Post::Send { .. }, Answer::NotSent) => {
            next.invitation.attempt = None;
            Step::write(next, Why::Queued)
        }
        (Post::Ask { .. }, Answer::Done { user, graph_time, kept, .. }) => {
            next.invitation.refusal = None;
            next.note_link(kept);
            if let Some(attempt) = &mut next.invitation.attempt {
                attempt.answer = Some(user.clone());
                attempt.answered_at = Some(*graph_time);
            }
            Step::write(next, Why::Settling)
        }
        // The attempt stays open: that Graph refuses now does not tell what it did then.
        (Post::Ask { .. }, Answer::Refused(refused)) => next.refuse_send(desired, refused, now),
        // Nothing to write down: the open attempt in status already says that nobody knows.
        (_, Answer::Lost) | (Post::Ask { .. }, Answer::NotSent | Answer::LinkLost | Answer::Mailed { .. }) => {
            match (post, &observed.tenant) {
                // The question is what is waited for now, so what keeps it from being answered is told.
                (Post::Ask { .. }, Tenant::Unready(trouble)) => Step::not_ready(trouble.clone()),
                _ => Step::rest_for(Why::Settling, std::time::Duration::from_secs(1)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::api::{Address, Attempt, AttemptKind, Redemption, Relation, RelationKind, RelationState};
    use crate::plan::{Desired, KeptLink, Observed, Record, Timing};

    /// Found by the model: an administrator deletes the guest between the read and the resend, which then makes another user. Taken
    /// for the one who was shown before, they were "gone" at the first 404, and left behind by a deletion.
    #[test]
    fn of_whom_a_resend_made_anew_nothing_is_known_yet() {
        let desired = Desired::new(Address::new("guest@example.com"));
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let guest = |id: &str| GuestUser::new(id.into(), Origin::Invited);
        let mut record = Record { guest: Some(guest("old")), ..Record::default() };
        record.redemption = Some(Redemption { state: None, changed_at: None, identity_provider: None });
        let groups = RelationKind::Groups;
        record.relations[groups] = vec![Relation {
            name: "Readers".into(),
            id: None,
            state: RelationState::Added,
            begun_at: None,
            refusal: None,
        }];
        record.invitation.attempt = Some(Attempt::new("1".into(), AttemptKind::Resend, now));
        let post = Post::Send { attempt: "1".into(), kind: AttemptKind::Resend };
        let after = |user: &str| {
            let (invitation, user) = ("i".into(), user.into());
            let answer = Answer::Done { invitation, user, graph_time: now, kept: KeptLink::default() };
            let (observed, timing) = (Observed::idle(), Timing::default());
            let decision = Decision { desired: &desired, record: &record, observed: &observed, now, timing: &timing };
            match of(decision, &post, &answer) {
                Step::Write { record, .. } => *record,
                other => panic!("{other:?}"),
            }
        };
        let same = after("old");
        assert!(same.redemption.is_some() && same.relations[groups].len() == 1);
        let new = after("new");
        assert_eq!(new.guest.map(|guest| guest.id).as_deref(), Some("new"));
        assert!(new.redemption.is_none() && new.relations[groups].is_empty());
    }
}
