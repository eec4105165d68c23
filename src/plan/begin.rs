//! A person of whom no user is on record: find them in the directory, or begin the one send.

use super::observed::SendAt;
use super::{Bond, Decision, Desired, Look, Record, Standing, Step, Task, Why, mails};
use crate::api::{Attempt, AttemptKind, Delivery, Existing, Origin};

/// The next step while the record knows no user and no attempt is open.
pub(super) fn unknown(decision: Decision<'_>, send_at: SendAt) -> Step {
    let Decision { desired, record, observed, now, timing } = decision;
    // A refusal speaks for the claim that asked.
    if let Some(rest) = record.refused(desired, now).filter(|_| record.bond == Bond::Owns) {
        return rest;
    }
    if record.invitation.sent > 0 && record.asked_to_resend(desired).is_none() {
        // Counted as sent, though the directory never named the user: never send again by itself.
        return Step::rest(Why::NeverShown);
    }
    if let Some(why) = observed.permission.hold() {
        return Step::rest(why);
    }
    if let Some(wait) = observed.cannot_mail(desired) {
        return wait;
    }
    if let Some(wait) = send_at.wait(now) {
        return wait;
    }
    match observed.look.as_ref().filter(|look| timing.is_fresh(look.taken_at, now)) {
        None => Step::Look,
        Some(look) if !look.users.is_empty() => found(decision, look),
        // Refuse wants nobody who was there before.
        Some(look) if desired.existing == Existing::Refuse && look.deleted.iter().flatten().next().is_some() => {
            let user = look.deleted.iter().flatten().next().cloned().unwrap_or_default();
            Step::rest_for(Why::AlreadyExists { user }, LATER)
        }
        // A deleted user of the address stays deleted: only whoever made them brings them back.
        Some(_) if desired.must_be_bound() => Step::Do(Task::Bind(true)),
        Some(look) => match mails::wait(decision).filter(|_| desired.delivery == Delivery::Microsoft) {
            Some(wait) => wait,
            None => invite(decision, look),
        },
    }
}

/// Writes the intent. The decision dates from before the look: a process that was paused in between finds its ticket stale.
fn invite(decision: Decision<'_>, look: &Look) -> Step {
    let Decision { desired, record, observed, .. } = decision;
    let mut next = Record { bond: Bond::Owns, ..record.clone() };
    next.invitation.refusal = None;
    let kind = if desired.delivery == Delivery::Microsoft { AttemptKind::Invite } else { AttemptKind::Add };
    let attempt = Attempt {
        requested: record.asked_to_resend(desired),
        deleted_before: look.deleted.clone().unwrap_or_default(),
        ..Attempt::new(observed.new_id.clone(), kind, look.graph_time)
    };
    next.intend(desired, attempt, look.taken_at)
}

/// The directory knows the address.
fn found(decision: Decision<'_>, look: &Look) -> Step {
    let Decision { desired, record, observed, .. } = decision;
    let first = || look.users.first().map(|user| user.id.clone()).unwrap_or_default();
    let Some(user) = look.guest(&desired.address, None) else {
        return Step::rest_for(Why::NotTheirAddress { user: first(), several: look.users.len() > 1 }, LATER);
    };
    if !user.is_guest {
        return Step::rest_for(Why::InternalUser { user: user.id.clone() }, LATER);
    }
    if let Some(guest) = observed.elsewhere.get(&user.id) {
        return Step::rest_for(Why::SamePerson { guest: guest.clone() }, LATER);
    }
    if let Some(rest) = unwanted(decision, &user.id) {
        return rest;
    }
    let mut next = Record { bond: bond_of_found(desired), ..record.clone() };
    next.guest = Some(user.guest(Origin::Adopted));
    next.invitation.refusal = None;
    next.redemption = Some(user.redemption());
    Step::write(next, Why::Adopted)
}

/// When a conflict with the directory's own users is looked at again: somebody may have freed the address.
pub(super) const LATER: std::time::Duration = std::time::Duration::from_secs(3600);

/// Rest, where the claim wants nobody who was there before, or the rules do not allow the own address of `user`.
pub(super) fn unwanted(decision: Decision<'_>, user: &str) -> Option<Step> {
    let Decision { desired, observed, .. } = decision;
    let why = match observed.barred.get(user) {
        _ if desired.existing == Existing::Refuse => Why::AlreadyExists { user: user.to_owned() },
        Some(barred) => Why::NotAllowed(barred.clone()),
        None => return None,
    };
    Some(Step::rest_for(why, LATER))
}

/// What a claim has of a person whom its namespace did not invite.
pub(super) fn bond_of_found(desired: &Desired) -> Bond {
    match desired.existing {
        Existing::Refuse => Bond::None,
        Existing::Follow => Bond::Follows,
        Existing::Manage | Existing::Own => Bond::Owns,
    }
}

/// What a claim has of a found person, or of one whom another namespace has.
pub(super) fn bond_of(desired: &Desired, standing: &Standing) -> Bond {
    if standing.is_shared_by(desired) { Bond::Shares } else { bond_of_found(desired) }
}
