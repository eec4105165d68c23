//! What to say of a tenant.

use jiff::Timestamp;

use super::{MailTrouble, Trouble};
use crate::api::conditions::{
    AUTHENTICATED, Claim, INVITATIONS_BLOCKED, MAIL, READY, RECONCILING, STALLED, Truth, merge,
};
use crate::api::{EntraTenant, EntraTenantStatus, GuestCounts};

/// What a reconcile found out.
pub struct Findings {
    /// What is wrong.
    pub trouble: Option<Trouble>,
    /// Whether Microsoft blocks invitations.
    pub blocked: bool,
    /// Why the operator cannot mail by itself, if `spec.mail` asks for that.
    pub mail: Option<Result<(), MailTrouble>>,
    /// The guests.
    pub counts: GuestCounts,
    /// The resume annotation that was acted on.
    pub resumed: Option<String>,
}

/// The status of `tenant` by these findings.
pub fn status(tenant: &EntraTenant, findings: Findings, now: Timestamp) -> EntraTenantStatus {
    let before = tenant.status.clone().unwrap_or_default();
    let claim = |kind, status, reason: &str, message: &str| Claim {
        kind,
        status,
        reason: reason.into(),
        message: message.into(),
    };
    let blocked = "Microsoft blocks invitations from this directory because of suspicious activity; none is sent. Ask Microsoft support to lift the block, then annotate this EntraTenant with guestlist.dev/resume=<any new value>.";
    let mut claims = Vec::new();
    match (&findings.trouble, findings.blocked) {
        (Some(trouble), _) => {
            claims.push(claim(READY, Truth::False, &trouble.reason, &trouble.message));
            claims.push(match trouble.sign_in {
                true => claim(AUTHENTICATED, Truth::False, &trouble.reason, &trouble.message),
                false => claim(AUTHENTICATED, Truth::True, "SignedIn", "The operator holds a token."),
            });
            claims.push(claim(RECONCILING, Truth::True, "Retrying", "It is tried again by itself."));
        }
        (None, true) => {
            claims.push(claim(READY, Truth::False, "InvitationsBlocked", blocked));
            claims.push(claim(AUTHENTICATED, Truth::True, "SignedIn", "The operator holds a token."));
            claims.push(claim(STALLED, Truth::True, "InvitationsBlocked", blocked));
        }
        (None, false) => {
            claims.push(claim(
                READY,
                Truth::True,
                "Connected",
                "The operator is signed in and Microsoft Graph answers.",
            ));
            claims.push(claim(AUTHENTICATED, Truth::True, "SignedIn", "The operator holds a token."));
        }
    }
    claims.push(match findings.blocked {
        true => claim(INVITATIONS_BLOCKED, Truth::True, "SuspiciousActivity", blocked),
        false => claim(INVITATIONS_BLOCKED, Truth::False, "NotBlocked", "Microsoft Graph has not reported a block."),
    });
    match &findings.mail {
        None => {}
        Some(Ok(())) => claims.push(claim(MAIL, Truth::True, "Configured", "The mail server and the text are read.")),
        Some(Err((reason, message))) => claims.push(claim(MAIL, Truth::False, reason, message)),
    }
    let owned = [READY, AUTHENTICATED, INVITATIONS_BLOCKED, MAIL, RECONCILING, STALLED];
    EntraTenantStatus {
        observed_generation: tenant.metadata.generation,
        guests: Some(findings.counts),
        last_handled_resume: findings.resumed.or(before.last_handled_resume),
        conditions: merge(&before.conditions, &owned, &claims, tenant.metadata.generation, now),
    }
}
