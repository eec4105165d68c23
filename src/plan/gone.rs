//! Since when the user of a Guest is gone from the directory, and for how long the Guest is kept then.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::whereabouts::is_gone;
use super::{GuestStep, Timing, Unclaimed, UserView};
use crate::api::GuestRecord;
use crate::api::conditions::whole_seconds;

/// How long a Guest is kept whose user is gone: as long as Entra can restore the user.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Writes down that the user of somebody who is nobody's is gone, or is there again.
pub(super) fn note(record: &GuestRecord, seen: &Unclaimed, now: Timestamp, timing: &Timing) -> Option<GuestStep> {
    let since = |gone_since| Some(GuestStep::write(GuestRecord { gone_since, ..record.clone() }));
    let known = record.gone_since.is_some() || deleted_at(record).is_some();
    match seen.swept {
        UserView::Found(_) if record.gone_since.is_some() => since(None),
        UserView::Missing if !known && record.claim_uids().next().is_none() => match may_show_late(record) {
            None => since(Some(whole_seconds(now))),
            Some(_) if !seen.reachable => None,
            Some(taken_at) => match (&seen.look, &record.user) {
                (None, _) => Some(GuestStep::Look),
                (Some(look), Some(user)) if is_gone(look, &user.id, taken_at, timing) => {
                    since(Some(whole_seconds(now)))
                }
                _ => Some(GuestStep::Rest(Some(timing.settling / 2))),
            },
        },
        UserView::Found(_) | UserView::Missing | UserView::Unknown => None,
    }
}

/// When Graph took the invitation of a user whom nobody has seen yet: the directory may take minutes to show them.
fn may_show_late(record: &GuestRecord) -> Option<Timestamp> {
    let user = record.user.as_ref().filter(|_| record.redemption.is_none())?;
    record.invitation.taken_at(user)
}

fn deleted_at(record: &GuestRecord) -> Option<Timestamp> {
    record.ended.as_ref().filter(|ended| ended.is_deletion()).map(|ended| ended.at)
}

/// Whoever is gone for 30 days, and nobody's, is forgotten.
pub(super) fn forget(record: &GuestRecord, now: Timestamp) -> GuestStep {
    let owned = record.owner.as_ref().is_some_and(|owner| owner.uid.is_some());
    let Some(gone) = [record.gone_since, deleted_at(record)].into_iter().flatten().min() else {
        return GuestStep::Rest(None);
    };
    if owned || record.claim_uids().next().is_some() || record.is_open() {
        return GuestStep::Rest(None);
    }
    let left = KEPT.checked_sub(now.duration_since(gone)).unwrap_or_default();
    match Duration::try_from(left) {
        Ok(left) if !left.is_zero() => GuestStep::Rest(Some(left)),
        _ => GuestStep::Forget,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{GuestState, GuestUser, Origin, Redemption};
    use crate::plan::{DirectoryUser, Look};

    /// Found by random lives: a GuestInvitation let somebody go whom the directory did not show yet. The Guest said that they are gone, did
    /// not take that back, and would have been forgotten after 30 days, with all that is known of a user who is there.
    #[test]
    fn whom_the_directory_does_not_show_yet_is_not_gone_and_whoever_is_back_is_there() {
        let now: Timestamp = "2026-11-28T10:00:00Z".parse().unwrap();
        let timing = Timing::default();
        let invited_at = |ago: Duration| now.checked_sub(ago).unwrap();
        let mut record = GuestRecord::new("t", "guest@example.com", "t");
        record.user = Some(GuestUser::new("user".into(), Origin::Invited));
        record.invitation.last_sent_at = Some(invited_at(Duration::from_secs(5)));
        let look = |deleted: &[&str]| {
            let deleted = Some(deleted.iter().map(|id| (*id).to_owned()).collect());
            Some(Look { taken_at: now, graph_time: now, users: Vec::new(), deleted })
        };
        let missing = Unclaimed { swept: UserView::Missing, reachable: true, ..Unclaimed::default() };
        let next = |record: &GuestRecord, seen: &Unclaimed| note(record, seen, now, &timing);
        let said = |step: Option<GuestStep>| match step {
            Some(GuestStep::Write(next)) => (next.gone_since, next.state),
            other => panic!("{other:?}"),
        };
        assert_eq!(next(&record, &missing), Some(GuestStep::Look));
        let not_yet = Unclaimed { look: look(&[]), ..missing.clone() };
        assert!(matches!(next(&record, &not_yet), Some(GuestStep::Rest(Some(_)))));
        let deleted = Unclaimed { look: look(&["user"]), ..missing.clone() };
        assert_eq!(said(next(&record, &deleted)), (Some(now), GuestState::Gone));
        record.invitation.last_sent_at = Some(invited_at(timing.settling * 10));
        assert_eq!(said(next(&record, &not_yet)), (Some(now), GuestState::Gone));
        // Whoever was seen before, and is not any more, is gone.
        record.redemption = Some(Redemption { state: None, changed_at: None, identity_provider: None });
        assert_eq!(said(next(&record, &missing)), (Some(now), GuestState::Gone));
        record.gone_since = Some(now);
        assert_eq!(next(&record, &missing), None);
        let back = Unclaimed { swept: UserView::Found(DirectoryUser::new("user".into())), ..missing };
        assert_eq!(said(next(&record, &back)), (None, GuestState::Released));
    }
}
