//! Carries a step out and notes what it brought.

use jiff::Timestamp;

use super::notes::Pass;
use super::sight::Sight;
use super::trouble::failed_call;
use super::{send, tasks};
use crate::api::{AttemptKind, Origin};
use crate::controller::context::Context;
use crate::directory;
use crate::plan::{Answer, Post, Record, Step, Ticket, UserView};
use crate::store::{KnownClaim, TenantState};

/// Carries `step` out, unless it is a write or a rest.
pub async fn carry_out(
    step: Step,
    context: &Context,
    (guest, seen): (&KnownClaim, &Sight),
    found: &TenantState,
    pass: &mut Pass,
) {
    let Some(connection) = found.connection() else { return };
    let uid = &guest.uid;
    match step {
        Step::Queue => connection.scheduler.pacer.enter(&guest.key.namespace, uid, Timestamp::now()),
        Step::Look | Step::LookAmongDeleted => {
            let deleted = step == Step::LookAmongDeleted;
            match connection.looks.look(&connection.graph, &guest.address, deleted).await {
                Ok(look) => pass.look = Some(look),
                Err(error) => failed_call(context, guest, connection, &error, pass),
            }
        }
        Step::Fetch(id) => {
            pass.user_read_at = Some(Timestamp::now());
            match directory::fetch(&connection.graph, &id).await {
                Ok(Some(user)) => pass.user = UserView::Found(connection.mirror.write().newest(user)),
                Ok(None) => pass.user = UserView::Missing,
                Err(error) => failed_call(context, guest, connection, &error, pass),
            }
        }
        Step::Post(post) => {
            let answer = send::send(&post, context, (guest, seen), connection, pass).await;
            if let (Post::Send { kind, .. }, Answer::Done { .. } | Answer::Mailed { .. }) = (&post, &answer) {
                context.metrics.sent(guest.tenant(), counted(*kind, &seen.record));
                context.store.lanes.in_time(guest.tenant());
            }
            // Of the tenant's own troubles all its guests hear when they pass.
            let own =
                connection.trouble().is_none() && connection.graph.gate().closed_until(Timestamp::now()).is_none();
            pass.own_trouble |= own && !connection.is_blocked() && pass.trouble.is_some() && answer == Answer::NotSent;
            connection.scheduler.pacer.leave(uid);
            pass.look = None;
            pass.user = UserView::Unknown;
            pass.answer = Some((post, answer));
        }
        Step::Do(task) => {
            if let Some(outcome) = tasks::carry_out(&task, context, (guest, seen), connection, pass).await {
                pass.done = Some((task, outcome));
            }
        }
        Step::Write { .. } | Step::Rest { .. } => {}
    }
}

/// What a mail counts as: the first one to a guest whom our own invitation made is their invitation, whoever mails it.
fn counted(kind: AttemptKind, record: &Record) -> AttemptKind {
    let made = record.guest.as_ref().is_some_and(|guest| guest.origin == Origin::Invited);
    match kind {
        AttemptKind::Resend if made && record.invitation.sent == 0 => AttemptKind::Invite,
        kind => kind,
    }
}

/// After a write: who may act on the new attempt.
pub fn keep_books(found: &TenantState, record: &Record, ticket: Option<Timestamp>, pass: &mut Pass) {
    pass.answer = None;
    pass.ticket = None;
    if let (Some(attempt), Some(decided_at)) = (&record.invitation.attempt, ticket) {
        pass.ticket = Some(Ticket { attempt: attempt.id.clone(), decided_at });
    }
    // What was just read of the user by id is newer than the mirror.
    if let (Some(connection), UserView::Found(user)) = (found.connection(), &pass.user) {
        let mut mirror = connection.mirror.write();
        mirror.put(&user.id, Some(user));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::GuestUser;

    #[test]
    fn the_first_mail_to_a_guest_of_ours_is_their_invitation() {
        let record = |origin: Origin, sent: u32| {
            let mut record = Record { guest: Some(GuestUser::new("user".into(), origin)), ..Record::default() };
            record.invitation.sent = sent;
            record
        };
        let (ours, found) = (record(Origin::Invited, 0), record(Origin::Adopted, 0));
        assert_eq!(counted(AttemptKind::Resend, &ours), AttemptKind::Invite);
        assert_eq!(counted(AttemptKind::Resend, &record(Origin::Invited, 1)), AttemptKind::Resend);
        assert_eq!(counted(AttemptKind::Resend, &found), AttemptKind::Resend);
        for kind in [AttemptKind::Invite, AttemptKind::Reminder, AttemptKind::Reset, AttemptKind::Add] {
            assert_eq!(counted(kind, &ours), kind);
        }
    }
}
