//! A known user who is not in the directory any more: that is told, and they are brought back when a person asks for it.

use super::timing::{HELD_BACK, PATIENCE};
use super::whereabouts::{Whereabouts, whereabouts};
use super::{Bond, Decision, Outcome, Record, Refused, Step, Task, Why, record};
use crate::api::{Existing, Explanation, GuestUser, Origin, Reason};

/// A known user is not there any more. They are not invited again, unless a person asks for it.
pub(super) fn step(decision: Decision<'_>, guest: &GuestUser) -> Step {
    let Decision { desired, record, observed, now, .. } = decision;
    // Only whom we made, or may treat so, is brought back.
    let ours = guest.origin == Origin::Invited || desired.existing >= Existing::Manage;
    if record.asked_to_resend(desired).is_none() || record.bond != Bond::Owns || !ours {
        return Step::rest(Why::Gone);
    }
    match &observed.done {
        Some((Task::Restore(_), Outcome::Refused(refused))) => record.refuse_change(desired, refused, now),
        // Purged; but a directory that is behind may show them once more, and they are not adopted and lost in turns.
        Some((Task::Restore(_), Outcome::Gone)) => {
            let purged = Refused {
                explanation: Explanation::new(
                    Reason::DirectoryLags,
                    "The user is gone for good; the guest is invited anew in a moment.",
                ),
                retry_after: HELD_BACK,
            };
            let mut next = record.anew();
            next.invitation.refusal = Some(record::refusal(desired, &purged, now));
            Step::write(next, Why::Settling)
        }
        // They are as they were; whether a mail is due is decided when the directory shows them.
        Some((Task::Restore(_), _)) => {
            Step::write(Record { redemption: None, refusal: None, ..record.clone() }, Why::Restored)
        }
        _ => match observed.permission.hold().map(Step::rest).or_else(|| record.write_refused(desired, now)) {
            Some(held) => held,
            None => restore(decision, guest),
        },
    }
}

/// Brings the user back who is gone. Whoever was invited a short time ago may only be hidden by a replica that is behind: nobody is restored
/// then, and that there is nobody to restore would be taken for the end of them.
fn restore(decision: Decision<'_>, guest: &GuestUser) -> Step {
    match whereabouts(decision, guest) {
        Whereabouts::Gone => {
            let Decision { record, now, timing, .. } = decision;
            record.bring_back(Task::Restore(guest.id.clone()), now, timing)
        }
        Whereabouts::There(_) => Step::rest_for(Why::NotShownYet, PATIENCE),
        Whereabouts::Unknown(Step::Rest { again, .. }) => Step::Rest { why: Why::NotShownYet, again },
        Whereabouts::Unknown(step) => step,
    }
}
