//! What a failed call means: for the whole tenant where it is the tenant's, else for this guest.

use jiff::{SignedDuration, Timestamp};

use super::notes::Pass;
use crate::api::{Explanation, Reason};
use crate::controller::context::Context;
use crate::graph::{Class, Feature, GraphError};
use crate::store::{Connection, KnownClaim, TenantTrouble};

/// Microsoft blocks invitations: the breaker opens for the whole tenant.
pub fn blocked(error: &GraphError, context: &Context, guest: &KnownClaim, connection: &Connection) {
    tracing::error!(tenant = guest.tenant(), %error, "Microsoft blocks invitations from this directory; nothing more is sent until a person resumes");
    connection.set_blocked(true);
    context.store.wake.tenant(guest.tenant());
}

/// How long a full directory is not asked for room.
const FULL: SignedDuration = SignedDuration::from_mins(20);

/// The directory is full: nobody new is invited for a while, whoever asks.
pub fn full(error: &GraphError, context: &Context, guest: &KnownClaim, connection: &Connection) {
    tracing::warn!(tenant = guest.tenant(), %error, "the directory is full; nobody new is invited for a while");
    connection.set_full(Timestamp::now().checked_add(FULL).ok());
    context.store.wake.tenant(guest.tenant());
}

/// Notes a failed call: for the whole tenant where it is the tenant's, else for this guest.
pub fn failed_call(
    context: &Context,
    guest: &KnownClaim,
    connection: &Connection,
    error: &GraphError,
    pass: &mut Pass,
) {
    if error.is_too_old() {
        context.store.lanes.late(guest.tenant());
        let message =
            "The request was not sent in time, because the operator was busy or stood still. It is decided on anew.";
        pass.failed(Explanation::new(Reason::Queued, message), None);
    } else if let Some(trouble) = TenantTrouble::of(error) {
        pass.failed(trouble.explanation.clone(), None);
        connection.set_trouble(Some(trouble));
        context.store.wake.tenant(guest.tenant());
    } else if error.class == Class::Throttled && connection.graph.gate().closed_until(Timestamp::now()).is_some() {
        let message = "Microsoft Graph asked this tenant to wait; it goes on by itself.";
        pass.failed(Explanation::new(Reason::Throttled, message), error.retry_after);
        // Of a long wait the EntraTenant tells.
        context.store.wake.tenant(guest.tenant());
    } else {
        let message = format!("{} It is tried again; the operator's log has the request-id.", said(error));
        pass.failed_itself(Explanation::new(Reason::GraphError, message));
        if error.status.is_none() {
            // When nothing is answered any more, that is the tenant's trouble.
            context.store.wake.tenant(guest.tenant());
        }
    }
}

/// What Graph did, in a sentence with the way out where there is one.
fn said(error: &GraphError) -> String {
    let what = error.in_short();
    if error.is_denied_for_one() {
        return format!(
            "Microsoft Graph denies this for this guest, although the application's token carries the permissions: {what}. Ask an administrator of Entra. Has somebody just taken away {} or {}? Grant it again with admin consent, in Entra under App registrations.",
            Feature::Invite.permission(),
            Feature::Follow.permission(),
        );
    }
    match error.status {
        Some(503) => format!("Microsoft Graph asks to wait with this guest: {what}."),
        _ => format!("Microsoft Graph did not answer as it should: {what}."),
    }
}
